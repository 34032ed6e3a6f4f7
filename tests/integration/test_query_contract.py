"""Every query file against a real Neo4j: its plan, its rows on the example hub, and each layer of the check itself.

The expected rows are those of tests/oracle/, worked out in plain Python. One more hub, drawn at random, has what no
story needs: circles within circles, lattices, every relation between one pair.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hub_files
import oracle
from graph_contents import ask, wipe
from hub_oddities import oddities
from oracle import ALL, ANY_SHORTEST, Hub, Row
from studbook import library, organisation, packs, render, reviews, sweep
from studbook.ask import Studbook, connect, run
from studbook.config import Settings
from studbook.errors import GraphError, QueryError
from studbook.graph import Plan, native
from studbook.library import Query
from studbook.load import load
from studbook.reviews import Review

QUERIES = {id_: query for id_, query in library.library().items() if id_ not in oracle.BY_HAND}
EXAMPLE = oracle.hub()
CASES = {id_: json.loads((oracle.EXPECTED / f"{id_}.json").read_text(encoding="utf-8")) for id_ in oracle.QUERIES}
SLOW = ("CartesianProduct", "AllNodesScan", "AllRelationshipsScan", "VarLengthExpand(All)", "VarLengthExpand(Into)")
SLOW += ("Repeat", "StatefulShortestPath")
"""Operators that no query needs: each looks at everything, or walks paths where distances are enough."""


@pytest.fixture(scope="module")
def example(database: Settings) -> Iterator[Studbook]:
    """The example hub as the pipeline loads it."""
    wipe(database)
    load([oracle.DATA / "example_hub.jsonl"], settings=database, as_of=oracle.AS_OF)
    with connect(database) as studbook:
        reviews.write(database, studbook.graph, reviews.load(oracle.REVIEWS))
        yield studbook


def slow(plan: Plan) -> list[str]:
    return [operator for operator in plan.operators if operator.startswith(SLOW)]


def rows(studbook: Studbook, id_: str, parameters: Row) -> list[Row]:
    """The rows as JSON gives them."""
    answer = run(studbook.graph, QUERIES[id_], parameters)
    found: list[Row] = json.loads(render.text(answer, "json"))["rows"]
    return found


def blur(found: list[Row], expected: list[Row], hub: Hub, relations: list[str]) -> list[Row]:
    """The rows found, where one of several shortest paths is expected without it, once it proved to be one."""
    blurred = []
    for number, row in enumerate(found):
        if "relations" in row and "path" in row:
            prove(row, hub, relations)
            if number < len(expected) and expected[number]["path"] == ANY_SHORTEST:
                row = row | {"relations": ANY_SHORTEST, "path": ANY_SHORTEST}  # noqa: PLW2901
        blurred.append(row)
    return blurred


def prove(row: Row, hub: Hub, relations: list[str]) -> None:
    """A path leads from the model to its relative by declared edges, in as many steps as the row says."""
    first, last = row.get("model", row.get("descendant")), row.get("root", row.get("ancestor"))
    assert (row["path"][0], row["path"][-1], len(row["relations"])) == (first, last, row["hops"])
    edges = {(edge.child, edge.relation, edge.parent) for edge in hub.edges if edge.relation in relations}
    for (child, parent), relation in zip(pairwise(row["path"]), row["relations"], strict=True):
        assert (child, relation, parent) in edges


@pytest.mark.parametrize("id_", QUERIES)
def test_plan(example: Studbook, id_: str) -> None:
    """It compiles without a single notification, only reads, returns its columns and looks at no more than it must."""
    query = QUERIES[id_]
    plan = example.graph.explain(query.cypher, query.defaults)
    assert plan.notifications == ()
    assert plan.query_type == "r"
    assert list(plan.columns) == [column.name for column in query.columns or ()]
    assert slow(plan) == []


@pytest.mark.parametrize(
    ("id_", "case"),
    [(id_, case) for id_ in QUERIES for case in CASES.get(id_, [{"parameters": {}, "rows": None}])],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value["parameters"]),
)
def test_rows(example: Studbook, id_: str, case: Row) -> None:
    """Its rows on the example hub, in order, and one row for each key."""
    found = rows(example, id_, case["parameters"])
    relations = ({"relations": ALL} | QUERIES[id_].defaults | case["parameters"])["relations"]
    assert blur(found, case["rows"], EXAMPLE, relations) == case["rows"]
    keys = [json.dumps([row[name] for name in QUERIES[id_].key]) for row in found]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("id_", QUERIES)
def test_every_query_has_a_case_beside_its_defaults(id_: str) -> None:
    first, *others = CASES[id_]
    assert first["parameters"] == {}
    assert first["rows"]
    assert others or not QUERIES[id_].params
    assert oracle.QUERIES[id_][1] == QUERIES[id_].defaults


@pytest.mark.parametrize("id_", oracle.QUERIES)
def test_the_expected_rows_are_what_plain_python_works_out(id_: str) -> None:
    written = (oracle.EXPECTED / f"{id_}.json").read_text(encoding="utf-8")
    assert written == oracle.text(oracle.answers(EXAMPLE, id_)), "run: PYTHONPATH=tests python -m oracle"


# Each layer must see the mistake that it is there for.

HUBS = QUERIES["lineage/hubs"]
PLANTED: dict[str, tuple[str, str, str]] = {
    "label": ("(model:Model)\n", "(model:Modle)\n", "01N50"),
    "type": ("UNDER_LICENSE", "UNDER_LICENCE", "01N51"),
    "property": ("model.downloads", "model.dowloads", "01N52"),
    "deprecated function": ("model.downloads AS", "id(model) AS", "01N0"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_the_plan_notifies_of_a_misspelt_name(example: Studbook, planted: str) -> None:
    old, new, code = PLANTED[planted]
    text = HUBS.cypher.replace(old, new)
    assert text != HUBS.cypher
    plan = example.graph.explain(text, HUBS.defaults)
    assert [notification for notification in plan.notifications if notification.startswith(code)]


def test_the_plan_shows_other_columns(example: Studbook) -> None:
    plan = example.graph.explain(HUBS.cypher.replace("AS downloads", "AS loads"), HUBS.defaults)
    assert list(plan.columns) != [column.name for column in HUBS.columns or ()]


def test_the_plan_shows_a_write(example: Studbook) -> None:
    plan = example.graph.explain(
        HUBS.cypher.replace("WITH model\n", "SET model.seen = true\nWITH model\n"), HUBS.defaults
    )
    assert plan.query_type == "rw"


@pytest.mark.parametrize(
    "statement",
    [
        "MATCH (a:Model {id: 'x'}) MATCH (b:Model {id: 'y'}) RETURN a.id, b.id",
        "MATCH (n) RETURN count(n.id) AS n",
        "MATCH path = (:Model {id: 'x'})-[:MERGE_OF*1..9]->(:Model) RETURN path",
        "MATCH path = (:Model {id: 'x'})-[:MERGE_OF]->{1,9}(:Model) RETURN path",
    ],
)
def test_the_plan_shows_what_is_slow(example: Studbook, statement: str) -> None:
    assert slow(example.graph.explain(statement))


def test_two_statements_or_garbage_do_not_compile(example: Studbook) -> None:
    for text in (f"{HUBS.cypher};\nRETURN 1", f"{HUBS.cypher}\nand so on"):
        with pytest.raises(QueryError, match=r"(?i)invalid input|expected exactly one statement"):
            example.graph.explain(text, HUBS.defaults)


def test_the_rows_show_a_wrong_direction_and_a_forgotten_filter(example: Studbook, tmp_path: Path) -> None:
    for id_, old, new in (
        (
            "lineage/ancestors",
            "->{1,40}(ancestor:Model)\nWHERE",
            "->{0,39}(:Model)<-[:MERGE_OF]-(ancestor:Model)\nWHERE",
        ),
        ("quality/missing_parents", " {status: 'missing'}", ""),
    ):
        text = QUERIES[id_].cypher
        assert old in text
        path = tmp_path / "wrong.cypher"
        path.write_text(text.replace(old, new), encoding="utf-8")
        wrong: Query = library.find(str(path))
        assert list(run(example.graph, wrong, {}).values) != list(run(example.graph, QUERIES[id_], {}).values)


# The same without its evidence, and about chosen models: what an audit asks.

SWEPT = [check.query.id for check in packs.pack("all").checks]


def sweep_equals_whole(studbook: Studbook, id_: str) -> int:
    """A query's sweep has every row that the query has, in all columns that it can tell; about the first two things only,
    it has all of their rows. Returns how many rows there are."""
    query, parts = QUERIES[id_], sweep.take_apart(QUERIES[id_])
    assert parts is not None
    unlimited = query.defaults | {"limit": 10**6}
    names = [column.name for column in query.columns or () if column.name in parts.expressions]
    whole = run(studbook.graph, query, unlimited)
    places = {column.name: place for place, column in enumerate(whole.columns)}

    def told(values: Iterable[Sequence[Any]]) -> list[str]:
        return sorted(json.dumps(render.plain([native(value) for value in row])) for row in values)

    plan = studbook.graph.explain(parts.rows(names), unlimited)
    assert (plan.notifications, slow(plan)) == ((), [])
    found = [row for _, part in studbook.graph.read(parts.rows(names), unlimited).rows for row in part]
    assert told(found) == told([row[places[name]] for name in names] for row in whole.values)

    about = query.key[0]
    chosen = [row[places[about]] for row in whole.values[:2]]
    ids = [id_ for one in chosen for id_ in (one if isinstance(one, list) else [one])]
    audited = library.Param(sweep.AUDITED, "LIST<STRING>")
    narrow = replace(query, cypher=parts.narrowed(about), params=(*query.params, audited))
    if all(isinstance(id_, str) for id_ in ids):
        few = run(studbook.graph, narrow, unlimited | {sweep.AUDITED: ids})
        subjects = [row[places[about]] for row in whole.values]
        among = [bool(set(ids) & {*(one if isinstance(one, list) else [one])}) for one in subjects]
        members = [row for row, is_ in zip(whole.values, among, strict=True) if is_]
        assert told([row[places[name]] for name in names] for row in few.values) == told(
            [row[places[name]] for name in names] for row in members
        )
    return len(whole.values)


@pytest.mark.parametrize("id_", SWEPT)
def test_a_sweep_has_every_row(example: Studbook, id_: str) -> None:
    assert sweep_equals_whole(example, id_)


# What the runner refuses.


def mine(folder: Path, text: str) -> Query:
    path = folder / "mine.cypher"
    path.write_text(text, encoding="utf-8")
    return library.find(str(path))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (:Intruder)",
        "MATCH (model:Model) SET model.seen = true RETURN model.id",
        "MATCH (model:Model) DETACH DELETE model",
        "CREATE INDEX intruder FOR (n:Intruder) ON (n.x)",
        "CALL db.createLabel('Intruder')",
    ],
)
def test_a_query_that_writes_does_not_run(
    example: Studbook, database: Settings, tmp_path: Path, statement: str
) -> None:
    with pytest.raises(QueryError, match="does more than read"):
        run(example.graph, mine(tmp_path, statement), {})
    with pytest.raises((QueryError, GraphError)):
        example.graph.read(statement)
    assert ask(database, "MATCH (m:Model) RETURN count(m), count(m.seen)") == [[512, 0]]
    assert ask(database, "SHOW INDEXES YIELD name WHERE name = 'intruder'") == []
    assert "Intruder" not in ask(database, "CALL db.labels() YIELD label RETURN collect(label)")[0][0]


def test_a_query_that_reads_files_does_not_run(example: Studbook, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("secret\n")
    for address in (f"file://{tmp_path}/secret.csv", "http://127.0.0.1:9/secret.csv"):
        with pytest.raises(QueryError, match="LOAD CSV would read files"):
            run(example.graph, mine(tmp_path, f"LOAD CSV FROM '{address}' AS line RETURN line"), {})


def test_a_query_whose_columns_are_not_those_declared_says_so(example: Studbook, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"it returns .*'loads'.* and declares .*'downloads'"):
        run(example.graph, mine(tmp_path, HUBS.cypher.replace("AS downloads", "AS loads")), {})
    with pytest.raises(QueryError, match="column downloads is declared STRING and holds 3910447"):
        run(example.graph, mine(tmp_path, HUBS.cypher.replace('downloads = "INTEGER"', 'downloads = "STRING"')), {})


def test_a_statement_that_is_wrong_says_where(example: Studbook, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"(?s)Invalid input 'RETRUN'.*line 1, column"):
        run(example.graph, mine(tmp_path, "MATCH (n:Model) RETRUN n"), {})


def test_a_query_that_takes_too_long_is_given_up(example: Studbook, tmp_path: Path) -> None:
    endless = "UNWIND range(1, 100000000) AS a WITH a WHERE a % 2 = 3 RETURN count(a) AS n"
    with pytest.raises(GraphError, match=r"(?i)time"):
        run(example.graph, mine(tmp_path, endless), {}, timeout=0.1)
    assert rows(example, "lineage/hubs", {"limit": 1})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"model": "northwind-ai/Kestrel-7b-chat"},
            "no model 'northwind-ai/Kestrel-7b-chat'; did you mean northwind-ai/Kestrel-7B",
        ),
        ({"model": "NORTHWIND-AI/kestral-7b"}, "did you mean northwind-ai/Kestrel-7B"),
        ({"model": "kestrel"}, "no model 'kestrel'; give owner/name as the Hub has it"),
        ({"model": "nobody/nothing"}, "no model 'nobody/nothing'; give owner/name"),
    ],
)
def test_an_unknown_model_is_an_error_and_not_the_absence_of_relatives(
    example: Studbook, parameters: Row, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        run(example.graph, QUERIES["lineage/ancestors"], parameters)


def test_the_second_model_is_looked_for_too(example: Studbook) -> None:
    with pytest.raises(QueryError, match="no model 'northwind-ai/Kestrel-8B'; did you mean northwind-ai/Kestrel-7B"):
        example.query("lineage/path_between", relative="northwind-ai/Kestrel-8B")


# What an analyst gets.


def test_a_frame_for_an_answer_and_for_none(example: Studbook) -> None:
    hubs = example.query("lineage/hubs", limit=3)
    assert hubs["model"].to_list() == [
        "quillon-research/heron-base-uncased",
        "lumenforge/Lumen-4B-Instruct",
        "halcyon-vision/petrel-v1",
    ]
    assert hubs["child_count"].to_list() == [80, 31, 21]
    none = example.query("lineage/descendants", model="magpie-merges/Corinthian-8B-v2")
    full = example.query("lineage/descendants")
    assert len(none) == 0
    assert len(full) == 27
    assert list(none.dtypes) == list(full.dtypes)
    assert str(full["created_at"].dtype) == "datetime64[us, UTC]"


def test_a_file_of_ones_own_gives_inferred_types(example: Studbook, tmp_path: Path) -> None:
    text = (
        "MATCH path = (m:Model {id: $model})-[:UNDER_LICENSE]->(l) "
        "RETURN m.id AS id, m.downloads AS downloads, m.created_at AS at, l.terms AS terms, m.sha AS sha, null AS no, path"
    )
    answer = run(example.graph, mine(tmp_path, text), {"model": "northwind-ai/Kestrel-7B"})
    assert [(column.name, column.type) for column in answer.columns] == [
        ("id", "STRING"),
        ("downloads", "INTEGER"),
        ("at", "ZONED DATETIME"),
        ("terms", "LIST<STRING>"),
        ("sha", "STRING"),
        ("no", "ANY"),
        ("path", "ANY"),
    ]
    (row,) = answer.values
    assert row[0] == "northwind-ai/Kestrel-7B"
    start, edge, end = row[-1]
    assert (start["id"], edge["type"], end["id"]) == ("northwind-ai/Kestrel-7B", "UNDER_LICENSE", "cc-by-nc-4.0")


def test_what_the_organisation_concluded_is_neither_dropped_nor_unknown(database: Settings, tmp_path: Path) -> None:
    models = [
        hub_files.model("o/base", license="cc-by-nc-4.0"),
        hub_files.model("o/silent", "o/base"),
        hub_files.model("o/child", "o/silent", license="cc-by-nc-4.0"),
    ]
    path = hub_files.write(tmp_path / "hub.jsonl", models)
    config = tmp_path / "studbook.toml"
    config.write_text('[curations."o/silent"]\nlicense = "cc-by-nc-4.0"\nwho = "legal@o.example"\nwhy = "asked them"\n')
    found = []
    for word in (None, organisation.read(config)):
        wipe(database)
        load([path], settings=database, as_of=oracle.AS_OF, organisation=word)
        with connect(database) as studbook:
            found.append(
                {
                    id_: [row.get("child", row.get("model")) for row in rows(studbook, id_, {})]
                    for id_ in ("risk/license_dropped", "risk/first_loosening", "risk/undecidable_lineage")
                }
            )
    assert found == [
        {
            "risk/license_dropped": ["o/silent"],
            "risk/first_loosening": ["o/silent"],
            "risk/undecidable_lineage": ["o/child"],
        },
        {"risk/license_dropped": [], "risk/first_loosening": [], "risk/undecidable_lineage": []},
    ]


def test_rejected_rows_by_reason(database: Settings) -> None:
    """By STORY.md: three ids that are no owner/name, two objects without an id, two that are no objects, one of each other."""
    wipe(database)
    load([oracle.ROOT / "tests/fixture/bad_rows.jsonl"], settings=database, as_of=oracle.AS_OF)
    with connect(database) as studbook:
        found = rows(studbook, "quality/rejected_rows", {})
    assert [(row["rejected"], row["reason"]) for row in found] == [
        (3, "id is not owner/name"),
        (2, "no id"),
        (2, "not an object"),
        (1, "NUL character"),
        (1, "duplicate id"),
        (1, "id too long"),
        (1, "malformed JSON"),
        (1, "wrong type: downloads"),
        (1, "wrong type: tags"),
    ]
    assert {(row["rows"], row["share"] * 15 == row["rejected"]) for row in found} == {(15, True)}


# A hub that no story made.

RANDOM_CASES: dict[str, list[Row]] = {
    "language/last_carriers": [{"language": "de"}, {"language": "en", "first": "most_used", "max_hops": 3}],
    "copies/adapters_for_model": [{}, {"model": "v/GGUF"}, {"model": "t0/M3", "how": ["copy", "copy_of_source"]}],
    "copies/quantized_versions": [{}, {"relations": ["QUANTIZATION_OF", "FINETUNE_OF", "BASED_ON"]}],
    "documentation/nearest_documented_ancestor": [{"min_score": 30}, {"min_score": 10, "relations": ["MERGE_OF"]}],
    "lineage/ancestors": [{}, {"relations": ["MERGE_OF", "FINETUNE_OF"]}, {"max_hops": 3, "limit": 20}],
    "lineage/ancestors_picture": [{}, {"relations": ["ADAPTER_OF", "MERGE_OF"], "max_hops": 2}],
    "lineage/binding_terms": [{}, {"everyone": True}, {"relations": ["MERGE_OF"], "max_hops": 2}, {"limit": 7}],
    "lineage/descendants": [{}, {"relations": ["QUANTIZATION_OF", "BASED_ON", "MERGE_OF"]}, {"max_hops": 2}],
    "lineage/descendants_picture": [{}, {"max_hops": 1}],
    "lineage/family_depths": [{}],
    "lineage/family_growth": [{}, {"limit": 3}],
    "lineage/family_members": [{}, {"limit": 30}],
    "lineage/family_members_picture": [{}],
    "lineage/influence": [{}, {"relations": ["MERGE_OF", "FINETUNE_OF"]}, {"max_hops": 2}],
    "lineage/roots": [{}, {"relations": ["MERGE_OF"]}],
    "merges/subgraph": [{}, {"max_hops": 2}, {"relations": ["MERGE_OF"]}],
    "merges/subgraph_picture": [{}],
    "task/path": [{}, {"relations": ["MERGE_OF"], "max_hops": 3}],
    "siblings/cousins": [{}, {"up": 1, "down": 2}, {"model": "v/On-GGUF"}, {"model": "v/On-GGUF", "up": 3, "down": 2}],
    "siblings/siblings": [{}, {"same_relation": True}, {"relations": ["ADAPTER_OF", "BASED_ON"], "limit": 5}],
}
OF_OTHERS = ("quality/cycles", "quality/rejected_rows")
WHOLE = [id_ for id_, (_, defaults, _) in oracle.QUERIES.items() if "model" not in defaults and id_ not in OF_OTHERS]


TASKS = ("text-generation", "translation", "text-classification", "fill-mask", "made-up")
LANGUAGES = (
    "en",
    ["en", "de", "fr", "es", "it"],
    ["multilingual"],
    ["de", "fr"],
    ["en", "multilingual"],
    ["code", "en"],
)


CARDS = (
    *("", "A few words.", "[More Information Needed]", None, None),
    "---\nlicense: mit\n---\n# A title\n\n"
    + "Many words about what it is for. " * 20
    + "\n\n## Evaluation\n\nIt does well.",
    "# A title\n\n## Uses\n\n" + "Many words about other things. " * 30 + "\n\n## Training data\n\nMany words.",
    "<!-- Generated automatically. -->\n\n## Evaluation results\n\nMany numbers.",
)
"""Texts that some models of the tangle share; None where nobody looked."""

BASES = ("t0/m9", "/a/path", "T1/M40", "gone/G9", "t2/M{number}", "bert-base-uncased")
"""What their configurations name; the last but one is the model itself where it is of the third tangle."""


def documents(number: int) -> dict[str, Any]:
    """The card of a model of the tangle, its configuration, and that one is used by many."""
    made: dict[str, Any] = {"card": CARDS[(number * 5 // 3) % len(CARDS)]}
    if number % 5 == 1:
        base = BASES[number // 5 % len(BASES)].format(number=number)
        made["config"] = {"peft": {"base_model_name_or_path": base}}
    if number % 40 == 9:
        made |= {"downloads": 5000, "card": "A few words."}
    return made


def random_hub(seed: int) -> list[dict[str, Any]]:
    """160 models in three tangles, most parents older, some not, and some nowhere; and what chance would not bring."""
    chance = random.Random(seed)  # noqa: S311  no secret
    licenses = ["apache-2.0", "mit", "cc-by-nc-4.0", "gpl-3.0", "llama3", "openrail", "other", "yi-license", None]
    rarer = ["cc-by-nd-4.0", "llama3.1", ["mit", "cc-by-nc-4.0"], "gpl-2.0", "gemma", "cc-by-nc-3.0", "mpl-2.0"]
    models = []
    for number in range(160):
        tags = []
        for _ in range(chance.choice([0, 1, 1, 1, 2, 2, 3, 6])):
            other = chance.randrange(max(1, number)) if chance.random() < 0.85 else chance.randrange(160)
            name = f"t{other % 3}/M{other}" if chance.random() < 0.96 else f"gone/G{other % 5}"
            tags.append(
                f"base_model:{chance.choice(['finetune:', 'adapter:', 'quantized:', 'merge:', 'merge:', ''])}{name}"
            )
        license_ = chance.choice(licenses)
        if number % 4 == 3:
            license_ = rarer[number // 4 % len(rarer)]
        fields: dict[str, Any] = {"tags": tags, "downloads": chance.randrange(9)}
        fields["gated"] = ("auto", False, False, "manual", False)[number % 5]
        fields["pipeline_tag"] = (*TASKS, None)[(number * 7 // 5) % 6]
        fields["language"] = (*LANGUAGES, None)[(number * 4 // 3) % 7]
        fields["createdAt"] = f"2025-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}T00:00:00.000Z"
        fields |= documents(number)
        models.append(hub_files.model(f"t{number % 3}/M{number}", license=license_, **fields))
    return models + oddities(models)


@pytest.fixture(scope="module", params=[2, 4])
def tangle(
    request: pytest.FixtureRequest, database: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Studbook, Hub]]:
    models = random_hub(request.param)
    wipe(database)
    path = hub_files.write(tmp_path_factory.mktemp("tangle") / "tangle.jsonl", models)
    load([path], settings=database, as_of=oracle.AS_OF)
    flag = {"scope": "model", "decision": "flag", "who": "somebody", "why": "for a reason", "at": oracle.AS_OF}
    flags = [flag | {"subject": name} for name in ("t0/M9", "t1/M40", "t2/M101", "gone/G3")]
    with connect(database) as studbook:
        reviews.write(database, studbook.graph, [Review(**one) for one in flags])
        yield studbook, Hub(models, flags)


@pytest.mark.parametrize("id_", RANDOM_CASES)
def test_rows_about_one_model_of_a_tangle(tangle: tuple[Studbook, Hub], id_: str) -> None:
    studbook, hub = tangle
    answer, defaults, _ = oracle.QUERIES[id_]
    filled = 0
    for model in ("t0/M9", "t1/M70", "t0/M150", "t0/M159", "t2/M158"):
        for case in RANDOM_CASES[id_]:
            parameters = defaults | {"model": model} | case
            expected = answer(hub, **parameters)
            found = rows(studbook, id_, parameters)
            assert blur(found, expected, hub, parameters.get("relations", ALL)) == expected, parameters
            filled += bool(expected)
    assert filled > len(RANDOM_CASES[id_])


@pytest.mark.parametrize("id_", WHOLE)
def test_rows_about_the_whole_of_a_tangle(tangle: tuple[Studbook, Hub], id_: str) -> None:
    studbook, hub = tangle
    answer, defaults, _ = oracle.QUERIES[id_]
    expected = answer(hub, **defaults)
    assert blur(rows(studbook, id_, {}), expected, hub, ALL) == expected
    assert expected or id_ == "quality/unresolved_parents"


@pytest.mark.parametrize("id_", SWEPT)
def test_a_sweep_of_a_tangle(tangle: tuple[Studbook, Hub], id_: str) -> None:
    sweep_equals_whole(tangle[0], id_)


def test_lines_of_descent_in_a_tangle(tangle: tuple[Studbook, Hub]) -> None:
    studbook, hub = tangle
    lines = 0
    for first, second in (("t0/M9", "t0/M159"), ("t0/M150", "t1/M10"), ("t2/M158", "t0/M0"), ("t1/M70", "t1/M1")):
        distances = [hub.above(a).get(b) for a, b in ((first, second), (second, first))]
        known = [distance for distance in distances if distance is not None]
        steps = rows(studbook, "lineage/path_between", {"model": first, "relative": second})
        assert len(steps) == min(known, default=0)
        if steps:
            lines += 1
            assert {steps[0]["child"], steps[-1]["parent"]} == {first, second}
            assert [a["parent"] for a, _ in pairwise(steps)] == [b["child"] for _, b in pairwise(steps)]
            edges = {(edge.child, edge.relation, edge.parent): edge for edge in hub.edges}
            for number, step in enumerate(steps, start=1):
                edge = edges[step["child"], step["relation"], step["parent"]]
                assert (step["step"], step["license_change"]) == (number, hub.license_change(edge))
                assert step["days_after_parent"] == hub.days_after_parent(edge)
    assert lines


@pytest.mark.parametrize("id_", ["lineage/common_ancestors", "lineage/longest_path_between"])
def test_rows_about_two_models_of_a_tangle(tangle: tuple[Studbook, Hub], id_: str) -> None:
    studbook, hub = tangle
    answer, defaults, _ = oracle.QUERIES[id_]
    most = 0
    pairs = [("t0/M9", "t0/M159"), ("t0/M159", "t2/M158"), ("t2/M158", "t0/M0"), ("t1/M157", "t0/M150")]
    for first, second in (*pairs, ("t2/M155", "t1/M142"), ("t2/M155", "t0/M12")):
        for case in ({}, {"relations": ["MERGE_OF", "FINETUNE_OF"]}):
            parameters = defaults | {"model": first, "relative": second} | case
            expected = answer(hub, **parameters)
            assert rows(studbook, id_, parameters) == expected, parameters
            most = max(most, len(expected))
    assert most > 4


def test_circles_in_a_tangle(tangle: tuple[Studbook, Hub]) -> None:
    """Each is a circle, told once and from its smallest id; and each step of a loop lies on one as small as can be."""
    studbook, hub = tangle
    found = rows(studbook, "quality/cycles", {})
    pairs = {(edge.child, edge.parent) for edge in hub.edges}
    smallest: dict[tuple[str, str], int] = {}
    for row in found:
        circle = list(zip(row["cycle"], [*row["cycle"][1:], row["cycle"][0]], strict=True))
        assert set(circle) <= pairs
        assert row["cycle"][0] == min(row["cycle"])
        assert row["length"] == len(set(row["cycle"])) == len(row["cycle"])
        assert row["relations"] == sorted({e.relation for e in hub.edges if (e.child, e.parent) in circle})
        for step in circle:
            smallest[step] = min(smallest.get(step, len(circle)), len(circle))
    back = {
        (child, parent): 1 if child == parent else hub.above(parent)[child] + 1
        for child, parent in pairs
        if child == parent or child in hub.above(parent)
    }
    assert smallest == back
    assert len({tuple(row["cycle"]) for row in found}) == len(found) > 3
    members = {id_ for row in found for id_ in row["cycle"]}
    assert {row["cycle_id"] for row in found} <= members
