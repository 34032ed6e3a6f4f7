"""`studbook load`, `demo`, `fetch`: bringing models into the graph."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import ConfigOption, SummaryFormat, app, data, group, program, say, settings_, width
from studbook.cli.server import print_server
from studbook.errors import InputError

fetch_app = group("fetch", "Bring data from the Hugging Face Hub to a file.")


class Writer(StrEnum):
    """How a load writes."""

    IMPORT = "import"
    BOLT = "bolt"


@app.command("load")
def load_command(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Files of one snapshot: JSON Lines, JSON, Parquet or CSV; and model cards, also a folder of them.",
        ),
    ],
    as_of: Annotated[
        str | None,
        typer.Option(help="When the source was true, like 2026-08-22 or 2026-08-22T22:00. Else the file name says it."),
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="The source is a part of the Hub: what it lacks is not gone.")
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write everything anew, with the importer.")] = False,
    writer: Annotated[Writer | None, typer.Option(help="Override the choice of the writer.")] = None,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="With --as-of: load a snapshot older than the graph's newest.")
    ] = False,
    rejected: Annotated[Path | None, typer.Option(help="Write rejected rows to this CSV file.")] = None,
    config: ConfigOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do none of it.")] = False,
    format: Annotated[SummaryFormat, typer.Option(help="How to print the summary.")] = SummaryFormat.TEXT,
) -> None:
    """Fold a snapshot of the Hub into the graph. Safe to repeat, and to run again after it was killed.

    Example: `studbook load hub_2026-08-22T2200.jsonl.gz`
    """
    from studbook import organisation, render
    from studbook.load import JSON_VERSION, load
    from studbook.terminal import TerminalProgress

    settings = settings_()
    summary = load(
        sources,
        settings=settings,
        organisation=organisation.load(config or settings.config, Path.cwd()),
        as_of=_moment(as_of) if as_of else None,
        allow_older=allow_older,
        partial=partial,
        rebuild=rebuild,
        dry_run=dry_run,
        writer=writer.value if writer else None,
        rejected_path=rejected,
        progress=TerminalProgress(),
    )
    data(render.document(JSON_VERSION, summary.as_dict()) if format is SummaryFormat.JSON else f"{summary}\n")


def _moment(text: str) -> datetime:
    """A date or time in ISO 8601, in UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"Reading --as-of {text!r}: write it like 2026-08-22 or 2026-08-22T22:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@app.command()
def demo(
    live: Annotated[
        bool, typer.Option("--live", help="Fetch a few real families from the Hub instead of the invented hub.")
    ] = False,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """From nothing to answers: start Neo4j, load an invented hub, show what the risk queries find.

    Example: `studbook demo`
    """
    from studbook import ask, demo, load, render, reports, server
    from studbook.terminal import TerminalProgress

    settings, progress = settings_(), TerminalProgress()
    source = demo.source(settings, live=live, progress=progress)
    summary = load.load([source], settings=settings, partial=live, progress=progress)
    say(str(summary))
    with ask.connect(settings) as studbook:
        graph = studbook.graph
        if format is SummaryFormat.JSON:
            told = {
                "invented": not live,
                "load": summary.as_dict(),
                "answers": [demo.facts(answer) for answer in demo.answers(graph)],
                "audit": reports.document(demo.audited(graph), limit=demo.ROWS),
                "server": None if settings.neo4j_uri else server.facts(server.status(settings)),
            }
            data(render.document(demo.JSON_VERSION, told))
            return
        what = "Real families from the Hub" if live else "An invented hub: neither its publishers nor its models exist"
        data(f"\n{what}.\n\n")
        columns = min(width(), 160)
        for answer in demo.answers(graph):
            data(demo.text(answer, width=columns))
        data(demo.audit_text(demo.audited(graph), width=columns))
        data(demo.next_steps(graph, studbook=program()))
    if settings.neo4j_uri is None:
        data("\n")
        print_server(server.start(settings, progress=progress), SummaryFormat.TEXT)


@fetch_app.command("hub")
def fetch_hub(
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the models to this file (.jsonl, .jsonl.gz).")],
    author: Annotated[str | None, typer.Option(help="Only models of this user or organisation.")] = None,
    filter: Annotated[list[str] | None, typer.Option(help="Only models with this tag; may be repeated.")] = None,
    sort: Annotated[str | None, typer.Option(help="Order by downloads, likes, trendingScore, createdAt …")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many models.")] = None,
) -> None:
    """Fetch models from the Hub to a file that `studbook load` reads.

    Example: `studbook fetch hub --author google --limit 500 -o google.jsonl`
    """
    from studbook import hub
    from studbook.terminal import TerminalProgress

    count = hub.fetch(output, author=author, filter=filter, sort=sort, limit=limit, progress=TerminalProgress())
    say(f"{count:,} models written to {output}")


@fetch_app.command("cards")
def fetch_cards(
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the cards to this file (.jsonl, .jsonl.gz).")],
    ids: Annotated[
        typer.FileText | None,
        typer.Option(
            help="A file with the id of a model on each line, - for stdin. Else the listed models of the graph whose "
            "card nobody looked for, most downloaded first."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many cards.")] = None,
) -> None:
    """Fetch model cards from the Hub to a file that `studbook load` reads, beside a snapshot or on its own.

    Example: `studbook fetch cards --limit 1000 -o cards.jsonl`
    """
    from studbook import hub
    from studbook.terminal import TerminalProgress

    wanted = _without_card() if ids is None else [line.strip() for line in ids if line.strip()]
    cards = hub.fetch_cards(output, wanted[:limit], progress=TerminalProgress())
    say(
        f"{cards.written:,} cards written to {output}: {cards.without:,} are empty, because there is none; "
        f"{cards.closed:,} models cannot be read"
    )


def _without_card() -> list[str]:
    """Listed models of the graph whose card nobody looked for, most downloaded first."""
    from studbook import ask, resources

    with ask.connect(settings_()) as studbook:
        ids: list[str] = studbook.graph.read(resources.statement("read/models_without_card")).rows[0][0]
    if not ids:
        raise InputError("Fetching cards: the card of every listed model in the graph is known; name models with --ids")
    return ids
