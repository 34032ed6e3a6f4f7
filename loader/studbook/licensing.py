"""Licences along the lineage: what each edge, and each model's label, makes of the licences above it.

Thousands of models ask the same question, so that `verdicts` is called once for each distinct one; everything else is
columns and bit sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from studbook import derive, verdicts
from studbook.derive import Bools, Ints, Words
from studbook.licenses import Table
from studbook.records import BACKFILLED, Records
from studbook.resolve import Resolved
from studbook.verdicts import Declared, Upstream, Verdict

INCOMPLETE = ("PARENT_SILENT", "PARENT_MISSING", "PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED")
"""Why not everything above a model is known. Each is true of some ancestor; of the last, the model itself is one."""
SUSPECTED = "UNDECLARED_PARENT_SUSPECTED"
_REASONS = (*INCOMPLETE, SUSPECTED)
_MERGED = len(_REASONS)
"""Place of the bit that a merge leaves."""
_ALL = np.uint64(2**64 - 1)
_STRINGS = pl.List(pl.String())


@dataclass(frozen=True)
class Licensing:
    """`edges` has a row per edge: `license_change`, `license_verdict`, `license_reasons`. `labels` has one per model:
    `upstream_terms`, `upstream_complete`, `undecidable_reasons`, `label_verdict`, `label_reasons`; see schema.py."""

    edges: pl.DataFrame
    labels: pl.DataFrame


def licensing(resolved: Resolved, table: Table, *, touched: Ints, child: Ints, parent: Ints) -> Licensing:
    """What `verdicts` says of every edge and of every label.

    `touched` are the rows of models that have an edge or an unresolved parent, ascending; `child` and `parent` are the
    ends of the edges as places in it. What an organisation concluded stands for what the model declares.
    """
    models, edges = resolved.records.models, resolved.edges
    missing = (models["status"] == "missing").to_numpy()
    unresolved = _marked(models.height, resolved.unresolved["model"].to_numpy())
    parentless = ~(_marked(models.height, edges["child"].to_numpy()) | unresolved | missing)
    suspected = parentless & models["parent_hints"].is_not_null().to_numpy()
    sets = _Sets.of(resolved.records, table)
    above_another = _marked(models.height, edges["parent"].to_numpy())
    published = _publishers(models, table, needed=above_another | (sets.vendors[sets.key] != 0))

    reasons = np.zeros(models.height, dtype=np.uint64)
    states = ((sets.key == 0) & ~missing, missing, sets.unknown[sets.key], unresolved, suspected)
    for place, where in enumerate(states):
        reasons[where] |= np.uint64(1 << place)
    upstream = _Upstream.of(
        sets,
        table,
        key=sets.key[touched],
        vendors=published[touched] | sets.vendors[sets.key[touched]],
        reasons=reasons[touched],
        child=child,
        parent=parent,
        relation=edges["relation"],
    )
    state = np.zeros(models.height, dtype=np.int64)
    state[touched] = upstream.state
    judged = _Judged(
        table,
        sets,
        vendor_known=(sets.vendors[sets.key] & ~(published | upstream.vendors[state])) == 0,
        prefixes=_Prefixes.of(models["id"], table, rows=np.flatnonzero(upstream.asks_a_name[state])),
        gated=models["gated"],
        created=models["created_at"],
        missing=missing,
    )
    verdict = judged.edges(edges)
    labels = judged.labels(upstream, state, unresolved=unresolved, suspected=suspected)
    return Licensing(
        edges=verdict.with_columns(license_change=_changes(edges, sets, table, missing)),
        labels=labels.with_columns(
            pl.when(pl.Series(~missing)).then(pl.col(name)).alias(name) for name in ("label_verdict", "label_reasons")
        ),
    )


@dataclass(frozen=True)
class _Sets:
    """The distinct sets of licences that models are under. Number 0 is the empty set."""

    sets: list[frozenset[str]]
    key: Ints
    """For each model the number of its set."""
    unknown: Bools
    """By set: it holds a licence whose terms nobody has read."""
    vendors: Words
    """By set: a bit for each vendor whose terms are in it."""

    former: pl.DataFrame
    """`parent` (a model), `until` (a moment) and `set`, the number of the set that it declared until then."""

    @staticmethod
    def of(records: Records, table: Table) -> _Sets:
        spelt = _grouped(_effective(records), "model")
        former = _grouped(_former(records.models), "model", "until")
        distinct = pl.concat([spelt.select("text", "license"), former.select("text", "license")])
        distinct = distinct.unique("text").sort("text").with_row_index("set", offset=1)
        numbers = distinct.select("text", pl.col("set").cast(pl.Int64))
        numbered = spelt.join(numbers, on="text", how="left", maintain_order="left")
        key = np.zeros(records.models.height, dtype=np.int64)
        key[numbered["model"].to_numpy()] = numbered["set"].to_numpy()
        sets = [frozenset[str](), *map(frozenset, distinct["license"].to_list())]
        families = _vendor_families(table)
        return _Sets(
            sets,
            key,
            np.array([bool(names - _known(names, table)) for names in sets], dtype=bool),
            np.array(
                [_mask(families, (table.rows[name].vendor for name in _known(names, table))) for names in sets],
                dtype=np.uint64,
            ),
            former.join(numbers, on="text").select("until", "set", parent="model"),
        )


def _grouped(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """The licences of each group as a sorted list, and as the `text` that two equal sets share."""
    ordered = rows.sort(*by, "license").group_by(*by, maintain_order=True).agg("license")
    return ordered.with_columns(text=pl.col("license").list.join("\n"))


def _former(models: pl.DataFrame) -> pl.DataFrame:
    """Columns `model`, `until`, `license`, from `former_licenses`."""
    told = models.select("former_licenses").with_row_index("model").drop_nulls().explode("former_licenses")
    parts = pl.col("former_licenses").str.splitn(" ", 2).struct
    return told.select(
        "model",
        until=parts[0].str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"),
        license=parts[1],
    )


def _effective(records: Records) -> pl.DataFrame:
    """Columns `model`, `license`: what the organisation concluded, else what the model declares."""
    concluded = (
        records.models.select("concluded_licenses")
        .with_row_index("model")
        .drop_nulls()
        .explode("concluded_licenses")
        .rename({"concluded_licenses": "license"})
    )
    declared = records.licenses.select("model", "license")
    if concluded.is_empty():
        return declared
    return pl.concat([declared.join(concluded, on="model", how="anti", maintain_order="left"), concluded])


def _known(names: Iterable[str], table: Table) -> frozenset[str]:
    return frozenset(name for name in names if (row := table.rows.get(name)) is not None and row.known)


def _vendor_families(table: Table) -> list[str]:
    families = sorted({row.vendor for row in table.rows.values() if row.vendor} | table.vendors.keys())
    if len(families) > 64:
        raise ValueError(f"{len(families)} families of vendors do not fit into the bits of one word")
    return families


def _mask(places: Sequence[str], names: Iterable[str | None]) -> int:
    return sum({1 << places.index(name) for name in names if name is not None})


def _publishers(models: pl.DataFrame, table: Table, *, needed: Bools) -> Words:
    """For each model a bit for each vendor's family that its owner publishes; 0 where it is not needed."""
    families = _vendor_families(table)
    owners: dict[str, int] = {}
    for family, accounts in table.vendors.items():
        for account in accounts:
            owners[account] = owners.get(account, 0) | _mask(families, [family])
    rows = np.flatnonzero(needed)
    owner = models["id"].gather(rows).str.split_exact("/", 1).struct.field("field_0").str.to_lowercase()
    bits = np.zeros(models.height, dtype=np.uint64)
    known = owner.replace_strict(list(owners), list(owners.values()), default=0, return_dtype=pl.UInt64)
    bits[rows] = known.to_numpy()
    return bits


@dataclass(frozen=True)
class _Upstream:
    """What reaches models from above. Few states are distinct; number 0 is that nothing does."""

    state: Ints
    """For each touched model the number of its state."""
    licenses: list[Upstream]
    """By state, for `verdicts`."""
    terms: pl.Series
    """By state: the terms asked, sorted; null for none."""
    vendors: Words
    """By state: bits of the vendors above."""
    reasons: Words
    """By state: bits of _REASONS."""
    asks_a_name: Bools
    """By state: a licence above asks that names begin with a word."""

    @staticmethod
    def of(
        sets: _Sets,
        table: Table,
        *,
        key: Ints,
        vendors: Words,
        reasons: Words,
        child: Ints,
        parent: Ints,
        relation: pl.Series,
    ) -> _Upstream:
        parents = np.unique(key[parent])
        names = sorted({name for number in parents for name in _known(sets.sets[number], table)})
        terms = sorted({term for name in names for term in table.rows[name].terms or ()})
        width, term_width = _words(len(names)), _words(len(terms))
        # One row for each set of licences; models take theirs by number.
        single = np.zeros((len(sets.sets), width), dtype=np.uint64)
        choice, asked = np.zeros_like(single), np.zeros((len(sets.sets), term_width), dtype=np.uint64)
        for number in parents.tolist():
            known = _known(sets.sets[number], table)
            _set(single if len(sets.sets[number]) == 1 else choice, number, [names.index(name) for name in known])
            # A model under several licences leaves the choice open, so that only what all of them ask is known.
            rows = [table.rows[name] if name in known else None for name in sets.sets[number]]
            asks = [row.terms or frozenset[str]() if row else frozenset[str]() for row in rows]
            common = frozenset.intersection(*asks) if asks else frozenset[str]()
            _set(asked, number, [terms.index(term) for term in common])

        alike = _alike(len(key), child, parent, relation)
        kept = np.flatnonzero(alike == np.arange(len(key)))
        place = np.zeros(len(key), dtype=np.int64)
        place[kept] = np.arange(len(kept))
        stays = alike[child] == child
        child, parent, relation = place[child[stays]], place[parent[stays]], relation.filter(pl.Series(stays))
        mine = key[kept]
        own = np.column_stack(
            [*[single[mine]] * 3, choice[mine], asked[mine], vendors[kept, None], reasons[kept, None]]
        )
        ends = np.cumsum([width, width, width, width, term_width, 1])
        passes = np.full((len(child), own.shape[1]), _ALL)
        passes[(relation == "adapter").fill_null(value=False).to_numpy(), ends[0] : ends[1]] = 0
        passes[(relation != "quantized").fill_null(value=True).to_numpy(), ends[1] : ends[2]] = 0
        edge = np.zeros_like(passes)
        edge[(relation == "merge").fill_null(value=False).to_numpy(), -1] = np.uint64(1 << _MERGED)
        received = pl.DataFrame(derive.upstream_bits(len(kept), child, parent, own=own, edge=edge, passes=passes))

        nothing = received.clear(1).fill_null(0)
        distinct = pl.concat([nothing, received]).unique(maintain_order=True).with_row_index("state")
        state = received.join(distinct, on=received.columns, how="left", maintain_order="left")["state"]
        words = distinct.drop("state").to_numpy()
        *licenses, found, above, why = np.split(words, ends, axis=1)
        prefixed = np.zeros((1, width), dtype=np.uint64)
        _set(prefixed, 0, [place for place, name in enumerate(names) if table.rows[name].prefix])
        why = why[:, 0]
        return _Upstream(
            state.to_numpy().astype(np.int64)[place[alike]],
            [
                Upstream(
                    licenses=_named(every, names),
                    firm=_named(firm, names),
                    copied=_named(copied, names),
                    choices=_named(choices, names),
                    merged=bool(bits >> _MERGED & 1),
                    complete=not bits & _mask(_REASONS, INCOMPLETE),
                    suspected=bool(bits & _mask(_REASONS, [SUSPECTED])),
                )
                for every, firm, copied, choices, bits in zip(
                    *(part.tolist() for part in licenses), why.tolist(), strict=True
                )
            ],
            _spelt(found, terms),
            above[:, 0],
            why & np.uint64(_mask(_REASONS, _REASONS)),
            np.any((licenses[0] | licenses[3]) & prefixed, axis=1),
        )


def _alike(size: int, child: Ints, parent: Ints, relation: pl.Series) -> Ints:
    """For each node the first that receives the same from above: childless ones of one parent by the same relation.

    Most nodes are such: of a hub's 33,000 children three or four are left.
    """
    alike = np.arange(size)
    parents = np.bincount(child, minlength=size)
    only = np.flatnonzero((parents[child] == 1) & (np.bincount(parent, minlength=size)[child] == 0))
    rows = pl.DataFrame({"child": child[only], "parent": parent[only], "relation": relation.gather(only)})
    alike[child[only]] = rows.select(pl.col("child").first().over("parent", "relation")).to_series().to_numpy()
    return alike


def _words(count: int) -> int:
    return max(1, -(-count // 64))


def _set(bits: Words, row: int, places: Iterable[int]) -> None:
    for place in places:
        bits[row, place // 64] |= np.uint64(1 << (place % 64))


def _spelt(bits: Words, names: Sequence[str]) -> pl.Series:
    """The sets as sorted lists, null for the empty set; distinct sets are few, so each is spelt once."""
    sets = pl.DataFrame(bits)
    distinct = sets.unique()
    lists = [sorted(_named(row, names)) or None for row in distinct.iter_rows()]
    known = distinct.with_columns(names=pl.Series(lists, dtype=_STRINGS))
    return sets.join(known, on=sets.columns, how="left", maintain_order="left")["names"]


def _named(words: Sequence[int], names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for place, name in enumerate(names) if words[place // 64] >> (place % 64) & 1)


@dataclass(frozen=True)
class _Prefixes:
    """What the names of models begin with, where some licence above asks for that. Number 0 is "not asked"."""

    sets: list[frozenset[str] | None]
    key: Ints

    @staticmethod
    def of(ids: pl.Series, table: Table, *, rows: Ints) -> _Prefixes:
        name = pl.DataFrame({"name": ids.gather(rows).str.replace("^[^/]*/", "")})
        kept = name.select(text=table.prefixes_kept(pl.col("name")).list.join("\n"))["text"]
        distinct = kept.unique().sort()
        key = np.zeros(len(ids), dtype=np.int64)
        numbers = kept.replace_strict(
            distinct, pl.int_range(1, len(distinct) + 1, eager=True), return_dtype=pl.Int64, default=0
        )
        key[rows] = numbers.to_numpy()
        return _Prefixes([None, *(frozenset(text.split("\n")) - {""} for text in distinct)], key)


@dataclass(frozen=True)
class _Judged:
    """Asks `verdicts` once for each distinct question."""

    table: Table
    sets: _Sets
    vendor_known: Bools
    prefixes: _Prefixes
    gated: pl.Series
    created: pl.Series
    missing: Bools

    def edges(self, edges: pl.DataFrame) -> pl.DataFrame:
        """`license_verdict` and `license_reasons` of each edge."""
        child, parent = edges["child"].to_numpy(), edges["parent"].to_numpy()
        of_its_time, relicensed = self._of_its_time(edges)
        gated = (self.gated.is_not_null() & (self.gated != "false")).to_numpy()
        open_ = (self.gated == "false").fill_null(value=False).to_numpy()
        beside, company = self._company(edges)
        questions = pl.DataFrame(
            {
                "parent": of_its_time,
                "relicensed": relicensed,
                "missing": self.missing[parent],
                "child": self.sets.key[child],
                "gate_lost": gated[parent] & open_[child],
                "vendor_known": self.vendor_known[child],
                "prefix": self.prefixes.key[child],
                "relation": edges["relation"],
                "company": company,
            }
        )

        def ask(row: tuple[int, bool, bool, int, bool, bool, int, str | None, int]) -> Verdict:
            above, relicensed, missing, below, gate_lost, vendor_known, prefix, relation, others = row
            return verdicts.judge(
                [Declared(self.sets.sets[above], missing=missing, relicensed=relicensed, gated=gate_lost or None)],
                Declared(
                    self.sets.sets[below],
                    gated=False if gate_lost else None,
                    vendor_known=vendor_known,
                    prefixes=self.prefixes.sets[prefix],
                ),
                relation,
                table=self.table,
                beside=beside[others],
            )

        distinct = questions.unique(maintain_order=True)
        return _answered(questions, distinct, list(map(ask, distinct.iter_rows())), "license")

    def _of_its_time(self, edges: pl.DataFrame) -> tuple[Ints, Bools]:
        """For each edge the set that its parent declared when the child was made, as far as that is known, and whether
        the parent has declared another since."""
        key, relicensed = self.sets.key[edges["parent"].to_numpy()], np.zeros(edges.height, dtype=bool)
        made = (
            edges.select("parent", made=self.created.gather(edges["child"]))
            .with_row_index("edge")
            .filter(pl.col("made") > BACKFILLED)
            .join(self.sets.former, on="parent")
            .filter(pl.col("made") <= pl.col("until"))
            .sort("until")
            .unique("edge", keep="first", maintain_order=True)
        )
        # Given back, a licence is the same again.
        made = made.filter(pl.Series(key[made["edge"].to_numpy()]) != made["set"])
        key[made["edge"].to_numpy()] = made["set"].to_numpy()
        relicensed[made["edge"].to_numpy()] = True
        return key, relicensed

    def _company(self, edges: pl.DataFrame) -> tuple[list[frozenset[str]], Ints]:
        """For each edge of a merge the number of the set of its parents' licences, of which the list has the sets.

        The edge's own parent is among them: `verdicts` looks at those of other names only.
        """
        merges = edges.with_row_index("edge").filter(pl.col("relation") == "merge").select("edge", "child", "parent")
        keys = merges.select("child", key=pl.Series(self.sets.key[merges["parent"].to_numpy()])).unique()
        together = (
            keys.sort("child", "key")
            .group_by("child", maintain_order=True)
            .agg("key")
            .with_columns(text=pl.col("key").cast(_STRINGS).list.join(" "))
        )
        distinct = together.unique("text", maintain_order=True).with_row_index("company", offset=1)
        numbered = together.join(distinct.select("text", "company"), on="text").select("child", "company")
        numbers = merges.join(numbered, on="child", how="left", maintain_order="left")
        company = np.zeros(edges.height, dtype=np.int64)
        company[merges["edge"].to_numpy()] = numbers["company"].to_numpy()
        joined = [frozenset[str]().union(*(self.sets.sets[key] for key in keys)) for keys in distinct["key"].to_list()]
        return [frozenset(), *joined], company

    def labels(self, upstream: _Upstream, state: Ints, *, unresolved: Bools, suspected: Bools) -> pl.DataFrame:
        """The columns of Licensing.labels, `missing` models included. `state` numbers what reaches each model."""
        questions = pl.DataFrame(
            {
                "own": self.sets.key,
                "vendor_known": self.vendor_known,
                "prefix": self.prefixes.key,
                "state": state,
                "unresolved": unresolved,
                "suspected": suspected,
            }
        )

        def ask(row: tuple[int, bool, int, int, bool, bool]) -> Verdict:
            own, vendor_known, prefix, number, unresolved, suspected = row
            above = upstream.licenses[number]
            return verdicts.label(
                Declared(self.sets.sets[own], vendor_known=vendor_known, prefixes=self.prefixes.sets[prefix]),
                replace(
                    above,
                    complete=above.complete and not unresolved,
                    suspected=above.suspected or suspected,
                ),
                table=self.table,
            )

        distinct = questions.unique(maintain_order=True)
        answered = _answered(questions, distinct, list(map(ask, distinct.iter_rows())), "label")
        reasons = upstream.reasons[state]
        for code, where in (("PARENT_UNRESOLVED", unresolved), (SUSPECTED, suspected)):
            reasons[where] |= np.uint64(_mask(_REASONS, [code]))
        return answered.with_columns(
            upstream_terms=upstream.terms.gather(state),
            upstream_complete=pl.Series(reasons & np.uint64(_mask(_REASONS, INCOMPLETE)) == 0),
            undecidable_reasons=_spelt(reasons[:, None], _REASONS),
        )


def _answered(questions: pl.DataFrame, distinct: pl.DataFrame, answers: list[Verdict], name: str) -> pl.DataFrame:
    """`<name>_verdict` and `<name>_reasons` of each question, in order."""
    told = distinct.with_columns(
        pl.Series(f"{name}_verdict", [answer.level for answer in answers], pl.String()),
        # By way of text: polars takes 50 µs to make a list of a Python list.
        pl.Series(f"{name}_reasons", [" ".join(answer.reasons) for answer in answers], pl.String()).str.split(" "),
    )
    joined = questions.join(told, on=questions.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined.select(f"{name}_verdict", f"{name}_reasons")


def _changes(edges: pl.DataFrame, sets: _Sets, table: Table, missing: Bools) -> pl.Series:
    """Table.change() of each edge; what a missing parent declared is unknown, which is not the same as silence."""
    ends = pl.DataFrame({"before": sets.key[edges["parent"].to_numpy()], "after": sets.key[edges["child"].to_numpy()]})
    pairs = ends.unique()
    words = [table.change(sets.sets[before], sets.sets[after]) for before, after in pairs.iter_rows()]
    answered = pairs.with_columns(word=pl.Series(words, dtype=pl.String))
    change = ends.join(answered, on=["before", "after"], how="left", maintain_order="left")["word"]
    return change.set(pl.Series(missing[edges["parent"].to_numpy()]), "unknown")


def _marked(count: int, rows: np.ndarray) -> Bools:
    marked = np.zeros(count, dtype=bool)
    marked[rows] = True
    return marked
