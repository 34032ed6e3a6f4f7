"""Languages as models declare them: ISO codes, BCP-47 tags, names, and common mistakes."""

from __future__ import annotations

import re
from functools import cache

import polars as pl
from iso639 import Lang, iter_langs
from iso639.exceptions import DeprecatedLanguageValue, InvalidLanguageValue

SPECIAL = {"multilingual": "multilingual", "code": "code (no human language)"}
"""Values the Hub's documentation allows beside ISO codes, with their names."""

_MISTAKES = {"jp": "ja", "cn": "zh", "ua": "uk", "multi": "multilingual", "false": "no"}
"""Country codes taken for language codes; `multi`; and YAML's reading of an unquoted `no`, Norwegian. `kr` is missing
on purpose: it is ISO 639-1 for Kanuri, so that meaning Korean by it cannot be told."""

_WORDS = re.compile(r"\s*[,;/]\s*")


@cache
def iso_two_letter_codes() -> frozenset[str]:
    """The ISO 639-1 codes."""
    return frozenset(language.pt1 for language in iter_langs() if language.pt1)


def _language(word: str) -> Lang | None:
    for value in (word, word.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0], word.title()):
        try:
            return Lang(value)
        except DeprecatedLanguageValue as deprecated:
            if deprecated.change_to:
                return Lang(deprecated.change_to)
        except InvalidLanguageValue:
            continue
    return None


def _canonical(word: str) -> str:
    lower = word.lower()
    lower = _MISTAKES.get(lower, lower)
    if lower in SPECIAL:
        return lower
    language = _language(lower)
    return (language.pt1 or language.pt3) if language else lower


def canonical(declared: pl.Series) -> pl.DataFrame:
    """Language ids for declared values: columns `declared`, `language`; one row per language that a value names.

    ISO 639-1 code where the language has one, else ISO 639-3; script and region are dropped (`zh-Hant`, `eng_Latn`);
    values that name no language we know stay themselves in lower case. Called on distinct values only: a whole Hub
    has a few thousand.
    """
    rows = [
        (value, _canonical(word))
        for value in declared.drop_nulls().unique().sort().to_list()
        for word in _WORDS.split(value.strip())
        if word
    ]
    return pl.DataFrame(rows, schema={"declared": pl.String, "language": pl.String}, orient="row").unique(
        maintain_order=True
    )


def names(ids: pl.Series) -> pl.DataFrame:
    """Columns `id`, `name`, `known` for language ids; the name of an unknown language is null."""
    rows = []
    for language_id in ids.to_list():
        language = None if language_id in SPECIAL else _language(language_id)
        name = SPECIAL.get(language_id) or (language.name if language else None)
        rows.append((language_id, name, name is not None))
    return pl.DataFrame(rows, schema={"id": pl.String, "name": pl.String, "known": pl.Boolean}, orient="row")
