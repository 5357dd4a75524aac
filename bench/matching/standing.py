"""``python -m bench.matching.standing``: 1,000 changed records and lookup over HTTP against a standing master.

``PARTIES=n`` takes another number of customers (500,000), each with two records. The increment goes from recording to
memberships; its CPU seconds are told apart for this process and for PostgreSQL.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from bench.master_customers import SYSTEMS
from bench.master_fill import ORG_UNIT, fill, record_all
from bench.measure import Meter, report
from customer_master.store import recording
from hub import documents, project
from hub.collecting import collecting_rarely
from hub.pipeline.resolve import resolve
from hub.pipeline.work import Work
from hub.settings import Settings, load
from hub.store import offsets, postgres, runs
from hub.store.database import open_database
from hub.web.tokens import issue
from hub.web.users import add_user

_CHANGED = 500
_SECONDS = 10.0
_CALLERS = 4


def main() -> None:
    """Measure and print."""
    parties = int(os.environ.get("PARTIES", "500000"))
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    environment = {**os.environ, "HUB_HOME": str(folder / "home")}
    settings = load(environment)
    try:
        work = _standing(settings, parties)
        meter = Meter(str(settings.home / "postgres"))
        changes = _changes(parties)
        with meter.step("1,000 changed records"):
            next(changes)(work)
        with _served(environment, work) as (url, token):
            figures: dict[str, Any] = {"idle": _call(url, token, 1, parties)}
            with _callers(url, token, _CALLERS, parties) as busy:
                while busy.poll() is None:  # a sync runs all the while
                    next(changes)(work)
                figures[f"{_CALLERS} callers while records are resolved"] = _answer(busy)
        report(f"{parties:,} customers, {len(SYSTEMS) * parties:,} source records", meter.steps, figures)
        work.engine.dispose()
    finally:
        postgres.stop(settings)
        shutil.rmtree(folder, ignore_errors=True)


def _standing(settings: Settings, parties: int) -> Work:
    """Fill a master under the policies of the project."""
    engine = open_database(settings)
    documents.apply(engine, project.documents(settings.project))
    active = documents.load(engine)
    with engine.begin() as db:
        run_id = runs.open_run(db, "bench")
        for kind, activation in active.policy_activations.items():
            offsets.put(db, kind, activation)  # what is loaded here is resolved under these policies
    fill(engine.url.render_as_string(hide_password=False), range(parties))
    with engine.begin() as db:
        db.execute(text("analyze"))
    return Work(settings, engine, active, run_id)


def _changes(parties: int) -> Iterator[Callable[[Work], None]]:
    """Give changes: each time other customers move house in both systems, and it is resolved."""
    rng = Random(7)
    edition = 1

    def change(work: Work) -> None:
        moved = sorted(rng.sample(range(parties), min(_CHANGED, parties)))
        with collecting_rarely():  # as a run does
            for system in SYSTEMS:
                with work.engine.begin() as db:
                    system_id = recording.ensure_system(db, code=system, kind=system, org_unit=ORG_UNIT)
                record_all(work.engine, system_id, system, moved, edition=edition)
            resolve(work)

    while True:
        edition += 1
        yield change


@contextmanager
def _served(environment: dict[str, str], work: Work) -> Iterator[tuple[str, str]]:
    """Serve the hub in a process of its own; give its address and a token."""
    with work.engine.begin() as db:
        add_user(db, "bench", "four words are better", ["viewer"])
        token = issue(db, "bench", label="bench", days=1)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = work.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "hub.web", "--port", str(port)]
    server = subprocess.Popen(command, env=environment | {"HUB_DATABASE_URL": url})
    try:
        while not _listens(port):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()
        server.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _callers(url: str, token: str, callers: int, parties: int) -> Iterator[subprocess.Popen[str]]:
    """Let some programs ask, in a process of their own."""
    asked = (url, token, str(callers), str(_SECONDS), str(parties))
    command = [sys.executable, "-m", "bench.matching.callers", *asked]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process


def _call(url: str, token: str, callers: int, parties: int) -> dict[str, Any]:
    with _callers(url, token, callers, parties) as process:
        return _answer(process)


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.read())
    return found


if __name__ == "__main__":
    main()
