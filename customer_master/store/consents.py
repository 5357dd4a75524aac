"""What a customer allows and forbids now: of each purpose, channel and contact point the latest word.

A word about all channels takes back what was said before about one of them, a word about one leaves the others as they
are; with contact points it is the same. Once the latest word has ended, none holds: an older one does not come back.
What a source has taken back says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from customer_master.store.customer import NEWEST, Entry, timeline
from customer_master.store.tables import OPEN
from customer_master.store.visibility import EVERYTHING, Viewer
from mappings.canonical import Channel, Consent, ConsentState, PointKind, read_payload

_PAGE = 500
_CHANNELS = {
    "phone": frozenset({Channel.CALL}),
    "fax": frozenset({Channel.FAX}),
    "email": frozenset({Channel.EMAIL}),
    "address": frozenset({Channel.LETTER, Channel.VISIT}),
}
"""Kind of a contact point -> the channels that use it."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One word that holds.

    Args:
        purpose: what for, in the source's words.
        channel: the channel it is about, ``None`` for all of which nothing newer is said.
        point: E.164 number or mail address it is about, empty for all of which nothing newer is said.
        state: granted, refused or withdrawn.
        since: when it was said, UTC, ISO 8601.
        until: last day on which it holds, ISO, ``None`` if it has no end.
        source: the record that says it, ``system/record_type/key``.
        record_id: that record.
    """

    purpose: str
    channel: str | None
    point: str
    state: str
    since: str
    until: str | None
    source: str
    record_id: int

    @property
    def allows(self) -> bool:
        """Whether it is a permission."""
        return self.state == ConsentState.GRANTED

    def is_about(self, channels: Iterable[str], point: str) -> bool:
        """Tell whether a contact point that these channels use falls under it."""
        return (self.channel is None or self.channel in channels) and self.point in ("", point)


def consents_in_force(db: Connection, party_id: int, on: date, viewer: Viewer = EVERYTHING) -> list[InForce]:
    """List what a customer allows and forbids.

    Args:
        db: connection.
        party_id: the customer.
        on: the day, UTC.
        viewer: who reads; what records of other units say is left out.

    Returns:
        In order of purpose, the newest first.
    """
    entries = _entries(db, party_id, viewer)
    gone = set(db.execute(text(_GONE), {"ids": [e.record_id for e in entries], "open": OPEN}).scalars())
    return in_force((e for e in entries if e.record_id not in gone), on)


def in_force(entries: Iterable[Entry], on: date) -> list[InForce]:
    """Find which of these consents hold on a day, see :func:`consents_in_force`.

    Args:
        entries: consents of one customer.
        on: the day, UTC.
    """
    latest: dict[str, list[InForce]] = {}
    for word in sorted((w for e in entries for w in _read(e)), key=_newest_first, reverse=True):
        newer = latest.setdefault(word.purpose, [])
        if not any(_covers(other, word) for other in newer):
            newer.append(word)
    day = on.isoformat()
    return [w for purpose in sorted(latest) for w in latest[purpose] if w.until is None or w.until >= day]


def refused(consents: Sequence[InForce], kind: str, point: str = "") -> list[str]:
    """List the purposes for which a contact point must not be used.

    Args:
        consents: those in force, of one customer.
        kind: ``phone``, ``fax``, ``email`` or ``address``.
        point: E.164 number or mail address; none for an address.
    """
    found: dict[str, bool] = {}
    for word in consents:
        if word.is_about(_CHANNELS[kind], point):
            found.setdefault(word.purpose, word.allows)
    return [purpose for purpose, allowed in found.items() if not allowed]


def _entries(db: Connection, party_id: int, viewer: Viewer) -> list[Entry]:
    entries: list[Entry] = []
    before = NEWEST
    while True:
        page = timeline(db, party_id, viewer, limit=_PAGE, before=before, entities=("consent",))
        entries += page
        if len(page) < _PAGE:
            return entries
        before = page[-1].place


def _read(entry: Entry) -> list[InForce]:
    """Take a consent apart into single channels and contact points."""
    content = read_payload("consent", entry.payload)
    assert isinstance(content, Consent)  # noqa: S101 - the timeline was asked for consents
    until = content.until.isoformat() if content.until else None
    points = [m.value for m in content.mentions if m.kind is not PointKind.DOMAIN] or [""]
    return [
        InForce(
            content.purpose, channel, point, str(content.state), str(entry.payload["at"]), until, entry.name,
            entry.record_id,
        )
        for channel in content.channels or (None,) for point in points
    ]  # fmt: skip


def _newest_first(word: InForce) -> tuple[str, bool, str]:
    """Order by time; of what was said at the same moment the refusal counts, then the name of the record."""
    return word.since, not word.allows, word.source


def _covers(newer: InForce, older: InForce) -> bool:
    return newer.channel in (None, older.channel) and newer.point in ("", older.point)


_GONE = "select record_id from master.tombstone where record_id = any(:ids) and to_cs = :open"
