"""Sources run side by side: pulls never wait for each other, nobody settles a run that somebody works on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event

import pytest
from sqlalchemy import Engine

from hub.errors import BusyError, UsageError
from hub.pipeline import pull as pull_step
from hub.pipeline.sync import land_source, publish_run, pull_source, quality_run, record_source, resolve_run
from hub.store.database import open_database
from hub.store.lock import exclusive
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation


@pytest.fixture
def other(two_systems: Installation) -> Iterator[Engine]:
    """The database as another process has it."""
    engine = open_database(two_systems.settings)
    yield engine
    engine.dispose()


def states(hub: Installation) -> dict[int, str]:
    return {row["id"]: row["state"] for row in hub.rows("select id, state from hub.run order by id")}


@contextmanager
def pulling(hub: Installation, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold a run of the SCM in the middle of its pull, after it landed."""
    landed, go_on = Event(), Event()
    land = pull_step.landing.land

    def land_and_wait(*args: object, **options: object) -> None:
        land(*args, **options)
        if options["system"] == "scm":
            landed.set()
            assert go_on.wait(60)

    monkeypatch.setattr("hub.pipeline.pull.landing.land", land_and_wait)
    with ThreadPoolExecutor(1) as beside:
        pull = beside.submit(land_source, hub.settings, engine, "scm")
        assert landed.wait(60)
        try:
            yield
        finally:
            go_on.set()
        assert pull.result(60).state in {"open", "green"}


def test_a_system_is_pulled_and_recorded_while_another_is_still_read(
    two_systems: Installation, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = two_systems
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG))
    hub.put("shipto_20261101_01.csv", csv_file(HONGDA), folder="branch")
    with pulling(hub, other, monkeypatch):
        account = pull_source(hub.settings, hub.engine, "branch")
        assert account.sources == {"branch": {"ship_tos": {"landed": 1, "recorded": 1}}}
        assert states(hub) == {1: "open", account.run: "green"}, "the run at work is left alone"
        assert set(hub.live()) == {"ship_to/S003"}, "what the other lands is the other's to record"
    assert record_source(hub.settings, hub.engine, "scm", 1).state == "green"
    assert set(hub.live()) == {"ship_to/S001", "ship_to/S003"}


def test_a_run_at_work_is_not_settled_and_a_dead_one_is(two_systems: Installation, other: Engine) -> None:
    hub = two_systems
    hub.execute("insert into hub.run (kind, started_us) values ('pull', 1), ('pull', 2)")
    with exclusive(other, "run 1"):
        assert resolve_run(hub.settings, hub.engine).state == "green"
        assert states(hub) == {1: "open", 2: "green", 3: "green"}
    resolve_run(hub.settings, hub.engine)
    assert states(hub)[1] == "green", "its holder is gone"


def test_what_a_killed_run_landed_is_recorded_by_the_next_and_both_are_green(two_systems: Installation) -> None:
    hub = two_systems
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, YUANDA))
    first = land_source(hub.settings, hub.engine, "scm")  # its process dies here
    assert first.state == "open"
    second = pull_source(hub.settings, hub.engine, "scm")
    assert (second.state, second.sources["scm"]["ship_tos"]) == ("green", {"landed": 0, "recorded": 2})
    assert states(hub) == {first.run: "green", second.run: "green"}


def test_a_run_that_was_broken_off_while_recording_goes_on(
    two_systems: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = two_systems
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG))
    run = land_source(hub.settings, hub.engine, "scm").run

    def broken(*_: object) -> None:
        raise RuntimeError("secret words")

    with monkeypatch.context() as patch:
        patch.setattr("hub.pipeline.sync.record", broken)
        with pytest.raises(RuntimeError):
            record_source(hub.settings, hub.engine, "scm", run)
    assert hub.account(run).problems[0] == "broken off by RuntimeError"
    assert record_source(hub.settings, hub.engine, "scm", run).state == "green"


def test_who_cannot_have_the_system_says_so_and_when_to_come_again(
    two_systems: Installation, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = two_systems
    monkeypatch.setattr("hub.pipeline.pull.exclusive", partial(exclusive, wait_seconds=0.1))
    with exclusive(other, "pull scm"):
        account = pull_source(hub.settings, hub.engine, "scm")
    assert account.problems == ["Another process holds the pull scm lock. Wait until it is through, then try again"]
    [error] = hub.rows("select distinct error from hub.pull where run_id = :run", run=account.run)
    assert (error["error"]["class"], error["error"]["retry_after"]) == ("BusyError", 30.0)


def test_who_cannot_have_the_master_opens_no_run(
    two_systems: Installation, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = two_systems
    monkeypatch.setattr("hub.pipeline.sync.exclusive", partial(exclusive, wait_seconds=0.1))
    with exclusive(other, "pipeline"):
        for step in (resolve_run, publish_run):
            with pytest.raises(BusyError):
                step(hub.settings, hub.engine)
        assert land_source(hub.settings, hub.engine, "scm").state == "green", "pulls need no master"
    assert len(states(hub)) == 1


def test_unknown_systems_and_runs_are_one_sentence(two_systems: Installation) -> None:
    hub = two_systems
    with pytest.raises(UsageError, match=r"^There is no system 'crm'\. Systems are: branch, scm$"):
        land_source(hub.settings, hub.engine, "crm")
    with pytest.raises(UsageError, match=r"^There is no run 17\. "):
        record_source(hub.settings, hub.engine, "scm", 17)


def test_quality_counts_what_is_held_now_by_system_and_rule(two_systems: Installation) -> None:
    hub = two_systems
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, {**YUANDA, "客户名称": "x"}))
    hub.put("shipto_20261101_01.csv", csv_file({**HONGDA, "客户名称": "x"}), folder="branch")
    for system in ("scm", "branch"):
        pull_source(hub.settings, hub.engine, system)
    account, figures = quality_run(hub.settings, hub.engine)
    assert account.state == "green"
    letters = hub.rows("select system, cause from hub.dead_letter where kind = 'quarantined' order by 1")
    held = [f for f in figures if f.effect == "quarantined"]
    assert [(f.system, f.rule) for f in held] == [(row["system"], row["cause"]) for row in letters]
    assert [(f.stream, f.rows) for f in held] == [("ship_tos", 1)] * len(letters)
    warned = {f.system for f in figures if f.effect == "warned"}
    assert warned <= {"scm", "branch"}
    assert letters
