"""Writes made-up snapshots of the Hub as Parquet, in the shape of `hub_weekly_snapshots` and `hub-stats`.

    python benchmarks/generate.py snapshot models.parquet --models 1860411
    python benchmarks/generate.py next models.parquet next.parquet
    python benchmarks/generate.py cards models.parquet cards.parquet

The last has the texts of the models' cards, in the shape of `model_cards_with_metadata`.
Counts are those of the July 2025 crawl (see lineage.py); the same seed gives the same rows. Every name is invented.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import iso639
import numpy as np
import polars as pl

import readmes
from lineage import HUBS, MODELS, Floats, Ints, Lineage, draw, scaled, share_out
from studbook import resources

LICENSES = 671_895
"""Licence tags, over 79 identifiers; the counts are those of `models_2025_07` in the licence table."""

TASKS = {"text-generation": 0.4107, "text-classification": 0.1362, "text-to-image": 0.114}
"""Shares of the models with a task, which are `WITH_TASK` of all."""
WITH_TASK = 0.55

ENGLISH, CHINESE, WITH_LANGUAGE = 221_550, 12_917, 258_820
MOST_LANGUAGES = 2_114
"""Languages of one model."""

CARDS = 1_247_149
TAGS = 10_000_000
"""Tags in all; that of the crawl is not published, this is what its size suggests."""

AS_OF = datetime(2025, 7, 13, tzinfo=UTC)
BACKFILL = datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
"""What the Hub gives as creation of everything older."""

COLUMNS = (
    "_id",
    "id",
    "author",
    "createdAt",
    "lastModified",
    "downloads",
    "downloadsAllTime",
    "likes",
    "trendingScore",
    "tags",
    "pipeline_tag",
    "library_name",
    "gated",
    "cardData",
    "safetensors",
    "baseModels",
)

_HUB_LICENSES = (
    ("other", "flux-1-dev-non-commercial-license", 0.85),
    ("other", "tongyi-qianwen-research", 0.1),
    ("other", "tongyi-qianwen-research", 0.1),
    ("gemma", None, 0.12),
    ("gemma", None, 0.12),
    ("apache-2.0", None, 0.8),
    ("openrail++", None, 0.7),
    ("other", "tongyi-qianwen", 0.1),
    ("apache-2.0", None, 0.7),
    ("apache-2.0", None, 0.05),
)
"""Licence of each hub and the share of its children that declare one: gemma and Qwen have more adapters than the crawl
has licence tags of their kind."""

_HUB_TASKS = (
    "text-to-image",
    *["text-generation"] * 4,
    "fill-mask",
    "text-to-image",
    "text-generation",
    *["fill-mask"] * 2,
)
_COMMON_LANGUAGES, _LIBRARIES, _TAGS, _WORDS = (
    words.split()
    for words in (
        "fr es de ja ko pt it ru ar hi vi id tr nl pl th uk sv fa cs ro fi hu el da he no ca bn ta",
        "transformers diffusers sentence-transformers stable-baselines3 timm setfit mlx keras spacy espnet",
        "generated_from_trainer text-generation-inference endpoints_compatible autotrain_compatible conversational trl sft "
        "unsloth lora tensorboard llama mistral bert qwen2 stable-diffusion mergekit merge template:sd-lora gemma roberta "
        "deep-reinforcement-learning imatrix 4-bit custom_code gpt2 t5 phi3 moe dpo grpo tts ner rag vit asr llm chat code",
        "Alder Basalt Cinder Dapple Ember Fathom Garnet Heron Indigo Juniper Kestrel Lumen Marrow Nimbus Ochre Pewter Quill "
        "Rowan Saffron Tarn Umber Vesper Willow Yarrow Zephyr Brindle Cobalt Drift Fennel Larch",
    )
)
_SIZES = ("0.5B", "1B", "3B", "7B", "8B", "13B", "70B", "base", "large", "small", "xl", "v2", "v3", "instruct")
_SUFFIXES = {
    "finetune": ("chat", "sft", "dpo", "finetuned-emotion", "finetuned-squad", "classifier"),
    "adapter": ("lora", "qlora", "style-lora", "adapter"),
    "quantized": ("GGUF", "AWQ", "GPTQ", "4bit", "bnb-4bit", "EXL2"),
    "merge": ("slerp", "ties", "dare", "merge", "passthrough"),
}


def snapshot(models: int = MODELS, *, seed: int = 1, without: Sequence[str] = ()) -> pl.DataFrame:
    """One row per model, in random order, with `COLUMNS` but those named in `without`.

    Raises ValueError for an unknown column and below lineage.SMALLEST models.
    """
    if unknown := set(without) - set(COLUMNS):
        raise ValueError(f"no such columns: {sorted(unknown)}; there are {COLUMNS}")
    rng = np.random.default_rng(seed)
    lineage = draw(models, rng)
    frame = _names(lineage, rng)
    frame = frame.hstack(_times(lineage, rng)).hstack(_counters(lineage, rng)).hstack(_traits(lineage, rng))
    frame = frame.with_columns(_id=_object_ids(frame["createdAt"], rng))
    parents = _parents(lineage, frame["id"])
    for name, rows in (
        ("parents", parents.unique(["model", "parents"], keep="first", maintain_order=True)),
        ("datasets", _datasets(models, rng)),
        ("papers", _papers(models, rng)),
        ("baseModels", _base_models(lineage, frame)),
    ):
        listed = _by_model(rows, name) if name != "baseModels" else rows
        frame = frame.join(listed, on="model", how="left", maintain_order="left")
    frame = frame.with_columns(carded=_carded(frame, rng))
    fixed = _fixed_tags(frame, parents)
    free = _free_tags(frame["carded"], scaled(TAGS, models) - fixed.height, rng)
    frame = frame.join(_by_model(free, "free"), on="model", how="left", maintain_order="left")
    tags = pl.concat([fixed, free.select("model", place=pl.lit(2, pl.Int8), tags="free")])
    tags = _by_model(tags.sort("model", "place", maintain_order=True), "tags")
    frame = frame.join(tags, on="model", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("tags").fill_null([]), cardData=pl.when("carded").then(_card()))
    return frame.select(name for name in COLUMNS if name not in without)[rng.permutation(models)]


def following(before: pl.DataFrame, *, seed: int = 2) -> pl.DataFrame:
    """The snapshot a week after one with all `COLUMNS`.

    Facts of 1 % of the models have changed: all of those were modified, a third is under another licence, a third has
    another task. The downloads of all have changed. 0.1 % are gone, and 0.2 % are new siblings of models with a parent.
    """
    rng = np.random.default_rng(seed)
    height = before.height
    kept = before.filter(pl.Series(rng.random(height) >= 0.001))
    what = pl.Series(rng.integers(0, 300, kept.height))  # 0 and its kind are drawn for 1 % together
    license_ = pl.col("cardData").str.extract(r'"license": "([^"]+)"')
    relicensed = (what == 0) & (license_ != "other")
    now_mit, now_apache = relicensed & (license_ != "mit"), relicensed & (license_ == "mit")
    changed = kept.with_columns(
        lastModified=pl.when(what < 3)
        .then(pl.lit(AS_OF + timedelta(days=6)).dt.replace_time_zone(None))
        .otherwise("lastModified"),
        pipeline_tag=pl.when(what == 1).then(pl.lit("text-ranking")).otherwise("pipeline_tag"),
        tags=pl.when(now_mit)
        .then(_relicensed("mit")[0])
        .when(now_apache)
        .then(_relicensed("apache-2.0")[0])
        .otherwise("tags"),
        cardData=pl.when(now_mit)
        .then(_relicensed("mit")[1])
        .when(now_apache)
        .then(_relicensed("apache-2.0")[1])
        .otherwise("cardData"),
    )
    siblings = kept.filter(pl.col("baseModels").is_not_null()).sample(round(height * 0.002), seed=seed)
    week = pl.lit(AS_OF + timedelta(days=5)).dt.replace_time_zone(None)
    born = siblings.with_row_index("new").with_columns(
        id=pl.format("{}-next-{}", "id", "new"), createdAt=week, lastModified=week, downloadsAllTime=pl.lit(0, pl.Int64)
    )
    born = born.with_columns(_id=_object_ids(born["createdAt"], rng))
    after = pl.concat([changed, born.select(before.columns)])
    return after.with_columns(downloads=pl.col("downloads") + pl.Series(rng.integers(1, 50, after.height)))


def _relicensed(to: str) -> tuple[pl.Expr, pl.Expr]:
    """Tags and card data with one licence in place of the one they name."""
    tag = pl.element().str.starts_with("license:")
    return (
        pl.col("tags").list.eval(pl.when(tag).then(pl.lit(f"license:{to}")).otherwise(pl.element())),
        pl.col("cardData").str.replace(r'"license": "[^"]+"', f'"license": "{to}"'),
    )


def _pick(words: Sequence[str | None], which: Ints) -> pl.Series:
    """Words by number; -1 is null."""
    return pl.Series([*words, None], dtype=pl.String).gather(np.where(which < 0, len(words), which))


def _by_model(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """One list per model, in the order of the rows."""
    return rows.group_by("model", maintain_order=True).agg(column)


def _made_by(lineage: Lineage) -> pl.Series:
    """Relation of each model's first parent; null without one."""
    first = lineage.references.unique("child", keep="first", maintain_order=True).select(
        model="child", made_by="relation"
    )
    return _numbered(lineage.models).join(first, on="model", how="left", maintain_order="left")["made_by"]


def _numbered(models: int) -> pl.DataFrame:
    return pl.DataFrame({"model": pl.int_range(models, dtype=pl.UInt32, eager=True)})


def _names(lineage: Lineage, rng: np.random.Generator) -> pl.DataFrame:
    models = lineage.models
    made_by = _made_by(lineage)
    suffix = pl.Series([None], dtype=pl.String).new_from_index(0, models)
    for relation, words in _SUFFIXES.items():
        suffix = suffix.zip_with(made_by.ne_missing(relation), _pick(words, rng.integers(0, len(words), models)))
    owners = models // 4
    return (
        _numbered(models)
        .with_columns(
            made_by=made_by,
            author=pl.format("owner-{}", pl.Series((owners * rng.random(models) ** 3).astype(np.int64))),
        )
        .with_columns(
            id=pl.concat_str(
                pl.col("author") + "/" + _pick(_WORDS, rng.integers(0, len(_WORDS), models)),
                _pick(_SIZES, rng.integers(0, len(_SIZES), models)),
                suffix,
                pl.col("model"),
                separator="-",
                ignore_nulls=True,
            )
        )
    )


def _object_ids(created: pl.Series, rng: np.random.Generator) -> pl.Series:
    """MongoDB's ids: the second of creation, five random bytes and a counter."""
    size = len(created)
    parts = np.empty((size, 12), np.uint8)
    parts[:, :4] = created.dt.epoch("s").to_numpy().astype(">u4")[:, None].view(np.uint8)
    parts[:, 4:9] = rng.integers(0, 256, (size, 5), dtype=np.uint8)
    parts[:, 9:] = np.arange(size, dtype=">u4")[:, None].view(np.uint8)[:, 1:]
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    text = np.stack([digits[parts >> 4], digits[parts & 15]], axis=2).reshape(size, 24)
    return pl.Series(text.view("S24")[:, 0], dtype=pl.Binary).cast(pl.String)


def _times(lineage: Lineage, rng: np.random.Generator) -> pl.DataFrame:
    """A child is younger than its first parent, but for 0.3 %: models are uploaded again, repositories moved."""
    span = int((AS_OF - BACKFILL).total_seconds())
    u = rng.random(lineage.models)
    created = span * u**0.45
    created[rng.random(lineage.models) < 0.017] = 0
    parents = lineage.references["parent"].drop_nulls().unique().to_numpy()
    created[parents] = span * u[parents] ** 1.2
    created[[5, 8, 9]] = 0
    for step in range(1, int(lineage.step.max()) + 1):
        born = np.flatnonzero((lineage.step == step) & (lineage.first_parent >= 0))
        created[born] = created[lineage.first_parent[born]]
        created[born] += (span - created[born]) * u[born]
    old = np.flatnonzero((lineage.first_parent >= 0) & (rng.random(lineage.models) < 0.003))
    created[old] = created[lineage.first_parent[old]] * u[old]
    modified = created + (span - created) * rng.random(lineage.models) ** 3
    since = round(BACKFILL.timestamp() * 1_000_000)
    return pl.DataFrame({"createdAt": created, "lastModified": modified}).select(
        (pl.all().cast(pl.Int64) * 1_000_000 + since).cast(pl.Datetime("us"))
    )


def _counters(lineage: Lineage, rng: np.random.Generator) -> pl.DataFrame:
    models = lineage.models
    children = np.bincount(lineage.references["parent"].drop_nulls().to_numpy(), minlength=models)
    fame = (1 + children) ** 0.8
    downloads = np.where(rng.random(models) < 0.15, 0, np.exp(rng.normal(1.6, 1.9, models)) * fame)
    ever = downloads + np.exp(rng.normal(2.5, 2.0, models)) * fame
    likes = np.maximum(rng.pareto(0.9, models) - 4, 0) * fame**0.5
    return pl.DataFrame(
        {
            "downloads": downloads.astype(np.int64),
            "downloadsAllTime": ever.astype(np.int64),
            "likes": np.minimum(likes, 20_000).astype(np.int64),
            "trendingScore": np.where(rng.random(models) < 0.97, 0.0, np.floor(rng.pareto(1.0, models))),
        }
    )


def _trait(
    lineage: Lineage, counts: Ints, *, hubs: Sequence[int], kept: float, declared: Floats, rng: np.random.Generator
) -> Ints:
    """A value for each model, -1 where it declares none; each value occurs exactly as often as `counts` says.

    Within lineages children keep what their first parent has or draw anew; `declared` is each model's chance to say so.
    The rest goes to models without lineage, and mostly to the same of them whatever the trait.
    """
    models = lineage.models
    values = rng.choice(counts.size, models, p=counts / counts.sum())
    values[: len(HUBS)] = hubs
    for step in range(1, int(lineage.step.max()) + 1):
        born = np.flatnonzero((lineage.step == step) & (lineage.first_parent >= 0))
        heirs = born[rng.random(born.size) < kept]
        values[heirs] = values[lineage.first_parent[heirs]]
    linked = lineage.first_parent >= 0
    linked[lineage.references["parent"].drop_nulls().to_numpy()] = True
    values[~linked | (rng.random(models) >= declared)] = -1
    values[: len(HUBS)] = hubs
    # Who comes too late for a value declares none; the hubs come first.
    said = np.flatnonzero(values >= 0)
    said = said[np.lexsort((np.where(said < len(HUBS), -1, rng.random(said.size)), values[said]))]
    ordered = values[said]
    rank = np.arange(said.size) - np.searchsorted(ordered, ordered, "left")
    values[said[rank >= counts[ordered]]] = -1
    left = np.repeat(np.arange(counts.size), counts - np.bincount(values[values >= 0], minlength=counts.size))
    alone = np.flatnonzero(~linked)
    diligence = np.random.default_rng(models).random(models)[alone]
    chosen = alone[np.argsort(diligence + 0.5 * rng.random(alone.size), kind="stable")[: left.size]]
    values[chosen] = rng.permutation(left)
    return values


def _traits(lineage: Lineage, rng: np.random.Generator) -> pl.DataFrame:
    models = lineage.models
    said = np.where(lineage.first_parent >= 0, 0.72, 0.9)
    table = pl.read_csv(resources.DATA / "licenses.csv", infer_schema=False)
    table = table.select("tag", "kind", count=pl.col("models_2025_07").cast(pl.Float64))
    hub_ids = table.filter(pl.col("count") > 0)
    names = hub_ids["tag"].to_list()
    counts = share_out(scaled(LICENSES, models), hub_ids["count"].to_numpy(), least=1, most=models)
    chance = said.copy()
    for hub, (_, _, share) in enumerate(_HUB_LICENSES):
        chance[lineage.first_parent == hub] = share
    second = scaled(1_300, models)
    counts[names.index("mit")] -= second
    hubs = [names.index(name) for name, _, _ in _HUB_LICENSES]
    license_ = _trait(lineage, counts, hubs=hubs, kept=0.79, declared=chance, rng=rng)
    also = np.full(models, -1)
    also[rng.choice(np.flatnonzero(license_ == names.index("apache-2.0")), second, replace=False)] = names.index("mit")

    own_names = table.filter(pl.col("kind") == "license_name")["tag"].to_list()[:36]
    other = license_ == names.index("other")
    name = (len(own_names) * rng.random(models) ** 2).astype(np.int64)
    for hub, (_, inherited, _) in enumerate(_HUB_LICENSES):
        if inherited is not None:
            name[(lineage.first_parent == hub) | (np.arange(models) == hub)] = own_names.index(inherited)
    name[~other | (rng.random(models) < 0.2)] = -1

    tasks = [task for task in pl.read_csv(resources.DATA / "tasks.csv")["id"].to_list() if task not in TASKS]
    total = round(models * WITH_TASK)
    common = np.array([round(total * share) for share in TASKS.values()])
    rare = share_out(total - int(common.sum()), 1 / np.arange(4, len(tasks) + 4), least=1, most=models)
    tasks = [*TASKS, *rng.permutation(tasks).tolist()]
    hubs = [tasks.index(task) for task in _HUB_TASKS]
    task = _trait(lineage, np.concatenate([common, rare]), hubs=hubs, kept=0.72, declared=said * 0.9, rng=rng)

    profiles, counts = _language_sets(models, rng)
    hubs = [profiles.index(["ar"] if hub == 9 else ["en"]) for hub in range(len(HUBS))]
    spoken = _trait(lineage, counts, hubs=hubs, kept=0.84, declared=said * 0.55, rng=rng)
    alone = rng.random(models) < 0.5
    as_card = [
        "false" if languages == ["no"] else "[" + ", ".join(f'"{code}"' for code in languages) + "]"
        for languages in profiles
    ]
    as_word = [
        f'"{languages[0]}"' if len(languages) == 1 and languages != ["no"] else text
        for languages, text in zip(profiles, as_card, strict=True)
    ]

    library, format_ = _libraries(lineage, rng)
    with_weights = rng.random(models) < 0.234
    size = np.exp(rng.normal(20.5, 2.0, models)).astype(np.int64)
    dtype = rng.choice(3, models, p=[0.4, 0.15, 0.45])
    return pl.DataFrame(
        {
            "license": _pick(names, license_),
            "second_license": _pick(names, also),
            "license_name": _pick(own_names, name),
            "pipeline_tag": _pick(tasks, task),
            "languages": pl.Series([*profiles, None], dtype=pl.List(pl.String)).gather(
                np.where(spoken < 0, len(profiles), spoken)
            ),
            "card_language": _pick(as_word, spoken).zip_with(pl.Series(alone), _pick(as_card, spoken)),
            "library_name": library,
            "format": format_,
            "gated": _pick(["False", "auto", "manual"], rng.choice(3, models, p=[0.97, 0.02, 0.01])),
            "total": size,
            "dtype": dtype,
            "with_weights": with_weights,
        }
    ).with_columns(
        safetensors=pl.when("with_weights").then(
            pl.struct(
                parameters=pl.struct(
                    pl.when(pl.col("dtype") == number).then("total").alias(name)
                    for number, name in enumerate(("F32", "F16", "BF16"))
                ),
                total="total",
            )
        )
    )


def _language_sets(models: int, rng: np.random.Generator) -> tuple[list[list[str]], Ints]:
    """Sets of language codes and how many models declare each, so that English and Chinese come out as published."""
    languages = list(iso639.iter_langs())
    two = sorted({language.pt1 for language in languages if language.pt1} - {"en", "zh", *_COMMON_LANGUAGES})
    alone = [*_COMMON_LANGUAGES[:3], "multilingual", *_COMMON_LANGUAGES[3:], "code", "yue", "ceb", *two]
    spoken = scaled(WITH_LANGUAGE, models)
    sets = []
    everyday = np.array(["en", "zh", *_COMMON_LANGUAGES])
    for size in np.minimum(rng.geometric(0.12, 300) + 1, everyday.size):
        drawn = rng.choice(everyday, size, replace=False, p=(odds := 1 / np.arange(1, everyday.size + 1)) / odds.sum())
        sets.append(list(dict.fromkeys(["en", *drawn.tolist()] if rng.random() < 0.8 else drawn.tolist())))
    many = share_out(round(0.05 * spoken), 1 / np.arange(1, len(sets) + 1), least=0, most=models)
    rare = sorted(language.pt3 for language in languages if language.pt3 and not language.pt1)[:MOST_LANGUAGES]
    english = scaled(ENGLISH, models) - sum(
        int(count) for codes, count in zip(sets, many, strict=True) if "en" in codes
    )
    chinese = scaled(CHINESE, models) - sum(
        int(count) for codes, count in zip(sets, many, strict=True) if "zh" in codes
    )
    single = share_out(
        spoken - english - chinese - int(many.sum()) - 1, 1 / np.arange(3, len(alone) + 3), least=0, most=models
    )
    profiles = [["en"], ["zh"], *([code] for code in alone), *sets, rare]
    return profiles, np.concatenate([[english, chinese], single, many, [1]])


def _libraries(lineage: Lineage, rng: np.random.Generator) -> tuple[pl.Series, pl.Series]:
    """Library and weight format: adapters of image hubs are Diffusers', others PEFT's; quantised models are mostly GGUF."""
    models = lineage.models
    u, made_by = rng.random(models), _made_by(lineage)
    image = pl.Series(np.isin(lineage.first_parent, (0, 6)))
    luck = pl.Series(u)
    drawn = _pick(_LIBRARIES, np.where(u < 0.45, -1, (len(_LIBRARIES) * rng.random(models) ** 3).astype(np.int64)))
    frame = pl.DataFrame({"made_by": made_by, "image": image, "luck": luck, "drawn": drawn})
    by = pl.col("made_by")
    library = (
        pl.when((by == "adapter") & pl.col("image"))
        .then(pl.lit("diffusers"))
        .when((by == "adapter") & (pl.col("luck") < 0.85))
        .then(pl.lit("peft"))
        .when((by == "quantized") & (pl.col("luck") < 0.45))
        .then(pl.lit("gguf"))
        .when(by.is_not_null() & (pl.col("luck") < 0.95))
        .then(pl.lit("transformers"))
        .otherwise("drawn")
    )
    format_ = (
        pl.when((by == "quantized") & (pl.col("luck") < 0.7))
        .then(pl.lit("gguf"))
        .when(by.is_not_null() & (pl.col("luck") < 0.8))
        .then(pl.lit("safetensors"))
        .when(pl.col("luck") < 0.25)
        .then(pl.lit("pytorch"))
        .when(pl.col("luck") > 0.65)
        .then(pl.lit("safetensors"))
        .when(pl.col("luck") > 0.62)
        .then(pl.lit("onnx"))
    )
    chosen = frame.select(library=library, format=format_)
    chosen = chosen.with_columns(format=pl.when(pl.col("format").ne_missing(pl.col("library"))).then("format"))
    return chosen["library"], chosen["format"]


def _parents(lineage: Lineage, ids: pl.Series) -> pl.DataFrame:
    """Columns `model`, `parents` (a reference as its card spells it) and `relation`."""
    named = lineage.references.with_row_index("row").with_columns(id=ids.gather(lineage.references["parent"]))
    spelling = pl.col("spelling")
    reference = (
        pl.when(spelling == "exact")
        .then("id")
        .when(spelling == "case")
        .then(pl.col("id").str.to_lowercase())
        .when(spelling == "stub")
        .then(pl.format("gone-{}/Lost-7B-{}", pl.col("stub") // 3, "stub"))
        .when(pl.col("row") % 2 == 0)
        .then(pl.format("/home/user/outputs/checkpoint-{}", "row"))
        .otherwise(pl.format("./results/run-{}", "row"))
    )
    return named.select(model="child", parents=reference, relation="relation")


def _base_models(lineage: Lineage, frame: pl.DataFrame) -> pl.DataFrame:
    """The Hub's own reading: listed parents by their true ids, one relation for all; none where none is declared."""
    found = lineage.references.drop_nulls(["parent", "relation"]).unique(
        ["child", "parent"], keep="first", maintain_order=True
    )
    parent = frame.select("_id", "id")[found["parent"].to_numpy()]
    rows = found.select(model="child", relation="relation").with_columns(models=parent.to_struct())
    return (
        rows.group_by("model", maintain_order=True)
        .agg(pl.col("relation").first(), pl.col("models"))
        .select("model", baseModels=pl.struct("relation", "models"))
    )


def _pairs(models: int, wanted: int, values: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Distinct pairs of a model and a value, sorted by model; low values are the commonest."""
    model = rng.integers(0, models, wanted)
    value = (values * rng.random(wanted) ** 3).astype(np.int64)
    pairs = np.unique(model * values + value)
    return pairs // values, pairs % values


def _datasets(models: int, rng: np.random.Generator) -> pl.DataFrame:
    model, value = _pairs(models, scaled(260_000, models), scaled(70_000, models), rng)
    return pl.DataFrame({"model": pl.Series(model, dtype=pl.UInt32), "value": value}).select(
        "model", datasets=pl.format("owner-{}/records-{}", pl.col("value") // 5, "value")
    )


def _papers(models: int, rng: np.random.Generator) -> pl.DataFrame:
    model, value = _pairs(models, scaled(170_000, models), scaled(6_000, models), rng)
    return pl.DataFrame({"model": pl.Series(model, dtype=pl.UInt32), "value": value}).select(
        "model",
        papers=pl.format(
            "{}{}.{}",
            16 + pl.col("value") % 10,
            (1 + pl.col("value") % 12).cast(pl.String).str.zfill(2),
            (pl.col("value") * 7 % 20_000).cast(pl.String).str.zfill(5),
        ),
    )


def _carded(frame: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Who has a card: everybody who states what only a card can, and others up to the crawl's number."""
    states = (
        frame.select(pl.any_horizontal(pl.col("license", "languages", "parents", "datasets").is_not_null()))
        .to_series()
        .to_numpy()
    )
    silent = np.flatnonzero(~states)
    carded = states.copy()
    carded[rng.choice(silent, scaled(CARDS, frame.height) - int(states.sum()), replace=False)] = True
    return pl.Series(carded)


def _fixed_tags(frame: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    """Columns `model`, `place` (order of kinds of tags) and `tags`: what the Hub derives from card and files."""

    def one(place: int, tag: pl.Expr) -> pl.DataFrame:
        return frame.select("model", place=pl.lit(place, pl.Int8), tags=tag).drop_nulls("tags")

    def several(place: int, column: str, prefix: str = "") -> pl.DataFrame:
        rows = frame.select("model", tags=column).drop_nulls("tags").explode("tags")
        return rows.select("model", place=pl.lit(place, pl.Int8), tags=prefix + pl.col("tags"))

    typed = parents.drop_nulls("relation").select(
        "model", place=pl.lit(7, pl.Int8), tags=pl.format("base_model:{}:{}", "relation", "parents")
    )
    region = pl.when(pl.col("model") % 64 != 0).then(pl.lit("region:us"))
    return pl.concat(
        [
            one(0, pl.col("library_name")),
            one(1, pl.col("format")),
            one(3, pl.col("pipeline_tag")),
            several(4, "datasets", "dataset:"),
            several(4, "papers", "arxiv:"),
            several(5, "languages"),
            several(6, "parents", "base_model:"),
            typed,
            one(8, "license:" + pl.col("license")),
            one(8, "license:" + pl.col("second_license")),
            one(9, region),
        ]
    )


def _free_tags(carded: pl.Series, wanted: int, rng: np.random.Generator) -> pl.DataFrame:
    """Columns `model` and `free`: tags that people chose, most of them by people who wrote a card; sorted by model."""
    vocabulary = 20_000
    with_card = np.flatnonzero(carded.to_numpy())
    drawn = wanted * 13 // 10
    model = np.where(rng.random(drawn) < 0.8, rng.choice(with_card, drawn), rng.integers(0, len(carded), drawn))
    pairs = np.unique(model * vocabulary + (vocabulary * rng.random(drawn) ** 4).astype(np.int64))
    pairs = np.sort(rng.permutation(pairs)[:wanted])
    rows = pl.DataFrame({"model": pl.Series(pairs // vocabulary, dtype=pl.UInt32), "value": pairs % vocabulary})
    words = pl.Series([*_TAGS, *(f"topic-{number}" for number in range(len(_TAGS), vocabulary))])
    return rows.select("model", free=words.gather(rows["value"]))


def _card() -> pl.Expr:
    """The card's YAML block as the Hub gives it: JSON, keys in alphabetical order."""

    def text(column: str) -> pl.Expr:
        return pl.format('"{}"', column)

    def texts(column: str) -> pl.Expr:
        return pl.format('["{}"]', pl.col(column).list.join('", "'))

    several = pl.col("parents").list.len() > 1
    number = pl.col("model")
    fields = {
        "base_model": pl.when(several)
        .then(texts("parents"))
        .otherwise(pl.format('"{}"', pl.col("parents").list.first())),
        "base_model_relation": pl.when(number % 7 == 0).then(text("made_by")),
        "datasets": texts("datasets"),
        "language": pl.col("card_language"),
        "library_name": pl.when(number % 3 != 0).then(text("library_name")),
        "license": pl.when(pl.col("second_license").is_not_null())
        .then(pl.format('["{}", "{}"]', "license", "second_license"))
        .otherwise(text("license")),
        "license_link": pl.when(number % 5 < 3).then(pl.format('"https://licenses.example/{}"', "license_name")),
        "license_name": text("license_name"),
        "model-index": pl.when(number % 11 == 0).then(
            pl.lit(
                '[{"name": "run", "results": [{"task": {"type": "text-generation"}, "metrics": [{"type": "accuracy", "value": 0.5}]}]}]'
            )
        ),
        "pipeline_tag": pl.when(number % 2 == 0).then(text("pipeline_tag")),
        "tags": texts("free"),
    }
    parts = [pl.lit(f'"{key}": ') + value for key, value in fields.items()]
    return pl.concat_str(pl.lit("{"), pl.concat_str(parts, separator=", ", ignore_nulls=True), pl.lit("}"))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Writes made-up snapshots of the Hub as Parquet.")
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("snapshot", help="a snapshot of any size")
    first.add_argument("output", type=Path)
    first.add_argument("--models", type=int, default=MODELS)
    first.add_argument("--seed", type=int, default=1)
    first.add_argument("--without", default="", help="columns to leave out, with commas between: baseModels,gated")
    later = commands.add_parser("next", help="the snapshot after one")
    later.add_argument("before", type=Path)
    later.add_argument("output", type=Path)
    later.add_argument("--seed", type=int, default=2)
    texts = commands.add_parser("cards", help="the texts of a snapshot's model cards")
    texts.add_argument("models", type=Path)
    texts.add_argument("output", type=Path)
    texts.add_argument("--seed", type=int, default=3)
    given = parser.parse_args(arguments)
    started = time.monotonic()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    if given.command == "snapshot":
        write(
            snapshot(given.models, seed=given.seed, without=[name for name in given.without.split(",") if name]),
            given.output,
        )
    elif given.command == "next":
        write(following(pl.read_parquet(given.before), seed=given.seed), given.output)
    else:
        write_cards(given.models, given.output, seed=given.seed)
    size = given.output.stat().st_size / 1e6
    print(f"{given.output}: {size:.0f} MB, {time.monotonic() - started:.0f} s", file=sys.stderr)


def write(frame: pl.DataFrame, path: Path) -> None:
    """One file, Zstandard inside, as the Hub's own are."""
    frame.write_parquet(path, compression="zstd", row_group_size=100_000)


def write_cards(models: Path, path: Path, *, seed: int = 3) -> None:
    """The cards of a snapshot, see readmes.cards: some 4.5 GB of text at full size, of which a part is held at a time."""
    given = pl.read_parquet(models, columns=["id", "cardData", "baseModels"])
    readmes.cards(given, seed=seed).sink_parquet(path, compression="zstd", row_group_size=20_000)


if __name__ == "__main__":
    main()
