"""The conformance kit against a real Tryton."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest

from connectors.testing import conformance_suite
from connectors.testing.source import IncrementalSuite, SourceSuite
from connectors.tryton.connector import Tryton
from hub.demo.systems import tryton
from tests.connectors_tryton.sales import an_order

pytestmark = pytest.mark.tryton


class Case:
    stream = "party"

    def __init__(self, server: Any) -> None:
        self.server = server
        self.secrets = (server.password, "wrong-password-1")

    def connect(self) -> Tryton:
        return self.server.connect(batch_rows=10)

    def connect_with_wrong_credentials(self) -> Tryton:
        # Tryton makes a user wait longer after each failure, so nobody fails twice
        return self.server.connect(user=f"nobody-{uuid4().hex}", password="wrong-password-1")

    def connect_to_nowhere(self) -> Tryton:
        return self.server.connect(url="http://127.0.0.1:1")

    def change_one(self) -> str:
        (phone,) = self.server.rpc("party.contact_mechanism.search", [["party.code", "=", "KIT-7"]], 0, 1, None)
        self.server.rpc("party.contact_mechanism.write", [phone], {"value": f"021-{uuid4().int % 10**8}"})
        (party,) = self.server.rpc("party.party.search", [["code", "=", "KIT-7"]], 0, 1, None)
        return f"party.party,{party}"

    def create_document(self, text: str) -> Mapping[str, Any]:
        return {"name": text, "identifiers": [{"type": "cn_vat", "code": "91110000600037341L"}]}

    def update_document(self, text: str) -> Mapping[str, Any]:
        return {"set": {"name": text}}

    def refused_document(self) -> Mapping[str, Any]:
        return {"name": "Bad number", "identifiers": [{"type": "eu_vat", "code": "DE123"}]}

    def text_of(self, document: Mapping[str, Any]) -> str:
        return document["name"]


class SaleCase(Case):
    stream = "sale"

    def change_one(self) -> str:
        (line,) = self.server.rpc("sale.line.search", [["sale.reference", "=", "KIT-7"]], 0, 1, None)
        self.server.rpc("sale.line.write", [line], {"quantity": float(uuid4().int % 10**8)})
        (sale,) = self.server.rpc("sale.sale.search", [["reference", "=", "KIT-7"]], 0, 1, None)
        return f"sale.sale,{sale}"


@pytest.fixture(scope="module")
def server(new_tryton: Callable[[], Any]) -> Any:
    server = new_tryton()
    phone = {"type": "phone", "value": "021-52698888"}
    documents = [{"code": f"KIT-{n}", "name": f"宏达{n}", "contact_mechanisms": [phone]} for n in range(25)]
    ids = tryton.load(server.config(), documents)
    codes = {document["code"]: str(party) for document, party in zip(documents, ids, strict=True)}
    orders = [an_order(code, party=code, state="draft") for code in codes]
    tryton.load_orders(server.config(), orders, codes)
    return server


class TestTryton(conformance_suite(Tryton)):
    @pytest.fixture
    def case(self, server: Any) -> Case:
        return Case(server)


class TestSales(IncrementalSuite, SourceSuite):  # the stream is only read, so the kit's tests of writing are left out
    connector = Tryton

    @pytest.fixture
    def case(self, server: Any) -> Case:
        return SaleCase(server)
