"""Model cards for a made-up snapshot: as many, as long and as often a tool's as the crawl's, and copied as they are there.

Lengths and shares are those of the July 2025 crawl (Laufer, Oderinwale and Kleinberg, arXiv:2508.06811, and the authors'
figures); what nobody published is a guess that the code names as one.
"""

from __future__ import annotations

import csv
import math

import numpy as np
import numpy.typing as npt
import polars as pl

from lineage import Ints
from studbook import resources

PARENTS_LENGTH = 9_800
LENGTHS = {"finetune": 4_800, "adapter": 4_000, "quantized": 5_000, "merge": 3_350, "none": 2_150}
"""Mean characters of a card whose model has children, and of others by the relation that made the model; that of models
without any is what is left to the mean of all."""
SPREAD = 1.04
"""Standard deviation of the logarithm of a length, from the mean of all (3,576 characters) and the median (2,073)."""

_TOOLS = {
    "finetune": {"trainer": 0.3, "autotrain": 0.05, "trl": 0.08, "unsloth": 0.07, "setfit": 0.02, "default": 0.08},
    "adapter": {"peft": 0.12, "trainer": 0.1, "diffusers": 0.12, "default": 0.1},
    "quantized": {"gguf_my_repo": 0.1, "mlx": 0.08},
    "merge": {"mergekit": 0.45, "lazymergekit": 0.25},
    "none": {"default": 0.15, "trainer": 0.1, "rl_zoo": 0.03, "hub_mixin": 0.03, "sentence_transformers": 0.02},
}
"""Which tool wrote a card, by the relation that made the model: the sums follow the authors' shares of generated cards
where their two phrases find them, and are guesses elsewhere; the tools are guesses."""
_COPIED = {"finetune": 0.05, "adapter": 0.05, "quantized": 0.45, "merge": 0.05}
"""Guesses: how often a card is the first parent's, with a sentence before it."""

_GRID = 100
"""Texts of each tool, from the shortest to the longest; `_HANDS` times as many that no tool wrote."""
_HANDS = 6
_SHORTEST, _LONGEST = 150, 60_000

_SECTIONS = (
    "Model description",
    "Intended uses",
    "Limitations and bias",
    "Training data",
    "Training procedure",
    "Evaluation results",
    "How to use",
    "Technical specifications",
    "Environmental impact",
    "Citation",
    "License",
    "Contact",
    "Acknowledgements",
    "Prompt format",
)
_VOCABULARY, _SIGNATURE = (
    words.split()
    for words in (
        "the model was made from its base with records that people wrote and checked for answers in many fields it works "
        "best when a question is short and says what is wanted scores below were taken on the part held out three times "
        "weights are kept in half precision a larger batch did not help and the rate warmed up over a tenth of all steps",
        "alder basalt cinder dapple ember fathom garnet heron indigo juniper kestrel lumen marrow nimbus ochre",
    )
)

_RESULTS = (
    '[{"name": "run", "results": [{"task": {"type": "text-generation"}, '
    '"metrics": [{"type": "accuracy", "value": 0.5}]}]}]'
)
_RESULTS_YAML = """
- name: run
  results:
  - task:
      type: text-generation
    metrics:
    - type: accuracy
      value: 0.5"""


def cards(models: pl.DataFrame, *, seed: int = 3) -> pl.LazyFrame:
    """One row for each model of a snapshot that has a card: `modelId` and `card`, as in `model_cards_with_metadata`.

    `models` needs `id`, `cardData` and `baseModels`. Rows with like texts stand together, so that the file stays small.
    """
    rng = np.random.default_rng(seed)
    own = _carded(models)
    height = own.height
    by = own["relation"].to_list()
    parent = own["parent"].fill_null(-1).to_numpy()
    mean = np.array([LENGTHS[relation] for relation in by], np.float64)
    mean[parent[parent >= 0]] = PARENTS_LENGTH
    length = mean * np.exp(rng.normal(-(SPREAD**2) / 2, SPREAD, height))
    names, texts = _texts(rng)
    tool = _tools(own["relation"], names, rng)
    step = np.log(np.clip(length, _SHORTEST, _LONGEST) / _SHORTEST) / math.log(_LONGEST / _SHORTEST)
    # Texts that no tool wrote come first, several of each length.
    hand = tool == 0
    text = np.rint(step * (_GRID - 1)).astype(np.int64)
    text += np.where(hand, rng.integers(0, _HANDS, height), _HANDS - 1 + tool) * _GRID
    source, copied = _sources(own["relation"], parent, rng)
    numbered = own.with_columns(
        source=pl.Series(source),
        opening=pl.when(pl.Series(copied)).then(
            pl.format("This is another version of {}.\n\n", own["id"].gather(source))
        ),
        told=own["id"].gather(source),
        text=pl.Series(text[source], dtype=pl.Int64),
        seal=_seals(source),
    ).sort("text", "source", "id")
    pool = pl.LazyFrame({"text": range(len(texts)), "body": texts})
    # What a tool writes differs in names and numbers alone, which make no other card; what people write, in its words.
    own_words = pl.when(pl.col("text") < _HANDS * _GRID).then("seal")
    return (
        numbered.lazy()
        .join(pool, on="text", how="left", maintain_order="left")
        .select(
            modelId="id",
            card=pl.concat_str(
                _yaml(),
                "opening",
                pl.col("body").str.replace_all("{id}", pl.col("told"), literal=True),
                own_words,
                ignore_nulls=True,
            ),
        )
    )


def _carded(models: pl.DataFrame) -> pl.DataFrame:
    """The models with a card: `id`, `cardData`, `relation` to their parents (none without) and `parent`, the row of the
    first here, null where that has no card."""
    base = pl.col("baseModels").struct
    own = models.filter(pl.col("cardData").is_not_null()).select(
        "id",
        "cardData",
        relation=base.field("relation").fill_null("none"),
        base=base.field("models").list.first().struct.field("id"),
    )
    rows = own.select(base="id", parent=pl.int_range(pl.len(), dtype=pl.Int64))
    return own.join(rows, on="base", how="left", maintain_order="left").drop("base")


def _tools(relation: pl.Series, names: list[str], rng: np.random.Generator) -> Ints:
    """Which tool wrote each card, as its place in `names`; 0 is none."""
    luck, tool = rng.random(len(relation)), np.zeros(len(relation), np.int64)
    for made_by, shares in _TOOLS.items():
        mine = (relation == made_by).to_numpy()
        place = np.searchsorted(np.cumsum(list(shares.values())), luck[mine], "right")
        tool[mine] = np.array([*(names.index(name) for name in shares), 0])[place]
    return tool


def _sources(relation: pl.Series, parent: Ints, rng: np.random.Generator) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The row whose text each card is, its own but for copies, and whether it is a copy. A copy of a copy is the first's."""
    chance = relation.replace_strict(_COPIED, default=0.0, return_dtype=pl.Float64).to_numpy()
    rows = np.arange(len(relation))
    source = np.where((rng.random(rows.size) < chance) & (parent >= 0), parent, rows)
    for _ in range(6):  # doubles the steps each time: 64, and no line is as long
        source = source[source]
    return source, source != rows


def _seals(numbers: Ints) -> pl.Series:
    """A line of words for each number, different for each."""
    words = pl.Series(_SIGNATURE)
    base = len(_SIGNATURE)
    digits = [words.gather(numbers // base**place % base).alias(str(place)) for place in range(6)]
    return pl.DataFrame(digits).select(pl.concat_str(pl.lit("Seed:"), pl.all(), separator=" ") + "\n").to_series()


def _yaml() -> pl.Expr:
    """The card's metadata as people write them, from the Hub's JSON."""
    keys = "base_model|base_model_relation|datasets|language|library_name|license|license_link|license_name|model-index|pipeline_tag|tags"
    return (
        pl.lit("---")
        + pl.col("cardData")
        .str.strip_prefix("{")
        .str.strip_suffix("}")
        .str.replace(_RESULTS, "[]", literal=True)
        .str.replace_all(rf'(?:^|, )"({keys})": ', "\n${1}: ")
        .str.replace_all(r'(?m): "([^"\n]*)"$', ": ${1}")
        .str.replace_all(r'(?m): \["(.*)"\]$', ":\n- ${1}")
        .str.replace_all('", "', "\n- ", literal=True)
        .str.replace("(?m)^model-index: \\[\\]$", f"model-index:{_RESULTS_YAML}")
        + "\n---\n"
    )


def _texts(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """The tools, "" for none first; and the texts, `_HANDS` times `_GRID` by none and `_GRID` by each tool, the length of
    each about its place between `_SHORTEST` and `_LONGEST`."""
    with (resources.DATA / "card_templates.csv").open(encoding="utf-8", newline="") as file:
        marked = {row["template"]: row["text"] for row in csv.DictReader(file) if row["kind"] == "marker"}
    tools = list(dict.fromkeys(tool for shares in _TOOLS.values() for tool in shares))
    lengths = np.geomspace(_SHORTEST, _LONGEST, _GRID)
    texts = [_text("", length, rng) for _ in range(_HANDS) for length in lengths]
    texts += [_text(marked[tool], length, rng) for tool in tools for length in lengths]
    return ["", *tools], texts


def _text(marker: str, length: float, rng: np.random.Generator) -> str:
    """A card without metadata: a title, a sentence, and sections up to a length."""
    parts = ["# {id}\n", f"{marker}\n" if marker else "", _prose(0.2 * length, rng)]
    for number in np.sort(rng.permutation(len(_SECTIONS))[: max(1, round(length / 700))]):
        section = _SECTIONS[number]
        parts.append(f"## {section}\n")
        if section == "How to use":
            parts.append('```python\nmodel = load("{id}")\n```\n')
        elif "[More Information Needed]" in marker and rng.random() < 0.8:
            parts.append(f"{marker}\n")
        else:
            parts.append(_prose(0.8 * length / min(len(_SECTIONS), max(1, round(length / 700))), rng))
    return "\n".join(parts) + "\n"


def _prose(length: float, rng: np.random.Generator) -> str:
    words = rng.choice(_VOCABULARY, max(3, round(length / 5.2)))
    return "\n".join(" ".join(words[start : start + 16]) for start in range(0, words.size, 16)) + "\n"
