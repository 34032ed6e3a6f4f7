"""Queries about languages along the lineage: what each must answer."""

from __future__ import annotations

from collections import Counter

from oracle.hubs import ALL, Edge, Hub, Row
from oracle.rows import TOP, UP, Queries, below_first, loads_of, standing_of, step_of, steps_down

SKYLARK = "skylark-collective/Skylark-1B"


def lost(
    hub: Hub, languages: list[str], min_lost: int, *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        found = hub.languages_lost(edge) or []
        if len(found) >= min_lost and (not languages or set(found) & set(languages)):
            rows.append(
                step_of(hub, edge)
                | {
                    "language_change": hub.language_change(edge),
                    "languages_lost": found,
                    "lost_count": len(found),
                    "child_languages": sorted(hub.languages(edge.child)),
                }
                | standing_of(hub, edge)
            )
    return sorted(rows, key=below_first)[:limit]


def gained(
    hub: Hub, languages: list[str], min_gained: int, *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        found = hub.languages_gained(edge) or []
        if len(found) >= min_gained and (not languages or set(found) & set(languages)):
            rows.append(
                step_of(hub, edge)
                | {
                    "language_change": hub.language_change(edge),
                    "languages_gained": found,
                    "gained_count": len(found),
                    "parent_languages": sorted(hub.languages(edge.parent)),
                }
                | standing_of(hub, edge)
            )
    return sorted(rows, key=below_first)[:limit]


def one_left(
    hub: Hub,
    language: str,
    min_languages: int,
    *,
    relations: list[str],
    max_hops: int,
    min_downloads: int,
    limit: int,
) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        if hub.languages(id_) - {"code"} != {language} or loads_of(hub, id_) < min_downloads:
            continue
        for ancestor, hops in hub.above(id_, relations).items():
            spoken = hub.languages(ancestor) - {"code"}
            count = len(spoken) if "multilingual" not in spoken else max(2, len(spoken) - 1)
            if ancestor != id_ and hops <= max_hops and count >= min_languages:
                types, ids = hub.way(id_, ancestor, relations)
                rows.append(
                    {
                        "descendant": id_,
                        "ancestor": ancestor,
                        "hops": hops,
                        "ancestor_languages": sorted(spoken),
                        "language_count": count,
                        "relations": types,
                        "path": ids,
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                        "lineage_confidence": hub.lineage_confidence(id_),
                    }
                )
    return sorted(rows, key=lambda r: (-r["descendant_count"], r["descendant"], r["hops"], r["ancestor"]))[:limit]


def survival(hub: Hub, language: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    found: Counter[tuple[int, str]] = Counter()
    for root in hub.roots:
        if language not in hub.languages(root):
            continue
        for model, hops in hub.below(root, relations).items():
            spoken = hub.languages(model) - {"code"}
            word = "kept" if language in spoken else "multilingual" if "multilingual" in spoken else "other"
            if 0 < hops <= max_hops and model in hub.listed:
                found[hops, word if spoken else "silent"] += 1
    rows = []
    for generation in sorted({hops for hops, _ in found}):
        counts = {word: found[generation, word] for word in ("kept", "multilingual", "other", "silent")}
        descendants = sum(counts.values())
        declaring = descendants - counts["silent"]
        shares = {
            "share_kept": counts["kept"] / descendants,
            "share_of_declaring": counts["kept"] / declaring if declaring else None,
        }
        rows.append({"generation": generation, "descendants": descendants} | counts | shares)
    return rows[:limit]


def last_carriers(
    hub: Hub, model: str, language: str, *, first: str, relations: list[str], max_hops: int, limit: int
) -> list[Row]:
    def carriers(start: str) -> dict[str, int]:
        below = hub.below(start, relations)
        return {id_: hops for id_, hops in below.items() if id_ != start and language in hub.languages(id_)}

    rows = [
        {
            "model": start,
            "descendant": id_,
            "hops": hops,
            "carriers_below": len(carriers(id_)),
            "language_count": len(hub.languages(id_) - {"code", "multilingual"}),
            **hub.declared_language(id_, language),
            "descendant_count": hub.descendants(id_),
            "downloads": hub.fact(id_, "downloads"),
        }
        for start in hub.named(model)
        for id_, hops in carriers(start).items()
        if hops <= max_hops
    ]
    weight = {"deepest": "hops", "most_used": "downloads"}[first]
    return sorted(rows, key=lambda row: (row["model"], -(row[weight] or 0), row["descendant"]))[:limit]


def transitions(hub: Hub, edge: Edge) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs (from, to) of what the child gained and of what it lost, by the paper's drift graph."""
    before, after = (hub.languages(id_) - {"code"} for id_ in (edge.parent, edge.child))
    if "multilingual" in before | after or edge.child == edge.parent:
        return set(), set()
    return (
        {(one, other) for one in before for other in after - before},
        {(one, other) for one in before - after for other in after},
    )


def transition_matrix(
    hub: Hub, relations: list[str], languages: list[str], *, min_drifts: int, limit: int
) -> list[Row]:
    came: Counter[tuple[str, str]] = Counter()
    went: Counter[tuple[str, str]] = Counter()
    for edge in hub.edges:
        if edge.relation in relations:
            came_here, went_here = transitions(hub, edge)
            came.update(came_here)
            went.update(went_here)
    rows = [
        {
            "from_language": pair[0],
            "to_language": pair[1],
            "gained": came[pair],
            "lost": went[pair],
            "drifts": came[pair] + went[pair],
        }
        for pair in came.keys() | went.keys()
        if came[pair] + went[pair] >= min_drifts and (not languages or set(pair) <= set(languages))
    ]
    return sorted(rows, key=lambda row: (-row["drifts"], row["from_language"], row["to_language"]))[:limit]


QUERIES: Queries = {
    "language/gained": (
        gained,
        {"languages": [], "min_gained": 1, "relations": ALL} | TOP,
        [
            {"languages": ["sv", "ga"]},
            {"min_gained": 2},
            {"relations": ["ADAPTER_OF"], "min_downloads": 20},
            {"limit": 2},
        ],
    ),
    "language/last_carriers": (
        last_carriers,
        {"model": SKYLARK, "language": "cy", "first": "deepest", "relations": ALL, "max_hops": 40, "limit": 100},
        [
            {"language": "en", "first": "most_used"},
            {"model": "orrery-labs/orrery-8b", "language": "de", "max_hops": 1},
            {"relations": ["QUANTIZATION_OF"]},
            {"language": "tlh"},
            {"limit": 1},
        ],
    ),
    "language/lost": (
        lost,
        {"languages": [], "min_lost": 1, "relations": ALL} | TOP,
        [
            {"languages": ["cy", "de"]},
            {"min_lost": 50},
            {"relations": ["MERGE_OF", "QUANTIZATION_OF"]},
            {"min_downloads": 5000},
            {"limit": 3},
        ],
    ),
    "language/one_left": (
        one_left,
        {"language": "en", "min_languages": 5} | UP | TOP,
        [
            {"language": "de"},
            {"min_languages": 60},
            {"min_languages": 2, "relations": ["FINETUNE_OF"], "max_hops": 1, "min_downloads": 1000},
            {"limit": 4},
        ],
    ),
    "language/survival": (
        survival,
        {"language": "de", "relations": ALL, "max_hops": 40, "limit": 40},
        [{"language": "zh", "max_hops": 2}, {"language": "no", "relations": ["FINETUNE_OF"]}, {"limit": 1}],
    ),
    "language/transition_matrix": (
        transition_matrix,
        {"relations": ALL, "languages": [], "min_drifts": 1, "limit": 200},
        [
            {"relations": ["ADAPTER_OF", "MERGE_OF"]},
            {"languages": ["en", "zh", "de", "fr"]},
            {"min_drifts": 6},
            {"limit": 2},
        ],
    ),
}
