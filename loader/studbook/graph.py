"""The database: connects to it, reads, writes and explains. The only module that imports neo4j."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import neo4j
import neo4j.graph
import neo4j.spatial
import neo4j.time
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable

from studbook import __version__, server
from studbook.config import Settings
from studbook.errors import GraphError, QueryError

MINIMUM_VERSION = (5, 26)
"""Oldest Neo4j that the statements run on: `$any($relations)` and `$($label)` in patterns came with 5.26."""

_Result = TypeVar("_Result")
Parameters = Mapping[str, Any]
Run = Callable[[str, Parameters], Counter[str]]
"""Runs one statement inside a transaction and returns its counters."""

# Without any handler Python prints the driver's warnings (notifications, retries) on stderr; who wants them adds one.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Answer:
    """Rows of a statement in the order of its columns. Values are the driver's own; `native` makes them plain."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Plan:
    """What the server would do with a statement, without doing it."""

    columns: tuple[str, ...]
    query_type: str
    """r, rw, w or s (schema); `LOAD CSV` alone is still r, so look for it among the operators."""
    operators: tuple[str, ...]
    """Names of the plan's operators, root first, without the `@neo4j` suffix."""
    notifications: tuple[str, ...]
    """`code: description` of each notification."""


class Graph:
    """An open database. Every method raises GraphError when it does not answer or refuses."""

    def __init__(self, driver: neo4j.Driver, database: str | None, address: str, version: str) -> None:
        self._driver = driver
        self._database = database
        self.address = address
        self.version = version

    def read(self, cypher: str, parameters: Parameters | None = None, *, timeout: float | None = None) -> Answer:
        """Rows of a statement that only reads: the server refuses a write. `timeout` in seconds.

        Raises QueryError when the statement itself is wrong: syntax, parameters, types, or it writes.
        """
        query = neo4j.Query(cypher, timeout=timeout)
        with self._asking("Reading from"), self._session(neo4j.READ_ACCESS) as session:
            result = session.run(query, dict(parameters or {}))
            columns = tuple(result.keys())
            return Answer(columns, [tuple(record.values()) for record in result])

    def write(self, cypher: str, parameters: Parameters | None = None) -> Counter[str]:
        """Runs one statement in its own transaction, retried where the server says that may help. Returns counters."""
        return self.transact(lambda run: run(cypher, parameters or {}))

    def create(self, cypher: str, parameters: Parameters | None = None) -> Answer:
        """The rows that one statement returns which writes, in its own transaction, retried as write does."""

        def unit(transaction: neo4j.ManagedTransaction) -> Answer:
            result = transaction.run(cypher, dict(parameters or {}))
            return Answer(tuple(result.keys()), [tuple(record.values()) for record in result])

        with self._asking("Writing to"), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(unit)

    def transact(self, work: Callable[[Run], _Result]) -> _Result:
        """Runs `work` in one transaction: all its statements or none. It may run again after a deadlock."""

        def unit(transaction: neo4j.ManagedTransaction) -> _Result:
            def run(cypher: str, parameters: Parameters) -> Counter[str]:
                summary = transaction.run(cypher, dict(parameters)).consume()
                return _counters(summary.counters)

            return work(run)

        with self._asking("Writing to"), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(unit)

    def explain(self, cypher: str, parameters: Parameters | None = None) -> Plan:
        """The plan of a statement and what the server has to say about it; the statement does not run.

        Raises QueryError when the statement is wrong.
        """
        with (
            self._asking("Explaining a statement at"),
            self._session(neo4j.READ_ACCESS, notifications_min_severity="INFORMATION") as session,
        ):
            result = session.run(f"EXPLAIN {cypher}", dict(parameters or {}))
            columns = tuple(result.keys())
            summary = result.consume()
        return Plan(
            columns=columns,
            query_type=summary.query_type or "",
            operators=tuple(_operators(cast("dict[str, Any] | None", summary.plan))),
            notifications=tuple(
                f"{status.gql_status}: {status.status_description}"
                for status in summary.gql_status_objects
                if status.is_notification
            ),
        )

    def close(self) -> None:
        """Closes every connection."""
        self._driver.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _session(self, access: str, **config: Any) -> neo4j.Session:
        # 10,000 rows a request instead of 1,000: a tenth of the round trips for the same memory as one batch of a load.
        return self._driver.session(
            database=self._database,
            default_access_mode=access,
            fetch_size=10_000,
            **({"notifications_min_severity": "OFF"} | config),
        )

    @contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            if (error.code or "").startswith("Neo.ClientError.Statement."):
                raise QueryError(f"{doing} {self.address}: {error.message}") from error
            raise GraphError(f"{doing} {self.address}: {_reason(error)}") from error
        except (DriverError, Neo4jError) as error:
            raise GraphError(f"{doing} {self.address}: {_reason(error)}") from error


def connect(settings: Settings) -> Graph:
    """Opens the server that NEO4J_URI names, else the managed server, which must be running.

    Raises GraphError when nothing answers there, it refuses the password, or it is older than MINIMUM_VERSION.
    """
    if settings.neo4j_uri:
        return connect_to(
            settings.neo4j_uri,
            username=settings.neo4j_username,
            password=settings.neo4j_password,
            database=settings.neo4j_database,
        )
    running = server.running(settings)
    if running is None:
        raise GraphError(
            f"Connecting to the managed Neo4j in {server.home(settings)}: it does not run; "
            "start it with `studbook server start`, or set NEO4J_URI to a server of your own"
        )
    username, password = server.credentials(settings)
    return connect_to(running.uri, username=username, password=password)


def connect_to(uri: str, *, username: str, password: str | None, database: str | None = None) -> Graph:
    """Opens the database at an address; a null password means that it asks for none. Raises as connect does."""
    doing = f"Connecting to Neo4j at {uri}"
    try:
        driver = neo4j.GraphDatabase.driver(
            uri,
            auth=(username, password) if password is not None else None,
            user_agent=f"studbook/{__version__}",
            connection_timeout=10,
            connection_acquisition_timeout=20,
        )
    except (DriverError, ValueError) as error:
        raise GraphError(f"{doing}: {error}; give NEO4J_URI as bolt://host:port or neo4j+s://host") from error
    with ExitStack() as undo:
        undo.callback(driver.close)
        try:
            # A transaction of our own and not execute_query, which tries a dead address for 30 seconds.
            with driver.session(database=database) as session, session.begin_transaction() as transaction:
                agent = transaction.run("RETURN 1").consume().server.agent
        except ServiceUnavailable as error:
            raise GraphError(f"{doing}: nothing answers ({error}); start that server, or correct NEO4J_URI") from error
        except AuthError as error:
            raise GraphError(f"{doing}: it refuses {username}; check NEO4J_USERNAME and NEO4J_PASSWORD") from error
        except (DriverError, Neo4jError) as error:
            raise GraphError(f"{doing}: {_reason(error)}") from error
        graph = Graph(driver, database, uri, _supported_version(agent, doing))
        undo.pop_all()
    return graph


def native(value: Any) -> Any:  # noqa: PLR0911  one return for each type
    """A value of an Answer in plain Python: datetimes, dates and times of the standard library, ISO text for durations,
    properties for a node, type and properties for a relationship, both in turn for a path, a list for a point."""
    match value:
        case neo4j.time.DateTime() | neo4j.time.Date() | neo4j.time.Time():
            return value.to_native()
        case neo4j.time.Duration():
            return value.iso_format()
        case neo4j.graph.Node():
            return {name: native(item) for name, item in value.items()}
        case neo4j.graph.Relationship():
            return {"type": value.type, **{name: native(item) for name, item in value.items()}}
        case neo4j.graph.Path():
            steps = zip(value.nodes, (*value.relationships, None), strict=True)
            return [native(item) for step in steps for item in step if item is not None]
        case neo4j.spatial.Point():
            return list(value)
        case list():
            return [native(item) for item in value]
        case dict():
            return {name: native(item) for name, item in value.items()}
        case _:
            return value


def path_ids(value: Any) -> Any:
    """A path as [id, TYPE, id, …], null for a node without id; any other value as `native` gives it.

    The other properties are not made plain: of a path of 300 edges they were a third of the answer's time.
    """
    if not isinstance(value, neo4j.graph.Path):
        return native(value)
    steps = zip(value.nodes, (*value.relationships, None), strict=True)
    return [part for node, edge in steps for part in ((node.get("id"), edge.type) if edge else (node.get("id"),))]


def _supported_version(agent: str, doing: str) -> str:
    match = re.fullmatch(r"Neo4j/((\d+)\.(\d+)\S*)", agent)
    if match is None:
        raise GraphError(f"{doing}: {agent!r} answers there, which is not Neo4j; give NEO4J_URI of a Neo4j server")
    if (int(match[2]), int(match[3])) < MINIMUM_VERSION:
        needed = ".".join(map(str, MINIMUM_VERSION))
        raise GraphError(f"{doing}: it is Neo4j {match[1]}, and the statements need {needed} or newer; upgrade it")
    return match[1]


def _reason(error: DriverError | Neo4jError) -> str:
    return f"{error.message} ({error.code})" if isinstance(error, Neo4jError) else str(error)


def _counters(counters: neo4j.SummaryCounters) -> Counter[str]:
    return Counter({name: value for name, value in vars(counters).items() if type(value) is int and value})


def _operators(plan: dict[str, Any] | None) -> Iterator[str]:
    if plan:
        yield str(plan["operatorType"]).removesuffix("@neo4j").split("@")[0]
        children: Sequence[dict[str, Any]] = plan.get("children", ())
        for child in children:
            yield from _operators(child)
