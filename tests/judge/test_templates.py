"""Templates: what many unrelated documents have, and what they do not lose to it."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from msgspec.structs import replace

from pipeline import clean, learn, read_documents, read_ledgers, read_records
from pipeline.config import Config, Favor
from pipeline.judge import templates
from pipeline.judge.rules.folding import fold, form
from pipeline.judge.templates import EDGE, INSIDE, OUTSIDE, SURE_TEXT, Standing
from tests.conftest import pipeline

SLOGAN = "Post written by the crew of the Quay Gazette"
QUOTE = "“We shall rebuild the wall before the winter, whatever the weather and whatever the price,” the mayor said on Monday."
WORDS = (
    "harbour bridge council ferry island storm market school teacher doctor river winter summer museum library garden engine "
    "captain village railway station letter picture window mountain valley farmer kitchen morning evening concert election"
).split()


def story(seed: int, sentences: int = 6) -> list[str]:
    """Paragraphs that no other seed gives."""
    rng = random.Random(seed)
    return [
        f"The {rng.choice(WORDS)} of the {' '.join(rng.sample(WORDS, 5))} saw {rng.randrange(10, 99)} {rng.choice(WORDS)} "
        f"people near a {' '.join(rng.sample(WORDS, 3))}, and they {rng.choice(('closed', 'opened', 'painted', 'sold'))} "
        f"some {' '.join(rng.sample(WORDS, 2))} for {rng.randrange(2, 90)} years."
        for _ in range(sentences)
    ]


def write(folder: Path, pages: dict[str, list[str]]) -> Path:
    for name, paragraphs in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(paragraphs), encoding="utf-8")
    return folder


def texts(out: Path) -> dict[str, str]:
    return {document["source"]: document["text"] for document in read_documents(out)}


def test_a_slogan_under_every_story_is_a_template(tmp_path: Path) -> None:
    pages = {f"gazette/{i}.txt": [*story(i), SLOGAN] for i in range(6)}
    summary = clean([write(tmp_path / "in", pages)], tmp_path / "out")
    assert summary.counts["templates"] >= 1
    assert all(SLOGAN not in text for text in texts(tmp_path / "out").values())
    struck = [edit for edit in read_records(tmp_path / "out", "removed") if edit["rule"] == "template"]
    assert [edit["text"] for edit in struck] == [SLOGAN] * 6
    assert struck[0]["evidence"]["groups"] == 6


def test_an_article_that_many_outlets_print_loses_nothing(tmp_path: Path) -> None:
    article = story(100)
    pages = {f"outlet-{i}/story.txt": article for i in range(8)} | {f"outlet-{i}/own.txt": story(i) for i in range(8)}
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    for name, text in texts(tmp_path / "out").items():
        if name.endswith("story.txt"):
            assert text.split("\n\n") == article


def test_a_quote_in_unrelated_stories_survives(tmp_path: Path) -> None:
    pages = {}
    for i in range(6):
        paragraphs = story(i, 9)
        pages[f"{i}.txt"] = [*paragraphs[:4], QUOTE, *paragraphs[4:]]
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    assert all(QUOTE in text for text in texts(tmp_path / "out").values())


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_whatever_the_workers(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.corpus.plan.ONE_WORKER_BYTES", 0)
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 10_000 // workers)
    source = write(tmp_path / "in", {f"gazette/{i}.txt": [*story(i), SLOGAN] for i in range(6)})
    clean([source], tmp_path / "one", workers=1)
    clean([source], tmp_path / "other", workers=workers)
    for name in ("documents.jsonl", "removed.jsonl", "clusters.jsonl", "passages.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_learned_rules_can_be_tested_and_passed_back(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {f"gazette/{i}.txt": [*story(i), SLOGAN] for i in range(6)})
    rules = tmp_path / "learned.toml"
    assert pipeline("learn", source, "-o", rules).returncode == 0
    assert 'sites = ["gazette"]' in rules.read_text(encoding="utf-8")
    assert pipeline("rules", "test", rules).returncode == 0
    write(tmp_path / "new", {"gazette/new.txt": [*story(50), SLOGAN], "other/new.txt": [*story(51), SLOGAN]})
    done = pipeline("clean", tmp_path / "new", tmp_path / "out", "--rules", rules)
    assert done.returncode == 0, done.stderr.decode()
    ledgers = read_ledgers(tmp_path / "out")
    struck = [(record.source, edit.rule) for record, ledger in ledgers for edit in ledger if edit.text == SLOGAN]
    assert ("gazette/new.txt", "template-gazette") in struck
    assert ("other/new.txt", "template-gazette") not in struck


def test_a_heading_of_text_is_no_furniture(tmp_path: Path) -> None:
    """Of short pages the first and the last lines are the text; what heads nothing goes all the same."""
    dishes = ["herring", "barley", "perch", "turnip", "lentil", "plaice"]
    for number, dish in enumerate(dishes):
        body = (
            f"<h1>{dish.title()} from the harbour</h1><p>{story(number)[0]}</p><h2>Ingredients</h2>"
            f"<ul><li>{number + 2} pieces of {dish}</li><li>{number + 1} spoons of oil</li></ul>"
            f"<h2>Notes</h2><p>The {dish} keeps for {number + 2} days in a cold place, and tastes best on the second.</p>"
            f"<h2>Oldport Kitchen since 1921</h2>"
        )
        page = f"<!doctype html><title>{dish}</title><body><main>{body}</main><footer>Oldport Kitchen</footer></body>"
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{dish}.html").write_text(page, "utf-8")
    clean([tmp_path / "in"], tmp_path / "out")
    for document in read_documents(tmp_path / "out"):
        headings = [document.text[one.start : one.end] for one in document.blocks if one.kind == "heading"]
        assert headings == ["Ingredients", "Notes"]


def test_lines_that_say_who_and_when_are_not_learned(tmp_path: Path) -> None:
    """Rules go before fields, which these lines are for."""
    pages = {
        f"gazette/{i}.txt": [
            f"Bridge {i} is closed for the summer",
            f"By Karin Falk\nPublished: 1{i} November 2026",
            *story(i),
            SLOGAN,
        ]
        for i in range(6)
    }
    source = write(tmp_path / "in", pages)
    text = learn.learn([source], Config(), workers=1)
    assert fold(SLOGAN) in text
    assert "karin" not in text
    clean([source], tmp_path / "out", Config(rules=(text,)))
    said = {(one.metadata.author, one.metadata.date) for one in read_documents(tmp_path / "out")}
    assert said == {("Karin Falk", f"2026-11-1{i}") for i in range(6)}


def test_a_learned_rule_has_the_lines_of_most_pages_first_each_with_how_many(tmp_path: Path) -> None:
    """A rule for each site; what stands on pages of no site that is known is in one for the corpus."""
    most, some, everywhere = (
        SLOGAN,
        "Quay Gazette | News of the harbour since the great flood",
        "Oldport Mill | Paper for all who print",
    )
    pages = {f"gazette/{i}.txt": [*story(i), *([some] if i < 4 else []), most] for i in range(6)}
    pages |= {f"{i}.txt": [*story(10 + i), everywhere] for i in range(5)}
    found = tomllib.loads(text := learn.learn([write(tmp_path / "in", pages)], Config(), workers=1))["rule"]
    learned = {rule["id"]: rule for rule in found}
    assert set(learned) == {"template-gazette", "template-corpus"}
    assert learned["template-gazette"]["phrases"]["any"] == [fold(most), fold(some)]
    assert learned["template-gazette"]["sites"] == ["gazette"]
    assert "sites" not in learned["template-corpus"]
    assert learned["template-corpus"]["phrases"]["any"] == [fold(everywhere)]
    assert {rule["category"] for rule in found} == {"template"}
    counts = {line.split('"')[1]: int(line.split()[-2]) for line in text.splitlines() if line.endswith(" pages")}
    assert counts == {fold(most): 6, fold(some): 4, fold(everywhere): 5}


def rows(
    *lines: tuple[int, int, int],
    homes: tuple[int, ...] = (),
    is_long: bool = False,
    score: int = 0,
    exact: tuple[int, ...] = (),
) -> Standing:
    """Of one site, or of documents of several: (key, group, place) each."""
    key, group, place = zip(*lines, strict=True)
    site = np.full(len(key), 7, dtype=np.uint64)
    home = np.array(homes, dtype=np.uint64) if homes else site
    return Standing(
        np.array(key, dtype=np.uint64),
        site,
        np.array(group),
        np.array(place, np.int8),
        home,
        np.full(len(key), is_long),
        np.full(len(key), score, dtype=np.int32),
        np.array(exact or key, dtype=np.uint64),
    )


def counted(*lines: tuple[int, int, int], size: int = 10, favor: str = "balanced", **more: Any) -> list[int]:
    found = templates.count(rows(*lines, **more), np.array([7], dtype=np.uint64), np.array([size]), favor)
    return found.key.tolist()


def test_counts_in_the_words_of_a_template_are_its_words(tmp_path: Path) -> None:
    """Counts are put into finished lines of JSON: into evidence, never into a text that looks like it."""
    line = 'Oldport 1871 "groups":7,"of":0'
    pages = {f"gazette/{i}.txt": [*story(i), line] for i in range(6)}
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    struck = [row for row in read_records(tmp_path / "out", "removed") if row.rule == "template"]
    assert [row.text.strip() for row in struck] == [line] * 6
    assert {(row.evidence.groups, row.evidence.of) for row in struck} == {(6, 6)}


def test_copies_of_one_story_count_once() -> None:
    assert counted((5, 1, OUTSIDE), (5, 1, OUTSIDE), (5, 1, OUTSIDE), (5, 2, OUTSIDE)) == []
    assert counted((5, 1, OUTSIDE), (5, 2, OUTSIDE), (5, 3, OUTSIDE)) == [5]


def test_recall_wants_a_line_in_more_groups() -> None:
    few, more = ([(5, group, OUTSIDE) for group in range(count)] for count in (4, 5))
    assert [counted(*few, favor=favor) for favor in ("auto", "precision", "balanced", "recall")] == [[5], [5], [5], []]
    assert counted(*more, favor="recall") == [5]


def test_where_a_line_stands_counts() -> None:
    assert counted((5, 1, INSIDE), (5, 2, INSIDE), (5, 3, INSIDE), (5, 4, OUTSIDE)) == []
    assert counted((5, 1, EDGE), (5, 2, EDGE), (5, 3, EDGE), size=10) == [5]
    assert counted((5, 1, EDGE), (5, 2, EDGE), (5, 3, EDGE), size=100) == []


def test_what_several_sites_take_for_text_is_shared_text() -> None:
    lines = [(5, group, EDGE) for group in range(3)]
    assert counted(*lines, homes=(1, 1, 1)) == [5]
    assert counted(*lines, homes=(1, 2, 3)) == []
    assert counted(*[(5, group, OUTSIDE) for group in range(3)], homes=(1, 2, 3)) == [5]


def test_a_paragraph_is_a_template_only_where_very_many_have_it() -> None:
    assert counted(*[(5, group, EDGE) for group in range(9)], is_long=True) == []
    assert counted(*[(5, group, EDGE) for group in range(10)], is_long=True) == [5]
    assert counted(*[(5, group, OUTSIDE) for group in range(3)], is_long=True) == [5]


def test_what_most_of_many_documents_have_in_their_text_is_text_in_all(tmp_path: Path) -> None:
    """One sentence has one fate, also on the page where it stands among the links."""
    sentence = "Readers of this paper may write to the desk on any morning of the week, and most of them get an answer."
    links = [
        "Home",
        "News",
        "Sport",
        "About us",
        "Contact",
        sentence,
        "Privacy policy",
        "Terms of use",
        "Cookies",
        "Sign in",
    ]
    page = {"odd.example/x.txt": [*story(50, 2), *links]}
    clean([write(tmp_path / "alone", page)], tmp_path / "out")
    assert sentence not in texts(tmp_path / "out")["odd.example/x.txt"]
    others = {f"site{i}.example/{i}.txt": [*story(20 + i, 2), sentence, *story(60 + i, 2)] for i in range(12)}
    clean([write(tmp_path / "in", page | others)], tmp_path / "out")
    assert [name for name, text in texts(tmp_path / "out").items() if sentence not in text] == []


@pytest.mark.parametrize(("inside", "outside", "is_text"), [(9, 3, True), (8, 4, False), (9, 0, False)])
def test_nearly_all_of_ten_documents_must_have_it_in_their_text(inside: int, outside: int, is_text: bool) -> None:
    lines = [(5, group, INSIDE if group < inside else OUTSIDE) for group in range(inside + outside)]
    corpus = np.full(len(lines), templates.text_key(templates.CORPUS), dtype=np.uint64)
    found = templates.count(replace(rows(*lines), site=corpus), corpus[:1], np.array([20]), "auto")
    assert found.text.tolist() == [5] * is_text


def test_only_a_line_of_thirty_characters_is_text_wherever_it_stands() -> None:
    """A shorter one may be a heading here and a menu's item there; and a document of which nothing is text gets none."""
    form = np.array([5, 5, 6, 5], dtype=np.uint64)
    size = np.array([29, 30, 30, 30])
    main = np.array([False, False, True, False])
    none = np.zeros(4, dtype=np.int64)
    lines = templates.LineColumns(form, form, form, none.astype(np.int8), size, none, none, main, np.array([0, 3, 4]))
    found = replace(templates.NONE, text=np.array([5], dtype=np.uint64))
    assert templates.main_text(lines, found).tolist() == [False, True, True, False]


def test_what_the_model_is_sure_is_text_stays_text() -> None:
    below = [(5, group, EDGE) for group in range(4)]
    assert counted(*below, score=SURE_TEXT - 1) == [5]
    assert counted(*below, score=SURE_TEXT) == []
    assert counted(*((5, group, OUTSIDE) for group in range(4)), score=SURE_TEXT) == [5]


def test_what_differs_in_numbers_is_text_wherever_it_ends_documents() -> None:
    below = [(5, group, EDGE) for group in range(4)]
    for numbers in ((1, 2, 3, 4), (1, 2, 3, 3), (1, 1, 3, 3), (1, 1, 1, 3)):
        assert counted(*below, exact=numbers) == []
    assert counted(*below, exact=(1, 1, 1, 1)) == [5]
    counter = [(5, group, OUTSIDE if group < 2 else EDGE) for group in range(4)]  # "12 comments", "Page 3 of 12"
    assert counted(*counter, exact=(1, 2, 3, 4)) == [5]


@pytest.mark.parametrize("values", [range(1, 13), (1, 2, 3), (2, 2, 1), (1, 1, 1, 1, 1, 2)])
def test_a_number_in_the_last_line_stays_however_few_numbers_there_are(tmp_path: Path, values: Sequence[int]) -> None:
    """What a record says in its last line is as much its own as what it says above."""
    last = [f"Sluices: {values[i % len(values)]}" for i in range(12)]
    pages = {f"locks/{i:02}.txt": [*story(i, 3), f"Fall: {2 + 3 * i} m", last[i]] for i in range(12)}
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    assert [text.split("\n")[-1] for text in texts(tmp_path / "out").values()] == last


def test_a_quote_that_short_reports_share_stays_and_is_linked(tmp_path: Path) -> None:
    """Their folder says nothing of their sources."""
    reports = {
        "1.txt": ["Ferry stays in port", "The ferry to Holm stayed in port on Friday.", QUOTE, "Trains ran as usual."],
        "2.txt": ["Wall gives way", "Two streets of the old town stood under water.", QUOTE, "A fund has been set up."],
        "3.txt": [
            "School closed",
            "The school on Pier Lane was closed for a week.",
            QUOTE,
            "It opens again on Monday.",
        ],
    }
    clean([write(tmp_path / "in", reports)], tmp_path / "out")
    assert all(QUOTE in text for text in texts(tmp_path / "out").values())
    assert [cluster.size for cluster in read_records(tmp_path / "out", "clusters")] == [3]


def test_what_a_series_of_minutes_says_each_time_stays(tmp_path: Path) -> None:
    lines = ["Present: Mrs B. Osei (chair), Mr D. Lund, Ms K. Amari", "The committee rose at 9.{:02}pm."]
    pages = {}
    for n in range(8):
        matters = [f"{i}. {words}" for i, words in enumerate(story(n, 3), 1)]
        pages[f"lido/{n}.txt"] = [f"LIDO COMMITTEE, MEETING {n + 30}", lines[0], *matters, lines[1].format(n * 7)]
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    for n, text in enumerate(texts(tmp_path / "out").values()):
        assert lines[0] in text
        assert lines[1].format(n * 7) in text


LEDE = (
    "The old mill at Sandford gave way on Thursday night after a week of rain that had already closed the valley road and left "
    "many homes without light, and the parish said that repairs would take until the summer."
)


def test_a_paragraph_that_three_sites_print_stays_and_is_linked(tmp_path: Path) -> None:
    pages = {f"site{i}.example/{i}.txt": [LEDE, *story(20 + i, 2)] for i in range(3)}
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    assert all(LEDE in text for text in texts(tmp_path / "out").values())
    sizes = [cluster.size for cluster in read_records(tmp_path / "out", "clusters") if cluster.level == "paragraph"]
    assert sizes == [3]


@pytest.mark.parametrize(
    "sentence",
    [
        "Flight {} from Oslo to Bergen was delayed by {} minutes on Monday because of fog, the airline said in a short statement, "
        "and {} passengers were taken to hotels near the airport.",
        "The gauge at Lowmere stood at {} centimetres at noon, and {} at dusk.",
    ],
)
def test_records_that_differ_by_numbers_keep_their_text(tmp_path: Path, sentence: str) -> None:
    pages = {f"{i:02}.txt": [sentence.format(100 + i, 10 + i, 200 + i)] for i in range(12)}
    clean([write(tmp_path / "in", pages)], tmp_path / "out")
    assert texts(tmp_path / "out") == {name: text for name, (text,) in pages.items()}


def test_the_dial_moves_how_much_is_asked_for() -> None:
    lines = [(5, group, OUTSIDE) for group in range(3)]
    assert counted(*lines, favor="precision") == [5]
    assert counted(*lines, favor="recall") == []


def test_lines_without_letters_are_no_templates_and_numbers_do_not_matter() -> None:
    forms = [form(fold(line)) for line in ("Page 3 of 12", "page 4 of 12", "12 | 3", "page three")]
    known = np.array([templates.text_key(form) for form in forms], dtype=np.uint64)
    keys = templates.line_keys("a", known)
    assert keys[0] == keys[1] != keys[3]
    assert keys[2] == 0
    assert templates.line_keys("b", known)[0] != keys[0]
    assert counted((0, 1, OUTSIDE), (0, 2, OUTSIDE), (0, 3, OUTSIDE)) == []


SITE = templates.text_key("site.example")
OF_SITE, OF_CORPUS, OF_BOTH, OTHER = 11, 12, 13, 14


def struck(*documents: list[tuple[int, int, int]]) -> list[tuple[int, bool]]:
    """The key of each line, (form, place, size), and whether it is one of its site; all documents are of one site."""
    rows = np.array([line for lines in documents for line in lines], dtype=np.int64).reshape(-1, 3)
    form, place, size = rows[:, 0].astype(np.uint64), rows[:, 1].astype(np.int8), rows[:, 2]
    first = np.cumsum([0, *map(len, documents)])
    site = np.full(len(rows), SITE, dtype=np.uint64)
    lines = templates.LineColumns(form, form, site, place, size, size, size, np.zeros(len(rows), dtype=bool), first)
    known = np.array([OF_CORPUS, OF_BOTH, *of_site(OF_SITE, OF_BOTH)], dtype=np.uint64)
    known.sort()
    counts = np.ones(len(known), dtype=np.int64)
    keys, by_site = templates.struck(lines, templates.Templates(known, counts, counts, known[:0]))
    return list(zip(keys.tolist(), by_site.tolist(), strict=True))


def of_site(*forms: int) -> list[int]:
    return templates.line_keys("site.example", np.array(forms, dtype=np.uint64)).tolist()


def test_what_the_site_says_goes_before_what_the_corpus_says() -> None:
    page = [
        (OF_SITE, OUTSIDE, 50),
        (OF_CORPUS, EDGE, 50),
        (OF_BOTH, OUTSIDE, 50),
        (OTHER, INSIDE, 50),
        (0, OUTSIDE, 50),
    ]
    first, both = of_site(OF_SITE, OF_BOTH)
    assert struck(page) == [(first, True), (OF_CORPUS, False), (both, True), (0, False), (0, False)]


def test_a_short_line_inside_the_text_is_no_template() -> None:
    page = [(OF_CORPUS, INSIDE, 29), (OF_CORPUS, INSIDE, 30), (OF_CORPUS, OUTSIDE, 5), (OTHER, INSIDE, 50)]
    assert [key for key, _ in struck(page)] == [0, OF_CORPUS, OF_CORPUS, 0]


def test_where_all_of_a_text_would_go_it_stays_and_what_is_outside_goes() -> None:
    emptied = [(OF_CORPUS, OUTSIDE, 50), (OF_CORPUS, EDGE, 50), (OF_SITE, EDGE, 50)]
    other = [(OF_CORPUS, EDGE, 50), (OTHER, EDGE, 50)]
    assert [key for key, _ in struck(emptied, [], other)] == [OF_CORPUS, 0, 0, OF_CORPUS, 0]


def test_config_has_the_dial() -> None:
    assert set(templates.MIN_GROUPS) == set(templates.MIN_SHARE_APART) == set(get_args(Favor))
    assert Config().favor in templates.MIN_GROUPS
