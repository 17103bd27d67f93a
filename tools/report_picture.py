"""Make the pictures of the report that stand in the README: the report of the seeds, in a headless Chromium.

python -m tools.report_picture
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.config import Config
from pipeline.run import clean
from tests.conftest import ROOT, SEEDS
from tests.write.browser import Browser

PICTURES = {
    "report.webp": ("", ()),
    "report-document.webp": ("#doc={}", ("n", "n", "n")),
}
"""File in docs/: the part of the address behind #, where {} is the id of a document, and keys that are pressed"""
SHOWN = "003_a6d7477207555b4a.txt"
WIDTH, HEIGHT = 1280, 800
MOST_BYTES = 200_000


def main() -> None:
    """Write both pictures."""
    with tempfile.TemporaryDirectory() as folder, Browser(WIDTH, HEIGHT) as browser:
        clean([SEEDS], Path(folder) / "out", Config())
        report = Path(folder) / "out" / "report.html"
        browser.open(report)
        shown = browser.value(f"documents.find((one) => one.source === '{SHOWN}').id")
        for name, (fragment, keys) in PICTURES.items():
            browser.open(report, fragment.format(shown))
            browser.press(*keys)
            picture = browser.picture("webp")
            assert len(picture) < MOST_BYTES, f"{name} has {len(picture):,} bytes"
            (ROOT / "docs" / name).write_bytes(picture)
            print(f"docs/{name}: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
