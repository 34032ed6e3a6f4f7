"""The queries about history and deployments, on the three snapshots of fixture/otters.py.

Their expected rows (tests/expected/) were worked out by hand from what that file tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import oracle
from fixture import otters
from graph_contents import wipe
from studbook import deployments, inventory, library, render, reviews
from studbook.ask import Studbook, connect, run
from studbook.config import Settings
from studbook.load import load
from studbook.reviews import Review

QUERIES = {id_: query for id_, query in library.library().items() if id_ in oracle.BY_HAND}
CASES = {id_: json.loads((oracle.EXPECTED / f"{id_}.json").read_text(encoding="utf-8")) for id_ in QUERIES}
SLOW = ("CartesianProduct", "AllNodesScan", "AllRelationshipsScan", "VarLengthExpand(All)", "VarLengthExpand(Into)")


@pytest.fixture(scope="module")
def otter_hub(database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studbook]:
    wipe(database)
    folder = tmp_path_factory.mktemp("otters")
    systems, shorter = folder / "systems.csv", folder / "later.csv"
    systems.write_text(otters.INVENTORY, encoding="utf-8")
    shorter.write_text("\n".join(otters.INVENTORY.splitlines()[:-1]), encoding="utf-8")
    for number, path in enumerate(otters.write(folder)):
        load([path], settings=database, as_of=otters.MOMENTS[number])
        if number == 0:
            with connect(database) as studbook:
                for file in (systems, shorter):
                    deployments.load(database, studbook.graph, inventory.read(file, inventory="systems"))
    with connect(database) as studbook:
        moment = datetime(2026, 3, 11, tzinfo=UTC)
        flags = [Review(scope="model", decision="flag", at=moment, **flag) for flag in otters.FLAGS]
        reviews.write(database, studbook.graph, flags)
        yield studbook


@pytest.mark.parametrize("id_", QUERIES)
def test_plan(otter_hub: Studbook, id_: str) -> None:
    """It compiles without a notification, only reads, returns its columns and looks at no more than it must."""
    query = QUERIES[id_]
    plan = otter_hub.graph.explain(query.cypher, query.defaults)
    assert plan.notifications == ()
    assert plan.query_type == "r"
    assert list(plan.columns) == [column.name for column in query.columns or ()]
    assert [operator for operator in plan.operators if operator.startswith(SLOW)] == []


@pytest.mark.parametrize(
    ("id_", "case"),
    [(id_, case) for id_ in QUERIES for case in CASES[id_]],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value["parameters"]),
)
def test_rows(otter_hub: Studbook, id_: str, case: dict[str, Any]) -> None:
    """Its rows, in order: the columns that the case tells, and one row for each key."""
    query = QUERIES[id_]
    found = json.loads(render.text(run(otter_hub.graph, query, case["parameters"]), "json"))["rows"]
    told = [{name: row[name] for name in (case["rows"] or [{}])[0]} for row in found]
    assert told == case["rows"]
    keys = [json.dumps([row[name] for name in query.key]) for row in found]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("id_", QUERIES)
def test_every_query_has_rows_and_a_case_beside_its_defaults(id_: str) -> None:
    first, *others = CASES[id_]
    assert first["parameters"] == {}
    assert first["rows"]
    assert others
