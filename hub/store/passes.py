"""Mapping passes, fates and dead letters: the account of every landed row.

A pass is one mapping of one batch. Every row a pass expects gets exactly one fate; a fate that is not good news comes
with a dead letter that keeps cause and content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from customer_master.store.clock import now_us
from customer_master.store.tables import OPEN
from hub.store.tables import dead_letter, fate, mapping_pass


@dataclass(frozen=True, slots=True)
class Pass:
    """One mapping of one batch.

    ``kind``: ``fresh`` for what just landed, ``remap`` for old raw under a newly activated mapping.
    """

    id: int
    batch_id: int
    activation_id: int
    kind: str


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


def open_passes(connection: Connection) -> list[Pass]:
    """List passes that a killed run left unfinished."""
    p = mapping_pass.c
    rows = connection.execute(select(p.id, p.batch_id, p.activation_id, p.kind).where(p.state == "open").order_by(p.id))
    return [Pass(*row) for row in rows]


def batches_without_pass(connection: Connection) -> list[int]:
    """List landed batches that were never mapped, oldest first."""
    return list(
        connection.execute(
            text(
                "select b.id from hub.landing_batch b where not exists (select 1 from hub.mapping_pass p"
                " where p.batch_id = b.id and p.kind = 'fresh') order by b.id"
            )
        ).scalars()
    )


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
    connection: Connection, *, run_id: int, batch_id: int, activation_id: int, kind: str, expected: int
) -> Pass:
    """Begin a pass that expects so many rows."""
    pass_id = connection.execute(
        insert(mapping_pass)
        .values(run_id=run_id, batch_id=batch_id, activation_id=activation_id, kind=kind, expected=expected)
        .returning(mapping_pass.c.id)
    ).scalar_one()
    return Pass(int(pass_id), batch_id, activation_id, kind)


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
            "payload": f.letter.payload,
            "at_us": now_us(),
            "pass_id": pass_.id,
            "row_no": f.row_no,
        }
        for f in fates
        if f.letter is not None
    ]
    if letters:
        connection.execute(insert(dead_letter), letters)
