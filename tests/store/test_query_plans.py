"""No statement of the daily work reads a whole table, however the server plans it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from customer_master.store import matching, parties, recording
from customer_master.store.clock import Author, last_commit
from customer_master.store.matching import Pair
from customer_master.store.parties import ChangeSet, GoldenRow
from customer_master.store.recording import Incoming
from mappings.canonical import CanonicalRecord, Kind, Name, Party
from tests.store.workshop import Workshop

IDS = list(range(101, 151))
HASHES = list(range(1, 101))

_FILL = """
insert into master.source_system (code, kind, org_unit) values ('erp', 'erp', 'headquarters');
insert into master.source_record
  (system_id, record_type, native_key, org_unit, first_cs, position, correlation, binding, anchor_id)
  select 1, 'party', 'K' || n, 'headquarters', 1, 'p', case when n % 4 = 0 then 'HUB-' || n end,
    case when n % 4 = 0 then 'bound' end, case when n % 4 = 0 then n - 1 end
  from generate_series(1, 20000) n;
insert into master.source_record_version
  (record_id, from_cs, to_cs, payload, payload_hash, evidence_hash, evidence_position, position, batch_id, row_no,
   origin, mapping_hash)
  select n, v, case when v = 2 then 4611686018427387904 else 2 end, '{"model": 1, "kind": "organisation"}', 'h', 'h',
    'p', 'p', 1, n, 'o', 'm'
  from generate_series(1, 20000) n, generate_series(1, 2) v;
insert into master.party (public_id, kind, created_cs)
  select 'CM-' || n, 'organisation', 1 from generate_series(1, 20000) n;
insert into master.party_state (party_id, from_cs, to_cs, status)
  select n, 1, case when n % 2 = 0 then 2 else 4611686018427387904 end, 'active' from generate_series(1, 20000) n;
insert into master.party_state (party_id, from_cs, status) select n, 2, 'merged' from generate_series(2, 20000, 2) n;
insert into master.party_successor (party_id, successor_id, from_cs)
  select n, n - 1, 2 from generate_series(2, 20000, 2) n;
insert into master.membership (record_id, party_id, from_cs, to_cs, kind)
  select n, n, 1, case when n % 2 = 0 then 2 else 4611686018427387904 end, 'auto' from generate_series(1, 20000) n;
insert into master.membership (record_id, party_id, from_cs, kind)
  select n, n - 1, 2, 'auto' from generate_series(2, 20000, 2) n;
insert into master.golden_version (party_id, from_cs, attrs, prov, conflicts, attrs_hash, policy_hash)
  select n, 1, '{}', '{}', '[]', 'h', 'h' from generate_series(1, 20000, 2) n;
insert into master.blocking_key (hash, record_id, kind)
  select (n * k * 7919) % 30000 + 1, n, 4 from generate_series(1, 20000) n, generate_series(1, 8) k
  on conflict do nothing;
insert into master.match_pair (lo, hi, weight, band, vector, policy_hash)
  select n, n + 1, 9, 'match', '\\x00', 'h' from generate_series(1, 19999) n;
insert into master.resolve_queue (record_id, stage) select n, n % 3 from generate_series(1, 20000) n;
update master.clock set last_cs = 2;
analyze
"""


def record_some(db: Connection) -> None:
    incoming = [
        Incoming(
            CanonicalRecord("party", "party", f"K{n}", Party(Kind.ORGANISATION, names=(Name(f"华强{n}"),))),
            "q", 1, n, "o", "m",
        )
        for n in (*IDS, *range(30_000, 30_050))
    ]  # fmt: skip
    known = recording.lookup(db, 1, incoming)
    recording.record(db, recording.decide(incoming, known, {}), system_id=1, org_unit="headquarters", actor="test")


def commit_some(db: Connection) -> None:
    change = ChangeSet(
        created={-1: "organisation"},
        joined=dict.fromkeys(IDS, (-1, "auto")),
        ended={1: ("merged", (3,))},
        revived={2},
        golden={n: GoldenRow({}, {}, [], "h", "h") for n in (-1, 5, 7)},
        events=[("changed", 5, {})],
    )
    parties.commit(db, change, author=Author("test"), kind="resolve", seen_cs=last_commit(db))


STEPS: dict[str, Callable[[Connection], object]] = {
    "queued": lambda db: matching.queued(db, 1, 500),
    "advance": lambda db: matching.advance(db, IDS, 1),
    "dequeue": lambda db: matching.dequeue(db, IDS),
    "evidence": lambda db: matching.evidence(db, IDS),
    "replace_keys": lambda db: matching.replace_keys(db, {i: [(i, 4)] for i in IDS}),
    "keys_of": lambda db: matching.keys_of(db, IDS),
    "frequencies": lambda db: matching.frequencies(db, HASHES, 200),
    "enqueue_holders": lambda db: matching.enqueue_holders(db, HASHES, except_ids=IDS),
    "candidates": lambda db: matching.candidates(db, IDS, HASHES),
    "replace_pairs": lambda db: matching.replace_pairs(db, IDS, [Pair(101, 103, 9.0, "match", b"\x00")], "h"),
    "match_edges": lambda db: matching.match_edges(db, IDS),
    "pairs_within": lambda db: matching.pairs_within(db, IDS),
    "parties_of": lambda db: parties.parties_of(db, IDS),
    "members_of": lambda db: parties.members_of(db, IDS),
    "kinds_of": lambda db: parties.kinds_of(db, IDS),
    "anchors": lambda db: parties.anchors(db, IDS),
    "former_members": lambda db: parties.former_members(db, IDS),
    "golden_of": lambda db: parties.golden_of(db, IDS),
    "record": record_some,
    "commit": commit_some,
}


def rows_scanned(db: Connection) -> dict[str, int]:
    """Count, table by table, the rows that sequential scans of this session have read lately."""
    rows = db.execute(text("select relname, seq_tup_read from pg_stat_xact_user_tables where schemaname = 'master'"))
    return {row[0]: row[1] for row in rows}


def step_scans(db: Connection, step: Callable[[Connection], object]) -> dict[str, int]:
    before = rows_scanned(db)
    step(db)
    return {table: n for table, after in rows_scanned(db).items() if (n := after - before[table]) > 1000}


@pytest.mark.parametrize("planned", ["force_custom_plan", "force_generic_plan"])
def test_no_step_reads_a_whole_table(workshop: Workshop, planned: str) -> None:
    workshop.sql_do(*_FILL.split(";"))

    @event.listens_for(workshop.engine, "connect")
    def prepare_at_once(connection: Any, _: object) -> None:
        connection.prepare_threshold = 0

    workshop.engine.dispose()
    guilty = {}
    for name, step in STEPS.items():
        with workshop.engine.connect() as db:
            db.execute(text(f"set plan_cache_mode = {planned}"))
            if found := step_scans(db, step):
                guilty[name] = found
            db.rollback()
    assert guilty == {}
