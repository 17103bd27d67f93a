"""Chunks are all of a text, in order, no longer than asked for, each under its headings; Markdown files by source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import clean_document, clean_html, ledger
from pipeline.config import Config
from pipeline.export import chunks, markdown
from pipeline.records import ChunkRecord, Document
from tests.conftest import SEEDS, pipeline

PROSE = (
    "The harbour of Oldport was dug by hand in the dry summer of 1847, and it took four hundred men. "
    "The first ship to moor there carried salt, which the town had gone without since the road fell into the sea. "
    "A wall of dressed stone keeps the swell out; it was raised twice, and the last time nobody thought it would be enough."
)
PARTS = [
    f"{name} of it all is told in the town to this day. {PROSE}"
    for name in ("The making", "The price", "The loss", "The end")
]
PAGE = f"""<html><head><title>The harbour of Oldport</title></head><body><main><h1>The harbour of Oldport</h1><p>{PROSE}</p>
<h2>History</h2><p>{PARTS[0]}</p><h3>The wall</h3><p>{PARTS[1]}</p><p>{PARTS[2]}</p>
<h2>Dues</h2><p>{PARTS[3]}</p><table><tr><th>Vessel</th><th>Dues</th></tr><tr><td>Small</td><td>4</td></tr>
<tr><td>Large</td><td>9</td></tr></table></main></body></html>"""


def of(document: Document, max_chars: int) -> list[ChunkRecord]:
    return list(chunks.chunks(document, ledger.OffsetMap(document.edits), max_chars))


def test_each_chunk_has_the_headings_above_it() -> None:
    found = of(clean_html(PAGE), 2000)
    assert [chunk.headings for chunk in found] == [(), ("History",), ("History", "The wall"), ("Dues",)]
    assert all(chunk.title == "The harbour of Oldport" for chunk in found)
    assert found[1].text == f"History\n\n{PARTS[0]}"
    assert found[3].markdown.endswith("| Vessel | Dues |\n| --- | --- |\n| Small | 4 |\n| Large | 9 |\n")


def test_a_heading_without_a_level_stands_below_the_title() -> None:
    document = clean_html(PAGE, config=Config(cleaning=False))
    unstated = document.replace(
        blocks=tuple(one.replace(level=0 if one.level == 2 else one.level) for one in document.blocks)
    )
    assert {block.level for block in unstated.blocks if block.kind == "heading"} == {0, 1, 3}
    title = "The harbour of Oldport"
    for found in (of(document, 2000), of(unstated, 2000)):
        paths = [chunk.headings for chunk in found]
        assert paths == [(title,), (title, "History"), (title, "History", "The wall"), (title, "Dues")]


def test_what_is_known_of_a_document_stands_with_its_chunks_and_above_its_markdown() -> None:
    head = (
        '<html lang="lb"><head><title>Der Hafen</title><meta name="author" content="Ruth Sommer">'
        '<meta property="article:published_time" content="2024-05-06"><link rel="canonical" href="https://oldport.example/hafen">'
        '<link rel="license" href="https://oldport.example/by">'
    )
    document = clean_html(f"{head}</head><body><main><h1>Der Hafen</h1><p>{PROSE}</p></main>", source="in/hafen.html")
    known = {
        "url": "https://oldport.example/hafen",
        "title": "Der Hafen",
        "author": "Ruth Sommer",
        "date": "2024-05-06",
        "language": "lb",
        "source": "in/hafen.html",
    }
    (chunk,) = of(document, 2000)
    assert {name: chunk[name] for name in known} == known
    assert chunk.document_id == document.id
    front = markdown.page(document).split("---\n")[1].splitlines()
    above = {name: json.loads(value) for name, _, value in (line.partition(": ") for line in front)}
    assert above == {**known, "license": ["https://oldport.example/by"], "id": document.id}


@settings(max_examples=50, deadline=None)
@given(st.integers(100, 1500))
def test_chunks_are_all_of_the_text(max_chars: int) -> None:
    document = clean_html(PAGE)
    source = ledger.undo(
        document.text,
        ((e.start, e.end, text, e.replacement) for e, text in zip(document.edits, document.removed, strict=True)),
    )
    found = of(document, max_chars)
    at = 0
    for chunk in found:
        assert document.text[at : chunk.start].strip() == ""
        assert chunk.text == document.text[chunk.start : chunk.end] != ""
        assert len(chunk.text) <= max_chars
        quoted = " ".join(source[chunk.src_start : chunk.src_end].split())
        assert quoted == " ".join(chunk.text.split())
        at = chunk.end
    assert at == len(document.text)
    assert [chunk.id for chunk in found] == [f"{document.id}-c{number:04d}" for number in range(len(found))]


def test_where_a_chunk_stands_in_a_source_that_was_repaired() -> None:
    """What is cut off behind the last word of a chunk is no part of it, what was repaired inside is."""
    data = f"{PARTS[0].replace(' the town', '  the &amp; town')}  Enditem\n\nShare on Facebook\n\n{PARTS[1]}".encode()
    document = clean_document(data, source="a.txt")
    source = data.decode()
    first, second = of(document, len(PARTS[0]) + 20)
    assert source[first.src_start : first.src_end] == source[: source.index("  Enditem")]
    assert source[second.src_start : second.src_end] == PARTS[1]


def test_prose_is_cut_between_sentences() -> None:
    for chunk in of(clean_html(PAGE), 300):
        assert chunk.text.rstrip().endswith((".", "9")), chunk.text


def test_no_chunk_ends_with_what_heads_the_next() -> None:
    page = f"<h1>Words</h1><p>{PROSE}</p><dl><dt>Berth</dt><dd>{PARTS[0]}</dd><dt>Quay</dt><dd>{PARTS[1]}</dd></dl>"
    found = of(clean_html(page), 500)
    assert [chunk.text.split("\n")[0][:6] for chunk in found if chunk.text.startswith(("Berth", "Quay"))] == [
        "Berth",
        "Quay",
    ]
    assert not [chunk.text for chunk in found if chunk.text.endswith(("Berth", "Quay"))]


def test_what_cannot_be_cut_stays_whole() -> None:
    document = clean_html(f"<h1>Names</h1><p>{PROSE}</p><p>{'x' * 400}</p>")
    assert "x" * 400 in [chunk.text for chunk in of(document, 100)]


@pytest.mark.parametrize("form", ["jsonl", "jsonl.zst", "parquet"])
def test_the_command_writes_chunks(tmp_path: Path, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    assert pipeline("clean", SEEDS, tmp_path / "out").returncode == 0
    made = pipeline("export", tmp_path / "out", tmp_path / "made", "--to", "chunks", "--format", form)
    assert made.returncode == 0, made.stderr
    from pipeline.write import formats

    (path,) = (tmp_path / "made").iterdir()
    rows = list(formats.read(path))
    texts = {row["id"]: row["text"] for row in map(json.loads, (tmp_path / "out" / "documents.jsonl").open())}
    for row in rows:
        assert row.text == texts[row.document_id][row.start : row.end]
    assert f"{len(rows)} chunks -> " in made.stdout.decode()


def test_the_command_writes_markdown(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a b.html").write_text(PAGE)
    assert pipeline("clean", tmp_path / "in", tmp_path / "out").returncode == 0
    assert pipeline("export", tmp_path / "out", tmp_path / "made", "--to", "markdown").returncode == 0
    text = (tmp_path / "made" / "deep" / "a b.html.md").read_text()
    head, _, body = text.removeprefix("---\n").partition("\n---\n\n")
    assert head.split("\n")[0] == 'title: "The harbour of Oldport"'
    assert body.startswith(f"# The harbour of Oldport\n\n{PROSE}\n\n## History\n")


def test_the_front_matter_has_the_licences_alone() -> None:
    head = '<meta name="robots" content="noai"><link rel="license" href="https://example.org/by">'
    page = markdown.page(clean_html(PAGE.replace("<head>", f"<head>{head}")))
    assert 'license: ["https://example.org/by"]\n' in page
    assert "license" not in markdown.page(
        clean_html(PAGE.replace("<head>", '<head><meta name="robots" content="noai">'))
    )


def test_different_sources_have_different_names() -> None:
    long = "x" * 300
    sources = [
        f"{long}1",
        f"{long}2",
        f"a/{long}1",
        f"a/{long}2",
        "a:b",
        "a%3Ab",
        "a?b",
        "a b",
        ".",
        "%2E",
        "..",
        "a/.",
        "a/%2E",
    ]
    documents = [clean_document(PAGE.encode(), source=source) for source in sources]
    names = [markdown.path_of(document.record) for document in documents]
    assert len(set(names)) == len(sources)


@pytest.mark.parametrize(
    "source", ["../../etc/passwd", "a/../b", "/a", "a//b", ".", "a\\b", "c:d", "\x00", "x" * 3000, "é/ü?"]
)
def test_no_name_leads_out_of_the_folder(source: str) -> None:
    parts = markdown.path_of(clean_html(PAGE).replace(source=source))
    assert all(part.strip(".") and not set(part) & set('/\\:\x00?*"<>|') for part in parts), parts
    assert all(len(part.encode()) <= 255 for part in parts)
