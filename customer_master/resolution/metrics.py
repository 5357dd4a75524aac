"""How well a partition of records agrees with the true one, counted over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1. What claims nothing has precision 1, and where nothing is to be found recall is 1.

    Args:
        precision: the share of what was found that is true.
        recall: the share of what is true that was found.
        f1: the harmonic mean of both.
    """

    precision: float
    recall: float
    f1: float


def pairwise(found: Labels, truth: Labels, without: Sequence[tuple[int, int]] | NDArray[np.integer] = ()) -> Quality:
    """Compare the pairs of records that two partitions put together.

    Args:
        found: the group of each record.
        truth: its true group.
        without: pairs of places that are left out of all counts, such as those whose answer was given away.

    >>> pairwise(np.array([1, 1, 1, 2]), np.array([7, 7, 8, 8]))
    Quality(precision=0.3333333333333333, recall=0.5, f1=0.4)
    """
    cells, found_sizes, truth_sizes = _overlap(found, truth)
    left, right = _distinct(without, len(found))
    in_found, in_truth = found[left] == found[right], truth[left] == truth[right]
    both = _pairs(cells[2]) - int((in_found & in_truth).sum())
    claimed = _pairs(found_sizes) - int(in_found.sum())
    true = _pairs(truth_sizes) - int(in_truth.sum())
    return Quality(
        both / claimed if claimed else 1.0,
        both / true if true else 1.0,
        2 * both / (claimed + true) if claimed + true else 1.0,
    )


def bcubed(found: Labels, truth: Labels) -> Quality:
    """Compare the groups of each record, and take the mean over all records (Bagga and Baldwin 1998).

    Args:
        found: the group of each record.
        truth: its true group.

    >>> bcubed(np.array([1, 1, 1, 2]), np.array([7, 7, 8, 8])).recall
    0.75
    """
    if not len(found):
        return Quality(1.0, 1.0, 1.0)
    (found_of, truth_of, shared), found_sizes, truth_sizes = _overlap(found, truth)
    precision = float((shared * shared / found_sizes[found_of]).sum()) / len(found)
    recall = float((shared * shared / truth_sizes[truth_of]).sum()) / len(found)
    return Quality(precision, recall, 2 * precision * recall / (precision + recall))


_Counts = NDArray[np.int64]


def _overlap(found: Labels, truth: Labels) -> tuple[tuple[_Counts, _Counts, _Counts], _Counts, _Counts]:
    """Count the records of each found and true group that share some (found, true, number), and of each group."""
    _, found_of, found_sizes = np.unique(found, return_inverse=True, return_counts=True)
    _, truth_of, truth_sizes = np.unique(truth, return_inverse=True, return_counts=True)
    cells, shared = np.unique(found_of * len(truth_sizes) + truth_of, return_counts=True)
    return (*np.divmod(cells, max(len(truth_sizes), 1)), shared), found_sizes, truth_sizes


def _pairs(sizes: _Counts) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _distinct(pairs: Sequence[tuple[int, int]] | NDArray[np.integer], records: int) -> tuple[_Counts, _Counts]:
    """Take each pair once, whichever way round it stands."""
    ends = np.sort(np.asarray(pairs, np.int64).reshape(-1, 2), axis=1)
    left, right = np.divmod(np.unique(ends[:, 0] * records + ends[:, 1]), max(records, 1))
    apart = left != right
    return left[apart], right[apart]
