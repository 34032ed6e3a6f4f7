"""Writes loader/studbook/data/neo4j-<version>.jars: every jar of one Neo4j release, with its SHA-256 and size.

Run by whoever moves the project to another release, never by the program itself:

    python tools/pin_neo4j.py 2026.08.1

It follows the dependency declarations from Neo4j's own artifact, so it asks the Maven repository for about a thousand
files. The managed server then fetches exactly the files listed and refuses any other content.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.maven import Artifact, MavenContext

from studbook import provision

BROWSER = "org.neo4j.client:neo4j-browser:5.24.0"
"""The last Neo4j Browser published to a Maven repository; Neo4j's own artifacts do not ask for it. Works with both."""


def resolve(version: str, folder: Path) -> list[Artifact]:
    """Every artifact that Neo4j Community `version` and Browser need at run time."""
    context = MavenContext(repo_cache=folder, timeout=60)
    wanted = [context.create_dependency(name) for name in (f"org.neo4j:neo4j:{version}", BROWSER)]
    inputs, transitive = context.resolver.resolve(wanted)
    kept = [*inputs, *(dependency for dependency in transitive if dependency.scope in ("compile", "runtime"))]
    return [dependency.artifact for dependency in kept]


def pin(artifact: Artifact) -> provision.Jar:
    """The artifact with the checksum and the size of what the repository holds today."""
    content = artifact.resolve().read_bytes()
    return provision.Jar(
        group=artifact.groupId,
        artifact=artifact.artifactId,
        version=artifact.version,
        classifier=artifact.classifier or None,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="a Neo4j release, like 2026.08.1")
    version = parser.parse_args().version
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(16) as pool:
        jars = sorted(pool.map(pin, resolve(version, Path(folder))), key=lambda jar: jar.coordinate)
    target = provision.pinned_path(version)
    target.write_text("".join(f"{jar}\n" for jar in jars), encoding="utf-8")
    sys.stdout.write(f"{target}: {len(jars)} jars, {sum(jar.size for jar in jars) / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
