"""The conformance kit for the SFTP files connector, on the demo's server and on OpenSSH."""

import pytest

from connectors.sftp_files.connector import SftpFiles
from connectors.testing import conformance_suite


class Case:
    stream = "rows"

    def __init__(self, server):
        self.server = server
        self.secrets = server.secrets
        for day in (1, 2):
            rows = "".join(f"D{day}{n},客户{n}\n" for n in range(5))
            server.put(f"in/kit_2026110{day}.csv", f"编码,名称\n{rows}".encode())

    def connect(self, **other):
        return self.server.connect(batch_rows=2, **other)

    def connect_with_wrong_credentials(self):
        return self.connect(**self.server.wrong_login)

    def connect_to_nowhere(self):
        return self.connect(port=1)

    def change_one(self):
        self.server.put("in/kit_20261103.csv", "编码,名称\nD1,新名称\n".encode())
        return "kit_20261103.csv:2"


@pytest.fixture
def case(any_server):
    return Case(any_server)


class TestSftpFiles(conformance_suite(SftpFiles)):
    pass
