"""The golden values of a party, out of the evidence of its own records and the pins that hold."""

from __future__ import annotations

from customer_master.golden.evidence import Evidence
from customer_master.golden.pins import lapsed
from customer_master.golden.survivorship import golden_hash, survive
from customer_master.store.clock import now_us
from customer_master.store.decision_tables import pin
from customer_master.store.matching import RecordEvidence
from customer_master.store.parties import ChangeSet, GoldenRow
from hub.documents import ActiveDocuments
from hub.pipeline.scene import Scene
from mappings.canonical.elements import ELEMENT_ATTRIBUTES


def value_party(documents: ActiveDocuments, scene: Scene, change: ChangeSet, party: int, group: frozenset[int]) -> None:
    """Put into the change what a group of records means for the golden values of its party.

    A party whose records are all gone from their sources is retired with its last values, and comes back with the
    first record that comes back. One that is made of such records has what they said last.
    """
    own = witnesses(scene, group)
    if not own:
        state = scene.states.get(party)
        if group & scene.tombstoned and state != "retired":
            if state != "active" and (last := _heard(scene, group)):
                change.golden[party] = _golden(documents, scene, change, last, group)
            change.ended[party] = ("retired", ())
            change.events.append(("retired", party, {}))
        elif group != scene.members.get(party, set()) and party > 0:
            change.events.append(("relinked", party, {}))
        return
    if scene.states.get(party) == "retired":
        change.revived.add(party)
        change.events.append(("reopened", party, {}))
    golden = _golden(documents, scene, change, own, group)
    before = scene.golden.get(party)
    if golden == before:
        if group != scene.members.get(party, set()):
            change.events.append(("relinked", party, {}))
        return
    change.golden[party] = golden
    change.events.append(("created" if party < 0 else "changed", party, {}))


def witnesses(scene: Scene, group: frozenset[int]) -> list[Evidence]:
    """List what a group's records say of their own.

    Records still awaited say nothing yet, those that are gone say nothing any more, and those that hold only what the
    hub wrote say nothing of their own.
    """
    return _heard(scene, group - scene.tombstoned)


def _heard(scene: Scene, records: frozenset[int]) -> list[Evidence]:
    return [
        Evidence(
            record_id=e.record_id,
            version_id=e.version_id,
            system=e.system,
            record_type=e.record_type,
            native_key=e.native_key,
            position=e.position,
            party=scene.content[r],
        )
        for r in sorted(records)
        if (e := scene.evidence.get(r)) is not None and not (r in scene.anchors and _is_echo(e))
    ]


def _golden(
    documents: ActiveDocuments, scene: Scene, change: ChangeSet, own: list[Evidence], group: frozenset[int]
) -> GoldenRow:
    holding = []
    for p in scene.pins:
        if p.anchor_record_id not in group:
            continue
        if lapsed(p, own, now_us()) is None:
            holding.append(p)
        else:
            change.close(pin, {"id": p.id})
    golden = survive(own, documents.survivorship, holding)
    return GoldenRow(
        golden.attrs, golden.prov, golden.conflicts, golden_hash(golden.attrs), documents.survivorship_hash
    )


def _is_echo(e: RecordEvidence) -> bool:
    """Tell whether nothing is left of a record without what the hub wrote; a role that the mapping gives is no word."""
    return not any(e.payload.get(attribute) for attribute in ELEMENT_ATTRIBUTES)
