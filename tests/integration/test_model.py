"""The commands about one model, on the example hub: what they say is held against STORY.md and the oracle."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_supported_id
from cyclonedx.validation.json import JsonStrictValidator

import oracle
from studbook import about, bom, candidate, drawing, licenses, notices, publishing, relatives, render
from studbook.ask import Studbook
from studbook.errors import InputError, QueryError

EXAMPLE = oracle.hub()
CORINTHIAN = "magpie-merges/Corinthian-8B-v2"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["MAGPIE-MERGES/corinthian-8b-v2", "roundelay/Rondo-2", "weftworks/Weft-14h-3B", "gpt2"]
)
def test_a_tree_has_every_relative_and_every_step_between_them(example: Studbook, name: str) -> None:
    tree = relatives.tree(example.graph, name)
    (model,) = EXAMPLE.named(name)
    above, below = EXAMPLE.above(model), EXAMPLE.below(model)
    assert (tree.model, tree.above | {model: 0}, tree.below | {model: 0}) == (model, above, below)
    assert {(step.child, step.relation, step.parent) for step in tree.steps} == {
        (edge.child, edge.relation, edge.parent)
        for edge in EXAMPLE.edges
        if {edge.child, edge.parent} <= {*above, *below}
    }
    assert (tree.more_above, tree.more_below) == (0, 0)
    for id_, relative in tree.relatives.items():
        assert (relative.status, list(relative.licenses)) == (EXAMPLE.status(id_), EXAMPLE.licenses(id_))


def test_a_tree_that_is_cut_says_how_much_is_missing(example: Studbook) -> None:
    tree = relatives.tree(example.graph, "quillon-research/heron-base-uncased", down=1, limit=10)
    assert (len(tree.below), tree.more_below) == (10, 70)
    _, below = drawing.branches(tree)
    assert render.tree(below).splitlines()[-1].endswith("and 70 more descendants, farther or with fewer descendants")


def test_the_drawing_of_a_merge(example: Studbook) -> None:
    above, below = drawing.branches(relatives.tree(example.graph, "alloy-foundry/Pewter-8B"))
    assert render.tree(above).splitlines() == [
        "alloy-foundry/Pewter-8B  [apache-2.0]  14,226 downloads",
        "├── MERGE_OF ✗ conflict NONCOMMERCIAL_DROPPED northwind-ai/Kestrel-7B-Instruct  [cc-by-nc-4.0]  655,204 downloads",
        "│   └── FINETUNE_OF northwind-ai/Kestrel-7B  [cc-by-nc-4.0]  412,318 downloads",
        "└── MERGE_OF ✗ conflict AGREEMENT_DROPPED orrery-labs/Orrery-8B-Instruct  [llama3.1]  388,090 downloads",
        "    └── FINETUNE_OF ? review NAME_PREFIX_MISSING orrery-labs/Orrery-8B  [llama3.1]  220,515 downloads",
        "        └── FINETUNE_OF · undecidable meta-llama/Llama-3.1-8B  missing",
    ]
    assert render.tree(below).count("MERGE_OF") == 2


def test_every_step_of_a_circle_and_of_a_lattice_is_drawn_once(example: Studbook) -> None:
    for name, steps in (("roundelay/Rondo-2", 3), ("weftworks/Weft-14h-3B", 776)):
        above, _ = drawing.branches(relatives.tree(example.graph, name, down=0))
        assert len(render.tree(above).splitlines()) == 1 + steps


def test_a_drawing_shows_no_control_characters_of_the_data() -> None:
    line = render.tree(render.Branch((("a\x1b[31mb", ""), ("[red]c", ""))), colour=True)
    assert "\x1b[31mb" not in line
    assert "[red]c" in line


def test_the_page_holds_everything_and_fetches_nothing(example: Studbook) -> None:
    tree = relatives.tree(example.graph, CORINTHIAN)
    page = drawing.page(tree, snapshot="</script><b>")
    head, _, rest = page.partition("const TREE = ")
    told = json.loads(rest.partition(";\n")[0])
    assert told["snapshot"] == "</script><b>"
    assert {model["id"] for model in told["models"]} == set(tree.relatives)
    assert page.count("</script>") == 2
    assert "default-src 'none'" in head
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!#)""", rest) == []
    # A parent stands above its child, and no two models in one place.
    places = {model["id"]: (model["x"], model["y"]) for model in told["models"]}
    assert len(set(places.values())) == len(places)
    assert all(places[step["parent"]][1] < places[step["child"]][1] for step in told["steps"])


def test_what_is_shown_of_a_model(example: Studbook) -> None:
    shown = about.about(example.graph, "bert-base-uncased")
    assert (shown.id, shown.properties["status"], shown.aliases) == (
        "google-bert/bert-base-uncased",
        "missing",
        ("bert-base-uncased",),
    )
    merge = about.facts(about.about(example.graph, CORINTHIAN))
    assert [(step["relation"], step["parent"]) for step in merge["parents"]] == [
        (edge.relation, edge.parent) for edge in EXAMPLE.edges if edge.child == CORINTHIAN
    ]
    assert [each["id"] for each in merge["licenses"]] == EXAMPLE.licenses(CORINTHIAN)
    assert merge["properties"]["label_verdict"] == EXAMPLE.label(CORINTHIAN).level  # type: ignore[union-attr]
    text = about.describe(about.about(example.graph, "amberquay/my-kestrel"))
    assert "no id of a model" in text
    with pytest.raises(QueryError, match="did you mean northwind-ai/Kestrel-7B"):
        about.about(example.graph, "northwind-ai/Kestrel-7Bx")


def test_notices_gather_what_every_ancestor_asks(example: Studbook) -> None:
    tree = relatives.tree(example.graph, CORINTHIAN, down=0)
    found = notices.notices(tree, licenses.shipped())
    asked = {(due.license, id_) for due in found.due for id_ in due.asked_by}
    assert asked == {(name, id_) for id_ in EXAMPLE.above(CORINTHIAN) for name in EXAMPLE.licenses(id_)}
    assert found.unknown == {
        "magpie-merges/Corinthian-8B": "declares no licence",
        "meta-llama/Llama-3.1-8B": "in no snapshot",
    }
    text = notices.text(found)
    assert "\nBuilt with Llama\n" in text
    assert "\nLlama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc." in text


def test_every_prescribed_wording_is_of_a_licence_that_asks_for_it() -> None:
    table = licenses.shipped()
    for name, wording in notices.wordings().items():
        asked = table.rows[name].attribution
        assert "notice_file" in asked
        assert wording.notice
        assert (f'"{wording.display}"' in asked) == bool(wording.display)


# Bills of materials.


def bill(example: Studbook, name: str) -> dict[str, Any]:
    found = about.about(example.graph, name)
    tree = relatives.tree(example.graph, found.id, down=0, limit=10_000)
    written = bom.bom(found, tree, licenses.shipped(), now=NOW)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(written)) is None
    return written


@pytest.mark.parametrize(
    "name",
    [CORINTHIAN, "weftworks/Weft-14h-3B", "roundelay/Rondo-2", "northwind-ai/Kestrel-7B", "meta-llama/Llama-3.1-8B"],
)
def test_a_bill_validates_and_its_pedigree_is_the_lineage(example: Studbook, name: str) -> None:
    written = bill(example, name)
    above = set(EXAMPLE.above(name)) - {name}
    main = written["metadata"]["component"]
    parts = {part["group"] + "/" + part["name"]: part for part in [main, *written["components"]]}
    assert set(parts) == above | {name}
    parents = {id_: {edge.parent for edge in EXAMPLE.edges if edge.child == id_} - {id_} for id_ in parts}
    assert parents == {
        id_: {each["group"] + "/" + each["name"] for each in part.get("pedigree", {}).get("ancestors", [])}
        for id_, part in parts.items()
    }
    complete = EXAMPLE.complete_above(name) and not any(EXAMPLE.unresolved.get(id_) for id_ in [name, *above])
    assert written["compositions"][0]["aggregate"] == ("complete" if complete else "incomplete")
    assert bill(example, name)["serialNumber"] == written["serialNumber"]


def test_licences_of_a_bill_are_spdx_ids_where_there_are_some(example: Studbook) -> None:
    assert bill(example, CORINTHIAN)["metadata"]["component"]["licenses"] == [
        {"license": {"id": "MIT", "acknowledgement": "declared"}}
    ]
    spdx = [row.spdx_id for row in licenses.shipped().rows.values()]
    assert [
        id_ for id_ in spdx if not id_.startswith(("LicenseRef-", "NOASSERTION")) and not is_supported_id(id_)
    ] == []


# What is not in the graph yet.


@pytest.mark.parametrize(
    "name", [CORINTHIAN, "alloy-foundry/Pewter-8B", "roundelay/Rondo-2", "gorseland/Kestrel-7B-Dual"]
)
def test_a_candidate_is_judged_as_the_load_judged_it(example: Studbook, name: str) -> None:
    judged = candidate.judge(example.graph, [EXAMPLE.listed[name]], now=oracle.AS_OF)
    here = about.about(example.graph, name).properties
    facts = judged.facts(name)
    below = {"child_count", "descendant_count", "component", "first_seen", "declared_hash"}
    assert {key: facts[key] for key in here if key not in below} == {key: here[key] for key in here if key not in below}
    assert [(edge["relation"], edge["parent"]) for edge in judged.parents(name)] == [
        (edge.relation, edge.parent) for edge in sorted(EXAMPLE.edges, key=lambda e: e.parent) if edge.child == name
    ] or len(judged.parents(name)) > 1


def write_card(folder: Path, front: str, **files: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(f"---\n{front}\n---\n# A card\n", encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_card_that_drops_what_its_parents_ask(example: Studbook, tmp_path: Path) -> None:
    front = "license: apache-2.0\nbase_model: [northwind-ai/kestrel-7b-instruct, orrery-labs/Orrery-8B-Instruct, gone/Nowhere]"
    checked = publishing.check(example.graph, publishing.read(write_card(tmp_path / "My-Merge", front)))
    assert checked.level == "error"
    assert {remark.code: remark.level for remark in checked.remarks} == {
        "NONCOMMERCIAL_DROPPED": "error",
        "AGREEMENT_DROPPED": "error",
        "RELATION_UNDECLARED": "warning",
        "PARENT_MISSING": "warning",
        "NAME_PREFIX_MISSING": "warning",
        "UPSTREAM_INCOMPLETE": "warning",
        "NOTICE_MISSING": "warning",
        "PARENT_SPELLING": "hint",
        "NO_LANGUAGE": "hint",
        "NO_PIPELINE_TAG": "hint",
    }
    pasted = yaml.safe_load(publishing.yaml_text(checked.front))
    assert pasted == {
        "base_model_relation": "merge",
        "base_model": ["northwind-ai/Kestrel-7B-Instruct", "orrery-labs/Orrery-8B-Instruct", "gone/Nowhere"],
        "pipeline_tag": "text-generation",
    }
    assert "# license: …" in publishing.text(checked)
    assert "Llama-My-Merge" in publishing.text(checked)
    assert checked.notice.splitlines()[-1] == "Built with Llama"


def test_a_card_that_says_everything(example: Studbook, tmp_path: Path) -> None:
    front = "license: cc-by-nc-4.0\nbase_model: northwind-ai/Kestrel-7B\nbase_model_relation: finetune\nlanguage: en\npipeline_tag: text-generation"
    checked = publishing.check(example.graph, publishing.read(write_card(tmp_path / "good", front)))
    assert (checked.remarks, dict(checked.front), checked.notice) == ((), {}, "")


@pytest.mark.parametrize(
    ("files", "relation"),
    [
        ({"adapter_config__json": "{}"}, "adapter"),
        ({"model__gguf": ""}, "quantized"),
        ({"mergekit_config__yml": ""}, "merge"),
        ({}, "finetune"),
    ],
)
def test_the_relation_is_read_from_the_files_beside_the_card(
    example: Studbook, tmp_path: Path, files: dict[str, str], relation: str
) -> None:
    folder = write_card(tmp_path / "model", "license: mit\nbase_model: northwind-ai/Kestrel-7B", **files)
    checked = publishing.check(example.graph, publishing.read(folder))
    assert (checked.relation, checked.front["base_model_relation"]) == (relation, relation)
    # The parent's own licence carries what it asks; of an adapter its text says nothing.
    assert checked.front.get("license") == (None if relation == "adapter" else "cc-by-nc-4.0")


def test_a_notice_that_is_there_is_not_asked_for(example: Studbook, tmp_path: Path) -> None:
    front = "license: llama3.1\nbase_model: orrery-labs/Orrery-8B\nbase_model_relation: finetune"
    folder = write_card(tmp_path / "a", front)
    first = publishing.check(example.graph, publishing.read(folder, name="me/Llama-Tern"))
    assert first.notice
    (folder / "NOTICE").write_text(first.notice, encoding="utf-8")
    assert publishing.check(example.graph, publishing.read(folder, name="me/Llama-Tern")).notice == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [("---\nlicense: [\n---\n", "Reading the YAML at the top"), ("---\n- a\n---\n", "it is no mapping")],
)
def test_a_card_whose_yaml_is_broken(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        publishing.read(path)


def test_no_card_and_no_id(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"name a README\.md or its folder"):
        publishing.read(tmp_path / "nowhere.md")
    with pytest.raises(InputError, match="give --name as"):
        publishing.read(write_card(tmp_path / "x", "license: mit"), name="no id")


def test_the_hook_and_the_action_call_a_command_that_there_is() -> None:
    (hook,) = yaml.safe_load((oracle.hubs.ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    action = yaml.safe_load((oracle.hubs.ROOT / "action.yml").read_text(encoding="utf-8"))
    called = action["runs"]["steps"][-1]["run"]
    assert (hook["entry"], called.startswith("studbook model check ")) == ("studbook model check", True)
    assert re.search(hook["files"], "models/one/README.md")
    assert set(re.findall(r"inputs\.([a-z0-9-]+)", json.dumps(action["runs"]))) == set(action["inputs"])
