"""Who descends from whom on an invented Hub with the shape of the real one, at any size.

Counts are those of the July 2025 crawl (Laufer, Oderinwale and Kleinberg, arXiv:2508.06811, and the authors'
notebooks and figures), in proportion to the number of models wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MODELS = 1_860_411
"""Models of the crawl."""

EDGES = {"finetune": 189_391, "adapter": 241_417, "quantized": 101_921, "merge": 40_924}
"""Edges whose parent is in the crawl, by relation; 573,653 in all."""

REFERENCES = 631_225
"""Parents that are named, in the crawl or not."""

COMPONENTS = 1_308_021
"""Weakly connected components when parents outside the crawl are kept as nodes. What is drawn comes within 1 % of it."""

HUBS = (33_042, 32_501, 30_581, 23_794, 9_565, 9_361, 8_430, 6_457, 5_556, 4_000)
"""Most direct children of one model."""

HUB_RELATIONS = (*("adapter",) * 5, "finetune", *("adapter",) * 2, *("finetune",) * 2)
"""How most children of each hub come from it: image and chat models by adapters, encoders by finetuning."""

BREEDING = {"finetune": 15_047, "quantized": 970, "adapter": 458}
"""Children with children of their own, by the relation that made them."""

BREEDING_MERGES = 6_700
"""Not published: merges of merges and quantised merges are common, so somewhat less than half of them."""

GENERATIONS = 40
LARGEST_MERGE = 65

UNTYPED, WRONG_CASE, PATHS, TWO_RELATIONS = 3_156, 3_000, 630, 250
"""References beyond `EDGES`: 0.5 % name no relation, some misspell the letter case, some are folders on a disk, and
some parents are declared under two relations. Invented, but for the first; the other references beyond `EDGES` lead
to models outside the crawl."""

SMALLEST = 10_000
"""Below this many models a merge of 65 and a chain of 40 do not fit beside the proportions."""

_WAVES = 16  # breeders descend from roots or from breeders of an earlier wave, so no path but a chain is longer
_LAST_STEP = _WAVES + GENERATIONS


@dataclass(frozen=True)
class Lineage:
    """References between models, which are numbered from 0; the ten hubs come first.

    `references` is in declared order: `child`, `parent` (null outside the crawl), `stub` (number of the model outside
    the crawl), `relation` (null when none is declared), `spelling` (exact, case, stub or path).
    `step` is 0 for models without listed parents and in cycles, else more than the step of every parent.
    `first_parent` is -1 where `step` is 0.
    """

    models: int
    references: pl.DataFrame
    step: Ints
    first_parent: Ints


def scaled(count: int, models: int, *, least: int = 1) -> int:
    """A count of the crawl for a Hub of so many models."""
    return max(least, round(count * models / MODELS))


def share_out(total: int, weights: Floats, *, least: Ints | int, most: Ints | int) -> Ints:
    """Whole numbers about in proportion to weights, each within its bounds, that sum to `total`."""
    low, high = 0.0, total / float(weights.min())
    for _ in range(100):
        middle = (low + high) / 2
        if np.clip(middle * weights, least, most).sum() < total:
            low = middle
        else:
            high = middle
    wanted = np.clip(high * weights, least, most)
    counts = np.floor(wanted).astype(np.int64)
    rest = total - int(counts.sum())
    counts[np.argsort(counts - wanted, kind="stable")[:rest]] += 1
    return counts


def draw(models: int, rng: np.random.Generator) -> Lineage:
    """References with the crawl's marginals. Raises ValueError below `SMALLEST` models."""
    if models < SMALLEST:
        raise ValueError(f"{models} models: below {SMALLEST} the crawl's shape does not fit")
    cast = _cast(models, rng)
    breeding, step, family = _breed(cast, models, rng)
    leaves = _leaves(cast, breeding, family, rng)
    step[cast.alone :] = _LAST_STEP
    edges = pl.concat([breeding, *leaves])
    others = _others(cast, edges, rng)
    references = pl.concat([edges, others])
    first_parent = np.full(models, -1)
    # The first of several is written last.
    backwards = references.drop_nulls("parent").select("child", "parent").reverse()
    first_parent[backwards["child"].to_numpy()] = backwards["parent"].to_numpy()
    first_parent[step == 0] = -1
    step[first_parent < 0] = 0
    return Lineage(models=models, references=references, step=step, first_parent=first_parent)


@dataclass(frozen=True)
class _Cast:
    """Numbers of the models that have children, and of merges; `alone` is the first number after them."""

    models: int
    hubs: Ints
    roots: Ints
    loops: tuple[Ints, ...]  # a row for each cycle, of one to three models
    chains: Ints  # a row for each chain, from the root down
    breeders: dict[str, Ints]  # children with children, by relation; no merges
    breeding_merges: Ints
    leaf_merges: Ints
    merge_size: Ints  # parents of each model that is a merge
    alone: int

    def n(self, count: int, *, least: int = 1) -> int:
        """A count of the crawl for as many models."""
        return scaled(count, self.models, least=least)

    @property
    def looped(self) -> Ints:
        return np.concatenate([loop.ravel() for loop in self.loops])

    @property
    def directly_merged(self) -> Ints:
        """Roots that merges take; the others are further from them."""
        return self.roots[: max(100, self.roots.size // 20)]

    @property
    def merges(self) -> Ints:
        return np.concatenate([self.breeding_merges, self.leaf_merges])


def _cast(models: int, rng: np.random.Generator) -> _Cast:
    taken = 0

    def take(count: int) -> Ints:
        nonlocal taken
        taken += count
        return np.arange(taken - count, taken)

    def n(count: int, *, least: int = 1) -> int:
        return scaled(count, models, least=least)

    hubs, roots = take(len(HUBS)), take(n(45_000))
    loops = tuple(
        take(length * count).reshape(-1, length)
        for length, count in ((1, n(300, least=3)), (2, n(40, least=2)), (3, n(10)))
    )
    chains = take((GENERATIONS + 1) * n(8)).reshape(-1, GENERATIONS + 1)
    breeding = {relation: n(count) for relation, count in BREEDING.items()}
    breeding["finetune"] -= sum(loop.size for loop in loops) + chains[:, 1:-1].size
    breeders = {relation: take(count) for relation, count in breeding.items()}
    single = n(2_000)
    sizes = np.concatenate([np.ones(single, np.int64), _merge_sizes(n(EDGES["merge"]) - single, n(15_000), rng)])
    breeding_merges = take(n(BREEDING_MERGES))
    leaf_merges = take(sizes.size - breeding_merges.size)
    merge_size = np.zeros(models, np.int64)
    largest = leaf_merges[:1]  # a leaf, so that it has every breeder to choose from
    merge_size[np.concatenate([largest, breeding_merges, leaf_merges[1:]])] = np.concatenate(
        [sizes[sizes.argmax()][None], rng.permutation(np.delete(sizes, sizes.argmax()))]
    )
    return _Cast(
        models=models,
        hubs=hubs,
        roots=roots,
        loops=loops,
        chains=chains,
        breeders=breeders,
        breeding_merges=breeding_merges,
        leaf_merges=leaf_merges,
        merge_size=merge_size,
        alone=taken,
    )


def _breed(cast: _Cast, models: int, rng: np.random.Generator) -> tuple[pl.DataFrame, Ints, Ints]:
    """Edges of breeders, chains, cycles and merges; each model's step; and its family, the root of first parents."""
    step, family = np.zeros(models, np.int64), np.arange(models)
    edges = [_rows(loop.ravel(), np.roll(loop, 1, axis=1).ravel(), "finetune", "exact") for loop in cast.loops]
    edges.append(_rows(cast.chains[:, 1:].ravel(), cast.chains[:, :-1].ravel(), "finetune", "exact"))
    step[cast.chains] = np.arange(GENERATIONS + 1)
    family[cast.chains] = cast.chains[:, :1]
    weights = np.array(HUBS) / sum(HUBS)

    def top(count: int) -> Ints:
        """Hubs and roots, the earlier the likelier."""
        root = cast.roots[(cast.roots.size * rng.random(count) ** 2).astype(np.int64)]
        return np.where(rng.random(count) < 0.2, rng.choice(cast.hubs, count, p=weights), root)

    def waves(who: Ints) -> Ints:
        return np.minimum(rng.geometric(0.6, who.size), _WAVES)

    wave_of = {relation: waves(who) for relation, who in cast.breeders.items()}
    merges = np.concatenate([cast.breeding_merges, cast.leaf_merges])
    wave_of_merge = np.minimum(waves(merges) + 1, _WAVES)
    wave_of_merge[cast.breeding_merges.size :] = _WAVES + 1
    bred = np.zeros(0, np.int64)  # those of earlier waves
    for wave in range(1, _WAVES + 2):
        born = []
        for relation, who in cast.breeders.items():
            child = who[wave_of[relation] == wave]
            parent = top(child.size)
            if bred.size:
                parent = np.where(rng.random(child.size) < 0.7, rng.choice(bred, child.size), parent)
            edges.append(_rows(child, parent, relation, "exact"))
            family[child] = family[parent]
            born.append(child)
        mixed = merges[wave_of_merge == wave]
        if mixed.size:
            sizes = cast.merge_size[mixed]
            parent = _merge_parents(sizes, np.concatenate([cast.directly_merged, bred]), family, rng)
            edges.append(_rows(np.repeat(mixed, sizes), parent, "merge", "exact"))
            family[mixed] = family[parent[np.cumsum(sizes) - sizes]]
            born.append(mixed)
        step[np.concatenate(born)] = wave
        bred = np.concatenate([bred, *born])
    return pl.concat(edges), step, family


def _leaves(cast: _Cast, breeding: pl.DataFrame, family: Ints, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Edges of the children without children, which fill the places that each parent's size leaves open."""
    sizes = np.array([cast.n(size) for size in HUBS])
    largest = int(sizes.min() * 0.9)  # of a model that is no hub
    plain = np.concatenate(
        [cast.roots, cast.looped, cast.chains[:, :-1].ravel(), *cast.breeders.values(), cast.breeding_merges]
    )
    used = np.bincount(breeding["parent"].to_numpy(), minlength=cast.models)
    made = dict(breeding["relation"].value_counts().iter_rows())
    left = {relation: cast.n(EDGES[relation]) - made[relation] for relation in BREEDING}
    places = np.zeros(cast.models, np.int64)
    places[cast.hubs] = sizes - used[cast.hubs]
    weight = rng.pareto(1.0, cast.models) + 0.05
    weight[cast.roots] *= 3
    weight[np.concatenate([cast.looped, cast.chains.ravel()])] *= 0.3
    places[plain] = share_out(
        sum(left.values()) - int(places[cast.hubs].sum()),
        weight[plain],
        least=(used[plain] == 0).astype(np.int64),
        most=largest - used[plain],
    )
    edges, start = [], cast.alone
    for relation, parents in _by_relation(cast, plain, places, left, rng).items():
        two = cast.n({"adapter": 5_000, "finetune": 8_000}.get(relation, 0), least=0)
        first, second = _second_parents(parents, family, two, rng)
        edges.append(_rows(np.arange(start, start + first.size), first, relation, "exact"))
        edges.append(_rows(start + second["leaf"].to_numpy(), second["parent"].to_numpy(), relation, "exact"))
        start += first.size
    return edges


def _others(cast: _Cast, edges: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """References beyond `EDGES`: without relation, misspelt, twice, to no model at all and to models elsewhere."""
    taken = int(edges.select(pl.max_horizontal(pl.col("child", "parent").max())).item()) + 1

    def take(count: int) -> Ints:
        nonlocal taken
        taken += count
        return np.arange(taken - count, taken)

    untyped, miscased = take(cast.n(UNTYPED)), take(cast.n(WRONG_CASE))
    leaves = edges.filter(pl.col("relation") == "finetune", pl.col("child") >= cast.alone)
    found = pl.concat(
        [
            leaves.sample(cast.n(TWO_RELATIONS), seed=int(rng.integers(2**32))).with_columns(
                relation=pl.lit("quantized")
            ),
            _rows(untyped, rng.choice(cast.roots, untyped.size), None, "exact"),
            _rows(miscased, rng.choice(cast.roots, miscased.size), "finetune", "case"),
            _rows(take(cast.n(PATHS)), None, "finetune", "path"),
        ]
    )
    missing = cast.n(REFERENCES) - edges.height - found.height
    partly = rng.choice(cast.merges, missing // 20, replace=False)  # merges of which one parent is gone
    founders = rng.choice(cast.roots[cast.directly_merged.size :], cast.n(500), replace=False)
    alone = take(missing - partly.size - founders.size)
    # Each model that shares a missing parent with another takes one from the number of components.
    stubs = missing * 9 // 10
    largest = max(2, cast.n(2_000))
    stub = np.repeat(np.arange(stubs), share_out(missing, rng.pareto(1.0, stubs) + 0.05, least=1, most=largest))
    kinds = list(BREEDING)
    odds = np.array([EDGES[kind] for kind in kinds])
    relations = ["merge"] * partly.size + rng.choice(kinds, missing - partly.size, p=odds / odds.sum()).tolist()
    gone = _rows(np.concatenate([partly, founders, alone]), None, None, "stub").with_columns(
        stub=pl.Series(rng.permutation(stub), dtype=pl.UInt32), relation=pl.Series(relations)
    )
    return pl.concat([found, gone])


def _rows(child: Ints, parent: Ints | None, relation: str | None, spelling: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"child": pl.Series(child, dtype=pl.UInt32), "parent": None if parent is None else pl.Series(parent)},
        schema={"child": pl.UInt32(), "parent": pl.UInt32()},
        strict=False,
    ).with_columns(
        stub=pl.lit(None, pl.UInt32),
        relation=pl.lit(relation, pl.String),
        spelling=pl.lit(spelling),
    )


def _repeated(values: Ints) -> npt.NDArray[np.bool_]:
    """Whether a value has been seen before it in the array."""
    repeated = np.ones(values.size, np.bool_)
    repeated[np.unique(values, return_index=True)[1]] = False
    return repeated


def _merge_sizes(edges: int, merges: int, rng: np.random.Generator) -> Ints:
    """Numbers of parents of merges of two and more: one of 65, most of two."""
    merges = min(merges, int((edges - LARGEST_MERGE) / 2.2))
    more = share_out(
        edges - LARGEST_MERGE - 2 * (merges - 1), rng.pareto(1.2, merges - 1) + 0.01, least=0, most=LARGEST_MERGE - 3
    )
    return np.concatenate([[LARGEST_MERGE], 2 + more])


def _merge_parents(sizes: Ints, pool: Ints, family: Ints, rng: np.random.Generator) -> Ints:
    """Distinct parents for each merge: the first is anyone, the others are mostly of the same family as the first."""
    order = np.argsort(family[pool], kind="stable")
    place = np.argsort(order, kind="stable")
    families = family[pool][order]
    start, end = np.searchsorted(families, families, "left"), np.searchsorted(families, families, "right")

    def anyone(count: int) -> Ints:
        return place[(pool.size * rng.random(count) ** 1.5).astype(np.int64)]

    owner = np.repeat(np.arange(sizes.size), sizes)
    total = owner.size
    first = np.repeat(anyone(sizes.size), sizes)
    kin = start[first] + (rng.random(total) * (end[first] - start[first])).astype(np.int64)
    drawn = np.where(rng.random(total) < 0.7, kin, anyone(total))
    begins = np.cumsum(sizes) - sizes
    drawn[begins] = first[begins]
    while (clash := _repeated(owner * pool.size + drawn)).any():
        drawn[clash] = anyone(int(clash.sum()))
    return pool[order][drawn]


def _by_relation(
    cast: _Cast, plain: Ints, places: Ints, left: dict[str, int], rng: np.random.Generator
) -> dict[str, Ints]:
    """Parents of the leaves of each relation, in random order.

    A hub's children come nearly all by one relation; every other parent leans to one, merges to being quantised.
    """
    by: dict[str, list[Ints]] = {relation: [] for relation in BREEDING}
    for hub, main in zip(cast.hubs, HUB_RELATIONS, strict=True):
        spare = places[hub] * 3 // 100
        by[main].append(np.full(places[hub] - spare, hub))
        by["quantized" if main == "finetune" else "finetune"].append(np.full(spare, hub))
    taste = rng.random(places.size)
    taste[cast.breeding_merges] = 0.8 + 0.2 * taste[cast.breeding_merges]
    slots = np.repeat(plain, places[plain])
    slots = slots[np.argsort(0.75 * taste[slots] + 0.25 * rng.random(slots.size), kind="stable")]
    start = 0
    for relation in ("adapter", "finetune", "quantized"):
        end = start + left[relation] - sum(part.size for part in by[relation])
        by[relation].append(slots[start:end])
        start = end
    return {relation: rng.permutation(np.concatenate(parts)) for relation, parts in by.items()}


def _second_parents(places: Ints, family: Ints, wanted: int, rng: np.random.Generator) -> tuple[Ints, pl.DataFrame]:
    """Parents of leaves, and `leaf` (row among them) and `parent` of those that get a second one.

    It is of the same family as the first, as when a card names a model and its own base. So families stay apart without
    merges, as the crawl's ten largest do.
    """
    bred = family[places] != places
    spare = np.flatnonzero(bred & np.isin(family[places], places))[:wanted]
    first, extra = np.delete(places, spare), places[spare]
    order = np.argsort(family[first], kind="stable")
    families = family[first][order]
    start = np.searchsorted(families, family[extra], "left")
    width = np.searchsorted(families, family[extra], "right") - start

    def kin(which: Ints) -> Ints:
        return order[start[which] + (rng.random(which.size) * width[which]).astype(np.int64)]

    leaf = kin(np.arange(extra.size))
    for _ in range(20):
        clash = np.flatnonzero((first[leaf] == extra) | _repeated(leaf))
        leaf[clash] = kin(clash)
    # In a family of very few leaves a leaf may have no room: then the place makes a leaf of its own.
    clash = (first[leaf] == extra) | _repeated(leaf)
    return (
        np.concatenate([first, extra[clash]]),
        pl.DataFrame({"leaf": leaf[~clash], "parent": extra[~clash]}),
    )
