"""Every kind of project document shows in a plan what it would change, and then changes that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from hub import documents
from hub.errors import HubError
from hub.planning.plan import plan
from tests.loop.coded import STATES, VERSION_2, look_up_states
from tests.loop.deliveries import HONGDA, HUAQIANG, csv_file
from tests.loop.installation import CONNECTION, MATCH, SHIP_TOS, SURVIVORSHIP, Answer, Installation
from tests.planning.plans import applied, comes_true, deliver, numbers, planned, state

QUALITY = "dq_rules/party.yaml"
STEWARDSHIP = "customer_master/policies/stewardship.yaml"


def test_a_mapping_that_alters_cells_and_heals_a_reject(hub: Installation, stopped_server: Callable[[], None]) -> None:
    deliver(hub)
    stopped_server()
    hub.edit(SHIP_TOS, "distributor", "retailer")
    hub.edit(
        SHIP_TOS, 'not is_date(row["更新日期"])', 'not is_date(row["更新日期"]) and row["更新日期"] != "2026-02-30"'
    )
    live, customers = hub.live(), numbers(hub)
    made = planned(hub)
    assert [d.name for d in made.documents if d.becomes_active] == ["scm.ship_tos"]
    assert (made.records.changed, made.records.new, made.records.gone) == (1, 1, 0)
    assert made.records.attributes == {"roles": 1}
    [cell] = made.records.samples
    assert (cell.of, cell.old, cell.new) == ("scm/ship_to/S001", "distributor", "retailer")
    assert [(g.kind, g.count) for g in made.heals] == [("rejected", 1)]
    assert made.rejects == []
    assert made.customers.counts == {"new": 1}

    assert applied(hub) == ["scm.ship_tos"]
    hub.step("record")
    hub.step("resolve")
    after = hub.live()
    assert {n for n in live if after[n] != live[n]} == {"ship_to/S001"}
    assert set(after) - set(live) == {"ship_to/S002"}
    [new] = made.customers.samples
    assert new.records == ["scm/ship_to/S002"]
    assert {numbers(hub)[record] for record in set(numbers(hub)) - set(customers)} == {new.id}
    assert [x for x in hub.letters() if x["settled_us"] is None] == []


def test_a_mapping_that_makes_rejects(hub: Installation) -> None:
    deliver(hub)
    hub.edit(SHIP_TOS, 'not is_date(row["更新日期"])', 'not is_date(row["更新日期"]) or row["客户编码"] == "S003"')
    made = planned(hub)
    assert [(g.system, g.stream, g.kind, g.count) for g in made.rejects] == [("scm", "ship_tos", "rejected", 1)]
    assert made.heals == []

    applied(hub)
    hub.step("record")
    waiting = [x for x in hub.letters() if x["settled_us"] is None]
    assert sum(g.count for g in made.rejects) == len(waiting) - 1  # the bad date is no news
    assert {x["cause"] for x in waiting} >= {g.cause for g in made.rejects}


def test_a_match_policy_that_splits_and_one_that_merges(hub: Installation) -> None:
    deliver(hub)
    before, policy = numbers(hub), (hub.settings.project / MATCH).read_text(encoding="utf-8")
    hub.edit(MATCH, "    match: -3", "    match: 90.0")
    splits = planned(hub)
    assert splits.customers.counts == {"split off": 1}
    assert (splits.customers.moved, splits.customers.kept) == (1, len(set(before.values())))
    [part] = splits.customers.samples
    applied(hub)
    hub.step("resolve")
    after = numbers(hub)
    assert {record: after[record] for record in after if after[record] != before[record]} == {part.records[0]: part.id}
    assert part.others == [before[part.records[0]]]

    hub.write(MATCH, policy)
    merges = planned(hub)
    assert merges.customers.counts == {"merged": 1}
    [gone] = merges.customers.samples
    assert (gone.id, gone.records, gone.others) == (part.id, part.records, part.others)
    applied(hub)
    hub.step("resolve")
    assert numbers(hub) == before


def test_a_survivorship_policy_that_changes_golden_values(hub: Installation) -> None:
    deliver(hub)
    hub.edit(SURVIVORSHIP, "sources: [erp, scm]", "sources: [erp, scm/ship_to, scm]")
    hub.edit(
        SURVIVORSHIP,
        "  phone:\n    steps: [valid_first, most_recent, most_frequent, source_rank]",
        "  phone:\n    steps: [valid_first, source_rank, most_recent]",
    )
    before = hub.golden()
    made = planned(hub)
    assert made.customers.is_empty
    assert made.records.is_empty
    [cell] = [c for c in made.golden.samples if c.cell == "phone.number"]
    assert (cell.of, cell.old) == (numbers(hub)["scm/ship_to/S001"], "+8675533334444")
    applied(hub)
    hub.step("resolve")
    assert hub.golden_of("ship_to/S001")["phone"]["number"] == cell.new == "+8675526988888"
    after = hub.golden()
    changed = [(records, name) for records, old in before.items() for name in old if old[name] != after[records][name]]
    assert made.golden.attributes == dict(Counter(name for _, name in changed))
    assert made.golden.changed == len({records for records, _ in changed})


def test_a_crosswalk_that_knows_a_code_heals_a_reject(hub: Installation) -> None:
    look_up_states(hub)
    applied(hub)
    hub.put("shipto_20261101_01.csv", csv_file({**HUAQIANG, "状态": "正常"}, {**HONGDA, "状态": "待审核"}))
    hub.sync()
    hub.edit(SHIP_TOS, "scm_state@1", "scm_state@2")
    hub.write(STATES, VERSION_2)
    made = planned(hub)
    assert {(d.kind, d.name) for d in made.documents if d.becomes_active} == {
        ("crosswalk", "scm_state@2"), ("mapping", "scm.ship_tos"),
    }  # fmt: skip
    assert [(g.kind, g.cause, g.count) for g in made.heals] == [("rejected", "unseen_code", 1)]
    assert (made.records.new, made.records.changed) == (1, 0)
    comes_true(hub, made)


def test_a_quality_rule_tells_what_it_would_hold_of_what_there_is(hub: Installation) -> None:
    deliver(hub)
    longest = "kwargs: {column: name, max_value: 200}"
    hub.edit(QUALITY, longest, longest.replace("200", "10"))
    made = planned(hub)
    assert made.has_no_effect
    assert not made.is_empty
    assert [(g.stream, g.kind, g.cause, g.count) for g in made.held_again] == [
        ("ship_tos", "quarantined", "name_length", 1)
    ]
    assert made.passed_again == []
    applied(hub)
    assert hub.sync().state == "green"
    assert [x["kind"] for x in hub.letters()] == ["rejected"]  # what is recorded stays so

    hub.put("shipto_20261103_01.csv", csv_file({**HUAQIANG, "更新日期": "2026-11-03"}))
    hub.step("pull")
    held = planned(hub)
    assert [(g.cause, g.count) for g in held.rejects] == [("name_length", 1)]
    comes_true(hub, held)
    hub.edit(QUALITY, longest.replace("200", "10"), longest)
    freed = planned(hub)
    assert freed.heals == []
    assert [(g.cause, g.count) for g in freed.passed_again] == [("name_length", 1)]


def test_a_stewardship_policy_tells_what_people_would_be_asked(hub: Installation) -> None:
    deliver(hub)
    hub.put("shipto_20261103_01.csv", csv_file({**HUAQIANG, "地址": "福田区深南大道8号", "更新日期": "2026-11-03"}))
    hub.step("pull")
    assert planned(hub).tasks_opened == {}
    hub.edit(STEWARDSHIP, "value_conflicts_from: 1000", "value_conflicts_from: 0")
    made = planned(hub)
    assert set(made.tasks_opened) == {"value_conflict"}
    comes_true(hub, made)
    kinds = hub.rows("select p.kind from master.task t join master.proposal p on p.id = t.proposal_id")
    assert dict(Counter(row["kind"] for row in kinds)) == made.tasks_opened


def test_a_connection_shows_with_its_next_pull(
    hub: Installation, stopped_server: Callable[[], None], command: Callable[..., Answer]
) -> None:
    deliver(hub)
    stopped_server()
    hub.edit(CONNECTION, "connector: sftp_files", "schedule: 2h\nconnector: sftp_files")
    made = planned(hub)
    assert [(d.kind, d.name) for d in made.documents if d.becomes_active] == [("connection", "scm")]
    assert made.has_no_effect
    said = command("plan").out
    assert "would be active: connection scm" in said
    assert "shows with its next pull" in said
    assert "Nothing has changed yet" in said


def test_a_document_that_left_the_folder_stays_active(hub: Installation) -> None:
    deliver(hub)
    (hub.settings.project / "mappings/specs/scm.partners.yaml").unlink()
    made = planned(hub)
    assert [(d.name, d.state) for d in made.documents if d.state != "unchanged"] == [("scm.partners", "left")]
    assert made.is_empty
    assert applied(hub) == []
    assert "scm.partners" in [m.compiled.mapping.name for m in documents.load(hub.engine).mappings.values()]


def test_a_wrong_document_is_told_as_when_it_is_applied(hub: Installation) -> None:
    hub.edit(SHIP_TOS, "经销商", "代理商")
    hub.edit(SHIP_TOS, "客户类型: 代理商", "客户类型: 经销商")
    before = state(hub)
    with pytest.raises(HubError) as refused:
        plan(hub.settings)
    with pytest.raises(HubError) as refused_by_apply:
        applied(hub)
    assert str(refused.value) == str(refused_by_apply.value)
    assert state(hub) == before
