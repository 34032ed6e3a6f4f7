"""What is asked of whole families and no query answers in bounded time: how they spread, and what holds them together.

A family is taken as an undirected graph: two members are joined where one is declared to derive from the other, however
many relations say so and in whichever direction. Everything rests on its blocks, the largest parts that no single
member holds together: the steps of a tree are blocks of two, and only the others need more than sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from studbook import ask, resources
from studbook.derive import Ints, weigh
from studbook.graph import Graph
from studbook.library import Column
from studbook.schema import DERIVATIONS

EDGES = pl.Schema({"family": pl.String(), "child": pl.String(), "parent": pl.String()})
"""Columns of an edge frame: a row for each declared derivation inside a family, which is named by its earliest root."""

VIRALITY = (
    Column("family", "STRING"),
    Column("models", "INTEGER"),
    Column("joined", "INTEGER"),
    Column("mean_distance", "FLOAT"),
    Column("broadcast", "FLOAT"),
    Column("chain", "FLOAT"),
)
"""Columns of virality()."""

BRIDGES = (
    Column("family", "STRING"),
    Column("model", "STRING"),
    Column("models", "INTEGER"),
    Column("parts", "INTEGER"),
    Column("largest_part", "INTEGER"),
    Column("cut_off", "INTEGER"),
)
"""Columns of bridges()."""

_WORDS = 2**22
"""Words of 64 bits that are gathered at once: 32 MB."""


def relations(*, merges: bool) -> list[str]:
    """The relations by which families are joined: all, merges only where asked for."""
    return [kind.type for kind in DERIVATIONS if merges or kind.type != "MERGE_OF"]


def families(graph: Graph, models: Sequence[str], *, merges: bool) -> list[str]:
    """The families that these models belong to, given by id or another name, each once.

    Raises QueryError for a name that the graph does not have. A model without relatives has no family.
    """
    found = []
    for name in models:
        id_ = ask.model_id(graph, name)
        ((family, component),) = graph.read(resources.statement("read/model_families"), {"id": id_}).rows
        found.append(component if merges else family)
    return list(dict.fromkeys(family for family in found if family is not None))


def largest(graph: Graph, number: int, *, merges: bool) -> list[str]:
    """The families with most members, largest first."""
    statement = "read/components_largest" if merges else "read/families_largest"
    return [family for (family,) in graph.read(resources.statement(statement), {"limit": number}).rows]


def edges(graph: Graph, families: Sequence[str], *, merges: bool) -> pl.DataFrame:
    """The edge frame of some families; columns of EDGES, the families in the given order."""
    statement = "read/components_edges" if merges else "read/families_edges"
    rows = graph.read(resources.statement(statement), {"families": list(families)}).rows
    frames = {family: pl.DataFrame({"child": child, "parent": parent}) for family, child, parent in rows}
    parts = [frames[family].select(pl.lit(family).alias("family"), "child", "parent") for family in families]
    return pl.concat([EDGES.to_frame(), *parts])


def virality(edges: pl.DataFrame) -> pl.DataFrame:
    """Structural virality of each family (Goel, Anderson, Hofman and Watts 2016): the mean distance of two members.

    Columns of VIRALITY, families as they come. `joined` counts pairs of members joined directly. `broadcast` and `chain`
    are the mean distances of a star and of a line of as many members, the least and the most that a tree can have; a
    family with more than one way between two members can be below the star. A family of one is left out.
    """
    rows = []
    for (family,), part in edges.group_by("family", maintain_order=True):
        members, child, parent = _numbered(part)
        size = len(members)
        if size < 2:
            continue
        blocks = _blocks(size, child, parent)
        mean = 2 * _total_distance(blocks) / (size * (size - 1))
        rows.append((family, size, len(blocks.near), mean, 2 * (size - 1) / size, (size + 1) / 3))
    return pl.DataFrame(rows, _frame_schema(VIRALITY), orient="row")


def bridges(edges: pl.DataFrame) -> pl.DataFrame:
    """The members of each family without which it would fall apart (its articulation points).

    Columns of BRIDGES, most important first: `models` members of the family, `parts` that it would fall into,
    `largest_part` members of the largest of these, and `cut_off`, how many members would no longer be joined with it.
    """
    found = [pl.DataFrame(schema=_frame_schema(BRIDGES))]
    for (family,), part in edges.group_by("family", maintain_order=True):
        members, child, parent = _numbered(part)
        size = len(members)
        if size < 3:
            continue
        blocks = _blocks(size, child, parent)
        hanging = pl.DataFrame({"node": blocks.above, "block": blocks.block, "part": blocks.weight})[1:]
        # What hangs from a node by another block than the one that leads up from it falls off without the node.
        own = pl.DataFrame({"node": np.arange(1, size), "block": blocks.block[1:]})
        fallen = hanging.group_by("node", "block").agg(pl.col("part").sum()).join(own, on=["node", "block"], how="anti")
        pieces = fallen.group_by("node").agg(
            pl.len().alias("pieces"), pl.col("part").sum().alias("off"), pl.col("part").max().alias("largest")
        )
        rest = size - 1 - pl.col("off")
        found.append(
            pieces.with_columns(rest=rest, parts=pl.col("pieces") + (rest > 0).cast(pl.UInt32))
            .filter(pl.col("parts") > 1)
            .select(
                pl.lit(family).alias("family"),
                model=pl.lit(members.gather(blocks.order)).gather(pl.col("node")),
                models=pl.lit(size, pl.Int64),
                parts=pl.col("parts").cast(pl.Int64),
                largest_part=pl.max_horizontal("largest", "rest"),
                cut_off=size - 1 - pl.max_horizontal("largest", "rest"),
            )
        )
    return pl.concat(found).sort("cut_off", "parts", "family", "model", descending=[True, True, False, False])


def _frame_schema(columns: Sequence[Column]) -> pl.Schema:
    types = {"STRING": pl.String(), "INTEGER": pl.Int64(), "FLOAT": pl.Float64()}
    return pl.Schema({column.name: types[column.type] for column in columns})


def _numbered(edges: pl.DataFrame) -> tuple[pl.Series, Ints, Ints]:
    """The members in order of id, and the ends of each edge as their numbers."""
    members = pl.concat([edges["child"], edges["parent"]]).unique().sort()
    number = pl.Enum(members)
    child, parent = (edges[name].cast(number).to_physical().to_numpy().astype(np.int64) for name in ("child", "parent"))
    return members, child, parent


@dataclass(frozen=True)
class _Blocks:
    """A connected undirected graph, its nodes renumbered as a breadth-first walk comes to them, and its blocks."""

    order: Ints
    """The old number of each node."""
    above: Ints
    """The node from which the walk came; no later node has an earlier one. 0 for the first."""
    weight: Ints
    """Nodes of the branch that hangs from a node in the tree of the walk, itself included."""
    block: Ints
    """Number of the block of the step from each node to the one above it; that of the first node means nothing."""
    near: Ints
    far: Ints
    """Ends of every joined pair, `near` the smaller."""


def _blocks(size: int, one: Ints, other: Ints) -> _Blocks:
    """The blocks of a connected graph of two or more nodes, by Tarjan and Vishkin's algorithm (1985).

    It needs any spanning tree, and so runs level by level on whole arrays, where the usual search goes node by node.
    """
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(size, size)).tocsr()
    visited, came_from = breadth_first_order(graph, 0, directed=False)
    order = visited.astype(np.int64)
    number = np.empty(size, dtype=np.int64)
    number[order] = np.arange(size)
    above = np.zeros(size, dtype=np.int64)
    above[1:] = number[came_from[order[1:]]]
    keys = np.unique(np.minimum(number[one], number[other]) * size + np.maximum(number[one], number[other]))
    near, far = keys // size, keys % size
    near, far = near[near != far], far[near != far]

    levels = _levels(above)
    weight = np.ones(size, dtype=np.int64)
    for level in reversed(levels[1:]):
        np.add.at(weight, above[level], weight[level])
    # Numbers in preorder: those of a branch are consecutive.
    first = np.zeros(size, dtype=np.int64)
    for level in levels[1:]:
        before = np.cumsum(weight[level]) - weight[level]
        eldest = np.searchsorted(above[level], above[level], side="left")
        first[level] = first[above[level]] + 1 + before - before[eldest]
    # The lowest and the highest number to which a step outside the tree leads from a branch.
    across = above[far] != near
    low, high = first.copy(), first.copy()
    for here, there in ((near[across], far[across]), (far[across], near[across])):
        np.minimum.at(low, here, first[there])
        np.maximum.at(high, here, first[there])
    for level in reversed(levels[1:]):
        np.minimum.at(low, above[level], low[level])
        np.maximum.at(high, above[level], high[level])
    # A step is known by its lower node. A way around joins the steps to the nodes above it on either side, and the step
    # to a node with the one further up when something in the node's branch leads out of the branch of the node above.
    below = np.flatnonzero(above > 0)
    upper = above[below]
    leads_out = (low[below] < first[upper]) | (high[below] >= first[upper] + weight[upper])
    left = np.concatenate((near[across], below[leads_out]))
    right = np.concatenate((far[across], upper[leads_out]))
    joined = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size)).tocsr()
    _, block = connected_components(joined, directed=False)
    return _Blocks(order, above, weight, block.astype(np.int64), near, far)


def _levels(above: Ints) -> list[slice]:
    """The nodes of each level of the walk: they are consecutive, and so are those above them."""
    levels = [slice(0, 1)]
    while levels[-1].stop < len(above):
        start = levels[-1].stop
        levels.append(slice(start, start + int(np.searchsorted(above[start:], start, side="left"))))
    return levels


def _total_distance(blocks: _Blocks) -> int:
    """Sum of the distances of all pairs (the Wiener index).

    A way from one node to another stays in the blocks between them, so that the sum is one over blocks: in each, its
    nodes stand for all that hangs from them outside it.
    """
    size, lower = len(blocks.above), np.arange(1, len(blocks.above))
    steps = np.bincount(blocks.block[lower], minlength=size)[blocks.block]
    lone = lower[steps[lower] == 1]
    total = int((blocks.weight[lone] * (size - blocks.weight[lone])).sum())
    inside = lower[steps[lower] > 1]
    around = np.flatnonzero(steps[blocks.far] > 1)
    nodes_of, pairs_of = _grouped(inside, blocks.block[inside]), _grouped(around, blocks.block[blocks.far[around]])
    for nodes, pairs in zip(nodes_of, pairs_of, strict=True):
        # The whole block hangs from the node above the first of it that the walk came to.
        own = np.concatenate(([blocks.above[nodes[0]]], nodes))
        stands_for = np.concatenate(([size], blocks.weight[nodes]))
        np.subtract.at(stands_for, np.searchsorted(own, blocks.above[nodes]), blocks.weight[nodes])
        near, far = np.searchsorted(own, blocks.near[pairs]), np.searchsorted(own, blocks.far[pairs])
        total += _weighted_distance(near, far, stands_for)
    return total


def _grouped(values: Ints, keys: Ints) -> list[Ints]:
    """The values of each key, in order, the keys in order too."""
    order = np.argsort(keys, kind="stable")
    heads = np.flatnonzero(np.diff(keys[order])) + 1
    return np.split(values[order], heads) if len(values) else []


def _weighted_distance(near: Ints, far: Ints, weight: Ints) -> int:
    """Sum of the distances of all pairs of nodes of a connected graph, each pair as often as the product of its weights.

    Many walks go at once, each in a bit of its own: a row of bits says from which nodes the walks have come here.
    """
    size, total = len(weight), 0
    here, there = np.concatenate((near, far)), np.concatenate((far, near))
    order = np.argsort(here, kind="stable")
    there, heads = there[order], np.searchsorted(here[order], np.arange(size))
    words = max(1, min(-(-size // 64), _WORDS // len(there)))
    for begin in range(0, size, 64 * words):
        sources = np.arange(begin, min(begin + 64 * words, size))
        seen = np.zeros((size, words), dtype=np.uint64)
        place = sources - begin
        seen[sources, place // 64] = np.uint64(1) << (place % 64).astype(np.uint64)
        new, distance = seen, 0
        while new.any():
            total += distance * int((weigh(new, weight[sources]) * weight).sum())
            new = np.bitwise_or.reduceat(new[there], heads, axis=0) & ~seen
            seen = seen | new
            distance += 1
    return total // 2
