"""The watermark with look-back: how an incremental read misses nothing and repeats nothing.

Tryton stamps a row with the time its transaction *began* or first wrote, but others see it when the transaction
*commits*. So a row can appear with a time older than one already read. Every read therefore looks back a while behind
the newest time it knows (``until``), and a cursor remembers which versions of the rows in that window were already
delivered (``seen``): what is in the window and not in ``seen`` is new, however late it came.

Rows written in one transaction share their time and mostly have neighbouring ids, so ``seen`` is stored as ranges of
ids by time and stays small after mass loads.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

Versions = dict[str, dict[int, str]]
"""Model name → row id → time of the row's newest known version."""

Packed = dict[str, dict[str, list[list[int]]]]
"""Model name → time → ranges of row ids, both ends included; the JSON form of :data:`Versions`."""


def moment(time: dt.datetime) -> str:
    """Write a time of the server (naive UTC) as sortable ISO 8601 text.

    >>> moment(dt.datetime(2026, 11, 22, 5, 23))
    '2026-11-22T05:23:00.000000Z'
    """
    return f"{time.isoformat(timespec='microseconds')}Z"


def before(time: str, seconds: int) -> dt.datetime:
    """Go back some seconds from a sortable time.

    >>> before("2026-11-22T05:23:00.000000Z", 120)
    datetime.datetime(2026, 11, 22, 5, 21)
    """
    return dt.datetime.fromisoformat(time).replace(tzinfo=None) - dt.timedelta(seconds=seconds)


def pack(versions: Mapping[str, Mapping[int, str]], since: str) -> Packed:
    """Give the JSON form of the versions not older than ``since``.

    >>> pack({"party.party": {1: "b", 2: "b", 3: "b", 7: "b", 9: "a"}}, since="b")
    {'party.party': {'b': [[1, 3], [7, 7]]}}
    """
    packed: Packed = {}
    for model, rows in versions.items():
        for row, time in sorted(rows.items()):
            if time >= since:
                _extend(packed.setdefault(model, {}).setdefault(time, []), row)
    return packed


def unpack(packed: Packed) -> Versions:
    """Read the JSON form back.

    >>> unpack({"party.party": {"b": [[1, 3], [7, 7]]}})
    {'party.party': {1: 'b', 2: 'b', 3: 'b', 7: 'b'}}
    """
    return {
        model: {
            row: time for time, ranges in by_time.items() for first, last in ranges for row in range(first, last + 1)
        }
        for model, by_time in packed.items()
    }


def record(versions: Versions, rows: Iterable[tuple[str, int, str]]) -> None:
    """Remember rows (model, id, time) as delivered."""
    for model, row, time in rows:
        versions.setdefault(model, {})[row] = time


def _extend(ranges: list[list[int]], row: int) -> None:
    if ranges and ranges[-1][1] == row - 1:
        ranges[-1][1] = row
    else:
        ranges.append([row, row])
