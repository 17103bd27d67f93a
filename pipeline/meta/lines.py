"""Lines that say when, by whom, where and through which agency a text was published, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from msgspec import Struct

from pipeline import memo
from pipeline.expression import expression
from pipeline.meta import dates, labels, people
from pipeline.meta.agencies import agency
from pipeline.text import shape

MAX_CHARS = 200
MAX_PLACE_WORDS = 4
"""Words of a place before a date: `PORT VESSA, March 18`."""
MAX_PLACE_CHARS = 3
"""The same in scripts without spaces"""
MAX_ROLE_WORDS = 6
"""Words behind a name that say what the author is."""
MAX_OTHER_WORDS, MAX_OTHER_CHARS = 5, 30
"""Of what a label names that is no field, such as a category."""
_DAY, _HOUR = "\x00", "\x01"
"""What stands for a date, and for what else counts nothing: a time of day, how long it takes to read."""
_TIME = expression(
    r"(?=\s?\d|[+-]\d|[上下晚午오])"  # cheaper to ask than all that may begin there
    r"(?:(?:上午|下午|晚上|午前|午後|오전|오후)?\s?\d{1,2}\s?[時时点點시]\s?(?:\d{1,2}\s?[分분])?"
    r"|\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?![\d])|\b\d{1,2}\s?[ap]\.?m\b\.?|[+-]\d{2}:?\d{2}\b"
    r"|\b\d+\s+(?:minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b"
    r"|\b\d+\s*(?:min(?:ute[sn]?|utos?|uti|uten)?|мин(?:ут[аы]?)?|dk|dakika|分钟|分鐘|分|분)\b\.?"
    r"(?:\s*(?:read|de lecture|de lectura|de leitura|di lettura|leestijd|Lesezeit|чтения|czytania|okuma|で読める|阅读))?"
    r"|\b\d[\d.,]*\s*(?:views|reads|hits|vues|visitas|vistas|visualizações|visualizzazioni|Aufrufe|просмотр\w*|wyświetle\w+"
    r"|odsłon\w*|görüntülenme|okunma|次浏览|次阅读|次)(?![^\W_]))",
    re.I,
)
_SIGNS = r"(?:\s[-–—]\s|[|｜丨•·,，、/()\[\]（）【】［］–—:：;；\x00\x01]|\s{2,}|\u3000)"
_SEPARATOR = expression(rf"{_SIGNS}(?:\s*{_SIGNS})*")
_PLACE = expression(
    r"(?:[^\W\d_a-z][\w.'’-]*|of|de|la|le|du|am|an|der|upon)(?:\s+(?:[^\W\d_a-z][\w.'’-]*|of|de|la|le|du|am|an|der|upon))*$"
)
_DAY_FIRST = expression(
    r"(?:par|por|von|di|door|przez)\s|.*?(?<![^\W_])(?:publi[ée]e?|mis(?:e)? à jour|mis(?:e)? en ligne|rédigé|écrit par|auteur"
    r"|source\s:|veröffentlicht|stand:|aktualisiert"
    r"|publicad[oa]|actualizado|atualizado|fecha|fuente|fonte|autora?:|pubblicato|aggiornato|autore|data|geplaatst|gepubliceerd|bijgewerkt|opublikowano|dodano|źródło"
    r"|yayın\w*|tarihi?|haber|kaynak|yazar|güncelle\w+|diterbitkan|oleh|penulis|đăng|ngày|\d{1,2}h\d{2}|[\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f])",
    re.IGNORECASE | re.DOTALL,
)
"""A line of a language whose writers set the day before the month: nearly all but English."""
_OTHER_DAY = expression(
    r"(?:joined|registered|member since|born|died|closing|deadline|due|expires|starts?|begins?|ends?|event|meeting|when|where"
    r"|venue|doors|beigetreten|geboren|gestorben|beginn|ende|inscription|inscrit|naissance|registrado|nacimiento|dołączył|rejestracja|регистрация)\b",
    re.IGNORECASE,
)
"""What a day is of that is not the day of publication"""
_PAPER = expression(r"[\u4e00-\u9fff]{1,12}(?:网|網|报|報|社|台|新闻|新聞|在线|在線|客户端|周刊|週刊|杂志|雜誌)$")
"""What only a newspaper, an agency or a station is called"""
_IDEOGRAPHS = expression(r"[\u3040-\u30ff\u4e00-\u9fff]")
_GLUED = expression(
    r"(?<=[^\W\d_A-Z])(?=(?:Published|Posted|Updated|Last updated|By|Publié|Mis à jour|Mise à jour|Par|Veröffentlicht"
    r"|Aktualisiert|Stand|Von|Publicad[oa]|Actualizado|Atualizado|Por|Pubblicato|Aggiornato|Gepubliceerd|Bijgewerkt|Door|Opublikowano|Aktualizacja|Autor"
    r"|Publicerad|Uppdaterad|Yayınlanma|Güncelleme|Опубликовано|Обновлено|Автор|Источник|Source|Quelle|Fuente|Fonte|Źródło)[\s:])"
    r"|(?<=\d)(?=(?:Updated|Uppdaterad|Aktualisiert|Mis à jour|Actualizado|Atualizado|Aggiornato|Güncelleme|Обновлено)[\s:])"
)
"""Where two parts of a page stand together without a space"""
_MAY_BE_GLUED = expression(r"[^\W_A-Z][A-ZŹ\u0400-\u042f]")
"""A capital inside a word; cheaper to ask"""
_DIGIT = expression(r"\d")
"""What every date and every time of day has"""
_TELLING = expression(r"[\d:\u2e80-\U0010ffff]")
"""What a line has that says when, or has a label; and letters of the scripts in which reporters sign otherwise"""
_EITHER_ORDER = expression(r"\d[/.-]\d{1,2}[/.-]\d{4}")
"""A date in which the month may stand before the day; cheaper to ask than who wrote it."""
_SURE = 5
"""Letters of the name of a day that is nobody's name: Sun may be one."""


class MetaLine(Struct, frozen=True):
    """What such a line says."""

    date: str | None
    """ISO 8601"""
    updated: bool
    """The date is that of a change."""
    agency: str | None
    author: str | None
    outlet: str | None = None


@cache
def _around() -> tuple[frozenset[str], frozenset[str]]:
    """The words that stand beside dates, and those of them that speak of a change."""
    around = dates.tables()["around"]
    others = {word for group in around if group != "updated" for phrase in around[group] for word in phrase.split()}
    updated = frozenset(word for phrase in around["updated"] for word in phrase.split()) - others
    known = frozenset(word for phrases in around.values() for phrase in phrases for word in phrase.split())
    return known | {"original", "originally", "first", "last", "issued", "filed", "released"}, updated


@cache
def _beside() -> frozenset[str]:
    """Words that go with the date they stand beside, whatever stands on their other side. By-words are none of them."""
    known, _ = _around()
    days = {word for phrase in dates.tables()["around"]["weekdays"] for word in phrase.split()}
    unsure = {word for word in days if word.isalpha() and word.isascii() and len(word) < _SURE}
    return known - unsure - people.BY_WORDS


@memo.of_short_texts(1 << 14)
def meta_line(text: str) -> MetaLine | None:
    """What a line says when it is nothing but a date line, a by-line, a source or an agency's name; else None."""
    if len(text) > MAX_CHARS:
        return None
    text = unicodedata.normalize("NFC", text)
    if _says_neither(text):
        return None
    if shape.is_prose(text) and shape.words(text) > 2 * shape.PROSE_WORDS:
        return None
    if text.rstrip().endswith((":", "：")) and people.BY.match(text):
        return None  # BY MR. LESTER: says who speaks
    if _MAY_BE_GLUED.search(text):
        text = _GLUED.sub(" ", text)
    has_digit = _DIGIT.search(text) is not None
    found = dates.find(text) if has_digit else ()
    if not found and has_digit and _EITHER_ORDER.search(text):
        found = dates.find(text, is_day_first=_DAY_FIRST.match(text) is not None)
    if not found and (author := people.byline(text)) is not None:
        named = agency(author)
        return MetaLine(None, False, named, None if named else author)
    may_have_time = has_digit and (bool(found) or _TIME.search(text) is not None)
    if not found and not labels.has_sign(text) and not may_have_time and agency(text) is None:
        return None
    return _Reading(text, found, may_have_time).line()


def _says_neither(text: str) -> bool:
    """Whether few characters of a line show that it says neither who nor when, as of most: it has no digit and no label, begins
    as no by-line does, and is no agency's name."""
    may_be_glued = not text[1:3].islower() and not text[:3].isupper()  # so that it begins otherwise
    return _TELLING.search(text) is None and not may_be_glued and not people.may_begin_by(text) and agency(text) is None


class _Reading:
    """What has been read of a line."""

    def __init__(self, text: str, found: Sequence[dates.DateMatch], may_have_time: bool) -> None:
        self._found = found
        self._updated = False
        self._agency: str | None = None
        self._author: str | None = None
        self._outlet: str | None = None
        self._strangers: list[str] = []
        self._is_parted = False
        dated = _without(text, found)
        for part in labels.split(_TIME.sub(_HOUR, dated) if may_have_time else dated, _DAY):
            if part.role:
                self._labelled(part)
            else:
                self._unlabelled(part.text)

    def line(self) -> MetaLine | None:
        """What the line says; None where something else stands in it, or nothing is said."""
        found = self._found
        is_said = bool(found or self._author or self._agency or self._outlet)
        if not is_said or not self._may_stand():
            return None
        day = min((match.iso for match in found), default=None)
        return MetaLine(day, self._updated and len(found) < 2, self._agency, self._author, self._outlet)

    def _labelled(self, part: labels.Part) -> None:
        """Take what stands behind a label."""
        value, *beside = _values(part)
        if not value:
            return
        known = agency(value)
        if part.role == "other":
            if len(value.split()) > MAX_OTHER_WORDS or len(value) > MAX_OTHER_CHARS:
                self._strangers.append(value)
        elif known is not None:
            self._agency = self._agency or known
        elif part.role == "outlet":
            if labels.is_name(value):
                self._outlet = self._outlet or value
            else:
                self._strangers.append(value)
        elif (names := people.named(value)) is not None and not (len(names.split()) == 1 and _HOUR in part.text):
            self._author = self._author or names
        elif not people.is_role(value):
            self._strangers.append(value)
        for rest in beside:
            self._unlabelled(rest)

    def _unlabelled(self, text: str) -> None:
        """Take what stands behind no label, segment by segment."""
        known, updating = _around()
        for segment, whole in _segments(text):
            words = segment.split()
            if all(_bare(word) in known for word in words):
                self._updated = self._updated or any(_bare(word) in updating for word in words)
            elif name := agency(segment):
                self._agency = self._agency or name
            elif (names := people.byline(segment)) is not None:
                self._author = self._author or names
            elif people.is_role(segment):
                continue
            elif self._found and _PAPER.match(segment):
                self._outlet = self._outlet or segment
            else:
                self._strangers.append(whole)
                self._is_parted = self._is_parted or whole != text.strip(_DAY)

    def _may_stand(self) -> bool:
        """Whether what else the line says may stand in it: what the author is, or the place before a date."""
        strangers = self._strangers
        if not strangers:
            return True
        words = sum(map(shape.words, strangers))
        if self._author:
            return words <= MAX_ROLE_WORDS
        if (
            not self._found
            or len(strangers) > 1
            or _OTHER_DAY.match(strangers[0])
            or words > MAX_PLACE_WORDS
            or not _PLACE.match(strangers[0])
        ):
            return False
        # Without spaces a sentence is one word, and one that begins with a date is no date line.
        return not _IDEOGRAPHS.search(strangers[0]) or (self._is_parted and len(strangers[0]) <= MAX_PLACE_CHARS)


def _bare(word: str) -> str:
    """A word as it is looked up."""
    return word.strip(".").casefold()


def _without(text: str, found: Sequence[dates.DateMatch]) -> str:
    for match in reversed(found):
        text = text[: match.start] + _DAY + text[match.end :]
    return text


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands between separators, without the words that go with a date beside it, and with them."""
    position = 0
    before = ""
    for match in (*_SEPARATOR.finditer(text), None):
        stop = match.start() if match else len(text)
        after = match.group() if match else ""
        segment = text[position:stop].strip(" .'\"")
        if segment:
            yield _trimmed(segment, {_DAY, _HOUR} & set(before) != set(), _DAY in after), segment
        position = match.end() if match else stop
        before = after


def _trimmed(segment: str, is_behind: bool, is_before: bool) -> str:
    """A segment without the words that go with the date, or the time, behind or before which it stands. One of nothing else
    stays as it is."""
    words = segment.split()
    known = _beside()
    first, stop = 0, len(words)
    while is_before and stop > first and _goes_along(words[stop - 1], known):
        stop -= 1
    while is_behind and first < stop and _goes_along(words[first], known):
        first += 1
    return " ".join(words[first:stop]).strip(" .'\"") if first < stop else segment


def _goes_along(word: str, known: frozenset[str]) -> bool:
    plain = word.strip(".:：")
    # `Le Monde` begins with no article of a date.
    return plain.casefold() in known and (plain == plain.casefold() or len(plain) >= 3)


def _values(part: labels.Part) -> list[str]:
    """What stands behind a label, and what stands behind that: one value, as long as nothing else begins."""
    text = part.text.strip()
    if _IDEOGRAPHS.search(text) and part.role == "outlet":
        pieces = re.split(r"[\s|｜丨/,，、()（）\[\]【】]+", text.strip(" |｜丨/"), maxsplit=1)
    else:
        pieces = re.split(r"[|｜丨•·\x01]|\s[-–—/]\s|\s{2,}|\u3000", text.strip(" |｜丨•·\u3000"), maxsplit=1)
    value = _trimmed(pieces[0].strip(" .,，、'\"-–—/|()[]（）【】\x01"), False, True)
    known, _ = _around()
    if all(word.strip(".").casefold() in known for word in value.split()):
        value = ""
    return [value.strip(" .,，、/|-–—"), *pieces[1:]]
