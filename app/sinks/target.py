"""Where to send: `scheme://host:port?option=value&option=value`."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

from engines.errors import UsageError

DEFAULT_HOST: Final = "127.0.0.1"
"""This computer: nothing leaves it unless a host is named."""

PACE_OPTIONS: Final = ("rate", "retime")
"""Options of every target: how often to send (`app.sinks.pace`)."""

_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed TARGET."""

    text: str
    """As the user wrote it."""
    scheme: str
    """Name of the protocol."""
    host: str
    """Name or address."""
    port: int
    """Port; the protocol's own where none was written."""
    options: Mapping[str, str]
    """Option -> value, as text."""
    port_given: bool = True
    """The user wrote the port."""

    def check_options(self, known: Iterable[str]) -> None:
        """Refuse options that the sink does not have. Raises `UsageError`."""
        names = sorted({*known, *PACE_OPTIONS})
        for name in self.options:
            if name not in names:
                raise UsageError(
                    f"{self.text}: unknown option '{name}'; {self.scheme} knows {', '.join(names)}"
                )

    def choice(self, name: str, choices: Mapping[str, _Choice], default: str) -> _Choice:
        """Return what an option's value stands for. Raises `UsageError` for a value that is no choice."""
        value = self.options.get(name, default)
        if value not in choices:
            raise UsageError(
                f"{self.text}: '{value}' is no {name}; choose one of {', '.join(choices)}"
            )
        return choices[value]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return an option that is yes or no. Raises `UsageError`."""
        return self.choice(name, {"yes": True, "no": False}, "yes" if default else "no")

    def names(self, name: str, known: Iterable[str], default: str) -> tuple[str, ...]:
        """Return an option's comma-separated names, each once; empty for `none`. Raises `UsageError`."""
        value = self.options.get(name, default)
        given = [] if value == "none" else value.split(",")
        allowed = tuple(known)
        for each in given:
            if each not in allowed:
                raise UsageError(
                    f"{self.text}: '{each}' is none of the {name}; choose from {', '.join(allowed)}, or none"
                )
        return tuple(dict.fromkeys(given))

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return an option's number between two others, or None where it is not given. Raises `UsageError`."""
        text = self.options.get(name)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise UsageError(f"{self.text}: '{text}' is no {name}; write {low:g} to {high:g}")
        return value

    def place(self, name: str) -> tuple[str, int] | None:
        """Return an option that is a port or host:port to listen at, or None where it is not given.

        Raises:
            UsageError: it is neither.
        """
        text = self.options.get(name)
        if text is None:
            return None
        try:
            url = urlsplit(f"//{text}" if ":" in text else f"//:{text}")
            port = url.port
        except ValueError:
            port = None
        if port is None or url.path or url.query or "@" in url.netloc:
            raise UsageError(f"{self.text}: '{text}' is no {name}; write a port, or address:port")
        return url.hostname or DEFAULT_HOST, port


def parse_target(text: str, default_ports: Mapping[str, int]) -> Target:
    """Return the target of a text.

    Args:
        text: What the user wrote.
        default_ports: Scheme -> port, of every scheme there is.

    Raises:
        UsageError: the text names no known scheme, or has an unusable port or options.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in default_ports:
        known = ", ".join(f"{name}://" for name in default_ports)
        raise UsageError(f"{text}: '{scheme}' is no way to send; known: {known}")
    try:
        url = urlsplit(f"//{rest}")
        port = url.port
        pairs = parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
    except ValueError as error:
        raise UsageError(f"{text}: {error}; write {scheme}://host:port?option=value") from error
    if port == 0:
        raise UsageError(
            f"{text}: port 0 cannot be sent to; the usual one is {default_ports[scheme]}"
        )
    if url.path.strip("/") or url.fragment or "@" in url.netloc:
        raise UsageError(f"{text}: not of the form {scheme}://host:port?option=value")
    options = dict(pairs)
    if len(options) < len(pairs):
        raise UsageError(f"{text}: an option is given twice; give each once")
    return Target(
        text,
        scheme,
        url.hostname or DEFAULT_HOST,
        port or default_ports[scheme],
        options,
        port_given=port is not None,
    )
