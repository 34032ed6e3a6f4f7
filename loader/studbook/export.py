"""The graph as files for other tools: Parquet tables and one GraphML, written page by page in bounded memory.

    DIR/nodes/Model.parquet       one file for each label: its properties, the key first
    DIR/edges/FINETUNE_OF.parquet one file for each type: the keys of both ends, then its properties
    DIR/graph.graphml             the same as one graph
    DIR/export.json               what was written, of which snapshots

In Parquet a derivation has the columns `child` and `parent`, another edge those of its ends' labels in lower case, like
`model` and `license`. STRING is string, INTEGER int64, FLOAT double, BOOLEAN boolean, ZONED DATETIME timestamp[us, UTC],
LIST<STRING> list<string>; unknown is null. A kind of which the graph has none gives a file without rows.

In GraphML the id of a node is `Label:key`, because a model and a dataset may have one name; the attribute `kind` of a
node is its label and `relation` of an edge its type. Lists are JSON, times ISO 8601; what is unknown is left out, and
a character that XML does not allow becomes U+FFFD.

Only what loads write is exported, without their hashes: no `Deployment`, no `Review`, nothing else of the user's own
but `internal` models.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from studbook import __version__, columns, render, resources, schema
from studbook.errors import InputError
from studbook.graph import Graph, native
from studbook.progress import SILENT, Progress

FORMATS = ("parquet", "graphml")
JSON_VERSION = "studbook.export/1"
"""`format` of export.json."""

GRAPHML = "graph.graphml"
MANIFEST = "export.json"


@dataclass(frozen=True)
class Exported:
    """What was written: rows by label and by type."""

    folder: Path
    formats: tuple[str, ...]
    nodes: dict[str, int]
    edges: dict[str, int]


class Writer(Protocol):
    """Takes the pages of a kind one after the other, all nodes before any edge."""

    def nodes(self, kind: schema.NodeKind, page: pl.DataFrame) -> None: ...
    def edges(self, kind: schema.EdgeKind, page: pl.DataFrame) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


def export(
    graph: Graph,
    folder: Path,
    *,
    formats: Collection[str] = FORMATS,
    relations: Collection[str] | None = None,
    progress: Progress = SILENT,
) -> Exported:
    """Writes the graph to a folder that does not exist or is empty; it appears complete or not at all.

    `relations` are types of edges that loads write, all where none are given; nodes are those of the kinds at their ends, and
    without `relations` of every kind. Raises InputError for a folder that is in use or cannot be written and for a
    relation or format that there is not, and GraphError as columns.unchanged does.
    """
    doing = f"Exporting to {folder}"
    kinds = _kinds(doing, relations)
    labels = {label for kind in kinds for label in (kind.start, kind.end)}
    node_kinds = [kind for kind in (*schema.NODES, *schema.HISTORY) if relations is None or kind.label in labels]
    if strange := [form for form in formats if form not in FORMATS]:
        raise InputError(f"{doing}: no format {strange[0]!r}; there are {', '.join(FORMATS)}")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"{doing}: something is there already; name a folder that is new or empty")
    part = folder.absolute().with_name(f".{folder.absolute().name}.part")
    try:
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, part, ignore_errors=True)
            shutil.rmtree(part, ignore_errors=True)  # of an export that was killed
            part.mkdir(parents=True)
            with columns.unchanged(graph):
                done = _write(
                    graph, part, kinds, node_kinds, formats=formats, progress=progress, whole=relations is None
                )
                snapshots = [native(found) for (found,) in graph.read(resources.statement("read/snapshots")).rows]
            found = Exported(folder, tuple(form for form in FORMATS if form in formats), *done)
            _manifest(part / MANIFEST, found, snapshots)
            part.replace(folder)
    except OSError as error:
        raise InputError(f"{doing}: {error.strerror or error}; choose another folder") from error
    return found


def _kinds(doing: str, relations: Collection[str] | None) -> list[schema.EdgeKind]:
    known = {kind.type: kind for kind in (*schema.EDGES, schema.OF)}
    for name in relations or ():
        if name not in known:
            raise InputError(f"{doing}: no relation {name!r}; there are {', '.join(known)}")
    return [kind for name, kind in known.items() if relations is None or name in relations]


def _write(
    graph: Graph,
    folder: Path,
    kinds: Sequence[schema.EdgeKind],
    node_kinds: Sequence[schema.NodeKind],
    *,
    formats: Collection[str],
    progress: Progress,
    whole: bool,
) -> tuple[dict[str, int], dict[str, int]]:
    """Passes every page to every writer; returns how many nodes and edges there were of each kind."""

    def total(statement: str) -> int | None:
        return int(graph.read(resources.statement(statement)).rows[0][0]) if whole else None

    nodes = {kind.label: 0 for kind in node_kinds}
    edges = {kind.type: 0 for kind in kinds}
    with ExitStack() as files:
        writers = [
            files.enter_context(closing(_WRITERS[form](folder, node_kinds, kinds)))
            for form in FORMATS
            if form in formats
        ]
        with progress.stage("Exporting nodes", total=total("read/count_nodes"), unit="nodes") as advance:
            for node_kind in node_kinds:
                for page in _node_pages(graph, node_kind):
                    for writer in writers:
                        writer.nodes(node_kind, page)
                    nodes[node_kind.label] += page.height
                    advance(page.height)
        with progress.stage("Exporting edges", total=total("read/count_edges"), unit="edges") as advance:
            for kind, page in _edge_pages(graph, kinds):
                for writer in writers:
                    writer.edges(kind, page)
                edges[kind.type] += page.height
                advance(page.height)
        with progress.stage("Finishing files"):
            for writer in writers:
                writer.finish()
    return nodes, edges


def _node_pages(graph: Graph, kind: schema.NodeKind) -> Iterator[pl.DataFrame]:
    if kind is schema.MODEL:
        yield from columns.models(graph, [p.name for p in columns.node_columns(kind)])
    else:
        yield columns.nodes(graph, kind)


def _edge_pages(graph: Graph, kinds: Sequence[schema.EdgeKind]) -> Iterator[tuple[schema.EdgeKind, pl.DataFrame]]:
    of_models = {kind.type: kind for kind in kinds if kind is not schema.OF}
    for pages in columns.edges(graph, list(of_models.values())) if of_models else ():
        for type_, page in pages.items():
            yield of_models[type_], page
    if schema.OF in kinds:
        yield schema.OF, columns.changed(graph)


class _Parquet:
    """A small file for each page, joined to one for each kind in the end: no kind has to fit in memory."""

    def __init__(self, folder: Path, nodes: Sequence[schema.NodeKind], edges: Sequence[schema.EdgeKind]) -> None:
        self._files = {
            **{kind.label: folder / "nodes" / f"{kind.label}.parquet" for kind in nodes},
            **{kind.type: folder / "edges" / f"{kind.type}.parquet" for kind in edges},
        }
        self._pages = dict.fromkeys(self._files, 0)
        # First a page without rows: a kind that does not occur has a file too.
        for node_kind in nodes:
            self._add(node_kind.label, columns.empty(columns.node_columns(node_kind)))
        for edge_kind in edges:
            self._add(edge_kind.type, columns.empty(columns.edge_columns(edge_kind)))

    def nodes(self, kind: schema.NodeKind, page: pl.DataFrame) -> None:
        self._add(kind.label, page)

    def edges(self, kind: schema.EdgeKind, page: pl.DataFrame) -> None:
        self._add(kind.type, page)

    def finish(self) -> None:
        for file in self._files.values():
            pages = file.with_suffix(".pages")
            pl.scan_parquet(sorted(pages.iterdir())).sink_parquet(file, maintain_order=True)
            shutil.rmtree(pages)

    def close(self) -> None:
        pass

    def _add(self, name: str, page: pl.DataFrame) -> None:
        file = self._files[name].with_suffix(".pages") / f"{self._pages[name]:06}.parquet"
        self._pages[name] += 1
        page.write_parquet(file, mkdir=True)


class _GraphML:
    """Text built column by column and appended page by page."""

    def __init__(self, folder: Path, nodes: Sequence[schema.NodeKind], edges: Sequence[schema.EdgeKind]) -> None:
        self._file = (folder / GRAPHML).open("w", encoding="utf-8", newline="\n")
        self._keys: dict[tuple[str, str, str], str] = {}
        self._file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        )
        for p in (_KIND, *(p for kind in nodes for p in columns.node_columns(kind))):
            self._declare("node", p)
        for p in (_RELATION, *(p for kind in edges for p in kind.properties)):
            self._declare("edge", p)
        self._file.write('<graph edgedefault="directed">\n')

    def nodes(self, kind: schema.NodeKind, page: pl.DataFrame) -> None:
        known = self._constant("node", _KIND, kind.label)
        opening: list[str | pl.Expr] = [f'<node id="{kind.label}:', _xml(pl.col(kind.key.name)), f'">{known}']
        self._append(page, [*opening, *self._data("node", columns.node_columns(kind)), "</node>\n"])

    def edges(self, kind: schema.EdgeKind, page: pl.DataFrame) -> None:
        start, end = (_xml(pl.col(name)) for name in columns.ends(kind))
        known = self._constant("edge", _RELATION, kind.type)
        opening: list[str | pl.Expr] = [
            f'<edge source="{kind.start}:',
            start,
            f'" target="{kind.end}:',
            end,
            f'">{known}',
        ]
        self._append(page, [*opening, *self._data("edge", kind.properties), "</edge>\n"])

    def finish(self) -> None:
        self._file.write("</graph>\n</graphml>\n")

    def close(self) -> None:
        self._file.close()

    def _declare(self, of: str, p: schema.Property) -> None:
        type_ = _GRAPHML_TYPES.get(p.type, "string")
        if (of, p.name, type_) not in self._keys:
            self._keys[of, p.name, type_] = key = f"d{len(self._keys)}"
            self._file.write(f'<key id="{key}" for="{of}" attr.name="{p.name}" attr.type="{type_}"/>\n')

    def _key(self, of: str, p: schema.Property) -> str:
        return self._keys[of, p.name, _GRAPHML_TYPES.get(p.type, "string")]

    def _constant(self, of: str, p: schema.Property, value: str) -> str:
        return f'<data key="{self._key(of, p)}">{value}</data>'

    def _data(self, of: str, properties: Sequence[schema.Property]) -> Iterator[pl.Expr]:
        """An element for each property, and nothing for one that is unknown."""
        for p in properties:
            element = pl.format(f'<data key="{self._key(of, p)}">{{}}</data>', _value(p))
            yield pl.when(pl.col(p.name).is_not_null()).then(element).otherwise(pl.lit(""))

    def _append(self, page: pl.DataFrame, parts: Sequence[str | pl.Expr]) -> None:
        line = pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])
        self._file.write(page.select(line.str.join("")).item())


_KIND = schema.Property("kind", "STRING", "label of a node")
_RELATION = schema.Property("relation", "STRING", "type of an edge")
_GRAPHML_TYPES = {"INTEGER": "long", "FLOAT": "double", "BOOLEAN": "boolean"}
"""Others are string."""

_WRITERS: dict[str, Callable[[Path, Sequence[schema.NodeKind], Sequence[schema.EdgeKind]], Writer]] = {
    "parquet": _Parquet,
    "graphml": _GraphML,
}


def _value(p: schema.Property) -> pl.Expr:
    """A property as text of an element."""
    column = pl.col(p.name)
    match p.type:
        case "LIST<STRING>":
            wrapped = pl.struct(column.alias("v")).struct.json_encode()
            return _xml(wrapped.str.strip_prefix('{"v":').str.strip_suffix("}"))
        case "ZONED DATETIME":
            return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
        case "STRING":
            return _xml(column)
        case _:
            return column.cast(pl.String)


def _xml(text: pl.Expr) -> pl.Expr:
    """Text as XML has it, in an element or an attribute, line ends and all."""
    known = text.str.replace_many(
        ["&", "<", ">", '"', "\t", "\n", "\r"], ["&amp;", "&lt;", "&gt;", "&quot;", "&#9;", "&#10;", "&#13;"]
    )
    return known.str.replace_all("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}")


def _manifest(path: Path, found: Exported, snapshots: list[dict[str, object]]) -> None:
    told = {
        "studbook_version": __version__,
        "schema_version": schema.SCHEMA_VERSION,
        "snapshots": snapshots,
        "formats": found.formats,
        "nodes": found.nodes,
        "edges": found.edges,
    }
    path.write_text(render.document(JSON_VERSION, told), encoding="utf-8")
