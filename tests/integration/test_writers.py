"""Both writers end in the same graph, and both can follow the other."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import hub_files
from conftest import small
from graph_contents import Contents, ask, contents, models
from studbook import resources, server
from studbook.config import Settings
from studbook.errors import GraphError
from studbook.load import Writer, load
from studbook.progress import SILENT
from studbook.writers import offline

SNAPSHOTS = 3


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three successive states of the example hub, the last one a partial snapshot.

    Between the first and the second, one model in nine vanishes, one in nine appears, one in nine changes its licence,
    its parent, its facts or its name, and downloads change everywhere. Two swap their names, one takes that of another,
    and one is somebody else's. Texts with quotes, commas and line breaks are among them.
    Every third card is given with the first snapshot alone, every third with the second, in other words.
    """
    folder = tmp_path_factory.mktemp("snapshots")
    whole = hub_files.example()
    first = [
        {name: value for name, value in row.items() if name != "card" or number % 3 != 1}
        for number, row in enumerate(whole)
        if number % 9 != 0
    ]
    second = []
    first[3]["cardData"] = (first[3].get("cardData") or {}) | {"license": "unheard-of"}
    for number, row in enumerate(copy.deepcopy(whole)):
        row["downloads"] = (row.get("downloads") or 0) + number
        card = row.get("cardData") or {}
        if "card" in row and number % 3 == 0:
            del row["card"]
        elif "card" in row:
            row["card"] += "And more."
        if number % 9 == 1:
            continue
        if number % 9 == 2:
            card["license"] = "gpl-3.0"
        if number % 9 == 3 and "base_model" in card:
            card["base_model"] = whole[0]["id"]
            row["tags"] = [tag for tag in row["tags"] if not tag.startswith("base_model:")]
        if number % 9 == 4:
            row["sha"] = "f" * 40
            card |= {"license": "other", "license_link": 'a "quoted", comma\nand a line\r\nbreak; ü\tend\\'}
        if number % 9 == 5:
            row["id"] += "-renamed"
        if number in (6, 8, 15, 17):
            row["id"] = whole[{6: 8, 8: 6, 15: 19, 17: 17}[number]]["id"]
        if number == 17:
            row["_id"] = "f" * 24
        row["cardData"] = card
        second.append(row)
    third = [row | {"likes": 7, "pipeline_tag": None} for row in second[::20]]
    return [
        hub_files.write(folder / f"hub_2026-12-0{number}.jsonl", rows)
        for number, rows in enumerate((first, second, third), start=1)
    ]


OWN = (
    # What is in use, and what a model of the organisation's own was made from.
    "MATCH (m:Model {id: $gone}) CREATE (:Deployment {id: 'd', owner: 'us', approved_at: datetime('2026-11-30T12:00+02:00')})"
    "-[:RUNS {revision: 'main'}]->(m)",
    "MATCH (m:Model {id: $gone}) CREATE (:Model:Internal {id: 'us/own', id_lower: 'us/own', status: 'internal', "
    "name: 'own', author: 'us', first_seen: datetime('2026-11-30')})-[:FINETUNE_OF {position: 0}]->(m)",
    # Nodes of every making, and values of every type.
    "MATCH (l:License {id: $license}) CREATE (:Memo:Note {day: date('2026-01-02'), at: localtime('12:00'), "
    "where: point({x: 1.5, y: 2.0}), term: duration('P1M2DT3S'), none: [], many: [date('2026-01-02')]})-[:ON]->(l)",
    "CREATE (:Memo {id: 'alone', when: datetime('2026-01-02T03:04:05.123456789[Europe/Paris]')})-[:NEXT]->({id: 'bare'})",
    "MATCH (m:Model {id: $renamed}) CREATE (:Review {id: 'r'})-[:ABOUT]->(m)",
    "MATCH (m:Model {id: $taken}) CREATE (:Deployment {id: 'e'})-[:RUNS]->(m), (m)-[:LIKES]->(:Memo) SET m:Starred",
    # Edges and labels on nodes of ours, to themselves too, and on some that will go.
    "MATCH (m:Model {id: $kept}) CREATE (m)-[:LIKES {much: true}]->(m) SET m:Favourite",
    "MATCH (m:Model {id: $kept})-[:PUBLISHED_BY]->(a:Author), (g:Model {id: $gone}) CREATE (a)-[:LIKES]->(g)",
    "MATCH (s:Snapshot) CREATE (:Memo)-[:ON]->(s)",
    "CREATE INDEX memo_day IF NOT EXISTS FOR (n:Memo) ON (n.day)",
    "CREATE CONSTRAINT memo_id IF NOT EXISTS FOR (n:Memo) REQUIRE n.id IS UNIQUE",
)
"""What somebody puts into a graph of ours."""


def put_own(settings: Settings) -> None:
    """Everything of OWN: attached to models that the second snapshot lacks or has by another name, to one that stays, to
    one whose name another takes, to a licence that goes."""
    whole = [row["id"] for row in hub_files.example()]
    models_ = {"gone": whole[10], "kept": whole[2], "renamed": whole[5], "taken": whole[19]}
    for statement in OWN:
        ask(settings, statement, license="unheard-of", **models_)


def history(home: Path, snapshots: Sequence[Path], writers: Sequence[Writer]) -> Iterator[Contents]:
    """Loads the snapshots one after the other, and yields what the graph holds after each."""
    settings = small(home)
    try:
        for path, writer in zip(snapshots, writers, strict=True):
            summary = load([path], settings=settings, writer=writer, partial=path == snapshots[-1])
            assert summary.writer == writer
            yield contents(settings)
            if path == snapshots[0]:
                put_own(settings)
    finally:
        server.stop(settings)


@pytest.fixture(scope="module")
def over_bolt(snapshots: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Contents]:
    return list(history(tmp_path_factory.mktemp("bolt"), snapshots, ["bolt"] * SNAPSHOTS))


@pytest.mark.parametrize("writers", [["import", "import", "import"], ["bolt", "import", "bolt"]])
def test_both_writers_fold_the_same_snapshots_into_the_same_graph(
    over_bolt: list[Contents], snapshots: list[Path], tmp_path: Path, writers: list[Writer]
) -> None:
    for expected, found in zip(over_bolt, history(tmp_path, snapshots, writers), strict=True):
        assert found[0] - expected[0] == expected[0] - found[0] == {}
        assert found[1] - expected[1] == expected[1] - found[1] == {}


def test_the_snapshots_cover_what_can_differ(over_bolt: list[Contents]) -> None:
    """The comparison above says nothing of values that do not occur."""
    nodes = [dict(properties) for label, properties in over_bolt[1][0] if "Model" in label.split(":")]
    assert {row["status"] for row in nodes} == {"listed", "removed", "missing", "internal"}
    told = {dict(properties)["field"] for label, properties in over_bolt[1][0] if label == "Change"}
    assert told >= {"license", "parents", "status", "id", "hub_id"}
    assert any("\n" in row.get("license_link", "") for row in nodes)
    cards = {row["id"]: row.get("card_length") for row in nodes}
    before = {dict(p)["id"]: dict(p).get("card_length") for label, p in over_bolt[0][0] if label == "Model"}
    known = [(before.get(id_), length) for id_, length in cards.items()]
    assert (None, None) in known
    assert any(was and was == now for was, now in known), "a card of which the second snapshot says nothing"
    assert any(was and now and was < now for was, now in known)
    assert any(was is None and now for was, now in known)
    licenses = [dict(properties) for label, properties in over_bolt[1][0] if label == "License"]
    assert {(): True, None: True}.keys() <= {row.get("terms") for row in licenses}
    first = {key for key, _ in over_bolt[0][1].items()}
    second = {key for key, _ in over_bolt[1][1].items()}
    assert first - second
    assert second - first


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = small(tmp_path_factory.mktemp("imported"))
    yield settings
    server.stop(settings)


def hub(path: Path, *rows: hub_files.RawModel) -> list[Path]:
    return [hub_files.write(path / "hub.jsonl", rows)]


def test_an_import_into_an_empty_home_leaves_a_server_that_answers(imported: Settings, tmp_path: Path) -> None:
    summary = load(hub(tmp_path, hub_files.model("o/a")), settings=imported, writer="import")
    assert summary.writer == "import"
    assert models(imported, "status") == {"o/a": "listed"}
    root = server.home(imported)
    assert [folder.name for folder in root.glob("data-*")] == [server.data_directory(imported).name]
    constraints = {name for (name,) in ask(imported, "SHOW CONSTRAINTS YIELD name")}
    indexes = {name for (name,) in ask(imported, "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name")}
    wanted = {re.split(r"\s+", text[text.index("CREATE ") :])[2] for _, text in resources.statements("schema")}
    assert constraints <= wanted
    assert indexes == wanted


def test_an_import_keeps_users_and_passwords(imported: Settings, tmp_path: Path) -> None:
    load(hub(tmp_path, hub_files.model("o/a")), settings=imported)
    ask(imported, "CREATE USER other IF NOT EXISTS SET PASSWORD 'only-for-tests' CHANGE NOT REQUIRED")
    load(hub(tmp_path, hub_files.model("o/b")), settings=imported, writer="import")
    assert models(imported, "status")["o/b"] == "listed"
    assert ["other"] in ask(imported, "SHOW USERS YIELD user")


def test_an_import_that_fails_leaves_the_graph_as_it_was(imported: Settings, tmp_path: Path) -> None:
    load(hub(tmp_path, hub_files.model("o/a")), settings=imported)
    before = contents(imported)
    data = server.new_data_directory(imported)
    folder = offline.staging(data)
    (folder / "broken.csv").write_text(":ID,id:string\nno number,o/b\n", encoding="utf-8")
    with pytest.raises(GraphError, match="the graph is as it was"):
        offline.run_importer(
            imported, data, folder, ["--id-type=actual", "--nodes=Model=./broken.csv"], progress=SILENT
        )
    assert contents(imported) == before
    server.remove_leftovers(imported)
    assert not data.exists()
    assert not folder.exists()
