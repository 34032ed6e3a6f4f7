"""The hub that the expected rows are worked out on: as it is in the raw file, with its edges resolved."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import networkx as nx

import plain_cards
import plain_drift
import plain_hints
from studbook import licenses, verdicts
from studbook.verdicts import Declared, Upstream, Verdict

ROOT = Path(__file__).parents[2]
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
SPELT = {
    **{"False": "no", "sme": "se", "zh-Hant": "zh", "zh-TW": "zh", "zho_Hans": "zh", "eng_Latn": "en"},
    **{"fra_Latn": "fr", "jp": "ja", "English": "en", "fr-BE": "fr", "nl-BE": "nl"},
}
"""How the story's cards spell a language, and its id, by the table in STORY.md; the others are spelt as their id."""
TAGGED = {"pt", "es", "en", "zh"}
"""Languages that the story's models without a card name in their tags."""
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

    def __init__(self, rows: list[dict[str, Any]], reviews: list[dict[str, Any]] | None = None) -> None:
        self.reviews = reviews or []
        self.listed = {row["id"]: row for row in rows}
        self.moved = {row["alias"].lower(): row["id"] for row in _table("aliases.csv")}
        self.license_rows = {row["tag"]: row for row in _table("licenses.csv")}
        self.unresolved: dict[str, set[str]] = defaultdict(set)
        self.edges = sorted(self._edges(), key=lambda e: (e.child, e.relation, e.parent))
        self.missing = {edge.parent for edge in self.edges} - set(self.listed)
        self.ids = sorted(set(self.listed) | self.missing)
        hints = plain_hints.compute(rows)
        self.suspected = {id_: said for id_, said in hints.items() if not any(self._declared(self.listed[id_]))}

    def declares(self, id_: str) -> list[tuple[str, str | None, str]]:
        """(reference, relation, evidence) of everything a listed model gives as its parent."""
        return list(self._declared(self.listed[id_]))

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

    def spelt(self, edge: Edge) -> str | None:
        """How a child spells the name of its parent; None where it is the parent's own."""
        names = set()
        for reference, _, _ in self._declared(self.listed[edge.child]):
            found, how = self._resolve(reference)
            same = edge.parent.lower() if how == "missing" else edge.parent
            if found == same and (how != "missing" or edge.parent in self.missing):
                names.add(reference)
        if len(names) > 1:
            raise ValueError(f"{edge.child} spells {edge.parent} in several ways: the hub must not have such an edge")
        return (names - {edge.parent}).pop() if names - {edge.parent} else None

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

    def languages(self, id_: str) -> set[str]:
        """What a model declares in its card, else in its tags; `multilingual` and `code` as they are."""
        row = self.listed.get(id_, {"tags": []})
        names = [word for value in _listed(row.get("cardData", {}).get("language")) for word in str(value).split(",")]
        return {SPELT.get(name, name) for name in names or TAGGED & set(row["tags"])}

    def declared_language(self, id_: str, language: str) -> Row:
        """How a model spells a language, where that is not its id, and where it says so."""
        card = _listed(self.listed[id_].get("cardData", {}).get("language"))
        spelt = next(
            (str(value) for value in card if language in {SPELT.get(w, w) for w in str(value).split(",")}), None
        )
        return {
            "declared_as": None if spelt == language else spelt,
            "evidence": "tag" if spelt is None else "card",
        }

    @cache  # noqa: B019  one hub
    def card(self, id_: str) -> plain_cards.Card | None:
        """What its card says; None where nobody looked for one."""
        text = self.fact(id_, "card")
        return None if text is None else plain_cards.read(text, id_)

    def documentation_score(self, id_: str) -> int | None:
        """How well it is documented; None where nobody looked for a card."""
        card = self.card(id_)
        declared = {
            "license": bool(set(self.licenses(id_)) - {"other", "unknown"}),
            "datasets": bool(self.datasets(id_)),
            "language": bool(self.languages(id_)),
            "task": bool(self.task(id_)),
            "library": bool(self.fact(id_, "library_name")),
        }
        return plain_cards.score(card, {name for name, here in declared.items() if here}) if card else None

    def task(self, id_: str) -> str | None:
        """Its pipeline_tag."""
        task: str | None = self.fact(id_, "pipeline_tag")
        return task

    def languages_lost(self, edge: Edge) -> list[str] | None:
        return plain_drift.lost(self.languages(edge.parent), self.languages(edge.child))

    def languages_gained(self, edge: Edge) -> list[str] | None:
        return plain_drift.gained(self.languages(edge.parent), self.languages(edge.child))

    def language_change(self, edge: Edge) -> str | None:
        if edge.parent in self.missing:
            return "unknown"
        return plain_drift.language_change(self.languages(edge.parent), self.languages(edge.child))

    def task_change(self, edge: Edge) -> str | None:
        if edge.parent in self.missing:
            return "unknown"
        return plain_drift.task_change(self.task(edge.parent), self.task(edge.child))

    def upstream_language_count(self, id_: str) -> int | None:
        return plain_drift.language_count([self.languages(above) for above in set(self.above(id_)) - {id_}])

    def upstream_task_classes(self, id_: str) -> list[str] | None:
        return plain_drift.task_classes([self.task(above) for above in set(self.above(id_)) - {id_}])

    def traits(self, id_: str, kind: str) -> list[str]:
        """What a model declares: its licenses, task, languages or library."""
        if kind == "license":
            return self.licenses(id_)
        if kind == "language":
            return sorted(self.languages(id_))
        found = self.fact(id_, {"task": "pipeline_tag", "library": "library_name"}[kind])
        return [found] if found else []

    def datasets(self, id_: str) -> set[str]:
        """What a model says that it was trained on, in its card or its tags."""
        row = self.listed.get(id_, {"tags": []})
        tags = {tag.removeprefix("dataset:") for tag in row["tags"] if tag.startswith("dataset:")}
        return tags | set(_listed(row.get("cardData", {}).get("datasets")))

    def profile(self, id_: str) -> tuple[Any, ...] | None:
        """What siblings can be equal in: licences, task, languages and library; None when it declares none of them."""
        declared = (
            tuple(self.licenses(id_)),
            self.task(id_),
            tuple(sorted(self.languages(id_))),
            self.fact(id_, "library_name"),
        )
        return declared if any(declared) else None

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

    @cached_property
    def generations(self) -> dict[str, tuple[int, int]]:
        """(fewest, most) steps up to a root of each model; a circle counts as one model."""
        condensed = nx.condensation(self.lineage)
        found: dict[int, tuple[int, int]] = {}
        for node in reversed(list(nx.topological_sort(condensed))):
            above = [found[parent] for parent in condensed.successors(node)]
            found[node] = (1 + min(a for a, _ in above), 1 + max(b for _, b in above)) if above else (0, 0)
        return {id_: found[node] for id_, node in condensed.graph["mapping"].items()}

    @cached_property
    def related(self) -> set[str]:
        """Models with an edge, be it to themselves."""
        return {id_ for edge in self.edges for id_ in (edge.child, edge.parent)}

    @cached_property
    def families(self) -> dict[str, set[str]]:
        """Members by the earliest root: who is joined by any relation but merges."""
        graph: nx.DiGraph[str] = nx.DiGraph((e.child, e.parent) for e in self.edges if e.relation != "MERGE_OF")
        found = {}
        for members in nx.weakly_connected_components(graph):
            if len(members) > 1:
                tops = roots(graph.subgraph(members))
                first = min(tops, key=lambda id_: (self.created(id_) or datetime.max.replace(tzinfo=UTC), id_))
                found[first] = set(members)
        return found

    @cached_property
    def family_of(self) -> dict[str, str]:
        """The family of each model that has one."""
        return {id_: family for family, members in self.families.items() for id_ in members}

    def parents_of(self, id_: str) -> list[str]:
        """Distinct direct parents in order, itself excepted."""
        return sorted(set(self.lineage.successors(id_)) - {id_})

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

    @cached_property
    def flags(self) -> dict[str, dict[str, Any]]:
        """By id of each flagged model: the newest flag on it that holds today."""
        found: dict[str, dict[str, Any]] = {}
        for review in sorted(self.reviews, key=lambda one: one["at"]):
            if review["decision"] == "flag" and review.get("until", date.max) >= datetime.now(UTC).date():
                found |= dict.fromkeys(self.named(review["subject"]), review)
        return found

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
