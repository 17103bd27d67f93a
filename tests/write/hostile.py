"""A corpus whose names, titles, texts, addresses and rule evidence try to become markup or script."""

from __future__ import annotations

import json
from pathlib import Path

from tests.judge.test_templates import story, write

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</blockquote></td></table></style></script></noscript><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--<base href=//example.org/><meta http-equiv=refresh content=0>",
    "&lt;iframe srcdoc=&quot;x&quot;&gt;",
    "javascript:alert(1)",
    "{body}{0}</title><link rel=stylesheet href=//example.org/x.css>",
)


def hostile_corpus(folder: Path) -> Path:
    """Write the corpus into `folder`; one of its files is broken."""
    pages: dict[str, list[str]] = {}
    for number, text in enumerate(HOSTILE):
        shared = f"{' '.join(story(1, 1)[0].split()[:30])} {text}"
        name = f"{number} {text.replace('/', '')}.txt"
        pages[name] = [text, *story(number, 2), shared, "Share " + text, f"Photo by {text}", text]
        pages[f"copy {name}"] = [*pages[name][:-1], f"One more line {text}"]
    corpus = write(folder, pages)
    records = [
        json.dumps({"text": "\n".join(story(9, 2)), "title": text, "url": f"https://{text}/"}) for text in HOSTILE
    ]
    (corpus / "records.jsonl").write_text("\n".join([*records, '{"text": "' + HOSTILE[0]]))
    return corpus
