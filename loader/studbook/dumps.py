"""Reads dump files into columns, by their content: JSON Lines, JSON, the paper's CSV, Parquet; packed or not. A folder
of model cards is read like one of them.

A row that cannot be read is refused, with its line and the reason. A file that is damaged (cut off, not UTF-8, no dump
at all) is an error: a complete snapshot that lacks half its models would mark them as removed.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import iso639
import numpy as np
import polars as pl
import zstandard
from numpy.typing import NDArray
from polars.datatypes import DataTypeClass
from polars.exceptions import PolarsError

from studbook.errors import SourceError
from studbook.progress import Advance, Progress

MALFORMED_JSON = "malformed JSON"
MALFORMED_ROW = "malformed CSV row"
NOT_AN_OBJECT = "not an object"
NOT_UTF8 = "not UTF-8"
NO_CARD = "no card"
WRONG_TYPE = "wrong type: "  # followed by the field, in the source's spelling

MOMENT = pl.Datetime("us", "UTC")

CARD = pl.Schema(
    {
        "license": pl.String(),
        "license_name": pl.String(),
        "license_link": pl.String(),
        "language": pl.String(),
        "base_model": pl.String(),
        "base_model_relation": pl.String(),
        "datasets": pl.String(),
        "new_version": pl.String(),
    }
)
"""Fields of a model card, each read as text, because authors write one value where a list is meant and the other way
round. What is no text is spelt as JSON."""

CONFIG = pl.Struct(
    {
        "peft": pl.Struct({"base_model_name_or_path": pl.String()}),
        "adapter_transformers": pl.Struct({"model_name": pl.String()}),
    }
)
"""What the Hub's `config` says of a model's base: it takes it from adapter_config.json. Of a GGUF file's header the Hub
passes on sizes, architecture and templates, but not the base that `general.base_model` may name."""

BROKEN_CARD = "cardData is broken"
"""Not a field of the Hub: true where a row of JSON has a card that is no object."""

HUB = pl.Schema(
    {
        "id": pl.String(),
        "_id": pl.String(),
        "author": pl.String(),
        "sha": pl.String(),
        "createdAt": MOMENT,
        "lastModified": MOMENT,
        "downloads": pl.Int64(),
        "downloadsAllTime": pl.Int64(),
        "likes": pl.Int64(),
        "trendingScore": pl.Float64(),
        "gated": pl.String(),
        "pipeline_tag": pl.String(),
        "library_name": pl.String(),
        "tags": pl.List(pl.String()),
        "baseModels": pl.Struct({"relation": pl.String(), "models": pl.List(pl.Struct({"id": pl.String()}))}),
        "safetensors": pl.Struct({"total": pl.Int64()}),
        "gguf": pl.Struct({"total": pl.Int64()}),
        "cardData": pl.Struct(CARD),
        BROKEN_CARD: pl.Boolean(),
        "config": CONFIG,
        "card": pl.String(),
    }
)
"""The Hub API's own fields, as far as anything here reads them, and what they mean as columns. `card` is no field of the
Hub: the text of README.md, as `studbook fetch cards` and the public dumps of cards call it; empty where there is none."""

REFUSED = pl.Schema({"line": pl.UInt64(), "id": pl.String(), "reason": pl.String()})

Batch = tuple[pl.DataFrame, pl.DataFrame]
"""Rows with `line` and those of the HUB fields that the file has, in the file's own types; and REFUSED rows.

`line` counts from 1: the line of a text file on which the row begins, the row of a Parquet file, the element of a JSON
array, the card of a folder in order of its path.
"""

Refusal = tuple[str | None, str]
"""The id, if it could be read, and the reason."""

Ints = NDArray[np.int64]

_BLOCK = 64 << 20  # bytes of text read at once: polars' readers are as fast on it as on a whole file
_LONGEST_ROW = 256 << 20  # bytes; a longer row means that this is no dump
_PIECE = 1000  # rows searched together for the one that cannot be read
_BATCH = 250_000  # rows of Parquet held with their card data at once
_CARDS = 20_000  # cards held at once: some 70 MB
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DAMAGE = (EOFError, zlib.error, zstandard.ZstdError)


def open_dump(path: Path, progress: Progress) -> tuple[str, Iterator[Batch]]:
    """The format of a file (jsonl, json, csv, parquet or folder) and its rows in batches.

    Raises SourceError here when the file is missing or no dump, and while the rows are taken when it is damaged.
    """
    if path.is_dir():
        return "folder", _folder(path, progress)
    try:
        head = _head(path)
    except OSError as error:
        raise SourceError(f"Reading {path}: {error.strerror}. Check the path and its permissions.") from error
    start = head.lstrip()
    blocks = partial(_blocks, path, progress)
    if not start:
        list(blocks(end=_line_end))  # raises when something is there and cannot be unpacked
        raise SourceError(f"Reading {path}: the file is empty. Fetch or download it again.")
    if head.startswith(b"PAR1"):
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                raise SourceError(f"Reading {path}: a Parquet file is packed in it. Unpack it first.")
        return "parquet", _parquet(path, progress)
    if start[:1] == b"[" or (start[:1] == b"{" and _spans_lines(start.decode("utf-8", "replace"))):
        return "json", _json(path, blocks(end=_line_end))
    if start[:1] == b"{":
        return "jsonl", _json_lines(blocks(end=_line_end))
    first_line = head.splitlines()[0].decode("utf-8", "replace")
    header = next(csv.reader([first_line[:100_000]]), [])
    if "model_id" in header:
        return "csv", _csv(path, header, blocks(end=_row_end))
    raise SourceError(
        f"Reading {path}: this is no dump of the Hub; it begins with {first_line[:60]!r}. Wanted: JSON Lines or JSON "
        "of the Hub API's models, Parquet of hub-stats or hub_weekly_snapshots, the CSV of ai_ecosystem, which has "
        "a column model_id, or model cards."
    )


# --- bytes ------------------------------------------------------------------------------------------------------------


def _head(path: Path) -> bytes:
    """The first MiB or more of the unpacked file, without byte order mark; less if it is shorter, or damaged."""
    head = b""
    try:
        for chunk in _chunks(path, lambda _: None):
            head += chunk
            if len(head) > 1 << 20:
                break
    except _DAMAGE:
        pass  # _blocks meets it again, and can tell how much came before
    return head.removeprefix(_BYTE_ORDER_MARK)


def _chunks(path: Path, advance: Advance) -> Iterator[bytes]:
    """The unpacked bytes of a file. Raises one of _DAMAGE when the packing is not whole."""
    unpack: Callable[[], Any] | None = None
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic.startswith(b"\x1f\x8b"):
            unpack = partial(zlib.decompressobj, wbits=31)
        elif magic == b"\x28\xb5\x2f\xfd":
            unpack = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj
        if unpack is None:
            while chunk := file.read(1 << 20):
                advance(len(chunk))
                yield chunk
            return
        member = unpack()
        # Small pieces, because each is unpacked at once: gzip can pack a thousandfold.
        while packed := file.read(64 << 10):
            advance(len(packed))
            while packed:
                if member.eof:
                    member = unpack()
                yield member.decompress(packed)
                packed = member.unused_data.lstrip(b"\0") if member.eof else b""  # zeros may pad gzip members
        if not member.eof:
            raise EOFError("its end marker is missing")


def _blocks(path: Path, progress: Progress, *, end: Callable[[bytearray], int]) -> Iterator[bytes]:
    """The unpacked text of a file, without byte order mark, cut where `end` says; each block ends with a line end."""
    buffer = bytearray()
    lines = 0

    def text(block: bytes) -> bytes:
        try:
            block.decode()
        except UnicodeDecodeError as error:
            line = lines + block.count(b"\n", 0, error.start) + 1
            raise SourceError(
                f"Reading {path}: line {line} is not UTF-8 ({error.reason}). Convert the file to UTF-8."
            ) from error
        return block.removeprefix(_BYTE_ORDER_MARK) if lines == 0 else block

    with progress.stage(f"Reading {path.name}", total=path.stat().st_size, unit="B") as advance:
        try:
            for chunk in _chunks(path, advance):
                buffer += chunk
                if len(buffer) < _BLOCK:
                    continue
                if cut := end(buffer):
                    block = text(bytes(memoryview(buffer)[:cut]))
                    del buffer[:cut]
                    yield block
                    lines += block.count(b"\n")
                elif len(buffer) > _LONGEST_ROW:
                    raise SourceError(
                        f"Reading {path}: the row after line {lines} does not end within {_LONGEST_ROW >> 20} MiB. "
                        "This is no dump, or a quotation mark is never closed."
                    )
        except _DAMAGE as error:
            lines += buffer.count(b"\n")
            raise SourceError(
                f"Reading {path}: the compressed data is cut off or damaged after {lines:,} whole lines ({error}). "
                "Nothing was loaded; fetch or download the file again."
            ) from error
        if buffer:
            yield text(bytes(buffer if buffer.endswith(b"\n") else buffer + b"\n"))


def _line_end(buffer: bytearray) -> int:
    return buffer.rfind(b"\n") + 1


def _row_end(buffer: bytearray) -> int:
    """End of the last whole CSV row: a line end with an even number of quotation marks before it."""
    end = buffer.rfind(b"\n")
    quotes = buffer.count(b'"', 0, max(end, 0))
    while end >= 0 and quotes % 2:
        previous = buffer.rfind(b"\n", 0, end)
        quotes -= buffer.count(b'"', max(previous, 0), end)
        end = previous
    return end + 1


# --- rows of text -----------------------------------------------------------------------------------------------------


def _each(
    texts: pl.Series,
    read: Callable[[pl.Series], pl.DataFrame | None],
    judge: Callable[[str], Refusal | str],
    read_judged: Callable[[pl.Series], pl.DataFrame | None],
    *,
    otherwise: str,
    nothing: pl.DataFrame,
) -> tuple[pl.DataFrame, dict[int, Refusal]]:
    """A row for each text that can be read, and why the others cannot, by position.

    `read` makes columns of many texts, or None when it cannot read one of them. Then they are tried by the thousand,
    and only those of a thousand that fails are judged one by one: refused, or spelt anew for `read_judged`. The cost
    stays that of columns while bad texts are few, and linear when all are bad. What `read_judged` does not take either
    is refused with the reason `otherwise`. `nothing` is what no text gives.
    """
    whole = read(texts) if len(texts) else nothing
    if whole is not None:
        return whole, {}
    frames = [nothing]
    refused: dict[int, Refusal] = {}
    for offset in range(0, len(texts), _PIECE):
        piece = texts.slice(offset, _PIECE)
        found = read(piece)
        if found is None:
            verdicts = dict(enumerate(map(judge, piece), start=offset))
            spelt = {i: verdict for i, verdict in verdicts.items() if isinstance(verdict, str)}
            found = read_judged(pl.Series(list(spelt.values()))) if spelt else nothing
            if found is None:
                rows = {i: row for i, text in spelt.items() if (row := read_judged(pl.Series([text]))) is not None}
                verdicts |= dict.fromkeys(spelt.keys() - rows.keys(), (None, otherwise))
                found = pl.concat([nothing, *rows.values()])
            refused |= {i: verdict for i, verdict in verdicts.items() if not isinstance(verdict, str)}
        frames.append(found)
    return pl.concat(frames), refused


def plain_lists(texts: pl.Series, *, quote: str) -> pl.Series:
    """Lists of strings in which neither this quotation mark nor an escape occurs: such a list, in JSON or in Python,
    can be cut at every comma between two quotation marks. Null for any other text."""
    string = f"{quote}[^{quote}\\\\]*{quote}"
    plain = texts.str.contains(rf"^\[{string}(?:, {string})*\]$")
    parts = texts.str.slice(2).str.head(-2).str.split(f"{quote}, {quote}")
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.select(pl.when(plain).then(parts).when(texts == "[]").then(empty)).to_series().alias(texts.name)


def _numbered(found: pl.DataFrame, refused: dict[int, Refusal], lines: pl.Series) -> Batch:
    """What `_each` gave for the texts on these lines, as a batch."""
    places = pl.Series(list(refused), dtype=pl.UInt32)
    kept = ~pl.int_range(len(lines), eager=True).is_in(places.implode())
    reasons = pl.DataFrame(list(refused.values()), schema={"id": pl.String, "reason": pl.String}, orient="row")
    return (
        found.with_columns(lines.filter(kept).alias("line")),
        reasons.with_columns(lines.gather(places).alias("line")).select(list(REFUSED)),
    )


def _numbers(before: int, count: int) -> pl.Series:
    return pl.int_range(before + 1, before + count + 1, dtype=pl.UInt64(), eager=True).alias("line")


# --- JSON -------------------------------------------------------------------------------------------------------------

_HUB_JSON = pl.Schema({name: pl.String() if dtype == MOMENT else dtype for name, dtype in HUB.items()})


def each_object(texts: pl.Series, fields: pl.Schema) -> tuple[pl.DataFrame, dict[int, Refusal]]:
    """A row for each text that is a JSON object with these fields, and why the others are not, by position."""
    if texts.str.contains("\n", literal=True).any():  # JSON allows them between words only
        texts = texts.str.replace_all("\n", " ", literal=True)

    def together(texts: pl.Series, *, exact: bool = False) -> pl.DataFrame | None:
        lines = BytesIO()  # unquoted CSV of one column is one text a line, and faster than joining the texts
        texts.to_frame().write_csv(lines, include_header=False, quote_style="never")
        found = _objects(lines.getvalue(), fields, exact=exact)
        return found if found is not None and found.height == len(texts) else None

    judge, read_judged = partial(_judge_object, fields=fields), partial(together, exact=True)
    return _each(texts, together, judge, read_judged, otherwise=MALFORMED_JSON, nothing=fields.to_frame())


def _objects(block: bytes, fields: pl.Schema, *, exact: bool = False) -> pl.DataFrame | None:
    """JSON objects, one a line, as columns; None when a line is no object, or a field has another type.

    None, too, when a card holds a list that polars does not spell as JSON: backslashes and most control characters stay
    as they are (polars issue 26574), so that `["C:\\new"]` reads as a line end. `exact` says that no card holds a list.
    """
    try:
        found = pl.read_ndjson(block, schema=fields)
    except PolarsError:
        return None
    if not exact and "cardData" in fields:
        return None if _ambiguous(found["cardData"].struct.unnest()) else found
    return None if not exact and fields == CARD and _ambiguous(found) else found


def _ambiguous(card: pl.DataFrame) -> bool:
    return any(column.str.contains(r"^(?:\{|\[(?s:.)*[{\\\x00-\x1f])").any() for column in card)


def _judge_object(text: str, fields: pl.Schema) -> Refusal | str:
    """Why a text is not an object with these fields; or the object without any other, its card's lists as JSON text.

    The fields we do not read may hold what Python writes and JSON forbids, above all the NaN of a diverged training.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None, MALFORMED_JSON
    if not isinstance(value, dict):
        return None, NOT_AN_OBJECT
    if fields == CARD:
        return json.dumps(_card_texts(value))
    own_id = value["id"] if isinstance(value.get("id"), str) else None
    if "cardData" in fields and value.get("cardData") is not None:
        value |= _card_of(value["cardData"])
    if "config" in fields and not _fits(value.get("config"), fields["config"]):
        value["config"] = None  # what a repository's own files hold says nothing against the row
    for name, dtype in fields.items():
        if not _fits(value.get(name), dtype):
            return own_id, WRONG_TYPE + name
    try:
        return json.dumps({name: value[name] for name in fields if name in value}, allow_nan=False)
    except ValueError:
        return own_id, MALFORMED_JSON


def _card_of(value: Any) -> dict[str, Any]:
    """The fields of HUB that tell about the card: an object, or JSON text of one as in the Parquet dumps."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "null")
        except (ValueError, RecursionError):
            return {"cardData": None, BROKEN_CARD: True}
    if value is None or isinstance(value, dict):
        return {"cardData": value and _card_texts(value)}
    return {"cardData": None, BROKEN_CARD: True}


def _card_texts(card: dict[str, Any]) -> dict[str, str | None]:
    own = {name: card.get(name) for name in CARD}
    return {
        name: value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in own.items()
    }


def _fits(value: object, dtype: pl.DataType | DataTypeClass) -> bool:
    """Whether polars reads a JSON value as this type; the test compares the two on invented values."""
    match dtype:
        case _ if value is None or dtype == pl.String():
            return True
        case pl.Int64():
            return type(value) is int and -(2**63) <= value < 2**63
        case pl.Float64():
            return type(value) in (int, float)
        case pl.Boolean():
            return isinstance(value, bool)
        case pl.List(inner=inner):
            return isinstance(value, list) and all(_fits(element, inner) for element in value)
        case pl.Struct(fields=fields):
            return isinstance(value, dict) and all(_fits(value.get(part.name), part.dtype) for part in fields)
    raise TypeError(f"no JSON type is known for {dtype}")


def _json_lines(blocks: Iterator[bytes]) -> Iterator[Batch]:
    before = 0
    for block in blocks:
        count = block.count(b"\n")
        hub = _objects(block, _HUB_JSON)
        if hub is not None and hub.height == count:
            yield hub.with_columns(_numbers(before, count)), REFUSED.to_frame()
        else:  # a blank line, or one that cannot be read
            texts = block.decode().removesuffix("\n").split("\n")
            yield _json_rows(pl.DataFrame({"text": texts}).with_columns(_numbers(before, count)))
        before += count


def _json(path: Path, blocks: Iterator[bytes]) -> Iterator[Batch]:
    """Objects that span lines: one, several in a row, or an array of them. The text is held in memory as a whole."""
    done = 0
    elements = _elements(path, b"".join(blocks).decode())
    while batch := list(islice(elements, 50_000)):
        yield _json_rows(pl.DataFrame({"text": batch}).with_columns(_numbers(done, len(batch))))
        done += len(batch)


def _json_rows(given: pl.DataFrame) -> Batch:
    given = given.filter(pl.col("text").str.strip_chars() != "")
    return _numbered(*each_object(given["text"], _HUB_JSON), given["line"])


def _elements(path: Path, text: str) -> Iterator[str]:
    """The text of each element, on one line.

    Python's decoder finds where each ends, at 9 s for a million: polars.read_json cannot read fields of mixed type as
    text, and no dump of the whole Hub comes as an array.
    """
    decode = json.JSONDecoder().raw_decode
    between = re.compile(r"[\s,]*")
    text = text.strip()
    closing = "]" if text.startswith("[") else ""
    end = len(text) - len(closing)
    count, position = 0, len(closing)
    while True:
        match = between.match(text, position)
        position = match.end() if match else position
        if position == end and text.endswith(closing):
            return
        try:
            _, after = decode(text, position)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, position) + 1
            raise SourceError(
                f"Reading {path}: the JSON is cut off or broken after {count:,} whole elements, near line {line:,} "
                f"({error}). Nothing was loaded; fetch or download the file again."
            ) from error
        yield text[position:after].replace("\n", " ")  # within a string, a line end would have been an error
        count, position = count + 1, after


def _spans_lines(text: str) -> bool:
    """Whether the text begins with a JSON object that does not end on its first line."""
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return "\n" in text[:end]


# --- CSV --------------------------------------------------------------------------------------------------------------

_MADE_FROM_TAGS = {
    "licenses": "license:",
    "parent_model": "base_model:",
    "finetune_parent": "base_model:finetune:",
    "quantized_parent": "base_model:quantized:",
    "adapter_parent": "base_model:adapter:",
    "merge_parent": "base_model:merge:",
    "regions": "region:",
    "arxiv_papers": "arxiv:",
    "datasets": "dataset:",
    "languages": "",
}
"""List columns of the paper's CSV, and how the tags begin from which its authors made them (get_expanded_dataset.ipynb).
`languages` holds the English names of the two-letter ISO 639 codes among the tags."""


def _csv(path: Path, header: list[str], blocks: Iterator[bytes]) -> Iterator[Batch]:
    """Rows of the paper's CSV. The header takes one line; any other row may take several."""
    flat = [name for name, dtype in HUB.items() if not dtype.is_nested() and name not in ("id", "card", BROKEN_CARD)]
    names = {"model_id": "id", "modelCard": "card"} | {name: name for name in (*flat, "tags", *_MADE_FROM_TAGS)}
    wanted = {f"c{header.index(name)}": known for name, known in names.items() if name in header}
    nothing = pl.DataFrame(schema=dict.fromkeys(wanted.values(), pl.String))
    safe_header = (",".join(f"c{i}" for i in range(len(header))) + "\n").encode()

    def table(block: bytes, cells: Ints) -> pl.DataFrame | None:
        """The rows of a block, or None when one cannot be read or has not as many cells as the header."""
        if (cells != len(header)).any():
            return None
        try:
            found = pl.read_csv(safe_header + block, columns=list(wanted), infer_schema=False).rename(wanted)
        except PolarsError:
            return None
        return found.select(nothing.columns) if found.height == len(cells) else None

    def together(rows: pl.Series) -> pl.DataFrame | None:
        block = "".join(rows).encode()
        return table(block, _csv_rows(block)[2])

    def judge(row: str) -> Refusal | str:
        cells = _csv_rows(row.encode())[2]
        return row if cells.tolist() == [len(header)] else (None, MALFORMED_ROW)

    before = 0
    for block in blocks:
        rows = block if before else block[block.index(b"\n") + 1 :]
        before = before or 1
        ends, lines, cells = _csv_rows(rows)
        starts = [0, *ends.tolist()]
        if starts[-1] != len(rows):
            raise SourceError(
                f"Reading {path}: on line {before + 1 + sum(lines[-1:])} begins a row with a quotation mark that is "
                "never closed. The file is cut off; fetch or download it again."
            )
        numbers = pl.Series("line", before + 1 + np.concatenate([[0], lines])[: len(lines)], dtype=pl.UInt64())
        found = table(rows, cells)
        if found is not None:
            yield _from_csv(found.with_columns(numbers))
        else:
            given = pl.DataFrame({"text": [rows[a:b].decode() for a, b in pairwise(starts)], "line": numbers})
            given = given.filter(pl.col("text").str.strip_chars() != "")
            each = _each(given["text"], together, judge, together, otherwise=MALFORMED_ROW, nothing=nothing)
            whole, torn = _numbered(*each, given["line"])
            hub, refused = _from_csv(whole)
            yield hub, pl.concat([torn, refused])
        before += rows.count(b"\n")


def _csv_rows(block: bytes) -> tuple[Ints, Ints, Ints]:
    """For each whole row of a block: the byte after it, the lines up to its end, and how many cells it has.

    A line end or a comma counts where an even number of quotation marks came before, doubled ones included.
    """
    data = np.frombuffer(block, dtype=np.uint8)
    marks = np.flatnonzero((data == ord('"')) | (data == ord("\n")) | (data == ord(",")))
    kinds = data[marks]
    outside = np.cumsum(kinds == ord('"')) % 2 == 0
    ends = outside & (kinds == ord("\n"))
    commas = np.cumsum(outside & (kinds == ord(",")))[ends]
    lines = np.cumsum(kinds == ord("\n"))[ends]
    return marks[ends] + 1, lines, np.diff(commas, prepend=0) + 1


def _from_csv(rows: pl.DataFrame) -> Batch:
    """The Hub's fields of CSV rows, and the rows whose lists cannot be read. Empty cells and `nan` are null.

    Without a column `tags`, tags are put together from the columns that were once made from them.
    """
    text = pl.col(pl.String)
    rows = rows.with_columns(pl.when(~text.is_in(["", "nan"])).then(text).name.keep())
    made_from_tags = [name for name in _MADE_FROM_TAGS if name in rows.columns]
    if "tags" in rows.columns:
        rows, made_from_tags = rows.drop(made_from_tags), ["tags"]
    lists = rows.select(_python_lists(rows[name]) for name in made_from_tags)
    unread = [
        pl.when(rows[name].is_not_null() & lists[name].is_null()).then(pl.lit(WRONG_TYPE + name))
        for name in made_from_tags
    ]
    refused = rows.select("line", "id", reason=pl.coalesce(pl.lit(None, pl.String), *unread))
    if made_from_tags and made_from_tags != ["tags"]:
        parts = [_tags(name).fill_null(pl.lit([], dtype=pl.List(pl.String))) for name in made_from_tags]
        lists = lists.select(tags=pl.concat_list(parts))
    kept = refused["reason"].is_null()
    return rows.drop(made_from_tags).with_columns(lists.get_columns()).filter(kept), refused.filter(~kept)


def _tags(column: str) -> pl.Expr:
    """The tags that the list in one of the paper's columns was made from."""
    value = pl.element()
    if column == "languages":
        codes = {language.name: language.pt1 for language in iso639.iter_langs() if language.pt1}
        return pl.col(column).list.eval(value.replace_strict(codes, default=None).drop_nulls())
    prefix = _MADE_FROM_TAGS[column]
    return pl.col(column).list.eval(prefix + value.str.strip_prefix(prefix))


def _python_lists(cells: pl.Series) -> pl.Series:
    """Cells that hold Python lists as lists of text; other text is its own only element. Null when unreadable."""
    plain = plain_lists(cells, quote="'")
    others = cells.filter(plain.is_null()).drop_nulls().unique()
    by_cell = pl.DataFrame(
        {"cell": others, "list": [_python_list(cell) for cell in others]},
        schema={"cell": pl.String, "list": pl.List(pl.String)},
    )
    by_hand = cells.to_frame("cell").join(by_cell, on="cell", how="left", maintain_order="left")["list"]
    return pl.select(pl.coalesce(plain, by_hand)).to_series().alias(cells.name)


def _python_list(cell: str) -> list[str] | None:
    if not cell.startswith("["):
        return [cell]
    try:
        value = ast.literal_eval(cell)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return [str(element) for element in value if element is not None] if isinstance(value, list) else None


# --- Parquet ----------------------------------------------------------------------------------------------------------


def _parquet(path: Path, progress: Progress) -> Iterator[Batch]:
    """Rows of a dump's `models.parquet`: only the columns that are read, by the batch.

    Of model_cards_with_metadata, known by its columns `modelId` and `card`, the cards are read and nothing else: it
    repeats what the Hub's dumps say of the models, and says less.
    """
    try:
        scan = pl.scan_parquet(path, glob=False)
        columns = scan.collect_schema().names()
        cards = {"modelId", "card"} <= set(columns)
        if cards:
            scan, columns = scan.select(pl.col("modelId").alias("id"), "card"), ["id", "card"]
        if "id" not in columns:
            raise SourceError(
                f"Reading {path}: this Parquet file has no column id, only {', '.join(columns)}. "
                "Wanted: models.parquet of hub-stats or hub_weekly_snapshots, or model_cards_with_metadata."
            )
        total = scan.select(pl.len()).collect().item()
        before = 0
        with progress.stage(f"Reading {path.name}", total=total, unit="models") as advance:
            wanted = scan.select(name for name in HUB if name in columns)
            size = _CARDS if "card" in columns else _BATCH
            # Not LazyFrame.slice: it unpacks a file of one row group once for every slice.
            for rows in wanted.collect_batches(chunk_size=size, maintain_order=True):
                numbered = rows.with_columns(_numbers(before, rows.height))
                yield _with_card(numbered) if cards else (numbered, REFUSED.to_frame())
                before += rows.height
                advance(rows.height)
    except PolarsError as error:
        raise SourceError(
            f"Reading {path}: the Parquet file cannot be read ({error}). Fetch or download it again."
        ) from error


# --- model cards ------------------------------------------------------------------------------------------------------


def _with_card(rows: pl.DataFrame) -> Batch:
    """The rows that have a card; the others are refused."""
    none = pl.col("card").is_null()
    return rows.filter(~none), rows.filter(none).select("line", pl.col("id").cast(pl.String), reason=pl.lit(NO_CARD))


def _folder(path: Path, progress: Progress) -> Iterator[Batch]:
    """The cards of a folder: `owner/name/README.md`."""
    cards = sorted(path.glob("*/*/README.md"))
    if not cards:
        raise SourceError(
            f"Reading {path}: this is a folder without model cards. Name the dump files in it, or give a folder of cards "
            "as owner/name/README.md."
        )
    with progress.stage(f"Reading {path.name}", total=len(cards), unit="cards") as advance:
        for start in range(0, len(cards), _CARDS):
            mine = cards[start : start + _CARDS]
            texts = [_text(card) for card in mine]
            rows = pl.DataFrame(
                {"id": [f"{card.parts[-3]}/{card.parts[-2]}" for card in mine], "card": texts},
                {"id": pl.String, "card": pl.String},
            ).with_columns(_numbers(start, len(mine)))
            unread = pl.col("card").is_null()
            yield rows.filter(~unread), rows.filter(unread).select("line", "id", reason=pl.lit(NOT_UTF8))
            advance(len(mine))


def _text(card: Path) -> str | None:
    """What a card says; None when it is not UTF-8."""
    try:
        return card.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise SourceError(f"Reading {card}: {error.strerror}. Check the path and its permissions.") from error
