"""What the names of encodings mean: labels, as pages and servers write them, to Python's codecs.

The table is the Encoding Standard's (https://encoding.spec.whatwg.org/#names-and-labels), which says how the web reads
a label: `latin1` is windows-1252, `gb2312` is GBK. The last rows are ours, for old files: DOS code pages, and the
escape encodings that browsers refuse because they can hide markup from a filter. Any other name is no encoding here,
so that a page cannot pick a codec such as `idna`, `zlib` or `utf-7`.
"""

from __future__ import annotations

from functools import cache

_TABLE = """\
utf-8 utf_8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8
ibm866 cp866 866 cp866 csibm866
iso-8859-2 iso8859_2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso-8859-3 iso8859_3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso-8859-4 iso8859_4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso-8859-5 iso8859_5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5
  iso_8859-5:1988
iso-8859-6 iso8859_6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e
  iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
iso-8859-7 iso8859_7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597
  iso_8859-7 iso_8859-7:1987 sun_eu_greek
iso-8859-8 iso8859_8 csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598
  iso_8859-8 iso_8859-8:1988 visual
iso-8859-8-i iso8859_8 csiso88598i logical
iso-8859-10 iso8859_10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso-8859-13 iso8859_13 iso8859-13 iso885913
iso-8859-14 iso8859_14 iso8859-14 iso885914
iso-8859-15 iso8859_15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9
iso-8859-16 iso8859_16
koi8-r koi8_r cskoi8r koi koi8 koi8_r
koi8-u koi8_u koi8-ru
macintosh mac_roman csmacintosh mac x-mac-roman
windows-874 cp874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620
windows-1250 cp1250 cp1250 x-cp1250
windows-1251 cp1251 cp1251 x-cp1251
windows-1252 cp1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1
  iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252
windows-1253 cp1253 cp1253 x-cp1253
windows-1254 cp1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9
  iso_8859-9:1989 l5 latin5 x-cp1254
windows-1255 cp1255 cp1255 x-cp1255
windows-1256 cp1256 cp1256 x-cp1256
windows-1257 cp1257 cp1257 x-cp1257
windows-1258 cp1258 cp1258 x-cp1258
x-mac-cyrillic mac_cyrillic x-mac-ukrainian
gbk gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk
gb18030 gb18030
big5 big5hkscs big5-hkscs cn-big5 csbig5 x-x-big5
euc-jp euc_jis_2004 cseucpkdfmtjapanese x-euc-jp
iso-2022-jp iso2022_jp_ext csiso2022jp
shift_jis cp932 csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis
euc-kr cp949 cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601
  windows-949
utf-16be utf_16_be unicodefffe
utf-16le utf_16_le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16
ibm437 cp437 437 cp437
ibm737 cp737 737 cp737
ibm775 cp775 775 cp775
ibm850 cp850 850 cp850
ibm852 cp852 852 cp852
ibm855 cp855 855 cp855
ibm857 cp857 857 cp857
ibm858 cp858 858 cp858
ibm860 cp860 860 cp860
ibm861 cp861 861 cp861
ibm862 cp862 862 cp862
ibm863 cp863 863 cp863
ibm864 cp864 864 cp864
ibm865 cp865 865 cp865
ibm869 cp869 869 cp869
johab johab x-johab
iso-2022-kr iso2022_kr csiso2022kr
hz-gb-2312 hz
utf-32le utf_32_le
utf-32be utf_32_be
"""
"""Each row: name, Python's codec, further labels. Where Python has a superset that maps every shared character alike,
it stands for the standard's own extension of the encoding (EUC-JP and Big5 with vendor rows)."""

_UNLABELLED = frozenset({"utf-32le", "utf-32be"})
"""Found by their bytes only: the standard has no label for them."""


@cache
def _rows() -> tuple[dict[str, str], dict[str, str]]:
    codecs: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in _TABLE.replace("\n  ", " ").splitlines():
        name, codec, *labels = row.split()
        codecs[name] = codec
        if name not in _UNLABELLED:
            names.update(dict.fromkeys((name, *labels), name))
    return codecs, names


def name_of(label: str) -> str | None:
    """The encoding's name for a label, in lower case, or None for a label the table does not have."""
    return _rows()[1].get(label.strip("\t\n\f\r ").lower())


def codec_of(name: str) -> str:
    """Python's codec for an encoding's name, as `name_of` gives it."""
    return _rows()[0][name]
