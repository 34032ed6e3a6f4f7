"""Queries about licence risks: what each must answer."""

from __future__ import annotations

import re
from collections import defaultdict

from oracle.hubs import ALL, SUSPECTED, Edge, Hub, Row
from oracle.rows import (
    FAMILIES,
    RESTRICTIONS,
    TOP,
    UNKNOWN,
    UP,
    Queries,
    below_first,
    flagged_above,
    judged_as,
    label_of,
    licenses_of,
    loads_of,
    owner_of,
    standing_of,
    stem_of,
    step_of,
    steps_down,
    terms_lost_on,
)


def license_loosened(
    hub: Hub, changes: list[str], relations: list[str], *, min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | {
            "license_change": hub.license_change(edge),
            **judged_as(hub, edge),
            **licenses_of(hub, edge),
            "terms_lost": terms_lost_on(hub, edge),
            **standing_of(hub, edge),
        }
        for edge in hub.edges
        if edge.relation in relations
        and hub.license_change(edge) in changes
        and loads_of(hub, edge.child) >= min_downloads
    ]
    return sorted(rows, key=below_first)[:limit]


def restricted_ancestor(
    hub: Hub, terms: list[str], relations: list[str], *, max_hops: int, min_downloads: int, limit: int
) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        if hub.family(id_) != "permissive" or loads_of(hub, id_) < min_downloads:
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
                        **label_of(hub, id_),
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                        "lineage_confidence": hub.lineage_confidence(id_),
                    }
                )
    return sorted(rows, key=lambda r: (-r["descendant_count"], r["descendant"], r["hops"], r["ancestor"]))[:limit]


def license_dropped(hub: Hub, terms: list[str], relations: list[str], *, min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        asked = sorted(set().union(*(hub.terms(name) or set() for name in hub.licenses(edge.parent))))
        if hub.license_change(edge) == "dropped" and (not terms or any(stem_of(term) in terms for term in asked)):
            rows.append(
                step_of(hub, edge)
                | {"parent_licenses": hub.licenses(edge.parent), "terms": asked}
                | judged_as(hub, edge)
                | standing_of(hub, edge)
            )
    return sorted(rows, key=below_first)[:limit]


def share_alike_lost(
    hub: Hub, verdicts: list[str], reasons: list[str], *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | judged_as(hub, edge)
        | licenses_of(hub, edge)
        | {"share_alike": sorted({hub.license_rows[n]["share_alike"] for n in hub.licenses(edge.parent)} - {"none"})}
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, min_downloads)
        if hub.verdict(edge).level in verdicts and set(hub.verdict(edge).reasons) & set(reasons)
    ]
    return sorted(rows, key=below_first)[:limit]


def no_derivatives_broken(hub: Hub, relations: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | {"derivatives": sorted({hub.license_rows[name]["derivatives"] for name in hub.licenses(edge.parent)})}
        | judged_as(hub, edge)
        | licenses_of(hub, edge)
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, min_downloads)
        if "no_derivatives" in hub.imposed(edge.parent) and edge.child != edge.parent
    ]
    return sorted(rows, key=below_first)[:limit]


def first_loosening(
    hub: Hub, terms: list[str], changes: list[str], *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    def lost(edge: Edge) -> set[str]:
        return {term for term in terms_lost_on(hub, edge) if stem_of(term) in terms}

    straight = [(edge, lost(edge)) for edge in hub.edges if edge.relation in relations and not hub.loop(edge)]
    rows = []
    for edge in steps_down(hub, relations, min_downloads):
        above = hub.above(edge.parent, relations)
        first = lost(edge).difference(*(found for other, found in straight if other.child in above))
        if first and hub.license_change(edge) in changes:
            rows.append(
                step_of(hub, edge)
                | {
                    "publisher": owner_of(edge.child),
                    "terms": sorted(first),
                    "license_change": hub.license_change(edge),
                }
                | judged_as(hub, edge)
                | licenses_of(hub, edge)
                | standing_of(hub, edge)
            )
    return sorted(rows, key=below_first)[:limit]


def undecidable_lineage(hub: Hub, reasons: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        causes = hub.unknown_above(id_)
        wanted = [cause for cause in causes if cause[2] in reasons]
        if not wanted or loads_of(hub, id_) < min_downloads:
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
                **label_of(hub, id_),
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
            or loads_of(hub, id_) < min_downloads
        ):
            continue
        asking = [
            (hops, ancestor)
            for ancestor, hops in hub.above(id_, relations).items()
            if 0 < hops <= max_hops and any(stem_of(term) in terms for term in hub.imposed(ancestor))
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
                    "terms": sorted(term for term in hub.imposed(ancestor) if stem_of(term) in terms),
                    "ancestor_licenses": hub.licenses(ancestor),
                    "relations": types,
                    "path": ids,
                    **label_of(hub, id_),
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
        return sorted(term for term in hub.terms(license_) or () if stem_of(term) in terms)

    rows = []
    for id_ in hub.listed:
        shown = any(named(name) for name in hub.licenses(id_))
        if hub.family(id_) not in families or shown or loads_of(hub, id_) < min_downloads:
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
                    **label_of(hub, id_),
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
        if gated and hub.fact(id_, "gated") is False and loads_of(hub, id_) >= min_downloads:
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
                    "same_publisher": owner_of(id_) == owner_of(ancestor),
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
        step_of(hub, edge)
        | {"child_license": after, "parent_license": before, "license_change": hub.license_change(edge)}
        | judged_as(hub, edge)
        | {
            "same_publisher": owner_of(edge.child) == owner_of(edge.parent),
            "days_after_parent": hub.days_after_parent(edge),
        }
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, min_downloads)
        for before in hub.licenses(edge.parent)
        for after in hub.licenses(edge.child)
        if hub.license_change(edge) in changes
        and parts(before)[0] == parts(after)[0]
        and parts(before)[1] != parts(after)[1]
        and parts(before)[1]
        and parts(after)[1]
    ]
    return sorted(rows, key=lambda row: (*below_first(row), row["child_license"], row["parent_license"]))[:limit]


def mislicensed_copies(
    hub: Hub, changes: list[str], relations: list[str], *, min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | licenses_of(hub, edge)
        | {"license_change": hub.license_change(edge)}
        | judged_as(hub, edge)
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, min_downloads)
        for before, after in [(hub.licenses(edge.parent), hub.licenses(edge.child))]
        if before and after and before != after and hub.license_change(edge) in changes
    ]
    return sorted(rows, key=below_first)[:limit]


def loosening_publishers(
    hub: Hub, changes: list[str], relations: list[str], *, min_edges: int, limit: int
) -> list[Row]:
    steps: dict[str, list[Edge]] = defaultdict(list)
    for edge in hub.edges:
        if edge.relation in relations and hub.license_change(edge) in changes:
            steps[owner_of(edge.child)].append(edge)
    rows = []
    for publisher, edges in steps.items():
        children = {edge.child for edge in edges}
        rows.append(
            {
                "publisher": publisher,
                "edges": len(edges),
                "models": len(children),
                "parents": len({edge.parent for edge in edges}),
                "own_parents": sum(owner_of(edge.parent) == publisher for edge in edges),
                "conflicts": sum(hub.verdict(edge).level == "conflict" for edge in edges),
                "relations": sorted({edge.relation for edge in edges}),
                "descendant_count": sum(map(hub.descendants, children)),
                "downloads": sum(loads_of(hub, child) for child in children),
                "example": min(children, key=lambda id_: (-hub.descendants(id_), id_)),
            }
        )
    rows = [row for row in rows if row["edges"] >= min_edges]
    return sorted(rows, key=lambda row: (-row["edges"], row["publisher"]))[:limit]


def flagged_reach(hub: Hub, relations: list[str], *, max_hops: int, min_downloads: int, limit: int) -> list[Row]:
    return flagged_above(hub, relations, max_hops=max_hops, min_downloads=min_downloads)[:limit]


QUERIES: Queries = {
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
    "risk/flagged_reach": (
        flagged_reach,
        {"relations": ALL, "max_hops": 40, **TOP},
        [{"relations": ["MERGE_OF", "FINETUNE_OF"], "max_hops": 2}, {"min_downloads": 100}, {"limit": 3}],
    ),
}
