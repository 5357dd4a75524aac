"""Fixtures: the API over a small master that was filled by hand, and its callers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient
from psycopg import sql

from hub.settings import load
from hub.store.postgres import DatabaseAddress
from hub.web import problems, sessions
from hub.web.access import User
from hub.web.api.rest import rest
from hub.web.guard import Guard
from hub.web.installation import Installation
from hub.web.tokens import issue
from hub.web.users import add_user
from tests.api.scene import Scene, fill
from tests.support.postgres import administer, copy_database

_numbers = itertools.count(1)
ROLES = {"viewer": "viewer", "shanghai": "viewer", "steward": "steward", "steward2": "steward", "operator": "operator"}
PASSWORD = "four words are better"
Caller = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def filled(postgres_server: DatabaseAddress, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database with a small master and the users, to copy from."""
    name = "api_scene"
    copy_database(postgres_server, name, migrated)
    settings = load(_environment(postgres_server, name, tmp_path_factory.mktemp("api")))
    hub = Installation(settings)
    with hub.begin() as db:
        for user, role in ROLES.items():
            add_user(db, user, PASSWORD, [role])
    fill(settings, hub.engine)
    hub.engine.dispose()
    return name


@pytest.fixture(scope="session")
def copy_of_scene(
    postgres_server: DatabaseAddress, filled: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Scene]]:
    """Makes copies of the small master."""

    @contextmanager
    def copy() -> Iterator[Scene]:
        name = f"api_{next(_numbers)}"
        copy_database(postgres_server, name, filled)
        hub = Installation(load(_environment(postgres_server, name, tmp_path_factory.mktemp("api"))))
        yield Scene(hub)
        hub.engine.dispose()
        administer(postgres_server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    return copy


@pytest.fixture(scope="module")
def scene(copy_of_scene: Callable[[], AbstractContextManager[Scene]]) -> Iterator[Scene]:
    """A copy of the small master for the tests of a module; one that changes much overrides it with its own."""
    with copy_of_scene() as made:
        yield made


@pytest.fixture
def caller(scene: Scene) -> Caller:
    """Makes programs that call the API with a token of a user; of nobody, if the name is empty."""
    app = FastAPI(openapi_url=None)
    app.state.installation = scene.hub
    app.add_middleware(Guard, ancestors="'none'", refuse=problems.answer, broken=problems.broken)
    problems.install(app, login=True)
    app.include_router(rest(_session_user))

    def make(user: str) -> TestClient:
        client = TestClient(app, base_url="http://hub.example", headers={"Origin": "http://hub.example"})
        client.follow_redirects = False
        if user:
            with scene.hub.begin() as db:
                token = issue(db, user, label=f"test {next(_numbers)}", days=1)
            client.headers["Authorization"] = f"Bearer {token}"
        return client

    return make


def _session_user(request: Request, hub: Installation) -> User:
    with hub.begin() as db:
        user = sessions.find(db, request.cookies.get(sessions.COOKIE, ""))
    if user is None:
        raise HTTPException(401, "Sign in first")
    return user


def _environment(server: DatabaseAddress, name: str, home: Path) -> dict[str, str]:
    url = server.database(name).url.render_as_string(hide_password=False)
    return {"HUB_HOME": str(home), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"}
