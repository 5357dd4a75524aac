"""Random edits of a handful of records through the real resolution: the laws of parties hold after every commit.

I1: a record that says something belongs to exactly one party, an interval never overlaps another.
I2: a party is active exactly when it has records, and every number ever issued resolves to living parties.
I5: golden values come from the party's own records. I6: the past can be read back from the intervals, commit by commit.
"""

# ruff: noqa: S608 - tables and columns are named here, not by anybody else
from __future__ import annotations

from typing import Any, ClassVar

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from customer_master.store import recording
from customer_master.store.public_id import decode
from customer_master.store.recording import Incoming
from hub.pipeline.resolve import resolve
from mappings.canonical import Address, CanonicalRecord, Identifier, Kind, Name, Party, Phone
from tests.store.workshop import Workshop

NAMES = ["深圳市华强电子有限公司", "华强电子", "深圳市华强电子有限公司龙岗分公司", "上海远大机械有限公司", "王小明"]
CODES = ["914403001922038216", "91310115434272812K", "914403055812182182"]
PHONES = ["+8675526988888", "+862158881234", "+8613912345678"]
ADDRESSES = ["深圳市南山区科技路1号", "上海市浦东新区世纪大道88号"]

_TABLES = {
    "membership": "record_id, party_id, kind",
    "party_state": "party_id, status",
    "party_successor": "party_id, successor_id",
    "golden_version": "party_id, attrs_hash, prov::text, conflicts::text",
    "source_record_version": "record_id, payload_hash, evidence_hash, evidence_position",
}

parties = st.builds(
    lambda kind, name, code, phones, address: Party(
        kind,
        names=(Name(name, language="zh"),) if name else (),
        identifiers=(Identifier("cn_uscc", code),) if code else (),
        phones=tuple(Phone(p, kind="landline") for p in phones),
        addresses=(Address(address),) if address else (),
    ),
    st.sampled_from([Kind.ORGANISATION] * 4 + [Kind.PERSON]),
    st.sampled_from(["", *NAMES]),
    st.sampled_from(["", "", *CODES]),
    st.lists(st.sampled_from(PHONES), max_size=2, unique=True),
    st.sampled_from(["", *ADDRESSES]),
)


def state_at(workshop: Workshop, where: str, **parameters: Any) -> dict[str, list[Any]]:
    return {
        table: sorted(
            tuple(row) for row in workshop.sql(f"select {columns} from master.{table} where {where}", **parameters)
        )
        for table, columns in _TABLES.items()
    }


class Edits(RuleBasedStateMachine):
    workshop: ClassVar[Workshop]

    @initialize()
    def begin(self) -> None:
        self.workshop.sql_do(
            "truncate master.source_record, master.party, master.change_set, master.blocking_key, master.match_pair,"
            " master.consumer_offset restart identity cascade",
            "update master.clock set last_cs = 0",
        )
        with self.workshop.engine.begin() as db:
            self.system_id = recording.ensure_system(db, code="erp", kind="erp", org_unit="headquarters")
        self.past: dict[int, dict[str, list[Any]]] = {}
        self.edits = 0

    @rule(changes=st.dictionaries(st.integers(1, 7), parties, min_size=1, max_size=4))
    def edit(self, changes: dict[int, Party]) -> None:
        self.edits += 1
        incoming = [
            Incoming(
                CanonicalRecord("party", "party", f"K{number}", party),
                f"2026-11-{self.edits:03d}", batch_id=1, row_no=number, origin=f"party,{number}", mapping_hash="m",
            )
            for number, party in changes.items()
        ]  # fmt: skip
        with self.workshop.engine.begin() as db:
            known = recording.lookup(db, self.system_id, incoming)
            decision = recording.decide(incoming, known, {})
            recording.record(db, decision, system_id=self.system_id, org_unit="headquarters", actor="test")
        self.note()
        resolve(self.workshop.work)
        self.note()

    def note(self) -> None:
        ((cs,),) = self.workshop.sql("select last_cs from master.clock")
        self.past[cs] = state_at(self.workshop, "to_cs = :open")

    @invariant()
    def every_commit_was_noted(self) -> None:
        ((last,),) = self.workshop.sql("select last_cs from master.clock")
        assert sorted(self.past) == list(range(1, last + 1)) if self.past else last == 0

    @invariant()
    def every_record_has_exactly_one_party(self) -> None:
        wrong = self.workshop.sql(
            "select r.id, count(m.id) from master.source_record r"
            " left join master.membership m on m.record_id = r.id and m.to_cs = :open"
            " group by r.id having count(m.id) <> 1"
        )
        assert wrong == []

    @invariant()
    def intervals_do_not_overlap(self) -> None:
        for table, key in {
            "membership": "record_id",
            "party_state": "party_id",
            "golden_version": "party_id",
            "source_record_version": "record_id",
        }.items():
            wrong = self.workshop.sql(
                f"select {key} from (select {key}, from_cs, to_cs,"
                f" lag(to_cs) over (partition by {key} order by from_cs) as before from master.{table}) x"
                f" where from_cs >= to_cs or before > from_cs"
            )
            assert wrong == [], table

    @invariant()
    def a_party_is_active_exactly_when_it_has_records(self) -> None:
        wrong = self.workshop.sql(
            "select p.id, p.kind, s.status, count(m.id) from master.party p"
            " join master.party_state s on s.party_id = p.id and s.to_cs = :open"
            " left join master.membership m on m.party_id = p.id and m.to_cs = :open"
            " group by p.id, s.status having (s.status = 'active') <> (count(m.id) > 0)"
        )
        assert wrong == []

    @invariant()
    def every_active_party_and_no_other_has_a_golden_version(self) -> None:
        wrong = self.workshop.sql(
            "select s.party_id, s.status, g.id from master.party_state s"
            " left join master.golden_version g on g.party_id = s.party_id and g.to_cs = :open"
            " where s.to_cs = :open and (s.status = 'active') <> (g.id is not null)"
        )
        assert wrong == []

    @invariant()
    def golden_values_come_from_the_partys_own_records(self) -> None:
        wrong = self.workshop.sql(
            "select g.party_id, e.key from master.golden_version g, jsonb_each(g.prov) e where g.to_cs = :open"
            " and not exists (select 1 from master.source_record_version v join master.membership m"
            "  on m.record_id = v.record_id and m.to_cs = :open and m.party_id = g.party_id"
            "  where v.id = (e.value ->> 'v')::bigint and v.to_cs = :open)"
        )
        assert wrong == []

    @invariant()
    def organisations_and_persons_never_share_a_party(self) -> None:
        wrong = self.workshop.sql(
            "select p.id from master.party p join master.membership m on m.party_id = p.id and m.to_cs = :open"
            " join master.source_record_version v on v.record_id = m.record_id and v.to_cs = :open"
            " where v.payload ->> 'kind' <> p.kind"
        )
        assert wrong == []

    @invariant()
    def every_number_ever_issued_resolves_to_living_parties(self) -> None:
        after: dict[int, list[int]] = {}
        for party, successor in self.workshop.sql(
            "select party_id, successor_id from master.party_successor where to_cs = :open"
        ):
            after.setdefault(party, []).append(successor)
        alive = {
            p
            for (p,) in self.workshop.sql(
                "select party_id from master.party_state where to_cs = :open and status = 'active'"
            )
        }
        assert not alive & after.keys(), "who lives has no successor"
        for party, public_id in self.workshop.sql("select id, public_id from master.party"):
            assert decode(public_id) == party
            frontier, seen = [party], set()
            while frontier:
                one = frontier.pop()
                assert one not in seen or one in alive, "successors go round in a circle"
                seen.add(one)
                assert one in alive or after.get(one), f"party {party} leads nowhere"
                frontier += after.get(one, [])

    def teardown(self) -> None:
        for cs, noted in self.past.items():
            assert state_at(self.workshop, "from_cs <= :cs and to_cs > :cs", cs=cs) == noted, f"as of {cs}"


@pytest.mark.slow
def test_the_laws_of_parties_hold_under_random_edits(workshop: Workshop) -> None:
    run_state_machine_as_test(
        type("EditsHere", (Edits,), {"workshop": workshop}),
        settings=hypothesis.settings(
            max_examples=12, stateful_step_count=20, deadline=None, derandomize=True, database=None,
            phases=[hypothesis.Phase.generate],  # shrinking would take minutes
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )  # fmt: skip
