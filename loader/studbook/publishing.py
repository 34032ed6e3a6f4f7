"""A model card before it is published: what of its lineage it does not say, and what its label does not carry.

The card is judged as a load would judge it (candidate.judge), and every remark comes with the text that mends it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from studbook import advice, candidate, notices, relatives, resolve, resources, verdicts
from studbook.candidate import Judged
from studbook.errors import InputError
from studbook.graph import Graph
from studbook.licenses import Table, shipped
from studbook.organisation import Organisation
from studbook.records import RELATIONS
from studbook.relatives import Relative, Tree

JSON_VERSION = "studbook.card/1"

LEVELS = ("hint", "warning", "error")
"""A conflict is an error, what a person must look at a warning."""

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_LEVEL = {"conflict": "error", "review": "warning", "undecidable": "warning"}
_QUANTIZED = ("*.gguf", "*gptq*", "*awq*", "*.exl2")
_NOTICE = ("NOTICE", "NOTICE.txt", "NOTICE.md", "Notice", "Notice.txt")


@dataclass(frozen=True)
class Remark:
    """One thing to mend or to look at."""

    level: str
    code: str
    message: str


@dataclass(frozen=True)
class Card:
    """A card and the folder it lies in."""

    path: Path
    id: str
    front: Mapping[str, Any]
    """Its YAML, empty where there is none."""
    text: str
    """What follows the YAML."""
    whole: str
    """The text of the file."""


@dataclass(frozen=True)
class Checked:
    """What is to say of a card."""

    card: Card
    relation: str | None
    """Declared, or what the files say where nothing is declared; null for a card without parents."""
    remarks: tuple[Remark, ...]
    """The gravest first."""
    front: Mapping[str, Any]
    """YAML to put into the card's; values of None stand for a choice that only its author can make."""
    notice: str
    """Text to put into a NOTICE file; empty where none is due or it is there."""
    parents: tuple[Mapping[str, Any], ...]
    """Its derivation edges as candidate.Judged.parents has them."""

    @property
    def level(self) -> str | None:
        """The gravest level; null without remarks."""
        return max((remark.level for remark in self.remarks), key=LEVELS.index, default=None)


def read(path: Path, *, name: str | None = None) -> Card:
    """Reads a card: a README.md, or the folder it lies in. `name` is the id it will have, by default the folder's name
    under no owner. Raises InputError when there is none, or its YAML is broken."""
    path = path / "README.md" if path.is_dir() else path
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InputError(f"Reading the model card {path}: {why}; name a README.md or its folder") from error
    id_ = name or f"unpublished/{re.sub(r'[^A-Za-z0-9._-]+', '-', path.resolve().parent.name).strip('-.') or 'model'}"
    if re.fullmatch(resolve.REPOSITORY_ID, id_) is None:
        raise InputError(f"Checking {path} as {id_!r}: that is no id; give --name as owner/name")
    found = _FRONT.match(text)
    try:
        front = yaml.safe_load(found[1]) if found else {}
    except yaml.YAMLError as error:
        raise InputError(f"Reading the YAML at the top of {path}: {' '.join(str(error).split())}") from error
    if not isinstance(front, dict | None):
        raise InputError(f"Reading the YAML at the top of {path}: it is no mapping; write `key: value` lines")
    return Card(path, id_, front or {}, text[found.end() :] if found else text, text)


def check(graph: Graph, card: Card, *, organisation: Organisation | None = None) -> Checked:
    """Holds a card against its parents in the graph.

    Raises GraphError when no database answers. A parent that the graph does not have is a remark, never a guess.
    """
    table = organisation.table if organisation else shipped()
    relation, remarks, front = _relation(card)
    assumed = {**card.front, **({"base_model_relation": relation} if relation else {})}
    judged = candidate.judge(graph, [row(replace(card, front=assumed))], organisation=organisation)
    parents = judged.parents(card.id)
    remarks += _parents(graph, card, judged, parents, front)
    remarks += _licenses(card, judged, parents, table, relation=relation, front=front)
    remarks += _lost(graph, card, parents, front)
    notice = _notice(card, judged, _family(graph, card, judged, parents), table)
    if notice:
        remarks.append(Remark("warning", "NOTICE_MISSING", "a licence above asks for a notice that the folder lacks"))
    ordered = sorted(dict.fromkeys(remarks), key=lambda remark: -LEVELS.index(remark.level))
    return Checked(card, relation, tuple(ordered), front, notice, tuple(parents))


def row(card: Card) -> dict[str, Any]:
    """The model that the Hub would make of a card, in the form of its API's model objects."""
    made: dict[str, Any] = {"id": card.id, "cardData": _plain(card.front), "card": card.whole}
    made["tags"] = [tag for tag in _listed(card.front.get("tags")) if isinstance(tag, str)]
    for name in ("pipeline_tag", "library_name"):
        if isinstance(value := card.front.get(name), str):
            made[name] = value
    return made


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    """YAML's dates and other scalars as text, which JSON has."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _relation(card: Card) -> tuple[str | None, list[Remark], dict[str, Any]]:
    """How the model is made: as declared, else as the files beside the card say."""
    bases, declared = _listed(card.front.get("base_model")), card.front.get("base_model_relation")
    if not bases:
        return None, [], {}
    if declared in RELATIONS:
        return str(declared), [], {}
    folder, tags = card.path.parent, _listed(card.front.get("tags"))
    if (folder / "adapter_config.json").exists():
        guess, because = "adapter", "adapter_config.json lies beside the card"
    elif any(next(folder.glob(pattern), None) for pattern in _QUANTIZED):
        guess, because = "quantized", "quantized weights lie beside the card"
    elif (folder / "mergekit_config.yml").exists() or "merge" in tags or len(bases) > 1:
        guess, because = "merge", "several parents or the marks of a merge"
    else:
        guess, because = "finetune", "nothing beside the card says otherwise"
    said = f"{declared!r} is none of {', '.join(RELATIONS)}" if declared else "the Hub would guess"
    message = f"base_model_relation is not declared ({said}); {guess} is assumed: {because}"
    return guess, [Remark("warning", "RELATION_UNDECLARED", message)], {"base_model_relation": guess}


def _parents(
    graph: Graph, card: Card, judged: Judged, parents: Sequence[Mapping[str, Any]], front: dict[str, Any]
) -> list[Remark]:
    """Whether each parent is a model that the graph knows, spelt as it is called."""
    remarks = []
    facts = judged.facts(card.id)
    if not card.front:
        remarks.append(Remark("error", "NO_YAML", "the card has no YAML: neither licence nor parent can be read"))
    for reference in facts["unresolved_parents"] or ():
        message = f"base_model {reference!r} is no id of a model: a path, an address or a bare name is no lineage"
        remarks.append(Remark("error", "PARENT_UNRESOLVED", message))
    for edge in parents:
        if edge["parent_status"] == "missing":
            message = f"the graph has no model {edge['parent']}: check its spelling, or load a newer snapshot"
            remarks.append(Remark("warning", "PARENT_MISSING", message))
        elif edge["declared_as"]:
            message = f"base_model {edge['declared_as']} is called {edge['parent']}"
            remarks.append(Remark("hint", "PARENT_SPELLING", message))
    if any(remark.code == "PARENT_SPELLING" for remark in remarks):
        names = [*dict.fromkeys(edge["parent"] for edge in parents), *(facts["unresolved_parents"] or ())]
        front["base_model"] = names if len(names) > 1 else names[0]
    if not _listed(card.front.get("base_model")) and facts["parent_hints"]:
        message = f"no base_model, but {', '.join(facts['parent_hints'])} says that there is one"
        remarks.append(Remark("warning", "UNDECLARED_PARENT_SUSPECTED", message))
        front["base_model"] = None
    return remarks


def _licenses(
    card: Card,
    judged: Judged,
    parents: Sequence[Mapping[str, Any]],
    table: Table,
    *,
    relation: str | None,
    front: dict[str, Any],
) -> list[Remark]:
    """Whether the label is there, can be read, and carries what the licences above ask."""
    remarks = []
    own = judged.values(card.id, "UNDER_LICENSE", "License")
    facts = judged.facts(card.id)
    opaque = [name for name in own if name == "other"]
    if opaque:
        message = "license is other without a license_name and a license_link: nobody can read it"
        remarks.append(Remark("warning", "LICENSE_OPAQUE", message))
        front |= {"license_name": None, "license_link": None}
    remarks += [
        Remark("warning", "LICENSE_UNKNOWN", f"the licence {name!r} is in no table: nobody read its text")
        for name in own
        if name not in opaque and table.rows.get(name) is None
    ]
    for edge in parents:
        if (level := _LEVEL.get(edge["license_verdict"])) is not None and edge["parent_status"] != "missing":
            code = edge["license_reasons"][0]
            words = f"{edge['relation']} {edge['parent']}: {verdicts.reasons()[code].meaning}"
            remarks.append(Remark(level, code, words))
    told = {code for edge in parents for code in edge["license_reasons"] or ()}
    if "NAME_PREFIX_MISSING" in {*told, *(facts["label_reasons"] or ())}:
        remarks.append(
            Remark(
                "warning", "NAME_PREFIX_MISSING", f"the name has to begin as prescribed: {_names(card, judged, table)}"
            )
        )
        told.add("NAME_PREFIX_MISSING")
    told |= {"CHILD_SILENT"} if not own else set()
    for code in facts["label_reasons"] or ():
        reason = verdicts.reasons()[code]
        if code not in told and (level := _LEVEL.get(reason.level)) is not None:
            remarks.append(Remark(level, code, f"further up: {reason.meaning}"))
    above = [names for edge in parents if (names := _above(judged, edge["parent"]))]
    if not own:
        remarks.append(Remark("error", "NO_LICENSE", "the card states no licence"))
    if relation and above and any(remark.level == "error" for remark in remarks):
        front |= _label(table, above, relation)
    elif not own:
        front["license"] = None
    return remarks


def _names(card: Card, judged: Judged, table: Table) -> str:
    """Names that begin with the words that licences above prescribe."""
    short = card.id.partition("/")[2]
    ids = judged.tables.nodes["License"]["id"]
    words = dict.fromkeys(word for id_ in ids if (row := table.rows.get(id_)) and (word := row.first_word))
    return " or ".join(f"{word.replace(' ', '-')}-{short}" for word in words)


def _above(judged: Judged, parent: str) -> list[str]:
    facts = judged.facts(parent)
    return list(facts["concluded_licenses"] or judged.values(parent, "UNDER_LICENSE", "License"))


def _label(table: Table, above: Sequence[Sequence[str]], relation: str) -> dict[str, Any]:
    """The YAML of a label that carries what the parents' licences ask, the parents' own before others; license_name
    where the Hub has no id for it."""
    found = advice.options(table, above, relation=relation)
    fitting = [row for row, verdict in found.labels if verdict.level == "ok"]
    if not fitting:
        return {"license": None}
    row = fitting[0]
    return {"license": row.id} if row.kind == "hub_id" else {"license": "other", "license_name": row.id}


def _lost(graph: Graph, card: Card, parents: Sequence[Mapping[str, Any]], front: dict[str, Any]) -> list[Remark]:
    """What the parents declare and the card does not: languages and a task."""
    remarks = []
    for key, statement in (("language", "read/parents_languages"), ("pipeline_tag", "read/parents_tasks")):
        if card.front.get(key):
            continue
        names = sorted({edge["parent"] for edge in parents})
        values = [value for (value,) in graph.read(resources.statement(statement), {"ids": names}).rows]
        if values:
            remarks.append(
                Remark("hint", f"NO_{key.upper()}", f"{key} is not declared; parents have {', '.join(values)}")
            )
            # Whether a child still speaks its parents' languages only its author knows.
            front[key] = values[0] if key == "pipeline_tag" and len(values) == 1 else None
    return remarks


def _family(graph: Graph, card: Card, judged: Judged, parents: Sequence[Mapping[str, Any]]) -> Tree:
    """The card's ancestors as a tree, its own licences at the root."""
    own = tuple(judged.values(card.id, "UNDER_LICENSE", "License"))
    root = Relative(card.id, "listed", own, (), None, None, None, 0, 0, None, ())
    known: dict[str, Relative] = {card.id: root}
    above: dict[str, int] = {}
    for parent in sorted({edge["parent"] for edge in parents if edge["parent_status"] != "missing"}):
        tree = relatives.tree(graph, parent, down=0, limit=10_000)
        for id_, hops in ({parent: 0} | tree.above).items():
            above[id_] = min(above.get(id_, hops + 1), hops + 1)
            known.setdefault(id_, tree.relatives[id_])
    for edge in parents:
        if edge["parent"] not in above:
            above[edge["parent"]] = 1
            known[edge["parent"]] = replace(root, id=edge["parent"], status="missing", licenses=())
    near = dict(sorted(above.items(), key=lambda item: (item[1], item[0])))
    return Tree(card.id, known, near, {}, (), 0, 0, 40, 0)


def _notice(card: Card, judged: Judged, family: Tree, table: Table) -> str:
    """The text that licences above prescribe and no file beside the card has; empty where there is none."""
    kept = "\n".join(
        path.read_text(encoding="utf-8", errors="replace")
        for name in _NOTICE
        if (path := card.path.parent / name).is_file()
    )
    sentences: list[str] = []
    for due in notices.notices(family, table).due:
        if due.wording is not None and any(id_ != card.id for id_ in due.asked_by):
            sentences += [due.wording.notice] if due.wording.notice and due.wording.notice not in kept else []
            shown = due.wording.display
            sentences += [shown] if shown and shown not in kept + card.text else []
    return "".join(f"{sentence}\n" for sentence in dict.fromkeys(sentences))


def text(checked: Checked) -> str:
    """What is to say, and below it what to paste."""
    lines = [f"{checked.card.path}: {checked.card.id}"]
    lines += [f"  {remark.level:<8} {remark.code}: {remark.message}" for remark in checked.remarks]
    if not checked.remarks:
        lines.append("  nothing to remark")
    if checked.front:
        lines += ["", "Put into the YAML at the top of the card:", ""]
        lines += [f"  {line}" for line in yaml_text(checked.front).splitlines()]
    if checked.notice:
        lines += ["", "Put into a file NOTICE beside it, and what is to be shown into the card:", ""]
        lines += [f"  {line}" for line in checked.notice.splitlines()]
    return "\n".join([*lines, "", advice.FOOT])


def yaml_text(front: Mapping[str, Any]) -> str:
    """YAML to paste; a value that only the author knows is left as a comment."""
    known = {key: value for key, value in front.items() if value is not None}
    open_ = [f"# {key}: …\n" for key, value in front.items() if value is None]
    return (yaml.safe_dump(known, sort_keys=False, allow_unicode=True) if known else "") + "".join(open_)


def facts(checked: Checked) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "format": JSON_VERSION,
        "path": str(checked.card.path),
        "id": checked.card.id,
        "relation": checked.relation,
        "level": checked.level,
        "remarks": [vars(remark) for remark in checked.remarks],
        "yaml": dict(checked.front),
        "notice": checked.notice,
        "parents": list(checked.parents),
    }
