"""Languages as cards and tags give them."""

from __future__ import annotations

import polars as pl
import pytest

from studbook import languages


@pytest.mark.parametrize(
    ("declared", "ids"),
    [
        ("en", ["en"]),
        ("eng", ["en"]),
        ("eng_Latn", ["en"]),
        ("zh-Hant", ["zh"]),
        ("English", ["en"]),
        ("english", ["en"]),
        ("no", ["no"]),
        ("false", ["no"]),  # YAML's reading of an unquoted no
        ("jp", ["ja"]),
        ("kr", ["kr"]),  # Kanuri, whatever was meant
        ("iw", ["he"]),  # withdrawn in 1989
        ("fil", ["fil"]),  # no two-letter code
        ("fr,en", ["fr", "en"]),
        ("multilingual", ["multilingual"]),
        ("Klingonese", ["klingonese"]),
    ],
)
def test_canonical(declared: str, ids: list[str]) -> None:
    assert languages.canonical(pl.Series([declared]))["language"].to_list() == ids


def test_unknown_values_stay_and_say_so() -> None:
    names = languages.names(pl.Series(["de", "multilingual", "klingonese"]))
    assert names.rows() == [("de", "German", True), ("multilingual", "multilingual", True), ("klingonese", None, False)]


def test_two_letter_codes_are_those_of_the_standard() -> None:
    codes = languages.iso_two_letter_codes()
    assert {"en", "pt", "no", "zh"} <= codes
    assert not {"rl", "tf", "oq"} & codes
    assert 180 <= len(codes) <= 190  # ISO 639-1 has 183 or 184, depending on how Serbo-Croatian is counted
