"""`pipeline export OUT TARGET --to markdown|chunks|datasketch`"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from pipeline.cli import options, terminal
from pipeline.errors import OutputError, UsageError
from pipeline.wording import plural


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("target")
@click.option(
    "--to",
    "form",
    required=True,
    type=click.Choice(["markdown", "chunks", "datasketch"]),
    help="What is to be made of it.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["jsonl", "jsonl.zst", "parquet"]),
    default="jsonl",
    help="Of chunks: the files they are written to.  [default: jsonl]",
)
@click.option(
    "--max-chars",
    type=click.IntRange(min=100),
    default=2000,
    help="Of chunks: so many characters at most.  [default: 2000]",
)
@click.option("--force", is_flag=True, help="Write over what is there.")
@options.as_json("what was written")
@click.option(
    "--hash",
    "hashed",
    type=click.Choice(["sha1", "native"]),
    default="sha1",
    help="Of datasketch: the hash of the shingles, its default, or ours, ten times as fast.  [default: sha1]",
)
def command(
    out: Path,
    target: str,
    form: Literal["markdown", "chunks", "datasketch"],
    file_format: Literal["jsonl", "jsonl.zst", "parquet"],
    max_chars: int,
    force: bool,
    hashed: Literal["sha1", "native"],
    as_json: bool,
) -> None:
    """Make of the output folder OUT what other programs take.

    \b
    markdown    TARGET is a folder: a file for each document, with a front matter.
    chunks      TARGET is a folder: the texts in pieces for retrieval, each with the
                headings that it stands under and its place in text and source.
    datasketch  TARGET is a file, or redis://HOST:PORT/DB?basename=NAME: an index of
                all paragraphs, by their ids, that others can query.

    Where TARGET is -, Markdown, or chunks as JSON Lines, go to standard output.
    """
    if target == "-":
        _print(out, form, file_format, max_chars)
        return
    from pipeline.answers import WrittenAnswer

    if "://" not in target:
        _check_target(Path(target), out, force)
    if form == "markdown":
        from pipeline.export import markdown

        count = markdown.write(out, Path(target))
        said = f"{plural(count, 'document')} -> {target}"
    elif form == "chunks":
        from pipeline.export import chunks

        count = chunks.write(out, Path(target), file_format, max_chars)
        said = f"{plural(count, 'chunk')} -> {target}"
    else:
        from pipeline.match import export

        made = export.export(out, target, hashed)
        signing, count = made.signing, made.paragraphs
        said = (
            f"{plural(count, 'paragraph')} -> MinHashLSH(num_perm={signing.permutations}, "
            f"params=({signing.bands}, {signing.rows})); shingles of {signing.k} words, scheme affine32, seed {signing.seed}"
        )
    if as_json:
        terminal.say_row(WrittenAnswer(path=target, records=count))
    else:
        terminal.say(said)


def _print(out: Path, form: str, file_format: str, max_chars: int) -> None:
    """Print what is made of an output folder on standard output."""
    from pipeline.export import chunks, markdown
    from pipeline.write.output import Output

    if form == "datasketch" or file_format != "jsonl":
        raise UsageError("standard output takes Markdown, and chunks as JSON Lines: give a TARGET for what is no text")
    output = Output(out)
    if form == "chunks":
        for chunk in chunks.every(output, max_chars):
            terminal.say_row(chunk)
    else:
        for record in output.records("documents"):
            terminal.write(f"{markdown.page(record)}\n".encode("utf-8", "surrogatepass"))


def _check_target(target: Path, out: Path, force: bool) -> None:
    """Check that nothing is lost by writing to `target`.

    Raises:
        OutputError: it is the output folder or lies in it, or it is there already and is not to be written over.
    """
    if out.resolve() in (target.resolve(), *target.resolve().parents):
        raise OutputError(f"{target}: lies in the output folder that is to be exported; write elsewhere")
    is_there = any(target.iterdir()) if target.is_dir() else target.exists()
    if is_there and not force:
        raise OutputError(f"{target}: is there already: --force writes over it")
