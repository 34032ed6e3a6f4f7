"""A model's bill of materials in CycloneDX 1.6: the model, what it descends from, and what of that is not known.

Pure: what the graph holds in, a JSON object out. Every ancestor is a component whose pedigree names its own parents, so
that a lattice of merges stays as long as it has models.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from packageurl import PackageURL

from studbook import __version__
from studbook.about import About
from studbook.licenses import Table
from studbook.relatives import Relative, Tree

VERSION = "1.6"

_LISTED_SPDX = ("LicenseRef-", "NOASSERTION")


def purl(id_: str, revision: str | None = None) -> str:
    """The package URL of a repository of the Hub, `pkg:huggingface/owner/name@revision`."""
    owner, _, name = id_.rpartition("/")
    return PackageURL("huggingface", owner or None, name, revision).to_string()


def bom(model: About, tree: Tree, table: Table, *, now: datetime) -> dict[str, Any]:
    """The bill of materials of a model; `tree` holds its ancestors, and `now` is when it is written.

    Licences are marked `declared`, or `concluded` where the organisation concluded them. Lineage that is not wholly known
    says so: `incomplete` in `compositions`, with the reasons as properties and in the pedigree's notes.
    """
    parents: dict[str, list[str]] = {}
    for step in tree.steps:
        if step.child != step.parent:
            parents.setdefault(step.child, []).append(step.parent)
    refs = {id_: purl(id_, relative.sha) for id_, relative in tree.relatives.items()}
    whole = _complete(model, tree)
    reasons = list(model.properties.get("undecidable_reasons") or ())
    main = _component(tree.relatives[model.id], table) | {"modelCard": _card(model)}
    main["pedigree"] = _pedigree(model.id, parents, tree, table, note=None if whole else _note(model, tree))
    components = [
        _component(tree.relatives[id_], table) | {"pedigree": _pedigree(id_, parents, tree, table, note=None)}
        if id_ in parents
        else _component(tree.relatives[id_], table)
        for id_ in tree.above
        if id_ != model.id
    ]
    main["properties"] = [
        {"name": f"studbook:{name}", "value": value}
        for name, value in (
            ("snapshot", model.snapshot),
            ("label_verdict", model.properties.get("label_verdict")),
            ("lineage_confidence", model.properties.get("lineage_confidence")),
            *(("undecidable_reason", reason) for reason in reasons),
            *(("unresolved_parent", name) for name in model.properties.get("unresolved_parents") or ()),
        )
        if value is not None
    ]
    ids = [model.id, *(id_ for id_ in tree.above if id_ != model.id)]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": VERSION,
        # The same graph gives the same number, so that two bills can be compared.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{refs[model.id]}#{model.snapshot}')}",
        "version": 1,
        "metadata": {
            "timestamp": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "tools": {"components": [{"type": "application", "name": "studbook", "version": __version__}]},
            "component": main,
        },
        "components": components,
        "dependencies": [
            {"ref": refs[id_], "dependsOn": sorted({refs[parent] for parent in parents[id_]})}
            if id_ in parents
            else {"ref": refs[id_]}
            for id_ in ids
        ],
        "compositions": [
            {"aggregate": "complete" if whole else "incomplete", "dependencies": [refs[model.id]]},
        ],
    }


def _complete(model: About, tree: Tree) -> bool:
    return not (
        model.properties.get("undecidable_reasons") or model.properties.get("unresolved_parents") or tree.more_above
    )


def _note(model: About, tree: Tree) -> str:
    missing = [id_ for id_ in tree.above if tree.relatives[id_].status == "missing"]
    told = [f"in no snapshot: {', '.join(missing)}"] if missing else []
    told += [f"not known: {', '.join(model.properties.get('undecidable_reasons') or ())}"]
    told += [f"{tree.more_above:,} ancestors were left out"] if tree.more_above else []
    return f"Lineage as declared on the Hub, and not complete; {'; '.join(told)}."


def _pedigree(id_: str, parents: dict[str, list[str]], tree: Tree, table: Table, *, note: str | None) -> dict[str, Any]:
    ancestors = [
        _component(tree.relatives[parent], table, reference=False) for parent in dict.fromkeys(parents.get(id_, []))
    ]
    relations = sorted({f"{step.relation} {step.parent}" for step in tree.steps if step.child == id_})
    notes = [*([f"{', '.join(relations)}."] if relations else []), *([note] if note else [])]
    return {"ancestors": ancestors} | ({"notes": " ".join(notes)} if notes else {})


def _component(relative: Relative, table: Table, *, reference: bool = True) -> dict[str, Any]:
    owner, _, name = relative.id.rpartition("/")
    made: dict[str, Any] = {"type": "machine-learning-model"}
    if reference:
        made["bom-ref"] = purl(relative.id, relative.sha)
    if owner:
        made |= {"group": owner, "publisher": owner}
    made["name"] = name
    if relative.sha:
        made["version"] = relative.sha
    made["purl"] = purl(relative.id, relative.sha)
    licenses = _licenses(relative, table)
    if licenses:
        made["licenses"] = licenses
    return made


def _licenses(relative: Relative, table: Table) -> list[dict[str, Any]]:
    concluded = [(name, "concluded") for name in relative.concluded_licenses]
    declared = [(name, "declared") for name in relative.licenses if name not in relative.concluded_licenses]
    return [{"license": _named(name, table) | {"acknowledgement": how}} for name, how in concluded + declared]


def _named(name: str, table: Table) -> dict[str, str]:
    """An SPDX id where the licence has one on SPDX's list; its name otherwise."""
    row = table.rows.get(name)
    spdx = row.spdx_id if row else None
    return {"id": spdx} if spdx and not spdx.startswith(_LISTED_SPDX) else {"name": name}


def _card(model: About) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    if model.tasks:
        parameters["task"] = model.tasks[0]
    if model.datasets:
        parameters["datasets"] = [{"type": "dataset", "name": name} for name in model.datasets]
    properties = [
        {"name": f"studbook:{kind}", "value": value}
        for kind, values in (("language", model.languages), ("library", model.libraries), ("paper", model.papers))
        for value in values
    ]
    card: dict[str, Any] = {"modelParameters": parameters}
    return card | ({"properties": properties} if properties else {})
