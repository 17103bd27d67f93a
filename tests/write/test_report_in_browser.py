"""The report in a browser: it shows what it should, by mouse and keyboard, and runs, loads and sends nothing of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.run import clean
from pipeline.write.report import sample, whole
from tests.conftest import SEEDS, pipeline
from tests.judge.test_templates import story
from tests.write.browser import Browser, needs_chromium
from tests.write.hostile import HOSTILE, hostile_corpus

pytestmark = needs_chromium
TITLES = 5


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the seeds."""
    out = tmp_path_factory.mktemp("report") / "the out"
    clean([SEEDS], out, Config())
    return out / "report.html"


def test_keys_open_documents_and_go_from_edit_to_edit(browser: Browser, report: Path) -> None:
    browser.open(report)
    assert browser.count("#table tbody tr") == TITLES
    browser.press("j", "j", "Enter")
    first = browser.text("#reader h2")
    assert first in browser.text("#table tbody tr:nth-child(2)") or browser.count("#reader")
    assert browser.text("#reader code.copy").startswith("pipeline why 'the out'/ 001_")
    browser.press("n")
    said = browser.text("#said")
    assert browser.count("mark.at") >= 1
    browser.press("n")
    assert browser.text("#said") != said
    browser.press("p")
    assert browser.text("#said") == said
    browser.press("j")
    assert browser.text("#reader h2") != first
    browser.press("k")
    assert browser.text("#reader h2") == first
    browser.press("Escape")
    assert browser.count("#reader") == 0
    assert browser.misdeeds(report) == []


def test_slash_searches_in_names_titles_and_texts(browser: Browser, report: Path) -> None:
    browser.open(report)
    browser.press("/", *"supply of recruits")
    assert 0 < browser.count("#table tbody tr") < TITLES
    assert "q=supply" in browser.value("location.hash")
    assert 0 < browser.count("#quotes article") < 5
    browser.press("Escape", "Escape")
    assert browser.count("#table tbody tr") == TITLES
    assert browser.misdeeds(report) == []


def test_one_click_on_the_funnel_filters_everything(browser: Browser, report: Path) -> None:
    browser.open(report)
    quotes = browser.text("#quotes-shown")
    browser.click_corner(".funnel.wide .c-templates path, .funnel.wide .c-repeats path")
    assert browser.value("location.hash") == "#family=repeats"
    rows = browser.count("#table tbody tr")
    assert 0 < rows < TITLES
    assert browser.text("#quotes-shown") != quotes
    browser.click("#table tbody tr:first-child b")
    assert browser.count("mark.c-repeats.lit") > 0
    assert browser.count("mark.lit:not(.c-repeats)") == 0
    browser.press("Escape")
    browser.click("#filters button")
    assert browser.count("#table tbody tr") == TITLES
    assert browser.misdeeds(report) == []


def test_the_state_stands_in_the_address(browser: Browser, report: Path) -> None:
    browser.open(report, "#rule=caption&sort=before")
    rows = browser.value(
        "[...document.querySelectorAll('#table tbody tr td:nth-child(3)')].map((one) => one.innerText)"
    )
    sizes = [int(row.replace(",", "")) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert browser.text("#filters") == "caption ×" or browser.text("#filters").startswith("caption")
    browser.click("#table tbody tr:first-child b")
    address = browser.value("location.hash")
    assert "rule=caption" in address
    assert "doc=" in address
    browser.value("history.back()")
    browser.settle()
    assert browser.count("#reader") == 0
    browser.open(report, address)
    assert browser.count("#reader") == 1


def test_source_and_clean_text_stand_side_by_side(browser: Browser, report: Path) -> None:
    record = json.loads((report.parent / "documents.jsonl").read_text().splitlines()[3])
    browser.open(report, f"#doc={record['id'][:12]}")
    lines = browser.value(
        "[...document.querySelectorAll('.lines > div.clean')].filter((one) => !one.querySelector('.why')).map((one) => one.textContent)"
    )
    assert [line for line in lines if line] == [line.strip() for line in record["text"].split("\n") if line.strip()]
    browser.point_at("mark.c-furniture")
    assert "struck" in browser.text("#said")
    assert browser.count("mark.c-repeats") > 5
    for name in (record["id"], record["source"]):
        browser.open(report, f"#doc={name}")
        assert browser.count("#reader") == 1


def test_documents_that_are_compressed_open_and_are_searched(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "WHOLE_BYTES", 20_000)
    monkeypatch.setattr(whole, "TOGETHER", 2)
    clean([SEEDS], tmp_path, Config())
    report = tmp_path / "report.html"
    told = json.loads(report.read_text().partition('id="data">')[2].partition("</script>")[0])
    assert (len(told["packed"]), told["whole"]) == (3, {})
    record = json.loads((tmp_path / "documents.jsonl").read_text().splitlines()[3])
    browser.open(report, f"#doc={record['id'][:12]}")
    browser.settle()
    assert browser.count("mark.c-repeats") > 5
    assert browser.count(".lines > div.clean") > 10
    browser.open(report, "#q=supply of recruits")
    browser.settle()
    assert 0 < browser.count("#table tbody tr") < TITLES
    assert browser.misdeeds(report) == []


def test_matrix_and_ring_filter_what_is_shared(browser: Browser, report: Path) -> None:
    browser.open(report)
    everything = browser.count("#quotes article")
    browser.click(".cell rect")
    assert "first=000_" in browser.value("location.hash")
    assert 0 < browser.count("#quotes article") < everything
    browser.click(".cell.on rect")
    browser.click(".node circle")
    assert "group=" in browser.value("location.hash")
    assert browser.count("#table tbody tr") == 1
    assert browser.misdeeds(report) == []


def test_it_can_be_read_without_scripts(browser: Browser, report: Path) -> None:
    browser.open(report, scripts=False)
    try:
        assert "documents: 71%" in browser.text("h1").replace("\n", " ")
        assert browser.count("#table tbody tr") == TITLES
        assert browser.count("#quotes article") == 10
        assert browser.count("details.whole") == TITLES
        assert browser.value("document.querySelectorAll('details.whole del').length") > 40
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_nothing_hostile_is_run_or_loaded(browser: Browser, tmp_path: Path) -> None:
    assert pipeline("clean", hostile_corpus(tmp_path / "in"), tmp_path / "out").returncode == 3
    report = tmp_path / "out" / "report.html"
    browser.open(report)
    rows = browser.count("#table tbody tr")
    assert rows > len(HOSTILE)
    ids = browser.value("documents.map((one) => one.id)")
    for name in ids:
        browser.value(f"location.hash = '#doc={name}'")
        browser.value(
            "document.querySelectorAll('mark').forEach((one) => one.dispatchEvent(new Event('mouseover', {bubbles: true})))"
        )
    browser.settle()
    browser.press("n", "n", "p", "Escape")
    for _ in range(3):
        browser.value(
            "document.querySelectorAll('button.more, .ab button, details summary').forEach((one) => one.click())"
        )
    for text in HOSTILE:
        browser.value(f"change({{q: {json.dumps(text)}, group: {json.dumps(text)}, rule: {json.dumps(text)}}})")
        browser.settle()
    browser.open(report, "#doc=%3Cimg%20src=x%20onerror=alert(1)%3E&q=%3Cscript%3Ealert(1)%3C/script%3E&rule=%3Cb%3E")
    assert (
        browser.value(
            "document.querySelectorAll('img, iframe, base, link, object, embed, main script, #reader script').length"
        )
        == 0
    )
    assert browser.misdeeds(report) == []
    browser.open(report, scripts=False)
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.misdeeds(report) == []


@pytest.mark.parametrize("width", [1400, 400])
def test_nothing_is_wider_than_the_window(report: Path, width: int) -> None:
    with Browser(width, 900) as browser:
        browser.open(report)
        assert browser.value("document.documentElement.scrollWidth") <= width
        name = browser.value("documents[3].id")
        browser.open(report, f"#doc={name}")
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.misdeeds(report) == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of three folders that share a paragraph word for word, one with other words, and quotes."""
    desk = tmp_path_factory.mktemp("shared")
    copied, quote = story(101, 1)[0], story(103, 1)[0]
    revised = (
        "The harbour board said on Tuesday that the northern pier will stay closed until the winter storms have passed, "
        "because the oldest of its piles were found to be hollow when divers looked at them in the last week of September."
    )
    other = revised.replace("said on Tuesday", "said on Friday")
    loose = " ".join(word for number, word in enumerate(quote.split()) if number not in (12, 13, 25))
    told = {"north": [copied, revised], "south": [copied, other], "west": [copied]}
    said = {
        "north": f"{story(7, 1)[0]} {quote}",
        "south": f"{story(8, 1)[0]} {loose}",
        "west": f"{story(9, 1)[0]} {quote}",
    }
    for number, (name, paragraphs) in enumerate(told.items()):
        (desk / "in" / name).mkdir(parents=True)
        own = [*story(number, 3), said[name], *paragraphs, *story(number + 50, 2)]
        (desk / "in" / name / "page.txt").write_text("\n\n".join(own))
    clean([desk / "in"], desk / "out", Config())
    return desk / "out" / "report.html"


def test_clusters_have_filters_of_their_own(browser: Browser, shared: Path) -> None:
    browser.open(shared)
    everything = browser.count("#clusters article")
    relations = set(browser.value("data.clusters.map((one) => one.relation)"))
    assert {"copy", "revision"} <= relations
    browser.choose("copy-relation", "revision")
    assert browser.value("location.hash") == "#copy-relation=revision"
    assert 0 < browser.count("#clusters article") < everything
    assert browser.text("#clusters article .side").count("revision") == 1
    assert browser.text("#clusters-shown") == f"1 of {everything} clusters"
    assert browser.count("#table tbody tr") == 3  # the rest of the page is as it was
    browser.choose("copy-source", "west")
    assert browser.text("#clusters-shown").startswith("0 of ")
    browser.click("#clusters-bar .clear")
    assert browser.count("#clusters article") == everything
    assert browser.value("document.activeElement.dataset.key") == "copy-source"
    browser.choose("copy-wording", "same")
    same = browser.value("data.clusters.filter((one) => one.similarity === 1).length")
    assert browser.count("#clusters article") == same > 0
    browser.press("Escape", "Escape")
    assert browser.count("#clusters article") == everything
    assert browser.misdeeds(shared) == []


def test_quotes_have_filters_of_their_own_which_stand_in_the_address(browser: Browser, shared: Path) -> None:
    browser.open(shared)
    everything = browser.count("#quotes article")
    assert everything >= 1
    wordings = browser.value("data.quotes.map((one) => one.similarity)")
    browser.choose("quote-order", "length")
    browser.open(shared, "#quote-wording=same&quote-order=length")
    assert browser.count("#quotes article") == sum(one >= 1 for one in wordings) < everything
    assert browser.value("document.querySelector('#quotes-bar select').value") == "length"
    browser.open(shared, "#quote-source=nobody&copy-relation=%3Cb%3E")
    assert browser.count("#quotes article") == browser.count("#clusters article") == 0
    browser.click("#quotes-bar .clear")
    assert browser.count("#quotes article") == everything
    assert browser.misdeeds(shared) == []


def test_filters_are_reached_and_set_by_keys_alone(browser: Browser, report: Path) -> None:
    browser.open(report)
    everything = browser.text("#quotes-shown")
    browser.value("document.querySelector('#quotes-bar select').focus()")
    browser.press("Tab")
    assert browser.value("document.activeElement.dataset.key") == "quote-source"
    browser.press(*"003")
    assert "quote-source=003_" in browser.value("location.hash")
    assert browser.text("#quotes-shown") != everything
    assert browser.value("document.activeElement.dataset.key") == "quote-source"
    assert browser.misdeeds(report) == []
