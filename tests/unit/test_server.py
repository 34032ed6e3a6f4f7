"""What the managed server computes and writes before any process starts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from studbook import neo4j_conf, server
from studbook.config import NEO4J_VERSION, SUPPORTED_NEO4J_VERSIONS, Settings
from studbook.errors import InputError, ServerError, StudbookError
from studbook.neo4j_conf import Ports

ROOT = Path(__file__).resolve().parents[2]
MIB, GIB = 1024**2, 1024**3


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings(home=folder / "home", cache=folder / "cache", **changes)


@pytest.mark.parametrize(
    ("total", "heap", "page_cache"),
    [
        (1 * GIB, 512 * MIB, 256 * MIB),
        (4 * GIB, 512 * MIB, 512 * MIB),
        (16 * GIB, 2 * GIB, 2 * GIB),
        (24 * GIB, 3 * GIB, 3 * GIB),
        (1024 * GIB, 4 * GIB, 4 * GIB),
    ],
)
def test_memory_is_an_eighth_each_within_bounds(total: int, heap: int, page_cache: int) -> None:
    assert neo4j_conf.memory(total) == neo4j_conf.Memory(heap, page_cache)


@pytest.mark.parametrize("total", [2**n * MIB + 12345 for n in range(11, 20)])
def test_two_servers_leave_half_of_the_machine_from_four_gigabytes_on(total: int) -> None:
    size = neo4j_conf.memory(total)
    assert 2 * (size.heap + size.page_cache) <= (total if total < 4 * GIB else total / 2)
    assert size.heap % MIB == size.page_cache % MIB == 0


@pytest.mark.parametrize(("text", "size"), [("512m", 512 * MIB), ("4g", 4 * GIB), (" 1G ", GIB)])
def test_a_size(text: str, size: int) -> None:
    assert neo4j_conf.parse_size(text, "X") == size


@pytest.mark.parametrize("text", ["", "512", "0m", "-1g", "1.5g", "4gb", "many"])
def test_no_size(text: str) -> None:
    with pytest.raises(InputError, match=f"^STUDBOOK_NEO4J_HEAP is {re.escape(repr(text))}.*512m"):
        neo4j_conf.parse_size(text, "STUDBOOK_NEO4J_HEAP")


@pytest.mark.parametrize("version", SUPPORTED_NEO4J_VERSIONS)
def test_everything_listens_on_loopback_only(version: str) -> None:
    values = neo4j_conf.configuration(version, Ports(17687, 17474), page_cache=64 * MIB)
    addresses = {name: value for name, value in values.items() if name.endswith("_address")}
    assert addresses == {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": "127.0.0.1:17687",
        "server.bolt.advertised_address": "127.0.0.1:17687",
        "server.http.listen_address": "127.0.0.1:17474",
        "server.http.advertised_address": "127.0.0.1:17474",
    }
    assert values["dbms.security.auth_enabled"] == "true"


@pytest.mark.parametrize("version", SUPPORTED_NEO4J_VERSIONS)
def test_load_csv_is_closed(version: str) -> None:
    values = neo4j_conf.configuration(version, Ports(1, 2), page_cache=64 * MIB)
    assert values["server.directories.import"] == "import"
    assert values["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert values["internal.dbms.cypher_ip_blocklist"] == "0.0.0.0/0,::/0"


def test_a_configuration_file_holds_each_setting_on_a_line() -> None:
    text = neo4j_conf.render({"a.b": "1", "c.d": "x,y"})
    assert text.splitlines()[1:] == ["a.b=1", "c.d=x,y"]
    assert text.startswith("#")


class TestHome:
    def test_it_has_neo4js_folders_a_link_to_data_and_a_password(self, tmp_path: Path) -> None:
        root = server.prepare_home(settings(tmp_path))
        assert root == tmp_path / "home" / f"neo4j-{NEO4J_VERSION}"
        for name in ("conf", "import", "lib", "logs", "plugins", "run", "data"):
            assert (root / name).is_dir()
        assert (root / "data").is_symlink()
        assert server.data_directory(settings(tmp_path)) == root / "data-1"
        username, password = server.credentials(settings(tmp_path))
        assert username == "neo4j"
        assert len(password) >= 32

    def test_only_its_owner_may_enter_or_read_the_password(self, tmp_path: Path) -> None:
        root = server.prepare_home(settings(tmp_path))
        assert (root.stat().st_mode & 0o777, (root / "password").stat().st_mode & 0o777) == (0o700, 0o600)

    def test_making_it_again_changes_nothing(self, tmp_path: Path) -> None:
        server.prepare_home(settings(tmp_path))
        before = server.credentials(settings(tmp_path)), server.data_directory(settings(tmp_path))
        server.prepare_home(settings(tmp_path))
        assert (server.credentials(settings(tmp_path)), server.data_directory(settings(tmp_path))) == before

    def test_two_homes_have_two_passwords(self, tmp_path: Path) -> None:
        homes = [settings(tmp_path / name) for name in ("a", "b")]
        for one in homes:
            server.prepare_home(one)
        assert server.credentials(homes[0]) != server.credentials(homes[1])

    def test_a_lost_password_is_an_error_that_says_what_to_do(self, tmp_path: Path) -> None:
        root = server.prepare_home(settings(tmp_path))
        (root / "data-1" / "databases" / "system").mkdir(parents=True)
        (root / "password").unlink()
        with pytest.raises(ServerError, match=r"databases/system.*keeps the graph"):
            server.prepare_home(settings(tmp_path))

    def test_no_password_before_the_first_start(self, tmp_path: Path) -> None:
        with pytest.raises(ServerError, match="studbook server start"):
            server.credentials(settings(tmp_path))


class TestData:
    def test_the_link_moves_in_one_step(self, tmp_path: Path) -> None:
        where = settings(tmp_path)
        root = server.prepare_home(where)
        (root / "data-1" / "old").touch()
        fresh = server.new_data_directory(where)
        assert (fresh, server.data_directory(where)) == (root / "data-2", root / "data-1")
        (fresh / "new").touch()
        server.switch_data(where, fresh)
        assert (root / "data" / "new").exists()
        assert (root / "data-1" / "old").exists()

    def test_what_killed_loads_left_is_cleared_and_the_current_data_kept(self, tmp_path: Path) -> None:
        where = settings(tmp_path)
        root = server.prepare_home(where)
        for number in (2, 7):
            (root / f"data-{number}" / "databases").mkdir(parents=True)
        (root / "data-1" / "mine").touch()
        fresh = server.new_data_directory(where)
        assert sorted(path.name for path in root.glob("data-*")) == ["data-1", fresh.name]
        assert list(fresh.iterdir()) == []
        assert (root / "data-1" / "mine").exists()

    def test_users_are_copied_and_nothing_else(self, tmp_path: Path) -> None:
        where = settings(tmp_path)
        root = server.prepare_home(where)
        for name in ("databases/system", "databases/neo4j", "transactions/system", "transactions/neo4j", "dbms"):
            (root / "data" / name).mkdir(parents=True)
            (root / "data" / name / "file").write_text("old", encoding="utf-8")
        fresh = server.new_data_directory(where)
        (fresh / "databases" / "system").mkdir(parents=True)
        (fresh / "databases" / "system" / "other").touch()
        server.copy_users(where, fresh)
        copied = {path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()}
        assert copied == {"databases/system/file", "transactions/system/file", "dbms/file"}


@pytest.mark.parametrize(
    "call",
    [server.home, server.prepare_home, server.start, server.stop, server.status, server.running, server.logs],
    ids=lambda call: call.__name__,
)
def test_an_unknown_release_is_refused_before_anything_is_made(
    tmp_path: Path, call: Callable[[Settings], object]
) -> None:
    with pytest.raises(StudbookError, match=r"Neo4j 1\.9"):
        call(settings(tmp_path, neo4j_version="1.9"))
    assert list(tmp_path.iterdir()) == []


def test_without_a_home_nothing_runs_and_nothing_is_made(tmp_path: Path) -> None:
    where = settings(tmp_path)
    assert server.status(where).state == "stopped"
    assert server.running(where) is None
    assert server.stop(where) is False
    assert server.logs(where) == []
    assert list(tmp_path.iterdir()) == []


class TestCompose:
    """docker-compose.yml, for people who have Docker, against the managed server's own settings."""

    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["neo4j"]

    @staticmethod
    def variable(name: str) -> str:
        """As the image's entry point writes a setting: one underscore for a dot, two for an underscore."""
        return "NEO4J_" + name.replace("_", "__").replace(".", "_")

    def test_it_runs_the_same_release(self) -> None:
        assert self.service["image"] == f"neo4j:{NEO4J_VERSION}-community"

    def test_it_has_the_managed_servers_settings(self) -> None:
        own = neo4j_conf.configuration(NEO4J_VERSION, Ports(7687, 7474), page_cache=GIB)
        elsewhere = {
            "server.default_listen_address",  # a container listens on all its addresses; its ports are bound to loopback
            "server.bolt.listen_address",
            "server.http.listen_address",
            "server.https.enabled",  # off unless a certificate is mounted
            "dbms.security.auth_enabled",  # NEO4J_AUTH
            "server.memory.pagecache.size",
            "browser.post_connect_cmd",  # the managed server serves the guide itself; here `studbook browser serve` does
            "server.databases.default_to_read_only",
            "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration",  # docker stop waits anyway
        }
        expected = {self.variable(name): value for name, value in own.items() if name not in elsewhere}
        environment = self.service["environment"]
        assert {name: environment.get(name) for name in expected} == expected
        memory = {"NEO4J_server_memory_heap_max__size", "NEO4J_server_memory_pagecache_size"}
        assert set(environment) - set(expected) == {"NEO4J_AUTH"} | memory

    def test_it_is_on_loopback_only(self) -> None:
        assert self.service["ports"] == ["127.0.0.1:7474:7474", "127.0.0.1:7687:7687"]

    def test_it_does_not_start_without_a_password(self) -> None:
        assert re.fullmatch(r"neo4j/\$\{NEO4J_PASSWORD:\?.+\}", self.service["environment"]["NEO4J_AUTH"])
        assert "\nNEO4J_PASSWORD=\n" in (ROOT / ".env.example").read_text(encoding="utf-8")

    def test_its_data_outlives_the_container_and_its_health_is_asked(self) -> None:
        assert [volume.split(":")[1] for volume in self.service["volumes"]] == ["/data", "/logs"]
        assert "http://127.0.0.1:7474/" in self.service["healthcheck"]["test"]
