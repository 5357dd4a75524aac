"""What every kind of attribute can do: read a value, give its blocking keys, compare two values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of values, compared.

    Args:
        levels: the level of agreement of each pair, uint8; 0 where the two cannot be compared.
        similarity: how alike the two are, 0 to 1, float32; what a learned scorer sees between the levels.
    """

    levels: npt.NDArray[np.uint8]
    similarity: npt.NDArray[np.float32]


class AttributeKind(Protocol[V]):
    """A kind of attribute: a company's name, a telephone, an address and so on.

    All pure. Values are read once for each distinct text and compared once for each distinct pair, so ``read`` may take
    its time (some 20 µs), and ``compare`` gets many pairs at once. The features of a value are a tuple or named tuple
    of texts, numbers and tuples of these: they are stored and read back.
    """

    @property
    def name(self) -> str:
        """The name of the kind."""
        ...

    @property
    def levels(self) -> type[IntEnum]:
        """Its levels; 0 is ``MISSING``, 1 is ``DIFFERENT``, higher ones agree better."""
        ...

    @property
    def is_name(self) -> bool:
        """What parties are called. A name alone never merges."""
        ...

    def read(self, text: str) -> V | None:
        """Read a value as written; none for placeholders and for what says nothing."""
        ...

    def keys(self, value: V) -> Iterable[str]:
        """Give the blocking keys of a value: texts under which it meets the values that may mean the same."""
        ...

    def term(self, value: V) -> str:
        """Give the text by which values are counted: two of the highest level share it, and a rare one says more."""
        ...

    def compare(self, left: Sequence[V], right: Sequence[V]) -> Compared:
        """Compare values pair by pair, of two sequences of one length; the order of the two makes no difference."""
        ...
