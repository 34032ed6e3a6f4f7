"""Writes with Neo4j's own offline importer: the whole graph anew beside the old one, which it then replaces.

Until the link `data` points to the new folder nothing of the old graph is touched; from then on the new one is whole,
and its Snapshot says `loading` until its indexes serve. So a kill at any moment leaves a graph that answers.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from studbook import own, schema, server
from studbook.config import Settings
from studbook.errors import GraphError, InputError
from studbook.fold import Fold
from studbook.graph import connect, connect_to
from studbook.history import History
from studbook.lineage import END, START
from studbook.progress import Progress
from studbook.tables import GraphTables
from studbook.writers import bolt

_TYPES = {
    "STRING": "string",
    "INTEGER": "long",
    "FLOAT": "double",
    "BOOLEAN": "boolean",
    "ZONED DATETIME": "datetime",
    "LIST<STRING>": "string[]",
}
"""The importer's names for schema types."""

_DELIMITERS = ("\x1f", "\x1e", "\x1d", "\x1c")
"""Characters made to separate values, one of which separates the elements of lists."""

_OFF_HEAP = "2g"
"""At most; 2.3 M nodes and 6.8 M edges took 1.04 GiB."""

_THREADS = 2 * (os.cpu_count() or 1)
"""The importer's own choice, one a core, leaves cores waiting: on two cores it took 39 s, and 32 s with four threads."""


def write(
    settings: Settings,
    tables: GraphTables,
    changes: pl.DataFrame,
    fold: Fold,
    snapshot: pl.DataFrame,
    *,
    carry: bool,
    progress: Progress,
) -> None:
    """Makes the tables the graph of the managed server, which runs afterwards; `tables` are empty then.

    `snapshot` is the row of a complete Snapshot node; until the end it says `loading`. `changes` are those of earlier
    loads, the fold has its own. With `carry` what the graph holds of the user's own is copied, see own.copy.
    The caller holds the load lock. Raises GraphError when the import fails: the graph is then as it was.
    """
    hollow = _hollow_nodes(tables)
    snapshots = pl.concat([fold.kept, snapshot.with_columns(status=pl.lit("loading"))])
    history = History(snapshots, pl.concat([changes, fold.changes]))
    data = server.new_data_directory(settings)
    folder = staging(data)
    arguments = export(tables, history, folder, progress=progress)
    run_importer(settings, data, folder, arguments, progress=progress)
    shutil.rmtree(folder)
    if carry:
        _carry(settings, data, dict(fold.moves.select("old", "new").iter_rows()), progress=progress)
    replace_graph(settings, data, progress=progress)
    with connect(settings) as graph:
        bolt.declare_schema(graph, progress=progress)
        for kind, rows in hollow:
            bolt.write_nodes(graph, kind, rows, progress=progress)
        bolt.await_indexes(graph, progress=progress)
        bolt.complete_snapshot(graph, snapshot, kept=fold.kept, stale=pl.DataFrame(schema={"id": pl.String}))


def _carry(settings: Settings, data: Path, moved: Mapping[str, str], *, progress: Progress) -> None:
    """Copies what is the user's own from the graph that serves to the one in `data`, which nobody else sees yet."""
    username, password = server.credentials(settings)
    with (
        server.boot(settings, data, progress=progress) as private,
        connect_to(private.uri, username=username, password=password) as new,
        connect(settings) as old,
    ):
        bolt.declare_constraints(new, progress=progress)
        own.copy(old, new, moved=moved, progress=progress)


def export(tables: GraphTables, history: History, folder: Path, *, progress: Progress) -> list[str]:
    """Writes the importer's CSV files and returns its arguments, which name them relative to `folder`.

    `tables` are taken apart on the way and empty afterwards: two million models should not wait in memory for the
    importer. A node's id is its row number plus those of the kinds before it. A null is an empty cell, an empty string a quoted
    one; an empty list cannot be told from null, so nodes that have one are written without hash: not yet whole.
    """
    changes = history.changes.select(p.name for p in schema.CHANGE.properties)
    everything = {**tables.nodes, "Snapshot": history.snapshots, "Change": changes, **tables.edges}
    everything[schema.OF.type] = _of(history.changes, tables.nodes["Model"])
    tables.nodes.clear()
    tables.edges.clear()
    delimiter = _delimiter(everything.values())
    arguments = ["--id-type=actual", f"--array-delimiter=U+{ord(delimiter):04X}"]
    first: dict[str, int] = {}
    rows = sum(table.height for table in everything.values())
    multiline = False
    with progress.stage("Writing CSV", total=rows, unit="rows") as advance:
        count = 0
        for node in (*schema.NODES, *schema.HISTORY):
            table = everything.pop(node.label)
            first[node.label] = count
            numbered = table.select(pl.int_range(count, count + pl.len()).alias("_id"), pl.all())
            if node not in (schema.MODEL, *schema.HISTORY):
                numbered = numbered.with_columns(facts_hash=pl.when(~_has_empty_list(table)).then("facts_hash"))
            for labels, part in _by_labels(node.label, numbered):
                name = labels[-1]
                multiline |= _write(part, [":ID"], node.properties, folder / name, delimiter)
                arguments.append(f"--nodes={':'.join(labels)}={_names(name)}")
            count += table.height
            advance(table.height)
        for edge in (*schema.EDGES, schema.OF):
            table = everything.pop(edge.type)
            numbered = table.with_columns(
                pl.col(START).cast(pl.Int64) + first[edge.start], pl.col(END).cast(pl.Int64) + first[edge.end]
            )
            multiline |= _write(numbered, [":START_ID", ":END_ID"], edge.properties, folder / edge.type, delimiter)
            arguments.append(f"--relationships={edge.type}={_names(edge.type)}")
            advance(table.height)
    # Only when needed: the importer then no longer reads one file with several threads.
    return [*arguments, "--multiline-fields=true"] if multiline else arguments


def _of(changes: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """The edge table of OF: rows of `changes` and of the models that they are of."""
    ids = models.select(of="id").with_row_index(END)
    return changes.select("of").with_row_index(START).join(ids, on="of", maintain_order="left").select(START, END)


def _by_labels(label: str, table: pl.DataFrame) -> list[tuple[list[str], pl.DataFrame]]:
    """The rows of a kind of node, by the labels that they get; the last names the file."""
    if label != schema.MODEL.label:
        return [([label], table)]
    internal = (pl.col("status") == "internal").fill_null(value=False)
    own = table.filter(internal)
    rest = table.filter(~internal) if own.height else table
    return [([label], rest), *([([label, schema.INTERNAL], own)] if own.height else [])]


def staging(data: Path) -> Path:
    """An empty folder for the CSV files of the graph that will be in `data`; it is removed like a left-over graph."""
    folder = data.with_name(f"{data.name}-csv")
    folder.mkdir(mode=0o700)
    return folder


def _hollow_nodes(tables: GraphTables) -> list[tuple[schema.NodeKind, pl.DataFrame]]:
    """Nodes with an empty list, which CSV cannot express: some licences, whose terms are known to be none."""
    kinds = [kind for kind in schema.NODES if kind is not schema.MODEL]
    return [(kind, table.filter(_has_empty_list(table))) for kind in kinds for table in [tables.nodes[kind.label]]]


def run_importer(settings: Settings, data: Path, folder: Path, arguments: list[str], *, progress: Progress) -> None:
    """Imports the CSV files in `folder` as the graph in `data`, which no server uses. Raises GraphError."""
    command = server.admin_command(
        settings,
        data,
        [
            *("database", "import", "full", "neo4j", "--overwrite-destination=true"),
            *("--bad-tolerance=0", f"--max-off-heap-memory={_OFF_HEAP}", f"--threads={_THREADS}"),
            *arguments,
        ],
        progress=progress,
    )
    said: list[str] = []
    with (
        progress.stage("Importing", total=400, unit="%") as advance,
        subprocess.Popen(  # noqa: S603  our own command line
            command.argv,
            env=command.env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                if re.search(r"\d+% ∆", line):
                    advance(5)
                elif line.strip():
                    said.append(line.rstrip())
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        words = "\n".join(f"  {line}" for line in said[-15:])
        raise GraphError(
            f"Importing into {data}: neo4j-admin ended with code {process.returncode}; the graph is as it was. "
            f"Its last words:\n{words}\nFree memory or disk space if it lacked any, or load with --writer bolt"
        )


def replace_graph(settings: Settings, data: Path, *, progress: Progress) -> None:
    """Makes `data` the managed server's graph and starts it, with the users and passwords it had."""
    with progress.stage("Stopping Neo4j"):
        server.stop(settings)
    old = server.data_directory(settings)
    server.copy_users(settings, data)
    server.switch_data(settings, data)
    shutil.rmtree(old)
    server.start(settings, progress=progress)


def _names(name: str) -> str:
    # The importer refuses a bare file name; relative ones keep the spaces and commas of a home out of its arguments.
    return f"./{name}.header.csv,./{name}.csv"


def _write(
    table: pl.DataFrame, ids: list[str], properties: tuple[schema.Property, ...], path: Path, delimiter: str
) -> bool:
    """Writes `<path>.header.csv` and `<path>.csv`; returns whether a cell of it spans lines."""
    header = ",".join([*ids, *(f"{p.name}:{_TYPES[p.type]}" for p in properties)])
    path.with_name(f"{path.name}.header.csv").write_text(f"{header}\n", encoding="utf-8")
    cells = table.with_columns(
        pl.when(pl.col(pl.List(pl.String)).list.len() > 0).then(pl.col(pl.List(pl.String)).list.join(delimiter))
    )
    cells.write_csv(path.with_name(f"{path.name}.csv"), include_header=False, datetime_format="%Y-%m-%dT%H:%M:%S%.fZ")
    spans = cells.select(pl.col(pl.String).str.contains("[\n\r]").any())
    return any(spans.row(0)) if spans.width else False


def _has_empty_list(table: pl.DataFrame) -> pl.Expr:
    lists = [name for name, dtype in table.schema.items() if dtype == pl.List(pl.String)]
    # Filled before and not after: polars 2.1 gives a filled literal the wrong length in a table of 20,000 rows.
    empty = ((pl.col(name).list.len() == 0).fill_null(value=False) for name in lists)
    return pl.any_horizontal(pl.lit(value=False), *empty)


def _delimiter(tables: Collection[pl.DataFrame]) -> str:
    """A character that no element of any list holds."""
    elements = [
        table[name].drop_nulls().explode().unique()
        for table in tables
        for name, dtype in table.schema.items()
        if dtype == pl.List(pl.String)
    ]
    for delimiter in _DELIMITERS:
        if not any(values.str.contains(delimiter, literal=True).any() for values in elements):
            return delimiter
    raise InputError(
        "Writing CSV for the importer: each of the control characters U+001C to U+001F occurs in some list of the "
        "snapshot, so none can separate elements; load with --writer bolt"
    )
