"""Open lists: how their items are counted."""

from __future__ import annotations


class OpenList:
    """An open list: how its items are counted, and whether one is open and still without text."""

    __slots__ = ("is_open", "next", "number", "ordered", "pending", "run")

    def __init__(self, ordered: bool, start: str | None, run: int) -> None:
        self.ordered = ordered
        self.run = run
        self.next = whole(start, 1)
        self.number = -1
        self.pending = self.is_open = False

    def open(self, value: str | None) -> None:
        """Begin an item."""
        self.number = whole(value, self.next)
        self.next = self.number + 1
        self.pending = self.is_open = True

    def close(self) -> None:
        """End it."""
        self.pending = self.is_open = False


def whole(text: str | None, default: int) -> int:
    """A number in an attribute, as far as one can be read and stored."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default
