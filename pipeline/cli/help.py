"""`pipeline help [COMMAND]`"""

from __future__ import annotations

import click

from pipeline.cli import terminal


@click.command()
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...]) -> None:
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
    terminal.say(shown.get_help())
