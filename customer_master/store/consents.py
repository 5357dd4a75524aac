"""What a customer allows and forbids now: of each purpose, channel and contact point the latest word.

A word about all channels takes back what was said before about one of them, a word about one leaves the others as they
are; with contact points it is the same. A word about a contact point holds for every customer that has it. Once the
latest word has ended, none holds: an older one does not come back. What a source has taken back says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from customer_master.store import visibility
from customer_master.store.tables import OPEN
from customer_master.store.visibility import EVERYTHING, Viewer
from mappings.canonical import Channel, Consent, ConsentState, PointKind, read_payload, upcast

_CHANNELS = {
    "phone": frozenset({Channel.CALL}),
    "fax": frozenset({Channel.FAX}),
    "email": frozenset({Channel.EMAIL}),
    "address": frozenset({Channel.LETTER, Channel.VISIT}),
}
"""Kind of a contact point -> the channels that use it."""


class Said(NamedTuple):
    """A record that says what somebody allows or forbids.

    Args:
        record_id: the record.
        name: ``system/record_type/key``.
        payload: its consent, as stored, in the model of today.
    """

    record_id: int
    name: str
    payload: Mapping[str, Any]


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
    rows = db.execute(text(_SAID), {"party": party_id, "open": OPEN, **visibility.args(viewer)})
    return in_force((Said(row.record_id, row.name, upcast(row.payload)) for row in rows), on)


def in_force(said: Iterable[Said], on: date) -> list[InForce]:
    """Find which of these consents hold on a day, see :func:`consents_in_force`.

    Args:
        said: consents of one customer.
        on: the day, UTC.
    """
    latest: dict[str, list[InForce]] = {}
    for word in sorted((w for one in said for w in _read(one)), key=_newest_first, reverse=True):
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


def _read(said: Said) -> list[InForce]:
    """Take a consent apart into single channels and contact points."""
    content = read_payload("consent", said.payload)
    assert isinstance(content, Consent)  # noqa: S101 - no other records were asked for
    until = content.until.isoformat() if content.until else None
    points = [m.value for m in content.mentions if m.kind is not PointKind.DOMAIN] or [""]
    return [
        InForce(
            content.purpose, channel, point, str(content.state), str(said.payload["at"]), until, said.name,
            said.record_id,
        )
        for channel in content.channels or (None,) for point in points
    ]  # fmt: skip


def _newest_first(word: InForce) -> tuple[str, bool, str]:
    """Order by time; of what was said at the same moment the refusal counts, then the name of the record."""
    return word.since, not word.allows, word.source


def _covers(newer: InForce, older: InForce) -> bool:
    return newer.channel in (None, older.channel) and newer.point in ("", older.point)


_SAID = f"""
select r.id as record_id, s.code || '/' || r.record_type || '/' || r.native_key as name, v.payload
from (
  select f.record_id from master.membership m
  join master.record_reference f on f.to_record_id = m.record_id and f.relation = 'given_by'
  where m.party_id = :party and m.to_cs = :open
  union
  select mention.record_id from master.membership m
  join master.contact_point own on own.record_id = m.record_id and own.role = '' and own.kind <> 'domain'
  join master.contact_point mention on mention.kind = own.kind and mention.value = own.value and mention.role <> ''
  where m.party_id = :party and m.to_cs = :open
) own
join master.source_record r on r.id = own.record_id and r.entity = 'consent' and {visibility.sql("r")}
join master.source_system s on s.id = r.system_id
join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
where not exists (select 1 from master.tombstone t where t.record_id = r.id and t.to_cs = :open)
"""  # noqa: S608 - ours
