"""A compiled mapping for whole batches: the same outcomes as row by row, down to the last cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from itertools import count
from operator import itemgetter

import polars as pl

from mappings.language.batch.elements import UnsupportedError
from mappings.language.batch.emitting import ROW, evaluate_emit, schema_of, to_frame, to_record
from mappings.language.batch.frame import Evaluation
from mappings.language.batch.payload import written
from mappings.language.document import shape
from mappings.language.mapping import CompiledMapping
from mappings.language.outcome import Filtered, Mapped, Outcome, Rejected
from mappings.language.program import EmitProgram, Program

_REJECTED = pl.Schema(
    {ROW: pl.UInt32(), "code": pl.String(), "field": pl.String(), "message": pl.String(), "remedy": pl.String()}
)
_FILTERED = pl.Schema({ROW: pl.UInt32(), "reason": pl.String()})
_MAPPED, ODD = -1, -2
"""What becomes of a row that no rule ends, and of one that only the row function can tell."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What a mapping makes of a batch; every frame has the number of the document's row.

    Args:
        records: a frame for every ``emit``: ``row``, ``key``, ``correlation``, ``token``, the attributes it names, its
            lists and ``references``. Decimals are text without exponent, elements are structures.
        rejected: ``row``, ``code``, ``field``, ``message``, ``remedy``.
        filtered: ``row``, ``reason``.
    """

    records: tuple[pl.DataFrame, ...]
    rejected: pl.DataFrame
    filtered: pl.DataFrame
    _emits: Sequence[EmitProgram] = field(repr=False)

    def outcomes(self) -> list[Outcome]:
        """Give the outcome of every document in the order of the rows, as mapping one by one does."""
        found: dict[int, Outcome] = {}
        for row, *told in self.rejected.iter_rows():
            found[row] = Rejected(*told)
        for row, reason in self.filtered.iter_rows():
            found[row] = Filtered(reason)
        for together in zip(*(frame.iter_rows(named=True) for frame in self.records), strict=True):
            records = (to_record(emit, values) for emit, values in zip(self._emits, together, strict=True))
            found[together[0][ROW]] = Mapped(tuple(records))
        return [found[row] for row in sorted(found)]


class BatchMapping:
    """Maps whole batches.

    Healthy rows are mapped column by column. A row in which a reader fails or a value has an unexpected form is mapped
    by the row function, so that errors are told alike.

    Args:
        compiled: the mapping.
    """

    def __init__(self, compiled: CompiledMapping) -> None:
        self._compiled = compiled
        source = compiled.mapping.document.source
        self._declared = tuple(shape([*source.requires, *source.optional]))

    @property
    def program(self) -> Program:
        """The checked document."""
        return self._compiled.mapping.program

    def map(self, documents: pl.DataFrame, *, at: datetime | None = None) -> BatchOutcome:
        """Map raw documents.

        Args:
            documents: one row a document, one column a column of the source; those not there are missing.
            at: when the batch landed; a mapping that does not ask for it can do without.

        Raises:
            ValueError: the mapping asks when the batch landed, and the caller does not say.
        """
        if at is None and self._compiled.compiled.asks_when_landed:
            raise ValueError(f"mapping {self._compiled.mapping.name} asks when the batch landed; give at=")
        at = at and at.astimezone(UTC)
        try:
            fates, records = self._evaluate(documents, at)
        except UnsupportedError:
            fates = pl.Series([ODD], dtype=pl.Int32).new_from_index(0, documents.height)
            records = tuple(schema_of(emit).to_frame() for emit in self.program.emits)
        return self._told(documents, at, fates, records)

    def _evaluate(self, documents: pl.DataFrame, at: datetime | None) -> tuple[pl.Series, tuple[pl.DataFrame, ...]]:
        """Give the fate of every row, a number of the rule that ends it, and the records of those that none ends."""
        program = self.program
        evaluation = self._begun(documents, at)
        ends = [evaluation.cell(rule.when.node) for rule in (*program.rejects, *program.filters)]
        emitted = []
        for emit in program.emits:
            emitted.append(evaluate_emit(evaluation, emit))
            ends.append(emitted[-1]["key"] == "")
        fate = pl.lit(_MAPPED, dtype=pl.Int32)
        for number, end in reversed(list(enumerate(ends))):
            fate = pl.when(end).then(pl.lit(number, dtype=pl.Int32)).otherwise(fate)
        doubtful = pl.lit(evaluation.doubtful())
        fates = evaluation.frame.select(pl.when(doubtful).then(pl.lit(ODD, dtype=pl.Int32)).otherwise(fate).alias(ROW))
        mapped = fates[ROW] == _MAPPED
        return fates[ROW], tuple(
            evaluation.frame.select(ROW, **columns).filter(mapped).cast(schema_of(emit))
            for emit, columns in zip(program.emits, emitted, strict=True)
        )

    def _begun(self, documents: pl.DataFrame, at: datetime | None) -> Evaluation:
        """Take the declared columns of the documents; one of mixed values keeps its texts, the rest is in doubt."""
        columns = {name: f"${name}" for name in self._declared if name in documents.columns}
        frame = documents.select(pl.col(name).alias(column) for name, column in columns.items())
        frame = frame.with_columns(pl.Series(range(documents.height), dtype=pl.UInt32).alias(ROW))
        doubts = []
        for name in [name for name, dtype in frame.schema.items() if dtype == pl.Object]:
            values = frame[name].to_list()
            texts = [value if isinstance(value, str) else None for value in values]
            odd = [value is not None and not isinstance(value, str) for value in values]
            frame = frame.with_columns(pl.Series(name, texts, dtype=pl.String), pl.Series(f"{name}?", odd))
            doubts.append(pl.col(f"{name}?"))
        return Evaluation(frame, columns, self.program.lets, at, count(), doubts=doubts)

    def _told(
        self, documents: pl.DataFrame, at: datetime | None, fates: pl.Series, records: tuple[pl.DataFrame, ...]
    ) -> BatchOutcome:
        """Add what becomes of the rows that are not mapped, and of the odd ones, which the row function maps."""
        told: list[tuple[int, Outcome]] = []
        for fate in fates.unique().to_list():
            rows = (fates == fate).arg_true()
            if fate == ODD:
                odd = documents[rows].iter_rows(named=True)
                told.extend((row, self._compiled.map(d, at=at)) for row, d in zip(rows.to_list(), odd, strict=True))
            elif fate != _MAPPED:  # the rule ends all of them alike: the first tells how
                outcome = self._compiled.map(documents.row(rows[0], named=True), at=at)
                told.extend((row, outcome) for row in rows.to_list())
        told.sort(key=itemgetter(0))
        return BatchOutcome(
            self._joined(records, told),
            pl.DataFrame([(row, *astuple(o)) for row, o in told if isinstance(o, Rejected)], _REJECTED, orient="row"),
            pl.DataFrame([(row, o.reason) for row, o in told if isinstance(o, Filtered)], _FILTERED, orient="row"),
            self.program.emits,
        )

    def _joined(self, records: tuple[pl.DataFrame, ...], told: list[tuple[int, Outcome]]) -> tuple[pl.DataFrame, ...]:
        rows = [row for row, outcome in told if isinstance(outcome, Mapped)]
        if not rows:
            return records
        made = zip(*(outcome.records for _, outcome in told if isinstance(outcome, Mapped)), strict=True)
        return tuple(
            pl.concat([frame, to_frame(emit, rows, odd)]).sort(ROW)
            for emit, frame, odd in zip(self.program.emits, records, made, strict=True)
        )


def payloads(mapping: BatchMapping, frame: pl.DataFrame, emit_index: int) -> pl.DataFrame:
    """Write the stored texts of records.

    Args:
        mapping: what made them.
        frame: one of the frames of :attr:`BatchOutcome.records`.
        emit_index: which.

    Returns:
        Columns ``row``, ``key``, ``correlation``, ``token``, ``payload`` (canonical JSON) and ``hash`` (its sha256).
    """
    return written(frame, mapping.program.emits[emit_index])
