"""Decisions as a file: what is written is read again, and mistakes are told with their lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import reviews
from studbook.errors import InputError
from studbook.reviews import Review

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def review(**fields: object) -> Review:
    return Review(
        **{"scope": "model", "subject": "o/a", "decision": "accept", "who": "me", "why": "so", "at": AT} | fields
    )  # type: ignore[arg-type]


# PyYAML writes U+0085 as it is and reads it as the end of a line.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x85"), min_size=1).filter(str.strip)
decisions = st.builds(
    Review,
    scope=st.sampled_from(reviews.SCOPES),
    subject=texts,
    decision=st.sampled_from(["accept", "waive", "false_positive"]),
    who=texts,
    why=texts,
    at=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(
        lambda at: at.replace(microsecond=0, fold=0, tzinfo=UTC)
    ),
    until=st.none() | st.dates(),
    query=st.none() | texts,
    queue=st.none() | st.sampled_from(reviews.QUEUES),
    rests_on=st.dictionaries(texts, texts, max_size=3),
)


@given(st.lists(decisions, unique_by=lambda one: one.about))
def test_a_file_says_what_was_written_in_one_order(
    tmp_path_factory: pytest.TempPathFactory, given: list[Review]
) -> None:
    path = tmp_path_factory.mktemp("reviews") / "reviews.yaml"
    path.write_text(reviews.dump(given), encoding="utf-8")
    assert reviews.load(path) == sorted(given, key=lambda one: one.about)
    assert reviews.dump(reversed(given)) == reviews.dump(given)


def test_a_file_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "reviews.yaml"
    path.write_text(
        "format: studbook.reviews/1\nreviews:\n"
        "- {scope: reason, subject: PARENT_SILENT, decision: waive, who: me, why: so, at: 2026-03-02, until: 2026-04-01}\n"
        "- {scope: model, subject: o/a, decision: flag, who: me, why: so, at: 2026-03-02T10:00:00+01:00}\n"
    )
    assert reviews.load(path) == [
        review(
            scope="reason", subject="PARENT_SILENT", decision="waive", at=AT.replace(hour=0), until=date(2026, 4, 1)
        ),
        review(decision="flag"),
    ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{scope: model}", "3: missing subject, decision, who, why, at"),
        ("{subjekt: o/a}", "3: unknown key 'subjekt'; did you mean subject?"),
        ("{decision: acept}", "3: decision 'acept' is none of .*; did you mean accept?"),
        ("{at: yesterday}", "3: at must be a moment like"),
        ("{until: soon}", "3: until must be a day like"),
        ("{rests_on: [licenses]}", "3: rests_on must map names"),
        ("{scope: publisher, decision: flag}", "3: a flag is put on one model"),
        ("{fingerprint: abc}", "3: a fingerprint needs the query"),
        ("o/a", "3: a decision is a mapping"),
        ("!!python/object/apply:os.getcwd []", "3: could not determine a constructor"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, entry: str, message: str) -> None:
    path = tmp_path / "reviews.yaml"
    path.write_text(f"format: studbook.reviews/1\nreviews:\n- {entry}\n")
    with pytest.raises(InputError, match=f"reviews.yaml:{message}"):
        reviews.load(path)


@pytest.mark.parametrize("text", ["", "reviews: []", "format: studbook.reviews/2\nreviews: []", "[", "format: x"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reviews.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"Reading the reviews .*: it (must begin with|is no YAML)"):
        reviews.load(path)


def test_two_decisions_on_the_same_are_a_mistake_and_a_flag_is_apart(tmp_path: Path) -> None:
    path = tmp_path / "reviews.yaml"
    path.write_text(reviews.dump([review(), review(decision="flag")]))
    assert len(reviews.load(path)) == 2
    path.write_text(reviews.dump([review(), review(decision="waive")]))
    with pytest.raises(InputError, match=r"yaml:9: it is about the same as the decision in line 3"):
        reviews.load(path)


def test_a_decision_holds_to_its_last_day_and_while_its_facts_do() -> None:
    last = review(until=date(2026, 4, 1), rests_on={"licenses": "a", "gated": "b"})
    assert last.holds(date(2026, 4, 1))
    assert not last.holds(date(2026, 4, 1) + timedelta(days=1))
    assert review().holds(date.max)
    assert last.changed({"licenses": "a", "gated": "b", "tasks": "c"}) == []
    assert last.changed({"licenses": "x"}) == ["gated", "licenses"]
