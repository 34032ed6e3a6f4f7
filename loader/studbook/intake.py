"""The intake record of a model: what whoever lets a model into an organisation writes down about it.

A model is taken from the graph, or judged as a load would judge it (candidate.judge) from a card or from what the Hub
says of it. What is declared, what follows from it and what is not known stay apart; unknown is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from studbook import about, advice, candidate, cards, evaluation, publishing, relatives, resources, schema, verdicts
from studbook.candidate import Judged
from studbook.evaluation import Suite
from studbook.graph import Graph, native
from studbook.lineage import END, START
from studbook.organisation import Organisation

JSON_VERSION = "studbook.intake/1"

RELATIONS = {type_: relation or "unknown" for relation, type_ in schema.RELATIONS.items()}
"""The Hub's relation of each type of edge; `unknown` where none is declared."""

MATERIAL: Mapping[str, tuple[str, ...]] = {
    "intended_uses": ("intended_uses",),
    "limitations": ("limitations",),
    "training_data": ("training_data", "datasets"),
    "evaluation": ("evaluation", cards.RESULTS),
}
"""What a card has to say before somebody else relies on the model, and by what it says it: sections, or metadata."""
MOST_MISSING = 1
RULE = (
    "A model is materially incomplete when it has no card, or when its card and metadata leave out more than one of "
    "intended uses, limitations, training data (a section or declared datasets) and evaluation (a section or results). "
    "Lines of a template that nobody filled in say nothing."
)

_MOST_REASONS = 20
_TASK_CHANGES = {
    "changed": ("task_changed",),
    "class_changed": ("task_changed",),
    "added": ("task_added",),
    "dropped": ("task_dropped",),
}


@dataclass(frozen=True)
class Parent:
    """A derivation from a model, and what that model declares."""

    id: str
    type: str
    """Of the edge."""
    edge: Mapping[str, Any]
    """Properties of the edge, schema.py's names; unknown ones may be missing."""
    facts: Mapping[str, Any]
    """Properties of the parent."""
    licenses: tuple[str, ...]
    languages: tuple[str, ...]
    tasks: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether some snapshot has it; what another declares nobody knows."""
        return self.facts.get("status") != "missing"


@dataclass(frozen=True)
class Step:
    """A derivation at any place above the model."""

    child: str
    type: str
    parent: str
    confidence: str | None
    in_cycle: bool
    parent_status: str | None


@dataclass(frozen=True)
class Subject:
    """A model with everything that a record tells of it."""

    id: str
    source: str
    """graph, card or hub."""
    facts: Mapping[str, Any]
    """Its properties, schema.py's names; unknown ones may be missing."""
    licenses: tuple[str, ...]
    languages: tuple[str, ...]
    tasks: tuple[str, ...]
    datasets: tuple[str, ...]
    library: bool
    parents: tuple[Parent, ...]
    """In declared order."""
    steps: tuple[Step, ...]
    unresolved: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By model, itself and what is above it: parents given as something that is no id."""
    snapshot: str | None = None
    """The newest complete one, by which everything above the model is known."""


def of_graph(graph: Graph, name: str) -> Subject:
    """A model of the graph, by an id or another name. Raises QueryError, with near names, when there is none."""
    found = about.about(graph, name)
    tree = relatives.tree(graph, found.id, down=0, limit=10_000)
    answer = graph.read(resources.statement("read/intake_parents"), {"id": found.id}).rows
    parents = []
    for type_, edge, facts, *declared in answer:
        licenses, languages, tasks = map(tuple, declared)
        known = {key: native(value) for key, value in facts.items()}
        parents.append(Parent(facts["id"], type_, edge, known, licenses, languages, tasks))
    status = {id_: relative.status for id_, relative in tree.relatives.items()}
    return Subject(
        id=found.id,
        source="graph",
        facts=found.properties,
        licenses=tuple(each.id for each in found.licenses),
        languages=found.languages,
        tasks=found.tasks,
        datasets=found.datasets,
        library=bool(found.libraries),
        parents=tuple(parents),
        steps=tuple(
            Step(step.child, step.relation, step.parent, step.confidence, step.in_cycle, status.get(step.parent))
            for step in tree.steps
        ),
        unresolved={
            id_: relative.unresolved_parents for id_, relative in tree.relatives.items() if relative.unresolved_parents
        },
        snapshot=found.snapshot,
    )


def of_card(graph: Graph, card: publishing.Card, *, organisation: Organisation | None = None) -> Subject:
    """A card as a model of its id, which need not be in the graph. Raises as candidate.judge does."""
    return _of_row(graph, publishing.row(card), "card", organisation)


def of_hub(
    graph: Graph, model: Mapping[str, Any], card: str | None, *, organisation: Organisation | None = None
) -> Subject:
    """What the Hub says of a model, as hub.model gives it; `card` is null where none can be read.

    Raises as candidate.judge does.
    """
    return _of_row(graph, {**model, "card": card}, "hub", organisation)


def _of_row(graph: Graph, row: Mapping[str, Any], source: str, organisation: Organisation | None) -> Subject:
    judged = candidate.judge(graph, [row], organisation=organisation)
    (id_,) = judged.ids
    models = judged.tables.nodes["Model"]
    unresolved = models.select("id", "unresolved_parents").drop_nulls().rows()

    def values(id_: str, edge: str, label: str) -> tuple[str, ...]:
        return tuple(judged.values(id_, edge, label))

    return Subject(
        id=id_,
        source=source,
        facts=judged.facts(id_),
        licenses=values(id_, "UNDER_LICENSE", "License"),
        languages=values(id_, "IN_LANGUAGE", "Language"),
        tasks=values(id_, "HAS_TASK", "Task"),
        datasets=values(id_, "TRAINED_ON", "Dataset"),
        library=bool(values(id_, "USES_LIBRARY", "Library")),
        parents=tuple(
            Parent(
                edge["parent"],
                edge["relation"],
                edge,
                judged.facts(edge["parent"]),
                values(edge["parent"], "UNDER_LICENSE", "License"),
                values(edge["parent"], "IN_LANGUAGE", "Language"),
                values(edge["parent"], "HAS_TASK", "Task"),
            )
            for edge in judged.parents(id_)
        ),
        steps=_steps(judged),
        unresolved=dict(unresolved),
        snapshot=about.snapshot(graph),
    )


def _steps(judged: Judged) -> tuple[Step, ...]:
    models = judged.tables.nodes["Model"].select("id", "status").with_row_index("row")
    found = []
    for kind in schema.DERIVATIONS:
        edges = judged.tables.edges[kind.type].select(
            pl.col(START).cast(pl.UInt32), pl.col(END).cast(pl.UInt32), "confidence", "in_cycle"
        )
        named = edges.join(models.select("row", child="id"), left_on=START, right_on="row").join(
            models.select("row", parent="id", parent_status="status"), left_on=END, right_on="row"
        )
        found += [
            Step(child, kind.type, parent, confidence, in_cycle, status)
            for child, parent, confidence, in_cycle, status in named.select(
                "child", "parent", "confidence", "in_cycle", "parent_status"
            ).rows()
        ]
    return tuple(sorted(found, key=lambda step: (step.child, step.parent, step.type)))


# What follows from it.


def record(
    subject: Subject,
    *,
    suites: Iterable[Suite],
    context: str | None = None,
    kind: str | None = None,
) -> dict[str, Any]:
    """The record as data, in the shape of docs/json.md.

    `context` is how the model is to be used and `kind` which of organisation.KINDS that is; null where nobody said.
    """
    facts = subject.facts
    documentation = _documentation(subject)
    return {
        "format": JSON_VERSION,
        "model": subject.id,
        "source": subject.source,
        "snapshot": subject.snapshot,
        "status": facts.get("status") if subject.source == "graph" else None,
        "context": context,
        "license": {
            "declared": list(subject.licenses),
            "license_name": facts.get("license_name"),
            "license_link": facts.get("license_link"),
            "concluded": _list(facts.get("concluded_licenses")),
            "concluded_by": facts.get("concluded_by"),
        },
        "parents": [_parent(parent) for parent in subject.parents],
        "unresolved_parents": _list(facts.get("unresolved_parents")),
        "parent_hints": _list(facts.get("parent_hints")),
        "compatibility": _compatibility(subject),
        "tasks": _tasks(subject),
        "languages": _languages(subject),
        "documentation": documentation,
        "flags": {
            "auto_generated": None if documentation["length"] is None else documentation["template"] is not None,
            "materially_incomplete": documentation["materially_incomplete"],
        },
        "evaluation": _evaluation(subject, suites, context, kind),
        "lineage": _lineage(subject),
    }


def _list(value: Any) -> list[Any] | None:
    return None if value is None else list(value)


def _parent(parent: Parent) -> dict[str, Any]:
    edge, facts = parent.edge, parent.facts
    return {
        "model": parent.id,
        "status": facts.get("status"),
        "relation": RELATIONS[parent.type],
        "evidence": _list(edge.get("evidence")),
        "declared_as": edge.get("declared_as"),
        "confidence": edge.get("confidence"),
        "in_cycle": edge.get("in_cycle"),
        "days_after_parent": edge.get("days_after_parent"),
        "licenses": list(parent.licenses) if parent.known else None,
        "concluded_licenses": _list(facts.get("concluded_licenses")),
        "license_change": edge.get("license_change"),
        "verdict": edge.get("license_verdict"),
        "reasons": _reasons(edge.get("license_reasons")),
        "tasks": list(parent.tasks) if parent.known else None,
        "task_change": edge.get("task_change"),
        "languages": list(parent.languages) if parent.known else None,
        "language_change": edge.get("language_change"),
        "languages_lost": _list(edge.get("languages_lost")),
        "languages_gained": _list(edge.get("languages_gained")),
        "documentation_score": facts.get("documentation_score"),
        "card_template": facts.get("card_template"),
        "card_ratio": edge.get("card_ratio"),
    }


def _reasons(codes: Sequence[str] | None) -> list[dict[str, Any]]:
    known = verdicts.reasons()
    return [
        {"code": code, "level": known[code].level, "meaning": known[code].meaning, "source": known[code].source}
        for code in codes or ()
    ]


def _compatibility(subject: Subject) -> dict[str, Any]:
    facts = subject.facts
    return {
        "verdict": facts.get("label_verdict"),
        "reasons": _reasons(facts.get("label_reasons")),
        "upstream_terms": _list(facts.get("upstream_terms")),
        "upstream_complete": facts.get("upstream_complete"),
        "undecidable_reasons": _reasons(facts.get("undecidable_reasons")),
    }


def _tasks(subject: Subject) -> dict[str, Any]:
    classes = _classes(subject.tasks)
    upstream = _list(subject.facts.get("upstream_task_classes"))
    return {
        "declared": list(subject.tasks),
        "classes": classes,
        "upstream_classes": upstream,
        "new_classes": sorted(set(classes) - set(upstream)) if classes and upstream else None,
        "changes": sorted({p.edge["task_change"] for p in subject.parents if p.edge.get("task_change")}),
    }


def _classes(tasks: Iterable[str]) -> list[str]:
    return sorted({class_ for task in tasks if (class_ := evaluation.tasks().get(task, (None, None))[1])})


def _languages(subject: Subject) -> dict[str, Any]:
    """`inherited` is what parents declare and the model does too; lost and gained are null where one side is silent."""
    above = sorted({language for parent in subject.parents for language in parent.languages})
    both = [p for p in subject.parents if p.languages and p.edge.get("language_change") not in (None, "dropped")]
    told = bool(subject.languages and both)
    gained = [set(parent.edge.get("languages_gained") or ()) for parent in both]
    lost = {language for parent in both for language in parent.edge.get("languages_lost") or ()}
    return {
        "declared": list(subject.languages),
        "parents": above if any(parent.languages for parent in subject.parents) else None,
        "inherited": sorted(set(above) & set(subject.languages)) if told else None,
        "lost": sorted(lost) if told else None,
        "gained": sorted(set.intersection(*gained)) if told else None,
        "changes": sorted({p.edge["language_change"] for p in subject.parents if p.edge.get("language_change")}),
    }


def _documentation(subject: Subject) -> dict[str, Any]:
    facts, tables = subject.facts, cards.shipped()
    looked = facts.get("card_length") is not None
    said = set(facts.get("card_sections") or ())
    said |= {"license"} if any(name not in ("other", "unknown") for name in subject.licenses) else set()
    fields = {"datasets": subject.datasets, "language": subject.languages, "task": subject.tasks}
    said |= {name for name, values in fields.items() if values} | ({"library"} if subject.library else set())
    missing = [name for name in tables.weights if name not in said]
    material = [name for name, by in MATERIAL.items() if not said & set(by)]
    return {
        "score": facts.get("documentation_score"),
        "length": facts.get("card_length"),
        "template": facts.get("card_template"),
        "sections": sorted(said & set(tables.weights)) if looked else None,
        "missing": [
            {"name": name, "weight": tables.weights[name], "meaning": tables.meanings[name]} for name in missing
        ]
        if looked
        else None,
        "materially_incomplete": (facts["card_length"] == 0 or len(material) > MOST_MISSING) if looked else None,
        "material_missing": material if looked else None,
        "rule": RULE,
    }


def changes(subject: Subject) -> list[str]:
    """What changed on the way from the parents, words of evaluation.CHANGES."""
    found = {RELATIONS[parent.type] for parent in subject.parents}
    for parent in subject.parents:
        found |= set(_TASK_CHANGES.get(parent.edge.get("task_change") or "", ()))
    if _tasks(subject)["new_classes"]:
        found.add("task_class_new")
    languages = _languages(subject)
    found |= {f"languages_{what}" for what in ("lost", "gained") if languages[what]}
    return [word for word in evaluation.CHANGES if word in found]


def _evaluation(subject: Subject, suites: Iterable[Suite], context: str | None, kind: str | None) -> dict[str, Any]:
    changed = changes(subject)
    found, elsewhere = evaluation.called(
        suites, tasks_=subject.tasks, changes=changed, contexts=[name for name in (context, kind) if name]
    )
    return {
        "changes": changed,
        "suites": [
            {
                "suite": one.suite.id,
                "name": one.suite.name,
                "by": list(one.by),
                "why": one.suite.why,
                "source": one.suite.source,
            }
            for one in found
        ],
        "in_other_contexts": [{"suite": suite.id, "contexts": sorted(suite.contexts)} for suite in elsewhere],
    }


def _lineage(subject: Subject) -> dict[str, Any]:
    """How sure the lineage is, and by what: everything in it that is less than certain, the least certain first."""
    found: list[dict[str, Any]] = []
    for id_, references in sorted(subject.unresolved.items(), key=lambda item: (item[0] != subject.id, item[0])):
        found += [
            _doubt("low", "PARENT_UNRESOLVED", f"{id_} names {reference!r} as its parent, which is no id of a model")
            for reference in references
        ]
    nearest = {parent.id for parent in subject.parents}
    steps = sorted(subject.steps, key=lambda s: (s.child != subject.id, s.child not in nearest, s.child, s.parent))
    for step in steps:
        way = f"{step.child} to {step.parent}"
        if step.parent_status == "missing":
            found.append(_doubt("low", "PARENT_MISSING", f"{way}: no snapshot lists the parent"))
        elif step.type == schema.RELATIONS[None]:
            found.append(_doubt("medium", "RELATION_UNKNOWN", f"{way}: nobody declares the relation"))
        elif step.confidence == "medium":
            found.append(_doubt("medium", "PARENT_RESPELT", f"{way}: the parent was declared by another name"))
        if step.in_cycle:
            found.append(_doubt("medium", "IN_CYCLE", f"{way}: the models descend from each other"))
    for hint in subject.facts.get("parent_hints") or ():
        found.append(_doubt("low", "UNDECLARED_PARENT_SUSPECTED", f"no parent is declared, but {hint} suggests one"))
    found.sort(key=lambda doubt: doubt["confidence"] != "low")
    confidence = subject.facts.get("lineage_confidence")
    if not subject.parents and not subject.unresolved:
        found.append(_doubt(None, "NO_PARENT", "it declares no parent, so that there is no step to be sure of"))
    elif not found:
        found.append(_doubt("high", "ALL_DECLARED", "every step names its relation and a parent that a snapshot lists"))
    return {
        "confidence": confidence,
        "reasons": found[:_MOST_REASONS],
        "more_reasons": max(0, len(found) - _MOST_REASONS),
        "ancestors": len({step.parent for step in subject.steps} - {subject.id}),
        "steps": len(subject.steps),
    }


def _doubt(confidence: str | None, code: str, message: str) -> dict[str, Any]:
    return {"confidence": confidence, "code": code, "message": message}


# In words.


def markdown(found: Mapping[str, Any]) -> str:
    """A record as Markdown, with everything that record() has; what is unknown is said to be."""
    where = {"graph": "the graph", "card": "its card", "hub": "the Hub"}[found["source"]]
    lines = [f"# Intake record: {found['model']}", ""]
    lines.append(
        f"From {where}, with ancestors by snapshot {found['snapshot'] or 'none'}; "
        f"{'no context of use given' if found['context'] is None else 'to be used: ' + found['context']}."
    )
    for title, part in (
        ("Licence", _license_text(found)),
        ("Parents", [line for parent in found["parents"] for line in _parent_text(parent)] or ["- none is declared"]),
        ("Compatibility", _compatibility_text(found)),
        ("Task", _task_text(found["tasks"])),
        ("Languages", _language_text(found["languages"])),
        ("Documentation", _documentation_text(found)),
        ("Evaluation", _evaluation_text(found["evaluation"])),
        ("Lineage", _lineage_text(found)),
    ):
        lines += ["", f"## {title}", "", *part]
    return "\n".join([*lines, "", f"As declared. {advice.FOOT}"])


def _names(values: Sequence[str] | None, empty: str = "none") -> str:
    return "not known" if values is None else ", ".join(values) or empty


def _license_text(found: Mapping[str, Any]) -> list[str]:
    given = found["license"]
    lines = [f"- declared: {_names(given['declared'], 'none')}"]
    if given["license_name"] or given["license_link"]:
        lines.append(f"- called {given['license_name'] or 'nothing'}, at {given['license_link'] or 'no address'}")
    if given["concluded"]:
        lines.append(f"- concluded: {_names(given['concluded'])}, by {given['concluded_by']}")
    return lines


def _parent_text(parent: Mapping[str, Any]) -> list[str]:
    spelt = f", declared as {parent['declared_as']}" if parent["declared_as"] else ""
    shown = parent["concluded_licenses"] or parent["licenses"]
    lines = [
        f"- {parent['relation']} of {parent['model']} ({parent['status']}{spelt}), by "
        f"{_names(parent['evidence'])}, confidence {parent['confidence'] or 'not known'}",
        f"  - licence {_names(shown, 'none declared')}: {parent['verdict'] or 'not judged'}",
    ]
    lines += [f"    - {reason['code']}: {reason['meaning']}" for reason in parent["reasons"]]
    lines.append(
        f"  - task {_names(parent['tasks'], 'none declared')}: {parent['task_change'] or 'nothing to compare'}"
    )
    lost = f", lost {_names(parent['languages_lost'])}" if parent["languages_lost"] else ""
    gained = f", gained {_names(parent['languages_gained'])}" if parent["languages_gained"] else ""
    change = parent["language_change"] or "nothing to compare"
    lines.append(f"  - languages {_names(parent['languages'], 'none declared')}: {change}{lost}{gained}")
    score = parent["documentation_score"]
    ratio = f", the model's card is {parent['card_ratio']:.0%} as long" if parent["card_ratio"] is not None else ""
    lines.append(f"  - documentation {'not known' if score is None else f'{score} of 100'}{ratio}")
    return lines


def _compatibility_text(found: Mapping[str, Any]) -> list[str]:
    given = found["compatibility"]
    lines = [f"- verdict: {given['verdict'] or 'not judged'}"]
    lines += [f"  - {reason['code']}: {reason['meaning']} ({reason['source']})" for reason in given["reasons"]]
    complete = {True: "everything upstream is known", False: "not everything upstream is known", None: "not known"}
    lines.append(f"- ancestors ask: {_names(given['upstream_terms'])}; {complete[given['upstream_complete']]}")
    lines += [f"  - {reason['code']}: {reason['meaning']}" for reason in given["undecidable_reasons"]]
    return lines


def _task_text(given: Mapping[str, Any]) -> list[str]:
    lines = [f"- declared: {_names(given['declared'])} (class {_names(given['classes'], 'none')})"]
    lines.append(f"- classes of ancestors' tasks: {_names(given['upstream_classes'])}")
    if given["new_classes"]:
        lines.append(f"- new to the lineage: {_names(given['new_classes'])}")
    return lines


def _language_text(given: Mapping[str, Any]) -> list[str]:
    return [
        f"- declared: {_names(given['declared'])}",
        f"- parents declare: {_names(given['parents'])}",
        f"- inherited: {_names(given['inherited'])}",
        f"- lost: {_names(given['lost'])}",
        f"- gained: {_names(given['gained'])}",
    ]


def _documentation_text(found: Mapping[str, Any]) -> list[str]:
    given, flags = found["documentation"], found["flags"]
    if given["length"] is None:
        return ["- nobody looked for a card: score, sections and flags are not known"]
    made = f"written by {given['template']}" if given["template"] else "no sentence of a tool in it"
    lines = [f"- score: {given['score']} of 100, {given['length']:,} characters"]
    lines.append(f"- auto-generated: {'yes' if flags['auto_generated'] else 'no'}, {made}")
    incomplete = "yes" if flags["materially_incomplete"] else "no"
    lines.append(f"- materially incomplete: {incomplete}, missing {_names(given['material_missing'], 'nothing')}")
    lines += [f"- missing {one['name']} ({one['weight']}): {one['meaning']}" for one in given["missing"]]
    return [*lines, "", given["rule"]]


def _evaluation_text(given: Mapping[str, Any]) -> list[str]:
    lines = [f"- {one['name']} ({one['suite']}): {one['why']}; by {_names(one['by'])}" for one in given["suites"]]
    lines = lines or ["- no suite of the table is for its task or for what changed"]
    return lines + [f"- only {' or '.join(one['contexts'])}: {one['suite']}" for one in given["in_other_contexts"]]


def _lineage_text(found: Mapping[str, Any]) -> list[str]:
    given = found["lineage"]
    lines = [f"- confidence: {given['confidence'] or 'not known'}, {given['ancestors']:,} ancestors"]
    lines += [f"  - {doubt['code']}: {doubt['message']}" for doubt in given["reasons"]]
    if given["more_reasons"]:
        lines.append(f"  - and {given['more_reasons']:,} more")
    return lines


def json_text(found: Mapping[str, Any]) -> str:
    """A record as JSON, ending in a newline."""
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
