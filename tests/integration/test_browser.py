"""Neo4j Browser in a real Chromium, on the managed server with the example hub: the tour, the style, the saved queries."""

from __future__ import annotations

import base64
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

import oracle
from chromium import chromium
from homes import small
from studbook import browser, legend, server
from studbook.config import Settings
from studbook.load import load

expect.set_options(timeout=60_000)  # milliseconds: a server that has just started is slow on a busy machine
QUESTIONS = browser.questions()
CYCLES = {"Ouroboros-1B", "Rondo-1", "Rondo-2", "Rondo-3", "Echo-A", "Echo-B"}
"""Names of the models on cycles: tests/fixture/STORY.md."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A managed server with the example hub."""
    given = small(tmp_path_factory.mktemp("home"))
    try:
        load([oracle.DATA / "example_hub.jsonl"], settings=given, as_of=oracle.AS_OF)
        yield given
    finally:
        server.stop(given)


@pytest.fixture(scope="module")
def chrome(settings: Settings) -> Iterator[Browser]:
    with chromium(settings.cache) as opened:
        yield opened


@dataclass
class Window:
    """A window of Neo4j Browser, as a person sees it who has never been here."""

    page: Page
    asked: list[Request] = field(default_factory=list)
    """Every request it made."""

    def connect(self, settings: Settings) -> None:
        """Logs in; the tour opens by itself."""
        info = server.start(settings)
        username, password = server.credentials(settings)
        self.page.goto(info.browser)
        self.page.get_by_test_id("username").fill(username)
        self.page.get_by_test_id("password").fill(password)
        self.page.get_by_test_id("connect").click()
        expect(self.heading("The register of open models")).to_be_visible()

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", name=text)

    def turn_to(self, heading: str) -> None:
        """Leafs through the tour, whose pages all have another heading."""
        shown = self.page.get_by_role("heading", level=3).first
        while heading not in (text := shown.inner_text()):
            self.page.get_by_test_id("guideNextSlide").click()
            expect(shown).not_to_have_text(text)

    def run_shown(self, number: int = 0) -> Locator:
        """Clicks the arrow before a statement of the page of the tour that is shown; its answer."""
        return self.click(self.page.locator("pre.runnable i").nth(number))

    def run(self, text: str) -> Locator:
        """Types into the editor and runs it; its answer."""
        self.type(text)
        return self.run_editor()

    def run_editor(self) -> Locator:
        """Runs what is in the editor; its answer."""
        return self.click(self.page.get_by_test_id("editor-Run"))

    def type(self, text: str) -> None:
        self.page.get_by_test_id("activeEditor").locator("textarea").first.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def click(self, button: Locator) -> Locator:
        """Clicks something that runs; its answer."""
        frames = self.page.get_by_test_id("frame")
        before = frames.count()
        button.click()
        expect(frames).to_have_count(before + 1)
        return frames.first

    def drop(self, name: str, content: bytes) -> None:
        """Drops a file into the window."""
        self.page.evaluate(
            """([name, content]) => {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([bytes], name));
                for (const type of ["dragenter", "drop"]) {
                    const event = new DragEvent(type, { bubbles: true, dataTransfer });
                    document.querySelector(".filedrop").dispatchEvent(event);
                }
            }""",
            [name, base64.b64encode(content).decode()],
        )


@pytest.fixture
def window(chrome: Browser, settings: Settings) -> Iterator[Window]:
    """A connected window with nothing left in it from an earlier test."""
    with chrome.new_context(viewport={"width": 1600, "height": 1000}) as context:
        opened = Window(context.new_page())
        opened.page.on("request", lambda request: opened.asked.append(request))  # noqa: PLW0108  Playwright marks its handlers
        opened.connect(settings)
        yield opened


def draws(answer: Locator, names: set[str]) -> bool:
    """Whether the nodes of a picture have those names as captions, of which Browser cuts long ones."""
    expect(answer.locator("g.node").first).to_be_visible()
    captions = {caption.strip().removesuffix("…") for caption in answer.locator("g.node").all_text_contents()}
    return {name for name in names for caption in captions if name.startswith(caption)} == names and all(
        any(name.startswith(caption) for name in names) for caption in captions
    )


def test_each_question_of_the_tour_runs_by_a_click_and_draws_or_lists_something(window: Window) -> None:
    for number, question in enumerate(QUESTIONS, start=1):
        window.turn_to(f"{number} of 10: {question.question}")
        answer = window.run_shown()
        picture = "RETURN path" in question.statement or "RETURN line" in question.statement
        expect(answer.locator("g.node" if picture else "td").first).to_be_visible()


def test_a_picture_shows_what_the_story_tells_in_the_styles_colours(window: Window) -> None:
    window.page.get_by_text("Use Studbook's colours").click()
    expect(window.page.get_by_test_id("frame").first).to_contain_text("node.Model")
    window.turn_to(f"10 of 10: {QUESTIONS[-1].question}")
    answer = window.run_shown()
    assert draws(answer, CYCLES)
    expect(answer.locator("g.node")).to_have_count(6)
    expect(answer.locator("g.relationship")).to_have_count(6)
    node = answer.locator("g.node circle.b-outline").first
    expect(node).to_have_attribute("fill", legend.NODE_COLOURS["Model"])
    edge = answer.locator("g.relationship path.b-outline").first
    expect(edge).to_have_attribute("fill", legend.RELATION_COLOURS["FINETUNE_OF"])


def test_the_window_asks_no_other_machine(window: Window) -> None:
    """Neo4j Browser would load fonts and the scripts of companies; the server's policy keeps the web browser from it."""
    elsewhere = [request for request in window.asked if urlsplit(request.url).hostname not in ("127.0.0.1", None)]
    assert elsewhere
    assert {request.failure for request in elsewhere} == {"csp"}


def test_a_model_of_ones_own_is_typed_into_the_tour(window: Window) -> None:
    window.turn_to("Write your own")
    window.page.get_by_placeholder("owner/name").press_sequentially("Roundelay/rondo-2")
    assert draws(window.run_shown(), {"Rondo-1", "Rondo-2", "Rondo-3"})


CORINTHIAN = {
    row["path"][place].partition("/")[2]
    for row in json.loads((oracle.EXPECTED / "merges/subgraph_picture.json").read_text(encoding="utf-8"))[0]["rows"]
    for place in (0, 2)
}
"""Names in the picture of one merge, as worked out in plain Python."""


def test_files_are_dropped_the_style_and_the_saved_queries_as_folders(window: Window, tmp_path: Path) -> None:
    browser.export(tmp_path)
    window.drop(browser.STYLE, (tmp_path / browser.STYLE).read_bytes())
    expect(window.page.get_by_test_id("frame").first).to_contain_text("relationship.MERGE_OF")
    window.turn_to("The library")
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name=browser.SAVED).click()
    window.drop(browser.SAVED, download.value.path().read_bytes())
    window.page.get_by_test_id("navigationFavorites").click()
    title = "Everything that went into a merge, drawn"
    for folder in ("Studbook/merges/parameters", "Studbook/merges"):
        window.page.get_by_test_id(f"expandFolder-{folder}").click()
        items = window.page.get_by_test_id(f"savedScriptsFolder-{folder}").get_by_test_id("savedScriptListItem")
        answer = window.click(items.filter(has_text=title).get_by_test_id("savedScriptsButton-Run"))
        if folder.endswith("parameters"):
            expect(answer.get_by_title("Status: success")).to_have_count(4)
    assert draws(answer, CORINTHIAN)


def test_a_query_of_the_library_is_asked_from_its_page(window: Window) -> None:
    window.turn_to("Library: merges")
    entry = window.page.locator("p").filter(has_text="Everything that went into a merge, drawn")
    answer = window.click(entry.get_by_role("button", name="set"))
    expect(answer.get_by_title("Status: success")).to_have_count(4)
    entry.get_by_role("link").click()
    assert draws(window.run_editor(), CORINTHIAN)


def test_the_guide_is_served_to_the_browser_of_another_neo4j(window: Window) -> None:
    """Its address is of another origin, as for any Neo4j that is not the managed one."""
    argv = [sys.executable, "-W", "error", "-m", "studbook", "browser", "serve", "--port", "0"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        command = re.search(r":guide (\S+)", serving.stderr.readline())
        assert command is not None
        window.turn_to("The schema")
        window.type(f":guide {command[1]}")
        window.page.get_by_test_id("editor-Run").click()
        expect(window.heading("The register of open models")).to_be_visible()
        window.page.get_by_text("Use Studbook's colours").click()
        expect(window.page.get_by_test_id("frame").first).to_contain_text(f":style {command[1].rpartition('/')[0]}")
        expect(window.page.get_by_test_id("frame").first).to_contain_text("relationship.MERGE_OF")
        serving.send_signal(signal.SIGINT)
    assert serving.returncode == 0


def test_a_shared_server_shows_the_tour_and_takes_no_write(chrome: Browser, settings: Settings) -> None:
    server.stop(settings)
    server.start(settings, read_only=True)
    try:
        with chrome.new_context() as context:
            window = Window(context.new_page())
            window.connect(settings)
            for write in ("CREATE (:Model {id: 'x/y'})", "MATCH (m:Model) DETACH DELETE m", "DROP INDEX model_status"):
                expect(window.run(write)).to_contain_text("read-only")
            window.turn_to(f"10 of 10: {QUESTIONS[-1].question}")
            assert draws(window.run_shown(), CYCLES)
    finally:
        server.stop(settings)
