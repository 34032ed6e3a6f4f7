"""`studbook audit` and `studbook review` on the example hub: exact counts, decisions, comparisons, every form.

What there is to find is what tests/oracle/ works out in plain Python.
"""

from __future__ import annotations

import csv
import hashlib
import html.parser
import io
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import hub_files
import oracle
import sarif_schema
from graph_contents import ask, wipe
from studbook import audit, cli, library, lock, packs, reports, reviews, sarif
from studbook.ask import connect
from studbook.config import Settings
from studbook.load import load

EXAMPLE = oracle.hub()
KESTREL, PEWTER = "northwind-ai/Kestrel-7B", "alloy-foundry/Pewter-8B"
STORYTELLER = "brightmoor/Kestrel-Storyteller-7B"
RESTRICTED, LOOSENED = "risk/restricted_ancestor_permissive_descendant", "risk/license_loosened"
LEVELS = ("high", "medium", "low")


NOT_OF_MODELS = {"risk/loosening_publishers", "quality/opaque_licenses", "quality/unknown_codes"}
"""Queries whose findings are about accounts, licences and codes."""


def truth(check: packs.Check) -> list[oracle.Row]:
    """Every row that a query has, worked out in plain Python."""
    answer, defaults, _ = oracle.QUERIES[check.query.id]
    unlimited = {"limit": 10**6} if "limit" in defaults else {}
    return answer(EXAMPLE, **(defaults | dict(check.parameters) | unlimited))


TRUTH = {check.query.id: (check, truth(check)) for check in packs.pack("all").checks}


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def environment(database: Settings) -> dict[str, str]:
    given = {
        "STUDBOOK_HOME": str(database.home),
        "STUDBOOK_CACHE": str(database.cache),
        "STUDBOOK_NEO4J_VERSION": database.neo4j_version,
        "NEO4J_URI": database.neo4j_uri or "",
        "NEO4J_USERNAME": database.neo4j_username,
        "NEO4J_PASSWORD": database.neo4j_password or "",
        "NEO4J_DATABASE": database.neo4j_database or "",
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")} | given


@pytest.fixture(scope="module")
def run(environment: dict[str, str]) -> Run:
    """A command line, run in this process."""

    def command(*arguments: str) -> Outcome:
        out, err, code = io.StringIO(), io.StringIO(), 0
        with (
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch.object(sys, "argv", ["studbook", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                cli.main()
            except SystemExit as end:
                code = int(end.code or 0)
        return Outcome(code, out.getvalue(), err.getvalue())

    return command


@pytest.fixture(scope="module")
def example(database: Settings) -> Settings:
    wipe(database)
    load([oracle.DATA / "example_hub.jsonl"], settings=database, as_of=oracle.AS_OF)
    return database


@pytest.fixture
def clean(example: Settings) -> Iterator[Settings]:
    """The example hub without anything of the user's own, before and after."""
    remove = "MATCH (n:Review|Deployment) DETACH DELETE n"
    ask(example, remove)
    yield example
    ask(example, remove)


def kept(run: Run, path: Path, *arguments: str) -> dict[str, Any]:
    """An audit as JSON, kept in a file."""
    outcome = run("audit", *arguments, "--format", "json", "-o", str(path))
    assert outcome.out == ""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def fingerprint(check: packs.Check, row: oracle.Row) -> str:
    keys = [row[name] for name in check.query.key]
    parts = [check.query.id, *("\x1e".join(key) if isinstance(key, list) else key for key in keys)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def test_every_finding_is_counted_and_has_its_fingerprint(clean: Settings, run: Run, tmp_path: Path) -> None:
    document = kept(run, tmp_path / "all.json")
    assert document["failures"] == {}
    for id_, (check, rows) in TRUTH.items():
        expected = {fingerprint(check, row) for row in rows} if id_ != "risk/flagged_reach" else set()
        assert set(document["queries"][id_]["all"]["fingerprint"]) == expected, id_
    counts = Counter(dict.fromkeys(LEVELS, 0))
    for id_, (check, rows) in TRUTH.items():
        counts[check.severity] += len(rows) if id_ != "risk/flagged_reach" else 0
    assert {level: document["totals"][level] for level in LEVELS} == counts
    assert document["totals"]["open"] == sum(counts.values()) == len(document["findings"]) > 500


def test_a_finding_has_its_row_as_evidence(clean: Settings, run: Run, tmp_path: Path) -> None:
    document = kept(run, tmp_path / "some.json", "--pack", "license", "--pack", "lineage")
    shown = {(one["query"], one["fingerprint"]): one for one in document["findings"]}
    for check, rows in (TRUTH[id_] for id_ in (RESTRICTED, LOOSENED, "quality/missing_parents", "risk/gate_lost")):
        for row in rows:
            one = shown.pop((check.query.id, fingerprint(check, row)))
            ways = ("relations", "path") if oracle.ANY_SHORTEST in row.values() else ()
            assert {n: v for n, v in one["evidence"].items() if n not in ways} == {
                n: v for n, v in row.items() if n not in ways
            }
            assert one["title"] == check.query.title
            assert one["next"] == check.query.next
            assert one["snapshot"] == document["snapshot"]["id"]
            assert (one["schema"], bool(one["license_table"])) == (document["snapshot"]["schema_version"], True)
    assert all(one["evidence"] for one in shown.values())


def test_the_summary_names_what_binds_most(clean: Settings, run: Run) -> None:
    answer = run("audit", "--query", RESTRICTED, "--group-by", "ancestor", "--format", "csv", "--limit", "1000")
    rows = TRUTH[RESTRICTED][1]
    bound: dict[str, set[str]] = {}
    for row in rows:
        bound.setdefault(row["ancestor"], set()).add(row["descendant"])
    found = list(csv.DictReader(io.StringIO(answer.out)))
    assert {row["ancestor"]: int(row["models"]) for row in found} == {id_: len(ids) for id_, ids in bound.items()}
    assert [int(row["models"]) for row in found] == sorted((len(ids) for ids in bound.values()), reverse=True)
    assert sum(int(row["high"]) for row in found) == len(rows)
    by_publisher = run("audit", "--query", RESTRICTED, "--group-by", "publisher", "--format", "csv", "--limit", "1000")
    owners = Counter(row["descendant"].partition("/")[0] for row in rows)
    assert {r["publisher"]: int(r["high"]) for r in csv.DictReader(io.StringIO(by_publisher.out))} == owners
    by_reason = run("audit", "--query", RESTRICTED, "--group-by", "reason", "--format", "csv", "--limit", "1000")
    reasons = Counter(row["label_reasons"][0] for row in rows)
    assert {r["reason"]: int(r["open"]) for r in csv.DictReader(io.StringIO(by_reason.out))} == reasons

    table = run("audit", "--limit", "2").out
    assert re.match(r"[\d,]+ open findings about every model: ", table)
    assert re.search(rf"high +{RESTRICTED} .* {len(rows)} +{len({row['descendant'] for row in rows})} ", table)
    assert re.search(r"… and \d+ others; \d+ open findings name no ancestor", table)
    assert "What to do next" in table


def test_only_about_a_model_or_an_author(clean: Settings, run: Run, tmp_path: Path) -> None:
    document = kept(run, tmp_path / "one.json", "--model", STORYTELLER.upper())
    assert document["scope"] == {"kind": "model", "name": STORYTELLER}
    expected = Counter()
    above = set(EXAMPLE.above(STORYTELLER))
    for id_, (check, rows) in TRUTH.items():
        subject = "model" if "model" in check.query.key else check.query.key[0]
        among = above if subject in ("parent", "reupload") else {STORYTELLER}
        if id_ not in NOT_OF_MODELS and id_ != "risk/flagged_reach":
            expected[id_] = sum(bool(among & set(oracle_models(row[subject]))) for row in rows)
    assert {id_: len(one["all"]["fingerprint"]) for id_, one in document["queries"].items()} == {
        **expected,
        "risk/flagged_reach": 0,
    }
    assert sum(expected.values()) > 2
    assert set(document["skipped"]) == NOT_OF_MODELS

    author = kept(run, tmp_path / "author.json", "--author", "alloy-foundry", "--pack", "license")
    mine = [row for row in TRUTH[LOOSENED][1] if row["child"].startswith("alloy-foundry/")]
    assert len(author["queries"][LOOSENED]["all"]["fingerprint"]) == len(mine) > 0
    assert author["queries"]["risk/loosening_publishers"]["all"]["about"] == ["alloy-foundry"]


def oracle_models(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_it_is_about_what_is_deployed(clean: Settings, run: Run, tmp_path: Path) -> None:
    ask(
        clean,
        "UNWIND $runs AS run MERGE (d:Deployment {id: run[0]}) SET d.name = run[1] "
        "WITH d, run MATCH (m:Model {id: run[2]}) CREATE (d)-[:RUNS {declared_as: run[2]}]->(m)",
        runs=[
            ["sheet chat", "chat", STORYTELLER],
            ["sheet chat", "chat", PEWTER],
            ["sheet search", "search", PEWTER],
            ["sheet quiet", "quiet", "quillon-research/heron-base-uncased"],
        ],
    )
    document = kept(run, tmp_path / "deployed.json")
    assert document["scope"] == {"kind": "deployments", "name": None}
    restricted = TRUTH[RESTRICTED][1]
    running = {STORYTELLER: ["chat"], PEWTER: ["chat", "search"]}
    found = {
        (one["about"], one["ancestor"]): one["deployments"]
        for one in document["findings"]
        if one["query"] == RESTRICTED
    }
    assert found == {
        (row["descendant"], row["ancestor"]): running[row["descendant"]]
        for row in restricted
        if row["descendant"] in running
    }
    missing = {
        one["about"]: one["deployments"] for one in document["findings"] if one["query"] == "quality/missing_parents"
    }
    assert missing == {
        id_: sorted({name for model, names in running.items() if id_ in EXAMPLE.above(model) for name in names})
        for id_ in EXAMPLE.missing
        if any(id_ in EXAMPLE.above(model) for model in running)
    }
    table = run("audit").out
    assert re.search(r"By deployment\n.*\n.*\n +(chat|search) .*\n", table)
    assert "nothing was found about 1 deployments" in table
    only = kept(run, tmp_path / "search.json", "--deployment", "search")
    assert {one["about"] for one in only["findings"] if one["query"] == RESTRICTED} == {PEWTER}
    assert json.loads(run("audit", "--everything", "--format", "json").out)["totals"]["open"] > 500
    assert run("audit", "--deployment", "nowhere").code == 2
    refused = run("audit", "--baseline", str(tmp_path / "search.json"))
    assert (refused.code, "one is about deployments, the other about deployments search" in refused.err) == (2, True)


# Decisions.


def test_decisions_are_counted_apart_and_a_file_holds_them(clean: Settings, run: Run, tmp_path: Path) -> None:
    whole = kept(run, tmp_path / "whole.json", "--pack", "license")
    assert run("audit", "--pack", "license", "--fail-on", "high").code == 1
    above_kestrel = sum(row["ancestor"] == KESTREL for row in TRUTH[RESTRICTED][1])
    added = run(
        "review",
        "add",
        KESTREL.lower(),
        "--scope",
        "ancestor",
        "--query",
        RESTRICTED,
        "--decision",
        "waive",
        "--why",
        "asked",
    )
    assert (added.code, f"waive, ancestor {KESTREL}" in added.err) == (0, True)
    waived = kept(run, tmp_path / "waived.json", "--pack", "license")
    assert waived["totals"]["decided"] == above_kestrel > 0
    assert waived["totals"]["open"] == whole["totals"]["open"] - above_kestrel
    (one,) = waived["reviews"]
    assert (one["state"], one["findings"]) == ("holds", above_kestrel)

    for id_ in (check.query.id for check in packs.pack("license").checks if check.severity == "high"):
        run("review", "add", id_, "--scope", "reason", "--decision", "accept", "--why", "all of it", "--queue", "legal")
    assert run("audit", "--pack", "license", "--fail-on", "high").code == 0
    assert run("audit", "--pack", "license", "--fail-on", "medium").code == 1

    text = run("review", "export").out
    path = tmp_path / "reviews.yaml"
    path.write_text(text, encoding="utf-8")
    assert next(line for line in text.splitlines() if "scope" in line) == "- scope: ancestor"
    assert run("review", "import", str(path)).code == 0
    assert run("review", "export").out == text
    path.write_text(text.replace("all of it", "half of it"), encoding="utf-8")
    run("review", "import", str(path))
    assert run("review", "export").out == path.read_text(encoding="utf-8")
    path.write_text("format: studbook.reviews/1\nreviews: []\n", encoding="utf-8")
    assert " removed" in run("review", "import", str(path), "--prune").err
    assert json.loads(run("review", "list", "--format", "json").out)["rows"] == []


def test_a_decision_on_one_finding_and_one_that_no_longer_holds(clean: Settings, run: Run, tmp_path: Path) -> None:
    check, rows = TRUTH[LOOSENED]
    chosen = next(row for row in rows if row["child"] == PEWTER)
    mark = fingerprint(check, chosen)
    add = (
        "review",
        "add",
        PEWTER,
        "--query",
        LOOSENED,
        "--fingerprint",
        mark,
        "--decision",
        "false_positive",
        "--why",
        "x",
    )
    assert run(*add).code == 0
    assert run("review", "add", STORYTELLER, "--decision", "accept", "--why", "x", "--until", "2020-01-31").code == 0
    assert run("review", "add", "nobody-here", "--scope", "publisher", "--decision", "accept", "--why", "x").code == 0
    document = kept(run, tmp_path / "one.json", "--pack", "license")
    states = {one["subject"]: (one["state"], one["findings"]) for one in document["reviews"]}
    expired = sum(
        row.get("child", row.get("descendant", row.get("model", row.get("merge")))) == STORYTELLER
        for check in packs.pack("license").checks
        for row in TRUTH[check.query.id][1]
    )
    assert states == {PEWTER: ("holds", 1), STORYTELLER: ("expired", expired), "nobody-here": ("unused", 0)}
    assert document["totals"]["decided"] == 1
    table = run("audit", "--pack", "license").out
    assert re.search(rf"expired +model +{STORYTELLER} +it held until 2020-01-31", table)
    assert re.search(r"unused +publisher +nobody-here", table)

    # The grounds give way: its label is another one now.
    ask(clean, "MATCH (m:Model {id: $id}) SET m.label_verdict = 'clear'", id=PEWTER)
    try:
        again = kept(run, tmp_path / "again.json", "--pack", "license")
        assert again["totals"]["decided"] == 0
        (reopened,) = (one for one in again["reviews"] if one["subject"] == PEWTER)
        assert (reopened["state"], reopened["changed"]) == ("open again", ["label_verdict"])
        listed = json.loads(run("review", "list", PEWTER, "--format", "json").out)["rows"]
        assert [row["state"] for row in listed] == ["open again: label_verdict changed"]
        # What was decided then and is open now is new to a baseline.
        since = run("audit", "--pack", "license", "--baseline", str(tmp_path / "one.json"))
        assert (since.code, "1 new findings" in since.err) == (1, True)
    finally:
        ask(clean, "MATCH (m:Model {id: $id}) SET m.label_verdict = $was", id=PEWTER, was=EXAMPLE.label(PEWTER).level)  # type: ignore[union-attr]


def test_flags_reach_what_was_made_of_the_model(clean: Settings, run: Run, tmp_path: Path) -> None:
    assert run("review", "import", str(oracle.REVIEWS)).code == 0
    document = kept(run, tmp_path / "flags.json", "--query", "risk/flagged_reach")
    check, rows = TRUTH["risk/flagged_reach"]
    assert set(document["queries"]["risk/flagged_reach"]["all"]["fingerprint"]) == {
        fingerprint(check, row) for row in rows
    }
    listed = json.loads(run("review", "list", "--decision", "flag", "--format", "json").out)["rows"]
    assert {row["subject"] for row in listed if row["state"] == "holds"} == set(EXAMPLE.flags)
    assert run("review", "remove", *(row["id"][:8] for row in listed)).code == 0
    assert kept(run, tmp_path / "none.json", "--query", "risk/flagged_reach")["totals"]["open"] == 0


def test_a_decision_waits_for_its_model_and_for_the_lock(clean: Settings, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "reviews.yaml"
    given = "{scope: model, subject: o/later, decision: flag, who: me, why: so, at: 2026-03-02}"
    path.write_text(f"format: studbook.reviews/1\nreviews:\n- {given}\n", encoding="utf-8")
    assert "'o/later': the decision waits for it" in run("review", "import", str(path)).err
    with lock.hold(clean, "Testing"):
        refused = run("review", "import", str(path))
    assert (refused.code, "another process is changing this graph" in refused.err) == (3, True)
    with connect(clean) as studbook:
        assert [one.subject for one in reviews.read(studbook.graph)] == ["o/later"]


# What goes wrong.


def test_a_query_that_fails_does_not_stop_the_others(clean: Settings, run: Run, tmp_path: Path) -> None:
    text = library.find("quality/cycles").cypher
    (tmp_path / "broken.cypher").write_text(
        text.replace("MATCH (child:Model)", "MATCH (child:Model) WITH 1 / 0 AS x, child")
    )
    (tmp_path / "writes.cypher").write_text(
        text.replace("WITH DISTINCT child", "SET child.seen = 1\nWITH DISTINCT child")
    )
    pack = tmp_path / "mine.toml"
    entries = "".join(
        f'[[queries]]\nquery = "{name}"\nseverity = "high"\n' for name in ("broken.cypher", "writes.cypher")
    )
    pack.write_text(f'include = ["lineage"]\n{entries}')
    outcome = run("audit", "--pack", str(pack), "--fail-on", "high")
    assert outcome.code == 3
    assert re.search(r"FAILED \S+broken.cypher: .*/ by zero", outcome.out)
    assert re.search(r"FAILED \S+writes.cypher: .*does more than read", outcome.out)
    assert re.search(r"low +quality/cycles .* 3 +3 ", outcome.out)
    assert ask(clean, "MATCH (m:Model) RETURN count(m.seen)") == [[0]]
    assert (
        json.loads(run("audit", "--pack", str(pack), "--format", "sarif").out)["runs"][0]["invocations"][0][
            "executionSuccessful"
        ]
        is False
    )


def test_a_query_of_another_form_is_asked_as_it_is(clean: Settings, run: Run, tmp_path: Path) -> None:
    text = packs.checks_for([], ["lineage/hubs"])[0].query.cypher
    path = tmp_path / "mine.cypher"
    # Without an order before the limit nobody can tell which rows the limit leaves out.
    path.write_text(re.sub(r"ORDER BY [^\n]*\nLIMIT", "LIMIT", text, count=1))
    outcome = run("audit", "--query", str(path))
    assert (outcome.code, "20 open findings" in outcome.out, "there may be more" in outcome.out) == (0, True, True)


# Forms.


def test_sarif_keeps_to_its_schema_and_to_the_limits(
    clean: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("review", "add", PEWTER, "--decision", "accept", "--why", "so")
    document = json.loads(run("audit", "--format", "sarif").out)
    sarif_schema.validate(document)
    (done,) = document["runs"]
    total = done["properties"]["findings"]
    assert (len(done["results"]), done["properties"]["left_out"]) == (total, 0)
    assert len({json.dumps(one["partialFingerprints"]) for one in done["results"]}) == total
    suppressed = [one for one in done["results"] if "suppressions" in one]
    assert {one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for one in suppressed} == {PEWTER}
    rules = done["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in done["results"])

    monkeypatch.setattr(sarif, "RESULTS", 30)
    cut = json.loads(run("audit", "--format", "sarif").out)
    sarif_schema.validate(cut)
    (done,) = cut["runs"]
    assert (len(done["results"]), done["properties"]["left_out"]) == (30, total - 30)
    assert {one["level"] for one in done["results"]} == {"error"}
    (told,) = done["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith(f"{total - 30:,} of {total:,} findings were left out")


class Page(html.parser.HTMLParser):
    """What a page would fetch, and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href")]
        self.fetched += [tag] if tag in ("script", "link", "img", "iframe") else []
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_fetches_nothing_and_escapes_what_it_tells(clean: Settings, run: Run, tmp_path: Path) -> None:
    run("review", "add", PEWTER, "--decision", "accept", "--why", "<script>alert(1)</script>")
    path = tmp_path / "audit.html"
    assert run("audit", "--format", "html", "--limit", "10000", "-o", str(path)).code == 0
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert (page.fetched, page.open) == ([], [])
    assert "url(" not in text
    assert "@import" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert text.count("<details") == len(json.loads(run("audit", "--format", "json").out)["findings"])


def test_rows_and_markdown(clean: Settings, run: Run) -> None:
    answer = run("audit", "--query", LOOSENED, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    check, expected = TRUTH[LOOSENED]
    assert {row["fingerprint"] for row in rows} == {fingerprint(check, row) for row in expected}
    assert json.loads(rows[0]["evidence"])["child"] == rows[0]["about"]
    assert rows[0]["next"] == check.query.next
    markdown = run("audit", "--query", LOOSENED, "--format", "markdown").out
    assert markdown.startswith(f"# Audit\n\n{len(expected)} open findings about every model")
    assert f"| high | {LOOSENED} | {check.query.title} | {len(expected)} |" in markdown
    few = run("audit", "--query", LOOSENED, "--format", "csv", "--limit", "2")
    assert len(few.out.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "--model", "northwind-ai/Kestrel-7"], KESTREL),
        (["audit", "--author", "northwind"], "no model of the author 'northwind'"),
        (["audit", "--pack", "licence"], "choose one of all"),
        (["audit", "--query", "risk/gate"], "did you mean risk/gate_lost"),
        (["audit", "--model", KESTREL, "--author", "x"], "give one of --model"),
        (["audit", "--baseline", "nowhere.json"], "nowhere.json"),
        (["review", "add", "northwind-ai/Kestrel-7", "--decision", "accept", "--why", "x"], KESTREL),
        (
            ["review", "add", KESTREL, "--scope", "ancestor", "--decision", "flag", "--why", "x"],
            "its scope must be model",
        ),
        (["review", "add", KESTREL, "--fingerprint", "x", "--decision", "accept", "--why", "x"], "needs the query"),
        (["review", "import", "nowhere.yaml"], "nowhere.yaml"),
        (["review", "remove", "zzz"], "no review begins with that"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_mistakes_are_answered_with_what_to_do(clean: Settings, run: Run, arguments: list[str], words: str) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


def test_a_load_while_an_audit_runs_is_noticed(clean: Settings) -> None:
    with connect(clean) as studbook:
        checks = packs.checks_for([], ["quality/cycles"])

        def loads(*_: Any, **__: Any) -> tuple[list[Any], dict[str, str]]:
            ask(clean, "MATCH (s:Snapshot) SET s.loaded_at = datetime()")
            return [], {}

        with mock.patch.object(audit, "_evidence", loads):
            found = audit.run(studbook.graph, checks)
    assert "a load changed the graph meanwhile" in found.failures["snapshot"]
    assert found.findings.height == len(TRUTH["quality/cycles"][1])
    assert "FAILED snapshot" in reports.text(found, "table", limit=3)


# Other hubs than the example, which come last because they take its place: against yesterday's answer.


def test_what_is_new_and_what_is_gone(database: Settings, run: Run, tmp_path: Path) -> None:
    models = [hub_files.model("o/base", license="cc-by-nc-4.0"), hub_files.model("o/old", "o/base", license="mit")]
    later = [
        models[0],
        hub_files.model("o/old", "o/base", license="cc-by-nc-4.0"),
        hub_files.model("o/new", "o/base", license="mit"),
    ]
    wipe(database)
    load([hub_files.write(tmp_path / "one.jsonl", models)], settings=database, as_of=datetime(2026, 11, 1, tzinfo=UTC))
    monday, tuesday = tmp_path / "monday.json", tmp_path / "tuesday.json"
    kept(run, monday, "--pack", "license")
    assert run("audit", "--pack", "license", "--baseline", str(monday)).code == 0
    assert run("audit", "--pack", "license", "--fail-on", "low").code == 1
    load([hub_files.write(tmp_path / "two.jsonl", later)], settings=database, as_of=datetime(2026, 11, 2, tzinfo=UTC))
    document = kept(run, tuesday, "--pack", "license", "--baseline", str(monday))
    assert run("audit", "--pack", "license", "--baseline", str(monday), "--fail-on", "high").code == 1
    assert {one["about"] for one in document["findings"] if one["state"] == "new"} == {"o/new"}
    change = json.loads(run("audit", "compare", str(monday), str(tuesday), "--format", "json").out)
    assert {one["about"] for one in change["new"]} == {"o/new"}
    assert {one["about"] for one in change["gone"]} == {"o/old"}
    # The account loosens as before, by another model.
    assert change["totals"]["same"] == sum(one["about"] == "o" for one in document["findings"])
    assert change["then"]["snapshot"] != change["now"]["snapshot"]
    table = run("audit", "compare", str(monday), str(tuesday))
    assert (table.code, "New findings" in table.out, "Gone findings" in table.out) == (0, True, True)
    rows = list(csv.DictReader(io.StringIO(run("audit", "compare", str(monday), str(tuesday), "--format", "csv").out)))
    assert Counter(row["change"] for row in rows) == {"new": change["totals"]["new"], "gone": change["totals"]["gone"]}
    assert run("audit", "compare", str(monday), __file__).code == 2
    # A query that the baseline did not ask is new, all of it.
    wider = run("audit", "--baseline", str(monday), "--query", "quality/opaque_licenses")
    assert "answered only then, and not compared" in wider.err + wider.out


def test_the_world_must_be_ready(database: Settings, run: Run, tmp_path: Path) -> None:
    wipe(database)
    assert (run("audit").code, "holds no snapshot" in run("audit").err) == (3, True)
    path = hub_files.write(tmp_path / "hub.jsonl", [hub_files.model("o/a", license="mit")])
    load([path], settings=database, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    stale = run("audit", "--max-age", "3")
    assert (stale.code, "days old, and 3 are allowed" in stale.err, stale.out) == (3, True, "")
    assert run("audit", "--max-age", "100000").code == 0
    ask(database, "MATCH (s:Snapshot) SET s.status = 'loading'")
    loading = run("audit")
    assert (loading.code, "is under way or was killed" in loading.err) == (3, True)
