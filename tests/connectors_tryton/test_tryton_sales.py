"""Reading sales: whole, exact, and once for every way a sale can change."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Change, Cursor
from connectors.errors import ConfigurationError
from hub.demo.systems import tryton
from mappings.language import Filtered, Mapped, compile_mapping, load_mapping
from tests.connectors_tryton.sales import LINE, a_customer, an_order
from tests.support.tryton import TrytonServer

pytestmark = pytest.mark.tryton

SPEC = Path(__file__).parents[2] / "mappings" / "specs" / "erp.sale.yaml"
SECOND_LINE = {"item": "FU-025", "description": "过滤单元 DN25", "quantity": "10", "unit": "套", "price": "88.00"}


@pytest.fixture(scope="module")
def server(new_tryton: Any) -> Any:
    """Start a server with one customer and four orders, one in each state."""
    server = new_tryton()
    (party,) = tryton.load(server.config(), [a_customer()])
    orders = [an_order(state, state=state) for state in ("draft", "quotation", "confirmed", "cancelled")]
    orders[2]["lines"] = [LINE, SECOND_LINE]
    tryton.load_orders(server.config(), orders, {"C-1": str(party)})
    return server


def pull(server: Any, cursor: Cursor | None = None, **options: Any) -> tuple[dict[str, dict[str, Any]], Cursor | None]:
    """Read to the end; return the documents by reference and the cursor as the hub's database gives it back."""
    documents = {}
    with closing(server.connect(**options)) as connector:
        for batch in connector.read("sale", cursor):
            cursor = json.loads(json.dumps(batch.cursor))
            for row in batch.table.to_pylist():
                documents[row["document"]["reference"]] = {**row["document"], "position": row["position"]}
    return documents, cursor


def lines_of(server: Any, reference: str) -> list[int]:
    domain = [["sale.reference", "=", reference], ["type", "=", "line"]]
    return server.rpc("sale.line.search", domain, 0, None, [["id", "ASC"]])


def test_a_sale_is_read_whole_and_exact(server: Any) -> None:
    document = pull(server)[0]["confirmed"]
    (party,) = server.rpc("party.party.search", [["code", "=", "C-1"]], 0, 1, None)
    assert document["number"].startswith("SO0000")
    told = {name: document[name] for name in ("state", "sale_date", "currency", "party", "total_amount")}
    assert told == {
        "state": "confirmed", "sale_date": "2026-11-20", "currency": "CNY", "party": party, "total_amount": "3281.00",
    }  # fmt: skip
    first, second = document["lines"]
    assert {name: first[name] for name in ("product", "description", "quantity", "unit")} == {
        "product": "CP-080", "description": "离心泵 DN80", "quantity": "2", "unit": "台",
    }  # fmt: skip
    assert Decimal(first["unit_price"]) == Decimal("1200.50")
    assert (second["product"], second["quantity"], second["unit"]) == ("FU-025", "10", "套")


def test_every_state_is_read_and_only_a_quoted_sale_has_a_number(server: Any) -> None:
    documents = pull(server)[0]
    assert {reference: document["state"] for reference, document in documents.items()} == {
        state: state for state in ("draft", "quotation", "confirmed", "cancelled")
    }
    assert {r for r, document in documents.items() if document["number"]} == {"quotation", "confirmed"}


def test_a_changed_line_brings_its_sale_once(server: Any) -> None:
    before, cursor = pull(server)
    server.rpc("sale.line.write", lines_of(server, "draft"), {"quantity": 5.0})
    after, cursor = pull(server, cursor)
    assert list(after) == ["draft"]
    assert after["draft"]["lines"][0]["quantity"] == "5"
    assert (before["draft"]["total_amount"], after["draft"]["total_amount"]) == ("2401.00", "6002.50")
    assert after["draft"]["write_date"] == before["draft"]["write_date"]
    assert after["draft"]["position"] > before["draft"]["position"]
    assert pull(server, cursor)[0] == {}


def test_a_comment_is_no_line_and_comes_once(server: Any) -> None:
    before, cursor = pull(server)
    sale = before["draft"]["id"]
    server.rpc("sale.line.create", [{"sale": sale, "type": "comment", "description": "尽快发货"}])
    after, cursor = pull(server, cursor)
    assert [line["product"] for line in after["draft"]["lines"]] == ["CP-080"]
    assert pull(server, cursor)[0] == {}


def test_a_sale_that_goes_on_in_its_workflow_comes_again(server: Any) -> None:
    before, cursor = pull(server)
    server.rpc("sale.sale.draft", [before["quotation"]["id"]])
    after, cursor = pull(server, cursor)
    assert {r: document["state"] for r, document in after.items()} == {"quotation": "draft"}
    server.rpc("sale.sale.quote", [before["quotation"]["id"]])
    after, _ = pull(server, cursor)
    assert {r: document["state"] for r, document in after.items()} == {"quotation": "quotation"}
    assert after["quotation"]["number"] == before["quotation"]["number"]


def test_a_changed_sale_brings_no_party(server: Any) -> None:
    with closing(server.connect()) as connector:
        (*_, last) = connector.read("party", None)
        server.rpc("sale.line.write", lines_of(server, "draft"), {"quantity": 7.0})
        assert list(connector.read("party", last.cursor)) == []


def test_what_is_read_becomes_orders_of_the_party(server: Any) -> None:
    mapping = compile_mapping(load_mapping(SPEC))
    documents = pull(server)[0]
    outcomes = {reference: mapping.map(document) for reference, document in documents.items()}
    assert isinstance(outcomes["draft"], Filtered)
    confirmed = outcomes["confirmed"]
    assert isinstance(confirmed, Mapped)
    (order,) = confirmed.records
    assert (order.content.total, order.content.currency) == (Decimal("3281.00"), "CNY")
    assert [line.item for line in order.content.lines] == ["CP-080", "FU-025"]
    assert [(r.relation, r.key) for r in order.references] == [("ordered_by", str(documents["confirmed"]["party"]))]


def test_sales_are_not_written(server: Any) -> None:
    with closing(server.connect()) as connector:
        for attempt in (
            lambda: list(connector.write("sale", [Change("x", None, {})])),
            lambda: connector.probe("sale", ["x"]),
        ):
            with pytest.raises(ConfigurationError, match="erp / sale: the stream is only read"):
                attempt()


@pytest.fixture
def server_without_sales(server: Any, tmp_path: Path) -> Iterator[TrytonServer]:
    """Start a server whose database has the party module only."""
    tryton.password_file(tmp_path).write_text(f"{server.password}\n")
    tryton.database_file(tmp_path).touch()
    python = tryton.argv(server.cache)[0]
    command = [python, "-m", "trytond.cli.admin", "-d", tryton.DATABASE, "-u", "party", "--activate-dependencies"]
    variables = {**tryton.environment(tmp_path, 0), "TRYTONPASSFILE": str(tryton.password_file(tmp_path))}
    subprocess.run(
        [*command, "--email", "admin@example.com"], env={**os.environ, **variables}, check=True, capture_output=True
    )
    bare = TrytonServer(server.cache, tmp_path)
    bare.start()
    yield bare
    bare.stop(signal.SIGKILL)


def test_a_tryton_without_the_sale_module_offers_parties_only(server_without_sales: TrytonServer) -> None:
    with closing(server_without_sales.connect()) as connector:
        assert [stream.name for stream in connector.discover()] == ["party"]
        with pytest.raises(ConfigurationError, match="erp / sale: this Tryton has no module sale"):
            next(connector.read("sale", None))
        assert list(connector.read("party", None)) == []
