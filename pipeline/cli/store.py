"""`pipeline store info|gc OUT`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal
from pipeline.wording import plural


@click.group()
def command() -> None:
    """Look at and empty what a run keeps under OUT for the next one."""


@command.command("info")
@click.argument("out", type=click.Path(path_type=Path))
@options.as_json("a line for each, and one for all")
def info(out: Path, as_json: bool) -> None:
    """Print what is kept: bytes and files by version of the program and options."""
    from pipeline.answers import StoreAnswer
    from pipeline.write.folder import stored

    found = [StoreAnswer(name=name, files=files, bytes=size) for name, files, size in stored(out)]
    total = StoreAnswer(name="", files=sum(one.files for one in found), bytes=sum(one.bytes for one in found))
    for one in (*found, total):
        if as_json:
            terminal.say_row(one)
        else:
            version = f"{one.name}  {plural(one.files, 'file')}  " if one.name else ""
            terminal.say(f"{version}{plural(one.bytes, 'byte')}")


@command.command("gc")
@click.argument("out", type=click.Path(path_type=Path))
@options.as_json("what was removed")
def gc(out: Path, as_json: bool) -> None:
    """Remove everything that is kept. The records stay; the next run does all its work again."""
    from pipeline.answers import StoreAnswer
    from pipeline.write.folder import forget

    files, size = forget(out)
    if as_json:
        terminal.say_row(StoreAnswer(name="", files=files, bytes=size))
    else:
        terminal.say(f"{plural(size, 'byte')} removed")
