"""Announces a UDP port by OSCQuery (mDNS and a small web page), so that VRChat sends the headset's pose there."""

import http.server
import importlib
import json
import socket
import threading
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from app.sinks.target import DEFAULT_HOST
from engines.errors import SinkError

_NAME: Final = "ExPoseLive"
_HEAD: Final = "/tracking/vrsystem/head/pose"
_WRITE_ONLY: Final = 2


class OscQueryService:
    """One announcement: heard on the whole network, of an address that only this computer reaches.

    VRChat's own library (vrc-oscquery-lib, over MeaMod.DNS) listens at every interface but the loopback.
    """

    def __init__(self, osc_port: int) -> None:
        self._osc_port = osc_port
        self._web: http.server.ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._zeroconf: Any = None

    @property
    def web_port(self) -> int:
        """Where the description is served."""
        return 0 if self._web is None else int(self._web.server_address[1])

    def open(self) -> None:
        """Serve the description and announce it. Raises `SinkError` where zeroconf is not installed."""
        zeroconf = _import_zeroconf()
        self._web = http.server.ThreadingHTTPServer((DEFAULT_HOST, 0), _handler(self._osc_port))
        self._thread = threading.Thread(
            target=self._web.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="oscquery",
            daemon=True,
        )
        self._thread.start()
        try:
            self._zeroconf = zeroconf.Zeroconf(
                interfaces=zeroconf.InterfaceChoice.All, ip_version=zeroconf.IPVersion.V4Only
            )
            for kind, port in (("_oscjson._tcp", self.web_port), ("_osc._udp", self._osc_port)):
                service = zeroconf.ServiceInfo(
                    f"{kind}.local.",
                    f"{_NAME}-{self._osc_port}.{kind}.local.",
                    addresses=[socket.inet_aton(DEFAULT_HOST)],
                    port=port,
                    properties={"txtvers": "1"},
                    server=f"{_NAME}-{self._osc_port}.local.",
                )
                # a name with a port that is ours is nobody else's here: asking around would take seconds
                self._zeroconf.register_service(service, cooperating_responders=True)
        except (OSError, zeroconf.Error) as error:
            self.close()
            raise SinkError(
                f"OSCQuery cannot be announced here ({error}); leave out oscquery=yes"
            ) from error

    def close(self) -> None:
        """Withdraw the announcement; may be called twice."""
        if self._zeroconf is not None:
            self._zeroconf.close()
            self._zeroconf = None
        if self._web is not None:
            self._web.shutdown()
            self._web.server_close()
            self._web = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None


def description(osc_port: int, path: str, *, host_info: bool) -> dict[str, object] | None:
    """Return what OSCQuery answers for a path: the host, a node of the tree, or None for no such node."""
    if host_info:
        return {
            "NAME": _NAME,
            "OSC_IP": DEFAULT_HOST,
            "OSC_PORT": osc_port,
            "OSC_TRANSPORT": "UDP",
            "EXTENSIONS": {"ACCESS": True, "TYPE": True, "DESCRIPTION": True},
        }
    node: dict[str, object] = {
        "FULL_PATH": _HEAD,
        "ACCESS": _WRITE_ONLY,
        "TYPE": "ffffff",
        "DESCRIPTION": "pose of the headset",
    }
    nodes = {_HEAD: node}
    parts = _HEAD.split("/")
    for depth in range(len(parts) - 1, 0, -1):
        above = "/".join(parts[:depth]) or "/"
        node = {"FULL_PATH": above, "ACCESS": 0, "CONTENTS": {parts[depth]: node}}
        nodes[above] = node
    return nodes.get(path)


def _handler(osc_port: int) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            answer = description(osc_port, url.path, host_info="HOST_INFO" in url.query)
            body = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: standard error is for people."""

    return Handler


def _import_zeroconf() -> ModuleType:
    try:
        return importlib.import_module("zeroconf")
    except ImportError as error:
        raise SinkError(
            "oscquery=yes needs the package zeroconf; install the extra 'oscquery', or write receive=9001"
        ) from error
