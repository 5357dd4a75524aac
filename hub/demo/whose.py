"""Do calls, mails and requests lie on the right customers' timelines? Compared with the truth of the landscape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, text

from customer_master.store.attribution import attribute
from hub.demo.landscape.activities import ActivityTruth

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Attributions:
    """How attribution fared, by what the truth says can be known.

    Args:
        counts: (reason, outcome) -> how many; outcomes are ``right``, ``wrong`` (on another customer), ``none`` (on
            nobody though somebody was expected) and ``missing`` (never recorded).
    """

    counts: Mapping[tuple[str, str], int]

    @property
    def wrong(self) -> int:
        """How many lie on the wrong customer's timeline."""
        return sum(n for (_, outcome), n in self.counts.items() if outcome == "wrong")

    def to_json(self) -> dict[str, dict[str, int]]:
        """Give the counts by reason."""
        found: dict[str, dict[str, int]] = {}
        for (reason, outcome), count in sorted(self.counts.items()):
            found.setdefault(reason, {})[outcome] = count
        return found


def compare(db: Connection, truth: Iterable[ActivityTruth], parties: Mapping[str, set[int]]) -> Attributions:
    """Ask the master whose each activity is, and compare.

    Args:
        db: connection.
        truth: whose each activity must be.
        parties: entity of the truth -> parties that hold its records.
    """
    counts: Counter[tuple[str, str]] = Counter()
    left = iter(truth)
    while chunk := list(islice(left, _CHUNK)):
        ids = _record_ids(db, chunk)
        found = attribute(db, ids.values())
        for one in chunk:
            record = ids.get((one.system, one.stream, one.ref))
            party = found[record].party_id if record is not None else None
            counts[one.reason, _outcome(one, record, party, parties)] += 1
    return Attributions(counts)


def _outcome(one: ActivityTruth, record: int | None, party: int | None, parties: Mapping[str, set[int]]) -> str:
    if record is None:
        return "missing"
    if party is None:
        return "none" if one.entity else "right"
    return "right" if party in parties.get(one.entity, set()) else "wrong"


def _record_ids(db: Connection, chunk: Iterable[ActivityTruth]) -> dict[tuple[str, str, str], int]:
    """Find the source records; a stream's records bear its name as their type."""
    rows = db.execute(
        text(
            "select s.code, r.record_type, r.native_key, r.id from master.source_record r"
            " join master.source_system s on s.id = r.system_id"
            " join unnest(cast(:systems as text[]), cast(:streams as text[]), cast(:refs as text[]))"
            "  as k(system, stream, ref) on s.code = k.system and r.record_type = k.stream and r.native_key = k.ref"
        ),
        {
            "systems": [one.system for one in chunk],
            "streams": [one.stream for one in chunk],
            "refs": [one.ref for one in chunk],
        },
    )
    return {(row.code, row.record_type, row.native_key): int(row.id) for row in rows}
