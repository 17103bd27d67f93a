"""`pipeline learn INPUT...`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal
from pipeline.corpus.progress import Progress
from pipeline.wording import plural


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Rule file to write.  [default: -, standard output]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@options.config_options
@options.option("--favor", "favor")
@click.option("--workers", type=click.IntRange(1), help="Worker processes.  [default: the processors at hand]")
@options.as_json("a line for each rule")
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    force: bool,
    config_pairs: tuple[str, ...],
    isolated: bool,
    favor: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Find the lines that many unrelated documents of INPUT... have, and write them as a rule file.

    Read it, edit it, check it with `pipeline rules test FILE`, and pass it back with `pipeline clean --rules FILE`.
    """
    from pipeline import learn
    from pipeline.cli.rules import answer
    from pipeline.judge.rules import files
    from pipeline.write import whole

    to_file = output not in (None, Path("-"))
    if to_file and output is not None:
        options.check_free(output, force)
    progress = Progress(lambda level, text: None if level else terminal.say(text, error=True))
    found = learn.learn(inputs, options.load(config_pairs, isolated, {"favor": favor}).config, workers, progress)
    rules = files.parse(found, "rules")
    if as_json:
        for rule in rules:
            terminal.say_row(answer(rule))
    elif not to_file:
        terminal.say(found, newline=False)
    if to_file and output is not None:
        whole.write(output, found)
    lines = sum(len(phrases) for rule in rules for phrases in rule.phrases.values())
    written = f" {'is' if lines == 1 else 'are'} written to {output}" if to_file else ""
    sentence = f"{plural(lines, 'line')} of {plural(len(rules), 'site')}{written}"
    terminal.say(sentence if lines else "no line stands on enough pages to be a template", error=True)
