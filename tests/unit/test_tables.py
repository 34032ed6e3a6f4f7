"""The graph's tables: facts that need names and dates, and the hashes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import polars_hash
from hypothesis import given
from hypothesis import strategies as st

from raw_rows import AS_OF, declared, raw
from studbook import records, schema, tables
from studbook.lineage import START
from studbook.normalise import normalise
from studbook.records import BACKFILLED, Records
from studbook.tables import GraphTables, build


def models(graph: GraphTables, *columns: str) -> dict[str, Any]:
    """One value, or a tuple of values, for each model id."""
    rows = graph.nodes["Model"].select("id", *columns).rows()
    return {id_: values[0] if len(values) == 1 else tuple(values) for id_, *values in rows}


def edges(graph: GraphTables, type_: str, column: str) -> dict[tuple[str, str], Any]:
    ids = graph.nodes["Model"]["id"].to_list()
    table = graph.edges[type_].select("_start", "_end", column)
    return {(ids[start], ids[end]): value for start, end, value in table.rows()}


def dated(given_records: Records, **dates: datetime) -> Records:
    """The same records with creation dates; ids with `/` written `__`."""
    spelt = {id_.replace("__", "/"): date for id_, date in dates.items()}
    created = [spelt.get(id_) for id_ in given_records.models["id"]]
    table = given_records.models.with_columns(created_at=pl.Series(created, dtype=records.MODELS["created_at"]))
    return Records(
        table,
        given_records.licenses,
        given_records.languages,
        given_records.datasets,
        given_records.papers,
        given_records.parents,
    )


def test_a_family_leaves_merges_out_and_a_component_does_not() -> None:
    graph = build(
        declared(
            [
                ("o/a1", "o/a", "finetune"),
                ("o/b1", "o/b", "adapter"),
                ("o/m", "o/a1", "merge"),
                ("o/m", "o/b1", "merge"),
            ],
            "o/a",
            "o/b",
        )
    )
    assert graph.nodes["Family"].select("id", "model_count", "root_count", "generations").rows() == [
        ("o/a", 2, 1, 1),
        ("o/b", 2, 1, 1),
    ]
    assert set(models(graph, "component").values()) == {"o/a"}
    family = graph.nodes["Family"]["id"].to_list()
    ids = graph.nodes["Model"]["id"].to_list()
    assert {ids[s]: family[e] for s, e in graph.edges["IN_FAMILY"].rows()} == {
        "o/a": "o/a",
        "o/a1": "o/a",
        "o/b": "o/b",
        "o/b1": "o/b",
    }


def test_a_family_is_named_after_its_earliest_root_and_unknown_dates_come_last() -> None:
    lineage = declared([("o/child", "o/zeta", "finetune"), ("o/child", "o/alpha", "adapter")], "o/zeta", "o/alpha")
    early = dated(lineage, o__zeta=datetime(2023, 1, 1, tzinfo=UTC))
    assert build(early).nodes["Family"]["id"].to_list() == ["o/zeta"]
    assert build(lineage).nodes["Family"]["id"].to_list() == ["o/alpha"]


def test_a_model_without_any_edge_has_no_component_and_no_confidence() -> None:
    graph = build(declared([("o/path", "/models/base", "adapter")], "o/x"))
    assert models(graph, "component", "lineage_confidence", "generation_max", "child_count") == {
        "o/x": (None, None, 0, 0),
        "o/path": (None, "low", 0, 0),  # a folder is no relative
    }


def test_confidence_is_that_of_the_weakest_edge_on_any_path() -> None:
    graph = build(
        declared(
            [
                ("o/sure", "o/root", "finetune"),
                ("o/case", "O/SURE", "finetune"),
                ("o/below", "o/case", "adapter"),
                ("o/bare", "o/root", None),
                ("o/stub", "o/gone", "finetune"),
                ("o/deep", "o/stub", "quantized"),
                ("o/path", "/models/base", "adapter"),
                ("o/mixed", "o/sure", "merge"),
                ("o/mixed", "o/deep", "merge"),
            ],
            "o/root",
        )
    )
    assert models(graph, "lineage_confidence") == {
        "o/root": None,
        "o/gone": None,
        "o/sure": "high",
        "o/case": "medium",
        "o/below": "medium",
        "o/bare": "medium",
        "o/stub": "low",
        "o/deep": "low",
        "o/path": "low",
        "o/mixed": "low",
    }
    assert edges(graph, "FINETUNE_OF", "confidence") == {
        ("o/sure", "o/root"): "high",
        ("o/case", "o/sure"): "medium",
        ("o/stub", "o/gone"): "low",
    }


def test_terms_reach_every_descendant_through_silent_models() -> None:
    graph = build(
        declared(
            [("o/silent", "o/nc", "finetune"), ("o/child", "o/silent", "adapter"), ("o/other", "o/free", "finetune")],
            "o/nc",
            "o/free",
            o__nc="cc-by-nc-4.0",
            o__free="mit",
            o__child="mit",
        )
    )
    assert models(graph, "upstream_terms") == {
        "o/nc": None,
        "o/silent": ["noncommercial"],
        "o/child": ["noncommercial"],
        "o/free": None,
        "o/other": None,
    }
    assert edges(graph, "FINETUNE_OF", "license_change") == {
        ("o/silent", "o/nc"): "dropped",
        ("o/other", "o/free"): "dropped",
    }
    assert edges(graph, "ADAPTER_OF", "license_change") == {("o/child", "o/silent"): "added"}


def test_what_a_missing_parent_declared_is_unknown() -> None:
    graph = build(declared([("o/x", "o/gone", "finetune")], o__x="mit"))
    assert edges(graph, "FINETUNE_OF", "license_change") == {("o/x", "o/gone"): "unknown"}


def test_of_several_licences_only_what_all_of_them_ask_is_known() -> None:
    lineage = declared([("o/x", "o/dual", "finetune"), ("o/y", "o/both", "finetune")], "o/dual", "o/both")
    pairs = [("o/dual", "mit"), ("o/dual", "cc-by-nc-4.0"), ("o/both", "cc-by-nc-sa-4.0"), ("o/both", "cc-by-nc-4.0")]
    row = {id_: number for number, id_ in enumerate(lineage.models["id"])}
    licences = pl.DataFrame(
        [{"model": row[id_], "license": name, "evidence": "tag"} for id_, name in pairs], schema=records.LICENSES
    )
    graph = build(
        Records(lineage.models, licences, lineage.languages, lineage.datasets, lineage.papers, lineage.parents)
    )
    assert models(graph, "upstream_terms")["o/x"] is None
    assert models(graph, "upstream_terms")["o/y"] == ["noncommercial"]
    assert models(graph, "license_family")["o/dual"] is None
    assert models(graph, "license_family")["o/both"] == "non_commercial"


def test_days_are_whole_and_unknown_for_back_filled_dates() -> None:
    lineage = declared(
        [("o/x", "o/p", "finetune"), ("o/old", "o/p", "finetune"), ("o/y", "o/first", "finetune")], "o/p", "o/first"
    )
    start = datetime(2024, 1, 10, tzinfo=UTC)
    graph = build(
        dated(
            lineage,
            o__p=start,
            o__x=start + timedelta(days=2, hours=23),
            o__old=start - timedelta(hours=1),
            o__y=start,
            o__first=BACKFILLED,
        )
    )
    assert edges(graph, "FINETUNE_OF", "days_after_parent") == {
        ("o/x", "o/p"): 2,
        ("o/old", "o/p"): -1,
        ("o/y", "o/first"): None,
    }


def test_cycles_are_marked_and_named_after_their_smallest_id() -> None:
    graph = build(
        declared(
            [
                ("o/b", "o/a", "finetune"),
                ("o/a", "o/b", "merge"),
                ("o/tail", "o/b", "adapter"),
                ("o/self", "o/self", None),
            ]
        )
    )
    assert models(graph, "cycle_id") == {"o/a": "o/a", "o/b": "o/a", "o/tail": None, "o/self": "o/self"}
    assert edges(graph, "FINETUNE_OF", "in_cycle") == {("o/b", "o/a"): True}
    assert edges(graph, "ADAPTER_OF", "in_cycle") == {("o/tail", "o/b"): False}
    assert edges(graph, "BASED_ON", "in_cycle") == {("o/self", "o/self"): True}


def test_an_empty_snapshot_gives_empty_tables() -> None:
    graph = build(declared([]))
    assert {table.height for table in [*graph.nodes.values(), *graph.edges.values()]} == {0}


PINNED = [13123153457266295151, 17042566247622584503]
"""Written by polars-hash 0.9.3 with polars 2.1.0."""

BASE = {
    "id": "o/x",
    "tags": ["license:mit", "base_model:o/b", "base_model:finetune:o/b", "en", "region:us"],
    "created_at": datetime(2024, 5, 5, tzinfo=UTC),
    "downloads": 5,
    "pipeline_tag": "text-generation",
    "sha": "abc",
}


def hashes(**changed: Any) -> tuple[int, int]:
    graph = build(normalise(raw({"id": "o/b"}, BASE | changed), as_of=AS_OF))
    found: tuple[int, int] = models(graph, "facts_hash", "edges_hash")["o/x"]
    return found


def test_hashes_are_the_same_for_the_same_rows_whatever_their_order() -> None:
    first = build(normalise(raw({"id": "o/b"}, BASE), as_of=AS_OF))
    second = build(normalise(raw(BASE, {"id": "o/b"}), as_of=AS_OF))
    for label in first.nodes:
        key = schema.node_kind(label).key.name
        assert first.nodes[label].sort(key).equals(second.nodes[label].sort(key))


def test_facts_and_edges_are_hashed_apart_and_counters_not_at_all() -> None:
    facts, edge = hashes()
    assert hashes(downloads=6, likes=9, trending_score=1.5, downloads_all_time=7) == (facts, edge)
    changed = hashes(sha="abd")
    assert changed[0] != facts
    assert changed[1] == edge
    changed = hashes(tags=[*BASE["tags"], "arxiv:2401.00001"])  # type: ignore[misc]
    assert changed[0] == facts
    assert changed[1] != edge
    assert hashes(tags=[t for t in BASE["tags"] if t != "en"])[1] != edge  # type: ignore[attr-defined]


def test_hashes_do_not_change_with_the_libraries() -> None:
    """Databases are compared with hashes that an earlier version wrote: a change here rewrites every graph once."""
    row = pl.DataFrame({"text": ["owner/name", None], "list": [["a", "b"], None], "number": [7, None]})
    found = row.select(polars_hash.hash_rows(["text", "list", "number"], version=1).nchash.wyhash()).to_series()
    assert found.to_list() == PINNED


def test_mixing_is_the_published_splitmix64() -> None:
    """First output of the reference implementation (Vigna, splitmix64.c) for the seed 0."""
    assert int(tables._mix(np.array([0x9E3779B97F4A7C15], dtype=np.uint64))[0]) == 0xE220A8397B1DCDAF


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdefgh")), max_size=12))
def test_no_edge_is_lost_and_none_is_doubled(pairs: list[tuple[str, str]]) -> None:
    graph = build(declared([(f"o/{child}", f"o/{parent}", "finetune") for child, parent in pairs]))
    assert set(edges(graph, "FINETUNE_OF", "in_cycle")) == {(f"o/{c}", f"o/{p}") for c, p in pairs}
    assert graph.edges["FINETUNE_OF"].height == len(set(pairs))
    assert START in graph.edges["FINETUNE_OF"].columns
