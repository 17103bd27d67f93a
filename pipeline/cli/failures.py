"""`pipeline failures list|retry OUT`"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from pipeline.cli import options, terminal
from pipeline.cli.clean import PARTLY, Bytes
from pipeline.wording import plural

_LIST = "list"


class _Listing(click.Group):
    """A group of commands of which one need not be named: `pipeline failures OUT` lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, behind the name of a command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_LIST, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Listing)
def command() -> None:
    """List what of the inputs gave no record, or only a part of one, and try it again.

    `pipeline failures OUT` lists, as `pipeline failures list OUT` does.
    """


@command.command(_LIST)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--reason", metavar="REASON", help="Only those of one kind, such as `empty` or `truncated`.")
@click.option("--sources", is_flag=True, help="Print the names of the inputs alone, each once.")
@options.as_json("a line for each")
def list_failures(out: Path, reason: str | None, sources: bool, as_json: bool) -> None:
    """Print each failure: its kind, the input, what happened."""
    from pipeline.write.output import Output

    found = [one for one in Output(out).records("failures") if reason in (None, one.error)]
    if sources:
        for source in dict.fromkeys(one.source for one in found):
            terminal.say(source)
        return
    for one in found:
        if as_json:
            terminal.say_row(one)
        else:
            terminal.say_styled([(f"{one.error:14}", "bad"), (f" {one.source}: {one.message}", "plain")])
    if not as_json:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in Counter(one.error for one in found).most_common())
        terminal.say(plural(len(found), "failure") + (f": {kinds}" if kinds else ""))


@command.command("retry")
@click.argument("out", type=click.Path(path_type=Path))
@options.option("--document-cpu", "document_cpu", metavar="SECONDS", default="as before")
@options.option("--document-wall", "document_wall", metavar="SECONDS", default="as before")
@options.option("--document-memory", "document_memory", metavar="SIZE", type=Bytes(), default="as before")
@options.as_json("the summary")
def retry(out: Path, as_json: bool, **limits: Any) -> None:
    """Run the command that wrote OUT once more, where it was run, and with other limits if they are given.

    What could not be read is read again; with other limits, so are documents that took more than a document may. All else is
    taken from what the run has kept. Exit code 3 where something still fails.
    """
    from pipeline import again

    summary = again.retry(out, {name: value for name, value in limits.items() if value is not None})
    if as_json:
        terminal.say_row(summary.answer())
    else:
        terminal.say_summary(summary.as_text())
    if problems := summary.problems():
        terminal.say(problems, error=True)
    sys.exit(PARTLY if summary.counts["failures"] else 0)
