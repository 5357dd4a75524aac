"""The plan: documents, and what the next run would make of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from customer_master.store.clock import last_commit
from hub import documents, project
from hub.pipeline.account import account
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from hub.pipeline.runner import opened
from hub.pipeline.work import Report, Work, silent
from hub.planning.contents import Contents, golden_contents, record_contents
from hub.planning.customers import Customers, changed_customers
from hub.planning.drafts import Draft, drafts
from hub.planning.pushes import Pushes, planned_pushes
from hub.planning.rules import replayed_by_rules
from hub.planning.scratch import scratch_copy
from hub.planning.waiting import Letters, Waiting, letters_missing, tasks_missing, waiting
from hub.settings import Settings
from hub.store import documents as store


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``hub apply`` and the next run would do, but for what that run would pull.

    Args:
        documents: every document of the project folder, and those left behind.
        rows: stream -> what becomes of its rows that are mapped, fate -> rows.
        rejects: dead letters that would come, by cause.
        heals: dead letters that would not wait any more, by cause.
        held_again: rows recorded now that changed quality rules would hold if they came again, by rule.
        passed_again: rows that wait now and that changed quality rules would let through, by rule.
        records: what becomes of the contents of source records.
        customers: what becomes of the customers.
        golden: what becomes of their golden values.
        tasks_opened: kind -> tasks that stewards would get.
        tasks_closed: kind -> tasks that would not be open any more.
        pushes: what each subscription would write.
    """

    documents: list[Draft]
    rows: dict[str, dict[str, int]]
    rejects: list[Letters]
    heals: list[Letters]
    held_again: list[Letters]
    passed_again: list[Letters]
    records: Contents
    customers: Customers
    golden: Contents
    tasks_opened: dict[str, int]
    tasks_closed: dict[str, int]
    pushes: list[Pushes]

    @property
    def is_empty(self) -> bool:
        """Nothing would change."""
        return not any(d.becomes_active for d in self.documents) and self.has_no_effect

    @property
    def has_no_effect(self) -> bool:
        """Records, customers, tasks and targets would stay as they are."""
        lists = (self.rejects, self.heals, self.tasks_opened, self.tasks_closed)
        contents = self.records.is_empty and self.customers.is_empty and self.golden.is_empty
        return contents and not any(lists) and all(pushes.is_empty for pushes in self.pushes)

    def to_json(self) -> dict[str, Any]:
        """Give the plan for machines."""
        return {"is_empty": self.is_empty, "has_no_effect": self.has_no_effect, **asdict(self)}


def plan(settings: Settings, *, report: Report = silent) -> Plan:
    """Find out what applying the project folder and the next run would do; the installation stays as it is.

    Opens no connection to any system: the next run would bring in, besides, what the systems deliver then.

    Args:
        settings: the installation.
        report: where progress goes.

    Raises:
        HubError: a document must not be applied as it stands, one that a run needs is missing, the hub's user may not
            make databases, or the landing zone is damaged.
        BusyError: another plan is being made.
    """
    read = [store.as_applied(document) for document in project.documents(settings.project)]
    with scratch_copy(settings, report) as (own, engine):
        with engine.connect() as db:
            found, before, since = drafts(store.active(db), read), waiting(db), last_commit(db)
        documents.apply(engine, read)
        with opened(own, engine, "plan", report) as work:
            return _outcome(work, found, before, since)


def _outcome(work: Work, found: list[Draft], before: Waiting, since: int) -> Plan:
    """Do what a run does, and compare: customers before anything is published, which adds records to them."""
    record(work)
    resolve(work)
    with work.engine.connect() as db:
        after = waiting(db)
        sources = account(db, work.run_id).sources
        records, golden = record_contents(db, since), golden_contents(db, since)
        customers = changed_customers(db, since)
    pushes = planned_pushes(work)
    held, passed = replayed_by_rules(work, found)  # last, for what it records is no effect of the next run
    return Plan(
        documents=found,
        rows={f"{system}.{stream}": own for system, streams in sources.items() for stream, own in streams.items()},
        rejects=letters_missing(after, before),
        heals=letters_missing(before, after),
        held_again=held,
        passed_again=passed,
        records=records,
        customers=customers,
        golden=golden,
        tasks_opened=tasks_missing(after, before),
        tasks_closed=tasks_missing(before, after),
        pushes=pushes,
    )
