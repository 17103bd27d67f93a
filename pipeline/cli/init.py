"""`pipeline init [INPUT]...`"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli import options, terminal

RULES = "site-rules.toml"


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@options.as_json("a line for each file that is written")
def command(inputs: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Write pipeline.toml, which has every option with its default and what it means, into this folder.

    With INPUT, lines that many of its documents have go into site-rules.toml, for you to read and edit.
    """
    from pipeline.answers import WrittenAnswer
    from pipeline.config import FILES
    from pipeline.write import whole

    found = ""
    if inputs:
        from pipeline import learn
        from pipeline.config import Config

        found = learn.learn(inputs, Config())
    files = {FILES[0]: "\n".join(_lines(bool(found)))} | ({RULES: found} if found else {})
    for name in files:
        options.check_free(Path(name), force)
    for name, text in files.items():
        whole.write(Path(name), text)
        if as_json:
            terminal.say_row(WrittenAnswer(path=name, records=None))
        else:
            terminal.say(f"{name} is written")
    if not as_json and inputs and not found:
        terminal.say("no line stands in several unrelated documents: there is no rule to suggest")


def _lines(has_rules: bool) -> Iterator[str]:
    """The file: every option as a comment, but for the rules that were found."""
    from pipeline.cli.options import as_toml
    from pipeline.config import Config
    from pipeline.describe import field_docs

    docs = field_docs(Config)
    yield "# Options of `pipeline clean`, with their defaults. `pipeline clean --show-settings ...` shows those in force.\n"
    for name, value in Config().as_dict().items():
        yield from (f"# {line}" for line in textwrap.wrap(docs.get(name, ""), 110))
        if name == "rules" and has_rules:
            yield f'rules = ["{RULES}"]\n'
        else:
            yield f"# {name} = {as_toml(value) or '...'}\n"
