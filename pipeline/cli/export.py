"""`pipeline export OUT TARGET --to markdown|chunks|dolma|datatrove|datasets|parquet|datasketch`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click
from click.core import ParameterSource

from pipeline.cli import options, terminal
from pipeline.config import FileFormat
from pipeline.errors import OutputError, UsageError
from pipeline.wording import plural

if TYPE_CHECKING:
    from pipeline.export.dolma import Text

Form = Literal["markdown", "chunks", "dolma", "datatrove", "datasets", "parquet", "datasketch"]
_OF = {"file_format": "chunks", "max_chars": "chunks", "text": "dolma", "hashed": "datasketch"}
"""Options that one form has."""


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("target")
@click.option("--to", "form", required=True, type=click.Choice(get_args(Form)), help="What is to be made of it.")
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
@click.option(
    "--text",
    type=click.Choice(["clean", "source"]),
    default="clean",
    help="Of dolma: the clean texts, or the sources, with what a run took out as one more attribute.  [default: clean]",
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
@click.pass_context
def command(
    context: click.Context,
    out: Path,
    target: str,
    form: Form,
    file_format: FileFormat,
    max_chars: int,
    text: Text,
    force: bool,
    hashed: Literal["sha1", "native"],
    as_json: bool,
) -> None:
    """Make of the output folder OUT what other programs take. TARGET is a folder, but for datasketch.

    \b
    markdown    A file for each document, with a front matter.
    chunks      The texts in pieces for retrieval, each with the headings that it
                stands under and its place in text and source.
    dolma       Dolma's layout: documents/, and as attributes/ the spans of blocks and
                copies, the expected quality, and what a run took out (--text source).
    datatrove   What its readers take: text, id, and flat metadata.
    datasets    All outputs for load_dataset of Hugging Face: Parquet, with a card.
    parquet     All outputs as Parquet files.
    datasketch  TARGET is a file, or redis://HOST:PORT/DB?basename=NAME: an index of
                all paragraphs, by their ids, that others can query.

    Where TARGET is -, Markdown, and chunks and datatrove's documents as JSON Lines, go to standard output.
    """
    _check_options(context, form)
    if target == "-":
        _print(out, form, file_format, max_chars)
        return
    from pipeline.answers import WrittenAnswer

    if "://" not in target:
        _check_target(Path(target), out, force)
    if form == "datasketch":
        from pipeline.match import export

        made = export.export(out, target, hashed)
        signing, count = made.signing, made.paragraphs
        said = (
            f"{plural(count, 'paragraph')} -> MinHashLSH(num_perm={signing.permutations}, "
            f"params=({signing.bands}, {signing.rows})); shingles of {signing.k} words, scheme affine32, seed {signing.seed}"
        )
    else:
        count, what = _write(out, target, form, file_format, max_chars, text)
        said = f"{plural(count, what)} -> {target}"
    if as_json:
        terminal.say_row(WrittenAnswer(path=target, records=count))
    else:
        terminal.say(said)


def _write(out: Path, target: str, form: Form, file_format: FileFormat, max_chars: int, text: Text) -> tuple[int, str]:
    """Write what is made of an output folder to a folder; return how many of what there are."""
    from pipeline.export import chunks, datatrove, dolma, markdown, tables

    if "://" in target:
        raise UsageError(
            f"{target}: is an address; {form} goes to a folder of this machine, or one that is mounted here"
        )
    folder = Path(target)
    match form:
        case "markdown":
            return markdown.write(out, folder), "document"
        case "chunks":
            return chunks.write(out, folder, file_format, max_chars), "chunk"
        case "dolma":
            return dolma.write(out, folder, text), "document"
        case "datatrove":
            return datatrove.write(out, folder), "document"
        case "datasets":
            return tables.dataset(out, folder), "row"
        case _:
            return tables.parquet(out, folder), "row"


def _print(out: Path, form: Form, file_format: str, max_chars: int) -> None:
    """Print what is made of an output folder on standard output."""
    from pipeline.export import chunks, datatrove, markdown
    from pipeline.write.output import finished

    if form not in ("markdown", "chunks", "datatrove") or file_format != "jsonl":
        raise UsageError(
            "standard output takes Markdown, and chunks and datatrove's documents as JSON Lines: give a TARGET for the rest"
        )
    output = finished(out)
    if form == "chunks":
        for chunk in chunks.every(output, max_chars):
            terminal.say_row(chunk)
        return
    for record in output.records("documents"):
        if form == "datatrove":
            terminal.say_row(datatrove.row(record))
        else:
            terminal.write(f"{markdown.page(record)}\n".encode("utf-8", "surrogatepass"))


def _check_options(context: click.Context, form: Form) -> None:
    """Check that no option was given that another form has.

    Raises:
        UsageError: there is one.
    """
    for parameter in context.command.params:
        other = _OF.get(parameter.name or "", form)
        if other != form and context.get_parameter_source(parameter.name or "") is not ParameterSource.DEFAULT:
            raise UsageError(f"{parameter.opts[0]} is an option of --to {other}")


def _check_target(target: Path, out: Path, force: bool) -> None:
    """Check that nothing is lost by writing to `target`.

    Raises:
        OutputError: it is the output folder or lies in it, or it is there already and is not to be written over.
    """
    if options.lies_in(target, out):
        raise OutputError(f"{target}: lies in the output folder that is to be exported; write elsewhere")
    options.check_free(target, force)
