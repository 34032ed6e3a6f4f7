"""Reading real snapshots of the Hub, against plain Python over the same files."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from huggingface_hub.utils import validate_repo_id

from studbook import sources

FOLDER = Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"])
FILES = sorted(FOLDER.glob("*.jsonl.gz"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_there_are_snapshots() -> None:
    assert FILES, f"no *.jsonl.gz in {FOLDER}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_lost_or_changed(path: Path) -> None:
    rows = rows_of(path)
    snapshot = sources.read([path])
    raw = snapshot.raw
    assert raw.height + snapshot.rejected.height == len(rows)
    for row in rows:
        validate_repo_id(row["id"])
    assert len({row["id"] for row in rows}) == len(rows)
    assert snapshot.rejected.is_empty()
    assert snapshot.unreadable_cards.is_empty()
    assert raw["id"].to_list() == [row["id"] for row in rows]
    assert raw["line"].to_list() == list(range(1, len(rows) + 1))
    for field, column in (
        ("author", "author"),
        ("downloads", "downloads"),
        ("likes", "likes"),
        ("trendingScore", "trending_score"),
        ("pipeline_tag", "pipeline_tag"),
        ("library_name", "library_name"),
        ("tags", "tags"),
    ):
        assert raw[column].to_list() == [row.get(field) for row in rows], field
    for field, column in (("createdAt", "created_at"), ("lastModified", "last_modified")):
        spelt = raw[column].dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_list()
        assert spelt == [row.get(field) for row in rows], field
    gated = {False: "false", True: "true", "auto": "auto", "manual": "manual", None: None}
    assert raw["gated"].to_list() == [gated[row.get("gated")] for row in rows]
    assert raw["parameters"].to_list() == [(row.get("safetensors") or {}).get("total") for row in rows]
    assert raw["card_license_name"].to_list() == [(row.get("cardData") or {}).get("license_name") for row in rows]


@pytest.mark.parametrize("path", FILES[-1:], ids=lambda path: path.name)
def test_counts_of_the_last_snapshot(path: Path) -> None:
    rows = rows_of(path)
    raw = sources.read([path]).raw
    tags = raw["tags"].explode(empty_as_null=False, keep_nulls=False)
    assert tags.len() == sum(len(row["tags"]) for row in rows)
    licences = Counter(tag for row in rows for tag in row["tags"] if tag.startswith("license:"))
    found = tags.filter(tags.str.starts_with("license:")).value_counts()
    assert dict(found.iter_rows()) == licences
    parents = Counter(tag for row in rows for tag in row["tags"] if tag.startswith("base_model:"))
    found = tags.filter(tags.str.starts_with("base_model:")).value_counts()
    assert dict(found.iter_rows()) == parents
    assert dict(raw["gated"].value_counts().iter_rows()) == Counter(str(row["gated"]).lower() for row in rows)


def test_all_snapshots_at_once(tmp_path: Path) -> None:
    """Each model once, as it was when it was modified last, or in the file read last."""
    expected: dict[str, tuple[str, int]] = {}
    total = 0
    for number, path in enumerate(FILES):
        for row in rows_of(path):
            total += 1
            rank = (row["lastModified"] or "", number)
            expected[row["id"]] = max(expected.get(row["id"], rank), rank)
    snapshot = sources.read(FILES)
    assert snapshot.raw.height + snapshot.rejected.height == total
    assert snapshot.rejected["reason"].unique().to_list() == ["duplicate id"]
    assert dict(snapshot.raw.select("id", "file").iter_rows()) == {own: number for own, (_, number) in expected.items()}
    sources.write_rejected(snapshot.rejected, snapshot.files, tmp_path / "rejected.jsonl")
    assert pl.read_ndjson(tmp_path / "rejected.jsonl").height == total - len(expected)
