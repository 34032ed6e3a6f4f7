"""Queries about the Hub as a whole, in numbers: what each must answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction

import networkx as nx

from oracle.hubs import ALL, Edge, Hub, Row
from oracle.rows import KESTREL, Queries, loads_of, owner_of


def traits(hub: Hub, kind: str, limit: int) -> list[Row]:
    found: dict[str, list[str]] = defaultdict(list)
    for id_ in hub.listed:
        for value in hub.traits(id_, kind):
            found[value].append(id_)
    total = sum(len(ids) for ids in found.values())
    rows = [
        {
            "value": value,
            "models": len(ids),
            "share": len(ids) / total,
            "downloads": sum(loads_of(hub, id_) for id_ in ids),
        }
        for value, ids in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["models"], row["value"]))[:limit]


def relations(hub: Hub) -> list[Row]:
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in hub.edges:
        if edge.child != edge.parent:
            found[edge.relation].append(edge)
    rows = []
    for relation, edges in found.items():
        children = {edge.child for edge in edges}
        breeding = [id_ for id_ in children if hub.children(id_)]
        rows.append(
            {
                "relation": relation,
                "edges": len(edges),
                "children": len(children),
                "children_with_children": len(breeding),
                "share_with_children": len(breeding) / len(children),
                "parents": len({edge.parent for edge in edges}),
            }
        )
    return sorted(rows, key=lambda row: (-row["edges"], row["relation"]))


def _derivatives(hub: Hub) -> Counter[str]:
    """Children of the models of each publisher, once for each parent."""
    counted: Counter[str] = Counter()
    for id_ in hub.ids:
        counted[owner_of(id_)] += hub.children(id_)
    return +counted


def publishers(hub: Hub, limit: int) -> list[Row]:
    counted = _derivatives(hub)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [
        {
            "rank": rank,
            "publisher": name,
            "models": sum(owner_of(id_) == name and hub.children(id_) > 0 for id_ in hub.ids),
            "derivatives": number,
            "share": number / counted.total(),
            "share_of_top": sum(n for _, n in ranked[:rank]) / counted.total(),
        }
        for rank, (name, number) in enumerate(ranked, start=1)
    ][:limit]


def publisher_concentration(hub: Hub) -> list[Row]:
    """The Gini coefficient by its definition: the mean difference of any two, over twice the mean."""
    numbers = sorted(_derivatives(hub).values(), reverse=True)
    total, size = sum(numbers), len(numbers)
    squares = sum(number**2 for number in numbers)
    differences = sum(abs(one - other) for one in numbers for other in numbers)
    return [
        {
            "publishers": size,
            "derivatives": total,
            "share_of_top_1": numbers[0] / total,
            "share_of_top_10": sum(numbers[:10]) / total,
            "share_of_top_100": sum(numbers[:100]) / total,
            "herfindahl": squares / total**2,
            "effective_publishers": total**2 / squares,
            "gini": differences / 2 / (size * total),
        }
    ]


def degrees(hub: Hub, limit: int) -> list[Row]:
    children = Counter(hub.children(id_) for id_ in hub.ids)
    parents = Counter(len(hub.parents_of(id_)) for id_ in hub.ids)
    del parents[0]
    return [
        {"direction": direction, "degree": degree, "models": models, "share": models / counts.total()}
        for direction, counts in (("children", children), ("parents", parents))
        for degree, models in sorted(counts.items())
    ][:limit]


def derivation_lag(hub: Hub) -> list[Row]:
    found: dict[str, list[int | None]] = defaultdict(list)
    for edge in hub.edges:
        if edge.child != edge.parent:
            found[edge.relation].append(hub.days_after_parent(edge))
    rows = []
    for relation, all_days in sorted(found.items()):
        days = sorted(number for number in all_days if number is not None)
        row = {
            "relation": relation,
            "edges": len(all_days),
            "unknown": len(all_days) - len(days),
            "older_than_parent": sum(number < 0 for number in days),
        }
        for name, percent in (("p10", 10), ("p25", 25), ("median", 50), ("p75", 75), ("p90", 90)):
            # The smallest number that at least so many per cent do not exceed.
            least = next((n for n in days if 100 * sum(m <= n for m in days) >= percent * len(days)), None)
            row[f"days_{name}"] = least
        rows.append(row)
    return rows


def component_sizes(hub: Hub, limit: int) -> list[Row]:
    families = Counter(len(members) for members in hub.families.values())
    whole = [part for part in nx.weakly_connected_components(hub.lineage) if part & hub.related]
    components = Counter(len(part) for part in whole)
    return [
        {"models": size, "families": families[size], "components": components[size]}
        for size in sorted(families | components, reverse=True)
    ][:limit]


def evidence_by_generation(hub: Hub, limit: int) -> list[Row]:
    found: dict[int, list[str]] = defaultdict(list)
    for id_ in sorted(hub.related & set(hub.listed)):
        found[hub.generations[id_][1]].append(id_)
    rows = []
    for generation, ids in sorted(found.items()):
        counts = {
            "licensed": _count(bool(hub.licenses(id_)) for id_ in ids),
            "complete": _count(hub.complete_above(id_) for id_ in ids),
            "decidable": _count((label := hub.label(id_)) and label.level != "undecidable" for id_ in ids),
        }
        rows.append(
            {
                "generation": generation,
                "models": len(ids),
                "licensed": counts["licensed"],
                "upstream_complete": counts["complete"],
                "decidable": counts["decidable"],
                **{f"share_{name}": number / len(ids) for name, number in counts.items()},
            }
        )
    return rows[:limit]


def _count(answers: Iterable[bool | None]) -> int:
    return sum(map(bool, answers))


def family_datasets(hub: Hub, model: str, limit: int) -> list[Row]:
    rows = []
    for family in {hub.family_of[id_] for id_ in hub.named(model) if id_ in hub.family_of}:
        found: dict[str, list[str]] = defaultdict(list)
        for id_ in hub.families[family] & set(hub.listed):
            for dataset in hub.datasets(id_):
                found[dataset].append(id_)
        for dataset, ids in found.items():
            nearest = min(hub.generations[id_][1] for id_ in ids)
            rows.append(
                {
                    "family": family,
                    "dataset": dataset,
                    "models": len(ids),
                    "share_of_family": len(ids) / len(hub.families[family]),
                    "nearest_generation": nearest,
                    "nearest_models": sorted(id_ for id_ in ids if hub.generations[id_][1] == nearest)[:5],
                    "downloads": sum(loads_of(hub, id_) for id_ in ids),
                }
            )
    return sorted(rows, key=lambda row: (-row["models"], row["dataset"], row["family"]))[:limit]


def declared(hub: Hub, trait: str, id_: str) -> set[str]:
    """What a model declares of a trait; `code` is no language."""
    if trait == "license":
        return set(hub.licenses(id_))
    return hub.languages(id_) - {"code"} if trait == "language" else {hub.task(id_) or ""} - {""}


def both_report(hub: Hub, trait: str, relations: list[str]) -> list[tuple[set[str], set[str]]]:
    """What parent and child declare, for each step both ends of which declare something."""

    def ends(edge: Edge) -> tuple[set[str], set[str]]:
        return declared(hub, trait, edge.parent), declared(hub, trait, edge.child)

    steps = [ends(edge) for edge in hub.edges if edge.relation in relations and edge.child != edge.parent]
    return [(before, after) for before, after in steps if before and after]


def mutation_rates(hub: Hub, traits: list[str], relations: list[str], limit: int) -> list[Row]:
    rows = []
    for trait in sorted(traits):
        steps = both_report(hub, trait, relations)
        told = [
            (before, after) for before, after in steps if trait != "language" or "multilingual" not in before | after
        ]
        mutations = sum(Fraction(len(before ^ after), len(before | after)) for before, after in told)
        rows.append(
            {
                "trait": trait,
                "inheritances": len(told),
                "mutations": round(float(mutations), 6),
                "rate": round(float(mutations / len(told)), 6) if told else None,
                "undecidable": len(steps) - len(told),
            }
        )
    return rows[:limit]


def drift_arcs(
    hub: Hub, trait: str, ordering: list[str], *, relations: list[str], min_net: int, limit: int
) -> list[Row]:
    drifts: Counter[tuple[str, str]] = Counter()
    for before, after in both_report(hub, trait, relations):
        if trait != "language" or "multilingual" not in before | after:
            drifts.update((one, other) for one in before for other in after - before)
            drifts.update((one, other) for one in before - after for other in after)
    rows = []
    for (one, other), count in drifts.items():
        against = drifts[other, one]
        if count > against and count - against >= min_net:
            agrees = ordering.index(one) < ordering.index(other) if {one, other} <= set(ordering) else None
            rows.append(
                {
                    "from_value": one,
                    "to_value": other,
                    "drifts": count,
                    "against": against,
                    "net": count - against,
                    "agrees": agrees,
                }
            )
    return sorted(rows, key=lambda row: (-row["net"], row["from_value"], row["to_value"]))[:limit]


QUERIES: Queries = {
    "ecosystem/drift_arcs": (
        drift_arcs,
        {"trait": "license", "ordering": [], "relations": ALL, "min_net": 1, "limit": 1000},
        [
            {"ordering": ["llama3.1", "cc-by-nc-4.0", "apache-2.0", "mit", "gpl-3.0"], "min_net": 2},
            {"trait": "language", "ordering": ["de", "zh", "fr", "en"], "relations": ["MERGE_OF", "ADAPTER_OF"]},
            {"trait": "task", "ordering": ["fill-mask", "text-generation", "text-classification"], "limit": 9},
        ],
    ),
    "ecosystem/mutation_rates": (
        mutation_rates,
        {"traits": ["license", "language", "task"], "relations": ALL, "limit": 3},
        [{"relations": ["FINETUNE_OF"]}, {"traits": ["task"], "relations": ["BASED_ON", "MERGE_OF"]}],
    ),
    "ecosystem/component_sizes": (component_sizes, {"limit": 1000}, [{"limit": 2}]),
    "ecosystem/degrees": (degrees, {"limit": 1000}, [{"limit": 3}]),
    "ecosystem/derivation_lag": (derivation_lag, {}, []),
    "ecosystem/evidence_by_generation": (evidence_by_generation, {"limit": 1000}, [{"limit": 2}]),
    "ecosystem/family_datasets": (
        family_datasets,
        {"model": KESTREL, "limit": 1000},
        [{"model": "halcyon-vision/petrel-v1"}, {"model": "weftworks/Weft-01a-3B"}, {"limit": 1}],
    ),
    "ecosystem/publisher_concentration": (publisher_concentration, {}, []),
    "ecosystem/publishers": (publishers, {"limit": 50}, [{"limit": 3}]),
    "ecosystem/relations": (relations, {}, []),
    "ecosystem/traits": (
        traits,
        {"kind": "license", "limit": 100},
        [{"kind": "task"}, {"kind": "language"}, {"kind": "library"}, {"limit": 1}],
    ),
}
