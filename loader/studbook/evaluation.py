"""Which evaluations a model calls for: by its task, by what changed on the way from its parents, by what is done with it.

What is asked for stands in `data/evaluation_suites.csv`, a first word that an organisation's file overrides row by row.
A cell lists alternatives between `|`, an empty one asks nothing, and a row counts where all its cells do. Pure.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import polars as pl

from studbook import resources

CHANGES = (
    *("finetune", "adapter", "quantized", "merge", "unknown"),
    *("task_changed", "task_class_new", "task_added", "task_dropped", "languages_lost", "languages_gained"),
)
"""How a model is made from a parent, and what changed on the way."""

LISTS = ("tasks", "task_classes", "modalities", "changes", "contexts")
"""Columns of alternatives."""
TEXTS = ("name", "why", "source")


@dataclass(frozen=True)
class Suite:
    """One evaluation and what calls for it; an empty set asks nothing."""

    id: str
    name: str
    why: str
    source: str
    tasks: frozenset[str] = frozenset()
    task_classes: frozenset[str] = frozenset()
    modalities: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    """Of CHANGES."""
    contexts: frozenset[str] = frozenset()
    """internal, hosted, distributed, or an organisation's own."""
    enabled: bool = True


@dataclass(frozen=True)
class Called:
    """A suite that a model calls for, and by what: `task text-generation`, `quantized`, `context hosted`."""

    suite: Suite
    by: tuple[str, ...]


@cache
def shipped() -> Mapping[str, Suite]:
    """The suites that come with the package, by id."""
    with (resources.DATA / "evaluation_suites.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["suite"]: _changed(_empty(row["suite"]), row) for row in rows}


def suites(own: Mapping[str, Mapping[str, Any]]) -> dict[str, Suite]:
    """The shipped suites with an organisation's: of a shipped one only what differs, lists in place of the columns."""
    changed = {id_: _changed(shipped().get(id_) or _empty(id_), given) for id_, given in own.items()}
    return dict(sorted({**shipped(), **changed}.items()))


def _empty(id_: str) -> Suite:
    return Suite(id_, name=id_, why="", source="")


def _changed(suite: Suite, given: Mapping[str, Any]) -> Suite:
    """A suite with what a row of the table or of an organisation's file says otherwise."""
    values: dict[str, Any] = {name: given[name] for name in (*TEXTS, "enabled") if name in given}
    for name in LISTS:
        if name in given:
            cell = given[name]
            values[name] = frozenset(cell if isinstance(cell, list) else [word for word in cell.split("|") if word])
    return replace(suite, **values)


@cache
def tasks() -> Mapping[str, tuple[str | None, str | None]]:
    """Modality and class of each task that `data/tasks.csv` has; an unknown class is None."""
    table = pl.read_csv(resources.DATA / "tasks.csv", infer_schema=False)
    return {id_: (modality, class_) for id_, modality, class_ in table.select("id", "modality", "class").rows()}


def called(
    known: Iterable[Suite], *, tasks_: Iterable[str], changes: Iterable[str], contexts: Iterable[str] = ()
) -> tuple[list[Called], list[Suite]]:
    """The suites that a model calls for, in their order; then those that some context would call for beside these.

    `contexts` are the names of the one in which it is used, its own and its kind's; none for an unknown one.
    """
    of_task = [(task, *tasks().get(task, (None, None))) for task in sorted(tasks_)]
    given, where = set(changes), list(dict.fromkeys(contexts))
    found, elsewhere = [], []
    for suite in known:
        by = _by(suite, of_task, given) if suite.enabled else None
        if by is None:
            continue
        context = [f"context {name}" for name in where if name in suite.contexts]
        if context or not suite.contexts:
            found.append(Called(suite, tuple(dict.fromkeys([*by, *context]))))
        else:
            elsewhere.append(suite)
    return found, elsewhere


def _by(suite: Suite, of_task: list[tuple[str, str | None, str | None]], given: set[str]) -> list[str] | None:
    """What of a task and of the changes calls for a suite; None where something that it asks for is not there."""
    by: list[str] = []
    if suite.tasks or suite.task_classes or suite.modalities:
        by = [
            f"task {task}" if suite.tasks else f"class {class_}" if suite.task_classes else f"modality {modality}"
            for task, modality, class_ in of_task
            if (not suite.tasks or task in suite.tasks)
            and (not suite.task_classes or class_ in suite.task_classes)
            and (not suite.modalities or modality in suite.modalities)
        ]
        if not by:
            return None
    if suite.changes:
        if not (changed := [name for name in CHANGES if name in suite.changes & given]):
            return None
        by += changed
    return by
