"""`pipeline schema [NAME]...`"""

from __future__ import annotations

import click

from pipeline.cli import terminal
from pipeline.errors import UsageError


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--for",
    "reader",
    type=click.Choice(["polars", "duckdb", "datasets", "arrow"]),
    help="The columns of an output as this reader takes them, to be pasted.",
)
def command(names: tuple[str, ...], reader: str | None) -> None:
    """Print the JSON Schema of the output files: one definition for the lines of each.

    With NAME, that of a line of one output, such as `documents`, or of what a command prints with --json, such as `why` or
    `rules test`.

    \b
    polars    schema= of read_ndjson, scan_ndjson
    duckdb    columns= of read_json
    datasets  features= of load_dataset
    arrow     a pyarrow.schema
    """
    from pipeline.write import json_schema, reader_schema

    name = " ".join(names)
    if reader is not None:
        if not name:
            raise UsageError("--for: which output? say it like `pipeline schema documents --for polars`")
        terminal.say(reader_schema.text(name, reader))
        return
    schema = json_schema.schema_of(name) if name else json_schema.json_schema()
    terminal.say(json_schema.as_text(schema), newline=False)
