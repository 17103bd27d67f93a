"""`pipeline restore OUT SOURCE`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("source")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Undo this rule alone. Give it again for more.")
@options.as_json("it, as text,")
def command(out: Path, source: str, rules: tuple[str, ...], as_json: bool) -> None:
    """Print the document SOURCE as it was, put together from its clean text and the ledger.

    Plain text comes back byte for byte; of an HTML page, its visible text. With --rule, the clean text comes with what that
    rule has removed in its place again.
    """
    from pipeline.answers import RestoreAnswer
    from pipeline.explain.undo import restored, without
    from pipeline.write.output import Output

    found = Output(out).document(source)
    if as_json:
        text = without(found, rules) if rules else found.text
        terminal.say_row(RestoreAnswer(source=found.record.source, rules=rules, text=text))
        return
    terminal.write(without(found, rules).encode() if rules else restored(found))
