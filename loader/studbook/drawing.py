"""A model's family as a picture: lines for a terminal, and one HTML page that needs nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from studbook import derive, legend, resources
from studbook.relatives import Relative, Step, Tree
from studbook.render import Branch, Styled

_MARKS = {"conflict": "✗", "review": "?", "undecidable": "·"}
_STYLES = {"conflict": "bold red", "review": "yellow", "undecidable": "dim"}


def branches(tree: Tree) -> tuple[Branch, Branch]:
    """What a model descends from, and what descends from it, as two trees with the model at the root.

    A model that is reached on several ways is drawn with its relatives once, where the way is shortest; elsewhere `…`
    stands for them. A step's mark is its license_verdict: ✗ conflict, ? review, · undecidable.
    """
    up: dict[str, list[tuple[Step, str]]] = {}
    down: dict[str, list[tuple[Step, str]]] = {}
    for step in tree.steps:
        up.setdefault(step.child, []).append((step, step.parent))
        down.setdefault(step.parent, []).append((step, step.child))
    above = _grow(tree, up, tree.above, tree.more_above, "ancestors")
    return above, _grow(tree, down, tree.below, tree.more_below, "descendants")


def _grow(
    tree: Tree, steps: dict[str, list[tuple[Step, str]]], distance: dict[str, int], more: int, what: str
) -> Branch:
    drawn: set[str] = set()
    order = {id_: place for place, id_ in enumerate(tree.relatives)}

    def branch(id_: str, head: Styled, hops: int) -> Branch:
        drawn.add(id_)
        made = Branch(head)
        for step, other in sorted(steps.get(id_, []), key=lambda s: (order[s[1]], s[0].relation)):
            if other != tree.model and other not in distance:
                continue
            words = (*_step(step), *_model(tree.relatives[other]))
            if other in (id_, tree.model) or other in drawn or distance[other] != hops + 1:
                made.branches.append(Branch((*words, ("  …", "dim")) if steps.get(other) else words))
            else:
                made.branches.append(branch(other, words, hops + 1))
        return made

    root = branch(tree.model, _model(tree.relatives[tree.model]), 0)
    if more:
        root.branches.append(Branch(((f"and {more:,} more {what}, farther or with fewer descendants", "dim"),)))
    return root


def _step(step: Step) -> Styled:
    verdict = step.license_verdict or ""
    reason = f" {step.license_reasons[0]}" if step.license_reasons and verdict in ("conflict", "review") else ""
    mark = ((f"{_MARKS[verdict]} {verdict}{reason} ", _STYLES[verdict]),) if verdict in _MARKS else ()
    return ((f"{step.relation} ", "cyan"), *mark)


def _model(relative: Relative) -> Styled:
    words: list[tuple[str, str]] = [(relative.id, "bold")]
    if relative.status != "listed":
        words.append((f"  {relative.status}", "red"))
    if relative.status != "missing":
        words.append((f"  [{', '.join(relative.licenses) or 'no license'}]", "green" if relative.licenses else "red"))
    if relative.downloads is not None:
        words.append((f"  {relative.downloads:,} downloads", ""))
    if relative.unresolved_parents:
        words.append((f"  also names {', '.join(relative.unresolved_parents)} as its parent", "yellow"))
    return tuple(words)


_WIDE, _ROW, _LAYER = 170, 48, 130
"""Pixels between models beside each other, between rows of leaves, and between generations."""


def page(tree: Tree, *, snapshot: str | None = None) -> str:
    """The family as one HTML file with everything in it: it opens without a network and fetches nothing.

    Parents stand above children; the leaves below one parent stand in a block, so that a hub is not a line of thousands.
    """
    # `<` could end the script element in which the text stands.
    text = json.dumps(facts(tree, snapshot=snapshot), ensure_ascii=False).replace("<", "\\u003c")
    code = (resources.DATA / "cytoscape.min.js").read_text(encoding="utf-8")
    shell = (resources.DATA / "tree.html").read_text(encoding="utf-8")
    return shell.replace("/*CYTOSCAPE*/", code, 1).replace("/*TREE*/null", text, 1)


JSON_VERSION = "studbook.tree/1"


def facts(tree: Tree, *, snapshot: str | None = None) -> dict[str, Any]:
    """The family as data, with the place of each model in the picture."""
    places = _places(tree)
    return {
        "format": JSON_VERSION,
        "model": tree.model,
        "snapshot": snapshot,
        "up": tree.up,
        "down": tree.down,
        "above": tree.above,
        "below": tree.below,
        "more_above": tree.more_above,
        "more_below": tree.more_below,
        "colours": legend.RELATION_COLOURS,
        "models": [_model_facts(relative) | places[relative.id] for relative in tree.relatives.values()],
        "steps": [vars(step) for step in sorted(tree.steps, key=_order(tree)) if step.child != step.parent],
    }


def _order(tree: Tree) -> Callable[[Step], tuple[int, int, str]]:
    order = {id_: place for place, id_ in enumerate(tree.relatives)}
    return lambda step: (order[step.child], order[step.parent], step.relation)


def _model_facts(relative: Relative) -> dict[str, Any]:
    created = relative.created_at
    return vars(relative) | {"created_at": created.date().isoformat() if created else None}


def _places(tree: Tree) -> dict[str, dict[str, float]]:
    """`x` and `y` of each model: a generation is a layer, and a child stands below the parent that is lowest."""
    ids = list(tree.relatives)
    number = {id_: place for place, id_ in enumerate(ids)}
    child = np.array([number[step.child] for step in tree.steps], dtype=np.int64)
    parent = np.array([number[step.parent] for step in tree.steps], dtype=np.int64)
    layer = derive.generations(len(ids), child, parent)
    below: list[list[int]] = [[] for _ in ids]
    under = np.full(len(ids), -1)
    for one, other in zip(child.tolist(), parent.tolist(), strict=True):
        if layer[other] < layer[one] and (under[one] < 0 or layer[other] > layer[under[one]]):
            under[one] = other
    for one, other in enumerate(under.tolist()):
        if other >= 0:
            below[other].append(one)
    x, row = np.zeros(len(ids)), np.zeros(len(ids))
    right = 0.0
    # Children before parents, without recursion: a chain may be longer than Python's stack.
    waiting = [(one, False) for one in reversed(range(len(ids))) if under[one] < 0]
    while waiting:
        one, ready = waiting.pop()
        if not ready:
            waiting.append((one, True))
            waiting += [(other, False) for other in reversed(below[one]) if below[other]]
            continue
        leaves = [other for other in below[one] if not below[other]]
        columns = max(1, math.ceil(math.sqrt(1.5 * len(leaves)))) if len(leaves) > 6 else max(1, len(leaves))
        for place, leaf in enumerate(leaves):
            x[leaf], row[leaf] = right + _WIDE * (place % columns), place // columns
        if leaves:
            right += _WIDE * min(columns, len(leaves))
        if below[one]:
            x[one] = float(np.mean(x[below[one]]))
        else:
            x[one], right = right, right + _WIDE
    deep = [int(row[layer == number_].max(initial=0)) for number_ in range(int(layer.max(initial=0)) + 1)]
    top = np.concatenate([[0.0], np.cumsum([_LAYER + _ROW * rows for rows in deep])])
    return {id_: {"x": round(x[n], 1), "y": round(top[layer[n]] + _ROW * row[n], 1)} for n, id_ in enumerate(ids)}
