import time
import sqlalchemy as sa
from sqlalchemy import event
from hub.demo.landscape import generate
from tests.store.workshop import Workshop, landscape_rows
from tests.store.conftest import workshop
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
import statistics


def test_hold(workshop, tmp_path):
    rows = landscape_rows(generate(6000, 3), tmp_path / "f")
    print(len(rows))
    hold = []
    state = {}

    @event.listens_for(workshop.engine, "before_cursor_execute")
    def b(conn, cursor, statement, *a):
        if "master.clock" in statement and "UPDATE" in statement.upper()[:8]:
            state["t"] = time.perf_counter()
            state["n"] = 0
        if "t" in state:
            state["n"] += 1

    @event.listens_for(workshop.engine, "commit")
    def c(conn):
        if "t" in state:
            hold.append((time.perf_counter() - state.pop("t"), state["n"]))

    for name, f in (
        ("land", lambda: workshop.land(rows)),
        ("record", lambda: record(workshop.work)),
        ("record again", lambda: (workshop.land(rows), record(workshop.work))),
        ("resolve", lambda: resolve(workshop.work)),
    ):
        hold.clear()
        s = time.perf_counter()
        f()
        d = time.perf_counter() - s
        h = sorted(x for x, _ in hold)
        if h:
            print(
                name,
                round(d, 2),
                "s; commits",
                len(h),
                "p50",
                round(h[len(h) // 2] * 1e3, 1),
                "max",
                round(h[-1] * 1e3, 1),
                "ms; statements",
                max(n for _, n in hold),
            )
        else:
            print(name, round(d, 2))
