"""Search: one box for whatever somebody has in hand.

What is searched for may be somebody's telephone number, so it travels in a form, never in an address.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from customer_master.store.search import Hit, search
from hub.web.access import SignedIn, needs
from hub.web.installation import Hub
from hub.web.rendering import page

router = APIRouter(dependencies=[needs("viewer")])

_SHORTEST, _LONGEST, _MOST = 2, 200, 50


@router.post("/search")
def find(request: Request, user: SignedIn, hub: Hub, asked: Annotated[str, Form(max_length=_LONGEST)] = "") -> Response:
    """Show the customers that were found."""
    asked = asked.strip()
    hits: list[Hit] = []
    if len(asked) >= _SHORTEST:
        with hub.begin() as db:
            hits = search(db, asked, user.viewer, limit=_MOST)
    return page(
        request, "search.html", asked=asked, hits=hits, too_short=len(asked) < _SHORTEST, more=len(hits) == _MOST
    )
