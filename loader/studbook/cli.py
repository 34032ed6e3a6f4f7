"""The command line: parse, call, print, exit code. The only module that imports typer.

Data goes to stdout, words and progress to stderr. Imports of anything heavy stay inside the commands, so that
`studbook --help` answers at once.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studbook import __version__
from studbook.config import Settings
from studbook.errors import InputError, StudbookError

if TYPE_CHECKING:
    from studbook.server import ServerInfo

app = typer.Typer(
    name="studbook",
    help="A Neo4j lineage knowledge base of open models: load the Hugging Face Hub, ask who descends from whom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
server_app = typer.Typer(help="The managed Neo4j: real Neo4j Community, nothing needed but pip.", no_args_is_help=True)
query_app = typer.Typer(help="The query library.", no_args_is_help=True)
license_app = typer.Typer(
    help="What each licence asks, and whether a label carries it. Triage, not legal advice.", no_args_is_help=True
)
fetch_app = typer.Typer(help="Bring data from the Hugging Face Hub to a file.", no_args_is_help=True)
app.add_typer(server_app, name="server")
app.add_typer(query_app, name="query")
app.add_typer(license_app, name="license")
app.add_typer(fetch_app, name="fetch")


class Writer(StrEnum):
    """How a load writes."""

    IMPORT = "import"
    BOLT = "bolt"


class SummaryFormat(StrEnum):
    """How a summary is printed."""

    TEXT = "text"
    JSON = "json"


class RowsFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    MARKDOWN = "markdown"


ConfigOption = Annotated[
    Path | None,
    typer.Option(help="The organisation's file. Else STUDBOOK_CONFIG, else a studbook.toml here or further up."),
]


def main() -> None:
    """Runs the command line; every error raised on purpose becomes one message on stderr and its exit code."""
    try:
        app()
    except StudbookError as error:
        _say(f"studbook: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say("studbook: stopped")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)


def _say(text: str) -> None:
    typer.echo(text, err=True)


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


def _settings() -> Settings:
    return Settings.from_environment()


# load, demo, fetch


@app.command("load")
def load_command(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE...", help="Files of one snapshot: JSON Lines, JSON, Parquet or CSV.")
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
    from studbook import organisation
    from studbook.load import load
    from studbook.terminal import TerminalProgress

    settings = _settings()
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
    typer.echo(json.dumps(summary.as_dict()) if format is SummaryFormat.JSON else str(summary))


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
) -> None:
    """From nothing to answers: start Neo4j, load an invented hub, show what the risk queries find.

    Example: `studbook demo`
    """
    from studbook import ask, demo, load
    from studbook.terminal import TerminalProgress

    settings, progress = _settings(), TerminalProgress()
    source = demo.source(settings, live=live, progress=progress)
    summary = load.load([source], settings=settings, partial=live, progress=progress)
    _say(str(summary))
    what = "Real families from the Hub" if live else "An invented hub: neither its publishers nor its models exist"
    _data(f"\n{what}.\n\n")
    with ask.connect(settings) as studbook:
        for text in demo.answers(studbook.graph, width=min(_width(), 160)):
            _data(text)
        _data(demo.next_steps(studbook.graph, studbook=_program()))
    if settings.neo4j_uri is None:
        from studbook import server

        _data("\n")
        _print_server(server.start(settings, progress=progress), SummaryFormat.TEXT)


def _program() -> str:
    """How to call this program from here: its name where the shell finds it, else its path."""
    name = Path(sys.argv[0])
    found = shutil.which("studbook")
    return "studbook" if found and Path(found).samefile(name) else os.path.relpath(name)


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
    _say(f"{count:,} models written to {output}")


# server


@server_app.command("start")
def server_start(
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Refuse every write, for a graph that is shared.")
    ] = False,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """Start the managed Neo4j, or say where it runs already.

    Example: `studbook server start`
    """
    from studbook import server
    from studbook.terminal import TerminalProgress

    _print_server(server.start(_settings(), read_only=read_only or None, progress=TerminalProgress()), format)


@server_app.command("stop")
def server_stop() -> None:
    """Stop the managed Neo4j and wait until its process has ended.

    Example: `studbook server stop`
    """
    from studbook import server

    _say("Stopped." if server.stop(_settings()) else "It was not running.")


@server_app.command("status")
def server_status(
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """Say whether the managed Neo4j runs, and where. Exit code 3 when it does not.

    Example: `studbook server status --format json`
    """
    from studbook import server

    status = server.status(_settings())
    if status.info is None:
        if format is SummaryFormat.JSON:
            typer.echo(json.dumps({"state": status.state, "version": status.version, "home": str(status.home)}))
        else:
            typer.echo(f"Neo4j {status.version} is stopped. Its home is {status.home}")
        raise typer.Exit(3)
    _print_server(status.info, format, state=status.state)


@server_app.command("open")
def server_open() -> None:
    """Open Neo4j Browser on the managed server, starting it if need be.

    Example: `studbook server open`
    """
    import webbrowser

    from studbook import server
    from studbook.terminal import TerminalProgress

    info = server.start(_settings(), progress=TerminalProgress())
    _print_server(info, SummaryFormat.TEXT)
    if not webbrowser.open(info.browser):
        _say("No web browser was found here; open the address above in yours.")


@server_app.command("logs")
def server_logs(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many, from the end.")] = 50,
) -> None:
    """Print what the managed Neo4j wrote since its last start.

    Example: `studbook server logs -n 20`
    """
    from studbook import server

    for line in server.logs(_settings(), lines=lines):
        typer.echo(line)


def _print_server(info: ServerInfo, format_: SummaryFormat, *, state: str = "running") -> None:
    if format_ is SummaryFormat.JSON:
        facts = {
            "state": state,
            "version": info.version,
            "home": str(info.home),
            "pid": info.pid,
            "uri": info.uri,
            "browser": info.browser,
            "username": info.username,
            "password_file": str(info.password_file),
            "read_only": info.read_only,
        }
        typer.echo(json.dumps(facts))
        return
    mode = ", read-only" if info.read_only else ""
    typer.echo(f"Neo4j {info.version} is {state}{mode}, for this machine only.")
    typer.echo(f"  Browser   {info.browser}")
    typer.echo(f"  Bolt      {info.uri}")
    typer.echo(f"  User      {info.username}")
    typer.echo(f"  Password  in {info.password_file}")


# query


class ListFormat(StrEnum):
    """How the index is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


@query_app.command("list")
def query_list(
    text: Annotated[str | None, typer.Argument(help="Only queries with this text in id, title or question.")] = None,
    audience: Annotated[str | None, typer.Option(help="Only queries for analyst, auditor or engineer.")] = None,
    group: Annotated[str | None, typer.Option(help="Only queries in this folder.")] = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the questions that the library answers.

    Example: `studbook query list --audience auditor`
    """
    from studbook import library, render

    found = library.select(audience=audience, group=group, text=text)
    if format is ListFormat.MARKDOWN:
        _data(library.index(found))
        return
    columns = tuple(library.Column(name, "STRING") for name in ("id", "audience", "severity", "question"))
    rows = render.Rows(columns, [(query.id, query.audience, query.severity, query.question) for query in found])
    _data(render.text(rows, format.value, width=_width()))


@query_app.command("show")
def query_show(
    query: Annotated[str, typer.Argument(help="Id of a query, or the path of a .cypher file.")],
    browser: Annotated[
        bool, typer.Option("--browser", help="Only the text to paste into Neo4j Browser, with its parameters.")
    ] = False,
) -> None:
    """Explain a query: its question, parameters, columns, what it misses, and its Cypher.

    Example: `studbook query show merges/subgraph`
    """
    from studbook import library

    found = library.find(query)
    _data(library.for_browser(found, found.defaults) if browser else library.describe(found))


@query_app.command("run")
def query_run(
    query: Annotated[str, typer.Argument(help="Id of a query, or the path of a .cypher file.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; may be repeated.")
    ] = None,
    format: Annotated[RowsFormat, typer.Option(help="How to print the rows.")] = RowsFormat.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the server gives up.")] = 60.0,
) -> None:
    """Ask a question of the graph, in a transaction that can only read.

    Example: `studbook query run lineage/hubs -p limit=5 --format csv`
    """
    from studbook import ask, library, render

    found = library.find(query)
    if format is RowsFormat.PARQUET and output is None and sys.stdout.isatty():
        raise InputError("Printing Parquet on a terminal: it is binary; name a file with --output, or pipe it on")
    with ask.connect() as studbook:
        rows = ask.run(studbook.graph, found, dict(_pair(text) for text in param or []), timeout=timeout)
    if format is RowsFormat.PARQUET:
        content = render.parquet(rows)
    else:
        content = render.text(rows, format.value, width=_width()).encode()
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        try:
            output.write_bytes(content)
        except OSError as error:
            raise InputError(f"Writing the rows to {output}: {error.strerror}; choose another path") from error
    _say(f"{len(rows.values):,} rows" + (", as many as `limit` allows: there may be more" if rows.may_be_cut else ""))


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise InputError(f"Reading the parameter {text!r}: it needs the form name=value, like -p limit=5")
    return name, value


# license


class Relation(StrEnum):
    """How a model is made from another."""

    FINETUNE = "finetune"
    ADAPTER = "adapter"
    QUANTIZED = "quantized"
    MERGE = "merge"
    DISTILLED = "distilled"
    TRAINED_ON_OUTPUTS = "trained_on_outputs"


class CheckFormat(StrEnum):
    """How a verdict is printed."""

    TABLE = "table"
    JSON = "json"


@license_app.command("list")
def license_list(
    family: Annotated[str | None, typer.Option(help="Only this family, like permissive or non_commercial.")] = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the licences of the table with their terms.

    Example: `studbook license list --family non_commercial`
    """
    from studbook import advice, library, licenses, render

    if family is not None and family not in advice.FAMILIES:
        raise InputError(f"Listing the family {family!r}: there is none; there are {', '.join(advice.FAMILIES)}")
    columns = (
        *(library.Column(name, "STRING") for name in ("license", "name", "family", "confidence")),
        library.Column("terms", "LIST<STRING>"),
    )
    rows = [
        (row.id, row.name, row.family, row.confidence, None if row.terms is None else sorted(row.terms))
        for row in licenses.shipped().rows.values()
        if family in (None, row.family)
    ]
    _data(render.text(render.Rows(columns, rows), format.value, width=_width()))


@license_app.command("show")
def license_show(
    license: Annotated[str, typer.Argument(metavar="LICENSE", help="Id or any spelling of a licence.")],
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
) -> None:
    """Show what a licence asks, where that was read, and how sure it is.

    Example: `studbook license show llama3.1`
    """
    from studbook import advice, licenses

    table = licenses.shipped()
    row = advice.find(table, license)
    _data(advice.describe(table, row) if format is CheckFormat.TABLE else json.dumps(advice.facts(table, row)) + "\n")


@license_app.command("check")
def license_check(
    parent: Annotated[
        str,
        typer.Argument(help="The parent's licence. Joined by +: several on one parent, with merge one of each parent."),
    ],
    child: Annotated[str, typer.Argument(help="The child's licence; several are joined by +, none is an empty text.")],
    relation: Annotated[Relation, typer.Option(help="How the child was made.")] = Relation.FINETUNE,
    name: Annotated[
        str | None, typer.Option(help="The child's repository name, where a licence asks for a name.")
    ] = None,
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
) -> None:
    """Say whether a child's label carries what the parent's licence asks, and why not.

    Example: `studbook license check cc-by-nc-4.0 mit --relation adapter`
    """
    from studbook import advice, licenses

    table = licenses.shipped()
    above, below = advice.names(parent), advice.names(child)
    for sentence in advice.unknown(table, [*above, *below]):
        _say(sentence)
    parents = [[one] for one in above] if relation is Relation.MERGE and above else [above]
    found = advice.check(table, parents, below, relation=relation.value, name=name)
    as_text = format is CheckFormat.TABLE
    _data(advice.verdict_text(table, found) if as_text else json.dumps(advice.verdict_facts(table, found)) + "\n")


@license_app.command("options")
def license_options(
    parents: Annotated[
        list[str], typer.Argument(metavar="PARENT...", help="The licence of each parent; several on one joined by +.")
    ],
    relation: Annotated[
        Relation | None, typer.Option(help="How the model is made; merge when there are several parents.")
    ] = None,
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
) -> None:
    """Say which labels a model made from these may have, and what else is due.

    Example: `studbook license options llama3.1 apache-2.0`
    """
    from studbook import advice, licenses

    table = licenses.shipped()
    sides = [advice.names(text) for text in parents]
    for sentence in advice.unknown(table, [name for side in sides for name in side]):
        _say(sentence)
    made_by = relation or (Relation.MERGE if len(sides) > 1 else Relation.FINETUNE)
    found = advice.options(table, sides, relation=made_by.value)
    as_text = format is CheckFormat.TABLE
    _data(advice.options_text(table, found) if as_text else json.dumps(advice.options_facts(table, found)) + "\n")


def _data(text: str) -> None:
    typer.echo(text, nl=False)


def _width() -> int:
    from studbook import render

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else render.WIDE


# policy

policy_app = typer.Typer(help="May we use it: an organisation's own word on licence terms.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")


class FailOn(StrEnum):
    """From which level on a check fails."""

    DENIED = "denied"
    REVIEW = "review"


@policy_app.command("check")
def policy_check(
    models: Annotated[list[str], typer.Argument(metavar="MODEL...", help="Ids of models, or other names of them.")],
    context: Annotated[
        str, typer.Option(help="What is done with them: internal, hosted, distributed, or a context of your own.")
    ],
    config: ConfigOption = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
    fail_on: Annotated[FailOn | None, typer.Option(help="Exit with 1 when a model is on this level or worse.")] = None,
) -> None:
    """May we use it: what a model and its ancestors ask, held against a policy. This is triage, not legal advice.

    Example: `studbook policy check alloy-foundry/Pewter-8B --context distributed`
    """
    from studbook import ask, library, organisation, policy, render

    settings = _settings()
    word = organisation.load(config or settings.config, Path.cwd())
    chosen, texts = policy.context(context, word), policy.texts(word)
    query, today = library.find(policy.QUERY), datetime.now(UTC).date()
    decisions = []
    with ask.connect(settings) as studbook:
        for model in dict.fromkeys(models):
            answer = ask.run(studbook.graph, query, {"model": model, **policy.PARAMETERS})
            for name, found in policy.found(answer).items():
                told = policy.outdated(found, texts)
                curated = policy.curate(told, word.curations if word else {}, texts, on=today)
                decisions.append(policy.decide(name, curated, chosen, texts))
    parameters = {
        "context": chosen.name,
        "kind": chosen.kind,
        "policy": chosen.places,
        "organisation": word.version if word else None,
        "on": today.isoformat(),
    }
    _data(render.text(policy.rows(decisions, parameters), format.value, width=_width()))
    for decision in decisions:
        _say(policy.sentence(decision))
    _say(f"By {' and '.join(chosen.places)}. As declared; triage, not legal advice.")
    worst = max(policy.LEVELS.index(decision.level) for decision in decisions)
    if fail_on is not None and worst >= policy.LEVELS.index(fail_on.value):
        raise typer.Exit(1)


@policy_app.command("show")
def policy_show(
    context: Annotated[str | None, typer.Argument(help="Only this context.")] = None,
    config: ConfigOption = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """Show the contexts, what each says of which term, and where that is written.

    Example: `studbook policy show distributed`
    """
    from studbook import organisation, policy, render

    word = organisation.load(config or _settings().config, Path.cwd())
    known = [policy.context(context, word)] if context else list(policy.contexts(word).values())
    _data(render.text(policy.table(known), format.value, width=_width()))
    if word is None:
        _say(f"No {organisation.NAME} was found: these are Studbook's own policies.")
    else:
        expired = sum(not curation.holds(datetime.now(UTC).date()) for curation in word.curations.values())
        _say(f"By {word.path}, version {word.version}: {len(word.curations)} curations, {expired} of them expired.")
