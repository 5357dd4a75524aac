"""The demo: two real systems, one customer master, there and back, with the truth beside it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Engine, text

from customer_master.store.tables import OPEN
from hub import documents, project
from hub.cli.progress import bars
from hub.cli.render import show_account
from hub.coherence import check_together
from hub.demo.landscape import Evaluation, evaluate, generate, render
from hub.demo.stage import Stage, raised
from hub.pipeline.account import Account
from hub.pipeline.sync import sync
from hub.settings import Settings
from hub.store import documents as document_store
from hub.store.database import open_database

_console = Console()


def run_demo(settings: Settings, *, customers: int, seed: int, once: bool) -> bool:
    """Show the whole loop.

    Args:
        settings: the installation.
        customers: how many customers the landscape has.
        seed: seed of the landscape.
        once: end by itself; otherwise everything stays up until Ctrl-C.

    Returns:
        Whether both accounts are green and the second sync found nothing to do.
    """
    landscape = generate(customers, seed)
    seconds: dict[str, float] = {}
    with bars() as report:
        stage_up = raised(
            settings, landscape, lambda step, s: seconds.__setitem__(step, round(s, 1)),
            lambda done: report("load ERP", done, None),
        )  # fmt: skip
        with stage_up as stage:
            engine = open_database(settings)
            _apply(settings, engine)
            before = _clock(engine)
            first = sync(settings, engine, report=report)
            after_first = _clock(engine)
            started = time.monotonic()
            second = sync(settings, engine, report=report)
            seconds["second sync"] = round(time.monotonic() - started, 1)
            unchanged = _clock(engine) == after_first and not second.targets
            path = _tell(
                settings, engine, stage, seconds, first if after_first != before else second, second, unchanged
            )
            engine.dispose()
            is_good = first.state == second.state == "green" and unchanged
            if not once:
                _wait(settings, path)
    return is_good


def _apply(settings: Settings, engine: Engine) -> None:
    read = project.documents(settings.project)
    for document in read:
        documents.check(document)
    check_together(read)
    with engine.begin() as db:
        document_store.apply(db, read)


def _clock(engine: Engine) -> int:
    with engine.begin() as db:
        return int(db.execute(text("select last_cs from master.clock")).scalar_one())


def _tell(
    settings: Settings, engine: Engine, stage: Stage, seconds: Mapping[str, float], told: Account, second: Account,
    unchanged: bool,
) -> Path:  # fmt: skip
    """Print the account beside the truth, and write it as JSON."""
    partition, records, parties = _partition(engine, stage)
    evaluation = evaluate(stage.landscape.truth(), partition)
    show_account(_console, told)
    _console.print(render(evaluation))
    _console.print(f"Customers: {records} records before, {parties} customers after", highlight=False)
    verdict = "changed nothing and wrote nothing" if unchanged else "STILL CHANGED SOMETHING"
    _console.print(f"Second sync {verdict} ({seconds['second sync']} s, {second.state})", highlight=False)
    path = settings.home / "demo" / "account.json"
    path.write_text(
        json.dumps(
            _as_json(told, second, evaluation, seconds, records, parties, unchanged), ensure_ascii=False, indent=2
        )
    )
    _console.print(f"Account: {path}", soft_wrap=True, highlight=False)
    return path


def _as_json(
    told: Account, second: Account, evaluation: Evaluation, seconds: Mapping[str, float], records: int, parties: int,
    unchanged: bool,
) -> dict[str, Any]:  # fmt: skip
    figures = json.loads(evaluation.to_json())
    return {
        **told.to_json(),
        "seconds": {**seconds, **told.seconds},
        "precision": figures["precision"],
        "recall": figures["recall_with_evidence"],
        "recall_all": figures["recall"],
        "x_merges": figures["x_merges"],
        "l_merges": figures["l_merges"],
        "kinds": figures["kinds"],
        "customers": {"before": records, "after": parties},
        "second_sync": {"state": second.state, "unchanged": unchanged, "seconds": seconds["second sync"]},
    }


def _partition(engine: Engine, stage: Stage) -> tuple[dict[tuple[str, str, str], int], int, int]:
    """Give each record of the truth its party; count records and customers, leaving out what the hub itself made."""
    sql = (
        "select s.code, r.record_type, r.native_key, m.party_id from master.membership m"
        " join master.source_record r on r.id = m.record_id join master.source_system s on s.id = r.system_id"
        " where m.to_cs = :open and r.anchor_id is null"
    )
    code_of = {number: code for code, number in stage.codes.items()}
    partition = {}
    with engine.begin() as db:
        for system, record_type, key, party in db.execute(text(sql), {"open": OPEN}):
            partition[system, record_type, code_of.get(key, key) if system == "erp" else key] = party
    return partition, len(partition), len(set(partition.values()))


def _wait(settings: Settings, account: Path) -> None:
    """Keep everything up until Ctrl-C."""
    party = json.loads(account.read_text())["run"]
    _console.print(
        f"\nEverything is up. Try in another terminal, in this folder:\n"
        f"  .venv/bin/hub account {party}\n"
        f"  .venv/bin/hub trace erp/party/1\n"
        f"  .venv/bin/hub sync\n"
        f"  .venv/bin/hub doctor\n"
        f"New SCM files go into {settings.home / 'demo' / 'scm' / 'in'}. Ctrl-C ends everything.",
        highlight=False,
        soft_wrap=True,
    )
    signal.pause()
