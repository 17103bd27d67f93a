"""Rule files: TOML to rules, the rules' own examples, and the files that ship with the package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from types import GenericAlias
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipeline import validate
from pipeline.errors import UsageError
from pipeline.judge.rules.book import CATEGORIES, Rule, RuleBook

_CATEGORY: Any = Literal[tuple(CATEGORIES)]
_Filled = Annotated[str, Meta(min_length=1, title="a text that is not empty")]
_TABLES, _LISTS = ("phrases", "patterns"), ("near", "sites", "matches", "misses")
_Lines = Annotated[tuple[str, ...], Meta(title="a list of texts, or a text with one item a line")]
_ByLanguage = Annotated[dict[str, _Lines], Meta(title="a table by language, such as en = [...]")]
_TYPES: Mapping[str, Any] = {
    **validate.field_types(Rule),
    **dict.fromkeys(("id", "why"), _Filled),
    "category": _CATEGORY,
    "max_chars": Annotated[int, Meta(ge=1)],
    **dict.fromkeys(_TABLES, _ByLanguage),
    **dict.fromkeys(_LISTS, _Lines),
    "near": GenericAlias(tuple, (_CATEGORY, ...)),
}
"""The fields of a rule as a file may have them: those of `Rule`, narrower where a text may not be any text."""
_Table = msgspec.defstruct("_Table", [(name, wanted, None) for name, wanted in _TYPES.items()])
"""A rule as it stands in a file: what is checked in one step when all is well."""
_LINE_ONLY = ("phrases", "near", "sites", "where", "opens", "max_chars")


def parse(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a TOML rule file of a user's.

    Raises:
        UsageError: the file is not TOML, a rule is not one, or RE2 does not take a pattern; the message names file, line,
            rule and key.
    """
    rules = _parse(text, name)
    for number, rule in enumerate(rules):
        try:
            RuleBook([rule])
        except UsageError as error:
            places = _Places(text, name, len(rules))
            where = places.of_item(number, rule, str(error))
            raise UsageError(f"{where}: {error}") from None
    return rules


def _parse(text: str, name: str) -> tuple[Rule, ...]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: not valid TOML: {error}") from None
    if unknown := sorted(tables.keys() - {"rule"}):
        raise UsageError(f"{name}: unknown table `{unknown[0]}`; each rule stands under [[rule]]")
    entries = tables.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{name}: each rule stands under [[rule]], with two brackets")
    places = _Places(text, name, len(entries))
    rules: dict[str, Rule] = {}
    for number, entry in enumerate(entries):
        rule = _rule(entry, number, places)
        if rule.id in rules:
            where = places.of_key(number, "id")
            raise UsageError(f"{where}, rule {number + 1} ({rule.id}): another rule has this id")
        rules[rule.id] = rule
    return tuple(rules.values())


def _rule(table: dict[str, Any], number: int, places: _Places) -> Rule:
    label = table.get("id", "no id")

    def refuse(key: str, message: str) -> UsageError:
        return UsageError(f"{places.of_key(number, key)}, rule {number + 1} ({label}): {message}")

    try:
        validate.check_keys(table, Rule)
        lists = {key: _split(key, value) for key, value in table.items()}
        values = _values(lists)
    except validate.BadKeyError as error:
        raise refuse(error.key, str(error)) from None
    if table.get("scope", "line") != "line":
        for key in _LINE_ONLY:
            if key in table:
                raise refuse(key, f"`{key}` is for whole lines; a rule that cuts has `patterns` alone")
    phrases = values.get("phrases", {})
    patterns = values.get("patterns", {})
    if not any((*phrases.values(), *patterns.values())):
        raise refuse("", "needs `phrases` or `patterns`")
    return Rule(**values)


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = msgspec.convert(table, _Table)
    except msgspec.ValidationError:  # again, key by key: for a message that names the key
        return {key: validate.converted(key, value, _TYPES[key]) for key, value in table.items()}
    return {key: getattr(found, key) for key in table}


def _split(key: str, value: Any) -> Any:
    """A text where a list is wanted, as a list with an item for each of its lines; other values as they are."""
    if key in _TABLES and isinstance(value, dict):
        return {language: _lines(f"{key}.{language}", item) for language, item in value.items()}
    return _lines(key, value) if key in _LISTS else value


def _lines(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return list(filter(None, map(str.strip, value.split("\n"))))
    for number, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str) and "\n" in item:
            shown = validate.shown(item)
            raise validate.BadKeyError(key, f"`{key}[{number}]` is {shown}; it must be a text of one line")
    return value


_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)


class _Places:
    """Where the rules of a file and their keys stand, as far as its lines tell."""

    def __init__(self, text: str, name: str, count: int) -> None:
        self._text = text
        self._name = name
        self._count = count

    def _bounds(self) -> list[int]:
        """Where each rule begins, and the end; nothing where a text in the file looks like the beginning of a rule."""
        starts = [match.start() for match in _HEAD.finditer(self._text)]
        return [*starts, len(self._text)] if len(starts) == self._count else []

    def of_key(self, number: int, key: str) -> str:
        """The file and the line of a key of a rule, counted from 0; of the rule where the key is not in sight."""
        names = key.partition("[")[0].split(".")
        dotted = r"[ \t]*\.[ \t]*".join(map(re.escape, names))
        return self._found(number, re.compile(rf"^[ \t]*(?:{dotted})[ \t]*[.=]", re.MULTILINE))

    def of_item(self, number: int, rule: Rule, complaint: str) -> str:
        """The file and the line of the phrase or pattern that a rule book complains of."""
        item = ""
        if pattern := re.search(r"/(?P<language>[^/ ]+)/r(?P<number>\d+) ", complaint):
            item = rule.patterns[pattern["language"]][int(pattern["number"]) - 1]
        elif phrase := re.search(r"phrase (?P<number>\d+) of (?P<language>\S+)", complaint):
            item = rule.phrases[phrase["language"]][int(phrase["number"]) - 1]
        return self._found(number, re.compile(re.escape(item)))

    def _found(self, number: int, wanted: re.Pattern[str]) -> str:
        bounds = self._bounds()
        if not bounds:
            return self._name
        start, end = bounds[number : number + 2]
        match = wanted.search(self._text, start, end)
        line = self._text.count("\n", 0, match.start() if match else start) + 1
        return f"{self._name}, line {line}"


_CAPITAL = re.compile(r"(?:\\.|[^\\A-Z])*[A-Z]")


def check(rules: Sequence[Rule]) -> list[str]:
    """What is wrong with the rules' own examples, one sentence each; empty when every example holds."""
    problems: list[str] = []
    for rule in rules:
        book = RuleBook([rule])
        matches: Callable[[str], Sequence[object]] = book.line if rule.scope == "line" else book.cuts
        if not rule.matches:
            problems.append(f"{rule.id}: has no `matches` example")
        problems += [f"{rule.id}: does not match {text!r}" for text in rule.matches if not matches(text)]
        problems += [f"{rule.id}: matches {text!r}, which it must miss" for text in rule.misses if matches(text)]
        problems += [
            f"{rule.id}: pattern {pattern!r} has capital letters; lines are matched in lower case"
            for patterns in rule.patterns.values()
            for pattern in patterns
            if rule.scope == "line" and _CAPITAL.match(pattern)
        ]
    return problems


@cache
def builtin() -> RuleBook:
    """The rules that ship with the package."""
    return RuleBook(builtin_rules())


@cache
def builtin_rules() -> tuple[Rule, ...]:
    """The rules of `pipeline/judge/rules/*.toml`, in the order of file names."""
    folder = resources.files("pipeline.judge.rules")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    rules: list[Rule] = []
    for file in sorted(files, key=lambda file: file.name):
        rules += _parse(file.read_text(encoding="utf-8"), file.name)
    return tuple(rules)


@cache
def rule_book(texts: tuple[str, ...]) -> RuleBook:
    """The built-in rules together with those of the given rule files.

    Raises:
        UsageError: a rule file is wrong.
    """
    if not texts:
        return builtin()
    rules = [*builtin_rules()]
    for number, text in enumerate(texts, 1):
        rules += parse(text, f"rule file {number}")
    return RuleBook(rules)
