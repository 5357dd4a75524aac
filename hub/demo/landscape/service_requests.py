"""What the desk notes down after calls: service requests as steps in an append-only journal, and the truth beside."""

from __future__ import annotations

import csv
import heapq
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from hub.demo.landscape.activities import ActivityTruth
from hub.demo.landscape.asterisk_lines import AGENTS, local_time
from hub.demo.landscape.calls import SYSTEM, CustomerCall, LogWriter, calls, window
from hub.demo.landscape.landscape import Landscape

JOURNAL = "service/requests.csv"
COLUMNS = ("request_no", "at", "state", "caller_number", "customer_name", "subject", "linkedid", "agent", "note")
_SHARE = 0.2
_SUBJECTS = (
    "设备无法启动", "控制面板报警 E17", "申请备件：密封圈", "发票抬头需要更改", "询问保修期限", "安装指导", "电机异响",
    "交货延迟", "换货申请", "软件升级失败", "Spare part quotation", "Calibration certificate missing",
)  # fmt: skip
_NOTES = {
    "reported": ("客户来电报修", "来电咨询", ""),
    "accepted": ("已受理", ""),
    "assigned": ("已派工程师上门", "转技术部", "转备件仓库"),
    "handled": ("已处理，客户确认", "远程解决", "已寄出备件"),
}
_STATES = tuple(_NOTES)
_LAST_STATE = ((0, 8), (1, 10), (2, 22), (3, 60))
"""How far requests come, and how many of a hundred."""


class JournalStep(NamedTuple):
    """A line of the journal and when it is written, in seconds since 1970 UTC."""

    at: float
    request_no: str
    state: str
    caller_number: str
    customer_name: str
    subject: str
    linkedid: str
    agent: str
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's cells, in the order of the journal's columns."""
        return (self.request_no, local_time(self.at), *self[2:])


def write_logs(landscape: Landscape, folder: Path) -> list[Path]:
    """Write the call centre's whole folder: CDR, CEL, queue log and the desk's journal.

    Every file is complete when it appears. Memory holds one block of the landscape and the steps of a few days.

    Args:
        landscape: whose customers call.
        folder: where to; made if missing.

    Returns:
        The files.
    """
    logs, journal = LogWriter(folder), folder / JOURNAL
    journal.parent.mkdir(parents=True, exist_ok=True)
    draft = journal.with_name(f".{journal.name}.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        pending: list[JournalStep] = []
        for made in calls(landscape):
            logs.write(made)
            for step in (step for call in made for step in request_steps(landscape, call)):
                heapq.heappush(pending, step)
            begun = made[0].call.start if made else 0.0
            while pending and pending[0].at < begun:
                writer.writerow(heapq.heappop(pending).cells)
        newest = window(-1)
        writer.writerows(step.cells for step in sorted(pending) if step.at < newest)
    draft.replace(journal)
    return [*logs.finish(), journal]


def request_steps(landscape: Landscape, made: CustomerCall) -> list[JournalStep]:
    """Make the request that follows from a call, as its steps; none from most calls.

    Args:
        landscape: gives the seed.
        made: the call.
    """
    call = made.call
    rng = Random(f"{landscape.seed}/requests/{call.serial}")
    if not call.inbound or call.outcome != "answered" or rng.random() >= _SHARE:
        return []
    last = rng.choices([state for state, _ in _LAST_STATE], [share for _, share in _LAST_STATE])[0]
    name = made.record.draft.name if made.record else ""
    subject, at, agent = rng.choice(_SUBJECTS), call.end + rng.randint(5, 90), call.agent.name
    steps = []
    for state in _STATES[: last + 1]:
        told = (call.number, name, subject, call.linkedid) if state == "reported" else ("", "", "", "")
        steps.append(JournalStep(at, request_no(call.serial), state, *told, agent, rng.choice(_NOTES[state])))
        at += rng.randint(60, 1800) if state == "reported" else rng.randint(600, 8 * 3600)
        agent = rng.choice(AGENTS).name if state == "accepted" else agent
    return steps


def request_no(serial: int) -> str:
    """Return the number of the request that a call led to.

    >>> request_no(12017)
    'SR0012017'
    """
    return f"SR{serial:07d}"


def request_truth(landscape: Landscape) -> Iterator[ActivityTruth]:
    """Tell of every request whom it must be attributed to: whose number the caller's is."""
    for block in calls(landscape):
        for made in block:
            if steps := request_steps(landscape, made):
                yield ActivityTruth(
                    SYSTEM, "service_request", steps[0].request_no, made.truth.entity, made.truth.reason
                )


def append_step(folder: Path, step: JournalStep) -> None:
    """Append a step to the journal, as if it had just been noted down."""
    with (folder / JOURNAL).open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(step.cells)
