"""Corpora of any size: the shared pages, most of their words replaced, so that each is a new page of the same site.

Lines of eight and more words, and in texts all lines of the body, get words drawn from all pages in place of all but the
commonest; the rest stays, as menus and labels do on real sites. One page in ten is a copy of a recent one with one word
in a hundred replaced.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import numpy as np

Kind = Literal["text", "html"]

FILES = 100
COPIES = 0.1
EDITED = 0.01
RECENT = 500
"""A copy is of one of so many pages before it."""
COMMON = 100
"""Words that stay."""
LONG = 8
"""Words of a line, or of the text between two tags, that is made new."""

_TAGS = re.compile(r"(<script.*?</script>|<style.*?</style>|<!--.*?-->|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z]+|[^A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page in pieces."""

    host: str
    pieces: list[str]
    slots: np.ndarray
    """Places of the words that are replaced."""

    def fresh(self, seed: int, words: list[str]) -> list[str]:
        """The pieces with other words."""
        pieces = self.pieces.copy()
        _fill(pieces, self.slots, words, np.random.default_rng(seed))
        return pieces

    def copy(self, seed: int, words: list[str], rng: np.random.Generator) -> list[str]:
        """The pieces of `fresh` with a few words edited."""
        pieces = self.fresh(seed, words)
        _fill(pieces, self.slots[rng.random(len(self.slots)) < EDITED], words, rng)
        return pieces


def write(folder: Path, kind: Kind, size: int, data: Path, seed: int = 0) -> int:
    """Write about `size` bytes of pages in JSON Lines files; how many pages. Nothing is done where they are there."""
    done = folder / ".written"
    if done.exists():
        return int(done.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    pages, words = _pages(kind, data)
    rng = np.random.default_rng(seed)
    recent: list[tuple[str, Page, int]] = []
    number, left = 0, 0.0
    for part in range(FILES):
        left += size / FILES
        with (folder / f"part-{part:03}.jsonl").open("w", encoding="utf-8") as lines:
            while left > 0:
                identity, original, own = f"{seed}-{number}", None, int(rng.integers(1 << 62))
                if recent and rng.random() < COPIES:
                    original, page, own = recent[int(rng.integers(len(recent)))]
                    pieces = page.copy(own, words, rng)
                else:
                    page = pages[int(rng.integers(len(pages)))]
                    pieces = page.fresh(own, words)
                    recent = [*recent[-RECENT:], (identity, page, own)]
                text = "".join(pieces)
                row = {"id": identity, "url": f"https://{page.host}/{number}", kind: text, "copy_of": original}
                print(json.dumps(row, ensure_ascii=False), file=lines)
                left -= len(text)
                number += 1
    done.write_text(str(number))
    return number


CHANGE = "The second day brought one sentence more, and nothing else on this page is new."


def change(path: Path, kind: Kind) -> None:
    """Add a paragraph to every page of a file, so that all of them are read anew."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if kind == "text":
            row[kind] += f"\n{CHANGE}\n"
        else:
            body, end, rest = row[kind].rpartition("</body>")
            row[kind] = f"{body or rest}<p>{CHANGE}</p>{end}{rest if body else ''}"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read(folder: Path) -> list[Path]:
    """The files of a corpus."""
    return sorted(folder.glob("*.jsonl"))


def _pages(kind: Kind, data: Path) -> tuple[list[Page], list[str]]:
    """English pages of the shared set, and the words to draw from, as often as they occur."""
    with gzip.open(data / f"pages_{kind}_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["lang"] == "en"]
    split = [(_host(row), _markup(row["html"]) if kind == "html" else _lines(row["text"], row["keep"])) for row in rows]
    counts = Counter(piece.lower() for _, pieces in split for piece, is_new in pieces if is_new and piece.isalpha())
    common = {word for word, _ in counts.most_common(COMMON)}
    pages = [
        Page(
            host,
            [piece for piece, _ in pieces],
            np.array(
                [
                    i
                    for i, (piece, is_new) in enumerate(pieces)
                    if is_new and piece.isalpha() and piece.lower() not in common
                ],
                dtype=np.int64,
            ),
        )
        for host, pieces in split
    ]
    words = [page.pieces[i] for page in pages for i in page.slots.tolist()]
    return pages, words


Pieces = list[tuple[str, bool]]
"""Words and what is between them, and whether each is of a line that is made new."""


def _lines(text: str, keep: list[int]) -> Pieces:
    found: Pieces = []
    labels = iter(keep)
    for line in text.splitlines(keepends=True):
        found += _pieces(line, bool(line.strip()) and next(labels, 0) == 1)
    return found


def _markup(text: str) -> Pieces:
    found: Pieces = []
    for i, part in enumerate(_TAGS.split(text)):
        found += [(part, False)] if i % 2 else _pieces(part, False)
    return found


def _pieces(line: str, is_body: bool) -> Pieces:
    pieces = _WORDS.findall(line.encode("utf-8", "replace").decode())
    if is_body or sum(piece.isalpha() for piece in pieces) >= LONG:
        return [(piece, True) for piece in pieces]
    return [("".join(pieces), False)]


def _fill(pieces: list[str], slots: np.ndarray, words: list[str], rng: np.random.Generator) -> None:
    for slot, word in zip(slots.tolist(), rng.integers(len(words), size=len(slots)).tolist(), strict=True):
        pieces[slot] = words[word]


def _host(row: dict[str, str]) -> str:
    return row.get("site") or urlsplit(row.get("url", "")).hostname or "example.org"
