"""pandas DataFrames with dtypes that hold whatever comes: the contract for notebooks.

| type in the graph | dtype | unknown |
|---|---|---|
| STRING | `string` | `pd.NA` |
| INTEGER | `Int64` | `pd.NA` |
| FLOAT | `Float64` | `pd.NA` |
| BOOLEAN | `boolean` | `pd.NA` |
| ZONED DATETIME | `datetime64[us, UTC]` | `pd.NaT` |
| LIST<STRING>, PATH | `object`, Python lists of strings | `None` |
| not declared | `object` | `None` |

A frame without rows has the same dtypes as one with rows. The index counts rows from 0. Parquet files of `studbook
export` hold the same columns as string, int64, double, boolean, timestamp[us, UTC] and list<string>.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from studbook import columns as graph_columns
from studbook import resources, schema
from studbook.errors import QueryError
from studbook.family import Family
from studbook.graph import Graph

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {"STRING": "string", "INTEGER": "Int64", "FLOAT": "Float64", "BOOLEAN": "boolean"}
"""dtype of a type, where pandas knows it by a name alone."""


RELATIONS = {kind.type: kind for kind in schema.DERIVATIONS}
_ENDS = ("child", "relation", "parent")
EDGES: Mapping[str, schema.Property] = {
    **{name: schema.Property(name, "STRING", "an end or the type of the edge", "key") for name in _ENDS},
    **{p.name: p for kind in schema.DERIVATIONS for p in kind.properties},
}
"""What there is to read of a derivation edge."""


def models(
    graph: Graph,
    columns: Sequence[str] | None = None,
    *,
    ids: Iterable[str] | None = None,
    equal: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Models in order of id: all of them, or those with these ids, and with these values of properties.

    The columns are columns.MODELS, or those chosen in that order: a few are read several times as fast as all. `equal`
    gives properties the value they must have, or a list of such values, None for unknown. Ids that the graph does not
    have are left out. dtypes are those of this module.

    Raises QueryError for a name that is none, and GraphError when a load is at work or changes the graph meanwhile.
    """
    doing = "Reading models"
    chosen = _chosen(doing, "column", columns, graph_columns.MODELS)
    wanted = _equal(doing, equal or {}, [p for p in schema.MODEL.properties if p.role != "hash"])
    with graph_columns.unchanged(graph):
        pages = list(graph_columns.models(graph, chosen, ids=_ids(ids), equal=wanted))
    return from_columns([graph_columns.empty(graph_columns.MODELS[name] for name in chosen), *pages])


def edges(
    graph: Graph,
    relations: Sequence[str] | None = None,
    *,
    columns: Sequence[str] | None = None,
    children: Iterable[str] | None = None,
    equal: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Derivation edges in order of child, relation and parent: all of them, or some as models() has it.

    The columns are EDGES: `child`, `relation` (the type), `parent`, and the properties. `relations` are types, all five
    where none are given; `children` are ids of the models that the edges leave. Raises as models() does.
    """
    doing = "Reading edges"
    kinds = [RELATIONS[name] for name in _chosen(doing, "relation", relations, RELATIONS)]
    chosen = _chosen(doing, "column", columns, EDGES)
    wanted = _equal(doing, equal or {}, schema.DERIVATIONS[0].properties)
    whole = graph_columns.empty(EDGES.values())
    pages = [whole.select(chosen)]
    with graph_columns.unchanged(graph):
        for page in graph_columns.edges(graph, kinds, ids=_ids(children), equal=wanted):
            typed = [found.with_columns(relation=pl.lit(type_)).select(whole.columns) for type_, found in page.items()]
            pages.append(pl.concat([whole, *typed]).sort(_ENDS).select(chosen))
    return from_columns(pages)


def family(graph: Graph, id_: str) -> Family:
    """The family of a model that the graph has; of a model outside any, itself alone. Raises GraphError as models() does."""
    ((family_, members),) = graph.read(resources.statement("read/family_of"), {"model": id_}).rows
    members = members if family_ else [id_]
    inside = edges(graph, children=members)
    inside = inside[inside["parent"].isin(members)].reset_index(drop=True)
    return Family(family_ or id_, models(graph, ids=members), inside)


def _chosen(doing: str, what: str, given: Sequence[str] | None, known: Collection[str]) -> list[str]:
    """The names given, each once and known, or all there are."""
    if given is None:
        return list(known)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise QueryError(f"{doing}: no {what} {name!r}; {hint}")
    return list(dict.fromkeys(given))


def _equal(doing: str, equal: Mapping[str, Any], properties: Sequence[schema.Property]) -> dict[str, list[Any]]:
    """The values that each property may have, as lists."""
    known = [p.name for p in properties if p.type in DTYPES]
    _chosen(doing, "property to choose by", list(equal), known)
    return {name: list(value) if isinstance(value, list | tuple | set) else [value] for name, value in equal.items()}


def _ids(ids: Iterable[str] | None) -> list[str] | None:
    """Those that are strings: of a table that was joined, some are often unknown."""
    return None if ids is None else [id_ for id_ in ids if isinstance(id_, str)]


def from_columns(pages: Sequence[pl.DataFrame]) -> pd.DataFrame:
    """One frame of pages with the same columns, one or more. Column by column, so that a whole graph fits in memory."""
    import pandas as pd  # noqa: PLC0415  half a second that nobody else needs

    names = pages[0].columns
    return pd.DataFrame({name: _array(pl.concat([page[name] for page in pages])) for name in names}, copy=False)


def _array(values: pl.Series) -> Any:
    """A column as an array of pandas with the dtype of the contract."""
    import pandas as pd  # noqa: PLC0415

    unknown = values.is_null().to_numpy()
    match values.dtype:
        case pl.Int64():
            return pd.arrays.IntegerArray(values.fill_null(0).to_numpy(), unknown)
        case pl.Float64():
            return pd.arrays.FloatingArray(values.fill_null(0.0).to_numpy(), unknown)
        case pl.Boolean():
            return pd.arrays.BooleanArray(values.fill_null(value=False).to_numpy(), unknown)
        case pl.String():
            return pd.array(_shared(values), dtype="string")
        case pl.Datetime():
            return pd.DatetimeIndex(values.dt.replace_time_zone(None).to_numpy()).tz_localize("UTC")
        case _:
            return pd.Series(_lists(values), dtype="object")


def _lists(values: pl.Series) -> list[list[str] | None]:
    """Lists as Python's, one for each row, whose strings are shared."""
    items = _shared(values.explode(empty_as_null=False, keep_nulls=False)).tolist()
    lengths = values.list.len()
    ends = lengths.fill_null(0).cum_sum().to_list()
    starts = [0, *ends][: len(ends)]
    return [
        None if unknown else items[start:end]
        for unknown, start, end in zip(lengths.is_null().to_list(), starts, ends, strict=True)
    ]


def _shared(values: pl.Series) -> Any:
    """Strings as an array of Python objects, one object for equal strings where many are equal: that is what a column
    of a whole graph costs in memory."""
    distinct = values.unique()
    if distinct.len() * 2 > values.len():
        return values.to_numpy()
    numbered = distinct.alias("value").to_frame().with_row_index("number")
    places = (
        values.alias("value").to_frame().join(numbered, on="value", how="left", nulls_equal=True, maintain_order="left")
    )
    return distinct.to_numpy()[places["number"].to_numpy()]
