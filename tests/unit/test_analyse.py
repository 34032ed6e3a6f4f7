"""Families as a whole, against networkx and against numbers worked out by hand."""

from __future__ import annotations

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import analyse

Pair = tuple[int, int]


def frame(*pairs: tuple[object, object], family: str = "f") -> pl.DataFrame:
    rows = [(family, str(child), str(parent)) for child, parent in pairs]
    return pl.DataFrame(rows, analyse.EDGES, orient="row")


@st.composite
def connected(draw: st.DrawFn) -> list[Pair]:
    """Steps of a family: each member after the first from an earlier one, some from further ones or from itself."""
    size = draw(st.integers(2, 24))
    tree = [(n, draw(st.integers(0, n - 1))) for n in range(1, size)]
    node = st.integers(0, size - 1)
    return draw(st.permutations([*tree, *draw(st.lists(st.tuples(node, node), max_size=12))]))


@given(connected())
def test_virality_is_the_mean_distance_of_all_pairs(pairs: list[Pair]) -> None:
    graph = nx.Graph(pairs)
    (row,) = analyse.virality(frame(*pairs)).to_dicts()
    size = len(graph)
    assert row["models"] == size
    assert row["joined"] == sum(one != other for one, other in graph.edges)
    assert row["mean_distance"] == pytest.approx(2 * nx.wiener_index(graph) / size / (size - 1))


@given(connected())
def test_bridges_are_the_members_without_which_a_family_falls_apart(pairs: list[Pair]) -> None:
    graph = nx.Graph(pairs)
    found = {row["model"]: row for row in analyse.bridges(frame(*pairs)).to_dicts()}
    for node in graph:
        rest = graph.subgraph(set(graph) - {node})
        parts = sorted(map(len, nx.connected_components(rest)))
        if len(parts) < 2:
            assert str(node) not in found
        else:
            row = found[str(node)]
            told = (row["models"], row["parts"], row["largest_part"], row["cut_off"])
            assert told == (len(graph), len(parts), parts[-1], len(graph) - 1 - parts[-1])


def test_a_star_a_chain_and_what_lies_between() -> None:
    star = frame(*((n, 0) for n in range(1, 7)), family="star")
    chain = frame(*((n, n - 1) for n in range(1, 7)), family="chain")
    pair, triangle = frame(("b", "a"), family="pair"), frame(("b", "a"), ("c", "a"), ("c", "b"), family="triangle")
    rows = analyse.virality(pl.concat([star, chain, pair, triangle]))
    assert rows.select("family", "models", "joined").rows() == [
        ("star", 7, 6),
        ("chain", 7, 6),
        ("pair", 2, 1),
        ("triangle", 3, 3),
    ]
    assert rows["mean_distance"].to_list() == pytest.approx([12 / 7, 8 / 3, 1, 1])
    assert rows["broadcast"].to_list() == pytest.approx([12 / 7, 12 / 7, 1, 4 / 3])
    assert rows["chain"].to_list() == pytest.approx([8 / 3, 8 / 3, 1, 4 / 3])


def test_families_without_a_bridge_or_a_second_member() -> None:
    ring = frame(*((n, (n + 1) % 5) for n in range(5)))
    assert analyse.bridges(ring).height == 0
    alone = frame(("a", "a"))
    assert (analyse.bridges(alone).height, analyse.virality(alone).height) == (0, 0)
    nothing = analyse.EDGES.to_frame()
    assert analyse.virality(nothing).columns == [column.name for column in analyse.VIRALITY]
    assert analyse.bridges(nothing).columns == [column.name for column in analyse.BRIDGES]


def test_more_places_around_than_one_round_of_walks_begins_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ring, each of whose members has a leaf of its own."""
    monkeypatch.setattr(analyse, "_WORDS", 1)
    around = 201
    ring = [(n, (n + 1) % around) for n in range(around)]
    leaves = [(around + n, n) for n in range(around)]
    (row,) = analyse.virality(frame(*ring, *leaves)).to_dicts()
    half = (around - 1) // 2
    ring_total = around * half * (half + 1) // 2
    # Of two places on the ring there are four pairs, two of them a step longer and one two; and each leaf with its own.
    pairs = around * (around - 1) // 2
    total = 4 * ring_total + 4 * pairs + around
    assert row["mean_distance"] == pytest.approx(total / (around * (2 * around - 1)))
