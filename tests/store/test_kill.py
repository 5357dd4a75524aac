"""Killed two hundred times at any instant of loads, decisions and undoing: sound, nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest

from customer_master.store import fsck
from hub.master.electing import elect_again
from tests.store import doer
from tests.store.workshop import Workshop

KILLS = 200
DEEDS_OF_A_LIFE = 2  # what the longest-lived finishes; a time in seconds would be too short on a slow machine


def wait_for(workshop: Workshop, condition: str) -> None:
    deadline = time.monotonic() + 20
    while not workshop.sql(condition)[0][0]:
        assert time.monotonic() < deadline, condition


def time_for(deeds: int, workshop: Workshop, log: Path) -> float:
    """How long the process needs for so many things here and now, in seconds."""
    assert workshop.settings.database_url is not None
    workshop.engine.dispose()
    process = doer.start(workshop.settings.home, workshop.settings.database_url, KILLS, log)
    began = time.monotonic()
    while not log.exists() or len(log.read_text().splitlines()) < deeds:
        process.join(0.01)
        assert process.is_alive()
        assert time.monotonic() < began + 60
    kill(process)
    return time.monotonic() - began


def kill(process: BaseProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


NOBODY_ELSE = """
select count(*) = 0 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
and application_name <> 'observer'
"""


@pytest.mark.slow
def test_two_hundred_kills(workshop: Workshop, tmp_path: Path) -> None:
    log, rng = tmp_path / "log", Random(4)
    assert workshop.settings.database_url is not None
    in_transaction = 0
    longest_life = time_for(DEEDS_OF_A_LIFE, workshop, log)
    for seed in range(KILLS):
        workshop.engine.dispose()
        process = doer.start(workshop.settings.home, workshop.settings.database_url, seed, log)
        process.join(rng.random() * longest_life)
        assert process.is_alive()
        busy = workshop.sql(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and xact_start is not null"
        )
        in_transaction += busy[0][0] > 0
        kill(process)
        wait_for(workshop, NOBODY_ELSE)  # until the server has noticed
        assert fsck.check(workshop.engine) == []
    assert in_transaction > KILLS / 10, "kills have to hit transactions"
    workshop.take_in([])
    assert fsck.check(workshop.engine, deep=True) == []
    assert elect_again(workshop.engine) == []
    finished = [line.split() for line in log.read_text().splitlines()]
    acts = {line[1] for line in finished if line[0] == "act"}
    stored = Counter(reason for (reason,) in workshop.sql("select reason from master.decision"))
    assert acts <= stored.keys(), "what was answered is there"
    assert set(stored.values()) == {1}, "nothing was done twice"
    assert len(stored) - len(acts) <= KILLS + 1, "at most the one whose answer was lost"
    newest: dict[str, str] = {}
    for _, key, *position in (line for line in finished if line[0] == "load"):
        newest[key] = max(newest.get(key, ""), position[0])
    positions = dict(map(tuple, workshop.sql("select native_key, position from master.source_record")))
    assert all(positions[key] >= position for key, position in newest.items()), "what was landed is there"
    ((unfated,),) = workshop.sql(
        "select count(*) from hub.mapping_pass p where p.state = 'open'"
        " or p.expected <> (select count(*) from hub.fate f where f.pass_id = p.id)"
    )
    assert unfated == 0
