"""Queries about licences in numbers: what each must answer."""

from __future__ import annotations

from collections import Counter

from oracle.hubs import ALL, Hub, Row
from oracle.rows import FAMILIES, Queries


def transition_matrix(hub: Hub, relations: list[str], families: list[str], *, min_edges: int, limit: int) -> list[Row]:
    counted: Counter[tuple[str | None, str | None]] = Counter()
    for edge in hub.edges:
        if edge.relation in relations and edge.parent in hub.listed and edge.child != edge.parent:
            for before in hub.licenses(edge.parent) or [None]:
                if not families or hub.license_rows.get(before or "", {}).get("family") in families:
                    counted.update((before, after) for after in hub.licenses(edge.child) or [None])
    total = Counter[str | None]()
    for (before, _), edges in counted.items():
        total[before] += edges
    last = "~"  # Cypher sorts null behind every text
    return [
        {"parent_license": before, "child_license": after, "edges": edges, "share_of_parent": edges / total[before]}
        for (before, after), edges in sorted(
            counted.items(), key=lambda item: (-item[1], item[0][0] or last, item[0][1] or last)
        )
        if edges >= min_edges
    ][:limit]


def retention_by_generation(
    hub: Hub, families: list[str], relations: list[str], *, max_hops: int, limit: int
) -> list[Row]:
    found: Counter[tuple[str, int, str]] = Counter()
    for root in sorted(hub.roots & set(hub.listed)):
        if not hub.children(root):
            continue
        below = hub.below(root, relations)
        for name in hub.licenses(root):
            family = hub.license_rows.get(name, {}).get("family")
            for model, hops in below.items():
                if family in families and 0 < hops <= max_hops:
                    own = hub.licenses(model)
                    found[family, hops, "kept" if name in own else "other" if own else "silent"] += 1
    rows = []
    for family, generation in sorted({key[:2] for key in found}):
        counts = {word: found[family, generation, word] for word in ("kept", "other", "silent")}
        descendants = sum(counts.values())
        rows.append(
            {"family": family, "generation": generation, "descendants": descendants}
            | counts
            | {"share_kept": counts["kept"] / descendants}
        )
    return rows[:limit]


QUERIES: Queries = {
    "license/retention_by_generation": (
        retention_by_generation,
        {"families": FAMILIES[1:], "relations": ALL, "max_hops": 40, "limit": 1000},
        [
            {"families": ["permissive"], "max_hops": 3},
            {"limit": 2},
            {"relations": ["FINETUNE_OF"]},
        ],
    ),
    "license/transition_matrix": (
        transition_matrix,
        {"relations": ALL, "families": [], "min_edges": 1, "limit": 1000},
        [
            {"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]},
            {"families": ["non_commercial"]},
            {"min_edges": 8},
            {"limit": 3},
        ],
    ),
}
