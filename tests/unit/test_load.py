"""Decisions of a load that need no database: when a snapshot was true, what differs, who writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from raw_rows import declared, raw
from studbook import changes, load, state, tables
from studbook.config import Settings
from studbook.errors import InputError
from studbook.sources import REJECTED_SCHEMA, RawSnapshot, SourceFile
from studbook.state import State
from studbook.tables import GraphTables

MOMENT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
NOWHERE = Settings(home=Path("/nowhere"), cache=Path("/nowhere"))


def snapshot(name: str, *rows: dict[str, Any]) -> RawSnapshot:
    file = SourceFile(Path("/dumps") / name, "jsonl", 1, "0" * 64)
    return RawSnapshot(raw(*rows), REJECTED_SCHEMA.to_frame(), (file,))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hub_2026-08-22T2200.jsonl.gz", datetime(2026, 8, 22, 22, tzinfo=UTC)),
        ("hub_2026-08-22T22:05.jsonl", datetime(2026, 8, 22, 22, 5, tzinfo=UTC)),
        ("2026-08-22.parquet", datetime(2026, 8, 22, tzinfo=UTC)),
        ("from-2026-13-01-or-2026-02-03.parquet", datetime(2026, 2, 3, tzinfo=UTC)),
    ],
)
def test_the_name_of_the_first_file_says_when_it_was_true(name: str, expected: datetime) -> None:
    found, why = load.moment_of(snapshot(name, {"id": "o/a", "last_modified": MOMENT}), None)
    assert found == expected
    assert name in why


@pytest.mark.parametrize("name", ["models.parquet", "hub_2026-02-30.jsonl", "12026-01-01.jsonl"])
def test_else_the_newest_date_in_the_data(name: str) -> None:
    rows = (
        {"id": "o/a", "created_at": MOMENT},
        {"id": "o/b", "last_modified": MOMENT - timedelta(days=1)},
        {"id": "o/c"},
    )
    assert load.moment_of(snapshot(name, *rows), None) == (MOMENT, "the newest date in the data")


def test_what_was_given_comes_before_both_and_is_utc_unless_it_says_otherwise() -> None:
    source = snapshot("hub_2026-08-22.jsonl", {"id": "o/a", "last_modified": MOMENT})
    plain = datetime(2026, 1, 2, 3)
    assert load.moment_of(source, plain) == (datetime(2026, 1, 2, 3, tzinfo=UTC), "as given")
    zoned = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
    assert load.moment_of(source, zoned)[0] == datetime(2026, 1, 2, 1, tzinfo=UTC)


def test_without_any_date_one_is_asked_for() -> None:
    with pytest.raises(InputError, match="--as-of"):
        load.moment_of(snapshot("models.parquet", {"id": "o/a"}), None)


def held(graph: GraphTables) -> tuple[State, pl.DataFrame]:
    """The state and counters of a graph that holds exactly these tables."""
    kinds = {label: table for label, table in graph.nodes.items() if label != "Model"}
    nodes = {label: table.select(pl.nth(0).alias("key"), "facts_hash") for label, table in kinds.items()}
    models = graph.nodes["Model"]
    kept = models.select(state.EMPTY.models.columns)
    return replace(state.EMPTY, models=kept, nodes=nodes), models.select(state.NO_COUNTERS.columns)


BEFORE = tables.build(
    declared([("o/b", "o/a", "finetune"), ("o/c", "o/b", "merge")], "o/a", "o/d", o__a="mit", o__d="wtfpl")
)


def test_equal_tables_leave_nothing_to_write() -> None:
    found = changes.compare(BEFORE, *held(BEFORE))
    assert (found.rows, found.created, found.changed, found.removed, found.edges) == (0, 0, 0, 0, 0)


def test_an_empty_graph_needs_every_row() -> None:
    found = changes.compare(BEFORE, state.EMPTY, state.NO_COUNTERS)
    nodes = sum(table.height for table in BEFORE.nodes.values())
    edges = sum(table.height for table in BEFORE.edges.values())
    assert (found.created, found.changed, found.removed, found.edges, found.rows) == (nodes, 0, 0, edges, nodes + edges)
    assert found.models["id"].sort().to_list() == ["o/a", "o/b", "o/c", "o/d"]
    assert found.models["new"].all()


def test_only_what_differs_is_found() -> None:
    """o/d is gone with its licence; o/c is a finetune now; o/e is new with another licence."""
    after = tables.build(
        declared([("o/b", "o/a", "finetune"), ("o/c", "o/b", "finetune")], "o/a", "o/e", o__a="mit", o__e="isc")
    )
    found = changes.compare(after, *held(BEFORE))
    assert found.models["id"].sort().to_list() == ["o/c", "o/e"]
    assert found.models.filter("new")["id"].to_list() == ["o/e"]
    # The merge kept o/c out of the family, so that it is a member more now; its component has always included it.
    assert found.models.filter("edges")["id"].sort().to_list() == ["o/c", "o/e"]
    assert found.nodes["License"]["id"].to_list() == ["isc"]
    assert found.nodes["Family"]["id"].to_list() == ["o/a"]
    assert found.gone["License"].to_list() == ["wtfpl"]
    assert found.gone["Model"].to_list() == ["o/d"]
    assert found.created == 2


def test_an_id_without_facts_is_new_and_null_hashes_differ() -> None:
    kept, counters = held(BEFORE)
    bare = pl.col("id") == "o/a"
    models = kept.models.with_columns(pl.when(~bare).then(pl.col(name)).alias(name) for name in kept.models.columns[1:])
    found = changes.compare(BEFORE, replace(kept, models=models), counters)
    assert found.models.rows() == [(BEFORE.nodes["Model"]["id"].to_list().index("o/a"), "o/a", True, True, True)]
    assert found.created == 1


def test_counters_are_compared_where_nothing_else_differs() -> None:
    kept, counters = held(BEFORE)
    known = counters.with_columns(
        downloads=pl.when(pl.col("id") != "o/c").then(7), trending_score=pl.when(pl.col("id") == "o/c").then(0.5)
    )
    now = BEFORE.nodes["Model"].with_columns(downloads=pl.lit(7, pl.Int64))
    found = changes.compare(GraphTables({**BEFORE.nodes, "Model": now}, BEFORE.edges), kept, known)
    assert found.counters.rows() == [("o/c", 7, None, None, None)]
    assert found.rows == 0


def writer(rows: int, *, of: int, uri: str | None = None, **options: Any) -> str:
    wanted: dict[str, Any] = {"rebuild": False, "asked": None} | options
    return load.choose_writer(replace(NOWHERE, neo4j_uri=uri), rows, of=of, **wanted)[0]


MANY = load.IMPORT_FROM * 100


def test_the_importer_writes_when_more_differs_than_it_costs_to_start_it() -> None:
    few = load.IMPORT_FROM // 2
    assert writer(few, of=few) == "bolt"
    assert writer(MANY, of=MANY) == "import"
    limit = int(load.IMPORT_FROM + load.IMPORT_SHARE * MANY)
    assert writer(limit - 1, of=MANY) == "bolt"
    assert writer(limit + 1, of=MANY) == "import"


def test_counters_of_all_models_are_no_reason_to_write_everything_anew() -> None:
    assert writer(MANY // 100, of=MANY, counters=MANY // 5) == "bolt"
    assert writer(MANY // 100, of=MANY, counters=MANY) == "import"


def test_the_importer_never_writes_where_it_cannot() -> None:
    assert writer(MANY, of=MANY, uri="bolt://elsewhere") == "bolt"
    assert writer(MANY, of=MANY, uri="bolt://elsewhere", rebuild=True) == "bolt"


def test_what_was_asked_for_is_done() -> None:
    assert writer(1, of=10, rebuild=True) == "import"
    assert writer(1, of=10, asked="import") == "import"
    assert writer(MANY, of=MANY, rebuild=True, asked="bolt") == "bolt"
