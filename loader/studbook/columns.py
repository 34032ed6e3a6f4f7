"""The graph read as columns, whole or in part: two million models in pages of bounded memory, never row by row."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

import polars as pl

from studbook import resources, schema
from studbook.errors import GraphError
from studbook.graph import Graph, Parameters
from studbook.tables import POLARS_TYPES

PAGE = 20_000
"""Models in one read: some 20 MB for the server and for us."""
READERS = 3
"""Reads at once: while one is unpacked here, the server prepares others."""

DECLARED = {
    "licenses": "UNDER_LICENSE",
    "languages": "IN_LANGUAGE",
    "task": "HAS_TASK",
    "library": "USES_LIBRARY",
    "datasets": "TRAINED_ON",
    "papers": "CITES",
    "aliases": "ALSO_KNOWN_AS",
    "family": "IN_FAMILY",
}
"""What models have by their edges, as columns beside their properties; the author is a property too."""

_ONE = ("task", "library", "family")
"""Those of which a model has one at most; of the others it has a list in order of key, null for none."""

MODELS: Mapping[str, schema.Property] = {
    **{p.name: p for p in schema.MODEL.properties if p.role != "hash"},
    **{
        name: schema.Property(name, "STRING" if name in _ONE else "LIST<STRING>", f"what {type_} leads to")
        for name, type_ in DECLARED.items()
    },
}
"""What there is to read of a model: every property but our own hashes, and what it declares."""

_Item = TypeVar("_Item")
_Page = TypeVar("_Page")
Equal = Mapping[str, Sequence[Any]]
"""Values of which a property must have one; None stands for unknown."""


@contextmanager
def unchanged(graph: Graph) -> Iterator[None]:
    """Raises GraphError when a load is at work or was killed, before, or has changed the graph meanwhile, after: pages
    are read one by one, and those of two loads do not belong together."""

    def loads() -> list[dict[str, Any]]:
        found = [dict(properties) for (properties,) in graph.read(resources.statement("read/snapshots")).rows]
        if any(snapshot.get("status") == "loading" for snapshot in found):
            raise GraphError(
                f"Reading all of {graph.address}: a load is at work there, or was killed; wait for it, or load again"
            )
        return found

    before = loads()
    yield
    if loads() != before:
        raise GraphError(f"Reading all of {graph.address}: a load has changed it meanwhile; read it again")


def models(
    graph: Graph, names: Sequence[str], *, ids: Sequence[str] | None = None, equal: Equal | None = None
) -> Iterator[pl.DataFrame]:
    """Pages of models in order of id with these of MODELS as columns: all of them, or those with these ids.

    An id that the graph does not have is left out. See tables.POLARS_TYPES for dtypes; unknown is null.
    """
    key = schema.MODEL.key
    chosen = [key, *(MODELS[name] for name in names if name not in DECLARED and name != key.name)]
    parameters = _names(chosen) | {"equal": dict(equal or {})}
    declared = [name for name in names if name in DECLARED]

    def page(text: str, place: Parameters) -> pl.DataFrame:
        ((rows,),) = graph.read(text, {**parameters, **place}).rows
        found = _frame(rows, chosen, "models")
        if declared:
            found = _with_declared(graph, found, declared)
        return found.select(names)

    return _pages(graph, "models", page, ids)


def _with_declared(graph: Graph, models: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The models with these of DECLARED as further columns."""
    kinds = [DECLARED[name] for name in names]
    parameters = {
        "types": kinds,
        "properties": {kind: [] for kind in kinds},
        "equal": {},
        "ids": models["id"].to_list(),
    }
    found = dict(graph.read(resources.statement("read/edges_of"), parameters).rows)
    for name, kind in zip(names, kinds, strict=True):
        links = pl.DataFrame(found.get(kind, []), {"id": pl.String(), name: pl.String()}, orient="row")
        value = pl.col(name).min() if name in _ONE else pl.col(name).sort()
        models = models.join(links.group_by("id").agg(value), on="id", how="left")
    return models


def edges(
    graph: Graph, kinds: Sequence[schema.EdgeKind], *, ids: Sequence[str] | None = None, equal: Equal | None = None
) -> Iterator[dict[str, pl.DataFrame]]:
    """Pages of edges by type, with `ends` and properties as columns, in order of the model they leave: all, or those
    that leave the models with these ids. A page has a frame for each type that occurs in it."""
    columns = {kind.type: edge_columns(kind) for kind in kinds}
    names = {kind.type: [p.name for p in kind.properties] for kind in kinds}
    parameters = {"types": list(columns), "properties": names, "equal": dict(equal or {})}

    def page(text: str, place: Parameters) -> dict[str, pl.DataFrame]:
        found = graph.read(text, {**parameters, **place}).rows
        return {
            type_: _frame(rows, columns[type_], f"edges {type_}").sort(pl.nth(0, 1)) for type_, rows in sorted(found)
        }

    return _pages(graph, "edges", page, ids)


def nodes(graph: Graph, kind: schema.NodeKind) -> pl.DataFrame:
    """All nodes of a kind that is not Model, in order of key, with node_columns."""
    chosen = node_columns(kind)
    ((rows,),) = graph.read(resources.statement("read/nodes"), _names(chosen) | {"label": kind.label}).rows
    return _frame(rows, chosen, f"{kind.label} nodes").sort(kind.key.name)


def changed(graph: Graph) -> pl.DataFrame:
    """All edges OF, with edge_columns: which Change is of which model."""
    ((rows,),) = graph.read(resources.statement("read/of")).rows
    return _frame(rows, edge_columns(schema.OF), "edges OF").sort(pl.nth(0, 1))


def node_columns(kind: schema.NodeKind) -> list[schema.Property]:
    """What there is to read of a node, the key first: every property but our own hashes."""
    return [p for p in kind.properties if p.role != "hash"]


def ends(kind: schema.EdgeKind) -> tuple[str, str]:
    """What the two ends of an edge are called in a table: child and parent of a derivation, else by their labels."""
    return ("child", "parent") if kind in schema.DERIVATIONS else (kind.start.lower(), kind.end.lower())


def edge_columns(kind: schema.EdgeKind) -> list[schema.Property]:
    """The keys of both ends, then the properties."""
    return [*(schema.Property(name, "STRING", "key of that end", "key") for name in ends(kind)), *kind.properties]


def empty(columns: Iterable[schema.Property]) -> pl.DataFrame:
    """No rows, with the dtypes of these."""
    return pl.DataFrame(schema={p.name: POLARS_TYPES[p.type] for p in columns})


def page_starts(graph: Graph, size: int) -> list[str]:
    """Ids after which pages of so many models begin, from the index alone: 0.4 s for 1.86 M models."""
    after = [""]
    find = resources.statement("read/model_after")
    while found := graph.read(find, {"after": after[-1], "skip": size - 1}).rows:
        after.append(found[0][0])
    return after


def _pages(
    graph: Graph, statement: str, page: Callable[[str, Parameters], _Page], ids: Sequence[str] | None
) -> Iterator[_Page]:
    places: list[Parameters]
    if ids is None:
        text = resources.statement(f"read/{statement}")
        places = [{"after": after, "limit": PAGE} for after in page_starts(graph, PAGE)]
    else:
        text = resources.statement(f"read/{statement}_of")
        wanted = sorted(set(ids))
        places = [{"ids": wanted[first : first + PAGE]} for first in range(0, len(wanted), PAGE)]
    return _in_order(lambda place: page(text, place), places)


def _in_order(work: Callable[[_Item], _Page], items: Iterable[_Item]) -> Iterator[_Page]:
    """The work on each item, several at once and never far ahead of who takes the results."""
    with ThreadPoolExecutor(READERS) as pool:
        waiting: deque[Future[_Page]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > READERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _names(chosen: Sequence[schema.Property]) -> dict[str, Any]:
    return {
        "names": [p.name for p in chosen if p.type != "ZONED DATETIME"],
        "moments": [p.name for p in chosen if p.type == "ZONED DATETIME"],
    }


def _frame(rows: list[list[Any]], chosen: Sequence[schema.Property], what: str) -> pl.DataFrame:
    """Rows of values, moments last and in microseconds, as typed columns in the order chosen."""
    if not rows:
        return empty(chosen)
    names = _names(chosen)
    values = dict(zip(chain(names["names"], names["moments"]), zip(*rows, strict=True), strict=True))
    columns = {}
    for p in chosen:
        try:
            columns[p.name] = _series(p, values[p.name])
        except (TypeError, pl.exceptions.PolarsError) as error:
            raise GraphError(
                f"Reading {what}: {p.name} is {p.type} and holds something else, which no load wrote ({error}); "
                "load again with --rebuild"
            ) from error
    return pl.DataFrame(columns)


def _series(p: schema.Property, values: Sequence[Any]) -> pl.Series:
    if p.type == "ZONED DATETIME":
        return pl.Series(p.name, values, pl.Int64()).cast(POLARS_TYPES[p.type])
    if not p.type.startswith("LIST"):
        return pl.Series(p.name, values, POLARS_TYPES[p.type])
    # A list costs polars 7 microseconds, a number a twentieth, and few lists are different ones.
    keys = [tuple(value) if isinstance(value, list) else value for value in values]
    distinct = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return pl.Series(p.name, list(distinct), POLARS_TYPES[p.type]).gather(list(map(distinct.__getitem__, keys)))
