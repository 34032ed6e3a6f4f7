"""Facts of the whole lineage graph, each in time linear in models and edges (bit sets for the multi-parent core).

Everything is an array over compact node numbers 0..n-1. `child[i]` and `parent[i]` are the ends of edge i. Cycles are
condensed first, so that no fact depends on where a cycle is entered and nothing hangs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

_BLOCK_BYTES = 64 * 2**20
"""Memory of one block of bit sets; the targets are taken in as many blocks as that needs."""


@dataclass(frozen=True)
class Structure:
    """Where each model stands. Arrays over nodes, or over the given edges where said."""

    cycle: Ints
    """Number of the cycle a node lies on (a self-parent is a cycle of one), -1 outside cycles."""
    edge_in_cycle: Bools
    """Over edges: both ends on one cycle."""
    generation_min: Ints
    generation_max: Ints
    child_count: Ints
    descendant_count: Ints
    root_count: Ints
    component: Ints
    """Number of the weakly connected component."""


@dataclass(frozen=True)
class _Dag:
    """A graph without cycles, its edges grouped by level: `generation_max` of the child, ascending."""

    size: int
    child: Ints  # sorted by (level of child, child)
    parent: Ints
    starts: Ints  # first edge of each level ≥ 1
    generation_max: Ints

    def levels(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        """(children, their parents, first edge of each child) level by level, roots' children first.

        `children` has one entry per child with parents; `np.ufunc.reduceat(values[parents], first)` folds its parents.
        """
        for start, end in pairwise([*self.starts.tolist(), len(self.child)]):
            child = self.child[start:end]
            first = np.flatnonzero(np.r_[True, child[1:] != child[:-1]])
            yield child[first], self.parent[start:end], first


def weak_components(size: int, child: Ints, parent: Ints) -> Ints:
    """Component number of each of `size` nodes."""
    return _components(size, child, parent, "weak")


def structure(size: int, child: Ints, parent: Ints) -> Structure:
    """Every structural fact of a lineage graph of `size` nodes; several edges per pair and self-parents are allowed.

    A generation counts edges of the condensation, where a cycle is one node. Counts exclude the node itself.
    """
    strong = _components(size, child, parent, "strong")
    condensed_size = int(strong.max(initial=-1)) + 1
    members = np.bincount(strong, minlength=condensed_size)
    self_parent = np.zeros(size, dtype=bool)
    self_parent[child[child == parent]] = True
    cyclic = (members[strong] > 1) | self_parent
    up, down = _pairs(strong[child], strong[parent], condensed_size)
    dag = _dag(condensed_size, up, down)
    generation_min = _generation_min(dag)
    _, distinct_parent = _pairs(child, parent, size)
    return Structure(
        cycle=np.where(cyclic, strong, -1),
        edge_in_cycle=strong[child] == strong[parent],
        generation_min=generation_min[strong],
        generation_max=dag.generation_max[strong],
        child_count=np.bincount(distinct_parent, minlength=size),
        descendant_count=_descendant_counts(dag, members)[strong] + members[strong] - 1,
        root_count=_root_counts(dag, members)[strong]
        + np.where(dag.generation_max[strong] == 0, members[strong] - 1, 0),
        component=_components(size, child, parent, "weak"),
    )


def upstream_bits(
    size: int, child: Ints, parent: Ints, *, own: Words, edge: Words | None = None, passes: Words | None = None
) -> Words:
    """What reaches each node from above: the union of `own` over its ancestors and of `edge` over the edges passed.

    `own` has the shape (size, words), `edge` and `passes` (edges, words). A node on a cycle is below every other member
    of the cycle, never below itself. An edge lets those bits pass that it has in `passes`, all of them without it; on a
    cycle everything passes, and what an edge adds of its own always does.
    """
    strong = _components(size, child, parent, "strong")
    condensed_size = int(strong.max(initial=-1)) + 1
    inner = strong[child] == strong[parent]
    members = np.bincount(strong, minlength=condensed_size)
    in_cycle = np.flatnonzero(members[strong] > 1)
    bits = np.zeros((condensed_size, own.shape[1]), dtype=np.uint64)
    # Assigned, and united only where several nodes are one or an edge adds anything: uniting all takes ten times as long.
    bits[strong] = own
    np.bitwise_or.at(bits, strong[in_cycle], own[in_cycle])
    # What every member of a cycle receives from the cycle's own edges, and from above it.
    received = np.zeros_like(bits)
    if edge is not None:
        adds = np.flatnonzero(edge.any(axis=1))
        np.bitwise_or.at(received, strong[child[adds]], edge[adds])
    up, down = strong[child][~inner], strong[parent][~inner]
    dag = _dag(condensed_size, *_pairs(up, down, condensed_size))
    open_ = None if passes is None else _per_pair(dag, up, down, passes[~inner])
    done = 0
    for children, parents, first in dag.levels():
        gathered = bits[parents] | received[parents]
        if open_ is not None:
            gathered &= open_[done : done + len(parents)]
            done += len(parents)
        received[children] |= np.bitwise_or.reduceat(gathered, first, axis=0)
    result = received[strong]
    for number in np.unique(strong[in_cycle]):
        cycle = in_cycle[strong[in_cycle] == number]
        # All of the others: union of everything before and everything after each member.
        before = np.bitwise_or.accumulate(own[cycle], axis=0)
        after = np.bitwise_or.accumulate(own[cycle][::-1], axis=0)[::-1]
        result[cycle[1:]] |= before[:-1]
        result[cycle[:-1]] |= after[1:]
    return result


def _per_pair(dag: _Dag, child: Ints, parent: Ints, words: Words) -> Words:
    """For each edge of the condensation the union of the words of the edges that it stands for."""
    keys = child * dag.size + parent
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(keys[order]) > 0]) if len(keys) else np.empty(0, dtype=np.int64)
    if not len(first):
        return words
    together = np.bitwise_or.reduceat(words[order], first, axis=0)
    return together[np.searchsorted(keys[order][first], dag.child * dag.size + dag.parent)]


def generations(size: int, child: Ints, parent: Ints) -> Ints:
    """Longest way up to a root, in edges, on the condensation."""
    strong = _components(size, child, parent, "strong")
    condensed_size = int(strong.max(initial=-1)) + 1
    return _dag(condensed_size, *_pairs(strong[child], strong[parent], condensed_size)).generation_max[strong]


def _components(size: int, child: Ints, parent: Ints, connection: Literal["weak", "strong"]) -> Ints:
    ones = np.ones(len(child), dtype=np.int8)
    graph: Any = coo_array((ones, (child, parent)), shape=(size, size)).tocsr()
    _, labels = connected_components(graph, directed=True, connection=connection)
    return labels.astype(np.int64)


def _pairs(child: Ints, parent: Ints, size: int) -> tuple[Ints, Ints]:
    """Distinct pairs, self-pairs left out."""
    keys = np.sort((child * size + parent)[child != parent])
    keys = keys[np.r_[True, keys[1:] != keys[:-1]]] if len(keys) else keys
    return keys // size, keys % size


def _slices(starts: Ints, counts: Ints) -> Ints:
    """The positions of several ranges, one after the other."""
    ends = np.cumsum(counts)
    return np.repeat(starts - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)


def _dag(size: int, child: Ints, parent: Ints) -> _Dag:
    """Levels by peeling: each edge is looked at once, in the round in which its parent's level is known."""
    by_parent = np.argsort(parent, kind="stable")
    children = child[by_parent]
    offsets = np.concatenate(([0], np.cumsum(np.bincount(parent, minlength=size))))
    waiting = np.bincount(child, minlength=size)
    level = np.zeros(size, dtype=np.int64)
    frontier = np.flatnonzero((waiting == 0) & (np.diff(offsets) > 0))
    depth = 0
    while len(frontier):
        depth += 1
        reached = children[_slices(offsets[frontier], offsets[frontier + 1] - offsets[frontier])]
        distinct, times = np.unique(reached, return_counts=True)
        waiting[distinct] -= times
        frontier = distinct[waiting[distinct] == 0]
        level[frontier] = depth
    order = np.lexsort((child, level[child]))
    child, parent = child[order], parent[order]
    starts = np.flatnonzero(np.r_[True, np.diff(level[child]) > 0]) if len(child) else np.empty(0, dtype=np.int64)
    return _Dag(size, child, parent, starts, level)


def _generation_min(dag: _Dag) -> Ints:
    result = np.zeros(dag.size, dtype=np.int64)
    for children, parents, first in dag.levels():
        result[children] = 1 + np.minimum.reduceat(result[parents], first)
    return result


def _forest(dag: _Dag) -> tuple[Bools, Ints]:
    """Which nodes have several parents, and the only parent of those that have one (else -1).

    Without the edges into the many-parented nodes the graph is a forest. A set of descendants (or of roots) is then a
    disjoint union of trees, so that only the many-parented nodes need sets: the rest is counting.
    """
    parents = np.bincount(dag.child, minlength=dag.size)
    only = np.full(dag.size, -1, dtype=np.int64)
    single = parents[dag.child] == 1
    only[dag.child[single]] = dag.parent[single]
    return parents > 1, only


def _descendant_counts(dag: _Dag, weights: Ints) -> Ints:
    """Total weight of the distinct descendants of each node."""
    many, only = _forest(dag)
    tree = weights.astype(np.int64)
    levels = list(dag.levels())
    for children, _, _ in reversed(levels):
        single = children[~many[children]]
        np.add.at(tree, only[single], tree[single])
    counts = tree - weights
    targets = np.flatnonzero(many)
    if not len(targets):
        return counts
    # Core: the ancestors of many-parented nodes, and those themselves.
    core = many.copy()
    for children, parents, first in reversed(levels):
        below = np.repeat(core[children], np.diff(np.r_[first, len(parents)]))
        core[parents[below]] = True
    number = np.cumsum(core) - 1
    keep = core[dag.child]
    core_dag = _Dag(
        int(core.sum()),
        number[dag.child[keep]],
        number[dag.parent[keep]],
        _level_starts(dag, keep),
        dag.generation_max[core],
    )
    reach = _reached_weight(core_dag, number[targets], tree[targets])
    counts[core] += reach
    return counts


def _level_starts(dag: _Dag, keep: Bools) -> Ints:
    """First edge of each level that is left when only some edges are kept."""
    levels = dag.generation_max[dag.child[keep]]
    return np.flatnonzero(np.r_[True, np.diff(levels) > 0]) if len(levels) else np.empty(0, dtype=np.int64)


def _reached_weight(dag: _Dag, targets: Ints, weights: Ints) -> Ints:
    """Total weight of the distinct targets strictly below each node of the core."""
    total = np.zeros(dag.size, dtype=np.int64)
    levels = list(dag.levels())
    for begin, own in _blocks(dag.size, targets):
        bits = np.zeros_like(own)
        for children, parents, first in reversed(levels):
            times = np.diff(np.r_[first, len(parents)])
            sources = np.repeat(children, times)
            order = np.argsort(parents, kind="stable")
            sorted_parents = parents[order]
            heads = np.flatnonzero(np.r_[True, sorted_parents[1:] != sorted_parents[:-1]])
            gathered = (bits[sources] | own[sources])[order]
            bits[sorted_parents[heads]] |= np.bitwise_or.reduceat(gathered, heads, axis=0)
        total += weigh(bits, weights[begin : begin + own.shape[1] * 64])
    return total


def _blocks(size: int, targets: Ints) -> Iterator[tuple[int, Words]]:
    """Bit sets of `size` nodes in which each target holds its own bit, a block of targets at a time."""
    words = max(1, min(-(-len(targets) // 64), _BLOCK_BYTES // (8 * size)))
    for begin in range(0, len(targets), words * 64):
        block = targets[begin : begin + words * 64]
        bits = np.zeros((size, words), dtype=np.uint64)
        position = np.arange(len(block))
        bits[block, position // 64] = np.uint64(1) << (position % 64).astype(np.uint64)
        yield begin, bits


def weigh(bits: Words, weights: Ints) -> Ints:
    """Total weight of the set bits of each row: most words are zero, and the others are looked up byte by byte."""
    padded = np.zeros(bits.shape[1] * 64, dtype=np.int64)
    padded[: len(weights)] = weights
    in_byte = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    weight_of = padded.reshape(-1, 8) @ in_byte.T.astype(np.int64)
    words = bits.reshape(-1)
    filled = np.flatnonzero(words)
    row, word = np.divmod(filled, bits.shape[1])
    place = word[:, None] * 8 + np.arange(8)
    weight = weight_of[place, words[filled].view(np.uint8).reshape(-1, 8)].sum(axis=1)
    # Sums of bincount are floats, which are exact far beyond any number of models.
    return np.bincount(row, weights=weight, minlength=len(bits)).astype(np.int64)


def _root_counts(dag: _Dag, weights: Ints) -> Ints:
    """Total weight of the distinct roots strictly above each node."""
    many, only = _forest(dag)
    # The top of the tree a node hangs in: a root, or a many-parented node.
    top = np.arange(dag.size)
    for children, _, _ in dag.levels():
        single = children[~many[children]]
        top[single] = top[only[single]]
    counts = np.where(top != np.arange(dag.size), weights[top], 0).astype(np.int64)
    if not many.any():
        return counts
    into = many[dag.child]
    child, parent_top = dag.child[into], top[dag.parent[into]]
    roots = np.unique(parent_top[~many[parent_top]])
    nodes = np.unique(np.concatenate((child, parent_top)))
    number = np.full(dag.size, -1, dtype=np.int64)
    number[nodes] = np.arange(len(nodes))
    order = np.lexsort((child, dag.generation_max[child]))
    child, parent_top = child[order], parent_top[order]
    levels = dag.generation_max[child]
    upside = _Dag(
        len(nodes),
        number[child],
        number[parent_top],
        np.flatnonzero(np.r_[True, np.diff(levels) > 0]),
        dag.generation_max[nodes],
    )
    above = np.zeros(len(nodes), dtype=np.int64)
    for begin, bits in _blocks(len(nodes), number[roots]):
        for children, parents, first in upside.levels():
            bits[children] |= np.bitwise_or.reduceat(bits[parents], first, axis=0)
        above += weigh(bits, weights[roots[begin : begin + bits.shape[1] * 64]])
    of_many = np.zeros(dag.size, dtype=np.int64)
    of_many[nodes] = above
    return np.where(many[top], of_many[top], counts)
