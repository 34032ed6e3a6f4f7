"""Findings as a table: how they are told apart, which decision covers which, what they add up to, what is new.

Pure functions over columns; a whole Hub has a million findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import polars_hash

from studbook.library import SEVERITIES, Query
from studbook.reviews import Review

OPEN = "open"
STATUSES = {"accept": "accepted", "waive": "waived", "false_positive": "false positive"}
"""What a decision makes of a finding that it covers; one that none covers is OPEN."""
GROUPINGS = ("ancestor", "publisher", "reason")

COLUMNS: dict[str, pl.DataType] = {
    "query": pl.String(),
    "fingerprint": pl.String(),  # digest of query and key: the same finding in every run
    "severity": pl.String(),
    "queue": pl.String(),  # legal, localisation, documentation, evaluation
    "about": pl.String(),  # what it is about: a model, a publisher, a licence
    "models": pl.List(pl.String()),  # the models among that: one, several on a circle, none
    "ancestor": pl.String(),  # whose terms or absence bind
    "publisher": pl.String(),
    "reason": pl.String(),  # the deciding code
    "reach": pl.Int64(),  # models that descend from what it is about
    "downloads": pl.Int64(),
    "deployments": pl.List(pl.String()),  # names of those that run it or, where it is about a parent, build on it
    "status": pl.String(),
    "review": pl.String(),  # id of the decision that covers it
    "state": pl.String(),  # new or same, against a baseline; else null
}

_ANCESTORS = ("ancestor", "parent", "root", "source", "base", "reupload")
_PUBLISHERS = ("publisher", "author")
_REASONS = (
    *("cause", "reason", "license_reasons", "undecidable_reasons", "label_reasons"),
    *("language_change", "task_change", "license_change"),
)
_MODELS = ("model", "child", "descendant", "merge", "member", "copy", "adapter", "quantization", "sibling", "mirror")
_SEPARATOR, _INNER = "\x1f", "\x1e"


@dataclass(frozen=True)
class Roles:
    """What the columns of a query mean for a finding, by their names; None where it has no such column."""

    about: str
    """The first model of its key, else the first of it."""
    kind: str
    """What `about` names: model, models (a list), upstream (a model that others build on), publisher, or other."""
    ancestor: str | None
    publisher: str | None
    reason: str | None
    reach: str | None
    downloads: str | None

    @property
    def columns(self) -> list[str]:
        """Every column with a role beside `about`, once."""
        names = (self.ancestor, self.publisher, self.reason, self.reach, self.downloads)
        return list(dict.fromkeys(name for name in names if name))


def roles(query: Query, available: Iterable[str] | None = None) -> Roles:
    """The roles of a query's columns, of those available."""
    types = {column.name: column.type for column in query.columns or ()}
    known = types if available is None else [name for name in types if name in set(available)]
    about = next((name for name in query.key if name in _MODELS), query.key[0])

    def first(names: Sequence[str]) -> str | None:
        return next((name for name in names if name in known), None)

    if types[about].startswith("LIST"):
        kind = "models"
    elif about in _ANCESTORS:
        kind = "upstream"
    elif about in _PUBLISHERS:
        kind = "publisher"
    else:
        kind = "model" if about in _MODELS else "other"
    return Roles(
        about,
        kind,
        ancestor=first(_ANCESTORS),
        publisher=first(_PUBLISHERS),
        reason=first(_REASONS),
        reach=first(("descendant_count",)),
        downloads=first(("downloads",)),
    )


def table(query: Query, role: Roles, rows: pl.DataFrame, *, severity: str, queue: str | None) -> pl.DataFrame:
    """Findings of a query from its rows, which have the columns of its key and of the roles."""
    about = pl.col(role.about)
    models = {
        "model": pl.concat_list(about),
        "upstream": pl.concat_list(about),
        "models": about,
    }.get(role.kind, pl.lit(None, COLUMNS["models"]))
    owner = models.list.first().str.split("/").list.first()
    values = {
        "query": pl.lit(query.id),
        "fingerprint": _fingerprint(query, rows.schema),
        "severity": pl.lit(severity),
        "queue": pl.lit(queue, pl.String),
        "about": about.list.join(", ") if role.kind == "models" else about.cast(pl.String),
        "models": models,
        "ancestor": _one(role.ancestor, rows),
        "publisher": pl.coalesce(_one(role.publisher, rows), owner),
        "reason": _one(role.reason, rows),
        "reach": pl.col(role.reach) if role.reach else pl.lit(None),
        "downloads": pl.col(role.downloads) if role.downloads else pl.lit(None),
        "status": pl.lit(OPEN),
    }
    return rows.select(values.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in COLUMNS.items())


def _one(column: str | None, rows: pl.DataFrame) -> pl.Expr:
    """A column of text, of lists the first element."""
    if column is None:
        return pl.lit(None, pl.String)
    return pl.col(column).list.first() if isinstance(rows.schema[column], pl.List) else pl.col(column).cast(pl.String)


def _fingerprint(query: Query, schema: pl.Schema) -> pl.Expr:
    keys = [
        pl.col(name).list.join(_INNER) if isinstance(schema[name], pl.List) else pl.col(name).cast(pl.String)
        for name in query.key
    ]
    parts = [pl.lit(query.id), *(key.fill_null("") for key in keys)]
    return polars_hash.concat_str(parts, separator=_SEPARATOR).chash.sha2_256().str.slice(0, 16)


# Decisions.


@dataclass(frozen=True)
class Applied:
    """A decision and what it covers."""

    review: Review
    matches: int
    """Findings that it is about."""
    expired: bool
    changed: tuple[str, ...]
    """Facts that it rests on and that are others now."""

    @property
    def holds(self) -> bool:
        """Whether it still covers what it is about."""
        return not self.expired and not self.changed


def decide(
    findings: pl.DataFrame, reviews: Sequence[Review], facts: Mapping[str, Mapping[str, str]], *, on: date
) -> tuple[pl.DataFrame, list[Applied]]:
    """The findings with the status that decisions give them, and what became of each decision.

    A flag decides nothing here. Of several decisions on one finding the narrowest counts. `facts` are those that
    reviews.facts reads of the subjects.
    """
    chosen = [review for review in reviews if review.decision != "flag"]
    standing = [_standing(review, facts, on) for review in chosen]
    given = pl.DataFrame(
        [
            (number, r.scope, r.subject, r.query, r.fingerprint, r.queue, r.id, STATUSES[r.decision], applied.holds)
            for number, (r, applied) in enumerate(zip(chosen, standing, strict=True))
        ],
        schema={
            "number": pl.Int64,
            **dict.fromkeys(("scope", "subject", "of", "one", "for", "by", "as"), pl.String),
            "holds": pl.Boolean,
        },
        orient="row",
    )
    matches = _matches(findings.with_row_index("row"), given)
    counts = dict(matches.group_by("number").len().iter_rows())
    best = (
        matches.filter("holds")
        .sort(pl.col("one").is_null(), pl.col("of").is_null(), "rank", "number")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "by", "as")
    )
    decided = (
        findings.with_row_index("row")
        .join(best, on="row", how="left", maintain_order="left")
        .with_columns(status=pl.coalesce("as", "status"), review=pl.col("by"))
        .select(*COLUMNS)
    )
    return decided, [
        Applied(applied.review, counts.get(number, 0), applied.expired, applied.changed)
        for number, applied in enumerate(standing)
    ]


def _standing(review: Review, facts: Mapping[str, Mapping[str, str]], on: date) -> Applied:
    # A subject that the graph no longer has is no fact that changed: what it rests on is out of sight.
    changed = review.changed(facts[review.subject]) if review.subject in facts else []
    return Applied(review, 0, expired=not review.holds(on), changed=tuple(changed))


def _matches(findings: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a finding's `row` and a decision about it, by its `number`."""
    by_model = findings.select("row", "query", "fingerprint", "queue", subject="models").explode("subject")
    columns = [
        ("model", by_model),
        *(
            (scope, findings.select("row", "query", "fingerprint", "queue", subject=column))
            for scope, column in (
                ("ancestor", "ancestor"),
                ("publisher", "publisher"),
                ("reason", "reason"),
                ("reason", "query"),
            )
        ),
    ]
    return pl.concat(
        side.join(given.filter(scope=scope), on="subject")
        .filter(
            pl.col("of").is_null() | (pl.col("of") == pl.col("query")),
            pl.col("one").is_null() | (pl.col("one") == pl.col("fingerprint")),
            pl.col("for").is_null() | (pl.col("for") == pl.col("queue")).fill_null(value=False),
        )
        .select("row", "number", "of", "one", "by", "as", "holds", rank=pl.lit(rank))
        for rank, (scope, side) in enumerate(columns)
    ).unique(("row", "number"), keep="first", maintain_order=True)


# Against an earlier run.


@dataclass(frozen=True)
class Difference:
    """What became of an earlier run's open findings. Queries that only one of the two runs asked are left out."""

    new: pl.DataFrame
    """Open now, and not then."""
    gone: pl.DataFrame
    """Open then, and no more found."""
    decided: pl.DataFrame
    """Open then, and decided since."""
    same: int
    """Open then and now."""


def compare(then: pl.DataFrame, now: pl.DataFrame) -> Difference:
    """The difference between two tables of findings of the same queries."""
    key = ["query", "fingerprint"]
    was, is_ = then.filter(status=OPEN), now.filter(status=OPEN)
    new = is_.join(was, on=key, how="anti", maintain_order="left")
    absent = was.join(is_, on=key, how="anti", maintain_order="left")
    return Difference(
        new=new,
        gone=absent.join(now, on=key, how="anti", maintain_order="left"),
        decided=absent.join(now, on=key, how="semi", maintain_order="left"),
        same=is_.height - new.height,
    )


def mark(findings: pl.DataFrame, difference: Difference) -> pl.DataFrame:
    """The findings with `state` new or same, where they are open."""
    new = difference.new.select("query", "fingerprint", _new=pl.lit(value=True))
    return (
        findings.join(new, on=["query", "fingerprint"], how="left", maintain_order="left")
        .with_columns(
            state=pl.when(pl.col("status") == OPEN).then(
                pl.when(pl.col("_new").is_null()).then(pl.lit("same")).otherwise(pl.lit("new"))
            )
        )
        .select(*COLUMNS)
    )


# What they add up to.


def order(findings: pl.DataFrame) -> pl.DataFrame:
    """What a person should look at first: by severity, deployments, descendants, downloads, then names."""
    return findings.sort(
        _rank(pl.col("severity")),
        pl.col("deployments").list.len().fill_null(0),
        pl.col("reach").fill_null(0),
        pl.col("downloads").fill_null(0),
        "query",
        "about",
        "ancestor",
        "fingerprint",
        descending=[False, True, True, True, False, False, False, False],
    )


def _rank(severity: pl.Expr) -> pl.Expr:
    worst_first = SEVERITIES[::-1]
    return severity.replace_strict(worst_first, range(len(worst_first)), return_dtype=pl.Int8)


def totals(findings: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Groups with columns `by`, a count of open findings for each severity, `open`, `new`, `decided`, `models`,
    `deployments` (distinct ones of the open findings), `reach` (the largest) and `example` (what it is about).

    In order: deployments, models, findings; groups without an open finding come last.
    """
    still = pl.col("status") == OPEN
    return (
        order(findings)
        .group_by(by, maintain_order=True)
        .agg(
            *(
                (still & (pl.col("severity") == severity)).sum().cast(pl.Int64).alias(severity)
                for severity in SEVERITIES[::-1]
            ),
            open=still.sum().cast(pl.Int64),
            new=(still & (pl.col("state") == "new")).sum().cast(pl.Int64),
            decided=(~still).sum().cast(pl.Int64),
            models=pl.col("about").filter(still).n_unique().cast(pl.Int64),
            deployments=pl.col("deployments").filter(still).explode().drop_nulls().n_unique().cast(pl.Int64),
            reach=pl.col("reach").filter(still).max(),
            example=pl.col("about").first(),
        )
        .sort("deployments", "models", "open", "decided", *by, descending=[True] * 4 + [False] * len(by))
    )


def by_deployment(findings: pl.DataFrame) -> pl.DataFrame:
    """Like totals, for each deployment."""
    return totals(
        findings.with_columns(deployment=pl.col("deployments")).explode("deployment").drop_nulls("deployment"),
        ["deployment"],
    )


def with_deployments(rows: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """Rows about `models` with `deployments`, the names of those that run one of them, sorted; null for none.

    `runs` has a row for each model (`id`) and each `deployment` of it.
    """
    numbered = rows.with_row_index("row")
    names = (
        numbered.select("row", id="models")
        .explode("id")
        .join(runs, on="id")
        .group_by("row")
        .agg(deployments=pl.col("deployment").unique().sort())
    )
    return numbered.join(names, on="row", how="left", maintain_order="left").drop("row")
