"""`pipeline match FILE --against OUT`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.cli import options, terminal

WIDTH = 70
MOST = 10
"""Matches shown of one paragraph; --json prints all."""


@click.command()
@click.argument("file")
@click.option("--against", "out", required=True, type=click.Path(path_type=Path), help="The output folder to look in.")
@options.option("--threshold", "threshold", default="that of OUT")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each paragraph that has a match.")
def command(file: str, out: Path, threshold: float | None, as_json: bool) -> None:
    """Tell which paragraphs of FILE (text or HTML, or - for standard input) stand in the output folder OUT already.

    Prints the near-duplicates of each paragraph, those that it is contained in or contains, and the passages it shares
    inside other text. The first query makes an index in OUT, which serves until OUT changes.
    """
    from pipeline.match import query

    answer = query.matches(file, _read(file), out, threshold)
    for record in answer.records:
        if as_json:
            terminal.say_json(query.as_json(record))
        else:
            terminal.say("\n".join(_rows(record)))
    if not as_json:
        copied = sum(bool(record["duplicates"]) for record in answer.records)
        terminal.say(
            f"{copied} paragraphs have near-duplicates or are contained, {len(answer.records) - copied} more share "
            f"passages; of near-duplicates with jaccard {answer.threshold}, {answer.expected_recall:.2%} are found"
        )


def _read(file: str) -> bytes:
    from pipeline.errors import UsageError

    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _rows(record: dict[str, Any]) -> list[str]:
    rows = [f"line {record['line']}: {_short(record['text'])}"]
    for one in record["duplicates"]:
        contained = max(one["containment_ab"], one["containment_ba"])
        figures = f"jaccard {one['jaccard']:.2f} contained {contained:.2f}"
        rows.append(f"  {one['relation']:9} {figures}  {one['source']}  {one['paragraph_id']}")
    rows += [
        f"  passage   {one['words']} words  {one['source']}  {one['paragraph_id'] or ''}: {_short(one['text'])}"
        for one in record["passages"]
    ]
    more = len(rows) - 1 - MOST
    return rows if more <= 0 else [*rows[: 1 + MOST], f"  and {more} more"]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
