"""Whatever is done to a file: reading never raises, never stops at one bad member, and parts give what the whole gives."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.read.samples import Got, read, saved
from tests.read.test_archives import ARC
from tests.read.test_mail_and_books import book, message
from tests.read.test_same_records import FORMATS

TEXTS = [f"Story {i} of the day, which goes on for some words. " * (i + 1) for i in range(5)]
SAMPLES = [*FORMATS, "letters.mbox", "book.epub"]


@cache
def sample(name: str) -> bytes:
    """A small file of this kind."""
    if name == "news.arc":
        return b"".join(ARC)
    if name == "letters.mbox":
        return b"".join(b"From writer Mon May  6 07:08:09 2024\n" + message(i) + b"\n" for i in range(3))
    return book() if name == "book.epub" else FORMATS[name](TEXTS)


def check(path: Path, target: int) -> Got:
    whole, parts = read(path), read(path, target=target)
    assert (parts.documents, parts.failures) == (whole.documents, whole.failures)
    size = path.stat().st_size
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(facts.sha256, facts.bytes) for facts in whole.facts] == [(digest, size)]
    assert [facts.sha256 for facts in parts.facts] == [None] * (len(parts.facts) - 1) + [digest]
    assert sum(facts.bytes for facts in parts.facts) == size
    return whole


@pytest.mark.parametrize("name", SAMPLES)
def test_cut_anywhere(tmp_path: Path, name: str) -> None:
    data = sample(name)
    texts = [document.data for document in read(saved(tmp_path, name, data)).documents]
    for cut in range(0, len(data), max(1, len(data) // 40)):
        got = check(saved(tmp_path, name, data[:cut]), 500)
        whole = [document for document, text in zip(got.documents, texts, strict=False) if document.data == text]
        assert len(got.documents) - len(whole) <= 1, "at most the last document is cut"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@pytest.mark.parametrize("name", SAMPLES)
@given(
    place=st.integers(0, 1 << 20), length=st.integers(0, 40), put=st.binary(max_size=40), target=st.integers(50, 2000)
)
def test_damaged_anywhere(tmp_path: Path, name: str, place: int, length: int, put: bytes, target: int) -> None:
    data = sample(name)
    place %= len(data)
    check(saved(tmp_path, name, data[:place] + put + data[place + length :]), target)


@pytest.mark.parametrize(
    "file_format",
    [
        *("document", "jsonl", "json", "csv", "parquet", "arrow", "warc", "arc", "email", "epub", "mhtml", "press"),
        *("docx", "odt", "rtf", "pdf", "zip", "tar"),
    ],
)
@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\n", b"\xff\xfe", b"PAR1", b"ARROW1\0\0", b"{", b"[", b'"', b"PK\3\4", b"\x1f\x8b"]
)
def test_any_file_read_as_any_format(tmp_path: Path, file_format: str, data: bytes) -> None:
    got = read(saved(tmp_path, "file", data), file_format=file_format)
    assert len(got.facts) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.eml", b"From: a@b\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\nx\n--B\n"
         b"Content-Type: text/html\n\n" + b"<script" * 200_000 + b"\n--B--\n"),
        ("a.txt", b"Document " + b" " * 1_000_000 + b"\nDocument ABCDE00020210304eh3400001\n"),
        ("a.rtf", b"{\\rtf1{\\info{\\title " + b"\\a" * 1900 + b"}"),
        ("a.html", b'<div class="article enArticle">' + b"<script" * 200_000),
        ("a.csv", b"url,text\n" + b'"' * 300_001),
        ("a.json", b'{"articles":' * 900 + b"[]" + b"}" * 900),
        ("a.mbox", b"From x@y Thu Mar  4 08:00:00 2021\nSubject: x\n\n" + b"From " * 200_000 + b"\n" + b"\nFrom \n" * 100_000),
    ],
)  # fmt: skip
def test_what_would_take_the_square_of_its_length_does_not(tmp_path: Path, name: str, data: bytes) -> None:
    assert len(read(saved(tmp_path, name, data)).facts) == 1
