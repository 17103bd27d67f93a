"""The configuration of a run: everything that may change its results, in one frozen struct with a fingerprint.

The options of the command line, with their choices, defaults and help, and the check of configuration files come from it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from pipeline import patterns, toml_file, validate
from pipeline.bounds import LEAST_MEMORY, Limits
from pipeline.errors import UsageError
from pipeline.streams import standard_input
from pipeline.wording import spelled

Favor = Literal["auto", "precision", "balanced", "recall"]
Action = Literal["keep", "strike"]
Extractor = Literal["none", "trafilatura"]
FileFormat = Literal["jsonl", "jsonl.zst", "parquet"]
EngineName = Literal["local", "spark", "ray", "dask"]

Share = Annotated[float, Meta(gt=0, le=1)]
Seconds = Annotated[float, Meta(gt=0, le=1_000_000)]
Moment = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\d([T ].+)?$",
        title="a date, or a date and time, such as 2024-05-31 or 2024-05-31T09:30:00Z",
    ),
]


class Inputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options for the input files of one kind, where they differ from the others."""

    files: Annotated[str, Meta(min_length=1, title="a pattern of file names, such as `forum/*` or `*.csv`")]
    """A pattern of their names, whole or without folders: `forum/*`, `*.csv`."""
    favor: Favor | None = None
    threshold: Share | None = None
    """A pair of near-duplicates must reach the higher one of both files."""
    input_format: str | None = None
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        patterns.compiled(self.files)  # or it is refused here
        msgspec.structs.force_setattr(self, "files", spelled(self.files))  # as names are
        msgspec.structs.force_setattr(self, "fields", tuple(map(spelled, self.fields)))

    def holds(self, name: str) -> bool:
        """Whether the file of this name is one of them."""
        return patterns.holds(self.files, name)


class Config(Struct, frozen=True, kw_only=True):
    """Options that decide what the output says. How fast and where it is made are no part of it.

    Raises:
        UsageError: an option cannot have its value; the message names it, what it may be, and what it is.
    """

    favor: Favor = "auto"
    """Which error weighs more: cruft kept or text removed; `auto` weighs them anew for each document."""
    extractor: Extractor = "none"
    """What else is asked which blocks of an HTML page are its text, for the model to hear: a little better, much slower."""
    input_format: str | None = None
    """Format of all inputs, such as jsonl, csv, parquet, warc; without it, each by its content."""
    fields: tuple[str, ...] = ()
    """A field of JSON, CSV or Parquet inputs, such as `text=article_body`; of some files, `*.csv:text=article_body`."""
    inputs: tuple[Inputs, ...] = ()
    """Tables of `favor`, `threshold`, `input_format` and `fields` for the `files` whose names match a pattern."""
    rules: tuple[str, ...] = ()
    """The text of rule files added to the built-in ones."""
    added: Moment | None = None
    """The `added` field of every record: a date, or a date and time, ISO 8601."""
    cleaning: bool = True
    """Remove what is none of the text, and lift titles, bylines and captions from it."""
    matching: bool = True
    """Compare the documents with each other."""
    shingle_words: Annotated[int, Meta(ge=1, le=100)] = 5
    """Words in a shingle, the unit of Jaccard similarity."""
    num_perm: Annotated[int, Meta(ge=1, le=65_536)] | None = None
    """MinHash permutations, a multiple of `bands`; by default they follow from the threshold."""
    bands: Annotated[int, Meta(ge=1, le=65_536)] | None = None
    """Bands of the signature; by default they follow from the threshold."""
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 1
    """Seed of the permutations, as datasketch counts it."""
    threshold: Share = 0.7
    """Jaccard similarity from which two paragraphs are near-duplicates."""
    document_threshold: Share = 0.5
    """Jaccard similarity from which two documents are near-copies."""
    containment: Share = 0.8
    """Share of a paragraph's shingles that stand in a longer one, from which it is a quote of it."""
    passage_words: Annotated[int, Meta(ge=5, le=1000)] = 8
    """Every verbatim run of so many words that two documents share is reported."""
    copy_action: Action = "keep"
    """What happens to a copy of another source's paragraph: kept and linked, or struck."""
    revision_action: Action = "keep"
    """The same for a near-duplicate that says something else."""
    document_cpu: Seconds = 10
    """Seconds of processor time that a document may take; one that takes more keeps all of its text, with a failure."""
    document_wall: Seconds = 20
    """Seconds that a document may take by the clock."""
    document_memory: Annotated[int, Meta(ge=LEAST_MEMORY)] = 2 << 30
    """Bytes that a run may hold, all processes together, while it works on one document alone."""

    def __post_init__(self) -> None:
        for name, wanted in validate.field_types(Config).items():
            value = validate.converted(name, getattr(self, name), wanted)
            msgspec.structs.force_setattr(self, name, value)
        msgspec.structs.force_setattr(self, "fields", tuple(map(spelled, self.fields)))
        if (self.num_perm is None) != (self.bands is None):
            raise UsageError("`num_perm` and `bands`: give both, or neither to have them follow from the threshold")
        if self.num_perm is not None and self.bands is not None and self.num_perm % self.bands:
            raise UsageError(f"`num_perm` is {self.num_perm}; it must be a multiple of `bands`, which is {self.bands}")
        if not self.matching and "strike" in (self.copy_action, self.revision_action):
            raise UsageError("copies are found by comparing: leave out `matching = false`, or keep the copies")
        for one in self.inputs:
            if one.threshold is not None and self.bands is not None:
                raise UsageError(
                    "`num_perm` and `bands` are for one threshold: leave them out, or `threshold` of `inputs`"
                )
        if self.added is not None and not _is_moment(self.added):
            raise UsageError(f"`added` is {validate.shown(self.added)}; there is no such date or time")

    def changed(self, **options: Any) -> Config:
        """The same with other values of some options.

        Raises:
            UsageError: see the class.
        """
        return msgspec.structs.replace(self, **options)

    def of(self, name: str) -> Config:
        """The options for the documents of the file called `name` in the output; of several tables the later ones decide."""
        return _of(self, tuple(one for one in self.inputs if one.holds(name))) if self.inputs else self

    @property
    def every_field(self) -> tuple[str, ...]:
        """`fields`, and those of `inputs` as `PATTERN:KEY=NAME`."""
        return (*self.fields, *(f"{one.files}:{pair}" for one in self.inputs for pair in one.fields))

    @property
    def formats(self) -> tuple[tuple[str, str], ...]:
        """The formats of `inputs`, by pattern."""
        return tuple((one.files, one.input_format) for one in self.inputs if one.input_format is not None)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """All thresholds that paragraphs may have to reach."""
        return (self.threshold, *(one.threshold for one in self.inputs if one.threshold is not None))

    def as_dict(self) -> dict[str, Any]:
        """The options as JSON can hold them; rule files by their SHA-256."""
        values: dict[str, Any] = json.loads(msgspec.json.encode(self))
        values["rules"] = [hashlib.sha256(text.encode()).hexdigest() for text in self.rules]
        return values

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change whenever an option does."""
        return fingerprint_of(self.as_dict())

    @property
    def limits_fingerprint(self) -> str:
        """8 hex digits that change whenever a document may cost more or less."""
        values = [getattr(self, name) for name in LIMITS]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:8]

    @property
    def limits(self) -> Limits:
        """What one document may cost."""
        return Limits(self.document_cpu, self.document_wall, self.document_memory)

    @property
    def cleaning_fingerprint(self) -> str:
        """The same for the options that decide what becomes of one document by itself, if it costs no more than it may."""
        ignored = (*COMPARING, *LIMITS)
        values = {name: value for name, value in msgspec.to_builtins(self).items() if name not in ignored}
        return fingerprint_of(values)


def fingerprint_of(values: Mapping[str, Any]) -> str:
    """16 hex digits that change whenever one of these options does; of `as_dict`, the fingerprint of a configuration."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _of(config: Config, found: tuple[Inputs, ...]) -> Config:
    values: dict[str, Any] = {}
    for one in found:
        own = {"favor": one.favor, "threshold": one.threshold, "input_format": one.input_format}
        values |= {name: value for name, value in own.items() if value is not None}
    return config.changed(**values)


COMPARING = (
    "matching",
    "shingle_words",
    "num_perm",
    "bands",
    "seed",
    "threshold",
    "document_threshold",
    "containment",
    "passage_words",
    "copy_action",
    "revision_action",
)
"""The options that matter only when documents are compared. Any other may change what becomes of a document."""

LIMITS = ("document_cpu", "document_wall", "document_memory")
"""The options that matter only to a document that costs too much"""

DECIDING = (
    "brotli",
    "charset-normalizer",
    "courlan",
    "google-re2",
    "htmldate",
    "justext",
    "lxml",
    "mammoth",
    "numpy",
    "pyarrow",
    "rapidfuzz",
    "pypdfium2",
    "striprtf",
    "trafilatura",
)
"""Libraries on whose version a record may depend."""


@cache
def libraries() -> dict[str, str | None]:
    """The versions of the libraries, and of the Unicode data, on which a record may depend; None for one not installed."""
    from importlib import metadata  # takes longer than all of this module

    versions: dict[str, str | None] = {"unicodedata": unicodedata.unidata_version}
    for name in DECIDING:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


@cache
def code_fingerprint() -> str:
    """16 hex digits that change whenever the program does: its code, its rules, its data, a library it decides with."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(json.dumps(libraries(), sort_keys=True).encode())
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".c", ".h", ".toml", ".npz", ".json", ".html", ".css", ".js"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Checks(NamedTuple):
    """What higher floors know of values: each raises a `UsageError` for a bad one."""

    rules: Callable[[str, str], object]
    """Is given the text of a rule file and its name."""
    inputs: Callable[[str | None, Sequence[str], Sequence[tuple[str, str]]], object]
    """Is given `input_format`, `fields` with those of `inputs`, and the formats of `inputs`."""


_STDIN = Path("-")
FILES = ("pipeline.toml", "pyproject.toml")
"""Configuration files that are found by their names; of the second the table `tool.pipeline`"""


class Settings(NamedTuple):
    """A configuration, and where each option has its value from."""

    config: Config
    origins: Mapping[str, str]
    """By option: the file, `--config` or `command line`; an option that is not here has its default"""


def find(folder: Path) -> Path | None:
    """The nearest configuration file of the folder and those above it."""
    for place in (folder, *folder.parents):
        for name in FILES:
            path = place / name
            if path.is_file() and (name != FILES[1] or "pipeline" in _tools(path)):
                return path
    return None


def load(
    paths: Sequence[Path],
    overrides: Mapping[str, Any],
    rule_paths: Sequence[Path],
    checks: Checks,
    pairs: Sequence[str] = (),
) -> Settings:
    """Read the configuration of TOML files, each laid over those before; over them `KEY=VALUE` pairs, then the options of
    the command line and the rule files it names.

    Raises:
        UsageError: a file cannot be read, names an option that does not exist, or gives one a value that it cannot have.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    given = {name: value for name, value in overrides.items() if value is not None}
    if rule_paths:
        given["rules"] = read_rules(rule_paths, checks.rules)
    layers = [(_read(path, checks), str(path)) for path in paths]
    chosen = {key: value for pair in pairs for key, value in _pair(pair).items()}
    layers.append((_checked(chosen, Path(), checks), "--config"))
    for layer, origin in (*layers, (given, "command line")):
        if "inputs" in layer:  # tables of several places are laid one over the other when a file is met
            layer = {**layer, "inputs": (*values.get("inputs", ()), *layer["inputs"])}
        values |= layer
        origins |= dict.fromkeys(layer, origin)
    return Settings(Config(**values), origins)


def _pair(pair: str) -> dict[str, Any]:
    """`KEY=VALUE` as a table of TOML has it; what is no value of TOML is a text."""
    key, _, value = pair.partition("=")
    try:
        return {key.strip(): tomllib.loads(f"value = {value}")["value"]}
    except (ValueError, RecursionError):
        return {key.strip(): value}


def _toml(path: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        UsageError: it cannot be read, or is not TOML.
    """
    try:
        text = toml_file.read(path).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    return toml_file.parse(text, str(path))


def _tools(path: Path) -> dict[str, Any]:
    """The table `tool` of a project's file."""
    tools = _toml(path).get("tool", {})
    return tools if isinstance(tools, dict) else {}


def _read(path: Path, checks: Checks) -> dict[str, Any]:
    """The options in a TOML file, which names rule files by paths beside its own."""
    values = _toml(path)
    if path.name == FILES[1]:
        values = _tools(path).get("pipeline", {})
    if not isinstance(values, dict):
        raise UsageError(f"{path}: `tool.pipeline` is {validate.shown(values)}; it must be a table")
    try:
        return _checked(values, path.parent, checks)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _checked(values: dict[str, Any], folder: Path, checks: Checks) -> dict[str, Any]:
    """Options as a file has them, as `Config` takes them. The names of rule files are paths below `folder`."""
    validate.check_keys(values, Config)
    if isinstance(values.get("added"), date):  # TOML has a type for dates
        values["added"] = values["added"].isoformat()
    if isinstance(values.get("fields"), dict):
        values["fields"] = list(_field_pairs(values["fields"]))
    if "inputs" in values:
        values["inputs"] = _inputs(values["inputs"])
    if "rules" in values:
        names = validate.converted("rules", values["rules"], tuple[str, ...])
        values["rules"] = read_rules([folder / name for name in names], checks.rules)
    stored = Config(**values)
    checks.inputs(stored.input_format, stored.every_field, stored.formats)
    return values


def _inputs(tables: Any) -> tuple[Inputs, ...]:
    """The tables `[[inputs]]` of a file.

    Raises:
        UsageError: a table is none, or has a key or value that it cannot have.
    """
    found: list[Inputs] = []
    if not isinstance(tables, list | tuple) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"`inputs` is {validate.shown(tables)}; it must be tables `[[inputs]]`")
    for number, table in enumerate(tables):
        validate.check_keys(table, Inputs)
        if isinstance(table.get("fields"), dict):
            table = {**table, "fields": [f"{key}={name}" for key, name in table["fields"].items()]}
        wanted = validate.field_types(Inputs)
        values = {
            key: validate.converted(f"inputs[{number}].{key}", value, wanted[key]) for key, value in table.items()
        }
        found.append(Inputs(**values))
    return tuple(found)


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _field_pairs(table: Mapping[str, Any]) -> Iterator[str]:
    """Give a table of fields as `KEY=NAME`; a table inside it, called by a pattern of file names, as `PATTERN:KEY=NAME`.

    Raises:
        UsageError: a field is not a text.
    """
    for key, value in table.items():
        if isinstance(value, dict):
            inner = validate.converted(f"fields.{key}", value, dict[str, str])
            yield from (f"{key}:{name}={field}" for name, field in inner.items())
        else:
            yield f"{key}={validate.converted(f'fields.{key}', value, str)}"


def check_type(config: object) -> None:
    """Check what a caller in Python gives for a configuration.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(config, Config):
        raise TypeError(f"config is a pipeline.Config, not {type(config).__name__}: Config(favor='recall')")


def read_rules(paths: Sequence[Path], check: Callable[[str, str], object]) -> tuple[str, ...]:
    """The text of rule files, for `Config.rules`.

    Raises:
        UsageError: a file cannot be read, or `check` refuses it.
    """
    texts: list[str] = []
    for path in paths:
        try:
            data = toml_file.bounded(standard_input(), "-") if path == _STDIN else toml_file.read(path)
            texts.append(data.decode())
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: the rule file cannot be read: {error}") from None
        check(texts[-1], str(path))
    return tuple(texts)
