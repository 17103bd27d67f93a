"""`pipeline completion bash|zsh|fish`"""

from __future__ import annotations

import click
from click import shell_completion

from pipeline.cli import options, terminal


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@options.as_json("it")
def command(shell: str, as_json: bool) -> None:
    """Print the script that completes commands, options and their values in a SHELL.

    \b
    bash    pipeline completion bash >> ~/.bashrc
    zsh     pipeline completion zsh >> ~/.zshrc
    fish    pipeline completion fish > ~/.config/fish/completions/pipeline.fish
    """
    from pipeline.answers import CompletionAnswer
    from pipeline.cli import group

    script = shell_completion.get_completion_class(shell)
    assert script is not None
    text = script(group, {}, "pipeline", "_PIPELINE_COMPLETE").source()
    if as_json:
        terminal.say_row(CompletionAnswer(shell=shell, script=text))
    else:
        terminal.say(text)
