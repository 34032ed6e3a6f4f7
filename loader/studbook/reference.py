"""The schema written down for people: every kind of node and edge with its properties, its indexes and one query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from studbook import resources, schema
from studbook.library import Column
from studbook.render import Rows
from studbook.schema import EdgeKind, NodeKind, Property

_INDEX = re.compile(
    r"FOR (?:\(\w+:(\w+)\)|\(\)-\[\w+:(\w+)\]-\(\))\s+(?:ON|REQUIRE) \(?([\w.]+(?:, [\w.]+)*)\)?(?: IS (UNIQUE))?"
)


def markdown() -> str:
    """The whole schema as a page: `docs/schema.md` is exactly this."""
    derivations, others = schema.DERIVATIONS, [kind for kind in schema.ALL_EDGES if kind not in schema.DERIVATIONS]
    parts = [
        "# The graph",
        "Every kind of node and edge, with one query each that runs as it stands. What a load derives is a property: ask "
        "it before you search for it. Null always means unknown or not applicable, never no and never 0.",
        "In the column *index*, `unique` is the key by which a node is found, and `yes` a property with an index of its "
        "own; `with …` names the others of the same index. Facts are what a snapshot states or a load concludes of it; "
        "counters change daily and are refreshed apart from them; a hash tells a load what has not changed.",
        "## Nodes",
        *(part for kind in schema.ALL_NODES for part in _node(kind)),
        "## Derivations",
        "From child to parent. Several relations between the same two models are several edges; self-parents and cycles "
        "are kept and marked. A choice of relations is a list of types: `-[:FINETUNE_OF|MERGE_OF]->`.",
        *(part for kind in derivations for part in _edge(kind)),
        *_shared(derivations),
        "## Other edges",
        *(part for kind in others for part in [*_edge(kind), *_shared((kind,))]),
        "Written by `studbook schema --format markdown > docs/schema.md`; a test compares it.",
    ]
    return "\n\n".join(parts) + "\n"


def rows() -> Rows:
    """One row for each property of each kind; kinds without properties have one row, too. Unknown cells are null."""
    columns = ("kind", "start", "end", "property", "type", "role", "index", "description")
    values: list[tuple[str | None, ...]] = []
    for node in schema.ALL_NODES:
        values += [(node.label, None, None, *_cells(node.label, p)) for p in node.properties]
    for edge in schema.ALL_EDGES:
        ends = (edge.type, edge.start, edge.end)
        values += [(*ends, *_cells(edge.type, p)) for p in edge.properties] or [(*ends, *[None] * 4, edge.description)]
    return Rows(tuple(Column(name, "STRING") for name in columns), values)


def indexes() -> dict[tuple[str, str], str]:
    """`unique`, `yes` or `with …` by label or type and property, as cypher/schema/ makes them."""
    found = {}
    for path, text in resources.statements("schema"):
        match = _INDEX.search(text)
        if match is None:
            raise ValueError(f"{path}: neither an index nor a constraint in a form that is known here")
        label, type_, on, unique = match.groups()
        first, *others = [name.partition(".")[2] for name in on.split(", ")]
        kind = label or type_
        found[kind, first] = "unique" if unique else f"with {', '.join(f'`{o}`' for o in others)}" if others else "yes"
    return found


def _cells(kind: str, property_: Property) -> tuple[str | None, ...]:
    index = indexes().get((kind, property_.name))
    return property_.name, property_.type, property_.role, index, property_.description


def _node(kind: NodeKind) -> list[str]:
    return [f"### {kind.label}", kind.description, _table(kind.label, kind.properties), _example(kind.label)]


def _edge(kind: EdgeKind) -> list[str]:
    return [
        f"### {kind.type}",
        f"`(:{kind.start})-[:{kind.type}]->(:{kind.end})` {kind.description}",
        _example(kind.type),
    ]


def _shared(kinds: tuple[EdgeKind, ...]) -> list[str]:
    """The properties of kinds, once where they are the same for several."""
    parts = []
    for properties, group in groupby(kinds, key=lambda kind: kind.properties):
        names = [kind.type for kind in group]
        if properties:
            parts += [f"Properties of {', '.join(f'`{name}`' for name in names)}:", _table(names[0], properties)]
    return parts


def _table(kind: str, properties: Iterable[Property]) -> str:
    known = indexes()
    lines = ["| property | type | role | index | meaning |", "| --- | --- | --- | --- | --- |"]
    for p in properties:
        meaning = p.description.replace("|", "\\|")
        lines.append(f"| `{p.name}` | `{p.type}` | {p.role} | {known.get((kind, p.name), '')} | {meaning} |")
    return "\n".join(lines)


def _example(kind: str) -> str:
    return f"```cypher\n{resources.statement(f'example/{kind.lower()}').rstrip()}\n```"
