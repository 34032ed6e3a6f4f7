"""What the graph knows of one model, for a person and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studbook import ask, relatives, resources, verdicts
from studbook.graph import Graph, native
from studbook.relatives import Step

JSON_VERSION = "studbook.model/1"
"""`format` of facts(); a change that a reader would notice raises the number."""

_OURS = ("facts_hash", "edges_hash", "id_lower")


@dataclass(frozen=True)
class Licensed:
    """A licence that a model declares."""

    id: str
    name: str | None
    spdx_id: str | None
    evidence: str | None
    declared_as: str | None


@dataclass(frozen=True)
class About:
    """A model with everything that it declares and that was derived of it."""

    id: str
    properties: Mapping[str, Any]
    """Properties of the node, schema.py's names; unknown ones are missing."""
    licenses: tuple[Licensed, ...]
    languages: tuple[str, ...]
    tasks: tuple[str, ...]
    libraries: tuple[str, ...]
    datasets: tuple[str, ...]
    papers: tuple[str, ...]
    aliases: tuple[str, ...]
    family: tuple[str, int] | None
    """Id and number of members."""
    children: Mapping[str, int]
    """Direct children by type of edge."""
    parents: tuple[Step, ...]
    snapshot: str | None
    """The newest complete one."""


def about(graph: Graph, name: str) -> About:
    """Reads one model by an id or another name. Raises QueryError, with near names, when the graph has none."""
    id_ = ask.model_id(graph, name)
    ((properties, licenses, *declared, families, children),) = graph.read(
        resources.statement("read/model"), {"id": id_}
    ).rows
    languages, tasks, libraries, datasets, papers, aliases = map(tuple, declared)
    known = {key: native(value) for key, value in sorted(properties.items()) if key not in _OURS}
    return About(
        id=id_,
        properties=known,
        licenses=tuple(Licensed(*each) for each in licenses),
        languages=languages,
        tasks=tasks,
        libraries=libraries,
        datasets=datasets,
        papers=papers,
        aliases=aliases,
        family=tuple(families[0]) if families else None,
        children=dict(map(tuple, children)),
        parents=relatives.steps(graph, [id_]),
        snapshot=snapshot(graph),
    )


def snapshot(graph: Graph) -> str | None:
    """Id of the newest complete snapshot."""
    rows = graph.read(resources.statement("read/newest_snapshot")).rows
    return rows[0][0] if rows else None


def facts(model: About) -> dict[str, Any]:
    """The same for JSON, times in ISO 8601."""
    return {
        "format": JSON_VERSION,
        "id": model.id,
        "snapshot": model.snapshot,
        "licenses": [vars(each) for each in model.licenses],
        "languages": model.languages,
        "tasks": model.tasks,
        "libraries": model.libraries,
        "datasets": model.datasets,
        "papers": model.papers,
        "aliases": model.aliases,
        "family": {"id": model.family[0], "model_count": model.family[1]} if model.family else None,
        "parents": [vars(step) for step in model.parents],
        "children": dict(model.children),
        "properties": {
            key: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
            for key, value in model.properties.items()
        },
    }


def describe(model: About) -> str:
    """The same for a person, unknown left out."""
    known = model.properties
    family = f"{model.family[0]}, {model.family[1]:,} models" if model.family else None
    children = ", ".join(f"{count:,} {relation}" for relation, count in model.children.items())
    lines = [model.id]
    for label, value in (
        ("status", known.get("status")),
        ("also known as", ", ".join(model.aliases)),
        (
            "license",
            ", ".join(map(_licensed, model.licenses))
            or ("none declared" if known.get("status") != "missing" else None),
        ),
        ("concluded", _concluded(known)),
        ("label", _verdict(known.get("label_verdict"), known.get("label_reasons"))),
        ("upstream asks", ", ".join(known.get("upstream_terms") or ())),
        ("upstream unknown", "; ".join(_meaning(code) for code in known.get("undecidable_reasons") or ())),
        ("task", ", ".join(model.tasks)),
        ("library", ", ".join(model.libraries)),
        ("languages", ", ".join(model.languages)),
        ("datasets", ", ".join(model.datasets)),
        ("formats", ", ".join(known.get("formats") or ())),
        ("parameters", _number(known.get("parameters"))),
        ("gated", known.get("gated")),
        ("downloads", _number(known.get("downloads"))),
        ("likes", _number(known.get("likes"))),
        ("created", _day(known.get("created_at"))),
        ("last modified", _day(known.get("last_modified"))),
        ("new version", known.get("new_version")),
        ("documentation", _score(known)),
        ("family", family),
        ("generation", _generation(known)),
        ("children", f"{children}; {known.get('descendant_count', 0):,} descendants" if children else None),
        ("lineage confidence", known.get("lineage_confidence")),
    ):
        if value:
            lines.append(_line(label, str(value)))
    for number, step in enumerate(model.parents):
        verdict = _verdict(step.license_verdict, step.license_reasons)
        sure = f", {step.confidence} confidence by {', '.join(step.evidence)}"
        lines.append(_line("parents" if not number else "", f"{step.relation} {step.parent}: {verdict}{sure}"))
    unresolved = known.get("unresolved_parents") or ()
    lines += [_line("no id of a model", reference) for reference in unresolved]
    lines += [_line("hint of a parent", hint) for hint in known.get("parent_hints") or ()]
    seen = f", first seen {_day(known.get('first_seen'))}"
    seen += f", last seen {_day(known['last_seen'])}" if "last_seen" in known else ""
    return "\n".join([*lines, "", f"As declared, by snapshot {model.snapshot}{seen}. Triage, not legal advice.\n"])


def _licensed(each: Licensed) -> str:
    name = f" ({each.name})" if each.name and each.name.lower() != each.id else ""
    spelt = f", declared as {each.declared_as}" if each.declared_as else ""
    return f"{each.id}{name}, by {each.evidence}{spelt}"


def _concluded(known: Mapping[str, Any]) -> str | None:
    if "concluded_licenses" not in known:
        return None
    return f"{', '.join(known['concluded_licenses'])} by {known['concluded_by']}: {known['concluded_why']}"


def _verdict(level: str | None, reasons: Sequence[str] | None) -> str | None:
    if level is None:
        return None
    return f"{level}: {_meaning(reasons[0])}" if reasons and level not in ("ok", "clear") else level


def _meaning(code: str) -> str:
    return f"{code} – {verdicts.reasons()[code].meaning}"


def _number(value: int | None) -> str | None:
    return None if value is None else f"{value:,}"


def _day(value: datetime | None) -> str | None:
    return None if value is None else f"{value:%Y-%m-%d}"


def _score(known: Mapping[str, Any]) -> str | None:
    if known.get("documentation_score") is None:
        return None
    made = f", written by {known['card_template']}" if "card_template" in known else ""
    return f"{known['documentation_score']} of 100, {known.get('card_length', 0):,} characters{made}"


def _generation(known: Mapping[str, Any]) -> str | None:
    if "component" not in known:
        return None
    shortest, longest = known["generation_min"], known["generation_max"]
    return str(longest) if shortest == longest else f"{shortest} to {longest}"


def _line(label: str, value: str) -> str:
    return textwrap.fill(
        f"{label:<20}{value}", 110, initial_indent="  ", subsequent_indent=" " * 22, break_on_hyphens=False
    )
