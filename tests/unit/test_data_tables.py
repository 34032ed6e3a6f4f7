"""The tables that ship with the package, read with nothing but the standard library.

The class of a task is the paper's (arXiv 2508.06811), and follows what a model of the task gives back:

- features: vectors, or what encoders are trained on for the sake of their vectors (fill-mask);
- generative: new text, sound, images, video or shapes, answers and transcripts among them;
- classification: labels, scores or places for what was given, or for its parts (tokens, spans, boxes, pixels);
- reinforcement-learning: actions, which is the Hub's modality `rl`;
- empty: numbers (regression, forecasts, depth), graphs, and the Hub's own `other`, of which the paper says nothing.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from studbook import resources

HUB_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,95})?")


def rows(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "columns", "count"),
    [
        ("tasks.csv", ["id", "name", "modality", "class"], 57),
        ("libraries.csv", ["id", "name"], 257),
        ("aliases.csv", ["alias", "id", "source", "since"], 150),
        ("license_links.csv", ["address", "license", "source"], 176),
    ],
)
def test_tables_are_whole_and_sorted(name: str, columns: list[str], count: int) -> None:
    table = rows(name)
    assert list(table[0]) == columns
    assert len(table) == count
    assert all(None not in row and None not in row.values() for row in table), "a row with too many or too few cells"
    keys = [row[columns[0]] for row in table]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys, key=str.lower if name == "aliases.csv" else None)
    required = [column for column in columns if column != "class"]
    assert [row for row in table for column in required if row[column] != row[column].strip() or not row[column]] == []


def test_tasks_are_classed_by_what_they_give_back() -> None:
    tasks = {row["id"]: row for row in rows("tasks.csv")}
    assert Counter(row["class"] for row in tasks.values()) == {
        "generative": 26,
        "classification": 18,
        "features": 6,
        "reinforcement-learning": 2,
        "": 5,
    }
    expected = {
        "feature-extraction": "features",
        "sentence-similarity": "features",
        "fill-mask": "features",
        "text-generation": "generative",
        "translation": "generative",
        "automatic-speech-recognition": "generative",
        "text-to-image": "generative",
        "text-classification": "classification",
        "token-classification": "classification",
        "question-answering": "classification",
        "object-detection": "classification",
        "reinforcement-learning": "reinforcement-learning",
        "robotics": "reinforcement-learning",
        "tabular-regression": "",
        "depth-estimation": "",
    }
    assert {task: tasks[task]["class"] for task in expected} == expected
    assert {task for task, row in tasks.items() if row["modality"] == "rl"} == {
        task for task, row in tasks.items() if row["class"] == "reinforcement-learning"
    }
    assert {row["modality"] for row in tasks.values()} == {"nlp", "cv", "audio", "multimodal", "tabular", "rl", "other"}
    hidden_in_models = {"tabular-to-text", "table-to-text", "multiple-choice", "text-retrieval", "other"}
    assert hidden_in_models <= set(tasks)


def test_libraries_have_their_names() -> None:
    libraries = {row["id"]: row["name"] for row in rows("libraries.csv")}
    known = {"transformers": "Transformers", "peft": "PEFT", "diffusers": "Diffusers", "timm": "timm"}
    assert {library: libraries.get(library) for library in known} == known


def test_aliases_are_moves_that_end_at_once() -> None:
    table = rows("aliases.csv")
    lower = [row["alias"].lower() for row in table]
    assert len(set(lower)) == len(lower), "the Hub's ids ignore letter case"
    assert [row for row in table if row["alias"].lower() == row["id"].lower()] == []
    assert {row["id"].lower() for row in table} & set(lower) == set(), "an alias of an alias"
    assert [row for row in table if not HUB_ID.fullmatch(row["alias"])] == []
    assert [row for row in table if not HUB_ID.fullmatch(row["id"]) or "/" not in row["id"]] == []
    assert [row for row in table if not re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", row["since"])] == []
    assert [row for row in table if not re.fullmatch(r"[\w.-]+/[\w.-]+(#\d+|/[\w.-]+)", row["source"])] == []


@pytest.mark.parametrize(
    ("alias", "model"),
    [
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
        ("gpt2", "openai-community/gpt2"),
        ("distilgpt2", "distilbert/distilgpt2"),
        ("xlm-roberta-base", "FacebookAI/xlm-roberta-base"),
        ("t5-small", "google-t5/t5-small"),
        ("camembert-base", "almanach/camembert-base"),
        ("ctrl", "Salesforce/ctrl"),
        ("THUDM/chatglm3-6b", "zai-org/chatglm3-6b"),
        ("runwayml/stable-diffusion-v1-5", "stable-diffusion-v1-5/stable-diffusion-v1-5"),
        ("meta-llama/Meta-Llama-3.1-8B", "meta-llama/Llama-3.1-8B"),
        ("CohereForAI/aya-101", "CohereLabs/aya-101"),
        ("KB/bert-base-swedish-cased", "KBLab/bert-base-swedish-cased"),
    ],
)
def test_aliases_hold_the_known_moves(alias: str, model: str) -> None:
    assert {row["alias"]: row["id"] for row in rows("aliases.csv")}[alias] == model


def test_llama_3_was_never_renamed() -> None:
    """Only 3.1 lost the prefix: `meta-llama/Meta-Llama-3-8B` is still the model's own name."""
    assert [row for row in rows("aliases.csv") if row["alias"].startswith("meta-llama/Meta-Llama-3-")] == []


def test_licenses_are_one_reading_each() -> None:
    table = {row["tag"]: row for row in rows("licenses.csv")}
    assert len(rows("licenses.csv")) == len(table) == 246
    assert Counter(row["kind"] for row in table.values()) == {"hub_id": 83, "license_name": 163}
    assert [tag for tag in table if tag != tag.lower().strip()] == []
    targets = {row["alias_of"] for row in table.values()} - {""}
    assert [target for target in targets if target not in table or table[target]["alias_of"]] == []
    assert [tag for tag, row in table.items() if not row["alias_of"] and not row["family"]] == []


def test_notice_names_every_source() -> None:
    notice = (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")
    for text in (
        "ScanCode LicenseDB",
        "Creative Commons Attribution 4.0",
        "hub-docs",
        "@huggingface/tasks",
        "Copyright (c) 2023 Hugging Face",
        "Permission is hereby granted, free of charge",
    ):
        assert text in notice
