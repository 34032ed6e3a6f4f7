"""What a model declares that governance rests on, so that two snapshots can be compared: licences, parents, gating, task
and languages, and the hub_id beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import polars_hash

from studbook import schema
from studbook.licenses import Table
from studbook.records import Records
from studbook.resolve import REPOSITORY_ID

VALUES = pl.Schema({"id": pl.String(), "field": pl.String(), "values": pl.List(pl.String()), "keys": pl.String()})
"""`values` of a field of a model, sorted, as they are shown; two are the same when their `keys` are."""

_TYPES = "|".join(schema.RELATIONS.values())
_UNTYPED = schema.RELATIONS[None]


def hashes(given: Records) -> pl.Series:
    """For each model a number (Int64) that differs when anything of it here differs; of a missing model null.

    It is finer than `values`: the same parent in two spellings is one there and two here.
    """
    scalars = given.models.select("gated", "pipeline_tag", "hub_id")
    halves = [scalars[: scalars.height // 2], scalars[scalars.height // 2 :]]
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda half: half.select(_hash(half.columns)).to_series().to_numpy(), halves)
    total = np.concatenate(list(parts))
    for model, hashed in _declared_hashes(given):
        np.add.at(total, model.to_numpy(), hashed.to_numpy())
    found = pl.Series("declared_hash", total).reinterpret(signed=True)
    return found.set((given.models["status"] == "missing").fill_null(value=False), None)


def _declared_hashes(given: Records) -> Iterator[tuple[pl.Series, pl.Series]]:
    parents = given.parents.select(
        "model", pl.col("reference").str.to_lowercase(), pl.col("relation").fill_null("")
    ).unique()
    for kind, rows in (
        ("license", given.licenses.select("model", "license")),
        ("language", given.languages.select("model", "language")),
        ("parent", parents),
    ):
        names = [name for name in rows.columns if name != "model"]
        distinct = rows.select(names).unique().with_columns(kind=pl.lit(kind))
        hashed = distinct.with_columns(hash=_hash(["kind", *names]))
        joined = rows.join(hashed, on=names, how="left", maintain_order="left")
        yield joined["model"], joined["hash"]


def _hash(names: list[str]) -> pl.Expr:
    return polars_hash.hash_rows(names, version=1).nchash.wyhash()


def values(given: Records, aliases: pl.DataFrame, licenses: Table) -> pl.DataFrame:
    """The fields of these models, with the columns of VALUES; a field without any value has no row.

    `aliases` has a row for each other name of a model: `alias_lower` and `id`. A parent is `TYPE reference` as it was
    declared, or the reference alone where that is no name of a model; what an organisation asserts is left out.
    """
    ids = given.models["id"]
    models = given.models.with_row_index("model")
    parents = given.parents.filter(pl.col("evidence") != "curation")
    type_ = pl.col("relation").replace_strict(schema.RELATIONS, return_dtype=pl.String, default=_UNTYPED)
    told = [
        given.licenses.select("model", field=pl.lit("license"), value="license"),
        given.languages.select("model", field=pl.lit("languages"), value="language"),
        parents.select("model", field=pl.lit("parents"), value=pl.concat_str(type_, "reference", separator=" ")),
        *(
            models.select("model", field=pl.lit(field), value=column).drop_nulls("value")
            for field, column in (("gated", "gated"), ("task", "pipeline_tag"), ("hub_id", "hub_id"))
        ),
    ]
    rows = pl.concat(told).select(pl.lit(ids).gather(pl.col("model")).alias("id"), "field", "value")
    return grouped(rows, aliases, licenses)


def grouped(rows: pl.DataFrame, aliases: pl.DataFrame, licenses: Table) -> pl.DataFrame:
    """Rows of `id`, `field` and one `value` as VALUES."""
    parents = pl.col("field") == "parents"
    others = rows.filter(~parents).with_columns(
        key=pl.when(pl.col("field") == "license").then(licenses.canonical(pl.col("value"))).otherwise("value")
    )
    told = pl.concat([others, _parents(rows.filter(parents), aliases)])
    return (
        told.sort("id", "field", "key", "value")
        .unique(["id", "field", "key"], keep="first", maintain_order=True)
        .group_by("id", "field", maintain_order=True)
        .agg(values=pl.col("value").sort(), keys=pl.col("key").str.join("\n"))
        .cast(VALUES)
    )


def _parents(rows: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """`key` of parents: type and name in lower case, by which the model goes now. A bare base_model says nothing beside a
    relation for the same parent; of what is no name of a model the graph remembers no relation."""
    known = aliases.select(name="alias_lower", moved=pl.col("id").str.to_lowercase()).unique("name")
    parts = rows.with_columns(
        type=pl.col("value").str.extract(f"^({_TYPES}) ", 1),
        reference=pl.col("value").str.replace(f"^(?:{_TYPES}) ", "").str.strip_chars_end("/"),
    ).with_columns(name=pl.col("reference").str.to_lowercase())
    parts = parts.join(known, on="name", how="left", maintain_order="left")
    named = pl.col("moved").is_not_null() | (
        pl.col("name").str.contains(REPOSITORY_ID) & ~pl.col("name").str.contains(r"--|\.\.")
    )
    parts = parts.with_columns(name=pl.coalesce("moved", "name"), type=pl.when(named).then("type"))
    typed = parts.filter(pl.col("type") != _UNTYPED)
    bare = (pl.col("type") == _UNTYPED).fill_null(value=False)
    kept = pl.concat([parts.filter(~bare), parts.filter(bare).join(typed, on=["id", "name"], how="anti")])
    return kept.select(
        "id",
        "field",
        value=pl.concat_str("type", "reference", separator=" ", ignore_nulls=True),
        key=pl.concat_str("type", "name", separator=" ", ignore_nulls=True),
    )
