"""What goes wrong before a record is touched: each is one sentence with a remedy."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from connectors.base import Change
from connectors.errors import AuthenticationError, ConfigurationError, RetryableError, UnknownOutcomeError
from connectors.tryton.config import Config
from connectors.tryton.connector import Tryton
from connectors.tryton.rpc import Rpc, mask

OPTIONS = {"url": "http://127.0.0.1:1", "database": "erp", "user": "admin", "password": "geheim-geheim"}


@pytest.fixture
def answering() -> Iterator[Any]:
    """Start HTTP servers that answer everything with one status and body."""
    servers = []

    def answer(status: int, body: bytes = b"") -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield answer
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, b"", RetryableError),
        (503, b"", RetryableError),
        (504, b"", RetryableError),
        (403, b"", AuthenticationError),
        (404, b"", ConfigurationError),
        (302, b"", ConfigurationError),
        (200, b"<html>", ConfigurationError),
        (200, b"[]", ConfigurationError),
    ],
)
def test_strange_answers_are_told_by_what_to_do(answering: Any, status: int, body: bytes, error: type) -> None:
    connector = Tryton("erp", Config(**{**OPTIONS, "url": answering(status, body)}))
    with pytest.raises(error) as caught:
        list(connector.read("party", None))
    assert str(caught.value).startswith("erp / party: ")
    assert "geheim" not in str(caught.value)


def test_a_silent_server_is_retryable(answering: Any) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:
        url = f"http://127.0.0.1:{silent.server_port}"
        with pytest.raises(RetryableError, match="no answer"):
            Tryton("erp", Config(**{**OPTIONS, "url": url, "timeout_seconds": 0.2})).check()


@pytest.mark.parametrize("url", ["erp.example.com", "ftp://erp", "http://admin:geheim@erp", "http://erp/path"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Config(**{**OPTIONS, "url": url})


def test_personal_data_is_masked() -> None:
    text = 'The phone number "13812345678" for party "Wang "Bill" Wei" is not valid.'
    assert mask(text) == "The phone number … for party … is not valid."


@pytest.mark.tryton
def test_an_unknown_database_is_a_configuration_error(tryton_server: Any) -> None:
    with pytest.raises(ConfigurationError, match="no database 'nowhere'"):
        tryton_server.connect(database="nowhere").check()


@pytest.mark.tryton
def test_an_expired_session_is_renewed_without_a_word(tryton_server: Any) -> None:
    connector = tryton_server.connect()
    connector.check()
    tryton_server.sql("DELETE FROM ir_session")
    (result,) = connector.write("party", [Change(uuid4().hex, None, {"name": "x"})])
    assert result.outcome == "written"
    tryton_server.sql("DELETE FROM ir_session")
    connector.check()


@pytest.mark.tryton
def test_a_server_error_under_a_write_leaves_the_outcome_open(tryton_server: Any, relay: Any) -> None:
    relay.after = lambda body: b"country.create" in body
    rpc = Rpc("erp", tryton_server.config(url=relay.url))
    with pytest.raises(UnknownOutcomeError):
        rpc.write("model.country.country.create", [{"code": "XK", "name": "Kosovo"}])
    assert rpc.read("model.country.country.search", [["code", "=", "XK"]], 0, None, None)
