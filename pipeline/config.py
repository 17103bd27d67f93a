"""What a run is told: everything that may change its results, in one frozen object with a fingerprint."""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.errors import UsageError

Favor = Literal["precision", "balanced", "recall"]
Action = Literal["keep", "strike"]
Extractor = Literal["trafilatura", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Options that decide what the output says. How fast and where it is made are no part of it."""

    favor: Favor = "balanced"
    """Which error weighs more: cruft kept or text removed."""
    extractor: Extractor = "trafilatura"
    """What else is asked which lines of an HTML page are its text; `none` is ten times as fast and nearly as good."""
    input_format: str | None = None
    """Format of all inputs, by its name; None: each by its content."""
    fields: tuple[str, ...] = ()
    """Fields of JSON, CSV and Parquet inputs, as `text=article_body`."""
    rules: tuple[str, ...] = ()
    """The text of rule files added to the built-in ones."""
    added: str | None = None
    """The `added` field of every record, ISO 8601."""
    shingle_words: int = 5
    """Words in a shingle, the unit of Jaccard similarity."""
    num_perm: int | None = None
    """MinHash permutations, and"""
    bands: int | None = None
    """bands of the signature. By default both follow from the threshold."""
    seed: int = 1
    """Seed of the permutations, as datasketch counts it."""
    threshold: float = 0.7
    """Jaccard similarity from which two paragraphs are near-duplicates."""
    document_threshold: float = 0.5
    """Jaccard similarity from which two documents are near-copies."""
    containment: float = 0.8
    """Share of a paragraph's shingles that stand in a longer one, from which it is a quote of it."""
    passage_words: int = 8
    """Every verbatim run of so many words that two documents share is reported."""
    copy_action: Action = "keep"
    """What happens to a copy of another source's paragraph: kept and linked, or struck."""
    revision_action: Action = "keep"
    """The same for a near-duplicate that says something else."""

    def __post_init__(self) -> None:
        for name, choices in (
            ("favor", Favor),
            ("extractor", Extractor),
            ("copy_action", Action),
            ("revision_action", Action),
        ):
            if getattr(self, name) not in get_args(choices):
                raise UsageError(f"{name} is {getattr(self, name)!r}; it may be {', '.join(get_args(choices))}")
        for name in ("threshold", "document_threshold", "containment"):
            if not 0 < getattr(self, name) <= 1:
                raise UsageError(f"{name} is {getattr(self, name)!r}; it is a share above 0 and up to 1")
        for name, least in (("shingle_words", 1), ("passage_words", 5)):
            if getattr(self, name) < least:
                raise UsageError(f"{name} is {getattr(self, name)!r}; it must be {least} or more")
        self._check_bands()

    def _check_bands(self) -> None:
        if self.num_perm is None and self.bands is None:
            return
        if self.num_perm is None or self.bands is None:
            raise UsageError("num_perm and bands: give both, or neither to have them follow from the threshold")
        if self.bands < 1:
            raise UsageError(f"bands is {self.bands!r}; it must be 1 or more")
        if self.num_perm < self.bands or self.num_perm % self.bands:
            raise UsageError(f"num_perm is {self.num_perm}; it must be a multiple of bands, which is {self.bands}")

    def as_dict(self) -> dict[str, Any]:
        """The options as JSON can hold them; rule files by their SHA-256."""
        values = asdict(self)
        values["rules"] = [hashlib.sha256(text.encode()).hexdigest() for text in self.rules]
        return values

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change whenever an option does."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def cleaning_fingerprint(self) -> str:
        """The same for the options that decide what becomes of one document by itself."""
        values = {
            name: getattr(self, name) for name in ("favor", "extractor", "input_format", "fields", "rules", "added")
        }
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


DECIDING = (
    "brotli",
    "charset-normalizer",
    "courlan",
    "google-re2",
    "htmldate",
    "justext",
    "lxml",
    "numpy",
    "pyarrow",
    "trafilatura",
)
"""Libraries on whose version a record may depend."""


@cache
def libraries() -> dict[str, str | None]:
    """The versions of the libraries, and of the Unicode data, on which a record may depend; None for one not installed."""
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
        if path.suffix in (".py", ".toml", ".npz", ".json"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def load(path: Path | None, overrides: Mapping[str, Any]) -> Config:
    """The configuration of a TOML file, with the options of the command line laid over it.

    Raises:
        UsageError: the file cannot be read, or names an option that does not exist or cannot have its value.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: not valid TOML: {error}") from None
    known = {field.name for field in fields(Config)}
    if unknown := sorted(values.keys() - known):
        raise UsageError(f"{path}: unknown option {unknown[0]!r}; known ones: {', '.join(sorted(known))}")
    if path is not None and "rules" in values:
        values["rules"] = read_rules([path.parent / name for name in values["rules"]])
    values |= {name: value for name, value in overrides.items() if value is not None}
    if isinstance(values.get("fields"), dict):
        values["fields"] = tuple(f"{key}={name}" for key, name in values["fields"].items())
    try:
        return Config(**values)
    except TypeError as error:
        raise UsageError(f"{path or 'options'}: a value has the wrong type: {error}") from None


def read_rules(paths: Sequence[Path]) -> tuple[str, ...]:
    """The text of rule files, for `Config.rules`.

    Raises:
        UsageError: a file cannot be read.
    """
    texts: list[str] = []
    for path in paths:
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: the rule file cannot be read: {error}") from None
    return tuple(texts)
