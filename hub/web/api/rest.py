"""All routes of the API as one router, and the OpenAPI document that describes them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request

from hub.web.access import User, needs
from hub.web.api import consents, customers, decisions, events, history, lookup, tasks
from hub.web.api.access import api_user
from hub.web.api.problems import Problem
from hub.web.api.routing import api_router
from hub.web.installation import Installation

PREFIX = "/api/v1"
_ABOUT = (
    "Find customers, look before creating, follow what happens to them, decide who is who. "
    "Send a token of `hub user token` as `Authorization: Bearer`."
)


def rest(session_user: Callable[[Request, Installation], User]) -> APIRouter:
    """Make the router of the API.

    Args:
        session_user: gives the user of the pages' session, or raises 401.
    """
    router = APIRouter(prefix=PREFIX, dependencies=[api_user(session_user)])
    for subject in (customers, consents, history, lookup, decisions, tasks, events):
        router.include_router(subject.router)
    description = api_router("description")

    @description.get("/openapi.json", include_in_schema=False, dependencies=[needs("viewer")])
    def openapi() -> dict[str, Any]:
        """Describe the API."""
        return document(router)

    router.include_router(description)
    return router


def document(router: APIRouter) -> dict[str, Any]:
    """Make the OpenAPI document of the API's routes."""
    made = get_openapi(title="Customer hub", version=version("customer-hub"), description=_ABOUT, routes=router.routes)
    schemas = made["components"]["schemas"]
    template = "#/components/schemas/{model}"
    own = Problem.model_json_schema(ref_template=template)
    schemas.update(own.pop("$defs", {}), Problem=own)
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    return made
