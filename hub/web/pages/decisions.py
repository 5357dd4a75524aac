"""Decisions: who decided what, and taking it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from customer_master.stewardship import decisions, reviews
from hub.web import queries
from hub.web.access import SignedIn, needs
from hub.web.installation import Hub
from hub.web.rendering import page, see

router = APIRouter(dependencies=[needs("steward")])

Number = Annotated[int, Query(ge=1, le=queries.LARGEST_ID)]


@router.get("/decisions")
def show(
    request: Request, user: SignedIn, hub: Hub, mine: bool = False, before: Number = queries.LARGEST_ID
) -> Response:
    """List decisions, newest first."""
    with hub.begin() as db:
        found = decisions.recent(db, actor=user.name if mine else None, limit=queries.PAGE, before=before)
        names = queries.record_names(db, {record for d in found for record in (d.lo, d.hi)})
    more = found[-1].id if len(found) == queries.PAGE else 0
    return page(request, "decisions.html", decisions=found, names=names, mine=mine, more=more)


@router.post("/decisions/{number}/undo")
def undo(
    request: Request,
    user: SignedIn,
    hub: Hub,
    number: Annotated[int, Path(ge=1, le=queries.LARGEST_ID)],
) -> Response:
    """Take a decision back, one's own or anybody's."""
    taken = decisions.undo(hub.engine, number, actor=user.name)
    hub.follower.follow((taken.lo, taken.hi), user.name)
    if "hx-request" not in request.headers:
        return see(request, "/decisions")
    with hub.begin() as db:
        mine = decisions.recent(db, actor=user.name, limit=20)
        waiting = reviews.waiting(db)
    last = next((d for d in mine if d.verdict != "undo" and d.undone_by is None), None)
    return page(request, "review_said.html", last=last, undone=f"{taken.lo}-{taken.hi}", waiting=waiting)
