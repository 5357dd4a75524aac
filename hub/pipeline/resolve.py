"""Resolve and survive: who is who, decided anew only where something changed.

Changed records pass three stages, kept in the queue so that a killed run goes on where it was: *keyed* (their blocking
keys stand in the key table), *scored* (their candidate pairs are scored), then the touched components are clustered
again, ids kept, golden values derived, and the change committed together with taking the records off the queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from sqlalchemy import Connection

from customer_master.golden.evidence import Evidence
from customer_master.golden.survivorship import golden_hash, survive
from customer_master.resolution.blocking import CAP, KeyKind, blocking_keys, rarity
from customer_master.resolution.clustering import cluster
from customer_master.resolution.comparison import compare
from customer_master.resolution.constraints import conflicts
from customer_master.resolution.features import Features, features
from customer_master.resolution.identity import assign_ids
from customer_master.resolution.scoring import Scorer, linkages
from customer_master.store import matching, parties
from customer_master.store.matching import CHANGED, KEYED, SCORED, Pair, RecordEvidence
from customer_master.store.parties import ChangeSet, GoldenRow
from hub.pipeline.work import Work
from hub.store import offsets
from mappings.canonical import Party, from_payload

_CHUNK = 2000
_PARTIES_A_COMMIT = 500
_FRONTIER = 20_000
_MOST = max(CAP.values())  # a key held by more records is over-common, however many they are


def resolve(work: Work) -> None:
    """Bring parties and golden values to what the records say now."""
    with work.engine.begin() as db:
        _queue_for_new_policies(db, work)
        counts = matching.queue_counts(db)
        if counts.get(CHANGED):  # partners scored before these had keys must look again
            matching.advance_all(db, SCORED, KEYED)
    if not counts:
        return
    total = sum(counts.values())
    _key_changed(work, total)
    _score_keyed(work, total)
    _cluster_scored(work)


def _queue_for_new_policies(db: Connection, work: Work) -> None:
    """Another match or survivorship policy concerns every record."""
    for kind, activation in work.documents.policy_activations.items():
        if offsets.get(db, kind) != activation:
            matching.enqueue_everything(db)
            offsets.put(db, kind, activation)


# ---------------------------------------------------------------- keys


def _key_changed(work: Work, total: int) -> None:
    done = 0
    while True:
        with work.engine.begin() as db:
            ids = matching.queued(db, CHANGED, _CHUNK)
            if not ids:
                return
            before = matching.keys_of(db, ids)
            after = {e.record_id: _keys_of(_features_of(e)) for e in matching.evidence(db, ids)}
            matching.replace_keys(db, {i: after.get(i, ()) for i in ids})
            matching.advance(db, ids, KEYED)
            matching.enqueue_holders(db, _changed_strength(db, before, after), except_ids=ids)
        done += len(ids)
        work.report("resolve: keys", done, max(total, done))


def _keys_of(f: Features) -> set[tuple[int, int]]:
    return {(key.hash, key.kind) for key in blocking_keys(f)}


def _changed_strength(
    db: Connection, before: Mapping[int, set[tuple[int, int]]], after: Mapping[int, set[tuple[int, int]]]
) -> set[int]:
    """Find values (a telephone, a mailbox, a name …) that became common or rare enough to weigh differently now."""
    delta: Counter[tuple[int, int]] = Counter()
    for own in before.values():
        delta.subtract(own)
    for own in after.values():
        delta.update(own)
    moved = {key: d for key, d in delta.items() if d}
    now = matching.frequencies(db, {hash_ for hash_, _ in moved}, _MOST + _CHUNK)
    return {h for (h, kind), d in moved.items() if rarity(kind, now[h]) != rarity(kind, now[h] - d)}


# ---------------------------------------------------------------- pairs


def _score_keyed(work: Work, total: int) -> None:
    done = 0
    cache = _FeatureCache()
    scorer = Scorer(work.documents.match)
    while True:
        with work.engine.begin() as db:
            ids = matching.queued(db, KEYED, _CHUNK)
            if not ids:
                return
            frequency = _frequencies(db, ids)
            useful = [h for h, (n, kind) in frequency.items() if 1 < n <= CAP[kind]]
            pairs = matching.candidates(db, ids, useful)
            found = cache.load(db, {i for pair in pairs for i in pair})
            counts = _Counts({h: n for h, (n, _) in frequency.items()})
            scored = [p for a, b in pairs if (p := _scored(scorer, found, a, b, counts)) is not None]
            matching.replace_pairs(db, ids, scored, work.documents.match_hash)
            matching.advance(db, ids, SCORED)
        done += len(ids)
        work.report("resolve: pairs", done, max(total, done))


def _frequencies(db: Connection, ids: Collection[int]) -> dict[int, tuple[int, KeyKind]]:
    """Map every key of these records to (how many records hold it, its kind)."""
    kinds = {hash_: kind for own in matching.keys_of(db, ids).values() for hash_, kind in own}
    counts = matching.frequencies(db, kinds, _MOST)
    return {h: (counts[h], KeyKind(kind)) for h, kind in kinds.items()}


class _Counts(dict[int, int]):
    """How many records hold a key; a key that nobody looked up is held by nobody else."""

    def __missing__(self, key: int) -> int:
        return 1


def _scored(scorer: Scorer, found: Mapping[int, Features], a: int, b: int, counts: _Counts) -> Pair | None:
    lo, hi = min(a, b), max(a, b)
    comparison = compare(found[lo], found[hi], counts.__getitem__)
    result = scorer(comparison)
    if result.band == "different":
        return None
    return Pair(lo, hi, result.weight, result.band, comparison.vector)


class _FeatureCache:
    """Features of the records lately seen; bounded, so that memory does not grow with the master."""

    _LIMIT = 10_000

    def __init__(self) -> None:
        self._features: dict[int, Features] = {}

    def load(self, db: Connection, ids: Collection[int]) -> Mapping[int, Features]:
        if len(self._features) > self._LIMIT:
            self._features.clear()
        missing = [i for i in ids if i not in self._features]
        if missing:
            self._features.update({e.record_id: _features_of(e) for e in matching.evidence(db, missing)})
        return self._features


def _features_of(evidence: RecordEvidence) -> Features:
    return features(from_payload(evidence.payload))


# ---------------------------------------------------------------- clusters


@dataclass(slots=True)
class _Component:
    """Records that may belong together, and the parties they belong to so far."""

    records: list[int]
    parties: set[int] = field(default_factory=set)


def _cluster_scored(work: Work) -> None:
    with work.engine.begin() as db:
        components = _components(db, matching.queued(db, SCORED, 2**31))
    done, total = 0, len(components)
    for group in _commits(components):
        with work.engine.begin() as db:
            change = _decide(db, work, group)
            matching.dequeue(db, [r for c in group for r in c.records])
            parties.commit(db, change, actor=work.actor, kind="resolve")  # last, for it holds the commit clock
        done += len(group)
        work.report("resolve: customers", done, total)


def _components(db: Connection, queued: Sequence[int]) -> list[_Component]:
    """Find everything that hangs together with the queued records: by matching pairs, by party, by anchor."""
    forest = _Forest(queued)
    party_of: dict[int, int] = {}
    frontier = list(queued)
    while frontier:
        part, frontier = frontier[:_FRONTIER], frontier[_FRONTIER:]
        for a, b in matching.match_edges(db, part) + parties.anchors(db, part):
            frontier += forest.join(a, b)
        own = parties.parties_of(db, part)
        party_of.update(own)
        for members in parties.members_of(db, set(own.values())).values():
            first = min(members)
            for record in members:
                frontier += forest.join(first, record)
    return _grouped(forest, party_of)


class _Forest:
    """Union-find over records; a component is named by its smallest record."""

    def __init__(self, records: Iterable[int]) -> None:
        self.parent = {record: record for record in records}

    def find(self, record: int) -> int:
        parent = self.parent
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    def join(self, a: int, b: int) -> list[int]:
        """Join two records; give those of them that are new here."""
        new = [record for record in {a, b} if record not in self.parent]
        self.parent.update((record, record) for record in new)
        low, high = sorted((self.find(a), self.find(b)))
        self.parent[high] = low
        return new


def _grouped(forest: _Forest, party_of: Mapping[int, int]) -> list[_Component]:
    components: dict[int, _Component] = {}
    for record in sorted(forest.parent):
        component = components.setdefault(forest.find(record), _Component([]))
        component.records.append(record)
        if record in party_of:
            component.parties.add(party_of[record])
    return [components[first] for first in sorted(components)]


def _commits(components: Iterable[_Component]) -> Iterable[list[_Component]]:
    """Put components into commits that touch at most some 500 parties each."""
    group: list[_Component] = []
    size = 0
    for component in components:
        own = max(len(component.records), len(component.parties))
        if group and size + own > _PARTIES_A_COMMIT:
            yield group
            group, size = [], 0
        group.append(component)
        size += own
    if group:
        yield group


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
    former: dict[int, frozenset[int]]
    golden: dict[int, GoldenRow]


def _decide(db: Connection, work: Work, group: Sequence[_Component]) -> ChangeSet:
    scene = _scene(db, group)
    change = ChangeSet()
    for component in group:
        for kind, records in _by_kind(component, scene).items():
            _decide_component(work, scene, change, kind, records)
        _end_outgrown(scene, change, component)
    return change


def _end_outgrown(scene: _Scene, change: ChangeSet, component: _Component) -> None:
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


def _scene(db: Connection, group: Sequence[_Component]) -> _Scene:
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
        frequency=_frequencies(db, several) if several else {},
        party_of=party_of,
        members=parties.members_of(db, standing),
        kinds=parties.kinds_of(db, standing | set(former)),
        anchors=anchors,
        former=former,
        golden=parties.golden_of(db, standing),
    )


def _by_kind(component: _Component, scene: _Scene) -> dict[str, list[int]]:
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
    retired = {p: m for p, m in scene.former.items() if scene.kinds[p] == kind and m & set(records)}
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
    counts = _Counts({h: n for h, (n, _) in scene.frequency.items()})
    scores = {}
    for pair in _candidates(scene, records):
        a, b = sorted(place[record] for record in pair)
        scores[a, b] = scorer(compare(scene.features[order[a]], scene.features[order[b]], counts.__getitem__))
    groups = cluster(
        range(len(order)),
        linkages(scores),
        must=[(place[r], place[a]) for r, a in scene.anchors.items() if r in place and a in place],
        conflict=conflicts({place[r]: scene.features[r] for r in records}),
        threshold=work.documents.match.linkage,
        max_size=work.documents.match.max_size,
    )
    return [tuple(order[n] for n in group) for group in groups]


def _identity(scene: _Scene, record: int) -> tuple[str, str, str, int]:
    """Name a record by what its system calls it; one that is not read back yet stands behind its anchor."""
    e = scene.evidence.get(record) or scene.evidence[scene.anchors[record]]
    return e.system, e.record_type, e.native_key, record


def _candidates(scene: _Scene, records: Sequence[int]) -> set[tuple[int, int]]:
    """List the candidate pairs inside a component: records that share a key which is not over-common."""
    holders: dict[int, list[int]] = {}
    for record in records:
        for hash_, kind in _keys_of(scene.features[record]):
            if 1 < scene.frequency.get(hash_, (1, kind))[0] <= CAP[KeyKind(kind)]:
                holders.setdefault(hash_, []).append(record)
    return {pair for own in holders.values() for pair in combinations(sorted(own), 2)}


def _decide_party(work: Work, scene: _Scene, change: ChangeSet, party: int, group: frozenset[int]) -> None:
    is_new = party not in scene.members
    for record in sorted(group):
        if scene.party_of.get(record) != party:
            change.joined[record] = (
                party,
                "trusted_key" if record in scene.anchors else "auto" if len(group) > 1 else "seed",
            )
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


def _golden(work: Work, scene: _Scene, group: frozenset[int]) -> GoldenRow | None:
    """Derive the golden values from the group's own evidence; records still awaited say nothing yet."""
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
        if (e := scene.evidence.get(r)) is not None
    ]
    if not witnesses:
        return None
    golden = survive(witnesses, work.documents.survivorship)
    return GoldenRow(
        golden.attrs, golden.prov, golden.conflicts, golden_hash(golden.attrs), work.documents.survivorship_hash
    )
