"""Looking before creating: which customers a draft may be already. Nothing is stored.

The same keys find the candidates, and the same scorer weighs them, as when the draft is delivered later as a record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from customer_master.resolution.explanation import Explanation, explain
from customer_master.resolution.laws import BANDS
from customer_master.resolution.party import CAP, BlockingKey, KeyKind, blocking_keys, from_stored, values_of
from customer_master.resolution.policy import MatchPolicy
from customer_master.resolution.scoring import Score, Scorer
from customer_master.store import matching, visibility
from customer_master.store.matching import RecordEvidence
from customer_master.store.tables import OPEN
from customer_master.store.visibility import Viewer
from hub.master.draft import Draft, party_of
from mappings.canonical import Party, from_payload

_MOST = 500
"""Records compared with one draft: those that share the most keys with it."""

_DRAFT = 0
"""Place of the draft among the records, none of which has this number."""

_MOST_HELD = max(CAP.values())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that the draft may be.

    Args:
        party_id: internal number.
        public_id: customer number.
        name: agreed name.
        touched_cs: last commit that was about it.
        record: the record that fits best, as ``system/record_type/key``.
        explanation: why, with the score; its rows hold values of the record.
    """

    party_id: int
    public_id: str
    name: str
    touched_cs: int
    record: str
    explanation: Explanation


def lookup(db: Connection, draft: Draft, policy: MatchPolicy, viewer: Viewer, limit: int = 10) -> list[Candidate]:
    """Find the customers that a draft may be, the likeliest first.

    Args:
        db: connection.
        draft: what is known of it.
        policy: the match document in force.
        viewer: who asks; records that it may not see are no candidates.
        limit: how many customers at most.
    """
    party = party_of(draft)
    keys = blocking_keys(values_of(party))
    frequency = _frequencies(db, keys)
    useful = [key.hash for key in keys if 1 < frequency[key.hash] <= CAP[KeyKind(key.kind)]]
    owners = _holders(db, useful, viewer)
    best: dict[int, tuple[Score, int]] = {}
    for record, score in _scored(db, party, owners, policy, frequency).items():
        known = best.get(owners[record])
        if score.band != "different" and (known is None or _rank(score) > _rank(known[0])):
            best[owners[record]] = (score, record)
    ranked = sorted(best, key=lambda p: (*_rank(best[p][0]), -p), reverse=True)[:limit]
    records = {e.record_id: e for e in matching.evidence(db, [best[p][1] for p in ranked])}
    shown = {p: records[best[p][1]] for p in ranked}
    explained = {
        p: (explain(party, from_payload(e.payload), policy, lambda hash_: frequency.get(hash_, 1)), e)
        for p, e in shown.items()
    }
    return _candidates(db, ranked, explained)


def _scored(
    db: Connection, party: Party, records: Collection[int], policy: MatchPolicy, frequency: Mapping[int, int]
) -> dict[int, Score]:
    """Score the draft with each record."""
    values = {record: from_stored(said) for record, said in matching.values_of(db, records).items()}
    values[_DRAFT] = values_of(party)
    pairs = [(_DRAFT, record) for record in values if record != _DRAFT]
    compared = Scorer(policy).compare(values, pairs, lambda hash_: frequency.get(hash_, 1))
    return {record: one.score for (_, record), one in compared.items()}


def _rank(score: Score) -> tuple[int, float]:
    return BANDS.index(score.band), score.weight


def _frequencies(db: Connection, keys: frozenset[BlockingKey]) -> dict[int, int]:
    """Count the holders of the draft's keys as if the draft were one of them already."""
    counts = matching.frequencies(db, {key.hash for key in keys}, _MOST_HELD)
    return {key.hash: counts[key.hash] + 1 for key in keys}


def _holders(db: Connection, hashes: Sequence[int], viewer: Viewer) -> dict[int, int]:
    """Map the records that hold the keys, those with the most keys first, to their parties."""
    rows = db.execute(text(_HOLDERS), {"hashes": list(hashes), "open": OPEN, "most": _MOST, **visibility.args(viewer)})
    return {row.record_id: row.party_id for row in rows}


def _candidates(
    db: Connection, ranked: Sequence[int], best: Mapping[int, tuple[Explanation, RecordEvidence]]
) -> list[Candidate]:
    rows = {row.id: row for row in db.execute(text(_PARTIES), {"ids": list(ranked), "open": OPEN})}
    found = []
    for party_id in ranked:
        explanation, e = best[party_id]
        row = rows[party_id]
        record = f"{e.system}/{e.record_type}/{e.native_key}"
        found.append(Candidate(party_id, row.public_id, row.name, row.touched_cs, record, explanation))
    return found


_HOLDERS = f"""
select b.record_id, m.party_id, count(*) as shared
from master.blocking_key b
join master.source_record r on r.id = b.record_id and {visibility.sql("r")}
join master.membership m on m.record_id = b.record_id and m.to_cs = :open
where b.hash = any(cast(:hashes as bigint[]))
group by b.record_id, m.party_id order by shared desc, b.record_id limit :most
"""  # noqa: S608 - ours

_PARTIES = """
select p.id, p.public_id, p.touched_cs, coalesce(g.attrs ->> 'name', '') as name
from master.party p left join master.golden_version g on g.party_id = p.id and g.to_cs = :open
where p.id = any(:ids)
"""
