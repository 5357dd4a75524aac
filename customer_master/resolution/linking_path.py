"""Through which records two of one group hang together."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from customer_master.resolution.components import ScoredPairs

_LEAST = 1e-9  # what a link that is certain costs: nothing at all would be no link
_NOWHERE = -9999  # of scipy


def linking_path(links: ScoredPairs, start: int, end: int) -> list[int]:
    """Give the likeliest chain of records from one to another.

    A link holds with the probability that its score says, a chain with the product of those of its links, so that a
    short chain of strong links comes first.

    Args:
        links: pairs that speak for one party, each once.
        start: a record.
        end: another one.

    Returns:
        The records of the chain, both ends included; none if there is no chain.

    >>> links = ScoredPairs(np.array([1, 2, 1]), np.array([2, 7, 7]), np.array([9.0, 8.0, 0.1]))
    >>> linking_path(links, 1, 7), linking_path(links, 7, 3)
    ([1, 2, 7], [])
    """
    nodes = np.unique(np.concatenate((links.left, links.right, [start, end])))
    left, right, first, last = (np.searchsorted(nodes, ends) for ends in (links.left, links.right, start, end))
    costs = np.maximum(np.logaddexp2(0, -links.bits), _LEAST)
    graph = csr_array((costs, (left, right)), shape=(len(nodes), len(nodes)))
    before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)[1]
    chain = [int(last)]
    while chain[-1] != first:
        chain.append(int(before[chain[-1]]))
        if chain[-1] == _NOWHERE:
            return []
    return [int(record) for record in nodes[chain[::-1]]]
