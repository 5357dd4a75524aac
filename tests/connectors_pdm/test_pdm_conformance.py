"""The conformance kit for the PDM connector, on the demo's server and on node-soap."""

import pytest

from connectors.soap_pdm.connector import SoapPdm
from connectors.testing import conformance_suite
from tests.support.pdm import PASSWORD, WRONG_PASSWORD, owner


class Case:
    stream, secrets = "owner", (PASSWORD, WRONG_PASSWORD)

    def __init__(self, server, password_type):
        self.server, self.password_type, self.changes = server, password_type, 0
        server.load("owner", *(owner(n) for n in range(7)))

    def connect(self, **other):
        return self.server.connect(batch_rows=2, password_type=self.password_type, **other)

    def connect_with_wrong_credentials(self):
        return self.connect(password=WRONG_PASSWORD)

    def connect_to_nowhere(self):
        return self.connect(url="http://127.0.0.1:1/pdm")

    def change_one(self):
        self.changes += 1
        self.server.change("owner", "OW00003", name=f"上海宏达新名{self.changes}有限公司")
        return "owner,OW00003"


@pytest.fixture(params=["digest", "text"])
def case(request, any_pdm):
    return Case(any_pdm, request.param)


class TestSoapPdm(conformance_suite(SoapPdm)):
    pass
