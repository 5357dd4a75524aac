"""The first two stages of resolving: the blocking keys of changed records, and the scores of their candidate pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from customer_master.resolution.levels import strength
from customer_master.resolution.party import CAP, KeyKind, Values, blocking_keys, from_stored, values_of
from customer_master.resolution.scoring import Scorer
from customer_master.store import matching
from customer_master.store.matching import CHANGED, KEYED, SCORED, Pair
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
            said = {e.record_id: values_of(from_payload(e.payload)) for e in matching.evidence(db, ids)}
            after = {i: keys_of(values) for i, values in said.items()}
            matching.replace_values(db, said, ids)
            matching.replace_keys(db, {i: after.get(i, ()) for i in ids})
            matching.advance(db, ids, KEYED)
            matching.enqueue_holders(db, _changed_strength(db, before, after), except_ids=ids)
        done += len(ids)
        work.report("resolve: keys", done, max(total, done))


def keys_of(values: Values) -> set[tuple[int, int]]:
    """Give a record's blocking keys as (hash, kind)."""
    return set(blocking_keys(values))


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
    return {h for (h, kind), d in moved.items() if strength(kind, now[h]) != strength(kind, now[h] - d)}


def score_keyed(work: Work, total: int) -> None:
    """Score the candidate pairs of keyed records."""
    done = 0
    cache = _ValuesCache()
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
            scored = [
                Pair(lo, hi, one.score.weight, one.score.band, one.vector)
                for (lo, hi), one in scorer.compare(found, pairs, counts.__getitem__).items()
                if one.score.band != "different"
            ]
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


class _ValuesCache:
    """Values of the records lately seen; bounded, so that memory does not grow with the master."""

    _LIMIT = 10_000

    def __init__(self) -> None:
        self._values: dict[int, Values] = {}

    def load(self, db: Connection, ids: Collection[int]) -> Mapping[int, Values]:
        if len(self._values) > self._LIMIT:
            self._values.clear()
        missing = [i for i in ids if i not in self._values]
        if missing:
            self._values.update({i: from_stored(said) for i, said in matching.values_of(db, missing).items()})
        return self._values
