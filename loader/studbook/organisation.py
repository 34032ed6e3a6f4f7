"""An organisation's own word, from its `studbook.toml`: licences and names of its own, curations of models, policies.

    [licenses."acme-research-1.0"]       # the columns of data/licenses.csv; of a shipped licence only what differs
    name = "Acme Research License 1.0"
    commercial_use = "no"
    [aliases]
    "acme research" = "acme-research-1.0"
    [curations."owner/name"]             # beside what the model declares, never instead of it
    license = "apache-2.0"
    parents = [{ id = "owner/base", relation = "finetune" }]
    who = "legal@example.org"
    why = "written permission of 2026-03-01"
    until = 2028-03-01
    [policies.chatbot]                   # see data/policy.toml, which has the same form
    kind = "hosted"
    deny = ["noncommercial"]
    [evaluation_suites.harmbench]        # see data/evaluation_suites.csv; of a shipped suite only what differs
    contexts = ["hosted", "chatbot"]     # a list in place of `|`; `enabled = false` leaves the suite out

A file with a mistake is refused whole, with every mistake at its line.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import platformdirs
import polars as pl

from studbook import evaluation, licenses, resources
from studbook.errors import InputError
from studbook.licenses import Table
from studbook.records import RELATIONS, Records
from studbook.resolve import REPOSITORY_ID

NAME = "studbook.toml"
KINDS = ("internal", "hosted", "distributed")
"""What is done with a model: run inside the organisation, offered as a service, shipped to others."""
RULES = ("allow", "review", "deny")
"""What a policy says of a term, the mildest first."""
PLAIN_TERMS = (
    *("noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "agreement"),
    *("name_prefix", "outputs_no_other_models", "territory"),
)
TERMS_WITH_VALUE = ("share_alike", "use_restrictions")
"""Terms that licenses.table() writes as `term:value`; a policy may write `term:*` for all values."""

NEEDED = (
    *("name", "family", "commercial_use", "derivatives", "share_alike", "use_restrictions", "child_licence_rule"),
    "source",
)
"""Columns that a licence needs which is not in the shipped table."""

_CURATION_KEYS = ("license", "parents", "who", "why", "until")
_POLICY_KEYS = ("kind", *RULES, "default", "yearly_revenue", "monthly_users", "territory")
_NOT_A_COLUMN = ("tag", "kind", "alias_of", "models_2025_07")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")

_REFUSED = re.compile(r"Reading licence '(?P<id>[^']*)': (?P<what>.*)")

Place = tuple[str | int, ...]
"""Keys and places in lists that lead from the top of a file to a value."""


@dataclass(frozen=True)
class Parent:
    """A parent that the organisation asserts."""

    id: str
    relation: str
    """One of the Hub's relations."""


@dataclass(frozen=True)
class Curation:
    """What the organisation concluded of a model."""

    id: str
    licenses: tuple[str, ...]
    """License ids concluded, other spellings replaced; empty where it concludes none."""
    parents: tuple[Parent, ...]
    who: str
    why: str
    until: date | None
    """Last day on which it holds; None is without end."""
    place: str
    """file:line"""

    def holds(self, on: date) -> bool:
        """Whether it has not expired on a day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True)
class Policy:
    """What an organisation says of licence terms in one context."""

    name: str
    kind: str
    """One of KINDS."""
    rules: Mapping[str, str]
    """Term, or `term:*`, to one of RULES."""
    default: str | None
    """One of RULES for every other term; None leaves them to the shipped policy of the kind."""
    yearly_revenue: float | None
    """In US dollars, in which licences state it."""
    monthly_users: int | None
    territory: frozenset[str]
    """ISO 3166 codes of the places where it is used, offered or shipped, the EU as its members; empty for unknown."""
    places: Mapping[str, str]
    """file:line of the policy (by the key "") and of each of its keys."""


@dataclass(frozen=True)
class Organisation:
    """A whole file. `licenses` has columns by License id, `aliases` License ids by name in lower case, `curations` are
    by model id in lower case."""

    path: Path
    version: str
    """Digest of the file, as stored on every Snapshot."""
    licenses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    curations: Mapping[str, Curation] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    evaluation_suites: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By id, with fields of evaluation.Suite."""

    @cached_property
    def table(self) -> Table:
        """The shipped licence table with its licences and aliases."""
        return licenses.shipped().with_rows(_rows(self.licenses), aliases=self.aliases)

    def curated_licenses(self, on: date) -> pl.DataFrame:
        """Columns `id` (of a model), `license`, `who`, `why`, `until`: a row per licence concluded and valid on a day."""
        rows = [
            (curation.id, license_, curation.who, curation.why, curation.until)
            for curation in self.curations.values()
            if curation.holds(on)
            for license_ in curation.licenses
        ]
        names = {"id": pl.String, "license": pl.String, "who": pl.String, "why": pl.String, "until": pl.Date}
        return pl.DataFrame(rows, schema=names, orient="row")

    def curated_parents(self, on: date) -> pl.DataFrame:
        """Columns `id` (of the child), `reference`, `relation`, `position` (from 0), `who`, `why`, `until`: a row per
        parent asserted and valid on a day."""
        rows = [
            (curation.id, parent.id, parent.relation, position, curation.who, curation.why, curation.until)
            for curation in self.curations.values()
            if curation.holds(on)
            for position, parent in enumerate(curation.parents)
        ]
        names = {"id": pl.String, "reference": pl.String, "relation": pl.String, "position": pl.Int64}
        names |= {"who": pl.String, "why": pl.String, "until": pl.Date}
        return pl.DataFrame(rows, schema=names, orient="row")

    def standing(self, given: Records, *, on: date) -> dict[str, int]:
        """How many curations are applied to these rows on a day, are expired, or name no model among them."""
        lower = given.models["id"].str.to_lowercase()
        ids = set(lower.filter(lower.is_in(list(self.curations))))
        holding = {id_ for id_, curation in self.curations.items() if curation.holds(on)}
        return {
            "applied": len(holding & ids),
            "expired": len(self.curations) - len(holding),
            "without a model": len(holding - ids),
        }

    def curate(self, given: Records, *, on: date) -> Records:
        """The rows with what is concluded and asserted on a day beside what models declare.

        Models are found in any letter case; a curation of one that is not there changes nothing.
        """
        models = given.models.with_row_index("model").with_columns(id_lower=pl.col("id").str.to_lowercase())
        holding = [curation for curation in self.curations.values() if curation.holds(on)]
        text = pl.String()
        names = pl.Schema({"id_lower": text, "licenses": pl.List(text), "who": text, "why": text})
        rows = [(c.id.lower(), list(c.licenses) or None, c.who, c.why) for c in holding]
        concluded = pl.DataFrame(rows, schema=names, orient="row")
        curated = models.join(concluded, on="id_lower", how="left", maintain_order="left").with_columns(
            concluded_licenses="licenses", concluded_by="who", concluded_why="why"
        )
        asserted = self.curated_parents(on).with_columns(id_lower=pl.col("id").str.to_lowercase())
        parents = asserted.join(models.select("model", "id_lower"), on="id_lower").select(
            "model", "reference", "relation", "position", evidence=pl.lit("curation")
        )
        return replace(
            given,
            models=curated.select(given.models.columns),
            parents=pl.concat([given.parents, parents.select(given.parents.columns)]),
        )


def find(start: Path) -> Path | None:
    """The `studbook.toml` of a folder: its own, else that of the nearest parent up to the repository's root or the home
    folder, else the user's (platformdirs' config folder). None without any.

    Outside a repository and the home folder no parent is looked at: others may write there.
    """
    start = start.absolute()
    folders = [start, *start.parents]
    tops = [n for n, folder in enumerate(folders) if folder == Path.home() or (folder / ".git").exists()]
    looked_at = folders[: tops[0] + 1 if tops else 1]
    own = platformdirs.user_config_path("studbook")
    return next((folder / NAME for folder in [*looked_at, own] if (folder / NAME).is_file()), None)


def load(given: Path | None, start: Path) -> Organisation | None:
    """The organisation of the file given, else of the one found from a folder; None without any. Raises as read does."""
    path = given or find(start)
    return read(path) if path else None


def read(path: Path) -> Organisation:
    """An organisation's file. Raises InputError with `path:line: what is wrong` for every mistake in it."""
    try:
        content = path.read_bytes()
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"Reading the organisation's file {path}: {what}; name a TOML file in UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise InputError(f"{path}:{line}: this is no TOML: {_TOML_LINE.sub('', str(error)).strip()}") from error
    lines = locate(text)
    if breaches := sorted({(_line(lines, at), what) for at, what in _breaches(table)}):
        raise InputError("\n".join(f"{path}:{line}: {what}" for line, what in breaches))

    def place(*at: str) -> str:
        return f"{path}:{_line(lines, at)}"

    known = _Names(table)
    return Organisation(
        path=path,
        version=hashlib.sha256(content).hexdigest()[:12],
        licenses=table.get("licenses", {}),
        aliases={_spelt(name): id_ for name, id_ in table.get("aliases", {}).items()},
        curations={
            id_.lower(): Curation(
                id=id_,
                licenses=tuple(dict.fromkeys(known.canonical(name) for name in _listed(given.get("license", [])))),
                parents=tuple(Parent(parent["id"], parent["relation"]) for parent in given.get("parents", [])),
                who=given["who"],
                why=given["why"],
                until=given.get("until"),
                place=place("curations", id_),
            )
            for id_, given in table.get("curations", {}).items()
        },
        policies={
            name: Policy(
                name=name,
                kind=given.get("kind", name),
                rules={term: rule for rule in RULES for term in given.get(rule, [])},
                default=given.get("default"),
                yearly_revenue=given.get("yearly_revenue"),
                monthly_users=given.get("monthly_users"),
                territory=frozenset[str]().union(*(territories()[code] for code in given.get("territory", []))),
                places={"": place("policies", name), **{key: place("policies", name, key) for key in given}},
            )
            for name, given in table.get("policies", {}).items()
        },
        evaluation_suites=table.get("evaluation_suites", {}),
    )


def locate(text: str) -> dict[Place, int]:
    """The line, from 1, on which each key of a TOML document is first set; `text` is valid.

    tomllib tells no positions, but it tells where a statement ends: the first line with which the text since the last
    one is a document of its own.
    """
    lines: dict[Place, int] = {}
    tables: Counter[Place] = Counter()
    header: Place = ()
    first, statement = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        statement += line + "\n"
        try:
            told = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            header = ()
            while told:
                ((key, told),) = told.items()
                header = (*header, key)
                if isinstance(told, list):
                    tables[header] += 1
                    told = {}
                if header in tables:
                    header = (*header, tables[header] - 1)
            for depth in range(len(header)):
                lines.setdefault(header[: depth + 1], first)
        else:
            for at in _paths(told, header):
                lines.setdefault(at, first)
        first, statement = number + 1, ""
    return lines


def _paths(value: Any, at: Place) -> Iterator[Place]:
    """The way to each value inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*at, key)
        yield from _paths(inner, (*at, key))


def _line(lines: Mapping[Place, int], at: Place) -> int:
    """The line of a value, or of what it would stand in."""
    return next((lines[at[:depth]] for depth in range(len(at), 0, -1) if at[:depth] in lines), 1)


@cache
def territories() -> dict[str, frozenset[str]]:
    """What a code of a territory covers: itself for the 249 of ISO 3166, all members for EU.

    A code that nobody checks would read as a place that no licence excludes.
    """
    table = pl.read_csv(resources.DATA / "territories.csv", infer_schema=False)
    members = frozenset(table.filter(pl.col("union") == "EU")["id"])
    return {id_: frozenset({id_}) for id_ in table["id"]} | {"EU": members}


@cache
def _columns() -> list[str]:
    table = pl.read_csv(resources.DATA / "licenses.csv", infer_schema=False, n_rows=0)
    return [column for column in table.columns if column not in _NOT_A_COLUMN]


def _rows(own: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"tag": id_, **given} for id_, given in own.items()]


def _spelt(name: str) -> str:
    return name.strip().lower()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Names:
    """The licences that a file can mean: the shipped ones and its own."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        shipped = licenses.shipped()
        self.shipped = shipped.rows.keys()
        self.shipped_aliases = shipped.aliases
        self.own = _table_of(table, "licenses")
        own_aliases = _table_of(table, "aliases")
        self.aliases = {**shipped.aliases, **{_spelt(name): id_ for name, id_ in own_aliases.items()}}
        self.ids = {*shipped.rows, *self.own}
        sets = [row.restriction_set for row in shipped.rows.values()]
        sets += [row.get("restriction_set") for row in self.own.values() if isinstance(row, dict)]
        self.restriction_sets = {name for name in sets if isinstance(name, str)}
        self.contexts = list(dict.fromkeys([*KINDS, *_table_of(table, "policies")]))

    def canonical(self, name: str) -> str:
        return str(self.aliases.get(_spelt(name), _spelt(name)))


def _table_of(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table of the file, empty where it is none."""
    given = table.get(name)
    return given if isinstance(given, dict) else {}


Breaches = Iterator[tuple[Place, str]]


def _breaches(table: Mapping[str, Any]) -> Breaches:
    """(where, what is wrong) for everything in which a file breaks the contract."""
    known = _Names(table)
    sections = {"licenses": _license, "aliases": _alias, "curations": _curation, "policies": _policy}
    sections["evaluation_suites"] = _suite
    yield from _unknown_keys((), table, tuple(sections))
    broken: set[str] = set()
    for section, check in sections.items():
        if section in table and not isinstance(table[section], dict):
            yield (section,), f"{section} must be a table, [{section}]"
        for name, given in _table_of(table, section).items():
            found = list(check((section, name), name, given, known))
            yield from found
            broken |= {name} if found and section == "licenses" else set()
    yield from _inconsistent({id_: row for id_, row in _table_of(table, "licenses").items() if id_ not in broken})
    for section in ("aliases", "curations"):
        same = Counter(map(_spelt, _table_of(table, section)))
        for name in _table_of(table, section):
            if same[_spelt(name)] > 1:
                yield (section, name), f"{name!r} is there twice: letter case makes no difference"


def _inconsistent(rows: dict[str, Mapping[str, str]]) -> Breaches:
    """What the licence table itself refuses of the licences: columns that say one thing and another."""
    while rows:
        try:
            licenses.shipped().with_rows(_rows(rows))
        except InputError as error:
            told = _REFUSED.fullmatch(str(error))
            if told is None or told["id"] not in rows:
                yield ("licenses",), str(error)
                return
            yield ("licenses", told["id"]), told["what"]
            # The others are looked at without it.
            rows.pop(told["id"])
        else:
            return


def _unknown_keys(at: Place, given: Mapping[str, Any], keys: Collection[str]) -> Breaches:
    for key in given:
        if key not in keys:
            yield (*at, key), f"unknown key {key!r}{_near(key, keys)}; known are {', '.join(keys)}"


def _near(word: str, words: Collection[str]) -> str:
    near = difflib.get_close_matches(word.lower(), words, n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _choice(at: Place, value: Any, words: Collection[str]) -> Breaches:
    if value not in words:
        yield at, f"{at[-1]} {value!r} is none of {', '.join(words)}{_near(str(value), words)}"


def _text(at: Place, value: Any, *, may_be_empty: bool = False) -> Breaches:
    if not isinstance(value, str) or not (value.strip() or may_be_empty):
        yield at, f"{at[-1]} must be a text, not {value!r}"


def _license(at: Place, id_: str, given: Any, known: _Names) -> Breaches:
    if not isinstance(given, dict):
        yield at, f"give a table, [licenses.{id_!r}] with columns of the licence table"
        return
    if id_ != _spelt(id_) or not id_:
        yield at, f"write the licence's id in lower case and without space around it: {_spelt(id_)!r}"
    if id_ in known.shipped_aliases:
        yield at, f"{id_!r} is another spelling of {known.shipped_aliases[id_]!r}: override that one"
    elif id_ not in known.shipped and (missing := [column for column in NEEDED if column not in given]):
        near = _near(id_, known.shipped)
        yield at, f"{id_!r} is not in the shipped table{near}; as a new licence it needs {', '.join(missing)}"
    yield from _unknown_keys(at, given, _columns())
    for column, value in given.items():
        if column in licenses.VALUES:
            yield from _choice((*at, column), value, sorted(licenses.VALUES[column]))
        elif column in _columns():
            yield from _text((*at, column), value, may_be_empty=column not in NEEDED)
    if isinstance(rule := given.get("child_licence_rule"), str):
        for token in rule.split("+"):
            if token not in licenses.RULES:
                what = f"{token!r} is no token of child_licence_rule{_near(token, licenses.RULES)}; tokens are"
                yield (*at, "child_licence_rule"), f"{what} {', '.join(licenses.RULES)}, joined by +"


def _alias(at: Place, name: str, given: Any, known: _Names) -> Breaches:
    if _spelt(name) in known.ids:
        yield at, f"{_spelt(name)!r} is a licence itself, not another spelling of one"
    if not isinstance(given, str) or given not in known.ids:
        other = known.shipped_aliases.get(str(given))
        hint = f"; did you mean {other}?" if other else _near(str(given), known.ids)
        yield at, f"{given!r} is the id of no licence, shipped or in [licenses]{hint}"


def _curation(at: Place, id_: str, given: Any, known: _Names) -> Breaches:
    if not re.fullmatch(REPOSITORY_ID, id_):
        yield at, f'{id_!r} is no model id; write owner/name in quotes: [curations."owner/name"]'
    if not isinstance(given, dict):
        yield at, f"give a table with {', '.join(_CURATION_KEYS)}"
        return
    yield from _unknown_keys(at, given, _CURATION_KEYS)
    for key in ("who", "why"):
        if key not in given:
            yield at, f"{key} is missing: a curation says who concluded it and why"
        else:
            yield from _text((*at, key), given[key])
    # A datetime is a date too.
    if "until" in given and type(given["until"]) is not date:
        yield (*at, "until"), f"until must be a date like 2027-12-31, without quotes, not {given['until']!r}"
    if not given.get("license") and not given.get("parents"):
        yield at, "it concludes nothing: give license or parents"
    for name in _listed(given.get("license", [])):
        if not isinstance(name, str) or known.canonical(name) not in known.ids:
            names = known.ids | set(known.aliases)
            yield (*at, "license"), f"{name!r} is no licence, shipped or in [licenses]{_near(str(name), names)}"
    yield from _parents(at, id_, given)


def _parents(at: Place, child: str, given: Mapping[str, Any]) -> Breaches:
    parents = given.get("parents", [])
    if not isinstance(parents, list) or not all(isinstance(parent, dict) for parent in parents):
        yield (*at, "parents"), 'parents must be a list like [{ id = "owner/name", relation = "finetune" }]'
        return
    for number, parent in enumerate(parents):
        yield from _parent((*at, "parents", number), child, parent)
    pairs = Counter((str(parent.get("id")).lower(), str(parent.get("relation"))) for parent in parents)
    for (name, relation), count in pairs.items():
        if count > 1:
            yield (*at, "parents"), f"the parent {name} is there twice as {relation}"


def _parent(at: Place, child: str, given: Mapping[str, Any]) -> Breaches:
    yield from _unknown_keys(at, given, ("id", "relation"))
    if missing := [key for key in ("id", "relation") if key not in given]:
        yield at, f"a parent needs {' and '.join(missing)}"
        return
    yield from _choice((*at, "relation"), given["relation"], RELATIONS)
    if not isinstance(given["id"], str) or not re.fullmatch(REPOSITORY_ID, given["id"]):
        yield (*at, "id"), f"{given['id']!r} is no model id; write owner/name"
    elif given["id"].lower() == child.lower():
        yield (*at, "id"), "a model is not its own parent"


def _policy(at: Place, name: str, given: Any, known: _Names) -> Breaches:
    if not isinstance(given, dict):
        yield at, f"give a table, [policies.{name}] with {', '.join(_POLICY_KEYS)}"
        return
    yield from _unknown_keys(at, given, _POLICY_KEYS)
    if "kind" in given:
        yield from _choice((*at, "kind"), given["kind"], KINDS)
        if name in KINDS and given["kind"] in KINDS and given["kind"] != name:
            yield (*at, "kind"), f"the context {name} is of its own kind: leave kind out, or choose another name"
    elif name not in KINDS:
        yield at, f"kind is missing: the context {name!r} is one of {', '.join(KINDS)}{_near(name, KINDS)}"
    if "default" in given:
        yield from _choice((*at, "default"), given["default"], RULES)
    seen: dict[str, str] = {}
    for rule in RULES:
        patterns = given.get(rule, [])
        if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
            yield (*at, rule), f"{rule} must be a list of terms, not {patterns!r}"
            continue
        for pattern in patterns:
            if what := _no_term(pattern, known):
                yield (*at, rule), what
            if pattern in seen:
                yield (*at, rule), f"{pattern!r} is there twice, in {seen[pattern]} and in {rule}: choose one"
            seen[pattern] = rule
    yield from _facts(at, given)


def _suite(at: Place, id_: str, given: Any, known: _Names) -> Breaches:
    keys = (*evaluation.TEXTS, *evaluation.LISTS, "enabled")
    if not isinstance(given, dict):
        yield at, f"give a table, [evaluation_suites.{id_!r}] with {', '.join(keys)}"
        return
    yield from _unknown_keys(at, given, keys)
    new = id_ not in evaluation.shipped()
    if new and (missing := [key for key in ("name", "why") if key not in given]):
        near = _near(id_, evaluation.shipped())
        yield at, f"{id_!r} is no shipped suite{near}; as a new one it needs {' and '.join(missing)}"
    for key in evaluation.TEXTS:
        if key in given:
            yield from _text((*at, key), given[key])
    if type(given.get("enabled", True)) is not bool:
        yield (*at, "enabled"), f"enabled must be true or false, not {given['enabled']!r}"
    choices: dict[str, Collection[str]] = {
        "tasks": evaluation.tasks(),
        "task_classes": sorted({class_ for _, class_ in evaluation.tasks().values() if class_}),
        "modalities": sorted({modality for modality, _ in evaluation.tasks().values() if modality}),
        "changes": evaluation.CHANGES,
        "contexts": known.contexts,
    }
    for key in evaluation.LISTS:
        values = given.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            yield (*at, key), f"{key} must be a list of texts, not {values!r}"
            continue
        for value in values:
            if value not in choices[key]:
                told = "see data/tasks.csv" if key == "tasks" else f"known are {', '.join(choices[key])}"
                yield (*at, key), f"{value!r} is none of the {key}{_near(value, choices[key])}; {told}"


def _no_term(pattern: str, known: _Names) -> str | None:
    """Why a pattern is no term, or None when it is one."""
    name, colon, value = pattern.partition(":")
    if name in TERMS_WITH_VALUE and colon:
        reaches = sorted(licenses.VALUES["share_alike"] - {"none", "unknown"})
        values = reaches if name == "share_alike" else sorted(known.restriction_sets)
        if value == "*" or value in values:
            return None
        return f"{pattern!r} is no term{_near(value, values)}; write {name}:* for all of them, or {name}: and its id"
    if pattern in PLAIN_TERMS:
        return None
    if name in TERMS_WITH_VALUE:
        return f"{pattern!r} needs a value: write {name}:* for all of them"
    terms = (*PLAIN_TERMS, *(f"{term}:*" for term in TERMS_WITH_VALUE))
    return f"{pattern!r} is no term{_near(pattern, terms)}; terms are {', '.join(terms)}"


def _facts(at: Place, given: Mapping[str, Any]) -> Breaches:
    revenue, users = given.get("yearly_revenue", 0), given.get("monthly_users", 0)
    if type(revenue) not in (int, float) or not 0 <= revenue < float("inf"):
        yield (*at, "yearly_revenue"), f"yearly_revenue must be an amount in US dollars, a number, not {revenue!r}"
    if type(users) is not int or users < 0:
        yield (*at, "monthly_users"), f"monthly_users must be a whole number, not {users!r}"
    territory = given.get("territory", [])
    if not isinstance(territory, list):
        yield (*at, "territory"), f'territory must be a list like ["DE", "US"], not {territory!r}'
        return
    for code in territory:
        if not isinstance(code, str) or code not in territories():
            hint = {"UK": "; did you mean GB?", "USA": "; did you mean US?"}.get(str(code), "")
            yield (*at, "territory"), f"{code!r} is no ISO 3166 code of two letters, nor EU{hint}"
