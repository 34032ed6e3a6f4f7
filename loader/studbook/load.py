"""One verb loads: the graph after a load is a fold of the graph before it and a snapshot.

Files become clean rows; models that the graph has and the snapshot lacks are carried over from the graph; from all of
them the tables are built, and a writer makes the graph equal to the tables. Nothing is written that is so already.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from studbook import (
    __version__,
    cards,
    changes,
    fold,
    licenses,
    lock,
    normalise,
    resources,
    schema,
    server,
    sources,
    state,
    tables,
)
from studbook.config import Settings
from studbook.errors import InputError
from studbook.fold import Fold, Moment
from studbook.graph import Graph, connect
from studbook.history import CHANGES
from studbook.licenses import Table
from studbook.organisation import Organisation
from studbook.progress import SILENT, Advance, Progress
from studbook.records import Records
from studbook.sources import RawSnapshot
from studbook.state import State
from studbook.tables import POLARS_TYPES, GraphTables
from studbook.writers import bolt, offline

Writer = Literal["import", "bolt"]

EXAMPLE = resources.DATA / "example_hub.jsonl"
"""An invented hub in the Hub's raw form: neither its publishers nor its models exist."""

_SHOWN = 20
"""Changes that the text of a dry run shows."""

IMPORT_FROM = 30_000
IMPORT_SHARE = 0.05
"""Over Bolt a row takes some 0.2 ms; the importer writes the whole graph anew at 6 µs a row, and 15 s go into stopping
and starting servers."""
COUNTERS_A_ROW = 15
"""Models whose counters alone are written over Bolt in the time of one other row."""

JSON_VERSION = "studbook.load/1"
"""`format` of the JSON of a LoadSummary."""

_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):?(\d\d))?(?!\d)")


@dataclass(frozen=True)
class LoadSummary:
    """What a load read and did, or in a dry run would do. Counts of models, nodes and edges are the whole graph's."""

    snapshot: str
    """Id of the Snapshot node."""
    as_of: datetime
    as_of_from: str
    """Where as_of was found: as given, a file's name, or the newest date in the data."""
    scope: str
    """complete or partial."""
    sources: tuple[str, ...]
    dry_run: bool
    rows: int
    """Rows read: loaded, cards_read and rejected."""
    loaded: int
    cards_read: int
    """Rows that are the card of a model, in the snapshot or the graph, and nothing else."""
    rejected: int
    rejections: dict[str, int]
    """By reason, most frequent first."""
    rejected_file: str | None
    unreadable_cards: int
    """Rows loaded without their card's metadata, because these are no JSON object."""
    carried: int
    """Models of the graph that the snapshot lacks."""
    overruled: int
    """Models of the snapshot that were left out, because the organisation has one of its own by that name."""
    changes: dict[str, int]
    """By field of what models declare: how many changed since the snapshot before. See schema.CHANGE."""
    diff: list[dict[str, Any]]
    """In a dry run each of them: model, field, before, after."""
    organisation: str | None
    """The organisation's file."""
    curations: dict[str, int]
    """How many of its curations are applied, expired, without a model."""
    models: dict[str, int]
    """By status; `missing` ones are named as a parent and in no snapshot."""
    unresolved_parents: int
    """Parents given as something that is no model id: paths, addresses, bare names."""
    cards: int
    """Models whose card is known."""
    nodes: dict[str, int]
    """By label."""
    edges: dict[str, int]
    """By type."""
    writer: str | None
    """import, bolt, or null when the graph holds all of this already."""
    reason: str
    """Why this writer."""
    nodes_created: int
    nodes_changed: int
    nodes_removed: int
    edges_written: int
    """Edges that leave a model whose edges are new or differ."""
    counters_changed: int
    """Models that differ in downloads, likes or trending score alone."""
    updates: dict[str, int]
    """Neo4j's own counters over every statement sent over Bolt; empty when nothing was written."""
    seconds: float
    stages: dict[str, float]
    """Seconds by stage."""

    def as_dict(self) -> dict[str, Any]:
        """Every field, ready for JSON."""
        return asdict(self) | {"as_of": self.as_of.isoformat()}

    def __str__(self) -> str:
        parents = {kind.type: self.edges[kind.type] for kind in schema.DERIVATIONS}
        lines = [
            f"Snapshot {self.snapshot}: {self.scope}, as of {self.as_of:%Y-%m-%d %H:%M} UTC ({self.as_of_from})",
            f"  read      {self.rows:,} rows of {', '.join(self.sources)}: "
            f"{self.loaded:,} loaded, {f'{self.cards_read:,} cards, ' if self.cards_read else ''}"
            f"{self.rejected:,} rejected",
            *(f"            {count:,} rejected: {reason}" for reason, count in self.rejections.items()),
            *([f"            see {self.rejected_file}"] if self.rejected_file else []),
            *([f"            {self.unreadable_cards:,} with unreadable card data"] if self.unreadable_cards else []),
            *([f"  by        {self.organisation}: {_listing(self.curations)} curations"] if self.organisation else []),
            f"  models    {sum(self.models.values()):,}: {_listing(self.models)}",
            f"  parents   {sum(parents.values()):,}: {_listing(parents)}",
            *([f"            {self.unresolved_parents:,} are no model id"] if self.unresolved_parents else []),
            *([f"  changes   {sum(self.changes.values()):,}: {_listing(self.changes)}"] if self.changes else []),
            *(f"            {_told(change)}" for change in self.diff[:_SHOWN]),
            *([f"            … and {len(self.diff) - _SHOWN:,} more"] if len(self.diff) > _SHOWN else []),
            *(
                [f"            {self.overruled:,} left out: models of your own have these ids"]
                if self.overruled
                else []
            ),
            *([f"  cards     of {self.cards:,} models are known"] if self.cards else []),
            f"  graph     {sum(self.nodes.values()):,} nodes, {sum(self.edges.values()):,} edges",
        ]
        if self.writer:
            lines += [
                f"  {'to write' if self.dry_run else 'written '}  nodes: {self.nodes_created:,} created, "
                f"{self.nodes_changed:,} changed, {self.nodes_removed:,} removed; edges: {self.edges_written:,}; "
                f"counters of {self.counters_changed:,} models",
                f"  writer    {self.writer}: {self.reason}",
            ]
        else:
            lines.append(f"  written   nothing: {self.reason}")
        slow = ", ".join(f"{title} {seconds:.1f}" for title, seconds in self.stages.items() if seconds >= 0.1)
        return "\n".join([*lines, f"  seconds   {self.seconds:.1f}: {slow}"])


def load(
    files: Sequence[Path],
    *,
    settings: Settings,
    as_of: datetime | None = None,
    allow_older: bool = False,
    partial: bool = False,
    rebuild: bool = False,
    dry_run: bool = False,
    writer: Writer | None = None,
    rejected_path: Path | None = None,
    organisation: Organisation | None = None,
    progress: Progress = SILENT,
) -> LoadSummary:
    """Folds a snapshot into the graph; safe to repeat, and to run again after it was killed.

    A complete snapshot lists every model of the Hub: what it lacks becomes `removed`. A partial one removes nothing.
    `as_of` is when the source was true (UTC unless it says otherwise); without it the first file's name says so, else
    the newest date in the data. A snapshot older than the newest in the graph is refused unless `as_of` and
    `allow_older` are given. `rebuild` writes everything anew. `writer` overrides the choice. Rejected rows go to
    `rejected_path`, else into a folder of the home. `organisation` adds its licences and what it concluded of models,
    as of today. The managed server runs afterwards.

    Raises InputError and SourceError for bad input, GraphError and ServerError when the world is not ready, LockedError
    while another load runs.

    A graph that holds nothing but the bundled example gives way to the first real snapshot: nothing of it is carried.

    Cards may be given beside a snapshot or on their own; alone they are a partial snapshot as of the graph's newest, and
    add what they say to models that are there. A model keeps what its last card said until another is read.
    """
    doing = f"Loading {', '.join(map(str, files))}"
    if writer == "import" and settings.neo4j_uri:
        raise InputError(
            f"{doing}: the importer works on the files of the managed server, and NEO4J_URI names another; "
            "leave --writer out, or unset NEO4J_URI"
        )
    began = datetime.now(UTC)
    timed = _Timed(progress)
    with lock.hold(settings, doing), ExitStack() as opened:
        rejections = rejected_path or (None if dry_run else settings.home / "rejected")
        table = organisation.table if organisation else licenses.shipped()
        raw = sources.read(files, progress=timed)
        moment = None if raw.raw.is_empty() else moment_of(raw, as_of)
        with timed.stage("Normalising"):
            snapshot = normalise.normalise(raw.raw, as_of=moment[0] if moment else began, licenses=table)
        graph = _open(settings, dry_run=dry_run, progress=timed)
        before = state.read(opened.enter_context(graph), progress=timed) if graph else state.EMPTY
        moment = moment or _moment_of_cards(raw, as_of, before, doing)
        before = _give_way(graph, before, raw, moment[0], doing, dry_run=dry_run)
        raw = _claim_cards(raw, before)
        source = _source(raw, moment, rejections, partial=partial)
        _refuse_older(before, source, doing, allowed=allow_older and as_of is not None)
        at = Moment(source.snapshot_id, source.as_of, source.scope)
        folded = fold.fold(graph, before, snapshot, at, table, progress=timed)
        given = _with_cards(folded, raw.cards, before, graph, progress=timed)
        del raw, snapshot
        given, curations = _curate(given, organisation, began.date())
        with timed.stage("Resolving and deriving"):
            built = tables.build(given, licenses=table, aliases=folded.aliases)
        del given
        known = state.counters(graph, before.models.height, progress=timed) if graph else state.NO_COUNTERS
        with timed.stage("Comparing"):
            rewrite = rebuild or before.schema_version not in (None, schema.SCHEMA_VERSION)
            moved = before.moved(folded.moves)
            changed = changes.compare(built, moved.forgotten() if rewrite else moved, known)
        node = _snapshot_node(source, built, folded, table, organisation, began=began)
        content = _content(built)
        total = sum(content["nodes"].values()) + sum(content["edges"].values())
        chosen: Writer | None = None
        reason = "the graph holds exactly this"
        rows = changed.rows + folded.news.height + folded.stale.height + folded.moves.height
        if rows or changed.counters.height or not _holds(before, folded, node):
            chosen, reason = choose_writer(
                settings, rows, of=total, counters=changed.counters.height, rebuild=rebuild, asked=writer
            )
        updates: Counter[str] = Counter()
        if chosen == "bolt" and not dry_run:
            graph = graph or opened.enter_context(_start(settings, timed))
            updates = bolt.write(graph, built, changed, folded, node, progress=timed)
        elif chosen == "import" and not dry_run:
            ids = folded.kept["id"].to_list()
            told = state.changes(graph, ids, progress=timed) if graph else CHANGES.to_frame()
            opened.close()
            offline.write(settings, built, folded.renamed(told), folded, node, carry=bool(before.own), progress=timed)
    return LoadSummary(
        snapshot=source.snapshot_id,
        as_of=source.as_of,
        as_of_from=source.as_of_from,
        scope=source.scope,
        sources=source.files,
        dry_run=dry_run,
        rows=source.rows,
        loaded=source.loaded,
        cards_read=source.cards_read,
        rejected=source.rejected,
        rejections=source.rejections,
        rejected_file=source.rejected_file,
        unreadable_cards=source.unreadable_cards,
        carried=folded.carried,
        overruled=folded.overruled,
        changes=dict(sorted(folded.changes["field"].value_counts().iter_rows())),
        diff=folded.changes.select("model", "field", "before", "after").to_dicts() if dry_run else [],
        organisation=str(organisation.path) if organisation else None,
        curations=curations,
        **content,
        writer=chosen,
        reason=reason,
        nodes_created=changed.created,
        nodes_changed=changed.changed,
        nodes_removed=changed.removed,
        edges_written=changed.edges,
        counters_changed=changed.counters.height,
        updates=dict(updates),
        seconds=(datetime.now(UTC) - began).total_seconds(),
        stages=timed.seconds,
    )


@dataclass(frozen=True)
class _Source:
    """What was read, in words and numbers."""

    snapshot_id: str
    as_of: datetime
    as_of_from: str
    scope: str
    files: tuple[str, ...]
    rows: int
    loaded: int
    cards_read: int
    rejected: int
    rejections: dict[str, int]
    rejected_file: str | None
    unreadable_cards: int


class _Timed:
    """A Progress that also measures its stages."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, title: str, *, total: int | None = None, unit: str = "") -> Iterator[Advance]:
        """See progress.Progress."""
        began = time.perf_counter()
        with self._progress.stage(title, total=total, unit=unit) as advance:
            yield advance
        self.seconds[title] = self.seconds.get(title, 0) + time.perf_counter() - began


def _digest(checksums: list[str]) -> str:
    return hashlib.sha256("".join(sorted(checksums)).encode()).hexdigest()[:8]


def _is_example(snapshot_id: str) -> bool:
    """Whether a snapshot is the bundled example and nothing else."""
    return snapshot_id.endswith(f"-{_digest([hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()])}")


def _holds_only_example(before: State) -> bool:
    """The graph that the demo made."""
    ids = before.snapshots["id"]
    return len(ids) > 0 and all(map(_is_example, ids))


def _snapshot_id(raw: RawSnapshot, as_of: datetime) -> str:
    return f"{as_of:%Y-%m-%dT%H:%M:%SZ}-{_digest([file.sha256 for file in raw.files])}"


def _source(raw: RawSnapshot, moment: tuple[datetime, str], rejections: Path | None, *, partial: bool) -> _Source:
    """What was read; rejected rows are written to `rejections`, a .csv or .jsonl file or a folder.

    Cards alone are no complete snapshot of anything.
    """
    snapshot_id = _snapshot_id(raw, moment[0])
    if raw.rejected.is_empty():
        rejections = None
    elif rejections is not None:
        if not rejections.suffix:
            rejections /= f"{snapshot_id.replace(':', '')}.csv"
        rejections.parent.mkdir(parents=True, exist_ok=True)
        sources.write_rejected(raw.rejected, raw.files, rejections)
    reasons = raw.rejected["reason"].value_counts(sort=True).sort("count", "reason", descending=[True, False])
    return _Source(
        snapshot_id=snapshot_id,
        as_of=moment[0],
        as_of_from=moment[1],
        scope="partial" if partial or raw.raw.is_empty() else "complete",
        files=tuple(file.path.name for file in raw.files),
        rows=raw.raw.height + raw.cards.height + raw.rejected.height,
        loaded=raw.raw.height,
        cards_read=raw.cards.height,
        rejected=raw.rejected.height,
        rejections=dict(reasons.iter_rows()),
        rejected_file=str(rejections) if rejections else None,
        unreadable_cards=raw.unreadable_cards.height,
    )


def moment_of(raw: RawSnapshot, given: datetime | None) -> tuple[datetime, str]:
    """When a snapshot was true, in UTC, and what says so: as given, else the first file's name, else its newest date.

    Raises InputError when nothing says it.
    """
    if given is not None:
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC), "as given"
    first = next((file for file in raw.files if file.models), raw.files[0])
    name = first.path.name
    for match in _DATE_IN_NAME.finditer(name):
        try:
            return datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC), f"from the name {name}"  # type: ignore[arg-type, misc]
        except ValueError:  # digits that are no date
            continue
    newest = raw.raw.select(pl.max_horizontal(pl.col("last_modified", "created_at").max())).item()
    if newest is None:
        raise InputError(
            f"Loading {first.path}: neither its name nor its rows hold a date; say when it was true with --as-of"
        )
    return newest, "the newest date in the data"


def _moment_of_cards(raw: RawSnapshot, given: datetime | None, before: State, doing: str) -> tuple[datetime, str]:
    """When cards are loaded that come without a snapshot: as given, else as of the graph's newest."""
    newest = before.complete["as_of"].max()
    if not isinstance(newest, datetime):
        raise InputError(
            f"{doing}: these are cards alone, and the graph has no models yet; name a snapshot beside them"
        )
    return moment_of(raw, given) if given else (newest, "the graph's newest snapshot")


def _claim_cards(raw: RawSnapshot, before: State) -> RawSnapshot:
    """The same, where cards given apart are of models that are there, by their own ids: the others are rejected."""
    apart = raw.cards.filter(pl.col("model").is_null())
    if apart.is_empty():
        return raw
    known = before.models.filter(pl.col("status").is_not_null() & (pl.col("status") != "missing"))
    known = known.join(raw.raw, on="id", how="anti")
    row = sources.match(apart["id"], known["id"])
    strange = apart.filter(row.is_null()).select("file", "line", "id", reason=pl.lit(sources.NO_MODEL))
    found = apart.with_columns(id=known["id"].gather(row)).drop_nulls("id")
    return replace(
        raw,
        cards=pl.concat([raw.cards.drop_nulls("model"), found]),
        rejected=pl.concat([raw.rejected, strange]).sort("file", "line"),
    )


def _put_cards(given: Records, facts: pl.DataFrame, *, over: bool) -> Records:
    """The same rows with card facts of these ids: over those that are there, or only where there are none."""
    if facts.is_empty():
        return given
    named = facts.select("id", *(pl.col(name).alias(f"{name}_put") for name in cards.SCHEMA))
    takes = pl.col("card_length_put").is_not_null() & (pl.lit(over) | pl.col("card_length").is_null())
    models = (
        given.models.join(named, on="id", how="left", maintain_order="left")
        .with_columns(pl.when(takes).then(f"{name}_put").otherwise(name).alias(name) for name in cards.SCHEMA)
        .select(given.models.columns)
    )
    return replace(given, models=models)


def _open(settings: Settings, *, dry_run: bool, progress: Progress) -> Graph | None:
    """The graph as it is; None when the managed server never held one, so that it need not start yet."""
    if not settings.neo4j_uri:
        server.remove_leftovers(settings)
        if not (server.home(settings) / "data" / "databases" / "neo4j").exists():
            return None
        server.start(settings, progress=progress)
    with ExitStack() as undo:
        graph = undo.enter_context(connect(settings))
        if not dry_run:
            bolt.create_schema(graph, progress=progress)
        undo.pop_all()
    return graph


def _start(settings: Settings, progress: Progress) -> Graph:
    server.start(settings, progress=progress)
    with ExitStack() as undo:
        graph = undo.enter_context(connect(settings))
        bolt.create_schema(graph, progress=progress)
        undo.pop_all()
    return graph


def _give_way(
    graph: Graph | None, before: State, raw: RawSnapshot, as_of: datetime, doing: str, *, dry_run: bool
) -> State:
    """The state to fold into: empty where a real snapshot follows the bundled example. Refuses the opposite."""
    if raw.raw.is_empty():
        return before
    is_example, was_example = _is_example(_snapshot_id(raw, as_of)), _holds_only_example(before)
    if is_example and not was_example and not before.snapshots.is_empty():
        raise InputError(
            f"{doing}: the graph holds other snapshots, whose models an invented hub would mark as removed; "
            "give the example a home of its own, like STUDBOOK_HOME=~/studbook-demo studbook demo"
        )
    # Its models are invented, so the first real snapshot takes their place; but not where somebody built on them.
    if graph is None or is_example or not was_example or before.own:
        return before
    if not dry_run:
        graph.write(resources.statement("remove/example"))
    return state.EMPTY


def _refuse_older(before: State, source: _Source, doing: str, *, allowed: bool) -> None:
    newest = before.complete["as_of"].max()
    if isinstance(newest, datetime) and source.as_of < newest and not allowed:
        raise InputError(
            f"{doing}: it is as of {source.as_of:%Y-%m-%d %H:%M} UTC ({source.as_of_from}), and the graph holds a "
            f"snapshot of {newest:%Y-%m-%d %H:%M} UTC; give the right date with --as-of, or load the older one over it "
            "with --as-of and --allow-older"
        )


def _curate(given: Records, organisation: Organisation | None, on: date) -> tuple[Records, dict[str, int]]:
    """The rows with what the organisation concluded, and how its curations stand."""
    if organisation is None:
        return given, {}
    return organisation.curate(given, on=on), organisation.standing(given, on=on)


def _with_cards(
    folded: Fold, apart: pl.DataFrame, before: State, graph: Graph | None, *, progress: Progress
) -> Records:
    """All rows, with what the graph remembers of cards where a snapshot has none, and with new cards that were given
    apart (`apart`, RawSnapshot.cards)."""
    given = folded.given
    if graph is None:
        return given
    if before.cards and given.models["card_length"].null_count():
        known = fold.new_id(state.cards(graph, before.models.height, progress=progress), "id", folded.moves)
        # A name that was registered again is another model, and its card is another.
        hubs = given.models.select("id", now="hub_id")
        other = known.join(hubs, on="id").filter(pl.col("hub_id") != pl.col("now"))
        given = _put_cards(given, known.join(other, on="id", how="anti"), over=False)
    theirs = apart.filter(pl.col("model").is_null()).unique("id", keep="last", maintain_order=True)
    return _put_cards(given, fold.new_id(theirs, "id", folded.moves), over=True)


def _snapshot_node(
    source: _Source,
    built: GraphTables,
    folded: Fold,
    table: Table,
    organisation: Organisation | None,
    *,
    began: datetime,
) -> pl.DataFrame:
    """The properties of a Snapshot node whose load is complete, as one row."""
    row: dict[str, Any] = {
        "id": source.snapshot_id,
        "as_of": source.as_of,
        "scope": source.scope,
        "status": "complete",
        "sources": list(source.files),
        "rows": source.rows,
        "loaded": source.loaded,
        "cards_read": source.cards_read,
        "rejected": source.rejected,
        "rejections": [f"{count} {reason}" for reason, count in source.rejections.items()] or None,
        "models": built.nodes["Model"].height,
        "edges": sum(built.edges[kind.type].height for kind in schema.DERIVATIONS),
        "changes": folded.changes.height,
        "cards": int(built.nodes["Model"]["card_length"].count()),
        "schema_version": schema.SCHEMA_VERSION,
        "license_table_version": table.version,
        "organisation_version": organisation.version if organisation else None,
        "studbook_version": __version__,
        "loaded_at": began,
    }
    return pl.DataFrame([row], {p.name: POLARS_TYPES[p.type] for p in schema.SNAPSHOT.properties})


def choose_writer(
    settings: Settings, rows: int, *, of: int, counters: int = 0, rebuild: bool, asked: Writer | None
) -> tuple[Writer, str]:
    """Who writes `rows` rows that differ of `of` that the graph shall have, and the counters of so many models that
    differ in nothing else; and why."""
    differing = [f"{rows:,} of {of:,} rows"] if rows or not counters else []
    differing += [f"the counters of {counters:,} models"] if counters else []
    share = f"{' and '.join(differing)} differ"
    if asked:
        return asked, "as asked"
    if settings.neo4j_uri:
        return "bolt", "NEO4J_URI names a server whose files are not ours"
    if rebuild:
        return "import", "a rebuild was asked for"
    if rows + counters / COUNTERS_A_ROW > IMPORT_FROM + IMPORT_SHARE * of:
        return "import", share
    return "bolt", share if rows or counters else "only the snapshot itself is new"


def _holds(before: State, folded: Fold, node: pl.DataFrame) -> bool:
    """Whether the graph has this Snapshot node and those that stay, and no other."""
    same = before.complete.drop("loaded_at").join(node.drop("loaded_at"), on="id", how="semi")
    return before.snapshots.height == folded.kept.height + 1 and same.equals(node.drop("loaded_at"))


def _content(built: GraphTables) -> dict[str, Any]:
    """The counts in a summary."""
    models = built.nodes["Model"]
    return {
        "models": dict(models["status"].value_counts().sort("count", descending=True).iter_rows()),
        "unresolved_parents": int(models["unresolved_parents"].list.len().sum() or 0),
        "cards": int(models["card_length"].count()),
        "nodes": {label: table.height for label, table in built.nodes.items()},
        "edges": {kind: table.height for kind, table in built.edges.items()},
    }


def _told(change: dict[str, Any]) -> str:
    before, after = (", ".join(change[side] or ["none"]) for side in ("before", "after"))
    return f"{change['model']} {change['field']}: {before} → {after}"


def _listing(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
