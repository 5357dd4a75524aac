"""The landing zone: written once, whole or not at all, and proven on every reading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from connectors.base import Batch, RawRecord, to_table
from hub.demo.landscape.documents import SHIP_TO_COLUMNS
from hub.errors import HubError
from hub.store import landing, runs
from tests.loop.deliveries import HONGDA, HUAQIANG, csv_file
from tests.loop.installation import Installation


def deliver(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))


def test_a_changed_file_is_noticed(hub: Installation) -> None:
    deliver(hub)
    hub.step("pull")
    [(name, content)] = hub.landed().items()
    path = hub.settings.home / "landing" / name
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(HubError) as damaged:
        hub.sync()
    assert str(damaged.value) == f"Landed file {name} is not what was landed. Restore it from the backup"
    path.write_bytes(content)
    assert hub.sync().state == "green"
    assert set(hub.live()) == {"ship_to/S001", "ship_to/S003"}


def test_a_missing_file_is_noticed(hub: Installation) -> None:
    deliver(hub)
    hub.step("pull")
    [(name, content)] = hub.landed().items()
    path = hub.settings.home / "landing" / name
    path.unlink()
    with pytest.raises(HubError) as missing:
        hub.sync()
    assert str(missing.value) == f"Landed file {name} is missing. Restore the landing zone from its backup"
    path.write_bytes(content)
    assert hub.sync().state == "green"


def test_a_damaged_file_does_not_keep_other_systems_from_being_pulled(hub: Installation) -> None:
    deliver(hub)
    hub.step("pull")
    [(name, content)] = hub.landed().items()
    (hub.settings.home / "landing" / name).write_bytes(b"")
    hub.put("shipto_20261102_01.csv", csv_file(HONGDA))
    with pytest.raises(HubError):
        hub.sync()
    assert hub.server.files("in") == []
    assert hub.rows("select count(*) as n from hub.landing_batch") == [{"n": 2}]
    (hub.settings.home / "landing" / name).write_bytes(content)
    assert hub.sync().state == "green"
    states = [r["state"] for r in hub.rows("select state from hub.run order by id")]
    assert states == ["green", "red", "green"]  # the second was broken off; the third finished its work


def test_what_the_database_does_not_name_was_never_landed(hub: Installation) -> None:
    """The file is on disk and the commit fails: no manifest, no cursor, the partner's file stays where it is."""
    deliver(hub)
    hub.execute(
        "create function hub.refuse() returns trigger language plpgsql as $$ begin raise 'cut off'; end $$;"
        " create trigger refuse before insert on hub.cursor for each row execute function hub.refuse()"
    )
    with pytest.raises(DBAPIError, match="cut off"):
        hub.sync()
    assert len(hub.landed()) == 1
    assert hub.rows("select 1 from hub.landing_batch") == []
    assert hub.server.files("in") == ["shipto_20261101_01.csv"]
    hub.execute("drop trigger refuse on hub.cursor")
    account = hub.sync()
    assert account.state == "green"
    assert account.sources["scm"]["ship_tos"] == {"landed": 2, "recorded": 2}
    assert hub.server.files("archive") == ["shipto_20261101_01.csv"]


def test_landed_files_stay_as_they_are(hub: Installation) -> None:
    deliver(hub)
    hub.sync()
    landed = hub.landed()
    hub.put("shipto_20261102_01.csv", csv_file(HONGDA))
    hub.sync()
    assert landed.items() <= hub.landed().items()
    assert len(hub.landed()) == 2


_READ = """
import os, sys
from pathlib import Path
from hub.store import landing
before = len(os.listdir("/proc/self/task"))
landing.read(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
print(len(os.listdir("/proc/self/task")) - before)
"""


def test_reading_starts_no_thread(hub: Installation) -> None:
    """A thread that Arrow is still starting when the process ends aborts it, though its work is done."""
    deliver(hub)
    hub.step("pull")
    [batch] = hub.rows("select path, sha256 from hub.landing_batch")
    folder = hub.settings.home / "landing"
    command = [sys.executable, "-c", _READ, str(folder), batch["path"], batch["sha256"]]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"


def test_a_batch_of_many_different_values_comes_back_as_it_was(tmp_path: Path) -> None:
    texts = [None if n % 7 == 0 else f"上海宏达 {n} " * (n % 9) for n in range(20_000)]
    documents = [{"name": text, "city": "上海市", "lines": [{"item": text}] * (n % 3)} for n, text in enumerate(texts)]
    batch = to_table([RawRecord(f"f.csv:{n}", "2026-11-01", document) for n, document in enumerate(documents)])
    digest, size = landing.write_without(tmp_path, batch, [], "batch.parquet")
    assert size == (tmp_path / "batch.parquet").stat().st_size
    assert landing.read(tmp_path, "batch.parquet", digest).to_pylist() == batch.to_pylist()


def test_a_character_that_no_database_keeps_holds_no_other_row(hub: Installation) -> None:
    """JSON and databases may deliver NUL; the dead letter of such a row says all but that."""
    rows = [dict.fromkeys(SHIP_TO_COLUMNS, "") | row for row in (HONGDA, HUAQIANG | {"客户编码": "", "市": "深\0圳市"})]
    with hub.engine.begin() as db:
        run = runs.open_run(db, "pull")
        raw = [RawRecord(document=row, origin="ship_to", position="2026-11-01T00:00:00") for row in rows]
        batch = Batch("ship_tos", to_table(raw), {})
        landing.land(db, hub.settings.home / "landing", run_id=run, system="scm", batch=batch)
        runs.close_run(db, run, "green")
    hub.step("record")
    assert set(hub.live()) == {"ship_to/S003"}
    [letter] = hub.letters()
    assert letter["payload"]["document"]["市"] == "深圳市"
