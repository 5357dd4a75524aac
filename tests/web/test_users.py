"""Users: the admin's page, and ``hub user``."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from hub.cli.app import app
from hub.errors import UsageError
from tests.web.site import PASSWORD, Site

NEW = "another long password"


def test_an_admin_adds_changes_and_closes_a_user(site: Site) -> None:
    admin = site.client("admin")
    assert admin.post("/users", data={"name": "王小明", "password": NEW, "roles": ["viewer"]}).status_code == 303
    person = site.client()
    assert person.post("/login", data={"name": "王小明", "password": NEW}).status_code == 303
    assert person.get("/review").status_code == 403
    admin.post("/users/王小明/roles", data={"roles": ["steward", "operator"]})
    assert (person.get("/review").status_code, person.get("/runs").status_code) == (200, 200), "roles hold at once"
    admin.post("/users/王小明/password", data={"password": PASSWORD})
    assert person.get("/review").status_code == 401, "a new password ends the sessions"
    assert person.post("/login", data={"name": "王小明", "password": PASSWORD}).status_code == 303
    admin.post("/users/王小明/disable", data={})
    assert person.get("/review").status_code == 401
    assert person.post("/login", data={"name": "王小明", "password": PASSWORD}).status_code == 401
    admin.post("/users/王小明/enable", data={})
    assert person.post("/login", data={"name": "王小明", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"name": "short", "password": "short", "roles": ["viewer"]}, "5 characters"),
        ({"name": "..", "password": NEW, "roles": ["viewer"]}, "no user name"),
        ({"name": "a/b", "password": NEW, "roles": ["viewer"]}, "no user name"),
        ({"name": "x", "password": NEW, "roles": ["king"]}, "no role"),
        ({"name": "viewer", "password": NEW, "roles": ["viewer"]}, "already"),
    ],
)
def test_what_cannot_be_taken_is_said(site: Site, form: dict[str, object], word: str) -> None:
    answer = site.client("admin").post("/users", data=form)
    assert answer.status_code == 422
    assert word in answer.json()["detail"]
    assert NEW not in answer.text


def test_nobody_shuts_themselves_out(site: Site) -> None:
    admin = site.client("admin")
    assert admin.post("/users/admin/disable", data={}).status_code == 422
    assert admin.post("/users/admin/roles", data={"roles": ["viewer"]}).status_code == 422
    assert admin.get("/users").status_code == 200


def test_only_argon2id_hashes_are_stored(site: Site) -> None:
    rows = site.hub.rows("select name, password_hash from hub.app_user where name = 'steward'")
    assert rows[0]["password_hash"].startswith("$argon2id$")
    assert PasswordHasher().verify(rows[0]["password_hash"], PASSWORD)


@pytest.fixture
def user_command(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``hub user …`` with a password on standard input."""
    for name, value in site.hub.environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, password: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        result = CliRunner().invoke(app, ["user", *arguments], input=f"{password}\n")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


def test_the_first_user_comes_from_the_command_line(site: Site, user_command: Callable[..., str]) -> None:
    user_command("add", "chief", "--role", "admin", "--role", "steward", password=NEW)
    listed = {u["name"]: u for u in json.loads(user_command("list", "--json"))}
    assert listed["chief"] == {"name": "chief", "roles": ["steward", "admin"], "disabled": False}
    client = site.client()
    assert client.post("/login", data={"name": "chief", "password": NEW}).status_code == 303
    user_command("disable", "chief")
    assert client.get("/users").status_code == 401
    assert "chief  steward, admin  (closed)" in user_command("list")
    user_command("password", "chief", password=PASSWORD)
    assert client.post("/login", data={"name": "chief", "password": PASSWORD}).status_code == 303


def test_the_command_says_what_is_wrong(user_command: Callable[..., str]) -> None:
    with pytest.raises(UsageError, match="There is no user 'nobody'"):
        user_command("disable", "nobody")
    with pytest.raises(UsageError, match="no password on standard input"):
        user_command("add", "silent", "--role", "viewer")
