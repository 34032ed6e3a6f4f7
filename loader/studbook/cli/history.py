"""`studbook history`: which snapshots the graph has seen, and what changed between them."""

from __future__ import annotations

from typing import Annotated

import typer

from studbook.cli.common import ListFormat, data, group, say, width

history_app = group("history", "Snapshots, and what changed between them.")

FormatOption = Annotated[ListFormat, typer.Option(help="How to print it.")]


@history_app.command("list")
def history_list(format: FormatOption = ListFormat.TABLE) -> None:
    """List the snapshots that were loaded, oldest first, with their counts and the tables they were read by.

    Example: `studbook history list`
    """
    from studbook import ask, past, render

    with ask.connect() as studbook:
        rows = past.snapshots(studbook.graph)
    data(render.text(rows, format.value, width=width()))


@history_app.command("diff")
def history_diff(
    first: Annotated[
        str | None, typer.Argument(help="A snapshot, or how its id begins: a date. Else the last but one.")
    ] = None,
    last: Annotated[str | None, typer.Argument(help="A later snapshot. Else the last one.")] = None,
    model: Annotated[str | None, typer.Option(help="Only this model.")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this field; may be repeated: license, parents, gated, task, languages, status, id or hub_id."
        ),
    ] = None,
    format: FormatOption = ListFormat.TABLE,
) -> None:
    """Show what models declare otherwise in a later snapshot: licences, parents and relations, gating, task, languages,
    removal and return, renames, and freed names that somebody else registered.

    Changes in between count as one, and not at all where a value came back.

    Example: `studbook history diff 2026-08-19 2026-08-22 --field license`
    """
    from studbook import ask, past, render
    from studbook.terminal import TerminalProgress

    with ask.connect() as studbook:
        found = past.difference(
            studbook.graph, first, last, model=model, fields=field or (), progress=TerminalProgress()
        )
    data(render.text(found.rows, format.value, width=width()))
    models = len({row[0] for row in found.rows.values})
    say(f"{len(found.rows.values):,} changes of {models:,} models from {found.first} to {found.last}")
