"""What a steward does to a customer on its page: pin, relate, split and merge after a look at the outcome, undo."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from customer_master.golden.evidence import ATTRIBUTES
from customer_master.stewardship.queue import Task
from customer_master.store import public_id
from customer_master.store.clock import last_commit
from customer_master.store.visibility import Viewer
from hub.master.acts import LONGEST_REASON
from hub.web.access import SignedIn, needs
from hub.web.api.verdicts import Merge, Pin, Related, Relation, Split, Undo, Unpin, Unrelated, Verdict
from hub.web.deciding import Answering, decide, seen_on_page
from hub.web.errors import InputError
from hub.web.foreseeing import foresee_merge, foresee_split
from hub.web.formats import ZONE_COOKIE, zone
from hub.web.installation import Hub, Installation
from hub.web.portrait import portrait
from hub.web.queries import LARGEST_ID
from hub.web.rendering import page, see
from hub.web.written import read_value

router = APIRouter(prefix="/customers/{number}", dependencies=[needs("steward")])

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Number = Annotated[str, Path(max_length=40)]
Word = Annotated[str, Field(max_length=40)]


class Act(BaseModel):
    """Base of all forms: the last commit when the page was made, why, and the task it answers as ``id:version``."""

    seen: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    task: Annotated[str, Field(pattern=r"^(\d{1,18}:\d{1,9})?$")] = ""


class PinForm(Act):
    """Which value is fixed: one that a source says, as JSON, or one's ``own`` words; and until when."""

    attribute: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    value: Annotated[str, Field(max_length=10_000)] = ""
    own: Annotated[str, Field(max_length=2_000)] = ""
    mode: Literal["forever", "until_date", "until_source_changes", "until_any_newer"] = "forever"
    until: Word = ""


class UnpinForm(Act):
    """Which pin ends."""

    pin: Id


class SplitForm(Act):
    """The group of each record, like ``12:B``."""

    group: Annotated[list[Annotated[str, Field(pattern=r"^\d{1,18}:[A-I]$")]], Field(max_length=1000)]

    def groups(self) -> list[list[int]]:
        """Give the records of each letter, in the order of letters."""
        found: dict[str, list[int]] = {}
        for one in sorted(self.group, key=lambda g: g.partition(":")[2]):
            record, _, letter = one.partition(":")
            found.setdefault(letter, []).append(int(record))
        return list(found.values())


class MergeForm(Act):
    """The number of the other customer."""

    other: Word


class RelateForm(Act):
    """What this customer is ``to`` the other one, or the other way round (``from``)."""

    other: Word
    type: Relation
    direction: Literal["to", "from"] = "to"
    share: Word = ""
    effective_from: Word = ""
    effective_to: Word = ""


class UnrelateForm(Act):
    """Which relation ends."""

    from_record: Id
    to_record: Id
    type: Relation


@router.post("/pins")
def pin(request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[PinForm, Form()]) -> Response:
    """Fix a value."""
    value = read_value(form.attribute, form.own) if form.own.strip() else _stored(form.value)
    verdict = Pin(
        verdict="pin", customer=number, attribute=form.attribute, value=value, mode=form.mode,
        expires=_end_of_day(request, form.until) if form.mode == "until_date" else None, reason=form.reason,
    )  # fmt: skip
    return see(request, _act(hub, user.viewer, number, verdict, form))


@router.post("/unpin")
def unpin(request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[UnpinForm, Form()]) -> Response:
    """Let the sources say a value again."""
    verdict = Unpin(verdict="unpin", customer=number, pin=form.pin, reason=form.reason)
    return see(request, _act(hub, user.viewer, number, verdict, form))


@router.get("/foresee-split")
@router.get("/foresee-merge")
def look_again(request: Request, number: Number) -> Response:
    """Lead to the customer whoever comes back to what was foreseen, such as from an act that was refused."""
    return see(request, f"/customers/{quote(number, safe='')}")


@router.post("/foresee-split")
def show_split(
    request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[SplitForm, Form()]
) -> Response:
    """Show what a split would make."""
    with hub.begin() as db:
        cs = last_commit(db)
        made = foresee_split(db, hub.master(), user.viewer, number, form.groups())
    fields = [a for a in (*ATTRIBUTES, "roles") if any(part.attrs.get(a) for part in made)]
    return page(
        request, "split.html", number=number, made=made, fields=fields, group=form.group, seen=cs, answering=form.task
    )


@router.post("/split")
def split(request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[SplitForm, Form()]) -> Response:
    """Make several customers of one."""
    verdict = Split(verdict="split", customer=number, groups=form.groups(), reason=form.reason)
    return see(request, _act(hub, user.viewer, number, verdict, form))


@router.post("/foresee-merge")
def show_merge(
    request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[MergeForm, Form()]
) -> Response:
    """Show what merging with another customer would make."""
    with hub.begin() as db:
        cs = last_commit(db)
        foreseen = foresee_merge(db, hub.master(), user.viewer, (number, form.other.strip()))
    return page(request, "merge.html", number=number, foreseen=foreseen, seen=cs, answering=form.task)


@router.post("/merge")
def merge(request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[MergeForm, Form()]) -> Response:
    """Make one customer of two."""
    verdict = Merge(verdict="merge", customers=[number, form.other], reason=form.reason)
    return see(request, _act(hub, user.viewer, number, verdict, form))


@router.post("/relate")
def relate(request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[RelateForm, Form()]) -> Response:
    """State that this customer is something of another one, or the other of this one."""
    own, other = (_first_record(hub, user.viewer, n.strip()) for n in (number, form.other))
    verdict = Related(
        verdict="related", type=form.type, share=_share(form.share), reason=form.reason,
        from_record=own if form.direction == "to" else other, to_record=other if form.direction == "to" else own,
        effective_from=_day(form.effective_from), effective_to=_day(form.effective_to),
    )  # fmt: skip
    return see(request, _act(hub, user.viewer, number, verdict, form))


@router.post("/unrelate")
def unrelate(
    request: Request, user: SignedIn, hub: Hub, number: Number, form: Annotated[UnrelateForm, Form()]
) -> Response:
    """End a relation."""
    verdict = Unrelated(
        verdict="unrelated", from_record=form.from_record, to_record=form.to_record, type=form.type, reason=form.reason
    )
    return see(request, _act(hub, user.viewer, number, verdict, form))


@router.post("/undo")
def undo(
    request: Request, user: SignedIn, hub: Hub, number: Number, cs: Annotated[int, Form(ge=1, le=LARGEST_ID)]
) -> Response:
    """Take a change back: a decision, or what a run has joined or parted."""
    return see(request, _act(hub, user.viewer, number, Undo(verdict="undo", commit=cs)))


def _act(hub: Installation, viewer: Viewer, number: str, verdict: Verdict, form: Act | None = None) -> str:
    """Carry a verdict out; give the page of the customer after it, or of the task that waits for a second person."""
    task_id, _, version = form.task.partition(":") if form is not None else ("", "", "")
    answering = Answering(int(task_id), int(version)) if task_id else None
    made = decide(
        hub,
        viewer,
        verdict,
        seen=seen_on_page(viewer.user, form.seen if form is not None else None),
        answering=answering,
    )
    if isinstance(made, Task):
        return f"/tasks/{made.id}"
    own = public_id.decode(number)
    shown = made.parties[0] if own in made.ended and made.parties else own
    return f"/customers/{public_id.encode(shown)}?done={made.decision_id}"


def _stored(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InputError("No value was chosen", "Choose one, or write your own") from None


def _first_record(hub: Installation, viewer: Viewer, number: str) -> int:
    """Give the record by which a customer is related: the first that has content and that the steward sees."""
    with hub.begin() as db:
        members = portrait(db, viewer, number, last_commit(db)).customer.members
    record = min((m.record_id for m in members if m.version_id is not None), default=None)
    if record is None:
        raise InputError("This customer has no records that say anything", "Search for the customer")
    return record


def _end_of_day(request: Request, text: str) -> datetime:
    day = _day(text)
    if day is None:
        raise InputError("A value that is fixed until a day needs that day", "Choose the day")
    return datetime.combine(day, time.max, zone(request.cookies.get(ZONE_COOKIE, "")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("This is no day", "Write it like 2026-11-20") from None


def _share(text: str) -> Decimal | None:
    try:
        share = Decimal(text) if text.strip() else None
    except InvalidOperation:
        share = Decimal(-1)
    if share is not None and not (share.is_finite() and 0 < share <= 100):
        raise InputError("The share is no percentage", "Give a number above 0 and up to 100")
    return share
