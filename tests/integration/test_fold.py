"""Random snapshots, one folded after the other, against a fold in plain Python and a graph derived at once."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hub_files
from graph_contents import Contents, ask, contents, wipe
from studbook import resolve, schema, sources, tables
from studbook.config import Settings
from studbook.load import load
from studbook.normalise import normalise

NAMES = [f"o/{letter}" for letter in "abcde"]
HUB_IDS = [letter * 24 for letter in "12345"]
DAY = datetime(2026, 1, 1, tzinfo=UTC)

Values = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A model as a snapshot lists it."""

    hub_id: str | None
    licenses: Values
    parents: Values
    relation: str
    task: str | None
    languages: Values
    gated: str | None

    def fields(self, current: Mapping[str, str]) -> dict[str, Values]:
        """What is compared; `current` leads from a former name to the present one."""
        type_ = {"finetune": "FINETUNE_OF", "merge": "MERGE_OF"}[self.relation]
        return {
            "license": self.licenses,
            "parents": tuple(sorted({f"{type_} {current.get(name, name)}" for name in self.parents})),
            "task": (self.task,) if self.task else (),
            "languages": self.languages,
            "gated": (self.gated,) if self.gated else (),
        }

    def raw(self, name: str) -> hub_files.RawModel:
        card: dict[str, Any] = {"license": list(self.licenses), "language": list(self.languages)}
        return hub_files.model(
            name,
            *self.parents,
            relation=self.relation,
            _id=self.hub_id,
            gated=self.gated,
            pipeline_tag=self.task,
            **card,
        )


@dataclass
class Known:
    """A model as the graph knows it."""

    row: Row
    status: str
    first_seen: datetime
    last_seen: datetime | None = None
    former: list[str] = field(default_factory=list)
    """`moment license`"""


@dataclass
class Fold:
    """What successive snapshots make of each other, by the rules of schema.py alone."""

    models: dict[str, Known] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    """Former names, and the name that each leads to now."""
    current: dict[str, str] = field(default_factory=dict)
    """Those that are nobody else's name by now."""
    last: datetime | None = None
    """The newest complete snapshot."""

    def add(self, snapshot: dict[str, Row], as_of: datetime, *, complete: bool) -> set[tuple[Any, ...]]:
        """Folds a snapshot in, and returns its changes: model, field, before, after."""
        hubs = {name: known.row.hub_id for name, known in self.models.items()}
        snapshot = {name: row if row.hub_id else replace(row, hub_id=hubs.get(name)) for name, row in snapshot.items()}
        counts = [row.hub_id for row in snapshot.values()]
        moved = {}
        for old, hub_id in hubs.items():
            new = [name for name, row in snapshot.items() if row.hub_id == hub_id]
            if (
                hub_id
                and new
                and old not in new
                and counts.count(hub_id) == 1
                and list(hubs.values()).count(hub_id) == 1
            ):
                moved[old] = new[0]
        displaced = {
            name: self.models.pop(name).row.hub_id for name in set(moved.values()) - moved.keys() if name in hubs
        }
        self.models = {moved.get(name, name): known for name, known in self.models.items()}
        self.renamed = {old: moved.get(new, new) for old, new in self.renamed.items()} | moved
        before = {new: old for old, new in moved.items()}
        current = self.current = {
            old: new for old, new in self.renamed.items() if old not in snapshot and old not in self.models
        }
        changes: set[tuple[Any, ...]] = set()
        for name, row in snapshot.items():
            known = self.models.get(name)
            if known is not None:
                was, now = known.row.fields(current), row.fields(current)
                told = {name: (was[name], now[name]) for name in was if was[name] != now[name]}
                if not (was["gated"] and now["gated"]):
                    told.pop("gated", None)
                if name in before:
                    told["id"] = ((before[name],), (name,))
                hub_id = displaced.get(name) or known.row.hub_id
                if hub_id and row.hub_id and hub_id != row.hub_id:
                    told["hub_id"] = ((hub_id,), (row.hub_id,))
                if known.status == "removed":
                    told["status"] = (("removed",), ("listed",))
                changes |= {(name, field_, *sides) for field_, sides in told.items()}
                if "license" in told:
                    until = known.last_seen or max(known.first_seen, self.last or known.first_seen)
                    known.former += [f"{until:%Y-%m-%dT%H:%M:%SZ} {license_}" for license_ in told["license"][0]]
            self.models[name] = Known(
                row, "listed", known.first_seen if known else as_of, former=known.former if known else []
            )
        if complete:
            for name, known in self.models.items():
                if name not in snapshot and known.status == "listed":
                    known.status = "removed"
                    known.last_seen = max(known.first_seen, self.last or known.first_seen)
                    changes.add((name, "status", ("listed",), ("removed",)))
            self.last = as_of
        return changes

    def read(self, name: str, told: list[str] | None) -> Values:
        """Values as a Change tells them, parents by the name that they have now."""
        if name != "parents" or not told:
            return tuple(told or ())
        parts = [value.split(" ") for value in told]
        return tuple(sorted({f"{type_} {self.current.get(parent, parent)}" for type_, parent in parts}))


rows = st.builds(
    Row,
    hub_id=st.none(),
    licenses=st.sets(st.sampled_from(["mit", "gpl-3.0", "cc-by-nc-4.0"]), max_size=2).map(lambda s: tuple(sorted(s))),
    parents=st.lists(st.sampled_from([*NAMES, "o/lost", "o/other"]), max_size=2, unique=True).map(tuple),
    relation=st.sampled_from(["finetune", "merge"]),
    task=st.sampled_from([None, "fill-mask", "text-generation"]),
    languages=st.sets(st.sampled_from(["en", "fr"])).map(lambda s: tuple(sorted(s))),
    gated=st.sampled_from([None, "false", "auto"]),
)


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[dict[str, Row], bool]:
    """Distinct names with distinct hub_ids, or with none; and whether it is complete."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    hub_ids: list[str | None] = list(draw(st.permutations(HUB_IDS)))
    if draw(st.integers(0, 4)) == 0:
        hub_ids = [None] * len(HUB_IDS)
    found = {name: replace(draw(rows), hub_id=hub_id) for name, hub_id in zip(names, hub_ids, strict=False)}
    return found, draw(st.booleans())


def put(graph: Settings, rows_: Mapping[str, Row], day: int, **options: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = hub_files.write(Path(folder) / "hub.jsonl", (row.raw(name) for name, row in rows_.items()))
        load([path], settings=graph, as_of=DAY + timedelta(days=day), **options)


def derived_at_once(fold: Fold) -> tables.GraphTables:
    """The graph of all these models, derived from their rows and not from a graph."""
    with tempfile.TemporaryDirectory() as folder:
        path = hub_files.write(Path(folder) / "hub.jsonl", (known.row.raw(id_) for id_, known in fold.models.items()))
        clean = normalise(sources.read([path]).raw, as_of=DAY)
    former = {id_: known.former or None for id_, known in fold.models.items()}
    status = {id_: known.status for id_, known in fold.models.items()}
    models = clean.models.with_columns(
        status=pl.col("id").replace_strict(status),
        former_licenses=pl.Series([former[id_] for id_ in clean.models["id"]], dtype=pl.List(pl.String)),
    )
    names = [(old, old, new, "hub_id", "") for old, new in fold.renamed.items()]
    learned = pl.DataFrame(names, dict.fromkeys(resolve.alias_table().columns, pl.String), orient="row")
    return tables.build(replace(clean, models=models), aliases=pl.concat([resolve.alias_table(), learned]))


HISTORICAL = ("first_seen", "last_seen", "declared_hash", "facts_hash", "edges_hash", "since")
"""What says when something was seen, and hashes of that."""


def plain(graph: tables.GraphTables) -> tuple[set[Any], set[Any]]:
    """Nodes and edges as graph_contents has them."""

    def frozen(row: dict[str, Any]) -> tuple[Any, ...]:
        known = {name: value for name, value in row.items() if value is not None and name not in HISTORICAL}
        times = {n: f"{v:%Y-%m-%dT%H:%M:%S}.000000000+00:00 UTC" for n, v in known.items() if isinstance(v, datetime)}
        lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        return tuple(sorted((known | times | lists).items()))

    keys = {kind.label: graph.nodes[kind.label][kind.key.name].to_list() for kind in schema.NODES}
    nodes = {(label, frozen(row)) for label, table in graph.nodes.items() for row in table.iter_rows(named=True)}
    edges = set()
    for kind in schema.EDGES:
        for row in graph.edges[kind.type].iter_rows(named=True):
            start, end = row.pop("_start"), row.pop("_end")
            edges.add((keys[kind.start][start], kind.type, keys[kind.end][end], frozen(row)))
    return nodes, edges


def loaded(found: Contents, names: set[str]) -> tuple[set[Any], set[Any]]:
    """The same of a graph, without what tells of loads, and without names that are only remembered."""
    past = {"Snapshot", "Change"}
    nodes = {
        (label, tuple(pair for pair in properties if pair[0] not in HISTORICAL))
        for label, properties in found[0]
        if label not in past and (label not in ("Model", "Author") or dict(properties)["id"] in names)
    }
    return nodes, {edge for edge in found[1] if edge[1] != "OF" and edge[0] in names}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(snapshots(), min_size=2, max_size=4))
def test_random_snapshots(home: Settings, history: list[tuple[dict[str, Row], bool]]) -> None:
    wipe(home)
    fold = Fold()
    for day, (rows_, complete) in enumerate(history):
        put(home, rows_, day, partial=not complete)
        as_of = DAY + timedelta(days=day)
        expected = fold.add(rows_, as_of, complete=complete)
        told = ask(
            home,
            "MATCH (c:Change {as_of: $day})-[:OF]->(m:Model) RETURN m.id, c.field, c.before, c.after",
            day=as_of,
        )
        assert {(id_, name, fold.read(name, was), fold.read(name, now)) for id_, name, was, now in told} == expected
        assert dict(ask(home, "MATCH (m:Model) WHERE m.status <> 'missing' RETURN m.id, m.status")) == {
            id_: known.status for id_, known in fold.models.items()
        }
        once = plain(derived_at_once(fold))
        names = {dict(properties)["id"] for label, properties in once[0] if label in ("Model", "Author")}
        nodes, edges = loaded(contents(home), names)
        assert nodes == once[0]
        assert edges == once[1]
