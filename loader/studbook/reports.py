"""An audit as table, markdown, HTML, CSV, JSON and SARIF.

Table, markdown and HTML begin with a summary that a person can act on: what was found for which reason, which ancestor
binds the most models. CSV, JSON and SARIF tell of findings one by one. What a form leaves out it says.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studbook import __version__, audit_page, findings, render, sarif, stored
from studbook.audit import Audit, Finding, outline
from studbook.findings import Applied
from studbook.library import SEVERITIES, Column
from studbook.render import Rows, plain
from studbook.stored import FORMAT, Comparison
from studbook.summary import (
    Section,
    advice,
    columns,
    compared,
    comparison_remarks,
    difference,
    groups,
    headline,
    moment,
    remarks,
    sections,
)

FORMATS = ("table", "csv", "json", "sarif", "html", "markdown")
Advice = Sequence[tuple[str, str]]
"""As summary.advice gives it."""
_ADVICE = 3
"""Queries whose advice a terminal shows."""
LIMITS = {"table": 10, "markdown": 10, "html": 100, "csv": 10_000, "json": 10_000, "sarif": sarif.RESULTS}
"""How many findings a form tells of one by one, or groups in a summary, unless told otherwise."""


def text(audit: Audit, form: str, *, group_by: str | None = None, limit: int, width: int = render.WIDE) -> str:
    """An audit in one of FORMATS. A summary has groups by `group_by`, else by reason and ancestor, and by deployment where
    that is what the audit is about; CSV has groups only when asked. `width` in characters is for the table."""
    match form:
        case "csv":
            return render.text(groups(audit, group_by, limit).rows if group_by else _flat(audit), "csv")
        case "json":
            return json.dumps(document(audit, group_by=group_by, limit=limit), ensure_ascii=False, indent=1) + "\n"
        case "sarif":
            return json.dumps(sarif.document(audit), ensure_ascii=False, separators=(",", ":")) + "\n"
        case "html":
            return audit_page.page(audit, group_by=group_by, limit=limit)
        case "markdown":
            parts = sections(audit, group_by=group_by, limit=limit)
            return _markdown(headline(audit), parts, remarks(audit), advice(audit))
        case _:
            parts = sections(audit, group_by=group_by, limit=limit)
            return _plain(headline(audit), parts, remarks(audit), width, advice(audit))


def comparison_text(comparison: Comparison, form: str, *, limit: int, width: int = render.WIDE) -> str:
    """Two audits held against each other, as table, markdown, csv or json."""
    if form == "json":
        return render.document(stored.COMPARISON, _comparison(comparison, limit))
    parts = compared(comparison, limit)
    if form == "csv":
        head = (Column("change", "STRING"), *parts[0].rows.columns)
        values = [(part.title.split()[0].lower(), *row) for part in parts for row in part.rows.values]
        return render.text(Rows(head, values), "csv")
    lines = [
        f"{comparison.now.name}, {moment(comparison.now.snapshot['as_of'])}, against {comparison.then.name}, "
        f"{moment(comparison.then.snapshot['as_of'])}: {difference(comparison)}"
    ]
    notes = list(comparison_remarks(comparison))
    return _markdown(lines, parts, notes) if form == "markdown" else _plain(lines, parts, notes, width)


def _plain(lines: Sequence[str], parts: Sequence[Section], notes: Sequence[str], width: int, then: Advice = ()) -> str:
    out = [*lines, ""]
    for part in parts:
        body = _fitting(part, width - 2).splitlines() if part.rows.values else ["none"]
        out += [part.title, *(f"  {line}" for line in [*body, *([part.note] if part.note else [])]), ""]
    if then:
        out.append("What to do next")
        for query, words in then[:_ADVICE]:
            out += [
                f"  {query}",
                *textwrap.wrap(words, min(width, 120) - 4, initial_indent="    ", subsequent_indent="    "),
            ]
        more = len(then) - _ADVICE
        out += [f"  … and for {more:,} other queries, as `studbook query show ID` tells" if more > 0 else "", ""]
    return "\n".join([*out, *notes]).rstrip("\n") + "\n"


def _fitting(part: Section, width: int) -> str:
    """The rows as a table, without columns that it can spare where the width does not take them."""
    rows = part.rows
    for name in part.spare:
        if max(map(len, render.text(rows, "table").splitlines())) <= width:
            break
        places = [place for place, column in enumerate(rows.columns) if column.name != name]
        values = [tuple(row[place] for place in places) for row in rows.values]
        rows = replace(rows, columns=tuple(rows.columns[place] for place in places), values=values)
    return render.text(rows, "table", width=width)


def _markdown(lines: Sequence[str], parts: Sequence[Section], notes: Sequence[str], then: Advice = ()) -> str:
    out = ["# Audit", *lines]
    for part in parts:
        body = render.text(part.rows, "markdown").rstrip("\n") if part.rows.values else "None."
        out += [f"## {part.title}", body, *([part.note] if part.note else [])]
    if then:
        out += ["## What to do next", "\n".join(f"- `{query}`: {words}" for query, words in then)]
    if notes:
        out += ["## Remarks", "\n".join(f"- {note}" for note in notes)]
    return "\n\n".join(out) + "\n"


# One by one.


def _flat(audit: Audit) -> Rows:
    head = (
        *columns("fingerprint", "severity", "query", "title", "about"),
        Column("models", "LIST<STRING>"),
        *columns("ancestor", "publisher", "reason"),
        Column("reach", "INTEGER"),
        Column("downloads", "INTEGER"),
        Column("deployments", "LIST<STRING>"),
        *columns("status", "state", "review", "next", "snapshot"),
        Column("schema", "INTEGER"),
        *columns("license_table"),
        Column("evidence", "ANY"),
    )
    values = []
    for one in audit.shown:
        known = finding(audit, one)
        values.append(tuple(known.get(column.name) for column in head))
    return Rows(head, values)


def finding(audit: Audit, one: Finding) -> dict[str, Any]:
    """All that there is to say of one finding."""
    return {
        "fingerprint": one.row["fingerprint"],
        "severity": one.row["severity"],
        "query": one.row["query"],
        "title": one.check.query.title,
        **{name: one.row[name] for name in findings.COLUMNS if name not in ("fingerprint", "severity", "query")},
        "decision": one.why,
        "next": one.check.query.next,
        "snapshot": audit.snapshot["id"],
        "schema": audit.snapshot["schema_version"],
        "license_table": audit.snapshot["license_table_version"],
        "evidence": plain(one.evidence),
    }


def document(audit: Audit, *, group_by: str | None = None, limit: int) -> dict[str, Any]:
    """An audit as JSON, which stored.read reads again: the summary, findings one by one, and of all the rest as much as a
    comparison needs."""
    still = audit.open
    return {
        "format": FORMAT,
        "at": plain(audit.at),
        "studbook_version": __version__,
        "snapshot": plain(audit.snapshot),
        "packs": list(audit.packs),
        "totals": {
            "open": still.height,
            **{level: still.filter(severity=level).height for level in SEVERITIES[::-1]},
            "decided": audit.findings.height - still.height,
            "new": still.filter(state="new").height if audit.comparison else None,
        },
        "groups": [
            {"title": part.title, "rows": _objects(part.rows), "note": part.note}
            for part in (groups(audit, by, limit) for by in ([group_by] if group_by else ["query", "ancestor"]))
        ],
        "failures": dict(audit.failures),
        "skipped": dict(audit.skipped),
        "reviews": [_decision(audit, one) for one in audit.decisions],
        "comparison": _comparison(audit.comparison, limit) if audit.comparison else None,
        "findings": [finding(audit, one) for one in audit.shown],
        "not_shown": audit.findings.height - len(audit.shown),
        **stored.kept(outline(audit)),
    }


def _objects(rows: Rows) -> list[dict[str, Any]]:
    names = [column.name for column in rows.columns]
    return [dict(zip(names, row, strict=True)) for row in rows.values]


def _decision(audit: Audit, one: Applied) -> dict[str, Any]:
    unused = one in audit.unused
    state = "expired" if one.expired else "open again" if one.changed else "unused" if unused else "holds"
    named = ("id", "scope", "subject", "query", "fingerprint", "queue", "decision", "who", "why", "at", "until")
    return {
        **{name: plain(getattr(one.review, name)) for name in named},
        "state": state,
        "changed": list(one.changed),
        "findings": one.matches,
    }


def _comparison(comparison: Comparison, limit: int) -> dict[str, Any]:
    found = comparison.difference
    sides = {"then": comparison.then, "now": comparison.now}
    tables = {"new": found.new, "gone": found.gone, "decided": found.decided}
    return {
        **{
            name: {"name": side.name, "at": plain(side.at), "snapshot": side.snapshot["id"]}
            for name, side in sides.items()
        },
        "totals": {**{name: table.height for name, table in tables.items()}, "same": found.same},
        **{name: table.head(limit).to_dicts() for name, table in tables.items()},
        "only_then": list(comparison.only_then),
        "only_now": list(comparison.only_now),
        "otherwise": list(comparison.otherwise),
    }
