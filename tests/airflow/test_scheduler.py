"""The real thing: Airflow on PostgreSQL under the supervisor takes files through, whoever is killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from hub.errors import BusyError
from hub.schedule import control
from hub.schedule.ports import address
from hub.schedule.stack import PROGRAMS
from hub.supervisor.identity import Identity
from tests.airflow.conftest import SOURCES, Scheduled
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file

pytestmark = pytest.mark.slow
MANY = 1500


def await_that(what: Callable[[], Any], seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


def rows(scheduled: Scheduled, sql: str) -> list[dict[str, Any]]:
    """Ask the database anew: the server may be another one by now."""
    scheduled.hub.engine.dispose()
    return scheduled.hub.rows(sql)


def runs_at_work(scheduled: Scheduled) -> int:
    [row] = rows(scheduled, "select count(*) as n from hub.run where ended_us is null")
    return int(row["n"])


def test_two_sources_come_through_to_green(scheduled: Scheduled) -> None:
    hub = scheduled.hub
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, YUANDA))
    hub.put("shipto_20261101_01.csv", csv_file(HONGDA), folder="branch")
    ended = scheduled.sync()
    assert {run.dag: run.state for run in ended} == dict.fromkeys(
        (*SOURCES, "resolve", "publish", "quality"), "success"
    )
    assert set(hub.live()) == {"ship_to/S001", "ship_to/S002", "ship_to/S003"}
    assert len(hub.customers()) == 3
    assert {row["state"] for row in rows(scheduled, "select state from hub.run")} == {"green"}
    kinds = {row["kind"] for row in rows(scheduled, "select kind from hub.run")}
    assert kinds == {"pull", "resolve", "publish", "quality"}


def listens_on(process: psutil.Process) -> list[Any]:
    """What a process listens on; Airflow's workers come and go, and one that is gone listens on nothing."""
    try:
        return [socket_ for socket_ in process.net_connections("inet") if socket_.status == psutil.CONN_LISTEN]
    except psutil.NoSuchProcess:
        return []


def test_nothing_listens_to_other_machines(scheduled: Scheduled) -> None:
    listening = [socket_ for process in scheduled.processes() for socket_ in listens_on(process)]
    assert len(listening) >= 2, "Airflow's API server and the screens"
    assert {socket_.laddr.ip for socket_ in listening} == {"127.0.0.1"}


def test_status_tells_what_runs_and_where(scheduled: Scheduled) -> None:
    said = scheduled.hub.cli("status", "--json")
    assert (said.code, said.err) == (0, "")
    told = json.loads(said.out)
    assert told["is_healthy"]
    assert set(told["health"].values()) == {"healthy"}
    assert told["dags"]["source__scm"] == "success"
    assert told["address"] == address(scheduled.port)
    assert told["web"]
    passwords = Path(told["passwords"])
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    for secret in json.loads(passwords.read_text()).values():
        assert secret not in said.out


def test_up_again_changes_nothing(scheduled: Scheduled) -> None:
    before = control.status(scheduled.hub.settings)
    after = scheduled.up()
    assert (after.supervisor, after.programs) == (before.supervisor, before.programs)


def test_a_new_connection_gets_its_dag_and_its_pool_while_all_runs(scheduled: Scheduled) -> None:
    hub = scheduled.hub
    own = (hub.settings.project / "deploy/connections/branch.yaml").read_text(encoding="utf-8")
    try:
        hub.write("deploy/connections/office.yaml", own.replace("connection: branch", "connection: office"))
        await_that(lambda: "source__office" in scheduled.airflow.dags())
        await_that(lambda: scheduled.airflow.pools().get("source__office") == 1)
        hub.write("deploy/connections/crm.yaml", "connection: crm\n")
        await_that(lambda: "documents.py" in str(scheduled.airflow.import_errors()))
        assert "source__scm" in scheduled.airflow.dags()
    finally:
        for name in ("office", "crm"):
            (hub.settings.project / f"deploy/connections/{name}.yaml").unlink(missing_ok=True)
    await_that(lambda: scheduled.airflow.import_errors() == {})


def test_a_system_that_refuses_us_fails_at_once_with_the_accounts_sentence(scheduled: Scheduled) -> None:
    hub = scheduled.hub
    hub.secret("branch_password", "wrong")
    hub.put("shipto_20261102_01.csv", csv_file({**HUAQIANG, "手机": "13912345678"}))
    try:
        airflow = scheduled.airflow
        run = airflow.trigger("source__branch")
        other = airflow.trigger("source__scm")
        done = await_that(lambda: [r for r in airflow.runs("source__branch") if r.run == run and r.ended])
        assert [r.state for r in done] == ["failed"]
        assert airflow.tasks("source__branch", run) == {"pull": "failed", "record": "success", "account": "failed"}
        log = "".join(p.read_text() for p in (hub.settings.home / "airflow/logs").rglob(f"*{run}*/*account*/*.log"))
        assert "the server refused user hub with this password" in log
        assert "wrong" not in log
        await_that(lambda: [r for r in airflow.runs("source__scm") if r.run == other and r.state == "success"])
    finally:
        hub.secret("branch_password", hub.server.login["password"])


VICTIMS = ("postgresql", *PROGRAMS, "supervisor")


def pid_of(scheduled: Scheduled, victim: str) -> int:
    settings = scheduled.hub.settings
    if victim == "postgresql":
        return int((settings.home / "postgres/data/postmaster.pid").read_text().splitlines()[0])
    name = "daemon" if victim == "supervisor" else victim
    identity = Identity.read(settings.home / "run" / f"{name}.pid")
    assert identity is not None
    return identity.pid


@pytest.mark.parametrize("victim", VICTIMS)
def test_whoever_is_killed_during_a_sync_it_ends_right(scheduled: Scheduled, victim: str) -> None:
    hub, number = scheduled.hub, VICTIMS.index(victim)
    new = [{**HONGDA, "客户编码": f"V{number}{i:05d}", "客户名称": f"苏州宏达{i:05d}纺织有限公司"} for i in range(MANY)]
    hub.put(f"shipto_2026111{number}_01.csv", csv_file(*new[: MANY // 2]))
    hub.put(f"shipto_2026111{number}_01.csv", csv_file(*new[MANY // 2 :]), folder="branch")
    with ThreadPoolExecutor(1) as beside:
        syncing = beside.submit(scheduled.sync)
        await_that(lambda: runs_at_work(scheduled))
        pid = pid_of(scheduled, victim)
        os.kill(pid, signal.SIGKILL)
        if victim == "supervisor":
            programs = control.status(hub.settings).programs
            assert scheduled.up().programs == programs, "orphans are adopted"
        ended = syncing.result()
    assert {run.state for run in ended} == {"success"}
    await_that(lambda: control.status(hub.settings).is_healthy)
    assert pid_of(scheduled, victim) != pid
    [arrived] = rows(scheduled, _ARRIVED.format(f"V{number}%"))
    assert arrived == {"records": MANY, "versions": MANY}, "nothing is lost, nothing is done twice"
    [fates] = rows(scheduled, _FATES)
    assert fates["landed"] == fates["fated"]


_ARRIVED = """
select count(distinct r.id) as records, count(*) as versions from master.source_record r
join master.source_record_version v on v.record_id = r.id where r.native_key like '{}'
"""
_FATES = """
select (select sum(rows) from hub.landing_batch) as landed, (select count(*) from hub.fate f
join hub.mapping_pass p on p.id = f.pass_id where p.kind = 'fresh') as fated
"""


def test_down_in_the_middle_of_a_sync_loses_nothing(scheduled: Scheduled) -> None:
    hub = scheduled.hub
    new = [{**HONGDA, "客户编码": f"W{i:05d}", "客户名称": f"苏州宏达W{i:05d}纺织有限公司"} for i in range(MANY)]
    hub.put("shipto_20261120_01.csv", csv_file(*new))
    scheduled.airflow.trigger("source__scm")
    await_that(lambda: runs_at_work(scheduled))
    control.down(hub.settings)
    assert scheduled.processes() == []
    scheduled.up()
    assert {run.state for run in scheduled.sync()} == {"success"}
    [arrived] = rows(scheduled, _ARRIVED.format("W%"))
    assert arrived == {"records": MANY, "versions": MANY}
    [fates] = rows(scheduled, _FATES)
    assert fates["landed"] == fates["fated"]
    assert runs_at_work(scheduled) == 0


def test_down_leaves_nothing_and_up_refuses_a_busy_port(scheduled: Scheduled) -> None:
    assert len(scheduled.processes()) > 8
    control.down(scheduled.hub.settings)
    assert scheduled.processes() == []
    assert list((scheduled.hub.settings.home / "run").glob("*.pid")) == []
    status = control.status(scheduled.hub.settings)
    assert (status.supervisor, status.database, status.health) == (None, False, {})
    with (
        socket.create_server(("127.0.0.1", scheduled.port)),
        pytest.raises(BusyError, match=rf"Port {scheduled.port}, which airflow-api-server needs, is in use"),
    ):
        scheduled.up()
    assert [p for p in scheduled.processes() if p.status() != psutil.STATUS_ZOMBIE] == []
