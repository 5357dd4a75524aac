"""A plan says what applying and the next run then do, and changes nothing itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text

from connectors.base import Batch, RawRecord, to_table
from hub import documents
from hub.errors import HubError
from hub.pipeline.work import silent
from hub.planning.contents import golden_contents, record_contents
from hub.planning.customers import changed_customers
from hub.planning.plan import Plan, plan
from hub.planning.pushes import Pushes
from hub.planning.scratch import scratch_copy
from hub.project import documents as read_documents
from hub.store import landing, runs
from tests.delivery.target import TargetRecord
from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, YUANDA, csv_file, xlsx_file
from tests.loop.installation import CONNECTION, MATCH, SHIP_TOS, SURVIVORSHIP, Answer, Installation
from tests.support.sftp import ROOT

QUALITY = "dq_rules/party.yaml"
STEWARDSHIP = "customer_master/policies/stewardship.yaml"
STATES = "mappings/crosswalks/scm_state.csv"
STATES_1 = """\
# crosswalk: scm_state
# version: 1
# owner: 渠道管理部
code,canonical,back
正常,active,yes
停用,inactive,yes
冻结,inactive,
注销,inactive,
作废,inactive,
"""

BAD_DATE = {**YUANDA, "更新日期": "2026-02-30"}


def deliver(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, BAD_DATE, HONGDA))
    hub.put("dealers_20261102.xlsx", xlsx_file({**HUAQIANG_DEALER, "Tel": "0755-33334444"}))
    assert hub.sync().state == "green"


def numbers(hub: Installation) -> dict[str, str]:
    """Record -> customer number."""
    rows = hub.rows(
        "select s.code || '/' || r.record_type || '/' || r.native_key as record, p.public_id as id"
        " from master.membership m join master.party p on p.id = m.party_id"
        " join master.source_record r on r.id = m.record_id join master.source_system s on s.id = r.system_id"
        " where m.to_cs = :open"
    )
    return {row["record"]: row["id"] for row in rows}


def state(hub: Installation) -> tuple[object, ...]:
    """All that a plan must leave alone: every table, the list of runs, the clock, the landing zone, the databases."""
    run_rows = hub.rows("select * from hub.run order by id")
    databases = hub.rows("select datname from pg_database where datname ~ 'plan' order by 1")
    folders = sorted(path.name for path in hub.settings.home.iterdir())
    return hub.contents(), run_rows, hub.clock(), hub.landed(), databases, folders


def planned(hub: Installation) -> Plan:
    """Make a plan with every system away, and see that it leaves everything as it was."""
    before = state(hub)
    made = plan(hub.settings)
    assert state(hub) == before
    return made


def applied(hub: Installation) -> list[str]:
    return [d.name for d in documents.apply(hub.engine, read_documents(hub.settings.project))]


def comes_true(hub: Installation, made: Plan) -> None:
    """Apply and run, and see that it is what was planned, to the last cell and customer number."""
    since, before = hub.clock(), {letter["id"] for letter in hub.letters() if letter["settled_us"] is None}
    assert applied(hub) == [d.name for d in made.documents if d.becomes_active]
    hub.step("record")
    hub.step("resolve")
    with hub.engine.connect() as db:
        assert record_contents(db, since) == made.records
        assert golden_contents(db, since) == made.golden
        assert changed_customers(db, since) == made.customers
    waiting = {letter["id"] for letter in hub.letters() if letter["settled_us"] is None}
    assert len(waiting - before) - len(before - waiting) == sum(g.count for g in made.rejects) - sum(
        g.count for g in made.heals
    )


def test_nothing_changed(hub: Installation, stopped_server: Callable[[], None]) -> None:
    deliver(hub)
    stopped_server()
    made = planned(hub)
    assert made.is_empty
    assert {d.state for d in made.documents} == {"unchanged"}


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
    hub.edit(MATCH, "    match: 7.0", "    match: 90.0")
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
    hub.write(STATES, STATES_1)
    hub.edit(SHIP_TOS, "\nlet:", "\ncrosswalks:\n  states: scm_state@1\n\nlet:")
    hub.edit(
        SHIP_TOS,
        'not (row["状态"] in ["停用", "冻结", "注销", "作废"])',
        'translate(row["状态"], states) != "inactive"',
    )
    applied(hub)
    hub.put("shipto_20261101_01.csv", csv_file({**HUAQIANG, "状态": "正常"}, {**HONGDA, "状态": "待审核"}))
    hub.sync()
    hub.edit(SHIP_TOS, "scm_state@1", "scm_state@2")
    hub.write(STATES, STATES_1.replace("version: 1", "version: 2") + "待审核,inactive,\n")
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


def connect_erp(hub: Installation, *, subscribed: bool) -> None:
    """Author the ERP; nobody answers there."""
    for name, value in {"erp_url": "http://127.0.0.1:9", "erp_database": "none", "erp_password": "none"}.items():
        hub.secret(name, value)
    for folder in ("deploy/connections/erp.yaml", "mappings/specs/erp.party.yaml", "mappings/crosswalks"):
        target = hub.settings.project / folder
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, target)
        else:
            shutil.copy(ROOT / folder, target)
    if subscribed:
        hub.write(SUBSCRIPTION, (ROOT / SUBSCRIPTION).read_text(encoding="utf-8"))
    applied(hub)


SUBSCRIPTION = "deploy/subscriptions/erp_party.yaml"


def land_in_erp(hub: Installation, document: dict[str, Any]) -> None:
    """Let a record of the ERP have been pulled."""
    with hub.engine.begin() as db:
        run = runs.open_run(db, "pull")
        raw = RawRecord(document=document, origin="party.party 42", position="2026-11-01T00:00:00")
        batch = Batch("party", to_table([raw]), {"id": 42})
        landing.land(db, hub.settings.home / "landing", run_id=run, system="erp", batch=batch)
        runs.close_run(db, run, "green")
    hub.step("record")
    hub.step("resolve")


def test_a_new_subscription_pushes_what_the_target_does_not_have(hub: Installation) -> None:
    deliver(hub)
    connect_erp(hub, subscribed=False)
    known = TargetRecord.found(
        {
            "code": "C42",
            "name": "深圳市华强电子有限公司",
            "identifiers": [{"type": "cn_vat", "code": "914403001922038216"}],
        }
    )
    land_in_erp(hub, known.document)
    assert numbers(hub)["erp/party/42"] == numbers(hub)["scm/ship_to/S001"]
    hub.write(SUBSCRIPTION, (ROOT / SUBSCRIPTION).read_text(encoding="utf-8"))
    made = planned(hub)
    [pushes] = made.pushes
    assert (pushes.target, pushes.creates, pushes.updates, pushes.refused) == ("erp", 1, 1, "")
    assert {"contact_mechanisms", "addresses"} <= set(pushes.fields)
    assert made.customers.is_empty
    created = next(p for p in pushes.samples if p.key is None)
    assert created.customer == numbers(hub)["scm/ship_to/S003"]
    assert created.document["name"] == "苏州宏达纺织有限公司"
    updated = next(p for p in pushes.samples if p.key is not None)
    assert (updated.customer, updated.key) == (numbers(hub)["erp/party/42"], "42")

    applied(hub)
    hub.step("publish")  # the ERP does not answer: what is to be written waits, or its outcome is unknown
    waiting = hub.rows(
        "select r.native_key as key, p.public_id as customer from hub.delivery d"
        " join master.source_record r on r.id = d.record_id join master.party p on p.id = d.party_id"
        " where d.state in ('pending', 'sent') and d.target = 'erp'"
    )
    assert sorted((p.customer, p.key or "") for p in pushes.samples) == sorted(
        (row["customer"], row["key"] or "") for row in waiting
    )


COUNTRIES = """\
# crosswalk: erp_country
# version: 1
# owner: Finance
code,canonical
CN,CN
DE,DE
"""


def test_a_value_that_the_target_has_no_word_for_holds_no_other_record(hub: Installation) -> None:
    tokyo = {"省": "", "市": "", "地址": "1-2-3 Marunouchi, Chiyoda-ku, Tokyo 100-0005, Japan"}
    hub.put("shipto_20261101_01.csv", csv_file(HONGDA | tokyo, HUAQIANG))
    hub.sync()
    connect_erp(hub, subscribed=False)
    hub.write("mappings/crosswalks/erp_country.csv", COUNTRIES)
    spec = "mappings/specs/erp.party.yaml"
    hub.edit(spec, '      country: value["country"]', '      country: translate_back(value["country"], countries)')
    hub.edit(spec, "\nlet:", "\ncrosswalks:\n  countries: erp_country@1\n\nlet:")
    hub.write(SUBSCRIPTION, (ROOT / SUBSCRIPTION).read_text(encoding="utf-8"))
    [pushes] = planned(hub).pushes
    said = (
        "Mapping erp.party cannot write address: "
        'the canonical word "JP" is not in version 1 of the crosswalk erp_country'
    )
    assert (pushes.creates, pushes.unwritable, pushes.refused) == (1, {said: 1}, "")
    assert pushes.samples[0].document["name"] == HUAQIANG["客户名称"]

    applied(hub)
    hub.step("publish")
    [letter] = [x for x in hub.letters() if x["kind"] == "parked"]
    assert (letter["message"], letter["remedy"]) == (
        said, "Ask Finance to add it to mappings/crosswalks/erp_country.csv, then replay",
    )  # fmt: skip
    assert [row["state"] for row in hub.rows("select state from hub.delivery where state <> 'parked'")] != []


def test_a_target_of_production_gets_nothing_from_a_test(hub: Installation) -> None:
    deliver(hub)
    connect_erp(hub, subscribed=True)
    hub.edit("deploy/connections/erp.yaml", "stage: dev", "stage: prod")
    [pushes] = planned(hub).pushes
    assert pushes == Pushes("erp.party", "erp", refused="erp is marked prod, this installation is stamped test")


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


def test_what_landed_and_was_not_mapped_is_in_the_plan(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    hub.step("pull")
    made = planned(hub)
    assert made.rows == {"scm.ship_tos": {"landed": 0, "recorded": 2}} or made.records.new == 2
    assert made.customers.counts == {"new": 2}


def test_a_person_is_masked(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(YUANDA))
    hub.sync()
    body = (hub.settings.project / SHIP_TOS).read_text(encoding="utf-8").partition("\ntests:")[0]
    hub.write(SHIP_TOS, body.replace('row["联系人"]', 'row["联系人"] + "君"') + "\n")
    told = json.dumps(asdict(planned(hub)), ensure_ascii=False)
    assert '"cell": "contacts' in told
    assert "李建国" not in told


def test_the_command_tells_people_and_machines(hub: Installation, command: Callable[..., Answer]) -> None:
    deliver(hub)
    assert "Nothing would change" in command("plan").out
    hub.edit(SHIP_TOS, "distributor", "retailer")
    said = command("plan", "--diff").out
    assert "would be active: mapping scm.ship_tos" in said
    assert any(line.strip().startswith("+") and "retailer" in line for line in said.splitlines())
    assert "1 change in 1 cells" in said
    assert "1 roles" in said
    assert said.rstrip().splitlines()[-1].startswith("In all: 1 documents, 1 cells of records, ")
    told = command("plan", "--json")
    assert told.code == 0
    assert json.loads(told.out)["records"]["attributes"] == {"roles": 1}
    assert not json.loads(told.out)["is_empty"]
    assert "1 changed" in command("apply").out


KILLED = """
import os, signal
from hub.planning import plan
plan.record = lambda work: os.kill(os.getpid(), signal.SIGKILL)
from hub.settings import load
plan.plan(load())
"""


def test_what_a_killed_plan_left_goes_with_the_next_one(hub: Installation) -> None:
    deliver(hub)
    before = state(hub)
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=hub.environment(), capture_output=True, check=False, timeout=120
    )
    assert done.returncode == -9, done.stderr.decode()
    assert state(hub) != before
    assert plan(hub.settings).is_empty
    assert state(hub) == before


def test_a_user_who_may_not_make_databases_is_told_what_to_do(hub: Installation) -> None:
    name = hub.engine.url.database
    hub.execute("create role modest login password 'modest'")
    try:
        hub.execute(f'grant connect on database "{name}" to modest')
        url = hub.engine.url.set(username="modest", password="modest")
        modest = type(hub.settings)(
            project=hub.settings.project,
            home=hub.settings.home / "modest",
            cache=hub.settings.cache,
            database_url=url.render_as_string(hide_password=False),
            environment=hub.settings.environment,
        )
        with pytest.raises(HubError, match=r"may not make databases.*alter role modest createdb"):
            plan(modest)
    finally:
        with hub.engine.begin() as db:
            db.execute(text("drop owned by modest"))
            db.execute(text("drop role modest"))


def test_an_erasure_that_was_killed_is_not_finished_by_a_plan(hub: Installation) -> None:
    """What rewrites landed files in the copy rewrites the copy's."""
    deliver(hub)
    before = hub.landed()
    with scratch_copy(hub.settings, silent) as (own, engine):
        with engine.begin() as db:
            manifest = db.execute(text("select path, sha256 from hub.landing_batch order by id limit 1")).one()
        folder = own.home / "landing"
        table = landing.read(folder, manifest.path, manifest.sha256)
        landing.write_without(folder, table, {0}, manifest.path)
        (folder / manifest.path).unlink()
    assert hub.landed() == before
