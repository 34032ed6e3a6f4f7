"""The expected rows of the queries against the story of the example hub, which was worked out by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import oracle

STORY = (Path(__file__).parents[1] / "fixture/STORY.md").read_text(encoding="utf-8")
RELATIONS = {"finetune": "FINETUNE_OF", "adapter": "ADAPTER_OF", "quantized": "QUANTIZATION_OF", "merge": "MERGE_OF"}


def expected(id_: str, **parameters: Any) -> list[dict[str, Any]]:
    cases = json.loads((oracle.EXPECTED / f"{id_}.json").read_text(encoding="utf-8"))
    (rows,) = [case["rows"] for case in cases if case["parameters"] == parameters]
    return rows


def section(heading: str) -> str:
    return re.split(r"\n#{2,3} ", STORY.split(f"\n### {heading}", 1)[1], maxsplit=1)[0]


def table(text: str) -> list[list[str]]:
    """Cells of the first table, its head left out."""
    first = next(block for block in text.split("\n\n") if block.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in first.splitlines()[2:]]


def ids(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_loosened_edges() -> None:
    told = {
        (ids(child)[0], RELATIONS[relation], ids(parent)[0])
        for child, _, relation, parent, _ in table(section("risk/license_loosened"))
    }
    assert len(told) == 22
    assert {(row["child"], row["relation"], row["parent"]) for row in expected("risk/license_loosened")} == told


def test_restricted_ancestors_of_permissive_models() -> None:
    told = set()
    for descendant, nearest, hops, further in table(section("risk/restricted_ancestor_permissive_descendant")):
        told |= {(ids(descendant)[0], ancestor, int(hops)) for ancestor in ids(nearest)}
        told |= {(ids(descendant)[0], name, int(far)) for name, far in re.findall(r"`([^`]+)` (\d+)", further)}
    found = expected("risk/restricted_ancestor_permissive_descendant")
    assert {(row["descendant"], row["ancestor"], row["hops"]) for row in found} == told
    assert (len(told), len({descendant for descendant, _, _ in told})) == (51, 31)
    copyleft = expected("risk/restricted_ancestor_permissive_descendant", terms=["share_alike"])
    assert {(row["descendant"], row["ancestor"], row["hops"]) for row in copyleft} == {
        ("amberquay/Lumen-4B-Desk", "gorseland/Lumen-4B-Libre", 1),
        ("amberquay/curlew-podcasts", "pelagic-audio/curlew-large", 1),
        ("amberquay/curlew-podcasts-onnx", "pelagic-audio/curlew-large", 2),
    }


def test_binding_terms() -> None:
    told: dict[str, set[tuple[str, int, str]]] = {}
    model = ""
    for name, ancestor, hops, terms, unknown in table(section("lineage/binding_terms").partition("\n\n")[2]):
        model = ids(name)[0] if name else model
        words = [word for cell in (terms, unknown) for word in re.sub(r" \(.*\)", "", cell).split(", ") if word]
        told.setdefault(model, set()).update((ids(ancestor)[0], int(hops), word) for word in words)
    found = {
        model: {
            (row["ancestor"], row["hops"], row["term"] or row["unknown"])
            for row in expected(
                "lineage/binding_terms", **({} if model.startswith("brightmoor/") else {"model": model})
            )
        }
        for model in told
    }
    assert found == told
    assert len(told) == 9
    assert expected("lineage/binding_terms", model="lumenforge/Lumen-4B-Thinking") == []
    (split, _) = expected("lineage/binding_terms", model="gorseland/Kestrel-7B-Split")
    assert (split["asking"], split["licenses"]) == (["cc-by-nc-4.0"], ["cc-by-nc-4.0", "mit"])


def test_ancestors_descendants_and_roots() -> None:
    assert {row["ancestor"]: row["hops"] for row in expected("lineage/ancestors")} == {
        "ashgrove-ml/Kestrel-7B-Fables-v2": 1,
        "quietloom/Kestrel-7B-Fables": 2,
        "northwind-ai/Kestrel-7B-Instruct": 3,
        "northwind-ai/Kestrel-7B": 4,
    }
    assert len(expected("lineage/ancestors", model="magpie-merges/Corinthian-8B-v2")) == 15
    dunlin = expected("lineage/descendants", model="mossgate/dunlin-vit")
    assert {row["descendant"]: row["hops"] for row in dunlin} == {
        "mossgate/dunlin-caption": 1,
        "fernhollow/dunlin-plants": 1,
        "fernhollow/dunlin-moths": 1,
        "ploverlab/dunlin-sorter": 2,
        "redshank-labs/dunlin-arm": 3,
        "redshank-labs/dunlin-arm-sim": 4,
    }
    assert {row["root"]: row["status"] for row in expected("lineage/roots")} == {
        "northwind-ai/Kestrel-7B": "listed",
        "lumenforge/Lumen-4B-Base": "listed",
        "meta-llama/Llama-3.1-8B": "missing",
    }
    first = [f"weftworks/Weft-01{letter}-3B" for letter in "abcdefgh"]
    assert [row["root"] for row in expected("lineage/roots", model="weftworks/Weft-14h-3B")] == first
    corinthian = {"model": "northwind-ai/Kestrel-7B", "relative": "magpie-merges/Corinthian-8B-v2"}
    assert [(row["relation"], row["parent"]) for row in expected("lineage/path_between", **corinthian)] == [
        ("MERGE_OF", "magpie-merges/Corinthian-8B"),
        ("MERGE_OF", "alloy-foundry/Pewter-8B"),
        ("MERGE_OF", "northwind-ai/Kestrel-7B-Instruct"),
        ("FINETUNE_OF", "northwind-ai/Kestrel-7B"),
    ]


def test_hubs_and_families() -> None:
    told = dict(re.findall(r"`([^`]+)` (\d+)", section("lineage/hubs, lineage/families").split("\n\n")[1]))
    assert {row["model"]: str(row["child_count"]) for row in expected("lineage/hubs", limit=8)} == told
    families = {row["family"]: row["model_count"] for row in expected("lineage/families", limit=1000)}
    assert len(families) == 33
    for names, counts, _ in table(STORY.split("\n## The families")[1]):
        for name, count in zip(ids(names), re.findall(r"\d+", counts), strict=False):
            if "Weft" not in name:
                assert families[name] == int(count), name


def test_missing_parents_and_circles() -> None:
    told = {}
    for names, children, _ in table(section("quality/missing_parents")):
        told |= dict.fromkeys(ids(names), int(children.split()[0]))
    assert {row["parent"]: row["child_count"] for row in expected("quality/missing_parents")} == told
    assert {(row["cycle_id"], row["length"]) for row in expected("quality/cycles")} == {
        (ids(name)[0], int(members)) for name, members, _ in table(section("quality/cycles"))
    }


def test_merges_of_relatives() -> None:
    """The story counts routes; a merge is here when two of its own parents are relatives."""
    outside = {row["merge"]: row["shared_ancestor"] for row in expected("merges/diamonds", limit=1000)}
    weft = {merge for merge in outside if merge.startswith("weftworks/")}
    assert len(weft) == 12 * 8  # the second layer merges eight strangers
    assert {merge: ancestor for merge, ancestor in outside.items() if merge not in weft} == {
        "alloy-foundry/Electrum-4B": "lumenforge/Lumen-4B-Instruct",
        "alloy-foundry/Bronze-4B": "lumenforge/Lumen-4B-Base",
        "magpie-merges/Corinthian-8B-v2": "lumenforge/Lumen-4B-Base",
        "magpie-merges/Hydra-4B": "lumenforge/Lumen-4B-Instruct",
        "alloy-foundry/Tombac-4B": "lumenforge/Lumen-4B-Base",
        "magpie-merges/petrel-anthology": "halcyon-vision/petrel-v1",
    }
