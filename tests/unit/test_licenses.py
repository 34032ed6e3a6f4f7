"""The licence table, and what becomes of terms from parent to child. Expected words were read off the licence texts."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import polars as pl
import pytest

from studbook import licenses, resources
from studbook.errors import InputError
from studbook.licenses import Table


@pytest.mark.parametrize(
    ("parent", "child", "word"),
    [
        ("apache-2.0", "apache-2.0", "kept"),
        ("apache-2.0", "mit", "kept"),  # both ask for notices only
        ("cc-by-nc-4.0", "mit", "loosened"),
        ("mit", "cc-by-nc-4.0", "tightened"),
        ("gpl-3.0", "apache-2.0", "loosened"),
        ("cc-by-sa-4.0", "gpl-2.0", "changed"),  # each share-alike asks for itself
        ("cc-by-sa-3.0", "cc-by-sa-4.0", "kept"),  # 3.0 allows later versions
        ("gpl", "gpl-3.0", "unknown"),  # perhaps the same version
        ("tongyi-qianwen", "fish-audio-research-license", "changed"),
        ("qwen", "jamba-open-model-license", "changed"),  # two agreements, each asks for itself
        ("modified-mit", "kimi-k3", "changed"),  # two thresholds
        ("bsd", "mit", "kept"),  # whichever BSD it is, it asks for notices only
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
    assert licenses.shipped().change(frozenset({parent}), frozenset({child})) == word


def test_silence_on_either_side() -> None:
    one, none = frozenset({"mit"}), frozenset[str]()
    assert licenses.shipped().change(one, none) == "dropped"
    assert licenses.shipped().change(none, one) == "added"
    assert licenses.shipped().change(none, none) is None


def test_several_licences_need_all_readings_to_agree() -> None:
    both = frozenset({"mit", "cc-by-nc-4.0"})
    assert licenses.shipped().change(both, frozenset({"apache-2.0"})) == "unknown"  # kept or loosened
    assert licenses.shipped().change(frozenset({"gpl-3.0", "cc-by-nc-4.0"}), frozenset({"mit"})) == "loosened"
    assert licenses.shipped().change(both, both) == "kept"
    assert licenses.shipped().change(frozenset({"mit", "other"}), frozenset({"mit", "other"})) == "unknown"


def test_a_term_that_an_incomplete_row_does_not_name_may_be_there_all_the_same() -> None:
    rows = licenses.shipped().frame.filter(~pl.col("complete") & (pl.col("terms") == ["noncommercial"]))
    assert rows.height
    for name in rows["id"]:
        assert licenses.shipped().change(frozenset({name}), frozenset({"cc-by-nc-4.0"})) == "unknown"
        assert licenses.shipped().change(frozenset({name}), frozenset({"mit"})) == "loosened"
        assert licenses.shipped().change(frozenset({"mit"}), frozenset({name})) == "tightened"


def test_names_are_read_in_any_letter_case_and_by_their_aliases() -> None:
    names = pl.DataFrame({"name": ["MIT", " Gemma-Terms-Of-Use ", "No-Such-Name"]})
    assert names.select(licenses.shipped().canonical(pl.col("name")))["name"].to_list() == [
        "mit",
        "gemma",
        "no-such-name",
    ]


def test_every_alias_leads_to_a_row_of_its_own() -> None:
    rows, aliases = licenses.shipped().frame, licenses.shipped().aliases
    assert rows.height == 208  # 246 names of which 38 are aliases
    assert set(aliases.values()) <= set(rows["id"])
    assert aliases.keys().isdisjoint(rows["id"])
    assert rows["id"].is_unique().all()


def test_terms_of_texts_read_by_hand() -> None:
    terms = {row["id"]: row["terms"] for row in licenses.shipped().frame.iter_rows(named=True)}
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


TABLE = licenses.shipped()


def column(expression: pl.Expr, **columns: list[str | None]) -> list[object]:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).select(expression).to_series().to_list()


@pytest.mark.parametrize(
    ("link", "license_"),
    [
        ("https://creativecommons.org/licenses/by-nc/4.0/", "cc-by-nc-4.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/legalcode.en", "cc-by-nc-4.0"),
        ("http://creativecommons.org/licenses/by-sa/4.0/deed.pt_BR", "cc-by-sa-4.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "apache-2.0"),
        ("https://www.gnu.org/licenses/gpl-3.0.en.html#license-text", "gpl-3.0"),
        ("https://spdx.org/licenses/MIT.html", "mit"),
        (" https://ai.google.dev/gemma/terms ", "gemma"),
        ("https://ai.google.dev/gemma/docs/gemma_4_license", "apache-2.0"),
        ("https://mistral.ai/licenses/MRL-0.1.md", "mrl"),
        ("https://www.llama.com/llama3_2/license/", "llama3.2"),
        ("https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/LICENSE", "llama3.1"),
        ("https://github.com/Lightricks/LTX-2/blob/main/LICENSE-2_x", "ltx-2.x-community-license"),
        ("https://huggingface.co/owner/model/blob/main/LICENSE", None),
        ("https://ai.google.dev/gemma", None),
        ("LICENSE", None),
        ("", None),
        (None, None),
    ],
)
def test_links_to_texts(link: str | None, license_: str | None) -> None:
    assert column(TABLE.from_link(pl.col("link")), link=[link]) == [license_]


def test_a_name_goes_before_a_link_and_a_link_before_a_name_that_nobody_knows() -> None:
    gemma = "https://ai.google.dev/gemma/terms"
    rows = [
        ("other", "Apache-License-2.0", gemma, "apache-2.0"),
        ("Other ", None, gemma, "gemma"),
        ("other", "My-Own-Terms", gemma, "gemma"),
        ("other", "research-only", gemma, "research-only"),  # a name that the table has, with unknown terms
        ("other", "My-Own-Terms", "LICENSE", "my-own-terms"),
        ("other", None, None, "other"),
        ("mit", "llama3", gemma, "mit"),  # name and link speak of `other` only
        (None, "llama3", None, None),
    ]
    read = TABLE.declared(pl.col("license"), name=pl.col("name"), link=pl.col("link"))
    names = ("license", "name", "link")
    assert column(read, **{name: [row[i] for row in rows] for i, name in enumerate(names)}) == [row[3] for row in rows]


def test_every_link_and_vendor_says_where_it_is_from() -> None:
    for name, keys in (("license_links.csv", 1), ("license_vendors.csv", 2)):
        with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
            rows = [tuple(row.values()) for row in csv.DictReader(file)]
        assert all(all(row) for row in rows)
        assert len({tuple(cell.lower() for cell in row[:keys]) for row in rows}) == len(rows)
    assert set(TABLE.vendors) == {row.vendor for row in TABLE.rows.values()} - {None}
    written = pl.DataFrame({"address": list(TABLE.links)}).select(
        TABLE.from_link("https://www." + pl.col("address") + "/")
    )
    assert written.to_series().to_list() == list(TABLE.links.values()), "an address that no link can be read as"


def test_words_and_vendors_of_names() -> None:
    assert TABLE.prefixes == ("exaone", "llama", "llama3")
    names: list[str | None] = ["Llama-3-8B", "Meta-Llama-3", "llama3.1", "EXAONE-x", "LLaMA-x"]
    assert column(TABLE.prefixes_kept(pl.col("name")), name=names) == [
        ["llama", "llama3"],
        [],
        ["llama", "llama3"],
        ["exaone"],
        ["llama"],
    ]
    assert TABLE.prefixes_of("Llama-3-8B") == {"llama", "llama3"}
    owners: list[str | None] = ["Google", "meta-llama", "somebody"]
    assert column(TABLE.vendors_of(pl.col("owner")), owner=owners) == [["gemma", "hai-def"], ["llama"], []]


def test_an_organisation_adds_and_overrides() -> None:
    own = TABLE.with_rows(
        [
            {"tag": "acme-internal", "family": "non_commercial", "commercial_use": "no", "derivatives": "yes",
             "share_alike": "none", "use_restrictions": "no", "restrictions_flow_down": "no",
             "child_licence_rule": "stay_noncommercial", "confidence": "high", "source": "legal, 2026"},
            {"tag": "mit", "confidence": "medium"},
            {"tag": "faipl-1.0-sd", "source": "an alias becomes a row of its own"},
        ],
        aliases={"ACME licence": "acme-internal", "research-only": "acme-internal"},
    )  # fmt: skip
    added = own.rows["acme-internal"]
    assert (added.terms, added.complete, added.spdx_id) == ({"noncommercial"}, True, "LicenseRef-acme-internal")
    assert own.rows["mit"].confidence == "medium"
    assert own.rows["mit"].rule == TABLE.rows["mit"].rule
    assert own.rows["faipl-1.0-sd"].known is False
    assert {own.aliases[name] for name in ("acme licence", "research-only")} == {"acme-internal"}
    found = column(own.canonical(pl.col("name")), name=["ACME Licence", "research-only", "faipl-1.0-sd"])
    assert found == ["acme-internal", "acme-internal", "faipl-1.0-sd"]
    assert own.change(frozenset({"acme-internal"}), frozenset({"mit"})) == "loosened"
    assert own.frame.height == 208 + 2 - 1
    assert TABLE.frame.height == 208
    assert own.version != TABLE.version == Table(TABLE.rows, TABLE.aliases, TABLE.links, TABLE.vendors).version


def test_an_alias_of_what_has_aliases_takes_them_along() -> None:
    own = TABLE.with_rows([{"tag": "acme"}], aliases={"llama3": "acme"})
    assert own.aliases["llama-3"] == "acme"


def test_overriding_with_what_is_there_changes_nothing() -> None:
    same = TABLE.with_rows([{"tag": name} for name in TABLE.rows])
    assert same.rows == TABLE.rows
    assert same.version == TABLE.version


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"tag": "Acme"}, "not in lower case"),
        ({"tag": "acme", "colour": "red"}, "no column 'colour'"),
        ({"tag": "acme", "family": "evil"}, "family is 'evil'"),
        ({"tag": "acme", "commercial_use": "no"}, "family is unknown, but its terms are not"),
        ({"tag": "acme", "confidence": "sure"}, "confidence is 'sure'"),
        ({"tag": "mit", "child_licence_rule": "do_good"}, "child_licence_rule has ['do_good']"),
        ({"tag": "mit", "derivative_scope": "dreams"}, "derivative_scope has ['dreams']"),
        ({"tag": "mit", "restrictions_flow_down": "yes"}, "restrictions_flow_down is yes without a list"),
        ({"tag": "mit", "use_restrictions": "yes"}, "does not say by which list"),
        ({"tag": "mit", "restriction_set": "some-list"}, "but use is free"),
        ({"tag": "mit", "child_licence_rule": "carry_use_restrictions"}, "restrictions_flow_down does not"),
        ({"tag": "mit", "child_licence_rule": "stay_noncommercial"}, "commercial_use does not"),
        ({"tag": "mit", "child_licence_rule": "same_licence"}, "share_alike does not"),
        ({"tag": "mit", "child_licence_rule": "carry_agreement"}, "relicense_derivative is any"),
        ({"tag": "mit", "child_licence_rule": "carry_conditions"}, "scale_threshold is empty"),
        ({"tag": "mit", "child_licence_rule": "any_with_notice+name_prefix"}, "begins with"),
        ({"tag": "mit", "derivatives": "no"}, "derivatives and child_licence_rule disagree"),
        ({"tag": "mit", "compatible_with": "no-such"}, "refers to 'no-such'"),
        ({"tag": "mit", "output_restriction": "noncommercial"}, "output_restriction has"),
        ({"tag": "acme", "spdx_id": "MIT"}, "it has the SPDX id MIT of 'mit'"),
    ],
)
def test_rows_that_do_not_hold_together_are_refused(row: dict[str, str], problem: str) -> None:
    with pytest.raises(InputError, match=re.escape(problem)) as caught:
        TABLE.with_rows([row])
    assert repr(row["tag"]) in str(caught.value)


@pytest.mark.parametrize(
    ("aliases", "problem"),
    [
        ({"acme": "no-such"}, "leads to 'no-such', which is no licence"),
        ({"acme": "llama-3"}, "leads to 'llama-3', which is no licence"),
        ({"mit": "mit"}, "which is no licence"),
    ],
)
def test_aliases_that_lead_nowhere_are_refused(aliases: dict[str, str], problem: str) -> None:
    with pytest.raises(InputError, match=re.escape(problem)):
        TABLE.with_rows([], aliases=aliases)


def edited(
    change: Callable[[dict[str, dict[str, str]]], None], monkeypatch: pytest.MonkeyPatch, folder: object
) -> None:
    """Points the package at a copy of its data in which `change` has edited the licences by tag."""
    with (resources.DATA / "licenses.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["tag"]: row for row in csv.DictReader(file)}
    change(rows)
    for name in ("license_links.csv", "license_vendors.csv"):
        (folder / name).write_text((resources.DATA / name).read_text(encoding="utf-8"), encoding="utf-8")  # type: ignore[operator]
    with (folder / "licenses.csv").open("w", encoding="utf-8", newline="") as file:  # type: ignore[operator]
        writer = csv.DictWriter(file, list(rows["mit"]))
        writer.writeheader()
        writer.writerows(rows.values())
    monkeypatch.setattr(resources, "DATA", folder)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"sdxl-license": {"commercial_use": "yes"}}, "the alias 'sdxl-license': it has terms of its own"),
        ({"sdxl-license": {"spdx_id": "MIT"}}, "the alias 'sdxl-license': it has another SPDX id"),
        ({"sdxl-license": {"confidence": "low"}}, "the alias 'sdxl-license': it is less certain"),
    ],
)
def test_shipped_aliases_that_say_more_than_a_name_are_refused(
    change: dict[str, dict[str, str]], problem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    def edit(rows: dict[str, dict[str, str]]) -> None:
        for tag, cells in change.items():
            rows[tag].update(cells)

    edited(edit, monkeypatch, tmp_path)
    with pytest.raises(InputError, match=re.escape(problem)):
        licenses.shipped.__wrapped__()


def test_fields_are_what_the_file_says() -> None:
    """Every cell of the file is in the typed row, read here with nothing but the standard library."""
    renamed = {"tag": "id", "child_licence_rule": "rule", "implies_parent_family": "vendor"}
    with (resources.DATA / "licenses.csv").open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            if cells["alias_of"]:
                continue
            row = TABLE.rows[cells["tag"]]
            for name, cell in cells.items():
                if name in ("kind", "alias_of", "models_2025_07"):
                    continue
                if name == "output_restriction":
                    assert "; ".join(f"{code}: {said}" for code, said in row.outputs) == cell
                    continue
                value = getattr(row, renamed.get(name, name))
                if isinstance(value, frozenset):
                    assert value == frozenset(cell.split("+") if cell else [])
                elif not (name == "restriction_set" and not cell and value == "unknown"):
                    assert (value or "") == cell
