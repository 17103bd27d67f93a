"""The sources of all documents of an output, in a file that goes away by itself: any slice of any of them, in little memory."""

from __future__ import annotations

import tempfile
from typing import NamedTuple

_CODECS = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}
"""By width of a code point in bytes. The second is for texts without code points that take two units."""


class _Place(NamedTuple):
    offset: int
    chars: int
    width: int


class Sources:
    """Texts by the id of their document. About 200 bytes of memory each; on disk one to four bytes a character."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as this does
        self._places: dict[str, _Place] = {}
        self._end = 0

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._places

    def add(self, document_id: str, text: str) -> None:
        """Keep a text."""
        highest = max(text, default="")
        width = 1 if highest < "\u0100" else 2 if highest < "\U00010000" else 4
        data = text.encode(_CODECS[width], "surrogatepass" if width > 1 else "strict")
        self._file.seek(self._end)
        self._file.write(data)
        self._places[document_id] = _Place(self._end, len(text), width)
        self._end += len(data)

    def slice(self, document_id: str, start: int, end: int) -> str:
        """Return the code points from `start` to `end` (exclusive) of a text, as slicing it would; none of an unknown one."""
        place = self._places.get(document_id)
        if place is None:
            return ""
        start, end, _ = slice(start, end).indices(place.chars)
        self._file.seek(place.offset + start * place.width)
        data = self._file.read(max(0, end - start) * place.width)
        return data.decode(_CODECS[place.width], "surrogatepass" if place.width > 1 else "strict")

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
