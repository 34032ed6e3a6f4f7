"""A load as a fold: what each kind of snapshot does to the graph that was there, over Bolt on a live server."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import hub_files
from graph_contents import ask, contents, last_transaction, models
from hub_files import model
from studbook import resources, server
from studbook.config import Settings
from studbook.errors import InputError, LockedError
from studbook.load import LoadSummary, load

FIRST, SECOND, THIRD = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))

Put = Callable[..., LoadSummary]


def edges_of(settings: Settings, id_: str) -> set[tuple[str, str]]:
    """Type and far key of the edges that leave a model."""
    rows = ask(settings, "MATCH (:Model {id: $id})-[r]->(n) RETURN type(r), coalesce(n.id, n.id_lower)", id=id_)
    return {(type_, key) for type_, key in rows}


def test_the_example_hub_is_counted_as_its_lines_say(graph: Settings, tmp_path: Path) -> None:
    rows = hub_files.example()
    path = hub_files.write(tmp_path / "hub_2026-11-20T0600.jsonl", rows)
    summary = load([path], settings=graph)
    assert (summary.rows, summary.loaded, summary.rejected) == (len(rows), len(rows), 0)
    assert summary.as_of == datetime(2026, 11, 20, 6, tzinfo=UTC)
    stored = models(graph, "status")
    assert {id_ for id_, status in stored.items() if status == "listed"} == {row["id"] for row in rows}
    assert summary.models == dict(Counter(stored.values()))
    by_type = dict(ask(graph, "MATCH ()-[r]->() RETURN type(r), count(r)"))
    assert {name: count for name, count in summary.edges.items() if count} == by_type
    by_label = dict(ask(graph, "MATCH (n) WHERE NOT n:Snapshot RETURN labels(n)[0], count(n)"))
    assert {name: count for name, count in summary.nodes.items() if count} == by_label
    assert ask(
        graph, "MATCH (s:Snapshot) RETURN s.id, s.status, s.rows, s.loaded, s.rejected, s.models, s.sources"
    ) == [[summary.snapshot, "complete", len(rows), len(rows), 0, len(stored), [path.name]]]
    for name, statement in resources.statements("check"):
        assert ask(graph, statement) == [], name
    json.dumps(summary.as_dict())
    assert f"{len(rows):,} loaded" in str(summary)


def test_loading_twice_writes_nothing(graph: Settings, tmp_path: Path) -> None:
    path = hub_files.write(tmp_path / "hub.jsonl", hub_files.example())
    first = load([path], settings=graph)
    assert first.updates["nodes_created"] == sum(first.nodes.values()) + 1
    before, transaction = contents(graph), last_transaction(graph)
    again = load([path], settings=graph)
    assert (again.writer, again.updates) == (None, {})
    assert last_transaction(graph) == transaction
    assert contents(graph) == before


def test_writing_everything_again_gives_the_same_graph(graph: Settings, tmp_path: Path) -> None:
    path = hub_files.write(tmp_path / "hub.jsonl", hub_files.example())
    load([path], settings=graph)
    before = contents(graph)
    again = load([path], settings=graph, rebuild=True, writer="bolt")
    assert again.nodes_changed == sum(again.nodes.values())
    assert again.updates["relationships_created"] == again.updates["relationships_deleted"] == sum(again.edges.values())
    assert contents(graph) == before


def test_a_newer_snapshot_of_the_same_models_adds_only_its_own_node(put: Put, graph: Settings) -> None:
    rows = [model("o/a"), model("o/b", "o/a", "o/gone")]
    put(FIRST, *rows)
    before = contents(graph)
    summary = put(SECOND, *rows)
    assert set(summary.updates) == {"nodes_created", "labels_added", "properties_set"}
    assert summary.updates["nodes_created"] == 1
    after = contents(graph)
    assert after[1] == before[1]
    assert [label for label, _ in (after[0] - before[0])] == ["Snapshot"]
    assert not before[0] - after[0]


def test_one_changed_fact_is_one_changed_row(put: Put, graph: Settings) -> None:
    rows = [model("o/a"), model("o/b", "o/a"), model("o/c", "o/b")]
    put(FIRST, *rows)
    before = contents(graph)
    summary = put(SECOND, rows[0], rows[1] | {"sha": "f" * 40}, rows[2])
    assert (summary.nodes_created, summary.nodes_changed, summary.nodes_removed, summary.edges_written) == (0, 1, 0, 0)
    assert set(summary.updates) == {"nodes_created", "labels_added", "properties_set"}
    after = contents(graph)
    changed = [dict(properties)["id"] for label, properties in after[0] - before[0] if label == "Model"]
    assert changed == ["o/b"]
    assert models(graph, "sha") == {"o/a": "0" * 40, "o/b": "f" * 40, "o/c": "0" * 40}
    assert after[1] == before[1]


def test_a_changed_license_rewrites_the_edges_it_touches_and_no_others(put: Put, graph: Settings) -> None:
    """o/b's licence is compared on its own edge and on that of its child; o/z has nothing to do with it."""
    rows = [
        model("o/a", license="mit"),
        model("o/b", "o/a", license="mit"),
        model("o/c", "o/b", license="mit"),
        model("o/z", "o/a", license="mit"),
    ]
    put(FIRST, *rows)
    summary = put(SECOND, rows[0], rows[1] | {"cardData": rows[1]["cardData"] | {"license": "gpl-3.0"}}, *rows[2:])
    leaving = sum(len(edges_of(graph, id_)) for id_ in ("o/b", "o/c"))
    assert summary.edges_written == leaving
    assert summary.updates["relationships_deleted"] == leaving
    assert summary.updates["relationships_created"] == leaving + 1  # from the Change
    assert ask(graph, "MATCH (c)-[r:FINETUNE_OF]->() RETURN c.id, r.license_change ORDER BY c.id") == [
        ["o/b", "tightened"],
        ["o/c", "loosened"],
        ["o/z", "kept"],
    ]
    assert edges_of(graph, "o/b") >= {("UNDER_LICENSE", "gpl-3.0"), ("FINETUNE_OF", "o/a")}
    assert ("UNDER_LICENSE", "mit") not in edges_of(graph, "o/b")


def test_counters_are_refreshed_apart(put: Put, graph: Settings) -> None:
    rows = [model("o/a"), model("o/b", "o/a"), model("o/c")]
    put(FIRST, *rows)
    hashes = models(graph, "facts_hash", "edges_hash")
    summary = put(SECOND, rows[0] | {"downloads": 11}, rows[1] | {"likes": None}, rows[2])
    assert (summary.nodes_changed, summary.counters_changed) == (0, 2)
    assert models(graph, "downloads", "likes") == {"o/a": [11, 1], "o/b": [10, None], "o/c": [10, 1]}
    assert models(graph, "facts_hash", "edges_hash") == hashes


def test_what_a_complete_snapshot_lacks_is_removed_keeps_its_edges_and_may_return(put: Put, graph: Settings) -> None:
    rows = [model("o/a", license="mit", language="fr"), model("o/b", "o/a", license="mit", pipeline_tag="fill-mask")]
    put(FIRST, *rows)
    edges = {id_: edges_of(graph, id_) for id_ in ("o/a", "o/b")}
    assert put(SECOND, rows[0]).models == {"listed": 1, "removed": 1}
    assert models(graph, "status")["o/b"] == "removed"
    assert models(graph, "first_seen", "last_seen")["o/b"] == [FIRST, FIRST]
    assert {id_: edges_of(graph, id_) for id_ in ("o/a", "o/b")} == edges
    put(THIRD, rows[0])
    assert models(graph, "first_seen", "last_seen")["o/b"] == [FIRST, FIRST]
    put(datetime(2026, 1, 4, tzinfo=UTC), *rows)
    assert models(graph, "status", "first_seen", "last_seen")["o/b"] == ["listed", FIRST, None]
    assert {id_: edges_of(graph, id_) for id_ in ("o/a", "o/b")} == edges


def test_a_model_was_last_seen_when_a_complete_snapshot_last_held_it(put: Put, graph: Settings) -> None:
    """A partial snapshot that does not name a model says nothing of it; one that adds it has seen it."""
    put(FIRST, model("o/a"), model("o/b"))
    put(SECOND, model("o/c"), partial=True)
    put(THIRD, model("o/a"))
    assert models(graph, "status", "last_seen") == {
        "o/a": ["listed", None],
        "o/b": ["removed", FIRST],
        "o/c": ["removed", SECOND],
    }


def test_a_partial_snapshot_changes_its_own_models_and_removes_none(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", license="mit"), model("o/b", "o/a", license="mit"), model("o/c", "o/b"))
    summary = put(SECOND, model("o/a", license="gpl-3.0"), model("o/d", "o/c"), partial=True)
    assert (summary.scope, summary.carried, summary.models) == ("partial", 2, {"listed": 4})
    assert ask(graph, "MATCH (:Model {id: 'o/b'})-[r:FINETUNE_OF]->() RETURN r.license_change") == [["loosened"]]
    assert models(graph, "generation_max") == {"o/a": 0, "o/b": 1, "o/c": 2, "o/d": 3}
    assert models(graph, "descendant_count")["o/a"] == 3


def test_rows_read_back_from_the_graph_derive_what_they_were(graph: Settings, tmp_path: Path) -> None:
    """A partial snapshot of one model derives the whole example hub from what the graph remembers of the others."""
    rows = hub_files.example()
    load([hub_files.write(tmp_path / "hub.jsonl", rows)], settings=graph, as_of=datetime(2026, 12, 1, tzinfo=UTC))
    before = contents(graph)
    one = hub_files.write(tmp_path / "one.jsonl", rows[:1])
    summary = load([one], settings=graph, as_of=datetime(2026, 12, 2, tzinfo=UTC), partial=True)
    # Others than that one, and the missing.
    assert summary.carried == sum(summary.models.values()) - 1
    assert (summary.nodes_created, summary.nodes_changed, summary.nodes_removed) == (0, 0, 0)
    after = contents(graph)
    assert after[1] == before[1]
    assert [label for label, _ in (after[0] - before[0])] == ["Snapshot"]


def test_a_missing_parent_is_kept_and_becomes_listed(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/b", "lost/a"))
    assert models(graph, "status", "first_seen")["lost/a"] == ["missing", FIRST]
    # Nobody names it any more.
    put(SECOND, model("o/b"))
    assert models(graph, "status", "first_seen", "child_count")["lost/a"] == ["missing", FIRST, 0]
    put(THIRD, model("o/b", "lost/a"), model("lost/a"))
    assert models(graph, "status", "first_seen", "child_count")["lost/a"] == ["listed", FIRST, 1]


def test_a_missing_parent_in_another_letter_case_gives_way_to_the_listed_model(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/b", "LOST/A"))
    assert models(graph, "status") == {"o/b": "listed", "LOST/A": "missing"}
    put(SECOND, model("o/b", "LOST/A"), model("lost/a"))
    assert models(graph, "status") == {"o/b": "listed", "lost/a": "listed"}
    assert ask(graph, "MATCH ({id: 'o/b'})-[r:FINETUNE_OF]->(p) RETURN p.id, r.declared_as") == [["lost/a", "LOST/A"]]
    assert ask(graph, "MATCH (a:Author) RETURN a.id ORDER BY a.id") == [["lost"], ["o"]]
    assert ask(graph, "MATCH (f:Family) RETURN f.id") == [["lost/a"]]


def test_nodes_that_no_model_points_to_go(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", license="mit"), model("p/a", license="wtfpl", language="fr"))
    put(SECOND, model("o/a", license="apache-2.0"), model("p/a", license="wtfpl"))
    assert ask(graph, "MATCH (l:License) RETURN l.id ORDER BY l.id") == [["apache-2.0"], ["wtfpl"]]
    assert ask(graph, "MATCH (l:Language) RETURN l.id") == []


def test_what_others_attached_survives(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", license="mit"), model("o/b", "o/a", license="wtfpl"))
    ask(
        graph, "MATCH (m:Model {id: 'o/a'}) CREATE (:Deployment {id: 'd'})-[:RUNS {since: 1}]->(m) SET m.colour = 'red'"
    )
    ask(graph, "MATCH (l:License {id: 'mit'}) CREATE (:Memo {id: 'n'})-[:ON]->(l)")
    summary = put(SECOND, model("o/a", license="apache-2.0", sha="f" * 40), model("o/b", license="apache-2.0"))
    assert summary.writer == "bolt"
    assert ask(graph, "MATCH (:Deployment)-[r:RUNS]->(m) RETURN m.id, m.colour, m.sha, r.since") == [
        ["o/a", "red", "f" * 40, 1]
    ]
    assert ask(graph, "MATCH (:Memo)-[:ON]->(l:License) RETURN l.id") == [["mit"]]
    assert ask(graph, "MATCH (l:License) RETURN l.id ORDER BY l.id") == [["apache-2.0"], ["mit"]]


def test_a_dry_run_says_what_a_load_would_do_and_does_nothing(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a"), model("o/b", "o/a"))
    before, transaction = contents(graph), last_transaction(graph)
    rows = [model("o/a", license="mit"), model("o/c", "o/a")]
    planned = put(SECOND, *rows, dry_run=True)
    assert (contents(graph), last_transaction(graph)) == (before, transaction)
    assert planned.dry_run
    assert "to write" in str(planned)
    done = put(SECOND, *rows)
    assert [(change["model"], change["field"], change["after"]) for change in planned.diff] == [
        ("o/a", "license", ["mit"]),
        ("o/b", "status", ["removed"]),
    ]
    same = {"dry_run": False, "diff": [], "updates": done.updates, "seconds": done.seconds, "stages": done.stages}
    assert replace(planned, **same) == done
    # o/a has a licence, o/b is removed, o/c is new, and so is the licence; the family has a member more.
    assert (done.nodes_created, done.nodes_changed, done.nodes_removed) == (2, 3, 0)


def test_an_older_snapshot_is_refused_unless_it_is_meant(put: Put, graph: Settings, tmp_path: Path) -> None:
    put(SECOND, model("o/a", sha="f" * 40))
    before = contents(graph)
    with pytest.raises(InputError, match="--allow-older"):
        put(FIRST, model("o/a"))
    unsaid = hub_files.write(tmp_path / "hub_2026-01-01.jsonl", [model("o/a")])
    with pytest.raises(InputError, match="2026-01-01"):
        load([unsaid], settings=graph, allow_older=True)
    assert contents(graph) == before
    put(FIRST, model("o/a"), allow_older=True)
    assert models(graph, "sha") == {"o/a": "0" * 40}


def test_rejected_rows_are_counted_written_out_and_stored(put: Put, graph: Settings, tmp_path: Path) -> None:
    rows = [model("o/a"), model("no-owner"), model("o/a"), model("also bad/id")]
    summary = put(FIRST, *rows)
    assert (summary.rows, summary.loaded, summary.rejected) == (4, 1, 3)
    assert sum(summary.rejections.values()) == 3
    assert summary.rejected_file is not None
    with Path(summary.rejected_file).open(newline="", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert Counter(row["reason"] for row in written) == summary.rejections
    assert {int(row["line"]) for row in written} == {1, 2, 4} or {int(row["line"]) for row in written} == {2, 3, 4}
    ((stored,),) = ask(graph, "MATCH (s:Snapshot) RETURN s.rejections")
    assert stored == [f"{count} {reason}" for reason, count in summary.rejections.items()]
    chosen = tmp_path / "elsewhere" / "refused.csv"
    assert put(SECOND, *rows, rejected_path=chosen).rejected_file == str(chosen)
    assert chosen.exists()


def test_a_second_load_is_told_who_holds_the_graph(graph: Settings, tmp_path: Path) -> None:
    holding = (
        "import sys, time; from pathlib import Path; from dataclasses import replace\n"
        "from studbook import lock; from studbook.config import Settings\n"
        "with lock.hold(replace(Settings.from_environment(), home=Path(sys.argv[1]), neo4j_uri=None), 'Testing'):\n"
        "    print('held', flush=True); time.sleep(600)\n"
    )
    path = hub_files.write(tmp_path / "hub.jsonl", [model("o/a")])
    with subprocess.Popen([sys.executable, "-c", holding, str(graph.home)], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            with pytest.raises(LockedError, match=rf"process {other.pid} since .*: Testing"):
                load([path], settings=graph)
            assert models(graph, "status") == {}
        finally:
            other.kill()
    # It was killed, and its lock went with it.
    assert load([path], settings=graph).loaded == 1


def test_a_server_elsewhere_is_written_over_bolt_and_has_a_lock_of_its_own(graph: Settings, tmp_path: Path) -> None:
    running = server.running(graph)
    assert running is not None
    username, password = server.credentials(graph)
    elsewhere = replace(
        graph, home=tmp_path / "home", neo4j_uri=running.uri, neo4j_username=username, neo4j_password=password
    )
    path = hub_files.write(tmp_path / "hub.jsonl", [model("o/a")])
    with pytest.raises(InputError, match="NEO4J_URI"):
        load([path], settings=elsewhere, writer="import")
    summary = load([path], settings=elsewhere, rebuild=True)
    assert summary.writer == "bolt"
    assert models(elsewhere, "status") == {"o/a": "listed"}
    assert not (elsewhere.home / f"neo4j-{elsewhere.neo4j_version}").exists()


def test_a_new_schema_version_rewrites_the_graph(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a"), model("o/b", "o/a"))
    ask(graph, "MATCH (s:Snapshot) SET s.schema_version = s.schema_version - 1")
    ask(graph, "MATCH (m:Model) SET m.generation_max = 99")
    summary = put(SECOND, model("o/a"), model("o/b", "o/a"))
    assert summary.nodes_changed == sum(summary.nodes.values())
    assert models(graph, "generation_max") == {"o/a": 0, "o/b": 1}


def test_a_leftover_of_a_killed_load_is_made_up_for(put: Put, graph: Settings) -> None:
    """Ids without facts, a family nobody belongs to, and a Snapshot that never came to its end."""
    put(FIRST, model("o/a"), model("o/b", "o/a"))
    expected = contents(graph)
    ask(graph, "CREATE (:Model {id: 'new/one'}), (:Author {id: 'new'}), (:Snapshot {id: 'x', status: 'loading'})")
    ask(graph, "MATCH (m:Model {id: 'o/b'})-[r:FINETUNE_OF]->() DELETE r SET m.edges_hash = null")
    summary = put(FIRST, model("o/a"), model("o/b", "o/a"))
    assert summary.updates["nodes_deleted"] == 3
    assert contents(graph) == expected


def test_every_stage_that_may_take_long_reports_itself(graph: Settings, tmp_path: Path) -> None:
    path = hub_files.write(tmp_path / "hub.jsonl", [model("o/a"), model("o/b", "o/a")])
    began = time.perf_counter()
    summary = load([path], settings=graph)
    assert summary.seconds <= time.perf_counter() - began
    assert {"Normalising", "Reading the graph", "Resolving and deriving", "Writing models and edges"} <= set(
        summary.stages
    )


def test_what_a_parent_declared_before_is_remembered(graph: Settings, put: Put) -> None:
    """o/late came after o/base was relicensed."""

    def hub(license_: str, *others: hub_files.RawModel) -> tuple[hub_files.RawModel, ...]:
        base = model("o/base", license=license_, createdAt="2025-12-01T00:00:00.000Z")
        child = model("o/early", "o/base", license="mit", createdAt="2025-12-31T00:00:00.000Z")
        return (base, child, model("o/alone", license=license_), *others)

    put(FIRST, *hub("mit"))
    late = model("o/late", "o/base", license="mit", createdAt="2026-01-02T12:00:00.000Z")
    put(SECOND, *hub("cc-by-nc-4.0"))
    put(THIRD, *hub("cc-by-nc-4.0", late))
    verdicts = ask(
        graph, "MATCH (c)-[e:FINETUNE_OF]->() RETURN c.id, e.license_verdict, e.license_reasons ORDER BY c.id"
    )
    assert verdicts == [
        ["o/early", "review", ["PARENT_RELICENSED"]],
        ["o/late", "conflict", ["NONCOMMERCIAL_DROPPED"]],
    ]
    again = put(THIRD, *hub("cc-by-nc-4.0", late))
    assert again.writer is None
    put(THIRD.replace(day=4), *hub("mit", late))
    # o/early is as open as its parent was and is; o/late was made when its parent was not.
    verdicts = ask(
        graph, "MATCH (c)-[e:FINETUNE_OF]->() RETURN c.id, e.license_verdict, e.license_reasons ORDER BY c.id"
    )
    assert verdicts == [
        ["o/early", "ok", ["SAME_LICENSE"]],
        ["o/late", "conflict", ["NONCOMMERCIAL_DROPPED", "PARENT_RELICENSED"]],
    ]


CARD = "---\nlicense: mit\n---\n# b\n\n## Uses\n\nReeds and rivers.\n"


def cards_of(settings: Settings) -> dict[str, Any]:
    return models(settings, "card_length", "card_sections", "card_template", "documentation_score")


def test_what_a_card_said_stays_until_another_is_read(put: Put, graph: Settings) -> None:
    rows = [model("o/a", card="x" * 40), model("o/b", "o/a", license="mit", card=CARD), model("o/c", "o/b")]
    assert put(FIRST, *rows).cards == 2
    known = cards_of(graph)
    assert known == {
        "o/a": [40, None, None, 0],
        "o/b": [31, ["intended_uses"], None, 10 + 9],
        "o/c": [None, None, None, None],
    }
    ratios = "MATCH (child)-[edge:FINETUNE_OF]->() RETURN child.id, edge.card_ratio ORDER BY child.id"
    assert ask(graph, ratios) == [["o/b", 0.775], ["o/c", None]]
    silent = [{name: value for name, value in row.items() if name != "card"} for row in rows]
    summary = put(SECOND, *silent)
    assert (summary.nodes_changed, summary.edges_written, summary.cards) == (0, 0, 2)
    # Gone, and back again without a card: it is still the model whose card was read.
    put(THIRD, silent[0], silent[2])
    put(THIRD.replace(day=4), *silent)
    assert cards_of(graph) == known
    put(THIRD.replace(day=5), silent[0], silent[1] | {"card": ""}, silent[2] | {"card": "[More Information Needed]"})
    assert cards_of(graph) == {
        "o/a": [40, None, None, 0],
        "o/b": [0, None, None, 9],
        "o/c": [25, None, "default", 0],
    }
    # Nothing is a share of nothing.
    assert ask(graph, ratios) == [["o/b", 0.0], ["o/c", None]]


def test_a_card_goes_with_its_model_and_not_with_its_name(put: Put, graph: Settings) -> None:
    """o/a is called o/b now, and its old name is somebody else's."""
    put(FIRST, model("o/a", _id="1", card="x" * 40), model("o/c", _id="3", card="x" * 30))
    put(SECOND, model("o/b", _id="1"), model("o/a", _id="2"), model("o/c", _id="4"))
    assert models(graph, "card_length") == {"o/a": None, "o/b": 40, "o/c": None}


def folder_of_cards(path: Path, **texts: str) -> Path:
    """A folder of cards; ids with `/` written `__`."""
    for id_, text in texts.items():
        card = path / id_.replace("__", "/") / "README.md"
        card.parent.mkdir(parents=True)
        card.write_text(text, encoding="utf-8")
    return path


def test_cards_beside_a_snapshot_go_to_its_models(graph: Settings, tmp_path: Path) -> None:
    """Their metadata stand in for what the snapshot does not give, and yield to what it gives."""
    tags_only = {"id": "o/a", "tags": ["license:apache-2.0"], "downloads": 1}
    snapshot = hub_files.write(tmp_path / "hub_2026-01-01.jsonl", [tags_only, model("o/b", license="gpl-3.0")])
    text = "---\nlicense: mit\nlanguage: [fr, no]\n---\nAnother text"
    cards = folder_of_cards(tmp_path / "cards", o__a=text, O__B=text, o__z=text)
    summary = load([cards, snapshot], settings=graph)
    assert (summary.rows, summary.loaded, summary.cards_read, summary.rejected) == (5, 2, 2, 1)
    assert summary.rejections == {"card of a model that is not there": 1}
    assert (summary.as_of, summary.scope) == (FIRST, "complete")
    assert models(graph, "card_length") == {"o/a": 12, "o/b": 12}
    assert {key for type_, key in edges_of(graph, "o/a") if type_ in ("UNDER_LICENSE", "IN_LANGUAGE")} == {
        *("apache-2.0", "mit", "fr", "no")
    }
    assert {key for type_, key in edges_of(graph, "o/b") if type_ in ("UNDER_LICENSE", "IN_LANGUAGE")} == {"gpl-3.0"}
    assert ask(graph, "MATCH (s:Snapshot) RETURN s.rows, s.loaded, s.cards_read, s.cards, s.rejected") == [
        [5, 2, 2, 2, 1]
    ]


def test_cards_alone_add_what_they_say_to_models_that_are_there(put: Put, graph: Settings, tmp_path: Path) -> None:
    cards = folder_of_cards(tmp_path / "cards", o__b=CARD, o__gone=CARD, o__z=CARD)
    with pytest.raises(InputError, match="these are cards alone, and the graph has no models yet"):
        load([cards], settings=graph)
    rows = [model("o/a"), model("o/b", "o/a", "lost/parent"), model("o/gone")]
    put(FIRST, *rows)
    put(SECOND, *rows[:2])
    statuses, edges = models(graph, "status"), edges_of(graph, "o/b")
    summary = load([cards], settings=graph)
    assert (summary.rows, summary.loaded, summary.cards_read, summary.rejected) == (3, 0, 2, 1)
    assert (summary.scope, summary.as_of, summary.nodes_changed) == ("partial", SECOND, 2)
    assert models(graph, "status") == statuses
    assert edges_of(graph, "o/b") == edges
    assert {id_ for id_, length in models(graph, "card_length").items() if length} == {"o/b", "o/gone"}
    assert load([cards], settings=graph).writer is None
