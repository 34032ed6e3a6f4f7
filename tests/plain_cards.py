"""A plain reading of model cards, line by line: what cards.py must make of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import Any

import yaml

from studbook import resources


def table(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TEMPLATES = table("card_templates.csv")
ITEMS = table("documentation.csv")


@dataclass(frozen=True)
class Card:
    """What a card says; `letters` are equal exactly where the hashes of cards are."""

    metadata: dict[str, Any]
    length: int
    letters: str
    sections: frozenset[str]
    template: str | None


def read(text: str, id_: str) -> Card:
    front, body = parts(text)
    try:
        metadata = yaml.safe_load(front)
    except yaml.YAMLError:
        metadata = None
    metadata = metadata if isinstance(metadata, dict) else {}
    found = sections(body)
    if any(result.get("metrics") for model in metadata.get("model-index") or [] for result in model["results"]):
        found.add("evaluation_results")
    marks = [row for row in TEMPLATES if row["kind"] == "marker" and row["text"].lower() in body.lower()]
    return Card(
        metadata=metadata,
        length=len(body),
        letters=letters(body, id_),
        sections=frozenset(found),
        template=marks[0]["template"] if marks else None,
    )


def parts(text: str) -> tuple[str, str]:
    """The YAML between the first two lines of dashes, if the text begins with one, and the body."""
    lines = text.lstrip().split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.rstrip() == "---":
                return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]).strip()
    return "", text.strip()


def letters(body: str, id_: str) -> str:
    def only(value: str) -> str:
        return "".join(character for character in value.lower() if character.isalpha())

    found = only(body)
    owner, _, name = id_.partition("/")
    for word in (only(owner) + only(name), only(name), only(owner)):
        if len(word) >= 4:
            found = found.replace(word, "")
    return found


def sections(body: str) -> set[str]:
    """Sections under whose heading stands a text before the next one, and a description between title and heading."""
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    lines: list[str] = []
    fenced = False
    for line in body.split("\n"):
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
            lines.append("code")
        elif not fenced:
            lines.append(line)
    fillers = [row["text"].lower() for row in TEMPLATES if row["kind"] == "filler"]
    heading: str | None = None
    introduction: list[str] | None = []
    found = set()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    for number, line in enumerate(lines):
        match = re.match(r" {0,3}(#{1,6})[ \t]+(.+)", line)
        if match and number == first and match[1] == "#":
            continue
        if match:
            heading, introduction_, introduction = match[2], introduction, None
            found |= described(introduction_)
        elif line.strip() and not any(filler in line.lower() for filler in fillers) and not label(line):
            if introduction is not None:
                introduction.append(line)
            if heading is not None:
                spelt = " ".join(re.findall(r"[^\W_]+", heading.lower()))
                found |= {
                    row["name"] for row in ITEMS if row["kind"] == "section" and re.fullmatch(row["headings"], spelt)
                }
                heading = None
    return found | described(introduction)


def label(line: str) -> bool:
    return re.fullmatch(r"\s*([-*]\s+)?\*\*[^*]+\*\*:?\s*", line) is not None


def described(lines: list[str] | None) -> set[str]:
    text = re.sub(r"\]\([^)\n]*\)|<[^>]*>", "", "\n".join(lines or [])).strip()
    return {"description"} if len(text) >= 80 else set()


def score(card: Card, fields: set[str]) -> int:
    """Of a card and the fields of its metadata that are there, by name."""
    weights = {row["name"]: int(row["weight"]) for row in ITEMS}
    texts = {row["name"] for row in ITEMS if row["kind"] == "section"}
    written = sum(weights[name] for name in card.sections & texts)
    told = fields | (card.sections & {"evaluation_results"})
    return sum(weights[name] for name in told) + (written // 2 if card.template else written)
