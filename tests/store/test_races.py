"""Many threads at the same customers: one outcome, nobody waits for anybody's thinking, nobody's word is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any

import pytest

from customer_master.stewardship import queue, tasks
from customer_master.stewardship.errors import DecisionRefusedError, StaleError, StewardshipError
from customer_master.store import fsck
from customer_master.store.visibility import Viewer
from hub.master import acts
from hub.master.context import By, Master
from hub.pipeline.pairs import key_changed, score_keyed
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from hub.store.lock import exclusive
from tests.store.test_decisions import GUANGZHOU, HUAQIANG, SHANGHAI, row
from tests.store.test_parties import parties_by_record, states
from tests.store.workshop import Workshop

CODE = "914403001922038216"


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run jobs in threads that begin together; give what each returned or raised."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return job()
        except StewardshipError as refused:
            return refused

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def master(workshop: Workshop) -> Master:
    return Master(workshop.engine, workshop.documents)


def sound(workshop: Workshop) -> None:
    assert fsck.check(workshop.engine, deep=True) == []


def test_two_matches_that_arrive_at_once_become_one_customer(workshop: Workshop) -> None:
    """Each arrives through a run of its own, all at the same instant."""

    def arrive(number: int) -> None:
        workshop.land([row(number, code=CODE)])
        with exclusive(workshop.engine, "pipeline", wait_seconds=120):
            record(workshop.work)
            resolve(workshop.work)

    assert at_once([partial(arrive, n) for n in range(1, 6)]) == [None] * 5
    assert set(parties_by_record(workshop).values()) == {1}
    assert list(states(workshop).values()) == ["active"]
    sound(workshop)


def test_several_who_make_customers_of_the_same_records_make_them_once(workshop: Workshop) -> None:
    workshop.take_in([])  # the first run of all queues everything for its policies
    workshop.land([row(n, code=CODE if n < 4 else "", name=HUAQIANG if n < 4 else SHANGHAI) for n in range(1, 7)])
    record(workshop.work)
    key_changed(workshop.work, 6)
    score_keyed(workshop.work, 6)
    assert at_once([partial(resolve, workshop.work)] * 4) == [None] * 4
    now = parties_by_record(workshop)
    assert len({now["1"], now["2"], now["3"]}) == 1
    assert workshop.sql("select count(*) from master.event where type = 'created'") == [(len(set(now.values())),)]
    sound(workshop)


def test_of_two_stewards_at_one_task_one_decides_and_the_other_sees_it(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2)])  # the same name and nothing else: a question
    m = master(workshop)
    with workshop.engine.begin() as db:
        task = queue.next_task(db, m.documents.stewardship, Viewer("li", None))
    assert task is not None
    with workshop.engine.begin() as db:
        tasks.hand_back(db, Viewer("li", None), task.id)
    said = at_once([
        partial(acts.same, m, 1, 2, By("li", task_id=task.id)),
        partial(acts.different, m, 1, 2, By("wang", task_id=task.id)),
    ])  # fmt: skip
    refused = [s for s in said if isinstance(s, StewardshipError)]
    assert len(refused) == 1
    winner = workshop.sql("select actor, verdict from master.decision")
    assert len(winner) == 1
    assert winner[0].actor in refused[0].what or "decided already" in refused[0].what
    assert workshop.sql("select state from master.task where id = :id", id=task.id) == [("done",)]
    sound(workshop)


def test_a_run_and_stewards_at_the_same_customers_all_succeed(workshop: Workshop) -> None:
    workshop.take_in([row(1, code=CODE), row(2, code=CODE), row(3, SHANGHAI), row(4, GUANGZHOU)])
    workshop.land([row(2, code=CODE, phone="0755-26988888", day=2), row(3, SHANGHAI, phone="021-64339000", day=2)])
    record(workshop.work)
    m = master(workshop)
    parted, joined, _ = at_once([
        partial(acts.different, m, 1, 2, By("li")),
        partial(acts.same, m, 3, 4, By("wang")),
        partial(resolve, workshop.work),
    ])  # fmt: skip
    assert not isinstance(parted, StewardshipError)
    assert not isinstance(joined, StewardshipError)
    now = parties_by_record(workshop)
    assert now["1"] != now["2"]
    assert now["3"] == now["4"]
    sound(workshop)


def test_what_a_run_has_overtaken_becomes_a_task_to_reconsider(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, SHANGHAI)])
    ((seen,),) = workshop.sql("select touched_cs from master.party where id = 1")
    workshop.take_in([row(1, HUAQIANG, phone="0755-26988888", day=2)])
    with pytest.raises(StaleError, match="waits as task"):
        acts.merge(master(workshop), [1, 2], By("li", seen={1: seen}))
    assert workshop.sql("select count(*) from master.decision") == [(0,)]
    ((kind, assignee, detail),) = workshop.sql(
        "select p.kind, t.assignee, p.detail from master.proposal p join master.task t on t.proposal_id = p.id"
        " where p.kind = 'reconsider'"
    )
    assert (kind, assignee, detail["verdict"]["verdict"]) == ("reconsider", "li", "merge")


def test_many_stewards_and_a_run_at_a_handful_of_customers(workshop: Workshop) -> None:
    """Whatever the order, the master is sound, and a refusal is the only other outcome than success."""
    workshop.take_in([row(n, (HUAQIANG, SHANGHAI, GUANGZHOU)[n % 3], code=CODE if n < 4 else "") for n in range(1, 9)])
    m = master(workshop)

    def steward(seed: int) -> int:
        rng, done = Random(seed), 0
        for _ in range(8):
            a, b = rng.sample(range(1, 9), 2)
            try:
                act = rng.choice([acts.same, acts.different])
                made = act(m, a, b, By(f"steward {seed}"))
                done += 1
                if rng.random() < 0.4:
                    acts.undo(m, made.cs, By(f"steward {seed}"))
            except DecisionRefusedError:
                continue
        return done

    def run() -> int:
        for day in range(2, 6):
            workshop.take_in([row(n, code=CODE, phone="0755-26988888", day=day) for n in (1, 5)])
        return 1

    made = at_once([partial(steward, seed) for seed in range(4)] + [run])
    assert all(isinstance(n, int) for n in made), made
    assert sum(made) > 4
    sound(workshop)
