"""What successive snapshots change: which Changes they leave, and where a model goes whose name moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from graph_contents import ask, contents, models
from hub_files import model
from studbook.config import Settings
from studbook.load import LoadSummary

FIRST, SECOND, THIRD, FOURTH = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4))

Put = Callable[..., LoadSummary]
Told = tuple[str, str, list[str] | None, list[str] | None]
"""Model, field, before, after."""


def changes(settings: Settings, day: datetime) -> list[Told]:
    """The Changes of a day's snapshot, each of which leads to its model."""
    rows = ask(
        settings,
        "MATCH (c:Change {as_of: $day})-[:OF]->(m:Model), (s:Snapshot {id: c.snapshot, as_of: $day}) "
        "RETURN m.id, c.field, c.before, c.after ORDER BY m.id, c.field",
        day=day,
    )
    return [(model_, field, before, after) for model_, field, before, after in rows]


def count(settings: Settings) -> int:
    ((found,),) = ask(settings, "MATCH (c:Change) RETURN count(c)")
    return int(found)


def deploy(settings: Settings, *ids: str) -> None:
    """Puts something of the user's on these models."""
    ask(
        settings,
        "UNWIND $ids AS id MATCH (m:Model {id: id}) CREATE (:Deployment {id: id})-[:RUNS {at: 1}]->(m)",
        ids=ids,
    )


def deployed(settings: Settings) -> dict[str, list[str]]:
    """The models that each deployment runs."""
    return dict(ask(settings, "MATCH (d:Deployment)-[:RUNS {at: 1}]->(m:Model) RETURN d.id, collect(m.id)"))


def test_each_field_that_a_model_declares(put: Put, graph: Settings) -> None:
    base = [model("o/base"), model("o/other")]
    was = model("o/a", "o/base", license="mit", language=["en", "fr"], pipeline_tag="fill-mask", gated=False)
    assert put(FIRST, *base, was, model("o/b")).changes == {}
    assert count(graph) == 0
    now = model("o/a", "o/base", "o/other", relation="merge", license=["gpl-3.0", "mit"], language="fr", gated="auto")
    summary = put(SECOND, *base, now | {"downloads": 99, "likes": 99, "sha": "f" * 40}, model("o/b", license="mit"))
    assert changes(graph, SECOND) == [
        ("o/a", "gated", ["false"], ["auto"]),
        ("o/a", "languages", ["en", "fr"], ["fr"]),
        ("o/a", "license", ["mit"], ["gpl-3.0", "mit"]),
        ("o/a", "parents", ["FINETUNE_OF o/base"], ["MERGE_OF o/base", "MERGE_OF o/other"]),
        ("o/a", "task", ["fill-mask"], None),
        ("o/b", "license", None, ["mit"]),
    ]
    assert summary.changes == {"gated": 1, "languages": 1, "license": 2, "parents": 1, "task": 1}
    assert ask(graph, "MATCH (s:Snapshot) RETURN s.changes ORDER BY s.as_of") == [[0], [6]]
    assert ask(graph, "MATCH (c:Change) RETURN DISTINCT c.previous_as_of = $day", day=FIRST) == [[True]]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("O/Base", "o/base"),
        ("o/base/", "o/base"),
        # An alias and the name that it leads to.
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
    ],
)
def test_the_same_parent_in_another_spelling_is_no_change(put: Put, graph: Settings, was: str, now: str) -> None:
    others = [model("o/base"), model("google-bert/bert-base-uncased")]
    put(FIRST, *others, model("o/a", was))
    put(SECOND, *others, model("o/a", now))
    assert count(graph) == 0


def test_a_parent_that_is_no_model_and_one_without_relation(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", "/cache/model"), model("o/b", "o/a") | {"tags": [], "cardData": {"base_model": "o/a"}})
    put(SECOND, model("o/a", "o/b"), model("o/b", "o/a"))
    assert changes(graph, SECOND) == [
        ("o/a", "parents", ["/cache/model"], ["FINETUNE_OF o/b"]),
        ("o/b", "parents", ["BASED_ON o/a"], ["FINETUNE_OF o/a"]),
    ]


def test_what_a_source_does_not_tell_is_no_change(put: Put, graph: Settings) -> None:
    """Gating and hub_id are of every model; a source that has none says nothing of them."""
    put(FIRST, model("o/a", gated="auto", _id="1" * 24), model("o/b"))
    put(SECOND, model("o/a"), model("o/b", gated="manual", _id="2" * 24))
    assert count(graph) == 0
    # The name is still known to be that model's, and would tell when somebody else has it.
    assert models(graph, "hub_id") == {"o/a": "1" * 24, "o/b": "2" * 24}
    put(THIRD, model("o/a", _id="3" * 24), model("o/b"))
    assert changes(graph, THIRD) == [("o/a", "hub_id", ["1" * 24], ["3" * 24])]


def test_removal_and_return(put: Put, graph: Settings) -> None:
    rows = [model("o/a", license="mit"), model("o/b", "o/a", license="mit")]
    put(FIRST, *rows)
    deploy(graph, "o/a")
    put(SECOND, rows[1])
    assert changes(graph, SECOND) == [("o/a", "status", ["listed"], ["removed"])]
    assert deployed(graph) == {"o/a": ["o/a"]}
    put(THIRD, rows[1])
    assert changes(graph, THIRD) == []
    put(FOURTH, model("o/a", license="gpl-3.0"), rows[1])
    assert changes(graph, FOURTH) == [
        ("o/a", "license", ["mit"], ["gpl-3.0"]),
        ("o/a", "status", ["removed"], ["listed"]),
    ]


def test_a_partial_snapshot_tells_of_its_own_models(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a"), model("o/b"))
    put(SECOND, model("o/b", license="mit"), partial=True)
    assert changes(graph, SECOND) == [("o/b", "license", None, ["mit"])]


def test_loading_it_again_tells_nothing_new(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a"), model("o/b", _id="1" * 24))
    put(SECOND, model("o/a", license="mit"), model("o/c", _id="1" * 24))
    before = contents(graph)
    again = put(SECOND, model("o/a", license="mit"), model("o/c", _id="1" * 24))
    assert (again.writer, again.updates) == (None, {})
    assert again.changes == {"id": 1, "license": 1}
    assert contents(graph) == before


def test_a_renamed_model_takes_everything_with_it(put: Put, graph: Settings) -> None:
    child, added = model("o/child", "o/old"), model("o/added", "o/new")
    put(FIRST, model("o/old", _id="1" * 24, license="mit"), child)
    deploy(graph, "o/old")
    put(SECOND, model("o/new", _id="1" * 24, license="mit"), child, added)
    assert changes(graph, SECOND) == [("o/new", "id", ["o/old"], ["o/new"])]
    assert models(graph, "status", "first_seen") == {
        "o/new": ["listed", FIRST],
        "o/child": ["listed", FIRST],
        "o/added": ["listed", SECOND],
    }
    assert deployed(graph) == {"o/old": ["o/new"]}
    # Who still names it by the old name means this model.
    rows = ask(graph, "MATCH (c)-[e:FINETUNE_OF]->(p) RETURN c.id, p.id, e.declared_as ORDER BY c.id")
    assert rows == [["o/added", "o/new", None], ["o/child", "o/new", "o/old"]]
    assert ask(graph, "MATCH (m)-[:ALSO_KNOWN_AS]->(a) RETURN m.id, a.id_lower, a.source, a.since") == [
        ["o/new", "o/old", "hub_id", "2026-01-02"]
    ]
    # Relinking the child to the new name changes nothing, and a second renaming takes both old names along.
    put(THIRD, model("o/newest", _id="1" * 24, license="mit"), model("o/child", "o/new"), added)
    assert changes(graph, THIRD) == [("o/newest", "id", ["o/new"], ["o/newest"])]
    assert changes(graph, SECOND) == [("o/newest", "id", ["o/old"], ["o/new"])]
    aliases = ask(graph, "MATCH (m)-[:ALSO_KNOWN_AS]->(a) RETURN m.id, a.id_lower ORDER BY a.id_lower")
    assert aliases == [["o/newest", "o/new"], ["o/newest", "o/old"]]
    assert deployed(graph) == {"o/old": ["o/newest"]}


def test_what_changes_with_the_name_is_told_of_the_model(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/old", _id="1" * 24, license="mit"))
    put(SECOND, model("o/other"))
    put(THIRD, model("p/new", _id="1" * 24, license="gpl-3.0"))
    assert changes(graph, THIRD) == [
        ("o/other", "status", ["listed"], ["removed"]),
        ("p/new", "id", ["o/old"], ["p/new"]),
        ("p/new", "license", ["mit"], ["gpl-3.0"]),
        ("p/new", "status", ["removed"], ["listed"]),
    ]
    assert models(graph, "first_seen", "last_seen")["p/new"] == [FIRST, None]


def test_names_that_are_swapped_and_names_that_move_up(put: Put, graph: Settings) -> None:
    ids = {name: str(number) * 24 for number, name in enumerate("abcde")}
    put(FIRST, *(model(f"o/{name}", _id=ids[name], sha=ids[name]) for name in "abcde"), model("o/x", "o/a", "o/c"))
    deploy(graph, *(f"o/{name}" for name in "abcde"))
    went = {"a": "b", "b": "a", "c": "d", "d": "e", "e": "new"}
    put(
        SECOND,
        *(model(f"o/{now}", _id=ids[was], sha=ids[was]) for was, now in went.items()),
        model("o/x", "o/a", "o/c"),
    )
    assert changes(graph, SECOND) == sorted((f"o/{now}", "id", [f"o/{was}"], [f"o/{now}"]) for was, now in went.items())
    assert deployed(graph) == {f"o/{was}": [f"o/{now}"] for was, now in went.items()}
    assert {id_: sha for id_, sha in models(graph, "sha").items() if id_ != "o/x"} == {
        f"o/{now}": ids[was] for was, now in went.items()
    }
    # A name that another model has now leads to that one; c is nobody's name, and leads to where it went.
    parents = ask(graph, "MATCH (:Model {id: 'o/x'})-[:FINETUNE_OF]->(p) RETURN p.id ORDER BY p.id")
    assert parents == [["o/a"], ["o/d"]]
    assert ask(graph, "MATCH (a:Alias) RETURN a.id_lower") == [["o/c"]]


def test_a_freed_name_that_somebody_else_registers(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", _id="1" * 24, license="mit"), model("o/child", "o/a"))
    deploy(graph, "o/a")
    put(SECOND, model("o/a", _id="2" * 24, license="gpl-3.0"), model("o/child", "o/a"))
    assert changes(graph, SECOND) == [
        ("o/a", "hub_id", ["1" * 24], ["2" * 24]),
        ("o/a", "license", ["mit"], ["gpl-3.0"]),
    ]
    assert models(graph, "hub_id", "first_seen")["o/a"] == ["2" * 24, FIRST]
    assert deployed(graph) == {"o/a": ["o/a"]}


@pytest.mark.parametrize("gone", [True, False])
def test_a_model_that_takes_the_name_of_another(put: Put, graph: Settings, gone: bool) -> None:
    """What hangs on that name stays with it: a deployment remembers the hub_id that it meant."""
    taken = [model("o/b", _id="2" * 24)]
    put(FIRST, model("o/a", _id="1" * 24), *taken, model("o/x", "o/b"), model("o/y", "o/a", "o/b"))
    deploy(graph, "o/a", "o/b")
    ask(
        graph,
        "MATCH (b:Model {id: 'o/b'}) CREATE (b)-[:LIKES {at: 1}]->(b), (b)-[:LIKES {at: 2}]->(:Memo) SET b:Starred",
    )
    if gone:
        put(SECOND, model("o/a", _id="1" * 24), model("o/x", "o/b"), model("o/y", "o/a", "o/b"))
    put(THIRD, model("o/b", _id="1" * 24), model("o/x", "o/b"), model("o/y", "o/a", "o/b"))
    assert changes(graph, THIRD) == [
        ("o/b", "hub_id", ["2" * 24], ["1" * 24]),
        ("o/b", "id", ["o/a"], ["o/b"]),
    ]
    assert sorted(models(graph, "status")) == ["o/b", "o/x", "o/y"]
    assert deployed(graph) == {"o/a": ["o/b"], "o/b": ["o/b"]}
    assert ask(graph, "MATCH (b:Starred)-[l:LIKES]->(n) RETURN l.at, b.id, n.id ORDER BY l.at") == [
        [1, "o/b", "o/b"],
        [2, "o/b", None],
    ]
    edges = ask(graph, "MATCH (c)-[:FINETUNE_OF]->(p) RETURN c.id, p.id ORDER BY c.id")
    assert edges == [["o/x", "o/b"], ["o/y", "o/b"]]


def test_a_name_known_only_as_a_parent_becomes_the_model(put: Put, graph: Settings) -> None:
    """By its new name, and in another letter case."""
    put(FIRST, model("o/a", _id="1" * 24), model("o/x", "o/b"), model("o/y", "o/C"), model("o/z", "O/c"))
    deploy(graph, "o/a", "o/b", "O/c")
    put(SECOND, model("o/b", _id="1" * 24), model("o/c"), model("o/x", "o/b"), model("o/y", "o/C"), model("o/z", "O/c"))
    assert sorted(models(graph, "status")) == ["o/b", "o/c", "o/x", "o/y", "o/z"]
    assert deployed(graph) == {"o/a": ["o/b"], "o/b": ["o/b"], "O/c": ["o/c"]}
    assert changes(graph, SECOND) == [("o/b", "id", ["o/a"], ["o/b"])]


def test_a_hub_id_that_is_there_twice_tells_nothing(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", _id="1" * 24), model("o/b", _id="2" * 24))
    put(
        SECOND,
        model("o/c", _id="1" * 24),
        model("o/d", _id="1" * 24),
        model("o/e", _id="2" * 24),
        model("o/b", _id="2" * 24),
    )
    assert changes(graph, SECOND) == [("o/a", "status", ["listed"], ["removed"])]


def test_a_model_of_the_organisations_own_keeps_its_name(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/base", license="cc-by-nc-4.0"))
    ask(
        graph,
        "MATCH (b:Model {id: 'o/base'}) CREATE (:Model:Internal {id: 'us/own', id_lower: 'us/own', status: 'internal'})"
        "-[:FINETUNE_OF {position: 0}]->(b)",
    )
    summary = put(SECOND, model("o/base", license="cc-by-nc-4.0"), model("us/OWN", license="mit"))
    assert summary.overruled == 1
    assert models(graph, "status") == {"o/base": "listed", "us/own": "internal"}
    assert ask(
        graph,
        "MATCH (m:Internal)-[e:FINETUNE_OF]->(b) RETURN b.id, e.evidence, e.license_change, m.upstream_terms, m.author",
    ) == [["o/base", ["inventory"], "dropped", ["noncommercial"], "us"]]
    assert count(graph) == 0


def test_an_older_snapshot_takes_the_later_ones_back(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", license="mit"), model("o/b", _id="1" * 24))
    put(SECOND, model("o/a", license="isc"), model("o/b", _id="1" * 24))
    before = contents(graph)
    put(THIRD, model("o/a", license="gpl-3.0"), model("o/c", _id="1" * 24))
    put(FOURTH, model("o/a", license="gpl-3.0"), model("o/d", _id="1" * 24), model("o/e"))
    put(SECOND, model("o/a", license="isc"), model("o/b", _id="1" * 24), allow_older=True)
    assert changes(graph, SECOND) == [("o/a", "license", ["mit"], ["isc"])]
    assert count(graph) == 1
    assert ask(graph, "MATCH (s:Snapshot) RETURN s.as_of = $day ORDER BY s.as_of", day=SECOND) == [[False], [True]]
    after = contents(graph)
    # A model that only the later ones had is not forgotten.
    assert {dict(node)["id"] for label, node in (after[0] - before[0]) if label == "Model"} == {"o/e"}


@pytest.mark.parametrize("tied", [True, False])
def test_another_load_makes_up_for_one_that_never_came_to_its_end(put: Put, graph: Settings, tied: bool) -> None:
    """All models are as the second snapshot has them, and the Changes are told, or tied to their models as well."""
    first = [model("o/a", license="mit"), model("o/b", _id="1" * 24, license="mit"), model("o/c")]
    second = [model("o/a", license="isc"), model("o/new", _id="1" * 24, license="mit"), model("o/d", license="mit")]

    def kill() -> None:
        put(SECOND, *second)
        ask(graph, "MATCH (s:Snapshot {as_of: $day}) SET s.status = 'loading'", day=SECOND)
        if not tied:
            # Those that tell of a new name are tied when the model gets it.
            ask(graph, "MATCH (c:Change WHERE c.field <> 'id')-[of:OF]->() DELETE of")

    put(FIRST, *first)
    kill()
    assert put(SECOND, *second).changes == {"id": 1, "license": 1, "status": 1}
    told = [
        ("o/a", "license", ["mit"], ["isc"]),
        ("o/c", "status", ["listed"], ["removed"]),
        ("o/new", "id", ["o/b"], ["o/new"]),
    ]
    assert changes(graph, SECOND) == told
    put(FIRST, *first, allow_older=True)
    kill()
    put(THIRD, model("o/a", license="gpl-3.0"), *second[1:2], model("o/d", license="isc"))
    assert changes(graph, THIRD) == [("o/a", "license", ["mit"], ["gpl-3.0"]), *told[1:]]
    assert count(graph) == 3
    assert ask(graph, "MATCH (s:Snapshot) RETURN s.status, s.as_of = $day ORDER BY s.as_of", day=THIRD) == [
        ["complete", False],
        ["complete", True],
    ]


def test_the_first_snapshot_tells_nothing_even_after_one_that_was_killed(put: Put, graph: Settings) -> None:
    put(FIRST, model("o/a", license="mit"))
    ask(graph, "MATCH (s:Snapshot) SET s.status = 'loading'")
    put(SECOND, model("o/a", license="isc"))
    assert count(graph) == 0
