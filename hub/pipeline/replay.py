"""Replay: what waits among the dead letters is tried again, from the landing zone, under the documents of now."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, Engine, text

from hub.errors import UsageError
from hub.pipeline.account import Account
from hub.pipeline.record import record_again
from hub.pipeline.runner import opened, settle
from hub.pipeline.work import Report, silent
from hub.settings import Settings
from hub.store.lock import exclusive


def replay(settings: Settings, engine: Engine, letters: Sequence[int], *, report: Report = silent) -> Account:
    """Try dead letters again, in a run of their own.

    A row is mapped, checked and recorded anew from its landed raw; a parked delivery is sent by the next publish.

    Args:
        settings: the installation.
        engine: the hub's database, migrated.
        letters: numbers of dead letters that still wait.
        report: where progress goes.

    Raises:
        UsageError: one of them does not wait.
        BusyError: another run is at work.
    """
    with exclusive(engine, "pipeline"), opened(settings, engine, "replay", report) as work:
        with engine.begin() as db:
            rows = _waiting(db, letters)
            db.execute(
                text(
                    "update hub.delivery set state = 'pending', attempts = 0 where state = 'parked' and id in"
                    " (select delivery_id from hub.dead_letter where id = any(:ids))"
                ),
                {"ids": list(letters)},
            )
        with work.step("map, check, record"):
            for batch_id, own in groupby(rows, key=lambda row: row[0]):
                record_again(work, batch_id, [row_no for _, row_no in own])
        return settle(work)


def _waiting(db: Connection, letters: Sequence[int]) -> list[tuple[int, int]]:
    """Give batch and row of the dead letters that are rows."""
    found = db.execute(
        text(
            "select d.id, p.batch_id, d.row_no from hub.dead_letter d"
            " left join hub.mapping_pass p on p.id = d.pass_id"
            " where d.id = any(:ids) and d.settled_us is null order by p.batch_id, d.row_no"
        ),
        {"ids": list(letters)},
    ).all()
    gone = sorted(set(letters) - {row.id for row in found})
    if gone:
        raise UsageError(f"Dead letter {gone[0]} does not wait", "Look at the list of those that do")
    return sorted({(row.batch_id, row.row_no) for row in found if row.batch_id is not None})
