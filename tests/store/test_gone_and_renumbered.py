"""Records that their source has renumbered or has no more: what an erasure, a split and a tie-break make of them."""

from __future__ import annotations

from connectors.base import Batch, to_table
from connectors.tryton.streams import type_of_party
from customer_master.store import fsck
from customer_master.store.clock import Author
from hub.master import acts
from hub.master.context import By, Master
from hub.master.electing import elect_again
from hub.master.erasure import erase
from hub.master.lifecycle import KeyMap, renumber
from hub.store import landing
from tests.store.workshop import Workshop, erp_row

HUAQIANG, YUANDA, YUANDA_GROUP = "深圳市华强电子有限公司", "上海远大机械有限公司", "上海远大机械集团有限公司"
CODE = [{"type": None, "code": "914403001922038216"}]


def call_anew(workshop: Workshop, *pairs: tuple[str, str]) -> None:
    keys = KeyMap("keys.csv", pairs, tuple(range(2, len(pairs) + 2)))
    renumber(workshop.engine, "erp", "party", keys, Author("lin", "user"))


def name_of(workshop: Workshop, key: str) -> str:
    ((name,),) = workshop.sql(
        "select v.payload->'names'->0->>'text' from master.source_record r join master.source_record_version v"
        " on v.record_id = r.id and v.to_cs = :open where r.native_key = :key", key=key,
    )  # fmt: skip
    return str(name)


def test_erasing_a_renumbered_record_leaves_the_one_alone_that_has_its_former_key(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name=HUAQIANG), erp_row(2, name=YUANDA)])
    call_anew(workshop, ("1", "2"), ("2", "1"))
    workshop.take_in([erp_row(1, "2026-11-02T00:00:00Z", name="上海远大机械制造有限公司")])
    erase(workshop.settings, workshop.engine, [1], By("dpo", "本人要求删除"))
    workshop.take_in([erp_row(1, "2026-11-03T00:00:00Z", name=YUANDA_GROUP)])
    assert name_of(workshop, "1") == YUANDA_GROUP


def test_a_record_that_gets_an_erased_key_is_heard(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name=HUAQIANG), erp_row(2, name=YUANDA)])
    erase(workshop.settings, workshop.engine, [1], By("dpo", "本人要求删除"))
    call_anew(workshop, ("2", "1"))
    workshop.take_in([erp_row(1, "2026-11-03T00:00:00Z", name=YUANDA_GROUP)])
    assert name_of(workshop, "1") == YUANDA_GROUP


def test_values_are_elected_anew_among_new_keys(workshop: Workshop) -> None:
    phones = {1: "0755-26988888", 2: "021-64339000"}
    workshop.take_in([
        erp_row(key, name=HUAQIANG, contact_mechanisms=[{"type": "phone", "value": phone}])
        for key, phone in phones.items()
    ])  # fmt: skip
    acts.same(Master(workshop.engine, workshop.documents), 1, 2, By("li"))
    call_anew(workshop, ("1", "3"))  # the smaller key wins among equals, and that is another one now
    workshop.take_in([])
    assert elect_again(workshop.engine) == []


def test_a_customer_made_of_a_gone_record_is_retired_until_it_comes_back(workshop: Workshop) -> None:
    workshop.take_in([erp_row(key, name=HUAQIANG, identifiers=CODE) for key in (1, 2)])
    read_whole(workshop, 1)
    acts.split(Master(workshop.engine, workshop.documents), 1, [[1], [2]], By("li"))
    states = "select status from master.party_state where to_cs = :open order by party_id"
    assert [s for (s,) in workshop.sql(states)] == ["active", "retired"]
    assert fsck.check(workshop.engine, deep=True) == []
    workshop.take_in([erp_row(2, "2026-11-03T00:00:00Z", name=HUAQIANG, identifiers=CODE)])
    assert [s for (s,) in workshop.sql(states)] == ["active", "active"]
    assert fsck.check(workshop.engine, deep=True) == []


def read_whole(workshop: Workshop, *keys: int) -> None:
    """Read the list as having only these."""
    rows = [erp_row(key, "2026-11-02T00:00:00Z", name=HUAQIANG, identifiers=CODE) for key in keys]
    table = to_table([raw for _, _, raw in rows], type_of_party)
    batch = Batch("party", table, {"rows": len(rows)}, begins_complete=True, ends_complete=True)
    with workshop.engine.begin() as db:
        landing.land(db, workshop.work.landing, run_id=workshop.run_id, system="erp", batch=batch)
    workshop.take_in([])
