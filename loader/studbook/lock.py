"""One process at a time changes a graph."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from studbook.config import Settings
from studbook.errors import LockedError


@contextmanager
def hold(settings: Settings, doing: str) -> Iterator[None]:
    """Holds the lock of the graph that `settings` name, for the time of a `with` block; it ends with its process.

    The lock lives in our home, so it knows of other processes here, not of other machines that write to the same
    server. Raises LockedError, which says who holds it.
    """
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    holder = path.with_suffix(".holder")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        with suppress(FileNotFoundError):
            raise LockedError(
                f"{doing}: another process is changing this graph ({holder.read_text(encoding='utf-8').strip()}); "
                "wait until it ends, or end it, and try again"
            ) from error
        raise LockedError(f"{doing}: another process is changing this graph; try again when it has ended") from error
    try:
        holder.write_text(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}: {doing}\n", "utf-8")
        yield
    finally:
        lock.release()


def _path(settings: Settings) -> Path:
    if settings.neo4j_uri:
        database = f"{settings.neo4j_uri}\n{settings.neo4j_database or ''}"
        name = hashlib.sha256(database.encode()).hexdigest()[:16]
    else:
        name = f"neo4j-{settings.neo4j_version}"
    return settings.home / "locks" / f"{name}.lock"
