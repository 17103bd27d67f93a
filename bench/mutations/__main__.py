"""Damage files of every kind and see that reading never raises, and that no damage loses a neighbour's record in silence.

    python -m bench.mutations                    # 2,000 mutations of each kind that stands for a format
    python -m bench.mutations --count 200 --all  # of all kinds
    python -m bench.mutations --kind "CSV, commas"
    python -m bench.mutations --minutes 60       # other mutations round after round, and what is read is cleaned as well

One process for each processor. The seeds are fixed, so that two runs see the same files; each round has seeds of its own. A
mutation is silent if nothing says what it cost: no failure, and nothing passed over that was not passed over before. In a file
of plain text that is two stories whose text is still in the file and not in the output, or fewer documents than there are such
stories. Elsewhere it is two stories that have lost text, or fewer documents than without the damage. One story may have been
changed itself, which only a checksum would tell.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline import document as cleaning
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.judge.rules import files as rule_files
from pipeline.judge.signals import gather
from pipeline.prepare import prepare
from pipeline.read import reading
from pipeline.read.entry import Entry
from tests.read.kinds import KINDS, Kind
from tests.read.samples import Got
from tests.read.test_kinds import missing, words

REPRESENTATIVES = (
    *("JSON Lines, UTF-8", "JSON array, indented", "JSON answer: NewsAPI", "JSON Lines, gzip", "CSV, commas"),
    *(
        "CSV, every field quoted",
        "CSV of MySQL",
        "TSV",
        "Parquet, snappy",
        "Feather, uncompressed",
        "Arrow stream by Polars",
    ),
    *(
        "WARC, gzip",
        "WARC, uncompressed",
        "WET",
        "ARC",
        "mailbox",
        "message of alternatives",
        "MHTML of Chrome",
        "EPUB 3",
    ),
    *(
        "Word document",
        "OpenDocument text",
        "Rich Text",
        "PDF",
        "Nexis, text",
        "Nexis Uni, text",
        "Factiva, indexed, text",
    ),
    *(
        "Factiva, text",
        "ProQuest, text",
        "Europresse, HTML",
        "RSS 2.0",
        "Atom",
        "zip archive",
        "tar archive",
        "tar archive, gzip",
        "WACZ",
        "HTML, UTF-8",
    ),
)
FUZZED = 20
"""Mutations of a kind in each round"""
WRONG = ("silent", "uncaught", "slow")
FAILING = ("uncaught", "slow")
MAY_BE_SILENT = 0.05
"""Share of the mutations of a kind: some formats have no checksums, see docs/kinds.md."""
SLOW = 5.0
"""Seconds of CPU after which a mutation is told."""


def flip(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def overwrite(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + chance.randbytes(chance.randint(1, 8)) + data[place + 8 :]


def remove(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + data[place + chance.randint(1, 40) :]


def insert(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    signs = (
        b'"',
        b"\0",
        b"\n",
        b"{",
        b"}",
        b"(" * 2000,
        b"\xff",
        b"\xed\xa0\x80",
        b",",
        b"\\",
        b"]",
        chance.randbytes(20),
    )
    return data[:place] + chance.choice(signs) + data[place:]


def repeat(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + data[place : place + chance.randint(1, 200)] + data[place:]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip, flip, overwrite, remove, insert, repeat, cut)


def got(path: Path) -> Got:
    """What reading a file gives."""
    found = Got()
    for item in reading.read(reading.Part(Entry(path.name, str(path), path.stat().st_size)), reading.read_options()):
        kinds = {reading.RawDocument: found.documents, reading.Failure: found.failures, reading.Facts: found.facts}
        kinds[type(item)].append(item)  # type: ignore[arg-type]
    return found


def prepared_texts(found: Got) -> list[str] | None:
    """The text of each document, words parted by spaces; None where one is none, which is told as a failure later."""
    try:
        return [" ".join(words(prepare(document, extractor=False)[0].text)) for document in found.documents]
    except InputError:
        return None


def whole(kind: Kind, texts: list[str]) -> list[bool]:
    """Whether each story's text is in one of the documents."""
    return [
        any(all(" ".join(words(part)) in text for part in story.paragraphs) for text in texts) for story in kind.stories
    ]


def present(kind: Kind, data: bytes) -> list[bool]:
    """Whether the text of each story is still in the file, where that is plain text."""
    joined = " ".join(words(data.decode("utf-8", "replace")))
    return [all(" ".join(words(part)) in joined for part in story.paragraphs) for story in kind.stories]


def is_silent(kind: Kind, before: Got, found: Got, data: bytes, is_plain: bool) -> str | None:
    """What was lost without a word; None where nothing was."""
    if found.failures or sum(found.skipped.values()) > sum(before.skipped.values()):
        return None
    texts = prepared_texts(found)
    if texts is None:
        return None
    left = whole(kind, texts)
    if not is_plain:
        if len(found.documents) < len(before.documents):
            return f"{len(found.documents)} documents of {len(before.documents)}"
        return f"{left.count(False)} stories damaged" if left.count(False) > 1 else None
    there = present(kind, data)
    lost = sum(is_there and not is_left for is_there, is_left in zip(there, left, strict=True))
    if lost > 1:
        return f"{lost} stories whose text is in the file are not in the output"
    if len(found.documents) < sum(there):
        return f"{len(found.documents)} documents for {sum(there)} stories"
    return None


def clean(found: Got) -> None:
    """Clean each document by itself."""
    book, config = rule_files.builtin(), Config()
    for document in found.documents:
        try:
            prepared, _ = prepare(document)
        except InputError:
            continue
        (signals,) = gather([prepared], book, config.favor)
        cleaning.clean(prepared, signals, [None] * len(prepared.blocks), book, config)


def torture(kind: Kind, count: int, folder: Path, verbose: bool, number_of_round: int | None = None) -> Counter[str]:
    """Read `count` mutations of a file of this kind; in a numbered round, clean what they hold, too."""
    path = folder / kind.file
    kind.write(path)
    data = path.read_bytes()
    before = got(path)
    is_plain = all(present(kind, data))
    chance = random.Random(f"{kind.name} {number_of_round}" if number_of_round else kind.name)
    tally: Counter[str] = Counter()
    for number in range(count):
        mutated = chance.choice(MUTATIONS)(data, chance)
        path.write_bytes(mutated)
        begun = time.process_time()
        try:
            found = got(path)
            if number_of_round is not None:
                clean(found)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            tally["uncaught"] += 1
            if verbose:
                traceback.print_exception(error, limit=-3)
            continue
        if time.process_time() - begun > SLOW:
            tally["slow"] += 1
        tally["told"] += bool(found.failures)
        if said := is_silent(kind, before, found, mutated, is_plain):
            tally["silent"] += 1
            if verbose:
                (
                    folder.parent / f"silent-{kind.name.replace(' ', '_').replace('/', '_')}-{number}-{kind.file}"
                ).write_bytes(mutated)
                print(f"  {kind.name} {number}: {said}", file=sys.stderr)
    path.unlink()
    return tally


@dataclass(frozen=True, slots=True)
class Task:
    """Mutations of one kind, for a process of its own."""

    name: str
    count: int
    verbose: bool
    number_of_round: int | None = None
    end: float = math.inf
    """When it is no more worth beginning, by the clock of `time.monotonic`"""


def done(task: Task) -> Counter[str] | None:
    """What the mutations of a task came to; None where the time is over."""
    if time.monotonic() >= task.end:
        return None
    with tempfile.TemporaryDirectory() as temporary:
        (folder := Path(temporary) / "in").mkdir()
        tally = torture(KINDS[task.name], task.count, folder, task.verbose, task.number_of_round)
        if task.verbose:
            (kept := Path(tempfile.gettempdir()) / "mutations").mkdir(exist_ok=True)
            for path in Path(temporary).glob("silent-*"):
                (kept / path.name).write_bytes(path.read_bytes())
    return tally


def fuzz(processes: Executor, minutes: float, verbose: bool) -> bool:
    """Read and clean mutations of all kinds until the time is over; whether any was uncaught or slow."""
    end = time.monotonic() + 60 * minutes
    sums: Counter[str] = Counter()
    number_of_round = 0
    while time.monotonic() < end:
        number_of_round += 1
        tasks = [Task(name, FUZZED, verbose, number_of_round, end) for name, kind in KINDS.items() if not missing(kind)]
        for task, tally in zip(tasks, processes.map(done, tasks), strict=True):
            if tally is None:
                continue
            sums.update(tally, mutations=FUZZED)
            if wrong := [f"{tally[what]} {what}" for what in WRONG if tally[what]]:
                print(f"{task.name}, round {number_of_round}: {', '.join(wrong)}", flush=True)
    print(f"{sums['mutations']:,} mutations: " + ", ".join(f"{sums[what]} {what}" for what in WRONG))
    return any(sums[what] for what in FAILING)


def table(processes: Executor, names: Sequence[str], count: int, verbose: bool) -> bool:
    """Print what the mutations of some kinds came to; whether that is wrong for any of them."""
    print("| kind | mutations | failures told | silent | uncaught | slow |\n| --- | --- | --- | --- | --- | --- |")
    bad = 0
    for name in names:
        if library := missing(KINDS[name]):
            print(f"| {name} | {library} is not installed |")
    tasks = [Task(name, count, verbose) for name in names if not missing(KINDS[name])]
    for task, tally in zip(tasks, processes.map(done, tasks), strict=True):
        assert tally is not None
        bad += sum(tally[what] for what in FAILING) + (tally["silent"] > MAY_BE_SILENT * count)
        figures = " | ".join(f"{tally[key]:,}" for key in ("told", "silent", "uncaught", "slow"))
        print(f"| {task.name} | {count:,} | {figures} |", flush=True)
    return bool(bad)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="mutations of each kind")
    parser.add_argument("--kind", action="append", help="name of a kind; again for more")
    parser.add_argument("--all", action="store_true", help="all kinds, not only one or two of each format")
    parser.add_argument("--minutes", type=float, help="rounds of other mutations until the time is over")
    parser.add_argument("-v", "--verbose", action="store_true", help="print what is uncaught, keep what is silent")
    arguments = parser.parse_args()
    names = arguments.kind or (list(KINDS) if arguments.all else REPRESENTATIVES)
    with ProcessPoolExecutor() as processes:
        if arguments.minutes:
            is_bad = fuzz(processes, arguments.minutes, arguments.verbose)
        else:
            is_bad = table(processes, names, arguments.count, arguments.verbose)
    sys.exit(is_bad)


if __name__ == "__main__":
    main()
