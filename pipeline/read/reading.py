"""Reading inputs: pieces of work of about equal weight, and what each of them holds."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

from msgspec import Struct

from pipeline import bounds, patterns
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.model import Failure, RawDocument
from pipeline.read import compression, fields, members, registry, remote
from pipeline.read.entry import Entry
from pipeline.read.interface import ReadOptions, Skipped, Span, failure
from pipeline.read.opened import Hashed, Opened, opened, unreadable


def read_options(
    file_format: str | None = None, pairs: Sequence[str] = (), formats: Sequence[tuple[str, str]] = ()
) -> ReadOptions:
    """What the command line and configuration files say of the inputs: a format, and fields as `text=article_body`, or as
    `*.csv:text=article_body` for the files that match a pattern; `formats` by pattern likewise.

    Raises:
        UsageError: there is no such format, a pair is not of that form, or a pattern is none.
    """
    for name in (file_format, *(form for _, form in formats)):
        if name is not None:
            registry.named(name)
    named = fields.chosen(pairs)
    for pattern in filter(None, (*(one[0] for one in named), *(one[0] for one in formats))):
        patterns.compiled(pattern)  # or it is refused here
    return ReadOptions(
        file_format,
        tuple((key, name) for pattern, key, name in named if not pattern),
        tuple(one for one in named if one[0]),
        tuple(formats),
    )


def options_of(config: Config) -> ReadOptions:
    """What a configuration says of the inputs.

    Raises:
        UsageError: see `read_options`.
    """
    return read_options(config.input_format, config.every_field, config.formats)


_FILE_WEIGHT = 4096
"""What opening a file costs, in bytes read."""
_COMPRESSED_WEIGHT = 4
"""What a compressed byte costs, in bytes read: about what it is decompressed to."""


_CUT = 32
"""One file in so many may begin a piece of work."""


class Part(Struct, frozen=True):
    """A file, or a part of one that can be read without the rest."""

    entry: Entry
    span: Span | None = None
    """None: the whole file."""
    facts: tuple[str, int] | None = None
    """SHA-256 and size of the file, with the last part of a split one."""
    file: str | None = None
    """SHA-256 of the file, with all parts of a split one"""


class Facts(Struct, frozen=True):
    """What has come to light of a file when a part of it is read. The last thing that reading gives."""

    sha256: str | None
    """Of the file as it lies there; None for a part but the last, and for a file that cannot be read."""
    bytes: int
    """Of the file as it lies there; 0 for a part but the last."""
    skipped: Mapping[str, int]
    """Records that were never meant to be documents, counted by why they are none."""


def shards(entries: Iterable[Entry], target: int, options: ReadOptions) -> Iterator[list[Part]]:
    """The inputs in their order as pieces of work of about `target` bytes: many small files, or a part of a large one.

    Only large files are opened for it. What is read does not depend on how the work is cut. Where it is cut depends on
    names, so that a new file changes the piece it falls into and not all that follow.
    """
    shard: list[Part] = []
    weight = 0
    for entry in entries:
        factor = _factor(entry)
        parts = split(entry, target // factor, options) if entry.size * factor > target else [Part(entry)]
        for part in parts:
            part_weight = entry.size * factor // len(parts) + _FILE_WEIGHT
            is_cut = weight > target // 4 and crc32(entry.source.encode("utf-8", "surrogatepass")) % _CUT == 0
            if shard and (is_cut or weight + part_weight > target):
                yield shard
                shard, weight = [], 0
            shard.append(part)
            weight += part_weight
    if shard:
        yield shard


def expected_bytes(entries: Iterable[Entry]) -> int:
    """About how many bytes the inputs come to, decompressed."""
    return sum(entry.size * _factor(entry) for entry in entries)


def _factor(entry: Entry) -> int:
    return _COMPRESSED_WEIGHT if entry.source.lower().endswith(tuple(compression.SUFFIXES)) else 1


def split(entry: Entry, target: int, options: ReadOptions) -> list[Part]:
    """The parts of a large file, of about `target` bytes as they lie there; one part where the format allows no more.

    The file is read through for it, and hashed by the way. What the parts give does not depend on `target`.
    """
    options = options.of(entry.source)
    try:
        with opened(entry.path, entry.inside) as raw:
            file = Hashed(raw)
            source = Opened(entry.source, file)
            form = registry.recognise(source.head(), entry.source, options)
            spans = list(form.split(source, target, options)) if form.split else []
            if len(spans) > 1:
                facts = file.digest()
                parts = [Part(entry, span, None, facts[0]) for span in spans[:-1]]
                return [*parts, Part(entry, spans[-1], facts, facts[0])]
    except Exception:
        pass  # whatever it is, reading it whole will say so, and there it is this file's alone
    return [Part(entry)]


def read(part: Part, options: ReadOptions) -> Iterator[RawDocument | Failure | Facts]:
    """The documents of a part in their order, a failure for whatever gives none or only part of one; and at last the
    facts. Never raises for an input.

    Raises:
        UsageError: the options name a format that there is not.
    """
    source, span = part.entry.source, part.span
    options = options.of(source)
    sha256, size = part.facts or (None, 0 if span else part.entry.size)
    skipped: Counter[str] = Counter()
    try:
        with opened(part.entry.path, part.entry.inside) as raw:
            if span is not None and raw.seek(0, io.SEEK_END) != part.entry.size:
                raise InputError("changed", "the file has changed since it was listed")
            raw.seek(0)
            file = Hashed(raw)
            content = Opened(source, file)
            form = registry.named(span.format) if span else registry.recognise(content.head(), source, options)
            for item in members.everything(content, form, options, span):
                if isinstance(item, Skipped):
                    skipped[item.reason] += 1
                    bounds.tick()
                else:
                    yield item
            if span is None:
                sha256, size = file.digest()
    except InputError as error:
        yield failure(source, error)
    except OSError as error:
        yield failure(source, unreadable(error))
    yield Facts(sha256, size, skipped)


def facts(part: Part) -> Facts:
    """What there is to say of the file of a part that could not be read to its end."""
    sha256, size = part.facts or (None, 0)
    if part.span is None:
        try:
            sha256, size = digest(part.entry)
        except InputError:
            size = part.entry.size
    return Facts(sha256, size, {})


def content(part: Part) -> str | None:
    """SHA-256 of the file of a part, as it is now or, of one that was split, was then; None for one that cannot be read, and for
    a remote one, which would have to be fetched twice."""
    if part.file is not None or is_remote(part):
        return part.file
    try:
        return digest(part.entry)[0]
    except InputError:
        return None


def is_remote(part: Part) -> bool:
    """Whether a part is of a file on another machine."""
    return remote.is_url(part.entry.path)


def digests(entries: Sequence[Entry]) -> list[str | None]:
    """SHA-256 of each file; None for one that cannot be read."""
    found: list[str | None] = []
    for entry in entries:
        try:
            found.append(digest(entry)[0])
        except InputError:
            found.append(None)
    return found


def digest(entry: Entry) -> tuple[str, int]:
    """SHA-256 and size of a file as it lies there.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with opened(entry.path, entry.inside) as raw:
            return Hashed(raw).digest()
    except OSError as error:
        raise unreadable(error) from None
