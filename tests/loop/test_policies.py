"""Another match or survivorship policy: everything is decided anew from the records, nothing is pulled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from customer_master.policies.documents import PolicyError
from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, csv_file, xlsx_file
from tests.loop.installation import MATCH, SURVIVORSHIP, Installation

TOGETHER = frozenset({"ship_to/S001", "dealer/D-0017"})
APART = {frozenset({"ship_to/S001"}), frozenset({"dealer/D-0017"})}


def deliver(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    hub.put("dealers_20261102.xlsx", xlsx_file({**HUAQIANG_DEALER, "Tel": "0755-33334444"}))
    hub.sync()


def public_ids(hub: Installation) -> dict[str, str]:
    rows = hub.rows(
        "select r.native_key, p.public_id from master.membership m join master.party p on p.id = m.party_id"
        " join master.source_record r on r.id = m.record_id where m.to_cs = :open"
    )
    return {row["native_key"]: row["public_id"] for row in rows}


def test_a_stricter_match_policy_parts_and_the_former_one_joins_again(
    hub: Installation, stopped_server: Callable[[], None]
) -> None:
    deliver(hub)
    before, ids, landed = hub.golden(), public_ids(hub), hub.landed()
    assert TOGETHER in before
    stopped_server()
    policy = (hub.settings.project / MATCH).read_text(encoding="utf-8")
    hub.edit(MATCH, "    match: -3", "    match: 90.0")
    assert hub.apply() == ["match"]
    assert hub.step("resolve").state == "green"
    assert hub.customers() >= APART
    assert TOGETHER not in hub.customers()
    assert public_ids(hub)["S003"] == ids["S003"]
    assert len({public_ids(hub)["S001"], public_ids(hub)["D-0017"]}) == 2

    hub.write(MATCH, policy)
    assert hub.apply() == ["match"]
    assert hub.step("resolve").state == "green"
    assert hub.golden() == before
    assert public_ids(hub) == ids
    assert hub.landed() == landed


def test_another_survivorship_policy_derives_golden_values_anew(
    hub: Installation, stopped_server: Callable[[], None]
) -> None:
    deliver(hub)
    landed, customers, ids = hub.landed(), hub.customers(), public_ids(hub)
    assert hub.golden_of("ship_to/S001")["phone"]["number"] == "+8675533334444"  # the dealer list is a day younger
    stopped_server()
    hub.edit(SURVIVORSHIP, "sources: [erp, scm]", "sources: [erp, scm/ship_to, scm]")
    hub.edit(
        SURVIVORSHIP,
        "  phone:\n    steps: [valid_first, most_recent, most_frequent, source_rank]",
        "  phone:\n    steps: [valid_first, source_rank, most_recent]",
    )
    assert hub.apply() == ["survivorship"]
    assert hub.step("resolve").state == "green"
    assert hub.golden_of("ship_to/S001")["phone"]["number"] == "+8675526988888"
    assert (hub.landed(), hub.customers(), public_ids(hub)) == (landed, customers, ids)
    [told] = hub.rows(
        "select g.prov -> 'phone' ->> 'why' as why from master.golden_version g"
        " where g.to_cs = :open and g.attrs ->> 'uscc' is not null"
    )
    assert told["why"] == "source_rank"


def test_applying_the_same_again_decides_nothing(hub: Installation) -> None:
    deliver(hub)
    contents = hub.contents()
    assert hub.apply() == []
    hub.sync()
    assert hub.contents() == contents


def test_an_impossible_policy_is_refused_before_it_is_active(hub: Installation) -> None:
    hub.edit(SURVIVORSHIP, "most_recent", "most_resent")
    with pytest.raises(PolicyError) as refused:
        hub.apply()
    assert str(refused.value).startswith("survivorship policy, rules.name.steps.3: Input should be")
