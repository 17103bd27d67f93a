"""The page: what `overview` and `sections` say, the same for its script, style and script, and the policy that allows no more."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from pipeline.write.report import overview, payload, sample, sections, texts, whole
from pipeline.write.report.facts import Facts

MAX_BYTES = 5_000_000
"""No page is larger"""
SCRIPTS = ("core.js", "table.js", "reader.js", "narrow.js", "sharing.js", "keys.js")
OWN_BYTES = 700_000
"""For style, script, the names of rules, and the table of documents as it stands in the page without its script"""


def render(facts: Facts) -> bytes:
    """Return the page, in UTF-8; the same bytes for the same facts."""
    sharing = facts.sharing
    widest, closest = sharing.widest(), sharing.closest()
    found = texts.Texts(facts, widest, closest)
    rows = payload.documents(facts)
    near = (texts.cluster(one, found, sharing.similarity_of(one)) for one in widest)
    clusters = payload.within(near, payload.CLUSTER_BYTES)
    quotes = payload.within(
        (payload.quote(one, sharing.index) for one in sharing.most_important()), payload.QUOTE_BYTES
    )
    lists = {
        "documents": rows,
        "clusters": clusters,
        "borderline": [pair for one in closest if (pair := texts.pair(one, found))],
        "quotes": quotes,
    }
    above = ["<header>", *overview.verdict(facts), "</header>", *overview.removed(facts), *overview.looks(facts)]
    below = [
        *sections.shared(facts, quotes),
        *sections.near_duplicates(facts, clusters),
        *overview.problems(facts),
        *overview.made(facts),
    ]
    # Whole documents have of the room that all else leaves what is in proportion.
    room = MAX_BYTES - OWN_BYTES - whole.weight(lists) - len("".join(above + below).encode("utf-8", "replace"))
    shown = whole.within(facts.reader.parts(), min(room, sample.whole_bytes(facts.counts["chars_in"])))
    body = [*above, *sections.documents(facts, rows, shown.documents), *below]
    texts_ = {"whole": {} if shown.packed else shown.documents, "packed": shown.packed}
    page = asset("report.html").format(
        policy=policy(),
        style=asset("report.css"),
        script=script(),
        body="\n".join(body),
        data=payload.payload(facts, {**lists, **texts_}),
    )
    return page.encode("utf-8", "replace")


@cache
def asset(name: str) -> str:
    """Return a file of the page."""
    return (Path(__file__).parent / "page" / name).read_text(encoding="utf-8")


def script() -> str:
    """Return the page's script, which stands in several files."""
    return "\n".join(map(asset, SCRIPTS))


def policy() -> str:
    """Return the Content-Security-Policy: this style and this script, nothing else; nothing is loaded and nothing sent."""
    allowed = f"style-src '{_hash(asset('report.css'))}'; script-src '{_hash(script())}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
