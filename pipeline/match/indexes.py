"""The index of an output folder: parts, which stay. When the folder changes, only what is new is indexed, in another part.

`.pipeline/index-…/` has a part in each folder and `parts.json`, which says for which state of the output they stand and
which documents of each are no longer in it. It is written last, so that an index is there whole or as it was before.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np

from pipeline.config import Config
from pipeline.errors import OutputError
from pipeline.match import indexing, settings
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.sign import Signing
from pipeline.match.index import IndexPart
from pipeline.match.indexing import Indexed
from pipeline.read.outputs import PRIVATE
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.output import Output

PARTS = "parts.json"
MOST_PARTS = 8
"""With more parts, or with fewer than half of the documents still there, all are indexed anew in one."""

_PREFIX = "index-"
_DIGITS = 16


def open_index(output: Output, config: Config) -> list[IndexPart]:
    """Return the parts of an output folder's index, brought up to date first, or made anew where it is damaged.

    Raises:
        OutputError: it cannot be written or read.
    """
    signing = settings.signing(config, "paragraph")
    rules = settings.passage_rules(config)
    made_by = f"{indexing.FORMAT} {signing} {rules}"
    digest = hashlib.sha256(made_by.encode()).hexdigest()
    folder = output.path / PRIVATE / (_PREFIX + digest[:_DIGITS])
    parts = _IndexParts(folder, signing, rules)
    try:
        try:
            return parts.up_to_date(output)
        except (ValueError, KeyError, FileNotFoundError):
            shutil.rmtree(folder, ignore_errors=True)  # all that is in it follows from the output
            return parts.up_to_date(output)
    except OSError as error:
        where = error.filename or folder
        reason = error.strerror or error
        raise OutputError(f"{where}: the index cannot be written or read: {reason}") from None


class _IndexParts:
    """The index of one output folder, by one set of options."""

    def __init__(self, folder: Path, signing: Signing, rules: PassageRules) -> None:
        self._folder = folder
        self._signing = signing
        self._rules = rules

    def up_to_date(self, output: Output) -> list[IndexPart]:
        """Return the parts that hold what the output holds now, after indexing what is new."""
        state = self._state()
        if state.get("manifest") == output.sha256:
            return self._opened(state["parts"])
        if not self._folder.exists():
            self._remove_others()
        names = list(state.get("parts", {}))
        gone = self._update(output, names)
        self._write_state({"manifest": output.sha256, "parts": gone})
        self._remove_parts_but(set(gone))
        return self._opened(gone)

    def _update(self, output: Output, names: list[str]) -> dict[str, list[int]]:
        """Index what is new in another part; return the names of all parts, with the documents of each that are gone."""
        # By the digest of what was indexed, the part and the number in it.
        indexed: dict[bytes, tuple[str, int]] = {}
        total = 0
        for name in names:
            part = self._part(name)
            total += len(part)
            for number, digest in enumerate(part.digests):
                indexed[digest] = name, number
        there: set[bytes] = set()
        if indexed:
            digests = map(Indexed.digest, _documents(output))
            there = indexed.keys() & digests
        if len(names) >= MOST_PARTS or 2 * len(there) < total:  # all anew
            names = []
            there.clear()
        fresh = token_hex(8)
        documents = _documents_but(output, there)
        indexing.build(self._folder / fresh, documents, self._signing, self._rules)
        gone: dict[str, list[int]] = {name: [] for name in names}
        gone[fresh] = []
        for digest, (name, number) in indexed.items():
            if name in gone and digest not in there:
                gone[name].append(number)
        return gone

    def _part(self, name: str) -> IndexPart:
        """Return the part of this name, opened."""
        return IndexPart(self._folder / name, self._signing, self._rules)

    def _opened(self, parts: dict[str, list[int]]) -> list[IndexPart]:
        """Return parts, given by name, without the documents that are gone."""
        opened: list[IndexPart] = []
        for name, gone in parts.items():
            part = self._part(name)
            part.leave_out(np.array(gone, dtype=np.int64))
            opened.append(part)
        return opened

    def _state(self) -> dict[str, Any]:
        """Return what `parts.json` says, or nothing where it is not there.

        Raises:
            ValueError: it is not what was written.
        """
        path = self._folder / PARTS
        if not path.exists():
            return {}
        state = json.loads(path.read_text(encoding="utf-8"))
        parts = state.get("parts") if isinstance(state, dict) else None
        if not isinstance(parts, dict):
            raise ValueError(f"{path}: no list of parts")
        return state

    def _write_state(self, state: dict[str, Any]) -> None:
        """Write `parts.json`, in one step."""
        # Written beside and renamed: who reads it sees it whole, as it is or as it was.
        staged = self._folder / f"{PARTS}.{token_hex(4)}.tmp"
        staged.write_text(json.dumps(state), encoding="utf-8")
        os.replace(staged, self._folder / PARTS)

    def _remove_others(self) -> None:
        """Remove indexes that were made with other options."""
        any_name = _PREFIX + _DIGITS * "?"
        for other in self._folder.parent.glob(any_name):
            shutil.rmtree(other, ignore_errors=True)

    def _remove_parts_but(self, names: set[str]) -> None:
        """Remove the parts without one of these names; another process may be writing what is staged."""
        for path in self._folder.iterdir():
            is_needed = path.name in names or path.suffix == ".tmp"
            if path.is_dir() and not is_needed:
                shutil.rmtree(path, ignore_errors=True)


def _documents(output: Output) -> Iterator[Indexed]:
    """Yield the documents of an output folder."""
    for record, ledger in output.ledgers():
        yield _indexed(record, ledger)


def _documents_but(output: Output, there: Collection[bytes]) -> Iterator[Indexed]:
    """Yield the documents of an output folder without those that have one of these digests."""
    for document in _documents(output):
        if not there or document.digest() not in there:
            yield document


def _indexed(record: DocumentRecord, ledger: list[EditRecord]) -> Indexed:
    """Return what of a document is indexed."""
    paragraphs = [(record.paragraph_id(one), one.start, one.end) for one in record.blocks]
    edits = [(edit.start, edit.end, len(edit.replacement)) for edit in ledger]
    return Indexed(
        id=record.id,
        source=record.source,
        text=record.text,
        paragraphs=paragraphs,
        edits=edits,
    )
