"""A live server for tests of loads, emptied before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import hub_files
from graph_contents import wipe
from homes import small
from studbook import server
from studbook.config import Settings
from studbook.load import LoadSummary, load

Put = Callable[..., LoadSummary]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = small(tmp_path_factory.mktemp("home"))
    with server.managed(settings):
        yield settings


@pytest.fixture
def graph(home: Settings) -> Settings:
    """A running server with an empty graph."""
    wipe(home)
    return home


@pytest.fixture
def put(graph: Settings, tmp_path: Path) -> Put:
    """Loads models as of a moment."""

    def do(as_of: datetime, *rows: hub_files.RawModel, **options: Any) -> LoadSummary:
        path = hub_files.write(tmp_path / "snapshot.jsonl", rows)
        return load([path], settings=graph, as_of=as_of, **options)

    return do
