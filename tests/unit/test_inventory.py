"""Inventories in every format that is read, and rows that cannot be used."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import inventory
from studbook.errors import InputError
from studbook.inventory import Reference

ROWS: list[dict[str, Any]] = [
    {
        "name": "chat",
        "model": "o/Base@v1",
        "owner": "ann",
        "approved_at": "2026-03-01",
        "languages": "en;de",
        "team": "a",
    },
    {"name": "ours", "model": "acme/Mine", "base_model": "o/Base", "base_model_relation": "finetune", "license": "mit"},
]


def write(folder: Path, suffix: str) -> Path:
    path = folder / f"systems.{suffix}"
    columns = dict.fromkeys(key for row in ROWS for key in row)
    if suffix == "csv":
        lines = [",".join(columns), *(",".join(str(row.get(key, "")) for key in columns) for row in ROWS)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elif suffix == "json":
        path.write_text(json.dumps(ROWS, indent=1), encoding="utf-8")
    elif suffix == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    else:
        pl.DataFrame([{key: row.get(key) for key in columns} for row in ROWS]).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("suffix", "lines"), [("csv", [2, 3]), ("json", [2, 10]), ("jsonl", [1, 2]), ("parquet", [None, None])]
)
def test_every_format_gives_the_same_rows(tmp_path: Path, suffix: str, lines: list[int | None]) -> None:
    read = inventory.read(write(tmp_path, suffix))
    chat, ours = read.entries
    assert (read.id, read.rejected, [chat.line, ours.line]) == ("systems", (), lines)
    assert chat.model == Reference("o/Base@v1", "o/Base", "v1")
    assert (chat.owner, chat.approved_at, chat.languages) == ("ann", datetime(2026, 3, 1, tzinfo=UTC), ("en", "de"))
    assert (chat.extra, chat.own_id) == (("team=a",), None)
    assert (ours.own_id, ours.base_models, ours.base_model_relation) == ("acme/Mine", ("o/Base",), "finetune")


def test_a_bill_of_materials(tmp_path: Path) -> None:
    document = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"type": "application", "name": "help desk"}},
        "components": [
            {"type": "library", "name": "x", "purl": "pkg:pypi/x@1"},
            {
                "type": "application",
                "name": "y",
                "components": [{"type": "machine-learning-model", "purl": "pkg:huggingface/o/Base@abc"}],
            },
        ],
    }
    path = tmp_path / "desk.cdx.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    read = inventory.read(path)
    (entry,) = read.entries
    assert (read.id, entry.name, entry.model) == (
        "desk",
        "help desk",
        Reference("pkg:huggingface/o/Base@abc", "o/Base", "abc"),
    )
    assert "pkg:huggingface" in path.read_text().splitlines()[(entry.line or 0) - 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Owner/Name", ("Owner/Name", None)),
        (" owner/name@main ", ("owner/name", "main")),
        ("gpt2", ("gpt2", None)),
        ("https://hub.example/owner/name", ("owner/name", None)),
        ("https://hub.example/owner/name/tree/refs%2Fpr%2F1", ("owner/name", "refs/pr/1")),
        ("https://hub.example/owner/name/blob/main/README.md?x=1", ("owner/name", "main")),
        ("pkg:huggingface/owner/name@0f1e", ("owner/name", "0f1e")),
        ("pkg:huggingface/owner/name", ("owner/name", None)),
        ("pkg:pypi/name@1", None),
        ("pkg:", None),
        ("/models/mine", None),
        ("two words", None),
        ("https://hub.example/", None),
    ],
)
def test_references(text: str, expected: tuple[str, str | None] | None) -> None:
    found = inventory.reference(text)
    assert (None if found is None else (found.name, found.revision)) == expected


@given(st.text())
def test_any_text_is_a_reference_or_none(text: str) -> None:
    found = inventory.reference(text)
    assert found is None or found.text == text.strip()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"model": "o/a"}, "it has no name"),
        ({"name": "x"}, "it names neither model nor base_model"),
        ({"name": "x", "model": "/a b"}, "neither owner/name"),
        ({"name": "x", "model": "o/a", "approved_at": "soon"}, "write it like 2026-03-01"),
        ({"name": "x", "model": "o/a", "base_model": "o/b", "relation": "child"}, "is none of finetune"),
        ({"name": "x", "model": "short", "base_model": "o/b"}, "it needs a name like owner/name"),
    ],
)
def test_a_row_that_cannot_be_used_is_kept_with_its_line(tmp_path: Path, row: dict[str, str], reason: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"name": "good", "model": "o/a"}, row]), encoding="utf-8")
    read = inventory.read(path)
    (rejected,) = read.rejected
    assert (len(read.entries), rejected.line) == (1, 1)
    assert reason in rejected.reason


@pytest.mark.parametrize("text", ["", "name\n", "{", "[1, 2]", "PAR1 and nothing more", "name,owner\nx,y\n"])
def test_a_file_without_a_usable_row_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="Reading the inventory"):
        inventory.read(path)
    with pytest.raises(InputError, match="give a CSV"):
        inventory.read(tmp_path / "none.csv")


def test_moments_of_parquet_and_names_of_own_models(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    day, moment = date(2026, 1, 2), datetime(2026, 1, 2, 3, tzinfo=UTC)
    rows = [
        {"name": "My own model!", "base_model": "o/a", "approved_at": day},
        {"name": "b", "base_model": "o/a", "approved_at": None},
    ]
    pl.DataFrame(rows).write_parquet(path)
    first, second = inventory.read(path).entries
    assert (first.own_id, first.approved_at) == ("internal/My-own-model", datetime(2026, 1, 2, tzinfo=UTC))
    assert (second.own_id, second.approved_at) == ("internal/b", None)
    pl.DataFrame([{"name": "c", "model": "o/a", "approved_at": moment}]).write_parquet(path)
    assert inventory.read(path).entries[0].approved_at == moment
