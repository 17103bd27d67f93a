"""python -m bench.scale.driver [--shards 1000 10000] [--steps read copies ...] [--data FOLDER] [--folder FOLDER]

What the first process of a run holds, and how much of its time it takes, with so many shards of 2 MB, whoever does the work.
A corpus of some real shards is cleaned by the program itself; what each step gave the first process is then given to it over
and over, as that of other documents, and nothing of the work itself is done. Every step has a process of its own.

    read      what became of each shard and each file
    copies    sketches of whole documents as they were read, candidates among them
    exchange  where the rows of seeds of each shard lie, for each partition
    compare   sketches of documents and paragraphs, candidates and clusters; no pairs but copies, no passages
    finish    what the report needs of each document
    write     records copied into OUT: of the real shards alone, since it is the same for each
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from msgspec.structs import replace

from bench import shared
from bench.scale import corpus
from bench.scale.__main__ import ROOT
from pipeline.config import Config, code_fingerprint
from pipeline.corpus import packs, plan, stages
from pipeline.corpus.cache import CachedShard
from pipeline.corpus.engines import spill
from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.engines.local import Processes
from pipeline.corpus.progress import Progress
from pipeline.corpus.table import Table
from pipeline.match import compare, hits
from pipeline.match.core.verify import Overlap
from pipeline.match.pairs import _Verified
from pipeline.match.passage_rows import SharedPassages
from pipeline.match.workspace import Workspace
from pipeline.read import files, reading
from pipeline.read.entry import Entry
from pipeline.write.formats import RecordFiles
from pipeline.write.report.gather import Tally

REAL_BYTES = 16_000_000
WORKERS = 1000
"""Of the cluster that is imagined"""
CONFIG = Config()


class Figures(NamedTuple):
    """What a step took of the first process."""

    cpu: float
    """seconds"""
    held: int
    """bytes, when it was done"""
    peak: int
    """bytes"""


@dataclass(frozen=True, slots=True)
class Real:
    """What a run over some shards gave the first process."""

    results: Mapping[str, list[bytes]]
    """By step, a pickle for each item"""
    texts: list[Path]
    """Packs of the documents as they were read"""
    cleaned: list[Path]
    documents: int
    paragraphs: int
    words: int


class Recorder:
    """An engine that writes down what its steps give."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.workers = engine.workers
        self.results: dict[str, list[bytes]] = {}

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        kept = self.results.setdefault(_name(function), [])
        for result in self._engine.map(function, items):
            kept.append(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
            yield result

    def exchange(self, *arguments: Any) -> Iterator[Any]:
        return self._engine.exchange(*arguments)


class Replay:
    """An engine of a cluster that does nothing: it gives what a real run gave, as so many shards would."""

    workers = WORKERS

    def __init__(self, results: Mapping[str, list[bytes]]) -> None:
        self._results = results

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        if not len(items):
            return iter(())
        name = _name(function)
        if name in NOTHING:
            return (NOTHING[name]() for _ in items)
        kept, other = self._results[name], OTHERS.get(name, _as_it_is)
        return (other(pickle.loads(kept[i % len(kept)]), i // len(kept)) for i in range(len(items)))

    def exchange(self, *_: Any) -> Iterator[Any]:
        return iter(())


def _name(function: Callable[[Any], Any]) -> str:
    """A step, by its function; words are a part of only one of the two that sketch."""
    own = getattr(function, "func", function)
    return own.__name__ + ("-words" if own.__name__ == "_digest" and function.args[2] else "")  # type: ignore[attr-defined]


def _salt(replica: int) -> int:
    """What tells the documents of a replica from those of others; 0 for the real ones."""
    return int.from_bytes(hashlib.blake2b(str(replica).encode(), digest_size=8).digest(), "big") if replica else 0


def _as_it_is(result: Any, _: int) -> Any:
    return result


def _other_inputs(result: list[CachedShard], replica: int) -> list[CachedShard]:
    return [
        replace(
            one,
            stem=one.stem.with_name(f"{one.stem.name}{replica:08}"),
            outcomes=tuple(replace(own, source=f"{replica:08}/{own.source}") for own in one.outcomes),
        )
        for one in result
    ]


def _other_texts(result: Any, replica: int) -> Any:
    salt = _salt(replica)
    for sketches in result.sketches.values():
        sketches.fingerprint[:] ^= np.uint64(salt)
        sketches.keys[:] ^= np.uint32(salt & 0xFFFFFFFF)
    return result


def _other_records(result: tuple[stages.Finished, Tally], replica: int) -> tuple[stages.Finished, Tally]:
    part, tally = result
    salt = _salt(replica)
    tally.sample.listed = [
        one._replace(id=f"{int(one.id[:16], 16) ^ salt:016x}{one.id[16:]}", source=f"{replica:08}/{one.source}")
        for one in tally.sample.listed
    ]
    ids = np.array(tally.index.id, dtype=np.uint64) ^ np.uint64(salt)
    tally.index.id[:] = type(tally.index.id)("Q", ids.tolist())
    return replace(part, path=part.path.with_name(f"{replica:08}{part.path.name}")), tally


def _none_alike() -> _Verified:
    none = np.empty(0, dtype=np.int64)
    return _Verified(none, Overlap(none, none, none), none.astype(np.uint8))


def _empty_file() -> Path:
    """Stands for texts of pairs, which nobody reads."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        return Path(file.name)


OTHERS: dict[str, Callable[[Any, int], Any]] = {
    "judge_shard": _other_inputs,
    "_digest": _other_texts,
    "_digest-words": _other_texts,
    "finish": _other_records,
}
NOTHING: dict[str, Callable[[], Any]] = {
    "_write": _empty_file,
    "_verify": _none_alike,
    "packed": bytes,
}


def _read(real: Real, shards: int, folder: Path) -> Any:
    entries = [Entry(f"{i:08}.jsonl", f"/crawl/{i:08}.jsonl", plan.SHARD_BYTES - 100_000) for i in range(shards)]
    options = reading.options_of(CONFIG)
    return plan.judge_shards(Replay(real.results), entries, options, CONFIG, folder, Progress())


def _copies(real: Real, shards: int, folder: Path) -> Any:
    return compare.copy_groups(_repeated(real.texts, shards), Replay(real.results), CONFIG, folder)


def _exchange(real: Real, shards: int, folder: Path) -> Any:
    rows = real.words // len(real.cleaned)
    count = partitions(hits._ROW * rows * shards, WORKERS)

    def run(_: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        if len(items) and isinstance(items[0], tuple):  # where rows were spilled to
            return (np.linspace(0, rows, count + 1).astype(np.uint32) for _ in items)
        return iter(items)

    def emit(_: int) -> Table:
        return {}

    return sum(1 for _ in spill.exchange(run, WORKERS, folder, emit, range(shards), "hash", count, len))


def _compare(real: Real, shards: int, folder: Path) -> Any:
    def nothing(space: Workspace, *_: Any) -> SharedPassages:
        """Stands for `passages_of`."""
        found = SharedPassages.of(space.folder)
        for column in found.columns:
            column.path.touch()
        return found

    with patch.object(compare, "passages_of", nothing):
        return compare.compare(_repeated(real.cleaned, shards), Replay(real.results), CONFIG, folder)


def _finish(real: Real, shards: int, _: Path) -> Any:
    def finish(_: int) -> None:
        """Stands for that of the plan."""

    return plan.gathered(Replay(real.results).map(finish, range(shards)))


def _write(real: Real, shards: int, folder: Path) -> Any:
    made = [pickle.loads(one)[0] for one in real.results["finish"]]
    # What is written goes away: copies of it
    finished = [replace(one, path=Path(shutil.copy(one.path, folder))) for one in made]
    cleaned = packs.Packs(real.cleaned)
    done = plan.Done([], cleaned, cleaned.order(), None, finished, Tally(), 0, frozenset(), 0, None)  # type: ignore[arg-type]
    with RecordFiles(folder, "documents") as documents, RecordFiles(folder, "removed") as removed:
        for document, edits in done.records():
            documents.write_lines(document)
            removed.write_lines(edits)


STEPS: dict[str, Callable[[Real, int, Path], Any]] = {
    "read": _read,
    "copies": _copies,
    "exchange": _exchange,
    "compare": _compare,
    "finish": _finish,
    "write": _write,
}


def _repeated(paths: Sequence[Path], shards: int) -> list[Path]:
    return [paths[i % len(paths)] for i in range(shards)]


def _measured(name: str, results: Path, shards: int, folder: Path) -> Figures:
    """What a step takes, in this process, which has done nothing yet."""
    real: Real = pickle.loads(results.read_bytes())
    scratch = Path(tempfile.mkdtemp(dir=folder))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    before, all_before = _status("RssAnon"), _status("VmRSS")
    begun = time.process_time()
    store = real.cleaned[-1].parent
    left = set(store.iterdir())
    kept = STEPS[name](real, shards, scratch)
    figures = Figures(time.process_time() - begun, _status("RssAnon") - before, _status("VmHWM") - all_before)
    del kept
    shutil.rmtree(scratch)
    for path in set(store.iterdir()) - left:  # what is kept for a next run is none of the next measurement's
        path.unlink()
    return figures


def _status(name: str) -> int:
    """Bytes of memory of this process, as the kernel calls them."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _real(folder: Path, data: Path) -> Path:
    """Clean some real shards, and write down what the steps gave."""
    source = folder / "driver-corpus"
    corpus.write(source, "text", REAL_BYTES, data)
    kept = folder / "driver"
    results = kept / f"results-{code_fingerprint()}"
    if results.exists():
        return results
    shutil.rmtree(kept, ignore_errors=True)
    place = plan.Folders(kept / "store", kept / "scratch")
    for one in place:
        one.mkdir(parents=True)
    entries = files.find([str(source)], kept / "out")
    with Processes(2, place.scratch, CONFIG.limits) as engine:
        recorder = Recorder(engine)
        done = plan.run(recorder, entries, reading.options_of(CONFIG), CONFIG, place, Progress())
    read = [one for result in recorder.results["judge_shard"] for one in pickle.loads(result)]
    digests = map(pickle.loads, recorder.results["_digest-words"])
    real = Real(
        {name: recorder.results[name] for name in OTHERS},
        [one.texts for one in read],
        list(done.packs.paths),
        len(done.packs),
        int(done.packs.first_paragraph[-1]),
        sum(int(one.sizes.sum()) for one in digests),
    )
    results.write_bytes(pickle.dumps(real))
    return results


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench.scale.driver")
    parser.add_argument("--shards", nargs="+", type=int, default=[1000, 10_000])
    parser.add_argument("--steps", nargs="+", choices=list(STEPS), default=list(STEPS))
    shared.add_option(parser)
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench" / "scale", help="for the corpus and its output")
    given = parser.parse_args(arguments)
    shared.end_without(given.data)
    results = _real(given.folder, given.data)
    real: Real = pickle.loads(results.read_bytes())
    count = len(real.cleaned)
    print(
        f"{count} real shards; each has {real.documents / count:.0f} documents, {real.paragraphs / count:.0f} paragraphs, "
        f"{real.words / count:.0f} words",
        flush=True,
    )
    del real
    for name in given.steps:
        for shards in [count] if name == "write" else given.shards:
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                took = pool.submit(partial(_measured, name, results, shards, given.folder)).result()
            memory = f"held {took.held / 1e6:8.1f} MB  at the peak {took.peak / 1e6:8.1f} MB"
            of_each = f"{1000 * took.cpu / shards:7.2f} ms, {took.peak / shards / 1e3:8.2f} kB at the peak"
            print(f"{name:9} {shards:>7} shards  CPU {took.cpu:8.1f} s  {memory}  a shard {of_each}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
