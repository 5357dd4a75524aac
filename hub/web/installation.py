"""The installation that the pages show: settings and database, opened when the first page needs them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine

from hub.documents import load
from hub.master.context import Master
from hub.settings import Settings
from hub.store.database import open_database


class Installation:
    """Settings and database of the hub behind the pages.

    Args:
        settings: the installation.
        engine: its database, if somebody opened it already.
    """

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self._engine = engine
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The database; opened at first use, so that who only mounts the pages starts nothing."""
        with self._lock:
            if self._engine is None:
                self._engine = open_database(self.settings)
            return self._engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a transaction that is committed before the answer goes out."""
        with self.engine.begin() as db:
            yield db

    def master(self) -> Master:
        """Give the master for an act, with the documents of now."""
        return Master(self.engine, load(self.engine))


def _of(request: Request) -> Installation:
    found: Installation = request.app.state.installation
    return found


Hub = Annotated[Installation, Depends(_of)]
