"""Signatures as datasketch's own objects, in its indexes."""

from __future__ import annotations

import os
import pickle
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import Config, clean, read_documents
from pipeline.match.core.shingle import shingle_hash32
from pipeline.match.export import Hash, insert_all, lean_minhashes, minhashes
from tests.conftest import ROOT, pipeline
from tests.judge.test_templates import write
from tests.match.core.test_sign import plain_shingles
from tests.match.core.texts import EDITS, SIGNING, prose

datasketch = pytest.importorskip("datasketch")

TEXTS = [prose(random.Random(seed), 50) for seed in range(20)] + ["", "two words"]


@pytest.mark.parametrize("hashed", ["native", "sha1"])
def test_objects_equal_those_made_by_datasketch(hashed: Hash) -> None:
    hashfunc = {"hashfunc": shingle_hash32} if hashed == "native" else {}
    for text, made, lean in zip(
        TEXTS, minhashes(TEXTS, SIGNING, hashed), lean_minhashes(TEXTS, SIGNING, hashed), strict=True
    ):
        expected = datasketch.MinHash(num_perm=128, seed=1, scheme="affine32", **hashfunc)
        expected.update_batch(plain_shingles(text, 5))
        assert made == expected
        assert lean == datasketch.LeanMinHash(expected)
        made.update(b"one more shingle")
        expected.update(b"one more shingle")
        assert made == expected


def test_an_index_of_datasketch_finds_ours() -> None:
    rng = random.Random(4)
    index = datasketch.MinHashLSH(threshold=0.7, num_perm=128, params=(32, 4))
    insert_all(index, [f"text {number}" for number in range(len(TEXTS))], TEXTS, SIGNING)
    assert "text 20" not in index  # the one without words
    query = next(minhashes([EDITS["one word"](rng, TEXTS[7])], SIGNING))
    assert index.query(query) == ["text 7"]


@pytest.fixture
def redis_port(tmp_path: Path) -> Iterator[int]:
    """A Redis server of its own on the loopback interface, kept in memory only."""
    server = shutil.which("redis-server")
    try:
        import redis
    except ImportError:
        redis = None
    if server is None or redis is None:
        missing = "redis-server" if server is None else "the Python package redis"
        if "redis" in os.environ.get("PIPELINE_REQUIRE", "").split(","):
            pytest.fail(f"{missing} is not installed")
        pytest.skip(f"{missing} is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    process = subprocess.Popen([server, *options], stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port)
        for _ in range(200):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def test_the_example_of_the_docs_fills_redis_and_another_process_finds_it(redis_port: int) -> None:
    page = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")
    (example,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "redis" in block)
    example = example.replace("6379", str(redis_port))
    names = {"keys": [f"text {number}" for number in range(len(TEXTS))], "texts": TEXTS}
    exec(example, names)
    assert names["lsh"].query(next(minhashes([TEXTS[3]], SIGNING))) == ["text 3"]  # type: ignore[attr-defined]
    code = (
        f"keys, texts = [], []\n{example}\n"
        "import random\nfrom tests.match.core.texts import EDITS\nfrom tests.match.test_export import TEXTS\n"
        "query = EDITS['one word'](random.Random(4), TEXTS[7])\n"
        "print(lsh.query(next(minhashes([query], signing))), 'text 20' in lsh)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "['text 7'] False\n"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    texts = [text for text in TEXTS if text]
    source = write(tmp_path / "in", {"a.txt": texts[:8], "b.txt": texts[8:]})
    clean([source], tmp_path / "out", Config(extractor="none"))
    return tmp_path / "out"


def paragraphs(out: Path) -> dict[str, str]:
    """The paragraphs of five words and more, by their ids."""
    every = {
        document.paragraph_id(one): document.text[one.start : one.end]
        for document in read_documents(out)
        for one in document.blocks
    }
    return {name: text for name, text in every.items() if len(text.split()) >= 5}


def test_a_file_is_filled_with_an_output(out: Path, tmp_path: Path) -> None:
    done = pipeline("export", out, tmp_path / "index.pickle", "--to", "datasketch")
    assert done.returncode == 0, done.stderr
    known = paragraphs(out)
    assert len(known) >= 15
    assert done.stdout.decode().startswith(f"{len(known)} paragraphs -> MinHashLSH(num_perm=128, params=(32, 4))")
    index = pickle.loads((tmp_path / "index.pickle").read_bytes())
    for name, text in known.items():
        query = datasketch.MinHash(num_perm=128, scheme="affine32")
        query.update_batch(plain_shingles(text, 5))
        assert index.query(query) == [name]


def test_redis_is_filled_with_an_output_once(out: Path, redis_port: int) -> None:
    address = f"redis://127.0.0.1:{redis_port}/2?basename=news"
    for _ in range(2):
        done = pipeline("export", out, address, "--to", "datasketch", "--hash", "native")
        assert done.returncode == 0, done.stderr
    server = {"host": "127.0.0.1", "port": redis_port, "db": 2}
    storage = {"type": "redis", "basename": b"news", "redis": server}
    index = datasketch.MinHashLSH(num_perm=128, params=(32, 4), storage_config=storage)
    for name, text in paragraphs(out).items():
        assert index.query(next(minhashes([text], SIGNING))) == [name]


@pytest.mark.parametrize(
    ("target", "code", "says"),
    [
        ("redis://:secret@127.0.0.1:1/0", 4, "redis://127.0.0.1:1/0: "),
        ("redis://127.0.0.1:port/0", 2, "is no address of a Redis server; write redis://HOST:PORT/DB"),
        ("nowhere/index.pickle", 4, "nowhere/index.pickle: cannot be written: No such file"),
    ],
)
def test_a_target_that_cannot_be_written_is_one_sentence(out: Path, target: str, code: int, says: str) -> None:
    pytest.importorskip("redis")
    done = pipeline("export", out, target, "--to", "datasketch")
    assert done.returncode == code
    assert says in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert "secret" not in done.stderr.decode()


def test_a_lean_signature_survives_its_byte_format() -> None:
    made = next(lean_minhashes(TEXTS, SIGNING))
    buffer = bytearray(made.bytesize())
    made.serialize(buffer)
    assert datasketch.LeanMinHash.deserialize(buffer) == made


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from pipeline.match import export, index; from pipeline.match.core import passages, relation;"
        "assert not {'datasketch', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
