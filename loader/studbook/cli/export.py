"""`studbook export`: the graph as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import app, say, settings_


class ExportFormat(StrEnum):
    """What is written."""

    PARQUET = "parquet"
    GRAPHML = "graphml"


@app.command("export")
def export_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    format: Annotated[
        list[ExportFormat] | None, typer.Option(help="Only this format; may be repeated. Both by default.")
    ] = None,
    relations: Annotated[
        str | None,
        typer.Option(metavar="TYPE,…", help="Only edges of these types, and the nodes of the kinds at their ends."),
    ] = None,
) -> None:
    """Write nodes and edges to files: Parquet tables, and GraphML for networkx, Gephi and others.

    Example: `studbook export hub --format graphml --relations FINETUNE_OF,MERGE_OF`
    """
    from studbook import export, graph
    from studbook.terminal import TerminalProgress

    with graph.connect(settings_()) as opened:
        found = export.export(
            opened,
            folder,
            formats=[form.value for form in format] if format else export.FORMATS,
            relations=[name.strip() for name in relations.split(",")] if relations else None,
            progress=TerminalProgress(),
        )
    counts = f"{sum(found.nodes.values()):,} nodes and {sum(found.edges.values()):,} edges"
    say(f"{counts} written to {found.folder}: {' and '.join(found.formats)}")
