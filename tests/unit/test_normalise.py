"""What a snapshot states, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from raw_rows import AS_OF, raw
from studbook.normalise import normalise
from studbook.records import Records


def one(**fields: Any) -> Records:
    return normalise(raw({"id": "a/m", **fields}), as_of=AS_OF)


@pytest.mark.parametrize(
    ("tag", "relation", "reference"),
    [
        ("base_model:finetune:o/base", "finetune", "o/base"),
        ("base_model:adapter:o/base", "adapter", "o/base"),
        ("base_model:quantized:o/base", "quantized", "o/base"),
        ("base_model:merge:o/base", "merge", "o/base"),
        ("base_model:o/base", None, "o/base"),
        ("base_model:adapter:C:\\Models\\base", "adapter", "C:\\Models\\base"),
        ("base_model:https://example.org/o/base", None, "https://example.org/o/base"),
    ],
)
def test_parents_from_tags(tag: str, relation: str | None, reference: str) -> None:
    assert one(tags=[tag]).parents.rows() == [(0, reference, relation, 0, "tag")]


def test_parents_from_the_card_and_from_base_models_each_with_its_evidence() -> None:
    parents = one(
        card_base_models=["o/x", "o/y"],
        card_base_model_relation="merge",
        base_models=[{"id": "o/x", "relation": "merge"}],
    ).parents
    assert parents.rows() == [
        (0, "o/x", "merge", 0, "card"),
        (0, "o/y", "merge", 1, "card"),
        (0, "o/x", "merge", 0, "base_models"),
    ]


def test_a_relation_the_hub_does_not_know_is_unknown() -> None:
    assert one(card_base_models=["o/x"], card_base_model_relation="distilled").parents["relation"].to_list() == [None]


def test_positions_count_typed_and_bare_tags_apart() -> None:
    tags = ["base_model:o/x", "base_model:merge:o/x", "base_model:o/y", "base_model:merge:o/y"]
    assert sorted(one(tags=tags).parents.select("reference", "relation", "position").rows(), key=str) == sorted(
        [("o/x", None, 0), ("o/x", "merge", 0), ("o/y", None, 1), ("o/y", "merge", 1)], key=str
    )


def test_card_languages_hide_language_tags() -> None:
    assert one(card_languages=["de"], tags=["en", "pt"]).languages.rows() == [(0, "de", "card", None)]


def test_language_tags_are_two_letter_codes_or_multilingual() -> None:
    tags = ["en", "moe", "ner", "asr", "rl", "tf", "multilingual", "eng"]
    assert one(tags=tags).languages["language"].to_list() == ["en", "multilingual"]


def test_one_language_spelt_twice_is_one() -> None:
    assert one(card_languages=["en", "English"]).languages.rows() == [(0, "en", "card", None)]


def test_two_thousand_languages_on_one_model() -> None:
    codes = [f"{a}{b}{c}" for a in "abcdefghijklm" for b in "abcdefghijklm" for c in "abcdefghijklm"][:2114]
    assert one(card_languages=codes).languages["declared_as"].len() >= 2000


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tags": ["license:mit"]}, [("mit", "tag", None)]),
        ({"card_license": ["MIT"], "tags": ["license:mit"]}, [("mit", "card", "MIT")]),
        ({"tags": ["license:mit", "license:apache-2.0"]}, [("mit", "tag", None), ("apache-2.0", "tag", None)]),
        ({"tags": ["license:other"], "card_license_name": "Llama3.2"}, [("llama3.2", "tag", "other")]),
        ({"tags": ["license:other"], "card_license_name": " "}, [("other", "tag", None)]),
        ({"tags": ["license:mit"], "card_license_name": "llama3.2"}, [("mit", "tag", None)]),
        ({"tags": ["license:other"], "card_license_name": "gemma-terms-of-use"}, [("gemma", "tag", "other")]),
        ({"tags": ["license:"]}, []),
        ({}, []),
    ],
)
def test_licences(fields: dict[str, Any], expected: list[tuple[str, str, str | None]]) -> None:
    assert one(**fields).licenses.drop("model").rows() == expected


def test_datasets_papers_regions_and_formats() -> None:
    found = one(
        tags=["dataset:o/d", "dataset:e", "arxiv:2508.06811", "arxiv:2508.06811", "region:us", "gguf", "safetensors"],
        card_datasets=["o/d"],
    )
    assert found.datasets.rows() == [(0, "o/d", "card"), (0, "e", "tag")]
    assert found.papers.rows() == [(0, "2508.06811")]
    assert found.models["regions"].to_list() == [["us"]]
    assert found.models["formats"].to_list() == [["gguf", "safetensors"]]


def test_a_model_that_says_nothing_is_a_row_of_nulls() -> None:
    found = one()
    assert found.models.row(0, named=True) == dict.fromkeys(found.models.columns) | {
        "id": "a/m",
        "status": "listed",
        "first_seen": AS_OF,
    }
