"""The API's routes: every error is answered with a problem document, and every answer is described."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from hub.web.api.problems import MEDIA_TYPE, Problem, problem

_MEANING = {
    400: "The request cannot be read",
    401: "No valid token and no session",
    403: "The user has not the role",
    404: "There is no such thing, or not for this user",
    409: "What stands forbids it; a contradiction has its chain of decisions",
    410: "A former customer number, with its successors",
    411: "The request does not say how long it is",
    412: "Somebody changed the customer after the caller looked at it",
    413: "The request is too large",
    422: "A field is missing or unusable",
    428: "If-Match is missing",
    503: "The database or another run is busy; try again",
}
ALWAYS = (400, 401, 403, 422, 503)
"""Statuses that any route may answer."""


class ProblemRoute(APIRoute):
    """A route whose errors are problem documents, whatever the caller accepts."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                found = problem(error)
                if found is None:
                    raise
                return found

        return answered


def api_router(tag: str, **more: Any) -> APIRouter:
    """Make the router of one subject."""
    return APIRouter(route_class=ProblemRoute, tags=[tag], responses=refusals(*ALWAYS), **more)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe problem answers for the OpenAPI document."""
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {s: {"description": _MEANING[s], "content": {MEDIA_TYPE: {"schema": schema}}} for s in statuses}
