"""Four queues of what people have to look at: legal, localisation, documentation, evaluation.

What is in them are the findings of an audit, each in the queue that its pack says, gathered to one item for each subject
of a queue: whoever opens a model decides on it once, with everything in sight that the queue has on it. Decisions are
those of reviews.py, so that an audit counts what was decided here, and an item is open again when the facts change.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from studbook import audit, findings, packs, reports, reviews
from studbook.audit import EVERYTHING, TIMEOUT, Audit, Finding
from studbook.errors import InputError, QueryError
from studbook.findings import OPEN
from studbook.graph import Graph
from studbook.library import SEVERITIES, Column
from studbook.progress import SILENT, Progress
from studbook.render import Rows, document, plain
from studbook.reviews import QUEUES, Review

LIST_VERSION, ITEM_VERSION = "studbook.queue/1", "studbook.queue_item/1"

WEIGHTS = {"low": 1.0, "medium": 3.0, "high": 9.0}
"""Of a severity: three of one level weigh as much as one of the next."""
FORMULA = (
    "severity (low 1, medium 3, high 9) × (1 + log10(1 + descendants)) × (1 + log10(1 + downloads)) × "
    "(1 + log2(1 + deployments))"
)

ITEMS: dict[str, pl.DataType] = {
    "item": pl.String(),  # queue:subject
    "queue": pl.String(),
    "about": pl.String(),  # a model; else a publisher or a licence
    "status": pl.String(),  # open when a finding is, else decided
    "severity": pl.String(),  # the worst of the open findings; of all where none is open
    "priority": pl.Float64(),
    "findings": pl.Int64(),  # open ones
    "decided": pl.Int64(),
    "queries": pl.List(pl.String()),
    "reach": pl.Int64(),  # models that descend from it; null where nobody counts them
    "downloads": pl.Int64(),
    "deployments": pl.List(pl.String()),  # names of those that run it, or what descends from it
}
"""Columns of items()."""

_MOST_FINDINGS = 10_000
"""Of one item, and of what is about no model."""


# What waits.


def items(found: pl.DataFrame, deployed: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row for each subject of each queue, in the order of ITEMS, the most urgent first.

    `found` are findings (findings.COLUMNS), of which those in no queue are left out; `deployed` has a row for each model
    (`id`) that a `deployment` runs or builds on.
    """
    queued = found.filter(pl.col("queue").is_not_null())
    still = pl.col("status") == OPEN
    rank = pl.col("severity").replace_strict(SEVERITIES, range(len(SEVERITIES)), return_dtype=pl.Int8)
    # What is decided tells of the item only where nothing is open.
    counted = still | ~still.any()
    grouped = queued.group_by("queue", "about", maintain_order=True).agg(
        rank=rank.filter(counted).max(),
        findings=still.sum().cast(pl.Int64),
        decided=(~still).sum().cast(pl.Int64),
        queries=pl.col("query").filter(counted).unique().sort(),
        reach=pl.col("reach").max(),
        downloads=pl.col("downloads").max(),
        models=pl.col("models").first(),
    )
    runs = pl.DataFrame(schema={"id": pl.String, "deployment": pl.String}) if deployed is None else deployed
    made = findings.with_deployments(grouped, runs).with_columns(
        item=pl.col("queue") + ":" + pl.col("about"),
        status=pl.when(pl.col("findings") > 0).then(pl.lit(OPEN)).otherwise(pl.lit("decided")),
        severity=pl.col("rank").replace_strict(range(len(SEVERITIES)), SEVERITIES, return_dtype=pl.String),
        deployments=pl.col("deployments").fill_null([]),
    )
    ranked = made.with_columns(
        priority=priority(pl.col("severity"), pl.col("reach"), pl.col("downloads"), pl.col("deployments").list.len())
    )
    return ranked.select(*ITEMS).sort("priority", "queue", "about", descending=[True, False, False])


def priority(severity: pl.Expr, reach: pl.Expr, downloads: pl.Expr, deployments: pl.Expr) -> pl.Expr:
    """How urgent an item is: FORMULA, at least 1.

    Reach and downloads count by their order of magnitude, so that a base with ten times the descendants is one step more
    urgent and no number drowns the others; each doubling of the deployments adds a whole factor, because these are one's
    own. Unknown counts like none. `deployments` is a number.
    """
    weight = severity.replace_strict(WEIGHTS, return_dtype=pl.Float64)
    wide, used, own = (factor.fill_null(0).cast(pl.Float64) + 1 for factor in (reach, downloads, deployments))
    return weight * (1 + wide.log(10)) * (1 + used.log(10)) * (1 + own.log(2))


def factors(row: Mapping[str, Any]) -> dict[str, float]:
    """The four factors of an item's priority."""
    return {
        "severity": WEIGHTS[row["severity"]],
        "reach": 1 + math.log10(1 + (row["reach"] or 0)),
        "downloads": 1 + math.log10(1 + (row["downloads"] or 0)),
        "deployments": 1 + math.log2(1 + len(row["deployments"])),
    }


def totals(found: pl.DataFrame) -> pl.DataFrame:
    """For each queue with items: `queue`, `open` and `decided` items, `findings` that are open, `deployed` (open items that
    some deployment runs or builds on)."""
    still = pl.col("status") == OPEN
    return (
        found.group_by("queue")
        .agg(
            open=still.sum().cast(pl.Int64),
            decided=(~still).sum().cast(pl.Int64),
            findings=pl.col("findings").sum(),
            deployed=(still & (pl.col("deployments").list.len() > 0)).sum().cast(pl.Int64),
        )
        .sort(pl.col("queue").replace_strict(QUEUES, range(len(QUEUES)), return_dtype=pl.Int8))
    )


@dataclass(frozen=True)
class Queues:
    """The queues as they stand."""

    audit: Audit
    names: tuple[str, ...]
    """Queues that were asked for."""
    items: pl.DataFrame
    """ITEMS, of every status."""

    def chosen(self, status: str) -> pl.DataFrame:
        """The items that are open or decided; all for both."""
        return self.items if status == "all" else self.items.filter(status=status)


def read(
    graph: Graph,
    names: Sequence[str] = QUEUES,
    *,
    pack: Sequence[str] = ("all",),
    timeout: float = TIMEOUT,
    progress: Progress = SILENT,
) -> Queues:
    """Everything that waits or was decided in these queues, of the whole graph, by the queries that packs assign to them.

    Raises GraphError as audit.run does. What fails in one query is in `audit.failures`.
    """
    checks = [check for check in packs.checks_for(pack, []) if check.queue in names]
    found = audit.run(graph, checks, packs=pack, timeout=timeout, progress=progress)
    return Queues(found, tuple(names), items(found.findings, _deployed(graph)))


def _deployed(graph: Graph) -> pl.DataFrame | None:
    scope = audit.about_deployments(graph)
    return scope.deployments if scope else None


# One item.


@dataclass(frozen=True)
class Item:
    """An item with its evidence."""

    audit: Audit
    row: Mapping[str, Any]
    """ITEMS."""
    is_model: bool
    table: pl.DataFrame
    """Its findings, findings.COLUMNS."""
    findings: tuple[Finding, ...]
    """The same with their evidence, the open ones first."""
    decisions: tuple[tuple[Review, str], ...]
    """Decisions that are about a finding of it, and flags on it, with their state as Review.state tells it."""

    def names(self, column: str) -> list[str]:
        """What the findings have in a column (`ancestor`, `publisher`, `reason`), each once."""
        return sorted({one.row[column] for one in self.findings if one.row[column] is not None})


def find(
    graph: Graph,
    name: str,
    *,
    pack: Sequence[str] = ("all",),
    timeout: float = TIMEOUT,
    progress: Progress = SILENT,
    on: date | None = None,
) -> Item:
    """The item of this name, `queue:subject`; a model may go by any name of it, in any letter case.

    `on` is the day by which decisions expire, today by default. Raises InputError when there is no such queue or nothing
    in it about the subject, and GraphError as audit.run does.
    """
    queue, colon, subject = name.partition(":")
    if queue not in QUEUES or not colon or not subject:
        raise InputError(
            f"Looking for the item {name!r}: an item is written queue:subject, like legal:owner/name; queues are "
            f"{', '.join(QUEUES)}"
        )
    checks = [check for check in packs.checks_for(pack, []) if check.queue == queue]
    try:
        scope = audit.about_model(graph, subject)
        subject = str(scope.name)
    except QueryError:
        # A publisher, a licence, or nothing at all.
        scope = EVERYTHING
        checks = [check for check in checks if findings.roles(check.query).kind in ("publisher", "other")]
    day = on or datetime.now(UTC).date()
    found = audit.run(
        graph, checks, scope, packs=pack, limit=_MOST_FINDINGS, on=day, timeout=timeout, progress=progress
    )
    mine = found.findings.filter(about=subject)
    if mine.is_empty():
        failed = f" ({'; '.join(found.failures.values())})" if found.failures else ""
        raise InputError(
            f"Looking for the item {name}: the queue {queue} has nothing about {subject}{failed}; "
            "`studbook queue list` shows what there is"
        )
    (row,) = items(mine, _deployed(graph)).iter_rows(named=True)
    item = Item(
        audit=found,
        row=row,
        is_model=scope.kind == "model",
        table=mine,
        findings=tuple(one for one in found.shown if one.row["about"] == subject),
        decisions=(),
    )
    return replace(item, decisions=_settle(graph, item, day)[1])


def status(graph: Graph, item: Item, *, on: date | None = None) -> tuple[int, int]:
    """How many findings of an item are open and how many are decided, by the decisions that the graph has now."""
    decided, _ = _settle(graph, item, on or datetime.now(UTC).date())
    still = decided.filter(status=OPEN).height
    return still, decided.height - still


def _settle(graph: Graph, item: Item, on: date) -> tuple[pl.DataFrame, tuple[tuple[Review, str], ...]]:
    """The findings of an item with their status by the decisions in the graph, and those that are about it."""
    known = reviews.read(graph)
    facts = reviews.facts(graph, (one.subject for one in known))
    fresh = item.table.with_columns(status=pl.lit(OPEN), review=pl.lit(None, pl.String))
    decided, applied = findings.decide(fresh, known, facts, on=on)
    about = {one.review.id for one in applied if one.matches}
    flags = {one.id for one in known if one.decision == "flag" and one.subject == item.row["about"]}
    return decided, tuple((one, one.state(facts, on)) for one in known if one.id in about | flags)


# Deciding.


def decisions(
    item: Item,
    *,
    decision: str,
    who: str,
    why: str,
    at: datetime,
    scope: str | None = None,
    subject: str | None = None,
    until: date | None = None,
) -> list[Review]:
    """What to write for a decision on an item.

    Without a scope it is about the item alone: the model, in this queue; or, of a publisher or a licence, each of the
    findings by its fingerprint. Of a wider scope the subject may be left out where the findings name only one.
    Raises InputError when they name several or not the given one, and for what is no decision (reviews.check).
    """
    queue, about = item.row["queue"], item.row["about"]
    made = Review(scope or "model", about, decision, who, why, at, until, queue=queue)
    if scope in (None, "model"):
        if subject not in (None, about):
            raise InputError(
                f"Deciding on {item.row['item']}: a subject goes with --scope ancestor, reason or publisher"
            )
        if item.is_model:
            # A flag is on the model, whatever the queue in which somebody came to it.
            found = [replace(made, queue=None) if decision == "flag" else made]
        elif scope == "model" or decision == "flag":
            raise InputError(f"Deciding on {item.row['item']}: it is no model; leave --scope out, or widen it")
        else:
            found = [
                replace(made, scope="reason", subject=query, query=query, fingerprint=one.row["fingerprint"])
                for one in item.findings
                for query in [one.row["query"]]
            ]
    else:
        found = [replace(made, subject=_subject(item, str(scope), subject))]
    for review in found:
        reviews.check(review)
    return found


def _subject(item: Item, scope: str, given: str | None) -> str:
    """The ancestor, reason or publisher that a decision of this scope is about."""
    choices = item.names(scope)
    if scope == "reason":
        choices += list(item.row["queries"])
    doing = f"Deciding on {item.row['item']} by {scope}"
    if given is not None:
        near = [choice for choice in choices if choice.lower() == given.lower()]
        if not near:
            raise InputError(f"{doing}: no finding of it names {given!r}; they name {', '.join(choices) or 'none'}")
        return near[0]
    if len(choices) != 1:
        what = (
            f"choose one of {', '.join(choices)} with --subject" if choices else f"no finding of it names any {scope}"
        )
        raise InputError(f"{doing}: {what}")
    return choices[0]


# In every form.

_COLUMNS = (
    Column("priority", "FLOAT"),
    Column("item", "STRING"),
    Column("status", "STRING"),
    Column("severity", "STRING"),
    Column("findings", "INTEGER"),
    Column("decided", "INTEGER"),
    Column("reach", "INTEGER"),
    Column("downloads", "INTEGER"),
    Column("deployments", "LIST<STRING>"),
    Column("queries", "LIST<STRING>"),
)


def rows(found: Queues, status: str, limit: int) -> Rows:
    """The first `limit` items of a status."""
    chosen = found.chosen(status).head(limit).with_columns(pl.col("priority").round(1))
    return Rows(_COLUMNS, chosen.select(column.name for column in _COLUMNS).rows())


def sentences(found: Queues, status: str, limit: int) -> list[str]:
    """What the rows do not say: totals by queue, what was left out, by which snapshot."""
    known = {row["queue"]: row for row in totals(found.items).iter_rows(named=True)}
    lines = [
        f"{name}: {row['open']:,} open items, {row['deployed']:,} of these below a deployment, with {row['findings']:,} "
        f"findings; {row['decided']:,} decided items"
        if (row := known.get(name))
        else f"{name}: nothing"
        for name in found.names
    ]
    total = found.chosen(status).height
    if total > limit:
        lines.append(f"The first {limit:,} of {total:,} items are shown; raise --limit to see more")
    lines.append(f"Priority is {FORMULA}.")
    lines.append(f"By snapshot {found.audit.snapshot['id']}. As declared; triage, not legal advice.")
    return lines + [f"{query} failed: {why}" for query, why in sorted(found.audit.failures.items())]


def list_json(found: Queues, status: str, limit: int) -> str:
    """The first `limit` items of a status with their factors, and the totals of the queues."""
    chosen = found.chosen(status)
    return document(
        LIST_VERSION,
        {
            "at": found.audit.at,
            "snapshot": found.audit.snapshot["id"],
            "packs": list(found.audit.packs),
            "queues": list(found.names),
            "status": status,
            "formula": FORMULA,
            "totals": totals(found.items).to_dicts(),
            "items": [row | {"factors": factors(row)} for row in chosen.head(limit).iter_rows(named=True)],
            "not_shown": max(0, chosen.height - limit),
            "failures": dict(found.audit.failures),
        },
    )


def item_json(item: Item) -> str:
    """An item with its findings, the evidence of each, and the decisions about it."""
    named = ("id", "scope", "subject", "query", "fingerprint", "queue", "decision", "who", "why", "at", "until")
    return document(
        ITEM_VERSION,
        {
            **item.row,
            "factors": factors(item.row),
            "snapshot": item.audit.snapshot["id"],
            # Beside `findings`, which is their number in a list.
            "evidence": [reports.finding(item.audit, one) for one in item.findings],
            "decisions": [
                {name: getattr(review, name) for name in named} | {"state": state} for review, state in item.decisions
            ],
            "failures": dict(item.audit.failures),
        },
    )


_SAID = frozenset({"reach", "downloads", "descendant_count"})


def item_text(item: Item, width: int = 110) -> str:
    """An item for a person: how urgent, what was found with its evidence, what to do next, what was decided."""
    row, parts = item.row, factors(item.row)

    def wrapped(words: str, indent: int) -> list[str]:
        margin = " " * indent
        return textwrap.wrap(
            words, width, initial_indent=margin, subsequent_indent=margin + "  ", break_on_hyphens=False
        )

    counts = {
        "severity": row["severity"],
        "reach": "not known" if row["reach"] is None else f"{row['reach']:,} descendants",
        "downloads": "not known" if row["downloads"] is None else f"{row['downloads']:,}",
        "deployments": ", ".join(row["deployments"]) or "none",
    }
    shown = " × ".join(f"{name} {parts[name]:.2f} ({counts[name]})" for name in parts)
    lines = [row["item"], f"  {row['status']}: {row['findings']:,} findings open, {row['decided']:,} decided"]
    lines += wrapped(f"priority {row['priority']:.1f} = {shown}", 2)
    steps: dict[str, None] = {}
    for one in item.findings:
        query = one.check.query
        lines += ["", f"  {one.row['severity']} {query.id}: {query.title}"]
        if one.row["status"] != OPEN:
            lines += wrapped(f"{one.row['status']} by {one.why}", 4)
        for name, value in (one.evidence or {}).items():
            if value not in (None, []) and name not in _SAID:
                told = ", ".join(map(str, value)) if isinstance(value, list) else str(plain(value))
                lines += wrapped(f"{name}: {told}", 4)
        if one.evidence is None:
            lines.append("    no evidence can be had")
        steps |= {query.next: None} if query.next else {}
    lines += ["", "What to do next", *(line for step in steps for line in wrapped(f"- {step}", 2))]
    lines += ["", "Decisions"]
    for review, state in item.decisions:
        end = f", until {review.until}" if review.until else ""
        lines += wrapped(
            f"- {review.id} {review.decision} by {review.who} on {review.at:%Y-%m-%d}{end}: {review.why} "
            f"({review.scope} {review.subject}; {state})",
            2,
        )
    lines += [] if item.decisions else ["  none"]
    lines += ["", f'  studbook queue decide {row["item"]} --decision waive --why "…"', ""]
    return "\n".join(lines)
