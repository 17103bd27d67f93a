"""The command line. Each command is a module of its own, imported only when it is called."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from importlib import import_module

import click

from pipeline import __version__, bounds, streams
from pipeline.cli import interrupt, terminal
from pipeline.errors import OutputError, PipelineError
from pipeline.wording import suggestion

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Clean and compare": {
        "clean": "Clean INPUT... into OUT.",
        "match": "Tell which paragraphs of a file stand in output folders already.",
        "index": "Index output folders, so that match answers at once.",
    },
    "Look at the result": {
        "why": "Explain why a line was kept or struck.",
        "verify": "Check an output folder: every hash, every tiling, every offset.",
        "stats": "Print an output in figures, and check conditions on them.",
        "diff": "Tell what differs between two output folders, and by which rules.",
        "explain-dup": "Show two paragraphs word by word, and how alike they are.",
        "failures": "List what of the inputs gave no record, and why; try it again.",
        "report": "Write the report anew.",
        "restore": "Print a document's source, put together from its clean text and the ledger.",
        "export": "Make Markdown, chunks or an index of datasketch of an output folder.",
        "schema": "Print the schema of the output files, and of what --json prints.",
    },
    "Rules and options": {
        "init": "Write a configuration file with every option, and rules for a folder's own lines.",
        "rules": "Look at and test boilerplate rules.",
        "learn": "Find lines that many documents have, and write them as a rule file.",
    },
    "Housekeeping": {
        "sniff": "Tell how files would be read: format, encoding, records, fields.",
        "store": "Look at and empty what is kept for the next run.",
        "doctor": "Look at this installation: Python, libraries, extras, and a small run.",
        "completion": "Print the script that completes commands and options in a shell.",
        "help": "Show the help of a command.",
    },
}
COMMANDS: Mapping[str, str] = {name: text for group in GROUPS.values() for name, text in group.items()}
EXAMPLES = """\b
Examples:
  pipeline clean pages/ out/                 clean a folder
  pipeline clean crawl.warc.gz out/ -v       what a crawler kept
  pipeline why out/ page.html:20             why line 20 is kept or gone
  pipeline match story.txt --against out/    what of a text is in out/ already
"""
UNFORESEEN = 1
BROKEN_PIPE = 141
"""What a shell says of a program that a closed pipe has ended"""


class _Lazy(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pipeline.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called.

        Raises:
            UsageError: there is none of that name; the message has the one that was probably meant.
        """
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise click.UsageError(f"there is no command {name!r}{suggestion(name, COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS)) + 2
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width - 2), text) for name, text in commands.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXAMPLES)
@click.version_option(__version__, prog_name="pipeline")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours; `auto`: on a terminal, unless NO_COLOR is set.  [default: auto]",
)
def group(color: terminal.Colors) -> None:
    """Clean scraped text and HTML into JSONL, with a ledger of everything removed, and find what the sources share."""
    terminal.set_color(color)


def main() -> None:
    """Run the command line; every failure is one sentence on standard error and an exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads do nothing for us, and keep us from forking
    streams.open_closed()
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
        group.main(prog_name="pipeline", standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(file=said)
        terminal.say(said.getvalue(), error=True, newline=False)
        return error.exit_code
    except PipelineError as error:
        terminal.complain(f"{error}")
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        terminal.complain("interrupted")
        return interrupt.INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        if os.environ.get("PIPELINE_TRACEBACK"):
            raise
        problem = bounds.problem_of(error).message
        terminal.complain(f"this should not happen, please report it: {problem}")
        terminal.complain("with PIPELINE_TRACEBACK=1 in the environment it says more")
        return UNFORESEEN
    return 0


def _output_failed(error: OSError) -> int:
    """The exit code where standard output takes no more."""
    # What Python has not written yet it would try to write again at its end
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # as by `| head`: who reads has read enough
        return BROKEN_PIPE
    where = error.filename or ("standard output" if _has_folder() else "the current folder")
    terminal.complain(f"{where}: {error.strerror or error}")
    return OutputError.exit_code


def _has_folder() -> bool:
    """Whether the folder that this process stands in is still there."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True
