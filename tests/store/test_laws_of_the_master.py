"""The laws of the customer master, whatever happens to it: loads, acts, undoing, replays, erasures, in any order.

After every step the whole check finds nothing, the master knows what its source has said last, and every commit of the
step, one older one and in the end all of them are read back as they were when they were made.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connectors.base import Batch, to_table
from connectors.tryton.streams import type_of_party
from customer_master.stewardship.errors import InTheWayError, StewardshipError
from customer_master.stewardship.relating import NO_TERMS, Terms
from customer_master.store import fsck, matching
from customer_master.store.as_of import CustomerAsOf
from customer_master.store.clock import Author
from customer_master.store.decision_tables import RELATIONS
from hub.master import acts, completeness
from hub.master.context import By, Done, Master
from hub.master.electing import elect_again
from hub.master.erasure import erase
from hub.master.lifecycle import KeyMap, KeyMapError, renumber
from hub.pipeline.record import record
from hub.store import landing
from tests.store.conftest import NewWorkshop
from tests.store.party_list import PartyList
from tests.store.remembered import Customers, Remembered, customers_as_of, customers_now
from tests.store.workshop import Row, Workshop

NAMES = ("深圳市华强电子有限公司", "上海远大机械有限公司", "广州恒瑞机电设备有限公司", "Huaqiang Electronics Co., Ltd.")
CODES = ("", "914403001922038216", "91310000132206289R")
PHONES = ("", "0755-26988888", "021-64339000")
KEYS = st.integers(1, 9)
ROWS = st.tuples(KEYS, st.sampled_from(NAMES), st.sampled_from(CODES), st.sampled_from(PHONES))
TERMS = st.sampled_from((NO_TERMS, Terms(share=Decimal("51.5"), effective_from=date(2026, 11, 1))))
Verdict = Callable[..., Done]
VERDICTS: st.SearchStrategy[Verdict] = st.sampled_from((acts.same, acts.different)) | st.builds(
    partial, st.just(acts.relate), type_=st.sampled_from(RELATIONS), terms=TERMS
)
LI = By("li")
DEPTH = int(os.environ.get("DEEP") or 1)
"""How many times as much is tried: ``make test DEEP=4``."""


class Laws(RuleBasedStateMachine):
    """One master and everything that can happen to it."""

    def __init__(self, new_workshop: NewWorkshop) -> None:
        super().__init__()
        self.workshop: Workshop = new_workshop()
        self.master = Master(self.workshop.engine, self.workshop.documents)
        self.remembered = Remembered(self.workshop.engine)
        self.list = PartyList()
        self.compared = 0

    # what sources do

    @initialize(rows=st.lists(ROWS, min_size=3, max_size=6, unique_by=lambda row: row[0]))
    def the_first_load(self, rows: list[tuple[int, str, str, str]]) -> None:
        self.workshop.take_in(self.list.say(rows))

    @rule(rows=st.lists(ROWS, min_size=1, max_size=4, unique_by=lambda row: row[0]))
    def sources_say(self, rows: list[tuple[int, str, str, str]]) -> None:
        self.workshop.take_in(self.list.say(rows))

    @rule(data=st.data())
    def all_that_was_ever_said_comes_again(self, data: st.DataObject) -> None:
        self.settle()  # an erasure leaves what is to be valued anew to the next run
        before = self.now()
        self.workshop.take_in([s.row() for s in data.draw(st.permutations(self.list.log))])
        assert self.now() == before

    @precondition(lambda self: self.list.log)
    @rule(data=st.data(), approved=st.booleans())
    def the_whole_list_is_read(self, data: st.DataObject, *, approved: bool) -> None:
        """Who is not on it is gone; if that is most of them, somebody has to say so."""
        listed = data.draw(st.sets(st.sampled_from(sorted(self.list.newest)), min_size=1))
        missing = self.list.newest.keys() - listed - self.list.gone
        self._land_whole(self.list.read_out(listed))
        record(self.workshop.work)
        with self.workshop.engine.begin() as db:
            claim = completeness.claims(db)[0]
        assert (claim.state, claim.missing) == ("held" if len(missing) > len(listed) else "applied", len(missing))
        if claim.state == "held" and approved:
            completeness.approve(self.workshop.engine, claim.id, "lin")
        elif claim.state == "held":
            completeness.refuse(self.workshop.engine, claim.id, "lin")
        if claim.state == "applied" or approved:
            self.list.gone |= missing
        self.settle()

    @precondition(lambda self: self.list.log)
    @rule(data=st.data())
    def the_source_renumbers(self, data: st.DataObject) -> None:
        """In a chain or a circle too; nobody changes customers by it."""
        olds = data.draw(st.lists(st.sampled_from(sorted(self.list.newest)), min_size=1, max_size=3, unique=True))
        news = data.draw(st.lists(KEYS, min_size=len(olds), max_size=len(olds), unique=True))
        pairs = {old: new for old, new in zip(olds, news, strict=True) if old != new}
        if not pairs:
            return
        keys = KeyMap("keys.csv", tuple((str(a), str(b)) for a, b in pairs.items()), tuple(range(2, len(pairs) + 2)))
        before = self.now()
        in_use = (self.list.newest.keys() - pairs.keys()) | self.list.former.keys()
        try:
            renumber(self.workshop.engine, "erp", "party", keys, Author("lin", "user"))
        except KeyMapError:
            assert in_use & set(pairs.values())
            assert self.now() == before
        else:
            self.list.renumber(pairs)
            assert _but_for_keys(self.now()) == _but_for_keys(before)

    @rule()
    def everybody_is_clustered_again(self) -> None:
        self.settle()
        before = self.now()
        with self.workshop.engine.begin() as db:
            matching.enqueue_everything(db)
        self.settle()
        assert self.now() == before

    @precondition(lambda self: len(self.records()) > 2)
    @rule(data=st.data())
    def a_record_is_erased(self, data: st.DataObject) -> None:
        records = self.records()
        chosen = data.draw(st.sampled_from(sorted(records)))
        erase(self.workshop.settings, self.workshop.engine, [chosen], By("dpo", "本人要求删除"))
        self.remembered.forget({chosen})
        self.list.erase(int(records[chosen]))

    # what people do

    @precondition(lambda self: len(self.customers()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.customers()), min_size=2, max_size=3, unique=True))
        self._act(lambda: acts.merge(self.master, chosen, By("li", "同一家公司")))

    @precondition(lambda self: self.large())
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        own = self.large()
        party = data.draw(st.sampled_from(sorted(own)))
        first = data.draw(st.lists(st.sampled_from(own[party]), min_size=1, max_size=len(own[party]) - 1, unique=True))
        rest = [r for r in own[party] if r not in first]
        self._act(lambda: acts.split(self.master, party, [first, rest], By("wang")))

    @precondition(lambda self: len(self.records()) > 1)
    @rule(data=st.data(), verdict=VERDICTS)
    def judge(self, data: st.DataObject, verdict: Verdict) -> None:
        a, b = data.draw(st.lists(st.sampled_from(sorted(self.records())), min_size=2, max_size=2, unique=True))
        self._act(lambda: verdict(self.master, a, b, by=LI))

    @precondition(lambda self: self.customers())
    @rule(data=st.data(), value=st.sampled_from(("华强电子（集团）", "远大机械")),
          mode=st.sampled_from(("forever", "until_source_changes", "until_any_newer")))  # fmt: skip
    def pin(self, data: st.DataObject, value: str, mode: Any) -> None:
        party = data.draw(st.sampled_from(self.customers()))
        self._act(lambda: acts.pin(self.master, party, "name", value, LI, mode=mode))

    @rule(data=st.data())
    def undo_any_change(self, data: st.DataObject) -> None:
        self._undo(data.draw(st.integers(1, self.remembered.last)))

    @precondition(lambda self: self.movers())
    @rule(data=st.data())
    def undo_what_joined_or_parted(self, data: st.DataObject) -> None:
        self._undo(data.draw(st.sampled_from(self.movers())))

    def _undo(self, cs: int) -> None:
        """What nothing later is about comes back exactly, numbers and values included."""
        ((kind,),) = self.workshop.sql("select kind from master.change_set where cs = :cs", cs=cs)
        before, changed = self.remembered.after[cs - 1], self.remembered.changed_by(cs)
        is_last_word = kind in ("decision", "resolve") and self._is_last_word(cs)
        homes, moved = _homes(before), _homes(self.remembered.after[cs])
        done = self._act(lambda: acts.undo(self.master, cs, LI))
        if not is_last_word:
            return
        assert done or all(moved[r] == p for r, p in homes.items() if r in moved)
        if done:
            assert {r: p for r, p in _homes(self.now()).items() if homes.get(r) in changed} == {
                r: p for r, p in homes.items() if p in changed
            }
        if done and kind == "decision":
            was = [p for p in changed if p in before]
            assert [_seen(self.now()[p]) for p in was] == [_seen(before[p]) for p in was]

    def _is_last_word(self, cs: int) -> bool:
        """Tell whether nothing has happened since to the customers a commit has changed, nor waits to happen."""
        then, now = self.remembered.after[cs], self.now()
        changed = self.remembered.changed_by(cs)
        records = [r for p in changed for r in _records(then[p])]
        later = self.workshop.sql(
            "select 1 from master.decision where cs > :cs and records && cast(:records as bigint[])"
            " union all select 1 from master.resolve_queue", cs=cs, records=records,
        )  # fmt: skip
        return not later and all(now[p] == then[p] for p in changed)

    # what must hold

    @invariant()
    def the_laws_hold(self) -> None:
        assert fsck.check(self.workshop.engine, deep=True) == []
        assert elect_again(self.workshop.engine) == []
        with self.workshop.engine.connect() as db:
            assert customers_now(db) == self.now()  # nothing has changed without a commit
        self._knows_what_was_said_last()
        commits = range(self.compared + 1, self.remembered.last + 1)
        self._reads_back([random.randint(1, self.remembered.last), *commits])
        self.compared = self.remembered.last

    def teardown(self) -> None:
        self._reads_back(range(1, self.remembered.last + 1))
        self.workshop.engine.dispose()

    def _knows_what_was_said_last(self) -> None:
        members = [m for c in self.now().values() for m in c.members]
        said = {m.name: m.payload["names"][0]["text"] for m in members if m.payload}
        assert said == {f"erp/party/{key}": s.name for key, s in self.list.newest.items()}
        assert {m.name for m in members if m.taken_back} == {f"erp/party/{key}" for key in self.list.gone}

    def _reads_back(self, commits: Collection[int]) -> None:
        with self.workshop.engine.connect() as db:
            for cs in commits:
                assert customers_as_of(db, cs, self.now()) == self.remembered.after[cs], f"commit {cs}"

    # what is asked

    def now(self) -> Customers:
        return self.remembered.after[self.remembered.last]

    def customers(self) -> list[int]:
        return sorted(p for p, c in self.now().items() if c.members)

    def large(self) -> dict[int, list[int]]:
        return {p: _records(c) for p, c in self.now().items() if len(c.members) > 1}

    def movers(self) -> list[int]:
        """List the commits that have given records to other customers, the newest first."""
        homes = {cs: _homes(customers) for cs, customers in self.remembered.after.items()}
        return [
            cs for cs in range(self.remembered.last, 0, -1)
            if any(homes[cs].get(r, p) != p for r, p in homes[cs - 1].items())
        ]  # fmt: skip

    def records(self) -> dict[int, str]:
        """Map the records of customers to their keys."""
        return {m.record_id: m.name.rsplit("/", 1)[1] for c in self.now().values() for m in c.members}

    def settle(self) -> None:
        self.workshop.take_in([])

    def _land_whole(self, rows: list[Row]) -> None:
        table = to_table([raw for _, _, raw in rows], type_of_party)
        batch = Batch("party", table, {"rows": len(rows)}, begins_complete=True, ends_complete=True)
        work = self.workshop.work
        with self.workshop.engine.begin() as db:
            landing.land(db, work.landing, run_id=work.run_id, system="erp", batch=batch)

    def _act(self, act: Any) -> Done | None:
        """Let a steward act; what is refused changes nothing, and a refusal names what is in the way."""
        last = self.remembered.last
        refused: StewardshipError | None = None
        try:
            done: Done = act()
        except StewardshipError as error:
            refused = error
        else:
            return done
        assert self.remembered.last == last
        assert refused.what
        assert refused.remedy
        if isinstance(refused, InTheWayError):
            assert refused.decisions or "change" in refused.what
        return None


def _records(c: CustomerAsOf) -> list[int]:
    return [m.record_id for m in c.members]


def _homes(customers: Customers) -> dict[int, int]:
    return {r: p for p, c in customers.items() for r in _records(c)}


def _seen(c: CustomerAsOf) -> CustomerAsOf:
    """Leave out when values and members became so."""
    return replace(c, golden_cs=None, members=[replace(m, joined_by="") for m in c.members])


def _but_for_keys(customers: Customers) -> Customers:
    return {p: replace(c, members=[replace(m, name="") for m in c.members]) for p, c in customers.items()}


@pytest.mark.slow
def test_the_laws_hold_whatever_happens(new_workshop: NewWorkshop) -> None:
    run_state_machine_as_test(
        lambda: Laws(new_workshop),
        settings=settings(
            max_examples=16 * DEPTH,
            stateful_step_count=16,
            deadline=None,
            phases=[Phase.generate],  # a step takes a second: shrinking would take hours
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
