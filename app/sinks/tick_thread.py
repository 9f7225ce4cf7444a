"""One thread for all that must happen at even times: each target of an even rate is called when it is due."""

import threading
import time
from collections.abc import Callable
from typing import Final

_TOGETHER_NS: Final = 500_000
"""What is due so soon is done now: targets of one rate are woken up for once."""

Tick = Callable[[int], int | None]
"""Is told `time.perf_counter_ns()` and returns when it wants to be called again; None for never."""


class TickThread:
    """Runs while there is anything to call. What it calls must not wait, nor add or remove anything here."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._due_ns: dict[Tick, int] = {}
        self._thread: threading.Thread | None = None

    def add(self, tick: Tick) -> None:
        """Call this from now on, at once for the first time."""
        with self._changed:
            self._due_ns[tick] = 0
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def remove(self, tick: Tick) -> None:
        """Call this no more; it is not under way when this returns. Nothing happens where it is not there."""
        with self._changed:
            self._due_ns.pop(tick, None)
            self._changed.notify()
            ended = self._thread if not self._due_ns else None
            if ended is not None:
                self._thread = None
        if ended is not None:
            ended.join()

    def _run(self) -> None:
        with self._changed:
            while self._thread is threading.current_thread():
                now_ns = time.perf_counter_ns()
                for tick in [t for t, due in self._due_ns.items() if due <= now_ns + _TOGETHER_NS]:
                    due_ns = tick(now_ns)
                    if due_ns is None:
                        del self._due_ns[tick]
                    else:
                        self._due_ns[tick] = due_ns
                next_ns = min(self._due_ns.values(), default=None)
                if next_ns is None:
                    self._changed.wait()
                else:
                    self._changed.wait(max(0, next_ns - time.perf_counter_ns()) / 1e9)
