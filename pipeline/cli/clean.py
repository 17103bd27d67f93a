"""`pipeline clean INPUT... OUT`"""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import click

from pipeline import streams
from pipeline.cli import bar, options, terminal
from pipeline.config import EngineName, FileFormat, Settings
from pipeline.corpus.progress import Progress
from pipeline.read.chosen import Chosen

PARTLY = 3
_STANDARD = Path("-")
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
@click.argument("out", type=options.FilledPath(path_type=Path, allow_dash=True))
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
@options.patterned("--favor", "favor")
@options.option("--extractor", "extractor")
@options.patterned("--input-format", "input_format")
@options.option("--field", "fields", multiple=True, metavar="KEY=NAME")
@options.rule_files
@options.option("--cleaning/--no-cleaning", "cleaning")
@options.option("--matching/--no-matching", "matching")
@options.patterned("--threshold", "threshold")
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
    "--master",
    metavar="ADDRESS",
    help="The cluster of the engine.  [default: $SPARK_MASTER, $RAY_ADDRESS, $DASK_SCHEDULER_ADDRESS, or this machine]",
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
@options.as_json("the summary, the plan or the settings")
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
    master: str | None,
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
    """Clean INPUT... (files, folders, or - for standard input) into the folder OUT, or - for standard output.

    Writes documents, the ledger of everything removed, clusters, pairs and passages as JSON Lines, a report, and a
    manifest; on standard output, the documents alone, as JSON Lines. Exit codes: 0 done, 2 usage, 3 done but some inputs
    failed, 4 OUT cannot be written, 5 OUT is in use.
    """
    from pipeline import run

    if not inputs and not lists:
        raise click.UsageError(
            "Missing argument 'INPUT...': files, folders, patterns, addresses or -; or --files-from FILE"
        )
    overrides["fields"] = overrides["fields"] or None  # click has an empty tuple for an option that is not given
    options.apart(overrides)
    settings = options.load(config_pairs, isolated, overrides, rule_paths)
    config = settings.config
    if show_settings:
        _show_settings(settings, as_json)
        return
    if dry_run or show_files:
        from pipeline.cli import sniff
        from pipeline.read import files, outputs, reading

        entries = files.find(
            inputs,
            out,
            lists,
            follow=follow,
            wanted=Chosen(include, exclude),
            told=lambda folder: terminal.say(outputs.passed_over(folder), error=as_json),
        )
        sniff.show_plan(sniff.surveys(entries, reading.options_of(config)), show_files, as_json)
        return
    is_piped = out == _STANDARD
    if is_piped and (as_json or form != "jsonl"):
        raise click.UsageError("standard output has the documents, as JSON Lines: leave out --json and --format")
    if is_piped:
        streams.need_output()
    from pipeline.write.scratch import scratch

    say = _teller(quiet, verbose)
    progress = bar.Bar(say, verbose) if terminal.can_be_steered(sys.stderr) and not quiet else Progress(say)
    with ExitStack() as stack:
        stack.callback(progress.end)
        place = stack.enter_context(scratch()) / "out" if is_piped else out
        summary = run.clean(
            inputs,
            place,
            config,
            workers=workers,
            memory=memory,
            engine=engine,
            master=master,
            force=force,
            form=form,
            fresh=fresh or is_piped,
            against=against,
            lists=lists,
            follow=follow,
            wanted=Chosen(include, exclude),
            progress=progress,
        )
        progress.end()
        if is_piped:
            _print_documents(place)
            summary = summary.of(_STANDARD)
    if as_json:
        terminal.say_row(summary.answer())
    elif not quiet:
        terminal.say_summary(summary.as_text(), error=is_piped)
    if not quiet and (problems := summary.problems(is_piped)):
        terminal.say(problems, error=True)
    sys.exit(PARTLY if summary.counts["failures"] else 0)


def _print_documents(out: Path) -> None:
    with (out / "documents.jsonl").open("rb") as documents:
        for line in documents:
            terminal.write_json(line)


def _show_settings(settings: Settings, as_json: bool) -> None:
    from pipeline.answers import SettingAnswer

    if as_json:
        for name, value in settings.config.as_dict().items():
            origin = settings.origins.get(name, "default")
            terminal.say_row(SettingAnswer(name=name, value=value, origin=origin))
        return
    for line in options.settings_lines(settings):
        terminal.say(line)


def _teller(quiet: bool, verbose: int):  # type: ignore[no-untyped-def]
    def say(level: int, message: str) -> None:
        if not quiet and level <= verbose:
            with suppress(OSError):  # nobody listens any more; the run goes on
                terminal.say(message, error=True)

    return say
