"""How a family draws itself."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from studbook import family
from studbook.family import Family


def made(*edges: tuple[str, str, str], **downloads: int) -> Family:
    """A family of (child, relation, parent)."""
    ids = sorted({end for child, _, parent in edges for end in (child, parent)})
    below = {id_: sum(parent == id_ for _, _, parent in edges) for id_ in ids}
    models = pd.DataFrame(
        {
            "id": pd.array(ids, dtype="string"),
            "status": pd.array(["listed"] * len(ids), dtype="string"),
            "downloads": pd.array([downloads.get(id_) for id_ in ids], dtype="Int64"),
            "descendant_count": pd.array([below[id_] for id_ in ids], dtype="Int64"),
            "licenses": pd.Series([["mit"] if id_ == ids[0] else None for id_ in ids], dtype="object"),
        }
    )
    columns = dict(zip(("child", "relation", "parent"), zip(*edges, strict=True), strict=True))
    return Family(
        ids[0], models, pd.DataFrame({name: pd.array(list(v), dtype="string") for name, v in columns.items()})
    )


def lines(drawn: Family) -> list[tuple[int, str]]:
    """(depth, id or what stands for those left out) of each line."""
    texts = re.findall(r'<text x="(\d+)"[^>]*>([^<]*)<', drawn._repr_html_())
    return [((int(x) - 8) // 18, unescape(text)) for x, text in texts]


def test_each_model_stands_once_below_its_most_important_parent() -> None:
    drawn = made(
        ("b", "FINETUNE_OF", "a"),
        ("c", "FINETUNE_OF", "a"),
        ("d", "MERGE_OF", "b"),
        ("d", "MERGE_OF", "c"),
        ("e", "ADAPTER_OF", "c"),
        ("e", "BASED_ON", "c"),
        b=5,
    )
    assert lines(drawn) == [(0, "a"), (1, "c"), (2, "d"), (2, "e"), (1, "b")]
    html = drawn._repr_html_()
    assert "adapter + based on · no licence known" in html
    assert "models 5 · roots 1 · edges 6 · adapter 1 · based on 1 · finetune 2 · merge 2 · downloads 5" in html


def test_cycles_and_self_parents_are_drawn_without_end() -> None:
    drawn = made(("a", "FINETUNE_OF", "b"), ("b", "FINETUNE_OF", "a"), ("b", "MERGE_OF", "b"), ("c", "MERGE_OF", "a"))
    assert sorted(id_ for _, id_ in lines(drawn)) == ["a", "b", "c"]
    assert drawn.figures["roots"] == 0


def test_a_large_family_is_cut_and_says_so() -> None:
    children = [(f"child-{n:04}", "QUANTIZATION_OF", "base") for n in range(1000)]
    chain = [("child-0999-x", "FINETUNE_OF", "child-0999")]
    drawn = made(*children, *chain)
    shown = lines(drawn)
    assert len(shown) == family.SHOWN + 2
    assert shown[:4] == [(0, "base"), (1, "child-0999"), (2, "… 1 more child"), (1, "child-0000")]
    assert shown[-1] == (1, f"… {1000 - family.SHOWN + 1:,} more children")
    assert f"Drawn are {family.SHOWN} models" in drawn._repr_html_()
    assert f"{1002 - family.SHOWN:,} are left out." in drawn._repr_html_()


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_name_leaves_its_place(parent: str, child: str) -> None:
    html = made((child, "FINETUNE_OF", parent))._repr_html_()
    assert len(lines(made((child, "FINETUNE_OF", parent)))) == len({parent, child})
    assert set(re.findall(r"</?(\w+)", html)) <= {"div", "p", "b", "br", "svg", "path", "circle", "text", "tspan"}
    assert all(character.isprintable() for character in html)
