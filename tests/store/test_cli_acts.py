"""The acts of stewards at the command line: what they tell, what they change, and what a refusal says."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

import hub.cli
from hub.store.postgres import DatabaseAddress
from hub.web.users import add_user, set_disabled, set_units
from tests.store.seasoned import HENGRUI, HUAQIANG, HUAQIANG_APART, WANG, YUANDA, YUANDA_MERGED, seasoned
from tests.store.workshop import Workshop

USERS = {"zhao": "steward", "nord": "steward", "gast": "viewer", "weg": "steward"}

Said = Callable[..., tuple[int, str, str]]
Do = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def workshop(
    postgres_server: DatabaseAddress, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    with seasoned(postgres_server, migrated, tmp_path_factory.mktemp("home")) as opened:
        with opened.engine.begin() as db:
            for name, role in USERS.items():
                add_user(db, name, "four words are better", [role])
        yield opened


@pytest.fixture
def command(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """The command line, in process: exit code, output, errors."""
    monkeypatch.setenv("HUB_HOME", str(workshop.settings.home))
    monkeypatch.setenv("HUB_DATABASE_URL", str(workshop.settings.database_url))
    monkeypatch.setenv("HUB_STAGE", "test")

    def say(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hub", "master", *arguments])
        with pytest.raises(SystemExit) as ended:
            hub.cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return say


@pytest.fixture
def do(command: Said) -> Do:
    """An act that must succeed, and what it told."""

    def act(*arguments: str) -> dict[str, Any]:
        code, out, err = command(*arguments, "--user", "zhao", "--json")
        assert (code, err) == (0, "")
        told: dict[str, Any] = json.loads(out)
        return told

    return act


def customers(workshop: Workshop) -> dict[str, set[int]]:
    rows = workshop.sql(
        "select p.public_id, array_agg(m.record_id) from master.membership m join master.party p on p.id = m.party_id"
        " where m.to_cs = :open group by p.public_id"
    )
    return {number: set(records) for number, records in rows}


def name_of(workshop: Workshop, number: str) -> str:
    ((name,),) = workshop.sql(
        "select g.attrs ->> 'name' from master.golden_version g join master.party p on p.id = g.party_id"
        " where p.public_id = :number and g.to_cs = :open",
        number=number,
    )
    return str(name)


def test_a_merge_tells_who_goes_on_and_how_to_take_it_back(workshop: Workshop, command: Said, do: Do) -> None:
    before = customers(workshop)
    code, out, err = command("merge", YUANDA, HENGRUI, "--reason", "工商登记变更", "--user", "zhao")
    assert (code, err) == (0, "")
    ((cs, actor, reason),) = workshop.sql(
        "select cs, actor, reason from master.decision where verdict = 'merge' order by id desc limit 1"
    )
    assert (actor, reason) == ("zhao", "工商登记变更")
    assert out.splitlines()[1:] == [
        f"  customers  {YUANDA}", f"  ended      {HENGRUI}", f"  take back  hub master undo {cs}",
    ]  # fmt: skip
    assert customers(workshop) == {**{n: r for n, r in before.items() if n != HENGRUI}, YUANDA: {3, 4, 5}}
    undone = do("undo", str(cs))
    assert (undone["verdict"], undone["customers"], undone["ended"]) == ("undo", sorted([YUANDA, HENGRUI]), [])
    assert customers(workshop) == before


def test_a_split_names_records_as_people_do(workshop: Workshop, do: Do) -> None:
    before = customers(workshop)
    together = do("undo", "3")
    assert customers(workshop)[HUAQIANG] == {1, 2}
    split = do("split", HUAQIANG, "--group", "erp/party/1", "--group", "erp/2")
    assert set(split["customers"]) == {HUAQIANG, HUAQIANG_APART}
    assert customers(workshop) == before
    do("undo", str(split["commit"]))
    assert customers(workshop)[HUAQIANG] == {1, 2}
    do("undo", str(together["commit"]))
    assert customers(workshop) == before


def test_a_relation_keeps_its_share_and_days_even_if_its_end_is_taken_back(workshop: Workshop, do: Do) -> None:
    related = do("relate", "erp/party/5", "subsidiary_of", "erp/party/3", "--share", "51.5%", "--from", "2026-01-01")
    sql = (
        "select share::text, effective_from::text, effective_to from master.record_relation"
        " where from_record_id = 5 and to_record_id = 3 and to_cs = :open"
    )
    assert [tuple(row) for row in workshop.sql(sql)] == [("51.50", "2026-01-01", None)]
    ended = do("unrelate", "5", "subsidiary_of", "3")
    assert workshop.sql(sql) == []
    do("undo", str(ended["commit"]))
    assert [tuple(row) for row in workshop.sql(sql)] == [("51.50", "2026-01-01", None)]
    do("undo", str(related["commit"]))
    assert workshop.sql(sql) == []


def test_a_pin_is_read_like_a_source_and_ends_with_its_day(workshop: Workshop, do: Do) -> None:
    pinned = do("pin", HENGRUI, "phone", "０７５５－２６９８８８８８", "--until", "2099-12-31", "--reason", "来电确认")
    assert pinned["customers"] == [HENGRUI]
    ((value, mode, ends, number),) = workshop.sql(
        "select value, mode, to_char(to_timestamp((expires_us + 1) / 1e6) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), id"
        " from master.pin where attribute = 'phone' and to_cs = :open"
    )
    assert (value["number"], mode, ends) == ("+8675526988888", "until_date", "2100-01-01 00:00")
    do("unpin", str(number))
    assert workshop.sql("select 1 from master.pin where attribute = 'phone' and to_cs = :open") == []
    again = do("pin", HENGRUI, "name", "恒瑞机电")
    assert name_of(workshop, HENGRUI) == "恒瑞机电"
    do("undo", str(again["commit"]))
    assert name_of(workshop, HENGRUI) == "广州恒瑞机电设备有限公司"


def test_same_is_taken_back_and_different_said_by_whoever_is_logged_in(
    workshop: Workshop, command: Said, do: Do
) -> None:
    joined = do("same", "erp/party/4", "erp/party/5")
    assert customers(workshop)[YUANDA] == {3, 4, 5}
    do("undo", str(joined["commit"]))
    assert command("different", "erp/party/4", "erp/party/5")[0] == 0
    ((actor,),) = workshop.sql("select actor from master.decision order by id desc limit 1")
    assert actor == getpass.getuser()


def test_a_contradiction_names_the_decisions_to_undo(command: Said) -> None:
    code, out, err = command("split", YUANDA, "--group", "erp/party/3", "--group", "erp/party/4")
    assert (code, out) == (1, "")
    sentence, chain = err.splitlines()
    assert sentence.startswith("hub: Other decisions make these records one customer (decision 2). Undo one of them")
    assert chain.startswith("  decision 2 (commit 4): same by li, ")
    assert chain.endswith(" UTC: erp/party/3, erp/party/4")


def test_what_stands_in_the_way_of_an_undo_is_named_with_its_commit(command: Said) -> None:
    code, out, err = command("undo", "7")
    assert (code, out) == (1, "")
    sentence, later = err.splitlines()
    assert "decision 6 has taken it back" in sentence
    assert later.startswith("  decision 6 (commit 8): undo by li, ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("merge", YUANDA, "CM-KRVQ-KEBX-0"), 2, "misread somewhere"),
        (("merge", YUANDA_MERGED, HUAQIANG), 1, f"not in use any more (merged). Its records are now at {YUANDA}"),
        (("merge", YUANDA, WANG), 1, "Organisations, persons and sites are never one customer"),
        (("merge", YUANDA), 2, "One customer alone cannot be merged"),
        (("same", "erp/party/4", "erp/party/99"), 2, "Nothing known is called 'erp/party/99'"),
        (("same", "erp/party/4", "99999999999999999999"), 2, "There is no record"),
        (("same", "erp/party/4", YUANDA), 2, "is the name of 2 records"),
        (("relate", "1", "friend_of", "3"), 2, "There is no such relation"),
        (("relate", "1", "subsidiary_of", "3", "--share", "一半"), 2, "is no percentage"),
        (("relate", "1", "subsidiary_of", "3", "--share", "0.001"), 2, "is no percentage"),
        (("relate", "5", "subsidiary_of", "3", "--share", "100.01"), 2, "The share is no percentage"),
        (("pin", YUANDA, "phone", "没有电话"), 2, "cannot be read as a value"),
        (("pin", YUANDA, "colour", "红"), 2, "There is no attribute 'colour'"),
        (("pin", YUANDA, "name", "远大", "--until", "2020-01-01"), 2, "The pin would end in the past"),
        (("unpin", "99"), 2, "There is no pin 99 in force"),
        (("undo", "9999"), 2, "There is no change 9999"),
        (("undo", "9"), 1, "took over what a source says"),
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(
    workshop: Workshop, command: Said, arguments: tuple[str, ...], code: int, said: str
) -> None:
    last = workshop.sql("select last_cs from master.clock")
    assert command(*arguments)[:2] == (code, "")
    assert workshop.sql("select last_cs from master.clock") == last
    err = command(*arguments)[2]
    assert said in err
    assert err.count("\n") == 1


def test_who_is_unsure_notes_it_and_nothing_changes(workshop: Workshop, do: Do) -> None:
    before = customers(workshop)
    noted = do("unsure", "erp/party/5", "erp/party/1", "--reason", "等营业执照")
    assert (noted["verdict"], noted["ended"]) == ("unsure", [])
    ((actor, reason),) = workshop.sql("select actor, reason from master.decision order by id desc limit 1")
    assert (actor, reason) == ("zhao", "等营业执照")
    assert customers(workshop) == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("same", "1", "5", "--user", "niemand"),
            2,
            "hub: There is no user 'niemand'. List the users with: hub user list",
        ),
        (("history", YUANDA, "--user", "niemand"), 2, "hub: There is no user 'niemand'"),
        (("same", "1", "5", "--user", "gast"), 1, "hub: gast has not the role steward"),
        (("same", "1", "5", "--user", "weg"), 1, "hub: The account of weg is closed"),
    ],
)
def test_only_a_user_who_may_acts_and_reads(
    workshop: Workshop, command: Said, arguments: tuple[str, ...], code: int, said: str
) -> None:
    with workshop.engine.begin() as db:
        set_disabled(db, "weg", disabled=True)
    last = workshop.sql("select last_cs from master.clock")
    ended, out, err = command(*arguments)
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert err.startswith(said)
    assert workshop.sql("select last_cs from master.clock") == last


@pytest.fixture
def north(workshop: Workshop) -> Iterator[None]:
    """Record 4 alone is of the unit north, and nord sees only this unit."""
    with workshop.engine.begin() as db:
        set_units(db, "nord", ["north"])
        (unit,) = db.execute(text("select org_unit from master.source_record where id = 4")).one()
        db.execute(text("update master.source_record set org_unit = 'north' where id = 4"))
    yield
    with workshop.engine.begin() as db:
        db.execute(text("update master.source_record set org_unit = :unit where id = 4"), {"unit": unit})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("merge", YUANDA, HENGRUI), "There is no such customer"),
        (
            ("split", YUANDA, "--group", "erp/party/4", "--group", "erp/party/3"),
            "Nothing known is called 'erp/party/3'",
        ),
        (("different", "4", "5"), "There is no record 5"),
        (("pin", HENGRUI, "name", "恒瑞"), "There is no such customer"),
        (("unpin", "{pin}"), "There is no such record"),
        (("undo", "6"), "There is no such record"),
        (("history", HUAQIANG), "There is no such customer"),
        (("as-of", HUAQIANG, "3"), "No such customer at commit 3"),
        (("explain", HUAQIANG), "Nothing known is called"),
        (("explain", "erp/party/1"), "Nothing known is called"),
    ],
)
@pytest.mark.usefixtures("north")
def test_a_user_of_units_meets_nothing_of_others(
    workshop: Workshop, command: Said, arguments: tuple[str, ...], said: str
) -> None:
    ((pin,),) = workshop.sql("select id from master.pin where attribute = 'name' and to_cs = :open order by id limit 1")
    last = workshop.sql("select last_cs from master.clock")
    code, out, err = command(*(a.format(pin=pin) for a in arguments), "--user", "nord")
    assert (code, out) == (2, "")
    assert said in err
    assert workshop.sql("select last_cs from master.clock") == last


@pytest.mark.usefixtures("north")
def test_of_a_customer_of_several_units_only_the_own_records_are_shown(workshop: Workshop, command: Said) -> None:
    then = json.loads(command("as-of", YUANDA, "10", "--user", "nord", "--json")[1])
    assert ([m["name"] for m in then["members"]], then["hidden"]) == (["erp/party/4"], 1)
    told = command("explain", YUANDA, "--user", "nord", "--json")[1]
    assert "erp/party/3" not in told
    assert "erp/party/3" in command("explain", YUANDA, "--json")[1], "the login name sees everything"
    assert "erp/party/3" not in command("history", YUANDA, "--user", "nord")[1]
    code, out, _ = command("pin", YUANDA, "name", "远大贸易", "--user", "nord", "--json")
    assert code == 0, "a customer of whom one record is visible can be acted on, as on the screens"
    assert command("undo", str(json.loads(out)["commit"]), "--user", "zhao")[0] == 0
