"""Who may ask: tokens, sessions, roles; and what is remembered of a token."""

from __future__ import annotations

import hashlib

import pytest

from hub.errors import UsageError
from hub.web import sessions, tokens, users
from hub.web.access import User
from hub.web.errors import InputError
from tests.api.conftest import Caller
from tests.api.scene import COMPANY, Scene

SEARCH = "/api/v1/customers?q=华强"


def test_without_a_token_there_is_no_answer(caller: Caller) -> None:
    answer = caller("").get(SEARCH, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert caller("").get("/api/v1/openapi.json").status_code == 401


def test_a_token_is_kept_as_a_hash_and_ends_when_revoked(caller: Caller, scene: Scene) -> None:
    client = caller("")
    with scene.hub.begin() as db:
        token = tokens.issue(db, "viewer", label="客户门户", days=30)
        with pytest.raises(InputError):
            tokens.issue(db, "viewer", label="客户门户", days=30)
    assert token.startswith(tokens.PREFIX)
    hashes = scene.sql("select token_hash from hub.api_token where label = '客户门户'")
    assert hashes == [(hashlib.sha256(token.encode()).hexdigest(),)]
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get(SEARCH).status_code == 200
    with scene.hub.begin() as db:
        tokens.revoke(db, "viewer", "客户门户")
        with pytest.raises(UsageError):
            tokens.revoke(db, "viewer", "客户门户")
    assert client.get(SEARCH).status_code == 401


def test_a_token_ends_with_its_time_and_with_its_account(caller: Caller, scene: Scene) -> None:
    client = caller("viewer")
    scene.sql_do("update hub.api_token set expires_us = 1")
    assert client.get(SEARCH).status_code == 401
    client = caller("steward2")
    assert client.get(SEARCH).status_code == 200
    with scene.hub.begin() as db:
        users.set_disabled(db, "steward2", disabled=True)
    answer = client.get(SEARCH)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("days", [0, -1, 731])
def test_a_token_cannot_last_for_ever(scene: Scene, days: int) -> None:
    with scene.hub.begin() as db, pytest.raises(InputError):
        tokens.issue(db, "viewer", label="x", days=days)


def test_the_pages_session_counts_but_never_beside_a_wrong_token(caller: Caller, scene: Scene) -> None:
    client = caller("")
    with scene.hub.begin() as db:
        client.cookies.set(sessions.COOKIE, sessions.begin(db, User("viewer", frozenset({"viewer"}))))
    assert client.get(SEARCH).status_code == 200
    for wrong in ("Bearer hub_x", "Bearer ", "Basic eDp5"):
        assert client.get(SEARCH, headers={"Authorization": wrong}).status_code == 401
    elsewhere = {"Origin": "https://evil.example"}
    assert client.post("/api/v1/lookup", json={"names": ["华强"]}, headers=elsewhere).status_code == 403


MAY = {
    "viewer": {"/api/v1/customers?q=华强", "/api/v1/events", "/api/v1/consumers/crm"},
    "steward": {
        "/api/v1/customers?q=华强", "/api/v1/events", "/api/v1/consumers/crm", "/api/v1/decisions", "/api/v1/queues",
    },
    "operator": set(),
}  # fmt: skip


@pytest.mark.parametrize("user", MAY)
def test_roles_are_those_of_the_pages(caller: Caller, user: str) -> None:
    client = caller(user)
    allowed = {path for path in MAY["steward"] if client.get(path).status_code == 200}
    assert allowed == MAY[user]
    refused = [client.get(path) for path in MAY["steward"] - MAY[user]]
    assert {(a.status_code, a.json()["title"]) for a in refused} <= {(403, "Forbidden")}


def test_a_viewer_may_look_before_creating_but_not_decide(caller: Caller, scene: Scene) -> None:
    client = caller("viewer")
    assert client.post("/api/v1/lookup", json={"names": ["华强电子"]}).status_code == 200
    body = {"verdict": "merge", "customers": [scene.number(COMPANY)] * 2}
    assert client.post("/api/v1/decisions", json=body, headers={"Idempotency-Key": "1"}).status_code == 403


def test_a_request_too_large_is_refused_before_it_is_read(caller: Caller) -> None:
    answer = caller("steward").post("/api/v1/lookup", content=b"x" * 70_000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
