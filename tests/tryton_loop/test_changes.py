"""There and back on real servers: what changed comes through, exactly that, and nobody's word is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from customer_master.store.matching import enqueue_everything
from customer_master.store.tables import OPEN
from hub.demo.landscape import Landscape, generate, write_files
from hub.demo.landscape.additions import addition, append_ship_to
from hub.demo.landscape.documents import erp_document, ship_to_row
from tests.tryton_loop.installation import Installation, erp_party, ship_to, uscc

pytestmark = pytest.mark.tryton

PHONE_A, PHONE_B, PHONE_C = "0755-26981101", "0755-26981202", "0755-26981303"
A, B, C = "+8675526981101", "+8675526981202", "+8675526981303"


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    return generate(40, 6)


@pytest.fixture(scope="module")
def hub(
    new_installation: Callable[[], Installation], landscape: Landscape, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """Forty customers in both systems, synced; each test adds customers of its own."""
    made = new_installation()
    made.enter(*landscape.erp())
    for path in write_files(landscape, tmp_path_factory.mktemp("night"), date="20200101"):
        made.put_file(path.name, path.read_bytes())
    assert made.sync().state == "green"
    return made


@pytest.fixture(autouse=True)
def settled(hub: Installation) -> None:
    """Every test finds everything at rest."""
    assert hub.sync().problems == []


def phones(record: dict[str, Any]) -> list[str]:
    return [phone["number"] for phone in record.get("phones", [])]


def at_rest(hub: Installation) -> bool:
    """Another sync finds nothing and writes nothing."""
    clock, writes = hub.clock(), hub.writes()
    account = hub.sync()
    landed = [own["landed"] for streams in account.sources.values() for own in streams.values()]
    return (
        account.state == "green"
        and not any(landed)
        and not account.targets
        and (hub.clock(), hub.writes()) == (clock, writes)
    )


def test_a_phone_a_row_and_a_party_edited_on_both_sides_come_through_and_nothing_else(
    hub: Installation, landscape: Landscape
) -> None:
    known, its_row, unknown_row = addition(landscape, 0)
    known_key = hub.value(
        "select native_key from master.source_record where native_key = any(:ids)",
        ids=[str(i) for i in hub.erp.rpc("party.party.search", [["code", "=", known.ref]])],
    )
    (lone,) = hub.enter(erp_party("ONE-PHONE", "深圳市一号电话有限公司", identifiers=[uscc("lone")], phone=PHONE_A))
    (both,) = hub.enter(erp_party("BOTH", "深圳市两边贸易有限公司", identifiers=[uscc("both")], phone=PHONE_B))
    row = ship_to("ST-BOTH", "深圳市两边贸易有限公司", 统一社会信用代码=uscc("both"), 电话=PHONE_B)
    hub.deliver(row)
    assert hub.sync().state == "green"
    assert hub.customer("scm", "ST-BOTH") == hub.customer("erp", both)
    assert at_rest(hub)
    clock, writes = hub.clock(), hub.writes()

    hub.edit_contact(lone, "phone", PHONE_C)
    hub.deliver_file(append_ship_to(landscape, 0))
    hub.edit(both, name="深圳市两边国际贸易有限公司")
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    hub.deliver({**row, "电话": PHONE_C}, date=f"{tomorrow:%Y%m%d}")
    account = hub.sync()

    assert (account.state, account.problems) == ("green", [])
    (made,) = hub.erp_records("scm", unknown_row.ref)
    records, golden = hub.changed_since(clock)
    expected = {("erp", lone), ("erp", both), ("scm", "ST-BOTH"), ("scm", its_row.ref), ("scm", unknown_row.ref)}
    by_the_hub = {known_key, made}  # the known customer's mobile or mailbox was a gap that its new row fills
    assert expected <= records <= expected | {("erp", key) for key in by_the_hub}
    assert hub.written_since(writes) - {lone, both} <= by_the_hub
    assert golden == {hub.customer(*record) for record in records}
    assert hub.golden("erp", lone)["phone"]["number"] == C
    assert hub.golden("erp", both)["name"] == "深圳市两边国际贸易有限公司", "the ERP's word"
    assert hub.golden("erp", both)["phone"]["number"] == C, "the SCM's word"
    assert hub.versions("erp", lone) == 2
    assert hub.customer("scm", its_row.ref) == hub.customer("erp", known_key)
    assert hub.party(made)["name"] == ship_to_row(unknown_row)["客户名称"]
    assert hub.party(made)["code"].startswith("HUB-")
    assert erp_document(known)["name"] == hub.party(known_key)["name"]
    assert at_rest(hub)


def test_what_the_hub_wrote_is_no_evidence_until_a_person_changes_it(hub: Installation) -> None:
    (key,) = hub.enter(erp_party("ECHO", "深圳市回声科技有限公司", identifiers=[uscc("echo")]))
    hub.deliver(ship_to("ST-ECHO", "深圳市回声科技有限公司", 统一社会信用代码=uscc("echo"), 电话=PHONE_A))
    for step in ("pull", "record", "resolve"):
        hub.run(step)
    before = matching(hub, key)

    assert hub.sync().state == "green"
    assert hub.values(key, "phone") == [A]
    assert phones(hub.evidence("erp", key)) == []
    assert hub.source_of("erp", key, "phone") == ("scm", "ST-ECHO")
    assert matching(hub, key) == before

    hub.edit_contact(key, "phone", PHONE_C)
    assert hub.sync().state == "green"
    assert phones(hub.evidence("erp", key)) == [C]
    assert hub.source_of("erp", key, "phone") == ("erp", key)
    assert hub.golden("scm", "ST-ECHO")["phone"]["number"] == C
    assert hub.values(key, "phone") == [PHONE_C]
    assert at_rest(hub)


def test_deciding_everything_anew_after_the_echo_changes_no_agreed_value(hub: Installation) -> None:
    """What the hub made in the ERP and read back says nothing of its own, also when nothing else is asked."""
    hub.deliver(ship_to("ST-MADE", "嘉兴市新港纺织机械有限公司", 统一社会信用代码=uscc("made"), 电话=PHONE_B))
    assert hub.sync().state == "green"
    assert len(hub.erp_records("scm", "ST-MADE")) == 1
    before = agreed(hub)
    with hub.engine.begin() as db:
        enqueue_everything(db)
    hub.run("resolve")
    assert agreed(hub) == before


def agreed(hub: Installation) -> dict[int, dict[str, Any]]:
    """Every customer's agreed values."""
    rows = hub.query("select party_id, attrs from master.golden_version where to_cs = :open", open=OPEN)
    return {row["party_id"]: row["attrs"] for row in rows}


def matching(hub: Installation, key: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    record = hub.value(
        "select r.id from master.source_record r join master.source_system s on s.id = r.system_id"
        " where s.code = 'erp' and r.native_key = :key",
        key=key,
    )
    return (
        hub.query("select hash, kind from master.blocking_key where record_id = :r order by hash", r=record),
        hub.query("select lo, hi, weight from master.match_pair where lo = :r or hi = :r order by lo, hi", r=record),
    )


def test_the_hubs_own_writing_follows_its_source(hub: Installation) -> None:
    (key,) = hub.enter(erp_party("FOLLOW", "深圳市跟随物流有限公司", identifiers=[uscc("follow")]))
    row = ship_to("ST-FOLLOW", "深圳市跟随物流有限公司", 统一社会信用代码=uscc("follow"), 电话=PHONE_A)
    hub.deliver(row)
    hub.sync()
    assert hub.values(key, "phone") == [A]

    hub.deliver({**row, "电话": PHONE_B})
    assert hub.sync().state == "green"
    assert hub.values(key, "phone") == [B]
    assert at_rest(hub)


def test_what_a_person_typed_is_not_overwritten_where_the_hub_only_fills(hub: Installation) -> None:
    (key,) = hub.enter(erp_party("TYPED", "深圳市亲手机械有限公司", identifiers=[uscc("typed")], phone=PHONE_A))
    hub.deliver(ship_to("ST-TYPED", "深圳市亲手机械有限公司", 统一社会信用代码=uscc("typed"), 电话=PHONE_B))
    before = hub.writes()
    assert hub.sync().state == "green"
    assert hub.customer("erp", key) == hub.customer("scm", "ST-TYPED")
    assert hub.values(key, "phone") == [PHONE_A]
    assert key not in hub.written_since(before)


def test_the_newer_word_counts_whichever_system_says_it(hub: Installation) -> None:
    (key,) = hub.enter(erp_party("NEWER", "深圳市新消息有限公司", identifiers=[uscc("newer")], phone=PHONE_A))
    first_of_january = f"{dt.datetime.now(dt.UTC).year}0101"
    row = ship_to("ST-NEWER", "深圳市新消息有限公司", 统一社会信用代码=uscc("newer"), 电话=PHONE_B)
    hub.deliver(row, date=first_of_january)
    hub.sync()
    assert hub.customer("erp", key) == hub.customer("scm", "ST-NEWER")
    hub.edit_contact(key, "phone", PHONE_C)
    assert hub.sync().state == "green"
    assert hub.golden("erp", key)["phone"]["number"] == C


def test_a_value_that_vanishes_at_the_source_is_left_in_the_target(hub: Installation) -> None:
    typed = erp_party("NULL-1", "深圳市空白印刷有限公司", identifiers=[uscc("null 1")], email="li@kongbai.example")
    filled = erp_party("NULL-2", "深圳市留白纸业有限公司", identifiers=[uscc("null 2")])
    typed_key, filled_key = hub.enter(typed, filled)
    rows = [
        ship_to("ST-NULL-1", typed["name"], 统一社会信用代码=uscc("null 1"), 邮箱="li@kongbai.example"),
        ship_to("ST-NULL-2", filled["name"], 统一社会信用代码=uscc("null 2"), 邮箱="wang@liubai.example"),
    ]
    hub.deliver(*rows)
    hub.sync()
    assert hub.values(filled_key, "email") == ["wang@liubai.example"]
    before = hub.writes()

    hub.deliver(*({**row, "邮箱": ""} for row in rows))
    assert hub.sync().state == "green"
    assert hub.values(typed_key, "email") == ["li@kongbai.example"]
    assert hub.values(filled_key, "email") == ["wang@liubai.example"]
    assert hub.written_since(before) == set()
    assert at_rest(hub)


def test_a_party_deactivated_in_the_erp_is_left_in_peace(hub: Installation) -> None:
    (key,) = hub.enter(erp_party("GONE", "深圳市歇业商行", identifiers=[uscc("gone")]))
    row = ship_to("ST-GONE", "深圳市歇业商行", 统一社会信用代码=uscc("gone"))
    hub.deliver(row)
    hub.sync()
    hub.edit(key, active=False)
    hub.deliver({**row, "电话": PHONE_A})
    before = hub.writes()
    assert hub.sync().state == "green"
    assert hub.golden("scm", "ST-GONE")["phone"]["number"] == A
    assert hub.written_since(before) == set()
    assert hub.erp_records("scm", "ST-GONE") == [key], "nor does it get a second party"


def test_what_the_erp_refuses_is_parked_and_the_others_arrive(hub: Installation) -> None:
    zealand = hub.erp.rpc("country.country.search", [["code", "=", "NZ"]])
    hub.erp.rpc("country.country.delete", zealand)
    abroad = ship_to("ST-NZ", "Kauri Timber Ltd", 地址="12 Queen Street, Auckland, New Zealand", 市="NZ")
    hub.deliver(abroad, ship_to("ST-CN", "深圳市同行木业有限公司", 统一社会信用代码=uscc("cn"), 电话=PHONE_A))

    account = hub.sync()
    assert account.state == "green"
    assert account.targets["erp"]["parked"] == 1
    assert account.targets["erp"]["created"] == 1
    (letter,) = account.dead_letters
    assert (letter["kind"], letter["system"], letter["stream"]) == ("parked", "erp", "party")
    assert "country" in letter["message"]
    assert "Kauri" not in letter["message"]
    assert letter["remedy"]
    (made,) = hub.erp_records("scm", "ST-CN")
    assert hub.values(made, "phone") == [A]

    hub.erp.rpc("country.country.create", [{"code": "NZ", "name": "New Zealand"}])
    hub.deliver({**abroad, "邮箱": "hello@kauri.example"})
    account = hub.sync()
    assert (account.state, account.targets["erp"]["created"]) == ("green", 1)
    (made,) = hub.erp_records("scm", "ST-NZ")
    assert hub.party(made)["name"] == "Kauri Timber Ltd"
    assert at_rest(hub)


def test_somebody_edits_between_pull_and_push_and_nothing_is_lost(hub: Installation) -> None:
    (key,) = hub.enter(erp_party("STALE", "深圳市手快玩具有限公司", identifiers=[uscc("stale")]))
    hub.deliver(ship_to("ST-STALE", "深圳市手快玩具有限公司", 统一社会信用代码=uscc("stale"), 电话=PHONE_A))
    edits = iter([{"contact_mechanisms": [["create", [{"type": "phone", "value": PHONE_B}]]]}])

    def while_the_hub_plans(step: str, _done: int, _total: int | None) -> None:
        if step == "publish: plan":
            for edit in edits:
                hub.edit(key, **edit)

    account = hub.sync(while_the_hub_plans)
    assert (account.state, account.problems) == ("green", [])
    assert hub.values(key, "phone") == [PHONE_B]
    assert phones(hub.evidence("erp", key)) == [B]
    assert hub.golden("erp", key)["phone"]["number"] == B
    assert at_rest(hub)


def test_two_erp_parties_of_one_customer_both_get_the_agreed_legal_name(hub: Installation) -> None:
    name, code = "深圳市同一精密模具有限公司", uscc("twins")
    twins = hub.enter(
        erp_party("TWIN-1", name, identifiers=[code], phone=PHONE_A),
        erp_party("TWIN-2", "深圳同一精密模具", identifiers=[code], phone=PHONE_A),
    )
    hub.deliver(ship_to("ST-TWIN", name, 统一社会信用代码=code, 电话=PHONE_A))
    account = hub.sync()
    assert account.state == "green"
    assert hub.erp_records("scm", "ST-TWIN") == twins
    assert [hub.party(key)["name"] for key in twins] == [name, name]
    assert [name["text"] for name in hub.evidence("erp", twins[1])["names"]] == ["深圳同一精密模具"]
    assert at_rest(hub)


def test_the_folder_of_the_scm_keeps_every_file(hub: Installation) -> None:
    name = hub.deliver(ship_to("ST-KEEP", "深圳市留存档案有限公司", 统一社会信用代码=uscc("keep")))
    hub.sync()
    assert hub.scm.files("in") == []
    assert name in hub.scm.files("archive")
