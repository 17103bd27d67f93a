"""Peers doing the job, run in environments of their own.

python peer.py c4|justext|trafilatura|datatrove text|html IN OUT WORKERS

IN is a folder of JSON Lines with the fields `id`, `url` and `text` or `html`. Into OUT goes `documents.jsonl` with `id`
and `text` of what passes the filters, and with `copy`: whether it was found to be a near-copy of another.

The first three are the scripts that are written in an afternoon: an extractor, then MinHashLSH of datasketch over the
paragraphs of all pages.
"""

from __future__ import annotations

import html
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

THRESHOLD = 0.7
PARAGRAPH_WORDS = 10
SHINGLE = 5
PERMUTATIONS = 128

C4_WORDS = 5
C4_ENDS = (".", "!", "?", '"', "\u201d")
C4_UNWANTED = (
    "javascript",
    "lorem ipsum",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def _c4() -> Callable[[str], str]:
    """The rules for lines by which the corpus C4 was made."""

    def is_kept(line: str) -> bool:
        if not line.endswith(C4_ENDS) or line.endswith("...") or len(line.split()) < C4_WORDS:
            return False
        lower = line.lower()
        return not any(unwanted in lower for unwanted in C4_UNWANTED)

    return lambda text: "\n".join(line for line in map(str.strip, text.splitlines()) if is_kept(line))


def _justext() -> Callable[[str], str]:
    import justext

    stop_words = justext.get_stoplist("English")

    def extract(page: str) -> str:
        paragraphs = justext.justext(page.encode(), stop_words, encoding="utf-8")
        return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)

    return extract


def _trafilatura() -> Callable[[str], str]:
    import trafilatura

    return lambda page: trafilatura.extract(page) or ""


EXTRACTORS = {"c4": _c4, "justext": _justext, "trafilatura": _trafilatura}
PLAIN = ("c4",)
"""Those that take plain text as it is; the others are given its lines as paragraphs of a page."""


@cache
def _extractor(name: str) -> Callable[[str], str]:
    return EXTRACTORS[name]()


def script(name: str, kind: str, source: Path, out: Path, workers: int) -> None:
    """An extractor for each page, by all workers; then MinHashLSH over the paragraphs of all."""
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    seen = 0
    pages = _pages(kind, source, is_wrapped=kind == "text" and name not in PLAIN)
    with (out / "documents.jsonl").open("w", encoding="utf-8") as documents, _pool(workers) as each:
        for identity, text, minhashes in each(partial(_signed, name), pages):
            copied = 0
            for minhash in minhashes:
                copied += bool(lsh.query(minhash))
                lsh.insert(seen, minhash, check_duplication=False)
                seen += 1
            is_copy = 2 * copied > len(minhashes)
            print(json.dumps({"id": identity, "text": text, "copy": is_copy}), file=documents)


@contextmanager
def _pool(workers: int) -> Iterator[Callable[..., Iterator[tuple[str, str, list[Any]]]]]:
    """A `map` over as many processes; one worker is this process, as nobody would start another one for it."""
    if workers == 1:
        yield map
        return
    with Pool(workers) as pool:
        yield lambda function, items: pool.imap(function, items, chunksize=16)


def _pages(kind: str, source: Path, *, is_wrapped: bool) -> Iterator[tuple[str, str]]:
    for row in _rows(source):
        yield row["id"], _wrapped(row[kind]) if is_wrapped else row[kind]


def _wrapped(text: str) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return f"<html><body><article>{lines}</article></body></html>"


def _signed(name: str, page: tuple[str, str]) -> tuple[str, str, list[Any]]:
    from datasketch import MinHash

    identity, content = page
    text = _extractor(name)(content)
    minhashes = []
    for paragraph in text.splitlines():
        words = paragraph.lower().split()
        if len(words) >= PARAGRAPH_WORDS:
            shingles = {" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)}
            minhash = MinHash(PERMUTATIONS)
            minhash.update_batch(shingles)
            minhashes.append(minhash)
    return identity, text, minhashes


def datatrove(kind: str, source: Path, out: Path, workers: int) -> None:
    """datatrove's usual pipeline: extractor, line and quality filters, then MinHash in four stages."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.filters import C4QualityFilter, GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig()

    def stage(name: str, pipeline: list[object], tasks: int) -> None:
        logs = str(out / "logs" / name)
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(tasks, workers), logging_dir=logs).run()

    extract = [Trafilatura(favour_precision=False)] if kind == "html" else []
    reader = JsonlReader(str(source), text_key=kind, glob_pattern="*.jsonl")
    filters = [C4QualityFilter(), GopherRepetitionFilter(), GopherQualityFilter()]
    kept, found = str(out / "kept"), [str(out / name) for name in ("signatures", "buckets", "removed")]
    stage("filter", [reader, *extract, *filters, JsonlWriter(kept, compression=None)], workers)
    again = JsonlReader(kept)
    stage("sign", [again, MinhashDedupSignature(found[0], config=config)], workers)
    stage("buckets", [MinhashDedupBuckets(found[0], found[1], config=config)], config.num_buckets)
    stage("cluster", [MinhashDedupCluster(found[1], found[2], config=config)], 1)
    final = JsonlWriter(str(out / "final"), compression=None)
    stage("write", [again, MinhashDedupFilter(found[2]), final], workers)
    unique = {row["id"] for row in _rows(out / "final")}
    with (out / "documents.jsonl").open("w", encoding="utf-8") as documents:
        for row in _rows(out / "kept"):
            print(json.dumps({"id": row["id"], "text": row["text"], "copy": row["id"] not in unique}), file=documents)


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    program, kind, source, out, workers = sys.argv[1:]
    Path(out).mkdir(parents=True)
    if program == "datatrove":
        datatrove(kind, Path(source), Path(out), int(workers))
    else:
        script(program, kind, Path(source), Path(out), int(workers))
