"""The model on rendered pages: what the tree says counts."""

from __future__ import annotations

import pytest

from pipeline.judge import model as lines
from pipeline.judge.rules import files as rule_files
from pipeline.text.html import page as html
from tests.judge.pages import CRUFT_ABOVE, CRUFT_BELOW, TEXTS

COMMENTS = [
    "I walked over it on Sunday with my two dogs and it did not even shake. Well done, everybody who gave money for it.",
    "Why did nobody ask the people on the south bank? We have been without a bus for three years, and now there is a bridge.",
    "My grandfather built the old one in 1931. He would have liked this one, I think, though not the colour of the railing.",
]


def page(text: list[str], language: str = "en") -> str:
    menu = "".join(f'<li><a href="/{i}">{item}</a></li>' for i, item in enumerate(CRUFT_ABOVE[language]))
    foot = "".join(f'<li><a href="/f{i}">{item}</a></li>' for i, item in enumerate(CRUFT_BELOW[language]))
    body = "".join(f"<p>{line}</p>" for line in text)
    remarks = "".join(f'<div class="comment"><b>Walker {i}</b><p>{line}</p></div>' for i, line in enumerate(COMMENTS))
    return (
        "<!DOCTYPE html><html><head><title>The bridge is open | Gazette</title>"
        '<meta property="og:type" content="article"></head><body>'
        f'<header><nav class="menu"><ul>{menu}</ul></nav></header><main><article><h1>The bridge is open</h1>{body}</article>'
        f'<section id="comments" class="comment-list"><h2>Comments (3)</h2>{remarks}</section></main>'
        f"<footer><ul>{foot}</ul></footer></body></html>"
    )


def kept(source: str) -> list[str]:
    rendered = html.render(source)
    batch = lines.Batch.of([rendered.blocks])
    hits = [rule_files.builtin().line(text) for text in batch.texts]
    facts = dict(zip(html.FACTS, rendered.facts.T, strict=True))
    judgement = lines.judge(batch, hits, lines.Pages(facts, [rendered.about], [len(rendered.blocks.posts)]))
    keep = judgement.keep(batch.form, batch.offsets)
    return [text for text, flag in zip(batch.texts, keep, strict=True) if flag]


@pytest.mark.parametrize("language", CRUFT_ABOVE)
def test_the_text_stays_and_all_around_it_goes(language: str) -> None:
    found = kept(page(TEXTS[language], language))
    assert [line for line in found if line != "The bridge is open"] == TEXTS[language]


def test_comments_do_not_outweigh_a_short_text() -> None:
    found = kept(page(TEXTS["note"]))
    assert set(TEXTS["note"]) <= set(found)
    assert not set(COMMENTS) & set(found)


def test_the_model_is_small() -> None:
    assert lines.MARKUP_MODEL.stat().st_size < 500_000
