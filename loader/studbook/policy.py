"""May we use it: holds what a model and its ancestors ask against what an organisation allows in a context.

Pure: rows, an organisation's word and the licence table in, a decision out. A decision sorts, it does not advise; the
levels are `allowed`, `review` (a person must look) and `denied`, of which the worst counts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from studbook import licenses, organisation, resources
from studbook.errors import InputError
from studbook.library import Column
from studbook.licenses import License
from studbook.organisation import RULES, Curation, Organisation, Policy
from studbook.render import Rows

LEVELS = ("allowed", "review", "denied")
"""What becomes of a term, and of a model, the mildest first."""

UNKNOWN = {
    "LICENSE_UNKNOWN": "the text of the licence is not in the table",
    "LICENSE_INCOMPLETE": "not every term of the licence is in the table",
    "LOW_CONFIDENCE_ROW": "what is known of the licence is not certain enough",
    "SILENT": "it declares no licence",
    "MISSING": "it is named as a parent and in no snapshot: nobody knows its licence",
    "PARENT_UNRESOLVED": "it names as a parent what is no model of the Hub",
    "UNDECLARED_PARENT_SUSPECTED": "it declares no parent, but its name, tags or files say that it has one",
    "FURTHER_UP": "it has ancestors further up than the search went",
    "LICENSE_NOT_LOADED": "the graph has other terms of the licence than the table: load again",
    "PARENT_NOT_LOADED": "the organisation asserts a parent that the graph does not have: load again",
    "CUT": "there are more ancestors than were read",
}
"""Why it cannot be known what an ancestor asks: the codes of lineage/binding_terms and three more."""

QUERY = "lineage/binding_terms"
PARAMETERS = {"everyone": True, "limit": 10_000}
"""What is asked of the graph for each model. An ancestor that asks nothing matters too: a curation may conclude more."""

_OF_THE_LICENSE = (
    *("LICENSE_UNKNOWN", "LICENSE_INCOMPLETE", "LOW_CONFIDENCE_ROW", "LICENSE_NOT_LOADED", "SILENT", "MISSING"),
)
"""Reasons that a concluded licence answers."""

_WORDS: dict[str, tuple[str, Callable[[License], str | None]]] = {
    "noncommercial": ("no commercial use", lambda _: None),
    "computational_use_only": ("computational use only", lambda _: None),
    "commercial_use_conditional": ("commercial use under conditions", lambda text: text.scale_threshold),
    "no_derivatives": ("no derivatives, or none that are shared", lambda _: None),
    "share_alike": (
        "the same terms for what is made from it",
        lambda text: f"or {', '.join(sorted(text.compatible_with))}" if text.compatible_with else None,
    ),
    "use_restrictions": ("no use for certain purposes", lambda _: None),
    "agreement": ("the agreement goes along with it", lambda text: ", ".join(sorted(text.attribution))),
    "name_prefix": ("a name that begins as prescribed", lambda text: text.naming_requirement),
    "outputs_no_other_models": (
        "outputs may not improve other models",
        lambda text: dict(text.outputs).get("no_other_models"),
    ),
    "territory": ("no grant in some places", lambda text: text.territory_restriction),
}
"""What a term means, and what the table has more on it."""

# Only what says a number and nothing else is compared: `700M MAU at release` is about another day than today.
_THRESHOLD = re.compile(
    r"(?:(?P<users>\d+)(?P<of_users>K|M|bn)? MAU|USD (?P<revenue>\d+)(?P<of_revenue>K|M|bn)? annual revenue)"
)
_SCALE = {None: 1, "K": 10**3, "M": 10**6, "bn": 10**9}
_PLACES = {"EU": "EU", "UK": "GB", "South Korea": "KR", "USA": "US"}
_PLACE = "|".join(_PLACES)
_EXCLUDED = re.compile(rf"((?:{_PLACE})(?:, (?:{_PLACE}))*) excluded\b")


@dataclass(frozen=True)
class Found:
    """One thing that a model or an ancestor asks (`term`), or that cannot be known of it (`unknown`); neither where it
    asks nothing."""

    ancestor: str
    hops: int
    """0 for the model itself."""
    term: str | None
    unknown: str | None
    """A key of UNKNOWN."""
    asking: tuple[str, ...]
    """Licences that ask it, or that leave it unknown."""
    licenses: tuple[str, ...]
    """What the ancestor declares."""
    relations: tuple[str, ...]
    path: tuple[str, ...]
    """Ids from the model up to the ancestor."""
    concluded: tuple[str, ...] = ()
    """What the organisation concluded instead."""
    set_aside: bool = False
    """Whether the conclusion answers it."""
    note: str | None = None
    """On a curation."""

    @property
    def disputed(self) -> bool:
        """Whether another licence of the same model does not ask it."""
        return self.term is not None and set(self.asking) < set(self.concluded or self.licenses)


@dataclass(frozen=True)
class Verdict:
    """What becomes of one thing found."""

    level: str
    found: Found
    reason: str
    """Who says so, with the place."""
    clause: str | None
    """What the text asks, in the table's words."""
    source: str | None
    """Where the table has it from."""


@dataclass(frozen=True)
class Decision:
    """Whether a model may be used in a context. Verdicts come worst first, then nearest."""

    model: str
    context: str
    level: str
    complete: bool
    """Whether everything that could ask something is known, as declared."""
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Context:
    """A policy in force: the organisation's, then the shipped one where the first leaves terms to it."""

    name: str
    kind: str
    policies: tuple[Policy, ...]

    def rule(self, term: str) -> tuple[str, str]:
        """One of RULES for a term, and where it stands. The term itself counts before `term:*`."""
        for policy in self.policies:
            for pattern in (term, f"{term.partition(':')[0]}:*"):
                if pattern in policy.rules:
                    return policy.rules[pattern], _place(policy, policy.rules[pattern])
            if policy.default is not None:
                return policy.default, _place(policy, "default")
        raise ValueError(f"the context {self.name} has no default")

    @property
    def places(self) -> list[str]:
        """Where its policies stand, the first to count first."""
        return [_place(policy, "") for policy in self.policies]

    @property
    def default(self) -> tuple[str, str]:
        """The rule for terms that nothing lists, and where it stands."""
        last = self.policies[-1]
        return str(last.default), _place(last, "default")


def _place(policy: Policy, key: str) -> str:
    own = policy is shipped().get(policy.name)
    return f"Studbook's own policy for {policy.kind} use" if own else policy.places[key]


@cache
def shipped() -> Mapping[str, Policy]:
    """The policies that come with the package."""
    return organisation.read(resources.DATA / "policy.toml").policies


def contexts(word: Organisation | None) -> dict[str, Context]:
    """Every context by name: the organisation's and the shipped ones."""
    own = word.policies if word else {}
    named = {**shipped(), **own}
    return {
        name: Context(
            name,
            policy.kind,
            (policy,) if policy.default is not None else (policy, shipped()[policy.kind]),
        )
        for name, policy in named.items()
    }


def context(name: str, word: Organisation | None) -> Context:
    """A context by its name. Raises InputError with suggestions when there is none."""
    known = contexts(word)
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.lower(), known, n=2, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    where = f" in {word.path}" if word else f" in any {organisation.NAME}"
    raise InputError(f"Choosing the context {name!r}: there is none{where}{hint}; known are {', '.join(known)}")


def texts(word: Organisation | None) -> Mapping[str, License]:
    """The licences by id, the organisation's among them."""
    return (word.table if word else licenses.shipped()).rows


def found(rows: Rows) -> dict[str, list[Found]]:
    """The rows of lineage/binding_terms by model, nearest ancestor first. Rows that were cut off are said as CUT."""
    names = [column.name for column in rows.columns]
    told: dict[str, list[Found]] = {}
    for values in rows.values:
        row = dict(zip(names, values, strict=True))
        told.setdefault(row["model"], []).append(
            Found(
                ancestor=row["ancestor"],
                hops=row["hops"],
                term=row["term"],
                unknown=row["unknown"],
                asking=tuple(row["asking"]),
                licenses=tuple(row["licenses"]),
                relations=tuple(row["relations"]),
                path=tuple(row["path"]),
            )
        )
    if rows.may_be_cut:
        for model, known in told.items():
            known.insert(0, Found(model, 0, None, "CUT", (), (), (), (model,)))
    return told


def outdated(told: Sequence[Found], table: Mapping[str, License]) -> list[Found]:
    """What was found (each ancestor's rows together), with LICENSE_NOT_LOADED where the table knows of a declared
    licence what the graph does not: it was changed after the load."""
    compared: list[Found] = []
    for _, group in groupby(told, key=lambda row: row.ancestor):
        rows = list(group)
        compared += rows
        unread = {name for row in rows if row.unknown == "LICENSE_UNKNOWN" for name in row.asking}
        asked = {(row.term, name) for row in rows for name in row.asking}
        terms = {name: table[name].terms if name in table else None for name in rows[0].licenses}
        stale = [
            name
            for name, known in terms.items()
            if (name not in unread if known is None else any((term, name) not in asked for term in known))
        ]
        if stale:
            compared.append(replace(rows[0], term=None, unknown="LICENSE_NOT_LOADED", asking=tuple(stale)))
    return compared


def curate(
    told: Sequence[Found], curations: Mapping[str, Curation], table: Mapping[str, License], *, on: date
) -> list[Found]:
    """What was found (each ancestor's rows together) with an organisation's curations beside it.

    What an ancestor declares and the organisation did not conclude is set aside and stays. An expired curation changes
    nothing and is noted.
    """
    curated: list[Found] = []
    ancestors = {row.ancestor.lower() for row in told}
    for ancestor, group in groupby(told, key=lambda row: row.ancestor):
        rows = list(group)
        curation = curations.get(ancestor.lower())
        if curation is None:
            curated += rows
        elif not curation.holds(on):
            note = f"the curation in {curation.place} by {curation.who} expired after {curation.until}"
            curated += [replace(row, note=note) for row in rows]
        else:
            curated += _concluded(rows, curation, table)
            first = rows[0]
            curated += [
                replace(first, term=None, unknown="PARENT_NOT_LOADED", asking=(), note=f"{parent.id}, {curation.place}")
                for parent in curation.parents
                if parent.id.lower() not in ancestors
            ]
    return curated


def _concluded(rows: Sequence[Found], curation: Curation, table: Mapping[str, License]) -> list[Found]:
    end = f" until {curation.until}" if curation.until else ""
    note = f"{curation.place}: {curation.who}: {curation.why}{end}"
    answered = {"PARENT_UNRESOLVED", "UNDECLARED_PARENT_SUSPECTED"} if curation.parents else set()
    answered |= set(_OF_THE_LICENSE) if curation.licenses else set()
    asked: dict[tuple[str | None, str | None], list[str]] = {}
    for license_ in curation.licenses:
        text = table[license_]
        for term in text.terms or ():
            asked.setdefault((term, None), []).append(license_)
        if (unknown := _unknown(text)) is not None:
            asked.setdefault((None, unknown), []).append(license_)
    told = []
    for row in rows:
        away = row.unknown in answered or (bool(curation.licenses) and row.term is not None)
        # A term that is concluded too comes below, as concluded.
        if (row.term, row.unknown) not in asked:
            told.append(replace(row, concluded=curation.licenses, set_aside=away, note=note))
    concluded = [
        replace(rows[0], term=term, unknown=unknown, asking=tuple(asking), concluded=curation.licenses, note=note)
        for (term, unknown), asking in sorted(asked.items(), key=str)
    ]
    return told + concluded


def _unknown(text: License) -> str | None:
    """Why the terms of a licence are not all known, as lineage/binding_terms says it."""
    if text.terms is None:
        return "LICENSE_UNKNOWN"
    if not text.complete:
        return "LICENSE_INCOMPLETE"
    return "LOW_CONFIDENCE_ROW" if text.confidence == "low" else None


def decide(model: str, told: Iterable[Found], chosen: Context, table: Mapping[str, License]) -> Decision:
    """Holds what was found against a policy. What asks nothing, and no curation touches, has no verdict.

    What cannot be known fails an allow-list, and is to review otherwise. A term that one of several licences of a model
    does not ask is at most to review.
    """
    told = list(told)
    verdicts = [_verdict(row, chosen, table) for row in told if row.term or row.unknown or row.note]
    verdicts.sort(
        key=lambda v: (
            -LEVELS.index(v.level),
            v.found.hops,
            v.found.ancestor,
            v.found.term or "",
            v.found.unknown or "",
        )
    )
    return Decision(
        model,
        chosen.name,
        max((verdict.level for verdict in verdicts), key=LEVELS.index, default="allowed"),
        complete=not any(row.unknown and not row.set_aside for row in told),
        verdicts=tuple(verdicts),
    )


def _verdict(row: Found, chosen: Context, table: Mapping[str, License]) -> Verdict:
    asking = [table[name] for name in row.asking if name in table]
    clause = "; ".join(_clause(row.term, text) for text in asking) if row.term else None
    source = "; ".join(text.source or "" for text in asking) or None
    if row.set_aside:
        return Verdict("allowed", row, f"the organisation concluded otherwise: {row.note}", clause, source)
    if row.term is None and row.unknown is None:
        return Verdict("allowed", row, f"it asks nothing; {row.note}", clause, source)
    if row.term is None:
        rule, place = chosen.default
        level = "denied" if rule == "deny" else "review"
        reason = UNKNOWN[str(row.unknown)]
        reason += f"; an allow-list lets pass only what is known ({place})" if level == "denied" else ""
    else:
        level, reason = _judge(row.term, asking, chosen)
    if level == "denied" and asking and all(text.confidence == "low" for text in asking):
        level, reason = "review", f"{reason}; but {UNKNOWN['LOW_CONFIDENCE_ROW']}"
    if row.disputed and level == "denied":
        others = sorted(set(row.concluded or row.licenses) - set(row.asking))
        level, reason = "review", f"{reason}; but {', '.join(others)}, under which it is too, does not ask it"
    return Verdict(level, row, f"{reason}; {row.note}" if row.note else reason, clause, source)


def _judge(term: str, asking: Sequence[License], chosen: Context) -> tuple[str, str]:
    """The level of a term and why: the policy's rule, unless the policy's facts answer what the text leaves open."""
    rule, place = chosen.rule(term)
    level, reason = LEVELS[RULES.index(rule)], f"{rule}: {place}"
    if rule == "deny" or not asking:
        return level, reason
    compare = {"commercial_use_conditional": _threshold, "territory": _territory}.get(term)
    answers = [compare(text, chosen.policies[0]) for text in asking] if compare else []
    if any(answer is None for answer in answers) or not answers:
        return level, reason
    worst, why = max((answer for answer in answers if answer), key=lambda answer: LEVELS.index(answer[0]))
    return worst, why


def _threshold(text: License, policy: Policy) -> tuple[str, str] | None:
    """Whether an organisation is below a licence's size, None where that cannot be told."""
    told = _THRESHOLD.fullmatch(text.scale_threshold or "")
    if told is None:
        return None
    users = told["users"] is not None
    limit = int(told["users"] or told["revenue"]) * _SCALE[told["of_users"] if users else told["of_revenue"]]
    key, own = ("monthly_users", policy.monthly_users) if users else ("yearly_revenue", policy.yearly_revenue)
    if own is None:
        return None
    level, word = ("allowed", "below") if own < limit else ("denied", "not below")
    return level, f"{key} {own:,} is {word} {told[0]}: {policy.places[key]}"


def _territory(text: License, policy: Policy) -> tuple[str, str] | None:
    """Whether an organisation's places are among those without a grant, None where that cannot be told."""
    told = _EXCLUDED.match(text.territory_restriction or "")
    if told is None or not policy.territory:
        return None
    excluded = frozenset[str]().union(*(organisation.territories()[_PLACES[name]] for name in told[1].split(", ")))
    both = sorted(excluded & policy.territory)
    if both:
        return "denied", f"{', '.join(both)} excluded: {policy.places['territory']}"
    return "allowed", f"no place of the territory excluded: {policy.places['territory']}"


def _clause(term: str, text: License) -> str:
    name, _, value = term.partition(":")
    words, more = _WORDS[name]
    details = ", ".join(part for part in (value, more(text)) if part)
    return f"{text.name}: {words}" + (f" ({details})" if details else "")


COLUMNS = (
    *(Column("model", "STRING"), Column("answer", "STRING"), Column("level", "STRING"), Column("term", "STRING")),
    *(Column("unknown", "STRING"), Column("ancestor", "STRING"), Column("hops", "INTEGER")),
    *(Column("licenses", "LIST<STRING>"), Column("concluded", "LIST<STRING>"), Column("clause", "STRING")),
    *(Column("source", "STRING"), Column("reason", "STRING"), Column("relations", "LIST<STRING>")),
    Column("path", "LIST<STRING>"),
)
"""Of rows(): `answer` is of the model, `level` of the row; `licenses` are declared, `concluded` is the organisation's."""


def rows(decisions: Iterable[Decision], parameters: Mapping[str, Any]) -> Rows:
    """A row for each verdict, and one for a model that nothing binds."""
    values: list[tuple[Any, ...]] = []
    for decision in decisions:
        for verdict in decision.verdicts:
            row = verdict.found
            head = (decision.model, decision.level, verdict.level, row.term, row.unknown, row.ancestor, row.hops)
            declared = (list(row.licenses), list(row.concluded))
            told = (verdict.clause, verdict.source, verdict.reason)
            values.append((*head, *declared, *told, list(row.relations), list(row.path)))
        if not decision.verdicts:
            values.append((decision.model, decision.level, decision.level, *[None] * (len(COLUMNS) - 3)))
    return Rows(COLUMNS, values, parameters=parameters)


def table(known: Iterable[Context]) -> Rows:
    """The rules of contexts: what each says of each term, and where that stands."""
    columns = tuple(Column(name, "STRING") for name in ("context", "kind", "term", "rule", "place"))
    values: list[tuple[Any, ...]] = []
    for each in known:
        listed = [term for policy in each.policies for term in policy.rules]
        # A pattern of the first policy hides the second's own terms below it.
        values += [(each.name, each.kind, term, *each.rule(term)) for term in sorted(dict.fromkeys(listed))]
        values.append((each.name, each.kind, None, *each.default))
    return Rows(columns, values)


def sentence(decision: Decision) -> str:
    """A decision in words."""
    worst = [verdict for verdict in decision.verdicts if verdict.level == decision.level != "allowed"]
    whom = dict.fromkeys(
        f"{verdict.found.term or verdict.found.unknown} of {verdict.found.ancestor}" for verdict in worst
    )
    because = f": {', '.join(list(whom)[:3])}" + (f" and {len(whom) - 3} more" if len(whom) > 3 else "") if whom else ""
    known = "" if decision.complete else ", and not everything above it is known"
    return f"{decision.model}: {decision.level} in the context {decision.context}{known}{because}"
