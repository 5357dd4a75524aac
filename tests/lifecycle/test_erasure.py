"""What is erased cannot be found anywhere any more, and does not come back."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from customer_master.stewardship.errors import UnknownError
from customer_master.store.clock import Author
from customer_master.store.public_id import encode
from hub.errors import HubError
from hub.master import erasure
from hub.master.context import By
from hub.master.lifecycle import read_map, renumber
from hub.store import landing
from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, csv_file, xlsx_file
from tests.loop.installation import SHIP_TOS, Installation

WANG = {
    "客户编码": "S777",
    "客户名称": "欧阳清照",
    "省": "江苏省",
    "市": "苏州市",
    "地址": "平江路77号",
    "手机": "13912345678",
    "邮箱": "qingzhao@ouyang.example",
    "客户类型": "个人",
    "更新日期": "2026-10-29",
}
TRACES = ("欧阳清照", "平江路77号", "13912345678", "qingzhao", "S777")
BY = By("lin", "asked for by letter")


@pytest.fixture
def filled(hub: Installation) -> Installation:
    """Three customers; the consumer was delivered twice, once with a new address, and once as a dead letter."""
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, {**WANG, "地址": "平江路7号"}, HONGDA))
    hub.sync()
    hub.put("shipto_20261102.csv", csv_file(WANG))
    hub.put("shipto_20261103.csv", csv_file(WANG, HONGDA))
    hub.put("shipto_20261104.csv", csv_file({**WANG, "更新日期": "2026-13-45"}))
    hub.put("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER))
    hub.sync()
    return hub


def record(hub: Installation, key: str) -> int:
    (row,) = hub.rows("select id from master.source_record where native_key = :key", key=key)
    return int(row["id"])


def erase_customer(hub: Installation, party_id: int) -> dict[str, Any]:
    """Erase a customer by its number, as the command does."""
    with hub.engine.connect() as db:
        records = erasure.named(db, encode(party_id))
    return erasure.erase(hub.settings, hub.engine, records, BY)


def party(hub: Installation, key: str) -> int:
    sql = "select party_id from master.membership where record_id = :id and to_cs = :open"
    (row,) = hub.rows(sql, id=record(hub, key))
    return int(row["party_id"])


def database_text(hub: Installation) -> str:
    """Everything the database holds, as text."""
    tables = hub.rows(
        "select table_schema || '.' || table_name as name from information_schema.tables"
        " where table_schema in ('hub','master') and table_name <> 'document'"
    )
    whole = "select string_agg(t::text, ' ') as all from {} t"
    return "\n".join(str(hub.rows(whole.format(t["name"]))) for t in tables)


def landing_text(hub: Installation) -> str:
    return "\n".join(
        str(pq.read_table(io.BytesIO(data)).to_pylist()) + data.decode("latin-1") for data in hub.landed().values()
    )


def assert_gone(hub: Installation, traces: Sequence[str] = TRACES) -> None:
    database, landed = database_text(hub), landing_text(hub)
    for trace in traces:
        assert trace not in database
        assert trace not in landed
        assert trace.encode().decode("latin-1") not in landed


def test_nothing_of_an_erased_customer_is_left_and_everything_of_the_others(filled: Installation) -> None:
    assert all(trace in database_text(filled) + landing_text(filled) for trace in TRACES)
    number, others = party(filled, "S777"), {k: v for k, v in filled.live().items() if k != "ship_to/S777"}
    certificate = erase_customer(filled, number)
    assert_gone(filled)
    assert filled.live() == others
    assert certificate["done"] is True
    assert certificate["customers"] == {"erased": [encode(number)], "left": []}
    assert [sum(len(f["rows"]) for f in certificate["files"]), certificate["reason"]] == [4, BY.reason]
    states = filled.rows("select status from master.party_state where party_id = :p and to_cs = :open", p=number)
    assert states == [{"status": "erased"}]
    assert filled.sync().state == "green"
    assert_gone(filled)


def test_a_dead_letter_keeps_no_code_that_was_a_persons_name(hub: Installation) -> None:
    """Somebody wrote the name into the column of the state: what the letter says quotes it."""
    states = "# crosswalk: scm_state\n# version: 1\n# owner: sales\ncode,canonical\n正常,active\n"
    hub.write("mappings/crosswalks/scm_state.csv", states)
    hub.edit(SHIP_TOS, "\nlet:", "\ncrosswalks:\n  states: scm_state@1\n\nlet:")
    known = 'not (row["状态"] in ["停用", "冻结", "注销", "作废"])'
    hub.edit(SHIP_TOS, known, 'translate(row["状态"], states) != "inactive"')
    body = (hub.settings.project / SHIP_TOS).read_text(encoding="utf-8")
    hub.write(SHIP_TOS, body.partition("tests:\n")[0])
    hub.apply()
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG | {"状态": "正常"}, WANG | {"状态": "正常"}))
    hub.put("shipto_20261102.csv", csv_file(WANG | {"状态": WANG["客户名称"]}))
    hub.sync()
    assert [WANG["客户名称"] in letter["message"] for letter in hub.letters()] == [True]
    erase_customer(hub, party(hub, "S777"))
    assert_gone(hub)


def test_the_certificate_names_the_files_with_both_hashes(filled: Installation) -> None:
    before = {hashlib.sha256(data).hexdigest() for data in filled.landed().values()}
    certificate = erase_customer(filled, party(filled, "S777"))
    after = {hashlib.sha256(data).hexdigest() for data in filled.landed().values()}
    assert {file["sha256_before"] for file in certificate["files"]} == before - after
    assert {file["sha256_after"] for file in certificate["files"]} == after - before
    assert certificate["copies"] == [{"system": "scm", "record_type": "ship_to", "key": None, "what": "source"}]
    manifests = filled.rows("select path, sha256, rows from hub.landing_batch")
    for manifest in manifests:
        table = landing.read(filled.settings.home / "landing", manifest["path"], manifest["sha256"])
        assert table.num_rows == manifest["rows"]
    assert len(filled.landed()) == len(manifests)


def test_the_next_import_does_not_bring_it_back(filled: Installation) -> None:
    erase_customer(filled, party(filled, "S777"))
    filled.put("shipto_20261105.csv", csv_file({**HUAQIANG, "联系人": "赵敏"}, WANG))
    account = filled.sync()
    assert account.state == "green"
    assert filled.fates(account.run) == [("recorded", ""), ("filtered", "erased")]
    assert_gone(filled)
    assert len(filled.landed()) == len(filled.rows("select id from hub.landing_batch"))


def test_a_new_mapping_finds_nothing_of_it(filled: Installation) -> None:
    erase_customer(filled, party(filled, "S777"))
    filled.edit(SHIP_TOS, 'name(row["简称"], short)', 'name(row["简称"], former)')
    body = (filled.settings.project / SHIP_TOS).read_text(encoding="utf-8")
    filled.write(SHIP_TOS, body[: body.index("\ntests:")] + "\n")
    filled.apply()
    assert filled.sync().state == "green"
    assert_gone(filled)


def test_of_a_customer_with_other_records_only_what_came_from_the_erased_one_goes(filled: Installation) -> None:
    """The dealer's spreadsheet knows the mail address, the ship-to the postal code and the contact."""
    number = party(filled, "D-0017")
    assert party(filled, "S001") == number
    assert filled.golden_of("ship_to/S001")["email"] == "sales@huaqiang.example"
    certificate = erasure.erase(filled.settings, filled.engine, [record(filled, "D-0017")], BY)
    assert certificate["customers"] == {"erased": [], "left": [encode(number)]}
    assert "sales@huaqiang.example" not in database_text(filled) + landing_text(filled)
    filled.sync()
    golden = filled.golden_of("ship_to/S001")
    assert (golden["email"], golden["name"]) == (None, "深圳市华强电子有限公司")
    assert party(filled, "S001") == number


def test_who_is_killed_before_the_files_are_written_is_finished_by_the_next_run(
    filled: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = landing.write_without

    def killed_at_the_second(folder: Path, *args: Any) -> tuple[str, int]:
        if list(folder.rglob("*-1.0.parquet")):
            raise KeyboardInterrupt
        return written(folder, *args)

    monkeypatch.setattr(landing, "write_without", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        erase_customer(filled, party(filled, "S777"))
    assert not any(trace in database_text(filled) for trace in TRACES)
    assert filled.rows("select done from master.erasure") == [{"done": False}]
    monkeypatch.undo()
    assert filled.sync().state == "green"
    assert filled.rows("select done from master.erasure") == [{"done": True}]
    assert_gone(filled)
    assert len(filled.landed()) == len(filled.rows("select id from hub.landing_batch"))


def test_the_chain_of_change_sets_stays_whole_and_the_salts_are_gone(filled: Installation) -> None:
    own = filled.rows("select from_cs from master.source_record_version where record_id = :r", r=record(filled, "S777"))
    hashes = filled.rows("select cs, hash, digest from master.change_set order by cs")
    erase_customer(filled, party(filled, "S777"))
    now = filled.rows("select cs, hash, digest, salt, kind from master.change_set order by cs")
    assert [{k: row[k] for k in ("cs", "hash", "digest")} for row in now[:-1]] == hashes
    assert now[-1]["kind"] == "erase"
    assert all(row["salt"] == "" for row in now if row["cs"] in {version["from_cs"] for version in own})
    assert now[-1]["salt"] != ""


def test_an_erased_or_unknown_record_is_not_erased_again(filled: Installation) -> None:
    number = record(filled, "S777")
    erasure.erase(filled.settings, filled.engine, [number], BY)
    for wrong in (number, 987654):
        with pytest.raises(UnknownError):
            erasure.erase(filled.settings, filled.engine, [wrong], BY)


def test_without_the_key_nothing_is_taken_in_unrecognised(filled: Installation) -> None:
    erasure.erase(filled.settings, filled.engine, [record(filled, "S777")], BY)
    (filled.settings.secrets / "erasure_key").unlink()
    filled.put("shipto_20261105.csv", csv_file(WANG))
    with pytest.raises(HubError, match="erasure_key"):
        filled.sync()


def test_what_people_and_programs_wrote_about_it_goes_too(filled: Installation) -> None:
    a, b, number = record(filled, "S777"), record(filled, "S003"), party(filled, "S777")
    said = '{"value": "欧阳清照", "reason": "13912345678"}'
    filled.execute(
        "insert into master.decision (cs, verdict, records, detail, actor, reason, evidence, at_us)"
        " values (1, 'pin', array[:a, :b], cast(:said as jsonb), 'lin', '欧阳清照 rang', cast(:said as jsonb), 1)",
        a=a, b=b, said=said,
    )  # fmt: skip
    filled.execute(
        "insert into master.pin (id, decision_id, anchor_record_id, attribute, value, mode, from_cs)"
        " select 1, id, :a, 'name', cast(:said as jsonb), 'forever', 1 from master.decision", a=a, said=said,
    )  # fmt: skip
    filled.execute(
        "insert into master.proposal (kind, fingerprint, records, detail, created_cs)"
        " values ('merge', 'f', array[:a, :b], cast(:said as jsonb), 1)", a=a, b=b, said=said,
    )  # fmt: skip
    filled.execute(
        "insert into master.task (proposal_id, queue, state, created_us, due_us, proposed_by, verdict)"
        " select id, 'q', 'awaiting_second', 1, 1, 'lin', cast(:said as jsonb) from master.proposal"
        " where fingerprint = 'f'", said=said,
    )  # fmt: skip
    filled.execute(
        "insert into master.task_event (task_id, at_us, kind, actor, detail)"
        " select max(id), 1, 'commented', 'lin', cast(:said as jsonb) from master.task", said=said,
    )  # fmt: skip
    filled.execute(
        "insert into hub.delivery (target, party_id, record_id, desired, desired_hash, state, written, updated_us)"
        " values ('erp', :p, :a, cast(:said as jsonb), 'h', 'delivered', jsonb_build_array(cast(:said as jsonb)), 1)",
        p=number, a=a, said=said,
    )  # fmt: skip
    filled.execute(
        "insert into hub.api_answer values ('lin', 'k', 'h', 200, jsonb_build_object('id', cast(:id as text),"
        " 'name', '欧阳清照'), 1), ('lin', 'other', 'h', 200, '{}', 1)", id=encode(number),
    )  # fmt: skip
    certificate = erasure.erase(filled.settings, filled.engine, [a], BY)
    assert certificate["copies"][0]["key"] == "S777"  # only so the target's owner knows what to erase there
    assert_gone(filled, TRACES[:-1])
    task = filled.rows(
        "select state from master.task join master.proposal p on p.id = proposal_id where fingerprint = 'f'"
    )
    assert task == [{"state": "obsolete"}]
    assert filled.rows("select to_cs < :open as ended from master.pin") == [{"ended": True}]
    assert filled.rows("select key from hub.api_answer") == [{"key": "other"}]


def test_its_former_keys_are_recognised_too(filled: Installation, tmp_path: Path) -> None:
    (tmp_path / "keys.csv").write_text("old,new\nS777,W1\n", encoding="utf-8")
    renumber(filled.engine, "scm", "ship_to", read_map(tmp_path / "keys.csv"), Author("lin", "user"))
    erasure.erase(filled.settings, filled.engine, [record(filled, "W1")], BY)
    filled.put("shipto_20261105.csv", csv_file(WANG, {**WANG, "客户编码": "W1"}))
    account = filled.sync()
    assert filled.fates(account.run) == [("filtered", "erased")] * 2
    assert_gone(filled)


def test_records_are_named_by_customer_number_or_key(filled: Installation) -> None:
    with filled.engine.connect() as db:
        assert erasure.named(db, "scm/ship_to/S777") == [record(filled, "S777")]
        assert erasure.named(db, encode(party(filled, "S777"))) == [record(filled, "S777")]
        for wrong in ("scm/ship_to/S9", "CM-1", "scm/S777"):
            with pytest.raises(UnknownError):
                erasure.named(db, wrong)
