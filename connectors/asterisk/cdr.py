"""Call detail records (cdr_csv): one row for each leg of a call, so counting rows counts calls several times."""

import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connectors.asterisk import lines

COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield",
)  # fmt: skip

_CALLER_ID = re.compile(r'\s*"?(.*?)"?\s*<[^<>]*>\s*')


class CdrRow(NamedTuple):
    """One leg; times in seconds since 1970 UTC."""

    uniqueid: str
    source: str
    destination: str
    context: str
    name: str
    channel: str
    other_channel: str
    answered_at: float | None
    time: float
    talk: int
    disposition: str
    recording: str


def read_cdr(data: bytes, zone: ZoneInfo) -> CdrRow:
    """Read one row.

    Args:
        data: the line.
        zone: zone of its local times.

    Raises:
        UnreadableLineError: it cannot be read.
    """
    row = dict(zip(COLUMNS, lines.cells(data, len(COLUMNS)), strict=True))
    lines.required(("uniqueid", "disposition"), (row["uniqueid"], row["disposition"]))
    duration, near = lines.whole_number(row["duration"], "duration"), lines.created_at(row["uniqueid"])
    lines.local_time(row["start"], zone, "start")
    end = lines.local_time(row["end"], zone, "end", None if near is None else near + duration)
    answer = row["answer"]
    return CdrRow(
        uniqueid=row["uniqueid"],
        source=row["src"],
        destination=row["dst"],
        context=row["dcontext"],
        name=caller_name(row["clid"], row["src"]),
        channel=row["channel"],
        other_channel=row["dstchannel"],
        answered_at=lines.local_time(answer, zone, "answer", near) if answer else None,
        time=end,
        talk=lines.whole_number(row["billsec"], "billsec"),
        disposition=row["disposition"].upper(),
        recording=row["userfield"],
    )


def caller_name(caller_id: str, number: str) -> str:
    """Read the name in a caller id; empty where only the number is repeated.

    Example:
        >>> caller_name('"张三" <13912345678>', "13912345678"), caller_name('"8001" <8001>', "8001")
        ('张三', '')
    """
    found = _CALLER_ID.fullmatch(caller_id)
    name = found[1].strip() if found else ""
    return "" if name == number else name
