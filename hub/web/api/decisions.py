"""Decisions: the log, deciding, and taking a change back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import Connection, text
from starlette.responses import Response

from customer_master.stewardship import decisions as log
from customer_master.stewardship.errors import UnknownError
from customer_master.store import visibility
from customer_master.store.visibility import Viewer
from hub.web.access import needs
from hub.web.api import paging
from hub.web.api.access import Sees
from hub.web.api.answers import Decision, Outcome, TaskState
from hub.web.api.deciding import decide
from hub.web.api.once import OnlyOnce
from hub.web.api.paging import LARGEST_ID, Cursor, Limit, Page
from hub.web.api.routing import api_router, refusals
from hub.web.api.times import iso
from hub.web.api.verdicts import AnyVerdict, IfMatch, Undo, Why
from hub.web.installation import Hub

router = api_router("decisions", dependencies=[needs("steward")])

Id = Annotated[int, Path(ge=1, lt=LARGEST_ID)]


SECOND: dict[int | str, dict[str, Any]] = {
    202: {"model": TaskState, "description": "The verdict waits for a second person; nothing has changed yet"}
}


@router.get("/decisions", operation_id="listDecisions")
def list_all(hub: Hub, viewer: Sees, mine: bool = False, limit: Limit = 50, cursor: Cursor = "") -> Page[Decision]:
    """List decisions, the newest first."""
    behind = paging.read(cursor, int)
    units = None if viewer.units is None else sorted(viewer.units)
    with hub.begin() as db:
        found = log.recent(
            db, actor=viewer.user if mine else None, limit=limit + 1, before=behind[0] if behind else LARGEST_ID,
            units=units,
        )  # fmt: skip
    page = paging.page(found, limit, lambda d: (d.id,))
    return Page(items=[_decision(d) for d in page.items], next=page.next)


@router.get("/decisions/{decision}", operation_id="getDecision", responses=refusals(404))
def show(hub: Hub, viewer: Sees, decision: Id) -> Decision:
    """Show one decision."""
    with hub.begin() as db:
        found = log.decision_of(db, decision)
        if not _sees_any(db, found.records, viewer):
            raise UnknownError(f"There is no decision {decision}", "Look at the list of decisions")
    return _decision(found)


@router.post(
    "/decisions",
    operation_id="decide",
    response_model=Outcome,
    responses=SECOND | refusals(404, 409, 410, 411, 412, 413, 428),
)
def take(verdict: AnyVerdict, hub: Hub, viewer: Sees, once: OnlyOnce, if_match: IfMatch = None) -> Response:
    """Decide. About customers (merge, split, pin, unpin) it needs `If-Match`, so that nobody decides unseen."""
    return once.answer(verdict, lambda: decide(hub, viewer, verdict, if_match=if_match))


@router.post(
    "/changes/{commit}/undo",
    operation_id="undo",
    response_model=Outcome,
    responses=SECOND | refusals(404, 409, 411, 413),
)
def undo(commit: Id, body: Why, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Take back a change: a decision, or what a run joined or parted. Refused with the later decisions in the way."""
    verdict = Undo(verdict="undo", commit=commit, reason=body.reason)
    return once.answer(body, lambda: decide(hub, viewer, verdict))


def _decision(d: log.Decision) -> Decision:
    return Decision(
        decision=d.id, commit=d.cs, verdict=d.verdict, records=list(d.records), detail=dict(d.detail), who=d.actor,
        second=d.second_actor, reason=d.reason, when=iso(d.at_us), undoes_commit=d.undoes_cs, stands=d.stands,
        undone_by=d.undone_by,
    )  # fmt: skip


def _sees_any(db: Connection, records: tuple[int, ...], viewer: Viewer) -> bool:
    sql = f"select 1 from master.source_record r where r.id = any(:ids) and {visibility.sql('r')} limit 1"  # noqa: S608 - ours
    return db.execute(text(sql), {"ids": list(records), **visibility.args(viewer)}).first() is not None
