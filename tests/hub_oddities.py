"""What no hub drawn at random has: re-uploads, sizes and files that speak against a relation, siblings of one profile."""

from __future__ import annotations

from hub_files import RawModel, model

LATER = "2026-06-01T00:00:00.000Z"


def sized(parameters: int, *formats: str) -> dict[str, dict[str, int] | list[str]]:
    """Fields of a model of this size; the formats are tags."""
    return {"safetensors": {"total": parameters}, "tags": list(formats)}


def oddities(models: list[RawModel]) -> list[RawModel]:
    """Further models of a hub whose models are named `t0/M0`, `t1/M1`, `t2/M2`, `t0/M3` …; those of 3 and 10 get a size."""
    models[3] |= {"safetensors": {"total": 1_000}}
    models[10] |= {"safetensors": {"total": 1_000}}
    reuploads = [
        model("u0/m5", "t2/M5"),
        model("u0/M6") | {"tags": ["mirror"]},
        model("u1/M7", createdAt=LATER),
        # of one date, so that only u0's other re-uploads tell
        model("u0/M8", createdAt=models[8]["createdAt"]),
        model("u1/M8", createdAt=models[8]["createdAt"]),
        model("u1/M9", createdAt=LATER) | {"tags": models[9]["tags"]},
        model("u1/M10", createdAt=LATER, safetensors={"total": 999}),
    ]
    built = [model(f"v/On-{row['id'].replace('/', '-')}", row["id"], license="mit") for row in reuploads]
    return [
        *reuploads,
        *built,
        model("U0/m5"),
        model("v/Self", "v/Self"),
        _declared(model("v/GGUF", "t0/M3", relation="quantized"), sized(500, "gguf")),
        model("v/On-GGUF", "v/GGUF"),
        model("v/Lora-on-GGUF", "v/GGUF", relation="adapter"),
        model("v/Four") | {"tags": ["4-bit"]},
        model("v/Lora-on-Four", "v/Four", relation="adapter"),
        _declared(model("v/Converted", "t0/M3"), sized(1_000, "gguf", "onnx")),
        _declared(model("v/Small", "t0/M3"), sized(99)),
        _declared(model("v/Large", "t0/M3", relation="adapter"), sized(500)),
        _declared(model("v/Upon-Large", "v/Large", relation="adapter"), sized(500)),
        model("v/Large-Quantized", "v/Large", relation="quantized"),
        model("v/On-Large", "v/Large"),
        model("v/Base", license="no-such-license", language="elvish", library_name="no-such-library"),
        *(model(f"v/Like-{n}", "v/Base", license="mit", language="en", pipeline_tag="fill-mask") for n in range(6)),
        model("v/Odd", "v/Base", license="gpl-3.0", language="en", pipeline_tag="fill-mask"),
    ]


def _declared(row: RawModel, fields: dict[str, dict[str, int] | list[str]]) -> RawModel:
    return row | fields | {"tags": [*row["tags"], *fields["tags"]]}
