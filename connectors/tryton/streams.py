"""What the connector offers: one stream of parties, each a whole document with its children."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from connectors.base import Stream
from connectors.tryton.rpc import Rpc
from connectors.tryton.watermark import moment

PARTY = "party.party"
CHILDREN = {
    "identifiers": "party.identifier",
    "addresses": "party.address",
    "contact_mechanisms": "party.contact_mechanism",
}
FIELDS = {
    "party.party": ["name", "code", "active"],
    "party.identifier": ["type", "code", "active"],
    "party.address": ["street", "postal_code", "city", "country", "subdivision", "active"],
    "party.contact_mechanism": ["type", "value", "name", "active"],
}
# last_modified_at and not write_date: the latter stays empty in rows nobody has touched since their creation
VERSION = ["last_modified_at", "_timestamp"]

STREAMS = [Stream("party", "parties with their identifiers, addresses and contact mechanisms", writable=True)]


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


@dataclass(frozen=True, slots=True)
class PartyRows:
    """A party as read: its document and the versions of the rows it is made of.

    Args:
        id: the party's id.
        document: the raw document, see README.md.
        versions: (model, row id, time) of the party's and its children's rows.
        timestamps: Tryton's ``_timestamp`` by record (``party.party,42``), which guard a later write.
    """

    id: int
    document: dict[str, Any]
    versions: list[tuple[str, int, str]]
    timestamps: dict[str, str]

    @property
    def position(self) -> str:
        """Time of the newest change in any of the rows."""
        return max(time for _, _, time in self.versions)


class Codes:
    """Countries and subdivisions are ids inside Tryton and ISO codes outside; each is asked for once."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._codes: dict[str, dict[int, str]] = {"country": {}, "subdivision": {}}
        self._countries: dict[str, int] = {}

    def learn(self, kind: str, ids: Iterable[int | None]) -> Mapping[int, str]:
        """Return the codes of a kind (``country``, ``subdivision``), these ids among them."""
        known = self._codes[kind]
        if missing := sorted({row for row in ids if row is not None} - known.keys()):
            for row in self._rpc.read(f"model.country.{kind}.read", missing, ["code"]):
                known[row["id"]] = row["code"]
        return known

    def country_id(self, code: str) -> int | None:
        """Find the id of a country by its ISO 3166 alpha-2 code; ``None`` if Tryton does not know it."""
        if code not in self._countries:
            rows = self._rpc.read("model.country.country.search_read", [], 0, None, None, ["code"])
            self._countries = {row["code"]: row["id"] for row in rows}
        return self._countries.get(code)


def fetch(rpc: Rpc, codes: Codes, domain: Sequence[Any], limit: int | None = None) -> list[PartyRows]:
    """Read whole parties in order of their ids.

    Four flat reads cost half of one nested read on the server.

    Args:
        rpc: session.
        codes: country and subdivision codes.
        domain: which parties (Tryton's search domain).
        limit: how many at most.
    """
    parties = _search(rpc, PARTY, domain, FIELDS[PARTY], limit)
    ids = [party["id"] for party in parties]
    children = {
        name: _by_party(_search(rpc, model, [["party", "in", ids]], ["party", *FIELDS[model]])) if ids else {}
        for name, model in CHILDREN.items()
    }
    addresses = [address for rows in children["addresses"].values() for address in rows]
    for kind in ("country", "subdivision"):
        known = codes.learn(kind, (address[kind] for address in addresses))
        for address in addresses:
            address[kind] = known.get(address[kind])
    return [_assemble(party, {name: rows.get(party["id"], []) for name, rows in children.items()}) for party in parties]


def token(timestamps: Mapping[str, str]) -> str:
    """Write the timestamps that guard a later write as one token.

    >>> token({"party.party,42": "1795325019.41125"})
    '{"party.party,42":"1795325019.41125"}'
    """
    return json.dumps(timestamps, separators=(",", ":"))


def _search(rpc: Rpc, model: str, domain: Sequence[Any], fields: list[str], limit: int | None = None) -> list[Any]:
    rows: list[Any] = rpc.read(f"model.{model}.search_read", domain, 0, limit, [["id", "ASC"]], [*fields, *VERSION])
    return rows


def _by_party(rows: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    grouped: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["party"]].append(row)
    return grouped


def _assemble(party: dict[str, Any], children: dict[str, list[dict[str, Any]]]) -> PartyRows:
    rows = [(PARTY, party), *((CHILDREN[name], row) for name in CHILDREN for row in children[name])]
    timestamps = {f"{model},{row['id']}": row["_timestamp"] for model, row in rows}
    document = {
        **_plain(PARTY, party),
        "write_date": moment(party["last_modified_at"]),
        **{name: [_plain(CHILDREN[name], row) for row in children[name]] for name in CHILDREN},
        "token": token(timestamps),
    }
    versions = [(model, row["id"], moment(row["last_modified_at"])) for model, row in rows]
    return PartyRows(party["id"], document, versions, timestamps)


def _plain(model: str, row: dict[str, Any]) -> dict[str, Any]:
    # SQLite has no booleans, so a Tryton on it answers 0 and 1
    return {"id": row["id"], **{name: row[name] for name in FIELDS[model]}, "active": bool(row["active"])}
