"""The generator's landscape at ``RECORDS`` (100,000), on seeds and mixes that nothing was ever fitted to."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from bench.matching.labelled import Line, ours
from hub.demo.landscape import Landscape, generate, some_mix
from hub.demo.landscape.sources import Record

DRAWS = ((4242, None), (990017, 1), (31337, 2))
"""Seed of a landscape, and the number of its mix; none is the usual one."""
_RECORDS_A_CUSTOMER = 1.6
_COLUMNS = (
    "rec_id", "truth", "name", "identifier", "tax_id", "contact", "phone", "mobile", "fax", "email", "country",
    "province", "city", "address", "postcode",
)  # fmt: skip


def measure(folder: Path, records: int) -> Iterable[Line]:
    """Write each landscape as one file and run ours over it, before any steward and after 300 decisions."""
    for seed, mix in DRAWS:
        landscape = generate(int(records / _RECORDS_A_CUSTOMER), seed, None if mix is None else some_mix(mix))
        path = write(landscape, folder / f"landscape_{seed}_{records}.csv")
        for labels in (0, 300):
            yield ours(path.stem, path, labels, "--policy", seeds=(1,))


def write(landscape: Landscape, path: Path) -> Path:
    """Write all records of a landscape, whatever their system, as one labelled file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for block in landscape.blocks():
            writer.writerows(map(_row, block.records))
    return path


def _row(record: Record) -> tuple[str, ...]:
    d, a = record.draft, record.draft.address
    return (
        "/".join(record.key), record.customer.entity, d.name, d.identifier, d.tax_id, d.contact, d.landline, d.mobile,
        d.fax, d.email, a.country, a.province, a.city, a.line, a.postal_code,
    )  # fmt: skip
