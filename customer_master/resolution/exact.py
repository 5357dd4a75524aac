"""The best partition of a few nodes, found for many components of one size at once."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

LIMIT = 10
"""The largest number of nodes: the work is 3 to the power of it."""
FORBIDDEN = -(2**50)
"""The weight of two nodes that may not be in one group; no sum of evidence outweighs it."""
_CELLS = 1 << 22  # subsets looked at together, to bound the memory


def best_partitions(weight: NDArray[np.int64], size: NDArray[np.int64], max_size: int) -> NDArray[np.int64]:
    """Find the partitions of the greatest worth: the sum of the weights of all pairs inside groups.

    This is correlation clustering (Bansal, Blum and Chawla 2004), solved by dynamic programming over subsets. Among
    partitions of the same worth the one with most groups is taken: nothing is joined for nothing. Among these, the one
    whose first group, that of the lowest node, takes in the lower nodes; then the second, and so on.

    Args:
        weight: of each pair of nodes of each component, shape (components, nodes, nodes), symmetrical.
        size: records of each node, shape (components, nodes).
        max_size: largest number of records of a group of several nodes.

    Returns:
        For each node of each component the lowest node of its group, shape (components, nodes).
    """
    components, nodes = size.shape
    step = max(1, _CELLS >> nodes)
    found = [
        _solve(weight[start : start + step].T, size[start : start + step].T, max_size)
        for start in range(0, components, step)
    ]
    return np.concatenate(found) if found else size


def _solve(weight: NDArray[np.int64], size: NDArray[np.int64], max_size: int) -> NDArray[np.int64]:
    """Solve a block; a subset is a bit mask in which the lowest node has the highest bit."""
    nodes, components = size.shape
    worth = _worth(weight, size, max_size)
    best = np.zeros((1 << nodes, components), np.int64)
    group = np.zeros((1 << nodes, components), np.int64)
    full = (1 << nodes) - 1
    each = np.arange(components)
    for rest in (*range(1, 1 << (nodes - 1)), full):
        firsts = _first_groups(rest)
        sums = worth[firsts] + best[rest ^ firsts]
        chosen = sums.argmax(axis=0)
        best[rest] = sums[chosen, each]
        group[rest] = firsts[chosen]
    return _labels(group, nodes)


def _worth(weight: NDArray[np.int64], size: NDArray[np.int64], max_size: int) -> NDArray[np.int64]:
    """Give the worth of each subset as a group, with the number of groups as the last, smallest digit."""
    nodes, components = size.shape
    worth: NDArray[np.int64] = np.zeros((1, components), np.int64)
    records = np.zeros((1, components), np.int64)
    for node in reversed(range(nodes)):
        added = np.zeros((1, components), np.int64)
        for other in reversed(range(node + 1, nodes)):
            added = np.concatenate((added, added + weight[node, other]))
        worth = np.concatenate((worth, worth + added))
        records = np.concatenate((records, records + size[node]))
    too_large = records > max_size
    too_large[1 << np.arange(nodes)] = False
    worth[too_large] = FORBIDDEN
    worth *= nodes + 1
    worth += 1
    return worth


@cache
def _first_groups(rest: int) -> NDArray[np.int64]:
    """List the subsets of a mask that hold its highest bit, in descending order."""
    highest = 1 << (rest.bit_length() - 1)
    others = rest ^ highest
    found, subset = [rest], others
    while subset:
        subset = (subset - 1) & others
        found.append(highest | subset)
    return np.array(found)


def _labels(group: NDArray[np.int64], nodes: int) -> NDArray[np.int64]:
    """Read the groups of the full set: each is named by its lowest node, the highest bit."""
    components = group.shape[1]
    labels = np.zeros((components, nodes), np.int64)
    rest = np.full(components, len(group) - 1)
    each = np.arange(components)
    bits = 1 << np.arange(nodes)[::-1]
    while rest.any():
        taken = group[rest, each]
        inside = (taken[:, None] & bits) > 0
        labels = np.where(inside, inside.argmax(axis=1)[:, None], labels)
        rest ^= taken
    return labels
