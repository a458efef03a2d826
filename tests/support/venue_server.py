"""A real HTTP server on the loopback that answers as the venues do, and misbehaves when told to."""

import json
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from support.venue_answers import NOW, ROUTES, Answer


@dataclass
class Fault:
    """One way to misbehave, on every route that holds a text."""

    on: str = ""
    status: int = 200
    body: str | None = None  # in place of the answer
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False  # no answer for as long as it serves
    drip: bool = False  # a byte of the body every half second
    cut: bool = False  # the connection breaks in the middle of the body
    packed: bytes | None = None  # the body as it goes over the line
    times: int = 10**6  # how often, before it behaves again


class QuietServer(ThreadingHTTPServer):
    """A server that takes no notice of clients who have gone away: that is what they are to do."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong, unless the client has hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class VenueServer:
    """The venues at `address`: `address/api.bybit.com/v5/…` is Bybit."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.routes: dict[str, Answer] = dict(ROUTES)
        self.now = NOW
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.closed = threading.Event()
        self._server = QuietServer(("127.0.0.1", 0), _handler(self))
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["VenueServer"]:
        """Serve while it lasts."""
        thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self.closed.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def fault_on(self, route: str) -> Fault | None:
        """The fault that strikes now."""
        for fault in self.faults:
            if fault.on in route and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def answer(self, route: str, query: dict[str, str]) -> Any:
        """The recorded answer; None where there is none."""
        made = self.routes.get(route)
        return None if made is None else made(query, self.now)


def _handler(venues: VenueServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            route = parts.path.removeprefix("/")
            venues.asked.append(route)
            fault = venues.fault_on(route) or Fault()
            if fault.is_silent:
                venues.closed.wait()
            answer = venues.answer(route, dict(parse_qsl(parts.query)))
            status = 404 if answer is None else fault.status
            body = (json.dumps(answer) if fault.body is None else fault.body).encode()
            self.send_response(status)
            kind = "text/html" if body.startswith(b"<") else "application/json"
            for name, value in {
                "Content-Type": kind,
                "Content-Length": str(len(body) if fault.packed is None else len(fault.packed)),
                **fault.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            if fault.packed is not None:
                self.wfile.write(fault.packed)
            elif fault.drip:
                for byte in body:
                    if venues.closed.wait(0.2):
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            else:
                self.wfile.write(body[: len(body) // 2] if fault.cut else body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the tests look at `asked`."""

    return Handler
