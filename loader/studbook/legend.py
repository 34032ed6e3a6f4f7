"""How the kinds of the graph look: a colour for each, and the schema drawn with them."""

from __future__ import annotations

from studbook import schema
from studbook.schema import EdgeKind

RELATION_COLOURS = dict(
    zip(
        (kind.type for kind in schema.DERIVATIONS), ("#0072B2", "#009E73", "#E69F00", "#CC79A7", "#D55E00"), strict=True
    )
)
"""The colours of Okabe and Ito for the derivations, which people with any colour vision tell apart."""

OTHER_EDGES = "#A9AFB9"

_PALETTE = (
    *("#4A5468", "#B9BEC7", "#E4572E", "#7FC8A9", "#F2C14E", "#B58DD1", "#9C6644", "#F4A6C0"),
    *("#D9C7A3", "#3E8E5A", "#8A8F98", "#00A6A6", "#7A3E9D", "#A3B18A", "#C1121F", "#8FB8DE"),
)
"""Models are slate, and colour is left to their relations and to what they share."""

NODE_COLOURS = {kind.label: _PALETTE[place % len(_PALETTE)] for place, kind in enumerate(schema.ALL_NODES)}

_WIDTH, _ROW, _PILL = 440, 27, 92


def ink(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour (its luma after ITU-R BT.601)."""
    red, green, blue = channels(colour)
    return "#FFFFFF" if 299 * red + 587 * green + 114 * blue < 140_000 else "#20242B"


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#RRGGBB`, each from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def svg() -> str:
    """The schema as SVG: the derivations between two models, and below what else hangs on a model.

    It has a light ground of its own, because Browser shows guides on dark and on light.
    """
    derivations = schema.DERIVATIONS
    others = [kind for kind in schema.ALL_EDGES if kind not in derivations]
    joined = {label for kind in schema.ALL_EDGES for label in (kind.start, kind.end)}
    alone = [kind.label for kind in schema.ALL_NODES if kind.label not in joined]
    top = 24
    middle = top + (len(derivations) - 1) * _ROW // 2
    first = top + len(derivations) * _ROW + 12
    last = first + (len(others) - 1) * _ROW
    child = 12 + _PILL // 2
    parts = [
        *(_derivation(kind, top + row * _ROW) for row, kind in enumerate(derivations)),
        _line(child, middle, child, last, OTHER_EDGES, width=1),
        *(_other(kind, first + row * _ROW, child) for row, kind in enumerate(others)),
        _pill("Model", 12, middle, sub="child"),
        _pill("Model", _WIDTH - 12 - _PILL, middle, sub="parent"),
        *(_pill(label, _WIDTH - 12 - _PILL, last + (row + 1) * _ROW) for row, label in enumerate(alone)),
    ]
    height = last + len(alone) * _ROW + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'style="max-width: 100%; height: auto" font-family="sans-serif" font-size="11">\n'
        f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#F9FCFF"/>\n' + "".join(parts) + "</svg>\n"
    )


def _derivation(kind: EdgeKind, y: int) -> str:
    """A broad arrow from the child's side to the parent's."""
    left, right = 12 + _PILL + 8, _WIDTH - 12 - _PILL - 8
    colour = RELATION_COLOURS[kind.type]
    return _line(left, y, right, y, colour, width=3) + _head(right, y, colour) + _label(kind.type, left, right, y)


def _other(kind: EdgeKind, y: int, model: int) -> str:
    """A thin arrow between the line below the model and another kind; its head is where the edge ends."""
    far = _WIDTH - 12 - _PILL
    outward = kind.start == "Model"
    head = _head(far - 2, y, OTHER_EDGES) if outward else _head(model, y, OTHER_EDGES, turned=True)
    return (
        _line(model, y, far - 4, y, OTHER_EDGES, width=1)
        + head
        + _label(kind.type, model, far, y)
        + _pill(kind.end if outward else kind.start, far, y)
    )


def _line(x1: int, y1: int, x2: int, y2: int, colour: str, *, width: int) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"/>\n'


def _head(x: int, y: int, colour: str, *, turned: bool = False) -> str:
    back = x + 9 if turned else x - 9
    return f'<polygon points="{x},{y} {back},{y - 5} {back},{y + 5}" fill="{colour}"/>\n'


def _label(text: str, left: int, right: int, y: int) -> str:
    """The type of an edge on its line, on a patch of the ground."""
    middle, half = (left + right) // 2, len(text) * 36 // 10 + 4
    return (
        f'<rect x="{middle - half}" y="{y - 8}" width="{2 * half}" height="16" fill="#F9FCFF"/>\n'
        f'<text x="{middle}" y="{y + 4}" text-anchor="middle" fill="#20242B">{text}</text>\n'
    )


def _pill(label: str, x: int, y: int, *, sub: str = "") -> str:
    colour = NODE_COLOURS[label]
    text = f"{label} ({sub})" if sub else label
    return (
        f'<rect x="{x}" y="{y - 11}" width="{_PILL}" height="22" rx="11" fill="{colour}"/>\n'
        f'<text x="{x + _PILL // 2}" y="{y + 4}" text-anchor="middle" fill="{ink(colour)}">{text}</text>\n'
    )
