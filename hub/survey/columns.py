"""Recognise what each column of an extract holds, by its values first and by the words of its header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.survey.cells import damage, looks_like
from hub.survey.files import Extract
from hub.survey.header_words import Holds, kind_by_header
from mappings.normalize.text import is_placeholder

Show = Callable[[str, Holds], str]

SAMPLE_CELLS = 800
"""Filled cells of a column, evenly spread, by which it is recognised and its damage estimated."""

_EXAMPLES = 3
_HEADER_SHARE = 0.45  # what a fitting header counts; the values count the rest
_LEAST_SCORE = 0.45
_LEAST_SHARE = 0.15  # a header is not believed if fewer values than this fit
_FEW_VALUES = 60
_REPEATING = 0.05
_LONG_TEXT = 12
_PLACEHOLDER_FIELDS = {
    Holds.ORGANISATION: "name", Holds.SHORT_NAME: "name", Holds.PERSON: "name", Holds.PHONE: "phone",
    Holds.MOBILE: "phone", Holds.FAX: "phone", Holds.EMAIL: "email", Holds.ADDRESS: "address",
    Holds.IDENTIFIER: "identifier",
}  # fmt: skip
_BY_VALUE = (
    Holds.EMAIL, Holds.IDENTIFIER, Holds.PHONE, Holds.DATE, Holds.POSTAL_CODE, Holds.PROVINCE, Holds.CITY,
    Holds.ORGANISATION, Holds.PERSON, Holds.ADDRESS,
)  # fmt: skip
_TELEPHONES = frozenset({Holds.PHONE, Holds.MOBILE, Holds.FAX})


@dataclass(frozen=True, slots=True)
class Column:
    """What a column seems to be.

    Args:
        name: its name in the header.
        holds: what it holds.
        confidence: how sure that is, 0 to 1.
        fill: share of the rows that have a value.
        distinct: number of different values.
        placeholders: share of the sampled values that only stand where a value should be.
        damaged: share of the sampled values by kind of damage, ``excel`` or ``mojibake``.
        unfit: share of the sampled values that are none of what the column holds.
        examples: frequent and typical values, masked unless the caller wanted them plain.
    """

    name: str
    holds: Holds
    confidence: float
    fill: float
    distinct: int
    placeholders: float
    damaged: dict[str, float]
    unfit: float
    examples: tuple[str, ...]


def recognise(extract: Extract, show: Show) -> list[Column]:
    """Recognise the columns of an extract.

    Args:
        extract: the table.
        show: writes an example, see :mod:`hub.survey.masking`.
    """
    return [_recognise(name, [row[place] for row in extract.rows], show) for place, name in enumerate(extract.columns)]


def _recognise(name: str, cells: Sequence[str], show: Show) -> Column:
    filled = [cell for cell in cells if cell]
    if not filled:
        return Column(name, Holds.EMPTY, 1.0, 0.0, 0, 0.0, {}, 0.0, ())
    counts = Counter(filled)
    sample = filled[:: max(len(filled) // SAMPLE_CELLS, 1)][:SAMPLE_CELLS]
    values = [cell for cell in sample if not is_placeholder(cell)]
    votes = Counter(holds for cell in values for holds in looks_like(cell))
    holds, confidence = _judge(name, values, votes, len(counts), len(filled))
    field = _PLACEHOLDER_FIELDS.get(holds, "any")
    damages = Counter(kind for cell in sample if (kind := damage(cell)))
    voters = len(values) or 1
    fits = votes[Holds.PHONE if holds in _TELEPHONES else holds] / voters if holds in (*_BY_VALUE, *_TELEPHONES) else 1
    return Column(
        name=name,
        holds=holds,
        confidence=round(confidence, 2),
        fill=round(len(filled) / len(cells), 4),
        distinct=len(counts),
        placeholders=round(sum(is_placeholder(cell, field) for cell in sample) / len(sample), 4),
        damaged={kind: round(n / len(sample), 4) for kind, n in sorted(damages.items())},
        unfit=round(1 - fits, 4),
        examples=_examples(holds, counts, values, show),
    )


def _judge(name: str, values: Sequence[str], votes: Counter[Holds], distinct: int, filled: int) -> tuple[Holds, float]:
    """Weigh values and header; what neither recognises is told by how its values repeat."""
    promised = kind_by_header(name)
    total = len(values) or 1
    shares = {holds: votes[holds] / total for holds in _BY_VALUE}
    family = Holds.PHONE if promised in _TELEPHONES else promised
    scores = {h: s * (1 - _HEADER_SHARE) + (_HEADER_SHARE if h is family else 0.0) for h, s in shares.items()}
    possible = {h: score for h, score in scores.items() if shares[h] >= (_LEAST_SHARE if h is family else 0.5)}
    best = max(possible, key=lambda h: possible[h], default=None)
    if best is Holds.PERSON and distinct <= min(_FEW_VALUES, filled * _REPEATING):
        return Holds.FLAG, 0.7  # sales regions (华东), or one's own salespeople
    if promised in (Holds.SHORT_NAME, Holds.KEY, Holds.AMOUNT, Holds.TEXT) and _may_be(promised, best, votes, total):
        return promised, 0.9 if _fits(promised, votes, total, distinct, filled) else 0.6
    if best is not None and (possible[best] >= _LEAST_SCORE or shares[best] >= 0.6):
        sure = max(shares[best], possible[best]) if best is family else shares[best] * 0.9
        return (_telephone(promised, votes, total) if best is Holds.PHONE else best), sure
    return _by_repetition(promised, values, votes, distinct, filled)


def _may_be(promised: Holds, best: Holds | None, votes: Counter[Holds], total: int) -> bool:
    if promised is Holds.AMOUNT:
        return votes[Holds.AMOUNT] / total >= 0.5
    # a number column full of phones or company numbers is what its values say
    return (
        best is None
        or promised is Holds.SHORT_NAME
        or (promised is Holds.KEY and best in (Holds.PERSON, Holds.POSTAL_CODE))
    )


def _fits(promised: Holds, votes: Counter[Holds], total: int, distinct: int, filled: int) -> bool:
    if promised is Holds.KEY:
        return distinct > 0.9 * filled
    return promised is not Holds.AMOUNT or votes[Holds.AMOUNT] / total > 0.9


def _telephone(promised: Holds | None, votes: Counter[Holds], total: int) -> Holds:
    if promised in (Holds.FAX, Holds.MOBILE):
        return promised
    if votes[Holds.FAX] / total > 0.5:
        return Holds.FAX
    return Holds.MOBILE if votes[Holds.MOBILE] / total > 0.8 and promised is not Holds.PHONE else Holds.PHONE


def _by_repetition(
    promised: Holds | None, values: Sequence[str], votes: Counter[Holds], distinct: int, filled: int
) -> tuple[Holds, float]:
    total = len(values) or 1
    length = sum(map(len, values)) / total
    if distinct <= _FEW_VALUES and distinct <= max(filled * 0.2, 2) and length <= _LONG_TEXT:
        return Holds.FLAG, 0.9 if promised is Holds.FLAG else 0.7
    if votes[Holds.AMOUNT] / total > 0.8 and distinct < 0.98 * filled:
        return Holds.AMOUNT, 0.6
    if distinct >= 0.98 * filled and length <= 24 and votes[Holds.KEY] / total > 0.5:
        return Holds.KEY, 0.7
    if promised in (Holds.ORGANISATION, Holds.PERSON, Holds.ADDRESS):
        return promised, 0.5
    return Holds.TEXT, 0.5


def _examples(holds: Holds, counts: Counter[str], values: Sequence[str], show: Show) -> tuple[str, ...]:
    if holds is Holds.FLAG:
        chosen = [value for value, _ in counts.most_common(_EXAMPLES)]
    else:
        fitting = [v for v in values[:200] if holds in looks_like(v)] or list(values) or list(counts)
        chosen = list(dict.fromkeys(fitting))[:_EXAMPLES]
    return tuple(show(value, holds) for value in chosen)
