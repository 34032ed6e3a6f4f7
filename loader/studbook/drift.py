"""Languages and tasks along the lineage: what changes on each edge, what stands above each model, and who is alike.

`multilingual` is no language: it says that there are several, and not which. `code` is none at all. schema.py has the
rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
import polars_hash

from studbook import derive, resources
from studbook.derive import Ints, Words
from studbook.records import Records
from studbook.resolve import Resolved

TASK_CHANGES = ("kept", "changed", "class_changed", "dropped", "added", "unknown")
"""Values of `task_change`."""

MOST_LANGUAGES = 64
"""Upstream counts stop here, because the bits of a word count them: a model with 65 languages is no less multilingual
than one with 2,114."""

_SEVERAL = 2
"""What `multilingual` counts for where it names no more."""

_STRINGS = pl.List(pl.String())


@dataclass(frozen=True)
class Drift:
    """`edges` has a row per edge: `languages_lost`, `languages_gained`, `language_change`, `task_change`. `upstream` has
    one per touched model: `upstream_language_count`, `upstream_task_classes`. See schema.py."""

    edges: pl.DataFrame
    upstream: pl.DataFrame


def drift(resolved: Resolved, *, touched: Ints, child: Ints, parent: Ints) -> Drift:
    """What languages and tasks make of every edge, and of everything above every model.

    `touched` are the rows of models that have an edge, ascending; `child` and `parent` are the ends of the edges as
    places in it.
    """
    models = resolved.records.models.select("status", "pipeline_tag")[touched]
    missing = (models["status"] == "missing").gather(parent)
    languages = _Languages.of(resolved.records, touched)
    table = classes()
    tasks = models.select(task="pipeline_tag").join(table, on="task", how="left", maintain_order="left")
    names = sorted(table["class"].drop_nulls().unique())
    place = tasks["class"].replace_strict(names, range(len(names)), return_dtype=pl.UInt64)
    class_bits = (np.uint64(1) << place.fill_null(0).to_numpy()) * place.is_not_null().to_numpy()

    own = np.column_stack([_unary(languages.counts)[languages.key], class_bits])
    above = derive.upstream_bits(len(touched), child, parent, own=own)
    count = pl.Series(np.bitwise_count(above[:, 0]).astype(np.int64))
    return Drift(
        edges=pl.concat(
            [languages.changes(child, parent, missing), _task_changes(tasks, child, parent, missing)], how="horizontal"
        ),
        upstream=pl.DataFrame(
            {
                "upstream_language_count": count.set(count == 0, None),
                "upstream_task_classes": _spelt(above[:, 1], names),
            }
        ),
    )


def profiles(size: int, declared: Iterable[tuple[str, pl.Series, Ints, Ints]]) -> pl.Series:
    """For each of `size` models a number that it shares with those that declare the same; null where none is declared.

    `declared` has, for each kind of declaration, its name, the values, and as two arrays which model declares which of
    them, each once. The number is a sum, modulo 2^64, of hashes of what is declared, whatever the order.
    """
    total, told = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=bool)
    for kind, values, model, place in declared:
        named = pl.DataFrame({"kind": pl.repeat(kind, len(values), eager=True), "value": values})
        hashes = named.select(polars_hash.hash_rows(["kind", "value"], version=1).nchash.wyhash()).to_series()
        np.add.at(total, model, hashes.to_numpy()[place])
        told[model] = True
    return pl.Series(total).reinterpret(signed=True).set(pl.Series(~told), None)


@dataclass(frozen=True)
class _Languages:
    """The distinct sets of languages that models declare. Number 0 is the empty set."""

    sets: pl.DataFrame
    """By number: `named`, the languages; `several`, whether `multilingual` is declared; `declared`, whether either is."""
    key: Ints
    """For each touched model the number of its set."""

    @staticmethod
    def of(records: Records, touched: Ints) -> _Languages:
        place = pl.DataFrame({"model": pl.Series(touched, dtype=pl.UInt32)}).with_row_index("place")
        rows = records.languages.filter(pl.col("language") != "code").join(place, on="model")
        grouped = rows.sort("place", "language").group_by("place", maintain_order=True).agg(text=pl.col("language"))
        grouped = grouped.with_columns(pl.col("text").list.join("\n"))
        texts = grouped["text"].unique().sort()
        key = np.zeros(len(touched), dtype=np.int64)
        numbers = grouped["text"].replace_strict(texts, range(1, len(texts) + 1), return_dtype=pl.Int64)
        key[grouped["place"].to_numpy()] = numbers.to_numpy()
        declared = pl.concat([pl.Series([[]], dtype=_STRINGS), texts.str.split("\n")])
        sets = pl.DataFrame({"declared": declared}).select(
            named=pl.col("declared").list.set_difference(pl.lit(["multilingual"])).list.sort(),
            several=pl.col("declared").list.contains("multilingual"),
            declared=pl.col("declared").list.len() > 0,
        )
        return _Languages(sets, key)

    @property
    def counts(self) -> Ints:
        """By number: how many languages, of `multilingual` at least two."""
        count = pl.max_horizontal(pl.col("named").list.len(), pl.col("several") * _SEVERAL)
        return self.sets.select(count.cast(pl.Int64)).to_series().to_numpy()

    def changes(self, child: Ints, parent: Ints, missing: pl.Series) -> pl.DataFrame:
        """The first three columns of Drift.edges, worked out once for each pair of sets."""
        ends = pl.DataFrame({"before": self.key[parent], "after": self.key[child], "missing": missing})
        pairs = ends.unique()
        both = pl.concat(
            [self.sets[pairs[end].to_numpy()].select(pl.all().name.suffix(f"_{end}")) for end in ("before", "after")],
            how="horizontal",
        )
        before, after = pl.col("named_before"), pl.col("named_after")
        several_before, several_after = pl.col("several_before"), pl.col("several_after")
        reported = pl.col("declared_before") & pl.col("declared_after")
        lost = before.list.set_difference(after).list.sort()
        gained = after.list.set_difference(before).list.sort()
        narrower, wider = lost.list.len() > 0, gained.list.len() > 0
        told = pairs.hstack(both).select(
            "before",
            "after",
            "missing",
            languages_lost=pl.when(reported & ~several_after & narrower).then(lost),
            languages_gained=pl.when(reported & ~several_before & wider).then(gained),
            language_change=pl.when("missing")
            .then(pl.lit("unknown"))
            .when(~pl.col("declared_before") & ~pl.col("declared_after"))
            .then(None)
            .when(~pl.col("declared_after"))
            .then(pl.lit("dropped"))
            .when(~pl.col("declared_before"))
            .then(pl.lit("added"))
            .when(several_before & several_after)
            .then(pl.lit("kept"))
            .when(several_before)
            .then(pl.lit("narrowed"))
            .when(several_after)
            .then(pl.lit("widened"))
            .when(narrower & wider)
            .then(pl.lit("changed"))
            .when(narrower)
            .then(pl.lit("narrowed"))
            .when(wider)
            .then(pl.lit("widened"))
            .otherwise(pl.lit("kept")),
        )
        joined = ends.join(told, on=ends.columns, how="left", maintain_order="left")
        return joined.drop(ends.columns)


def _unary(counts: Ints) -> Words:
    """Each count as that many set bits, so that the union of several has as many as the greatest of them."""
    capped = np.minimum(counts, MOST_LANGUAGES).astype(np.uint64)
    all_ones = np.uint64(2**64 - 1)
    return np.where(capped > 0, all_ones >> (np.uint64(64) - np.maximum(capped, np.uint64(1))), np.uint64(0))


def classes() -> pl.DataFrame:
    """Columns `task`, `class`: the paper's class of each task that has one."""
    table = pl.read_csv(resources.DATA / "tasks.csv", infer_schema=False)
    return table.select("class", task="id")


def _task_changes(tasks: pl.DataFrame, child: Ints, parent: Ints, missing: pl.Series) -> pl.DataFrame:
    """`task_change` of each edge, from the `task` and `class` of each touched model."""
    before, after = tasks["task"].gather(parent), tasks["task"].gather(child)
    same_class = (tasks["class"].gather(parent) == tasks["class"].gather(child)).fill_null(value=True)
    return pl.DataFrame({"before": before, "after": after, "missing": missing, "same_class": same_class}).select(
        task_change=pl.when("missing")
        .then(pl.lit("unknown"))
        .when(pl.col("after").is_null() & pl.col("before").is_not_null())
        .then(pl.lit("dropped"))
        .when(pl.col("before").is_null() & pl.col("after").is_not_null())
        .then(pl.lit("added"))
        .when(pl.col("before") == pl.col("after"))
        .then(pl.lit("kept"))
        .when(pl.col("before").is_not_null())
        .then(pl.when("same_class").then(pl.lit("changed")).otherwise(pl.lit("class_changed")))
    )


def _spelt(bits: Words, names: list[str]) -> pl.Series:
    """The sets as sorted lists, null for the empty set; a handful are distinct."""
    distinct = np.unique(bits)
    lists = [[name for place, name in enumerate(names) if int(word) >> place & 1] or None for word in distinct]
    return pl.Series(lists, dtype=_STRINGS).gather(np.searchsorted(distinct, bits))
