"""What an audit comes to, for a person to act on: sentences, tables by reason and by binding ancestor, remarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from studbook import findings
from studbook.audit import Audit, Finding
from studbook.library import SEVERITIES, Column
from studbook.render import Rows
from studbook.stored import Comparison


@dataclass(frozen=True)
class Section:
    """A part of a summary."""

    title: str
    rows: Rows
    note: str = ""
    """What the rows leave out."""
    spare: tuple[str, ...] = ()
    """Columns that a narrow terminal may do without, the first one first."""


def headline(audit: Audit) -> list[str]:
    """What was asked of what, and what it comes to, a sentence each."""
    still = audit.open
    counts = dict(still.group_by("severity").len().iter_rows())
    levels = ", ".join(f"{counts.get(level, 0):,} {level}" for level in SEVERITIES[::-1])
    decided = audit.findings.height - still.height
    age = (audit.at - audit.snapshot["as_of"]).days
    lines = [
        f"{still.height:,} open findings about {audit.scope.label}: {levels}"
        + (f"; {decided:,} decided by reviews" if decided else ""),
        f"As of {moment(audit.snapshot['as_of'])} ({age} days ago), snapshot {audit.snapshot['id']}; {_versions(audit)}",
        f"{len(audit.answered)} of {len(audit.checks)} queries answered"
        + (f", by {', '.join(f'the pack {name}' for name in audit.packs)}" if audit.packs else ""),
    ]
    if audit.comparison:
        then = audit.comparison.then
        lines.append(f"Since {moment(then.snapshot['as_of'])} ({then.name}): {difference(audit.comparison)}")
    return lines


def sections(audit: Audit, *, group_by: str | None, limit: int) -> list[Section]:
    """The summary's tables."""
    chosen = [group_by] if group_by else ["query", "ancestor"]
    parts = [groups(audit, by, limit) for by in chosen]
    if audit.scope.kind == "deployments" and group_by is None:
        parts.insert(0, _deployments(audit, limit))
    if audit.comparison:
        parts += compared(audit.comparison, limit)
    if doubtful := _doubtful(audit):
        names = ("decision", "scope", "subject", "query", "because", "who", "findings")
        rows = Rows(columns(*names[:-1], findings="INTEGER"), doubtful)
        parts.append(Section("Decisions to look at again", rows))
    return parts


def advice(audit: Audit) -> list[tuple[str, str]]:
    """(query, what to do next) of each query that found something, in the order of the table by reason."""
    reasons = groups(audit, "query", 0).rows
    place = [column.name for column in reasons.columns].index("query")
    found = set(audit.open["query"].unique())
    texts = {one.query.id: one.query.next for one in audit.checks if one.query.next and one.query.id in found}
    ids = [row[place] for row in reasons.values]
    return [(id_, texts[id_]) for id_ in ids if id_ in texts]


def groups(audit: Audit, by: str, limit: int) -> Section:
    """Findings counted by query, reason (its codes told apart), ancestor or publisher; all queries, else `limit` groups."""
    deployed, compared = audit.scope.kind == "deployments", audit.comparison is not None
    decided = any(one.matches for one in audit.decisions)
    extra = [
        *(["new"] if compared else []),
        *(["decided"] if decided else []),
        "models",
        *(["deployments"] if deployed else []),
    ]
    if by in ("query", "reason"):
        keys = ["severity", "query", *(["reason"] if by == "reason" else [])]
        table = findings.totals(audit.findings, keys)
        rank = {severity: place for place, severity in enumerate(SEVERITIES[::-1])}
        table = table.sort(pl.col("severity").replace_strict(rank), maintain_order=True)
        titles = {one.query.id: one.query.title for one in audit.checks}
        table = table.with_columns(title=pl.col("query").replace_strict(titles, default=None, return_dtype=pl.String))
        names = [*keys, "title", "open", *extra, "example"]
        note, head = "", "By reason"
        if by == "query":
            limit = table.height
    else:
        table = findings.totals(audit.findings, [by])
        nobody = table.filter(pl.col(by).is_null())
        table = table.drop_nulls(by)
        names = [by, *SEVERITIES[::-1], *extra, "example"]
        without = int(nobody["open"].sum())
        head = "By binding ancestor" if by == "ancestor" else "By publisher"
        note = f"{without:,} open findings name no {by}" if without else ""
    more = table.height - limit
    if more > 0:
        note = "; ".join(part for part in (f"… and {more:,} others", note) if part)
    return Section(head, _rows(table.head(limit), names), note, spare=("title", "example", "reach"))


def _deployments(audit: Audit, limit: int) -> Section:
    table = findings.by_deployment(audit.findings)
    names = ["deployment", *SEVERITIES[::-1], "models", "example"]
    quiet = (
        audit.scope.deployments["deployment"].n_unique() if audit.scope.deployments is not None else 0
    ) - table.height
    notes = [f"… and {table.height - limit:,} others"] if table.height > limit else []
    notes += [f"nothing was found about {quiet:,} deployments"] if quiet else []
    return Section("By deployment", _rows(table.head(limit), names), "; ".join(notes))


def _rows(table: pl.DataFrame, names: Sequence[str]) -> Rows:
    return Rows(
        tuple(Column(name, "INTEGER" if table.schema[name] == pl.Int64 else "STRING") for name in names),
        table.select(names).rows(),
    )


def columns(*names: str, **typed: str) -> tuple[Column, ...]:
    """Columns of text, then those of other types."""
    return (*(Column(name, "STRING") for name in names), *(Column(name, type_) for name, type_ in typed.items()))


def _doubtful(audit: Audit) -> list[tuple[Any, ...]]:
    """Decisions that no longer hold, or cover nothing."""
    found = []
    for one in [*(one for one in audit.decisions if not one.holds), *audit.unused]:
        review = one.review
        state = "expired" if one.expired else "open again" if one.changed else "unused"
        because = {
            "expired": f"it held until {review.until}",
            "open again": f"{', '.join(one.changed)} changed",
            "unused": "nothing that was found is what it is about",
        }[state]
        found.append((state, review.scope, review.subject, review.query, because, review.who, one.matches))
    return found


def compared(comparison: Comparison, limit: int) -> list[Section]:
    names = ("severity", "query", "about", "ancestor", "fingerprint")
    parts = []
    for title, table in (
        ("New findings", comparison.difference.new),
        ("Gone findings", comparison.difference.gone),
        ("Decided since", comparison.difference.decided),
    ):
        more = table.height - limit
        note = f"… and {more:,} others" if more > 0 else ""
        parts.append(Section(title, _rows(table.head(limit), names), note))
    return [part for part in parts if part.rows.values] or parts[:1]


def difference(comparison: Comparison) -> str:
    found = comparison.difference
    return f"{found.new.height:,} new, {found.gone.height:,} gone, {found.decided.height:,} decided, {found.same:,} the same"


def remarks(audit: Audit) -> list[str]:
    """What keeps this from being the whole answer."""
    found = [f"FAILED {id_}: {why}" for id_, why in audit.failures.items()]
    found += [
        f"{id_} tells of no more than its limit: there may be more" for id_, all_ in audit.answered.items() if not all_
    ]
    found += [f"not asked: {id_}: {why}" for id_, why in audit.skipped.items()]
    if audit.comparison:
        found += comparison_remarks(audit.comparison)
    return found


def comparison_remarks(comparison: Comparison) -> Iterator[str]:
    yield from comparison.otherwise
    if comparison.only_then:
        yield f"answered only then, and not compared: {', '.join(comparison.only_then)}"
    if comparison.only_now:
        yield f"answered only now, so that all it found counts as new: {', '.join(comparison.only_now)}"


def _versions(audit: Audit) -> str:
    own = audit.snapshot.get("organisation_version")
    return f"schema {audit.snapshot['schema_version']}, licence table {audit.snapshot['license_table_version']}" + (
        f", organisation's file {own}" if own else ""
    )


def moment(at: datetime) -> str:
    """A moment in words."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def sentence(one: Finding) -> str:
    """One finding in a sentence: what it is about, what is wrong, by which code, below whom, and what to do."""
    row, evidence = one.row, one.evidence or {}
    words = f"{row['about']}: {one.check.query.title}"
    if row["reason"]:
        words += f" ({row['reason']})"
    ancestor = evidence.get("ancestor") or row["ancestor"]
    if ancestor and ancestor != row["about"]:
        words += f"; below {ancestor}"
    if isinstance(path := evidence.get("path"), list) and len(path) > 1:
        words += f", by {' > '.join(path)}"
    if row["deployments"]:
        words += f"; deployed as {', '.join(row['deployments'])}"
    return f"{words}." + (f" {one.check.query.next}" if one.check.query.next else "")
