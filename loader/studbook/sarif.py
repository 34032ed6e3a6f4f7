"""An audit as SARIF 2.1.0, within the limits of GitHub's code scanning."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from studbook import __version__
from studbook.audit import Audit, Finding
from studbook.packs import Check
from studbook.render import plain
from studbook.summary import remarks, sentence

RESULTS = 25_000
"""GitHub refuses a run with more results; of these it shows 5,000, the most severe first."""
LOCATIONS = 100
"""GitHub shows no more locations of one result."""

_LEVELS = {"high": "error", "medium": "warning", "low": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def document(audit: Audit) -> dict[str, Any]:
    """An audit as SARIF 2.1.0, within the limits of GitHub's code scanning: `shown` findings, the most severe first; what
    was cut, and what failed, is told in the invocation's notifications.

    Models are no files, so a result lies at `models/OWNER/NAME`; decided ones are suppressed.
    """
    shown = audit.shown[:RESULTS]
    rules = [one for one in audit.checks if one.query.id in audit.answered]
    places = {one.query.id: place for place, one in enumerate(rules)}
    cut = audit.findings.height - len(shown)
    told = [("error", f"{id_} failed: {why}") for id_, why in audit.failures.items()]
    told += (
        [("warning", f"{cut:,} of {audit.findings.height:,} findings were left out, the least severe.")] if cut else []
    )
    told += [("note", remark) for remark in remarks(audit) if not remark.startswith("FAILED")]
    run = {
        "tool": {
            "driver": {
                "name": "studbook",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(one) for one in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not audit.failures,
                "endTimeUtc": f"{audit.at:%Y-%m-%dT%H:%M:%SZ}",
                "toolExecutionNotifications": [{"level": level, "message": {"text": words}} for level, words in told],
            }
        ],
        "automationDetails": {"id": f"studbook/{audit.scope.kind}/"},
        "properties": {
            "snapshot": audit.snapshot["id"],
            "schema": audit.snapshot["schema_version"],
            "license_table": audit.snapshot["license_table_version"],
            "findings": audit.findings.height,
            "left_out": cut,
        },
        "results": [_result(one, places[one.row["query"]]) for one in shown],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(one: Check) -> dict[str, Any]:
    query = one.query
    parts = (query.next, f"Not seen: {query.misses}" if query.misses else None)
    return {
        "id": query.id,
        "name": "".join(word.capitalize() for word in query.id.replace("/", "_").split("_")),
        "shortDescription": {"text": query.title},
        "fullDescription": {"text": query.question or query.title},
        "help": {"text": "\n\n".join(part for part in parts if part) or query.title},
        "defaultConfiguration": {"level": _LEVELS[one.severity]},
        "properties": {
            "tags": [query.group],
            "problem.severity": _LEVELS[one.severity].replace("note", "recommendation"),
        },
    }


def _result(one: Finding, place: int) -> dict[str, Any]:
    row = one.row
    names = row["models"] or [row["about"]]
    found: dict[str, Any] = {
        "ruleId": row["query"],
        "ruleIndex": place,
        "level": _LEVELS[row["severity"]],
        "message": {"text": sentence(one)},
        "partialFingerprints": {"studbook/v1": row["fingerprint"]},
        "locations": [_location(name) for name in names[:LOCATIONS]],
        "properties": {"evidence": plain(one.evidence)} if one.evidence else {},
    }
    if row["state"]:
        found["baselineState"] = {"new": "new", "same": "unchanged"}[row["state"]]
    if row["review"]:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one.why}]
    return found


def _location(name: str) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": f"models/{quote(name)}"}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
    }
