"""Parties: merged, split, brought back to life; their numbers never die."""

from __future__ import annotations

from customer_master.store import parties
from customer_master.store.clock import Author, last_commit
from customer_master.store.parties import ChangeSet, GoldenRow
from customer_master.store.public_id import encode
from tests.store.workshop import Row, Workshop, erp_row

HUAQIANG, CODE = "深圳市华强电子有限公司", "914403001922038216"


def party_row(number: int, day: int, *, name: str = HUAQIANG, code: str = CODE) -> Row:
    identifiers = [{"type": None, "code": code}] if code else []
    return erp_row(number, f"2026-11-{day:02d}T00:00:00.000000Z", name=name, identifiers=identifiers)


def parties_by_record(workshop: Workshop) -> dict[str, int]:
    rows = workshop.sql(
        "select r.native_key, m.party_id from master.membership m join master.source_record r on r.id = m.record_id"
        " where m.to_cs = :open"
    )
    return dict(tuple(row) for row in rows)


def states(workshop: Workshop) -> dict[int, str]:
    rows = workshop.sql("select party_id, status from master.party_state where to_cs = :open")
    return dict(tuple(row) for row in rows)


def successors(workshop: Workshop) -> set[tuple[int, int]]:
    rows = workshop.sql("select party_id, successor_id from master.party_successor where to_cs = :open")
    return {(party, successor) for party, successor in rows}


def events(workshop: Workshop) -> list[tuple[str, int]]:
    return [(kind, party) for kind, party in workshop.sql("select type, party_id from master.event order by cs, ord")]


def test_a_merge_keeps_the_older_number_and_a_split_gives_the_younger_one_back(workshop: Workshop) -> None:
    other = {"name": "上海远大机械有限公司", "code": "91310115434272812K"}
    workshop.take_in([party_row(1, 1), party_row(2, 1, **other)])
    assert parties_by_record(workshop) == {"1": 1, "2": 2}
    assert states(workshop) == {1: "active", 2: "active"}

    workshop.take_in([party_row(2, 2)])
    assert parties_by_record(workshop) == {"1": 1, "2": 1}
    assert states(workshop) == {1: "active", 2: "merged"}
    assert successors(workshop) == {(2, 1)}

    workshop.take_in([party_row(2, 3, **other)])
    assert parties_by_record(workshop) == {"1": 1, "2": 2}, "the old number comes back"
    assert states(workshop) == {1: "active", 2: "active"}
    assert successors(workshop) == set()

    told = events(workshop)
    assert told[:2] == [("created", 1), ("created", 2)]
    assert ("merged", 2) in told
    assert ("reopened", 2) in told
    assert workshop.sql("select count(*) from master.party") == [(2,)], "no number was issued twice"


def test_a_party_that_changes_its_kind_resolves_to_the_party_it_became(workshop: Workshop) -> None:
    """The ERP does not say who is a consumer: a personal name becomes an organisation with its first identifier."""
    workshop.take_in([party_row(1, 1, name="王小明", code="")])
    workshop.take_in([party_row(1, 2, name="王小明", code=CODE)])
    assert workshop.sql("select kind from master.party order by id") == [("person",), ("organisation",)]
    assert states(workshop) == {1: "merged", 2: "active"}
    assert successors(workshop) == {(1, 2)}
    workshop.take_in([party_row(1, 3, name="王小明", code="")])
    assert states(workshop) == {1: "active", 2: "merged"}
    assert successors(workshop) == {(2, 1)}


def golden(name: str) -> GoldenRow:
    return GoldenRow({"name": name}, {}, [], f"hash of {name}", "policy")


def commit(workshop: Workshop, change: ChangeSet) -> int | None:
    with workshop.engine.begin() as db:
        done = parties.commit(db, change, author=Author("test"), kind="resolve", seen_cs=last_commit(db))
        return None if done is None else done.cs


def records(workshop: Workshop) -> None:
    workshop.sql_do(
        "insert into master.source_system (code, kind, org_unit) values ('erp', 'erp', 'headquarters')",
        "insert into master.source_record (system_id, record_type, native_key, org_unit, first_cs, position)"
        " select 1, 'party', n::text, 'headquarters', 0, 'p' from generate_series(1, 4) n",
    )


def test_one_change_set_carries_everything_under_one_number(workshop: Workshop) -> None:
    records(workshop)
    first = commit(
        workshop,
        ChangeSet(
            created={-1: "organisation", -2: "person"},
            joined={1: (-1, "auto"), 2: (-1, "auto"), 3: (-2, "seed")},
            golden={-1: golden("华强"), -2: golden("王小明")},
            events=[("created", -1, {}), ("created", -2, {})],
        ),
    )
    assert first == 1
    assert workshop.sql("select id, public_id, kind, created_cs from master.party order by id") == [
        (1, encode(1), "organisation", 1),
        (2, encode(2), "person", 1),
    ]
    assert events(workshop) == [("created", 1), ("created", 2)]


def test_a_party_split_among_others_names_all_of_them_and_keeps_its_past(workshop: Workshop) -> None:
    records(workshop)
    commit(
        workshop,
        ChangeSet(
            created={-1: "organisation", -2: "organisation", -3: "organisation"},
            joined={1: (-1, "auto"), 2: (-1, "auto"), 3: (-2, "seed"), 4: (-3, "seed")},
            golden={-1: golden("甲"), -2: golden("乙"), -3: golden("丙")},
        ),
    )
    cs = commit(
        workshop,
        ChangeSet(
            joined={1: (2, "auto"), 2: (3, "auto")},
            ended={1: ("split", (2, 3))},
            golden={2: golden("乙二"), 3: golden("丙二")},
            events=[("split", 1, {"parties": [2, 3]})],
        ),
    )
    assert cs == 2
    assert states(workshop) == {1: "split", 2: "active", 3: "active"}
    assert successors(workshop) == {(1, 2), (1, 3)}
    open_golden = workshop.sql("select party_id, attrs from master.golden_version where to_cs = :open order by 1")
    assert open_golden == [(2, {"name": "乙二"}), (3, {"name": "丙二"})]
    before = workshop.sql(
        "select party_id, record_id from master.membership where from_cs <= 1 and to_cs > 1 order by 2"
    )
    assert before == [(1, 1), (1, 2), (2, 3), (3, 4)]
    with workshop.engine.begin() as db:
        assert parties.former_members(db, [1, 2, 3]) == {1: frozenset({1, 2})}


def test_successors_that_the_same_commit_creates_get_their_real_numbers(workshop: Workshop) -> None:
    records(workshop)
    commit(workshop, ChangeSet(created={-1: "person"}, joined={1: (-1, "seed")}, golden={-1: golden("王小明")}))
    commit(
        workshop,
        ChangeSet(
            created={-1: "organisation"},
            joined={1: (-1, "seed")},
            ended={1: ("merged", (-1,))},
            golden={-1: golden("王小明商店")},
            events=[("created", -1, {}), ("merged", 1, {"parties": [-1]})],
        ),
    )
    assert successors(workshop) == {(1, 2)}
    assert workshop.sql("select payload from master.event where type = 'merged'") == [({"parties": [2]},)]


def test_an_empty_change_set_takes_no_number(workshop: Workshop) -> None:
    assert commit(workshop, ChangeSet()) is None
    assert workshop.sql("select last_cs from master.clock") == [(0,)]


def test_two_that_were_one_long_ago_and_come_back_as_two_are_two(workshop: Workshop) -> None:
    """Both could take back the number that they once had in common; only one of them may."""
    yuanda, hengrui = ("上海远大机械有限公司", "91310115434272812K"), ("广州恒瑞机电设备有限公司", "914403055812182182")

    def say(number: int, day: int, name: str, code: str) -> Row:
        return party_row(number, day, name=name, code=code)

    workshop.take_in([say(1, 1, *yuanda), say(2, 1, *hengrui)])
    workshop.take_in([say(3, 1, HUAQIANG, CODE), say(4, 1, HUAQIANG, CODE)])
    former = parties_by_record(workshop)
    assert former["3"] == former["4"]
    workshop.take_in([say(3, 2, *yuanda), say(4, 2, *hengrui)])
    apart = parties_by_record(workshop)
    assert (apart["3"], apart["4"]) == (apart["1"], apart["2"])
    assert states(workshop)[former["3"]] == "split"
    workshop.take_in([say(3, 3, "宁波海天精密机械有限公司", ""), say(4, 3, "大连重工起重设备有限公司", "")])
    now = parties_by_record(workshop)
    assert len(set(now.values())) == 4, "unrelated companies never become one customer"
    assert former["3"] in (now["3"], now["4"]), "the old number comes back once"
