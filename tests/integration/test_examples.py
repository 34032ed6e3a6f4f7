"""The statements that people read to learn: of docs/schema.md and of the guide. They compile without a complaint, only
read, and find something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import oracle
from graph_contents import wipe
from guide_html import Guide
from studbook import browser, resources, schema
from studbook.config import Settings
from studbook.graph import Graph, connect
from studbook.load import load

EXAMPLES = dict(resources.statements("example"))
GUIDE = [text for text in Guide(browser.guide(None)).statements if "owner/name" not in text]
"""All but the one that waits for an id to be typed."""
TYPES = {
    "STRING": "'x'",
    "INTEGER": "1",
    "FLOAT": "1.0",
    "BOOLEAN": "true",
    "DATE": "date('2026-01-01')",
    "ZONED DATETIME": "datetime('2026-01-01T00:00:00Z')",
    "LIST<STRING>": "['x']",
}
ASKED = {("Change", "field"): "'license'", ("Change", "snapshot"): "snapshot.id", ("Review", "decision"): "'flag'"}
"""Values of the kinds that no first load writes: those that examples ask for, others by type."""


@pytest.fixture(scope="module")
def graph(database: Settings) -> Iterator[Graph]:
    """The example hub, with one node and edge of every kind that it lacks: the server complains of names it has not seen."""
    wipe(database)
    load([oracle.DATA / "example_hub.jsonl"], settings=database, as_of=oracle.AS_OF)
    with connect(database) as opened:
        for kind in schema.ALL_EDGES:
            if kind.start != "Model":
                opened.write(
                    "MATCH (snapshot:Snapshot) MATCH (model:Model {label_verdict: 'conflict'}) WITH snapshot, model LIMIT 1 "
                    f"CREATE (:{kind.start} {_values(kind.start, schema.node_kind(kind.start).properties)})"
                    f"-[:{kind.type} {_values(kind.type, kind.properties)}]->(model)"
                )
        opened.write("MATCH (deployment:Deployment) CREATE (:Deployment {id: 'y', name: 'not approved'})")
        yield opened


def _values(kind: str, properties: tuple[schema.Property, ...]) -> str:
    return f"{{{', '.join(f'{p.name}: {ASKED.get((kind, p.name), TYPES[p.type])}' for p in properties)}}}"


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_of_the_schema(graph: Graph, path: str) -> None:
    plan = graph.explain(EXAMPLES[path])
    assert (plan.notifications, plan.query_type) == ((), "r")
    assert graph.read(EXAMPLES[path]).rows


@pytest.mark.parametrize("statement", GUIDE)
def test_a_statement_of_the_guide(graph: Graph, statement: str) -> None:
    plan = graph.explain(statement)
    assert (plan.notifications, plan.query_type) == ((), "r")
    assert graph.read(statement).rows
