"""The hand-over between two threads."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, Literal, TypeVar

Item = TypeVar("Item")

WhenFull = Literal["drop_oldest", "wait"]
"""What `put` does on a full channel: give up the oldest item, or wait for room."""


class ChannelClosed(Exception):
    """Nothing more will come out of the channel, or may go in."""


class Channel(Generic[Item]):
    """A bounded queue with an end.

    After `close` no item goes in; those inside still come out, then `get` raises `ChannelClosed` and iteration ends.
    Nobody polls: `get` and a waiting `put` sleep until there is an item, room, or the end.
    """

    def __init__(self, capacity: int, when_full: WhenFull) -> None:
        if capacity < 1:
            raise ValueError(f"channel capacity is {capacity}; use 1 or more")
        self._capacity = capacity
        self._when_full = when_full
        self._items: deque[Item] = deque()
        self._closed = False
        self._dropped = 0
        lock = threading.Lock()
        self._has_item = threading.Condition(lock)
        self._has_room = threading.Condition(lock)

    @property
    def dropped(self) -> int:
        """Number of items given up for newer ones."""
        return self._dropped

    def put(self, item: Item) -> None:
        """Hand over an item. Raises `ChannelClosed`, also while it waits for room."""
        with self._has_room:
            if self._when_full == "wait":
                self._has_room.wait_for(lambda: self._closed or not self._is_full())
            if self._closed:
                raise ChannelClosed
            if self._is_full():
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._has_item.notify()

    def get(self) -> Item:
        """Wait for the oldest item and take it. Raises `ChannelClosed` at the end."""
        with self._has_item:
            self._has_item.wait_for(lambda: self._closed or bool(self._items))
            if not self._items:
                raise ChannelClosed
            item = self._items.popleft()
            self._has_room.notify()
            return item

    def __iter__(self) -> Iterator[Item]:
        """Take items until the end."""
        while True:
            try:
                item = self.get()
            except ChannelClosed:
                return
            yield item

    def close(self, *, discard: bool = False) -> None:
        """End the channel; `discard` also throws away what is still inside. May be called again."""
        with self._has_item:
            self._closed = True
            if discard:
                self._items.clear()
            self._has_item.notify_all()
            self._has_room.notify_all()

    def _is_full(self) -> bool:
        return len(self._items) >= self._capacity
