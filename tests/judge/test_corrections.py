"""A notice that corrects the article is part of it, wherever the page sets it."""

from __future__ import annotations

import pytest

from pipeline import clean_html, clean_text

TITLE = "The old lock is repaired"
BODY = (
    "The town will repair the old lock this summer for the first time in sixty years, the harbour office said on Monday.",
    "“It leaks like a basket,” said the lock keeper, who has lived beside it since he was a boy.",
    "The work is to take four months, and boats will have to wait at the quay until the gates are hung again.",
)
NOTICES = [
    "Correction: An earlier version of this article gave the wrong depth of the lock. It is four metres deep.",
    "Editor's note: This article was updated to correct the name of the keeper.",
    "Korrektur: In einer früheren Fassung stand eine falsche Tiefe.",
    "Rectificatif : l'écluse a quatre mètres de profondeur, et non quatorze.",
    "Fe de errores: la esclusa tiene cuatro metros de profundidad, y no catorce.",
    "Erramos: a eclusa tem quatro metros de profundidade.",
    "Sprostowanie: śluza ma cztery metry głębokości, a nie czternaście.",
    "Исправление: глубина шлюза четыре метра, а не четырнадцать.",
    "更正：水闸深四米，并非十四米。",
    "訂正：水門の深さは四メートルです。",
    "تصحيح: عمق الهويس أربعة أمتار وليس أربعة عشر.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_correction_stays_below_the_buttons(notice: str) -> None:
    chrome = (
        "Related stories\nFerry fares to rise by a tenth\nPrivacy policy\n© 2021 The Bankside. All rights reserved."
    )
    document = clean_text("\n\n".join((TITLE, *BODY, "Share this article\nFacebook\nTwitter", notice, chrome)))
    assert notice in document.text
    assert "Facebook" not in document.text


@pytest.mark.parametrize("notice", NOTICES)
def test_a_correction_stays_outside_the_article_element(notice: str) -> None:
    article = "".join(f"<p>{paragraph}</p>" for paragraph in BODY)
    document = clean_html(
        f"<html><head><title>{TITLE}</title></head><body><nav><a>Home</a> <a>News</a></nav><article><h1>{TITLE}</h1>{article}</article>"
        f"<div class=share>Share: <a>Facebook</a></div><div class=note><p>{notice}</p></div><footer>© 2021 The Bankside</footer></body></html>"
    )
    assert notice in document.text


def test_how_to_ask_for_one_is_no_correction() -> None:
    links = "Corrections: desk@bankside.example\nReport a correction\nPrivacy policy\n© 2021 The Bankside. All rights reserved."
    document = clean_text("\n\n".join((TITLE, *BODY, links)))
    assert "desk@" not in document.text
    assert "Report a correction" not in document.text
