"""One line of the desk's journal is one step of a service request; the steps of a number are the request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from connectors.asterisk import lines
from connectors.asterisk.lines import UnreadableLineError, iso

COLUMNS = (
    "request_no", "at", "state", "caller_number", "customer_name", "subject", "linkedid", "agent", "note",
)  # fmt: skip
STATES = ("reported", "accepted", "assigned", "handled")

_text = pa.string()
DOCUMENT = pa.struct(
    [
        ("request_no", _text),
        ("subject", _text),
        ("customer_name", _text),
        ("caller_number", _text),
        ("linkedid", _text),
        ("opened_at", _text),
        ("state", _text),
        ("owner", _text),
        ("steps", pa.list_(pa.struct([("state", _text), ("at", _text), ("by", _text), ("note", _text)]))),
    ]
)


class Step(NamedTuple):
    """What a line tells; ``time`` in seconds since 1970 UTC."""

    request_no: str
    time: float
    state: str
    caller_number: str
    customer_name: str
    subject: str
    linkedid: str
    agent: str
    note: str


def read_step(data: bytes, zone: ZoneInfo) -> Step | None:
    """Read one line; ``None`` for the header.

    Args:
        data: the line.
        zone: zone of its local time.

    Raises:
        UnreadableLineError: it cannot be read, or its state is none we know.

    Example:
        >>> read_step(b"R1,2026-10-31 09:15:00,reported,13912345678,,,,,", ZoneInfo("Asia/Shanghai")).time
        1793409300.0
    """
    values = lines.cells(data, len(COLUMNS))
    if tuple(values) == COLUMNS:
        return None
    number, at, state, *told = values
    lines.required(("request_no",), (number,))
    if state not in STATES:
        raise UnreadableLineError(
            "unknown_state",
            "the step has a state that the desk does not have",
            f"Write one of: {', '.join(STATES)}; append the step once more with its right state",
            "state",
        )
    return Step(number, lines.local_time(at, zone, "at"), state, *told)


@dataclass(slots=True)
class Request:
    """A service request as far as its steps are known.

    Args:
        steps: from the first to the newest.
        origin: where the newest stands.
    """

    steps: list[Step] = field(default_factory=list)
    origin: str = ""

    @property
    def handled(self) -> bool:
        """Whether nothing more is expected."""
        return bool(self.steps) and self.steps[-1].state == STATES[-1]

    def take(self, step: Step, origin: str) -> None:
        """Add the next step.

        Raises:
            UnreadableLineError: it cannot be the next one.
        """
        rank, reached = STATES.index(step.state), STATES.index(self.steps[-1].state) if self.steps else -1
        if not self.steps and rank:
            raise UnreadableLineError(
                "out_of_order",
                f"the request is {step.state} before it was reported",
                "Append the missing step, then this one once more; keep the whole journal",
                "state",
            )
        backwards = rank < max(reached, 1)  # to be reported twice is to use a number twice
        if self.steps and (backwards or step.time < self.steps[-1].time):
            how = f"after it was {STATES[reached]}" if backwards else "at a time before its last step"
            raise UnreadableLineError(
                "out_of_order",
                f"the request becomes {step.state} {how}",
                "Append the step once more with its right state and time; a case that returns gets a new number",
                "state" if backwards else "at",
            )
        self.steps.append(step)
        self.origin = origin

    def document(self) -> Mapping[str, Any]:
        """Write the request down; what a later step leaves empty, an earlier one tells."""
        return {
            "request_no": self.steps[0].request_no,
            "subject": self._newest("subject"),
            "customer_name": self._newest("customer_name"),
            "caller_number": self._newest("caller_number"),
            "linkedid": self._newest("linkedid"),
            "opened_at": iso(self.steps[0].time),
            "state": self.steps[-1].state,
            "owner": self._newest("agent"),
            "steps": [{"state": s.state, "at": iso(s.time), "by": s.agent, "note": s.note} for s in self.steps],
        }

    def _newest(self, name: str) -> str:
        values: list[str] = [getattr(step, name) for step in reversed(self.steps)]
        return next((value for value in values if value), "")
