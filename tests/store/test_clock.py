"""Commit numbers have no gaps and stand in the order of the commits, whoever writes and whatever fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Engine, event, text

from customer_master.store.audit import seal
from customer_master.store.clock import Author, tick
from hub.demo.landscape import generate
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from tests.store.workshop import Workshop, landscape_rows

HELD_AT_MOST_MS = 50


def in_parallel(*jobs: Callable[[], None]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_writers_get_numbers_without_gaps_in_commit_order(workshop: Workshop) -> None:
    seen: list[list[int]] = []

    def write(worker: int) -> None:
        rng, own = Random(worker), []
        for _ in range(25):
            with workshop.engine.connect() as db:
                cs = tick(db, kind="test", author=Author(f"writer {worker}"), seal=seal([]))
                if rng.random() < 0.3:
                    db.rollback()
                else:
                    db.commit()
                    own.append(cs)
        seen.append(own)

    in_parallel(*(lambda worker=worker: write(worker) for worker in range(6)))  # type: ignore[misc]
    issued = sorted(cs for own in seen for cs in own)
    ((last,),) = workshop.sql("select last_cs from master.clock")
    assert issued == list(range(1, last + 1))
    assert [cs for (cs,) in workshop.sql("select cs from master.change_set order by cs")] == issued
    assert all(own == sorted(own) for own in seen)


def test_whoever_sees_a_number_sees_all_before_it(workshop: Workshop) -> None:
    """The event feed needs no watermark: nothing below the highest visible number can still appear."""
    is_over = threading.Event()
    gaps: list[tuple[int, int]] = []

    def write() -> None:
        rng = Random(threading.get_ident())
        for _ in range(40):
            with workshop.engine.connect() as db:
                tick(db, kind="test", author=Author("writer"), seal=seal([]))
                if rng.random() < 0.2:
                    db.rollback()
                else:
                    db.commit()

    def watch() -> None:
        while not is_over.is_set():
            ((count, highest),) = workshop.sql("select count(*), coalesce(max(cs), 0) from master.change_set")
            if count != highest:
                gaps.append((count, highest))

    watcher = threading.Thread(target=watch)
    watcher.start()
    in_parallel(*[write] * 4)
    is_over.set()
    watcher.join()
    assert gaps == []


def test_a_writer_that_dies_in_its_commit_leaves_no_gap(workshop: Workshop) -> None:
    with workshop.engine.connect() as db:
        tick(db, kind="test", author=Author("doomed"), seal=seal([]))
        pid = db.execute(text("select pg_backend_pid()")).scalar_one()
        with workshop.engine.begin() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        db.invalidate()
    with workshop.engine.begin() as db:
        assert tick(db, kind="test", author=Author("heir"), seal=seal([])) == 1


@contextmanager
def held(engine: Engine) -> Iterator[list[float]]:
    """Note for how many milliseconds each commit holds up the others: from the tick to the end of its commit."""
    begun: dict[int, float] = {}
    held_ms: list[float] = []

    def before_execute(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if "update master.clock" in statement:
            begun[id(connection)] = time.perf_counter()

    def committed(connection: Connection) -> None:
        connection.connection.commit()  # what SQLAlchemy is about to do; a second commit does nothing
        if id(connection) in begun:
            held_ms.append((time.perf_counter() - begun.pop(id(connection))) * 1000)

    event.listen(engine, "before_cursor_execute", before_execute)
    event.listen(engine, "commit", committed)
    try:
        yield held_ms
    finally:
        event.remove(engine, "before_cursor_execute", before_execute)
        event.remove(engine, "commit", committed)


@pytest.mark.slow
def test_a_commit_of_500_holds_up_others_for_a_moment_only(
    workshop: Workshop, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    rows = landscape_rows(generate(2000, 3), tmp_path / "files")
    workshop.land(rows)
    for name, step in {"record": record, "resolve": resolve}.items():
        with held(workshop.engine) as held_ms:
            step(workshop.work)
        held_ms.sort()
        undisturbed = held_ms[len(held_ms) // 4]  # the machine may be busy with something else
        record_property(f"{name}_held_ms", [round(ms, 1) for ms in held_ms])
        assert len(held_ms) >= 5
        assert undisturbed <= HELD_AT_MOST_MS, f"{name}: {held_ms}"
