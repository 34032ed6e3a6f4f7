"""Every structural fact against networkx on random graphs with cycles, self-parents and merge lattices."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studbook import derive

Edges = list[tuple[int, int]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, Edges]:
    """Any directed graph: sparse forests, dense lattices, cycles, self-parents, repeated edges."""
    size = draw(st.integers(1, 14))
    node = st.integers(0, size - 1)
    return size, draw(st.lists(st.tuples(node, node), max_size=30))


@st.composite
def merge_lattices(draw: st.DrawFn) -> tuple[int, Edges]:
    """Layers of models, each with one to three parents in the layer above it, under a few roots."""
    layers, width = draw(st.integers(2, 6)), draw(st.integers(1, 5))
    edges = []
    for layer in range(1, layers):
        for column in range(width):
            for parent in draw(st.sets(st.integers(0, width - 1), min_size=1, max_size=3)):
                edges.append((layer * width + column, (layer - 1) * width + parent))
    return layers * width, edges


def arrays(edges: Edges) -> tuple[derive.Ints, derive.Ints]:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def digraph(size: int, edges: Edges) -> nx.DiGraph:
    """Edges from child to parent, as in the graph itself."""
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(size))
    return graph


def check_structure(size: int, edges: Edges) -> None:
    found = derive.structure(size, *arrays(edges))
    graph = digraph(size, edges)
    condensed = nx.condensation(graph)
    longest = {c: max((len(p) for p in _simple_depths(condensed, c)), default=0) for c in condensed}
    roots = {n for n in graph if longest[condensed.graph["mapping"][n]] == 0}
    shortest = nx.multi_source_dijkstra_path_length(
        condensed.reverse(), [c for c in condensed if condensed.out_degree(c) == 0]
    )
    for node in graph:
        member = condensed.graph["mapping"][node]
        ancestors = nx.descendants(graph, node)
        assert found.generation_max[node] == longest[member]
        assert found.generation_min[node] == shortest[member]
        assert found.child_count[node] == len(set(graph.predecessors(node)) - {node})
        assert found.descendant_count[node] == len(nx.ancestors(graph, node))
        assert found.root_count[node] == len((ancestors - {node}) & roots)
        cyclic = len(condensed.nodes[member]["members"]) > 1 or graph.has_edge(node, node)
        assert (found.cycle[node] >= 0) == cyclic
    for i, (child, parent) in enumerate(edges):
        assert found.edge_in_cycle[i] == nx.has_path(graph, parent, child)
    partition = {frozenset(np.flatnonzero(found.component == c).tolist()) for c in set(found.component.tolist())}
    assert partition == {frozenset(c) for c in nx.weakly_connected_components(graph)}
    cycles = {frozenset(np.flatnonzero(found.cycle == c).tolist()) for c in set(found.cycle.tolist()) - {-1}}
    assert cycles == {
        frozenset(c)
        for c in nx.strongly_connected_components(graph)
        if len(c) > 1 or graph.has_edge(next(iter(c)), next(iter(c)))
    }


def _simple_depths(condensed: nx.DiGraph, node: int) -> list[list[int]]:
    """Every path from a node up to a root, as lists of edges' ends: brute force."""
    paths, done = [[node]], []
    while paths:
        path = paths.pop()
        nexts = list(condensed.successors(path[-1]))
        if not nexts:
            done.append(path[1:])
        paths.extend([*path, n] for n in nexts)
    return done


@given(graphs())
@settings(max_examples=300)
def test_structure_of_any_graph(graph: tuple[int, Edges]) -> None:
    check_structure(*graph)


@given(merge_lattices())
@settings(max_examples=100)
def test_structure_of_merge_lattices(graph: tuple[int, Edges]) -> None:
    check_structure(*graph)


@given(merge_lattices())
@settings(max_examples=50)
def test_counts_do_not_depend_on_the_size_of_a_block(graph: tuple[int, Edges]) -> None:
    whole = derive.structure(graph[0], *arrays(graph[1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derive, "_BLOCK_BYTES", 1)
        blocks = derive.structure(graph[0], *arrays(graph[1]))
    assert whole.descendant_count.tolist() == blocks.descendant_count.tolist()
    assert whole.root_count.tolist() == blocks.root_count.tolist()


@given(graphs(), st.data())
@settings(max_examples=300)
def test_bits_come_from_every_ancestor_and_every_edge_passed(graph: tuple[int, Edges], data: st.DataObject) -> None:
    size, edges = graph
    word = st.integers(0, 2**64 - 1)
    own = data.draw(st.lists(word, min_size=size, max_size=size))
    on_edge = data.draw(st.lists(word, min_size=len(edges), max_size=len(edges)))
    found = derive.upstream_bits(
        size,
        *arrays(edges),
        own=np.array(own, dtype=np.uint64).reshape(-1, 1),
        edge=np.array(on_edge, dtype=np.uint64).reshape(-1, 1),
    )
    above = digraph(size, edges)
    for node in range(size):
        ancestors = nx.descendants(above, node)
        expected = 0
        for ancestor in ancestors - {node}:
            expected |= own[ancestor]
        for i, (child, _) in enumerate(edges):
            if child == node or child in ancestors:
                expected |= on_edge[i]
        assert int(found[node, 0]) == expected


def test_more_targets_than_one_block_of_bits() -> None:
    """A ladder of 150 merges: merge i has the parents i-1 and a root of its own."""
    edges = []
    for i in range(1, 151):
        edges += [(i, i - 1), (i, 150 + i)]
    found = derive.structure(301, *arrays(edges))
    assert found.descendant_count[:151].tolist() == [150 - i for i in range(151)]
    assert found.root_count[:151].tolist() == [0, *range(2, 152)]
    assert found.generation_max[:151].tolist() == list(range(151))
    assert found.generation_min[:151].tolist() == [0] + [1] * 150


def test_no_edges_at_all() -> None:
    found = derive.structure(3, *arrays([]))
    assert found.descendant_count.tolist() == found.generation_max.tolist() == [0, 0, 0]
    assert found.cycle.tolist() == [-1, -1, -1]
