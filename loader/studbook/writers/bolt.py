"""Writes over Bolt, to any Neo4j: only what differs, in transactions that leave every model whole.

At any moment a model is as it was, or as it shall be, or an id without facts; so a load that was killed is made up for
by the next one, which finds the hashes that differ.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from studbook import resources, schema
from studbook.changes import Changes
from studbook.errors import GraphError
from studbook.fold import Fold
from studbook.graph import Graph, Run
from studbook.lineage import END, START
from studbook.progress import Advance, Progress
from studbook.tables import GraphTables

_ROWS, _ROW_WORKERS = 2_000, 4
"""Rows in one transaction, and transactions at once. No two touch the same node."""
_MODELS, _MODEL_WORKERS = 1_000, 2
"""Models in one transaction, with some four edges each. Here a transaction may wait for another, whose model is a parent
of its own: with four at once every third runs into a deadlock and is retried a second later, with two one in sixty."""

Rows = list[dict[str, Any]]


def create_schema(graph: Graph, *, progress: Progress) -> None:
    """Creates the constraints and indexes that are missing, and waits until all of them serve."""
    declare_schema(graph, progress=progress)
    await_indexes(graph, progress=progress)


def declare_schema(graph: Graph, *, progress: Progress) -> None:
    """Creates the constraints that are missing, and has the missing indexes filled in the background."""
    with progress.stage("Creating constraints"):
        # Indexes of one transaction are filled by one pass over the nodes: 2.5 M nodes take 11 s instead of 20 s. They
        # come first, because constraints keep us waiting.
        for kind in ("INDEX", "CONSTRAINT"):
            graph.transact(partial(_run_all, _schema(kind)))


def declare_constraints(graph: Graph, *, progress: Progress) -> None:
    """Creates the constraints that are missing, and no other index."""
    with progress.stage("Creating constraints"):
        graph.transact(partial(_run_all, _schema("CONSTRAINT")))


def _schema(kind: str) -> list[str]:
    return [text for _, text in resources.statements("schema") if f"CREATE {kind} " in text]


def await_indexes(graph: Graph, *, progress: Progress) -> None:
    """Waits until every index serves. Raises GraphError when one cannot be filled."""
    done = 0.0
    with progress.stage("Filling indexes", total=100, unit="%") as advance:
        while True:
            names, states, percents = graph.read(resources.statement("read/indexes")).rows[0]
            failed = [name for name, state in zip(names, states, strict=True) if state == "FAILED"]
            if failed:
                raise GraphError(
                    f"Filling indexes at {graph.address}: {', '.join(failed)} failed; "
                    "`SHOW INDEXES YIELD name, failureMessage` says why; drop them and load again"
                )
            filled = sum(percents) / len(percents)
            advance(int(filled) - int(done))
            done = filled
            if set(states) <= {"ONLINE"}:
                return
            time.sleep(0.1)


def _run_all(statements: list[str], run: Run) -> None:
    for text in statements:
        run(text, {})


def write(
    graph: Graph, tables: GraphTables, changes: Changes, fold: Fold, snapshot: pl.DataFrame, *, progress: Progress
) -> Counter[str]:
    """Writes the changes and what the fold tells, and returns Neo4j's counters, summed over all statements.

    `snapshot` is the row of a complete Snapshot node; until the end the node says `loading`. What has changed is told
    before anything does, so that the next load after a kill knows what every model was.
    """
    counters: Counter[str] = Counter()
    news = fold.news
    if changes.rows or changes.counters.height or news.height or fold.moves.height:
        counters += start_snapshot(graph, snapshot)
    told = news.drop("of")
    counters += _each(graph, "load/change", rows=told, title="Writing changes", progress=progress)
    if fold.moves.height:
        with progress.stage("Moving models"):
            counters += _move(graph, fold.moves, news.filter(pl.col("field") == "id"))
    for kind in schema.NODES:
        if kind is not schema.MODEL:
            counters += write_nodes(graph, kind, changes.nodes[kind.label].sort(kind.key.name), progress=progress)
    models = changes.models.sort("id")  # neighbours in one batch: parallel batches then wait for each other less
    new = models.filter("new").select("id")
    counters += _each(graph, "load/model_id", rows=new, title="Writing model ids", progress=progress)
    counters += _write_models(graph, tables, models, progress=progress)
    for kind in schema.NODES:
        keys = changes.gone[kind.label].alias(kind.key.name).to_frame()
        statements = (["remove/edges"] if kind is schema.MODEL else []) + [f"remove/{kind.label.lower()}"]
        title = f"Removing {kind.label} nodes"
        counters += _each(graph, *statements, rows=keys, title=title, progress=progress)
    counters += _each(graph, "load/of", rows=_ends(news), title="Tying changes to models", progress=progress)
    counters += _each(graph, "load/model_counters", rows=changes.counters, title="Writing counters", progress=progress)
    return counters + complete_snapshot(graph, snapshot, kept=fold.kept, stale=fold.stale)


def write_models(graph: Graph, tables: GraphTables, ids: Sequence[str], *, progress: Progress) -> Counter[str]:
    """Writes these models of tables that do not hold the whole graph, with what they declare and their edges.

    Hashes are left out, so that the next load writes them again as the whole graph has them, and so are families, which
    only a whole graph has.
    """
    models = tables.nodes["Model"].with_row_index("row").filter(pl.col("id").is_in(list(ids)))
    unhashed = pl.lit(None, pl.Int64)
    part = GraphTables(
        nodes=tables.nodes
        | {
            "Model": tables.nodes["Model"].with_columns(
                facts_hash=unhashed, edges_hash=unhashed, component=pl.lit(None, pl.String)
            )
        },
        edges=tables.edges | {"IN_FAMILY": tables.edges["IN_FAMILY"].clear()},
    )
    counters: Counter[str] = Counter()
    for kind in schema.EDGES:
        if kind.end in ("Model", "Family"):
            continue
        ends = tables.edges[kind.type].filter(pl.col(START).is_in(models["row"].implode()))[END].unique()
        counters += write_nodes(graph, schema.node_kind(kind.end), tables.nodes[kind.end][ends], progress=progress)
    changed = models.select(
        "row", "id", new=pl.lit(value=True), facts=pl.lit(value=True), edges=pl.lit(value=True)
    ).sort("id")
    counters += _each(graph, "load/model_id", rows=changed.select("id"), title="Writing model ids", progress=progress)
    counters += _each(graph, "remove/edges", rows=changed.select("id"), title="Removing edges", progress=progress)
    return counters + _write_models(graph, part, changed, progress=progress)


def write_nodes(graph: Graph, kind: schema.NodeKind, rows: pl.DataFrame, *, progress: Progress) -> Counter[str]:
    """Writes nodes of one kind, Model excepted, with all their properties."""
    title = f"Writing {kind.label} nodes"
    return _each(graph, f"load/{kind.label.lower()}", rows=rows, title=title, progress=progress)


def start_snapshot(graph: Graph, snapshot: pl.DataFrame) -> Counter[str]:
    """Writes a Snapshot node, one row of its properties, that says `loading`."""
    rows = _rows(snapshot.with_columns(status=pl.lit("loading")))
    return graph.write(resources.statement("load/snapshot"), {"rows": rows})


def complete_snapshot(graph: Graph, snapshot: pl.DataFrame, *, kept: pl.DataFrame, stale: pl.DataFrame) -> Counter[str]:
    """Writes the node of a snapshot whose load has come to its end, ties decisions to the models they name, and takes
    back other snapshots than the `kept`, and `stale` Changes (`id`)."""
    ids = [*kept["id"], *snapshot["id"]]

    def work(run: Run) -> Counter[str]:
        counters = run(resources.statement("load/snapshot"), {"rows": _rows(snapshot)})
        counters += run(resources.statement("remove/change"), {"rows": stale.to_dicts()})
        counters += run(resources.statement("remove/snapshots"), {"kept": ids})
        return counters + run(resources.statement("review/about"), {})

    return graph.transact(work)


def _move(graph: Graph, moves: pl.DataFrame, told: pl.DataFrame) -> Counter[str]:
    """Moves nodes, all or none: see identity.MOVES. The Changes that tell of it are tied to them: that they are says
    which of its names a model has in the graph."""
    ours = [kind.type for kind in schema.EDGES]
    rows = moves.to_dicts()
    absorbed = [row for row in rows if row["absorbed"]]
    renamed = [row for row in rows if not row["absorbed"]]

    def work(run: Run) -> Counter[str]:
        counters = run(resources.statement("move/away"), {"rows": rows})
        for name in ("rename", "spelling"):
            counters += run(resources.statement(f"move/{name}"), {"rows": renamed})
        for name in ("incoming", "outgoing", "labels", "remove"):
            counters += run(resources.statement(f"move/{name}"), {"rows": absorbed, "ours": ours})
        return counters + run(resources.statement("load/of"), {"rows": _ends(told).to_dicts()})

    return graph.transact(work)


def _ends(changes: pl.DataFrame) -> pl.DataFrame:
    """Rows of load/of: Changes and their models."""
    return changes.select(start="id", end="of")


def _each(graph: Graph, *statements: str, rows: pl.DataFrame, title: str, progress: Progress) -> Counter[str]:
    """Runs statements over rows, in batches of one transaction each."""

    def batch(number: int) -> tuple[int, Counter[str]]:
        mine = _rows(rows.slice(number * _ROWS, _ROWS))
        return len(mine), _transact(graph, [(statement, mine) for statement in statements])

    with progress.stage(title, total=rows.height, unit="rows") as advance:
        return _in_parallel(-(-rows.height // _ROWS), batch, advance, workers=_ROW_WORKERS)


def _transact(graph: Graph, statements: Sequence[tuple[str, Rows]]) -> Counter[str]:
    """Runs statements, each over its rows, in one transaction."""

    def work(run: Run) -> Counter[str]:
        counters: Counter[str] = Counter()
        for statement, rows in statements:
            if rows:
                counters += run(resources.statement(statement), {"rows": rows})
        return counters

    return graph.transact(work)


def _write_models(graph: Graph, tables: GraphTables, models: pl.DataFrame, *, progress: Progress) -> Counter[str]:
    """Facts and edges of models, each batch in one transaction: a hash never stands beside what it does not cover."""
    batches = -(-models.height // _MODELS)
    batch_of_row = np.full(tables.nodes["Model"].height, batches, dtype=np.uint32)
    rewired = models["edges"].to_numpy()
    batch_of_row[models["row"].to_numpy()[rewired]] = (np.arange(models.height) // _MODELS)[rewired]
    edges = {kind: _EdgeBatches(kind, tables, batch_of_row, batches) for kind in schema.EDGES}
    facts = [p.name for p in schema.MODEL.properties if p.name != "edges_hash"]
    table = tables.nodes["Model"]

    def batch(number: int) -> tuple[int, Counter[str]]:
        mine = models.slice(number * _MODELS, _MODELS)
        changed = table[mine.filter("facts")["row"]].select(facts)
        rewired = mine.filter("edges")
        stages: list[tuple[str, Rows]] = [
            ("load/model", _rows(changed)),
            ("remove/edges", rewired.filter(~pl.col("new")).select("id").to_dicts()),
            *((f"load/{kind.type.lower()}", parts.rows(number)) for kind, parts in edges.items()),
            ("load/model_edges_hash", table[rewired["row"]].select("id", "edges_hash").to_dicts()),
        ]
        return mine.height, _transact(graph, stages)

    with progress.stage("Writing models and edges", total=models.height, unit="models") as advance:
        return _in_parallel(batches, batch, advance, workers=_MODEL_WORKERS)


class _EdgeBatches:
    """Edges of one kind that leave the models of each batch."""

    def __init__(self, kind: schema.EdgeKind, tables: GraphTables, batch_of_row: np.ndarray, batches: int) -> None:
        table = tables.edges[kind.type]
        batch = batch_of_row[table[START].to_numpy()]
        # By the far end: transactions that wait for the same nodes then take them in the same order.
        order = np.lexsort((table[END].to_numpy(), batch))
        self._starts = np.searchsorted(batch[order], np.arange(batches + 1))
        self._table = table[order[: self._starts[-1]]]
        self._start_ids = tables.nodes[kind.start]["id"]
        self._end_keys = tables.nodes[kind.end][schema.node_kind(kind.end).key.name]

    def rows(self, batch: int) -> Rows:
        """The edges of one batch as parameters: `start` and `end` are keys."""
        first, last = int(self._starts[batch]), int(self._starts[batch + 1])
        part = self._table.slice(first, last - first)
        return part.select(
            self._start_ids.gather(part[START]).alias("start"),
            self._end_keys.gather(part[END]).alias("end"),
            pl.exclude(START, END),
        ).to_dicts()


def _rows(frame: pl.DataFrame) -> Rows:
    """Rows as parameters. Moments are ISO text: the driver would send a Python datetime with a zone of its own."""
    moments = pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return frame.with_columns(moments).to_dicts()


def _in_parallel(
    count: int, batch: Callable[[int], tuple[int, Counter[str]]], advance: Advance, *, workers: int
) -> Counter[str]:
    """Sums the counters of `batch(0)` … `batch(count - 1)`; the first that fails stops those not yet begun."""
    counters: Counter[str] = Counter()
    with ThreadPoolExecutor(workers) as pool:
        tasks = [pool.submit(batch, number) for number in range(count)]
        try:
            for task in tasks:
                rows, written = task.result()
                counters += written
                advance(rows)
        finally:
            for task in tasks:
                task.cancel()
    return counters
