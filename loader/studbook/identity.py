"""Which model is which across two snapshots: a name that moved with its hub_id, and a name that another model took.

A node is a name, and moves where the name does, with all that is attached to it.
"""

from __future__ import annotations

import polars as pl

MOVES = pl.Schema({"old": pl.String(), "new": pl.String(), "absorbed": pl.Boolean()})
"""Ids of a node before and after. One that is absorbed gives way to another of that name, with all that is attached."""


def moves(renames: pl.DataFrame, respelt: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """What becomes of nodes, as MOVES: renamed models, and names known in another spelling; see the functions below.

    `known` are the ids in the graph. A node whose name another one takes is absorbed, unless it moves away itself.
    """
    # Few names among two million: those that are asked for, and not all, make the set to look in.
    there = known.filter(known.is_in(pl.concat([renames["new"], respelt["new"]]).implode()))
    displaced = renames.filter(pl.col("new").is_in(there.implode()) & ~pl.col("new").is_in(renames["old"].implode()))
    taken = pl.concat([renames["new"], there]).implode()
    return pl.concat(
        [
            renames.with_columns(absorbed=pl.lit(value=False)),
            displaced.select(pl.col("new").alias("old"), "new", absorbed=pl.lit(value=True)),
            respelt.with_columns(absorbed=pl.col("new").is_in(taken) | ~pl.col("new").is_first_distinct()),
        ]
    ).select(list(MOVES))


def renames(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Columns `old` and `new`: the models that go by another id now, told by their hub_id.

    Both have `id` and `hub_id`, null where unknown: `before` the models whose name the snapshot lacks or gives to
    another hub_id, `after` those of the snapshot whose name is new or was another's. A hub_id that one side has twice
    tells nothing.
    """
    was = before.drop_nulls("hub_id").unique("hub_id", keep="none").select("hub_id", old="id")
    now = after.drop_nulls("hub_id").unique("hub_id", keep="none").select("hub_id", new="id")
    return was.join(now, on="hub_id").filter(pl.col("old") != pl.col("new")).select("old", "new").sort("old")


def respelt(missing: pl.Series, models: pl.Series) -> pl.DataFrame:
    """Columns `old` and `new`: names only known as parents that one model has in another letter case.

    Two ids of models that differ only in case are two models, and which of them was meant is not known.
    """
    names = missing.alias("old").to_frame().with_columns(id_lower=pl.col("old").str.to_lowercase())
    ids = models.alias("new").to_frame().with_columns(id_lower=pl.col("new").str.to_lowercase())
    one = ids.join(names, on="id_lower", how="semi").unique("id_lower", keep="none")
    return names.join(one, on="id_lower").filter(pl.col("old") != pl.col("new")).select("old", "new").sort("old")
