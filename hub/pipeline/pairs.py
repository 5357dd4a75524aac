"""The first two stages of resolving: the blocking keys of changed records, and the scores of their candidate pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from customer_master.resolution.blocking import CAP, KeyKind, blocking_keys, rarity
from customer_master.resolution.comparison import compare
from customer_master.resolution.features import Features, features
from customer_master.resolution.scoring import Scorer
from customer_master.store import matching
from customer_master.store.matching import CHANGED, KEYED, SCORED, Pair, RecordEvidence
from hub.pipeline.work import Work
from mappings.canonical import from_payload

_CHUNK = 2000
_MOST = max(CAP.values())  # a key held by more records is over-common, however many they are


def key_changed(work: Work, total: int) -> None:
    """Bring the key table up to date, and queue whoever shares a value that weighs differently now."""
    done = 0
    while True:
        with work.engine.begin() as db:
            ids = matching.queued(db, CHANGED, _CHUNK)
            if not ids:
                return
            before = matching.keys_of(db, ids)
            after = {e.record_id: keys_of(_features_of(e)) for e in matching.evidence(db, ids)}
            matching.replace_keys(db, {i: after.get(i, ()) for i in ids})
            matching.advance(db, ids, KEYED)
            matching.enqueue_holders(db, _changed_strength(db, before, after), except_ids=ids)
        done += len(ids)
        work.report("resolve: keys", done, max(total, done))


def keys_of(f: Features) -> set[tuple[int, int]]:
    """Give a record's blocking keys as (hash, kind)."""
    return set(blocking_keys(f))


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


def score_keyed(work: Work, total: int) -> None:
    """Score the candidate pairs of keyed records."""
    done = 0
    cache = _FeatureCache()
    scorer = Scorer(work.documents.match)
    while True:
        with work.engine.begin() as db:
            ids = matching.queued(db, KEYED, _CHUNK)
            if not ids:
                return
            frequency = frequencies(db, ids)
            useful = [h for h, (n, kind) in frequency.items() if 1 < n <= CAP[kind]]
            pairs = matching.candidates(db, ids, useful)
            found = cache.load(db, {i for pair in pairs for i in pair})
            counts = Counts({h: n for h, (n, _) in frequency.items()})
            scored = [p for a, b in pairs if (p := _scored(scorer, found, a, b, counts)) is not None]
            matching.replace_pairs(db, ids, scored, work.documents.match_hash)
            matching.advance(db, ids, SCORED)
        done += len(ids)
        work.report("resolve: pairs", done, max(total, done))


def frequencies(db: Connection, ids: Collection[int]) -> dict[int, tuple[int, KeyKind]]:
    """Map every key of these records to (how many records hold it, its kind)."""
    kinds = {hash_: kind for own in matching.keys_of(db, ids).values() for hash_, kind in own}
    counts = matching.frequencies(db, kinds, _MOST)
    return {h: (counts[h], KeyKind(kind)) for h, kind in kinds.items()}


class Counts(dict[int, int]):
    """How many records hold a key; a key that nobody looked up is held by nobody else."""

    def __missing__(self, key: int) -> int:
        return 1


def _scored(scorer: Scorer, found: Mapping[int, Features], a: int, b: int, counts: Counts) -> Pair | None:
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
