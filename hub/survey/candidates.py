"""Which records are worth comparing: those that share a proof which is not over-common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil

import numpy as np
from numpy.typing import NDArray

from customer_master.resolution.levels import RARE
from customer_master.resolution.party import CAP, KeyKind
from hub.survey.work import Candidates, Chunk

Integers = NDArray[np.int64]

_PAIRS_A_TASK = 4000
_CAP: dict[KeyKind, int] = {**CAP, **RARE, KeyKind.ADDRESS: CAP[KeyKind.ADDRESS]}
"""More holders, and a value proves nothing; only of a house with many tenants the room still does."""


class KeyTable:
    """The blocking keys of all records, in memory, with the number of records that hold each."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        starts = np.cumsum([0, *(len(chunk.packed) for chunk in chunks)])
        self._records: Integers = np.concatenate(
            [chunk.places.astype(np.int64) + start for chunk, start in zip(chunks, starts[:-1], strict=True)]
        )
        self._hashes = np.concatenate([chunk.hashes for chunk in chunks])
        kinds = np.concatenate([chunk.kinds for chunk in chunks])
        caps = np.zeros(max(KeyKind) + 1, np.int64)
        caps[[int(kind) for kind in _CAP]] = list(_CAP.values())
        _, inverse, counts = np.unique(self._hashes, return_inverse=True, return_counts=True)
        self._frequency: Integers = counts[inverse]
        self._useful = (self._frequency > 1) & (self._frequency <= caps[kinds])
        self.size = int(starts[-1])

    def pairs(self) -> Integers:
        """Give all candidate pairs, each once, the smaller record first."""
        order = np.flatnonzero(self._useful)
        order = order[np.argsort(self._hashes[order], kind="stable")]
        hashes, records = self._hashes[order], self._records[order]
        borders = np.flatnonzero(np.diff(hashes)) + 1
        found: list[Integers] = [np.empty((0, 2), np.int64)]
        sizes = np.diff([0, *borders, len(hashes)])
        starts = np.array([0, *borders])
        for size in np.unique(sizes[sizes > 1]):
            groups = records[starts[sizes == size][:, None] + np.arange(size)]  # one row a key with so many holders
            places = np.array(list(combinations(range(size), 2)))
            found.append(groups[:, places].reshape(-1, 2))
        pairs = np.concatenate(found)
        pairs.sort(axis=1)
        coded = np.unique(pairs[:, 0] * self.size + pairs[:, 1])
        return np.column_stack((coded // self.size, coded % self.size))

    def frequency_of(self, records: Integers) -> dict[int, int]:
        """Map the keys that some records share with any other to the number of their holders."""
        chosen = np.zeros(self.size, bool)
        chosen[records] = True
        wanted = chosen[self._records] & (self._frequency > 1)
        return dict(zip(self._hashes[wanted].tolist(), self._frequency[wanted].tolist(), strict=True))


class CandidateTasks:
    """The candidate pairs cut into tasks. What hangs together stays together, so that few names are read twice."""

    def __init__(self, table: KeyTable, packed: Sequence[bytes]) -> None:
        self._table = table
        self._packed = packed
        self._pairs = _by_component(table.pairs(), table.size)

    def __len__(self) -> int:
        return ceil(len(self._pairs) / _PAIRS_A_TASK)

    def __iter__(self) -> Iterator[Candidates]:
        for start in range(0, len(self._pairs), _PAIRS_A_TASK):
            part = self._pairs[start : start + _PAIRS_A_TASK]
            records = np.unique(part)
            yield Candidates(
                list(zip(*part.T.tolist(), strict=True)),
                {record: self._packed[record] for record in records.tolist()},
                self._table.frequency_of(records),
            )


def _by_component(pairs: Integers, size: int) -> Integers:
    """Order pairs so that those of records that hang together, directly or through others, follow each other."""
    a, b = pairs.T
    leader: Integers = np.arange(size)
    while True:
        lower = np.minimum(leader[a], leader[b])
        following = leader.copy()
        for ends in (leader[a], leader[b]):
            np.minimum.at(following, ends, lower)
        following = following[following]
        if np.array_equal(following, leader):
            return pairs[np.argsort(leader[a], kind="stable")]
        leader = following
