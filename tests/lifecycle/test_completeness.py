"""What a complete reading does not name is gone, unless that would be too much to believe."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Batch
from customer_master.store.tables import OPEN
from hub.errors import UsageError
from hub.master import completeness
from hub.master.completeness import Claim
from hub.store import landing
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import CONNECTION, SHIP_TOS, Installation


@pytest.fixture
def whole(hub: Installation) -> Installation:
    """A hub to which every ship-to file is the whole list."""
    hub.edit(CONNECTION, 'pattern: "shipto_*.csv"', 'pattern: "shipto_*.csv"\n      complete: true')
    hub.apply()
    return hub


def shops(count: int, first: int = 0) -> list[dict[str, str]]:
    return [{"客户编码": f"L{n:03}", "客户名称": f"成都第{n}号茶叶店", "市": "成都市", "更新日期": "2026-10-30"}
            for n in range(first, first + count)]  # fmt: skip


def deliver(hub: Installation, day: int, *rows: dict[str, str]) -> None:
    hub.put(f"shipto_202611{day:02}.csv", csv_file(*rows))
    assert hub.sync().state == "green"


def gone(hub: Installation) -> set[str]:
    sql = (
        "select r.native_key from master.tombstone t join master.source_record r on r.id = t.record_id"
        " where t.to_cs = :open"
    )
    return {row["native_key"] for row in hub.rows(sql)}


def claims(hub: Installation) -> list[Claim]:
    with hub.engine.begin() as db:
        return completeness.claims(db)


def test_a_record_that_the_whole_list_leaves_out_is_gone_and_comes_back(whole: Installation) -> None:
    deliver(whole, 1, HUAQIANG, YUANDA, HONGDA)
    assert gone(whole) == set()
    before = whole.customers()
    deliver(whole, 2, HUAQIANG, YUANDA)
    assert gone(whole) == {"S003"}
    assert whole.customers() == before  # it keeps its customer, and its orders stay in sight
    states = whole.rows("select status from master.party_state where to_cs = :open order by 1")
    assert [row["status"] for row in states] == ["active", "active", "retired"]
    deliver(whole, 3, HUAQIANG, YUANDA, HONGDA)
    assert gone(whole) == set()
    assert whole.rows("select status from master.party_state where to_cs = :open and status <> 'active'") == []


def test_without_the_claim_nothing_is_gone(hub: Installation) -> None:
    deliver(hub, 1, HUAQIANG, YUANDA)
    deliver(hub, 2, HUAQIANG)
    assert gone(hub) == set()
    assert claims(hub) == []


def test_an_older_list_that_comes_late_takes_nothing_away_and_brings_nothing_back(whole: Installation) -> None:
    deliver(whole, 1, HUAQIANG, YUANDA, HONGDA)
    deliver(whole, 3, HUAQIANG, YUANDA)
    assert gone(whole) == {"S003"}
    deliver(whole, 2, HUAQIANG, HONGDA)
    assert gone(whole) == {"S003"}
    assert [claim.state for claim in claims(whole)] == ["superseded", "applied", "applied"]


def test_too_much_waits_for_a_person_who_lets_it_pass(whole: Installation) -> None:
    deliver(whole, 1, *shops(30))
    deliver(whole, 2, *shops(19))
    (claim, _) = claims(whole)
    assert (claim.state, claim.listed, claim.missing) == ("held", 19, 11)
    assert gone(whole) == set()
    assert completeness.approve(whole.engine, claim.id, "lin") == 11
    assert gone(whole) == {f"L{n:03}" for n in range(19, 30)}
    assert (claims(whole)[0].state, claims(whole)[0].decided_by) == ("applied", "lin")
    author = whole.rows("select actor, actor_kind from master.change_set where kind = 'tombstone'")
    assert author == [{"actor": "lin", "actor_kind": "user"}]
    with pytest.raises(UsageError):
        completeness.approve(whole.engine, claim.id, "lin")


def test_too_much_waits_for_a_person_who_refuses(whole: Installation) -> None:
    deliver(whole, 1, *shops(30))
    deliver(whole, 2, *shops(19))
    completeness.refuse(whole.engine, claims(whole)[0].id, "lin")
    whole.sync()
    assert gone(whole) == set()
    assert claims(whole)[0].state == "refused"


def test_an_empty_list_is_never_believed(whole: Installation) -> None:
    deliver(whole, 1, HUAQIANG, YUANDA)
    deliver(whole, 2)
    assert [claim.state for claim in claims(whole)] == ["held", "applied"]
    assert gone(whole) == set()


def test_a_list_that_cannot_be_read_whole_says_nothing_until_it_is(whole: Installation) -> None:
    deliver(whole, 1, HUAQIANG, YUANDA, HONGDA)
    deliver(whole, 2, HUAQIANG, {**YUANDA, "更新日期": "2026-13-45"})
    (claim, _) = claims(whole)
    assert (claim.state, claim.dead_letters) == ("open", 1)
    assert gone(whole) == set()
    bad_date = 'not is_date(row["更新日期"])'
    whole.edit(SHIP_TOS, f"when: {bad_date}", f'when: {bad_date} and blank(row["客户名称"])')
    body = (whole.settings.project / SHIP_TOS).read_text(encoding="utf-8")
    whole.write(SHIP_TOS, body[: body.index("  - case: a bad date")])
    whole.apply()
    whole.sync()
    assert gone(whole) == {"S003"}


def test_a_list_in_several_batches_is_one_reading(whole: Installation) -> None:
    whole.edit(CONNECTION, "settle_seconds: 0.02", "settle_seconds: 0.02\n  batch_rows: 2")
    whole.apply()
    deliver(whole, 1, *shops(5))
    deliver(whole, 2, *shops(4))
    assert gone(whole) == {"L004"}
    batches = whole.rows("select last_batch_id - first_batch_id + 1 as n from hub.completeness_claim order by id")
    assert [row["n"] for row in batches] == [3, 2]


def test_the_next_list_overtakes_a_held_one(whole: Installation) -> None:
    deliver(whole, 1, *shops(30))
    deliver(whole, 2, *shops(19))
    deliver(whole, 3, *shops(29))
    assert [claim.state for claim in claims(whole)] == ["applied", "superseded", "applied"]
    assert gone(whole) == {"L029"}


def test_a_tombstone_is_sealed_with_its_change_set(whole: Installation) -> None:
    deliver(whole, 1, HUAQIANG, YUANDA)
    deliver(whole, 2, HUAQIANG)
    (row,) = whole.rows(
        "select c.kind, c.digest <> '' as sealed, t.reason, t.to_cs from master.tombstone t"
        " join master.change_set c on c.cs = t.from_cs"
    )
    assert (row["kind"], row["sealed"], row["to_cs"]) == ("tombstone", True, OPEN)
    assert row["reason"] == f"completeness claim {claims(whole)[0].id}"


def test_a_reading_that_was_broken_off_is_gone_on_with(whole: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    whole.edit(CONNECTION, "settle_seconds: 0.02", "settle_seconds: 0.02\n  batch_rows: 2")
    whole.apply()
    deliver(whole, 1, *shops(6))
    land = landing.land

    def killed_at_the_end(*args: Any, batch: Batch, **values: Any) -> int:
        if batch.ends_complete:
            raise KeyboardInterrupt
        return land(*args, batch=batch, **values)

    monkeypatch.setattr(landing, "land", killed_at_the_end)
    whole.put("shipto_20261102.csv", csv_file(*shops(5)))
    with pytest.raises(KeyboardInterrupt):
        whole.sync()
    monkeypatch.undo()
    whole.step("record")
    assert claims(whole)[0].state == "reading"
    assert gone(whole) == set()
    assert whole.sync().state == "green"
    assert [claim.state for claim in claims(whole)] == ["applied", "applied"]
    assert gone(whole) == {"L005"}
