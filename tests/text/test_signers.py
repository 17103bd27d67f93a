"""Who signs the contributions of a thread, by what forums set around a name."""

from __future__ import annotations

import pytest

from pipeline import clean_html
from pipeline.text.html.signers import name_in

SAID = (
    "The wind turned in the night, and the small boats had to be hauled up before the tide came in.",
    "We had the same trouble last spring, so the club bought longer ropes and two more anchors.",
    "Nobody told the visitors about it, and one of them lost a fender and most of his patience.",
    "Next time somebody should ring the bell at the pier, which is what it was hung up for.",
)
PEOPLE = ("kestrel_9", "Old Tom", "marguerite", "kestrel_9")

SIGNATURES = {
    "rank and count below": '<div class="author"><a href="/u/{slug}">{name}</a><br>Member<br>Joined: Jan 2021<br>Posts: {n}</div>',
    "no link": '<div class="author">{name}<br>Senior Member<br>{n} posts</div>',
    "profile in another list": '<dl class="postprofile"><dt><a href="/p?u={n}&amp;m=viewprofile">{name}</a></dt><dd>Posts: {n}</dd></dl>'
    '<ul class="profile-icons"><li><a href="/quote?p={n}">Reply with quote</a></li></ul>',
    "details below": '<div class="user-info"><a class="user-info__name" href="/members/{slug}.{n}">{name}</a>'
    '<div class="user-details">{n} posts · Joined 20{n}</div></div>',
    "only the rank says whose it is": '<div class="left"><dl><dt><strong>{name}</strong></dt><dd class="usertitle">Member</dd></dl></div>',
    "only a button does": '<div class="details"><span>by <a href="//forum.example/~{slug}">{name}</a> ({n})</span>'
    '<span class="button"><b><a class="user_journal" href="/~{slug}/journal">Journal</a></b></span></div>',
    "how long ago": '<div class="byline"><a href="/~{slug}"><img alt=""></a> <a href="/~{slug}">{name}</a> edited <a href="/c/{n}">{n} days ago</a></div>',
    "who else they are": '<span class="creator"><a href="/u/{slug}">{name}</a> (Captain {n})</span>',
    "a letter for a picture": '<div class="post-byline"><span class="avatar">{letter}</span> <a href="/member/{n}">{name}</a> <span>Offline</span></div>',
    "by whom and when": '<p class="author">by <a href="/profile/{n}">{name}</a> &raquo; Tue Aug {n}, 2019 4:12 pm</p>',
    "a button of that name": '<div class="post_author">{name}</div><div class="author_buttons"><a href="/find/{n}">Find</a></div>',
}


def thread(signature: str) -> str:
    posts = "".join(
        '<div class="post">'
        + signature.format(name=name, slug=name.lower().replace(" ", "-"), n=12 + n, letter=name[0].upper())
        + f'<div class="content"><p>{said}</p></div></div>'
        for n, (name, said) in enumerate(zip(PEOPLE, SAID, strict=True))
    )
    return f"<html><head><title>Boats hauled up</title></head><body><h1>Boats hauled up</h1>{posts}</body></html>"


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_the_name_alone_is_the_author_of_a_contribution(signature: str) -> None:
    document = clean_html(thread(signature))
    assert [post.author for post in document.posts] == list(PEOPLE)
    for n, said in enumerate(SAID):
        assert [block.post for block in document.blocks if document.text[block.start : block.end] == said] == [n]


def test_an_advertisement_among_contributions_is_none() -> None:
    signature = '<h3 class="author">{name}</h3>'
    advert = '<div class="post"><h3 class="author">Advertisement</h3><div class="content"><p>Ropes at half the price, this week only.</p></div></div>'
    page = thread(signature).replace('<div class="post">', advert + '<div class="post">', 2)
    assert [post.author for post in clean_html(page).posts] == list(PEOPLE)


def test_whom_a_contribution_speaks_to_did_not_write_it() -> None:
    signature = '<div class="author"><a href="/user/{n}">{name}</a></div>'
    page = thread(signature).replace(
        "<p>", '<p><a class="mention user" href="/user/ann">@ann</a> <a class="mention user" href="/user/bob">@bob</a> '
    )
    assert [post.author for post in clean_html(page).posts] == list(PEOPLE)


def test_code_is_nobody() -> None:
    """Documentation leads to what it speaks of by links whose class may look like a writer's."""
    lines = "".join(
        f'<p>{said} See <a class="autorefs" href="/api#{n}"><code>reef_{n}</code></a>.</p>'
        for n, said in enumerate(SAID)
    )
    assert clean_html(f"<html><body><article><h1>Reefs</h1>{lines}</article></body></html>").posts == ()


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("kestrel_9", "kestrel_9"),
        ("by Old Tom", "Old Tom"),
        ("@ marguerite", "marguerite"),
        ("Old Tom says:", "Old Tom"),
        ("kestrel_9 2 years ago", "kestrel_9"),
        ("kestrel_9 12.4k", "kestrel_9"),
        ("kestrel_9 1,204 3 gold badges 12 silver badges", "kestrel_9"),
        ("User 4071", "User 4071"),
        *(
            (label, "")
            for label in ("Member", "VIP Member", "Reply with quote", "Gast", "楼主", "Advertisement", "1,430 posts")
        ),
        *((told, "") for told in ("Posts: 88", "Joined Feb 2011", "3 May 2024", "May 3, 2024", "10:42", "#12", "")),
        ("They all went home before the tide came in", ""),
    ],
)
def test_a_name_in_what_is_shown(shown: str, name: str) -> None:
    assert name_in(shown) == name
