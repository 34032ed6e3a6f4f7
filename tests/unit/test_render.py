"""Rows in each of their forms."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import render
from studbook.errors import QueryError
from studbook.library import Column
from studbook.render import Rows

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
COLUMNS = (
    Column("model", "STRING"),
    Column("children", "INTEGER"),
    Column("share", "FLOAT"),
    Column("gated", "BOOLEAN"),
    Column("created_at", "ZONED DATETIME"),
    Column("licenses", "LIST<STRING>"),
    Column("path", "PATH"),
)
VALUES: list[tuple[Any, ...]] = [
    ("a/b", 12, 0.5, True, MOMENT, ["mit", "gpl-3.0"], ["a/b", "MERGE_OF", "c/d"]),
    ("é|[bold]x,\n\x1b[31m", None, None, None, None, [], None),
]
ROWS = Rows(COLUMNS, VALUES, "lineage/large", {"limit": 2})
NO_ROWS = replace(ROWS, values=[])


def test_json_is_an_object_that_says_what_was_asked() -> None:
    assert json.loads(render.text(ROWS, "json")) == {
        "format": "studbook.rows/1",
        "query": "lineage/large",
        "parameters": {"limit": 2},
        "columns": [{"name": column.name, "type": column.type} for column in COLUMNS],
        "rows": [
            {
                "model": "a/b",
                "children": 12,
                "share": 0.5,
                "gated": True,
                "created_at": "2026-01-02T03:04:05.678901Z",
                "licenses": ["mit", "gpl-3.0"],
                "path": ["a/b", "MERGE_OF", "c/d"],
            },
            {
                "model": "é|[bold]x,\n\x1b[31m",
                "children": None,
                "share": None,
                "gated": None,
                "created_at": None,
                "licenses": [],
                "path": None,
            },
        ],
    }


def test_csv_has_lists_as_json_and_unknown_as_nothing() -> None:
    text = render.text(ROWS, "csv")
    assert list(csv.reader(io.StringIO(text))) == [
        ["model", "children", "share", "gated", "created_at", "licenses", "path"],
        ["a/b", "12", "0.5", "true", "2026-01-02T03:04:05.678901Z", '["mit", "gpl-3.0"]', '["a/b", "MERGE_OF", "c/d"]'],
        ["é|[bold]x,\n\x1b[31m", "", "", "", "", "[]", ""],
    ]
    assert "\r" not in text
    assert render.text(NO_ROWS, "csv") == "model,children,share,gated,created_at,licenses,path\n"


def test_markdown_is_one_table_whatever_the_data_holds() -> None:
    assert render.text(ROWS, "markdown").splitlines() == [
        "| model | children | share | gated | created_at | licenses | path |",
        "| --- | ---: | ---: | --- | --- | --- | --- |",
        "| a/b | 12 | 0.5 | true | 2026-01-02 03:04 | mit, gpl-3.0 | (a/b)-[:MERGE_OF]->(c/d) |",
        "| é\\|[bold]x,\\\\n\\\\x1b[31m |  |  |  |  |  |  |",
    ]


def test_a_wide_table_has_one_line_a_row() -> None:
    lines = render.text(ROWS, "table").splitlines()
    assert lines[0].split() == [column.name for column in COLUMNS]
    assert set(lines[1]) == {"─"}
    assert lines[2].split() == [
        "a/b",
        "12",
        "0.5",
        "true",
        "2026-01-02",
        "03:04",
        "mit,",
        "gpl-3.0",
        "(a/b)-[:MERGE_OF]->(c/d)",
    ]
    # Neither rich's markup nor the terminal's own: what is in the data is shown.
    assert lines[3].split() == ["é|[bold]x,\\n\\x1b[31m"]
    assert len(lines) == 4
    assert lines[0].index("children") + len("children") == lines[2].index("12") + 2, "numbers stand to the right"


def test_a_narrow_table_becomes_a_block_a_row() -> None:
    lines = render.text(ROWS, "table", width=40).splitlines()
    assert lines[0] == "1 " + "─" * 38
    assert lines[1:8] == [
        "model        a/b",
        "children     12",
        "share        0.5",
        "gated        true",
        "created_at   2026-01-02 03:04",
        "licenses     mit, gpl-3.0",
        "path         (a/b)-[:MERGE_OF]->(c/d)",
    ]
    assert lines[8] == "2 " + "─" * 38
    assert all(len(line) <= 40 for line in lines)


def test_lists_are_broken_before_a_table_is() -> None:
    rows = Rows((Column("id", "STRING"), Column("all", "LIST<STRING>")), [("x" * 20, ["y" * 20, "z" * 20])])
    assert render.text(rows, "table", width=60).splitlines()[2:] == [
        "x" * 20 + "   " + "y" * 20 + ",",
        " " * 23 + "z" * 20,
    ]
    assert render.text(rows, "table", width=40).startswith("1 ─")


def test_a_table_without_rows_shows_its_columns() -> None:
    assert render.text(NO_ROWS, "table").splitlines()[0].split() == [column.name for column in COLUMNS]


def test_parquet_keeps_the_types() -> None:
    for rows in (ROWS, NO_ROWS):
        found = pl.read_parquet(io.BytesIO(render.parquet(rows)))
        assert found.schema == {
            "model": pl.String,
            "children": pl.Int64,
            "share": pl.Float64,
            "gated": pl.Boolean,
            "created_at": pl.Datetime("us", "UTC"),
            "licenses": pl.List(pl.String),
            "path": pl.List(pl.String),
        }
        assert found.rows() == list(rows.values)


def test_values_of_no_declared_type_are_json_in_parquet() -> None:
    rows = Rows((Column("x", "ANY"),), [({"a": [1]},), (None,), (3,)])
    assert pl.read_parquet(io.BytesIO(render.parquet(rows)))["x"].to_list() == ['{"a": [1]}', None, "3"]


@pytest.mark.parametrize("rows", [ROWS, NO_ROWS], ids=["rows", "none"])
def test_a_frame_has_the_declared_dtypes(rows: Rows) -> None:
    frame = render.frame(rows)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "model": "string",
        "children": "Int64",
        "share": "Float64",
        "gated": "boolean",
        "created_at": "datetime64[us, UTC]",
        "licenses": "object",
        "path": "object",
    }
    assert frame.shape == (len(rows.values), len(COLUMNS))


def test_a_frame_holds_the_values() -> None:
    frame = render.frame(ROWS)
    assert frame.iloc[0].to_list() == list(VALUES[0])
    assert frame.loc[1, "children"] is pd.NA
    assert frame.loc[1, "created_at"] is pd.NaT
    assert frame.loc[1, "licenses"] == []
    assert frame.loc[1, "path"] is None


def test_a_frame_of_unknown_numbers_alone_keeps_its_dtype() -> None:
    frame = render.frame(replace(ROWS, values=[VALUES[1], VALUES[1]]))
    assert frame["children"].dtype == "Int64"
    assert frame["created_at"].dtype == "datetime64[us, UTC]"
    assert frame["share"].isna().all()


def test_two_columns_of_one_name_stay_two() -> None:
    frame = render.frame(Rows((Column("x", "INTEGER"), Column("x", "STRING")), [(1, "a")]))
    assert list(frame.columns) == ["x", "x"]
    assert frame.iloc[0].to_list() == [1, "a"]


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ([1, None, 2], "INTEGER"),
        ([1.5, 2.0], "FLOAT"),
        ([True, None], "BOOLEAN"),
        (["a"], "STRING"),
        ([MOMENT], "ZONED DATETIME"),
        ([["a"], []], "LIST<STRING>"),
        ([1, "a"], "ANY"),
        ([1, True], "ANY"),
        ([1, 2.5], "ANY"),
        ([{"a": 1}], "ANY"),
        ([[1]], "ANY"),
        ([date(2026, 1, 2)], "ANY"),
        ([None], "ANY"),
        ([], "ANY"),
    ],
)
def test_types_that_nobody_declared_are_those_of_all_values(values: list[Any], type_: str) -> None:
    assert render.infer(["x"], [(value,) for value in values]) == (Column("x", type_),)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("INTEGER", "1"),
        ("INTEGER", True),
        ("INTEGER", 1.0),
        ("FLOAT", 1),
        ("STRING", 1),
        ("BOOLEAN", 0),
        ("ZONED DATETIME", datetime(2026, 1, 2)),
        ("LIST<STRING>", [1]),
        ("LIST<STRING>", "a"),
        ("PATH", "a"),
    ],
)
def test_a_value_of_another_type_than_declared_is_an_error(type_: str, value: Any) -> None:
    columns = (Column("first", "STRING"), Column("second", type_))
    render.check(columns, [("a", None)], asking="Asking x")
    with pytest.raises(QueryError, match=f"Asking x: column second is declared {type_} and holds"):
        render.check(columns, [("a", None), ("b", value)], asking="Asking x")


def test_as_many_rows_as_the_limit_may_be_too_few() -> None:
    assert ROWS.may_be_cut
    assert not NO_ROWS.may_be_cut
    assert not replace(ROWS, parameters={}).may_be_cut
    assert not replace(ROWS, parameters={"limit": 3}).may_be_cut


@given(st.lists(st.tuples(st.text(), st.lists(st.text()))))
def test_json_and_csv_give_back_what_they_were_given(values: list[tuple[str, list[str]]]) -> None:
    rows = Rows((Column("text", "STRING"), Column("list", "LIST<STRING>")), values)
    assert [(r["text"], r["list"]) for r in json.loads(render.text(rows, "json"))["rows"]] == values
    _, *lines = csv.reader(io.StringIO(render.text(rows, "csv"), newline=""), strict=True)
    assert [(text, json.loads(list_)) for text, list_ in lines] == values


@given(st.lists(st.tuples(st.text(), st.lists(st.text())), min_size=1), st.integers(20, 200))
def test_no_data_can_reach_the_terminal_or_leave_its_cell(values: list[tuple[str, list[str]]], width: int) -> None:
    rows = Rows((Column("text", "STRING"), Column("list", "LIST<STRING>")), values)
    for text in (render.text(rows, "table", width=width), render.text(rows, "markdown")):
        assert all(character == "\n" or character.isprintable() for character in text)
    assert len(render.text(rows, "markdown").splitlines()) == 2 + len(values)
