"""`pipeline learn INPUT...`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal
from pipeline.corpus.progress import Progress


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Rule file to write.  [default: standard output]")
@options.config_options
@options.option("--favor", "favor")
@click.option("--workers", type=click.IntRange(1), help="Worker processes.  [default: the processors at hand]")
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    config_pairs: tuple[str, ...],
    isolated: bool,
    favor: str | None,
    workers: int | None,
) -> None:
    """Find the lines that many unrelated documents of INPUT... have, and write them as a rule file.

    Read it, edit it, check it with `pipeline rules test FILE`, and pass it back with `pipeline clean --rules FILE`.
    """
    from pipeline import learn
    from pipeline.write import whole

    progress = Progress(lambda level, text: None if level else terminal.say(text, error=True))
    found = learn.learn(inputs, options.load(config_pairs, isolated, {"favor": favor}).config, workers, progress)
    if output is None:
        terminal.say(found, newline=False)
        return
    whole.write(output, found)
