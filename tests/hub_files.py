"""Dumps of a made-up Hub, in the Hub's own raw form, for tests that load files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from studbook import resources

RawModel = dict[str, Any]


def example() -> list[RawModel]:
    """The bundled example hub."""
    lines = (resources.DATA / "example_hub.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def model(id_: str, *parents: str, relation: str = "finetune", **fields: Any) -> RawModel:
    """A model that declares parents by tag and card; `fields` are the Hub's, `license` and `language` go to the card."""
    card = {name: fields.pop(name) for name in ("license", "language", "license_link") if name in fields}
    if parents:
        card |= {"base_model": list(parents), "base_model_relation": relation}
    return {
        "id": id_,
        "sha": "0" * 40,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "downloads": 10,
        "likes": 1,
        "tags": [f"base_model:{relation}:{parent}" for parent in parents],
        "cardData": card,
        **fields,
    }


def write(path: Path, models: Iterable[RawModel]) -> Path:
    """Writes a JSON Lines dump and returns its path."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in models), encoding="utf-8")
    return path
