"""JSON Lines and other JSON: which field is what, and what is wrong with which line."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.model import DECODED
from pipeline.read import reading
from tests.read.samples import read, saved

STORIES = [{"text": f"Story {i} of the day.", "url": f"http://site.example/{i}"} for i in range(3)]
TEXTS = [story["text"] for story in STORIES]


def lines(*records: Any) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_document_a_line_named_by_its_number(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.jsonl", lines(*STORIES)))
    assert got.texts == TEXTS
    assert [document.source for document in got.documents] == [f"news.jsonl#000000000{i}" for i in range(3)]
    assert got.documents[1].fields == {"url": "http://site.example/1", "charset": DECODED}


@pytest.mark.parametrize("name", ["news", "news.txt", "news.json", "news.ndjson"])
def test_recognised_by_content(tmp_path: Path, name: str) -> None:
    assert read(saved(tmp_path, name, lines(*STORIES))).texts == TEXTS


@pytest.mark.parametrize(
    "text",
    ["{Braces} open this page.\n", "[1] A footnote.\n", '{"a": 1} is an example.\n', "[\n", "{\n}\n", '"quoted"\n'],
)
def test_text_that_only_begins_like_json_is_text(tmp_path: Path, text: str) -> None:
    assert read(saved(tmp_path, "page.txt", text)).texts == [text]


def test_blank_lines_count_but_are_no_records(tmp_path: Path) -> None:
    data = "\n" + lines(STORIES[0]) + "\n  \n" + lines(STORIES[1]).rstrip("\n")
    assert read(saved(tmp_path, "news.jsonl", data)).numbers == [1, 4]


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ('{"text": "cut', "invalid-json", "line 7: not valid JSON"),
        ('{"text": "one"} {"text": "two"}', "invalid-json", "line 7: not valid JSON: Extra data"),
        (
            '{"txt": "misspelt", "n": 1}',
            "no-text",
            "line 7: no field with text; there are 'txt', 'n'; --field text=NAME chooses one",
        ),
        ('{"text": 17}', "no-text", "line 7: the field 'text' holds a number, not text"),
        ('{"text": null}', "no-text", "line 7: the field 'text' holds null, not text"),
        ('["a", "list"]', "not-an-object", "line 7: a list, not an object"),
        ('{"text": "one", "text": "two"}', "repeated-field", "line 7: the field 'text' stands there more than once"),
        ("[" * 100_000, "invalid-json", "line 7: "),
        ("\0\0\0", "invalid-json", "line 7: not valid JSON"),
    ],
)
def test_one_bad_line_loses_no_other(tmp_path: Path, bad: str, error: str, message: str) -> None:
    got = read(saved(tmp_path, "news.jsonl", lines(*STORIES, *STORIES) + bad + "\n" + lines(*STORIES)))
    assert got.numbers == [0, 1, 2, 3, 4, 5, 7, 8, 9]
    (failure,) = got.failures
    assert (failure.source, failure.error) == ("news.jsonl#0000000006", error)
    assert failure.message.startswith(message)


def test_what_writers_do_that_the_standard_forbids_is_taken(tmp_path: Path) -> None:
    data = (
        b'{"text": "a whole pair: \\ud83d\\ude00", "score": NaN}\n'
        b'{"text": "a tab\there", "n": ' + b"9" * 5000 + b"}\n"
        b'{"text": "Z\xfcrich", "score": -Infinity}\n'
        b'{"text": "a \\u0000 and a \x00"}\n'
    )
    got = read(saved(tmp_path, "news.jsonl", data))
    assert not got.failures
    assert [document.data for document in got.documents] == [
        "a whole pair: 😀".encode(),
        b"a tab\there",
        "Zürich".encode(),
        b"a \0 and a \0",
    ]


@pytest.mark.parametrize(
    ("bad", "text", "error"),
    [
        (rb'{"text": "half \ud83d a pair"}', "half \ufffd a pair", "lone-surrogate"),
        (b'{"text": "half \xed\xa0\xbd a pair"}', "half \ufffd a pair", "lone-surrogate"),
        (b'{"text": "Gr\xfc\xdfe aus Z\xfcrich"}', "Grüße aus Zürich", "not-utf-8"),
        ('{"text": "Grüße aus Zürich"}'.encode()[:-3] + b'\xff"}', "Grüße aus Züric\ufffd", "undecodable"),
    ],
)
def test_what_no_text_can_hold_is_told_and_nothing_invented(tmp_path: Path, bad: bytes, text: str, error: str) -> None:
    around = '{"text": "Vor Zürich, für Bücher, über Flüsse."}\n'.encode()
    got = read(saved(tmp_path, "news.jsonl", around + bad + b"\n" + around))
    assert got.texts == ["Vor Zürich, für Bücher, über Flüsse.", text, "Vor Zürich, für Bücher, über Flüsse."]
    assert [(failure.source, failure.error) for failure in got.failures] == [("news.jsonl#0000000001", error)]


def test_cesu_8_is_read_as_what_it_means(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.jsonl", b'{"text": "smile \xed\xa0\xbd\xed\xb8\x80"}\n'))
    assert (got.texts, got.failures) == (["smile 😀"], [])


def test_an_identifier_of_70_bits_keeps_its_digits(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.jsonl", '{"id": 1180591620717411303424, "text": "A page."}\n'))
    assert got.documents[0].fields["id"] == "1180591620717411303424"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    got = read(saved(tmp_path, "news.jsonl", lines({"text": "Zürich"}, {"text": "Genève"}).encode(encoding)))
    assert got.texts == ["Zürich", "Genève"]


def test_windows_line_ends(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "news.jsonl", lines(*STORIES).replace("\n", "\r\n"))).texts == TEXTS


def test_a_line_of_ten_megabytes(tmp_path: Path) -> None:
    text = "A sentence of a long page. " * 400_000
    got = read(saved(tmp_path, "news.jsonl", lines({"text": text}, STORIES[0])))
    assert got.texts == [text, TEXTS[0]]


@pytest.mark.parametrize("name", ["text", "content", "body", "html", "raw_content"])
def test_the_usual_names_of_text(tmp_path: Path, name: str) -> None:
    got = read(saved(tmp_path, "news.jsonl", lines({"id": 1, name.upper(): "A page."})))
    assert got.texts == ["A page."]
    assert got.documents[0].fields.get("media_type") == ("text/html" if name == "html" else None)


def test_the_likelier_name_wins_and_an_option_wins_over_all(tmp_path: Path) -> None:
    path = saved(tmp_path, "news.jsonl", lines({"html": "<p>no", "body": "no", "text": "yes", "story": {"de": "doch"}}))
    assert read(path).texts == ["yes"]
    assert read(path, "text=body").texts == ["no"]
    assert read(path, "text=story.de").texts == ["doch"]
    assert (
        read(path, "text=lead").failures[0].message
        == "line 1: no field 'lead'; there are 'html', 'body', 'text', 'story'; without --field, 'text' is the text"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["High water at noon.", "Low water at six."], "High water at noon.\n\nLow water at six."),
        ([{"text": "High water at noon."}, "", {"text": "Low water."}], "High water at noon.\n\nLow water."),
        ([["High water", "at noon."], ["Low water."]], "High water at noon.\n\nLow water."),
        (["High", "water", "at", "noon"], "High water at noon"),
        ({"rendered": "High water at noon."}, "High water at noon."),
    ],
)
def test_paragraphs_of_a_list_are_parted_by_blank_lines(tmp_path: Path, value: object, text: str) -> None:
    """Sentences of one paragraph, and words, are not."""
    assert read(saved(tmp_path, "news.jsonl", lines({"text": value, "id": 1}))).texts == [text]


@pytest.mark.parametrize("inner", ["metadata", "meta", "warc_headers"])
def test_what_a_record_says_goes_before_what_an_object_in_it_says(tmp_path: Path, inner: str) -> None:
    known = {"title": "Inside", "author": "Jane Roe", "text": "The text inside."}
    for value in (known, json.dumps(known), [{"key": key, "value": said} for key, said in known.items()]):
        got = read(saved(tmp_path, "news.jsonl", lines({inner: value, "text": "A page.", "title": "Outside"})))
        assert got.texts == ["A page."]
        assert (got.documents[0].fields["title"], got.documents[0].fields["author"]) == ("Outside", "Jane Roe")


def test_a_field_that_holds_no_text_leaves_it_to_the_next(tmp_path: Path) -> None:
    """And a record of which all are empty is a failure, whatever else it has."""
    records = [
        {"text": "", "content": None, "body": "A page."},
        {"text": " \n", "html": 5, "article": "A page."},
        {"TEXT": [], "metadata": {"text": "A page."}},
        {"text": "", "content": " ", "title": "A title"},
    ]
    got = read(saved(tmp_path, "news.jsonl", lines(*records)))
    assert (got.texts, got.errors) == (["A page."] * 3, ["empty"])


def test_known_fields_are_taken_over(tmp_path: Path) -> None:
    record = {
        "content": "A page.",
        "link": "http://site.example/1",
        "published": "2024-05-06",
        "headline": "A\n title",
        "authors": ["A. Writer", {"name": "B. Writer"}],
        "doc_id": 17,
        "meta": {"lang": "en", "url": "http://elsewhere.example/"},
    }
    fields = read(saved(tmp_path, "news.jsonl", lines(record))).documents[0].fields
    assert fields == {
        "url": "http://site.example/1",
        "date": "2024-05-06",
        "title": "A title",
        "author": "A. Writer, B. Writer",
        "id": "17",
        "language": "en",
        "charset": DECODED,
    }


def test_fields_by_option(tmp_path: Path) -> None:
    record = {"text": "A page.", "where": "http://site.example/1", "when": {"day": "2024-05-06"}}
    got = read(saved(tmp_path, "news.jsonl", lines(record)), "url=where", "date=when.day")
    assert (got.documents[0].fields["url"], got.documents[0].fields["date"]) == ("http://site.example/1", "2024-05-06")


def test_fields_by_option_for_some_files(tmp_path: Path) -> None:
    record = {"text": "A page.", "lead": "A lead.", "body": "A body."}
    path = saved(tmp_path, "news.jsonl", lines(record))
    assert read(path, "*.jsonl:text=lead").texts == ["A lead."]
    assert read(path, "text=body", "news.*:text=lead").texts == ["A lead."]
    assert read(path, "text=body", "*.csv:text=lead").texts == ["A body."]
    options = reading.read_options(None, ["text=body", "old/*:text=lead"])
    assert [dict(options.of(source).fields) for source in ("old/a.csv", "new/a.csv")] == [
        {"text": "lead"},
        {"text": "body"},
    ]


@pytest.mark.parametrize("pair", ["text", "text=", "=body", "colour=body"])
def test_a_wrong_option_says_how_to_write_it(pair: str) -> None:
    with pytest.raises(UsageError, match="write KEY=NAME, where KEY is one of text, id, url"):
        reading.read_options(None, [pair])
    with pytest.raises(UsageError, match="`input_format` is 'xlsx'; it must be one of "):
        reading.read_options("xlsx")


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_objects(tmp_path: Path, indent: int | None) -> None:
    got = read(saved(tmp_path, "news.json", json.dumps(STORIES, indent=indent)))
    assert got.texts == TEXTS
    assert got.numbers == [0, 1, 2]


def test_objects_over_several_lines(tmp_path: Path) -> None:
    data = "".join(json.dumps(story, indent=1) + "\n" for story in STORIES)
    assert read(saved(tmp_path, "news.json", data)).texts == TEXTS


def test_an_array_that_is_cut_gives_what_stands_before(tmp_path: Path) -> None:
    data = json.dumps(STORIES)
    got = read(saved(tmp_path, "news.json", data[: data.index("Story 2")]))
    assert (got.texts, got.errors) == (TEXTS[:2], ["invalid-json"])
    assert got.failures[0].message == "element 3 is never closed; the rest is not read"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("around", [(), ("response",), ("response", "inner")])
@pytest.mark.parametrize(("at", "count"), [("Story 2", 2), ("site.example/2", 2), ("site.example/1", 1)])
def test_an_object_that_is_cut_gives_the_records_in_it_that_are_whole(
    tmp_path: Path, indent: int | None, around: tuple[str, ...], at: str, count: int
) -> None:
    whole: dict[str, Any] = {"status": "ok", "articles": STORIES}
    for name in around:
        whole = {"took": 12, name: whole}
    data = json.dumps(whole, indent=indent)
    got = read(saved(tmp_path, "answer.json", data[: data.index(at)]))
    assert (got.texts, got.errors) == (TEXTS[:count], ["truncated"])
    before = "the record before is read" if count == 1 else "the 2 records before are read"
    assert got.failures[0].message.endswith(f"the object ends in record {count + 1} of its list; {before}")


@pytest.mark.parametrize("at", ["A boat sank", "Second reply", '"Boats"', '"name"', "Ann", "site.example/boats"])
def test_a_record_that_is_cut_behind_a_list_in_it_or_inside_one_is_not_whole(tmp_path: Path, at: str) -> None:
    boats = {
        "text": "A boat sank off the pier.",
        "comments": [{"text": "First reply."}, {"text": "Second reply."}],
        "title": "Boats",
        "authors": [{"name": "Ann"}],
        "url": "http://site.example/boats",
    }
    data = json.dumps({"articles": [STORIES[0], boats]})
    got = read(saved(tmp_path, "answer.json", data[: data.index(at)]))
    assert (got.texts, got.errors) == (TEXTS[:1], ["truncated"])
    assert got.failures[0].message.endswith("the object ends in record 2 of its list; the record before is read")


@pytest.mark.parametrize(
    "end", ["", ", ", "]", '], "status": "ok"', '], "took": {"ms": 1', '], "tags": ["harbour", "bo']
)
def test_an_object_that_is_cut_behind_its_last_record(tmp_path: Path, end: str) -> None:
    data = json.dumps({"took": {"ms": 2}, "articles": STORIES}).removesuffix("]}")
    got = read(saved(tmp_path, "answer.json", data + end))
    assert (got.texts, got.errors) == (TEXTS, ["truncated"])
    assert got.failures[0].message.endswith(
        "the object ends behind record 3 of its list; the 3 records before are read"
    )


def test_an_object_that_is_cut_in_its_second_list(tmp_path: Path) -> None:
    data = json.dumps({"articles": STORIES, "more": [{"text": "A buoy."}, {"text": "A beacon."}]})
    got = read(saved(tmp_path, "answer.json", data[: data.index("beacon")]))
    assert got.texts == [*TEXTS, "A buoy."]
    assert got.failures[0].message.endswith("the object ends in record 2 of its list; the 4 records before are read")


def test_a_long_line_that_is_cut_gives_the_records_in_it(tmp_path: Path) -> None:
    stories = [{"text": f"Story {i}. " + 'He said "{[" twice. ' * 400, "tags": [{"name": "x"}]} for i in range(40)]
    data = json.dumps({"articles": stories})
    got = read(saved(tmp_path, "answer.json", data[:-100]))
    assert got.texts == [story["text"] for story in stories[:-1]]
    assert got.errors == ["truncated"]
    assert "ends in record 40 of its list; the 39 records before are read" in got.failures[0].message


@pytest.mark.parametrize(
    "data",
    [
        '{"articles": [{"text": "cut',
        '{"text": "A record by itself.", "tags": [{"name": "one"}, {"name": "tw',
        '{"articles": [{"text": "closed in another order"]}',
    ],
)
def test_an_object_without_a_whole_record_is_one_failure(tmp_path: Path, data: str) -> None:
    got = read(saved(tmp_path, "answer.json", data))
    assert (got.texts, got.errors) == ([], ["invalid-json"])


@pytest.mark.parametrize("name", ["news.jsonl", "news.txt"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_lines_that_end_with_a_carriage_return_alone(tmp_path: Path, name: str, mark: bytes) -> None:
    data = mark + lines(*STORIES, {"text": "Zwölf Boote\r\nlagen fest."}).replace("\n", "\r").encode()
    got = read(saved(tmp_path, name, data))
    assert got.texts == [*TEXTS, "Zwölf Boote\r\nlagen fest."]
    assert got.numbers == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["news.jsonl", "news.txt", "news.json"])
@pytest.mark.parametrize("ends", ["\r\n\n", "\n\r\n", "\n\n\r", "\r\r\n", "\n\r\r"])
def test_lines_that_end_in_two_ways(tmp_path: Path, name: str, ends: str) -> None:
    data = "".join(json.dumps(story) + end for story, end in zip(STORIES, ends, strict=True))
    got = read(saved(tmp_path, name, data))
    assert (got.texts, got.failures) == (TEXTS, [])


def test_lines_between_carriage_returns_are_records_of_their_line(tmp_path: Path) -> None:
    tide = '{"text": "High water\rat noon."}'
    data = f'{tide}\n{tide}\r{{"text": "cut\r \r{tide}\r\n{{"text": "cut\rtoo\n{tide}\n'
    got = read(saved(tmp_path, "news.jsonl", data))
    assert got.texts == ["High water\rat noon."] * 4
    assert [document.source.partition("#")[2] for document in got.documents] == [
        "0000000000",
        "0000000001#0000000000",
        "0000000001#0000000002",
        "0000000003",
    ]
    assert [(failure.source, failure.error) for failure in got.failures] == [
        ("news.jsonl#0000000001#0000000001", "invalid-json"),
        ("news.jsonl#0000000002", "invalid-json"),
    ]
    assert got.failures[0].message.startswith("line 2, record 2 in it: not valid JSON")


def test_many_lines_with_carriage_returns_in_parts(tmp_path: Path) -> None:
    stories = [{"text": f"{i} boats lay at the quay. " * 50} for i in range(2000)]
    got = read(saved(tmp_path, "news.jsonl", lines(*stories).replace("\n", "\r")))
    assert got.texts == [story["text"] for story in stories]
    assert got.numbers == list(range(2000))


def test_an_array_larger_than_the_buffer(tmp_path: Path) -> None:
    stories = [{"text": f"{i} " + 'and "on" {and} [on] \\ ' * 500} for i in range(300)]
    got = read(saved(tmp_path, "news.json", json.dumps(stories)))
    assert got.texts == [story["text"] for story in stories]


def test_our_own_documents_are_text(tmp_path: Path) -> None:
    record = {"schema_version": 1, "id": "0", "text": "<b> is a tag.", "metadata": {"title": "T"}, "paragraphs": []}
    fields = read(saved(tmp_path, "documents.jsonl", lines(record))).documents[0].fields
    assert (fields["media_type"], fields["title"]) == ("text/plain", "T")


@pytest.mark.parametrize("data", [b"", b"\n\n", codecs.BOM_UTF8, b"[]"])
def test_no_records_are_no_failure_and_are_told(tmp_path: Path, data: bytes) -> None:
    got = read(saved(tmp_path, "news.json", data))
    assert not got.documents
    assert not got.failures
    assert got.skipped == {"file without a document": 1}


def test_a_form_feed_is_no_white_space_of_json(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.json", b"[\x0c]"))
    assert [failure.error for failure in got.failures] == ["invalid-json"]
