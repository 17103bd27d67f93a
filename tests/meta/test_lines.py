"""Lines at an article's head that say who, when and where it was published, in the languages that people scrape."""

from __future__ import annotations

import pytest

from pipeline import clean_text
from pipeline.meta import agencies, labels, lines, people
from pipeline.meta.lines import meta_line

DAY = "2022-09-13"

HEADS = [
    ("2022年09月13日 07:40 来源：临河早报 作者：赵一帆", "赵一帆", DAY, "临河早报"),
    ("2022年09月13日07:40来源：临河早报作者：赵一帆", "赵一帆", DAY, "临河早报"),
    ("来源：临河早报 | 时间：2022-09-13 | 责任编辑：钱多", None, DAY, "临河早报"),
    ("临河早报记者 赵一帆 2022年9月13日", "赵一帆", DAY, None),
    ("作者：赵一帆 发布时间：2022-09-13 浏览：88 次 【字体：大 中 小】", "赵一帆", DAY, None),
    ("來源：臨河日報　記者：趙一帆　2022/09/13 07:40", "趙一帆", DAY, "臨河日報"),
    ("文：鈴木一郎 公開日：2022年9月13日", "鈴木一郎", DAY, None),
    ("取材・文／鈴木一郎", "鈴木一郎", None, None),
    ("2022年9月13日（火）7:40 配信　出典：臨河新聞", None, DAY, "臨河新聞"),
    ("Autor: Piotr Zieliński | Data publikacji: 13 września 2022", "Piotr Zieliński", DAY, None),
    ("Źródło: Kurier Brzegu, 13.09.2022", None, DAY, "Kurier Brzegu"),
    ("Par Claire Fabre, publié le 13 septembre 2022 à 7h40", "Claire Fabre", DAY, None),
    ("Par Claire Fabre et Paul Roy Publié le 13 septembre 2022", "Claire Fabre et Paul Roy", DAY, None),
    ("Par Claire Fabre avec AFP | Publié le 13 septembre 2022", "Claire Fabre", DAY, None),
    ("Publié le 13/09/2022 à 07:40 - Source : Le Quai", None, DAY, "Le Quai"),
    ("Publié le 03/09/2022 par Claire Fabre", "Claire Fabre", "2022-09-03", None),
    ("Von Lena Kurz, Stand: 13. September 2022, 07:40 Uhr", "Lena Kurz", DAY, None),
    ("Stand: 13.09.2022 07:40 Uhr Von Lena Kurz, Uferstadt", "Lena Kurz", DAY, None),
    ("Autor: Redaktion · Quelle: Uferbote · 13.09.2022", None, DAY, "Uferbote"),
    ("Yazar: Deniz Kaya | Yayın tarihi: 13 Eylül 2022", "Deniz Kaya", DAY, None),
    ("Giriş Tarihi: 13.09.2022 07:40 Güncelleme Tarihi: 14.09.2022", None, DAY, None),
    ("13 сентября 2022 г. Источник: Береговой листок Автор: Ольга Белова", "Ольга Белова", DAY, "Береговой листок"),
    ("13.09.2022 в 07:40, просмотров: 310", None, DAY, None),
    ("Por Luisa Vega | 13 de septiembre de 2022", "Luisa Vega", DAY, None),
    ("Por: Luisa Vega Publicado: 13 de septiembre de 2022, 07:40 h", "Luisa Vega", DAY, None),
    ("Fuente: La Ribera / Fecha: 13/09/2022 / Autora: Luisa Vega", "Luisa Vega", DAY, "La Ribera"),
    ("Publicado em 13/09/2022 às 07h40 por Rui Costa", "Rui Costa", DAY, None),
    ("Autore: Elena Riva - Fonte: La Sponda - Data: 13 settembre 2022", "Elena Riva", DAY, "La Sponda"),
    ("Geplaatst op 13 september 2022 door Piet Bakker", "Piet Bakker", DAY, None),
    ("출처: 물가일보 / 기자: 김하늘 / 2022.09.13 07:40", "김하늘", DAY, "물가일보"),
    ("물가일보 김하늘 기자 | 2022년 9월 13일", "김하늘", DAY, None),
    ("بقلم: سامي النجار - 13 سبتمبر 2022", "سامي النجار", DAY, None),
    ("تاريخ النشر: 13 سبتمبر 2022 - المصدر: صحيفة الضفة", None, DAY, "صحيفة الضفة"),
    ("เผยแพร่: 13 ก.ย. 2565 07:40 โดย: มานี มีนา", "มานี มีนา", DAY, None),
    ("วันอังคารที่ 13 กันยายน พ.ศ. 2565", None, DAY, None),
    ("लेखक: मीना वर्मा | १३ सितंबर २०२२", "मीना वर्मा", DAY, None),
    ("By Ann Lee Published: September 13, 2022 Source: The Bankside", "Ann Lee", DAY, "The Bankside"),
    ("Author: Ann Lee | Date: September 13, 2022 | Category: Local", "Ann Lee", DAY, None),
    ("By Ann Lee, Oldport", "Ann Lee", None, None),
    ("By Ann LeePublished September 13, 2022Updated September 14, 2022", "Ann Lee", DAY, None),
    ("Par Claire FabrePublié le 13 septembre 2022 à 7h40", "Claire Fabre", DAY, None),
    ("Von Lena KurzStand: 13.09.2022, 07:40 Uhr", "Lena Kurz", DAY, None),
]


@pytest.mark.parametrize(("line", "author", "date", "outlet"), HEADS)
def test_what_a_line_at_the_head_says(line: str, author: str | None, date: str | None, outlet: str | None) -> None:
    said = meta_line(line)
    assert said is not None
    assert (said.author, said.date, said.outlet) == (author, date, outlet)


SENTENCES = [
    "By Train",
    "By Train and by bus they came, hundreds of them, on 13 September 2022.",
    "Par exemple, le 13 septembre 2022, la halle était pleine.",
    "Par chance, personne n'a été blessé.",
    "Von Lena Kurz stammt der Entwurf, den der Rat am 13. September 2022 annahm.",
    "Por ejemplo, el 13 de septiembre de 2022 la sala estaba llena.",
    "Por Navidad, la plaza se llena de gente.",
    "Di notte, il 13 settembre 2022, la piazza era vuota.",
    "作者赵一帆说，书好。",
    "文化中心",
    "2022年9月13日市议会通过预算",
    "来源于临河早报的消息称，工程将于2022年9月13日开工。",
    "Автор проекта Ольга Белова представила его 13 сентября 2022 года.",
    "Источник в мэрии сообщил, что решение примут 13 сентября 2022 года.",
    "كتب سامي رسالة إلى المجلس في 13 سبتمبر 2022.",
    "September 13, 2022: The council meets for the first time.",
    "Source code: the catalogue was rewritten in 2022.",
    "Venue: Town hall | Date: September 13, 2022",
    "Note: the meeting of 13 September 2022",
    "Closing date: 13 September 2022",
    "Text: Matthew 5:38-42",
]


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_is_no_line_of_the_head(line: str) -> None:
    assert meta_line(line) is None


def test_a_head_leaves_the_text_for_the_fields() -> None:
    head = "2022年09月13日 07:40 来源：临河早报 作者：赵一帆"
    body = "临河市议会周二晚间以十七票对八票通过了渡口改造方案，工程预计明年春天开工，总造价为一千二百万元。"
    document = clean_text(f"市议会通过渡口方案\n{head}\n\n{body}")
    assert document.text == body
    found = document.metadata
    assert (found.title, found.author, found.date, found.outlet) == ("市议会通过渡口方案", "赵一帆", DAY, "临河早报")


def test_a_source_alone_is_an_outlet_only_at_the_head() -> None:
    vote = "The council on Tuesday evening approved the plan for the ferry by seventeen votes to eight, after a long debate."
    body = f"{vote}\n\nWork on the quay is to begin in spring, the mayor said, and the ferry itself will be built on the other bank."
    head = clean_text(f"Council approves the ferry\nSource: The Bankside\n\n{body}")
    assert (head.metadata.outlet, head.text) == ("The Bankside", body)
    below = clean_text(f"Council approves the ferry\n\n{vote}\n\nSource: Statistics Office\n\n{body}")
    assert below.metadata.outlet is None


def test_what_writes_is_no_author() -> None:
    for line in (
        "Par La Rédaction | 13/09/2022",
        "Автор: Редакция | 13 сентября 2022",
        "Por Redação - 13 de setembro de 2022",
    ):
        said = meta_line(line)
        assert said is not None
        assert (said.author, said.date) == (None, DAY)


def test_whatever_stands_before_names_may_begin_a_by_line() -> None:
    """What is asked first, since it is cheaper, of all that may stand there, however it is written."""
    authors = [label for own in labels.table()["author"].values() for label in own]
    words = [*authors, *people._VERBS.split("|"), *people._PREPOSITION.split("|")]
    for word in words:
        spellings = {word, word.upper(), word.title(), word.replace("i", "ı"), word.replace("ı", "I").replace("s", "ſ")}
        for text in (f"{one}{behind}" for one in spellings for behind in (" Jane Roe", ": Jane Roe", " by Jane Roe")):
            if people.BY.match(text):
                assert people.may_begin_by(text), text
    assert not people.may_begin_by("Jane Roe")
    assert people.may_begin_by("By Jane Roe – “Staff”")


def test_every_label_may_stand_where_it_does() -> None:
    """What is asked first, since it is cheaper, of all labels, however they are written."""
    words = {label for own in labels.table().values() for some in own.values() for label in some}
    for word in words:
        spellings = {
            word,
            word.upper(),
            word.title(),
            word.replace("ı", "i").replace("s", "S"),
            word.replace(" ", "  "),
        }
        for text in (
            f"{before}{one}{sign}x"
            for one in spellings
            for before in ("", "12 | ")
            for sign in (":", " :", ": y:", "：")
        ):
            if labels._labels().search(text):
                assert labels._may_have_label(text), text
    assert not labels._may_have_label("Watch: three things to know at 10:30")


def test_no_line_that_says_something_is_passed_by() -> None:
    """What is asked first, since it is cheaper, lets no line go that says who or when."""
    agency = [
        spelling for name in agencies._spellings() for spelling in (name, name.upper(), f"Source: {name}", f"({name})")
    ]
    by = [f"{word}{behind}" for word in people.BY_WORDS for behind in (" Jane Roe", " Jane RoePublished today")]
    glued = [
        "byBy Jane Roe",
        "xBy Jane Roe",
        "aBy Jane Roe",
        "a By Jane Roe",
        "xyBy Jane Roe",
        "XBy Jane Roe",
        "Jane RoeUpdated 3 May 2019",
    ]
    for line in (*(line for line, *_ in HEADS), *agency, *by, *glued):
        if lines._says_neither(line):
            assert people.BY.match(lines._GLUED.sub(" ", line)) is None, line
            assert agencies.agency(lines._GLUED.sub(" ", line)) is None, line
            assert lines.dates.find(line) == (), line
            assert not labels.has_sign(line), line
    assert lines._says_neither("The council votes for a ferry")
    assert lines._says_neither("The council’s “yes” to a ferry")
    assert not lines._says_neither("Reuters")


def test_every_agency_is_known_however_it_signs() -> None:
    for spelling, name in agencies._spellings().items():
        for text in (spelling, f" ({spelling}).", f"Source: {spelling}", f"source: quelle: {spelling}"):
            assert agencies.agency(text) == name, text
