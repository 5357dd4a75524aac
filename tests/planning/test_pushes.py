"""What a plan says would be written into targets."""

from __future__ import annotations

import shutil
from typing import Any

from connectors.base import Batch, RawRecord, to_table
from hub.planning.pushes import Pushes
from hub.store import landing, runs
from tests.delivery.target import TargetRecord
from tests.loop.deliveries import HONGDA, HUAQIANG, csv_file
from tests.loop.installation import Installation
from tests.planning.plans import applied, deliver, numbers, planned
from tests.support.sftp import ROOT


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
