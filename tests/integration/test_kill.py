"""kill -9 at many moments of a load: the graph answers, every model in it is whole, nothing of the user's is lost, and
the next load completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import hub_files
import stopping_load
from graph_contents import Contents, ask, contents, driver, wipe
from homes import processes, small
from hub_files import model
from studbook import schema, server
from studbook.config import Settings
from studbook.load import Writer, load

OURS = {kind.type for kind in schema.EDGES}
LABELS = {kind.label for kind in (*schema.NODES, *schema.HISTORY)}

LAST = "o/m1799"
"""Nobody's parent, and in the last of the transactions that write models over Bolt."""


def snapshot(day: int) -> Iterator[hub_files.RawModel]:
    """1,800 models whose facts and edges differ from day to day, 300 that differ in downloads alone, 150 of one day, and
    40 that go by another name.

    Over Bolt they make three transactions. Parents come before their children, so the last holds up none of the others.
    """
    for number in range(1800):
        parents = [f"o/m{number // (day + 1):04}"] if number else []
        yield model(f"o/m{number:04}", *parents, sha=str(day) * 40, license=("mit", "gpl-3.0")[day - 1])
    for number in range(300):
        yield model(f"quiet/m{number}", downloads=day)
    for number in range(150):
        yield model(f"day{day}/m{number}")
    for number in range(40):
        # The names of one half move up, those of the other are new.
        name = f"moving/m{number + day}" if number < 20 else f"moving/m{number}-{day}"
        yield model(name, _id=f"{number:024}", sha=f"{number:040}")


MOVED = {
    f"moving/m{number + 1}" if number < 20 else f"moving/m{number}-1": f"moving/m{number + 2}"
    if number < 20
    else f"moving/m{number}-2"
    for number in range(40)
}

OWN = """
UNWIND ['o/m0000', 'day1/m0', 'quiet/m0', 'moving/m1', 'moving/m30-1'] AS id
MATCH (m:Model {id: id})
CREATE (:Deployment {id: id, owner: 'us', tags: []})-[:RUNS {revision: 'main'}]->(m)
CREATE (:Review {id: id, scope: 'model', subject: id})-[:ABOUT]->(m)
CREATE (own:Model:Internal {id: 'us/' + id, id_lower: 'us/' + id, status: 'internal'})-[:FINETUNE_OF {position: 0}]->(m)
CREATE (own)<-[:ABOUT]-(:Memo {day: date('2026-01-01')})-[:NEXT]->({id: 'bare ' + id})
"""
"""What is the user's own: on models that change, vanish, stay and move."""


@dataclass(frozen=True)
class Hub:
    """A home, the snapshots of two days, and what the graph is after each of them when nothing is killed."""

    settings: Settings
    first: Path
    second: Path
    before: Contents
    after: Contents
    indexes: list[list[Any]]
    """After the second."""
    third: Path
    last: Contents
    """What the graph is after the first and the third."""

    def begin(self) -> None:
        """Brings the graph to the first day, whatever the test before has left."""
        server.start(self.settings)
        wipe(self.settings)
        load([self.first], settings=self.settings)
        ask(self.settings, OWN)

    def kill(self, writer: Writer, moment: str) -> None:
        """Loads the second day until a moment (see stopping_load) and kills that load.

        An importer that it has started stays behind, stopped: one that still has much to do.
        """
        argv = [sys.executable, stopping_load.__file__, self.settings.home, self.second, writer, moment]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == f"{moment}\n", "the load ended before that moment"
            os.waitpid(process.pid, os.WUNTRACED)  # until it has stopped
            process.kill()

    def complete(self) -> None:
        """Loads the second day again, as anybody would: then all is as if nothing had been killed."""
        load([self.second], settings=self.settings)
        assert contents(self.settings) == self.after
        assert indexes(self.settings) == self.indexes
        root, running = server.home(self.settings), server.running(self.settings)
        assert running is not None
        assert processes(root) == [running.pid]
        assert {path.name for path in root.glob("data*")} == {"data", server.data_directory(self.settings).name}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    settings, folder = small(tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("snapshots")
    first, second = (hub_files.write(folder / f"hub_2026-01-0{day}.jsonl", snapshot(day)) for day in (1, 2))
    third = hub_files.write(folder / "hub_2026-01-03.jsonl", [row | {"gated": "auto"} for row in snapshot(1)])
    with pytest.MonkeyPatch.context() as patch:
        # Servers that live for seconds: without the slower compiler they need a third less of the processor.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
        try:
            load([first], settings=settings)
            ask(settings, OWN)
            load([third], settings=settings)
            last = contents(settings)
            wipe(settings)
            load([first], settings=settings)
            ask(settings, OWN)
            before = contents(settings)
            load([second], settings=settings)
            yield Hub(settings, first, second, before, contents(settings), indexes(settings), third, last)
        finally:
            for pid in processes(server.home(settings)):
                os.kill(pid, signal.SIGKILL)


def indexes(settings: Settings) -> list[list[Any]]:
    return ask(settings, "SHOW INDEXES YIELD name, state, owningConstraint ORDER BY name")


def is_loading(graph: Contents) -> bool:
    return any(label == "Snapshot" and ("status", "loading") in properties for label, properties in graph[0])


def by_model(graph: Contents) -> dict[str, Any]:
    """Of each model its properties and the edges that leave it."""
    found = {dict(node)["id"]: [node] for label, node in graph[0].elements() if "Model" in label.split(":")}
    for start, type_, *edge in sorted(graph[1].elements(), key=repr):
        if type_ in OURS:
            found[start].append([type_, *edge])
    return found


def told(graph: Contents) -> list[dict[str, Any]]:
    """The Changes."""
    return sorted((dict(node) for label, node in graph[0].elements() if label == "Change"), key=repr)


def moved(graph: dict[str, Any]) -> dict[str, Any]:
    """The same with the names of the second day."""

    def renamed(node: Any, id_: str) -> Any:
        names = {"id": id_, "id_lower": id_.lower(), "name": id_.partition("/")[2]}
        return tuple((name, names.get(name, value)) for name, value in node)

    def led(edge: list[Any]) -> list[Any]:
        type_, end, more = edge
        if end not in MOVED:
            return edge
        return [
            type_,
            MOVED[end],
            tuple(sorted((dict(more) | {"declared_as": dict(more).get("declared_as", end)}).items())),
        ]

    return {
        MOVED.get(id_, id_): [renamed(node, MOVED[id_]) if id_ in MOVED else node, *map(led, edges)]
        for id_, (node, *edges) in graph.items()
    }


def own(graph: Contents) -> tuple[Any, Any]:
    """The user's nodes, and their edges by the names that models had on the first day."""
    was = {MOVED[id_]: id_ for id_ in ("moving/m1", "moving/m30-1")}
    nodes = [node for node in graph[0].elements() if not {*node[0].split(":")} & LABELS]
    edges = [(a, type_, was.get(b, b), more) for a, type_, b, more in graph[1].elements() if type_ not in OURS | {"OF"}]
    return sorted(nodes, key=repr), sorted(edges, key=repr)


@contextmanager
def held(settings: Settings, id_: str) -> Iterator[None]:
    """Whoever writes this model waits."""
    with driver(settings) as opened, opened.session() as session, session.begin_transaction() as transaction:
        transaction.run("MATCH (m:Model {id: $id}) SET m.held = true", id=id_).consume()
        yield
        transaction.rollback()


@pytest.mark.parametrize(
    ("moment", "states"),
    [
        ("during Writing changes", [{"before"}]),
        ("begin Moving models", [{"before"}]),
        ("end Moving models", [{"before", "moved"}]),
        ("begin Writing License nodes", [{"before", "moved"}]),
        ("during Writing model ids", [{"before", "moved", "bare"}]),
        # In whichever order the transactions end.
        ("during Writing models and edges", [{"before", "after"}, {"before", "moved", "after"}]),
        # The counters of models that are otherwise as they were come last.
        ("during Tying changes to models", [{"before", "after"}]),
        ("end Writing counters", [{"after"}]),
    ],
)
def test_a_load_over_bolt(hub: Hub, moment: str, states: list[set[str]]) -> None:
    """`states` are those in which it leaves models, each of them whole."""
    hub.begin()
    # Else a first transaction that has to wait for others may be the last of all.
    with held(hub.settings, LAST) if moment == "during Writing models and edges" else nullcontext():
        hub.kill("bolt", moment)
    while len(ask(hub.settings, "SHOW TRANSACTIONS YIELD transactionId")) > 1:
        time.sleep(0.02)  # the server ends those of the killed load as soon as it notices
    graph = contents(hub.settings)
    assert is_loading(graph)
    assert own(graph) == own(hub.before)
    before, after = by_model(hub.before), by_model(hub.after)
    bare = {id_: [(("id", id_),)] for id_ in after}
    known = {"before": before, "moved": moved(before), "after": after, "bare": bare}
    found = set()
    for id_, content in by_model(graph).items():
        state = [name for name, models in known.items() if models.get(id_) == content]
        assert state, f"{id_} is half written"
        found.add(state[0])
    assert found in states
    hub.complete()


def test_another_snapshot_makes_up_for_a_load_over_bolt(hub: Hub) -> None:
    """Half of the models are as the second day has them, and what changed is told of the third."""
    hub.begin()
    with held(hub.settings, LAST):
        hub.kill("bolt", "during Writing models and edges")
    load([hub.third], settings=hub.settings)
    # Those that only the second day has are not forgotten.
    graph = contents(hub.settings)
    expected, found = by_model(hub.last), by_model(graph)
    assert {id_.split("/")[0] for id_ in found.keys() - expected.keys()} <= {"day2"}
    # A name that only the second day gave leads to its model still.
    renamed = {*MOVED, *MOVED.values()}
    assert {id_: found[id_] for id_ in expected if id_ not in renamed} == {
        id_: content for id_, content in expected.items() if id_ not in renamed
    }
    assert told(graph) == told(hub.last)


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("during Writing CSV", 1),
        ("during Importing", 2),
        ("end Importing", 1),
        ("begin Starting Neo4j", 2),
        ("begin Carrying your own nodes", 2),
        ("during Carrying your own nodes", 2),
        ("end Carrying your own nodes", 2),
        ("os.rename data.next", 0),
    ],
)
def test_an_import_that_has_yet_to_replace_the_graph(hub: Hub, moment: str, left: int) -> None:
    """`left` are the processes that outlive it: the old server, and the importer or the server over the new graph."""
    hub.begin()
    hub.kill("import", moment)
    assert len(processes(server.home(hub.settings))) == left
    server.start(hub.settings)
    assert contents(hub.settings) == hub.before
    hub.complete()


@pytest.mark.parametrize(
    "moment",
    ["shutil.rmtree {old}", "again begin Starting Neo4j", "again end Starting Neo4j", "again begin Filling indexes"],
)
def test_an_import_that_has_replaced_the_graph(hub: Hub, moment: str) -> None:
    hub.begin()
    hub.kill("import", moment.format(old=server.data_directory(hub.settings).name))
    server.start(hub.settings)
    graph = contents(hub.settings)
    assert is_loading(graph)
    assert by_model(graph) == by_model(hub.after)
    assert own(graph) == own(hub.after)
    hub.complete()
