"""The command line: parse, call, print, exit code. The only package that imports typer; a module for each group.

Data goes to stdout, words and progress to stderr. Imports of anything heavy stay inside the commands, so that
`studbook --help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from studbook import __version__

# In the order of `studbook --help`: each registers its commands.
from studbook.cli import (  # noqa: F401  isort: skip
    load,
    history,
    export,
    server,
    browser,
    query,
    audit,
    review,
    queue,
    model,
    deployment,
    license,
    policy,
    schema,
    analyse,
)
from studbook.cli.common import app, say
from studbook.errors import StudbookError


def main() -> None:
    """Runs the command line; every error raised on purpose becomes one message on stderr and its exit code."""
    try:
        app()
    except StudbookError as error:
        say(f"studbook: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("studbook: stopped")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"studbook {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=lambda wanted: _version(wanted=wanted), is_eager=True, help="Say which."),
    ] = False,
) -> None:
    pass
