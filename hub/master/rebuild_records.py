"""What every live record says, made once more from its landed row and the mapping that read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, text

from customer_master.store.evidence import Written, own_evidence
from customer_master.store.tables import OPEN, source_record_version
from hub.documents import applied_crosswalks
from hub.master.rebuild_differences import Difference
from hub.pipeline.work import Report
from hub.store import landing
from mappings.canonical import CanonicalRecord, canonical_hash, to_payload
from mappings.language import CompiledMapping, Mapped, compile_mapping, parse_mapping
from mappings.normalize.dates import instant_of

_ROWS = 2000


def rebuild_records(present: Connection, rebuilt: Connection, folder: Path, report: Report) -> list[Difference]:
    """Fill in the newest version of every party record.

    Args:
        present: connection to the master as it is, in a transaction: says which landed row made which version.
        rebuilt: connection to the other database, in a transaction, which the caller commits.
        folder: root of the landing zone.
        report: where progress goes.

    Returns:
        Records whose landed row says something else than the master holds.

    Raises:
        HubError: a landed file is missing or was changed.
    """
    reader = _Reader(present, folder)
    differences: list[Difference] = []
    total = int(present.execute(text(f"select count(*) {_LIVE}"), {"open": OPEN}).scalar_one())
    done = 0
    found = present.execution_options(yield_per=_ROWS).execute(text(_VERSIONS), {"open": OPEN})
    for _, own in groupby(found, key=lambda row: row.batch_id):
        versions = list(own)
        rows = []
        for version, record in zip(versions, reader.read(versions), strict=True):
            if record is None:
                differences.append(Difference("record", version.name, "its landed row makes no such record"))
                continue
            row = reader.version(version, record)
            rows.append(row)
            if row["payload_hash"] != version.payload_hash:
                differences.append(Difference("record", version.name, "its landed row says something else"))
        if rows:
            rebuilt.execute(insert(source_record_version), rows)
        done += len(versions)
        report("rebuild: records", done, total)
    return differences


class _Reader:
    """Reads landed rows by the mappings of all times."""

    def __init__(self, present: Connection, folder: Path) -> None:
        self._folder = folder
        self._manifests = {
            row.id: row for row in present.execute(text("select id, path, sha256, landed_us from hub.landing_batch"))
        }
        self._bodies = {
            row.hash: row
            for row in present.execute(text("select hash, name, body from hub.document where kind = 'mapping'"))
        }
        self._crosswalks = applied_crosswalks(present)
        self._compiled: dict[str, CompiledMapping] = {}
        self._written = {
            row.record_id: [Written(**w) for w in row.written]
            for row in present.execute(text("select record_id, written from hub.delivery where written <> '[]'"))
        }

    def read(self, versions: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[CanonicalRecord | None]:
        """Give the record that each of a batch's versions was made of, ``None`` if its row makes none."""
        manifest = self._manifests[versions[0].batch_id]
        table = landing.read(self._folder, manifest.path, manifest.sha256)
        documents = table["document"].take([v.row_no for v in versions]).to_pylist()
        at = instant_of(manifest.landed_us)
        for version, document in zip(versions, documents, strict=True):
            outcome = self._mapping(version.mapping_hash).map(document, at=at) if document is not None else None
            records = outcome.records if isinstance(outcome, Mapped) else ()
            keys = {version.native_key, *version.old_keys}
            yield next((r for r in records if r.record_type == version.record_type and r.key in keys), None)

    def version(self, version: Row[*tuple[Any, ...]], record: CanonicalRecord) -> dict[str, Any]:
        """Make the row of a version anew; number, place and age are of the log, the content is the record's."""
        payload = to_payload(record)
        evidence = own_evidence(payload, self._written.get(version.record_id, ()))
        return {
            "id": version.id,
            "record_id": version.record_id,
            "from_cs": version.from_cs,
            "payload": payload,
            "payload_hash": canonical_hash(payload),
            "evidence": evidence,
            "evidence_hash": canonical_hash(payload if evidence is None else evidence),
            "evidence_position": version.evidence_position,
            "position": version.position,
            "batch_id": version.batch_id,
            "row_no": version.row_no,
            "origin": version.origin,
            "mapping_hash": version.mapping_hash,
        }

    def _mapping(self, hash_: str) -> CompiledMapping:
        if hash_ not in self._compiled:
            document = self._bodies[hash_]
            self._compiled[hash_] = compile_mapping(parse_mapping(document.body, document.name, self._crosswalks))
        return self._compiled[hash_]


_LIVE = """
from master.source_record_version v join master.source_record r on r.id = v.record_id and r.entity = 'party'
join master.source_system s on s.id = r.system_id where v.to_cs = :open
"""

_VERSIONS = f"""
select v.id, v.record_id, v.from_cs, v.payload_hash, v.evidence_position, v.position, v.batch_id, v.row_no, v.origin,
  v.mapping_hash, r.record_type, r.native_key, s.code || '/' || r.record_type || '/' || r.native_key as name,
  array(select a.old_key from master.key_alias a where a.record_id = r.id) as old_keys
{_LIVE} order by v.batch_id, v.row_no, v.id
"""  # noqa: S608 - ours
