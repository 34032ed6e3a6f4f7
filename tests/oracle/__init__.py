"""What every query of the library must answer on the example hub, in plain Python and networkx.

    PYTHONPATH=tests python -m oracle

writes `tests/expected/`. Only the raw file and the package's tables of facts are read, by the definitions of
schema.py and of the query files. Nothing of the program's own code takes part but `verdicts`, which the cases beside the
licence table hold to hand work: what it is asked, edge by edge and way by way, is worked out here. A module answers
the queries of the folder with its name.
"""

from __future__ import annotations

import json

import yaml

from oracle import copies, documentation, ecosystem, language, license, lineage, merges, quality, risk, siblings, task
from oracle.hubs import ALL, ANY_SHORTEST, AS_OF, DATA, EXPECTED, ROOT, Hub
from oracle.rows import Queries, Row

__all__ = [
    "ALL",
    "ANY_SHORTEST",
    "AS_OF",
    "BY_HAND",
    "DATA",
    "EXPECTED",
    "QUERIES",
    "ROOT",
    "Hub",
    "Row",
    "answers",
    "hub",
    "text",
]

QUERIES: Queries = {
    **documentation.QUERIES,
    **ecosystem.QUERIES,
    **language.QUERIES,
    **copies.QUERIES,
    **license.QUERIES,
    **lineage.QUERIES,
    **merges.QUERIES,
    **quality.QUERIES,
    **risk.QUERIES,
    **task.QUERIES,
    **siblings.QUERIES,
}
"""By query id: how to answer it, its defaults, and further cases as what differs from the defaults."""


BY_HAND = frozenset(
    path.relative_to(ROOT / "queries").with_suffix("").as_posix()
    for folder in ("history", "deployments")
    for path in (ROOT / "queries" / folder).glob("*.cypher")
) | {"siblings/shared_exposure"}
"""Queries about several snapshots and about deployments, of which the example hub has neither: their expected rows were
worked out by hand on the hub of fixture/otters.py."""


REVIEWS = ROOT / "tests/fixture/reviews.yaml"
"""Decisions on the example hub."""


def hub() -> Hub:
    """The example hub, and what was decided on it."""
    text = (DATA / "example_hub.jsonl").read_text(encoding="utf-8")
    reviews = yaml.safe_load(REVIEWS.read_text(encoding="utf-8"))["reviews"]
    return Hub([json.loads(line) for line in text.splitlines()], reviews)


def answers(hub_: Hub, id_: str) -> list[Row]:
    """All cases of a query: `parameters` that differ from the defaults, and `rows`."""
    answer, defaults, cases = QUERIES[id_]
    return [{"parameters": case, "rows": answer(hub_, **(defaults | case))} for case in [{}, *cases]]


def text(cases: list[Row]) -> str:
    """An expected file: one row a line, so that a change of it can be read."""
    blocks = []
    for case in cases:
        rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in case["rows"])
        parameters = json.dumps(case["parameters"], ensure_ascii=False)
        blocks.append(
            f'  {{"parameters": {parameters}, "rows": [\n{rows}\n  ]}}'
            if rows
            else f'  {{"parameters": {parameters}, "rows": []}}'
        )
    return "[\n" + ",\n".join(blocks) + "\n]\n"
