"""A WebSocket server that gives each client the newest frame: `ws://127.0.0.1:8765`.

The address is where this program listens. Pages of other web sites are refused (their Origin is not ours): a browser
would otherwise let any page read the motion of whoever visits it.
"""

import http
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve
from websockets.typing import Origin

from app.paths import CHECKOUT
from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.sinks.target import Target
from app.sinks.udp import SendStatus
from app.sinks.websocket_frames import binary_frame, hello, json_frame
from engines.errors import SinkError

EXAMPLE_PAGE: Final = CHECKOUT / "examples" / "websocket.html"
"""Served to a browser that asks for no WebSocket."""
MAX_CLIENTS: Final = 16
_CLOSE_S: Final = 1.0
_LARGEST_FROM_CLIENT: Final = 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest frame; it is encoded when the first client wants it."""

    number: int
    packet: Packet


class WebSocketSink:
    """Serves any number of clients up to 16; a slow one gets fewer frames and holds up nobody."""

    delivery: Final[Delivery] = "prompt"

    def __init__(self, target: Target, origins: tuple[str, ...]) -> None:
        self.name = target.text
        """What the user calls it."""
        self._place = (target.host, target.port)
        self._origins = origins
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._newest: _Newest | None = None
        self._is_closing = False
        self._clients: set[ServerConnection] = set()
        self._sent = 0
        self._encoded: dict[str, tuple[int, str | bytes]] = {}

    @property
    def status(self) -> SendStatus:
        """How many messages were sent; with no client there is nobody to send to, and that is no loss."""
        return SendStatus(self._sent, 0, None if self._clients else "no client is connected")

    def open(self) -> None:
        """Listen. Raises `SinkError` where the port is taken."""
        host, port = self._place
        # what strangers send to the port is no news for the user
        connections = logging.getLogger(f"{__name__}.connections")
        connections.setLevel(logging.CRITICAL)
        try:
            self._server = serve(
                self._serve_client,
                host,
                port,
                origins=[None, *map(Origin, self._allowed_origins(port))],
                compression=None,
                process_request=self._answer_plain_http,
                server_header=None,
                logger=connections,
                close_timeout=_CLOSE_S,
                max_size=_LARGEST_FROM_CLIENT,
            )
        except OSError as error:
            raise SinkError(
                f"{self.name}: cannot listen at {host}:{port} ({os.strerror(error.errno or 0)}); name another port"
            ) from error
        self._is_closing = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="websocket", daemon=True
        )
        self._thread.start()
        logger.info("%s: open http://%s:%d/ in a browser to look", self.name, host, self.port)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._place[1] if self._server is None else int(self._server.socket.getsockname()[1])

    def consume(self, packet: Packet) -> None:
        """Take a packet as the newest; the clients' own threads send it."""
        if self._server is None:
            raise SinkError(f"{self.name}: not open")
        with self._changed:
            number = 1 if self._newest is None else self._newest.number + 1
            self._newest = _Newest(number, packet)
            self._changed.notify_all()

    def close(self) -> None:
        """Send all clients away and stop listening; may be called twice."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._clients, _CLOSE_S)
            for stuck in self._clients:  # it reads nothing, so that sending to it never ends
                with suppress(OSError):
                    stuck.socket.shutdown(socket.SHUT_RDWR)
        if self._server is not None:
            self._server.shutdown()
            self._server = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _allowed_origins(self, port: int) -> list[str]:
        own = [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", self._place[0])]
        return [*own, *self._origins]

    def _answer_plain_http(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a browser with the example page; None lets a WebSocket through."""
        if "websocket" in request.headers.get("Upgrade", "").lower():
            full = len(self._clients) >= MAX_CLIENTS
            return (
                connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "too many clients\n")
                if full
                else None
            )
        if request.path != "/":
            return connection.respond(http.HTTPStatus.NOT_FOUND, "only / is here\n")
        page = EXAMPLE_PAGE.read_bytes()
        headers = Headers(
            {
                "Content-Type": "text/html; charset=utf-8",
                "Content-Length": str(len(page)),
                "Connection": "close",
            }
        )
        return Response(200, "OK", headers, page)

    def _serve_client(self, connection: ServerConnection) -> None:
        """Send frames until the client goes; runs on the client's own thread."""
        path = "" if connection.request is None else connection.request.path
        encode = binary_frame if path == "/binary" else json_frame
        with self._changed:
            self._clients.add(connection)
        try:
            with suppress(ConnectionClosed, OSError, TimeoutError):
                connection.send(hello())
                last = 0
                while (newest := self._wait_for_newer(last)) is not None:
                    last = newest.number
                    connection.send(self._message(newest, path, encode))
                    self._sent += 1
        finally:
            with self._changed:
                self._clients.discard(connection)
                self._changed.notify_all()

    def _wait_for_newer(self, number: int) -> _Newest | None:
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._is_closing or (self._newest is not None and self._newest.number > number)
                )
            )
            return None if self._is_closing else self._newest

    def _message(
        self, newest: _Newest, path: str, encode: Callable[[Packet], str | bytes]
    ) -> str | bytes:
        """Return an encoded frame; clients of one kind share it."""
        known = self._encoded.get(encode.__name__)
        if known is not None and known[0] == newest.number:
            return known[1]
        message = encode(newest.packet)
        self._encoded[encode.__name__] = (newest.number, message)
        return message


def create(target: Target) -> WebSocketSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    target.check_options(["origins"])
    origins = tuple(filter(None, target.options.get("origins", "").split(",")))
    return WebSocketSink(target, origins)
