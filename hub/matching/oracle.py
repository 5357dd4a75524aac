"""A steward made of the truth: answers a limited number of questions whether two records are one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Pairs = Ints


class LabelsExhaustedError(Exception):
    """More pairs were asked about than the oracle may answer."""


class Oracle:
    """Keeps the truth and answers questions about pairs of records; nobody else sees the truth.

    Only distinct pairs count: the order of the two makes no difference, and asking again costs nothing.

    Args:
        truth: for each record the number of its entity; -1 where it is not known, which is one with nobody.
        limit: how many distinct pairs may be asked about.
    """

    def __init__(self, truth: Ints, limit: int) -> None:
        self._truth = truth
        self._limit = limit
        self._asked: set[int] = set()

    @property
    def remaining(self) -> int:
        """The number of distinct pairs that may still be asked about."""
        return self._limit - len(self._asked)

    @property
    def asked(self) -> Pairs:
        """The pairs that were asked about, smaller record first, in order: an array of shape (n, 2)."""
        keys = np.array(sorted(self._asked), dtype=np.int64)
        return np.stack(np.divmod(keys, len(self._truth)), axis=1) if len(keys) else np.empty((0, 2), np.int64)

    def ask(self, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
        """Tell of each pair of records whether they are one entity.

        Args:
            left: number of one record of each pair.
            right: that of the other.

        Raises:
            ValueError: that is no array of pairs of different records of this table.
            LabelsExhaustedError: more distinct pairs than ``remaining``; none of these is answered then.
        """
        low, high = self._checked(left, right)
        asked = self._asked.union((low * len(self._truth) + high).tolist())
        if len(asked) > self._limit:
            raise LabelsExhaustedError(f"{len(asked)} pairs were asked about, {self._limit} may be")
        self._asked = asked
        return np.equal(self._truth[low], self._truth[high]) & np.greater_equal(self._truth[low], 0)

    def _checked(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        if left.ndim != 1 or left.shape != right.shape:
            raise ValueError(
                f"left and right must be columns of one length, not of the shapes {left.shape}, {right.shape}"
            )
        low, high = np.minimum(left, right), np.maximum(left, right)
        if len(low) and (low.min() < 0 or high.max() >= len(self._truth)):
            raise ValueError(f"pairs must be of records 0 to {len(self._truth) - 1}")
        if (low == high).any():
            raise ValueError("a record cannot be compared with itself")
        return low, high
