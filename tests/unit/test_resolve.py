"""Which node a declared parent is."""

from __future__ import annotations

import polars as pl
import pytest

from raw_rows import AS_OF, declared
from studbook import resolve
from studbook.records import Records


def parents_of(records: Records) -> list[tuple[str, str, str, str | None]]:
    """(child, parent, how it was found, declared_as)."""
    found = resolve.resolve(records)
    ids = found.records.models["id"].to_list()
    return [(ids[e["child"]], ids[e["parent"]], e["by"], e["declared_as"]) for e in found.edges.iter_rows(named=True)]


def test_exact_then_case_then_alias_then_missing() -> None:
    records = declared(
        [
            ("o/exact", "o/Base", "finetune"),
            ("o/case", "O/BASE", "finetune"),
            ("o/moved", "gpt2", "finetune"),
            ("o/gone", "o/Deleted", "finetune"),
        ],
        "o/Base",
        "openai-community/gpt2",
    )
    assert parents_of(records) == [
        ("o/exact", "o/Base", "exact", None),
        ("o/case", "o/Base", "case", "O/BASE"),
        ("o/moved", "openai-community/gpt2", "alias", "gpt2"),
        ("o/gone", "o/Deleted", "missing", None),
    ]


def test_two_ids_that_differ_in_case_are_found_exactly_or_not_at_all() -> None:
    records = declared([("o/x", "o/base", "adapter"), ("o/y", "O/base", "adapter")], "o/base", "o/BASE")
    assert parents_of(records) == [("o/x", "o/base", "exact", None), ("o/y", "O/base", "missing", None)]


def test_an_alias_of_an_unlisted_model_names_the_model_it_moved_to() -> None:
    found = resolve.resolve(declared([("o/x", "gpt2", "finetune")]))
    assert found.records.models.row(-1, named=True)["id"] == "openai-community/gpt2"
    assert found.records.models.row(-1, named=True)["status"] == "missing"
    assert found.aliases.select("alias", "model").rows() == [("gpt2", 1)]


def test_a_freed_name_that_is_listed_again_is_not_followed() -> None:
    records = declared([("o/x", "THUDM/chatglm3-6b", "finetune")], "THUDM/chatglm3-6b", "zai-org/chatglm3-6b")
    assert parents_of(records) == [("o/x", "THUDM/chatglm3-6b", "exact", None)]
    assert "THUDM/chatglm3-6b" not in resolve.resolve(records).aliases["alias"].to_list()


@pytest.mark.parametrize(
    "reference",
    ["/cache/models/base", "C:\\Models\\base", "./out", "a/b/c", "https://example.org/o/base", "some-bare-name", "o/"],
)
def test_what_is_no_id_is_kept_as_it_is(reference: str) -> None:
    found = resolve.resolve(declared([("o/x", reference, "adapter")]))
    assert found.edges.height == 0
    assert found.unresolved.rows() == [(0, [reference])]
    assert found.records.models.height == 1


def test_spellings_of_one_missing_parent_are_one_model_named_as_most_children_do() -> None:
    records = declared([("o/x", "P/Gone", "adapter"), ("o/y", "p/gone", "adapter"), ("o/z", "p/gone/", "adapter")])
    assert parents_of(records) == [
        ("o/x", "p/gone", "missing", "P/Gone"),
        ("o/y", "p/gone", "missing", None),
        ("o/z", "p/gone", "missing", "p/gone/"),
    ]
    tie = declared([("o/x", "p/gone", "adapter"), ("o/y", "P/Gone", "adapter")])
    assert {parent for _, parent, _, _ in parents_of(tie)} == {"P/Gone"}


def test_a_missing_model_that_is_carried_over_keeps_its_name() -> None:
    records = declared([("o/x", "p/gone", "adapter")], "P/Gone")
    models = records.models.with_columns(
        status=pl.when(pl.col("id") == "P/Gone").then(pl.lit("missing")).otherwise("status")
    )
    carried = Records(models, records.licenses, records.languages, records.datasets, records.papers, records.parents)
    assert parents_of(carried) == [("o/x", "P/Gone", "case", "p/gone")]


def test_missing_models_are_first_seen_with_the_snapshot() -> None:
    assert resolve.resolve(declared([("o/x", "o/gone", "merge")])).records.models["first_seen"].to_list() == [AS_OF] * 2


def test_several_relations_for_one_pair_are_several_edges_and_a_bare_one_is_none() -> None:
    records = declared(
        [("o/x", "o/b", "merge"), ("o/x", "o/b", "finetune"), ("o/x", "o/b", None), ("o/y", "o/b", None)], "o/b"
    )
    found = resolve.resolve(records).edges
    assert sorted(found.select("child", "relation").rows(), key=str) == [(0, "finetune"), (0, "merge"), (1, None)]


def test_evidence_of_one_edge_is_gathered() -> None:
    records = declared([("o/x", "o/b", "finetune"), ("o/x", "O/b", "finetune"), ("o/x", "o/b", None)], "o/b")
    evidence = pl.Series(["tag", "base_models", "card"])
    records = Records(
        records.models,
        records.licenses,
        records.languages,
        records.datasets,
        records.papers,
        records.parents.with_columns(evidence=evidence),
    )
    found = resolve.resolve(records).edges
    assert found["evidence"].to_list() == [["base_models", "card", "tag"]]


def test_self_parents_are_edges() -> None:
    assert parents_of(declared([("o/x", "o/x", "finetune")])) == [("o/x", "o/x", "exact", None)]
