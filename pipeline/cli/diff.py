"""`pipeline diff OUT1 OUT2 [SOURCE]`"""

from __future__ import annotations

import sys
from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options, terminal
from pipeline.errors import UsageError
from pipeline.wording import plural

if TYPE_CHECKING:
    from pipeline.explain.compare import Change

DIFFERENT = 1
_SAID = {"input": "another input", "text": "another text", "fields": "other fields"}
_STYLES: dict[str, terminal.Style] = {"+": "good", "-": "bad", "@": "note"}


@click.command()
@click.argument("first", metavar="OUT1", type=click.Path(path_type=Path))
@click.argument("second", metavar="OUT2", type=click.Path(path_type=Path))
@click.argument("source", required=False)
@options.as_json("a line for each document that differs")
def command(first: Path, second: Path, source: str | None, as_json: bool) -> None:
    """Tell what differs between two output folders, document by document, and by which rules: texts, metadata and other
    fields, kinds of blocks.

    With SOURCE, the two clean texts of one document are shown side by side, and what else differs in it. Exit code 1 where
    something differs.
    """
    from pipeline.answers import DiffAnswer
    from pipeline.explain.compare import change_of, changes
    from pipeline.write.output import Output

    before, after = Output(first), Output(second)
    if source is not None:
        if as_json:
            raise UsageError(
                "--json prints documents that differ; the two texts of one stand in the outputs themselves"
            )
        sys.exit(_show(*change_of(source, before, after), first, second))
    counts: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for change in changes(before, after):
        counts[change.what] += 1
        rules.update(change.rules)
        if change.what == "same":
            continue
        if as_json:
            terminal.say_row(
                DiffAnswer(
                    source=change.source,
                    what=change.what,
                    before=change.before,
                    after=change.after,
                    rules=dict(change.rules),
                    fields=change.fields,
                    kinds=dict(change.kinds),
                )
            )
        else:
            terminal.say(_row(change))
    if not as_json:
        terminal.say(_sum(counts, rules))
    sys.exit(DIFFERENT if counts.keys() - {"same"} else 0)


def _row(change: Change) -> str:
    if change.what in ("added", "gone"):
        return f"{change.source}: {change.what}"
    rules, kinds = (
        ", ".join(f"{name} {count:+,}" for name, count in counts.most_common())
        for counts in (change.rules, change.kinds)
    )
    size = f"{change.before:,} to {change.after:,} characters" if change.before != change.after else ""
    others = f"differs in {', '.join(change.fields)}" if change.fields else ""
    blocks = f"blocks: {kinds}" if kinds else ""
    return "; ".join(filter(None, (f"{change.source}: {_SAID[change.what]}", size, rules, others, blocks)))


def _sum(counts: Counter[str], rules: Counter[str]) -> str:
    kinds = ", ".join(f"{counts[name]:,} {name}" for name in ("same", "text", "fields", "input", "added", "gone"))
    moved = ", ".join(f"{rule} {count:+,}" for rule, count in rules.most_common() if count)
    return f"{plural(counts.total(), 'document')}: {kinds}" + (f"; characters removed: {moved}" if moved else "")


def _show(change: Change, before: str, after: str, first: Path, second: Path) -> int:
    """Show one document; nothing where it is the same. Return the exit code."""
    if change.what == "same":
        return 0
    if change.what in ("added", "gone"):
        terminal.say(f"{change.source}: {change.what}; it is only in {second if change.what == 'added' else first}")
        return DIFFERENT
    for line in unified_diff(before.split("\n"), after.split("\n"), str(first), str(second), lineterm=""):
        terminal.say_styled([(line, _STYLES.get(line[:1], "plain"))])
    terminal.say(_row(change))
    return DIFFERENT
