"""What every query of the library must answer on the example hub, in plain Python and networkx.

    python tests/oracle.py

writes `tests/expected/`. Only the raw file and the tables of licences and moved names are read, by the definitions of
schema.py and of the query files; nothing of the program's own code takes part.
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
        self.suspected = {id_ for id_ in plain_hints.compute(rows) if not any(self._declared(self.listed[id_]))}

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


def license_loosened(hub: Hub, changes: list[str], relations: list[str], limit: int) -> list[Row]:
    rows = [
        {
            "child": edge.child,
            "relation": edge.relation,
            "parent": edge.parent,
            "license_change": hub.license_change(edge),
            "child_licenses": hub.licenses(edge.child),
            "parent_licenses": hub.licenses(edge.parent),
            "terms_lost": _terms_lost(hub, edge),
            "descendant_count": hub.descendants(edge.child),
            "downloads": hub.fact(edge.child, "downloads"),
            "confidence": edge.confidence,
            "evidence": list(edge.evidence),
        }
        for edge in hub.edges
        if edge.relation in relations and hub.license_change(edge) in changes
    ]
    return sorted(rows, key=lambda r: (-r["descendant_count"], r["child"], r["relation"], r["parent"]))[:limit]


def _terms_lost(hub: Hub, edge: Edge) -> list[str]:
    """What is known to be lost: nothing where the child is under a licence whose terms are not known."""
    kept = [hub.terms(name) for name in hub.licenses(edge.child)]
    known = [terms for terms in kept if terms is not None]
    return sorted(hub.imposed(edge.parent).difference(*known)) if len(known) == len(kept) else []


def restricted_ancestor(hub: Hub, terms: list[str], relations: list[str], max_hops: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        if hub.family(id_) != "permissive":
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
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                        "lineage_confidence": hub.lineage_confidence(id_),
                    }
                )
    return sorted(rows, key=lambda r: (-r["descendant_count"], r["descendant"], r["hops"], r["ancestor"]))[:limit]


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
RESTRICTIONS = [
    *("noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "use_restrictions"),
    *("agreement", "name_prefix", "outputs_no_other_models", "territory"),
]

QUERIES: dict[str, tuple[Callable[..., list[Row]], Row, list[Row]]] = {
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
    "quality/cycles": (cycles, {"limit": 1000}, [{"limit": 1}]),
    "quality/missing_parents": (missing_parents, {"limit": 100}, [{"limit": 2}]),
    "quality/unresolved_parents": (unresolved_parents, {"limit": 100}, [{"limit": 2}]),
    "risk/license_loosened": (
        license_loosened,
        {"changes": ["loosened"], "relations": ALL, "limit": 1000},
        [
            {"changes": ["dropped", "changed"]},
            {"changes": ["unknown"]},
            {"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]},
            {"limit": 4},
        ],
    ),
    "risk/restricted_ancestor_permissive_descendant": (
        restricted_ancestor,
        {"terms": RESTRICTIONS, **UP},
        [
            {"terms": ["share_alike"]},
            {"terms": ["noncommercial"], "max_hops": 1},
            {"relations": ["MERGE_OF", "QUANTIZATION_OF"]},
            {"limit": 5},
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
