"""The engine is tried without the truth, and measured by it."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from customer_master.resolution.engine import resolve as resolve_by_engine
from customer_master.resolution.schema import Attribute
from hub.errors import HubError
from hub.matching.evaluation import Resolve, Trial, evaluate, measure
from hub.matching.merging import MergePolicy
from hub.matching.reading import read_records
from tests.matching.conftest import EqualityEngine, Write

HEADER = ("公司名称", "联系电话", "地址", "统一社会信用代码", "备注")
ROWS = (
    ("深圳市华强电子有限公司", "0755-26988888", "广东省深圳市南山区科技园南路1号", "91440300192203821U", ""),
    ("深圳市华强电子有限公司", "", "", "91440300192203821U", "老客户"),
    ("上海宏达贸易有限公司", "021-62345678", "上海市浦东新区张杨路500号", "91310000607234567X", ""),
    ("上海宏達貿易公司", "021-62345678", "", "", ""),
    ("上海宏达贸易有限公司", "", "上海市静安区南京西路20号", "", ""),
    ("杭州西子机械厂", "0571-87654321", "杭州市西湖区文三路90号3幢", "91330100799655058B", ""),
)
TRUTH = ("1", "1", "2", "2", "3", "")


def trial(*, labels: int = 0, seed: int = 0, policy: bool = False, **told: str) -> Trial:
    return Trial(labels, seed, policy, told)


def test_the_result_as_json(write: Write, engine: EqualityEngine) -> None:
    path = write(HEADER, ROWS, truth=TRUTH, encoding="gb18030")
    told = evaluate(path, trial(seed=3, policy=True), engine).to_json()
    assert told.pop("cpu_s") >= 0
    assert told.pop("wall_s") > 0
    assert told.pop("peak_mb") > 10
    assert told == {
        # found: {0, 1}, {2, 4}, {3}; true: {0, 1}, {2, 3}, {4}; nobody knows of record 5
        "precision": 0.5, "recall": 0.5, "f1": 0.5, "bcubed_f1": 0.8,
        "file": "table.csv", "records": 6, "unlabelled": 1, "entities": 3, "entities_found": 4,
        "candidate_pairs": 15, "too_large": 0, "bridges": 0, "labels": 0, "labels_used": 0, "seed": 3, "policy": True,
        "columns": (
            {"column": "公司名称", "kind": "company", "why": "header and values"},
            {"column": "联系电话", "kind": "phone", "why": "header and values"},
            {"column": "地址", "kind": "address", "why": "header and values"},
            {"column": "统一社会信用代码", "kind": "identifier", "why": "header and values"},
            {"column": "备注", "kind": "ignore", "why": "header"},
        ),
        "attributes": tuple(
            {"name": name, "kind": kind, "columns": (name,), "join": "values"}
            for name, kind in zip(HEADER, ("company", "phone", "address", "identifier"), strict=False)
        ),
        "warnings": ("a warning of the engine",),
    }  # fmt: skip
    assert engine.calls[0]["seed"] == 3
    assert isinstance(engine.calls[0]["policy"], MergePolicy)


def test_the_engine_sees_neither_truth_nor_ids(write: Write, engine: EqualityEngine) -> None:
    evaluate(write(HEADER, ROWS, truth=[f"secret{t}" for t in TRUTH]), trial(labels=3), engine)
    (call,) = engine.calls
    seen = {text for columns in call["columns"].values() for column in columns for text in column.to_pylist()}
    assert not any(text and (text.startswith("secret") or text in {f"r{n}" for n in range(6)}) for text in seen)


def scrambled(truth: list[int], asked: list[list[int]], rng: random.Random) -> list[int]:
    """Make up another truth that gives the same answers to the questions that were asked."""
    group = list(range(len(truth)))
    for i, j in asked:
        if truth[i] == truth[j]:
            group = [group[i] if g == group[j] else g for g in group]
    apart = {frozenset((group[i], group[j])) for i, j in asked if truth[i] != truth[j]}
    entity: dict[int, int] = {}
    groups = sorted(set(group))
    rng.shuffle(groups)
    for g in groups:
        entity[g] = rng.choice([e for e in range(len(truth)) if all(
            entity[other] != e or frozenset((g, other)) not in apart for other in entity
        )])  # fmt: skip
    return [entity[g] for g in group]


@pytest.mark.parametrize(
    ("labels", "engine"),
    [*((n, EqualityEngine()) for n in (0, 1, 12, 60)), (0, resolve_by_engine), (20, resolve_by_engine)],
)
def test_all_truth_that_was_not_asked_for_makes_no_difference(write: Write, labels: int, engine: Resolve) -> None:
    rng = random.Random(labels)
    whose = [rng.randrange(15) for _ in range(30)]
    rows = [(f"Trading Company {n} Ltd", f"+1 312 555 01{n + 10 + (rng.random() < 0.3)}") for n in whose]
    truth = [rng.randrange(12) for _ in rows]

    def partition(truth: list[int]) -> tuple[list[int], list[list[int]], float]:
        found: list[np.ndarray] = []
        oracles: list[list[list[int]]] = []

        def resolve(schema, columns, *, labels, policy, seed):
            result = engine(schema, columns, labels=labels, policy=policy, seed=seed)
            found.append(result.partition)
            oracles.append([] if labels is None else labels.asked.tolist())
            return result

        path = write(("name", "phone"), rows, truth=[str(t) for t in truth])
        result = evaluate(path, trial(labels=labels, seed=1), resolve)
        row = [int(name.removeprefix("r")) for name in read_records(path).shuffled().ids.to_pylist()]
        return found[0].tolist(), [[row[i], row[j]] for i, j in oracles[0]], result.figures.f1

    expected, asked, f1 = partition(truth)
    assert len(asked) == labels
    others = [scrambled(truth, asked, rng) for _ in range(8)]
    assert all(any((o[i] == o[j]) != (truth[i] == truth[j]) for i, j in combinations(range(30), 2)) for o in others)
    found = [partition(other) for other in others]
    assert [partition for partition, _, _ in found] == [expected] * 8
    if isinstance(engine, EqualityEngine):
        assert any(other != f1 for _, _, other in found)  # the figures do see it


@pytest.mark.parametrize(("labels", "times"), [(0, 20), (20, 4)])
def test_the_order_of_the_rows_makes_no_difference(tmp_path: Path, labels: int, times: int) -> None:
    rng = random.Random(5)
    quarters = ["Northern", "Southern", "Eastern", "Western"]
    rows = [
        (f"r{n}", str(n // 3), f"{quarters[n // 3 % 4]} Trading {n // 12} Ltd", f"312 555 {1000 + n // 3 + n % 3}")
        for n in range(120)
    ]
    path = tmp_path / "table.csv"
    found = set()
    for _ in range(times):
        rng.shuffle(rows)
        path.write_text("\n".join(",".join(row) for row in [("rec_id", "truth", "name", "phone"), *rows]), "utf-8")
        partitions = []

        def resolve(schema, columns, *, labels, policy, seed, partitions=partitions):
            result = resolve_by_engine(schema, columns, labels=labels, policy=policy, seed=seed)
            partitions.append(result.partition.tolist())
            return result

        evaluate(path, trial(labels=labels), resolve)
        ids = read_records(path).shuffled().ids.to_pylist()
        groups: dict[int, list[str]] = {}
        for name, group in zip(ids, partitions[0], strict=True):
            groups.setdefault(group, []).append(name)
        found.add(tuple(sorted(tuple(sorted(group)) for group in groups.values())))
    assert len(found) == 1
    assert 1 < len(next(iter(found))) < 120


def test_labelled_pairs_are_no_merit() -> None:
    truth, found = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 2, 3])
    assert measure(truth, found, np.empty((0, 2), np.int64)).recall == pytest.approx(2 / 3, abs=1e-4)
    assert measure(truth, found, np.array([[0, 1], [2, 3]])).recall == 0
    assert measure(truth, found, np.array([[4, 5], [0, 4]])).f1 == 1


def test_unlabelled_records_are_left_out_of_the_figures() -> None:
    truth, found = np.array([-1, 0, 0, -1, 1]), np.array([0, 0, 0, 0, 1])
    assert measure(truth, found, np.array([[0, 1]])) == measure(
        truth[[1, 2, 4]], found[[1, 2, 4]], np.empty((0, 2), int)
    )
    assert measure(truth, found, np.array([[0, 3]])).f1 == 1


def test_one_row(write: Write, engine: EqualityEngine) -> None:
    result = evaluate(write(HEADER, ROWS[:1]), trial(labels=5), engine)
    assert (result.records, result.entities, result.entities_found, result.labels_used) == (1, 1, 1, 0)
    assert "no two records have the same truth: there is nothing to find" in result.warnings


def test_what_a_person_says_goes_before_the_guess(write: Write, engine: EqualityEngine) -> None:
    path = write(("x1", "x2"), [("Grace", "1990"), ("Evie", "1991"), ("Grace", "1990")])
    result = evaluate(path, trial(x1="family_name", x2="ignore"), engine)
    assert result.attributes == (Attribute("x1", "family_name", ("x1",)),)
    assert [guess.why for guess in result.columns] == ["as told", "as told"]


def test_a_table_with_nothing_to_compare_is_refused(write: Write, engine: EqualityEngine) -> None:
    path = write(("备注", "name"), [("a", ""), ("b", "")])
    with pytest.raises(HubError, match=r"table\.csv: no column to tell records by\. .* --map column=kind"):
        evaluate(path, trial(), engine)


def test_a_table_of_which_nothing_is_recognised_is_warned_of(write: Write, engine: EqualityEngine) -> None:
    result = evaluate(write(("q",), [("lorem",), ("ipsum dolor",), ("sit",)]), trial(), engine)
    assert "no column was recognised: say what they are with --map column=kind" in result.warnings


def test_progress_is_reported(write: Write, engine: EqualityEngine) -> None:
    steps: list[tuple[str, int, int | None]] = []
    evaluate(write(HEADER, ROWS), trial(), engine, lambda *step: steps.append(step))
    assert steps == [("read", 0, 1), ("read", 1, 1), ("resolve", 0, 1), ("resolve", 1, 1)]
