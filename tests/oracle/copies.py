"""Queries about quantized versions, adapters and re-uploads: what each must answer."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx

from oracle.hubs import ANY_SHORTEST, Hub, Row
from oracle.rows import TOP, Queries, formats_of, loads_of, moment_of, owner_of, size_of, standing_of, step_of

LUMEN, LUMEN_GGUF = "lumenforge/Lumen-4B-Instruct", "ggufworks/Lumen-4B-Instruct-GGUF"
SISKIN = "gorseland/siskin-3b"
QUANTIZED = {
    "format": ["gguf", "mlx"],
    "name": [
        *("4bit", "8bit", "autoround", "awq", "bnb", "exl2", "exl3", "fp4", "fp8", "gguf", "gptq", "int4", "mlx"),
        *("mxfp4", "nf4", "nvfp4", "quantized"),
    ],
    "tag": [
        *("4-bit", "4bit", "auto-round", "autoround", "awq", "bitsandbytes", "compressed-tensors", "executorch"),
        *("exl2", "exl3", "gptq", "hqq", "imatrix", "int4", "modelopt", "mxfp4", "nf4", "nvfp4", "quantized"),
    ],
}
HINTS = [f"{place}:{word}" for place, words in QUANTIZED.items() for word in words]
HOW = ["itself", "copy", "source", "copy_of_source"]
SUCCESSIONS = [
    *("finetune_of_gguf", "finetune_of_quantized", "finetune_of_adapter", "adapter_of_adapter", "quantized_adapter"),
]
SIGNS = ["declared", "hinted", "younger", "account", "undecidable"]


def made_from(hub: Hub, id_: str, *relations: str) -> list[str]:
    """Other models that it was made from by one of these relations."""
    return sorted({e.parent for e in hub.edges if e.child == id_ != e.parent and e.relation in relations})


def used_first(row: Row, *columns: str) -> tuple[object, ...]:
    return -(row["downloads"] or 0), *(row[column] for column in columns)


def quantized_versions(
    hub: Hub,
    model: str,
    relations: list[str],
    *,
    formats: list[str],
    publishers: list[str],
    max_hops: int,
    limit: int,
) -> list[Row]:
    rows = [
        {
            "model": start,
            "copy": id_,
            "publisher": owner_of(id_),
            "formats": formats_of(hub, id_),
            "hops": hops,
            "same_publisher": owner_of(id_) == owner_of(start),
            "licenses": hub.licenses(id_),
            "downloads": hub.fact(id_, "downloads"),
            "created_at": moment_of(hub.created(id_)),
        }
        for start in hub.named(model)
        for id_, hops in hub.below(start, relations).items()
        if id_ != start and hops <= max_hops and id_ in hub.listed
    ]
    if formats:
        rows = [row for row in rows if set(formats) & set(row["formats"] or [])]
    if publishers:
        rows = [row for row in rows if row["publisher"] in publishers]
    return sorted(rows, key=lambda row: (row["model"], *used_first(row, "copy")))[:limit]


def quantization_chains(hub: Hub, min_hops: int, limit: int) -> list[Row]:
    """Every walk along quantizations that are on no circle, from each model to where it ends."""
    steps: nx.DiGraph[str] = nx.DiGraph()
    steps.add_edges_from((e.child, e.parent) for e in hub.edges if e.relation == "QUANTIZATION_OF" and not hub.loop(e))
    ends = [id_ for id_ in steps if steps.out_degree(id_) == 0]
    rows = []
    for model in sorted(set(steps) & set(hub.listed)):
        for end in ends:
            paths = [path for path in nx.all_simple_paths(steps, model, end) if len(path) > 2]
            if not paths:
                continue
            hops = min(map(len, paths)) - 1
            shortest = [path for path in paths if len(path) - 1 == hops]
            rows.append(
                {
                    "model": model,
                    "ancestor": end,
                    "hops": hops,
                    "relations": ["QUANTIZATION_OF"] * hops if len(shortest) == 1 else ANY_SHORTEST,
                    "path": shortest[0] if len(shortest) == 1 else ANY_SHORTEST,
                    "formats": formats_of(hub, model),
                    "ancestor_status": hub.status(end),
                    "downloads": hub.fact(model, "downloads"),
                }
            )
    rows = [row for row in rows if row["hops"] >= min_hops]
    return sorted(rows, key=lambda row: (-row["hops"], row["model"], row["ancestor"]))[:limit]


def adapters_for_model(hub: Hub, model: str, how: list[str], limit: int) -> list[Row]:
    rows = []
    for start in hub.named(model):
        sources = hub.above(start, ["QUANTIZATION_OF"])
        copies = hub.below(start, ["QUANTIZATION_OF"])
        same_weights = {id_ for source in sources for id_ in hub.below(source, ["QUANTIZATION_OF"])}
        for edge in hub.edges:
            if edge.relation != "ADAPTER_OF" or edge.parent not in same_weights or edge.child in (start, edge.parent):
                continue
            base = edge.parent
            place = "copy" if base in copies else "source" if base in sources else "copy_of_source"
            rows.append(
                {
                    "model": start,
                    "adapter": edge.child,
                    "declared_on": base,
                    "how": "itself" if base == start else place,
                    "bases": len(made_from(hub, edge.child, "ADAPTER_OF")),
                    "formats": formats_of(hub, edge.child),
                    "licenses": hub.licenses(edge.child),
                    "downloads": hub.fact(edge.child, "downloads"),
                    "created_at": moment_of(hub.created(edge.child)),
                }
            )
    rows = [row for row in rows if row["how"] in how]
    return sorted(rows, key=lambda row: (row["model"], *used_first(row, "adapter", "declared_on")))[:limit]


def adapters_on_quantized(hub: Hub, hints: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for edge in hub.edges:
        if edge.relation != "ADAPTER_OF" or edge.child == edge.parent or loads_of(hub, edge.child) < min_downloads:
            continue
        sources = made_from(hub, edge.parent, "QUANTIZATION_OF")
        said = hub.suspected.get(edge.parent)
        if sources or set(said or []) & set(hints):
            rows.append(
                {
                    "adapter": edge.child,
                    "base": edge.parent,
                    "sources": sources,
                    "base_hints": said,
                    "base_formats": formats_of(hub, edge.parent),
                    "base_status": hub.status(edge.parent),
                    "adapter_licenses": hub.licenses(edge.child),
                    "base_licenses": hub.licenses(edge.parent),
                    "source_licenses": sorted({name for id_ in sources for name in hub.licenses(id_)}),
                    "downloads": hub.fact(edge.child, "downloads"),
                    "confidence": edge.confidence,
                    "evidence": list(edge.evidence),
                }
            )
    return sorted(rows, key=lambda row: used_first(row, "adapter", "base"))[:limit]


def odd_successions(hub: Hub, successions: list[str], min_downloads: int, limit: int) -> list[Row]:
    rows = []
    for edge in hub.edges:
        if edge.child == edge.parent or loads_of(hub, edge.child) < min_downloads:
            continue
        kinds = {
            "gguf": "gguf" in (have := formats_of(hub, edge.parent) or [])
            and not {"safetensors", "pytorch"} & set(have),
            "quantized": made_from(hub, edge.parent, "QUANTIZATION_OF"),
            "adapter": made_from(hub, edge.parent, "ADAPTER_OF"),
        }
        names = {
            "FINETUNE_OF": [f"finetune_of_{kind}" for kind, so in kinds.items() if so],
            "ADAPTER_OF": ["adapter_of_adapter"] if kinds["adapter"] else [],
            "QUANTIZATION_OF": ["quantized_adapter"] if kinds["adapter"] else [],
        }.get(edge.relation, [])
        rows += [
            step_of(hub, edge)
            | {
                "succession": name,
                "grandparents": made_from(hub, edge.parent, "ADAPTER_OF", "QUANTIZATION_OF"),
                "child_formats": formats_of(hub, edge.child),
                "parent_formats": formats_of(hub, edge.parent),
            }
            | standing_of(hub, edge)
            for name in names
            if name in successions
        ]
    rows.sort(key=lambda r: (-r["descendant_count"], r["child"], r["relation"], r["parent"], r["succession"]))
    return rows[:limit]


def built_on_reuploads(hub: Hub, signs: list[str], min_descendants: int, limit: int) -> list[Row]:
    steps: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge in hub.edges:
        steps[edge.child].append((edge.relation, edge.parent))
    namesakes: dict[str, list[str]] = defaultdict(list)
    for id_ in hub.ids:
        if hub.children(id_):
            namesakes[id_.partition("/")[2].lower()].append(id_)
    pairs = [
        (one, other, named_by(hub, one, other), sign)
        for same in namesakes.values()
        for one in same
        for other in same
        if owner_of(one).lower() != owner_of(other).lower()
        for sign in [sign_of(hub, one, other, steps)]
        if sign
    ]
    accounts = {owner_of(one).lower() for one, _, _, sign in pairs if sign == "declared"}
    found: dict[str, list[Row]] = defaultdict(list)
    for one, other, relations, first_sign in pairs:
        sign = first_sign
        known, its_known = owner_of(one).lower() in accounts, owner_of(other).lower() in accounts
        if sign == "undecidable" and known != its_known:
            if its_known:
                continue
            sign = "account"
        if sign in signs and hub.descendants(one) >= min_descendants:
            sizes = size_of(hub, one), size_of(hub, other)
            found[one].append(
                {
                    "reupload": one,
                    "original": other,
                    "sign": sign,
                    "relations": relations,
                    "hints": hub.suspected.get(one),
                    "same_size": None if None in sizes else sizes[0] == sizes[1],
                    "child_count": hub.children(one),
                    "descendant_count": hub.descendants(one),
                    "original_child_count": hub.children(other),
                    "reupload_licenses": hub.licenses(one),
                    "original_licenses": hub.licenses(other),
                    "reupload_created_at": moment_of(hub.created(one)),
                    "original_created_at": moment_of(hub.created(other)),
                    "reupload_status": hub.status(one),
                    "original_status": hub.status(other),
                }
            )
    rows = [
        min(likely, key=lambda row: (SIGNS.index(row["sign"]), row["original_created_at"] or "~", row["original"]))
        for likely in found.values()
    ]
    return sorted(rows, key=lambda row: (-row["descendant_count"], row["reupload"]))[:limit]


def named_by(hub: Hub, child: str, parent: str) -> list[str]:
    """Relations but those of adapters and merges by which a model names a parent."""
    kinds = ("BASED_ON", "FINETUNE_OF", "QUANTIZATION_OF")
    return sorted(e.relation for e in hub.edges if (e.child, e.parent) == (child, parent) and e.relation in kinds)


def sign_of(hub: Hub, one: str, other: str, steps: dict[str, list[tuple[str, str]]]) -> str | None:
    """What makes a model look like a re-upload of another of the same name."""
    if named_by(hub, other, one):
        return None
    if named_by(hub, one, other):
        return "declared"
    sizes = size_of(hub, one), size_of(hub, other)
    if (steps[one] and steps[one] != steps[other]) or (None not in sizes and sizes[0] != sizes[1]):
        return None
    hinted, its_hinted = one in hub.suspected, other in hub.suspected
    if hinted != its_hinted:
        return "hinted" if hinted else None
    born, its_born = hub.created(one), hub.created(other)
    if born is None or its_born is None or born == its_born:
        return "undecidable"
    return "younger" if born > its_born else None


QUERIES: Queries = {
    "copies/adapters_for_model": (
        adapters_for_model,
        {"model": LUMEN, "how": HOW, "limit": 1000},
        [
            {"model": LUMEN_GGUF},
            {"model": LUMEN_GGUF, "how": ["source", "copy_of_source"]},
            {"model": "bitcellar/lumen-4b-instruct-awq", "limit": 3},
            {"model": "bitcellar/Kestrel-7B-Instruct-v2-QLoRA"},  # adapter and quantized version of one model
            {"model": "lumenforge/Lumen-4B-Base"},  # an adapter of two models
        ],
    ),
    "copies/adapters_on_quantized": (
        adapters_on_quantized,
        {"hints": HINTS, **TOP},
        [{"hints": []}, {"min_downloads": 9}, {"limit": 1}],
    ),
    "copies/built_on_reuploads": (
        built_on_reuploads,
        {"signs": SIGNS, "min_descendants": 1, "limit": 1000},
        [{"signs": ["declared", "younger"]}, {"min_descendants": 3}],
    ),
    "copies/odd_successions": (
        odd_successions,
        {"successions": SUCCESSIONS, **TOP},
        [{"successions": ["finetune_of_gguf"]}, {"limit": 1}],
    ),
    "copies/quantization_chains": (
        quantization_chains,
        {"min_hops": 2, "limit": 1000},
        [{"min_hops": 3}, {"limit": 1}],
    ),
    "copies/quantized_versions": (
        quantized_versions,
        {
            "model": SISKIN,
            "formats": [],
            "publishers": [],
            "relations": ["QUANTIZATION_OF"],
            "max_hops": 40,
            "limit": 1000,
        },
        [
            {"formats": ["gguf", "mlx"]},
            {"publishers": ["openshelf"], "limit": 2},
            {"model": "GORSELAND/siskin-3b", "relations": ["QUANTIZATION_OF", "FINETUNE_OF"], "formats": ["gguf"]},
            {"model": LUMEN, "max_hops": 1},
            {"model": LUMEN},
            {"model": "lumenforge/Lumen-4B-Base"},
        ],
    ),
}
