"""`studbook browser`: Neo4j Browser on a Neo4j that is not the managed one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import group, say

browser_app = group("browser", "Guide, style and saved queries for the Neo4j Browser of any Neo4j.")


@browser_app.command("export")
def browser_export(
    folder: Annotated[Path, typer.Argument(help="Folder to write them to; it is made if need be.")],
) -> None:
    """Write what Neo4j Browser takes: the guide, the style, and the queries as a folder and as one file to drop.

    Example: `studbook browser export for-browser`
    """
    from studbook import browser

    browser.export(folder)
    say(f"Drop {folder / browser.SAVED} into the window of Neo4j Browser: the queries are then under its star.")
    say(f"Drop {folder / browser.STYLE} into it, too: kinds and relations then have their colours.")
    say("For the guide, run `studbook browser serve` on the machine of your web browser.")


@browser_app.command("serve")
def browser_serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of this machine; 0 takes any free one.")] = 8001,
) -> None:
    """Serve the guide to the Neo4j Browser of any Neo4j, on loopback, until Ctrl-C. The managed server needs none.

    Example: `studbook browser serve`
    """
    from studbook import browser, serving

    serving.serve(port, started=lambda address: _say_how(f"{address}/{browser.GUIDE}"))


def _say_how(address: str) -> None:
    say(f"In Neo4j Browser run  :guide {address}")
    say(
        "If it refuses the host: `browser.remote_content_hostname_whitelist` of its server must name localhost, as it does"
    )
    say("by default. Ctrl-C ends this.")
