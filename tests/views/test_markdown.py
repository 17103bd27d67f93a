"""The Markdown of clean documents: every kind of block, links, and what must not be read as a mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import clean_html, clean_text, read_documents
from pipeline.config import Config
from pipeline.run import clean
from pipeline.views.markdown import escape

ALL = Config(cleaning=False)
PAGE = """<!DOCTYPE html><html><head><title>Tides</title></head><body>
<h2>How to read the table</h2>
<p>High water is at noon, <a href="/gauge">says the gauge</a>, and it *never* lies.</p>
<ol start="3"><li>Find the port<ul><li>Elmouth</li></ul></li><li>Add the hour</li></ol>
<table><tr><th>Port</th><th>Metres</th></tr><tr><td>Elmouth</td><td>4.6</td></tr></table>
<pre><code class="language-python">def tide(hour):
    return 4.6 * hour
</code></pre>
<blockquote><p>Time and tide wait for no man.</p></blockquote>
</body></html>"""


def test_every_kind_of_block() -> None:
    document = clean_html(PAGE, url="https://tides.example/read", config=ALL)
    assert document.markdown.strip().split("\n\n") == [
        "# Tides",
        "## How to read the table",
        r"High water is at noon, [says the gauge](https://tides.example/gauge), and it \*never\* lies.",
        "3. Find the port\n   - Elmouth\n4. Add the hour",
        "| Port | Metres |\n| --- | --- |\n| Elmouth | 4.6 |",
        "```python\ndef tide(hour):\n    return 4.6 * hour\n```",
        "> Time and tide wait for no man.",
    ]


def test_lists_one_below_the_other_stay_two() -> None:
    """Markdown takes items below each other for one list unless their marks differ: neighbouring lists take turns."""
    lists = "<ol><li>Moor<li>Unload</ol><ol><li>Load<li>Sail</ol><ol><li>Rest</ol><p>Done.</p><ol><li>Moor</ol>"
    document = clean_html(f"<main>{lists}</main>", config=ALL)
    assert document.markdown.strip().split("\n\n") == [
        "1. Moor\n2. Unload",
        "1) Load\n2) Sail",
        "1. Rest",
        "Done.",
        "1. Moor",
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "about:blank", ""])
def test_what_leads_nowhere_is_no_link(address: str) -> None:
    page = f'<main><p>High water, <a href="{address}">says the gauge</a>, is at noon.</p></main>'
    assert (
        clean_html(page, url="https://tides.example/", config=ALL).markdown
        == "High water, says the gauge, is at noon.\n"
    )


def test_the_title_stands_once_above_the_text() -> None:
    head, text = "<head><title>High Water!</title></head>", "<p>It is at noon.</p>"
    for page, shown in (
        (f"{head}<main><h1>High water</h1>{text}</main>", "# High water\n\nIt is at noon.\n"),
        (f"{head}<main>{text}</main>", "# High Water!\n\nIt is at noon.\n"),
        (f"<main>{text}</main>", "It is at noon.\n"),
    ):
        document = clean_html(page, config=ALL)
        assert document.markdown_of(document.blocks, title="High Water!" if head in page else None) == shown


def test_rows_of_an_output_have_it_too(tmp_path: Path) -> None:
    (tmp_path / "tides.html").write_text(PAGE, encoding="utf-8")
    clean([tmp_path / "tides.html"], tmp_path / "out", ALL)
    (row,) = read_documents(tmp_path / "out")
    assert row.markdown.startswith("# Tides\n\n## How to read the table\n")
    assert "markdown" not in row.to_dict()


def test_what_looks_like_a_mark_is_escaped() -> None:
    assert escape("# 1 of 3") == r"\# 1 of 3"
    assert escape("a_name [1] <b>") == r"a_name \[1\] \<b>"


def test_the_marks_of_plain_text_are_not_doubled() -> None:
    document = clean_text(
        "# Harbour news\n\nThe mayor spoke at length about the bridge, and everyone in the hall listened.\n\n"
        "> quoted words from the mayor stand here, for all of you to read\n\n"
        "> > and what she answered stands inside, one deeper\n\n"
        "The council votes on Monday, and the vote is expected to be close this time around.\n",
    )
    written = document.markdown
    assert "\n> quoted words from the mayor stand here, for all of you to read\n" in written
    assert "and what she answered stands inside, one deeper\n" in written
    assert "\\>" not in written
    assert document.metadata.title == "Harbour news"


def test_numbers_that_are_no_figures_stay_as_the_text_refers_to_them() -> None:
    text = (
        "(a) In general. The master of the port shall keep a list of all moorings in the inner harbour.\n\n"
        "(b) Fees. No fee under paragraph (a) shall be more than the list names:\n\n"
        "(1) forty pounds for a boat without a mast; and\n\n"
        "(2) ninety pounds for any other boat.\n\n"
        "The clerk of the port goes by these steps in order.\n\n"
        "1. The clerk reads the letter.\n2. The clerk answers it within a week.\n"
    )
    lines = [line for line in clean_text(text, config=ALL).markdown.splitlines() if line]
    assert [line[:8] for line in lines[:4]] == ["- (a) In", "- (b) Fe", "  - (1) ", "  - (2) "]
    assert lines[-2:] == ["1. The clerk reads the letter.", "2. The clerk answers it within a week."]
