"""Every statement that a load runs, as a live server plans it: by index, without a word of complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import hub_files
from conftest import small
from studbook import resources, schema, server
from studbook.graph import Graph, connect
from studbook.load import load

VALUES: dict[str, Any] = {
    "rows": [],
    "ids": [],
    "families": [],
    "names": [],
    "fields": [],
    "kept": [],
    "elements": [],
    "ours": [],
    "hops": 40,
    "id": "",
    "after": "",
    "label": "Model",
    "key": "id",
    "limit": 10,
    "skip": 10,
    "first": 0,
    "none": -1,
    "equal": {},
    "properties": {},
    "moments": [],
    "types": [],
}
"""A value for each parameter; another is text."""

STATEMENTS = [
    statement
    for folder in ("load", "move", "own", "read", "remove", "check", "review", "audit")
    for statement in resources.statements(folder)
]
SHOWN = ("read/indexes", "own/indexes", "own/constraints")
"""Statements that begin with SHOW, which has no plan."""
PAIRS = {f"load/{kind.type.lower()}" for kind in (*schema.EDGES, schema.OF)}
PAIRS |= {"own/create_edges", "move/incoming", "move/outgoing", "move/labels"}
"""Statements that join one node found by its key and another found by its key."""
OWN = ("review/write", "review/about", "review/remove", "own/create_nodes", "own/create_edges", "own/add_labels")
"""Statements that write what is the user's own."""
SCANS = {
    "remove/example": {"UnionNodeByLabelsScan"},
    "remove/snapshots": {"NodeIndexScan", "NodeByLabelScan"},
    "review/about": {"NodeByLabelScan"},
    "own/nodes": {"AllNodesScan"},
}
"""Statements about all nodes or all snapshots, and the operators that they may use for it."""


KESTREL = "northwind-ai/Kestrel-7B"
REVIEW = {name.name: "x" for name in schema.node_kind("Review").properties} | {
    **{"scope": "model", "subject": KESTREL, "rests_on": ["licenses x"]},
    **{"at": "2026-01-01T00:00:00Z", "until": "2026-01-02"},
}
DEPLOYED = {"subject": KESTREL, "of": dict.fromkeys(("id", "name", "owner", "environment"), "x")}

CHANGED = {"subject": KESTREL, "of": {p.name: "x" for p in schema.CHANGE.properties}}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """The example hub, in which every label, type and property occurs."""
    settings = small(tmp_path_factory.mktemp("home"))
    path = hub_files.write(tmp_path_factory.mktemp("hub") / "hub.jsonl", hub_files.example())
    try:
        load([path], settings=settings, as_of=datetime(2026, 12, 1, tzinfo=UTC))
        with connect(settings) as opened:
            # Null in the example, and the server complains of a property that it has never seen.
            opened.write("MATCH (s:Snapshot) SET s.rejections = ['1 reason']")
            opened.write("MATCH (m:Model {status: 'missing'}) SET m.last_seen = datetime()")
            opened.write("MATCH (m:Model {child_count: 1}) SET m.concluded_licenses = []")
            opened.write("MATCH (m:Model {id: $subject}) CREATE (:Change $of)-[:OF]->(m)", CHANGED)
            opened.write(resources.statement("review/write"), {"rows": [REVIEW]})
            opened.write(resources.statement("review/about"))
            opened.write("MATCH (m:Model {id: $subject}) CREATE (d:Deployment $of)-[:RUNS]->(m)", DEPLOYED)
            yield opened
    finally:
        server.stop(settings)


@pytest.mark.parametrize(("path", "text"), STATEMENTS, ids=[path for path, _ in STATEMENTS])
def test_plan(graph: Graph, path: str, text: str) -> None:
    if path in SHOWN:
        assert graph.read(text, {"ours": []}).rows
        return
    writes = path.startswith(("load/", "move/", "remove/", *OWN))
    plan = graph.explain(text, {name: VALUES.get(name, "") for name in re.findall(r"\$(\w+)", text)})
    assert plan.notifications == ()
    assert plan.query_type in (("w", "rw") if writes else ("r",))
    assert "AllNodesScan" not in plan.operators or path in SCANS
    if writes:
        scans = {name for name in plan.operators if "Scan" in name or name == "CartesianProduct"}
        assert scans <= SCANS.get(path, {"CartesianProduct"} if path in PAIRS else set())
    if path.startswith("load/"):
        assert "Eager" not in plan.operators
