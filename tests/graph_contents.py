"""Everything that a database holds, read with the driver alone, to compare two graphs or one graph twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import neo4j
from neo4j.time import DateTime

from studbook import server
from studbook.config import Settings

Frozen = tuple[tuple[str, Any], ...]
Contents = tuple[Counter[tuple[str, Frozen]], Counter[tuple[str, str, str, Frozen]]]
"""Nodes by label and properties; edges by start key, type, end key and properties. Counters, so that doubles show."""


@contextmanager
def driver(settings: Settings) -> Iterator[neo4j.Driver]:
    """A driver for the managed server or the one that NEO4J_URI names."""
    if settings.neo4j_uri:
        auth = (settings.neo4j_username, settings.neo4j_password or "")
        uri = settings.neo4j_uri
    else:
        running = server.running(settings)
        assert running is not None
        uri, auth = running.uri, server.credentials(settings)
    with neo4j.GraphDatabase.driver(uri, auth=auth) as opened:
        yield opened


def ask(settings: Settings, cypher: str, **parameters: Any) -> list[list[Any]]:
    """Rows of a statement, which may write."""
    with driver(settings) as opened:
        return [record.values() for record in opened.execute_query(cypher, parameters).records]


def contents(settings: Settings, *, without: tuple[str, ...] = ("loaded_at",)) -> Contents:
    """All nodes and edges with all properties but those named; when a load ran is left out."""

    def frozen(properties: dict[str, Any]) -> Frozen:
        def value(given: Any) -> Any:
            if isinstance(given, DateTime):
                return f"{given.iso_format()} {given.tzinfo}"
            return tuple(given) if isinstance(given, list) else given

        return tuple(sorted((name, value(given)) for name, given in properties.items() if name not in without))

    nodes = ask(settings, "MATCH (n) RETURN labels(n), properties(n)")
    edges = ask(
        settings,
        "MATCH (a)-[r]->(b) RETURN coalesce(a.id, a.id_lower), type(r), coalesce(b.id, b.id_lower), properties(r)",
    )
    return (
        Counter((":".join(sorted(labels)), frozen(properties)) for labels, properties in nodes),
        Counter((start, type_, end, frozen(properties)) for start, type_, end, properties in edges),
    )


def models(settings: Settings, *properties: str) -> dict[str, Any]:
    """One property, or a list of several, of each model by id."""
    chosen = ", ".join(f"m.{name}" for name in properties)
    rows = ask(settings, f"MATCH (m:Model) RETURN m.id, {chosen}")
    return {id_: values[0] if len(values) == 1 else values for id_, *values in rows}


def last_transaction(settings: Settings) -> str:
    """The bookmark of the last transaction: the same twice means that nothing was committed in between."""
    with driver(settings) as opened, opened.session() as session:
        session.run("RETURN 1").consume()
        (bookmark,) = session.last_bookmarks().raw_values
    return bookmark


def wipe(settings: Settings) -> None:
    """Removes every node and edge; indexes stay."""
    ask(settings, "MATCH (n) DETACH DELETE n")
