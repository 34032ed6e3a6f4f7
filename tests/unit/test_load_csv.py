"""The importer's CSV files, read back by Python's own reader."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from raw_rows import declared
from studbook import records, schema, tables
from studbook.errors import InputError
from studbook.history import CHANGES, NOTHING
from studbook.progress import SILENT
from studbook.records import Records
from studbook.tables import GraphTables
from studbook.writers.offline import export


def models(*rows: dict[str, Any]) -> Records:
    """Records of models alone."""
    empty = declared([])
    table = pl.DataFrame([{"status": "listed", **row} for row in rows], records.MODELS)
    return Records(table, empty.licenses, empty.languages, empty.datasets, empty.papers, empty.parents)


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of a data file under the names of its header file, without the types."""
    with (folder / f"{name}.header.csv").open(newline="", encoding="utf-8") as file:
        (header,) = csv.reader(file)
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return [
            dict(zip((column.split(":")[0] or column for column in header), row, strict=True))
            for row in csv.reader(file)
        ]


def snapshot_of(graph: GraphTables) -> GraphTables:
    return GraphTables(dict(graph.nodes), dict(graph.edges))


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00") | st.sampled_from('",;\n\r\t\\\x1f '),
    min_size=1,
)


@given(st.lists(st.tuples(texts, st.lists(texts, min_size=1)), min_size=1, max_size=5))
def test_every_text_comes_back(given_texts: list[tuple[str, list[str]]]) -> None:
    graph = tables.build(
        models(
            *(
                {"id": f"o/m{number}", "license_link": link, "regions": regions}
                for number, (link, regions) in enumerate(given_texts)
            )
        )
    )
    used = "".join(text for _, regions in given_texts for text in regions)
    assume(not all(character in used for character in "\x1c\x1d\x1e\x1f"))
    with tempfile.TemporaryDirectory() as name:
        arguments = export(snapshot_of(graph), NOTHING, Path(name), progress=SILENT)
        found = {row["id"]: row for row in read(Path(name), "Model")}
    (delimiter,) = (chr(int(a.split("U+")[1], 16)) for a in arguments if a.startswith("--array-delimiter"))
    for number, (link, regions) in enumerate(given_texts):
        row = found[f"o/m{number}"]
        assert row["license_link"] == link
        assert row["regions"].split(delimiter) == regions
    cells = [link for link, _ in given_texts] + [text for _, regions in given_texts for text in regions]
    assert ("--multiline-fields=true" in arguments) == any("\n" in cell or "\r" in cell for cell in cells)


def test_nulls_numbers_moments_and_truths(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    graph = tables.build(
        models(
            {"id": "o/a", "created_at": moment, "trending_score": 0.1, "downloads": 2**40, "first_seen": moment},
            {"id": "o/b"},
        )
    )
    export(snapshot_of(graph), NOTHING, tmp_path, progress=SILENT)
    first, second = read(tmp_path, "Model")
    assert (first["created_at"], first["trending_score"], first["downloads"]) == (
        "2026-01-02T03:04:05.678Z",
        "0.1",
        str(2**40),
    )
    assert (second["created_at"], second["trending_score"], second["downloads"], second["regions"]) == ("", "", "", "")
    header = (tmp_path / "Model.header.csv").read_text(encoding="utf-8")
    assert header.startswith(":ID,id:string,id_lower:string,status:string")
    assert "created_at:datetime" in header
    assert "regions:string[]" in header
    assert (
        (tmp_path / "FINETUNE_OF.header.csv").read_text(encoding="utf-8").startswith(":START_ID,:END_ID,position:long")
    )


def test_ids_lead_to_the_ends_of_edges(tmp_path: Path) -> None:
    graph = tables.build(declared([("o/b", "o/a", "finetune"), ("p/c", "o/b", "merge")], "q/d", p__c="mit"))
    kept = snapshot_of(graph)
    export(graph, NOTHING, tmp_path, progress=SILENT)
    assert (graph.nodes, graph.edges) == ({}, {})
    names: dict[str, str] = {}
    for kind in schema.NODES:
        for row in read(tmp_path, kind.label):
            assert row[":ID"] not in names
            names[row[":ID"]] = row[kind.key.name]
    assert sorted(map(int, names)) == list(range(len(names)))
    found = {
        (names[row[":START_ID"]], kind.type, names[row[":END_ID"]])
        for kind in schema.EDGES
        for row in read(tmp_path, kind.type)
    }
    assert found >= {
        ("o/b", "FINETUNE_OF", "o/a"),
        ("p/c", "MERGE_OF", "o/b"),
        ("p/c", "UNDER_LICENSE", "mit"),
        ("q/d", "PUBLISHED_BY", "q"),
    }
    assert len(found) == sum(table.height for table in kept.edges.values())


def test_what_changed_leads_to_the_model_as_it_is_called_now(tmp_path: Path) -> None:
    graph = tables.build(declared([], "o/a", "o/new"))
    told = {
        "id": "s o/old license",
        "model": "o/old",
        "field": "license",
        "after": ["mit"],
        "snapshot": "s",
        "of": "o/new",
    }
    changes = pl.DataFrame([told], CHANGES)
    export(graph, replace(NOTHING, changes=changes), tmp_path, progress=SILENT)
    (edge,), (change,) = read(tmp_path, "OF"), read(tmp_path, "Change")
    (model,) = [row for row in read(tmp_path, "Model") if row["id"] == "o/new"]
    assert edge == {":START_ID": change[":ID"], ":END_ID": model[":ID"]}
    assert (change["model"], change["before"], change["after"]) == ("o/old", "", "mit")


def test_the_organisations_own_models_have_a_label_more(tmp_path: Path) -> None:
    graph = tables.build(models({"id": "o/a"}, {"id": "us/own", "status": "internal"}, {"id": "o/b"}))
    arguments = export(graph, NOTHING, tmp_path, progress=SILENT)
    assert "--nodes=Model:Internal=./Internal.header.csv,./Internal.csv" in arguments
    rows = [*read(tmp_path, "Model"), *read(tmp_path, "Internal")]
    assert [(row[":ID"], row["id"]) for row in rows] == [("0", "o/a"), ("2", "o/b"), ("1", "us/own")]


def test_a_node_with_an_empty_list_is_written_without_hash(tmp_path: Path) -> None:
    """MIT asks nothing, which is an empty list, and of `made-up` nothing is known, which is null: CSV has one cell for both."""
    graph = tables.build(declared([], "o/a", "o/b", o__a="mit", o__b="made-up"))
    terms = dict(graph.nodes["License"].select("id", "terms").rows())
    assert terms == {"mit": [], "made-up": None}
    export(graph, NOTHING, tmp_path, progress=SILENT)
    hashes = {row["id"]: row["facts_hash"] for row in read(tmp_path, "License")}
    assert hashes["mit"] == ""
    assert hashes["made-up"] != ""


def test_when_no_character_is_left_to_separate_elements(tmp_path: Path) -> None:
    graph = tables.build(models({"id": "o/a", "regions": ["\x1c\x1d", "\x1e\x1f"]}))
    with pytest.raises(InputError, match="--writer bolt"):
        export(graph, NOTHING, tmp_path, progress=SILENT)
