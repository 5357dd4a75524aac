"""Erasure: records taken out of the master, the landing zone and whatever the hub keeps of them, with a certificate.

The database goes first, in one commit that also notes what is left to do; then the landing files are written anew,
one by one; then the erasure is done. Whoever is killed in between leaves the rest to the next run. What systems
deliver again is recognised by keyed hashes, recorded no more, and taken out of what was landed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.stewardship.errors import UnknownError
from customer_master.store import erasing, parties
from customer_master.store.clock import Author, now_us
from customer_master.store.key_map import Identity
from customer_master.store.public_id import decode, encode
from customer_master.store.tables import OPEN
from customer_master.store.work_tables import erasure, suppression
from hub.documents import ActiveDocuments, load
from hub.master.context import By
from hub.references import resolve, store_secret
from hub.settings import Settings
from hub.store import landing
from hub.store.lock import exclusive
from hub.store.optimistic import optimistic
from hub.store.tables import landing_batch
from mappings.canonical import upcast
from mappings.language import Mapped
from mappings.normalize.dates import instant_of
from mappings.normalize.text import fold

_SECRET = "erasure_key"  # noqa: S105 - the name of one


@dataclass(frozen=True, slots=True)
class _Trace:
    """By what the raw rows of some records are found: their keys and when, their names, and rows known to hold them."""

    spans: tuple[erasing.Span, ...]
    names: frozenset[str]
    linked: frozenset[tuple[int, int]]

    def is_in(self, leaves: Sequence[str]) -> bool:
        """Tell whether raw that cannot be mapped names both a key and a name; one alone may be somebody else's."""
        folded = [fold(leaf) for leaf in leaves]
        keys = {span.identity[2] for span in self.spans}
        return any(key in leaf for key in keys for leaf in leaves) and any(
            name in leaf for name in self.names for leaf in folded
        )


def erase(settings: Settings, engine: Engine, record_ids: Collection[int], by: By) -> dict[str, Any]:
    """Erase records, and the records that the hub made for them, for ever.

    Args:
        settings: the installation.
        engine: its database.
        record_ids: source records.
        by: who does it and why.

    Returns:
        The certificate: records, customers, copies downstream that others must erase, files with both hashes.

    Raises:
        UnknownError: one of them does not exist or is erased already.
        HubError: the landing zone is damaged; nothing was erased.
        BusyError: a run is at work on the master.
    """
    with exclusive(engine, "pipeline"):
        finish(settings, engine)
        documents = load(engine)
        with engine.connect() as db:
            _refuse_unknown(db, record_ids)
            ids = erasing.with_copies(db, record_ids)
            files = list(_files(db, settings.home / "landing", documents, ids))
        key = _key(settings, make=True)
        erasure_id = optimistic(engine, lambda db, seen_cs: _erase(db, seen_cs, ids, files, key, by))
        finish(settings, engine)
    with engine.connect() as db:
        return certificate(db, erasure_id)


def named(db: Connection, what: str) -> list[int]:
    """Find the records that somebody calls by a customer number or as ``system/record_type/key``.

    Raises:
        UnknownError: nothing of that name is there.
    """
    if "/" in what:
        found = list(db.execute(text(_NAMED), {"name": what}).scalars())
    else:
        try:
            members = parties.members_of(db, [decode(what)])
        except ValueError as error:
            raise UnknownError(str(error), "A record is named system/record_type/key") from None
        found = sorted(record for own in members.values() for record in own)
    if not found:
        raise UnknownError("No record of that name is there", "Name a customer number or system/record_type/key")
    return found


def certificate(db: Connection, erasure_id: int) -> dict[str, Any]:
    """Give the certificate of an erasure.

    Raises:
        UnknownError: there is no such erasure.
    """
    e = erasure.c
    row = db.execute(
        select(e.id, e.cs, e.requested_us, e.actor, e.reason, e.done, e.certificate).where(e.id == erasure_id)
    ).one_or_none()
    if row is None:
        raise UnknownError(f"There is no erasure {erasure_id}", "Name one that is there")
    return {
        "erasure": row.id, "cs": row.cs, "requested_us": row.requested_us, "actor": row.actor, "reason": row.reason,
        "done": row.done, **row.certificate,
    }  # fmt: skip


def recognised(db: Connection, settings: Settings, identities: Collection[Identity]) -> dict[Identity, int]:
    """Map those of the identities that were erased to their erasure.

    A key that another record has been given since, by a key map, is that record's.

    Raises:
        HubError: records were erased, and the key of their hashes is lost.
    """
    if not identities or not erasing.anything_suppressed(db):
        return {}
    key = _key(settings)
    given_on = erasing.living(db, identities)
    prints = {erasing.fingerprint(key, identity): identity for identity in identities if identity not in given_on}
    return {prints[print_]: erasure_id for print_, erasure_id in erasing.suppressed(db, prints).items()}


def extend(db: Connection, erasure_id: int, batch_id: int, rows: Sequence[int]) -> None:
    """Note that a batch has brought erased records again, so that :func:`finish` takes these rows out."""
    manifest = landing.manifest(db, batch_id)
    db.execute(text(_EXTEND), {"erasure": erasure_id, "file": json.dumps([_file(manifest, rows)])})


def finish(settings: Settings, engine: Engine) -> None:
    """Write the landing files that erasures have still to do with; safe to call again.

    Args:
        settings: the installation.
        engine: its database; the caller holds the pipeline's lock.

    Raises:
        HubError: the landing zone is damaged.
    """
    folder = settings.home / "landing"
    with engine.connect() as db:
        pending = list(db.execute(select(erasure.c.id).where(~erasure.c.done)).scalars())
    for erasure_id in pending:
        for place, file in enumerate(_listed(engine, erasure_id)):
            if file["sha256_after"] is None:
                _rewrite(engine, folder, erasure_id, place, file)
        for file in _listed(engine, erasure_id):
            (folder / file["path"]).unlink(missing_ok=True)
        with engine.begin() as db:
            db.execute(update(erasure).where(erasure.c.id == erasure_id).values(done=True))


def _listed(engine: Engine, erasure_id: int) -> list[dict[str, Any]]:
    with engine.connect() as db:
        told = db.execute(select(erasure.c.certificate).where(erasure.c.id == erasure_id)).scalar_one()
    return list(told["files"])


def _rewrite(engine: Engine, folder: Path, erasure_id: int, place: int, file: Mapping[str, Any]) -> None:
    with engine.begin() as db:
        manifest = landing.manifest(db, file["batch"])
        table = landing.read(folder, str(manifest.path), str(manifest.sha256))
        path = str(Path(str(manifest.path)).with_suffix("")) + f"-{erasure_id}.{place}.parquet"
        digest, size = landing.write_without(folder, table, set(file["rows"]), path)
        b = landing_batch.c
        db.execute(update(landing_batch).where(b.id == manifest.id).values(path=path, sha256=digest, bytes=size))
        done = {"erasure": erasure_id, "place": ["files", str(place)], "path": manifest.path,
                "before": manifest.sha256, "after": digest}  # fmt: skip
        db.execute(text(_NOTE_FILE), done)


def _erase(db: Connection, seen_cs: int, ids: list[int], files: list[dict[str, Any]], key: str, by: By) -> int:
    prints = {erasing.fingerprint(key, identity) for identity in erasing.identities(db, ids)}
    told: dict[str, Any] = {
        "records": _rows(db, _RECORDS, ids),
        "copies": _rows(db, _COPIES, ids),
        "mentioned_by": list(db.execute(text(_MENTIONED_BY), {"ids": ids}).scalars()),
        "files": files,
    }
    erased = erasing.erase(db, ids, author=Author(by.user, "user"), seen_cs=seen_cs)
    told["customers"] = {"erased": [encode(p) for p in erased.ended], "left": [encode(p) for p in erased.left]}
    rows = [(file["batch"], row) for file in files for row in file["rows"]]
    given = {
        "ids": ids, "ended": list(erased.ended), "left": list(erased.left), "now": now_us(),
        "batches": [batch for batch, _ in rows], "rows": [row for _, row in rows],
        "answers": [f"%{encode(p)}%" for p in (*erased.ended, *erased.left)],
    }  # fmt: skip
    for statement in _CLEAR_HUB:
        db.execute(text(statement), given)
    erasure_id: int = db.execute(
        insert(erasure)
        .values(cs=erased.cs, records=ids, requested_us=now_us(), actor=by.user, reason=by.reason, certificate=told)
        .returning(erasure.c.id)
    ).scalar_one()
    if prints:
        rows_of_prints = [{"fingerprint": p, "erasure_id": erasure_id} for p in sorted(prints)]
        db.execute(upsert(suppression).on_conflict_do_nothing(), rows_of_prints)
    return erasure_id


def _refuse_unknown(db: Connection, record_ids: Collection[int]) -> None:
    known = set(db.execute(text(_KNOWN), {"ids": list(record_ids)}).scalars())
    if unknown := sorted(set(record_ids) - known):
        raise UnknownError(f"Record {unknown[0]} does not exist or is erased already", "Name records that are there")


def _names(db: Connection, ids: list[int]) -> Iterator[str]:
    """Give every name that the records ever had."""
    for payload in db.execute(text(_SAID), {"ids": ids}).scalars():
        yield from (name["text"] for name in upcast(payload).get("names", ()))


def _files(db: Connection, folder: Path, documents: ActiveDocuments, ids: list[int]) -> Iterator[dict[str, Any]]:
    """Find every landed row that speaks of the records: also raw that said nothing new, or could not be recorded."""
    trace = _Trace(
        tuple(erasing.spans(db, ids)),
        frozenset(name for name in map(fold, _names(db, ids)) if name),
        frozenset((row.batch_id, row.row_no) for row in db.execute(text(_LINKED), {"ids": ids})),
    )
    for manifest in db.execute(text(_BATCHES), {"ids": ids}).all():
        table = landing.read(folder, manifest.path, manifest.sha256)
        rows = [
            row for row, raw in enumerate(table.to_pylist()) if _speaks(raw, row, manifest, documents, table, trace)
        ]
        if rows:
            yield _file(manifest, rows)


def _speaks(
    raw: Mapping[str, Any], row: int, manifest: Any, documents: ActiveDocuments, table: pa.Table, trace: _Trace
) -> bool:
    if (manifest.id, row) in trace.linked:
        return True
    mapping = documents.mappings.get((manifest.system, manifest.stream))
    document = raw["document"]
    outcome: object = None
    at = instant_of(manifest.landed_us)
    if mapping is not None and document is not None:
        columns = [f.name for f in table.schema.field("document").type]
        outcome = None if mapping.compiled.check_contract(columns) else mapping.compiled.map(document, at=at)
    if isinstance(outcome, Mapped):
        named = {(manifest.system, c.record_type, c.key) for c in outcome.records}
        return any(s.identity in named and s.since_us <= manifest.landed_us < s.until_us for s in trace.spans)
    return trace.is_in([*_leaves(document), *_leaves(raw["raw"])])


def _leaves(value: Any) -> Iterator[str]:
    """Give the texts and numbers of a document as text."""
    match value:
        case None:
            return
        case Mapping():
            for part in value.values():
                yield from _leaves(part)
        case list():
            for part in value:
                yield from _leaves(part)
        case _:
            yield str(value)


def _file(manifest: Any, rows: Sequence[int]) -> dict[str, Any]:
    return {"batch": manifest.id, "path": manifest.path, "rows": list(rows), "sha256_before": manifest.sha256,
            "sha256_after": None}  # fmt: skip


def _rows(db: Connection, sql: str, ids: list[int]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(text(sql), {"ids": ids, "open": OPEN}).mappings()]


def _key(settings: Settings, *, make: bool = False) -> str:
    """Give the key of the hashes by which erased records are recognised; the first erasure makes it."""
    if make and not (settings.secrets / _SECRET).exists():
        store_secret(settings, _SECRET, secrets.token_hex(32))
    return str(resolve(f"file:{_SECRET}", settings, "erased records"))


_NAMED = """
select r.id from master.source_record r join master.source_system s on s.id = r.system_id
where s.code = split_part(:name, '/', 1) and s.code || '/' || r.record_type || '/' || r.native_key = :name
"""

_KNOWN = """
select id from master.source_record where id = any(:ids) and coalesce(native_key, '') not like 'erased:%'
"""

_RECORDS = """
select r.id, s.code as system, r.record_type from master.source_record r
join master.source_system s on s.id = r.system_id where r.id = any(:ids) order by r.id
"""

# whoever owns a source or a target must erase it there; a key is told only where the hub wrote the record
_COPIES = """
select s.code as system, r.record_type, case when d.id is not null then r.native_key end as key,
  case when r.correlation is not null then 'made by the hub' when d.id is not null then 'written to by the hub'
    else 'source' end as what
from master.source_record r join master.source_system s on s.id = r.system_id
left join hub.delivery d on d.record_id = r.id
where r.id = any(:ids) or d.party_id in (
  select m.party_id from master.membership m where m.record_id = any(:ids) and m.to_cs = :open)
order by r.id
"""

# calls, mails, cases and consents are records of their own, with a law of their own: they are named, and erased if
# asked for
_MENTIONED_BY = """
select distinct o.record_id from master.contact_point c
join master.contact_point o on o.kind = c.kind and o.value = c.value and o.role <> ''
where c.record_id = any(:ids) and c.role = '' and c.kind <> 'domain' and o.record_id <> all(:ids)
union select f.record_id from master.record_reference f
where f.to_record_id = any(:ids) and f.relation = 'given_by' and f.record_id <> all(:ids) order by 1
"""

_SAID = "select payload from master.source_record_version where record_id = any(:ids)"

_LINKED = """
select batch_id, row_no from master.source_record_version where record_id = any(:ids)
union select batch_id, row_no from master.source_record where id = any(:ids) and batch_id is not null
"""

_BATCHES = """
select b.id, b.system, b.stream, b.path, b.sha256, b.landed_us from hub.landing_batch b
where (b.system, b.stream) in (
  select o.system, o.stream from master.source_record_version v join hub.landing_batch o on o.id = v.batch_id
  where v.record_id = any(:ids)) order by b.id
"""

_EXTEND = """
update master.erasure set done = false,
  certificate = jsonb_set(certificate, '{files}', (certificate -> 'files') || cast(:file as jsonb)) where id = :erasure
"""

_NOTE_FILE = """
update master.erasure set certificate = jsonb_set(certificate, cast(:place as text[]), (certificate #> :place) ||
  jsonb_build_object('path', cast(:path as text), 'sha256_before', cast(:before as text),
    'sha256_after', cast(:after as text))) where id = :erasure
"""

_CLEAR_HUB = (
    # what a letter says may name a code that no crosswalk knows, and what a target says of a write anything
    """update hub.dead_letter l set payload = '{}', message = '', settled_us = coalesce(settled_us, :now)
    from hub.mapping_pass p, unnest(cast(:batches as bigint[]), cast(:rows as integer[])) as f(batch_id, row_no)
    where p.id = l.pass_id and p.batch_id = f.batch_id and l.row_no = f.row_no""",
    """update hub.dead_letter set payload = '{}', message = '', settled_us = coalesce(settled_us, :now)
    where delivery_id in (
      select id from hub.delivery where record_id = any(:ids) or party_id = any(:ended))""",
    """update hub.delivery set desired = '{}', desired_hash = '', confirmed_hash = '', written = '[]', message = '',
      state = 'superseded' where record_id = any(:ids) or party_id = any(:ended)""",
    # what others of the customer's records in targets are to say is worked out anew
    """update hub.delivery set desired = '{}', desired_hash = '',
      state = case state when 'pending' then 'superseded' else state end
    where party_id = any(:left) and record_id <> all(:ids)""",
    "delete from hub.api_answer where body::text like any(:answers)",
)
"""What the hub keeps outside the master: dead letters, deliveries, answers to programs."""
