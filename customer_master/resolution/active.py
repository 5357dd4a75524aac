"""Which pairs to ask a steward about next: those from which most is learnt.

Every batch is drawn at random, with chances that are remembered: what is learnt from the answers can be weighted back
to all pairs. Part of the chances goes to bands of rank, so that the first pairs of one party are found even where they
are few and the scores are wrong by some bits; part to pairs of which the scores are in doubt, more so if the answer
would join large groups, or if two models disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from customer_master.resolution.fellegi import Bits
from customer_master.resolution.logistic import probability
from customer_master.resolution.table import Ints

_BANDS = (0.5, 0.75, 1.0, 1.5, 2.0, 4.0)  # ends, in ranks for each pair expected to be of one party
_TOP, _GROWTH = 32, 4  # the first band, and how much further the next ones reach, up to those above
_LINKED = 3.0  # bits of a link that makes a group whose size is at stake
_LARGEST_STAKE = 5.0


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the next questions are chosen by.

    Args:
        scores: log2 odds of each pair as now believed.
        other: the same by another model.
        pairs: left and right records.
        scarce: whether so few were one party that likely ones are worth more than doubtful ones.
    """

    scores: Bits
    other: Bits
    pairs: tuple[Ints, Ints]
    scarce: bool = False

    def chances(self, open_: npt.NDArray[np.bool_], explore: float) -> Bits:
        """Give the chance of each pair to be drawn, in sum one.

        Args:
            open_: which pairs have not been asked about.
            explore: the part that goes to the bands, 0 to 1.
        """
        bands = _by_band(self.scores) * open_
        doubt = self._doubt() * open_
        bands /= max(bands.sum(), np.finfo(float).tiny)
        doubt /= max(doubt.sum(), np.finfo(float).tiny)
        return explore * bands + (1 - explore) * doubt

    def _doubt(self) -> Bits:
        share, other = probability(self.scores), probability(self.other)
        if self.scarce:
            return np.asarray(share**2 * other)
        return (share * (1 - share) + (share - other) ** 2) ** 2 * _stake(self.scores, self.pairs)


def draw(chances: Bits, pattern: Ints, count: int, rng: np.random.Generator) -> Ints:
    """Draw pairs, no two of one pattern as long as there are others.

    Args:
        chances: the chance of each pair.
        pattern: number of each pair's vector of levels.
        count: how many to draw.
        rng: source of chance.
    """
    possible = np.flatnonzero(chances > 0)
    keys = np.log(chances[possible]) + rng.gumbel(size=len(possible))
    order = possible[np.argsort(-keys, kind="stable")]  # as if drawn one by one without putting back (Vieira 2014)
    first = np.zeros(len(order), np.bool_)
    first[np.unique(pattern[order], return_index=True)[1]] = True
    return np.concatenate((order[first], order[~first]))[:count]


def _by_band(scores: Bits) -> Bits:
    """Share the chances evenly among bands of rank, and within a band evenly among its pairs."""
    expected = max(float(probability(scores).sum()), _TOP)
    top = _TOP * _GROWTH ** np.arange(16.0)
    ends = np.concatenate((top[top < _BANDS[0] * expected], np.asarray(_BANDS) * expected))
    rank = np.empty(len(scores))
    rank[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    band = np.searchsorted(ends, rank, side="right")
    return np.asarray(1 / np.bincount(band)[band])


def _stake(scores: Bits, pairs: tuple[Ints, Ints]) -> Bits:
    """Tell how much hangs on each pair: the root of the number of pairs of records that it would join."""
    left, right = pairs
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    link = scores > _LINKED
    links = coo_array((np.ones(link.sum(), np.bool_), (left[link], right[link])), shape=(size, size))
    group = connected_components(links, directed=False)[1]
    members = np.bincount(group)[group]
    apart = group[left] != group[right]
    return np.where(apart, np.minimum(np.sqrt(members[left] * members[right]), _LARGEST_STAKE), 1.0)
