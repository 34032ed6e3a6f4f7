"""What a graph holds that no load writes: the user's own nodes, edges, labels and indexes, brought to another graph.

Over Bolt a load never touches them. The importer makes a new graph, so they are copied to it before it takes the place
of the old one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from studbook import resources, schema
from studbook.graph import Graph
from studbook.progress import Progress

_PAGE = 5_000
"""Nodes or edges in one request."""

_OURS = [kind.label for kind in (*schema.NODES, *schema.HISTORY)]
_OUR_TYPES = {kind.type for kind in (*schema.EDGES, schema.OF)}

_Row = dict[str, Any]
_Item = TypeVar("_Item")


def kinds(graph: Graph) -> tuple[str, ...]:
    """Labels and relationship types in use that no load writes, as `:Label` and `[:TYPE]`."""
    return tuple(sorted({f":{label}" for label in _labels(graph)} | {f"[:{name}]" for name in _types(graph)}))


def copy(old: Graph, new: Graph, *, moved: Mapping[str, str], progress: Progress) -> None:
    """Copies everything in `old` that no load writes to `new`, which has nodes and constraints of ours.

    An edge to a node of ours leads to the one with the same key; `moved` is the new id of each model that has one. A
    node of ours that `new` lacks is copied where such an edge holds it. Left behind are properties that somebody added
    to nodes or edges of ours.
    """
    with progress.stage("Carrying your own nodes") as advance:
        nodes, labelled = _read_nodes(old)
        edges = _read_edges(old, [node["element"] for node in nodes])
        ends = {edge[end]: _key(edge, end, moved) for edge in edges for end in ("start", "end") if edge[f"{end}_label"]}
        marked = {row["element"]: _key(row, "node", moved) for row in labelled}
        there = _elements(new, {*ends.values(), *marked.values()})
        held = [element for element, key in ends.items() if key not in there]
        nodes += [row for page in _pages(held) for row in _rows(old, "own/whole_nodes", elements=page)]
        element = {was: there[key] for was, key in (ends | marked).items() if key in there}
        for page in _pages(nodes):
            element |= dict(new.create(resources.statement("own/create_nodes"), {"rows": page}).rows)
            advance(len(page))
        labels = [row | {"element": element[row["element"]]} for row in labelled if row["element"] in element]
        joined = [edge | {"start": element[edge["start"]], "end": element[edge["end"]]} for edge in edges]
        for statement, rows in (("own/add_labels", labels), ("own/create_edges", joined)):
            for page in _pages(rows):
                new.write(resources.statement(statement), {"rows": page})
                advance(len(page))
        for statement in ("own/constraints", "own/indexes"):
            # A constraint has an index of its own, which is then there.
            known = [row["name"] for row in _rows(new, statement, ours=[])]
            for row in _rows(old, statement, ours=known):
                new.write(row["statement"])


def _labels(graph: Graph) -> set[str]:
    (counts,) = _rows(graph, "own/counts")
    unused = {label for label, count in counts.items() if not count}
    return set(_rows(graph, "read/labels")[0]["names"]) - {*_OURS, schema.INTERNAL} - unused


def _types(graph: Graph) -> set[str]:
    return set(_rows(graph, "read/relationship_types")[0]["names"]) - _OUR_TYPES


def _read_nodes(graph: Graph) -> tuple[list[_Row], list[_Row]]:
    """The user's nodes, and the nodes of ours that have a label of the user's."""
    rows = _rows(graph, "own/nodes", ours=_OURS)
    return [row for row in rows if row["node_label"] is None], [row for row in rows if row["node_label"] is not None]


def _read_edges(graph: Graph, nodes: Sequence[str]) -> list[_Row]:
    found = [row for page in _pages(nodes) for row in _rows(graph, "own/edges_of_nodes", elements=page, ours=_OURS)]
    known = {kind.type for kind in schema.OWN_EDGES}
    if others := _types(graph) - known:
        found += _rows(graph, "own/edges_of_types", types=sorted(others), ours=_OURS)
    return list({row["element"]: row for row in found}.values())


def _key(row: _Row, end: str, moved: Mapping[str, str]) -> tuple[str, str]:
    """Label and key of an end in the new graph."""
    label, key = row[f"{end}_label"], row[f"{end}_key"]
    return label, moved.get(key, key) if label == schema.MODEL.label else key


def _elements(graph: Graph, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Element ids of those nodes of ours that are there, by label and key."""
    wanted = [{"label": label, "key": key} for label, key in keys]
    found = [row for page in _pages(wanted) for row in _rows(graph, "own/elements", rows=page)]
    return {(row["label"], row["key"]): row["element"] for row in found}


def _rows(graph: Graph, statement: str, **parameters: Any) -> list[_Row]:
    answer = graph.read(resources.statement(statement), parameters)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _pages(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for first in range(0, len(items), _PAGE):
        yield items[first : first + _PAGE]
