"""What can be wrong with a mapping document, told with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a document, counted as editors count: the first line and column are 1."""

    line: int
    column: int


class MappingError(Exception):
    """A mapping document that cannot go live; an engineer mends the document.

    Args:
        what: what is wrong, one sentence without a full stop.
        origin: file or name of the document.
        position: where in it.
        remedy: what was expected or the nearest valid name, one sentence without a full stop.
    """

    def __init__(self, what: str, *, origin: str, position: Position, remedy: str) -> None:
        self.others: tuple[MappingError, ...] = ()
        """What else is wrong with the document, found in the same reading."""
        self.what = what
        self.origin = origin
        self.position = position
        self.remedy = remedy
        super().__init__(f"{origin}:{position.line}:{position.column}: {what}. {remedy}")

    @property
    def line(self) -> int:
        """Line of the error, the first is 1."""
        return self.position.line

    @property
    def column(self) -> int:
        """Column of the error, the first is 1."""
        return self.position.column


def nearest(word: str, known: Iterable[str]) -> str:
    """Find the known word a person most likely meant, empty if none is near.

    >>> nearest("客户编号", ["客户名称", "客户编码"])
    '客户编码'
    >>> nearest("phnoes", ["phones", "emails"])
    'phones'
    """
    match = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return match[0] if match else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Say which known word is meant, or list the known words.

    >>> suggestion("phnoes", ["phones", "emails"])
    'Did you mean "phones"?'
    >>> suggestion("x", ["phones", "emails"])
    'Known are: emails, phones'
    """
    words = sorted(known)
    near = nearest(word, words)
    return f'Did you mean "{near}"?' if near else f"Known are: {', '.join(words) or 'none'}"
