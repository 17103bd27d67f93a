"""Languages by their names in English and their own, and by their three-letter codes, as exports write them."""

from __future__ import annotations

_TABLE = """\
ar ara arabic العربية
bg bul bulgarian български
bn ben bengali বাংলা
ca cat catalan català
cs ces cze czech čeština
da dan danish dansk
de deu ger german deutsch allemand alemán tedesco duits
el ell gre greek ελληνικά
en eng english anglais englisch inglés inglese engels inglês
es spa spanish español castellano espagnol spanisch spagnolo spaans espanhol
et est estonian eesti
fa fas per persian farsi فارسی
fi fin finnish suomi
fr fra fre french français francais französisch francés francese frans francês
he heb hebrew עברית
hi hin hindi हिन्दी
hr hrv croatian hrvatski
hu hun hungarian magyar
id ind indonesian
it ita italian italiano italien italienisch italiaans
ja jpn japanese 日本語 japonais
ko kor korean 한국어
lt lit lithuanian lietuvių
lv lav latvian latviešu
ms msa may malay
nl nld dut dutch nederlands néerlandais niederländisch holandés neerlandés
no nor norwegian norsk nob nno bokmål nynorsk
pl pol polish polski
pt por portuguese português portugais portugiesisch portugués portoghese
ro ron rum romanian română
ru rus russian русский russe russisch
sk slk slo slovak slovenčina
sl slv slovenian slovene slovenščina
sr srp serbian српски srpski
sv swe swedish svenska
th tha thai ไทย
tr tur turkish türkçe
uk ukr ukrainian українська
ur urd urdu
vi vie vietnamese
zh zho chi chinese 中文 cmn mandarin
"""
"""Each row: the ISO 639-1 code, and what else the language is called."""

CODES = {name: names[0] for names in map(str.split, _TABLE.splitlines()) for name in names[1:]}
"""The code by each of the other names, in lower case."""
