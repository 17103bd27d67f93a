"""`pipeline why OUT SOURCE[:LINE|:@OFFSET]`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options, terminal
from pipeline.model import Receipt, Span

if TYPE_CHECKING:
    from pipeline.answers import WhyAnswer
    from pipeline.explain.places import Explanation
    from pipeline.records import DocumentRecord

WIDTH = 100


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("place", metavar="SOURCE[:LINE|:@OFFSET]")
@options.as_json("a line for each line of the source")
def command(out: Path, place: str, as_json: bool) -> None:
    """Explain what became of a line of SOURCE, and why; without a line, of every line.

    LINE counts from 1; @OFFSET counts characters of the decoded source from 0.
    """
    from pipeline.explain.places import explain, parse_place
    from pipeline.explain.signals import signals
    from pipeline.write.output import Output

    source, number, is_offset = parse_place(place)
    document = Output(out).document(source)
    for one in explain(document, number, is_offset):
        if number is None and not as_json:
            terminal.say_styled(_row(one))
            continue
        said = [] if number is None else signals(out, document.record.source, one.line.start, one.line.end)
        if as_json:
            terminal.say_row(_answer(document.record, one, said))
            continue
        terminal.say(_sheet(one, document.record))
        for sentence in said or ["signals: what they said was not kept (the run was --fresh, or is older)"]:
            terminal.say(f"  {sentence}")


def _answer(record: DocumentRecord, one: Explanation, signals: list[str]) -> WhyAnswer:
    from pipeline.answers import WhyAnswer

    return WhyAnswer(
        source=record.source,
        line=one.number,
        start=one.line.start,
        end=one.line.end,
        text=one.line.text,
        kept=one.paragraph is not None,
        paragraph=one.paragraph,
        paragraph_id=record.paragraph_id(one.paragraph) if one.paragraph else None,
        edits=tuple(one.edits),
        signals=tuple(signals),
    )


def _row(one: Explanation) -> list[tuple[str, terminal.Style]]:
    text = " ".join(one.line.text.split())
    rules = ",".join(dict.fromkeys(edit.rule for edit in one.edits))
    is_kept = one.paragraph is not None
    return [
        (f"{one.number:5} ", "faint"),
        ("+", "good") if is_kept else ("-", "bad"),
        (f" {rules or '':22} ", "note"),
        (text[:WIDTH], "plain" if is_kept else "faint"),
    ]


def _sheet(one: Explanation, record: DocumentRecord) -> str:
    rows = [
        f"line {one.number}, characters {one.line.start} to {one.line.end}:",
        f"  {one.line.text}",
    ]
    if one.paragraph:
        rows.append(
            f"kept, in paragraph {record.paragraph_id(one.paragraph)} ({one.paragraph.kind}), "
            f"characters {one.paragraph.start} to {one.paragraph.end} of the text"
        )
    for edit in one.edits:
        what = f"became {edit.replacement!r}" if edit.replacement else "struck"
        is_whole = edit.start <= one.line.start and one.line.end <= edit.end
        part = "" if is_whole else f" {edit.text!r}"
        rows.append(f"{what}{part} by rule {edit.rule}")
        rows += [f"  {name}: {_shown(value)}" for name, value in edit.evidence.items() if value is not None]
    return "\n".join(rows)


def _shown(value: object) -> str:
    if isinstance(value, Span):
        return f"{value.start} to {value.end}"
    if isinstance(value, Receipt):
        older = " of an older run" if value.older else ""
        differs = "".join(f"; there {one.kept!r} for {one.removed!r}" for one in value.differs)
        return f"in {value.source}{older}, characters {value.start} to {value.end}{differs}"
    return str(value)
