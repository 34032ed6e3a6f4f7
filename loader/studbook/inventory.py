"""Inventories of what an organisation runs: CSV, JSON, Parquet or CycloneDX files become rows, each with its line.

Nothing is looked up here. A row that cannot be used is kept with the reason.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packageurl import PackageURL

from studbook.errors import InputError
from studbook.records import RELATIONS
from studbook.resolve import REPOSITORY_ID

COLUMNS = {
    "name": "what its owner calls the system",
    "model": "owner/name in any letter case, with @revision if known; an address of the Hub; a pkg:huggingface purl",
    "revision": "commit, branch or tag, where model does not say it",
    "owner": "who answers for it",
    "environment": "production, staging …",
    "context": "internal, hosted or distributed, or a context of studbook.toml: the policy that it is held to",
    "task": "the pipeline_tag that it is used for",
    "languages": "languages that it is used in",
    "market": "ISO 3166 codes of the places where it is offered",
    "approved_at": "day or moment of its approval",
    "base_model": "of a model of the organisation's own: what it was made from",
    "base_model_relation": "finetune, adapter, quantized or merge",
    "license": "of a model of the organisation's own: the licence that it is given out under",
}
"""Columns that are understood; all others are kept as they are. Lists are separated by semicolons or commas."""

_SPELLINGS = {
    "relation": "base_model_relation",
    "language": "languages",
    "markets": "market",
    "approval_date": "approved_at",
    "approved": "approved_at",
    "licence": "license",
    "model_id": "model",
}
_HUB_PATHS = ("tree", "blob", "resolve", "commit")


@dataclass(frozen=True)
class Reference:
    """A model as an inventory names it."""

    text: str
    name: str
    revision: str | None


@dataclass(frozen=True)
class Entry:
    """A row: one system and one model that it runs."""

    line: int | None
    """In the file, from 1; null where the format has no lines."""
    name: str
    model: Reference | None
    """Null for an own model that is named after the system."""
    owner: str | None = None
    environment: str | None = None
    context: str | None = None
    task: str | None = None
    languages: tuple[str, ...] = ()
    market: tuple[str, ...] = ()
    approved_at: datetime | None = None
    base_models: tuple[str, ...] = ()
    """Names of what an own model was made from; empty for a model of the Hub."""
    base_model_relation: str | None = None
    license: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    """`column=value` of all other columns, sorted."""

    @property
    def own_id(self) -> str | None:
        """Id of the organisation's own model; null for a model of the Hub."""
        if not self.base_models:
            return None
        if self.model is not None:
            return self.model.name
        return f"internal/{re.sub(r'[^A-Za-z0-9._-]+', '-', self.name).strip('-.') or 'model'}"


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be used."""

    line: int | None
    reason: str


@dataclass(frozen=True)
class Inventory:
    """A file's rows."""

    path: Path
    id: str
    """Names the inventory: rows gone from it since are retired."""
    entries: tuple[Entry, ...]
    rejected: tuple[Rejected, ...]


def read(path: Path, *, inventory: str | None = None) -> Inventory:
    """Reads an inventory. `inventory` is its id, by default the file's name without suffix.

    Raises InputError when the file cannot be read, is none of the formats, or none of its rows can be used.
    """
    doing = f"Reading the inventory {path}"
    try:
        rows = list(_rows(path))
    except OSError as error:
        raise InputError(f"{doing}: {error.strerror}; give a CSV, JSON, Parquet or CycloneDX file") from error
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise InputError(f"{doing}: it is damaged ({error}); give a CSV, JSON, Parquet or CycloneDX file") from error
    entries, rejected = [], []
    for line, row in rows:
        try:
            entries.append(_entry(line, row))
        except ValueError as error:
            rejected.append(Rejected(line, str(error)))
    if not entries:
        why = f"none of its {len(rejected):,} rows can be used: {rejected[0].reason}" if rejected else "it has no rows"
        raise InputError(f"{doing}: {why}; it needs the columns name and model, or name and base_model")
    return Inventory(path, inventory or path.stem.removesuffix(".cdx"), tuple(entries), tuple(rejected))


def reference(text: str) -> Reference | None:
    """What a text names: an id, an address of the Hub or a purl, each with or without revision; null for anything else."""
    text = text.strip()
    revision = None
    if text.startswith("pkg:"):
        try:
            purl = PackageURL.from_string(text)
        except ValueError:
            return None
        if purl.type != "huggingface" or not purl.namespace:
            return None
        name, revision = f"{purl.namespace}/{purl.name}", purl.version
    elif re.match(r"https?://", text):
        parts = [unquote(part) for part in urlsplit(text).path.split("/") if part]
        name = "/".join(parts[:2])
        if len(parts) > 3 and parts[2] in _HUB_PATHS:
            revision = parts[3]
    else:
        name, _, revision = text.partition("@")
    if re.fullmatch(REPOSITORY_ID, name) is None and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name) is None:
        return None
    return Reference(text, name, revision or None)


def _rows(path: Path) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    content = path.read_bytes()
    if content[:4] == b"PAR1":
        import polars as pl  # noqa: PLC0415  only Parquet needs it

        try:
            frame = pl.read_parquet(io.BytesIO(content))
        except pl.exceptions.PolarsError as error:
            raise csv.Error(str(error)) from error
        yield from ((None, row) for row in frame.iter_rows(named=True))
        return
    text = content.decode("utf-8-sig")
    if text.lstrip()[:1] in ("{", "["):
        yield from _json_rows(text, path)
        return
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="more")
    for row in reader:
        yield reader.line_num, row


def _json_rows(text: str, path: Path) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """The objects of a list, of JSON Lines, of `{"deployments": […]}`, or the models of a CycloneDX file."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        yield from _objects(text)
        return
    if isinstance(document, dict) and document.get("bomFormat") == "CycloneDX":
        yield from _bom_rows(document, text, path)
    elif isinstance(document, list):
        yield from _objects(text[text.index("[") + 1 :], first=text.count("\n", 0, text.index("[")) + 1)
    elif isinstance(document, dict) and isinstance(document.get("deployments"), list):
        yield from ((None, row) for row in document["deployments"])
    else:
        yield from _objects(text)


def _objects(text: str, *, first: int = 1) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Objects one after the other, with the line in which each begins."""
    decoder, place = json.JSONDecoder(), 0
    while (found := re.compile(r"[^\s,\]]").search(text, place)) is not None:
        value, place = decoder.raw_decode(text, found.start())
        yield first + text.count("\n", 0, found.start()), value


def _bom_rows(document: Mapping[str, Any], text: str, path: Path) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """The models of a bill of materials, all run by the system that it is about."""
    about = document.get("metadata", {}).get("component", {})
    components = [component for component in _nested(document.get("components", [])) if _is_model(component)]
    for component in components:
        purl = component["purl"]
        place = text.find(json.dumps(purl))
        line = text.count("\n", 0, place) + 1 if place >= 0 else None
        yield line, {"name": about.get("name") or path.stem.removesuffix(".cdx"), "model": purl}


def _nested(components: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _nested(component.get("components", []))


def _is_model(component: Mapping[str, Any]) -> bool:
    return str(component.get("purl", "")).startswith("pkg:huggingface/")


def _entry(line: int | None, row: Mapping[str, Any]) -> Entry:
    """One row. Raises ValueError with the reason when it cannot be used."""
    if not isinstance(row, Mapping):
        raise ValueError("it is no object")
    given: dict[str, Any] = {}
    for column, value in row.items():
        key = re.sub(r"[\s-]+", "_", str(column).strip().lower())
        if value is not None and str(value).strip() != "":
            given[_SPELLINGS.get(key, key)] = value
    name = _text(given.get("name"))
    if name is None:
        raise ValueError("it has no name")
    base_models = _listed(given.get("base_model"))
    text = _text(given.get("model"))
    if text is None and not base_models:
        raise ValueError("it names neither model nor base_model")
    model = reference(text) if text else None
    if text and model is None:
        raise ValueError(f"model {text!r} is neither owner/name, nor an address of the Hub, nor a pkg:huggingface purl")
    if base_models and model is not None and re.fullmatch(REPOSITORY_ID, model.name) is None:
        raise ValueError(f"model {text!r} is the organisation's own: it needs a name like owner/name")
    if model is not None and model.revision is None and (revision := _text(given.get("revision"))):
        model = Reference(model.text, model.name, revision)
    relation = _text(given.get("base_model_relation"))
    if relation is not None and relation not in RELATIONS:
        raise ValueError(f"base_model_relation {relation!r} is none of {', '.join(RELATIONS)}")
    return Entry(
        line=line,
        name=name,
        model=model,
        owner=_text(given.get("owner")),
        environment=_text(given.get("environment")),
        context=_text(given.get("context")),
        task=_text(given.get("task")),
        languages=_listed(given.get("languages")),
        market=_listed(given.get("market")),
        approved_at=_moment(given.get("approved_at")),
        base_models=base_models,
        base_model_relation=relation,
        license=_listed(given.get("license")),
        extra=tuple(sorted(f"{key}={_text(value)}" for key, value in given.items() if key not in COLUMNS)),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).strip() or None


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else re.split(r"[;,]", str(value))
    return tuple(item for item in (str(item).strip() for item in items) if item)


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
        else:
            moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"approved_at {value!r} is no date; write it like 2026-03-01") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
