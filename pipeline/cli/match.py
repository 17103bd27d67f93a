"""`pipeline match FILE --against OUT...`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli import options, terminal
from pipeline.wording import plural

WIDTH = 70
MOST = 10
"""Matches shown of one paragraph; --json prints all."""


@click.command()
@click.argument("file")
@click.option(
    "--against",
    "outs",
    required=True,
    multiple=True,
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="An output folder to look in; give it again for more.",
)
@options.option("--threshold", "threshold", default="that of OUT")
@options.as_json("a line for each paragraph that has a match")
def command(file: str, outs: tuple[Path, ...], threshold: float | None, as_json: bool) -> None:
    """Tell which paragraphs of FILE (text or HTML, or - for standard input) stand in output folders already.

    Prints the near-duplicates of each paragraph, those that it is contained in or contains, and the passages it shares
    inside other text. The first query makes an index in OUT, as `pipeline index` does; when OUT changes, the next one adds
    what is new.
    """
    from pipeline.match import query

    answer = query.matches(file, _read(file), outs, threshold)
    for record in answer.records:
        if as_json:
            terminal.say_json(query.as_json(record))
        else:
            terminal.say("\n".join(_rows(record, several=len(outs) > 1)))
    if not as_json:
        copied = sum(bool(record["duplicates"]) for record in answer.records)
        terminal.say(
            f"{plural(copied, 'paragraph')} with near-duplicates, {len(answer.records) - copied:,} more with shared "
            f"passages; of near-duplicates with jaccard {answer.threshold}, {answer.expected_recall:.2%} are found"
        )


def _read(file: str) -> bytes:
    from pipeline.errors import UsageError
    from pipeline.read.interface import MAX_DOCUMENT
    from pipeline.streams import standard_input

    try:
        with standard_input() if file == "-" else Path(file).open("rb") as handle:
            data = handle.read(MAX_DOCUMENT + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_DOCUMENT:
        raise UsageError(f"{file}: has more than {MAX_DOCUMENT >> 20} MiB, too many for one document")
    return data


def _rows(record: dict[str, Any], several: bool) -> list[str]:
    """Return a paragraph and its matches as lines for a reader; with `several` folders, which of them each is in."""
    rows = [f"line {record['line']}: {_short(record['text'])}"]
    for one in record["duplicates"]:
        contained = max(one["containment_ab"], one["containment_ba"])
        figures = f"jaccard {one['jaccard']:.2f} contained {contained:.2f}"
        rows.append(f"  {one['relation']:9} {figures}  {_place(one, several)}  {one['paragraph_id']}")
    for one in record["passages"]:
        place = f"{_place(one, several)}  {one['paragraph_id'] or ''}"
        rows.append(f"  passage   {one['words']} words  {place}: {_short(one['text'])}")
    more = len(rows) - 1 - MOST
    return rows if more <= 0 else [*rows[: 1 + MOST], f"  and {more} more"]


def _place(found: dict[str, Any], several: bool) -> str:
    source = f"{found['source']}:{found['source_start']}-{found['source_end']}"
    return f"{found['out']}: {source}" if several else source


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
