"""What every query of the library must answer on the example hub, in plain Python and networkx.

    python tests/oracle.py

writes `tests/expected/`. Only the raw file and the tables of licences and moved names are read, by the definitions of
schema.py and of the query files. Nothing of the program's own code takes part but `verdicts`, which the cases beside the
licence table hold to hand work: what it is asked, edge by edge and way by way, is worked out here.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import networkx as nx

import plain_hints
from studbook import licenses, verdicts
from studbook.verdicts import Declared, Upstream, Verdict

ROOT = Path(__file__).parents[1]
DATA = ROOT / "loader/studbook/data"
EXPECTED = ROOT / "tests/expected"
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
"""When the example hub was true."""

BACKFILL = datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
RELATIONS = {
    "finetune": "FINETUNE_OF",
    "adapter": "ADAPTER_OF",
    "quantized": "QUANTIZATION_OF",
    "merge": "MERGE_OF",
    None: "BASED_ON",
}
ALL = list(RELATIONS.values())
LEVELS = ["high", "medium", "low"]
SUSPECTED = "UNDECLARED_PARENT_SUSPECTED"
ANY_SHORTEST = "any shortest"
"""Stands in a row for a path that is one of several."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Edge:
    child: str
    relation: str
    parent: str
    evidence: tuple[str, ...]
    confidence: str


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


class Hub:
    """A hub as it is in the raw file, with its edges resolved."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.listed = {row["id"]: row for row in rows}
        self.moved = {row["alias"].lower(): row["id"] for row in _table("aliases.csv")}
        self.license_rows = {row["tag"]: row for row in _table("licenses.csv")}
        self.unresolved: dict[str, set[str]] = defaultdict(set)
        self.edges = sorted(self._edges(), key=lambda e: (e.child, e.relation, e.parent))
        self.missing = {edge.parent for edge in self.edges} - set(self.listed)
        self.ids = sorted(set(self.listed) | self.missing)
        hints = plain_hints.compute(rows)
        self.suspected = {id_: said for id_, said in hints.items() if not any(self._declared(self.listed[id_]))}

    def _declared(self, row: dict[str, Any]) -> Iterator[tuple[str, str | None, str]]:
        """(reference, relation, evidence) of everything a model gives as its parent."""
        for tag in row["tags"]:
            if match := re.fullmatch(r"base_model:(?:(finetune|adapter|quantized|merge):)?(.+)", tag):
                yield match[2], match[1], "tag"
        card = row.get("cardData", {})
        relation = card.get("base_model_relation")
        for name in _listed(card.get("base_model")):
            yield name, relation if relation in RELATIONS else None, "card"
        given = row.get("baseModels", {"models": []})
        for model in given["models"]:
            yield model["id"], given["relation"], "base_models"

    def _edges(self) -> Iterator[Edge]:
        found: dict[tuple[str, str, str | None], set[str]] = defaultdict(set)
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        by: dict[tuple[str, str], str] = {}
        for id_, row in self.listed.items():
            for reference, relation, evidence in self._declared(row):
                parent, how = self._resolve(reference)
                if parent is not None:
                    found[id_, parent, relation].add(evidence)
                    by[id_, parent] = how
                    if how == "missing":
                        spellings[parent][self._unslashed(reference)] += 1
                elif reference.strip():
                    self.unresolved[id_].add(reference)
        for (child, parent, relation), evidence in found.items():
            typed = [r for c, p, r in found if (c, p) == (child, parent) and r is not None]
            if relation is None and typed:
                continue
            if relation is not None:
                # What names no relation stands behind the edge that does.
                evidence |= found.get((child, parent, None), set())  # noqa: PLW2901
            name, confidence = parent, "high"
            if by[child, parent] in ("missing", "moved away"):
                confidence = "low"
            elif by[child, parent] != "exact" or relation is None:
                confidence = "medium"
            if by[child, parent] == "missing":
                name = min(spellings[parent], key=lambda spelt: (-spellings[parent][spelt], spelt))
            yield Edge(child, RELATIONS[relation], name, tuple(sorted(evidence)), confidence)

    @staticmethod
    def _unslashed(reference: str) -> str:
        return reference.rstrip("/")

    def _resolve(self, reference: str) -> tuple[str | None, str]:
        """The model a reference leads to and how; a missing model by its name in lower case, None for no model."""
        name = self._unslashed(reference)
        if name in self.listed:
            return name, "exact"
        same = [id_ for id_ in self.listed if id_.lower() == name.lower()]
        if len(same) == 1:
            return same[0], "case"
        moved = self.moved.get(name.lower())
        if moved is not None:
            return moved, "alias" if moved in self.listed else "moved away"
        if re.fullmatch(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", name, re.ASCII) and "--" not in name and ".." not in name:
            return name.lower(), "missing"
        return None, "none"

    def status(self, id_: str) -> str:
        return "listed" if id_ in self.listed else "missing"

    def licenses(self, id_: str) -> list[str]:
        """License ids in order; `other` is what its license_name says."""
        row = self.listed.get(id_, {"tags": []})
        card = row.get("cardData", {})
        tags = [tag.removeprefix("license:") for tag in row["tags"] if tag.startswith("license:")]
        found = set()
        for name in [*_listed(card.get("license")), *tags]:
            spelt = (card.get("license_name") or name if name == "other" else name).strip().lower()
            found.add(self.license_rows.get(spelt, {}).get("alias_of") or spelt)
        return sorted(found)

    def terms(self, license_: str) -> set[str] | None:
        """What a licence asks beyond notices; None when its text is not known."""
        row = self.license_rows.get(license_)
        if row is None:
            return None
        rules = row["child_licence_rule"].split("+")
        asked = {
            "noncommercial": row["commercial_use"] == "no",
            "computational_use_only": row["commercial_use"] == "computational_use_only",
            "commercial_use_conditional": row["commercial_use"] == "conditional",
            "no_derivatives": row["derivatives"] in ("no", "not_granted", "private_only"),
            f"share_alike:{row['share_alike']}": row["share_alike"] not in ("none", "unknown", ""),
            f"use_restrictions:{row['restriction_set'] or 'unknown'}": row["use_restrictions"] == "yes",
            "agreement": "carry_agreement" in rules,
            "name_prefix": "name_prefix" in rules,
            "outputs_no_other_models": "no_other_models:" in row["output_restriction"],
            "territory": row["territory_restriction"] != "",
        }
        terms = {term for term, is_asked in asked.items() if is_asked}
        return terms if terms or row["commercial_use"] != "unknown" else None

    def complete(self, license_: str) -> bool:
        """Whether every term of a licence is known, which list of use restrictions included."""
        row = self.license_rows.get(license_, {"restriction_set": "unknown"})
        asked = ("commercial_use", "derivatives", "share_alike", "use_restrictions", "restriction_set")
        return all(row.get(column) != "unknown" for column in asked)

    def imposed(self, id_: str) -> set[str]:
        """Terms that every licence of a model asks."""
        sets = [self.terms(name) or set() for name in self.licenses(id_)]
        return set.intersection(*sets) if sets else set()

    def family(self, id_: str) -> str | None:
        """Family of a model's licence, None unless all its licences agree on a known one."""
        found = {self.license_rows.get(name, {}).get("family", "unknown") for name in self.licenses(id_)}
        return found.pop() if len(found) == 1 and not found & {"unknown", "varies"} else None

    def license_change(self, edge: Edge) -> str | None:
        before, after = self.licenses(edge.parent), self.licenses(edge.child)
        if edge.parent in self.missing:
            return "unknown"
        if not before or not after:
            return "dropped" if before else "added" if after else None
        opaque = {"other", "unknown"}
        if before == after:
            return "unknown" if opaque & set(before) else "kept"
        words = {self._change(p, c) for p in before for c in after}
        return words.pop() if len(words) == 1 else "unknown"

    def _change(self, parent: str, child: str) -> str:
        if parent == child:
            return "unknown" if parent in ("other", "unknown") else "kept"
        before, after = self.terms(parent), self.terms(child)
        if before is None or after is None:
            return "unknown"
        known = {name: self.complete(name) for name in (parent, child)}
        if before > after and known[child]:
            return "loosened"
        if before < after and known[parent]:
            return "tightened"
        if not all(known.values()):
            return "unknown"
        same = [self._same_demand(term, self.license_rows[parent], self.license_rows[child]) for term in before]
        return "changed" if before != after or False in same else "unknown" if None in same else "kept"

    @staticmethod
    def _same_demand(term: str, one: dict[str, str], other: dict[str, str]) -> bool | None:
        """Whether a term of two licences asks the same in both; None when a family tag leaves the text open."""
        if term.startswith("share_alike:"):
            families = {
                row["child_licence_rule"] == "review" and row["derivative_scope"] == "unknown" for row in (one, other)
            }
            if families == {True, False}:
                return None
            pairs = ((one["tag"], other["compatible_with"]), (other["tag"], one["compatible_with"]))
            return any(tag in listed.split("+") for tag, listed in pairs)
        column = {
            "outputs_no_other_models": "implies_parent_family",
            "commercial_use_conditional": "scale_threshold",
            "territory": "territory_restriction",
            "name_prefix": "naming_requirement",
        }.get(term)
        return term != "agreement" and (column is None or one[column] == other[column])

    def created(self, id_: str) -> datetime | None:
        row = self.listed.get(id_)
        return datetime.fromisoformat(row["createdAt"]) if row else None

    def days_after_parent(self, edge: Edge) -> int | None:
        child, parent = self.created(edge.child), self.created(edge.parent)
        if child is None or parent is None or min(child, parent) <= BACKFILL:
            return None
        return (child - parent).days

    def fact(self, id_: str, name: str) -> Any:
        return self.listed.get(id_, {}).get(name)

    def declarations(self, id_: str) -> dict[str, tuple[str, str]]:
        """For each licence how it is spelt and where it stands: the card before the tags."""
        row = self.listed.get(id_, {"tags": []})
        card = row.get("cardData", {})
        tags = [tag.removeprefix("license:") for tag in row["tags"] if tag.startswith("license:")]
        found: dict[str, tuple[str, str]] = {}
        for where, names in (("card", _listed(card.get("license"))), ("tag", tags)):
            for name in names:
                spelt = (card.get("license_name") or name if name.lower() == "other" else name).strip().lower()
                found.setdefault(self.license_rows.get(spelt, {}).get("alias_of") or spelt, (name, where))
        return found

    def known(self, license_: str) -> bool:
        """Whether anybody read its text."""
        return self.license_rows.get(license_, {"family": "unknown"})["family"] != "unknown"

    @cached_property
    def publishers(self) -> dict[str, set[str]]:
        """Accounts in lower case, with the families of models that they publish."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in _table("license_vendors.csv"):
            found[row["owner"].lower()].add(row["family"])
        return found

    def vendors(self, id_: str) -> set[str]:
        """Families of models whose terms a model is under."""
        return {self.license_rows[name]["implies_parent_family"] for name in self.licenses(id_) if self.known(name)} - {
            ""
        }

    def declared(self, id_: str) -> Declared:
        """A model as verdicts asks for it."""
        above = set(self.above(id_)) - {id_}
        near = set().union(*(self.publishers[name.partition("/")[0].lower()] for name in {id_} | above))
        bare = re.sub("[^a-z0-9]", "", id_.partition("/")[2].lower())
        gated = self.fact(id_, "gated")
        return Declared(
            frozenset(self.licenses(id_)),
            missing=id_ in self.missing,
            gated=None if gated is None else gated not in (False, "false"),
            vendor_known=self.vendors(id_) <= near.union(*map(self.vendors, above)),
            prefixes=frozenset(prefix for prefix in licenses.shipped().prefixes if bare.startswith(prefix)),
        )

    @cache  # noqa: B019  one hub
    def verdict(self, edge: Edge) -> Verdict:
        beside = [
            name
            for other in self.edges
            if edge.relation == other.relation == "MERGE_OF" and other.child == edge.child
            for name in self.licenses(other.parent)
        ]
        relation = next(name for name, kind in RELATIONS.items() if kind == edge.relation)
        parent, child = self.declared(edge.parent), self.declared(edge.child)
        return verdicts.judge([parent], child, relation, table=licenses.shipped(), beside=beside)

    def loop(self, edge: Edge) -> bool:
        """Whether an edge lies on a circle."""
        return edge.child == edge.parent or edge.child in self.above(edge.parent)

    def unknown_above(self, id_: str) -> list[tuple[int, str, str]]:
        """(hops, model, reason) of everything that leaves a lineage unknown, nearest first."""
        reasons = ["PARENT_MISSING", "PARENT_SILENT", "PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED", SUSPECTED]
        found = []
        for model, hops in self.above(id_).items():
            own = self.licenses(model)
            states = (
                hops > 0 and model in self.missing,
                hops > 0 and model not in self.missing and not own,
                hops > 0 and not all(self.known(name) for name in own),
                bool(self.unresolved.get(model)),
                model in self.suspected,
            )
            found += [(hops, model, n) for n, so in enumerate(states) if so]
        return [(hops, model, reasons[n]) for hops, model, n in sorted(found)]

    def complete_above(self, id_: str) -> bool:
        """Whether every ancestor is declared to be under licences that somebody read; a suspicion leaves that open."""
        return all(reason == SUSPECTED for _, _, reason in self.unknown_above(id_))

    @cache  # noqa: B019  one hub
    def label(self, id_: str) -> Verdict | None:
        """What a model's own licence makes of all above it; None for a missing model, which has none."""
        if id_ in self.missing:
            return None

        def above(*passing: str) -> list[str]:
            graph = nx.DiGraph([(e.child, e.parent) for e in self.edges if e.relation in passing or self.loop(e)])
            return list(nx.descendants(graph, id_)) if id_ in graph else []

        def sole(models: Iterable[str]) -> frozenset[str]:
            names = [self.licenses(model) for model in models]
            return frozenset(only[0] for only in names if len(only) == 1 and self.known(only[0]))

        ancestors = above(*ALL)
        several = [self.licenses(model) for model in ancestors if len(self.licenses(model)) > 1]
        on_the_way = {id_, *ancestors}
        upstream = Upstream(
            licenses=sole(ancestors),
            firm=sole(above(*(kind for kind in ALL if kind != "ADAPTER_OF"))),
            copied=sole(above("QUANTIZATION_OF")),
            choices=frozenset(name for names in several for name in names if self.known(name)),
            merged=any(edge.relation == "MERGE_OF" and edge.child in on_the_way for edge in self.edges),
            complete=self.complete_above(id_),
            suspected=any(reason == SUSPECTED for _, _, reason in self.unknown_above(id_)),
        )
        return verdicts.label(self.declared(id_), upstream, table=licenses.shipped())

    def upstream_terms(self, id_: str) -> list[str] | None:
        return sorted(set().union(*(self.imposed(model) for model in set(self.above(id_)) - {id_}))) or None

    @cached_property
    def lineage(self) -> nx.DiGraph[str]:
        """Child to parent, over every relation."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.ids)
        graph.add_edges_from((edge.child, edge.parent) for edge in self.edges)
        return graph

    @cached_property
    def roots(self) -> set[str]:
        """Models of generation 0; the members of a circle without an entry are."""
        return roots(self.lineage)

    def children(self, id_: str) -> int:
        return len(set(self.lineage.predecessors(id_)) - {id_})

    def descendants(self, id_: str) -> int:
        return len(set(nx.ancestors(self.lineage, id_)) - {id_})

    def lineage_confidence(self, id_: str) -> str | None:
        above = {id_} | set(nx.descendants(self.lineage, id_))
        levels = [LEVELS.index(edge.confidence) for edge in self.edges if edge.child in above]
        levels += [2 for model in above if self.unresolved.get(model)]
        own = any(edge.child == id_ for edge in self.edges) or bool(self.unresolved.get(id_))
        return LEVELS[max(levels)] if own else None

    def named(self, name: str) -> list[str]:
        """The models a name means: exactly spelt, else in any letter case, else under another name."""
        if name in self.ids:
            return [name]
        same = [id_ for id_ in self.ids if id_.lower() == name.lower()]
        moved = self.moved.get(name.lower())
        return same or ([moved] if moved in self.ids else [])

    @cache  # noqa: B019  one hub, a handful of relation sets
    def parents(self, relations: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
        """(relation, parent) of each model, over some relations."""
        found: dict[str, list[tuple[str, str]]] = {id_: [] for id_ in self.ids}
        for edge in self.edges:
            if edge.relation in relations:
                found[edge.child].append((edge.relation, edge.parent))
        return found

    def above(self, id_: str, relations: Iterable[str] = ALL) -> dict[str, int]:
        """Every ancestor with its distance; the model itself at 0."""
        parents = self.parents(tuple(relations))
        found, queue = {id_: 0}, deque([id_])
        while queue:
            here = queue.popleft()
            for _, there in parents[here]:
                if there not in found:
                    found[there] = found[here] + 1
                    queue.append(there)
        return found

    def below(self, id_: str, relations: Iterable[str] = ALL) -> dict[str, int]:
        """Every descendant with its distance; the model itself at 0."""
        return {other: distance[id_] for other in self.ids if id_ in (distance := self.above(other, relations))}

    def way(self, child: str, ancestor: str, relations: Iterable[str] = ALL) -> tuple[Any, Any]:
        """(relations, ids) along the shortest path, or ANY_SHORTEST twice when there are several."""
        parents, distance = self.parents(tuple(relations)), self.above(child, relations)
        ways: dict[str, list[tuple[list[str], list[str]]]] = {child: [([], [child])]}
        for here in sorted(distance, key=distance.__getitem__):
            if distance[here] >= distance[ancestor]:
                break
            for relation, there in parents[here]:
                if distance[there] == distance[here] + 1:
                    # Two ways are enough to know that there are several.
                    longer = [([*types, relation], [*ids, there]) for types, ids in ways[here]]
                    ways[there] = (ways.get(there, []) + longer)[:2]
        return ways[ancestor][0] if len(ways[ancestor]) == 1 else (ANY_SHORTEST, ANY_SHORTEST)


def roots(graph: nx.DiGraph[str]) -> set[str]:
    condensed = nx.condensation(graph)
    return {id_ for node in condensed if not condensed.out_degree(node) for id_ in condensed.nodes[node]["members"]}


def ancestors(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    return _upwards(hub, model, relations, "ancestor", lambda _, hops: hops <= max_hops)[:limit]


def binding_terms(
    hub: Hub, model: str, relations: list[str], *, max_hops: int, everyone: bool, limit: int
) -> list[Row]:
    rows = []
    for start in hub.named(model):
        for ancestor, hops in hub.above(start, relations).items():
            if hops > max_hops:
                continue
            licenses = hub.licenses(ancestor)
            read = {name: terms for name in licenses if (terms := hub.terms(name)) is not None}
            asked = [(term, None, [n for n in read if term in read[n]]) for term in set().union(*read.values())]
            asked += [
                (None, code, names)
                for code, names in (
                    ("LICENSE_UNKNOWN", [name for name in licenses if name not in read]),
                    ("LICENSE_INCOMPLETE", [name for name in read if not hub.complete(name)]),
                    ("LOW_CONFIDENCE_ROW", [name for name in read if hub.license_rows[name]["confidence"] == "low"]),
                )
                if names
            ]
            beyond = hops == max_hops and hub.parents(tuple(relations))[ancestor]
            asked += [
                (None, code, [])
                for code, so in (
                    ("MISSING", ancestor in hub.missing),
                    ("SILENT", not licenses and ancestor not in hub.missing),
                    ("PARENT_UNRESOLVED", hub.unresolved.get(ancestor)),
                    ("UNDECLARED_PARENT_SUSPECTED", ancestor in hub.suspected),
                    ("FURTHER_UP", beyond),
                )
                if so
            ]
            if not asked and everyone:
                asked = [(None, None, [])]
            types, ids = hub.way(start, ancestor, relations)
            rows += [
                {
                    "model": start,
                    "ancestor": ancestor,
                    "hops": hops,
                    "term": term,
                    "unknown": unknown,
                    "asking": asking,
                    "licenses": licenses,
                    "status": hub.status(ancestor),
                    "relations": types,
                    "path": ids,
                }
                for term, unknown, asking in asked
            ]
    last = "~"  # Cypher sorts null behind every text
    rows.sort(key=lambda r: (r["model"], r["hops"], r["ancestor"], r["term"] or last, r["unknown"] or last))
    return rows[:limit]


def roots_of(hub: Hub, model: str, relations: list[str], limit: int) -> list[Row]:
    return _upwards(hub, model, relations, "root", lambda id_, _: id_ in hub.roots)[:limit]


def _upwards(hub: Hub, name: str, relations: list[str], column: str, wanted: Callable[[str, int], bool]) -> list[Row]:
    rows = []
    for model in hub.named(name):
        for id_, hops in hub.above(model, relations).items():
            if id_ != model and wanted(id_, hops):
                types, ids = hub.way(model, id_, relations)
                rows.append(
                    {"model": model, column: id_, "hops": hops, "relations": types, "path": ids}
                    | {"status": hub.status(id_), "licenses": hub.licenses(id_)}
                )
    return sorted(rows, key=lambda row: (row["model"], row["hops"], row[column]))


def descendants(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    rows = [
        {
            "model": start,
            "descendant": id_,
            "hops": hops,
            "status": hub.status(id_),
            "licenses": hub.licenses(id_),
            "child_count": hub.children(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": _moment(hub.created(id_)),
        }
        for start in hub.named(model)
        for id_, hops in hub.below(start, relations).items()
        if id_ != start and hops <= max_hops
    ]
    return sorted(rows, key=lambda row: (row["model"], row["hops"], row["descendant"]))[:limit]


def _moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def path_between(hub: Hub, model: str, relative: str, relations: list[str]) -> list[Row]:
    lines = [
        (hub.above(child, relations)[parent], child, parent)
        for first in hub.named(model)
        for second in hub.named(relative)
        for child, parent in ((first, second), (second, first))
        if first != second and parent in hub.above(child, relations)
    ]
    if not lines:
        return []
    _, child, parent = min(lines)
    types, ids = hub.way(child, parent, relations)
    if types == ANY_SHORTEST:
        raise ValueError(f"several paths lead from {child} to {parent}: choose other models for the case")
    steps = [
        next(edge for edge in hub.edges if (edge.child, edge.relation, edge.parent) == (ids[n], types[n], ids[n + 1]))
        for n in range(len(types))
    ]
    return [
        {
            "step": number,
            "child": edge.child,
            "relation": edge.relation,
            "parent": edge.parent,
            "license_change": hub.license_change(edge),
            "child_licenses": hub.licenses(edge.child),
            "parent_licenses": hub.licenses(edge.parent),
            "days_after_parent": hub.days_after_parent(edge),
        }
        for number, edge in enumerate(steps, start=1)
    ]


def hubs(hub: Hub, limit: int) -> list[Row]:
    rows = [
        {
            "model": id_,
            "child_count": hub.children(id_),
            "descendant_count": hub.descendants(id_),
            "status": hub.status(id_),
            "licenses": hub.licenses(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": _moment(hub.created(id_)),
        }
        for id_ in hub.ids
        if hub.children(id_)
    ]
    return sorted(rows, key=lambda row: (-row["child_count"], row["model"]))[:limit]


def families(hub: Hub, limit: int) -> list[Row]:
    graph: nx.DiGraph[str] = nx.DiGraph((e.child, e.parent) for e in hub.edges if e.relation != "MERGE_OF")
    rows = []
    for members in nx.weakly_connected_components(graph):
        if len(members) < 2:
            continue
        family = graph.subgraph(members)
        tops = roots(family)
        first = min(tops, key=lambda id_: (hub.created(id_) or datetime.max.replace(tzinfo=UTC), id_))
        rows.append(
            {
                "family": first,
                "model_count": len(members),
                "root_count": len(tops),
                "generations": nx.dag_longest_path_length(nx.condensation(family)),
                "root_status": hub.status(first),
                "root_licenses": hub.licenses(first),
            }
        )
    return sorted(rows, key=lambda row: (-row["model_count"], row["family"]))[:limit]


def _steps(hub: Hub, model: str, relations: list[str], max_hops: int) -> list[tuple[str, int, Edge]]:
    found = [
        (start, distance[edge.child] + 1, edge)
        for start in hub.named(model)
        for distance in [hub.above(start, relations)]
        for edge in hub.edges
        if edge.relation in relations and distance.get(edge.child, max_hops) < max_hops
    ]
    return sorted(found, key=lambda step: (step[0], step[1], step[2].child, step[2].relation, step[2].parent))


def subgraph(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    return [
        {
            "model": start,
            "hops": hops,
            "child": edge.child,
            "relation": edge.relation,
            "parent": edge.parent,
            "license_change": hub.license_change(edge),
            "child_licenses": hub.licenses(edge.child),
            "parent_licenses": hub.licenses(edge.parent),
            "parent_status": hub.status(edge.parent),
        }
        for start, hops, edge in _steps(hub, model, relations, max_hops)
    ][:limit]


def subgraph_picture(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    steps = _steps(hub, model, relations, max_hops)
    return [{"path": [edge.child, edge.relation, edge.parent]} for _, _, edge in steps][:limit]


def ancestors_picture(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    found = [
        (hops, edge.child, edge.relation, edge.parent)
        for _, place, edge in _steps(hub, model, relations, max_hops)
        for hops in [place - 1]
    ] + [
        (hops, id_, "UNDER_LICENSE", name)
        for start in hub.named(model)
        for id_, hops in hub.above(start, relations).items()
        for name in hub.licenses(id_)
        if hops <= max_hops
    ]
    return [{"path": list(path)} for _, *path in sorted(found)][:limit]


def descendants_picture(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    distance = {id_: hops for start in hub.named(model) for id_, hops in hub.below(start, relations).items()}
    found = [
        (distance[edge.parent], edge.parent, edge.child, edge.relation)
        for edge in hub.edges
        if edge.relation in relations and distance.get(edge.parent, max_hops) < max_hops
    ]
    return [{"path": [child, relation, parent]} for _, parent, child, relation in sorted(found)][:limit]


def diamonds(hub: Hub, limit: int) -> list[Row]:
    """By the definition: for each merge, what several of its parents reach."""
    rows = []
    for merge in sorted({edge.child for edge in hub.edges if edge.relation == "MERGE_OF"}):
        parents = sorted({edge.parent for edge in hub.edges if edge.child == merge} - {merge})
        reach = {parent: hub.above(parent) for parent in parents}
        shared = {
            id_: [parent for parent in parents if id_ in reach[parent]]
            for id_ in set().union(*reach.values()) - {merge}
        }
        near = [
            (min(reach[parent][id_] for parent in sharing) + 1, id_)
            for id_, sharing in shared.items()
            if len(sharing) > 1
        ]
        if near:
            hops, ancestor = min(near)
            rows.append(
                {
                    "merge": merge,
                    "parent_count": len(parents),
                    "shared_ancestor": ancestor,
                    "hops": hops,
                    "sharing_parents": shared[ancestor],
                    "descendant_count": hub.descendants(merge),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["merge"]))[:limit]


def license_loosened(
    hub: Hub, changes: list[str], relations: list[str], *, min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        _step_of(hub, edge)
        | {
            "license_change": hub.license_change(edge),
            **_judged(hub, edge),
            **_licenses(hub, edge),
            "terms_lost": _terms_lost(hub, edge),
            **_standing(hub, edge),
        }
        for edge in hub.edges
        if edge.relation in relations
        and hub.license_change(edge) in changes
        and _loads(hub, edge.child) >= min_downloads
    ]
    return sorted(rows, key=_below_first)[:limit]


def _step_of(hub: Hub, edge: Edge) -> Row:
    return {"child": edge.child, "relation": edge.relation, "parent": edge.parent}


def _judged(hub: Hub, edge: Edge) -> Row:
    verdict = hub.verdict(edge)
    return {"license_verdict": verdict.level, "license_reasons": list(verdict.reasons)}


def _licenses(hub: Hub, edge: Edge) -> Row:
    return {"child_licenses": hub.licenses(edge.child), "parent_licenses": hub.licenses(edge.parent)}


def _standing(hub: Hub, edge: Edge) -> Row:
    return {
        "same_publisher": _owner(edge.child) == _owner(edge.parent),
        "descendant_count": hub.descendants(edge.child),
        "downloads": hub.fact(edge.child, "downloads"),
        "confidence": edge.confidence,
        "evidence": list(edge.evidence),
    }


def _owner(id_: str) -> str:
    return id_.partition("/")[0]


def _loads(hub: Hub, id_: str) -> int:
    return hub.fact(id_, "downloads") or 0


def _below_first(row: Row) -> tuple[Any, ...]:
    return -row["descendant_count"], row["child"], row["relation"], row["parent"]


def _terms_lost(hub: Hub, edge: Edge) -> list[str]:
    """What is known to be lost: nothing where the child is under a licence whose terms are not known."""
    kept = [hub.terms(name) for name in hub.licenses(edge.child)]
    known = [terms for terms in kept if terms is not None]
    return sorted(hub.imposed(edge.parent).difference(*known)) if len(known) == len(kept) else []


def restricted_ancestor(
    hub: Hub, terms: list[str], relations: list[str], *, max_hops: int, min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        if hub.family(id_) != "permissive" or _loads(hub, id_) < min_downloads:
            continue
        for ancestor, hops in hub.above(id_, relations).items():
            found = sorted(term for term in hub.imposed(ancestor) if term.partition(":")[0] in terms)
            if found and ancestor != id_ and hops <= max_hops:
                types, ids = hub.way(id_, ancestor, relations)
                rows.append(
                    {
                        "descendant": id_,
                        "ancestor": ancestor,
                        "hops": hops,
                        "terms": found,
                        "descendant_licenses": hub.licenses(id_),
                        "ancestor_licenses": hub.licenses(ancestor),
                        "relations": types,
                        "path": ids,
                        **_label(hub, id_),
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                        "lineage_confidence": hub.lineage_confidence(id_),
                    }
                )
    return sorted(rows, key=lambda r: (-r["descendant_count"], r["descendant"], r["hops"], r["ancestor"]))[:limit]


def _label(hub: Hub, id_: str) -> Row:
    verdict = hub.label(id_)
    return {"label_verdict": verdict and verdict.level, "label_reasons": verdict and list(verdict.reasons)}


def _steps_down(hub: Hub, relations: list[str], min_downloads: int) -> Iterator[Edge]:
    """Edges of some relations to a listed model that is used enough."""
    return (edge for edge in hub.edges if edge.relation in relations and _loads(hub, edge.child) >= min_downloads)


def _stem(term: str) -> str:
    return term.partition(":")[0]


def license_dropped(hub: Hub, terms: list[str], relations: list[str], *, min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for edge in _steps_down(hub, relations, min_downloads):
        asked = sorted(set().union(*(hub.terms(name) or set() for name in hub.licenses(edge.parent))))
        if hub.license_change(edge) == "dropped" and (not terms or any(_stem(term) in terms for term in asked)):
            rows.append(
                _step_of(hub, edge)
                | {"parent_licenses": hub.licenses(edge.parent), "terms": asked}
                | _judged(hub, edge)
                | _standing(hub, edge)
            )
    return sorted(rows, key=_below_first)[:limit]


def share_alike_lost(
    hub: Hub, verdicts: list[str], reasons: list[str], *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        _step_of(hub, edge)
        | _judged(hub, edge)
        | _licenses(hub, edge)
        | {"share_alike": sorted({hub.license_rows[n]["share_alike"] for n in hub.licenses(edge.parent)} - {"none"})}
        | _standing(hub, edge)
        for edge in _steps_down(hub, relations, min_downloads)
        if hub.verdict(edge).level in verdicts and set(hub.verdict(edge).reasons) & set(reasons)
    ]
    return sorted(rows, key=_below_first)[:limit]


def no_derivatives_broken(hub: Hub, relations: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = [
        _step_of(hub, edge)
        | {"derivatives": sorted({hub.license_rows[name]["derivatives"] for name in hub.licenses(edge.parent)})}
        | _judged(hub, edge)
        | _licenses(hub, edge)
        | _standing(hub, edge)
        for edge in _steps_down(hub, relations, min_downloads)
        if "no_derivatives" in hub.imposed(edge.parent) and edge.child != edge.parent
    ]
    return sorted(rows, key=_below_first)[:limit]


def first_loosening(
    hub: Hub, terms: list[str], changes: list[str], *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    def lost(edge: Edge) -> set[str]:
        return {term for term in _terms_lost(hub, edge) if _stem(term) in terms}

    straight = [(edge, lost(edge)) for edge in hub.edges if edge.relation in relations and not hub.loop(edge)]
    rows = []
    for edge in _steps_down(hub, relations, min_downloads):
        above = hub.above(edge.parent, relations)
        first = lost(edge).difference(*(found for other, found in straight if other.child in above))
        if first and hub.license_change(edge) in changes:
            rows.append(
                _step_of(hub, edge)
                | {"publisher": _owner(edge.child), "terms": sorted(first), "license_change": hub.license_change(edge)}
                | _judged(hub, edge)
                | _licenses(hub, edge)
                | _standing(hub, edge)
            )
    return sorted(rows, key=_below_first)[:limit]


def undecidable_lineage(hub: Hub, reasons: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        causes = hub.unknown_above(id_)
        wanted = [cause for cause in causes if cause[2] in reasons]
        if not wanted or _loads(hub, id_) < min_downloads:
            continue
        hops, ancestor, cause = wanted[0]
        types, ids = hub.way(id_, ancestor)
        said = {
            "PARENT_LICENSE_UNKNOWN": hub.licenses(ancestor),
            "PARENT_UNRESOLVED": hub.unresolved.get(ancestor),
            SUSPECTED: hub.suspected.get(ancestor),
        }
        rows.append(
            {
                "model": id_,
                "undecidable_reasons": sorted({reason for _, _, reason in causes}),
                "ancestor": ancestor,
                "cause": cause,
                "hops": hops,
                "relations": types,
                "path": ids,
                "said": sorted(said[cause] or []) if cause in said else None,
                "licenses": hub.licenses(id_),
                "upstream_terms": hub.upstream_terms(id_),
                **_label(hub, id_),
                "descendant_count": hub.descendants(id_),
                "downloads": hub.fact(id_, "downloads"),
            }
        )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def noncommercial_upstream(
    hub: Hub,
    terms: list[str],
    families: list[str],
    *,
    relations: list[str],
    max_hops: int,
    min_downloads: int,
    limit: int,
) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        own = [hub.license_rows[name]["commercial_use"] for name in hub.licenses(id_) if hub.known(name)]
        if (
            hub.family(id_) not in families
            or not set(own) <= {"yes", "conditional"}
            or _loads(hub, id_) < min_downloads
        ):
            continue
        asking = [
            (hops, ancestor)
            for ancestor, hops in hub.above(id_, relations).items()
            if 0 < hops <= max_hops and any(_stem(term) in terms for term in hub.imposed(ancestor))
        ]
        if asking:
            hops, ancestor = min(asking)
            types, ids = hub.way(id_, ancestor, relations)
            rows.append(
                {
                    "model": id_,
                    "licenses": hub.licenses(id_),
                    "ancestor": ancestor,
                    "hops": hops,
                    "terms": sorted(term for term in hub.imposed(ancestor) if _stem(term) in terms),
                    "ancestor_licenses": hub.licenses(ancestor),
                    "relations": types,
                    "path": ids,
                    **_label(hub, id_),
                    "upstream_complete": hub.complete_above(id_),
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                    "lineage_confidence": hub.lineage_confidence(id_),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def named_terms_lost(
    hub: Hub,
    terms: list[str],
    families: list[str],
    *,
    relations: list[str],
    max_hops: int,
    min_downloads: int,
    limit: int,
) -> list[Row]:
    def named(license_: str) -> list[str]:
        return sorted(term for term in hub.terms(license_) or () if _stem(term) in terms)

    rows = []
    for id_ in hub.listed:
        shown = any(named(name) for name in hub.licenses(id_))
        if hub.family(id_) not in families or shown or _loads(hub, id_) < min_downloads:
            continue
        nearest: dict[str, tuple[int, str]] = {}
        for ancestor, hops in hub.above(id_, relations).items():
            names = hub.licenses(ancestor)
            if 0 < hops <= max_hops and names and all(named(name) for name in names) and hub.imposed(ancestor):
                nearest |= {name: min(nearest.get(name, (hops, ancestor)), (hops, ancestor)) for name in names}
        for name, (hops, ancestor) in nearest.items():
            types, ids = hub.way(id_, ancestor, relations)
            rows.append(
                {
                    "model": id_,
                    "license": name,
                    "licenses": hub.licenses(id_),
                    "ancestor": ancestor,
                    "hops": hops,
                    "terms": named(name),
                    "relations": types,
                    "path": ids,
                    **_label(hub, id_),
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                    "lineage_confidence": hub.lineage_confidence(id_),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"], row["license"]))[:limit]


def gate_lost(
    hub: Hub, gates: list[str], relations: list[str], *, max_hops: int, min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        gated = [
            (hops, ancestor)
            for ancestor, hops in hub.above(id_, relations).items()
            if 0 < hops <= max_hops and hub.fact(ancestor, "gated") in gates
        ]
        if gated and hub.fact(id_, "gated") is False and _loads(hub, id_) >= min_downloads:
            hops, ancestor = min(gated)
            types, ids = hub.way(id_, ancestor, relations)
            rows.append(
                {
                    "model": id_,
                    "ancestor": ancestor,
                    "hops": hops,
                    "gated": hub.fact(ancestor, "gated"),
                    "licenses": hub.licenses(id_),
                    "ancestor_licenses": hub.licenses(ancestor),
                    "relations": types,
                    "path": ids,
                    "same_publisher": _owner(id_) == _owner(ancestor),
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                    "lineage_confidence": hub.lineage_confidence(id_),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def license_version_switch(
    hub: Hub, changes: list[str], relations: list[str], *, min_downloads: int, limit: int
) -> list[Row]:
    def parts(license_: str) -> tuple[str, str]:
        found = re.fullmatch(r"(.*?)([0-9.]*)", license_)
        return (found[1], found[2]) if found else ("", "")

    rows = [
        _step_of(hub, edge)
        | {"child_license": after, "parent_license": before, "license_change": hub.license_change(edge)}
        | _judged(hub, edge)
        | {
            "same_publisher": _owner(edge.child) == _owner(edge.parent),
            "days_after_parent": hub.days_after_parent(edge),
        }
        | _standing(hub, edge)
        for edge in _steps_down(hub, relations, min_downloads)
        for before in hub.licenses(edge.parent)
        for after in hub.licenses(edge.child)
        if hub.license_change(edge) in changes
        and parts(before)[0] == parts(after)[0]
        and parts(before)[1] != parts(after)[1]
        and parts(before)[1]
        and parts(after)[1]
    ]
    return sorted(rows, key=lambda row: (*_below_first(row), row["child_license"], row["parent_license"]))[:limit]


def mislicensed_copies(
    hub: Hub, changes: list[str], relations: list[str], *, min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        _step_of(hub, edge)
        | _licenses(hub, edge)
        | {"license_change": hub.license_change(edge)}
        | _judged(hub, edge)
        | _standing(hub, edge)
        for edge in _steps_down(hub, relations, min_downloads)
        for before, after in [(hub.licenses(edge.parent), hub.licenses(edge.child))]
        if before and after and before != after and hub.license_change(edge) in changes
    ]
    return sorted(rows, key=_below_first)[:limit]


def loosening_publishers(
    hub: Hub, changes: list[str], relations: list[str], *, min_edges: int, limit: int
) -> list[Row]:
    steps: dict[str, list[Edge]] = defaultdict(list)
    for edge in hub.edges:
        if edge.relation in relations and hub.license_change(edge) in changes:
            steps[_owner(edge.child)].append(edge)
    rows = []
    for publisher, edges in steps.items():
        children = {edge.child for edge in edges}
        rows.append(
            {
                "publisher": publisher,
                "edges": len(edges),
                "models": len(children),
                "parents": len({edge.parent for edge in edges}),
                "own_parents": sum(_owner(edge.parent) == publisher for edge in edges),
                "conflicts": sum(hub.verdict(edge).level == "conflict" for edge in edges),
                "relations": sorted({edge.relation for edge in edges}),
                "descendant_count": sum(map(hub.descendants, children)),
                "downloads": sum(_loads(hub, child) for child in children),
                "example": min(children, key=lambda id_: (-hub.descendants(id_), id_)),
            }
        )
    rows = [row for row in rows if row["edges"] >= min_edges]
    return sorted(rows, key=lambda row: (-row["edges"], row["publisher"]))[:limit]


def transition_matrix(hub: Hub, relations: list[str], families: list[str], *, min_edges: int, limit: int) -> list[Row]:
    counted: Counter[tuple[str | None, str | None]] = Counter()
    for edge in hub.edges:
        if edge.relation in relations and edge.parent in hub.listed and edge.child != edge.parent:
            for before in hub.licenses(edge.parent) or [None]:
                if not families or hub.license_rows.get(before or "", {}).get("family") in families:
                    counted.update((before, after) for after in hub.licenses(edge.child) or [None])
    total = Counter[str | None]()
    for (before, _), edges in counted.items():
        total[before] += edges
    last = "~"  # Cypher sorts null behind every text
    return [
        {"parent_license": before, "child_license": after, "edges": edges, "share_of_parent": edges / total[before]}
        for (before, after), edges in sorted(
            counted.items(), key=lambda item: (-item[1], item[0][0] or last, item[0][1] or last)
        )
        if edges >= min_edges
    ][:limit]


def retention_by_generation(
    hub: Hub, families: list[str], relations: list[str], *, max_hops: int, limit: int
) -> list[Row]:
    found: Counter[tuple[str, int, str]] = Counter()
    for root in sorted(hub.roots & set(hub.listed)):
        if not hub.children(root):
            continue
        below = hub.below(root, relations)
        for name in hub.licenses(root):
            family = hub.license_rows.get(name, {}).get("family")
            for model, hops in below.items():
                if family in families and 0 < hops <= max_hops:
                    own = hub.licenses(model)
                    found[family, hops, "kept" if name in own else "other" if own else "silent"] += 1
    rows = []
    for family, generation in sorted({key[:2] for key in found}):
        counts = {word: found[family, generation, word] for word in ("kept", "other", "silent")}
        descendants = sum(counts.values())
        rows.append(
            {"family": family, "generation": generation, "descendants": descendants}
            | counts
            | {"share_kept": counts["kept"] / descendants}
        )
    return rows[:limit]


def opaque_licenses(hub: Hub, readings: list[str], limit: int) -> list[Row]:
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_ in hub.listed:
        for name, (spelt, _) in hub.declarations(id_).items():
            if name in ("other", "unknown"):
                reading = "no_name"
            elif not hub.known(name):
                reading = "unread" if name in hub.license_rows else "unknown_name"
            elif spelt.strip().lower() == "other":
                reading = "resolved"
            else:
                continue
            members[name, reading].append(id_)
    rows = []
    for (name, reading), ids in members.items():
        cards = [hub.listed[id_].get("cardData", {}) for id_ in ids]
        example = min(ids, key=lambda id_: (-_loads(hub, id_), id_))
        rows.append(
            {
                "license": name,
                "reading": reading,
                "family": hub.license_rows.get(name, {}).get("family"),
                "models": len(ids),
                "named": sum(bool(card.get("license_name")) for card in cards),
                "linked": sum(bool(card.get("license_link")) for card in cards),
                "parents": sum(hub.children(id_) > 0 for id_ in ids),
                "downloads": sum(_loads(hub, id_) for id_ in ids),
                "example": example,
                "example_link": hub.listed[example].get("cardData", {}).get("license_link"),
            }
        )
    rows = [row for row in rows if row["reading"] in readings]
    return sorted(rows, key=lambda row: (-row["models"], row["license"], row["reading"]))[:limit]


def contradicting_licenses(hub: Hub, *, disputed_only: bool, min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        names = hub.licenses(id_)
        if len(names) < 2 or _loads(hub, id_) < min_downloads:
            continue
        read = [terms for name in names if (terms := hub.terms(name)) is not None]
        disputed = set().union(*read) - set.intersection(*read) if read else set()
        unknown = [name for name in names if hub.terms(name) is None]
        where = {name: place for name, (_, place) in hub.declarations(id_).items()}
        if disputed or unknown or not disputed_only:
            rows.append(
                {
                    "model": id_,
                    "in_card": [name for name in names if where[name] == "card"],
                    "in_tag_only": [name for name in names if where[name] == "tag"],
                    "families": sorted(
                        {hub.license_rows[name]["family"] for name in names if name in hub.license_rows}
                    ),
                    "disputed_terms": sorted(disputed),
                    "unknown": unknown,
                    "child_count": hub.children(id_),
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def mixed_licenses(hub: Hub, families: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for merge in hub.listed:
        edges = [e for e in hub.edges if e.child == merge and e.relation == "MERGE_OF" and e.parent != merge]
        found = {hub.family(edge.parent) for edge in edges} & set(families)
        if len(found) < 2 or _loads(hub, merge) < min_downloads:
            continue
        parents = [edge.parent for edge in edges]
        levels = [hub.verdict(edge).level for edge in edges]
        silent = [id_ for id_ in parents if not hub.licenses(id_) and id_ not in hub.missing]
        rows.append(
            {
                "merge": merge,
                "parent_count": len(parents),
                "families": sorted(family for family in found if family),
                "licenses": hub.licenses(merge),
                "parent_licenses": sorted({name for id_ in parents for name in hub.licenses(id_)}),
                "binding_parents": [e.parent for e in edges if hub.verdict(e).level in ("conflict", "review")],
                "silent_parents": silent,
                "other_parents": [id_ for id_ in parents if hub.family(id_) is None and id_ not in silent],
                "license_verdict": next(lev for lev in ("conflict", "review", "undecidable", "ok") if lev in levels),
                "license_reasons": sorted({reason for edge in edges for reason in hub.verdict(edge).reasons}),
                "descendant_count": hub.descendants(merge),
                "downloads": hub.fact(merge, "downloads"),
            }
        )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["merge"]))[:limit]


def missing_parents(hub: Hub, limit: int) -> list[Row]:
    rows = [
        {
            "parent": id_,
            "child_count": hub.children(id_),
            "descendant_count": hub.descendants(id_),
            "relations": sorted({edge.relation for edge in hub.edges if edge.parent == id_}),
            "first_child": min(edge.child for edge in hub.edges if edge.parent == id_),
            "first_seen": _moment(AS_OF),
        }
        for id_ in hub.missing
    ]
    return sorted(rows, key=lambda row: (-row["child_count"], row["parent"]))[:limit]


def unresolved_parents(hub: Hub, limit: int) -> list[Row]:
    rows = [
        {
            "model": id_,
            "unresolved_parents": sorted(references),
            "descendant_count": hub.descendants(id_),
            "downloads": hub.fact(id_, "downloads"),
        }
        for id_, references in hub.unresolved.items()
    ]
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def cycles(hub: Hub, limit: int) -> list[Row]:
    rows: dict[tuple[str, ...], Row] = {}
    for members in nx.strongly_connected_components(hub.lineage):
        circles = list(nx.simple_cycles(hub.lineage.subgraph(members)))
        for step in hub.lineage.subgraph(members).edges:
            through = [c for c in circles if step in zip(c, [*c[1:], c[0]], strict=True)]
            least = min(map(len, through))
            smallest = [circle for circle in through if len(circle) == least]
            if len(smallest) > 1:
                raise ValueError(f"several circles through {step} are equally small: the hub must not have such a step")
            start = smallest[0].index(min(smallest[0]))
            circle = (*smallest[0][start:], *smallest[0][:start])
            pairs = list(zip(circle, [*circle[1:], circle[0]], strict=True))
            rows[circle] = {
                "cycle_id": min(members),
                "length": len(circle),
                "cycle": list(circle),
                "relations": sorted({e.relation for e in hub.edges if (e.child, e.parent) in pairs}),
            }
    return sorted(rows.values(), key=lambda row: (row["length"], row["cycle"]))[:limit]


KESTREL, STORYTELLER = "northwind-ai/Kestrel-7B", "brightmoor/Kestrel-Storyteller-7B"
CORINTHIAN = "magpie-merges/Corinthian-8B-v2"
WEFT_TOP, WEFT_LAST = "weftworks/Weft-01a-3B", "weftworks/Weft-14h-3B"
UP = {"relations": ALL, "max_hops": 40, "limit": 1000}
DRAW = UP | {"limit": 300}
TOP = {"min_downloads": 0, "limit": 1000}
FAMILIES = [
    *("permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community"),
    "no_derivatives",
]
UNKNOWN = [
    *("PARENT_SILENT", "PARENT_MISSING", "PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED"),
    SUSPECTED,
]
RESTRICTIONS = [
    *("noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "use_restrictions"),
    *("agreement", "name_prefix", "outputs_no_other_models", "territory"),
]

QUERIES: dict[str, tuple[Callable[..., list[Row]], Row, list[Row]]] = {
    "license/retention_by_generation": (
        retention_by_generation,
        {"families": FAMILIES[1:], "relations": ALL, "max_hops": 40, "limit": 1000},
        [
            {"families": ["permissive"], "max_hops": 3},
            {"limit": 2},
            {"relations": ["FINETUNE_OF"]},
        ],
    ),
    "license/transition_matrix": (
        transition_matrix,
        {"relations": ALL, "families": [], "min_edges": 1, "limit": 1000},
        [
            {"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]},
            {"families": ["non_commercial"]},
            {"min_edges": 8},
            {"limit": 3},
        ],
    ),
    "lineage/ancestors": (
        ancestors,
        {"model": STORYTELLER, **UP},
        [
            {"model": CORINTHIAN},
            {"model": CORINTHIAN.upper(), "max_hops": 2},
            {"model": CORINTHIAN, "relations": ["MERGE_OF"]},
            {"model": WEFT_LAST},  # 8¹² paths
            {"model": "saltmarsh-ai/Moorhen-1B-iter12", "limit": 3},
            {"model": "roundelay/Rondo-2"},  # on a circle: never its own ancestor
            {"model": "bitcellar/Kestrel-7B-Instruct-v2-QLoRA"},  # two relations for one parent
            {"model": KESTREL},  # a root
        ],
    ),
    "lineage/ancestors_picture": (
        ancestors_picture,
        {"model": STORYTELLER, **DRAW},
        [{"model": CORINTHIAN}, {"model": CORINTHIAN, "relations": ["MERGE_OF"], "max_hops": 2}, {"limit": 2}],
    ),
    "lineage/binding_terms": (
        binding_terms,
        {"model": STORYTELLER, "relations": ALL, "max_hops": 40, "everyone": False, "limit": 1000},
        [
            {"model": "alloy-foundry/Pewter-8B"},
            {"model": CORINTHIAN, "everyone": True},
            {"model": CORINTHIAN, "relations": ["MERGE_OF"], "max_hops": 1},
            {"model": WEFT_LAST, "limit": 12},  # 8¹² paths
            {"model": "roundelay/Rondo-2"},  # on a circle: its own licence is told once, at 0 hops
            {"model": "gorseland/Kestrel-7B-Split"},  # two licences, of which one asks
            {"model": "gorseland/Kestrel-7B-Rail"},  # a list of restrictions that nobody names
            {"model": "redshank-labs/Orrery-70B-Science"},  # a licence in no table
            {"model": "ORRERY-LABS/orrery-8b"},  # under a missing parent
            {"model": "amberquay/my-kestrel"},  # a bare name as its parent
            {"model": "lanternfish/Kestrel-7B-Recipes"},  # below a re-upload that names no parent
            {"model": "lumenforge/Lumen-4B-Thinking"},  # nothing but open licences
            {"model": "meta-llama/Llama-3.1-8B"},  # missing itself
        ],
    ),
    "lineage/descendants": (
        descendants,
        {"model": KESTREL, **UP},
        [
            {"model": "mossgate/dunlin-vit"},
            {"model": "papermoth/ibis-small"},  # exactly this one of three spellings
            {"model": "papermoth/Ibis-SMALL"},  # none of them exactly, so all
            {"model": "bert-base-uncased"},  # its former name
            {"model": "quillon-research/heron-base-uncased", "relations": ["ADAPTER_OF", "QUANTIZATION_OF"]},
            {"model": WEFT_TOP, "max_hops": 2},
            {"model": KESTREL, "limit": 5},
        ],
    ),
    "lineage/descendants_picture": (
        descendants_picture,
        {"model": KESTREL, **DRAW},
        [{"model": "mossgate/dunlin-vit", "max_hops": 2}, {"relations": ["ADAPTER_OF"]}, {"limit": 4}],
    ),
    "lineage/families": (families, {"limit": 20}, [{"limit": 1000}]),
    "lineage/hubs": (hubs, {"limit": 20}, [{"limit": 8}]),
    "lineage/path_between": (
        path_between,
        {"model": STORYTELLER, "relative": KESTREL, "relations": ALL},
        [
            {"model": KESTREL, "relative": CORINTHIAN},  # the older one first
            {"model": CORINTHIAN, "relative": "LUMENFORGE/lumen-4b-base"},
            {"model": "saltmarsh-ai/Moorhen-1B", "relative": "saltmarsh-ai/Moorhen-1B-iter12"},
            {"model": "quietloom/gpt2-limericks", "relative": "gpt2"},
            {"model": STORYTELLER, "relative": KESTREL, "relations": ["MERGE_OF"]},
            {"model": STORYTELLER, "relative": "driftglass/Kestrel-7B-Chat"},  # cousins
            {"model": KESTREL, "relative": KESTREL},
        ],
    ),
    "lineage/roots": (
        roots_of,
        {"model": CORINTHIAN, "relations": ALL, "limit": 1000},
        [
            {"model": WEFT_LAST},
            {"model": "quietloom/Rondo-Coda-GGUF"},  # under a circle without an entry
            {"model": CORINTHIAN, "relations": ["MERGE_OF"]},
            {"model": CORINTHIAN, "limit": 1},
            {"model": KESTREL},
        ],
    ),
    "merges/diamonds": (diamonds, {"limit": 100}, [{"limit": 1000}, {"limit": 3}]),
    "merges/subgraph": (
        subgraph,
        {"model": CORINTHIAN, **UP},
        [
            {"model": "magpie-merges/hydra-4b"},
            {"model": "weftworks/Weft-03a-3B"},
            {"model": CORINTHIAN, "max_hops": 1},
            {"model": CORINTHIAN, "relations": ["MERGE_OF"], "limit": 6},
            {"model": "twinwell/Echo-A"},
        ],
    ),
    "merges/subgraph_picture": (
        subgraph_picture,
        {"model": CORINTHIAN, **DRAW},
        [{"model": "alloy-foundry/Pewter-8B"}, {"relations": ["MERGE_OF"], "max_hops": 1}, {"limit": 7}],
    ),
    "merges/mixed_licenses": (
        mixed_licenses,
        {"families": FAMILIES, **TOP},
        [{"families": ["permissive", "non_commercial"]}, {"families": ["permissive", "weak_copyleft"]}, {"limit": 1}],
    ),
    "quality/contradicting_licenses": (
        contradicting_licenses,
        {"disputed_only": False, **TOP},
        [{"disputed_only": True}, {"min_downloads": 100_000_000}, {"limit": 1}],
    ),
    "quality/cycles": (cycles, {"limit": 1000}, [{"limit": 1}]),
    "quality/missing_parents": (missing_parents, {"limit": 100}, [{"limit": 2}]),
    "quality/opaque_licenses": (
        opaque_licenses,
        {"readings": ["resolved", "unread", "unknown_name", "no_name"], "limit": 1000},
        [{"readings": ["no_name", "unread"]}, {"limit": 2}],
    ),
    "quality/unresolved_parents": (unresolved_parents, {"limit": 100}, [{"limit": 2}]),
    "risk/first_loosening": (
        first_loosening,
        {"terms": RESTRICTIONS, "changes": ["loosened", "changed", "dropped"], "relations": ALL, **TOP},
        [
            {"terms": ["share_alike"]},
            {"changes": ["dropped"]},
            {"relations": ["QUANTIZATION_OF", "MERGE_OF"]},
            {"min_downloads": 20000, "limit": 3},
        ],
    ),
    "risk/gate_lost": (
        gate_lost,
        {"gates": ["auto", "manual", "true"], **UP, "relations": [kind for kind in ALL if kind != "ADAPTER_OF"], **TOP},
        [
            {"gates": ["manual"], "max_hops": 1},
            {"relations": ["ADAPTER_OF", "QUANTIZATION_OF"]},
            {"min_downloads": 20000},
            {"limit": 2},
        ],
    ),
    "risk/license_dropped": (
        license_dropped,
        {"terms": [], "relations": ALL, **TOP},
        [
            {"terms": ["noncommercial", "agreement"]},
            {"relations": ["ADAPTER_OF"]},
            {"min_downloads": 5000},
            {"limit": 2},
        ],
    ),
    "risk/license_version_switch": (
        license_version_switch,
        {"changes": ["loosened", "tightened", "changed", "kept", "unknown"], "relations": ALL, **TOP},
        [{"changes": ["kept"]}, {"relations": ["QUANTIZATION_OF"]}, {"limit": 1}],
    ),
    "risk/loosening_publishers": (
        loosening_publishers,
        {"changes": ["loosened"], "relations": ALL, "min_edges": 1, "limit": 100},
        [
            {"changes": ["loosened", "changed", "dropped"], "min_edges": 2},
            {"relations": ["QUANTIZATION_OF"]},
            {"limit": 3},
        ],
    ),
    "risk/mislicensed_copies": (
        mislicensed_copies,
        {
            "changes": ["loosened", "tightened", "changed", "unknown", "kept"],
            "relations": ["ADAPTER_OF", "QUANTIZATION_OF"],
            **TOP,
        },
        [{"changes": ["loosened"]}, {"relations": ["QUANTIZATION_OF"]}, {"min_downloads": 5000}, {"limit": 2}],
    ),
    "risk/named_terms_lost": (
        named_terms_lost,
        {
            "terms": ["use_restrictions", "agreement"],
            "families": ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "no_derivatives"],
            **UP,
            **TOP,
        },
        [
            {"terms": ["name_prefix"], "families": FAMILIES},
            {"relations": ["FINETUNE_OF"], "max_hops": 1},
            {"min_downloads": 20000},
            {"limit": 3},
        ],
    ),
    "risk/no_derivatives_broken": (
        no_derivatives_broken,
        {"relations": ALL, **TOP},
        [{"relations": ["QUANTIZATION_OF"]}, {"min_downloads": 1_000_000}, {"limit": 1}],
    ),
    "risk/noncommercial_upstream": (
        noncommercial_upstream,
        {
            "terms": ["noncommercial"],
            "families": ["permissive", "weak_copyleft", "strong_copyleft", "use_restricted", "vendor_community"],
            **UP,
            **TOP,
        },
        [
            {"terms": ["commercial_use_conditional", "use_restrictions"]},
            {"families": ["use_restricted"]},
            {"relations": ["MERGE_OF", "FINETUNE_OF"], "max_hops": 2},
            {"min_downloads": 20000, "limit": 2},
        ],
    ),
    "risk/license_loosened": (
        license_loosened,
        {"changes": ["loosened"], "relations": ALL, **TOP},
        [
            {"changes": ["loosened", "dropped"], "min_downloads": 15000},
            {"changes": ["dropped", "changed"]},
            {"changes": ["unknown"]},
            {"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]},
            {"limit": 4},
        ],
    ),
    "risk/restricted_ancestor_permissive_descendant": (
        restricted_ancestor,
        {"terms": RESTRICTIONS, **UP, "min_downloads": 0},
        [
            {"min_downloads": 30000},
            {"terms": ["share_alike"]},
            {"terms": ["noncommercial"], "max_hops": 1},
            {"relations": ["MERGE_OF", "QUANTIZATION_OF"]},
            {"limit": 5},
        ],
    ),
    "risk/share_alike_lost": (
        share_alike_lost,
        {"verdicts": ["review", "conflict"], "reasons": ["SHARE_ALIKE_LOST"], "relations": ALL, **TOP},
        [
            {"reasons": ["SHARE_ALIKE_LOST", "WEAK_COPYLEFT_FILES", "VERSION_UNKNOWN"]},
            {"verdicts": ["review"]},
            {"relations": ["ADAPTER_OF"]},
            {"limit": 1},
        ],
    ),
    "risk/undecidable_lineage": (
        undecidable_lineage,
        {"reasons": UNKNOWN, **TOP},
        [
            {"reasons": ["PARENT_MISSING"]},
            {"reasons": ["PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED"]},
            {"min_downloads": 20000},
            {"limit": 4},
        ],
    ),
}
"""By query id: how to answer it, its defaults, and further cases as what differs from the defaults."""


def hub() -> Hub:
    """The example hub."""
    text = (DATA / "example_hub.jsonl").read_text(encoding="utf-8")
    return Hub([json.loads(line) for line in text.splitlines()])


def answers(hub_: Hub, id_: str) -> list[Row]:
    """All cases of a query: `parameters` that differ from the defaults, and `rows`."""
    answer, defaults, cases = QUERIES[id_]
    return [{"parameters": case, "rows": answer(hub_, **(defaults | case))} for case in [{}, *cases]]


def text(cases: list[Row]) -> str:
    """An expected file: one row a line, so that a change of it can be read."""
    blocks = []
    for case in cases:
        rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in case["rows"])
        parameters = json.dumps(case["parameters"], ensure_ascii=False)
        blocks.append(
            f'  {{"parameters": {parameters}, "rows": [\n{rows}\n  ]}}'
            if rows
            else f'  {{"parameters": {parameters}, "rows": []}}'
        )
    return "[\n" + ",\n".join(blocks) + "\n]\n"


if __name__ == "__main__":
    example = hub()
    for query_id in QUERIES:
        path = EXPECTED / f"{query_id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(answers(example, query_id)), encoding="utf-8")
