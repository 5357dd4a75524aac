"""The call centre's folder on the demo's SFTP server, and on each of the two servers."""

import pytest

from tests.connectors_callcentre.call_centre import HEADER, JOURNAL, CallCentre, logs_of


def opened(server):
    centre = CallCentre(server)
    centre.lay({**logs_of(), JOURNAL: HEADER.encode()})
    return centre


@pytest.fixture
def centre(sftp_server):
    return opened(sftp_server)


@pytest.fixture
def any_centre(any_server):
    return opened(any_server)
