"""Queries about model cards: what each must answer."""

from __future__ import annotations

from collections import defaultdict

from oracle.hubs import ALL, Edge, Hub, Row
from oracle.rows import TOP, Queries, below_first, loads_of, owner_of, standing_of, step_of, steps_down

EVALUATIONS = {"evaluation", "evaluation_results"}


def length(hub: Hub, id_: str) -> int | None:
    card = hub.card(id_)
    return card.length if card else None


def sections(hub: Hub, id_: str) -> list[str] | None:
    card = hub.card(id_)
    return sorted(card.sections) or None if card else None


def template(hub: Hub, id_: str) -> str | None:
    card = hub.card(id_)
    return card.template if card else None


def ratio(hub: Hub, edge: Edge) -> float | None:
    child, parent = length(hub, edge.child), length(hub, edge.parent)
    return child / parent if child is not None and parent else None


def scores(hub: Hub, edge: Edge) -> Row:
    return {
        "child_score": hub.documentation_score(edge.child),
        "parent_score": hub.documentation_score(edge.parent),
    }


def thinning(
    hub: Hub, share: float, min_parent_length: int, *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        found = ratio(hub, edge)
        if found is not None and found < share and (length(hub, edge.parent) or 0) >= min_parent_length:
            rows.append(
                step_of(hub, edge)
                | {
                    "card_ratio": found,
                    "child_length": length(hub, edge.child),
                    "parent_length": length(hub, edge.parent),
                    **scores(hub, edge),
                    "child_template": template(hub, edge.child),
                    **standing_of(hub, edge),
                }
            )
    return sorted(rows, key=below_first)[:limit]


def templated_child(
    hub: Hub, templates: list[str], min_parent_score: int, *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        own, score = template(hub, edge.child), hub.documentation_score(edge.parent)
        by_hand = length(hub, edge.parent) and template(hub, edge.parent) is None
        if own and (not templates or own in templates) and by_hand and score is not None and score >= min_parent_score:
            rows.append(
                step_of(hub, edge)
                | {
                    "card_template": own,
                    "child_sections": sections(hub, edge.child),
                    "parent_sections": sections(hub, edge.parent),
                    **scores(hub, edge),
                    "card_ratio": ratio(hub, edge),
                    **standing_of(hub, edge),
                }
            )
    return sorted(rows, key=below_first)[:limit]


def fields_lost(
    hub: Hub, fields: list[str], min_fields: int, *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    def states(id_: str) -> dict[str, bool | None]:
        card = hub.card(id_)
        return {
            "license": bool(hub.licenses(id_)),
            "languages": bool(hub.languages(id_)),
            "datasets": bool(hub.datasets(id_)),
            "evaluation": bool(card.sections & EVALUATIONS) if card else None,
        }

    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        child, parent = states(edge.child), states(edge.parent)
        lost = [name for name in child if name in fields and parent[name] and child[name] is False]
        if edge.parent in hub.listed and len(lost) >= min_fields:
            rows.append(
                step_of(hub, edge)
                | {"fields_lost": lost, "same_publisher": owner_of(edge.child) == owner_of(edge.parent)}
                | scores(hub, edge)
                | standing_of(hub, edge)
            )
    return sorted(rows, key=lambda row: (-len(row["fields_lost"]), *below_first(row)))[:limit]


def popular_but_thin(hub: Hub, max_score: int, min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        score = hub.documentation_score(id_)
        if score is not None and score <= max_score and loads_of(hub, id_) >= min_downloads:
            rows.append(
                {
                    "model": id_,
                    "documentation_score": score,
                    "card_length": length(hub, id_),
                    "card_template": template(hub, id_),
                    "card_sections": sections(hub, id_),
                    "licenses": hub.licenses(id_),
                    "child_count": hub.children(id_),
                    "descendant_count": hub.descendants(id_),
                    "downloads": loads_of(hub, id_),
                }
            )
    return sorted(rows, key=lambda row: (-row["downloads"], row["model"]))[:limit]


def nearest_documented_ancestor(
    hub: Hub, model: str, min_score: int, *, relations: list[str], max_hops: int, limit: int
) -> list[Row]:
    rows = []
    for start in hub.named(model):
        above = {id_: hops for id_, hops in hub.above(start, relations).items() if 0 < hops <= max_hops}
        score = {id_: hub.documentation_score(id_) for id_ in above}
        good = [id_ for id_ in above if (score[id_] or 0) >= min_score and score[id_] is not None]
        nearest = min((above[id_] for id_ in good), default=None)
        for id_ in good:
            if above[id_] == nearest:
                types, ids = hub.way(start, id_, relations)
                rows.append(
                    {
                        "model": start,
                        "documentation_score": hub.documentation_score(start),
                        "ancestor": id_,
                        "hops": nearest,
                        "ancestor_score": score[id_],
                        "ancestor_sections": sections(hub, id_),
                        "ancestor_template": template(hub, id_),
                        "unknown_nearer": sum(above[other] < nearest and score[other] is None for other in above),
                        "relations": types,
                        "path": ids,
                    }
                )
    return sorted(rows, key=lambda row: (row["model"], -row["ancestor_score"], row["ancestor"]))[:limit]


def copied_cards(
    hub: Hub, min_models: int, min_length: int, *, templated: bool, relations: list[str], limit: int
) -> list[Row]:
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in hub.edges:
        card = hub.card(edge.child)
        counts = card and card.letters and (templated or card.template is None)
        if card and counts and edge.relation in relations and edge.child != edge.parent:
            groups[edge.parent, card.letters].add(edge.child)
    rows = []
    for (parent, letters), members in groups.items():
        cards = [card for id_ in members if (card := hub.card(id_))]
        above = hub.card(parent)
        if len(members) >= min_models and min(card.length for card in cards) >= min_length:
            rows.append(
                {
                    "parent": parent,
                    "first": min(members),
                    "models": len(members),
                    "publishers": len({owner_of(id_) for id_ in members}),
                    "card_template": cards[0].template,
                    "shortest": min(card.length for card in cards),
                    "longest": max(card.length for card in cards),
                    "as_parent": above.letters == letters if above else None,
                    "documentation_score": max(hub.documentation_score(id_) or 0 for id_ in members),
                    "downloads": sum(loads_of(hub, id_) for id_ in members),
                    "examples": sorted(members)[:10],
                }
            )
    return sorted(rows, key=lambda row: (-row["models"], row["parent"], row["first"]))[:limit]


STEPS = {"relations": ALL, **TOP}
FIELDS = ["license", "languages", "datasets", "evaluation"]

QUERIES: Queries = {
    "documentation/copied_cards": (
        copied_cards,
        {"min_models": 3, "min_length": 100, "templated": False, "relations": ALL, "limit": 1000},
        [
            {"templated": True},
            {"min_models": 2, "min_length": 0},
            {"relations": ["QUANTIZATION_OF"], "min_length": 0},
            {"templated": True, "limit": 1},
        ],
    ),
    "documentation/fields_lost": (
        fields_lost,
        {"fields": FIELDS, "min_fields": 1, **STEPS},
        [
            {"min_fields": 2},
            {"fields": ["evaluation", "datasets"], "relations": ["ADAPTER_OF", "QUANTIZATION_OF"]},
            {"min_downloads": 10_000},
            {"fields": ["languages"], "limit": 2},
        ],
    ),
    "documentation/nearest_documented_ancestor": (
        nearest_documented_ancestor,
        {"model": "brightmoor/Kestrel-Storyteller-7B", "min_score": 50}
        | {"relations": ALL, "max_hops": 40, "limit": 1000},
        [
            {"min_score": 30},
            {"min_score": 5, "max_hops": 2},
            {"model": "MAGPIE-merges/corinthian-8b-v2", "min_score": 80},
            {"model": "magpie-merges/Corinthian-8B-v2", "min_score": 36, "relations": ["MERGE_OF"]},
            {"model": "saltmarsh-ai/Moorhen-1B-iter12"},
            {"model": "magpie-merges/Hydra-4B", "min_score": 0, "limit": 3},
        ],
    ),
    "documentation/popular_but_thin": (
        popular_but_thin,
        {"max_score": 25, "min_downloads": 1000, "limit": 100},
        [{"max_score": 8}, {"min_downloads": 100_000}, {"limit": 2}],
    ),
    "documentation/templated_child": (
        templated_child,
        {"templates": [], "min_parent_score": 1, **STEPS},
        [
            {"templates": ["peft", "unsloth"]},
            {"min_parent_score": 80},
            {"relations": ["MERGE_OF"]},
            {"min_downloads": 500},
            {"limit": 2},
        ],
    ),
    "documentation/thinning": (
        thinning,
        {"share": 0.25, "min_parent_length": 500, **STEPS},
        [
            {"share": 0.5, "min_parent_length": 300},
            {"share": 0.1},
            {"relations": ["QUANTIZATION_OF"]},
            {"min_downloads": 100},
            {"limit": 2},
        ],
    ),
}
