"""Rule files: TOML to rules, the rules' own examples, and the files that ship with the package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import Any, get_args

from pipeline.errors import UsageError
from pipeline.judge.rules.book import CATEGORIES, Rule, RuleBook, Scope, Verdict, Where


def parse(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of one TOML rule file.

    Raises:
        UsageError: the file is not TOML, or a rule is not one; the message names file, rule and key.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: not valid TOML: {error}") from None
    if unknown := sorted(tables.keys() - {"rule"}):
        raise UsageError(f"{name}: unknown table {unknown[0]!r}; each rule stands under [[rule]]")
    entries = tables.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{name}: each rule stands under [[rule]], with two brackets")
    rules = tuple(_rule(entry, f"{name}, rule {number}") for number, entry in enumerate(entries, 1))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise UsageError(f"{name}: two rules have the id {rule.id!r}")
        seen.add(rule.id)
    return rules


_KEYS = {f.name for f in fields(Rule)}
_CHOICES = {
    "category": tuple(CATEGORIES),
    "scope": get_args(Scope),
    "verdict": get_args(Verdict),
    "where": get_args(Where),
}
_LINE_ONLY = ("phrases", "near", "sites", "where", "opens", "max_chars")


def _rule(table: dict[str, Any], place: str) -> Rule:
    place = f"{place} ({table.get('id', 'no id')})"
    _check_keys(table, place)
    values: dict[str, Any] = dict(table)
    values["near"] = _texts(table.get("near", ()), f"{place}: `near`")
    if strangers := [category for category in values["near"] if category not in CATEGORIES]:
        raise UsageError(f"{place}: `near` names {strangers[0]!r}; it may name {', '.join(CATEGORIES)}")
    for key in ("phrases", "patterns"):
        by_language = table.get(key, {})
        if not isinstance(by_language, dict):
            raise UsageError(f"{place}: `{key}` goes by language, such as {key}.en = [...]")
        values[key] = {
            language: _texts(items, f"{place}: `{key}.{language}`") for language, items in by_language.items()
        }
    for key in ("sites", "matches", "misses"):
        values[key] = _texts(table.get(key, ()), f"{place}: `{key}`")
    if not any(values["phrases"].values()) and not any(values["patterns"].values()):
        raise UsageError(f"{place}: needs `phrases` or `patterns`")
    return Rule(**values)


def _check_keys(table: dict[str, Any], place: str) -> None:
    for key in ("id", "category", "why"):
        if not isinstance(table.get(key), str) or not table[key]:
            raise UsageError(f"{place}: needs a text `{key}`")
    if unknown := sorted(table.keys() - _KEYS):
        raise UsageError(f"{place}: unknown key {unknown[0]!r}; known ones: {', '.join(sorted(_KEYS))}")
    for key, choices in _CHOICES.items():
        if table.get(key, choices[0]) not in choices:
            raise UsageError(f"{place}: `{key}` is {table[key]!r}; it may be {', '.join(choices)}")
    if type(table.get("max_chars", 1)) is not int or table.get("max_chars", 1) < 1:
        raise UsageError(f"{place}: `max_chars` is a whole number above 0")
    if type(table.get("opens", False)) is not bool:
        raise UsageError(f"{place}: `opens` is true or false")
    if table.get("scope", "line") != "line" and (wrong := [key for key in _LINE_ONLY if key in table]):
        raise UsageError(f"{place}: `{wrong[0]}` is for whole lines; a rule that cuts has `patterns` alone")


def _texts(value: object, place: str) -> tuple[str, ...]:
    """A list of texts, or one text with an item on each of its lines."""
    if isinstance(value, str):
        return tuple(filter(None, map(str.strip, value.split("\n"))))
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) and "\n" not in item for item in value):
        return tuple(value)
    raise UsageError(f"{place} is a list of texts, or a text with one item a line")


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
    """The rules of `pipeline/rules/*.toml`, in the order of file names."""
    folder = resources.files("pipeline.judge.rules")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(rule for f in files for rule in parse(f.read_text(encoding="utf-8"), f.name))
