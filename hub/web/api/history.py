"""What happened to a customer, change by change."""

from __future__ import annotations

from typing import Any

from customer_master.store.history import Change as StoredChange
from customer_master.store.history import history
from customer_master.store.numbers import NOW
from hub.web.access import needs
from hub.web.api import paging
from hub.web.api.access import Sees
from hub.web.api.answers import Act, Change, Effect, Happened, Move, ValueChange
from hub.web.api.customers import Number, kind_of, living
from hub.web.api.masking import Shown, masked, note
from hub.web.api.paging import Cursor, Limit, Page
from hub.web.api.routing import api_router, refusals
from hub.web.api.times import iso
from hub.web.installation import Hub
from hub.web.purposes import Purpose

router = api_router("customers", dependencies=[needs("viewer")])


@router.get("/customers/{number}/history", operation_id="getHistory", responses=refusals(404, 410))
def show(
    hub: Hub, viewer: Sees, number: Number, purpose: Shown = None, limit: Limit = 50, cursor: Cursor = ""
) -> Page[Change]:
    """List the changes of a customer and of those merged into it, the newest first: who, when, why and what."""
    behind = paging.read(cursor, int)
    with hub.begin() as db:
        party_id = living(db, number).party_id
        before = behind[0] if behind else NOW
        found = history(db, party_id, viewer, before_cs=before, limit=limit + 1)
        kind = kind_of(db, party_id)
        note(db, viewer, party_id, kind, purpose)
    page = paging.page(found, limit, lambda change: (change.cs,))
    return Page(items=[_change(change, kind, purpose) for change in page.items], next=page.next)


def _change(c: StoredChange, kind: str, purpose: Purpose | None) -> Change:
    return Change(
        commit=c.cs, at=iso(c.at_us), kind=c.kind, who=c.actor, who_kind=c.actor_kind,
        decision=Act.model_validate(c.act) if c.act is not None else None,
        moves=[Move.model_validate(m) for m in c.moves],
        values=[
            ValueChange(
                customer=v.customer, attribute=v.attribute, before=_shown(v.attribute, v.before, kind, purpose),
                after=_shown(v.attribute, v.after, kind, purpose), why=v.why or "", record=v.record,
            )
            for v in c.values
        ],
        effects=[Effect.model_validate(e) for e in c.effects],
        events=[Happened.model_validate(e) for e in c.events],
    )  # fmt: skip


def _shown(attribute: str, value: Any, kind: str, purpose: Purpose | None) -> Any:
    return masked({attribute: value}, kind, purpose)[attribute]
