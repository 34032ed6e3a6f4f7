"""The made-up snapshots have the crawl's shape: everything is counted again from the Parquet, in plain Python."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest
import yaml

import generate
import readmes

MODELS = 20_000
SCALE = MODELS / 1_860_411

LICENSES = {  # the ten commonest in the crawl
    "apache-2.0": 298_442,
    "mit": 109_820,
    "other": 81_887,
    "openrail": 37_498,
    "creativeml-openrail-m": 29_233,
    "cc-by-nc-4.0": 14_315,
    "llama2": 10_294,
    "llama3": 9_887,
    "gemma": 8_677,
    "unknown": 8_368,
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hub") / "models.parquet"
    generate.main(["snapshot", str(path), "--models", str(MODELS), "--seed", "7"])
    return path


@pytest.fixture(scope="module")
def rows(path: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(path).to_dicts()


@pytest.fixture(scope="module")
def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


@pytest.fixture(scope="module")
def references(rows: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    """(child, parent as spelt, relation): typed tags, and bare ones beside which there is no typed one."""
    found: list[tuple[str, str, str | None]] = []
    for row in rows:
        typed: list[list[str]] = []
        bare: list[list[str]] = []
        for tag in row["tags"]:
            if tag.startswith("base_model:"):
                _, *rest = tag.split(":")
                (typed if len(rest) == 2 else bare).append(rest)
        found += [(row["id"], parent, relation) for relation, parent in typed]
        found += [(row["id"], parent, None) for (parent,) in bare if parent not in {parent for _, parent in typed}]
    return found


@pytest.fixture(scope="module")
def edges(references: list[tuple[str, str, str | None]], ids: set[str]) -> dict[tuple[str, str], str]:
    """The paper's edges: (child, parent) with the relation declared first, both in the crawl by their exact ids."""
    found: dict[tuple[str, str], str] = {}
    for child, parent, relation in references:
        if parent in ids and relation is not None:
            found.setdefault((child, parent), relation)
    return found


@pytest.fixture(scope="module")
def graph(edges: dict[tuple[str, str], str]) -> nx.DiGraph[str]:
    """Edges from child to parent."""
    return nx.DiGraph(edges.keys())


def share(count: int) -> Any:
    """A count of the crawl, for as many models as here."""
    return pytest.approx(count * SCALE, abs=1)


def test_rows_are_those_of_the_dumps(path: Path, rows: list[dict[str, Any]], ids: set[str]) -> None:
    schema = pl.read_parquet_schema(path)
    assert schema["tags"] == pl.List(pl.String)
    assert schema["cardData"] == pl.String
    assert schema["baseModels"] == pl.Struct(
        {"relation": pl.String, "models": pl.List(pl.Struct({"_id": pl.String, "id": pl.String}))}
    )
    assert len(rows) == len(ids) == len({row["_id"] for row in rows}) == MODELS
    assert all(len(row["_id"]) == 24 and int(row["_id"], 16) for row in rows)
    assert all(row["id"].split("/")[0] == row["author"] for row in rows)
    assert all(row["lastModified"] >= row["createdAt"] for row in rows)
    assert all(row["downloadsAllTime"] >= row["downloads"] for row in rows)


def test_the_card_says_what_the_tags_say(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        card = json.loads(row["cardData"] or "{}")
        licenses, parents = card.get("license", []), card.get("base_model", [])
        tagged = [tag.removeprefix("license:") for tag in row["tags"] if tag.startswith("license:")]
        assert tagged == ([licenses] if isinstance(licenses, str) else licenses)
        named = [tag.split(":")[-1] for tag in row["tags"] if tag.startswith("base_model:")]
        assert list(dict.fromkeys(named)) == ([parents] if isinstance(parents, str) else parents)
        assert set(card.get("datasets", [])) == {tag[8:] for tag in row["tags"] if tag.startswith("dataset:")}
        assert len(row["tags"]) == len(set(row["tags"]))


def test_relations(edges: dict[tuple[str, str], str]) -> None:
    counts = Counter(edges.values())
    assert counts == {
        "finetune": share(189_391),
        "adapter": share(241_417),
        "quantized": share(101_921),
        "merge": share(40_924),
    }


def test_base_models_hold_the_listed_parents_by_their_true_ids(
    rows: list[dict[str, Any]], references: list[tuple[str, str, str | None]]
) -> None:
    true_ids = {row["id"].lower(): row["id"] for row in rows}
    object_ids = {row["id"]: row["_id"] for row in rows}
    expected: dict[str, list[str]] = {}
    for child, parent, relation in references:
        parents = expected.setdefault(child, [])
        true_id = true_ids.get(parent.lower())
        if true_id and relation and true_id not in parents:
            parents.append(true_id)
    for row in rows:
        listed = row["baseModels"]["models"] if row["baseModels"] else []
        assert [parent["id"] for parent in listed] == expected.get(row["id"], [])
        assert all(object_ids[parent["id"]] == parent["_id"] for parent in listed)


def test_hubs(edges: dict[tuple[str, str], str]) -> None:
    sizes = [count for _, count in Counter(parent for _, parent in edges).most_common(11)]
    published = (33_042, 32_501, 30_581, 23_794, 9_565, 9_361, 8_430, 6_457, 5_556, 4_000)
    assert sizes[:10] == [share(count) for count in published]
    assert sizes[10] < sizes[9]


def test_children_with_children(edges: dict[tuple[str, str], str]) -> None:
    parents = {parent for _, parent in edges}
    breeding = Counter(relation for (child, _), relation in edges.items() if child in parents)
    assert breeding["finetune"] == share(15_047)
    assert breeding["quantized"] == share(970)
    assert breeding["adapter"] == share(458)
    assert breeding["merge"] > 0


def test_parents_outside_the_crawl_and_components(references: list[tuple[str, str, str | None]], ids: set[str]) -> None:
    assert len(references) == pytest.approx(631_225 * SCALE, rel=0.001)
    lower = {model.lower() for model in ids}
    paths = [parent for _, parent, _ in references if parent.startswith(("/", "./"))]
    untyped = [parent for _, parent, relation in references if relation is None]
    miscased = [parent for _, parent, _ in references if parent not in ids and parent in lower]
    assert len(paths) == share(630)
    assert len(untyped) == share(3_156)
    assert len(miscased) == share(3_000)
    assert all(name.lower() in lower for name in miscased)
    links = nx.Graph((child.lower(), parent.lower()) for child, parent, _ in references if parent not in paths)
    links.add_nodes_from(lower)
    assert len(links) > MODELS
    assert nx.number_connected_components(links) == pytest.approx(1_308_021 * SCALE, rel=0.01)


def test_longest_chain_has_40_generations(graph: nx.DiGraph[str]) -> None:
    assert nx.dag_longest_path_length(nx.condensation(graph)) == 40


def test_cycles(graph: nx.DiGraph[str]) -> None:
    sizes = Counter(len(cycle) for cycle in nx.strongly_connected_components(graph))
    assert sizes[2] >= 2
    assert sizes[3] >= 1
    assert max(sizes) == 3
    assert nx.number_of_selfloops(graph) >= 3


def test_merges(edges: dict[tuple[str, str], str], graph: nx.DiGraph[str]) -> None:
    parents: dict[str, list[str]] = {}
    for (child, parent), relation in edges.items():
        if relation == "merge":
            parents.setdefault(child, []).append(parent)
    sizes = Counter(len(of) for of in parents.values())
    assert max(sizes) == 65
    assert sizes[1] > 0
    assert sizes.most_common(1)[0][0] == 2
    nested = [merge for merge, of in parents.items() if any(parent in parents for parent in of)]
    assert len(nested) > len(parents) / 10

    def is_diamond(of: list[str]) -> bool:
        ancestors = Counter(name for parent in of for name in {parent} | nx.descendants(graph, parent))
        return any(count > 1 for count in ancestors.values())

    assert sum(is_diamond(of) for of in parents.values()) > len(parents) / 10


def test_licenses(rows: list[dict[str, Any]], edges: dict[tuple[str, str], str]) -> None:
    declared = {row["id"]: {tag[8:] for tag in row["tags"] if tag.startswith("license:")} for row in rows}
    counts = Counter(name for names in declared.values() for name in names)
    assert counts.total() == share(671_895)
    assert len(counts) == 79
    # Each of the 79 occurs at least once here, which takes a few from the common ones.
    assert {name: counts[name] for name in LICENSES} == {
        name: pytest.approx(count * SCALE, rel=0.02, abs=1) for name, count in LICENSES.items()
    }
    both = [(declared[child], declared[parent]) for child, parent in edges if declared[child] and declared[parent]]
    assert len(both) / len(edges) == pytest.approx(320_065 / 573_653, abs=0.08)
    rate = sum(len(child ^ parent) / len(child | parent) for child, parent in both) / len(both)
    assert 0.15 <= rate <= 0.2
    named = [json.loads(row["cardData"]).get("license_name") for row in rows if "other" in declared[row["id"]]]
    assert sum(name is not None for name in named) > len(named) / 2


def test_languages(rows: list[dict[str, Any]]) -> None:
    spoken: list[list[str]] = []
    for row in rows:
        language = json.loads(row["cardData"] or "{}").get("language")
        if language is not None:
            spoken.append(["no"] if language is False else [language] if isinstance(language, str) else language)
            assert all(code in row["tags"] for code in spoken[-1])
    assert len(spoken) == pytest.approx(258_820 * SCALE, abs=2)
    counts = Counter(code for codes in spoken for code in codes)
    assert counts["en"] == share(221_550)
    assert counts["zh"] == share(12_917)
    assert len(counts) > 2_114
    assert max(len(set(codes)) for codes in spoken) == 2_114


def test_tasks_cards_and_tags(rows: list[dict[str, Any]]) -> None:
    tasks = Counter(row["pipeline_tag"] for row in rows if row["pipeline_tag"])
    assert tasks.total() == pytest.approx(0.55 * MODELS, abs=1)
    assert tasks["text-generation"] / tasks.total() == pytest.approx(0.4107, abs=0.001)
    assert tasks["text-classification"] / tasks.total() == pytest.approx(0.1362, abs=0.001)
    assert tasks["text-to-image"] / tasks.total() == pytest.approx(0.114, abs=0.001)
    assert sum(row["cardData"] is not None for row in rows) == share(1_247_149)
    assert sum(len(row["tags"]) for row in rows) == pytest.approx(10_000_000 * SCALE, rel=0.01)
    created = [row["createdAt"] for row in rows]
    assert 100 < created.count(min(created)) < 500  # the back-fill of March 2022
    authors = Counter(row["author"] for row in rows)
    assert authors.most_common(1)[0][1] > 20 * MODELS / len(authors)


def test_the_same_seed_gives_the_same_rows(path: Path) -> None:
    again = generate.snapshot(MODELS, seed=7)
    assert again.equals(pl.read_parquet(path))
    assert not again.equals(generate.snapshot(MODELS, seed=8))


def test_columns_can_be_left_out() -> None:
    frame = generate.snapshot(10_000, without=["baseModels", "downloadsAllTime"])
    assert set(generate.COLUMNS) - set(frame.columns) == {"baseModels", "downloadsAllTime"}
    with pytest.raises(ValueError, match="no such columns"):
        generate.snapshot(10_000, without=["basemodels"])


def test_too_few_models_for_the_shape() -> None:
    with pytest.raises(ValueError, match="below 10000"):
        generate.snapshot(9_999)


def test_next_snapshot(path: Path, tmp_path: Path) -> None:
    later = tmp_path / "next.parquet"
    generate.main(["next", str(path), str(later)])
    before = {row["id"]: row for row in pl.read_parquet(path).to_dicts()}
    after = {row["id"]: row for row in pl.read_parquet(later).to_dicts()}
    kept = before.keys() & after.keys()
    assert len(before) - len(kept) == pytest.approx(0.001 * MODELS, rel=0.6)
    assert len(after) - len(kept) == 0.002 * MODELS
    assert len({row["_id"] for row in after.values()}) == len(after)
    assert all(after[name]["downloads"] > before[name]["downloads"] for name in kept)

    def facts(row: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in row.items() if key not in ("downloads", "downloadsAllTime")}

    changed = [name for name in kept if facts(before[name]) != facts(after[name])]
    assert len(changed) == pytest.approx(0.01 * MODELS, rel=0.25)
    assert all(before[name]["lastModified"] < after[name]["lastModified"] for name in changed)
    relicensed = [name for name in changed if before[name]["cardData"] != after[name]["cardData"]]
    assert relicensed
    for name in relicensed:
        old, new = (json.loads(snapshot[name]["cardData"]) for snapshot in (before, after))
        assert old.pop("license") != new["license"]
        assert f"license:{new.pop('license')}" in after[name]["tags"]
        assert old == new
        assert len(before[name]["tags"]) == len(after[name]["tags"])
    assert [name for name in changed if before[name]["pipeline_tag"] != after[name]["pipeline_tag"]]


@pytest.fixture(scope="module")
def cards(path: Path) -> dict[str, str]:
    """Texts of the cards, by model."""
    output = path.with_name("cards.parquet")
    generate.main(["cards", str(path), str(output)])
    return dict(pl.read_parquet(output).select("modelId", "card").iter_rows())


def test_cards_are_texts_of_the_models_with_metadata(rows: list[dict[str, Any]], cards: dict[str, str]) -> None:
    given = {row["id"]: json.loads(row["cardData"]) for row in rows if row["cardData"]}
    assert cards.keys() == given.keys()
    for name, card in list(cards.items())[::20]:
        opening, metadata, body = card.split("---\n", 2)
        assert (opening, bool(body.strip())) == ("", True)
        read = yaml.load(metadata, Loader=yaml.BaseLoader)  # noqa: S506  makes texts alone
        spelt = json.loads(json.dumps(given[name]), parse_float=str, parse_int=str)
        assert (read or {}) == ({**spelt, "language": "false"} if spelt.get("language") is False else spelt)


def test_cards_are_as_long_and_as_often_copied_as_they_should(
    rows: list[dict[str, Any]], edges: dict[tuple[str, str], str], cards: dict[str, str]
) -> None:
    lengths = [len(card.split("---\n", 2)[2]) for card in cards.values()]
    assert statistics.mean(lengths) == pytest.approx(3_576, rel=0.1)  # the crawl's
    assert statistics.median(lengths) == pytest.approx(2_073, rel=0.1)
    counts = Counter(edges.values())
    trainer = Counter(edges[edge] for edge in edges if "the Trainer had access to" in cards[edge[0]])
    assert trainer["finetune"] / counts["finetune"] > 0.25
    assert trainer["merge"] / counts["merge"] < 0.05
    copies = Counter(
        relation for (child, parent), relation in edges.items() if f"another version of {parent}" in cards[child]
    )
    assert copies["quantized"] / counts["quantized"] > 0.3
    assert copies["adapter"] / counts["adapter"] < 0.1


def test_the_same_seed_gives_the_same_cards(path: Path, cards: dict[str, str]) -> None:
    models = pl.read_parquet(path)
    assert dict(readmes.cards(models).collect().iter_rows()) == cards
    assert dict(readmes.cards(models, seed=4).collect().iter_rows()) != cards
