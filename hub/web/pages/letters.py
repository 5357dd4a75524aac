"""Dead letters: what waits for somebody, by cause, and trying it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from hub.errors import UsageError
from hub.pipeline.replay import replay
from hub.web import queries
from hub.web.access import needs
from hub.web.errors import InputError
from hub.web.installation import Hub
from hub.web.queries import Filter
from hub.web.rendering import page, see
from hub.web.rule_sentences import rule_sentences

router = APIRouter(dependencies=[needs("operator")])

MOST_AT_ONCE = 500
"""Dead letters tried again by one click; more would let the reader wait too long."""

Number = Annotated[int, Query(ge=1, le=queries.LARGEST_ID)]
Optional = Annotated[int, Query(ge=0, le=queries.LARGEST_ID)]
FormNumber = Annotated[int, Form(ge=0, le=queries.LARGEST_ID)]
Code = Annotated[str, Query(max_length=100)]
FormCode = Annotated[str, Form(max_length=100)]


def _asked(run: Optional = 0, kind: Code = "", system: Code = "", cause: Code = "", settled: bool = False) -> Filter:
    return Filter(run, kind, system, cause, settled)


def _meant(run: FormNumber = 0, kind: FormCode = "", system: FormCode = "", cause: FormCode = "") -> Filter:
    return Filter(run, kind, system, cause)


@router.get("/dead-letters")
def show(
    request: Request, hub: Hub, wanted: Annotated[Filter, Depends(_asked)], before: Number = queries.LARGEST_ID
) -> Response:
    """List dead letters by filter, with the groups to choose from."""
    with hub.begin() as db:
        found = queries.letters(db, wanted, before=before)
        groups = queries.groups(db, wanted)
    more = found[-1].id if len(found) == queries.PAGE else 0
    sentences = rule_sentences(hub.engine)
    return page(
        request, "letters.html", letters=found, groups=groups, wanted=wanted, more=more, most=MOST_AT_ONCE,
        sentences=sentences,
    )  # fmt: skip


@router.post("/dead-letters/replay")
def try_again(
    request: Request, hub: Hub, meant: Annotated[Filter, Depends(_meant)], letter: FormNumber = 0
) -> Response:
    """Try one dead letter again, or all of a cause, in a run of its own; then show that run."""
    numbers: list[int] = [letter] if letter else []
    if not letter:
        if not meant.cause:
            raise InputError("No cause was chosen", "Choose a cause, then try all of it again")
        with hub.begin() as db:
            numbers = list(queries.letter_numbers(db, meant, MOST_AT_ONCE))
    if not numbers:
        raise UsageError("Nothing of this kind waits any more", "Look at the list of dead letters")
    done = replay(hub.settings, hub.engine, numbers)
    return see(request, f"/runs/{done.run}")
