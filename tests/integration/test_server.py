"""The managed server as a real process: on both releases what differs by release, on the default one the rest."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import neo4j
import psutil
import pytest
from neo4j.exceptions import AuthError, Neo4jError

from homes import processes
from studbook import server
from studbook.config import SUPPORTED_NEO4J_VERSIONS, Settings
from studbook.errors import ServerError


def small(home: Path, version: str | None = None) -> Settings:
    """Settings of a server with little memory in a home of its own; the jars come from the cache that all share."""
    given = Settings.from_environment()
    version = version or given.neo4j_version
    return replace(given, home=home, neo4j_version=version, neo4j_heap="512m", neo4j_page_cache="64m")


def free_ports() -> tuple[int, int]:
    with socket.socket() as bolt, socket.socket() as http:
        bolt.bind(("127.0.0.1", 0))
        http.bind(("127.0.0.1", 0))
        return bolt.getsockname()[1], http.getsockname()[1]


def wish(settings: Settings, bolt: int, http: int, *, pid: int = 0) -> None:
    """Leaves the note of a server that ran on these ports before."""
    note = {"pid": pid, "bolt": bolt, "http": http, "read_only": False}
    (server.prepare_home(settings) / "run" / "server.json").write_text(json.dumps(note), encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def quick_start() -> Iterator[None]:
    """These servers live for seconds: without the slower compiler a start costs 6 s of processor time and not 9."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
        yield


@pytest.fixture(scope="module", params=SUPPORTED_NEO4J_VERSIONS)
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A server that runs, in a folder whose name has a blank and a letter outside ASCII. Whoever stops it starts it."""
    where = small(tmp_path_factory.mktemp("home") / "stüd book", request.param)
    wish(where, *free_ports())  # not the well-known ones, which another server may take while this one is down
    with server.managed(where):
        yield where


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """A home without a server, for tests that break it; whatever runs there is stopped afterwards."""
    where = small(tmp_path)
    yield where
    server.stop(where)


def ask(
    settings: Settings, cypher: str, *, uri: str | None = None, auth: tuple[str, str] | None = None
) -> list[list[object]]:
    running = server.running(settings)
    assert running is not None
    with neo4j.GraphDatabase.driver(uri or running.uri, auth=auth or server.credentials(settings)) as driver:
        return [record.values() for record in driver.execute_query(cypher).records]


def get(address: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(address, body, headers), timeout=10) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class TestRunning:
    def test_bolt_answers_with_the_release_that_was_asked_for(self, settings: Settings) -> None:
        rows = ask(
            settings,
            "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions, edition",
        )
        assert rows == [[[settings.neo4j_version], "community"]]

    def test_starting_it_again_gives_the_same_server(self, settings: Settings) -> None:
        first = server.running(settings)
        assert first is not None
        assert server.start(settings) == first
        assert processes(first.home) == [first.pid]

    def test_its_status(self, settings: Settings) -> None:
        status = server.status(settings)
        assert (status.state, status.info) == ("running", server.running(settings))
        assert status.since is not None
        assert status.since.timestamp() == pytest.approx(psutil.Process(status.info.pid).create_time())

    def test_it_listens_on_loopback_only(self, settings: Settings) -> None:
        info = server.start(settings)
        connections = psutil.Process(info.pid).net_connections(kind="inet")
        listening = {tuple(one.laddr) for one in connections if one.status == psutil.CONN_LISTEN}
        ports = {int(info.uri.rsplit(":", 1)[1]), int(info.http.rsplit(":", 1)[1])}
        assert {address.removeprefix("::ffff:") for address, _ in listening} == {"127.0.0.1"}
        assert {port for _, port in listening} == ports

    def test_http_names_bolts_address_and_serves_browser(self, settings: Settings) -> None:
        info = server.start(settings)
        _, discovery = get(f"{info.http}/")
        assert json.loads(discovery)["bolt_direct"] == info.uri
        status, page = get(info.browser)
        assert status == 200
        assert "<title>Neo4j Browser</title>" in page
        script = re.search(r'src="(?!https?:)([^"]+\.js)"', page)
        assert script is not None
        status, code = get(f"{info.browser.partition('?')[0]}{script[1]}")
        assert status == 200
        assert len(code) > 1000

    def test_it_asks_for_the_password(self, settings: Settings) -> None:
        """A right answer after each wrong one: three wrong ones in a row make Neo4j refuse even the right one a while."""
        info = server.start(settings)
        for auth in (("neo4j", "neo4j"), ("neo4j", "wrong-password"), None):
            with neo4j.GraphDatabase.driver(info.uri, auth=auth) as driver, pytest.raises(Neo4jError) as caught:
                driver.verify_connectivity()
            assert caught.value.code == "Neo.ClientError.Security.Unauthorized"
            assert ask(settings, "RETURN 1") == [[1]]

    def test_http_asks_for_the_password_too(self, settings: Settings) -> None:
        info = server.start(settings)
        body = b'{"statement": "RETURN 1 AS one"}'
        answers = {}
        for password in ("neo4j", server.credentials(settings)[1]):
            basic = base64.b64encode(f"neo4j:{password}".encode()).decode()
            headers = {"Content-Type": "application/json", "Authorization": f"Basic {basic}"}
            answers[password], _ = get(f"{info.http}/db/neo4j/query/v2", body, **headers)
        assert list(answers.values()) == [401, 202]

    def test_the_password_is_in_its_file_and_nowhere_else(self, settings: Settings) -> None:
        info = server.start(settings)
        _, password = server.credentials(settings)
        process = psutil.Process(info.pid)
        assert password not in " ".join(process.cmdline())
        assert password not in process.environ().values()
        assert password not in repr(info) + repr(server.status(settings))
        holders = [
            path
            for path in info.home.rglob("*")
            if path.is_file() and not path.is_symlink() and password.encode() in path.read_bytes()
        ]
        assert holders == [info.password_file]

    def test_nothing_of_it_is_readable_for_others(self, settings: Settings) -> None:
        info = server.start(settings)
        assert info.home.stat().st_mode & 0o077 == 0
        assert info.password_file.stat().st_mode & 0o777 == 0o600

    def test_the_environments_own_neo4j_stays_out_of_it(self, settings: Settings) -> None:
        names = psutil.Process(server.start(settings).pid).environ()
        assert [name for name in names if name.startswith("NEO4J_")] == []

    def test_its_settings_are_in_force(self, settings: Settings) -> None:
        """Neo4j says so itself, in its own spelling of durations and sizes."""
        shown = dict(ask(settings, "SHOW SETTINGS YIELD name, value RETURN name, value"))
        info = server.start(settings)
        assert shown["server.bolt.advertised_address"] == info.uri.removeprefix("bolt://")
        assert shown["server.http.advertised_address"] == info.http.removeprefix("http://")
        assert shown["db.transaction.timeout"] == "10m"
        assert shown["dbms.usage_report.enabled"] == "false"
        assert shown["client.allow_telemetry"] == "false"
        assert shown["dbms.security.auth_enabled"] == "true"
        assert shown["server.memory.pagecache.size"] == "64.00MiB"

    def test_the_log_is_its_own(self, settings: Settings) -> None:
        lines = server.logs(settings, lines=200)
        assert any(line.endswith(" Started.") for line in lines)
        assert server.logs(settings, lines=1) == lines[-1:]


class TestLoadCsv:
    """Reading the server's files, or any address, through Cypher."""

    @staticmethod
    @contextmanager
    def listener(family: socket.AddressFamily, address: str) -> Iterator[tuple[int, list[str]]]:
        """A web server with a CSV file, and the paths that it was asked for."""
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            timeout = 2  # seconds to wait for a caller who, as with ftp, waits for us

            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"secret\n")

            def log_message(self, *_: object) -> None:
                pass

        class Server(HTTPServer):
            address_family = family

        with Server((address, 0), Handler) as web:
            thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            yield web.server_port, asked
            web.shutdown()
            thread.join()

    @staticmethod
    def refused(settings: Settings, address: str) -> str:
        """The server's words when it refuses to read an address, in a transaction that only reads and in one that may write."""
        info = server.start(settings)
        words = []
        with neo4j.GraphDatabase.driver(info.uri, auth=server.credentials(settings)) as driver:
            for access in (neo4j.READ_ACCESS, neo4j.WRITE_ACCESS):
                with driver.session(default_access_mode=access) as session, pytest.raises(Neo4jError) as caught:
                    session.run("LOAD CSV FROM $address AS line RETURN line", address=address).consume()
                words.append(str(caught.value.message))
        assert words[0] == words[1]
        return words[0]

    @pytest.mark.parametrize(
        "path", ["/etc/hostname", "/../conf/neo4j.conf", "/inside.csv", "/..%2f..%2fconf/neo4j.conf"]
    )
    def test_no_file_is_read(self, settings: Settings, path: str) -> None:
        (server.home(settings) / "import" / "inside.csv").write_text("secret\n", encoding="utf-8")
        words = self.refused(settings, f"file://{path}")
        assert "allow_csv_import_from_file_urls" in words or "not allowed" in words

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]"])  # noqa: S104
    def test_no_address_is_asked(self, settings: Settings, host: str) -> None:
        with self.listener(socket.AF_INET, "127.0.0.1") as (port, asked):
            words = self.refused(settings, f"http://{host}:{port}/x.csv")
        assert asked == []
        assert "blocked" in words

    def test_no_address_of_version_six_is_asked(self, settings: Settings) -> None:
        with self.listener(socket.AF_INET6, "::1") as (port, asked):
            words = self.refused(settings, f"http://[::1]:{port}/x.csv")
        assert asked == []
        assert "blocked" in words

    @pytest.mark.parametrize("scheme", ["https", "ftp"])
    def test_no_other_scheme_helps(self, settings: Settings, scheme: str) -> None:
        with self.listener(socket.AF_INET, "127.0.0.1") as (port, asked):
            words = self.refused(settings, f"{scheme}://127.0.0.1:{port}/x.csv")
        assert asked == []
        assert "blocked" in words


class TestLife:
    """Stops and starts of both releases."""

    def test_a_killed_server_comes_back_with_what_was_committed(self, settings: Settings) -> None:
        info = server.start(settings)
        ask(settings, "UNWIND range(1, 5000) AS n CREATE (:Killed {n: n})")
        psutil.Process(info.pid).kill()
        again = server.start(settings)
        assert again.pid != info.pid
        assert (again.uri, again.http) == (info.uri, info.http)
        assert ask(settings, "MATCH (k:Killed) RETURN count(k), sum(k.n)") == [[5000, 12502500]]

    def test_a_stopped_server_has_ended_and_starts_read_only_when_asked(self, settings: Settings) -> None:
        writable = server.start(settings)
        ask(settings, "CREATE (:Shared)")
        assert server.stop(settings) is True
        assert not psutil.pid_exists(writable.pid)
        assert server.status(settings).state == "stopped"
        assert server.stop(settings) is False
        assert server.start(settings, read_only=True).read_only
        try:
            assert ask(settings, "MATCH (s:Shared) RETURN count(s)") == [[1]]
            with pytest.raises(Neo4jError, match=r"read.only"):
                ask(settings, "CREATE (:Shared)")
            assert server.start(settings).read_only
            with pytest.raises(ServerError, match=r"runs already, read-only\. Stop it first"):
                server.start(settings, read_only=False)
        finally:
            server.stop(settings)
        assert not server.start(settings).read_only

    def test_a_graph_imported_offline_takes_the_place_of_the_old_one(self, settings: Settings, tmp_path: Path) -> None:
        """What a load does: import beside the running server, look at it, swap, keep the users."""
        server.start(settings)
        ask(settings, "CREATE (:Old)")
        ask(settings, "CREATE USER auditor SET PASSWORD 'a-long-password' CHANGE NOT REQUIRED")
        nodes = tmp_path / "nodes.csv"
        nodes.write_text("id:ID,name\n1,first\n2,second\n", encoding="utf-8")
        fresh = server.new_data_directory(settings)
        arguments = [
            "database",
            "import",
            "full",
            "neo4j",
            f"--nodes=New={nodes}",
            "--id-type=actual",
            "--overwrite-destination",
        ]
        command = server.admin_command(settings, fresh, arguments)
        done = subprocess.run(command.argv, env=command.env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "2 nodes" in done.stdout

        with server.boot(settings, fresh) as private:
            serving = server.running(settings)
            assert serving is not None
            assert private.pid != serving.pid
            ask(settings, "CREATE CONSTRAINT new IF NOT EXISTS FOR (n:New) REQUIRE n.name IS UNIQUE", uri=private.uri)
            assert ask(settings, "MATCH (n:New) RETURN n.name ORDER BY n.name", uri=private.uri) == [
                ["first"],
                ["second"],
            ]
            assert ask(settings, "MATCH (n) WHERE n:Old OR n:New RETURN DISTINCT labels(n)") == [[["Old"]]]
        assert not psutil.pid_exists(private.pid)

        server.stop(settings)
        server.copy_users(settings, fresh)
        server.switch_data(settings, fresh)
        server.start(settings)
        assert ask(settings, "MATCH (n:New) RETURN count(n)") == [[2]]
        assert ask(settings, "MATCH (n:Old) RETURN count(n)") == [[0]]
        assert ask(settings, "SHOW CONSTRAINTS YIELD name RETURN name") == [["new"]]
        assert ask(settings, "RETURN 1", auth=("auditor", "a-long-password")) == [[1]]
        with pytest.raises(AuthError):
            ask(settings, "RETURN 1", auth=("auditor", "another-password"))

    def test_a_lost_password_is_replaced_as_the_error_says(self, settings: Settings) -> None:
        info = server.start(settings)
        ask(settings, "CREATE (:Kept)")
        server.stop(settings)
        old = server.credentials(settings)
        info.password_file.unlink()
        with pytest.raises(ServerError) as caught:
            server.start(settings)
        for path in re.findall(re.escape(f"{info.home}/data/") + r"\w+/system", str(caught.value)):
            shutil.rmtree(path)
        server.start(settings)
        assert server.credentials(settings) != old
        assert ask(settings, "MATCH (k:Kept) RETURN count(k)") == [[1]]


def test_neither_a_number_nor_ports_of_somebody_else_are_taken(own: Settings) -> None:
    """The note of an earlier run names a process and ports that belong to others by now."""
    sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with socket.socket() as bolt, socket.socket() as http:
        for taken in (bolt, http):
            taken.bind(("127.0.0.1", 0))
            taken.listen()
        ports = bolt.getsockname()[1], http.getsockname()[1]
        wish(own, *ports, pid=sleeper.pid)
        assert server.status(own).state == "stopped"
        assert server.stop(own) is False
        info = server.start(own)
        assert info.pid != sleeper.pid
        assert info.uri != f"bolt://127.0.0.1:{ports[0]}"
        assert info.http != f"http://127.0.0.1:{ports[1]}"
    assert sleeper.poll() is None
    sleeper.communicate(b"\n")


START = """
import sys
from dataclasses import replace
from pathlib import Path
from studbook import server
from studbook.config import Settings

given = replace(Settings.from_environment(), home=Path(sys.argv[1]), neo4j_heap="512m", neo4j_page_cache="64m")
print(server.start(given).pid, flush=True)
sys.stdin.read()
"""


def starting(settings: Settings) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", START, str(settings.home)]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_starts_at_once_start_one_server_that_a_third_process_can_stop(own: Settings) -> None:
    """The note is cut short, as by a power failure. While the process that started it lives and does not ask after it,
    as in a notebook, the ended server stays a zombie: it does not count as running."""
    root = server.prepare_home(own)
    (root / "run" / "server.json").write_text('{"pid": 12', encoding="utf-8")
    both = [starting(own), starting(own)]
    pids = {int(process.stdout.readline()) for process in both if process.stdout}
    assert len(pids) == 1
    assert processes(root) == list(pids)

    assert server.stop(own, timeout=60) is True
    assert psutil.Process(*pids).status() == psutil.STATUS_ZOMBIE
    assert server.status(own).state == "stopped"
    answers = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], answers


def test_a_killed_start_leaves_a_server_that_the_next_one_takes_over(own: Settings) -> None:
    process = starting(own)
    root = server.home(own)
    while not [pid for pid in processes(root) if pid != process.pid]:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()
    [orphan] = processes(root)
    assert server.start(own).pid == orphan
    assert ask(own, "RETURN 1") == [[1]]


def test_a_start_that_takes_too_long_leaves_no_process(own: Settings) -> None:
    with pytest.raises(ServerError, match=r"not ready after 0 s(.|\n)*console\.log"):
        server.start(own, timeout=0.2)
    assert processes(server.home(own)) == []
    assert server.status(own).state == "stopped"


def test_a_server_that_does_not_come_up_says_why(own: Settings) -> None:
    root = server.prepare_home(own)
    obstacle = root / "data-1" / "databases"
    obstacle.write_text("a file, where Neo4j wants a folder", encoding="utf-8")
    with pytest.raises(ServerError) as caught:
        server.start(own)
    message = str(caught.value)
    assert str(obstacle) in message
    assert "\tat " not in message
    assert str(root / "logs" / "console.log") in message
    assert processes(root) == []


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerError, match="set STUDBOOK_HOME to a folder that you can write to"):
        server.start(small(tmp_path / "file"))


def test_two_homes_that_want_the_same_ports_get_two_pairs(tmp_path: Path) -> None:
    """Both find the ports free and only one gets them: the other's server ends, and is started on others."""
    bolt, http = free_ports()
    homes = [small(tmp_path / name) for name in ("a", "b")]
    for home in homes:
        wish(home, bolt, http)
    with ThreadPoolExecutor() as pool:
        infos = list(pool.map(server.start, homes))
    try:
        assert len({address for info in infos for address in (info.uri, info.http)}) == 4
        assert f"bolt://127.0.0.1:{bolt}" in {info.uri for info in infos}
        for home in homes:
            assert ask(home, "RETURN 1") == [[1]]
    finally:
        for home in homes:
            server.stop(home)


def test_a_private_server_that_a_killed_load_left_is_stopped_with_the_other(own: Settings) -> None:
    data = server.new_data_directory(own)
    boot = server.boot(own, data)
    private = boot.__enter__()  # and never left, as when the load is killed
    assert server.running(own) is None
    assert server.stop(own) is True
    assert not psutil.pid_exists(private.pid)
    assert processes(server.home(own)) == []
    boot.gen.close()


def test_a_private_server_ends_when_its_block_fails(own: Settings) -> None:
    data = server.new_data_directory(own)
    with pytest.raises(ZeroDivisionError), server.boot(own, data) as private:
        raise ZeroDivisionError
    assert not psutil.pid_exists(private.pid)


def test_the_importer_of_a_killed_load_is_ended_and_its_data_removed(own: Settings, tmp_path: Path) -> None:
    """It waits for a named pipe that nobody writes to."""
    data = server.new_data_directory(own)
    pipe = tmp_path / "nodes.csv"
    os.mkfifo(pipe)
    command = server.admin_command(own, data, ["database", "import", "full", "neo4j", f"--nodes=N={pipe}"])
    importer = subprocess.Popen(command.argv, env=command.env, cwd=tmp_path, stdout=subprocess.DEVNULL)
    assert processes(server.home(own)) == [importer.pid]
    server.remove_leftovers(own)
    importer.wait()
    assert not data.exists()
    assert server.data_directory(own).exists()
