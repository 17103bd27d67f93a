"""The report: nothing in it but our own elements whatever the texts hold, the same bytes always, and never too large."""

from __future__ import annotations

import hashlib
import json
import random
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest

from pipeline.again import report
from pipeline.config import Config
from pipeline.document import clean_document
from pipeline.jsonlines import Written, encode
from pipeline.judge.rules.files import builtin, builtin_rules
from pipeline.model import Difference, Evidence, Failure, Receipt, Relation, Span
from pipeline.run import clean
from pipeline.text import normalise
from pipeline.views import thread
from pipeline.wording import plural
from pipeline.write import struck
from pipeline.write.output import Output
from pipeline.write.report import bodies, commands, families, figures, index, page, payload, sample, whole
from pipeline.write.report.families import FAMILIES, STAGES, family_of
from pipeline.write.report.gather import Tally
from pipeline.write.report.pictures import funnel
from pipeline.write.report.sample import Listed, Place, Sample
from pipeline.write.report.whole import MIN_ID
from tests.conftest import SEEDS, clean_text, outputs, pipeline
from tests.judge.test_templates import story
from tests.write.hostile import hostile_corpus

ELEMENTS = set(
    "html head meta title style body nav main header section h1 h2 h3 dl div dt dd table thead tbody tr th td code ul li small "
    "p b a i span blockquote article figure figcaption button details summary noscript pre del script "
    "svg g path rect line circle text tspan".split()
)
HANDLER = re.compile(r"on\w+|style|src|srcdoc|action|formaction|xlink:href|data", re.I)


class Page(HTMLParser):
    """What elements and attributes a page has, its links, its scripts, its data and its policy."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.policy = ""
        self.types: list[str | None] = []
        self._inside: str | None = None
        self.contents: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements[tag] += 1
        self.attributes |= given.keys()
        if tag in ("script", "style"):
            self._inside = f"{tag} {given.get('type', '')}"
        if tag == "a":
            self.links.add(given["href"] or "")
        if given.get("http-equiv"):
            self.policy = given["content"] or ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.contents[self._inside] = self.contents.get(self._inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._inside = None


def sha(text: str) -> str:
    """A text's hash, as a policy names it."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the hostile corpus."""
    folder = tmp_path_factory.mktemp("hostile")
    corpus = hostile_corpus(folder / "in")
    assert pipeline("clean", corpus, folder / "out").returncode == 3
    return (folder / "out" / "report.html").read_text(encoding="utf-8")


def test_no_element_but_ours(hostile: str) -> None:
    found = Page(hostile)
    assert found.elements.keys() <= ELEMENTS, found.elements.keys() - ELEMENTS
    assert not [name for name in found.attributes if HANDLER.fullmatch(name)]
    assert all(link.startswith("#") for link in found.links)
    assert (found.elements["script"], found.elements["style"]) == (2, 1)
    assert "alert(1)" in hostile


def test_the_policy_allows_this_style_and_this_script_alone(hostile: str) -> None:
    found = Page(hostile)
    assert found.policy.split("; ") == [
        "default-src 'none'",
        f"style-src {sha(found.contents['style '])}",
        f"script-src {sha(found.contents['script '])}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_the_script_makes_no_markup_of_texts() -> None:
    script = page.script()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|createContextual|DOMParser", script
    )
    assert not re.search(r"fetch\(|XMLHttp|import\(|WebSocket|sendBeacon|localStorage", script)


def test_data_cannot_end_their_element(hostile: str) -> None:
    found = Page(hostile)
    told = json.loads(found.contents["script application/json"])
    assert any("onerror=alert(1)>" in whole["source"] for whole in told["whole"].values())
    assert "<" not in found.contents["script application/json"]


def test_what_stands_in_the_page_whole_is_the_source(tmp_path: Path) -> None:
    clean([SEEDS], tmp_path / "out", Config())
    told = json.loads(
        Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8")).contents["script application/json"]
    )
    output = Output(tmp_path / "out")
    for record, ledger in output.ledgers():
        whole = told["whole"][record.id[:MIN_ID]]
        assert whole["source"] == output.document(record.source).text
        text, at = "", 0
        for row, edit in zip(whole["edits"], ledger, strict=True):
            start, end = at + row[0], at + row[0] + row[1]
            assert (start, end, told["rules"][row[2]][0]) == (edit.start, edit.end, edit.rule)
            text += whole["source"][at:start] + bodies.unpacked(row)[0]
            at = end
        assert text + whole["source"][at:] == record.text


def test_same_bytes_whatever_the_shards_and_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = hostile_corpus(tmp_path / "in")
    clean([corpus], tmp_path / "one", Config(), workers=1)
    monkeypatch.setattr("pipeline.corpus.plan.ONE_WORKER_BYTES", 0)
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 1)
    clean([corpus], tmp_path / "two", Config(), workers=2)
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    # With so little room that only some documents are shown whole, compressed by workers
    monkeypatch.setattr(whole, "TOGETHER", 2)
    monkeypatch.setattr(sample, "WHOLE_LEAST", 2_000)
    pages = [tmp_path / name / "report.html" for name in ("none", "one", "three")]
    for workers, path in zip((0, 1, 3), pages, strict=True):
        clean([corpus], path.parent, Config(), workers=workers, fresh=True)
    one, two, three = (path.read_bytes() for path in pages)
    assert one == two == three == report(tmp_path / "one")
    told = json.loads(Page(one.decode()).contents["script application/json"])
    assert told["packed"]
    assert not told["whole"]


def test_a_line_of_megabytes_is_cut_short(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Share this: " + "x" * 3_000_000 + "\n" + "\n".join(story(1, 3)))
    assert pipeline("clean", tmp_path / "in", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "report.html").stat().st_size < 300_000


def test_a_document_of_very_many_pieces_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, paragraphs in (("few", 3), ("many", 12)):
        (tmp_path / f"{name}.txt").write_text("\n\n".join(story(paragraphs, paragraphs)))
    texts = [tmp_path / "few.txt", tmp_path / "many.txt"]
    for most, shown in ((sample.MAX_PIECES, {"few", "many"}), (11, {"few"})):
        monkeypatch.setattr(sample, "MAX_PIECES", most)
        clean(texts, tmp_path / "out", Config(), workers=0, fresh=True)
        report = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
        whole = json.loads(report.contents["script application/json"])["whole"]
        opened = {one.source[:-4] for one, _ in Output(tmp_path / "out").ledgers() if one.id[:MIN_ID] in whole}
        assert opened == shown


def test_a_large_run_is_sampled_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_BYTES", 800_000)
    monkeypatch.setattr(payload, "ROW_BYTES", 2_000)
    monkeypatch.setattr(payload, "QUOTE_BYTES", 1_500)
    lines = [json.dumps({"text": "\n\n".join(story(number % 7, 6)), "id": str(number)}) for number in range(60)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    clean([tmp_path / "in.jsonl"], tmp_path / "out", Config(), workers=0)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 800_000
    assert re.search(r"A sample of \d+ of 60: those to look at first, and others by chance", text)
    assert "can be opened here" in text


def listed(number: int) -> Listed:
    """A document that is known by its number."""
    share = (number * 7919) % 1000
    digest = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    return Listed(digest, f"{number}.txt", None, "in", None, 1000, share, share / 1000, None, (), 1, Place(0, number))


def test_what_is_held_to_be_shown_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long document its beginning counts, as that is all that is shown of it, and its pieces do."""
    rows = [listed(number) for number in range(100)]
    monkeypatch.setattr(sample, "whole_bytes", lambda chars: 10 * (1000 + sample.PIECE_CHARS) // sample.HELD + 1)
    assert list(sample.to_show(rows, 0)) == sample.by_need(rows)[:10]
    long = [one._replace(chars_in=sample.MAX_CHARS) for one in rows]
    monkeypatch.setattr(sample, "whole_bytes", lambda chars: chars // sample.HELD + 1)
    assert list(sample.to_show(long, 10 * (sample.MAX_SOURCE + sample.PIECE_CHARS))) == sample.by_need(long)[:10]
    assert not list(sample.to_show([one._replace(chars_in=sample.MAX_CHARS + 1) for one in rows], 10**9))


def parts(count: int, is_packed: bool) -> Iterator[whole.Part]:
    """Parts of three documents each, of unlike lengths."""
    for number in range(count):
        documents = {f"{number:06}{i:06}": Written(encode({"source": f"{number} & {i} " * (9 + i)})) for i in range(3)}
        yield whole.Part(documents, whole.packed(documents) if is_packed else "")


@pytest.mark.parametrize("is_packed", [False, True])
def test_documents_are_compressed_where_they_have_no_room(is_packed: bool) -> None:
    every = list(parts(9, is_packed))
    names = [name for part in every for name in part.documents]
    texts = [whole.packed(part.documents) for part in every]
    room = sum(len(text) + 3 for text in texts)
    for most, count in ((room, 9), (room - 1, 8), (len(texts[0]) + 3, 1), (len(texts[0]) + 2, 0), (-5, 0)):
        found = whole.within(parts(9, is_packed), most)
        assert list(found.packed) == texts[:count]
        assert list(found.documents) == names[: 3 * count]
    as_they_are = sum(len(whole.as_json({name: body})) for part in every for name, body in part.documents.items())
    found = whole.within(parts(9, False), as_they_are)
    assert (list(found.documents), found.packed) == (names, [])
    assert whole.within(iter(()), 0) == whole.Whole({}, [])


def test_what_is_packed_by_workers_has_no_room_as_it_is() -> None:
    rows = [listed(number) for number in range(3000)]
    room = sample.whole_bytes(0)
    for count in (room // 1000, room // 1000 + 1):
        assert whole.must_be_packed(rows[:count], 0) == (count * 1000 > room)
    assert not whole.must_be_packed([rows[0]._replace(chars_in=10**9)], 0), "of a long document its beginning counts"


def test_the_sample_does_not_depend_on_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "MOST_LISTED", 40)
    monkeypatch.setattr(sample, "_ORDERS", tuple((order, min(most, 40)) for order, most in sample._ORDERS))
    rows = [listed(number) for number in range(1000)]
    whole = Sample()
    whole.add(rows)
    random.Random(1).shuffle(rows)
    parts = Sample()
    for low in range(0, 1000, 13):
        part = Sample()
        part.add(rows[low : low + 13])
        parts.add(part.listed)
    assert parts.rows() == whole.rows()
    assert {one.chars_out for one in whole.rows()} >= {0, 1, 2, 3, 4}  # those that lost most are always among them
    assert len(whole.rows()) < 200


@pytest.mark.parametrize(
    ("one", "two", "which"),
    [
        ("2016-01-20", "2016-01-21", -1),
        ("2016-02-01", "2016-01-21", 1),
        ("2000-05-01", "1999-12-31", 1),
        ("2016", "2017-03-01", -1),
        ("2016", "2016-03-01", 0),
        ("2016-03", "2016-03-01T10:00:00Z", 0),
        (None, "2016-03-01", 0),
    ],
)
def test_who_was_first_is_said_only_where_dates_say_so(one: str | None, two: str | None, which: int) -> None:
    numbers = [index._number(one), index._number(two)]
    assert index.order(*numbers) == which
    assert index.order(*reversed(numbers)) == -which


def test_documents_are_found_by_id_in_whatever_part_they_were() -> None:
    parts = [index.Documents(), index.Documents()]
    ids = [listed(number).id for number in range(10)]
    for number, name in enumerate(ids):
        parts[number % 2].add(name, f"group {number % 3}", "2016-01-20", Place(number % 2, number))
    parts[0].merge(parts[1])
    found = parts[0].sorted()
    for number, name in enumerate(ids):
        one = found.find(name)
        assert one is not None
        assert (found.groups[one.group], one.place) == (f"group {number % 3}", Place(number % 2, number))
    assert found.find("0" * 32) is None


def test_every_rule_has_a_family_and_every_family_a_stage_and_a_colour() -> None:
    categories = {rule.id: rule.category for rule in builtin().rules}
    assert {family_of(rule, categories) for rule in categories} <= {one.key for one in FAMILIES} - {"own"}
    assert family_of("harbour-notice", {"harbour-notice": "unheard-of"}) == "own"
    style = page.asset("report.css")
    for one in FAMILIES:
        assert one.stage in STAGES
        assert f".c-{one.key} {{ --c: var(--{one.key}) }}" in style
        assert len(re.findall(rf"--{one.key}: #", style)) == 2  # light and dark


def test_no_rule_of_the_program_is_taken_for_one_of_a_rule_file() -> None:
    fields = {"title", "byline", "dateline", "section", "caption", "caption-title", "caption-credit"}
    fields |= {thread.AUTHOR, thread.DATE}
    removals = {"repeat-in-document", "template", "line-model", "ornament", *get_args(Relation)}
    repairs = {"undecodable", "raw-bytes", "byte-order-mark", *normalise.RULES}
    assert {family_of(rule, {}) for rule in fields} == {"fields"}
    assert [rule for rule in sorted(removals | repairs) if family_of(rule, {}) == "own"] == []


def test_the_funnel_shows_all_that_was_taken_out() -> None:
    chars = Counter({one.key: 10 * (number + 1) for number, one in enumerate(families.FAMILIES)})
    picture = funnel(chars, 2_000, 2_000 - chars.total())
    for one in FAMILIES:
        assert picture.count(f'data-family="{one.key}"') == 2  # for wide and for narrow windows
        assert f"{one.name}: {chars[one.key]:,} characters" in picture
    assert funnel(Counter(), 0, 0)


def test_what_rules_have_taken_out_is_all_that_is_missing() -> None:
    """What an edit puts in the place of what it takes out is not missing."""
    tally = Tally()
    put = 0
    texts = [path.read_text() for path in sorted(SEEDS.iterdir())]
    texts += [text.replace(" ", "  ").replace("e", "e\u0301") for text in texts]
    for number, text in enumerate(texts):
        document = clean_document(text, source=f"{number}.txt")
        tally.add(document.record, list(document.ledger()), Place(0, number))
        put += sum(len(edit.replacement) for edit in document.edits)
    assert put > 0
    assert tally.chars.total() == tally.counts["chars_in"] - tally.counts["chars_out"]
    assert tally.edits.total() == tally.counts["edits"]


def test_evidence_is_said_in_words() -> None:
    differs = (Difference("gray", "grey"),)
    receipt = Receipt("0" * 32, "b.txt", 3, 9, differs, True)
    assert bodies.evidence(Evidence(score=-2.5)) == "score -2.50"
    assert bodies.evidence(Evidence(place=Span(1000, 2000), copies=3)) == "see characters 1,000 to 2,000; copies 3"
    assert (
        bodies.evidence(Evidence(groups=7, of=9, site="a.example")) == "in 7 of 9 groups of documents; site a.example"
    )
    assert bodies.evidence(Evidence(kept=receipt)) == (
        "kept in b.txt of an earlier run, characters 3 to 9; there “grey” for “gray”"
    )
    assert bodies.evidence(Evidence()) == ""


def test_commands_are_those_to_type() -> None:
    default = Config().as_dict()
    changed = Config(threshold=0.8, copy_action="strike", cleaning=False, passage_words=12).as_dict()
    assert commands.run(default, default) == "pipeline clean INPUTS OUT"
    made = commands.run(changed, default)
    assert made.startswith("pipeline clean INPUTS OUT --")
    options = {"--no-cleaning", "--threshold", "0.8", "--copies", "strike", "--config", "FILE"}
    assert set(made.split()[4:]) == options
    slow = Failure("a b.jsonl#00000007", "judge", "cpu-limit", "took too long")
    assert commands.retry(slow) == "pipeline clean 'a b.jsonl' retry/ --document-cpu 120"
    assert commands.why("it's.txt") == "pipeline why OUT 'it'\"'\"'s.txt'"


def test_figures_never_say_that_something_is_nothing() -> None:
    assert [figures.percent(part, 100_000) for part in (0, 1, 20, 99, 100)] == ["0%", *["<0.1%"] * 3, "0.1%"]
    assert [figures.percent(part, 100_000) for part in (900, 9_949, 9_950, 50_000)] == ["0.9%", "9.9%", "10%", "50%"]
    assert figures.percent(0, 0) == "0%"
    assert [figures.compact(number) for number in (999, 4_000, 12_345, 4_810_225)] == ["999", "4,000", "12.3k", "4.81M"]
    assert [plural(1, "copy"), plural(1200, "copy")] == ["1 copy", "1,200 copies"]
    assert figures.short_name("news/2016/01/a-long-name.html", 16) == "news/…-name.html"


def test_a_rule_of_the_program_is_none_of_a_rule_file() -> None:
    """Rules that are not in the rule book stand in the code by name: each has a family."""
    known = {rule.id: rule.category for rule in builtin_rules()}
    text = "LONDON (AP) - The harbour authority closed two bridges on Friday, after a storm had torn loose a barge."
    found = {edit.rule for edit in clean_text(f"Harbour closes\n\nBy Jane Roe\n\n{text}\n\n{text}\n\n* * *\n").edits}
    assert "agency" in found
    assert {rule for rule in found if families.family_of(rule, known) == "own"} == set()


def made_of(chars_in: int, chars_out: int, quality: float | None, number: int) -> Listed:
    """A document of so many characters, called by a number."""
    return listed(number)._replace(id=f"{number:032}", chars_in=chars_in, chars_out=chars_out, quality=quality)


def test_what_to_look_at_first() -> None:
    """The least kept, the least sure, those without text; of a short source the share says nothing, nor of an empty text."""
    rows = [
        made_of(1000, 150, 0.9, 1),
        made_of(1000, 20, 0.7, 2),
        made_of(199, 1, 0.5, 3),
        made_of(200, 20, None, 4),
        made_of(1000, 0, 0.0, 5),
        made_of(1000, 1000, 0.79, 6),
    ]
    numbers = {one.id: number for number, one in enumerate(rows, 1)}

    def first(order: Callable[[Listed], Any]) -> list[int]:
        return [numbers[one.id] for one in sorted(rows, key=order)]

    assert first(sample.most_struck)[:4] == [2, 4, 1, 6]
    assert first(sample.lowest_quality)[:4] == [3, 2, 6, 1]
    assert first(sample.emptied)[0] == 5


def test_the_top_says_how_much_is_clean_and_which_families_took_most(tmp_path: Path) -> None:
    summary = clean([SEEDS], tmp_path / "out", Config(), workers=0)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    counts = summary.counts
    taken = counts["chars_in"] - counts["chars_out"]
    by_size = sorted(summary.families, key=lambda key: -summary.families[key])[:3]
    said = ", ".join(
        f"{families.BY_KEY[key].name} {figures.share(summary.families[key], counts['chars_in'])}" for key in by_size
    )
    assert f"{taken:,} characters were taken out: {said}." in text
    assert (
        f"<b>{figures.share(counts['chars_out'], counts['chars_in'])}</b> of {counts['chars_in']:,} characters is clean"
        in text
    )


def test_sources_that_lost_most_come_first() -> None:
    shares = struck.Shares(
        text=Counter({"a": 100, "b": 1000, "c": 300, "d": 300, "e": 50}),
        struck=Counter({"a": 90, "b": 600, "d": 200, "c": 200}),
    )
    assert [one.source for one in shares.by_loss()] == ["b", "c", "d", "a"]
    shares.struck.update(b=-150, e=26)
    assert [(one.source, one.chars, one.struck) for one in shares.alarms()] == [
        ("c", 300, 200),
        ("d", 300, 200),
        ("a", 100, 90),
        ("e", 50, 26),
    ]


def test_each_part_of_the_page_says_what_there_is(tmp_path: Path) -> None:
    """What failed, what has no text, of whom least is kept and who lost most as copies; and how all of it was made."""
    cruft = "\n\n".join(["Share on Facebook", "Skip to main content", "All rights reserved."] * 20)
    corpus = {
        "one/a.txt": "\n\n".join(story(1, 4)),
        "two/b.txt": "\n\n".join([*story(1, 4), "Nobody else says this of the tide."]),
        "three/c.txt": "Share on Facebook\n",
        "four/d.txt": f"{cruft}\n\n{story(2, 1)[0]}",
    }
    for name, text in corpus.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_text(text)
    (tmp_path / "in" / "five.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1")
    clean([tmp_path / "in"], tmp_path / "out", Config(copy_action="strike", threshold=0.8), workers=0)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    boxes = re.findall(r"<div><h3>([^<]+)(?: <small>\d+</small>)?</h3><ul>(.*?)</ul></div>", text)
    shown = {title.strip(): re.sub(r"<[^>]+>", " ", rows) for title, rows in boxes}
    assert "five.png" in shown["Failed, or in part"]
    assert {"one/a.txt", "three/c.txt"} <= set(shown["Without text"].split())
    assert shown["Least kept"].split()[0] == "four/d.txt"
    lost = shown["Sources that lost more than half as copies"].split()
    assert lost[:2] == ["one", "100%"]  # the longer document of the two has the copy that stays
    problems = text.split('<section id="problems">')[1].split("</section>")[0]
    assert "decode: binary" in problems
    assert ": nothing-kept</code>" in problems
    assert "pipeline clean five.png retry/" in problems
    made = text.split('<section id="made">')[1].split("</section>")[0]
    assert "pipeline clean INPUTS OUT --threshold 0.8 --copies strike" in made
    others = re.findall(r'<div class="other"><dt>(\w+)</dt><dd>([^<]*)</dd>', made)
    assert dict(others) == {"threshold": "0.8", "copy_action": "strike"}
    table = text.split('<table id="table">')[1].split("</table>")[0]
    assert [name in table for name in corpus] == [True] * 4
