"""500 mixed documents whose fields are null first and filled at the end, made up here: nothing of anybody's."""

from __future__ import annotations

import json
import random
from pathlib import Path

COUNT = 500
RICH = 20
"""Of them the last ones have what the others lack: title, author, date, address, quotes, tables, posts, fields of their own"""
WORDS = (
    "harbour bridge storm barge ferry council wall winter crew tide town repair mayor budget school river market station"
).split()


def write(folder: Path, count: int = COUNT) -> None:
    """Write texts, pages, and records of JSON and CSV into a folder; of the records the last ones have fields of their own."""
    folder.mkdir(parents=True)
    chosen = random.Random(1)
    plain = count - RICH
    for number in range(plain):
        text = "\n\n".join(_paragraph(chosen) for _ in range(3))
        if number % 3 == 0:
            (folder / f"a{number:04}.txt").write_text(text)
        elif number % 3 == 1:
            body = "".join(f"<p>{one}</p>" for one in text.split("\n\n"))
            (folder / f"a{number:04}.html").write_text(f"<html><body><main>{body}</main></body></html>")
        else:
            with (folder / "b.jsonl").open("a") as rows:
                rows.write(json.dumps({"text": text}) + "\n")
    shared = _paragraph(chosen)
    with (folder / "z.jsonl").open("w") as rows:
        for number in range(RICH):
            row = {
                "id": f"own-{number}",
                "text": "\n\n".join([_paragraph(chosen), *([] if number % 7 else [shared]), _paragraph(chosen)]),
                "title": f"The wall of the harbour, part {number}",
                "author": "Jane Roe",
                "published": f"2024-05-{number + 1:02}",
                "url": f"https://example.org/{number}",
                "desk": {"name": "city", "tags": ["wall", number, None, 1.5, True]},
                "views": number if number % 2 else "none",
            }
            rows.write(json.dumps(row) + "\n")
    (folder / "zz.html").write_text(_PAGE.format(shared=shared, other=_paragraph(chosen)))
    (folder / "zzz.bin").write_bytes(bytes(range(256)) * 4)


def _paragraph(chosen: random.Random) -> str:
    sentences = [
        f"The {' '.join(chosen.choice(WORDS) for _ in range(9))} of {chosen.randrange(10**6)} was closed."
        for _ in range(3)
    ]
    return " ".join(sentences)


_PAGE = """<html lang="en"><head><title>Harbour wall to be rebuilt</title>
<meta name="author" content="Jane Roe"><meta property="article:published_time" content="2024-06-01T10:00:00Z">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Harbour wall to be rebuilt</h1><p>{shared}</p><h2>What it costs</h2><p>{other}</p>
<ul><li>The wall, from the mole to the lighthouse, costs two million</li><li>The crane costs a third of that sum</li></ul>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>2</td></tr></table>
<pre><code class="language-python">print("wall")</code></pre>
<figure><img src="wall.jpg"><figcaption>The wall in May. Photo: John Doe/Oldport Gazette</figcaption></figure>
</article></body></html>"""
