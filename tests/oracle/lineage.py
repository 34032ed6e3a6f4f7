"""Queries about where a model stands: what each must answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import networkx as nx

from oracle.hubs import ALL, ANY_SHORTEST, BACKFILL, Edge, Hub, Row, roots
from oracle.rows import (
    CORINTHIAN,
    DRAW,
    KESTREL,
    STORYTELLER,
    TOP,
    UP,
    WEFT_LAST,
    WEFT_TOP,
    Queries,
    loads_of,
    moment_of,
    owner_of,
    steps_above,
)


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
    return _numbered(hub, steps)


def longest_path_between(hub: Hub, model: str, relative: str, relations: list[str]) -> list[Row]:
    steps = [edge for edge in hub.edges if edge.relation in relations and not hub.loop(edge)]
    graph = nx.DiGraph((edge.child, edge.parent) for edge in steps)
    lines = []
    for first in hub.named(model):
        for second in hub.named(relative):
            for child, parent in ((first, second), (second, first)):
                if child != parent and {child, parent} <= set(graph) and nx.has_path(graph, child, parent):
                    lines.append(_longest_line(hub, graph, child, parent))
    if not lines:
        return []
    line = min(lines, key=lambda ids: (-len(ids), ids[0]))
    return _numbered(hub, [min(_between(steps, *pair), key=lambda e: e.relation) for pair in pairwise(line)])


def _longest_line(hub: Hub, graph: nx.DiGraph[str], child: str, parent: str) -> list[str]:
    """Built downwards; of several that are equally far, the model of the latest generation, then the first by id."""
    between = (nx.descendants(graph, child) | {child}) & (nx.ancestors(graph, parent) | {parent})
    part = graph.subgraph(between)
    far = {child: 0}
    for id_ in nx.topological_sort(part):
        if id_ != child:
            far[id_] = 1 + max(far[below] for below in part.predecessors(id_))
    line = [parent]
    while line[0] != child:
        below = [id_ for id_ in part.predecessors(line[0]) if far[id_] == far[line[0]] - 1]
        line.insert(0, min(below, key=lambda id_: (-hub.generations[id_][1], id_)))
    return line


def _between(steps: list[Edge], child: str, parent: str) -> list[Edge]:
    return [edge for edge in steps if (edge.child, edge.parent) == (child, parent)]


def _numbered(hub: Hub, steps: list[Edge]) -> list[Row]:
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


def common_ancestors(hub: Hub, model: str, relative: str, relations: list[str], limit: int) -> list[Row]:
    rows = []
    for first in hub.named(model):
        for second in hub.named(relative):
            one, other = hub.above(first, relations), hub.above(second, relations)
            rows += [
                {
                    "model": first,
                    "relative": second,
                    "ancestor": id_,
                    "distance": one[id_] + other[id_],
                    "hops": one[id_],
                    "relative_hops": other[id_],
                    "status": hub.status(id_),
                    "licenses": hub.licenses(id_),
                    "descendant_count": hub.descendants(id_),
                }
                for id_ in one.keys() & other.keys()
                if first != second
            ]
    return sorted(rows, key=lambda r: (r["distance"], r["ancestor"], r["model"], r["relative"]))[:limit]


def depths(hub: Hub, limit: int) -> list[Row]:
    return _by_generation(hub, hub.related)[:limit]


def family_depths(hub: Hub, model: str, limit: int) -> list[Row]:
    return [
        {"family": family} | row
        for family in _families_of(hub, model)
        for row in _by_generation(hub, hub.families[family])
    ][:limit]


def _by_generation(hub: Hub, ids: set[str]) -> list[Row]:
    nearest = Counter(hub.generations[id_][0] for id_ in ids)
    farthest = Counter(hub.generations[id_][1] for id_ in ids)
    return [
        {
            "generation": generation,
            "nearest_root": nearest[generation],
            "farthest_root": farthest[generation],
            "share_farthest": farthest[generation] / len(ids),
        }
        for generation in sorted(nearest | farthest)
    ]


def _families_of(hub: Hub, model: str) -> list[str]:
    return sorted({hub.family_of[id_] for id_ in hub.named(model) if id_ in hub.family_of})


def deepest(hub: Hub, min_generation: int, limit: int) -> list[Row]:
    found = [id_ for id_ in hub.ids if hub.generations[id_][1] >= min_generation]
    found.sort(key=lambda id_: (-hub.generations[id_][1], -hub.generations[id_][0], id_))
    return [
        {
            "model": id_,
            "generation_min": hub.generations[id_][0],
            "generation_max": hub.generations[id_][1],
            "root_count": len((set(hub.above(id_)) - {id_}) & hub.roots),
            "status": hub.status(id_),
            "licenses": hub.licenses(id_),
            "child_count": hub.children(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": moment_of(hub.created(id_)),
        }
        for id_ in found[:limit]
    ]


def family_members(hub: Hub, model: str, limit: int) -> list[Row]:
    rows = [
        {
            "family": family,
            "member": id_,
            "generation": hub.generations[id_][1],
            "status": hub.status(id_),
            "licenses": hub.licenses(id_),
            "child_count": hub.children(id_),
            "descendant_count": hub.descendants(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": moment_of(hub.created(id_)),
        }
        for family in _families_of(hub, model)
        for id_ in hub.families[family]
    ]
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["member"]))[:limit]


def family_members_picture(hub: Hub, model: str, limit: int) -> list[Row]:
    members = {id_ for family in _families_of(hub, model) for id_ in hub.families[family]}
    found = [
        (-hub.descendants(edge.child), edge.child, edge.relation, edge.parent)
        for edge in hub.edges
        if edge.parent in members and hub.children(edge.parent) and edge.relation != "MERGE_OF"
    ]
    return [{"path": list(path)} for _, *path in sorted(found)][:limit]


def family_growth(hub: Hub, model: str, limit: int) -> list[Row]:
    rows = []
    for family in _families_of(hub, model):
        dates = [hub.created(id_) for id_ in hub.families[family]]
        known = sorted(date for date in dates if date)
        for month in sorted({f"{date:%Y-%m}" for date in known}):
            here = [date for date in known if f"{date:%Y-%m}" == month]
            row = {"family": family, "month": month, "created": len(here)}
            row["back_filled"] = sum(date <= BACKFILL for date in here)
            rows.append(row | {"total": sum(f"{date:%Y-%m}" <= month for date in known)})
        if undated := len(dates) - len(known):
            rows.append({"family": family, "month": None, "created": undated, "back_filled": 0, "total": None})
    return rows[:limit]


def _orphans(hub: Hub) -> list[str]:
    return [id_ for id_ in hub.listed if id_ not in hub.related]


def orphans(hub: Hub, min_downloads: int, limit: int) -> list[Row]:
    found = [id_ for id_ in _orphans(hub) if loads_of(hub, id_) >= min_downloads]
    return [
        {
            "model": id_,
            "author": owner_of(id_),
            "licenses": hub.licenses(id_),
            "task": hub.fact(id_, "pipeline_tag"),
            "unresolved_parents": sorted(hub.unresolved.get(id_, [])) or None,
            "parent_hints": hub.suspected.get(id_),
            "downloads": hub.fact(id_, "downloads"),
            "likes": hub.fact(id_, "likes"),
            "created_at": moment_of(hub.created(id_)),
        }
        for id_ in sorted(found, key=lambda id_: (-loads_of(hub, id_), id_))[:limit]
    ]


def orphan_counts(hub: Hub, kind: str, limit: int) -> list[Row]:
    found: dict[str, list[str]] = {}
    for id_ in _orphans(hub):
        for value in [owner_of(id_)] if kind == "author" else hub.traits(id_, kind):
            found.setdefault(value, []).append(id_)
    rows = [
        {
            "value": value,
            "orphans": len(ids),
            "suspected": sum(id_ in hub.suspected or id_ in hub.unresolved for id_ in ids),
            "downloads": sum(loads_of(hub, id_) for id_ in ids),
        }
        for value, ids in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["orphans"], row["value"]))[:limit]


def influence(hub: Hub, model: str, relations: list[str], *, max_hops: int, limit: int) -> list[Row]:
    rows = []
    for start in sorted(hub.named(model)):
        below = {id_: hops for id_, hops in hub.below(start, relations).items() if id_ in hub.listed}
        for distance in range(max_hops + 1):
            ids = [id_ for id_, hops in below.items() if hops == distance]
            if ids:
                first = min(ids, key=lambda id_: (-loads_of(hub, id_), id_))
                rows.append({"model": start, "hops": distance, **_weights(hub, ids), "most_downloaded": first})
    return rows[:limit]


def _weights(hub: Hub, ids: list[str]) -> Row:
    likes = sum(hub.fact(id_, "likes") or 0 for id_ in ids)
    return {"models": len(ids), "downloads": sum(loads_of(hub, id_) for id_ in ids), "likes": likes}


def influence_ranking(hub: Hub, weight: str, candidates: int, relations: list[str], *, limit: int) -> list[Row]:
    hubs_ = sorted(filter(hub.children, hub.ids), key=lambda id_: (-hub.descendants(id_), id_))
    rows = []
    for id_ in hubs_[:candidates]:
        below = [other for other in hub.below(id_, relations) if other != id_ and other in hub.listed]
        found = _weights(hub, below)
        if below:
            rows.append(
                {
                    "model": id_,
                    "descendants": found["models"],
                    "descendant_downloads": found["downloads"],
                    "descendant_likes": found["likes"],
                    "downloads": hub.fact(id_, "downloads"),
                    "likes": hub.fact(id_, "likes"),
                    "status": hub.status(id_),
                    "licenses": hub.licenses(id_),
                }
            )
    return sorted(rows, key=lambda row: (-row[f"descendant_{weight}"], row["model"]))[:limit]


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
    joined: nx.DiGraph[str] = nx.DiGraph((e.child, e.parent) for e in hub.edges if e.relation != "MERGE_OF")
    rows = []
    for first, members in hub.families.items():
        family = joined.subgraph(members)
        rows.append(
            {
                "family": first,
                "model_count": len(members),
                "root_count": len(roots(family)),
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
    "lineage/common_ancestors": (
        common_ancestors,
        {"model": STORYTELLER, "relative": "tinhare/kestrel-7b-sql-lora", "relations": ALL, "limit": 100},
        [
            {"relative": KESTREL},  # one descends from the other
            {"relative": "lumenforge/Lumen-4B-Base"},  # no relatives
            {"model": CORINTHIAN, "relative": "magpie-merges/Hydra-4B"},
            {"model": WEFT_LAST, "relative": "weftworks/Weft-13a-3B", "limit": 3},
            {"model": "roundelay/Rondo-2", "relative": "quietloom/Rondo-Coda"},  # around a circle
            {"model": CORINTHIAN, "relative": "alloy-foundry/Pewter-8B", "relations": ["FINETUNE_OF"]},
        ],
    ),
    "lineage/deepest": (
        deepest,
        {"min_generation": 1, "limit": 100},
        [{"min_generation": 12}, {"min_generation": 3, "limit": 400}],
    ),
    "lineage/depths": (depths, {"limit": 1000}, [{"limit": 2}]),
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
    "lineage/family_depths": (
        family_depths,
        {"model": KESTREL, "limit": 1000},
        [
            {"model": "saltmarsh-ai/Moorhen-1B-iter12"},
            {"model": "ggufworks/Pewter-8B-GGUF"},  # below a merge
            {"model": WEFT_TOP},  # nothing but merges: no family
            {"model": "twinwell/Echo-A"},
        ],
    ),
    "lineage/family_growth": (
        family_growth,
        {"model": KESTREL, "limit": 1000},
        [
            {"model": "orrery-labs/Orrery-8B"},  # its root is in no snapshot
            {"model": "quietloom/gpt2-limericks"},
            {"model": "quillon-research/heron-base-uncased"},
            {"model": "papermoth/Ibis-SMALL"},  # two models, two families
            {"limit": 2},
        ],
    ),
    "lineage/family_members": (
        family_members,
        {"model": KESTREL, "limit": 1000},
        [
            {"model": "orrery-labs/orrery-8b"},
            {"model": "bert-base-uncased"},
            {"model": "papermoth/Ibis-SMALL"},
            {"model": "alloy-foundry/Bronze-4B"},  # of no family
            {"model": "lumenforge/Lumen-4B-Base", "limit": 6},
        ],
    ),
    "lineage/family_members_picture": (
        family_members_picture,
        {"model": KESTREL, "limit": 300},
        [{"model": "roundelay/Rondo-1"}, {"model": "lumenforge/Lumen-4B-Base", "limit": 9}],
    ),
    "lineage/influence": (
        influence,
        {"model": KESTREL, **UP},
        [
            {"model": "meta-llama/Llama-3.1-8B"},  # missing itself
            {"model": WEFT_TOP, "max_hops": 3},
            {"relations": ["FINETUNE_OF", "QUANTIZATION_OF"], "limit": 2},
            {"model": "twinwell/Echo-A"},
        ],
    ),
    "lineage/influence_ranking": (
        influence_ranking,
        {"weight": "downloads", "candidates": 50, "relations": ALL, "limit": 20},
        [
            {"weight": "likes"},
            {"candidates": 1000, "limit": 30},
            {"candidates": 1000, "relations": ["ADAPTER_OF", "QUANTIZATION_OF"]},
        ],
    ),
    "lineage/longest_path_between": (
        longest_path_between,
        {"model": CORINTHIAN, "relative": "lumenforge/Lumen-4B-Base", "relations": ALL},
        [
            {"model": KESTREL, "relative": CORINTHIAN},  # the older one first
            {"model": WEFT_LAST, "relative": WEFT_TOP},  # 8¹² paths
            {"model": "quietloom/Rondo-Coda-GGUF", "relative": "roundelay/Rondo-3"},
            {"model": "quietloom/Rondo-Coda-GGUF", "relative": "roundelay/Rondo-1"},  # only around the circle
            {"model": "quietloom/gpt2-limericks", "relative": "GPT2"},
            {"model": "bitcellar/Kestrel-7B-Instruct-v2-QLoRA", "relative": KESTREL},  # two relations for one step
            {"relations": ["MERGE_OF"]},
            {"relative": STORYTELLER},  # cousins
        ],
    ),
    "lineage/orphan_counts": (
        orphan_counts,
        {"kind": "license", "limit": 100},
        [{"kind": "author"}, {"kind": "task"}, {"kind": "language"}, {"kind": "library", "limit": 1}],
    ),
    "lineage/orphans": (orphans, TOP | {"limit": 100}, [{"min_downloads": 20}, {"limit": 3}]),
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
