"""The licence table, and what becomes of terms from parent to child. Expected words were read off the licence texts."""

from __future__ import annotations

import polars as pl
import pytest

from studbook import licenses


@pytest.mark.parametrize(
    ("parent", "child", "word"),
    [
        ("apache-2.0", "apache-2.0", "kept"),
        ("apache-2.0", "mit", "kept"),  # both ask for notices only
        ("cc-by-nc-4.0", "mit", "loosened"),
        ("mit", "cc-by-nc-4.0", "tightened"),
        ("gpl-3.0", "apache-2.0", "loosened"),
        ("cc-by-nc-4.0", "gpl-3.0", "changed"),  # loses non-commercial, gains share-alike
        ("cc-by-nc-sa-4.0", "cc-by-nc-4.0", "loosened"),
        ("llama3", "llama3.1", "changed"),  # another acceptable use policy
        ("creativeml-openrail-m", "openrail++", "kept"),  # word for word the same list
        ("creativeml-openrail-m", "openrail", "unknown"),  # which list the family tag means cannot be told
        ("openrail", "apache-2.0", "loosened"),
        ("other", "other", "unknown"),
        ("unknown", "mit", "unknown"),
        ("cc", "mit", "unknown"),  # a family, not a text
        ("some-vendor-license", "some-vendor-license", "kept"),  # unresolved, but the same name
        ("some-vendor-license", "mit", "unknown"),
    ],
)
def test_change_between_single_licences(parent: str, child: str, word: str) -> None:
    assert licenses.change(frozenset({parent}), frozenset({child})) == word


def test_silence_on_either_side() -> None:
    one, none = frozenset({"mit"}), frozenset[str]()
    assert licenses.change(one, none) == "dropped"
    assert licenses.change(none, one) == "added"
    assert licenses.change(none, none) is None


def test_several_licences_need_all_readings_to_agree() -> None:
    both = frozenset({"mit", "cc-by-nc-4.0"})
    assert licenses.change(both, frozenset({"apache-2.0"})) == "unknown"  # kept or loosened
    assert licenses.change(frozenset({"gpl-3.0", "cc-by-nc-4.0"}), frozenset({"mit"})) == "loosened"
    assert licenses.change(both, both) == "kept"
    assert licenses.change(frozenset({"mit", "other"}), frozenset({"mit", "other"})) == "unknown"


def test_a_term_that_an_incomplete_row_does_not_name_may_be_there_all_the_same() -> None:
    rows = licenses.table().filter(~pl.col("complete") & (pl.col("terms") == ["noncommercial"]))
    assert rows.height
    for name in rows["id"]:
        assert licenses.change(frozenset({name}), frozenset({"cc-by-nc-4.0"})) == "unknown"
        assert licenses.change(frozenset({name}), frozenset({"mit"})) == "loosened"
        assert licenses.change(frozenset({"mit"}), frozenset({name})) == "tightened"


def test_names_are_read_in_any_letter_case_and_by_their_aliases() -> None:
    names = pl.DataFrame({"name": ["MIT", " Gemma-Terms-Of-Use ", "No-Such-Name"]})
    assert names.select(licenses.canonical(pl.col("name")))["name"].to_list() == ["mit", "gemma", "no-such-name"]


def test_every_alias_leads_to_a_row_of_its_own() -> None:
    rows, aliases = licenses.table(), licenses.aliases()
    assert rows.height == 208  # 246 names of which 38 are aliases
    assert aliases["license"].is_in(rows["id"].to_list()).all()
    assert not aliases["alias"].is_in(rows["id"].to_list()).any()
    assert rows["id"].is_unique().all()


def test_terms_of_texts_read_by_hand() -> None:
    terms = {row["id"]: row["terms"] for row in licenses.table().iter_rows(named=True)}
    assert terms["mit"] == []
    assert terms["cc-by-nc-nd-4.0"] == ["no_derivatives", "noncommercial"]
    assert terms["agpl-3.0"] == ["share_alike:network"]
    assert terms["llama3"] == [
        "agreement",
        "commercial_use_conditional",
        "name_prefix",
        "outputs_no_other_models",
        "use_restrictions:llama3-aup",
    ]
    assert terms["other"] is None
    assert terms["cc"] is None
