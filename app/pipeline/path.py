"""The way of a packet from the source to the sinks: a thread for the source and for each stage, a link between two."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final

from app.pipeline.channel import Channel, ChannelClosed
from app.pipeline.packet import Packet
from app.pipeline.runners import SourceRunner, StageRunner
from app.pipeline.stats import StageStats
from app.pipeline.workers import Deadline, Worker
from engines.errors import CaptureError, MocapError, StageError

_READ_GRACE_S: Final = 0.5
"""How long the source may finish a read before it is closed from outside, and then end."""

logger = logging.getLogger(__name__)


class Path:
    """Runs the source and the stages.

    Position 0 is the source, position k the k-th stage; link k leads from position k to the next. A position that ends,
    for whatever reason, closes the links on both sides of it: so the end travels down behind the last packet, and
    those above a failed stage stop too.
    """

    def __init__(
        self,
        source: SourceRunner,
        stages: Sequence[StageRunner],
        *,
        drop_frames: bool,
        publish: Callable[[Packet], None],
        on_end: Callable[[], None],
    ) -> None:
        """Put the path together.

        Args:
            source: The source.
            stages: The stages, in order.
            drop_frames: A link gives up the oldest packet when it is full; otherwise it waits.
            publish: Takes each packet that came through, on the thread of the last position.
            on_end: Called once when no more packets come.
        """
        self._source = source
        self._stages = stages
        self._links: list[Channel[Packet]] = [
            Channel(1, "drop_oldest" if drop_frames else "wait") for _ in stages
        ]
        self._publish = publish
        self._on_end = on_end
        self._workers = [
            Worker(source, self._capture, partial(self._fail, 0), error_class=CaptureError),
            *(
                Worker(
                    stage,
                    partial(self._process, position),
                    partial(self._fail, position),
                    error_class=StageError,
                )
                for position, stage in enumerate(stages, start=1)
            ),
        ]
        self._lock = threading.Lock()
        self._go = threading.Event()
        self._stopping = threading.Event()
        self._end_is_told = False
        self._source_is_closed_outside = False
        self.ended: Final = threading.Event()
        """Set when no more packets come, or something failed."""
        self.error: MocapError | None = None
        """What stopped the source or a stage first."""

    def open(self) -> None:
        """Open the source, then the stages, each on its thread. Raises the first error."""
        source, *stages = self._workers
        source.start()
        source.wait_until_open()  # a wrong name shows before networks are loaded
        for worker in stages:
            worker.start()
        for worker in stages:
            worker.wait_until_open()

    def go(self) -> None:
        """Let the source read."""
        self._go.set()

    def join(self, deadline: Deadline) -> bool:
        """Wait for all threads; return whether they have ended."""
        return all(worker.join(deadline.left_s()) for worker in self._workers)

    def stop(self, deadline: Deadline) -> list[str]:
        """End the source, then each stage once it has done what was on its way; return who did not end in time."""
        self._stopping.set()
        self._go.set()
        for link in self._links[:1]:
            link.close()
        if not self._workers[0].join(deadline.left_s(_READ_GRACE_S)):
            self._close_source_outside()
        stuck = []
        for position, worker in enumerate(self._workers):
            if not worker.join(deadline.left_s(_READ_GRACE_S if position == 0 else None)):
                stuck.append(worker.what)
            self._close_around(position)
        return stuck

    def open_here(self, opened: ExitStack) -> None:
        """Open source and stages on this thread, to be closed by `opened`. Raises the first error."""
        runners: list[SourceRunner | StageRunner] = [self._source, *self._stages]
        for runner in runners:
            opened.callback(runner.close)
            runner.open()

    def run_here(self, publish: Callable[[Packet], None]) -> None:
        """Run source and stages on this thread to the end of the source. Raises the first error."""
        while (packet := self._source.read()) is not None:
            result: Packet | None = packet
            for stage in self._stages:
                if result is not None:
                    result = stage.process(result)
            if result is not None:
                publish(result)

    def stats(self) -> tuple[StageStats, ...]:
        """Return a snapshot of the source and each stage."""
        links = zip(self._stages, self._links, strict=True)
        return (self._source.stats(), *(stage.stats(dropped=link.dropped) for stage, link in links))

    def _capture(self) -> None:
        self._go.wait()
        with suppress(ChannelClosed):
            while not self._stopping.is_set() and (packet := self._source.read()) is not None:
                self._hand_on(0, packet)
        self._close_around(0)

    def _process(self, position: int) -> None:
        with suppress(ChannelClosed):
            for packet in self._links[position - 1]:
                result = self._stages[position - 1].process(packet)
                if result is not None:
                    self._hand_on(position, result)
        self._close_around(position)

    def _hand_on(self, position: int, packet: Packet) -> None:
        if position < len(self._links):
            self._links[position].put(packet)
        else:
            self._publish(packet)

    def _close_around(self, position: int) -> None:
        if position > 0:
            self._links[position - 1].close(discard=True)
        if position < len(self._links):
            self._links[position].close()
        else:
            self._tell_end()

    def _tell_end(self) -> None:
        with self._lock:
            told, self._end_is_told = self._end_is_told, True
        if not told:
            self._on_end()
            self.ended.set()

    def _fail(self, position: int, error: MocapError) -> None:
        if position == 0 and self._source_is_closed_outside:
            logger.debug("%s: closed while it was read: %s", self._source.what, error)
        else:
            with self._lock:
                self.error = self.error or error
        self._stopping.set()
        self._close_around(position)
        self.ended.set()

    def _close_source_outside(self) -> None:
        """Close the source under a read that does not return."""
        self._source_is_closed_outside = True
        try:
            self._source.close()
        except MocapError as error:
            logger.warning("%s: could not be closed: %s", self._source.what, error)
