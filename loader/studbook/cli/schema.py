"""`studbook schema`: what the graph holds."""

from __future__ import annotations

from typing import Annotated

import typer

from studbook.cli.common import ListFormat, app, data, width


@app.command("schema")
def schema_command(
    format: Annotated[ListFormat, typer.Option(help="How to print it; markdown is the page with a query each.")] = (
        ListFormat.TABLE
    ),
) -> None:
    """Print every kind of node and edge with its properties, their types and meanings.

    Example: `studbook schema --format json`
    """
    from studbook import reference, render

    if format is ListFormat.MARKDOWN:
        data(reference.markdown())
    else:
        data(render.text(reference.rows(), format.value, width=width()))
