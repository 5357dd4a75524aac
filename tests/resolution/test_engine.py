"""A whole table: nobody, somebody, everybody the same; and the order of records makes no difference."""

from collections.abc import Sequence

import numpy as np
import pytest

from customer_master.resolution.engine import resolve
from customer_master.resolution.schema import Attribute

SCHEMA = (
    Attribute("given", "given_name", ("given",), "values"),
    Attribute("family", "family_name", ("family",), "values"),
    Attribute("born", "date", ("born",), "values"),
    Attribute("mail", "email", ("mail", "mail_2"), "values"),
)

Row = tuple[str | None, ...]


def partition(rows: Sequence[Row]) -> list[int]:
    given, family, born, mail, second = (list(column) for column in zip(*rows, strict=True)) if rows else [[]] * 5
    columns = {"given": [given], "family": [family], "born": [born], "mail": [mail, second]}
    found: list[int] = resolve(SCHEMA, columns).partition.tolist()
    return found


def some_people(parties: int) -> list[Row]:
    """Make parties of one to three records with slips, losses and moved mailboxes."""
    rng = np.random.default_rng(11)
    names = ["mary", "joan", "peter", "alice", "robert", "susan", "walter", "irene"]
    families = ["archer", "baker", "carter", "draper", "fisher", "glover", "hunter", "mason", "potter", "turner"]
    rows: list[Row] = []
    for number in range(parties):
        given, family = names[rng.integers(8)], families[rng.integers(10)]
        born = f"19{rng.integers(40, 99)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
        for copy in range(rng.integers(1, 4)):
            slip = given[:-1] if copy == 1 and rng.random() < 0.5 else given
            mail = f"{given}{number}@mail.example" if rng.random() < 0.6 else None
            rows.append((slip, family, born if rng.random() < 0.8 else None, mail, f"p{number}@post.example"))
    return rows


@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_records(size: int) -> None:
    assert partition([("Mary", "Archer", "1960-02-03", None, None)] * size) in ([0] * size, list(range(size)))


def test_nothing_known_of_anybody_leaves_everybody_apart() -> None:
    assert partition([(None,) * 5] * 4) == [0, 1, 2, 3]


def test_the_order_of_records_makes_no_difference() -> None:
    rows = some_people(150)
    expected = partition(rows)
    assert 100 < len(set(expected)) < len(rows)
    rng = np.random.default_rng(5)
    for _ in range(20):
        mixed = rng.permutation(len(rows))
        found = np.array(partition([rows[n] for n in mixed]))
        first = {label: min(mixed[found == label]) for label in set(found.tolist())}
        restored = np.empty(len(rows), np.int64)
        restored[mixed] = [first[label] for label in found.tolist()]
        assert restored.tolist() == expected
