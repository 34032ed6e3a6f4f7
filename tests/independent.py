"""What the definitions say about a real snapshot: a second computation in plain Python.

Only the ids, tags and card licence names are read here, by the definitions of schema.py; nothing of the program's own
code takes part.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from studbook import resources

TYPE = {"finetune": "FINETUNE_OF", "adapter": "ADAPTER_OF", "quantized": "QUANTIZATION_OF", "merge": "MERGE_OF"}


@dataclass
class Expected:
    """What the definitions say about one snapshot."""

    ids: set[str] = field(default_factory=set)
    edges: set[tuple[str, str, str]] = field(default_factory=set)
    stubs: set[str] = field(default_factory=set)
    unresolved: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    licenses: Counter[str] = field(default_factory=Counter)
    created: dict[str, datetime] = field(default_factory=dict)


def compute(path: Path) -> Expected:
    found = Expected()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with (resources.DATA / "aliases.csv").open(encoding="utf-8") as table:
        moved = {row["alias"].lower(): row["id"] for row in csv.DictReader(table)}
    with (resources.DATA / "licenses.csv").open(encoding="utf-8") as table:
        spelt = {row["tag"]: row["alias_of"] or row["tag"] for row in csv.DictReader(table)}
    folded = defaultdict(list)
    for row in rows:
        found.ids.add(row["id"])
        folded[row["id"].lower()].append(row["id"])
        found.created[row["id"]] = datetime.fromisoformat(row["createdAt"])
        name = (row.get("cardData") or {}).get("license_name")
        for tag in set(row["tags"]):
            if tag.startswith("license:"):
                declared = name if tag == "license:other" and name else tag.removeprefix("license:")
                found.licenses[spelt.get(declared.lower().strip(), declared.lower().strip())] += 1

    def listed(name: str) -> str | None:
        if name in found.ids:
            return name
        same = folded.get(name.lower(), [])
        return same[0] if len(same) == 1 else None

    bare, typed, spellings = set(), set(), defaultdict(lambda: defaultdict(set))
    for row in rows:
        for tag in row["tags"]:
            match = re.fullmatch(r"base_model:(?:(finetune|adapter|quantized|merge):)?(.+)", tag, re.DOTALL)
            if match is None:
                continue
            relation, name = match[1], match[2].strip().rstrip("/")
            target = listed(name)
            if target is None and name.lower() in moved:
                name = moved[name.lower()]
                target = listed(name)
            if target is None and not re.fullmatch(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", name, re.ASCII):
                found.unresolved[row["id"]].add(match[2].strip())
                continue
            if target is None:
                spellings[name.lower()][name].add(row["id"])
            end = target or ("missing", name.lower())
            (typed if relation else bare).add((row["id"], relation, end))
    stub = {lower: min(names, key=lambda n: (-len(names[n]), n)) for lower, names in spellings.items()}
    pairs = {(child, end) for child, _, end in typed}
    for child, relation, end in typed | {edge for edge in bare if (edge[0], edge[2]) not in pairs}:
        parent = stub[end[1]] if isinstance(end, tuple) else end
        found.edges.add((child, parent, TYPE[relation] if relation else "BASED_ON"))
    found.stubs = set(stub.values())
    return found
