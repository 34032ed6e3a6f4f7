"""Settings: flags over environment over defaults. Nothing here touches a file or the network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

NEO4J_VERSION = "2026.08.1"
"""The Neo4j that the managed server runs unless told otherwise; docker-compose.yml names the same."""

SUPPORTED_NEO4J_VERSIONS = (NEO4J_VERSION, "5.26.30")
"""Versions with pinned jars (data/neo4j-<version>.jars). Every query and writer is tested on both."""


@dataclass(frozen=True)
class Settings:
    """Where things are and how to reach them."""

    home: Path
    """State of the managed servers: one folder per Neo4j version inside. `STUDBOOK_HOME`."""
    cache: Path
    """Downloaded jars, shared between homes. `STUDBOOK_CACHE`."""
    neo4j_version: str = NEO4J_VERSION
    """`STUDBOOK_NEO4J_VERSION`."""
    maven_repository: str | None = None
    """A company mirror to ask instead of Maven Central. `STUDBOOK_MAVEN_REPOSITORY`."""
    neo4j_heap: str | None = None
    """Heap of the managed server, like 512m or 4g; None computes it from the machine. `STUDBOOK_NEO4J_HEAP`."""
    neo4j_page_cache: str | None = None
    """Page cache of the managed server, likewise. `STUDBOOK_NEO4J_PAGECACHE`."""
    neo4j_uri: str | None = None
    """Address of a Neo4j that is not ours; None means the managed server. `NEO4J_URI`."""
    neo4j_username: str = "neo4j"
    """`NEO4J_USERNAME`."""
    neo4j_password: str | None = field(default=None, repr=False)
    """`NEO4J_PASSWORD`; the managed server has its own in a file."""
    neo4j_database: str | None = None
    """`NEO4J_DATABASE`; None is the server's default database."""
    config: Path | None = None
    """The organisation's file; None looks for a studbook.toml, see organisation.find. `STUDBOOK_CONFIG`."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from environment variables; an empty variable counts as unset."""
        env = {k: v for k, v in (os.environ if environment is None else environment).items() if v}
        return cls(
            home=Path(env.get("STUDBOOK_HOME") or platformdirs.user_data_path("studbook")).expanduser().absolute(),
            cache=Path(env.get("STUDBOOK_CACHE") or platformdirs.user_cache_path("studbook")).expanduser().absolute(),
            neo4j_version=env.get("STUDBOOK_NEO4J_VERSION", NEO4J_VERSION),
            maven_repository=env.get("STUDBOOK_MAVEN_REPOSITORY"),
            neo4j_heap=env.get("STUDBOOK_NEO4J_HEAP"),
            neo4j_page_cache=env.get("STUDBOOK_NEO4J_PAGECACHE"),
            neo4j_uri=env.get("NEO4J_URI"),
            neo4j_username=env.get("NEO4J_USERNAME", "neo4j"),
            neo4j_password=env.get("NEO4J_PASSWORD"),
            neo4j_database=env.get("NEO4J_DATABASE"),
            config=Path(env["STUDBOOK_CONFIG"]).expanduser() if "STUDBOOK_CONFIG" in env else None,
        )
