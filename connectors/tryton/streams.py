"""What the connector offers: parties and sales, each a whole document with its children."""

import pyarrow as pa

from connectors.base import Stream

PARTY = "party.party"
SALE = "sale.sale"
LINE = "sale.line"
CHILDREN = {
    "identifiers": "party.identifier",
    "addresses": "party.address",
    "contact_mechanisms": "party.contact_mechanism",
}
"""Model by the field of a party's document that holds its rows."""

STREAMS = {
    PARTY: Stream("party", "parties with their identifiers, addresses and contact mechanisms", writable=True),
    SALE: Stream("sale", "sales with their lines, from the first draft on"),
}
"""Stream by the model its documents are made of."""


def _row(*names: str) -> pa.DataType:
    return pa.struct([("id", pa.int64()), *((name, pa.string()) for name in names), ("active", pa.bool_())])


type_of_party = pa.struct(
    [
        ("id", pa.int64()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("active", pa.bool_()),
        ("write_date", pa.string()),
        ("identifiers", pa.list_(_row("type", "code"))),
        ("addresses", pa.list_(_row("street", "postal_code", "city", "country", "subdivision"))),
        ("contact_mechanisms", pa.list_(_row("type", "value", "name"))),
        ("token", pa.string()),
    ]
)

# amounts are text, so that no reader makes binary fractions of them
type_of_line = pa.struct(
    [
        ("id", pa.int64()),
        ("product", pa.string()),
        ("description", pa.string()),
        ("quantity", pa.string()),
        ("unit", pa.string()),
        ("unit_price", pa.string()),
    ]
)

type_of_sale = pa.struct(
    [
        ("id", pa.int64()),
        ("number", pa.string()),
        ("reference", pa.string()),
        ("state", pa.string()),
        ("sale_date", pa.string()),
        ("currency", pa.string()),
        ("party", pa.int64()),
        ("total_amount", pa.string()),
        ("lines", pa.list_(type_of_line)),
        ("write_date", pa.string()),
    ]
)
