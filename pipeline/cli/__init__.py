"""The command line. Each command is a module of its own, imported only when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from pipeline import __version__
from pipeline.errors import PipelineError

COMMANDS = {
    "clean": "Clean INPUT... into OUT.",
    "match": "Tell which paragraphs of a file stand in an output folder already.",
    "learn": "Find lines that many documents have, and write them as a rule file.",
    "restore": "Print a document's source, put together from its clean text and the ledger.",
    "rules": "Look at and test boilerplate rules.",
    "schema": "Print the JSON Schema of the output files.",
    "store": "Look at and empty what is kept for the next run.",
    "verify": "Check an output folder: every hash, every tiling, every offset.",
    "why": "Explain why a line was kept or struck.",
}
INTERRUPTED = 130


class _Lazy(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pipeline.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pipeline")
def group() -> None:
    """Clean scraped text and HTML into JSONL, with a ledger of everything removed, and find what the sources share."""


def main() -> None:
    """Run the command line; every foreseen failure is one sentence on standard error and an exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads do nothing for us, and keep us from forking
    try:
        sys.exit(group.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PipelineError as error:
        click.echo(f"pipeline: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("pipeline: interrupted; nothing was changed in the output folder", err=True)
        sys.exit(INTERRUPTED)
