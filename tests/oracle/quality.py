"""Queries about the quality of the data: what each must answer."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict

import iso639
import networkx as nx

import plain_hints
from oracle.hubs import ALL, AS_OF, DATA, Edge, Hub, Row
from oracle.rows import (
    TOP,
    Queries,
    below_first,
    formats_of,
    loads_of,
    moment_of,
    owner_of,
    size_of,
    standing_of,
    step_of,
    steps_down,
)

CONVERTED = {"coreml", "ggml", "gguf", "onnx", "openvino", "tflite"}


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


def self_parents(hub: Hub, limit: int) -> list[Row]:
    rows = []
    for id_ in hub.ids:
        loops = [edge for edge in hub.edges if edge.child == id_ == edge.parent]
        if loops:
            rows.append(
                {
                    "model": id_,
                    "relations": sorted(edge.relation for edge in loops),
                    "declared_as": sorted({hub.spelt(edge) or id_ for edge in loops}),
                    "evidence": sorted({where for edge in loops for where in edge.evidence}),
                    "other_parents": sorted({e.parent for e in hub.edges if e.child == id_ != e.parent}),
                    "descendant_count": hub.descendants(id_),
                    "downloads": hub.fact(id_, "downloads"),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["model"]))[:limit]


def duplicate_names(hub: Hub, causes: list[str], limit: int) -> list[Row]:
    found: list[tuple[str, str, str, int]] = []
    for one in hub.ids:
        twins = [other for other in hub.ids if one < other and one.lower() == other.lower()]
        found += [(one, other, "twin", hub.children(other)) for other in twins]
    children: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in hub.edges:
        if (name := hub.spelt(edge)) is not None:
            children[edge.parent, name].add(edge.child)
    for (model, name), named_by in children.items():
        found.append((model, name, "alias" if name.lower() in hub.moved else "spelling", len(named_by)))
    rows = [
        {
            "model": model,
            "other_name": name,
            "cause": cause,
            "children": count,
            "status": hub.status(model),
            "other_status": hub.status(name) if cause == "twin" else None,
            "same_hub_id": same_repository(hub, model, name) if cause == "twin" else None,
            "child_count": hub.children(model),
        }
        for model, name, cause, count in found
        if cause in causes
    ]
    return sorted(rows, key=lambda row: (-row["children"], row["model"], row["other_name"]))[:limit]


def same_repository(hub: Hub, one: str, other: str) -> bool | None:
    ids = hub.fact(one, "_id"), hub.fact(other, "_id")
    return None if None in ids else ids[0] == ids[1]


def several_relations(hub: Hub, limit: int) -> list[Row]:
    pairs: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in hub.edges:
        pairs[edge.child, edge.parent].append(edge)
    rows = []
    for (child, parent), edges in pairs.items():
        if len(edges) > 1:
            edges.sort(key=lambda edge: edge.relation)
            rows.append(
                {
                    "child": child,
                    "parent": parent,
                    "relations": [edge.relation for edge in edges],
                    "evidence": [f"{edge.relation}: {' '.join(edge.evidence)}" for edge in edges],
                    "child_formats": formats_of(hub, child),
                    "same_publisher": owner_of(child) == owner_of(parent),
                    "descendant_count": hub.descendants(child),
                    "downloads": hub.fact(child, "downloads"),
                }
            )
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["child"], row["parent"]))[:limit]


def no_relation(hub: Hub, min_downloads: int, limit: int) -> list[Row]:
    rows = [
        {
            "child": edge.child,
            "parent": edge.parent,
            "parent_status": hub.status(edge.parent),
            "child_formats": formats_of(hub, edge.child),
            "library": hub.fact(edge.child, "library_name"),
        }
        | standing_of(hub, edge)
        for edge in steps_down(hub, ["BASED_ON"], min_downloads)
    ]
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["child"], row["parent"]))[:limit]


def older_than_parent(hub: Hub, min_days: int, relations: list[str], limit: int) -> list[Row]:
    rows = [
        step_of(hub, edge)
        | {
            "days_before_parent": -days,
            "child_created_at": moment_of(hub.created(edge.child)),
            "parent_created_at": moment_of(hub.created(edge.parent)),
            "in_cycle": hub.loop(edge),
        }
        | standing_of(hub, edge)
        for edge in steps_down(hub, relations, 0)
        if (days := hub.days_after_parent(edge)) is not None and days < 0 and -days >= min_days
    ]
    return sorted(rows, key=lambda r: (-r["days_before_parent"], r["child"], r["relation"], r["parent"]))[:limit]


def unknown_codes(hub: Hub, kinds: list[str], min_models: int, limit: int) -> list[Row]:
    members: dict[tuple[str, str], dict[str, str | None]] = defaultdict(dict)
    for id_ in hub.listed:
        for name, (spelt, _) in hub.declarations(id_).items():
            if name not in hub.license_rows:
                members["license", name][id_] = spelt if spelt != name else None
        for name in hub.languages(id_):
            if name not in ("multilingual", "code") and not is_language(name):
                members["language", name][id_] = None
        for kind, field, table in (("task", "pipeline_tag", "tasks"), ("library", "library_name", "libraries")):
            value = hub.fact(id_, field)
            if value and value not in {row["id"] for row in plain_hints.table(f"{table}.csv")}:
                members[kind, value][id_] = None
    rows = [
        {
            "kind": kind,
            "code": code,
            "models": len(ids),
            "parents": sum(hub.children(id_) > 0 for id_ in ids),
            "publishers": len(set(map(owner_of, ids))),
            "spellings": sorted({spelt for spelt in ids.values() if spelt is not None}),
            "downloads": sum(loads_of(hub, id_) for id_ in ids),
            "example": min(ids, key=lambda id_: (-loads_of(hub, id_), id_)),
        }
        for (kind, code), ids in members.items()
        if kind in kinds and len(ids) >= min_models
    ]
    return sorted(rows, key=lambda row: (-row["models"], row["kind"], row["code"]))[:limit]


def is_language(code: str) -> bool:
    return iso639.is_language(code, ("pt1", "pt3"))


def implausible_relations(hub: Hub, reasons: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for edge in steps_down(hub, ALL, min_downloads):
        formats = formats_of(hub, edge.child)
        size, its_size = size_of(hub, edge.child), size_of(hub, edge.parent)
        share = None if size is None or its_size is None else size / its_size
        found = {
            "converted_files": edge.relation in ("FINETUNE_OF", "MERGE_OF") and formats and set(formats) <= CONVERTED,
            "far_smaller": edge.relation == "FINETUNE_OF" and share is not None and share < 1 / 10,
            "full_size": edge.relation == "ADAPTER_OF"
            and share is not None
            and share >= 1 / 2
            and not any(e.relation == "ADAPTER_OF" and e.child == edge.parent for e in hub.edges),
        }
        rows += [
            step_of(hub, edge)
            | {
                "reason": reason,
                "formats": formats,
                "library": hub.fact(edge.child, "library_name"),
                "parameters": size,
                "parent_parameters": its_size,
            }
            | standing_of(hub, edge)
            for reason, so in found.items()
            if so and reason in reasons and edge.child != edge.parent
        ]
    return sorted(rows, key=lambda row: (*below_first(row), row["reason"]))[:limit]


def rejected_rows(hub: Hub, limit: int) -> list[Row]:
    """Nothing of the example hub is rejected; the id of a snapshot is its moment and a digest of its files."""
    contents = hashlib.sha256((DATA / "example_hub.jsonl").read_bytes()).hexdigest()
    row = {
        "snapshot": f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}-{hashlib.sha256(contents.encode()).hexdigest()[:8]}",
        "as_of": moment_of(AS_OF),
        "status": "complete",
        "reason": None,
        "rejected": 0,
        "share": 0.0,
        "rows": len(hub.listed),
        "sources": ["example_hub.jsonl"],
    }
    return [row][:limit]


def config_mismatch(hub: Hub, readings: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for id_, row in hub.listed.items():
        config = row.get("config", {})
        named = [config.get("peft", {}).get("base_model_name_or_path")]
        named += [config.get("adapter_transformers", {}).get("model_name")]
        parents = sorted({edge.parent for edge in hub.edges if edge.child == id_} - {id_})
        for name in dict.fromkeys(filter(None, named)):
            reading, model = _config_reading(hub, id_, name, parents)
            if reading in readings and loads_of(hub, id_) >= min_downloads:
                rows.append(
                    {
                        "model": id_,
                        "config_parent": name,
                        "reading": reading,
                        "config_model": model,
                        "parents": parents,
                        "unresolved_parents": sorted(hub.unresolved[id_]) if id_ in hub.unresolved else None,
                        "licenses": hub.licenses(id_),
                        "config_licenses": hub.licenses(model) if model else [],
                        "parent_licenses": sorted({name for parent in parents for name in hub.licenses(parent)}),
                        "descendant_count": hub.descendants(id_),
                        "downloads": hub.fact(id_, "downloads"),
                    }
                )
    return sorted(rows, key=lambda row: (-(row["downloads"] or 0), row["model"], row["config_parent"]))[:limit]


def _config_reading(hub: Hub, id_: str, name: str, parents: list[str]) -> tuple[str | None, str | None]:
    """What the base named by a configuration is, None for a declared parent; and the model that it is."""
    spelt = name.rstrip("/").lower()
    declared = {reference.rstrip("/").lower() for reference, _, _ in hub.declares(id_)}
    also = {alias for alias, model in hub.moved.items() if model in parents}
    if spelt in declared | {parent.lower() for parent in parents} | also:
        return None, None
    meant = hub.moved.get(spelt, spelt).lower()
    known = [name] if name in hub.ids else [one for one in hub.ids if one.lower() == meant]
    model = known[0] if len(known) == 1 else None
    is_id = re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", spelt, re.ASCII) is not None
    answers = {
        "undecidable": len(known) > 1 or (model is None and not is_id),
        "no_parent": not parents,
        "not_listed": model is None or model in hub.missing,
        "itself": model == id_,
        "above_parent": model in hub.above(id_),
        "below_parent": model is not None and bool(set(parents) & (set(hub.above(model)) - {model})),
        "other_model": True,
    }
    return next(reading for reading, so in answers.items() if so), model


def coverage(hub: Hub, limit: int) -> list[Row]:
    groups: dict[str, set[str]] = defaultdict(set)
    for id_ in hub.listed:
        relations = {edge.relation for edge in hub.edges if edge.child == id_}
        for relation in {"ALL", *(relations or {"NO_PARENT"})}:
            groups[relation].add(id_)

    def share(part: set[str], whole: set[str]) -> float | None:
        return len(part) / len(whole) if whole else None

    rows = []
    for relation, ids in groups.items():
        known = {id_ for id_ in ids if hub.card(id_) is not None}
        cards = {id_: card for id_ in known if (card := hub.card(id_)) and card.length}
        derived = {edge.child for edge in hub.edges}
        rows.append(
            {
                "relation": relation,
                "models": len(ids),
                "license": share({id_ for id_ in ids if hub.licenses(id_)}, ids),
                "parent": share(ids & derived, ids),
                "language": share({id_ for id_ in ids if hub.languages(id_)}, ids),
                "task": share({id_ for id_ in ids if hub.task(id_)}, ids),
                "card_known": share(known, ids),
                "card": share(set(cards), known),
                "templated": share({id_ for id_, card in cards.items() if card.template}, set(cards)),
            }
        )
    return sorted(rows, key=lambda row: (-row["models"], row["relation"]))[:limit]


READINGS = ["above_parent", "below_parent", "other_model", "not_listed", "itself", "no_parent", "undecidable"]

QUERIES: Queries = {
    "quality/config_mismatch": (
        config_mismatch,
        {"readings": READINGS, **TOP},
        [{"readings": ["other_model", "undecidable"]}, {"min_downloads": 10}, {"limit": 1}],
    ),
    "quality/coverage": (coverage, {"limit": 100}, [{"limit": 2}]),
    "quality/contradicting_licenses": (
        contradicting_licenses,
        {"disputed_only": False, **TOP},
        [{"disputed_only": True}, {"min_downloads": 100_000_000}, {"limit": 1}],
    ),
    "quality/cycles": (cycles, {"limit": 1000}, [{"limit": 1}]),
    "quality/duplicate_names": (
        duplicate_names,
        {"causes": ["twin", "alias", "spelling"], "limit": 1000},
        [{"causes": ["twin"]}, {"causes": ["alias", "spelling"], "limit": 3}],
    ),
    "quality/implausible_relations": (
        implausible_relations,
        {"reasons": ["converted_files", "full_size", "far_smaller"], **TOP},
        [{"reasons": ["converted_files"]}, {"limit": 1}],
    ),
    "quality/missing_parents": (missing_parents, {"limit": 100}, [{"limit": 2}]),
    "quality/no_relation": (no_relation, TOP, [{"min_downloads": 20}, {"limit": 1}]),
    "quality/older_than_parent": (
        older_than_parent,
        {"min_days": 1, "relations": ALL, "limit": 1000},
        [{"min_days": 40}, {"relations": ["QUANTIZATION_OF", "ADAPTER_OF"]}, {"limit": 2}],
    ),
    "quality/opaque_licenses": (
        opaque_licenses,
        {"readings": ["resolved", "unread", "unknown_name", "no_name"], "limit": 1000},
        [{"readings": ["no_name", "unread"]}, {"limit": 2}],
    ),
    "quality/unresolved_parents": (unresolved_parents, {"limit": 100}, [{"limit": 2}]),
    "quality/rejected_rows": (rejected_rows, {"limit": 1000}, [{"limit": 1}]),
    "quality/self_parents": (self_parents, {"limit": 1000}, [{"limit": 1}]),
    "quality/several_relations": (several_relations, {"limit": 1000}, [{"limit": 1}]),
    "quality/unknown_codes": (
        unknown_codes,
        {"kinds": ["license", "language"], "min_models": 1, "limit": 1000},
        [{"kinds": ["license", "language", "task", "library"]}, {"min_models": 2}, {"limit": 1}],
    ),
}
