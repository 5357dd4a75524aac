"""What a table of records is made of: named attributes, each of one kind, read from one or more columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from customer_master.resolution.attributes import KINDS


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the records of a table.

    Args:
        name: its name, once in a schema.
        kind: one of ``attributes.KINDS``.
        columns: the columns it is read from, at least one.
        join: what several columns are: ``words`` of one value, written one behind the other (number and street), or
            ``values`` beside each other (two telephones).

    Raises:
        ValueError: no such kind, or no column.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    join: Literal["words", "values"] = "values"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"attribute {self.name!r}: {self.kind!r} is no kind; kinds are {', '.join(KINDS)}")
        if not self.columns:
            raise ValueError(f"attribute {self.name!r} has no column")
