"""One model and its relatives, read from the graph: what the commands about a model show, draw and write down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studbook import ask, resources
from studbook.graph import Graph, native

_PAGE = 5_000
"""Models in one read."""


@dataclass(frozen=True)
class Relative:
    """A model as a drawing shows it; properties as in schema.py."""

    id: str
    status: str
    licenses: tuple[str, ...]
    concluded_licenses: tuple[str, ...]
    sha: str | None
    label_verdict: str | None
    downloads: int | None
    child_count: int
    descendant_count: int
    created_at: datetime | None
    unresolved_parents: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A derivation edge between two models of a tree; properties as in schema.py."""

    child: str
    relation: str
    parent: str
    license_change: str | None
    license_verdict: str | None
    license_reasons: tuple[str, ...]
    confidence: str | None
    evidence: tuple[str, ...]
    in_cycle: bool


@dataclass(frozen=True)
class Tree:
    """A model with ancestors and descendants."""

    model: str
    relatives: dict[str, Relative]
    """By id, the model itself first, then ancestors and descendants, each nearest first."""
    above: dict[str, int]
    """Distance of each ancestor."""
    below: dict[str, int]
    """Distance of each descendant; a model on a circle is among both."""
    steps: tuple[Step, ...]
    """Every edge between two of them, by child, parent and relation."""
    more_above: int
    """Ancestors within the distance that the limit left out."""
    more_below: int
    """Descendants likewise."""
    up: int
    down: int


def tree(graph: Graph, name: str, *, up: int = 40, down: int = 40, limit: int = 1000) -> Tree:
    """A model with its relatives up to so many generations away, at most `limit` of them in each direction.

    `name` is an id or another name, in any letter case. Raises QueryError, with near names, when the graph has none.
    """
    id_ = ask.model_id(graph, name)
    above, more_above = _relatives(graph, "read/model_above", id_, up, limit)
    below, more_below = _relatives(graph, "read/model_below", id_, down, limit)
    ids = list(dict.fromkeys([id_, *above, *below]))
    known = set(ids)
    return Tree(
        model=id_,
        relatives={relative.id: relative for relative in _facts(graph, ids)},
        above=above,
        below=below,
        steps=tuple(step for step in steps(graph, ids) if step.parent in known),
        more_above=more_above,
        more_below=more_below,
        up=up,
        down=down,
    )


def _relatives(graph: Graph, statement: str, id_: str, hops: int, limit: int) -> tuple[dict[str, int], int]:
    """Distances by id, and how many the limit left out."""
    if not hops:
        return {}, 0
    parameters = {"id": id_, "hops": hops, "limit": limit}
    ((found, total),) = graph.read(resources.statement(statement), parameters).rows
    return dict(map(tuple, found)), total - len(found)


def _facts(graph: Graph, ids: Sequence[str]) -> list[Relative]:
    return [
        Relative(
            *(id_, status, tuple(licenses), tuple(concluded or ()), sha, verdict, downloads, children or 0),
            *(descendants or 0, native(created), tuple(unresolved or ())),
        )
        for id_, status, licenses, concluded, sha, verdict, downloads, children, descendants, created, unresolved in (
            _pages(graph, "read/relatives", ids)
        )
    ]


def steps(graph: Graph, ids: Sequence[str]) -> tuple[Step, ...]:
    """The derivation edges that leave these models, by child, parent and relation."""
    return tuple(
        Step(*(*edge, change, verdict, tuple(reasons or ()), confidence, tuple(evidence or ()), bool(in_cycle)))
        for *edge, change, verdict, reasons, confidence, evidence, in_cycle in _pages(graph, "read/steps", ids)
    )


def _pages(graph: Graph, statement: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    text = resources.statement(statement)
    starts = range(0, len(ids), _PAGE)
    return [row for start in starts for row in graph.read(text, {"ids": ids[start : start + _PAGE]}).rows]
