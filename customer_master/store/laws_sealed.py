"""The law of the audit chain that reads everything: the rows of every change set give its digest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from customer_master.store import audit
from customer_master.store.laws import RESTORE, Damage, stream

_BATCH = 5000


def digests(db: Connection) -> Iterator[Damage]:
    """Find change sets whose rows are not the ones they were sealed with.

    Change sets without a salt are left out: rows of theirs were erased, or they are older than the chain.
    """
    rows = stream(db, _SEALED, _BATCH)
    for cs, group in groupby(rows, key=lambda row: row.cs):
        sealed: list[audit.Row] = []
        header: list[Any] = []
        for row in group:
            if row.sealed[0] == "":
                header = row.sealed
            else:
                sealed.append(tuple(row.sealed))
        if header and header[2] and audit.digest(sealed, header[2]) != header[1]:
            yield Damage("digest", f"commit {cs}", "its rows are not the ones it was sealed with", RESTORE)


# the header of a change set has the empty letter
_SEALED = """
select cs, jsonb_build_array('', digest, salt) as sealed from master.change_set
union all
select from_cs, jsonb_build_array('v', record_id, payload_hash, evidence_hash) from master.source_record_version
union all
select from_cs, jsonb_build_array('m', record_id, party_id, kind) from master.membership
union all
select to_cs, jsonb_build_array('l', record_id) from master.membership m where to_cs <> :open
  and not exists (select 1 from master.membership n where n.record_id = m.record_id and n.from_cs = m.to_cs)
union all
select from_cs, jsonb_build_array('s', party_id, status) from master.party_state
union all
select from_cs, jsonb_build_array('h', party_id, successor_id) from master.party_successor
union all
select from_cs, jsonb_build_array('g', party_id, attrs_hash) from master.golden_version
union all
select cs, jsonb_build_array('e', ord, type, party_id) from master.event
union all
select cs, jsonb_build_array('d', id, verdict, array(select unnest(records) order by 1), actor) from master.decision
union all
select from_cs, jsonb_build_array('c', decision_id, lo, hi, polarity) from master.pair_constraint
union all
select from_cs, jsonb_build_array('r', from_record_id, to_record_id, type) from master.record_relation
union all
select from_cs, jsonb_build_array('p', id, anchor_record_id, attribute) from master.pin
union all
select from_cs, jsonb_build_array('t', record_id) from master.tombstone
union all
select from_cs, jsonb_build_array('k', record_id, old_key) from master.key_alias
union all
select cs, jsonb_build_array('x', array(select unnest(records) order by 1)) from master.erasure
order by cs
"""
