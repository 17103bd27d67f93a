"""Print the table of docs/kinds.md: every kind of file, what wrote it, what the format says, and whether it arrived whole."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.read.kinds import KINDS
from tests.read.samples import read
from tests.read.test_kinds import faults, missing

KEYS = ("url", "date", "title", "author", "id")


def main() -> None:
    whole = 0
    print("| kind | written by | all text, and | arrives |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS.values():
            told = ", ".join(key for key in KEYS if key in kind.told) or "nothing else"
            if library := missing(kind):
                print(f"| {kind.name} | {kind.by} | {told} | {library} is not installed |")
                continue
            path = Path(folder) / kind.file
            kind.write(path)
            got = read(path)
            found = faults(kind, got.documents, list(got.failures))
            path.unlink()
            whole += not found
            print(f"| {kind.name} | {kind.version} | {told} | {'whole' if not found else found[0]} |")
    print(f"\n{whole} of {len(KINDS)} kinds arrive whole.")
    sys.exit(whole < len(KINDS))


if __name__ == "__main__":
    main()
