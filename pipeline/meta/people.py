"""Who wrote a text, as by-lines say it: `By Jane Roe and John Doe, Staff Writer`, `BYLINE: Jane Roe`, `记者 张三`."""

from __future__ import annotations

import re
from functools import cache

from pipeline.expression import expression
from pipeline.meta import labels
from pipeline.meta.agencies import agency

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΏΑ-ΫЀ-Я"
_CJK = "\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7a3"
_UNCASED = "\u0590-\u05ff\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f"
"""Letters of Hebrew, Arabic, Hindi and Thai"""
_VERBS = (
    r"story|written|posted|reported|published|words|article|compiled|edited|submitted|contributed|geschrieben|verfasst|veröffentlicht"
    r"|escrito|écrit|rédigé|publié|publicado|escrita|scritto|pubblicato|geschreven|geplaatst|napisał|skriven|skrevet"
)
_PREPOSITION = r"by|von|par|por|di|da|door|av|af|od|przez|durch|oleh|γράφει ο|γράφει η|โดย"
BY_WORDS = frozenset(_PREPOSITION.split("|"))
"""What stands before the names of a by-line without a colon."""
BY = expression(
    rf"(?:(?:(?:{_VERBS})\s+)?(?:{_PREPOSITION})(?:\s*[:：]\s*|\s+)|(?:{labels.of('author')})(?:{labels.SIGN.pattern})\s*"
    rf"|(?:(?:本报|本報)?(?:记者|記者)|作者|بقلم|كتب)\s*(?=[{_CJK}\u0600-\u06ff]))",
    re.IGNORECASE,
)
"""What stands before the names. A preposition needs white space or a colon behind it: PARIS is nobody."""
_REPORTER = expression(
    r"(?:[\[(【［（]?[^\s=\]）)】］]{2,12}[\s=]+)?(?P<korean>[\uac00-\ud7a3]{2,4})\s+(?:\S{2}\s?)?기자[\])】］）]?$"
    r"|[\u4e00-\u9fff]{2,10}(?:报|報|网|網|社|台|新闻|新聞|在线|客户端)(?:特约|实习|见习|首席)?(?:记者|記者)[\s\u3000:：]*(?P<chinese>[\u4e00-\u9fff]{2,4}(?:[\s、]+[\u4e00-\u9fff]{2,4})*)$"
)
"""What says for whom somebody reports, and that: `강변일보 홍길동 기자`, `江城晚报记者 李晓明`."""
_PARTICLES = "d[eai]|del|della|dos|das|van|von|der|den|bin|ibn|al|el|la|le|ten|ter|y|e|zu|af|av"
_PERSON = expression(
    rf"(?:[{_UPPER}][\w'’.-]*|[{_CJK}]{{2,6}}|[{_UNCASED}]{{2,}})"
    rf"(?:\s+(?:[{_UPPER}][\w'’.-]*|(?:{_PARTICLES})(?=\s)|[{_CJK}]{{1,6}}|[{_UNCASED}]+|[\"“'‘(][{_UPPER}]\w+[\"”'’)]))*$"
)
_AND = expression(
    r"\s+(?:and|und|et|y|e|en|i|och|og|и|ja|ve)\s+|\s*[&、]\s*|\s*[,;/]\s*(?:(?:and|und|et|y|och|og)\s+)?",
    re.IGNORECASE,
)
_TAIL = expression(
    r"\s+(?:on|am|le|el|il|op|at|in|aus|from|um|à)\s*$"
    r"|\s+(?:for|pour|für|para|voor|of the|at the|from the|in|with|avec|mit|con|com)\s+\S.*$"
    r"|\s*[|•·]\s*.*$|\s+[-–—]\s+.*$|\s*[(\[][^()\[\]]*[)\]]\s*$",
    re.IGNORECASE,
)
"""What stands behind the names: for whom they write, from where."""
_ROLE = expression(
    r"(?:staff|senior|chief|special|contributing|associate|managing|political|sports?|city|news|business|education"
    r"|health|science|foreign|assistant|guest|the)?\s*"
    r"(?:staff|writers?|reporters?|editors?|correspondents?|columnists?|producers?|contributors?|journalists?"
    r"|bureau(?: chief)?|photographers?|desk|team|redaktion|redaktør"
    r"|korrespondent(?:in)?|rédaction|redacción|redazione|of .*|m\.?d\.?|ph\.?d\.?|jr\.?|sr\.?|md|rn)$",
    re.IGNORECASE,
)
_OFFICE = expression(
    r"(?:^|\s)(?:(?:staff|sports?|news|copy)?writer|reporter|(?:co-?)?editor|editor-in-chief|correspondent|columnist|producer|contributor|journalist"
    r"|photographer|director|manager|engineer|officer|professor|lecturer|analyst|strategist|founder|critic|consultant|specialist"
    r"|(?:chef)?redakteur(?:in)?|korrespondent(?:in)?|journalistin|autorin|rédacteur|rédactrice|journaliste|correspondante?|chroniqueur"
    r"|redactora?|periodista|corresponsal|giornalista|inviat[oa]|corrispondente|redacteur|redaktor|dziennikarz|dziennikarka|jornalista"
    r"|repórter|корреспондент|обозреватель|журналист|редактор)s?$",
    re.IGNORECASE,
)
"""What somebody is, at the end of a text"""
_DESK_WORD = expression(
    r"(?:staff|senior|junior|chief|special|contributing|associate|assistant|managing|deputy|former|executive|guest|freelance|lead|principal"
    r"|political|politics|sports?|city|news|business|economics?|education|health|science|environment|climate|energy|foreign|international"
    r"|national|local|regional|world|transport|arts?|culture|music|film|books?|food|travel|features?|tech|technology|software"
    r"|product|digital|data|home affairs|crime|legal|royal|religion|religious|social affairs|defen[cs]e|diplomatic|security|media"
    r"|consumer|personal finance|money|property|fashion|investigations?|investigative|video|photo|night|weekend|sunday|europe"
    r"|asia|africa|middle east|washington|berlin|paris|london|moscow|beijing|brussels)\b",
    re.IGNORECASE,
)
"""What somebody writes about, and how, before what they are"""
_DESK = expression(
    r"(?:von |par |por |da |di )?(?:(?:la|the|die|unsere[rn]?|onze)\s+)?(?:redak\w+|rédaction|redacción|redação|redazione"
    r"|redactie|редакция|newsroom|staff|agencias|yazı işleri|haber merkezi|本报|本报讯|本站|编辑部|編集部|편집부"
    r"|هيئة التحرير|المحرر|डेस्क|web ?desk|กองบรรณาธิการ|admin)\b.{0,30}$",
    re.IGNORECASE,
)
"""What writes where nobody is named"""
_TITLED = expression(r"^(?:本报|本報|特约|实习|见习|首席)*(?:记者|記者|通讯员|通訊員)[\s:：]*")
"""What a reporter is, before the name"""
_NO_PERSON = "في|من|إلى|على|عن|أن|إن|ما|لم|لا|قد|هذا|هذه|رسالة|मे|में|के|की|का|को|से|ने|पर|और|है"
"""Words of sentences in scripts without capitals"""
_FEW = expression(
    rf"(?:[\u4e00-\u9fff]{{2,4}}|[{_CJK}]{{2,6}}(?=[\s、]|$))(?:(?:\s+|、)(?:记者|記者|通讯员)?\s*[{_CJK}]{{2,6}})*"
    rf"|(?!.*(?:^|\s)(?:{_NO_PERSON})(?:\s|$))[\u0600-\u06ff]+(?:\s+[\u0600-\u06ff]+){{0,3}}|[\u0e00-\u0e7f ]{{2,40}}"
)
"""A name or some, and nothing that a sentence would have"""
_NOBODY = expression(
    r"(?:train|bus|car|sea|air|road|rail|boat|ferry|plane|bike|bicycle|foot|post|mail|email|phone|design|default|law|numbers?|contrast|popular|appointment|category"
    r"|topic|date|location|type|name|author|price|age|county|state|region|country|subject|staff|admin|administrator|editor|webmaster|guest|anonymous|continuing|using"
    r"|clicking|signing|submitting|train or bus)$",
    re.IGNORECASE,
)
"""What else stands behind `by`."""
MOST = 5
"""People in a by-line, and words in a name."""
MAX_NAME = 60


def names_in(text: str) -> str | None:
    """The names in what stands behind a by-word, as they are written; None where it names nobody.

    A single word is taken for a name only in scripts without spaces: `By Sea` is a heading.
    """
    rest = _TITLED.sub("", text.strip(" .,:;|-–—"))
    while (cut := _TAIL.sub("", rest, count=1).rstrip(" .,:;|-–—")) != rest:
        rest = cut
    parts = [part.strip(" .,'\"") for part in _AND.split(rest)]
    people: list[str] = []
    for number, part in enumerate(parts):
        if not part or (number and (_ROLE.match(part) or agency(part) or not is_person(part) or _is_place(part, rest))):
            # Behind the names may stand what they are and where they write: `Jane Roe, Staff Writer, The Paper`.
            break
        people.append(part)
    if not people or len(people) > MOST or not all(map(is_person, people)):
        return None
    if all(len(person.split()) == 1 and person.isascii() for person in people) and not agency(people[0]):
        return None
    end = rest.find(people[-1], len(people[0]) if len(people) > 1 else 0) + len(people[-1])
    return rest[:end].strip()


def is_person(text: str) -> bool:
    """Whether a text may be somebody's name, and nothing but that."""
    return (
        len(text) <= MAX_NAME
        and len(text.split()) <= MOST
        and _PERSON.match(text) is not None
        and _NOBODY.match(text) is None
        and _ROLE.match(text) is None
        and _DESK.match(text) is None
    )


def _is_place(part: str, text: str) -> bool:
    """Whether a part of a by-line, a single word behind a comma, is rather where somebody writes: `Jane Roe, Oldport`."""
    return len(part.split()) == 1 and part[0].isupper() and re.search(rf",\s*{re.escape(part)}", text) is not None


def named(text: str) -> str | None:
    """The names in what stands behind a label and a colon, where one word may be a name; None where it names nobody."""
    found = names_in(text)
    alone = text.strip(" .,")
    return alone if found is None and is_person(alone) else found


def is_role(text: str) -> bool:
    """Whether what stands behind a label says what writes, and not who: `Redaktion`, `Staff`."""
    return _ROLE.match(text) is not None or _DESK.match(text) is not None


def ends_as_role(text: str) -> bool:
    """Whether a text ends as what somebody is: `Science Editor`, `ehemalige Redakteurin`."""
    return _OFFICE.search(text) is not None


def begins_role(text: str) -> bool:
    """Whether a text begins with a word of what somebody is, such as a desk of a newsroom: `Transport correspondent`."""
    return _DESK_WORD.match(text) is not None or _OFFICE.match(text) is not None or text[0].islower()


@cache
def _beginnings() -> frozenset[str]:
    """The first three characters of all that `BY` matches in ASCII, in small letters; two of what is no longer."""
    authors = (label for own in labels.table()["author"].values() for label in own)
    words = (*_VERBS.split("|"), *_PREPOSITION.split("|"), *authors)
    return frozenset(word[:3].rstrip().lower().translate(labels.LIKE_ASCII) for word in words)


def may_begin_by(text: str) -> bool:
    """Whether `BY` may match: cheaper to ask. A text that does not begin in ASCII may do so with anything."""
    beginning = text[:3].lower()
    if not beginning.isascii() or text[1:2].isspace():
        return True
    known = _beginnings()
    return beginning in known or (beginning[:2] in known and not beginning[2:].isalnum())


def byline(text: str) -> str | None:
    """The names in a line that says who wrote the text; None for other lines. `BY MR. LESTER:` says who speaks."""
    match = BY.match(text) if may_begin_by(text) else None
    if match is None:
        reporter = None if text.isascii() else _REPORTER.match(text)
        return reporter[reporter.lastgroup or 0] if reporter else None
    if text.rstrip().endswith((":", "：")):
        return None
    rest = text[match.end() :]
    mark = match.group()
    if labels.SIGN.search(mark):
        return named(rest)  # `Author: Madonna`
    if not mark[0].isascii() and not _FEW.fullmatch(rest.strip(" .,")):
        return None  # `作者` and `كتب` begin sentences, too
    return names_in(rest)
