"""A sound master passes the check; whatever is damaged in it is named, with the law it breaks and the place."""

# ruff: noqa: ERA001, S608 - numbers of our own, and headings that look like code
from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert, text

from customer_master.store import erasing, fsck, key_map, tombstones
from customer_master.store.clock import Author, last_commit
from customer_master.store.numbers import resolve_number
from customer_master.store.work_tables import erasure
from hub.master.electing import elect_again, elections
from hub.pipeline.resolve import resolve
from hub.store.postgres import DatabaseAddress
from tests.store.seasoned import HENGRUI, HUAQIANG, WANG, YUANDA, YUANDA_MERGED, fill, seasoned
from tests.store.workshop import Workshop

OPEN = "4611686018427387904"


@pytest.fixture(scope="module")
def sound(
    postgres_server: DatabaseAddress, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A master with a bit of everything."""
    with seasoned(postgres_server, migrated, tmp_path_factory.mktemp("home")) as workshop:
        yield workshop.engine


def test_a_sound_master_has_no_damage(sound: Engine) -> None:
    assert fsck.check(sound) == []
    began = time.monotonic()
    assert fsck.check(sound, deep=True) == []
    assert elect_again(sound) == []
    assert time.monotonic() - began < 1


G = f"update master.golden_version set {{}} where party_id = 2 and to_cs = {OPEN}"
NAME = "attrs = jsonb_set(attrs, '{name}', '\"错误\"')"
BRIDGE = """
update master.pair_constraint set polarity = 1 where lo = 1 and hi = 2;
insert into master.pair_constraint (decision_id, lo, hi, polarity, from_cs) values (5, 2, 3, 1, 7)
"""
DAMAGE = [
    # I1 and I8: records
    (f"delete from master.membership where record_id = 6 and to_cs = {OPEN}", "I1", "record 6"),
    ("insert into master.membership (record_id, party_id, from_cs, kind) values (6, 1, 5, 'auto')", "I1", "record 6"),
    ("delete from master.source_record_version where record_id = 6", "I1", "record 6"),
    ("update master.source_record_version set payload_hash = 'x' where record_id = 3", "I8", "record 3"),
    # I2: numbers and states
    ("update master.party set public_id = 'CM-KRVQ-KEBX-0' where id = 1", "I2", "customer CM-KRVQ-KEBX-0"),
    (f"update master.party_state set status = 'retired' where party_id = 1 and to_cs = {OPEN}",
     "I2", f"customer {HUAQIANG}"),
    ("update master.party_state set status = 'active' where party_id = 3", "I2", f"customer {YUANDA_MERGED}"),
    ("insert into master.tombstone (record_id, from_cs, reason, position) values (6, 10, 'x', '')",
     "I2", f"customer {WANG}"),
    (f"delete from master.party_successor where to_cs = {OPEN}", "I2", f"customer {YUANDA_MERGED}"),
    ("insert into master.party_successor (party_id, successor_id, from_cs) values (1, 2, 4)",
     "I2", f"customer {HUAQIANG}"),
    ("insert into master.party_successor (party_id, successor_id, from_cs) values (2, 3, 4)",
     "I2", f"customer {YUANDA}"),
    (f"delete from master.party_state where party_id = 5 and to_cs = {OPEN}", "intervals", f"customer {WANG}"),
    ("update master.party set kind = 'person' where id = 1", "kinds", "record 1"),
    # I3, I4, I7: what was decided
    ("update master.pair_constraint set polarity = -1 where lo = 3 and hi = 4", "I3", "decision 2"),
    ("update master.pair_constraint set polarity = 1 where lo = 1 and hi = 2", "I3", "decision 1"),
    (BRIDGE, "I4", "decision 4"),
    (f"update master.pair_constraint set to_cs = {OPEN} where lo = 4 and hi = 5",
     "I7", "constraint of records 4 and 5"),
    ("update master.pair_constraint set to_cs = 7 where lo = 3 and hi = 4", "I7", "constraint of records 3 and 4"),
    ("update master.pin set from_cs = 10", "decisions", "pin 1"),
    ("update master.record_relation set from_cs = 5", "decisions", "relation of records 1 and 3"),
    ("update master.decision set records = '{3,99}' where id = 2", "decisions", "decision 2"),
    ("update master.decision set undoes_cs = 9 where id = 6", "decisions", "decision 6"),
    # I5 and I9: golden values
    (G.format("attrs_hash = 'x'"), "golden", f"customer {YUANDA}"),
    (G.format(NAME), "I5", f"customer {YUANDA}"),
    (f"update master.golden_version set {NAME} where party_id = 5", "I5", f"customer {WANG}"),
    ("update master.golden_version set prov = jsonb_set(prov, '{name,v}', '1') where party_id = 5",
     "I5", f"customer {WANG}"),
    ("update master.golden_version set prov = jsonb_set(prov, '{name,v}', '999') where party_id = 5",
     "I5", f"customer {WANG}"),
    (G.format("prov = prov - 'name'"), "I5", f"customer {YUANDA}"),
    ("update master.pin set to_cs = 10", "I5", f"customer {YUANDA}"),
    ("update master.pin set anchor_record_id = 6", "I5", f"customer {YUANDA}"),
    (f"delete from master.golden_version where party_id = 5 and to_cs = {OPEN}", "golden", f"customer {WANG}"),
    (f"update master.golden_version set to_cs = {OPEN} where party_id = 3", "golden", f"customer {YUANDA_MERGED}"),
    # I6: intervals and the commits they name
    ("update master.membership set to_cs = 4 where record_id = 2 and from_cs = 2", "intervals", "membership 2"),
    ("update master.membership set from_cs = 4 where record_id = 2 and from_cs = 3", "intervals", "membership 2"),
    ("update master.party_state set to_cs = from_cs where party_id = 4 and status = 'merged'",
     "intervals", "party_state 4"),
    ("update master.source_record_version set from_cs = 99 where record_id = 6",
     "intervals", "source_record_version 6"),
    ("update master.party_successor set to_cs = 98 where party_id = 4", "intervals", "party_successor 4/2"),
    ("update master.source_record set first_cs = 99 where id = 6", "intervals", "record 6"),
    ("update master.party set created_cs = 3 where id = 5", "intervals", f"customer {WANG}"),
    # the clock and the chain
    ("delete from master.change_set where cs = 9", "clock", "commit 10"),
    ("update master.clock set last_cs = 11", "clock", "clock"),
    ("update master.change_set set at_us = 1 where cs = 5", "clock", "commit 5"),
    ("update master.clock set last_at_us = 1", "clock", "clock"),
    ("update master.change_set set actor = 'wang' where cs = 3", "chain", "commit 3"),
    ("update master.change_set set hash = '' where cs = 5", "chain", "commit 5"),
    ("update master.clock set last_hash = 'x'", "chain", "clock"),
    ("update master.membership set kind = 'seed' where record_id = 4", "digest", "commit 4"),
    ("delete from master.event where cs = 7 and ord = 0", "digest", "commit 7"),
    ("update master.decision set actor = 'wang' where id = 1", "digest", "commit 3"),
    ("update master.pin set attribute = 'email'", "digest", "commit 5"),
    # everything else that has to agree
    ("delete from master.event where cs = 4 and type = 'merged'", "events", f"customer {YUANDA_MERGED}"),
    ("update master.event set type = 'retired' where cs = 10", "events", f"customer {YUANDA}"),
    ("delete from master.event where cs = 10", "events", f"customer {YUANDA}"),
    ("update master.party set touched_cs = 5 where id = 2", "touched", f"customer {YUANDA}"),
    ("update master.party set touched_cs = 3 where id = 1", "touched", f"customer {HUAQIANG}"),
    ("update master.party set touched_cs = 99 where id = 1", "touched", f"customer {HUAQIANG}"),
    ("update master.source_record set entity = 'order' where id = 6; insert into master.resolve_queue values (6, 0)",
     "queue", "record 6"),
    ("insert into master.blocking_key values (1, 99, 1)", "derived", "record 99"),
    ("insert into master.match_pair values (1, 99, 1, 'match', '', '')", "derived", "records 1 and 99"),
    ("delete from master.blocking_key where record_id = 6", "derived", "record 6"),
    ("update master.record_values set said = jsonb_set(said, '{3}', '[\"+8610\"]') where record_id = 6",
     "derived", "record 6"),
    ("insert into master.erasure (cs, records, requested_us, actor, reason) values (10, '{6}', 0, 'li', '')",
     "derived", "record 6"),
    ("update master.search_entry set tokens = '{n:华强}' where record_id = 6", "derived", "record 6"),
    ("insert into master.contact_point values (4, 'phone', '+8610', '')", "derived", "record 4"),
    ("update master.source_record_version set payload = payload || '{\"roles\": []}' where record_id = 6",
     "content", "record 6"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "law", "where"), DAMAGE)
def test_a_damage_is_named_with_its_law_and_place(sound: Engine, damage: str, law: str, where: str) -> None:
    with sound.connect() as db:  # never committed
        # what the database itself refuses may still come from a bad disk or a careless repair
        for index in ("membership_open", "party_state_open", "source_record_version_open"):
            db.execute(text(f"drop index master.{index}"))
        db.execute(text("set local session_replication_role = replica"))
        for statement in damage.split(";"):
            assert db.execute(text(statement)).rowcount, "the damage is none"
        found = list(fsck.damages(db, deep=False))
    assert (law, where) in {(d.law, d.where) for d in found}
    assert all(d.what and d.remedy and "错误" not in d.what for d in found)


def test_golden_values_that_another_election_gives_are_found(sound: Engine) -> None:
    rename = "update master.source_record_version set payload = jsonb_set(payload, '{names,0,text}', '\"王大明\"')"
    with sound.connect() as db:
        db.execute(text(f"{rename} where record_id = 6"))
        assert [(d.law, d.where) for d in elections(db)] == [("I9", f"customer {WANG}")]


def test_rows_of_an_erased_change_set_are_not_checked_and_the_chain_stays_whole(sound: Engine) -> None:
    with sound.connect() as db:
        db.execute(text("update master.change_set set salt = '' where cs = 9"))
        db.execute(
            text(f"update master.source_record_version set payload_hash = '' where from_cs = 9 and to_cs = {OPEN}")
        )
        assert list(fsck.damages(db, deep=True)) == []


def test_what_waits_to_be_resolved_is_no_damage(sound: Engine) -> None:
    with sound.connect() as db:
        db.execute(
            text("insert into master.tombstone (record_id, from_cs, reason, position) values (6, 10, '注销', '')")
        )
        assert {d.law for d in fsck.damages(db, deep=True)} == {"I2", "digest"}
        db.execute(text("insert into master.resolve_queue values (6, 0)"))
        assert {d.law for d in fsck.damages(db, deep=True)} == {"digest"}


def test_a_master_of_which_sources_took_back_renumbered_and_erased_is_sound(workshop: Workshop) -> None:
    fill(workshop)
    author = Author("li", "user")
    with workshop.engine.begin() as db:
        tombstones.bury(db, [5], position="2026-11-03", reason="注销", author=author, seen_cs=last_commit(db))
    assert fsck.check(workshop.engine, deep=True) == []
    resolve(workshop.work)
    with workshop.engine.begin() as db:
        assert resolve_number(db, HENGRUI).status == "retired"
        system = db.execute(text("select system_id from master.source_record where id = 1")).scalar_one()
        key_map.renumber(db, system, "party", {"1": "K1", "2": "1"}, author=author)
    for records in ([6], [4]):
        with workshop.engine.begin() as db:
            seen_cs = last_commit(db)
            cs = erasing.erase(db, records, author=author, seen_cs=seen_cs).cs
            db.execute(insert(erasure).values(cs=cs, records=records, requested_us=0, actor="li", reason="本人要求"))
        assert fsck.check(workshop.engine, deep=True) == []
        resolve(workshop.work)
        assert fsck.check(workshop.engine, deep=True) == elect_again(workshop.engine) == []


def test_of_one_law_no_more_than_a_hundred_places_are_listed(sound: Engine) -> None:
    with sound.connect() as db:
        db.execute(text("insert into master.blocking_key select 1, n, 1 from generate_series(1000, 3000) n"))
        assert len(list(fsck.damages(db, deep=False))) == 100
