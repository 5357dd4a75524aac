"""A small master filled by hand: two companies, a consumer, a doubtful pair, numbers of former customers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from customer_master.resolution.party import blocking_keys, values_of
from customer_master.store import derived, matching
from customer_master.store.audit import seal
from customer_master.store.clock import Author, tick
from customer_master.store.derived import Statement
from customer_master.store.public_id import encode
from customer_master.store.tables import OPEN
from hub.master.draft import Draft, party_of
from hub.settings import Settings
from hub.store import documents as document_store
from hub.web.installation import Installation
from mappings.canonical import CanonicalRecord, to_payload
from tests.store.workshop import authored

CONTENT_TYPE = "application/problem+json"
HUAQIANG = "深圳市华强电子有限公司"
HAITIAN, HAITIAN_TOO = "宁波海天精密机械有限公司", "宁波海天精密机器有限公司"
LI, LI_MOBILE = "李小红", "+8613916688021"

HUAQIANG_SCM, HUAQIANG_ERP, LI_RECORD, HAITIAN_RECORD, HAITIAN_TOO_RECORD = 1, 2, 3, 4, 5
COMPANY, CONSUMER, DOUBTFUL, DOUBTFUL_TOO, MERGED, SPLIT = 1, 2, 3, 4, 5, 6
"""Parties. The merged one had the ERP's record of the company, the split one both doubtful records."""

_RECORDS: dict[int, tuple[str, str, str, str, Draft]] = {
    1: ("scm", "ship_to", "S001", "shenzhen", Draft(
        "organisation", [HUAQIANG], ["914403001922038216"], ["0755-26988888"], ["sales@huaqiang.example"],
        ["广东省深圳市南山区科技路1号"], ["王建国"])),
    2: ("erp", "party", "12", "shanghai", Draft("organisation", [HUAQIANG], ["914403001922038216"])),
    3: ("scm", "ship_to", "S020", "shanghai", Draft(
        "person", [LI], phones=["13916688021"], emails=["xiaohong.li@mail.example"],
        addresses=["上海市静安区南京西路1266号2单元501室"])),
    4: ("scm", "ship_to", "S040", "ningbo", Draft(
        "organisation", [HAITIAN], phones=["0574-86188888"], addresses=["浙江省宁波市北仑区小港街道海天路32号"])),
    5: ("scm", "ship_to", "S041", "ningbo", Draft(
        "organisation", [HAITIAN_TOO], phones=["0574-86181234"], addresses=["浙江省宁波市北仑区小港街道海天路32号"])),
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """The filled installation."""

    hub: Installation

    def number(self, party: int) -> str:
        return encode(party)

    def sql(self, statement: str, **args: Any) -> Sequence[Any]:
        with self.hub.begin() as db:
            return db.execute(text(statement), {"open": OPEN, **args}).all()

    def sql_do(self, statement: str, **args: Any) -> None:
        with self.hub.begin() as db:
            db.execute(text(statement), {"open": OPEN, **args})

    def commit(self, *statements: str, kind: str = "resolve", **args: Any) -> int:
        """Write a change set of these statements, which may name its number as ``:cs``."""
        with self.hub.begin() as db:
            return _commit(db, *statements, kind=kind, **args)


def fill(settings: Settings, engine: Engine) -> None:
    """Fill the master in three commits: records; who is who; the merge and the split."""
    with engine.begin() as db:
        document_store.apply(db, authored(settings.project))
        _systems(db)
    with engine.begin() as db:
        _commit(db, kind="record")
        for record_id, (system, record_type, key, unit, draft) in _RECORDS.items():
            _record(db, record_id, (system, record_type, key, unit), draft)
        _restart(db, "source_record", len(_RECORDS) + 1)
    with engine.begin() as db:
        members = {COMPANY: [1], CONSUMER: [3], MERGED: [2], SPLIT: [4, 5]}
        cs = _commit(db, kind="resolve")
        for ord_, (party, records) in enumerate(members.items()):
            _party(db, party, records, cs, ord_)
    with engine.begin() as db:
        cs = _commit(db, kind="resolve")
        for ord_, (party, record_id) in enumerate({DOUBTFUL: 4, DOUBTFUL_TOO: 5}.items()):
            _party(db, party, [record_id], cs, ord_)
        _end(db, MERGED, "merged", [COMPANY], cs, 2)
        _end(db, SPLIT, "split", [DOUBTFUL, DOUBTFUL_TOO], cs, 3)
        _join(db, [2], COMPANY, cs)
        _restart(db, "party", SPLIT + 1)
        db.execute(text("update master.party set touched_cs = :cs where id <> 2"), {"cs": cs})
        db.execute(text("update hub.app_user set org_units = '{shanghai}' where name = 'shanghai'"))


def _systems(db: Connection) -> None:
    for number, code in enumerate(("scm", "erp"), 1):
        db.execute(
            text("insert into master.source_system (id, code, kind, org_unit) values (:id, :code, 'x', 'shenzhen')"),
            {"id": number, "code": code},
        )


def _commit(db: Connection, *statements: str, kind: str, **args: Any) -> int:
    cs = tick(db, kind=kind, author=Author("test"), seal=seal([]))
    for statement in statements:
        db.execute(text(statement), {"open": OPEN, "cs": cs, **args})
    return cs


def _record(db: Connection, record_id: int, key: tuple[str, str, str, str], draft: Draft) -> None:
    party = party_of(draft)
    payload = to_payload(CanonicalRecord("party", key[1], key[2], party))
    db.execute(
        text(
            "insert into master.source_record (id, system_id, entity, record_type, native_key, org_unit, first_cs,"
            " position) select :id, s.id, 'party', :type, :key, :unit, 1, '2026-11-01' from master.source_system s"
            " where s.code = :system"
        ),
        {"id": record_id, "system": key[0], "type": key[1], "key": key[2], "unit": key[3]},
    )
    db.execute(
        text(
            "insert into master.source_record_version (id, record_id, from_cs, payload, payload_hash, evidence_hash,"
            " evidence_position, position, batch_id, row_no, origin, mapping_hash) values (:id, :id, 1,"
            " cast(:payload as jsonb), 'p', 'e', '2026-11-01', '2026-11-01', 1, :id, 'file.csv:1', 'm')"
        ),
        {"id": record_id, "payload": _json(payload)},
    )
    derived.add(db, {record_id: Statement("party", key[2], payload)}, {})
    values = values_of(party)
    matching.replace_values(db, {record_id: values}, [record_id])
    matching.replace_keys(db, {record_id: {(k.hash, k.kind) for k in blocking_keys(values)}})


def _party(db: Connection, party: int, records: Sequence[int], cs: int, ord_: int) -> None:
    draft = _RECORDS[records[0]][4]
    read = party_of(draft)
    attrs: dict[str, Any] = {"kind": draft.kind, "name": draft.names[0], "roles": []}
    if read.phones:
        attrs["phone"] = {"number": read.phones[0].number, "extension": "", "kind": read.phones[0].kind}
    if read.identifiers:
        attrs["uscc"] = read.identifiers[0].value
    prov = {name: {"v": records[0], "r": f"{name}.only", "n": 1, "why": "only"} for name in attrs if name != "roles"}
    numbers = {"id": party, "cs": cs, "ord": ord_, "kind": draft.kind}
    for statement, args in (
        (
            (
                "insert into master.party (id, public_id, kind, created_cs, touched_cs)"
                " values (:id, :number, :kind, :cs, :cs)"
            ),
            {"number": encode(party)},
        ),
        ("insert into master.party_state (party_id, from_cs, status) values (:id, :cs, 'active')", {}),
        (
            (
                "insert into master.golden_version (party_id, from_cs, attrs, prov, conflicts, attrs_hash, policy_hash)"
                " values (:id, :cs, cast(:attrs as jsonb), cast(:prov as jsonb), '[]', 'h', 'p')"
            ),
            {"attrs": _json(attrs), "prov": _json(prov)},
        ),
        (
            "insert into master.event (cs, ord, type, party_id, payload) values (:cs, :ord, 'created', :id, '{}')",
            {},
        ),
    ):
        db.execute(text(statement), numbers | args)
    _join(db, records, party, cs)


def _join(db: Connection, records: Sequence[int], party: int, cs: int) -> None:
    args = {"records": list(records), "party": party, "cs": cs, "open": OPEN}
    for statement in (
        "update master.membership set to_cs = :cs where record_id = any(:records) and to_cs = :open",
        (
            "insert into master.membership (record_id, party_id, from_cs, kind)"
            " select r, :party, :cs, 'auto' from unnest(cast(:records as bigint[])) r"
        ),
    ):
        db.execute(text(statement), args)


def _end(db: Connection, party: int, status: str, heirs: Sequence[int], cs: int, ord_: int) -> None:
    args = {"id": party, "status": status, "cs": cs, "open": OPEN, "ord": ord_, "heirs": list(heirs)}
    for statement in (
        "update master.party_state set to_cs = :cs where party_id = :id and to_cs = :open",
        "update master.golden_version set to_cs = :cs where party_id = :id and to_cs = :open",
        "update master.membership set to_cs = :cs where party_id = :id and to_cs = :open",
        "insert into master.party_state (party_id, from_cs, status) values (:id, :cs, :status)",
        (
            "insert into master.party_successor (party_id, successor_id, from_cs)"
            " select :id, s, :cs from unnest(cast(:heirs as bigint[])) s"
        ),
        (
            "insert into master.event (cs, ord, type, party_id, payload)"
            " values (:cs, :ord, :status, :id, jsonb_build_object('parties', cast(:heirs as bigint[])))"
        ),
    ):
        db.execute(text(statement), args)


def _restart(db: Connection, table: str, number: int) -> None:
    db.execute(text(f"alter table master.{table} alter column id restart with {number}"))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
