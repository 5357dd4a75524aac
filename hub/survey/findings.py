"""What a survey found, in figures and examples; nothing in here needs the rows any more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hub.survey.columns import Column


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One file.

    Args:
        name: file name without folder.
        form: how it is written.
        rows: rows looked at.
        sampled: why not all rows were looked at, empty if all were.
        unreadable: rows that are no rows of the table, by defect code.
        columns: what each column seems to be.
        has_parties: whether its rows can be compared: a name and a proof beside it were recognised.
        customers: how many customers its rows are.
        duplicate_groups: customers that have several rows in it.
        duplicate_rows: rows beyond the first of those customers.
        reasons: ``attribute.level`` -> in how many of those groups it agrees.
        sizes: rows of one customer -> number of customers, from two rows on.
    """

    name: str
    form: str
    rows: int
    sampled: str
    unreadable: dict[str, int]
    columns: list[Column]
    has_parties: bool
    customers: int
    duplicate_groups: int
    duplicate_rows: int
    reasons: dict[str, int]
    sizes: dict[int, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many rows of file ``a`` are about customers that file ``b`` knows too."""

    a: str
    b: str
    rows: int
    share: float


@dataclass(frozen=True, slots=True)
class Value:
    """What one row says, masked: the file, its row, and the columns with their cells."""

    file: str
    row: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """Rows that tell of a finding.

    Args:
        subject: ``identifier``, ``name``, ``phone``, ``email``, ``address`` for contradictions; ``duplicate``.
        reasons: ``attribute.level`` that speak for one customer, see the hub's explanations.
        against: ``attribute.level`` that contradict each other.
        bits: evidence for one customer.
        values: the rows.
    """

    subject: str
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    bits: float
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole report.

    Args:
        files: in the order given.
        rows: rows looked at that can be compared.
        customers: how many customers those are.
        in_several_files: customers known to more than one file.
        combinations: names of the files that know a customer, joined with `` + `` -> number of customers.
        overlaps: for every ordered pair of files.
        contradictions: attribute -> customers about whom rows contradict each other.
        doubtful: pairs that a person would have to look at.
        duplicates: the largest groups within one file.
        conflicts: the strongest contradictions.
        masked: whether personal data is hidden.
        seconds: how long it took.
    """

    files: list[FileFinding]
    rows: int
    customers: int
    in_several_files: int
    combinations: dict[str, int]
    overlaps: list[Overlap]
    contradictions: dict[str, int]
    doubtful: int
    duplicates: list[Example]
    conflicts: list[Example]
    masked: bool
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Give the report as JSON types."""
        return asdict(self)
