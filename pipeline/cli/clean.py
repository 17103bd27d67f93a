"""`pipeline clean INPUT... OUT`"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from pipeline.cli import bar, options, terminal
from pipeline.config import EngineName, FileFormat
from pipeline.corpus.progress import Progress
from pipeline.read.chosen import Chosen

PARTLY = 3
_UNITS = {unit: 1024**power for power, unit in enumerate(("", "K", "M", "G", "T"))}


class Bytes(click.ParamType[int]):
    """A size such as 4G or 512M."""

    name = "size"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The size in bytes."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?)(?:i?B)?", str(value), re.IGNORECASE)
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is no size; say it like 4G or 512M", param, ctx)
        return int(float(found[1]) * _UNITS[found[2].upper()])


@click.command()
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.argument("out", type=options.FilledPath(path_type=Path))
@click.option(
    "--files-from",
    "lists",
    multiple=True,
    metavar="FILE",
    help="File that names inputs, one a line or with NULs between; - for standard input.",
)
@click.option(
    "--include", multiple=True, metavar="PATTERN", help="Of folders, only files like '*.html'. Again for more."
)
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Of folders, no files like 'drafts/'. Again for more."
)
@click.option("--follow", is_flag=True, help="Read links to files that lie outside the input folders, too.")
@options.config_options
@options.option("--favor", "favor")
@options.option("--extractor", "extractor")
@options.option("--input-format", "input_format")
@options.option("--field", "fields", multiple=True, metavar="KEY=NAME")
@options.rule_files
@options.option("--cleaning/--no-cleaning", "cleaning")
@options.option("--matching/--no-matching", "matching")
@options.option("--threshold", "threshold")
@options.option("--copies", "copy_action")
@options.option("--added", "added", metavar="DATE")
@click.option(
    "--format",
    "form",
    type=options.choices(FileFormat),
    default="jsonl",
    help="Files of the records; the last two in numbered shards.  [default: jsonl]",
)
@options.option("--document-cpu", "document_cpu", metavar="SECONDS")
@options.option("--document-wall", "document_wall", metavar="SECONDS")
@options.option("--document-memory", "document_memory", metavar="SIZE", type=Bytes(), default="2G")
@click.option(
    "--workers",
    type=click.IntRange(0),
    help="Worker processes; 0: none, for a debugger, and documents are not bounded.  [default: the processors at hand]",
)
@click.option(
    "--memory", type=Bytes(), metavar="SIZE", help="For all processes, such as 4G.  [default: most of what is free]"
)
@click.option(
    "--engine", type=options.choices(EngineName), default="local", help="Where work is done.  [default: local]"
)
@click.option(
    "--spark-master", metavar="URL", help="The cluster for --engine spark.  [default: $SPARK_MASTER, Spark's own]"
)
@click.option(
    "--force", is_flag=True, help="Write into a folder that holds other files, or the output of other inputs."
)
@click.option(
    "--against",
    multiple=True,
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="OUT of another run: strike what it has already. Give it again for more.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be read, and how; write nothing.")
@click.option("--show-files", is_flag=True, help="The same for each file: size, format, and what is wrong with it.")
@click.option(
    "--show-settings", is_flag=True, help="Print each option with its value and where it is from; do nothing."
)
@click.option("--fresh", is_flag=True, help="Use nothing of an earlier run, and keep nothing for the next.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", count=True, help="Say more; twice for every input.")
def command(
    inputs: tuple[str, ...],
    out: Path,
    lists: tuple[str, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    follow: bool,
    config_pairs: tuple[str, ...],
    isolated: bool,
    rule_paths: tuple[Path, ...],
    form: FileFormat,
    workers: int | None,
    memory: int | None,
    engine: EngineName,
    spark_master: str | None,
    force: bool,
    dry_run: bool,
    show_files: bool,
    show_settings: bool,
    fresh: bool,
    against: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
    verbose: int,
    **overrides: Any,
) -> None:
    """Clean INPUT... (files, folders, or - for standard input) into the folder OUT.

    Writes documents, the ledger of everything removed, clusters, pairs and passages as JSON Lines, a report, and a
    manifest. Exit codes: 0 done, 2 usage, 3 done but some inputs failed, 4 OUT cannot be written, 5 OUT is in use.
    """
    from pipeline import run

    if not inputs and not lists:
        raise click.UsageError(
            "Missing argument 'INPUT...': files, folders, patterns, addresses or -; or --files-from FILE"
        )
    overrides["fields"] = overrides["fields"] or None  # click has an empty tuple for an option that is not given
    settings = options.load(config_pairs, isolated, overrides, rule_paths)
    config = settings.config
    if show_settings:
        for line in options.settings_lines(settings):
            terminal.say(line)
        return
    if dry_run or show_files:
        from pipeline.cli import sniff
        from pipeline.read import files, outputs, reading

        wanted = reading.read_options(config.input_format, config.fields)
        entries = files.find(
            inputs,
            out,
            lists,
            follow=follow,
            wanted=Chosen(include, exclude),
            told=lambda folder: terminal.say(outputs.passed_over(folder)),
        )
        for line in sniff.plan(sniff.surveys(entries, wanted), show_files):
            terminal.say(line)
        return
    say = _teller(quiet, verbose)
    progress = bar.Bar(say, verbose) if terminal.can_be_steered(sys.stderr) and not quiet else Progress(say)
    try:
        summary = run.clean(
            inputs,
            out,
            config,
            workers=workers,
            memory=memory,
            engine=engine,
            spark_master=spark_master,
            force=force,
            form=form,
            fresh=fresh,
            against=against,
            lists=lists,
            follow=follow,
            wanted=Chosen(include, exclude),
            progress=progress,
        )
    finally:
        progress.end()
    if as_json:
        terminal.say_json(summary.as_json())
    elif not quiet:
        terminal.say(summary.as_text())
    if not quiet and (problems := summary.problems()):
        terminal.say(problems, error=True)
    sys.exit(PARTLY if summary.counts["failures"] else 0)


def _teller(quiet: bool, verbose: int):  # type: ignore[no-untyped-def]
    def say(level: int, message: str) -> None:
        if not quiet and level <= verbose:
            with suppress(OSError):  # nobody listens any more; the run goes on
                terminal.say(message, error=True)

    return say
