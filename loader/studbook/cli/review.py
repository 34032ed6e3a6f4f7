"""`studbook review`: decisions on findings, in the graph and as a file for Git."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import ListFormat, data, group, say, settings_, width
from studbook.errors import InputError

review_app = group("review", "Decisions on findings, shared by audits and queues.")


class Scope(StrEnum):
    """What a decision is about."""

    MODEL = "model"
    ANCESTOR = "ancestor"
    PUBLISHER = "publisher"
    REASON = "reason"


class Decision(StrEnum):
    """What is decided."""

    ACCEPT = "accept"
    WAIVE = "waive"
    FALSE_POSITIVE = "false_positive"
    FLAG = "flag"


class Queue(StrEnum):
    """Of which queue's findings."""

    LEGAL = "legal"
    LOCALISATION = "localisation"
    DOCUMENTATION = "documentation"
    EVALUATION = "evaluation"


@review_app.command("list")
def review_list(
    subject: Annotated[str | None, typer.Argument(help="Only decisions on this model, publisher or reason.")] = None,
    decision: Annotated[Decision | None, typer.Option(help="Only these.")] = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the decisions, and which of them no longer hold.

    Example: `studbook review list --decision flag`
    """
    from studbook import ask, render, reviews
    from studbook.library import Column

    with ask.connect(settings_()) as studbook:
        found = [
            one
            for one in reviews.read(studbook.graph)
            if (subject is None or one.subject.lower() == subject.lower()) and decision in (None, one.decision)
        ]
        facts = reviews.facts(studbook.graph, (one.subject for one in found))
    today = datetime.now(UTC).date()
    names = (
        "id",
        "decision",
        "scope",
        "subject",
        "query",
        "fingerprint",
        "queue",
        "who",
        "why",
        "at",
        "until",
        "state",
    )
    types = {"at": "ZONED DATETIME"}
    values = [
        (*(getattr(one, name) for name in names[:-2]), one.until and one.until.isoformat(), one.state(facts, today))
        for one in found
    ]
    columns = tuple(Column(name, types.get(name, "STRING")) for name in names)
    data(render.text(render.Rows(columns, values), format.value, width=width()))


@review_app.command("add")
def review_add(
    subject: Annotated[str, typer.Argument(help="A model, a publisher, a reason's code or a query's id.")],
    decision: Annotated[Decision, typer.Option(help="What is decided; flag: the model is to be avoided.")],
    why: Annotated[str, typer.Option(help="On what grounds.")],
    scope: Annotated[
        Scope, typer.Option(help="What the subject is; ancestor: all that descends from it.")
    ] = Scope.MODEL,
    query: Annotated[str | None, typer.Option(metavar="ID", help="Only what this query finds.")] = None,
    fingerprint: Annotated[str | None, typer.Option(help="Only this one finding of the query.")] = None,
    queue: Annotated[Queue | None, typer.Option(help="Only findings of this queue.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it holds.")
    ] = None,
    who: Annotated[str | None, typer.Option(help="Who decides; else the user of this machine.")] = None,
) -> None:
    """Decide on findings. The decision is open again when a fact about the model changes that it rests on.

    Example: `studbook review add alloy-foundry/Pewter-8B --decision waive --why "asked the author" --until 2027-01-31`
    """
    from studbook import ask, library, reviews

    settings = settings_()
    review = reviews.Review(
        scope=scope.value,
        subject=subject,
        decision=decision.value,
        who=who or getpass.getuser(),
        why=why,
        at=datetime.now(UTC),
        until=until.date() if until else None,
        query=library.find(query).id if query else None,
        fingerprint=fingerprint,
        queue=queue.value if queue else None,
    )
    reviews.check(review)
    with ask.connect(settings) as studbook:
        if scope in (Scope.MODEL, Scope.ANCESTOR):
            review = replace(review, subject=ask.model_id(studbook.graph, subject))
        (written,) = reviews.write(settings, studbook.graph, [review]).reviews
    say(f"{written.id}: {written.decision}, {written.scope} {written.subject}")


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="A YAML file as `studbook review export` writes it.")],
    prune: Annotated[bool, typer.Option("--prune", help="Remove decisions that the file lacks.")] = False,
) -> None:
    """Take decisions over from a file, each in place of the one on the same. Safe to repeat.

    Example: `studbook review import reviews.yaml`
    """
    from studbook import ask, reviews

    settings, given = settings_(), reviews.load(file)
    with ask.connect(settings) as studbook:
        outcome = reviews.write(settings, studbook.graph, given, prune=prune)
    say(f"{len(outcome.reviews):,} decisions written, {outcome.removed:,} removed")
    for name in outcome.unknown:
        say(f"the graph has no model {name!r}: the decision waits for it")


@review_app.command("export")
def review_export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
) -> None:
    """Print every decision as YAML, in an order of its own: a file to keep in Git.

    Example: `studbook review export -o reviews.yaml`
    """
    from studbook import ask, reviews

    with ask.connect(settings_()) as studbook:
        found = reviews.read(studbook.graph)
    text = reviews.dump(found)
    if output is None:
        data(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"Writing the decisions to {output}: {error.strerror}; choose another path") from error
    say(f"{len(found):,} decisions written to {output}")


@review_app.command("remove")
def review_remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of decisions, or beginnings of them.")],
) -> None:
    """Remove decisions.

    Example: `studbook review remove 21566f5a`
    """
    from studbook import ask, reviews

    settings = settings_()
    with ask.connect(settings) as studbook:
        reviews.remove(settings, studbook.graph, ids)
    say(f"{len(ids):,} decisions removed")
