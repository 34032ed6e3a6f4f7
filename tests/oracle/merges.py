"""Queries about merges: what each must answer."""

from __future__ import annotations

from collections import Counter

import networkx as nx

from oracle.hubs import ALL, Hub, Row
from oracle.rows import CORINTHIAN, DRAW, FAMILIES, TOP, UP, Queries, flagged_above, loads_of, moment_of, steps_above


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


def marriages(hub: Hub, min_families: int, limit: int) -> list[Row]:
    rows = []
    for merge, parents in _merges(hub).items():
        families = {hub.family_of.get(id_, id_) for id_ in parents}
        if merge in hub.listed and len(families) >= min_families:
            rows.append(
                {
                    "merge": merge,
                    "family_count": len(families),
                    "families": sorted(families),
                    "parent_count": len(parents),
                    "licenses": hub.licenses(merge),
                    "status": "listed",
                    "descendant_count": hub.descendants(merge),
                    "downloads": hub.fact(merge, "downloads"),
                    "created_at": moment_of(hub.created(merge)),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["merge"]))[:limit]


def _merges(hub: Hub) -> dict[str, list[str]]:
    """The parents of every merge, itself excepted."""
    found: dict[str, list[str]] = {}
    for edge in hub.edges:
        if edge.relation == "MERGE_OF":
            found.setdefault(edge.child, []).extend({edge.parent} - {edge.child})
    return found


def _nesting(hub: Hub) -> dict[str, int]:
    """Merges in a row from each merge upwards."""
    merges = _merges(hub)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(merges)
    straight = [edge for edge in hub.edges if edge.relation == "MERGE_OF" and not hub.loop(edge)]
    graph.add_edges_from((edge.child, edge.parent) for edge in straight if edge.parent in merges)
    depths: dict[str, int] = {}
    for merge in reversed(list(nx.topological_sort(graph))):
        depths[merge] = 1 + max((depths[parent] for parent in graph.successors(merge)), default=0)
    return depths


def nested(hub: Hub, min_depth: int, limit: int) -> list[Row]:
    merges, depths = _merges(hub), _nesting(hub)
    rows = [
        {
            "merge": merge,
            "depth": depth,
            "merge_parents": sorted(id_ for id_ in merges[merge] if id_ in merges),
            "parent_count": len(merges[merge]),
            "generation_max": hub.generations[merge][1],
            "status": "listed",
            "descendant_count": hub.descendants(merge),
            "downloads": hub.fact(merge, "downloads"),
        }
        for merge, depth in depths.items()
        if depth >= min_depth
    ]
    return sorted(rows, key=lambda row: (-row["depth"], -row["descendant_count"], row["merge"]))[:limit]


def nesting_depths(hub: Hub, limit: int) -> list[Row]:
    counts = Counter(_nesting(hub).values())
    return [
        {"depth": depth, "merges": merges, "share": merges / counts.total()} for depth, merges in sorted(counts.items())
    ][:limit]


def odd_shapes(hub: Hub, shapes: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        parents = hub.parents_of(id_)
        relations = {edge.relation for edge in hub.edges if edge.child == id_ and edge.parent != id_}
        shape = None
        if "MERGE_OF" in relations and len(parents) == 1:
            shape = "merge_of_one"
        elif "MERGE_OF" not in relations and len(parents) > 1:
            shape = "many_without_merge"
        if shape in shapes and loads_of(hub, id_) >= min_downloads:
            rows.append(
                {
                    "model": id_,
                    "shape": shape,
                    "parents": parents,
                    "relations": sorted(relations),
                    "unresolved_parents": sorted(hub.unresolved.get(id_, [])) or None,
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def redundant_parents(hub: Hub, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        parents = hub.parents_of(id_)
        for parent in parents:
            # Two of one circle descend from each other.
            through = [q for q in parents if parent in hub.above(q) and q not in hub.above(parent)]
            if through:
                rows.append(
                    {
                        "model": id_,
                        "parent": parent,
                        "relations": [e.relation for e in hub.edges if (e.child, e.parent) == (id_, parent)],
                        "through": through,
                        "hops": min(hub.above(q)[parent] for q in through),
                        "parent_count": len(parents),
                        "status": "listed",
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                    }
                )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"], row["parent"]))[:limit]


QUERIES: Queries = {
    "merges/diamonds": (diamonds, {"limit": 100}, [{"limit": 1000}, {"limit": 3}]),
    "merges/marriages": (marriages, {"min_families": 2, "limit": 1000}, [{"min_families": 3}, {"limit": 2}]),
    "merges/nested": (nested, {"min_depth": 2, "limit": 1000}, [{"min_depth": 1}, {"min_depth": 13}, {"limit": 3}]),
    "merges/nesting_depths": (nesting_depths, {"limit": 100}, [{"limit": 1}]),
    "merges/odd_shapes": (
        odd_shapes,
        {"shapes": ["merge_of_one", "many_without_merge"], **TOP},
        [{"shapes": ["merge_of_one"]}, {"min_downloads": 10}],
    ),
    "merges/redundant_parents": (redundant_parents, {"limit": 1000}, [{"limit": 1}]),
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
