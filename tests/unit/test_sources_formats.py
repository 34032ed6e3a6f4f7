"""The formats of a dump, what may be around them, and what is no dump."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard

from studbook import dumps, sources
from studbook.errors import SourceError
from studbook.progress import Advance

Pack = Callable[[bytes], bytes]

PACKINGS: dict[str, Pack] = {"plain": bytes, "gzip": gzip.compress, "zstd": zstandard.compress}

MODELS: list[dict[str, Any]] = [
    {
        "id": "fen/heron",
        "createdAt": "2024-05-06T07:08:09.000Z",
        "downloads": 12,
        "likes": 3,
        "trendingScore": 1,
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "tags": ["transformers", "en", "license:mit", "region:us"],
        "card": '---\nlicense: mit\n---\na "card",\nin lines\n',
    },
    {
        "id": "fen/egret",
        "createdAt": None,
        "downloads": 0,
        "tags": ["base_model:fen/heron", "it's", 'so "called"'],
        "card": "a card\n\n\nin lines\n",
    },
    {"id": "fen/bittern", "tags": [], "card": None},
]


def dump_json_lines() -> bytes:
    return "".join(json.dumps(model) + "\n" for model in MODELS).encode()


def dump_json_lines_dos() -> bytes:
    return "\r\n".join(json.dumps(model) for model in MODELS).encode()


def dump_json_lines_blank() -> bytes:
    return b"\n\n" + b"\n \t\n".join(json.dumps(model).encode() for model in MODELS)


def dump_array() -> bytes:
    return json.dumps(MODELS).encode()


def dump_pretty_array() -> bytes:
    return json.dumps(MODELS, indent=2).encode()


def dump_pretty_objects() -> bytes:
    return "\n".join(json.dumps(model, indent=2) for model in MODELS).encode()


def dump_byte_order_mark() -> bytes:
    return b"\xef\xbb\xbf" + dump_json_lines()


def dump_csv() -> bytes:
    """As pandas writes it: an index column without a name, lists as Python spells them, cards over several lines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = ["model_id", "downloads", "likes", "trendingScore", "tags", "pipeline_tag", "library_name", "createdAt"]
    writer.writerow(["", *columns, "modelCard"])
    for index, model in enumerate(MODELS):
        cells = [model["id"] if name == "model_id" else model.get(name) for name in columns]
        cells = [str(cell) if isinstance(cell, list) else cell for cell in cells]
        writer.writerow([index, *cells, model["card"]])
    return text.getvalue().encode()


def dump_parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame(MODELS, schema={name: dumps.HUB[name] for name in MODELS[0]} | {"createdAt": pl.String}).write_parquet(
        file
    )
    return file.getvalue()


TEXTS = [
    dump_json_lines,
    dump_json_lines_dos,
    dump_json_lines_blank,
    dump_array,
    dump_pretty_array,
    dump_pretty_objects,
    dump_byte_order_mark,
    dump_csv,
]
LINES = {
    "dump_json_lines_blank": [3, 5, 7],
    "dump_csv": [2, 8, 13],  # the cards add five and four line ends to their rows
}
FORMATS = {"dump_array": "json", "dump_pretty_array": "json", "dump_pretty_objects": "json", "dump_csv": "csv"}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("dump", TEXTS, ids=lambda dump: dump.__name__)
def test_every_format_says_the_same(dump: Callable[[], bytes], packing: str, tmp_path: Path) -> None:
    path = tmp_path / "without a telling name"
    path.write_bytes(PACKINGS[packing](dump()))
    snapshot = sources.read([path])
    check_models(snapshot, LINES.get(dump.__name__, [1, 2, 3]))
    assert snapshot.files[0].format == FORMATS.get(dump.__name__, "jsonl")


def test_parquet_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "models[1].parquet"  # brackets are no pattern
    path.write_bytes(dump_parquet())
    snapshot = sources.read([path])
    check_models(snapshot, [1, 2, 3])
    assert snapshot.files[0].format == "parquet"


def check_models(snapshot: sources.RawSnapshot, lines: list[int]) -> None:
    """Against MODELS, written out by hand: `raw` has a value exactly where the model has one."""
    created = [datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), None, None]
    expected = {
        "file": [0, 0, 0],
        "line": lines,
        "id": ["fen/heron", "fen/egret", "fen/bittern"],
        "created_at": created,
        "downloads": [12, 0, None],
        "likes": [3, None, None],
        "trending_score": [1.0, None, None],
        "pipeline_tag": ["text-generation", None, None],
        "library_name": ["transformers", None, None],
        "tags": [model["tags"] for model in MODELS],
        "card_license": [["mit"], None, None],
        "card_length": [18, 17, None],
        "card_hash": [snapshot.raw["card_hash"][0]] * 2 + [None],
    }
    assert snapshot.rejected.is_empty()
    assert snapshot.raw.schema == sources.RAW_SCHEMA
    empty = [name for name in sources.RAW_SCHEMA if name not in expected]
    assert snapshot.raw.select(empty).null_count().row(0) == (3,) * len(empty)
    assert snapshot.raw.select(list(expected)).to_dict(as_series=False) == expected


@pytest.mark.parametrize("size", [1, 40, 100, 300, 1000])
@pytest.mark.parametrize("dump", [dump_json_lines, dump_json_lines_blank, dump_csv], ids=lambda dump: dump.__name__)
def test_the_size_of_a_block_does_not_matter(
    dump: Callable[[], bytes], size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "_BLOCK", size)
    path = tmp_path / "dump"
    # Unpacked in pieces smaller than a row.
    path.write_bytes(b"".join(gzip.compress(dump()[i : i + 37]) for i in range(0, len(dump()), 37)))
    check_models(sources.read([path]), LINES.get(dump.__name__, [1, 2, 3]))


def test_one_object_of_the_single_model_route(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    for text in (json.dumps(MODELS[0]), json.dumps(MODELS[0], indent=4)):
        path.write_text(text, encoding="utf-8")
        assert sources.read([path]).raw["id"].to_list() == ["fen/heron"]


def test_elements_of_an_array_that_are_no_models(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text('[{"id": "a/b"}, 3, {"id":\n "c/d"}, [], {"id": "e/f", "likes": "x"}, "s"]', encoding="utf-8")
    snapshot = sources.read([path])
    assert snapshot.raw.select("line", "id").rows() == [(1, "a/b"), (3, "c/d")]
    assert snapshot.rejected.rows() == [
        (0, 2, None, "not an object"),
        (0, 4, None, "not an object"),
        (0, 5, "e/f", "wrong type: likes"),
        (0, 6, None, "not an object"),
    ]


def test_several_files_of_several_formats(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(dump_csv())
    (tmp_path / "2").write_bytes(gzip.compress(b'{"id": "fen/crane"}\n{"id": "fen/heron"}'))
    (tmp_path / "3").write_bytes(dump_parquet())
    snapshot = sources.read([tmp_path / name for name in "123"])
    assert snapshot.raw.select("file", "line", "id").rows() == [
        (1, 1, "fen/crane"),
        (2, 1, "fen/heron"),
        (2, 2, "fen/egret"),
        (2, 3, "fen/bittern"),
    ]
    assert snapshot.rejected.rows() == [
        (0, 2, "fen/heron", "duplicate id"),
        (0, 8, "fen/egret", "duplicate id"),
        (0, 13, "fen/bittern", "duplicate id"),
        (1, 2, "fen/heron", "duplicate id"),
    ]
    assert [file.format for file in snapshot.files] == ["csv", "jsonl", "parquet"]


# --- Parquet ----------------------------------------------------------------------------------------------------------


def parquet(tmp_path: Path, columns: dict[str, Any]) -> Path:
    path = tmp_path / "models.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


@pytest.mark.parametrize(
    "column",
    [
        pl.Series(["2024-05-06T07:08:09.000Z"]),
        pl.Series(["2024-05-06T09:08:09+02:00"]),
        pl.Series(["2024-05-06 07:08:09"]),
        pl.Series(["2024-05-06 07:08:09.000000+00:00"]),
        pl.Series([datetime(2024, 5, 6, 7, 8, 9)], dtype=pl.Datetime("ms")),
        pl.Series([datetime(2024, 5, 6, 7, 8, 9)], dtype=pl.Datetime("ns")),
        pl.Series([datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)], dtype=pl.Datetime("us", "UTC")),
        pl.Series([datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)], dtype=pl.Datetime("us", "Europe/Madrid")),
    ],
    ids=lambda column: f"{column.dtype} {column[0]}",
)
def test_moments(tmp_path: Path, column: pl.Series) -> None:
    raw = sources.read([parquet(tmp_path, {"id": ["a/b"], "lastModified": column})]).raw
    assert raw["last_modified"].to_list() == [datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)]


def test_moments_of_several_spellings_and_dates(tmp_path: Path) -> None:
    moments = ["2024-05-06T07:08:09.000Z", None, "2024-05-06", "soon"]
    snapshot = sources.read([parquet(tmp_path, {"id": ["a/b", "a/c", "a/d", "a/e"], "createdAt": moments})])
    day = datetime(2024, 5, 6, tzinfo=UTC)
    assert snapshot.raw["created_at"].to_list() == [day.replace(hour=7, minute=8, second=9), None, day]
    assert snapshot.rejected.rows() == [(0, 4, "a/e", "wrong type: createdAt")]
    raw = sources.read([parquet(tmp_path, {"id": ["a/b"], "createdAt": [date(2024, 5, 6)]})]).raw
    assert raw["created_at"].to_list() == [day]


def test_the_columns_of_hub_stats(tmp_path: Path) -> None:
    """Nested columns as structs with more fields than are read; the card as JSON text; other columns left alone."""
    path = parquet(
        tmp_path,
        {
            "_id": ["6", "7"],
            "id": ["a/b", "a/c"],
            "likes": pl.Series([3, None], dtype=pl.Int32),
            "trendingScore": pl.Series([1, 2], dtype=pl.Int64),
            "gated": pl.Series([True, False]),
            "config": ['{"id": "not/this"}', None],
            "siblings": [[{"rfilename": "README.md"}], None],
            "safetensors": [{"parameters": {"BF16": 5, "F32": 1}, "total": 6}, None],
            "gguf": [{"total": 7, "architecture": "heron"}, {"total": 8, "architecture": None}],
            "baseModels": [
                {"relation": "adapter", "models": [{"_id": "9", "id": "x/y"}, {"_id": "8", "id": "x/z"}]},
                None,
            ],
            "cardData": ['{"license": ["mit", "apache-2.0"], "language": false}', None],
        },
    )
    raw = sources.read([path]).raw
    assert raw.select(
        "hub_id", "likes", "trending_score", "gated", "parameters", "base_models", "card_license", "card_languages"
    ).rows() == [
        (
            "6",
            3,
            1.0,
            "true",
            6,
            [{"id": "x/y", "relation": "adapter"}, {"id": "x/z", "relation": "adapter"}],
            ["mit", "apache-2.0"],
            ["no"],
        ),
        ("7", None, 2.0, "false", 8, None, None, None),
    ]


def test_nested_columns_as_json_text(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        {
            "id": ["a/b", "a/c", "a/d"],
            "baseModels": ['{"relation": "merge", "models": [{"_id": "1", "id": "x/y"}]}', "null", None],
            "safetensors": ['{"total": 6}', "", '{"total": "many"}'],
        },
    )
    snapshot = sources.read([path])
    assert snapshot.raw.select("base_models", "parameters").rows() == [
        ([{"id": "x/y", "relation": "merge"}], 6),
        (None, None),
    ]
    assert snapshot.rejected.rows() == [(0, 3, "a/d", "wrong type: safetensors")]


def test_a_card_as_a_struct(tmp_path: Path) -> None:
    cards = [{"license": "mit", "language": ["en", 'a "b"\\'], "x": 1}, None]
    raw = sources.read([parquet(tmp_path, {"id": ["a/b", "a/c"], "cardData": cards})]).raw
    assert raw.select("card_license", "card_languages").rows() == [(["mit"], ["en", 'a "b"\\']), (None, None)]


def test_an_unreadable_card_in_parquet_keeps_its_model(tmp_path: Path) -> None:
    cards = ['{"license": "mit"}', "{", '{"license": "x", "model-index": NaN}', "[]"]
    ids = ["a/b", "a/c", "a/d", "a/e"]
    snapshot = sources.read([parquet(tmp_path, {"id": ids, "cardData": cards})])
    assert snapshot.raw.select("id", "card_license").rows() == [
        ("a/b", ["mit"]),
        ("a/c", None),
        ("a/d", ["x"]),
        ("a/e", None),
    ]
    assert snapshot.rejected.is_empty()
    assert snapshot.unreadable_cards.rows() == [(0, 2, "a/c", "unreadable card"), (0, 4, "a/e", "unreadable card")]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pl.Series("downloads", [1.0, 2.5]), "wrong type: downloads"),
        (pl.Series("downloads", ["1", "many"]), "wrong type: downloads"),
        (pl.Series("likes", [1.0, float("nan")]), "wrong type: likes"),
        (pl.Series("tags", ['["x"]', "x"]), "wrong type: tags"),
        (pl.Series("lastModified", [None, True]), "wrong type: lastModified"),
        (pl.Series("baseModels", [None, ["x/y"]]), "wrong type: baseModels"),
    ],
)
def test_values_without_meaning_in_parquet(tmp_path: Path, column: pl.Series, reason: str) -> None:
    snapshot = sources.read([parquet(tmp_path, {"id": ["a/b", "a/c"], column.name: column})])
    assert snapshot.rejected.rows() == [(0, 2, "a/c", reason)]
    assert snapshot.raw["id"].to_list() == ["a/b"]


def test_every_column_but_id_is_optional(tmp_path: Path) -> None:
    assert sources.read([parquet(tmp_path, {"id": ["a/b"]})]).raw["id"].to_list() == ["a/b"]
    empty = {name: pl.Series([None]) for name in dumps.HUB if name != "id"}
    assert sources.read([parquet(tmp_path, {"id": ["a/b"], **empty})]).raw["id"].to_list() == ["a/b"]


def test_rows_of_many_batches_keep_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "_BATCH", 100)
    path = tmp_path / "models.parquet"
    ids = [f"a/m{number}" if number % 50 else "bare" for number in range(1, 1001)]
    pl.DataFrame({"id": ids}).write_parquet(path, row_group_size=70)
    snapshot = sources.read([path])
    assert snapshot.rejected["line"].to_list() == list(range(50, 1001, 50))
    assert snapshot.raw.select("line", "id").rows() == [(n, f"a/m{n}") for n in range(1, 1001) if n % 50]


# --- CSV --------------------------------------------------------------------------------------------------------------


def read_csv(tmp_path: Path, text: str) -> sources.RawSnapshot:
    path = tmp_path / "dump.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return sources.read([path])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("[]", []),
        ("['a']", ["a"]),
        ("['a', 'b, c']", ["a", "b, c"]),
        ("""["it's", 'b']""", ["it's", "b"]),
        (r"['back\\slash', 'line\nend']", ["back\\slash", "line\nend"]),
        ("['a',  'b',]", ["a", "b"]),
        ("['a', None, 3]", ["a", "3"]),
        ("", None),
        ("nan", None),
        ("plain", ["plain"]),
    ],
)
def test_lists_are_python_literals(tmp_path: Path, cell: str, expected: list[str] | None) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    assert read_csv(tmp_path, f"model_id,tags\na/b,{quoted}\n").raw["tags"].to_list() == [expected]


@pytest.mark.parametrize(
    "cell", ["['a'", "['a' 'b'] + ['c']", "[a]", "[nan]", "__import__('os').getcwd()[", "[[[" * 100, "['a'] or 1"]
)
def test_what_is_no_literal_is_refused_and_never_run(tmp_path: Path, cell: str) -> None:
    snapshot = read_csv(tmp_path, f'model_id,tags\na/b,[]\na/c,"{cell}"\n')
    refused = snapshot.rejected.rows()
    assert refused == ([(0, 3, "a/c", "wrong type: tags")] if cell.startswith("[") else [])


def test_tags_from_the_columns_that_were_made_from_tags(tmp_path: Path) -> None:
    """The publication's columns, where `tags` itself is not among them."""
    header = (
        "model_id,licenses,parent_model,finetune_parent,quantized_parent,adapter_parent,merge_parent,"
        "regions,arxiv_papers,datasets,languages"
    )
    row = "a/b,['mit'],['x/y'],['x/y'],[],nan,,['us'],['1910.09700'],['o/d'],\"['English', 'Modern Greek (1453-)', 'Elvish']\""
    raw = read_csv(tmp_path, f"{header}\n{row}\nc/d,,,,,,,,,,\n").raw
    assert raw["tags"].to_list() == [
        [
            "license:mit",
            "base_model:x/y",
            "base_model:finetune:x/y",
            "region:us",
            "arxiv:1910.09700",
            "dataset:o/d",
            "en",
            "el",
        ],
        [],
    ]


def test_tags_win_over_the_columns_made_from_them(tmp_path: Path) -> None:
    raw = read_csv(tmp_path, "model_id,tags,licenses\na/b,['license:mit'],['apache-2.0']\n").raw
    assert raw["tags"].to_list() == [["license:mit"]]


def test_numbers_as_pandas_writes_them(tmp_path: Path) -> None:
    text = "model_id,downloads,likes,trendingScore\na/b,12.0,nan,0.5\na/c,7,,1\na/d,1.5,,\na/e,1,x,\n"
    snapshot = read_csv(tmp_path, text)
    assert snapshot.raw.select("downloads", "likes", "trending_score").rows() == [(12, None, 0.5), (7, None, 1.0)]
    assert snapshot.rejected.rows() == [(0, 4, "a/d", "wrong type: downloads"), (0, 5, "a/e", "wrong type: likes")]


@pytest.mark.parametrize("row", ["a/c", "a/c,1,2,3", 'a/c,"1"2,3', "a/c,,,"])
def test_rows_with_more_or_fewer_cells_than_the_header(tmp_path: Path, row: str) -> None:
    snapshot = read_csv(tmp_path, f'model_id,likes,card\na/b,1,"two\nlines"\n{row}\n\na/d,2,\n')
    assert snapshot.rejected.rows() == [(0, 4, None, "malformed CSV row")]
    assert snapshot.raw.select("line", "id", "likes").rows() == [(2, "a/b", 1), (6, "a/d", 2)]


def test_windows_line_ends_in_csv(tmp_path: Path) -> None:
    raw = read_csv(tmp_path, "model_id,library_name\r\na/b,transformers\r\na/c,peft\r\n").raw
    assert raw.select("id", "library_name").rows() == [("a/b", "transformers"), ("a/c", "peft")]


def test_csv_cut_off_within_a_card(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="on line 3 begins a row with a quotation mark that is never closed"):
        read_csv(tmp_path, 'model_id,card\na/b,x\na/c,"a card\nthat never\nends')


# --- what is no dump, and damage --------------------------------------------------------------------------------------


def refuse(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "dump"
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        sources.read([path])
    message = str(error.value)
    assert message.startswith(f"Reading {path}: ")
    return message.removeprefix(f"Reading {path}: ")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"<!DOCTYPE html>\n<html><body>Sign in</body></html>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        b"name,license\na/b,mit\n",
        b"12\n13\n",
        b"PK\x03\x04" + b"\0" * 40,
        '{"id": "a/b"}'.encode("utf-16"),
        b"hello " * 100_000,
    ],
)
def test_no_dump(tmp_path: Path, content: bytes) -> None:
    message = refuse(tmp_path, content)
    assert message.startswith("this is no dump of the Hub; it begins with '")
    assert "model_id" in message


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_empty_files(tmp_path: Path, content: bytes, packing: str) -> None:
    assert refuse(tmp_path, PACKINGS[packing](content)).startswith("the file is empty")


@pytest.mark.parametrize("content", [b"[]", b"[\n]\n", b"model_id,tags\n"])
def test_files_without_a_row(tmp_path: Path, content: bytes) -> None:
    assert refuse(tmp_path, content).startswith("none of its 0 rows is a model of the Hub (it has no row)")


def test_parquet_without_a_row(tmp_path: Path) -> None:
    path = parquet(tmp_path, {"id": pl.Series([], dtype=pl.String)})
    assert refuse(tmp_path, path.read_bytes()).startswith("none of its 0 rows")


def test_parquet_without_id(tmp_path: Path) -> None:
    path = parquet(tmp_path, {"name": ["a/b"], "likes": [1]})
    assert refuse(tmp_path, path.read_bytes()).startswith("this Parquet file has no column id, only name, likes.")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_parquet_packed(tmp_path: Path, packing: str) -> None:
    assert refuse(tmp_path, PACKINGS[packing](dump_parquet())).startswith("a Parquet file is packed in it. Unpack it")


def test_parquet_cut_off(tmp_path: Path) -> None:
    assert refuse(tmp_path, dump_parquet()[:-100]).startswith("the Parquet file cannot be read")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"No such file or directory\. Check the path"):
        sources.read([tmp_path / "absent"])
    with pytest.raises(SourceError, match=r"this is a folder without model cards\. Name the dump files in it"):
        sources.read([tmp_path])


def many_lines() -> bytes:
    """Three MB that pack badly, in 20,000 lines."""
    return b"".join(b'{"id": "a/m%d", "sha": "%064x"}\n' % (n, pow(3, n, 2**255 - 19)) for n in range(20_000))


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_packing_cut_off(tmp_path: Path, packing: str) -> None:
    packed = PACKINGS[packing](many_lines())
    message = refuse(tmp_path, packed[: len(packed) // 2])
    found = message.removeprefix("the compressed data is cut off or damaged after ").split(" whole lines")[0]
    assert 5_000 < int(found.replace(",", "")) < 15_000
    assert message.endswith("Nothing was loaded; fetch or download the file again.")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
@pytest.mark.parametrize("left", [4, 8, -1])
def test_packing_cut_off_near_its_ends(tmp_path: Path, packing: str, left: int) -> None:
    assert refuse(tmp_path, PACKINGS[packing](dump_json_lines())[:left]).startswith("the compressed data is cut off")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_packing_damaged(tmp_path: Path, packing: str) -> None:
    packed = bytearray(PACKINGS[packing](many_lines()))
    packed[len(packed) // 2] ^= 0xFF
    if packing == "zstd":
        packed = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(many_lines()))
        packed[-1] ^= 0xFF
    assert refuse(tmp_path, bytes(packed)).startswith("the compressed data is cut off or damaged")


def test_packed_in_several_members_with_padding(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    parts = dump_json_lines().splitlines(keepends=True)
    path.write_bytes(b"".join(map(gzip.compress, parts)) + b"\0" * 512)
    check_models(sources.read([path]), [1, 2, 3])
    path.write_bytes(b"".join(map(zstandard.compress, parts)))
    check_models(sources.read([path]), [1, 2, 3])


@pytest.mark.parametrize("cut", [1, 10, 100])
@pytest.mark.parametrize("dump", [dump_array, dump_pretty_array, dump_pretty_objects], ids=lambda dump: dump.__name__)
def test_json_cut_off(tmp_path: Path, dump: Callable[[], bytes], cut: int) -> None:
    message = refuse(tmp_path, dump()[:-cut])
    whole = {1: 2 + (dump is not dump_pretty_objects), 10: 2, 100: 1}[cut]
    assert message.startswith(f"the JSON is cut off or broken after {whole} whole elements, near line ")


def test_text_after_an_array(tmp_path: Path) -> None:
    assert refuse(tmp_path, dump_array() + b"[]").startswith("the JSON is cut off or broken after 3 whole elements")


@pytest.mark.parametrize(
    ("content", "line"),
    [(b'{"id": "a/b"}\n{"id": "a/\xff"}\n', 2), (b'\n\n\n{"id": "a/\xc3"}', 4), (b"model_id\na/b\n\xff\n", 3)],
)
def test_not_utf_8(tmp_path: Path, content: bytes, line: int) -> None:
    assert refuse(tmp_path, content).startswith(f"line {line} is not UTF-8")


def test_not_utf_8_far_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "_BLOCK", 1 << 20)
    assert refuse(tmp_path, many_lines() + b"\xff").startswith("line 20001 is not UTF-8")


def test_a_row_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "_BLOCK", 1 << 20)
    monkeypatch.setattr(dumps, "_LONGEST_ROW", 2 << 20)
    assert refuse(tmp_path, b'{"id": "a/b"}\n{"id": "' + b"x" * (5 << 20)).startswith(
        "the row after line 1 does not end"
    )


# --- progress ---------------------------------------------------------------------------------------------------------


class Recorder:
    """Progress that remembers its stages: title, total, and what was done."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None, int]] = []

    @contextmanager
    def stage(self, title: str, *, total: int | None = None, unit: str = "") -> Iterator[Advance]:
        done: list[int] = []
        yield done.append
        self.stages.append((f"{title} in {unit}", total, sum(done)))


def test_progress_reaches_its_total(tmp_path: Path) -> None:
    packed, table = tmp_path / "a.jsonl.gz", tmp_path / "b.parquet"
    packed.write_bytes(gzip.compress(many_lines()))
    table.write_bytes(dump_parquet())
    progress = Recorder()
    sources.read([packed, table], progress=progress)
    size = packed.stat().st_size
    assert progress.stages == [("Reading a.jsonl.gz in B", size, size), ("Reading b.parquet in models", 3, 3)]
