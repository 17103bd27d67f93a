"""`pipeline report OUT`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="File to write, or - for standard output.  [default: OUT/report.html]",
)
@options.as_json("where it was written")
def command(out: Path, output: Path | None, as_json: bool) -> None:
    """Write the report of the output folder OUT anew, as this version of the program makes it."""
    from pipeline import again
    from pipeline.answers import WrittenAnswer
    from pipeline.errors import OutputError
    from pipeline.write import whole
    from pipeline.write.folder import REPORT

    own = out / REPORT
    elsewhere = None if output == Path("-") else output
    if elsewhere is not None and options.lies_in(elsewhere, out) and elsewhere.resolve() != own.resolve():
        raise OutputError(f"{output}: lies in the output folder, beside its records; write elsewhere")
    data = again.report(out)
    if output == Path("-"):
        terminal.write(data)
        return
    if output is None:
        again.show_report(out, data)
    else:
        whole.write(output, data)
    path = output or own
    if as_json:
        terminal.say_row(WrittenAnswer(path=str(path), records=None))
    else:
        terminal.say(f"{path} is written")
