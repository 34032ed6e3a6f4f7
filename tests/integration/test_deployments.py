"""Deployments in the graph of the example hub: joined, kept, and what each is exposed to."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import hub_files
import oracle
import sarif_schema
from graph_contents import ask as rows_of
from graph_contents import wipe
from studbook import deployments, inventory, organisation, reviews
from studbook.ask import Studbook, connect
from studbook.config import Settings
from studbook.deployments import Exposure
from studbook.errors import InputError
from studbook.load import load
from studbook.reviews import Review

KESTREL, CORINTHIAN = "northwind-ai/Kestrel-7B-Instruct", "magpie-merges/Corinthian-8B-v2"
INVENTORY = """\
name,model,owner,environment,context,approved_at,ticket
chat,northwind-ai/kestrel-7b-instruct@abc,ann,production,hosted,2026-01-01,T-1
merge,magpie-merges/Corinthian-8B-v2,bob,staging,distributed,2026-02-01,T-2
gone,nobody/Nothing,bob,staging,,,T-3
old,bert-base-uncased,cy,production,,,
open,https://hub.example/lumenforge/Lumen-4B-Instruct/tree/main,cy,production,internal,,
broken,not a model,cy,production,,,
"""
OURS = "name,model,base_model,relation,license,context\nours,acme/Mine,{base},finetune,apache-2.0,distributed\n"


def write(path: Path, text: str) -> inventory.Inventory:
    path.write_text(text, encoding="utf-8")
    return inventory.read(path)


def told(found: list[Exposure]) -> set[tuple[str, str, str | None]]:
    return {(each.deployment.name, each.code, each.ancestor) for each in found}


EXPECTED = {
    ("chat", "POLICY_DENIED", None),
    ("chat", "BINDING_TERMS", None),
    ("merge", "POLICY_DENIED", None),
    ("merge", "LICENSE_CONFLICT", None),
    ("merge", "LINEAGE_UNDECIDABLE", None),
    ("merge", "ANCESTOR_REMOVED", "meta-llama/Llama-3.1-8B"),
    ("merge", "BINDING_TERMS", None),
    ("gone", "UNRESOLVED", None),
    ("old", "MODEL_REMOVED", None),
}
"""By hand, from STORY.md: Kestrel is non-commercial, Corinthian-8B-v2 labels it MIT, Lumen asks nothing."""


def test_a_file_is_checked_without_writing(example: Studbook, database: Settings, tmp_path: Path) -> None:
    given = write(tmp_path / "inv.csv", INVENTORY)
    resolved = deployments.resolve(example.graph, given)
    found = deployments.check(example.graph, resolved.deployments)
    assert told(found) == EXPECTED
    assert {each.deployment.name: each.line for each in found} == {"chat": 2, "merge": 3, "gone": 4, "old": 5}
    assert [row.line for row in given.rejected] == [7]
    assert rows_of(database, "MATCH (d:Deployment) RETURN count(d)") == [[0]]


def test_a_loaded_inventory_gives_the_same_and_is_kept_whole(
    example: Studbook, database: Settings, tmp_path: Path
) -> None:
    given = write(tmp_path / "inv.csv", INVENTORY)
    written = deployments.load(database, example.graph, given)
    assert (written.loaded, written.unresolved, written.rejected, written.deployments) == (4, 1, 1, 5)
    known = deployments.read(example.graph)
    assert told(deployments.check(example.graph, known)) == EXPECTED
    chat = next(one for one in known if one.name == "chat")
    assert (chat.owner, chat.context, chat.extra) == ("ann", "hosted", ("ticket=T-1",))
    (run,) = chat.runs
    assert (run.model, run.revision, run.declared_as) == (KESTREL, "abc", "northwind-ai/kestrel-7b-instruct@abc")
    assert next(one for one in known if one.name == "gone").unresolved == ("nobody/Nothing",)
    # Again without two rows: those are retired, and come back when they are listed again.
    fewer = write(tmp_path / "inv.csv", "\n".join(INVENTORY.splitlines()[:2]) + "\n")
    assert deployments.load(database, example.graph, fewer).retired == 4
    assert told(deployments.check(example.graph, deployments.read(example.graph))) == {
        row for row in EXPECTED if row[0] == "chat"
    }
    assert deployments.load(database, example.graph, given).retired == 0
    assert told(deployments.check(example.graph, deployments.read(example.graph))) == EXPECTED
    rows_of(database, "MATCH (d:Deployment) DETACH DELETE d")


def test_a_model_of_ones_own_has_verdicts_like_any_other(example: Studbook, database: Settings, tmp_path: Path) -> None:
    given = write(tmp_path / "ours.csv", OURS.format(base="orrery-labs/orrery-8b-instruct"))
    resolved = deployments.resolve(example.graph, given)
    before = deployments.check(example.graph, resolved.deployments, own=resolved.own)
    written = deployments.load(database, example.graph, given)
    assert (written.loaded, written.own_models) == (1, 1)
    after = deployments.check(example.graph, deployments.read(example.graph))
    expected = {
        ("ours", "LICENSE_CONFLICT", None),
        ("ours", "POLICY_REVIEW", None),
        ("ours", "LINEAGE_UNDECIDABLE", None),
        ("ours", "ANCESTOR_REMOVED", "meta-llama/Llama-3.1-8B"),
        ("ours", "BINDING_TERMS", None),
    }
    assert told(before) == told(after) == expected
    assert [each.detail for each in before] == [each.detail for each in after]
    # The next load carries it and gives it the same verdicts, with all its hashes.
    reasons = (
        "MATCH (m:Model:Internal {id: 'acme/Mine'}) RETURN m.label_verdict, m.label_reasons, m.facts_hash IS NOT NULL"
    )
    ((verdict, codes, hashed),) = rows_of(database, reasons)
    assert (verdict, codes[0], hashed) == ("conflict", "AGREEMENT_DROPPED", False)
    load([oracle.DATA / "example_hub.jsonl"], settings=database, as_of=oracle.AS_OF)
    assert rows_of(database, reasons) == [[verdict, codes, True]]
    assert rows_of(database, "MATCH (:Model {id: 'acme/Mine'})-[e:FINETUNE_OF]->(p) RETURN p.id, e.evidence") == [
        ["orrery-labs/Orrery-8B-Instruct", ["inventory"]]
    ]
    rows_of(database, "MATCH (d:Deployment) DETACH DELETE d")
    with pytest.raises(InputError, match="is a model of the Hub"):
        deployments.resolve(
            example.graph, write(tmp_path / "x.csv", OURS.format(base="a/b").replace("acme/Mine", KESTREL))
        )


def test_flags_and_an_organisations_word_count(example: Studbook, database: Settings, tmp_path: Path) -> None:
    given = write(tmp_path / "inv.csv", INVENTORY)
    resolved = deployments.resolve(example.graph, given)
    flag = Review(
        "model",
        "northwind-ai/Kestrel-7B",
        "flag",
        "sec@acme.example",
        "poisoned",
        datetime(2026, 11, 1, tzinfo=UTC),
        until=date(2026, 12, 31),
    )
    reviews.write(database, example.graph, [flag])
    try:
        found = deployments.check(example.graph, resolved.deployments, on=date(2026, 12, 1))
        flagged = {(each.deployment.name, each.ancestor) for each in found if each.code == "FLAGGED"}
        assert flagged == {("chat", "northwind-ai/Kestrel-7B"), ("merge", "northwind-ai/Kestrel-7B")}
        assert "poisoned" in found[0].detail
        later = deployments.check(example.graph, resolved.deployments, on=date(2027, 1, 1))
        assert told(later) == EXPECTED
    finally:
        reviews.remove(database, example.graph, [review.id for review in reviews.read(example.graph)])
    config = tmp_path / "studbook.toml"
    config.write_text('[policies.hosted]\nkind = "hosted"\nallow = ["noncommercial"]\n', encoding="utf-8")
    word = organisation.read(config)
    allowed = deployments.check(example.graph, resolved.deployments, organisation=word)
    assert ("chat", "POLICY_DENIED", None) not in told(allowed)


def test_only_what_is_new_fails_against_a_baseline(example: Studbook, tmp_path: Path) -> None:
    given = write(tmp_path / "inv.csv", INVENTORY)
    first = deployments.check(example.graph, deployments.resolve(example.graph, given).deployments)
    kept = frozenset(each.fingerprint for each in first)
    assert len(kept) == len(first)
    more = write(tmp_path / "inv.csv", INVENTORY + "new,alloy-foundry/Pewter-8B,dee,production,internal,,\n")
    second = deployments.check(example.graph, deployments.resolve(example.graph, more).deployments)
    assert deployments.failing(first, "low", kept) == 0
    assert deployments.failing(second, "high", kept) == 1
    assert deployments.failing(second, "high") == 5
    document: dict[str, Any] = deployments.sarif(second, tmp_path / "inv.csv", baseline=kept)
    (run,) = document["runs"]
    new = [result for result in run["results"] if result["baselineState"] == "new"]
    assert {result["ruleId"] for result in new} == {
        "LICENSE_CONFLICT",
        "LINEAGE_UNDECIDABLE",
        "ANCESTOR_REMOVED",
        "BINDING_TERMS",
        "POLICY_REVIEW",
    } & {result["ruleId"] for result in new}
    assert {result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in new} == {8}
    cut = deployments.sarif(second, None, limit=2)
    sarif_schema.validate(document, cut, deployments.sarif([], tmp_path / "inv.csv"))
    assert len(cut["runs"][0]["results"]) == 2
    assert f"{len(second) - 2:,} exposures" in json.dumps(cut["runs"][0]["invocations"])


def test_the_readmes_join_in_three_lines_of_pandas(
    example: Studbook, database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployments.load(database, example.graph, write(tmp_path / "inv.csv", INVENTORY))
    text = (oracle.ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = [cell for cell in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "risks.merge" in cell]
    monkeypatch.setattr("studbook.config.Settings.from_environment", lambda: database)
    told: dict[str, Any] = {}
    exec(block, told)  # noqa: S102  the README's own words
    joined = told["joined"].set_index("name")
    assert joined["euros"].to_dict()["chat"] == 120
    assert {"chat", "merge"} <= set(joined.index)
    rows_of(database, "MATCH (d:Deployment) DETACH DELETE d")


def test_what_changed_since_the_approval(database: Settings, tmp_path: Path) -> None:
    """A base is relicensed, another name is registered again by somebody else, and an ancestor is deleted."""
    wipe(database)
    first = [
        hub_files.model("o/base", license="mit", _id="1"),
        hub_files.model("o/child", "o/base", license="mit", _id="2"),
        hub_files.model("o/freed", license="mit", _id="3"),
        hub_files.model("o/deleted", license="mit", _id="4"),
        hub_files.model("o/orphan", "o/deleted", license="mit", _id="5"),
    ]
    second = [
        hub_files.model("o/base", license="cc-by-nc-4.0", _id="1"),
        first[1],
        hub_files.model("o/freed", license="mit", _id="9"),
        first[4],
    ]
    text = "name,model,approved_at\na,o/child,2026-01-01\nb,o/freed,2026-01-01\nc,o/orphan,2026-03-01\nd,o/base,2026-03-01\n"
    given = write(tmp_path / "inv.csv", text)
    load([hub_files.write(tmp_path / "1.jsonl", first)], settings=database, as_of=datetime(2026, 1, 2, tzinfo=UTC))
    with connect(database) as studbook:
        deployments.load(database, studbook.graph, given)
    load([hub_files.write(tmp_path / "2.jsonl", second)], settings=database, as_of=datetime(2026, 2, 1, tzinfo=UTC))
    with connect(database) as studbook:
        stored = deployments.read(studbook.graph)
        found = deployments.check(studbook.graph, stored)
        file = deployments.check(studbook.graph, deployments.resolve(studbook.graph, given).deployments)
    changed = {row for row in told(found) if row[1] in ("LICENSE_CHANGED", "NAME_REREGISTERED", "ANCESTOR_REMOVED")}
    assert changed == {
        ("a", "LICENSE_CHANGED", "o/base"),
        ("b", "NAME_REREGISTERED", None),
        ("c", "ANCESTOR_REMOVED", "o/deleted"),
    }
    assert changed <= told(file)
    # A new approval takes the repository of today.
    with connect(database) as studbook:
        anew = write(tmp_path / "inv.csv", text.replace("b,o/freed,2026-01-01", "b,o/freed,2026-02-02"))
        deployments.load(database, studbook.graph, anew)
        again = deployments.check(studbook.graph, deployments.read(studbook.graph))
    assert "NAME_REREGISTERED" not in {each.code for each in again}
    assert replace(found[0], line=1).fingerprint == found[0].fingerprint
