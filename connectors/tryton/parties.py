"""Parties as whole documents, with what guards a later write."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.tryton.documents import Codes, Document, Kind, Row, children_of, search, timestamps_of, versions_of
from connectors.tryton.rpc import Rpc
from connectors.tryton.streams import CHILDREN, PARTY, STREAMS, type_of_party
from connectors.tryton.watermark import moment

FIELDS = {
    "party.party": ["name", "code", "active"],
    "party.identifier": ["type", "code", "active"],
    "party.address": ["street", "postal_code", "city", "country", "subdivision", "active"],
    "party.contact_mechanism": ["type", "value", "name", "active"],
}


def fetch(rpc: Rpc, codes: Codes, domain: Sequence[Any], limit: int | None = None) -> list[Document]:
    """Read whole parties in order of their ids.

    Args:
        rpc: session.
        codes: country and subdivision codes.
        domain: which parties (Tryton's search domain).
        limit: how many at most.
    """
    parties = search(rpc, PARTY, domain, FIELDS[PARTY], limit)
    ids = [party["id"] for party in parties]
    children = {name: children_of(rpc, model, "party", ids, FIELDS[model]) for name, model in CHILDREN.items()}
    addresses = [address for rows in children["addresses"].values() for address in rows]
    for kind in ("country", "subdivision"):
        known = codes.learn(f"country.{kind}", (address[kind] for address in addresses))
        for address in addresses:
            address[kind] = known.get(address[kind])
    return [_assemble(party, {name: rows.get(party["id"], []) for name, rows in children.items()}) for party in parties]


def token(timestamps: Mapping[str, str]) -> str:
    """Write the timestamps that guard a later write as one token.

    >>> token({"party.party,42": "1795325019.41125"})
    '{"party.party,42":"1795325019.41125"}'
    """
    return json.dumps(timestamps, separators=(",", ":"))


PARTIES = Kind(STREAMS[PARTY].name, PARTY, dict.fromkeys(CHILDREN.values(), "party"), type_of_party, fetch)
"""The documents of the stream ``party``."""


def _assemble(party: Row, children: Mapping[str, list[Row]]) -> Document:
    rows = [(PARTY, party), *((CHILDREN[name], row) for name in CHILDREN for row in children[name])]
    timestamps = timestamps_of(rows)
    content = {
        **_plain(PARTY, party),
        "write_date": moment(party["last_modified_at"]),
        **{name: [_plain(CHILDREN[name], row) for row in children[name]] for name in CHILDREN},
        "token": token(timestamps),
    }
    return Document(party["id"], content, versions_of(rows), timestamps)


def _plain(model: str, row: Row) -> Row:
    # SQLite has no booleans, so a Tryton on it answers 0 and 1
    return {"id": row["id"], **{name: row[name] for name in FIELDS[model]}, "active": bool(row["active"])}
