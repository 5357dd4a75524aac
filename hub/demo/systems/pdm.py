"""The demo's PDM: a SOAP service over a SQLite file, with WS-Security and change numbers.

``python -m hub.demo.systems.pdm --database FILE --port N --user U --password-file F`` serves until SIGTERM; ``load``
and ``change`` write into the file, before or while it is served. What the service offers is told in ``pdm_service``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from hub.errors import HubError

PATH = "/pdm"
KEYS = {"owner": ("id",), "item": ("code",), "customer_part": ("owner_id", "item"), "configuration": ("serial",)}
LOAD_ROWS = 2000
_TABLE = """
CREATE TABLE IF NOT EXISTS record (
    stream TEXT NOT NULL,
    key TEXT NOT NULL,
    change INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (stream, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS record_change ON record (stream, change);
"""
_WRITE = """
INSERT INTO record (stream, key, change, document)
VALUES (:stream, :key, (SELECT coalesce(max(change), 0) + 1 FROM record WHERE stream = :stream), :document)
ON CONFLICT (stream, key) DO UPDATE SET change = excluded.change, document = excluded.document
WHERE record.document <> excluded.document
"""


def argv(database: Path, port: int, user: str, password_file: Path) -> list[str]:
    """Return the command line that starts the server on the loopback interface.

    Args:
        database: SQLite file; made if missing.
        port: TCP port.
        user: name in the UsernameToken.
        password_file: file that holds the password and nothing else.
    """
    options = {"database": database, "port": port, "user": user, "password-file": password_file}
    command = [sys.executable, "-m", "hub.demo.systems.pdm"]
    return command + [part for name, value in options.items() for part in (f"--{name}", str(value))]


def url(port: int) -> str:
    """Return the address of the service, without ``?wsdl``."""
    return f"http://127.0.0.1:{port}{PATH}"


def is_up(port: int) -> bool:
    """Tell whether the server gives its WSDL."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", f"{PATH}?wsdl")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def wait(port: int, seconds: float = 30) -> None:
    """Wait until the server gives its WSDL.

    Raises:
        HubError: it does not within so many seconds.
    """
    deadline = time.monotonic() + seconds
    while not is_up(port):
        if time.monotonic() > deadline:
            raise HubError(f"the PDM at port {port} does not answer", "Look into its log")
        time.sleep(0.05)


def load(database: Path, stream: str, documents: Iterable[Mapping[str, Any]]) -> int:
    """Write documents, whole ones; those that are there and equal get no new change number. May be repeated.

    Args:
        database: the file given to :func:`argv`.
        stream: owner, item, customer_part or configuration.
        documents: with the fields of the stream, and ``modified`` in the PDM's own time.

    Returns:
        How many were given.
    """
    prepare(database)
    pending, count = iter(documents), 0
    with opened(database) as connection:
        while chunk := list(islice(pending, LOAD_ROWS)):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_WRITE, [_row(stream, document) for document in chunk])
            connection.commit()
            count += len(chunk)
    return count


def change(database: Path, stream: str, key: str, **fields: Any) -> None:
    """Change fields of one document as somebody at the PDM would.

    Args:
        database: the file given to :func:`argv`.
        stream: owner, item, customer_part or configuration.
        key: of the document; of a customer part ``owner_id/item``.
        fields: new values; give ``modified``, too, for the service does not keep it by itself.

    Raises:
        HubError: there is no such document.
    """
    with opened(database) as connection:
        connection.execute("BEGIN IMMEDIATE")
        select = "SELECT document FROM record WHERE stream = ? AND key = ?"
        found = connection.execute(select, (stream, key)).fetchone()
        if found is None:
            connection.rollback()
            raise HubError(f"the PDM has no {stream} with this key", "Load it first")
        connection.execute(_WRITE, {"stream": stream, "key": key, "document": _json(json.loads(found[0]) | fields)})
        connection.commit()


def rows(database: Path, stream: str, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Read documents with their change numbers, in the order of these.

    Args:
        database: the file given to :func:`argv`.
        stream: owner, item, customer_part or configuration.
        after: change number to begin behind.
        limit: how many at most.
    """
    select = "SELECT change, document FROM record WHERE stream = ? AND change > ? ORDER BY change LIMIT ?"
    with opened(database) as connection:
        return [(number, json.loads(text)) for number, text in connection.execute(select, (stream, after, limit))]


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open the file and close it again; readers see what is committed and wait for no writer."""
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        yield connection


def _row(stream: str, document: Mapping[str, Any]) -> dict[str, str]:
    key = "/".join(str(document[name]) for name in KEYS[stream])
    return {"stream": stream, "key": key, "document": _json(document)}


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: who asks for what is no news."""


def main() -> None:
    """Read the command line and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="the demo's PDM")
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    options = parser.parse_args()
    from hub.demo.systems.pdm_service import application  # noqa: PLC0415 - only where the demo is installed

    prepare(options.database)
    # a refused request is the asker's news, not the server's
    logging.getLogger("spyne.application.client").setLevel(logging.CRITICAL)
    password = options.password_file.read_text(encoding="utf-8").strip()
    service = application(options.database, options.user, password)
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with make_server("127.0.0.1", options.port, service, server_class=_Server, handler_class=_Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        signal.sigwait(ends)
        server.shutdown()


def prepare(database: Path) -> None:
    """Make the file and its table if they are missing."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with opened(database) as connection:
        connection.executescript(_TABLE)


if __name__ == "__main__":
    main()
