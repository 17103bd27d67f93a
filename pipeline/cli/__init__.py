"""The command line. Each command is a module of its own, imported only when it is called."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module

import click

from pipeline import __version__, bounds
from pipeline.cli import interrupt, terminal
from pipeline.errors import OutputError, PipelineError

COMMANDS = {
    "clean": "Clean INPUT... into OUT.",
    "doctor": "Look at this installation: Python, libraries, extras, and a small run.",
    "export": "Fill an index of datasketch, in a file or in Redis.",
    "index": "Index output folders, so that match answers at once.",
    "match": "Tell which paragraphs of a file stand in output folders already.",
    "learn": "Find lines that many documents have, and write them as a rule file.",
    "restore": "Print a document's source, put together from its clean text and the ledger.",
    "rules": "Look at and test boilerplate rules.",
    "schema": "Print the JSON Schema of the output files.",
    "store": "Look at and empty what is kept for the next run.",
    "verify": "Check an output folder: every hash, every tiling, every offset.",
    "why": "Explain why a line was kept or struck.",
}
UNFORESEEN = 1
BROKEN_PIPE = 141
"""What a shell says of a program that a closed pipe has ended"""


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
    """Run the command line; every failure is one sentence on standard error and an exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads do nothing for us, and keep us from forking
    interrupt.end_at_once()
    try:
        code = _run()
        sys.stdout.flush()
    except OSError as error:
        code = _output_failed(error)
    interrupt.no_more()
    sys.exit(code)


def _run() -> int:
    """The exit code of the command."""
    try:
        group.main(standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(file=said)
        terminal.say(said.getvalue(), error=True, newline=False)
        return error.exit_code
    except PipelineError as error:
        terminal.say(f"pipeline: {error}", error=True)
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        terminal.say("pipeline: interrupted", error=True)
        return interrupt.INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        if os.environ.get("PIPELINE_TRACEBACK"):
            raise
        problem = bounds.problem_of(error).message
        terminal.say(f"pipeline: this should not happen, please report it: {problem}", error=True)
        terminal.say("pipeline: with PIPELINE_TRACEBACK=1 in the environment it says more", error=True)
        return UNFORESEEN
    return 0


def _output_failed(error: OSError) -> int:
    """The exit code where standard output takes no more."""
    # What Python has not written yet it would try to write again at its end
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # as by `| head`: who reads has read enough
        return BROKEN_PIPE
    where = error.filename or "standard output"
    terminal.say(f"pipeline: {where}: {error.strerror or error}", error=True)
    return OutputError.exit_code
