"""Guess what each column of a table is: by its values first, by the words of its header, by how its values repeat.

The guess depends neither on the order of the records nor on the truth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from customer_master.resolution.attributes import KINDS
from hub.errors import UsageError
from hub.matching.evidence import looks, may_be
from hub.matching.header_words import IGNORE, NAME, is_key, promise
from hub.matching.names import company_or_person
from hub.matching.reading import RECORD, TRUTH, Records, Texts
from mappings.normalize.text import is_placeholder

SAMPLE_ROWS: Final = 4000
"""So many records are looked at, the first in their order; values are counted over all."""

_SAMPLE_VALUES = 400
_HEADER_WEIGHT = 0.8  # the share of the values that a header which they can fit counts for
_POSSIBLE_SHARE = 0.3  # a header is not believed if fewer values than this can be what it promises
_LEAST_SHARE: Mapping[str, float] = {
    # what a column without a fitting header must reach; lists of names know only the common ones
    "email": 0.6, "identifier": 0.6, "date": 0.6, "phone": 0.6, "postcode": 0.9, "place": 0.5, "address": 0.5,
    "company": 0.35, "person": 0.25, "given_name": 0.25, "family_name": 0.6,
}  # fmt: skip
_BY_FORM = frozenset({"email", "identifier", "date", "phone", "postcode"})
"""Kinds that are told by their form. The others are told by their words, which is not enough against a header."""
_CONSTANT_FROM = 20  # so many equal values are no chance
_KEYS_FROM = 100
_FEW_VALUES = 200
_FEW_SHARE = 0.02
_NOTE_LENGTH, _NOTE_WORDS = 60, 9
_CATEGORY_WORDS = 3
_RUNNING = re.compile(r"[A-Za-z]{0,8}[-_ #]?\d{1,18}", re.ASCII)
_WHOLE = re.compile(r"\d+")
_NUMBER = re.compile(r"[-+]?[¥￥$€£]? ?\d[\d,]*(?:\.\d+)?(?: ?[元%])?")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][\w./-]{2,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for.

    Args:
        column: its name.
        kind: a kind of attribute, or ``ignore``.
        why: in a few words.
    """

    column: str
    kind: str
    why: str

    @property
    def by_hand(self) -> bool:
        """Whether a person said so."""
        return self.why == _BY_HAND


_BY_HAND = "as told"


@dataclass(frozen=True, slots=True)
class _Column:
    """What is looked at of a column: distinct values of the sample, and counts over all records."""

    header: str
    cells: Sequence[str]
    records: int
    filled: int
    distinct: int
    running: bool

    def share(self, pattern: re.Pattern[str]) -> float:
        return sum(pattern.fullmatch(cell) is not None for cell in self.cells) / max(len(self.cells), 1)

    @property
    def few(self) -> bool:
        """Whether the column knows few values, each of which stands often."""
        return self.distinct <= 0.2 * self.filled and self.distinct <= max(_FEW_VALUES, _FEW_SHARE * self.filled)


def guess_columns(records: Records, told: Mapping[str, str]) -> tuple[Guess, ...]:
    """Guess what every column of a table is.

    Args:
        records: the table.
        told: column -> what a person says that it is: a kind, ``name`` or ``ignore``.

    Raises:
        UsageError: there is no such column, or no such kind.
    """
    _check(records, told)
    guesses = []
    for name, texts in records.columns.items():
        column = _look_at(name, texts)
        kind, why = (told[name], _BY_HAND) if name in told else _judge(column)
        guesses.append(Guess(name, company_or_person(column.cells) if kind == NAME else kind, why))
    return tuple(guesses)


def _check(records: Records, told: Mapping[str, str]) -> None:
    for column, kind in told.items():
        if column in (RECORD, TRUTH):
            raise UsageError(f"--map {column}={kind}: {column} is no field of a record", "Leave it out")
        if column not in records.columns:
            raise UsageError(
                f"--map {column}={kind}: there is no column {column!r}", f"Columns are: {', '.join(records.columns)}"
            )
        if kind not in (*KINDS, NAME, IGNORE):
            raise UsageError(
                f"--map {column}={kind}: {kind!r} is nothing that a column can be",
                f"It can be: {', '.join((*KINDS, NAME, IGNORE))}",
            )


def _look_at(name: str, texts: Texts) -> _Column:
    sample = dict.fromkeys(text for text in texts[:SAMPLE_ROWS].to_pylist() if text is not None)
    cells = [cell for cell in sample if not is_placeholder(cell)][:_SAMPLE_VALUES]
    filled, distinct = len(texts) - texts.null_count, pc.count_distinct(texts).as_py()
    running = distinct == len(texts) and _is_running(texts)
    return _Column(name, cells, len(texts), filled, distinct, running)


def _is_running(texts: Texts) -> bool:
    """Tell whether distinct values count the records: numbers without great gaps, behind the same letters or none."""
    if not pc.all(pc.match_substring_regex(texts, pattern=f"^(?:{_RUNNING.pattern})$")).as_py():
        return False
    digits = pc.replace_substring_regex(texts, pattern=r"\D", replacement="")
    numbers = digits.cast(pa.int64())
    return bool(pc.max(numbers).as_py() - pc.min(numbers).as_py() < 2 * len(texts))


def _judge(column: _Column) -> tuple[str, str]:
    """Decide what a column is, and say why."""
    promised = promise(column.header)
    if (useless := _useless(column, promised)) is not None:
        return IGNORE, useless
    votes = Counter(kind for cell in column.cells for kind in looks(cell))
    shares = {kind: votes[kind] / len(column.cells) for kind in _LEAST_SHARE}
    if promised == IGNORE:
        contact = max(("email", "phone"), key=lambda kind: shares[kind])
        return (contact, "values") if shares[contact] >= _HEADER_WEIGHT else (IGNORE, "header")
    promised = _believed(promised, column, shares)
    clear = _clear_by_values(promised, shares)
    if clear is not None:
        return clear, "values"
    if promised is not None:
        return promised, "header and values" if shares.get(promised) else "header"
    return _by_repetition(column)


def _clear_by_values(promised: str | None, shares: Mapping[str, float]) -> str | None:
    """Give the kind that the values are, if they say so more clearly than a header that promises something else."""
    kinds = [kind for kind, share in shares.items() if share >= _LEAST_SHARE[kind]]
    if promised is None:
        return max(kinds, key=lambda kind: shares[kind], default=None)
    own = shares.get(promised, 0.0) + _HEADER_WEIGHT
    return max((k for k in kinds if k in _BY_FORM and shares[k] > own), key=lambda kind: shares[kind], default=None)


def _useless(column: _Column, promised: str | None) -> str | None:
    """Say why a column tells nothing about who is who; nothing if it may."""
    if not column.cells:
        return "empty"
    if column.distinct == 1 and column.filled >= _CONSTANT_FROM:
        return "one value only"
    if column.running and promised in (None, IGNORE, "identifier", "category"):
        return "row numbers"
    all_differ = column.distinct == column.records >= _KEYS_FROM
    return "a key of its own in every record" if all_differ and is_key(column.header) else None


def _believed(promised: str | None, column: _Column, shares: Mapping[str, float]) -> str | None:
    """Give the kind that a header promises, if the values can be of it."""
    if promised in (NAME, "company", "person"):
        rival = "person" if promised == "company" else "company"
        doubtful = promised == NAME or shares[rival] >= 0.6 > 3 * shares[promised]
        promised = company_or_person(column.cells) if doubtful else promised
    if promised is None or (is_key(column.header) and column.few):
        return None
    possible = sum(may_be(promised, cell) for cell in column.cells) / len(column.cells)
    return promised if possible >= _POSSIBLE_SHARE else None


def _by_repetition(column: _Column) -> tuple[str, str]:
    """Tell what neither values nor header say by how the values repeat and how long they are."""
    lengths = [len(cell) for cell in column.cells]
    words = sum(len(cell.split()) for cell in column.cells) / len(column.cells)
    if column.few and max(lengths) <= _NOTE_LENGTH and words <= _CATEGORY_WORDS:
        return "category", "few values"
    if sum(lengths) / len(lengths) > _NOTE_LENGTH and words > _NOTE_WORDS:
        return IGNORE, "notes"
    if column.share(_NUMBER) > 0.9 and column.share(_WHOLE) <= 0.9:
        return ("category", "numbers that repeat") if column.distinct < 0.5 * column.filled else (IGNORE, "amounts")
    if column.share(_CODE) > 0.8:
        all_differ = column.distinct == column.records >= _KEYS_FROM
        return (IGNORE, "a key of its own in every record") if all_differ else ("identifier", "codes")
    return "text", "nothing better"
