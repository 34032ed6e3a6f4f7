"""Real snapshots as Neo4j holds them after `load`: counted by the database, against plain Python over the files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from homes import small
from independent import Expected, compute
from studbook import browser, server
from studbook.config import Settings
from studbook.graph import Graph, connect
from studbook.load import LoadSummary, load

FOLDER = Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"])
FIRST, *_, LAST = sorted(FOLDER.glob("*.jsonl.gz"))

Loaded = tuple[Graph, LoadSummary, Expected]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = small(tmp_path_factory.mktemp("real"))
    yield settings
    server.stop(settings)


@pytest.fixture(scope="module")
def first(home: Settings) -> Iterator[Loaded]:
    """The first snapshot, on an empty home."""
    summary = load([FIRST], settings=home)
    with connect(home) as graph:
        yield graph, summary, compute(FIRST)


def count(graph: Graph, cypher: str) -> dict[str, int]:
    """The two columns of a statement as a dictionary."""
    return dict(graph.read(cypher).rows)


def edges(graph: Graph) -> dict[str, int]:
    return count(
        graph,
        "MATCH (:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model) "
        "RETURN type(edge), count(*)",
    )


def test_a_first_load_holds_exactly_what_the_file_says(first: Loaded) -> None:
    graph, summary, expected = first
    assert (summary.rows, summary.loaded, summary.rejected) == (len(expected.ids), len(expected.ids), 0)
    assert count(graph, "MATCH (model:Model) RETURN model.status, count(*)") == {
        "listed": len(expected.ids),
        "missing": len(expected.stubs),
    }
    assert edges(graph) == Counter(type_ for _, _, type_ in expected.edges)
    loops = "MATCH (model:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(model)"
    assert graph.read(f"{loops} RETURN count(edge)").rows == [
        (sum(child == parent for child, parent, _ in expected.edges),)
    ]
    assert count(graph, "MATCH (:Model)-[:UNDER_LICENSE]->(l:License) RETURN l.id, count(*)") == expected.licenses
    (snapshot,) = graph.read("MATCH (s:Snapshot) RETURN s.status, s.rows, s.loaded, s.rejected, s.models, s.edges").rows
    models = len(expected.ids) + len(expected.stubs)
    assert snapshot == ("complete", summary.rows, summary.loaded, 0, models, len(expected.edges))


@pytest.mark.parametrize("question", browser.questions(), ids=lambda question: question.question)
def test_a_question_of_the_guide_finds_something_in_it(first: Loaded, question: browser.Question) -> None:
    assert first[0].read(question.statement).rows


def test_a_later_snapshot_folds_into_it(home: Settings, first: Loaded) -> None:
    _, _, before = first
    summary = load([LAST], settings=home)
    after = compute(LAST)
    with connect(home) as graph:
        status = count(graph, "MATCH (model:Model) RETURN model.id, model.status")
        found = set(
            graph.read(
                "MATCH (c:Model)-[e:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(p:Model) "
                "WHERE c.status = 'listed' RETURN c.id, p.id, type(e)"
            ).rows
        )
    gone = before.ids - after.ids
    assert {id_ for id_, word in status.items() if word == "listed"} == after.ids
    assert {id_ for id_, word in status.items() if word == "removed"} == gone
    assert summary.models["removed"] == len(gone)
    # What a removed model lists as its parent is found there too, and no longer missing.
    assert {(c, p.lower(), t) for c, p, t in found} == {(c, p.lower(), t) for c, p, t in after.edges}
    again = load([LAST], settings=home)
    assert again.writer is None
    assert again.updates == {}
