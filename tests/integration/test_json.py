"""Whatever prints JSON says which shape it has, and docs/json.md tells the fields of each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from enum import EnumType
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import typer
from typer.testing import CliRunner, Result

import hub_files
from graph_contents import wipe
from studbook import cli
from studbook.config import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "json.md"
MODEL = "brightmoor/Kestrel-Storyteller-7B"
ARGUMENTS: dict[str, list[str]] = {
    "demo": [],
    "load": ["{second}", "--as-of", "2999-01-01", "--dry-run"],
    "history list": [],
    "history diff": [],
    "server start": [],
    "server status": [],
    "query list": [],
    "query show": ["lineage/hubs"],
    "query run": ["lineage/hubs"],
    "audit": ["--query", "risk/license_loosened"],
    "audit compare": ["{audit}", "{audit}"],
    "review list": [],
    "queue list": [],
    "queue show": ["legal:alloy-foundry/Pewter-8B"],
    "model show": [MODEL],
    "model tree": [MODEL],
    "model notices": [MODEL],
    "model intake": [MODEL],
    "model check": ["{card}", "--fail-on", "never"],
    "deployment load": ["{inventory}"],
    "deployment list": [],
    "deployment check": ["{inventory}"],
    "license list": [],
    "license show": ["mit"],
    "license check": ["mit", "mit"],
    "license options": ["mit"],
    "policy check": [MODEL, "--context", "hosted"],
    "policy show": [],
    "schema": [],
    "analyse virality": [MODEL],
    "analyse bridges": [MODEL],
}
"""A call of every command that prints JSON when asked to."""


def commands(app: typer.Typer, name: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every command with the function that it calls."""
    if name and app.registered_callback and app.registered_callback.callback:
        yield name, app.registered_callback.callback
    for command in app.registered_commands:
        assert command.callback
        yield f"{name} {command.name or command.callback.__name__}".strip(), command.callback
    for group in app.registered_groups:
        assert group.typer_instance
        yield from commands(group.typer_instance, f"{name} {group.name}".strip())


def formats(command: Callable[..., Any]) -> list[str]:
    """What --format of a command takes."""
    given = get_type_hints(command).get("format")
    return [str(choice.value) for choice in given] if isinstance(given, EnumType) else []


def documented() -> dict[str, list[str]]:
    """The fields of each format, as the document tells them."""
    sections = re.split(r"^## `(studbook\.\w+/\d+)`$", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        form: re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        for form, text in zip(sections[::2], sections[1::2], strict=True)
    }


@pytest.fixture(scope="module")
def run(managed: Settings, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Calls a command where the demo's graph is loaded."""
    folder = tmp_path_factory.mktemp("json")
    files = {name: folder / name for name in ("first", "second", "audit", "card", "inventory")}
    # Neither is the bundled example, which gives way to the first of them.
    hub_files.write(files["first"], hub_files.example()[1:])
    hub_files.write(files["second"], hub_files.example()[2:])
    files["card"].write_text(f"---\nbase_model: {MODEL}\nlicense: mit\n---\n")
    files["inventory"].write_text(f"name,model\nchatbot,{MODEL}\n")
    environment = {
        "STUDBOOK_HOME": str(managed.home),
        "STUDBOOK_CACHE": str(managed.cache),
        "STUDBOOK_CONFIG": "",
        "NEO4J_URI": "",
    }

    def call(command: str, *arguments: str) -> Result:
        given = [argument.format(**files) for argument in arguments]
        return CliRunner().invoke(cli.app, [*command.split(), *given], env=environment)

    wipe(managed)
    demo = call("demo", "--format", "json")
    assert demo.exit_code == 0, demo.output
    for number, name in enumerate(("first", "second")):
        loaded = call("load", f"{{{name}}}", "--as-of", f"2998-01-0{1 + number}")
        assert loaded.exit_code == 0, loaded.output
    audit = call("audit", *ARGUMENTS["audit"], "--format", "json")
    files["audit"].write_text(audit.stdout)
    yield lambda command, *arguments: demo if command == "demo" else call(command, *arguments)
    wipe(managed)


def test_every_command_with_json_is_called_here() -> None:
    found = {name for name, command in commands(cli.app) if "json" in formats(command)}
    assert found == set(ARGUMENTS)


@pytest.mark.parametrize("command", ARGUMENTS)
def test_json_is_of_a_documented_format(run: Any, command: str) -> None:
    answer = run(command, *ARGUMENTS[command], "--format", "json")
    assert answer.exit_code == 0, f"{answer.output}{answer.exception!r}"
    found = json.loads(answer.stdout)
    form, *fields = found
    assert form == "format"
    assert fields == documented()[found["format"]]


def test_no_format_is_documented_that_nothing_has() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(cli.__file__).parents[1].rglob("*.py"))
    assert set(documented()) == set(re.findall(r'"(studbook\.\w+/\d+)"', source))
