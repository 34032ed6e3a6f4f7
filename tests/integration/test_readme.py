"""What the README shows, done: its notebook cells and its command lines against the example hub."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import hub_files
from graph_contents import wipe
from studbook import cli, frames
from studbook.config import Settings
from studbook.load import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
KESTREL = "brightmoor/Kestrel-Storyteller-7B"
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


LINES = [
    line.removeprefix("$ ")
    for block in blocks("console")
    for line in block.splitlines()
    if line.startswith("$ studbook ")
]
ELSEWHERE = ("demo", "load", "fetch", "server", "browser serve")
"""Tested elsewhere, or they would take the example's place, reach the Hub, or serve until somebody stops them."""


@pytest.fixture(scope="module", autouse=True)
def example(database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example hub in two snapshots, as a person with that environment meets it, in a folder with the files that the
    README names."""
    wipe(database)
    folder = tmp_path_factory.mktemp("readme")
    for day, license_ in ((19, "mit"), (22, "apache-2.0")):
        rows = [*hub_files.example(), hub_files.model("somebody/one-more", KESTREL, license=license_)]
        dump = hub_files.write(folder / "hub.jsonl", rows)
        load([dump], settings=database, as_of=datetime(2026, 8, day, tzinfo=UTC))
    (folder / "my_own_question.cypher").write_text("MATCH (model:Model) RETURN model.id AS id ORDER BY id LIMIT $limit")
    (folder / "inventory.csv").write_text(f"name,model\nchat,{KESTREL}\nmerge,magpie-merges/Corinthian-8B-v2\n")
    given = {
        "STUDBOOK_HOME": str(database.home),
        "STUDBOOK_CACHE": str(database.cache),
        "NEO4J_URI": database.neo4j_uri or "",
        "NEO4J_PASSWORD": database.neo4j_password or "",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        patch.delenv("STUDBOOK_CONFIG", raising=False)
        patch.chdir(folder)
        yield folder
    wipe(database)


def test_the_dtypes_are_those_of_the_contract() -> None:
    """Which tests/integration/test_frames.py holds frames to."""
    rows = re.findall(r"^\| .*\|$", frames.__doc__ or "", re.MULTILINE)
    assert len(rows) == 8
    assert "\n".join([rows[0], "|---|---|---|", *rows[1:]]) in README


@pytest.mark.parametrize(
    "line", [line for line in LINES if not line.startswith(tuple(f"studbook {x}" for x in ELSEWHERE))]
)
def test_a_command_line_runs(line: str, example: Path) -> None:
    _, *words = shlex.split(line, comments=True)
    if words[:2] == ["audit", "compare"]:
        shutil.copy(example / "monday.json", example / "tuesday.json")
    arguments, _, file = " ".join(map(shlex.quote, words)).partition(" '>' ")
    answer = CliRunner().invoke(cli.app, shlex.split(arguments))
    may_fail = {"--fail-on", "--baseline"} & set(words)
    assert answer.exit_code in ((0, 1) if may_fail else (0,)), f"{answer.output}{answer.exception!r}"
    if may_fail or file:
        assert answer.stdout


def test_every_command_and_option_that_is_named_exists() -> None:
    named = [text for page in PAGES.values() for text in re.findall(r"`(studbook [^`\n]+)`", page)]
    assert named
    for text in (*named, *LINES):
        command: Any = typer.main.get_command(cli.app)
        _, *words = shlex.split(text, comments=True)
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert command.name != "studbook", text
        options = {option for param in command.params for option in param.opts} | {"--help"}
        assert {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)} <= options, text


def test_the_cells_run_in_order() -> None:
    """After the command lines, which load deployments."""
    names: dict[str, Any] = {}
    cells = blocks("python")
    for cell in cells:
        *statements, last = ast.parse(cell).body
        for statement in statements:
            exec(compile(ast.Module([statement], []), "README.md", "exec"), names)  # noqa: S102  our own README
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "README.md", "exec"), names)  # noqa: S102
            continue
        shown = eval(compile(ast.Expression(last.value), "README.md", "eval"), names)  # noqa: S307
        assert shown._repr_html_() if hasattr(shown, "_repr_html_") else len(shown), cell
        assert not isinstance(shown, pd.DataFrame | pd.Series) or len(shown), cell
    assert len(cells) >= 6
    assert len(names["hubs"]) == 5
    assert len(names["joined"])
    names["g"].close()
