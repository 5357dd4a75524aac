"""The OpenAPI document is complete, and whatever it allows or forbids never breaks the API."""

from __future__ import annotations

import itertools
import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hub.web.api.rest import document, rest
from tests.api.conftest import Caller

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


KEY = re.compile("[!-~]{1,128}")
_keys = itertools.count(1)
SPEC = document(rest(lambda _request, _hub: pytest.fail("a token is enough")))
OPERATIONS = {o.label: o for r in schemathesis.openapi.from_dict(SPEC).get_all_operations() if (o := r.ok())}


@pytest.fixture
def spec() -> dict[str, Any]:
    return SPEC


def operations(spec: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", op) for path, item in spec["paths"].items() for method, op in item.items()]


def test_every_operation_is_described_with_its_answers(spec: dict[str, Any]) -> None:
    silent = [name for name, op in operations(spec) if not op.get("description") or not op.get("operationId")]
    assert silent == []
    for name, op in operations(spec):
        assert {"200", "401", "403", "422", "503"} <= set(op["responses"]), name
        for status, answer in op["responses"].items():
            if status in ("304", "308"):
                continue
            ((media, content),) = answer["content"].items()
            assert content["schema"], (name, status)
            assert media == ("application/json" if status < "300" else "application/problem+json"), (name, status)


def test_every_act_asks_for_a_key(spec: dict[str, Any]) -> None:
    for name, op in operations(spec):
        keyed = any(p["name"] == "Idempotency-Key" and p["required"] for p in op.get("parameters", ()))
        assert keyed == (name.startswith("post ") and not name.endswith(("/lookup", "/search"))), name


def test_the_served_document_is_the_described_one(caller: Caller, spec: dict[str, Any]) -> None:
    assert caller("viewer").get("/api/v1/openapi.json").json() == spec


def test_the_document_names_problems_with_all_their_parts(spec: dict[str, Any]) -> None:
    parts = spec["components"]["schemas"]["Problem"]["properties"]
    assert {"type", "title", "status", "detail", "remedy", "chain", "successors", "decisions", "current"} <= set(parts)


DEPTH = int(os.environ.get("DEEP") or 1)
"""How many times as much is tried: ``make test DEEP=4``."""


def fuzz(label: str, client: Any, examples: int) -> None:
    """Send requests made up from the description of one operation, right and wrong ones, and look at the answers."""
    for mode in GenerationMode:

        @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            assume("%2F" not in case.formatted_path)
            if case.query and "wait" in case.query:
                case.query["wait"] = min(case.query["wait"], 0) if isinstance(case.query["wait"], int) else "?"
            kwargs = case.as_transport_kwargs(base_url=str(client.base_url))
            own = {
                k: v for k, v in dict(kwargs["headers"] or {}).items() if k.lower() not in ("authorization", "origin")
            }
            if KEY.fullmatch(own.get("Idempotency-Key", "")):
                own["Idempotency-Key"] = f"fuzz-{next(_keys)}"  # or the one of the description would be used up soon
            sent = {name: kwargs[name] for name in ("params", "json", "cookies") if kwargs.get(name) is not None}
            request = client.build_request(
                kwargs["method"], kwargs["url"], headers=own, content=kwargs.get("data"), **sent
            )
            case.validate_response(client.send(request), checks=CHECKS)

        send()


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_the_api(label: str, caller: Caller) -> None:
    fuzz(label, caller("steward"), 4)


@pytest.mark.slow
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_of_very_many_breaks_the_api(label: str, caller: Caller) -> None:
    fuzz(label, caller("steward"), 50 * DEPTH)
