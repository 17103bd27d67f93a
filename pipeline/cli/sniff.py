"""`pipeline sniff FILE...`, and what `pipeline clean --dry-run` says of the inputs"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pipeline.cli import options, terminal
from pipeline.wording import plural

if TYPE_CHECKING:
    from pipeline.answers import SniffAnswer
    from pipeline.read.entry import Entry
    from pipeline.read.interface import ReadOptions
    from pipeline.read.survey import Survey

_BEGINNING = 100
"""Characters of a first document that are shown"""


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@options.option("--input-format", "input_format")
@options.option("--field", "fields", multiple=True, metavar="KEY=NAME")
@options.as_json("a line for each file")
def command(inputs: tuple[str, ...], input_format: str | None, fields: tuple[str, ...], as_json: bool) -> None:
    """Tell how each FILE (or each file of a folder) would be read: format, encoding, first document, fields."""
    from pipeline.read import files, outputs, reading
    from pipeline.write.scratch import scratch

    wanted = reading.read_options(input_format, fields)
    found = files.find(list(inputs), told=lambda folder: terminal.say(outputs.passed_over(folder), error=True))
    with scratch() as folder:
        entries = files.stored(found, folder)  # standard input is read more than once
        for one in map(answer, surveys(entries, wanted)):
            if as_json:
                terminal.say_row(one)
            else:
                terminal.say("\n".join(_sheet(one)))


def surveys(entries: Sequence[Entry], wanted: ReadOptions) -> Iterator[Survey]:
    """How each file would be read."""
    from pipeline.read.survey import survey

    return (survey(entry, wanted) for entry in entries)


def answer(one: Survey) -> SniffAnswer:
    """What is known of a file, as `--json` says it."""
    from pipeline.answers import SniffAnswer
    from pipeline.errors import InputError
    from pipeline.text.decode import decoder

    encoding = media_type = begins = None
    fields: dict[str, str] = {}
    problem = one.problem
    if one.first is not None:
        stated = one.first.fields
        fields = {name: value for name, value in stated.items() if name not in ("media_type", "charset")}
        try:
            decoded = decoder.decode(one.first.data, stated.get("charset"))
            encoding = decoded.encoding
            media_type = stated.get("media_type") or ("text/html" if decoder.sniff_html(decoded.text) else "text/plain")
            begins = " ".join(decoded.text[: 4 * _BEGINNING].split())[:_BEGINNING]
        except InputError as error:
            problem = problem or str(error)
    return SniffAnswer(
        source=one.source,
        bytes=one.bytes,
        format=one.format,
        compression=one.compression,
        encoding=encoding,
        media_type=media_type,
        fields=fields,
        extra=tuple(one.first.extra) if one.first else (),
        begins=begins,
        problem=problem,
    )


def _sheet(row: SniffAnswer) -> Iterator[str]:
    yield f"{row.source}: {row.format or 'cannot be read'}, {plural(row.bytes, 'byte')}"
    for name, value in (
        ("compression", row.compression),
        ("media type", row.media_type),
        ("encoding", row.encoding),
        *row.fields.items(),
        ("kept as extra", ", ".join(row.extra)),
        ("begins", row.begins),
        ("problem", row.problem),
    ):
        if value:
            yield f"  {name}: {str(value)[:_BEGINNING] if name in row.fields else value}"


def show_plan(found: Iterable[Survey], every: bool, as_json: bool) -> None:
    """Print what a run over some files would read, as `plan` says it, or each of them as JSON."""
    if as_json:
        for one in found:
            terminal.say_row(answer(one))
        return
    for line in plan(found, every):
        terminal.say(line)


def plan(found: Iterable[Survey], every: bool) -> Iterator[str]:
    """What a run over some files would read: in a sentence, and `every` file on a line of its own."""
    formats: Counter[str] = Counter()
    count = size = 0
    problems: list[str] = []
    for one in map(answer, found):
        count += 1
        size += one.bytes
        formats[one.format or "unreadable"] += 1
        if one.problem:
            problems.append(f"{one.source}: {one.problem}")
        if every:
            kind = f"{one.format or '-'}{f' in {one.compression}' if one.compression else ''}"
            yield f"{one.bytes:>13,}  {kind:20} {one.source}{f'  ({one.problem})' if one.problem else ''}"
    kinds = ", ".join(f"{number:,} as {name}" for name, number in formats.most_common())
    yield f"{plural(count, 'file')}, {plural(size, 'byte')}{': ' + kinds if kinds else ''}"
    if problems and not every:
        yield from problems[:10]
        if len(problems) > 10:
            yield f"... and {len(problems) - 10:,} more: see --show-files"
