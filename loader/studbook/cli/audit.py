"""`studbook audit`: what the packs of queries find, and what became of it since."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import ListFormat, app, data, say, settings_, width
from studbook.errors import InputError

audit_app = typer.Typer(invoke_without_command=True)
app.add_typer(audit_app, name="audit")


class AuditFormat(StrEnum):
    """How an audit is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"
    MARKDOWN = "markdown"


class Level(StrEnum):
    """From which severity on an audit fails."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class GroupBy(StrEnum):
    """What findings are counted by."""

    ANCESTOR = "ancestor"
    PUBLISHER = "publisher"
    REASON = "reason"


@audit_app.callback()
def audit(
    context: typer.Context,
    pack: Annotated[
        list[str] | None,
        typer.Option(help="A pack: license, lineage, documentation, quality, all, or a .toml file; may be repeated."),
    ] = None,
    query: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A query, by id or .cypher file; may be repeated.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="ID", help="Only about this model.")] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="Only about what this account publishes.")] = None,
    deployment: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only about what runs in this deployment.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="About every model, although there are deployments.")
    ] = False,
    group_by: Annotated[GroupBy | None, typer.Option(help="Count the findings by this alone.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Groups of a summary, findings one by one: table and markdown 10, html 100, csv and json 10,000, sarif 25,000.",
        ),
    ] = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="Exit with 1 when there is an open finding of this severity.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            help="An earlier audit's JSON: only what is new since fails, of any severity unless --fail-on says."
        ),
    ] = None,
    max_age: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Exit with 3 when the graph is older.")
    ] = None,
    format: Annotated[AuditFormat, typer.Option(help="How to print it.")] = AuditFormat.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the server gives a query up.")] = 300.0,
) -> None:
    """Audit the graph: a summary to act on, by reason and by the ancestor that binds the most models.

    It is about what is deployed, where the graph has deployments, else about every model. Decisions of `studbook review`
    are counted apart. JSON keeps an audit, for --baseline and `studbook audit compare`. Exits with 1 for findings when
    asked to fail on them, and with 3 when a query failed, or while a load is under way.

    Example: `studbook audit --pack license --fail-on high`
    """
    if context.invoked_subcommand:
        return
    from studbook import ask, audit, packs, reports, stored, summary
    from studbook.terminal import TerminalProgress

    if sum(bool(one) for one in (model, author, deployment, everything)) > 1:
        raise InputError("Auditing: give one of --model, --author, --deployment and --everything")
    chosen = pack or ([] if query else ["all"])
    checks = packs.checks_for(chosen, query or [])
    kept = stored.read(baseline) if baseline else None
    most = reports.LIMITS[format.value] if limit is None else limit
    shown = (
        0 if format in (AuditFormat.TABLE, AuditFormat.MARKDOWN) or (group_by and format is AuditFormat.CSV) else most
    )
    with ask.connect(settings_()) as studbook:
        graph = studbook.graph
        if model:
            scope = audit.about_model(graph, model)
        elif author:
            scope = audit.about_author(graph, author)
        elif everything:
            scope = audit.EVERYTHING
        else:
            scope = audit.about_deployments(graph, deployment) or audit.EVERYTHING
        found = audit.run(
            graph,
            checks,
            scope,
            packs=chosen,
            baseline=kept,
            max_age=max_age,
            limit=shown,
            timeout=timeout,
            progress=TerminalProgress(),
        )
    text = reports.text(found, format.value, group_by=group_by.value if group_by else None, limit=most, width=width())
    _print(text, output)
    if output or format is not AuditFormat.TABLE:
        for line in [*summary.headline(found), *summary.remarks(found)]:
            say(line)
    if found.failures:
        raise typer.Exit(3)
    if fail_on or baseline:
        level = fail_on.value if fail_on else Level.LOW.value
        if failing := found.failing(level):
            say(f"{failing:,} {'new ' if baseline else ''}findings of severity {level} or worse")
            raise typer.Exit(1)


@audit_app.command("compare")
def compare(
    then: Annotated[Path, typer.Argument(help="The earlier audit's JSON.")],
    now: Annotated[Path, typer.Argument(help="The later audit's JSON.")],
    limit: Annotated[int, typer.Option(min=0, help="Most findings to show of each kind.")] = 20,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """Compare two audits that were kept as JSON: what is new, what is gone, what was decided. Needs no database.

    Example: `studbook audit compare monday.json tuesday.json`
    """
    from studbook import reports, stored

    comparison = stored.compare(stored.read(then), stored.read(now))
    data(reports.comparison_text(comparison, format.value, limit=limit, width=width()))


def _print(text: str, output: Path | None) -> None:
    if output is None:
        data(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"Writing the audit to {output}: {error.strerror}; choose another path") from error
