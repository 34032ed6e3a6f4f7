"""Queries about the ecosystem in numbers: what each must answer."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from oracle.hubs import ALL, Edge, Hub, Row
from oracle.rows import Queries


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
}
