"""How findings become items of queues, and which goes first."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from studbook import findings, queues


@pytest.mark.parametrize(
    ("severity", "reach", "downloads", "deployments", "expected"),
    [
        ("low", None, None, 0, 1),
        ("medium", 0, 0, 0, 3),
        ("high", 9, 99, 1, 9 * 2 * 3 * 2),
        ("medium", 99, None, 3, 3 * 3 * 1 * 3),
    ],
)
def test_priority_is_the_product_of_its_four_factors(
    severity: str, reach: int | None, downloads: int | None, deployments: int, expected: float
) -> None:
    names = [f"d{number}" for number in range(deployments)]
    row = {"severity": severity, "reach": reach, "downloads": downloads, "deployments": names}
    frame = pl.DataFrame([row | {"deployments": deployments}], {**queues.ITEMS, "deployments": pl.Int64}, strict=False)
    columns = map(pl.col, ("severity", "reach", "downloads", "deployments"))
    assert frame.select(queues.priority(*columns)).item() == pytest.approx(expected)
    assert math.prod(queues.factors(row).values()) == pytest.approx(expected)


def finding(about: str, query: str, severity: str, queue: str | None, **given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = dict.fromkeys(findings.COLUMNS)
    return usual | {
        "about": about,
        "query": query,
        "severity": severity,
        "queue": queue,
        "models": [about] if "/" in about else None,
        "status": "open",
        **given,
    }


def test_an_item_is_all_that_a_queue_has_on_a_subject() -> None:
    found = pl.DataFrame(
        [
            finding("a/a", "risk/x", "high", "legal", status="waived", downloads=9),
            finding("a/a", "risk/y", "medium", "legal", reach=9, downloads=9),
            finding("a/a", "risk/y", "medium", "legal", reach=9, downloads=9),
            finding("a/a", "task/z", "low", "evaluation"),
            finding("b/b", "risk/x", "high", "legal", status="accepted"),
            finding("someone", "risk/p", "low", "legal"),
            finding("a/a", "quality/q", "high", None),
        ],
        findings.COLUMNS,
    )
    deployed = pl.DataFrame({"id": ["a/a", "a/a", "c/c"], "deployment": ["chat", "chat", "search"]})
    names = ("item", "status", "severity", "findings", "decided", "queries", "deployments", "priority")
    rows = [tuple(row[name] for name in names) for row in queues.items(found, deployed).iter_rows(named=True)]
    assert rows == [
        ("legal:a/a", "open", "medium", 2, 1, ["risk/y"], ["chat"], pytest.approx(3 * 2 * 2 * 2)),
        ("legal:b/b", "decided", "high", 0, 1, ["risk/x"], [], 9.0),
        ("evaluation:a/a", "open", "low", 1, 0, ["task/z"], ["chat"], 2.0),
        ("legal:someone", "open", "low", 1, 0, ["risk/p"], [], 1.0),
    ]
    assert queues.totals(queues.items(found, deployed)).to_dicts() == [
        {"queue": "legal", "open": 2, "decided": 1, "findings": 3, "deployed": 1},
        {"queue": "evaluation", "open": 1, "decided": 0, "findings": 1, "deployed": 1},
    ]
    assert queues.items(found.clear()).is_empty()
