"""docs/schema.md: whole, and as the schema has it now."""

from __future__ import annotations

import re
from pathlib import Path

from studbook import reference, resources, schema

PAGE = Path(__file__).parents[2] / "docs/schema.md"


def test_the_page_is_what_the_schema_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference.markdown(), (
        "run: studbook schema --format markdown > docs/schema.md"
    )


def test_every_kind_has_one_example_that_speaks_of_it() -> None:
    names = [kind.label for kind in schema.ALL_NODES] + [kind.type for kind in schema.ALL_EDGES]
    examples = dict(resources.statements("example"))
    assert set(examples) == {f"example/{name.lower()}" for name in names}
    for name in names:
        assert re.search(rf":{name}\b", examples[f"example/{name.lower()}"])


def test_every_property_of_every_kind_is_a_row() -> None:
    rows = [
        dict(zip((c.name for c in reference.rows().columns), values, strict=True)) for values in reference.rows().values
    ]
    found = {(row["kind"], row["property"]) for row in rows}
    for kind in schema.ALL_NODES:
        assert {(kind.label, p.name) for p in kind.properties} <= found
    for edge in schema.ALL_EDGES:
        assert {(edge.type, p.name) for p in edge.properties} or {(edge.type, None)} <= found


def test_indexes_are_read_from_their_statements() -> None:
    indexes = reference.indexes()
    assert indexes["Model", "id"] == "unique"
    assert indexes["Model", "id_lower"] == "yes"
    assert indexes["Model", "license_family"] == "with `upstream_terms`"
    assert indexes["FINETUNE_OF", "license_change"] == "yes"
    assert {("Model", "downloads"), ("Model", "upstream_terms")} & set(indexes) == set()
    known = {(kind.label, p.name) for kind in schema.ALL_NODES for p in kind.properties}
    known |= {(kind.type, p.name) for kind in schema.ALL_EDGES for p in kind.properties}
    assert set(indexes) <= known
