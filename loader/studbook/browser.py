"""What Neo4j Browser gets from Studbook: a guided tour, a style, and the library as saved queries.

All of it is made from the schema and the query files. The tour is a Browser guide: HTML in `<slide>` elements, in which
a click on the sign before a `<pre class="runnable">` runs its text and a click on the text puts it into the editor.
The managed server serves the three files itself; for any other Neo4j they are exported, or served by serving.py.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from studbook import legend, library, resources, schema
from studbook.errors import InputError
from studbook.legend import NODE_COLOURS, OTHER_EDGES, RELATION_COLOURS, channels, ink
from studbook.library import Query
from studbook.schema import EdgeKind, NodeKind, Property

GUIDE = "guide.html"
STYLE = "style.grass"
SAVED = "Studbook.zip"

_DIAMETERS = {"Model": 66, "License": 84, "Family": 84}
_DIAMETER = 52
"""Pixels. Models are what most pictures are made of; licences and families are what they share."""

_CAPTIONS = {"License": "id", "Change": "field", "Review": "decision"}
"""What is written on a node where that is neither its name nor its key."""


# Style


def style() -> str:
    """The style sheet in Browser's GraSS: a colour for each kind of node and of derivation, other edges thin and grey."""
    rules = [
        ("node", {"diameter": f"{_DIAMETER}px", "font-size": "9px", "border-width": "2px", "caption": '"{id}"'}),
        *((f"node.{kind.label}", _node_style(kind)) for kind in schema.ALL_NODES),
        ("relationship", _edge_style(OTHER_EDGES, width=1)),
        *((f"relationship.{type_}", _edge_style(colour, width=3)) for type_, colour in RELATION_COLOURS.items()),
    ]
    return "\n".join(
        f"{selector} {{\n" + "".join(f"  {name}: {value};\n" for name, value in values.items()) + "}\n"
        for selector, values in rules
    )


def _node_style(kind: NodeKind) -> dict[str, str]:
    colour = NODE_COLOURS[kind.label]
    shown = _CAPTIONS.get(kind.label) or next((p.name for p in kind.properties if p.name == "name"), kind.key.name)
    return {
        "color": colour,
        "border-color": _darker(colour),
        "text-color-internal": ink(colour),
        "diameter": f"{_DIAMETERS.get(kind.label, _DIAMETER)}px",
        "caption": f'"{{{shown}}}"',
    }


def _edge_style(colour: str, *, width: int) -> dict[str, str]:
    return {
        "color": colour,
        "shaft-width": f"{width}px",
        "font-size": "8px",
        "padding": "3px",
        "text-color-external": "#3A3F47",
        "text-color-internal": "#FFFFFF",
        "caption": '"<type>"',
    }


def _darker(colour: str) -> str:
    return "#" + "".join(f"{channel * 3 // 4:02X}" for channel in channels(colour))


# Saved queries


def saved_queries() -> dict[str, str]:
    """The library as Browser's favourites: text by path. A folder of the library is one of Browser's folders.

    A query and its `:param` lines are two files, because Browser draws nothing for a text of several commands.
    """
    files = {}
    for query in library.library().values():
        name = query.id.removeprefix(f"{query.group}/")
        files[f"Studbook/{query.group}/{name}{library.SUFFIX}"] = _saved(query)
        if query.defaults:
            files[f"Studbook/{query.group}/parameters/{name}{library.SUFFIX}"] = _saved_parameters(query)
    return files


def _saved(query: Query) -> str:
    lines = [query.title, query.question]
    if query.misses:
        lines.append(f"Misses: {query.misses}")
    if query.defaults:
        lines.append(f"First set its parameters: `{query.title}` in the folder Studbook/{query.group}/parameters.")
    return "".join(f"// {line}\n" for line in lines if line) + query.statement + "\n"


def _saved_parameters(query: Query) -> str:
    helps = "".join(f"// {param.name}: {param.help}\n" for param in query.params)
    return f"// {query.title}\n{helps}{library.param_lines(query.defaults)}"


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text, zipfile.ZIP_DEFLATED)  # without the time of day
    return buffer.getvalue()


# Files


def files(address: str | None) -> dict[str, bytes]:
    """Guide, style and saved queries by file name; see guide() for `address`."""
    return {GUIDE: guide(address).encode(), STYLE: style().encode(), SAVED: _zip(saved_queries())}


def export(folder: Path) -> None:
    """Writes the three files and, as a folder beside its archive, the saved queries; overwrites those of an earlier time.

    Raises InputError when the folder cannot be written.
    """
    contents = files(None) | {path: text.encode() for path, text in saved_queries().items()}
    try:
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise InputError(f"Writing {error.filename or folder}: {error.strerror}; choose another folder") from error


# Guide


_STATUSES = "MATCH (model:Model)\nRETURN model.status AS status, count(*) AS models\nORDER BY models DESC"
_SNAPSHOTS = """\
MATCH (snapshot:Snapshot)
RETURN snapshot.as_of AS as_of, snapshot.scope AS scope, snapshot.loaded AS models
ORDER BY as_of DESC
LIMIT 5"""
_DECLARED = """\
MATCH (model:Model)
WHERE model.child_count > 0 AND model.generation_max > 0
WITH model
ORDER BY model.child_count DESC
LIMIT 1
MATCH path = (model)-->()
RETURN path
LIMIT 60"""
_LANGUAGES = """\
MATCH (model:Model)-[:IN_LANGUAGE]->(language:Language)
WHERE model.generation_max > 0
RETURN language.name AS language, count(*) AS derived_models
ORDER BY derived_models DESC
LIMIT 20"""

_BUTTON = "background: #2F6DB5; color: #FFFFFF; border: 0; border-radius: 4px; padding: 2px 8px"


@dataclass(frozen=True)
class Question:
    """One of the guide's own questions: the comment lines at the top of its file, and its Cypher."""

    question: str
    remark: str
    statement: str


def questions() -> list[Question]:
    """The guide's ten questions in order: `cypher/guide/`."""
    found = []
    for _, text in resources.statements("guide"):
        question, remark, statement = text.split("\n", 2)
        found.append(Question(question.removeprefix("// "), remark.removeprefix("// "), statement.rstrip("\n")))
    return found


def guide(address: str | None) -> str:
    """The tour as HTML for `:guide`.

    `address` is where this file, the style and the saved queries are served, without a slash at the end; None when
    nobody serves them, and the reader has them as files.
    """
    slides = [
        _welcome(address),
        _schema_slide(),
        *_question_slides(),
        _own_slide(),
        _properties_slide(),
        *_library_slides(address),
    ]
    body = "".join(f'<slide>\n<div style="padding: 0 18px">\n{slide}</div>\n</slide>\n' for slide in slides)
    return f'<article class="guide">\n<title>Studbook</title>\n<carousel class="deck">\n{body}</carousel>\n</article>\n'


def _welcome(address: str | None) -> str:
    style_ = (
        f'<p><button data-exec="style {escape(address)}/{STYLE}" style="{_BUTTON}">Use Studbook\'s colours</button> '
        "They replace the style of this Browser; <code>:style reset</code> takes them back.</p>\n"
        if address
        else f"<p>Drop the file <code>{STYLE}</code> into this window: then kinds and relations have their colours.</p>\n"
    )
    return (
        "<h3>The register of open models</h3>\n"
        '<p class="lead">Who descends from whom, on whose word, under which terms.</p>\n'
        f"{style_}"
        "<p>Click the arrow before a question and it runs. Click its text and it goes into the editor above, to be "
        "changed.</p>\n"
        + _runnable(_STATUSES)
        + _runnable(_SNAPSHOTS)
        + "<p>The pages that follow: the schema, ten questions, how to write your own, every property, the library.</p>\n"
    )


def _schema_slide() -> str:
    return (
        "<h3>The schema</h3>\n"
        f"{legend.svg()}"
        '<p style="margin-top: 12px">Derivations point <b>from child to parent</b>. Several relations between two models '
        "are several edges. Unknown is <code>null</code>, never <code>false</code> or 0.</p>\n"
        "<p>A model of status <code>missing</code> is only a name: somebody gives it as parent, and no snapshot lists "
        "it.</p>\n<p>What one model declares:</p>\n" + _runnable(_DECLARED)
    )


def _question_slides() -> list[str]:
    asked = questions()
    return [
        f"<h3>{number} of {len(asked)}: {escape(one.question)}</h3>\n<p>{_code(one.remark)}</p>\n"
        + _runnable(one.statement)
        for number, one in enumerate(asked, start=1)
    ]


def _own_slide() -> str:
    field = (
        '<p>A model of yours: <input value-for="model" placeholder="owner/name" '
        'style="width: 18em; color: #20242B; background: #FFFFFF"></p>\n'
    )
    model = '<span value-key="model">owner/name</span>'
    up = (
        f"MATCH (model:Model {{id_lower: toLower('{model}')}})\n"
        "MATCH path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-&gt;{0,5}(:Model)\n"
        "RETURN path\nLIMIT 100"
    )
    return (
        "<h3>Write your own</h3>\n"
        "<ul>\n"
        "<li>Find a model by <code>id_lower</code>: ids are the same in any letter case.</li>\n"
        "<li>Name the relations, and the way: <code>-[:FINETUNE_OF|MERGE_OF]-&gt;</code> leads to parents, "
        "<code>&lt;-[…]-</code> to children.</li>\n"
        "<li>Give a pattern of variable length an upper bound, and an answer a <code>LIMIT</code>: merges have more "
        "paths than anybody can read. For distances take <code>min(length(path))</code> of each ancestor.</li>\n"
        "<li>Ask the facts before you search: <code>descendant_count</code>, <code>generation_max</code>, "
        "<code>upstream_terms</code>, <code>label_verdict</code> are there already.</li>\n"
        "<li>Say what null means to you: <code>WHERE model.license_family IS NULL</code> are those that state none, or "
        "several that disagree.</li>\n"
        "</ul>\n"
        f'{field}<pre class="code runnable">{up}</pre>\n'
        + _runnable(_LANGUAGES)
        + "<p>The star above an answer keeps a question. In a file of its own, "
        "<code>studbook query run my_question.cypher --format csv</code> asks it again.</p>\n"
    )


def _properties_slide() -> str:
    derivation = EdgeKind(
        " · ".join(kind.type for kind in schema.DERIVATIONS), "", "", "", schema.DERIVATIONS[0].properties
    )
    others = [edge for edge in schema.ALL_EDGES if edge.properties and edge not in schema.DERIVATIONS]
    return "<h3>Every property</h3>\n" + "".join(
        [
            *(_properties(kind.label, kind.properties, NODE_COLOURS[kind.label]) for kind in schema.ALL_NODES),
            _properties(derivation.type, derivation.properties, OTHER_EDGES),
            *(_properties(edge.type, edge.properties, OTHER_EDGES) for edge in others),
        ]
    )


def _properties(heading: str, properties: tuple[Property, ...], colour: str) -> str:
    lines = "".join(
        f"<p><code>{p.name}</code> <small>{escape(p.type)}</small><br>{_code(p.description)}</p>\n"
        for p in properties
        if p.role != "hash"
    )
    return (
        f'<details><summary style="cursor: pointer; padding: 3px 0"><span style="color: {colour}">●</span> '
        f"{heading}</summary>\n{lines}</details>\n"
    )


def _library_slides(address: str | None) -> list[str]:
    queries = library.library().values()
    zip_ = f'<a href="{escape(address)}/{SAVED}">{SAVED}</a>' if address else f"<code>{SAVED}</code>"
    first = (
        "<h3>The library</h3>\n"
        f"<p>{len(queries)} questions, each checked against an independent computation. Drop the one file {zip_} into "
        "this window, and all of them are under the star on the left, in folders; or take them from the pages that "
        "follow, where a click on <b>set</b> sets the parameters and a click on the question puts it into the "
        "editor.</p>\n"
        "<p>A value is changed with <code>:param limit =&gt; 5</code>; <code>:params</code> shows all.</p>\n"
        "<p>On the command line <code>studbook query list</code> shows them, and <code>studbook query run ID</code> "
        "writes CSV, JSON or Parquet.</p>\n"
    )
    return [first, *(_group_slide(group, list(own)) for group, own in groupby(queries, key=lambda query: query.group))]


def _group_slide(group: str, queries: list[Query]) -> str:
    return f"<h3>Library: {group}</h3>\n" + "".join(map(_library_entry, queries))


def _library_entry(query: Query) -> str:
    commands = library.param_lines(query.defaults).removeprefix(":").removesuffix(";\n")
    set_ = (
        f'<button class="remove-play-icon" data-exec="{_attribute(commands)}" style="{_BUTTON}">set</button> '
        if commands
        else ""
    )
    text = f"// {query.title}\n{query.statement}"
    return (
        f'<p>{set_}<a href="#" class="remove-play-icon" data-populate="{_attribute(text)}">{escape(query.title)}</a><br>'
        f"<small>{escape(query.question or '')}</small></p>\n"
    )


def _attribute(text: str) -> str:
    return escape(text).replace("\n", "&#10;")


def _runnable(statement: str) -> str:
    return f'<pre class="code runnable">{escape(statement, quote=False)}</pre>\n'


def _code(text: str) -> str:
    """Text whose `names` are set as code."""
    return "".join(
        f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(escape(text, quote=False).split("`"))
    )
