"""One part of an index, made of documents: written once, in a folder of its own.

    texts               the documents' texts, UTF-8, one after another
    documents.table     id, source, digest of what was indexed; end of the text in `texts`, end of its rows in edits.table
    edits.table         start, end (code points of the source), size of the replacement
    paragraphs.table    id; document, start, end (code points of its text)
    bands.table         for every band: key << 32 | place, sorted, of one paragraph for each set of exact duplicates
    copies.table        place << 32 | paragraph, sorted: the exact duplicates
    seeds.table         upper half of a seed's hash << 32 | document, sorted

While it is built, 16 bytes a band and paragraph and 8 a seed (some six a word) are held in memory.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from secrets import token_hex

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.match.core.cluster import collapse
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.packed import HALF, distinct, owner_at, pack
from pipeline.match.core.seeds import runs_of
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, concatenate, sketch
from pipeline.tokens import Array, lengths_of, offsets_of, token_hashes

FORMAT = 2
"""Goes up when an older index can no longer be read."""

_BATCH = 1 << 22
"""Characters of documents indexed at a time."""
_DIGEST_BYTES = 16


class Indexed(Struct, frozen=True):
    """A document to be indexed."""

    id: str
    source: str
    text: str
    paragraphs: Sequence[tuple[str, int, int]]
    """(id, start, end), in order, spans in code points of `text`"""
    edits: Sequence[tuple[int, int, int]] = ()
    """(start, end, size of the replacement), in order, spans in code points of the source"""

    def paragraph_texts(self) -> list[str]:
        """Return the text of each paragraph."""
        return [self.text[start:end] for _, start, end in self.paragraphs]

    def digest(self) -> bytes:
        """Return what changes whenever something that is indexed does."""
        paragraphs = repr(list(self.paragraphs))
        edits = repr(list(self.edits))
        parts = (self.source, self.id, self.text, paragraphs, edits)
        made = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            size = len(data).to_bytes(8, "little")
            made.update(size + data)
        return made.digest()


def build(folder: Path, documents: Iterable[Indexed], signing: Signing, rules: PassageRules) -> None:
    """Index documents into `folder`, which appears when all is done; one that is there already is left alone.

    Raises:
        OSError: it cannot be written.
    """
    staged = folder.with_name(f"{folder.name}.{token_hex(4)}.tmp")
    staged.mkdir(parents=True)
    try:
        _write(staged, documents, signing, rules)
        try:
            staged.replace(folder)
        except OSError:
            if not folder.exists():  # another process was faster
                raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _write(folder: Path, documents: Iterable[Indexed], signing: Signing, rules: PassageRules) -> None:
    """Write the files of an index into a folder.

    Texts are written as they come, and of each batch only its columns, sketches and seeds are held.
    """
    columns = _Columns()
    sketches = [sketch([], signing)]
    seeds = [np.empty(0, np.uint64)]
    with (folder / "texts").open("wb") as handle:
        for batch in _batches(documents):
            texts = [one.text for one in batch]
            first_document = np.uint64(len(columns))
            seeds_of_batch = _seeds(texts, rules)
            seeds.append(seeds_of_batch + first_document)
            paragraphs: list[str] = []
            for one in batch:
                data = one.text.encode("utf-8", "surrogatepass")
                handle.write(data)
                columns.add(one, len(data))
                paragraphs += one.paragraph_texts()
            sketches.append(sketch(paragraphs, signing))
    columns.write(folder)
    _write_bands(folder, concatenate(sketches, signing))
    packed = np.sort(np.concatenate(seeds))
    table.write(folder / "seeds.table", {"packed": packed})


class _Columns:
    """The columns of documents and paragraphs, as they come together."""

    def __init__(self) -> None:
        self._ids: list[bytes] = []
        self._sources: list[bytes] = []
        self._digests: list[bytes] = []
        self._sizes: list[int] = []
        self._edits = [_NO_EDITS]
        self._names: list[bytes] = []
        self._places = [_NO_PLACES]

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, document: Indexed, size: int) -> None:
        """Add a document, whose text takes so many bytes."""
        number = len(self)
        self._ids.append(document.id.encode())
        self._sources.append(document.source.encode("utf-8", "surrogatepass"))
        self._digests.append(document.digest())
        self._sizes.append(size)
        edits = np.array(document.edits, dtype=np.int32)
        self._edits.append(edits.reshape(-1, 3))
        places: list[tuple[int, int, int]] = []
        for name, start, end in document.paragraphs:
            self._names.append(name.encode())
            places.append((number, start, end))
        rows = np.array(places, dtype=np.int64)
        self._places.append(rows.reshape(-1, 3))

    def write(self, folder: Path) -> None:
        """Write the tables of documents, edits and paragraphs."""
        text_sizes = np.array(self._sizes, dtype=np.int64)
        edits = self._edits[1:]  # the first is there so that there is one
        documents: dict[str, table.Column] = {
            "id": table.Blobs.of(self._ids),
            "source": table.Blobs.of(self._sources),
            "digest": table.Blobs.of(self._digests),
            "end": offsets_of(text_sizes)[1:],
            "edits": offsets_of(lengths_of(edits))[1:],
        }
        table.write(folder / "documents.table", documents)
        start, end, size = np.concatenate(self._edits).T
        every_edit = {
            "start": start,
            "end": end,
            "size": size,
        }
        table.write(folder / "edits.table", every_edit)
        document, start, end = np.concatenate(self._places).T
        paragraphs: dict[str, table.Column] = {
            "id": table.Blobs.of(self._names),
            "document": document,
            "start": start,
            "end": end,
        }
        table.write(folder / "paragraphs.table", paragraphs)


_NO_EDITS = np.empty((0, 3), dtype=np.int32)
"""start, end, size, see `Indexed.edits`"""
_NO_PLACES = np.empty((0, 3), dtype=np.int64)
"""document, start, end of paragraphs"""


def _write_bands(folder: Path, made: Sketches) -> None:
    """Write the keys of paragraphs, and which of them are exact duplicates."""
    representative, numbers = collapse(made.fingerprint)
    has_words = np.flatnonzero(made.fingerprint)
    # Bands know one paragraph of each set of exact duplicates, by its place among those.
    place = np.searchsorted(numbers, representative[has_words])
    copies = np.sort(pack(place, has_words))
    table.write(folder / "copies.table", {"packed": copies})
    places = np.arange(len(numbers))
    bands: dict[str, table.Column] = {}
    for band, keys in enumerate(made.keys):
        places_of_keys = pack(keys[numbers], places)
        bands[str(band)] = np.sort(places_of_keys)
    table.write(folder / "bands.table", bands)


def _batches(documents: Iterable[Indexed]) -> Iterator[list[Indexed]]:
    """Yield documents, of about `_BATCH` characters at a time; at least once, and be it none."""
    batch: list[Indexed] = []
    size = 0
    for one in documents:
        batch.append(one)
        size += len(one.text)
        if size > _BATCH:
            yield batch
            batch = []
            size = 0
    yield batch


def _seeds(texts: Sequence[str], rules: PassageRules) -> Array:
    """Return the seeds of documents, uint64: upper half of the hash << 32 | place in `texts`, each once."""
    offsets, words = token_hashes(texts)
    position, hashes = runs_of(offsets, words, rules.k)
    document = owner_at(offsets, position)
    return distinct(pack(hashes >> HALF, document))
