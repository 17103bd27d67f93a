"""Every format of inputs, and which one a file is of."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath
from pkgutil import iter_modules

from pipeline.errors import UsageError
from pipeline.read import compression, formats
from pipeline.read.formats import document, unread
from pipeline.read.interface import Format, ReadOptions


def _every_format() -> list[Format]:
    """The format of each file in `formats/`, in the order in which they are asked."""
    names = sorted(module.name for module in iter_modules(formats.__path__))
    found: list[Format] = [import_module(f"{formats.__name__}.{name}").FORMAT for name in names]
    return sorted(found, key=lambda form: form.turn)


FORMATS: dict[str, Format] = {form.name: form for form in _every_format()}
"""By name. The first that claims a file has it; the last one claims all."""


def recognise(head: bytes, source: str, options: ReadOptions) -> Format:
    """The format of a file that begins like this: by its content, and where that leaves it open by its name.

    Raises:
        UsageError: the options name a format that there is not.
    """
    if options.format is not None:
        return named(options.format)
    path = PurePosixPath(source.lower())
    suffix = PurePosixPath(path.stem).suffix if path.suffix in compression.SUFFIXES else path.suffix
    others = [form for form in FORMATS.values() if form is not document.FORMAT]
    found = (form for clue in ("", suffix) for form in others if form.recognises(head, clue))
    return next(found, document.FORMAT)


def named(name: str) -> Format:
    """The format of this name.

    Raises:
        UsageError: there is none.
    """
    if name not in FORMATS or name == unread.FORMAT.name:
        there = ", ".join(known for known in FORMATS if known != unread.FORMAT.name)
        raise UsageError(f"`input_format` is {name!r}; it must be one of {there}")
    return FORMATS[name]
