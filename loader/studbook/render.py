"""Rows with typed columns, and every form in which they leave the program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from studbook.errors import QueryError
from studbook.library import Column

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

FORMATS = ("table", "csv", "json", "parquet", "markdown")
JSON_VERSION = "studbook.rows/1"
"""`format` of the JSON: an object with format, query, parameters, columns (name, type) and rows (objects by column).

A change that a reader would notice raises the number."""

WIDE = 10_000
"""Width of a table that nobody's terminal limits."""

_LIST_WIDTH = 24


@dataclass(frozen=True)
class Rows:
    """An answer in plain Python values, one per column, None for unknown. A PATH is [id, TYPE, id, …], child first."""

    columns: tuple[Column, ...]
    values: Sequence[tuple[Any, ...]]
    query: str | None = None
    """Id of the query that was asked, if one was."""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_be_cut(self) -> bool:
        """Whether there are as many rows as the parameter `limit` allows, so that there may be more."""
        return len(self.values) == self.parameters.get("limit")


def text(rows: Rows, form: str, *, width: int = WIDE) -> str:
    """The rows as table, csv, json or markdown, ending in a newline. `width` in characters is for the table.

    Lists are JSON in csv and joined by commas in a table; times are ISO 8601; unknown is empty, in JSON null.
    """
    forms: dict[str, Callable[[Rows], str]] = {"csv": _csv, "json": _json, "markdown": _markdown}
    return _table(rows, width) if form == "table" else forms[form](rows)


Styled = tuple[tuple[str, str], ...]
"""Words, each with a style of rich or none."""


@dataclass
class Branch:
    """A line of a tree, and the lines below it."""

    words: Styled
    branches: list[Branch] = field(default_factory=list)


def tree(root: Branch, *, width: int = WIDE, colour: bool = False) -> str:
    """A tree as lines, ending in a newline; a line wider than `width` goes on below."""

    def grow(node: Tree, branch: Branch) -> Tree:
        for below in branch.branches:
            grow(node.add(_styled(below.words)), below)
        return node

    out = io.StringIO()
    # The style of a terminal only where somebody looks at one: no link, no other colours than its own sixteen.
    console = Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None)
    console.print(grow(Tree(_styled(root.words)), root), soft_wrap=width >= WIDE)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _styled(words: Styled) -> Text:
    return Text.assemble(*((_printable(word), style) for word, style in words))


def parquet(rows: Rows) -> bytes:
    """The rows as a Parquet file, columns typed as declared."""
    buffer = io.BytesIO()
    _polars(rows).write_parquet(buffer)
    return buffer.getvalue()


def frame(rows: Rows) -> pd.DataFrame:
    """The rows as a pandas DataFrame whose dtypes follow from the declared types, also without rows: see frames."""
    import pandas as pd  # noqa: PLC0415  half a second that nobody else needs

    from studbook import frames  # noqa: PLC0415

    def series(place: int, column: Column) -> pd.Series[Any]:
        values = [row[place] for row in rows.values]
        if column.type == "ZONED DATETIME":
            return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True).astype("datetime64[us, UTC]"))
        return pd.Series(values, dtype=frames.DTYPES.get(column.type, "object"))

    # Built by position, because a user's own file may return two columns of one name.
    data = pd.concat([series(n, column) for n, column in enumerate(rows.columns)], axis=1)
    data.columns = pd.Index([column.name for column in rows.columns])
    return data


def document(form: str, facts: Mapping[str, Any]) -> str:
    """Facts as a JSON object whose `format` says which shape it has, like studbook.license/1; docs/json.md has all."""
    return json.dumps({"format": form, **plain(dict(facts))}, ensure_ascii=False, indent=2) + "\n"


def objects(rows: Rows) -> list[dict[str, Any]]:
    """The rows as JSON has them, one object by column name for each."""
    return [{column.name: plain(value) for column, value in zip(rows.columns, row, strict=True)} for row in rows.values]


def cypher(statement: str) -> str:
    """A statement in the colours of the reader's terminal, ending in a newline."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=WIDE)
    # As Text and not as the block that rich makes of it, which fills each line with blanks up to the width.
    console.print(Syntax(statement, "cypher", theme="ansi_dark").highlight(statement.rstrip()))
    return out.getvalue()


def infer(names: Sequence[str], values: Sequence[tuple[Any, ...]]) -> tuple[Column, ...]:
    """Columns for values whose types nobody declared: the type that all of them have, else ANY."""
    return tuple(Column(name, _type_of([row[n] for row in values])) for n, name in enumerate(names))


def check(columns: Sequence[Column], values: Sequence[tuple[Any, ...]], *, asking: str) -> None:
    """Raises QueryError when a value is not of its column's declared type."""
    for n, column in enumerate(columns):
        wrong = next((row[n] for row in values if not _is(column.type, row[n])), None)
        if wrong is not None:
            raise QueryError(
                f"{asking}: column {column.name} is declared {column.type} and holds {wrong!r}; correct it"
            )


def _is(type_: str, value: Any) -> bool:
    return value is None or _TESTS[type_](value)


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_TESTS: dict[str, Callable[[Any], bool]] = {
    "BOOLEAN": lambda value: isinstance(value, bool),
    "INTEGER": lambda value: type(value) is int,
    "FLOAT": lambda value: isinstance(value, float),
    "STRING": lambda value: isinstance(value, str),
    "ZONED DATETIME": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "LIST<STRING>": _is_strings,
    "PATH": _is_strings,
    "ANY": lambda _: True,
}
"""Whether a known value is of a type, the most particular types first."""


def _type_of(values: Sequence[Any]) -> str:
    known = [value for value in values if value is not None]
    return next(type_ for type_, test in _TESTS.items() if (known or type_ == "ANY") and all(map(test, known)))


def plain(value: Any) -> Any:
    """A value as JSON has it: moments and days in ISO 8601."""
    match value:
        case datetime() | date():
            return value.isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _dumps(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def _json(rows: Rows) -> str:
    document = {
        "format": JSON_VERSION,
        "query": rows.query,
        "parameters": dict(rows.parameters),
        "columns": [{"name": column.name, "type": column.type} for column in rows.columns],
        "rows": objects(rows),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _csv(rows: Rows) -> str:
    def cell(value: Any) -> str:
        given = plain(value)
        return "" if given is None else given if isinstance(given, str) else _dumps(given)

    def line(cells: Iterable[str]) -> str:
        # With another line end csv would leave a carriage return inside a cell unquoted.
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(cells)
        return out.getvalue().removesuffix("\r\n") + "\n"

    head = line(column.name for column in rows.columns)
    return head + "".join(line(map(cell, row)) for row in rows.values)


def _words(column: Column, value: Any) -> str:
    """A value for a person to read, without the control characters that data may hold."""
    if value is None:
        return ""
    if isinstance(value, list) and column.type == "PATH":
        words = "".join(f"-[:{item}]->" if n % 2 else f"({item})" for n, item in enumerate(value))
    elif _is_strings(value):
        words = ", ".join(value)
    elif isinstance(value, datetime):
        words = f"{value:%Y-%m-%d %H:%M}"
    elif isinstance(value, str):
        words = value
    else:
        words = _dumps(value)
    return _printable(words)


def _printable(words: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)


def _table(rows: Rows, width: int) -> str:
    """A table, or one block of lines for each row where a table would be wider than that."""
    words = [[_words(column, value) for column, value in zip(rows.columns, row, strict=True)] for row in rows.values]
    # Only lists may be broken, into lines of no less than 24 characters: a broken id cannot be copied.
    needed = [
        min(_LIST_WIDTH, longest) if column.type.startswith("LIST") else longest
        for n, column in enumerate(rows.columns)
        for longest in [max(map(cell_len, [column.name, *(row[n] for row in words)]))]
    ]
    gap = 3
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    if sum(needed) + gap * len(needed) <= width:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, gap - 1, 0, 0))
        for column, least in zip(rows.columns, needed, strict=True):
            right = column.type in ("INTEGER", "FLOAT")
            table.add_column(Text(column.name), justify="right" if right else "left", overflow="fold", min_width=least)
        for row in words:
            # Text and not str: rich would read [brackets] in data as its markup.
            table.add_row(*map(Text, row))
        console.print(table)
    else:
        for number, row in enumerate(words, start=1):
            block = Table.grid(padding=(0, gap, 0, 0))
            block.add_column(no_wrap=True)
            block.add_column(overflow="fold")
            for column, word in zip(rows.columns, row, strict=True):
                block.add_row(Text(column.name), Text(word))
            console.print(Text(f"{number} ".ljust(width if width < WIDE else 0, "─")))
            console.print(block)
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def _markdown(rows: Rows) -> str:
    def cell(words: str) -> str:
        return words.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")

    lines = [
        [cell(column.name) for column in rows.columns],
        ["---:" if column.type in ("INTEGER", "FLOAT") else "---" for column in rows.columns],
        *([cell(_words(c, value)) for c, value in zip(rows.columns, row, strict=True)] for row in rows.values),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _polars(rows: Rows) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415  heavy, and only Parquet needs it

    types = {
        "STRING": pl.String(),
        "INTEGER": pl.Int64(),
        "FLOAT": pl.Float64(),
        "BOOLEAN": pl.Boolean(),
        "ZONED DATETIME": pl.Datetime("us", "UTC"),
        "LIST<STRING>": pl.List(pl.String()),
        "PATH": pl.List(pl.String()),
    }
    columns = {}
    for n, column in enumerate(rows.columns):
        values = [row[n] for row in rows.values]
        if column.type == "ANY":
            values = [value if value is None else _dumps(value) for value in values]
        columns[column.name] = pl.Series(column.name, values, dtype=types.get(column.type, pl.String()))
    return pl.DataFrame(columns)
