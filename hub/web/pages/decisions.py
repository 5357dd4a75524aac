"""Decisions: who decided what, and taking it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from customer_master.stewardship import decisions, reviews
from customer_master.stewardship.queue import Task
from hub.web import queries
from hub.web.access import SignedIn, needs
from hub.web.api.verdicts import Undo
from hub.web.deciding import decide, seen_on_page
from hub.web.installation import Hub
from hub.web.rendering import page, see

router = APIRouter(dependencies=[needs("steward")])

RECORDS_SHOWN = 4
"""Records of a decision that the list names; the customer's history names all."""

Number = Annotated[int, Query(ge=1, le=queries.LARGEST_ID)]


@router.get("/decisions")
def show(
    request: Request, user: SignedIn, hub: Hub, mine: bool = False, before: Number = queries.LARGEST_ID
) -> Response:
    """List decisions, newest first."""
    units = None if user.units is None else sorted(user.units)
    actor = user.name if mine else None
    with hub.begin() as db:
        found = decisions.recent(db, actor=actor, limit=queries.PAGE, before=before, units=units)
        named = {record for d in found for record in d.records[:RECORDS_SHOWN]}
        names = queries.record_names(db, user.viewer, named)
    more = found[-1].id if len(found) == queries.PAGE else 0
    return page(
        request, "decisions.html", decisions=found, names=names, mine=mine, more=more, records_shown=RECORDS_SHOWN
    )


@router.post("/decisions/{number}/undo")
def undo(
    request: Request,
    user: SignedIn,
    hub: Hub,
    number: Annotated[int, Path(ge=1, le=queries.LARGEST_ID)],
) -> Response:
    """Take a decision back, one's own or anybody's."""
    with hub.begin() as db:
        taken = decisions.decision_of(db, number)
    made = decide(hub, user.viewer, Undo(verdict="undo", commit=taken.cs), seen=seen_on_page(user.name, None))
    second = made if isinstance(made, Task) else None
    if "hx-request" not in request.headers:
        return see(request, f"/tasks/{second.id}" if second else "/decisions")
    with hub.begin() as db:
        last = queries.last_verdict(db, user.name)
        waiting = reviews.waiting(db, user.viewer)
    undone = "" if second else "-".join(map(str, sorted(taken.records)))
    return page(request, "review_said.html", last=last, undone=undone, waiting=waiting, second=second)
