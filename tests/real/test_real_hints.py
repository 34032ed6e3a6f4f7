"""Hints at undeclared parents in real snapshots, against a plain reading of the same rules."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import plain_hints
from studbook import sources
from studbook.hints import parent_hints
from studbook.normalise import normalise

SNAPSHOTS = sorted(Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"]).glob("*.jsonl.gz"))


@pytest.mark.parametrize("path", [SNAPSHOTS[0], SNAPSHOTS[-1]], ids=lambda path: path.name)
def test_hints(path: Path) -> None:
    raw = sources.read([path]).raw
    parents = normalise(raw, as_of=datetime(2026, 8, 22, tzinfo=UTC)).parents
    raw = raw.with_row_index("model")
    tags = raw.select("model", tag="tags").explode("tag").drop_nulls("tag")
    found = parent_hints(raw, tags, parents=parents).join(raw, on="model").select("id", "parent_hints")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        assert dict(found.rows()) == plain_hints.compute(map(json.loads, lines))
    assert found.height > 0
    assert found.schema["parent_hints"] == pl.List(pl.String())
