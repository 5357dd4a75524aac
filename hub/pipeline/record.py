"""Map, check and record: from landed raw to source records with history, one fate a row.

Rows are committed some 250 at a time, fates and records together; a killed run leaves whole chunks, and the next one
goes on with the rows that have no fate yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, select

from customer_master.store import key_map, recording
from customer_master.store.evidence import Written
from customer_master.store.key_map import Identity
from customer_master.store.recording import Decision, Incoming
from dq_rules.gate import Finding, check
from dq_rules.rows import flatten
from hub.documents import ActiveMapping
from hub.master import erasure
from hub.master.completeness import settle_claims
from hub.pipeline.work import Work
from hub.store import landing, passes
from hub.store.passes import DeadLetter, Pass, RowFate
from hub.store.tables import delivery
from mappings.canonical import CanonicalRecord
from mappings.language import Filtered, Mapped, Rejected
from mappings.normalize.dates import instant_of

ROWS_A_COMMIT = 250
"""Rows that are recorded together: the clock is held while they are written."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One landed row after mapping: its records, or the fate it has without any."""

    row_no: int
    origin: str
    position: str
    raw: dict[str, Any]
    records: tuple[CanonicalRecord, ...] = ()
    fate: RowFate | None = None


def record(work: Work, systems: tuple[str, ...] | None = None) -> None:
    """Map, check and record everything landed that has no fate yet, then what a newly activated mapping concerns.

    What complete readings do not name is settled afterwards; erasures that a killed process began are finished first.

    Args:
        work: the run.
        systems: only what these have delivered, ``None`` for all.
    """
    erasure.finish(work.settings, work.engine)
    with work.engine.begin() as db:
        for connection in work.documents.connections.values():  # any of them may be referred to
            recording.ensure_system(db, code=connection.connection, kind=connection.kind, org_unit=connection.org_unit)
        todo = passes.open_passes(db, systems)
        fresh = passes.batches_without_pass(db, systems)
    for pass_ in todo:
        _process(work, pass_)
    for number, batch_id in enumerate(fresh, 1):
        with work.engine.begin() as db:
            manifest = landing.manifest(db, batch_id)
            mapping = work.documents.mappings[manifest.system, manifest.stream]
            pass_ = passes.open_pass(
                db, run_id=work.run_id, batch_id=batch_id, activation_id=mapping.activation, kind="fresh",
                expected=manifest.rows,
            )  # fmt: skip
        _process(work, pass_)
        work.report("map, check, record", number, len(fresh))
    _remap(work, systems)
    settle_claims(work, systems)


def record_again(work: Work, batch_id: int, rows: Sequence[int]) -> None:
    """Map, check and record some rows of a landed batch again, by the documents of now."""
    with work.engine.begin() as db:
        manifest = landing.manifest(db, batch_id)
        mapping = work.documents.mappings[manifest.system, manifest.stream]
        pass_ = passes.open_pass(
            db, run_id=work.run_id, batch_id=batch_id, activation_id=mapping.activation, kind="replay",
            expected=len(rows), rows=rows,
        )  # fmt: skip
    _process(work, pass_)


def _remap(work: Work, systems: tuple[str, ...] | None) -> None:
    for (system, stream), mapping in work.documents.mappings.items():
        if systems is not None and system not in systems:
            continue
        with work.engine.begin() as db:
            batches = passes.batches_to_remap(
                db, system=system, stream=stream, activation_id=mapping.activation, mapping_hash=mapping.hash
            )
        for number, batch_id in enumerate(batches, 1):
            with work.engine.begin() as db:
                expected = len(passes.rows_to_remap(db, batch_id, mapping.activation))
                pass_ = passes.open_pass(
                    db, run_id=work.run_id, batch_id=batch_id, activation_id=mapping.activation, kind="remap",
                    expected=expected,
                )  # fmt: skip
            _process(work, pass_)
            work.report(f"re-map {system}.{stream}", number, len(batches))


@dataclass(frozen=True, slots=True)
class _Task:
    """One pass with everything its rows need."""

    pass_: Pass
    manifest: Row[*tuple[Any, ...]]
    mapping: ActiveMapping
    system_id: int
    org_unit: str


def _process(work: Work, pass_: Pass) -> None:
    with work.engine.begin() as db:
        task = _task(db, work, pass_)
        done = passes.rows_with_fate(db, pass_.id)
        wanted = _wanted(db, task)
    mapped = [r for r in _map_rows(work, task) if r.row_no in wanted]
    with work.engine.begin() as db:
        current = _under_current_keys(db, task.manifest.system, mapped)
        kept, erased = _without_erased(db, work, task.manifest.system, current)
    rows, warnings = _gate(work, [_recordable(row) for row in kept])
    for chunk in _chunks([r for r in rows if r.row_no not in done]):
        with work.engine.begin() as db:
            incoming = _incoming(task, chunk)
            decision = _decide(db, task, incoming)
            passes.note_fates(
                db,
                run_id=work.run_id,
                pass_=pass_,
                system=task.manifest.system,
                stream=task.manifest.stream,
                fates=_fates(chunk, incoming, decision),
            )
            recording.record(
                db, decision, system_id=task.system_id, org_unit=task.org_unit, actor=work.actor
            )  # last, for it holds the commit clock
    with work.engine.begin() as db:
        passes.close_pass(db, pass_.id, warnings)
        for erasure_id, row_nos in erased.items():
            erasure.extend(db, erasure_id, pass_.batch_id, row_nos)
    if erased:
        erasure.finish(work.settings, work.engine)


def _wanted(db: Connection, task: _Task) -> set[int]:
    match task.pass_.kind:
        case "fresh":
            return set(range(task.manifest.rows))
        case "replay":
            return set(task.pass_.rows)
        case _:
            return set(passes.rows_to_remap(db, task.pass_.batch_id, task.pass_.activation_id))


def _task(db: Connection, work: Work, pass_: Pass) -> _Task:
    manifest = landing.manifest(db, pass_.batch_id)
    connection = work.documents.connections[manifest.system]
    return _Task(
        pass_=pass_,
        manifest=manifest,
        mapping=work.documents.mappings[manifest.system, manifest.stream],
        system_id=recording.ensure_system(db, code=manifest.system, kind=connection.kind, org_unit=connection.org_unit),
        org_unit=connection.org_unit,
    )


def _map_rows(work: Work, task: _Task) -> Iterator[_Row]:
    table = landing.read(work.landing, task.manifest.path, task.manifest.sha256)
    kind = table.schema.field("document").type
    breach = task.mapping.compiled.check_contract([f.name for f in kind]) if pa.types.is_struct(kind) else None
    landed_at = instant_of(task.manifest.landed_us)
    for row_no, raw in enumerate(table.to_pylist()):
        document = raw["document"]
        kept = {"document": document} if document is not None else {"raw": raw["raw"]}
        row = _Row(row_no, raw["origin"], raw["position"], kept)
        d = raw["defect"]
        if d is not None and d["code"] == landing.ERASED:
            yield _filtered(row, "erased")
        elif d is not None:
            yield _dead(row, "rejected", d["code"], d["field"], d["message"], d["remedy"])
        elif breach is not None:
            yield _dead(row, "rejected", "contract", breach.column, breach.message, breach.remedy)
        else:
            yield _mapped(row, task.mapping.compiled.map(document, at=landed_at))


def _mapped(row: _Row, outcome: Mapped | Rejected | Filtered) -> _Row:
    match outcome:
        case Mapped(records):
            return _Row(row.row_no, row.origin, row.position, row.raw, records)
        case Rejected():
            return _dead(row, "rejected", outcome.code, outcome.field, outcome.message, outcome.remedy)
        case Filtered(reason):
            return _filtered(row, reason)


def _filtered(row: _Row, reason: str) -> _Row:
    return _Row(row.row_no, row.origin, row.position, row.raw, (), RowFate(row.row_no, "filtered", reason))


def _dead(row: _Row, kind: str, cause: str, field: str, message: str, remedy: str) -> _Row:
    letter = DeadLetter(kind, row.origin, cause, field, message, remedy, row.raw)
    return _Row(row.row_no, row.origin, row.position, row.raw, (), RowFate(row.row_no, kind, cause, letter))


def _under_current_keys(db: Connection, system: str, rows: Sequence[_Row]) -> list[_Row]:
    """Let late raw that names a record by a former key mean that record, also where it only refers to it."""
    own = {(system, c.record_type, c.key) for row in rows for c in row.records}
    referred = {(f.system, f.record_type, f.key) for row in rows for c in row.records for f in c.references}
    keys = key_map.current_keys(db, own | referred)
    if not keys:
        return list(rows)
    return [replace(row, records=tuple(_renamed(c, system, keys) for c in row.records)) for row in rows]


def _renamed(record: CanonicalRecord, system: str, keys: Mapping[Identity, str]) -> CanonicalRecord:
    references = tuple(replace(f, key=keys.get((f.system, f.record_type, f.key), f.key)) for f in record.references)
    return replace(record, key=keys.get((system, record.record_type, record.key), record.key), references=references)


def _without_erased(
    db: Connection, work: Work, system: str, rows: Sequence[_Row]
) -> tuple[list[_Row], dict[int, list[int]]]:
    """Leave out records that were erased; give the rows that brought them again, by erasure."""
    known = erasure.recognised(db, work.settings, {(system, c.record_type, c.key) for row in rows for c in row.records})
    kept: list[_Row] = []
    again: dict[int, list[int]] = {}
    for row in rows:
        left = tuple(c for c in row.records if (system, c.record_type, c.key) not in known)
        if len(left) == len(row.records):
            kept.append(row)
            continue
        for erasure_id in {known[system, c.record_type, c.key] for c in row.records if c not in left}:
            again.setdefault(erasure_id, []).append(row.row_no)
        bare = replace(row, raw={}, records=left)
        kept.append(bare if left else _filtered(bare, "erased"))
    return kept, again


def _recordable(row: _Row) -> _Row:
    """Refuse a row that says two things of one record, for nobody could tell which holds."""
    made = Counter((record.record_type, record.key) for record in row.records)
    twice = next((record_type for (record_type, _), times in made.items() if times > 1), None)
    if twice is None:
        return row
    what = f"the mapping makes the same {twice} twice of this row"
    return _dead(row, "rejected", "record_twice", "", what, "Give each entry of emit a record_type or a key of its own")


def _gate(work: Work, rows: Sequence[_Row]) -> tuple[list[_Row], dict[str, int]]:
    """Hold back what a quality rule refuses, one finding a row is enough; count what others only warn about."""
    held: dict[int, Finding] = {}
    counted: Counter[str] = Counter()
    for entity, rules in work.documents.rules.items():
        found = [(flatten(c), index) for index, row in enumerate(rows) for c in row.records if c.entity == entity]
        result = check(rules, [flat for flat, _ in found])
        owners = [index for _, index in found]
        held |= {owners[at]: finding for at, finding in result.quarantined.items() if owners[at] not in held}
        if result.blocked:
            held |= dict.fromkeys(owners, result.blocked[0])
        counted.update({finding.rule: finding.count for finding in result.warnings})
    checked = [
        _dead(row, "quarantined", held[index].rule, held[index].column, held[index].message, held[index].remedy)
        if index in held
        else row
        for index, row in enumerate(rows)
    ]
    return checked, dict(counted)


def _chunks(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Cut rows into commits in which no record occurs twice, so that versions keep their order."""
    chunk: list[_Row] = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        own = {(r.record_type, r.key) for r in row.records}
        if chunk and (len(chunk) >= ROWS_A_COMMIT or own & seen):
            yield chunk
            chunk, seen = [], set()
        chunk.append(row)
        seen |= own
    if chunk:
        yield chunk


def _incoming(task: _Task, chunk: Sequence[_Row]) -> list[Incoming]:
    return [
        Incoming(
            canonical,
            row.position,
            task.pass_.batch_id,
            row.row_no,
            row.origin,
            task.mapping.hash,
            fresh=task.pass_.kind == "fresh",
        )
        for row in chunk
        for canonical in row.records
    ]


def _decide(db: Connection, task: _Task, incoming: Sequence[Incoming]) -> Decision:
    if not incoming:
        return Decision()
    known = recording.lookup(db, task.system_id, incoming)
    written = _written(db, task.manifest.system, [k.record_id for k in known.values()])
    return recording.decide(incoming, known, written)


def _fates(chunk: Sequence[_Row], incoming: Sequence[Incoming], decision: Decision) -> list[RowFate]:
    effects: dict[int, set[str]] = {}
    for i, effect in zip(incoming, decision.effects, strict=True):
        effects.setdefault(i.row_no, set()).add(effect)
    return [row.fate or _good_fate(row.row_no, effects[row.row_no]) for row in chunk]


def _good_fate(row_no: int, effects: set[str]) -> RowFate:
    if "recorded" in effects:
        return RowFate(row_no, "recorded")
    return RowFate(row_no, "unchanged", "older than what is known" if effects == {"older"} else "")


def _written(db: Connection, system: str, record_ids: Sequence[int]) -> dict[int, list[Written]]:
    d = delivery.c
    rows = db.execute(select(d.record_id, d.written).where(d.target == system, d.record_id.in_(record_ids)))
    return {row.record_id: [Written(**w) for w in row.written] for row in rows}
