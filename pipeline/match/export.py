"""The one door to datasketch: signatures as its objects, and the paragraphs of an output in one of its indexes.

datasketch imports SciPy, half a second: only these functions import it, when they are called.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
from msgspec import Struct

from pipeline.corpus import packs
from pipeline.errors import OutputError, UsageError
from pipeline.match import settings
from pipeline.match.core.packed import batches
from pipeline.match.core.sha1 import shingles_sha1
from pipeline.match.core.shingle import shingle_hash32, shingles
from pipeline.match.core.sign import Signing, signatures
from pipeline.tokens import Array
from pipeline.wording import installing
from pipeline.write.output import Output

Hash = Literal["native", "sha1"]
"""`native`: `shingle_hash32`, fast; `sha1`: what datasketch uses by default."""

_BATCH = 1 << 19
"""Characters signed at a time."""
_REDIS = ("redis://", "rediss://")


def signature_batches(texts: Sequence[str], signing: Signing, hashed: Hash = "native") -> Iterator[Array]:
    """Signatures of `texts`, uint32 [batch, permutations], batch after batch."""
    for low, high in batches(np.fromiter(map(len, texts), np.int64, len(texts)), _BATCH):
        if hashed == "sha1":
            offsets, hash32 = shingles_sha1(texts[low:high], signing.k)
        else:
            made = shingles(texts[low:high], signing.k)
            offsets, hash32 = made.offsets, made.hash32
        yield signatures(offsets, hash32, signing.permutations, signing.seed)


def minhashes(texts: Sequence[str], signing: Signing, hashed: Hash = "native") -> Iterator[Any]:
    """A `datasketch.MinHash` for every text, to be updated, merged, compared with those made by datasketch.

    Made there, with the same bits: `MinHash(num_perm, seed, scheme="affine32", hashfunc=shingle_hash32)`
    of the shingles, that is of `k` folded words in UTF-8 joined by one space; with `hashed="sha1"`
    without `hashfunc`.
    """
    from datasketch import MinHash
    from datasketch.hashfunc import sha1_hash32

    hashfunc = sha1_hash32 if hashed == "sha1" else shingle_hash32
    empty = MinHash(signing.permutations, signing.seed, scheme="affine32", hashfunc=hashfunc)
    for block in signature_batches(texts, signing, hashed):
        for row in block:
            made = empty.copy()
            made.hashvalues = row.copy()
            yield made


def lean_minhashes(texts: Sequence[str], signing: Signing, hashed: Hash = "native") -> Iterator[Any]:
    """A `datasketch.LeanMinHash` for every text: frozen, small, with a byte format of its own."""
    from datasketch import LeanMinHash

    for block in signature_batches(texts, signing, hashed):
        for row in block:
            yield LeanMinHash(seed=signing.seed, hashvalues=row, scheme="affine32")


def insert_all(
    lsh: Any,
    keys: Sequence[Hashable],
    texts: Sequence[str],
    signing: Signing,
    hashed: Hash = "native",
    check: bool = True,
) -> None:
    """Insert texts into a `datasketch.MinHashLSH` of any storage; those without words are left out.

    check: whether to ask for each key if it is there already, which is an error; a server is asked key by key
    """
    with lsh.insertion_session() as session:
        for key, made in zip(keys, lean_minhashes(texts, signing, hashed), strict=True):
            if not made.is_empty():
                session.insert(key, made, check_duplication=check)


class Exported(Struct, frozen=True):
    """An index for others that was filled."""

    paragraphs: int
    signing: Signing
    """bands and rows are the `params` to open it with"""


def export(out: Path, target: str, hashed: Hash = "sha1") -> Exported:
    """Fill a `datasketch.MinHashLSH` with the paragraphs of an output folder, by their ids.

    target: a file, which is written anew and holds the index as `pickle` does, or `redis://HOST:PORT/DB?basename=NAME`,
        to which they are added

    Raises:
        UsageError: `out` is not the output of a finished run, the target is no such address, or a library is missing.
        OutputError: the target cannot be written.
    """
    output = Output(out)
    signing = settings.signing(settings.of_output(output), "paragraph")
    try:
        if target.startswith(_REDIS):
            return _to_server(output, target, signing, hashed)
        lsh = _lsh(signing, None)
    except ImportError as error:
        package = "pip install redis" if error.name == "redis" else installing("datasketch")
        raise UsageError(f"the export needs a library that is not installed: {package}") from None
    made = _fill(lsh, output, signing, hashed)
    _save(lsh, Path(target))
    return made


def _to_server(output: Output, address: str, signing: Signing, hashed: Hash) -> Exported:
    from redis import RedisError

    try:
        lsh = _lsh(signing, _storage(address))
        return _fill(lsh, output, signing, hashed)
    except RedisError as error:
        raise OutputError(f"{_shown(address)}: {error}") from None


def _fill(lsh: Any, output: Output, signing: Signing, hashed: Hash) -> Exported:
    """Insert the paragraphs of an output, without those that are there already."""
    count = 0
    for batch in _paragraphs(output):
        # What is there already is asked for at once, rather than key by key while inserting.
        present = _present(lsh, [name for name, _ in batch])
        fresh = [(name, text) for name, text in batch if name not in present]
        insert_all(lsh, [name for name, _ in fresh], [text for _, text in fresh], signing, hashed, check=False)
        count += len(batch)
    return Exported(count, signing)


def _present(lsh: Any, names: Sequence[str]) -> set[str]:
    """Return which of these names an index has; a server is asked for all of them at once."""
    # Keys that datasketch pickles as it inserts them stand pickled in its storage.
    keys = [pickle.dumps(name) for name in names] if lsh.prepickle else names
    return {name for name, bands in zip(names, lsh.keys.getmany(*keys), strict=True) if bands}


def _lsh(signing: Signing, storage: dict[str, Any] | None) -> Any:
    from datasketch import MinHashLSH

    return MinHashLSH(
        num_perm=signing.permutations,
        params=(signing.bands, signing.rows),
        storage_config=storage,
    )


def _storage(address: str) -> dict[str, Any]:
    """Return what datasketch is told of a Redis server.

    Raises:
        UsageError: it is no address of one.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or 6379
        database = int(parts.path.strip("/") or 0)
    except ValueError:
        raise UsageError(f"{_shown(address)}: is no address of a Redis server; write redis://HOST:PORT/DB") from None
    server: dict[str, Any] = {"host": parts.hostname or "127.0.0.1", "port": port, "db": database}
    if parts.username:
        server["username"] = unquote(parts.username)
    if parts.password:
        server["password"] = unquote(parts.password)
    if parts.scheme == "rediss":
        server["ssl"] = True
    basename = parse_qs(parts.query).get("basename", ["paragraphs"])[-1]
    return {"type": "redis", "basename": basename.encode(), "redis": server}


def _shown(target: str) -> str:
    """Return a target without a password."""
    return re.sub(r"(?<=//)[^/@]*@", "", target)


def _paragraphs(output: Output) -> Iterator[list[tuple[str, str]]]:
    """Yield (id, text) of the paragraphs that are long enough to be compared, some at a time."""
    batch: list[tuple[str, str]] = []
    size = 0
    for record in output.records("documents"):
        for one in record.blocks:
            text = record.text[one.start : one.end]
            if packs.is_long(text):
                batch.append((record.paragraph_id(one), text))
                size += len(text)
        if size > _BATCH:
            yield batch
            batch = []
            size = 0
    yield batch


def _save(lsh: Any, path: Path) -> None:
    staged = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        with staged.open("wb") as handle:
            pickle.dump(lsh, handle, protocol=pickle.HIGHEST_PROTOCOL)
        staged.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        staged.unlink(missing_ok=True)
