"""Whole documents and the versions of the rows they are made of: what is common to all streams."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from connectors.tryton.rpc import Rpc
from connectors.tryton.watermark import moment

# last_modified_at and not write_date: the latter stays empty in rows nobody has touched since their creation
VERSION = ["last_modified_at", "_timestamp"]

Row = dict[str, Any]
"""A row as Tryton answers it: field by name."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read and the versions of the rows it is made of.

    Args:
        id: id of the root row: of the party, of the sale.
        content: the raw document, see README.md.
        versions: (model, row id, time) of the root row and its children.
        timestamps: Tryton's ``_timestamp`` by record (``party.party,42``), which guard a later write.
    """

    id: int
    content: dict[str, Any]
    versions: list[tuple[str, int, str]]
    timestamps: dict[str, str]

    @property
    def position(self) -> str:
        """Time of the newest change in any of the rows."""
        return max(time for _, _, time in self.versions)


class Codes:
    """Countries, currencies, products and the like are ids inside Tryton and codes outside; each is asked for once.

    Args:
        rpc: session.
    """

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._codes: defaultdict[str, dict[int, str | None]] = defaultdict(dict)
        self._countries: dict[str, int] = {}

    def learn(self, model: str, ids: Iterable[int | None], field: str = "code") -> Mapping[int, str | None]:
        """Return the codes of a model's rows, these ids among them.

        Args:
            model: e.g. ``country.country``.
            ids: rows to know of; ``None`` is no row.
            field: field of the model that holds the code; always the same for one model.
        """
        known = self._codes[model]
        if missing := sorted({row for row in ids if row is not None} - known.keys()):
            for row in self._rpc.read(f"model.{model}.read", missing, [field]):
                known[row["id"]] = row[field]
        return known

    def country_id(self, code: str) -> int | None:
        """Find the id of a country by its ISO 3166 alpha-2 code; ``None`` if Tryton does not know it."""
        if code not in self._countries:
            rows = self._rpc.read("model.country.country.search_read", [], 0, None, None, ["code"])
            self._countries = {row["code"]: row["id"] for row in rows}
        return self._countries.get(code)


Fetch = Callable[[Rpc, Codes, Sequence[Any], int | None], list[Document]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A stream's documents: what they are made of and how they are read.

    Args:
        stream: name of the stream.
        root: model of the root row.
        children: model of each kind of child -> its field that leads to the root row.
        type: Arrow type of a document.
        fetch: reads the documents of a search domain in order of their ids, as many as told or all; the versions of
            *every* row of :attr:`children` must be among theirs, or a changed row is taken for news again and again.
    """

    stream: str
    root: str
    children: Mapping[str, str]
    type: pa.DataType
    fetch: Fetch

    @property
    def models(self) -> dict[str, str]:
        """Every model with its field that leads to the root row, the root itself among them."""
        return {self.root: "id", **self.children}


def search(rpc: Rpc, model: str, domain: Sequence[Any], fields: Sequence[str], limit: int | None = None) -> list[Row]:
    """Read rows with their versions in order of their ids.

    Args:
        rpc: session.
        model: e.g. ``party.party``.
        domain: which rows (Tryton's search domain).
        fields: which fields.
        limit: how many at most.
    """
    rows: list[Row] = rpc.read(f"model.{model}.search_read", domain, 0, limit, [["id", "ASC"]], [*fields, *VERSION])
    return rows


def children_of(
    rpc: Rpc, model: str, field: str, parents: Sequence[int], fields: Sequence[str]
) -> dict[int, list[Row]]:
    """Read the children of some rows in one flat read, which costs the server half of a nested one.

    Args:
        rpc: session.
        model: the children's model.
        field: their field that leads to the parent.
        parents: the parents' ids.
        fields: which fields of the children.
    """
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in search(rpc, model, [[field, "in", parents]], [field, *fields]) if parents else ():
        grouped[row[field]].append(row)
    return grouped


def versions_of(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, int, str]]:
    """Tell which versions of which rows (model, row) these are."""
    return [(model, row["id"], moment(row["last_modified_at"])) for model, row in rows]


def timestamps_of(rows: Iterable[tuple[str, Row]]) -> dict[str, str]:
    """Give Tryton's ``_timestamp`` by record."""
    return {f"{model},{row['id']}": row["_timestamp"] for model, row in rows}
