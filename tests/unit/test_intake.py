"""What an intake record concludes of a model that is put together by hand."""

from __future__ import annotations

from typing import Any

import pytest

from studbook import evaluation, intake
from studbook.intake import Parent, Step, Subject

ME, BASE = "me/tern", "them/base"


def parent(name: str = BASE, type_: str = "FINETUNE_OF", status: str = "listed", **given: Any) -> Parent:
    declared = {key: tuple(given.pop(key, ())) for key in ("licenses", "languages", "tasks")}
    return Parent(name, type_, given, {"status": status}, **declared)


def record(context: str | None = None, **given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": ME,
        "source": "graph",
        "facts": {},
        **dict.fromkeys(("licenses", "languages", "tasks", "datasets", "parents", "steps"), ()),
        "library": False,
    }
    return intake.record(Subject(**usual | given), suites=evaluation.shipped().values(), context=context, kind=context)


@pytest.mark.parametrize(
    ("length", "sections", "datasets", "expected", "missing"),
    [
        (None, [], ["a"], None, None),
        (0, [], ["a"], True, ["intended_uses", "limitations", "evaluation"]),
        (900, ["limitations"], [], True, ["intended_uses", "training_data", "evaluation"]),
        (900, ["limitations", "intended_uses"], [], True, ["training_data", "evaluation"]),
        (900, ["limitations", "intended_uses"], ["a"], False, ["evaluation"]),
        (900, ["limitations", "evaluation_results", "training_data"], [], False, ["intended_uses"]),
    ],
)
def test_a_card_is_materially_incomplete_without_two_of_four(
    length: int | None, sections: list[str], datasets: list[str], expected: bool | None, missing: list[str] | None
) -> None:
    found = record(facts={"card_length": length, "card_sections": sections or None}, datasets=tuple(datasets))
    assert found["flags"]["materially_incomplete"] is expected
    assert found["documentation"]["material_missing"] == missing


def test_what_a_score_lacks_is_told_with_its_weight() -> None:
    found = record(
        facts={"card_length": 10, "card_sections": ["limitations"], "card_template": "trl"},
        licenses=("other",),
        tasks=("translation",),
    )
    missing = {one["name"]: one["weight"] for one in found["documentation"]["missing"]}
    # All 100 but limitations (12) and the task (2): `other` is a licence that says nothing.
    assert sum(missing.values()) == 86
    assert missing["license"] == 9
    assert found["flags"] == {"auto_generated": True, "materially_incomplete": True}
    unknown = record()["documentation"]
    assert (unknown["score"], unknown["sections"], unknown["missing"]) == (None, None, None)
    assert record()["flags"] == {"auto_generated": None, "materially_incomplete": None}


def test_languages_are_lost_from_any_parent_and_gained_over_all() -> None:
    found = record(
        languages=("de", "en", "pl"),
        parents=(
            parent(
                "a/a", "MERGE_OF", languages=["en", "fr"], language_change="changed",
                languages_lost=["fr"], languages_gained=["de", "pl"],
            ),
            parent("b/b", "MERGE_OF", languages=["de", "en"], language_change="widened", languages_gained=["pl"]),
            parent("c/c", "MERGE_OF", language_change="added"),
            parent("d/d", "MERGE_OF", "missing", language_change="unknown"),
        ),
    )  # fmt: skip
    assert found["languages"] == {
        "declared": ["de", "en", "pl"],
        "parents": ["de", "en", "fr"],
        "inherited": ["de", "en"],
        "lost": ["fr"],
        "gained": ["pl"],
        "changes": ["added", "changed", "unknown", "widened"],
    }
    assert [one["languages"] for one in found["parents"]] == [["en", "fr"], ["de", "en"], [], None]
    silent = record(parents=(parent(languages=["en"], language_change="dropped"),))["languages"]
    assert (silent["parents"], silent["inherited"], silent["lost"], silent["gained"]) == (["en"], None, None, None)


def test_changes_of_tasks_and_relations_call_for_suites() -> None:
    found = record(
        context="hosted",
        facts={"upstream_task_classes": ["generative"]},
        tasks=("text-classification",),
        parents=(
            parent("a/a", "QUANTIZATION_OF", task_change="class_changed", tasks=["text-generation"]),
            parent("b/b", "BASED_ON", task_change="added"),
        ),
    )
    assert found["tasks"]["new_classes"] == ["classification"]
    assert found["evaluation"]["changes"] == ["quantized", "unknown", "task_changed", "task_class_new", "task_added"]
    assert {one["suite"]: one["by"] for one in found["evaluation"]["suites"]} == {
        "accuracy": ["class classification"],
        "new-task": ["task_class_new"],
        "other-task": ["task_changed", "task_added"],
        "quantized-pair": ["quantized"],
    }
    assert [one["relation"] for one in found["parents"]] == ["quantized", "unknown"]
    # Without a class upstream nobody knows whether it is new.
    assert record(tasks=("text-classification",))["tasks"]["new_classes"] is None


def doubts(**given: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["message"]) for one in record(**given)["lineage"]["reasons"]]


def step(child: str, type_: str, above: str, confidence: str, *, status: str = "listed", circle: bool = False) -> Step:
    return Step(child, type_, above, confidence, circle, status)


def test_confidence_has_its_reasons_the_weakest_first() -> None:
    one = parent()
    assert doubts() == [("NO_PARENT", "it declares no parent, so that there is no step to be sure of")]
    assert doubts(parents=(one,), steps=(step(ME, "FINETUNE_OF", BASE, "high"),)) == [
        ("ALL_DECLARED", "every step names its relation and a parent that a snapshot lists")
    ]
    steps = (
        step(BASE, "FINETUNE_OF", "them/root", "low", status="missing"),
        step(ME, "BASED_ON", BASE, "medium"),
        step("x/y", "MERGE_OF", BASE, "medium"),
        step("x/y", "MERGE_OF", "x/y", "high", circle=True),
    )
    assert doubts(parents=(one,), steps=steps, unresolved={ME: ["./out"]}) == [
        ("PARENT_UNRESOLVED", "me/tern names './out' as its parent, which is no id of a model"),
        ("PARENT_MISSING", "them/base to them/root: no snapshot lists the parent"),
        ("RELATION_UNKNOWN", "me/tern to them/base: nobody declares the relation"),
        ("PARENT_RESPELT", "x/y to them/base: the parent was declared by another name"),
        ("IN_CYCLE", "x/y to x/y: the models descend from each other"),
    ]
    suspected = record(facts={"parent_hints": ["name: GGUF"]})["lineage"]
    assert [one["code"] for one in suspected["reasons"]] == ["UNDECLARED_PARENT_SUSPECTED", "NO_PARENT"]
    many = record(parents=(one,), steps=tuple(step(f"a/{n}", "BASED_ON", BASE, "medium") for n in range(25)))
    assert (len(many["lineage"]["reasons"]), many["lineage"]["more_reasons"]) == (20, 5)


def test_the_words_say_what_is_not_known() -> None:
    text = intake.markdown(record(parents=(parent(status="missing"),)))
    assert "finetune of them/base (missing), by not known, confidence not known" in text
    assert "licence not known: not judged" in text
    assert "score, sections and flags are not known" in text
    assert "no context of use given" in text
