"""Factiva: articles that end with `Document` and a number; with labels of two letters (`HD`, `LP`, `TD`), or without."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.expression import expression
from pipeline.read.languages import CODES
from pipeline.read.press.article import COPYRIGHT, Article, Database, blocks, is_date, joined, left_over

_END = expression(
    r"^[ \t]*(?:Document|Dokument|Documento|Документ|文件|文書) ([A-Z][A-Z0-9]{3,9}\d{6}[0-9A-Za-z]{6,20})[ \t]*$",
    re.MULTILINE,
)
_COUNT = expression(
    r"[ \t]{0,8}\d[\d.,\u202f ]{0,12}(?:words|Wörter|mots|palabras|parole|palavras|woorden|ord|слов|слова)[ \t]*",
    re.IGNORECASE,
)
_CODES = {
    "HD": "title", "BY": "author", "WC": "length", "PD": "date", "SN": "outlet", "SE": "section", "LA": "language",
    "CY": "copyright", "ET": "time", "ED": "edition", "PG": "page", "SC": "source_code", "CR": "credit", "AN": "id",
    "LP": "text", "TD": "text", "CO": "company", "IN": "industry", "NS": "subject", "RE": "region", "IPD": "descriptors",
    "IPC": "codes", "PUB": "publisher", "VOL": "volume", "CLM": "column", "ART": "graphic", "CT": "contact",
    "RF": "references", "DLN": "dateline", "CX": "correction",
}  # fmt: skip
_CODE = expression(rf"[ \t]*({'|'.join(sorted(_CODES, key=len, reverse=True))})(?:[ \t]*\|[ \t]*|[ \t]+|$)(.*)")
_BY = expression(r"(?:by|von|par|por|di|door|av|af)\s+\S", re.IGNORECASE)
_SUMMARY = expression(r"(?:search summary|suchzusammenfassung|résumé de la recherche|resumen de)\b", re.IGNORECASE)
"""What stands below the last article."""
_SOURCE_CODE = expression(r"[A-Z0-9]{2,8}")
_TIME = expression(r"\d{1,2}:\d\d(?:\s?[AP]M)?(?: GMT)?")
_MAX_NAME = 6
_ONCE = ("HD", "WC", "PD", "SN", "LP")
"""Codes that an article has once."""
_SHORT = ("copyright", "language", "outlet", "date", "length", "title", "author", "page", "source_code")
_MAX_SHORT = 250
"""Characters of what is never long."""


def _recognises(text: str) -> bool:
    found = _END.search(text)
    return found is not None and (
        _COUNT.search(text) is not None or re.search(r"^[ \t]*HD\b", text, re.MULTILINE) is not None
    )


def _articles(text: str) -> Iterator[Article | None]:
    parts = _END.split(text)  # text, number, text, number, ..., rest
    for part, number in zip(parts[::2], parts[1::2], strict=False):
        lines = part.split("\n")
        codes = Counter(found[1] for line in lines if (found := _CODE.match(line)))
        is_indexed = any(re.match(r"[ \t]*HD(?:\W|$)", line) for line in lines)
        article = _indexed(lines) if is_indexed else _plain(part)
        heads = max(codes[code] for code in _ONCE) if is_indexed else sum(map(bool, map(_COUNT.fullmatch, lines)))
        problem = article.problem or ("two articles begin here: the end of one is damaged" if heads > 1 else "")
        yield Article(article.text, dict(article.fields) | {"id": number}, problem)
    rest = [block for block in blocks(parts[-1]) if not COPYRIGHT.match(block[0])]
    if len(parts) > 1 and rest and _SUMMARY.match(joined(rest[0])) is None:
        said = left_over(rest)
        yield (
            Article(parts[-1].strip(), {}, f"no number marks its end: the export may be cut; {said}") if said else None
        )


def _indexed(lines: list[str]) -> Article:
    """An article whose parts have labels."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        code = _CODE.match(line)
        if code and (key or code[1] in ("HD", "SE")):
            key = code[1]
            found.setdefault(key, []).append(code[2].strip(" \t|"))
        elif key:
            found[key].append(line.strip(" \t|"))
    fields = {_CODES[code]: joined(said) for code, said in found.items() if _CODES[code] != "text" and any(said)}
    parts = ("\n".join(found.get(code, [])).strip() for code in ("LP", "TD"))
    text = "\n\n".join(filter(None, parts))
    swollen = next((key for key in _SHORT if len(fields.get(key, "")) > _MAX_SHORT), "")
    return Article(text, fields, f"its {swollen} is so long that text must be in it" if swollen else "")


def _plain(part: str) -> Article:
    """An article whose parts have no labels: title and author, number of words, date, outlet, code, language, copyright, text."""
    groups = blocks(part)
    lines = [(number, line.strip()) for number, group in enumerate(groups) for line in group]
    count = next((i for i, (_, line) in enumerate(lines) if _COUNT.fullmatch(line)), None)
    if count is None:
        return Article(part.strip(), {}, "nothing says how many words it has: its head is damaged")
    fields = _above([line for _, line in lines[:count]]) | {"length": lines[count][1]}
    at = count + 1
    while at < len(lines) and at <= count + 10:
        line = lines[at][1]
        at += 1
        if COPYRIGHT.match(line):
            fields["copyright"] = line
            break
        if is_date(line) and "date" not in fields:
            fields["date"] = line
        elif line.lower() in CODES:
            fields["language"] = line
            if at < len(lines) and not COPYRIGHT.match(lines[at][1]):
                break
        elif _TIME.fullmatch(line) or line.isdigit():
            continue
        elif "outlet" not in fields:
            fields["outlet"] = line
        elif _SOURCE_CODE.fullmatch(line):
            fields["source_code"] = line
        else:
            fields.setdefault("edition", line)
    first = lines[at][0] if at < len(lines) else len(groups)
    within = sum(1 for number, _ in lines[:at] if number == first)
    body = [groups[first][within:], *groups[first + 1 :]] if first < len(groups) else []
    return Article("\n\n".join("\n".join(group) for group in body), fields)


def _above(lines: list[str]) -> dict[str, str]:
    """Section, title and author, of which the title is always there."""
    found: dict[str, str] = {}
    is_name = (
        len(lines) > 1
        and len(lines[-1].split()) <= _MAX_NAME
        and lines[-1][:1].isupper()
        and not lines[-1].endswith(".")
    )
    if len(lines) > 1 and (_BY.match(lines[-1]) or (is_name and not any(map(str.isdigit, lines[-1])))):
        found["author"] = lines.pop()
    if len(lines) > 1 and len(lines[0].split()) <= 3 and len(lines[0]) < len(lines[1]):
        found["section"] = lines.pop(0)
    return found | ({"title": joined(lines)} if lines else {})


DATABASE = Database("Factiva", _recognises, _articles)
