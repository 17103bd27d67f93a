"""`pipeline failures OUT`"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from pipeline.cli import terminal
from pipeline.wording import plural


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--reason", metavar="REASON", help="Only those of one kind, such as `empty` or `truncated`.")
@click.option("--sources", is_flag=True, help="Print the names of the inputs alone, each once.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
def command(out: Path, reason: str | None, sources: bool, as_json: bool) -> None:
    """List what of the inputs gave no record, or only a part of one, and why."""
    from pipeline import jsonlines
    from pipeline.write.output import Output

    found = [one for one in Output(out).records("failures") if reason in (None, one.error)]
    if sources:
        for source in dict.fromkeys(one.source for one in found):
            terminal.say(source)
        return
    for one in found:
        if as_json:
            terminal.say_json(jsonlines.encode(one).decode())
        else:
            terminal.say_styled([(f"{one.error:14}", "bad"), (f" {one.source}: {one.message}", "plain")])
    if not as_json:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in Counter(one.error for one in found).most_common())
        terminal.say(plural(len(found), "failure") + (f": {kinds}" if kinds else ""))
