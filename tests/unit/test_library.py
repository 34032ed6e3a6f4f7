"""Query files: what the reader lets through and what not, how a query is found, which parameters it takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import drift, library, licenses, normalise, resources, schema
from studbook.errors import QueryError
from studbook.library import bind, find, read, read_folder

GOOD = """\
// Models with many children
//
// /// query
// audience = "analyst"
// question = "Which models have many children?"
// statuses = ["listed"]
// key = ["model"]
//
// [params]
// least = { type = "INTEGER", default = 2, range = [0, 9], help = "Fewest children" }
// colours = { type = "LIST<STRING>", default = ["red"], choices = ["red", "green"], help = "Which" }
//
// [columns]
// model = "STRING"
// child_count = "INTEGER"
// ///
MATCH (model:Model)
WHERE model.child_count >= $least AND model.colour IN $colours
RETURN model.id AS model, model.child_count AS child_count
ORDER BY model
"""
QUERIES = library.library()
RELATIONS = tuple(kind.type for kind in schema.DERIVATIONS)


def file(folder: Path, text: str, id_: str = "lineage/large") -> Path:
    path = folder / f"{id_}.cypher"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    query = read(file(tmp_path, GOOD), "lineage/large")
    assert (query.id, query.group, query.title) == ("lineage/large", "lineage", "Models with many children")
    assert (query.audience, query.question) == ("analyst", "Which models have many children?")
    assert (query.statuses, query.key, query.severity, query.misses) == (("listed",), ("model",), None, None)
    assert [(p.name, p.type, p.default, p.range, p.choices, p.help) for p in query.params] == [
        ("least", "INTEGER", 2, (0, 9), None, "Fewest children"),
        ("colours", "LIST<STRING>", ["red"], None, ("red", "green"), "Which"),
    ]
    assert query.columns == (library.Column("model", "STRING"), library.Column("child_count", "INTEGER"))
    assert query.cypher == GOOD
    assert query.statement == GOOD[GOOD.index("MATCH") :].strip()


BREACHES = [
    ("// Models with many children\n", "// Models with many children.\n", 1, "sentence case and without a full stop"),
    ("// Models with many", "// models with many", 1, "sentence case"),
    ("// /// query", "// /// script", 1, "no header between"),
    ('audience = "analyst"', 'audiense = "analyst"', 4, r"unknown keys \['audiense'\]"),
    ('audience = "analyst"', 'audiense = "analyst"', 4, r"missing keys \['audience'\]"),
    ('"analyst"', '"manager"', 4, "audience 'manager' is none of analyst, auditor, engineer"),
    ('"analyst"', '"analyst', 4, "the header is no TOML"),
    ("children?", "children.", 5, "ending in a question mark"),
    ('["listed"]', '["lsited"]', 6, r"statuses \['lsited'\] is none of listed, removed, missing, internal"),
    ('["listed"]', "[]", 6, "statuses must be a list of strings, not empty"),
    ('key = ["model"]', 'key = ["name"]', 7, r"key \['name'\] is none of model, child_count"),
    ('key = ["model"]\n', 'key = ["model"]\n// severity = "high"\n', 8, "severity is for queries under risk/"),
    ('key = ["model"]\n', 'key = ["model"]\n// misses = 3\n', 8, "misses must be a string"),
    ('key = ["model"]\n', 'key = ["model"]\n// references = "x"\n', 8, "references must be a list of strings"),
    ('type = "INTEGER", default = 2', 'type = "INT", default = 2', 10, "parameter least: type 'INT' is none of"),
    ("default = 2,", 'default = "2",', 10, "parameter least: the default must be a whole number, not '2'"),
    ("default = 2,", "default = 10,", 10, "parameter least: the default must lie between 0 and 9, not 10"),
    ("default = 2, ", "", 10, r"parameter least: missing keys \['default'\]"),
    ("default = 2,", "default = 2, min = 1,", 10, r"parameter least: unknown keys \['min'\]"),
    ("range = [0, 9]", "range = [9, 0]", 10, "parameter least: range must be"),
    ("range = [0, 9]", "range = 9", 10, "parameter least: range must be"),
    ('"Fewest children"', '""', 10, "parameter least: help must be one line"),
    ('default = ["red"]', 'default = ["blue"]', 11, "parameter colours: the default does not know 'blue'"),
    ('choices = ["red", "green"]', "choices = 3", 11, "parameter colours: choices must be a list of strings"),
    ("range = [0, 9]", 'choices = ["2"]', 10, "parameter least: choices must be a list of strings, for a STRING"),
    ("range = [0, 9]", 'id_of = "Language"', 10, "parameter least: id_of must be Model"),
    ('choices = ["red", "green"]', "range = [1, 2]", 11, "parameter colours: range is for INTEGER"),
    ("least = { type", "least = 2 #", 10, "parameter least: give"),
    ('// model = "STRING"', '// model = "TEXT"', 14, "column model: type 'TEXT' is none of"),
    (">= $least", ">= 2", 10, "parameter least is declared and not used"),
    (">= $least", ">= 2 // $least", 10, "parameter least is declared and not used"),
    (">= $least", ">= $least + $most", 18, r"parameter \$most is used and not declared"),
    ("MATCH (model:Model)", "MATCH (model:Model)-[:MERGE_OF*]->()", 17, "needs an upper bound"),
    ("MATCH (model:Model)", "MATCH (model:Model)-[:MERGE_OF*2..]->()", 17, "needs an upper bound"),
    ("MATCH (model:Model)", "MATCH (model:Model)-[:MERGE_OF]->+(:Model)", 17, "needs an upper bound"),
    ("MATCH (model:Model)", "MATCH (model:Model)-[:MERGE_OF]->{1,}(:Model)", 17, "needs an upper bound"),
    ("MATCH (model:Model)", "MATCH (model)-[:$any($colours)*1..9]->()", 17, "Neo4j ignores a dynamic type"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), BREACHES)
def test_each_breach_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    path = file(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(QueryError) as caught:
        read(path, "lineage/large")
    breaches = [what.partition(f"{path}:{line}: ")[2] for what in str(caught.value).splitlines()]
    assert any(re.search(message, breach) for breach in breaches), str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    ["-[:MERGE_OF*1..40]->()", "-[:MERGE_OF*3]->()", "-[:MERGE_OF]->{1,40}()", "-[:$any($colours)]->{1,9}()"],
)
def test_a_bounded_pattern_is_let_through(tmp_path: Path, pattern: str) -> None:
    text = GOOD.replace("MATCH (model:Model)", f"MATCH (model:Model){pattern}")
    assert read(file(tmp_path, text), "lineage/large").cypher == text


def test_a_risk_needs_its_severity_and_what_it_misses(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"missing keys \['severity', 'misses'\]"):
        read(file(tmp_path, GOOD, "risk/large"), "risk/large")
    graver = GOOD.replace('key = ["model"]\n', 'key = ["model"]\n// severity = "SEVERITY"\n// misses = "Much."\n')
    assert read(file(tmp_path, graver.replace("SEVERITY", "low"), "risk/large"), "risk/large").severity == "low"
    with pytest.raises(QueryError, match="severity 'grave' is none of low, medium, high"):
        read(file(tmp_path, graver.replace("SEVERITY", "grave"), "risk/large"), "risk/large")


def test_an_id_is_a_folder_and_a_name_in_snake_case(tmp_path: Path) -> None:
    for id_ in ("large", "lineage/Large", "lineage/very-large"):
        with pytest.raises(QueryError, match="a folder and a name in snake_case"):
            read(file(tmp_path, GOOD, id_), id_)


def test_all_broken_files_are_reported_together(tmp_path: Path) -> None:
    file(tmp_path, GOOD, "lineage/good")
    file(tmp_path, GOOD.replace("analyst", "manager").replace("children?", "children"), "lineage/bad")
    file(tmp_path, "RETURN 1\n", "quality/worse")
    with pytest.raises(QueryError) as caught:
        read_folder(tmp_path)
    assert [line.removeprefix(f"{tmp_path}/").split(": ")[0] for line in str(caught.value).splitlines()] == [
        "lineage/bad.cypher:4",
        "lineage/bad.cypher:5",
        "quality/worse.cypher:1",
    ]


def test_a_file_of_ones_own_needs_no_header(tmp_path: Path) -> None:
    path = file(tmp_path, "MATCH (m:Model {id: $model}) // not $this, nor '$that'\nRETURN m.id LIMIT $limit", "mine")
    query = find(str(path))
    assert (query.id, query.columns, [p.name for p in query.params]) == (str(path), None, ["model", "limit"])
    assert bind(query, {"model": "a/b", "limit": "3"}) == {"model": "a/b", "limit": 3}
    assert bind(query, {"model": '["a"]', "limit": 3}) == {"model": ["a"], "limit": 3}
    with pytest.raises(QueryError, match="no value for model, limit; give it with -p model=VALUE"):
        bind(query, {})


def test_a_file_of_ones_own_with_a_header_is_held_to_it(tmp_path: Path) -> None:
    text = GOOD.replace("default = 2, ", "").replace("Models with", "Models of ours with")
    query = find(str(file(tmp_path, text, "mine")))
    assert bind(query, {"least": "4"}) == {"least": 4, "colours": ["red"]}
    with pytest.raises(QueryError, match="no value for least"):
        bind(query, {})
    with pytest.raises(QueryError, match=r"mine\.cypher:5: question must be"):
        find(str(file(tmp_path, text.replace("children?", "children"), "mine")))
    with pytest.raises(QueryError, match=r"mine\.cypher:1: no header between"):
        find(str(file(tmp_path, text.replace("// ///\nMATCH", "MATCH"), "mine")))


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"Reading the query .*none\.cypher"):
        find(str(tmp_path / "none.cypher"))
    (tmp_path / "latin.cypher").write_bytes("// \xe9".encode("latin-1"))
    with pytest.raises(QueryError, match="UTF-8"):
        find(str(tmp_path / "latin.cypher"))


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("hubs", "lineage/hubs"),
        ("lineage/hub", "lineage/hubs"),
        ("linage/ancestors", "lineage/ancestors"),
        ("loosened", "risk/license_loosened"),
        ("Merges/Diamonds", "merges/diamonds"),
    ],
)
def test_an_unknown_query_gets_a_suggestion(name: str, suggested: str) -> None:
    with pytest.raises(QueryError, match=f"There is no query '{name}'; did you mean .*{suggested}"):
        find(name)


def test_a_name_like_no_other_gets_the_list() -> None:
    with pytest.raises(QueryError, match="There is no query 'xyzzy'; `studbook query list` shows all of them"):
        find("xyzzy")


def test_select_narrows_by_audience_group_and_text() -> None:
    everything = library.select()
    assert [query.id for query in everything] == sorted(QUERIES)
    auditors = library.select(audience="auditor")
    assert auditors == [query for query in everything if query.audience == "auditor"]
    assert {"risk/license_loosened", "quality/cycles"} <= {query.id for query in auditors}
    assert [q.id for q in library.select(group="merges", text="SHARE an")] == ["merges/diamonds"]
    assert library.select(text="no such words") == []
    with pytest.raises(QueryError, match="'managers' is no audience; choose one of analyst, auditor, engineer"):
        library.select(audience="managers")
    groups = ", ".join(sorted({id_.partition("/")[0] for id_ in QUERIES}))
    with pytest.raises(QueryError, match=f"'risks' is no group; choose one of {groups}"):
        library.select(group="risks")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> library.Query:
    more = """\
// share = { type = "FLOAT", default = 0.5, help = "A share" }
// deep = { type = "BOOLEAN", default = true, help = "Deep or not" }
// name = { type = "STRING", default = "a", help = "A name" }
//
// [columns]"""
    text = GOOD.replace("//\n// [columns]", more).replace("ORDER BY", "// \nLIMIT $share + $deep + $name\nORDER BY")
    return read(file(tmp_path_factory.mktemp("library"), text), "lineage/large")


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ("3", "least", 3),
        (" +3 ", "least", 3),
        (3, "least", 3),
        ("0.25", "share", 0.25),
        ("1", "share", 1.0),
        (1, "share", 1),
        ("TRUE", "deep", True),
        ("false", "deep", False),
        (False, "deep", False),
        ("3", "name", "3"),
        ("", "name", ""),
        ("red,green", "colours", ["red", "green"]),
        (" green , red ,", "colours", ["green", "red"]),
        ('["green"]', "colours", ["green"]),
        ("", "colours", []),
        (("red",), "colours", ["red"]),
    ],
)
def test_a_value_is_taken_from_python_or_from_text(
    example: library.Query, given: object, name: str, value: object
) -> None:
    bound = bind(example, {name: given})
    assert bound == {**example.defaults, name: value}
    assert type(bound[name]) is type(value)


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        ("three", "least", "the parameter least must be a whole number, not 'three'"),
        ("2.5", "least", "must be a whole number, not '2.5'"),
        (True, "least", "must be a whole number, not True"),
        (None, "least", "must be a whole number, not None"),
        ("10", "least", "the parameter least must lie between 0 and 9, not 10"),
        ("-1", "least", "must lie between 0 and 9, not -1"),
        ("much", "share", "must be a number, not 'much'"),
        ("yes", "deep", "must be true or false, not 'yes'"),
        (3, "name", "must be a string, not 3"),
        ("blue", "colours", "the parameter colours does not know 'blue'; it knows red, green"),
        ("gren", "colours", r"does not know 'gren'; did you mean green\?"),
        ("[1]", "colours", r"must be a list of strings .*, not \[1\]"),
        ('["red"', "colours", "must be a list of strings"),
        ({"red"}, "colours", "must be a list of strings"),
        (1, "colour", r"no parameter 'colour'; did you mean colours\?; it has least, colours, share, deep, name"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(example: library.Query, given: object, name: str, message: str) -> None:
    with pytest.raises(QueryError, match=f"Asking lineage/large: .*{message}"):
        bind(example, {name: given})


def test_the_words_of_the_hub_lead_to_relations() -> None:
    with pytest.raises(QueryError, match=r"does not know 'finetune'; did you mean FINETUNE_OF\?"):
        bind(QUERIES["lineage/ancestors"], {"relations": "finetune"})


@given(st.lists(st.text(), min_size=1))
def test_a_list_as_json_comes_through_as_it_is(values: list[str]) -> None:
    query = library.Query("q", Path("q"), "Q", "RETURN $a", params=(library.Param("a", "LIST<STRING>"),))
    assert bind(query, {"a": json.dumps(values)}) == {"a": values}
    assert bind(query, {"a": values}) == {"a": values}


@given(st.text())
def test_a_string_comes_through_as_it_is(value: str) -> None:
    query = library.Query("q", Path("q"), "Q", "RETURN $a", params=(library.Param("a", "STRING"),))
    assert bind(query, {"a": value}) == {"a": value}


NARROWER = {
    "copies/quantized_versions": ("QUANTIZATION_OF",),
    "risk/gate_lost": ("FINETUNE_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"),  # an adapter holds no gated weights
    "risk/mislicensed_copies": ("ADAPTER_OF", "QUANTIZATION_OF"),
    "siblings/resemblance": ("FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "BASED_ON"),  # a family has no merges
}
"""Queries that follow fewer relations unless told otherwise."""


UNLIMITED = {
    *("lineage/path_between", "lineage/longest_path_between"),  # 40 steps
    *("ecosystem/relations", "ecosystem/derivation_lag"),  # a row for each relation
    "ecosystem/publisher_concentration",  # one row
}
"""Queries whose rows have a bound of their own."""


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
class TestEveryQuery:
    """What the reader does not ask of a file, and the library's own do."""

    def test_vocabularies_are_those_of_the_schema(self, query: library.Query) -> None:
        params = {param.name: param for param in query.params}
        if "relations" in params:
            assert params["relations"].choices == RELATIONS
            followed = tuple(kind for kind in RELATIONS if kind in params["relations"].default)
            assert tuple(params["relations"].default) == NARROWER.get(query.id, RELATIONS) == followed
        if "changes" in params:
            changes = drift.TASK_CHANGES if query.group == "task" else licenses.CHANGES
            assert params["changes"].choices == changes
        if "classes" in params:
            assert set(params["classes"].choices or ()) == set(drift.classes()["class"].drop_nulls())
        if "terms" in params:
            known = licenses.shipped().frame["terms"].explode().drop_nulls().str.split(":").list.first()
            assert set(params["terms"].choices or ()) == set(known)
        if "formats" in params:
            assert params["formats"].choices == normalise.FORMATS
        if "hints" in params:
            table = pl.read_csv(resources.DATA / "parent_hints.csv").filter(pl.col("kind") == "copy")
            quantized = table.filter(~pl.col("value").is_in(["mirror", "reupload"]))
            assert params["hints"].default == sorted(f"{row['place']}:{row['value']}" for row in quantized.to_dicts())

    def test_ids_of_models_are_declared_as_such(self, query: library.Query) -> None:
        for param in query.params:
            assert (param.id_of == "Model") == (param.name in ("model", "relative"))

    def test_rows_have_a_bound_and_a_total_order(self, query: library.Query) -> None:
        limit = next((param for param in query.params if param.name == "limit"), None)
        assert query.id in UNLIMITED or (limit is not None and limit.default > 0)
        assert "ORDER BY" in query.statement
        assert not query.statement.endswith(";")
        assert "\t" not in query.cypher
        assert all(line == line.rstrip() for line in query.cypher.split("\n"))
        assert query.cypher.endswith("\n")

    def test_what_is_drawn_is_told_too(self, query: library.Query) -> None:
        drawn = [column.name for column in query.columns or () if column.type == "PATH"]
        if query.id.endswith("_picture"):
            assert drawn == ["path"] == [column.name for column in query.columns or ()]
            assert query.id.removesuffix("_picture") in QUERIES
        else:
            assert drawn == []

    def test_describe_tells_everything(self, query: library.Query) -> None:
        told = library.describe(query)
        for param in query.params:
            assert f"  {param.name} ({param.type}, default {library.literal(param.default)}): {param.help}" in told
        for column in query.columns or ():
            assert f"  {column.name} ({column.type})" in told
        for words in (query.title, query.question, query.severity, query.misses, query.next):
            assert words is None or words in told


def test_for_browser_sets_the_parameters_above_the_file() -> None:
    query = QUERIES["lineage/ancestors"]
    values = bind(query, {"model": 'a/"b"\\', "relations": ["MERGE_OF"], "limit": 3})
    assert library.for_browser(query, values) == (
        ':param model => "a/\\"b\\"\\\\";\n'
        ':param relations => ["MERGE_OF"];\n'
        ":param max_hops => 40;\n"
        ":param limit => 3;\n" + query.cypher
    )


def test_the_index_is_what_the_library_says() -> None:
    written = (Path(__file__).parents[2] / "queries/README.md").read_text(encoding="utf-8")
    assert written == library.index(QUERIES.values(), library.commands()), (
        "run: studbook query list --format markdown > queries/README.md"
    )
    for id_ in QUERIES:
        assert f"[{id_}]({id_}.cypher)" in written


def test_the_index_of_some_is_of_those_alone() -> None:
    text = library.index(library.select(group="risk"))
    assert "## For auditors" in text
    assert "analysts" not in text
    assert text.count("](risk/") == len(library.select(group="risk"))
