"""What the worker processes do: read files, read rows, score pairs, group records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from customer_master.resolution.clustering import cluster, groups_of, scored_pairs
from customer_master.resolution.constraints import conflicts
from customer_master.resolution.levels import GROUP, IDENTIFIER, NAME, UNIT, IdentifierLevel, NameLevel, UnitLevel
from customer_master.resolution.party import blocking_keys
from customer_master.resolution.policy import MatchPolicy, load_policy
from customer_master.resolution.scoring import Pair, Score, Scorer, linkages
from hub.survey.columns import Column, recognise
from hub.survey.files import Extract, open_extract
from hub.survey.masking import mask, shorten
from hub.survey.packing import pack, pack_telling, unpack, unpack_telling
from hub.survey.records import Layout, party_of
from mappings.canonical import Kind


@cache
def match_policy() -> MatchPolicy:
    """Give the match policy the hub comes with: there is no project yet that could have another."""
    text = files("customer_master.policies").joinpath("match.yaml").read_text(encoding="utf-8")
    return load_policy(text)


@cache
def scorer() -> Scorer:
    """Give the hub's one scorer."""
    return Scorer(match_policy())


def read_file(task: tuple[Path, bool]) -> tuple[Extract, list[Column]]:
    """Open a file and recognise its columns; the flag says whether examples are masked."""
    path, masked = task
    extract = open_extract(path)
    return extract, recognise(extract, mask if masked else shorten)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows read as parties: each packed, and their blocking keys as three arrays (place in the chunk, kind, hash)."""

    packed: list[bytes]
    places: NDArray[np.int32]
    kinds: NDArray[np.int8]
    hashes: NDArray[np.int64]


def read_rows(task: tuple[list[list[str]], Layout]) -> Chunk:
    """Read some rows. Keys are made of proofs alone: a name alone never merges, so it finds no candidates here."""
    rows, layout = task
    packed, places, kinds, hashes = [], [], [], []
    for place, row in enumerate(rows):
        one, proofs = pack(party_of(row, layout))
        packed.append(one)
        for key in blocking_keys(proofs):
            places.append(place)
            kinds.append(key.kind)
            hashes.append(key.hash)
    return Chunk(packed, np.array(places, np.int32), np.array(kinds, np.int8), np.array(hashes, np.int64))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs to score, what their records say, and how many records hold the keys they share."""

    pairs: list[Pair]
    packed: Mapping[int, bytes]
    frequency: Mapping[int, int]


class Scored(NamedTuple):
    """Two records and their levels of agreement, in the stored form."""

    a: int
    b: int
    kind: Kind
    vector: bytes

    @property
    def score(self) -> Score:
        """What they amount to under the match policy."""
        return scorer()(self.kind, (self.vector,))[0]


@dataclass(frozen=True, slots=True)
class Compared:
    """What is worth telling of some pairs: matches, doubts, relations, contradicting numbers.

    Args:
        scored: those pairs.
        read: features of the records that match another one, packed.
    """

    scored: list[Scored]
    read: dict[int, bytes]


def score_pairs(task: Candidates) -> Compared:
    """Compare pairs."""
    read = {record: unpack(packed) for record, packed in task.packed.items()}
    scored: list[Scored] = []
    matching: set[int] = set()
    for (a, b), one in scorer().compare(read, task.pairs, _Counts(task.frequency).__getitem__).items():
        pair = Scored(a, b, one.kind, one.vector)
        if one.score.band != "different" or is_contradiction(pair):
            scored.append(pair)
        if one.score.band == "match":
            matching.update((a, b))
    return Compared(scored, {record: pack_telling(read[record]) for record in matching})


def is_contradiction(pair: Scored) -> bool:
    """Tell whether two records say the same of one customer in all but the registration number."""
    return (
        pair.kind is not Kind.PERSON
        and pair.vector[IDENTIFIER] == IdentifierLevel.CONTRADICTION
        and pair.vector[NAME] >= NameLevel.CORE
        and pair.vector[UNIT] in (UnitLevel.MISSING, UnitLevel.SAME)
        and not pair.vector[GROUP]
        and len(pair.score.evidence) > 1
    )


@dataclass(frozen=True, slots=True)
class Component:
    """Records that hang together by matches, as ``Compared`` has read them, and all scored pairs among them."""

    read: Mapping[int, bytes]
    scored: Sequence[Scored]


def group_records(task: list[Component]) -> list[tuple[int, ...]]:
    """Cluster some components under the constraints of the match policy; groups of one are left out."""
    read = {record: packed for component in task for record, packed in component.read.items()}
    scores = {(pair.a, pair.b): pair.score for component in task for pair in component.scored}
    records = sorted(read)
    labels = cluster(
        records,
        scored_pairs(linkages(scores)),
        conflict=conflicts({record: unpack_telling(packed) for record, packed in read.items()}),
        threshold=match_policy().linkage,
        max_size=match_policy().max_size,
    )
    return [group for group in groups_of(records, labels) if len(group) > 1]


class _Counts(dict[int, int]):
    """How many records hold a key; a key that is not listed is held by nobody else."""

    def __missing__(self, key: int) -> int:
        return 1
