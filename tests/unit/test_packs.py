"""Packs: the shipped ones, and what a file of one's own may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from studbook import findings, library, packs, sweep
from studbook.errors import StudbookError

NO_ANCESTOR = {
    "risk/undecidable_lineage": "the nearest cause is looked for after the limit: for every model it takes minutes",
    "task/new_class": "the nearest ancestor with a class is looked for after the limit",
}
"""Queries that know of an ancestor only with their evidence, and why."""


def test_the_packs_that_there_must_be() -> None:
    assert {"license", "lineage", "documentation", "quality", "all"} <= set(packs.names())
    every = {check.query.id for name in packs.names() for check in packs.pack(name).checks}
    assert [check.query.id for check in packs.pack("all").checks if check.query.id not in every] == []
    assert {check.query.id for check in packs.pack("all").checks} == every
    risks = {query.id for query in library.library().values() if query.group == "risk"}
    assert risks <= every


@pytest.mark.parametrize("check", packs.pack("all").checks, ids=lambda check: check.query.id)
def test_a_shipped_query_says_what_to_do_and_names_what_binds(check: packs.Check) -> None:
    assert check.query.next
    parts = sweep.take_apart(check.query)
    assert parts is not None
    whole, told = findings.roles(check.query), findings.roles(check.query, parts.expressions)
    assert (whole.ancestor != told.ancestor) == (check.query.id in NO_ANCESTOR)


def write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    text = library.library()["quality/cycles"].cypher
    (tmp_path / "mine.cypher").write_text(text, encoding="utf-8")
    mine = packs.pack(
        write(
            tmp_path,
            'title = "Mine"\ninclude = ["lineage"]\n[[queries]]\nquery = "quality/cycles"\nseverity = "high"\n'
            '[[queries]]\nquery = "risk/license_dropped"\nqueue = "legal"\nparameters = { min_downloads = 7 }\n'
            '[[queries]]\nquery = "mine.cypher"\nseverity = "low"\n',
        )
    )
    found = {check.query.id: check for check in mine.checks}
    assert (mine.name, mine.title) == ("mine", "Mine")
    assert found["quality/cycles"].severity == "high"  # the later word on one query counts
    assert found["quality/missing_parents"].severity == "medium"
    dropped = found["risk/license_dropped"]
    assert (dropped.severity, dropped.queue, dropped.parameters) == ("medium", "legal", {"min_downloads": 7})
    assert found[str(tmp_path / "mine.cypher")].query.title == "Models that descend from themselves"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quieres = []", "unknown keys"),
        ('[[queries]]\nquery = "quality/cycles"', "query 1, quality/cycles: severity must be one of"),
        ('[[queries]]\nquery = "quality/cycels"', "did you mean quality/cycles"),
        ('[[queries]]\nquery = "risk/gate_lost"\nqueue = "leagl"', "queue must be one of legal"),
        ('[[queries]]\nquery = "risk/gate_lost"\nparameters = { limt = 3 }', "did you mean limit"),
        ('[[queries]]\nquery = "lineage/roots"\nseverity = "low"', "asks about one model, an audit about all"),
        ('include = ["licence"]', "choose one of all, documentation"),
        ("[[queries]", "it is no TOML"),
    ],
)
def test_a_mistake_in_a_pack(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudbookError, match=message):
        packs.pack(write(tmp_path, text))


def test_a_query_alone_is_asked_as_usual() -> None:
    (cycles,) = packs.checks_for([], ["quality/cycles"])
    assert cycles.severity == next(c.severity for c in packs.pack("lineage").checks if c.query.id == "quality/cycles")
    (hubs,) = packs.checks_for([], ["lineage/hubs"])
    assert hubs.severity == "low"
    assert len(packs.checks_for(["license"], ["risk/gate_lost"])) == len(packs.pack("license").checks)
