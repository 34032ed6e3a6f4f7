"""Licences along the lineage: by hand on small families, and on random ones against plain walks over the edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import networkx as nx
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from raw_rows import declared
from studbook import records, verdicts
from studbook.licenses import shipped
from studbook.records import Records
from studbook.tables import GraphTables, build
from studbook.verdicts import Declared, Upstream

TABLE = shipped()
FACTS = ("upstream_terms", "upstream_complete", "undecidable_reasons", "label_verdict", "label_reasons")


def facts(graph: GraphTables, *columns: str) -> dict[str, Any]:
    """One value, or a tuple of values, for each model id."""
    rows = graph.nodes["Model"].select("id", *columns).rows()
    return {id_: values[0] if len(values) == 1 else tuple(values) for id_, *values in rows}


def test_an_intermediate_that_dropped_the_terms_frees_nobody() -> None:
    graph = build(
        declared(
            [("o/middle", "o/base", "finetune"), ("o/leaf", "o/middle", "finetune")],
            "o/base",
            o__base="cc-by-nc-4.0",
            o__middle="apache-2.0",
            o__leaf="apache-2.0",
        )
    )
    assert facts(graph, *FACTS) == {
        "o/base": (None, True, None, "clear", ["NOTHING_UPSTREAM"]),
        "o/middle": (["noncommercial"], True, None, "conflict", ["NONCOMMERCIAL_DROPPED"]),
        "o/leaf": (["noncommercial"], True, None, "conflict", ["NONCOMMERCIAL_DROPPED"]),
    }


def test_what_is_known_and_what_is_not_are_two_facts() -> None:
    """The silent one in the middle leaves the leaf's lineage incomplete; what its base asks is certain all the same."""
    graph = build(
        declared(
            [("o/middle", "o/base", "finetune"), ("o/leaf", "o/middle", "finetune")],
            "o/base",
            o__base="gpl-3.0",
            o__leaf="gpl-3.0",
        )
    )
    assert facts(graph, *FACTS)["o/leaf"] == (
        ["share_alike:work"],
        False,
        ["PARENT_SILENT"],
        "undecidable",
        ["UPSTREAM_INCOMPLETE"],
    )


def test_what_leaves_a_lineage_incomplete() -> None:
    graph = build(
        declared(
            [
                ("o/of-missing", "o/gone", "finetune"),
                ("o/of-unknown", "o/unread", "finetune"),
                ("o/of-path", "./checkpoint", "finetune"),
                ("o/below-path", "o/of-path", "finetune"),
            ],
            "o/unread",
            **{
                f"o__{name}": license_
                for name, license_ in {
                    "of-missing": "mit",
                    "of-unknown": "mit",
                    "of-path": "mit",
                    "below-path": "mit",
                    "unread": "nobody-read-this",
                }.items()
            },
        )
    )
    found = facts(graph, "undecidable_reasons", "label_verdict")
    assert found == {
        "o/of-missing": (["PARENT_MISSING"], "undecidable"),
        "o/of-unknown": (["PARENT_LICENSE_UNKNOWN"], "undecidable"),
        "o/of-path": (["PARENT_UNRESOLVED"], "undecidable"),
        "o/below-path": (["PARENT_UNRESOLVED"], "undecidable"),
        "o/unread": (None, "undecidable"),  # nothing above it is unknown: its own terms are
        "o/gone": (None, None),
    }


def test_a_suspected_parent_bars_clear_for_the_model_and_for_all_below_it() -> None:
    given_records = declared([("o/child", "o/llama-gguf", "finetune")], o__child="mit")
    licensed = pl.DataFrame(
        [{"model": row, "license": "mit", "evidence": "tag"} for row in (0, 1)], schema=records.LICENSES
    )
    given_records = replace(
        given_records,
        models=pl.concat(
            [
                given_records.models,
                given_records.models.with_columns(id=pl.lit("o/llama-gguf"), parent_hints=pl.lit(["name:llama"])),
            ]
        ),
        licenses=licensed,
    )
    found = facts(build(given_records), "undecidable_reasons", "label_verdict", "upstream_complete")
    assert found == {
        "o/llama-gguf": (["UNDECLARED_PARENT_SUSPECTED"], "undecidable", True),
        "o/child": (["UNDECLARED_PARENT_SUSPECTED"], "undecidable", True),
    }


def test_verdicts_of_edges_by_relation() -> None:
    graph = build(
        declared(
            [
                ("o/copy", "o/base", "quantized"),
                ("o/adapter", "o/base", "adapter"),
                ("o/tuned", "o/base", "finetune"),
                ("o/unsaid", "o/base", None),
            ],
            "o/base",
            o__base="apache-2.0",
            o__copy="mit",
            o__adapter="mit",
            o__tuned="mit",
            o__unsaid="mit",
        )
    )
    told = {
        kind: graph.edges[kind].select("license_change", "license_verdict", "license_reasons").rows()
        for kind in ("QUANTIZATION_OF", "ADAPTER_OF", "FINETUNE_OF", "BASED_ON")
    }
    assert told == {
        "QUANTIZATION_OF": [("kept", "review", ["COPY_RELABELLED"])],
        "ADAPTER_OF": [("kept", "ok", ["NOTICE_TO_KEEP"])],
        "FINETUNE_OF": [("kept", "ok", ["NOTICE_TO_KEEP"])],
        "BASED_ON": [("kept", "ok", ["NOTICE_TO_KEEP"])],
    }


def test_a_merge_needs_two_agreements() -> None:
    graph = build(
        declared(
            [("o/Llama-merged", "o/llama", "merge"), ("o/Llama-merged", "o/gemma", "merge")],
            "o/llama",
            "o/gemma",
            **{"o__Llama-merged": "llama3", "o__llama": "llama3", "o__gemma": "gemma"},
        )
    )
    ids = graph.nodes["Model"]["id"]
    edges = graph.edges["MERGE_OF"]
    reasons = dict(zip(ids.gather(edges["_end"]), edges["license_reasons"].to_list(), strict=True))
    assert "SECOND_AGREEMENT_MISSING" in reasons["o/gemma"]
    assert "SECOND_AGREEMENT_MISSING" not in reasons["o/llama"]


# Random families

LICENSES = (
    *("mit", "apache-2.0", "gpl-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-4.0", "llama3", "gemma", "openrail"),
    *("creativeml-openrail-m", "other", "made-up"),
)
RELATIONS = ("finetune", "adapter", "quantized", "merge", None)


@st.composite
def families(draw: st.DrawFn) -> tuple[Records, dict[int, frozenset[str]], list[tuple[int, int, str | None]]]:
    """Up to nine models with up to two licences each and edges in any direction: cycles and self-parents occur."""
    size = draw(st.integers(2, 9))
    node = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(node, node, st.sampled_from(RELATIONS)), max_size=14))
    # A bare relation beside a typed one for the same pair says nothing.
    typed = {(child, parent) for child, parent, relation in edges if relation}
    edges = [edge for edge in dict.fromkeys(edges) if edge[2] or edge[:2] not in typed]
    licenses = {
        number: frozenset(draw(st.lists(st.sampled_from(LICENSES), max_size=2, unique=True))) for number in range(size)
    }
    ids = [f"o/m{number}" for number in range(size)]
    given_records = declared([(ids[c], ids[p], relation) for c, p, relation in edges], *ids)
    number_of = {id_: int(id_.removeprefix("o/m")) for id_ in given_records.models["id"]}
    rows = [
        {"model": row, "license": name, "evidence": "tag"}
        for row, id_ in enumerate(given_records.models["id"])
        for name in sorted(licenses[number_of[id_]])
    ]
    return replace(given_records, licenses=pl.DataFrame(rows, schema=records.LICENSES)), licenses, edges


def known(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name in TABLE.rows and TABLE.rows[name].known)


def expected_upstream(
    model: int, licenses: dict[int, frozenset[str]], edges: list[tuple[int, int, str | None]]
) -> Upstream:
    """By reachability in the graph of the edges that let a fact pass; on a cycle every edge does."""
    whole = nx.DiGraph([(child, parent) for child, parent, _ in edges])
    whole.add_nodes_from(licenses)
    cycle_of = {node: number for number, part in enumerate(nx.strongly_connected_components(whole)) for node in part}

    def above(*barred: str | None) -> set[int]:
        passing = nx.DiGraph(
            [(c, p) for c, p, relation in edges if relation not in barred or cycle_of[c] == cycle_of[p]]
        )
        passing.add_nodes_from(licenses)
        found: set[int] = nx.descendants(passing, model)
        return found

    def single(models: set[int]) -> frozenset[str]:
        return frozenset[str]().union(*(known(licenses[m]) for m in models if len(licenses[m]) == 1))

    ancestors = above()
    on_the_way = {model} | ancestors
    return Upstream(
        licenses=single(ancestors),
        firm=single(above("adapter")),
        copied=single(above("finetune", "adapter", "merge", None)),
        choices=frozenset[str]().union(*(known(licenses[m]) for m in ancestors if len(licenses[m]) > 1)),
        merged=any(relation == "merge" and child in on_the_way for child, _, relation in edges),
        complete=all(licenses[m] and known(licenses[m]) == licenses[m] for m in ancestors),
    )


@given(families())
@settings(max_examples=80)
def test_labels_are_what_walking_every_way_up_gives(
    family: tuple[Records, dict[int, frozenset[str]], list[tuple[int, int, str | None]]],
) -> None:
    given_records, licenses, edges = family
    found = facts(build(given_records), "upstream_complete", "upstream_terms", "label_verdict", "label_reasons")
    for number, own in licenses.items():
        upstream = expected_upstream(number, licenses, edges)
        vendors = {TABLE.rows[name].vendor for name in upstream.licenses | upstream.choices}
        accounted = all(TABLE.rows[name].vendor in vendors | {None} for name in known(own))
        asked = any(TABLE.rows[name].prefix for name in upstream.licenses | upstream.choices)
        wanted = verdicts.label(
            Declared(own, vendor_known=accounted, prefixes=TABLE.prefixes_of(f"m{number}") if asked else None),
            upstream,
            table=TABLE,
        )
        complete, _, level, reasons = found[f"o/m{number}"]
        assert (complete, level, reasons) == (upstream.complete, wanted.level, list(wanted.reasons))


@given(families())
@settings(max_examples=50)
def test_terms_are_those_that_some_ancestor_asks_under_every_licence_it_names(
    family: tuple[Records, dict[int, frozenset[str]], list[tuple[int, int, str | None]]],
) -> None:
    given_records, licenses, edges = family
    found = facts(build(given_records), "upstream_terms")
    whole = nx.DiGraph([(child, parent) for child, parent, _ in edges])
    whole.add_nodes_from(licenses)
    for number in licenses:
        asked: set[str] = set()
        for ancestor in nx.descendants(whole, number):
            names = licenses[ancestor]
            terms = [TABLE.rows[n].terms or frozenset() if n in TABLE.rows else frozenset() for n in names]
            asked |= frozenset.intersection(*terms) if terms else frozenset()
        assert found[f"o/m{number}"] == (sorted(asked) or None)


def test_a_relicensed_parent_is_judged_by_the_licence_of_the_childs_time() -> None:
    given_records = declared(
        [("o/early", "o/base", "finetune"), ("o/late", "o/base", "finetune"), ("o/undated", "o/base", "finetune")],
        "o/base",
        o__base="cc-by-nc-4.0",
        o__early="mit",
        o__late="mit",
        o__undated="mit",
    )
    made = {"o/early": datetime(2026, 1, 15, tzinfo=UTC), "o/late": datetime(2026, 3, 1, tzinfo=UTC)}
    ids = given_records.models["id"].to_list()
    former = ["2026-01-10T00:00:00Z gpl-3.0", "2026-02-01T00:00:00Z mit"]  # gpl-3.0 before o/early was made
    graph = build(
        replace(
            given_records,
            models=given_records.models.with_columns(
                created_at=pl.Series([made.get(id_) for id_ in ids], dtype=records.MODELS["created_at"]),
                former_licenses=pl.Series(
                    [former if id_ == "o/base" else None for id_ in ids], dtype=pl.List(pl.String)
                ),
            ),
        )
    )
    edges = graph.edges["FINETUNE_OF"]
    children = graph.nodes["Model"]["id"].gather(edges["_start"])
    told = zip(children, edges["license_verdict"], edges["license_reasons"].to_list(), strict=True)
    assert {child: (level, reasons) for child, level, reasons in told} == {
        "o/early": ("review", ["PARENT_RELICENSED"]),
        "o/late": ("conflict", ["NONCOMMERCIAL_DROPPED"]),
        "o/undated": ("conflict", ["NONCOMMERCIAL_DROPPED"]),
    }
    assert edges["license_change"].to_list() == ["loosened"] * 3  # of what both declare today
