"""A live server for tests of loads, emptied before each, and the example hub in a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import hub_files
import oracle
from graph_contents import wipe
from homes import small
from studbook import server
from studbook.ask import Studbook, connect
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


@pytest.fixture(scope="module")
def example(database: Settings) -> Iterator[Studbook]:
    """The example hub, as the oracle has it, in a database that is emptied before and after."""
    wipe(database)
    load([oracle.DATA / "example_hub.jsonl"], settings=database, as_of=oracle.AS_OF)
    with connect(database) as studbook:
        yield studbook
    wipe(database)
