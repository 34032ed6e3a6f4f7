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
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import psutil
from filelock import FileLock

from studbook import browser, neo4j_conf, process, provision
from studbook.config import Settings
from studbook.errors import ServerError
from studbook.neo4j_conf import LOOPBACK, MIB, Ports
from studbook.progress import SILENT, Progress

USERNAME = "neo4j"
WELL_KNOWN = Ports(bolt=7687, http=7474)

START_TIMEOUT = 300
"""Seconds; a start takes 5 to 15, and longer only when a large graph recovers from a kill."""
STOP_TIMEOUT = 120
"""Seconds; a stop takes under one, and longer only when much is left to write. Neo4j's own launcher waits as long."""


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


State = Literal["stopped", "starting", "running"]


@dataclass(frozen=True)
class ServerStatus:
    """What the process table says; `info` is null exactly when stopped, `since` is when its process began."""

    state: State
    version: str
    home: Path
    info: ServerInfo | None
    since: datetime | None


JSON_VERSION = "studbook.server/1"
"""`format` of the JSON of facts()."""


def facts(status: ServerStatus) -> dict[str, Any]:
    """The same for JSON: no secret, and null for what only a server that runs has."""
    info = status.info
    return {
        "state": status.state,
        "version": status.version,
        "home": str(status.home),
        **{name: getattr(info, name, None) for name in ("pid", "uri", "browser", "username", "read_only")},
        "password_file": str(info.password_file) if info else None,
    }


@dataclass(frozen=True)
class AdminCommand:
    """A neo4j-admin command, ready for subprocess. The importer writes `import.report` into its working folder."""

    argv: list[str]
    env: dict[str, str]


@dataclass(frozen=True)
class _State:
    """What a started server leaves in `run/server.json`."""

    pid: int
    ports: Ports
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
    """An empty folder for the next graph; see remove_leftovers."""
    root = prepare_home(settings)
    remove_leftovers(settings)
    target = root / f"data-{int(data_directory(settings).name.removeprefix('data-')) + 1}"
    target.mkdir(mode=0o700)
    return target


def remove_leftovers(settings: Settings) -> None:
    """Ends the importer and the private server of a killed load and removes its data; the caller holds the load lock."""
    root = home(settings)
    if not (root / "data").is_symlink():
        return
    importer = process.find(_mark(_private(settings) / "run" / "admin.args"))
    if importer:
        process.kill(importer)
    _stop(_private(settings), STOP_TIMEOUT)
    (root / "data.next").unlink(missing_ok=True)
    for folder in root.glob("data-*"):
        if folder != data_directory(settings):
            shutil.rmtree(folder)


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
        preferred = [*([last.ports] if last else []), WELL_KNOWN]
        return _start(root, settings, preferred, read_only=bool(read_only), timeout=timeout, progress=progress)


def stop(settings: Settings, *, timeout: float = STOP_TIMEOUT) -> bool:
    """Stops the managed server, and a private one left by a killed load, and waits until their processes have ended.

    Returns whether one ran.
    """
    root = home(settings)
    if not root.exists():
        return False
    with _lock(root):
        return any([_stop(root, timeout), _stop(_private(settings), timeout)])


def status(settings: Settings) -> ServerStatus:
    """Whether the managed server runs; asks its HTTP port."""
    root = home(settings)
    found = _find(root)
    with suppress(psutil.NoSuchProcess):  # it ended while we looked
        if found:
            info, since = _info(settings, root, found.pid), datetime.fromtimestamp(found.create_time(), UTC)
            return ServerStatus("running" if _answers(info) else "starting", settings.neo4j_version, root, info, since)
    return ServerStatus("stopped", settings.neo4j_version, root, None, None)


def running(settings: Settings) -> ServerInfo | None:
    """The managed server when its process runs, else None; asks the process table only."""
    root = home(settings)
    found = _find(root)
    return _info(settings, root, found.pid) if found else None


def logs(settings: Settings, *, lines: int = 50) -> list[str]:
    """The last lines that the server wrote since its last start."""
    return _last_lines(home(settings), lines)


@contextmanager
def boot(settings: Settings, data: Path, *, progress: Progress = SILENT) -> Iterator[ServerInfo]:
    """A second server over `data`, on free ports nobody knows, for the time of a `with` block.

    Its password is the managed server's, unless `data` has users of its own. When the block ends its process has ended;
    when the block raises, it is killed.
    """
    root = _private(settings)
    _stop(root, STOP_TIMEOUT)
    _layout(root, data)
    _set_initial_password(data, credentials(settings)[1])
    info = _start(root, settings, [], read_only=False, timeout=START_TIMEOUT, progress=progress)
    try:
        yield info
        _stop(root, STOP_TIMEOUT)
    finally:
        _kill(root)


def admin_command(
    settings: Settings, data: Path, arguments: list[str], *, heap: str = "1g", progress: Progress = SILENT
) -> AdminCommand:
    """`neo4j-admin` with `arguments`, working on the folder `data`, to be run as a subprocess."""
    root = _private(settings)
    prepare_home(settings)
    _layout(root, data)
    _write_configuration(root, settings, WELL_KNOWN, read_only=False)
    file = root / "run" / "admin.args"
    jars = provision.class_path(settings, progress=progress)
    file.write_text(neo4j_conf.render_arguments([f"-Xmx{heap}"], jars), encoding="utf-8")
    environment = _environment() | {"NEO4J_HOME": str(root), "NEO4J_CONF": str(root / "conf")}
    return AdminCommand([str(provision.java()), _mark(file), neo4j_conf.ADMIN_CLASS, *arguments], environment)


@contextmanager
def managed(settings: Settings, *, progress: Progress = SILENT) -> Iterator[ServerInfo]:
    """The managed server for the time of a `with` block, stopped afterwards."""
    info = start(settings, progress=progress)
    try:
        yield info
    finally:
        stop(settings)


def _start(
    root: Path, settings: Settings, preferred: list[Ports], *, read_only: bool, timeout: float, progress: Progress
) -> ServerInfo:
    try:
        return _launch(
            root, settings, _choose_ports(preferred), read_only=read_only, timeout=timeout, progress=progress
        )
    except _PortTakenError:
        return _launch(root, settings, _choose_ports([]), read_only=read_only, timeout=timeout, progress=progress)


def _launch(
    root: Path, settings: Settings, ports: Ports, *, read_only: bool, timeout: float, progress: Progress
) -> ServerInfo:
    heap = neo4j_conf.memory_for(settings).heap // MIB
    options = [f"-Xms{min(heap, 512)}m", f"-Xmx{heap}m", f"-XX:ErrorFile={root / 'logs' / 'java_error_%p.log'}"]
    _write_configuration(root, settings, ports, read_only=read_only)
    jars = provision.class_path(settings, progress=progress)
    if root == home(settings):  # nobody looks at a private server
        jars = _with_tour(root, jars, ports)
    _arguments_file(root).write_text(neo4j_conf.render_arguments(options, jars), encoding="utf-8")
    main_class = neo4j_conf.RELEASES[settings.neo4j_version].main_class
    folders = (f"--home-dir={root}", f"--config-dir={root / 'conf'}")
    argv = [str(provision.java()), _mark(_arguments_file(root)), main_class, *folders, "--console-mode"]
    _write_state(root, _State(0, ports, read_only))  # before the process: a start killed here is still found
    pid = process.spawn(argv, folder=root, log=root / "logs" / "console.log", environment=_environment())
    try:
        _write_state(root, _State(pid, ports, read_only))
        with progress.stage("Starting Neo4j"):
            _wait_until_ready(root, psutil.Process(pid), timeout)
    except BaseException:
        _kill(root)
        raise
    return _info(settings, root, pid)


def _arguments_file(root: Path) -> Path:
    return root / "run" / "server.args"


def _mark(arguments_file: Path) -> str:
    """What the command line of a process started with that file, and of no other, has among its arguments."""
    return f"@{arguments_file}"


def _write_configuration(root: Path, settings: Settings, ports: Ports, *, read_only: bool) -> None:
    page_cache = neo4j_conf.memory_for(settings).page_cache
    values = neo4j_conf.configuration(settings.neo4j_version, ports, page_cache=page_cache, read_only=read_only)
    (root / "conf" / "neo4j.conf").write_text(neo4j_conf.render(values), encoding="utf-8")


def _with_tour(root: Path, jars: list[Path], ports: Ports) -> list[Path]:
    """The class path with Neo4j Browser as a folder in which our guide lies too, so that the server serves both as one site.

    A folder and not a jar: of a jar whose path has letters outside ASCII the server finds no page.
    """
    [jar] = [jar for jar in jars if jar.name.startswith("neo4j-browser-")]
    folder = root / "lib" / jar.stem
    if not folder.exists():
        fresh = root / "lib" / "browser.next"
        shutil.rmtree(fresh, ignore_errors=True)
        with zipfile.ZipFile(jar) as archive:
            archive.extractall(fresh, [name for name in archive.namelist() if name.startswith("browser/")])
        fresh.rename(folder)
    tour = folder / neo4j_conf.TOUR_PATH.removeprefix("/")
    tour.mkdir(exist_ok=True)
    for name, content in browser.files(f"http://{LOOPBACK}:{ports.http}{neo4j_conf.TOUR_PATH}").items():
        (tour / name).write_bytes(content)
    return [folder if path == jar else path for path in jars]


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


def _find(root: Path) -> psutil.Process | None:
    """The server process of a root, also when a start was killed before it could note its number."""
    state = _read_state(root)
    return process.find(_mark(_arguments_file(root)), first=state.pid if state else 0) if root.exists() else None


def _adopt(settings: Settings, root: Path, timeout: float) -> ServerInfo | None:
    """The server that runs already, once it answers: it may be starting. None when there is none, or it ends."""
    found = _find(root)
    if found is None:
        return None
    info, deadline = _info(settings, root, found.pid), time.monotonic() + timeout
    while not _answers(info):
        if not process.lives(found):
            return None
        _check_deadline(root, deadline, timeout)
        time.sleep(0.05)
    return info


def _wait_until_ready(root: Path, started: psutil.Process, timeout: float) -> None:
    """Returns once the server says that it has started, which it does when its ports are open and its data recovered."""
    deadline = time.monotonic() + timeout
    while not any(line.endswith("Started.") for line in _last_lines(root, 100)):
        if not process.lives(started):
            words = _last_words(root)
            # Bolt says "Address already in use", the web server "Address 127.0.0.1:7474 is already in use".
            kind = _PortTakenError if "already in use" in words else ServerError
            raise kind(f"Starting Neo4j in {root}: its process ended. Its last words:\n{words}\n{_advice(root)}")
        _check_deadline(root, deadline, timeout)
        time.sleep(0.05)


def _check_deadline(root: Path, deadline: float, timeout: float) -> None:
    if time.monotonic() > deadline:
        raise ServerError(
            f"Starting Neo4j in {root}: not ready after {timeout:.0f} s. Its last words:\n{_last_words(root)}\n"
            f"{_advice(root)}"
        )


def _stop(root: Path, timeout: float) -> bool:
    found = _find(root)
    if found and not process.terminate(found, timeout):
        raise ServerError(
            f"Stopping Neo4j in {root}: process {found.pid} still runs after {timeout:.0f} s. Wait and try again; "
            f"kill -9 {found.pid} ends it at once, and the next start recovers. Its last words:\n{_last_words(root)}"
        )
    return found is not None


def _kill(root: Path) -> None:
    found = _find(root)
    if found:
        process.kill(found)


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


def _choose_ports(preferred: list[Ports]) -> Ports:
    with ExitStack() as held:
        bolt = _hold(held, [ports.bolt for ports in preferred])
        http = _hold(held, [ports.http for ports in preferred])
    return Ports(bolt, http)


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
    return _State(fields["pid"], Ports(fields["bolt"], fields["http"]), fields["read_only"])


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
