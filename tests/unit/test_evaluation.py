"""Which evaluations are called for, and the table and the organisation's file that say so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from studbook import evaluation, organisation, resources
from studbook.errors import InputError
from studbook.evaluation import Suite


def test_the_table_speaks_of_tasks_classes_changes_and_contexts_that_there_are() -> None:
    with (resources.DATA / "evaluation_suites.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["suite", "name", *evaluation.LISTS, "why", "source"]
    names = [row["suite"] for row in rows]
    assert names == sorted(set(names))
    assert all(row["name"] and row["why"] and row["source"] for row in rows)
    modalities, classes = ({of_task[n] for of_task in evaluation.tasks().values()} for n in (0, 1))
    known = {
        "tasks": set(evaluation.tasks()),
        "task_classes": classes - {None},
        "modalities": modalities,
        "changes": set(evaluation.CHANGES),
        "contexts": set(organisation.KINDS),
    }
    for column, words in known.items():
        assert {word for row in rows for word in row[column].split("|") if word} <= words, column
    # A suite that asks nothing would be called for by every model.
    assert all(any(row[column] for column in evaluation.LISTS) for row in rows)


def suite(id_: str, **given: list[str]) -> Suite:
    return Suite(id_, id_, "", "", **{name: frozenset(words) for name, words in given.items()})


SUITES = [
    suite("of a task", tasks=["translation", "summarization"]),
    suite("of a class", task_classes=["generative"], modalities=["nlp"]),
    suite("of a change", changes=["quantized", "merge"]),
    suite("of both", tasks=["translation"], changes=["languages_lost"]),
    suite("where", tasks=["translation"], contexts=["hosted", "chatbot"]),
]


@pytest.mark.parametrize(
    ("tasks", "changes", "contexts", "expected", "elsewhere"),
    [
        ([], [], [], {}, []),
        (
            ["translation"],
            ["merge"],
            [],
            {"of a task": ["task translation"], "of a class": ["class generative"], "of a change": ["merge"]},
            ["where"],
        ),
        # text-to-image is generative, and of another modality.
        (["text-to-image"], ["languages_lost"], ["hosted"], {}, []),
        (
            ["translation"],
            ["languages_lost"],
            ["chatbot", "hosted"],
            {
                "of a task": ["task translation"],
                "of a class": ["class generative"],
                "of both": ["task translation", "languages_lost"],
                "where": ["task translation", "context chatbot", "context hosted"],
            },
            [],
        ),
        (["a task of tomorrow"], ["quantized", "merge"], ["internal"], {"of a change": ["quantized", "merge"]}, []),
    ],
)
def test_a_suite_is_called_for_where_all_that_it_asks_is_there(
    tasks: list[str], changes: list[str], contexts: list[str], expected: dict[str, list[str]], elsewhere: list[str]
) -> None:
    found, others = evaluation.called(SUITES, tasks_=tasks, changes=changes, contexts=contexts)
    assert {one.suite.id: list(one.by) for one in found} == expected
    assert [one.id for one in others] == elsewhere


def file(folder: Path, text: str) -> Path:
    path = folder / "studbook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_organisation_adds_changes_and_leaves_out_suites(tmp_path: Path) -> None:
    word = organisation.read(
        file(
            tmp_path,
            '[policies.chatbot]\nkind = "hosted"\n'
            '[evaluation_suites.harmbench]\ncontexts = ["chatbot"]\n'
            "[evaluation_suites.lm-eval]\nenabled = false\n"
            '[evaluation_suites.ours]\nname = "Our own set"\nwhy = "it is ours"\ntasks = ["translation"]\n',
        )
    )
    known = evaluation.suites(word.evaluation_suites)
    assert set(known) == {*evaluation.shipped(), "ours"}
    assert known["harmbench"].contexts == {"chatbot"}
    assert known["harmbench"].name == evaluation.shipped()["harmbench"].name
    found, _ = evaluation.called(
        known.values(), tasks_=["text-generation", "translation"], changes=[], contexts=["chatbot", "hosted"]
    )
    assert {one.suite.id for one in found} == {
        *("ours", "translation", "harmbench"),
        *("bbq", "garak", "truthfulqa"),
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("ours = 1", 2, "give a table"),
        ('[evaluation_suites.mtbe]\nwhy = "x"', 2, "'mtbe' is no shipped suite; did you mean mteb"),
        ("[evaluation_suites.mteb]\nenabled = 0", 3, "enabled must be true or false, not 0"),
        ('[evaluation_suites.mteb]\ntasks = "x"', 3, "tasks must be a list of texts"),
        ('[evaluation_suites.mteb]\ntasks = ["translatoin"]', 3, "none of the tasks; did you mean translation"),
        ('[evaluation_suites.mteb]\ncontexts = ["outside"]', 3, "known are internal, hosted, distributed"),
        ('[evaluation_suites.mteb]\nname = ""', 3, "name must be a text"),
        ('[evaluation_suites.mteb]\ntask = "x"', 3, "unknown key 'task'; did you mean tasks"),
    ],
)
def test_a_mistake_is_told_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = file(tmp_path, f"[evaluation_suites]\n{text}\n")
    with pytest.raises(InputError, match=message) as caught:
        organisation.read(path)
    assert f"{path}:{line}: " in str(caught.value)
