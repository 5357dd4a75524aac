"""The first page: the search box, what waits for the reader, the latest runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from customer_master.stewardship import decisions, queue, reviews
from customer_master.store.clock import now_us
from hub.web import queries
from hub.web.access import SignedIn
from hub.web.colleagues import questions_to
from hub.web.i18n import COOKIE, LANGUAGES
from hub.web.installation import Hub
from hub.web.rendering import YEAR_SECONDS, page, see, set_cookie
from hub.web.users import set_language

router = APIRouter()

_OWN_TASKS = 5


@router.get("/")
def home(request: Request, user: SignedIn, hub: Hub) -> Response:
    """Show what the reader may begin with."""
    with hub.begin() as db:
        steward, operator = user.may("steward"), user.may("operator")
        own = [*questions_to(db, user.viewer), *queue.mine(db, user.name)] if steward else []
        return page(
            request,
            "home.html",
            waiting=reviews.waiting(db, user.viewer) if steward else 0,
            tasks=own[:_OWN_TASKS],
            now=now_us(),
            decided=decisions.recent(db, actor=user.name, limit=5) if steward else [],
            letters=queries.waiting_letters(db) if operator else 0,
            runs=queries.runs(db, limit=5) if operator else [],
        )


@router.post("/language")
def choose_language(request: Request, user: SignedIn, hub: Hub, language: Annotated[str, Form()]) -> Response:
    """Keep the language that the reader chose."""
    answer = see(request, "/")
    if language in LANGUAGES:
        with hub.begin() as db:
            set_language(db, user.name, language)
        set_cookie(request, answer, COOKIE, language, seconds=YEAR_SECONDS)
    return answer
