"""Records as columns: values read once, several of one record, missing ones, an order that knows no order."""

import numpy as np
import pytest

from customer_master.resolution.attributes import KINDS
from customer_master.resolution.table import Table, read_table


def read(*texts: list[str | None], kind: str = "given_name") -> Table:
    return read_table({"a": KINDS[kind]}, {"a": list(texts)})


def test_a_value_is_kept_once_however_it_is_written_and_counted_by_record() -> None:
    column = read(["Mary", " MARY ", "Ann", None]).columns["a"]
    assert len(column.values) == 2
    assert column.first().tolist() == [0, 0, 1, -1]
    assert column.frequency.tolist() == [2, 1]


def test_a_record_has_several_values_each_once() -> None:
    column = read(["Mary", "Ann", None], ["Mary", "Joan", "Ann"]).columns["a"]
    assert np.diff(column.offsets).tolist() == [1, 2, 1]
    assert not column.is_single
    assert column.owners().tolist() == [0, 1, 1, 2]
    assert column.frequency[column.codes[0]] == 1


@pytest.mark.parametrize("texts", [[], [None], [None, None]])
def test_empty_columns(texts: list[str | None]) -> None:
    column = read(texts).columns["a"]
    assert len(column.codes) == len(column.values) == 0
    assert column.first().tolist() == [-1] * len(texts)
    assert column.is_single


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        read(["Mary"], ["Ann", "Joan"])


def test_some_records_keep_their_values() -> None:
    column = read(["Mary", "Ann", None], ["Joan", None, None]).columns["a"]
    some = column.take(np.array([2, 0]))
    assert np.diff(some.offsets).tolist() == [0, 2]
    assert {column.values[code].text for code in some.codes} == {"mary", "joan"}


def test_the_order_is_that_of_what_records_say() -> None:
    texts: list[str | None] = ["Mary", "Ann", None, "Joan", "Eve", "Mary"]
    other: list[str | None] = ["Max", None, "Zoe", "Ann", None, "Mary"]
    expected = [(texts[n], other[n]) for n in read(texts, other).order()]
    rng = np.random.default_rng(3)
    for _ in range(20):
        mixed = rng.permutation(len(texts))
        a, b = [texts[n] for n in mixed], [other[n] for n in mixed]
        assert [(a[n], b[n]) for n in read(a, b).order()] == expected
