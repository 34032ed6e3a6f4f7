"""`studbook queue`: what waits for a person's decision, the most urgent first."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from studbook.cli.common import ListFormat, SummaryFormat, data, group, say, settings_, width
from studbook.cli.review import Decision, Queue, Scope

queue_app = group("queue", "Four queues for review: legal, localisation, documentation, evaluation.")

ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help="queue:subject, like legal:owner/name.")]
PackOption = Annotated[
    list[str] | None,
    typer.Option(help="A pack, or a .toml file, that says which query belongs to which queue; all by default."),
]
TimeoutOption = Annotated[float, typer.Option(min=0.1, help="Seconds after which the server gives a query up.")]


class Status(StrEnum):
    """Of an item."""

    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"


@queue_app.command("list")
def queue_list(
    queue: Annotated[list[Queue] | None, typer.Option(help="Only this queue; may be repeated.")] = None,
    status: Annotated[Status, typer.Option(help="Only items of this status.")] = Status.OPEN,
    limit: Annotated[int, typer.Option(min=0, help="Most items to show.")] = 20,
    pack: PackOption = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
    timeout: TimeoutOption = 300.0,
) -> None:
    """List what waits, the most urgent first: one item for each model of each queue, with everything found about it.

    It is urgent by severity, by how many models descend from it, by downloads, and by deployments that run it or build on
    it. Exits with 3 when a query failed, or while a load is under way.

    Example: `studbook queue list --queue evaluation --limit 5`
    """
    from studbook import ask, queues, render, reviews
    from studbook.terminal import TerminalProgress

    names = [name for name in reviews.QUEUES if not queue or name in queue]
    with ask.connect(settings_()) as studbook:
        found = queues.read(studbook.graph, names, pack=pack or ["all"], timeout=timeout, progress=TerminalProgress())
    if format is ListFormat.JSON:
        data(queues.list_json(found, status.value, limit))
    else:
        data(render.text(queues.rows(found, status.value, limit), format.value, width=width()))
    for line in queues.sentences(found, status.value, limit):
        say(line)
    if found.audit.failures:
        raise typer.Exit(3)


@queue_app.command("show")
def queue_show(
    item: ItemArgument,
    pack: PackOption = None,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
    timeout: TimeoutOption = 300.0,
) -> None:
    """Show one item: what was found and by which evidence, what to do next, what was decided.

    Example: `studbook queue show legal:alloy-foundry/Pewter-8B`
    """
    from studbook import ask, queues

    with ask.connect(settings_()) as studbook:
        found = queues.find(studbook.graph, item, pack=pack or ["all"], timeout=timeout)
    data(queues.item_json(found) if format is SummaryFormat.JSON else queues.item_text(found))
    for query, why in found.audit.failures.items():
        say(f"{query} failed: {why}")
    if found.audit.failures:
        raise typer.Exit(3)


@queue_app.command("decide")
def queue_decide(
    item: ItemArgument,
    decision: Annotated[Decision, typer.Option(help="What is decided; a flag marks the model and closes nothing.")],
    why: Annotated[str, typer.Option(help="On what grounds.")],
    who: Annotated[str | None, typer.Option(help="Who decides; else the user of this machine.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it holds.")
    ] = None,
    scope: Annotated[
        Scope | None,
        typer.Option(help="Wider than this item: all in the queue by the same ancestor, publisher or reason."),
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="Which ancestor, publisher or reason, where the findings name several.")
    ] = None,
    pack: PackOption = None,
    timeout: TimeoutOption = 300.0,
) -> None:
    """Decide on an item. It is open again when the decision expires, or when a fact changes that it rests on.

    The decision is one of `studbook review`: audits count it, and `studbook review export` keeps it in Git.

    Example: `studbook queue decide legal:alloy-foundry/Pewter-8B --decision waive --why "asked" --until 2027-06-30`
    """
    from studbook import ask, queues, reviews

    settings = settings_()
    with ask.connect(settings) as studbook:
        found = queues.find(studbook.graph, item, pack=pack or ["all"], timeout=timeout)
        given = queues.decisions(
            found,
            decision=decision.value,
            who=who or getpass.getuser(),
            why=why,
            at=datetime.now(UTC),
            scope=scope.value if scope else None,
            subject=subject,
            until=until.date() if until else None,
        )
        written = reviews.write(settings, studbook.graph, given).reviews
        still, decided = queues.status(studbook.graph, found)
    for review in written:
        say(f"{review.id}: {review.decision}, {review.scope} {review.subject}")
    say(f"{found.row['item']}: {still:,} findings open, {decided:,} decided")
