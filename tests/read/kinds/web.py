"""Text and HTML files, web archives, saved pages."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.read.kinds.kind import STORIES, Story, kind
from tests.read.samples import members

FIRST = STORIES[:1]
STORY = STORIES[0]

PLAIN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "text, UTF-8": ("story.txt", STORY.text.encode),
    "text, UTF-16": ("story.txt", lambda: STORY.text.encode("utf-16")),
    "text, windows-1252": ("story.txt", lambda: STORY.text.encode("cp1252")),
    "text, gzip": ("story.txt.gz", lambda: gzip.compress(STORY.text.encode())),
    "Markdown": ("story.md", STORY.text.encode),
}
for _name, (_file, _data) in PLAIN.items():
    kind(_name, _file, told="", stories=FIRST)(lambda path, data=_data: path.write_bytes(data()))  # type: ignore[misc]

CUE = "{}\n00:{:02}:00,000 --> 00:{:02}:30,000\n{}\n\n"


def subrip(story: Story) -> bytes:
    """Subtitles with a paragraph in each cue."""
    return "".join(CUE.format(n + 1, n, n, text) for n, text in enumerate(story.paragraphs)).encode()


def webvtt(story: Story) -> bytes:
    """The same as WebVTT, with voices and tags."""
    cues = "".join(
        CUE.format(n, n, n, f"<v {story.author}>{text}</v>").replace(",000", ".000")
        for n, text in enumerate(story.paragraphs)
    )
    return f"WEBVTT - {story.title}\nLanguage: en\n\nNOTE by hand\n\n{cues}".encode()


def front_matter(story: Story, fence: str) -> bytes:
    """Markdown with front matter in YAML or TOML."""
    sign = ":" if fence == "---" else " ="
    said = [
        f'title{sign} "{story.title}"',
        f'author{sign} "{story.author}"',
        f"date{sign} {story.day}",
        f'slug{sign} "x"',
    ]
    return "\n".join([fence, *said, fence, "", story.text, ""]).encode()


MARKED_UP: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "Markdown with YAML": ("story.md", "date title author", lambda: front_matter(STORY, "---")),
    "Markdown with TOML": ("story.md", "date title author", lambda: front_matter(STORY, "+++")),
    "subtitles, SubRip": ("story.srt", "", lambda: subrip(STORY)),
    "subtitles, WebVTT": ("story.vtt", "", lambda: webvtt(STORY)),
}
for _name, (_file, _told, _data) in MARKED_UP.items():
    kind(_name, _file, "hand", told=_told, stories=FIRST, exact=False)(
        lambda path, data=_data: path.write_bytes(data())  # type: ignore[misc]
    )


def rss(version: str) -> str:
    """A feed of the stories, with the whole of each."""
    items = "".join(
        f"<item><title>{story.title}</title><link>{story.url}</link><guid isPermaLink='false'>{story.id}</guid>"
        f"<dc:creator>{story.author}</dc:creator><dc:date>{story.day}T08:00:00Z</dc:date><description>Short&#8230;</description>"
        f"<content:encoded><![CDATA[{''.join(f'<p>{text}</p>' for text in story.paragraphs)}]]></content:encoded></item>"
        for story in STORIES
    )
    names = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    )
    head = "<title>The Paper</title><link>https://paper.example/</link><description>News</description>"
    if version == "1.0":
        items = items.replace("<guid isPermaLink='false'>", "<dc:identifier>").replace("</guid>", "</dc:identifier>")
        return f'<?xml version="1.0"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" {names}><channel>{head}</channel>{items}</rdf:RDF>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="{version}" {names}><channel>{head}{items}</channel></rss>'


def atom() -> str:
    """The same as Atom, with XHTML."""
    entries = "".join(
        f'<entry><title>{story.title}</title><link rel="self" href="https://paper.example/feed"/><link href="{story.url}"/>'
        f"<id>{story.id}</id><author><name>{story.author}</name></author><published>{story.day}T08:00:00Z</published>"
        f"<updated>2022-01-01T00:00:00Z</updated><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        f"{''.join(f'<p>{text}</p>' for text in story.paragraphs)}</div></content></entry>"
        for story in STORIES
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Paper</title><id>p</id>{entries}</feed>'


FEEDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "RSS 2.0": ("feed.xml", lambda: rss("2.0").encode()),
    "RSS 2.0, UTF-16": ("feed.rss", lambda: rss("2.0").replace("UTF-8", "UTF-16").encode("utf-16")),
    "RSS 1.0": ("feed.rdf", lambda: rss("1.0").encode()),
    "Atom": ("feed.atom", lambda: atom().encode()),
}
for _name, (_file, _data) in FEEDS.items():
    kind(_name, _file, "hand")(lambda path, data=_data: path.write_bytes(data()))  # type: ignore[misc]

PAGES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "HTML, UTF-8": ("story.html", STORY.page.encode),
    "HTML, windows-1252": ("story.html", lambda: STORY.page.replace("utf-8", "windows-1252").encode("cp1252")),
    "HTML, UTF-16": ("story.html", lambda: STORY.page.encode("utf-16")),
    "HTML, gzip": ("story.html.gz", lambda: gzip.compress(STORY.page.encode())),
    "HTML without a suffix": ("story", STORY.page.encode),
}
for _name, (_file, _data) in PAGES.items():
    kind(_name, _file, told="url date title author", stories=FIRST, exact=False)(
        lambda path, data=_data: path.write_bytes(data())  # type: ignore[misc]
    )


def warc(
    path: Path,
    *,
    gz: bool = True,
    version: str = "WARC/1.0",
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),),
    encode: Callable[[bytes], bytes] = lambda data: data,
    around: bool = False,
    record_type: str = "response",
) -> None:
    """A web archive of the stories, as warcio writes it."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=gz, warc_version=version)
        if around:
            writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for story in STORIES:
            if record_type == "conversion":
                payload, http, kind_of = story.text.encode(), None, "text/plain"
            else:
                payload, kind_of = encode(story.page.encode()), "text/html"
                http = (
                    StatusAndHeaders("200 OK", list(headers), protocol="HTTP/1.1")
                    if record_type == "response"
                    else None
                )
            if around:
                request = StatusAndHeaders("GET / HTTP/1.1", [("Host", "paper.example")], is_http_request=True)
                writer.write_record(
                    writer.create_warc_record(story.url, "request", payload=io.BytesIO(), http_headers=request)
                )
            options: dict[str, Any] = {"http_headers": http} if http else {"warc_content_type": kind_of}
            writer.write_record(
                writer.create_warc_record(story.url, record_type, payload=io.BytesIO(payload), **options)
            )
            if around:
                writer.write_record(
                    writer.create_revisit_record(
                        story.url, "sha1:B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A", story.url, "2021-03-04T08:00:00Z"
                    )
                )


def chunked(data: bytes) -> bytes:
    pieces = [data[i : i + 100] for i in range(0, len(data), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def brotlied(data: bytes) -> bytes:
    import brotli

    return bytes(brotli.compress(data))


_HTML = ("Content-Type", "text/html; charset=utf-8")
WARCS: dict[str, tuple[str, dict[str, Any]]] = {
    "WARC, gzip": ("crawl.warc.gz", {}),
    "WARC, uncompressed": ("crawl.warc", {"gz": False}),
    "WARC 1.1": ("crawl.warc.gz", {"version": "WARC/1.1"}),
    "WARC with requests and revisits": ("crawl.warc.gz", {"around": True}),
    "WARC, chunked": ("crawl.warc.gz", {"headers": (_HTML, ("Transfer-Encoding", "chunked")), "encode": chunked}),
    "WARC, gzip inside": ("crawl.warc.gz", {"headers": (_HTML, ("Content-Encoding", "gzip")), "encode": gzip.compress}),
    "WARC, Brotli inside": ("crawl.warc.gz", {"headers": (_HTML, ("Content-Encoding", "br")), "encode": brotlied}),
    "WARC without a content type": ("crawl.warc.gz", {"headers": (("Server", "x"),)}),
    "WARC of resources": ("crawl.warc.gz", {"record_type": "resource"}),
}
for _name, (_file, _options) in WARCS.items():
    kind(_name, _file, "warcio", "url date title author", exact=False)(
        lambda path, options=_options: warc(path, **options)  # type: ignore[misc]
    )
kind("WET", "crawl.warc.wet.gz", "warcio", "url")(lambda path: warc(path, record_type="conversion"))


def _arc(path: Path) -> None:
    blocks = [b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + story.page.encode() for story in STORIES]
    heads = [
        f"{story.url} 192.0.2.1 20210304080000 text/html {len(block)}\n"
        for story, block in zip(STORIES, blocks, strict=True)
    ]
    about = "1 0 Internet Archive\nURL IP-address Archive-date Content-type Archive-length\n"
    records = [f"filedesc://crawl.arc 0.0.0.0 20210304080000 text/plain {len(about)}\n{about}\n".encode()]
    records += [head.encode() + block + b"\n" for head, block in zip(heads, blocks, strict=True)]
    path.write_bytes(members(records) if path.suffix == ".gz" else b"".join(records))


kind("ARC", "crawl.arc", "hand", "url date title author", exact=False)(_arc)
kind("ARC, gzip", "crawl.arc.gz", "hand", "url date title author", exact=False)(_arc)


def mhtml(story: Story, by: str) -> bytes:
    """A page as browsers save it."""
    import quopri

    page = quopri.encodestring(story.page.encode())
    head = {
        "Chrome": f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {story.url}\r\nSubject: {story.title}\r\n",
        "Internet Explorer": f'From: "Saved by Windows Internet Explorer 8"\r\nSubject: {story.title}\r\n',
    }[by]
    return (
        head.encode()
        + b'Date: Mon, 6 May 2024 07:08:09 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        + b'\tboundary="--B"\r\n\r\n----B\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
        + f"Content-Location: {story.url}\r\n\r\n".encode()
        + page
        + b"\r\n----B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: a.png\r\n\r\niVBO\r\n----B--\r\n"
    )


for _name in ("Chrome", "Internet Explorer"):
    kind(f"MHTML of {_name}", "story.mhtml", "hand", "url date title author", FIRST, exact=False)(
        lambda path, by=_name: path.write_bytes(mhtml(STORY, by))  # type: ignore[misc]
    )
