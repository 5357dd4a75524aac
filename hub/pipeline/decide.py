"""The last stage of resolving: components clustered again, ids kept, golden values derived. Decides, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from sqlalchemy import Connection

from customer_master.resolution.clustering import cluster, groups_of, scored_pairs
from customer_master.resolution.constraints import conflicts
from customer_master.resolution.identity import assign_ids
from customer_master.resolution.party import CAP, KeyKind
from customer_master.resolution.scoring import Scorer, linkages
from customer_master.stewardship.constraints import AS_IT_STANDS, CANNOT, MUST, Amendment
from customer_master.store import parties
from customer_master.store.parties import ChangeSet
from hub.documents import ActiveDocuments
from hub.pipeline.components import Component, Forest
from hub.pipeline.pairs import keys_of
from hub.pipeline.scene import Scene, scene
from hub.pipeline.values import value_party

Recalled = Mapping[int, frozenset[int]]
"""Party -> the records it had before a change that is taken back."""


def decide(
    db: Connection,
    documents: ActiveDocuments,
    group: Sequence[Component],
    amendment: Amendment = AS_IT_STANDS,
    recalled: Recalled | None = None,
) -> ChangeSet:
    """Decide what some components mean for parties, memberships and golden values.

    The outcome depends on what the records say and on the constraints, never on the parties of before: those only say
    who keeps which number.

    Args:
        db: connection.
        documents: the applied documents.
        group: the components.
        amendment: what is about to begin and to end.
        recalled: parties to be restored as they were.
    """
    ids = [r for c in group for r in c.records]
    seen = scene(db, ids, [r for c in group if len(c.records) > 1 for r in c.records], amendment)
    change = ChangeSet(scope=set(seen.members) | set(seen.former))
    for component in group:
        for kind, records in _by_kind(component, seen).items():
            _decide_component(documents, seen, change, (kind, records, component.edges), recalled)
        _end_outgrown(seen, change, component)
    return change


def revalue(
    db: Connection, documents: ActiveDocuments, party_ids: Sequence[int], amendment: Amendment = AS_IT_STANDS
) -> ChangeSet:
    """Decide only the golden values of some parties, whose records stay where they are."""
    members = parties.members_of(db, party_ids)
    seen = scene(db, sorted(r for own in members.values() for r in own), [], amendment)
    change = ChangeSet(scope=set(members))
    for party in sorted(members):
        value_party(documents, seen, change, party, frozenset(members[party]))
    return change


def _end_outgrown(scene: Scene, change: ChangeSet, component: Component) -> None:
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


def _by_kind(component: Component, scene: Scene) -> dict[str, list[int]]:
    """Organisations, persons and sites never merge."""
    kinds: dict[str, list[int]] = {}
    for record in component.records:
        if record in scene.content:
            kinds.setdefault(scene.content[record].kind.value, []).append(record)
    return kinds


def _decide_component(
    documents: ActiveDocuments,
    scene: Scene,
    change: ChangeSet,
    part: tuple[str, Sequence[int], Sequence[tuple[int, int]]],
    recalled: Recalled | None,
) -> None:
    kind, records, edges = part
    groups = [frozenset(g) for bundle in _bundles(scene, records, edges) for g in _clusters(documents, scene, bundle)]
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
    assignment = assign_ids(old, groups, retired, recalled)
    party_of_group: dict[int, int] = {**assignment.kept, **assignment.revived}
    for index in assignment.created:
        party_of_group[index] = temporary = -(len(change.created) + 1)
        change.created[temporary] = kind
    for index, group in enumerate(groups):
        _join(scene, change, party_of_group[index], group)
        value_party(documents, scene, change, party_of_group[index], group)
    change.revived.update(assignment.revived.values())
    for party in assignment.revived.values():
        if party not in change.ended:  # with records that are gone it comes back retired
            change.events.append(("reopened", party, {}))
    for loser, survivor in assignment.merged_into.items():
        _end(change, loser, (survivor,))
    for loser, heirs in assignment.split_into.items():
        _end(change, loser, heirs)


def _bundles(scene: Scene, records: Sequence[int], edges: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Part the records into those that evidence, anchors and must-links hold together, whatever their parties are."""
    forest = Forest(records)
    for a, b in [*edges, *scene.anchors.items(), *((c.lo, c.hi) for c in scene.constraints if c.polarity == MUST)]:
        if a in forest.parent and b in forest.parent:
            forest.join(a, b)
    bundles: dict[int, list[int]] = {}
    for record in records:
        bundles.setdefault(forest.find(record), []).append(record)
    yield from bundles.values()


def _clusters(documents: ActiveDocuments, scene: Scene, records: Sequence[int]) -> list[tuple[int, ...]]:
    if len(records) == 1:
        return [(records[0],)]
    # what is tied goes by a record's place in this order, so it must not depend on when the record came
    order = sorted(records, key=lambda r: _identity(scene, r))
    place = {record: n for n, record in enumerate(order)}
    placed = {place[record]: scene.values[record] for record in records}
    pairs = {(place[a], place[b]) for a, b in _candidates(scene, records)}
    scored = Scorer(documents.match).compare(placed, pairs, scene.counts.__getitem__)
    places = range(len(order))
    labels = cluster(
        places,
        scored_pairs(linkages({pair: compared.score for pair, compared in scored.items()})),
        must=[(place[r], place[a]) for r, a in scene.anchors.items() if r in place and a in place]
        + _decided(scene, place, MUST),
        cannot=_decided(scene, place, CANNOT),
        conflict=conflicts(placed),
        threshold=documents.match.linkage,
        max_size=documents.match.max_size,
    )
    return [tuple(order[n] for n in group) for group in groups_of(places, labels)]


def _decided(scene: Scene, place: Mapping[int, int], polarity: int) -> list[tuple[int, int]]:
    """List the pairs of these records that stewards decided so."""
    return [
        (place[c.lo], place[c.hi])
        for c in scene.constraints
        if c.polarity == polarity and c.lo in place and c.hi in place
    ]


def _identity(scene: Scene, record: int) -> tuple[str, str, str, int]:
    """Name a record by what its system calls it; one that is not read back yet stands behind its anchor."""
    e = scene.evidence.get(record) or scene.evidence[scene.anchors[record]]
    return e.system, e.record_type, e.native_key, record


def _candidates(scene: Scene, records: Sequence[int]) -> set[tuple[int, int]]:
    """List the candidate pairs inside a component: records that share a key which is not over-common."""
    holders: dict[int, list[int]] = {}
    for record in records:
        for hash_, kind in keys_of(scene.values[record]):
            if 1 < scene.frequency.get(hash_, (1, kind))[0] <= CAP[KeyKind(kind)]:
                holders.setdefault(hash_, []).append(record)
    return {pair for own in holders.values() for pair in combinations(sorted(own), 2)}


def _join(scene: Scene, change: ChangeSet, party: int, group: frozenset[int]) -> None:
    for record in sorted(group):
        if scene.party_of.get(record) != party:
            change.joined[record] = (party, _membership_kind(scene, record, group))


def _membership_kind(scene: Scene, record: int, group: frozenset[int]) -> str:
    if record in scene.anchors:
        return "trusted_key"
    if any(c.polarity == MUST and record in (c.lo, c.hi) and {c.lo, c.hi} <= group for c in scene.constraints):
        return "steward"
    return "auto" if len(group) > 1 else "seed"
