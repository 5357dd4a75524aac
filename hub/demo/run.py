"""The demo: five real systems on a schedule, one customer master, there and back, with the truth beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any

from rich.console import Console
from sqlalchemy import Engine, text

from customer_master.store.tables import OPEN
from hub import documents, project
from hub.cli.progress import bars
from hub.cli.render import show_account
from hub.demo import people
from hub.demo.background import UP, announced
from hub.demo.landscape import Evaluation, Landscape, Truth, evaluate, generate, render
from hub.demo.landscape import pdm as pdm_landscape
from hub.demo.landscape.calls import call_truth
from hub.demo.landscape.mails import mails
from hub.demo.landscape.service_requests import request_truth
from hub.demo.line_up import SYSTEMS
from hub.demo.stage import Stage, raised
from hub.demo.whose import Attributions, compare
from hub.pipeline.account import Account, account, together
from hub.pipeline.work import Report
from hub.schedule.airflow import passwords_file
from hub.schedule.names import source_dag
from hub.schedule.stack import Stack
from hub.settings import Settings
from hub.store.database import open_database

_console = Console()
_ROUND_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class _Story:
    """What happened, and how it compares with the truth.

    Args:
        told: account worth telling: of the first round, or of the second where the first found nothing to do.
        second: account of the second round.
        second_seconds: how long that took.
        unchanged: the second round changed nothing and wrote nothing.
        evaluation: the master against the truth.
        attributions: calls, mails and requests against the truth.
        records: source records of customers, without those the hub made.
        customers: parties that hold them.
    """

    told: Account
    second: Account
    second_seconds: float
    unchanged: bool
    evaluation: Evaluation
    attributions: Attributions
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
        Whether both accounts are green and the second round found nothing to do.
    """
    seconds: dict[str, float] = {}

    def timed(step: str, taken: float) -> None:
        seconds[step] = round(taken, 1)

    with bars() as report:
        up = raised(settings, generate(customers, seed), timed, loading=lambda done: report("load ERP", done, None))
        with up as stage, announced(settings):
            engine = open_database(settings)
            documents.apply(engine, project.documents(settings.project))
            people.add(engine, settings)
            stack = Stack(settings, stage.supervisor)
            _timed(timed, "start Airflow and the screens", stack.start)
            story = _play(engine, stage, stack, report, timed)
            engine.dispose()
            _tell(story)
            _write(settings.home / "demo" / "account.json", story, seconds)
            if not once:
                _wait(settings, stage, stack, story.told)
    return story.is_good


def _timed(timed: Callable[[str, float], None], step: str, work: Callable[[], object]) -> None:
    started = time.monotonic()
    work()
    timed(step, time.monotonic() - started)


def _play(engine: Engine, stage: Stage, stack: Stack, report: Report, timed: Callable[[str, float], None]) -> _Story:
    """Let the scheduler go round twice, and compare the master with the truth."""
    before = _clock(engine)
    _timed(timed, "first round", lambda: _go_round(stack, report))
    between = _clock(engine)
    first = _accounts(engine, after=0)
    started = time.monotonic()
    _go_round(stack, report)
    taken = time.monotonic() - started
    second = _accounts(engine, after=first[-1].run)
    partition = _partition(engine, stage)
    truth = _truth(stage.landscape)
    told, repeated = together(first), together(second)
    with engine.begin() as db:
        attributions = compare(db, _activities(stage.landscape), _parties(truth, partition))
    return _Story(
        told=told if between != before else repeated,
        second=repeated,
        second_seconds=round(taken, 1),
        unchanged=_clock(engine) == between and not repeated.targets,
        evaluation=evaluate(truth, partition),
        attributions=attributions,
        records=len(partition),
        customers=len(set(partition.values())),
    )


def _go_round(stack: Stack, report: Report) -> None:
    """Have the scheduler run every source's DAG and all that follows, while everything is tended."""
    dags = [source_dag(system) for system in SYSTEMS]
    stack.tend()
    stack.airflow.client.run_through(dags, within_seconds=_ROUND_SECONDS, report=report)


def _accounts(engine: Engine, *, after: int) -> list[Account]:
    """Draw up the accounts of all runs since one."""
    with engine.begin() as db:
        numbers = db.execute(text("select id from hub.run where id > :after order by id"), {"after": after}).scalars()
        return [account(db, number) for number in numbers.all()]


def _clock(engine: Engine) -> int:
    with engine.begin() as db:
        return int(db.execute(text("select last_cs from master.clock")).scalar_one())


def _truth(landscape: Landscape) -> Truth:
    """Tell who is who in all systems."""
    base, products = landscape.truth(), pdm_landscape.truth(landscape)
    return Truth(lambda: chain(base.rows(), products.rows()), lambda: chain(base.pairs(), products.pairs()))


def _activities(landscape: Landscape) -> Any:
    return chain((mail.truth for mail in mails(landscape)), call_truth(landscape), request_truth(landscape))


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


def _parties(truth: Truth, partition: dict[tuple[str, str, str], int]) -> dict[str, set[int]]:
    """Map each true customer to the parties that hold records of it."""
    found: dict[str, set[int]] = {}
    for row in truth.rows():
        if row.key in partition:
            found.setdefault(row.entity, set()).add(partition[row.key])
    return found


def _tell(story: _Story) -> None:
    """Print the account beside the truth."""
    show_account(_console, story.told)
    _console.print(render(story.evaluation))
    held = story.evaluation.missing
    more = f" ({held} more records wait among the dead letters)" if held else ""
    verdict = "changed nothing and wrote nothing" if story.unchanged else "STILL CHANGED SOMETHING"
    for line in (
        f"Customers: {story.records} records before, {story.customers} customers after{more}",
        *_whose(story.attributions),
        f"Second round {verdict} ({story.second_seconds} s, {story.second.state})",
    ):
        _console.print(line, highlight=False, soft_wrap=True)


def _whose(attributions: Attributions) -> Sequence[str]:
    """One line for each thing the truth says of calls, mails and requests."""
    meanings = {
        "known": "from a contact point of one customer",
        "same_domain": "from a colleague at a customer's domain",
        "shared": "from a contact point of several customers",
        "unknown": "from somebody unknown",
    }
    return [
        f"Calls, mails and requests {meanings[reason]}: {', '.join(f'{n} {outcome}' for outcome, n in own.items())}"
        for reason, own in attributions.to_json().items()
    ]


def _write(path: Path, story: _Story, seconds: dict[str, float]) -> None:
    """Write the account for machines, and say where."""
    figures = json.loads(story.evaluation.to_json())
    content: dict[str, Any] = {
        **story.told.to_json(),
        "seconds": {**seconds, **story.told.seconds, "second round": story.second_seconds},
        "precision": figures["precision"],
        "recall": figures["recall_with_evidence"],
        "recall_all": figures["recall"],
        "x_merges": figures["x_merges"],
        "l_merges": figures["l_merges"],
        "kinds": figures["kinds"],
        "customers": {"before": story.records, "after": story.customers},
        "attribution": story.attributions.to_json(),
        "second_round": {
            "state": story.second.state,
            "unchanged": story.unchanged,
            "seconds": story.second_seconds,
        },
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    _console.print(f"Account: {path}", highlight=False, soft_wrap=True)


def _wait(settings: Settings, stage: Stage, stack: Stack, told: Account) -> None:
    """Keep everything up until Ctrl-C."""
    home = settings.environment.get("HUB_HOME")
    hub = f"HUB_HOME={home} .venv/bin/hub" if home else ".venv/bin/hub"
    _console.print(
        f"\n{UP}\n"
        f"  screens   {stack.web_address}   users and passwords: {people.file(settings)}\n"
        f"  Airflow   {stack.airflow.client.address}   users and passwords: {passwords_file(settings)}\n"
        f"Try in another terminal, in this folder:\n"
        f"  {hub} account {told.run}\n"
        f"  {hub} trace erp/party/1\n"
        f"  {hub} sync\n"
        f"  {hub} status\n"
        f"  {hub} doctor\n"
        f"New SCM files go into {stage.systems.inbox}. Ctrl-C ends everything.",
        highlight=False,
        soft_wrap=True,
    )
    forever = Event()
    while not forever.wait(1.0):
        stack.tend()
