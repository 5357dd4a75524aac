"""A customer master of 1,000,000 customers and 2,000,000 source records: filling it, reading it, deciding in it.

``PARTIES=n make bench-master`` takes another number of customers. What the load figure holds is told in
:mod:`bench.master_fill`. Everything goes through the functions that pages, REST and runs call.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Engine, text

from bench.clock_hold import watch_clock
from bench.master_customers import SYSTEMS
from bench.master_fill import ORG_UNIT, PROCESSES, Filled, fill, record_all
from bench.measure import Meter, report
from customer_master.stewardship.policy import Kind
from customer_master.stewardship.proposals import Proposal, propose
from customer_master.stewardship.queue import next_task
from customer_master.store import recording
from customer_master.store.as_of import customer_as_of
from customer_master.store.clock import last_commit
from customer_master.store.customer import former_numbers, timeline
from customer_master.store.visibility import EVERYTHING, Viewer
from hub import documents, project
from hub.collecting import collecting_rarely
from hub.master import acts
from hub.master.context import By, Master
from hub.pipeline.asking import ask_people
from hub.pipeline.resolve import resolve
from hub.pipeline.work import Work
from hub.settings import Settings, load
from hub.store import offsets, postgres, runs
from hub.store.database import open_database

_READS = 2000
_ACTS = 200
_TASKS = 200_000
_TASKS_A_COMMIT = 5000
_MORE = 25_000
_CHANGED = 500
_ENTRIES = 30
_STEWARD = By("bench")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every measurement has in hand."""

    engine: Engine
    work: Work
    meter: Meter
    parties: int
    rng: Random

    @property
    def master(self) -> Master:
        return Master(self.engine, self.work.documents)

    def some_parties(self, number: int) -> list[int]:
        """Draw customers of the initial load; their numbers have no gaps."""
        return [self.rng.randint(1, self.parties) for _ in range(number)]


def main() -> None:
    """Measure and print."""
    parties = int(os.environ.get("PARTIES", "1000000"))
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    settings = load({**os.environ, "HUB_HOME": str(folder / "home")})
    try:
        engine = open_database(settings)
        bench = _Bench(engine, _work(settings, engine), Meter(str(settings.home / "postgres")), parties, Random(7))
        figures = _measure(bench)
        report(f"{parties:,} customers, {len(SYSTEMS) * parties:,} source records", bench.meter.steps, figures)
        engine.dispose()
    finally:
        postgres.stop(settings)
        shutil.rmtree(folder, ignore_errors=True)


def _work(settings: Settings, engine: Engine) -> Work:
    documents.apply(engine, project.documents(settings.project))
    active = documents.load(engine)
    with engine.begin() as db:
        run_id = runs.open_run(db, "bench")
        for kind, activation in active.policy_activations.items():
            offsets.put(db, kind, activation)  # what is loaded here is resolved under these policies
    return Work(settings, engine, active, run_id)


def _measure(bench: _Bench) -> dict[str, Any]:
    held_ms = watch_clock(bench.engine)
    more = min(_MORE, bench.parties)
    with bench.meter.step(f"load {bench.parties:,} customers"):
        first = _fill(bench, range(bench.parties))
    with bench.meter.step("gather statistics"), bench.engine.begin() as db:
        db.execute(text("analyze"))
    with bench.meter.step(f"load {more:,} more"):
        second = _fill(bench, range(bench.parties, bench.parties + more))
    reads = {"page": _page_ms(bench), "asof": _as_of_ms(bench)}
    decided = _acts_ms(bench)
    with bench.meter.step(f"put {_tasks(bench):,} questions"):
        _put_tasks(bench)
    with bench.meter.step("gather statistics of them"), bench.engine.begin() as db:
        db.execute(text("analyze"))  # else the first are taken before the server knows how many there are
    tasks = {"next_task": _next_task_ms(bench)}
    with bench.meter.step("ask about what was loaded"):
        ask_people(bench.work)  # as the run of a load does at its end; else the next run has to
    changed = f"record and resolve {2 * _CHANGED:,} changed records"
    with collecting_rarely(), bench.meter.step(changed):  # as a run does
        _change_some(bench)
    clock = {"clock_hold": [*first.held_ms, *second.held_ms, *held_ms]}
    times = {**reads, **decided, **tasks, **clock}
    return {
        "load_per_s": _per_second(bench.parties, first),
        "standing_load_per_s": _per_second(more, second),
        **{f"{name}_p99_ms": _at(ms, 0.99) for name, ms in times.items()},
        **{f"{name}_p50_ms": _at(ms, 0.5) for name, ms in times.items()},
        "commit_1000_s": bench.meter.steps[-1].wall_s,
        "load_cpu_s": first.cpu_s,
        "loading_processes": PROCESSES,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "peak_mb_of_a_loader": second.peak_mb,
        "database_gb": _database_gb(bench.engine),
    }


def _fill(bench: _Bench, customers: range) -> Filled:
    return fill(bench.engine.url.render_as_string(hide_password=False), customers)


def _per_second(customers: int, filled: Filled) -> float:
    return round(len(SYSTEMS) * customers / filled.wall_s, 1)


def _page_ms(bench: _Bench) -> list[float]:
    """Read customers as their page does: values with origins, records, relations, former numbers, timeline."""

    def read(party_id: int) -> None:
        with bench.engine.begin() as db:
            customer = customer_as_of(db, party_id, last_commit(db), EVERYTHING)
            former_numbers(db, party_id)
            timeline(db, party_id, EVERYTHING, limit=_ENTRIES)
        assert len(customer.members) == len(SYSTEMS)

    with bench.meter.step("read customers"):
        return [_timed(read, party_id) for party_id in bench.some_parties(_READS)]


def _as_of_ms(bench: _Bench) -> list[float]:
    """Read customers as they were at any commit since they were made."""
    chosen = bench.some_parties(_READS)
    with bench.engine.begin() as db:
        last = last_commit(db)
        rows = db.execute(text("select id, created_cs from master.party where id = any(:ids)"), {"ids": chosen})
        made = {row.id: row.created_cs for row in rows}

    def read(place: tuple[int, int]) -> None:
        with bench.engine.begin() as db:
            customer_as_of(db, *place, EVERYTHING)

    places = [(party_id, bench.rng.randint(made[party_id], last)) for party_id in chosen]
    with bench.meter.step("read customers as of"):
        return [_timed(read, place) for place in places]


def _acts_ms(bench: _Bench) -> dict[str, list[float]]:
    """Merge pairs of customers, then take every merge back."""
    chosen = bench.rng.sample(range(1, bench.parties + 1), 2 * _ACTS)
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True))
    commits: list[int] = []
    with bench.meter.step("merge"):
        merged = [_timed(lambda pair: commits.append(acts.merge(bench.master, pair, _STEWARD).cs), p) for p in pairs]
    with bench.meter.step("undo"):
        undone = [_timed(lambda cs: acts.undo(bench.master, cs, _STEWARD), cs) for cs in commits]
    return {"merge": merged, "undo": undone}


def _tasks(bench: _Bench) -> int:
    return min(_TASKS, bench.parties)


def _put_tasks(bench: _Bench) -> None:
    """Ask about pairs of records, each with something else at risk."""
    pairs = ((2 * n + 1, 2 * n + 2) for n in range(_tasks(bench)))
    while some := list(islice(pairs, _TASKS_A_COMMIT)):
        asked = [Proposal(Kind.MERGE, pair, value=bench.rng.randrange(500_000)) for pair in some]
        with bench.engine.begin() as db:
            propose(db, asked, bench.work.documents.stewardship, cs=last_commit(db))


def _next_task_ms(bench: _Bench) -> list[float]:
    steward = Viewer("bench", frozenset({ORG_UNIT}))

    def take(_: int) -> None:
        with bench.engine.begin() as db:
            assert next_task(db, bench.work.documents.stewardship, steward) is not None

    with bench.meter.step("take tasks"):
        return [_timed(take, n) for n in range(min(_READS, _tasks(bench)))]


def _change_some(bench: _Bench) -> None:
    """Let customers move house in both systems, as the third edition of what they say, and resolve it."""
    moved = sorted(bench.rng.sample(range(bench.parties), _CHANGED))
    for system in SYSTEMS:
        with bench.engine.begin() as db:
            system_id = recording.ensure_system(db, code=system, kind=system, org_unit=ORG_UNIT)
        record_all(bench.engine, system_id, system, moved, edition=2)
    resolve(bench.work)


def _timed(act: Callable[[_T], object], argument: _T) -> float:
    begun = time.perf_counter()
    act(argument)
    return (time.perf_counter() - begun) * 1000


def _at(ms: Sequence[float], share: float) -> float:
    """Give the time that a share of all does not exceed, milliseconds."""
    return round(sorted(ms)[int((len(ms) - 1) * share)], 2)


def _database_gb(engine: Engine) -> float:
    with engine.begin() as db:
        return round(float(db.execute(text("select pg_database_size(current_database())")).scalar_one()) / 2**30, 2)


if __name__ == "__main__":
    main()
