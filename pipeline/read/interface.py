"""What reading an input gives, and what a format has to offer to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline import patterns
from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import Failure, RawDocument

if TYPE_CHECKING:
    from pipeline.read.opened import Opened

MAX_DOCUMENT = 1 << 27
"""A single document of more bytes is refused: no text is that long, a decompression bomb is."""
MAX_EXPANDED = 1 << 30
"""What is decompressed or unpacked of one input may come to so many bytes, however small that is."""


class ReadOptions(Struct, frozen=True):
    """What the user says of the inputs."""

    format: str | None = None
    """Name of the format of every input; None recognises each."""
    fields: tuple[tuple[str, str], ...] = ()
    """Which field of a record is what: `("text", "article_body")`. The keys are those of `fields.FIELDS`."""
    patterns: tuple[tuple[str, str, str], ...] = ()
    """The same for some files: a pattern of their names, a key, a field. They come before `fields`."""
    formats: tuple[tuple[str, str], ...] = ()
    """The format of some files, by a pattern of their names; the last one that matches comes before `format`."""

    def of(self, source: str) -> ReadOptions:
        """The options for one file, by its name in the output."""
        if not self.patterns and not self.formats:
            return self
        found = {key: field for pattern, key, field in self.patterns if patterns.holds(pattern, source)}
        forms = [form for pattern, form in self.formats if patterns.holds(pattern, source)]
        fields = tuple({**dict(self.fields), **found}.items())
        return replace(self, fields=fields, format=[self.format, *forms][-1])

    def unused(self, sources: Iterable[str], others: Iterable[str] = ()) -> list[str]:
        """The patterns, these and `others`, that hold for none of these files."""
        of_fields = (pattern for pattern, _, _ in self.patterns)
        of_formats = (pattern for pattern, _ in self.formats)
        left = dict.fromkeys((*of_fields, *of_formats, *others))
        for source in sources if left else ():
            for pattern in [one for one in left if patterns.holds(one, source)]:
                del left[pattern]
            if not left:
                break
        return list(left)


WITHOUT_DOCUMENT = "file without a document"
"""Why a file was passed over that has nothing in it, such as an empty array or a table without rows."""


class Skipped(Struct, frozen=True):
    """A record that is no document and was never meant to be one: a crawler's request, a picture, a page not found."""

    reason: str
    """Short and countable: `request`, `http-404`, `image/png`."""


Item = RawDocument | Failure | Skipped


class Span(Struct, frozen=True):
    """A part of a container that can be read without the rest."""

    format: str
    start: int
    """Where it begins; what it counts (bytes, row groups) is the format's own affair."""
    end: int
    first: int
    """Ordinal of its first member."""


class Format(Struct, frozen=True):
    """One format of inputs. The files in `formats/` hold one each."""

    name: str
    recognises: Callable[[bytes, str], bool]
    """Whether a file is of this format, by the beginning of its content and its suffix (`.csv`). The suffix is empty
    when the content alone is asked."""
    read: Callable[[Opened, Span | None, ReadOptions], Iterator[Item]]
    """The members of a file, or of a part of it. Damage that ends the reading is raised as `InputError`."""
    split: Callable[[Opened, int, ReadOptions], Iterator[Span]] | None = None
    """Parts of about so many bytes that together give what the whole gives; none where it must be read as a whole."""
    has_members: bool = False
    """Whether there are files inside, of any format."""
    turn: int = 0
    """When it is asked whether a file is its own: at 0 the formats that a mark in their files tells, at 1 archives, which
    some of those are as well, then those that are told by their structure, the looser the later."""


HTML, TEXT = "text/html", "text/plain"
_HTML_TYPES = frozenset((HTML, "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/vnd.wap.wml"))


def media_type(label: str | None) -> str | None:
    """`text/html` or `text/plain` where a label says so outright; None leaves it to the content."""
    return HTML if label in _HTML_TYPES else TEXT if label == TEXT else None


def member(source: str, ordinal: int) -> str:
    """The name of a container's member. Ten digits, so that names sort as the members do."""
    return f"{source}#{ordinal:010d}"


_ORDINAL = expression(r"#\d{8,}\Z")


def container(name: str) -> str:
    """The name of the container whose member has this name; of what is no member, its own."""
    return _ORDINAL.sub("", name)


def failure(source: str, error: InputError) -> Failure:
    """The record of an input, or a member of one, that could not be read."""
    return Failure(source, "read", error.reason, str(error))
