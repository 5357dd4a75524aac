"""An installation with both systems as its users see it: an ERP (Tryton), an SCM (files over SFTP), and the hub."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from customer_master.store.tables import OPEN
from hub import documents, project
from hub.coherence import crosswalks_of
from hub.demo.landscape.documents import SHIP_TO_COLUMNS
from hub.demo.landscape.identifiers import some_uscc
from hub.demo.systems import tryton
from hub.pipeline import sync as pipeline
from hub.pipeline.account import Account, account
from hub.pipeline.work import Report, silent
from hub.references import store_secret
from hub.settings import Settings
from hub.store import documents as document_store
from hub.store.database import open_database
from tests.support.sftp import SftpServer
from tests.support.tryton import TrytonServer

REPOSITORY = Path(__file__).parents[2]
LONG_AGO = dt.date(2020, 1, 1)  # what happens in the ERP during the tests is newer than any file


def lay_project(folder: Path) -> Path:
    """Copy the documents authored for the two systems, with a shorter wait for half-written files."""
    for pattern in (
        "deploy/connections/[es]*.yaml", "deploy/subscriptions/*.yaml", "mappings/specs/[es]*.yaml",
        "mappings/crosswalks/*.csv", "customer_master/policies/*.yaml", "dq_rules/*.yaml",
    ):  # fmt: skip
        for document in REPOSITORY.glob(pattern):
            target = folder / document.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(document, target)
    scm = folder / "deploy/connections/scm.yaml"
    scm.write_text(scm.read_text().replace("settle_seconds: 1.0", "settle_seconds: 0.05"))
    return folder


def uscc(seed: str) -> str:
    """Make up a valid unified social credit code."""
    return some_uscc(Random(seed), "440305", "91")


class Installation:
    """One installation at work.

    Args:
        settings: with a migrated database and a project of its own.
        erp: its ERP.
        scm: its SFTP server.
    """

    def __init__(self, settings: Settings, erp: TrytonServer, scm: SftpServer) -> None:
        self.settings, self.erp, self.scm = settings, erp, scm
        self.engine = open_database(settings)
        self.delivered: list[str] = []
        for name, value in {
            "erp_url": erp.url,
            "erp_database": tryton.DATABASE,
            "erp_password": erp.password,
            "scm_port": str(scm.port),
            "scm_password": scm.login["password"],
            "scm_host_key": scm.host_key,
        }.items():
            store_secret(settings, name, value)
        self.apply()

    def apply(self) -> None:
        """Do what ``hub apply`` does."""
        read = project.documents(self.settings.project)
        crosswalks = crosswalks_of(read)
        for document in read:
            documents.check(document, crosswalks)
        with self.engine.begin() as db:
            document_store.apply(db, read)

    def sync(self, report: Report = silent) -> Account:
        """Do what ``hub sync`` does."""
        return pipeline.sync(self.settings, self.engine, report=report)

    def run(self, step: str) -> Account:
        """Do what ``hub run STEP`` does."""
        return pipeline.run_step(self.settings, self.engine, step)

    def account(self, run: int) -> Account:
        """Draw up a run's account anew."""
        with self.engine.begin() as db:
            return account(db, run)

    def query(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """Ask the hub's database."""
        with self.engine.begin() as db:
            return [dict(row) for row in db.execute(text(sql), parameters).mappings()]

    def value(self, sql: str, **parameters: Any) -> Any:
        """Ask the hub's database for one value."""
        (row,) = self.query(sql, **parameters)
        (only,) = row.values()
        return only

    # -------------------------------------------------- what users of the two systems do

    def enter(self, *parties: Mapping[str, Any]) -> list[str]:
        """Enter parties in the ERP; each needs a code of its own. Gives their ids."""
        return [str(number) for number in tryton.load(self.erp.config(), parties)]

    def party(self, key: str) -> dict[str, Any]:
        """Look at a party in the ERP, with its contact mechanisms, identifiers and addresses."""
        (own,) = self.erp.rpc("party.party.read", [int(key)], ["name", "code", "active"])
        children = {
            "identifiers": ("party.identifier", ["code"]),
            "contact_mechanisms": ("party.contact_mechanism", ["type", "value"]),
            "addresses": ("party.address", ["street", "city", "postal_code"]),
        }
        for name, (model, fields) in children.items():
            own[name] = self.erp.rpc(f"{model}.search_read", [["party", "=", int(key)]], 0, None, None, fields)
        return dict(own)

    def values(self, key: str, kind: str) -> list[str]:
        """List the contact values of one kind that a party has in the ERP."""
        return sorted(m["value"] for m in self.party(key)["contact_mechanisms"] if m["type"] == kind)

    def edit(self, key: str, **fields: Any) -> None:
        """Change fields of a party in the ERP."""
        self.erp.rpc("party.party.write", [int(key)], fields)

    def edit_contact(self, key: str, kind: str, value: str) -> None:
        """Change the one contact value of a kind in the ERP."""
        (number,) = [m["id"] for m in self.party(key)["contact_mechanisms"] if m["type"] == kind]
        self.erp.rpc("party.contact_mechanism.write", [number], {"value": value})

    def deliver(self, *rows: Mapping[str, str], date: str = "") -> str:
        """Lay a ship-to file of these rows into the inbox; without a date, one newer than all such files before."""
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, SHIP_TO_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return self.deliver_file(out.getvalue().encode("gb18030"), date)

    def deliver_file(self, content: bytes, date: str = "") -> str:
        """Lay a ship-to file into the inbox."""
        day = LONG_AGO + dt.timedelta(days=len(self.delivered))
        return self.put_file(f"shipto_{date or day.strftime('%Y%m%d')}_01.csv", content)

    def put_file(self, name: str, content: bytes) -> str:
        """Lay a file into the SCM's inbox, whole at once."""
        self.scm.put(f"in/{name}", content)
        self.delivered.append(name)
        return name

    # -------------------------------------------------- what the hub knows

    def versions(self, system: str, key: str) -> int:
        """Count the versions of a record."""
        return int(self.value(_RECORD.format("count(v.id)", ""), system=system, key=key))

    def evidence(self, system: str, key: str) -> dict[str, Any]:
        """Give what a record says itself, without what the hub wrote into it."""
        what = "coalesce(v.evidence, v.payload)"
        return dict(self.value(f"{_RECORD.format(what, '')} and v.to_cs = :open", system=system, key=key, open=OPEN))

    def source_of(self, system: str, key: str, attribute: str) -> tuple[str, str]:
        """Tell which record a golden value of a record's party comes from."""
        (row,) = self.query(_PROVENANCE, party=self.customer(system, key), attribute=attribute, open=OPEN)
        return row["code"], row["native_key"]

    def customer(self, system: str, key: str) -> int:
        """Give the party a record belongs to."""
        sql = _RECORD.format("m.party_id", "join master.membership m on m.record_id = r.id and m.to_cs = :open")
        return int(self.value(f"{sql} group by m.party_id", system=system, key=key, open=OPEN))

    def golden(self, system: str, key: str) -> dict[str, Any]:
        """Give the golden values of a record's party."""
        return dict(self.value(_GOLDEN, party=self.customer(system, key), open=OPEN))

    def clock(self) -> int:
        """Tell the newest commit number."""
        return int(self.value("select last_cs from master.clock"))

    def erp_records(self, system: str, key: str) -> list[str]:
        """List the ERP keys in a record's party."""
        rows = self.query(
            "select r.native_key from master.membership m join master.source_record r on r.id = m.record_id"
            " join master.source_system s on s.id = r.system_id and s.code = 'erp'"
            " where m.party_id = :party and m.to_cs = :open order by r.id",
            party=self.customer(system, key),
            open=OPEN,
        )
        return [row["native_key"] for row in rows]

    def changed_since(self, clock: int) -> tuple[set[tuple[str, str]], set[int]]:
        """Tell which records have a new version and which parties new golden values."""
        records = self.query(_NEW_VERSIONS, clock=clock)
        golden = self.query("select party_id from master.golden_version where from_cs > :clock", clock=clock)
        return {(r["code"], r["native_key"]) for r in records}, {g["party_id"] for g in golden}

    def writes(self) -> dict[int, Any]:
        """Tell when each party of the ERP was last written, its children included."""
        newest: dict[int, Any] = {}
        for model, owner in (
            ("party.party", "id"),
            ("party.identifier", "party"),
            ("party.address", "party"),
            ("party.contact_mechanism", "party"),
        ):
            for row in self.erp.rpc(f"{model}.search_read", [], 0, None, None, [owner, "last_modified_at"]):
                newest[row[owner]] = max(newest.get(row[owner], row["last_modified_at"]), row["last_modified_at"])
        return newest

    def written_since(self, before: Mapping[int, Any]) -> set[str]:
        """List the ERP's parties written after :meth:`writes`."""
        return {str(key) for key, at in self.writes().items() if before.get(key) != at}


def ship_to(code: str, name: str, **fields: str) -> dict[str, str]:
    """A row of the SCM's ship-to file."""
    return {"客户编码": code, "客户名称": name, "状态": "正常", "更新日期": "2026-11-20", **fields}


def erp_party(
    code: str, name: str, *, identifiers: Iterable[str] = (), **contacts: str | Sequence[str]
) -> dict[str, Any]:
    """A party as somebody enters it in the ERP."""
    return {
        "code": code,
        "name": name,
        "identifiers": [{"type": None, "code": own} for own in identifiers],
        "addresses": [{"street": "南山区科技路1号", "city": "深圳市", "postal_code": "518057", "country": "CN"}],
        "contact_mechanisms": [{"type": kind, "value": value} for kind, value in contacts.items()],
    }


_RECORD = (
    "select {} from master.source_record r join master.source_system s on s.id = r.system_id"
    " left join master.source_record_version v on v.record_id = r.id {} where s.code = :system and r.native_key = :key"
)
_GOLDEN = "select attrs from master.golden_version where party_id = :party and to_cs = :open"
_PROVENANCE = (
    "select s.code, r.native_key from master.golden_version g"
    " join master.source_record_version v on v.id = (g.prov -> :attribute ->> 'v')::bigint"
    " join master.source_record r on r.id = v.record_id join master.source_system s on s.id = r.system_id"
    " where g.party_id = :party and g.to_cs = :open"
)
_NEW_VERSIONS = (
    "select s.code, r.native_key from master.source_record_version v join master.source_record r on r.id = v.record_id"
    " join master.source_system s on s.id = r.system_id where v.from_cs > :clock"
)
