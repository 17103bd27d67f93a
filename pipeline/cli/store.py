"""`pipeline store info|gc OUT`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import terminal


@click.group()
def command() -> None:
    """Look at and empty what a run keeps under OUT for the next one."""


@command.command("info")
@click.argument("out", type=click.Path(path_type=Path))
def info(out: Path) -> None:
    """Print what is kept: bytes and files by version of the program and options."""
    from pipeline.write.folder import stored

    total = 0
    for name, files, size in stored(out):
        terminal.say(f"{name}  {files:,} files  {size:,} bytes")
        total += size
    terminal.say(f"{total:,} bytes")


@command.command("gc")
@click.argument("out", type=click.Path(path_type=Path))
def gc(out: Path) -> None:
    """Remove everything that is kept. The records stay; the next run does all its work again."""
    from pipeline.write.folder import forget

    terminal.say(f"{forget(out):,} bytes removed")
