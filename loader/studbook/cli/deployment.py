"""`studbook deployment`: the systems that run models, joined to the graph."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studbook.cli.common import ConfigOption, ListFormat, SummaryFormat, data, group, say, settings_, width
from studbook.errors import InputError

if TYPE_CHECKING:
    from studbook.inventory import Inventory

deployment_app = group("deployment", "The systems of your own that run models, and what they stand on.")


class CheckFormat(StrEnum):
    """How exposures are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"


class Level(StrEnum):
    """From which severity on a check fails."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON, Parquet or CycloneDX.")]
InventoryOption = Annotated[
    str | None, typer.Option(help="Id of the inventory, by default the file's name: rows gone from it are retired.")
]


@deployment_app.command("load")
def deployment_load(
    file: FileArgument,
    inventory: InventoryOption = None,
    config: ConfigOption = None,
    format: Annotated[SummaryFormat, typer.Option(help="How to print the summary.")] = SummaryFormat.TEXT,
) -> None:
    """Write an inventory to the graph: what runs where, and models of your own with what they were made from.

    Columns: name and model (owner/name, with @revision if known; an address of the Hub; a purl), or name, base_model and
    base_model_relation; owner, environment, context, task, languages, market, approved_at, license. Others are kept.

    Example: `studbook deployment load inventory.csv`
    """
    from studbook import ask, deployments, organisation
    from studbook import inventory as inventories
    from studbook.terminal import TerminalProgress

    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    given = inventories.read(file, inventory=inventory)
    with ask.connect(settings) as studbook:
        written = deployments.load(settings, studbook.graph, given, organisation=word, progress=TerminalProgress())
    _tell_rejected(given)
    if format is SummaryFormat.JSON:
        data(json.dumps({"format": "studbook.inventory/1"} | vars(written)) + "\n")
        return
    data(
        f"Inventory {written.inventory}: {written.loaded:,} rows joined to models, {written.unresolved:,} lead to none, "
        f"{written.rejected:,} rejected\n"
        f"  {written.deployments:,} deployments, {written.own_models:,} models of your own, {written.retired:,} retired\n"
    )


@deployment_app.command("list")
def deployment_list(
    inventory: Annotated[str | None, typer.Option(help="Only this inventory.")] = None,
    retired: Annotated[bool, typer.Option("--retired", help="Also what inventories no longer list.")] = False,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the deployments in the graph, and the model that each runs.

    Example: `studbook deployment list`
    """
    from studbook import ask, deployments, render

    with ask.connect(settings_()) as studbook:
        known = deployments.read(studbook.graph, inventory)
    rows = deployments.listing(known, retired=retired)
    data(render.text(rows, format.value, width=width()))


@deployment_app.command("check")
def deployment_check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="An inventory that is checked and not written.")
    ] = None,
    inventory: InventoryOption = None,
    config: ConfigOption = None,
    fail_on: Annotated[Level | None, typer.Option(help="Exit with 1 for an exposure of this severity.")] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="An earlier check's JSON: only what is new since fails, any severity unless --fail-on says."),
    ] = None,
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
) -> None:
    """Say what deployments are exposed to: terms that bind, conflicts, unknown lineage, policies, flags, changes.

    Example: `studbook deployment check inventory.csv --fail-on high`
    """
    from studbook import ask, deployments, organisation, render
    from studbook import inventory as inventories
    from studbook.terminal import TerminalProgress

    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    known = deployments.baseline(baseline) if baseline else None
    given = inventories.read(file, inventory=inventory) if file else None
    with ask.connect(settings) as studbook:
        own = None
        if given is not None:
            resolved = deployments.resolve(studbook.graph, given, organisation=word)
            listed, own = list(resolved.deployments), resolved.own
        else:
            listed = deployments.read(studbook.graph, inventory)
        found = deployments.check(studbook.graph, listed, own=own, organisation=word, progress=TerminalProgress())
    if format is CheckFormat.SARIF:
        text = json.dumps(deployments.sarif(found, file, baseline=known), indent=2) + "\n"
    else:
        short = format in (CheckFormat.TABLE, CheckFormat.MARKDOWN)
        text = render.text(deployments.rows(found, baseline=known, short=short), format.value, width=width())
    if output is None:
        data(text)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"Writing to {output}: {error.strerror}; choose another path") from error
    if given is not None:
        _tell_rejected(given)
    say(deployments.summary(found, listed))
    if fail_on or baseline:
        level = fail_on.value if fail_on else Level.LOW.value
        if failing := deployments.failing(found, level, known):
            say(f"{failing:,} {'new ' if baseline else ''}exposures of severity {level} or worse")
            raise typer.Exit(1)


def _tell_rejected(given: Inventory) -> None:
    for row in given.rejected:
        where = f":{row.line}" if row.line else ""
        say(f"{given.path}{where}: rejected: {row.reason}")
