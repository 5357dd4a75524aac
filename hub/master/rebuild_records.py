"""What every live record says, made once more from its landed row and the mapping that read it.

Records were mapped one by one when they came; here whole batches are, by the other compiler of the language. So a
rebuild also tells, on everything there is, whether the two agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
from sqlalchemy import Connection, Row, insert, text

from customer_master.store.evidence import Written, own_evidence
from customer_master.store.tables import OPEN, source_record_version
from hub.documents import applied_crosswalks
from hub.errors import HubError
from hub.master.rebuild_differences import Difference
from hub.pipeline.work import Report
from hub.store import landing
from mappings.canonical import canonical_hash
from mappings.language import MappingError, compile_mapping, parse_mapping
from mappings.language.batch import BatchMapping, payloads
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
        HubError: a landed file is missing or was changed, or a mapping of then calls a function that is gone.
    """
    reader = _Reader(present, folder)
    differences: list[Difference] = []
    total = int(present.execute(text(f"select count(*) {_LIVE}"), {"open": OPEN}).scalar_one())
    done = 0
    found = present.execution_options(yield_per=_ROWS).execute(text(_VERSIONS), {"open": OPEN})
    for _, own in groupby(found, key=lambda row: row.batch_id):
        versions = list(own)
        rows = []
        said = reader.read(versions)
        for version in versions:
            stored = next((said[place] for place in _places(version) if place in said), None)
            if stored is None:
                differences.append(Difference("record", version.name, "its landed row makes no such record"))
                continue
            rows.append(reader.version(version, stored))
            if stored.hash != version.payload_hash:
                differences.append(Difference("record", version.name, "its landed row says something else"))
        if rows:
            rebuilt.execute(insert(source_record_version), rows)
        done += len(versions)
        report("rebuild: records", done, total)
    return differences


_Place = tuple[str, int, str, str]
"""Hash of the mapping, landed row, record type and key."""


class _Stored(NamedTuple):
    """A record's payload as it is stored, and its sha256."""

    text: str
    hash: str


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
        self._mappings: dict[str, BatchMapping] = {}
        self._written = {
            row.record_id: [Written(**w) for w in row.written]
            for row in present.execute(text("select record_id, written from hub.delivery where written <> '[]'"))
        }

    def read(self, versions: Sequence[Row[*tuple[Any, ...]]]) -> dict[_Place, _Stored]:
        """Give everything that the landed rows of a batch's versions make, each by the mapping that read it."""
        manifest = self._manifests[versions[0].batch_id]
        table = landing.read(self._folder, manifest.path, manifest.sha256)
        at = instant_of(manifest.landed_us)
        rows: dict[str, dict[int, None]] = {}
        for version in versions:
            rows.setdefault(version.mapping_hash, {})[version.row_no] = None
        documents = table["document"]
        valid = documents.is_valid().to_pylist()  # those of erased rows are not
        made: dict[_Place, _Stored] = {}
        for hash_, own in rows.items():
            if row_nos := [row_no for row_no in own if valid[row_no]]:
                made |= _made(self._mapping(hash_), hash_, documents.take(row_nos), row_nos, at)
        return made

    def version(self, version: Row[*tuple[Any, ...]], stored: _Stored) -> dict[str, Any]:
        """Make the row of a version anew; number, place and age are of the log, the content is the record's."""
        payload = json.loads(stored.text)
        evidence = own_evidence(payload, self._written.get(version.record_id, ()))
        return {
            "id": version.id,
            "record_id": version.record_id,
            "from_cs": version.from_cs,
            "payload": payload,
            "payload_hash": stored.hash,
            "evidence": evidence,
            "evidence_hash": stored.hash if evidence is None else canonical_hash(evidence),
            "evidence_position": version.evidence_position,
            "position": version.position,
            "batch_id": version.batch_id,
            "row_no": version.row_no,
            "origin": version.origin,
            "mapping_hash": version.mapping_hash,
        }

    def _mapping(self, hash_: str) -> BatchMapping:
        if hash_ not in self._mappings:
            document = self._bodies[hash_]
            try:
                mapping = parse_mapping(document.body, document.name, self._crosswalks)
            except MappingError as error:  # it was right when it was applied
                what = f"Records were made by an earlier mapping {document.name}, which cannot be run any more"
                raise HubError(
                    f"{what}: {error.what}",
                    "Install the version of that function's package that hub trace tells, then rebuild",
                ) from None
            self._mappings[hash_] = BatchMapping(compile_mapping(mapping))
        return self._mappings[hash_]


def _made(
    mapping: BatchMapping, hash_: str, documents: pa.ChunkedArray[pa.StructScalar], row_nos: Sequence[int], at: datetime
) -> Iterator[tuple[_Place, _Stored]]:
    """Map landed documents and give what each of their records is stored as."""
    outcome = mapping.map(pl.DataFrame(pa.Table.from_struct_array(documents)), at=at)
    for index, (emit, frame) in enumerate(zip(mapping.program.emits, outcome.records, strict=True)):
        texts = payloads(mapping, frame, index).select("row", "key", "payload", "hash")
        for row, key, text_, sha256 in texts.iter_rows():
            yield (hash_, row_nos[row], emit.record_type, key), _Stored(text_, sha256)


def _places(version: Row[*tuple[Any, ...]]) -> Iterator[_Place]:
    """Give the places where a version's record may stand: under its key, or one it had when its row landed."""
    for key in (version.native_key, *version.old_keys):
        yield version.mapping_hash, version.row_no, version.record_type, key


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
