"""Made-up documents of many genres: what people have that is no news, in the forms that it comes in.

The words are those of labelled pages that the licence permits, the headings of other genres and the policies are written
here, and code is the standard library's. So a document's words do not tell what it is: its form does. All of it is
content. The generator draws from a seed; the same pages give the same documents.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata

from numpy.random import Generator

Lines = list[str]
"""Lines of text; an empty string is a blank line."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"“‘(]?[^\W\d_a-z])|(?<=[。！？])")
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"\b[A-ZÀ-ÝΑ-ΩА-Я][a-zà-ÿα-ωа-я]{2,10}\b")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True)
class Bank:
    """The words to make documents of, of one language and one fold."""

    sentences: Sequence[str]
    headings: Sequence[str]
    """Short lines of texts"""
    words: Sequence[str]
    names: Sequence[str]
    language: str

    @classmethod
    def of(cls, texts: Sequence[str], language: str) -> Bank | None:
        """The words of some blocks of text; None where they are too few."""
        sentences = [part for text in texts for part in _SENTENCE.split(text) if 15 <= len(part) <= 320]
        headings = [text for text in texts if 2 <= len(text.split()) <= 8 and text[-1].isalnum()]
        joined = " ".join(sentences)
        words = [word.lower() for word in _WORD.findall(joined) if len(word) > 2]
        names = _NAME.findall(joined)
        if len(sentences) < 300 or len(words) < 2000:
            return None
        return cls(sentences, headings or sentences[:50], words, names or ["Alex", "Maria", "Jonas"], language)


@dataclass
class Writer:
    """Draws words from a bank."""

    bank: Bank
    rng: Generator

    def some(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, odds: float) -> bool:
        """Whether something happens."""
        return bool(self.rng.random() < odds)

    def one(self, of: Sequence[str]) -> str:
        """One of these."""
        return of[int(self.rng.integers(len(of)))]

    def sentence(self, most: int = 320) -> str:
        """A sentence of at most so many characters, if one is found."""
        found = [self.one(self.bank.sentences) for _ in range(12)]
        return next((one for one in found if len(one) <= most), min(found, key=len))

    def short(self) -> str:
        """A short sentence."""
        return self.sentence(70)

    def paragraph(self, low: int = 2, high: int = 5) -> str:
        """Some sentences."""
        return " ".join(self.sentence() for _ in range(self.some(low, high)))

    def phrase(self, low: int = 1, high: int = 4) -> str:
        """Some words, without a stop."""
        start = self.some(0, len(self.bank.words) - high - 1)
        return " ".join(self.bank.words[start : start + self.some(low, high)])

    def title(self) -> str:
        """Words in the manner of a heading."""
        if self.chance(0.5):
            return self.one(self.bank.headings)
        text = self.phrase(2, 6)
        return text.title() if self.chance(0.3) else text[:1].upper() + text[1:]

    def name(self) -> str:
        """A person's name."""
        first, last = self.one(self.bank.names), self.one(self.bank.names)
        return self.one(
            (f"{first} {last}", f"{first[0]}. {last}", f"Mr {last}", f"Dr {first} {last}", f"{first} {last}")
        )

    def date(self) -> str:
        """A date in one of many forms."""
        day, month, year = self.some(1, 28), self.some(1, 12), self.some(1995, 2025)
        name = _MONTHS[month - 1]
        return self.one(
            (
                f"{day} {name} {year}",
                f"{name} {day}, {year}",
                f"{self.one(_DAYS)} {day} {name}",
                f"{day:02}/{month:02}/{year}",
                f"{year}-{month:02}-{day:02}",
                f"{day}. {name[:3]} {year}",
            )
        )

    def time(self) -> str:
        """A clock time."""
        hour, minute = self.some(0, 23), self.some(0, 59)
        return self.one(
            (f"{hour:02}:{minute:02}", f"{hour % 12 or 12}.{minute:02} {'ap'[hour > 11]}m", f"{hour:02}.{minute:02}")
        )

    def amount(self) -> str:
        """A figure with its unit."""
        number = self.one(
            (
                str(self.some(1, 20)),
                str(self.some(1, 990)),
                f"{self.some(1, 90)}.{self.some(1, 9)}",
                f"{self.some(1, 9)},{self.some(100, 999)}",
            )
        )
        return (
            number + self.one(("", "%", " kg", " g", " ml", " m", " km", " mm", " hours", " min", " €", ""))
            if self.chance(0.8)
            else f"£{number}"
        )


Genre = Callable[[Writer], Lines]


def _apart(rows: Sequence[str]) -> Lines:
    """Each on a line of its own, with a blank line between."""
    return [line for row in rows for line in (row, "")]


def _items(writer: Writer, rows: Sequence[str]) -> Lines:
    """A list: bulleted, numbered or bare; its items under each other or with blank lines between."""
    style = writer.one(("- ", "* ", "• ", "", "", "1. ", "1) ", "– "))
    marked = [f"{n}{style[1:]}{row}" if style[:1] == "1" else style + row for n, row in enumerate(rows, 1)]
    return [*marked, ""] if writer.chance(0.5) else _apart(marked)


def hearing(writer: Writer) -> Lines:
    """Questions and answers under oath."""
    rows = [
        writer.title(),
        writer.one(("Taken on behalf of the plaintiff", writer.date(), f"BY {writer.name().upper()}:")),
    ]
    for _ in range(writer.some(12, 40)):
        rows += [
            f"Q. {writer.sentence(90)}",
            f"A. {writer.one((writer.short(), 'Yes.', 'No.', writer.phrase().capitalize() + '.'))}",
        ]
        if writer.chance(0.08):
            rows.append(
                writer.one(("(Laughter.)", "(Recess taken.)", "[Pause]", f"{writer.name().upper()}: Objection."))
            )
    return _apart(rows)


def dialogue(writer: Writer) -> Lines:
    """Turns of some speakers: parliament, court, a panel, an interview."""
    names = [writer.one((writer.name(), writer.name().upper(), writer.name())) for _ in range(writer.some(2, 5))]
    rows = [writer.title(), writer.date()][: writer.some(1, 2)]
    for _ in range(writer.some(10, 35)):
        rows.append(
            f"{writer.one(names)}: {writer.one((writer.paragraph(1, 3), writer.short(), writer.phrase().capitalize() + '.'))}"
        )
        if writer.chance(0.1):
            rows.append(
                writer.one(("[Interruption.]", "(Applause.)", "Several members rose", "Question put and agreed to."))
            )
    return _apart(rows)


def interview(writer: Writer) -> Lines:
    """Short questions, longer answers, without names."""
    rows = [writer.title(), writer.paragraph(1, 2)]
    for _ in range(writer.some(6, 18)):
        rows += [
            writer.sentence(100).rstrip(".!") + "?",
            writer.one((writer.paragraph(1, 4), writer.short(), writer.phrase().capitalize() + ".")),
        ]
    return _apart(rows)


def screenplay(writer: Writer) -> Lines:
    """Scenes, names, what they say."""
    rows: Lines = [writer.title().upper(), ""]
    names = [writer.one(writer.bank.names).upper() for _ in range(3)]
    for _ in range(writer.some(4, 8)):
        rows += [
            f"{writer.one(('INT.', 'EXT.'))} {writer.phrase().upper()} - {writer.one(('DAY', 'NIGHT'))}",
            "",
            writer.sentence(),
            "",
        ]
        for _ in range(writer.some(3, 8)):
            pad = writer.one(("", "          "))
            rows += [pad + writer.one(names), pad + writer.one((writer.short(), writer.sentence(90))), ""]
            if writer.chance(0.2):
                rows[-1:] = [f"({writer.phrase(1, 3)})", ""]
    return rows


def minutes(writer: Writer) -> Lines:
    """Minutes of a meeting."""
    rows = [
        f"{writer.one(('Minutes of the meeting of', 'Minutes:', 'Protokoll', 'Council meeting,'))} {writer.title()}",
        f"Held on {writer.date()} at {writer.time()}",
    ]
    rows.append("Present: " + ", ".join(writer.name() for _ in range(writer.some(3, 7))))
    for number in range(1, writer.some(6, 14)):
        rows.append(f"{number}. {writer.one((writer.title(), writer.phrase(1, 3).capitalize()))}")
        for part in range(writer.some(0, 3)):
            text = writer.one(
                (
                    writer.short(),
                    writer.phrase(1, 4).capitalize() + ".",
                    writer.paragraph(1, 2),
                    f"{writer.phrase(1, 3).capitalize()} {writer.amount()}",
                )
            )
            rows.append(f"{number}.{part + 1} {text}" if writer.chance(0.4) else text)
    rows += [writer.one((f"The meeting closed at {writer.time()}.", writer.date(), "Signed ......................"))]
    return _apart(rows)


def recipe(writer: Writer) -> Lines:
    """Ingredients and steps."""
    rows: Lines = [writer.title(), "", writer.paragraph(1, 3), ""]
    for label in ("Prep time", "Cook time", "Servings")[: writer.some(0, 3)]:
        rows += [label, writer.amount(), ""] if writer.chance(0.5) else [f"{label}: {writer.amount()}", ""]
    rows += [writer.one(("Ingredients", "Zutaten", "Ingredientes", "You will need")), ""]
    rows += _items(
        writer,
        [
            f"{writer.amount()} {writer.phrase(1, 4)}" + (f", {writer.phrase(1, 2)}" if writer.chance(0.3) else "")
            for _ in range(writer.some(5, 14))
        ],
    )
    rows += [writer.one(("Instructions", "Method", "Zubereitung", "Directions")), ""]
    rows += _items(writer, [writer.one((writer.sentence(140), writer.short())) for _ in range(writer.some(4, 9))])
    if writer.chance(0.4):
        rows += ["Notes", "", *_apart([writer.short() for _ in range(writer.some(1, 3))])]
    return rows


def statute(writer: Writer) -> Lines:
    """Articles, sections and their numbered parts."""
    label = writer.one(("Article", "Section", "§", "Art.", "Artikel", "Clause"))
    rows = [writer.title(), writer.one((f"of {writer.date()}", writer.paragraph(1, 1)))]
    for number in range(1, writer.some(5, 14)):
        rows.append(f"{label} {number}" + (f". {writer.title()}" if writer.chance(0.6) else ""))
        for part in range(1, writer.some(1, 4) + 1):
            rows.append(f"({part}) {writer.sentence()}" if writer.chance(0.7) else writer.sentence())
            if writer.chance(0.3):
                rows += [f"({letter}) {writer.phrase(2, 9)};" for letter in "abcd"[: writer.some(2, 4)]]
    return _apart(rows)


def paper(writer: Writer) -> Lines:
    """Title, authors, abstract, sections, references."""
    rows = [
        writer.title(),
        ", ".join(f"{writer.one(writer.bank.names)}{n}" for n in range(1, writer.some(2, 5))),
        f"1 Institute of {writer.phrase(1, 3).title()}",
    ]
    rows += ["Abstract", writer.paragraph(3, 7), f"Keywords: {'; '.join(writer.phrase(1, 2) for _ in range(4))}"]
    for number in range(1, writer.some(3, 6)):
        rows += [f"{number}. {writer.title()}", *(writer.paragraph(1, 4) for _ in range(writer.some(1, 3)))]
    rows += [writer.one(("Acknowledgements", "Funding")), writer.short(), "References"]
    for _ in range(writer.some(4, 15)):
        last = writer.one(writer.bank.names)
        work = f"({writer.some(1960, 2024)}). {writer.phrase(4, 9).capitalize()}. {writer.phrase(2, 4).title()}"
        pages = f"{writer.some(1, 90)}({writer.some(1, 12)}), {writer.some(1, 400)}–{writer.some(401, 900)}"
        rows.append(f"{last}, {last[0]}. {work}, {pages}.")
    return _apart(rows)


def glossary(writer: Writer) -> Lines:
    """Terms and what they mean."""
    style = writer.one((" – ", ": ", " - ", "\n", "\n\n"))
    rows = [writer.title()]
    for term in sorted(writer.phrase(1, 2) for _ in range(writer.some(8, 30))):
        long, short = (f"{writer.phrase(*size).capitalize()}." for size in ((3, 9), (1, 2)))
        rows += [f"{term}{style}{writer.one((writer.sentence(140), long, short))}"]
    return [line for row in rows for line in (*row.split("\n"), "")]


def table(writer: Writer) -> Lines:
    """A table of figures, its columns parted by tabs, bars or spaces."""
    columns, count = writer.some(2, 6), writer.some(3, 18)
    head = [writer.phrase(1, 2).capitalize() for _ in range(columns)]
    body = [
        [
            writer.title() if writer.chance(0.5) else writer.one(writer.bank.names),
            *(writer.amount() for _ in range(columns - 1)),
        ]
        for _ in range(count)
    ]
    style = writer.one(("\t", "  ", " | ", "bars", "wide"))
    if style == "bars":
        drawn = [f"| {' | '.join(row)} |" for row in (head, *body)]
        drawn.insert(1, "|" + " --- |" * columns)
    elif style == "wide":
        widths = [max(len(row[i]) for row in (head, *body)) + 2 for i in range(columns)]
        drawn = [
            "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (head, *body)
        ]
    else:
        drawn = [style.join(row) for row in (head, *body)]
    between = [""] if writer.chance(0.2) else []
    rows = [line for row in drawn for line in (row, *between)]
    return [*_frame(writer), *rows, "", *_frame(writer)]


def _frame(writer: Writer) -> Lines:
    return _apart([writer.one((writer.title(), writer.paragraph(1, 3))) for _ in range(writer.some(1, 3))])


def results(writer: Writer) -> Lines:
    """Groups of short rows: ballots, scores, prices, tides."""
    rows = [writer.title()]
    for _ in range(writer.some(2, 7)):
        rows.append(writer.title())
        for _ in range(writer.some(2, 8)):
            who = writer.one((writer.name(), writer.phrase(1, 3).capitalize()))
            of = writer.one(("", f"({writer.phrase(1, 1).capitalize()}) "))
            rows += [f"{who} {of}{writer.amount()}"]
        if writer.chance(0.3):
            rows.append(writer.paragraph(1, 2))
    return (
        _apart(rows)
        if writer.chance(0.6)
        else [line for row in rows for line in ((row,) if writer.chance(0.8) else (row, ""))]
    )


def forecast(writer: Writer) -> Lines:
    """Places, and short phrases on each."""
    rows = [writer.title(), f"Issued {writer.date()} at {writer.time()}"]
    for _ in range(writer.some(4, 12)):
        rows += [
            writer.phrase(1, 3).title(),
            " ".join(writer.phrase(1, 3).capitalize() + "." for _ in range(writer.some(1, 5))),
        ]
    return _apart(rows)


@cache
def _sources() -> tuple[str, ...]:
    """Functions and classes of the standard library."""
    found: list[str] = []
    for name in (
        "textwrap",
        "string",
        "heapq",
        "bisect",
        "fnmatch",
        "calendar",
        "shlex",
        "csv",
        "statistics",
        "queue",
        "colorsys",
        "configparser",
    ):
        module = import_module(name)
        for _, member in sorted(vars(module).items()):
            if (inspect.isfunction(member) or inspect.isclass(member)) and member.__module__ == name:
                try:
                    source = textwrap.dedent(inspect.getsource(member)).rstrip()
                except OSError:  # made at run time
                    continue
                if 3 <= source.count("\n") <= 60:
                    found.append(source)
    return tuple(found)


def _json(writer: Writer) -> str:
    rows: list[str] = []
    for _ in range(writer.some(2, 8)):
        text = f'"{writer.phrase(1, 3)}"'
        value = writer.one((str(writer.some(1, 900)), text, "true", "null"))
        rows.append(f'  "{writer.phrase(1, 1)}": {value},')
    return "\n".join(["{", *rows[:-1], rows[-1].rstrip(","), "}"])


def _braced(writer: Writer) -> str:
    """Code of a language with braces."""
    name, value = writer.phrase(1, 1), writer.phrase(1, 1)
    return writer.one(
        (
            f"function {name}({value}) {{\n  if ({value}.length > {writer.some(0, 9)}) {{\n"
            f"    return {value}.map(x => x + 1);\n  }}\n  return null;\n}}",
            f"public int {name}(String {value}) {{\n    int count = 0;\n    for (char c : {value}.toCharArray()) {{\n"
            "        count++;\n    }\n    return count;\n}",
            f"fn {name}({value}: &str) -> usize {{\n    {value}.len()\n}}",
            f'#include <stdio.h>\n\nint main(void) {{\n    printf("{value}\\n");\n    return 0;\n}}',
            f"SELECT {name}, COUNT(*)\nFROM {value}\nWHERE {name} > {writer.some(1, 99)}\nGROUP BY {name};",
            f"$ pip install {name}\n$ {name} --{value} {writer.some(1, 9)}",
            f".{name} {{\n  color: #fff;\n  margin: 0 {writer.some(1, 9)}px;\n}}",
            f"{name}:\n  {value}: {writer.some(1, 99)}\n  enabled: true",
        )
    )


def _code(writer: Writer) -> str:
    return writer.one((writer.one(_sources()), writer.one(_sources()), _json(writer), _braced(writer), _braced(writer)))


def tutorial(writer: Writer) -> Lines:
    """Prose with code between."""
    fence = writer.chance(0.3)
    rows: Lines = [writer.title(), ""]
    for _ in range(writer.some(2, 6)):
        rows += _apart([writer.paragraph(1, 3) for _ in range(writer.some(1, 2))])
        rows += [*(["```"] if fence else []), *_code(writer).split("\n"), *(["```"] if fence else []), ""]
        if writer.chance(0.3):
            rows += [writer.title(), ""]
    return [*rows, writer.sentence()]


def listing(writer: Writer) -> Lines:
    """A file of code."""
    return [line for _ in range(writer.some(1, 6)) for line in (*_code(writer).split("\n"), "", "")]


@cache
def _readmes() -> tuple[str, ...]:
    """Descriptions of installed packages in Markdown or reStructuredText."""
    found = (one.metadata.get_payload() or one.metadata.get("Description", "") for one in metadata.distributions())
    return tuple(sorted({text.strip() for text in found if isinstance(text, str) and 800 < len(text) < 20_000}))


def readme(writer: Writer) -> Lines:
    """A package's own description."""
    return writer.one(_readmes()).split("\n") if _readmes() else tutorial(writer)


def changelog(writer: Writer) -> Lines:
    """Versions and what changed."""
    rows: Lines = ["Changelog", ""]
    for number in range(writer.some(3, 9), 0, -1):
        rows += [
            writer.one(
                (
                    f"{number}.{writer.some(0, 9)}.{writer.some(0, 9)} ({writer.date()})",
                    f"## {number}.0 - {writer.date()}",
                    f"Version {number}.{writer.some(0, 9)}",
                )
            ),
            "",
        ]
        rows += [
            f"{writer.one(('- ', '* '))}{writer.one(('Fix', 'Add', 'Remove', 'Change'))} {writer.phrase(2, 9)}"
            for _ in range(writer.some(1, 7))
        ]
        rows.append("")
    return rows


def questions(writer: Writer) -> Lines:
    """Frequently asked questions."""
    rows = [writer.title()]
    for _ in range(writer.some(4, 12)):
        rows += [
            writer.sentence(90).rstrip(".!") + "?",
            writer.one((writer.paragraph(1, 3), writer.short(), "Yes.", "No.")),
        ]
    return _apart(rows)


def vacancy(writer: Writer) -> Lines:
    """A job advertisement."""
    rows: Lines = _apart(
        [
            writer.title(),
            f"Location: {writer.one(writer.bank.names)}",
            f"Salary: {writer.amount()}",
            f"Closing date: {writer.date()}",
            writer.paragraph(1, 3),
        ]
    )
    for label in ("About the role", "What you will do", "Requirements", "What we offer", "How to apply")[
        : writer.some(2, 5)
    ]:
        rows += [
            label,
            "",
            *(
                _items(writer, [writer.phrase(3, 12).capitalize() for _ in range(writer.some(3, 8))])
                if writer.chance(0.7)
                else [writer.paragraph(1, 3), ""]
            ),
        ]
    return rows


def events(writer: Writer) -> Lines:
    """Dates, titles, places, prices."""
    rows = [writer.title()]
    for _ in range(writer.some(4, 12)):
        rows += [
            writer.date(),
            writer.title(),
            writer.one(
                (
                    f"{writer.phrase(1, 3).title()}, {writer.time()}",
                    writer.sentence(140),
                    f"{writer.time()}. {writer.amount()}",
                )
            ),
        ]
        if writer.chance(0.4):
            rows.append(writer.paragraph(1, 2))
    return _apart(rows) if writer.chance(0.6) else rows


def notices(writer: Writer) -> Lines:
    """Classified advertisements, births and deaths, lost and found."""
    rows = [writer.title()]
    for _ in range(writer.some(6, 20)):
        call = f" Tel. {writer.some(100, 999)} {writer.some(1000, 9999)}"
        end = writer.one(("", call, f" {writer.amount()}"))
        rows.append(f"{writer.phrase(1, 3).upper()}{writer.one(('. ', ', ', ': '))}{writer.sentence(140)}{end}")
        if writer.chance(0.15):
            rows.append(writer.phrase(1, 2).title())
    return _apart(rows)


def poem(writer: Writer) -> Lines:
    """Stanzas of short lines, some of them a refrain."""
    rows: Lines = [writer.title(), "", *([writer.name(), ""] if writer.chance(0.3) else [])]
    refrain = [writer.phrase(4, 8).capitalize() for _ in range(2)]
    for _ in range(writer.some(3, 8)):
        stanza = [writer.phrase(4, 9) + writer.one(("", ",", ".", ";", "")) for _ in range(writer.some(3, 8))]
        rows += [line[:1].upper() + line[1:] if writer.chance(0.8) else line for line in stanza]
        rows += [*(refrain if writer.chance(0.4) else []), ""]
    return rows if writer.chance(0.8) else _apart([row for row in rows if row])


def chat(writer: Writer) -> Lines:
    """Messages with times and names."""
    names = [writer.one(writer.bank.names).lower() for _ in range(4)]
    style = writer.one(("[{t}] {n}: ", "{t} <{n}> ", "{n} ({t}): ", "{n}: "))
    return [
        style.format(t=writer.time(), n=writer.one(names))
        + writer.one((writer.short(), writer.phrase(1, 6), writer.sentence(120)))
        for _ in range(writer.some(12, 40))
    ]


def mail(writer: Writer) -> Lines:
    """Letters and their answers, what was written before behind a mark."""
    rows: Lines = [
        f"From: {writer.name()}",
        f"To: {writer.name()}",
        f"Subject: {writer.title()}",
        f"Date: {writer.date()}",
        "",
    ]
    for depth in range(writer.some(1, 4)):
        mark = "> " * depth
        body = [
            f"Dear {writer.one(writer.bank.names)},",
            "",
            writer.paragraph(1, 3),
            "",
            writer.short(),
            "",
            writer.one(writer.bank.names),
            "",
        ]
        rows += [f"{mark}{line}" if line else mark.strip() for line in body]
        rows += [f"{mark}On {writer.date()}, {writer.name()} wrote:", ""]
    return rows


def novel(writer: Writer) -> Lines:
    """A story: what people say in short paragraphs, and what happens in longer ones."""
    rows = [writer.one((writer.title(), f"Chapter {writer.some(1, 40)}", "I", "3"))]
    quotes = writer.one(("“{}”", '"{}"', "«{}»", "‘{}’", "— {}"))
    for _ in range(writer.some(12, 40)):
        said = quotes.format(
            writer.one((writer.short(), writer.phrase(1, 4).capitalize() + writer.one(("?", "!", "."))))
        )
        rows.append(writer.one((said, f"{said} {writer.short()}", writer.paragraph(1, 4), writer.sentence())))
        if writer.chance(0.05):
            rows.append(writer.one(("* * *", "***", "⁂", "—", "#")))
    return _apart(rows)


def live(writer: Writer) -> Lines:
    """Entries with their times."""
    rows = [writer.title(), writer.paragraph(1, 2)]
    for _ in range(writer.some(6, 18)):
        rows += (
            [writer.time(), writer.paragraph(1, 2)]
            if writer.chance(0.6)
            else [f"{writer.time()} {writer.paragraph(1, 2)}"]
        )
    return _apart(rows)


def quiz(writer: Writer) -> Lines:
    """Questions, choices, answers."""
    rows: Lines = [writer.title(), ""]
    for number in range(1, writer.some(5, 14)):
        rows += [
            f"{number}. {writer.sentence(90).rstrip('.')}?",
            *(f"{letter}) {writer.phrase(1, 4)}" for letter in "ABCD"[: writer.some(2, 4)]),
            "",
        ]
    return [*rows, "Answers", "", ", ".join(f"{n} {writer.one('ABCD')}" for n in range(1, 8))]


def sections(writer: Writer) -> Lines:
    """Headings with short paragraphs: horoscopes, listicles, leaflets, help pages, encyclopaedias."""
    rows: Lines = [writer.title(), "", *([writer.paragraph(1, 3), ""] if writer.chance(0.6) else [])]
    numbered = writer.chance(0.3)
    for number in range(1, writer.some(5, 13)):
        rows += [f"{number}. {writer.title()}" if numbered else writer.title(), ""]
        for _ in range(writer.some(1, 2)):
            rows += [writer.one((writer.paragraph(1, 3), writer.short())), ""]
        if writer.chance(0.25):
            rows += _items(writer, [writer.phrase(1, 8).capitalize() for _ in range(writer.some(2, 6))])
    return rows


def specification(writer: Writer) -> Lines:
    """A product, a place or a person: names of properties and their values."""
    style = writer.one((": ", "\t", "\n", ":\n"))
    rows = [writer.title(), writer.paragraph(1, 3)]
    for _ in range(writer.some(5, 15)):
        value = writer.one((writer.amount(), writer.phrase(1, 4), writer.name(), writer.date()))
        rows += [f"{writer.phrase(1, 2).capitalize()}{style}{value}"]
    rows += [writer.paragraph(1, 3)]
    return [line for row in rows for line in (*row.split("\n"), "")]


def verses(writer: Writer) -> Lines:
    """Numbered verses or claims."""
    mark = writer.one(("{} ", "{}. ", "{}:", "[{}] ", "({}) "))
    return [
        writer.title(),
        "",
        *(
            line
            for n in range(1, writer.some(8, 25))
            for line in (mark.format(n) + writer.sentence(), *([""] if writer.chance(0.6) else []))
        ),
    ]


def quotations(writer: Writer) -> Lines:
    """Sayings and who said them."""
    rows = [writer.title()]
    for _ in range(writer.some(5, 16)):
        rows += [f"“{writer.sentence(200)}”", f"{writer.one(('— ', '- ', '', '~ '))}{writer.name()}"]
    return _apart(rows)


def subtitles(writer: Writer) -> Lines:
    """Cues with their times."""
    rows: Lines = []
    for number in range(1, writer.some(8, 30)):
        rows += [
            str(number),
            f"00:{number // 20:02}:{number % 20 * 3:02},000 --> 00:{number // 20:02}:{number % 20 * 3 + 2:02},500",
            writer.sentence(60),
            "",
        ]
    return rows


POLICY = (
    "We use cookies so that the site works, and so that we can see which pages people read.",
    "By using this website you accept these terms and conditions in full.",
    "You may withdraw your consent at any time by writing to the address below.",
    "We do not sell your personal data, and we do not give it to anybody who would.",
    "If you subscribe to our newsletter, we keep your e-mail address until you unsubscribe.",
    "All content on this site is protected by copyright and may not be copied without permission.",
    "You can change the settings of your browser so that it refuses cookies.",
    "We keep log files for thirty days; they hold the address of your computer and the time of your visit.",
    "Please read this privacy policy carefully before you create an account or sign in.",
    "You have the right to see what we know about you, to have it corrected and to have it deleted.",
    "Our site has links to other websites, and we are not responsible for what they do.",
    "We may change these terms from time to time, and will say so on this page.",
    "Comments are moderated; we remove those that insult or advertise.",
    "Payment is taken when you place the order, and refunded within fourteen days if you return it.",
    "This service is provided as it is, without any warranty.",
    "Share buttons load only when you press them, and send nothing before.",
    "Click the link in the message that we send you to confirm your registration.",
    "Advertisements are marked as such, and advertisers do not see who you are.",
    "If you have any questions, contact us by post or by telephone.",
    "These terms are governed by the law of the country in which we have our seat.",
)
"""Sentences of policies: content that looks like furniture."""
_POLICY_TITLES = (
    "Privacy policy",
    "Terms of use",
    "Terms and conditions",
    "Cookie policy",
    "About cookies",
    "Your rights",
    "How to contact us",
    "Changes",
    "Who we are",
    "What we collect",
)


def policy(writer: Writer) -> Lines:
    """A policy as the text of a page."""
    rows = [writer.one(_POLICY_TITLES[:5])]
    for number in range(1, writer.some(4, 10)):
        rows.append(f"{number}. {writer.one(_POLICY_TITLES)}" if writer.chance(0.4) else writer.one(_POLICY_TITLES))
        for _ in range(writer.some(1, 3)):
            count = writer.some(1, 3)
            sentences = [
                writer.one((writer.one(POLICY), writer.one(POLICY), writer.sentence(160))) for _ in range(count)
            ]
            rows += [" ".join(sentences)]
    return _apart(rows)


GENRES: Sequence[Genre] = (
    hearing, dialogue, interview, screenplay, minutes, recipe, statute, paper, glossary, table, results, forecast, tutorial,
    listing, readme, changelog, questions, vacancy, events, notices, poem, chat, mail, novel, live, quiz, sections,
    specification, verses, quotations, subtitles, policy,
)  # fmt: skip


UNTITLED = (listing, chat, mail, table, subtitles, readme, tutorial)
"""Genres whose documents have no title, or none for sure."""


def documents(bank: Bank, count: int, rng: Generator) -> Iterator[tuple[str, str | None]]:
    """So many documents with their titles, the genres in turn; some wrapped at a fixed width, some without blank lines."""
    writer = Writer(bank, rng)
    for number in range(count):
        genre = GENRES[number % len(GENRES)]
        lines = genre(writer)
        title = None
        if genre not in UNTITLED:
            if writer.chance(0.6) and (about := _about(writer, lines)):
                lines[0] = about
            title = lines[0]
        if writer.chance(0.1):
            width = writer.some(58, 80)
            lines = [
                part
                for line in lines
                for part in (textwrap.wrap(line, width) if len(line) > width + 20 and line[:1].isalnum() else [line])
            ]
        if writer.chance(0.12):
            lines = [line for line in lines if line]
        yield "\n".join(lines).strip("\n"), title


def _about(writer: Writer, lines: Lines) -> str:
    """A title made of words of the text."""
    words = _WORD.findall(" ".join(line for line in lines[1:] if len(line) > 60))
    long = [word for word in words if len(word) > 4]
    if len(long) < 20:
        return ""
    chosen = [writer.one(long) for _ in range(writer.some(2, 6))]
    text = " ".join(chosen)
    return writer.one((text.title(), text[:1].upper() + text[1:].lower(), text.upper()))
