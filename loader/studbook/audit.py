"""Audits the graph: runs the queries of packs over all of it or a part, and keeps what they found.

Every query is swept: all its rows, without evidence, so that totals are exact and findings can be held against an
earlier run. Evidence is gathered for those that are shown. A query that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from studbook import ask, findings, library, resources, reviews, schema, stored, sweep
from studbook.errors import GraphError, QueryError, StudbookError
from studbook.findings import OPEN, Applied, Roles
from studbook.graph import Graph, native
from studbook.library import SEVERITIES, Param, Query
from studbook.packs import Check
from studbook.progress import SILENT, Progress
from studbook.render import Rows
from studbook.stored import Comparison, Stored

TIMEOUT = 300.0
"""Seconds after which the server gives up one query."""
_EVERYTHING = 2**31 - 1
"""A limit that limits nothing."""

_TYPES: dict[str, pl.DataType] = {
    "INTEGER": pl.Int64(),
    "FLOAT": pl.Float64(),
    "BOOLEAN": pl.Boolean(),
    "LIST<STRING>": pl.List(pl.String()),
}
"""Polars type of a column; others are text."""


# About what.


@dataclass(frozen=True)
class Scope:
    """The part of the graph that an audit is about."""

    kind: str
    """everything, model, author or deployments."""
    name: str | None = None
    """Of the model, author or deployment; None for all deployments."""
    models: tuple[str, ...] | None = None
    """None for everything."""
    upstream: tuple[str, ...] = ()
    """Models that those are built on, at any distance."""
    deployments: pl.DataFrame | None = None
    """`id` (of a model that runs, or that such a one is built on), `upstream`, `deployment` (its name)."""

    @property
    def label(self) -> str:
        """In words."""
        if self.kind == "everything":
            return "every model"
        count = f"{len(self.models or ()):,} model{'' if len(self.models or ()) == 1 else 's'}"
        if self.kind == "deployments":
            return f"{count} of {f'the deployment {self.name}' if self.name else 'all deployments'}"
        return f"the model {self.name}" if self.kind == "model" else f"{count} of {self.name}"

    def ids(self, kind: str) -> Collection[str] | None:
        """What the subject of a finding of this kind (see findings.Roles) must be; None for anything, empty for nothing."""
        if self.models is None:
            return None
        if kind == "upstream":
            return sorted({*self.models, *self.upstream})
        if kind == "publisher":
            return [self.name] if self.kind == "author" and self.name else []
        return self.models if kind in ("model", "models") else []


EVERYTHING = Scope("everything")


def about_model(graph: Graph, model: str) -> Scope:
    """One model, by any name of it. Raises QueryError with suggestions when there is none."""
    id_ = ask.model_id(graph, model)
    return Scope("model", id_, (id_,), tuple(above for _, above in _ancestors(graph, [id_])))


def about_author(graph: Graph, author: str) -> Scope:
    """What an account publishes. Raises QueryError when the graph has nothing of it."""
    rows = graph.read(resources.statement("audit/published"), {"author": author}).rows
    if not rows:
        raise QueryError(f"Auditing: the graph has no model of the author {author!r}; give it in the Hub's letter case")
    return Scope("author", author, tuple(model for (model,) in rows))


def about_deployments(graph: Graph, deployment: str | None = None) -> Scope | None:
    """What runs in a deployment, by its name or id, or in all of them; None when there is none at all.

    Raises QueryError when there are others, but not the one named.
    """
    rows = graph.read(resources.statement("audit/deployed"), {"deployment": deployment}).rows
    if not rows:
        if deployment is None:
            return None
        raise QueryError(f"Auditing: the graph has no deployment {deployment!r} that runs a model")
    runs = pl.DataFrame([(model, name or id_) for id_, name, _, _, model in rows], ["id", "deployment"], orient="row")
    models = runs["id"].unique().sort().to_list()
    pairs = pl.DataFrame(_ancestors(graph, models), {"id": pl.String, "above": pl.String}, orient="row")
    above = runs.join(pairs, on="id").select(id="above", deployment="deployment")
    both = pl.concat(
        [side.with_columns(upstream=pl.lit(upstream)) for side, upstream in ((runs, False), (above, True))]
    )
    return Scope(
        "deployments", deployment, tuple(models), tuple(above["id"].unique().sort()), both.unique().sort(pl.all())
    )


def _ancestors(graph: Graph, models: Sequence[str]) -> list[tuple[str, str]]:
    return [(model, above) for model, above in graph.read(resources.statement("audit/ancestors"), {"ids": models}).rows]


# What was found.


@dataclass(frozen=True)
class Finding:
    """One finding with its evidence."""

    row: Mapping[str, Any]
    """findings.COLUMNS."""
    check: Check
    evidence: Mapping[str, Any] | None
    """The query's row by column; None where it could not be had."""
    why: str | None
    """The grounds of the decision that covers it."""


@dataclass(frozen=True)
class Audit:
    """What an audit asked and found."""

    at: datetime
    snapshot: Mapping[str, Any]
    """Of the newest snapshot: schema.SNAPSHOT's properties."""
    scope: Scope
    packs: tuple[str, ...]
    checks: tuple[Check, ...]
    answered: Mapping[str, bool]
    """By id of each query that was answered: whether with everything; false where its own limit may have cut."""
    skipped: Mapping[str, str]
    """By id of each query that cannot be asked about this scope: why."""
    failures: Mapping[str, str]
    """By id of each query that failed: why."""
    findings: pl.DataFrame
    """findings.COLUMNS, in the order in which a person should look."""
    decisions: tuple[Applied, ...]
    comparison: Comparison | None = None
    shown: tuple[Finding, ...] = ()

    @property
    def open(self) -> pl.DataFrame:
        """Findings that no decision covers."""
        return self.findings.filter(status=OPEN)

    def failing(self, level: str) -> int:
        """How many open findings are of this severity or worse; with a baseline only the new ones."""
        worse = SEVERITIES[SEVERITIES.index(level) :]
        found = self.open.filter(pl.col("severity").is_in(worse))
        return found.height if self.comparison is None else found.filter(state="new").height

    @property
    def unused(self) -> list[Applied]:
        """Decisions that hold and cover nothing, where this audit would have seen it."""
        if self.scope.kind != "everything" or self.failures:
            return []
        return [
            one
            for one in self.decisions
            if one.holds and not one.matches and (one.review.query is None or one.review.query in self.answered)
        ]


def newest_snapshot(graph: Graph, *, max_age: int | None = None, now: datetime | None = None) -> dict[str, Any]:
    """Properties of the newest snapshot, a complete one where there is any: what an audit speaks of.

    Raises GraphError while a load is under way or was killed, when there is no snapshot, and when the newest is older
    than `max_age` days.
    """
    rows = [native(properties) for (properties,) in graph.read(resources.statement("read/snapshots")).rows]
    found = [{one.name: row.get(one.name) for one in schema.SNAPSHOT.properties} for row in rows]
    if unfinished := [one["id"] for one in found if one["status"] != "complete"]:
        raise GraphError(
            f"Auditing: the load of {unfinished[0]} is under way or was killed, so the graph is neither the old nor the "
            "new one; wait until it ends, or load again"
        )
    if not found:
        raise GraphError("Auditing: the graph holds no snapshot; load one with `studbook load`")
    chosen: dict[str, Any] = max(found, key=lambda one: (one["scope"] == "complete", one["as_of"], one["id"]))
    age = (now or datetime.now(UTC)) - chosen["as_of"]
    if max_age is not None and age > timedelta(days=max_age):
        raise GraphError(
            f"Auditing: the graph is as of {chosen['as_of']:%Y-%m-%d %H:%M} UTC, {age.days} days old, and {max_age} are "
            "allowed; load a newer snapshot"
        )
    return chosen


def run(
    graph: Graph,
    checks: Sequence[Check],
    scope: Scope = EVERYTHING,
    *,
    packs: Sequence[str] = (),
    baseline: Stored | None = None,
    max_age: int | None = None,
    limit: int = 0,
    on: date | None = None,
    timeout: float = TIMEOUT,
    progress: Progress = SILENT,
) -> Audit:
    """Asks all checks about a scope, applies the decisions in the graph, and gathers evidence for the first `limit`
    findings, the open ones first. `on` is the day by which decisions expire, today by default.

    Raises GraphError as newest_snapshot does, and InputError when the baseline is about another scope. What fails in
    one query is in `failures`.
    """
    at = datetime.now(UTC).replace(microsecond=0)
    snapshot = newest_snapshot(graph, max_age=max_age, now=at)
    answered: dict[str, bool] = {}
    skipped: dict[str, str] = {}
    failures: dict[str, str] = {}
    tables = [pl.DataFrame(schema=findings.COLUMNS)]
    with progress.stage("Auditing", total=len(checks), unit="queries") as advance:
        for one in checks:
            role = findings.roles(one.query)
            ids = scope.ids(role.kind)
            if ids is not None and not ids:
                skipped[one.query.id] = f"its findings are not about {'a model' if scope.models else 'models'}"
            else:
                try:
                    found, whole = _sweep(graph, one, ids, timeout=timeout)
                    tables.append(_deployed(found, role, scope))
                    answered[one.query.id] = whole
                except StudbookError as error:
                    failures[one.query.id] = str(error)
            advance(1)
    known = reviews.read(graph)
    facts = reviews.facts(graph, (one.subject for one in known))
    decided, decisions = findings.decide(pl.concat(tables), known, facts, on=on or at.date())
    audit = Audit(
        at=at,
        snapshot=snapshot,
        scope=scope,
        packs=tuple(packs),
        checks=tuple(checks),
        answered=answered,
        skipped=skipped,
        failures=failures,
        findings=findings.order(decided),
        decisions=tuple(decisions),
    )
    if baseline is not None:
        audit = _against(audit, baseline)
    shown, missing = _evidence(graph, audit, limit, timeout=timeout, progress=progress)
    if newest_snapshot(graph)["loaded_at"] != snapshot["loaded_at"]:
        missing["snapshot"] = "Auditing: a load changed the graph meanwhile; audit again"
    return replace(audit, shown=tuple(shown), failures=failures | missing)


def _sweep(graph: Graph, one: Check, ids: Collection[str] | None, *, timeout: float) -> tuple[pl.DataFrame, bool]:
    """All findings of a check about these ids, and whether nothing was cut."""
    query, asking = one.query, f"Auditing by {one.query.id}"
    parts = sweep.take_apart(query)
    if parts is None or any(name not in parts.expressions for name in query.key):
        # Somebody's own query of another form: what it returns is all that can be known.
        answer = ask.run(graph, query, one.parameters, timeout=timeout)
        found = _found(one, answer)
        if ids is not None:
            found = found.filter(pl.col("models").list.eval(pl.element().is_in(list(ids))).list.any())
        return found, not answer.may_be_cut
    role = findings.roles(query, parts.expressions)
    names = list(dict.fromkeys([*query.key, *role.columns]))
    values = library.bind(query, one.parameters) | ({"limit": _EVERYTHING} if "limit" in query.defaults else {})
    text = parts.rows(names, only=None if ids is None else role.about)
    answer_ = ask.read(graph, text, values | {sweep.AUDITED: list(ids or ())}, asking=asking, timeout=timeout)
    rows = [row for _, part in answer_.rows for row in part]
    return findings.table(query, role, _frame(query, names, rows), severity=one.severity, queue=one.queue), True


def _frame(query: Query, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    types = {column.name: column.type for column in query.columns or ()}
    if moments := [place for place, name in enumerate(names) if types[name] == "ZONED DATETIME"]:
        rows = [[str(native(v)) if n in moments and v is not None else v for n, v in enumerate(row)] for row in rows]
    return pl.DataFrame(rows, {name: _TYPES.get(types[name], pl.String()) for name in names}, orient="row")


def _deployed(found: pl.DataFrame, role: Roles, scope: Scope) -> pl.DataFrame:
    """The findings with the deployments that they are about."""
    if scope.deployments is None:
        return found
    chosen = scope.deployments if role.kind == "upstream" else scope.deployments.filter(~pl.col("upstream"))
    return findings.with_deployments(found.drop("deployments"), chosen).select(*findings.COLUMNS)


def _evidence(
    graph: Graph, audit: Audit, limit: int, *, timeout: float, progress: Progress
) -> tuple[list[Finding], dict[str, str]]:
    """The first `limit` findings with their evidence, and what failed on the way."""
    chosen = pl.concat([audit.open, audit.findings.filter(pl.col("status") != OPEN)]).head(limit)
    grounds = {one.review.id: f"{one.review.who}: {one.review.why}" for one in audit.decisions}
    by_id = {one.query.id: one for one in audit.checks}
    evidence: dict[tuple[str, str], Mapping[str, Any]] = {}
    failures: dict[str, str] = {}
    with progress.stage("Gathering evidence", total=chosen["query"].n_unique(), unit="queries") as advance:
        for (id_,), part in chosen.group_by("query", maintain_order=True):
            try:
                evidence |= _rows(graph, by_id[str(id_)], part, timeout=timeout)
            except StudbookError as error:
                failures[str(id_)] = str(error)
            advance(1)
    shown = [
        Finding(row, by_id[row["query"]], evidence.get((row["query"], row["fingerprint"])), grounds.get(row["review"]))
        for row in chosen.iter_rows(named=True)
    ]
    return shown, failures


def _rows(graph: Graph, one: Check, part: pl.DataFrame, *, timeout: float) -> dict[tuple[str, str], Mapping[str, Any]]:
    """By query and fingerprint: the rows of a check about what these findings are about."""
    query, role = one.query, findings.roles(one.query)
    parts, given = sweep.take_apart(query), dict(one.parameters)
    if parts is not None and all(name in parts.expressions for name in query.key):
        ids = part["models"].explode().drop_nulls() if role.kind == "models" else part["about"]
        audited = Param(sweep.AUDITED, "LIST<STRING>")
        query = replace(query, cypher=parts.narrowed(role.about), params=(*query.params, audited))
        given |= {sweep.AUDITED: ids.unique().to_list()} | ({"limit": _EVERYTHING} if "limit" in query.defaults else {})
    answer = ask.run(graph, query, given, timeout=timeout)
    names = [column.name for column in answer.columns]
    wanted = set(part["fingerprint"])
    return {
        (query.id, fingerprint): dict(zip(names, row, strict=True))
        for fingerprint, row in zip(_found(one, answer)["fingerprint"], answer.values, strict=True)
        if fingerprint in wanted
    }


def _found(one: Check, answer: Rows) -> pl.DataFrame:
    """Findings from a query's whole answer."""
    role = findings.roles(one.query)
    names = list(dict.fromkeys([*one.query.key, *role.columns]))
    places = [[column.name for column in answer.columns].index(name) for name in names]
    table = _frame(one.query, names, [[row[place] for place in places] for row in answer.values])
    return findings.table(one.query, role, table, severity=one.severity, queue=one.queue)


def outline(audit: Audit) -> Stored:
    """An audit in the form in which it is kept."""
    return Stored(
        name="this audit",
        at=audit.at,
        snapshot=audit.snapshot,
        scope={"kind": audit.scope.kind, "name": audit.scope.name},
        queries={
            one.query.id: {
                "severity": one.severity,
                "parameters": dict(one.parameters),
                "whole": audit.answered[one.query.id],
            }
            for one in audit.checks
            if one.query.id in audit.answered
        },
        findings=audit.findings.select(*stored.KEPT),
    )


def _against(audit: Audit, baseline: Stored) -> Audit:
    """The audit with `state` by a baseline. What only this run asked is new, all of it."""
    comparison = stored.compare(baseline, outline(audit))
    unknown = audit.findings.filter(pl.col("query").is_in(list(comparison.only_now)))
    new = pl.concat([comparison.difference.new, unknown.filter(status=OPEN).select(*stored.KEPT)])
    return replace(
        audit,
        findings=findings.mark(audit.findings, replace(comparison.difference, new=new)),
        comparison=comparison,
    )
