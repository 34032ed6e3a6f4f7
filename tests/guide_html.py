"""A Browser guide read with Python's own HTML parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"br", "input", "rect", "line", "polygon"}


@dataclass
class Guide(HTMLParser):
    """What a guide holds. Elements that are closed in another order than they were opened are an error."""

    text: str
    statements: list[str] = field(default_factory=list)
    """Texts of `<pre class="… runnable">`, which run by a click."""
    populating: dict[str, str] = field(default_factory=dict)
    """Text that a link puts into the editor, by the link's own text."""
    commands: list[str] = field(default_factory=list)
    """What buttons run, as Browser does it, with its colon before."""
    slides: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(self.text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.slides += tag == "slide"
        if command := given.get("data-exec"):
            self.commands.append(f":{command}")
        if "runnable" in (given.get("class") or ""):
            self.statements.append("")
        if tag not in _VOID:
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            opened, _ = self._open.pop()
            assert opened == tag

    def handle_data(self, data: str) -> None:
        if any("runnable" in (given.get("class") or "") for _, given in self._open):
            self.statements[-1] += data
        elif self._open and (text := self._open[-1][1].get("data-populate")):
            self.populating[data] = text
