"""Every error the program raises on purpose, as one tree.

StudbookError
├── InputError            wrong use or bad input: exit code 2
│   ├── SourceError       a file that is no dump, or cannot be read to its end
│   └── QueryError        an unknown query, a broken query file, a wrong parameter
└── WorldError            the world is not ready: exit code 3
    ├── ProvisionError    Java or the Neo4j jars cannot be had, or are not what was pinned
    ├── ServerError       the managed server does not start, stop or answer
    ├── GraphError        no database answers, or it refuses a statement
    ├── HubError          the Hub does not answer, or refuses
    └── LockedError       another load holds the graph

A message has three parts: what was being done (with file, model or address), what is wrong, what to do next.
"""


class StudbookError(Exception):
    """Base of every error raised on purpose; `exit_code` is what the command line ends with."""

    exit_code = 3


class InputError(StudbookError):
    """Wrong use or bad input."""

    exit_code = 2


class SourceError(InputError):
    """A file that is no dump of the Hub, or cannot be read to its end."""


class QueryError(InputError):
    """An unknown query, a query file that breaks its contract, or a wrong parameter."""


class WorldError(StudbookError):
    """Something outside this program is not ready."""


class ProvisionError(WorldError):
    """Java or the Neo4j jars cannot be had, or are not what was pinned."""


class ServerError(WorldError):
    """The managed server does not start, stop or answer."""


class GraphError(WorldError):
    """No database answers, or it refuses a statement."""


class HubError(WorldError):
    """The Hugging Face Hub does not answer, or refuses."""


class LockedError(WorldError):
    """Another process is changing the graph."""
