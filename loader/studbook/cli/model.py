"""`studbook model`: one model at a glance."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import ConfigOption, SummaryFormat, data, group, say, settings_, width
from studbook.errors import InputError, QueryError

model_app = group("model", "One model: its facts, its family, and what is due to whom.")

ModelArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a model, or another name, in any letter case.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")]


class TreeFormat(StrEnum):
    """How a family is drawn."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


class NoticesFormat(StrEnum):
    """How notices are printed."""

    MARKDOWN = "markdown"
    JSON = "json"


@model_app.command("show")
def model_show(
    model: ModelArgument,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """Show what a model declares, what was derived of it, and its parents.

    Example: `studbook model show magpie-merges/Corinthian-8B-v2`
    """
    from studbook import about, ask

    with ask.connect(settings_()) as studbook:
        found = about.about(studbook.graph, model)
    data(about.describe(found) if format is SummaryFormat.TEXT else json.dumps(about.facts(found)) + "\n")


@model_app.command("tree")
def model_tree(
    model: ModelArgument,
    up: Annotated[int, typer.Option(min=0, max=40, help="Generations to go up.")] = 40,
    down: Annotated[int | None, typer.Option(min=0, max=40, help="Generations to go down; 2 on a terminal.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most relatives in each direction: 100, in a page or JSON 3,000.")
    ] = None,
    format: Annotated[TreeFormat, typer.Option(help="Lines, a page that opens offline, or data.")] = TreeFormat.TEXT,
    output: OutputOption = None,
) -> None:
    """Draw what a model descends from and what descends from it.

    Example: `studbook model tree magpie-merges/Corinthian-8B-v2`
    """
    from studbook import about, ask, drawing, relatives, render

    if format is TreeFormat.HTML and output is None and sys.stdout.isatty():
        raise InputError("Printing a page on a terminal: name a file with --output, or pipe it on")
    lines = format is TreeFormat.TEXT
    with ask.connect(settings_()) as studbook:
        generations = down if down is not None else 2 if lines else 40
        most = limit or (100 if lines else 3000)
        tree = relatives.tree(studbook.graph, model, up=up, down=generations, limit=most)
        snapshot = about.snapshot(studbook.graph)
    if format is TreeFormat.HTML:
        _write(drawing.page(tree, snapshot=snapshot), output)
    elif format is TreeFormat.JSON:
        _write(json.dumps(drawing.facts(tree, snapshot=snapshot)) + "\n", output)
    else:
        colour = output is None and sys.stdout.isatty()
        above, below = (render.tree(branch, width=width(), colour=colour) for branch in drawing.branches(tree))
        _write(f"Descends from\n{above}\nDescendants\n{below}", output)
    if tree.more_above or tree.more_below:
        say(f"{tree.more_above:,} ancestors and {tree.more_below:,} descendants left out; raise --limit to see them")


@model_app.command("notices")
def model_notices(
    model: ModelArgument,
    config: ConfigOption = None,
    format: Annotated[NoticesFormat, typer.Option(help="How to print it.")] = NoticesFormat.MARKDOWN,
    output: OutputOption = None,
) -> None:
    """Gather what is due to whom: notice texts, copies of agreements, names to show. Triage, not legal advice.

    Example: `studbook model notices magpie-merges/Corinthian-8B-v2 -o NOTICE.md`
    """
    from studbook import ask, licenses, notices, organisation, relatives

    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    with ask.connect(settings) as studbook:
        tree = relatives.tree(studbook.graph, model, down=0, limit=10_000)
    found = notices.notices(tree, word.table if word else licenses.shipped())
    as_text = format is NoticesFormat.MARKDOWN
    _write(notices.text(found) if as_text else json.dumps(notices.facts(found)) + "\n", output)


@model_app.command("bom")
def model_bom(model: ModelArgument, config: ConfigOption = None, output: OutputOption = None) -> None:
    """Write a bill of materials in CycloneDX 1.6, with the ancestors as pedigree.

    Example: `studbook model bom magpie-merges/Corinthian-8B-v2 -o corinthian.cdx.json`
    """
    from studbook import about, ask, bom, licenses, organisation, relatives

    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    with ask.connect(settings) as studbook:
        found = about.about(studbook.graph, model)
        tree = relatives.tree(studbook.graph, found.id, down=0, limit=10_000)
    written = bom.bom(found, tree, word.table if word else licenses.shipped(), now=datetime.now(UTC))
    _write(json.dumps(written, indent=2, ensure_ascii=False) + "\n", output)


@model_app.command("intake")
def model_intake(
    model: ModelArgument,
    context: Annotated[
        str | None, typer.Option(help="How it is to be used: internal, hosted, distributed, or a context of your own.")
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option(metavar="README.md", help="Judge this card under the id instead of the graph's model."),
    ] = None,
    from_hub: Annotated[
        bool, typer.Option("--hub", help="Judge what the Hub says of it now; HF_ENDPOINT counts.")
    ] = False,
    config: ConfigOption = None,
    format: Annotated[NoticesFormat, typer.Option(help="How to print it.")] = NoticesFormat.MARKDOWN,
    output: OutputOption = None,
) -> None:
    """Write the record of a model for a registry: lineage, verdicts, drift, documentation, what to evaluate.

    It is about the graph's model. With --card or --hub it is about one that need not be there: its parents are looked
    for in the graph, and nothing is written to it.

    Example: `studbook model intake magpie-merges/Corinthian-8B-v2 --context hosted -o intake.md`
    """
    from studbook import ask, evaluation, hub, intake, organisation, policy, publishing

    if card and from_hub:
        raise InputError("Writing an intake record: give one of --card and --hub")
    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    chosen = policy.context(context, word) if context else None
    read = publishing.read(card, name=model) if card else None
    with ask.connect(settings) as studbook:
        if read:
            subject = intake.of_card(studbook.graph, read, organisation=word)
        elif from_hub:
            subject = intake.of_hub(studbook.graph, *hub.model(model), organisation=word)
        else:
            try:
                subject = intake.of_graph(studbook.graph, model)
            except QueryError as error:
                raise QueryError(f"{error}; or judge one that is not there by --card README.md or --hub") from error
    found = intake.record(
        subject,
        suites=evaluation.suites(word.evaluation_suites if word else {}).values(),
        context=chosen.name if chosen else None,
        kind=chosen.kind if chosen else None,
    )
    _write(intake.markdown(found) if format is NoticesFormat.MARKDOWN else intake.json_text(found), output)


class FailFrom(StrEnum):
    """From which level on a card fails."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


@model_app.command("check")
def model_check(
    cards: Annotated[
        list[Path], typer.Argument(metavar="README.md...", help="Model cards, or the folders they lie in.")
    ],
    name: Annotated[str | None, typer.Option(help="The id it will have, owner/name; else the folder's name.")] = None,
    config: ConfigOption = None,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
    fail_on: Annotated[FailFrom, typer.Option(help="Exit with 1 from this level on.")] = FailFrom.ERROR,
) -> None:
    """Check a model card before it is published: its parents, its licence against theirs, and what to paste.

    Example: `studbook model check README.md --name my-org/my-model`
    """
    from studbook import ask, organisation, publishing

    if name is not None and len(cards) > 1:
        raise InputError(f"Checking {len(cards)} cards as {name}: one id is of one card; leave --name out")
    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    read = [publishing.read(path, name=name) for path in cards]
    with ask.connect(settings) as studbook:
        checked = [publishing.check(studbook.graph, card, organisation=word) for card in read]
    for one in checked:
        data(publishing.text(one) if format is SummaryFormat.TEXT else json.dumps(publishing.facts(one)) + "\n")
    failing = {"error": {"error"}, "warning": {"error", "warning"}, "never": set()}[fail_on.value]
    if any(one.level in failing for one in checked):
        raise typer.Exit(1)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        data(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"Writing to {output}: {error.strerror}; choose another path") from error
