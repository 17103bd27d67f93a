"""A corpus with copies, quotes and templates planted in it, of which each is known: what it is, where, and what must find it."""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.match.core.texts import prose

LEAST_WORDS = 150
"""Words of a page that takes part."""
PARAGRAPH_WORDS = range(30, 120)
"""Words of a paragraph that is copied."""
HOST_WORDS = 20
"""Words of a paragraph that a quote is put into, at least."""
QUOTE_WORDS = (8, 10, 12, 15, 20, 30)
HUB_SHARE = 10
"""One document in so many has the hub's sentence."""
SAME = 0.6
"""Share of a quote's words that a passage has on either side for it to be found."""
TEMPLATES = 60
"""Documents of one sentence that differ by numbers."""
HUB = "Our correspondents in the harbour towns write to you every morning, and you may answer any of them."
NEGATED = re.compile(r" (?:not|never|nicht|kein|pas|nie|не) ")
NUMBER = re.compile(r"\b[2-8](?=\d?\d?\b)")

ANY = frozenset({"copy", "noisy", "revision", "quote"})
COPY = frozenset({"copy"})
REVISION = frozenset({"revision"})
PASSAGE = frozenset({"passage"})


@dataclass(frozen=True, slots=True)
class Planted:
    """A text of one document that was put into another."""

    kind: str
    wanted: frozenset[str]
    """relations of paragraphs, one of which links the two; or `passage`"""
    source: int
    other: int
    """documents"""
    text: str
    copy: str


@dataclass(slots=True)
class Corpus:
    """Documents as lists of paragraphs, with what was planted in them."""

    documents: list[list[str]]
    planted: list[Planted] = field(default_factory=list)
    hub: list[int] = field(default_factory=list)
    """documents that have the hub's sentence"""
    templates: list[int] = field(default_factory=list)
    """documents of one sentence that differ by its numbers"""

    def write(self, path: Path) -> None:
        """Write the documents as JSON Lines; their ids are their numbers."""
        with path.open("w", encoding="utf-8") as lines:
            for number, paragraphs in enumerate(self.documents):
                row = {
                    "id": str(number),
                    "url": f"https://site{number}.example/{number}",
                    "text": "\n\n".join(paragraphs),
                }
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def plant(base: Sequence[list[str]], seed: int = 0) -> Corpus:
    """Return the documents with copies and quotes planted: each document gives one and takes one."""
    rng = random.Random(seed)
    made = Corpus([list(paragraphs) for paragraphs in base])
    kinds = [*PARAGRAPH_KINDS, *quote_kinds()]
    given: dict[int, str] = {}
    for source, paragraphs in enumerate(base):
        other = (source + len(base) // 2 + 1) % len(base)
        kind = kinds[source % len(kinds)]
        found = kind.plant(rng, paragraphs)
        if found is None:
            continue
        text, copy = found
        given[source] = next(one for one in paragraphs if text in one)
        made.planted.append(Planted(kind.name, kind.wanted, source, other, text, copy))
    for one in made.planted:
        _put(rng, made.documents[one.other], one.copy, one.wanted == PASSAGE, given.get(one.other))
    for number in range(0, len(base), HUB_SHARE):
        place = rng.randrange(1, len(made.documents[number]) + 1)
        made.documents[number].insert(place, HUB)
        made.hub.append(number)
    for number in range(TEMPLATES):
        made.templates.append(len(made.documents))
        made.documents.append([_flight(number)])
    return made


def _put(rng: random.Random, paragraphs: list[str], copy: str, is_quote: bool, given: str | None) -> None:
    """Put a copy among paragraphs, or a quote into a long one of them, between two sentences.

    given: the paragraph of which another document has something, which stays as it is
    """
    if not is_quote:
        paragraphs.insert(rng.randrange(len(paragraphs)), copy)
        return
    long = [number for number, one in enumerate(paragraphs) if one != given and len(one.split()) >= HOST_WORDS]
    if not long:
        paragraphs.append(f"They wrote to us: “{copy}”, and that was all.")
        return
    place = rng.choice(long)
    end = rng.choice([found.end() for found in re.finditer(r"[.!?] ", paragraphs[place])] or [0])
    paragraphs[place] = f"{paragraphs[place][:end]}“{copy}” {paragraphs[place][end:]}"


def _flight(number: int) -> str:
    return (
        f"Flight {100 + number} from Oslo to Bergen was delayed by {10 + number} minutes on Monday because of fog, the "
        f"airline said in a short statement, and {200 + 2 * number} passengers were taken to hotels near the airport."
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of copy."""

    name: str
    wanted: frozenset[str]
    plant: Callable[[random.Random, Sequence[str]], tuple[str, str] | None]
    """gives of paragraphs (text, copy); None where they have none for it"""


def _paragraph(change: Callable[[random.Random, str], str | None]) -> Callable[..., tuple[str, str] | None]:
    """Return a planter of a whole paragraph, changed."""

    def take(rng: random.Random, paragraphs: Sequence[str]) -> tuple[str, str] | None:
        fitting = [one for one in paragraphs if len(one.split()) in PARAGRAPH_WORDS]
        rng.shuffle(fitting)
        for text in fitting:
            copy = change(rng, text)
            if (copy is not None and copy != text) or change is same:
                return text, copy or text
        return None

    return take


def same(rng: random.Random, text: str) -> str:
    """Leave a text as it is."""
    return text


def _words_changed(share: float) -> Callable[[random.Random, str], str]:
    def change(rng: random.Random, text: str) -> str:
        words = text.split()
        for place in rng.sample(range(len(words)), max(1, round(share * len(words)))):
            words[place] = prose(rng, 1).lower().rstrip(".")
        return " ".join(words)

    return change


def _scanned(share: float) -> Callable[[random.Random, str], str]:
    """Return what scanning does to so many characters: taken for another, lost, or doubled."""
    confused = {"e": "c", "c": "e", "l": "1", "i": "l", "o": "0", "n": "u", "h": "b", "m": "rn", "t": "f", "s": "5"}

    def change(rng: random.Random, text: str) -> str:
        chars = list(text)
        letters = [place for place, char in enumerate(chars) if char.isalpha()]
        for place in rng.sample(letters, round(share * len(chars))):
            char = chars[place]
            chars[place] = rng.choice([confused.get(char.lower(), "x"), "", char * 2])
        return "".join(chars)

    return change


def _sprinkled(mark: str) -> Callable[[random.Random, str], str]:
    """Return a text with an invisible mark inside one word in three."""

    def change(rng: random.Random, text: str) -> str:
        words = text.split(" ")
        for place in range(0, len(words), 3):
            middle = len(words[place]) // 2
            words[place] = words[place][:middle] + mark + words[place][middle:]
        return " ".join(words)

    return change


def _decomposed(rng: random.Random, text: str) -> str | None:
    copy = unicodedata.normalize("NFD", text)
    return copy if copy != text else None


def _other_typography(rng: random.Random, text: str) -> str:
    return text.upper().replace(", ", " – ").replace("’", "'").replace(" ", "\u00a0", 3)


def _full_width(rng: random.Random, text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _not_lost(rng: random.Random, text: str) -> str | None:
    return NEGATED.sub(" ", text, count=1) if NEGATED.search(text) else None


def _other_number(rng: random.Random, text: str) -> str | None:
    return NUMBER.sub(lambda found: str(int(found[0]) + 1), text, count=1) if NUMBER.search(text) else None


def _half(rng: random.Random, text: str) -> str:
    words = text.split()
    return " ".join(words[: len(words) * 6 // 10])


def _heading(rng: random.Random, paragraphs: Sequence[str]) -> tuple[str, str] | None:
    """A line without a full stop, which the source has too."""
    for text in paragraphs:
        words = text.split()
        if 5 <= len(words) <= 14 and text[-1].isalnum():
            return text, text
    return None


PARAGRAPH_KINDS = (
    Kind("whole paragraph", COPY, _paragraph(same)),
    Kind("short line without a full stop", COPY, _heading),
    Kind("1% of words changed", ANY, _paragraph(_words_changed(0.01))),
    Kind("3% of words changed", ANY, _paragraph(_words_changed(0.03))),
    Kind("5% of words changed", ANY, _paragraph(_words_changed(0.05))),
    Kind("scanning, 1% of characters", ANY, _paragraph(_scanned(0.01))),
    Kind("scanning, 2% of characters", ANY, _paragraph(_scanned(0.02))),
    Kind("scanning, 3% of characters", ANY, _paragraph(_scanned(0.03))),
    Kind("scanning, 5% of characters", ANY, _paragraph(_scanned(0.05))),
    Kind("zero-width spaces inside words", COPY, _paragraph(_sprinkled("\u200b"))),
    Kind("soft hyphens inside words", COPY, _paragraph(_sprinkled("\u00ad"))),
    Kind("letters taken apart (NFD)", COPY, _paragraph(_decomposed)),
    Kind("full-width letters", COPY, _paragraph(_full_width)),
    Kind("capitals and other dashes", COPY, _paragraph(_other_typography)),
    Kind("a negation lost", REVISION, _paragraph(_not_lost)),
    Kind("another number", REVISION, _paragraph(_other_number)),
    Kind("the first 60%", ANY, _paragraph(_half)),
)


def quote_kinds() -> Iterator[Kind]:
    """Yield quotes of all lengths: as they are, with one and two edits, with an ellipsis for two words."""
    for count in QUOTE_WORDS:
        for edits in range(3):
            yield Kind(f"quote of {count} words, {edits} edits", PASSAGE, _quote(count, edits))
        yield Kind(f"quote of {count} words, an ellipsis for two", PASSAGE, _quote(count, 0, ellipsis=True))


def _quote(count: int, edits: int, ellipsis: bool = False) -> Callable[..., tuple[str, str] | None]:
    def take(rng: random.Random, paragraphs: Sequence[str]) -> tuple[str, str] | None:
        fitting = [one for one in paragraphs if len(one.split()) >= count + 4 and "“" not in one and '"' not in one]
        if not fitting:
            return None
        words = rng.choice(fitting).split()
        first = rng.randrange(len(words) - count)
        text = words[first : first + count]
        copy = list(text)
        if ellipsis:
            at = rng.randrange(2, count - 3)
            copy[at : at + 2] = ["…"]
        places = rng.sample(range(1, count - 1), edits)
        for place in sorted(places, reverse=True):
            _edit(rng, copy, place)
        return " ".join(text), " ".join(copy)

    return take


def _edit(rng: random.Random, words: list[str], place: int) -> None:
    """Change, drop or put in a word."""
    kind = rng.choice(("change", "drop", "put in"))
    fresh = prose(rng, 1).lower().rstrip(".")
    if kind == "change":
        words[place] = fresh
    elif kind == "drop":
        del words[place]
    else:
        words.insert(place, fresh)


def has_most(side: str, quote: str) -> bool:
    """Return whether the words of a passage's side are most of a quote's; both are folded words."""
    rest = Counter(quote.split())
    return (rest & Counter(side.split())).total() >= SAME * rest.total()


def real_documents(data: Path, most: int) -> list[list[str]]:
    """Return the texts of labelled pages as paragraphs."""
    found: list[list[str]] = []
    with gzip.open(data / "pages_text_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["gold"]
            paragraphs = [one.strip() for one in text.split("\n") if one.strip()]
            if len(text.split()) >= LEAST_WORDS and len(paragraphs) > 1:
                found.append(paragraphs)
            if len(found) == most:
                break
    return found


def generated_documents(count: int, seed: int = 0) -> list[list[str]]:
    """Return documents of invented words, in paragraphs of 40 to 80."""
    rng = random.Random(seed)
    return [[prose(rng, rng.randrange(40, 81)) for _ in range(6)] for _ in range(count)]
