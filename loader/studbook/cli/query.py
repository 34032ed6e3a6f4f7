"""`studbook query`: the query library."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import ListFormat, SummaryFormat, data, group, say, width
from studbook.errors import InputError

query_app = group("query", "The query library.")


class RowsFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    MARKDOWN = "markdown"


@query_app.command("list")
def query_list(
    text: Annotated[str | None, typer.Argument(help="Only queries with this text in id, title or question.")] = None,
    audience: Annotated[str | None, typer.Option(help="Only queries for analyst, auditor or engineer.")] = None,
    group: Annotated[str | None, typer.Option(help="Only queries in this folder.")] = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the questions that the library answers.

    Example: `studbook query list --audience auditor`
    """
    from studbook import library, render

    found = library.select(audience=audience, group=group, text=text)
    if format is ListFormat.MARKDOWN:
        whole = text is None and audience is None and group is None
        data(library.index(found, library.commands() if whole else ()))
        return
    columns = tuple(library.Column(name, "STRING") for name in ("id", "audience", "severity", "question"))
    rows = render.Rows(columns, [(query.id, query.audience, query.severity, query.question) for query in found])
    data(render.text(rows, format.value, width=width()))


@query_app.command("show")
def query_show(
    query: Annotated[str, typer.Argument(help="Id of a query, or the path of a .cypher file.")],
    browser: Annotated[
        bool, typer.Option("--browser", help="Only the text to paste into Neo4j Browser, with its parameters.")
    ] = False,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """Explain a query: its question, parameters, columns, what it misses, and its Cypher.

    Example: `studbook query show merges/subgraph`
    """
    from studbook import library, render

    found = library.find(query)
    if browser:
        data(library.for_browser(found, found.defaults))
    elif format is SummaryFormat.JSON:
        data(render.document(library.JSON_VERSION, library.facts(found)))
    else:
        statement = render.cypher(found.statement) if sys.stdout.isatty() else f"{found.statement}\n"
        data(f"{library.describe(found)}\n{statement}")


@query_app.command("run")
def query_run(
    query: Annotated[str, typer.Argument(help="Id of a query, or the path of a .cypher file.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; may be repeated.")
    ] = None,
    format: Annotated[RowsFormat, typer.Option(help="How to print the rows.")] = RowsFormat.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the server gives up.")] = 60.0,
) -> None:
    """Ask a question of the graph, in a transaction that can only read.

    Example: `studbook query run lineage/hubs -p limit=5 --format csv`
    """
    from studbook import ask, library, render

    found = library.find(query)
    if format is RowsFormat.PARQUET and output is None and sys.stdout.isatty():
        raise InputError("Printing Parquet on a terminal: it is binary; name a file with --output, or pipe it on")
    with ask.connect() as studbook:
        rows = ask.run(studbook.graph, found, dict(_pair(text) for text in param or []), timeout=timeout)
    if format is RowsFormat.PARQUET:
        content = render.parquet(rows)
    else:
        content = render.text(rows, format.value, width=width()).encode()
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        try:
            output.write_bytes(content)
        except OSError as error:
            raise InputError(f"Writing the rows to {output}: {error.strerror}; choose another path") from error
    say(f"{len(rows.values):,} rows" + (", as many as `limit` allows: there may be more" if rows.may_be_cut else ""))


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise InputError(f"Reading the parameter {text!r}: it needs the form name=value, like -p limit=5")
    return name, value
