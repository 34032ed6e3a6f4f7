"""Homes for managed servers of tests."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import psutil

from studbook.config import Settings


def small(home: Path) -> Settings:
    """Settings of a managed server in a home of its own, small enough for several at once; jars come from the cache."""
    given = Settings.from_environment()
    return replace(given, home=home, neo4j_uri=None, neo4j_heap="768m", neo4j_page_cache="256m")


def processes(root: Path) -> list[int]:
    """Processes whose command line names a root, found without studbook's help."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and any(f"{root}/" in part for part in process.cmdline()):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
