"""What happened to a customer: who, when, why and what, page by page, for those who may see it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, text

import hub.cli
from customer_master.stewardship.errors import UnknownError
from customer_master.store.history import Change, history
from customer_master.store.visibility import EVERYTHING, Viewer
from hub.store.postgres import DatabaseAddress
from tests.store.seasoned import HENGRUI, HUAQIANG, HUAQIANG_APART, YUANDA, YUANDA_MERGED, seasoned
from tests.store.workshop import Workshop

NORTH = Viewer("wang", frozenset({"north"}))
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def workshop(
    postgres_server: DatabaseAddress, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    with seasoned(postgres_server, migrated, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def db(workshop: Workshop) -> Iterator[Connection]:
    """A connection whose transaction is never committed."""
    with workshop.engine.connect() as connection:
        yield connection


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


def changes(db: Connection, party_id: int, viewer: Viewer = EVERYTHING) -> dict[int, Change]:
    return {change.cs: change for change in history(db, party_id, viewer)}


def test_every_change_tells_who_why_and_what(db: Connection) -> None:
    seen = changes(db, 2)
    assert list(seen) == [10, 8, 7, 6, 5, 4, 2]
    assert [(c.kind, c.actor, c.actor_kind) for c in seen.values()] == [
        ("resolve", "run 1", "run"), *[("decision", "li", "user")] * 5, ("resolve", "run 1", "run"),
    ]  # fmt: skip
    acts = {cs: c.act for cs, c in seen.items() if c.act}
    assert {cs: (a.verdict, a.reason, a.undoes_cs, a.undone_cs) for cs, a in acts.items()} == {
        8: ("undo", "营业执照为证", 7, None), 7: ("same", "营业执照为证", None, 8),
        6: ("related", "营业执照为证", None, None), 5: ("pin", "营业执照为证", None, None),
        4: ("same", "营业执照为证", None, None),
    }  # fmt: skip
    assert [(m.record, m.what, m.customer, m.other) for m in seen[4].moves] == [
        ("erp/party/4", "joined", YUANDA, YUANDA_MERGED)
    ]
    assert [(m.record, m.what, m.customer, m.other) for m in seen[8].moves] == [
        ("erp/party/5", "left", YUANDA, HENGRUI)
    ]
    assert [(v.attribute, v.before, v.after, v.why) for v in seen[5].values] == [
        ("name", "上海远大机械有限公司", "远大机械", "pin")
    ]
    assert [(e.kind, e.what, e.opened, e.records) for e in seen[7].effects] == [
        ("constraint", "must", True, ("erp/party/4", "erp/party/5"))
    ]
    assert [(e.kind, e.what, e.opened) for e in seen[8].effects] == [("constraint", "must", False)]
    assert ("merged", YUANDA_MERGED) in [(e.type, e.customer) for e in seen[4].events]


def test_a_customer_has_the_history_of_those_merged_into_it_and_each_its_own(db: Connection) -> None:
    first = changes(db, 2)[2]
    assert {(m.record, m.customer) for m in first.moves} == {("erp/party/3", YUANDA), ("erp/party/4", YUANDA_MERGED)}
    assert list(changes(db, 3)) == [4, 2]
    assert list(changes(db, 4)) == [8, 7, 2]


def test_pages_follow_each_other_without_gap(db: Connection) -> None:
    pages, before = [], 2**62
    while page := history(db, 2, EVERYTHING, before_cs=before, limit=3):
        pages.append([change.cs for change in page])
        before = page[-1].cs
    assert pages == [[10, 8, 7], [6, 5, 4], [2]]


def test_what_was_taken_back_and_returned_is_told(db: Connection) -> None:
    db.execute(text("insert into master.tombstone (record_id, from_cs, to_cs, reason, position)"
                    " values (3, 3, 9, '注销', '')"))  # fmt: skip
    seen = changes(db, 2)
    assert [(m.record, m.what) for cs in (3, 9) for m in seen[cs].moves] == [
        ("erp/party/3", "gone"), ("erp/party/3", "returned"),
    ]  # fmt: skip


def test_records_of_other_units_are_left_out(db: Connection) -> None:
    with pytest.raises(UnknownError):
        history(db, 2, NORTH)
    db.execute(text("update master.source_record set org_unit = 'north' where id = 3"))
    seen = changes(db, 2, NORTH)
    assert {m.record for c in seen.values() for m in c.moves} == {"erp/party/3"}
    assert {r for c in seen.values() for e in c.effects for r in e.records} == {"erp/party/3"}
    assert "erp/party/4" not in str(seen)
    with pytest.raises(UnknownError):
        history(db, 1, NORTH)


def test_the_command_line_tells_history(command: Said) -> None:
    code, out, err = command("history", YUANDA)
    assert (code, err) == (0, "")
    for part in ("commit 10", "li  decision 5 same (undone by commit 8): 营业执照为证",
                 f"erp/party/4 joined {YUANDA} from {YUANDA_MERGED}",
                 "name: 上海远大机械有限公司 → 远大机械  (pin)"):  # fmt: skip
        assert part in out
    code, out, _ = command("history", YUANDA, "--limit", "1", "--before", "8", "--json")
    assert [change["cs"] for change in json.loads(out)] == [7]


def test_the_command_line_shows_the_past(workshop: Workshop, command: Said) -> None:
    code, out, _ = command("as-of", YUANDA_MERGED, "3")
    assert code == 0
    for part in (YUANDA_MERGED, "active, as of commit 3", "上海远大贸易有限公司", "erp/party/4"):
        assert part in out
    ((at,),) = workshop.sql(
        "select to_char(to_timestamp((at_us + 1) / 1e6) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        " from master.change_set where cs = 3"
    )
    assert json.loads(command("as-of", YUANDA_MERGED, at, "--json")[1])["cs"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("as-of", YUANDA, "0"), "at commit 0"),
        (("as-of", YUANDA, "99999999999999999999"), "No such customer at commit"),
        (("as-of", YUANDA, "昨天"), "no time and no commit"),
        (("as-of", YUANDA, "2026-11-28T12:00:00"), "does not say its time zone"),
        (("history", "CM-KRVQ-KEBX-0"), "check character"),
        (("explain", "erp/party/99"), "Nothing known is called"),
    ],
)
def test_what_nobody_knows_is_one_sentence(command: Said, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_every_value_explains_itself(command: Said) -> None:
    code, out, _ = command("explain", "erp/party/4")
    assert code == 0
    for part in (
        YUANDA,
        "name: 远大机械  [forever of 2]",
        "pin 1 by li",
        "营业执照为证",
        "not 上海远大贸易有限公司 of erp/party/4",
    ):
        assert part in out
    (customer,) = json.loads(command("explain", HUAQIANG, "--json")[1])
    (code_value,) = [v for v in customer["values"] if v["attribute"] == "uscc"]
    assert (code_value["value"], code_value["rule"]) == ("914403001922038216", "uscc.only")
    said = code_value["said"]
    assert (said["source"], said["commit"], said["row"]) == ("erp/party/1", 1, 0)
    assert said["mapping"].startswith("erp.party ")
    assert said["file"]


def test_a_former_number_is_explained_by_who_has_its_records(command: Said) -> None:
    assert [c["customer"] for c in json.loads(command("explain", YUANDA_MERGED, "--json")[1])] == [YUANDA]
    assert [c["customer"] for c in json.loads(command("explain", "erp/2", "--json")[1])] == [HUAQIANG_APART]


def test_the_command_line_checks_the_master(workshop: Workshop, command: Said) -> None:
    assert command("fsck", "--deep") == (0, "The master is sound\n", "")
    assert json.loads(command("fsck", "--json")[1]) == []
    workshop.sql_do("update master.party set touched_cs = 2 where id = 2")
    code, out, _ = command("fsck")
    assert code == 1
    assert out.startswith(f"touched   customer {YUANDA}: commit 10 is about it, and it says 2\n→ ")
    workshop.sql_do("update master.party set touched_cs = 10 where id = 2")
