"""Queries taken apart: what can be told without evidence, and how the parts go together again."""

from __future__ import annotations

from pathlib import Path

import pytest

from studbook import packs, sweep
from studbook.library import Column, Query
from studbook.sweep import Sweep

MIDDLE = """\
MATCH (model:Model)-[edge:MERGE_OF]->(parent:Model) // LIMIT $limit RETURN nothing
WHERE model.name <> ', RETURN AS x' AND EXISTS { MATCH (model)-[:HAS_TASK]->(task) RETURN task LIMIT 1 }
WITH model, parent, edge.position + 1 AS place
ORDER BY model.id, place
LIMIT $limit
MATCH path = ANY SHORTEST (model)-[:MERGE_OF]->{1,9}(root:Model)
RETURN
  model.id AS model, parent.id AS parent, place,
  coalesce(model.downloads, 0) AS downloads,
  [node IN nodes(path) | node.id] AS path,
  COLLECT { MATCH (root)-[:UNDER_LICENSE]->(license) RETURN license.id ORDER BY license.id } AS licenses,
  toUpper(root.id) AS root
ORDER BY model, place
"""


def query(text: str, *columns: str) -> Query:
    return Query("o/q", Path("q.cypher"), "Q", text, (), tuple(Column(name, "STRING") for name in columns))


def apart(text: str, *columns: str) -> Sweep:
    found = sweep.take_apart(query(text, *columns))
    assert found is not None
    return found


def test_what_needs_the_evidence_cannot_be_told_without_it() -> None:
    parts = apart(MIDDLE, "model", "parent", "place", "downloads", "path", "licenses", "root")
    assert parts.expressions == {
        "model": "model.id",
        "parent": "parent.id",
        "place": "place",
        "downloads": "coalesce(model.downloads, 0)",
    }
    assert parts.body.endswith("WITH model, parent, edge.position + 1 AS place")
    assert parts.rest.startswith("ORDER BY model.id, place\nLIMIT $limit\nMATCH path")
    assert "[parent.id, place] AS row" in parts.rows(["parent", "place"])
    assert "LIMIT $limit\n" not in parts.rows(["parent"]).partition("nothing")[2]


def test_chosen_models_are_chosen_before_the_limit() -> None:
    text = apart(MIDDLE, "model").narrowed("model")
    condition, limit = text.index("$audited"), text.index("LIMIT $limit\nMATCH path")
    assert text.index("AS place\nWITH *\nWHERE any(one IN [] + model.id WHERE") < condition < limit


@pytest.mark.parametrize("end", ["", "\nORDER BY model", "\nORDER BY model\nLIMIT $limit"])
def test_a_limit_on_the_answer_itself(end: str) -> None:
    parts = apart(f"MATCH (model:Model)\nRETURN model.id AS model, count(*) AS n{end}", "model", "n")
    assert parts.expressions == {"model": "model", "n": "n"}
    assert parts.body == "CALL () {\nMATCH (model:Model)\nRETURN model.id AS model, count(*) AS n\n}"
    assert parts.narrowed("model").endswith(f"RETURN model, n{end}".rstrip() if end else "RETURN model, n\n")


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:Model) WITH n LIMIT $limit RETURN n.id AS model",  # which ones come first is not said
        "MATCH (n:Model) WITH n ORDER BY n.id LIMIT $limit WHERE n.likes > 0 RETURN n.id AS model",
        "MATCH (n:Model) DELETE n",
    ],
)
def test_other_forms_are_left_whole(text: str) -> None:
    assert sweep.take_apart(query(text, "model")) is None


def test_a_file_without_header_is_left_whole() -> None:
    assert sweep.take_apart(Query("q", Path("q"), "q", "RETURN 1 AS x", (), None)) is None


def test_every_query_of_a_shipped_pack_can_tell_its_key() -> None:
    for check in packs.pack("all").checks:
        parts = sweep.take_apart(check.query)
        assert parts is not None
        assert set(check.query.key) <= set(parts.expressions), check.query.id
