"""Mapping passes, fates and dead letters: the account of every landed row.

A pass is one mapping of one batch. Every row a pass expects gets exactly one fate; a fate that is not good news comes
with a dead letter that keeps cause and content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, insert, select, text, update

from customer_master.store.clock import now_us
from customer_master.store.tables import OPEN
from hub.store.tables import dead_letter, fate, landing_batch, mapping_pass


@dataclass(frozen=True, slots=True)
class Pass:
    """One mapping of one batch.

    ``kind``: ``fresh`` for what just landed, ``remap`` for old raw under a newly activated mapping, ``replay`` for
    dead letters that somebody wants tried again; only a replay names its ``rows``.
    """

    id: int
    batch_id: int
    activation_id: int
    kind: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFate:
    """What became of one row; ``letter`` is set when it is a dead letter."""

    row_no: int
    fate: str
    reason: str = ""
    letter: DeadLetter | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row or a delivery that waits for somebody, with cause, remedy and content."""

    kind: str
    origin: str
    cause: str
    field: str
    message: str
    remedy: str
    payload: dict[str, Any]


def open_passes(connection: Connection, systems: tuple[str, ...] | None = None) -> list[Pass]:
    """List passes that a killed run left unfinished; only of these systems, if any are named."""
    p = mapping_pass.c
    statement = select(p.id, p.batch_id, p.activation_id, p.kind, p.rows).where(p.state == "open").order_by(p.id)
    if systems is not None:
        statement = statement.join(landing_batch, landing_batch.c.id == p.batch_id)
        statement = statement.where(landing_batch.c.system.in_(systems))
    return [Pass(*row[:4], tuple(row.rows or ())) for row in connection.execute(statement)]


def batches_without_pass(connection: Connection, systems: tuple[str, ...] | None = None) -> list[int]:
    """List landed batches that were never mapped, oldest first; only of these systems, if any are named."""
    b, p = landing_batch.c, mapping_pass.c
    mapped = exists().where(p.batch_id == b.id, p.kind == "fresh")
    statement = select(b.id).where(~mapped).order_by(b.id)
    if systems is not None:
        statement = statement.where(b.system.in_(systems))
    return list(connection.execute(statement).scalars())


def batches_to_remap(
    connection: Connection, *, system: str, stream: str, activation_id: int, mapping_hash: str
) -> list[int]:
    """List batches with newest raw that the active mapping has not seen: of live records, or of dead letters."""
    rows = connection.execute(
        text(
            "select b.id from hub.landing_batch b where b.system = :system and b.stream = :stream"
            " and not exists (select 1 from hub.mapping_pass p"
            "   where p.batch_id = b.id and p.activation_id >= :activation)"
            " and (exists (select 1 from master.source_record r join master.source_record_version v"
            "   on v.record_id = r.id and v.to_cs = :open"
            "   where r.batch_id = b.id and v.mapping_hash <> :mapping)"
            "  or exists (select 1 from hub.mapping_pass p join hub.fate f on f.pass_id = p.id"
            "   where p.batch_id = b.id and f.fate in ('rejected','quarantined')))"
            " order by b.id"
        ),
        {"system": system, "stream": stream, "activation": activation_id, "open": OPEN, "mapping": mapping_hash},
    )
    return list(rows.scalars())


def rows_to_remap(connection: Connection, batch_id: int, activation_id: int) -> list[int]:
    """List the rows of a batch that a remap concerns: newest raw of live records, and earlier dead letters."""
    rows = connection.execute(
        text(
            "select row_no from master.source_record where batch_id = :batch"
            " union select f.row_no from hub.mapping_pass p join hub.fate f on f.pass_id = p.id"
            " where p.batch_id = :batch and p.activation_id < :activation and f.fate in ('rejected','quarantined')"
            " order by 1"
        ),
        {"batch": batch_id, "activation": activation_id},
    )
    return list(rows.scalars())


def open_pass(
    connection: Connection,
    *,
    run_id: int,
    batch_id: int,
    activation_id: int,
    kind: str,
    expected: int,
    rows: Sequence[int] | None = None,
) -> Pass:
    """Begin a pass that expects so many rows; a replay names them."""
    named = None if rows is None else list(rows)
    pass_id = connection.execute(
        insert(mapping_pass)
        .values(run_id=run_id, batch_id=batch_id, activation_id=activation_id, kind=kind, expected=expected, rows=named)
        .returning(mapping_pass.c.id)
    ).scalar_one()
    return Pass(int(pass_id), batch_id, activation_id, kind, tuple(named or ()))


def close_pass(connection: Connection, pass_id: int, warnings: Mapping[str, int]) -> None:
    """Every expected row has its fate.

    Args:
        connection: connection in a transaction.
        pass_id: the pass.
        warnings: quality rule -> rows it warns about.
    """
    connection.execute(
        update(mapping_pass).where(mapping_pass.c.id == pass_id).values(state="done", warnings=dict(warnings))
    )


def rows_with_fate(connection: Connection, pass_id: int) -> set[int]:
    """List rows that a killed run had finished."""
    return set(connection.execute(select(fate.c.row_no).where(fate.c.pass_id == pass_id)).scalars())


def note_fates(
    connection: Connection, *, run_id: int, pass_: Pass, system: str, stream: str, fates: Sequence[RowFate]
) -> None:
    """Write fates and their dead letters."""
    if not fates:
        return
    connection.execute(
        insert(fate), [{"pass_id": pass_.id, "row_no": f.row_no, "fate": f.fate, "reason": f.reason} for f in fates]
    )
    letters = [
        {
            "run_id": run_id,
            "kind": f.letter.kind,
            "system": system,
            "stream": stream,
            "origin": f.letter.origin,
            "cause": f.letter.cause,
            "field": f.letter.field,
            "message": f.letter.message,
            "remedy": f.letter.remedy,
            "payload": _storable(f.letter.payload),
            "at_us": now_us(),
            "pass_id": pass_.id,
            "row_no": f.row_no,
        }
        for f in fates
        if f.letter is not None
    ]
    if letters:
        connection.execute(insert(dead_letter), letters)
    if pass_.kind != "fresh":
        _settle_rows(connection, pass_, [f.row_no for f in fates])


def _storable(raw: Any) -> Any:
    """Write a raw value without NUL, which the database keeps in no text; the landing zone has it as it came."""
    match raw:
        case str():
            return raw.replace("\0", "")
        case dict():
            return {name: _storable(value) for name, value in raw.items()}
        case list():
            return [_storable(value) for value in raw]
    return raw


def _settle_rows(connection: Connection, pass_: Pass, rows: Sequence[int]) -> None:
    """Close the dead letters of earlier passes: these rows have a newer fate, with a dead letter if it is a bad one."""
    connection.execute(
        text(
            "update hub.dead_letter d set settled_us = :now from hub.mapping_pass p where p.id = d.pass_id"
            " and p.batch_id = :batch and d.pass_id < :pass and d.row_no = any(:rows) and d.settled_us is null"
        ),
        {"now": now_us(), "batch": pass_.batch_id, "pass": pass_.id, "rows": list(rows)},
    )


def settle_deliveries(connection: Connection) -> None:
    """Close the dead letters of deliveries that are not parked any more, or parked again with a newer one."""
    connection.execute(
        text(
            "update hub.dead_letter d set settled_us = :now from hub.delivery x where x.id = d.delivery_id"
            " and d.settled_us is null and (x.state <> 'parked' or exists (select 1 from hub.dead_letter n"
            "  where n.delivery_id = d.delivery_id and n.id > d.id))"
        ),
        {"now": now_us()},
    )
