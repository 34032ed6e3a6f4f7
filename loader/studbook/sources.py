"""From dump files to raw rows: one frame with each model once, and every row that was refused, with the reason.

A row that holds a card's text and nothing else but its id is no model: it adds the card to the model of that id.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from studbook import cards
from studbook.dumps import (
    BROKEN_CARD,
    CARD,
    HUB,
    MOMENT,
    REFUSED,
    WRONG_TYPE,
    Batch,
    Refusal,
    each_object,
    open_dump,
    plain_lists,
)
from studbook.errors import SourceError
from studbook.progress import SILENT, Progress

NO_ID = "no id"
NUL_CHARACTER = "NUL character"
ID_TOO_LONG = "id too long"
ID_NOT_OWNER_NAME = "id is not owner/name"
DUPLICATE = "duplicate id"
UNREADABLE_CARD = "unreadable card"
NO_MODEL = "card of a model that is not there"

RAW_SCHEMA = pl.Schema(
    {
        "file": pl.UInt32(),  # index into RawSnapshot.files
        "line": pl.UInt64(),  # from 1: line of a text, row of a Parquet file, element of a JSON array
        "id": pl.String(),  # owner/name by the Hub's rule, unique
        "hub_id": pl.String(),
        "author": pl.String(),
        "sha": pl.String(),
        "created_at": MOMENT,
        "last_modified": MOMENT,
        "downloads": pl.Int64(),
        "downloads_all_time": pl.Int64(),
        "likes": pl.Int64(),
        "trending_score": pl.Float64(),
        "gated": pl.String(),  # auto, manual or false; true when the source does not say how
        "pipeline_tag": pl.String(),
        "library_name": pl.String(),
        "tags": pl.List(pl.String()),
        "base_models": pl.List(pl.Struct({"id": pl.String(), "relation": pl.String()})),
        "parameters": pl.Int64(),  # of safetensors, else of GGUF
        "card_license": pl.List(pl.String()),
        "card_license_name": pl.String(),
        "card_license_link": pl.String(),
        "card_languages": pl.List(pl.String()),  # YAML's `no`, which arrives as false, is "no"
        "card_base_models": pl.List(pl.String()),
        "card_base_model_relation": pl.String(),
        "card_datasets": pl.List(pl.String()),
        "card_new_version": pl.String(),
        "has_card_data": pl.Boolean(),  # true where the row gives the card's metadata, which go before the card's text
        "config_parents": pl.List(pl.String()),  # as the repository's configuration spells them
        **cards.SCHEMA,
    }
)
"""Columns of `RawSnapshot.raw`. All but file, line and id may be null; lists of cards are null rather than empty."""

_SAID_BY_CARD = [name for name in RAW_SCHEMA if name.startswith("card_") and name not in cards.SCHEMA]
"""What a card's metadata say."""

CARDS_SCHEMA = pl.Schema(
    {"file": pl.UInt32(), "line": pl.UInt64(), "id": pl.String(), "model": pl.UInt32(), **cards.SCHEMA}
)
"""Columns of `RawSnapshot.cards`."""

REJECTED_SCHEMA = pl.Schema({"file": pl.UInt32(), **REFUSED})
"""A refused row; `id` is null when none could be read."""

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
_LONGEST_ID = 193
"""The Hub's rule for names, as in huggingface_hub.utils.validate_repo_id: for owner and name each at most 96 of
A-Z a-z 0-9 - _ . , neither beginning nor ending with - or . , no -- or .. inside, no .git at the end."""


_Rows = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""Rows as in RAW_SCHEMA but for `file`; and REFUSED rows: those left out, and those whose card is unreadable."""


@dataclass(frozen=True)
class SourceFile:
    """One file that was read: format is jsonl, json, csv, parquet or folder; size and sha256 are those of the bytes on
    disk."""

    path: Path
    format: str
    size: int
    sha256: str
    models: int = 1
    """Rows that are models, or would be if nothing spoke against them; 0 for cards alone."""


@dataclass(frozen=True)
class RawSnapshot:
    """What the files say. Rows in the files = rows of `raw` + rows of `cards` + rows of `rejected`."""

    raw: pl.DataFrame
    rejected: pl.DataFrame
    files: tuple[SourceFile, ...]
    cards: pl.DataFrame = field(default_factory=CARDS_SCHEMA.to_frame)
    """Cards given apart, one for an id; `model` is the row of `raw` that has what they say, null where there is none."""
    unreadable_cards: pl.DataFrame = field(default_factory=REJECTED_SCHEMA.to_frame)
    """Rows of `raw`, kept without a card's metadata because these are no JSON object; columns of REJECTED_SCHEMA.
    They are no rejections: the model is there, and its tags repeat most of what the card says."""


def read(paths: Sequence[Path], *, progress: Progress = SILENT) -> RawSnapshot:
    """All models of these files, each once, with what cards say that are given apart.

    An id that occurs several times keeps the row modified last, of equals the one read last. Ids that differ only in
    letter case are one model when their `_id` is the same, else several (DESIGN section 2). Of several cards of one id
    the one read last counts.
    Raises SourceError when a file is missing, damaged or no dump, or when none of its rows is a model or a card.
    """
    if not paths:
        raise SourceError("Reading a snapshot: no file was named. Name at least one dump.")
    files, raw, rejected, unread_metadata = [], [], [], []
    for number, path in enumerate(paths):
        here = pl.lit(number, pl.UInt32()).alias("file")
        kept, found, refused = 0, 0, [REFUSED.to_frame()]
        form, batches = open_dump(path, progress)
        for (rows, wrong, unreadable), unread in _while_reading(batches):
            raw.append(rows.with_columns(here))
            unread_metadata.append(unreadable.with_columns(here))
            refused += [unread, wrong]
            kept += rows.height
            found += rows.height - int(rows["card_alone"].sum())
        if not kept:
            raise _nothing_read(path, pl.concat(refused))
        rejected.append(pl.concat(refused).with_columns(here))
        files.append(SourceFile(path, form, *_size_and_sha256(path), found))
    everything = pl.concat(raw)
    models, duplicates = _without_duplicates(everything.filter(~pl.col("card_alone")).select(list(RAW_SCHEMA)))
    apart, more_cards = _last_of_each_id(everything.filter("card_alone"))
    apart = apart.with_columns(model=match(apart["id"], models["id"]))
    return RawSnapshot(
        raw=_with_cards(models, apart),
        rejected=pl.concat([*(part.select(list(REJECTED_SCHEMA)) for part in rejected), duplicates, more_cards]).sort(
            "file", "line"
        ),
        files=tuple(files),
        cards=apart.select(list(CARDS_SCHEMA)),
        unreadable_cards=pl.concat(unread_metadata)
        .select(list(REJECTED_SCHEMA))
        .join(models, on=["file", "line"], how="semi", maintain_order="left"),
    )


def _while_reading(batches: Iterator[Batch]) -> Iterator[tuple[_Rows, pl.DataFrame]]:
    """`_raw` of each batch, and the batch's own REFUSED rows: two are worked on while the next is read."""
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[tuple[Future[_Rows], pl.DataFrame]] = deque()
        for hub, unread in batches:
            waiting.append((pool.submit(_raw, hub), unread))
            if len(waiting) > 2:
                task, refused = waiting.popleft()
                yield task.result(), refused
        for task, refused in waiting:
            yield task.result(), refused


def write_rejected(rejected: pl.DataFrame, files: Sequence[SourceFile], path: Path) -> None:
    """Writes REJECTED_SCHEMA rows for people: file name, line, id and reason. CSV for a name in .csv, else JSON Lines."""
    names = pl.Series([str(file.path) for file in files], dtype=pl.String())
    named = rejected.with_columns(file=names.gather(rejected["file"]))
    if path.suffix == ".csv":
        named.write_csv(path)
    else:
        named.write_ndjson(path)


def _nothing_read(path: Path, refused: pl.DataFrame) -> SourceError:
    first = refused.sort("line").head(3).iter_rows(named=True)
    reasons = "; ".join(f"line {row['line']}: {row['reason']}" for row in first)
    return SourceError(
        f"Reading {path}: none of its {refused.height:,} rows is a model of the Hub ({reasons or 'it has no row'}). "
        "Check that this is a dump of models, not of data sets, nor an error page."
    )


def _size_and_sha256(path: Path) -> tuple[int, str]:
    """Of a file; of a folder those of its cards together, by their paths."""
    if path.is_dir():
        whole, size = hashlib.sha256(), 0
        for card in sorted(path.glob("*/*/README.md")):
            own, digest = _size_and_sha256(card)
            whole.update(f"{card.relative_to(path).as_posix()} {digest}\n".encode())
            size += own
        return size, whole.hexdigest()
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def match(names: pl.Series, ids: pl.Series) -> pl.Series:
    """For each name the row (UInt32) of the id that it spells, exactly or else in another letter case; null for none, and
    where ids differ only in their case."""
    known = pl.DataFrame({"id": ids, "lower": ids.str.to_lowercase()}).with_row_index("row")
    wanted = pl.DataFrame({"id": names, "lower": names.str.to_lowercase()})
    # Millions of ids against the few that are named: the others are left out before anything is looked up.
    known = known.join(wanted, on="lower", how="semi")
    folded = known.unique("lower", keep="none").select("lower", folded="row")
    found = wanted.join(known.select("id", "row"), on="id", how="left", maintain_order="left")
    return found.join(folded, on="lower", how="left", maintain_order="left").select(pl.coalesce("row", "folded"))["row"]


def _last_of_each_id(apart: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cards given apart, one for each id; and those left out, as REJECTED_SCHEMA."""
    last = apart.unique("id", keep="last", maintain_order=True)
    earlier = apart.join(last, on=["file", "line"], how="anti", maintain_order="left")
    return last, earlier.select("file", "line", "id", reason=pl.lit(DUPLICATE))


def _with_cards(models: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """The models with their cards given apart, whose metadata count where the model's row has none."""
    given = apart.drop_nulls("model").unique("model", keep="last")
    if given.is_empty():
        return models
    names = [*_SAID_BY_CARD, *cards.SCHEMA]
    said = models.with_row_index("model").join(
        given.select("model", *(pl.col(name).alias(f"{name}_apart") for name in names)),
        on="model",
        how="left",
        maintain_order="left",
    )
    has_card = pl.col("card_length_apart").is_not_null()
    counts = {name: has_card & pl.col("has_card_data").is_null() for name in _SAID_BY_CARD} | dict.fromkeys(
        cards.SCHEMA, has_card
    )
    return said.with_columns(
        pl.when(here).then(f"{name}_apart").otherwise(name).alias(name) for name, here in counts.items()
    ).select(models.columns)


def _raw(hub: pl.DataFrame) -> _Rows:
    """What a batch says."""
    given = hub.with_columns(
        _json_text(hub[name]) if name in hub.columns else pl.lit(None, dtype).alias(name) for name, dtype in HUB.items()
    )
    own = pl.DataFrame([_conform(given[name], dtype) for name, dtype in HUB.items()])
    meaningless = {
        name: given[name].is_not_null() & own[name].is_null()
        for name, dtype in HUB.items()
        if given.schema[name] != dtype
    }
    meaningless.pop("config", None)  # what a repository's own files hold says nothing against the row
    unreadable = own[BROKEN_CARD].fill_null(value=False) | meaningless.pop("cardData", False)
    unreadable &= own["card"].is_null()
    has_card_data = own["cardData"].is_not_null()
    own = own.with_columns(_metadata(own["cardData"], own["card"]))
    rows = own.with_columns(
        given["line"],
        *_cards(own["cardData"].struct.unnest()),
        *_card_facts(own["card"], own["id"]),
        has_card_data=pl.when(has_card_data).then(pl.lit(value=True)),
        config_parents=_config_parents(own["config"]),
        card_alone=pl.col("card").is_not_null()
        & pl.all_horizontal(
            pl.col(name).is_null() for name in HUB if name not in ("id", "card", "cardData", BROKEN_CARD)
        )
        & given["cardData"].is_null(),
        hub_id="_id",
        created_at="createdAt",
        last_modified="lastModified",
        downloads_all_time="downloadsAllTime",
        trending_score="trendingScore",
        gated=pl.col("gated").str.to_lowercase(),
        base_models=_base_models(own["baseModels"]),
        parameters=pl.coalesce(pl.col(name).struct.field("total") for name in ("safetensors", "gguf")),
    ).select(*(name for name in RAW_SCHEMA if name != "file"), "card_alone")
    wrong = (pl.when(where).then(pl.lit(WRONG_TYPE + name)) for name, where in meaningless.items())
    judged = rows.select("line", "id", reason=pl.coalesce(_refuse_id(), *_refuse_nul(rows), *wrong))
    good = judged["reason"].is_null()
    cardless = judged.filter(unreadable & good).with_columns(reason=pl.lit(UNREADABLE_CARD))
    return rows.filter(good), judged.filter(~good), cardless


def _refuse_id() -> pl.Expr:
    own = pl.col("id")
    shape = own.str.contains(f"^{_NAME}/{_NAME}$") & ~own.str.contains(r"--|\.\.|\.git$")
    return (
        pl.when(own.str.strip_chars().fill_null("") == "")
        .then(pl.lit(NO_ID))
        .when(own.str.contains("\0", literal=True))
        .then(pl.lit(NUL_CHARACTER))
        .when(own.str.len_chars() > _LONGEST_ID)
        .then(pl.lit(ID_TOO_LONG))
        .when(~shape)
        .then(pl.lit(ID_NOT_OWNER_NAME))
    )


def _refuse_nul(rows: pl.DataFrame) -> list[pl.Expr]:
    """One expression for each column with a NUL character somewhere: for many programs it ends the text."""

    def holds(text: pl.Expr) -> pl.Expr:
        return text.str.contains("\0", literal=True)

    refusals: list[pl.Expr] = []
    for name, dtype in rows.schema.items():
        column, element = pl.col(name), pl.element()
        if dtype == pl.String():
            found, somewhere = holds(column), holds(column)
        elif dtype == pl.List(pl.String()):
            found, somewhere = column.list.eval(holds(element)).list.any(), holds(column.explode())
        elif dtype == RAW_SCHEMA["base_models"]:
            parent = element.struct.field("id")
            found, somewhere = column.list.eval(holds(parent)).list.any(), holds(column.explode().struct.field("id"))
        else:
            continue
        if rows.select(somewhere.any()).item():
            refusals.append(pl.when(found).then(pl.lit(NUL_CHARACTER)))
    return refusals


def _json_text(column: pl.Series) -> pl.Series:
    """JSON text of nothing as null, and a struct that may hold anything as JSON text; other columns as they are."""
    if column.name == "cardData" and isinstance(column.dtype, pl.Struct) and column.dtype != HUB["cardData"]:
        return column.struct.json_encode()
    if HUB[column.name].is_nested() and column.dtype == pl.String():
        return column.set(column.is_in(["", "null"]), None)
    return column


def _conform(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The column as this type; null where a value has no meaning in it."""
    have = column.dtype
    if have == dtype:
        return column
    try:
        if dtype == MOMENT:
            column = _moments(column)
        elif dtype == pl.Int64() and not have.is_integer():
            number = column.cast(pl.Float64, strict=False)
            column = number.set((number.floor() != number).fill_null(value=False), None)
        elif dtype.is_nested() and have == pl.String():
            column = _nested(column, dtype)
        return column.cast(dtype, strict=False)
    except PolarsError:  # no cast leads from one type to the other
        return pl.repeat(None, len(column), dtype=dtype, eager=True).alias(column.name)


def _nested(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """JSON texts as values of this type."""
    given = texts.is_not_null()
    if dtype == HUB["cardData"]:
        found, refused = each_object(texts.drop_nulls(), CARD)
        found = found.select(v=pl.struct(pl.all()))
    else:
        found, refused = _values(texts.drop_nulls(), dtype)
    return _spread(found, given, refused)["v"].alias(texts.name)


def _moments(column: pl.Series) -> pl.Series:
    """Moments in UTC from timestamps, dates, or text as the Hub, pandas and Parquet tools spell them."""
    if column.dtype in (pl.Date, pl.Datetime):
        zone = column.dtype.time_zone if isinstance(column.dtype, pl.Datetime) else None
        moments = column.cast(pl.Datetime("us", zone), strict=False)
        return moments.dt.convert_time_zone("UTC") if zone else moments.dt.replace_time_zone("UTC")
    moments = pl.repeat(None, len(column), dtype=MOMENT, eager=True).alias(column.name)
    if column.dtype != pl.String():
        return moments
    for spelling in ("%Y-%m-%dT%H:%M:%S%.fZ", "%+", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d"):
        if moments.null_count() > column.null_count():
            as_spelt = column.str.to_datetime(spelling, time_unit="us", time_zone="UTC", strict=False)
            moments = moments.zip_with(moments.is_not_null(), as_spelt)
    return moments


def _values(texts: pl.Series, dtype: pl.DataType) -> tuple[pl.DataFrame, dict[int, Refusal]]:
    """JSON texts as a column `v` of this type, and which texts are no such JSON, by position."""
    return each_object('{"v":' + texts + "}", pl.Schema({"v": dtype}))


def _spread(found: pl.DataFrame, where: pl.Series, refused: dict[int, Refusal]) -> pl.DataFrame:
    """The rows of `found` at the places where `where` is true, but for the refused; null at all others."""
    places = where.to_numpy().copy()
    places[np.flatnonzero(places)[list(refused)]] = False
    return found.select(pl.all().gather(pl.Series(np.cumsum(places) - 1).set(pl.Series(~places), None)))


def _cards(card: pl.DataFrame) -> list[pl.Series]:
    """The card columns of RAW_SCHEMA."""
    columns = {
        "card_license": _listed(card["license"]),
        "card_license_name": card["license_name"],
        "card_license_link": card["license_link"],
        "card_languages": _listed(card["language"]).list.eval(pl.element().replace({"false": "no"})),
        "card_base_models": _listed(card["base_model"]),
        "card_base_model_relation": card["base_model_relation"],
        "card_datasets": _listed(card["datasets"]),
        "card_new_version": card["new_version"],
    }
    return [column.alias(name) for name, column in columns.items()]


def _metadata(card_data: pl.Series, texts: pl.Series) -> pl.Series:
    """The cards' metadata: as the source gives them, else as the cards' own texts do."""
    wanted = card_data.is_null() & texts.is_not_null()
    if not wanted.any():
        return card_data
    read = cards.metadata(texts.filter(wanted), list(CARD)).select(v=pl.struct(pl.all()))
    return _spread(read, wanted, {})["v"].zip_with(wanted, card_data).alias(card_data.name)


def _card_facts(texts: pl.Series, ids: pl.Series) -> list[pl.Series]:
    """The columns of cards.SCHEMA."""
    given = texts.is_not_null()
    if not given.any():
        return cards.SCHEMA.to_frame().clear(len(texts)).get_columns()
    found = cards.facts(texts.filter(given), ids.filter(given).fill_null(""))
    return _spread(found, given, {}).get_columns()


def _config_parents(config: pl.Series) -> pl.Series:
    """Bases that a repository's configuration names, each once; null for none."""
    named = config.struct.unnest().select(
        pl.concat_list(
            pl.col("peft").struct["base_model_name_or_path"].str.strip_chars(),
            pl.col("adapter_transformers").struct["model_name"].str.strip_chars(),
        )
        .list.eval(pl.element().filter((pl.element() != "").fill_null(value=False)))
        .list.unique(maintain_order=True)
        .alias("v")
    )
    return named.select(pl.when(pl.col("v").list.len() > 0).then("v"))["v"]


def _listed(texts: pl.Series) -> pl.Series:
    """A card field that holds one value or a list, as a list: without nulls, null rather than empty."""
    plain = plain_lists(texts, quote='"')
    others = texts.str.starts_with("[").fill_null(value=False) & plain.is_null()
    found, refused = _values(texts.filter(others), pl.List(pl.String()))
    # Dropping nulls costs more than all the rest; plain lists have none.
    found = found.select(pl.col("v").list.drop_nulls())
    lists = pl.DataFrame({"one": texts, "plain": plain, "other": _spread(found, others, refused)["v"]}).select(
        v=pl.coalesce("plain", "other", pl.when(pl.col("one").is_not_null()).then(pl.concat_list("one")))
    )
    return lists.select(pl.when(pl.col("v").list.len() > 0).then("v"))["v"]


def _base_models(column: pl.Series) -> pl.Series:
    """The parents of `baseModels`, each with the one relation that the Hub states for all of them."""
    parents = (
        pl.DataFrame({"row": pl.int_range(len(column), dtype=pl.UInt32(), eager=True), "given": column})
        .drop_nulls("given")
        .unnest("given")
        .explode("models")
        .select("row", parent=pl.struct(pl.col("models").struct.field("id"), "relation"))
        .filter(pl.col("parent").struct.field("id").is_not_null())
        .group_by("row", maintain_order=True)
        .agg("parent")
    )
    return _spread(parents.select("parent"), _marked(len(column), parents["row"]), {})["parent"]


def _without_duplicates(raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each model once, as `read` promises; and the rows left out, as REJECTED_SCHEMA."""
    lower = raw["id"].str.to_lowercase()
    if lower.hash().n_unique() == raw.height:  # a fifth of the cost of comparing the texts
        return raw, REJECTED_SCHEMA.to_frame()
    newest_last = (
        raw.select("file", "line", "id", "hub_id", "last_modified", lower=lower)
        .with_row_index("row")
        .filter(lower.is_duplicated())
        .sort("last_modified", "file", "line", nulls_last=False)
    )
    each_id = newest_last.unique("id", keep="last", maintain_order=True)
    numbered = each_id.drop_nulls("hub_id").unique(["lower", "hub_id"], keep="last", maintain_order=True)
    stay = pl.concat([numbered, each_id.filter(pl.col("hub_id").is_null())])
    leave = newest_last.join(stay, on="row", how="anti")
    duplicates = leave.select("file", "line", "id", reason=pl.lit(DUPLICATE))
    return raw.filter(~_marked(raw.height, leave["row"])), duplicates


def _marked(count: int, rows: pl.Series) -> pl.Series:
    marked = np.zeros(count, dtype=np.bool_)
    marked[rows.to_numpy()] = True
    return pl.Series(marked)
