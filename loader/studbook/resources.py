"""Finds the Cypher files and package data, in an installed wheel or in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]
DATA = _PACKAGE / "data"


@cache
def cypher_folder(name: str) -> Path:
    """The folder `cypher` or `queries`: inside the package once installed, at the top of a checkout.

    Asks for `*.cypher` files and not for a folder, because an empty folder would read as an empty library.
    """
    for root in (_PACKAGE, _CHECKOUT):
        if any((root / name).rglob("*.cypher")):
            return root / name
    raise FileNotFoundError(f"no {name}/**/*.cypher in {_PACKAGE} (an installed wheel) nor in {_CHECKOUT} (a checkout)")


@cache
def statement(path: str) -> str:
    """The text of one statement the loader runs, by its path without suffix: `load/family`."""
    return (cypher_folder("cypher") / f"{path}.cypher").read_text(encoding="utf-8")


def statements(folder: str) -> list[tuple[str, str]]:
    """(path, text) of every statement in a folder of `cypher/`, in order of file name."""
    root = cypher_folder("cypher")
    paths = sorted((root / folder).glob("*.cypher"))
    return [(f"{folder}/{path.stem}", path.read_text(encoding="utf-8")) for path in paths]
