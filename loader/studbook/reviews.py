"""Decisions of people on what was found, kept as `Review` nodes: read, written, and exchanged as YAML for Git.

    format: studbook.reviews/1
    reviews:
    - scope: ancestor                  # model, ancestor, publisher or reason
      subject: owner/base
      queue: legal                     # optional, like query and fingerprint: only findings of that kind
      decision: waive                  # accept, waive, false_positive or flag
      who: legal@example.org
      why: written permission of 2026-03-01
      at: 2026-03-02T09:00:00Z
      until: 2028-03-01                # optional: the last day
      rests_on: {licenses: 3f2a…}      # what export adds: the decision is open again when one of these facts changed

A decision names a subject; of a scope model or ancestor that is a model, and the node holds on to it through a rename.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from studbook import lock, resources
from studbook.config import Settings
from studbook.errors import InputError
from studbook.graph import Graph, Run, native

FORMAT = "studbook.reviews/1"
SCOPES = ("model", "ancestor", "publisher", "reason")
DECISIONS = ("accept", "waive", "false_positive", "flag")
"""Accept: the risk is taken. Waive: not now. False positive: there is none. Flag: the model itself is to be avoided."""
QUEUES = ("legal", "localisation", "documentation", "evaluation")

FACTS: Mapping[str | None, tuple[str, ...]] = {
    "legal": ("status", "hub_id", "gated", "licenses", "parents", "upstream_terms", "label_verdict", "label_reasons"),
    "localisation": ("status", "hub_id", "parents", "languages", "parent_languages"),
    "documentation": ("status", "hub_id", "parents", "card_hash", "parent_cards"),
    "evaluation": ("status", "hub_id", "parents", "tasks", "parent_tasks"),
    None: (
        *("status", "hub_id", "gated", "licenses", "parents", "upstream_terms", "label_verdict", "label_reasons"),
        *("languages", "tasks", "parent_languages", "parent_tasks"),
    ),
}
"""By queue: facts of a model that a decision rests on, columns of review/facts."""

_NEEDED = ("scope", "subject", "decision", "who", "why", "at")
_OPTIONAL = ("query", "fingerprint", "queue", "until", "rests_on")
_KEYS = ("scope", "subject", "query", "fingerprint", "queue", "decision", "who", "why", "at", "until", "rests_on")


@dataclass(frozen=True)
class Review:
    """One decision. `query`, `fingerprint` and `queue` narrow it; None is for all."""

    scope: str
    subject: str
    decision: str
    who: str
    why: str
    at: datetime
    until: date | None = None
    """Last day on which it holds; None is without end."""
    query: str | None = None
    fingerprint: str | None = None
    queue: str | None = None
    rests_on: Mapping[str, str] = field(default_factory=dict)
    """Digest of each fact of the subject that was known when it was decided."""
    id: str = ""
    """Key of its node; empty until it is written."""

    @property
    def about(self) -> tuple[str, ...]:
        """What it is about, in the order of lists and files; one decision has one place, and a flag has its own."""
        flag = "flag" if self.decision == "flag" else ""
        return (self.scope, self.subject, self.query or "", self.fingerprint or "", self.queue or "", flag)

    def holds(self, on: date) -> bool:
        """Whether it has not expired on a day."""
        return self.until is None or on <= self.until

    def changed(self, facts: Mapping[str, str]) -> list[str]:
        """Names of facts that it rests on and that are others now; `facts` are digests as facts() gives them."""
        return [name for name, digest in sorted(self.rests_on.items()) if facts.get(name) != digest]

    def state(self, known: Mapping[str, Mapping[str, str]], on: date) -> str:
        """holds, expired, or open again with the facts that changed; `known` is what facts() gives of its subject."""
        if not self.holds(on):
            return "expired"
        # A subject that the graph no longer has is no fact that changed: what it rests on is out of sight.
        changed = self.changed(known[self.subject]) if self.subject in known else []
        return f"open again: {', '.join(changed)} changed" if changed else "holds"


@dataclass(frozen=True)
class Written:
    """What writing did."""

    reviews: tuple[Review, ...]
    """As they are now in the graph."""
    removed: int
    unknown: tuple[str, ...]
    """Models that decisions name and the graph does not have."""


def read(graph: Graph) -> list[Review]:
    """Every decision in the graph, in order of what it is about."""
    answer = graph.read(resources.statement("review/read"))
    rows = [dict(zip(answer.columns, map(native, row), strict=True)) for row in answer.rows]
    found = [Review(**row | {"rests_on": dict(map(str.split, row["rests_on"] or ()))}) for row in rows]
    return sorted(found, key=lambda review: review.about)


def facts(graph: Graph, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """By model id, for those the graph has: the digest of each fact that is known. What is null is left out."""
    answer = graph.read(resources.statement("review/facts"), {"ids": sorted(set(ids))})
    _, *names = answer.columns
    return {
        id_: {name: _digest(value) for name, value in zip(names, values, strict=True) if value is not None}
        for id_, *values in answer.rows
    }


def write(settings: Settings, graph: Graph, reviews: Sequence[Review], *, prune: bool = False) -> Written:
    """Writes decisions, each in place of the one about the same, and with `prune` removes all others.

    Subjects that name models may be other names of them, in any letter case. A decision that says nothing of what it
    rests on keeps what the graph has of the very same one; a new one rests on the facts of now. Raises LockedError while
    another process changes the graph.
    """
    with lock.hold(settings, "Writing reviews"):
        known = {review.about: review for review in read(graph)}
        placed = {review.about: review for review in _placed(graph, reviews)}
        models = [review.subject for review in placed.values() if review.scope in ("model", "ancestor")]
        now = facts(graph, models)
        settled = [_settle(review, known.get(about), now) for about, review in placed.items()]
        gone = [review.id for about, review in known.items() if prune and about not in placed]

        def work(run: Run) -> None:
            run(resources.statement("review/write"), {"rows": list(map(_row, settled))})
            run(resources.statement("review/remove"), {"ids": gone})
            run(resources.statement("review/about"), {})

        graph.transact(work)
    unknown = tuple(sorted({model for model in models if model not in now}))
    return Written(tuple(settled), len(gone), unknown)


def remove(settings: Settings, graph: Graph, ids: Sequence[str]) -> None:
    """Removes decisions by id, or by a beginning of it that no other shares.

    Raises InputError for an id that is none's or several ones', and LockedError.
    """
    with lock.hold(settings, "Removing reviews"):
        known = [review.id for review in read(graph)]
        chosen = []
        for id_ in ids:
            found = [name for name in known if name.startswith(id_)]
            if len(found) != 1:
                what = f"{len(found)} reviews begin" if found else "no review begins"
                raise InputError(f"Removing the review {id_}: {what} with that; `studbook review list` shows the ids")
            chosen += found
        graph.write(resources.statement("review/remove"), {"ids": chosen})


def _placed(graph: Graph, reviews: Sequence[Review]) -> list[Review]:
    """The same with the graph's ids of models for subjects, and moments to the second, as a file has them."""
    of_models = ("model", "ancestor")
    names = sorted({review.subject for review in reviews if review.scope in of_models})
    ids: dict[str, list[str]] = {}
    for name, id_ in graph.read(resources.statement("review/models_named"), {"names": names}).rows:
        ids.setdefault(name, []).append(id_)
    chosen: dict[str, str] = {}
    for name, meant in ids.items():
        if len(meant) > 1 and name not in meant:
            raise InputError(f"Deciding on {name}: it means {' or '.join(meant)}; spell it as one of them")
        chosen[name] = name if name in meant else meant[0]
    return [
        replace(
            review,
            subject=chosen.get(review.subject, review.subject) if review.scope in of_models else review.subject,
            at=review.at.replace(microsecond=0),
        )
        for review in reviews
    ]


def _settle(review: Review, known: Review | None, now: Mapping[str, Mapping[str, str]]) -> Review:
    id_ = known.id if known else hashlib.sha256(json.dumps(review.about).encode()).hexdigest()[:16]
    rests_on = review.rests_on
    if not rests_on and known and (known.decision, known.at) == (review.decision, review.at):
        rests_on = known.rests_on
    elif not rests_on and review.scope in ("model", "ancestor"):
        mine = now.get(review.subject, {})
        rests_on = {name: mine[name] for name in FACTS[review.queue] if name in mine}
    return replace(review, id=id_, rests_on=rests_on)


def _row(review: Review) -> dict[str, Any]:
    rests_on = [f"{name} {digest}" for name, digest in sorted(review.rests_on.items())]
    return vars(review) | {
        "at": review.at.isoformat(),
        "until": review.until.isoformat() if review.until else None,
        "rests_on": rests_on or None,
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:12]


# The file.


def dump(reviews: Iterable[Review]) -> str:
    """The decisions as YAML, in order of what they are about, keys in one order: equal decisions give equal text."""
    entries = []
    for review in sorted(reviews, key=lambda review: review.about):
        values = vars(review) | {"rests_on": dict(sorted(review.rests_on.items()))}
        entries.append({key: values[key] for key in _KEYS if values[key]})
    document = {"format": FORMAT, "reviews": entries}
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Writes moments in UTC, like 2026-03-02T09:00:00Z."""


def _write_moment(dumper: _Dumper, moment: datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


_Dumper.add_representer(datetime, _write_moment)


def load(path: Path) -> list[Review]:
    """The decisions of a file, held to the form that the top of this module shows.

    Raises InputError with every mistake at its line.
    """
    doing = f"Reading the reviews {path}"
    loader = yaml.SafeLoader("")
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise InputError(f"{doing}: {error.strerror}; give the path of a YAML file") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{doing}: it is no YAML: {error}") from error
    top = {key.value: value for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    format_, entries = top.get("format"), top.get("reviews")
    if format_ is None or format_.value != FORMAT or not isinstance(entries, yaml.SequenceNode):
        raise InputError(f"{doing}: it must begin with `format: {FORMAT}` and hold a list `reviews`")
    found: dict[tuple[str, ...], int] = {}
    reviews, mistakes = [], []
    for node in entries.value:
        line = node.start_mark.line + 1
        try:
            given = loader.construct_object(node, deep=True)
        except yaml.YAMLError as error:
            mistakes.append((line, str(error)))
            continue
        wrong = list(_mistakes(given))
        mistakes += [(line, what) for what in wrong]
        if not wrong:
            review = Review(**given | {"at": _moment(given["at"])})
            if review.about in found:
                mistakes.append((line, f"it is about the same as the decision in line {found[review.about]}"))
            found[review.about] = line
            reviews.append(review)
    if mistakes:
        raise InputError("\n".join(f"{path}:{line}: {what}" for line, what in mistakes))
    return reviews


def check(review: Review) -> None:
    """Raises InputError when a decision is not in form."""
    given = {key: value for key, value in vars(review).items() if key in _KEYS and value not in (None, {})}
    if wrong := list(_mistakes(given)):
        raise InputError(f"Deciding on {review.subject}: {'; '.join(wrong)}")


def _mistakes(given: Any) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"a decision is a mapping with {', '.join(_NEEDED)}"
        return
    for key in given:
        if key not in _KEYS:
            yield f"unknown key {key!r}{_suggest(str(key), _KEYS)}"
    if missing := [key for key in _NEEDED if not given.get(key)]:
        yield f"missing {', '.join(missing)}"
    yield from _wrong_values({key: value for key, value in given.items() if value is not None})
    if given.get("decision") == "flag" and given.get("scope", "model") != "model":
        yield "a flag is put on one model: its scope must be model"
    if given.get("fingerprint") and not given.get("query"):
        yield "a fingerprint needs the query whose finding it is"


def _wrong_values(given: Mapping[str, Any]) -> Iterator[str]:
    for key in ("subject", "query", "fingerprint", "who", "why"):
        if not isinstance(given.get(key, ""), str):
            yield f"{key} must be text, not {given[key]!r}"
    for key, choices in (("scope", SCOPES), ("decision", DECISIONS), ("queue", QUEUES)):
        if key in given and given[key] not in choices:
            yield f"{key} {given[key]!r} is none of {', '.join(choices)}{_suggest(str(given[key]), choices)}"
    if not isinstance(given.get("at", date.min), date):
        yield f"at must be a moment like 2026-03-02T09:00:00Z, not {given['at']!r}"
    if type(given.get("until", date.max)) is not date:
        yield f"until must be a day like 2028-03-01, not {given['until']!r}"
    rests_on = given.get("rests_on", {})
    if not isinstance(rests_on, dict) or not all(isinstance(text, str) for pair in rests_on.items() for text in pair):
        yield "rests_on must map names of facts to digests"


def _suggest(text: str, choices: Sequence[str]) -> str:
    near = difflib.get_close_matches(text, choices, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _moment(given: date) -> datetime:
    moment = given if isinstance(given, datetime) else datetime(given.year, given.month, given.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
