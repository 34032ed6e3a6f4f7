"""Queries about where a model stands: what each must answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import networkx as nx

from oracle.hubs import ALL, ANY_SHORTEST, Hub, Row, roots
from oracle.rows import CORINTHIAN, DRAW, KESTREL, STORYTELLER, UP, WEFT_LAST, WEFT_TOP, Queries, moment_of, steps_above


def ancestors(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    return _upwards(hub, model, relations, "ancestor", lambda _, hops: hops <= max_hops)[:limit]


def binding_terms(
    hub: Hub, model: str, relations: list[str], *, max_hops: int, everyone: bool, limit: int
) -> list[Row]:
    rows = []
    for start in hub.named(model):
        for ancestor, hops in hub.above(start, relations).items():
            if hops > max_hops:
                continue
            licenses = hub.licenses(ancestor)
            read = {name: terms for name in licenses if (terms := hub.terms(name)) is not None}
            asked = [(term, None, [n for n in read if term in read[n]]) for term in set().union(*read.values())]
            asked += [
                (None, code, names)
                for code, names in (
                    ("LICENSE_UNKNOWN", [name for name in licenses if name not in read]),
                    ("LICENSE_INCOMPLETE", [name for name in read if not hub.complete(name)]),
                    ("LOW_CONFIDENCE_ROW", [name for name in read if hub.license_rows[name]["confidence"] == "low"]),
                )
                if names
            ]
            beyond = hops == max_hops and hub.parents(tuple(relations))[ancestor]
            asked += [
                (None, code, [])
                for code, so in (
                    ("MISSING", ancestor in hub.missing),
                    ("SILENT", not licenses and ancestor not in hub.missing),
                    ("PARENT_UNRESOLVED", hub.unresolved.get(ancestor)),
                    ("UNDECLARED_PARENT_SUSPECTED", ancestor in hub.suspected),
                    ("FURTHER_UP", beyond),
                )
                if so
            ]
            if not asked and everyone:
                asked = [(None, None, [])]
            types, ids = hub.way(start, ancestor, relations)
            rows += [
                {
                    "model": start,
                    "ancestor": ancestor,
                    "hops": hops,
                    "term": term,
                    "unknown": unknown,
                    "asking": asking,
                    "licenses": licenses,
                    "status": hub.status(ancestor),
                    "relations": types,
                    "path": ids,
                }
                for term, unknown, asking in asked
            ]
    last = "~"  # Cypher sorts null behind every text
    rows.sort(key=lambda r: (r["model"], r["hops"], r["ancestor"], r["term"] or last, r["unknown"] or last))
    return rows[:limit]


def roots_of(hub: Hub, model: str, relations: list[str], limit: int) -> list[Row]:
    return _upwards(hub, model, relations, "root", lambda id_, _: id_ in hub.roots)[:limit]


def _upwards(hub: Hub, name: str, relations: list[str], column: str, wanted: Callable[[str, int], bool]) -> list[Row]:
    rows = []
    for model in hub.named(name):
        for id_, hops in hub.above(model, relations).items():
            if id_ != model and wanted(id_, hops):
                types, ids = hub.way(model, id_, relations)
                rows.append(
                    {"model": model, column: id_, "hops": hops, "relations": types, "path": ids}
                    | {"status": hub.status(id_), "licenses": hub.licenses(id_)}
                )
    return sorted(rows, key=lambda row: (row["model"], row["hops"], row[column]))


def descendants(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    rows = [
        {
            "model": start,
            "descendant": id_,
            "hops": hops,
            "status": hub.status(id_),
            "licenses": hub.licenses(id_),
            "child_count": hub.children(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": moment_of(hub.created(id_)),
        }
        for start in hub.named(model)
        for id_, hops in hub.below(start, relations).items()
        if id_ != start and hops <= max_hops
    ]
    return sorted(rows, key=lambda row: (row["model"], row["hops"], row["descendant"]))[:limit]


def path_between(hub: Hub, model: str, relative: str, relations: list[str]) -> list[Row]:
    lines = [
        (hub.above(child, relations)[parent], child, parent)
        for first in hub.named(model)
        for second in hub.named(relative)
        for child, parent in ((first, second), (second, first))
        if first != second and parent in hub.above(child, relations)
    ]
    if not lines:
        return []
    _, child, parent = min(lines)
    types, ids = hub.way(child, parent, relations)
    if types == ANY_SHORTEST:
        raise ValueError(f"several paths lead from {child} to {parent}: choose other models for the case")
    steps = [
        next(edge for edge in hub.edges if (edge.child, edge.relation, edge.parent) == (ids[n], types[n], ids[n + 1]))
        for n in range(len(types))
    ]
    return [
        {
            "step": number,
            "child": edge.child,
            "relation": edge.relation,
            "parent": edge.parent,
            "license_change": hub.license_change(edge),
            "child_licenses": hub.licenses(edge.child),
            "parent_licenses": hub.licenses(edge.parent),
            "days_after_parent": hub.days_after_parent(edge),
        }
        for number, edge in enumerate(steps, start=1)
    ]


def hubs(hub: Hub, limit: int) -> list[Row]:
    rows = [
        {
            "model": id_,
            "child_count": hub.children(id_),
            "descendant_count": hub.descendants(id_),
            "status": hub.status(id_),
            "licenses": hub.licenses(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": moment_of(hub.created(id_)),
        }
        for id_ in hub.ids
        if hub.children(id_)
    ]
    return sorted(rows, key=lambda row: (-row["child_count"], row["model"]))[:limit]


def families(hub: Hub, limit: int) -> list[Row]:
    graph: nx.DiGraph[str] = nx.DiGraph((e.child, e.parent) for e in hub.edges if e.relation != "MERGE_OF")
    rows = []
    for members in nx.weakly_connected_components(graph):
        if len(members) < 2:
            continue
        family = graph.subgraph(members)
        tops = roots(family)
        first = min(tops, key=lambda id_: (hub.created(id_) or datetime.max.replace(tzinfo=UTC), id_))
        rows.append(
            {
                "family": first,
                "model_count": len(members),
                "root_count": len(tops),
                "generations": nx.dag_longest_path_length(nx.condensation(family)),
                "root_status": hub.status(first),
                "root_licenses": hub.licenses(first),
            }
        )
    return sorted(rows, key=lambda row: (-row["model_count"], row["family"]))[:limit]


def ancestors_picture(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    found = [
        (hops, edge.child, edge.relation, edge.parent)
        for _, place, edge in steps_above(hub, model, relations, max_hops)
        for hops in [place - 1]
    ] + [
        (hops, id_, "UNDER_LICENSE", name)
        for start in hub.named(model)
        for id_, hops in hub.above(start, relations).items()
        for name in hub.licenses(id_)
        if hops <= max_hops
    ]
    return [{"path": list(path)} for _, *path in sorted(found)][:limit]


def descendants_picture(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    distance = {id_: hops for start in hub.named(model) for id_, hops in hub.below(start, relations).items()}
    found = [
        (distance[edge.parent], edge.parent, edge.child, edge.relation)
        for edge in hub.edges
        if edge.relation in relations and distance.get(edge.parent, max_hops) < max_hops
    ]
    return [{"path": [child, relation, parent]} for _, parent, child, relation in sorted(found)][:limit]


QUERIES: Queries = {
    "lineage/ancestors": (
        ancestors,
        {"model": STORYTELLER, **UP},
        [
            {"model": CORINTHIAN},
            {"model": CORINTHIAN.upper(), "max_hops": 2},
            {"model": CORINTHIAN, "relations": ["MERGE_OF"]},
            {"model": WEFT_LAST},  # 8¹² paths
            {"model": "saltmarsh-ai/Moorhen-1B-iter12", "limit": 3},
            {"model": "roundelay/Rondo-2"},  # on a circle: never its own ancestor
            {"model": "bitcellar/Kestrel-7B-Instruct-v2-QLoRA"},  # two relations for one parent
            {"model": KESTREL},  # a root
        ],
    ),
    "lineage/ancestors_picture": (
        ancestors_picture,
        {"model": STORYTELLER, **DRAW},
        [{"model": CORINTHIAN}, {"model": CORINTHIAN, "relations": ["MERGE_OF"], "max_hops": 2}, {"limit": 2}],
    ),
    "lineage/binding_terms": (
        binding_terms,
        {"model": STORYTELLER, "relations": ALL, "max_hops": 40, "everyone": False, "limit": 1000},
        [
            {"model": "alloy-foundry/Pewter-8B"},
            {"model": CORINTHIAN, "everyone": True},
            {"model": CORINTHIAN, "relations": ["MERGE_OF"], "max_hops": 1},
            {"model": WEFT_LAST, "limit": 12},  # 8¹² paths
            {"model": "roundelay/Rondo-2"},  # on a circle: its own licence is told once, at 0 hops
            {"model": "gorseland/Kestrel-7B-Split"},  # two licences, of which one asks
            {"model": "gorseland/Kestrel-7B-Rail"},  # a list of restrictions that nobody names
            {"model": "redshank-labs/Orrery-70B-Science"},  # a licence in no table
            {"model": "ORRERY-LABS/orrery-8b"},  # under a missing parent
            {"model": "amberquay/my-kestrel"},  # a bare name as its parent
            {"model": "lanternfish/Kestrel-7B-Recipes"},  # below a re-upload that names no parent
            {"model": "lumenforge/Lumen-4B-Thinking"},  # nothing but open licences
            {"model": "meta-llama/Llama-3.1-8B"},  # missing itself
        ],
    ),
    "lineage/descendants": (
        descendants,
        {"model": KESTREL, **UP},
        [
            {"model": "mossgate/dunlin-vit"},
            {"model": "papermoth/ibis-small"},  # exactly this one of three spellings
            {"model": "papermoth/Ibis-SMALL"},  # none of them exactly, so all
            {"model": "bert-base-uncased"},  # its former name
            {"model": "quillon-research/heron-base-uncased", "relations": ["ADAPTER_OF", "QUANTIZATION_OF"]},
            {"model": WEFT_TOP, "max_hops": 2},
            {"model": KESTREL, "limit": 5},
        ],
    ),
    "lineage/descendants_picture": (
        descendants_picture,
        {"model": KESTREL, **DRAW},
        [{"model": "mossgate/dunlin-vit", "max_hops": 2}, {"relations": ["ADAPTER_OF"]}, {"limit": 4}],
    ),
    "lineage/families": (families, {"limit": 20}, [{"limit": 1000}]),
    "lineage/hubs": (hubs, {"limit": 20}, [{"limit": 8}]),
    "lineage/path_between": (
        path_between,
        {"model": STORYTELLER, "relative": KESTREL, "relations": ALL},
        [
            {"model": KESTREL, "relative": CORINTHIAN},  # the older one first
            {"model": CORINTHIAN, "relative": "LUMENFORGE/lumen-4b-base"},
            {"model": "saltmarsh-ai/Moorhen-1B", "relative": "saltmarsh-ai/Moorhen-1B-iter12"},
            {"model": "quietloom/gpt2-limericks", "relative": "gpt2"},
            {"model": STORYTELLER, "relative": KESTREL, "relations": ["MERGE_OF"]},
            {"model": STORYTELLER, "relative": "driftglass/Kestrel-7B-Chat"},  # cousins
            {"model": KESTREL, "relative": KESTREL},
        ],
    ),
    "lineage/roots": (
        roots_of,
        {"model": CORINTHIAN, "relations": ALL, "limit": 1000},
        [
            {"model": WEFT_LAST},
            {"model": "quietloom/Rondo-Coda-GGUF"},  # under a circle without an entry
            {"model": CORINTHIAN, "relations": ["MERGE_OF"]},
            {"model": CORINTHIAN, "limit": 1},
            {"model": KESTREL},
        ],
    ),
}
