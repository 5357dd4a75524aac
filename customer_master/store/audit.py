"""The audit chain: every change set is sealed by a digest of its rows and by the hash of the one before.

The digest covers what a change set writes: versions of records, memberships, states, golden versions, events,
constraints, relations, pins, decisions. Content enters it as the content's hash, and everything together with a salt of
the change set's own. Erasing a person's rows takes the salt away: then nobody can find out by trying what was erased,
the rows cannot be checked against the digest any more, and the chain of hashes stays whole.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]
"""A sealed row: a letter for its table, then numbers, words and hashes."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Digest of a change set's rows and the salt it was made with, both hex."""

    digest: str
    salt: str


def seal(rows: Iterable[Row]) -> Seal:
    """Seal the rows of a change set with a new salt."""
    salt = secrets.token_hex(16)
    return Seal(digest(rows, salt), salt)


def digest(rows: Iterable[Row], salt: str) -> str:
    """Make the digest of rows, whatever their order (sha256, hex).

    >>> digest([("m", 1, 7), ("m", 2, 7)], "00") == digest([("m", 2, 7), ("m", 1, 7)], "00")
    True
    """
    lines = sorted(map(_write, rows))
    return hashlib.sha256("\n".join([salt, *lines]).encode()).hexdigest()


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
