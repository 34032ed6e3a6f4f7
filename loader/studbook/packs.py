"""Packs: which queries an audit asks, as data.

title = "Licences"
include = ["other"]                  # packs whose queries belong to this one too
[[queries]]
query = "risk/license_loosened"      # an id, or a .cypher file beside the pack
severity = "high"                    # needed where the query's own header has none
queue = "legal"                      # which decisions of queues apply
parameters = { min_downloads = 10 }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studbook import library, resources, reviews
from studbook.errors import InputError
from studbook.library import SEVERITIES, Query

FOLDER = resources.DATA / "packs"

_PACK_KEYS = ("title", "include", "queries")
_CHECK_KEYS = ("query", "severity", "queue", "parameters")


@dataclass(frozen=True)
class Check:
    """A query as a pack asks it."""

    query: Query
    severity: str
    queue: str | None
    parameters: Mapping[str, Any]
    """What differs from the query's defaults."""


@dataclass(frozen=True)
class Pack:
    """A list of checks, in the order of its file."""

    name: str
    title: str
    checks: tuple[Check, ...]


def names() -> list[str]:
    """Names of the packs that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def pack(name: str) -> Pack:
    """A pack by its name, or a file by its path, ending in `.toml`. Raises InputError for a mistake in it."""
    if not name.endswith(".toml") and name not in names():
        raise InputError(
            f"Reading the pack {name!r}: there is none; choose one of {', '.join(names())}, or a .toml file"
        )
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    doing = f"Reading the pack {path}"
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{doing}: {error.strerror}; give the path of a TOML file") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{doing}: it is no TOML: {error}") from error
    if unknown := [key for key in given if key not in _PACK_KEYS]:
        raise InputError(f"{doing}: unknown keys {unknown}; known are {', '.join(_PACK_KEYS)}")
    include, entries = given.get("include", []), given.get("queries", [])
    if not all(isinstance(one, str) for one in include) or not all(isinstance(one, dict) for one in entries):
        raise InputError(f"{doing}: include is a list of names, queries are written as [[queries]]")
    checks = [check for other in include for check in pack(other).checks]
    checks += [_check(entry, f"{doing}: query {number}", path.parent) for number, entry in enumerate(entries, start=1)]
    return Pack(path.stem, str(given.get("title", path.stem)), tuple({one.query.id: one for one in checks}.values()))


def _check(entry: Mapping[str, Any], doing: str, folder: Path) -> Check:
    if unknown := [key for key in entry if key not in _CHECK_KEYS]:
        raise InputError(f"{doing}: unknown keys {unknown}; known are {', '.join(_CHECK_KEYS)}")
    name = str(entry.get("query", ""))
    query = library.find(str(folder / name) if name.endswith(library.SUFFIX) else name)
    severity, queue = entry.get("severity", query.severity), entry.get("queue")
    if severity not in SEVERITIES:
        raise InputError(f"{doing}, {query.id}: severity must be one of {', '.join(SEVERITIES)}, not {severity!r}")
    if queue is not None and queue not in reviews.QUEUES:
        raise InputError(f"{doing}, {query.id}: queue must be one of {', '.join(reviews.QUEUES)}, not {queue!r}")
    return check(query, severity=severity, queue=queue, parameters=entry.get("parameters", {}), doing=doing)


def check(
    query: Query, *, severity: str, queue: str | None = None, parameters: Mapping[str, Any] | None = None, doing: str
) -> Check:
    """A check of one query. Raises InputError when it is none that an audit can ask, and QueryError for a wrong
    parameter."""
    if query.columns is None or not query.key:
        raise InputError(f"{doing}: {query.id} has no header, so nobody can tell its findings apart; give it one")
    if needs := [param.name for param in query.params if param.id_of and param.name not in (parameters or {})]:
        raise InputError(
            f"{doing}: {query.id} asks about one {needs[0]}, an audit about all; "
            f"`studbook query run {query.id}` asks it"
        )
    library.bind(query, parameters or {})
    return Check(query, severity, queue, dict(parameters or {}))


def checks_for(chosen: Sequence[str], queries: Sequence[str]) -> list[Check]:
    """The checks of packs, then those of single queries by id or path, each query once.

    A single query is asked as the pack `all` does, where that has it; another is of severity low unless its header says
    more.
    """
    found = {one.query.id: one for name in chosen for one in pack(name).checks}
    usual = {one.query.id: one for one in pack("all").checks} if queries else {}
    for name in queries:
        query = library.find(name)
        doing = f"Choosing the query {name}"
        found[query.id] = usual.get(query.id) or check(query, severity=query.severity or SEVERITIES[0], doing=doing)
    return list(found.values())
