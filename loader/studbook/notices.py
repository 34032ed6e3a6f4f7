"""What is due to whom: the licences of a model and of everything above it, and the text that they ask to hand on.

Pure: a tree of relatives and the licence table in, words out.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from studbook import advice, resources
from studbook.licenses import Table
from studbook.relatives import Tree

JSON_VERSION = "studbook.notices/1"


@dataclass(frozen=True)
class Wording:
    """What a licence asks to be shown and to be written into a notice file, word for word; empty where it asks neither."""

    display: str
    notice: str
    clause: str


@dataclass(frozen=True)
class Due:
    """A licence somewhere in a lineage, and what it asks of whoever hands the model on."""

    license: str
    name: str | None
    """Null when the licence is not in the table."""
    asked_by: tuple[str, ...]
    """Models under it, nearest first."""
    obligations: tuple[str, ...]
    wording: Wording | None
    agreement: bool
    """Whether a copy of the agreement goes along."""
    source: str | None


@dataclass(frozen=True)
class Notices:
    """Everything that is due for a model, and what cannot be known."""

    model: str
    due: tuple[Due, ...]
    """Nearest first."""
    unknown: Mapping[str, str]
    """Relatives whose licence nobody knows, with the reason."""


@cache
def wordings() -> Mapping[str, Wording]:
    """By licence id: sentences that licences prescribe word for word, with the clause."""
    with (resources.DATA / "license_notices.csv").open(encoding="utf-8", newline="") as file:
        return {row["license"]: Wording(row["display"], row["notice"], row["clause"]) for row in csv.DictReader(file)}


def notices(tree: Tree, table: Table) -> Notices:
    """Gathers what the licences of a model and its ancestors ask, concluded licences before declared ones."""
    asked: dict[str, list[str]] = {}
    unknown = {}
    for id_ in (tree.model, *tree.above):
        relative = tree.relatives[id_]
        names = relative.concluded_licenses or relative.licenses
        for name in names:
            asked.setdefault(name, []).append(id_)
        if relative.status == "missing":
            unknown[id_] = "in no snapshot"
        elif not names:
            unknown[id_] = "declares no licence"
        if relative.unresolved_parents:
            unknown[id_] = f"names {', '.join(relative.unresolved_parents)} as its parent, which is no id of a model"
    due = []
    for name, models in asked.items():
        row = table.rows.get(name)
        if row is None or row.terms is None:
            unknown |= dict.fromkeys(models, f"is under {name}, whose text nobody read")
        if row is not None:
            carried = "agreement_copy" in row.attribution or "carry_agreement" in row.rule
            made = (tuple(advice.obligations(row)), wordings().get(name), carried, row.source)
            due.append(Due(name, row.name, tuple(models), *made))
    return Notices(tree.model, tuple(due), unknown)


def text(found: Notices) -> str:
    """A NOTICE to paste, then what else is due, as Markdown."""
    above = [(id_, due) for due in found.due for id_ in due.asked_by if id_ != found.model]
    lines = [f"# Notices for {found.model}", ""]
    if above:
        lines += ["This model is derived from:", ""]
        lines += [f"- {id_}, under {due.name} ({due.license})" for id_, due in above]
    shown = dict.fromkeys(due.wording.display for due in found.due if due.wording and due.wording.display)
    lines += ["", *shown] if shown else []
    for due in found.due:
        if due.wording and due.wording.notice:
            lines += ["", due.wording.notice]
    copies = [due for due in found.due if due.agreement]
    if copies:
        lines += ["", "## Copies to hand on", ""]
        lines += [f"- {due.name} ({due.license}), read in: {due.source}" for due in copies]
    lines += ["", "## What is due", ""]
    for due in found.due:
        whom = ", ".join(due.asked_by[:3]) + (f" and {len(due.asked_by) - 3} more" if len(due.asked_by) > 3 else "")
        lines.append(f"- {due.license}, by {whom}: {'; '.join(due.obligations) or 'nothing'}")
    if found.unknown:
        lines += ["", "## Not known", ""]
        lines += [f"- {id_} {why}" for id_, why in found.unknown.items()]
    return "\n".join([*lines, "", advice.FOOT])


def facts(found: Notices) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "format": JSON_VERSION,
        "model": found.model,
        "due": [vars(due) | {"wording": vars(due.wording) if due.wording else None} for due in found.due],
        "unknown": dict(found.unknown),
    }
