"""Review: two records side by side, answered with one key; the next pairs are in the page already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from sqlalchemy import Connection
from starlette.responses import Response

from customer_master.stewardship import decisions, reviews
from customer_master.stewardship.decisions import Decision, Judgement, Verdict
from customer_master.stewardship.reviews import Review
from customer_master.store import public_id
from hub.documents import load
from hub.web.access import SignedIn, User, needs
from hub.web.comparing import Compared, compared
from hub.web.installation import Hub, Installation
from hub.web.masking import PERSONAL
from hub.web.queries import LARGEST_ID, note_access
from hub.web.rendering import page, see

router = APIRouter(dependencies=[needs("steward")])

AHEAD = 3
"""Pairs in the page: one to look at, the others for no waiting."""

_LONGEST_LOOK_MS = 24 * 3600 * 1000


@router.get("/review")
def show(request: Request, user: SignedIn, hub: Hub) -> Response:
    """Show the pairs to look at first."""
    with hub.begin() as db:
        pairs = _next(db, hub, user, ())
        mine = decisions.recent(db, actor=user.name, limit=20)
        waiting = reviews.waiting(db)
    return page(request, "review.html", pairs=pairs, waiting=waiting, last=_standing(mine))


@router.post("/review/more")
def more(request: Request, user: SignedIn, hub: Hub, seen: Annotated[str, Form(max_length=60_000)] = "") -> Response:
    """Give pairs that the page does not hold yet.

    ``seen`` lists those it holds, decided or put off, as ``lo-hi`` with blanks between.
    """
    with hub.begin() as db:
        pairs = _next(db, hub, user, [_pair(text) for text in seen.split()])
    return page(request, "review_more.html", pairs=pairs)


@router.post("/review/decide")
def decide(
    request: Request,
    user: SignedIn,
    hub: Hub,
    pair: Annotated[str, Form(max_length=50)],
    verdict: Annotated[Verdict, Form()],
    elapsed_ms: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Take a verdict; the parties follow it while the steward looks at the next pair."""
    lo, hi = _pair(pair)
    judgement = Judgement(verdict, lo, hi, elapsed_ms=min(elapsed_ms, _LONGEST_LOOK_MS))
    decision = decisions.decide(hub.engine, judgement, actor=user.name)
    hub.follower.follow((lo, hi), user.name)
    if "hx-request" not in request.headers:
        answer: Response = see(request, "/review")
    else:
        with hub.begin() as db:
            answer = page(request, "review_said.html", last=decision, undone="", waiting=reviews.waiting(db))
    return answer


def _next(db: Connection, hub: Installation, user: User, held: Collection[tuple[int, int]]) -> list[Compared]:
    found = reviews.next_reviews(db, limit=AHEAD, skipped=held)
    if not found:
        return []  # before the first documents are applied there is no policy
    policy = load(hub.engine).match
    for review in found:
        _note_persons(db, user, review)
    return [compared(db, review, policy) for review in found]


def _note_persons(db: Connection, user: User, review: Review) -> None:
    """Note that contact data of persons was shown; a steward cannot decide without it."""
    for record in (review.left, review.right):
        if record.payload["kind"] == "person":
            party = public_id.decode(record.public_id)
            note_access(db, user=user.name, party_id=party, fields=PERSONAL, purpose="review")


def _standing(mine: Sequence[Decision]) -> Decision | None:
    """Find the newest decision that can be taken back."""
    return next((d for d in mine if d.verdict != "undo" and d.undone_by is None), None)


def _pair(text: str) -> tuple[int, int]:
    lo, _, hi = text.partition("-")
    if not (lo.isdecimal() and hi.isdecimal() and int(lo) < int(hi) <= LARGEST_ID):
        raise HTTPException(422, "A pair is named like 12-34")
    return int(lo), int(hi)
