"""`pipeline restore OUT SOURCE`"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import ledger
from pipeline.cli import terminal
from pipeline.errors import UsageError
from pipeline.model import Edit
from pipeline.wording import suggestion

BLOCK_BREAK = "\n\n"

if TYPE_CHECKING:
    from pipeline.write.output import Ledgered


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("source")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Undo this rule alone. Give it again for more.")
def command(out: Path, source: str, rules: tuple[str, ...]) -> None:
    """Print the document SOURCE as it was, put together from its clean text and the ledger.

    Plain text comes back byte for byte; of an HTML page, its visible text. With --rule, the clean text comes with what that
    rule has removed in its place again.
    """
    from pipeline.text.decode import decoder as decode
    from pipeline.write.output import Output

    found = Output(out).document(source)
    if rules:
        terminal.write(_without(found, rules).encode())
        return
    if found.record.metadata.media_type == "text/plain":
        data = decode.encode(found.text, found.record.metadata.encoding, [one.edit for one in found.removed])
    else:
        data = found.text.encode()
    terminal.write(data)


def _without(found: Ledgered, rules: Collection[str]) -> str:
    """The clean text of a document if some rules had not been asked.

    Raises:
        UsageError: none of them has changed the document.
    """
    edits = [one.edit for one in found.removed]
    if unknown := sorted(set(rules) - {edit.rule for edit in edits}):
        there = sorted({edit.rule for edit in edits})
        raise UsageError(f"{found.record.source}: no edit is by the rule {unknown[0]!r}{suggestion(unknown[0], there)}")
    return ledger.apply(found.text, list(_undone(edits, rules)))


def _undone(edits: Sequence[Edit], rules: Collection[str]) -> Iterator[Edit]:
    """The edits but those of some rules. White space that was removed beside those parts two blocks again."""
    for before, edit, after in zip([None, *edits], edits, [*edits[1:], None], strict=False):
        if edit.rule in rules:
            continue
        follows = before is not None and before.rule in rules and before.end == edit.start
        leads = after is not None and after.rule in rules and after.start == edit.end
        if edit.rule == "white-space" and not edit.replacement and (follows or leads):
            yield replace(edit, replacement=BLOCK_BREAK)
        else:
            yield edit
