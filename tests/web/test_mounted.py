"""The same pages inside another program: under a path of its own, with its users; and in Airflow itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, HTTPException, Request

from hub.web.access import User
from hub.web.screens import mounted_application
from tests.support.sftp import ROOT, free_port
from tests.web.site import Site

LINK = re.compile(r'(?:href|src|action|hx-get|hx-post)="([^"#][^"]*)"')


def neighbour(request: Request) -> User:
    """The user of the program around us."""
    role = request.headers.get("x-role")
    if role is None:
        raise HTTPException(401, "who are you?")
    return User("somebody", frozenset({role}))


@pytest.fixture
def mounted(site: Site) -> Iterator[str]:
    """The pages under ``/browse/hub`` of a program that knows its users by a header; gives the address."""
    around = FastAPI()
    around.mount("/browse/hub", mounted_application(site.hub.settings, neighbour))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(around, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def test_every_link_stays_under_the_path_and_leads_somewhere(mounted: str) -> None:
    with httpx.Client(base_url=mounted, headers={"X-Role": "admin", "Origin": mounted}, timeout=60) as client:
        seen: set[str] = set()
        waiting = ["/browse/hub/"]
        while waiting:
            path = waiting.pop()
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 200, path
            for attribute in LINK.findall(answer.text) if "html" in answer.headers["content-type"] else ():
                assert attribute.startswith("/browse/hub/"), f"{attribute} in {path}"
            links = re.findall(r'(?:href|src)="([^"#]+)"', answer.text) if path.endswith(("/", "s", "w", "1")) else []
            fresh = {link.replace("&amp;", "&") for link in links} - seen
            seen |= fresh
            waiting += sorted(fresh)
        assert {"/browse/hub/runs/1", "/browse/hub/static/hub.js", "/browse/hub/review"} <= seen
        found = client.post("/browse/hub/search", data={"asked": "华强"})
        assert 'href="/browse/hub/customers/CM-' in found.text


def test_the_program_around_names_the_user_and_there_is_no_login_of_ours(mounted: str) -> None:
    with httpx.Client(base_url=f"{mounted}/browse/hub", headers={"Origin": mounted}) as client:
        for path in ("/", "/review", "/runs", "/interactions"):
            assert client.get(path, headers={"Accept": "text/html"}).status_code == 401
        admin = {"X-Role": "admin", "Accept": "text/html"}
        assert client.get("/login", headers=admin).status_code == 404
        assert client.get("/users", headers=admin).status_code == 404
        page = client.get("/", headers=admin)
        assert "/logout" not in page.text
        assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
        assert client.get("/runs", headers={"X-Role": "viewer"}).status_code == 403
        answer = client.post("/language", data={"language": "zh"}, headers={"X-Role": "viewer"})
        assert answer.headers["location"] == "/browse/hub/"
        assert "Path=/browse/hub/" in answer.headers["set-cookie"]
        assert client.post("/search", headers={"X-Role": "viewer", "Origin": "https://evil.example"}).status_code == 403


IN_AIRFLOW = """
import asyncio, importlib.util, json, sys

import httpx
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.api_fastapi.core_api.security import get_user
from fastapi import FastAPI

spec = importlib.util.spec_from_file_location("hub_plugin", sys.argv[1])
plugin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)
(mounted,) = plugin.HubPlugin.fastapi_apps
(view,) = plugin.HubPlugin.external_views
early = [name for name in ("hub.web", "hub.pipeline", "polars", "pandas") if name in sys.modules]
around = FastAPI()
around.mount(mounted["url_prefix"], mounted["app"])
paths = ["/", "/review", "/decisions", "/interactions", "/runs", "/dead-letters", "/customers/CM-KRVQ-KEBX-N"]


async def main():
    transport = httpx.ASGITransport(around)
    base = "http://airflow" + mounted["url_prefix"]
    async with httpx.AsyncClient(transport=transport, base_url=base, headers={"Origin": "http://airflow"}) as client:
        nobody = [(await client.get(path)).status_code for path in paths]
        nobody.append((await client.post("/search")).status_code)
        roles = {}
        for role in ("ADMIN", "OP", "USER", "VIEWER", None):
            user = SimpleAuthManagerUser(username="li", role=role)
            mounted["app"].application.dependency_overrides[get_user] = lambda user=user: user
            roles[str(role)] = [(await client.get(path)).status_code for path in paths]
    said = {"nobody": nobody, "roles": roles, "href": view["href"], "prefix": mounted["url_prefix"], "early": early}
    print(json.dumps(said))


asyncio.run(main())
"""


def test_airflow_mounts_the_pages_with_its_own_users(site: Site, tmp_path: Path) -> None:
    environment = {
        **site.hub.environment(),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path / 'airflow.db'}",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    command = [sys.executable, "-c", IN_AIRFLOW, str(ROOT / "dags/plugins/hub_plugin.py")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert set(said["nobody"]) == {401}
    assert said["early"] == [], "a scheduler that forks loads the plugin, too, and must not carry the pages"
    assert said["href"] == f"{said['prefix'].strip('/')}/", "relative, so that it holds under any path of Airflow"
    assert said["roles"] == {
        "ADMIN": [200] * 7,
        "OP": [200] * 7,
        "USER": [200, 200, 200, 200, 403, 403, 200],
        "VIEWER": [200, 403, 403, 200, 403, 403, 200],
        "None": [200, 403, 403, 403, 403, 403, 403],
    }
