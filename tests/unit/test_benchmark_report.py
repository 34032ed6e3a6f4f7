"""The tables of a benchmark run, against figures worked out by hand."""

from __future__ import annotations

from typing import Any

import run

FACTS: dict[str, Any] = {
    "date": "2026-11-24 10:00",
    "cpu": "Some CPU",
    "cores": 2,
    "memory": 24 * 1024**3,
    "system": "Linux x86_64",
    "busy": 0.25,
    "versions": {"Studbook": "0.1.0", "Neo4j": "2026.08.1"},
}
GIB = 1024**3
LOAD: dict[str, Any] = {
    "facts": FACTS,
    "seconds": 90.0,
    "peak": {"python": 3 * GIB, "java": 2 * GIB, "together": 4 * GIB},
    "summary": {
        "nodes": {"Model": 900, "Task": 100},
        "edges": {"HAS_TASK": 3_000},
        "stages": {"Reading models.parquet": 10.0, "Reading the graph": 1.0, "Comparing": 0.01, "Importing": 60.0},
    },
}
FLOOR: dict[str, Any] = {
    "facts": FACTS | {"date": "2026-11-24 10:05"},
    "seconds": 72.0,
    "peak": {"java": GIB},
    "stages": {"Importing": 62.0, "Starting Neo4j": 10.0},
}
UNWIND: dict[str, Any] = {
    "facts": FACTS,
    "models": 40,
    "nodes": 50,
    "edges": 60,
    "node_seconds": 2.0,
    "edge_seconds": 5.0,
}


def test_loads_are_compared_with_the_floor() -> None:
    text = run.report({"load": LOAD, "floor": FLOOR, "unwind": UNWIND}, 900)
    assert "900 models. 2 cores (Some CPU), 24 GiB" in text
    assert "From 2026-11-24 10:00 to 2026-11-24 10:05 UTC." in text
    assert "| `studbook load` into an empty home: 1,000 nodes, 3,000 edges | 90 | 1.25 | 3.0 | 2.0 | 4.0 |" in text
    assert "server start, indexes | 72 | 1.00 |  | 1.0 |  |" in text
    # 2 s for 50 nodes are 40 for 1,000, and 5 s for 60 edges are 250 for 3,000.
    assert "extrapolated from 40 models, which took 7 s | 290 | 4.03 |  |  |  |" in text


def test_stages_add_up_to_the_whole() -> None:
    lines = run.report({"load": LOAD, "floor": FLOOR}, 900).splitlines()
    start = lines.index("| seconds of | load | the floor |")
    assert lines[start + 2 :] == [
        "| Reading the file | 10.0 |  |",
        "| Reading the graph | 1.0 |  |",
        "| Importing | 60.0 | 62.0 |",
        "| In no stage | 19.0 |  |",
        "| Starting Neo4j |  | 10.0 |",
    ]


def test_queries_and_their_failures() -> None:
    runs = [
        {"query": "lineage/roots", "subject": "hub", "rows": 1_000, "first": 0.5004, "later": 0.02},
        {"query": "merges/diamonds", "subject": "whole graph", "error": "timed out\nafter 60 s", "first": 60.0},
    ]
    text = run.report({"queries": {"facts": FACTS, "subjects": {}, "runs": runs}}, 900)
    assert "| `lineage/roots` | hub | 1,000 | 500 | 20 |" in text
    assert "About one model or deployment: median 20 ms, slowest 20 ms. Failed: 1." in text
    assert "| `merges/diamonds` | whole graph | fails | 60,000 | timed out |" in text
