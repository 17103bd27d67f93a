"""`pipeline completion bash|zsh|fish`"""

from __future__ import annotations

import click
from click import shell_completion

from pipeline.cli import terminal


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands, options and their values in a SHELL.

    \b
    bash    pipeline completion bash >> ~/.bashrc
    zsh     pipeline completion zsh >> ~/.zshrc
    fish    pipeline completion fish > ~/.config/fish/completions/pipeline.fish
    """
    from pipeline.cli import group

    script = shell_completion.get_completion_class(shell)
    assert script is not None
    terminal.say(script(group, {}, "pipeline", "_PIPELINE_COMPLETE").source())
