"""How IMAP writes folders and sets of mails, and how its answers about mails are read."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server knows of a mail without reading it.

    Args:
        uid: its number in the folder.
        size: bytes, as the server counts them.
        received: INTERNALDATE in UTC, ``None`` if the server sends nonsense.
    """

    uid: int
    size: int
    received: datetime | None


def encode_folder(name: str) -> bytes:
    """Write a folder's name as IMAP wants it, in modified UTF-7.

    >>> encode_folder("已发送"), encode_folder("Sent & gone")
    (b'&XfJT0ZAB-', b'Sent &- gone')
    """

    def shifted(found: re.Match[str]) -> str:
        digits = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{digits.replace('/', ',')}-"

    return re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-")).encode("ascii")


def quoted(folder: str) -> str:
    """Write a folder's name as the argument of a command."""
    escaped = encode_folder(folder).decode().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def set_of(uids: Sequence[int]) -> str:
    """Write numbers as an IMAP set, neighbours as ranges, for servers limit the length of a command.

    >>> set_of([3, 4, 5, 9])
    '3:5,9'
    """
    ranges: list[list[int]] = []
    for uid in sorted(uids):
        if ranges and ranges[-1][1] == uid - 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(f"{first}:{last}" if first != last else str(first) for first, last in ranges)


def uids(data: Sequence[object]) -> list[int]:
    """Read the UIDs in an answer to FETCH."""
    return [int(found[1]) for item in data if isinstance(item, bytes) and (found := _UID.search(item))]


def envelopes(data: Sequence[object], wanted: set[int]) -> list[Envelope]:
    """Read sizes and dates out of an answer to FETCH, rising by UID; what was not asked for is left out."""
    found: dict[int, Envelope] = {}
    for line in (item for item in data if isinstance(item, bytes)):
        uid, size = _UID.search(line), _SIZE.search(line)
        if uid and size and int(uid[1]) in wanted:
            found[int(uid[1])] = Envelope(int(uid[1]), int(size[1]), _instant(_DATE.search(line)))
    return [found[number] for number in sorted(found)]


def _instant(found: re.Match[bytes] | None) -> datetime | None:
    fields = parsedate_tz(found[1].decode("ascii", "replace")) if found else None
    if fields is None or fields[9] is None:
        return None
    try:
        return datetime(*fields[:6], tzinfo=UTC) - timedelta(seconds=fields[9])
    except (ValueError, OverflowError):
        return None


def bodies(data: Sequence[object], wanted: set[int]) -> dict[int, bytes]:
    """Sort out an answer to FETCH: the UID may stand before the body or after it."""
    found: dict[int, bytes] = {}
    for place, item in enumerate(data):
        if not isinstance(item, tuple):
            continue
        head, body = item
        after = data[place + 1] if place + 1 < len(data) and isinstance(data[place + 1], bytes) else b""
        uid = _UID.search(head) or _UID.search(after if isinstance(after, bytes) else b"")
        if uid and int(uid[1]) in wanted:
            found[int(uid[1])] = bytes(body)
    return found
