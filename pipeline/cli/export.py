"""`pipeline export OUT TARGET --to datasketch`"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from pipeline.cli import terminal


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("target")
@click.option(
    "--to", "library", required=True, type=click.Choice(["datasketch"]), help="The library that is to read it."
)
@click.option(
    "--hash",
    "hashed",
    type=click.Choice(["sha1", "native"]),
    default="sha1",
    help="Hash of the shingles: datasketch's default, or ours, ten times as fast.  [default: sha1]",
)
def command(out: Path, target: str, library: str, hashed: Literal["sha1", "native"]) -> None:
    """Fill an index of datasketch with the paragraphs of the output folder OUT, so that other services can query them.

    TARGET is a file, or redis://HOST:PORT/DB?basename=NAME. Keys are the ids of paragraphs.
    """
    from pipeline.match import export

    made = export.export(out, target, hashed)
    signing = made.signing
    terminal.say(
        f"{made.paragraphs:,} paragraphs -> MinHashLSH(num_perm={signing.permutations}, "
        f"params=({signing.bands}, {signing.rows})); shingles of {signing.k} words, scheme affine32, seed {signing.seed}"
    )
