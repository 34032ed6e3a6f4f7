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


def steps(id_: str, **parameters: Any) -> set[tuple[str, str, str]]:
    return {(row["child"], row["relation"], row["parent"]) for row in expected(id_, **parameters)}


def told_steps(rows: list[list[str]]) -> set[tuple[str, str, str]]:
    """From cells that begin with child, relation, parent; a child cell may name several."""
    return {(child, RELATIONS[row[1]], ids(row[2])[0]) for row in rows for child in ids(row[0])}


def with_hops(cell: str) -> dict[str, int]:
    return {name: int(hops) for name, hops in re.findall(r"`([^`]+)` (\d+)", cell)}


def test_dropped_licenses_and_first_losses() -> None:
    told = section("risk/license_dropped, risk/first_loosening")
    rows = expected("risk/license_dropped")
    assert len(rows) == 111
    assert sum(row["child"].startswith("weftworks/") for row in rows) == 64
    assert sum(row["parent"] == "quillon-research/heron-base-uncased" for row in rows) == 31
    terms = {(row["child"], row["relation"], row["parent"]): row["terms"] for row in rows if row["terms"]}
    dropped = table(told)
    assert terms.keys() == told_steps(dropped)
    for row in dropped:
        for step in told_steps([row]):
            assert terms[step] == row[3].split(", ")
    shared = {"amberquay/Lumen-4B-Desk", "amberquay/curlew-podcasts"}
    loosened = {step for step in steps("risk/license_loosened") if step[0] not in shared}
    exchanged = {
        ("brightmoor/siskin-review", "FINETUNE_OF", "gorseland/siskin-3b-instruct"),
        ("driftglass/petrel-stained-glass", "FINETUNE_OF", "halcyon-vision/petrel-v1"),
        ("sundialworks/Llama-Orrery-3B-Phone", "FINETUNE_OF", "orrery-labs/Orrery-3B"),
    }
    assert steps("risk/first_loosening") == told_steps(dropped) | loosened | exchanged
    assert len(expected("risk/first_loosening")) == 42
    (phone,) = [row for row in expected("risk/first_loosening") if row["child"].endswith("Orrery-3B-Phone")]
    assert phone["terms"] == ["territory", "use_restrictions:llama3.2-aup"]


def test_undecidable_lineages() -> None:
    told = {
        (model, hops, ids(cause)[0], reason)
        for cause, reason, models in table(section("risk/undecidable_lineage"))
        for model, hops in with_hops(models).items()
    }
    rows = expected("risk/undecidable_lineage")
    found = {(row["model"], row["hops"], row["ancestor"], row["cause"]) for row in rows}
    chains = {row for row in found if row[0].startswith(("weftworks/", "saltmarsh-ai/Moorhen"))}
    unresolved = {(model, hops) for model, hops, _, cause in found if cause == "PARENT_UNRESOLVED"}
    assert {row for row in found - chains if row[3] != "PARENT_UNRESOLVED"} == told
    assert unresolved == {(row["model"], 0) for row in expected("quality/unresolved_parents")}
    assert len(unresolved) == 9
    assert {(hops, cause) for _, hops, _, cause in chains} == {(1, "PARENT_SILENT")}
    assert len(chains) == 96 + 11
    assert len(rows) == 164


def test_what_labels_do_not_show() -> None:
    rows = expected("risk/restricted_ancestor_permissive_descendant")
    listed: dict[str, set[str]] = {}
    for row in rows:
        listed.setdefault(row["descendant"], set()).update(term.partition(":")[0] for term in row["terms"])
    limited = {model for model, terms in listed.items() if "noncommercial" in terms}
    assert len(limited) == 16
    nearest = {row["model"]: (row["ancestor"], row["hops"]) for row in expected("risk/noncommercial_upstream")}
    assert nearest.keys() == limited | {"gorseland/Kestrel-7B-Rail"}
    for model, (ancestor, hops) in nearest.items():
        if model in limited:
            asking = [
                (r["hops"], r["ancestor"]) for r in rows if r["descendant"] == model and "noncommercial" in r["terms"]
            ]
            assert min(asking) == (hops, ancestor)
    others = listed.keys() - limited - {"driftglass/curlew-voice-free"}
    both = {"alloy-foundry/Pewter-8B", "ggufworks/Pewter-8B-GGUF", "magpie-merges/Corinthian-8B-v2"}
    named = expected("risk/named_terms_lost")
    assert len(listed.keys() - limited) == 15
    assert {row["model"] for row in named} == others | both
    assert len(named) == 17

    told = table(section("risk/noncommercial_upstream"))
    for id_, what in (("risk/no_derivatives_broken", "no_derivatives"), ("risk/share_alike_lost", "share_alike")):
        own = [row for row in told if row[3] == what]
        assert steps(id_) == told_steps(own)
        assert {row["child"]: row["license_verdict"] for row in expected(id_)} == {ids(r[0])[0]: r[4] for r in own}


def test_lost_gates() -> None:
    told = {
        (model, ids(ancestor)[0], gate, hops)
        for ancestor, gate, models in table(section("risk/gate_lost"))
        for model, hops in with_hops(models).items()
    }
    assert len(told) == 25
    rows = expected("risk/gate_lost")
    assert {(row["model"], row["ancestor"], row["gated"], row["hops"]) for row in rows} == told


def test_copies_versions_and_publishers() -> None:
    told = {
        (ids(child)[0], RELATIONS[relation], ids(parent)[0], own, above)
        for child, own, relation, parent, above in table(section("risk/mislicensed_copies"))
    }
    assert {
        (row["child"], row["relation"], row["parent"], *row["child_licenses"], *row["parent_licenses"])
        for row in expected("risk/mislicensed_copies")
    } == told
    assert len(told) == 12
    assert [
        (row["child"], row["parent_license"], row["child_license"]) for row in expected("risk/license_version_switch")
    ] == [("sundialworks/Llama-Orrery-3B-Phone", "llama3.2", "llama3.1")]
    publishers = expected("risk/loosening_publishers")
    assert {row["publisher"] for row in publishers if row["edges"] == 2} == {
        *("alloy-foundry", "amberquay", "driftglass", "sundialworks", "thistledown-nlp")
    }
    assert (len(publishers), sum(row["edges"] for row in publishers)) == (17, 22)
    assert {row["own_parents"] for row in publishers} == {0}


def test_counts_of_licenses() -> None:
    rows = expected("license/transition_matrix", families=["non_commercial"])
    assert {row["child_license"]: row["edges"] for row in rows} == {
        **{"cc-by-nc-4.0": 11, None: 10, "apache-2.0": 6, "mit": 3, "cc-by-4.0": 1, "cc-by-nc-sa-4.0": 1},
        **{"openrail": 1, "other": 1, "unknown": 1},
    }
    assert sum(row["edges"] for row in rows) == 35
    told = {
        (family, int(generation)): [int(number) for number in numbers]
        for family, generation, *numbers in table(section("license/transition_matrix"))
    }
    found = {
        (row["family"], row["generation"]): [row[word] for word in ("descendants", "kept", "other", "silent")]
        for row in expected("license/retention_by_generation")
    }
    assert {key: found[key] for key in told} == told
    mixed = {row["merge"]: row["binding_parents"] for row in expected("merges/mixed_licenses")}
    assert mixed == {
        "alloy-foundry/Pewter-8B": ["northwind-ai/Kestrel-7B-Instruct", "orrery-labs/Orrery-8B-Instruct"],
        "magpie-merges/Hydra-4B": ["fernhollow/Lumen-4B-Cynic"],
        **{f"weftworks/Weft-02{letter}-3B": [] for letter in "abcdefgh"},
    }


def test_licenses_that_say_little_or_too_much() -> None:
    told = {(name, reading, int(models)) for name, reading, models in table(section("quality/opaque_licenses"))}
    assert {(row["license"], row["reading"], row["models"]) for row in expected("quality/opaque_licenses")} == told
    assert [
        (row["model"], row["in_card"], row["in_tag_only"], row["disputed_terms"])
        for row in expected("quality/contradicting_licenses")
    ] == [
        ("gorseland/Kestrel-7B-Dual", ["apache-2.0", "cc-by-nc-4.0"], [], ["noncommercial"]),
        ("gorseland/Kestrel-7B-Split", ["mit"], ["cc-by-nc-4.0"], ["noncommercial"]),
    ]


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


def test_from_sixty_languages_to_english_alone() -> None:
    told = with_hops(STORY.split("From sixty languages to English alone:")[1].split("\n\n")[0])
    found = expected("language/one_left", min_languages=60)
    assert {row["descendant"]: row["hops"] for row in found} == told
    assert {row["ancestor"] for row in found} == {"skylark-collective/Skylark-1B"}
    lost = {row["child"]: row["lost_count"] for row in expected("language/lost", min_lost=50)}
    assert {id_: lost.get(id_) for id_ in told} == {
        "amberquay/skylark-1b-postedit": 59,
        "tinhare/skylark-8x1b": 59,
        "cobaltfinch/skylark-english-only": 59,
        "fernhollow/skylark-subtitles-clean": None,  # lost behind a card that names no language
    }


def test_one_line_through_every_class_of_tasks() -> None:
    told = STORY.split("| task class |")[1].split("\n")[0]
    line = dict(re.findall(r"`([^`]+)` ([a-z-]+)", told))
    steps_up = expected("task/path")
    assert [(row["parent"], row["parent_class"], row["task_change"]) for row in steps_up] == [
        ("redshank-labs/dunlin-arm", "reinforcement-learning", "changed"),
        ("ploverlab/dunlin-sorter", "classification", "class_changed"),
        ("mossgate/dunlin-caption", "generative", "class_changed"),
        ("mossgate/dunlin-vit", "features", "class_changed"),
    ]
    assert line.items() >= {row["parent"]: row["parent_class"] for row in steps_up}.items()
    new = {row["model"]: row["task_class"] for row in expected("task/new_class") if row["model"] in line}
    assert new == {id_: class_ for id_, class_ in line.items() if id_ != "mossgate/dunlin-vit"}
    assert [row["child"] for row in expected("task/dropped")] == ["ploverlab/curlew-meetings"]


def test_copies_and_adapters() -> None:
    siskin, gguf, both = "gorseland/siskin-3b", "quantized versions in GGUF", "all quantized versions: 8"
    told = {(ids(model)[0], what): set(ids(which)) for model, what, which in table(section("copies/"))}
    assert {row["copy"] for row in expected("copies/quantized_versions")} == told[siskin, gguf] | told[siskin, both]
    forms = {row["copy"]: row["formats"] for row in expected("copies/quantized_versions", formats=["gguf", "mlx"])}
    assert {copy for copy, names in forms.items() if "gguf" in names} == told[siskin, gguf]
    lumen, awq = "lumenforge/Lumen-4B-Instruct", "bitcellar/lumen-4b-instruct-awq"
    for rows in (expected("copies/adapters_for_model"), expected("copies/adapters_for_model", model=awq, limit=3)):
        for how, what in (
            ("itself", "adapters declared on itself"),
            ("copy", "adapters declared on a copy"),
            ("source", "adapters declared on its source"),
            ("copy_of_source", "adapters declared on another copy of that"),
        ):
            assert {r["adapter"] for r in rows if r["how"] == how} == told.get((rows[0]["model"], what), set())
    assert len(told) == 6
    assert {model for model, _ in told} == {siskin, lumen, "bitcellar/Lumen-4B-Instruct-AWQ"}
    traps = {row[0]: row[1] for row in table(STORY.split("\n## Traps")[1])}
    chains = expected("copies/quantization_chains")
    assert {row["model"] for row in chains} == set(ids(traps["quantised from quantised"]))
    assert {row["hops"] for row in chains} == {2}
    on_copies, on_adapters = traps["adapter on a copy, on an adapter"].split(";")
    assert {row["adapter"] for row in expected("copies/adapters_on_quantized")} == set(ids(on_copies))
    assert {row["child"] for row in expected("copies/odd_successions")} == set(ids(on_adapters))
    (mirror,) = expected("copies/built_on_reuploads")
    assert [mirror["reupload"], mirror["original"]] == ids(traps["equal names of several owners"])[::-1]
    assert (mirror["sign"], mirror["hints"], mirror["child_count"]) == ("hinted", ["tag:mirror"], 2)


def test_siblings_and_cousins() -> None:
    assert {row["cousin"] for row in expected("siblings/cousins")} == {
        "ggufworks/Pewter-8B-GGUF",
        "magpie-merges/Corinthian-8B",
    }
    odd, alike = section("siblings/").split("In the family of")
    assert {(r["parent"], r["model"], r["trait"], r["siblings"]) for r in expected("siblings/odd_one_out")} == {
        (ids(parent)[0], ids(model)[0], trait, int(others)) for parent, model, trait, others in table(odd)
    }
    dunlin = {row["trait"]: row for row in expected("siblings/resemblance") if row["family"] == "mossgate/dunlin-vit"}
    assert len(dunlin) == 4
    for trait, *numbers in table(alike):
        kept, edges, same, pairs = map(int, numbers)
        row = dunlin[trait]
        assert (row["edges"], row["same_as_parent"]) == (edges, kept / edges)
        assert (row["sibling_pairs"], row["same_as_sibling"]) == (pairs, same / pairs if pairs else None)


def test_names_codes_files_and_dates_that_are_wrong() -> None:
    told = section("quality/duplicate_names")
    names = expected("quality/duplicate_names")
    by = {cause: {row["model"] for row in names if row["cause"] == cause} for cause in ("twin", "alias", "spelling")}
    assert {name for row in names if row["cause"] == "twin" for name in (row["model"], row["other_name"])} == set(
        ids(told)[:3]
    )
    assert by["spelling"] == set(ids(told)[3:6])
    moved = table(section("quality/missing_parents"))
    assert by["alias"] == {ids(name)[0] for name, _, how in moved if re.match("(once )?as ", how)} - by["spelling"]
    kinds = ["license", "language", "task", "library"]
    codes = {row["code"]: row["models"] for row in expected("quality/unknown_codes", kinds=kinds)}
    assert codes == dict.fromkeys(ids(told)[6:10], 1) | {"orrery-community-1.0": 2}
    assert [row["child"] for row in expected("quality/implausible_relations")] == ids(told)[10:11]
    assert [row["child"] for row in expected("quality/older_than_parent")] == ids(told)[11:]
    assert [row["model"] for row in expected("quality/self_parents")] == ["ashgrove-ml/Ouroboros-1B"]
    assert {row["child"] for row in expected("quality/several_relations")} == {
        "bitcellar/Kestrel-7B-Instruct-v2-QLoRA",
        "sundialworks/lumen-4b-two-minds",
    }
    assert {row["child"] for row in expected("quality/no_relation")} == {
        "sundialworks/lumen-4b-untyped",
        "sundialworks/lumen-4b-card-untyped",
        "sundialworks/lumen-4b-odd-relation",
    }


def test_merges_that_join_nest_and_repeat() -> None:
    rows = table(section("merges/marriages, merges/nested, merges/redundant_parents"))
    told = {ids(merge)[0]: (set(ids(families)), int(row), ids(parent)) for merge, families, row, parent in rows}
    weft = {"families": 0, "rows": 0}
    for row in expected("merges/marriages"):
        if row["merge"].startswith("weftworks/"):
            weft["families"] += row["family_count"] == 8
        else:
            assert set(row["families"]) == told[row["merge"]][0]
    for row in expected("merges/nested", min_depth=1):
        if row["merge"].startswith("weftworks/"):
            weft["rows"] += row["depth"] == int(row["merge"][15:17]) - 1
        else:
            assert row["depth"] == told[row["merge"]][1]
    assert weft == {"families": 104, "rows": 104}
    assert len(expected("merges/marriages")) == 104 + sum(bool(families) for families, _, _ in told.values())
    assert len(expected("merges/nested", min_depth=1)) == 104 + len(told)
    redundant = {(row["model"], row["parent"]) for row in expected("merges/redundant_parents")}
    assert redundant == {(merge, parent) for merge, (_, _, parents) in told.items() for parent in parents} | {
        ("tinhare/lumen-4b-thinking-extracted-lora", "lumenforge/Lumen-4B-Base")
    }
    assert {row["model"]: row["shape"] for row in expected("merges/odd_shapes")} == {
        "alloy-foundry/Verdigris-4B": "merge_of_one",
        "tinhare/lumen-4b-thinking-extracted-lora": "many_without_merge",
    }


def test_longest_lines_and_common_ancestors() -> None:
    told = table(section("lineage/longest_path_between, lineage/common_ancestors"))
    corinthian, weft = (
        expected("lineage/longest_path_between"),
        expected("lineage/longest_path_between", model="weftworks/Weft-14h-3B", relative="weftworks/Weft-01a-3B"),
    )
    for steps_, (model, relative, longest, _) in zip((corinthian, weft), told, strict=True):
        assert [steps_[0]["child"], steps_[-1]["parent"]] == [*ids(model), *ids(relative)]
        assert len(steps_) == int(longest.split(",")[0])
    assert [row["parent"] for row in corinthian[:-1]] == ids(told[0][2])
    assert [(row["ancestor"], row["hops"], row["relative_hops"]) for row in expected("lineage/common_ancestors")] == [
        ("northwind-ai/Kestrel-7B-Instruct", 3, 1),
        ("northwind-ai/Kestrel-7B", 4, 2),
    ]


def test_models_without_relatives() -> None:
    rows = expected("lineage/orphans")
    assert len(rows) == 54
    unresolved = {row["model"] for row in rows if row["unresolved_parents"]}
    assert unresolved == {row["model"] for row in expected("quality/unresolved_parents")}


def test_families_and_components_by_size() -> None:
    rows = expected("ecosystem/component_sizes")
    assert sum(row["families"] for row in rows) == 33
    assert sum(row["components"] for row in rows if row["models"] > 1) == 30
    assert [row["models"] for row in rows if row["components"]][:3] == [112, 94, 84]


def test_documentation() -> None:
    told = section("documentation, quality/config_mismatch")
    thin = {(child, parent) for children, parents in table(told) for child in ids(children) for parent in ids(parents)}
    assert {(row["child"], row["parent"]) for row in expected("documentation/thinning")} == thin
    assert len(thin) == 18
    tools: dict[str, int] = {}
    for row in expected("documentation/templated_child"):
        tools[row["card_template"]] = tools.get(row["card_template"], 0) + 1
    assert tools == {"trainer": 51, "unsloth": 18, "diffusers": 12, "peft": 5 + 2, "mergekit": 6, "default": 1}
    alike = {row["parent"]: (row["models"], row["publishers"]) for row in expected("documentation/copied_cards")}
    assert alike == {"gorseland/siskin-3b": (5, 2), "halcyon-vision/petrel-v1": (4, 4)}
    groups = [row["models"] for row in expected("documentation/copied_cards", templated=True)]
    assert groups == [30, 17, 12, 5, 5, 4]
    (nearest,) = expected("documentation/nearest_documented_ancestor")
    assert (nearest["ancestor"], nearest["hops"], nearest["unknown_nearer"]) == ("northwind-ai/Kestrel-7B", 4, 1)
    assert expected("documentation/nearest_documented_ancestor", model="saltmarsh-ai/Moorhen-1B-iter12") == []
    named = table(told[told.index("| model |") :])
    assert {(row["model"], row["config_parent"], row["reading"]) for row in expected("quality/config_mismatch")} == {
        (ids(model)[0], ids(base)[0], reading.split(":")[0]) for model, base, reading in named
    }
    whole = expected("quality/coverage")[0]
    assert (whole["relation"], whole["models"], whole["card_known"]) == ("ALL", 499, 186 / 499)
    assert whole["card"] == (186 - 9) / 186
