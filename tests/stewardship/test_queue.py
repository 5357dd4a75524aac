"""The next task: the most urgent one that is free, each only once, and never by reading a whole table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from customer_master.stewardship.asking import ask
from customer_master.stewardship.deadlines import escalate_due, expire_leases
from customer_master.stewardship.pin_reminders import remind_of_pins
from customer_master.stewardship.policy import Kind
from customer_master.stewardship.proposals import Proposal
from customer_master.stewardship.queue import listed, load, log, mine, next_task, waiting
from customer_master.store.clock import now_us
from customer_master.store.visibility import EVERYTHING, Viewer
from tests.stewardship.desk import Desk, commit

STEWARDS = 8
MINUTE_US = 60_000_000


def take_next(desk: Desk, user: str, now: int | None = None) -> int | None:
    with desk.engine.begin() as db:
        task = next_task(db, desk.policy, Viewer(user, None), now_us=now)
    return None if task is None else task.id


def test_the_most_urgent_comes_first_whatever_its_queue(desk: Desk) -> None:
    a = desk.record()
    low, high = desk.make(Proposal(Kind.MERGE, (a,), bits=1.0), Proposal(Kind.MERGE, (a,), novelty="2", bits=9.0))
    [split] = desk.make(Proposal(Kind.SPLIT, (a,)))
    assert [take_next(desk, "li") for _ in range(4)] == [split, high, low, None]


def test_only_named_queues_are_taken_from(desk: Desk) -> None:
    a = desk.record()
    [merge] = desk.make(Proposal(Kind.MERGE, (a,)))
    desk.make(Proposal(Kind.SPLIT, (a,)))
    with desk.engine.begin() as db:
        task = next_task(db, desk.policy, EVERYTHING, ["pairs"])
        assert task is not None
        assert task.id == merge
        assert next_task(db, desk.policy, EVERYTHING, ["pairs"]) is None


def test_a_task_that_is_somebodys_is_offered_to_nobody_else(desk: Desk) -> None:
    a = desk.record()
    [task_id] = desk.make(Proposal(Kind.MERGE, (a,), assignee="li"))
    assert take_next(desk, "wang") is None
    assert take_next(desk, "li") == task_id


def test_of_two_stewards_at_once_each_gets_another_task(desk: Desk) -> None:
    desk.some_tasks(2)
    with desk.engine.begin() as first, desk.engine.begin() as second:
        mine, yours = (next_task(db, desk.policy, Viewer("li", None)) for db in (first, second))
    assert mine is not None
    assert yours is not None
    assert mine.id != yours.id


def test_many_stewards_empty_the_queues_and_no_task_is_given_twice(desk: Desk) -> None:
    numbers = {*desk.some_tasks(30), *desk.some_tasks(30, kind=Kind.OVERLAY)}
    together = Barrier(STEWARDS)

    def work(user: str) -> list[int]:
        together.wait()
        taken = []
        while (task_id := take_next(desk, user)) is not None:
            taken.append(task_id)
        return taken

    with ThreadPoolExecutor(STEWARDS) as stewards:
        taken = [task_id for own in stewards.map(work, "abcdefgh") for task_id in own]
    assert sorted(taken) == sorted(numbers)


def test_a_lease_that_has_ended_gives_the_task_to_the_next_who_asks(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    now = now_us()
    assert take_next(desk, "li", now) == task_id
    assert take_next(desk, "wang", now + 19 * MINUTE_US) is None
    assert take_next(desk, "wang", now + 21 * MINUTE_US) == task_id
    assert desk.told(task_id) == ["made", "claimed", "lease_ended", "claimed"]


def test_pages_of_a_queue_follow_each_other_without_gap(desk: Desk) -> None:
    a = desk.record()
    numbers = desk.make(*(Proposal(Kind.MERGE, (a,), novelty=str(n), bits=float(n % 3)) for n in range(10)))
    seen: list[int] = []
    after = None
    while True:
        with desk.engine.begin() as db:
            page = listed(db, EVERYTHING, "pairs", limit=3, after=after)
        if not page:
            break
        seen += [t.id for t in page]
        after = page[-1].priority, page[-1].id
    assert sorted(seen) == sorted(numbers)
    assert [desk.task(n).priority for n in seen] == sorted((n % 3 for n in range(10)), reverse=True)


def test_what_waits_is_counted_by_queue(desk: Desk) -> None:
    desk.some_tasks(3)
    later = now_us() + desk.policy.queues["pairs"].due_minutes * MINUTE_US + MINUTE_US
    with desk.engine.begin() as db:
        counted = {w.queue: (w.waiting, w.overdue) for w in waiting(db, desk.policy, EVERYTHING, now_us=later)}
    assert counted == {
        "pairs": (3, 3),
        **dict.fromkeys(("customers", "values", "second", "lead", "management"), (0, 0)),
    }


_FILL = """
insert into master.source_system (code, kind, org_unit) values ('erp', 'erp', 'headquarters');
insert into master.source_record (system_id, record_type, native_key, org_unit, first_cs, position)
  select 1, 'party', 'K' || n, 'headquarters', 1, 'p' from generate_series(1, 20000) n;
insert into master.source_record_version (record_id, from_cs, payload, payload_hash, evidence_hash, evidence_position,
    position, batch_id, row_no, origin, mapping_hash)
  select n, 1, '{}', 'h', 'h', 'p', 'p', 1, n, 'o', 'm' from generate_series(1, 20000) n;
insert into master.party (public_id, kind, created_cs)
  select 'CM-' || n, 'organisation', 1 from generate_series(1, 20000) n;
insert into master.membership (record_id, party_id, from_cs, kind)
  select n, n, 1, 'auto' from generate_series(1, 20000) n;
insert into master.golden_version (party_id, from_cs, attrs, prov, conflicts, attrs_hash, policy_hash)
  select n, 1, '{}', '{}', '[]', 'h', 'h' from generate_series(1, 20000) n;
insert into master.match_pair (lo, hi, weight, band, vector, policy_hash)
  select n, n + 1, 3, 'review', '\\x00', 'h' from generate_series(1, 19999) n;
insert into master.change_set (cs, at_us, actor_kind, actor, kind)
  select n, n, 'user', 'li', 'decision' from generate_series(1, 20000) n;
insert into master.decision (cs, verdict, records, actor, at_us)
  select n, 'different', array[n, n + 7], 'li', n from generate_series(1, 19993) n;
insert into master.pair_constraint (decision_id, lo, hi, polarity, from_cs)
  select n, n, n + 7, -1, n from generate_series(1, 19993) n;
insert into master.pin (id, decision_id, anchor_record_id, attribute, value, mode, expires_us, from_cs)
  select n, n, n, 'phone', '1', 'until_date', n * 1000000::bigint, 1 from generate_series(1, 19993) n;
insert into master.proposal (kind, fingerprint, records, created_cs, lapses)
  select 'merge', 'f' || n, array[n, n + 1], 1, true from generate_series(1, 20000) n;
insert into master.task (proposal_id, queue, org_units, priority, created_us, due_us, state, assignee, lease_until_us)
  select n, (array['pairs','customers','values','second','lead'])[n % 5 + 1], '{headquarters}', n % 50, 1,
    1000000 + n, case when n % 7 = 0 then 'claimed' when n % 3 = 0 then 'done' else 'open' end,
    case when n % 7 = 0 then 'wang' end, case when n % 7 = 0 then 9000000 + n end
  from generate_series(1, 20000) n;
insert into master.task_event (task_id, at_us, kind, actor) select n, 1, 'made', 'hub' from generate_series(1, 20000) n;
update master.clock set last_cs = 20000;
analyze
"""
"""Statement by statement."""


def rows_scanned(db: Connection) -> dict[str, int]:
    rows = db.execute(text("select relname, seq_tup_read from pg_stat_xact_user_tables where schemaname = 'master'"))
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("planned", ["force_custom_plan", "force_generic_plan"])
def test_no_step_reads_a_whole_table(desk: Desk, planned: str) -> None:
    for statement in _FILL.split(";"):
        desk.do(statement)
    narrow = Viewer("li", frozenset({"headquarters"}))
    steps = {
        "next_task": lambda db: next_task(db, desk.policy, narrow, now_us=8_000_000),
        "next_of_one_queue": lambda db: next_task(db, desk.policy, EVERYTHING, ["pairs"], now_us=8_000_000),
        "load": lambda db: load(db, narrow, 77),
        "listed": lambda db: listed(db, narrow, "pairs", after=(20, 100)),
        "mine": lambda db: mine(db, "li"),
        "log": lambda db: log(db, 77),
        "expire_leases": lambda db: expire_leases(db, 9_000_100),
        "escalate_due": lambda db: escalate_due(db, desk.policy, 1_000_100),
        "remind_of_pins": lambda db: remind_of_pins(
            db, desk.policy, 20_000_000 - desk.policy.pin_reminder_minutes * MINUTE_US
        ),
        "ask": lambda db: ask(db, range(100, 150), desk.policy, cs=commit(db)),
    }
    guilty = {}
    for name, step in steps.items():
        with desk.engine.connect() as db:
            db.connection.driver_connection.prepare_threshold = 0  # type: ignore[union-attr]
            db.execute(text(f"set plan_cache_mode = {planned}"))
            before = rows_scanned(db)
            step(db)
            guilty[name] = {t: n for t, after in rows_scanned(db).items() if (n := after - before.get(t, 0)) > 1000}
            db.rollback()
    assert {name: tables for name, tables in guilty.items() if tables} == {}
