"""A load that stops itself at a moment, to be killed there: python stopping_load.py HOME FILE WRITER MOMENT

A moment is something that a load comes through, and not a time, so slow and fast machines stop at the same one:
`begin`, `during` or `end` and the title of a stage that it reports; between stages, an audit event of Python and the
path it is about, like `os.rename data.next`, which comes just before the deed. After `again` it is meant when it comes
for the second time. The moment is printed when it comes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homes import small
from studbook import server
from studbook.load import Writer, load
from studbook.progress import Advance

DEEDS = ("os.rename", "shutil.rmtree")


def main(home: str, file: str, writer: Writer, moment: str) -> None:
    settings = small(Path(home))
    root = server.home(settings)

    awaited = moment.removeprefix("again ")
    times = Counter({awaited: -1} if awaited != moment else {})

    def pass_(name: str) -> None:
        times[name] += 1
        if name == awaited and times[name] > 0:
            print(moment, flush=True)
            os.killpg(0, signal.SIGSTOP)  # every thread at once, and the importer

    class Stages:
        """A studbook.progress.Progress."""

        @contextmanager
        def stage(self, title: str, *, total: int | None = None, unit: str = "") -> Iterator[Advance]:
            pass_(f"begin {title}")
            yield lambda _: pass_(f"during {title}")
            pass_(f"end {title}")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in DEEDS:
            pass_(f"{event} {os.path.relpath(arguments[0], root)}")

    sys.addaudithook(hook)
    load([Path(file)], settings=settings, writer=writer, progress=Stages())


if __name__ == "__main__":
    main(*sys.argv[1:])
