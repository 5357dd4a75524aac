"""The API in the hub's own application: programs need no page of ours, other sites get nothing with a cookie."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from hub.cli.users import commands
from hub.web import tokens
from hub.web.app import make_app
from tests.api.scene import Scene


@pytest.fixture
def program(scene: Scene) -> Iterator[TestClient]:
    """A program with a token, which says nothing of where it comes from."""
    client = TestClient(make_app(scene.hub), base_url="http://hub.example")
    with scene.hub.begin() as db:
        client.headers["Authorization"] = f"Bearer {tokens.issue(db, 'steward', label='门户', days=1)}"
    yield client
    with scene.hub.begin() as db:
        tokens.revoke(db, "steward", "门户")


def test_a_program_with_a_token_may_post(program: TestClient) -> None:
    found = program.post("/api/v1/lookup", json={"names": ["深圳市华强电子有限公司"]})
    assert (found.status_code, len(found.json()["candidates"])) == (200, 1)
    assert program.get("/api/v1/openapi.json").status_code == 200


def test_a_token_opens_no_page(program: TestClient) -> None:
    assert program.get("/decisions").status_code == 401
    assert program.post("/search", data={"asked": "华强"}).status_code == 401


def test_what_is_not_there_is_a_problem_document(program: TestClient) -> None:
    answer = program.get("/api/v1/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_token_is_made_shown_listed_and_revoked_by_command(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    url = scene.hub.settings.database_url
    assert url is not None
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    monkeypatch.setenv("HUB_HOME", str(scene.hub.settings.home))
    run = CliRunner()
    made = run.invoke(commands, ["token", "viewer", "--label", "报表", "--days", "30"])
    with scene.hub.begin() as db:
        assert tokens.find(db, made.stdout.strip()) is not None
    assert "报表" in run.invoke(commands, ["tokens", "viewer"]).stdout
    assert run.invoke(commands, ["revoke", "viewer", "--label", "报表"]).exit_code == 0
    with scene.hub.begin() as db:
        assert tokens.find(db, made.stdout.strip()) is None
