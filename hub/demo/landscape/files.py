"""What the SCM delivers every night: ship-to CSV in GB18030, the dealer spreadsheet, EDIFACT PARTIN interchanges.

The files themselves are sound: whatever is wrong stands in the values. Writing is one pass in flat memory.
"""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from openpyxl import Workbook

from hub.demo.landscape import documents
from hub.demo.landscape.landscape import Landscape
from hub.demo.landscape.sources import Record

DATE = "20261101"
ROWS_PER_CSV = 20_000
ROWS_PER_SHEET = 50_000
PARTIES_PER_MESSAGE = 20
PARTIES_PER_INTERCHANGE = 5_000
_SENDER, _RECEIVER = "6900000000014", "6900000000021"
_RELEASE = str.maketrans({c: f"?{c}" for c in "?+:'"})


def write_files(landscape: Landscape, folder: Path, *, date: str = DATE) -> list[Path]:
    """Write all SCM files of one night.

    Args:
        landscape: what to write.
        folder: made if missing.
        date: eight digits, part of the file names.

    Returns:
        The files: ``shipto_<date>_NN.csv``, ``dealers_<date>.xlsx`` (from the second on ``dealers_<date>_NN.xlsx``),
        ``partin_<date>_NN.edi``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writers = {
        "ship_to": _ShipToFiles(folder, date),
        "dealer": _DealerFiles(folder, date),
        "partner": _PartnerFiles(folder, date),
    }
    for block in landscape.blocks():
        for record in block.records:
            if record.stream in writers:
                writers[record.stream].add(record)
    return sorted(path for writer in writers.values() for path in writer.finish())


class _Files(ABC):
    """Files of one stream, a new one begun whenever the last is full."""

    capacity = 1

    def __init__(self, folder: Path, date: str) -> None:
        self.folder = folder
        self.date = date
        self.paths: list[Path] = []
        self.filled = 0

    def add(self, record: Record) -> None:
        if not self.paths or self.filled == self.capacity:
            if self.paths:
                self.end()
            self.paths.append(self.folder / self.name(len(self.paths) + 1))
            self.filled = 0
            self.begin()
        self.filled += 1
        self.put(record)

    def finish(self) -> list[Path]:
        if self.paths:
            self.end()
        return self.paths

    @abstractmethod
    def name(self, number: int) -> str: ...

    @abstractmethod
    def begin(self) -> None: ...

    @abstractmethod
    def put(self, record: Record) -> None: ...

    @abstractmethod
    def end(self) -> None: ...


class _ShipToFiles(_Files):
    capacity = ROWS_PER_CSV

    def name(self, number: int) -> str:
        return f"shipto_{self.date}_{number:02d}.csv"

    def begin(self) -> None:
        self.file = self.paths[-1].open("w", encoding="gb18030", newline="")
        self.writer = csv.DictWriter(self.file, documents.SHIP_TO_COLUMNS)
        self.writer.writeheader()

    def put(self, record: Record) -> None:
        self.writer.writerow(documents.ship_to_row(record))

    def end(self) -> None:
        self.file.close()


class _DealerFiles(_Files):
    capacity = ROWS_PER_SHEET

    def name(self, number: int) -> str:
        return f"dealers_{self.date}.xlsx" if number == 1 else f"dealers_{self.date}_{number:02d}.xlsx"

    def begin(self) -> None:
        self.book = Workbook(write_only=True)
        self.sheet = self.book.create_sheet("Dealers")
        self.sheet.append(documents.DEALER_COLUMNS)

    def put(self, record: Record) -> None:
        self.sheet.append(list(documents.dealer_row(record).values()))

    def end(self) -> None:
        self.book.save(self.paths[-1])


class _PartnerFiles(_Files):
    """Interchanges of PARTIN messages (D.96A) in syntax 4, UTF-8 (UNOY)."""

    capacity = PARTIES_PER_INTERCHANGE

    def name(self, number: int) -> str:
        return f"partin_{self.date}_{number:02d}.edi"

    def begin(self) -> None:
        self.file: TextIO = self.paths[-1].open("w", encoding="utf-8", newline="")
        self.reference = f"{self.date}{len(self.paths):02d}"
        self.messages = 0
        self.parties: list[dict[str, str]] = []
        self.file.write("UNA:+.? '\r\n")
        self._write([f"UNB+UNOY:4+{_SENDER}:14+{_RECEIVER}:14+{self.date}:0200+{self.reference}"])

    def put(self, record: Record) -> None:
        self.parties.append(documents.partner(record))
        if len(self.parties) == PARTIES_PER_MESSAGE:
            self._write_message()

    def end(self) -> None:
        if self.parties:
            self._write_message()
        self._write([f"UNZ+{self.messages}+{self.reference}"])
        self.file.close()

    def _write_message(self) -> None:
        self.messages += 1
        reference = f"{self.reference}{self.messages:04d}"
        body = [f"BGM+10+{reference}+2", f"DTM+137:{self.date}:102"]
        body += [segment for party in self.parties for segment in party_segments(party)]
        self._write([f"UNH+{reference}+PARTIN:D:96A:UN", *body, f"UNT+{len(body) + 2}+{reference}"])
        self.parties = []

    def _write(self, segments: list[str]) -> None:
        self.file.writelines(f"{segment}'\r\n" for segment in segments)


def party_segments(party: Mapping[str, str]) -> Iterator[str]:
    """Write the NAD group of one party; names and streets are cut into components of 35 characters.

    Args:
        party: as :func:`hub.demo.landscape.documents.partner` shapes it.
    """
    address = (
        _components(party["street"], 4),
        *(_escape(party[key]) for key in ("city", "subdivision", "postcode", "country")),
    )
    yield f"NAD+BY+{party['gln']}::9++{_components(party['name'], 5)}+{'+'.join(address)}"
    if party["tax_id"]:
        yield f"RFF+VA:{_escape(party['tax_id'])}"
    yield f"RFF+IA:{party['internal_code']}"
    channels = [f"COM+{_escape(party[key])}:{code}" for key, code in (("phone", "TE"), ("email", "EM")) if party[key]]
    if party["contact"] or channels:
        yield f"CTA+PD+:{_escape(party['contact'])}".removesuffix("+:")
        yield from channels


def _components(text: str, limit: int) -> str:
    pieces = [text[start : start + 35] for start in range(0, len(text), 35)]
    return ":".join(_escape(piece) for piece in pieces[:limit])


def _escape(text: str) -> str:
    return text.translate(_RELEASE)
