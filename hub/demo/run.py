"""The demo: two real systems, one customer master, there and back, with the truth beside it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from rich.console import Console
from sqlalchemy import Engine, text

from customer_master.store.tables import OPEN
from hub import documents, project
from hub.cli.progress import bars
from hub.cli.render import show_account
from hub.demo.landscape import Evaluation, evaluate, generate, render
from hub.demo.stage import Stage, raised
from hub.pipeline.account import Account
from hub.pipeline.sync import sync
from hub.pipeline.work import Report
from hub.settings import Settings
from hub.store.database import open_database

_console = Console()


@dataclass(frozen=True, slots=True)
class _Story:
    """What happened, and how it compares with the truth.

    Args:
        told: account worth telling: of the first sync, or of the second where the first found nothing to do.
        second: account of the second sync.
        second_seconds: how long that took.
        unchanged: the second sync changed nothing and wrote nothing.
        evaluation: the master against the truth.
        records: source records, without those the hub made.
        customers: parties that hold them.
    """

    told: Account
    second: Account
    second_seconds: float
    unchanged: bool
    evaluation: Evaluation
    records: int
    customers: int

    @property
    def is_good(self) -> bool:
        return self.told.state == self.second.state == "green" and self.unchanged


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
    seconds: dict[str, float] = {}
    with bars() as report:
        up = raised(
            settings,
            generate(customers, seed),
            timed=lambda step, taken: seconds.__setitem__(step, round(taken, 1)),
            loading=lambda done: report("load ERP", done, None),
        )
        with up as stage:
            engine = open_database(settings)
            documents.apply(engine, project.documents(settings.project))
            story = _play(settings, engine, stage, report)
            engine.dispose()
            _tell(story)
            _write(settings.home / "demo" / "account.json", story, seconds)
            if not once:
                _wait(settings, stage, story.told)
    return story.is_good


def _play(settings: Settings, engine: Engine, stage: Stage, report: Report) -> _Story:
    """Sync twice, and compare the master with the truth."""
    before = _clock(engine)
    first = sync(settings, engine, report=report)
    between = _clock(engine)
    started = time.monotonic()
    second = sync(settings, engine, report=report)
    taken = time.monotonic() - started
    partition = _partition(engine, stage)
    return _Story(
        told=first if between != before else second,
        second=second,
        second_seconds=round(taken, 1),
        unchanged=_clock(engine) == between and not second.targets,
        evaluation=evaluate(stage.landscape.truth(), partition),
        records=len(partition),
        customers=len(set(partition.values())),
    )


def _clock(engine: Engine) -> int:
    with engine.begin() as db:
        return int(db.execute(text("select last_cs from master.clock")).scalar_one())


def _partition(engine: Engine, stage: Stage) -> dict[tuple[str, str, str], int]:
    """Give each record of the truth its party, leaving out what the hub itself made."""
    sql = (
        "select s.code, r.record_type, r.native_key, m.party_id from master.membership m"
        " join master.source_record r on r.id = m.record_id join master.source_system s on s.id = r.system_id"
        " where m.to_cs = :open and r.anchor_id is null"
    )
    code_of = {number: code for code, number in stage.codes.items()}
    with engine.begin() as db:
        return {
            (system, record_type, code_of.get(key, key) if system == "erp" else key): party
            for system, record_type, key, party in db.execute(text(sql), {"open": OPEN})
        }


def _tell(story: _Story) -> None:
    """Print the account beside the truth."""
    show_account(_console, story.told)
    _console.print(render(story.evaluation))
    held = story.evaluation.missing
    more = f" ({held} more records wait among the dead letters)" if held else ""
    verdict = "changed nothing and wrote nothing" if story.unchanged else "STILL CHANGED SOMETHING"
    for line in (
        f"Customers: {story.records} records before, {story.customers} customers after{more}",
        f"Second sync {verdict} ({story.second_seconds} s, {story.second.state})",
    ):
        _console.print(line, highlight=False, soft_wrap=True)


def _write(path: Path, story: _Story, seconds: dict[str, float]) -> None:
    """Write the account for machines, and say where."""
    figures = json.loads(story.evaluation.to_json())
    content: dict[str, Any] = {
        **story.told.to_json(),
        "seconds": {**seconds, **story.told.seconds, "second sync": story.second_seconds},
        "precision": figures["precision"],
        "recall": figures["recall_with_evidence"],
        "recall_all": figures["recall"],
        "x_merges": figures["x_merges"],
        "l_merges": figures["l_merges"],
        "kinds": figures["kinds"],
        "customers": {"before": story.records, "after": story.customers},
        "second_sync": {
            "state": story.second.state,
            "unchanged": story.unchanged,
            "seconds": story.second_seconds,
        },
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    _console.print(f"Account: {path}", highlight=False, soft_wrap=True)


def _wait(settings: Settings, stage: Stage, told: Account) -> None:
    """Keep everything up until Ctrl-C."""
    home = settings.environment.get("HUB_HOME")
    hub = f"HUB_HOME={home} .venv/bin/hub" if home else ".venv/bin/hub"
    _console.print(
        f"\nEverything is up. Try in another terminal, in this folder:\n"
        f"  {hub} account {told.run}\n"
        f"  {hub} trace erp/party/1\n"
        f"  {hub} sync\n"
        f"  {hub} doctor\n"
        f"New SCM files go into {stage.inbox}. Ctrl-C ends everything.",
        highlight=False,
        soft_wrap=True,
    )
    stage.supervisor.watch(Event())
