"""Fetching jars from a repository on this machine that answers well, badly, slowly or not at all."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from studbook import provision
from studbook.config import Settings
from studbook.errors import InputError, ProvisionError

CONTENT = {f"part-{n}": bytes([n]) * (1000 + n) for n in range(40)}


def jar(name: str, content: bytes) -> provision.Jar:
    return provision.Jar("org.example", name, "1.0", None, hashlib.sha256(content).hexdigest(), len(content))


JARS = [jar(name, content) for name, content in sorted(CONTENT.items())]


class Repository:
    """A Maven repository over CONTENT; what it holds and how it answers can be changed."""

    def __init__(self) -> None:
        self.files = {jar.path.as_posix(): CONTENT[jar.artifact] for jar in JARS}
        self.truncated: set[str] = set()
        self.failures: Counter[str] = Counter()
        """Answers of 503 still to give, by path."""
        self.stalled: set[str] = set()
        """Paths whose answer stops half-way until `resume` is set."""
        self.stalling, self.resume = threading.Event(), threading.Event()
        self.asked: Counter[str] = Counter()
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                repository._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 64  # the default of 5 makes the connections of 16 threads wait for a second

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/maven2"

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.removeprefix("/maven2/")
        self.asked[path] += 1
        if self.failures[path] > 0:
            self.failures[path] -= 1
            request.send_error(503)
        elif path not in self.files:
            request.send_error(404)
        else:
            content = self.files[path]
            request.send_response(200)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            half = len(content) // 2
            request.wfile.write(content[:half])
            request.wfile.flush()
            if path in self.stalled:
                self.stalling.set()
                self.resume.wait(60)
            if path not in self.truncated:
                request.wfile.write(content[half:])


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Repository()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.resume.set()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def settings(tmp_path: Path, repository: Repository) -> Settings:
    return Settings(home=tmp_path / "home", cache=tmp_path / "cache", maven_repository=repository.address)


def in_cache(settings: Settings) -> dict[str, bytes]:
    store = settings.cache / "maven"
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*.jar")}


def everything() -> dict[str, bytes]:
    return {jar.path.as_posix(): CONTENT[jar.artifact] for jar in JARS}


def test_all_jars_come_from_the_mirror(settings: Settings, repository: Repository) -> None:
    paths = provision.fetch(JARS, settings)
    assert [path.read_bytes() for path in paths] == [CONTENT[jar.artifact] for jar in JARS]
    assert in_cache(settings) == everything()


def test_a_full_cache_asks_nobody(settings: Settings, repository: Repository) -> None:
    provision.fetch(JARS, settings)
    repository.asked.clear()
    assert len(provision.fetch(JARS, settings)) == len(JARS)
    assert repository.asked.total() == 0


def test_a_slash_after_the_address_does_no_harm(tmp_path: Path, repository: Repository) -> None:
    settings = Settings(home=tmp_path, cache=tmp_path / "cache", maven_repository=f"{repository.address}/")
    provision.fetch(JARS, settings)
    assert in_cache(settings) == everything()


def test_another_file_than_the_pinned_one_is_refused_and_thrown_away(
    settings: Settings, repository: Repository
) -> None:
    bad = JARS[7]
    forged = b"x" * bad.size
    repository.files[bad.path.as_posix()] = forged
    with pytest.raises(ProvisionError) as caught:
        provision.fetch(JARS, settings)
    message = str(caught.value)
    assert bad.coordinate in message
    assert bad.sha256 in message
    assert hashlib.sha256(forged).hexdigest() in message
    assert forged not in in_cache(settings).values()

    repository.files[bad.path.as_posix()] = CONTENT[bad.artifact]
    provision.fetch(JARS, settings)
    assert in_cache(settings) == everything()


def test_a_jar_changed_in_the_cache_is_fetched_again(settings: Settings, repository: Repository) -> None:
    changed = provision.fetch(JARS, settings)[3]
    changed.write_bytes(b"x" * JARS[3].size)
    repository.asked.clear()
    provision.fetch(JARS, settings)
    assert changed.read_bytes() == CONTENT[JARS[3].artifact]
    assert repository.asked == {JARS[3].path.as_posix(): 1}


def test_an_answer_cut_short_is_no_jar(settings: Settings, repository: Repository) -> None:
    repository.truncated.add(JARS[5].path.as_posix())
    with pytest.raises(ProvisionError, match=JARS[5].coordinate):
        provision.fetch(JARS, settings)
    assert JARS[5].path.as_posix() not in in_cache(settings)
    assert repository.asked[JARS[5].path.as_posix()] == 3


def test_a_passing_failure_is_tried_again(settings: Settings, repository: Repository) -> None:
    repository.failures[JARS[5].path.as_posix()] = 2
    provision.fetch(JARS, settings)
    assert in_cache(settings) == everything()


def test_what_the_mirror_lacks_is_named_and_the_rest_kept(settings: Settings, repository: Repository) -> None:
    del repository.files[JARS[-1].path.as_posix()]
    with pytest.raises(ProvisionError, match=f"{JARS[-1].coordinate} from the mirror.*404"):
        provision.fetch(JARS, settings)
    kept = in_cache(settings)
    assert kept
    assert kept.items() <= everything().items()


def test_a_password_in_the_address_of_the_mirror_is_not_repeated(tmp_path: Path, repository: Repository) -> None:
    repository.files.clear()
    address = repository.address.replace("http://", "http://someone:geheim@")
    settings = Settings(home=tmp_path, cache=tmp_path / "cache", maven_repository=address)
    with pytest.raises(ProvisionError) as caught:
        provision.fetch(JARS[:1], settings)
    assert "geheim" not in str(caught.value)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, cache=tmp_path / "cache", maven_repository="someone:geheim@mirror.example")
    with pytest.raises(InputError, match="STUDBOOK_MAVEN_REPOSITORY must") as caught:
        provision.fetch(JARS[:1], settings)
    assert "geheim" not in str(caught.value)


def test_nobody_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings = Settings(home=tmp_path, cache=tmp_path / "cache", maven_repository=f"http://127.0.0.1:{port}")
    with pytest.raises(ProvisionError, match="Check the network, or set STUDBOOK_MAVEN_REPOSITORY"):
        provision.fetch(JARS[:1], settings)


def test_a_cache_that_cannot_be_written(tmp_path: Path, repository: Repository) -> None:
    (tmp_path / "cache").write_text("a file, and no folder", encoding="utf-8")
    settings = Settings(home=tmp_path, cache=tmp_path / "cache", maven_repository=repository.address)
    with pytest.raises(ProvisionError, match="set STUDBOOK_CACHE to a folder that you can write to"):
        provision.fetch(JARS[:1], settings)


FETCH = """
import sys
from pathlib import Path
from studbook import provision
from studbook.config import Settings

cache, mirror = Path(sys.argv[1]), sys.argv[2]
jars = [provision.parse(line) for line in sys.stdin]
provision.fetch(jars, Settings(home=cache, cache=cache, maven_repository=mirror))
"""


def fetching(settings: Settings) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", FETCH, str(settings.cache), str(settings.maven_repository)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdin is not None
    process.stdin.write("".join(f"{jar}\n" for jar in JARS))
    process.stdin.close()
    process.stdin = None
    return process


def test_a_killed_download_leaves_nothing_that_counts(settings: Settings, repository: Repository) -> None:
    repository.stalled = {jar.path.as_posix() for jar in JARS[20:]}
    process = fetching(settings)
    assert repository.stalling.wait(30)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = in_cache(settings)
    assert left.items() <= everything().items()
    assert len(left) < len(JARS)

    repository.resume.set()
    repository.stalled = set()
    provision.fetch(JARS, settings)
    assert in_cache(settings) == everything()


def test_two_processes_fetch_each_jar_once(settings: Settings, repository: Repository) -> None:
    both = [fetching(settings), fetching(settings)]
    errors = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert in_cache(settings) == everything()
    assert repository.asked == dict.fromkeys(everything(), 1)
