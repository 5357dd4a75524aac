"""A source that renumbers its records goes on with the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from customer_master.store.clock import Author
from hub.errors import UsageError
from hub.master.lifecycle import KeyMapError, read_map, renumber
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation

LIN = Author("lin", "user")


def map_file(folder: Path, *lines: str) -> Path:
    path = folder / "keys.csv"
    path.write_text("\n".join(["old,new", *lines]) + "\n", encoding="utf-8")
    return path


def follow(hub: Installation, folder: Path, *lines: str) -> int:
    return renumber(hub.engine, "scm", "ship_to", read_map(map_file(folder, *lines)), LIN)


@pytest.fixture
def filled(hub: Installation) -> Installation:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, YUANDA, HONGDA))
    hub.sync()
    return hub


def ids(hub: Installation) -> dict[str, int]:
    return {row["native_key"]: row["id"] for row in hub.rows("select native_key, id from master.source_record")}


def test_records_keep_their_identity_and_files_with_either_key_find_them(filled: Installation, tmp_path: Path) -> None:
    before, parties = ids(filled), filled.rows("select * from master.membership order by id")
    cs = follow(filled, tmp_path, "S001,N-华-1")
    assert ids(filled) == {"N-华-1": before["S001"], "S002": before["S002"], "S003": before["S003"]}
    change = filled.rows("select kind, actor from master.change_set where cs = :cs", cs=cs)
    assert change == [{"kind": "renumber", "actor": "lin"}]
    filled.put("shipto_20261102.csv", csv_file({**HUAQIANG, "电话": "0755-26981234"}))
    filled.sync()
    assert filled.live()["ship_to/N-华-1"]["phones"][0]["number"] == "+8675526981234"
    filled.put("shipto_20261103.csv", csv_file({**HUAQIANG, "客户编码": "N-华-1", "电话": "0755-26985678"}))
    filled.sync()
    assert filled.live()["ship_to/N-华-1"]["phones"][0]["number"] == "+8675526985678"
    assert len(filled.live()) == 3
    assert filled.rows("select * from master.membership order by id") == parties


def test_a_map_with_clashes_is_refused_as_a_whole_and_every_clash_is_listed(
    filled: Installation, tmp_path: Path
) -> None:
    before, clock = ids(filled), filled.clock()
    with pytest.raises(KeyMapError) as refused:
        follow(filled, tmp_path, "S001,N1", "S009,N9", "S002,S003", "S001,N2")
    assert refused.value.clashes == (
        (3, "no record has the old key"),
        (4, "another record has the new key"),
        (5, "the old or the new key stands in the map before"),
    )
    assert (ids(filled), filled.clock()) == (before, clock)


def test_keys_may_wander_in_a_chain_and_in_a_circle(filled: Installation, tmp_path: Path) -> None:
    before = ids(filled)
    follow(filled, tmp_path, "S001,S002", "S002,S001", "S003,S004")
    assert ids(filled) == {"S002": before["S001"], "S001": before["S002"], "S004": before["S003"]}
    filled.put("shipto_20261102.csv", csv_file({**YUANDA, "客户编码": "S001", "电话": "021-11112222"}))
    filled.sync()
    assert filled.rows(
        "select count(*) n from master.source_record_version where record_id = :id", id=before["S002"]
    ) == [{"n": 2}]


def test_the_map_the_other_way_round_takes_it_back(filled: Installation, tmp_path: Path) -> None:
    before = ids(filled)
    follow(filled, tmp_path, "S001,N1")
    follow(filled, tmp_path, "N1,S001")
    assert ids(filled) == before
    open_aliases = filled.rows("select old_key from master.key_alias where to_cs = :open")
    assert open_aliases == [{"old_key": "N1"}]


def test_the_former_key_of_another_record_is_not_given_away(filled: Installation, tmp_path: Path) -> None:
    follow(filled, tmp_path, "S001,N1")
    with pytest.raises(KeyMapError, match="line 2: the new key is a former key of another record"):
        follow(filled, tmp_path, "S002,S001")


def test_who_was_awaited_under_the_new_key_has_come(filled: Installation, tmp_path: Path) -> None:
    """An order already names the new key: the record it waits for is the renumbered one."""
    before = ids(filled)
    filled.execute(
        "insert into master.source_record (system_id, entity, record_type, native_key, org_unit, first_cs, position)"
        " select system_id, 'party', 'ship_to', 'N1', org_unit, 1, '' from master.source_record where native_key='S001'"
    )
    filled.execute(
        "insert into master.record_reference select s.id, 'ordered_by', n.id from master.source_record s,"
        " master.source_record n where s.native_key = 'S003' and n.native_key = 'N1'"
    )
    follow(filled, tmp_path, "S001,N1")
    assert ids(filled)["N1"] == before["S001"]
    assert filled.rows("select to_record_id from master.record_reference") == [{"to_record_id": before["S001"]}]


def test_a_renumbered_record_is_found_by_both_keys(filled: Installation, tmp_path: Path) -> None:
    follow(filled, tmp_path, "S001,N1")
    (row,) = filled.rows("select tokens from master.search_entry where 'k:n1' = any(tokens)")
    assert "k:s001" in row["tokens"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("alt,neu\nS1,S2\n", "keys.csv:1: the columns old and new are missing"),
        ("old,new\nS1,\nS2,S2\n", "keys.csv: line 2: a key is missing; line 3: old and new key are the same"),
        ("old,new\n", "keys.csv names no key"),
        ("old,new\n" + "x" * 201 + ",y\n", "keys.csv: line 2: a key is too long"),
    ],
)
def test_a_bad_map_is_refused_with_file_and_line(tmp_path: Path, body: str, said: str) -> None:
    path = tmp_path / "keys.csv"
    path.write_text(body, encoding="utf-8")
    with pytest.raises((UsageError, KeyMapError)) as refused:
        read_map(path)
    assert str(refused.value).startswith(said)


def test_a_map_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_bytes("old,new\n客1,客2\n".encode("gb18030"))
    with pytest.raises(UsageError, match=r"keys\.csv is no CSV file in UTF-8"):
        read_map(path)
