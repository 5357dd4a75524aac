"""A hub without its systems: raw documents are landed in process, then go the same way as those that were pulled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from connectors.base import Batch, RawRecord, to_table
from connectors.transport.delimited import read_delimited
from connectors.transport.partin import read_partin
from connectors.transport.spreadsheet import read_spreadsheet
from connectors.tryton.streams import type_of_party
from customer_master.store.tables import OPEN
from hub import documents, project
from hub.demo.landscape import Landscape, write_files
from hub.documents import ActiveDocuments
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from hub.pipeline.work import Work
from hub.project import Document
from hub.settings import Settings
from hub.store import documents as document_store
from hub.store import landing, runs
from hub.store.database import make_engine

Row = tuple[str, str, RawRecord]
"""System, stream, raw record."""

Partition = dict[frozenset[tuple[str, str, str]], str]
"""A customer's records (system, record type, key) -> hash of its golden values."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """An installation of the test's own and one run in it."""

    settings: Settings
    engine: Engine
    documents: ActiveDocuments
    run_id: int

    @classmethod
    def open(cls, settings: Settings) -> Workshop:
        assert settings.database_url is not None
        engine = make_engine(make_url(settings.database_url))
        with engine.begin() as db:
            document_store.apply(db, authored(settings.project))
            run_id = runs.open_run(db, "test")
        return cls(settings, engine, documents.load(engine), run_id)

    @property
    def work(self) -> Work:
        return Work(self.settings, self.engine, self.documents, self.run_id)

    def land(self, rows: Iterable[Row]) -> None:
        """Land rows, one batch for each stream, in the order given."""
        by_stream: dict[tuple[str, str], list[RawRecord]] = {}
        for system, stream, raw in rows:
            by_stream.setdefault((system, stream), []).append(raw)
        for (system, stream), records in by_stream.items():
            table = to_table(records, type_of_party if system == "erp" else None)
            with self.engine.begin() as db:
                landing.land(
                    db, self.work.landing, run_id=self.run_id, system=system, batch=Batch(stream, table, {"rows": 0})
                )

    def take_in(self, rows: Iterable[Row]) -> None:
        """One sync without its systems: land, map, check, record, resolve."""
        self.land(rows)
        record(self.work)
        resolve(self.work)

    def sql(self, statement: str, **parameters: Any) -> Sequence[Any]:
        with self.engine.begin() as db:
            return db.execute(text(statement), {"open": OPEN, **parameters}).all()

    def sql_do(self, *statements: str) -> None:
        with self.engine.begin() as db:
            for statement in statements:
                db.execute(text(statement))

    def partition(self) -> Partition:
        """Tell who is who and what is said of them, without any number of this database."""
        rows = self.sql(
            "select g.attrs_hash, array_agg(s.code || '/' || r.record_type || '/' || r.native_key)"
            " from master.membership m join master.source_record r on r.id = m.record_id"
            " join master.source_system s on s.id = r.system_id"
            " join master.golden_version g on g.party_id = m.party_id and g.to_cs = :open"
            " where m.to_cs = :open group by m.party_id, g.attrs_hash"
        )
        return {frozenset(tuple(member.split("/", 2)) for member in members): hash_ for hash_, members in rows}


@cache
def authored(folder: Path) -> list[Document]:
    """Read the documents of a project folder, once for all tests of a process."""
    return project.documents(folder)


def erp_document(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Shape a create document as the ERP gives it back."""
    own = {
        name: [{"id": number * 10 + i, "active": True, **child} for i, child in enumerate(given.get(name, ()))]
        for name in ("identifiers", "addresses", "contact_mechanisms")
    }
    return {"id": number, "active": True, "token": "", "write_date": None, "code": None, "name": None, **given, **own}


def erp_row(number: int, position: str = "2026-10-01T00:00:00.000000Z", **given: Any) -> Row:
    return ("erp", "party", RawRecord(f"party.party,{number}", position, erp_document(number, given)))


def landscape_rows(landscape: Landscape, folder: Path) -> list[Row]:
    """Give everything the systems of a landscape would deliver, read from its real files."""
    rows = [erp_row(number, **document) for number, document in enumerate(landscape.erp(), 1)]
    for path in write_files(landscape, folder):
        with path.open("rb") as file:
            if path.suffix == ".csv":
                stream, table = "ship_tos", read_delimited(file, encoding="gb18030")
            elif path.suffix == ".xlsx":
                stream, table = "dealers", read_spreadsheet(file)
            else:
                stream, table = "partners", read_partin(file)
            rows += [
                ("scm", stream, RawRecord(f"{path.name}:{r.row}", "20261101", r.document, r.defect, r.raw))
                for r in table.records
            ]
    return rows
