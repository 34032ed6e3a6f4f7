"""The graph as tables: what every writer writes, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
import polars_hash

from studbook import derive, languages, licenses, resolve, resources, schema
from studbook.derive import Ints, Words
from studbook.records import Records
from studbook.resolve import Resolved

START, END = "_start", "_end"
"""Columns of an edge table: row numbers (UInt32) in the node tables of the edge kind's `start` and `end` labels."""

POLARS_TYPES: dict[str, pl.DataType] = {
    "STRING": pl.String(),
    "INTEGER": pl.Int64(),
    "FLOAT": pl.Float64(),
    "BOOLEAN": pl.Boolean(),
    "ZONED DATETIME": pl.Datetime("us", "UTC"),
    "LIST<STRING>": pl.List(pl.String()),
}
"""Polars type of a schema type."""

BACKFILLED = datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
"""The Hub introduced createdAt at this moment and gave it to everything older (hub.md e.1, case 21)."""

_LEVELS = ("high", "medium", "low")


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


def build(given: Records) -> GraphTables:
    """The whole graph of these models: parents resolved, facts derived, every row hashed.

    A pure function: the same rows give the same tables, whatever was loaded before.
    """
    edges: dict[str, pl.DataFrame] = {}
    nodes: dict[str, pl.DataFrame] = {}

    def dimension(label: str, edge: str, rows: pl.DataFrame, key: str) -> None:
        """Node table and edge table of a kind of node that models point to by value."""
        keys = rows.select(pl.col(key).unique(maintain_order=True)).with_row_index(END)
        nodes[label] = _describe(label, keys[key].alias(schema.node_kind(label).key.name))
        edges[edge] = _columns(rows.join(keys, on=key, maintain_order="left"), edge)

    # Most of the lineage keeps one core busy; what models declare does not wait for it.
    with ThreadPoolExecutor(1) as pool:
        deriving = pool.submit(_resolve_and_derive, given)
        dimension("License", "UNDER_LICENSE", given.licenses.rename({"model": START}), "license")
        dimension("Language", "IN_LANGUAGE", given.languages.rename({"model": START}), "language")
        dimension("Dataset", "TRAINED_ON", given.datasets.rename({"model": START}), "dataset")
        dimension("Paper", "CITES", given.papers.rename({"model": START}), "paper")
        tagged = given.models.select("pipeline_tag", "library_name").with_row_index(START)
        dimension("Task", "HAS_TASK", tagged.select(START, "pipeline_tag").drop_nulls(), "pipeline_tag")
        dimension("Library", "USES_LIBRARY", tagged.select(START, "library_name").drop_nulls(), "library_name")
        resolved, lineage = deriving.result()

        models = resolved.records.models.with_row_index(START)
        parts = pl.col("id").str.split_exact("/", 1).struct.rename_fields(["author", "name"])
        names = models.select(START, parts).unnest("id")
        describing = pool.submit(_models, models, names, resolved, lineage)
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


def _resolve_and_derive(given: Records) -> tuple[Resolved, _Lineage]:
    resolved = resolve.resolve(given)
    return resolved, _Lineage.of(resolved)


def _columns(rows: pl.DataFrame, edge: str) -> pl.DataFrame:
    kind = next(kind for kind in schema.EDGES if kind.type == edge)
    return rows.select(
        pl.col(START).cast(pl.UInt32),
        pl.col(END).cast(pl.UInt32),
        *(pl.col(p.name).cast(POLARS_TYPES[p.type]) for p in kind.properties),
    )


def _describe(label: str, keys: pl.Series) -> pl.DataFrame:
    """Node rows for keys, with what our tables know of them; unknown keys stay, with `known` false."""
    table = keys.to_frame()
    if label == "Language":
        return languages.names(keys)
    if label == "License":
        known = licenses.table().drop("complete")
    elif label in ("Task", "Library"):
        known = pl.read_csv(resources.DATA / ("tasks.csv" if label == "Task" else "libraries.csv"), infer_schema=False)
        known = known.with_columns(known=pl.lit(value=True))
    else:
        return table
    described = table.join(known, on=keys.name, how="left", maintain_order="left")
    return described.with_columns(pl.col("known").fill_null(value=False))


@dataclass(frozen=True)
class _Lineage:
    """Derived facts. `facts` has one row per model with an edge or an unresolved parent, keyed by `_start`."""

    edges: pl.DataFrame
    facts: pl.DataFrame
    families: pl.DataFrame
    in_family: pl.DataFrame

    @staticmethod
    def of(resolved: Resolved) -> _Lineage:
        models, edges = resolved.records.models, resolved.edges
        # Most models have no relatives: the facts are computed over those that do.
        child_row, parent_row = edges["child"].to_numpy(), edges["parent"].to_numpy()
        has_relative = np.zeros(models.height, dtype=bool)
        for rows in (child_row, parent_row, resolved.unresolved["model"].to_numpy()):
            has_relative[rows] = True
        touched = np.flatnonzero(has_relative)
        number = np.zeros(models.height, dtype=np.int64)
        number[touched] = np.arange(len(touched))
        child, parent, size = number[child_row], number[parent_row], len(touched)
        relatives = models.select("id", "created_at", "status")[touched]

        # Numpy keeps one core busy, so the structure is found beside all that does not need it.
        with ThreadPoolExecutor(1) as pool:
            finding = pool.submit(derive.structure, size, child, parent)
            confidence = _edge_confidence(edges, models)
            term_names, own = _own_bits(resolved, touched)
            on_edge = np.zeros((len(child), own.shape[1]), dtype=np.uint64)
            on_edge[:, -1] = _bit_of_level(confidence)
            received = derive.upstream_bits(size, child, parent, own=own, edge=on_edge)
            weakest = received[:, -1] | own[:, -1]
            has_parent = np.zeros(size, dtype=bool)
            has_parent[child] = True
            has_parent |= own[:, -1] != 0
            merge = (edges["relation"] == "merge").fill_null(value=False).to_numpy()
            families, family = _families(relatives, child[~merge], parent[~merge])
            license_change = _license_changes(resolved)
            structure = finding.result()

        component = _earliest(relatives, structure.component, structure.generation_max == 0)
        unresolved = resolved.unresolved.select(pl.col("model").alias(START), unresolved_parents="references")
        cycles = structure.cycle
        facts = pl.DataFrame(
            {
                START: touched.astype(np.uint32),
                "component": component,
                "generation_min": structure.generation_min,
                "generation_max": structure.generation_max,
                "child_count": structure.child_count,
                "descendant_count": structure.descendant_count,
                "root_count": structure.root_count,
                "cycle_id": _smallest(relatives["id"], cycles),
                "upstream_terms": _term_lists(received, term_names),
                "lineage_confidence": pl.Series(
                    np.where(weakest & 2, "low", np.where(weakest & 1, "medium", "high")), dtype=pl.String
                ).set(pl.Series(~has_parent), None),
            }
        ).join(unresolved, on=START, how="left", maintain_order="left")
        return _Lineage(
            edges=_edge_facts(resolved, confidence, structure.edge_in_cycle, license_change),
            facts=facts,
            families=families,
            in_family=pl.DataFrame({START: touched.astype(np.uint32), END: family}).filter(pl.col(END) >= 0),
        )


def _edge_confidence(edges: pl.DataFrame, models: pl.DataFrame) -> pl.Series:
    missing = models["status"].gather(edges["parent"]) == "missing"
    return edges.select(
        pl.when(missing)
        .then(pl.lit("low"))
        .when((pl.col("by") != "exact") | pl.col("relation").is_null())
        .then(pl.lit("medium"))
        .otherwise(pl.lit("high"))
    ).to_series()


def _bit_of_level(levels: pl.Series) -> Words:
    """0 for high, 1 for medium, 2 for low: what is OR-ed along a path."""
    return levels.replace_strict(_LEVELS, [0, 1, 2], return_dtype=pl.UInt64).to_numpy()


def _own_bits(resolved: Resolved, touched: Ints) -> tuple[list[str], Words]:
    """Names of the terms, and for each relative the bits of its licence's terms; the last word holds its doubt.

    A model under several licences leaves the choice open, so that only what all of them ask is known.
    """
    table = licenses.table().select(license="id", terms="terms")
    names = table["terms"].explode().drop_nulls().unique().sort().to_list()
    bits = np.zeros((len(touched), -(-len(names) // 64) + 1), dtype=np.uint64)
    declared = resolved.records.licenses.filter(pl.col("model").is_in(touched))
    per_model = declared.group_by("model").agg(count=pl.len())
    terms = (
        declared.join(table, on="license")
        .explode("terms")
        .drop_nulls("terms")
        .group_by("model", "terms")
        .agg(asking=pl.len())
        .join(per_model, on="model")
        .filter(pl.col("asking") == pl.col("count"))
    )
    place = terms["terms"].replace_strict(names, list(range(len(names))), return_dtype=pl.Int64).to_numpy()
    row = np.searchsorted(touched, terms["model"].to_numpy())
    np.bitwise_or.at(bits, (row, place // 64), np.uint64(1) << (place % 64).astype(np.uint64))
    bits[np.searchsorted(touched, resolved.unresolved["model"].to_numpy()), -1] = 2
    return names, bits


def _term_lists(bits: Words, names: list[str]) -> pl.Series:
    """The sets of terms as sorted lists, null for the empty set; distinct sets are few, so each is spelt once."""
    sets = pl.DataFrame(bits[:, :-1])
    distinct = sets.unique()
    spelt = [
        [name for i, name in enumerate(names) if row[i // 64] >> (i % 64) & 1] or None for row in distinct.iter_rows()
    ]
    known = distinct.with_columns(terms=pl.Series(spelt, dtype=pl.List(pl.String)))
    return sets.join(known, on=sets.columns, how="left", maintain_order="left")["terms"]


def _earliest(relatives: pl.DataFrame, group: Ints, root: derive.Bools) -> pl.Series:
    """For each node the id of its group's earliest root: by date, unknown dates last, then by id."""
    roots = relatives.select("id", "created_at", group=pl.Series(group)).filter(pl.Series(root))
    first = roots.sort("created_at", "id", nulls_last=True).group_by("group").agg(pl.col("id").first())
    return pl.DataFrame({"group": group}).join(first, on="group", how="left", maintain_order="left")["id"]


def _smallest(ids: pl.Series, group: Ints) -> pl.Series:
    """For each node the smallest id of its group, null for group -1."""
    members = pl.DataFrame({"id": ids, "group": group})
    first = members.filter(pl.col("group") >= 0).group_by("group").agg(pl.col("id").min())
    return members.select("group").join(first, on="group", how="left", maintain_order="left")["id"]


def _families(relatives: pl.DataFrame, child: Ints, parent: Ints) -> tuple[pl.DataFrame, Ints]:
    """Family rows, and the family of each relative as its row number (-1 for none). Merge edges are left out."""
    size = relatives.height
    component = derive.weak_components(size, child, parent)
    generation = derive.generations(size, child, parent)
    members = np.bincount(component, minlength=1) if size else np.zeros(1, dtype=np.int64)
    of_two = members[component] > 1
    table = pl.DataFrame(
        {
            "component": component,
            "id": _earliest(relatives, component, generation == 0),
            "generation": generation,
        }
    ).filter(pl.Series(of_two))
    families = (
        table.group_by("component", "id")
        .agg(
            model_count=pl.len().cast(pl.Int64),
            root_count=(pl.col("generation") == 0).sum().cast(pl.Int64),
            generations=pl.col("generation").max(),
        )
        .sort("id")
    )
    row = np.full(len(members), -1, dtype=np.int64)
    row[families["component"].to_numpy()] = np.arange(families.height)
    return families.drop("component"), row[component]


def _edge_facts(
    resolved: Resolved, confidence: pl.Series, in_cycle: derive.Bools, license_change: pl.Series
) -> pl.DataFrame:
    edges, created = resolved.edges, resolved.records.models["created_at"]
    days = pl.DataFrame({"child": created.gather(edges["child"]), "parent": created.gather(edges["parent"])}).select(
        pl.when((pl.col("child") > BACKFILLED) & (pl.col("parent") > BACKFILLED)).then(
            (pl.col("child") - pl.col("parent")).dt.total_microseconds() // 86_400_000_000
        )
    )
    return edges.select(
        pl.col("child").alias(START),
        pl.col("parent").alias(END),
        "relation",
        "position",
        "evidence",
        "declared_as",
        confidence=confidence,
        in_cycle=pl.Series(in_cycle),
        license_change=license_change,
        days_after_parent=days.to_series(),
    )


def _license_changes(resolved: Resolved) -> pl.Series:
    """licenses.change() for every edge; it is asked once per distinct pair of licence sets.

    What a missing parent declared is unknown, which is not the same as silence.
    """
    sets = (
        resolved.records.licenses.sort("model", "license")
        .group_by("model", maintain_order=True)
        .agg("license")
        .with_columns(key=pl.col("license").list.join("\n").rank("dense"))
    )
    spelt = sets.unique("key")
    readings = {key: frozenset(names) for key, names in zip(spelt["key"], spelt["license"].to_list(), strict=True)}
    ends = (
        resolved.edges.select("child", "parent")
        .join(sets.select(child="model", after="key"), on="child", how="left", maintain_order="left")
        .join(sets.select(parent="model", before="key"), on="parent", how="left", maintain_order="left")
        .select("before", "after")
    )
    pairs = ends.unique()
    nothing: frozenset[str] = frozenset()
    words = [
        licenses.change(readings.get(before, nothing), readings.get(after, nothing))
        for before, after in pairs.iter_rows()
    ]
    answered = pairs.with_columns(word=pl.Series(words, dtype=pl.String))
    change = ends.join(answered, on=["before", "after"], how="left", nulls_equal=True, maintain_order="left")["word"]
    status = resolved.records.models["status"].gather(resolved.edges["parent"])
    return change.set(status == "missing", "unknown")


def _models(models: pl.DataFrame, names: pl.DataFrame, resolved: Resolved, lineage: _Lineage) -> pl.DataFrame:
    families = licenses.table().select(license="id", family="family")
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
        .join(family, on=START, how="left", maintain_order="left")
        .join(lineage.facts, on=START, how="left", maintain_order="left")
        .with_columns(
            pl.col(counts).fill_null(0),
            id_lower=pl.col("id").str.to_lowercase(),
        )
        .drop(START)
    )


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
