"""How a file would be read, told by its beginning: format, compression, and what its first document is."""

from __future__ import annotations

from itertools import islice

from msgspec import Struct

from pipeline.errors import InputError
from pipeline.model import Failure, RawDocument
from pipeline.read import members, registry
from pipeline.read.entry import Entry
from pipeline.read.interface import ReadOptions, Skipped, failure
from pipeline.read.opened import Opened, opened, unreadable

LOOKED_AT = 20
"""Records of a file that are looked at for a first document"""


class Survey(Struct, frozen=True):
    """How one file would be read."""

    source: str
    bytes: int
    format: str | None
    """Name of the format; None where the file cannot be opened."""
    compression: str | None
    first: RawDocument | None
    """The first document, as it lies in the file"""
    problem: str | None
    """What is wrong with the file's beginning"""


def survey(entry: Entry, options: ReadOptions) -> Survey:
    """Look at the beginning of a file. Never raises for an input."""
    options = options.of(entry.source)
    name = packing = None
    first: RawDocument | None = None
    problem: Failure | None = None
    try:
        with opened(entry.path, entry.inside) as raw:
            content = Opened(entry.source, raw)
            form = registry.recognise(content.head(), entry.source, options)
            name, packing = form.name, content.compression
            for item in islice(members.everything(content, form, options), LOOKED_AT):
                if isinstance(item, RawDocument):
                    first = item
                    break
                if not isinstance(item, Skipped):
                    problem = problem or item
    except InputError as error:
        problem = failure(entry.source, error)
    except OSError as error:
        problem = failure(entry.source, unreadable(error))
    return Survey(entry.source, entry.size, name, packing, first, problem.message if problem else None)
