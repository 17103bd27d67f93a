"""The report of a run over hostile names and texts holds nothing but our own elements, and may run and load nothing."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

from pipeline.write.report import MAX_EXAMPLE, Tally, render
from tests.conftest import pipeline
from tests.judge.test_templates import story, write

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</blockquote></td></table></style><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--<base href=//example.org/><meta http-equiv=refresh content=0>",
    "&lt;iframe srcdoc=&quot;x&quot;&gt;",
)
ELEMENTS = set(
    "html head meta title style body h1 h2 dl div dt dd section table thead tbody tr th td code ul li small br meter p "
    "blockquote footer".split()
)
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "class", "title", "min", "max", "value"}


class Page(HTMLParser):
    """What elements and attributes a page has, its style sheet, and its policy."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.add(tag)
        self.attributes |= given.keys()
        if given.get("http-equiv"):
            self.policy = given["content"] or ""


def test_no_element_but_ours(tmp_path: Path) -> None:
    pages = {}
    for number, text in enumerate(HOSTILE):
        said = f"{' '.join(story(1, 1)[0].split()[:30])} {text}"
        pages[f"{number} {text.replace('/', '')}.txt"] = [text, *story(number, 2), said, "Share " + text, text]
    corpus = write(tmp_path / "in", pages)
    records = [json.dumps({"text": "\n".join(story(9, 2)), "title": text, "url": text}) for text in HOSTILE]
    (corpus / "records.jsonl").write_text("\n".join([*records, '{"text": "' + HOSTILE[0]]))
    assert pipeline("clean", corpus, tmp_path / "out").returncode == 3
    text = (tmp_path / "out" / "report.html").read_text()
    page = Page(text)
    assert page.elements <= ELEMENTS, page.elements - ELEMENTS
    assert page.attributes <= ATTRIBUTES, page.attributes - ATTRIBUTES
    assert "alert(1)" in text
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page.policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_a_line_of_megabytes_is_cut_short(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Share this: " + "x" * 3_000_000 + "\n" + "\n".join(story(1, 3)))
    assert pipeline("clean", tmp_path / "in", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "report.html").stat().st_size < 100_000
    tally = Tally(examples={"rule": [("y" * MAX_EXAMPLE, "a.txt"), ("z" * (MAX_EXAMPLE + 1), "a.txt")]})
    tally.edits["rule"] = 2
    page = render(tally, {}, [], [], [])
    assert "y" * MAX_EXAMPLE + "<" in page
    assert "z" * MAX_EXAMPLE + "…" in page
