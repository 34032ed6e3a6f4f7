"""From declared references to models: which node each parent is, on whose word, and what is no model at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from studbook import records, resources
from studbook.records import RELATIONS, Records

REPOSITORY_ID = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,95}/[A-Za-z0-9_][A-Za-z0-9._-]{0,95}$"
"""`owner/name` by the Hub's rule (huggingface_hub's validate_repo_id: 96 characters of [A-Za-z0-9._-])."""


EVIDENCE = ("base_models", "card", "curation", "inventory", "tag")
"""Where an edge can be declared: the Hub's baseModels, the card's base_model, an organisation's curation, its inventory of
models of its own, a base_model tag."""


@dataclass(frozen=True)
class Resolved:
    """Models with a row for every parent that is named but not listed, and the edges between them.

    `records.models` ends with those rows, of status `missing`. `edges` has one row per child, parent and relation:
    `child` and `parent` (UInt32 rows of models), `relation` (null when none is declared), `position`, `evidence`
    (sorted list), `declared_as` (null when the parent's id was spelt exactly), `by` (exact, case, alias or missing).
    `unresolved` has `model` and `references`, what was given as parent and is no model id.
    `aliases` has the rows of the alias table that lead to one of the models, with `model`.
    """

    records: Records
    edges: pl.DataFrame
    unresolved: pl.DataFrame
    aliases: pl.DataFrame


@cache
def alias_table() -> pl.DataFrame:
    """Names that moved on the Hub: columns `alias_lower`, `alias`, `id`, `source`, `since`."""
    table = pl.read_csv(resources.DATA / "aliases.csv", infer_schema=False)
    return table.select(pl.col("alias").str.to_lowercase().alias("alias_lower"), "alias", "id", "source", "since")


def resolve(given: Records, aliases: pl.DataFrame | None = None) -> Resolved:
    """Finds every parent, by the shipped alias table or other `aliases` with its columns: by its exact id, else by letter case, else by alias; else a missing model is added.

    Two listed ids that differ only in case are two models, and a reference in a third spelling is then ambiguous: it
    becomes a missing model rather than a guess. An alias is only followed where its own name is not listed, because
    a freed name can be registered again. A local path, an address or a bare name that no alias knows is no model.
    """
    aliases = alias_table() if aliases is None else aliases
    models = given.models.select("id", id_lower=pl.col("id").str.to_lowercase()).with_row_index("row")
    names = _names(given.parents["reference"], models, aliases)
    missing = names.filter(pl.col("row").is_null() & pl.col("id").is_not_null())
    # Of several spellings the one that most children use, then the smallest.
    spellings = (
        given.parents.join(missing.select("reference", "id"), on="reference")
        .group_by("id")
        .agg(children=pl.col("model").n_unique())
        .sort("children", "id", descending=[True, False])
    )
    stubs = (
        spellings.group_by(pl.col("id").str.to_lowercase().alias("id_lower"), maintain_order=True)
        .agg(pl.col("id").first())
        .sort("id")
        .with_row_index("row", offset=models.height)
    )
    by_lower = missing.select("reference", id_lower=pl.col("id").str.to_lowercase()).join(
        stubs.select("id_lower", stub="row"), on="id_lower"
    )
    names = names.join(by_lower.select("reference", "stub"), on="reference", how="left").with_columns(
        row=pl.coalesce("row", "stub")
    )
    all_models = pl.concat([given.models, _stub_rows(stubs["id"], given.models)])
    ids = all_models.select("id").with_row_index("row")
    parents = given.parents.join(names.select("reference", "row", "by"), on="reference", maintain_order="left")
    edges = _edges(parents.filter(pl.col("row").is_not_null()), ids)
    unresolved = (
        parents.filter(pl.col("row").is_null()).group_by("model").agg(references=pl.col("reference").unique().sort())
    )
    lowered = ids.with_columns(pl.col("id").str.to_lowercase().alias("id_lower"))
    table = aliases.with_columns(id_lower=pl.col("id").str.to_lowercase())
    targets = lowered.join(table, on="id_lower", how="semi").unique("id_lower", keep="none")
    own_names = lowered.join(table, left_on="id_lower", right_on="alias_lower", how="semi")
    leading = table.join(targets.select("id_lower", model="row"), on="id_lower").join(
        own_names, left_on="alias_lower", right_on="id_lower", how="anti"
    )
    return Resolved(
        records=Records(all_models, given.licenses, given.languages, given.datasets, given.papers, given.parents),
        edges=edges,
        unresolved=unresolved,
        aliases=leading.select("alias_lower", "alias", "source", "since", "model"),
    )


def _names(references: pl.Series, models: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """One row per distinct reference: `reference`, `id` (null when it is no model id), `row` (null when the model is
    not among those given) and `by`."""
    names = references.unique().sort().alias("reference").to_frame()
    # Cards are known to give ids with a trailing slash.
    names = names.with_columns(id=pl.col("reference").str.strip_chars_end("/"))
    names = names.with_columns(id_lower=pl.col("id").str.to_lowercase())
    # Two million models against a few named ones: what nobody names is left out before anything is looked up.
    wanted = pl.concat([names["id_lower"], aliases["id"].str.to_lowercase().alias("id_lower")]).to_frame()
    named = models.join(wanted, on="id_lower", how="semi")
    exact = named.select("id", "row")
    folded = named.unique("id_lower", keep="none").select("id_lower", "row")
    names = (
        names.join(exact.rename({"row": "exact"}), on="id", how="left")
        .join(folded.rename({"row": "case"}), on="id_lower", how="left")
        .join(aliases.select(id_lower="alias_lower", moved="id"), on="id_lower", how="left")
        .with_columns(moved_lower=pl.col("moved").str.to_lowercase())
        .join(folded.rename({"id_lower": "moved_lower", "row": "alias"}), on="moved_lower", how="left")
    )
    is_id = pl.col("id").str.contains(REPOSITORY_ID) & ~pl.col("id").str.contains(r"--|\.\.")
    listed = pl.coalesce("exact", "case")
    return names.select(
        "reference",
        id=pl.when(listed.is_null() & pl.col("moved").is_not_null())
        .then("moved")
        .when(is_id | listed.is_not_null())
        .then("id"),
        row=pl.coalesce("exact", "case", "alias"),
        by=pl.when(pl.col("exact").is_not_null())
        .then(pl.lit("exact"))
        .when(pl.col("case").is_not_null())
        .then(pl.lit("case"))
        .when(pl.col("alias").is_not_null())
        .then(pl.lit("alias"))
        .otherwise(pl.lit("missing")),
    )


def _stub_rows(ids: pl.Series, models: pl.DataFrame) -> pl.DataFrame:
    """Rows of status `missing` for names that no snapshot lists, first seen with the newest of the given models."""
    return pl.DataFrame({"id": ids}, schema={"id": pl.String}).select(
        pl.lit(None, dtype).alias(name)
        if name not in ("id", "status", "first_seen")
        else pl.col("id")
        if name == "id"
        else pl.lit("missing").alias("status")
        if name == "status"
        else pl.lit(models["first_seen"].max(), dtype).alias("first_seen")
        for name, dtype in records.MODELS.items()
    )


def _edges(parents: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """One row per child, parent and relation. A bare `base_model` says nothing beside a typed one for the same pair,
    so its evidence goes to the typed edges."""
    pair = ["model", "row"]
    # Evidence as bits and relations as numbers: aggregating lists over 600,000 groups took ten times as long.
    parents = parents.with_columns(
        pl.col("relation").cast(pl.Enum(RELATIONS)),
        bit=pl.col("evidence").replace_strict(EVIDENCE, [1 << i for i in range(len(EVIDENCE))], return_dtype=pl.UInt8),
    )
    typed = parents.filter(pl.col("relation").is_not_null())
    bare = parents.filter(pl.col("relation").is_null())
    also = bare.group_by(pair).agg(also=pl.col("bit").bitwise_or())
    return (
        pl.concat([typed, bare.join(typed.select(pair), on=pair, how="anti", maintain_order="left")])
        .group_by([*pair, "relation"])
        .agg(
            pl.col("position").min(),
            pl.col("bit").bitwise_or(),
            pl.col("reference").first(),
            pl.col("by").first(),
        )
        .join(also, on=pair, how="left")
        .with_columns(id=pl.lit(ids["id"]).gather(pl.col("row")))
        .select(
            child="model",
            parent="row",
            relation=pl.col("relation").cast(pl.String),
            position="position",
            evidence=(pl.col("bit") | pl.col("also").fill_null(0)).replace_strict(
                list(range(1, 1 << len(EVIDENCE))),
                [[name for i, name in enumerate(EVIDENCE) if bits >> i & 1] for bits in range(1, 1 << len(EVIDENCE))],
                return_dtype=pl.List(pl.String),
            ),
            declared_as=pl.when(pl.col("reference") != pl.col("id")).then("reference"),
            by="by",
        )
        .sort("child", "parent", "relation")
    )
