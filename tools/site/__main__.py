"""Build the site of the documentation into .bench/site, every link checked.

python -m tools.site
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / ".bench" / "site"
MOVED = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages that stand at the top of the repository, and what they are called among those of docs/"""
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def gather(pages: Path) -> None:
    """Put all pages into one folder, and turn the links between them."""
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    for path in sorted((ROOT / "docs").iterdir()):
        if path.suffix == ".md":
            (pages / path.name).write_text(turned(path.read_text(encoding="utf-8"), "docs"), encoding="utf-8")
        else:
            shutil.copy(path, pages)
    for name, new in MOVED.items():
        (pages / new).write_text(turned((ROOT / name).read_text(encoding="utf-8"), ""), encoding="utf-8")


def turned(text: str, folder: str) -> str:
    """A page that stands in `folder` of the repository with its links as they are among the pages of the site."""

    def turn(found: re.Match[str]) -> str:
        target = (ROOT / folder / found[1]).resolve().relative_to(ROOT).as_posix()
        return f"]({MOVED.get(target, target.removeprefix('docs/'))}"

    return _LINK.sub(turn, text)


def main() -> None:
    """Build the site; a link that leads nowhere is an error."""
    PLACE.mkdir(parents=True, exist_ok=True)
    gather(PLACE / "pages")
    shutil.copy(Path(__file__).with_name("mkdocs.yml"), PLACE)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(PLACE / "html")]
    # Not --quiet, which keeps from --strict the warnings that it counts
    done = subprocess.run(command, cwd=PLACE, check=False, capture_output=True, text=True)
    print(done.stderr if done.returncode else f"{PLACE / 'html' / 'index.html'}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
