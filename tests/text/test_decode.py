"""Decoding: what tells the encoding, what stands in for bytes that mean nothing, and that the bytes come back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.model import Evidence
from pipeline.text.decode.decoder import decode, encode, sniff_html
from pipeline.text.decode.labels import codec_of, name_of
from pipeline.text.decode.sniff import declared_in_markup

RUSSIAN = "Широкая электрификация южных губерний даст мощный толчок подъёму сельского хозяйства. "
GERMAN = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. "
JAPANESE = "いろはにほへとちりぬるを。色は匂へど散りぬるを。我が世誰ぞ常ならむ。\n"
CHINESE = "我能吞下玻璃而不伤身体。这句话用来检查编码是否正确。\n"
KOREAN = "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.\n"
ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be", "windows-1252", "shift_jis", "gb18030", "big5"]


def restored(data: bytes, declared: str | None = None) -> bytes:
    decoded = decode(data, declared)
    return encode(decoded.text, decoded.encoding, decoded.edits)


class TestOrder:
    @pytest.mark.parametrize("name", ["utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be"])
    def test_byte_order_mark_wins_and_stays(self, name: str) -> None:
        data = ("\ufeff" + GERMAN).encode(codec_of(name))
        decoded = decode(data, "koi8-r")
        assert (decoded.encoding, decoded.origin) == (name, "byte-order-mark")
        assert decoded.text == "\ufeff" + GERMAN
        assert [(e.start, e.end, e.replacement, e.rule) for e in decoded.edits] == [(0, 1, "", "byte-order-mark")]
        assert restored(data) == data

    @pytest.mark.parametrize("name", ["utf-16le", "utf-16be", "utf-32le", "utf-32be"])
    @pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE * 3])
    def test_wide_text_without_a_mark(self, name: str, text: str) -> None:
        decoded = decode(text.encode(codec_of(name)))
        assert (decoded.text, decoded.encoding, decoded.origin) == (text, name, "pattern")

    def test_the_servers_word_goes_before_the_pages(self) -> None:
        data = f'<meta charset="windows-1252"><p>{RUSSIAN}'.encode("koi8_r")
        assert decode(data, "koi8-r").text.endswith(RUSSIAN)
        assert decode(data, "koi8-r").origin == "declared"

    def test_the_pages_word(self) -> None:
        data = f'<!doctype html><meta charset="koi8-r"><p>{RUSSIAN}'.encode("koi8_r")
        decoded = decode(data)
        assert (decoded.encoding, decoded.origin) == ("koi8-r", "markup")
        assert decoded.text.endswith(RUSSIAN)

    def test_utf8_beats_a_declaration_that_the_bytes_contradict(self) -> None:
        decoded = decode((GERMAN * 2).encode(), "iso-8859-1")
        assert (decoded.text, decoded.origin) == (GERMAN * 2, "utf-8")

    def test_a_short_text_is_taken_at_its_word(self) -> None:
        assert decode("Ã©".encode("cp1252"), "latin1").text == "Ã©"

    @pytest.mark.parametrize(
        ("text", "codec"),
        [
            (GERMAN, "cp1252"),
            (RUSSIAN, "cp1251"),
            (RUSSIAN, "koi8_r"),
            (JAPANESE, "cp932"),
            (JAPANESE, "euc_jp"),
            (CHINESE, "gb18030"),
            (KOREAN, "cp949"),
            ("Příliš žluťoučký kůň úpěl ďábelské ódy. ", "cp1250"),
            ("Příliš žluťoučký kůň úpěl ďábelské ódy. ", "iso8859_2"),
            ("Zażółć gęślą jaźń i napisz o tym list. ", "iso8859_2"),
            ("Dès Noël, où un zéphyr haï me vêt de glaçons würmiens. ", "mac_roman"),
            ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Άρης και Ελένη. ", "iso8859_7"),
            ("“Curly quotes” only, and that’s all — it’s enough. ", "cp1252"),
        ],
    )
    def test_undeclared(self, text: str, codec: str) -> None:
        assert decode((text * 4).encode(codec)).text == text * 4

    def test_seven_bit_japanese(self) -> None:
        decoded = decode(JAPANESE.encode("iso2022_jp"))
        assert (decoded.text, decoded.encoding) == (JAPANESE, "iso-2022-jp")


class TestLabels:
    @pytest.mark.parametrize(
        ("label", "name"),
        [
            ("latin1", "windows-1252"),
            (" US-ASCII\n", "windows-1252"),
            ("gb2312", "gbk"),
            ("SHIFT-JIS", "shift_jis"),
            ("utf-16", "utf-16le"),
            ("tis-620", "windows-874"),
            ("cp850", "ibm850"),
        ],
    )
    def test_known(self, label: str, name: str) -> None:
        assert name_of(label) == name

    @pytest.mark.parametrize("label", ["idna", "zlib", "zlib_codec", "utf-7", "rot13", "punycode", "hex", "", "x"])
    def test_no_other_codec_of_python_can_be_named(self, label: str) -> None:
        assert name_of(label) is None
        page = f'<!doctype html><meta charset="{label}"><p>plain</p>'.encode()
        assert decode(page, label).encoding == "utf-8"


class TestMarkup:
    @pytest.mark.parametrize(
        ("head", "name"),
        [
            ('<meta charset="koi8-r">', "koi8-r"),
            ("<META CHARSET=koi8-r>", "koi8-r"),
            ('<meta content="text/html; charset=koi8-r" http-equiv="Content-Type">', "koi8-r"),
            ('<?xml version="1.0" encoding="koi8-r"?><html>', "koi8-r"),
            ('<!-- <meta charset="big5"> --><meta charset="koi8-r">', "koi8-r"),
            ('<a title=\'<meta charset="big5">\'><meta charset="koi8-r">', "koi8-r"),
            ('<meta charset="utf-16">', "utf-8"),
            ('<?xml version="1.0" encoding="UTF-16"?>', "utf-8"),
            ('<meta charset="x-user-defined">', "windows-1252"),
            ('<meta charset="nonsense"><meta charset="koi8-r">', "koi8-r"),
            ('<meta content="text/html; charset=koi8-r">', None),
            ('<meta name="description" content="charset=koi8-r">', None),
            ("A page says <meta charset=koi8-r> at its top", None),
            ("", None),
        ],
    )
    def test_declared_in_markup(self, head: str, name: str | None) -> None:
        assert declared_in_markup(head.encode()) == name


class TestDamage:
    def test_bytes_that_mean_nothing_are_kept_beside_the_text(self) -> None:
        data = "ein schöner Größenwahn, süß".encode() + b"\xff\xfe! " + "Übermaß".encode() + b"\xc3"
        decoded = decode(data)
        assert decoded.text == "ein schöner Größenwahn, süß\ufffd\ufffd! Übermaß\ufffd"
        assert [(e.rule, e.replacement, e.evidence) for e in decoded.edits] == [
            ("undecodable", "\ufffd", Evidence(bytes="fffe")),
            ("undecodable", "\ufffd", Evidence(bytes="c3")),
        ]
        assert restored(data) == data

    def test_one_mark_for_each_malformed_sequence(self) -> None:
        """As the Encoding Standard counts: a cut sequence is one, a surrogate three."""
        marks = {b"\xe2\x82": 1, b"\xed\xa0\x80": 3, b"\xf0\x9f\x98": 1, b"\xc0\xaf": 2}
        for raw, count in marks.items():
            text = decode("größer, schöner, süßer: ".encode() + raw).text
            assert text.count("\ufffd") == count

    def test_two_ways_to_write_a_character(self) -> None:
        """Shift_JIS has NEC's and IBM's rows for some; the encoder knows one. The line keeps its bytes."""
        data = JAPANESE.encode("cp932") + b"\xed\x40 and \xfa\x5c\n" + JAPANESE.encode("cp932")
        decoded = decode(data, "shift_jis")
        assert [e.rule for e in decoded.edits] == ["raw-bytes"]
        (edit,) = decoded.edits
        assert decoded.text[edit.start : edit.end] == edit.replacement
        assert "\n" not in edit.replacement
        assert restored(data, "shift_jis") == data

    def test_code_pages_have_their_c1_controls(self) -> None:
        decoded = decode(b"a\x81b \x80 5", "windows-1252")
        assert (decoded.text, decoded.edits) == ("a\x81b € 5", ())
        assert restored(b"a\x81b \x80 5", "windows-1252") == b"a\x81b \x80 5"


class TestBinary:
    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
            (b"PK\3\4\x14\0\x06\0", "zip"),
            (b"SQLite format 3\0\x10\0", "SQLite"),
            (b"\x7fELF\2\1\1\0", "ELF"),
            (b"MZ\x90\0\3\0\0\0", "Windows executable"),
            (b"\x1f\x8b\x08\0abc\0", "gzip"),
            (b"\0" * 4096, "control characters"),
            (bytes(range(256)) * 16, "control characters"),
            (b"x" * 257 + b"ustar\x0000", "tar"),
        ],
    )
    def test_refused_by_name(self, data: bytes, kind: str) -> None:
        with pytest.raises(InputError, match=kind) as caught:
            decode(data)
        assert caught.value.reason == "binary"

    @pytest.mark.parametrize(
        "data",
        [b"", b"\n \t", b"GIF89a is a format", b"BM and MZ", b"a\0b", b"N\bNA\bAM\bME\bE\n", b"\x1b[1mbold\x1b[0m"],
    )
    def test_text_that_looks_a_little_like_it(self, data: bytes) -> None:
        assert decode(data).text == data.decode()

    def test_a_page_full_of_nuls_is_a_page(self) -> None:
        assert decode(b"<!doctype html><p>" + b"a\0b " * 1000).encoding == "utf-8"


@given(st.binary(max_size=400), st.sampled_from([None, *ENCODINGS, "iso-2022-jp", "euc-kr", "windows-1253"]))
@example(b"\xef\xbb\xbf\xff", None)
@example(b"\xff\xfe\0", None)
@example(b"\x1b$B\x21", "iso-2022-jp")
@example(b"\x1b$@", None)
def test_every_byte_comes_back(data: bytes, declared: str | None) -> None:
    try:
        decoded = decode(data, declared)
    except InputError:
        return
    assert encode(decoded.text, decoded.encoding, decoded.edits) == data
    assert not any("\ud800" <= char <= "\udfff" for char in decoded.text)
    position = 0
    for edit in decoded.edits:
        assert position <= edit.start < edit.end <= len(decoded.text)
        position = edit.end


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_utf8_text_is_read_as_it_is(text: str) -> None:
    if not text.startswith("\ufeff"):
        decoded = decode(text.encode())
        assert (decoded.text, decoded.edits) == (text, ())


class TestSniffHtml:
    @pytest.mark.parametrize(
        "text",
        [
            "<!DOCTYPE html><title>x</title>",
            "\ufeff  <!-- saved --> <html><body>Hello</body></html>",
            '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
            "<p>One.</p><p>Two.</p>",
            "<div><h1>Head</h1>text</div>",
            "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
            'Intro <a href="/a">one</a>, <a href="/b">two</a><br><b>three</b> <i class="x">four</i>',
        ],
    )
    def test_html(self, text: str) -> None:
        assert sniff_html(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<",
            "Every page begins with <html> and ends with </html>, and <p> begins a paragraph.",
            "<html> is the first tag of a page.",
            "if a <b and c> d: pass",
            "<jane@example.org> wrote:\n> Hello",
            '<?xml version="1.0"?><rss><channel><item/></channel></rss>',
            "Use <b>bold</b> sparingly. "
            + "This is prose about markup, and there is much more of it than of tags. " * 9,
            "2 < 3 > 1",
        ],
    )
    def test_text(self, text: str) -> None:
        assert not sniff_html(text)
