"""Audits kept as JSON, and what became of an earlier one's findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from studbook import findings
from studbook.errors import InputError
from studbook.findings import COLUMNS, Difference

FORMAT = "studbook.audit/1"
"""`format` of the JSON. A change that a reader would notice raises the number."""

COMPARISON = "studbook.audit_comparison/1"
"""`format` of the JSON of two audits compared."""

KEPT = ("query", "fingerprint", "severity", "about", "ancestor", "status")
"""Columns of findings that are kept of every one."""


@dataclass(frozen=True)
class Stored:
    """An audit as it was kept in a file, or another's outline in that form."""

    name: str
    """The file."""
    at: datetime
    snapshot: Mapping[str, Any]
    scope: Mapping[str, Any]
    queries: Mapping[str, Mapping[str, Any]]
    """By id of each query that was answered: severity, parameters, whole (nothing was cut)."""
    findings: pl.DataFrame
    """query, fingerprint, severity, about, ancestor, status."""


@dataclass(frozen=True)
class Comparison:
    """An earlier and a later run."""

    then: Stored
    now: Stored
    difference: Difference
    only_then: tuple[str, ...]
    """Queries that only the earlier one answered: what they found is not compared."""
    only_now: tuple[str, ...]
    otherwise: tuple[str, ...]
    """Circumstances that differ, so that a difference may come from them and not from the graph's models."""


def kept(stored: Stored) -> dict[str, Any]:
    """What a later audit needs of this one, ready for JSON: columns, because a Hub has a million findings."""
    tables = stored.findings.sort("query", "fingerprint").partition_by("query", as_dict=True)
    empty = stored.findings.clear()
    return {
        "scope": dict(stored.scope),
        "queries": {
            id_: {
                **about,
                "all": tables.get((id_,), empty)
                .select("fingerprint", "about", "ancestor", "status")
                .to_dict(as_series=False),
            }
            for id_, about in stored.queries.items()
        },
    }


def read(path: Path) -> Stored:
    """An audit that was kept as JSON. Raises InputError for another file."""
    doing = f"Reading the audit {path}"
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{doing}: {error.strerror}; give a file of `studbook audit --format json`") from error
    except ValueError as error:
        raise InputError(f"{doing}: it is no JSON: {error}; give a file of `studbook audit --format json`") from error
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise InputError(f"{doing}: its format is not {FORMAT}; give a file of `studbook audit --format json`")
    schema = {name: COLUMNS[name] for name in KEPT}
    tables = [
        pl.DataFrame(about["all"], {name: schema[name] for name in ("fingerprint", "about", "ancestor", "status")})
        .with_columns(query=pl.lit(id_), severity=pl.lit(about["severity"]))
        .select(*KEPT)
        for id_, about in given["queries"].items()
    ]
    return Stored(
        name=str(path),
        at=datetime.fromisoformat(given["at"]),
        snapshot=given["snapshot"] | {"as_of": datetime.fromisoformat(given["snapshot"]["as_of"])},
        scope=given["scope"],
        queries=given["queries"],
        findings=pl.concat([pl.DataFrame(schema=schema), *tables]),
    )


def compare(then: Stored, now: Stored) -> Comparison:
    """What became of the earlier run's findings, by the queries that both answered.

    Raises InputError when the two are about different parts of the graph.
    """
    if dict(then.scope) != dict(now.scope):
        raise InputError(
            f"Comparing {now.name} with {then.name}: one is about {_words(now.scope)}, the other about "
            f"{_words(then.scope)}; compare audits of the same part of the graph"
        )
    both = then.queries.keys() & now.queries.keys()
    sides = [side.findings.filter(pl.col("query").is_in(list(both))) for side in (then, now)]
    versions = {
        "schema_version": "the schema",
        "license_table_version": "the licence table",
        "organisation_version": "the organisation's file",
        "studbook_version": "the program",
    }
    otherwise = [
        f"{words} differs ({then.snapshot.get(key)}, then {now.snapshot.get(key)})"
        for key, words in versions.items()
        if then.snapshot.get(key) != now.snapshot.get(key)
    ]
    otherwise += [
        f"{id_} was asked with other parameters"
        for id_ in sorted(both)
        if dict(then.queries[id_]["parameters"]) != dict(now.queries[id_]["parameters"])
    ]
    return Comparison(
        then=then,
        now=now,
        difference=findings.compare(*sides),
        only_then=tuple(sorted(then.queries.keys() - both)),
        only_now=tuple(sorted(now.queries.keys() - both)),
        otherwise=tuple(otherwise),
    )


def _words(scope: Mapping[str, Any]) -> str:
    return " ".join(str(word) for word in (scope["kind"], scope["name"]) if word)
