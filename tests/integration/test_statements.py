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
    "hops": 40,
    "names": [],
    "id": "",
    "after": "",
    "label": "Model",
    "key": "id",
    "limit": 10,
    "skip": 10,
    "first": 0,
    "none": -1,
}
"""A value for each parameter; another is text."""

STATEMENTS = [
    statement for folder in ("load", "read", "remove", "check", "review") for statement in resources.statements(folder)
]
EDGES = {f"load/{kind.type.lower()}" for kind in schema.EDGES}
SCANS = {"remove/example": {"UnionNodeByLabelsScan"}, "remove/snapshots": {"NodeIndexScan"}}
"""Statements about all nodes or all snapshots, and the operators that they may use for it."""


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
            opened.write("MATCH (m:Model {child_count: 1}) SET m.former_licenses = [], m.concluded_licenses = []")
            yield opened
    finally:
        server.stop(settings)


@pytest.mark.parametrize(("path", "text"), STATEMENTS, ids=[path for path, _ in STATEMENTS])
def test_plan(graph: Graph, path: str, text: str) -> None:
    if path == "read/indexes":
        assert graph.read(text).rows  # SHOW has no plan
        return
    writes = path.startswith(("load/", "remove/"))
    plan = graph.explain(text, {name: VALUES.get(name, "") for name in re.findall(r"\$(\w+)", text)})
    assert plan.notifications == ()
    assert plan.query_type in (("w", "rw") if writes else ("r",))
    assert "AllNodesScan" not in plan.operators
    if writes:
        scans = {name for name in plan.operators if "Scan" in name or name == "CartesianProduct"}
        # An edge statement joins one node found by its key and another found by its key.
        assert scans <= SCANS.get(path, {"CartesianProduct"} if path in EDGES else set())
    if path.startswith("load/"):
        assert "Eager" not in plan.operators
