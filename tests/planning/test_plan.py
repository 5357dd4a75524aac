"""A plan says what applying and the next run then do, and changes nothing itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict

import pytest
from sqlalchemy import text

from hub.errors import HubError
from hub.pipeline.work import silent
from hub.planning.plan import plan
from hub.planning.scratch import scratch_copy
from hub.store import landing
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import SHIP_TOS, Answer, Installation
from tests.planning.plans import deliver, planned, state
from tests.support.sftp import ROOT


def test_nothing_changed(hub: Installation, stopped_server: Callable[[], None]) -> None:
    deliver(hub)
    stopped_server()
    made = planned(hub)
    assert made.is_empty
    assert {d.state for d in made.documents} == {"unchanged"}


def test_what_landed_and_was_not_mapped_is_in_the_plan(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    hub.step("pull")
    made = planned(hub)
    assert made.rows == {"scm.ship_tos": {"landed": 0, "recorded": 2}}
    assert made.records.new == 2
    assert made.customers.counts == {"new": 2}


def test_a_person_is_masked(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(YUANDA))
    hub.sync()
    body = (hub.settings.project / SHIP_TOS).read_text(encoding="utf-8").partition("\ntests:")[0]
    hub.write(SHIP_TOS, body.replace('row["联系人"]', 'row["联系人"] + "君"') + "\n")
    told = json.dumps(asdict(planned(hub)), ensure_ascii=False)
    assert '"cell": "contacts' in told
    assert "李建国" not in told


def test_the_command_tells_people_and_machines(hub: Installation, command: Callable[..., Answer]) -> None:
    deliver(hub)
    assert "Nothing would change" in command("plan").out
    hub.edit(SHIP_TOS, "distributor", "retailer")
    said = command("plan", "--diff").out
    assert "would be active: mapping scm.ship_tos" in said
    assert any(line.strip().startswith("+") and "retailer" in line for line in said.splitlines())
    assert "1 change in 1 cells" in said
    assert "1 roles" in said
    assert said.rstrip().splitlines()[-1].startswith("In all: 1 documents, 1 cells of records, ")
    told = command("plan", "--json")
    assert told.code == 0
    assert json.loads(told.out)["records"]["attributes"] == {"roles": 1}
    assert not json.loads(told.out)["is_empty"]
    assert "1 changed" in command("apply").out


KILLED = """
import os, signal
from hub.planning import plan
plan.record = lambda work: os.kill(os.getpid(), signal.SIGKILL)
from hub.settings import load
plan.plan(load())
"""


def test_what_a_killed_plan_left_goes_with_the_next_one(hub: Installation) -> None:
    deliver(hub)
    before = state(hub)
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=hub.environment(), capture_output=True, check=False, timeout=120
    )
    assert done.returncode == -9, done.stderr.decode()
    assert state(hub) != before
    assert plan(hub.settings).is_empty
    assert state(hub) == before


def test_a_user_who_may_not_make_databases_is_told_what_to_do(hub: Installation) -> None:
    name = hub.engine.url.database
    hub.execute("create role modest login password 'modest'")
    try:
        hub.execute(f'grant connect on database "{name}" to modest')
        url = hub.engine.url.set(username="modest", password="modest")
        modest = type(hub.settings)(
            project=hub.settings.project,
            home=hub.settings.home / "modest",
            cache=hub.settings.cache,
            database_url=url.render_as_string(hide_password=False),
            environment=hub.settings.environment,
        )
        with pytest.raises(HubError, match=r"may not make databases.*alter role modest createdb"):
            plan(modest)
    finally:
        with hub.engine.begin() as db:
            db.execute(text("drop owned by modest"))
            db.execute(text("drop role modest"))


def test_an_erasure_that_was_killed_is_not_finished_by_a_plan(hub: Installation) -> None:
    """What rewrites landed files in the copy rewrites the copy's."""
    deliver(hub)
    before = hub.landed()
    with scratch_copy(hub.settings, silent) as (own, engine):
        with engine.begin() as db:
            manifest = db.execute(text("select path, sha256 from hub.landing_batch order by id limit 1")).one()
        folder = own.home / "landing"
        table = landing.read(folder, manifest.path, manifest.sha256)
        landing.write_without(folder, table, {0}, manifest.path)
        (folder / manifest.path).unlink()
    assert hub.landed() == before
