"""The laws of the customer master, whatever happens to it: loads, acts, undoing, replays, erasures, in any order.

After every step the whole check finds nothing; an undo of the latest change gives back the very customers and numbers;
in the end every past commit is there as it was.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from customer_master.stewardship.errors import InTheWayError, StewardshipError
from customer_master.store import fsck
from customer_master.store.as_of import customer_as_of
from customer_master.store.decision_tables import RELATIONS
from customer_master.store.visibility import EVERYTHING
from hub.master import acts
from hub.master.context import By, Master
from hub.master.electing import elect_again
from hub.master.erasure import erase
from tests.store.conftest import NewWorkshop
from tests.store.workshop import Row, Workshop, erp_row

NAMES = ("深圳市华强电子有限公司", "上海远大机械有限公司", "广州恒瑞机电设备有限公司", "Huaqiang Electronics Co., Ltd.")
CODES = ("", "914403001922038216", "91310000132206289R")
PHONES = ("", "0755-26988888", "021-64339000")
KEYS = st.integers(1, 7)
DEEP = bool(os.environ.get("DEEP"))


@dataclass(frozen=True)
class State:
    """The master at one commit, as far as people see it."""

    members: dict[int, int]
    states: dict[int, str]
    golden: dict[int, dict[str, Any]]
    numbers: dict[int, frozenset[int]]


class Laws(RuleBasedStateMachine):
    """One master and everything that can happen to it."""

    def __init__(self, new_workshop: NewWorkshop) -> None:
        super().__init__()
        self.workshop: Workshop = new_workshop()
        self.master = Master(self.workshop.engine, self.workshop.documents)
        self.said: dict[int, Row] = {}
        self.day = 0
        self.past: dict[int, State] = {}
        self.erased: set[int] = set()

    # what happens

    @rule(rows=st.lists(st.tuples(KEYS, st.sampled_from(NAMES), st.sampled_from(CODES), st.sampled_from(PHONES)),
                        min_size=1, max_size=4, unique_by=lambda row: row[0]))  # fmt: skip
    def sources_say(self, rows: list[tuple[int, str, str, str]]) -> None:
        self.day += 1
        new = [self._row(*row) for row in rows]
        self.said |= {row[0]: made for row, made in zip(rows, new, strict=True)}
        self.workshop.take_in(new)

    @rule()
    def everything_is_delivered_again(self) -> None:
        self.settle()
        before = self.state()
        self.workshop.take_in(reversed(list(self.said.values())))
        assert self.state() == before

    @precondition(lambda self: len(self.customers()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.customers()), min_size=2, max_size=3, unique=True))
        self._act(lambda: acts.merge(self.master, chosen, By("li", "同一家公司")))

    @precondition(lambda self: any(len(own) > 1 for own in self.state().numbers.values()))
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        large = {p: sorted(own) for p, own in self.state().numbers.items() if len(own) > 1}
        party = data.draw(st.sampled_from(sorted(large)))
        first = data.draw(
            st.lists(st.sampled_from(large[party]), min_size=1, max_size=len(large[party]) - 1, unique=True)
        )
        rest = [r for r in large[party] if r not in first]
        self._act(lambda: acts.split(self.master, party, [first, rest], By("wang")))

    @precondition(lambda self: len(self.state().members) > 1)
    @rule(data=st.data(), type_=st.sampled_from(RELATIONS))
    def relate(self, data: st.DataObject, type_: str) -> None:
        a, b = data.draw(st.lists(st.sampled_from(sorted(self.state().members)), min_size=2, max_size=2, unique=True))
        self._act(lambda: acts.relate(self.master, a, b, type_, By("li")))

    @precondition(lambda self: len(self.state().members) > 1)
    @rule(data=st.data(), verdict=st.sampled_from([acts.same, acts.different]))
    def judge(self, data: st.DataObject, verdict: Any) -> None:
        a, b = data.draw(st.lists(st.sampled_from(sorted(self.state().members)), min_size=2, max_size=2, unique=True))
        self._act(lambda: verdict(self.master, a, b, By("li")))

    @precondition(lambda self: self.customers())
    @rule(data=st.data(), value=st.sampled_from(("华强电子（集团）", "远大机械")),
          mode=st.sampled_from(("forever", "until_source_changes", "until_any_newer")))  # fmt: skip
    def pin(self, data: st.DataObject, value: str, mode: Any) -> None:
        party = data.draw(st.sampled_from(self.customers()))
        self._act(lambda: acts.pin(self.master, party, "name", value, By("li"), mode=mode))

    @precondition(lambda self: self.last_commit() > 0)
    @rule(data=st.data())
    def undo_any_change(self, data: st.DataObject) -> None:
        cs = data.draw(st.integers(1, self.last_commit()))
        self._act(lambda: acts.undo(self.master, cs, By("li")))

    @precondition(lambda self: self.state().members)
    @rule(data=st.data())
    def act_and_take_it_back(self, data: st.DataObject) -> None:
        """Whatever was decided last is undone exactly, numbers and values included."""
        self.settle()  # an erasure leaves what is to be valued anew to the next run
        before = self.state()
        chosen = data.draw(st.lists(st.sampled_from(self.customers()), min_size=1, max_size=3, unique=True))
        act = (
            (lambda: acts.merge(self.master, chosen, By("li")))
            if len(chosen) > 1
            else (lambda: acts.pin(self.master, chosen[0], "name", "另一个名称", By("li")))
        )
        done = self._act(act)
        if done is not None:
            acts.undo(self.master, done.cs, By("li"))
            assert self.state() == before

    @precondition(lambda self: self.last_move() is not None)
    @rule()
    def take_back_what_the_last_run_did(self) -> None:
        cs = self.last_move()
        assert cs is not None
        self.settle()
        before = self.past.get(cs - 1)
        done = self._act(lambda: acts.undo(self.master, cs, By("li")))
        if done is not None and before is not None and not self.erased:
            now = self.state()
            kept = {r: p for r, p in now.members.items() if r in before.members}
            assert kept == before.members

    @precondition(lambda self: len(self.state().members) > 2)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        record = data.draw(st.sampled_from(sorted(self.state().members)))
        ((key,),) = self.workshop.sql("select native_key from master.source_record where id = :id", id=record)
        erase(self.workshop.settings, self.workshop.engine, [record], By("dpo", "本人要求删除"))
        self.said.pop(int(key), None)
        self.erased.add(record)

    # what must hold

    @invariant()
    def the_check_finds_nothing(self) -> None:
        assert fsck.check(self.workshop.engine, deep=True) == []
        assert elect_again(self.workshop.engine) == []
        self.past.setdefault(self.last_commit(), self.state())

    def teardown(self) -> None:
        for cs, then in self.past.items():
            self._compare(then, self.state(cs))
        self.workshop.engine.dispose()

    def _compare(self, then: State, found: State) -> None:
        touched = {then.members[r] for r in self.erased if r in then.members}
        assert {r: p for r, p in found.members.items() if r not in self.erased} == {
            r: p for r, p in then.members.items() if r not in self.erased
        }
        assert found.states == then.states
        assert {p: g for p, g in found.golden.items() if p not in touched} == {
            p: g for p, g in then.golden.items() if p not in touched
        }

    # what is asked

    def state(self, cs: int | None = None) -> State:
        """Give the master of now by its open rows, or that of a commit by its intervals."""
        holds = "to_cs = :open" if cs is None else "from_cs <= :cs and to_cs > :cs"
        asked = {} if cs is None else {"cs": cs}
        members, states, golden = (
            dict(map(tuple, self._sql(f"select {columns} where {holds}", asked)))
            for columns in (
                "record_id, party_id from master.membership",
                "party_id, status from master.party_state",
                "party_id, attrs from master.golden_version",
            )
        )
        if cs is not None:
            with self.workshop.engine.begin() as db:
                for party, attrs in golden.items():
                    assert customer_as_of(db, party, cs, EVERYTHING).attrs == attrs
        numbers = {p: frozenset(r for r, own in members.items() if own == p) for p in set(members.values())}
        return State(members, states, golden, numbers)

    def customers(self) -> list[int]:
        return sorted(self.state().numbers)

    def last_commit(self) -> int:
        return int(self._sql("select last_cs from master.clock", {})[0][0])

    def last_move(self) -> int | None:
        """Give the run's commit that moved records last, if nothing was decided since."""
        found = self._sql(
            "select c.cs from master.change_set c where c.cs = (select max(from_cs) from master.membership)"
            " and c.kind = 'resolve'", {},
        )  # fmt: skip
        return int(found[0][0]) if found else None

    def settle(self) -> None:
        self.workshop.take_in([])

    def _sql(self, sql: str, asked: dict[str, Any]) -> Any:
        return self.workshop.sql(sql, **asked)

    def _row(self, key: int, name: str, code: str, phone: str) -> Row:
        return erp_row(
            key,
            f"2026-11-{1 + self.day // 24:02d}T{self.day % 24:02d}:00:00Z",
            name=name,
            contact_mechanisms=[{"type": "phone", "value": phone}] if phone else [],
            identifiers=[{"type": None, "code": code}] if code else [],
        )

    def _act(self, act: Any) -> Any:
        """Let a steward act; what is refused changes nothing, and a refusal names what is in the way."""
        before, last = self.state(), self.last_commit()
        refused: StewardshipError | None = None
        try:
            return act()
        except StewardshipError as error:
            refused = error
        assert (self.state(), self.last_commit()) == (before, last)
        assert refused.what
        assert refused.remedy
        if isinstance(refused, InTheWayError):
            assert refused.decisions or "change" in refused.what
        return None


@pytest.mark.slow
def test_the_laws_hold_whatever_happens(new_workshop: NewWorkshop) -> None:
    run_state_machine_as_test(
        lambda: Laws(new_workshop),
        settings=settings(
            max_examples=60 if DEEP else 10,
            stateful_step_count=16,
            deadline=None,
            phases=[Phase.generate],  # a step takes a second: shrinking would take hours
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
