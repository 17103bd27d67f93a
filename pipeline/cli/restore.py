"""`pipeline restore OUT SOURCE`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import terminal


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("source")
def command(out: Path, source: str) -> None:
    """Print the document SOURCE as it was, put together from its clean text and the ledger.

    Plain text comes back byte for byte; of an HTML page, its visible text.
    """
    from pipeline.text.decode import decoder as decode
    from pipeline.write.output import Output

    found = Output(out).document(source)
    if found.record.metadata.media_type == "text/plain":
        data = decode.encode(found.text, found.record.metadata.encoding, [one.edit for one in found.removed])
    else:
        data = found.text.encode()
    terminal.write(data)
