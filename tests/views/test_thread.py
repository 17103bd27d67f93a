"""The contributions of a thread in the record and in Markdown, and what is read of a page's rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import clean, clean_html, read_documents
from pipeline.model import Post
from tests.read.samples import http, warc

SAID = (
    "The wind turned in the night, and the small boats had to be hauled up before the tide came in.",
    "We had the same trouble last spring, so the club bought longer ropes and two more anchors.",
    "Nobody told the visitors about it, and one of them lost a fender and most of his patience.",
)
PEOPLE = (
    ("kestrel_9", "2024-05-03T10:00", "3 May 2024"),
    ("Old Tom", "", "4 May 2024"),
    ("marguerite", "2024-05-05", ""),
)


def thread(bodies: tuple[str, ...] = SAID) -> str:
    posts = "".join(
        f'<div class="post"><div class="author">{name}</div><time datetime="{stated}">{shown}</time>'
        f'<div class="content"><p>{body}</p></div></div>'
        for (name, stated, shown), body in zip(PEOPLE, bodies, strict=True)
    )
    return f"<html><head><title>Boats hauled up</title></head><body><h1>Boats hauled up</h1>{posts}</body></html>"


def test_a_thread_says_who_wrote_what_and_when() -> None:
    document = clean_html(thread())
    assert document.posts == (
        Post("kestrel_9", "2024-05-03", "3 May 2024"),
        Post("Old Tom", "2024-05-04", "4 May 2024"),
        Post("marguerite", "2024-05-05", None),
    )
    texts = [(block.post, document.text[block.start : block.end]) for block in document.blocks]
    assert texts == list(enumerate(SAID))
    signed = [(edit.rule, edit.evidence.author) for edit in document.edits if edit.rule == "post-author"]
    assert signed == [("post-author", name) for name, _, _ in PEOPLE]


def test_the_date_that_a_page_states_goes_before_the_one_that_it_shows() -> None:
    page = thread().replace("2024-05-03T10:00", "2024-05-04T01:00+02:00")
    assert clean_html(page).posts[0] == Post("kestrel_9", "2024-05-04", "3 May 2024")


def test_markdown_has_the_name_and_date_above_each_contribution() -> None:
    assert clean_html(thread()).markdown == (
        "# Boats hauled up\n\n"
        f"**kestrel_9** — 3 May 2024\n\n{SAID[0]}\n\n"
        f"**Old Tom** — 4 May 2024\n\n{SAID[1]}\n\n"
        f"**marguerite** — 2024-05-05\n\n{SAID[2]}\n"
    )


def test_a_page_of_one_contribution_is_no_thread() -> None:
    page = f'<h1>Boats</h1><div class="post"><div class="author">kestrel_9</div><p>{" ".join(SAID)}</p></div>'
    document = clean_html(page)
    assert document.posts == ()
    assert {block.post for block in document.blocks} == {None}


def test_a_thread_of_which_one_contribution_is_left_is_none() -> None:
    document = clean_html(thread((SAID[0], "Share on Facebook", "Leave a Reply")))
    assert SAID[0] in document.text
    assert document.posts == ()
    assert {block.post for block in document.blocks} == {None}


@pytest.mark.parametrize(
    ("signature", "shown"),
    [
        ("asked May 3, 2021 at 10:11 <a>{name}</a> 1,203 ●4 ●12", "May 3, 2021 at 10:11"),
        ("answered on May 3, 2021 by <a>{name}</a>", "May 3, 2021"),
        ("by <a>{name}</a> » May 3, 2021", "May 3, 2021"),
        ("likes May 3, 2021 <a>{name}</a>", None),
    ],
)
def test_the_date_of_a_contribution_stands_beside_the_name(signature: str, shown: str | None) -> None:
    posts = "".join(
        f'<div class="post"><div class="content"><p>{body}</p></div><div class="user">{signature.format(name=name)}</div></div>'
        for (name, _, _), body in zip(PEOPLE, SAID, strict=True)
    )
    document = clean_html(f"<html><body><h1>Boats hauled up</h1>{posts}</body></html>")
    assert document.posts == tuple(Post(name, "2021-05-03" if shown else None, shown) for name, _, _ in PEOPLE)
    assert document.text.split("\n\n") == list(SAID)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("license", "license"), ("usageInfo", "rights"), ("copyrightNotice", "rights"), ("conditionsOfAccess", "rights")],
)
def test_what_linked_data_says_of_its_use(name: str, kind: str) -> None:
    data = f'{{"@type": "Article", "headline": "Tides", "{name}": "https://example.org/terms"}}'
    page = f'<html><head><script type="application/ld+json">{data}</script></head><body><h1>Tides</h1><p>{SAID[0]}</p>'
    (right,) = clean_html(page).metadata.rights
    assert (right.kind, right.value, right.where) == (kind, "https://example.org/terms", f"json-ld:{name}")


def test_what_a_server_says_of_its_use(tmp_path: Path) -> None:
    """Each header stands in the record with its own name, as it was said; others do not."""
    headers = {
        "X-Robots-Tag": ("robots", "noai, noimageai"),
        "TDM-Reservation": ("tdm-reservation", "1"),
        "TDM-Policy": ("tdm-policy", "https://example.org/policy.json"),
    }
    links = (
        '<https://example.org/by>; rel="license", </feed>; rel="alternate", <https://example.org/tdm>; rel=tdm-policy'
    )
    told = [f"{name}: {value}" for name, (_, value) in headers.items()]
    page = http(f"<h1>Tides</h1><p>{SAID[0]}</p>".encode(), *told, f"Link: {links}", "Server: Pharos")
    (tmp_path / "crawl.warc").write_bytes(warc(page))
    clean([tmp_path / "crawl.warc"], tmp_path / "out")
    (row,) = read_documents(tmp_path / "out")
    assert [(right.kind, right.value, right.where) for right in row.metadata.rights] == [
        *((kind, value, f"header:{name.lower()}") for name, (kind, value) in headers.items()),
        ("license", "https://example.org/by", "header:link"),
        ("tdm-policy", "https://example.org/tdm", "header:link"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("robots", "robots"),
        ("googlebot-news", "robots"),
        ("CCBot", "robots"),
        ("tdm-reservation", "tdm-reservation"),
        ("tdm-policy", "tdm-policy"),
        ("DC.license", "license"),
        ("DCTERMS.license", "license"),
        ("DC.rights", "rights"),
        ("dcterms.rightsHolder", "rights"),
        ("copyright", "rights"),
        ("description", None),
    ],
)
def test_what_the_head_of_a_page_says_of_its_use(name: str, kind: str | None) -> None:
    page = f'<html><head><meta name="{name}" content="As said here"></head><body><h1>Tides</h1><p>{SAID[0]}</p>'
    rights = [(right.kind, right.value, right.where) for right in clean_html(page).metadata.rights]
    assert rights == ([(kind, "As said here", f"meta:{name.lower()}")] if kind else [])


def test_what_a_page_says_of_its_use() -> None:
    page = (
        '<html><head><title>Tides</title><meta name="robots" content="index, noai"><meta name="tdm-reservation" content="1">'
        '<link rel="license" href="/terms"><script type="application/ld+json">'
        '{"@type": "Article", "headline": "Tides", "license": {"@id": "https://example.org/by"}}</script></head>'
        f'<body><h1>Tides</h1><p>{SAID[0]}</p><a rel="nofollow license" href="https://example.org/by-sa">Licence</a></body></html>'
    )
    assert [(right.kind, right.value, right.where) for right in clean_html(page).metadata.rights] == [
        ("robots", "index, noai", "meta:robots"),
        ("tdm-reservation", "1", "meta:tdm-reservation"),
        ("license", "/terms", "link:license"),
        ("license", "https://example.org/by-sa", "link:license"),
        ("license", "https://example.org/by", "json-ld:license"),
    ]
    assert clean_html(f"<h1>Tides</h1><p>{SAID[0]}</p>").metadata.rights == ()
