"""CSV and TSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.read.samples import read, saved

ROWS = [["url", "text"], ["http://a.example/", 'She said "no",\nthen left.'], ["http://b.example/", "Zürich"]]
TEXTS = [row[1] for row in ROWS[1:]]


def written(
    rows: list[list[str]], delimiter: str = ",", end: str = "\r\n", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "delimiter"), [("news.csv", ","), ("news.csv", ";"), ("news.csv", "|"), ("news.tsv", "\t")]
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_document_a_row(tmp_path: Path, name: str, delimiter: str, end: str) -> None:
    got = read(saved(tmp_path, name, written(ROWS, delimiter, end)))
    assert got.texts == TEXTS
    assert [document.source for document in got.documents] == [f"{name}#0000000000", f"{name}#0000000001"]
    assert got.documents[0].fields["url"] == "http://a.example/"


def test_old_line_ends(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "news.csv", "text\rone\rtwo\r")).texts == ["one", "two"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    assert read(saved(tmp_path, "news.csv", written(ROWS).encode(encoding))).texts == TEXTS


def test_a_field_of_ten_megabytes(tmp_path: Path) -> None:
    text = "word, " * 2_000_000
    assert read(saved(tmp_path, "news.csv", written([["text"], [text], ["next"]]))).texts == [text, "next"]


def test_the_column_is_an_option(tmp_path: Path) -> None:
    path = saved(tmp_path, "news.csv", written([["lead", "text"], ["A lead", "A text"]]))
    assert read(path, "text=lead").texts == ["A lead"]


def test_no_column_with_text_names_those_there_are(tmp_path: Path) -> None:
    (failure,) = read(saved(tmp_path, "news.csv", "when,what\n1,2\n")).failures
    assert (failure.source, failure.error) == ("news.csv", "no-text")
    assert failure.message == "no column with text; there are 'when', 'what'; --field text=NAME chooses one"


def test_a_list_of_addresses_says_what_to_do(tmp_path: Path) -> None:
    rows = "id,publish_date,title,url,media_name\n1,2021-03-04,A title,http://a.example/,A paper\n"
    (failure,) = read(saved(tmp_path, "mediacloud.csv", rows)).failures
    assert failure.error == "no-text"
    assert failure.message.endswith("it lists addresses: fetch the pages, and clean those")


def test_a_field_that_is_not_there_says_what_is(tmp_path: Path) -> None:
    path = saved(tmp_path, "news.csv", "url,text\nhttp://a.example/,A story.\n")
    (failure,) = read(path, "text=body").failures
    assert failure.message == "no column 'body'; there are 'url', 'text'; without --field, 'text' is the text"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Titel;Text;Autor;Datum;Sprache;Zeitung;Ressort;Adresse", "de"),
        ("Titre;Texte intégral;Auteur;Date de parution;Langue;Journal;Rubrique;Lien", "fr"),
        ("Título;Cuerpo;Autora;Fecha de publicación;Idioma;Medio;Sección;Enlace", "es"),
        ("Titolo;Testo;Autore;Data;Lingua;Testata;Sezione;Indirizzo", "it"),
        ("Manchete;Conteúdo;Jornalista;Publicado em;Língua;Veículo;Editoria;Endereço", "pt"),
        ("Kop;Tekst;Schrijver;Publicatiedatum;Taal;Krant;Rubriek;Webadres", "nl"),
        ("Tytuł;Treść;Autor;Data publikacji;Język;Gazeta;Dział;Adres", "pl"),
        ("Заголовок;Текст;Автор;Дата;Язык;Издание;Рубрика;Ссылка", "ru"),
        ("标题;正文;作者;日期;语言;媒体;版面;链接", "zh"),
        ("見出し;本文;筆者;掲載日;言語;新聞;面名;リンク", "ja"),
    ],
)
def test_columns_of_other_languages(tmp_path: Path, header: str, language: str) -> None:
    row = f"Die Wehr;Das Wasser stieg am Montag.;Ann Lee;2021-03-05;{language};Der Bote;Lokales;https://a.example/1"
    got = read(saved(tmp_path, "news.csv", f"{header}\n{row}\n"))
    assert got.texts == ["Das Wasser stieg am Montag."]
    assert {key: value for key, value in got.documents[0].fields.items() if key != "charset"} == {
        "title": "Die Wehr",
        "author": "Ann Lee",
        "date": "2021-03-05",
        "language": language,
        "outlet": "Der Bote",
        "section": "Lokales",
        "url": "https://a.example/1",
    }
    assert not got.documents[0].extra


@pytest.mark.parametrize("name", ["tweet", "Review Text", "comment_body", "post"])
def test_what_people_write_is_a_text(tmp_path: Path, name: str) -> None:
    got = read(saved(tmp_path, "said.tsv", f"id\tuser_name\t{name}\n7\tada\tThe gate is shut again.\n"))
    assert (got.texts, got.documents[0].fields["author"]) == (["The gate is shut again."], "ada")


def test_one_bad_row_loses_no_other(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.csv", 'url,text\n1,one\n2,two,three\n3\n"4"x,four\n5,five\n6,\n'))
    assert got.texts == ["one", "four", "five"]
    assert [(failure.source[-1], failure.error) for failure in got.failures] == [
        ("1", "ragged"),
        ("2", "no-text"),
        ("3", "stray-quote"),
        ("5", "empty"),
    ]
    assert got.failures[0].message == "row 2: 3 fields, but 2 columns: a separator without quotes?"
    assert got.failures[3].message == "row 6: the field 'text' is empty"


LONG = "First paragraph, with commas.\n\nSecond, with more, and more, of them.\n"
URLS = [f"http://site.example/{i}" for i in range(6)]


@pytest.mark.parametrize(
    "bad",
    [
        '{url},"He said "no" and left,\n\nor so, they say.",2021-03-04\n',
        '{url},"He said no and left,\n\nor so, they say.,2021-03-04\n',
        '{url},"He said no and left,2021-03-04\n',
        '{url},"A ""quote"", then "a stray, one",2021-03-04\n',
        '"{url},He said no,2021-03-04\n',
    ],
)
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_a_stray_quotation_mark_costs_no_other_row(tmp_path: Path, bad: str, quoting: Literal[0, 1]) -> None:
    good = [[url, LONG + url, "2021-03-04"] for url in URLS]
    before, after = written([["url", "text", "date"], *good[:3]], quoting=quoting), written(good[3:], quoting=quoting)
    got = read(saved(tmp_path, "news.csv", before + bad.format(url="http://bad.example/") + after))
    fine = [document for document in got.documents if document.fields["url"] != "http://bad.example/"]
    assert [document.fields["url"] for document in fine] == URLS
    assert [document.data.decode() for document in fine] == [row[1].replace("\n", "\n") for row in good]
    assert [failure.source for failure in got.failures] == ["news.csv#0000000003"]
    assert len(got.documents) - len(fine) <= 1


@pytest.mark.parametrize("tail", ["", "x"])
def test_a_stray_quotation_mark_where_no_column_tells_rows_apart(tmp_path: Path, tail: str) -> None:
    data = f'text,note\n"one, of many",a\n"two "of\nmany{tail}",b\n"three, of many",c\n"four",d\n'
    got = read(saved(tmp_path, "news.csv", data))
    assert [text for text in got.texts if "two" not in text] == ["one, of many", "three, of many", "four"]
    assert [failure.error for failure in got.failures] == ["stray-quote"]


def test_quotation_marks_escaped_as_mysql_and_spark_do(tmp_path: Path) -> None:
    data = (
        '"id","url","text"\n"1","http://a.example/","He said \\"no\\".\\\nAnd \\\\ left."\n"2",\\N,"Then, \\"yes\\"."\n'
    )
    got = read(saved(tmp_path, "news.csv", data))
    assert got.texts == ['He said "no".\nAnd \\ left.', 'Then, "yes".']
    assert [document.fields.get("url") for document in got.documents] == ["http://a.example/", None]
    assert not got.failures


def test_a_backslash_before_a_closing_quote_is_a_backslash_where_quotes_are_doubled(tmp_path: Path) -> None:
    data = 'url,text\n"C:\\","He said ""no""."\n"D:\\","And ""left""."\n'
    assert read(saved(tmp_path, "news.csv", data)).texts == ['He said "no".', 'And "left".']


def test_tabs_with_escapes_as_data_bases_dump_them(tmp_path: Path) -> None:
    data = "id\turl\ttext\n1\t\\N\tHe said\\tno.\\nThen left.\n2\thttp://a.example/\tOver two\\\nlines.\n"
    got = read(saved(tmp_path, "news.tsv", data))
    assert got.texts == ["He said\tno.\nThen left.", "Over two\nlines."]
    assert got.documents[0].fields.get("url") is None


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("sign", [";", "|", "\t"])
def test_the_line_with_which_excel_is_told_the_separator(tmp_path: Path, mark: str, sign: str) -> None:
    assert read(saved(tmp_path, "news.csv", f"{mark}sep={sign}\r\n" + written(ROWS, sign))).texts == TEXTS


@pytest.mark.parametrize("sign", ["^", "~", "/"])
def test_a_separator_that_is_named_goes_before_those_that_are_guessed(tmp_path: Path, sign: str) -> None:
    """Also one that nobody would guess, and where another one would explain the file as well."""
    rows = [f"id{sign}text", f"1{sign}one, two; three", f"2{sign}four, five; six"]
    got = read(saved(tmp_path, "news.csv", "\r\n".join([f"sep={sign}", *rows]) + "\r\n"))
    assert (got.texts, got.failures) == (["one, two; three", "four, five; six"], [])
    semicolons = read(saved(tmp_path, "other.csv", "sep=;\r\nid,a;text,b;title\r\n1,2;noon;high\r\n"), "text=text,b")
    assert (semicolons.texts, semicolons.documents[0].fields["title"]) == (["noon"], "high")


def test_what_stands_above_the_header_is_passed_over(tmp_path: Path) -> None:
    above = "Search results\r\n\r\nQuery: harbour, wall\r\nFrom,2021-01-01,to,2021-12-31\r\n"
    got = read(saved(tmp_path, "news.csv", above + written(ROWS)))
    assert (got.texts, got.failures) == (TEXTS, [])


def test_empty_cells_at_the_end_of_rows(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "news.csv", "url;text;;\n1;one;;;\n2;two;;\n")).texts == ["one", "two"]


def test_without_a_header_columns_have_numbers(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.tsv", "1\thttp://a.example/\tone\n2\t\ttwo\n"), "text=3", "url=2")
    assert got.texts == ["one", "two"]
    assert got.documents[0].fields["url"] == "http://a.example/"


def test_one_encoding_for_all_columns(tmp_path: Path) -> None:
    rows = [
        ["author", "text"],
        ["John Ó Briain", "Café owners pay about €2 more. “Too much”, they say."],
        ["Li Wen", "plain"],
    ]
    got = read(saved(tmp_path, "news.csv", written(rows, ";").encode("cp1252")))
    assert got.documents[0].fields["author"] == "John Ó Briain"
    assert got.texts == [rows[1][1], "plain"]
    assert not got.failures


def test_a_byte_that_means_nothing_is_told(tmp_path: Path) -> None:
    data = "text\nZürich, Köln, Düsseldorf, Straßburg\n".encode() + b"Z\xc3 rich und K\xc3\xb6ln, D\xc3\xbcsseldorf\n"
    got = read(saved(tmp_path, "news.csv", data))
    assert got.texts[1] == "Z\ufffd rich und Köln, Düsseldorf"
    assert [(failure.source, failure.error) for failure in got.failures] == [("news.csv#0000000001", "undecodable")]


def test_a_nul_byte_leaves_a_table_a_table(tmp_path: Path) -> None:
    data = "url,text\n" + "".join(f"{url},Story {url} of the day.\n" for url in URLS)
    got = read(saved(tmp_path, "news.csv", data.replace("3 of", "3\0 of")))
    assert len(got.documents) == len(URLS)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize("name", ["news.csv", "news.txt"])
def test_wide_encodings_without_a_mark_too(tmp_path: Path, encoding: str, name: str) -> None:
    rows = [["url", "title", "text"], *([url, "A title", "Story of the day, in Zürich."] for url in URLS)]
    got = read(saved(tmp_path, name, written(rows, "\t").encode(encoding)))
    assert got.texts == ["Story of the day, in Zürich."] * len(URLS)


def test_text_with_commas_is_no_table(tmp_path: Path) -> None:
    text = "Text, title, date: what a record holds.\nIt is text, title, and date.\n"
    assert read(saved(tmp_path, "page.txt", text)).texts == [text]


cells = st.text(st.sampled_from('ab,"\n\r é'), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    target=st.integers(1, 40),
)
def test_rows_are_what_python_takes_for_rows_however_split(
    tmp_path: Path, rows: list[tuple[str, str]], end: str, target: int
) -> None:
    # with line feeds alone, Python's writer leaves a carriage return without the quotes that it needs
    quoting: Literal[0, 1] = csv.QUOTE_ALL if end == "\n" else csv.QUOTE_MINIMAL
    path = saved(tmp_path, "news.csv", written([["url", "text"], *map(list, rows)], end=end, quoting=quoting))
    assert read(path).texts == [row[1] for row in rows if row[1].strip()]
    whole, parts = read(path), read(path, target=target)
    assert (parts.documents, parts.failures) == (whole.documents, whole.failures)


HEADLESS = "".join(f'{i},"Story number {i}: the harbour was quiet.",2025-03-14\n' for i in range(1, 6))


def test_columns_without_names_are_called_by_number_whatever_the_cells_hold(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.csv", HEADLESS), "text=2")
    assert got.texts == [f"Story number {i}: the harbour was quiet." for i in range(1, 6)]
    assert got.errors == []


def test_a_header_of_numbers_names_columns(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.csv", "0,1,2\n" + HEADLESS), "text=1")
    assert got.texts == [f"Story number {i}: the harbour was quiet." for i in range(1, 6)]


def test_a_number_is_no_name_where_columns_have_names(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.csv", "id,text,when\n" + HEADLESS), "text=2")
    assert (got.documents, got.errors) == ([], ["no-text"])
    assert "'id', 'text', 'when'" in got.failures[0].message


def test_a_column_whose_name_comes_again_is_kept(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.csv", "a,text,text,text\n1,First text.,Second text.,Third text.\n"))
    assert got.texts == ["First text."]
    assert got.documents[0].extra == {"a": "1", "text.1": "Second text.", "text.2": "Third text."}
