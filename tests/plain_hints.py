"""A plain reading of the rules by which a model is suspected of a parent that it does not declare."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from studbook import resources


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


def compute(models: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Hints by id, of models without a base_model tag."""
    rows = [row for row in table("parent_hints.csv") if row["kind"] != "none"]
    owners = defaultdict(set)
    for vendor in table("license_vendors.csv"):
        owners[vendor["family"]].add(vendor["owner"].lower())
    for row in rows:
        owners[row["value"]] |= set(row["owners"].lower().split())
    publishers = {owner for row in rows if row["kind"] == "family" for owner in owners[row["value"]]}
    found = {}
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
