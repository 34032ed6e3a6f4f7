"""Model cards as facts: against hand work, and against a plain reading line by line."""

from __future__ import annotations

import csv
import json
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import hub_files
import plain_cards
from studbook import cards, dumps, resources


def facts(*texts: str | None, id_: str = "fen/Heron-7B") -> list[dict[str, Any]]:
    found = cards.facts(pl.Series(texts, dtype=pl.String), pl.Series([id_] * len(texts)))
    assert found.schema == cards.SCHEMA
    return found.to_dicts()


def fact(text: str, name: str) -> Any:
    return facts(text)[0][name]


def test_a_card_that_nobody_looked_for_is_unknown_and_one_that_is_not_there_is_empty() -> None:
    assert facts(None, "", "---\nlicense: mit\n---\n") == [
        {"card_length": None, "card_hash": None, "card_sections": None, "card_template": None},
        {"card_length": 0, "card_hash": None, "card_sections": None, "card_template": None},
        {"card_length": 0, "card_hash": None, "card_sections": None, "card_template": None},
    ]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Hello", 5),
        ("\n\n  Grüße 🦆 \n", 7),
        ("---\nlicense: mit\n---\nHello", 5),
        ("---\r\nlicense: mit\r\n---\r\nHello\r\nyou\r\n", 9),
        ("\ufeff---\nlicense: mit\n---\n\nHello", 5),
        ("---\n---\nHello", 5),
        ("---\na: '---'\n---\nHello\n---\nmore", 14),
        ("Hello\n\n---\nlicense: mit\n---\n", 27),
        ("---\nlicense: mit\nHello", 22),
    ],
)
def test_the_body_is_what_follows_the_metadata(text: str, length: int) -> None:
    assert fact(text, "card_length") == length


def test_cards_that_differ_in_names_numbers_and_spelling_alone_are_one() -> None:
    texts = {
        "fen/Heron-7B": "# Heron 7B\n\nheron-7b by FEN reached 71.4 % (fen/Heron-7B)!",
        "marsh/Egret-13B": "---\nlicense: mit\n---\n# Egret-13B\nEgret-13B by marsh reached 9 % (`marsh/Egret-13B`)",
    }
    one, other = (facts(text, id_=id_)[0]["card_hash"] for id_, text in texts.items())
    # `fen` is too short to be taken out: it is part of too many words.
    assert one != other
    same = facts(texts["marsh/Egret-13B"].replace("marsh", "reeds"), id_="reeds/Egret-13B")[0]["card_hash"]
    assert same == other
    assert facts("12 34 — …")[0]["card_hash"] is None


def test_a_hash_does_not_change_with_the_libraries() -> None:
    """It stands in graphs that an earlier version wrote. Written by polars-hash 0.9.3."""
    assert fact("A heron stands.", "card_hash") == 8292440042279909486


@pytest.mark.parametrize(
    ("heading", "sections"),
    [
        ("## Intended uses & limitations", ["intended_uses", "limitations"]),
        ("## Bias, Risks, and Limitations", ["limitations"]),
        ("### Out-of-Scope Use", ["intended_uses"]),
        ("## Uses", ["intended_uses"]),
        ("## How to use", ["how_to_use"]),
        ("## 🚀 Quick Start", ["how_to_use"]),
        ("## Training and evaluation data", ["training_data"]),
        ("### Training hyperparameters", ["training_procedure"]),
        ("# Evaluation Results", ["evaluation"]),
        ("## Model description ##", ["description"]),
        ("## **Citation** [optional]", ["citation"]),
        ("## License", ["license_text"]),
        ("## Contact us", ["contact"]),
        ("## CO2 Emissions", ["environmental_impact"]),
        ("## Compute Infrastructure", ["technical_specifications"]),
        ("## Framework versions", None),
        ("##No heading", None),
        ("####### Uses", None),
    ],
)
def test_headings(heading: str, sections: list[str] | None) -> None:
    assert fact(f"# Heron\n\n{heading}\n\nSome text.", "card_sections") == sections
    assert fact(f"# Heron\n\n{heading}\n\n## Next\n\nSome text.", "card_sections") is None


def test_what_says_nothing_is_no_section() -> None:
    text = """# Heron-7B for uses and limitations

## Uses

<!-- Address questions around how the model is intended to be used. -->

[More Information Needed]

## Limitations

More information needed

## Citation

**BibTeX:**

- **Developed by:** [More Information Needed]

## Usage

```python
# Evaluation
```
"""
    assert fact(text, "card_sections") == ["how_to_use"]


def test_a_text_between_title_and_heading_describes_the_model() -> None:
    long = "A heron that has learned to read and to write in two languages, and to keep quiet in a third one."
    badges = "[![a badge](an address)](another address that is longer than any description has to be for all its worth)"
    assert fact(f"# Heron\n\n{long}\n\n## Other", "card_sections") == ["description"]
    assert fact(long, "card_sections") == ["description"]
    assert fact(f"# Heron\n\n{badges}\n\nA heron.", "card_sections") is None
    assert fact(f"# Heron\n\n## Other\n\n{long}", "card_sections") is None


def test_results_in_the_metadata() -> None:
    front = "---\nmodel-index:\n- name: x\n  results:\n  - task:\n      type: y\n    metrics:\n    - type: accuracy\n"
    assert fact(f"{front}      value: 0.7\n---\n", "card_sections") == ["evaluation_results"]
    assert fact("---\nmodel-index:\n- name: x\n  results: []\n---\n", "card_sections") is None


def test_every_marker_is_recognised_and_the_first_of_the_table_counts() -> None:
    markers = [row for row in plain_cards.TEMPLATES if row["kind"] == "marker"]
    found = facts(*(f"Hello.\n\n{row['text'].upper()} and so on" for row in markers))
    names = [row["template"] for row in markers]
    assert [one["card_template"] for one in found] == names
    assert fact("[More Information Needed]\n\n### Framework versions\n\n- PEFT 0.1", "card_template") == "peft"
    assert fact("Hand-written.", "card_template") is None


def test_weights_are_a_hundred_and_names_are_told_once() -> None:
    assert sum(int(row["weight"]) for row in plain_cards.ITEMS) == 100
    names = [row["name"] for row in plain_cards.ITEMS]
    assert len(set(names)) == len(names)
    assert {row["kind"] for row in plain_cards.ITEMS} == {"section", "metadata"}
    with (resources.DATA / "card_templates.csv").open(encoding="utf-8", newline="") as file:
        assert all(all(row.values()) and None not in row for row in csv.DictReader(file))


def test_scores() -> None:
    fields = ["license", "datasets", "language", "task", "library"]
    rows = [
        (None, None, None, [True] * 5),
        (0, None, None, [False] * 5),
        (0, None, None, [True] * 5),
        (9, ["evaluation", "limitations"], None, [False] * 5),  # 10 + 12
        (9, ["evaluation", "evaluation_results", "limitations"], "trainer", [True, False, False, False, False]),
        (9, sorted(cards.shipped().headings), None, [True] * 5),
    ]
    models = pl.DataFrame(
        [
            dict(zip(("card_length", "card_sections", "card_template"), row[:3], strict=True))
            | dict(zip(fields, row[3], strict=True))
            for row in rows
        ],
        schema={"card_length": pl.Int64, "card_sections": pl.List(pl.String), "card_template": pl.String}
        | dict.fromkeys(fields, pl.Boolean),
    )
    assert cards.scores(models).to_list() == [None, 0, 23, 22, 11 + 4 + 9, 96]


LINES = st.sampled_from(
    [
        *("", "", "text", "# Title", "## Uses", "### Limitations", "#hash", "```", "<!-- a comment -->"),
        *("[More Information Needed]", "**BibTeX:**", "- **By:** me", "A long line. " * 8, "## Training data", "---"),
        *("- PEFT 0.1", "### Framework versions", "automatically generated", "Ünïcode 漢字", "1 2 3", "## Evaluation"),
    ]
)


@given(st.lists(LINES, max_size=14), st.booleans())
def test_cards_mean_what_a_plain_reading_says(lines: list[str], metadata: bool) -> None:
    if lines.count("```") % 2:
        lines = [*lines, "```"]
    text = ("---\nlicense: mit\n---\n" if metadata else "") + "\n".join(lines)
    plain = plain_cards.read(text, "fen/Heron-7B")
    assert facts(text)[0] | {"card_hash": None} == {
        "card_length": plain.length,
        "card_hash": None,
        "card_sections": sorted(plain.sections) or None,
        "card_template": plain.template,
    }


def test_the_cards_of_the_example_hub_mean_what_a_plain_reading_says() -> None:
    rows = [row for row in hub_files.example() if "card" in row]
    found = cards.facts(pl.Series([row["card"] for row in rows]), pl.Series([row["id"] for row in rows])).to_dicts()
    hashes: dict[str, int] = {}
    for row, one in zip(rows, found, strict=True):
        plain = plain_cards.read(row["card"], row["id"])
        assert (one["card_length"], one["card_sections"] or [], one["card_template"]) == (
            plain.length,
            sorted(plain.sections),
            plain.template,
        ), row["id"]
        assert hashes.setdefault(plain.letters, one["card_hash"]) == one["card_hash"]
    assert len(set(hashes.values())) == len(hashes) > 50


# --- metadata ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml_", "expected"),
    [
        ("license: mit", {"license": "mit"}),
        ("license:   apache-2.0   # free", {"license": "apache-2.0"}),
        ("license: 'cc-by-4.0'", {"license": "cc-by-4.0"}),
        ("license:\n- mit\n- gpl-3.0", {"license": '["mit", "gpl-3.0"]'}),
        ("license:\n  - mit\n  -   gpl-3.0  \n\nlanguage: no", {"license": '["mit", "gpl-3.0"]', "language": "no"}),
        ("language: [en, no,\n  de]", {"language": '["en", "no", "de"]'}),
        ("language:\n- 'no'\n- en # English", {"language": '["no", "en"]'}),
        ("license_link: https://example.org/a#b", {"license_link": "https://example.org/a#b"}),
        ("license:\nlanguage: null\ndatasets: ~\nnew_version: ''", {}),
        ("license: {a: [", {}),
        ("extra: |\n  license: mit\n  more", {}),
        ("tags:\n- license: mit", {}),
        ("license: mit\nbroken: [\nlanguage: fr", {"license": "mit", "language": "fr"}),
        (
            "base_model: fen/Heron-7B\nbase_model_relation: merge",
            {"base_model": "fen/Heron-7B", "base_model_relation": "merge"},
        ),
    ],
)
def test_metadata(yaml_: str, expected: dict[str, str]) -> None:
    names = list(dumps.CARD)
    found = cards.metadata(pl.Series([f"---\n{yaml_}\n---\nlicense: no", None, "license: mit"]), names)
    assert found.columns == names
    assert found.rows(named=True) == [dict.fromkeys(names) | expected, dict.fromkeys(names), dict.fromkeys(names)]


WORDS = st.from_regex(r"[A-Za-z0-9_./ :#'\"-]{0,8}", fullmatch=True) | st.text(max_size=5)


@given(
    st.dictionaries(
        st.sampled_from(["license", "language", "datasets", "x"]), WORDS | st.lists(WORDS, max_size=3), min_size=1
    ),
    st.booleans(),
)
def test_metadata_mean_what_yaml_says(values: dict[str, Any], brackets: bool) -> None:
    styles = {name: None if brackets and isinstance(value, list) else False for name, value in values.items()}
    text = "".join(
        yaml.safe_dump({name: value}, default_flow_style=styles[name], allow_unicode=True, width=1000)
        for name, value in values.items()
    )
    read = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    found = cards.metadata(pl.Series([f"---\n{text}---\n"]), ["license", "language", "datasets"]).row(0, named=True)
    for name, value in found.items():
        expected = read.get(name)
        if isinstance(value, str) and value.startswith("["):
            assert value == expected or json.loads(value) == expected
        else:
            assert value == (expected if expected not in ("", [], "null", "~", "Null", "NULL") else None)
