"""Hints at undeclared parents in real snapshots, against a plain reading of the same rules."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from studbook import resources, sources
from studbook.hints import parent_hints
from studbook.normalise import normalise

SNAPSHOTS = sorted(Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"]).glob("*.jsonl.gz"))


def table(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_word(value: str, place: str, name: str) -> bool:
    starts = [i for i in range(len(name)) if name.startswith(value, i) and (i == 0 or not name[i - 1].isalnum())]
    for rest in (name[start + len(value) :] for start in starts):
        if place == "name" and not rest[:1].isalpha():
            return True
        after = rest[1:] if rest[:1] in ("-", ".") else rest
        if place == "numbered name" and after.removeprefix("v")[:1].isdigit():
            return True
    return False


def compute(path: Path) -> dict[str, list[str]]:
    rows = [row for row in table("parent_hints.csv") if row["kind"] != "none"]
    owners = defaultdict(set)
    for vendor in table("license_vendors.csv"):
        owners[vendor["family"]].add(vendor["owner"].lower())
    for row in rows:
        owners[row["value"]] |= set(row["owners"].lower().split())
    publishers = {owner for row in rows if row["kind"] == "family" for owner in owners[row["value"]]}
    found = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        models = [json.loads(line) for line in lines]
    for model in models:
        tags = set(model["tags"])
        if any(tag.startswith("base_model:") and tag.removeprefix("base_model:").strip() for tag in tags):
            continue
        owner, name = model["id"].lower().split("/")
        said = set()
        for row in rows:
            own = publishers if row["kind"] == "copy" else owners[row["value"]] if row["kind"] == "family" else set()
            if owner in own:
                continue
            if row["place"] in ("name", "numbered name"):
                if is_word(row["value"], row["place"], name.replace("_", "-")):
                    said.add(f"name:{row['value']}")
            elif row["value"] in tags and not (row["value"] == "gguf" and tags & {"safetensors", "pytorch"}):
                said.add(f"{row['place']}:{row['value'].lower()}")
        if said:
            found[model["id"]] = sorted(said)
    return found


@pytest.mark.parametrize("path", [SNAPSHOTS[0], SNAPSHOTS[-1]], ids=lambda path: path.name)
def test_hints(path: Path) -> None:
    raw = sources.read([path]).raw
    parents = normalise(raw, as_of=datetime(2026, 8, 22, tzinfo=UTC)).parents
    raw = raw.with_row_index("model")
    tags = raw.select("model", tag="tags").explode("tag").drop_nulls("tag")
    found = parent_hints(raw, tags, parents=parents).join(raw, on="model").select("id", "parent_hints")
    assert dict(found.rows()) == compute(path)
    assert found.height > 0
    assert found.schema["parent_hints"] == pl.List(pl.String())
