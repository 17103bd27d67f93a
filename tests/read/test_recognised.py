"""What format a file is taken for: by its content, where that leaves it open by its suffix, and before both as it is told."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from pipeline.read import registry
from pipeline.read.interface import ReadOptions
from tests.conftest import ROOT
from tests.read.samples import read, saved

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
TABLE = PAGE.split("## Formats\n")[1].split("\n\nMembers are called")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| `")]
SUFFIXES = [(row[0].strip("`"), suffix) for row in ROWS for suffix in re.findall(r"`(\.\w+)`", row[1])]
NOTHING = ReadOptions()
OPEN = {
    "mhtml": "Content-Type: multipart/related; boundary=x\n\n--x\n\nNoon.\n--x--\n",
    "feed": "<tides><tide>Noon.</tide></tides>\n",
}
"""What may be of a format, and may be none"""


def recognised(content: str, name: str, options: ReadOptions = NOTHING) -> str:
    return registry.recognise(content.encode(), name, options).name


def test_the_page_names_every_format_and_suffixes_of_many() -> None:
    assert {row[0].strip("`") for row in ROWS} == registry.FORMATS.keys() - {"unread"}
    assert len(SUFFIXES) == 18


@pytest.mark.parametrize(("form", "suffix"), SUFFIXES)
def test_a_suffix_decides_where_the_content_leaves_it_open(form: str, suffix: str) -> None:
    """In capitals as well, and behind the file's own suffix one of compression."""
    content = OPEN.get(form, "Nothing of any format stands here.\n" * 40)
    for name in (f"tides{suffix}", f"TIDES{suffix.upper()}", f"tides{suffix}.gz", f"old.txt/tides{suffix}.zst"):
        assert recognised(content, name) == form, name
    assert recognised(content, f"tides{suffix}.txt") == recognised(content, "tides") == "document"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ('{"text": "High water at noon."}\n{"text": "Low water at six."}\n', "jsonl"),
        ('[{"text": "High water at noon."}, {"text": "Low water at six."}]', "json"),
        ("url,title,text\nhttps://a.example/1,Tides,High water at noon.\n", "csv"),
        ("WARC/1.0\r\nWARC-Type: response\r\n\r\n", "warc"),
        ("filedesc://a.arc 0.0.0.0 20240506070809 text/plain 76\n1 0 a\n", "arc"),
        (
            "From: Jane Roe <jane@a.example>\nMessage-ID: <1@a.example>\nSubject: Tides\nDate: 3 May 2024 10:00 +0000\n\nNoon.\n",
            "email",
        ),
    ],
)
def test_the_content_decides_whatever_the_name_says(content: str, form: str) -> None:
    for name in ("tides", "tides.txt", "tides.html", "tides.eml", "tides.tar", "tides.arc"):
        assert recognised(content, name) == form, name


def test_what_is_told_goes_before_content_and_name() -> None:
    for form in registry.FORMATS.keys() - {"unread"}:
        told = ReadOptions(form)
        assert recognised('{"text": "High water at noon."}\n', "tides.csv", told) == form


def test_compression_is_known_by_content_alone_whatever_is_told(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"text": "High water at noon."}\n')
    for name in ("tides.txt", "tides.jsonl", "tides.jsonl.gz", "tides.zst"):
        assert read(saved(tmp_path, name, packed)).texts == ["High water at noon."]
        assert read(saved(tmp_path, name, packed), file_format="jsonl").texts == ["High water at noon."]
