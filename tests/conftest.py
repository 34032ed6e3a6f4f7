"""Shared fixtures. Tests of real snapshots are collected only where STUDBOOK_REAL_SNAPSHOTS names their folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import hypothesis
import pytest

from homes import small
from studbook import server
from studbook.config import Settings
from studbook.graph import connect

# A shared machine is slow at times: what a property needs is measured in benchmarks, and never decides a test.
hypothesis.settings.register_profile("studbook", deadline=None)
hypothesis.settings.load_profile("studbook")

collect_ignore = [] if os.environ.get("STUDBOOK_REAL_SNAPSHOTS") else ["real"]


@pytest.fixture(scope="session")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A managed server that runs, for the whole session."""
    settings = small(tmp_path_factory.mktemp("home"))
    with server.managed(settings):
        yield settings


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A database for tests that any Neo4j will do for: NEO4J_URI when set, a container where a Docker engine answers,
    else the managed server. Without any of them the run fails."""
    given = Settings.from_environment()
    if given.neo4j_uri:
        with connect(given) as graph:
            ((nodes,),) = graph.read("MATCH (node) RETURN count(node)").rows
        if nodes:
            pytest.exit(f"NEO4J_URI names a database with {nodes} nodes, and the tests would delete them", returncode=2)
        yield given
    elif _docker_answers():
        from testcontainers.community.neo4j import Neo4jContainer  # noqa: PLC0415

        with Neo4jContainer(f"neo4j:{given.neo4j_version}-community", password="only-for-tests") as container:
            yield replace(given, neo4j_uri=container.get_connection_url(), neo4j_password="only-for-tests")
    else:
        yield request.getfixturevalue("managed")


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0
