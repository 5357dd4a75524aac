"""The hub's own PostgreSQL, for real: from nothing, after a kill, under a race, as root and as an ordinary user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg
import pytest

import hub
from hub.errors import HubError
from hub.settings import Settings, load
from hub.store import postgres, postgres_programs
from hub.store.postgres import DatabaseAddress, ensure_running, stop
from hub.supervisor.processes import await_end

pytestmark = pytest.mark.postgres
CHECKOUT = Path(hub.__file__).parent.parent

ENSURE = """
from hub.settings import load
from hub.store.postgres import ensure_running
import psycopg
with psycopg.connect(ensure_running(load()).conninfo) as connection:
    print(connection.execute("select pg_postmaster_start_time()").fetchone()[0])
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    settings = load({"HUB_HOME": str(tmp_path / "home")})
    yield settings
    stop(settings)


def query(address: DatabaseAddress, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address.conninfo) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(settings: Settings) -> psutil.Process:
    return psutil.Process(int((settings.home / "postgres/data/postmaster.pid").read_text().split()[0]))


def processes(settings: Settings) -> list[int]:
    """Living processes of the home's server."""
    data, found = str(settings.home / "postgres/data"), []
    for process in psutil.process_iter():
        try:
            if data in process.cmdline() or process.cwd() == data:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_from_nothing_to_a_private_database(own: Settings) -> None:
    address = ensure_running(own)
    encoding, locale = query(
        address, "select pg_encoding_to_char(encoding), datlocale from pg_database where datname = 'hub'"
    )[0]
    assert (encoding, locale) == ("UTF8", "C.UTF-8")
    assert query(address, "show listen_addresses") == [("",)]
    assert query(address, "show fsync") == [("on",)]
    assert query(address, "select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'hub'") == [(True,)]
    assert Path(str(address.url.query["host"])).stat().st_mode & 0o777 == 0o700
    assert os.getsid(postmaster(own).pid) == postmaster(own).pid
    password = (own.secrets / "postgres_password").read_text()
    assert password not in repr(address)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address.conninfo.replace(password, "wrong"))


def test_a_second_call_changes_nothing(own: Settings) -> None:
    first = ensure_running(own)
    pid = postmaster(own).pid
    assert ensure_running(own) == first
    assert postmaster(own).pid == pid


def test_committed_data_survive_a_kill(own: Settings) -> None:
    address = ensure_running(own)
    query(address, "create table customer as select generate_series(1, 5000) as number")
    holder = psycopg.connect(address.conninfo)
    holder.execute("delete from customer")
    killed = postmaster(own)
    killed.kill()
    assert await_end([killed], 10) == []
    assert query(ensure_running(own), "select count(*) from customer") == [(5000,)]
    holder.close()


def test_a_process_number_given_to_somebody_else_does_not_stop_the_start(own: Settings) -> None:
    ensure_running(own)
    stop(own)
    stale = f"{os.getpid()}\n{own.home}/postgres/data\n1\n5432\n\n\n\nready\n"
    (own.home / "postgres/data/postmaster.pid").write_text(stale)
    assert query(ensure_running(own), "select 1") == [(1,)]


def test_a_first_start_that_was_killed_begins_anew(own: Settings) -> None:
    half_done = own.home / "postgres/data.new/base"
    half_done.mkdir(parents=True)
    assert query(ensure_running(own), "select 1") == [(1,)]
    assert not half_done.exists()


@pytest.mark.slow
def test_a_start_may_be_killed_at_any_instant(own: Settings) -> None:
    random = Random(7)
    command = [sys.executable, "-c", ENSURE]
    environment = {"HUB_HOME": str(own.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
    for _ in range(8):
        starter = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            starter.wait(timeout=random.uniform(0.5, 3.0))
        except subprocess.TimeoutExpired:
            starter.kill() if random.random() < 0.5 else os.killpg(starter.pid, signal.SIGKILL)  # its helpers too
            starter.wait()
        assert query(ensure_running(own), "select 1") == [(1,)]
        stop(own)
        assert processes(own) == []
        if random.random() < 0.5:
            shutil.rmtree(own.home)


def test_a_database_that_a_killed_caller_is_still_making_is_taken_as_made(own: Settings) -> None:
    address = ensure_running(own)
    maintenance = address.database("postgres")
    with psycopg.connect(maintenance.conninfo, autocommit=True) as connection:
        connection.execute("drop database hub")
    with ThreadPoolExecutor() as pool:
        # both statements wait for the last user of the template, so both have found no database of that name
        with psycopg.connect(address.database("template1").conninfo):
            both = [pool.submit(postgres._create_database, address) for _ in range(2)]
            making = "select count(*) from pg_stat_activity where query like 'create database%'"
            deadline = time.monotonic() + 4
            while query(maintenance, making) != [(2,)]:
                assert time.monotonic() < deadline
        for one in both:
            one.result()
    assert query(address, "select 1") == [(1,)]


def test_a_race_has_one_winner_and_no_loser(own: Settings) -> None:
    command = [sys.executable, "-c", ENSURE]
    environment = {"HUB_HOME": str(own.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
    racers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [racer.communicate(timeout=60)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert len(set(said)) == 1, "all must have met the same server"


def test_stop_leaves_no_process_and_no_socket(own: Settings) -> None:
    address = ensure_running(own)
    held = psycopg.connect(address.conninfo)
    stop(own)
    held.close()
    assert processes(own) == []
    assert not Path(str(address.url.query["host"])).exists()
    stop(own)


def test_the_log_repeats_no_personal_data(own: Settings) -> None:
    address = ensure_running(own)
    query(address, "create table customer (phone text primary key)")
    query(address, "insert into customer values ('13800138000')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        query(address, "insert into customer values ('13800138000')")
    stop(own)
    assert "13800138000" not in (own.home / "postgres/server.log").read_text()


def test_a_database_of_another_major_version_is_refused_in_one_sentence(own: Settings) -> None:
    ensure_running(own)
    stop(own)
    version = own.home / "postgres/data/PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(HubError, match=f"PostgreSQL 17, this program brings {postgres_programs.MAJOR}"):
        ensure_running(own)
    version.write_text(f"{postgres_programs.MAJOR}\n")


def test_a_lost_password_is_told_and_the_data_are_left_alone(own: Settings) -> None:
    ensure_running(own)
    stop(own)
    secret = own.secrets / "postgres_password"
    secret.rename(secret.with_name("elsewhere"))
    with pytest.raises(HubError, match="backup"):
        ensure_running(own)
    secret.with_name("elsewhere").rename(secret)
    assert query(ensure_running(own), "select 1") == [(1,)]


def test_a_server_of_ones_own_is_checked_and_never_stopped(postgres_server: DatabaseAddress, tmp_path: Path) -> None:
    url = postgres_server.url.render_as_string(hide_password=False)
    settings = load({"HUB_DATABASE_URL": url, "HUB_HOME": str(tmp_path / "home")})
    assert ensure_running(settings) == postgres_server
    stop(settings)
    assert query(postgres_server, "select 1") == [(1,)]
    assert not settings.home.exists()


@pytest.mark.parametrize(
    ("part", "change"), [("password", "wr0ng"), ("database", "nowhere"), ("query", {"host": "/nowhere"})]
)
def test_a_server_that_refuses_is_named_without_the_password(
    postgres_server: DatabaseAddress, part: str, change: object
) -> None:
    url = postgres_server.url.set(**{part: change})  # type: ignore[arg-type]
    with pytest.raises(HubError, match="refuses the connection") as caught:
        ensure_running(load({"HUB_DATABASE_URL": url.render_as_string(hide_password=False)}))
    assert str(url.password) not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def nobody() -> dict[str, Any]:
    """Arguments that make a child process run as the account ``nobody``."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a server as somebody else")
    account = pwd.getpwnam("nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home that everybody can reach, unlike pytest's own folders."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


def can_run(command: list[str], account: dict[str, Any]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, **account).returncode == 0
    except PermissionError:
        return False


def test_an_ordinary_user_has_a_server_too(nobody: dict[str, Any], open_home: Path) -> None:
    nobody["env"] = {"HUB_HOME": str(open_home), "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    pythons = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    python = next((one for one in pythons if can_run([one, "-c", "import hub.store.postgres"], nobody)), None)
    if python is None:
        pytest.skip("the account nobody can run no Python that sees this environment")
    open_home.mkdir()
    os.chown(open_home, nobody["user"], nobody["group"])
    script = f"{ENSURE}\nfrom hub.store.postgres import stop\nstop(load())"
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False, **nobody)
    assert (done.returncode, done.stderr) == (0, "")
    assert processes(load({"HUB_HOME": str(open_home)})) == []


def test_root_without_namespaces_has_a_server_too(
    nobody: dict[str, Any], open_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_programs, "_namespaces_allowed", lambda: False)
    if not can_run([str(postgres_programs.Programs.find().folder / "postgres"), "--version"], nobody):
        pytest.skip("the account nobody cannot run the programs of this environment")
    settings = load({"HUB_HOME": str(open_home)})
    try:
        assert query(ensure_running(settings), "select 1") == [(1,)]
        killed = postmaster(settings)
        assert killed.username() == "nobody"
        killed.kill()
        assert await_end([killed], 10) == []
        assert query(ensure_running(settings), "select 1") == [(1,)]
    finally:
        stop(settings)
    assert processes(settings) == []
