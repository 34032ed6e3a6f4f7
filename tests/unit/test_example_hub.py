"""The example hub against its story, in plain Python: nothing here imports the loader."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixture import build_example_hub

ROOT = Path(__file__).parents[2]
DATA = ROOT / "loader/studbook/data"
STORY = (ROOT / "tests/fixture/STORY.md").read_text(encoding="utf-8")
TEXT = (DATA / "example_hub.jsonl").read_text(encoding="utf-8")
MODELS: dict[str, dict[str, Any]] = {row["id"]: row for row in map(json.loads, TEXT.splitlines())}
RELATIONS = ("finetune", "adapter", "quantized", "merge")
REAL = set(
    """
    01-ai ai21labs alibaba-nlp allenai amazon apple baai bigcode bigscience black-forest-labs bytedance
    coherelabs compvis databricks deepseek-ai distilbert eleutherai facebook google google-bert
    google-t5 huggingfaceh4 huggingfacetb ibm-granite intfloat internlm jinaai liquidai lmsys mattshumer
    meta-llama microsoft mistralai mlx-community moonshotai mosaicml nomic-ai nousresearch nvidia openai
    openai-community openbmb openchat pyannote qwen runwayml salesforce sentence-transformers snowflake
    stabilityai stable-diffusion-v1-5 teknium tencent thebloke thudm tiiuae timm unsloth upstage xai-org
    zai-org
    """.split()  # noqa: SIM905 - a list of words reads better without sixty pairs of quotation marks
)
RESTRICTED = {"non_commercial", "use_restricted", "vendor_community", "no_derivatives"}


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALIASES = {row["alias"].lower(): row["id"] for row in table("aliases.csv")}
LICENSES = {row["tag"]: row for row in table("licenses.csv")}
TASKS = {row["id"]: row for row in table("tasks.csv")}
LIBRARIES = {row["id"] for row in table("libraries.csv")}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def declared(model: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """(reference, relation) by tag and by card; a typed reference silences the bare one of the same spelling."""
    found: dict[str, set[str | None]] = defaultdict(set)
    for tag in model["tags"]:
        if tag.startswith("base_model:"):
            relation, _, reference = tag.removeprefix("base_model:").partition(":")
            typed = relation in RELATIONS and reference
            found[reference if typed else tag.removeprefix("base_model:")].add(relation if typed else None)
    card = model.get("cardData", {})
    for reference in as_list(card.get("base_model")):
        relation = card.get("base_model_relation")
        found[reference].add(relation if relation in RELATIONS else None)
    for reference, relations in found.items():
        if reference:
            yield from ((reference, relation) for relation in (relations - {None} or {None}))


def resolved(reference: str) -> str | None:
    """The model that a reference means, listed or missing; None when it is no model."""
    name = reference.rstrip("/")
    if name in MODELS:
        return name
    same = [id_ for id_ in MODELS if id_.lower() == name.lower()]
    if len(same) == 1:
        return same[0]
    if name.lower() in ALIASES:
        return ALIASES[name.lower()]
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        return None
    return {"forgotten-lab/corncrake-13b": "forgotten-lab/Corncrake-13B"}.get(name.lower(), name)


EDGES: dict[tuple[str, str], set[str | None]] = defaultdict(set)
NO_MODELS: dict[str, str] = {}
for _child, _model in MODELS.items():
    for _reference, _relation in declared(_model):
        if _parent := resolved(_reference):
            EDGES[_child, _parent].add(_relation)
        else:
            NO_MODELS[_child] = _reference
MISSING = {parent for _, parent in EDGES} - set(MODELS)
PARENTS: dict[str, list[str]] = {id_: [] for id_ in [*MODELS, *MISSING]}
CHILDREN: dict[str, list[str]] = {id_: [] for id_ in [*MODELS, *MISSING]}
for _child, _parent in EDGES:
    PARENTS[_child].append(_parent)
    CHILDREN[_parent].append(_child)


def hops(start: str, neighbours: dict[str, list[str]]) -> dict[str, int]:
    """Everything reached from here, itself excepted, with the edges on a shortest path."""
    found, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for there in neighbours[here]:
            if there not in found:
                found[there] = found[here] + 1
                queue.append(there)
    return {name: distance for name, distance in found.items() if name != start}


def licenses(id_: str) -> set[str]:
    """License ids by card and tag; `other` takes its name, other spellings their row."""
    model = MODELS[id_]
    card = model.get("cardData", {})
    tags = [tag.removeprefix("license:") for tag in model["tags"] if tag.startswith("license:")]
    found = set()
    for name in {*as_list(card.get("license")), *tags}:
        spelt = (card.get("license_name") or name if name == "other" else name).strip().lower()
        found.add(LICENSES.get(spelt, {}).get("alias_of") or spelt)
    return found


def family(id_: str) -> str | None:
    """Family of the licence, where the model has one licence and its family is known."""
    found = {LICENSES[name]["family"] if name in LICENSES else "unknown" for name in licenses(id_)}
    return found.pop() if id_ in MODELS and len(found) == 1 else None


def groups(edges: list[tuple[str, str]]) -> list[set[str]]:
    """Weakly connected components of two and more models."""
    around: dict[str, list[str]] = defaultdict(list)
    for child, parent in edges:
        if child != parent:
            around[child].append(parent)
            around[parent].append(child)
    left, found = set(around), []
    while left:
        start = left.pop()
        found.append({start, *hops(start, around)})
        left -= found[-1]
    return found


def rows_under(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading of the story, its own heading row left out."""
    part = STORY.split(f"\n{heading}", maxsplit=1)[1]
    lines = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert lines is not None
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in lines[0].splitlines()[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_what_its_builder_writes() -> None:
    assert build_example_hub.text() == TEXT
    assert len(TEXT.encode()) < 600_000


def test_rows_have_the_hub_s_form() -> None:
    always = {
        "_id",
        "id",
        "author",
        "sha",
        "createdAt",
        "lastModified",
        "downloads",
        "downloadsAllTime",
        "likes",
        "trendingScore",
        "gated",
        "tags",
    }
    sometimes = {"pipeline_tag", "library_name", "cardData", "safetensors", "gguf", "baseModels", "config", "card"}
    assert len(TEXT.splitlines()) == len(MODELS) == 499
    for id_, model in MODELS.items():
        assert always <= set(model) <= always | sometimes, id_
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{2,40}/[A-Za-z0-9][A-Za-z0-9._-]{1,60}", id_)
        assert model["author"] == id_.split("/")[0]
        assert re.fullmatch(r"[0-9a-f]{24}", model["_id"])
        assert re.fullmatch(r"[0-9a-f]{40}", model["sha"])
        assert "2022-03-02T23:29:04.000Z" <= model["createdAt"] <= model["lastModified"] <= "2026-11-20T00:00:00.000Z"
        assert model["gated"] in (False, "auto", "manual")
        assert 0 <= model["downloads"] <= model["downloadsAllTime"]
        assert len(set(model["tags"])) == len(model["tags"])
        assert all(isinstance(tag, str) and tag for tag in model["tags"])
        assert "region:us" in model["tags"]
    assert len({model["_id"] for model in MODELS.values()}) == len(MODELS)
    assert {model["createdAt"][:4] for model in MODELS.values()} == {"2022", "2023", "2024", "2025", "2026"}


def test_tags_say_what_the_hub_makes_of_a_card() -> None:
    for id_, model in MODELS.items():
        tags, card = set(model["tags"]), model.get("cardData", {})
        for tag in tags:
            relation = tag.split(":")[1] if tag.startswith("base_model:") else None
            if relation in RELATIONS:
                assert tag.replace(f"{relation}:", "", 1) in tags, "a typed tag comes with a bare one"
        if id_ != "gorseland/Kestrel-7B-Split":
            assert {f"license:{name}" for name in as_list(card.get("license"))} <= tags
        assert {f"dataset:{name}" for name in as_list(card.get("datasets"))} <= tags
        assert set(as_list(card.get("tags"))) <= tags
        assert {"no" if name is False else name for name in as_list(card.get("language"))} <= tags
        assert not model.get("library_name") or model["library_name"] in tags
        assert not model.get("pipeline_tag") or model["pipeline_tag"] in tags


def test_cards_begin_with_the_metadata_that_the_hub_reads_from_them() -> None:
    cards = {id_: model["card"] for id_, model in MODELS.items() if "card" in model}
    assert (len(cards), sum(not text for text in cards.values())) == (186, 9)
    for id_, text in cards.items():
        front = text.split("\n---\n")[0].removeprefix("---\n")
        read = (yaml.safe_load(front) if text else None) or {}
        assert {name: value for name, value in read.items() if name != "model-index"} == MODELS[id_].get("cardData", {})


def test_vocabularies_are_the_hub_s() -> None:
    assert {model.get("pipeline_tag") for model in MODELS.values()} - set(TASKS) == {None, "speaker-diarisation"}
    assert {model.get("library_name") for model in MODELS.values()} - LIBRARIES == {None, "curlewkit"}
    used = set().union(*(licenses(id_) for id_ in MODELS))
    assert used - set(LICENSES) == {"orrery-community-1.0"}


def test_nothing_is_real_but_the_parents_named() -> None:
    """Well-known publishers, those of the alias table among them, publish nothing here; papers cannot exist."""
    owners = {model["author"].lower() for model in MODELS.values()}
    moved = {name.split("/")[0].lower() for name in [*ALIASES, *ALIASES.values()]}
    assert owners & (REAL | moved) == set()
    papers = [tag for model in MODELS.values() for tag in model["tags"] if tag.startswith("arxiv:")]
    assert papers != []
    assert [tag for tag in papers if not re.fullmatch(r"arxiv:\d{4}\.99\d{3}", tag)] == []


def test_popularity_has_a_heavy_tail() -> None:
    downloads = sorted((model["downloads"] for model in MODELS.values()), reverse=True)
    assert sum(downloads[:25]) > 0.9 * sum(downloads)
    assert downloads[len(downloads) // 2] < 100


# --- the story --------------------------------------------------------------------------------------------------------


def test_every_id_in_the_story_exists() -> None:
    given = {reference for model in MODELS.values() for reference, _ in declared(model)}
    known = set(MODELS) | MISSING | given | {"sorrel-lab/Good-1", "sorrel-lab/good-1"}
    told = {name for name in names(STORY) if re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9][\w.-]+", name)}
    assert len(told) > 150
    assert told - known == set()


def test_numbers() -> None:
    assert len(MISSING) == 13
    assert Counter(relation for relations in EDGES.values() for relation in relations) == {
        "finetune": 238,
        "adapter": 35,
        "quantized": 33,
        "merge": 868,
        None: 3,
    }
    assert len(EDGES) == 1175
    families = groups([edge for edge, relations in EDGES.items() if relations != {"merge"}])
    components = groups(list(EDGES))
    assert (len(families), len(components)) == (33, 30)
    assert sorted(map(len, components), reverse=True)[:3] == [112, 94, 84]
    assert len([id_ for id_ in MODELS if not PARENTS[id_] and not CHILDREN[id_]]) == 54
    assert sum(model["createdAt"].startswith("2022-03-02T23:29:04") for model in MODELS.values()) == 5
    assert sum(not licenses(id_) for id_ in MODELS) == 197
    assert Counter(model["gated"] for model in MODELS.values()) == {False: 486, "auto": 7, "manual": 6}


def test_families() -> None:
    families = groups([edge for edge, relations in EDGES.items() if relations != {"merge"}])
    size = {member: len(group) for group in families for member in group}
    told = 0
    for cells in rows_under("## The families"):
        if "component" in cells[0]:
            assert {name for name in MODELS if name.startswith("weftworks/")} in groups(list(EDGES))
            assert not any(name.startswith("weftworks/") for name in size)
            continue
        ids, sizes = names(cells[0]), re.findall(r"\d+", cells[1])
        assert [str(size[id_]) for id_ in ids] == sizes[: len(ids)]
        assert all(not PARENTS[id_] for id_ in ids), "a family is named after a root"
        told += len(ids)
    assert told == 20


LOOSENED = rows_under("### risk/license_loosened")


def test_loosened_edges_are_where_the_story_says() -> None:
    """Terms as far as these licences need them: what is asked beyond notices."""
    terms: dict[str, set[str]] = {
        **{name: set() for name in ("apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0", "cc0-1.0", "unlicense")},
        "cc-by-nc-4.0": {"nc"},
        "cc-by-nc-sa-4.0": {"nc", "sa"},
        "cc-by-sa-4.0": {"sa"},
        "cc-by-nd-4.0": {"nd"},
        "cc-by-nc-nd-4.0": {"nc", "nd"},
        "gpl-3.0": {"sa"},
        "agpl-3.0": {"sa over a network"},
        "creativeml-openrail-m": {"creativeml list"},
        "openrail++": {"creativeml list"},
        "openrail": {"some list"},
        "bigscience-openrail-m": {"bigscience list"},
        "bigcode-openrail-m": {"bigcode list"},
        "llama3": {"llama 3 agreement"},
        "llama3.1": {"llama 3.1 agreement"},
        "llama3.2": {"llama 3.2 agreement"},
        "gemma": {"gemma terms"},
    }
    found = []
    for (child, parent), relations in EDGES.items():
        before = licenses(parent) if parent in MODELS else set()
        after = licenses(child)
        if before and after and all(p in terms and c in terms and terms[p] > terms[c] for p in before for c in after):
            found += [(child, relation, parent) for relation in relations]
    told = [(*names(cells[0]), cells[2], *names(cells[3])) for cells in LOOSENED]
    assert sorted(told) == sorted(found)
    assert len(told) == 22
    for cells in LOOSENED:
        assert licenses(names(cells[0])[0]) == {cells[1]}
        assert licenses(names(cells[3])[0]) == {cells[4].split(" ")[0]}


def test_restricted_ancestors_are_where_the_story_says() -> None:
    found = {}
    for id_ in MODELS:
        above = {
            name: distance
            for name, distance in hops(id_, PARENTS).items()
            if name in MODELS and family(name) in RESTRICTED
        }
        if family(id_) == "permissive" and above:
            found[id_] = above
    told = {}
    for cells in rows_under("### risk/restricted_ancestor_permissive_descendant"):
        (descendant,), nearest = names(cells[0]), names(cells[1])
        further = dict(re.findall(r"`([^`]+)` (\d+)", cells[3]))
        told[descendant] = dict.fromkeys(nearest, int(cells[2])) | {
            name: int(number) for name, number in further.items()
        }
    assert told == found
    assert (len(found), sum(map(len, found.values()))) == (31, 51)


def test_hidden_restrictions_have_nothing_but_silence_between() -> None:
    for path in (
        [
            "brightmoor/Kestrel-Storyteller-7B",
            "ashgrove-ml/Kestrel-7B-Fables-v2",
            "quietloom/Kestrel-7B-Fables",
            "northwind-ai/Kestrel-7B-Instruct",
        ],
        [f"saltmarsh-ai/Moorhen-1B-iter{generation:02d}" for generation in range(12, 0, -1)]
        + ["saltmarsh-ai/Moorhen-1B"],
    ):
        assert all(PARENTS[child] == [parent] for child, parent in pairwise(path))
        assert family(path[0]) == "permissive"
        assert all(licenses(name) == set() for name in path[1:-1])
        assert family(path[-1]) in RESTRICTED


def test_lineage() -> None:
    assert hops("mossgate/dunlin-vit", CHILDREN) == {
        "mossgate/dunlin-caption": 1,
        "fernhollow/dunlin-plants": 1,
        "fernhollow/dunlin-moths": 1,
        "ploverlab/dunlin-sorter": 2,
        "redshank-labs/dunlin-arm": 3,
        "redshank-labs/dunlin-arm-sim": 4,
    }
    above = hops("magpie-merges/Corinthian-8B-v2", PARENTS)
    assert len(above) == 15
    assert (above["northwind-ai/Kestrel-7B"], above["lumenforge/Lumen-4B-Base"]) == (4, 3)
    assert {name for name in above if not PARENTS[name]} == {
        "northwind-ai/Kestrel-7B",
        "lumenforge/Lumen-4B-Base",
        "meta-llama/Llama-3.1-8B",
    }
    line = "### lineage/hubs, lineage/families\n\nDirect children: "
    told = STORY.split(line)[1].split("\n\n")[0]
    for hub, count in re.findall(r"`([^`]+)` (\d+)", told):
        assert len(CHILDREN[hub]) == int(count), hub
    most = Counter({hub: len(children) for hub, children in CHILDREN.items() if not hub.startswith("weftworks/")})
    assert {hub for hub, _ in most.most_common(8)} == {hub for hub, _ in re.findall(r"`([^`]+)` (\d+)", told)}


def longest(start: str, end: str) -> int | None:
    """Edges on the longest path; only where no loop is near."""
    if start == end:
        return 0
    below = [length for parent in PARENTS[start] if (length := longest(parent, end)) is not None]
    return 1 + max(below) if below else None


def test_longest_path() -> None:
    assert longest("magpie-merges/Corinthian-8B-v2", "lumenforge/Lumen-4B-Base") == 5
    assert longest("magpie-merges/Corinthian-8B-v2", "northwind-ai/Kestrel-7B") == 4


def test_lattice() -> None:
    layers = [[f"weftworks/Weft-{layer:02d}{letter}-3B" for letter in "abcdefgh"] for layer in range(1, 15)]
    for above, layer in pairwise(layers):
        assert all(PARENTS[name] == above for name in layer)
        assert all(EDGES[name, parent] == {"merge"} for name in layer for parent in above)
    silent = [name for layer in layers[1:] for name in layer][:-1]
    assert all(licenses(name) == set() for name in silent)
    assert [licenses(name) for name in layers[0]] == [{"cc-by-nc-4.0"}, *[{"apache-2.0"}] * 7]
    assert licenses(layers[-1][-1]) == {"apache-2.0"}


def routes(start: str) -> Counter[str]:
    """How many routes lead from a model to each of its ancestors; two relations for one pair are one route."""
    found: Counter[str] = Counter()
    for parent in PARENTS[start]:
        found[parent] += 1
        found.update(routes(parent))
    return found


def test_diamonds_outside_the_lattice() -> None:
    loops = {"ashgrove-ml/Ouroboros-1B", "twinwell/Echo-A", "twinwell/Echo-B"}
    pairs = {
        (id_, ancestor)
        for id_ in MODELS
        if not id_.startswith("weftworks/") and id_ not in loops and "Rondo" not in id_
        for ancestor, number in routes(id_).items()
        if number > 1
    }
    base, instruct = "lumenforge/Lumen-4B-Base", "lumenforge/Lumen-4B-Instruct"
    both = "alloy-foundry/Electrum-4B alloy-foundry/Bronze-4B alloy-foundry/Verdigris-4B magpie-merges/Corinthian-8B magpie-merges/Corinthian-8B-v2 magpie-merges/Hydra-4B bitcellar/Hydra-4B-AWQ ploverlab/hydra-4b-polite-lora"
    assert pairs == {
        *((id_, ancestor) for id_ in both.split() for ancestor in (base, instruct)),
        ("alloy-foundry/Tombac-4B", base),
        ("tinhare/lumen-4b-thinking-extracted-lora", base),
        ("magpie-merges/petrel-anthology", "halcyon-vision/petrel-v1"),
    }
    assert routes("magpie-merges/Hydra-4B")[instruct] == 18
    assert routes("alloy-foundry/Bronze-4B")[base] == 3


def test_merges() -> None:
    told = {
        names(cells[0])[0]: int(cells[1].split()[0]) for cells in rows_under("### merges/subgraph, merges/diamonds")
    }
    assert {id_: len(PARENTS[id_]) for id_ in told} == told
    merges = {child for (child, _), relations in EDGES.items() if "merge" in relations}
    assert {id_ for id_ in merges if not id_.startswith("weftworks/")} == set(told) - {
        "weftworks/Weft-02a-3B",
        "tinhare/lumen-4b-thinking-extracted-lora",
    }
    assert EDGES["tinhare/lumen-4b-thinking-extracted-lora", "lumenforge/Lumen-4B-Base"] == {"adapter"}
    redundant = {
        (id_, parent)
        for id_ in merges
        for parent in PARENTS[id_]
        if any(parent in hops(other, PARENTS) for other in PARENTS[id_])
    }
    assert redundant == {
        ("alloy-foundry/Electrum-4B", "lumenforge/Lumen-4B-Instruct"),
        ("alloy-foundry/Tombac-4B", "lumenforge/Lumen-4B-Base"),
    }


def test_missing_parents() -> None:
    told = {
        name: int(cells[1].split()[0])
        for cells in rows_under("### quality/missing_parents")
        for name in names(cells[0])
    }
    assert {name: len(CHILDREN[name]) for name in MISSING} == told


def test_what_is_no_model() -> None:
    assert NO_MODELS == {
        "driftglass/lumen-4b-address": "https://huggingface.co/lumenforge/Lumen-4B-Base",
        "gorseland/run-1187": "/home/ubuntu/models/kestrel-7b",
        "gorseland/run-1192": "/home/ubuntu/models/kestrel-7b",
        "mossgate/notebook-output": "C:\\Models\\Lumen-4B",
        "mossgate/out": "./out",
        "amberquay/checkpoint-best": "../checkpoints/step-4000",
        "amberquay/my-kestrel": "kestrel-7b",
        "cedarwick/test-model": "[More Information Needed]",
        "cedarwick/nested": "models/lumenforge/Lumen-4B-Base",
    }
    assert MODELS["sundialworks/lumen-4b-blank"]["cardData"]["base_model"] == ""


def test_cycles() -> None:
    reach = {id_: {parent for name in (id_, *hops(id_, PARENTS)) for parent in PARENTS[name]} for id_ in MODELS}
    looped = {
        frozenset(other for other in above if id_ in reach.get(other, set()))
        for id_, above in reach.items()
        if id_ in above
    }
    assert looped == {
        frozenset({"ashgrove-ml/Ouroboros-1B"}),
        frozenset({"twinwell/Echo-A", "twinwell/Echo-B"}),
        frozenset({"roundelay/Rondo-1", "roundelay/Rondo-2", "roundelay/Rondo-3"}),
    }
    assert set(hops("roundelay/Rondo-1", CHILDREN)) >= {"quietloom/Rondo-Coda", "quietloom/Rondo-Coda-GGUF"}


@pytest.mark.parametrize(
    ("child", "parent", "relations"),
    [
        ("driftglass/lumen-4b-casefold", "lumenforge/Lumen-4B-Instruct", {"finetune"}),
        ("driftglass/lumen-4b-slash", "lumenforge/Lumen-4B-Base", {"finetune"}),
        ("bitcellar/Kestrel-7B-Instruct-v2-QLoRA", "northwind-ai/Kestrel-7B-Instruct-v2", {"adapter", "quantized"}),
        ("sundialworks/lumen-4b-two-minds", "lumenforge/Lumen-4B-Base", {"quantized", "finetune"}),
        ("sundialworks/lumen-4b-odd-relation", "lumenforge/Lumen-4B-Base", {None}),
        ("sundialworks/lumen-4b-untyped", "lumenforge/Lumen-4B-Base", {None}),
        ("sundialworks/lumen-4b-card-untyped", "lumenforge/Lumen-4B-Base", {None}),
        ("sundialworks/lumen-4b-card-only", "lumenforge/Lumen-4B-Base", {"finetune"}),
        ("sundialworks/lumen-4b-tags-only", "lumenforge/Lumen-4B-Base", {"finetune"}),
        ("lanternfish/ibis-chat", "papermoth/Ibis-small", {"finetune"}),
        ("lanternfish/ibis-news", "papermoth/ibis-small", {"finetune"}),
        ("lanternfish/ibis-unsure", "papermoth/IBIS-small", {"finetune"}),
        ("orrery-labs/Orrery-8B", "meta-llama/Llama-3.1-8B", {"finetune"}),
        ("fernhollow/lumen-4b-stacked-lora", "tinhare/lumen-4b-json-lora", {"adapter"}),
        ("ggufworks/Kestrel-7B-AWQ-requant-GGUF", "bitcellar/Kestrel-7B-AWQ", {"quantized"}),
        ("tinhare/kestrel-7b-sql-lora-awq", "bitcellar/Kestrel-7B-AWQ", {"adapter"}),
    ],
)
def test_declarations(child: str, parent: str, relations: set[str | None]) -> None:
    assert PARENTS[child] == [parent]
    assert EDGES[child, parent] == relations


def test_where_parents_are_declared() -> None:
    def by_tag(id_: str) -> bool:
        return any(tag.startswith("base_model:") for tag in MODELS[id_]["tags"])

    card_only = {id_ for id_ in MODELS if PARENTS[id_] and not by_tag(id_)}
    assert card_only == {"sundialworks/lumen-4b-card-only", "sundialworks/lumen-4b-card-untyped"}
    objects = {id_ for id_, model in MODELS.items() if "baseModels" in model}
    assert objects == {"northwind-ai/Kestrel-7B-Instruct", "lumenforge/Lumen-4B-Instruct", "alloy-foundry/Electrum-4B"}
    for id_ in objects:
        given = MODELS[id_]["baseModels"]
        assert [base["id"] for base in given["models"]] == PARENTS[id_]
        assert [base["_id"] for base in given["models"]] == [MODELS[name]["_id"] for name in PARENTS[id_]]
        assert all(EDGES[id_, name] == {given["relation"]} for name in PARENTS[id_])


def test_only_planted_children_are_older_than_their_parents() -> None:
    older = {
        (child, parent)
        for child, parent in EDGES
        if parent in MODELS and MODELS[child]["createdAt"] < MODELS[parent]["createdAt"]
    }
    assert older == {
        ("fernhollow/dunlin-moths", "mossgate/dunlin-vit"),
        ("twinwell/Echo-A", "twinwell/Echo-B"),
        ("roundelay/Rondo-1", "roundelay/Rondo-3"),
    }, "two of them because loops have no other way"


def test_languages_in_cards() -> None:
    cards = {id_: MODELS[id_].get("cardData", {}).get("language") for id_ in MODELS}
    assert len(set(cards["skylark-collective/Skylark-1B"])) == 60
    assert "no" in cards["skylark-collective/Skylark-1B"]
    assert cards["fjordspeak/skylark-1b-norsk"] is False
    assert cards["fjordspeak/skylark-1b-nordic"] == ["da", False, "sv", "is"]
    assert cards["thistledown-nlp/skylark-zh-hant"] == "zh-Hant"
    assert cards["redshank-labs/skylark-flores"] == ["eng_Latn", "fra_Latn", "zho_Hans"]
    assert cards["redshank-labs/skylark-manga"] == "jp"
    assert cards["cobaltfinch/skylark-english-only"] == "English"
    assert cards["cobaltfinch/skylark-canada"] == "fr,en"
    assert cards["tinhare/skylark-entities"] == "de"
    assert {"ner", "pt", "it"} <= set(MODELS["tinhare/skylark-entities"]["tags"])
    assert "cardData" not in MODELS["mossgate/skylark-tourism"]
    assert {"pt", "es"} <= set(MODELS["mossgate/skylark-tourism"]["tags"])


def test_tasks_run_through_the_classes() -> None:
    line = [
        "mossgate/dunlin-vit",
        "mossgate/dunlin-caption",
        "ploverlab/dunlin-sorter",
        "redshank-labs/dunlin-arm",
        "redshank-labs/dunlin-arm-sim",
    ]
    assert [TASKS[MODELS[id_]["pipeline_tag"]]["class"] for id_ in line] == [
        "features",
        "generative",
        "classification",
        "reinforcement-learning",
        "reinforcement-learning",
    ]
    assert "pipeline_tag" not in MODELS["ploverlab/curlew-meetings"]


def test_successors() -> None:
    successors = {
        id_: model["cardData"]["new_version"]
        for id_, model in MODELS.items()
        if "new_version" in model.get("cardData", {})
    }
    assert successors == {
        "northwind-ai/Kestrel-7B-Instruct": "northwind-ai/Kestrel-7B-Instruct-v2",
        "lumenforge/Lumen-4B-Instruct": "lumenforge/Lumen-4B-Thinking",
        "lumenforge/Lumen-4B-Thinking": "lumenforge/Lumen-4B-Thinking-2511",
        "lumenforge/Lumen-12B-Base": "lumenforge/Lumen-14B-Base",
    }
    assert "lumenforge/Lumen-14B-Base" not in MODELS


# --- bad rows ---------------------------------------------------------------------------------------------------------


def test_bad_rows_are_bad_as_told() -> None:
    lines = (ROOT / "tests/fixture/bad_rows.jsonl").read_text(encoding="utf-8").splitlines()
    told = rows_under("## Bad rows")
    assert [int(number) for cells in told for number in cells[0].split(",")] == list(range(1, len(lines) + 1))
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[1])
    rows = [json.loads(line) if number != 2 else None for number, line in enumerate(lines, start=1)]
    ids = [row.get("id") if isinstance(row, dict) else None for row in rows]
    assert ids[0] == ids[13] == "sorrel-lab/Good-1"
    assert ids[14] == "sorrel-lab/good-1"
    assert rows[13]["_id"] != rows[14]["_id"]
    assert rows[0]["lastModified"] < rows[13]["lastModified"]
    assert len(ids[6]) == 257
    assert "\0" in ids[11]
    assert [type(row).__name__ for row in (rows[9], rows[10])] == ["list", "str"]
