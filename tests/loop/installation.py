"""An installation under test: a project folder, a database and an SFTP server of its own, asked as its users ask it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from customer_master.store.tables import OPEN
from hub import documents, project
from hub.coherence import crosswalks_of
from hub.pipeline.account import Account, account
from hub.pipeline.sync import run_step, sync
from hub.references import store_secret
from hub.settings import Settings
from hub.store import documents as document_store
from tests.support.sftp import ROOT, SftpServer

CONNECTION = "deploy/connections/scm.yaml"
SHIP_TOS = "mappings/specs/scm.ship_tos.yaml"
DEALERS = "mappings/specs/scm.dealers.yaml"
MATCH = "customer_master/policies/match.yaml"
SURVIVORSHIP = "customer_master/policies/survivorship.yaml"
_AUTHORED = (
    CONNECTION,
    SHIP_TOS,
    DEALERS,
    "mappings/specs/scm.partners.yaml",
    "dq_rules/party.yaml",
    MATCH,
    SURVIVORSHIP,
    "customer_master/policies/stewardship.yaml",
)


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Installation:
    """The hub with the demo's documents about files, and nothing else."""

    settings: Settings
    engine: Engine
    server: SftpServer

    def set_up(self) -> None:
        """Copy the authored documents, store the secrets they refer to, apply."""
        for name in _AUTHORED:
            target = self.settings.project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        self.edit(CONNECTION, "settle_seconds: 1.0", "settle_seconds: 0.02")
        self.edit(CONNECTION, "username: hub", f"username: {self.server.username}")
        self.secret("scm_port", str(self.server.port))
        self.secret("scm_password", self.server.login["password"])
        self.secret("scm_host_key", self.server.host_key)
        self.apply()

    def add_branch(self) -> None:
        """Connect a second system, ``branch``, that delivers ship-tos of its own into a folder of that name."""
        own = (self.settings.project / CONNECTION).read_text(encoding="utf-8")
        own = own.replace("connection: scm", "connection: branch").replace("folder: in", "folder: branch")
        own = own.replace("  username:", "  archive: branch_archive\n  failed: branch_failed\n  username:")
        own = own.replace("file:scm_", "file:branch_")
        self.write("deploy/connections/branch.yaml", own)
        spec = (ROOT / SHIP_TOS).read_text(encoding="utf-8")
        spec = spec.replace("mapping: scm.ship_tos", "mapping: branch.ship_tos").replace(
            "system: scm", "system: branch"
        )
        self.write("mappings/specs/branch.ship_tos.yaml", spec)
        for name in ("port", "password", "host_key"):
            self.secret(f"branch_{name}", (self.settings.secrets / f"scm_{name}").read_text(encoding="utf-8"))
        self.apply()
        (self.server.root / "branch").mkdir()

    def secret(self, name: str, value: str) -> None:
        store_secret(self.settings, name, value)

    def put(self, name: str, content: bytes, folder: str = "in") -> None:
        """Lay a complete file into the partner's folder."""
        self.server.put(f"{folder}/{name}", content)

    def edit(self, name: str, old: str, new: str) -> None:
        """Author a change of a document."""
        path = self.settings.project / name
        body = path.read_text(encoding="utf-8")
        assert old in body
        path.write_text(body.replace(old, new), encoding="utf-8")

    def write(self, name: str, body: str) -> None:
        path = self.settings.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")

    def apply(self) -> list[str]:
        """``hub apply``: give the documents that became active."""
        read = project.documents(self.settings.project)
        crosswalks = crosswalks_of(read)
        for document in read:
            documents.check(document, crosswalks)
        with self.engine.begin() as db:
            return [d.name for d in document_store.apply(db, read)]

    def sync(self) -> Account:
        return sync(self.settings, self.engine)

    def step(self, name: str) -> Account:
        return run_step(self.settings, self.engine, name)

    def account(self, run: int) -> Account:
        with self.engine.begin() as db:
            return account(db, run)

    def environment(self) -> dict[str, str]:
        """What a shell of this installation has set."""
        return {
            **os.environ,
            "HUB_HOME": str(self.settings.home),
            "HUB_PROJECT": str(self.settings.project),
            "HUB_DATABASE_URL": self.settings.database_url or "",
            "HUB_STAGE": self.settings.stage,
            "PYTHONUTF8": "1",
        }

    def cli(self, *arguments: str) -> Answer:
        """``hub …`` as a process of its own."""
        command = [sys.executable, "-m", "hub", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False, timeout=300
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        with self.engine.begin() as db:
            return [dict(row) for row in db.execute(text(sql), {"open": OPEN, **values}).mappings()]

    def execute(self, sql: str, **values: Any) -> None:
        with self.engine.begin() as db:
            db.execute(text(sql), values)

    def live(self) -> dict[str, dict[str, Any]]:
        """What every record says now: ``ship_to/S001`` -> canonical content."""
        return {row["name"]: row["payload"] for row in self.rows(_LIVE)}

    def customers(self) -> set[frozenset[str]]:
        """The customers, each as the records it consists of."""
        return {frozenset(row["records"]) for row in self.rows(_CUSTOMERS)}

    def golden(self) -> dict[frozenset[str], dict[str, Any]]:
        """Golden values by the records of the customer."""
        return {frozenset(row["records"]): row["attrs"] for row in self.rows(_CUSTOMERS)}

    def golden_of(self, record: str) -> dict[str, Any]:
        """Golden values of the customer that a record belongs to."""
        return next(attrs for records, attrs in self.golden().items() if record in records)

    def fates(self, run: int) -> list[tuple[str, str]]:
        """Origin-less fates of a run, in order of landing: fate and reason."""
        sql = (
            "select f.fate, f.reason from hub.fate f join hub.mapping_pass p on p.id = f.pass_id"
            " where p.run_id = :run order by p.id, f.row_no"
        )
        return [(row["fate"], row["reason"]) for row in self.rows(sql, run=run)]

    def letters(self) -> list[dict[str, Any]]:
        return self.rows("select * from hub.dead_letter order by id")

    def clock(self) -> int:
        return int(self.rows("select last_cs from master.clock")[0]["last_cs"])

    def landed(self) -> dict[str, bytes]:
        folder = self.settings.home / "landing"
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    def contents(self) -> dict[str, str]:
        """Every table as a fingerprint, besides the list of runs itself."""
        tables = self.rows(
            "select table_schema || '.' || table_name as name from information_schema.tables"
            " where table_schema in ('hub','master') and table_name not in ('run','pull')"
        )
        sql = "select md5(coalesce(string_agg(t::text, E'\\n' order by t::text), '')) as print from {} t"
        return {t["name"]: self.rows(sql.format(t["name"]))[0]["print"] for t in tables}

    @property
    def archive(self) -> Path:
        return self.server.root / "archive"


_NAME = "r.record_type || '/' || r.native_key"

_LIVE = f"""
select {_NAME} as name, v.payload from master.source_record r
join master.source_record_version v on v.record_id = r.id and v.to_cs = :open order by 1
"""  # noqa: S608 - constant

_CUSTOMERS = f"""
select array_agg({_NAME} order by {_NAME}) as records, g.attrs from master.membership m
join master.source_record r on r.id = m.record_id
join master.golden_version g on g.party_id = m.party_id and g.to_cs = :open
where m.to_cs = :open group by m.party_id, g.attrs
"""  # noqa: S608 - constant
