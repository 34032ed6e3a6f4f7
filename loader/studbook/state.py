"""What the graph holds before a load: hashes of every row, past snapshots, the rows that a load carries over."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import polars as pl

from studbook import own, records, resources, schema
from studbook.graph import Graph, native
from studbook.history import CHANGES, SNAPSHOTS
from studbook.progress import Advance, Progress
from studbook.records import Records
from studbook.tables import POLARS_TYPES

_NONE = -(2**63)
"""Stands for null in lists from `collect`, which leaves nulls out; no hash and no counter has this value."""

_PAGE = 50_000
"""Models in one read: some 20 MB for the server and for us."""
_CARRIED_PAGE = 10_000
_READERS = 3
"""Reads at once: while one is unpacked here, the server prepares others."""

_UTC = pl.Datetime("us", "UTC")

_MODELS = pl.Schema(
    {
        "id": pl.String(),
        "status": pl.String(),  # null: a killed load left nothing but the id
        "first_seen": _UTC,
        "declared_hash": pl.Int64(),
        "facts_hash": pl.Int64(),
        "edges_hash": pl.Int64(),
    }
)
_CARDS = pl.Schema(
    {name: dtype for name, dtype in records.MODELS.items() if name in ("id", "hub_id") or name.startswith("card_")}
)
_NODES = pl.Schema({"key": pl.String(), "facts_hash": pl.Int64()})
_COUNTERS = pl.Schema(
    {"id": pl.String()} | {p.name: POLARS_TYPES[p.type] for p in schema.MODEL.properties if p.role == "counter"}
)


@dataclass(frozen=True)
class State:
    """Keys and hashes of every node that a load writes, and the snapshots loaded so far."""

    snapshots: pl.DataFrame
    """schema.SNAPSHOT's columns, sorted by as-of."""
    models: pl.DataFrame
    """`id`, `status`, `first_seen`, `declared_hash`, `facts_hash`, `edges_hash`; all but the id are null where a load was
    killed."""
    nodes: dict[str, pl.DataFrame]
    """By label, Model excepted: `key`, `facts_hash`."""
    own: tuple[str, ...]
    """Labels and relationship types in use that no load writes: the user's own, which none may lose."""

    @property
    def complete(self) -> pl.DataFrame:
        """The snapshots whose load came to its end."""
        return self.snapshots.filter(pl.col("status") == "complete")

    @property
    def schema_version(self) -> int | None:
        """That of the last load; null when there was none."""
        return None if self.complete.is_empty() else int(self.complete["schema_version"][-1])

    def moved(self, moves: pl.DataFrame) -> State:
        """The same after these moves (identity.MOVES)."""
        staying = self.models.join(moves.filter("absorbed"), left_on="id", right_on="old", how="anti")
        renamed = moves.filter(~pl.col("absorbed")).select(id="old", new="new")
        models = staying.join(renamed, on="id", how="left", maintain_order="left")
        return replace(self, models=models.with_columns(id=pl.coalesce("new", "id")).drop("new"))

    @property
    def cards(self) -> int:
        """Models whose card was known after a load, the most of all loads; 0 for a graph of an older version."""
        return int(self.complete.select(pl.col("cards").max().fill_null(0)).item())

    def forgotten(self) -> State:
        """The same without hashes, so that everything differs."""
        no_facts = pl.lit(None, pl.Int64).alias("facts_hash")
        return replace(
            self,
            models=self.models.with_columns(no_facts, pl.lit(None, pl.Int64).alias("edges_hash")),
            nodes={label: table.with_columns(no_facts) for label, table in self.nodes.items()},
        )


NO_COUNTERS = _COUNTERS.to_frame()
EMPTY = State(
    SNAPSHOTS.to_frame(),
    _MODELS.to_frame(),
    {kind.label: _NODES.to_frame() for kind in schema.NODES if kind is not schema.MODEL},
    (),
)
"""Nothing loaded yet."""


def read(graph: Graph, *, progress: Progress) -> State:
    """The state of a graph, bounded in memory by pages; 1.86 M models take some 10 s."""
    ((count, past),) = graph.read(resources.statement("read/count_nodes")).rows
    with progress.stage("Reading the graph", total=count, unit="nodes") as advance:
        kinds = [kind for kind in schema.NODES if kind is not schema.MODEL]
        nodes = {kind.label: _node_hashes(graph, kind, advance) for kind in kinds}
        models = _model_hashes(graph, advance)
    theirs = own.kinds(graph)
    if not theirs and count > past + models.height + sum(table.height for table in nodes.values()):
        theirs = ("nodes without a label",)
    return State(snapshots(graph), models, nodes, theirs)


def counters(graph: Graph, models: int, *, progress: Progress) -> pl.DataFrame:
    """`id` and the counters of all models; `models` is how many there are."""

    with progress.stage("Reading counters", total=models, unit="models") as advance:
        found = _model_pages(graph, "read/model_counters", _COUNTERS, advance)
    return _or_null(pl.concat([NO_COUNTERS, *found]), *list(_COUNTERS)[1:])


def changes(graph: Graph, snapshots: Sequence[str], *, progress: Progress) -> pl.DataFrame:
    """The Change nodes of these snapshots, with history.CHANGES's columns; `of` is null where the edge is missing."""
    text = resources.statement("read/changes")

    def page(snapshot: str) -> list[pl.DataFrame]:
        rows = graph.read(text, {"snapshot": snapshot}).rows
        advance(1)
        return [_changes(row) for row in rows]

    with (
        progress.stage("Reading changes", total=len(snapshots), unit="snapshots") as advance,
        ThreadPoolExecutor(_READERS) as pool,
    ):
        found = [part for parts in pool.map(page, snapshots) for part in parts]
    return pl.concat([CHANGES.to_frame(), *found])


def changes_of(graph: Graph, fields: Sequence[str]) -> pl.DataFrame:
    """The Change nodes of these fields, with history.CHANGES's columns."""
    rows = graph.read(resources.statement("read/changes_of"), {"fields": list(fields)}).rows
    return pl.concat([CHANGES.to_frame(), *map(_changes, rows)])


def changes_of_model(graph: Graph, model: str) -> pl.DataFrame:
    """The Change nodes of a model, by its id, with history.CHANGES's columns."""
    rows = graph.read(resources.statement("read/changes_of_model"), {"model": model}).rows
    return pl.concat([CHANGES.to_frame(), *map(_changes, rows)])


def _changes(row: tuple[Any, ...]) -> pl.DataFrame:
    *lists, snapshot, as_of, previous = row
    names = ("id", "model", "field", "before", "after", "of")
    found = pl.DataFrame(dict(zip(names, lists, strict=True)), {name: CHANGES[name] for name in names})
    moments = {"as_of": native(as_of), "previous_as_of": native(previous)}
    return found.with_columns(
        *(pl.when(pl.col(name).list.len() > 0).then(name) for name in ("before", "after")),
        *(pl.lit(moment, CHANGES[name]).alias(name) for name, moment in moments.items()),
        of=pl.when(pl.col("of") != "").then("of"),
        snapshot=pl.lit(snapshot),
    ).select(list(CHANGES))


def hub_ids(graph: Graph, ids: Sequence[str], *, progress: Progress) -> pl.DataFrame:
    """`id` and `hub_id` of those of these models of which the graph knows it."""
    text = resources.statement("read/hub_ids")
    columns = {"id": pl.String(), "hub_id": pl.String()}

    def page(start: int) -> pl.DataFrame:
        mine = ids[start : start + _PAGE]
        found = graph.read(text, {"ids": mine}).rows[0]
        advance(len(mine))
        return pl.DataFrame(dict(zip(columns, found, strict=True)), columns)

    with (
        progress.stage("Reading hub_ids", total=len(ids), unit="models") as advance,
        ThreadPoolExecutor(_READERS) as pool,
    ):
        return pl.concat(pool.map(page, range(0, len(ids), _PAGE)))


def cards(graph: Graph, models: int, *, progress: Progress) -> pl.DataFrame:
    """`id`, `hub_id` and the card facts of every model whose card is known; `models` is how many models there are."""

    shared = ("card_sections", "card_template")
    columns = pl.Schema({name: _CARDS[name] for name in ("id", "hub_id", *shared, "card_length", "card_hash")})
    with progress.stage("Reading what cards said", total=models, unit="models") as advance:
        found = _model_pages(graph, "read/model_cards", columns, advance, shared=shared)
    found = [part.with_columns(pl.when(pl.col("hub_id") != "").then("hub_id")).select(list(_CARDS)) for part in found]
    return _or_null(pl.concat([_CARDS.to_frame(), *found]), "card_hash")


def carried(graph: Graph, ids: Sequence[str], *, progress: Progress) -> Records:
    """The clean rows of these models, as a snapshot once stated them: what normalise.normalise would give again."""
    starts = range(0, len(ids), _CARRIED_PAGE)
    with progress.stage("Reading carried models", total=len(ids), unit="models") as advance:

        def page(start: int) -> Records:
            mine = ids[start : start + _CARRIED_PAGE]
            found = _carried_page(graph, {"ids": mine, "first": start})
            advance(len(mine))
            return found

        with ThreadPoolExecutor(_READERS) as pool:
            pages = [Records(*(columns.to_frame() for columns in _RECORDS)), *pool.map(page, starts)]
    return Records(*(pl.concat([getattr(part, field.name) for part in pages]) for field in fields(Records)))


def _carried_page(graph: Graph, parameters: dict[str, Any]) -> Records:
    def rows(name: str, columns: dict[str, pl.DataType]) -> pl.DataFrame:
        found = graph.read(resources.statement(f"read/carried_{name}"), parameters).rows[0][0]
        return pl.DataFrame(found, columns, orient="row")

    raw_models = {name: pl.Int64() if dtype == _UTC else dtype for name, dtype in records.MODELS.items()}
    moments = [pl.col(name).cast(_UTC) for name, dtype in records.MODELS.items() if dtype == _UTC]
    relation = {kind: relation for relation, kind in schema.RELATIONS.items()}
    declared = rows("parents", dict(records.PARENTS)).with_columns(
        pl.col("relation").replace_strict(relation, return_dtype=pl.String)
    )
    unresolved = rows("unresolved", {"model": pl.UInt32(), "reference": pl.String()}).select(
        "model",
        "reference",
        relation=pl.lit(None, pl.String),
        position=pl.int_range(pl.len()).over("model"),
        evidence=pl.lit("card"),
    )
    return Records(
        models=rows("models", raw_models).with_columns(moments),
        licenses=rows("licenses", dict(records.LICENSES)),
        languages=rows("languages", dict(records.LANGUAGES)),
        datasets=rows("datasets", dict(records.DATASETS)),
        papers=rows("papers", dict(records.PAPERS)),
        parents=pl.concat([declared, unresolved]),
    )


def snapshots(graph: Graph) -> pl.DataFrame:
    """The Snapshot nodes, with history.SNAPSHOTS's columns, oldest first."""
    rows = [native(properties) for (properties,) in graph.read(resources.statement("read/snapshots")).rows]
    return pl.DataFrame([{name: row.get(name) for name in SNAPSHOTS} for row in rows], SNAPSHOTS).sort(
        "as_of", "loaded_at", "id"
    )


def _node_hashes(graph: Graph, kind: schema.NodeKind, advance: Advance) -> pl.DataFrame:
    keys, hashes = graph.read(resources.statement(f"read/{kind.label.lower()}_hashes"), {"none": _NONE}).rows[0]
    advance(len(keys))
    return _or_null(pl.DataFrame({"key": keys, "facts_hash": hashes}, _NODES), "facts_hash")


def _model_hashes(graph: Graph, advance: Advance) -> pl.DataFrame:
    found = _model_pages(graph, "read/model_hashes", _MODELS, advance, shared=("status", "first_seen"))
    return _or_null(pl.concat([_MODELS.to_frame(), *found]), "declared_hash", "facts_hash", "edges_hash")


def _or_null(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col(name) != _NONE).then(name) for name in columns)


def _model_pages(
    graph: Graph, statement: str, columns: pl.Schema, advance: Advance, *, shared: Sequence[str] = ()
) -> list[pl.DataFrame]:
    """What a statement over all models returns, a row for each model; several pages at once.

    Its columns are lists with an element for each model, but those `shared` by all models of a record. The places where
    pages begin are read first, from the index alone (0.4 s for 1.86 M models).
    """
    after = [""]
    find = resources.statement("read/model_after")
    while found := graph.read(find, {"after": after[-1], "skip": _PAGE - 1}).rows:
        after.append(found[0][0])
    text = resources.statement(statement)
    types = {name: dtype if name in shared else pl.List(dtype) for name, dtype in columns.items()}
    listed = [name for name in columns if name not in shared]

    def page(start: str) -> pl.DataFrame:
        rows = graph.read(text, {"after": start, "limit": _PAGE, "none": _NONE}).rows
        # One frame for all records: there may be thousands.
        values = zip(*rows, strict=True) if rows else ([] for _ in columns)
        found = pl.DataFrame(
            {
                name: [native(value) for value in column] if name in shared else list(column)
                for name, column in zip(columns, values, strict=True)
            },
            types,
        ).explode(listed)
        advance(found.height)
        return found

    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(page, after))


_RECORDS = (
    records.MODELS,
    records.LICENSES,
    records.LANGUAGES,
    records.DATASETS,
    records.PAPERS,
    records.PARENTS,
)
