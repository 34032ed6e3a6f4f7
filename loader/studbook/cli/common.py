"""What the command groups share: the application, how rows and words are printed, common options."""

from __future__ import annotations

import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.config import Settings

app = typer.Typer(
    name="studbook",
    help="A Neo4j lineage knowledge base of open models: load the Hugging Face Hub, ask who descends from whom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def group(name: str, help: str) -> typer.Typer:
    """A group of commands under the application."""
    made = typer.Typer(help=help, no_args_is_help=True)
    app.add_typer(made, name=name)
    return made


class SummaryFormat(StrEnum):
    """How a summary is printed."""

    TEXT = "text"
    JSON = "json"


class ListFormat(StrEnum):
    """How an index is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


ConfigOption = Annotated[
    Path | None,
    typer.Option(help="The organisation's file. Else STUDBOOK_CONFIG, else a studbook.toml here or further up."),
]


def settings_() -> Settings:
    """The settings of this process's environment."""
    return Settings.from_environment()


def say(text: str) -> None:
    """Words for a person, on stderr."""
    typer.echo(text, err=True)


def data(text: str) -> None:
    """What was asked for, on stdout; it ends as it ends."""
    typer.echo(text, nl=False)


def width() -> int:
    """Columns that a table may take: the terminal's, or many when stdout is none."""
    from studbook import render

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else render.WIDE


def program() -> str:
    """How to call this program from here: its name where the shell finds it, else its path."""
    name = Path(sys.argv[0])
    found = shutil.which("studbook")
    return "studbook" if found and Path(found).samefile(name) else os.path.relpath(name)
