"""`pipeline help [COMMAND]`"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from pipeline.cli import options, terminal

if TYPE_CHECKING:
    from pipeline.answers import HelpAnswer


@click.command()
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
@options.as_json("a line for it and each command below it")
def command(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Show the help of a COMMAND, such as `clean` or `rules test`; without one, that of the program."""
    from pipeline.cli import group

    shown = click.Context(group, info_name="pipeline", parent=None)
    for name in names:
        within = shown.command
        if not isinstance(within, click.Group):
            raise click.UsageError(f"`{shown.command_path}` has no commands", ctx)
        _, found, _ = within.resolve_command(shown, [name])
        assert found is not None
        shown = click.Context(found, info_name=name, parent=shown)
    if not as_json:
        terminal.say(shown.get_help())
        return
    for one in below(shown):
        terminal.say_row(answer(one))


def below(context: click.Context) -> Iterator[click.Context]:
    """A command, and all commands below it."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            found = context.command.get_command(context, name)
            assert found is not None
            yield from below(click.Context(found, info_name=name, parent=context))


def answer(context: click.Context) -> HelpAnswer:
    """A command as `--json` says it."""
    from pipeline.answers import HelpAnswer, OptionAnswer

    options: list[OptionAnswer] = []
    for one in context.command.get_params(context):
        if isinstance(one, click.Option):
            value = None if one.is_flag else one.make_metavar(context)
            names = (*one.opts, *one.secondary_opts)
            options.append(OptionAnswer(names=names, value=value, multiple=one.multiple, help=one.help or ""))
    return HelpAnswer(
        command=context.command_path,
        usage=context.get_usage().removeprefix("Usage: "),
        help=inspect.cleandoc(context.command.help or "").replace("\b\n", ""),
        options=tuple(options),
    )
