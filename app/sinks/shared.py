"""Work that several sinks need for the same person or packet, done once.

Ten sinks would do the same sums ten times; some of them on threads of their own (even rates, WebSocket clients).
"""

import threading
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

_KEPT: Final = 32
"""Results kept: of several persons and settings, in the last frames."""

_Owner = TypeVar("_Owner")

_Value = TypeVar("_Value")


class SharedResults(Generic[_Owner, _Value]):
    """Results for the newest estimates, or packets: made by the first thread that asks, while the others wait for it.

    An owner never changes, so that it stands for its own numbers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[tuple[int, Hashable], tuple[_Owner, _Value]] = {}

    def get(self, owner: _Owner, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return the result for an owner and a key, made where there is none yet; nobody may change it.

        Args:
            owner: The person or packet, known by identity.
            key: All else that the result depends on.
            make: Makes it; it must not ask this object for another.
        """
        place = (id(owner), key)
        with self._lock:
            known = self._results.get(place)
            if known is None:
                # kept beside its result, an owner lives as long, and no other can have its id
                known = self._results[place] = (owner, make())
                if len(self._results) > _KEPT:
                    del self._results[next(iter(self._results))]
            return known[1]
