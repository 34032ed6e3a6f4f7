"""What loads leave behind: which snapshots there were, and what each of them changed in what models declare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from studbook import declared, schema
from studbook.errors import InputError
from studbook.tables import POLARS_TYPES

SNAPSHOTS = pl.Schema({p.name: POLARS_TYPES[p.type] for p in schema.SNAPSHOT.properties})
CHANGES = pl.Schema({p.name: POLARS_TYPES[p.type] for p in schema.CHANGE.properties} | {"of": pl.String()})
"""A Change's properties, and the id by which its model goes now."""

FIELDS = ("license", "parents", "gated", "task", "languages", "status", "id", "hub_id")
"""What is compared: see schema.CHANGE."""

_KNOWN_ON_BOTH_SIDES = ("gated", "hub_id", "status")
"""Fields of which null says that the source does not tell, and not that there is none."""


@dataclass(frozen=True)
class History:
    """Snapshot nodes and Change nodes, with the edges of these."""

    snapshots: pl.DataFrame
    """Columns of SNAPSHOTS."""
    changes: pl.DataFrame
    """Columns of CHANGES."""


NOTHING = History(SNAPSHOTS.to_frame(), CHANGES.to_frame())


def compare(
    before: pl.DataFrame, after: pl.DataFrame, *, snapshot: str, as_of: datetime, since: pl.DataFrame
) -> pl.DataFrame:
    """The Changes, as CHANGES, between two states of models, each with declared.VALUES's columns and current ids.

    A field without a row has no value. `snapshot` is the later one's id and `as_of` when it was true. `since` has an
    `id` for each model with a change, and `status` and `others`: until when it is known to have been as before.
    """
    both = before.join(after, on=["id", "field"], how="full", coalesce=True, suffix="_after")
    learned = pl.col("field").is_in(_KNOWN_ON_BOTH_SIDES) & (pl.col("keys").is_null() | pl.col("keys_after").is_null())
    return (
        both.filter(pl.col("keys").ne_missing(pl.col("keys_after")) & ~learned)
        .select(
            model="id",
            field="field",
            before="values",
            after="values_after",
            snapshot=pl.lit(snapshot),
            as_of=pl.lit(as_of, CHANGES["as_of"]),
            of="id",
        )
        .join(since, left_on="of", right_on="id", how="left")
        .with_columns(previous_as_of=pl.when(pl.col("field") == "status").then("status").otherwise("others"))
        .with_columns(id=pl.concat_str("snapshot", "model", "field", separator=" "))
        .select(list(CHANGES))
        .sort("id")
    )


def overlaid(values: pl.DataFrame, undone: pl.DataFrame) -> pl.DataFrame:
    """Values, as declared.VALUES, as they were before the Changes that are undone.

    `undone` has VALUES's columns too, once for each model and field, `keys` null where there was no value.
    """
    untouched = values.join(undone, on=["id", "field"], how="anti")
    return pl.concat([untouched, undone.drop_nulls("keys").select(list(declared.VALUES))])


def combine(changes: pl.DataFrame) -> pl.DataFrame:
    """One row for each model and field: the first value before, the last after; those that came back are left out.

    `changes` have CHANGES's columns, in the order in which they came about. Besides these the result has `changes`,
    how many went into each row, and is sorted by model and field.
    """
    told = changes.group_by("of", "field", maintain_order=True).agg(
        pl.col("id", "model", "snapshot", "as_of", "after").last(),
        pl.col("before", "previous_as_of").first(),
        changes=pl.len().cast(pl.Int64),
    )
    differs = pl.col("before").list.join("\n").ne_missing(pl.col("after").list.join("\n"))
    return told.filter(differs).select(*CHANGES, "changes").sort("of", "field")


def ends(ids: list[str], first: str | None, last: str | None) -> tuple[int, int]:
    """The places in `ids`, oldest first, of two snapshots: each named by its id or by a beginning that no other shares,
    like a date. Without `last` it is the newest, without `first` the one before `last`.

    Raises InputError when that is none, or several.
    """
    end = _place(ids, last) if last else len(ids) - 1
    start = _place(ids, first) if first else end - 1
    if start < 0:
        raise InputError(
            f"Comparing snapshots: of the {len(ids)} in the graph none is before {last or 'another'}; load a later one, "
            "or name two"
        )
    return start, end


def _place(ids: list[str], name: str) -> int:
    found = [place for place, id_ in enumerate(ids) if id_ == name] or [
        place for place, id_ in enumerate(ids) if id_.startswith(name)
    ]
    if len(found) != 1:
        what = f"{len(found)} snapshots begin" if found else "no snapshot begins"
        raise InputError(f"Finding the snapshot {name!r}: {what} with that; `studbook history list` has the ids")
    return found[0]
