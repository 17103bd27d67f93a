"""Nexis, in its two forms: the old one with `1 of 3 DOCUMENTS` above each article, and that of Nexis Uni and Lexis+,
with `End of Document` below. The labels are those of the interface, which has several languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pipeline.expression import expression
from pipeline.read.press.article import COPYRIGHT, Article, Database, blocks, is_date, joined, left_over

_LABELS = {
    key: frozenset(names.split())
    for key, names in {
        "author": "byline autor author auteur autore auteurs autoren autores verfasser",
        "section": "section rubrik ressort rubrique sección seccion sezione seção secção sectie rubriek sektion",
        "length": "length länge laenge longueur longitud extensión lunghezza lengte comprimento längd længde",
        "load_date": "load-date ladedatum date-chargement date-de-chargement fecha-carga fecha-de-carga update"
        " data-di-caricamento data-de-carregamento laaddatum",
        "language": "language sprache langue idioma lingua língua taal",
        "title": "headline titel titre título titolo kop überschrift schlagzeile",
        "publication_type": "publication-type publikationstyp publikationsart zeitungs-typ type-publication"
        " type-de-publication tipo-de-publicación tipo-di-pubblicazione pub-type publicatietype",
        "graphic": "graphic grafik graphique gráfico grafica",
        "highlight": "highlight highlights",
        "dateline": "dateline",
        "url": "url web-link link",
        "subject": "subject subjects thema sujet",
        "other": "journal-code document-type copyright series correction correction-date notes category organization person"
        " company ticker geographic industry country state city persons topic acc-no edition pages terms body text"
        " publication-date isbn issn volume issue classification",
    }.items()
}
"""What stands before a colon, in lower case with hyphens for spaces."""
_KEYS = {name: key for key, names in _LABELS.items() for name in names}
_FOOT = frozenset(("load_date", "language", "publication_type", "graphic", "subject"))
"""What stands below the text."""
_LABEL = expression(r"\s{0,4}([^\W\d_][^\W\d_]*(?:[ -][^\W\d_]+){0,3}) ?:(?:\s+(.*)|$)")

_OF = "of|von|de|di|van|sur|av|af|из"
_WORD = r"(?:DOCUMENT|DOKUMENT|DOCUMENTO|DOCUMENTEN|ДОКУМЕНТ)[A-Z]{0,2}"
_ABOVE = expression(
    rf"^[ \t]*(?:FOCUS - )?(?:\d+ (?:{_OF}) \d+ {_WORD}|{_WORD} \d+ (?:{_OF}) \d+)[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_BELOW = expression(
    r"^[ \t]*(?:End of Document|Ende des Dokuments|Dokumentende|Fin du document|Fin de documento|Fin del documento"
    r"|Fine del documento|Fim do documento|Einde van document|Einde document)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_BODY = frozenset(
    ("body", "volltext", "textkörper", "haupttext", "corps", "corps du texte", "cuerpo", "corpo", "hoofdtekst", "tekst")
)
_AFTER = frozenset(
    ("classification", "graphic", "notes", "correction", "klassifizierung", "grafik", "clasificación", "classificatie")
)
"""Lines by themselves that end the text."""
_COVER_BLOCKS = 20
"""A cover page has no more than so many paragraphs."""
_FRONT_BLOCKS = 6
_EDITION = expression(r"^(?:\d+(?:st|nd|rd|th) )?Edition\b.{0,20}$|\bEdition(?: - \w+(?: \w+)?)?;?$", re.IGNORECASE)
"""A line that names the edition of a paper."""
_COVER = expression(r"^(?:Job Number|Documents? \(\d+\)|Dokumente? \(\d+\)|Client/Matter|User Name)\b", re.MULTILINE)


def _label(line: str) -> tuple[str, str] | None:
    """What a line that begins with a label says: the key and the value."""
    found = _LABEL.match(line)
    if found is None:
        return None
    name = found[1].lower().replace(" ", "-")
    key = _KEYS.get(name)
    return None if key is None else (name if key == "other" else key, found[2] or "")


def _labelled(block: Sequence[str]) -> dict[str, str] | None:
    """What a block of labelled lines says; None of a block that begins otherwise."""
    if _label(block[0]) is None:
        return None
    found: dict[str, str] = {}
    key = ""
    for line in block:
        if said := _label(line):
            key = said[0]
            found[key] = said[1]
        else:
            found[key] = f"{found[key]} {line.strip()}".strip()
    return found


def _is_classic(text: str) -> bool:
    return len(_ABOVE.findall(text[:200_000])) > 0 and any(
        said and said[0] in ("length", "load_date", "language", "author")
        for said in (_label(line) for line in text[:200_000].split("\n"))
    )


def _classic(text: str) -> Iterator[Article | None]:
    cover, *parts = _ABOVE.split(text)
    numbers = [int(digits[0]) for line in _ABOVE.findall(text) if (digits := re.findall(r"\d+", line))]
    if cover.strip():
        yield None
    before = None
    for number, part in zip(numbers, parts, strict=True):
        article = _classic_article(blocks(part))
        if number != (number if before is None else before + 1) or (
            before is None and len(blocks(cover)) > _COVER_BLOCKS
        ):
            problem = f"is number {number} of the export, but the one before is number {before or 'unknown'}"
            article = replace(article, problem=article.problem or problem)
        before = number
        yield article


def _classic_article(parts: list[list[str]]) -> Article:
    """An article of the old form: outlet, date and title; labelled lines; the text; labelled lines."""
    said = [_labelled(block) for block in parts]
    start = _text_start(said)
    end = next(
        (
            i
            for i in range(start, len(parts))
            if (keys := said[i]) and parts[i][0][:4].isupper() and _FOOT & keys.keys()
        ),
        len(parts),
    )
    while end > start and (COPYRIGHT.match(parts[end - 1][0]) and end == len(parts)):
        end -= 1
    end = _without_labels(said, start, end)
    fields = _merged(said[:start] + said[end:])
    front = [block for block, keys in zip(parts[:start], said, strict=False) if keys is None]
    fields = _front(front) | fields
    body = list(parts[start:end])
    if text := fields.pop("body", "") or fields.pop("text", ""):
        body.insert(0, [text])
    if copyright_ := next((joined(block) for block in (*parts[end:], *front) if COPYRIGHT.match(block[0])), ""):
        fields["copyright"] = copyright_
    rest = [
        block
        for block, keys in zip(parts[end:], said[end:], strict=True)
        if keys is None and not COPYRIGHT.match(block[0])
    ]
    problem = _repeated(said) or ("" if "graphic" in fields else left_over(rest)) or _above_front(front)
    return Article("\n\n".join("\n".join(block) for block in body), fields, problem)


def _without_labels(said: Sequence[dict[str, str] | None], start: int, end: int) -> int:
    """Where the text ends, without the labelled blocks at its end, such as an address."""
    while end > start and said[end - 1] is not None:
        end -= 1
    return end


def _repeated(said: Sequence[dict[str, str] | None]) -> str:
    """What to say where labels that an article has once stand there twice."""
    for key in ("length", "load_date", "language"):
        if sum(keys is not None and key in keys for keys in said) > 1:
            return f"its {key.replace('_', ' ')} stands there more than once: what parts two articles is damaged"
    return ""


def _above_front(front: Sequence[list[str]]) -> str:
    """What to say where more stands above the labels than outlet, date, edition and title."""
    free = [block for block in front if not COPYRIGHT.match(block[0])]
    return left_over(free[_FRONT_BLOCKS:])


def _text_start(said: Sequence[dict[str, str] | None]) -> int:
    """The first block of the text: what follows the length, or the last of the labelled blocks at the top."""
    last = next((i for i, keys in enumerate(said) if keys and ("length" in keys or "body" in keys)), None)
    if last is None:
        last = next((i for i, keys in enumerate(said) if keys and not _FOOT & keys.keys()), min(2, len(said) - 1))
    while last + 1 < len(said) and (keys := said[last + 1]) and not _FOOT & keys.keys():
        last += 1
    return last + 1


def _merged(said: Sequence[dict[str, str] | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for keys in said:
        for key, value in (keys or {}).items():
            found.setdefault(key, value)
    return found


def _front(front: Sequence[list[str]]) -> dict[str, str]:
    """Outlet, date, edition and title of the old form, told by the line with the date."""
    lines = [
        (number, line.strip()) for number, block in enumerate(front) for line in block if not COPYRIGHT.match(line)
    ]
    at = next((i for i, (_, line) in enumerate(lines) if is_date(line)), None)
    if at is None:
        found = {"outlet": lines[0][1]} if len(lines) > 1 else {}
        return found | ({"title": lines[-1][1]} if lines else {})
    number, date = lines[at]
    below = lines[at + 1 :]
    edition = [line for block, line in below if block == number]
    # An edition may stand by itself, too.
    while number + 1 < len(front) - 1 and all(_EDITION.search(line) for block, line in below if block == number + 1):
        number += 1
        edition += [line for block, line in below if block == number]
    title = [line for block, line in below if block == number + 1]
    found = {"date": date, "edition": joined(edition), "title": joined(title)}
    if at:
        found["outlet"] = lines[at - 1][1] if lines[at - 1][0] == lines[0][0] else lines[0][1]
    return {key: value for key, value in found.items() if value}


def _is_uni(text: str) -> bool:
    if _BELOW.search(text) is None:
        return False
    lines = [line.strip() for line in text[:400_000].split("\n")]
    return any(line.lower() in _BODY for line in lines) or any(
        said and said[0] in ("length", "load_date") for said in map(_label, lines)
    )


def _uni(text: str) -> Iterator[Article | None]:
    parts = _BELOW.split(text)
    if _COVER.search(parts[0]):
        yield None
    for number, part in enumerate(parts, 1):
        if len(found := blocks(part)) > 1:
            article = _uni_article(found)
            if number == len(parts) > 1:
                article = replace(article, problem="nothing marks its end: the export may be cut")
            yield article


def _uni_article(parts: list[list[str]]) -> Article:
    """An article of the new form: title, outlet, date; labelled lines; `Body`; the text; `Classification`; labelled lines."""
    parts = [[line] for block in parts for line in block] if _is_one_line_a_block(parts) else parts
    said = [_labelled(block) for block in parts]
    alone = [block[0].strip().lower() if len(block) == 1 else "" for block in parts]
    marker = next((i for i, line in enumerate(alone) if line in _BODY), None)
    start = _text_start(said) if marker is None else marker + 1
    end = next(
        (
            i
            for i in range(start, len(parts))
            if alone[i] in _AFTER or ((keys := said[i]) and {"load_date", "language", "publication_type"} & keys.keys())
        ),
        len(parts),
    )
    end = _without_labels(said, start, end)
    top = parts[: start if marker is None else marker]
    fields = _uni_front(top, said) | _merged(said[: len(top)]) | _merged(said[end:])
    fields.pop("classification", None)
    rest = [
        block
        for block, keys in zip(parts[end:], said[end:], strict=True)
        if keys is None and not COPYRIGHT.match(block[0])
    ]
    problem = _repeated(said) or ("" if {"graphic", "grafik"} & set(alone) else left_over(rest))
    return Article("\n\n".join("\n".join(block) for block in parts[start:end]), fields, problem)


def _is_one_line_a_block(parts: Sequence[list[str]]) -> bool:
    """Whether lines are paragraphs, as in a text made of a Word document without blank lines."""
    return len(parts) < 3


def _uni_front(top: Sequence[list[str]], said: Sequence[dict[str, str] | None]) -> dict[str, str]:
    """Title, outlet and date, told by the last date above the text; what stands above the title is the cover."""
    free = [
        joined(block) for block, keys in zip(top, said, strict=False) if keys is None and not COPYRIGHT.match(block[0])
    ]
    lines = [line for line in free if line.lower() not in _AFTER]
    at = next((i for i in range(len(lines) - 1, -1, -1) if is_date(lines[i])), None)
    if at is None:
        return {"title": lines[0]} if lines else {}
    found = {"date": lines[at], "outlet": lines[at - 1] if at else "", "title": lines[at - 2] if at > 1 else ""}
    return {key: value for key, value in found.items() if value}


CLASSIC = Database("Nexis", _is_classic, _classic)
UNI = Database("Nexis Uni", _is_uni, _uni)
