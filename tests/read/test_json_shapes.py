"""JSON as news APIs, crawlers, corpora and data bases write it: all text, right address, date, title, author, id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.model import DECODED
from tests.read.samples import read, saved

TEXT = "The old harbour wall gave way on Thursday night.\n\nNo one was hurt, the council said."
PARAGRAPHS = TEXT.split("\n\n")
URL = "https://news.example/2021/harbour-wall"
TITLE = "Harbour wall gives way"
AUTHOR = "Mary Quill"
DAY = "2021-03-04"
KNOWN = {"url": URL, "title": TITLE}
FULL = KNOWN | {"author": AUTHOR, "date": DAY}

RECORDS: dict[str, tuple[Any, dict[str, str]]] = {
    "an empty text beside a full content": ({"text": "", "content": TEXT, **KNOWN}, KNOWN),
    "null beside a full body": ({"text": None, "body": TEXT, **KNOWN}, KNOWN),
    "paragraphs": ({"text": PARAGRAPHS, **KNOWN}, KNOWN),
    "paragraphs as objects": ({"body": [{"type": "p", "text": part} for part in PARAGRAPHS], **KNOWN}, KNOWN),
    "paragraphs of sentences": ({"paragraphs": [part.split() for part in PARAGRAPHS], **KNOWN}, KNOWN),
    "Editor.js": ({"blocks": [{"type": "p", "data": {"text": part}} for part in PARAGRAPHS], **KNOWN}, KNOWN),
    "trafilatura": (
        {
            "title": TITLE, "author": AUTHOR, "hostname": "news.example", "date": DAY, "fingerprint": "f1", "id": None,
            "license": None, "comments": "", "raw_text": "The old", "text": TEXT, "language": "en", "image": None,
            "pagetype": "article", "filedate": "2024-01-01", "source": URL, "source-hostname": "Example Times",
            "excerpt": "The old", "categories": "", "tags": "",
        },
        FULL | {"language": "en"},
    ),
    "newspaper4k": (
        {
            "url": URL, "title": TITLE, "authors": [AUTHOR, "Jo Writer"], "publish_date": "2021-03-04 08:00:00", "summary": "",
            "text": TEXT, "meta_lang": "en", "top_image": "", "keywords": [], "canonical_link": URL, "html": "<html>",
        },
        KNOWN | {"author": "Mary Quill, Jo Writer", "date": "2021-03-04 08:00:00", "language": "en"},
    ),
    "news-please": (
        {
            "authors": [AUTHOR], "date_download": "2024-01-01 00:00:00", "date_modify": None, "maintext": TEXT,
            "date_publish": "2021-03-04 08:00:00", "filename": "x.json", "language": "en", "source_domain": "news.example",
            "title": TITLE, "title_page": None, "text": None, "url": URL,
        },
        FULL | {"date": "2021-03-04 08:00:00", "language": "en"},
    ),
    "OSCAR 23": (
        {
            "content": TEXT,
            "warc_headers": {"warc-target-uri": URL, "warc-date": "2024-01-01T00:00:00Z", "content-length": "99"},
            "metadata": {"identification": {"label": "en", "prob": 0.9}, "sentence_identifications": [None]},
        },
        {"url": URL, "language": "en"},
    ),
    "NYT": (
        {
            "web_url": URL, "snippet": "The old", "lead_paragraph": TEXT, "source": "The New York Times",
            "headline": {"main": TITLE, "kicker": None}, "byline": {"original": "By Mary Quill", "person": []},
            "pub_date": "2021-03-04T08:00:00+0000", "section_name": "World", "_id": "nyt://article/1",
        },
        FULL | {"date": "2021-03-04T08:00:00+0000", "outlet": "The New York Times", "section": "World", "id": "nyt://article/1"},
    ),
    "C4": ({"text": TEXT, "timestamp": "2021-03-04T08:00:00Z", "url": URL}, {"url": URL, "date": "2021-03-04T08:00:00Z"}),
    "RedPajama": (
        {"text": TEXT, "meta": {"url": URL, "timestamp": "2021-03-04T08:00:00Z", "language": "en", "source": "c4"}},
        {"url": URL, "date": "2021-03-04T08:00:00Z", "language": "en"},
    ),
    "RedPajama as datasets loads it": (
        {"text": TEXT, "meta": str({"url": URL, "timestamp": DAY, "language": "en"})},
        {"url": URL, "date": DAY, "language": "en"},
    ),
    "metadata as a string of JSON": ({"text": TEXT, "metadata": json.dumps(FULL)}, FULL),
    "metadata as a map": ({"text": TEXT, "metadata": [{"key": k, "value": v} for k, v in FULL.items()]}, FULL),
    "FineWeb": (
        {
            "text": TEXT, "id": "<urn:uuid:1>", "dump": "CC-MAIN-2021-10", "url": URL, "date": "2021-03-04T08:00:00Z",
            "file_path": "s3://x", "language": "en", "language_score": 0.97, "token_count": 21,
        },
        {"url": URL, "date": "2021-03-04T08:00:00Z", "id": "<urn:uuid:1>", "language": "en"},
    ),
    "FineWeb 2": ({"text": TEXT, "url": URL, "language": "deu", "language_script": "Latn"}, {"url": URL, "language": "de"}),
    "Dolma": (
        {"id": "d1", "text": TEXT, "source": "common-crawl", "added": "2024-01-01", "created": DAY, "metadata": {"url": URL}},
        {"id": "d1", "url": URL, "date": DAY},
    ),
    "datatrove": ({"text": TEXT, "id": "t/1", "media": [], "metadata": FULL}, {"id": "t/1"} | FULL),
    "CC-News": (
        {
            "requested_url": URL, "plain_text": TEXT, "published_date": DAY, "title": TITLE, "author": AUTHOR,
            "sitename": "Example Times", "language": "en", "crawl_date": "2024-01-01",
        },
        FULL | {"outlet": "Example Times", "language": "en"},
    ),
    "Washington Post collection": (
        {
            "id": "w1", "article_url": URL, "title": TITLE, "author": AUTHOR, "published_date": 1614844800000,
            "contents": [{"content": part, "type": "sanitized_html"} for part in PARAGRAPHS], "source": "The Washington Post",
        },
        FULL | {"id": "w1", "date": "2021-03-04T08:00:00+00:00", "outlet": "The Washington Post"},
    ),
    "Webhose": (
        {
            "uuid": "u1", "thread": {"site_full": "www.news.example", "published": DAY, "url": URL + "?thread"}, "author": AUTHOR,
            "url": URL, "title": TITLE, "text": TEXT, "published": "2021-03-04T08:00:00.000+02:00", "language": "english",
        },
        FULL | {"id": "u1", "date": "2021-03-04T08:00:00.000+02:00", "language": "en"},
    ),
    "schema.org": (
        {
            "@type": "NewsArticle", "@id": URL, "headline": TITLE, "articleBody": TEXT, "datePublished": DAY, "url": URL,
            "author": [{"@type": "Person", "name": AUTHOR}], "publisher": {"name": "Example Times"}, "inLanguage": "en-GB",
        },
        FULL | {"id": URL, "outlet": "Example Times", "language": "en"},
    ),
    "MongoDB": (
        {"_id": {"$oid": "60409f"}, "url": URL, "title": TITLE, "text": TEXT, "date": {"$date": "2021-03-04T08:00:00Z"}},
        KNOWN | {"id": "60409f", "date": "2021-03-04T08:00:00Z"},
    ),
    "MongoDB, canonical": (
        {"_id": {"$oid": "60409f"}, "text": TEXT, "date": {"$date": {"$numberLong": "1614844800000"}}},
        {"id": "60409f", "date": "2021-03-04T08:00:00+00:00"},
    ),
    "Elasticsearch": ({"_index": "news", "_id": "e1", "_source": {"text": TEXT, **FULL}}, {"id": "e1"} | FULL),
    "a record inside a record": ({"id": 7, "article": {"text": TEXT, **FULL}}, {"id": "7"} | FULL),
}  # fmt: skip


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_a_line(tmp_path: Path, kind: str) -> None:
    record, known = RECORDS[kind]
    got = read(saved(tmp_path, "news.jsonl", json.dumps(record) + "\n" + json.dumps(record, ensure_ascii=False)))
    assert [text.split() for text in got.texts] == [TEXT.split()] * 2
    assert got.documents[0].fields == known | {"charset": DECODED}
    assert not got.failures


WRAPPED = {
    "NewsAPI": {
        "status": "ok",
        "articles": [
            {"source": {"id": None, "name": "N"}, "author": AUTHOR, "title": TITLE, "url": URL, "publishedAt": DAY, "content": part}
            for part in PARAGRAPHS
        ],
    },
    "GNews": {"totalArticles": 2, "articles": [{"content": part, "url": URL, "publishedAt": DAY} for part in PARAGRAPHS]},
    "Event Registry": {"articles": {"page": 1, "results": [{"uri": "1", "lang": "eng", "body": part} for part in PARAGRAPHS]}},
    "Newsdata": {"status": "success", "results": [{"article_id": "1", "link": URL, "content": part} for part in PARAGRAPHS]},
    "Guardian": {"response": {"status": "ok", "results": [{"webUrl": URL, "fields": {"bodyText": part}} for part in PARAGRAPHS]}},
    "NYT": {"status": "OK", "response": {"docs": [{"web_url": URL, "lead_paragraph": part} for part in PARAGRAPHS], "meta": {"hits": 2}}},
    "Elasticsearch": {"took": 3, "hits": {"total": 2, "hits": [{"_id": "1", "_source": {"text": part}} for part in PARAGRAPHS]}},
    "Solr": {"response": {"numFound": 2, "docs": [{"id": "1", "content": [part]} for part in PARAGRAPHS]}},
    "JSON Feed": {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": URL, "content_text": part} for part in PARAGRAPHS]},
    "linked data": {"@context": "https://schema.org", "@graph": [{"@type": "Article", "articleBody": part} for part in PARAGRAPHS]},
    "datasets server": {"features": [], "rows": [{"row_idx": i, "row": {"text": part}} for i, part in enumerate(PARAGRAPHS)]},
    "pandas, columns": {"text": dict(enumerate(PARAGRAPHS)), "url": {0: URL, 1: URL}},
    "pandas, index": {i: {"text": part, "url": URL} for i, part in enumerate(PARAGRAPHS)},
    "pandas, split": {"columns": ["text", "url"], "index": [0, 1], "data": [[part, URL] for part in PARAGRAPHS]},
    "pandas, table": {"schema": {"fields": []}, "data": [{"index": 0, "text": part} for part in PARAGRAPHS]},
    "columns as lists": {"text": PARAGRAPHS, "url": [URL, URL]},
}  # fmt: skip


@pytest.mark.parametrize("kind", WRAPPED)
@pytest.mark.parametrize("indent", [None, 1])
def test_an_object_that_holds_records(tmp_path: Path, kind: str, indent: int | None) -> None:
    got = read(saved(tmp_path, "news.json", json.dumps(WRAPPED[kind], indent=indent)))
    assert got.texts == PARAGRAPHS
    assert [one.source for one in got.documents] == [f"news.json#0000000000#000000000{i}" for i in range(2)]
    assert not got.failures


FIRST, SECOND = ({"text": part, "url": URL} for part in PARAGRAPHS)
THIRD = {"body": TEXT}
SEVERAL: dict[str, Any] = {
    "side by side": {"articles": [FIRST], "more": [SECOND], "sport": [THIRD]},
    "the longer one last": {"top": [FIRST], "articles": [SECOND, THIRD]},
    "at different depths": {
        "articles": [FIRST],
        "response": {"page": 1, "archive": {"docs": [SECOND]}},
        "late": [THIRD],
    },
    "a list a day": {"2021-03-04": [FIRST], "2021-03-05": [], "2021-03-06": [SECOND, THIRD]},
    "objects of objects": {"local": {"a": FIRST, "b": SECOND}, "world": {"results": [THIRD]}},
}


@pytest.mark.parametrize("kind", SEVERAL)
def test_an_object_that_holds_several_lists_of_records(tmp_path: Path, kind: str) -> None:
    got = read(saved(tmp_path, "news.json", json.dumps(SEVERAL[kind])))
    assert got.texts == [*PARAGRAPHS, TEXT]
    assert got.numbers == [0, 1, 2]
    assert (got.failures, got.skipped) == ([], {})


def test_more_lists_than_one_looks_into_objects(tmp_path: Path) -> None:
    days = {f"day {number}": [{"text": f"Story {number}."}] for number in range(3000)}
    assert read(saved(tmp_path, "days.json", json.dumps(days))).texts == [f"Story {number}." for number in range(3000)]


def test_lists_in_a_record_are_part_of_it(tmp_path: Path) -> None:
    record = {
        "text": TEXT,
        "comments": [{"text": "Well said."}],
        "replies": {"a": {"text": "So it is."}, "b": {"text": "No."}},
    }
    for records in ([record], {"1": record, "2": record}):
        got = read(saved(tmp_path, "news.json", json.dumps({"found": records, "took": {"ms": 3}})))
        assert got.texts == [TEXT] * len(records)
        assert set(got.documents[0].extra) == {"comments", "replies"}


def test_objects_without_text_in_other_lists_are_counted(tmp_path: Path) -> None:
    answer = {
        "articles": [FIRST],
        "headlines": [{"title": TITLE, "url": URL}] * 3,
        "facets": [{"key": "sea", "count": 7}],
    }
    got = read(saved(tmp_path, "news.json", json.dumps(answer)))
    assert (got.texts, got.failures) == (PARAGRAPHS[:1], [])
    assert got.skipped == {"object without text in another list": 3}


def test_a_hit_of_elasticsearch_is_its_source_and_nothing_else(tmp_path: Path) -> None:
    hits = [
        {"_index": "news", "_id": "1", "_score": 1.5, "_source": {"text": part, "page": 3, "id": "a7"}}
        for part in PARAGRAPHS
    ]
    got = read(saved(tmp_path, "news.json", json.dumps({"took": 3, "hits": {"hits": hits}})))
    assert got.texts == PARAGRAPHS
    assert [(one.extra, one.fields["id"]) for one in got.documents] == [({"page": 3}, "a7")] * 2


def test_wordpress_writes_html_inside_objects(tmp_path: Path) -> None:
    post = {
        "id": 12,
        "date": "2021-03-04T08:00:00",
        "guid": {"rendered": URL + "?p=12"},
        "link": URL,
        "title": {"rendered": TITLE},
        "content": {"rendered": f"<p>{PARAGRAPHS[0]}</p>", "protected": False},
        "author": 3,
    }
    (document,) = read(saved(tmp_path, "posts.json", json.dumps([post]))).documents
    assert document.data.decode() == f"<p>{PARAGRAPHS[0]}</p>"
    assert (document.fields["url"], document.fields["title"], document.fields["id"]) == (URL, TITLE, "12")


def test_an_answer_without_texts_names_every_record(tmp_path: Path) -> None:
    answer = {"articles": [{"url": URL, "title": TITLE, "seendate": "20210304T080000Z", "domain": "news.example"}] * 2}
    got = read(saved(tmp_path, "gdelt.json", json.dumps(answer)))
    assert got.errors == ["no-text", "no-text"]
    assert got.failures[1].message.startswith(
        "element 1: record 2 in it: no field with text; there are 'url', 'title'"
    ) or (got.failures[1].message.startswith("record 2 in it: no field with text; there are 'url', 'title'"))


def test_a_path_may_cross_a_list(tmp_path: Path) -> None:
    answer = {"found": [{"lede": part, "at": URL} for part in PARAGRAPHS]}
    got = read(saved(tmp_path, "news.json", json.dumps(answer)), "text=found.lede", "url=found.at")
    assert (got.texts, got.documents[0].fields["url"]) == (PARAGRAPHS, URL)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (2020, "2020"),
        ("2020", "2020"),
        ("2020-04", "2020-04"),
        ("20200405", "2020-04-05"),
        (1614844800, "2021-03-04T08:00:00+00:00"),
        ("1614844800", "2021-03-04T08:00:00+00:00"),
        (1614844800000, "2021-03-04T08:00:00+00:00"),
        (1614844800.5, "2021-03-04T08:00:00+00:00"),
        ([2021, 3, 4], "2021-03-04"),
        ("2021-03-04T23:30:00-05:00", "2021-03-04T23:30:00-05:00"),
        ({"$date": "2021-03-04T08:00:00Z"}, "2021-03-04T08:00:00Z"),
        ("/Date(1614844800000+0100)/", "2021-03-04T08:00:00+00:00"),
        ("Thu Mar 04 08:00:00 +0000 2021", "04 Mar 2021"),
    ],
)
def test_dates(tmp_path: Path, value: Any, day: str) -> None:
    got = read(saved(tmp_path, "news.jsonl", json.dumps({"text": "A page.", "date": value})))
    assert got.documents[0].fields["date"] == day


def test_names_however_their_words_are_parted_and_values_that_are_none(tmp_path: Path) -> None:
    record = {
        "Full Text": "A page.",
        "Publication-Date": "2021-03-04",
        "Title": "NaN",
        "Headline": "A title",
        "Author": "None",
    }
    (document,) = read(saved(tmp_path, "news.jsonl", json.dumps(record))).documents
    assert document.fields == {"date": "2021-03-04", "title": "A title", "charset": DECODED}


def test_descriptions_beside_a_saved_data_set_are_no_records(tmp_path: Path) -> None:
    state = {"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_fingerprint": "f", "_format_type": None}
    got = read(saved(tmp_path, "state.json", json.dumps(state, indent=2)))
    assert (got.documents, got.failures, got.skipped) == ([], [], {"description of a data set": 1})
