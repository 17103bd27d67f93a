"""`--no-cleaning`: texts that are clean already are compared as they stand."""

from __future__ import annotations

from pathlib import Path

from pipeline import Config, clean, read_documents, read_records
from pipeline.explain.signals import signals
from pipeline.write.verify import audit
from tests.judge.test_templates import SLOGAN, story, write

BANNER = "Subscribe to our newsletter for daily updates"


def test_nothing_is_removed_or_lifted_and_all_is_compared(tmp_path: Path) -> None:
    shared = story(1)
    pages = {
        f"gazette/{i}.txt": ["The Title of It All", "By Jane Roe", BANNER, *story(10 + i), SLOGAN] for i in range(6)
    }
    pages["gazette/0.txt"] += shared
    pages["gazette/1.txt"] += shared
    source = write(tmp_path / "in", pages)
    clean([source], tmp_path / "out", Config(cleaning=False))
    for document, paragraphs in zip(read_documents(tmp_path / "out"), pages.values(), strict=True):
        assert document.text == "\n\n".join(paragraphs)
        assert (document.metadata.title, document.metadata.author, document.captions) == (None, None, ())
    assert {edit.rule for edit in read_records(tmp_path / "out", "removed")} <= {"white-space"}
    sizes = [cluster.size for cluster in read_records(tmp_path / "out", "clusters") if cluster.level == "paragraph"]
    assert sorted(sizes) == [2] * len(shared) + [6, 6, 6]  # title, banner and slogan; the byline has too few words
    assert audit(tmp_path / "out", [str(source)]).problems == []


def test_a_page_is_its_visible_text(tmp_path: Path) -> None:
    body = "".join(f"<p>{one}</p>" for one in story(1))
    page = (
        f"<!doctype html><title>Ports</title><body><nav>Home</nav><h1>Ports</h1>{body}<footer>{BANNER}</footer></body>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    clean([tmp_path / "page.html"], tmp_path / "out", Config(cleaning=False))
    (document,) = read_documents(tmp_path / "out")
    assert document.text == "\n\n".join(["Home", "Ports", *story(1), BANNER])


def test_what_cleaning_made_is_not_taken_for_a_run_without(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {"a.txt": [BANNER, *story(1)]})
    clean([source], tmp_path / "out")
    clean([source], tmp_path / "out", Config(cleaning=False))
    (document,) = read_documents(tmp_path / "out")
    assert document.text.startswith(BANNER)


def test_why_says_that_nothing_was_judged(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {"a.txt": [BANNER, *story(1)]})
    clean([source], tmp_path / "out", Config(cleaning=False))
    assert signals(tmp_path / "out", "a.txt", 0, len(BANNER)) == [
        "signals: none, nothing of this document was to be judged"
    ]


def test_a_second_run_takes_over_what_was_not_judged(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {"a.txt": [], "b.txt": story(1)})
    clean([source], tmp_path / "out", Config(cleaning=False))
    write(tmp_path / "in", {"c.txt": [], "d.txt": [BANNER]})
    clean([source], tmp_path / "out", Config(cleaning=False))
    texts = [document.text for document in read_documents(tmp_path / "out")]
    assert texts == ["", "\n\n".join(story(1)), "", BANNER]
