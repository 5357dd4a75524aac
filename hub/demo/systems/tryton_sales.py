"""What the demo's ERP sells: its company, its products, and orders that go through the ERP's own workflow.

An order is recognised by its ``reference``, the customer's order number, so loading may be repeated and goes on where
it was interrupted. A state cannot be written, it is reached: orders are quoted, confirmed and cancelled in bulk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from connectors.tryton.config import Config
from connectors.tryton.rpc import Rpc
from connectors.tryton.streams import SALE
from hub.errors import HubError

OWN_CODE = "OWN"
"""Code of the party that is the demo's own company; Tryton wants a company to have one."""

_OWN_NAME = "示范流体设备股份有限公司"
_LOAD_ROWS = 100
_CNY = {
    "name": "Renminbi",
    "code": "CNY",
    "numeric_code": "156",
    "symbol": "¥",
    "digits": 2,
    "rounding": Decimal("0.01"),
}
# button of the sale's form, the state it leads from, the state it leads to, the states that are reached through it
_STEPS = (
    ("quote", "draft", "quotation", {"quotation", "confirmed"}),
    ("confirm", "quotation", "confirmed", {"confirmed"}),
    ("cancel", "draft", "cancelled", {"cancelled"}),
)

Document = Mapping[str, Any]


def load_orders(config: Config, documents: Iterable[Document], codes: Mapping[str, str]) -> int:
    """Create orders, and the company, currency, units and products they need, on a running server. May be repeated.

    Args:
        config: address and credentials.
        documents: orders as :func:`hub.demo.landscape.orders.orders` makes them.
        codes: ERP party code -> id.

    Returns:
        How many orders there are of these.

    Raises:
        HubError: an order names a party that ``codes`` does not have.
        connectors.errors.ConnectorError: Tryton refuses an order, or does not answer.
    """
    remaining, done = iter(documents), 0
    with closing(Rpc("erp", config)) as rpc:
        shop = _open_shop(rpc, config.user)
        while chunk := list(islice(remaining, _LOAD_ROWS)):
            _load(shop, chunk, codes)
            done += len(chunk)
    return done


@dataclass(frozen=True, slots=True)
class _Shop:
    """What all orders have in common.

    Args:
        rpc: session of a user of the company.
        header: values every sale has.
        units: symbol -> id.
        products: code -> id.
    """

    rpc: Rpc
    header: Mapping[str, int]
    units: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)


def _open_shop(rpc: Rpc, user: str) -> _Shop:
    """Found the company, unless it is there, and let the user work for it."""
    currency = _found_or_made(rpc, "currency.currency", [["code", "=", "CNY"]], _CNY)
    party = _found_or_made(rpc, "party.party", [["code", "=", OWN_CODE]], {"code": OWN_CODE, "name": _OWN_NAME})
    values = {"party": party, "currency": currency}
    company = _found_or_made(rpc, "company.company", [["party", "=", party]], values)
    for known in _read(rpc, "res.user", [["login", "=", user]], "company"):
        if known["company"] != company:
            rpc.write("model.res.user.write", [known["id"]], {"companies": [["add", [company]]], "company": company})
            rpc.close()  # the next call logs in again, as one of the company
    for sequence in _search(rpc, "ir.sequence", [["name", "=", "Sale"], ["prefix", "=", None]]):
        rpc.write("model.ir.sequence.write", [sequence], {"prefix": "SO", "padding": 6})
    (warehouse, *_) = _search(rpc, "stock.location", [["type", "=", "warehouse"]])
    return _Shop(rpc, {"company": company, "currency": currency, "warehouse": warehouse})


def _load(shop: _Shop, documents: Sequence[Document], codes: Mapping[str, str]) -> None:
    wanted = {str(document["reference"]): str(document["state"]) for document in documents}
    domain = [["reference", "in", list(wanted)]]
    there = {row["reference"] for row in _read(shop.rpc, SALE, domain, "reference")}
    missing = [document for document in documents if document["reference"] not in there]
    if missing:
        _learn_products(shop, [line for document in missing for line in document["lines"]])
        parties = [_party(document, codes) for document in missing]
        found = _read(shop.rpc, "party.address", [["party", "in", parties]], "party")
        addresses = {address["party"]: address["id"] for address in found}
        pairs = zip(missing, parties, strict=True)
        sales = [_sale(shop, document, party, addresses.get(party)) for document, party in pairs]
        shop.rpc.write(f"model.{SALE}.create", sales)
    _advance(shop.rpc, _read(shop.rpc, SALE, domain, "reference", "state"), wanted)


def _advance(rpc: Rpc, sales: Sequence[Document], wanted: Mapping[str, str]) -> None:
    """Bring sales to the states that are wanted, by order number."""
    states = {sale["id"]: sale["state"] for sale in sales}
    targets = {sale["id"]: wanted[sale["reference"]] for sale in sales}
    for button, start, end, behind in _STEPS:
        ready = sorted(sale for sale, state in states.items() if state == start and targets[sale] in behind)
        if ready:
            rpc.write(f"model.{SALE}.{button}", ready)
            states.update(dict.fromkeys(ready, end))


def _party(document: Document, codes: Mapping[str, str]) -> int:
    code = str(document["party"])
    if code not in codes:
        raise HubError(f"order {document['reference']}: the ERP has no party {code}", "Load the parties first.")
    return int(codes[code])


def _sale(shop: _Shop, document: Document, party: int, address: int | None) -> dict[str, Any]:
    lines = [
        {
            "product": shop.products[line["item"]],
            "description": line["description"],
            "quantity": float(line["quantity"]),
            "unit": shop.units[line["unit"]],
            "unit_price": Decimal(line["price"]),
        }
        for line in document["lines"]
    ]
    return {
        **shop.header,
        "party": party,
        "invoice_address": address,
        "shipment_address": address,
        "reference": document["reference"],
        "sale_date": dt.date.fromisoformat(document["ordered_on"]),
        "lines": [["create", lines]],
    }


def _learn_products(shop: _Shop, lines: Sequence[Document]) -> None:
    """Create what is ordered for the first time."""
    unknown = {line["item"]: line for line in lines if line["item"] not in shop.products}
    if not unknown:
        return
    for symbol in {line["unit"] for line in unknown.values()} - shop.units.keys():
        shop.units[symbol] = _unit(shop.rpc, symbol)
    domain = [["code", "in", list(unknown)]]
    there = {row["code"] for row in _read(shop.rpc, "product.product", domain, "code")}
    templates = [_template(line, shop.units[line["unit"]]) for code, line in unknown.items() if code not in there]
    if templates:
        shop.rpc.write("model.product.template.create", templates)
    shop.products.update({row["code"]: row["id"] for row in _read(shop.rpc, "product.product", domain, "code")})


def _template(line: Document, unit: int) -> dict[str, Any]:
    return {
        "name": line["description"],
        "code": line["item"],
        "type": "goods",
        "default_uom": unit,
        "salable": True,
        "sale_uom": unit,
        "products": [["create", [{}]]],
    }


def _unit(rpc: Rpc, symbol: str) -> int:
    """Find or make a unit that things are counted in."""
    piece = _read(rpc, "product.uom", [["symbol", "=", "u"]], "category")[0]
    values = {"name": symbol, "symbol": symbol, "category": piece["category"], "factor": 1.0, "rate": 1.0}
    return _found_or_made(rpc, "product.uom", [["symbol", "=", symbol]], {**values, "rounding": 1.0, "digits": 0})


def _found_or_made(rpc: Rpc, model: str, domain: list[Any], values: Mapping[str, Any]) -> int:
    ids = _search(rpc, model, domain) or rpc.write(f"model.{model}.create", [values])
    return int(ids[0])


def _search(rpc: Rpc, model: str, domain: list[Any]) -> list[int]:
    ids: list[int] = rpc.read(f"model.{model}.search", domain, 0, None, None)
    return ids


def _read(rpc: Rpc, model: str, domain: list[Any], *fields: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = rpc.read(f"model.{model}.search_read", domain, 0, None, None, list(fields))
    return rows
