"""The command line as its users meet it: a process with arguments, two streams and an exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from homes import small
from studbook import library, resources, server
from studbook.config import Settings

Run = Callable[..., "subprocess.CompletedProcess[str]"]
COMMANDS = [
    ["audit"],
    ["audit", "compare"],
    ["browser", "export"],
    ["browser", "serve"],
    *(["deployment", name] for name in ("load", "list", "check")),
    ["demo"],
    ["load"],
    ["export"],
    ["fetch", "cards"],
    ["fetch", "hub"],
    ["fetch", "cards"],
    ["history", "list"],
    ["history", "diff"],
    ["license", "list"],
    ["license", "show"],
    ["license", "check"],
    ["license", "options"],
    ["model", "show"],
    ["model", "tree"],
    ["model", "notices"],
    ["model", "bom"],
    ["model", "intake"],
    ["model", "check"],
    ["analyse", "virality"],
    ["analyse", "bridges"],
    ["query", "list"],
    ["query", "show"],
    ["query", "run"],
    ["policy", "check"],
    ["policy", "show"],
    *(["review", name] for name in ("list", "add", "import", "export", "remove")),
    *(["queue", name] for name in ("list", "show", "decide")),
    ["schema"],
    ["server", "start"],
    ["server", "stop"],
    ["server", "status"],
    ["server", "open"],
    ["server", "logs"],
]


def environment(settings: Settings) -> dict[str, str]:
    """What a person with that home would have set; NEO4J_* would name another server."""
    kept = {n: value for n, value in os.environ.items() if not n.startswith("NEO4J_") and n != "STUDBOOK_CONFIG"}
    return kept | {
        "STUDBOOK_HOME": str(settings.home),
        "STUDBOOK_CACHE": str(settings.cache),
        "STUDBOOK_NEO4J_HEAP": settings.neo4j_heap or "",
        "STUDBOOK_NEO4J_PAGECACHE": settings.neo4j_page_cache or "",
        "COLUMNS": "120",
        "BROWSER": "true",  # so that `server open` opens nothing
    }


def studbook(*arguments: str, settings: Settings, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "studbook", *arguments],
        env=environment(settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = small(tmp_path_factory.mktemp("cli"))
    yield settings
    server.stop(settings)


@pytest.fixture(scope="module")
def demo(home: Settings) -> subprocess.CompletedProcess[str]:
    return studbook("demo", settings=home)


@pytest.fixture
def run(home: Settings, demo: subprocess.CompletedProcess[str]) -> Run:
    """Runs a command where the demo has run."""
    assert demo.returncode == 0, demo.stderr
    return lambda *arguments, folder=None: studbook(*arguments, settings=home, folder=folder)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(command: list[str], home: Settings) -> None:
    answer = studbook(*command, "--help", settings=home)
    assert answer.returncode == 0
    assert f"Example: studbook {' '.join(command)}" in re.sub(r"[`\s]+", " ", answer.stdout)


def test_the_list_of_commands_is_whole(home: Settings) -> None:
    groups = {command[0] for command in COMMANDS}
    shown = studbook("--help", settings=home).stdout
    assert set(re.findall(r"^│ (\w+)  ", shown, re.MULTILINE)) == groups


def test_licence_commands_need_no_database(home: Settings) -> None:
    answer = studbook(
        "license", "check", "llama3.1+gemma", "llama3.1", "--relation", "merge", "--format", "json", settings=home
    )
    verdict = json.loads(answer.stdout)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert (verdict["verdict"], verdict["reasons"][0]) == ("review", "SECOND_AGREEMENT_MISSING")
    assert verdict["parents"] == [["llama3.1"], ["gemma"]]

    both = studbook("license", "check", "mit+cc-by-nc-4.0", "mit", "--format", "json", settings=home)
    assert json.loads(both.stdout)["parents"] == [["cc-by-nc-4.0", "mit"]]
    silent = studbook("license", "check", "mit", "", settings=home)
    assert silent.stdout.startswith("undecidable: finetune of mit, labelled no licence\n  CHILD_SILENT: ")
    unnamed = studbook("license", "check", "llama3", "llama3", "--name", "Mine-8B", settings=home)
    assert "NAME_PREFIX_MISSING" in unnamed.stdout

    guessed = studbook("license", "check", "lama3", "mit", settings=home)
    assert "near: llama3" in guessed.stderr
    assert guessed.stdout.startswith("undecidable: ")
    wrong = studbook("license", "show", "lama3", settings=home)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "is it llama3" in wrong.stderr
    assert "vendor_community" in studbook("license", "list", "--family", "evil", settings=home).stderr


def test_licences_in_lists_and_options(home: Settings) -> None:
    listed = studbook("license", "list", "--family", "no_derivatives", "--format", "csv", settings=home)
    rows = list(csv.DictReader(io.StringIO(listed.stdout)))
    assert {row["license"] for row in rows} >= {"cc-by-nd-4.0", "cc-by-nc-nd-4.0"}
    shown = json.loads(studbook("license", "show", "gemma-terms-of-use", "--format", "json", settings=home).stdout)
    assert (shown["id"], shown["aliases"]) == ("gemma", ["gemma-terms-of-use"])
    options = studbook("license", "options", "llama3.1", "apache-2.0", settings=home).stdout
    assert options.startswith("A model made by merge from llama3.1 and apache-2.0\n")
    adapter = studbook("license", "options", "cc-by-nc-4.0", "--relation", "adapter", "--format", "json", settings=home)
    assert {
        "license": "mit",
        "family": "permissive",
        "verdict": "review",
        "reasons": ["ADAPTER_OF_NONCOMMERCIAL", "NONCOMMERCIAL_DROPPED"],
    } in json.loads(adapter.stdout)["labels"]


def test_demo_shows_findings_and_says_that_they_are_invented(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0, demo.stderr
    assert "neither its publishers nor its models exist" in demo.stdout
    assert re.search(
        r"brightmoor/Kestrel-Storyteller-7B +apache-2.0 +4 +northwind-ai/Kestrel-7B +cc-by-nc-4.0", demo.stdout
    )
    assert re.search(r"Browser +http://127.0.0.1:\d+/browser/", demo.stdout)
    assert "499 loaded, 0 rejected" in demo.stderr


def test_no_stream_ever_shows_the_password(run: Run, home: Settings, demo: subprocess.CompletedProcess[str]) -> None:
    _, password = server.credentials(home)
    answers = [demo, run("server", "status"), run("server", "start"), run("server", "logs", "-n", "1000")]
    assert not any(password in answer.stdout + answer.stderr for answer in answers)


def test_the_demo_again_writes_nothing(run: Run) -> None:
    again = run("demo")
    assert again.returncode == 0
    assert "written   nothing" in again.stderr


def test_rows_in_every_form(run: Run, tmp_path: Path) -> None:
    question = ("query", "run", "lineage/hubs", "-p", "limit=2", "--format")
    document = json.loads(run(*question, "json").stdout)
    names = [row["model"] for row in document["rows"]]
    assert names == ["quillon-research/heron-base-uncased", "lumenforge/Lumen-4B-Instruct"]
    assert [row["model"] for row in csv.DictReader(io.StringIO(run(*question, "csv").stdout))] == names
    assert all(name in run(*question, "table").stdout for name in names)
    assert all(f"| {name} |" in run(*question, "markdown").stdout for name in names)
    path = tmp_path / "hubs.parquet"
    assert run(*question, "parquet", "-o", str(path)).stdout == ""
    assert pl.read_parquet(path)["model"].to_list() == names


def test_the_graph_as_files(run: Run, tmp_path: Path) -> None:
    answer = run("export", str(tmp_path / "hub"), "--format", "parquet", "--relations", "FINETUNE_OF,ADAPTER_OF")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert f"written to {tmp_path / 'hub'}: parquet" in answer.stderr
    assert {path.stem for path in (tmp_path / "hub" / "edges").iterdir()} == {"FINETUNE_OF", "ADAPTER_OF"}
    again = run("export", str(tmp_path / "hub"))
    assert (again.returncode, "new or empty" in again.stderr) == (2, True)


def test_a_query_is_shown_in_colours_on_a_terminal_alone(home: Settings) -> None:
    plain = studbook("query", "show", "lineage/hubs", settings=home).stdout
    assert "\x1b" not in plain
    assert plain.endswith(f"\n\n{library.find('lineage/hubs').statement}\n")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "studbook", "query", "show", "lineage/hubs"]
    with subprocess.Popen(command, env=environment(home) | {"TERM": "xterm"}, stdout=follower) as process:
        os.close(follower)
        shown = b""
        with suppress(OSError):  # Linux ends a terminal that nobody writes to any more with an error
            while part := os.read(leader, 65536):
                shown += part
    os.close(leader)
    assert process.returncode == 0
    coloured = shown.decode().replace("\r\n", "\n")
    assert "\x1b[94mMATCH\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_a_question_of_ones_own(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.cypher"
    path.write_text("MATCH (model:Model {id: $id}) RETURN model.likes AS likes")
    answer = run("query", "run", str(path), "-p", "id=northwind-ai/Kestrel-7B", "--format", "json")
    (mine,) = json.loads(answer.stdout)["rows"]
    rows = [json.loads(line) for line in (resources.DATA / "example_hub.jsonl").read_text("utf-8").splitlines()]
    assert mine == {"likes": next(row["likes"] for row in rows if row["id"] == "northwind-ai/Kestrel-7B")}


def test_how_a_family_spreads_and_what_holds_it_together(run: Run) -> None:
    """Moorhen is a line of thirteen: the mean distance is (13 + 1) / 3, and the one in the middle cuts off six."""
    chain = run("analyse", "virality", "saltmarsh-ai/moorhen-1b-iter03", "--format", "json")
    assert chain.returncode == 0, chain.stderr
    (row,) = json.loads(chain.stdout)["rows"]
    assert (row["family"], row["models"], row["joined"]) == ("saltmarsh-ai/Moorhen-1B", 13, 12)
    assert row["mean_distance"] == row["chain"] == pytest.approx(14 / 3)
    assert row["relations"] == ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "BASED_ON"]
    assert "every relation but MERGE_OF" in chain.stderr

    largest = list(csv.DictReader(io.StringIO(run("analyse", "virality", "--largest", "2", "--format", "csv").stdout)))
    assert [row["family"] for row in largest] == ["quillon-research/heron-base-uncased", "lumenforge/Lumen-4B-Base"]
    merged = json.loads(run("analyse", "virality", "--largest", "2", "--merges", "--format", "json").stdout)["rows"]
    assert [row["models"] for row in merged] == [112, 94]

    bridges = json.loads(run("analyse", "bridges", "saltmarsh-ai/Moorhen-1B", "--format", "json").stdout)["rows"]
    assert len(bridges) == 11
    assert (bridges[0]["model"], bridges[0]["parts"], bridges[0]["cut_off"]) == ("saltmarsh-ai/Moorhen-1B-iter06", 2, 6)
    both = run("analyse", "bridges", "weftworks/Weft-01a-3B", "alloy-foundry/Pewter-8B", "--limit", "1", "--merges")
    assert "1 rows" in both.stderr
    none = run("analyse", "bridges", "weftworks/Weft-01a-3B", "--format", "csv")
    assert none.stdout == "family,model,models,parts,largest_part,cut_off,relations\n"
    assert "--merges joins families by merges too" in none.stderr


def test_every_command_that_answers_a_question_is_one() -> None:
    assert {command.command for command in library.commands()} <= {f"studbook {' '.join(words)}" for words in COMMANDS}


PEWTER, STORYTELLER = "alloy-foundry/Pewter-8B", "brightmoor/Kestrel-Storyteller-7B"


def test_policy_says_the_term_the_ancestor_and_the_clause(run: Run, tmp_path: Path) -> None:
    answer = run("policy", "check", PEWTER, "--context", "distributed", "--format", "json", folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert document["parameters"]["policy"] == ["Studbook's own policy for distributed use"]
    assert document["parameters"]["organisation"] is None
    assert {row["answer"] for row in document["rows"]} == {"denied"}
    nearest = document["rows"][0]
    assert (nearest["level"], nearest["term"], nearest["hops"]) == ("denied", "noncommercial", 1)
    assert (nearest["ancestor"], nearest["licenses"]) == ("northwind-ai/Kestrel-7B-Instruct", ["cc-by-nc-4.0"])
    assert nearest["path"] == [PEWTER, "northwind-ai/Kestrel-7B-Instruct"]
    assert nearest["relations"] == ["MERGE_OF"]
    assert nearest["clause"] == "Creative Commons Attribution Non Commercial 4.0: no commercial use"
    assert nearest["source"].startswith("SPDX")
    assert [(row["level"], row["unknown"]) for row in document["rows"] if row["unknown"]] == [("review", "MISSING")]
    assert f"{PEWTER}: denied in the context distributed, and not everything above it is known" in answer.stderr
    assert answer.stderr.count("not legal advice") == 1


def test_policy_fails_when_asked_to(run: Run, tmp_path: Path) -> None:
    def code(model: str, context: str, *arguments: str) -> int:
        return run("policy", "check", model, "--context", context, *arguments, folder=tmp_path).returncode

    assert code(PEWTER, "hosted", "--fail-on", "denied") == 1
    assert code(PEWTER, "internal", "--fail-on", "denied") == 0  # only to review
    assert code(PEWTER, "internal", "--fail-on", "review") == 1
    assert code("lumenforge/Lumen-4B-Thinking", "distributed", "--fail-on", "review") == 0


def test_policy_of_an_organisation(run: Run, tmp_path: Path) -> None:
    """Kestrel was licensed to it in private; what others keep silent about stays open, and fails its allow-list."""
    path = tmp_path / "studbook.toml"
    curations = "".join(
        f'[curations."{id_}"]\nlicense = "{license_}"\nwho = "counsel"\nwhy = "letter"\nuntil = {until}\n'
        for id_, license_, until in (
            ("northwind-ai/kestrel-7b", "apache-2.0", "9999-12-31"),
            ("northwind-ai/Kestrel-7B-Instruct", "apache-2.0", "9999-12-31"),
            ("quietloom/Kestrel-7B-Fables", "apache-2.0", "2020-01-01"),
        )
    )
    policies = '[policies.radio]\nkind = "hosted"\ndefault = "{}"\n'
    path.write_text(curations + policies.format("deny"))
    check = ("policy", "check", STORYTELLER, "--context", "radio", "--format", "csv")
    strict = run(*check, folder=tmp_path)
    rows = list(csv.DictReader(io.StringIO(strict.stdout)))
    assert [(row["level"], row["term"], row["unknown"], row["hops"]) for row in rows] == [
        ("denied", "", "SILENT", "1"),
        ("denied", "", "SILENT", "2"),
        ("allowed", "noncommercial", "", "3"),
        ("allowed", "noncommercial", "", "4"),
    ]
    assert "expired after 2020-01-01" in rows[1]["reason"]
    assert (rows[3]["licenses"], rows[3]["concluded"]) == ('["cc-by-nc-4.0"]', '["apache-2.0"]')
    assert f"{path}:1: counsel: letter until 9999-12-31" in rows[3]["reason"]
    path.write_text(curations + policies.format("allow"))
    lenient = run(*check, folder=tmp_path)
    assert {row["answer"] for row in csv.DictReader(io.StringIO(lenient.stdout))} == {"review"}
    shown = run("policy", "show", "radio", folder=tmp_path)
    assert f"{path}:18" in shown.stdout
    assert "3 curations, 1 of them expired" in shown.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run(*check, "--config", str(path), folder=elsewhere).stdout == lenient.stdout
    assert run(*check, folder=elsewhere).returncode == 2


def test_a_mistake_in_the_organisations_file_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "studbook.toml"
    path.write_text('[policies.hosted]\n\nalow = ["agreement"]\n')
    answer = run("policy", "check", PEWTER, "--context", "hosted", folder=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"studbook: {path}:3: unknown key 'alow'; did you mean allow?")
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["query", "run", "lineage/hub"], 2, "did you mean lineage/hubs"),
        (["query", "run", "lineage/hubs", "-p", "limt=3"], 2, "did you mean limit"),
        (["query", "run", "lineage/hubs", "-p", "limit"], 2, "name=value"),
        (["query", "run", "lineage/ancestors", "-p", "model=northwind-ai/Kestrel-7"], 2, "northwind-ai/Kestrel-7B"),
        (["query", "run", "no_such_file.cypher"], 2, "no_such_file.cypher"),
        (["policy", "check", "northwind-ai/Kestrel-7", "--context", "hosted"], 2, "northwind-ai/Kestrel-7B"),
        (["analyse", "bridges", "northwind-ai/Kestrel-7"], 2, "northwind-ai/Kestrel-7B"),
        (["policy", "check", "northwind-ai/Kestrel-7B", "--context", "host"], 2, "did you mean hosted"),
        (["policy", "check", "northwind-ai/Kestrel-7B"], 2, "Missing option '--context'"),
        (["policy", "show", "internl"], 2, "did you mean internal"),
        (["policy", "show", "--config", "no_such_file.toml"], 2, "no_such_file.toml"),
        (["load", "no_such_file.jsonl"], 2, "no_such_file.jsonl"),
        (["load", __file__], 2, "no dump of the Hub"),
        (["load", __file__, "--as-of", "yesterday"], 2, "2026-08-22"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_mistakes_are_answered_with_what_to_do(run: Run, arguments: list[str], code: int, words: str) -> None:
    answer = run(*arguments)
    assert answer.returncode == code
    assert words in " ".join(answer.stderr.split())
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr


def test_without_a_server_the_world_is_not_ready(tmp_path: Path) -> None:
    nowhere = small(tmp_path / "empty")
    check = ["policy", "check", "northwind-ai/Kestrel-7B", "--context", "hosted"]
    for arguments in (["query", "run", "lineage/hubs"], check, ["server", "status"]):
        answer = studbook(*arguments, settings=nowhere)
        assert answer.returncode == 3
        assert "Traceback" not in answer.stderr
    assert "studbook server start" in studbook("query", "run", "lineage/hubs", settings=nowhere).stderr


def test_status_for_machines(run: Run, home: Settings) -> None:
    status = json.loads(run("server", "status", "--format", "json").stdout)
    assert (status["state"], status["version"]) == ("running", home.neo4j_version)
    assert "password" not in status


def test_a_reader_that_leaves_early_is_no_error(home: Settings, demo: subprocess.CompletedProcess[str]) -> None:
    command = f'"{sys.executable}" -m studbook query run lineage/descendants --format csv | head -1'
    answer = subprocess.run(
        ["bash", "-c", command], env=environment(home), capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.stdout.startswith("model,descendant")
    assert "Traceback" not in answer.stderr
    assert "BrokenPipe" not in answer.stderr


def test_bad_rows_are_written_out_and_the_example_gives_way(run: Run, tmp_path: Path) -> None:
    """Last in this file: the graph is another one afterwards."""
    rejected = tmp_path / "rejected.csv"
    source = Path(__file__).parents[1] / "fixture" / "bad_rows.jsonl"
    answer = run("load", str(source), "--as-of", "2026-01-01", "--rejected", str(rejected), "--format", "json")
    assert answer.returncode == 0, answer.stderr
    summary = json.loads(answer.stdout)
    assert (summary["rows"], summary["loaded"], summary["rejected"]) == (15, 2, 13)
    with rejected.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 13
    count = tmp_path / "count.cypher"
    count.write_text("MATCH (model:Model) RETURN count(model) AS models")
    (row,) = json.loads(run("query", "run", str(count), "--format", "json").stdout)["rows"]
    assert row["models"] == sum(summary["models"].values())
    assert summary["models"].get("removed", 0) == 0
    back = run("demo")
    assert back.returncode == 2
    assert "STUDBOOK_HOME" in back.stderr
