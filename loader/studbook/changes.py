"""What a load has to write: the rows of the tables whose hash differs from the graph's."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from studbook import schema
from studbook.lineage import START
from studbook.state import State
from studbook.tables import GraphTables


@dataclass(frozen=True)
class Changes:
    """Rows of tables that are new to the graph or differ from it, and keys that only the graph has."""

    nodes: dict[str, pl.DataFrame]
    """By label, Model excepted: rows of the table that are new or differ."""
    models: pl.DataFrame
    """New or different models: `row` in the table, `id`, `new`, `facts` (they differ), `edges` (likewise)."""
    counters: pl.DataFrame
    """`id` and counters of models that differ in nothing else."""
    gone: dict[str, pl.Series]
    """By label: keys that the tables lack."""
    edges: int
    """Edges that leave a model whose edges are new or differ: all of them are written again."""
    created: int
    """Nodes that are new."""

    @property
    def changed(self) -> int:
        """Nodes that the graph has with other facts or, models, with other edges."""
        return sum(table.height for table in self.nodes.values()) + self.models.height - self.created

    @property
    def removed(self) -> int:
        """Nodes that the tables lack."""
        return sum(len(keys) for keys in self.gone.values())

    @property
    def rows(self) -> int:
        """Rows that a load sends, nodes and edges; `counters` come on top."""
        return sum(table.height for table in self.nodes.values()) + self.models.height + self.edges + self.removed


def compare(tables: GraphTables, state: State, counters: pl.DataFrame) -> Changes:
    """The difference between tables and graph; `counters` are the graph's (state.counters)."""
    nodes: dict[str, pl.DataFrame] = {}
    gone: dict[str, pl.Series] = {}
    created = 0
    for kind in schema.NODES:
        if kind is schema.MODEL:
            continue
        table, key = tables.nodes[kind.label], kind.key.name
        known = state.nodes[kind.label].select(pl.col("key").alias(key), _hash="facts_hash", _there=pl.lit(value=True))
        compared = table.join(known, on=key, how="left").filter(pl.col("facts_hash").ne_missing(pl.col("_hash")))
        nodes[kind.label] = compared.select(table.columns)
        created += compared["_there"].null_count()
        gone[kind.label] = known.join(table, on=key, how="anti")[key]
    models = tables.nodes["Model"]
    verdict = (
        models.select("id", "facts_hash", "edges_hash")
        .with_row_index("row")
        .join(
            state.models.select("id", "status", _facts="facts_hash", _edges="edges_hash"),
            on="id",
            how="left",
            maintain_order="left",
        )
        .select(
            "row",
            "id",
            new=pl.col("status").is_null(),
            facts=pl.col("facts_hash").ne_missing(pl.col("_facts")),
            edges=pl.col("edges_hash").ne_missing(pl.col("_edges")),
        )
    )
    rewired = verdict["edges"]
    gone["Model"] = state.models.join(models, on="id", how="anti")["id"]
    return Changes(
        nodes=nodes,
        models=verdict.filter(pl.col("facts") | pl.col("edges")),
        counters=_counters(models, verdict, counters),
        gone=gone,
        edges=sum(int(rewired.gather(table[START]).sum()) for table in tables.edges.values()),
        created=created + int(verdict["new"].sum()),
    )


def _counters(models: pl.DataFrame, verdict: pl.DataFrame, counters: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in counters.columns if name != "id"]
    differ = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_known")) for name in names)
    return (
        models.select("id", *names)
        .filter(~verdict["facts"])
        .join(counters, on="id", suffix="_known")
        .filter(differ)
        .select("id", *names)
        .sort("id")
    )
