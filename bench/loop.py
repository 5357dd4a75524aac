"""100,000 customers through the loop, SFTP to master: what each step costs, and whether memory stays flat.

``CUSTOMERS=n make bench-loop`` takes another size. The landscape's ERP records come as ship-to files too, so that all
customers pass without an ERP. A second, unchanged sync and one changed row follow.
"""

from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
import tempfile
import time
from itertools import count, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from bench.measure import Meter, report
from hub import documents, project
from hub.demo.landscape import Evaluation, Landscape, append_ship_to, evaluate, generate, write_files
from hub.demo.landscape.documents import SHIP_TO_COLUMNS
from hub.demo.systems import sftp
from hub.pipeline import pull, record, resolve
from hub.pipeline.account import account
from hub.pipeline.sync import sync
from hub.pipeline.work import Work
from hub.references import store_secret
from hub.settings import Settings, load
from hub.store import postgres, runs
from hub.store.database import open_database

_ROWS_A_FILE = 20_000
_ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure and print."""
    customers = int(os.environ.get("CUSTOMERS", "100000"))
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    settings = load({**os.environ, "HUB_HOME": str(folder / "home"), "HUB_PROJECT": str(_project(folder))})
    server = None
    try:
        landscape = generate(customers)
        meter = Meter(server=str(settings.home / "postgres"))
        with meter.step("generate files"):
            _lay(landscape, folder / "scm" / "in")
        server = _serve(settings, folder)
        engine = open_database(settings)
        figures = _loop(settings, engine, landscape, meter, folder)
        report(f"{customers:,} customers, SFTP to master", meter.steps, figures)
        engine.dispose()
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        postgres.stop(settings)
        shutil.rmtree(folder, ignore_errors=True)


def _project(folder: Path) -> Path:
    """Make a project of the SCM alone."""
    target = folder / "project"
    for kind in ("dq_rules", "customer_master/policies"):
        shutil.copytree(_ROOT / kind, target / kind, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path in (
        "deploy/connections/scm.yaml",
        *(f"mappings/specs/scm.{s}.yaml" for s in ("ship_tos", "dealers", "partners")),
    ):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_ROOT / path, target / path)
    return target


def _lay(landscape: Landscape, inbox: Path) -> None:
    write_files(landscape, inbox)
    rows = map(_as_ship_to, landscape.erp())
    for number in count(1):
        some = list(islice(rows, _ROWS_A_FILE))
        if not some:
            return
        with (inbox / f"shipto_20261031_{number:02d}.csv").open("w", encoding="gb18030", newline="") as file:
            writer = csv.DictWriter(file, SHIP_TO_COLUMNS)
            writer.writeheader()
            writer.writerows(some)


def _as_ship_to(document: dict[str, Any]) -> dict[str, str]:
    address = document["addresses"][0] if document["addresses"] else {}
    row = dict.fromkeys(SHIP_TO_COLUMNS, "")
    row |= {"客户编码": document["code"], "客户名称": document["name"] or ""}
    row |= {
        "地址": f"{address.get('city') or ''}{address.get('street') or ''}",
        "邮编": address.get("postal_code") or "",
    }
    row["统一社会信用代码"] = next((i["code"] for i in document["identifiers"]), "")
    columns = {"phone": "电话", "mobile": "手机", "email": "邮箱"}
    for mechanism in document["contact_mechanisms"]:
        if mechanism["type"] in columns:
            row[columns[mechanism["type"]]] = mechanism["value"]
    return row


def _serve(settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    password, host_key = folder / "password", folder / "host_key"
    password.write_text("bench")
    port = _free_port()
    process = subprocess.Popen(sftp.argv(folder / "scm", port, "hub", password, host_key))
    secrets = {"scm_port": str(port), "scm_password": "bench", "scm_host_key": sftp.host_key_line(host_key)}
    for name, value in secrets.items():
        store_secret(settings, name, value)
    while not _listens(port):
        time.sleep(0.05)
    return process


def _loop(settings: Settings, engine: Engine, landscape: Landscape, meter: Meter, folder: Path) -> dict[str, Any]:
    documents.apply(engine, project.documents(settings.project))
    with engine.begin() as db:
        run_id = runs.open_run(db, "sync")
    work = Work(settings, engine, documents.load(engine), run_id)
    for name, step in (
        ("pull, land", pull.pull),
        ("map, check, record", record.record),
        ("resolve, survive", resolve.resolve),
    ):
        with meter.step(name):
            step(work)
    with engine.begin() as db:
        first = account(db, run_id)
    with meter.step("second sync, nothing changed"):
        second = sync(settings, engine)
    (folder / "scm" / "in" / "shipto_20261102_01.csv").write_bytes(append_ship_to(landscape, 1))
    with meter.step("third sync, two rows"):
        third = sync(settings, engine)
    evaluation, records, parties = _quality(engine, landscape)
    return {
        "records": records,
        "customers_found": parties,
        "accounts": [first.state, second.state, third.state],
        "records_per_s": round(records / sum(s.wall_s for s in meter.steps[1:4]), 1),
        "precision": round(evaluation.precision, 4),
        "recall_with_evidence": round(evaluation.recall_with_evidence, 4),
        "x_merges": evaluation.x_merges,
    }


def _quality(engine: Engine, landscape: Landscape) -> tuple[Evaluation, int, int]:
    sql = (
        "select r.record_type, r.native_key, m.party_id from master.membership m"
        " join master.source_record r on r.id = m.record_id where m.to_cs = 4611686018427387904"
    )
    partition = {}
    with engine.begin() as db:
        for record_type, key, party in db.execute(text(sql)):
            place = ("erp", "party") if key.startswith("C") and record_type == "ship_to" else ("scm", record_type)
            partition[*place, key] = party
    return evaluate(landscape.truth(), partition), len(partition), len(set(partition.values()))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
