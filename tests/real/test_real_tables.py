"""Real snapshots through the whole pipeline, against a second computation in plain Python and networkx.

Only the ids, tags and card licence names are read again here, by the definitions of schema.py; nothing of the
program's own code takes part in the expected values.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from studbook import resources, schema, sources
from studbook.normalise import normalise
from studbook.tables import GraphTables, build

FOLDER = Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"])
SNAPSHOTS = sorted(FOLDER.glob("*.jsonl.gz"))
TYPE = {"finetune": "FINETUNE_OF", "adapter": "ADAPTER_OF", "quantized": "QUANTIZATION_OF", "merge": "MERGE_OF"}


@dataclass
class Expected:
    """What the definitions say about one snapshot."""

    ids: set[str] = field(default_factory=set)
    edges: set[tuple[str, str, str]] = field(default_factory=set)
    stubs: set[str] = field(default_factory=set)
    unresolved: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    licenses: Counter[str] = field(default_factory=Counter)
    created: dict[str, datetime] = field(default_factory=dict)


def compute(path: Path) -> Expected:
    found = Expected()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with (resources.DATA / "aliases.csv").open(encoding="utf-8") as table:
        moved = {row["alias"].lower(): row["id"] for row in csv.DictReader(table)}
    with (resources.DATA / "licenses.csv").open(encoding="utf-8") as table:
        spelt = {row["tag"]: row["alias_of"] or row["tag"] for row in csv.DictReader(table)}
    folded = defaultdict(list)
    for row in rows:
        found.ids.add(row["id"])
        folded[row["id"].lower()].append(row["id"])
        found.created[row["id"]] = datetime.fromisoformat(row["createdAt"])
        name = (row.get("cardData") or {}).get("license_name")
        for tag in set(row["tags"]):
            if tag.startswith("license:"):
                declared = name if tag == "license:other" and name else tag.removeprefix("license:")
                found.licenses[spelt.get(declared.lower().strip(), declared.lower().strip())] += 1

    def listed(name: str) -> str | None:
        if name in found.ids:
            return name
        same = folded.get(name.lower(), [])
        return same[0] if len(same) == 1 else None

    bare, typed, spellings = set(), set(), defaultdict(lambda: defaultdict(set))
    for row in rows:
        for tag in row["tags"]:
            match = re.fullmatch(r"base_model:(?:(finetune|adapter|quantized|merge):)?(.+)", tag, re.DOTALL)
            if match is None:
                continue
            relation, name = match[1], match[2].strip().rstrip("/")
            target = listed(name)
            if target is None and name.lower() in moved:
                name = moved[name.lower()]
                target = listed(name)
            if target is None and not re.fullmatch(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", name, re.ASCII):
                found.unresolved[row["id"]].add(match[2].strip())
                continue
            if target is None:
                spellings[name.lower()][name].add(row["id"])
            end = target or ("missing", name.lower())
            (typed if relation else bare).add((row["id"], relation, end))
    stub = {lower: min(names, key=lambda n: (-len(names[n]), n)) for lower, names in spellings.items()}
    pairs = {(child, end) for child, _, end in typed}
    for child, relation, end in typed | {edge for edge in bare if (edge[0], edge[2]) not in pairs}:
        parent = stub[end[1]] if isinstance(end, tuple) else end
        found.edges.add((child, parent, TYPE[relation] if relation else "BASED_ON"))
    found.stubs = set(stub.values())
    return found


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
