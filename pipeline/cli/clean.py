"""`pipeline clean INPUT... OUT`"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.corpus.engines.means import EngineName
    from pipeline.write.encoding import FileFormat

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
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file of options.")
@click.option("--favor", type=click.Choice(["precision", "balanced", "recall"]), help="Which error weighs more.")
@click.option(
    "--extractor",
    type=click.Choice(["trafilatura", "none"]),
    help="What else is asked about HTML pages; `none` is faster.  [default: trafilatura]",
)
@click.option("--input-format", help="Format of all inputs, such as jsonl, csv, parquet, warc.  [default: by content]")
@click.option(
    "--field", "field_names", multiple=True, metavar="KEY=NAME", help="A field of JSON, CSV or Parquet: text=body."
)
@click.option("--rules", "rule_paths", multiple=True, type=click.Path(path_type=Path), help="TOML file of more rules.")
@click.option("--threshold", type=float, help="Jaccard similarity of near-duplicate paragraphs.  [default: 0.7]")
@click.option("--copies", "copy_action", type=click.Choice(["keep", "strike"]), help="Copies of other sources' text.")
@click.option("--added", metavar="DATE", help="Value of every record's `added` field.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "jsonl.zst", "parquet"]),
    default="jsonl",
    help="Files of the records; the last two in numbered shards.  [default: jsonl]",
)
@click.option("--workers", type=click.IntRange(1), help="Worker processes.  [default: the processors at hand]")
@click.option(
    "--memory", type=Bytes(), metavar="SIZE", help="For all processes, such as 4G.  [default: most of what is free]"
)
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", help="Where work is done.  [default: local]"
)
@click.option(
    "--spark-master", metavar="URL", help="The cluster for --engine spark.  [default: $SPARK_MASTER, Spark's own]"
)
@click.option("--force", is_flag=True, help="Write into a folder that holds other files.")
@click.option("--against", type=click.Path(path_type=Path), help="OUT of another run: strike what it has already.")
@click.option("--fresh", is_flag=True, help="Use nothing of an earlier run, and keep nothing for the next.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", count=True, help="Say more; twice for every input.")
def command(
    inputs: tuple[str, ...],
    out: Path,
    config_file: Path | None,
    field_names: tuple[str, ...],
    rule_paths: tuple[Path, ...],
    form: FileFormat,
    workers: int | None,
    memory: int | None,
    engine: EngineName,
    spark_master: str | None,
    force: bool,
    fresh: bool,
    against: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: int,
    **options: str | float | None,
) -> None:
    """Clean INPUT... (files, folders, or - for standard input) into the folder OUT.

    Writes documents, the ledger of everything removed, clusters, pairs and passages as JSON Lines, a report, and a
    manifest. Exit codes: 0 done, 2 usage, 3 done but some inputs failed, 4 OUT cannot be written, 5 OUT is in use.
    """
    from pipeline import config, run

    given = {"fields": field_names or None, "rules": _rules(rule_paths) or None}
    loaded = config.load(config_file, {**options, **given})
    summary = run.clean(
        inputs,
        out,
        loaded,
        workers=workers,
        memory=memory,
        engine=engine,
        spark_master=spark_master,
        force=force,
        form=form,
        fresh=fresh,
        against=against,
        say=_teller(quiet, verbose),
    )
    if as_json:
        click.echo(summary.as_json())
    elif not quiet:
        click.echo(summary.as_text())
    sys.exit(PARTLY if summary.counts["failures"] else 0)


def _rules(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """The texts of rule files; one that is wrong is told by its name, before any work."""
    if not paths:
        return ()
    from pipeline.config import read_rules
    from pipeline.judge.rules import files as rule_files

    texts = read_rules(paths)
    for path, text in zip(paths, texts, strict=True):
        rule_files.parse(text, str(path))
    return texts


def _teller(quiet: bool, verbose: int):  # type: ignore[no-untyped-def]
    def say(level: int, message: str) -> None:
        if not quiet and level <= verbose:
            click.echo(message, err=True)

    return say
