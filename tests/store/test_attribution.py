"""Whose call, whose mail, whose order? Asked at every reading, so nothing has to be pulled or recorded again."""

from __future__ import annotations

from customer_master.store import customer
from customer_master.store.attribution import attribute
from hub.master import acts
from hub.master.context import By, Master
from tests.store.activities import call, mail, order, take
from tests.store.workshop import Row, Workshop, erp_row

HUAQIANG, YUANDA = "深圳市华强电子有限公司", "上海远大机械有限公司"
PHONE, OTHER, SHARED = "+8675526988888", "+862158880000", "+8613912345678"


def party(number: int, name: str, *points: tuple[str, str], day: int = 1, code: str = "") -> Row:
    mechanisms = [{"type": kind, "value": value} for kind, value in points]
    identifiers = [{"type": None, "code": code}] if code else []
    return erp_row(
        number, f"2026-11-{day:02d}T00:00:00Z", name=name, contact_mechanisms=mechanisms, identifiers=identifiers
    )


def record_of(workshop: Workshop, key: str) -> int:
    return int(workshop.sql("select id from master.source_record where native_key = :key", key=key)[0][0])


def party_of(workshop: Workshop, key: str) -> int:
    sql = "select party_id from master.membership where record_id = :record and to_cs = :open"
    return int(workshop.sql(sql, record=record_of(workshop, key))[0][0])


def timeline(workshop: Workshop, key: str) -> list[str]:
    with workshop.engine.begin() as db:
        return [entry.name for entry in customer.timeline(db, party_of(workshop, key))]


def loose(workshop: Workshop) -> dict[str, int]:
    with workshop.engine.begin() as db:
        return {entry.name: len(entry.candidates) for entry in customer.unattributed(db)}


def test_a_known_number_an_unknown_one_and_a_shared_one(workshop: Workshop) -> None:
    workshop.take_in(
        [
            party(1, HUAQIANG, ("phone", PHONE), ("mobile", SHARED), code="914403001922038216"),
            party(2, YUANDA, ("phone", OTHER), ("mobile", SHARED), code="91310115434272812K"),
        ]
    )
    take(workshop, call("known", PHONE), call("unknown", "+8675512345678"), call("shared", SHARED), call("withheld"))
    assert timeline(workshop, "1") == ["erp/call/known"]
    assert timeline(workshop, "2") == []
    assert loose(workshop) == {"erp/call/unknown": 0, "erp/call/shared": 2, "erp/call/withheld": 0}


def test_two_points_that_agree_outvote_one_that_is_shared(workshop: Workshop) -> None:
    workshop.take_in(
        [
            party(1, HUAQIANG, ("mobile", SHARED), ("email", "li@huaqiang.com"), code="914403001922038216"),
            party(2, YUANDA, ("mobile", SHARED), code="91310115434272812K"),
        ]
    )
    take(workshop, mail("m1", "li@huaqiang.com", SHARED))
    with workshop.engine.begin() as db:
        (found,) = attribute(db, [record_of(workshop, "m1")]).values()
    assert found.party_id == party_of(workshop, "1")
    assert found.confidence == 0.75
    assert len(found.candidates) == 2


def test_a_colleague_is_known_by_the_domain_with_half_the_confidence(workshop: Workshop) -> None:
    workshop.take_in([party(1, HUAQIANG, ("email", "li@huaqiang.com")), party(2, YUANDA, ("email", "someone@qq.com"))])
    take(workshop, mail("colleague", "wang@huaqiang.com"), mail("anybody", "other@qq.com"))
    with workshop.engine.begin() as db:
        entries = customer.timeline(db, party_of(workshop, "1"))
    assert [(e.name, e.confidence) for e in entries] == [("erp/message/colleague", 0.5)]
    assert loose(workshop) == {"erp/message/anybody": 0}


def test_a_new_phone_brings_the_calls_along(workshop: Workshop) -> None:
    workshop.take_in([party(1, HUAQIANG)])
    take(workshop, call("before", PHONE))
    assert loose(workshop) == {"erp/call/before": 0}
    workshop.take_in([party(1, HUAQIANG, ("phone", PHONE), day=2)])
    assert timeline(workshop, "1") == ["erp/call/before"]
    workshop.take_in([party(1, HUAQIANG, ("phone", OTHER), day=3)])
    assert loose(workshop) == {"erp/call/before": 0}


def test_calls_and_orders_follow_a_merge_and_its_undoing(workshop: Workshop) -> None:
    workshop.take_in([party(1, HUAQIANG, ("phone", PHONE)), party(2, "华强电子", ("phone", OTHER))])
    take(workshop, call("c1", PHONE), call("c2", OTHER), order("o2", "2"))
    assert timeline(workshop, "1") == ["erp/call/c1"]
    assert sorted(timeline(workshop, "2")) == ["erp/call/c2", "erp/sale/o2"]

    pair = record_of(workshop, "1"), record_of(workshop, "2")
    master = Master(workshop.engine, workshop.documents)
    done = acts.same(master, *pair, By("steward"))
    assert party_of(workshop, "1") == party_of(workshop, "2")
    assert sorted(timeline(workshop, "1")) == ["erp/call/c1", "erp/call/c2", "erp/sale/o2"]

    acts.undo(master, done.cs, By("steward"))
    assert timeline(workshop, "1") == ["erp/call/c1"]
    assert sorted(timeline(workshop, "2")) == ["erp/call/c2", "erp/sale/o2"]


def test_an_order_may_come_before_its_customer(workshop: Workshop) -> None:
    workshop.take_in([party(1, HUAQIANG)])
    take(workshop, order("early", "7"))
    workshop.take_in([party(7, YUANDA, ("phone", OTHER))])
    assert timeline(workshop, "7") == ["erp/sale/early"]


def test_a_timeline_can_be_read_in_pieces_even_where_entries_share_an_instant(workshop: Workshop) -> None:
    workshop.take_in([party(1, HUAQIANG, ("phone", PHONE))])
    take(workshop, *(call(f"c{n}", PHONE) for n in range(5)), *(call(f"x{n}") for n in range(5)))
    with workshop.engine.begin() as db:
        for read in (
            lambda **k: customer.timeline(db, party_of(workshop, "1"), **k),
            lambda **k: customer.unattributed(db, **k),
        ):
            pieces, before = [], customer.NEWEST
            while piece := read(limit=2, before=before):
                pieces += [entry.name for entry in piece]
                before = piece[-1].place
            assert pieces == [entry.name for entry in read(limit=50)]
            assert len(pieces) == len(set(pieces)) == 5
