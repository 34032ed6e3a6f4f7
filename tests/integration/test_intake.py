"""`studbook model intake` and `studbook queue` on a real server: a merge worked out by hand, decisions that come undone."""

from __future__ import annotations

import json
import math
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

import hub_files
import oracle
from graph_contents import ask, wipe
from studbook import cli, evaluation, findings, intake, packs, queues, reviews
from studbook.ask import Studbook, connect
from studbook.config import Settings
from studbook.errors import InputError
from studbook.load import load

EXAMPLE = oracle.hub()
CORINTHIAN, PEWTER = "magpie-merges/Corinthian-8B-v2", "alloy-foundry/Pewter-8B"
CLEAN = "MATCH (n:Review|Deployment) DETACH DELETE n"


Run = Callable[..., Result]


@pytest.fixture
def run(database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command line, run in this process, outside any repository."""
    given = {
        "STUDBOOK_HOME": str(database.home),
        "STUDBOOK_CACHE": str(database.cache),
        "NEO4J_URI": database.neo4j_uri or "",
        "NEO4J_USERNAME": database.neo4j_username,
        "NEO4J_PASSWORD": database.neo4j_password or "",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("STUDBOOK_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli.app, list(arguments))


# Intake records.


def record(subject: intake.Subject, context: str | None = None) -> dict[str, Any]:
    return intake.record(subject, suites=evaluation.shipped().values(), context=context, kind=context)


def test_the_record_of_a_merge_of_merges(example: Studbook) -> None:
    """Corinthian v2 merges Corinthian, which states no licence, and Bronze. STORY.md tells of both."""
    found = record(intake.of_graph(example.graph, CORINTHIAN.upper()), "hosted")
    assert (found["model"], found["source"], found["status"]) == (CORINTHIAN, "graph", "listed")
    assert found["license"]["declared"] == ["mit"]
    assert [
        (one["model"], one["relation"], one["evidence"], one["licenses"], one["verdict"], one["reasons"][0]["code"])
        for one in found["parents"]
    ] == [
        ("magpie-merges/Corinthian-8B", "merge", ["card", "tag"], [], "undecidable", "PARENT_SILENT"),
        ("alloy-foundry/Bronze-4B", "merge", ["card", "tag"], ["apache-2.0"], "ok", "NOTICE_TO_KEEP"),
    ]
    assert [one["task_change"] for one in found["parents"]] == ["kept", "kept"]
    compatibility = found["compatibility"]
    # By way of Corinthian, Pewter and Kestrel-7B-Instruct.
    assert (compatibility["verdict"], compatibility["reasons"][0]["code"]) == ("conflict", "NONCOMMERCIAL_DROPPED")
    assert compatibility["reasons"][0]["meaning"].startswith("The parent's non-commercial limit is missing")
    assert not compatibility["upstream_complete"]
    assert {one["code"] for one in compatibility["undecidable_reasons"]} == {"PARENT_MISSING", "PARENT_SILENT"}
    assert found["tasks"]["new_classes"] == []
    # Bronze declares `code` too, which is no language to be lost.
    languages = found["languages"]
    assert [languages[name] for name in ("declared", "parents", "inherited", "lost", "gained")] == [
        ["en"], ["code", "en"], ["en"], [], [],
    ]  # fmt: skip
    # licence 9, language 5, task 2, library 1, and half of the six for the merge method in a tool's card.
    documentation = found["documentation"]
    assert (documentation["score"], documentation["template"]) == (20, "mergekit")
    assert documentation["sections"] == ["language", "library", "license", "task", "training_procedure"]
    assert found["flags"] == {"auto_generated": True, "materially_incomplete": True}
    assert {one["suite"] for one in found["evaluation"]["suites"]} == {
        *("lm-eval", "ifeval", "merge-parents"),
        *("bbq", "garak", "harmbench", "truthfulqa"),  # hosted
    }
    lineage = found["lineage"]
    assert (lineage["confidence"], lineage["ancestors"]) == ("low", 15)
    assert [(one["code"], one["message"]) for one in lineage["reasons"]] == [
        ("PARENT_MISSING", "orrery-labs/Orrery-8B to meta-llama/Llama-3.1-8B: no snapshot lists the parent")
    ]


@pytest.mark.parametrize(
    "name",
    [
        *(CORINTHIAN, PEWTER, "mossgate/dunlin-caption", "roundelay/Rondo-2", "amberquay/my-kestrel"),
        *("bitcellar/Kestrel-7B-Instruct-v2-QLoRA", "northwind-ai/Kestrel-7B", "weftworks/Weft-05c-3B"),
    ],
)
def test_a_record_is_the_same_from_the_graph_and_from_the_hub(example: Studbook, name: str) -> None:
    row = dict(EXAMPLE.listed[name])
    card = row.pop("card", None)
    here = record(intake.of_graph(example.graph, name))
    there = record(intake.of_hub(example.graph, row, card))
    apart = {"source", "status"}
    assert {k: v for k, v in there.items() if k not in apart} == {k: v for k, v in here.items() if k not in apart}
    words = {type_: word or "unknown" for word, type_ in oracle.hubs.RELATIONS.items()}
    assert sorted((one["model"], one["relation"]) for one in here["parents"]) == sorted(
        (edge.parent, words[edge.relation]) for edge in EXAMPLE.edges if edge.child == name
    )


CARD = """---
base_model: [magpie-merges/corinthian-8b-v2, gone/Nowhere, ./local]
base_model_relation: quantized
license: mit
language: de
pipeline_tag: text-classification
---
# Mine

## Limitations

It cannot spell.
"""


def test_the_record_of_a_card_that_is_not_in_the_graph(example: Studbook, run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    answer = run("model", "intake", "me/mine", "--card", "README.md", "--format", "json")
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert (found["model"], found["source"], found["status"]) == ("me/mine", "card", None)
    assert [
        (one["model"], one["status"], one["declared_as"], one["licenses"], one["verdict"]) for one in found["parents"]
    ] == [
        (CORINTHIAN, "listed", "magpie-merges/corinthian-8b-v2", ["mit"], "ok"),
        ("gone/Nowhere", "missing", None, None, "undecidable"),
    ]
    assert found["unresolved_parents"] == ["./local"]
    assert found["compatibility"]["verdict"] == "conflict"
    assert (found["languages"]["lost"], found["languages"]["gained"]) == (["en"], ["de"])
    assert found["tasks"]["new_classes"] == ["classification"]
    # licence 9, language 5, task 2, limitations 12.
    assert found["documentation"]["score"] == 28
    assert found["documentation"]["material_missing"] == ["intended_uses", "training_data", "evaluation"]
    assert {one["suite"] for one in found["evaluation"]["suites"]} == {
        *("accuracy", "belebele", "new-task", "other-task", "quantized-pair"),
    }
    reasons = [(one["confidence"], one["code"]) for one in found["lineage"]["reasons"]]
    assert reasons == [
        ("low", "PARENT_UNRESOLVED"),
        ("low", "PARENT_MISSING"),
        ("low", "PARENT_MISSING"),
        ("medium", "PARENT_RESPELT"),
    ]
    assert ask_ids(example, "me/mine") == []


def ask_ids(example: Studbook, name: str) -> list[str]:
    rows = example.graph.read("MATCH (model:Model {id: $id}) RETURN model.id", {"id": name}).rows
    return [id_ for (id_,) in rows]


def test_a_card_of_the_organisation_goes_by_its_word(example: Studbook, run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    (tmp_path / "studbook.toml").write_text(
        '[policies.kiosk]\nkind = "distributed"\n'
        '[evaluation_suites.spelling]\nname = "Spelling bee"\nwhy = "it talks to children"\ncontexts = ["kiosk"]\n'
        '[curations."me/mine"]\nlicense = "apache-2.0"\nwho = "us"\nwhy = "we asked"\n'
    )
    answer = run("model", "intake", "me/mine", "--card", ".", "--context", "kiosk", "-o", "record.md")
    assert (answer.exit_code, answer.stdout) == (0, ""), answer.output
    text = (tmp_path / "record.md").read_text(encoding="utf-8")
    assert text.startswith("# Intake record: me/mine\n\nFrom its card, ")
    assert "to be used: kiosk" in text
    assert "- concluded: apache-2.0, by us\n" in text
    assert "- Spelling bee (spelling): it talks to children; by context kiosk\n" in text


@contextmanager
def serving(pages: dict[str, tuple[int, str]]) -> Iterator[str]:
    """The address of a Hub on this machine that has these pages by path, and no others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = pages.get(self.path.partition("?")[0], (404, '{"error": "Repository not found"}'))
            self.send_response(status)
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_record_of_what_the_hub_says(example: Studbook, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    model = hub_files.model("me/Tern-7B", "northwind-ai/Kestrel-7B", relation="adapter", license="mit")
    pages = {
        "/api/models/me/Tern-7B": (200, json.dumps(model)),
        "/me/Tern-7B/resolve/main/README.md": (200, "---\nlicense: mit\n---\n## Intended uses\n\nTerns.\n"),
        "/api/models/me/closed": (200, json.dumps(model | {"id": "me/closed"})),
    }
    with serving(pages) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        open_ = json.loads(run("model", "intake", "me/Tern-7B", "--hub", "--format", "json").stdout)
        closed = json.loads(run("model", "intake", "me/closed", "--hub", "--format", "json").stdout)
        gone = run("model", "intake", "me/gone", "--hub")
    (kestrel,) = open_["parents"]
    assert (open_["source"], kestrel["relation"], kestrel["licenses"]) == ("hub", "adapter", ["cc-by-nc-4.0"])
    assert open_["documentation"]["sections"] == ["intended_uses", "license"]
    # Its card cannot be read, which is not the same as having none.
    assert closed["flags"] == {"auto_generated": None, "materially_incomplete": None}
    assert gone.exit_code == 1
    assert "/api/models/me/gone" in str(gone.exception)


def test_what_cannot_be_recorded_says_why(example: Studbook, run: Run, tmp_path: Path) -> None:
    for arguments, message in (
        (["magpie-merges/Corinthian-8B-v3"], r"did you mean .*Corinthian-8B-v2.*--card README.md or --hub"),
        ([CORINTHIAN, "--card", "x", "--hub"], "give one of --card and --hub"),
        (["me/mine", "--card", "nowhere.md"], "Reading the model card nowhere.md: No such file"),
        ([CORINTHIAN, "--context", "abroad"], "Choosing the context 'abroad': there is none"),
        (["no-owner", "--hub"], "that is no id of a model"),
    ):
        answer = run("model", "intake", *arguments)
        assert isinstance(answer.exception, InputError)
        assert re.search(message, str(answer.exception)), str(answer.exception)


# Queues.


def expected_items() -> dict[str, set[str]]:
    """By queue what its findings are about, worked out in plain Python."""
    found: dict[str, set[str]] = defaultdict(set)
    for check in packs.pack("all").checks:
        if check.queue:
            answer, defaults, _ = oracle.QUERIES[check.query.id]
            unlimited = {"limit": 10**6} if "limit" in defaults else {}
            about = findings.roles(check.query).about
            rows = answer(EXAMPLE, **(defaults | dict(check.parameters) | unlimited))
            found[check.queue] |= {row[about] for row in rows}
    return found


@pytest.fixture
def clean(database: Settings, example: Studbook) -> Iterator[Studbook]:
    """The example hub without anything of the user's own, before and after."""
    ask(database, CLEAN)
    yield example
    ask(database, CLEAN)


def test_each_queue_has_one_item_for_each_subject(clean: Studbook) -> None:
    found = queues.read(clean.graph)
    here: dict[str, set[str]] = defaultdict(set)
    for queue, about in found.items.select("queue", "about").rows():
        here[queue].add(about)
    assert here == expected_items()
    assert found.items.height == sum(map(len, here.values()))
    assert found.items["priority"].to_list() == sorted(found.items["priority"], reverse=True)
    assert found.audit.failures == {}


def test_what_changed_stands_in_its_own_queue() -> None:
    """Licence verdicts are legal, lost languages localisation, changed tasks and new classes of them evaluation, and
    cards that are thin, copied, templated or silent documentation."""
    queue_of = {check.query.id: check.queue for check in packs.pack("all").checks}
    for folder, queue in (("language", "localisation"), ("task", "evaluation"), ("documentation", "documentation")):
        mine = {id_: name for id_, name in queue_of.items() if id_.startswith(f"{folder}/")}
        assert mine
        assert set(mine.values()) == {queue}
    assert {queue_of[id_] for id_ in ("task/changed", "task/new_class")} == {"evaluation"}
    risks = {id_: name for id_, name in queue_of.items() if id_.startswith("risk/")}
    # That a flagged model is upstream is a decision of a person already.
    assert {id_ for id_, name in risks.items() if name != "legal"} == {"risk/flagged_reach"}


def test_lists_are_bounded_and_say_what_they_leave_out(clean: Studbook, run: Run) -> None:
    expected = expected_items()
    answer = run("queue", "list", "--queue", "evaluation", "--limit", "3", "--format", "json")
    found = json.loads(answer.stdout)
    (totals,) = found["totals"]
    assert totals == {
        "queue": "evaluation",
        "open": len(expected["evaluation"]),
        "decided": 0,
        "findings": totals["findings"],
        "deployed": 0,
    }
    assert (len(found["items"]), found["not_shown"]) == (3, len(expected["evaluation"]) - 3)
    answer_, defaults, _ = oracle.QUERIES["task/new_class"]
    new = {row["model"] for row in answer_(EXAMPLE, **defaults)}  # medium; everything else there is low

    def priority(id_: str) -> float:
        reach, downloads = EXAMPLE.descendants(id_), EXAMPLE.fact(id_, "downloads") or 0
        return (3 if id_ in new else 1) * (1 + math.log10(1 + reach)) * (1 + math.log10(1 + downloads))

    first = sorted(expected["evaluation"], key=lambda id_: (-priority(id_), id_))[:3]
    assert [one["about"] for one in found["items"]] == first
    assert found["items"][0]["priority"] == pytest.approx(priority(first[0]))
    assert f"The first 3 of {len(expected['evaluation'])} items are shown" in answer.stderr
    table = run("queue", "list", "--queue", "localisation", "--status", "decided")
    assert "localisation:" not in table.stdout
    assert f"localisation: {len(expected['localisation'])} open items" in table.stderr


def test_an_item_shows_its_evidence_and_what_to_do(clean: Studbook, run: Run) -> None:
    found = json.loads(run("queue", "show", f"legal:{PEWTER.upper()}", "--format", "json").stdout)
    assert (found["item"], found["status"], found["decisions"]) == (f"legal:{PEWTER}", "open", [])
    assert found["findings"] == len(found["evidence"])
    assert {one["about"] for one in found["evidence"]} == {PEWTER}
    (nearest,) = (one for one in found["evidence"] if one["query"] == "risk/noncommercial_upstream")
    assert nearest["evidence"]["path"] == [PEWTER, "northwind-ai/Kestrel-7B-Instruct"]
    assert nearest["next"].startswith("Do not use the model commercially")
    text = run("queue", "show", f"legal:{PEWTER}").stdout
    assert "path: alloy-foundry/Pewter-8B, northwind-ai/Kestrel-7B-Instruct\n" in text
    assert "- Do not use the model commercially" in text
    for name, message in (
        ("nowhere:a/b", "queues are legal, localisation"),
        ("legal", "written queue:subject"),
        ("evaluation:northwind-ai/Kestrel-7B", "has nothing about northwind-ai/Kestrel-7B"),
        ("legal:no-such/model", "has nothing about no-such/model"),
    ):
        answer = run("queue", "show", name)
        assert isinstance(answer.exception, InputError)
        assert message in str(answer.exception)


def test_scopes_of_a_decision_are_those_that_its_findings_name(clean: Studbook, run: Run) -> None:
    item = queues.find(clean.graph, f"legal:{PEWTER}")
    given: dict[str, Any] = {"decision": "waive", "who": "me", "why": "so", "at": datetime(2026, 11, 24, tzinfo=UTC)}

    def places(**more: Any) -> list[tuple[str, str, str | None]]:
        return [(one.scope, one.subject, one.queue) for one in queues.decisions(item, **given | more)]

    assert places() == places(scope="model") == [("model", PEWTER, "legal")]
    assert places(decision="flag") == [("model", PEWTER, None)]
    assert places(scope="publisher") == [("publisher", "alloy-foundry", "legal")]
    assert places(scope="ancestor", subject="northwind-ai/kestrel-7b") == [
        ("ancestor", "northwind-ai/Kestrel-7B", "legal")
    ]
    for more, message in (
        ({"scope": "ancestor"}, "choose one of northwind-ai/Kestrel-7B, "),
        ({"scope": "ancestor", "subject": "a/b"}, "no finding of it names 'a/b'"),
        ({"subject": "a/b"}, "a subject goes with --scope"),
        ({"scope": "publisher", "decision": "flag"}, "its scope must be model"),
    ):
        with pytest.raises(InputError, match=message):
            places(**more)
    # What is about no model is decided finding by finding, or more widely.
    publisher = queues.find(clean.graph, "legal:alloy-foundry")
    (one,) = queues.decisions(publisher, **given)
    assert (one.scope, one.subject, one.fingerprint) == (
        "reason",
        "risk/loosening_publishers",
        publisher.findings[0].row["fingerprint"],
    )
    with pytest.raises(InputError, match="it is no model"):
        queues.decisions(publisher, **given | {"scope": "model"})
    assert run("queue", "decide", "legal:alloy-foundry", "--decision", "accept", "--why", "so").exit_code == 0
    assert queues.find(clean.graph, "legal:alloy-foundry").row["status"] == "decided"
    assert queues.find(clean.graph, f"legal:{PEWTER}").row["status"] == "open"


# Last, because these load hubs of their own.


@pytest.fixture
def small(database: Settings, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Loads a hub of three: what they declare is given by name; each load is a day later."""
    wipe(database)
    day = [1]

    def put(**given: Any) -> None:
        rows = [
            hub_files.model(
                "base/b", license=given.get("base", "cc-by-nc-4.0"), language=given.get("languages", ["en", "fr"])
            ),
            hub_files.model("me/c", "base/b", license=given.get("child", "mit"), language=["en"]),
            hub_files.model("me/d", "me/c", license="mit", language=["en"]),
        ]
        path = hub_files.write(tmp_path / "hub.jsonl", rows)
        load([path], settings=database, as_of=datetime(2026, 11, day[0], tzinfo=UTC))
        day[0] += 1

    yield put
    wipe(database)


def audited(run: Run) -> tuple[int, int]:
    """Open and decided findings of a whole audit."""
    answer = run("audit", "--everything", "--format", "json")
    totals = json.loads(answer.stdout)["totals"]
    return totals["open"], totals["decided"]


def test_a_decision_is_counted_by_audits_and_open_again_when_its_facts_change(
    database: Settings, small: Callable[..., None], run: Run, tmp_path: Path
) -> None:
    small()
    with connect(database) as studbook:

        def state(item: str) -> tuple[str, int, int, list[str]]:
            found = queues.find(studbook.graph, item)
            states = [state for _, state in found.decisions]
            return found.row["status"], found.row["findings"], found.row["decided"], states

        (tmp_path / "inventory.csv").write_text("name,model\nchat,me/d\n")
        assert run("deployment", "load", "inventory.csv").exit_code == 0
        row = queues.find(studbook.graph, "legal:me/c").row
        # High, one descendant, ten downloads, below one deployment.
        assert row["deployments"] == ["chat"]
        assert queues.factors(row) == pytest.approx(
            {"severity": 9, "reach": 1.30103, "downloads": 2.04139, "deployments": 2}, rel=1e-4
        )

        open_, decided = audited(run)
        assert decided == 0
        legal, lost = (state(f"{queue}:me/c")[1] for queue in ("legal", "localisation"))
        assert lost == 1
        for queue in ("legal", "localisation"):
            words = ("--decision", "waive", "--why", "asked", "--who", "us", "--until", "2099-12-31")
            answer = run("queue", "decide", f"{queue}:me/C", *words)
            assert answer.exit_code == 0, answer.output
            assert f"{queue}:me/c: 0 findings open" in answer.stderr
        assert audited(run) == (open_ - legal - lost, legal + lost)
        assert state("legal:me/c") == ("decided", 0, legal, ["holds"])
        (first, second) = yaml.safe_load(run("review", "export").stdout)["reviews"]
        assert {first["queue"], second["queue"]} == {"legal", "localisation"}
        assert (first["subject"], first["who"], str(first["until"])) == ("me/c", "us", "2099-12-31")

        small(child="apache-2.0")
        status, still, done, states = state("legal:me/c")
        assert (status, still, done, states) == ("open", legal, 0, ["open again: licenses changed"])
        # Of what the other decision rests on nothing changed.
        assert state("localisation:me/c") == ("decided", 0, lost, ["holds"])
        assert audited(run)[1] == lost

        assert run("queue", "decide", "legal:me/c", "--decision", "accept", "--why", "once more").exit_code == 0
        small(child="apache-2.0", languages=["en", "fr", "de"])
        assert state("legal:me/c") == ("decided", 0, legal, ["holds"])
        assert state("localisation:me/c") == ("open", lost, 0, ["open again: parent_languages changed"])


def test_a_decision_on_an_ancestor_covers_what_descends_from_it(
    database: Settings, small: Callable[..., None], run: Run
) -> None:
    small()
    words = ("--decision", "accept", "--why", "we have a licence", "--scope", "ancestor", "--subject", "base/b")
    assert run("queue", "decide", "legal:me/c", *words).exit_code == 0
    with connect(database) as studbook:
        known = queues.read(studbook.graph, ["legal"]).items
        about = {row["about"]: row["status"] for row in known.iter_rows(named=True)}
        assert about == {"me/c": "decided", "me/d": "decided", "me": "open"}
        small(base="cc-by-nc-sa-4.0")
        known = queues.read(studbook.graph, ["legal"]).items
        assert set(known["status"]) == {"open"}


def test_a_flag_closes_nothing_and_an_expired_decision_neither(
    database: Settings, small: Callable[..., None], run: Run
) -> None:
    small()
    flag = run("queue", "decide", "legal:me/c", "--decision", "flag", "--why", "steals")
    assert flag.exit_code == 0
    gone = run("queue", "decide", "localisation:me/c", "--decision", "waive", "--why", "x", "--until", "2026-01-01")
    assert "localisation:me/c: 1 findings open" in gone.stderr
    with connect(database) as studbook:
        legal, lost = (queues.find(studbook.graph, f"{queue}:me/c") for queue in ("legal", "localisation"))
        assert legal.row["status"] == lost.row["status"] == "open"
        assert [(one.decision, state) for one, state in legal.decisions] == [("flag", "holds")]
        assert {(one.decision, state) for one, state in lost.decisions} == {("flag", "holds"), ("waive", "expired")}
        assert [one.subject for one in reviews.read(studbook.graph)] == ["me/c", "me/c"]
