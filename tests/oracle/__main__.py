"""Writes the expected rows of every query."""

from __future__ import annotations

import oracle

example = oracle.hub()
for query_id in oracle.QUERIES:
    path = oracle.EXPECTED / f"{query_id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(oracle.text(oracle.answers(example, query_id)), encoding="utf-8")
