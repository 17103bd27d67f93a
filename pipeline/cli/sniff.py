"""`pipeline sniff FILE...`, and what `pipeline clean --dry-run` says of the inputs"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import options, terminal
from pipeline.wording import plural

if TYPE_CHECKING:
    from pipeline.read.entry import Entry
    from pipeline.read.interface import ReadOptions
    from pipeline.read.survey import Survey

_BEGINNING = 100
"""Characters of a first document that are shown"""


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@options.option("--input-format", "input_format")
@options.option("--field", "fields", multiple=True, metavar="KEY=NAME")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each file.")
def command(inputs: tuple[str, ...], input_format: str | None, fields: tuple[str, ...], as_json: bool) -> None:
    """Tell how each FILE (or each file of a folder) would be read: format, encoding, first document, fields."""
    from pipeline import jsonlines
    from pipeline.read import files, outputs, reading

    wanted = reading.read_options(input_format, fields)
    entries = files.find(list(inputs), told=lambda folder: terminal.say(outputs.passed_over(folder), error=True))
    for one in surveys(entries, wanted):
        if as_json:
            terminal.say_json(jsonlines.encode(as_row(one)).decode())
        else:
            terminal.say("\n".join(_sheet(as_row(one))))


def surveys(entries: Sequence[Entry], wanted: ReadOptions) -> Iterator[Survey]:
    """How each file would be read."""
    from pipeline.read.survey import survey

    return (survey(entry, wanted) for entry in entries)


def as_row(one: Survey) -> dict[str, Any]:
    """What is known of a file, as JSON can hold it."""
    from pipeline.errors import InputError
    from pipeline.text.decode import decoder

    row: dict[str, Any] = {
        "source": one.source,
        "bytes": one.bytes,
        "format": one.format,
        "compression": one.compression,
        "encoding": None,
        "media_type": None,
        "fields": {},
        "extra": [],
        "begins": None,
        "problem": one.problem,
    }
    if one.first is None:
        return row
    row["fields"] = {name: value for name, value in one.first.fields.items() if name not in ("media_type", "charset")}
    row["extra"] = list(one.first.extra)
    try:
        decoded = decoder.decode(one.first.data, one.first.fields.get("charset"))
    except InputError as error:
        row["problem"] = row["problem"] or str(error)
        return row
    stated = one.first.fields.get("media_type")
    row["encoding"] = decoded.encoding
    row["media_type"] = stated or ("text/html" if decoder.sniff_html(decoded.text) else "text/plain")
    row["begins"] = " ".join(decoded.text[: 4 * _BEGINNING].split())[:_BEGINNING]
    return row


def _sheet(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['source']}: {row['format'] or 'cannot be read'}, {plural(row['bytes'], 'byte')}"
    for name in ("compression", "media_type", "encoding"):
        if row[name]:
            yield f"  {name.replace('_', ' ')}: {row[name]}"
    for name, value in row["fields"].items():
        yield f"  {name}: {str(value)[:_BEGINNING]}"
    if row["extra"]:
        yield f"  kept as extra: {', '.join(row['extra'])}"
    if row["begins"]:
        yield f"  begins: {row['begins']}"
    if row["problem"]:
        yield f"  problem: {row['problem']}"


def plan(found: Iterable[Survey], every: bool) -> Iterator[str]:
    """What a run over some files would read: in a sentence, and `every` file on a line of its own."""
    formats: Counter[str] = Counter()
    count = size = 0
    problems: list[str] = []
    for one in found:
        count += 1
        size += one.bytes
        formats[one.format or "unreadable"] += 1
        if one.problem:
            problems.append(f"{one.source}: {one.problem}")
        if every:
            kind = f"{one.format or '-'}{f' in {one.compression}' if one.compression else ''}"
            yield f"{one.bytes:>13,}  {kind:20} {one.source}{f'  ({one.problem})' if one.problem else ''}"
    kinds = ", ".join(f"{number:,} {name}" for name, number in formats.most_common())
    yield f"{plural(count, 'file')}, {plural(size, 'byte')}{': ' + kinds if kinds else ''}"
    if problems and not every:
        yield from problems[:10]
        if len(problems) > 10:
            yield f"... and {len(problems) - 10:,} more: see --show-files"
