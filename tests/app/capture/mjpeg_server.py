"""A camera on the network, for tests: pictures over HTTP on loopback, that stalls, is cut and goes away on command."""

import http.server
import socket
import threading
from types import TracebackType

import cv2
import numpy as np

_BITS = 16
_BLOCK_PX = 16


def picture_of(number: int) -> np.ndarray:
    """Return a picture that carries a number in blocks of black and white."""
    image = np.zeros((64, _BITS * _BLOCK_PX, 3), np.uint8)
    for bit in range(_BITS):
        if number >> bit & 1:
            image[:, bit * _BLOCK_PX : (bit + 1) * _BLOCK_PX] = 255
    return image


def number_of(image: np.ndarray) -> int:
    """Return the number that a picture carries, even after compression."""
    middles = image[32, _BLOCK_PX // 2 :: _BLOCK_PX, 0]
    return sum(1 << bit for bit, value in enumerate(middles) if value > 127)


class MjpegServer:
    """Sends numbered pictures at a steady rate to whoever connects; the numbers rise as long as it lives."""

    def __init__(self, period_s: float = 0.005) -> None:
        self.period_s = period_s
        self.newest = -1
        self.connections = 0
        self._changed = threading.Condition()
        self._stalled = False
        self._resume_at = 0
        self._cuts = 0
        self._port = 0
        self._server: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/stream"

    def __enter__(self) -> "MjpegServer":
        self.come_back()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.go_away()

    def stall(self) -> None:
        """Keep the connections and send nothing."""
        with self._changed:
            self._stalled = True

    def resume(self) -> None:
        """Send again."""
        with self._changed:
            self._stalled = False
            self._changed.notify_all()

    def resume_at_connection(self, count: int) -> None:
        """Send again once somebody has connected for the `count`th time."""
        with self._changed:
            self._resume_at = count
            self._changed.notify_all()

    def wait_for_number(self, number: int) -> None:
        """Wait until that picture was sent."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.newest >= number, 10)

    def cut(self) -> None:
        """Close the connections; new ones are served."""
        with self._changed:
            self._cuts += 1
            self._changed.notify_all()

    def go_away(self) -> None:
        """Close the connections and refuse new ones."""
        if self._server is None or self._thread is None:
            return
        self.cut()
        self._server.shutdown()
        self._server.server_close()  # joins the connections' threads
        self._thread.join()
        self._server = None

    def come_back(self) -> None:
        """Listen, on the same port as before."""
        self._server = _Listener(("127.0.0.1", self._port), _Handler)
        self._server.camera = self
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    def serve(self, connection: "_Handler") -> None:
        with self._changed:
            cuts = self._cuts
            self.connections += 1
            if self.connections == self._resume_at:
                self._stalled = False
            self._changed.notify_all()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._stalled or self._cuts != cuts)
                if self._cuts != cuts:
                    return
                self.newest += 1
                number = self.newest
                self._changed.notify_all()
            connection.send(number)
            with self._changed:
                self._changed.wait_for(lambda: self._cuts != cuts, self.period_s)


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True
    camera: MjpegServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that leaves is part of the tests."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Listener

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        self.server.camera.serve(self)

    def send(self, number: int) -> None:
        data = cv2.imencode(".jpg", picture_of(number))[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        self.wfile.write(head.encode() + data + b"\r\n")
