"""The graph as tables: what every writer writes, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
import polars_hash

from studbook import cards, drift, languages, resolve, resources, schema
from studbook.derive import Words
from studbook.licenses import Table, shipped
from studbook.lineage import END, START, Lineage
from studbook.records import Records
from studbook.resolve import Resolved

POLARS_TYPES: dict[str, pl.DataType] = {
    "STRING": pl.String(),
    "INTEGER": pl.Int64(),
    "FLOAT": pl.Float64(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.Date(),
    "ZONED DATETIME": pl.Datetime("us", "UTC"),
    "LIST<STRING>": pl.List(pl.String()),
}
"""Polars type of a schema type."""

_PROFILE = {
    "License": "UNDER_LICENSE",
    "Language": "IN_LANGUAGE",
    "Task": "HAS_TASK",
    "Library": "USES_LIBRARY",
}
"""Nodes, and the edges to them, that make up a model's profile."""


@dataclass(frozen=True)
class GraphTables:
    """Node tables by label and edge tables by type, with exactly the schema's columns in its order.

    Keys are unique; the order of rows says nothing. Edge tables hold `_start` and `_end` before their properties, and
    at most one edge per start, end and type.
    """

    nodes: dict[str, pl.DataFrame]
    edges: dict[str, pl.DataFrame]

    def __post_init__(self) -> None:
        for kind in schema.NODES:
            expected = {p.name: POLARS_TYPES[p.type] for p in kind.properties}
            if dict(self.nodes[kind.label].schema) != expected:
                raise ValueError(f"node table {kind.label}: {dict(self.nodes[kind.label].schema)} is not {expected}")
        for edge in schema.EDGES:
            expected = {START: pl.UInt32(), END: pl.UInt32()} | {p.name: POLARS_TYPES[p.type] for p in edge.properties}
            if dict(self.edges[edge.type].schema) != expected:
                raise ValueError(f"edge table {edge.type}: {dict(self.edges[edge.type].schema)} is not {expected}")


def build(given: Records, *, licenses: Table | None = None, aliases: pl.DataFrame | None = None) -> GraphTables:
    """The whole graph of these models: parents resolved, facts derived, every row hashed.

    A pure function: the same rows, licence table and aliases (see resolve.resolve), by default the shipped ones, give
    the same graph, whatever was loaded before.
    """
    licenses = licenses or shipped()
    edges: dict[str, pl.DataFrame] = {}
    nodes: dict[str, pl.DataFrame] = {}

    def dimension(label: str, edge: str, rows: pl.DataFrame, key: str) -> None:
        """Node table and edge table of a kind of node that models point to by value."""
        keys = rows.select(pl.col(key).unique(maintain_order=True)).with_row_index(END)
        nodes[label] = _describe(label, keys[key].alias(schema.node_kind(label).key.name), licenses)
        edges[edge] = _columns(rows.join(keys, on=key, maintain_order="left"), edge)

    # Most of the lineage keeps one core busy; what models declare does not wait for it.
    with ThreadPoolExecutor(1) as pool:
        deriving = pool.submit(_resolve_and_derive, given, licenses, aliases)
        dimension("License", "UNDER_LICENSE", given.licenses.rename({"model": START}), "license")
        dimension("Language", "IN_LANGUAGE", given.languages.rename({"model": START}), "language")
        dimension("Dataset", "TRAINED_ON", given.datasets.rename({"model": START}), "dataset")
        dimension("Paper", "CITES", given.papers.rename({"model": START}), "paper")
        tagged = given.models.select("pipeline_tag", "library_name").with_row_index(START)
        dimension("Task", "HAS_TASK", tagged.select(START, "pipeline_tag").drop_nulls(), "pipeline_tag")
        dimension("Library", "USES_LIBRARY", tagged.select(START, "library_name").drop_nulls(), "library_name")
        resolved, lineage = deriving.result()

        models = resolved.records.models.with_row_index(START)
        profiles = drift.profiles(
            models.height,
            (
                (label, nodes[label]["id"], edges[kind][START].to_numpy(), edges[kind][END].to_numpy())
                for label, kind in _PROFILE.items()
            ),
        )
        parts = pl.col("id").str.split_exact("/", 1).struct.rename_fields(["author", "name"])
        names = models.select(START, parts).unnest("id")
        describing = pool.submit(_models, models.with_columns(profile=profiles), names, resolved, lineage, licenses)
        dimension("Author", "PUBLISHED_BY", names.select(START, "author"), "author")
        for relation, kind in schema.RELATIONS.items():
            edges[kind] = _columns(lineage.edges.filter(pl.col("relation").eq_missing(pl.lit(relation))), kind)
        aliases = resolved.aliases.with_row_index(END)
        nodes["Alias"] = aliases.select("alias_lower", "alias", "source", "since").rename(
            {"alias_lower": "id_lower", "alias": "name"}
        )
        edges["ALSO_KNOWN_AS"] = _columns(aliases.select(pl.col("model").alias(START), END), "ALSO_KNOWN_AS")
        nodes["Family"] = lineage.families
        edges["IN_FAMILY"] = _columns(lineage.in_family, "IN_FAMILY")
        edges_hash = _edge_hashes({**nodes, "Model": models}, edges)
        nodes["Model"] = describing.result()
    for label, table in nodes.items():
        nodes[label] = _hash_facts(schema.node_kind(label), table)
    nodes["Model"] = nodes["Model"].with_columns(edges_hash=edges_hash)
    return GraphTables(
        nodes={kind.label: nodes[kind.label].select(p.name for p in kind.properties) for kind in schema.NODES},
        edges={kind.type: edges[kind.type] for kind in schema.EDGES},
    )


def _resolve_and_derive(given: Records, licenses: Table, aliases: pl.DataFrame | None) -> tuple[Resolved, Lineage]:
    resolved = resolve.resolve(given, aliases)
    return resolved, Lineage.of(resolved, licenses)


def _columns(rows: pl.DataFrame, edge: str) -> pl.DataFrame:
    kind = next(kind for kind in schema.EDGES if kind.type == edge)
    return rows.select(
        pl.col(START).cast(pl.UInt32),
        pl.col(END).cast(pl.UInt32),
        *(pl.col(p.name).cast(POLARS_TYPES[p.type]) for p in kind.properties),
    )


def _describe(label: str, keys: pl.Series, licenses: Table) -> pl.DataFrame:
    """Node rows for keys, with what our tables know of them; unknown keys stay, with `known` false."""
    names = keys.to_frame()
    if label == "Language":
        return languages.names(keys)
    if label == "License":
        known = licenses.frame.drop("complete")
    elif label in ("Task", "Library"):
        known = pl.read_csv(resources.DATA / ("tasks.csv" if label == "Task" else "libraries.csv"), infer_schema=False)
        known = known.with_columns(known=pl.lit(value=True))
    else:
        return names
    described = names.join(known, on=keys.name, how="left", maintain_order="left")
    return described.with_columns(pl.col("known").fill_null(value=False))


def _models(
    models: pl.DataFrame, names: pl.DataFrame, resolved: Resolved, lineage: Lineage, licenses: Table
) -> pl.DataFrame:
    families = licenses.frame.select(license="id", family="family")
    family = (
        resolved.records.licenses.join(families, on="license", how="left")
        .group_by(pl.col("model").alias(START))
        .agg(
            license_family=pl.when(
                (pl.col("family").n_unique() == 1) & pl.col("family").is_in(["unknown", "varies"]).any().not_()
            ).then(pl.col("family").first())
        )
    )
    counts = ("generation_min", "generation_max", "child_count", "descendant_count", "root_count")
    return (
        models.hstack(names.select("author", "name"))
        .hstack(lineage.labels)
        .join(family, on=START, how="left", maintain_order="left")
        .join(lineage.facts, on=START, how="left", maintain_order="left")
        .with_columns(
            pl.col(counts).fill_null(0),
            id_lower=pl.col("id").str.to_lowercase(),
            documentation_score=_documentation(models, resolved.records),
        )
        .drop(START)
    )


def _documentation(models: pl.DataFrame, given: Records) -> pl.Series:
    """How well each model is documented; null where no card was read."""
    empty = pl.col("license").is_in(["other", "unknown"])
    declared = {"license": given.licenses.filter(~empty), "datasets": given.datasets, "language": given.languages}
    fields = models.select(
        START,
        "card_length",
        "card_sections",
        "card_template",
        task=pl.col("pipeline_tag").is_not_null(),
        library=pl.col("library_name").is_not_null(),
    )
    if fields["card_length"].null_count() == fields.height:
        return pl.repeat(None, fields.height, dtype=pl.Int64(), eager=True)
    for name, rows in declared.items():
        has = np.zeros(fields.height, dtype=bool)
        has[rows["model"].to_numpy()] = True
        fields = fields.with_columns(pl.Series(name, has))
    return cards.scores(fields)


def _hash(properties: tuple[schema.Property, ...]) -> pl.Expr:
    """A number for each row of properties: the encoding and the hash are promised to stay as they are."""
    return polars_hash.hash_rows([p.name for p in properties], version=1).nchash.wyhash()


def _hash_facts(kind: schema.NodeKind, table: pl.DataFrame) -> pl.DataFrame:
    covered = table.select(p.name for p in (kind.key, *kind.facts))
    # In two halves, because a plugin keeps one core busy: two million models take 0.7 s instead of 1.3 s.
    halves = [covered[: table.height // 2], covered[table.height // 2 :]]
    with ThreadPoolExecutor(2) as pool:
        hashes = pool.map(lambda half: half.select(_hash((kind.key, *kind.facts))).to_series(), halves)
    return table.with_columns(facts_hash=pl.concat(list(hashes), rechunk=True).reinterpret(signed=True))


def _mix(values: Words) -> Words:
    """splitmix64: spreads every input bit over the output, so that sums of mixed values collide by chance only."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _edge_hashes(nodes: dict[str, pl.DataFrame], edges: dict[str, pl.DataFrame]) -> pl.Series:
    """For each model the sum, modulo 2^64, of the hashes of its outgoing edges: independent of their order.

    An edge's hash covers its type, the key of the node it points to and its properties.
    """
    total = np.zeros(nodes["Model"].height, dtype=np.uint64)
    keys = {
        label: table.select(_hash((schema.node_kind(label).key,))).to_series().to_numpy()
        for label, table in nodes.items()
    }
    for kind in schema.EDGES:
        table = edges[kind.type]
        seed = pl.DataFrame({"type": [kind.type]}).select(polars_hash.col("type").nchash.wyhash()).item()
        hashes = _mix(keys[kind.end][table[END].to_numpy()] ^ np.uint64(seed))
        if kind.properties:
            hashes = _mix(hashes + table.select(_hash(kind.properties)).to_series().to_numpy())
        np.add.at(total, table[START].to_numpy(), hashes)
    return pl.Series(total).reinterpret(signed=True)
