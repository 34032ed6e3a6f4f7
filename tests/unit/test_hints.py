"""What says that a model has a parent it does not declare."""

from __future__ import annotations

import csv
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import resources
from studbook.hints import SCHEMA, parent_hints

Model = tuple[str, list[str]]
"""(id, tags)."""

NOBODY = pl.DataFrame({"model": []}, schema={"model": pl.UInt32()})


def table(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hints(models: list[Model], parents: pl.DataFrame = NOBODY) -> dict[str, list[str]]:
    """By id."""
    raw = pl.DataFrame(models, schema={"id": pl.String(), "tags": pl.List(pl.String())}, orient="row")
    raw = raw.with_row_index("model")
    tags = raw.select("model", tag="tags").explode("tag").drop_nulls("tag")
    found = parent_hints(raw, tags, parents=parents)
    assert found.schema == SCHEMA
    return {models[model][0]: said for model, said in found.rows()}


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("someone/Llama-3.1-8B-summaries", ["name:llama"]),
        ("someone/my_qwen2.5_7b", ["name:qwen"]),
        ("someone/Qwen2VL-tuned", ["name:qwen"]),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", ["name:qwen"]),
        ("nvidia/Llama-3.1-Nemotron-70B", ["name:llama"]),
        ("someone/DeepSeek-R1-Distill-Llama-8B-GGUF", ["name:deepseek", "name:gguf", "name:llama"]),
        ("someone/stable_diffusion-v1-5", ["name:stable-diffusion"]),
        ("someone/phi_3_mini_4bit", ["name:4bit", "name:phi"]),
        ("someone/sam2.1-hq", ["name:sam"]),
        ("someone/yolo-v3", ["name:yolo"]),
        ("someone/robot-pi05-take-cup", ["name:pi0"]),
        ("someone/style-LoRA", ["name:lora"]),
        ("someone/bert_fine-tuned", ["name:fine-tuned"]),
    ],
)
def test_words_of_names(id_: str, expected: list[str]) -> None:
    assert hints([(id_, [])]) == {id_: expected}


@pytest.mark.parametrize(
    "id_",
    [
        "Qwen/Qwen3-4B-Instruct",
        "qwen/qwen3-4b",
        "meta-llama/Llama-3.1-8B",
        "facebook/llama-7b",
        "google/medgemma-4b",
        "openai/gpt-oss-20b",
        "llama-fans/tiny-net",  # the owner's name says nothing
        "someone/llamas-and-alpacas",
        "someone/xqwen",
        "someone/delphi-2",
        "someone/phi-estimator",  # a Greek letter
        "someone/glm-insurance",  # a generalised linear model
        "someone/sam-wilson-voice",
        "someone/solar-panel-detector",
        "someone/softmax-left",
        "someone/explorer",
        "someone/apple-detector",
        "someone/bert-base",
    ],
)
def test_names_that_say_nothing(id_: str) -> None:
    assert hints([(id_, [])]) == {}


def test_tags() -> None:
    models = [
        ("someone/a", ["lora", "LoRA", "region:us"]),
        ("someone/b", ["unsloth", "trl", "safetensors"]),
        ("someone/c", ["4-bit", "gptq"]),
        ("someone/d", ["llama", "qwen3", "mistral", "safetensors", "fp8", "8-bit"]),  # architectures, number types
        ("someone/e", ["mergekit", "merge"]),
    ]
    assert hints(models) == {
        "someone/a": ["tag:lora"],
        "someone/b": ["tag:trl", "tag:unsloth"],
        "someone/c": ["tag:4-bit", "tag:gptq"],
        "someone/e": ["tag:merge", "tag:mergekit"],
    }


def test_gguf_beside_other_weights_is_one_more_form_of_them() -> None:
    models = [("someone/a", ["gguf"]), ("someone/b", ["gguf", "safetensors"]), ("someone/c", ["pytorch", "gguf"])]
    assert hints(models) == {"someone/a": ["format:gguf"]}


def test_publishers_of_a_family_convert_their_own_weights_but_train_those_of_others() -> None:
    models = [
        ("moonshotai/Kimi-K3", ["compressed-tensors", "safetensors"]),
        ("someone/Kimi-K3", ["compressed-tensors", "safetensors"]),
        ("google/gemma-3-4b-it-qat-gguf", ["gguf"]),
        ("nvidia/DeepSeek-R1-FP4", ["modelopt"]),
        ("google/some-adapter", ["lora"]),
    ]
    assert hints(models) == {
        "someone/Kimi-K3": ["name:kimi", "tag:compressed-tensors"],
        "nvidia/DeepSeek-R1-FP4": ["name:deepseek"],
        "google/some-adapter": ["name:adapter", "tag:lora"],
    }


def test_nothing_at_all() -> None:
    assert hints([]) == {}


IDS = st.from_regex(
    r"(someone|Qwen|nvidia)/[a-zA-Z0-9]([_.-]?(qwen|Llama|lora|GGUF|phi|[a-z0-9])){0,5}", fullmatch=True
)
TAGS = st.lists(st.sampled_from(["gguf", "safetensors", "lora", "LoRA", "4-bit", "merge", "llama", "license:mit"]))
MODELS = st.lists(st.tuples(IDS, TAGS), max_size=6, unique_by=lambda model: model[0])


@given(MODELS, st.sets(st.integers(0, 5)))
def test_who_declares_a_parent_has_no_row_and_changes_no_other(models: list[Model], declaring: set[int]) -> None:
    parents = pl.DataFrame({"model": sorted(declaring)}, schema={"model": pl.UInt32()})
    silent = {id_ for place, (id_, _) in enumerate(models) if place not in declaring}
    assert hints(models, parents) == {id_: said for id_, said in hints(models).items() if id_ in silent}


@given(MODELS, st.randoms(use_true_random=False))
def test_order_of_tags_and_models_does_not_matter(models: list[Model], random: Random) -> None:
    other = [(id_, list(tags)) for id_, tags in models]
    for _, tags in other:
        random.shuffle(tags)
    random.shuffle(other)
    assert hints(other) == hints(models)


@given(MODELS)
def test_lists_are_sorted_and_never_empty(models: list[Model]) -> None:
    for said in hints(models).values():
        assert said
        assert said == sorted(set(said))


def test_the_table_is_whole_and_sorted() -> None:
    rows = table("parent_hints.csv")
    keys = [(row["kind"], row["place"], row["value"]) for row in rows]
    assert keys == sorted(set(keys))
    assert {(row["kind"], row["place"]) for row in rows} == {
        ("family", "name"),
        ("family", "numbered name"),
        ("copy", "name"),
        ("copy", "tag"),
        ("copy", "format"),
        ("training", "name"),
        ("training", "tag"),
        ("none", "name"),
    }
    words = [row["value"] for row in rows if row["place"].endswith("name")]
    assert len(words) == len(set(words))
    assert all(row["reason"] and row["value"].strip() for row in rows)
    assert all(word == word.lower().replace("_", "-") for word in words)


def test_every_vendor_is_looked_for_or_left_out_for_a_reason() -> None:
    named = {row["value"] for row in table("parent_hints.csv") if row["place"].endswith("name")}
    assert {row["family"] for row in table("license_vendors.csv")} <= named


def test_every_family_has_a_publisher() -> None:
    vendors = {row["family"] for row in table("license_vendors.csv")}
    families = [row for row in table("parent_hints.csv") if row["kind"] == "family"]
    assert [row["value"] for row in families if not row["owners"] and row["value"] not in vendors] == []
