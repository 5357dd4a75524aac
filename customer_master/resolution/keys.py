"""Blocking keys of many records, as hashes, and the candidate pairs that meet under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from customer_master.resolution.table import Column, Ints, Table

CAP = 100
"""Records of a bucket at most; a key that more of them hold says too little."""

_HASH = 8  # bytes
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd: multiplying by it loses nothing
_FEW = 20
"""Records that the values of several attributes together may leave."""
_NARROWER = 10
"""How much fewer records each of two attributes leaves of those that the other leaves."""
_MOST_JOINT = 6
_TELLING, _COARSE = 2, 3
"""Attributes that take part with the keys that survive a slip, and those that stand beside them, two at a time."""
_MOSTLY = 0.5
"""Share of the records that have such an attribute, at least."""
_MOST_SLIPS = 5
"""Keys of a value that are looked at for this."""
_WHOLE = 1 << 20
"""What a key that two records alone share is worth, twice; a whole number, so that sums know no order of adding."""
_SIZE_BITS = 7
_SIZE_MASK = (1 << _SIZE_BITS) - 1
_CHUNK = 1 << 20

Shorts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Joint:
    """Attributes whose keys are taken together.

    Args:
        exact: names of attributes that take part with their main keys.
        slips: names of which the first takes part with its other keys, which survive a slip.
    """

    exact: tuple[tuple[str, ...], ...] = ()
    slips: tuple[tuple[str, ...], ...] = ()


_NO_JOINT: Final = Joint()


@dataclass(frozen=True, slots=True)
class Keys:
    """Blocking keys of records. Those that tell nothing, for more than :data:`CAP` records share them, are left out.

    Args:
        hashes: the keys, int64, stable across processes and machines; sorted.
        records: the record of each key.
        mains: for each attribute the main key of each record as a number; 0 where there is none.
        rarity: for each attribute by how many bits each record's main key is rarer than one that every record has.
        order: the records in an order of what they say.
    """

    hashes: Ints
    records: Shorts
    mains: tuple[Shorts, ...]
    rarity: tuple[npt.NDArray[np.float32], ...]
    order: Ints


def key_hash(kind: str, text: str) -> int:
    """Hash a blocking key to a signed 64-bit number, the same in every process.

    >>> key_hash("phone", "26988888") == key_hash("phone", "26988888") != key_hash("place", "26988888")
    True
    """
    return int.from_bytes(blake2b(f"{kind}|{text}".encode(), digest_size=_HASH).digest(), "big", signed=True)


def keys_of(table: Table, joint: Joint = _NO_JOINT) -> Keys:
    """Give the keys of all records: those of each attribute, and of several attributes together.

    Args:
        table: the records.
        joint: the attributes to be taken together, as :func:`joint_attributes` finds them.
    """
    parts: list[tuple[Ints, Shorts]] = []
    mains, slips = {}, {}
    kinds = [column.kind.name for column in table.columns.values()]
    for name, column in table.columns.items():
        lengths, hashes = _value_keys(column)
        mains[name] = _nth_keys(column, lengths, hashes, 0)
        slips[name] = [_nth_keys(column, lengths, hashes, place) for place in range(1, _MOST_SLIPS)]
        parts.append(_record_keys(column, lengths, hashes, alone=kinds.count(column.kind.name) == 1))
    parts += [_together([mains[name] for name in names]) for names in joint.exact]
    for first, *others in joint.slips:
        parts += [_together([own, *(mains[name] for name in others)]) for own in slips[first]]
    hashes = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
    records = np.concatenate([np.zeros(0, np.int32), *(part[1] for part in parts)])
    del parts
    order = np.argsort(hashes)  # the order inside a bucket makes no difference
    short = tuple(main.astype(np.int32) for main in mains.values())  # half of a hash still tells values apart
    return Keys(hashes[order], records[order], short, tuple(map(_rarity, short)), table.order())


def _rarity(main: Shorts) -> npt.NDArray[np.float32]:
    _, number, counts = np.unique(main, return_inverse=True, return_counts=True)
    return np.where(main != 0, np.log2(len(main) / counts[number]), 0.0).astype(np.float32)


def joint_attributes(table: Table) -> Joint:
    """Find the attributes that say too little alone and enough together: a surname and a birthplace.

    An attribute tells records apart as well as so many values held equally often would, the inverse of Simpson's index.
    Those pairs are taken that together leave about one record to a value, and those that leave a few, the fuller first;
    of attributes so coarse that no two of them do, sets that share none, so that an error spoils only one of them. And
    where a telling attribute has slipped, what is left of it does beside two coarse ones, in which little goes wrong.
    """
    telling = {name: _telling(column.codes) for name, column in table.columns.items()}
    full = {name: np.count_nonzero(np.diff(c.offsets)) / max(table.size, 1) for name, c in table.columns.items()}
    vague = sorted((name for name in table.columns if 1 < telling[name] < table.size / 2), key=lambda n: -telling[n])
    narrow = [name for name in vague if telling[name] >= _NARROWER]
    pairs = sorted(combinations(narrow, 2), key=lambda pair: -full[pair[0]] * full[pair[1]])
    left_over = {pair: table.size / (telling[pair[0]] * telling[pair[1]]) for pair in pairs}
    one = [pair for pair in pairs if left_over[pair] <= 1]
    few = [pair for pair in pairs if 1 < left_over[pair] <= _FEW]
    coarse = sorted((name for name in vague if telling[name] ** 2 < table.size), key=lambda n: -round(full[n], 1))
    exact = (*one[:_MOST_JOINT], *few[:_MOST_JOINT], *_sets(coarse, telling, table.size))
    mostly = [name for name in narrow if full[name] >= _MOSTLY]
    beside = [name for name in mostly if name in coarse][-_COARSE:]
    slips = tuple((a, b, c) for a in mostly[:_TELLING] for b, c in combinations(beside, 2) if a not in (b, c))
    return Joint(exact, slips)


def _telling(codes: Shorts) -> float:
    """Give the inverse of Simpson's index: among how many values held equally often two are equal as seldom."""
    held = np.bincount(codes, minlength=1).astype(np.float64)
    return float(held.sum() ** 2 / max((held**2).sum(), 1.0))


def _sets(names: Iterable[str], telling: Mapping[str, float], size: int) -> Iterator[tuple[str, ...]]:
    """Put attributes together until they leave about one record to a value, then begin the next set."""
    chosen: list[str] = []
    for name in names:
        chosen.append(name)
        if prod(telling[one] for one in chosen) >= size:
            yield tuple(chosen)
            chosen = []


def _value_keys(column: Column) -> tuple[Ints, Ints]:
    """Give of each value the number of its keys, and the hashes of all."""
    name = column.kind.name
    own = [[key_hash(name, key) for key in dict.fromkeys(column.kind.keys(value))] for value in column.values]
    lengths = np.fromiter(map(len, own), np.int64, len(own))
    return lengths, np.fromiter((h for keys in own for h in keys), np.int64, int(lengths.sum()))


def _nth_keys(column: Column, lengths: Ints, hashes: Ints, place: int) -> Ints:
    """Give of each record the key at a place of its value's, of several values the least; 0 where there is none."""
    first = np.zeros(len(lengths), np.int64)
    first[lengths > place] = hashes[(np.cumsum(lengths) - lengths)[lengths > place] + place]
    own = first[column.codes]
    owners, own = column.owners()[own != 0], own[own != 0]
    starts = _starts(owners)
    main = np.zeros(len(column.offsets) - 1, np.int64)
    if len(starts):
        main[owners[starts]] = np.minimum.reduceat(own, starts)
    return main


def _record_keys(column: Column, lengths: Ints, hashes: Ints, *, alone: bool) -> tuple[Ints, Shorts]:
    """Give hashes and records of a column's keys, without those that too many share.

    Args:
        column: the column.
        lengths: number of keys of each value.
        hashes: the keys of all values.
        alone: no other column is of its kind, so a key that one record has is of no use.
    """
    value = np.repeat(np.arange(len(lengths)), lengths)
    _, number = np.unique(hashes, return_inverse=True)
    holders = np.bincount(number, weights=np.bincount(column.codes, minlength=len(lengths))[value])[number]
    useful = (holders <= CAP) & (holders > alone)
    value, hashes = value[useful], hashes[useful]
    lengths = np.bincount(value, minlength=len(lengths))
    starts = np.cumsum(lengths) - lengths
    each = lengths[column.codes]
    places = np.repeat(starts[column.codes] - (np.cumsum(each) - each), each) + np.arange(each.sum())
    return hashes[places], np.repeat(column.owners(), each)


def _together(mains: Sequence[Ints]) -> tuple[Ints, Shorts]:
    """Make one key of the main keys of several attributes, whatever their order, where all are there."""
    there = np.logical_and.reduce([main != 0 for main in mains])
    mixed = np.zeros(np.count_nonzero(there), np.uint64)
    for main in mains:
        own = main[there].view(np.uint64)
        mixed += (own ^ own >> np.uint64(29)) * _MIX
    return mixed.view(np.int64), np.flatnonzero(there).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Buckets:
    """Keys in buckets of one hash each that are small enough to be of use.

    Args:
        records: records in order of their keys.
        starts: where each bucket begins.
        sizes: how many records it holds.
    """

    records: Shorts
    starts: Ints
    sizes: Ints


def buckets(keys: Keys) -> Buckets:
    """Put keys into buckets and drop those of one record or of more than :data:`CAP`."""
    starts = _starts(keys.hashes)
    sizes = np.diff(np.append(starts, len(keys.hashes)))
    useful = (sizes > 1) & (sizes <= CAP)
    return Buckets(keys.records, starts[useful], sizes[useful])


def _starts(sorted_: npt.NDArray[Any]) -> Ints:
    """Give the places at which another number begins."""
    changes = np.flatnonzero(sorted_[1:] != sorted_[:-1]) + 1
    return np.concatenate((np.zeros(min(len(sorted_), 1), np.int64), changes))


def pairs_in(found: Buckets, most: int) -> tuple[Ints, Ints]:
    """List the pairs of records that share a bucket, small buckets first, until there are ``most``.

    Returns:
        Pairs as ``left << 32 | right`` with left < right, sorted, each once; and the strength of what they share: the
        sum of 1 / size over their buckets, in 2**-20.
    """
    sizes, counts = np.unique(found.sizes, return_counts=True)
    made = np.cumsum(counts * sizes * (sizes - 1) // 2)
    taken = sizes[: max(1, int(np.searchsorted(made, most, side="right")))]
    count = int(found.records.max(initial=0)) + 1
    met = np.concatenate([np.zeros(0, np.int64), *(_pairs_of_size(found, int(size), count) for size in taken)])
    met.sort()
    pairs = met >> _SIZE_BITS
    starts = _starts(pairs)
    strength: Ints = np.add.reduceat(_WHOLE // (met & _SIZE_MASK), starts) if len(met) else met
    pairs = pairs[starts]
    return pairs // count << 32 | pairs % count, strength


def _pairs_of_size(found: Buckets, size: int, count: int) -> Ints:
    """List the pairs in buckets of one size, as one number of left, right and size: one sort brings all together."""
    starts = found.starts[found.sizes == size]
    members = found.records[starts[:, None] + np.arange(size)]
    i, j = np.triu_indices(size, 1)
    left, right = members[:, i].ravel(), members[:, j].ravel()
    apart = left != right
    left, right = left[apart], right[apart]
    packed: Ints = np.minimum(left, right).astype(np.int64)
    packed *= count
    packed += np.maximum(left, right)
    packed <<= _SIZE_BITS
    packed |= size
    return packed


def unpack(packed: Ints) -> tuple[Ints, Ints]:
    """Give left and right of packed pairs."""
    return packed >> 32, packed & 0xFFFFFFFF


def agreement(keys: Keys, left: Ints, right: Ints) -> npt.NDArray[np.float32]:
    """Sum the rarity of the main keys that pairs of records share: a first, cheap idea of how well they agree."""
    found = np.zeros(len(left), np.float32)
    for main, rarity in zip(keys.mains, keys.rarity, strict=True):
        for start in range(0, len(left), _CHUNK):
            a, b = left[start : start + _CHUNK], right[start : start + _CHUNK]
            found[start : start + _CHUNK] += np.where(main[a] == main[b], rarity[a], np.float32(0))
    return found
