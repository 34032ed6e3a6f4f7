"""From nothing to answers: the managed server, the example hub, answers worth reading, the audit."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studbook import ask, audit, hub, library, load, packs, render, reports
from studbook.audit import Audit
from studbook.config import Settings
from studbook.graph import Graph
from studbook.progress import SILENT, Progress
from studbook.render import Rows

LIVE_ROOTS = ("google/gemma-2-2b", "openai-community/gpt2", "mistralai/Mistral-7B-v0.1")
"""Base models whose families `demo --live` fetches: vendor terms, an old canonical move, and a permissive licence."""


LIVE_LIMIT = 200
"""Direct derivatives fetched for each of them."""


@dataclass(frozen=True)
class Finding:
    """A query whose answer opens a conversation, and the columns that a first look needs."""

    query: str
    heading: str
    columns: tuple[str, ...]
    farthest: bool = False
    """Show each model once, with its farthest relative, the farthest first: what no model page shows."""


FINDINGS = (
    Finding(
        "risk/restricted_ancestor_permissive_descendant",
        "Permissive labels above which somebody asked for more",
        ("descendant", "descendant_licenses", "hops", "ancestor", "ancestor_licenses"),
        farthest=True,
    ),
    Finding(
        "merges/subgraph",
        "What went into one merge, step by step",
        ("hops", "child", "relation", "parent", "child_licenses", "parent_licenses"),
    ),
    Finding(
        "lineage/hubs",
        "Models that most others derive from",
        ("model", "licenses", "child_count", "descendant_count", "downloads"),
    ),
)

JSON_VERSION = "studbook.demo/1"
"""`format` of the JSON: what was loaded, the answers, and the managed server."""

ROWS = 4
"""Rows of each answer, and groups of the audit, that are shown."""

NEXT = """\
Try next
  {studbook} query list                      every question
  {studbook} query show merges/subgraph      one of them, with its Cypher
  {studbook} query run lineage/descendants -p model={model}
  {studbook} audit --format html -o audit.html
  {studbook} audit --model {model}
  {studbook} server open                     Neo4j Browser, to write your own
  {studbook} load SNAPSHOT.jsonl.gz          the real Hub: it takes the place of this example
"""


def source(settings: Settings, *, live: bool, progress: Progress = SILENT) -> Path:
    """The file to load: the bundled example, or with `live` real families, fetched into the home."""
    if not live:
        return load.EXAMPLE
    path = settings.home / "demo" / "families.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    hub.fetch_families(path, LIVE_ROOTS, limit=LIVE_LIMIT, progress=progress)
    return path


@dataclass(frozen=True)
class Answer:
    """What was found: the first rows, and how many there are besides."""

    finding: Finding
    severity: str | None
    rows: Rows
    more: int
    cut: bool
    """Whether there may be still more, beyond what the query counts."""


def answers(graph: Graph) -> Iterator[Answer]:
    """The findings one after the other."""
    for finding in FINDINGS:
        query = library.find(finding.query)
        rows = ask.run(graph, query, {})
        chosen = _farthest(rows) if finding.farthest else rows
        more = max(len(chosen.values) - ROWS, 0)
        yield Answer(finding, query.severity, _first(chosen, finding.columns), more, more > 0 and rows.may_be_cut)


def audited(graph: Graph) -> Audit:
    """What every pack finds."""
    return audit.run(graph, packs.checks_for(["all"], []), packs=["all"])


def text(answer: Answer, *, width: int) -> str:
    """An answer as text of at most `width` characters a line, with an empty line at its end."""
    head = f"{answer.finding.heading}  ({answer.finding.query}"
    head += f", severity {answer.severity})\n" if answer.severity else ")\n"
    if not answer.rows.values:
        return f"{head}  none\n\n"
    body = textwrap.indent(render.text(answer.rows, "table", width=width - 2), "  ")
    rest = f"  … and {answer.more:,}{' or more' if answer.cut else ''} others\n" if answer.more else ""
    return f"{head}{body}{rest}\n"


def audit_text(found: Audit, *, width: int) -> str:
    """The same of the audit."""
    return f"The audit\n{textwrap.indent(reports.text(found, 'table', limit=ROWS, width=width - 2), '  ')}\n"


def facts(answer: Answer) -> dict[str, Any]:
    """An answer for JSON."""
    return {
        "query": answer.finding.query,
        "heading": answer.finding.heading,
        "severity": answer.severity,
        "rows": render.objects(answer.rows),
        "more": answer.more,
        "cut": answer.cut,
    }


def next_steps(graph: Graph, *, studbook: str) -> str:
    """Commands to try, about the model with the most descendants; `studbook` is how this program is called here."""
    hubs = ask.run(graph, library.find("lineage/hubs"), {"limit": 1})
    return NEXT.format(studbook=studbook, model=hubs.values[0][0] if hubs.values else "OWNER/NAME")


def _place(rows: Rows, name: str) -> int:
    return [column.name for column in rows.columns].index(name)


def _farthest(rows: Rows) -> Rows:
    hops, model = _place(rows, "hops"), _place(rows, "descendant")
    by_distance = sorted(rows.values, key=lambda row: -row[hops])
    return replace(rows, values=list({row[model]: row for row in reversed(by_distance)}.values())[::-1])


def _first(rows: Rows, names: tuple[str, ...]) -> Rows:
    places = [_place(rows, name) for name in names]
    return replace(
        rows,
        columns=tuple(rows.columns[place] for place in places),
        values=[tuple(row[place] for place in places) for row in rows.values[:ROWS]],
    )
