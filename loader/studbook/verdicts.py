"""Whether a model's label carries what the licences above it ask.

A verdict says what the label does not carry, never that somebody violates anything, and is not legal advice. No licence
is named here: what each one asks is in the licence table, what each reason means in `data/license_reasons.csv`. Rule
numbers in comments are those of the table's specification.

The functions are plain Python and are meant to be called once for each distinct combination of their arguments: all of
them are small, hashable and free of names of models.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from studbook import resources
from studbook.licenses import OPAQUE, License, Table

LEVELS = ("conflict", "review", "undecidable", "ok")
"""From the one that wins. A label is `clear` where an edge is `ok`."""

RELATIONS = ("finetune", "adapter", "quantized", "merge", "distilled", "trained_on_outputs")
"""An edge without a relation is judged like a fine-tune: of what a text asks of derivatives nothing is let off."""

_RANK = {level: rank for rank, level in enumerate(LEVELS)}

Finding = tuple[str, str]
"""(level, reason)."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means. `level` is the most that it brings; an `is_low` one never hides that a verdict is undecidable."""

    code: str
    level: str
    is_low: bool
    meaning: str
    source: str


@cache
def reasons() -> dict[str, Reason]:
    """Every reason by its code, in the order in which reasons of one level are told: the first one decides."""
    with (resources.DATA / "license_reasons.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Reason(row["code"], row["level"], row["low_severity"] == "yes", row["meaning"], row["source"])
            for row in csv.DictReader(file)
        }


@cache
def _order() -> dict[Finding, tuple[bool, int]]:
    return {
        (level, code): (level != reason.level, place)
        for place, (code, reason) in enumerate(reasons().items())
        for level in LEVELS
    }


@dataclass(frozen=True, slots=True)
class Declared:
    """One side of an edge: License ids, and the few facts beside them that a rule asks for.

    What is true of one role only is left as it is in the other, so that equal questions are asked once.
    """

    licenses: frozenset[str] = frozenset()
    """Ids as `Table.declared` gives them; empty when the model states no licence."""
    missing: bool = False
    """As parent: it is named but in no snapshot, so that its silence means nothing."""
    relicensed: bool = False
    """As parent: `licenses` is what it had when the child was made, and it has another licence now."""
    gated: bool | None = None
    """Whether it is given out on request only; None when that is not known or not asked."""
    vendor_known: bool = False
    """As child: every vendor whose terms it names publishes it, or publishes or licenses one of its ancestors
    (`Table.vendors_of` the owners, `License.vendor` of the licences, of model and ancestors)."""
    prefixes: frozenset[str] | None = None
    """As child: `Table.prefixes_kept` of its name; None when the name is not known, and then not checked."""
    text_kept: bool = False
    """As child: the parent's agreement, a notice file or the list of restrictions lies in its repository."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """What is known of all ancestors of a model, as sets of License ids of rows with known terms.

    Not of terms: whether a label keeps share-alike, an agreement or a list of restrictions depends on the licence that
    asks for it. Each of the three sets is propagated by itself: `licenses` over all edges, `firm` over edges that are
    not adapters, `copied` over quantizations alone. So an intermediate that dropped terms frees nobody, and what
    reaches a model only through an adapter is judged as the adapter's.
    """

    licenses: frozenset[str] = frozenset()
    firm: frozenset[str] = frozenset()
    copied: frozenset[str] = frozenset()
    choices: frozenset[str] = frozenset()
    """Licences of ancestors that name several: which of them applies is open. They are in none of the other sets."""
    merged: bool = False
    """Whether a merge lies on the way, so that licences of several models meet in this one."""
    complete: bool = True
    """Whether every ancestor states a licence whose terms are known."""
    suspected: bool = False
    """Whether the model declares no parent but looks as if it had one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A level, one of LEVELS or `clear`, and the codes of its reasons, the deciding one first."""

    level: str
    reasons: tuple[str, ...]


def judge(
    parents: Sequence[Declared], child: Declared, relation: str | None, *, table: Table, beside: Iterable[str] = ()
) -> Verdict:
    """Whether the label of the child carries what all of these parents ask.

    For one edge of a merge give its parent alone, and as `beside` the License ids of the other parents: a merge answers
    to each parent in the company of the others, so that the worst edge is the verdict of the merge.

    Several licences on a parent are several readings, and the worst verdict all of them support is given: when one
    reading is `ok` and another is not, nothing is decided. Several licences on a child are read at their worst, because
    a user may take any. The same several on both sides are the same label.
    """
    found: list[Finding] = []
    ids = [parent.licenses for parent in parents]
    for place, parent in enumerate(parents):
        others = frozenset(beside).union(*ids[:place], *ids[place + 1 :])
        found += _edge(parent, child, relation, others, table)
    return _verdict(found)


def label(own: Declared, upstream: Upstream, *, table: Table) -> Verdict:
    """Whether a model's own label carries what is asked anywhere above it, as all of it was declared.

    `clear` needs both: everything upstream is known, and nothing of it is missing from the label. Where something is
    not known, what is known to be missing still counts. A licence that names no text of its own, or is not certain, is
    never clear.
    """
    found: list[Finding] = []
    if not upstream.complete:
        found.append(("undecidable", "UPSTREAM_INCOMPLETE"))
    if upstream.suspected:
        found.append(("undecidable", "UNDECLARED_PARENT_SUSPECTED"))
    above = upstream.licenses | upstream.choices
    vendors = {table.rows[name].vendor for name in above}
    if not own.licenses:
        found.append(("undecidable", "CHILD_SILENT"))
    for row in map(table.rows.get, own.licenses):
        if row is None or not row.known:
            found.append(("undecidable", "CHILD_LICENSE_UNKNOWN"))
            continue
        if row.bare_family:
            found.append(("review", _open_text(row)))
        elif row.confidence == "low":
            found.append(("review", "LOW_CONFIDENCE_ROW"))
        found += _vendor(row, vendors, known=own.vendor_known)
    settled = replace(own, vendor_known=True)
    for name in above:
        copy, firm = name in upstream.copied, name in upstream.firm | upstream.choices
        relation = "quantized" if copy else "finetune" if firm else "adapter"
        edge = _from_above(name, settled, relation, table)
        found += edge if name in upstream.licenses else _lower(edge, "PARENT_READINGS_DIFFER")
        if upstream.merged:
            found += _company(name, own, above, table)
    if not above:
        found.append(("ok", "NOTHING_UPSTREAM"))
    verdict = _verdict(found)
    return Verdict("clear" if verdict.level == "ok" else verdict.level, verdict.reasons)


@cache
def _from_above(name: str, own: Declared, relation: str, table: Table) -> tuple[Finding, ...]:
    """What one licence upstream asks of a label, vendors left aside: the same few are asked for many models."""
    return tuple(_edge(Declared(frozenset({name})), own, relation, frozenset(), table))


def _verdict(found: Iterable[Finding]) -> Verdict:
    """The highest level, and the reasons from that level down; what is fine is not told beside what is not.

    A reason below its own level, because something lowered it, is told after those that are at theirs.
    """
    order = _order()
    told = sorted(set(found), key=lambda finding: (_RANK[finding[0]], order[finding]))
    level = told[0][0]
    return Verdict(level, tuple(dict.fromkeys(code for at, code in told if at == level or at != "ok")))


def _edge(
    parent: Declared, child: Declared, relation: str | None, beside: frozenset[str], table: Table
) -> list[Finding]:
    found = _labels(parent, child, relation, beside, table)
    if child.text_kept:
        found = _lower(found, "TEXT_KEPT_IN_FILES")  # rule 15
    if relation == "merge":
        for name in parent.licenses:
            found += _company(name, child, beside, table)
    if low := _low(parent, child, relation, table):
        # A small thing makes a review of what was fine; it does not hide that nothing can be decided.
        level = "undecidable" if _verdict(found).level == "undecidable" else "review"
        found += [(level, code) for code in low]
    return found


def _labels(
    parent: Declared, child: Declared, relation: str | None, beside: frozenset[str], table: Table
) -> list[Finding]:
    """Rules 1 to 11, 13 and 14: one parent's label against the child's."""
    rows = [table.rows.get(name) for name in parent.licenses]
    noncommercial = bool(rows) and all(
        row is not None and row.commercial_use == "no" and row.confidence != "low" for row in rows
    )
    upstream: list[Finding] = [("undecidable", "UPSTREAM_NC")] if noncommercial else []
    if parent.missing or not parent.licenses:  # rule 1
        return [("undecidable", "PARENT_MISSING" if parent.missing else "PARENT_SILENT")]
    if not child.licenses:
        if all(row is not None and row.rule == {"any"} for row in rows):
            return [("ok", "PARENT_ASKS_NOTHING")]
        return [("undecidable", "CHILD_SILENT"), *upstream]
    vendors = {table.rows[name].vendor for name in parent.licenses | beside if name in table.rows}

    def pair(above: str, below: str) -> list[Finding]:
        found = list(_pair(above, below, relation, table))
        one, other = table.rows.get(above), table.rows.get(below)
        if one is not None and one.known and other is not None:
            found += _vendor(other, vendors, known=child.vendor_known)
        return found

    if parent.licenses == child.licenses:
        return [finding for name in parent.licenses for finding in pair(name, name)]
    # Rule 13.
    readings = [[finding for below in child.licenses for finding in pair(above, below)] for above in parent.licenses]
    levels = {_verdict(reading).level for reading in readings}
    together = [finding for reading in readings for finding in reading]
    if len(levels) == 1:
        return together
    agreed = max(levels, key=_RANK.__getitem__)
    if agreed == "ok":
        agreed = "undecidable"
    told = [(max(level, agreed, key=_RANK.__getitem__), code) for level, code in together if level != "ok"]
    return [(agreed, "PARENT_READINGS_DIFFER"), *told]


@cache
def _pair(parent: str, child: str, relation: str | None, table: Table) -> tuple[Finding, ...]:
    """One licence against one licence, both by id."""
    above, below = table.rows.get(parent), table.rows.get(child)
    if above is None or not above.known:  # rule 2
        if parent == child and parent not in OPAQUE:
            return (("ok", "SAME_UNRESOLVED_NAME"),)
        opaque = parent in OPAQUE and child in OPAQUE
        return (("undecidable", "OPAQUE_BOTH" if opaque else "PARENT_LICENSE_UNKNOWN"),)
    if parent == child:
        kept = _scope(_same(above, relation), above, above, relation)
        return tuple(_lower(kept, "LOW_CONFIDENCE_ROW") if above.confidence == "low" else kept)
    if below is None or not below.known:  # rule 4
        unknown: tuple[Finding, ...] = (("undecidable", "CHILD_LICENSE_UNKNOWN"),)
        certain = above.commercial_use == "no" and above.confidence != "low"
        return (*unknown, ("undecidable", "UPSTREAM_NC")) if certain else unknown
    found = _scope(_tokens(above, below, relation), above, below, relation)
    if below.bare_family:
        found = _lower(found, "TEXT_UNKNOWN")  # rule 5
    if "low" in (above.confidence, below.confidence):  # rule 14
        found = _lower(found, "LOW_CONFIDENCE_ROW")
        if above.confidence == "low":
            found.append(("review", "LOW_CONFIDENCE_ROW"))
    if relation == "quantized" and above.rule != {"any"}:
        found.append(("review", "COPY_RELABELLED"))  # rule 9
    return tuple(found)


def _same(row: License, relation: str | None) -> list[Finding]:
    """Rule 3, and what forbids derivatives even under its own terms."""
    if row.rule & {"no_sharing_of_derivatives", "no_derivatives_granted"}:
        return [_no_derivatives(relation)]
    uncertain = row.bare_family or row.confidence == "low"
    return [("ok", "SAME_UNRESOLVED_NAME" if uncertain else "SAME_LICENSE")]


def _no_derivatives(relation: str | None) -> Finding:
    return ("review", "ND_COPY_OR_DERIVATIVE") if relation == "quantized" else ("conflict", "NO_DERIVATIVES")


def _open_text(row: License) -> str:
    """What is open about a bare family: copyleft families differ by version, the others by text."""
    return "VERSION_UNKNOWN" if row.family.endswith("copyleft") else "TEXT_UNKNOWN"


def _tokens(above: License, below: License, relation: str | None) -> list[Finding]:
    """Rules 5 to 8: what the parent's licence asks of a derivative, against another licence on its label."""
    if above.bare_family:
        return [("review", _open_text(above))]
    if "review" in above.rule:
        return [("review", "TEXT_NEEDS_A_PERSON")]
    if below.id in above.incompatible_with:  # rule 8
        return [("review", _open_text(below)) if below.bare_family else ("conflict", "APACHE_INTO_GPL2")]
    compatible = below.id in above.compatible_with
    asked: dict[str, Callable[[], Finding]] = {
        "any": lambda: ("ok", "PARENT_ASKS_NOTHING"),
        "any_with_notice": lambda: ("ok", "NOTICE_TO_KEEP"),
        "carry_use_restrictions": lambda: _restrictions(above, below),
        "show_use_restrictions": lambda: (
            ("ok", "RESTRICTIONS_KEPT")
            if above.restriction_set == below.restriction_set
            else ("review", "ATTACHMENT_A_NOT_SHOWN")
        ),
        "carry_documentation": lambda: ("review", "DOCUMENTATION_DUE"),
        "carry_agreement": lambda: _agreement(above, below),
        "carry_conditions": lambda: ("review", "THRESHOLD_CONDITION_DROPPED"),
        "same_licence": lambda: _share_alike(above, below),
        "same_licence_for_modified_files": lambda: (
            ("ok", "LISTED_COMPATIBLE") if compatible else ("review", "WEAK_COPYLEFT_FILES")
        ),
        "no_sharing_of_derivatives": lambda: _no_derivatives(relation),
        "no_derivatives_granted": lambda: _no_derivatives(relation),
    }
    found = [asked[token]() for token in above.rule if token in asked]
    # Not by the token alone: texts without derivatives have none, but a relabelled copy of them drops the limit too.
    if above.commercial_use == "no" and not (compatible and below.commercial_use == "no"):
        found.append(_noncommercial(below))
    return found


def _share_alike(above: License, below: License) -> Finding:
    if below.id in above.compatible_with:
        return ("ok", "LISTED_COMPATIBLE")
    if _one_vendor(above, below):
        return ("review", "OTHER_VERSION_OF_AGREEMENT")
    return ("conflict", "SHARE_ALIKE_LOST")


def _one_vendor(above: License, below: License) -> bool:
    return above.vendor is not None and above.vendor == below.vendor  # rule 7


def _restrictions(above: License, below: License) -> Finding:
    if above.restriction_set == below.restriction_set != "unknown":
        return ("ok", "RESTRICTIONS_KEPT")
    if "unknown" in (below.use_restrictions, below.restriction_set):
        return ("review", "TEXT_UNKNOWN")
    if below.use_restrictions == "yes":
        return ("review", "DIFFERENT_RESTRICTION_SET")
    return ("conflict", "USE_RESTRICTIONS_DROPPED")


def _noncommercial(below: License) -> Finding:
    if below.commercial_use == "no":
        return ("review", "NONCOMMERCIAL_KEPT_LICENSE_CHANGED")
    if below.commercial_use == "unknown":
        return ("review", "TEXT_UNKNOWN")
    return ("conflict", "NONCOMMERCIAL_DROPPED")


def _agreement(above: License, below: License) -> Finding:
    if above.relicense_derivative == "unknown":
        return ("review", "AGREEMENT_DUE_TERMS_UNREAD")
    if above.relicense_derivative.startswith("different_terms"):
        return ("review", "DIFFERENT_TERMS_ALLOWED_IF_CONDITIONS_KEPT")
    if _one_vendor(above, below):
        return ("review", "OTHER_VERSION_OF_AGREEMENT")
    return ("conflict", "AGREEMENT_DROPPED") if below.open else ("review", "DIFFERENT_TERMS")


def _scope(found: list[Finding], above: License, below: License, relation: str | None) -> list[Finding]:
    """Rules 10 and 11: what the text counts as derivative."""
    if relation == "adapter" and "lora" not in above.derivative_scope:
        dropped = ("conflict", "NONCOMMERCIAL_DROPPED") in found
        return _lower(found, "ADAPTER_OF_NONCOMMERCIAL" if dropped else "ADAPTER_SCOPE_UNSTATED")
    if relation not in ("distilled", "trained_on_outputs"):
        return found
    if relation not in above.derivative_scope:
        if "unknown" in above.derivative_scope:
            found = _lower(found, "OUTPUT_SCOPE_UNREAD")
        elif above.id != below.id or any(level != "ok" for level, _ in found):
            found = [("ok", "OUTPUTS_NOT_DERIVATIVE")]
    return found if above.id == below.id else found + _outputs(above, below)


def _outputs(above: License, below: License) -> list[Finding]:
    codes = {
        "no_other_models": "MAY_NOT_IMPROVE_OTHER_LLM",
        "noncommercial": "OUTPUT_NONCOMMERCIAL",
        "name": "NAME_DUE_FOR_OUTPUT_TRAINING",
        "credit": "CREDIT_DUE_FOR_OUTPUT_TRAINING",
        "policy": "OUTPUT_UNDER_POLICY",
        "territory": "OUTPUT_LIMITED_TO_TERRITORY",
    }
    kept = {
        "no_other_models": _one_vendor(above, below),
        "noncommercial": below.commercial_use == "no",
    }
    return [("review", codes[code]) for code, _ in above.outputs if not kept.get(code)]


def _lower(found: Sequence[Finding], because: str) -> list[Finding]:
    """The findings with each conflict made a review, and the reason for that; as they are when there is none."""
    if all(level != "conflict" for level, _ in found):
        return list(found)
    return [("review", because), *(("review" if level == "conflict" else level, code) for level, code in found)]


def _vendor(label: License, vendors: Container[str | None], *, known: bool) -> list[Finding]:
    """Rule 8: terms of a vendor on a label above which nothing of that vendor is declared."""
    accounted = label.vendor is None or known or label.vendor in vendors or not label.known
    return [] if accounted else [("review", "VENDOR_TERMS_WITHOUT_VENDOR_ANCESTOR")]


def _company(name: str, child: Declared, beside: frozenset[str], table: Table) -> list[Finding]:
    """Rule 12: what a licence of one parent of a merge means in the company of the others."""
    row = table.rows.get(name)
    if row is None or not row.known:
        return []
    others = [other for other in map(table.rows.get, beside - {name}) if other is not None and other.known]
    found: list[Finding] = []
    if "no_other_models" in dict(row.outputs) and any(not _one_vendor(row, other) for other in others):
        found.append(("review", "MAY_NOT_IMPROVE_OTHER_LLM"))
    second = any("carry_agreement" in other.rule for other in others)
    if "carry_agreement" in row.rule and second and name not in child.licenses:
        found.append(("review", "SECOND_AGREEMENT_MISSING"))
    return found


def _low(parent: Declared, child: Declared, relation: str | None, table: Table) -> list[str]:
    """Reasons of low severity that no licence on the label can settle."""
    found: list[str] = []
    rows = [row for row in map(table.rows.get, parent.licenses) if row is not None]
    asked = [row.prefix for row in rows if row.prefix is not None]
    names_own_work = relation not in ("quantized", "distilled", "trained_on_outputs")
    # Of several licences one may ask for no name: then it is not certain that one is due.
    if names_own_work and child.prefixes is not None and len(asked) == len(parent.licenses):
        found += ["NAME_PREFIX_MISSING"] if asked and child.prefixes.isdisjoint(asked) else []
    holds_the_weights = relation not in ("adapter", "distilled", "trained_on_outputs")
    if holds_the_weights and parent.gated is True and child.gated is False:
        found.append("GATE_LOST")
    if parent.relicensed:
        found.append("PARENT_RELICENSED")
    return found
