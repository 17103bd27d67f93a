"""Options of the command line that are fields of `Config`: their types, choices, defaults and help are the struct's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import click

from pipeline import config, validate
from pipeline.config import Config
from pipeline.describe import field_docs

Command = TypeVar("Command", bound=Callable[..., Any])

config_file = click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file of options.")
rule_files = click.option(
    "--rules", "rule_paths", multiple=True, type=click.Path(path_type=Path), help="TOML file of more rules."
)


def option(flag: str, field: str, *, default: str | None = None, **more: Any) -> Callable[[Command], Command]:
    """A click option for one field of `Config`. It is None where it is not given; `default` is what the help says then."""
    wanted = validate.field_types(Config)[field]
    said = default or getattr(Config(), field)
    text = field_docs(Config).get(field, "")
    if said not in (None, ()):
        text += f"  [default: {said}]"
    if wanted is bool:
        more["default"] = None  # what click makes of a flag that is not given is False
    return click.option(flag, field, **{"type": _type(wanted), "help": text, **more})


def load(path: Path | None, overrides: Mapping[str, Any], rule_paths: Sequence[Path] = ()) -> Config:
    """The configuration of a file, with options and rule files of the command line laid over it.

    Raises:
        UsageError: one of them is wrong; the message names the file and the key.
    """
    from pipeline.judge.rules import files
    from pipeline.read import reading

    return config.load(path, overrides, rule_paths, config.Checks(files.parse, reading.read_options))


def choices(literal: Any) -> click.Choice[str]:
    """The choice between the values of a Literal."""
    return click.Choice(get_args(literal))


def _type(wanted: Any) -> click.ParamType[Any]:
    plain, meta = validate.unwrapped(wanted)
    if get_origin(plain) is Literal:
        return choices(plain)
    if plain is bool:
        return click.BOOL
    if plain is float:
        return click.FloatRange(meta.gt, meta.le, min_open=True)
    return click.STRING
