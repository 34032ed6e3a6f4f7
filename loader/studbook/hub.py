"""Brings models from the Hugging Face Hub to a file: the only module that talks to the Hub.

Pages are taken with huggingface_hub's own HTTP layer: its token, its proxies, its back-off from the RateLimit header.
They are read as they come, not through HfApi.list_models, for two reasons. That hides the cursor (huggingface_hub issue
4257), so that a fetch of a million models could not be continued after a broken line. And it builds a ModelInfo of each
model, which raises on data that the Hub does hold: a card with a field `self`, safetensors without `parameters`; one
such model would end the whole fetch.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode, urlsplit

from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

# Exported lazily, where mypy does not see it.
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    build_hf_headers,
    hf_raise_for_status,
    http_backoff,
)

from studbook import __version__
from studbook.errors import HubError, InputError
from studbook.progress import SILENT, Progress

EXPAND = (
    "author",
    "cardData",
    "config",
    "createdAt",
    "downloads",
    "downloadsAllTime",
    "gated",
    "gguf",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "safetensors",
    "sha",
    "tags",
    "trendingScore",
)
"""Fields asked for. Lists of models refuse baseModels, childrenModelCount and usedStorage (huggingface_hub PR 3182):
there the tags carry the lineage."""

SORTS = {
    "created_at": "createdAt",
    "downloads": "downloads",
    "last_modified": "lastModified",
    "likes": "likes",
    "trending_score": "trendingScore",
}
"""What lists can be ordered by, and how the Hub spells it; both spellings are taken."""

_RETRIES = 5
_SECONDS = 60.0  # without an answer, after which a request is tried again
_CARDS, _CARD_WORKERS = 200, 8  # cards asked for between two notes of how far a fetch has come, and how many at once
_ID = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class _Place:
    """How far a fetch has come: what was asked, the query of the next page, and what is in the part file."""

    asked: str
    next: str | None
    models: int = 0
    size: int = 0
    written: int = 0
    without: int = 0


@dataclass(frozen=True)
class Cards:
    """What came of a fetch of cards."""

    written: int
    """Cards in the file, those included that are empty because the repository has none."""
    without: int
    """Repositories without a card."""
    closed: int
    """Models of which no card came: they are gone, private, or gated for us."""


def fetch(
    output: Path,
    *,
    author: str | None = None,
    filter: Sequence[str] | None = None,  # the Hub's own word
    sort: str | None = None,
    limit: int | None = None,
    endpoint: str | None = None,
    progress: Progress = SILENT,
) -> int:
    """Writes models as JSON Lines, each as the Hub gives it, and returns how many; packed when the name ends with .gz.

    `filter` holds tags that a model must have, all of them; `endpoint` is HF_ENDPOINT unless given. Until all are there
    they are in `<output>.part`; the same call then continues after the last whole page. Raises HubError when the Hub
    does not answer or refuses, InputError when it has no such model.
    """
    site = _endpoint(endpoint)
    asked = [("expand", name) for name in EXPAND] + [("filter", tag) for tag in filter or ()]
    if author:
        asked.append(("author", author))
    if sort:
        asked.append(("sort", _sort(sort)))
    if limit is not None:
        asked.append(("limit", str(limit)))
    query = urlencode(asked)
    part, mark = (output.with_name(output.name + ending) for ending in (".part", ".part.json"))
    place = _resume(part, mark, asked=f"{site}?{query}", start=query)
    with _open(part, place) as file, progress.stage("Fetching models", total=limit, unit="models") as advance:
        advance(place.models)
        while place.next is not None and (limit is None or place.models < limit):
            with _explained(f"{site}/api/models", kept=f"{place.models:,} models are kept in {part}"):
                page, following = _page(f"{site}/api/models?{place.next}")
            models = page if limit is None else page[: limit - place.models]
            file.write(_lines(models, output))
            file.flush()
            place = replace(place, next=following, models=place.models + len(models), size=file.tell())
            _write(mark, place)
            advance(len(models))
    if not place.models:
        part.unlink()
        mark.unlink()
        raise InputError(f"Fetching models from {site}: it lists none with these filters. Nothing was written.")
    part.replace(output)
    mark.unlink()
    return place.models


def model(id_: str, *, endpoint: str | None = None) -> tuple[dict[str, Any], str | None]:
    """One model as the Hub gives it, and the text of its card: empty where it has none, None where it cannot be read.

    Raises HubError when the Hub does not answer, refuses, or has no such model, and InputError for what is no id.
    """
    if not _ID.fullmatch(id_):
        raise InputError(f"Asking the Hub for {id_!r}: that is no id of a model; give owner/name")
    site = _endpoint(endpoint)
    address = f"{site}/api/models/{quote(id_)}"
    with _explained(address):
        found, _ = _get(f"{address}?{urlencode([('expand', name) for name in EXPAND])}")
        if not isinstance(found, dict) or not isinstance(found.get("id"), str):
            raise ValueError("the answer is no model")
        return found, _card(site, str(found["id"]))


def fetch_families(
    output: Path, roots: Sequence[str], *, limit: int, endpoint: str | None = None, progress: Progress = SILENT
) -> int:
    """Writes these models and, of each, the `limit` most downloaded that name it as their base; returns how many.

    The file appears when it is complete. Raises HubError when the Hub does not answer or refuses.
    """
    site = _endpoint(endpoint)
    expand = [("expand", name) for name in EXPAND]
    models: dict[str, dict[str, Any]] = {}
    with progress.stage("Fetching families", total=len(roots), unit="families") as advance:
        for root in roots:
            with _explained(f"{site}/api/models/{root}"):
                one, _ = _get(f"{site}/api/models/{quote(root)}?{urlencode(expand)}")
                asked = [*expand, ("filter", f"base_model:{root}"), ("sort", "downloads"), ("limit", str(limit))]
                children, _ = _page(f"{site}/api/models?{urlencode(asked)}")
            models |= {str(model.get("id")): model for model in (one, *children[:limit])}
            advance(1)
    part = output.with_name(output.name + ".part")
    with _open(part, _Place("", None)) as file:
        file.write(_lines(list(models.values()), output))
    part.replace(output)
    return len(models)


def fetch_cards(output: Path, ids: Sequence[str], *, endpoint: str | None = None, progress: Progress = SILENT) -> Cards:
    """Writes the cards of these models as JSON Lines of `id` and `card`, the text of README.md; empty where there is none.

    A model that is gone, private or gated has no line. Until all are there they are in `<output>.part`; the same call
    then asks for what is missing, also when other ids were added. Raises HubError when the Hub does not answer,
    InputError for what is no id and when there is nothing to write.
    """
    site = _endpoint(endpoint)
    wrong = [id_ for id_ in ids if not _ID.fullmatch(id_)]
    if wrong:
        raise InputError(f"Fetching cards: {wrong[0]!r} is not owner/name. Give one id of a model on each line.")
    part, mark, seen = (output.with_name(output.name + ending) for ending in (".part", ".part.json", ".part.ids"))
    place = _resume(part, mark, asked=f"{site}/README.md", start="")
    done = _first_lines(seen, place.models)
    left = [id_ for id_ in dict.fromkeys(ids) if id_ not in done]
    total = len(left) + place.models
    with (
        _open(part, place) as file,
        seen.open("w", encoding="utf-8") as names,
        ThreadPoolExecutor(_CARD_WORKERS) as pool,
        progress.stage("Fetching cards", total=total, unit="cards") as advance,
    ):
        names.writelines(f"{id_}\n" for id_ in done)
        advance(place.models)
        for start in range(0, len(left), _CARDS):
            mine = left[start : start + _CARDS]
            with _explained(f"{site}/…/README.md", kept=f"{place.written:,} cards are kept in {part}"):
                texts = list(pool.map(lambda id_: _card(site, id_), mine))
            found = [{"id": id_, "card": text} for id_, text in zip(mine, texts, strict=True) if text is not None]
            file.write(_lines(found, output))
            file.flush()
            names.writelines(f"{id_}\n" for id_ in mine)
            names.flush()
            place = replace(
                place,
                models=place.models + len(mine),
                size=file.tell(),
                written=place.written + len(found),
                without=place.without + texts.count(""),
            )
            _write(mark, place)
            advance(len(mine))
    mark.unlink(missing_ok=True)
    seen.unlink()
    if not place.written:
        part.unlink()
        raise InputError(
            f"Fetching cards from {site}: none of {place.models:,} models can be read. Nothing was written."
        )
    part.replace(output)
    return Cards(place.written, place.without, place.models - place.written)


def _first_lines(path: Path, count: int) -> dict[str, None]:
    """The first lines of a file, in order; none when nothing is expected of it."""
    if not count:
        return {}
    with path.open(encoding="utf-8") as lines:
        return dict.fromkeys(line.rstrip("\n") for line in islice(lines, count))


def _card(site: str, id_: str) -> str | None:
    """The text of a model's README.md, empty when it has none; None when the model cannot be read."""
    try:
        response = _answer(f"{site}/{quote(id_)}/resolve/main/README.md")
    except (EntryNotFoundError, RevisionNotFoundError):
        return ""
    except (DisabledRepoError, RepositoryNotFoundError):  # which gated ones raise too
        return None
    return str(response.content.decode("utf-8", "replace"))


def _endpoint(given: str | None) -> str:
    # Not huggingface_hub.constants.ENDPOINT: that is the environment as it was when the library was imported.
    return (given or os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _sort(given: str) -> str:
    if given in SORTS or given in SORTS.values():
        return SORTS.get(given, given)
    raise InputError(f"Fetching models: they cannot be sorted by {given!r}. Choose one of {', '.join(SORTS)}.")


def _answer(url: str) -> Any:
    """The Hub's answer. Raises huggingface_hub's errors for every status that is none."""
    headers = build_hf_headers(library_name="studbook", library_version=__version__)
    response = http_backoff("GET", url, headers=headers, timeout=_SECONDS, max_retries=_RETRIES)
    hf_raise_for_status(response)
    return response


def _get(url: str) -> tuple[Any, str | None]:
    """The answer as JSON, and the query of the next page if there is one."""
    response = _answer(url)
    following = response.links.get("next", {}).get("url")
    # Only the query: mirrors pass on links to the Hub itself, and the token is for the endpoint alone.
    return response.json(), urlsplit(following).query if following else None


def _page(url: str) -> tuple[list[dict[str, Any]], str | None]:
    answer, following = _get(url)
    if not isinstance(answer, list):
        raise ValueError("the answer is no list of models")
    return answer, following


@contextmanager
def _explained(address: str, *, kept: str | None = None) -> Iterator[None]:
    """Turns whatever goes wrong with a request into a HubError that says what to do."""
    again = f"{kept}: the same command continues there." if kept else "Then try again."
    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code
        what = {
            401: "Set HF_TOKEN, or log in with `hf auth login`.",
            403: "Your token does not allow this; set another in HF_TOKEN, or log in with `hf auth login`.",
            404: "Check the name, and HF_ENDPOINT if it is set.",
            429: "Wait five minutes. With a token (HF_TOKEN, or `hf auth login`) the limit is higher.",
        }.get(status, "Try again later." if status >= 500 else "Check the filters, and HF_ENDPOINT if it is set.")
        said = f": {error.server_message}" if error.server_message else ""
        raise HubError(f"Asking {address}: the Hub answers {status}{said}. {what} {again}") from error
    except OfflineModeIsEnabled as error:
        raise HubError(f"Asking {address}: HF_HUB_OFFLINE forbids it. Unset it. {again}") from error
    except ValueError as error:  # no JSON, or not the JSON of a list
        raise HubError(f"Asking {address}: this is not the Hub ({error}). Check HF_ENDPOINT. {again}") from error
    except Exception as error:  # of the HTTP library below huggingface_hub, which differs between its versions
        raise HubError(
            f"Asking {address}: no answer ({error}). Check the network, the proxy, and HF_ENDPOINT if it is set. {again}"
        ) from error


def _resume(part: Path, mark: Path, *, asked: str, start: str) -> _Place:
    """Where an earlier call with the same question stopped, else the beginning."""
    if mark.exists() and part.exists():
        place = _Place(**json.loads(mark.read_text(encoding="utf-8")))
        if place.asked == asked and part.stat().st_size >= place.size:
            return place
    return _Place(asked, start)


@contextmanager
def _open(part: Path, place: _Place) -> Iterator[BinaryIO]:
    """The part file, cut to what is known to be whole."""
    try:
        with part.open("r+b" if place.size else "wb") as file:
            file.truncate(place.size)
            file.seek(place.size)
            yield file
    except OSError as error:
        raise InputError(f"Writing {part}: {error.strerror}. Choose another place for the output.") from error


def _lines(models: Sequence[dict[str, Any]], output: Path) -> bytes:
    text = "".join(json.dumps(model) + "\n" for model in models).encode()
    return gzip.compress(text) if output.suffix == ".gz" else text  # gzip files may consist of several


def _write(mark: Path, place: _Place) -> None:
    new = mark.with_name(mark.name + ".new")
    new.write_text(json.dumps(asdict(place)), encoding="utf-8")
    new.replace(mark)
