"""What the licence commands say: words for counsel, and the same facts as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from studbook import verdicts
from studbook.errors import InputError
from studbook.licenses import RULES, License, Table
from studbook.verdicts import Declared, Verdict

FOOT = "Triage, not legal advice: about labels, not about anybody's conduct.\n"

LICENSE, CHECK, OPTIONS = "studbook.license/1", "studbook.license_check/1", "studbook.license_options/1"
"""`format` of the JSON of facts, verdict_facts and options_facts."""

FAMILIES = {
    "permissive": "for any use, notices kept",
    "weak_copyleft": "for any use, changes of the files stay under it",
    "strong_copyleft": "for any use, derivatives stay under it",
    "use_restricted": "not for the uses on a list",
    "vendor_community": "under a vendor's agreement",
    "non_commercial": "not for commercial use",
    "no_derivatives": "not to be changed",
    "varies": "a family of texts that differ",
    "unknown": "nothing is known of the text",
}
"""Families in the order in which they are told: not an order of restrictiveness."""

_ATTRIBUTION = {
    "notice": "keep the notices of copyright and licence",
    "notice_file": "add the notice file that the licence words",
    "agreement_copy": "hand on a copy of the licence",
    "state_changes": "say what was changed",
    "indicate_changes": "say that it was changed",
    "credit": "credit the authors",
    "credit in publications": "credit the model in publications",
    "attribution": "name the origin",
    "model_card": "hand on documentation",
    "source": "give access to what the derivative was made from",
}


def names(text: str) -> list[str]:
    """Names joined by `+`; a plus sign at the end of a name is part of it, as in `openrail++`."""
    found: list[str] = []
    for piece in text.split("+"):
        if piece.strip() or not found:
            found.append(piece.strip())
        else:
            found[-1] += "+"
    return [name for name in found if name]


def unknown(table: Table, given: Iterable[str]) -> list[str]:
    """One sentence for each name that the table does not have."""
    said = []
    for name in given:
        if table.find(name) is None:
            near = ", ".join(table.near(name))
            guess = f" (near: {near})" if near else ""
            said.append(f"{name!r} is not in the licence table{guess}: it is judged as a licence nobody has read")
    return said


def find(table: Table, name: str) -> License:
    """The licence of this name; InputError with what is near when the table does not have it."""
    if row := table.find(name):
        return row
    near = table.near(name)
    hint = f"is it {', '.join(near)}?" if near else "`studbook license list` shows what there is"
    raise InputError(f"Looking up the licence {name!r}: the table does not have it; {hint}")


def obligations(row: License) -> list[str]:
    """What is due under a licence beyond its name on the label, one phrase each."""
    due = [
        _ATTRIBUTION.get(kind, f"show {kind}") for kind in sorted(row.attribution) if kind not in ("none", "unknown")
    ]
    if row.naming_requirement:
        due.append(f"names and credits: {row.naming_requirement}")
    if row.restrictions_flow_down == "yes":
        due.append(f"bind whoever receives it to the use restrictions ({row.restriction_set})")
    elif row.use_restrictions == "yes":
        due.append(f"keep to the use restrictions ({row.restriction_set})")
    if row.commercial_use == "no":
        due.append("no commercial use")
    if row.scale_threshold:
        due.append(f"other terms above a size: {row.scale_threshold}")
    if row.territory_restriction:
        due.append(f"territory: {row.territory_restriction}")
    due += [f"output, {code}: {said}" for code, said in row.outputs]
    return due


def describe(table: Table, row: License) -> str:
    """Everything that the table says of a licence."""
    terms = "unknown" if row.terms is None else ", ".join(sorted(row.terms)) or "nothing beyond notices"
    facts: list[tuple[str, str | None]] = [
        ("name", row.name),
        ("SPDX id", row.spdx_id),
        ("family", f"{row.family}: {FAMILIES[row.family]}"),
        ("terms", terms),
        ("commercial use", row.commercial_use),
        ("derivatives", row.derivatives),
        ("share-alike", row.share_alike),
        ("own terms for derivatives", row.relicense_derivative),
        ("compatible with", ", ".join(sorted(row.compatible_with)) or None),
        ("counts as derivative", ", ".join(sorted(row.derivative_scope))),
        ("vendor's models", row.vendor),
        ("other spellings", ", ".join(sorted(alias for alias, to in table.aliases.items() if to == row.id)) or None),
        ("read in", row.source),
        ("notes", row.notes),
        ("confidence", row.confidence),
    ]
    lines = [row.id, *(_line(label, value) for label, value in facts if value)]
    asked = [RULES[token] for token in sorted(row.rule)]
    return "\n".join([*lines, *_list("The licence", asked), *_list("Due", obligations(row)), "", FOOT])


def facts(table: Table, row: License) -> dict[str, Any]:
    """The same as data."""
    return {
        "id": row.id,
        "name": row.name,
        "spdx_id": row.spdx_id,
        "family": row.family,
        "terms": None if row.terms is None else sorted(row.terms),
        "complete": row.complete,
        "commercial_use": row.commercial_use,
        "derivatives": row.derivatives,
        "share_alike": row.share_alike,
        "use_restrictions": row.use_restrictions,
        "restriction_set": row.restriction_set,
        "relicense_derivative": row.relicense_derivative,
        "compatible_with": sorted(row.compatible_with),
        "derivative_scope": sorted(row.derivative_scope),
        "rule": sorted(row.rule),
        "vendor": row.vendor,
        "obligations": obligations(row),
        "aliases": sorted(alias for alias, target in table.aliases.items() if target == row.id),
        "source": row.source,
        "notes": row.notes,
        "confidence": row.confidence,
    }


@dataclass(frozen=True)
class Check:
    """A question about labels, and its verdict."""

    parents: tuple[frozenset[str], ...]
    child: frozenset[str]
    relation: str
    verdict: Verdict


def check(
    table: Table, parents: Sequence[Sequence[str]], child: Sequence[str], *, relation: str, name: str | None = None
) -> Check:
    """Judges names in any spelling. Each of `parents` is one model with its licences; `name` is the repository's."""
    above = tuple(_ids(table, given) for given in parents)
    below = _ids(table, child)
    kept = None if name is None else table.prefixes_of(name)
    verdict = verdicts.judge([Declared(ids) for ids in above], Declared(below, prefixes=kept), relation, table=table)
    return Check(above, below, relation, verdict)


def _ids(table: Table, given: Iterable[str]) -> frozenset[str]:
    return frozenset(row.id if (row := table.find(name)) else name.lower().strip() for name in given)


def verdict_text(table: Table, asked: Check) -> str:
    """A verdict with its reasons and the sources of the licences."""
    above = " and ".join(_label(ids) for ids in asked.parents)
    lines = [f"{asked.verdict.level}: {asked.relation} of {above}, labelled {_label(asked.child)}"]
    for code in asked.verdict.reasons:
        reason = verdicts.reasons()[code]
        lines += _paragraph(f"{code}: {reason.meaning} ({reason.source})")
    rows = [table.rows[name] for name in sorted(frozenset().union(*asked.parents)) if name in table.rows]
    for row in rows:
        lines += ["", *_paragraph(f"{row.id} was read in: {row.source} (confidence {row.confidence})", indent=0)]
        lines += _list("Due", obligations(row), gap=False)
    return "\n".join([*lines, "", FOOT])


def verdict_facts(table: Table, asked: Check) -> dict[str, Any]:
    """The same as data."""
    rows = [table.rows[name] for name in sorted(frozenset().union(*asked.parents)) if name in table.rows]
    known = verdicts.reasons()
    return {
        "parents": [sorted(ids) for ids in asked.parents],
        "child": sorted(asked.child),
        "relation": asked.relation,
        "verdict": asked.verdict.level,
        "reasons": list(asked.verdict.reasons),
        "meanings": {code: known[code].meaning for code in asked.verdict.reasons},
        "sources": {row.id: row.source for row in rows},
        "obligations": {row.id: obligations(row) for row in rows},
    }


@dataclass(frozen=True)
class Options:
    """Which labels a model made from these parents may have."""

    parents: tuple[frozenset[str], ...]
    relation: str
    labels: tuple[tuple[License, Verdict], ...]
    """Labels whose verdict is ok or review, the parents' own first, then by family and name."""


def options(table: Table, parents: Sequence[Sequence[str]], *, relation: str) -> Options:
    """Tries every licence whose text is known and that one could choose: no family of texts, nothing uncertain, no
    agreement of a vendor who has no part in it, none that forbids the next derivative."""
    above = tuple(_ids(table, given) for given in parents)
    own = frozenset[str]().union(*above)
    vendors = {row.vendor for row in map(table.rows.get, own) if row}
    order = list(FAMILIES)
    candidates = sorted(
        (
            row
            for row in table.rows.values()
            if row.id in own
            or (
                row.derivatives == "yes"
                and not row.bare_family
                and row.confidence != "low"
                and row.vendor in vendors | {None}
            )
        ),
        key=lambda row: (row.id not in own, order.index(row.family), row.id),
    )
    judged = [
        (
            row,
            verdicts.judge([Declared(ids) for ids in above], Declared(frozenset({row.id})), relation, table=table),
        )
        for row in candidates
    ]
    return Options(
        above, relation, tuple((row, verdict) for row, verdict in judged if verdict.level in ("ok", "review"))
    )


def options_text(table: Table, found: Options) -> str:
    """Labels by level and, below a review, by its reason, and what is due under the parents' licences whatever the label."""
    lines = [f"A model made by {found.relation} from {' and '.join(_label(ids) for ids in found.parents)}"]
    carries = [row.id for row, verdict in found.labels if verdict.level == "ok"]
    if carries:
        lines += ["", "carries what they ask under", *_paragraph(", ".join(carries))]
    else:
        lines += ["", "No single label carries what they ask."]
    by_reason: dict[str, list[str]] = {}
    for row, verdict in found.labels:
        if verdict.level == "review":
            by_reason.setdefault(verdict.reasons[0], []).append(row.id)
    if by_reason:
        lines += ["", "needs a person's review under"]
        for code, ids in by_reason.items():
            lines += _paragraph(f"{', '.join(ids)}: {verdicts.reasons()[code].meaning}")
    for row in [table.rows[name] for name in sorted(frozenset().union(*found.parents)) if name in table.rows]:
        lines += _list(f"Due under {row.id}, whatever the label", obligations(row))
    if found.relation == "adapter":
        lines += ["", "The terms of the base reach whoever runs it with the adapter, whatever the adapter's label."]
    return "\n".join([*lines, "", FOOT])


def options_facts(table: Table, found: Options) -> dict[str, Any]:
    """The same as data."""
    rows = [table.rows[name] for name in sorted(frozenset().union(*found.parents)) if name in table.rows]
    return {
        "parents": [sorted(ids) for ids in found.parents],
        "relation": found.relation,
        "labels": [
            {"license": row.id, "family": row.family, "verdict": verdict.level, "reasons": list(verdict.reasons)}
            for row, verdict in found.labels
        ],
        "obligations": {row.id: obligations(row) for row in rows},
    }


def _label(ids: frozenset[str]) -> str:
    return " + ".join(sorted(ids)) or "no licence"


def _line(label: str, value: str) -> str:
    return textwrap.fill(f"{label:<26}{value}", 100, initial_indent="  ", subsequent_indent=" " * 28)


def _paragraph(text: str, *, indent: int = 2) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(text, 100, initial_indent=margin, subsequent_indent=margin + "  ", break_on_hyphens=False)


def _list(title: str, items: Sequence[str], *, gap: bool = True) -> list[str]:
    if not items:
        return []
    return [*([""] if gap else []), f"{title}:", *(line for item in items for line in _paragraph(f"- {item}"))]
