"""Fetching from a server on this machine that pages, throttles, fails and refuses as the Hub does."""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import huggingface_hub.constants
import pytest

from studbook import hub, sources
from studbook.errors import HubError, InputError
from studbook.progress import Advance

REFUSED_IN_LISTS = {"baseModels", "childrenModelCount", "usedStorage"}
"""By the real Hub, with status 400: huggingface_hub PR 3182."""


CANNED: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "html": (200, b"<html>Sign in</html>", {"Content-Type": "text/html"}),
    "object": (200, b'{"message": "hello"}', {}),
    "429": (
        429,
        b'{"error": "We had to rate limit you"}',
        {"RateLimit": '"api";r=0;t=0', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'},
    ),
    "429 retry-after": (429, b"{}", {"Retry-After": "0"}),
}


def model(number: int) -> dict[str, Any]:
    """One of the Hub's models, as its list route gives it; some with data that a ModelInfo cannot hold."""
    return {
        "_id": f"{number:024x}",
        "id": f"fen/heron-{number}",
        "author": "fen",
        "sha": f"{number:040x}",
        "createdAt": "2024-05-06T07:08:09.000Z",
        "lastModified": "2024-06-07T08:09:10.000Z",
        "gated": ("manual", "auto", False)[number % 3],
        "downloads": 1000 - number,
        "downloadsAllTime": 5000,
        "likes": number,
        "trendingScore": 0,
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["transformers", f"base_model:fen/heron-{number // 10}", "license:mit"],
        "cardData": {"license": "mit", "language": ["en", "fr"], "self": "x"} if number % 2 else None,
        "safetensors": {"total": 7} if number % 4 == 0 else None,
        "gguf": {"total": 8, "chat_template": "…"} if number % 4 == 1 else None,
    }


class FakeHub:
    """What the server holds, what it shall do wrong, and what it was asked."""

    def __init__(self, count: int, page: int) -> None:
        self.models = [model(number) for number in range(count)]
        self.cards: dict[str, str | tuple[int, str]] = {}
        """By id: the text of a card, or the status and the error code of a refusal."""
        self.page = page
        self.faults: list[str] = []
        """One is used up by each request that it is meant for: a fault, or "" for a request that succeeds."""
        self.asked: list[dict[str, list[str]]] = []
        """The query of each list request that was answered."""
        self.paths: list[str] = []
        self.tokens: list[str | None] = []
        self.link_host: str | None = None
        self.waiting, self.closing = threading.Event(), threading.Event()
        self.address = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.paths.append(request.path)
        self.tokens.append(request.headers.get("Authorization"))
        fault = self.faults.pop(0) if self.faults else ""
        split = urlsplit(request.path)
        if fault == "hang":
            self.waiting.set()
            self.closing.wait()
        elif fault in CANNED:
            self.send(request, *CANNED[fault])
        elif fault.isdigit():
            self.send(request, int(fault), json.dumps({"error": f"planned {fault}"}).encode())
        elif split.path == "/api/models":
            self.list(request, parse_qs(split.query), cut=fault == "cut")
        elif split.path.endswith("/resolve/main/README.md"):
            self.card(request, split.path.removesuffix("/resolve/main/README.md").removeprefix("/"))
        elif found := [one for one in self.models if split.path == f"/api/models/{one['id']}"]:
            self.send(request, 200, json.dumps(found[0]).encode())
        else:
            self.send(request, 404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})

    def list(self, request: BaseHTTPRequestHandler, query: dict[str, list[str]], *, cut: bool) -> None:
        expand = set(query.get("expand", []))
        if expand & REFUSED_IN_LISTS:
            self.send(request, 400, b'{"error": "Invalid option"}')
            return
        found = self.models
        for tag in query.get("filter", []):
            found = [one for one in found if tag in one["tags"]]
        for author in query.get("author", []):
            found = [one for one in found if one["author"] == author]
        for key in query.get("sort", []):
            found = sorted(found, key=lambda one: one[key], reverse=True)
        start = int(base64.urlsafe_b64decode(query["cursor"][0])) if "cursor" in query else 0
        end = start + min(self.page, int(query.get("limit", ["1000"])[0]))
        headers = {}
        if end < len(found):
            following = {**query, "cursor": [base64.urlsafe_b64encode(str(end).encode()).decode()]}
            host = self.link_host or self.address
            headers["Link"] = f'<{host}/api/models?{urlencode(following, doseq=True)}>; rel="next"'
        body = [{key: one[key] for key in one if key in expand | {"_id", "id"}} for one in found[start:end]]
        text = json.dumps(body).encode()
        if cut:  # announces more than it sends, then hangs up
            request.send_response(200)
            request.send_header("Content-Length", str(len(text)))
            request.end_headers()
            request.wfile.write(text[: len(text) // 2])
            request.close_connection = True
            return
        self.asked.append(query)
        self.send(request, 200, text, headers)

    def card(self, request: BaseHTTPRequestHandler, id_: str) -> None:
        answer = self.cards.get(id_, (404, "EntryNotFound"))
        if isinstance(answer, str):
            self.send(request, 200, answer.encode(), {"Content-Type": "text/plain"})
        else:
            self.send(request, answer[0], b'{"error": "Not to be had"}', {"X-Error-Code": answer[1]})

    def send(
        self, request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def serving(count: int = 25, page: int = 10) -> Iterator[FakeHub]:
    fake = FakeHub(count, page)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            fake.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with serving() as fake:
        monkeypatch.setenv("HF_ENDPOINT", fake.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield fake


def read(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["hub.jsonl", "hub.jsonl.gz"])
def test_all_models_as_the_hub_gives_them(fake: FakeHub, tmp_path: Path, name: str) -> None:
    assert hub.fetch(tmp_path / name) == 25
    assert read(tmp_path / name) == fake.models
    assert leftovers(tmp_path) == [name]
    assert len(fake.asked) == 3


def test_what_is_fetched_can_be_read(fake: FakeHub, tmp_path: Path) -> None:
    hub.fetch(tmp_path / "hub.jsonl.gz")
    snapshot = sources.read([tmp_path / "hub.jsonl.gz"])
    assert snapshot.rejected.is_empty()
    assert snapshot.raw.height == 25
    rows = snapshot.raw.select(
        "id", "hub_id", "gated", "created_at", "parameters", "card_license", "card_languages", "tags", "likes"
    ).rows()
    created = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    tags = ["transformers", "base_model:fen/heron-0", "license:mit"]
    assert rows[4] == ("fen/heron-4", f"{4:024x}", "auto", created, 7, None, None, tags, 4)
    assert rows[5] == ("fen/heron-5", f"{5:024x}", "false", created, 8, ["mit"], ["en", "fr"], tags, 5)
    assert rows[6] == ("fen/heron-6", f"{6:024x}", "manual", created, None, None, None, tags, 6)


def test_filters_order_and_limit(fake: FakeHub, tmp_path: Path) -> None:
    fake.models[7]["author"] = "marsh"
    path = tmp_path / "hub.jsonl"
    tags = ["license:mit", "base_model:fen/heron-1"]
    assert hub.fetch(path, author="fen", filter=tags, sort="likes", limit=12) == 10
    assert [one["id"] for one in read(path)] == [f"fen/heron-{number}" for number in range(19, 9, -1)]
    assert fake.asked[0]["filter"] == tags
    assert hub.fetch(path, sort="likes", limit=12) == 12
    assert [one["likes"] for one in read(path)] == list(range(24, 12, -1))
    assert hub.fetch(path, author="marsh") == 1


@pytest.mark.parametrize(("given", "sent"), [("created_at", "createdAt"), ("trendingScore", "trendingScore")])
def test_both_spellings_of_an_order(fake: FakeHub, tmp_path: Path, given: str, sent: str) -> None:
    hub.fetch(tmp_path / "hub.jsonl", sort=given, limit=1)
    assert fake.asked[0]["sort"] == [sent]


def test_an_order_the_hub_does_not_know(fake: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be sorted by 'stars'. Choose one of created_at, downloads"):
        hub.fetch(tmp_path / "hub.jsonl", sort="stars")
    assert fake.paths == []


def test_no_such_model(fake: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it lists none with these filters"):
        hub.fetch(tmp_path / "hub.jsonl", author="nobody")
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("fault", ["429", "429 retry-after", "500", "503", "cut"])
def test_a_fault_is_tried_again(fake: FakeHub, tmp_path: Path, fault: str) -> None:
    fake.faults = ["", fault]
    hub.fetch(tmp_path / "hub.jsonl")
    assert read(tmp_path / "hub.jsonl") == fake.models
    assert len(fake.paths) == 4
    assert fake.paths[1] == fake.paths[2]


class Recorder:
    """Progress that remembers its only stage."""

    @contextmanager
    def stage(self, title: str, *, total: int | None = None, unit: str = "") -> Iterator[Advance]:
        self.title, self.total, self.unit = title, total, unit
        self.steps: list[int] = []
        yield self.steps.append


def test_progress_counts_models(fake: FakeHub, tmp_path: Path) -> None:
    progress = Recorder()
    hub.fetch(tmp_path / "hub.jsonl", limit=22, progress=progress)
    assert (progress.title, progress.total, progress.unit) == ("Fetching models", 22, "models")
    assert progress.steps == [0, 10, 10, 2]


@pytest.mark.parametrize("name", ["hub.jsonl", "hub.jsonl.gz"])
def test_an_interrupted_fetch_continues(fake: FakeHub, tmp_path: Path, name: str) -> None:
    output = tmp_path / name
    fake.faults = ["", "", "403"]
    with pytest.raises(HubError, match=f"20 models are kept in .*{name}.part: the same command continues there"):
        hub.fetch(output)
    assert leftovers(tmp_path) == [f"{name}.part", f"{name}.part.json"]
    with (tmp_path / f"{name}.part").open("ab") as part:
        part.write(b"half a page that was never noted")
    progress = Recorder()
    assert hub.fetch(output, progress=progress) == 25
    assert progress.steps == [20, 5]
    assert read(output) == fake.models
    assert leftovers(tmp_path) == [name]
    assert len(fake.asked) == 3


def test_another_question_begins_anew(fake: FakeHub, tmp_path: Path) -> None:
    fake.faults = ["", "403"]
    with pytest.raises(HubError):
        hub.fetch(tmp_path / "hub.jsonl")
    assert hub.fetch(tmp_path / "hub.jsonl", filter=["base_model:fen/heron-2"]) == 5
    assert read(tmp_path / "hub.jsonl") == fake.models[20:]


def test_a_killed_fetch_leaves_no_dump_and_continues(fake: FakeHub, tmp_path: Path) -> None:
    output = tmp_path / "hub.jsonl.gz"
    output.write_bytes(b"yesterday's")
    fake.faults = ["", "", "hang"]
    program = "import sys; from pathlib import Path; from studbook import hub; hub.fetch(Path(sys.argv[1]))"
    process = subprocess.Popen([sys.executable, "-c", program, str(output)], env=os.environ | {"NO_PROXY": "*"})
    try:
        assert fake.waiting.wait(60)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert output.read_bytes() == b"yesterday's"
    assert hub.fetch(output) == 25
    assert read(output) == fake.models
    assert len(fake.asked) == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("400", "answers 400: planned 400. Check the filters"),
        ("401", "answers 401: planned 401. Set HF_TOKEN, or log in"),
        ("403", "answers 403: planned 403. Your token does not allow this"),
        ("404", "answers 404: planned 404. Check the name"),
        ("html", "this is not the Hub .* Check HF_ENDPOINT"),
        ("object", "this is not the Hub .the answer is no list of models.. Check HF_ENDPOINT"),
    ],
)
def test_refusals_say_what_to_do(fake: FakeHub, tmp_path: Path, fault: str, message: str) -> None:
    fake.faults = [fault]
    with pytest.raises(HubError, match=f"^Asking {fake.address}/api/models: .*{message}"):
        hub.fetch(tmp_path / "hub.jsonl")
    assert len(fake.paths) == 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [("429", "answers 429: .*rate limit.* Wait five minutes"), ("502", "answers 502: .* Try again later")],
)
def test_patience_ends(
    fake: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, message: str
) -> None:
    monkeypatch.setattr(hub, "_RETRIES", 1)
    fake.faults = [fault] * 9
    with pytest.raises(HubError, match=message):
        hub.fetch(tmp_path / "hub.jsonl")
    assert len(fake.paths) == 2


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_RETRIES", 0)
    with serving() as gone:
        address = gone.address
    with pytest.raises(HubError, match=f"^Asking {address}/api/models: no answer .*Check the network"):
        hub.fetch(tmp_path / "hub.jsonl", endpoint=address)
    with pytest.raises(HubError, match=r"no answer .* and HF_ENDPOINT if it is set"):
        hub.fetch(tmp_path / "hub.jsonl", endpoint="hub.example")


def test_offline_mode(fake: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE forbids it"):
        hub.fetch(tmp_path / "hub.jsonl")


def test_a_place_that_cannot_be_written(fake: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"No such file or directory. Choose another place"):
        hub.fetch(tmp_path / "absent" / "hub.jsonl")


def test_the_token_goes_to_the_endpoint_alone(fake: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror passes on the Hub's own links; the next page is still asked of the mirror."""
    monkeypatch.setenv("HF_TOKEN", "hf_invented")
    with serving() as elsewhere:
        fake.link_host = elsewhere.address
        assert hub.fetch(tmp_path / "hub.jsonl") == 25
        assert elsewhere.paths == []
    assert fake.tokens == ["Bearer hf_invented"] * 3
    fake.faults = ["401"]
    with pytest.raises(HubError) as error:
        hub.fetch(tmp_path / "hub.jsonl")
    assert "hf_invented" not in str(error.value)


def test_families(fake: FakeHub, tmp_path: Path) -> None:
    """Roots with their most downloaded children; heron-0 is among its own children, heron-1 among those of heron-0."""
    path = tmp_path / "families.jsonl"
    assert hub.fetch_families(path, ["fen/heron-0", "fen/heron-1"], limit=4) == 8
    assert [one["id"] for one in read(path)] == [f"fen/heron-{number}" for number in (0, 1, 2, 3, 10, 11, 12, 13)]
    assert leftovers(tmp_path) == ["families.jsonl"]
    assert sources.read([path]).raw.height == 8


def test_a_root_that_is_gone(fake: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(HubError, match="/api/models/fen/lost: the Hub answers 404: Repository not found"):
        hub.fetch_families(tmp_path / "families.jsonl", ["fen/heron-0", "fen/lost"], limit=4)
    assert leftovers(tmp_path) == []


CARDS: dict[str, str | tuple[int, str]] = {
    "fen/heron-0": "---\nlicense: mit\n---\nA h\u00e9ron.\r\n",
    "fen/heron-1": "",
    "fen/heron-3": (401, "GatedRepo"),
    "fen/heron-4": (404, "RepoNotFound"),
    "fen/heron-5": "Another.",
}


@pytest.mark.parametrize("name", ["cards.jsonl", "cards.jsonl.gz"])
def test_cards(fake: FakeHub, tmp_path: Path, name: str) -> None:
    """heron-2 has no README.md, heron-1 an empty one; two models cannot be read."""
    fake.cards = dict(CARDS)
    ids = [f"fen/heron-{number}" for number in (0, 1, 2, 3, 4, 5, 0)]
    assert hub.fetch_cards(tmp_path / name, ids) == hub.Cards(written=4, without=2, closed=2)
    assert read(tmp_path / name) == [
        {"id": "fen/heron-0", "card": CARDS["fen/heron-0"]},
        {"id": "fen/heron-1", "card": ""},
        {"id": "fen/heron-2", "card": ""},
        {"id": "fen/heron-5", "card": "Another."},
    ]
    assert leftovers(tmp_path) == [name]
    hub.fetch(tmp_path / "hub.jsonl")
    snapshot = sources.read([tmp_path / "hub.jsonl", tmp_path / name])
    assert snapshot.cards.height == 4
    lengths = dict(snapshot.raw.select("id", "card_length").drop_nulls().rows())
    assert lengths == {"fen/heron-0": 8, "fen/heron-1": 0, "fen/heron-2": 0, "fen/heron-5": 8}


def test_an_interrupted_fetch_of_cards_asks_for_what_is_missing(
    fake: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "_CARDS", 2)
    monkeypatch.setattr(hub, "_CARD_WORKERS", 1)
    fake.cards = dict(CARDS)
    fake.faults = ["", "", "", "403"]
    ids = [f"fen/heron-{number}" for number in range(6)]
    output = tmp_path / "cards.jsonl.gz"
    with pytest.raises(HubError, match=r"2 cards are kept in .*cards.jsonl.gz.part: the same command continues there"):
        hub.fetch_cards(output, ids)
    fake.paths.clear()
    assert hub.fetch_cards(output, [*ids, "fen/heron-9"]) == hub.Cards(written=5, without=3, closed=2)
    assert [path.split("/")[2] for path in fake.paths] == [f"heron-{number}" for number in (2, 3, 4, 5, 9)]
    assert [one["id"] for one in read(output)] == [f"fen/heron-{number}" for number in (0, 1, 2, 5, 9)]
    assert leftovers(tmp_path) == ["cards.jsonl.gz"]


def test_cards_that_cannot_be_had(fake: FakeHub, tmp_path: Path) -> None:
    fake.cards = dict(CARDS)
    with pytest.raises(InputError, match=r"'heron' is not owner/name"):
        hub.fetch_cards(tmp_path / "cards.jsonl", ["fen/heron-0", "heron"])
    assert fake.paths == []
    with pytest.raises(InputError, match=r"none of 2 models can be read\. Nothing was written"):
        hub.fetch_cards(tmp_path / "cards.jsonl", ["fen/heron-3", "fen/heron-4"])
    assert leftovers(tmp_path) == []
