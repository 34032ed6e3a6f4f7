"""From raw rows to clean rows: which licences, languages, parents and facts a snapshot states. Nothing is resolved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import numpy as np
import polars as pl

from studbook import languages, records
from studbook.hints import parent_hints
from studbook.licenses import Table, shipped
from studbook.records import RELATIONS, Records

FORMATS = (
    "coreml",
    "flax",
    "ggml",
    "gguf",
    "jax",
    "joblib",
    "keras",
    "mlx",
    "onnx",
    "openvino",
    "pytorch",
    "rust",
    "safetensors",
    "tf",
    "tflite",
)
"""Tags that the Hub derives from the weight files of a repository."""


_STRINGS = pl.List(pl.String())


def normalise(raw: pl.DataFrame, *, as_of: datetime, licenses: Table | None = None) -> Records:
    """Clean rows of one snapshot; ids in `raw` (sources.RAW_SCHEMA) are unique. Every model is `listed`.

    Licences and languages: card data first, then tags. A language is read from a tag only where the card names none,
    and only as an ISO 639-1 code or `multilingual`: 43 of 85 common Hub tags look like longer codes (`moe`, `ner`).
    """
    raw = raw.with_row_index("model")
    tags = raw.select("model", tag="tags").explode("tag").drop_nulls("tag")
    # Two at a time: many steps of polars keep one core busy and no more.
    with ThreadPoolExecutor(2) as pool:
        parts = {
            "models": pool.submit(_models, raw, tags, as_of),
            "parents": pool.submit(_parents, raw, tags),
            "licenses": pool.submit(_licenses, raw, tags, licenses or shipped()),
            "languages": pool.submit(_languages, raw, tags),
            "datasets": pool.submit(_datasets, raw, tags),
            "papers": pool.submit(_papers, tags),
        }
        hints = pool.submit(lambda: parent_hints(raw, tags, parents=parts["parents"].result()))
        tables = {name: part.result() for name, part in parts.items()}
    hinted = raw.select("model").join(hints.result(), on="model", how="left", maintain_order="left")
    return Records(**tables | {"models": tables["models"].with_columns(hinted["parent_hints"])})


def _papers(tags: pl.DataFrame) -> pl.DataFrame:
    return _suffixes(tags, "arxiv:").rename({"value": "paper"}).unique(maintain_order=True)


def _suffixes(tags: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Columns `model`, `value`: what follows the prefix in the tags that have it; empty values are dropped."""
    return (
        tags.filter(pl.col("tag").str.starts_with(prefix))
        .select("model", value=pl.col("tag").str.slice(len(prefix)).str.strip_chars())
        .filter(pl.col("value") != "")
    )


def _sets(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Columns `model` and `name`: the distinct values of each model as a sorted list.

    Sorted before grouping: sorting and deduplicating inside a million groups took four times as long.
    """
    ordered = rows.unique(["model", "value"]).sort("model", "value")
    return ordered.group_by("model", maintain_order=True).agg(pl.col("value").alias(name))


def _text(column: str) -> pl.Expr:
    """A declared text without surrounding space; blank means null."""
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped).alias(column)


def _models(raw: pl.DataFrame, tags: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    regions = _sets(_suffixes(tags, "region:"), "regions")
    formats = _sets(tags.filter(pl.col("tag").is_in(FORMATS)).rename({"tag": "value"}), "formats")
    models = (
        raw.select(
            "model",
            "id",
            "hub_id",
            "sha",
            "created_at",
            "last_modified",
            "downloads",
            "downloads_all_time",
            "likes",
            "trending_score",
            "gated",
            "parameters",
            _text("card_new_version").alias("new_version"),
            _text("card_license_name").alias("license_name"),
            _text("card_license_link").alias("license_link"),
            _text("pipeline_tag"),
            _text("library_name"),
            "card_length",
            "card_hash",
            "card_sections",
            "card_template",
            "config_parents",
            former_licenses=pl.lit(None, _STRINGS),
            declared_hash=pl.lit(None, pl.Int64()),
            parent_hints=pl.lit(None, _STRINGS),
            status=pl.lit("listed"),
            concluded_licenses=pl.lit(None, _STRINGS),
            concluded_by=pl.lit(None, pl.String()),
            concluded_why=pl.lit(None, pl.String()),
            first_seen=pl.lit(as_of).cast(records.MODELS["first_seen"]),
            last_seen=pl.lit(None, records.MODELS["last_seen"]),
        )
        .join(regions, on="model", how="left", maintain_order="left")
        .join(formats, on="model", how="left", maintain_order="left")
    )
    return models.select(list(records.MODELS))


def _licenses(raw: pl.DataFrame, tags: pl.DataFrame, table: Table) -> pl.DataFrame:
    card = raw.select("model", "card_license").explode("card_license").drop_nulls()
    declared = pl.concat(
        [
            card.select("model", declared="card_license", evidence=pl.lit("card")),
            _suffixes(tags, "license:").select("model", declared="value", evidence=pl.lit("tag")),
        ]
    ).filter(pl.col("declared").str.strip_chars() != "")
    # Read once for each model that names one, and not for each of its licences: names and addresses are dear to compare.
    named = (
        raw.select("model", name=_text("card_license_name"), link=_text("card_license_link"))
        .filter(pl.any_horizontal(pl.col("name", "link").is_not_null()))
        .select("model", behind_other=table.declared(pl.lit("other"), name=pl.col("name"), link=pl.col("link")))
    )
    own = pl.col("license")
    return (
        declared.with_columns(license=table.canonical(pl.col("declared")))
        .join(named, on="model", how="left", maintain_order="left")
        .with_columns(license=pl.when(own == "other").then(pl.coalesce("behind_other", own)).otherwise(own))
        .unique(["model", "license"], keep="first", maintain_order=True)
        .select(
            "model",
            "license",
            "evidence",
            declared_as=pl.when(pl.col("declared") != pl.col("license")).then("declared"),
        )
    )


def _languages(raw: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    card = (
        raw.select("model", declared="card_languages")
        .explode("declared")
        .filter(pl.col("declared").str.strip_chars() != "")
    )
    # Seen as bytes first: two thirds of the tags are longer, and the comparison with 184 codes is the dear part.
    codes = [*languages.iso_two_letter_codes(), "multilingual"]
    tagged = tags.filter(pl.col("tag").str.len_bytes().is_in([2, len("multilingual")])).filter(
        pl.col("tag").is_in(codes)
    )
    tagged = tagged.join(card.select("model").unique(), on="model", how="anti", maintain_order="left")
    declared = pl.concat(
        [
            card.select("model", "declared", evidence=pl.lit("card")),
            tagged.select("model", declared="tag", evidence=pl.lit("tag")),
        ]
    )
    return (
        declared.join(languages.canonical(declared["declared"]), on="declared", maintain_order="left")
        .unique(["model", "language"], keep="first", maintain_order=True)
        .select(
            "model",
            "language",
            "evidence",
            declared_as=pl.when(pl.col("declared") != pl.col("language")).then("declared"),
        )
    )


def _datasets(raw: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    card = raw.select("model", dataset="card_datasets").explode("dataset").filter(pl.col("dataset") != "")
    return pl.concat(
        [
            card.with_columns(evidence=pl.lit("card")),
            _suffixes(tags, "dataset:").select("model", dataset="value", evidence=pl.lit("tag")),
        ]
    ).unique(["model", "dataset"], keep="first", maintain_order=True)


def _parents(raw: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    after = _suffixes(tags, "base_model:")
    parts = pl.col("value").str.splitn(":", 2).struct
    typed = parts[0].is_in(RELATIONS) & (parts[1] != "")
    tagged = after.select(
        "model",
        relation=pl.when(typed).then(parts[0]),
        reference=pl.when(typed).then(parts[1]).otherwise("value"),
        evidence=pl.lit("tag"),
    )
    card = (
        raw.select(
            "model",
            relation="card_base_model_relation",
            reference="card_base_models",
            evidence=pl.lit("card"),
        )
        .explode("reference")
        .drop_nulls("reference")
    )
    listed = (
        raw.select("model", base="base_models")
        .explode("base")
        .drop_nulls("base")
        .select(
            "model",
            relation=pl.col("base").struct["relation"],
            reference=pl.col("base").struct["id"],
            evidence=pl.lit("base_models"),
        )
        .drop_nulls("reference")
    )
    lists = []
    for declared in (tagged, card, listed):
        cleaned = declared.with_columns(
            pl.col("reference").str.strip_chars(),
            relation=pl.when(pl.col("relation").is_in(RELATIONS)).then("relation"),
        ).filter(pl.col("reference") != "")
        # Typed and bare tags come in pairs, so each list is counted on its own.
        for part in (pl.col("relation").is_not_null(), pl.col("relation").is_null()):
            rows = cleaned.filter(part)
            lists.append(rows.with_columns(position=_positions(rows["model"])))
    return pl.concat(lists).select(list(records.PARENTS))


def _positions(models: pl.Series) -> pl.Series:
    """Place of each row within its model, from 0; rows of one model are adjacent."""
    numbers = models.to_numpy()
    first = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]]) if len(numbers) else np.empty(0, dtype=np.int64)
    lengths = np.diff(np.r_[first, len(numbers)])
    return pl.Series(np.arange(len(numbers)) - np.repeat(first, lengths), dtype=pl.Int64)
