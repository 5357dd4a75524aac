"""The account: counted from stored rows, so that a row that goes missing is noticed."""

from __future__ import annotations

from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation


def deliver(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, {**YUANDA, "更新日期": "2026-13-45"}, HONGDA))


def test_a_fate_deleted_by_hand_turns_it_red(hub: Installation) -> None:
    deliver(hub)
    run = hub.sync().run
    hub.execute("delete from hub.fate where fate = 'recorded' and row_no = 0")
    account = hub.account(run)
    assert account.state == "red"
    assert account.problems == ["scm.ship_tos: 1 rows have no fate in pass 1"]


def test_a_dead_letter_deleted_by_hand_turns_it_red(hub: Installation) -> None:
    deliver(hub)
    run = hub.sync().run
    hub.execute("delete from hub.dead_letter")
    account = hub.account(run)
    assert account.state == "red"
    assert account.problems == ["scm.ship_tos: 1 rejected rows have no dead letter"]


def test_a_pass_deleted_by_hand_is_open_until_the_next_sync(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    run = hub.sync().run
    clock = hub.clock()
    hub.execute("delete from hub.fate")
    hub.execute("delete from hub.mapping_pass")
    assert hub.account(run).problems == ["scm.ship_tos: batch 1 is landed but not mapped"]
    again = hub.sync()
    assert again.sources["scm"]["ship_tos"] == {"landed": 0, "unchanged": 2}
    assert (hub.account(run).state, hub.clock()) == ("green", clock)


def test_landed_but_not_mapped_is_open_then_green(hub: Installation) -> None:
    """What a kill after the pull leaves behind; the next sync finishes it, and both runs are settled."""
    deliver(hub)
    pulled = hub.step("pull")
    assert pulled.state == "open"
    assert pulled.problems == ["scm.ship_tos: batch 1 is landed but not mapped"]
    assert hub.live() == {}
    account = hub.sync()
    assert account.state == "green"
    assert account.sources["scm"]["ship_tos"] == {"landed": 0, "recorded": 2, "rejected": 1}
    states = hub.rows("select state from hub.run order by id")
    assert [s["state"] for s in states] == ["green", "green"]
    assert hub.server.files("in") == []


def test_a_pass_broken_off_in_the_middle_goes_on(hub: Installation) -> None:
    deliver(hub)
    hub.sync()
    golden = hub.golden()
    # as if the run had been killed before its second commit
    hub.execute("delete from hub.dead_letter")
    hub.execute("delete from hub.fate where row_no > 0")
    hub.execute("update hub.mapping_pass set state = 'open'")
    hub.execute("update hub.run set state = 'open', ended_us = null")
    assert hub.account(1).problems == ["scm.ship_tos: pass 1 is not through"]
    assert hub.sync().state == "green"
    assert hub.account(1).state == "green"
    assert hub.account(1).sources["scm"]["ship_tos"] == {"landed": 3, "recorded": 1, "unchanged": 1, "rejected": 1}
    assert len(hub.letters()) == 1
    assert hub.golden() == golden
