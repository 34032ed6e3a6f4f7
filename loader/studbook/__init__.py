"""Studbook: a Neo4j lineage knowledge base of open models."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studbook.ask import Studbook
    from studbook.config import Settings

__version__ = "0.1.0"


def connect(settings: Settings | None = None) -> Studbook:
    """Opens the graph for questions: `studbook.connect().query("lineage/hubs")` is a pandas DataFrame; see ask.connect."""
    from studbook import ask  # noqa: PLC0415  `import studbook` and `studbook --help` stay fast

    return ask.connect(settings)
