"""`studbook server`: the managed Neo4j."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studbook.cli.common import SummaryFormat, data, group, say, settings_

if TYPE_CHECKING:
    from studbook.server import ServerInfo, State

server_app = group("server", "The managed Neo4j: real Neo4j Community, nothing needed but pip.")


@server_app.command("start")
def server_start(
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            help="Refuse every write to the graph, for one that is shared. Users and passwords stay changeable.",
        ),
    ] = False,
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """Start the managed Neo4j, or say where it runs already.

    Example: `studbook server start`
    """
    from studbook import server
    from studbook.terminal import TerminalProgress

    print_server(server.start(settings_(), read_only=read_only or None, progress=TerminalProgress()), format)


@server_app.command("stop")
def server_stop() -> None:
    """Stop the managed Neo4j and wait until its process has ended.

    Example: `studbook server stop`
    """
    from studbook import server

    say("Stopped." if server.stop(settings_()) else "It was not running.")


@server_app.command("status")
def server_status(
    format: Annotated[SummaryFormat, typer.Option(help="How to print it.")] = SummaryFormat.TEXT,
) -> None:
    """Say whether the managed Neo4j runs, and where. Exit code 3 when it does not.

    Example: `studbook server status --format json`
    """
    from studbook import render, server

    status = server.status(settings_())
    if status.info is None:
        if format is SummaryFormat.JSON:
            data(render.document(server.JSON_VERSION, server.facts(status)))
        else:
            typer.echo(f"Neo4j {status.version} is stopped. Its home is {status.home}")
        raise typer.Exit(3)
    print_server(status.info, format, state=status.state)


@server_app.command("open")
def server_open() -> None:
    """Open Neo4j Browser on the managed server, starting it if need be. Once connected it shows a guided tour.

    Example: `studbook server open`
    """
    import webbrowser

    from studbook import server
    from studbook.terminal import TerminalProgress

    info = server.start(settings_(), progress=TerminalProgress())
    print_server(info, SummaryFormat.TEXT)
    if not webbrowser.open(info.browser):
        say("No web browser was found here; open the address above in yours.")


@server_app.command("logs")
def server_logs(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many, from the end.")] = 50,
) -> None:
    """Print what the managed Neo4j wrote since its last start.

    Example: `studbook server logs -n 20`
    """
    from studbook import server

    for line in server.logs(settings_(), lines=lines):
        typer.echo(line)


def print_server(info: ServerInfo, format_: SummaryFormat, *, state: State = "running") -> None:
    """Where a managed server answers, and how to log in."""
    from studbook import render, server

    if format_ is SummaryFormat.JSON:
        status = server.ServerStatus(state, info.version, info.home, info, None)
        data(render.document(server.JSON_VERSION, server.facts(status)))
        return
    mode = ", read-only" if info.read_only else ""
    typer.echo(f"Neo4j {info.version} is {state}{mode}, for this machine only.")
    typer.echo(f"  Browser   {info.browser}")
    typer.echo(f"  Bolt      {info.uri}")
    typer.echo(f"  User      {info.username}")
    typer.echo(f"  Password  in {info.password_file}")
