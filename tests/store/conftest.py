"""What the tests of the master's store share."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import sql

from hub.settings import load
from hub.store.postgres import DatabaseAddress
from tests.store.workshop import Workshop
from tests.support.postgres import administer, copy_database

NewWorkshop = Callable[[], Workshop]
_numbers = itertools.count(1)


@pytest.fixture
def new_workshop(postgres_server: DatabaseAddress, migrated: str, tmp_path: Path) -> Iterator[NewWorkshop]:
    """Opens hubs without systems, each on a database and a home of its own."""
    opened: list[tuple[Workshop, sql.Identifier]] = []

    def open_one() -> Workshop:
        text = f"workshop_{next(_numbers)}"
        copy_database(postgres_server, text, migrated)
        url = postgres_server.database(text).url.render_as_string(hide_password=False)
        settings = load({"HUB_HOME": str(tmp_path / text), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"})
        opened.append((Workshop.open(settings), sql.Identifier(text)))
        return opened[-1][0]

    yield open_one
    for workshop, name in opened:
        workshop.engine.dispose()
        administer(postgres_server, sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def workshop(new_workshop: NewWorkshop) -> Workshop:
    """A hub without its systems."""
    return new_workshop()
