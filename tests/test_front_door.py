"""What the front door takes for what it is: characters are not guessed at, and depth has no end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import clean_document, clean_html, clean_text, near_duplicates, read_documents
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.run import clean
from pipeline.write.verify import audit
from tests.conftest import SEEDS

STORY = "The river rose in the night and took the bridge of the lower town with it."


@pytest.mark.parametrize(
    ("text", "clean_one"),
    [
        (f"\x00 {STORY}", STORY),
        (f"{STORY[:20]}\x00{STORY[20:]}", STORY),
        (f"%PDF-1.4 is how such a file begins. {STORY}", f"%PDF-1.4 is how such a file begins. {STORY}"),
        (f"\x7fELF \x01\x02\x03\x04\x05 {STORY}", f"ELF  {STORY}"),
        (f"\ud800 {STORY}", f"\ufffd {STORY}"),
        (f"\ud83d\ude00 {STORY}", f"\U0001f600 {STORY}"),
    ],
)
def test_characters_are_no_bytes_to_guess_at(tmp_path: Path, text: str, clean_one: str) -> None:
    assert clean_text(text).text == clean_one
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": text}) + "\n")
    clean(tmp_path / "rows.jsonl", tmp_path / "out")
    assert [row.text for row in read_documents(tmp_path / "out")] == [clean_one]


def test_one_nul_in_a_file_makes_no_other_encoding_of_it(tmp_path: Path) -> None:
    document = clean_document(f"{STORY[:30]}\0{STORY[30:]}".encode())
    assert (document.text, document.metadata.encoding) == (STORY, "utf-8")
    assert clean_document(STORY.encode("utf-16-le")).text == STORY


@pytest.mark.parametrize("opened", ["<blockquote>", "<ul><li>", "<ol><li>", "<div><blockquote><ul><li>"])
@pytest.mark.parametrize("count", [127, 128, 256, 500])
def test_nesting_has_no_end(tmp_path: Path, opened: str, count: int) -> None:
    page = opened * count + f"<p>{STORY}</p>"
    blocks = clean_html(page).blocks
    assert max(max(block.quote, block.depth) for block in blocks) == min(count, 127)
    (tmp_path / "a.html").write_text(f"<html><body>{page}</body></html>")
    clean([tmp_path / "a.html"], tmp_path / "out")
    assert audit(tmp_path / "out").problems == []
    assert [STORY in row.text for row in read_documents(tmp_path / "out")] == [True]


def test_one_input_need_not_be_in_a_list(tmp_path: Path) -> None:
    clean(SEEDS, tmp_path / "one")
    clean(str(SEEDS), tmp_path / "other")
    assert len(list(read_documents(tmp_path / "one"))) == len(list(read_documents(tmp_path / "other"))) == 5


def test_what_is_no_document_is_told() -> None:
    with pytest.raises(TypeError, match="bytes or str, not PosixPath"):
        clean_html(SEEDS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="above 0 and up to 1"):
        near_duplicates([STORY, STORY], threshold=2)
    with pytest.raises(ValueError, match="give a list of them"):
        near_duplicates(STORY)


def test_a_page_need_not_close_its_tags() -> None:
    document = clean_document(f"<html><p>{STORY}".encode())
    assert (document.text, document.metadata.media_type) == (STORY, "text/html")


@pytest.mark.parametrize("scope", ["head", "inline", "tail"])
def test_nothing_is_cut_out_of_code_tables_and_formulas(scope: str) -> None:
    rule = f"""
[[rule]]
id = "mark"
category = "promo"
scope = "{scope}"
why = "Marks of advertisements stand in sentences."
patterns.en = '(@@)'
matches = "@@"
misses = "One advert."
"""
    sentence = "@@The harbour wall gave way on Thursday night, @@and ferries stayed in port until the evening.@@"
    code = "@@ -1,2 +1,2 @@\n keep this line\n@@"
    cells = "<tr><th>Port<th>@@</tr><tr><td>Elmouth<td>@@</tr>"
    page = f"<main><p>{sentence}</p><pre><code>{code}</code></pre><table>{cells}</table><p>{STORY}</p></main>"
    document = clean_html(page, config=Config(rules=(rule,)))
    texts = {block.kind: document.text[block.start : block.end] for block in reversed(document.blocks)}
    assert texts["code"] == code
    assert texts["table"] == "Port\t@@\nElmouth\t@@"
    assert texts["paragraph"].count("@@") == (0 if scope == "inline" else 2)


def test_what_is_said_of_a_document_goes_before_what_it_looks_like() -> None:
    page = f'<html><head><link rel="canonical" href="https://a.example/own"></head><body><p>{STORY}</p></body></html>'
    looks = clean_document(page)
    assert (looks.text, looks.metadata.media_type, looks.metadata.url) == (STORY, "text/html", "https://a.example/own")
    for told in (clean_text(page), clean_document(page, media_type="text/plain")):
        assert (told.metadata.media_type, told.metadata.url) == ("text/plain", None)
        assert "<p>" in told.text
    told = clean_document(f"{STORY} &amp; more", media_type="text/html", url="https://b.example/given")
    assert (told.text, told.metadata.media_type) == (f"{STORY} & more", "text/html")
    assert (
        told.metadata.url == clean_html(page, url="https://b.example/given").metadata.url == "https://b.example/given"
    )


def test_an_id_follows_from_the_name_and_the_content() -> None:
    one = clean_text(STORY, source="a.txt")
    assert one.source == "a.txt"
    assert clean_text(STORY).source == clean_html(STORY).source == clean_document(STORY).source == "document"
    assert one.id == clean_text(STORY, source="a.txt", config=Config(favor="recall")).id
    assert len({one.id, clean_text(STORY, source="b.txt").id, clean_text(f"{STORY} ", source="a.txt").id}) == 3
    assert one.metadata.sha256 == clean_document(STORY.encode()).metadata.sha256
    assert [block.id for block in one.blocks] == ["0000"]
    assert one.paragraph_id(one.blocks[0]) == f"{one.id}-0000"


def test_what_a_call_is_told_is_in_the_record() -> None:
    document = clean_text(STORY, config=Config(added="2024-05-31"))
    assert (document.added, clean_text(STORY).added, document.created) == ("2024-05-31", None, None)
    assert (document.metadata.chars_in, document.metadata.chars_out) == (len(STORY), len(STORY))
    padded = clean_text(f"  {STORY}\n\nShare on Facebook\n")
    assert (padded.metadata.chars_in, padded.metadata.chars_out) == (len(STORY) + 22, len(STORY))
    assert padded.schema_version == 3
    rule = '[[rule]]\nid = "river"\ncategory = "promo"\nwhy = "w"\npatterns.en = "the river rose .*"\n'
    struck = clean_text(f"{STORY}\n\n{STORY.replace('river', 'tide')}", config=Config(rules=(rule,)))
    assert (struck.text, [edit.rule for edit in struck.edits][:1]) == (STORY.replace("river", "tide"), ["river"])


@pytest.mark.parametrize("config", [{"favor": "recall"}, "recall", 5])
def test_what_is_no_configuration_is_told(config: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"config is a pipeline\.Config, not "):
        clean_text("The ferry stays in port.", config=config)
    with pytest.raises(TypeError, match=r"config is a pipeline\.Config, not "):
        clean([tmp_path], tmp_path / "out", config)


@pytest.mark.parametrize("workers", [-1, "x", 1.5])
def test_what_is_no_number_of_workers_is_told(workers: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give a number of processes"):
        clean([tmp_path], tmp_path / "out", workers=workers)


@pytest.mark.parametrize("media_type", [None, "text/html"])
@pytest.mark.parametrize("is_text", [True, False])
def test_nothing_is_taken_out_where_no_cleaning_is_asked_for(media_type: str | None, is_text: bool) -> None:
    """A page is its visible text, a text all of its lines, whichever way it is given."""
    lines = ["Share on Facebook", "High water is at noon on Friday, as it was in May.", "Skip to main content"]
    page = "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>"
    config = Config(cleaning=False)
    for source in (page, *([] if media_type else ["\n\n".join(lines)])):
        data = source if is_text else source.encode()
        document = clean_document(data, media_type=media_type, config=config)
        assert document.text == "\n\n".join(lines)
        assert document.quality is None
        assert clean_document(data, media_type=media_type).text == lines[1]
    assert clean_html(page, config=config).text == "\n\n".join(lines)
