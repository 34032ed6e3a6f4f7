"""Real snapshots through the whole pipeline, against a second computation in plain Python and networkx."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import plain_drift
from independent import Expected, compute
from studbook import schema, sources
from studbook.normalise import normalise
from studbook.tables import GraphTables, build

FOLDER = Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"])
SNAPSHOTS = sorted(FOLDER.glob("*.jsonl.gz"))


@pytest.fixture(scope="module", params=[SNAPSHOTS[0], SNAPSHOTS[-1]], ids=lambda path: path.name)
def pair(request: pytest.FixtureRequest) -> tuple[Expected, GraphTables]:
    snapshot = sources.read([request.param])
    assert snapshot.rejected.height == 0
    return compute(request.param), build(normalise(snapshot.raw, as_of=datetime(2026, 8, 22, tzinfo=UTC)))


def derivations(graph: GraphTables) -> dict[str, set[tuple[str, str]]]:
    ids = graph.nodes["Model"]["id"].to_list()
    return {
        kind.type: {(ids[start], ids[end]) for start, end in graph.edges[kind.type].select("_start", "_end").rows()}
        for kind in schema.DERIVATIONS
    }


def column(graph: GraphTables, name: str) -> dict[str, Any]:
    return dict(graph.nodes["Model"].select("id", name).rows())


def test_models_and_stubs(pair: tuple[Expected, GraphTables]) -> None:
    expected, graph = pair
    status = column(graph, "status")
    assert {id_ for id_, word in status.items() if word == "listed"} == expected.ids
    assert {id_ for id_, word in status.items() if word == "missing"} == expected.stubs
    assert len(status) == len(expected.ids) + len(expected.stubs)


def test_every_edge(pair: tuple[Expected, GraphTables]) -> None:
    expected, graph = pair
    found = {(child, parent, type_) for type_, pairs in derivations(graph).items() for child, parent in pairs}
    assert found == expected.edges
    assert sum(graph.edges[kind.type].height for kind in schema.DERIVATIONS) == len(expected.edges)


def test_what_is_no_model_id(pair: tuple[Expected, GraphTables]) -> None:
    expected, graph = pair
    found = {id_: set(names) for id_, names in column(graph, "unresolved_parents").items() if names}
    assert found == expected.unresolved


def test_licences(pair: tuple[Expected, GraphTables]) -> None:
    expected, graph = pair
    names = graph.nodes["License"]["id"].to_list()
    assert Counter(names[end] for end in graph.edges["UNDER_LICENSE"]["_end"].to_list()) == expected.licenses


def test_structure(pair: tuple[Expected, GraphTables]) -> None:
    expected, graph = pair
    lineage = nx.DiGraph((child, parent) for child, parent, _ in expected.edges)
    condensed = nx.condensation(lineage)
    member = condensed.graph["mapping"]
    depth: dict[int, int] = {}
    for node in reversed(list(nx.topological_sort(condensed))):
        depth[node] = max((depth[parent] + 1 for parent in condensed.successors(node)), default=0)
    generation, below, children = (
        column(graph, name) for name in ("generation_max", "descendant_count", "child_count")
    )
    roots, above = column(graph, "root_count"), column(graph, "component")
    for id_ in lineage:
        assert generation[id_] == depth[member[id_]]
        assert below[id_] == len(nx.ancestors(lineage, id_))
        assert children[id_] == len(set(lineage.predecessors(id_)) - {id_})
        assert roots[id_] == sum(depth[member[a]] == 0 for a in nx.descendants(lineage, id_) - {id_})
    outside = set(generation) - set(lineage)
    assert {generation[id_] for id_ in outside} == {0}
    groups = defaultdict(set)
    for id_, name in above.items():
        if id_ in lineage:
            groups[name].add(id_)
    assert {frozenset(g) for g in groups.values()} == {frozenset(c) for c in nx.weakly_connected_components(lineage)}


def test_families_and_their_names(pair: tuple[Expected, GraphTables]) -> None:
    expected, graph = pair
    lineage = nx.DiGraph((child, parent) for child, parent, type_ in expected.edges if type_ != "MERGE_OF")
    ids, names = graph.nodes["Model"]["id"].to_list(), graph.nodes["Family"]["id"].to_list()
    found = defaultdict(set)
    for start, end in graph.edges["IN_FAMILY"].rows():
        found[names[end]].add(ids[start])
    families = {}
    far = datetime.max.replace(tzinfo=UTC)
    for members in nx.weakly_connected_components(lineage):
        if len(members) < 2:
            continue
        condensed = nx.condensation(lineage.subgraph(members))
        roots = [id_ for c in condensed if condensed.out_degree(c) == 0 for id_ in condensed.nodes[c]["members"]]
        families[min(roots, key=lambda id_: (expected.created.get(id_, far), id_))] = members
    assert dict(found) == families


def test_languages_and_tasks_along_the_lineage(pair: tuple[Expected, GraphTables]) -> None:
    """From what the models declare, as the graph has it: only what follows from that is worked out again."""
    expected, graph = pair
    ids = graph.nodes["Model"]["id"].to_list()

    def declared(label: str, kind: str) -> dict[str, set[str]]:
        names, found = graph.nodes[label]["id"].to_list(), defaultdict(set)
        for start, end in graph.edges[kind].select("_start", "_end").rows():
            found[ids[start]].add(names[end])
        return found

    languages, tasks = declared("Language", "IN_LANGUAGE"), declared("Task", "HAS_TASK")
    task = {id_: next(iter(tasks.get(id_, ())), None) for id_ in ids}
    facts = ("languages_lost", "languages_gained", "language_change", "task_change")
    words = Counter()
    for kind in schema.DERIVATIONS:
        for start, end, *found in graph.edges[kind.type].select("_start", "_end", *facts).rows():
            child, parent = ids[start], ids[end]
            before, after = languages.get(parent, set()), languages.get(child, set())
            changes = [plain_drift.language_change(before, after), plain_drift.task_change(task[parent], task[child])]
            if parent in expected.stubs:
                changes = ["unknown", "unknown"]
            assert found == [plain_drift.lost(before, after), plain_drift.gained(before, after), *changes]
            words.update(changes)
    assert {"kept", "narrowed", "widened", "dropped", "added", "changed", "class_changed", "unknown"} <= set(words)

    lineage = nx.DiGraph((child, parent) for child, parent, _ in expected.edges)
    counts, classes = column(graph, "upstream_language_count"), column(graph, "upstream_task_classes")
    for id_ in lineage:
        above = nx.descendants(lineage, id_) - {id_}
        assert counts[id_] == plain_drift.language_count([languages.get(other, set()) for other in above])
        assert classes[id_] == plain_drift.task_classes([task[other] for other in above])

    alike, libraries = defaultdict(set), declared("Library", "USES_LIBRARY")
    licenses = declared("License", "UNDER_LICENSE")
    for id_, profile in column(graph, "profile").items():
        alike[tuple(tuple(sorted(of.get(id_, ()))) for of in (licenses, languages, tasks, libraries))].add(profile)
    assert alike.pop(((), (), (), ())) == {None}
    assert len(set.union(*alike.values()) - {None}) == len(alike)
