"""What the tests of stewardship share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from customer_master.stewardship.policy import StewardshipPolicy, load_policy
from customer_master.store.schema import metadata
from hub.store.database import make_engine
from hub.store.postgres import DatabaseAddress
from tests.stewardship.desk import Desk
from tests.support.postgres import copy_database

POLICY = Path(__file__).resolve().parents[2] / "customer_master/policies/stewardship.yaml"
_DATABASE = "stewardship"


@pytest.fixture
def policy() -> StewardshipPolicy:
    return load_policy(POLICY.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def master(postgres_server: DatabaseAddress, migrated: str) -> Iterator[Engine]:
    """One database for all these tests: they are many, and emptying it is faster than making one for each."""
    copy_database(postgres_server, _DATABASE, migrated)
    engine = make_engine(postgres_server.database(_DATABASE).url)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(master: Engine, policy: StewardshipPolicy) -> Desk:
    """A desk with nothing on it."""
    tables = ", ".join(str(table) for table in metadata.sorted_tables if table.name != "clock")
    with master.begin() as db:
        db.execute(text(f"truncate {tables} restart identity cascade"))
        db.execute(text("update master.clock set last_cs = 0, last_hash = ''"))
    return Desk(master, policy)
