"""Whoever looks at a customer, decides about one or takes the next task reads no whole table, however planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Engine, event, text

from customer_master.stewardship import asking, deadlines, decisions, pin_reminders, queue, tasks
from customer_master.stewardship.policy import Kind
from customer_master.stewardship.proposals import Proposal, propose
from customer_master.store.as_of import commit_at, customer_as_of
from customer_master.store.clock import last_commit
from customer_master.store.customer import former_numbers, timeline
from customer_master.store.history import history
from customer_master.store.numbers import resolve_number
from customer_master.store.public_id import encode
from customer_master.store.search import search
from customer_master.store.visibility import EVERYTHING, Viewer
from hub.delivery.fold import fold
from hub.master import acts
from hub.master.context import By, Master
from hub.master.draft import Draft
from hub.master.lookup import lookup
from hub.pipeline.work import Work
from hub.store import offsets
from hub.web.api import events
from hub.web.installation import Installation
from tests.store.test_query_plans import step_scans
from tests.store.workshop import Workshop

STEWARD = Viewer("li", frozenset({"headquarters"}))
BY = By("li")

LAST = 20_000
"""Commits: at every odd one a customer comes with two records, at every fourth a steward decides something."""

_FILL = """
insert into master.change_set (cs, at_us, actor_kind, actor, kind)
  select c, cast(c as bigint) * 1000000, case when c % 4 = 0 then 'user' else 'run' end, 'li',
    case when c % 4 = 0 then 'decision' else 'resolve' end from generate_series(1, 20000) c;
update master.clock set last_cs = 20000, last_at_us = 20000000000;
insert into master.source_system (code, kind, org_unit) values ('scm', 'scm', 'headquarters'), ('erp', 'erp', 'ningbo');
insert into master.source_record (system_id, record_type, native_key, org_unit, first_cs, position)
  select n % 2 + 1, 'party', 'K' || n, case when n % 2 = 0 then 'headquarters' else 'ningbo' end, n - (n + 1) % 2, 'p'
  from generate_series(1, 20000) n;
insert into master.source_record_version
  (record_id, from_cs, to_cs, payload, payload_hash, evidence_hash, evidence_position, position, batch_id, row_no,
   origin, mapping_hash)
  select r.id, r.first_cs, 4611686018427387904, jsonb_build_object('model', 1, 'kind', 'organisation', 'names',
    jsonb_build_array(jsonb_build_object('text', '深圳市华强' || r.id || '有限公司', 'type', 'registered',
      'language', 'zh'))), 'h', 'h', 'p', 'p', 1, r.id, 'o', 'm' from master.source_record r;
insert into master.contact_point (record_id, kind, value, role)
  select id, 'phone', '+86755' || (20000000 + id), '' from master.source_record;
insert into master.search_entry (record_id, tokens)
  select id, array['k:k' || id, 'n:华' || chr(19968 + cast(id % 5000 as int))] from master.source_record;
insert into master.blocking_key (hash, record_id, kind)
  select id * k, id, 4 from master.source_record, generate_series(1, 4) k on conflict do nothing;
insert into master.match_pair (lo, hi, weight, band, vector, policy_hash)
  select n, n + 1, 9, case when n % 2 = 1 then 'match' else 'review' end, '\\x00', 'h' from generate_series(1, 19999) n;
insert into master.party (public_id, kind, created_cs, touched_cs)
  select 'CM-' || n, 'organisation', 2 * n - 1, 2 * n - 1 from generate_series(1, 10000) n;
insert into master.party_state (party_id, from_cs, status) select id, created_cs, 'active' from master.party;
insert into master.party_successor (party_id, successor_id, from_cs, to_cs)
  select id, id - 1, created_cs, created_cs + 1 from master.party where id > 1;
insert into master.membership (record_id, party_id, from_cs, kind)
  select id, (id + 1) / 2, first_cs, 'auto' from master.source_record;
insert into master.golden_version (party_id, from_cs, attrs, prov, conflicts, attrs_hash, policy_hash)
  select id, created_cs, jsonb_build_object('kind', 'organisation', 'name', '华强' || id, 'roles', '[]'::jsonb),
    jsonb_build_object('name', jsonb_build_object('v', id * 2, 'r', 'name.only', 'n', 1, 'why', 'only')), '[]', 'h', 'h'
  from master.party;
insert into master.event (cs, ord, type, party_id, payload)
  select created_cs, id % 5, 'created', id, '{}' from master.party;
insert into master.decision (cs, verdict, records, actor, at_us)
  select cs, 'different', array[cs - 1, cs + 1], 'li', at_us from master.change_set
  where kind = 'decision' and cs < 20000;
insert into master.pair_constraint (decision_id, lo, hi, polarity, from_cs)
  select id, cs - 1, cs + 1, -1, cs from master.decision;
insert into master.record_relation (decision_id, from_record_id, to_record_id, type, from_cs)
  select id, cs - 1, cs + 1, 'branch_of', cs from master.decision;
insert into master.pin (id, decision_id, anchor_record_id, attribute, value, mode, from_cs)
  select id, id, cs - 1, 'name', '"华强"', 'forever', cs from master.decision;
insert into master.tombstone (record_id, from_cs, reason, position)
  select id, first_cs, 'claim', 'p' from master.source_record where id % 10 = 0;
insert into master.key_alias (system_id, record_type, old_key, record_id, from_cs)
  select system_id, record_type, 'old ' || id, id, first_cs from master.source_record where id % 5 = 0;
insert into master.proposal (kind, fingerprint, records, created_cs, lapses)
  select 'merge', 'f' || n, array[n, n + 2], 1, true from generate_series(1, 19997) n;
insert into master.task (proposal_id, queue, org_units, state, priority, created_us, due_us, assignee, lease_until_us)
  select id, 'pairs', '{headquarters}', case when id % 50 = 0 then 'claimed' else 'open' end, id % 500, 1, 4000000000,
    case when id % 50 = 0 then 'wang' end, case when id % 50 = 0 then 4000000000 end from master.proposal;
insert into master.task_event (task_id, at_us, kind, actor) select id, 1, 'made', 'hub' from master.task;
analyze
"""


class Bound:
    """Stands for an engine whose only transaction is the test's own, so that what it reads can be counted."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        yield self.db

    def connect(self) -> Bound:
        return self

    def execution_options(self, **_: object) -> AbstractContextManager[Connection]:
        return self.begin()


def reading(workshop: Workshop) -> dict[str, Callable[[Connection], object]]:
    match = workshop.documents.match
    return {
        "customer": lambda db: customer_as_of(db, 500, last_commit(db), STEWARD),
        "former numbers": lambda db: former_numbers(db, 500),
        "timeline": lambda db: timeline(db, 500, STEWARD, limit=30),
        "customer as of": lambda db: customer_as_of(db, 500, commit_at(db, 5_000_000_000), STEWARD),
        "history": lambda db: history(db, 500, STEWARD),
        "number": lambda db: resolve_number(db, encode(500), 5000),
        "search": lambda db: search(db, "K500", EVERYTHING),
        "lookup": lambda db: lookup(db, Draft("organisation", ["深圳市华强500有限公司"]), match, STEWARD),
        "events": lambda db: events._behind(cast("Installation", Bound(db)), (19_900, 0), 100, STEWARD),
    }


def working(workshop: Workshop) -> dict[str, Callable[[Connection], object]]:
    policy = workshop.documents.stewardship
    question = Proposal(Kind.MERGE, (501, 503))
    return {
        "next task": lambda db: queue.next_task(db, policy, STEWARD),
        "list of tasks": lambda db: queue.listed(db, STEWARD, "pairs", after=(250, 10_000)),
        "my tasks": lambda db: queue.mine(db, "li"),
        "task": lambda db: (queue.load(db, STEWARD, 501), queue.log(db, 501)),
        "take": lambda db: tasks.take(db, policy, STEWARD, 501),
        "expire": lambda db: deadlines.expire_leases(db, 1),
        "escalate": lambda db: deadlines.escalate_due(db, policy, 1),
        "remind": lambda db: pin_reminders.remind_of_pins(db, policy, 1),
        "propose": lambda db: propose(db, [question], policy, cs=LAST),
        "ask": lambda db: asking.ask(db, [501, 502, 505], policy, cs=LAST),
    }


def acting(workshop: Workshop) -> dict[str, Callable[[Connection], object]]:
    def master(db: Connection) -> Master:
        return Master(cast("Engine", Bound(db)), workshop.documents)

    def there_and_back(db: Connection) -> None:
        acts.undo(master(db), acts.merge(master(db), [600, 700], BY).cs, BY)

    def pin_and_unpin(db: Connection) -> None:
        own = master(db)
        acts.pin(own, 601, "short_name", "华强", BY)
        ((number,),) = db.execute(text("select max(id) from master.pin"))
        acts.unpin(own, number, BY)

    def relate_and_end(db: Connection) -> None:
        acts.relate(master(db), 1201, 1301, "subsidiary_of", BY)
        acts.unrelate(master(db), 1201, 1301, "subsidiary_of", BY)

    def fold_some(db: Connection) -> None:
        offsets.put(db, f"delivery:{workshop.documents.subscriptions[0].subscription}", LAST - 30)
        work = Work(workshop.settings, cast("Engine", Bound(db)), workshop.documents, workshop.run_id)
        assert fold(work, workshop.documents.subscriptions[0], 2, "ningbo") > 0

    return {
        "same": lambda db: acts.same(master(db), 1201, 1301, BY),
        "different": lambda db: acts.different(master(db), 1201, 1301, BY),
        "unsure": lambda db: acts.unsure(master(db), 1201, 1301, BY),
        "split": lambda db: acts.split(master(db), 600, [[1199], [1200]], BY),
        "undo a run": lambda db: acts.undo(master(db), 1001, BY),
        "merge, undo": there_and_back,
        "pin, unpin": pin_and_unpin,
        "relate, unrelate": relate_and_end,
        "fold": fold_some,
    }


@pytest.fixture
def filled(workshop: Workshop) -> Workshop:
    """A master of 10,000 customers, whose every statement is planned anew as the server is told."""
    workshop.sql_do(*_FILL.split(";"))

    @event.listens_for(workshop.engine, "connect")
    def prepare_at_once(connection: Any, _: object) -> None:
        connection.prepare_threshold = 0

    workshop.engine.dispose()
    return workshop


def settle(db: Connection, step: Callable[[Connection], object]) -> None:
    """Do a step so often that the server has settled on how to plan its statements."""
    for _ in range(6):
        with db.begin_nested() as trial:
            step(db)
            trial.rollback()


@pytest.mark.parametrize("planned", ["force_custom_plan", "auto"])
def test_no_step_reads_a_whole_table(filled: Workshop, planned: str) -> None:
    guilty = {}
    for name, step in (reading(filled) | working(filled) | acting(filled)).items():
        with filled.engine.connect() as db:
            db.execute(text(f"set plan_cache_mode = {planned}"))
            if planned == "auto":
                settle(db, step)
            if found := step_scans(db, step):
                guilty[name] = found
            db.rollback()
    assert guilty == {}


def test_the_list_of_decisions_reads_no_whole_table(filled: Workshop) -> None:
    with filled.engine.connect() as db:
        assert step_scans(db, lambda db: decisions.recent(db, actor="li")) == {}
