"""Whose interaction is it? Asked anew at every reading, so that it follows a merge, a split or a new telephone.

An interaction mentions contact points, parties have them. A point that one party has speaks for it fully, one that
several share speaks for each of them by its share; the domain of a company's mail speaks with half a voice. The
interaction is a party's if that party has more than half of all that was said. Where the parties that share a point
are one organisation and its persons or sites, the organisation has it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from customer_master.store.tables import OPEN

DOMAIN_VOICE = 0.5
MAJORITY = 0.5
_MOST_SHARED = 20  # parties; a point that more have says nothing


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose an interaction or a case is.

    Args:
        record_id: the interaction.
        party_id: the party it is attributed to, ``None`` if there is none.
        confidence: share of what was said that speaks for the party, 0 to 1; 0 without a party.
        candidates: parties that something speaks for, the loudest first.
    """

    record_id: int
    party_id: int | None
    confidence: float
    candidates: tuple[int, ...]


def attribute(db: Connection, record_ids: Collection[int]) -> dict[int, Attribution]:
    """Attribute interactions and cases to parties by the contact points they mention.

    Args:
        db: connection.
        record_ids: source records that mention contact points.
    """
    voices: dict[int, dict[int, float]] = {record: {} for record in record_ids}
    rows = db.execute(
        text(_VOICES),
        {"ids": list(record_ids), "open": OPEN, "domain_voice": DOMAIN_VOICE, "most": _MOST_SHARED},
    )
    for row in rows:
        voices[row.record_id][row.party_id] = float(row.voice)
    return {record: _attribution(record, own) for record, own in voices.items()}


def _attribution(record_id: int, voices: dict[int, float]) -> Attribution:
    ordered = sorted(voices, key=lambda party: (-voices[party], party))
    if not ordered:
        return Attribution(record_id, None, 0.0, ())
    first = ordered[0]
    weight = min(1.0, voices[first])  # a domain alone never makes certain
    share = voices[first] / max(sum(voices.values()), 1e-9)
    if share <= MAJORITY:
        return Attribution(record_id, None, 0.0, tuple(ordered))
    return Attribution(record_id, first, round(share * min(weight, 1.0), 2), tuple(ordered))


def mentioning(db: Connection, party_id: int) -> list[int]:
    """List the interactions and cases that mention a contact point of a party."""
    sql = (
        "select distinct mention.record_id from master.membership m"
        " join master.contact_point own on own.record_id = m.record_id and own.role = ''"
        " join master.contact_point mention on mention.kind = own.kind and mention.value = own.value"
        "  and mention.role <> '' where m.party_id = :party and m.to_cs = :open"
    )
    return list(db.execute(text(sql), {"party": party_id, "open": OPEN}).scalars())


# what of a mail's address is only its domain is counted where nobody has the address itself
_VOICES = """
with mentioned as (
  select distinct record_id, kind, value from master.contact_point where record_id = any(:ids) and role <> ''
), holders as (
  select distinct t.kind, t.value, m.party_id, p.kind as party_kind
  from (select distinct kind, value from mentioned) t
  join master.contact_point own on own.kind = t.kind and own.value = t.value and own.role = ''
  join master.membership m on m.record_id = own.record_id and m.to_cs = :open
  join master.party p on p.id = m.party_id
), weighed as (
  select *, count(*) filter (where party_kind = 'organisation') over (partition by kind, value) as organisations
  from holders
), counted as (
  select kind, value, party_id, count(*) over (partition by kind, value) as n from weighed
  where party_kind = 'organisation' or organisations <> 1
)
select t.record_id, c.party_id,
  sum(case when c.kind = 'domain' then cast(:domain_voice as float8) else 1.0 end / c.n) as voice
from mentioned t join counted c on c.kind = t.kind and c.value = t.value
where c.n <= :most and not (c.kind = 'domain' and exists (
  select 1 from mentioned e join counted k on k.kind = e.kind and k.value = e.value
  where e.record_id = t.record_id and e.kind = 'email' and split_part(e.value, '@', 2) = t.value))
group by t.record_id, c.party_id
"""
