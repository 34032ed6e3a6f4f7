"""Changes put together, snapshots named by how they begin, and names told apart by hub_ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import history, identity
from studbook.errors import InputError
from studbook.history import CHANGES

DAY = datetime(2026, 1, 1, tzinfo=UTC)

values = st.none() | st.lists(st.sampled_from(["mit", "isc"]), min_size=1, max_size=2, unique=True).map(sorted)


def told(*rows: tuple[str, str, int, list[str] | None, list[str] | None]) -> pl.DataFrame:
    """Changes: model, field, day, before, after."""
    return pl.DataFrame(
        [
            {
                "id": f"{day} {model} {field}",
                "of": model,
                "model": model,
                "field": field,
                "snapshot": str(day),
                "as_of": DAY + timedelta(days=day),
                "previous_as_of": DAY + timedelta(days=day - 1),
                "before": before,
                "after": after,
            }
            for model, field, day, before, after in rows
        ],
        CHANGES,
    )


@given(st.dictionaries(st.sampled_from(["o/a license", "o/a task", "o/b license"]), st.lists(values, min_size=2)))
def test_changes_in_between_count_as_one_and_not_at_all_where_a_value_came_back(
    lives: dict[str, list[list[str] | None]],
) -> None:
    rows = [
        (*key.split(" "), day, before, after)
        for key, states in lives.items()
        for day, (before, after) in enumerate(pairwise(states), start=1)
        if before != after
    ]
    found = history.combine(told(*sorted(rows, key=lambda row: row[2])))  # type: ignore[arg-type]
    expected = {
        (model, field): (states[0], states[-1])
        for key, states in lives.items()
        for model, field in [key.split(" ")]
        if states[0] != states[-1]
    }
    assert {(row["of"], row["field"]): (row["before"], row["after"]) for row in found.iter_rows(named=True)} == expected


def test_the_last_snapshot_and_the_number_of_changes_are_told() -> None:
    found = history.combine(told(("o/a", "license", 1, None, ["mit"]), ("o/a", "license", 3, ["mit"], ["isc"])))
    (row,) = found.iter_rows(named=True)
    assert (row["snapshot"], row["changes"], row["previous_as_of"]) == ("3", 2, DAY)


LOADED = ["2026-01-01T00-a", "2026-01-02T00-b", "2026-01-02T12-c"]


@pytest.mark.parametrize(
    ("first", "last", "places"),
    [
        (None, None, (1, 2)),
        ("2026-01-01", None, (0, 2)),
        (None, "2026-01-02T00", (0, 1)),
        ("2026-01-02T12", "2026-01-01", (2, 0)),
        ("2026-01-02T00-b", "2026-01-02T00-b", (1, 1)),
    ],
)
def test_which_snapshots_are_meant(first: str | None, last: str | None, places: tuple[int, int]) -> None:
    assert history.ends(LOADED, first, last) == places


@pytest.mark.parametrize(
    ("ids", "first", "last", "message"),
    [
        (LOADED, "2026-01-02", None, "2 snapshots begin"),
        (LOADED, "2025", None, "no snapshot begins"),
        (LOADED, None, "2026-01-01", "none is before 2026-01-01"),
        (LOADED[:1], None, None, "of the 1 in the graph none is before another"),
        ([], None, None, "of the 0 in the graph"),
    ],
)
def test_a_snapshot_that_cannot_be_meant(ids: list[str], first: str | None, last: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        history.ends(ids, first, last)


def pairs(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"old": pl.String, "new": pl.String}, orient="row")


def test_what_becomes_of_the_nodes_of_a_name() -> None:
    """a takes b's name, c and d swap theirs, e becomes a name that nobody had; X is a name in another spelling."""
    known = pl.Series(["o/a", "o/b", "o/c", "o/d", "o/e", "o/X", "o/Y"])
    renames = pairs(("o/a", "o/b"), ("o/c", "o/d"), ("o/d", "o/c"), ("o/e", "o/new"))
    found = identity.moves(renames, pairs(("o/X", "o/x"), ("o/Y", "o/NEW"), ("o/y", "o/NEW")), known)
    assert set(found.iter_rows()) == {
        ("o/a", "o/b", False),
        ("o/b", "o/b", True),
        ("o/c", "o/d", False),
        ("o/d", "o/c", False),
        ("o/e", "o/new", False),
        ("o/X", "o/x", False),
        ("o/Y", "o/NEW", False),
        ("o/y", "o/NEW", True),
    }
