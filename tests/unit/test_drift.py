"""Languages and tasks along the lineage: by hand on single edges, and on random families against plain Python."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracle
import plain_drift
from raw_rows import declared
from studbook import records, sources
from studbook.normalise import normalise
from studbook.records import Records
from studbook.tables import GraphTables, build

LANGUAGE = ("languages_lost", "languages_gained", "language_change")
PROFILE = ("licenses", "languages", "task", "library")


def says(given_records: Records, **said: dict[str, Any]) -> Records:
    """The same records with declarations: an id, with `/` written `__`, and its languages, task or library."""
    told = {id_.replace("__", "/"): words for id_, words in said.items()}
    ids = given_records.models["id"].to_list()
    languages = [
        {"model": row, "language": name, "evidence": "card"}
        for row, id_ in enumerate(ids)
        for name in told.get(id_, {}).get("languages", [])
    ]
    return replace(
        given_records,
        models=given_records.models.with_columns(
            pipeline_tag=pl.Series([told.get(id_, {}).get("task") for id_ in ids], dtype=pl.String),
            library_name=pl.Series([told.get(id_, {}).get("library") for id_ in ids], dtype=pl.String),
        ),
        languages=pl.DataFrame(languages, schema=records.LANGUAGES),
    )


def facts(graph: GraphTables, *columns: str) -> dict[str, Any]:
    """One value, or a tuple of values, for each model id."""
    rows = graph.nodes["Model"].select("id", *columns).rows()
    return {id_: values[0] if len(values) == 1 else tuple(values) for id_, *values in rows}


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ([], [], (None, None, None)),
        (["en"], ["en"], (None, None, "kept")),
        (["fr", "en", "de"], ["en"], (["de", "fr"], None, "narrowed")),
        (["en"], ["zh", "en"], (None, ["zh"], "widened")),
        (["en", "de"], ["en", "zh"], (["de"], ["zh"], "changed")),
        (["en"], [], (None, None, "dropped")),
        ([], ["en"], (None, None, "added")),
        # `multilingual` may be any language, so that nothing named is lost to it or new beside it
        (["multilingual"], ["en"], (None, None, "narrowed")),
        (["multilingual", "en", "de"], ["en"], (["de"], None, "narrowed")),
        (["en", "de"], ["multilingual", "en"], (None, None, "widened")),
        (["en"], ["multilingual", "en", "de"], (None, ["de"], "widened")),
        (["multilingual", "en"], ["multilingual", "de"], (None, None, "kept")),
        (["multilingual"], [], (None, None, "dropped")),
        # `code` is no language
        (["en", "code"], ["en"], (None, None, "kept")),
        (["code"], ["en"], (None, None, "added")),
        (["en"], ["code"], (None, None, "dropped")),
        (["code"], ["code"], (None, None, None)),
    ],
)
def test_languages_on_an_edge(
    parent: list[str], child: list[str], expected: tuple[list[str] | None, list[str] | None, str | None]
) -> None:
    family = says(declared([("o/x", "o/p", "finetune")], "o/p"), o__p={"languages": parent}, o__x={"languages": child})
    assert build(family).edges["FINETUNE_OF"].select(LANGUAGE).rows() == [expected]


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        (None, None, None),
        ("text-generation", "text-generation", "kept"),
        ("nobody-knows-this", "nobody-knows-this", "kept"),
        ("text-generation", "translation", "changed"),
        ("text-generation", "nobody-knows-this", "changed"),
        ("depth-estimation", "text-generation", "changed"),  # in the table, and in no class of the paper's
        ("fill-mask", "text-classification", "class_changed"),
        ("text-generation", None, "dropped"),
        (None, "text-generation", "added"),
    ],
)
def test_the_task_on_an_edge(parent: str | None, child: str | None, expected: str | None) -> None:
    family = says(declared([("o/x", "o/p", "merge")], "o/p"), o__p={"task": parent}, o__x={"task": child})
    assert build(family).edges["MERGE_OF"]["task_change"].to_list() == [expected]


def test_what_a_missing_parent_declared_is_unknown() -> None:
    family = says(
        declared([("o/x", "o/gone", "adapter"), ("o/y", "o/gone", "adapter")]),
        o__x={"languages": ["en"], "task": "translation"},
    )
    edges = build(family).edges["ADAPTER_OF"]
    assert edges.select(*LANGUAGE, "task_change").rows() == [(None, None, "unknown", "unknown")] * 2


def test_what_stands_above_reaches_every_descendant_through_silent_models() -> None:
    many = [f"l{number:03}" for number in range(70)]
    family = says(
        declared(
            [
                ("o/two", "o/many", "finetune"),
                ("o/silent", "o/two", "finetune"),
                ("o/leaf", "o/silent", "adapter"),
                ("o/of-several", "o/several", "finetune"),
                ("o/of-code", "o/code", "finetune"),
            ],
            *("o/many", "o/several", "o/code", "o/alone"),
        ),
        o__many={"languages": many, "task": "fill-mask"},
        o__two={"languages": ["de", "en"], "task": "text-generation"},
        o__leaf={"languages": ["en"], "task": "reinforcement-learning"},
        o__several={"languages": ["multilingual", "en"], "task": "depth-estimation"},
        o__code={"languages": ["code"], "task": "nobody-knows-this"},
        o__alone={"languages": ["en"], "task": "fill-mask"},
    )
    assert facts(build(family), "upstream_language_count", "upstream_task_classes") == {
        "o/many": (None, None),
        "o/two": (64, ["features"]),
        "o/silent": (64, ["features", "generative"]),
        "o/leaf": (64, ["features", "generative"]),
        "o/several": (None, None),
        "o/of-several": (2, None),
        "o/code": (None, None),
        "o/of-code": (None, None),
        "o/alone": (None, None),
    }


WORDS = {
    "languages": ("en", "de", "fr", "multilingual", "code", "elvish"),
    "task": ("text-generation", "translation", "fill-mask", "text-classification", "depth-estimation", None),
    "library": ("peft", "transformers", None),
}


@st.composite
def families(draw: st.DrawFn) -> tuple[Records, dict[str, dict[str, Any]], list[tuple[str, str]]]:
    """Up to nine models with edges in any direction, some to a model that is missing: cycles and self-parents occur."""
    ids = [f"o/m{number}" for number in range(draw(st.integers(2, 9)))]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from([*ids, "o/gone"]))
    edges = draw(st.lists(pairs, max_size=14, unique=True))
    said = {
        id_: {
            "languages": draw(st.lists(st.sampled_from(WORDS["languages"]), max_size=4, unique=True)),
            "task": draw(st.sampled_from(WORDS["task"])),
            "library": draw(st.sampled_from(WORDS["library"])),
        }
        for id_ in ids
    }
    licenses = {id_: draw(st.sampled_from(["mit", "gpl-3.0", None])) for id_ in ids}
    given_records = declared(
        [(child, parent, "finetune") for child, parent in edges],
        *ids,
        **{id_.replace("/", "__"): name for id_, name in licenses.items() if name},
    )
    told = {id_: words | {"licenses": licenses[id_]} for id_, words in said.items()}
    told["o/gone"] = {"languages": [], "task": None, "library": None, "licenses": None}
    return says(given_records, **{id_.replace("/", "__"): words for id_, words in said.items()}), told, edges


@given(families())
@settings(max_examples=100)
def test_every_fact_is_what_walking_every_way_up_gives(
    family: tuple[Records, dict[str, dict[str, Any]], list[tuple[str, str]]],
) -> None:
    given_records, told, edges = family
    graph = build(given_records)
    ids = graph.nodes["Model"]["id"].to_list()
    found = {
        (ids[start], ids[end]): tuple(values)
        for start, end, *values in graph.edges["FINETUNE_OF"].select("_start", "_end", *LANGUAGE, "task_change").rows()
    }
    assert found.keys() == set(edges)
    for child, parent in edges:
        before, after = set(told[parent]["languages"]), set(told[child]["languages"])
        words = (
            plain_drift.language_change(before, after),
            plain_drift.task_change(told[parent]["task"], told[child]["task"]),
        )
        if parent == "o/gone":
            words = ("unknown", "unknown")
        assert found[child, parent] == (plain_drift.lost(before, after), plain_drift.gained(before, after), *words)

    lineage = nx.DiGraph(edges)
    lineage.add_nodes_from(ids)
    for id_, values in facts(graph, "upstream_language_count", "upstream_task_classes").items():
        above = [told[other] for other in nx.descendants(lineage, id_) - {id_}]
        assert values == (
            plain_drift.language_count([set(words["languages"]) for words in above]),
            plain_drift.task_classes([words["task"] for words in above]),
        )

    profile = facts(graph, "profile")
    same = {
        id_: [sorted(told[id_][kind]) if kind == "languages" else told[id_][kind] for kind in PROFILE] for id_ in ids
    }
    for one, other in combinations(ids, 2):
        assert (profile[one] == profile[other]) == (same[one] == same[other])
    assert {id_ for id_ in ids if profile[id_] is None} == {id_ for id_ in ids if not any(same[id_])}


def test_a_profile_keeps_its_kinds_apart() -> None:
    """One word as library and as task are two declarations."""
    family = says(declared([], "o/x", "o/y"), o__x={"task": "robotics"}, o__y={"library": "robotics"})
    assert len(set(facts(build(family), "profile").values())) == 2


def test_every_fact_of_the_example_hub() -> None:
    hub = oracle.hub()
    graph = build(normalise(sources.read([oracle.DATA / "example_hub.jsonl"]).raw, as_of=oracle.AS_OF))
    ids = graph.nodes["Model"]["id"].to_list()
    found = {
        (ids[start], kind, ids[end]): tuple(values)
        for kind in oracle.ALL
        for start, end, *values in graph.edges[kind].select("_start", "_end", *LANGUAGE, "task_change").rows()
    }
    assert found == {
        (edge.child, edge.relation, edge.parent): (
            hub.languages_lost(edge),
            hub.languages_gained(edge),
            hub.language_change(edge),
            hub.task_change(edge),
        )
        for edge in hub.edges
    }
    assert facts(graph, "upstream_language_count", "upstream_task_classes") == {
        id_: (hub.upstream_language_count(id_), hub.upstream_task_classes(id_)) for id_ in hub.ids
    }
    alike: dict[Any, set[Any]] = defaultdict(set)
    for id_, profile in facts(graph, "profile").items():
        alike[hub.profile(id_)].add(profile)
    assert alike.pop(None) == {None}
    assert all(len(profiles) == 1 for profiles in alike.values())
    assert len(set[Any]().union(*alike.values()) - {None}) == len(alike)
