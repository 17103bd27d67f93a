"""One program on the same paragraphs, in the environment it is installed in: prints what it took as JSON.

    python peer.py NAME paragraphs.jsonl

Every peer signs with 128 permutations (datatrove: its 112) of 5-word shingles, from texts, on one core; those that
have an index find pairs too, by what they recommend for a similarity of 0.7. For its peers, this file imports nothing
of ours.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections import defaultdict

os.environ.update(OMP_NUM_THREADS="1", RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")

WORD = re.compile(r"\w+")
K = 5
THRESHOLD = 0.7


def shingles(text):
    words = WORD.findall(text.lower())
    return [" ".join(words[at : at + K]) for at in range(max(1, len(words) - K + 1))]


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def memory(kind):
    """Bytes: `VmRSS` is what the process holds, `VmHWM` the most it ever held (its parent left aside)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(kind))


class Clock:
    """CPU seconds by step, and the memory they needed beyond that of the texts."""

    def __init__(self):
        self.steps = {}
        self.before = memory("VmRSS")

    def run(self, name, function):
        start = cpu()
        result = function()
        self.steps[name] = cpu() - start
        return result

    def memory(self):
        return memory("VmHWM") - self.before


def pairs_of_buckets(buckets):
    return {(a, b) for bucket in buckets for a in bucket for b in bucket if a < b}


def datasketch(texts, clock):
    from datasketch import MinHash, MinHashLSH

    made = clock.run("shingle", lambda: [[s.encode() for s in shingles(text)] for text in texts])
    signed = clock.run("sign", lambda: MinHash.bulk(made, num_perm=128))

    def find():
        index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
        for number, signature in enumerate(signed):
            index.insert(number, signature)
        return {(b, a) for a, signature in enumerate(signed) for b in index.query(signature) if b < a}

    return clock.run("find", find)


def rensa(texts, clock):
    from rensa import RMinHash, RMinHashLSH

    made = clock.run("shingle", lambda: [shingles(text) for text in texts])
    signed = clock.run("sign", lambda: RMinHash.from_token_sets(made, num_perm=128, seed=42))

    def find():
        index = RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=16)
        index.insert_pairs(enumerate(signed))
        found = index.query_all(signed)
        return {(b, a) for a, others in enumerate(found) for b in others if b < a}

    return clock.run("find", find)


def gaoya(texts, clock):
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, THRESHOLD, 25, 5, None, "word", True, (K, K), "smallvec")

    def sign():
        for number, text in enumerate(texts):
            index.insert_document(number, text)

    clock.run("sign", sign)
    return clock.run("find", lambda: {(b, a) for a, text in enumerate(texts) for b in index.query(text) if b < a})


def fastsketchlsh(texts, clock):
    from FastSketchLSH import FastSimilaritySketch

    made = clock.run("shingle", lambda: [shingles(text) for text in texts])
    clock.run("sign", lambda: FastSimilaritySketch(128).batch(made, num_threads=1))


def fast_dedup(texts, clock):
    """It gives no signature and has no index: two texts are compared by themselves."""
    from fast_dedup import MinHash

    def sign(own):
        made = MinHash(128)
        for shingle in own:
            made.update(shingle)
        return made

    made = clock.run("shingle", lambda: [shingles(text) for text in texts])
    clock.run("sign", lambda: [sign(own) for own in made])


def text_dedup(texts, clock):
    import numpy as np
    from text_dedup.minhash import embed_func
    from text_dedup.utils import optimal_param, xxh3_32hash

    bands, rows = optimal_param(THRESHOLD, 128)
    random = np.random.RandomState(42)
    prime = np.uint64((1 << 61) - 1)
    options = {
        "num_perm": 128, "ngram_size": K, "min_length": 0, "hash_func": xxh3_32hash, "dtype": np.uint64,
        "hashranges": [(band * rows, (band + 1) * rows) for band in range(bands)], "modulo_prime": prime,
        "permutations": (random.randint(1, prime, 128, np.uint64), random.randint(0, prime, 128, np.uint64)),
        "max_hash": np.uint64((1 << 32) - 1),
    }  # fmt: skip
    signed = clock.run("sign", lambda: [embed_func(text, i, **options) for i, text in enumerate(texts)])

    def find():
        buckets = defaultdict(list)
        for row in signed:
            for band, value in enumerate(row["__signatures__"]):
                buckets[band, value].append(row["__index_level_0__" if "__index_level_0__" in row else list(row)[1]])
        return pairs_of_buckets(buckets.values())

    return clock.run("find", find)


def datatrove(texts, clock):
    import tempfile

    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature

    config = MinhashConfig(n_grams=K)
    with tempfile.TemporaryDirectory() as folder:
        step = MinhashDedupSignature(folder, config)
        made = clock.run("shingle", lambda: [step.get_shingles(text) for text in texts])
        signed = clock.run("sign", lambda: [step.get_signature(own) if own.size else None for own in made])

    def find():
        buckets = defaultdict(list)
        for number, signature in enumerate(signed):
            for band, values in enumerate(signature or ()):
                buckets[band, tuple(values)].append(number)
        return pairs_of_buckets(buckets.values())

    return clock.run("find", find)


def daft(texts, clock):
    import daft as library
    from daft import col

    frame = library.from_pydict({"number": list(range(len(texts))), "text": texts})
    text = col("text").normalize(remove_punct=True, lowercase=True, white_space=True)
    expression = text.minhash(num_hashes=128, ngram_size=K)
    clock.run("sign", lambda: frame.select(expression.alias("signature")).collect())


def semhash(texts, clock):
    from semhash import SemHash

    made = clock.run("sign", lambda: SemHash.from_records(records=texts))
    clock.run("find", lambda: made.self_deduplicate(threshold=0.9))


def pipeline(texts, clock):
    """What `clean` runs: the same stages, on one pack of these texts."""
    from pipeline.config import Config
    from pipeline.match import settings
    from pipeline.match import texts as matching
    from pipeline.match.core import sketch

    matching.near_duplicates(texts[:100], THRESHOLD)  # load what is loaded once
    signing = settings.signing(Config(), "paragraph")
    clock.before = memory("VmRSS")
    clock.run("sign", lambda: sketch.sketch(texts, signing))
    found = clock.run("all", lambda: matching.near_duplicates(texts, THRESHOLD))
    return pairs_of_near(found)


def pipeline_numpy(texts, clock):
    """The same where nothing was compiled."""
    from pipeline import native

    native.kernels = None
    return pipeline(texts, clock)


def pairs_of_near(found):
    """Return all pairs of texts that are alike: those of representatives, and of their exact copies."""
    groups = defaultdict(list)
    for number, first in enumerate(found.representative.tolist()):
        groups[first].append(number)
    pairs = {
        (min(a, b), max(a, b))
        for one, two in zip(found.a.tolist(), found.b.tolist(), strict=True)
        for a in groups[one]
        for b in groups[two]
    }
    return pairs | pairs_of_buckets(groups.values())


PEERS = {
    "datasketch": datasketch,
    "datatrove": datatrove,
    "text-dedup": text_dedup,
    "FastSketchLSH": fastsketchlsh,
    "fast-dedup": fast_dedup,
    "rensa": rensa,
    "gaoya": gaoya,
    "daft": daft,
    "semhash": semhash,
    "pipeline": pipeline,
    "pipeline-numpy": pipeline_numpy,
}


def main():
    name, path = sys.argv[1:]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with open(path, encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    clock = Clock()
    start = time.perf_counter()
    pairs = PEERS[name](texts, clock)
    print(
        json.dumps(
            {
                "texts": len(texts),
                "steps": clock.steps,
                "wall": time.perf_counter() - start,
                "memory": clock.memory(),
                "pairs": sorted(pairs) if pairs is not None else None,
            }
        )
    )


if __name__ == "__main__":
    main()
