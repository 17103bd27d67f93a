"""The clean text in pieces that a retrieval index can hold, each with the headings that it stands under.

Pieces follow the blocks: a heading begins one, and only what is longer than a piece may be is cut, a table or a program
between lines, prose between sentences. Together they are all of the text, in its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from pipeline import ledger
from pipeline.config import FileFormat
from pipeline.export.staged import staged
from pipeline.expression import expression
from pipeline.model import Block
from pipeline.records import ChunkRecord, DocumentRecord
from pipeline.write.formats import RecordFiles
from pipeline.write.output import Output, finished

MAX_CHARS = 2000
"""Code points of a chunk, unless asked otherwise."""
UNSTATED_LEVEL = 2
"""Of a heading whose level the source does not say: below the title."""
_OURS = ("chunks.jsonl", "chunks-[0-9]*.jsonl.zst", "chunks-[0-9]*.parquet")
_LINED = ("table", "code", "verse", "math")
"""Kinds that are cut between lines."""
_HEADS = ("heading", "term")
"""Kinds that stand with what follows them"""
_LINE_END = expression(r"\n+")
_SENTENCE_END = expression(r"[.!?…]['\"”’»)\]]*\s+|[。！？][」』”]*|\n+")
_SPACE = expression(r"\s+")


class _Open(Struct):
    """The chunk that is being filled."""

    headings: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)

    @property
    def has_body(self) -> bool:
        return any(block.kind != "heading" for block in self.blocks)


def write(out: Path, folder: Path, form: FileFormat = "jsonl", max_chars: int = MAX_CHARS) -> int:
    """Write the chunks of all documents of an output folder to `folder`, as `chunks.jsonl` or in numbered shards.

    Returns how many there are.

    Raises:
        UsageError: `out` is not the output of a finished run, or a library is missing.
        OutputError: the files cannot be written.
    """
    count = 0
    found = every(finished(out), max_chars)
    with staged(folder, _OURS) as staging, RecordFiles(staging, "chunks", form) as files:
        for chunk in found:
            files.write(chunk)
            count += 1
    return count


def every(output: Output, max_chars: int = MAX_CHARS) -> Iterator[ChunkRecord]:
    """The chunks of all documents of an output."""
    for record, removed in output.ledgers():
        to_source = ledger.OffsetMap([one.edit for one in removed])
        yield from chunks(record, to_source, max_chars)


def chunks(record: DocumentRecord, to_source: ledger.OffsetMap, max_chars: int = MAX_CHARS) -> Iterator[ChunkRecord]:
    """The chunks of one document, in their order; `to_source` leads from its text to its source."""
    for number, part in enumerate(_parts(record, max_chars)):
        start, end = part.blocks[0].start, part.blocks[-1].end
        yield ChunkRecord(
            id=f"{record.id}-c{number:04d}",
            document_id=record.id,
            source=record.source,
            url=record.metadata.url,
            title=record.metadata.title,
            author=record.metadata.author,
            date=record.created,
            language=record.metadata.language,
            headings=part.headings,
            text=record.text[start:end],
            markdown=record.markdown_of(part.blocks),
            start=start,
            end=end,
            src_start=to_source.start(start),
            src_end=to_source.end(end),
            blocks=tuple(dict.fromkeys(block.id for block in part.blocks)),
        )


def _parts(record: DocumentRecord, max_chars: int) -> Iterator[_Open]:
    path: list[tuple[int, str]] = []
    part = _Open(())
    for block in record.blocks:
        if block.kind == "heading":
            level = block.level or UNSTATED_LEVEL
            while path and path[-1][0] >= level:
                path.pop()
            path.append((level, " ".join(record.text[block.start : block.end].split())))
            if part.has_body:
                yield part
                part = _Open(())
            part = _Open(tuple(text for _, text in path), part.blocks)
        for piece in _pieces(record.text, block, max_chars):
            if part.blocks and piece.end - part.blocks[0].start > max_chars:
                leading = _leading(part.blocks)
                if len(leading) == len(part.blocks) or (leading and piece.end - leading[0].start > max_chars):
                    leading = []
                yield _Open(part.headings, part.blocks[: len(part.blocks) - len(leading)])
                part = _Open(part.headings, leading)
            part.blocks.append(piece)
    if part.blocks:
        yield part


def _leading(blocks: list[Block]) -> list[Block]:
    """The blocks at the end that head what follows: headings and terms."""
    count = 0
    while count < len(blocks) and blocks[-1 - count].kind in _HEADS:
        count += 1
    return blocks[len(blocks) - count :]


def _pieces(text: str, block: Block, max_chars: int) -> Sequence[Block]:
    """A block in pieces of at most `max_chars`, as far as it has places where it can be cut."""
    start = block.start
    pieces: list[Block] = []
    while block.end - start > max_chars:
        cut = _cut(text, start, start + max_chars, block)
        if cut is None:
            break
        end, begin = cut
        pieces.append(block.replace(start=start, end=end))
        start = begin
    pieces.append(block.replace(start=start))
    return pieces


def _cut(text: str, start: int, limit: int, block: Block) -> tuple[int, int] | None:
    """(end of the first piece, beginning of the next one): the last place up to `limit`, at white space if none is better."""
    ends = _LINE_END if block.kind in _LINED else _SENTENCE_END
    for pattern in (ends, _SPACE):
        found = None
        for match in pattern.finditer(text, start + 1, min(limit + 1, block.end)):
            if len(match.group().rstrip()) + match.start() <= limit and match.end() < block.end:
                found = match
        if found is not None:
            return found.start() + len(found.group().rstrip()), found.end()
    return None
