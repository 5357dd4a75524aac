"""The demo's ERP server: made once, loaded in order, honest when it cannot be had."""

from pathlib import Path
from typing import Any

import pytest

from hub.demo.landscape import generate
from hub.demo.landscape.orders import orders
from hub.demo.systems import tryton
from hub.errors import HubError
from tests.connectors_tryton.sales import a_customer, an_order


@pytest.mark.tryton
def test_loading_twice_makes_no_second_party(tryton_server: Any) -> None:
    documents = [{"code": f"D-{n}", "name": f"宏达{n}"} for n in range(150)]
    done: list[int] = []
    first = tryton.load(tryton_server.config(), documents, done.append)
    assert done == [100, 150]
    assert tryton.load(tryton_server.config(), documents) == first
    assert tryton_server.rpc("party.party.read", first[:1], ["code"])[0]["code"] == "D-0"


@pytest.mark.tryton
def test_loading_a_refused_party_says_which(tryton_server: Any) -> None:
    document = {"code": "D-BAD", "name": "x", "identifiers": [{"type": "cn_vat", "code": "123"}]}
    with pytest.raises(HubError, match="D-BAD: The Chinese Unified Social Credit Code"):
        tryton.load(tryton_server.config(), [document])


@pytest.mark.tryton
def test_loading_orders_twice_makes_no_second_order_and_no_second_product(tryton_server: Any) -> None:
    landscape = generate(100, 7)
    documents = list(landscape.erp())
    ids = tryton.load(tryton_server.config(), documents)
    codes = {document["code"]: str(party) for document, party in zip(documents, ids, strict=True)}
    wanted = {order["reference"]: order["state"] for order in orders(landscape)}
    for _ in range(2):
        assert tryton.load_orders(tryton_server.config(), orders(landscape), codes) == len(wanted)
        rows = tryton_server.sql("SELECT reference, state FROM sale_sale WHERE reference LIKE 'PO%'")
        assert dict(rows) == wanted
        assert len(rows) == len(wanted)
    (products,) = tryton_server.sql("SELECT count(*), count(DISTINCT code) FROM product_product")
    assert products[0] == products[1]
    assert tryton_server.sql("SELECT count(*) FROM company_company") == [(1,)]
    assert tryton_server.sql("SELECT name FROM product_uom WHERE symbol = '台'") == [("台",)]


@pytest.mark.tryton
def test_loading_orders_goes_on_where_it_was_interrupted(tryton_server: Any) -> None:
    (party,) = tryton.load(tryton_server.config(), [a_customer()])
    codes = {"C-1": str(party)}
    tryton.load_orders(tryton_server.config(), [an_order("INT-1", state="draft")], codes)
    tryton.load_orders(tryton_server.config(), [an_order("INT-1"), an_order("INT-2")], codes)
    rows = tryton_server.sql("SELECT reference, state FROM sale_sale WHERE reference LIKE 'INT%' ORDER BY id")
    assert rows == [("INT-1", "confirmed"), ("INT-2", "confirmed")]


@pytest.mark.tryton
def test_an_order_of_an_unknown_party_says_which(tryton_server: Any) -> None:
    with pytest.raises(HubError, match="order X-1: the ERP has no party C-9"):
        tryton.load_orders(tryton_server.config(), [an_order("X-1", party="C-9")], {})


def test_orders_are_the_same_every_time_and_name_parties_of_the_landscape() -> None:
    landscape = generate(500, 7)
    made, parties = list(orders(landscape)), {document["code"] for document in landscape.erp()}
    assert made == list(orders(landscape))
    assert made == list(orders(generate(1000, 7)))[: len(made)]
    assert {order["party"] for order in made} <= parties
    assert len({order["reference"] for order in made}) == len(made)
    assert 0.3 < len(made) / len(parties) < 0.5


@pytest.mark.tryton
def test_initialising_again_keeps_the_database(tryton_server: Any) -> None:
    before = tryton_server.password
    tryton.initialise(tryton_server.cache, tryton_server.data)
    assert tryton.password_file(tryton_server.data).read_text().strip() == before
    assert tryton.password_file(tryton_server.data).stat().st_mode & 0o077 == 0
    tryton_server.connect().check()


def test_without_a_package_index_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in ("UV", "PIP"):
        monkeypatch.setenv(f"{tool}_INDEX_URL", "http://127.0.0.1:1/simple")
        monkeypatch.setenv(f"{tool}_NO_CACHE", "1")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(HubError, match="Tryton cannot be installed") as caught:
        tryton.install(tmp_path)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "tryton-8.2" / "installed").exists()
