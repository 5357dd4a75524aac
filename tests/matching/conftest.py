"""A small engine in place of the real one, so that these tests are about what stands around it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from customer_master.resolution.schema import Attribute
from hub.matching.oracle import Oracle
from hub.matching.reading import Texts

Write = Callable[..., Path]


@dataclass
class Found:
    partition: np.ndarray
    pairs: np.ndarray
    held: np.ndarray
    warnings: Sequence[str] = ()


class EqualityEngine:
    """Records are one if their first attribute is equal; with labels, every pair it may ask about is as answered."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def __call__(
        self,
        schema: tuple[Attribute, ...],
        columns: Mapping[str, Sequence[Texts]],
        *,
        labels: Oracle | None,
        policy: bool,
        seed: int,
    ) -> Found:
        self.calls.append({"schema": schema, "columns": columns, "policy": policy, "seed": seed})
        values = columns[schema[0].name][0].to_pylist()
        pairs = [(i, j) for i, j in combinations(range(len(values)), 2) if values[i] is not None]
        likely = [pair for pair in pairs if values[pair[0]] == values[pair[1]]]
        partition = np.arange(len(values), dtype=np.int64)
        same = set(likely)
        if labels is not None:
            order = np.random.default_rng(seed).permutation(len(pairs))[: labels.remaining]
            asked = np.array([pairs[place] for place in order], dtype=np.int64).reshape(-1, 2)
            for (i, j), answer in zip(asked.tolist(), labels.ask(*asked.T).tolist(), strict=True):
                (same.add if answer else same.discard)((i, j))
        for i, j in sorted(same):
            partition[partition == partition[j]] = partition[i]
        held = np.array([1.0 if pair in same else -1.0 for pair in pairs])
        return Found(partition, np.array(pairs, dtype=np.int64).reshape(-1, 2), held, ("a warning of the engine",))


@pytest.fixture
def engine() -> EqualityEngine:
    return EqualityEngine()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table as CSV, with an id for each row and a truth for each but where the caller gives them."""

    def call(
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        truth: Sequence[str] | None = None,
        encoding: str = "utf-8",
        delimiter: str = ",",
    ) -> Path:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerow(["rec_id", "truth", *header])
        for number, row in enumerate(rows):
            writer.writerow([f"r{number}", truth[number] if truth else str(number // 2), *row])
        path = tmp_path / "table.csv"
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    return call
