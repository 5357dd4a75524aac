"""The batch compiler gives what the row function gives, down to the last cell and the last letter of a payload."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib import invalidate_caches
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings.canonical import to_payload
from mappings.canonical.record import stored
from mappings.language import CompiledMapping, Mapped, compile_mapping, load_mapping, parse_mapping
from mappings.language.batch import BatchMapping, payloads
from mappings.language.batch.mapping import ODD
from mappings.language.catalogue import CATALOGUE
from tests.mapping_language.random_documents import CROSSWALKS, INSTANTS, TEXTS, documents, rows
from tests.mapping_language.test_extensions import ENTRY_POINTS, MODULE, install

SPECS = Path(__file__).parents[2] / "mappings" / "specs"
NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))
COMPILED = {name: compile_mapping(load_mapping(SPECS / f"{name}.yaml")) for name in NAMES}
DEPTH = int(os.environ.get("DEEP") or 1)
"""How many times as much is tried: ``make test DEEP=4``."""


def frame_of(columns: dict[str, list[Any]]) -> pl.DataFrame:
    """Make a frame of raw columns; one that holds values of several kinds holds objects."""
    return pl.DataFrame([_series(name, values) for name, values in columns.items()])


def _series(name: str, values: list[Any]) -> pl.Series:
    try:
        return pl.Series(name, values, strict=True)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        return pl.Series(name, values, dtype=pl.Object)


def demand_equal(compiled: CompiledMapping, documents: pl.DataFrame, at: datetime | None = None) -> None:
    """Demand that both ways give the same outcomes and the same stored texts."""
    mapping = BatchMapping(compiled)
    outcome = mapping.map(documents, at=at)
    expected = [compiled.map(document, at=at) for document in documents.to_dicts()]
    assert outcome.outcomes() == expected
    for index, frame in enumerate(outcome.records):
        records = [told.records[index] for told in expected if isinstance(told, Mapped)]
        written = payloads(mapping, frame, index)
        wanted = [stored(to_payload(record)) for record in records]
        assert written["payload"].to_list() == [one.text for one in wanted]
        assert written["hash"].to_list() == [one.hash for one in wanted]


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the functions installed that the random documents call."""
    (tmp_path / "acme_batch.py").write_text(MODULE, encoding="utf-8")
    install(tmp_path, "acme-functions", ENTRY_POINTS.format("batch"))
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()
    yield
    sys.modules.pop("acme_batch", None)


@pytest.mark.usefixtures("packages")
def test_any_document_maps_any_rows_alike() -> None:
    @settings(max_examples=60 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(), rows(), st.sampled_from(INSTANTS))
    def alike(text: str, columns: dict[str, list[Any]], at: datetime) -> None:
        demand_equal(compile_mapping(parse_mapping(text, "random", CROSSWALKS)), frame_of(columns), at)

    alike()


@pytest.mark.usefixtures("packages")
def test_most_rows_of_most_documents_go_through_the_columns() -> None:
    shares: list[float] = []

    @settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(documents(), rows(), st.sampled_from(INSTANTS))
    def share(text: str, columns: dict[str, list[Any]], at: datetime) -> None:
        compiled = compile_mapping(parse_mapping(text, "random", CROSSWALKS))
        with patch.object(BatchMapping, "_told") as told:
            BatchMapping(compiled).map(frame_of(columns), at=at)
        fates = told.call_args.args[2]
        shares.append((fates != ODD).sum() / len(fates))

    share()
    assert sum(share >= 0.7 for share in shares) >= 0.7 * len(shares)


BRANCHES = """\
mapping: random.branches
version: 1
source: {system: random, stream: branches, requires: [v]}
emit:
  - entity: item
    record_type: branch
    key: '"k"'
    code: 'fold(row["v"]) if row["v"] != "no" and (row["v"] != "never" or row["v"] == fold(row["v"])) else ""'
    name: '"x" if row["v"] == "no" else (fold(row["v"]) if row["v"] != "never" else "y") + fold("constant")'
"""


def test_a_function_is_called_only_for_rows_that_take_its_branch() -> None:
    asked: list[str] = []

    def fold(value: str) -> str:
        asked.append(value)
        return value.lower()

    with patch.dict(CATALOGUE, {"fold": replace(CATALOGUE["fold"], call=fold)}):
        compiled = compile_mapping(parse_mapping(BRANCHES, "branches"))
    demand_equal(compiled, pl.DataFrame({"v": ["A", "no", "never", "A", None]}))
    asked.clear()
    BatchMapping(compiled).map(pl.DataFrame({"v": ["A", "no", "A"]}))
    assert sorted(asked) == ["A", "A", "constant"]


@pytest.mark.parametrize("condition", ["true", "false", 'blank("")', 'row["v"] == "A"'])
def test_a_branch_may_be_taken_by_all_rows_or_none(condition: str) -> None:
    text = BRANCHES.replace('row["v"] == "no"', condition)
    compiled = compile_mapping(parse_mapping(text.replace('row["v"] != "no" and', f"{condition} or"), "branches"))
    for values in (["A", "no", "never"], ["A"], []):
        demand_equal(compiled, pl.DataFrame({"v": values}, schema={"v": pl.String}))


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_of_a_specs_own_tests_map_alike(name: str) -> None:
    demand_equal(COMPILED[name], frame_of(given_columns(name)))


def given_columns(name: str) -> dict[str, list[Any]]:
    """List the values of all columns in the rows that a spec is tested with."""
    tests = COMPILED[name].mapping.document.tests
    columns = dict.fromkeys(column for test in tests for column in test.given)
    return {column: [test.given.get(column) for test in tests] for column in columns}


@pytest.mark.parametrize("name", NAMES)
def test_spoiled_rows_of_a_spec_map_alike(name: str) -> None:
    columns = given_columns(name)

    @settings(max_examples=12 * DEPTH, deadline=None)
    @given(st.data())
    def spoil(data: st.DataObject) -> None:
        spoiled = {column: list(values) for column, values in columns.items()}
        for column in data.draw(st.lists(st.sampled_from(sorted(columns)), min_size=1, max_size=4)):
            row = data.draw(st.integers(0, len(columns[column]) - 1))
            others = st.sampled_from(columns[column]) | st.sampled_from(TEXTS) | st.none()
            spoiled[column][row] = data.draw(others)
        demand_equal(COMPILED[name], frame_of(spoiled))

    spoil()
