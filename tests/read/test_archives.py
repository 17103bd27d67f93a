"""WARC, WET and ARC: what is a document, and what is damaged."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import pytest

from pipeline.read import archive, archive_record
from pipeline.run import clean
from tests.read.samples import http, members, read, saved, sha1, warc

PAGES = [b"<html><body><p>Story %d, which goes on for a while. %s</p>" % (i, b"word " * i * i) for i in range(6)]
RECORDS = [warc(http(page), f"http://site.example/{i}") for i, page in enumerate(PAGES)]
INFO = warc(b"software: a crawler\r\n", kind="warcinfo")
WET = [warc(page, f"http://site.example/{i}", "conversion") for i, page in enumerate(PAGES)]


def data(path_of: Path, records: list[bytes], *, gz: bool = False, name: str = "crawl.warc") -> Path:
    return saved(path_of, name + ".gz" * gz, members(records) if gz else b"".join(records))


both = pytest.mark.parametrize("gz", [False, True])


@both
def test_a_document_a_page(tmp_path: Path, gz: bool) -> None:
    got = read(data(tmp_path, [INFO, *RECORDS], gz=gz))
    assert [document.data for document in got.documents] == PAGES
    assert got.numbers == [1, 2, 3, 4, 5, 6]
    assert got.documents[0].fields == {"url": "http://site.example/0", "media_type": "text/html", "charset": "utf-8"}
    assert got.skipped == {"warcinfo": 1}
    assert not got.failures


def test_a_record_keeps_its_id(tmp_path: Path) -> None:
    record = warc(http(b"<p>A page.</p>"), WARC_Record_ID="<urn:uuid:7a>")
    assert read(saved(tmp_path, "crawl.warc", record)).documents[0].fields["id"] == "<urn:uuid:7a>"


@both
def test_the_text_of_a_wet_file(tmp_path: Path, gz: bool) -> None:
    got = read(data(tmp_path, WET, gz=gz))
    assert [document.data for document in got.documents] == PAGES
    assert got.documents[0].fields == {"url": "http://site.example/0", "media_type": "text/plain", "charset": "utf-8"}


def test_one_gzip_member_for_all_records(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "crawl.warc.gz", gzip.compress(b"".join(RECORDS))))
    assert [document.data for document in got.documents] == PAGES


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (warc(b"GET / HTTP/1.1\r\n\r\n", kind="request"), "request"),
        (warc(b"", kind="revisit"), "revisit"),
        (warc(b"fetchTimeMs: 7\r\n", kind="metadata"), "metadata"),
        (warc(http(b"Not here", status="404 Not Found")), "http-404"),
        (warc(http(b"", "Location: /", status="301 Moved")), "http-301"),
        (warc(http(b"\x89PNG", media_type="image/png")), "image/png"),
        (warc(http(b"a { }", media_type="text/css")), "text/css"),
    ],
)
def test_what_is_no_page_is_counted_and_passed_over(tmp_path: Path, record: bytes, reason: str) -> None:
    got = read(data(tmp_path, [record, RECORDS[0]]))
    assert (got.numbers, got.skipped, got.failures) == ([1], {reason: 1}, [])


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("text/html; charset=ISO-8859-1", ("text/html", "ISO-8859-1")),
        ("application/xhtml+xml", ("text/html", None)),
        ("text/plain", ("text/plain", None)),
        ('TEXT/HTML ; Charset="koi8-r"', ("text/html", "koi8-r")),
        ("text/anything", (None, None)),
    ],
)
def test_media_types(tmp_path: Path, label: str, expected: tuple[str | None, str | None]) -> None:
    fields = read(data(tmp_path, [warc(http(PAGES[0], media_type=label))])).documents[0].fields
    assert (fields.get("media_type"), fields.get("charset")) == expected


@pytest.mark.parametrize(
    ("header", "encode"),
    [
        (
            "Transfer-Encoding: chunked",
            lambda body: b"5;x=y\r\n" + body[:5] + b"\r\n%x\r\n" % len(body[5:]) + body[5:] + b"\r\n0\r\n\r\n",
        ),
        ("Content-Encoding: gzip", gzip.compress),
        ("Content-Encoding: deflate", zlib.compress),
        ("Content-Encoding: gzip", lambda body: body),
        ("Transfer-Encoding: chunked", lambda body: body),
    ],
)
def test_what_was_coded_for_the_way_is_decoded_unless_the_crawler_has(tmp_path: Path, header: str, encode) -> None:  # type: ignore[no-untyped-def]
    got = read(data(tmp_path, [warc(http(encode(PAGES[3]), header))]))
    assert [document.data for document in got.documents] == [PAGES[3]]
    assert not got.failures


@pytest.mark.parametrize("length", ["ffffffffffffffff", "7fffffffffffffff", "fffff"])
def test_a_chunk_that_tells_too_great_a_length_costs_its_own_record(tmp_path: Path, length: str) -> None:
    body = b"5\r\n" + PAGES[2][:5] + b"\r\n" + length.encode() + b"\r\n" + PAGES[2][5:]
    lying = warc(http(body, "Transfer-Encoding: chunked"))
    got = read(data(tmp_path, [*RECORDS[:2], lying, *RECORDS[3:]]))
    assert [document.data for document in got.documents] == PAGES
    assert [(failure.source[-1], failure.error) for failure in got.failures] == [("2", "truncated")]


@both
def test_a_wrong_digest_is_a_failure_that_says_which_record(tmp_path: Path, gz: bool) -> None:
    wrong = warc(http(PAGES[2]), WARC_Block_Digest=sha1(b"something else"))
    got = read(data(tmp_path, [*RECORDS[:2], wrong, *RECORDS[3:]], gz=gz))
    assert [document.data for document in got.documents] == PAGES
    assert [(failure.source[-1], failure.error) for failure in got.failures] == [("2", "digest")]


def test_the_digest_of_a_payload_counts_too(tmp_path: Path) -> None:
    right, wrong = (
        warc(http(PAGES[0]), WARC_Block_Digest="", WARC_Payload_Digest=sha1(body)) for body in (PAGES[0], PAGES[1])
    )
    assert read(data(tmp_path, [right, wrong])).errors == ["digest"]


@both
@pytest.mark.parametrize(("told", "error"), [("10", "damaged"), ("100000", "damaged"), ("much", "damaged")])
def test_a_wrong_length_loses_no_other_record(tmp_path: Path, gz: bool, told: str, error: str) -> None:
    wrong = warc(http(PAGES[2]), Content_Length=told)
    got = read(data(tmp_path, [*RECORDS[:2], wrong, *RECORDS[3:]], gz=gz))
    assert set(got.numbers) >= {0, 1, 3, 4, 5}
    assert got.failures[0].source.endswith("#0000000002")
    assert got.errors[0] in (error, "truncated")


@both
def test_a_file_cut_in_the_middle(tmp_path: Path, gz: bool) -> None:
    whole = data(tmp_path, RECORDS, gz=gz).read_bytes()
    start = len(members(RECORDS[:3]) if gz else b"".join(RECORDS[:3]))
    got = read(saved(tmp_path, "cut.warc", whole[: start + len(members(RECORDS[3:4]) if gz else RECORDS[3]) - 30]))
    assert [document.data for document in got.documents[:3]] == PAGES[:3]
    assert PAGES[3].startswith(got.documents[3].data)
    assert [(failure.source, failure.error) for failure in got.failures] == [("cut.warc#0000000003", "truncated")]


def test_a_damaged_member_loses_no_other(tmp_path: Path) -> None:
    whole = bytearray(members(RECORDS))
    whole[len(members(RECORDS[:2])) + 40] ^= 0xFF
    got = read(saved(tmp_path, "crawl.warc.gz", bytes(whole)))
    assert set(got.numbers) >= {0, 1, 3, 4, 5}
    assert got.failures[0].source == "crawl.warc.gz#0000000002"


@both
@pytest.mark.parametrize("size", [10_001, 100_000])
def test_a_record_that_is_too_large_is_a_failure_and_loses_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gz: bool, size: int
) -> None:
    for module in (archive, archive_record):
        monkeypatch.setattr(module, "MAX_RECORD", 10_000)
    large = warc(http(b"<p>" + b"word " * size), "http://site.example/large")
    film = warc(http(b"x" * size, media_type="video/mp4"), "http://site.example/film")
    got = read(data(tmp_path, [*RECORDS[:2], large, film, *RECORDS[2:]], gz=gz))
    assert [document.data for document in got.documents] == PAGES
    assert got.errors == ["too-large"]
    assert "more than 0 MiB are not read" in got.failures[0].message
    assert got.skipped == {"video/mp4": 1}


def test_garbage_between_records_is_passed_over_with_a_failure(tmp_path: Path) -> None:
    got = read(data(tmp_path, [RECORDS[0], b"garbage\r\n" * 50, *RECORDS[1:]]))
    assert [document.data for document in got.documents] == PAGES
    assert got.errors == ["damaged"]


def test_a_page_that_the_crawler_cut(tmp_path: Path) -> None:
    got = read(data(tmp_path, [warc(http(PAGES[0]), WARC_Truncated="length")]))
    assert ([document.data for document in got.documents], got.errors) == ([PAGES[0]], ["truncated"])


@both
@pytest.mark.parametrize("target", [1, 300, 1000, 10_000])
def test_split_between_records(tmp_path: Path, gz: bool, target: int) -> None:
    wrong = warc(http(PAGES[2]), Content_Length="7")
    path = data(tmp_path, [INFO, *RECORDS, wrong, *RECORDS], gz=gz)
    whole, parts = read(path), read(path, target=target)
    assert (parts.documents, parts.failures) == (whole.documents, whole.failures)
    assert (parts.facts[-1].sha256, sum(part.bytes for part in parts.facts)) == (
        whole.facts[0].sha256,
        whole.facts[0].bytes,
    )
    if target == 1:
        assert len(parts.facts) >= 13


def _arc(page: bytes, url: str) -> bytes:
    block = http(page)
    return f"{url} 192.0.2.1 20010203040506 text/html {len(block)}\n".encode() + block + b"\n"


_ABOUT = b"1 0 Archive\nURL IP-address Archive-date Content-type Archive-length\n"
_FILEDESC = b"filedesc://crawl.arc 0.0.0.0 20010203040506 text/plain %d\n%s\n" % (len(_ABOUT), _ABOUT)
ARC = [_FILEDESC, *(_arc(page, f"http://site.example/a page/{i}") for i, page in enumerate(PAGES))]


@both
@pytest.mark.parametrize("target", [None, 300])
def test_arc(tmp_path: Path, gz: bool, target: int | None) -> None:
    got = read(data(tmp_path, ARC, gz=gz, name="crawl.arc"), target=target)
    assert [document.data for document in got.documents] == PAGES
    assert got.documents[0].fields["url"] == "http://site.example/a page/0"
    assert not got.failures


def test_a_cut_arc_file(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "crawl.arc", b"".join(ARC)[:-20]))
    assert [document.data for document in got.documents[:-1]] == PAGES[:-1]
    assert got.errors == ["truncated"]


def test_what_is_passed_over_is_counted_in_however_many_parts_an_archive_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest says the same of an input that is cleaned in one shard and in a shard for each record."""
    page = http(b"<h1>Tides</h1><p>High water is at noon on Friday, and the ferry leaves an hour later.</p>")
    gone = http(b"Gone.", status="404 Not Found")
    records = [warc(page), *[warc(b"GET / HTTP/1.1\r\n\r\n", kind="request"), warc(gone)] * 3, warc(gone)]
    path = saved(tmp_path, "crawl.warc", b"".join(records))
    told = []
    for size in (1 << 20, 1):
        monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", size)
        clean([path], tmp_path / f"out{size}", workers=0)
        (one,) = json.loads((tmp_path / f"out{size}" / "manifest.json").read_text())["inputs"]
        told.append(one)
    assert told[0]["passed_over"] == {"http-404": 4, "request": 3}
    assert told[0] == told[1]
