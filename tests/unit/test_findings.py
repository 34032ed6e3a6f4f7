"""Findings: their fingerprints, decisions and counts against plain Python."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from studbook import findings, library
from studbook.findings import COLUMNS
from studbook.reviews import QUEUES, SCOPES, Review

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 10)
MODELS = ["o/a", "o/b", "p/c"]
QUERIES = ["risk/x", "risk/y"]


def row(**fields: object) -> dict[str, object]:
    return dict.fromkeys(COLUMNS) | {"status": "open"} | fields


rows = st.fixed_dictionaries(
    {
        "query": st.sampled_from(QUERIES),
        "fingerprint": st.sampled_from(["f1", "f2", "f3"]),
        "severity": st.sampled_from(["low", "medium", "high"]),
        "queue": st.none() | st.sampled_from(QUEUES[:2]),
        "about": st.sampled_from(MODELS),
        "ancestor": st.none() | st.sampled_from(MODELS),
        "reason": st.none() | st.sampled_from(["CODE", "OTHER"]),
        "deployments": st.none() | st.lists(st.sampled_from(["chat", "search"]), min_size=1, unique=True),
    }
).map(lambda one: row(**one, models=[one["about"]], publisher=str(one["about"]).partition("/")[0]))
tables = st.lists(rows, max_size=12, unique_by=lambda one: (one["query"], one["fingerprint"]))
reviews = st.builds(
    Review,
    scope=st.sampled_from(SCOPES),
    subject=st.sampled_from([*MODELS, "o", "p", "CODE", "risk/x"]),
    decision=st.sampled_from(["accept", "waive", "false_positive", "flag"]),
    who=st.just("me"),
    why=st.just("so"),
    at=st.just(AT),
    until=st.none() | st.sampled_from([TODAY, TODAY - timedelta(days=1)]),
    query=st.none() | st.sampled_from(QUERIES),
    fingerprint=st.none() | st.sampled_from(["f1", "f2"]),
    queue=st.none() | st.sampled_from(QUEUES[:2]),
    rests_on=st.sampled_from([{}, {"licenses": "1"}, {"licenses": "2"}]),
)
FACTS = {"o/a": {"licenses": "1"}, "o/b": {"licenses": "1"}}


def table(given: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(given, COLUMNS, orient="row")


def covers(review: Review, one: dict[str, object]) -> bool:
    subject = {
        "model": one["about"],
        "ancestor": one["ancestor"],
        "publisher": one["publisher"],
        "reason": one["query"] if "/" in review.subject else one["reason"],
    }[review.scope]
    narrow = ((review.query, one["query"]), (review.fingerprint, one["fingerprint"]), (review.queue, one["queue"]))
    return review.subject == subject and all(wanted in (None, is_) for wanted, is_ in narrow)


def stands(review: Review) -> bool:
    changed = review.subject in FACTS and review.rests_on not in ({}, FACTS[review.subject])
    return not changed and (review.until is None or review.until >= TODAY)


@given(tables, st.lists(reviews, max_size=6, unique_by=lambda one: one.about))
def test_decisions_cover_what_they_are_about(given: list[dict[str, object]], decided: list[Review]) -> None:
    decided = [Review(**vars(one) | {"id": str(number)}) for number, one in enumerate(decided)]
    found, applied = findings.decide(table(given), decided, FACTS, on=TODAY)
    effective = [one for one in decided if one.decision != "flag"]
    assert [one.review for one in applied] == effective
    assert [one.matches for one in applied] == [sum(covers(one, row) for row in given) for one in effective]
    assert [one.holds for one in applied] == [stands(one) for one in effective]
    for before, after in zip(given, found.iter_rows(named=True), strict=True):
        able = [one for one in effective if stands(one) and covers(one, before)]
        assert (after["status"] == "open") == (not able)
        if able:
            chosen = next(one for one in able if one.id == after["review"])
            narrowest = min((one.fingerprint is None, one.query is None) for one in able)
            assert (chosen.fingerprint is None, chosen.query is None) == narrowest
            assert after["status"] == findings.STATUSES[chosen.decision]
        assert {**after, "status": None, "review": None} == {**before, "status": None, "review": None}


@given(tables)
def test_totals_add_up(given: list[dict[str, object]]) -> None:
    for name in ("ancestor", "publisher"):
        totals = findings.totals(table(given), [name])
        counts = Counter((one[name], one["severity"]) for one in given)
        models = {value: {one["about"] for one in given if one[name] == value} for value, _ in counts}
        for group in totals.iter_rows(named=True):
            value = group[name]
            assert [group[level] for level in ("high", "medium", "low")] == [
                counts[value, level] for level in ("high", "medium", "low")
            ]
            assert group["models"] == len(models[value])
            assert group["deployments"] == len(
                {d for one in given if one[name] == value for d in one["deployments"] or ()}  # type: ignore[attr-defined]
            )
        assert totals.height == len(models)
        ranks = totals.select("deployments", "models", "open").rows()
        assert ranks == sorted(ranks, reverse=True)


@given(tables, tables)
def test_what_became_of_an_earlier_run(then: list[dict[str, object]], now: list[dict[str, object]]) -> None:
    now = [one | {"status": "waived" if one["severity"] == "low" else "open"} for one in now]
    found = findings.compare(table(then), table(now))
    keys = [{(one["query"], one["fingerprint"]): one["status"] for one in side} for side in (then, now)]
    was, is_ = keys[0], {key for key, status in keys[1].items() if status == "open"}

    def of(frame: pl.DataFrame) -> set[tuple[str, ...]]:
        return set(frame.select("query", "fingerprint").rows())

    assert of(found.new) == is_ - was.keys()
    assert of(found.gone) == was.keys() - keys[1].keys()
    assert of(found.decided) == (was.keys() & keys[1].keys()) - is_
    assert found.same == len(was.keys() & is_)
    marked = findings.mark(table(now), found)
    states = {(one["query"], one["fingerprint"]): one["state"] for one in marked.iter_rows(named=True)}
    assert states == {key: None if key not in is_ else "same" if key in was else "new" for key in keys[1]}


def test_a_fingerprint_is_the_digest_of_query_and_key() -> None:
    query = library.library()["risk/license_dropped"]
    role = findings.roles(query)
    names = list(dict.fromkeys([*query.key, *role.columns]))
    rows_ = pl.DataFrame([("o/c", "MERGE_OF", "o/p", ["A", "B"], 3, None)], names, orient="row")
    (found,) = findings.table(query, role, rows_, severity="low", queue=None).iter_rows(named=True)
    digest = hashlib.sha256("\x1f".join(["risk/license_dropped", "o/c", "MERGE_OF", "o/p"]).encode()).hexdigest()
    assert found["fingerprint"] == digest[:16]
    assert (found["about"], found["models"], found["ancestor"]) == ("o/c", ["o/c"], "o/p")
    assert (found["publisher"], found["reason"], found["reach"]) == ("o", "A", 3)


def test_a_circle_is_about_all_of_its_models() -> None:
    query = library.library()["quality/cycles"]
    rows_ = pl.DataFrame({"cycle": [["o/a", "p/b"]]})
    (found,) = findings.table(query, findings.roles(query), rows_, severity="low", queue=None).iter_rows(named=True)
    assert (found["about"], found["models"], found["publisher"]) == ("o/a, p/b", ["o/a", "p/b"], "o")
