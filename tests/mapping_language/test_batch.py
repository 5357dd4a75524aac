"""The batch compiler gives what the row function gives, down to the last cell and the last letter of a payload."""

from __future__ import annotations

import os
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
from mappings.language.batch import BatchMapping, BatchOutcome, payloads
from mappings.language.batch.mapping import ODD
from tests.mapping_language.random_documents import TEXTS, documents, rows

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


def demand_equal(compiled: CompiledMapping, documents: pl.DataFrame) -> None:
    """Demand that both ways give the same outcomes and the same stored texts."""
    mapping = BatchMapping(compiled)
    outcome = mapping.map(documents)
    expected = [compiled.map(document) for document in documents.to_dicts()]
    assert outcome.outcomes() == expected
    for index, frame in enumerate(outcome.records):
        records = [told.records[index] for told in expected if isinstance(told, Mapped)]
        written = payloads(mapping, frame, index)
        wanted = [stored(to_payload(record)) for record in records]
        assert written["payload"].to_list() == [one.text for one in wanted]
        assert written["hash"].to_list() == [one.hash for one in wanted]


def test_any_document_maps_any_rows_alike_and_most_through_the_columns() -> None:
    shares: list[float] = []
    tell = BatchMapping._told

    def told(mapping: BatchMapping, documents: pl.DataFrame, at: Any, fates: pl.Series, records: Any) -> BatchOutcome:
        shares.append((fates != ODD).sum() / documents.height)
        return tell(mapping, documents, at, fates, records)

    @settings(max_examples=60 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(), rows())
    def alike(text: str, columns: dict[str, list[Any]]) -> None:
        with patch.object(BatchMapping, "_told", told):
            demand_equal(compile_mapping(parse_mapping(text, "random")), frame_of(columns))

    alike()
    assert sum(share >= 0.7 for share in shares) > len(shares) / 2


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
