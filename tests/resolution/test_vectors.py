"""Compared pairs: equal to comparing every pair of values one by one."""

import numpy as np
import pytest

from customer_master.resolution.attributes import KINDS
from customer_master.resolution.table import Table, read_table
from customer_master.resolution.vectors import compare_pairs

GIVEN = ["Mary", "Marie", "Mry", None, "Ann", "Anne", "M", "Mary", "John", None]
OTHER = [None, "Ann", None, None, "Mary", None, "Joan", "Mary", "Jon", "Eve"]


def people(*columns: list[str | None]) -> Table:
    return read_table({"name": KINDS["given_name"]}, {"name": list(columns)})


def everybody(size: int) -> tuple[np.ndarray, np.ndarray]:
    left, right = np.triu_indices(size, 1)
    return left.astype(np.int64), right.astype(np.int64)


@pytest.mark.parametrize("columns", [[GIVEN], [GIVEN, OTHER], [[None] * 5], [["Mary"] * 5]])
def test_every_pair_gets_what_its_best_values_get(columns: list[list[str | None]]) -> None:
    table = people(*columns)
    left, right = everybody(table.size)
    found = compare_pairs(table, left, right)
    kind = KINDS["given_name"]
    values = [[kind.read(column[n]) for column in columns if column[n]] for n in range(table.size)]  # type: ignore[arg-type]
    for place, (a, b) in enumerate(zip(left, right, strict=True)):
        each = [kind.compare([x], [y]) for x in values[a] for y in values[b]]
        best = max(((int(one.levels[0]), float(one.similarity[0])) for one in each), default=(0, 0.0))
        assert (found.levels[place, 0], found.similarity[place, 0]) == pytest.approx(best)


def test_a_rare_shared_value_says_more_than_a_common_one() -> None:
    table = people(["Mary", "Mary", "Mary", "Mary", "Eve", "Eve", "Ann"])
    rarity = compare_pairs(table, np.array([0, 4, 0]), np.array([1, 5, 6])).rarity[:, 0]
    assert rarity[1] - rarity[0] == pytest.approx(1.0)
    assert rarity[2] == 0


def test_no_pair_is_no_vector() -> None:
    none = np.zeros(0, np.int64)
    assert compare_pairs(people(GIVEN, OTHER), none, none).levels.shape == (0, 1)
