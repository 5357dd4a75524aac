"""What an expression may name, and how one that is wrong is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mappings.language.crosswalks import Crosswalk
from mappings.language.translating import Lookup
from mappings.language.types import Shape, Type


class ExpressionError(Exception):
    """An expression that is wrong at a place within its own text.

    Args:
        what: what is wrong.
        remedy: what was expected.
        line: line within the expression, the first is 0.
        column: character within that line, the first is 0.
    """

    def __init__(self, what: str, remedy: str, line: int = 0, column: int = 0) -> None:
        self.what, self.remedy, self.line, self.column = what, remedy, line, column
        super().__init__(f"{what}. {remedy}")


@dataclass(slots=True)
class Scope:
    """What an expression may name.

    Args:
        columns: the source contract; ``None`` where there is no row (outbound).
        variables: types of lets, or of the outbound value.
        read: paths of the source columns read so far, filled by checking.
        used: variables named so far, filled by checking.
        crosswalks: the document's crosswalks by the names it gives them.
        lookups: functions bound to them so far, by their own names, filled by checking.
        unknown: lets that are wrong themselves, so that nobody can tell what they are.
        lets: names of all lets, also of those that may not be used yet: no item of a comprehension is called so.
        zone: IANA name of the time zone the source declares, empty if it declares none; asking for it is noted in
            ``used``.
    """

    columns: Shape | None
    variables: dict[str, Type] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    crosswalks: Mapping[str, Crosswalk] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    lets: Collection[str] = ()
    zone: str = ""
