"""Thirteen successive real snapshots, folded one after the other by either writer: one graph, and the changes that plain
Python finds between the files.

Each is complete for the register that they come from: what it lacks was removed there.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import iso639
import pytest

from graph_contents import Contents, ask, contents
from homes import small
from studbook import resources, server
from studbook.load import LoadSummary, Writer, load

SNAPSHOTS = sorted(Path(os.environ["STUDBOOK_REAL_SNAPSHOTS"]).glob("*.jsonl.gz"))
TYPES = {"finetune": "FINETUNE_OF", "adapter": "ADAPTER_OF", "quantized": "QUANTIZATION_OF", "merge": "MERGE_OF"}
ID = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)

Fields = dict[str, frozenset[str]]
Change = tuple[str, str, frozenset[str], frozenset[str]]
"""Model, field, before, after; parents in lower case."""


def table(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


LICENSES = {row["tag"]: row["alias_of"] or row["tag"] for row in table("licenses.csv")}
MOVED = {row["alias"].lower(): row["id"].lower() for row in table("aliases.csv")}
LANGUAGES = {language.pt1 for language in iso639.iter_langs() if language.pt1} | {"multilingual"}


def declared(row: dict[str, Any]) -> Fields:
    """What a model of a file declares, by the definitions of schema.py."""
    name = (row.get("cardData") or {}).get("license_name")
    licenses, typed, bare = set(), set(), set()
    for tag in row["tags"]:
        if tag.startswith("license:"):
            license_ = name if tag == "license:other" and name else tag.removeprefix("license:")
            licenses.add(LICENSES.get(license_.lower().strip(), license_.lower().strip()))
        match = re.fullmatch(r"base_model:(?:(finetune|adapter|quantized|merge):)?(.+)", tag, re.DOTALL)
        if match is not None:
            parent = match[2].strip().rstrip("/").lower()
            parent = MOVED.get(parent, parent)
            if not ID.fullmatch(parent) or "--" in parent or ".." in parent:
                typed.add(("", parent))
            elif match[1]:
                typed.add((f"{TYPES[match[1]]} ", parent))
            else:
                bare.add(parent)
    typed |= {("BASED_ON ", parent) for parent in bare - {parent for _, parent in typed}}
    gated = row.get("gated")
    return {
        "license": frozenset(licenses),
        "parents": frozenset(type_ + parent for type_, parent in typed),
        "task": frozenset({row.get("pipeline_tag")} - {None}),
        "languages": frozenset(LANGUAGES.intersection(row["tags"])),
        "gated": frozenset() if gated is None else frozenset({str(gated).lower()}),
    }


def differences() -> Iterator[tuple[Path, set[Change]]]:
    """The changes between each file and what was known before it."""
    known: dict[str, Fields] = {}
    gone: set[str] = set()
    for path in SNAPSHOTS:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = {row["id"]: declared(row) for row in map(json.loads, lines)}
        changes: set[Change] = set()
        for id_ in rows.keys() & known.keys():
            was, now = known[id_], rows[id_]
            changes |= {(id_, field, was[field], now[field]) for field in was if was[field] != now[field]}
        changes |= {(id_, "status", frozenset({"removed"}), frozenset({"listed"})) for id_ in rows.keys() & gone}
        lost = known.keys() - rows.keys() - gone
        changes |= {(id_, "status", frozenset({"listed"}), frozenset({"removed"})) for id_ in lost}
        known |= rows
        gone = (gone | lost) - rows.keys()
        yield path, changes


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> dict[Writer, tuple[Contents, list[LoadSummary], list[Any]]]:
    """By writer: the graph in the end, what each load said, and the Changes by snapshot."""

    def fold(writer: Writer) -> tuple[Contents, list[LoadSummary], list[Any]]:
        settings = small(homes[writer])
        try:
            summaries = [load([path], settings=settings, writer=writer) for path in SNAPSHOTS]
            told = ask(
                settings,
                "MATCH (c:Change)-[:OF]->(m:Model) RETURN c.snapshot, m.id, c.field, c.before, c.after",
            )
            return contents(settings), summaries, told
        finally:
            server.stop(settings)

    writers: tuple[Writer, ...] = ("bolt", "import")
    homes = {writer: tmp_path_factory.mktemp(writer) for writer in writers}
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        # Servers that live for seconds: without the slower compiler they need a third less of the processor.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
        return dict(zip(writers, pool.map(fold, writers), strict=True))


def test_both_writers_end_in_the_same_graph(folded: dict[Writer, tuple[Contents, Any, Any]]) -> None:
    bolt, imported = folded["bolt"][0], folded["import"][0]
    assert bolt[0] - imported[0] == imported[0] - bolt[0] == Counter()
    assert bolt[1] - imported[1] == imported[1] - bolt[1] == Counter()


def test_what_changed_is_what_changed_between_the_files(
    folded: dict[Writer, tuple[Any, list[LoadSummary], Any]],
) -> None:
    _, summaries, told = folded["bolt"]
    found: dict[str, set[Change]] = {summary.snapshot: set() for summary in summaries}
    for snapshot, id_, field, before, after in told:
        sides = [frozenset(side or ()) for side in (before, after)]
        if field == "parents":
            sides = [frozenset(map(spelt, side)) for side in sides]
        found[snapshot].add((id_, field, *sides))  # type: ignore[arg-type]
    for summary, (path, expected) in zip(summaries, differences(), strict=True):
        assert summary.changes == Counter(field for _, field, _, _ in expected), path.name
        assert found[summary.snapshot] == expected, path.name


def spelt(parent: str) -> str:
    """A parent as a Change tells it, by the name in lower case that it has now."""
    type_, space, name = parent.rpartition(" ")
    name = name.lower()
    return f"{type_}{space}{MOVED.get(name, name)}"
