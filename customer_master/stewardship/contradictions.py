"""Whether constraints exclude each other, and the shortest proof if they do.

Must-links and anchors bind records together, over any number of steps. Constraints are consistent exactly if no
cannot-link has both its ends in one such bundle; the proof that they are not is the shortest path of bonds between the
two ends, and the cannot-link itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from customer_master.stewardship.constraints import CANNOT, MUST, PairConstraint

_ANCHOR = 0  # no decision: the hub made the one record for the other


def proof(constraints: Iterable[PairConstraint], anchors: Iterable[tuple[int, int]]) -> list[PairConstraint] | None:
    """Find constraints that exclude each other.

    Args:
        constraints: all that are to be in force.
        anchors: (record made by the hub, record it was made for); they bind like must-links of decision 0.

    Returns:
        The shortest chain of bonds that joins the ends of a cannot-link, then the cannot-link; ``None``: all is well.

    >>> c = PairConstraint
    >>> [x.decision_id for x in proof([c(1, 1, 2, 1), c(2, 2, 3, 1), c(3, 1, 3, -1)], []) or []]
    [1, 2, 3]
    """
    standing = list(constraints)
    bound: dict[int, list[PairConstraint]] = {}
    for c in [*standing, *(PairConstraint(_ANCHOR, min(a, b), max(a, b), MUST) for a, b in anchors)]:
        if c.polarity == MUST:
            bound.setdefault(c.lo, []).append(c)
            bound.setdefault(c.hi, []).append(c)
    chains = [
        [*chain, apart]
        for apart in standing
        if apart.polarity == CANNOT and (chain := _path(bound, apart.lo, apart.hi)) is not None
    ]
    return min(chains, key=lambda chain: (len(chain), chain), default=None)


def _path(bound: dict[int, list[PairConstraint]], start: int, end: int) -> list[PairConstraint] | None:
    """Find the shortest way between two records over bonds, breadth first."""
    came_by: dict[int, PairConstraint | None] = {start: None}
    waiting = deque([start])
    while waiting:
        record = waiting.popleft()
        if record == end:
            return _walked_back(came_by, end)
        for bond in sorted(bound.get(record, ())):
            other = bond.hi if record == bond.lo else bond.lo
            if other not in came_by:
                came_by[other] = bond
                waiting.append(other)
    return None


def _walked_back(came_by: dict[int, PairConstraint | None], end: int) -> list[PairConstraint]:
    chain: list[PairConstraint] = []
    record = end
    while (bond := came_by[record]) is not None:
        chain.append(bond)
        record = bond.lo if record == bond.hi else bond.hi
    return chain[::-1]
