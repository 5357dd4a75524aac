"""A customer: agreed values with their origins, source records, one timeline; and interactions that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from customer_master.store import customer as store
from customer_master.store import public_id
from customer_master.store.customer import Customer, Entry
from hub.errors import UsageError
from hub.web.access import SignedIn, needs
from hub.web.installation import Hub
from hub.web.masking import PERSONAL, mask_activity, mask_party, mask_value
from hub.web.queries import note_access
from hub.web.rendering import page

router = APIRouter(dependencies=[needs("viewer")])

ENTITIES = ("interaction", "case", "order", "holding")
PURPOSES = ("call_back", "delivery", "service", "correction")
_ENTRIES = 30


@router.get("/customers/{number}")
def show_customer(request: Request, hub: Hub, number: str, show: str = "") -> Response:
    """Show one customer; of a person without its contact data."""
    party_id = _party(number)
    with hub.begin() as db:
        return _page(request, db, party_id, show=show, revealed=False)


@router.post("/customers/{number}/reveal")
def reveal(
    request: Request,
    user: SignedIn,
    hub: Hub,
    number: str,
    purpose: Annotated[Literal["call_back", "delivery", "service", "correction"], Form()],
) -> Response:
    """Show a person with its contact data, and note who saw it and what for."""
    party_id = _party(number)
    with hub.begin() as db:
        note_access(db, user=user.name, party_id=party_id, fields=PERSONAL, purpose=purpose)
        return _page(request, db, party_id, show="", revealed=True)


@router.get("/customers/{number}/timeline")
def timeline(
    request: Request, hub: Hub, number: str, before: Annotated[str, Query(max_length=64)] = store.NEWEST, show: str = ""
) -> Response:
    """Give the next piece of the timeline."""
    party_id = _party(number)
    with hub.begin() as db:
        customer = _known(db, party_id)
        entries = _entries(db, customer, show=show, before=before, revealed=False)
    return page(request, "timeline.html", customer=customer, entries=entries, show=show, more=_more(entries))


@router.get("/interactions")
def unattributed(
    request: Request, user: SignedIn, hub: Hub, before: Annotated[str, Query(max_length=64)] = store.NEWEST
) -> Response:
    """Show interactions and cases that belong to no customer; who may not decide sees their contact points masked."""
    with hub.begin() as db:
        entries = store.unattributed(db, limit=_ENTRIES, before=before)
    if not user.may("steward"):
        entries = _masked(entries)
    return page(request, "interactions.html", entries=entries, more=_more(entries))


def _page(request: Request, db: Connection, party_id: int, *, show: str, revealed: bool) -> Response:
    customer = _known(db, party_id)
    entries = _entries(db, customer, show=show, before=store.NEWEST, revealed=revealed)
    personal = customer.kind == "person"
    return page(
        request,
        "customer.html",
        customer=customer if revealed or not personal else _without_contacts(customer),
        entries=entries,
        more=_more(entries),
        show=show,
        entities=ENTITIES,
        purposes=PURPOSES,
        masked=personal and not revealed,
        revealed=personal and revealed,
    )


def _party(number: str) -> int:
    try:
        return public_id.decode(number)
    except ValueError as error:
        raise UsageError(str(error), "Search for the customer") from None


def _known(db: Connection, party_id: int) -> Customer:
    customer = store.load(db, party_id)
    if customer is None:
        raise UsageError("There never was a customer of this number", "Search for the customer")
    return customer


def _entries(db: Connection, customer: Customer, *, show: str, before: str, revealed: bool) -> list[Entry]:
    wanted = (show,) if show in ENTITIES else ()
    entries = store.timeline(db, customer.party_id, limit=_ENTRIES, before=before, entities=wanted)
    return entries if revealed or customer.kind != "person" else _masked(entries)


def _more(entries: Sequence[Entry]) -> str:
    """Give the place behind which there may be more entries, empty if these were all."""
    return entries[-1].place if len(entries) == _ENTRIES else ""


def _masked(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(entry, payload=mask_activity(entry.payload)) for entry in entries]


def _without_contacts(customer: Customer) -> Customer:
    hidden = [replace(g, value=mask_value(g.value)) if g.attribute in PERSONAL else g for g in customer.golden]
    records = [replace(r, payload=mask_party(r.payload)) if r.payload else r for r in customer.records]
    conflicts = [c for c in customer.conflicts if c["attribute"] not in PERSONAL]
    return replace(customer, golden=hidden, records=records, conflicts=conflicts)
