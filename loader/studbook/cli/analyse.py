"""`studbook analyse`: what is asked of whole families and no query answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from studbook.cli.common import ListFormat, data, group, say, settings_, width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from studbook.graph import Graph
    from studbook.library import Column

analyse_app = group("analyse", "Statistics of whole families, for what no query answers in bounded time.")

MergesOption = Annotated[bool, typer.Option("--merges", help="Join families by merges too.")]
FormatOption = Annotated[ListFormat, typer.Option(help="How to print it.")]


@analyse_app.command("virality")
def analyse_virality(
    models: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]...", help="Members of families, by id or another name.")
    ] = None,
    largest: Annotated[int, typer.Option(min=1, help="Without a model: how many of the largest families.")] = 20,
    merges: MergesOption = False,
    format: FormatOption = ListFormat.TABLE,
) -> None:
    """How a family spreads: the mean distance of two members, beside that of a star and of a chain of the same size.

    Example: `studbook analyse virality northwind-ai/Kestrel-7B`
    """
    from studbook import analyse

    def chosen(graph: Graph) -> list[str]:
        if models:
            return analyse.families(graph, models, merges=merges)
        return analyse.largest(graph, largest, merges=merges)

    _print(chosen, analyse.virality, analyse.VIRALITY, merges, format, {"models": models or [], "largest": largest})


@analyse_app.command("bridges")
def analyse_bridges(
    models: Annotated[
        list[str], typer.Argument(metavar="MODEL...", help="Members of families, by id or another name.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="Most rows to print, those that cut off most first.")] = 100,
    merges: MergesOption = False,
    format: FormatOption = ListFormat.TABLE,
) -> None:
    """What holds a family together: the members without which it would fall apart, and how much each would cut off.

    Example: `studbook analyse bridges northwind-ai/Kestrel-7B --limit 10`
    """
    from studbook import analyse

    _print(
        lambda graph: analyse.families(graph, models, merges=merges),
        lambda edges: analyse.bridges(edges).head(limit),
        analyse.BRIDGES,
        merges,
        format,
        {"models": models, "limit": limit},
    )


def _print(
    chosen: Callable[[Graph], Sequence[str]],
    statistic: Callable[[pl.DataFrame], pl.DataFrame],
    columns: tuple[Column, ...],
    merges: bool,
    format_: ListFormat,
    parameters: dict[str, Any],
) -> None:
    """Reads the edges of the chosen families and prints a statistic of them, each row with the relations it rests on."""
    from studbook import analyse, ask, library, render

    relations = analyse.relations(merges=merges)
    with ask.connect(settings_()) as studbook:
        frame = statistic(analyse.edges(studbook.graph, chosen(studbook.graph), merges=merges))
    rows = render.Rows(
        (*columns, library.Column("relations", "LIST<STRING>")),
        [(*row, relations) for row in frame.rows()],
        parameters=parameters | {"merges": merges},
    )
    data(render.text(rows, format_.value, width=width()))
    scope = "every relation" if merges else "every relation but MERGE_OF"
    say(f"{frame.height:,} rows. Families are joined by {scope}; models of every status are members.")
