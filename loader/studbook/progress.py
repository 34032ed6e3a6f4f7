"""How long work reports itself, without knowing the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], object]


class Progress(Protocol):
    """Something that shows how far a stage has come. `terminal.TerminalProgress` draws it; `SILENT` does not."""

    def stage(self, title: str, *, total: int | None = None, unit: str = "") -> AbstractContextManager[Advance]:
        """A stage of work; call what it yields with the units done since the last call."""
        ...


class _Silent:
    @contextmanager
    def stage(self, title: str, *, total: int | None = None, unit: str = "") -> Iterator[Advance]:
        yield lambda _: None


SILENT: Progress = _Silent()
