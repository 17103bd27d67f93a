"""Digests as web archives label them: `sha1:` and so on, in base 32, base 64 or hexadecimal digits."""

from __future__ import annotations

import base64
import hashlib

_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")


def agrees(label: str, data: bytes) -> bool:
    """Whether `data` has the digest that `label` tells. One that cannot be read contradicts nothing."""
    algorithm, _, value = label.strip().partition(":")
    name = algorithm.lower().replace("-", "")
    if name not in _ALGORITHMS or not value:
        return True
    digest = hashlib.new(name, data, usedforsecurity=False).digest()
    base32 = base64.b32encode(digest).decode().rstrip("=")
    return value.lower() == digest.hex() or value.upper().rstrip("=") == base32 or _is_base64(value, digest)


def _is_base64(value: str, digest: bytes) -> bool:
    base64_digest = base64.b64encode(digest).decode().rstrip("=")
    return value.replace("-", "+").replace("_", "/").rstrip("=") == base64_digest
