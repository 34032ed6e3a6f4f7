"""The managed server: a real Neo4j Community that needs nothing but pip. Loopback only, with a password of its own.

A *root* is a folder laid out as NEO4J_HOME: conf, data, import, lib, logs, plugins, run. There is one per Neo4j version,
`<home>/neo4j-<version>`, and inside it a second one, `private`, for the importer and for a server over data that nobody
else should see yet. `data` in a root is a link to a real folder, `data-1`, `data-2` …, so that a graph imported offline
takes the place of the old one in one rename.

Neo4j's own launcher is left out: it only starts a second JVM, and the server's process is the one to watch and to stop.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import time
import urllib.request
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psutil
from filelock import FileLock

from studbook import provision
from studbook.config import Settings
from studbook.errors import InputError, ServerError
from studbook.progress import SILENT, Progress

USERNAME = "neo4j"
LOOPBACK = "127.0.0.1"
BOLT_PORT, HTTP_PORT = 7687, 7474

START_TIMEOUT = 300
"""Seconds; a start takes 5 to 15, and longer only when a large graph recovers from a kill."""
STOP_TIMEOUT = 120
"""Seconds; a stop takes under one, and longer only when much is left to write. Neo4j's own launcher waits as long."""

MIB = 1024 * 1024
GIB = 1024 * MIB

CLOSED = {
    "server.directories.import": "import",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
}
"""LOAD CSV reads the server's files and any address by default, in read transactions too. Nothing here needs it."""

QUIET = {
    "dbms.usage_report.enabled": "false",
    "client.allow_telemetry": "false",
}
"""Nothing is reported to anyone."""

_RELEASE_SETTINGS = {
    "2026.08.1": {
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
        "dbms.fleet_manager.enabled": "false",
        "server.fleet_discovery.enabled": "false",
    },
    "5.26.30": {"internal.dbms.bolt.netty_server_shutdown_quiet_period": "0"},
}
"""What differs by release. Bolt waits three times for silence of five seconds before it closes: without the quiet
period a stop takes 0.4 s and not 15 s."""

_MAIN_CLASS = {"2026.08.1": "org.neo4j.server.Neo4jCommunity", "5.26.30": "org.neo4j.server.CommunityEntryPoint"}
_ADMIN_CLASS = "org.neo4j.cli.AdminTool"

_JVM = (
    # What Neo4j's own neo4j.conf asks for, but -XX:+AlwaysPreTouch, which takes the whole heap at once.
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-XX:+ExitOnOutOfMemoryError",  # half a server is worse than none; the next start recovers
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)


@dataclass(frozen=True)
class ServerInfo:
    """A running server and how to reach it."""

    version: str
    home: Path
    """Its root folder."""
    pid: int
    uri: str
    """Bolt address."""
    http: str
    """HTTP address, without a slash at the end."""
    username: str
    password_file: Path
    """Readable by its owner only; see credentials."""
    read_only: bool

    @property
    def browser(self) -> str:
        """Address of Neo4j Browser."""
        return f"{self.http}/browser/"


@dataclass(frozen=True)
class ServerStatus:
    """What the process table says; `info` is null exactly when stopped, `since` is when its process began."""

    state: Literal["stopped", "starting", "running"]
    version: str
    home: Path
    info: ServerInfo | None
    since: datetime | None


@dataclass(frozen=True)
class AdminCommand:
    """A neo4j-admin command, ready for subprocess."""

    argv: list[str]
    env: dict[str, str]
    cwd: Path
    """The importer writes `import.report` into its working folder."""


@dataclass(frozen=True)
class Memory:
    """Bytes for the server's two large users of memory."""

    heap: int
    page_cache: int


@dataclass(frozen=True)
class _Ports:
    bolt: int
    http: int


@dataclass(frozen=True)
class _State:
    """What a started server leaves in `run/server.json`."""

    pid: int
    ports: _Ports
    read_only: bool


class _PortTakenError(ServerError):
    """Somebody else took a port between its choice and the server's claim to it."""


# Folders


def home(settings: Settings) -> Path:
    """The root folder of the managed server for `settings.neo4j_version`; InputError when that is not supported."""
    provision.require_supported(settings.neo4j_version)
    return settings.home.resolve() / f"neo4j-{settings.neo4j_version}"


def prepare_home(settings: Settings) -> Path:
    """Makes the root folder as far as it is missing, with a password and empty data, and returns it."""
    root = home(settings)
    with _lock(root):
        _prepare(root)
    return root


def data_directory(settings: Settings) -> Path:
    """The folder that `data` is a link to now."""
    return (home(settings) / "data").resolve(strict=True)


def new_data_directory(settings: Settings) -> Path:
    """An empty folder for the next graph. Removes what earlier, killed loads left: the caller holds the load lock."""
    root, current = prepare_home(settings), data_directory(settings)
    stop_private(settings)
    for folder in root.glob("data-*"):
        if folder != current:
            shutil.rmtree(folder)
    target = root / f"data-{int(current.name.removeprefix('data-')) + 1}"
    target.mkdir(mode=0o700)
    return target


def copy_users(settings: Settings, target: Path) -> None:
    """Copies users and passwords from the current data to `target`; no server may run over either."""
    source = data_directory(settings)
    for name in ("databases/system", "transactions/system", "dbms"):
        if (source / name).exists():
            shutil.rmtree(target / name, ignore_errors=True)
            shutil.copytree(source / name, target / name)


def switch_data(settings: Settings, target: Path) -> None:
    """Makes `target` the data of the server, in one rename; the server must have ended. The old folder is left."""
    _link(home(settings), target)


def _lock(root: Path) -> FileLock:
    """Held while a root is made and while its server is started or stopped."""
    (root / "run").mkdir(parents=True, exist_ok=True, mode=0o700)
    root.chmod(0o700)  # mkdir's mode is for the last folder only
    return FileLock(root / "run" / "lock")


def _prepare(root: Path) -> None:
    _layout(root, None if (root / "data").is_symlink() else root / "data-1")
    _ensure_password(root)


def _layout(root: Path, data: Path | None) -> None:
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("conf", "import", "lib", "logs", "plugins", "run"):
        (root / name).mkdir(exist_ok=True, mode=0o700)
    if data is not None:
        data.mkdir(exist_ok=True, mode=0o700)
        _link(root, data)


def _link(root: Path, data: Path) -> None:
    fresh = root / "data.next"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(data, root))
    fresh.replace(root / "data")


def _private(settings: Settings) -> Path:
    return home(settings) / "private"


# Password


def credentials(settings: Settings) -> tuple[str, str]:
    """User name and password of the managed server; ServerError before its first start."""
    path = home(settings) / "password"
    try:
        return USERNAME, path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise ServerError(
            f"Reading the password of the managed Neo4j {settings.neo4j_version}: {path} does not exist. "
            "Start the server first: studbook server start"
        ) from error


def _ensure_password(root: Path) -> None:
    path = root / "password"
    if path.exists():
        return
    if (root / "data" / "databases" / "system").exists():
        raise ServerError(
            f"Starting Neo4j in {root}: its database has a password, and {path} is missing. Put the password back into "
            f"that file; or delete {root}/data/databases/system and {root}/data/transactions/system, which loses the "
            "users and keeps the graph, and a new password is made."
        )
    fresh = root / "password.next"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{secrets.token_urlsafe(24)}\n")
    fresh.replace(path)


def _set_initial_password(data: Path, password: str) -> None:
    """What `neo4j-admin dbms set-initial-password` does, which takes the password where `ps` shows it.

    Neo4j reads the file when it makes its system database, and never again. Both releases write and read this line:
    user, SHA-256 repeated 1024 times over salt and password, salt, repetitions.
    """
    if (data / "databases" / "system").exists():
        return
    target = data / "dbms" / "auth.ini"
    salt, rounds = secrets.token_bytes(32), 1024
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(rounds - 1):
        digest = hashlib.sha256(digest).digest()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_suffix(".next")
    fresh.write_text(f"{USERNAME}:SHA-256,{digest.hex()},{salt.hex()},{rounds}:\n", encoding="utf-8")
    fresh.replace(target)


# Configuration


def memory(total: int) -> Memory:
    """Heap and page cache for a machine with `total` bytes: an eighth each, within bounds.

    Three quarters stay for the importer, Python, a second server during a load, and whatever else runs there.
    """
    share = total // 8 // MIB * MIB
    return Memory(heap=min(max(share, 512 * MIB), 4 * GIB), page_cache=min(max(share, 256 * MIB), 4 * GIB))


def configuration(version: str, *, bolt: int, http: int, page_cache: int, read_only: bool = False) -> dict[str, str]:
    """The server's settings by name. Neo4j checks names strictly: an unknown one stops it."""
    return {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{bolt}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{bolt}",  # or Browser dials port 7687
        "server.http.listen_address": f"{LOOPBACK}:{http}",
        "server.http.advertised_address": f"{LOOPBACK}:{http}",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "server.memory.pagecache.size": f"{page_cache // MIB}m",
        "db.transaction.timeout": "10m",
        "db.tx_log.rotation.retention_policy": "keep_none",  # logs are kept for replicas and backups: there are none
        "server.databases.default_to_read_only": str(read_only).lower(),
        **CLOSED,
        **QUIET,
        **_RELEASE_SETTINGS[version],
    }


def render(values: Mapping[str, str]) -> str:
    """The text of neo4j.conf."""
    lines = (f"{name}={value}\n" for name, value in values.items())
    return "# Written by studbook at every start; changes made here are lost.\n" + "".join(lines)


def parse_size(text: str, name: str) -> int:
    """Bytes of a size like 512m or 4g, as the JVM writes them; InputError names the setting `name`."""
    match = re.fullmatch(r"(\d+)([mg])", text.strip().lower())
    if not match or int(match[1]) == 0:
        raise InputError(f"{name} is {text!r}, which is no size: write it like 512m or 4g.")
    return int(match[1]) * (MIB if match[2] == "m" else GIB)


def _memory(settings: Settings) -> Memory:
    computed = memory(_total_memory())
    heap, page_cache = settings.neo4j_heap, settings.neo4j_page_cache
    return Memory(
        heap=parse_size(heap, "STUDBOOK_NEO4J_HEAP") if heap else computed.heap,
        page_cache=parse_size(page_cache, "STUDBOOK_NEO4J_PAGECACHE") if page_cache else computed.page_cache,
    )


def _total_memory() -> int:
    """Bytes of this machine, or of the container when it has less (control groups, version 2 and 1)."""
    limits = [psutil.virtual_memory().total]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):  # no such file on this system, or "max": no limit
            limits.append(int(Path(path).read_text(encoding="ascii")))
    return min(limits)


def _write_launch(root: Path, settings: Settings, ports: _Ports, *, read_only: bool, progress: Progress) -> Path:
    """Writes conf/neo4j.conf and the JVM's argument file, which keeps 238 jar paths out of the command line."""
    size = _memory(settings)
    values = configuration(
        settings.neo4j_version, bolt=ports.bolt, http=ports.http, page_cache=size.page_cache, read_only=read_only
    )
    (root / "conf" / "neo4j.conf").write_text(render(values), encoding="utf-8")
    heap = size.heap // MIB
    return _write_arguments(
        root / "run" / "server.args",
        settings,
        [f"-Xms{min(heap, 512)}m", f"-Xmx{heap}m", f"-XX:ErrorFile={root / 'logs' / 'java_error_%p.log'}"],
        progress,
    )


def _write_arguments(path: Path, settings: Settings, options: list[str], progress: Progress) -> Path:
    jars = provision.class_path(settings, progress=progress)
    arguments = [*options, *_JVM, "-cp", ":".join(str(jar) for jar in jars)]
    path.write_text("".join(f"{_quoted(argument)}\n" for argument in arguments), encoding="utf-8")
    return path


def _quoted(argument: str) -> str:
    """As the Java launcher reads it from a file; folders may hold blanks."""
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Process


def start(
    settings: Settings, *, read_only: bool | None = None, timeout: float = START_TIMEOUT, progress: Progress = SILENT
) -> ServerInfo:
    """Starts the managed server and waits until it answers; one that runs already is returned as it is.

    A `read_only` that is given and differs from how it runs is an error; when not given, a new server takes writes.

    Takes ports 7687 and 7474, or those of the last time, or free ones when they are taken. Two calls at once start one
    server. Raises ServerError with the server's last words when it does not come up, and leaves no process then.
    """
    _refuse_windows()
    root = home(settings)
    with _disk_errors(root), _lock(root):
        _prepare(root)
        info = _adopt(settings, root, timeout)
        if info:
            if read_only not in (None, info.read_only):
                mode, other = ("read-only", "for writing") if info.read_only else ("for writing", "read-only")
                raise ServerError(
                    f"Starting Neo4j in {root} {other}: it runs already, {mode}. Stop it first: studbook server stop"
                )
            return info
        last = _read_state(root)
        _set_initial_password(data_directory(settings), credentials(settings)[1])
        preferred = [*([last.ports] if last else []), _Ports(BOLT_PORT, HTTP_PORT)]
        return _start(root, settings, preferred, read_only=bool(read_only), timeout=timeout, progress=progress)


def stop(settings: Settings, *, timeout: float = STOP_TIMEOUT) -> bool:
    """Stops the managed server, and a private one left by a killed load, and waits until their processes have ended.

    Returns whether one ran.
    """
    root = home(settings)
    if not root.exists():
        return False
    with _lock(root):
        return any([_stop(root, timeout), stop_private(settings, timeout=timeout)])


def status(settings: Settings) -> ServerStatus:
    """Whether the managed server runs; asks its HTTP port."""
    root = home(settings)
    process = _find(root)
    if process is None:
        return ServerStatus("stopped", settings.neo4j_version, root, None, None)
    info = _info(settings, root, process.pid)
    since = datetime.fromtimestamp(process.create_time(), UTC)
    return ServerStatus("running" if _answers(info) else "starting", settings.neo4j_version, root, info, since)


def running(settings: Settings) -> ServerInfo | None:
    """The managed server when its process runs, else None; asks the process table only."""
    root = home(settings)
    process = _find(root)
    return _info(settings, root, process.pid) if process else None


def logs(settings: Settings, *, lines: int = 50) -> list[str]:
    """The last lines that the server wrote since its last start."""
    return _last_lines(home(settings), lines)


@contextmanager
def boot(settings: Settings, data: Path, *, progress: Progress = SILENT) -> Iterator[ServerInfo]:
    """A second server over `data`, on free ports nobody knows, for the time of a `with` block.

    Its password is the managed server's, unless `data` has users of its own. When the block ends its process has ended;
    when the block raises, it is killed.
    """
    stop_private(settings)
    root = _private(settings)
    _layout(root, data)
    _set_initial_password(data, credentials(settings)[1])
    info = _start(root, settings, [], read_only=False, timeout=START_TIMEOUT, progress=progress)
    try:
        yield info
        _stop(root, STOP_TIMEOUT)
    finally:
        _kill(root)


def stop_private(settings: Settings, *, timeout: float = STOP_TIMEOUT) -> bool:
    """Stops a private server that a killed load left behind; returns whether there was one."""
    return _stop(_private(settings), timeout)


def admin_command(
    settings: Settings, data: Path, arguments: list[str], *, heap: str = "1g", progress: Progress = SILENT
) -> AdminCommand:
    """`neo4j-admin` with `arguments`, working on the folder `data`, to be run as a subprocess."""
    root = _private(settings)
    prepare_home(settings)
    _layout(root, data)
    unused = _Ports(BOLT_PORT, HTTP_PORT)
    _write_launch(root, settings, unused, read_only=False, progress=progress)
    file = _write_arguments(root / "run" / "admin.args", settings, [f"-Xmx{heap}"], progress)
    environment = _environment() | {"NEO4J_HOME": str(root), "NEO4J_CONF": str(root / "conf")}
    argv = [str(provision.java()), f"@{file}", _ADMIN_CLASS, *arguments]
    return AdminCommand(argv, environment, root / "logs")


@contextmanager
def managed(settings: Settings, *, progress: Progress = SILENT) -> Iterator[ServerInfo]:
    """The managed server for the time of a `with` block, stopped afterwards."""
    info = start(settings, progress=progress)
    try:
        yield info
    finally:
        stop(settings)


def _start(
    root: Path, settings: Settings, preferred: list[_Ports], *, read_only: bool, timeout: float, progress: Progress
) -> ServerInfo:
    for attempt in range(3):
        ports = _choose_ports(preferred if attempt == 0 else [])
        arguments = _write_launch(root, settings, ports, read_only=read_only, progress=progress)
        folders = (f"--home-dir={root}", f"--config-dir={root / 'conf'}")
        argv = [str(provision.java()), f"@{arguments}", _MAIN_CLASS[settings.neo4j_version], *folders, "--console-mode"]
        _write_state(root, _State(0, ports, read_only))  # before the process: a start killed here is still found
        pid = _spawn(root, argv)
        try:
            _write_state(root, _State(pid, ports, read_only))
            with progress.stage("Starting Neo4j"):
                _wait_until_ready(root, psutil.Process(pid), timeout)
        except _PortTakenError:
            if attempt == 2:
                raise
        except BaseException:
            _kill(root)
            raise
        else:
            return _info(settings, root, pid)
    raise AssertionError("unreachable")


def _refuse_windows() -> None:
    if os.name == "nt":
        raise ServerError(
            "Starting the managed Neo4j: it runs on Linux and macOS. On Windows use Docker (docker compose up), WSL, or "
            "set NEO4J_URI to a server of your own."
        )


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    """A folder that cannot be written, a full disk: said as what they are."""
    try:
        yield
    except OSError as error:
        raise ServerError(
            f"Starting Neo4j in {root}: {error}. Make room or set STUDBOOK_HOME to a folder that you can write to."
        ) from error


def _environment() -> dict[str, str]:
    """Ours without NEO4J_*: those describe another server, and its password is not for this one to see.

    Java turns file names into bytes by LC_ALL; under plain C it cannot open a folder called `Bücher`.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    return kept | {"LC_ALL": "C.UTF-8"}


def _spawn(root: Path, argv: list[str]) -> int:
    """Starts a process in a session of its own, so that neither Ctrl-C nor a closed terminal reaches it.

    The shell is gone as soon as it has set the folder, which must not be the user's, and the mode of new files.
    """
    log = root / "logs" / "console.log"
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    shell = ["/bin/sh", "-c", 'umask 077; cd "$0" && exec "$@"', str(root), *argv]
    return os.posix_spawn(shell[0], shell, _environment(), file_actions=actions, setsid=True)


def _find(root: Path) -> psutil.Process | None:
    """The server process of a root: the one whose command line names that root's own argument file.

    The number it left is only where to look first, because numbers are given to other processes; and when a start was
    killed before it could note one, the server is still found.
    """
    if not root.exists():
        return None
    mark, state = f"@{root / 'run' / 'server.args'}", _read_state(root)
    with suppress(psutil.Error):
        if state and state.pid:
            process = psutil.Process(state.pid)
            if mark in _command_line(process) or _is_dying_java(process):
                return process
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark in _command_line(process):
                return process
    return None


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.ZombieProcess:
        return []


def _is_dying_java(process: psutil.Process) -> bool:
    """Killed, and not yet gone: without a command line, its last threads still hold its ports for 0.2 s."""
    return process.name() == "java" and not _command_line(process) and not _is_over(process)


def _is_over(process: psutil.Process) -> bool:
    """A zombie whose threads have all ended: it holds nothing, and only its parent can make it vanish."""
    return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1


def _adopt(settings: Settings, root: Path, timeout: float) -> ServerInfo | None:
    """The server that runs already, once it answers: it may be starting. None when there is none, or it ends."""
    process = _find(root)
    if process is None:
        return None
    info, deadline = _info(settings, root, process.pid), time.monotonic() + timeout
    while not _answers(info):
        if not _lives(process):
            return None
        _check_deadline(root, deadline, timeout)
        time.sleep(0.05)
    return info


def _wait_until_ready(root: Path, process: psutil.Process, timeout: float) -> None:
    """Returns once the server says that it has started, which it does when its ports are open and its data recovered."""
    deadline = time.monotonic() + timeout
    while not any(line.endswith("Started.") for line in _last_lines(root, 100)):
        if not _lives(process):
            words = _last_words(root)
            kind = _PortTakenError if "Address already in use" in words else ServerError
            raise kind(f"Starting Neo4j in {root}: its process ended. Its last words:\n{words}\n{_advice(root)}")
        _check_deadline(root, deadline, timeout)
        time.sleep(0.05)


def _check_deadline(root: Path, deadline: float, timeout: float) -> None:
    if time.monotonic() > deadline:
        raise ServerError(
            f"Starting Neo4j in {root}: not ready after {timeout:.0f} s. Its last words:\n{_last_words(root)}\n"
            f"{_advice(root)}"
        )


def _lives(process: psutil.Process) -> bool:
    """A child of ours that ended is reaped, so that it does not linger as a zombie."""
    try:
        process.wait(timeout=0)
    except psutil.TimeoutExpired:
        with suppress(psutil.NoSuchProcess):
            return not _is_over(process)
    except psutil.NoSuchProcess:
        pass
    return False


def _ends_within(process: psutil.Process, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while _lives(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _stop(root: Path, timeout: float) -> bool:
    process = _find(root)
    if process is None:
        return False
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    if not _ends_within(process, timeout):
        raise ServerError(
            f"Stopping Neo4j in {root}: process {process.pid} still runs after {timeout:.0f} s. Wait and try again; "
            f"kill -9 {process.pid} ends it at once, and the next start recovers. Its last words:\n{_last_words(root)}"
        )
    return True


def _kill(root: Path) -> None:
    process = _find(root)
    if process:
        with suppress(psutil.NoSuchProcess):
            process.kill()
        _ends_within(process, STOP_TIMEOUT)


def _info(settings: Settings, root: Path, pid: int) -> ServerInfo:
    state = _read_state(root)
    if state is None:
        raise ServerError(
            f"Neo4j runs in {root} as process {pid}, but the note of its ports is gone. "
            "Stop it and start it again: studbook server stop"
        )
    return ServerInfo(
        version=settings.neo4j_version,
        home=root,
        pid=pid,
        uri=f"bolt://{LOOPBACK}:{state.ports.bolt}",
        http=f"http://{LOOPBACK}:{state.ports.http}",
        username=USERNAME,
        password_file=home(settings) / "password",
        read_only=state.read_only,
    )


def _answers(info: ServerInfo) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not know this loopback
    try:
        with opener.open(f"{info.http}/", timeout=5) as response:
            return "neo4j_version" in json.load(response)
    except (OSError, ValueError):
        return False


# Ports, state, log


def _choose_ports(preferred: list[_Ports]) -> _Ports:
    with ExitStack() as held:
        bolt = _hold(held, [ports.bolt for ports in preferred])
        http = _hold(held, [ports.http for ports in preferred])
    return _Ports(bolt, http)


def _hold(held: ExitStack, candidates: list[int]) -> int:
    """The first candidate that is free, else any free port; bound until `held` closes, so that no port is given twice."""
    for port in (*candidates, 0):
        if port and _listens(port):  # elsewhere than on Linux, binding succeeds beside a listener on all addresses
            continue
        claim = held.enter_context(socket.socket())
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            claim.bind((LOOPBACK, port))
            return int(claim.getsockname()[1])
    raise ServerError("Starting Neo4j: this system gives no free port on 127.0.0.1.")


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def _write_state(root: Path, state: _State) -> None:
    fields = {"pid": state.pid, "bolt": state.ports.bolt, "http": state.ports.http, "read_only": state.read_only}
    fresh = root / "run" / "server.json.next"
    fresh.write_text(json.dumps(fields), encoding="utf-8")
    fresh.replace(root / "run" / "server.json")


def _read_state(root: Path) -> _State | None:
    try:
        fields = json.loads((root / "run" / "server.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # ValueError: cut short by a power failure; the process is found without
        return None
    return _State(fields["pid"], _Ports(fields["bolt"], fields["http"]), fields["read_only"])


def _last_lines(root: Path, lines: int) -> list[str]:
    try:
        with (root / "logs" / "console.log").open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, lines)]
    except FileNotFoundError:
        return []


def _last_words(root: Path) -> str:
    """The end of the console log without Java's stack frames, which bury the message."""
    said = [line for line in _last_lines(root, 500) if line and not re.match(r"\s+(at |\.\.\. \d+ more)", line)]
    return "\n".join(f"  {line}" for line in said[-12:]) or "  (none)"


def _advice(root: Path) -> str:
    return f"The whole log is {root / 'logs' / 'console.log'}."
