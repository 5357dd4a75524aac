"""What deciding about some records needs to know, read once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from customer_master.golden.pins import Pin
from customer_master.resolution.party import KeyKind, Values, values_of
from customer_master.stewardship.constraints import AS_IT_STANDS, Amendment, PairConstraint, in_force
from customer_master.stewardship.pins import pins_on
from customer_master.store import matching, parties
from customer_master.store.matching import RecordEvidence
from customer_master.store.parties import GoldenRow
from hub.pipeline.pairs import Counts, frequencies
from mappings.canonical import Party, from_payload


@dataclass(slots=True)
class Scene:
    """Some records, their parties, and what is known of both.

    ``content`` is what each record says itself. A record the hub made for another one is of that one's kind, whatever
    the target can express, and says nothing until it is read back. ``former`` are parties that ended, with the records
    of these that they held last. ``tombstoned`` records are gone from their source.
    """

    evidence: dict[int, RecordEvidence]
    content: dict[int, Party]
    values: dict[int, Values]
    frequency: Mapping[int, tuple[int, KeyKind]]
    counts: Counts
    party_of: dict[int, int]
    members: dict[int, set[int]]
    kinds: dict[int, str]
    states: dict[int, str]
    anchors: dict[int, int]
    constraints: list[PairConstraint]
    former: dict[int, frozenset[int]]
    golden: dict[int, GoldenRow]
    pins: list[Pin]
    tombstoned: set[int]


def scene(db: Connection, ids: Collection[int], clustered: Sequence[int], amendment: Amendment = AS_IT_STANDS) -> Scene:
    """Read what is known of some records.

    Args:
        db: connection.
        ids: the records; all members of their parties are among them.
        clustered: those that have to be grouped anew, which needs more.
        amendment: what is about to begin and to end.
    """
    evidence = {e.record_id: e for e in matching.evidence(db, ids)}
    anchors = {record: anchor for record, anchor in parties.anchors(db, ids) if anchor in evidence}
    content = {r: from_payload(e.payload) for r, e in evidence.items()}
    for record, anchor in anchors.items():
        content[record] = replace(content.get(record, Party(content[anchor].kind)), kind=content[anchor].kind)
    party_of = parties.parties_of(db, ids)
    standing = set(party_of.values())
    former = parties.former_members(db, ids)
    frequency = frequencies(db, clustered) if clustered else {}
    return Scene(
        evidence=evidence,
        content=content,
        values={r: values_of(content[r]) for r in clustered if r in content},
        frequency=frequency,
        counts=Counts({h: n for h, (n, _) in frequency.items()}),
        party_of=party_of,
        members=parties.members_of(db, standing),
        kinds=parties.kinds_of(db, standing | set(former)),
        states=parties.states_of(db, standing),
        anchors=anchors,
        constraints=amendment.applied(in_force(db, clustered)),
        former=former,
        golden=parties.golden_of(db, standing),
        pins=amendment.pins(pins_on(db, ids)),
        tombstoned=parties.tombstoned(db, ids),
    )
