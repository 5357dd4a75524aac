"""What a person allows the enterprise to do, or forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mappings.canonical.activity import Channel, Mention
from mappings.canonical.classes import DataClass, classed


class ConsentState(StrEnum):
    """What a person said when asked, or later."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's word about one purpose (PIPL art. 14 to 16): whose it is, a reference or a mention says.

    Args:
        state: granted, refused or withdrawn.
        at: when it was said, UTC.
        purpose: what for, in the source's words, such as ``newsletter``.
        channels: the channels it is about; none for all.
        until: last day on which it holds.
        evidence: where the proof lies in the source: a signed form or a recording, hence sensitive.
        text_version: version of the text that was put to the person.
        mentions: contact points that it is about.
    """

    state: ConsentState = classed(DataClass.PERSONAL)
    at: datetime = classed(DataClass.PERSONAL)
    purpose: str = classed(DataClass.PERSONAL, default="")
    channels: tuple[Channel, ...] = classed(DataClass.PERSONAL, default=())
    until: date | None = classed(DataClass.PERSONAL, default=None)
    evidence: str = classed(DataClass.SENSITIVE, default="")
    text_version: str = classed(DataClass.PUBLIC, default="")
    mentions: tuple[Mention, ...] = classed(DataClass.PERSONAL, default=())
