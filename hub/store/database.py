"""Opens the hub's database: running, migrated, ready."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL

from hub.settings import Settings
from hub.store import migrate
from hub.store.postgres import ensure_running


def open_database(settings: Settings) -> Engine:
    """Start the database if need be, bring its tables up to date and give an engine.

    Raises:
        HubError: the database cannot be had, or was made by a newer program.
    """
    engine = make_engine(ensure_running(settings).url)
    migrate.upgrade(engine)
    return engine


def make_engine(url: URL) -> Engine:
    """Give an engine for a database address; JSON keeps Chinese text readable, errors repeat no values."""
    return create_engine(url, pool_size=4, max_overflow=12, json_serializer=_to_json, hide_parameters=True)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
