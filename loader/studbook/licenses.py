"""The licence table: which terms each licence asks, and how two sets of terms compare.

A licence is a set of terms, never a rank: no order of restrictiveness is invented. The table is `data/licenses.csv`
(sources and confidence in its columns). Notices and credits are no terms here, because every label asks for some.
"""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl

from studbook import resources

OPAQUE = ("other", "unknown")
"""Hub ids that name no text: two of them are not "the same licence"."""

CHANGES = ("kept", "loosened", "tightened", "changed", "dropped", "added", "unknown")


def version() -> str:
    """Digest of the licence table, as stored on every Snapshot."""
    return hashlib.sha256((resources.DATA / "licenses.csv").read_bytes()).hexdigest()[:12]


@cache
def rows() -> pl.DataFrame:
    """The table as it is written, other spellings among it; empty cells are null."""
    return pl.read_csv(resources.DATA / "licenses.csv", infer_schema=False)


@cache
def aliases() -> pl.DataFrame:
    """Other spellings of a licence: columns `alias`, `license`, both in lower case."""
    named = rows().filter(pl.col("alias_of").is_not_null())
    return named.select(alias="tag", license="alias_of")


@cache
def table() -> pl.DataFrame:
    """The shipped licences, see read()."""
    return read(rows())


def read(written: pl.DataFrame) -> pl.DataFrame:
    """Licences written as in rows(), one row each with the columns of the License node, hash excepted, and `complete`.

    `terms` is the sorted list of terms, empty when the licence asks nothing beyond notices, null when its text is
    unknown. `complete` tells whether every term is known, so that an absent term is known to be absent.
    """
    written = written.filter(pl.col("alias_of").is_null())
    rule = pl.col("child_licence_rule").str.split("+")
    known = pl.col("commercial_use") != "unknown"
    complete = (
        known
        & (pl.col("derivatives") != "unknown")
        & (pl.col("share_alike") != "unknown")
        & (pl.col("use_restrictions") != "unknown")
        # A family tag such as `openrail` has restrictions, but which list is unknown.
        & (pl.col("restriction_set") != "unknown").fill_null(value=True)
    )
    terms = pl.concat_list(
        pl.when(pl.col("commercial_use") == "no").then(pl.lit("noncommercial")),
        pl.when(pl.col("commercial_use") == "computational_use_only").then(pl.lit("computational_use_only")),
        pl.when(pl.col("commercial_use") == "conditional").then(pl.lit("commercial_use_conditional")),
        pl.when(pl.col("derivatives").is_in(["no", "not_granted", "private_only"])).then(pl.lit("no_derivatives")),
        pl.when(~pl.col("share_alike").is_in(["none", "unknown"])).then("share_alike:" + pl.col("share_alike")),
        pl.when(pl.col("use_restrictions") == "yes").then(
            "use_restrictions:" + pl.col("restriction_set").fill_null("unknown")
        ),
        pl.when(rule.list.contains("carry_agreement")).then(pl.lit("agreement")),
        pl.when(rule.list.contains("name_prefix")).then(pl.lit("name_prefix")),
        pl.when(pl.col("output_restriction").str.contains("no_other_models:", literal=True)).then(
            pl.lit("outputs_no_other_models")
        ),
        pl.when(pl.col("territory_restriction").is_not_null()).then(pl.lit("territory")),
    ).list.drop_nulls()
    return written.select(
        id="tag",
        name="name",
        spdx_id="spdx_id",
        family="family",
        terms=pl.when(known | (terms.list.len() > 0)).then(terms.list.sort()),
        commercial_use="commercial_use",
        derivatives="derivatives",
        share_alike="share_alike",
        use_restrictions="use_restrictions",
        restriction_set="restriction_set",
        scale_threshold="scale_threshold",
        source="source",
        confidence="confidence",
        known=pl.lit(value=True),
        complete=complete,
    )


def canonical(names: pl.Expr) -> pl.Expr:
    """License ids for declared names: lower case, trimmed, other spellings replaced. Unknown names stay themselves."""
    spelt = names.str.to_lowercase().str.strip_chars()
    known = aliases()
    return spelt.replace(known["alias"], known["license"])


def change(parent: frozenset[str], child: frozenset[str]) -> str | None:
    """What became of the terms from parent to child, each given as the set of its License ids.

    One of `CHANGES`, or None when neither declares a licence. Several licences on one model are several readings:
    a word other than `unknown` is said only when all readings agree. Two models under the same unresolved name keep
    it; two under bare `other` do not.
    """
    if not parent or not child:
        return "dropped" if parent else "added" if child else None
    words = {_change(p, c) for p in parent for c in child} if parent != child else {_kept(parent)}
    return words.pop() if len(words) == 1 else "unknown"


def _kept(licenses: frozenset[str]) -> str:
    return "unknown" if licenses & set(OPAQUE) else "kept"


def _change(parent: str, child: str) -> str:
    if parent == child:
        return _kept(frozenset({parent}))
    terms, complete = _terms()
    before, after = terms.get(parent), terms.get(child)
    if before is None or after is None:
        return "unknown"
    if before > after and complete[child]:
        return "loosened"
    if before < after and complete[parent]:
        return "tightened"
    if not (complete[parent] and complete[child]):
        return "unknown"  # a term missing from an incomplete row may be there all the same
    return "kept" if before == after else "changed"


@cache
def _terms() -> tuple[dict[str, frozenset[str]], dict[str, bool]]:
    known = table().filter(pl.col("terms").is_not_null())
    terms = {name: frozenset(terms) for name, terms in zip(known["id"], known["terms"].to_list(), strict=True)}
    return terms, dict(zip(known["id"], known["complete"], strict=True))
