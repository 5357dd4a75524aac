"""What a customer allows and forbids."""

from __future__ import annotations

from hub.web.access import needs
from hub.web.api.access import Sees
from hub.web.api.answers import Consent, Consents
from hub.web.api.customers import Number, kind_of, seen
from hub.web.api.masking import Shown, note
from hub.web.api.routing import api_router, refusals
from hub.web.installation import Hub
from hub.web.permissions import permissions

router = api_router("customers", dependencies=[needs("viewer")])


@router.get("/customers/{number}/consents", operation_id="listConsents", responses=refusals(404, 410))
def show(hub: Hub, viewer: Sees, number: Number, purpose: Shown = None) -> Consents:
    """List the consents in force: of each purpose, channel and contact point the latest word.

    `refused` tells for which purposes an agreed contact point must not be used.
    """
    with hub.begin() as db:
        party_id = seen(db, number, viewer)
        found = permissions(db, viewer, party_id, masked=purpose is None)
        note(db, viewer, party_id, kind_of(db, party_id), purpose)
    return Consents(
        items=[Consent.model_validate(c) for c in found.consents],
        refused={attribute: list(purposes) for attribute, purposes in found.refused.items()},
        masked=purpose is None,
    )
