"""Sales as whole documents: codes instead of ids, exact amounts as text."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.tryton.documents import Codes, Document, Kind, Row, children_of, search, timestamps_of, versions_of
from connectors.tryton.rpc import Rpc
from connectors.tryton.streams import LINE, SALE, STREAMS, type_of_sale
from connectors.tryton.watermark import moment

SALE_FIELDS = ["number", "reference", "state", "sale_date", "currency", "party", "total_amount"]
LINE_FIELDS = ["type", "product", "description", "quantity", "unit", "unit_price"]


def fetch(rpc: Rpc, codes: Codes, domain: Sequence[Any], limit: int | None = None) -> list[Document]:
    """Read whole sales in order of their ids.

    Args:
        rpc: session.
        codes: codes of currencies and products, symbols of units.
        domain: which sales (Tryton's search domain).
        limit: how many at most.
    """
    sales = search(rpc, SALE, domain, SALE_FIELDS, limit)
    lines = children_of(rpc, LINE, "sale", [sale["id"] for sale in sales], LINE_FIELDS)
    _use_codes(codes, sales, [line for rows in lines.values() for line in rows])
    return [_assemble(sale, lines.get(sale["id"], [])) for sale in sales]


SALES = Kind(STREAMS[SALE].name, SALE, {LINE: "sale"}, type_of_sale, fetch)
"""The documents of the stream ``sale``."""


def _use_codes(codes: Codes, sales: Sequence[Row], lines: Sequence[Row]) -> None:
    """Put codes in the place of ids."""
    for rows, field, model, code in (
        (sales, "currency", "currency.currency", "code"),
        (lines, "product", "product.product", "code"),
        (lines, "unit", "product.uom", "symbol"),
    ):
        known = codes.learn(model, (row[field] for row in rows), code)
        for row in rows:
            row[field] = known.get(row[field])


def _assemble(sale: Row, lines: Sequence[Row]) -> Document:
    rows = [(SALE, sale), *((LINE, line) for line in lines)]
    content = {
        **{name: sale[name] for name in ("id", *SALE_FIELDS)},
        "sale_date": _date(sale["sale_date"]),
        "total_amount": _amount(sale["total_amount"]),
        # titles, comments and subtotals are rows of a sale, too, but order nothing
        "lines": [_line(line) for line in lines if line["type"] == "line"],
        "write_date": moment(sale["last_modified_at"]),
    }
    return Document(sale["id"], content, versions_of(rows), timestamps_of(rows))


def _line(line: Mapping[str, Any]) -> Row:
    return {
        "id": line["id"],
        "product": line["product"],
        "description": line["description"],
        "quantity": _quantity(line["quantity"]),
        "unit": line["unit"],
        "unit_price": _amount(line["unit_price"]),
    }


def _date(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _amount(amount: Decimal | None) -> str | None:
    """Write an amount of money with all its digits.

    >>> _amount(Decimal("1200.00"))
    '1200.00'
    """
    return None if amount is None else f"{amount:f}"


def _quantity(quantity: float | None) -> str | None:
    """Write a quantity, which Tryton keeps as a float, as people do.

    >>> _quantity(2.0), _quantity(0.25), _quantity(1e21)
    ('2', '0.25', '1000000000000000000000')
    """
    if quantity is None:
        return None
    return f"{Decimal(str(quantity)):f}".removesuffix(".0")
