"""A little web server on loopback for the guide, where Neo4j is not the managed one and cannot serve it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from studbook import browser
from studbook.errors import InputError
from studbook.neo4j_conf import LOOPBACK

_TYPES = {"html": "text/html; charset=utf-8", "grass": "text/plain; charset=utf-8", "zip": "application/zip"}


def serve(port: int, *, started: Callable[[str], None]) -> None:
    """Serves browser.files() until interrupted; `started` gets the address as soon as it answers. Port 0 is any free one.

    Pages of every origin may read them, as Browser is a page of another. The address says `localhost`, the one host
    beside Neo4j's own from which Browser takes guides unless its database is configured otherwise.
    Raises InputError when the port is taken.
    """
    try:
        server = _Server((LOOPBACK, port), _Handler)
    except OSError as error:
        raise InputError(
            f"Serving the guide on port {port} of {LOOPBACK}: {error.strerror}; choose another with --port"
        ) from error
    with server, suppress(KeyboardInterrupt):
        address = f"http://localhost:{server.server_port}"
        server.contents = {f"/{name}": content for name, content in browser.files(address).items()}
        started(address)
        server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    contents: dict[str, bytes]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        content = self.server.contents.get(self.path.partition("?")[0])
        if content is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES[self.path.partition("?")[0].rpartition(".")[2]])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_OPTIONS(self) -> None:
        """What a web page must ask first: Browser sends headers of its own."""
        self.send_response(HTTPStatus.NO_CONTENT)
        self.send_header("Access-Control-Allow-Methods", "GET")
        self.send_header("Access-Control-Allow-Headers", self.headers.get("Access-Control-Request-Headers", "*"))
        self.send_header("Access-Control-Allow-Private-Network", "true")  # Browser may come from a public address: Aura
        self.end_headers()

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the terminal is for words to a person."""
