"""The call centre's days: customers call the hotline, agents call back; Asterisk's logs and the truth beside them.

The blocks of a landscape go back in time, ten a day from the last day on, so that a larger landscape only reaches
further back, and the logs are written from the oldest block to the newest, in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TextIO

from hub.demo.landscape import asterisk_lines, contacts
from hub.demo.landscape.activities import (
    ActivityTruth,
    SharedPoints,
    attribute,
    points_in,
    points_of,
    shared_points,
)
from hub.demo.landscape.asterisk_lines import AGENTS, LogLines, Outcome, PlannedCall
from hub.demo.landscape.evidence import area_code, phone_keys
from hub.demo.landscape.landscape import BLOCK, Block, Landscape
from hub.demo.landscape.sources import Record

SYSTEM = "callcentre"
CALLS_PER_CUSTOMER = 0.6
LAST_DAY = datetime(2026, 10, 31, 0, 0, tzinfo=UTC)
"""08:00 in the call centre on the last day."""

_OUTBOUND = 0.2
_BLOCKS_A_DAY = 10
_WINDOW = 72 * 60
_LONGEST = 600
"""Seconds: no call is longer, so that the calls of a block end within its window."""

_SERIALS = 1000
"""Call numbers of a block."""


@dataclass(frozen=True, slots=True)
class CustomerCall:
    """A call and the truth about it.

    Args:
        call: what happens.
        record: the record that carries the number; ``None`` for strangers.
        truth: whom it must be attributed to.
    """

    call: PlannedCall
    record: Record | None
    truth: ActivityTruth


def window(number: int) -> float:
    """Return when a block's calls begin, in seconds since 1970 UTC."""
    day, place = divmod(number, _BLOCKS_A_DAY)
    return (LAST_DAY - timedelta(days=day)).timestamp() + (_BLOCKS_A_DAY - 1 - place) * _WINDOW


def block_calls(landscape: Landscape, number: int, shared: SharedPoints) -> list[CustomerCall]:
    """Make the calls of one block, in the order of time.

    Args:
        landscape: whose customers call.
        number: of the block.
        shared: :func:`~hub.demo.landscape.activities.shared_points` of the landscape.
    """
    rng = Random(f"{landscape.seed}/calls/{number}")
    block = landscape.block(number)
    customers = len(block.customers)
    starts = sorted(rng.uniform(0, _WINDOW - _LONGEST) for _ in range(round(customers * CALLS_PER_CUSTOMER)))
    carriers = points_of(landscape, number, block)
    callers = _Callers(block, shared)
    made = []
    for place, start in enumerate(starts):
        at = round(window(number) + start, 6)
        record, text, name = callers.some(rng)
        outbound = record is not None and rng.random() < _OUTBOUND  # strangers are not called
        call = (_outbound if outbound else _inbound)(rng, number * _SERIALS + place, at, text, name)
        entity, reason = attribute(points_in(text), carriers if record else {}, shared)
        made.append(CustomerCall(call, record, ActivityTruth(SYSTEM, "call", call.linkedid, entity, reason)))
    return made


def calls(landscape: Landscape) -> Iterator[list[CustomerCall]]:
    """Make all calls, block by block, from the oldest to the newest."""
    shared = shared_points(landscape)
    for number in reversed(range(-(-landscape.customers // BLOCK))):
        yield block_calls(landscape, number, shared)


def call_truth(landscape: Landscape) -> Iterator[ActivityTruth]:
    """Tell of every call whom it must be attributed to."""
    return (made.truth for block in calls(landscape) for made in block)


class LogWriter:
    """Writes the three logs into drafts, which get their names when they are complete.

    Args:
        folder: where Asterisk keeps its logs; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self.paths = [folder / name for name in ("cdr-csv/Master.csv", "cel-custom/Master.csv", "queue_log")]
        for path in self.paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._files: list[TextIO] = [_draft(path).open("w", encoding="utf-8", newline="") for path in self.paths]

    def write(self, made: list[CustomerCall]) -> None:
        """Write the calls of one block."""
        lines = [asterisk_lines.write_call(call.call) for call in made]
        for file, log in zip(self._files, _by_log(lines), strict=True):
            file.writelines(line for _, line in sorted(log, key=lambda timed: timed[0]))

    def finish(self) -> list[Path]:
        """Let the logs appear, CEL first: what the others tell of a channel, it has told before."""
        for file in self._files:
            file.close()
        for path in sorted(self.paths, key=lambda path: "cel" not in path.parent.name):
            _draft(path).replace(path)
        return self.paths


def append_call(folder: Path, call: PlannedCall) -> str:
    """Append a call to logs that :class:`LogWriter` wrote, as if it had just taken place.

    Args:
        folder: where the logs are.
        call: what happens; its serial must not have been used.

    Returns:
        Its linkedid.
    """
    lines = asterisk_lines.write_call(call)
    logs = zip(("cdr-csv/Master.csv", "cel-custom/Master.csv", "queue_log"), _by_log([lines]), strict=True)
    for name, log in logs:
        with (folder / name).open("a", encoding="utf-8", newline="") as file:
            file.writelines(line for _, line in log)
    return call.linkedid


class _Callers:
    """Who calls from a block, and from which number."""

    def __init__(self, block: Block, shared: SharedPoints) -> None:
        numbers = [(record, key) for record in block.records for key in _phones(record)]
        self._all = numbers
        self._shared = [pair for pair in numbers if f"phone {pair[1]}" in shared]

    def some(self, rng: Random) -> tuple[Record | None, str, str]:
        """Draw a caller: the record that carries the number, the number as written, the name shown beside it."""
        kind = rng.random()
        if kind < 0.04:
            return None, "anonymous", "Anonymous"
        if kind < 0.16 or not self._all:
            mobile = rng.random() < 0.6
            number = contacts.some_mobile(rng) if mobile else contacts.some_landline(rng, "0755").replace("-", "")
            return None, number, ""
        record, key = rng.choice(self._shared if kind < 0.22 and self._shared else self._all)
        name = record.draft.name[:12] if rng.random() < 0.3 else ""
        return record, _written(rng, key, domestic=record.customer.home is not None), name


def _phones(record: Record) -> list[str]:
    written, local = record.draft, area_code(record.draft)
    return sorted({key for text in (written.landline, written.mobile) for key in phone_keys(text, local)})


def _written(rng: Random, key: str, *, domestic: bool) -> str:
    """Write a number as networks show it.

    >>> sorted({_written(Random(n), "13912345678", domestic=True) for n in range(40)})
    ['+8613912345678', '013912345678', '13912345678', '8613912345678']
    >>> sorted({_written(Random(n), "75526988888", domestic=True) for n in range(40)})
    ['+8675526988888', '0755-26988888', '075526988888', '8675526988888']
    """
    if not domestic:
        return rng.choice(("+", "00")) + key
    if len(key) == 11 and key[0] == "1" and key[1] != "0":
        return rng.choice((key, key, key, f"0{key}", f"+86{key}", f"86{key}"))
    area = 2 if key[0] in "12" else 3
    return rng.choice((f"0{key}", f"0{key}", f"0{key[:area]}-{key[area:]}", f"+86{key}", f"86{key}"))


def _outbound(rng: Random, serial: int, at: float, number: str, _: str) -> PlannedCall:
    outcome: Outcome = rng.choices(("answered", "no_answer", "busy"), (70, 22, 8))[0]
    talk = rng.randint(20, 420) if outcome == "answered" else 0
    return PlannedCall(serial, at, False, number, "", rng.choice(AGENTS), outcome, rng.randint(4, 30), talk)


def _inbound(rng: Random, serial: int, at: float, number: str, name: str) -> PlannedCall:
    agent = rng.choice(AGENTS)
    outcome: Outcome = rng.choices(("answered", "abandoned", "no_answer"), (82, 14, 4))[0]
    if outcome != "answered":
        return PlannedCall(serial, at, True, number, name, agent, outcome, rng.randint(8, 120))
    handed_to = rng.choice(AGENTS) if rng.random() < 0.06 else None
    wait, talk = rng.randint(3, 90), rng.randint(15, 480)
    return PlannedCall(serial, at, True, number, name, agent, outcome, wait, talk, handed_to)


def _by_log(lines: list[LogLines]) -> tuple[list[tuple[float, str]], ...]:
    return (
        [line for one in lines for line in one.cdr],
        [line for one in lines for line in one.cel],
        [line for one in lines for line in one.queue],
    )


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.draft")
