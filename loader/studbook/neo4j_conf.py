"""What the managed Neo4j is told: neo4j.conf and the arguments of its Java. Nothing here starts or writes anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from studbook.config import Settings
from studbook.errors import InputError

LOOPBACK = "127.0.0.1"
MIB = 1024 * 1024
GIB = 1024 * MIB

CLOSED = {
    "server.directories.import": "import",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
}
"""LOAD CSV reads the server's files and any address by default, in read transactions too. Nothing here needs it."""

QUIET = {
    "dbms.usage_report.enabled": "false",
    "client.allow_telemetry": "false",
}
"""Nothing is reported to anyone."""

_OWN_MACHINE = " ".join(f"{scheme}://{host}:*" for scheme in ("ws", "http") for host in (LOOPBACK, "localhost"))

BROWSER = {
    "browser.remote_content_hostname_whitelist": f"{LOOPBACK},localhost",
    "dbms.security.http_static_content_security_policy_header": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; object-src 'none'; "
        f"frame-ancestors 'none'; connect-src 'self' {_OWN_MACHINE}"
    ),
}
"""Neo4j Browser takes guides from this machine only, and the web browser lets it ask no other: it would load the scripts
of three companies otherwise, whatever `client.allow_telemetry` says, because it reads that only once it is connected."""

TOUR_PATH = "/browser/studbook"
"""Where the server serves the guide, its style and the saved queries, beside Neo4j Browser."""


@dataclass(frozen=True)
class Release:
    """What differs from one Neo4j release to the other."""

    main_class: str
    settings: dict[str, str]


# Bolt waits three times for silence of five seconds before it closes: without the quiet period a stop takes 0.4 s and
# not 15 s.
RELEASES = {
    "2026.08.1": Release(
        "org.neo4j.server.Neo4jCommunity",
        {
            "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
            "dbms.fleet_manager.enabled": "false",
            "server.fleet_discovery.enabled": "false",
        },
    ),
    "5.26.30": Release(
        "org.neo4j.server.CommunityEntryPoint", {"internal.dbms.bolt.netty_server_shutdown_quiet_period": "0"}
    ),
}
ADMIN_CLASS = "org.neo4j.cli.AdminTool"

JVM_OPTIONS = (
    # What Neo4j's own neo4j.conf asks for, but -XX:+AlwaysPreTouch, which takes the whole heap at once.
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-XX:+ExitOnOutOfMemoryError",  # half a server is worse than none; the next start recovers
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)


@dataclass(frozen=True)
class Ports:
    """Where a server listens, on loopback."""

    bolt: int
    http: int


@dataclass(frozen=True)
class Memory:
    """Bytes for the server's two large users of memory."""

    heap: int
    page_cache: int


def memory(total: int) -> Memory:
    """Heap and page cache for a machine with `total` bytes: an eighth each, within bounds.

    Three quarters stay for the importer, Python, a second server during a load, and whatever else runs there.
    """
    share = total // 8 // MIB * MIB
    return Memory(heap=min(max(share, 512 * MIB), 4 * GIB), page_cache=min(max(share, 256 * MIB), 4 * GIB))


def memory_for(settings: Settings) -> Memory:
    """What the settings ask for, and for this machine where they say nothing."""
    computed, heap, page_cache = memory(total_memory()), settings.neo4j_heap, settings.neo4j_page_cache
    return Memory(
        heap=parse_size(heap, "STUDBOOK_NEO4J_HEAP") if heap else computed.heap,
        page_cache=parse_size(page_cache, "STUDBOOK_NEO4J_PAGECACHE") if page_cache else computed.page_cache,
    )


def total_memory() -> int:
    """Bytes of this machine, or of the container when it has less (control groups, version 2 and 1)."""
    limits = [psutil.virtual_memory().total]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):  # no such file on this system, or "max": no limit
            limits.append(int(Path(path).read_text(encoding="ascii")))
    return min(limits)


def parse_size(text: str, name: str) -> int:
    """Bytes of a size like 512m or 4g, as the JVM writes them; InputError names the setting `name`."""
    match = re.fullmatch(r"(\d+)([mg])", text.strip().lower())
    if not match or int(match[1]) == 0:
        raise InputError(f"{name} is {text!r}, which is no size: write it like 512m or 4g.")
    return int(match[1]) * (MIB if match[2] == "m" else GIB)


def configuration(version: str, ports: Ports, *, page_cache: int, read_only: bool = False) -> dict[str, str]:
    """The server's settings by name. Neo4j checks names strictly: an unknown one stops it."""
    bolt, http = f"{LOOPBACK}:{ports.bolt}", f"{LOOPBACK}:{ports.http}"
    return {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": bolt,
        "server.bolt.advertised_address": bolt,  # or Browser dials port 7687
        "server.http.listen_address": http,
        "server.http.advertised_address": http,
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "server.memory.pagecache.size": f"{page_cache // MIB}m",
        "db.transaction.timeout": "10m",
        "db.tx_log.rotation.retention_policy": "keep_none",  # logs are kept for replicas and backups: there are none
        "server.databases.default_to_read_only": str(read_only).lower(),
        "browser.post_connect_cmd": f"guide http://{http}{TOUR_PATH}/guide.html",
        **CLOSED,
        **QUIET,
        **BROWSER,
        **RELEASES[version].settings,
    }


def render(values: Mapping[str, str]) -> str:
    """The text of neo4j.conf."""
    lines = (f"{name}={value}\n" for name, value in values.items())
    return "# Written by studbook at every start; changes made here are lost.\n" + "".join(lines)


def render_arguments(options: Iterable[str], jars: Iterable[Path]) -> str:
    """The text of an argument file for Java, which keeps 238 paths out of the command line; paths may hold blanks."""
    arguments = [*options, *JVM_OPTIONS, "-cp", ":".join(str(jar) for jar in jars)]
    escaped = (argument.replace("\\", "\\\\").replace('"', '\\"') for argument in arguments)
    return "".join(f'"{argument}"\n' for argument in escaped)
