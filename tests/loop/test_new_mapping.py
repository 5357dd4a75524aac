"""Another mapping version: every live record is mapped again from what was landed; nothing is pulled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.errors import HubError
from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, YUANDA, csv_file, xlsx_file
from tests.loop.installation import SHIP_TOS, Installation

BAD_DATE = {**YUANDA, "更新日期": "2026-02-30"}


def deliver(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, BAD_DATE, HONGDA))
    hub.put("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER))


def activate_version_2(hub: Installation) -> None:
    """Trade customers are retailers now, and one wrong date is put up with."""
    hub.edit(SHIP_TOS, "version: 1", "version: 2")
    hub.edit(SHIP_TOS, "distributor", "retailer")
    hub.edit(
        SHIP_TOS, 'not is_date(row["更新日期"])', 'not is_date(row["更新日期"]) and row["更新日期"] != "2026-02-30"'
    )
    assert hub.apply() == ["scm.ship_tos"]


def activate_version_1(hub: Installation, body: str) -> None:
    hub.write(SHIP_TOS, body)
    assert hub.apply() == ["scm.ship_tos"]


def ages(hub: Installation) -> list[dict[str, Any]]:
    """Since when the records say what they say."""
    return hub.rows(
        "select r.native_key, v.evidence_position, v.position from master.source_record_version v"
        " join master.source_record r on r.id = v.record_id where v.to_cs = :open order by 1"
    )


def test_everything_is_mapped_again_while_the_source_is_away(
    hub: Installation, stopped_server: Callable[[], None]
) -> None:
    deliver(hub)
    first = hub.sync()
    assert first.sources["scm"]["ship_tos"] == {"landed": 3, "recorded": 2, "rejected": 1}
    landed, before, clock = hub.landed(), ages(hub), hub.clock()
    stopped_server()
    activate_version_2(hub)
    mapped, resolved = hub.step("record"), hub.step("resolve")
    assert (mapped.state, resolved.state) == ("green", "green")
    assert mapped.sources == {"scm": {"ship_tos": {"landed": 0, "re-mapped recorded": 2, "re-mapped unchanged": 1}}}
    assert hub.landed() == landed
    assert hub.live()["ship_to/S001"]["roles"] == ["retailer"]
    assert hub.golden_of("ship_to/S001")["roles"] == ["distributor", "retailer"]  # the dealer list still says so
    assert hub.golden_of("ship_to/S002")["name"] == "上海远大机械有限公司"
    assert [a for a in ages(hub) if a["native_key"] != "S002"] == before
    assert hub.account(first.run).state == "green"
    events = hub.rows("select type from master.event where cs > :clock order by 1", clock=clock)
    assert [e["type"] for e in events] == ["changed", "created"]


def test_the_next_sync_finds_nothing_left(hub: Installation) -> None:
    deliver(hub)
    hub.sync()
    activate_version_2(hub)
    hub.sync()
    contents = hub.contents()
    assert hub.sync().state == "green"
    assert hub.contents() == contents


def test_back_to_version_1(hub: Installation) -> None:
    body = (hub.settings.project / SHIP_TOS).read_text(encoding="utf-8")
    deliver(hub)
    hub.sync()
    before = hub.golden()
    activate_version_2(hub)
    hub.sync()
    activate_version_1(hub, body)
    account = hub.sync()
    assert account.state == "green"
    assert account.sources["scm"]["ship_tos"] == {
        "landed": 0, "re-mapped recorded": 1, "re-mapped unchanged": 1, "re-mapped rejected": 1,
    }  # fmt: skip
    assert hub.live()["ship_to/S001"]["roles"] == ["distributor"]
    # what version 2 let in stays in, as it was; everything else is as before
    after = hub.golden()
    assert {records: after[records] for records in before} == before
    assert set(after) - set(before) == {frozenset({"ship_to/S002"})}
    contents = hub.contents()
    hub.sync()
    assert hub.contents() == contents


def test_old_raw_does_not_come_back_over_newer(hub: Installation) -> None:
    """Version 2 can map a row that version 1 refused; since then a newer one has arrived."""
    deliver(hub)
    hub.sync()
    hub.put("shipto_20261103_01.csv", csv_file({**YUANDA, "电话": "021-66667777"}))
    hub.sync()
    activate_version_2(hub)
    account = hub.sync()
    assert account.state == "green"
    assert hub.live()["ship_to/S002"]["phones"][0]["number"] == "+862166667777"
    assert ("unchanged", "older than what is known") in hub.fates(account.run)


def test_only_the_newest_raw_is_mapped_again(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    hub.sync()
    hub.put("shipto_20261102_01.csv", csv_file({**HUAQIANG, "电话": "0755-26999999"}))
    hub.sync()
    activate_version_2(hub)
    account = hub.sync()
    assert account.sources["scm"]["ship_tos"] == {"landed": 0, "re-mapped recorded": 1, "re-mapped unchanged": 1}
    assert hub.live()["ship_to/S001"]["phones"][0]["number"] == "+8675526999999"


def test_a_version_whose_own_tests_fail_is_not_applied(hub: Installation) -> None:
    hub.edit(SHIP_TOS, "经销商", "代理商")
    hub.edit(SHIP_TOS, "客户类型: 代理商", "客户类型: 经销商")
    with pytest.raises(HubError, match=r"scm\.ship_tos\.yaml.*a complete row") as refused:
        hub.apply()
    assert "Mend the mapping or its test" in str(refused.value)
