"""The guide, the style and the saved queries as files: well-formed, whole, and the same as the library and the schema."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from guide_html import Guide
from studbook import browser, legend, library, schema
from studbook.errors import InputError

ADDRESS = "http://127.0.0.1:7474/browser/studbook"
QUERIES = library.library()


def test_the_guide_asks_ten_questions_and_offers_the_whole_library() -> None:
    guide = Guide(browser.guide(ADDRESS))
    questions = browser.questions()
    assert len(questions) == 10
    for one in questions:
        assert one.question.endswith("?")
        assert one.remark
        assert one.statement in guide.statements
    for query in QUERIES.values():
        assert guide.populating[query.title] == f"// {query.title}\n{query.statement}"
    assert guide.commands[0] == f":style {ADDRESS}/style.grass"
    assert [f"{command};\n" for command in guide.commands[1:]] == [
        library.param_lines(query.defaults) for query in QUERIES.values() if query.defaults
    ]
    assert f'href="{ADDRESS}/Studbook.zip"' in guide.text


def test_a_guide_that_nobody_serves_names_files_instead_of_addresses() -> None:
    guide = Guide(browser.guide(None))
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", guide.text)
    assert not [command for command in guide.commands if command.startswith(":style")]
    assert "Drop the file <code>style.grass</code>" in guide.text


def test_the_guide_describes_every_property_but_hashes() -> None:
    text = browser.guide(None)
    for kind in (*schema.ALL_NODES, *schema.ALL_EDGES):
        for property_ in kind.properties:
            assert (f"<code>{property_.name}</code>" in text) or property_.role == "hash"


def test_the_schema_is_drawn_whole() -> None:
    drawn = [element.text for element in ET.fromstring(legend.svg()).iter() if element.text]  # noqa: S314  our own text
    for node in schema.ALL_NODES:
        assert any(text.startswith(node.label) for text in drawn)
    for edge in schema.ALL_EDGES:
        assert edge.type in drawn


def rules() -> dict[str, dict[str, str]]:
    found = re.findall(r"^([\w.]+) \{\n((?:  .+;\n)+)\}$", browser.style(), re.MULTILINE)
    return {name: dict(re.findall(r"  ([\w-]+): (.+);", body)) for name, body in found}


def test_the_style_tells_kinds_and_derivations_apart() -> None:
    style = rules()
    nodes = [style[f"node.{kind.label}"]["color"] for kind in schema.ALL_NODES]
    edges = [style[f"relationship.{kind.type}"]["color"] for kind in schema.DERIVATIONS]
    assert len({*nodes, *edges, style["relationship"]["color"]}) == len(nodes) + len(edges) + 1
    for kind in schema.ALL_NODES:
        shown = style[f"node.{kind.label}"]["caption"]
        assert shown.strip('"{}') in {p.name for p in kind.properties}


def test_saved_queries_are_the_library_with_parameters_apart() -> None:
    saved = browser.saved_queries()
    for query in QUERIES.values():
        name = query.id.removeprefix(f"{query.group}/")
        text = saved.pop(f"Studbook/{query.group}/{name}.cypher")
        assert text.startswith(f"// {query.title}\n// ")
        assert text.endswith(f"\n{query.statement}\n")
        assert ":param" not in text.removesuffix(f"{query.statement}\n")
        if query.defaults:
            lines = saved.pop(f"Studbook/{query.group}/parameters/{name}.cypher").splitlines()
            assert lines[0] == f"// {query.title}"
            values = [re.fullmatch(r":param (\w+) => (.*);", line) for line in lines if not line.startswith("//")]
            assert {match[1]: json.loads(match[2]) for match in values if match} == query.defaults
            assert None not in values
    assert saved == {}


def test_an_export_holds_the_saved_queries_as_folder_and_as_one_file(tmp_path: Path) -> None:
    browser.export(tmp_path / "new")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "new" / browser.SAVED).read_bytes())) as archive:
        for path in archive.namelist():
            assert (tmp_path / "new" / path).read_bytes() == archive.read(path)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "guide.html",
        "style.grass",
        "Studbook",
        "Studbook.zip",
    }
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    browser.export(tmp_path / "new")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="choose another folder"):
        browser.export(tmp_path / "new" / browser.GUIDE)
