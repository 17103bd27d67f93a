"""Feeds are a document an item; damage costs what stands behind it, and no entity is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.read.formats import feed as format_feed
from tests.read.samples import read

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>The Bankside &amp; Quay</title><language>en-GB</language><image><title>Logo</title></image>
<item><title>The lock leaks&#8230;</title><link>https://b.example/lock</link><guid isPermaLink="false">b-1</guid>
<author>desk@b.example (Ann Lee)</author><pubDate>Fri, 05 Mar 2021 08:15:00 +0000</pubDate><category>Town</category>
<description>Short.</description><content:encoded><![CDATA[<p>The old lock leaks&nbsp;again.</p>]]></content:encoded></item>
<item><title>Lines lost</title><guid>https://b.example/lines</guid><description>AT&amp;T lost its&nbsp;lines.</description></item>
<item><title>Nothing</title><link>https://b.example/nothing</link></item>
</channel></rss>"""


def feed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "feed.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_item_is_a_document_with_what_the_feed_says_of_it(tmp_path: Path) -> None:
    got = read(feed(tmp_path, RSS))
    first, second = got.documents
    assert first.data == b"<p>The old lock leaks&#160;again.</p>"
    wanted = {
        "title": "The lock leaks…",
        "author": "Ann Lee",
        "url": "https://b.example/lock",
        "id": "b-1",
        "language": "en-GB",
        "outlet": "The Bankside & Quay",
        "media_type": "text/html",
    }
    assert {key: first.fields.get(key) for key in wanted} == wanted
    assert first.extra == {"categories": ["Town"]}
    assert second.data.decode() == "AT&T lost its\xa0lines."
    assert second.fields["url"] == "https://b.example/lines"
    assert second.fields["media_type"] == "text/plain"


def test_an_item_without_text_is_told(tmp_path: Path) -> None:
    (failure,) = read(feed(tmp_path, RSS)).failures
    assert (failure.source, failure.error) == ("feed.xml#0000000002", "no-text")


def test_what_stands_before_damage_is_kept(tmp_path: Path) -> None:
    got = read(feed(tmp_path, RSS[: RSS.index("Lines lost")]))
    assert len(got.documents) == 1
    assert [failure.error for failure in got.failures] == ["truncated"]
    got = read(feed(tmp_path, RSS.replace("<item><title>Nothing", "<item></title>")))
    assert len(got.documents) == 2
    assert [failure.error for failure in got.failures] == ["damaged"]


def test_an_encoding_that_there_is_not_is_damage(tmp_path: Path) -> None:
    for name in ("UTF-9", "base64", "x"):
        got = read(feed(tmp_path, RSS.replace("UTF-8", name)))
        assert not got.documents
        assert [failure.error for failure in got.failures] == ["damaged"]


def test_no_entity_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the key is under the mat")
    declared = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n<rss'
    got = read(feed(tmp_path, RSS.replace("<rss", declared, 1).replace("Short.", "&x;")))
    assert not got.documents
    (failure,) = got.failures
    assert "entities" in failure.message


def test_a_feed_is_the_same_in_whatever_pieces_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = feed(tmp_path, RSS)
    whole = read(path)
    for size in (1, 7, 100):
        monkeypatch.setattr(format_feed, "_CHUNK", size)
        assert read(path) == whole
    declared = RSS.replace("<rss", '<!DOCTYPE rss [<!ENTITY x "y">]>\n<rss', 1)
    monkeypatch.setattr(format_feed, "_CHUNK", 5)
    assert [failure.message for failure in read(feed(tmp_path, declared)).failures] == [
        "the feed declares entities of its own, which are not read"
    ]


def test_an_item_that_is_too_large_costs_none_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(format_feed, "_CHUNK", 1000)
    monkeypatch.setattr(format_feed, "MAX_ITEM", 5000)
    items = "".join(f"<item><description>Story {i} goes on.</description></item>\n" for i in range(400))
    head, tail = RSS[: RSS.index("<item>")], "</channel></rss>"
    got = read(feed(tmp_path, head + items + tail))
    assert (len(got.documents), got.failures) == (400, [])
    for large in ("<item><description>" + "a " * 4000, "<x/>" * 2000):
        got = read(feed(tmp_path, head + items + large + tail))
        assert len(got.documents) == 400
        assert [failure.error for failure in got.failures] == ["too-large"]


def test_elements_far_inside_each_other_cost_their_item_its_markup(tmp_path: Path) -> None:
    deep = "<b>" * 20_000 + "far inside" + "</b>" * 20_000
    text = RSS.replace("Short.", deep).replace("<content:encoded>", "<x>").replace("</content:encoded>", "</x>")
    first, second = read(feed(tmp_path, text)).documents
    assert first.data == b"far inside"
    assert second.data.startswith(b"AT&T")


def test_xml_that_is_no_feed_is_no_feed(tmp_path: Path) -> None:
    for text in (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>An rss feed.</p></body></html>',
        "<feed><p>Hay</p></feed>",
        "<p>&lt;rss version=2.0&gt; is how a feed begins.</p>",
    ):
        (document,) = read(feed(tmp_path, text)).documents
        assert document.source == "feed.xml"
