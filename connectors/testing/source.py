# ruff: noqa: D102, S101 - tests: their names are their documentation
"""What every connector must do when it reads."""

import json
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from connectors.base import Batch, Cursor, Sink, Source, type_of_defect
from connectors.errors import AuthenticationError, ConfigurationError, ConnectorError, RetryableError
from connectors.testing.case import ConnectorCase

LARGEST_BATCH = 20_000


@contextmanager
def closing(connector: Source) -> Iterator[Source]:
    """Close the connector at the end, whatever happens."""
    try:
        yield connector
    finally:
        connector.close()


def stored(cursor: Cursor) -> Cursor:
    """Send a cursor through JSON as the hub's database does."""
    text = json.dumps(dict(cursor), ensure_ascii=False)
    loaded: dict[str, Any] = json.loads(text)
    assert loaded == dict(cursor), "a cursor must come back from JSON as it went in: text keys, lists, no tuples"
    return loaded


def read_all(case: ConnectorCase, cursor: Cursor | None = None) -> list[Batch]:
    """Read the case's stream with a new connector."""
    with closing(case.connect()) as connector:
        return list(connector.read(case.stream, cursor))


def rows(batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """Return the raw records of batches as dictionaries."""
    return [row for batch in batches for row in batch.table.to_pylist()]


def fingerprints(batches: Iterable[Batch]) -> set[str]:
    """Return the raw records in a form that can be compared."""
    return {json.dumps(row, sort_keys=True, default=str) for row in rows(batches)}


def assert_discreet(case: ConnectorCase, *texts: str) -> None:
    """Assert that no secret is in any of the texts."""
    for text in texts:
        assert not any(secret in text for secret in case.secrets), "a secret can be seen"


def assert_helpful(error: ConnectorError) -> None:
    """Assert that an error says in one sentence where it happened and what to do, also in another process."""
    assert error.system
    assert error.system in str(error)
    assert error.remedy.strip()
    assert "\n" not in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


class SourceSuite:
    """Reading: reachability, errors, discovery, batches, settling."""

    connector: ClassVar[type[Source]]

    def test_is_a_source_and_tells_the_truth_about_writing(self, case: ConnectorCase) -> None:
        with closing(case.connect()) as connector:
            assert isinstance(connector, Source)
            assert isinstance(connector, self.connector)
            assert isinstance(connector, Sink) == connector.capabilities.push

    def test_config_refuses_options_it_does_not_know(self) -> None:
        assert self.connector.Config.model_config.get("extra") == "forbid"

    def test_check_succeeds_and_can_be_repeated(self, case: ConnectorCase) -> None:
        with closing(case.connect()) as connector:
            connector.check()
            connector.check()

    def test_close_can_be_repeated(self, case: ConnectorCase) -> None:
        connector = case.connect()
        connector.close()
        connector.check()
        connector.close()
        connector.close()

    def test_wrong_credentials_are_an_authentication_error(self, case: ConnectorCase) -> None:
        with closing(case.connect_with_wrong_credentials()) as connector:
            for attempt in (connector.check, lambda: list(connector.read(case.stream, None))):
                with pytest.raises(AuthenticationError) as caught:
                    attempt()
                assert_helpful(caught.value)
                assert_discreet(case, str(caught.value), repr(caught.value))

    def test_an_unreachable_system_is_a_retryable_error(self, case: ConnectorCase) -> None:
        with closing(case.connect_to_nowhere()) as connector:
            for attempt in (connector.check, lambda: list(connector.read(case.stream, None))):
                with pytest.raises(RetryableError) as caught:
                    attempt()
                assert_helpful(caught.value)
                assert_discreet(case, str(caught.value), repr(caught.value))
                assert caught.value.retry_after > 0

    def test_every_discovered_stream_can_be_read(self, case: ConnectorCase) -> None:
        with closing(case.connect()) as connector:
            streams = connector.discover()
            assert case.stream in [stream.name for stream in streams]
            assert len({stream.name for stream in streams}) == len(streams)
            for stream in streams:
                assert stream.name.isidentifier()
                assert stream.name == stream.name.lower()
                assert stream.description
                assert not stream.writable or connector.capabilities.push
                next(connector.read(stream.name, None), None)

    def test_an_unknown_stream_is_a_configuration_error(self, case: ConnectorCase) -> None:
        with closing(case.connect()) as connector:
            with pytest.raises(ConfigurationError) as caught:
                list(connector.read("no_such_stream", None))
            assert_helpful(caught.value)
            assert case.stream in str(caught.value), "the error should list the streams there are"

    def test_batches_fit_the_envelope(self, case: ConnectorCase) -> None:
        batches = read_all(case)
        assert len(batches) > 1, "case.connect() must make batches so small that the stream needs several"
        for batch in batches:
            assert batch.stream == case.stream
            assert batch.table.column_names == ["origin", "position", "document", "defect", "raw"]
            assert batch.table.num_rows <= LARGEST_BATCH
            schema = batch.table.schema
            assert [schema.field(name).type for name in ("origin", "position", "raw")] == [pa.string()] * 3
            assert schema.field("defect").type == type_of_defect
            assert pa.types.is_struct(schema.field("document").type) or pa.types.is_null(schema.field("document").type)
            stored(batch.cursor)

    def test_every_record_has_origin_and_position_and_is_document_or_defect(self, case: ConnectorCase) -> None:
        found = rows(read_all(case))
        assert len(found) >= 3
        assert len({row["origin"] for row in found}) == len(found), "an origin names one record"
        for row in found:
            assert row["origin"]
            assert row["position"]
            assert (row["document"] is None) == (row["defect"] is not None)

    def test_settling_twice_is_settling_once(self, case: ConnectorCase) -> None:
        before = read_all(case)
        for _ in range(2):
            with closing(case.connect()) as connector:
                connector.settle(case.stream, stored(before[-1].cursor))
                connector.settle(case.stream, stored(before[-1].cursor))
                connector.check()
        if self.connector.capabilities.incremental:
            assert read_all(case, stored(before[-1].cursor)) == []

    def test_secrets_are_not_shown(self, case: ConnectorCase) -> None:
        with closing(case.connect()) as connector:
            connector.check()
            assert_discreet(case, repr(connector), str(connector), repr(vars(connector)), str(vars(connector)))


class IncrementalSuite:
    """Reading from a cursor: only what changed, and nothing lost by an interruption."""

    def test_a_second_read_yields_nothing(self, case: ConnectorCase) -> None:
        first = read_all(case)
        assert all(batch.table.num_rows for batch in first)
        assert read_all(case, stored(first[-1].cursor)) == []

    def test_a_change_yields_exactly_the_changed_record(self, case: ConnectorCase) -> None:
        first = read_all(case)
        changed = case.change_one()
        second = read_all(case, stored(first[-1].cursor))
        assert [row["origin"] for row in rows(second)] == [changed]
        assert read_all(case, stored(second[-1].cursor)) == []

    def test_a_change_survives_settling(self, case: ConnectorCase) -> None:
        first = read_all(case)
        changed = case.change_one()
        with closing(case.connect()) as connector:
            connector.settle(case.stream, stored(first[-1].cursor))
        second = read_all(case, stored(first[-1].cursor))
        assert [row["origin"] for row in rows(second)] == [changed]

    def test_resuming_from_every_cursor_loses_nothing(self, case: ConnectorCase) -> None:
        whole = read_all(case)
        for done in range(1, len(whole)):
            resumed = read_all(case, stored(whole[done - 1].cursor))
            assert fingerprints(whole[done:]) <= fingerprints(resumed), f"lost after batch {done}"
            assert read_all(case, stored(resumed[-1].cursor)) == []

    def test_an_abandoned_read_can_be_taken_up_again(self, case: ConnectorCase) -> None:
        whole = read_all(case)
        with closing(case.connect()) as connector:
            reading = connector.read(case.stream, None)
            first = next(reading)
            del reading
            again = list(connector.read(case.stream, stored(first.cursor)))
        assert fingerprints(whole) == fingerprints([first, *again])
