"""A family of models as an object of a notebook: its frames, a few figures, and a drawing of its tree."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 40
"""Models that are drawn, at most."""

_COLOURS = {
    "FINETUNE_OF": "#3b7dd8",
    "ADAPTER_OF": "#8a5cd0",
    "QUANTIZATION_OF": "#2e9e6b",
    "MERGE_OF": "#d9822b",
    "BASED_ON": "#888888",
}


@dataclass(frozen=True, repr=False)
class Family:
    """The models of a family and the edges between them. In a notebook it draws itself."""

    id: str
    """The family's id, which is that of its earliest root; of a model without family its own id."""
    models: pd.DataFrame
    """Every member, with the columns of ask.Studbook.models, in order of id."""
    edges: pd.DataFrame
    """Every derivation edge with both ends in the family, with the columns of ask.Studbook.edges. Merges are among
    them, although it is not they that make the family."""

    @property
    def figures(self) -> dict[str, int]:
        """`models`, `roots` (no parent inside the family), `edges`, of each relation that occurs, and `downloads` of
        the last 30 days, where known."""
        parents = self.edges.loc[self.edges["child"] != self.edges["parent"], "child"]
        by_relation = self.edges["relation"].value_counts().sort_index()
        return {
            "models": len(self.models),
            "roots": int((~self.models["id"].isin(parents)).sum()),
            "edges": len(self.edges),
            **{str(relation): int(count) for relation, count in by_relation.items()},
            "downloads": int(self.models["downloads"].sum()),
        }

    def __repr__(self) -> str:
        return f"<Family {self.id}: {len(self.models):,} models, {len(self.edges):,} edges>"

    def _repr_html_(self) -> str:
        """A drawing that needs nothing from elsewhere. Of a family larger than SHOWN it has the models with the most
        descendants, then downloads, each with a way to it from above, and says how many are left out where."""
        lines = _outline(self.models, self.edges)
        drawn = sum(line.id is not None for line in lines)
        figures = " · ".join(f"{_word(name)} {count:,}" for name, count in self.figures.items())
        left_out = len(self.models) - drawn
        note = (
            f"Drawn are {drawn:,} models, those with the most descendants, then downloads; {left_out:,} are left out."
            if left_out
            else ""
        )
        return (
            '<div style="overflow:auto">'
            f"<p><b>Family of {_text(self.id)}</b><br>{escape(figures)}{'<br>' * bool(note)}{note}</p>"
            f"{_svg(lines)}</div>"
        )


@dataclass(frozen=True)
class _Line:
    """A line of the drawing: a model, or how many are left out below one."""

    depth: int
    parent: int | None
    """The line of the parent."""
    id: str | None
    words: str
    colour: str = "#888"


def _outline(models: pd.DataFrame, edges: pd.DataFrame) -> list[_Line]:
    """Models from above to below, the most important first, each under the parent by which it was reached first."""
    ranked = models.sort_values(
        ["descendant_count", "downloads", "id"], ascending=[False, False, True], na_position="last", ignore_index=True
    )
    rank = ranked.reset_index().set_index("id")["index"]
    steps = edges.loc[edges["child"] != edges["parent"], ["parent", "child", "relation"]]
    steps = steps.assign(rank=steps["child"].map(rank)).sort_values(["rank", "relation"])
    below = steps.drop_duplicates(["parent", "child"]).groupby("parent")["child"]
    none = ranked["id"].head(0)
    tops = ranked.loc[~ranked["id"].isin(steps["child"]), "id"]

    def children(parent: str | None) -> pd.Series[str]:
        return tops if parent is None else below.get_group(parent) if parent in below.groups else none

    reached = _reached(ranked["id"], rank, children)
    facts = ranked.loc[ranked["id"].isin(reached), ["id", "status", "licenses"]].set_index("id").T
    found: list[_Line] = []

    def draw(parent: str | None, above: int | None, depth: int) -> None:
        for id_ in [child for child, by in reached.items() if by == parent]:
            relations = steps.loc[(steps["parent"] == parent) & (steps["child"] == id_), "relation"].to_list()
            found.append(
                _Line(depth, above, id_, _words(facts[id_], relations), _COLOURS[(relations or ["BASED_ON"])[0]])
            )
            draw(id_, len(found) - 1, depth + 1)
        every = children(parent)
        if left_out := len(every) - int(every.isin(reached).sum()):
            one, many = ("root", "roots") if parent is None else ("child", "children")
            found.append(_Line(depth, above, None, f"… {left_out:,} more {one if left_out == 1 else many}"))

    draw(None, None, 0)
    return found


def _reached(
    ranked: pd.Series[str], rank: pd.Series[int], children: Callable[[str | None], pd.Series[str]]
) -> dict[str, str | None]:
    """The models to draw in order of rank, each with the parent under which it stands, None at the top."""
    reached: dict[str, str | None] = {}
    waiting: list[tuple[int, int, str, str | None]] = []

    def add(parent: str | None) -> None:
        for id_ in children(parent).head(SHOWN):
            heapq.heappush(waiting, (int(rank[id_]), len(reached), id_, parent))

    add(None)
    while len(reached) < min(SHOWN, len(ranked)):
        if not waiting:  # what is left hangs below a cycle, whose members have the most descendants
            first = ranked[~ranked.isin(reached)].iloc[0]
            waiting.append((0, 0, first, None))
        _, _, id_, parent = heapq.heappop(waiting)
        if id_ not in reached:
            reached[id_] = parent
            add(id_)
    return dict(sorted(reached.items(), key=lambda item: int(rank[item[0]])))


def _words(facts: pd.Series[Any], relations: list[str]) -> str:
    """What stands behind the id of a model."""
    licenses = facts["licenses"]
    words = [
        " + ".join(_word(relation) for relation in relations),
        " + ".join(licenses) if licenses else "no licence known",
        "" if facts["status"] == "listed" else str(facts["status"]),
    ]
    return " · ".join(word for word in words if word)


def _word(relation: str) -> str:
    """A relation as people say it; any other word as it is."""
    return relation.removesuffix("_OF").lower().replace("_", " ")


def _text(text: str) -> str:
    """Text of strangers in HTML: escaped, and without control characters."""
    return escape("".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text))


def _svg(lines: Sequence[_Line]) -> str:
    height, indent = 20, 18
    parts = []
    for n, line in enumerate(lines):
        x, y = 8 + line.depth * indent, n * height + height // 2
        if line.parent is not None:
            above = line.parent * height + height // 2
            parts.append(f'<path d="M{x - indent} {above + 5}V{y}H{x - 5}" fill="none" stroke="#bbb"/>')
        if line.id is None:
            parts.append(f'<text x="{x}" y="{y + 4}" fill="#888">{_text(line.words)}</text>')
        else:
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="4" fill="{line.colour}"/>'
                f'<text x="{x + 9}" y="{y + 4}" fill="currentColor">{_text(line.id)}'
                f'<tspan fill="#888" dx="8">{_text(line.words)}</tspan></text>'
            )
    width = max((line.depth * indent + 8 * len(f"{line.id}{line.words}") + 40 for line in lines), default=0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{len(lines) * height}" '
        f'font-family="sans-serif" font-size="13">{"".join(parts)}</svg>'
    )
