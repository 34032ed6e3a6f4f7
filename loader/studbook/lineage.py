"""The facts that a lineage has as a whole: where each model stands, and what its edges and families are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from studbook import derive
from studbook.derive import Ints
from studbook.drift import drift
from studbook.licenses import Table
from studbook.licensing import licensing
from studbook.records import BACKFILLED
from studbook.resolve import Resolved

START, END = "_start", "_end"
"""Columns of an edge table: row numbers (UInt32) in the node tables of the edge kind's `start` and `end` labels."""

_LEVELS = ("high", "medium", "low")


@dataclass(frozen=True)
class Lineage:
    """Derived facts. `facts` has one row per model with an edge or an unresolved parent, keyed by `_start`; `labels`
    one per model, in order, with the columns of Licensing.labels."""

    edges: pl.DataFrame
    facts: pl.DataFrame
    labels: pl.DataFrame
    families: pl.DataFrame
    in_family: pl.DataFrame

    @staticmethod
    def of(resolved: Resolved, table: Table) -> Lineage:
        models, edges = resolved.records.models, resolved.edges
        # Most models have no relatives: the facts are computed over those that do.
        child_row, parent_row = edges["child"].to_numpy(), edges["parent"].to_numpy()
        has_relative = np.zeros(models.height, dtype=bool)
        for rows in (child_row, parent_row, resolved.unresolved["model"].to_numpy()):
            has_relative[rows] = True
        touched = np.flatnonzero(has_relative)
        number = np.zeros(models.height, dtype=np.int64)
        number[touched] = np.arange(len(touched))
        child, parent, size = number[child_row], number[parent_row], len(touched)
        relatives = models.select("id", "created_at", "status")[touched]

        # Numpy keeps one core busy, so the structure is found beside all that does not need it.
        with ThreadPoolExecutor(1) as pool:
            finding = pool.submit(derive.structure, size, child, parent)
            license_facts = licensing(resolved, table, touched=touched, child=child, parent=parent)
            drifting = pool.submit(drift, resolved, touched=touched, child=child, parent=parent)
            confidence = _edge_confidence(edges, models)
            weakest = _weakest(confidence, resolved, touched, child, parent)
            merge = (edges["relation"] == "merge").fill_null(value=False).to_numpy()
            families, family = _families(relatives, child[~merge], parent[~merge])
            structure, drifted = finding.result(), drifting.result()

        component = _earliest(relatives, structure.component, structure.generation_max == 0)
        # Whoever names nothing but a path as its parent is told of below, and has no component.
        edgeless = np.ones(size, dtype=bool)
        edgeless[child] = edgeless[parent] = False
        unresolved = resolved.unresolved.select(pl.col("model").alias(START), unresolved_parents="references")
        cycles = structure.cycle
        facts = pl.DataFrame(
            {
                START: touched.astype(np.uint32),
                "component": component.set(pl.Series(edgeless), None),
                "generation_min": structure.generation_min,
                "generation_max": structure.generation_max,
                "child_count": structure.child_count,
                "descendant_count": structure.descendant_count,
                "root_count": structure.root_count,
                "cycle_id": _smallest(relatives["id"], cycles),
                "lineage_confidence": weakest,
            }
        )
        facts = facts.hstack(drifted.upstream).join(unresolved, on=START, how="left", maintain_order="left")
        return Lineage(
            edges=_edge_facts(resolved, confidence, structure.edge_in_cycle)
            .hstack(license_facts.edges)
            .hstack(drifted.edges),
            labels=license_facts.labels,
            facts=facts,
            families=families,
            in_family=pl.DataFrame({START: touched.astype(np.uint32), END: family}).filter(pl.col(END) >= 0),
        )


def _edge_confidence(edges: pl.DataFrame, models: pl.DataFrame) -> pl.Series:
    missing = models["status"].gather(edges["parent"]) == "missing"
    return edges.select(
        pl.when(missing)
        .then(pl.lit("low"))
        .when((pl.col("by") != "exact") | pl.col("relation").is_null())
        .then(pl.lit("medium"))
        .otherwise(pl.lit("high"))
    ).to_series()


def _weakest(confidence: pl.Series, resolved: Resolved, touched: Ints, child: Ints, parent: Ints) -> pl.Series:
    """The lowest confidence of an edge on any path from each relative to a root; null for a model without parents.

    A parent that is no model id is an edge of low confidence, to nothing.
    """
    bits = confidence.replace_strict(_LEVELS, [0, 1, 2], return_dtype=pl.UInt64).to_numpy()[:, None]
    own = np.zeros((len(touched), 1), dtype=np.uint64)
    own[np.searchsorted(touched, resolved.unresolved["model"].to_numpy())] = 2
    found = (derive.upstream_bits(len(touched), child, parent, own=own, edge=bits) | own)[:, 0]
    has_parent = own[:, 0] != 0
    has_parent[child] = True
    words = pl.Series(np.where(found & 2, "low", np.where(found & 1, "medium", "high")), dtype=pl.String)
    return words.set(pl.Series(~has_parent), None)


def _earliest(relatives: pl.DataFrame, group: Ints, root: derive.Bools) -> pl.Series:
    """For each node the id of its group's earliest root: by date, unknown dates last, then by id."""
    roots = relatives.select("id", "created_at", group=pl.Series(group)).filter(pl.Series(root))
    first = roots.sort("created_at", "id", nulls_last=True).group_by("group").agg(pl.col("id").first())
    return pl.DataFrame({"group": group}).join(first, on="group", how="left", maintain_order="left")["id"]


def _smallest(ids: pl.Series, group: Ints) -> pl.Series:
    """For each node the smallest id of its group, null for group -1."""
    members = pl.DataFrame({"id": ids, "group": group})
    first = members.filter(pl.col("group") >= 0).group_by("group").agg(pl.col("id").min())
    return members.select("group").join(first, on="group", how="left", maintain_order="left")["id"]


def _families(relatives: pl.DataFrame, child: Ints, parent: Ints) -> tuple[pl.DataFrame, Ints]:
    """Family rows, and the family of each relative as its row number (-1 for none). Merge edges are left out."""
    size = relatives.height
    component = derive.weak_components(size, child, parent)
    generation = derive.generations(size, child, parent)
    members = np.bincount(component, minlength=1) if size else np.zeros(1, dtype=np.int64)
    of_two = members[component] > 1
    table = pl.DataFrame(
        {
            "component": component,
            "id": _earliest(relatives, component, generation == 0),
            "generation": generation,
        }
    ).filter(pl.Series(of_two))
    families = (
        table.group_by("component", "id")
        .agg(
            model_count=pl.len().cast(pl.Int64),
            root_count=(pl.col("generation") == 0).sum().cast(pl.Int64),
            generations=pl.col("generation").max(),
        )
        .sort("id")
    )
    row = np.full(len(members), -1, dtype=np.int64)
    row[families["component"].to_numpy()] = np.arange(families.height)
    return families.drop("component"), row[component]


def _edge_facts(resolved: Resolved, confidence: pl.Series, in_cycle: derive.Bools) -> pl.DataFrame:
    edges, models = resolved.edges, resolved.records.models
    created = models["created_at"]
    days = pl.DataFrame({"child": created.gather(edges["child"]), "parent": created.gather(edges["parent"])}).select(
        pl.when((pl.col("child") > BACKFILLED) & (pl.col("parent") > BACKFILLED)).then(
            (pl.col("child") - pl.col("parent")).dt.total_microseconds() // 86_400_000_000
        )
    )
    lengths = {end: models["card_length"].gather(edges[end]) for end in ("child", "parent")}
    ratio = pl.DataFrame(lengths).select(pl.when(pl.col("parent") > 0).then(pl.col("child") / pl.col("parent")))
    return edges.select(
        pl.col("child").alias(START),
        pl.col("parent").alias(END),
        "relation",
        "position",
        "evidence",
        "declared_as",
        confidence=confidence,
        in_cycle=pl.Series(in_cycle),
        days_after_parent=days.to_series(),
        card_ratio=ratio.to_series(),
    )
