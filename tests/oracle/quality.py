"""Queries about the quality of the data: what each must answer."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx

from oracle.hubs import AS_OF, Hub, Row
from oracle.rows import TOP, Queries, loads_of, moment_of


def opaque_licenses(hub: Hub, readings: list[str], limit: int) -> list[Row]:
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_ in hub.listed:
        for name, (spelt, _) in hub.declarations(id_).items():
            if name in ("other", "unknown"):
                reading = "no_name"
            elif not hub.known(name):
                reading = "unread" if name in hub.license_rows else "unknown_name"
            elif spelt.strip().lower() == "other":
                reading = "resolved"
            else:
                continue
            members[name, reading].append(id_)
    rows = []
    for (name, reading), ids in members.items():
        cards = [hub.listed[id_].get("cardData", {}) for id_ in ids]
        example = min(ids, key=lambda id_: (-loads_of(hub, id_), id_))
        rows.append(
            {
                "license": name,
                "reading": reading,
                "family": hub.license_rows.get(name, {}).get("family"),
                "models": len(ids),
                "named": sum(bool(card.get("license_name")) for card in cards),
                "linked": sum(bool(card.get("license_link")) for card in cards),
                "parents": sum(hub.children(id_) > 0 for id_ in ids),
                "downloads": sum(loads_of(hub, id_) for id_ in ids),
                "example": example,
                "example_link": hub.listed[example].get("cardData", {}).get("license_link"),
            }
        )
    rows = [row for row in rows if row["reading"] in readings]
    return sorted(rows, key=lambda row: (-row["models"], row["license"], row["reading"]))[:limit]


def contradicting_licenses(hub: Hub, *, disputed_only: bool, min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        names = hub.licenses(id_)
        if len(names) < 2 or loads_of(hub, id_) < min_downloads:
            continue
        read = [terms for name in names if (terms := hub.terms(name)) is not None]
        disputed = set().union(*read) - set.intersection(*read) if read else set()
        unknown = [name for name in names if hub.terms(name) is None]
        where = {name: place for name, (_, place) in hub.declarations(id_).items()}
        if disputed or unknown or not disputed_only:
            rows.append(
                {
                    "model": id_,
                    "in_card": [name for name in names if where[name] == "card"],
                    "in_tag_only": [name for name in names if where[name] == "tag"],
                    "families": sorted(
                        {hub.license_rows[name]["family"] for name in names if name in hub.license_rows}
                    ),
                    "disputed_terms": sorted(disputed),
                    "unknown": unknown,
                    "child_count": hub.children(id_),
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def missing_parents(hub: Hub, limit: int) -> list[Row]:
    rows = [
        {
            "parent": id_,
            "child_count": hub.children(id_),
            "descendant_count": hub.descendants(id_),
            "relations": sorted({edge.relation for edge in hub.edges if edge.parent == id_}),
            "first_child": min(edge.child for edge in hub.edges if edge.parent == id_),
            "first_seen": moment_of(AS_OF),
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


QUERIES: Queries = {
    "quality/contradicting_licenses": (
        contradicting_licenses,
        {"disputed_only": False, **TOP},
        [{"disputed_only": True}, {"min_downloads": 100_000_000}, {"limit": 1}],
    ),
    "quality/cycles": (cycles, {"limit": 1000}, [{"limit": 1}]),
    "quality/missing_parents": (missing_parents, {"limit": 100}, [{"limit": 2}]),
    "quality/opaque_licenses": (
        opaque_licenses,
        {"readings": ["resolved", "unread", "unknown_name", "no_name"], "limit": 1000},
        [{"readings": ["no_name", "unread"]}, {"limit": 2}],
    ),
    "quality/unresolved_parents": (unresolved_parents, {"limit": 100}, [{"limit": 2}]),
}
