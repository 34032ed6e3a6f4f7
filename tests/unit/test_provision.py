"""The lists of jars, read and checked as text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studbook import provision
from studbook.config import NEO4J_VERSION, SUPPORTED_NEO4J_VERSIONS, Settings
from studbook.errors import InputError

LINE = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+)(:[\w.-]+)? [0-9a-f]{64} [1-9][0-9]*")


def lines(version: str) -> list[str]:
    return provision.pinned_path(version).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("version", SUPPORTED_NEO4J_VERSIONS)
class TestLists:
    def test_every_line_is_a_coordinate_a_checksum_and_a_size(self, version: str) -> None:
        assert [line for line in lines(version) if not LINE.fullmatch(line)] == []

    def test_lines_are_sorted_and_name_each_jar_once(self, version: str) -> None:
        coordinates = [line.split()[0] for line in lines(version)]
        assert coordinates == sorted(set(coordinates))

    def test_no_artifact_comes_in_two_versions(self, version: str) -> None:
        names = [(jar.group, jar.artifact, jar.classifier) for jar in provision.pinned(version)]
        assert len(names) == len(set(names))

    def test_neo4j_itself_is_of_that_version_and_browser_is_there(self, version: str) -> None:
        coordinates = [jar.coordinate for jar in provision.pinned(version)]
        own = [name for name in coordinates if name.startswith("org.neo4j:neo4j-kernel:")]
        assert own == [f"org.neo4j:neo4j-kernel:{version}"]
        assert "org.neo4j.client:neo4j-browser:5.24.0" in coordinates

    def test_native_libraries_of_every_system_are_there(self, version: str) -> None:
        """The list is made on one machine and used on all."""
        classifiers = {jar.classifier for jar in provision.pinned(version)} - {None}
        assert classifiers == {"linux-x86_64", "linux-aarch_64", "osx-x86_64", "osx-aarch_64"}

    def test_a_line_survives_parsing(self, version: str) -> None:
        assert [str(jar) for jar in provision.pinned(version)] == lines(version)


def test_a_jar_lies_where_maven_keeps_it() -> None:
    plain = provision.parse(f"org.neo4j:neo4j-io:5.26.30 {'0' * 64} 7")
    native = provision.parse(f"io.netty:netty-x:4.2:linux-x86_64 {'0' * 64} 7")
    assert plain.path == Path("org/neo4j/neo4j-io/5.26.30/neo4j-io-5.26.30.jar")
    assert native.path == Path("io/netty/netty-x/4.2/netty-x-4.2-linux-x86_64.jar")


def test_a_release_without_a_list_is_refused_with_those_that_have_one(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, cache=tmp_path, neo4j_version="4.4.0")
    with pytest.raises(InputError, match=rf"4\.4\.0.*{re.escape(NEO4J_VERSION)}, 5\.26\.30"):
        provision.class_path(settings)
    assert list(tmp_path.iterdir()) == []
