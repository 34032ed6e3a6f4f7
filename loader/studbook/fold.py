"""A snapshot folded into what a graph remembers: the rows that the graph shall be built from, and what has changed.

Models that the graph has and the snapshot lacks are carried over, a name that moved is followed by its hub_id, and what
a model declared before is read where its hash differs and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from studbook import declared, history, identity, records, resolve, state
from studbook.declared import VALUES
from studbook.graph import Graph
from studbook.history import CHANGES
from studbook.licenses import Table
from studbook.progress import Progress
from studbook.records import Records
from studbook.state import State

_REAL = ("listed", "removed")
"""Status of a model that a snapshot has listed."""


@dataclass(frozen=True)
class Moment:
    """What a snapshot is in the history."""

    id: str
    as_of: datetime
    scope: str
    """complete or partial"""


@dataclass(frozen=True)
class Fold:
    """What a snapshot makes of a graph."""

    given: Records
    """All models: the snapshot's and the carried ones."""
    aliases: pl.DataFrame
    """Names that lead to models, for resolve.resolve."""
    kept: pl.DataFrame
    """Earlier snapshots, history.SNAPSHOTS; others in the graph are to go."""
    moves: pl.DataFrame
    """identity.MOVES: nodes that go by another id from now on."""
    changes: pl.DataFrame
    """The Changes of this snapshot, history.CHANGES."""
    undone: pl.DataFrame
    """Changes in the graph that are this snapshot's, or of one that goes."""
    carried: int = 0
    """Models of the graph that the snapshot lacks."""
    overruled: int = 0
    """Models of the snapshot that were left out, because the organisation has one of its own by that name."""

    def renamed(self, changes: pl.DataFrame) -> pl.DataFrame:
        """Changes in the graph, history.CHANGES, with the ids by which their models go from now on."""
        return new_id(changes, "of", self.moves)

    @property
    def news(self) -> pl.DataFrame:
        """Changes that the graph lacks, or has otherwise."""
        same = ["id", "of", "previous_as_of", "_before", "_after"]
        spelt = [pl.col(name).list.join("\n").alias(f"_{name}") for name in ("before", "after")]
        known = self.undone.with_columns(spelt).select(same)
        new = self.changes.with_columns(spelt).join(known, on=same, how="anti", nulls_equal=True)
        return new.select(list(CHANGES))

    @property
    def stale(self) -> pl.DataFrame:
        """`id` of the Changes in the graph that shall not be there."""
        return self.undone.join(self.changes, on="id", how="anti").select("id")


def fold(
    graph: Graph | None, before: State, snapshot: Records, moment: Moment, licenses: Table, *, progress: Progress
) -> Fold:
    """Folds a snapshot into a graph's state; nothing is written.

    Snapshots that are newer than this one, or whose load never came to its end, go with what they told; this one tells
    what has changed since the last that stays. Without such a one nothing has changed, nor has a model it did not know.
    """
    goes = (pl.col("status") != "complete") | (pl.col("as_of") > moment.as_of) | (pl.col("id") == moment.id)
    kept = before.snapshots.filter(~goes)
    known = before.models.filter(pl.col("status").is_not_null())
    if graph is None or (known.is_empty() and before.snapshots.is_empty()):
        nothing = CHANGES.to_frame()
        return Fold(_hashed(snapshot), resolve.alias_table(), kept, identity.MOVES.to_frame(), nothing, nothing)
    undone = state.changes(graph, before.snapshots.filter(goes)["id"].to_list(), progress=progress)
    told = state.changes_of(graph, ["license", "id"]).join(kept, left_on="snapshot", right_on="id", how="semi")

    listed, overruled = _without_internal(snapshot, known)
    listed = _hashed(_identified(listed, graph, progress))
    real = known.filter(pl.col("status").is_in(_REAL))
    absent = known.join(listed.models.select("id"), on="id", how="anti")
    hashes = listed.models.select("id", now="declared_hash")
    suspects = real.join(hashes, on="id").filter(pl.col("declared_hash").ne_missing(pl.col("now")))
    placed = _placed(undone)
    doubtful = placed.select(id="of").join(real, on="id", how="semi")
    wanted = [absent.filter(pl.col("status") != "missing")["id"], suspects["id"], doubtful["id"]]
    found = state.carried(graph, pl.concat(wanted).unique().sort().to_list(), progress=progress)

    moves = _moves(listed.models.select("id", "hub_id"), found.models, known, real, absent)
    listed = _seen_before(listed, known, moves)
    carried = _carry(found, absent, moves, kept, moment)
    given = records.concat(listed, carried)
    told, undone, placed = (new_id(frame, "of", moves) for frame in (told, undone, placed))
    changes = CHANGES.to_frame()
    if kept.height:
        renamed = moves.filter(~pl.col("absorbed"))
        # A name that its model has left is another model's now, or nobody's: it was nothing before.
        stayed = suspects.join(renamed, left_on="id", right_on="old", how="anti")["id"]
        # A name that was only known as a parent declared nothing.
        known_by_another = renamed.join(real, left_on="old", right_on="id", how="semi")["new"]
        compared = pl.concat([stayed, known_by_another, new_id(doubtful, "id", moves)["id"]]).unique()
        sides = _Sides(found, given, real, moves, compared.alias("id").to_frame())
        aliases = _aliases(pl.concat([told, placed]), renamed)
        # A name that a model has leads to no other, whatever it meant before.
        taken = given.models.select(alias_lower=pl.col("id").str.to_lowercase())
        aliases = aliases.join(taken, on="alias_lower", how="anti")
        earlier = _undone_values(placed, aliases, licenses).join(sides.compared, on="id", how="semi")
        changes = history.compare(
            history.overlaid(sides.before(aliases, licenses), earlier),
            sides.after(aliases, licenses),
            snapshot=moment.id,
            as_of=moment.as_of,
            since=sides.since(kept),
        )
        unknown_then = sides.known.filter(pl.col("first_seen") > kept["as_of"].max())
        changes = changes.join(unknown_then, left_on="of", right_on="id", how="anti")
    told = pl.concat([told, changes])
    return Fold(
        given=_with_former_licenses(given, told),
        aliases=_aliases(told),
        kept=kept,
        moves=moves,
        changes=changes,
        undone=undone,
        carried=carried.models.height,
        overruled=overruled,
    )


def _hashed(given: Records) -> Records:
    return replace(given, models=given.models.with_columns(declared_hash=declared.hashes(given)))


def _without_internal(snapshot: Records, known: pl.DataFrame) -> tuple[Records, int]:
    """The snapshot without the names of the organisation's own models, and how many it had: anybody can register them."""
    own = known.filter(pl.col("status") == "internal")["id"].str.to_lowercase()
    if own.is_empty():
        return snapshot, 0
    overruled = snapshot.models["id"].str.to_lowercase().is_in(own.implode())
    return records.keep(snapshot, ~overruled), int(overruled.sum())


def _identified(snapshot: Records, graph: Graph, progress: Progress) -> Records:
    """The snapshot with the hub_ids that the graph knows where its source has none."""
    unknown = snapshot.models.filter(pl.col("hub_id").is_null())["id"]
    if unknown.is_empty():
        return snapshot
    hubs = state.hub_ids(graph, unknown.sort().to_list(), progress=progress).rename({"hub_id": "known"})
    models = snapshot.models.join(hubs, on="id", how="left", maintain_order="left")
    return replace(snapshot, models=models.with_columns(pl.coalesce("hub_id", "known")).drop("known"))


def _moves(
    listed: pl.DataFrame, found: pl.DataFrame, known: pl.DataFrame, real: pl.DataFrame, absent: pl.DataFrame
) -> pl.DataFrame:
    """identity.MOVES, from the models of the snapshot and those `found` in the graph that it lacks or that differ."""
    hubs = found.filter(pl.col("status").is_in(_REAL)).select("id", "hub_id")
    # Whose hub_id was not known may have been anybody: a known model that goes by that name now was renamed.
    taken = hubs.join(listed.select("id", now="hub_id"), on="id").filter(pl.col("hub_id").ne_missing(pl.col("now")))
    new = listed.join(real, on="id", how="anti")
    renames = identity.renames(
        pl.concat([hubs.join(absent, on="id", how="semi"), taken.select("id", "hub_id")]),
        pl.concat([new, taken.select("id", hub_id="now")]),
    )
    # A partial snapshot lists one of two that differ only in case: the other is as much a model.
    staying = known.filter(pl.col("status") != "missing").join(renames, left_on="id", right_on="old", how="anti")
    models = pl.concat([listed["id"], staying["id"]]).unique()
    respelt = identity.respelt(absent.filter(pl.col("status") == "missing")["id"], models)
    return identity.moves(renames, respelt, known["id"])


def new_id(frame: pl.DataFrame, column: str, moves: pl.DataFrame) -> pl.DataFrame:
    """The same with the ids of a column as they will be."""
    new = moves.select(pl.col("old").alias(column), _new="new")
    joined = frame.join(new, on=column, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("_new", column).alias(column)).drop("_new")


def _staying(models: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """Models of the graph, one for each `id`, by the ids as they will be, without those whose name another one takes."""
    absorbed = moves.filter("absorbed")
    return new_id(models.join(absorbed, left_on="id", right_on="old", how="anti"), "id", moves)


def _last_complete(kept: pl.DataFrame) -> pl.Expr:
    """As-of of the newest complete snapshot among these; null for none."""
    return pl.lit(kept.filter(pl.col("scope") == "complete")["as_of"].max(), records.MODELS["last_seen"])


def _seen_before(snapshot: Records, known: pl.DataFrame, moves: pl.DataFrame) -> Records:
    """The snapshot with the date on which the graph first saw each model, by whatever name."""
    seen = _staying(known, moves).select("id", seen="first_seen")
    models = snapshot.models.join(seen, on="id", how="left", maintain_order="left")
    return replace(snapshot, models=models.with_columns(first_seen=pl.coalesce("seen", "first_seen")).drop("seen"))


def _carry(found: Records, absent: pl.DataFrame, moves: pl.DataFrame, kept: pl.DataFrame, moment: Moment) -> Records:
    """The rows of models that the graph has and the snapshot lacks, by any name.

    Those listed before are `removed` now when the snapshot is complete; they were last seen with the last complete
    snapshot, or when they were first seen if that was later.
    """
    absent = absent.join(moves, left_on="id", right_on="old", how="anti")
    carried = records.keep(found, found.models["id"].is_in(absent["id"].implode()))
    if moment.scope == "complete":
        gone = pl.col("status") == "listed"
        models = carried.models.with_columns(
            status=pl.when(gone).then(pl.lit("removed")).otherwise("status"),
            last_seen=pl.when(gone).then(pl.max_horizontal("first_seen", _last_complete(kept))).otherwise("last_seen"),
        )
        carried = replace(carried, models=models)
    names = _names_only(absent.filter(pl.col("status") == "missing").sort("id"))
    return replace(carried, models=pl.concat([carried.models, names]))


def _names_only(missing: pl.DataFrame) -> pl.DataFrame:
    """records.MODELS rows of missing models, of which nothing is known but the name and since when."""
    known = ("id", "status", "first_seen")
    return missing.select(
        pl.col(name) if name in known else pl.lit(None, dtype).alias(name) for name, dtype in records.MODELS.items()
    )


@dataclass(frozen=True)
class _Sides:
    """Models as the graph has them and as they shall be."""

    found: Records
    """Rows of the graph, by their old ids."""
    given: Records
    """Rows of all models, by their new ids."""
    real: pl.DataFrame
    """state.State.models that a snapshot has listed, by their old ids."""
    moves: pl.DataFrame
    compared: pl.DataFrame
    """`id`, the new one, of those that may differ in more than their status."""

    @property
    def absorbed(self) -> pl.DataFrame:
        return self.moves.filter("absorbed")

    @cached_property
    def known(self) -> pl.DataFrame:
        """`real` by the new ids, without those whose name another model took."""
        return _staying(self.real, self.moves)

    def before(self, aliases: pl.DataFrame, licenses: Table) -> pl.DataFrame:
        """declared.VALUES of the graph."""
        was = records.keep(self.found, ~self.found.models["id"].is_in(self.absorbed["old"].implode()))
        values = new_id(declared.values(was, aliases, licenses), "id", self.moves)
        # Whose name another model took, that one's hub_id stood here.
        hubs = self.absorbed.join(self.found.models.select("id", "hub_id"), left_on="old", right_on="id")
        displaced = _single(hubs.drop_nulls("hub_id").select(id="new", value="hub_id"), "hub_id")
        values = pl.concat([values.join(displaced, on=["id", "field"], how="anti"), displaced])
        renamed = self.moves.filter(~pl.col("absorbed")).select("old", id="new")
        names = self.compared.join(renamed, on="id", how="left").select("id", value=pl.coalesce("old", "id"))
        return pl.concat(
            [
                values.join(self.compared, on="id", how="semi"),
                _single(names, "id"),
                _single(self._status.select("id", value="was"), "status"),
            ]
        )

    def after(self, aliases: pl.DataFrame, licenses: Table) -> pl.DataFrame:
        """declared.VALUES of what shall be."""
        now = records.keep(self.given, self.given.models["id"].is_in(self.compared["id"].implode()))
        return pl.concat(
            [
                declared.values(now, aliases, licenses),
                _single(self.compared.select("id", value="id"), "id"),
                _single(self._status.select("id", value="now"), "status"),
            ]
        )

    def since(self, kept: pl.DataFrame) -> pl.DataFrame:
        """Until when each model is known to have been as the graph has it: see history.compare.

        A partial snapshot says nothing of the models that it lacks, and of those it has no trace is left, so this is the
        last complete one; or that which first listed the model, if that was later.
        """
        seen = _staying(self.found.models.select("id", "last_seen"), self.moves)
        known = self.known.join(seen, on="id", how="left")
        status = pl.max_horizontal("first_seen", _last_complete(kept))
        return known.select("id", status=status, others=pl.coalesce("last_seen", status))

    @cached_property
    def _status(self) -> pl.DataFrame:
        """`id`, `was` and `now` where the status may have changed."""
        now = self.given.models.select("id", now="status").filter(pl.col("now").is_in(_REAL))
        both = self.known.select("id", was="status").join(now, on="id")
        return both.filter((pl.col("now") != pl.col("was")) | pl.col("id").is_in(self.compared["id"].implode()))


def _placed(undone: pl.DataFrame) -> pl.DataFrame:
    """The same Changes where `of` is never null: of those that a killed load has not tied to a model it is the id by
    which the graph has that model. Models move with the Changes that tell of it, all or none."""
    names = undone.filter(pl.col("field") == "id").select(
        "snapshot", "model", still=pl.when(pl.col("of").is_null()).then(pl.col("before").list.first())
    )
    joined = undone.join(names, on=["snapshot", "model"], how="left", maintain_order="left")
    return joined.with_columns(of=pl.coalesce("of", "still", "model")).drop("still")


def _undone_values(placed: pl.DataFrame, aliases: pl.DataFrame, licenses: Table) -> pl.DataFrame:
    """What the earliest of these Changes of a model and field says of before, for history.overlaid."""
    rows = placed.select("as_of", "field", id="of", value="before").sort("as_of")
    first = rows.unique(["id", "field"], keep="first", maintain_order=True)
    spelt = declared.grouped(
        first.select("id", "field", "value").explode("value").drop_nulls("value"), aliases, licenses
    )
    return first.select("id", "field").join(spelt, on=["id", "field"], how="left")


def _single(rows: pl.DataFrame, field: str) -> pl.DataFrame:
    """Columns `id` and `value` as declared.VALUES of one field."""
    return rows.select("id", field=pl.lit(field), values=pl.concat_list("value"), keys="value").cast(VALUES)


def _aliases(told: pl.DataFrame, renamed: pl.DataFrame | None = None) -> pl.DataFrame:
    """The alias table with the renames among these Changes, and those of `renamed`, whose date does not matter yet."""
    shipped = resolve.alias_table()
    names = told.filter(pl.col("field") == "id").sort("as_of")
    learned = names.select(
        alias=pl.col("before").list.first(),
        id="of",
        source=pl.lit("hub_id"),
        since=pl.col("as_of").dt.strftime("%Y-%m-%d"),
    )
    if renamed is not None:
        new = renamed.select(alias="old", id="new", source=pl.lit("hub_id"), since=pl.lit(None, pl.String()))
        learned = pl.concat([learned, new])
    lower = pl.col("id").str.to_lowercase()
    learned = (
        learned.with_columns(alias_lower=pl.col("alias").str.to_lowercase())
        .filter(pl.col("alias_lower") != lower)
        .unique("alias_lower", keep="last", maintain_order=True)
        .select(shipped.columns)
    )
    moved = learned.select(target="alias_lower", now="id")
    followed = (
        shipped.join(learned, on="alias_lower", how="anti", maintain_order="left")
        .with_columns(target=lower)
        .join(moved, on="target", how="left", maintain_order="left")
        .with_columns(id=pl.coalesce("now", "id"))
    )
    return pl.concat([followed.select(shipped.columns), learned])


def _with_former_licenses(given: Records, told: pl.DataFrame) -> Records:
    """The models with the licences that they declared before, as the Changes tell: `moment license`, oldest first."""
    moment = pl.col("previous_as_of").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    former = (
        told.filter(pl.col("field") == "license")
        .sort("previous_as_of")
        .explode("before")
        .drop_nulls("before")
        .group_by(id="of", maintain_order=True)
        .agg(former=pl.concat_str(moment, "before", separator=" "))
    )
    models = given.models.join(former, on="id", how="left", maintain_order="left")
    return replace(given, models=models.with_columns(former_licenses="former").drop("former"))
