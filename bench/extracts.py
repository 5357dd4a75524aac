"""Three extracts of one landscape, as three departments would send them, and the truth about their rows."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from hub.demo.landscape import Mix, generate
from hub.demo.landscape.documents import DEALER_COLUMNS, SHIP_TO_COLUMNS, dealer_row, erp_document, ship_to_row
from hub.demo.landscape.sources import Record

ERP, SHIP_TO, DEALERS = "erp_customers.csv", "shipto.csv", "dealers.xlsx"
_ERP_COLUMNS = (
    "Party", "Name 1", "VAT/Tax Number", "Old Tax Number", "Street", "Town", "ZIP", "Ctry", "Telephone", "Mobile Phone",
    "Fax", "Mail",
)  # fmt: skip
_FILE_OF = {"party": ERP, "ship_to": SHIP_TO, "dealer": DEALERS, "partner": DEALERS}
_MIX = Mix(distributor=0.7)  # so many dealers that three files of one size overlap
_MOST_CUSTOMERS = 6_000_000


@dataclass(frozen=True, slots=True)
class Quality:
    """How a grouping of rows agrees with the truth, in pairs of rows."""

    precision: float
    recall: float
    recall_with_evidence: float
    true_pairs: int
    found_pairs: int


def write_extracts(folder: Path, rows: int, seed: int = 7) -> dict[str, list[Record]]:
    """Write the extracts.

    Args:
        folder: where to.
        rows: of each file.
        seed: repeats them.

    Returns:
        By file name the record behind each row, in order.
    """
    known: dict[str, list[Record]] = {ERP: [], SHIP_TO: [], DEALERS: []}
    for block in generate(_MOST_CUSTOMERS, seed, _MIX).blocks():
        for record in block.records:
            own = known[_FILE_OF[record.stream]]
            if len(own) < rows:
                own.append(record)
        if all(len(own) == rows for own in known.values()):
            break
    _write_csv(folder / ERP, _ERP_COLUMNS, map(_erp_row, known[ERP]), "utf-8-sig", ";")
    _write_csv(folder / SHIP_TO, SHIP_TO_COLUMNS, map(ship_to_row, known[SHIP_TO]), "gb18030", ",")
    _write_xlsx(folder / DEALERS, DEALER_COLUMNS, map(dealer_row, known[DEALERS]))
    return known


def assess(records: Sequence[Record], groups: Iterable[Sequence[int]]) -> Quality:
    """Compare groups of row numbers with the truth."""
    entity = [record.customer.entity for record in records]
    group_of = {row: n for n, group in enumerate(groups) for row in group}
    sizes = Counter(group_of.values())
    both = Counter((group_of[row], entity[row]) for row in group_of)
    found, right = _pairs(sizes.values()), _pairs(both.values())
    by_entity: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(entity):
        by_entity[name].append(row)
    true = proven = proven_right = 0
    for own in by_entity.values():
        for a, b in combinations(own, 2):
            true += 1
            if records[a].evidence.shares_anything(records[b].evidence):
                proven += 1
                proven_right += a in group_of and group_of[a] == group_of.get(b)
    return Quality(
        precision=round(right / max(found, 1), 4),
        recall=round(right / max(true, 1), 4),
        recall_with_evidence=round(proven_right / max(proven, 1), 4),
        true_pairs=true,
        found_pairs=found,
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _erp_row(record: Record) -> dict[str, str]:
    document = erp_document(record)
    said = {mechanism["type"]: mechanism["value"] for mechanism in document["contact_mechanisms"]}
    codes = [i["code"] for i in document["identifiers"]] + ["", ""]
    address: dict[str, Any] = document["addresses"][0]
    values = (
        document["code"], document["name"], codes[0], codes[1], address["street"], address["city"],
        address["postal_code"], address["country"], said.get("phone"), said.get("mobile"), said.get("fax"),
        said.get("email"),
    )  # fmt: skip
    return dict(zip(_ERP_COLUMNS, (value or "" for value in values), strict=True))


def _write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]], encoding: str, delimiter: str
) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str | int]]) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Dealers")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row[column] for column in columns])
    workbook.save(path)
