"""What is at stake with customers: their open orders, and how many records they have."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, text

from customer_master.stewardship.policy import Risk
from customer_master.store.tables import OPEN


def values_at_risk(db: Connection, risk: Risk, groups: Sequence[Collection[int]]) -> list[int]:
    """Give the value at risk with the customers of each group of records, whole units of the house currency.

    Args:
        db: connection.
        risk: what counts how much.
        groups: source records; the customers they belong to now count with all their records and orders.
    """
    if not groups:
        return []
    pairs = [(n, record) for n, group in enumerate(groups) for record in group]
    rows = db.execute(
        text(_VALUES),
        {
            "groups": [n for n, _ in pairs],
            "records": [record for _, record in pairs],
            "currencies": list(risk.currencies),
            "rates": list(risk.currencies.values()),
            "closed": list(risk.closed_orders),
            "per_record": risk.per_record,
        },
    )
    values = {row.n: int(row.value) for row in rows}
    return [values.get(n, 0) for n in range(len(groups))]


# what is read inside payloads here is the same in every model: mappings.canonical.reading.SEEN_BY_SQL
_VALUES = f"""
with members as materialized (
  select asked.n, m.record_id from (
    select distinct a.n, own.party_id from unnest(cast(:groups as int[]), cast(:records as bigint[])) as a(n, record_id)
    join master.membership own on own.record_id = a.record_id and own.to_cs = {OPEN}) asked
  join master.membership m on m.party_id = asked.party_id and m.to_cs = {OPEN}
), orders as (
  select distinct m.n, o.id from members m
  join master.record_reference ref on ref.to_record_id = m.record_id
  join master.source_record o on o.id = ref.record_id and o.entity = 'order'
), owed as (
  select o.n, sum(cast(v.payload ->> 'total' as numeric) * rate.factor) as value from orders o
  join master.source_record_version v on v.record_id = o.id and v.to_cs = {OPEN}
  join unnest(cast(:currencies as text[]), cast(:rates as numeric[])) as rate(currency, factor)
    on rate.currency = v.payload ->> 'currency'
  where coalesce(v.payload ->> 'state', '') <> all(cast(:closed as text[]))
  group by o.n
)
select m.n, count(*) * :per_record + coalesce(max(owed.value), 0) as value
from members m left join owed on owed.n = m.n group by m.n
"""  # noqa: S608 - ours
