"""Made-up reader comments: the page furniture of many blog and news systems around given sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from numpy.random import Generator

from pipeline.judge.rules.book import Rule
from pipeline.judge.rules.files import builtin_rules

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_NAME = re.compile(r"\b[A-ZÀ-ÝΑ-ΩА-Я][a-zà-ÿα-ωа-я]{2,9}\b")
_MONTHS = ("January February March April May June July August September October November December").split()
_UNSPACED = ("zh", "ja")

Header = Callable[[str, str, int], list[str]]
HEADERS: Sequence[Header] = (
    lambda name, date, _: [f"{name} says:"],
    lambda name, date, _: [f"{name} says:", date],
    lambda name, date, _: [name, date],
    lambda name, date, _: [f"{name} {date}"],
    lambda name, date, _: [f"{name} on {date}"],
    lambda name, date, _: [f"{name} | {date}"],
    lambda name, date, _: [date, name],
    lambda name, date, number: [f"{number}. {name}", date],
    lambda name, date, _: [f"{name} said..."],
    lambda name, date, _: [f"{name} wrote:"],
    lambda name, date, _: [f"By {name} on {date}"],
    lambda name, date, _: [f"Posted by {name} at {date}"],
    lambda name, date, _: [name],
    lambda name, date, number: [f"#{number} {name} {date}"],
    lambda name, date, _: [f"Comment by {name} — {date}"],
    lambda name, date, _: [f"{name}, {date}:"],
    lambda name, date, _: [f"{name} · {date}"],
    lambda name, date, _: [date],
    lambda name, date, _: [f"{name} ({date})"],
    lambda name, date, _: [],
)
FOOTERS: Sequence[Callable[[int], list[str]]] = (
    lambda votes: [],
    lambda votes: [],
    lambda votes: ["Reply"],
    lambda votes: ["Reply"],
    lambda votes: ["Reply ↓"],
    lambda votes: [f"Like ({votes})", "Reply"],
    lambda votes: ["Report"],
    lambda votes: [str(votes), "Reply"],
    lambda votes: [f"{votes} likes"],
    lambda votes: ["Permalink"],
    lambda votes: ["Reply · Share"],
    lambda votes: ["Reply", "Report abuse"],
)


def write_comments(texts: Sequence[str], language: str, rng: Generator) -> list[str]:
    """The lines of a comment section whose comments are drawn from the sentences of `texts`; may be empty."""
    sentences = [part for text in texts for part in _SENTENCE.split(text) if 8 <= len(part) <= 400]
    if len(sentences) < 4:
        return []
    names = [name for text in texts[:40] for name in _NAME.findall(text)] or ["Alex", "Maria"]
    header = HEADERS[rng.integers(len(HEADERS))]
    footer = FOOTERS[rng.integers(len(FOOTERS))]
    date_format = int(rng.integers(15 if language in _UNSPACED else 14))
    half_days = [None, ("am", "pm"), ("AM", "PM"), ("a.m.", "p.m.")][rng.integers(4)]
    count = int(min(60, 1 + rng.geometric(1 / 9)))
    openers = _openers(language)
    lines: list[str] = []
    if rng.random() < 0.8:
        lines += [
            openers[rng.integers(len(openers))].replace("0", str(count)).capitalize()
            for _ in range(rng.choice((1, 1, 2)))
        ]
    for number in range(1, count + 1):
        lines += header(_name(names, rng), _date(date_format, half_days, rng), number)
        lines += _comment(sentences, language, rng)
        lines += footer(int(rng.integers(30)))
    if rng.random() < 0.5:
        lines += [openers[rng.integers(len(openers))].capitalize() for _ in range(rng.integers(1, 3))]
    return lines


@cache
def _openers(language: str) -> list[str]:
    """What rules know as the heading of a comment section, in English and `language`."""
    return _phrases([rule for rule in builtin_rules() if rule.category == "comments" and rule.opens], language)


@cache
def phrases(language: str) -> list[str]:
    """Every whole line that rules know, in English and `language`; headings of sections ten times over."""
    openers = [rule for rule in builtin_rules() if rule.opens]
    return _phrases(builtin_rules(), language) + _phrases(openers, language) * 10


def _phrases(rules: Sequence[Rule], language: str) -> list[str]:
    return [phrase for rule in rules for key in sorted({"en", language}) for phrase in rule.phrases.get(key, ())]


def _comment(sentences: Sequence[str], language: str, rng: Generator) -> list[str]:
    chosen = [sentences[i] for i in rng.integers(len(sentences), size=1 + rng.geometric(0.45))]
    if rng.random() < 0.15:
        chosen[0] = chosen[0][:1].lower() + chosen[0][1:]
    if rng.random() < 0.2:
        chosen[-1] = chosen[-1].rstrip(".!?。") + str(rng.choice(("", "", "!!", "...", " :)", "?")))
    lines = [chosen[0]]
    for sentence in chosen[1:]:
        if rng.random() < 0.2:
            lines.append(sentence)
        else:
            lines[-1] += ("" if language in _UNSPACED else " ") + sentence
    return lines


def _name(names: Sequence[str], rng: Generator) -> str:
    first, second = (names[i] for i in rng.integers(len(names), size=2))
    if rng.random() < 0.55:
        return f"{first} {second}" if rng.random() < 0.6 else first
    number = int(rng.integers(1, 999))
    styles = (first.lower(), f"{first.lower()}{number}", f"{first}_{second}", "Anonymous", "Guest", first.upper())
    return styles[rng.integers(len(styles))]


def _date(style: int, half_days: tuple[str, str] | None, rng: Generator) -> str:
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(2004, 2026))
    hour, minute = int(rng.integers(24)), int(rng.integers(60))
    time = f"{hour % 12 or 12}:{minute:02} {half_days[hour >= 12]}" if half_days else f"{hour:02}:{minute:02}"
    name = _MONTHS[month - 1]
    return (
        f"{name} {day}, {year} at {time}",
        f"{name} {day}, {year}",
        f"{day} {name[:3]} {year} {time}",
        f"{day:02}.{month:02}.{year} {time}",
        f"{day:02}.{month:02}.{year}",
        f"{month}/{day}/{year} {time}",
        f"{year}-{month:02}-{day:02} {time}",
        f"{hour + 1} hours ago",
        f"{day} days ago",
        f"{name[:3]} {day}, {year} - {time}",
        f"{day:02}/{month:02}/{year} at {time}",
        f"{name} {day} {time}",
        f"{day}. {month}. {year}, {time}",
        f"{day} {name} {year} at {time}",
        f"{year}年{month}月{day}日 {time}",
    )[style]
