"""The terminal: progress bars and words. The only module that imports tqdm."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from studbook.progress import Advance


class TerminalProgress:
    """A bar per stage on stderr, drawn only on a terminal and only when the stage lasts longer than a moment."""

    @contextmanager
    def stage(self, title: str, *, total: int | None = None, unit: str = "") -> Iterator[Advance]:
        """See progress.Progress. A stage of unknown length shows its running time."""
        with tqdm(
            desc=title,
            total=total,
            unit=unit if unit == "B" else f" {unit}",
            unit_scale=True,
            file=sys.stderr,
            disable=None,
            delay=0.5,
            leave=False,
        ) as bar:
            done = threading.Event()
            ticker = threading.Thread(target=_tick, args=(bar, done), daemon=True)
            ticker.start()
            try:
                yield bar.update
            finally:
                done.set()
                ticker.join()


def _tick(bar: tqdm[Any], done: threading.Event) -> None:
    """Keeps the clock of a bar going while its stage reports nothing."""
    while not done.wait(0.5):
        bar.refresh()


def say(text: str) -> None:
    """A line of words for a person, on stderr: stdout is for data."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
