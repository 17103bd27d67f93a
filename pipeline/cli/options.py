"""Options of the command line that are fields of `Config`: their types, choices, defaults and help are the struct's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

import click

from pipeline import config, streams, validate
from pipeline.config import Config, Inputs, Settings
from pipeline.describe import field_docs
from pipeline.errors import OutputError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


class FilledPath(click.Path):
    """A path that is not empty: an empty one, as of a variable that is not set, would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if value == "":
            self.fail("is empty", param, ctx)
        if "://" in str(value):
            self.fail(
                f"{value!r} is an address; it must be a folder of this machine, or one that is mounted here", param, ctx
            )
        return super().convert(value, param, ctx)


_config = click.option(
    "--config",
    "config_pairs",
    multiple=True,
    metavar="FILE|KEY=VALUE",
    help="TOML file of options, or one of them. Without a file: the nearest pipeline.toml, or pyproject.toml with "
    "[tool.pipeline], of this folder and those above.",
)
_isolated = click.option("--isolated", is_flag=True, help="Look for no configuration file.")


def config_options(command: Command) -> Command:
    """The options that say where a configuration comes from."""
    return _config(_isolated(command))


def as_json(what: str) -> Callable[[Command], Command]:
    """The option `--json`, of a command that prints `what` then."""
    help_text = f"Print {what} as JSON (`pipeline schema NAME`)."
    return click.option("--json", "as_json", is_flag=True, callback=_needs_output, help=help_text)


def _needs_output(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    """The value of an option that needs standard output, which is looked at before any work is done."""
    if value:
        streams.need_output()
    return value


rule_files = click.option(
    "--rules", "rule_paths", multiple=True, type=click.Path(path_type=Path), help="TOML file of more rules."
)


class _FieldOption(click.Option):
    """An option whose help is read off the source of `Config` when it is asked for, which takes longer than many a run."""

    def __init__(self, *args: Any, told: Callable[[], str], **more: Any) -> None:
        """`told` gives the help."""
        self._told = told
        super().__init__(*args, **more)

    @property
    def help(self) -> str | None:
        """What the help says of the option."""
        return self._told()

    @help.setter
    def help(self, value: str | None) -> None:
        """click sets what it was given, which is nothing."""


def option(flag: str, field: str, *, default: str | None = None, **more: Any) -> Callable[[Command], Command]:
    """A click option for one field of `Config`. It is None where it is not given; `default` is what the help says then."""
    wanted = validate.field_types(Config)[field]
    said = default or getattr(Config(), field)

    def told() -> str:
        end = f"  [default: {said}]" if said not in (None, ()) else ""
        return field_docs(Config).get(field, "") + end

    if wanted is bool:
        more["default"] = None  # what click makes of a flag that is not given is False
    return click.option(flag, field, cls=_FieldOption, told=told, **{"type": _type(wanted), **more})


def patterned(flag: str, field: str) -> Callable[[Command], Command]:
    """A click option for a field of `Config` that may differ from file to file: `VALUE`, or `PATTERN:VALUE`, again for more."""
    wanted = validate.field_types(Config)[field]
    said = getattr(Config(), field)
    kind = Patterned(_type(wanted))

    def told() -> str:
        end = f"  [default: {said}]" if said is not None else ""
        return f"{field_docs(Config)[field]} Of some files: 'PATTERN:VALUE'.{end}"

    metavar = kind.shown()
    return click.option(flag, field, cls=_FieldOption, told=told, type=kind, multiple=True, metavar=metavar)


class Patterned(click.ParamType[tuple[str, Any]]):
    """A value, or one behind a pattern of file names and a colon."""

    name = "value"

    def __init__(self, inner: click.ParamType[Any]) -> None:
        self.inner = inner

    def shown(self) -> str:
        """What the help calls the value."""
        choices = getattr(self.inner, "choices", None)
        return f"[{'|'.join(choices)}]" if choices else self.inner.name.upper().removesuffix(" RANGE")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """What a shell may complete the value to."""
        return self.inner.shell_complete(ctx, param, incomplete)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """(the pattern, empty for all files; the value)."""
        if isinstance(value, tuple):
            return value
        pattern, colon, plain = str(value).rpartition(":")
        if colon and not pattern:
            self.fail(f"{value!r} has no pattern of file names before its colon", param, ctx)
        converted = self.inner.convert(plain, param, ctx)
        if pattern and isinstance(converted, float) and isnan(converted):  # of all files the configuration says so
            self.fail(f"{plain!r} is no number", param, ctx)
        return pattern, converted


def check_free(target: Path, force: bool) -> None:
    """Check that nothing is written over unasked.

    Raises:
        OutputError: a file, or a folder that is not empty, is there already, and is not to be written over.
    """
    is_there = any(target.iterdir()) if target.is_dir() else target.exists()
    if is_there and not force:
        raise OutputError(f"{target} is there already: --force writes over it")


def lies_in(target: Path, folder: Path) -> bool:
    """Whether `target` is `folder` or lies below it."""
    place = target.resolve()
    return folder.resolve() in (place, *place.parents)


def apart(overrides: dict[str, Any]) -> None:
    """Take values that hold for some files alone out of the options that were given, and put them as `inputs`."""
    inputs: list[dict[str, Any]] = []
    for name in ("favor", "threshold", "input_format"):
        given = overrides.get(name) or ()
        overrides[name] = next((value for pattern, value in reversed(given) if not pattern), None)
        inputs += [{"files": pattern, name: value} for pattern, value in given if pattern]
    if inputs:
        overrides["inputs"] = tuple(Inputs(**one) for one in inputs)


def load(
    pairs: Sequence[str], isolated: bool, overrides: Mapping[str, Any], rule_paths: Sequence[Path] = ()
) -> Settings:
    """The configuration of files, with options and rule files of the command line laid over it.

    `pairs`: what `--config` was given, files and `KEY=VALUE`; where there is no file, the nearest one is looked for, unless
    `isolated`.

    Raises:
        UsageError: one of them is wrong; the message names the file and the key.
    """
    from pipeline.judge.rules import files
    from pipeline.read import reading

    paths = [Path(one) for one in pairs if "=" not in one or Path(one).exists()]
    values = [one for one in pairs if "=" in one and not Path(one).exists()]
    if not paths and not isolated and (found := config.find(Path.cwd())):
        paths = [found]
    return config.load(paths, overrides, rule_paths, config.Checks(files.parse, reading.read_options), values)


def settings_lines(settings: Settings) -> Iterator[str]:
    """Each option with its value, as TOML has it, and where it has it from."""
    values = settings.config.as_dict()
    width = max(map(len, values))
    for name, value in values.items():
        origin = settings.origins.get(name, "default")
        shown = as_toml(value)
        yield f"{name:{width}} = {shown:20} # {origin}" if shown else f"# {name:{width - 2}} is not set"


def as_toml(value: Any) -> str:
    """A value of an option as TOML has it; empty for one that is not set."""
    return "" if value is None else json.dumps(value, ensure_ascii=False)


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
