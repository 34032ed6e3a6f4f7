"""A plain reading of the rules by which languages and tasks change between a parent and its child."""

from __future__ import annotations

import csv

from studbook import resources

with (resources.DATA / "tasks.csv").open(encoding="utf-8", newline="") as _file:
    CLASSES = {row["id"]: row["class"] for row in csv.DictReader(_file) if row["class"]}
"""The paper's class of each task that has one."""


def spoken(declared: set[str]) -> set[str]:
    """What counts as a declaration of languages; `multilingual` stands for languages that nobody names."""
    return declared - {"code"}


def lost(parent: set[str], child: set[str]) -> list[str] | None:
    """Of declared languages, those that only the parent names; None for none."""
    parent, child = spoken(parent), spoken(child)
    if not child or "multilingual" in child:
        return None
    return sorted(parent - child - {"multilingual"}) or None


def gained(parent: set[str], child: set[str]) -> list[str] | None:
    """Of declared languages, those that only the child names; None for none."""
    return lost(child, parent)


def language_change(parent: set[str], child: set[str]) -> str | None:
    """One word for an edge whose parent is known."""
    parent, child = spoken(parent), spoken(child)
    if not parent or not child:
        return "dropped" if parent else "added" if child else None
    many = ["multilingual" in parent, "multilingual" in child]
    if any(many):
        return "kept" if all(many) else "narrowed" if many[0] else "widened"
    return {(0, 0): "kept", (1, 0): "narrowed", (0, 1): "widened", (1, 1): "changed"}[
        bool(parent - child), bool(child - parent)
    ]


def task_change(parent: str | None, child: str | None) -> str | None:
    """One word for an edge whose parent is known."""
    if parent is None or child is None:
        return "added" if child else "dropped" if parent else None
    if parent == child:
        return "kept"
    classes = {CLASSES.get(parent), CLASSES.get(child)}
    return "changed" if None in classes or len(classes) == 1 else "class_changed"


def language_count(above: list[set[str]]) -> int | None:
    """The most languages of one ancestor; None when none declares any."""
    counts = [max(len(names - {"multilingual"}), 2 * ("multilingual" in names)) for names in map(spoken, above)]
    return min(max(counts, default=0), 64) or None


def task_classes(above: list[str | None]) -> list[str] | None:
    """The classes of the tasks of ancestors; None for none."""
    return sorted({CLASSES[task] for task in above if task in CLASSES}) or None
