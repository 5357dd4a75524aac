"""The master can be rebuilt: landing zone, documents and the log of decisions and ids make the same one again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from psycopg import sql
from sqlalchemy import text
from typer.testing import CliRunner

from customer_master.store import tombstones
from customer_master.store.clock import Author
from customer_master.store.evidence import Written
from hub import documents
from hub.cli import rebuild as commands
from hub.demo.landscape import generate
from hub.errors import BusyError, HubError, UsageError
from hub.master import acts
from hub.master.context import By, Master
from hub.master.erasure import erase
from hub.master.lifecycle import KeyMap, renumber
from hub.master.rebuild import verify
from hub.pipeline.record import record
from hub.project import Document
from hub.settings import Settings
from hub.store import documents as document_store
from hub.store.optimistic import optimistic
from hub.store.postgres import DatabaseAddress
from mappings.canonical.elements import fingerprint
from tests.delivery.target import read
from tests.store.workshop import Row, Workshop, erp_row, landscape_rows
from tests.support.postgres import administer

pytestmark = pytest.mark.postgres

LI = By("li", "看过营业执照")
NAMES = ("深圳市华强电子有限公司", "上海远大机械有限公司", "广州白云药业有限公司", "北京天坛家具有限公司")


def row(number: int, name: str, *, phone: str = "", day: int = 1) -> Row:
    mechanisms = [{"type": "phone", "value": phone}] if phone else []
    return erp_row(number, f"2026-11-{day:02d}T00:00:00Z", name=name, contact_mechanisms=mechanisms)


@pytest.fixture
def workshop(settings: Settings) -> Iterator[Workshop]:
    workshop = Workshop.open(settings)
    yield workshop
    workshop.engine.dispose()


@pytest.fixture
def master(workshop: Workshop) -> Master:
    """Six records: 1 and 2 are one customer by evidence, all others stand alone."""
    workshop.take_in([row(1, NAMES[0], phone="0755-26988888"), row(2, NAMES[0], phone="0755-26988888")])
    workshop.take_in([row(number, name) for number, name in enumerate((*NAMES[1:], "武汉长江船舶有限公司"), 3)])
    return Master(workshop.engine, workshop.documents)


def record_id(workshop: Workshop, number: int) -> int:
    sql = "select id from master.source_record where native_key = :key"
    return int(workshop.sql(sql, key=str(number))[0][0])


def party_of(workshop: Workshop, number: int) -> int:
    sql = "select party_id from master.membership where record_id = :id and to_cs = :open"
    return int(workshop.sql(sql, id=record_id(workshop, number))[0][0])


def number_of(workshop: Workshop, party: int) -> str:
    return str(workshop.sql("select public_id from master.party where id = :id", id=party)[0][0])


def by_hand(workshop: Workshop, statement: str, **values: object) -> None:
    """Do what nobody should."""
    with workshop.engine.begin() as db:
        db.execute(text(statement), values)


def told(workshop: Workshop) -> list[tuple[str, str, str]]:
    return [(d.kind, d.what, d.how) for d in verify(workshop.settings, workshop.engine)]


def test_a_master_of_many_sources_and_days_is_the_same_again(workshop: Workshop, tmp_path: Path) -> None:
    rows = landscape_rows(generate(40, 3), tmp_path / "files")
    workshop.take_in(rows[::2])
    workshop.take_in(rows[1::2])
    assert len(workshop.partition()) == 40
    steps: list[tuple[str, int, int | None]] = []
    found = verify(workshop.settings, workshop.engine, report=lambda *step: steps.append(step))
    assert found == []
    records = workshop.sql("select count(*) from master.membership where to_cs = :open")[0][0]
    assert ("rebuild: records", records, records) in steps


def test_merges_splits_pins_undone_changes_and_gone_records_are_the_same_again(
    workshop: Workshop, master: Master
) -> None:
    acts.split(master, party_of(workshop, 1), [[record_id(workshop, 1)], [record_id(workshop, 2)]], LI)
    acts.merge(master, [party_of(workshop, 1), party_of(workshop, 3)], LI)
    taken_back = acts.merge(master, [party_of(workshop, 4), party_of(workshop, 5)], LI)
    acts.undo(master, taken_back.cs, LI)
    acts.pin(master, party_of(workshop, 4), "name", "白云药业（集团）", LI)
    acts.relate(master, record_id(workshop, 4), record_id(workshop, 5), "branch_of", LI)
    workshop.take_in([row(3, "远大机械（上海）有限公司", phone="021-58880000", day=3)])
    gone = [record_id(workshop, 6)]
    optimistic(
        workshop.engine,
        lambda db, seen: tombstones.bury(
            db, gone, position="2026-11-09", reason="complete list", author=Author("li", "user"), seen_cs=seen
        ),
    )
    workshop.take_in([])
    assert told(workshop) == []
    states = workshop.sql("select status, count(*) from master.party_state where to_cs = :open group by 1")
    assert dict(tuple(state) for state in states)["retired"] == 1


def test_a_remapped_record_is_read_by_the_mapping_that_made_its_version(workshop: Workshop, master: Master) -> None:
    body = workshop.sql("select body from hub.document where name = 'erp.party' and kind = 'mapping'")[0][0]
    with workshop.engine.begin() as db:
        document_store.apply(db, [Document("mapping", "erp.party", body + "\n# 第二版\n", "test")])
    second = replace(workshop, documents=documents.load(workshop.engine))
    second.take_in([row(1, "深圳市华强电子（集团）有限公司", phone="0755-26988888", day=2)])
    hashes = workshop.sql("select distinct mapping_hash from master.source_record_version where to_cs = :open")
    assert len(hashes) == 2
    assert told(workshop) == []


def test_renumbered_and_erased_records_are_the_same_again(workshop: Workshop, master: Master) -> None:
    keys = KeyMap("keys.csv", (("4", "K-0004"),), (2,))
    renumber(workshop.engine, "erp", "party", keys, Author("li", "user"))
    erase(workshop.settings, workshop.engine, [record_id(workshop, 2), record_id(workshop, 5)], LI)
    workshop.take_in([])
    assert told(workshop) == []
    left = workshop.sql("select native_key from master.source_record where native_key !~ '^erased' order by id")
    assert [key for (key,) in left] == ["1", "3", "K-0004", "6"]


def test_what_the_hub_wrote_is_no_evidence_in_the_rebuilt_master_either(workshop: Workshop, master: Master) -> None:
    back = row(6, "武汉长江船舶有限公司", phone="027-85550000", day=4)
    [phone] = read(back[2].document or {})["phones"]
    written = [Written("phones", fingerprint("phones", phone)).to_json()]
    by_hand(
        workshop,
        "insert into hub.delivery (target, party_id, record_id, desired, desired_hash, state, written, updated_us)"
        " values ('erp', :party, 6, '{}', '', 'delivered', cast(:written as jsonb), 1)",
        party=party_of(workshop, 6),
        written=json.dumps(written),
    )
    workshop.take_in([back])
    [(evidence,)] = workshop.sql(
        "select evidence from master.source_record_version where record_id = 6 and to_cs = :open"
    )
    assert "phones" not in evidence
    assert told(workshop) == []
    by_hand(workshop, "update hub.delivery set written = '[]'")
    assert told(workshop) == [("golden", number_of(workshop, party_of(workshop, 6)), "golden values differ: phone")]


def test_a_membership_moved_by_hand_is_found_and_named(workshop: Workshop, master: Master) -> None:
    own, other = party_of(workshop, 2), party_of(workshop, 4)
    by_hand(workshop, "update master.membership set party_id = :other where record_id = 2", other=other)
    assert told(workshop) == [
        (
            "member",
            "erp/party/2",
            f"belongs to {number_of(workshop, other)}, rebuilt to {number_of(workshop, own)}",
        )
    ]


def test_values_changed_by_hand_are_found_and_named_without_the_values(workshop: Workshop, master: Master) -> None:
    party = party_of(workshop, 4)
    by_hand(workshop, "update master.source_record_version set payload_hash = 'x' where record_id = 3")
    by_hand(
        workshop,
        """update master.golden_version set attrs = jsonb_set(attrs, '{name}', '"假冒公司"'), attrs_hash = 'x'"""
        " where party_id = :party",
        party=party,
    )
    by_hand(
        workshop, "update master.party set public_id = 'CM-0000-0000-0' where id = :party", party=party_of(workshop, 5)
    )
    found = told(workshop)
    assert found[0] == ("record", "erp/party/3", "its landed row says something else")
    assert ("golden", number_of(workshop, party), "golden values differ: name") in found
    assert [what for kind, what, _ in found if kind == "number"] == ["CM-0000-0000-0"]
    assert len(found) == 3


def test_a_forgotten_decision_is_found_by_what_it_did(workshop: Workshop, master: Master) -> None:
    acts.same(master, record_id(workshop, 3), record_id(workshop, 4), LI)
    assert told(workshop) == []
    by_hand(workshop, "delete from master.pair_constraint")
    [(kind, what, _)] = told(workshop)
    assert kind == "member"
    assert what in {"erp/party/3", "erp/party/4"}


def test_a_missing_landed_file_and_unsettled_work_are_told(workshop: Workshop, master: Master) -> None:
    workshop.land([row(9, "成都锦江食品有限公司")])
    record(workshop.work)
    with pytest.raises(BusyError, match="waits to be resolved"):
        verify(workshop.settings, workshop.engine)
    workshop.take_in([])
    assert told(workshop) == []
    path = workshop.sql("select path from hub.landing_batch order by id limit 1")[0][0]
    (workshop.settings.home / "landing" / path).unlink()
    with pytest.raises(HubError, match=f"{path} is missing"):
        verify(workshop.settings, workshop.engine)


def test_the_scratch_database_goes_and_the_present_master_is_only_read(
    workshop: Workshop, master: Master, postgres_server: DatabaseAddress
) -> None:
    before = workshop.sql("select last_cs, last_hash from master.clock")
    scratch = f"{workshop.engine.url.database}_rebuild"
    administer(postgres_server, sql.SQL("create database {}").format(sql.Identifier(scratch)))  # a killed one left it
    assert told(workshop) == []
    assert workshop.sql("select last_cs, last_hash from master.clock") == before
    assert workshop.sql("select datname from pg_database where datname = :name", name=scratch) == []


@pytest.fixture
def spare(postgres_server: DatabaseAddress) -> Iterator[str]:
    """URL of an empty database."""
    name = sql.Identifier("rebuild_spare")
    administer(postgres_server, sql.SQL("create database {}").format(name))
    yield postgres_server.database("rebuild_spare").url.render_as_string(hide_password=False)
    administer(postgres_server, sql.SQL("drop database {} with (force)").format(name))


def test_the_command_rebuilds_into_a_database_that_keeps_the_result(
    workshop: Workshop, master: Master, spare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = typer.Typer()
    commands.register(app)
    monkeypatch.setenv("HUB_HOME", str(workshop.settings.home))
    monkeypatch.setenv("HUB_DATABASE_URL", workshop.settings.database_url or "")

    def hub(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, arguments)
        if isinstance(done.exception, HubError):
            raise done.exception
        return done.exit_code, done.stdout

    assert hub("--verify", "--into-url", spare) == (0, "The rebuilt master is the same\n")
    with pytest.raises(UsageError, match="not empty"):
        hub("--verify", "--into-url", spare)
    with pytest.raises(UsageError, match="--verify"):
        hub()
    by_hand(
        workshop, "update master.golden_version set attrs_hash = 'x' where party_id = :id", id=party_of(workshop, 6)
    )
    code, out = hub("--verify", "--json")
    assert code == 1
    assert [d["kind"] for d in json.loads(out)] == ["golden"]
