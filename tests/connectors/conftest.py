"""In these tests there is but one kind of server."""

import pytest

from tests.support.sftp import SftpServer


@pytest.fixture
def server(sftp_server: SftpServer) -> SftpServer:
    return sftp_server
