"""Clean rows about models, before anything is resolved or derived: what a snapshot says, and what a graph remembers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime

import polars as pl

RELATIONS = ("finetune", "adapter", "quantized", "merge")
"""Values of base_model_relation."""

BACKFILLED = datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
"""The Hub introduced createdAt at this moment and gave it to everything older (hub.md e.1, case 21)."""

_UTC = pl.Datetime("us", "UTC")

MODELS = pl.Schema(
    {
        "id": pl.String(),  # unique, owner/name; for status `missing` whatever name was declared
        "status": pl.String(),  # listed, removed, missing or internal
        "hub_id": pl.String(),
        "sha": pl.String(),
        "created_at": _UTC,
        "last_modified": _UTC,
        "downloads": pl.Int64(),
        "downloads_all_time": pl.Int64(),
        "likes": pl.Int64(),
        "trending_score": pl.Float64(),
        "gated": pl.String(),
        "regions": pl.List(pl.String()),
        "parameters": pl.Int64(),
        "formats": pl.List(pl.String()),
        "new_version": pl.String(),
        "license_name": pl.String(),
        "license_link": pl.String(),
        "pipeline_tag": pl.String(),
        "library_name": pl.String(),
        "former_licenses": pl.List(pl.String()),  # `moment license` for what it declared until then, from its Changes
        "declared_hash": pl.Int64(),  # see declared.py; null where it was not computed
        "parent_hints": pl.List(pl.String()),  # of a model that declares no parent: what says that it has one
        "concluded_licenses": pl.List(pl.String()),  # an organisation's own word, never the model's
        "concluded_by": pl.String(),
        "concluded_why": pl.String(),
        "card_length": pl.Int64(),  # of the last card that was read, like all card_ columns; see schema.py
        "card_hash": pl.Int64(),
        "card_sections": pl.List(pl.String()),
        "card_template": pl.String(),
        "config_parents": pl.List(pl.String()),
        "first_seen": _UTC,
        "last_seen": _UTC,
    }
)
LICENSES = pl.Schema(
    {"model": pl.UInt32(), "license": pl.String(), "evidence": pl.String(), "declared_as": pl.String()}
)
LANGUAGES = pl.Schema(
    {"model": pl.UInt32(), "language": pl.String(), "evidence": pl.String(), "declared_as": pl.String()}
)
DATASETS = pl.Schema({"model": pl.UInt32(), "dataset": pl.String(), "evidence": pl.String()})
PAPERS = pl.Schema({"model": pl.UInt32(), "paper": pl.String()})
PARENTS = pl.Schema(
    {
        "model": pl.UInt32(),
        "reference": pl.String(),  # exactly as declared: an id in any letter case, a path, an address
        "relation": pl.String(),  # finetune, adapter, quantized, merge, or null when none is declared
        "position": pl.Int64(),  # place in the declared list, from 0
        "evidence": pl.String(),  # base_models, card or tag: one row per evidence
    }
)


@dataclass(frozen=True)
class Records:
    """Clean rows. `model` in every other table is the row number in `models`. No list column is ever empty: null instead."""

    models: pl.DataFrame
    licenses: pl.DataFrame
    languages: pl.DataFrame
    datasets: pl.DataFrame
    papers: pl.DataFrame
    parents: pl.DataFrame

    def __post_init__(self) -> None:
        expected = (MODELS, LICENSES, LANGUAGES, DATASETS, PAPERS, PARENTS)
        for name, schema in zip((f.name for f in fields(self)), expected, strict=True):
            if getattr(self, name).schema != schema:
                raise ValueError(f"records.{name}: {getattr(self, name).schema} is not {schema}")


def keep(given: Records, kept: pl.Series) -> Records:
    """Only the models for which `kept`, a truth for each, holds."""
    place = pl.select(pl.when(kept).then(kept.cum_sum() - 1)).to_series().cast(pl.UInt32)
    tables = [given.models.filter(kept)]
    for field in fields(Records)[1:]:
        table: pl.DataFrame = getattr(given, field.name)
        tables.append(table.with_columns(model=place.gather(table["model"])).drop_nulls("model"))
    return Records(*tables)


def concat(first: Records, second: Records) -> Records:
    """All rows of both; their models must be disjoint."""
    offset = first.models.height
    tables = [pl.concat([first.models, second.models])]
    for field in fields(Records)[1:]:
        shifted = getattr(second, field.name).with_columns(pl.col("model") + pl.lit(offset, pl.UInt32))
        tables.append(pl.concat([getattr(first, field.name), shifted]))
    return Records(*tables)
