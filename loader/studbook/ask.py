"""Asks the graph: runs a query of the library or a user's own, and gives rows or a DataFrame."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from studbook import graph, library, render, resources
from studbook.config import Settings
from studbook.errors import QueryError
from studbook.graph import Answer, Graph
from studbook.library import Query
from studbook.render import Rows

if TYPE_CHECKING:
    import pandas as pd

    from studbook.family import Family

TIMEOUT = 60.0
"""Seconds after which the server gives a query up, unless told otherwise."""


def run(graph_: Graph, query: Query, given: Mapping[str, Any], *, timeout: float = TIMEOUT) -> Rows:
    """The answer of a query with these parameters; see library.bind for what may be given.

    The statement is explained first: one that writes, or that reads files or addresses by LOAD CSV, does not run. It
    then runs in a transaction that the server holds to reading. Raises QueryError for a wrong parameter, a statement
    that is refused, columns other than the declared ones, and the id of a node that the graph does not have.
    """
    values = library.bind(query, given)
    asking = f"Asking {query.id}"
    answer = read(graph_, query.cypher, values, asking=asking, timeout=timeout)
    if query.columns is None:
        plain = [tuple(graph.native(value) for value in row) for row in answer.rows]
        return Rows(render.infer(answer.columns, plain), plain, query.id, values)
    declared = [column.name for column in query.columns]
    if list(answer.columns) != declared:
        raise QueryError(f"{asking}: it returns {list(answer.columns)} and declares {declared}; correct its header")
    plainly = [graph.path_ids if column.type == "PATH" else graph.native for column in query.columns]
    rows = [tuple(make(value) for make, value in zip(plainly, row, strict=True)) for row in answer.rows]
    render.check(query.columns, rows, asking=asking)
    if not rows:
        _check_ids(graph_, query, values)
    return Rows(query.columns, rows, query.id, values)


def read(graph_: Graph, cypher: str, values: Mapping[str, Any], *, asking: str, timeout: float = TIMEOUT) -> Answer:
    """The answer of a statement that somebody wrote, refused as run() does; `asking` begins the messages."""
    plan = graph_.explain(cypher, values)
    if plan.query_type != "r":
        raise QueryError(f"{asking}: it does more than read; a query must not write, nor change the schema")
    if any(operator.startswith("LoadCSV") for operator in plan.operators):
        raise QueryError(f"{asking}: LOAD CSV would read files of the database's machine; leave it out")
    return graph_.read(cypher, values, timeout=timeout)


def _check_ids(graph_: Graph, query: Query, values: Mapping[str, Any]) -> None:
    """Raises QueryError when a parameter holds the id of no model: the absence of rows would read as one of relatives."""
    for param in query.params:
        if param.id_of == "Model":
            model_ids(graph_, values[param.name], asking=f"Asking {query.id}")


def model_ids(graph_: Graph, name: str, *, asking: str) -> list[str]:
    """The ids that a name means: the one spelt so, else those in another letter case, else of the model once called so.

    Raises QueryError with ids that are near when there is none.
    """
    ids = sorted(id_ for (id_,) in graph_.read(resources.statement("read/model_named"), {"model": name}).rows)
    if ids:
        return [name] if name in ids else ids
    owner, _, short = name.partition("/")
    # Few mistakes are in the first letters of a name, and one owner can have 40,000 models.
    beginning = {"beginning": f"{owner}/{short[:3]}", "limit": 2000}
    beginnings = [id_ for (id_,) in graph_.read(resources.statement("read/models_beginning"), beginning).rows]
    lower = {id_.lower(): id_ for id_ in beginnings}
    near = [lower[id_] for id_ in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)]
    hint = f"did you mean {' or '.join(near)}?" if near else "give owner/name as the Hub has it"
    raise QueryError(f"{asking}: the graph has no model {name!r}; {hint}")


def model_id(graph_: Graph, name: str) -> str:
    """The one id that a name means. Raises QueryError as model_ids does, and when it means several."""
    first, *others = model_ids(graph_, name, asking=f"Looking for {name}")
    if others:
        raise QueryError(f"Looking for {name}: it means {first} or {' or '.join(others)}; spell it as one of them")
    return first


class Studbook:
    """An open graph to ask. Use it in a `with` block, or close() it."""

    def __init__(self, graph_: Graph) -> None:
        self.graph = graph_

    def query(self, name: str, /, **parameters: Any) -> pd.DataFrame:
        """The answer of a query, by its id or the path of a `.cypher` file, as a DataFrame; see frames for dtypes.

        Raises QueryError as run does, and GraphError when the database does not answer.
        """
        return render.frame(self.rows(name, **parameters))

    def rows(self, name: str, /, **parameters: Any) -> Rows:
        """As query(), in plain Python values."""
        return run(self.graph, library.find(name), parameters)

    def cypher(self, text: str, /, **parameters: Any) -> pd.DataFrame:
        """The answer of a statement of one's own, which may only read, as a DataFrame; see frames for dtypes.

        A column has the type that all its values have, and is an object where there are none, because Cypher declares
        no types; a header like that of the library's files declares them. Raises as query() does.
        """
        return render.frame(run(self.graph, library.parse(text), parameters))

    def models(
        self, columns: Sequence[str] | None = None, *, ids: Iterable[str] | None = None, **equal: Any
    ) -> pd.DataFrame:
        """Models as a DataFrame, the whole graph's or some; see frames.models."""
        from studbook import frames  # noqa: PLC0415  polars, which a question does not need

        return frames.models(self.graph, columns, ids=ids, equal=equal)

    def edges(
        self,
        relations: Sequence[str] | None = None,
        *,
        columns: Sequence[str] | None = None,
        children: Iterable[str] | None = None,
        **equal: Any,
    ) -> pd.DataFrame:
        """Derivation edges as a DataFrame, the whole graph's or some; see frames.edges."""
        from studbook import frames  # noqa: PLC0415

        return frames.edges(self.graph, relations, columns=columns, children=children, equal=equal)

    def family(self, model: str) -> Family:
        """The family of a model, which draws itself in a notebook; see frames.family.

        Raises QueryError when the graph has no model of that id or other name.
        """
        from studbook import frames  # noqa: PLC0415

        return frames.family(self.graph, model_id(self.graph, model))

    def close(self) -> None:
        """Closes the connection."""
        self.graph.close()

    def __enter__(self) -> Studbook:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def connect(settings: Settings | None = None) -> Studbook:
    """Opens the graph: the Neo4j that NEO4J_URI names, else the managed server, which must be running.

    Raises GraphError when nothing answers there.
    """
    return Studbook(graph.connect(settings or Settings.from_environment()))
