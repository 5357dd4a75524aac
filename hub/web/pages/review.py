"""Review: two records side by side, answered with one key; the next pairs are in the page already."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Form, HTTPException, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from customer_master.stewardship import queue, reviews
from customer_master.stewardship.errors import UnknownError
from customer_master.stewardship.queue import Task
from customer_master.stewardship.reviews import Review
from customer_master.store import public_id
from customer_master.store.clock import last_commit
from hub.master.acts import LONGEST_REASON
from hub.web.access import SignedIn, User, needs
from hub.web.api.verdicts import PairVerdict, Related, Relation
from hub.web.comparing import Compared, compared
from hub.web.deciding import Answering, decide, seen_on_page
from hub.web.installation import Hub, Installation
from hub.web.masking import PERSONAL
from hub.web.queries import LARGEST_ID, last_verdict, note_access
from hub.web.rendering import page, see

router = APIRouter(dependencies=[needs("steward")])

AHEAD = 3
"""Pairs in the page: one to look at, the others for no waiting."""

KEYS = {
    "branch_of": "B", "subsidiary_of": "P", "site_of": "S", "distributes_for": "D", "retails_for": "T", "bill_to": "I",
    "ship_to": "H", "contact_of": "C", "successor_of": "X",
}  # fmt: skip
"""Relation -> the key that states it once relations are opened."""

_LONGEST_LOOK_MS = 24 * 3600 * 1000


class Answer(BaseModel):
    """What a steward says of a pair.

    Args:
        pair: ``lo-hi``.
        verdict: same, different, unsure, or what the one is of the other.
        direction: the left one is it ``of_right``, or the right one ``of_left``.
        reason: why.
        seen: last commit when the pair was shown.
        task: the task that it answers as ``id:version``, if one.
        elapsed_ms: how long the pair was looked at.
    """

    pair: Annotated[str, Field(max_length=50)]
    verdict: Literal["same", "different", "unsure"] | Relation
    direction: Literal["of_right", "of_left"] = "of_right"
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    seen: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    task: Annotated[str, Field(pattern=r"^(\d{1,18}:\d{1,9})?$")] = ""
    elapsed_ms: Annotated[int, Field(ge=0)] = 0

    def meant(self) -> PairVerdict | Related:
        """Give the verdict as it is carried out."""
        lo, hi = _pair(self.pair)
        how = {"reason": self.reason, "elapsed_ms": min(self.elapsed_ms, _LONGEST_LOOK_MS)}
        if self.verdict not in get_args(Relation):
            return PairVerdict.model_validate({"verdict": self.verdict, "a": lo, "b": hi, **how})
        first, second = (lo, hi) if self.direction == "of_right" else (hi, lo)
        ends = {"from_record": first, "to_record": second}
        return Related.model_validate({"verdict": "related", "type": self.verdict, **ends, **how})


@router.get("/review")
def show(request: Request, user: SignedIn, hub: Hub) -> Response:
    """Show the pairs to look at first."""
    with hub.begin() as db:
        cs = last_commit(db)
        pairs = _next(db, hub, user, ())
        last = last_verdict(db, user.name)
        waiting = reviews.waiting(db, user.viewer)
    return page(request, "review.html", pairs=pairs, waiting=waiting, last=last, seen=cs, keys=KEYS)


@router.post("/review/more")
def more(request: Request, user: SignedIn, hub: Hub, seen: Annotated[str, Form(max_length=60_000)] = "") -> Response:
    """Give pairs that the page does not hold yet.

    ``seen`` lists those it holds, decided or put off, as ``lo-hi`` with blanks between.
    """
    with hub.begin() as db:
        cs = last_commit(db)
        pairs = _next(db, hub, user, [_pair(text) for text in seen.split()])
    return page(request, "review_more.html", pairs=pairs, seen=cs, keys=KEYS)


@router.post("/review/decide")
def answer(request: Request, user: SignedIn, hub: Hub, form: Annotated[Answer, Form()]) -> Response:
    """Take a verdict; the parties follow it at once, while the steward looks at the next pair."""
    task_id, _, version = form.task.partition(":")
    answering = Answering(int(task_id), int(version)) if task_id else None
    made = decide(hub, user.viewer, form.meant(), seen=seen_on_page(user.name, form.seen), answering=answering)
    second = made if isinstance(made, Task) else None
    if "hx-request" not in request.headers:
        return see(request, f"/tasks/{second.id}" if second else "/tasks" if answering else "/review")
    with hub.begin() as db:
        last = last_verdict(db, user.name)
        waiting = reviews.waiting(db, user.viewer)
    return page(request, "review_said.html", last=last, undone="", waiting=waiting, second=second)


@router.get("/review/{pair}")
def show_pair(
    request: Request, user: SignedIn, hub: Hub, pair: str, task: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0
) -> Response:
    """Show a certain pair, whether it waits or not."""
    with hub.begin() as db:
        cs = last_commit(db)
        review = reviews.review_of(db, user.viewer, *_pair(pair))
        if review is None:
            raise UnknownError("There are no two such records", "Look at the list of tasks")
        asked = queue.load(db, user.viewer, task) if task else None
        _note_persons(db, user, review)
        shown = compared(db, review, hub.master().documents.match)
    return page(request, "review_pair.html", c=shown, seen=cs, keys=KEYS, task=asked)


def _next(db: Connection, hub: Installation, user: User, held: Collection[tuple[int, int]]) -> list[Compared]:
    found = reviews.next_reviews(db, user.viewer, limit=AHEAD, skipped=held)
    if not found:
        return []  # before the first documents are applied there is no policy
    policy = hub.master().documents.match
    for review in found:
        _note_persons(db, user, review)
    return [compared(db, review, policy) for review in found]


def _note_persons(db: Connection, user: User, review: Review) -> None:
    """Note that contact data of persons was shown; a steward cannot decide without it."""
    for record in (review.left, review.right):
        if record.payload["kind"] == "person":
            party = public_id.decode(record.public_id)
            note_access(db, user=user.name, party_id=party, fields=PERSONAL, purpose="review")


def _pair(text: str) -> tuple[int, int]:
    lo, _, hi = text.partition("-")
    if not (lo.isdecimal() and hi.isdecimal() and int(lo) < int(hi) <= LARGEST_ID):
        raise HTTPException(422, "A pair is named like 12-34")
    return int(lo), int(hi)
