"""Write docs/reference.md, which is made of the code: commands, options, configuration keys, records, public functions.

python -m tools.reference
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click
from click import Context

import pipeline
from pipeline import validate
from pipeline.answers import HelpAnswer
from pipeline.cli import GROUPS, group, help
from pipeline.config import Config
from pipeline.describe import field_docs
from pipeline.read.chosen import Chosen
from pipeline.records import ALL_FILES, Manifest
from pipeline.write.json_schema import schema_of
from tests.conftest import ROOT

PATH = ROOT / "docs" / "reference.md"
_SPACE = re.compile(r"\s+")


def text() -> str:
    """The page."""
    return "\n".join([*_head(), *_commands(), *_configuration(), *_records(), *_functions()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Reference\n"
    yield "Made of the code by `make reference`; a test holds it against that. Commands, [configuration](#configuration),"
    yield "[records](#records), [Python](#python).\n"


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield "Every command takes `--help`, and `--json` but for `schema`; `pipeline schema NAME` prints the schema of what that"
    yield "prints, for example `pipeline schema why` or `pipeline schema rules test`.\n"
    with Context(group, info_name="pipeline") as context:
        for title, names in GROUPS.items():
            yield f"### {title}\n"
            for name in names:
                command = group.get_command(context, name)
                assert command is not None
                for one in help.below(Context(command, info_name=name, parent=context)):
                    yield from _command(help.answer(one), isinstance(one.command, click.Group))


def _command(one: HelpAnswer, is_group: bool) -> Iterator[str]:
    yield f"#### `{one.command}`\n"
    yield f"    {one.usage}\n"
    yield f"{_paragraphs(one.help)}\n"
    options = [option for option in one.options if "--help" not in option.names]
    if options and not is_group:
        yield "| option | |\n| --- | --- |"
        for option in options:
            names = ", ".join(option.names)
            taken = f" {option.value}" if option.value else ""
            yield f"| `{_cell(names + taken)}` | {_cell(option.help)} |"
        yield ""


def _paragraphs(said: str) -> str:
    """Help as Markdown: what has columns stays as it is."""
    blocks = []
    for block in said.split("\n\n"):
        is_columns = "   " in block
        blocks.append("\n".join(f"    {line}" for line in block.split("\n")) if is_columns else _joined(block))
    return "\n\n".join(blocks)


def _configuration() -> Iterator[str]:
    yield "## Configuration\n"
    yield "Keys of `pipeline.toml`, of `[tool.pipeline]` in `pyproject.toml`, and of `--config KEY=VALUE`. `pipeline init`"
    yield "writes a file that has all of them.\n"
    yield "| key | value | default | |\n| --- | --- | --- | --- |"
    docs = field_docs(Config)
    for name, value in Config().as_dict().items():
        wanted = validate.expected(validate.field_types(Config)[name])
        shown = f"`{validate.shown(value)}`" if value not in (None, []) else ""
        yield f"| `{name}` | {_cell(wanted)} | {shown} | {_cell(docs.get(name, ''))} |"
    yield ""


def _records() -> Iterator[str]:
    yield "## Records\n"
    yield "`pipeline schema` prints the JSON Schema, `pipeline schema documents --for polars` (or `duckdb`, `datasets`,"
    yield "`arrow`) the columns as a reader takes them.\n"
    for name in (*ALL_FILES, "manifest"):
        cls = Manifest if name == "manifest" else ALL_FILES[name]
        schema = schema_of(name)
        yield f"### `{name}`\n"
        yield f"{_joined(inspect.cleandoc(cls.__doc__ or ''))}\n"
        yield from _fields(schema)
        for part, told in schema.get("$defs", {}).items():
            yield f"`{part}`\n"
            yield from _fields(told)


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    yield "| field | type | |\n| --- | --- | --- |"
    for name, field in schema["properties"].items():
        yield f"| `{name}` | {_cell(_kind(field))} | {_cell(field.get('description', ''))} |"
    yield ""


def _kind(field: dict[str, Any]) -> str:
    """A type of the JSON Schema in words."""
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"])
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if "enum" in field:
        return " or ".join("null" if one is None else f"`{one}`" for one in field["enum"])
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    kind = field.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _functions() -> Iterator[str]:
    yield "## Python\n"
    for name in sorted(pipeline.__all__, key=lambda name: (name[0].isupper(), name)):
        found = getattr(pipeline, name)
        yield f"### `{name}`\n"
        if not inspect.isclass(found):
            yield f"```python\n{name}{_signature(found)}\n```\n"
        yield f"{inspect.cleandoc(found.__doc__ or '')}\n"
        if inspect.isclass(found) and name == "Summary":
            yield from (f"- `{one}`" for one in ("counts", "families", "passed_over", "struck", "failures"))
            yield ""
    yield "Commands with `--json` print what the structs in `pipeline.answers` say."


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    parts = [_parameter(one) for one in signature.parameters.values()]
    kinds = [one.kind for one in signature.parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        parts.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    lines = "".join(f"    {part},\n" for part in parts)
    returned = "" if signature.return_annotation is inspect.Signature.empty else f" -> {signature.return_annotation}"
    return f"(\n{lines}){returned}" if lines else f"(){returned}"


def _parameter(one: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(one.kind, "")
    default = one.default
    if default is inspect.Parameter.empty:
        shown = ""
    elif isinstance(default, Config | Chosen):
        shown = f" = {type(default).__name__}()"
    else:
        shown = f" = {default.__name__ if inspect.isfunction(default) else repr(default)}"
    return f"{stars}{one.name}: {one.annotation}{shown}"


def _joined(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _cell(text: str) -> str:
    return _joined(text).replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PATH.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
