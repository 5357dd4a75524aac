"""Nothing is done twice: a sync without news writes nothing, and news bring exactly themselves through."""

from __future__ import annotations

from tests.loop.deliveries import (
    HONGDA,
    HUAQIANG,
    HUAQIANG_DEALER,
    TIANYI_DEALER,
    YUANDA,
    YUANDA_PARTNER,
    csv_file,
    edi_file,
    xlsx_file,
)
from tests.loop.installation import Installation


def deliver_all(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, YUANDA, HONGDA))
    hub.put("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER, TIANYI_DEALER))
    hub.put("partin_20261101.edi", edi_file(YUANDA_PARTNER))


def test_three_kinds_of_files_become_customers(hub: Installation) -> None:
    deliver_all(hub)
    account = hub.sync()
    assert account.state == "green"
    assert account.sources == {
        "scm": {
            "dealers": {"landed": 2, "recorded": 2},
            "partners": {"landed": 1, "recorded": 1},
            "ship_tos": {"landed": 3, "recorded": 3},
        }
    }
    assert hub.customers() == {
        frozenset({"ship_to/S001", "dealer/D-0017"}),
        frozenset({"ship_to/S002", "partner/6901234567892"}),
        frozenset({"ship_to/S003"}),
        frozenset({"dealer/D-0018"}),
    }
    golden = hub.golden_of("dealer/D-0017")
    assert golden["uscc"] == "914403001922038216"
    assert golden["name"] == "深圳市华强电子有限公司"
    assert hub.server.files("in") == []
    assert hub.server.files("archive") == ["dealers_20261101.xlsx", "partin_20261101.edi", "shipto_20261101_01.csv"]


def test_a_second_sync_writes_nothing(hub: Installation) -> None:
    deliver_all(hub)
    hub.sync()
    contents, landed, clock = hub.contents(), hub.landed(), hub.clock()
    account = hub.sync()
    assert account.state == "green"
    assert hub.clock() == clock
    assert hub.contents() == contents
    assert hub.landed() == landed
    assert {f for own in account.sources["scm"].values() for f in own} == {"landed"}
    assert {own["landed"] for own in account.sources["scm"].values()} == {0}


def test_the_same_content_under_a_new_name_is_unchanged(hub: Installation) -> None:
    deliver_all(hub)
    hub.sync()
    clock, customers = hub.clock(), hub.golden()
    hub.put("shipto_20261102_01.csv", csv_file(HUAQIANG, YUANDA, HONGDA))
    hub.put("dealers_20261102.xlsx", xlsx_file(HUAQIANG_DEALER, TIANYI_DEALER))
    account = hub.sync()
    assert account.state == "green"
    assert account.sources["scm"]["ship_tos"] == {"landed": 3, "unchanged": 3}
    assert account.sources["scm"]["dealers"] == {"landed": 2, "unchanged": 2}
    assert hub.clock() == clock
    assert hub.golden() == customers


def test_one_changed_and_one_new_row_bring_exactly_themselves(hub: Installation) -> None:
    deliver_all(hub)
    hub.sync()
    clock = hub.clock()
    moved = {**HONGDA, "电话": "0512-67778888"}
    new = {**HONGDA, "客户编码": "S004", "客户名称": "西安长安仪器有限公司", "省": "陕西省", "市": "西安市",
           "地址": "雁塔区高新路25号", "电话": "029-88331122"}  # fmt: skip
    hub.put("shipto_20261102_01.csv", csv_file(HUAQIANG, YUANDA, moved, new))
    account = hub.sync()
    assert account.sources["scm"]["ship_tos"] == {"landed": 4, "unchanged": 2, "recorded": 2}
    versions = hub.rows(
        "select r.native_key as key from master.source_record_version v join master.source_record r"
        " on r.id = v.record_id where v.from_cs > :clock order by 1",
        clock=clock,
    )
    assert [v["key"] for v in versions] == ["S003", "S004"]
    events = hub.rows("select type from master.event where cs > :clock order by type", clock=clock)
    assert [e["type"] for e in events] == ["changed", "created"]
    assert hub.golden_of("ship_to/S003")["phone"]["number"] == "+8651267778888"
    assert hub.golden_of("ship_to/S004")["name"] == "西安长安仪器有限公司"


def test_a_corrected_file_under_the_same_name_is_read_again(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    hub.sync()
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, {**HONGDA, "电话": "0512-62885566 转8012"}))
    account = hub.sync()
    assert account.sources["scm"]["ship_tos"] == {"landed": 2, "recorded": 1, "unchanged": 1}
    assert hub.golden_of("ship_to/S003")["phone"]["extension"] == "8012"
    assert hub.server.files("archive") == ["shipto_20261101_01.1.csv", "shipto_20261101_01.csv"]
