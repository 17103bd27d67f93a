"""Rule files: TOML to rules, the rules' own examples, and the files that ship with the package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipeline import toml_file, validate
from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.rule import CATEGORIES, Rule

_TABLES = ("phrases", "patterns")
"""Fields that are a table by language."""
_LISTS = ("near", "sites", "matches", "misses")
"""Fields that are a list."""
_LINE_ONLY = (
    "phrases",
    "near",
    "sites",
    "where",
    "opens",
    "leads",
    "unended",
    "ends_colon",
    "beside_code",
    "together",
    "max_chars",
)
"""Fields of rules for whole lines, which those that cut have not."""

_Category: Any = Literal[tuple(CATEGORIES)]
_Categories: Any = GenericAlias(tuple, (_Category, ...))
_Filled = Annotated[str, Meta(min_length=1, title="a text that is not empty")]
_Positive = Annotated[int, Meta(ge=1)]
_Lines = Annotated[tuple[str, ...], Meta(title="a list of texts, or a text with one item a line")]
_ByLanguage = Annotated[dict[str, _Lines], Meta(title="a table by language, such as en = [...]")]
_TYPES: Mapping[str, Any] = {
    **validate.field_types(Rule),
    "id": _Filled,
    "why": _Filled,
    "category": _Category,
    "max_chars": _Positive,
    **dict.fromkeys(_TABLES, _ByLanguage),
    **dict.fromkeys(_LISTS, _Lines),
    "near": _Categories,
}
"""The fields of a rule as a file may have them: those of `Rule`, narrower where a text may not be any text."""
_FIELDS = [(name, wanted, None) for name, wanted in _TYPES.items()]
_Table = msgspec.defstruct("_Table", _FIELDS)
"""A rule as it stands in a file: what is checked in one step when all is well."""


def parse(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a TOML rule file of a user's.

    Raises:
        UsageError: the file is not TOML, a rule is not one, or RE2 does not take a pattern; the message names file, line,
            rule and key.
    """
    rules = _parse(text, name)
    for number, rule in enumerate(rules):
        # A book of its own, so that what is wrong is wrong with this rule.
        try:
            RuleBook([rule])
        except UsageError as error:
            places = _KeyPlaces(text, name, len(rules))
            where = places.of_item(number, rule, str(error))
            raise UsageError(f"{where}: {error}") from None
    return rules


def _parse(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a file, whose patterns are not tried yet."""
    entries = _entries(text, name)
    places = _KeyPlaces(text, name, len(entries))
    rules: dict[str, Rule] = {}
    for number, entry in enumerate(entries):
        try:
            rule = _rule(entry)
            if rule.id in rules:  # hits name a rule by its id
                raise validate.BadKeyError("id", "another rule has this id")
        except validate.BadKeyError as error:
            where = places.of_key(number, error.key)
            label = entry.get("id", "no id")
            which = f"rule {number + 1} ({label})"
            raise UsageError(f"{where}, {which}: {error}") from None
        rules[rule.id] = rule
    return tuple(rules.values())


def _entries(text: str, name: str) -> list[dict[str, Any]]:
    """The tables of a file that each are to be a rule."""
    tables = toml_file.parse(text, name)
    for table in sorted(tables):
        if table != "rule":
            raise UsageError(f"{name}: unknown table `{table}`; each rule stands under [[rule]]")
    entries = tables.get("rule", [])
    are_tables = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if not are_tables:
        raise UsageError(f"{name}: each rule stands under [[rule]], with two brackets")
    return entries


def _rule(table: dict[str, Any]) -> Rule:
    """The rule that a table says.

    Raises:
        validate.BadKeyError: it is none.
    """
    validate.check_keys(table, Rule)
    lists = {key: _split(key, value) for key, value in table.items()}
    rule = Rule(**_values(lists))
    if rule.scope != "line":
        for key in _LINE_ONLY:
            if key in table:
                raise validate.BadKeyError(key, f"`{key}` is for whole lines; a rule that cuts has `patterns` alone")
    has_phrases = any(rule.phrases.values())
    has_patterns = any(rule.patterns.values())
    if not has_phrases and not has_patterns:
        raise validate.BadKeyError("", "needs `phrases` or `patterns`")
    return rule


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a table as `Rule` takes them."""
    try:
        found = msgspec.convert(table, _Table)
    except msgspec.ValidationError:
        # Again, key by key: for a message that names the key.
        values: dict[str, Any] = {}
        for key, value in table.items():
            values[key] = validate.converted(key, value, _TYPES[key])
        return values
    return {key: getattr(found, key) for key in table}


def _split(key: str, value: Any) -> Any:
    """A text where a list is wanted, as a list with an item for each of its lines; other values as they are."""
    if key in _TABLES and isinstance(value, dict):
        by_language: dict[str, Any] = {}
        for language, item in value.items():
            by_language[language] = _lines(f"{key}.{language}", item)
        return by_language
    return _lines(key, value) if key in _LISTS else value


def _lines(key: str, value: Any) -> Any:
    """The same of what is to be a list."""
    if isinstance(value, str):
        lines = map(str.strip, value.split("\n"))
        return [line for line in lines if line]
    if not isinstance(value, list):
        return value
    for number, item in enumerate(value):
        if isinstance(item, str) and "\n" in item:
            place = f"{key}[{number}]"
            shown = validate.shown(item)
            raise validate.BadKeyError(key, f"`{place}` is {shown}; it must be a text of one line")
    return value


_HEAD = expression(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)
"""Where a rule begins."""
_PATTERN_NAME = expression(r"/(?P<language>[^/ ]+)/r(?P<number>\d+) ")
"""How a rule book names a pattern that it complains of, and a phrase."""
_PHRASE_NAME = expression(r"phrase (?P<number>\d+) of (?P<language>\S+)")


class _KeyPlaces:
    """Where the rules of a file and their keys stand, as far as its lines tell."""

    def __init__(self, text: str, name: str, count: int) -> None:
        self._text = text
        self._name = name
        self._count = count

    def _bounds(self) -> list[int]:
        """Where each rule begins, and the end; nothing where a text in the file looks like the beginning of a rule."""
        starts = [match.start() for match in _HEAD.finditer(self._text)]
        if len(starts) != self._count:
            return []
        return [*starts, len(self._text)]

    def of_key(self, number: int, key: str) -> str:
        """The file and the line of a key of a rule, counted from 0; of the rule where the key is not in sight."""
        name, _, _ = key.partition("[")
        parts = map(re.escape, name.split("."))
        dotted = r"[ \t]*\.[ \t]*".join(parts)  # TOML allows spaces around the dots
        key_of_table = re.compile(rf"^[ \t]*(?:{dotted})[ \t]*[.=]", re.MULTILINE)
        return self._found(number, key_of_table)

    def of_item(self, number: int, rule: Rule, complaint: str) -> str:
        """The file and the line of the phrase or pattern that a rule book complains of."""
        item = ""
        for name, items in ((_PATTERN_NAME, rule.patterns), (_PHRASE_NAME, rule.phrases)):
            named = name.search(complaint)
            if named:
                place = int(named["number"]) - 1
                item = items[named["language"]][place]
                break
        wanted = re.compile(re.escape(item))
        return self._found(number, wanted)

    def _found(self, number: int, wanted: re.Pattern[str]) -> str:
        """The file and the line of what is found in a rule; of the rule where it is not."""
        bounds = self._bounds()
        if not bounds:
            return self._name
        start, end = bounds[number : number + 2]
        match = wanted.search(self._text, start, end)
        place = match.start() if match else start
        lines_before = self._text.count("\n", 0, place)
        return f"{self._name}, line {lines_before + 1}"


_CAPITAL = expression(r"(?:\\.|[^\\A-Z])*[A-Z]")
"""A pattern with a capital letter, but for escapes such as `\\S`."""


def check(rules: Sequence[Rule]) -> list[str]:
    """What is wrong with the rules' own examples, one sentence each; empty when every example holds."""
    problems: list[str] = []
    for rule in rules:
        problems += (f"{rule.id}: {problem}" for problem in _problems(rule))
    return problems


def _problems(rule: Rule) -> Iterator[str]:
    """Yield what is wrong with the examples and patterns of one rule."""
    book = RuleBook([rule])
    is_for_lines = rule.scope == "line"
    matches: Callable[[str], Sequence[object]] = book.line if is_for_lines else book.cuts
    if not rule.matches:
        yield "has no `matches` example"
    for text in rule.matches:
        if not matches(text):
            yield f"does not match {text!r}"
    for text in rule.misses:
        if matches(text):
            yield f"matches {text!r}, which it must miss"
    for patterns in rule.patterns.values():
        for pattern in patterns:
            if is_for_lines and _CAPITAL.match(pattern):
                yield f"pattern {pattern!r} has capital letters; lines are matched in lower case"


@cache
def builtin() -> RuleBook:
    """The rules that ship with the package."""
    return RuleBook(builtin_rules())


@cache
def builtin_rules() -> tuple[Rule, ...]:
    """The rules of `pipeline/judge/rules/*.toml`, in the order of file names."""
    rules: list[Rule] = []
    for file in sorted(Path(__file__).parent.glob("*.toml"), key=lambda file: file.name):
        text = file.read_text(encoding="utf-8")
        rules += _parse(text, file.name)
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
        name = f"rule file {number}"
        rules += parse(text, name)
    book = RuleBook(rules)
    book.compile()  # so that a pattern that is too large is told before any work
    return book
