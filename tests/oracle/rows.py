"""What the expected rows of several groups of queries share: columns, orders, parameters of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from oracle.hubs import ALL, SUSPECTED, Edge, Hub, Row

Queries = dict[str, tuple[Callable[..., list[Row]], Row, list[Row]]]
"""By query id: how to answer it, its defaults, and further cases as what differs from the defaults."""


def moment_of(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def steps_above(hub: Hub, model: str, relations: list[str], max_hops: int) -> list[tuple[str, int, Edge]]:
    found = [
        (start, distance[edge.child] + 1, edge)
        for start in hub.named(model)
        for distance in [hub.above(start, relations)]
        for edge in hub.edges
        if edge.relation in relations and distance.get(edge.child, max_hops) < max_hops
    ]
    return sorted(found, key=lambda step: (step[0], step[1], step[2].child, step[2].relation, step[2].parent))


def step_of(hub: Hub, edge: Edge) -> Row:
    return {"child": edge.child, "relation": edge.relation, "parent": edge.parent}


def judged_as(hub: Hub, edge: Edge) -> Row:
    verdict = hub.verdict(edge)
    return {"license_verdict": verdict.level, "license_reasons": list(verdict.reasons)}


def licenses_of(hub: Hub, edge: Edge) -> Row:
    return {"child_licenses": hub.licenses(edge.child), "parent_licenses": hub.licenses(edge.parent)}


def standing_of(hub: Hub, edge: Edge) -> Row:
    return {
        "same_publisher": owner_of(edge.child) == owner_of(edge.parent),
        "descendant_count": hub.descendants(edge.child),
        "downloads": hub.fact(edge.child, "downloads"),
        "confidence": edge.confidence,
        "evidence": list(edge.evidence),
    }


FORMATS = {
    *("coreml", "flax", "ggml", "gguf", "jax", "joblib", "keras", "mlx", "onnx", "openvino", "pytorch", "rust"),
    *("safetensors", "tf", "tflite"),
}


def formats_of(hub: Hub, id_: str) -> list[str] | None:
    """Weight formats that its tags name; None for none."""
    return sorted(FORMATS & set(hub.listed.get(id_, {"tags": []})["tags"])) or None


def size_of(hub: Hub, id_: str) -> int | None:
    """Its parameters, from safetensors or else GGUF metadata."""
    row = hub.listed.get(id_, {})
    return next((row[name]["total"] for name in ("safetensors", "gguf") if name in row), None)


def owner_of(id_: str) -> str:
    return id_.partition("/")[0]


def loads_of(hub: Hub, id_: str) -> int:
    return hub.fact(id_, "downloads") or 0


def below_first(row: Row) -> tuple[Any, ...]:
    return -row["descendant_count"], row["child"], row["relation"], row["parent"]


def terms_lost_on(hub: Hub, edge: Edge) -> list[str]:
    """What is known to be lost: nothing where the child is under a licence whose terms are not known."""
    kept = [hub.terms(name) for name in hub.licenses(edge.child)]
    known = [terms for terms in kept if terms is not None]
    return sorted(hub.imposed(edge.parent).difference(*known)) if len(known) == len(kept) else []


def label_of(hub: Hub, id_: str) -> Row:
    verdict = hub.label(id_)
    return {"label_verdict": verdict and verdict.level, "label_reasons": verdict and list(verdict.reasons)}


def steps_down(hub: Hub, relations: list[str], min_downloads: int) -> Iterator[Edge]:
    """Edges of some relations to a listed model that is used enough."""
    return (edge for edge in hub.edges if edge.relation in relations and loads_of(hub, edge.child) >= min_downloads)


def flagged_above(hub: Hub, relations: list[str], *, max_hops: int, min_downloads: int) -> list[Row]:
    """A row for each listed model that is used enough and each flagged model above it."""
    rows = []
    for id_ in hub.listed:
        for ancestor, hops in hub.above(id_, relations).items():
            if 0 < hops <= max_hops and ancestor in hub.flags and loads_of(hub, id_) >= min_downloads:
                flag, (types, ids) = hub.flags[ancestor], hub.way(id_, ancestor, relations)
                rows.append(
                    {
                        "model": id_,
                        "ancestor": ancestor,
                        "hops": hops,
                        "flagged_by": flag["who"],
                        "flagged_why": flag["why"],
                        "flagged_at": moment_of(flag["at"]),
                        "licenses": hub.licenses(id_),
                        "ancestor_licenses": hub.licenses(ancestor),
                        "relations": types,
                        "path": ids,
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                        "lineage_confidence": hub.lineage_confidence(id_),
                    }
                )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"], row["hops"], row["ancestor"]))


def stem_of(term: str) -> str:
    return term.partition(":")[0]


KESTREL, STORYTELLER = "northwind-ai/Kestrel-7B", "brightmoor/Kestrel-Storyteller-7B"
CORINTHIAN = "magpie-merges/Corinthian-8B-v2"
WEFT_TOP, WEFT_LAST = "weftworks/Weft-01a-3B", "weftworks/Weft-14h-3B"
UP = {"relations": ALL, "max_hops": 40, "limit": 1000}
DRAW = UP | {"limit": 300}
TOP = {"min_downloads": 0, "limit": 1000}
FAMILIES = [
    *("permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community"),
    "no_derivatives",
]
UNKNOWN = [
    *("PARENT_SILENT", "PARENT_MISSING", "PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED"),
    SUSPECTED,
]
RESTRICTIONS = [
    *("noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "use_restrictions"),
    *("agreement", "name_prefix", "outputs_no_other_models", "territory"),
]
