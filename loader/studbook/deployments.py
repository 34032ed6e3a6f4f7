"""The organisation's deployments in the graph: written from inventories, joined to models, and what they are exposed to.

A deployment is the user's own: loads neither write nor lose it. Models of the organisation's own become nodes of status
`internal` with the verdicts that a load would give them (candidate.judge); what they add to the counts of their
ancestors, and the family that they belong to, come with the next load.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from studbook import __version__, ask, candidate, library, licenses, lock, policy, relatives, resources
from studbook.candidate import Judged
from studbook.config import Settings
from studbook.errors import InputError
from studbook.graph import Graph, native
from studbook.inventory import Entry, Inventory, Reference
from studbook.library import SEVERITIES, Column
from studbook.organisation import Organisation
from studbook.policy import Found
from studbook.progress import SILENT, Progress
from studbook.render import Rows
from studbook.writers import bolt

_ANCESTORS = 10_000
"""Most ancestors that are read of one model."""


@dataclass(frozen=True)
class Run:
    """One model that a deployment runs."""

    model: str
    """Its id."""
    revision: str | None
    declared_as: str | None
    """As the inventory names it, where that is not its id."""
    hub_id: str | None
    """The model's when its use was approved."""


@dataclass(frozen=True)
class Deployment:
    """A system and what it runs."""

    id: str
    name: str
    inventory: str
    owner: str | None
    environment: str | None
    context: str | None
    task: str | None
    languages: tuple[str, ...]
    market: tuple[str, ...]
    approved_at: datetime | None
    extra: tuple[str, ...]
    runs: tuple[Run, ...]
    unresolved: tuple[str, ...]
    retired_at: datetime | None = None
    lines: Mapping[str, int | None] | None = None
    """By model id or unresolved reference: the line of the inventory; None for what comes from the graph."""


@dataclass(frozen=True)
class Resolved:
    """An inventory with its references followed; nothing is written."""

    deployments: tuple[Deployment, ...]
    own: Judged | None
    """The organisation's own models among them, judged; null without any."""


@dataclass(frozen=True)
class Written:
    """What a load of an inventory did. Every row is in exactly one of the first three counts."""

    inventory: str
    loaded: int
    """Rows whose reference leads to a model."""
    unresolved: int
    """Rows kept without one."""
    rejected: int
    deployments: int
    own_models: int
    retired: int


def resolve(graph: Graph, inventory: Inventory, *, organisation: Organisation | None = None) -> Resolved:
    """Follows the references of an inventory, and judges the models of the organisation's own among them.

    Raises InputError when an own model has the id of one that the Hub has.
    """
    own_ids = {entry.own_id for entry in inventory.entries if entry.own_id}
    names = sorted({entry.model.name for entry in inventory.entries if entry.model and not entry.own_id} - own_ids)
    rows = graph.read(resources.statement("read/models_named"), {"names": names}).rows
    found: dict[str, list[str]] = {}
    for name, id_, _ in rows:
        found.setdefault(name, []).append(id_)
    own = _judge(graph, inventory, organisation) if own_ids else None
    hub_ids = {id_: hub_id for id_, _, hub_id, *_ in _models(graph, [ids[0] for ids in found.values()]).values()}
    made: dict[str, Deployment] = {}
    for entry in inventory.entries:
        id_ = f"{inventory.id}:{entry.name}"
        deployment = made.get(id_) or _deployment(id_, entry, inventory.id)
        model = entry.own_id or _one(found.get(entry.model.name, []) if entry.model else [])
        if model is None and entry.model and entry.model.name in own_ids:
            model = entry.model.name
        text = entry.model.text if entry.model else ""
        lines = {**(deployment.lines or {}), model or text: entry.line}
        if model is None:
            made[id_] = replace(deployment, unresolved=_with(deployment.unresolved, text), lines=lines)
        else:
            run = _run(model, entry.model, hub_ids.get(model))
            kept = [one for one in deployment.runs if one.model != model]
            made[id_] = replace(deployment, runs=(*kept, run), lines=lines)
    return Resolved(tuple(made.values()), own)


def _one(ids: Sequence[str]) -> str | None:
    """The model of a name that means one; none of a name that means several is a guess."""
    return ids[0] if len(ids) == 1 else None


def _with(known: tuple[str, ...], text: str) -> tuple[str, ...]:
    return known if text in known else (*known, text)


def _run(model: str, reference: Reference | None, hub_id: str | None) -> Run:
    if reference is None:
        return Run(model, None, None, None)
    return Run(model, reference.revision, reference.text if reference.text != model else None, hub_id)


def _deployment(id_: str, entry: Entry, inventory: str) -> Deployment:
    where = (entry.owner, entry.environment, entry.context, entry.task)
    return Deployment(
        *(id_, entry.name, inventory, *where, entry.languages, entry.market, entry.approved_at, entry.extra),
        runs=(),
        unresolved=(),
    )


def _judge(graph: Graph, inventory: Inventory, organisation: Organisation | None) -> Judged:
    rows: dict[str, dict[str, Any]] = {}
    for entry in inventory.entries:
        if entry.own_id is None:
            continue
        card: dict[str, Any] = {"base_model": list(entry.base_models)}
        if entry.base_model_relation:
            card["base_model_relation"] = entry.base_model_relation
        if entry.license:
            card["license"] = list(entry.license)
        if entry.languages:
            card["language"] = list(entry.languages)
        row: dict[str, Any] = {"id": entry.own_id, "tags": [], "cardData": card}
        if entry.task:
            row["pipeline_tag"] = entry.task
        rows[entry.own_id.lower()] = row
    named = graph.read(resources.statement("read/models_named"), {"names": [row["id"] for row in rows.values()]}).rows
    taken = sorted(id_ for _, id_, status in named if status in ("listed", "removed"))
    if taken:
        raise InputError(
            f"Reading the inventory {inventory.path}: {', '.join(taken)} is a model of the Hub; leave base_model empty "
            "to run it, or give the organisation's own model another name"
        )
    return candidate.judge(graph, list(rows.values()), organisation=organisation, internal=True)


def _models(graph: Graph, ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    rows = graph.read(resources.statement("deployment/models"), {"ids": sorted(set(ids))}).rows
    return {row[0]: row for row in rows}


def load(
    settings: Settings,
    graph: Graph,
    inventory: Inventory,
    *,
    organisation: Organisation | None = None,
    progress: Progress = SILENT,
) -> Written:
    """Writes an inventory to the graph; what it no longer lists is retired, and its own models are written too.

    A model that runs keeps the `hub_id` it had when it was approved; a new approval renews it. Raises InputError as
    resolve does, LockedError while the graph is changed by another process.
    """
    with lock.hold(settings, f"Loading the inventory {inventory.path}"):
        before = {one.id: one for one in read(graph, inventory.id)}
        resolved = resolve(graph, inventory, organisation=organisation)
        if resolved.own is not None:
            bolt.write_models(graph, resolved.own.tables, _new_models(graph, resolved.own), progress=progress)
            graph.write(resources.statement("deployment/internal"), {"rows": [{"id": id_} for id_ in resolved.own.ids]})
        ids = [one.id for one in resolved.deployments]
        rows = [_row(one) for one in resolved.deployments]
        runs = [
            {
                "deployment": one.id,
                "model": run.model,
                "revision": run.revision,
                "declared_as": run.declared_as,
                "approved_anew": one.id in before and before[one.id].approved_at != one.approved_at,
            }
            for one in resolved.deployments
            for run in one.runs
        ]
        kept = [{"id": one.id, "models": [run.model for run in one.runs]} for one in resolved.deployments]
        gone = [id_ for id_, one in before.items() if id_ not in set(ids) and one.retired_at is None]

        def work(run: Any) -> None:
            run(resources.statement("deployment/write"), {"rows": rows})
            run(resources.statement("deployment/runs_no_more"), {"rows": kept})
            run(resources.statement("deployment/runs"), {"rows": runs})
            now = datetime.now(UTC).isoformat()
            run(resources.statement("deployment/retire"), {"inventory": inventory.id, "ids": ids, "now": now})

        graph.transact(work)
    unresolved = _unresolved_rows(inventory, resolved)
    return Written(
        inventory=inventory.id,
        loaded=len(inventory.entries) - unresolved,
        unresolved=unresolved,
        rejected=len(inventory.rejected),
        deployments=len(ids),
        own_models=len(resolved.own.ids) if resolved.own else 0,
        retired=len(gone),
    )


def _unresolved_rows(inventory: Inventory, resolved: Resolved) -> int:
    by_id = {one.id: set(one.unresolved) for one in resolved.deployments}
    return sum(
        entry.model is not None and not entry.own_id and entry.model.text in by_id[f"{inventory.id}:{entry.name}"]
        for entry in inventory.entries
    )


def _new_models(graph: Graph, own: Judged) -> list[str]:
    """The own models, and the parents that they name and that no snapshot has, where the graph lacks them."""
    models = own.tables.nodes["Model"]
    missing = models.filter(pl.col("status") == "missing")["id"].to_list()
    there = _models(graph, missing)
    return [*own.ids, *(id_ for id_ in missing if id_ not in there)]


def _row(one: Deployment) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "owner": one.owner,
        "environment": one.environment,
        "context": one.context,
        "task": one.task,
        "languages": list(one.languages) or None,
        "market": list(one.market) or None,
        "approved_at": one.approved_at.isoformat() if one.approved_at else None,
        "inventory": one.inventory,
        "unresolved": list(one.unresolved) or None,
        "extra": list(one.extra) or None,
    }


def read(graph: Graph, inventory: str | None = None) -> list[Deployment]:
    """The deployments of an inventory, or all of them, the retired ones too, in order of id."""
    rows = graph.read(resources.statement("deployment/read"), {"inventory": inventory}).rows
    found = []
    for properties, runs in rows:
        known: dict[str, Any] = {key: native(value) for key, value in properties.items()}
        lists = {key: tuple(known.pop(key, ())) for key in ("languages", "market", "extra", "unresolved")}
        names = ("id", "name", "inventory", "owner", "environment", "context", "task", "approved_at", "retired_at")
        values: dict[str, Any] = {name: known.get(name) for name in names} | lists
        found.append(Deployment(**values, runs=tuple(Run(*run) for run in runs)))
    return found


# What they are exposed to.


@dataclass(frozen=True)
class Code:
    """What an exposure means, and what to do next."""

    severity: str
    meaning: str
    next: str


@cache
def codes() -> Mapping[str, Code]:
    """Every kind of exposure by its code, the gravest first."""
    with (resources.DATA / "exposure_codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Code(row["severity"], row["meaning"], row["next"]) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Exposure:
    """One thing that a deployment is exposed to."""

    deployment: Deployment
    model: str
    """Id of what it runs, or the reference that leads nowhere."""
    code: str
    ancestor: str | None
    """The model that it is about, where that is not the model itself."""
    detail: str
    line: int | None = None

    @property
    def severity(self) -> str:
        """low, medium or high."""
        return codes()[self.code].severity

    @property
    def fingerprint(self) -> str:
        """The same for the same exposure in every check, whatever the details."""
        key = "\x1f".join((self.deployment.id, self.model, self.code, self.ancestor or ""))
        return hashlib.sha256(key.encode()).hexdigest()[:16]


def check(
    graph: Graph,
    deployments: Sequence[Deployment],
    *,
    own: Judged | None = None,
    organisation: Organisation | None = None,
    on: date | None = None,
    progress: Progress = SILENT,
) -> list[Exposure]:
    """Everything that deployments are exposed to, the gravest first. Retired ones are left out.

    `own` are own models that the graph does not have (resolve); `on` is the day by which flags and curations expire.
    """
    day = on or datetime.now(UTC).date()
    active = [one for one in deployments if one.retired_at is None]
    models = sorted({run.model for one in active for run in one.runs})
    checker = _Checker(graph, own, organisation, day)
    seen: dict[str, _Lineage] = {}
    with progress.stage("Following lineages", total=len(models), unit="models") as advance:
        for id_ in models:
            seen[id_] = checker.lineage(id_)
            advance(1)
    checker.read({id_ for lineage in seen.values() for id_ in (lineage.id, *lineage.above)})
    found = []
    with progress.stage("Checking", total=len(active), unit="deployments") as advance:
        for one in active:
            for run in one.runs:
                line = (one.lines or {}).get(run.model)
                found += [replace(each, line=line) for each in checker.exposures(one, run, seen[run.model])]
            for text in one.unresolved:
                said = f"{text} leads to no model of the graph"
                found.append(Exposure(one, text, "UNRESOLVED", None, said, (one.lines or {}).get(text)))
            advance(1)
    order = {code: place for place, code in enumerate(codes())}
    return sorted(
        found, key=lambda e: (-SEVERITIES.index(e.severity), order[e.code], e.deployment.id, e.model, e.ancestor or "")
    )


@dataclass(frozen=True)
class _Lineage:
    """A model with its ancestors' statuses by id, nearest first."""

    id: str
    above: Mapping[str, str]
    parents: Mapping[str, str]
    """Of an own model that the graph lacks: relation by parent that it has."""


class _Checker:
    def __init__(self, graph: Graph, own: Judged | None, organisation: Organisation | None, on: date) -> None:
        self._graph, self._own, self._organisation, self._on = graph, own, organisation, on
        self._table = organisation.table if organisation else licenses.shipped()
        self._found: dict[str, list[Found]] = {}

    def lineage(self, id_: str) -> _Lineage:
        if self._own is None or id_ not in self._own.ids:
            tree = relatives.tree(self._graph, id_, down=0, limit=_ANCESTORS)
            return _Lineage(id_, {one: tree.relatives[one].status for one in tree.above if one != id_}, {})
        parents = {edge["parent"]: edge["relation"] for edge in self._own.parents(id_)}
        above: dict[str, str] = {}
        for edge in self._own.parents(id_):
            above[edge["parent"]] = edge["parent_status"]
        for parent in [name for name, status in above.items() if status != "missing" and name not in self._own.ids]:
            tree = relatives.tree(self._graph, parent, down=0, limit=_ANCESTORS)
            above |= {one: tree.relatives[one].status for one in tree.above if one not in above}
        return _Lineage(id_, above, parents)

    def read(self, ids: set[str]) -> None:
        """Reads what is needed of every model at once."""
        self._models = _models(self._graph, ids)
        given = {"ids": sorted(ids)}
        self._flags: dict[str, list[tuple[str, str]]] = {}
        flags = self._graph.read(resources.statement("deployment/flags"), given | {"on": self._on.isoformat()}).rows
        for id_, who, why in flags:
            self._flags.setdefault(id_, []).append((who, why))
        self._changes: dict[str, list[tuple[Any, ...]]] = {}
        for id_, *change in self._graph.read(resources.statement("deployment/changes"), given).rows:
            self._changes.setdefault(id_, []).append(tuple(map(native, change)))

    def exposures(self, one: Deployment, run: Run, lineage: _Lineage) -> Iterable[Exposure]:
        def said(code: str, detail: str, ancestor: str | None = None) -> Exposure:
            return Exposure(one, run.model, code, None if ancestor == run.model else ancestor, detail)

        facts = self._facts(run.model)
        for id_ in (run.model, *lineage.above):
            for who, why in self._flags.get(id_, []):
                yield said("FLAGGED", f"{id_} is flagged by {who}: {why}", id_)
            yield from (said("LICENSE_CHANGED", text, id_) for text in self._licence_changes(one, id_))
        if (text := self._registered_again(one, run, facts)) is not None:
            yield said("NAME_REREGISTERED", text)
        if facts["status"] in ("removed", "missing"):
            yield said("MODEL_REMOVED", f"{run.model} is {facts['status']}")
        for id_, status in lineage.above.items():
            if status in ("removed", "missing"):
                yield said("ANCESTOR_REMOVED", f"{id_} is {status}", id_)
        reasons = ", ".join(facts["label_reasons"] or ())
        labelled = ", ".join(facts["licenses"]) or "no licence"
        if facts["label_verdict"] in ("conflict", "review"):
            code = "LICENSE_CONFLICT" if facts["label_verdict"] == "conflict" else "LICENSE_REVIEW"
            yield said(code, f"labelled {labelled}: {reasons}")
        if facts["undecidable_reasons"]:
            yield said("LINEAGE_UNDECIDABLE", ", ".join(facts["undecidable_reasons"]))
        found = self._bindings(run.model, lineage)
        if terms := sorted({row.term for row in found if row.term}):
            yield said("BINDING_TERMS", ", ".join(terms))
        if one.context:
            yield from (said(*each) for each in self._policy(one, run.model, found))

    def _facts(self, id_: str) -> Mapping[str, Any]:
        if self._own is not None and id_ in self._own.ids:
            return self._own.facts(id_) | {"licenses": self._own.values(id_, "UNDER_LICENSE", "License")}
        names = ("id", "status", "hub_id", "label_verdict", "label_reasons", "upstream_terms", "undecidable_reasons")
        return dict(zip((*names, "licenses"), self._models[id_], strict=True))

    def _licence_changes(self, one: Deployment, id_: str) -> Iterable[str]:
        if one.approved_at is None:
            return
        since = [
            (before, after, as_of)
            for field, before, after, as_of in self._changes.get(id_, [])
            if field == "license" and as_of > one.approved_at
        ]
        if since:
            first, last = since[0][0], since[-1][1]
            was, is_ = (", ".join(names or ()) or "no licence" for names in (first, last))
            if was != is_:
                yield f"{id_} was under {was} and is under {is_} since {since[-1][2]:%Y-%m-%d}"

    def _registered_again(self, one: Deployment, run: Run, facts: Mapping[str, Any]) -> str | None:
        if run.hub_id and facts["hub_id"] and run.hub_id != facts["hub_id"]:
            return f"{run.model} was {run.hub_id} and is {facts['hub_id']}"
        if one.lines is None or one.approved_at is None:
            return None
        # An inventory that is not in the graph remembers no hub_id; the graph's own memory begins with its first load.
        for field, before, after, as_of in self._changes.get(run.model, []):
            if field == "hub_id" and as_of > one.approved_at:
                return (
                    f"{run.model} was {', '.join(before or ())} and is {', '.join(after or ())} since {as_of:%Y-%m-%d}"
                )
        return None

    def _bindings(self, id_: str, lineage: _Lineage) -> list[Found]:
        """What a model and its ancestors ask, as policy.found has it."""
        if id_ in self._found:
            return self._found[id_]
        if self._own is None or id_ not in self._own.ids:
            told = self._ask(id_)
        else:
            told = self._own_terms(id_)
            for parent, relation in lineage.parents.items():
                told += [
                    replace(row, hops=row.hops + 1, relations=(relation, *row.relations), path=(id_, *row.path))
                    for row in (self._ask(parent) if parent in self._models else [_missing(parent)])
                ]
        self._found[id_] = told
        return told

    def _ask(self, id_: str) -> list[Found]:
        query = library.find(policy.QUERY)
        answer = ask.run(self._graph, query, {"model": id_, **policy.PARAMETERS})
        return policy.outdated(policy.found(answer).get(id_, []), self._table.rows)

    def _own_terms(self, id_: str) -> list[Found]:
        assert self._own is not None  # noqa: S101  only called for own models
        names = tuple(self._own.values(id_, "UNDER_LICENSE", "License"))
        texts = {name: self._table.rows.get(name) for name in names}
        asked: dict[str, list[str]] = {}
        for name, text in texts.items():
            for term in (text.terms if text else None) or ():
                asked.setdefault(term, []).append(name)
        unknown = [name for name, text in texts.items() if text is None or text.terms is None]
        rows = [Found(id_, 0, term, None, tuple(asking), names, (), (id_,)) for term, asking in sorted(asked.items())]
        if unknown:
            rows.append(Found(id_, 0, None, "LICENSE_UNKNOWN", tuple(unknown), names, (), (id_,)))
        if not names:
            rows.append(Found(id_, 0, None, "SILENT", (), (), (), (id_,)))
        return rows

    def _policy(self, one: Deployment, model: str, found: Sequence[Found]) -> Iterable[tuple[str, str, str | None]]:
        chosen = policy.context(str(one.context), self._organisation)
        curations = self._organisation.curations if self._organisation else {}
        curated = policy.curate(found, curations, self._table.rows, on=self._on)
        decision = policy.decide(model, curated, chosen, self._table.rows)
        code = {"denied": "POLICY_DENIED", "review": "POLICY_REVIEW"}.get(decision.level)
        if code is not None:
            yield code, policy.sentence(decision), None


def _missing(id_: str) -> Found:
    return Found(id_, 0, None, "MISSING", (), (), (), (id_,))


COLUMNS = (
    *(Column("deployment", "STRING"), Column("environment", "STRING"), Column("owner", "STRING")),
    *(Column("model", "STRING"), Column("severity", "STRING"), Column("code", "STRING"), Column("ancestor", "STRING")),
    *(Column("detail", "STRING"), Column("next", "STRING"), Column("line", "INTEGER"), Column("fingerprint", "STRING")),
    Column("state", "STRING"),
)
"""Of rows(): `state` is new or same against a baseline, else null."""


SHORT = ("deployment", "environment", "owner", "model", "severity", "code", "ancestor", "detail")
"""Columns for a person's eyes."""


def rows(found: Sequence[Exposure], *, baseline: frozenset[str] | None = None, short: bool = False) -> Rows:
    """A row for each exposure; `short` gives the columns of SHORT, and `state` beside a baseline."""
    values = []
    for each in found:
        one = each.deployment
        state = None if baseline is None else "same" if each.fingerprint in baseline else "new"
        where = (one.name, one.environment, one.owner, each.model, each.severity, each.code, each.ancestor)
        values.append((*where, each.detail, codes()[each.code].next, each.line, each.fingerprint, state))
    kept = [n for n, c in enumerate(COLUMNS) if c.name in SHORT or (c.name == "state" and baseline is not None)]
    if not short:
        return Rows(COLUMNS, values)
    return Rows(tuple(COLUMNS[n] for n in kept), [tuple(row[n] for n in kept) for row in values])


def failing(found: Sequence[Exposure], level: str, baseline: frozenset[str] | None = None) -> int:
    """How many exposures are of this severity or worse, with a baseline only those that are not in it."""
    worse = SEVERITIES[SEVERITIES.index(level) :]
    return sum(each.severity in worse and (baseline is None or each.fingerprint not in baseline) for each in found)


def summary(found: Sequence[Exposure], deployments: Sequence[Deployment]) -> str:
    """One sentence: how many deployments, and how many exposures of each severity."""
    counts = Counter(each.severity for each in found)
    active = sum(one.retired_at is None for one in deployments)
    told = ", ".join(f"{counts[level]:,} {level}" for level in reversed(SEVERITIES) if counts[level])
    return f"{active:,} deployments, {len(found):,} exposures" + (f": {told}" if told else "")


def listing(known: Sequence[Deployment], *, retired: bool = False) -> Rows:
    """A row for each model that a deployment runs, and for each reference that leads to none."""
    names = ("inventory", "deployment", "environment", "owner", "context", "model", "revision", "declared_as")
    columns = (
        *(Column(name, "STRING") for name in names),
        Column("approved_at", "ZONED DATETIME"),
        Column("retired_at", "ZONED DATETIME"),
    )
    values: list[tuple[Any, ...]] = []
    for one in known:
        if one.retired_at is None or retired:
            head = (one.inventory, one.name, one.environment, one.owner, one.context)
            tail = (one.approved_at, one.retired_at)
            values += [(*head, run.model, run.revision, run.declared_as, *tail) for run in one.runs]
            values += [(*head, None, None, text, *tail) for text in one.unresolved]
    return Rows(columns, values)


def baseline(path: Path) -> frozenset[str]:
    """Fingerprints of an earlier check that was kept as JSON. Raises InputError when the file is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(row["fingerprint"] for row in document["rows"])
    except OSError as error:
        raise InputError(f"Reading the baseline {path}: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"Reading the baseline {path}: it is no check; make one with `studbook deployment check --format json -o {path}`"
        ) from error


def sarif(
    found: Sequence[Exposure], file: Path | None, *, baseline: frozenset[str] | None = None, limit: int = 25_000
) -> dict[str, Any]:
    """The exposures as SARIF 2.1.0, each at its line of the inventory; at most `limit`, what was cut is stated.

    25,000 results are what GitHub takes of one run.
    """
    levels = {"high": "error", "medium": "warning", "low": "note"}
    used = list(dict.fromkeys(each.code for each in found))
    rules = [
        {
            "id": code,
            "shortDescription": {"text": codes()[code].meaning},
            "help": {"text": codes()[code].next},
            "defaultConfiguration": {"level": levels[codes()[code].severity]},
        }
        for code in used
    ]
    results = []
    for each in found[:limit]:
        result: dict[str, Any] = {
            "ruleId": each.code,
            "ruleIndex": used.index(each.code),
            "level": levels[each.severity],
            "message": {
                "text": f"{each.deployment.name} runs {each.model}. {codes()[each.code].meaning} {each.detail}"
            },
            "partialFingerprints": {"studbook/v1": each.fingerprint},
        }
        if baseline is not None:
            result["baselineState"] = "unchanged" if each.fingerprint in baseline else "new"
        if file is not None:
            where: dict[str, Any] = {"artifactLocation": {"uri": quote(file.as_posix())}}
            where["region"] = {"startLine": each.line or 1}
            result["locations"] = [{"physicalLocation": where}]
        else:
            name = {"fullyQualifiedName": each.deployment.id, "kind": "module"}
            result["locations"] = [{"logicalLocations": [name]}]
        results.append(result)
    cut = len(found) - len(results)
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "Studbook", "version": __version__, "rules": rules}},
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    if cut:
        text = f"{cut:,} exposures beyond the first {limit:,} were left out"
        run["invocations"] = [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}],
            }
        ]
    schema_ = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema_, "version": "2.1.0", "runs": [run]}
