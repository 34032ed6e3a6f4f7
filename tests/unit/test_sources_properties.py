"""What holds for any input: nothing is lost, what is bad is found, and cards mean what Python's JSON says they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.exceptions import PolarsError

from studbook import dumps, sources
from studbook.errors import SourceError

"""How long an example takes is the machine's affair."""

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(["id", "total", "models", "relation"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
TEXTS = st.text(alphabet="ab\"\\\n\t, []{}'é:/", max_size=6) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5
)
IDS = st.from_regex(r"[a-c]{1,2}/[a-c]{1,2}", fullmatch=True)
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "tags": st.lists(TEXTS, max_size=3),
    "downloads": st.integers(0, 9),
    "lastModified": st.sampled_from(["2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z"]),
    "cardData": st.dictionaries(st.sampled_from(list(dumps.CARD)), JSON_VALUES),
}
OBJECTS = st.fixed_dictionaries(
    {}, optional={name: LIKELY.get(name, st.nothing()) | JSON_VALUES for name in (*dumps.HUB, "siblings")}
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dumps") / "dump"


@given(st.lists(OBJECTS | JSON_VALUES, min_size=1, max_size=12), st.sampled_from(["lines", "array", "pretty"]))
def test_rows_in_are_rows_kept_and_rows_refused(path: Path, rows: list[Any], shape: str) -> None:
    rows = [{"id": "x/x"}, *rows]
    lines = [json.dumps(row) for row in rows]
    path.write_text(
        "\n".join(lines) if shape == "lines" else json.dumps(rows, indent=None if shape == "array" else 1),
        encoding="utf-8",
    )
    snapshot = sources.read([path])
    places = [*snapshot.raw["line"], *snapshot.rejected["line"]]
    assert sorted(places) == list(range(1, len(rows) + 1))
    assert snapshot.raw["id"].is_unique().all()
    assert snapshot.rejected["reason"].null_count() == 0


JSON_NUMBERS = st.integers(-(2**64), 2**64) | st.floats(-1e6, 1e6)
PLAIN_VALUES = st.recursive(
    st.none() | st.booleans() | JSON_NUMBERS | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "total", "models", "relation", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from([name for name in dumps.HUB if name not in ("cardData", "config")]), PLAIN_VALUES)
def test_a_field_is_refused_by_type_exactly_when_polars_refuses_it(path: Path, name: str, value: Any) -> None:
    """Else what a row means would depend on whether a bad row stands beside it."""
    fields = pl.Schema({name: pl.String() if dumps.HUB[name] == dumps.MOMENT else dumps.HUB[name]})
    text = json.dumps({name: value})
    try:
        pl.read_ndjson(text.encode(), schema=fields)
    except PolarsError:
        readable = False
    else:
        readable = True
    _, refused = dumps.each_object(pl.Series([text, "{"]), fields)
    assert refused[1] == (None, "malformed JSON")
    assert (0 not in refused) == readable


def kept_by_hand(rows: list[dict[str, Any]]) -> set[int]:
    """The duplicates rule, row by row: newest lastModified, then last; letter case aside only for one _id."""
    best: dict[str, int] = {}
    for place, row in enumerate(rows):
        rank = (row["lastModified"] or "", place)
        if row["id"] not in best or rank > (rows[best[row["id"]]]["lastModified"] or "", best[row["id"]]):
            best[row["id"]] = place
    merged: dict[tuple[str, str], int] = {}
    loose = set()
    for place in best.values():
        row = rows[place]
        if row["_id"] is None:
            loose.add(place)
            continue
        key = (row["id"].lower(), row["_id"])
        rank = (row["lastModified"] or "", place)
        if key not in merged or rank > (rows[merged[key]]["lastModified"] or "", merged[key]):
            merged[key] = place
    return loose | set(merged.values())


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(["a/b", "A/b", "a/B", "c/d"]),
                "_id": st.sampled_from([None, "1", "2"]),
                "lastModified": st.sampled_from([None, "2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z"]),
            }
        ),
        min_size=1,
        max_size=10,
    )
)
def test_duplicates(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    snapshot = sources.read([path])
    assert {line - 1 for line in snapshot.raw["line"]} == kept_by_hand(rows)


BAD_LINES = {
    '{"id": "a/b"': "malformed JSON",
    "[1]": "not an object",
    "7": "not an object",
    '{"id": "a/b", "likes": "x"}': "wrong type: likes",
    '{"id": "a/b", "tags": "x"}': "wrong type: tags",
    '{"id": NaN}': "malformed JSON",
    '{"id": "bare"}': "id is not owner/name",
    "{}": "no id",
}


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 3499), st.sampled_from(sorted(BAD_LINES)), max_size=30))
def test_exactly_the_bad_lines_are_found(path: Path, planted: dict[int, str]) -> None:
    lines = [planted.get(number, f'{{"id": "a/m{number}", "likes": {number}}}') for number in range(3500)]
    lines.insert(0, '{"id": "first/line"}')
    path.write_text("\n".join(lines), encoding="utf-8")
    snapshot = sources.read([path])
    found = dict(snapshot.rejected.select("line", "reason").iter_rows())
    assert found == {number + 2: BAD_LINES[line] for number, line in planted.items()}
    good = [number for number in range(3500) if number not in planted]
    assert snapshot.raw.slice(1).select("line", "likes").rows() == [(number + 2, number) for number in good]


def test_when_all_lines_are_bad_each_has_its_reason(path: Path) -> None:
    lines = ['{"id": "a/b"}', *(list(BAD_LINES) * 500)]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert sources.read([path]).rejected["reason"].to_list() == list(BAD_LINES.values()) * 500


SINGLE = TEXTS | st.booleans() | st.integers(-9, 9) | st.none()
CARDS = st.dictionaries(st.sampled_from([*dumps.CARD, "tags", "x"]), SINGLE | st.lists(SINGLE, max_size=3))


def spelt(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def listed(value: Any) -> list[str] | None:
    """A card's list by plain Python. A text that is itself a JSON list counts as one."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    values = value if isinstance(value, list) else [value]
    return [spelt(one) for one in values if one is not None] or None


@given(st.lists(CARDS, min_size=1, max_size=5), st.sampled_from(["object", "text", "parquet"]))
def test_cards_mean_what_their_json_says(path: Path, cards: list[dict[str, Any]], shape: str) -> None:
    ids = [f"a/m{number}" for number in range(len(cards))]
    if shape == "parquet":
        pl.DataFrame({"id": ids, "cardData": [json.dumps(card) for card in cards]}).write_parquet(path)
    else:
        rows = zip(ids, cards if shape == "object" else map(json.dumps, cards), strict=True)
        path.write_text("\n".join(json.dumps({"id": own, "cardData": card}) for own, card in rows), encoding="utf-8")
    snapshot = sources.read([path])
    assert snapshot.rejected.is_empty()
    assert snapshot.unreadable_cards.is_empty()
    for card, row in zip(cards, snapshot.raw.iter_rows(named=True), strict=True):
        assert row["card_license"] == listed(card.get("license"))
        assert row["card_base_models"] == listed(card.get("base_model"))
        assert row["card_datasets"] == listed(card.get("datasets"))
        languages = listed(card.get("language"))
        assert row["card_languages"] == (languages and ["no" if one == "false" else one for one in languages])
        for name in ("license_name", "license_link", "base_model_relation", "new_version"):
            value = card.get(name)
            if not isinstance(value, list):
                assert row[f"card_{name}"] == (None if value is None else spelt(value))


@given(st.lists(st.lists(TEXTS | st.just("it's"), max_size=4), min_size=1, max_size=6))
def test_python_lists_are_read_back(path: Path, lists: list[list[str]]) -> None:
    rows = [f'a/m{number},"{str(tags).replace(chr(34), chr(34) * 2)}"' for number, tags in enumerate(lists)]
    path.write_text("model_id,tags\n" + "\n".join(rows) + "\n", encoding="utf-8", newline="")
    snapshot = sources.read([path])
    assert snapshot.rejected.is_empty()
    assert snapshot.raw["tags"].to_list() == lists


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_give_rows_or_a_clear_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"^Reading "):
        sources.read([path])
