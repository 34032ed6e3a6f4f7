"""Query files: reads them, holds them to their contract, finds one by name, and takes parameters from people.

A query file is one read-only Cypher statement under `queries/`; its path without suffix is its id. A TOML header
between `// /// query` and `// ///` says what it asks, for whom, with which parameters and which columns come back.
A user's own file may do without the header.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from studbook import resources
from studbook.errors import QueryError

AUDIENCES = ("analyst", "auditor", "engineer")
SEVERITIES = ("low", "medium", "high")
STATUSES = ("listed", "removed", "missing", "internal")
PARAMETER_TYPES = ("STRING", "INTEGER", "FLOAT", "BOOLEAN", "LIST<STRING>")
COLUMN_TYPES = ("STRING", "INTEGER", "FLOAT", "BOOLEAN", "ZONED DATETIME", "LIST<STRING>", "PATH")
SUFFIX = ".cypher"

_HEADER = re.compile(r"^// /// query\n((?://[^\n]*\n)*?)// ///$", re.MULTILINE)
_FENCE = re.compile(r"^// ///", re.MULTILINE)
# Comments, string literals and quoted names, none of which can hold a parameter.
_NO_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`""", re.DOTALL)
# `$any(…)` and `$all(…)` are dynamic labels and types, not parameters.
_PARAMETER = re.compile(r"\$(\w+)(?!\w|\s*\()")
# Neo4j drops the filter of a dynamic type in `*1..n` without a word (2026.08 and 5.26): every relation is walked.
_DYNAMIC_STAR = re.compile(r"\$(?:any|all)\s*\([^)]*\)\s*\*")
# `*`, `*1..`, `+` and `{1,}` in a relationship or behind a quantified path.
_UNBOUNDED = re.compile(r"\*(?:\d*\.\.)?\s*\]|[)>-](?:[*+]|\{\d*,\s*\})\s*\(")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_TITLE = re.compile(r"[A-Z][^\n]*[^.\s]")
_ASKED = "question "
"""Begins the reference to a question of the catalogue."""
_ID = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)+")

_TOP_KEYS = (
    *("audience", "question", "severity", "statuses", "key", "misses", "next", "references"),
    *("params", "columns"),
)
_PARAM_KEYS = ("type", "default", "help", "choices", "range", "id_of")


@dataclass(frozen=True)
class Param:
    """A parameter. A value is given by name; without one the default counts, and without a default it must be given."""

    name: str
    type: str
    """One of PARAMETER_TYPES, or ANY in a file without a header."""
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] | None = None
    """All values allowed, in a list for each of its elements."""
    range: tuple[int, int] | None = None
    """Smallest and largest value allowed."""
    id_of: str | None = None
    """Label of the node whose id the value is."""


@dataclass(frozen=True)
class Column:
    """A column of the answer, in the order of RETURN; `type` is one of COLUMN_TYPES, or ANY where nobody declared it."""

    name: str
    type: str


@dataclass(frozen=True)
class Command:
    """A question of the catalogue that a command answers, because Cypher cannot in bounded time."""

    question: str
    """Its number."""
    asks: str
    command: str
    reason: str


@dataclass(frozen=True)
class Query:
    """A query file. Without a header only `id`, `path`, `title`, `cypher` and `params` are filled."""

    id: str
    path: Path
    title: str
    cypher: str
    """The whole text of the file; the header is a comment to Cypher."""
    params: tuple[Param, ...]
    columns: tuple[Column, ...] | None = None
    """None where nobody declared them."""
    audience: str | None = None
    question: str | None = None
    severity: str | None = None
    """What a returned row means; only queries under `risk/` have it."""
    statuses: tuple[str, ...] = ()
    """Statuses of the models that rows are about."""
    key: tuple[str, ...] = ()
    """Columns that identify a row."""
    misses: str | None = None
    """What the query cannot see."""
    next: str | None = None
    """What to do about a returned row."""
    references: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The folder it lies in."""
        return self.id.partition("/")[0]

    @property
    def defaults(self) -> dict[str, Any]:
        """The default of every parameter that has one."""
        return {param.name: param.default for param in self.params if param.default is not None}

    @property
    def statement(self) -> str:
        """The Cypher below the header."""
        return _HEADER.split(self.cypher)[-1].strip("\n")


def library() -> dict[str, Query]:
    """Every query of the library by id, in order of id. Raises QueryError that lists what is wrong with which file."""
    return read_folder(resources.cypher_folder("queries"))


def commands() -> list[Command]:
    """The questions that a command answers, in the order of `queries/commands.toml`."""
    text = (resources.cypher_folder("queries") / "commands.toml").read_text(encoding="utf-8")
    return [Command(**row) for row in tomllib.loads(text)["command"]]


@cache
def read_folder(folder: Path) -> dict[str, Query]:
    """Every query file below a folder, as library() does for the library."""
    queries: dict[str, Query] = {}
    broken: list[str] = []
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        id_ = path.relative_to(folder).with_suffix("").as_posix()
        try:
            queries[id_] = read(path, id_)
        except QueryError as error:
            broken.append(str(error))
    if broken:
        raise QueryError("\n".join(broken))
    return queries


def find(name: str) -> Query:
    """A query of the library by id, or a user's own file by its path (ending in `.cypher`).

    Raises QueryError with suggestions when there is none.
    """
    if name.endswith(SUFFIX):
        return read(Path(name))
    queries = library()
    if name in queries:
        return queries[name]
    word = name.strip("/").lower()
    near = [id_ for id_ in queries if word in id_.split("/")] or [
        id_ for id_ in queries if len(word) > 2 and word in id_
    ]
    near = near or difflib.get_close_matches(word, queries, n=3, cutoff=0.5)
    raise QueryError(f"There is no query {name!r}{_suggest(near)}; `studbook query list` shows all of them")


def select(*, audience: str | None = None, group: str | None = None, text: str | None = None) -> list[Query]:
    """The queries of the library for an audience, in a group and with a text (in any letter case) in id, title or
    question. Raises QueryError for an audience or a group that no query has."""
    queries = list(library().values())
    for what, given, known in (
        ("audience", audience, AUDIENCES),
        ("group", group, sorted({query.group for query in queries})),
    ):
        if given is not None and given not in known:
            raise QueryError(f"Listing queries: {given!r} is no {what}; choose one of {', '.join(known)}")
    wanted = (text or "").lower()
    return [
        query
        for query in queries
        if audience in (None, query.audience)
        and group in (None, query.group)
        and any(wanted in (part or "").lower() for part in (query.id, query.title, query.question))
    ]


def read(path: Path, id_: str | None = None) -> Query:
    """A query file. With an id it belongs to a library and is held to the whole contract; without one it is a user's
    own, named by its path, whose header may be absent and whose parameters need no defaults.

    Raises QueryError with `path:line: what is wrong` for every breach.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"Reading the query {path}: {error}; give a file of Cypher in UTF-8") from error
    return parse(text, path, id_)


def parse(text: str, path: Path = Path("a statement"), id_: str | None = None) -> Query:
    """The query in a text, which need not be that of a file: as read() does."""
    if id_ is None and not _FENCE.search(text):
        names = dict.fromkeys(_used(text))
        return Query(str(path), path, path.stem, text, params=tuple(Param(name, "ANY") for name in names))
    header = _Header.of(path, text)
    breaches = sorted(_breaches(header, id_))
    if breaches:
        raise QueryError("\n".join(f"{path}:{line}: {what}" for line, what in breaches))
    table = header.table
    return Query(
        id=id_ or str(path),
        path=path,
        title=header.title,
        cypher=text,
        params=tuple(_param(name, given) for name, given in header.section("params").items()),
        columns=tuple(Column(name, type_) for name, type_ in header.section("columns").items()),
        audience=table["audience"],
        question=table["question"],
        severity=table.get("severity"),
        statuses=tuple(table["statuses"]),
        key=tuple(table["key"]),
        misses=table.get("misses"),
        next=table.get("next"),
        references=tuple(table.get("references", ())),
    )


@dataclass(frozen=True)
class _Header:
    """The text of a file, the TOML of its header and where in the file that stands."""

    text: str
    table: dict[str, Any]
    lines: list[str]
    first: int
    """Line of the file in which the TOML begins."""

    @staticmethod
    def of(path: Path, text: str) -> _Header:
        found = _HEADER.search(text)
        if found is None:
            raise QueryError(f"{path}:1: no header between `// /// query` and `// ///`")
        first = text.count("\n", 0, found.start(1)) + 1
        lines = found[1].splitlines()
        try:
            table = tomllib.loads("\n".join(line[2:].removeprefix(" ") for line in lines))
        except tomllib.TOMLDecodeError as error:
            place = _TOML_LINE.search(str(error))
            line = first + (int(place[1]) - 1 if place else len(lines))
            what = _TOML_LINE.sub("", str(error)).strip()
            raise QueryError(f"{path}:{line}: the header is no TOML: {what}") from error
        return _Header(text, table, lines, first)

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("//").strip()

    def section(self, name: str) -> dict[str, Any]:
        """The params or the columns, empty where the header has no such table."""
        given = self.table.get(name)
        return given if isinstance(given, dict) else {}

    def line_of(self, name: str, section: str | None = None) -> int:
        """The line that sets a key, of a section if one is named; the header's first where none does."""
        start = self.lines.index(f"// [{section}]") if f"// [{section}]" in self.lines else 0
        key = re.compile(rf"// (\[{section}\.)?{re.escape(name)}\b")
        return self.first + next((n for n, line in enumerate(self.lines) if n >= start and key.match(line)), 0)

    def line_using(self, parameter: str) -> int:
        """The first line that uses a parameter."""
        return 1 + next(n for n, line in enumerate(_code(self.text).split("\n")) if parameter in _used(line))


def _param(name: str, given: Mapping[str, Any]) -> Param:
    bounds = given.get("range")
    choices = given.get("choices")
    return Param(
        name=name,
        type=given["type"],
        default=given.get("default"),
        help=given["help"],
        choices=tuple(choices) if choices is not None else None,
        range=(bounds[0], bounds[1]) if bounds is not None else None,
        id_of=given.get("id_of"),
    )


def _code(text: str) -> str:
    """A statement without comments, strings and quoted names, its lines where they were."""
    return _NO_CODE.sub(lambda found: " " + "\n" * found[0].count("\n"), text)


def _used(text: str) -> list[str]:
    """Names of the parameters that a statement uses."""
    return _PARAMETER.findall(_code(text))


def _breaches(header: _Header, id_: str | None) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) for everything in which a file with a header breaks the contract."""
    if not header.text.startswith("// ") or not _TITLE.fullmatch(header.title):
        yield 1, "the first line must be `// Title`, in sentence case and without a full stop"
    if id_ is not None and not _ID.fullmatch(id_):
        yield 1, f"the id {id_!r} must be a folder and a name in snake_case"
    yield from _top_breaches(header, in_library=id_ is not None, risk=id_ is not None and id_.startswith("risk/"))
    yield from _column_breaches(header)
    if id_ is not None:
        yield from _pattern_breaches(header)
    params = header.section("params")
    if not params and "params" in header.table:
        yield header.line_of("params"), "params must be a table of parameters, not empty"
    for name, given in params.items():
        for what in _param_breaches(given, in_library=id_ is not None):
            yield header.line_of(name, "params"), f"parameter {name}: {what}"
    used = set(_used(header.text))
    for name in params.keys() - used:
        yield header.line_of(name, "params"), f"parameter {name} is declared and not used"
    for name in used - params.keys():
        yield header.line_using(name), f"parameter ${name} is used and not declared"


def _pattern_breaches(header: _Header) -> Iterator[tuple[int, str]]:
    code = _code(header.text)
    for pattern, what in (
        (_UNBOUNDED, "a pattern of variable length needs an upper bound"),
        (_DYNAMIC_STAR, "Neo4j ignores a dynamic type in `*1..n`; write `-[:$any($relations)]->{1,n}`"),
    ):
        for found in pattern.finditer(code):
            yield code.count("\n", 0, found.start()) + 1, what


def _top_breaches(header: _Header, *, in_library: bool, risk: bool) -> Iterator[tuple[int, str]]:
    table = header.table
    if unknown := [key for key in table if key not in _TOP_KEYS]:
        yield header.line_of(unknown[0]), f"unknown keys {unknown}; known are {', '.join(_TOP_KEYS)}"
    needed = ["audience", "question", "statuses", "key", "columns", *(["severity", "misses"] if risk else [])]
    if missing := [key for key in needed if key not in table]:
        yield header.first, f"missing keys {missing}"
    if in_library and not risk and "severity" in table:
        yield header.line_of("severity"), "severity is for queries under risk/"
    question = table.get("question", "?")
    if not isinstance(question, str) or not question.endswith("?") or "\n" in question:
        yield header.line_of("question"), "question must be one sentence on one line, ending in a question mark"
    for key in ("misses", "next"):
        if not isinstance(table.get(key, ""), str):
            yield header.line_of(key), f"{key} must be a string"
    if not _is_strings(table.get("references", [])):
        yield header.line_of("references"), "references must be a list of strings"
    for key, one_of in {"audience": AUDIENCES, "severity": SEVERITIES}.items():
        if key in table and table[key] not in one_of:
            yield header.line_of(key), f"{key} {table[key]!r} is none of {', '.join(one_of)}"
    for key, some_of in {"statuses": STATUSES, "key": tuple(header.section("columns"))}.items():
        names = table.get(key, list(some_of))
        if not names or not _is_strings(names):
            yield header.line_of(key), f"{key} must be a list of strings, not empty"
        elif strange := [name for name in names if name not in some_of]:
            yield header.line_of(key), f"{key} {strange} is none of {', '.join(some_of)}"


def _column_breaches(header: _Header) -> Iterator[tuple[int, str]]:
    columns = header.section("columns")
    if "columns" in header.table and not columns:
        yield header.line_of("columns"), "columns must be a table of name = type, not empty"
    for name, type_ in columns.items():
        if type_ not in COLUMN_TYPES:
            yield header.line_of(name, "columns"), f"column {name}: type {type_!r} is none of {', '.join(COLUMN_TYPES)}"


def _param_breaches(given: Any, *, in_library: bool) -> Iterator[str]:
    if not isinstance(given, dict):
        yield "give { type = …, default = …, help = … }"
        return
    if unknown := [key for key in given if key not in _PARAM_KEYS]:
        yield f"unknown keys {unknown}; known are {', '.join(_PARAM_KEYS)}"
    needed = ["type", "help", *(["default"] if in_library else [])]
    if missing := [key for key in needed if key not in given]:
        yield f"missing keys {missing}"
        return
    if given["type"] not in PARAMETER_TYPES:
        yield f"type {given['type']!r} is none of {', '.join(PARAMETER_TYPES)}"
        return
    if not isinstance(given["help"], str) or not given["help"] or "\n" in given["help"]:
        yield "help must be one line"
    if given.get("id_of", "Model") != "Model":
        yield "id_of must be Model"
    if "choices" in given and not (_is_strings(given["choices"]) and given["type"] in ("STRING", "LIST<STRING>")):
        yield "choices must be a list of strings, for a STRING or a LIST<STRING>"
        return
    bounds = given.get("range", [0, 0])
    if given["type"] != "INTEGER" and "range" in given:
        yield "range is for INTEGER"
        return
    if not isinstance(bounds, list) or [type(bound) for bound in bounds] != [int, int] or bounds[0] > bounds[1]:
        yield "range must be [smallest, largest]"
        return
    if "default" in given and (what := _refusal(_param("", given), given["default"])):
        yield f"the default {what}"


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def bind(query: Query, given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every parameter: those given, else the defaults.

    Values may be of Python's types or, as from a command line, strings: a LIST<STRING> is then comma separated or JSON,
    and in a file without header a value is JSON if it can be, else a string. Raises QueryError, with a suggestion, for
    a name the query does not have, a value it does not take, or a value it needs.
    """
    doing = f"Asking {query.id}"
    known = {param.name: param for param in query.params}
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise QueryError(f"{doing}: no parameter {name!r}{_suggest(near)}; {has}")
    if missing := [name for name, param in known.items() if name not in given and param.default is None]:
        raise QueryError(f"{doing}: no value for {', '.join(missing)}; give it with -p {missing[0]}=VALUE")
    values = query.defaults
    for name, value in given.items():
        param = known[name]
        coerced = (
            _parse(param.type, value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value
        )
        if what := _refusal(param, coerced):
            raise QueryError(f"{doing}: the parameter {name} {what}")
        values[name] = coerced
    return values


def _parse(type_: str, text: str) -> Any:  # noqa: PLR0911  one return for each type
    """A value from its text; the text itself where it is no such value, for _refusal to name."""
    match type_:
        case "INTEGER" if re.fullmatch(r"[+-]?\d+", text.strip()):
            return int(text)
        case "FLOAT":
            try:
                return float(text)
            except ValueError:
                return text
        case "BOOLEAN" if text.strip().lower() in ("true", "false"):
            return text.strip().lower() == "true"
        case "LIST<STRING>" if text.lstrip().startswith("["):
            return _json(text)
        case "LIST<STRING>":
            return [item.strip() for item in text.split(",") if item.strip()]
        case "ANY":
            return _json(text)
        case _:
            return text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refusal(param: Param, value: Any) -> str | None:
    """Why a parameter does not take a value, or None when it does."""
    fits = {
        "STRING": isinstance(value, str),
        "INTEGER": type(value) is int,
        "FLOAT": type(value) in (int, float),
        "BOOLEAN": isinstance(value, bool),
        "LIST<STRING>": _is_strings(value),
        "ANY": True,
    }
    if not fits[param.type]:
        return f"must be {_SPELT[param.type]}, not {value!r}"
    if param.range is not None and not param.range[0] <= value <= param.range[1]:
        return f"must lie between {param.range[0]} and {param.range[1]}, not {value}"
    if param.choices is not None:
        for item in value if isinstance(value, list) else [value]:
            if item not in param.choices:
                near = difflib.get_close_matches(item.upper(), param.choices, n=1, cutoff=0.5)
                near = near or difflib.get_close_matches(item, param.choices, n=1, cutoff=0.5)
                return f"does not know {item!r}{_suggest(near)}; it knows {', '.join(param.choices)}"
    return None


_SPELT = {
    "STRING": "a string",
    "INTEGER": "a whole number",
    "FLOAT": "a number",
    "BOOLEAN": "true or false",
    "LIST<STRING>": "a list of strings (a,b or a JSON list)",
}


def _suggest(names: Sequence[str]) -> str:
    return f"; did you mean {' or '.join(names)}?" if names else ""


def literal(value: Any) -> str:
    """A parameter's value as Cypher spells it: JSON's strings, numbers, lists and booleans are Cypher's."""
    return json.dumps(value, ensure_ascii=False)


JSON_VERSION = "studbook.query/1"
"""`format` of the JSON of facts()."""


def facts(query: Query) -> dict[str, Any]:
    """What there is to know of a query, ready for JSON; null where its file does not say."""
    return {
        **{name: getattr(query, name) for name in ("id", "title", "question", "audience", "severity")},
        **{name: getattr(query, name) for name in ("statuses", "key", "misses", "next", "references")},
        "params": [asdict(param) for param in query.params],
        "columns": None if query.columns is None else [asdict(column) for column in query.columns],
        "cypher": query.statement,
    }


def describe(query: Query) -> str:
    """What a person needs to know before running a query, as plain text; the Cypher is `query.statement`."""
    parts = [f"{query.id}: {query.title}"]
    if query.question:
        parts.append(query.question)
    facts = [
        ("audience", query.audience),
        ("severity", query.severity),
        ("counts models that are", ", ".join(query.statuses) or None),
        ("misses", query.misses),
        ("what to do next", query.next),
        ("references", ", ".join(query.references) or None),
    ]
    parts.append("\n".join(f"{name}: {value}" for name, value in facts if value))
    if query.params:
        lines = [
            f"  {p.name} ({p.type}{'' if p.default is None else f', default {literal(p.default)}'})"
            + (f": {p.help}" if p.help else "")
            for p in query.params
        ]
        parts.append("\n".join(["parameters:", *lines]))
    if query.columns:
        lines = [f"  {c.name} ({c.type}){' key' if c.name in query.key else ''}" for c in query.columns]
        parts.append("\n".join(["columns:", *lines]))
    return "\n\n".join(part for part in parts if part) + "\n"


def param_lines(values: Mapping[str, Any]) -> str:
    """A `:param` line for each value, with which Neo4j Browser sets it.

    `:param {…}` would do for cypher-shell, but Browser makes floats of its integers, which LIMIT refuses.
    """
    return "".join(f":param {name} => {literal(value)};\n" for name, value in values.items())


def for_browser(query: Query, values: Mapping[str, Any]) -> str:
    """The file with a `:param` line above it for each value, to paste into Neo4j Browser."""
    return param_lines(values) + query.cypher


def index(queries: Iterable[Query], commands: Iterable[Command] = ()) -> str:
    """The index of these queries in Markdown, by audience, and of the questions that a command answers.

    `queries/README.md` is exactly this, for the whole library.
    """
    rows = list(queries)
    parts = [
        "# Queries",
        "Each file is one read-only question in Cypher. `studbook query run ID -p name=value` asks it, "
        "`studbook query show ID` explains it, and the text pastes into Neo4j Browser as it is "
        "(`studbook query show ID --browser` adds the parameters). The queries ending in `_picture` return paths for "
        "Browser to draw. A comment at the top of each file declares its parameters, its columns, the statuses of the "
        "models it counts and what it misses. A number in brackets is that of a question in the catalogue which the library "
        "works through: L for licences, S for the structure of the lineage, M for merges, Q for copies and adapters, "
        "N for languages, T for tasks, D for documentation, B for siblings, H for history, X for the quality of the data, "
        "I for internal deployments, E for the ecosystem.",
        "Rows come out with `--format table`, `csv` (lists as JSON, unknown empty), `json`, `parquet` or `markdown`. The JSON "
        'is `{"format": "studbook.rows/1", "query", "parameters", "columns": [{"name", "type"}], "rows": [{column: value}]}`, '
        "times in ISO 8601, unknown null; its number rises when a reader would notice a change. In Python, "
        '`studbook.connect().query("lineage/hubs", limit=5)` is a pandas DataFrame.',
    ]
    for audience in AUDIENCES:
        if own := [query for query in rows if query.audience == audience]:
            parts.append(f"## For {audience}s")
            lines = ["| query | question | parameters |", "| --- | --- | --- |"]
            for query in own:
                params = ", ".join(f"`{param.name}`" for param in query.params)
                severity = f" Severity: {query.severity}." if query.severity else ""
                asked = [name.removeprefix(_ASKED) for name in query.references if name.startswith(_ASKED)]
                number = f" ({', '.join(asked)})" if asked else ""
                lines.append(f"| [{query.id}]({query.id}{SUFFIX}) | {query.question}{number}{severity} | {params} |")
            parts.append("\n".join(lines))
    if answered := list(commands):
        parts.append("## Answered by a command")
        lines = ["| command | question | why no query |", "| --- | --- | --- |"]
        lines += [f"| `{row.command}` | {row.asks} ({row.question}) | {row.reason} |" for row in answered]
        parts.append("\n".join(lines))
    parts.append("Written by `studbook query list --format markdown`; a test compares it.")
    return "\n\n".join(parts) + "\n"
