"""The graph as files, read back with other people's readers and held to what the driver says is in the graph."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest

import hub_files
import oracle
from graph_contents import ask, wipe
from studbook import columns, export, schema
from studbook.config import Settings
from studbook.errors import GraphError, InputError
from studbook.graph import Graph, connect
from studbook.load import load
from studbook.progress import SILENT, Advance

HOSTILE = "a&b <c> \"d\" 'e'\ttab\nline\rreturn \x01 \uffff é ]]>"
DTYPES = {
    "STRING": pl.String(),
    "INTEGER": pl.Int64(),
    "FLOAT": pl.Float64(),
    "BOOLEAN": pl.Boolean(),
    "ZONED DATETIME": pl.Datetime("us", "UTC"),
    "LIST<STRING>": pl.List(pl.String()),
}
HASHES = {p.name for kind in schema.NODES for p in kind.properties if p.role == "hash"}
Facts = dict[str, Any]
Edge = tuple[str, str, str, str, str, Facts]
"""Type, label and key of the start, label and key of the end, properties."""


@pytest.fixture(scope="module")
def graph(database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    wipe(database)
    rows = hub_files.example()
    dump = tmp_path_factory.mktemp("hub") / "hub.jsonl"
    load([hub_files.write(dump, rows)], settings=database, as_of=oracle.AS_OF)
    load([hub_files.write(dump, rows[1:])], settings=database, as_of=oracle.AS_OF + timedelta(days=1))
    kestrel = "MATCH (m:Model {id: 'northwind-ai/Kestrel-7B'})"
    ask(database, f"{kestrel} SET m.license_name = $text, m.formats = [$text, 'x'], m.mine = 1", text=HOSTILE)
    ask(database, f"{kestrel} CREATE (:Mine {{id: 'x'}})-[:OF]->(m)")
    with connect(database) as opened:
        yield opened


@pytest.fixture(scope="module", params=[columns.PAGE, 60], ids=lambda size: f"pages of {size}")
def folder(graph: Graph, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    path = tmp_path_factory.mktemp("export") / "hub"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "PAGE", request.param)
        export.export(graph, path)
    return path


def native(properties: Facts) -> Facts:
    kept = {name: value for name, value in properties.items() if name not in HASHES | {"mine"}}
    return {name: value.to_native() if hasattr(value, "to_native") else value for name, value in kept.items()}


@pytest.fixture(scope="module")
def nodes(graph: Graph, database: Settings) -> dict[tuple[str, str], Facts]:
    """What the driver says: properties by label and key."""
    found = ask(database, "MATCH (n) WHERE NOT n:Mine RETURN labels(n)[0], coalesce(n.id, n.id_lower), properties(n)")
    return {(label, key): native(properties) for label, key, properties in found}


@pytest.fixture(scope="module")
def edges(graph: Graph, database: Settings) -> list[Edge]:
    """What the driver says."""
    found = ask(
        database,
        "MATCH (a:Model|Change)-[r]->(b) "
        "RETURN type(r), labels(a)[0], a.id, labels(b)[0], coalesce(b.id, b.id_lower), properties(r)",
    )
    return [(*ends, native(properties)) for *ends, properties in found]


def test_parquet_of_nodes(folder: Path, nodes: dict[tuple[str, str], Facts]) -> None:
    for kind in (*schema.NODES, *schema.HISTORY):
        table = pl.read_parquet(folder / "nodes" / f"{kind.label}.parquet")
        properties = [p for p in kind.properties if p.name not in HASHES]
        assert table.schema == {p.name: DTYPES[p.type] for p in properties}
        expected = [
            {p.name: facts.get(p.name) for p in properties}
            for (label, _), facts in sorted(nodes.items())
            if label == kind.label
        ]
        assert table.to_dicts() == expected
    assert len(list((folder / "nodes").iterdir())) == len(schema.NODES) + len(schema.HISTORY)


def test_parquet_of_edges(folder: Path, edges: list[Edge]) -> None:
    for kind in (*schema.EDGES, schema.OF):
        table = pl.read_parquet(folder / "edges" / f"{kind.type}.parquet")
        derivation = kind.type in oracle.ALL
        start, end = ("child", "parent") if derivation else (kind.start.lower(), kind.end.lower())
        assert table.schema == {start: pl.String(), end: pl.String()} | {
            p.name: DTYPES[p.type] for p in kind.properties
        }
        expected = [
            {start: first, end: last, **{p.name: facts.get(p.name) for p in kind.properties}}
            for type_, _, first, _, last, facts in sorted(edges, key=lambda edge: edge[1:5])
            if type_ == kind.type
        ]
        assert table.to_dicts() == expected
    assert len(list((folder / "edges").iterdir())) == len(schema.EDGES) + 1


def flat(facts: Facts) -> Facts:
    """A node's or an edge's facts as GraphML has them."""

    def text(value: str) -> str:
        return value.replace("\x01", "\ufffd").replace("\uffff", "\ufffd")

    def value(given: Any) -> Any:
        if isinstance(given, list):
            return text(json.dumps(given, ensure_ascii=False, separators=(",", ":")))
        return text(given) if isinstance(given, str) else given

    return {name: value(given) for name, given in facts.items()}


def test_graphml_is_the_same_graph(folder: Path, nodes: dict[tuple[str, str], Facts], edges: list[Edge]) -> None:
    found = nx.read_graphml(folder / "graph.graphml")
    assert isinstance(found, nx.MultiDiGraph)
    for (label, key), facts in nodes.items():
        there = found.nodes[f"{label}:{key}"]
        moments = {name: datetime.fromisoformat(there[name]) for name in facts if isinstance(facts[name], datetime)}
        assert there | moments == {"kind": label} | flat(facts)
    assert len(found) == len(nodes)
    assert Counter(_frozen(*edge) for edge in found.edges(data=True)) == Counter(
        _frozen(f"{label}:{start}", f"{to}:{end}", {"relation": type_} | flat(facts))
        for type_, label, start, to, end, facts in edges
    )


def _frozen(start: str, end: str, facts: Facts) -> tuple[str, str, tuple[tuple[str, Any], ...]]:
    return start, end, tuple(sorted(facts.items()))


def test_what_was_written_is_told(folder: Path, nodes: dict[tuple[str, str], Facts]) -> None:
    told = json.loads((folder / "export.json").read_text("utf-8"))
    assert told["format"] == "studbook.export/1"
    assert told["nodes"]["Model"] == sum(label == "Model" for label, _ in nodes)
    assert [snapshot["as_of"] for snapshot in told["snapshots"]] == ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"]
    assert told["nodes"]["Change"] == told["edges"]["OF"] == 1
    assert {path.name for path in folder.iterdir()} == {"nodes", "edges", "graph.graphml", "export.json"}


def test_some_relations_in_one_format(graph: Graph, tmp_path: Path) -> None:
    found = export.export(graph, tmp_path, formats=["graphml"], relations=["MERGE_OF", "UNDER_LICENSE"])
    assert list(found.nodes) == ["Model", "License"]
    assert list(found.edges) == ["MERGE_OF", "UNDER_LICENSE"]
    assert {path.name for path in tmp_path.iterdir()} == {"graph.graphml", "export.json"}
    read = nx.read_graphml(tmp_path / "graph.graphml")
    assert {facts["relation"] for _, _, facts in read.edges(data=True)} == set(found.edges)


def test_a_folder_in_use_is_left_alone(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("mine")
    for path in (tmp_path, file):
        with pytest.raises(InputError, match="new or empty"):
            export.export(graph, path)
    with pytest.raises(InputError, match="no relation 'MERGED'"):
        export.export(graph, tmp_path / "new", relations=["MERGED"])
    assert list(tmp_path.iterdir()) == [file]


def test_a_graph_that_changes_meanwhile_gives_nothing(graph: Graph, database: Settings, tmp_path: Path) -> None:
    class Changing:
        def stage(self, title: str, **_: Any) -> AbstractContextManager[Advance]:
            ask(database, "MATCH (s:Snapshot) SET s.rows = s.rows + 1")
            return SILENT.stage(title)

    with pytest.raises(GraphError, match="changed it meanwhile"):
        export.export(graph, tmp_path / "hub", progress=Changing())
    assert list(tmp_path.iterdir()) == []
