"""The graph as DataFrames: dtypes as promised, and the same values as the driver gives one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import oracle
from graph_contents import ask, wipe
from studbook import columns, schema
from studbook.ask import Studbook, connect
from studbook.config import Settings
from studbook.errors import GraphError, QueryError
from studbook.load import load

HUB = oracle.hub()
DTYPES = {
    "STRING": "string",
    "INTEGER": "Int64",
    "FLOAT": "Float64",
    "BOOLEAN": "boolean",
    "ZONED DATETIME": "datetime64[us, UTC]",
    "LIST<STRING>": "object",
}
HASHES = {"facts_hash", "edges_hash"}
DECLARED = {
    "licenses": "UNDER_LICENSE",
    "languages": "IN_LANGUAGE",
    "task": "HAS_TASK",
    "library": "USES_LIBRARY",
    "datasets": "TRAINED_ON",
    "papers": "CITES",
    "aliases": "ALSO_KNOWN_AS",
    "family": "IN_FAMILY",
}
"""Columns of what models declare, and the edges that lead there."""


@pytest.fixture(scope="module")
def studbook(database: Settings) -> Iterator[Studbook]:
    wipe(database)
    load([oracle.DATA / "example_hub.jsonl"], settings=database, as_of=oracle.AS_OF)
    with connect(database) as opened:
        yield opened


@pytest.fixture(params=[columns.PAGE, 7], ids=lambda size: f"pages of {size}")
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once in one page, once in many."""
    monkeypatch.setattr(columns, "PAGE", request.param)


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with None for whatever stands for unknown, and times as the standard library has them."""
    return [
        {
            name: None
            if value is pd.NA or value is pd.NaT
            else value.to_pydatetime()
            if isinstance(value, pd.Timestamp)
            else value
            for name, value in row.items()
        }
        for row in frame.astype(object).to_dict("records")
    ]


@pytest.mark.usefixtures("page")
def test_models_are_those_of_the_graph(studbook: Studbook, database: Settings) -> None:
    frame = studbook.models()
    kinds = {p.name: DTYPES[p.type] for p in schema.MODEL.properties if p.name not in HASHES}
    kinds |= dict.fromkeys(("licenses", "languages", "datasets", "papers", "aliases"), "object")
    kinds |= dict.fromkeys(("task", "library", "family"), "string")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == kinds
    properties = list(kinds)[: len(schema.MODEL.properties) - len(HASHES)]
    found = ask(database, "MATCH (m:Model) RETURN properties(m) ORDER BY m.id")
    assert plain(frame[properties]) == [
        {name: value.to_native() if hasattr(value := given.get(name), "to_native") else value for name in properties}
        for (given,) in found
    ]
    for name, type_ in DECLARED.items():
        there = ask(
            database, f"MATCH (m:Model)-[:{type_}]->(x) RETURN m.id, coalesce(x.id, x.id_lower) ORDER BY m.id, x.id"
        )
        ids: dict[str, list[str]] = {id_: [] for id_ in HUB.ids}
        for id_, other in there:
            ids[id_].append(other)
        listed = kinds[name] == "object"
        expected = [sorted(found) if listed else found[0] if found else None for found in ids.values()]
        assert [row[name] for row in plain(frame[[name]])] == [value or None for value in expected], name
    assert frame["id"].to_list() == HUB.ids
    assert frame["licenses"].to_list() == [HUB.licenses(id_) or None for id_ in HUB.ids]


@pytest.mark.usefixtures("page")
def test_edges_are_those_of_the_graph(studbook: Studbook, database: Settings) -> None:
    frame = studbook.edges()
    properties = {p.name: DTYPES[p.type] for p in schema.DERIVATIONS[0].properties}
    ends = dict.fromkeys(("child", "relation", "parent"), "string")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == ends | properties
    found = ask(
        database,
        "MATCH (c:Model)-[e]->(p:Model) RETURN c.id, type(e), p.id, properties(e) ORDER BY c.id, type(e), p.id",
    )
    assert plain(frame) == [
        dict(zip(ends, row, strict=True)) | {name: given.get(name) for name in properties} for *row, given in found
    ]
    assert [tuple(row) for row in frame[list(ends)].to_numpy()] == [(e.child, e.relation, e.parent) for e in HUB.edges]


def test_a_frame_without_rows_has_the_same_dtypes(studbook: Studbook) -> None:
    for full, empty in (
        (studbook.models(), studbook.models(ids=["nobody/nothing"])),
        (studbook.models(["id", "licenses"]), studbook.models(["id", "licenses"], ids=[])),
        (studbook.edges(), studbook.edges(children=[])),
        (studbook.edges(["MERGE_OF"]), studbook.edges(["MERGE_OF"], confidence="none")),
    ):
        assert len(full) > len(empty) == 0
        assert full.dtypes.equals(empty.dtypes)


def test_some_models(studbook: Studbook) -> None:
    missing = studbook.models(["status", "id"], status="missing")
    assert list(missing.columns) == ["status", "id"]
    assert set(missing["id"]) == HUB.missing
    unknown = studbook.models(["id"], status="listed", license_family=["permissive", None])
    assert unknown["id"].to_list() == [id_ for id_ in sorted(HUB.listed) if HUB.family(id_) in ("permissive", None)]
    two = ["northwind-ai/Kestrel-7B", "alloy-foundry/Pewter-8B"]
    joined = pd.DataFrame({"model": [*two, None, "nobody/nothing", two[0]]})["model"]
    assert studbook.models(ids=joined)["id"].to_list() == sorted(two)


def test_some_edges(studbook: Studbook) -> None:
    wanted = ["MERGE_OF", "ADAPTER_OF"]
    expected = [(e.child, e.relation, e.parent) for e in HUB.edges if e.relation in wanted and e.confidence != "high"]
    frame = studbook.edges(wanted, columns=["child", "relation", "parent"], confidence=["medium", "low"])
    assert [tuple(row) for row in frame.to_numpy()] == expected
    child = expected[0][0]
    assert set(studbook.edges(children=[child])["parent"]) == {e.parent for e in HUB.edges if e.child == child}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda g: g.models(["licences"]), "no column 'licences'; did you mean licenses"),
        (lambda g: g.models(statuses="listed"), "no property to choose by 'statuses'; did you mean status"),
        (lambda g: g.models(formats="gguf"), "no property to choose by 'formats'"),
        (lambda g: g.edges(["FINETUNED"]), "no relation 'FINETUNED'; did you mean FINETUNE_OF"),
        (lambda g: g.family("northwind-ai/Kestrl-7B"), "no model 'northwind-ai/Kestrl-7B'; did you mean northwind-ai"),
        (lambda g: g.cypher("CREATE (:Model)"), "does more than read"),
        (lambda g: g.cypher("LOAD CSV FROM 'file:///x' AS line RETURN line"), "LOAD CSV"),
        (lambda g: g.cypher("RETURN $x AS x"), "no value for x"),
        (lambda g: g.cypher("RETURN 1 AS x", y=1), "no parameter 'y'"),
    ],
)
def test_mistakes_are_told(studbook: Studbook, wrong: Any, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        wrong(studbook)


def test_a_statement_of_ones_own(studbook: Studbook) -> None:
    text = "MATCH (m:Model {id: $id}) RETURN m.id AS id, m.created_at AS created_at, m.child_count > $least AS some"
    frame = studbook.cypher(text, id="northwind-ai/Kestrel-7B", least=1)
    assert [str(dtype) for dtype in frame.dtypes] == ["string", "datetime64[us, UTC]", "boolean"]
    assert frame.loc[0, "some"]
    declared = '// Mine\n//\n// /// query\n// audience = "analyst"\n// question = "Which?"\n// statuses = ["listed"]\n'
    declared += '// key = ["n"]\n// [columns]\n// n = "INTEGER"\n// ///\nMATCH (m:Model {id: "x"}) RETURN 1 AS n'
    assert str(studbook.cypher(declared)["n"].dtype) == "Int64"


def test_a_family(studbook: Studbook) -> None:
    """Reached by any member, in any letter case; the paper's: without merges."""
    family = studbook.family("BRIGHTMOOR/kestrel-storyteller-7b")
    assert family.id == "northwind-ai/Kestrel-7B"
    members = {row["id"] for row in plain(studbook.models(["id", "family"])) if row["family"] == family.id}
    assert set(family.models["id"]) == members
    assert "brightmoor/Kestrel-Storyteller-7B" in members
    inside = [(e.child, e.relation, e.parent) for e in HUB.edges if {e.child, e.parent} <= members]
    assert [tuple(row) for row in family.edges[["child", "relation", "parent"]].to_numpy()] == inside
    assert family.figures["models"] == len(members)
    assert family.figures["roots"] == len(members - {child for child, _, _ in inside})
    drawing = family._repr_html_()
    assert all(drawing.count(f">{id_}<") == 1 for id_ in members)


def test_a_model_without_family_is_alone(studbook: Studbook) -> None:
    alone = next(row["id"] for row in plain(studbook.models(["id", "family"])) if row["family"] is None)
    family = studbook.family(alone)
    assert (family.id, len(family.models), len(family.edges)) == (alone, 1, 0)
    assert alone in family._repr_html_()


def test_half_a_load_is_not_read(studbook: Studbook, database: Settings) -> None:
    """Last in this file but one: pages of two loads do not belong together."""
    ask(database, "MATCH (s:Snapshot) SET s.status = 'loading'")
    with pytest.raises(GraphError, match="a load is at work there, or was killed"):
        studbook.models(["id"])
    ask(database, "MATCH (s:Snapshot) SET s.status = 'complete'")
    with pytest.raises(GraphError, match="changed it meanwhile"), columns.unchanged(studbook.graph):
        ask(database, "MATCH (s:Snapshot) SET s.loaded = s.loaded + 1")


def test_a_property_of_another_type_is_told(studbook: Studbook, database: Settings) -> None:
    """Last in this file: the graph is broken afterwards."""
    ask(database, "MATCH (m:Model {id: 'northwind-ai/Kestrel-7B'}) SET m.likes = 'many'")
    with pytest.raises(GraphError, match="likes is INTEGER and holds something else"):
        studbook.models(["id", "likes"])
