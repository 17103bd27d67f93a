"""Generated paragraphs with planted copies, and generated documents with planted quotes."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.match.core.columns import Utf8
from tests.match.core.texts import CUMULATED, EDITS, WORDS, prose


def paragraphs(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """(texts, kinds): half of them are edited copies of others; the kind of a text is its edit, "" for none.

    About 68 words each. Copies are of texts at most 5,000 places away, so that a beginning of the list
    looks like all of it and the number of pairs grows as the list does.
    """
    rng, generator = random.Random(seed), np.random.default_rng(seed)
    fresh = _proses(generator, count, 20, 117)
    around = _proses(generator, 2000, 60, 61)
    edits = sorted(EDITS)
    texts: list[str] = []
    kinds: list[str] = []
    originals: list[str] = []
    for own in fresh:
        if originals and rng.random() < 0.5:
            kind = rng.choice([*edits, "embedded quote", "exact"])
            text = originals[rng.randrange(max(0, len(originals) - 5000), len(originals))]
            if kind == "embedded quote":
                text = f"{rng.choice(around)} “{text}” {rng.choice(around)}"
            elif kind != "exact":
                text = EDITS[kind](rng, text)
        else:
            kind, text = "", own
            originals.append(text)
        texts.append(text)
        kinds.append(kind)
    return texts, kinds


def _proses(generator: np.random.Generator, count: int, least: int, below: int) -> list[str]:
    """Texts like those of `tests.match.core.texts.prose`, made in columns: ten times as fast."""
    edges = np.concatenate(([0], np.cumsum(generator.integers(least, below, count))))
    place = np.searchsorted(CUMULATED, generator.random(edges[-1]) * CUMULATED[-1])
    mark = np.searchsorted([0.07, 0.14], generator.random(edges[-1]))  # full stop, comma, nothing
    mark[edges[1:] - 1] = 0
    capital = np.roll(mark == 0, 1)
    forms = [form + stop for word in WORDS for form in (word, word.capitalize()) for stop in (".", ",", "")]
    chosen = [forms[number] for number in (place * 6 + capital * 3 + mark).tolist()]
    return [" ".join(chosen[low:high]) for low, high in pairwise(edges.tolist())]


def save_lines(texts: list[str], path: Path) -> None:
    """One JSON string a line, for programs of other environments; appended to what is there."""
    with path.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(text) + "\n" for text in texts)


def save_columns(texts: list[str], folder: Path) -> None:
    """UTF-8 and offsets, to be mapped into memory; appended to what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [text.encode() for text in texts]
    with (folder / "data").open("ab") as data:
        data.write(b"".join(parts))
    with (folder / "sizes").open("ab") as sizes:
        sizes.write(np.array([len(part) for part in parts], dtype=np.int64).tobytes())


def load_columns(folder: Path, count: int) -> Utf8:
    sizes = np.fromfile(folder / "sizes", dtype=np.int64, count=count)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    return Utf8(np.memmap(folder / "data", dtype=np.uint8, mode="r"), offsets)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote carried from one document to another."""

    source: int
    other: int
    text: str
    copy: str
    words: int
    edits: int


def documents(count: int, seed: int = 0) -> tuple[list[str], list[Quote]]:
    """Documents of 400 words; each has a quote of 8 to 30 words of another, verbatim or with small edits."""
    rng = random.Random(seed)
    parts = [prose(rng, 400).split() for _ in range(count)]
    quotes = []
    for source in range(count):
        words = rng.randrange(8, 31)
        edits = rng.choice([0, 1]) if words < 13 else rng.choice([0, 1, 2])
        at = rng.randrange(400 - words)
        text = parts[source][at : at + words]
        copy = list(text)
        for _ in range(edits):
            place = rng.randrange(1, len(copy) - 1)
            kind = rng.choice(["change", "drop", "insert"]) if words >= 13 else "change"
            copy[place : place + (kind != "insert")] = {
                "change": [rng.choice(WORDS)], "drop": [], "insert": rng.choices(WORDS, k=rng.choice([1, 2])),
            }[kind]  # fmt: skip
        other = (source + count // 2) % count
        quotes.append(Quote(source, other, " ".join(text), " ".join(copy), words, edits))
    for quote in quotes:
        target = parts[quote.other]
        at = rng.randrange(len(target))
        target[at:at] = quote.copy.split()
    return [" ".join(words) for words in parts], quotes
