"""A key that a source gives to another customer shows in the record's history."""

from __future__ import annotations

from datetime import date

import pytest

from customer_master.resolution.overlay import overlay
from hub.master.lifecycle import overlays
from mappings.canonical import Address, Identifier, Kind, Name, NameType, Party, Phone
from tests.loop.deliveries import HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation

BEFORE = Party(
    Kind.ORGANISATION,
    (Name("深圳市华强电子有限公司"),),
    (Identifier("cn_uscc", "914403001922038216"),),
    (Address("广东省深圳市南山区科技路1号", region="440305"),),
    (Phone("+8675526988888"),),
)
OTHER = Party(
    Kind.ORGANISATION,
    (Name("上海远大机械有限公司"),),
    (Identifier("cn_uscc", "91310115607345281M"),),
    (Address("上海市浦东新区世纪大道88号", region="310115"),),
    (Phone("+862158881234"),),
)


def changed(**values: object) -> Party:
    return Party(**{**{name: getattr(OTHER, name) for name in Party.__dataclass_fields__}, **values})  # type: ignore[arg-type]


def test_everything_at_once_is_another_customer() -> None:
    assert overlay(BEFORE, OTHER) == ("name", "identifiers", "phones", "addresses")


def test_another_kind_counts_as_a_change() -> None:
    person = Party(Kind.PERSON, (Name("王小明"),), phones=(Phone("+8613912345678"),))
    assert overlay(BEFORE, person) == ("name", "kind", "phones")


@pytest.mark.parametrize(
    "after",
    [
        changed(identifiers=BEFORE.identifiers),  # renamed, same number
        changed(names=(Name("上海远大机械有限公司"), Name("深圳市华强电子有限公司", NameType.FORMER))),
        changed(names=(Name("上海远大机械有限公司"), Name("深圳市华强电子有限公司", valid_to=date(2026, 9, 30)))),
        changed(names=BEFORE.names),  # moved
        changed(names=(Name("深圳市华强电子股份有限公司"),)),
        changed(phones=BEFORE.phones),
        changed(addresses=BEFORE.addresses),
        changed(names=()),
        Party(Kind.ORGANISATION, OTHER.names, phones=OTHER.phones),  # one change besides the name proves nothing
    ],
)
def test_what_is_common_to_both_speaks_for_one_customer(after: Party) -> None:
    assert overlay(BEFORE, after) == ()


def test_a_history_with_an_overlay_is_found_with_its_versions(hub: Installation) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, YUANDA))
    hub.sync()
    hub.put("shipto_20261102.csv", csv_file({**HUAQIANG, "联系人": "赵敏"}))
    hub.sync()
    hub.put("shipto_20261103.csv", csv_file({**YUANDA, "客户编码": "S001", "统一社会信用代码": ""}, YUANDA))
    hub.sync()
    versions = hub.rows("select v.id, v.record_id from master.source_record_version v order by v.from_cs, v.id")
    first = versions[0]["record_id"]
    own = [row["id"] for row in versions if row["record_id"] == first]
    with hub.engine.begin() as db:
        (found,) = overlays(db, {row["record_id"] for row in versions})
    assert (found.record_id, found.from_version, found.to_version) == (first, own[1], own[2])
    assert found.reasons == ("name", "phones", "addresses")


def test_what_another_mapping_makes_of_the_same_raw_is_no_overlay(hub: Installation) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG))
    hub.sync()
    hub.put("shipto_20261102.csv", csv_file({**YUANDA, "客户编码": "S001"}))
    hub.sync()
    ids = [row["id"] for row in hub.rows("select id from master.source_record")]
    with hub.engine.begin() as db:
        assert len(overlays(db, ids)) == 1
    hub.execute("update master.source_record_version set batch_id = 1, row_no = 0")
    with hub.engine.begin() as db:
        assert overlays(db, ids) == []
