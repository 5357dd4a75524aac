"""Candidate pairs on their way to the workers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from customer_master.resolution.party import KeyKind
from hub.survey.candidates import CandidateTasks, KeyTable
from hub.survey.work import Chunk


def test_records_that_hang_together_are_in_one_task_and_every_pair_is_there_once(monkeypatch):
    monkeypatch.setattr("hub.survey.candidates._PAIRS_A_TASK", 3)
    chains = [(0, 4, 8, 9), (1, 5, 6, 10), (2, 3, 7, 11)]  # scattered over the files, each record knows the next
    keys = sorted((record, key) for key, pair in enumerate(_links(chains)) for record in pair)
    tasks = list(CandidateTasks(_table(keys, size=13), [bytes([record]) for record in range(13)]))
    assert [sorted(task.packed) for task in tasks] == [list(chain) for chain in chains]
    assert sorted(pair for task in tasks for pair in task.pairs) == sorted(_links(chains))
    assert all(task.packed[record] == bytes([record]) for task in tasks for record in task.packed)
    assert all(holders == 2 for task in tasks for holders in task.frequency.values())


def test_more_pairs_than_one_task_takes_are_shared_out(monkeypatch):
    monkeypatch.setattr("hub.survey.candidates._PAIRS_A_TASK", 2)
    chain = [tuple(range(6))]
    keys = sorted((record, key) for key, pair in enumerate(_links(chain)) for record in pair)
    work = CandidateTasks(_table(keys, size=6), [b""] * 6)
    assert len(work) == 3
    assert [task.pairs for task in work] == [[(0, 1), (1, 2)], [(2, 3), (3, 4)], [(4, 5)]]


def test_without_a_shared_key_there_is_nothing_to_do():
    work = CandidateTasks(_table([(0, 1), (1, 2)], size=2), [b"", b""])
    assert (len(work), list(work)) == (0, [])


def _links(chains: list[tuple[int, ...]]) -> list[tuple[int, int]]:
    return [pair for chain in chains for pair in pairwise(chain)]


def _table(keys: list[tuple[int, int]], size: int) -> KeyTable:
    records, hashes = zip(*keys, strict=True)
    kinds = np.full(len(keys), KeyKind.PHONE, np.int8)
    return KeyTable([Chunk([b""] * size, np.array(records, np.int32), kinds, np.array(hashes, np.int64))])
