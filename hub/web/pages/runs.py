"""Runs: what happened when, and the account of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from hub.pipeline.account import account
from hub.web import queries
from hub.web.access import needs
from hub.web.installation import Hub
from hub.web.rendering import page
from hub.web.rule_sentences import rule_sentences

router = APIRouter(dependencies=[needs("operator")])

Number = Annotated[int, Query(ge=1, le=queries.LARGEST_ID)]

_FATES = ("landed", "recorded", "unchanged", "filtered", "rejected", "quarantined")


@router.get("/runs")
def show_runs(request: Request, hub: Hub, before: Number = queries.LARGEST_ID) -> Response:
    """List runs, newest first."""
    with hub.begin() as db:
        found = queries.runs(db, before=before)
    more = found[-1].id if len(found) == queries.PAGE else 0
    return page(request, "runs.html", runs=found, more=more)


@router.get("/runs/{number}")
def show_run(request: Request, hub: Hub, number: Annotated[int, Path(ge=1, le=queries.LARGEST_ID)]) -> Response:
    """Show a run's account as things stand now."""
    with hub.begin() as db:
        drawn_up = account(db, number)
        (run,) = queries.runs(db, before=number + 1, limit=1)
        errors = queries.pull_errors(db, number)
    occurring = {k for s in drawn_up.sources.values() for own in s.values() for k in own} - {"error"}
    columns = [*(f for f in _FATES if f in occurring), *sorted(occurring - {*_FATES})]
    return page(
        request,
        "run.html",
        run=run,
        account=drawn_up,
        errors=errors,
        columns=columns,
        sentences=rule_sentences(hub.engine),
    )
