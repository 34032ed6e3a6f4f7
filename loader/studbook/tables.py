"""The graph as tables: what every writer writes, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from studbook import schema

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


@dataclass(frozen=True)
class GraphTables:
    """Node tables by label and edge tables by type, with exactly the schema's columns in its order.

    Node tables are sorted by key, keys are unique. Edge tables hold `_start` and `_end` before their properties.
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
