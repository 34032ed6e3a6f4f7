"""Models that are not in the graph, judged as a load would judge them: with their ancestors, and nothing is written.

The rows go through the pipeline of a load beside the rows of everything above them, which the graph remembers. So a
card before it is published, and a row of an inventory, get exactly the verdicts that they would have as models.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from studbook import normalise, records, relatives, resources, schema, sources, state, tables
from studbook.graph import Graph
from studbook.licenses import Table, shipped
from studbook.lineage import END, START
from studbook.organisation import Organisation
from studbook.progress import SILENT
from studbook.tables import GraphTables


@dataclass(frozen=True)
class Judged:
    """Candidates and their ancestors as tables of a graph; `ids` are the candidates'."""

    ids: tuple[str, ...]
    tables: GraphTables

    def facts(self, id_: str) -> dict[str, Any]:
        """The properties of a candidate, schema.py's names."""
        return self.tables.nodes["Model"].row(by_predicate=pl.col("id") == id_, named=True)

    def parents(self, id_: str) -> list[dict[str, Any]]:
        """Its derivation edges in declared order: `relation`, `parent`, `parent_status` and the edge's properties."""
        models = self.tables.nodes["Model"]
        place = models["id"].index_of(id_)
        found = []
        for kind in schema.DERIVATIONS:
            rows = self.tables.edges[kind.type].filter(pl.col(START) == place)
            parents = models[rows[END].to_list()].select("id", "status").rows() if rows.height else []
            for (parent, status), row in zip(parents, rows.drop(START, END).iter_rows(named=True), strict=True):
                found.append({"relation": kind.type, "parent": parent, "parent_status": status, **row})
        return sorted(found, key=lambda edge: (edge["position"] is None, edge["position"], edge["parent"]))

    def values(self, id_: str, edge: str, label: str) -> list[str]:
        """Ids of the nodes that a candidate points to by a type of edge, like its licences by UNDER_LICENSE."""
        place = self.tables.nodes["Model"]["id"].index_of(id_)
        ends = self.tables.edges[edge].filter(pl.col(START) == place)[END].to_list()
        return sorted(self.tables.nodes[label][ends]["id"].to_list()) if ends else []


def judge(
    graph: Graph,
    rows: Sequence[Mapping[str, Any]],
    *,
    organisation: Organisation | None = None,
    internal: bool = False,
    now: datetime | None = None,
) -> Judged:
    """Judges rows in the form of the Hub API's model objects (`id`, `tags`, `cardData` …), each id once.

    A candidate with the id of a model in the graph stands in its place. With `internal` they are the organisation's own
    models, whose parents an inventory names. Raises InputError for rows that are no models.
    """
    now = now or datetime.now(UTC)
    table = organisation.table if organisation else shipped()
    given = _normalised(rows, now, table)
    if internal:
        given = replace(
            given,
            models=given.models.with_columns(status=pl.lit("internal")),
            parents=given.parents.with_columns(evidence=pl.lit("inventory")),
        )
    ids = tuple(given.models["id"])
    above = _ancestors(graph, given.parents["reference"].unique().to_list(), ids)
    given = records.concat(given, state.carried(graph, above, progress=SILENT))
    if organisation:
        given = organisation.curate(given, on=now.date())
    return Judged(ids, tables.build(given, licenses=table))


def _normalised(rows: Sequence[Mapping[str, Any]], now: datetime, table: Table) -> records.Records:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "candidates.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        raw = sources.read([path]).raw
    return normalise.normalise(raw, as_of=now, licenses=table)


def _ancestors(graph: Graph, references: Sequence[str], candidates: Sequence[str]) -> list[str]:
    """Ids of everything above these names that some snapshot listed, the candidates' own names left out."""
    own = {id_.lower() for id_ in candidates}
    found: dict[str, str] = {}
    named = graph.read(resources.statement("read/models_named"), {"names": references}).rows
    for _, id_, status in named:
        if id_ not in found:
            found[id_] = status
            tree = relatives.tree(graph, id_, down=0, limit=100_000)
            found |= {one: tree.relatives[one].status for one in tree.above}
    return sorted(id_ for id_, status in found.items() if status != "missing" and id_.lower() not in own)
