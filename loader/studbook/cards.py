"""Model cards as facts: how long, which sections, by which tool, how well a model is documented. Pure functions of texts.

A card is a README.md: YAML between two lines of dashes, then Markdown, its body. Which tools leave which sentence, and
what a section or a field of the metadata counts, is in `data/card_templates.csv` and `data/documentation.csv`.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
import polars_hash  # noqa: F401  registers the namespace `nchash`
import yaml

from studbook import resources

SCHEMA = pl.Schema(
    {
        "card_length": pl.Int64(),
        "card_hash": pl.Int64(),
        "card_sections": pl.List(pl.String()),
        "card_template": pl.String(),
    }
)
"""Columns of `facts`; what they mean stands in schema.py."""

RESULTS = "evaluation_results"
"""Stands among the sections of a card whose metadata hold results (`model-index`)."""

_METADATA = r"\A\x{FEFF}?\s*---[ \t]*\n((?s:.*?)\n)??---[ \t]*(?:\n|\z)"
_COMMENT = r"(?s)<!--.*?-->"
_CODE = r"(?ms)^[ \t]*```.*?^[ \t]*```[ \t]*$|^[ \t]*~~~.*?^[ \t]*~~~[ \t]*$"
_HEADING_WITH_TEXT = r"(?m)^ {0,3}#{1,6}[ \t]+[^\n]+\n\s*(?:[^#\s]|#+[^#\s])"
_LABEL = r"^[ \t]*(?:[-*][ \t]+)?\*\*[^*\n]+\*\*:?[ \t]*$"
_TITLE = r"\A\s*#[ \t][^\n]*(?:\n|\z)"
_INTRODUCTION = r"\A((?s:.*?))(?:(?:\A|\n) {0,3}#{1,6}[ \t]|\z)"
_ADDRESS_OR_TAG = r"\]\([^)\n]*\)|<[^>]*>"

_LONG_INTRODUCTION = 80
"""Characters, addresses apart, from which a text between title and first heading describes the model."""
_SHORT_NAME = 4
"""Letters of a name up from which it is taken out of a card: shorter ones are parts of words."""


@dataclass(frozen=True)
class Documentation:
    """How cards are read and what counts."""

    markers: dict[str, str]
    """Sentences that tools leave, in lower case, each with the tool's name; the first of the table goes first."""
    fillers: str
    """A regular expression of lines that say nothing: a template's request for text that nobody wrote, a bare label."""
    headings: dict[str, str]
    """A regular expression of the headings of each section, in lower case without punctuation."""
    weights: dict[str, int]
    """Of the sections and of the fields of metadata; 100 in all."""
    meanings: dict[str, str]
    """What each of them says."""

    @property
    def templates(self) -> list[str]:
        """The tools, the first of the table first."""
        return list(dict.fromkeys(self.markers.values()))


@cache
def shipped() -> Documentation:
    """The tables that ship with the package."""
    templates, items = _rows("card_templates.csv"), _rows("documentation.csv")
    fillers = "|".join(re.escape(row["text"]) for row in templates if row["kind"] == "filler")
    return Documentation(
        markers={row["text"].lower(): row["template"] for row in templates if row["kind"] == "marker"},
        fillers=rf"(?mi)^[^\n]*(?:{fillers})[^\n]*$|{_LABEL}",
        headings={row["name"]: f"^(?:{row['headings']})$" for row in items if row["kind"] == "section"},
        weights={row["name"]: int(row["weight"]) for row in items},
        meanings={row["name"]: row["meaning"] for row in items},
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(texts: pl.Series, ids: pl.Series) -> pl.DataFrame:
    """Columns of SCHEMA for cards and the ids of their models; all null where the text is null.

    An empty text is a card of length 0: the repository has none.
    """
    cards = pl.DataFrame({"id": ids, "text": _with_plain_line_ends(texts)}).select(
        "id",
        metadata=pl.col("text").str.extract(_METADATA),
        body=pl.col("text").str.replace(_METADATA, "").str.strip_chars(),
    )
    return cards.select(
        pl.col("body").str.len_chars().cast(pl.Int64).alias("card_length"),
        _hash(pl.col("body"), pl.col("id")).alias("card_hash"),
        _sections(cards).alias("card_sections"),
        _template(pl.col("body")).alias("card_template"),
    )


def _with_plain_line_ends(texts: pl.Series) -> pl.Series:
    if texts.str.contains("\r", literal=True).any():
        return texts.str.replace_all("\r\n?", "\n")
    return texts


def _hash(body: pl.Expr, id_: pl.Expr) -> pl.Expr:
    """Of the letters alone, in lower case, without the model's own id, name and owner; null when nothing is left."""
    text, own = _letters(body), id_.str.split_exact("/", 1)
    owner, name = (_letters(own.struct[part]) for part in (0, 1))
    for word in (owner + name, name, owner):
        text = pl.when(word.str.len_chars() >= _SHORT_NAME).then(text.str.split(word).list.join("")).otherwise(text)
    hashed = text.nchash.wyhash()  # type: ignore[attr-defined]  # of polars_hash
    return pl.when(text != "").then(hashed.reinterpret(signed=True))


def _letters(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[^\p{L}]+", "")


def _template(body: pl.Expr) -> pl.Expr:
    """The first tool of the table of which a card has a sentence."""
    tables = shipped()
    found = body.str.extract_many(list(tables.markers), ascii_case_insensitive=True)
    places = {marker: tables.templates.index(template) for marker, template in tables.markers.items()}
    first = found.list.eval(
        pl.element().str.to_lowercase().replace_strict(places, default=None, return_dtype=pl.UInt8)
    ).list.min()
    return first.replace_strict(dict(enumerate(tables.templates)), return_dtype=pl.String)


def _sections(cards: pl.DataFrame) -> pl.Series:
    """For each card the sorted names of the sections that hold text of their own; null for none."""
    tables = shipped()
    said = cards.select(
        metadata=pl.col("metadata"),
        body=pl.col("body")
        .str.replace_all(_COMMENT, "")
        .str.replace_all(_CODE, "code")
        .str.replace(_TITLE, "")
        .str.replace_all(tables.fillers, ""),
    ).with_row_index("card")
    headings = (
        said.select("card", heading=pl.col("body").str.extract_all(_HEADING_WITH_TEXT))
        .explode("heading")
        .drop_nulls()
        .with_columns(
            pl.col("heading")
            .str.extract(r"#+[ \t]+([^\n]+)\n")
            .str.to_lowercase()
            .str.replace_all(r"[^\p{L}\p{N}]+", " ")
            .str.strip_chars()
        )
    )
    # Cards share their headings, so that each is compared with all patterns once.
    spelt = headings.select(pl.col("heading").unique())
    read = pl.concat(
        spelt.filter(pl.col("heading").str.contains(pattern)).with_columns(section=pl.lit(name))
        for name, pattern in tables.headings.items()
    )
    introduction = pl.col("body").str.extract(_INTRODUCTION).str.replace_all(_ADDRESS_OR_TAG, "").str.strip_chars()
    described = said.filter(introduction.str.len_chars() >= _LONG_INTRODUCTION)
    results = said.filter(
        pl.col("metadata").str.contains(r"(?m)^model-index:") & pl.col("metadata").str.contains(_VALUE)
    )
    found = pl.concat(
        [
            headings.join(read, on="heading").select("card", "section"),
            described.select("card", section=pl.lit("description")),
            results.select("card", section=pl.lit(RESULTS)),
        ]
    )
    # Sorted before grouping, which is much faster than sorting within a million groups.
    listed = found.unique().sort("card", "section").group_by("card", maintain_order=True).agg(sections="section")
    return said.select("card").join(listed, on="card", how="left", maintain_order="left")["sections"]


_VALUE = r"(?m)^[ \t-]+value:[ \t]*\S"


# --- metadata ---------------------------------------------------------------------------------------------------------

_BLOCK = r"(?m)^{key}[ \t]*:((?:[^\n]*)(?:\n(?:[ \t\-#][^\n]*)?)*)"
_NOTHING = ("", "null", "Null", "NULL", "~")
_PLAIN = r"[A-Za-z0-9_./](?:[^#:'\"\[\]{},&*|>%@`\\\p{Cc}\x{2028}\x{2029}\x{FEFF}]|:[^\s#'\"\\\p{Cc}])*"


def metadata(texts: pl.Series, names: list[str]) -> pl.DataFrame:
    """Fields of the cards' metadata as text: what is one value as it is, a list as JSON; null where there is none.

    Values mean what they are spelt: `no` is no Boolean. A field that is no YAML is null. Each field is read on its own,
    so that a mistake in one does not hide the others.
    """
    yaml_ = _with_plain_line_ends(texts).str.extract(_METADATA)
    return pl.DataFrame([_field(yaml_.str.extract(_BLOCK.format(key=re.escape(name))), name) for name in names])


def _field(blocks: pl.Series, name: str) -> pl.Series:
    """What stands behind `name:`, of each card."""
    frame = blocks.alias("block").to_frame()
    one = pl.col("block").str.extract(rf"\A[ \t]*({_PLAIN})\s*\z").str.strip_chars_end()
    many = pl.col("block").str.contains(rf"\A\s*\n(?:[ \t]*-[ \t]+{_PLAIN}\n*)+\z")
    items = (
        pl.col("block")
        .str.extract_all(rf"(?m)^[ \t]*-[ \t]+{_PLAIN}$")
        .list.eval(pl.element().str.strip_chars().str.strip_chars_start("-").str.strip_chars())
    )
    listed = '["' + items.list.join('", "') + '"]'
    plain = frame.with_columns(value=pl.when(many).then(listed).otherwise(one))
    odd = plain.filter(pl.col("value").is_null() & (pl.col("block").str.strip_chars() != ""))["block"].unique()
    # Few are spelt in another way, and those alike: `[en, fr]`, a quoted word.
    spelt = {block: text for block in odd if (text := _spelt(block)) is not None}
    others = pl.col("block").replace_strict(spelt, default=None, return_dtype=pl.String)
    null = pl.col("value").is_in(_NOTHING)
    found = plain.select(pl.coalesce(pl.when(~null).then("value"), pl.when(pl.col("value").is_null()).then(others)))
    return found.to_series().alias(name)


def _spelt(block: str) -> str | None:
    """The value behind a key, as text or as JSON of a list."""
    try:
        value: Any = yaml.load(f"v:{block}", Loader=yaml.BaseLoader)["v"]  # noqa: S506  BaseLoader makes texts alone
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, KeyError):
        return None
    if isinstance(value, str):
        return None if value in _NOTHING else value
    return json.dumps(value, ensure_ascii=False) if value else None


# --- how well a model is documented -----------------------------------------------------------------------------------


def scores(models: pl.DataFrame) -> pl.Series:
    """How well models are documented, from 0 to 100; null where no card was read.

    `models` needs `card_length`, `card_sections`, `card_template` and a Boolean column for each field of the metadata
    but the results: `license`, `datasets`, `language`, `task`, `library`. A section of a card that a tool wrote counts
    half. Weights are those of `data/documentation.csv`.
    """
    tables = shipped()

    def sections(*names: str) -> pl.Expr:
        holds = [
            pl.col("card_sections").list.contains(name).fill_null(value=False) * tables.weights[name] for name in names
        ]
        return pl.sum_horizontal(holds)

    fields = [name for name in tables.weights if name not in tables.headings and name != RESULTS]
    declared = pl.sum_horizontal(pl.col(name) * tables.weights[name] for name in fields)
    written = pl.when(pl.col("card_template").is_null()).then(2).otherwise(1) * sections(*tables.headings)
    score = declared + sections(RESULTS) + written // 2
    return models.select(pl.when(pl.col("card_length").is_not_null()).then(score.cast(pl.Int64))).to_series()
