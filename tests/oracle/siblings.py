"""Queries about siblings and cousins: what each must answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations

import networkx as nx

from oracle.hubs import ALL, Hub, Row, roots
from oracle.rows import KESTREL, Queries, loads_of, moment_of, owner_of

TRAITS = ["license", "task", "language", "library"]
NO_MERGE = [relation for relation in ALL if relation != "MERGE_OF"]


def broods(hub: Hub, relations: list[str]) -> dict[str, list[str]]:
    """The listed children of each model, itself excepted."""
    found: dict[str, set[str]] = defaultdict(set)
    for edge in hub.edges:
        if edge.relation in relations and edge.child != edge.parent:
            found[edge.parent].add(edge.child)
    return {parent: sorted(children) for parent, children in found.items()}


def trait_of(hub: Hub, id_: str, trait: str) -> list[str]:
    """What a model declares, sorted; nothing, if it declares none."""
    single = {"task": hub.task(id_), "library": hub.fact(id_, "library_name")}
    if trait in single:
        return [value] if (value := single[trait]) else []
    return hub.licenses(id_) if trait == "license" else sorted(hub.languages(id_))


def siblings(hub: Hub, model: str, relations: list[str], *, same_relation: bool, limit: int) -> list[Row]:
    def kinds(child: str, parent: str) -> list[str]:
        return sorted(edge.relation for edge in hub.edges if (edge.child, edge.parent) == (child, parent))

    rows = []
    for start in hub.named(model):
        for parent in sorted({edge.parent for edge in hub.edges if edge.child == start != edge.parent}):
            own = kinds(start, parent)
            for sibling in broods(hub, relations).get(parent, []):
                found = kinds(sibling, parent)
                if sibling == start or (same_relation and not set(found) & set(own) & set(relations)):
                    continue
                rows.append(
                    {
                        "model": start,
                        "sibling": sibling,
                        "parent": parent,
                        "relations": found,
                        "own_relations": own,
                        "licenses": hub.licenses(sibling),
                        "descendant_count": hub.descendants(sibling),
                        "downloads": hub.fact(sibling, "downloads"),
                        "created_at": moment_of(hub.created(sibling)),
                    }
                )
    return sorted(rows, key=lambda r: (r["model"], -(r["downloads"] or 0), r["sibling"], r["parent"]))[:limit]


def profile_clusters(hub: Hub, relations: list[str], min_models: int, limit: int) -> list[Row]:
    rows = []
    for parent, children in broods(hub, relations).items():
        clusters: dict[object, list[str]] = defaultdict(list)
        for child in children:
            clusters[hub.profile(child)].append(child)
        for profile, members in clusters.items():
            if profile is None or len(members) < min_models:
                continue
            example = min(members)
            task, library = trait_of(hub, example, "task"), trait_of(hub, example, "library")
            rows.append(
                {
                    "parent": parent,
                    "models": len(members),
                    "siblings": len(children),
                    "share": len(members) / len(children),
                    "publishers": len(set(map(owner_of, members))),
                    "licenses": trait_of(hub, example, "license"),
                    "task": task[0] if task else None,
                    "languages": trait_of(hub, example, "language"),
                    "library": library[0] if library else None,
                    "same_as_parent": hub.profile(parent) == profile if hub.profile(parent) else None,
                    "downloads": sum(loads_of(hub, id_) for id_ in members),
                    "example": example,
                }
            )
    return sorted(rows, key=lambda row: (-row["models"], row["parent"], row["example"]))[:limit]


def resemblance(hub: Hub, traits: list[str], relations: list[str], limit: int) -> list[Row]:
    """Every pair of siblings compared."""
    rows = []
    for name, family in sorted(families(hub), key=lambda one: (-len(one[1]), one[0]))[:limit]:
        for trait in traits:
            vertical, level = [], []
            for parent, children in broods(hub, relations).items():
                if parent not in family:
                    continue
                declared = [values for id_ in children if (values := trait_of(hub, id_, trait))]
                if own := trait_of(hub, parent, trait):
                    vertical += [values == own for values in declared]
                level += [one == other for one, other in combinations(declared, 2)]
            if not vertical and not level:
                continue
            same_as_parent = sum(vertical) / len(vertical) if vertical else None
            same_as_sibling = sum(level) / len(level) if level else None
            rows.append(
                {
                    "family": name,
                    "trait": trait,
                    "model_count": len(family),
                    "edges": len(vertical),
                    "same_as_parent": same_as_parent,
                    "sibling_pairs": len(level),
                    "same_as_sibling": same_as_sibling,
                    "difference": None
                    if same_as_parent is None or same_as_sibling is None
                    else same_as_sibling - same_as_parent,
                }
            )
    return sorted(rows, key=lambda row: (-row["model_count"], row["family"], row["trait"]))


def families(hub: Hub) -> Iterator[tuple[str, set[str]]]:
    """Each with the id of its earliest root."""
    graph: nx.DiGraph[str] = nx.DiGraph((e.child, e.parent) for e in hub.edges if e.relation != "MERGE_OF")
    for members in nx.weakly_connected_components(graph):
        if len(members) > 1:
            tops = roots(graph.subgraph(members))
            yield min(tops, key=lambda id_: (hub.created(id_) or datetime.max.replace(tzinfo=UTC), id_)), members


def odd_one_out(hub: Hub, traits: list[str], relations: list[str], min_siblings: int, limit: int) -> list[Row]:
    rows = []
    for parent, children in broods(hub, relations).items():
        for trait in traits:
            declared = {id_: values for id_ in children if (values := trait_of(hub, id_, trait))}
            for odd, values in declared.items():
                others = [other for id_, other in declared.items() if id_ != odd]
                if len(others) >= min_siblings and all(other == others[0] != values for other in others):
                    rows.append(
                        {
                            "parent": parent,
                            "model": odd,
                            "trait": trait,
                            "values": values,
                            "sibling_values": others[0],
                            "siblings": len(others),
                            "parent_values": trait_of(hub, parent, trait),
                            "descendant_count": hub.descendants(odd),
                            "downloads": hub.fact(odd, "downloads"),
                        }
                    )
    return sorted(rows, key=lambda row: (-row["siblings"], row["parent"], row["trait"]))[:limit]


def cousins(hub: Hub, model: str, relations: list[str], *, up: int, down: int, limit: int) -> list[Row]:
    rows = []
    for start in hub.named(model):
        line = hub.above(start, relations)
        for cousin in hub.listed:
            its_line = hub.above(cousin, relations)
            shared = set(line) & set(its_line)
            if start in its_line or cousin in line or min(map(line.__getitem__, shared), default=0) != up:
                continue
            if ancestors := sorted(id_ for id_ in shared if (line[id_], its_line[id_]) == (up, down)):
                rows.append(
                    {
                        "model": start,
                        "cousin": cousin,
                        "shared_ancestors": ancestors,
                        "licenses": hub.licenses(cousin),
                        "task": hub.task(cousin),
                        "descendant_count": hub.descendants(cousin),
                        "downloads": hub.fact(cousin, "downloads"),
                        "created_at": moment_of(hub.created(cousin)),
                    }
                )
    return sorted(rows, key=lambda row: (row["model"], -(row["downloads"] or 0), row["cousin"]))[:limit]


QUERIES: Queries = {
    "siblings/cousins": (
        cousins,
        {"model": "ashgrove-ml/Kestrel-7B-Fables-v2", "up": 2, "down": 2, "relations": ALL, "limit": 1000},
        [
            {"up": 3, "down": 1},
            {"up": 1, "down": 1},
            {"model": "redshank-labs/dunlin-arm-sim", "up": 4, "down": 1},
            {"model": "magpie-merges/Corinthian-8B-v2", "up": 2, "down": 1},  # ancestors by several ways
            {"model": "magpie-merges/Corinthian-8B", "up": 2, "down": 1, "relations": ["MERGE_OF", "FINETUNE_OF"]},
            {"model": "weftworks/Weft-03a-3B", "up": 2, "down": 2, "limit": 3},
            {"model": "roundelay/Rondo-2", "up": 1, "down": 1},  # on a circle
        ],
    ),
    "siblings/odd_one_out": (
        odd_one_out,
        {"traits": TRAITS, "relations": ALL, "min_siblings": 5, "limit": 1000},
        [{"min_siblings": 2}, {"traits": ["license"], "min_siblings": 3}, {"min_siblings": 2, "limit": 2}],
    ),
    "siblings/profile_clusters": (
        profile_clusters,
        {"relations": ALL, "min_models": 2, "limit": 100},
        [{"min_models": 10}, {"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]}, {"min_models": 16, "limit": 1}],
    ),
    "siblings/resemblance": (
        resemblance,
        {"traits": TRAITS, "relations": NO_MERGE, "limit": 20},
        [{"traits": ["license"], "limit": 1000}, {"relations": ["ADAPTER_OF", "QUANTIZATION_OF"], "limit": 3}],
    ),
    "siblings/siblings": (
        siblings,
        {"model": "quietloom/Kestrel-7B-Fables", "relations": ALL, "same_relation": False, "limit": 1000},
        [
            {"same_relation": True},
            {"relations": ["ADAPTER_OF"]},
            {"model": "bitcellar/Kestrel-7B-Instruct-v2-QLoRA", "same_relation": True},  # two relations to its parent
            {"model": "alloy-foundry/Bronze-4B", "limit": 4},  # three parents
            {"model": "ashgrove-ml/Ouroboros-1B"},  # its own parent
            {"model": KESTREL},
        ],
    ),
}
