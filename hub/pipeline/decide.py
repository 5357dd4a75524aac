"""The last stage of resolving: components clustered again, ids kept, golden values derived. Decides, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sqlalchemy import Connection

from customer_master.golden.evidence import Evidence
from customer_master.golden.survivorship import golden_hash, survive
from customer_master.resolution.blocking import CAP, KeyKind
from customer_master.resolution.clustering import cluster
from customer_master.resolution.comparison import compare
from customer_master.resolution.constraints import conflicts
from customer_master.resolution.features import Features, features
from customer_master.resolution.identity import assign_ids
from customer_master.resolution.scoring import Scorer, linkages
from customer_master.stewardship.constraints import CANNOT, MUST, PairConstraint, in_force
from customer_master.store import matching, parties
from customer_master.store.matching import RecordEvidence
from customer_master.store.parties import ChangeSet, GoldenRow
from hub.pipeline.components import Component
from hub.pipeline.pairs import Counts, frequencies, keys_of
from hub.pipeline.work import Work
from mappings.canonical import Party, from_payload
from mappings.canonical.elements import ELEMENT_ATTRIBUTES


@dataclass(slots=True)
class _Scene:
    """What the decisions of one commit need to know.

    ``content`` is what each record says itself. A record the hub made for another one is of that one's kind, whatever
    the target can express, and says nothing until it is read back.
    """

    evidence: dict[int, RecordEvidence]
    content: dict[int, Party]
    features: dict[int, Features]
    frequency: Mapping[int, tuple[int, KeyKind]]
    party_of: dict[int, int]
    members: dict[int, set[int]]
    kinds: dict[int, str]
    anchors: dict[int, int]
    constraints: list[PairConstraint]
    former: dict[int, frozenset[int]]
    golden: dict[int, GoldenRow]


def decide(db: Connection, work: Work, group: Sequence[Component]) -> ChangeSet:
    """Decide what some components mean for parties, memberships and golden values."""
    scene = _scene(db, group)
    change = ChangeSet()
    for component in group:
        for kind, records in _by_kind(component, scene).items():
            _decide_component(work, scene, change, kind, records)
        _end_outgrown(scene, change, component)
    return change


def _end_outgrown(scene: _Scene, change: ChangeSet, component: Component) -> None:
    """End parties whose records have all become of another kind; they resolve to where the records are now."""
    left = {r: change.joined[r][0] for r in component.records if r in change.joined}
    for party in sorted(component.parties - change.ended.keys() - set(left.values())):
        members = scene.members[party]
        if members <= left.keys():
            _end(change, party, tuple(sorted({left[r] for r in members})))


def _end(change: ChangeSet, party: int, heirs: tuple[int, ...]) -> None:
    """A party without records was merged into its only heir, or split among several."""
    status = "merged" if len(heirs) == 1 else "split"
    change.ended[party] = (status, heirs)
    change.events.append((status, party, {"parties": list(heirs)}))


def _scene(db: Connection, group: Sequence[Component]) -> _Scene:
    ids = [r for c in group for r in c.records]
    several = [r for c in group if len(c.records) > 1 for r in c.records]
    evidence = {e.record_id: e for e in matching.evidence(db, ids)}
    anchors = {record: anchor for record, anchor in parties.anchors(db, ids) if anchor in evidence}
    content = {r: from_payload(e.payload) for r, e in evidence.items()}
    for record, anchor in anchors.items():
        content[record] = replace(content.get(record, Party(content[anchor].kind)), kind=content[anchor].kind)
    party_of = parties.parties_of(db, ids)
    standing = set(party_of.values())
    former = parties.former_members(db, ids)
    return _Scene(
        evidence=evidence,
        content=content,
        features={r: features(content[r]) for r in several if r in content},
        frequency=frequencies(db, several) if several else {},
        party_of=party_of,
        members=parties.members_of(db, standing),
        kinds=parties.kinds_of(db, standing | set(former)),
        anchors=anchors,
        constraints=in_force(db, several),
        former=former,
        golden=parties.golden_of(db, standing),
    )


def _by_kind(component: Component, scene: _Scene) -> dict[str, list[int]]:
    """Organisations, persons and sites never merge."""
    kinds: dict[str, list[int]] = {}
    for record in component.records:
        if record in scene.content:
            kinds.setdefault(scene.content[record].kind.value, []).append(record)
    return kinds


def _decide_component(work: Work, scene: _Scene, change: ChangeSet, kind: str, records: Sequence[int]) -> None:
    groups = [frozenset(g) for g in _clusters(work, scene, records)]
    old = {
        p: frozenset(scene.members[p])
        for p in {scene.party_of[r] for r in records if r in scene.party_of}
        if scene.kinds[p] == kind
    }
    retired = {
        p: m
        for p, m in scene.former.items()
        if scene.kinds[p] == kind and p not in change.revived and m & set(records)  # a number comes back once
    }
    assignment = assign_ids(old, groups, retired)
    party_of_group: dict[int, int] = {**assignment.kept, **assignment.revived}
    for index in assignment.created:
        party_of_group[index] = temporary = -(len(change.created) + 1)
        change.created[temporary] = kind
    for index, group in enumerate(groups):
        _decide_party(work, scene, change, party_of_group[index], group)
    change.revived.update(assignment.revived.values())
    for party in assignment.revived.values():
        change.events.append(("reopened", party, {}))
    for loser, survivor in assignment.merged_into.items():
        _end(change, loser, (survivor,))
    for loser, heirs in assignment.split_into.items():
        _end(change, loser, heirs)


def _clusters(work: Work, scene: _Scene, records: Sequence[int]) -> list[tuple[int, ...]]:
    if len(records) == 1:
        return [(records[0],)]
    # what is tied goes by a record's place in this order, so it must not depend on when the record came
    order = sorted(records, key=lambda r: _identity(scene, r))
    place = {record: n for n, record in enumerate(order)}
    scorer = Scorer(work.documents.match)
    counts = Counts({h: n for h, (n, _) in scene.frequency.items()})
    scores = {}
    for pair in _candidates(scene, records):
        a, b = sorted(place[record] for record in pair)
        scores[a, b] = scorer(compare(scene.features[order[a]], scene.features[order[b]], counts.__getitem__))
    groups = cluster(
        range(len(order)),
        linkages(scores),
        must=[(place[r], place[a]) for r, a in scene.anchors.items() if r in place and a in place]
        + _decided(scene, place, MUST),
        cannot=_decided(scene, place, CANNOT),
        conflict=conflicts({place[r]: scene.features[r] for r in records}),
        threshold=work.documents.match.linkage,
        max_size=work.documents.match.max_size,
    )
    return [tuple(order[n] for n in group) for group in groups]


def _decided(scene: _Scene, place: Mapping[int, int], polarity: int) -> list[tuple[int, int]]:
    """List the pairs of these records that stewards decided so."""
    return [
        (place[c.lo], place[c.hi])
        for c in scene.constraints
        if c.polarity == polarity and c.lo in place and c.hi in place
    ]


def _identity(scene: _Scene, record: int) -> tuple[str, str, str, int]:
    """Name a record by what its system calls it; one that is not read back yet stands behind its anchor."""
    e = scene.evidence.get(record) or scene.evidence[scene.anchors[record]]
    return e.system, e.record_type, e.native_key, record


def _candidates(scene: _Scene, records: Sequence[int]) -> set[tuple[int, int]]:
    """List the candidate pairs inside a component: records that share a key which is not over-common."""
    holders: dict[int, list[int]] = {}
    for record in records:
        for hash_, kind in keys_of(scene.features[record]):
            if 1 < scene.frequency.get(hash_, (1, kind))[0] <= CAP[KeyKind(kind)]:
                holders.setdefault(hash_, []).append(record)
    return {pair for own in holders.values() for pair in combinations(sorted(own), 2)}


def _decide_party(work: Work, scene: _Scene, change: ChangeSet, party: int, group: frozenset[int]) -> None:
    is_new = party not in scene.members
    for record in sorted(group):
        if scene.party_of.get(record) != party:
            change.joined[record] = (party, _membership_kind(scene, record, group))
    golden = _golden(work, scene, group)
    if golden is None:
        return
    before = scene.golden.get(party)
    if before is not None and (before.attrs_hash, before.prov, before.policy_hash) == (
        golden.attrs_hash, golden.prov, golden.policy_hash,
    ):  # fmt: skip
        if group != scene.members.get(party, set()):
            change.events.append(("relinked", party, {}))
        return
    change.golden[party] = golden
    is_created = is_new and party < 0
    change.events.append(("created" if is_created else "changed", party, {}))


def _membership_kind(scene: _Scene, record: int, group: frozenset[int]) -> str:
    if record in scene.anchors:
        return "trusted_key"
    if any(c.polarity == MUST and record in (c.lo, c.hi) and {c.lo, c.hi} <= group for c in scene.constraints):
        return "steward"
    return "auto" if len(group) > 1 else "seed"


def _golden(work: Work, scene: _Scene, group: frozenset[int]) -> GoldenRow | None:
    """Derive the golden values from the group's own evidence.

    Records still awaited say nothing yet, and those that hold only what the hub wrote say nothing of their own.
    """
    witnesses = [
        Evidence(
            record_id=e.record_id,
            version_id=e.version_id,
            system=e.system,
            record_type=e.record_type,
            native_key=e.native_key,
            position=e.position,
            party=scene.content[r],
        )
        for r in sorted(group)
        if (e := scene.evidence.get(r)) is not None and not (r in scene.anchors and _is_echo(e))
    ]
    if not witnesses:
        return None
    golden = survive(witnesses, work.documents.survivorship)
    return GoldenRow(
        golden.attrs, golden.prov, golden.conflicts, golden_hash(golden.attrs), work.documents.survivorship_hash
    )


def _is_echo(e: RecordEvidence) -> bool:
    """Tell whether nothing is left of a record without what the hub wrote; a role that the mapping gives is no word."""
    return not any(e.payload.get(attribute) for attribute in ELEMENT_ATTRIBUTES)
