"""A TARGET taken apart for a form, and put together again. No Qt here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlencode

from app.sinks.catalog import SINKS
from app.sinks.target import DEFAULT_HOST, parse_target

_PORTS: Final = {scheme: kind.default_port for scheme, kind in SINKS.items()}
_READABLE: Final = ",:/"
"""Letters that need no escape in an option."""
_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class TargetParts:
    """What a TARGET is made of."""

    scheme: str
    """Name of the protocol."""
    host: str = DEFAULT_HOST
    """Name or address."""
    port: int | None = None
    """Port; None for the protocol's own."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Option -> value, those that were written."""

    @property
    def used_port(self) -> int:
        """The port it goes to."""
        return self.port or _PORTS[self.scheme]

    @property
    def is_local(self) -> bool:
        """It stays on this computer."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def parts_of(text: str) -> TargetParts:
    """Return the parts of a TARGET. Raises `UsageError`."""
    target = parse_target(text, _PORTS)
    port = target.port if target.port_given else None
    return TargetParts(target.scheme, target.host, port, dict(target.options))


def text_of(parts: TargetParts) -> str:
    """Return the TARGET; `parts_of` gives the parts again."""
    host = f"[{parts.host}]" if ":" in parts.host else parts.host
    port = "" if parts.port is None else f":{parts.port}"
    query = urlencode(parts.options, safe=_READABLE, quote_via=quote)
    return f"{parts.scheme}://{host}{port}" + (f"?{query}" if query else "")


def free_text(text: str, taken: Collection[str]) -> str:
    """Return a TARGET that is not among others: the text itself, or with the next port that makes it another.

    Raises:
        UsageError: it is no TARGET.
    """
    parts = parts_of(text)
    while text in taken and parts.used_port < _LAST_PORT:
        parts = replace(parts, port=parts.used_port + 1)
        text = text_of(parts)
    return text
