"""Every format of inputs, and which one a file is of."""

from __future__ import annotations

from pathlib import PurePosixPath

from pipeline.errors import UsageError
from pipeline.read import compression
from pipeline.read.formats import (
    arc,
    arrow,
    delimited,
    document,
    docx,
    epub,
    json_lines,
    json_values,
    mail,
    mhtml,
    odt,
    parquet,
    pdf,
    press,
    rtf,
    tar,
    unread,
    warc,
    zip,
)
from pipeline.read.interface import Format, ReadOptions

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        *(
            parquet,
            arrow,
            epub,
            docx,
            odt,
            zip,
            tar,
            pdf,
            rtf,
            warc,
            arc,
            mhtml,
            mail,
            json_lines,
            json_values,
            delimited,
        ),
        *(press, unread, document),
    )
}
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
    found = (form for clue in ("", suffix) for form in others if form.claims(head, clue))
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
