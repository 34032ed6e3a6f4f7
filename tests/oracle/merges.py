"""Queries about merges: what each must answer."""

from __future__ import annotations

from oracle.hubs import ALL, Hub, Row
from oracle.rows import CORINTHIAN, DRAW, FAMILIES, TOP, UP, Queries, flagged_above, loads_of, steps_above


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
        for start, hops, edge in steps_above(hub, model, relations, max_hops)
    ][:limit]


def subgraph_picture(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    steps = steps_above(hub, model, relations, max_hops)
    return [{"path": [edge.child, edge.relation, edge.parent]} for _, _, edge in steps][:limit]


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


def mixed_licenses(hub: Hub, families: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for merge in hub.listed:
        edges = [e for e in hub.edges if e.child == merge and e.relation == "MERGE_OF" and e.parent != merge]
        found = {hub.family(edge.parent) for edge in edges} & set(families)
        if len(found) < 2 or loads_of(hub, merge) < min_downloads:
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


def flagged_inside(hub: Hub, relations: list[str], *, max_hops: int, min_downloads: int, limit: int) -> list[Row]:
    merges = {edge.child for edge in hub.edges if edge.relation == "MERGE_OF"}
    found = flagged_above(hub, relations, max_hops=max_hops, min_downloads=min_downloads)
    return [row for row in found if row["model"] in merges][:limit]


QUERIES: Queries = {
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
    "merges/flagged_inside": (
        flagged_inside,
        {"relations": ALL, "max_hops": 40, **TOP},
        [{"relations": ["MERGE_OF"], "max_hops": 1}, {"min_downloads": 100}, {"limit": 2}],
    ),
}
