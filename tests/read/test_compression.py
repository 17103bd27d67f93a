"""Compressed inputs: whole, cut, damaged, padded, and larger than they should be."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import zstandard as libraries
from pipeline.read import compression
from tests.read.samples import read, saved

TEXT = b"".join(b"Line %d of a page that goes on, and says %d.\n" % (i, i * i) for i in range(2000))


def zstandard(data: bytes) -> bytes:
    library = libraries.zstandard()
    result: bytes = library.compress(data, options={library.CompressionParameter.checksum_flag: 1})
    return result


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard,
}
KINDS = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstandard"}
every = pytest.mark.parametrize("suffix", COMPRESS)


@every
def test_decompressed_by_content_whatever_the_name(tmp_path: Path, suffix: str) -> None:
    data = COMPRESS[suffix](TEXT)
    for name in (f"page.txt.{suffix}", "page.txt", "page"):
        got = read(saved(tmp_path, name, data))
        assert [document.data for document in got.documents] == [TEXT]
        assert got.documents[0].source == name
        assert got.facts[0].bytes == len(data)
        assert not got.failures


@every
def test_what_compresses_badly_is_read_to_its_end(tmp_path: Path, suffix: str) -> None:
    """More than is read of a file at once, in which a buffer is filled to the brim now and then."""
    draw = random.Random(1)
    text = b"".join(b"%d\n" % draw.getrandbits(200) for _ in range(10_000))
    got = read(saved(tmp_path, "numbers.txt", COMPRESS[suffix](text)))
    assert [document.data for document in got.documents] == [text]
    assert not got.failures


@pytest.mark.parametrize("most", [1, 7, 4096, 65536])
@every
def test_read_through_buffers_of_any_size(suffix: str, most: int) -> None:
    draw = random.Random(2)
    text = bytes(draw.randrange(256) for _ in range(3000 if most < 100 else 300_000))
    stream = compression.Decompressed(io.BytesIO(COMPRESS[suffix](text)), KINDS[suffix])
    pieces = list(iter(lambda: stream.read(most), b""))
    assert b"".join(pieces) == text
    assert stream.problem is None


@every
def test_several_members_are_one_content(tmp_path: Path, suffix: str) -> None:
    data = COMPRESS[suffix](TEXT[:5000]) + COMPRESS[suffix](b"") + COMPRESS[suffix](TEXT[5000:])
    assert [document.data for document in read(saved(tmp_path, "page", data)).documents] == [TEXT]


@every
def test_a_cut_file_gives_what_could_be_read_and_a_failure(tmp_path: Path, suffix: str) -> None:
    data = COMPRESS[suffix](TEXT)
    got = read(saved(tmp_path, "page.txt", data[: len(data) - 5]))
    assert got.errors == ["truncated"]
    assert all(TEXT.startswith(document.data) for document in got.documents)


def test_a_damaged_gzip_file_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(TEXT))
    data[len(data) // 2] ^= 0xFF
    got = read(saved(tmp_path, "page.txt.gz", bytes(data)))
    assert got.errors == ["damaged"]
    assert len(got.documents[0].data) > len(TEXT) // 4
    assert TEXT.startswith(got.documents[0].data[: len(TEXT) // 4])


@every
def test_zeros_at_the_end_are_padding_but_anything_else_is_damage(tmp_path: Path, suffix: str) -> None:
    data = COMPRESS[suffix](TEXT)
    assert not read(saved(tmp_path, "padded", data + bytes(5000))).failures
    got = read(saved(tmp_path, "more", data + b"and more"))
    assert [document.data for document in got.documents] == [TEXT]
    assert got.errors == ["damaged"]


@every
def test_a_bomb_is_not_read_to_its_end(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MAX_EXPANDED", 1 << 20)
    data = COMPRESS[suffix](bytes(8 << 20))
    got = read(saved(tmp_path, "page.jsonl", data), file_format="jsonl")
    assert got.errors[-1] == "too-large"


def test_an_empty_member_is_an_empty_document(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "page.txt.gz", gzip.compress(b""))).texts == [""]


@pytest.mark.parametrize("text", ["BZh, said the bee.\n", "(\xb5 is a letter.\n", "\x1f\x8b", "\x1f\x8b\x08"])
def test_what_only_begins_like_compressed_data_never_raises(tmp_path: Path, text: str) -> None:
    got = read(saved(tmp_path, "page.txt", text.encode("latin-1")))
    assert got.documents or got.failures


@given(data=st.binary(max_size=200), suffix=st.sampled_from(sorted(COMPRESS)), cut=st.integers(0, 400))
def test_never_raises_and_never_invents(data: bytes, suffix: str, cut: int) -> None:
    whole = COMPRESS[suffix](data)
    kind = compression.kind(whole[:cut])
    if kind is not None:
        content, problem = compression.decompress(whole[:cut], kind, 1 << 20)
        assert data.startswith(content)
        assert (problem is None) == (cut >= len(whole))


@pytest.mark.parametrize(
    ("data", "errors"),
    [(b"\x1f\x8b\x08", ["damaged"]), (b"\x1f\xb6\x02\xff\x8d\x94MO" * 9, ["damaged"]), (b"A page.", [])],
)
def test_a_file_called_compressed_that_is_not_is_text_or_damaged(
    tmp_path: Path, data: bytes, errors: list[str]
) -> None:
    assert read(saved(tmp_path, "page.txt.gz", data)).errors == errors
