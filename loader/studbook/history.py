"""What past loads left behind: the snapshots, and what each of them changed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from studbook import schema
from studbook.tables import POLARS_TYPES

SNAPSHOTS = pl.Schema({p.name: POLARS_TYPES[p.type] for p in schema.SNAPSHOT.properties})
CHANGES = pl.Schema({p.name: POLARS_TYPES[p.type] for p in schema.CHANGE.properties} | {"of": pl.String()})
"""A Change's properties, and the id by which its model goes now."""


@dataclass(frozen=True)
class History:
    """Snapshot nodes and Change nodes, with the edges of these."""

    snapshots: pl.DataFrame
    """Columns of SNAPSHOTS."""
    changes: pl.DataFrame
    """Columns of CHANGES."""


NOTHING = History(SNAPSHOTS.to_frame(), CHANGES.to_frame())
