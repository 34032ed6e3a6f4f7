"""Raw frames and records for unit tests, from the few fields a test cares about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from studbook import records
from studbook.records import Records
from studbook.sources import RAW_SCHEMA

AS_OF = datetime(2026, 1, 2, tzinfo=UTC)


def raw(*rows: dict[str, Any]) -> pl.DataFrame:
    """A raw frame; fields that a row does not name are null."""
    return pl.DataFrame(
        [{"file": 0, "line": number, **row} for number, row in enumerate(rows, start=1)], schema=RAW_SCHEMA
    )


def declared(parents: list[tuple[str, str, str | None]], *others: str, **licenses: str) -> Records:
    """Records of models that declare parents: (child, reference, relation), all by tag; `others` declare none.

    `licenses` maps an id, with `/` written `__`, to its License id.
    """
    ids = list(dict.fromkeys([child for child, _, _ in parents] + list(others)))
    row = {id_: number for number, id_ in enumerate(ids)}
    models = pl.DataFrame([{"id": id_, "status": "listed", "first_seen": AS_OF} for id_ in ids], schema=records.MODELS)
    empty = {name: pl.DataFrame(schema=schema) for name, schema in _OTHERS.items()}
    empty["licenses"] = pl.DataFrame(
        [{"model": row[id_.replace("__", "/")], "license": name, "evidence": "tag"} for id_, name in licenses.items()],
        schema=records.LICENSES,
    )
    empty["parents"] = pl.DataFrame(
        [
            {"model": row[child], "reference": reference, "relation": relation, "position": 0, "evidence": "tag"}
            for child, reference, relation in parents
        ],
        schema=records.PARENTS,
    )
    return Records(models=models, **empty)


_OTHERS = {
    "licenses": records.LICENSES,
    "languages": records.LANGUAGES,
    "datasets": records.DATASETS,
    "papers": records.PAPERS,
    "parents": records.PARENTS,
}
