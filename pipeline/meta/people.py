"""Who wrote a text, as by-lines say it: `By Jane Roe and John Doe, Staff Writer`, `BYLINE: Jane Roe`, `记者 张三`."""

from __future__ import annotations

import re

from pipeline.meta.agencies import agency

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΏΑ-ΫЀ-Я"
_CJK = "\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7a3"
_LABEL = (
    r"by-?line|author(?:s|\(s\))?|autor(?:en|in|es)?|auteurs?|autore|auteur|writer|reporter|correspondent|text|texte|texto|tekst|автор|текст"
    r"|作者|記者|记者|文|撰文|通讯员|بقلم|كتب|लेखक|ผู้เขียน"
)
_VERB = (
    r"(?:story|written|posted|reported|published|words|article|compiled|edited|submitted|contributed|geschrieben|verfasst|escrito|écrit"
    r"|publicado|scritto|geschreven|napisał|skriven|skrevet)"
)
_PREPOSITION = r"by|von|par|por|di|da|door|av|af|od|przez|durch"
BY = re.compile(
    rf"(?:(?:{_VERB}\s+)?(?:{_PREPOSITION})(?:\s*[:：]\s*|\s+)|(?:{_LABEL})\s*[:：]\s*|(?:记者|記者|作者|文|بقلم|كتب)\s*(?=[{_CJK}\u0600-\u06ff]))",
    re.IGNORECASE,
)
"""What stands before the names. A preposition needs white space or a colon behind it: PARIS is nobody."""
_PARTICLES = "d[eai]|del|della|dos|das|van|von|der|den|bin|ibn|al|el|la|le|ten|ter|y|e|zu|af|av"
_PERSON = re.compile(
    rf"(?:[{_UPPER}][\w'’.-]*|[{_CJK}]{{2,6}}|[\u0600-\u06ff]{{2,}})"
    rf"(?:\s+(?:[{_UPPER}][\w'’.-]*|(?:{_PARTICLES})(?=\s)|[\u0600-\u06ff]+|[\"“'‘(][{_UPPER}]\w+[\"”'’)]))*$"
)
_AND = re.compile(
    r"\s+(?:and|und|et|y|e|en|i|och|og|и|ja|ve)\s+|\s*[&、]\s*|\s*[,;/]\s*(?:(?:and|und|et|y|och|og)\s+)?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+(?:on|am|le|el|il|op|at|in|aus|from|um|à)\s*$"
    r"|\s+(?:for|pour|für|para|voor|of the|at the|from the|in)\s+\S.*$"
    r"|\s*[|•·]\s*.*$|\s+[-–—]\s+.*$|\s*[(\[][^()\[\]]*[)\]]\s*$",
    re.IGNORECASE,
)
"""What stands behind the names: for whom they write, from where."""
_ROLE = re.compile(
    r"(?:staff|senior|chief|special|contributing|associate|managing|political|sports?|city|news|business|education"
    r"|health|science|foreign|assistant|guest|the)?\s*"
    r"(?:staff|writers?|reporters?|editors?|correspondents?|columnists?|producers?|contributors?|journalists?"
    r"|bureau(?: chief)?|photographers?|desk|team|redaktion|redaktør"
    r"|korrespondent(?:in)?|rédaction|redacción|redazione|of .*|m\.?d\.?|ph\.?d\.?|jr\.?|sr\.?|md|rn)$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
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
    rest = text.strip(" .,:;|-–—")
    while (cut := _TAIL.sub("", rest, count=1).rstrip(" .,:;|-–—")) != rest:
        rest = cut
    parts = [part.strip(" .,'\"") for part in _AND.split(rest)]
    people: list[str] = []
    for number, part in enumerate(parts):
        if not part or (number and (_ROLE.match(part) or agency(part) or not is_person(part))):
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
    )


def byline(text: str) -> str | None:
    """The names in a line that says who wrote the text; None for other lines. `BY MR. LESTER:` says who speaks."""
    match = BY.match(text)
    if match is None or text.rstrip().endswith((":", "：")):
        return None
    rest = text[match.end() :]
    found = names_in(rest)
    if found is None and re.search(r"[:：]", match.group()) and is_person(rest.strip(" .,")):
        return rest.strip(" .,")  # `Author: Madonna`
    return found
