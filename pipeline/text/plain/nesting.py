"""How deep the items of a list stand: by their indentation, and where that is the same by how they are numbered.

Statutes and outlines are set flush left: `(a)`, below it `(1)`, below that `(A)` and `(i)`. An item goes on with the list of its
style, whichever is open; the first of another style begins a list below the item above.
"""

from __future__ import annotations

from msgspec import Struct, field

from pipeline.text.plain.markers import Marker, roman

DEEPER = 2
"""Columns that a list stands further in than the one around it, at least"""


class _Level(Struct):
    """An open list: where its items begin, how they are numbered, and the last number."""

    indent: int
    style: str
    number: int


class Nesting(Struct):
    """The lists that are open, the outermost first."""

    _levels: list[_Level] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether any list is."""
        return bool(self._levels)

    def clear(self) -> None:
        """Close all lists."""
        self._levels.clear()

    def enter(self, indent: int, marker: Marker, line: str) -> tuple[int, int]:
        """The depth of an item that begins at this column, and its number: of `i.` that of the letter or of the Roman one."""
        levels = self._levels
        while levels and indent < levels[-1].indent:
            levels.pop()
        readings = _readings(marker, line)
        if not levels or indent >= levels[-1].indent + DEEPER:
            style, number = _first(readings)
            levels.append(_Level(indent, style, number))
            return len(levels), number
        if marker.number < 0:
            return len(levels), marker.number
        beside = [level for level in reversed(levels) if abs(level.indent - indent) < DEEPER]
        for is_next in (True, False):
            if not is_next and _begins(readings, levels[-1]):
                break
            for level in beside:
                for style, number in readings:
                    if style == level.style and (number == level.number + 1 or not is_next):
                        level.number = number
                        while levels[-1] is not level:
                            levels.pop()
                        return len(levels), number
        style, number = _first(readings)
        if _begins(readings, levels[-1]):
            levels.append(_Level(indent, style, number))
        else:
            levels[-1] = _Level(indent, style, number)
        return len(levels), number


def _readings(marker: Marker, line: str) -> list[tuple[str, int]]:
    """What a marker may count: (style, number). A letter may be a Roman number, too."""
    readings = [(marker.style, marker.number)]
    letter = line[: marker.size].strip("(). \t")
    if letter in tuple("ivxIVX") and "a" in marker.style.lower():
        style = marker.style.replace("a", "i").replace("A", "I")
        readings.append((style, roman(letter)))
    return readings


def _first(readings: list[tuple[str, int]]) -> tuple[str, int]:
    """The reading that begins a list, if one does."""
    return next((reading for reading in readings if reading[1] == 1), readings[0])


def _begins(readings: list[tuple[str, int]], above: _Level) -> bool:
    """Whether an item begins a list below a numbered one of another style."""
    style, number = _first(readings)
    return number == 1 and above.number > 0 and style != above.style
