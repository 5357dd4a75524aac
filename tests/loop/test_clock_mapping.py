"""A mapping that asks what day it is is told when its row landed, whoever maps it and however much later."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.delivery.plan import plan_update
from hub.master.erasure import By, erase
from hub.pipeline.replay import replay
from mappings.canonical import to_payload
from mappings.language import Mapped, compile_mapping, parse_mapping
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import SHIP_TOS, Answer, Installation
from tests.support.sftp import ROOT

LANDED = datetime(2020, 1, 1, 18, tzinfo=UTC)
SEEN = "建档 2020-01-02"  # already the next day in Shanghai
RULES = "dq_rules/party.yaml"
NAMELESS = {**YUANDA, "客户名称": "深圳市" + "华强" * 60 + "有限公司"}
OWN_TEST = """\
tests:
  - case: the day on which it landed
    at: 2020-01-01T18:00:00Z
    given: {客户编码: S1, 客户名称: 深圳市华强电子有限公司}
    expect: {contacts: [建档 2020-01-02]}
"""


def asking_for_the_day(spec: str) -> str:
    """Have the mapping of ship-tos note the day on which a row landed."""
    body, _, _ = spec.partition("tests:\n")
    body = body.replace("  stream: ship_tos\n", "  stream: ship_tos\n  zone: Asia/Shanghai\n")
    return body.replace("    contacts:\n", '    contacts:\n      - contact("建档 " + date_text(today()))\n') + OWN_TEST


def land(hub: Installation, name: str, *rows: dict[str, Any]) -> None:
    """Let rows land, at the beginning of 2020."""
    hub.put(name, csv_file(*rows))
    hub.step("pull")
    hub.execute("update hub.landing_batch set landed_us = :us", us=int(LANDED.timestamp()) * 1_000_000)


@pytest.fixture
def dated(hub: Installation) -> Installation:
    """An installation whose ship-tos note when they landed, with two rows that are mapped and one that is held."""
    hub.write(SHIP_TOS, asking_for_the_day((hub.settings.project / SHIP_TOS).read_text(encoding="utf-8")))
    hub.edit(RULES, "max_value: 200", "max_value: 100")
    hub.apply()
    land(hub, "shipto_20261101_01.csv", HUAQIANG, HONGDA, NAMELESS)
    hub.sync()
    return hub


def days(hub: Installation) -> dict[str, str]:
    return {name.removeprefix("ship_to/"): payload["contacts"][0] for name, payload in hub.live().items()}


def test_a_run_a_replay_a_remapping_and_a_rebuild_see_the_day_on_which_the_row_landed(dated: Installation) -> None:
    assert days(dated) == {"S001": SEEN, "S003": SEEN}

    dated.edit(RULES, "max_value: 100", "max_value: 200")
    dated.apply()
    replay(dated.settings, dated.engine, [letter["id"] for letter in dated.letters()])
    assert days(dated) == {"S001": SEEN, "S002": SEEN, "S003": SEEN}

    before = dated.live()
    dated.edit(SHIP_TOS, "version: 1", "version: 2")
    dated.edit(SHIP_TOS, 'row["客户类型"] == "经销商"', 'row["客户类型"] == "经销"')
    assert dated.apply() == ["scm.ship_tos"]
    dated.sync()
    after = dated.live()
    assert after["ship_to/S001"]["roles"] != before["ship_to/S001"]["roles"], "it was mapped again"
    assert days(dated) == {"S001": SEEN, "S002": SEEN, "S003": SEEN}

    assert dated.cli("master", "rebuild", "--verify").code == 0


def test_a_rebuild_that_saw_another_day_would_be_noticed(dated: Installation) -> None:
    dated.execute("update hub.landing_batch set landed_us = landed_us + 86400000000")
    done = dated.cli("master", "rebuild", "--verify")
    assert done.code != 0
    assert "its landed row says something else" in done.out + done.err


def test_the_same_row_that_lands_on_another_day_is_news(dated: Installation) -> None:
    dated.put("shipto_20261102_01.csv", csv_file({**HUAQIANG, "更新日期": "2026-11-02"}))
    dated.sync()
    (later,) = {day for name, day in days(dated).items() if name == "S001"}
    assert later > SEEN
    assert days(dated)["S003"] == SEEN


def test_erasing_finds_the_rows_of_a_record(dated: Installation, command: Callable[..., Answer]) -> None:
    (row,) = dated.rows("select id from master.source_record where native_key = 'S003'")
    erase(dated.settings, dated.engine, [row["id"]], By("dpo", "asked to"))
    assert days(dated) == {"S001": SEEN}
    shown = json.loads(command("mapping", "preview", "scm.ship_tos", "--json").out)
    assert [row["row"]["document"]["客户编码"] for row in shown] == ["S001", "S002"]


def test_whoever_authors_sees_that_day(dated: Installation, command: Callable[..., Answer]) -> None:
    shown = json.loads(command("mapping", "preview", "scm.ship_tos", "--json").out)
    assert [[v["value"] for v in row["values"] if "contacts.0" in v["place"]] for row in shown] == [[SEEN]] * 3
    (step,) = json.loads(command("mapping", "explain", "scm.ship_tos", "--value", "contacts.0", "--json").out)["steps"]
    assert step["value"] == SEEN
    assert 'date_text(day_in(landed_at(), "Asia/Shanghai"))' in step["expression"]
    assert json.loads(command("mapping", "coverage", "scm.ship_tos", "--rows", "3", "--json").out)["rows"] == 3
    dated.edit(SHIP_TOS, '"建档 "', '"到达 "')
    changed = json.loads(command("mapping", "diff", "scm.ship_tos", "--json").out)
    assert {(c["cell"], c["old"], c["new"]) for c in changed} == {("contacts.0", SEEN, "到达 2020-01-02")}


VALUE, AGREED = "0755-26988888", {"number": "+8675526988889", "extension": "", "kind": "landline"}


@pytest.mark.parametrize(("landed", "written"), [(LANDED, True), (datetime(2021, 1, 1, tzinfo=UTC), False)])
def test_what_is_written_into_a_target_is_read_as_on_the_day_it_landed(landed: datetime, written: bool) -> None:
    spec = (ROOT / "mappings/specs/erp.party.yaml").read_text(encoding="utf-8").partition("\ntests:\n")[0]
    spec = spec.replace("  stream: party\n", "  stream: party\n  zone: Asia/Shanghai\n")
    spec = spec.replace("    roles: [customer]", '    contacts:\n      - contact("建档 " + date_text(today()))')
    mapping = compile_mapping(parse_mapping(spec, "erp.party"))
    mechanisms = [{"id": 9, "type": "phone", "value": VALUE, "active": True}]
    document = {
        "id": 1,
        "code": "C1",
        "name": "深圳市华强电子有限公司",
        "active": True,
        "contact_mechanisms": mechanisms,
    }
    known = mapping.map(document, at=LANDED)
    assert isinstance(known, Mapped)
    payload = json.loads(json.dumps(to_payload(known.records[0])))
    plan = plan_update(mapping, {"phone": AGREED}, {"phone": "lead"}, payload, [], lambda: document, landed)
    changed = {"replace": {"contact_mechanisms": [{"id": 9, "type": "phone", "value": "+8675526988889"}]}}
    assert plan.document == (changed if written else {}), "of a record that would say something else nothing is written"
