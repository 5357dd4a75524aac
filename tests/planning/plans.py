"""An installation whose plan is made, seen to change nothing, and seen to come true."""

from __future__ import annotations

from hub import documents
from hub.planning.contents import golden_contents, record_contents
from hub.planning.customers import changed_customers
from hub.planning.plan import Plan, plan
from hub.project import documents as read_documents
from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, YUANDA, csv_file, xlsx_file
from tests.loop.installation import Installation

BAD_DATE = {**YUANDA, "更新日期": "2026-02-30"}


def deliver(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, BAD_DATE, HONGDA))
    hub.put("dealers_20261102.xlsx", xlsx_file({**HUAQIANG_DEALER, "Tel": "0755-33334444"}))
    assert hub.sync().state == "green"


def numbers(hub: Installation) -> dict[str, str]:
    """Record -> customer number."""
    rows = hub.rows(
        "select s.code || '/' || r.record_type || '/' || r.native_key as record, p.public_id as id"
        " from master.membership m join master.party p on p.id = m.party_id"
        " join master.source_record r on r.id = m.record_id join master.source_system s on s.id = r.system_id"
        " where m.to_cs = :open"
    )
    return {row["record"]: row["id"] for row in rows}


def state(hub: Installation) -> tuple[object, ...]:
    """All that a plan must leave alone: every table, the list of runs, the clock, the landing zone, the databases."""
    run_rows = hub.rows("select * from hub.run order by id")
    databases = hub.rows("select datname from pg_database where datname ~ 'plan' order by 1")
    folders = sorted(path.name for path in hub.settings.home.iterdir())
    return hub.contents(), run_rows, hub.clock(), hub.landed(), databases, folders


def planned(hub: Installation) -> Plan:
    """Make a plan with every system away, and see that it leaves everything as it was."""
    before = state(hub)
    made = plan(hub.settings)
    assert state(hub) == before
    return made


def applied(hub: Installation) -> list[str]:
    return [d.name for d in documents.apply(hub.engine, read_documents(hub.settings.project))]


def comes_true(hub: Installation, made: Plan) -> None:
    """Apply and run, and see that it is what was planned, to the last cell and customer number."""
    since, before = hub.clock(), {letter["id"] for letter in hub.letters() if letter["settled_us"] is None}
    assert applied(hub) == [d.name for d in made.documents if d.becomes_active]
    hub.step("record")
    hub.step("resolve")
    with hub.engine.connect() as db:
        assert record_contents(db, since) == made.records
        assert golden_contents(db, since) == made.golden
        assert changed_customers(db, since) == made.customers
    waiting = {letter["id"] for letter in hub.letters() if letter["settled_us"] is None}
    assert len(waiting - before) - len(before - waiting) == sum(g.count for g in made.rejects) - sum(
        g.count for g in made.heals
    )
