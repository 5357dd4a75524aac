"""Fixtures: a served installation for each test module, and Chromium."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from hub.settings import load
from hub.store.database import open_database
from hub.store.postgres import DatabaseAddress
from tests.loop.installation import Installation
from tests.support.postgres import administer, copy_database
from tests.support.sftp import SftpServer, emptied
from tests.web.scene import deliver
from tests.web.site import Site

_numbers = itertools.count(1)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def scene(
    postgres_server: DatabaseAddress,
    migrated: str,
    demo_server_process: SftpServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Installation]:
    """Makes copies of one installation through whose pipeline everything came."""
    folder = tmp_path_factory.mktemp("scene")
    (folder / "project").mkdir()

    def installation(name: str) -> Installation:
        url = postgres_server.database(name).url.render_as_string(hide_password=False)
        environment = {"HUB_HOME": str(folder / "home"), "HUB_PROJECT": str(folder / "project"), "HUB_STAGE": "test"}
        settings = load({**environment, "HUB_DATABASE_URL": url})
        return Installation(settings, open_database(settings), demo_server_process)

    def copy(name: str, template: str) -> None:
        copy_database(postgres_server, name, template)

    copy("web_scene", migrated)
    emptied(demo_server_process)
    first = installation("web_scene")
    first.set_up()
    deliver(first)
    first.engine.dispose()  # a database somebody is connected to cannot be copied

    def make(name: str) -> Installation:
        copy(name, "web_scene")
        return installation(name)

    return make


@pytest.fixture(scope="module")
def site(
    scene: Callable[[str], Installation], postgres_server: DatabaseAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The screens, served."""
    name = f"web_{next(_numbers)}"
    served = Site(scene(name), tmp_path_factory.mktemp("web") / "server.log")
    served.start()
    yield served
    served.stop()
    served.hub.engine.dispose()
    administer(postgres_server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the operating system."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"there is no Chromium here; install one of {', '.join(CHROMIUM)}")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=found, args=arguments)
        yield chromium
        chromium.close()
