"""The queue log: who waited how long in which queue, and which agent took the call."""

from typing import NamedTuple

from connectors.asterisk import lines

CONNECT = "CONNECT"
COMPLETED = frozenset({"COMPLETEAGENT", "COMPLETECALLER"})
GIVEN_UP = frozenset({"ABANDON"})
SENT_AWAY = frozenset({"EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY"})
_OF_CALLS = COMPLETED | GIVEN_UP | SENT_AWAY | {CONNECT, "ENTERQUEUE"}


class QueueEvent(NamedTuple):
    """An event of a call in a queue; times and durations in seconds.

    ``wait`` is known of CONNECT, ABANDON and where a queue sends away, ``talk`` of a completed call.
    """

    uniqueid: str
    time: float
    queue: str
    agent: str
    kind: str
    wait: int | None
    talk: int | None


def read_queue_log(data: bytes) -> QueueEvent | None:
    """Read one line; ``None`` if it tells nothing about a call (members, pauses, ringing).

    Raises:
        UnreadableLineError: it cannot be read.

    Example:
        >>> event = read_queue_log("1793500009|1793500000.1|service|李静|CONNECT|9|1793500001.3|4".encode())
        >>> event.agent, event.wait
        ('李静', 9)
        >>> read_queue_log(b"1793500009|NONE|NONE|NONE|QUEUESTART|")
    """
    time, *rest = lines.decode(data).split("|")
    if len(rest) < 4:
        raise lines.UnreadableLineError(
            "column_count",
            f"the line has {len(rest) + 1} columns, at least 5 were expected",
            "Look for a line that was cut or written into another",
        )
    uniqueid, queue, agent, kind, *values = rest
    seconds = lines.epoch(time, "time")
    if kind not in _OF_CALLS or uniqueid in {"", "NONE"}:
        return None
    agent = "" if agent == "NONE" else agent
    return QueueEvent(uniqueid, seconds, queue, agent, kind, _wait(kind, values), _talk(kind, values))


def _wait(kind: str, values: list[str]) -> int | None:
    if kind == CONNECT or kind in COMPLETED:
        return _number(values, 0, "wait time")
    if kind in GIVEN_UP or (kind in SENT_AWAY and len(values) > 2):
        return _number(values, 3 if kind == "EXITWITHKEY" else 2, "wait time")
    return None


def _talk(kind: str, values: list[str]) -> int | None:
    return _number(values, 1, "talk time") if kind in COMPLETED else None


def _number(values: list[str], place: int, field: str) -> int:
    return lines.whole_number(values[place] if place < len(values) else "", field)
