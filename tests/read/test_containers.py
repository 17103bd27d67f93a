"""Archives of files: their members are inputs, and no member can do harm."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.read import members as bounds
from pipeline.read.formats import zip as zips
from tests.read.samples import http, members, read, saved, warc

FILES = {
    "a/page.html": b"<p>A page.</p>",
    "a/news.jsonl": b'{"text": "One."}\n{"text": "Two."}\n',
    "./b.txt": "Zürich.".encode(),
    ".hidden": b"no",
    "__MACOSX/b.txt": b"no",
}
SOURCES = ["#a/page.html", "#a/news.jsonl#0000000000", "#a/news.jsonl#0000000001", "#b.txt"]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w", form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


ARCHIVES = {
    "files.zip": lambda: zipped(FILES),
    "files.tar": lambda: tarred(FILES),
    "files.tgz": lambda: tarred(FILES, "w:gz"),
    "files.tar.bz2": lambda: tarred(FILES, "w:bz2"),
    "files.tar.xz": lambda: tarred(FILES, "w:xz", tarfile.GNU_FORMAT),
    "files": lambda: tarred(FILES, form=tarfile.USTAR_FORMAT),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_are_inputs(tmp_path: Path, name: str) -> None:
    got = read(saved(tmp_path, name, ARCHIVES[name]()))
    assert [document.source for document in got.documents] == [name + source for source in SOURCES]
    assert got.texts == ["<p>A page.</p>", "One.", "Two.", "Zürich."]
    assert got.skipped == {"hidden file": 2}
    assert not got.failures


def test_a_zip_archive_is_read_in_parts(tmp_path: Path) -> None:
    path = saved(tmp_path, "files.zip", zipped({f"{i}.txt": b"Page %d." % i for i in range(20)}, zipfile.ZIP_STORED))
    whole, parts = read(path), read(path, target=40)
    assert parts.documents == whole.documents
    assert len(parts.facts) == 4 or len(parts.facts) > 2


def test_archives_inside_archives(tmp_path: Path) -> None:
    inner = zipped({"news.jsonl": b'{"text": "Deep."}\n'})
    got = read(saved(tmp_path, "outer.tar", tarred({"inner.zip": inner, "flat.txt": b"Flat."})))
    assert [document.source for document in got.documents] == [
        "outer.tar#inner.zip#news.jsonl#0000000000",
        "outer.tar#flat.txt",
    ]
    data = b"Deepest."
    for _ in range(bounds.MAX_DEPTH + 3):
        data = zipped({"a.zip" if data[:2] == b"PK" else "a.txt": data})
    got = read(saved(tmp_path, "deep.zip", data))
    assert (got.documents, got.errors) == ([], ["nested"])


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(("inside", "errors"), [(4, []), (5, ["nested"])])
def test_archives_inside_an_archive_are_read_four_deep(
    tmp_path: Path, make: Callable[[dict[str, bytes]], bytes], inside: int, errors: list[str]
) -> None:
    data = make({"a.txt": b"Deepest."})
    for _ in range(inside):
        data = make({"inner.bin": data})
    got = read(saved(tmp_path, "outer.bin", data))
    assert (got.errors, got.texts) == (errors, [] if errors else ["Deepest."])
    # The failure is called by the file that is not read.
    assert [one.source for one in got.failures] == ["outer.bin" + "#inner.bin" * inside] * len(errors)


@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, make: object) -> None:
    files = {
        "../../etc/passwd": b"Out.",
        "a/../../b": b"Out.",
        "/absolute.txt": b"In.",
        "a\\b.txt": b"In, too.",
        "c#1": b"In.",
    }
    got = read(saved(tmp_path, "files.bin", make(files)))  # type: ignore[operator]
    assert [document.source for document in got.documents] == [
        "files.bin#absolute.txt",
        "files.bin#a/b.txt",
        "files.bin#c%231",
    ]
    assert got.errors == ["unsafe-path", "unsafe-path"]


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type = kind
            entry.linkname = "/etc/passwd"
            archive.addfile(entry)
    got = read(saved(tmp_path, "links.tar", out.getvalue()))
    assert (got.documents, got.skipped) == ([], {"link": 2, "device": 1})


def test_two_members_of_one_name_have_two_names(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for data in (b"Old.", b"New."):
            entry = tarfile.TarInfo("a.txt")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    got = read(saved(tmp_path, "twice.tar", out.getvalue()))
    assert [document.source for document in got.documents] == ["twice.tar#a.txt", "twice.tar#a.txt#0000000001"]


def test_a_bomb_is_stopped_and_what_stands_before_it_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_EXPANDED", 1 << 20)
    files = {"a.txt": b"First."} | {f"{i}.txt": bytes(1 << 20) for i in range(40)}
    got = read(saved(tmp_path, "bomb.zip", zipped(files)))
    assert got.texts[0] == "First."
    assert got.failures[-1].error == "too-large"
    assert got.failures[-1].source == "bomb.zip"


def test_so_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_MEMBERS", 3)
    got = read(saved(tmp_path, "many.zip", zipped({f"{i}.txt": b"Page." for i in range(5)})))
    assert (len(got.documents), got.errors) == (3, ["too-large"])


def test_a_damaged_header_of_a_tar_archive_loses_no_other_member(tmp_path: Path) -> None:
    data = bytearray(tarred({f"{i}.txt": b"Page %d." % i for i in range(5)}, form=tarfile.USTAR_FORMAT))
    data[2 * 1024 + 5] ^= 0xFF  # in the header of the third
    got = read(saved(tmp_path, "damaged.tar", bytes(data)))
    assert got.texts == ["Page 0.", "Page 1.", "Page 3.", "Page 4."]
    assert got.errors == ["damaged"]


def test_a_tar_archive_that_is_cut_gives_what_stands_before(tmp_path: Path) -> None:
    data = tarred({f"{i}.txt": b"Page %d." % i * 200 for i in range(5)}, "w:gz")
    got = read(saved(tmp_path, "cut.tar.gz", data[:-60]))
    assert got.failures
    whole = tarred({f"{i}.txt": b"Page %d." % i * 200 for i in range(5)})
    got = read(saved(tmp_path, "cut.tar", whole[:6000]))
    assert got.texts[:2] == ["Page 0." * 200, "Page 1." * 200]
    assert got.failures


def test_an_encrypted_member_is_a_failure(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"A.", "b.txt": b"B."}, zipfile.ZIP_STORED))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    got = read(saved(tmp_path, "locked.zip", bytes(data)))
    assert (got.texts, got.errors) == (["B."], ["encrypted"])


def test_a_web_archive_in_a_zip_archive(tmp_path: Path) -> None:
    page = {"url": "http://site.example/", "title": "A page", "text": "Text of the page."}
    files = {
        "datapackage.json": json.dumps({"profile": "data-package", "wacz_version": "1.1.1"}).encode(),
        "archive/data.warc.gz": members([warc(http(b"<p>A page.</p>"))]),
        "indexes/index.cdx.gz": b"\x1f\x8b",
        "pages/pages.jsonl": json.dumps(page).encode(),
    }
    got = read(saved(tmp_path, "crawl.wacz", zipped(files, zipfile.ZIP_STORED)))
    assert [document.source for document in got.documents] == ["crawl.wacz#archive/data.warc.gz#0000000000"]
    assert got.documents[0].fields["url"] == "http://site.example/"
    assert got.skipped == {"index of a web archive": 3}


def test_a_folder_that_datasets_saved(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_dict({"text": ["One.", "Two."], "url": ["http://a.example/", None]}).save_to_disk(
        tmp_path / "d"
    )
    documents, failures = [], []
    for path in sorted((tmp_path / "d").iterdir()):
        got = read(path)
        documents += got.texts
        failures += got.failures
    assert (documents, failures) == (["One.", "Two."], [])


def test_a_zip_archive_of_no_files_is_no_failure_and_is_told(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "empty.zip", zipped({})))
    assert (got.documents, got.failures, got.skipped) == ([], [], {"file without a document": 1})


def test_a_member_without_a_document_is_told(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.zip", zipped({"a.json": b"[]", "b.txt": b"One sentence is enough.\n"})))
    assert (len(got.documents), got.failures, got.skipped) == (1, [], {"file without a document": 1})
    assert zips.recognises(zipped({}), "")


def extended(headers: dict[str, str]) -> bytes:
    """A tar archive of five members, the second with these extended headers."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number in range(5):
            data = b"Page %d." % number
            entry = tarfile.TarInfo(f"{number}.txt")
            entry.size = len(data)
            entry.pax_headers = headers if number == 1 else {}
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    "headers",
    [
        {"size": "99999999999999999999999"},
        {"size": "-1"},
        {"size": "-99999"},
        {"GNU.sparse.map": "a,b"},
        {"GNU.sparse.map": "0,1,99999999999,5", "GNU.sparse.size": "9999999999999"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "99999999999999"},
    ],
)
@pytest.mark.parametrize("name", ["lying.tar", "lying.tar.gz"])
def test_a_length_that_no_archive_can_hold_costs_its_own_member(
    tmp_path: Path, headers: dict[str, str], name: str
) -> None:
    data = extended(headers)
    got = read(saved(tmp_path, name, gzip.compress(data) if name.endswith(".gz") else data))
    assert got.texts == ["Page 0.", "Page 2.", "Page 3.", "Page 4."]
    assert got.errors == ["damaged"]


def test_a_length_beyond_the_end_ends_the_archive(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "lying.tar", extended({"size": str(1 << 30)})))
    assert got.texts[0] == "Page 0."
    assert set(got.errors) == {"damaged"}


def test_an_extended_header_is_not_as_long_as_the_archive(tmp_path: Path) -> None:
    header = tarfile.TarInfo("long")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 60
    data = header.tobuf(tarfile.GNU_FORMAT) + tarred({"a.txt": b"A page."}, form=tarfile.USTAR_FORMAT)
    got = read(saved(tmp_path, "long.tar", data))
    assert (got.texts, got.errors) == (["A page."], ["damaged"])


def patched(entry_patch: tuple[int, str, int], header_patch: tuple[int, str, int] | None = None) -> bytes:
    """A zip archive of three members, with a number put into the second entry of its directory, and into its header."""
    data = bytearray(zipped({f"{i}.txt": b"Page %d." % i for i in range(3)}, zipfile.ZIP_STORED))
    for mark, patch in ((b"PK\1\2", entry_patch), (b"PK\3\4", header_patch)):
        place = data.index(mark, data.index(mark) + 4)
        if patch is not None:
            struct.pack_into(patch[1], data, place + patch[0], patch[2])
    return bytes(data)


PAGES = ["Page 0.", "Page 1.", "Page 2."]


@pytest.mark.parametrize("before", [b"", b"PK\3\4 begins some other way. "])
@pytest.mark.parametrize(
    ("entry", "texts", "errors"),
    [
        ((32, "<H", 60_000), PAGES, []),  # the length of its comment
        ((32, "<H", 51), PAGES, []),  # the next entry with it
        ((30, "<H", 40), PAGES, []),  # of its extra fields
        ((28, "<H", 60_000), PAGES, []),  # of its name
        ((28, "<H", 0), [PAGES[0], PAGES[2]], ["damaged"]),
        ((6, "<H", 255), [PAGES[0], PAGES[2]], ["damaged"]),  # the version that can read it
        ((0, "<H", 0), [PAGES[0], PAGES[2]], ["damaged"]),  # no entry at all
    ],
)
def test_a_damaged_entry_of_a_zip_archive_loses_no_other_member(
    tmp_path: Path, before: bytes, entry: tuple[int, str, int], texts: list[str], errors: list[str]
) -> None:
    path = saved(tmp_path, "damaged.zip", before + patched(entry))
    got = read(path)
    assert (got.texts, got.errors) == (texts, errors)
    assert (read(path, target=1).documents, read(path, target=1).failures) == (got.documents, got.failures)


def test_a_name_that_is_not_the_utf_8_it_says_costs_its_own_member(tmp_path: Path) -> None:
    data = bytearray(patched((8, "<H", 0x800), (6, "<H", 0x800)))
    got = read(saved(tmp_path, "names.zip", bytes(data.replace(b"1.txt", b"\xff.txt"))))
    assert got.texts == [PAGES[0], PAGES[2]]
    assert [(failure.source, failure.error) for failure in got.failures] == [("names.zip#\\xff.txt", "damaged")]


def test_a_member_that_tells_too_great_a_length_says_that_it_ends(tmp_path: Path) -> None:
    data = bytearray(zipped({"0.txt": b"Page 0.", "1.txt": b"Page 1."}, zipfile.ZIP_STORED))
    struct.pack_into("<II", data, data.rindex(b"PK\1\2") + 20, 0x7000_0000, 0x7000_0000)
    got = read(saved(tmp_path, "long.zip", bytes(data)))
    assert got.texts[0] == "Page 0."
    assert [failure.message for failure in got.failures] == ["the rest of it cannot be read: it ends too early"]


def test_members_of_one_name_are_numbered_alike_in_parts(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(6):
            archive.writestr("a.txt", f"Page {number}.")
    path = saved(tmp_path, "twice.zip", out.getvalue())
    whole = read(path)
    assert len({document.source for document in whole.documents}) == 6
    assert read(path, target=1).documents == whole.documents
