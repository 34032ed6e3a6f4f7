"""Asks the graph of its past: which snapshots it has seen, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from studbook import ask, history, schema, state
from studbook.errors import InputError
from studbook.graph import Graph
from studbook.library import Column
from studbook.progress import SILENT, Progress
from studbook.render import Rows

LISTED = {
    "snapshot": "id",
    "as_of": "as_of",
    "scope": "scope",
    "status": "status",
    "rows": "rows",
    "rejected": "rejected",
    "models": "models",
    "edges": "edges",
    "changes": "changes",
    "schema": "schema_version",
    "licence_table": "license_table_version",
    "organisation": "organisation_version",
    "sources": "sources",
}
"""Columns of a list of snapshots, and the properties of Snapshot that they show."""

COLUMNS = (
    *(Column(name, "STRING") for name in ("model", "field")),
    *(Column(name, "LIST<STRING>") for name in ("before", "after")),
    *(Column("snapshot", "STRING"), Column("as_of", "ZONED DATETIME"), Column("changes", "INTEGER")),
)
"""Columns of a difference: the model as it is called now; the snapshot that showed the last change of the field, when
that was true, and how many changes came together."""


@dataclass(frozen=True)
class Difference:
    """What differs between two snapshots."""

    rows: Rows
    """COLUMNS, sorted by model and field."""
    first: str
    last: str
    """Ids of the snapshots: `before` is how it was with the first, `after` with the last, which may be the older."""


def snapshots(graph: Graph) -> Rows:
    """Every Snapshot of the graph, oldest first, with the columns of LISTED."""
    found = state.snapshots(graph)
    types = {p.name: p.type for p in schema.SNAPSHOT.properties}
    columns = tuple(Column(name, types[property_]) for name, property_ in LISTED.items())
    return Rows(columns, found.select(LISTED.values()).rows())


def difference(
    graph: Graph,
    first: str | None = None,
    last: str | None = None,
    *,
    model: str | None = None,
    fields: Collection[str] = (),
    progress: Progress = SILENT,
) -> Difference:
    """What the graph's models declare otherwise in one snapshot than in another: all changes between them as one.

    See history.ends for what `first` and `last` may be. `model` is an id in any letter case or another name of it.
    Raises InputError for other snapshots and fields, and QueryError for a model that the graph does not have.
    """
    wrong = set(fields) - set(history.FIELDS)
    if wrong:
        raise InputError(f"Comparing snapshots: no field {', '.join(sorted(wrong))}; use {', '.join(history.FIELDS)}")
    ids = state.snapshots(graph).filter(pl.col("status") == "complete")["id"].to_list()
    start, end = history.ends(ids, first, last)
    lower, upper = sorted((start, end))
    span = ids[lower + 1 : upper + 1]
    if model is None:
        told = state.changes(graph, span, progress=progress)
    else:
        told = state.changes_of_model(graph, ask.model_id(graph, model))
    order = pl.DataFrame({"snapshot": span}, {"snapshot": pl.String}).with_row_index("order")
    told = told.join(order, on="snapshot").sort("order", "id")
    if fields:
        told = told.filter(pl.col("field").is_in(list(fields)))
    found = history.combine(told)
    if start > end:
        found = found.rename({"before": "after", "after": "before"})
    rows = found.select("of", "field", "before", "after", "snapshot", "as_of", "changes").rows()
    return Difference(Rows(COLUMNS, rows), ids[start], ids[end])
