"""Queries about tasks along the lineage: what each must answer."""

from __future__ import annotations

from collections import Counter, defaultdict

import networkx as nx

from oracle.hubs import ALL, Hub, Row
from oracle.rows import TOP, Queries, below_first, loads_of, standing_of, step_of, steps_above, steps_down
from plain_drift import CLASSES

LINE = ["features", "generative", "classification", "reinforcement-learning"]


def class_of(hub: Hub, id_: str) -> str | None:
    """The paper's class of a model's task."""
    return CLASSES.get(hub.task(id_) or "")


def changed(
    hub: Hub, changes: list[str], tasks: list[str], *, relations: list[str], min_downloads: int, limit: int
) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | {
            "task_change": hub.task_change(edge),
            "parent_task": hub.task(edge.parent),
            "parent_class": class_of(hub, edge.parent),
            "child_task": hub.task(edge.child),
            "child_class": class_of(hub, edge.child),
        }
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, min_downloads)
        if hub.task_change(edge) in changes and (not tasks or hub.task(edge.child) in tasks)
    ]
    return sorted(rows, key=below_first)[:limit]


def dropped(hub: Hub, tasks: list[str], relations: list[str], *, min_downloads: int, limit: int) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | {
            "parent_task": hub.task(edge.parent),
            "parent_class": class_of(hub, edge.parent),
            "child_library": hub.fact(edge.child, "library_name"),
        }
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, min_downloads)
        if hub.task_change(edge) == "dropped" and (not tasks or hub.task(edge.parent) in tasks)
    ]
    return sorted(rows, key=below_first)[:limit]


def path(hub: Hub, model: str, relations: list[str], max_hops: int, limit: int) -> list[Row]:
    return [
        {
            "model": start,
            "hops": hops,
            **step_of(hub, edge),
            "task_change": hub.task_change(edge),
            "child_task": hub.task(edge.child),
            "child_class": class_of(hub, edge.child),
            "parent_task": hub.task(edge.parent),
            "parent_class": class_of(hub, edge.parent),
            "parent_status": hub.status(edge.parent),
        }
        for start, hops, edge in steps_above(hub, model, relations, max_hops)
    ][:limit]


def class_drift(hub: Hub, relations: list[str], limit: int) -> list[Row]:
    steps = defaultdict(list)
    for edge in hub.edges:
        if edge.relation in relations and hub.task_change(edge) == "class_changed":
            steps[class_of(hub, edge.parent), class_of(hub, edge.child)].append(edge)
    rows = []
    for (before, after), edges in steps.items():
        tasks = Counter((hub.task(edge.parent) or "", hub.task(edge.child) or "") for edge in edges)
        commonest = min(tasks, key=lambda pair: (-tasks[pair], pair))
        rows.append(
            {
                "parent_class": before,
                "child_class": after,
                "edges": len(edges),
                "models": len({edge.child for edge in edges}),
                "along_the_line": LINE.index(before or "") < LINE.index(after or ""),
                "commonest_parent_task": commonest[0],
                "commonest_child_task": commonest[1],
                "commonest_edges": tasks[commonest],
            }
        )
    return sorted(rows, key=lambda row: (-row["edges"], row["parent_class"], row["child_class"]))[:limit]


def transition_matrix(hub: Hub, relations: list[str], min_edges: int, limit: int) -> list[Row]:
    counted = Counter(
        (hub.task(edge.parent), hub.task(edge.child))
        for edge in hub.edges
        if edge.relation in relations and edge.parent in hub.listed and edge.child != edge.parent
    )
    total, declaring = Counter[str | None](), Counter[str | None]()
    for (before, after), edges in counted.items():
        total[before] += edges
        declaring[before] += edges if after else 0
    last = "~"  # Cypher sorts null behind every text
    return [
        {
            "parent_task": before,
            "child_task": after,
            "edges": edges,
            "share_of_parent": edges / total[before],
            "share_of_declaring": edges / declaring[before] if after else None,
        }
        for (before, after), edges in sorted(
            counted.items(), key=lambda item: (-item[1], item[0][0] or last, item[0][1] or last)
        )
        if edges >= min_edges
    ][:limit]


def breadth(hub: Hub, min_models: int, limit: int) -> list[Row]:
    rows = []
    for family, members in hub.families.items():
        tasks = Counter(task for id_ in members if (task := hub.task(id_)))
        if len(members) < min_models or not tasks:
            continue
        ordered = sorted(tasks, key=lambda task: (-tasks[task], task))
        classes = sorted({CLASSES[task] for task in tasks if task in CLASSES})
        rows.append(
            {
                "family": family,
                "model_count": len(members),
                "models_with_task": tasks.total(),
                "task_count": len(tasks),
                "class_count": len(classes),
                "tasks": ordered,
                "classes": classes,
                "commonest_task": ordered[0],
                "commonest_share": tasks[ordered[0]] / tasks.total(),
            }
        )
    return sorted(rows, key=lambda row: (-row["task_count"], -row["models_with_task"], row["family"]))[:limit]


def new_class(hub: Hub, classes: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.listed:
        above = nx.descendants(hub.lineage, id_) - {id_}
        of_class = {ancestor: class_ for ancestor in above if (class_ := class_of(hub, ancestor))}
        own = class_of(hub, id_)
        if own not in classes or own in of_class.values() or not of_class or loads_of(hub, id_) < min_downloads:
            continue
        distance = hub.above(id_)
        nearest = min(of_class, key=lambda ancestor: (distance[ancestor], ancestor))
        types, ids = hub.way(id_, nearest)
        rows.append(
            {
                "model": id_,
                "task": hub.task(id_),
                "task_class": own,
                "upstream_task_classes": sorted(set(of_class.values())),
                "unknown_ancestors": len(above) - len(of_class),
                "ancestor": nearest,
                "ancestor_task": hub.task(nearest),
                "hops": distance[nearest],
                "relations": types,
                "path": ids,
                "descendant_count": hub.descendants(id_),
                "downloads": hub.fact(id_, "downloads"),
            }
        )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


QUERIES: Queries = {
    "task/breadth": (breadth, {"min_models": 2, "limit": 50}, [{"min_models": 10}, {"limit": 3}]),
    "task/changed": (
        changed,
        {"changes": ["changed", "class_changed"], "tasks": [], "relations": ALL} | TOP,
        [
            {"changes": ["dropped", "added", "unknown"]},
            {"tasks": ["translation", "summarization"]},
            {"relations": ["ADAPTER_OF"]},
            {"min_downloads": 100},
            {"limit": 3},
        ],
    ),
    "task/class_drift": (class_drift, {"relations": ALL, "limit": 12}, [{"relations": ["ADAPTER_OF"]}, {"limit": 1}]),
    "task/dropped": (
        dropped,
        {"tasks": [], "relations": ALL} | TOP,
        [{"tasks": ["translation"]}, {"relations": ["QUANTIZATION_OF"]}, {"min_downloads": 11}],
    ),
    "task/new_class": (
        new_class,
        {"classes": LINE} | TOP,
        [{"classes": ["generative"]}, {"min_downloads": 100}, {"limit": 2}],
    ),
    "task/path": (
        path,
        {"model": "redshank-labs/dunlin-arm-sim", "relations": ALL, "max_hops": 40, "limit": 1000},
        [
            {"model": "magpie-merges/Corinthian-8B-v2"},
            {"max_hops": 2},
            {"model": "ploverlab/curlew-meetings-speakers", "relations": ["FINETUNE_OF"]},
            {"limit": 1},
        ],
    ),
    "task/transition_matrix": (
        transition_matrix,
        {"relations": ALL, "min_edges": 1, "limit": 1000},
        [{"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]}, {"min_edges": 8}, {"limit": 3}],
    ),
}
