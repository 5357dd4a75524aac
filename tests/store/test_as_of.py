"""The past stays readable: every number resolves at every commit, and a customer is shown as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, text

from customer_master.stewardship.errors import UnknownError
from customer_master.store.as_of import CustomerAsOf, commit_at, customer_as_of
from customer_master.store.history import history
from customer_master.store.numbers import Resolved, resolve_number
from customer_master.store.public_id import encode
from customer_master.store.visibility import EVERYTHING, Viewer
from hub.store.postgres import DatabaseAddress
from tests.store.seasoned import HENGRUI, HUAQIANG, HUAQIANG_APART, WANG, YUANDA, YUANDA_MERGED, seasoned
from tests.store.test_query_plans import _FILL, step_scans
from tests.store.workshop import Workshop

NORTH = Viewer("wang", frozenset({"north"}))


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


def customer(db: Connection, number: str, cs: int, viewer: Viewer = EVERYTHING) -> CustomerAsOf:
    return customer_as_of(db, resolve_number(db, number).party_id, cs, viewer)


def names(seen: CustomerAsOf) -> list[str]:
    return [member.name for member in seen.members]


def test_a_number_resolves_to_itself_or_to_whoever_has_its_records(db: Connection) -> None:
    assert resolve_number(db, YUANDA) == Resolved(2, YUANDA, "active", ())
    assert resolve_number(db, YUANDA_MERGED.lower().replace("-", " ")) == Resolved(
        3, YUANDA_MERGED, "merged", (YUANDA,)
    )
    assert resolve_number(db, YUANDA_MERGED, 3).status == "active"
    by_commit = [(r.status, r.successors) for cs in (6, 7, 8) for r in [resolve_number(db, HENGRUI, cs)]]
    assert by_commit == [("active", ()), ("merged", (YUANDA,)), ("active", ())]


def test_a_number_leads_to_the_end_of_a_line_of_successors(db: Connection) -> None:
    db.execute(text("update master.party_state set status = 'merged' where party_id = 2"))
    db.execute(
        text("insert into master.party_successor (party_id, successor_id, from_cs) values (2, 1, 10), (2, 5, 10)")
    )
    assert resolve_number(db, YUANDA_MERGED).successors == (HUAQIANG, WANG)
    assert resolve_number(db, YUANDA_MERGED, 9).successors == (YUANDA,)


@pytest.mark.parametrize(
    ("number", "cs", "said"),
    [
        ("CM-KRVQ-KEBX-0", None, "misread"),
        ("华强", None, "no customer number"),
        ("CM-0000-0000-0", None, "Nobody has"),
        (HUAQIANG_APART, 2, "at commit 2"),
    ],
)
def test_a_number_nobody_has_is_refused(db: Connection, number: str, cs: int | None, said: str) -> None:
    with pytest.raises(UnknownError, match=said):
        resolve_number(db, number, cs)


def test_a_customer_is_shown_as_it_was_after_each_commit(db: Connection) -> None:
    seen = {cs: customer(db, YUANDA, cs) for cs in (2, 4, 5, 7, 8, 10)}
    one, two, three = "erp/party/3", "erp/party/4", "erp/party/5"
    assert {cs: names(c) for cs, c in seen.items()} == {
        2: [one], 4: [one, two], 5: [one, two], 7: [one, two, three], 8: [one, two], 10: [one, two],
    }  # fmt: skip
    assert [seen[cs].attrs["name"] for cs in (2, 4, 5, 10)] == ["上海远大机械有限公司"] * 2 + ["远大机械"] * 2
    said = [seen[cs].members[0].payload for cs in (8, 10)]
    assert [p["names"][0]["text"] for p in said if p] == ["上海远大机械有限公司", "上海远大机械制造有限公司"]
    assert [len(seen[cs].pins) for cs in (4, 5, 10)] == [0, 1, 1]
    (pin,) = seen[10].pins
    assert (pin.attribute, pin.value, pin.mode, pin.actor, pin.reason) == (
        "name", "远大机械", "forever", "li", "营业执照为证",
    )  # fmt: skip
    assert [len(seen[cs].relations) for cs in (5, 7)] == [0, 1]
    (relation,) = seen[10].relations
    assert (relation.type, relation.outgoing, relation.other_id) == ("branch_of", False, HUAQIANG)


def test_a_merged_customer_has_nothing_left_and_the_past_has_it_all(db: Connection) -> None:
    now, then = customer(db, YUANDA_MERGED, 10), customer(db, YUANDA_MERGED, 3)
    assert (now.status, now.attrs, names(now)) == ("merged", {}, [])
    assert (then.status, then.attrs["name"], names(then)) == ("active", "上海远大贸易有限公司", ["erp/party/4"])


@pytest.mark.parametrize("cs", [0, 1, 11, 2**62])
def test_there_is_no_customer_before_it_was_made_or_after_the_last_commit(db: Connection, cs: int) -> None:
    with pytest.raises(UnknownError, match=f"at commit {cs}"):
        customer(db, YUANDA, cs)


def test_a_time_names_the_last_commit_before_it(db: Connection) -> None:
    times = dict(db.execute(text("select cs, at_us from master.change_set")).all())
    assert [commit_at(db, times[cs] + shift) for cs, shift in ((1, -1), (1, 0), (5, -1), (5, 0), (10, 1))] == [
        0, 1, 4, 5, 10,
    ]  # fmt: skip


def test_records_of_other_units_are_counted_and_not_shown(db: Connection) -> None:
    with pytest.raises(UnknownError):
        customer(db, YUANDA, 10, NORTH)
    db.execute(text("update master.source_record set org_unit = 'north' where id in (2, 3)"))
    seen = customer(db, YUANDA, 10, NORTH)
    assert (names(seen), seen.hidden) == (["erp/party/3"], 1)
    assert [(r.type, r.other_id) for r in seen.relations] == [("branch_of", None)]
    assert [loser["v"] for c in customer(db, YUANDA, 10).conflicts for loser in c["losers"]]
    hidden = "上海远大贸易有限公司"
    assert hidden not in json.dumps(seen.conflicts, ensure_ascii=False)
    assert hidden in json.dumps(customer(db, YUANDA, 10).conflicts, ensure_ascii=False)


def test_a_record_keeps_the_key_it_had_then(db: Connection) -> None:
    db.execute(text("update master.source_record set native_key = 'K3' where id = 3"))
    db.execute(text("insert into master.key_alias values (1, 'party', '3', 3, 9)"))
    now, then = ["erp/party/4", "erp/party/K3"], ["erp/party/3", "erp/party/4"]
    assert [names(customer(db, YUANDA, cs)) for cs in (8, 9)] == [then, now]


_MORE = """
insert into master.change_set (cs, at_us, actor_kind, actor, kind) select n, n, 'user', 'li', 'decision'
  from generate_series(1, 20000) n;
insert into master.decision (cs, verdict, records, actor, at_us) select n, 'same', array[n], 'li', n
  from generate_series(1, 20000) n;
insert into master.pin (id, decision_id, anchor_record_id, attribute, value, mode, from_cs)
  select n, n, n, 'name', '""', 'forever', n from generate_series(1, 20000) n;
insert into master.record_relation (decision_id, from_record_id, to_record_id, type, from_cs)
  select n, n, n + 1, 'branch_of', n from generate_series(1, 19999) n;
insert into master.tombstone (record_id, from_cs, reason, position)
  select n, 2, '', '' from generate_series(1, 20000) n;
insert into master.event (cs, ord, type, party_id, payload)
  select n, 0, 'changed', n, '{}' from generate_series(1, 20000) n;
analyze
"""


@pytest.mark.parametrize("planned", ["force_custom_plan", "force_generic_plan"])
def test_no_reading_reads_a_whole_table(new_workshop: Callable[[], Workshop], planned: str) -> None:
    crowded = new_workshop()
    crowded.sql_do(*_FILL.split(";"), *_MORE.split(";"))
    viewer = Viewer("wang", frozenset({"headquarters"}))
    readings: dict[str, Callable[[Connection], object]] = {
        "commit_at": lambda db: commit_at(db, 10_000),
        "resolve_number": lambda db: resolve_number(db, encode(2000)),
        "customer_as_of": lambda db: customer_as_of(db, 1999, 2, viewer),
        "history": lambda db: history(db, 1999, viewer),
    }
    guilty = {}
    for name, reading in readings.items():
        with crowded.engine.connect() as db:
            db.execute(text(f"set plan_cache_mode = {planned}"))
            if found := step_scans(db, reading):
                guilty[name] = found
    assert guilty == {}


def test_a_record_that_was_taken_back_is_marked_from_then_on(db: Connection) -> None:
    db.execute(text("insert into master.tombstone (record_id, from_cs, reason, position) values (3, 9, '注销', '')"))
    assert [customer(db, YUANDA, cs).members[0].taken_back for cs in (8, 9)] == [False, True]
