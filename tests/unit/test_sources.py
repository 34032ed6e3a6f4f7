"""What a row of a dump means: fields, cards, refused rows, duplicates. Formats are in test_sources_formats.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from studbook import cards, sources
from studbook.errors import SourceError

Row = dict[str, Any]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes rows (objects, or lines as they are) to a JSON Lines file."""

    def write_rows(*rows: Row | str, name: str = "hub.jsonl") -> Path:
        path = tmp_path / name
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write_rows


def only(path: Path) -> Row:
    snapshot = sources.read([path])
    assert snapshot.rejected.is_empty()
    assert snapshot.raw.height == 1
    return snapshot.raw.row(0, named=True)


def refusals(*paths: Path) -> list[tuple[int, int, str | None, str]]:
    return sources.read(paths).rejected.rows()


def test_every_field_of_the_hub_api(write: Write) -> None:
    path = write(
        {
            "_id": "621ffdc036468d709f17434d",
            "id": "North-Lab/Heron-7B",
            "modelId": "North-Lab/Heron-7B",
            "author": "North-Lab",
            "sha": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
            "createdAt": "2024-05-06T07:08:09.000Z",
            "lastModified": "2024-06-07T08:09:10.123Z",
            "private": False,
            "gated": "manual",
            "downloads": 1234,
            "downloadsAllTime": 56789,
            "likes": 12,
            "trendingScore": 3,
            "pipeline_tag": "text-generation",
            "library_name": "transformers",
            "tags": ["transformers", "gguf", "base_model:North-Lab/Heron-base", "license:apache-2.0"],
            "baseModels": {
                "relation": "merge",
                "models": [{"_id": "6", "id": "North-Lab/Heron-base"}, {"_id": "7", "id": "South/Egret"}],
            },
            "safetensors": {"parameters": {"BF16": 7_000_000_000}, "total": 7_000_000_000},
            "gguf": {"total": 7_000_000_001, "architecture": "heron"},
            "config": {
                "model_type": "heron",
                "peft": {"base_model_name_or_path": "North-Lab/Heron-base", "task_type": "CAUSAL_LM"},
                "adapter_transformers": {"model_name": " heron-base ", "model_class": "Heron"},
            },
            "card": "# Heron-7B\n\n## Uses\n\nReeds.\n",
            "siblings": [{"rfilename": "README.md"}],
            "cardData": {
                "license": "other",
                "license_name": "heron-licence",
                "license_link": "https://example.org/licence",
                "language": ["en", "fr"],
                "base_model": ["North-Lab/Heron-base", "South/Egret"],
                "base_model_relation": "merge",
                "datasets": "North-Lab/marsh",
                "new_version": "North-Lab/Heron-8B",
                "tags": ["merge"],
            },
        }
    )
    assert only(path) == {
        "file": 0,
        "line": 1,
        "id": "North-Lab/Heron-7B",
        "hub_id": "621ffdc036468d709f17434d",
        "author": "North-Lab",
        "sha": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
        "created_at": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        "last_modified": datetime(2024, 6, 7, 8, 9, 10, 123000, tzinfo=UTC),
        "downloads": 1234,
        "downloads_all_time": 56789,
        "likes": 12,
        "trending_score": 3.0,
        "gated": "manual",
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "tags": ["transformers", "gguf", "base_model:North-Lab/Heron-base", "license:apache-2.0"],
        "base_models": [
            {"id": "North-Lab/Heron-base", "relation": "merge"},
            {"id": "South/Egret", "relation": "merge"},
        ],
        "parameters": 7_000_000_000,
        "card_license": ["other"],
        "card_license_name": "heron-licence",
        "card_license_link": "https://example.org/licence",
        "card_languages": ["en", "fr"],
        "card_base_models": ["North-Lab/Heron-base", "South/Egret"],
        "card_base_model_relation": "merge",
        "card_datasets": ["North-Lab/marsh"],
        "card_new_version": "North-Lab/Heron-8B",
        "has_card_data": True,
        "config_parents": ["North-Lab/Heron-base", "heron-base"],
        "card_length": 27,
        "card_hash": cards.facts(pl.Series(["uses reeds"]), pl.Series(["a/b"]))["card_hash"][0],
        "card_sections": ["intended_uses"],
        "card_template": None,
    }


def test_an_id_alone_is_a_model(write: Write) -> None:
    row = only(write({"id": "a/b"}))
    assert {name: value for name, value in row.items() if value is not None} == {"file": 0, "line": 1, "id": "a/b"}


def test_the_frame_has_the_promised_schema(write: Write) -> None:
    snapshot = sources.read([write({"id": "a/b"}, {"id": "bad"})])
    assert snapshot.raw.schema == sources.RAW_SCHEMA
    assert snapshot.rejected.schema == sources.REJECTED_SCHEMA
    assert snapshot.unreadable_cards.schema == sources.REJECTED_SCHEMA


@pytest.mark.parametrize(
    ("given", "expected"),
    [(False, "false"), ("auto", "auto"), ("manual", "manual"), (True, "true"), (None, None)],
)
def test_gated(write: Write, given: object, expected: str | None) -> None:
    assert only(write({"id": "a/b", "gated": given}))["gated"] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"safetensors": {"total": 5}}, 5),
        ({"gguf": {"total": 6}}, 6),
        ({"safetensors": {"parameters": {"F32": 5}}, "gguf": {"total": 6}}, 6),
        ({"safetensors": None}, None),
    ],
)
def test_parameters(write: Write, fields: Row, expected: int | None) -> None:
    assert only(write({"id": "a/b", **fields}))["parameters"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"relation": None, "models": [{"id": "x/y"}]}, [{"id": "x/y", "relation": None}]),
        ({"models": [{"id": None}, {"id": "x/y"}]}, [{"id": "x/y", "relation": None}]),
        ({"relation": "merge", "models": []}, None),
        ({"relation": "merge"}, None),
        (None, None),
    ],
)
def test_base_models(write: Write, given: object, expected: list[Row] | None) -> None:
    assert only(write({"id": "a/b", "baseModels": given}))["base_models"] == expected


def test_tags_keep_their_order_and_copies(write: Write) -> None:
    tags = ["b", "a", "b", 'quoted "and", comma', "", "ünïcode 🦆"]
    assert only(write({"id": "a/b", "tags": tags}))["tags"] == tags


def test_many_languages_on_one_model(write: Write) -> None:
    codes = [f"l{number:04}" for number in range(2114)]
    row = only(write({"id": "a/b", "tags": codes, "cardData": {"language": codes}}))
    assert row["card_languages"] == codes
    assert row["tags"] == codes


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("en", ["en"]),
        (["en", "fr"], ["en", "fr"]),
        (False, ["no"]),
        (["en", False], ["en", "no"]),
        (["en", None, "fr"], ["en", "fr"]),
        ("en,fr", ["en,fr"]),
        ([], None),
        ([None], None),
        (None, None),
        ("[en", ["[en"]),
        ("[en]", ["[en]"]),
        ('["en", "fr"', ['["en", "fr"']),
        (["a, b", 'c", "d', "e\\f"], ["a, b", 'c", "d', "e\\f"]),
        ([1, 2.5, True], ["1", "2.5", "true"]),
        (["line\nend", "tab\t"], ["line\nend", "tab\t"]),
        (["C:\\new\\x"], ["C:\\new\\x"]),  # polars alone would make a line end of the \\n
        (["back\\", "slash"], ["back\\", "slash"]),
    ],
)
def test_card_lists(write: Write, given: object, expected: list[str] | None) -> None:
    assert only(write({"id": "a/b", "cardData": {"language": given}}))["card_languages"] == expected


@pytest.mark.parametrize(
    ("field", "column"),
    [("license", "card_license"), ("base_model", "card_base_models"), ("datasets", "card_datasets")],
)
def test_card_lists_of_other_fields(write: Write, field: str, column: str) -> None:
    assert only(write({"id": "a/b", "cardData": {field: "one"}}))[column] == ["one"]
    assert only(write({"id": "a/b", "cardData": {field: ["one", "two"]}}))[column] == ["one", "two"]


def test_false_is_norwegian_only_as_a_language(write: Write) -> None:
    assert only(write({"id": "a/b", "cardData": {"license": False}}))["card_license"] == ["false"]


@pytest.mark.parametrize("text", ["[see link]", "plain", '{"a": 1}', "no\nsuch"])
def test_card_texts_stay_text(write: Write, text: str) -> None:
    assert only(write({"id": "a/b", "cardData": {"license_name": text}}))["card_license_name"] == text


def test_card_as_json_text(write: Write) -> None:
    """As in the Parquet dumps, and in JSON Lines made from them; line ends between its words do no harm."""
    card = json.dumps({"license": "mit", "license_name": "two\nlines"}, indent=1)
    row = only(write({"id": "a/b", "cardData": card}))
    assert (row["card_license"], row["card_license_name"]) == (["mit"], "two\nlines")


@pytest.mark.parametrize("card", ["not json", "[1, 2]", '{"license": "mit"', "12"])
def test_an_unreadable_card_keeps_its_model(write: Write, card: str) -> None:
    snapshot = sources.read([write({"id": "a/b"}, {"id": "c/d", "likes": 4, "cardData": card})])
    assert snapshot.raw.select("id", "likes", "card_license").rows() == [("a/b", None, None), ("c/d", 4, None)]
    assert snapshot.rejected.is_empty()
    assert snapshot.unreadable_cards.rows() == [(0, 2, "c/d", "unreadable card")]


@pytest.mark.parametrize("card", ["", "null", "{}", {}, None])
def test_no_card_is_no_unreadable_card(write: Write, card: object) -> None:
    snapshot = sources.read([write({"id": "a/b", "cardData": card})])
    assert snapshot.unreadable_cards.is_empty()


def test_a_refused_row_has_no_unreadable_card(write: Write) -> None:
    snapshot = sources.read([write({"id": "a/b"}, {"id": "bare", "cardData": "x"}, {"id": "a/b", "cardData": "x"})])
    assert snapshot.unreadable_cards.height + snapshot.rejected.height == 3
    assert snapshot.unreadable_cards.select("line").rows() == [(3,)]


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", "1e400", "123456789012345678901234567890123456789012345", "3.5e39"]
)
def test_numbers_that_json_forbids_do_no_harm_where_nobody_reads_them(write: Write, value: str) -> None:
    """Python writes NaN for the loss of a diverged training, into a card's model-index."""
    card = f'{{"license": "mit", "model-index": [{{"value": {value}}}]}}'
    line = f'{{"id": "a/b", "x": {value}, "cardData": {card}}}'
    assert only(write(line))["card_license"] == ["mit"]


@pytest.mark.parametrize(
    ("line", "own_id", "reason"),
    [
        ('{"id": "c/d"', None, "malformed JSON"),
        ("{'id': 'c/d'}", None, "malformed JSON"),
        ('{"id": "c/d"} {"id": "e/f"}', None, "malformed JSON"),
        ('{"id": "c/d"},', None, "malformed JSON"),
        ('{"id": "c/d", "likes": NaN}', "c/d", "wrong type: likes"),
        ('{"id": NaN}', None, "malformed JSON"),
        ("[" * 100_000, None, "malformed JSON"),
        ("12", None, "not an object"),
        ('["c/d"]', None, "not an object"),
        ("null", None, "not an object"),
        ('{"id": "c/d", "downloads": "many"}', "c/d", "wrong type: downloads"),
        ('{"id": "c/d", "downloads": 1.5}', "c/d", "wrong type: downloads"),
        ('{"id": "c/d", "downloads": 9223372036854775808}', "c/d", "wrong type: downloads"),
        ('{"id": "c/d", "likes": true}', "c/d", "wrong type: likes"),
        ('{"id": "c/d", "downloadsAllTime": []}', "c/d", "wrong type: downloadsAllTime"),
        ('{"id": "c/d", "trendingScore": "hot"}', "c/d", "wrong type: trendingScore"),
        ('{"id": "c/d", "tags": "one"}', "c/d", "wrong type: tags"),
        ('{"id": "c/d", "tags": {"one": 1}}', "c/d", "wrong type: tags"),
        ('{"id": "c/d", "safetensors": {"total": "7B"}}', "c/d", "wrong type: safetensors"),
        ('{"id": "c/d", "gguf": 7}', "c/d", "wrong type: gguf"),
        ('{"id": "c/d", "baseModels": ["x/y"]}', "c/d", "wrong type: baseModels"),
        ('{"id": "c/d", "baseModels": {"models": ["x/y"]}}', "c/d", "wrong type: baseModels"),
        ('{"id": "c/d", "createdAt": "yesterday"}', "c/d", "wrong type: createdAt"),
        ('{"id": "c/d", "lastModified": 1700000000}', "c/d", "wrong type: lastModified"),
        ("{}", None, "no id"),
        ('{"id": null}', None, "no id"),
        ('{"id": ""}', "", "no id"),
        ('{"id": "  "}', "  ", "no id"),
        ('{"id": "c/d\\u0000"}', "c/d\0", "NUL character"),
        ('{"id": "c/d", "tags": ["one", "t\\u0000wo"]}', "c/d", "NUL character"),
        ('{"id": "c/d", "author": "\\u0000"}', "c/d", "NUL character"),
        ('{"id": "c/d", "cardData": {"license_name": "\\u0000"}}', "c/d", "NUL character"),
        ('{"id": "c/d", "cardData": {"language": ["en", "\\u0000"]}}', "c/d", "NUL character"),
        ('{"id": "c/d", "baseModels": {"models": [{"id": "x/\\u0000"}]}}', "c/d", "NUL character"),
        ('{"id": "c/d\0"}', None, "malformed JSON"),
        ('{"id": "%s"}' % ("o" * 128 + "/" + "n" * 128), "o" * 128 + "/" + "n" * 128, "id too long"),
        ('{"id": "bare"}', "bare", "id is not owner/name"),
        ('{"id": "a/b/c"}', "a/b/c", "id is not owner/name"),
        ('{"id": 12}', "12", "id is not owner/name"),
        ('{"id": ["c/d"]}', '["c/d"]', "id is not owner/name"),
    ],
)
def test_refused_rows(write: Write, line: str, own_id: str | None, reason: str) -> None:
    path = write({"id": "a/b"}, line, {"id": "y/z"})
    snapshot = sources.read([path])
    assert snapshot.rejected.rows() == [(0, 2, own_id, reason)]
    assert snapshot.raw.select("line", "id").rows() == [(1, "a/b"), (3, "y/z")]


@pytest.mark.parametrize(
    "good",
    ["a/b", "A-1_.x/b", "0/1", "_a/_b", "o" * 96 + "/" + "n" * 96, "a.b-c/d.e_f", "owner/name.gitx"],
)
def test_ids_the_hub_allows(write: Write, good: str) -> None:
    assert only(write({"id": good}))["id"] == good


@pytest.mark.parametrize(
    "bad",
    [
        "/b",
        "a/",
        "a//b",
        " a/b",
        "a/b ",
        "a/b\n",
        "-a/b",
        "a-/b",
        "a/.b",
        "a/b.",
        "a/b--c",
        "a..b/c",
        "a/b.git",
        "a/b c",
        "a/é",
        "./b",
        "o" * 97 + "/n",
        "o/" + "n" * 97,
        r"C:\Models\b",
        "/cache/models/b",
        "https://example.org/b",
    ],
)
def test_ids_the_hub_does_not_allow(write: Write, bad: str) -> None:
    assert refusals(write({"id": "a/b"}, {"id": bad})) == [(0, 2, bad, "id is not owner/name")]


def test_the_rule_for_ids_is_the_one_of_the_hub_library(write: Write) -> None:
    """An independent judge: every short combination of the characters that matter."""
    names = ["".join(parts) for length in (1, 2, 3) for parts in product("a_-.é", repeat=length)] + ["a.git", "git"]
    allowed = []
    for name in names:
        for whole in (f"{name}/x", f"x/{name}"):
            try:
                validate_repo_id(whole)
            except HFValidationError:
                continue
            allowed.append(whole)
    rows = [{"id": whole} for name in names for whole in (f"{name}/x", f"x/{name}")]
    assert set(sources.read([write(*rows)]).raw["id"]) == set(allowed)


def test_when_both_are_wrong_the_id_is_the_reason(write: Write) -> None:
    rows = refusals(write({"id": "a/b"}, '{"createdAt": "?"}', '{"id": "bare", "createdAt": "?"}'))
    assert rows == [(0, 2, None, "no id"), (0, 3, "bare", "id is not owner/name")]


# --- duplicates -------------------------------------------------------------------------------------------------------

OLD, NEW = "2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z"


def kept(*paths: Path) -> list[tuple[int, int]]:
    snapshot = sources.read(paths)
    assert set(snapshot.rejected["reason"]) <= {"duplicate id"}
    places = snapshot.raw.select("file", "line").rows()
    assert not set(places) & set(snapshot.rejected.select("file", "line").rows())
    return places


def test_of_equal_ids_the_one_modified_last_is_kept(write: Write) -> None:
    rows = [{"id": "a/b", "lastModified": NEW}, {"id": "a/b", "lastModified": OLD}, {"id": "a/b"}]
    path = write(*rows)
    assert kept(path) == [(0, 1)]
    assert refusals(path) == [(0, 2, "a/b", "duplicate id"), (0, 3, "a/b", "duplicate id")]


def test_of_equal_ids_and_dates_the_one_read_last_is_kept(write: Write) -> None:
    first = write({"id": "a/b", "lastModified": NEW}, {"id": "a/b", "lastModified": NEW}, {"id": "y/z"}, name="first")
    second = write({"id": "a/b", "lastModified": NEW}, {"id": "x/x"}, name="second")
    assert kept(first) == [(0, 2), (0, 3)]
    assert kept(first, second) == [(0, 3), (1, 1), (1, 2)]
    assert kept(second, first) == [(0, 2), (1, 2), (1, 3)]


def test_an_older_row_of_a_later_file_does_not_win(write: Write) -> None:
    first = write({"id": "a/b", "lastModified": NEW}, name="first")
    second = write({"id": "a/b", "lastModified": OLD}, name="second")
    assert kept(first, second) == [(0, 1)]


@pytest.mark.parametrize(
    ("hub_ids", "expected"),
    [
        ((None, None), [(0, 1), (0, 2)]),
        (("1", None), [(0, 1), (0, 2)]),
        (("1", "2"), [(0, 1), (0, 2)]),
        (("1", "1"), [(0, 2)]),
    ],
)
def test_ids_that_differ_in_case_are_one_model_only_with_one_hub_id(
    write: Write, hub_ids: tuple[str | None, str | None], expected: list[tuple[int, int]]
) -> None:
    rows = [{"id": name, "_id": hub_id} for name, hub_id in zip(("Owner/Name", "owner/name"), hub_ids, strict=True)]
    assert kept(write(*rows)) == expected


def test_equal_hub_ids_of_different_names_are_kept(write: Write) -> None:
    """A rename between two dumps: which name is current is not for one snapshot to say."""
    assert kept(write({"id": "a/old", "_id": "1"}, {"id": "a/new", "_id": "1"})) == [(0, 1), (0, 2)]


# --- errors and what is written ---------------------------------------------------------------------------------------


def test_no_file() -> None:
    with pytest.raises(SourceError, match="no file was named"):
        sources.read([])


def test_nothing_but_refused_rows(write: Write) -> None:
    path = write({"error": "not found"}, {"id": "bare"}, {"id": "a/b", "likes": "x"}, {"id": "a/b/c"})
    with pytest.raises(SourceError) as error:
        sources.read([path])
    assert str(error.value).startswith(
        f"Reading {path}: none of its 4 rows is a model of the Hub "
        "(line 1: no id; line 2: id is not owner/name; line 3: wrong type: likes). "
    )


def test_one_useless_file_among_good_ones(write: Write) -> None:
    good, bad = write({"id": "a/b"}, name="good"), write({"id": "b"}, name="bad")
    with pytest.raises(SourceError, match="bad: none of its 1 rows"):
        sources.read([good, bad])


def test_files_are_described(write: Write) -> None:
    path = write({"id": "a/b"})
    (file,) = sources.read([path]).files
    content = path.read_bytes()
    assert file == sources.SourceFile(path, "jsonl", len(content), hashlib.sha256(content).hexdigest())


def test_refused_rows_are_written_for_people(write: Write, tmp_path: Path) -> None:
    first = write({"id": "a/b"}, "{", name="first.jsonl")
    second = write({"id": "a/b"}, {"id": 'b,"c'}, {"id": "y\0/z"}, name="second.jsonl")
    snapshot = sources.read([first, second])
    sources.write_rejected(snapshot.rejected, snapshot.files, tmp_path / "rejected.jsonl")
    sources.write_rejected(snapshot.rejected, snapshot.files, tmp_path / "rejected.csv")
    expected = [
        {"file": str(first), "line": 1, "id": "a/b", "reason": "duplicate id"},
        {"file": str(first), "line": 2, "id": None, "reason": "malformed JSON"},
        {"file": str(second), "line": 2, "id": 'b,"c', "reason": "id is not owner/name"},
        {"file": str(second), "line": 3, "id": "y\0/z", "reason": "NUL character"},
    ]
    written = (tmp_path / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == expected
    assert pl.read_csv(tmp_path / "rejected.csv").to_dicts() == expected
