"""A customer now, as it was, and what happened to it; its timeline; and interactions that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from customer_master.stewardship import decisions, queue
from customer_master.store import customer as store
from customer_master.store.clock import last_commit
from customer_master.store.customer import Entry
from customer_master.store.decision_tables import RELATIONS
from customer_master.store.history import Change, history
from customer_master.store.numbers import resolve_number
from customer_master.store.visibility import Viewer
from hub.web.access import SignedIn, User, needs
from hub.web.commits import commit_of
from hub.web.formats import ZONE_COOKIE, zone
from hub.web.installation import Hub
from hub.web.masking import PERSONAL, mask_activity, mask_value
from hub.web.permissions import permissions
from hub.web.portrait import Portrait, portrait
from hub.web.purposes import PURPOSES, Purpose
from hub.web.queries import LARGEST_ID, note_access
from hub.web.rendering import page

router = APIRouter(dependencies=[needs("viewer")])

ENTITIES = ("interaction", "case", "order", "holding", "consent", "channel_stock", "sell_through")
MODES = ("forever", "until_date", "until_source_changes", "until_any_newer")
_ENTRIES = 30
_CHANGES = 30

Id = Annotated[int, Field(ge=0, le=LARGEST_ID)]
Before = Annotated[int, Query(ge=1, le=LARGEST_ID)]
Place = Annotated[str, Query(max_length=64)]


class Asked(BaseModel):
    """How the page is wanted.

    Args:
        show: only this part of the timeline.
        as_of: as it was then: a commit number, a day or a time.
        task: the task that is being worked on.
        done: the decision that was just made.
    """

    show: str = ""
    as_of: Annotated[str, Field(max_length=40)] = ""
    task: Id = 0
    done: Id = 0


@router.get("/customers/{number}")
def show_customer(
    request: Request, user: SignedIn, hub: Hub, number: str, asked: Annotated[Asked, Query()]
) -> Response:
    """Show one customer, now or as it was; of a person without its contact data."""
    with hub.begin() as db:
        cs = commit_of(db, asked.as_of, zone(request.cookies.get(ZONE_COOKIE, "")))
        found = portrait(db, user.viewer, number, cs)
        if asked.as_of:
            return page(request, "customer_then.html", p=found)
        return _page(request, db, user, found, asked)


@router.post("/customers/{number}/reveal")
def reveal(
    request: Request,
    user: SignedIn,
    hub: Hub,
    number: str,
    purpose: Annotated[Purpose, Form()],
) -> Response:
    """Show a person with its contact data, and note who saw it and what for."""
    with hub.begin() as db:
        found = portrait(db, user.viewer, number, last_commit(db), revealed=True)
        note_access(db, user=user.name, party_id=found.customer.party_id, fields=PERSONAL, purpose=purpose)
        return _page(request, db, user, found, Asked(), revealed=True)


@router.get("/customers/{number}/timeline")
def timeline(
    request: Request, user: SignedIn, hub: Hub, number: str, before: Place = store.NEWEST, show: str = ""
) -> Response:
    """Give the next piece of the timeline."""
    with hub.begin() as db:
        found = portrait(db, user.viewer, number, last_commit(db))
        entries = _entries(db, user.viewer, found, show=show, before=before, revealed=False)
    return page(
        request, "timeline.html", number=found.customer.public_id, entries=entries, show=show, more=_more(entries)
    )


@router.get("/customers/{number}/history")
def show_history(request: Request, user: SignedIn, hub: Hub, number: str, before: Before = LARGEST_ID) -> Response:
    """Show who has changed what about a customer, and when; a steward may take it back."""
    with hub.begin() as db:
        resolved = resolve_number(db, number)
        changes = history(db, resolved.party_id, user.viewer, before_cs=before, limit=_CHANGES)
        found = portrait(db, user.viewer, number, last_commit(db))
    personal = found.customer.kind == "person"
    return page(
        request,
        "history.html",
        p=found,
        changes=[_without_contacts(c) for c in changes] if personal else changes,
        masked=personal,
        more=changes[-1].cs if len(changes) == _CHANGES else 0,
    )


@router.get("/interactions")
def unattributed(request: Request, user: SignedIn, hub: Hub, before: Place = store.NEWEST) -> Response:
    """Show interactions and cases that belong to no customer; who may not decide sees their contact points masked."""
    with hub.begin() as db:
        entries = store.unattributed(db, user.viewer, limit=_ENTRIES, before=before)
    if not user.may("steward"):
        entries = _masked(entries)
    return page(request, "interactions.html", entries=entries, more=_more(entries))


def _page(
    request: Request,
    db: Connection,
    user: User,
    found: Portrait,
    asked: Asked,
    *,
    revealed: bool = False,
) -> Response:
    entries = _entries(db, user.viewer, found, show=asked.show, before=store.NEWEST, revealed=revealed)
    personal, steward = found.customer.kind == "person", user.may("steward")
    return page(
        request,
        "customer.html",
        p=found,
        allowed=permissions(db, user.viewer, found.customer.party_id, masked=personal and not revealed),
        entries=entries,
        more=_more(entries),
        show=asked.show,
        entities=ENTITIES,
        purposes=PURPOSES,
        masked=personal and not revealed,
        revealed=personal and revealed,
        masked_fields=PERSONAL if personal and not revealed else (),
        steers=steward and found.customer.status == "active",
        relations_known=RELATIONS,
        modes=MODES,
        letters="ABCDEFGHI"[: len(found.customer.members)],
        task=queue.load(db, user.viewer, asked.task) if asked.task and steward else None,
        made=decisions.decision_of(db, asked.done) if asked.done and steward else None,
    )


def _entries(db: Connection, viewer: Viewer, found: Portrait, *, show: str, before: str, revealed: bool) -> list[Entry]:
    wanted = (show,) if show in ENTITIES else ()
    entries = store.timeline(db, found.customer.party_id, viewer, limit=_ENTRIES, before=before, entities=wanted)
    return entries if revealed or found.customer.kind != "person" else _masked(entries)


def _more(entries: Sequence[Entry]) -> str:
    """Give the place behind which there may be more entries, empty if these were all."""
    return entries[-1].place if len(entries) == _ENTRIES else ""


def _masked(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(entry, payload=mask_activity(entry.payload)) for entry in entries]


def _without_contacts(change: Change) -> Change:
    hidden = [
        replace(v, before=mask_value(v.before), after=mask_value(v.after)) if v.attribute in PERSONAL else v
        for v in change.values
    ]
    return replace(change, values=hidden)
