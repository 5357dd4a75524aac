"""Fixtures: each of the two mail servers with an empty mailbox."""

from collections.abc import Iterator

import pytest

from tests.connectors_mail.servers import MailServer, run_dovecot, run_pymap

RUNNERS = {"pymap": run_pymap, "dovecot": run_dovecot}


@pytest.fixture(scope="session", params=["pymap", pytest.param("dovecot", marks=pytest.mark.servers)])
def any_mail_process(request, tmp_path_factory) -> Iterator[MailServer]:
    yield from RUNNERS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def dovecot_process(tmp_path_factory) -> Iterator[MailServer]:
    yield from run_dovecot(tmp_path_factory.mktemp("dovecot"))


@pytest.fixture
def pymap(tmp_path) -> Iterator[MailServer]:
    """The demo's server alone."""
    yield from run_pymap(tmp_path)


@pytest.fixture
def any_mail(any_mail_process: MailServer) -> MailServer:
    """Each of the two servers, its mailbox empty."""
    any_mail_process.empty()
    return any_mail_process


@pytest.fixture
def dovecot(dovecot_process: MailServer) -> MailServer:
    """Dovecot, its mailbox empty."""
    dovecot_process.empty()
    return dovecot_process
