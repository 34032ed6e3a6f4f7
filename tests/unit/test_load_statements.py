"""The statements that write, compared with the schema."""

from __future__ import annotations

import re

import pytest

from studbook import resources, schema

NODES = (*schema.NODES, *schema.HISTORY)
EDGES = (*schema.EDGES, schema.OF)
EDGE_FILES = {f"load/{kind.type.lower()}": kind for kind in EDGES}
NODE_FILES = {f"load/{kind.label.lower()}": kind for kind in NODES}
OTHERS = {"load/model_id", "load/model_edges_hash", "load/model_counters"}


def code(path: str) -> str:
    """A statement without its comments."""
    return "\n".join(line for line in resources.statement(path).splitlines() if not line.startswith("//"))


def assignments(path: str) -> dict[str, str]:
    """What a statement sets, by property."""
    _, _, clause = code(path).partition("\nSET")
    pairs = [item.strip().split(" = ") for item in clause.split(",")] if clause else []
    return {target.split(".")[1]: value for target, value in pairs}


def expected(properties: tuple[schema.Property, ...]) -> dict[str, str]:
    return {p.name: f"datetime(row.{p.name})" if p.type == "ZONED DATETIME" else f"row.{p.name}" for p in properties}


def test_there_is_one_file_for_each_kind() -> None:
    assert {path for path, _ in resources.statements("load")} == {*NODE_FILES, *EDGE_FILES, *OTHERS}


@pytest.mark.parametrize("path", [path for path, _ in resources.statements("load")])
def test_a_statement_takes_rows_and_names_every_property(path: str) -> None:
    assert code(path).startswith("UNWIND $rows AS row\n")
    assert "+=" not in code(path)
    assert ";" not in code(path)


@pytest.mark.parametrize("path", NODE_FILES)
def test_a_node_is_merged_on_its_key_alone_and_all_else_is_set(path: str) -> None:
    kind = NODE_FILES[path]
    name = kind.label.lower()
    assert f"\nMERGE ({name}:{kind.label} {{{kind.key.name}: row.{kind.key.name}}})\n" in code(path)
    # The hash of a model's edges is written with the edges.
    covered = tuple(p for p in kind.properties if p.role != "key" and p.name != "edges_hash")
    assert assignments(path) == expected(covered)


@pytest.mark.parametrize("path", EDGE_FILES)
def test_an_edge_finds_both_ends_by_key_and_sets_all_properties(path: str) -> None:
    kind = EDGE_FILES[path]
    key = schema.node_kind(kind.end).key.name
    found = re.fullmatch(
        r"UNWIND \$rows AS row\n"
        rf"MATCH \((\w+):{kind.start} {{id: row\.start}}\)\n"
        rf"MATCH \((\w+):{kind.end} {{{key}: row\.end}}\)\n"
        rf"MERGE \((\w+)\)-\[(?:edge)?:{kind.type}\]->\((\w+)\)(?:\nSET\n.*)?",
        code(path),
        re.DOTALL,
    )
    assert found
    start, end, merged_start, merged_end = found.groups()
    assert (start, end) == (merged_start, merged_end)
    assert start != end
    assert assignments(path) == expected(kind.properties)


def test_counters_are_the_schemas() -> None:
    assert assignments("load/model_counters") == expected(
        tuple(p for p in schema.MODEL.properties if p.role == "counter")
    )


def test_every_edge_of_ours_and_no_other_is_removed() -> None:
    (types,) = re.findall(r"edge:([A-Z_|\s]+)", code("remove/edges"))
    assert re.split(r"[|\s]+", types.strip()) == [kind.type for kind in schema.EDGES]


@pytest.mark.parametrize("kind", schema.NODES, ids=lambda kind: kind.label)
def test_only_a_node_that_nothing_holds_is_removed(kind: schema.NodeKind) -> None:
    name = kind.label.lower()
    text = code(f"remove/{name}")
    assert f"MATCH ({name}:{kind.label} {{{kind.key.name}: row.{kind.key.name}}})" in text
    assert f"NOT EXISTS {{ ({name})--() }}" in text
    assert f"\nDELETE {name}" in text
    assert "DETACH" not in text


def test_the_users_edges_find_nodes_of_every_kind_by_their_keys() -> None:
    found = re.findall(
        r"WHERE row\.label = '(\w+)'\n +MATCH \(node:(\w+) {(\w+): row\.key}\)\n +RETURN node", code("own/elements")
    )
    assert found == [(kind.label, kind.label, kind.key.name) for kind in NODES]
    assert re.findall(r"MATCH \(:(\w+)\) } AS \1\b", code("own/counts")) == [kind.label for kind in schema.OWN_NODES]


@pytest.mark.parametrize("kind", [*NODES, *schema.OWN_NODES], ids=lambda kind: kind.label)
def test_every_key_is_unique(kind: schema.NodeKind) -> None:
    name, key = kind.label.lower(), kind.key.name
    assert code(f"schema/{name}_{key}").split() == (
        f"CREATE CONSTRAINT {name}_{key} IF NOT EXISTS FOR ({name}:{kind.label}) REQUIRE {name}.{key} IS UNIQUE".split()
    )


@pytest.mark.parametrize(("path", "text"), resources.statements("schema"))
def test_the_schema_can_be_created_again_and_its_names_are_those_of_the_files(path: str, text: str) -> None:
    found = re.search(r"CREATE (?:CONSTRAINT|INDEX) (\w+) IF NOT EXISTS\n", text)
    assert found
    assert found[1] == path.removeprefix("schema/")
    named = set(re.findall(r"\w+\.(\w+)", text.partition("IF NOT EXISTS")[2]))
    known = {p.name for kind in (*NODES, *schema.OWN_NODES, *EDGES, *schema.OWN_EDGES) for p in kind.properties}
    assert named <= known
