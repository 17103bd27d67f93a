"""Peers doing the job, run in environments of their own.

python peer.py datatrove|script text|html IN OUT WORKERS

IN is a folder of JSON Lines with the fields `id`, `url` and `text` or `html`. Into OUT goes `documents.jsonl` with `id`
and `text` of what passes the filters, and with `copy`: whether it was found to be a near-copy of another.
"""

from __future__ import annotations

import html
import json
import os
import sys
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

THRESHOLD = 0.7
PARAGRAPH_WORDS = 10
SHINGLE = 5
PERMUTATIONS = 128


def script(kind: str, source: Path, out: Path, workers: int) -> None:
    """What is written in an afternoon: trafilatura for each page, then MinHashLSH over the paragraphs of all."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    seen = 0
    with (out / "documents.jsonl").open("w", encoding="utf-8") as documents, Pool(workers) as pool:
        for identity, text, hashes in pool.imap(_extract, _pages(kind, source), chunksize=16):
            copied = 0
            for values in hashes:
                minhash = MinHash(hashvalues=values, scheme="affine32")
                copied += bool(lsh.query(minhash))
                lsh.insert(seen, minhash, check_duplication=False)
                seen += 1
            is_copy = 2 * copied > len(hashes)
            print(json.dumps({"id": identity, "text": text, "copy": is_copy}), file=documents)


def _pages(kind: str, source: Path) -> Iterator[tuple[str, str]]:
    for row in _rows(source):
        yield row["id"], row["html"] if kind == "html" else _wrapped(row["text"])


def _wrapped(text: str) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return f"<html><body><article>{lines}</article></body></html>"


def _extract(page: tuple[str, str]) -> tuple[str, str, list[object]]:
    import trafilatura
    from datasketch import MinHash

    identity, markup = page
    text = trafilatura.extract(markup) or ""
    hashes = []
    for paragraph in text.splitlines():
        words = paragraph.lower().split()
        if len(words) >= PARAGRAPH_WORDS:
            shingles = {" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)}
            minhash = MinHash(PERMUTATIONS)
            minhash.update_batch(shingles)
            hashes.append(minhash.hashvalues)
    return identity, text, hashes


def datatrove(kind: str, source: Path, out: Path, workers: int) -> None:
    """datatrove's usual pipeline: extractor, line and quality filters, then MinHash in four stages."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.filters import C4QualityFilter, GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.match.core import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.match.core.minhash import MinhashConfig, MinhashDedupBuckets
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
    {"script": script, "datatrove": datatrove}[program](kind, Path(source), Path(out), int(workers))
