"""What says that a model has a parent it does not declare: its name, its tags, the form of its files.

A hint is a suspicion, never a parent: it bars `clear` and nothing else. What counts as one is in `data/parent_hints.csv`
with the reason of each. Tags of an architecture (`llama`, `bert`) are no hints, because anybody may train it from nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from studbook import licenses, resources

GGUF = "format:gguf"
WEIGHTS = ("pytorch", "safetensors")
"""Tags of formats beside which a GGUF file is one more form of the same weights."""

SCHEMA = pl.Schema({"model": pl.UInt32(), "parent_hints": pl.List(pl.String())})


@dataclass(frozen=True)
class Hints:
    """What is looked for."""

    words: dict[str, str]
    """Words of repository names, in lower case with `-` for `_`, each with the regular expression of what may follow."""
    tags: dict[str, str]
    """Tags as they are spelt, each with its hint."""
    own: pl.DataFrame
    """Columns `hint`, `owner`: what is no hint under this account (in lower case), because it is its own work."""


@cache
def shipped() -> Hints:
    """The hints that ship with the package. A family of `license_vendors.csv` has its accounts from there too."""
    with (resources.DATA / "parent_hints.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] != "none"]
    vendors = licenses.shipped().vendors
    publishers = {
        _hint(row): {*vendors.get(row["value"], ()), *row["owners"].lower().split()}
        for row in rows
        if row["kind"] == "family"
    }
    # Who publishes a family converts its own weights.
    everybody = set().union(*publishers.values())
    own = publishers | {_hint(row): everybody for row in rows if row["kind"] == "copy"}
    follows = {"name": r"(?:(?-u:\b)|[0-9])", "numbered name": "[-.]?v?[0-9]"}
    return Hints(
        words={row["value"]: follows[row["place"]] for row in rows if row["place"] in follows},
        tags={row["value"]: _hint(row) for row in rows if row["place"] not in follows},
        own=pl.DataFrame(
            sorted((hint, owner) for hint, owners in own.items() for owner in owners),
            schema={"hint": pl.String(), "owner": pl.String()},
            orient="row",
        ),
    )


def _hint(row: Mapping[str, str]) -> str:
    return f"{row['place'].removeprefix('numbered ')}:{row['value'].lower()}"


def parent_hints(raw: pl.DataFrame, tags: pl.DataFrame, *, parents: pl.DataFrame) -> pl.DataFrame:
    """Columns of SCHEMA: the hints of every model that has some and declares no parent, each a sorted list.

    `raw` needs the columns `model`, `id`, `tags` of a snapshot, `tags` is the last of them with one row per `model` and
    `tag`, and `parents` needs `model`: whoever is there declares a parent. A hint is `name:`, `tag:` or `format:` and
    the word or tag that was found.
    """
    hints = shipped()
    declares = pl.col("model").is_in(parents["model"].unique().implode())
    alone = raw.select("model", "id").filter(~declares)
    found = pl.concat([_in_names(alone, hints), _in_tags(alone, tags, hints)])
    beside = pl.any_horizontal(pl.col("tags").list.contains(form) for form in WEIGHTS)
    gguf = pl.col("model").is_in(found.filter(pl.col("hint") == GGUF)["model"].implode())
    one_more = raw.select("model", "tags").filter(gguf).filter(beside).select("model", hint=pl.lit(GGUF))
    owner = pl.col("id").str.to_lowercase().str.split_exact("/", 1).struct[0]
    kept = found.with_columns(owner=owner).join(hints.own, on=["hint", "owner"], how="anti")
    kept = kept.join(one_more, on=["model", "hint"], how="anti")
    ordered = kept.select("model", "hint").unique().sort("model", "hint")
    return ordered.group_by("model", maintain_order=True).agg(parent_hints="hint")


def _in_names(models: pl.DataFrame, hints: Hints) -> pl.DataFrame:
    """Columns `model`, `id`, `hint`: words of the repository's name, without its owner."""
    # Most ids have none of the words anywhere, which is seen much faster than where a word begins and ends; above 100
    # parts the search becomes three times slower, so that parts with another part inside are left to that one.
    longest = {max(word.split("-"), key=len) for word in hints.words}
    parts = [part for part in sorted(longest) if not any(other in part for other in longest - {part})]
    some = models.filter(pl.col("id").str.contains_any(parts, ascii_case_insensitive=True))
    words = sorted(hints.words, key=len, reverse=True)
    pattern = r"(?-u:\b)(?:" + "|".join(re.escape(word) + hints.words[word] for word in words) + ")"
    name = pl.col("id").str.split_exact("/", 1).struct[1]
    spelt = name.str.to_lowercase().str.replace_all("_", "-", literal=True)
    matches = some.with_columns(match=spelt.str.extract_all(pattern)).explode("match").drop_nulls("match")
    said = {match: "name:" + next(w for w in words if match.startswith(w)) for match in matches["match"].unique()}
    return matches.select("model", "id", hint=pl.col("match").replace_strict(said, return_dtype=pl.String))


def _in_tags(models: pl.DataFrame, tags: pl.DataFrame, hints: Hints) -> pl.DataFrame:
    """Columns `model`, `id`, `hint`: tags, among them those that the Hub derives from files."""
    tagged = tags.filter(pl.col("tag").is_in(list(hints.tags))).join(models, on="model")
    return tagged.select("model", "id", hint=pl.col("tag").replace_strict(hints.tags, return_dtype=pl.String))
