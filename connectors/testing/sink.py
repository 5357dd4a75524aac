# ruff: noqa: D102, S101 - tests: their names are their documentation
"""What every connector that writes must do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from connectors.base import Change, Found, Sink, Source, WriteResult
from connectors.errors import ConfigurationError, RetryableError
from connectors.testing.case import SinkCase
from connectors.testing.source import assert_discreet, assert_helpful, read_all, rows

TEXTS = [
    "上海宏達「集团」股份有限公司",
    '𠮷野家 🏭 Ünïted O\'Brien "& Söhne" <b>GmbH</b>; --',
    "e\u0301 and \u00e9",
    "长" * 200,
]


@contextmanager
def writing(connector: Source) -> Iterator[Sink]:
    """Give the connector as a sink and close it at the end."""
    assert isinstance(connector, Sink)
    try:
        yield connector
    finally:
        connector.close()


def unused_correlation() -> str:
    """Make up a correlation value that no record has yet."""
    return f"KIT-{uuid4().hex[:12].upper()}"


def write(case: SinkCase, *changes: Change) -> list[WriteResult]:
    """Write the changes with a new connector; one result each, in order."""
    with writing(case.connect()) as sink:
        results = list(sink.write(case.stream, changes))
    assert [result.correlation for result in results] == [change.correlation for change in changes]
    return results


def create(case: SinkCase, text: str) -> WriteResult:
    """Create one record and return its result."""
    (result,) = write(case, Change(unused_correlation(), None, case.create_document(text)))
    return result


def probe(case: SinkCase, *correlations: str) -> Mapping[str, Found]:
    """Probe with a new connector."""
    with writing(case.connect()) as sink:
        return sink.probe(case.stream, correlations)


def texts_in(case: SinkCase) -> list[str]:
    """Read all names in the system."""
    documents: Sequence[Mapping[str, Any] | None] = [row["document"] for row in rows(read_all(case))]
    return [case.text_of(document) for document in documents if document is not None]


class SinkSuite:
    """Writing: results, refusals, text."""

    def test_a_created_record_can_be_read(self, case: SinkCase) -> None:
        text = f"Kit {unused_correlation()}"
        result = create(case, text)
        assert result.outcome == "written"
        assert result.key
        assert texts_in(case).count(text) == 1

    def test_an_update_changes_the_record_and_adds_none(self, case: SinkCase) -> None:
        created = create(case, f"Before {unused_correlation()}")
        before, text = len(texts_in(case)), f"After {unused_correlation()}"
        change = Change(created.correlation, created.key, case.update_document(text), created.token)
        for _ in range(2):
            (result,) = write(case, change)
            assert result.outcome in {"written", "stale"}
        after = texts_in(case)
        assert after.count(text) == 1
        assert len(after) == before

    def test_one_refused_change_does_not_hold_the_others(self, case: SinkCase) -> None:
        text = f"Good {unused_correlation()}"
        results = write(
            case,
            Change(unused_correlation(), None, case.create_document(f"{text} 1")),
            Change(unused_correlation(), None, case.refused_document()),
            Change(unused_correlation(), None, case.create_document(f"{text} 2")),
            Change(unused_correlation(), None, case.create_document(f"{text} 3")),
        )
        assert [result.outcome for result in results] == ["written", "refused", "written", "written"]
        assert results[1].message
        assert results[1].key is None
        assert_discreet(case, results[1].message)
        assert {f"{text} {n}" for n in (1, 2, 3)} <= set(texts_in(case))

    @pytest.mark.parametrize("text", TEXTS, ids=["zh", "emoji_quotes", "combining", "long"])
    def test_text_arrives_whole_or_is_refused(self, case: SinkCase, text: str) -> None:
        result = create(case, text)
        assert (text in texts_in(case)) == (result.outcome == "written")
        assert result.outcome in {"written", "refused"}

    def test_writing_nothing_does_nothing(self, case: SinkCase) -> None:
        assert write(case) == []

    def test_an_unknown_stream_is_a_configuration_error_when_writing(self, case: SinkCase) -> None:
        change = Change(unused_correlation(), None, case.create_document("Nobody"))
        with writing(case.connect()) as sink, pytest.raises(ConfigurationError) as caught:
            list(sink.write("no_such_stream", [change]))
        assert_helpful(caught.value)

    def test_writing_to_an_unreachable_system_is_a_retryable_error(self, case: SinkCase) -> None:
        change = Change(unused_correlation(), None, case.create_document("Nobody"))
        with writing(case.connect_to_nowhere()) as sink:
            with pytest.raises(RetryableError) as caught:
                list(sink.write(case.stream, [change]))
            assert_helpful(caught.value)


class CorrelationSuite:
    """The target keeps our correlation value: a create can be repeated and found."""

    def test_a_repeated_create_makes_no_second_record(self, case: SinkCase) -> None:
        text = f"Once {unused_correlation()}"
        change = Change(unused_correlation(), None, case.create_document(text))
        (first,) = write(case, change)
        (second,) = write(case, change)
        assert (first.outcome, second.outcome) == ("written", "written")
        assert first.key == second.key
        assert texts_in(case).count(text) == 1

    def test_a_repeated_create_among_new_ones_holds_nothing(self, case: SinkCase) -> None:
        old = Change(unused_correlation(), None, case.create_document("Old one"))
        new = [Change(unused_correlation(), None, case.create_document(f"New {n}")) for n in range(3)]
        (first,) = write(case, old)
        results = write(case, new[0], old, *new[1:])
        assert {result.outcome for result in results} == {"written"}
        assert results[1].key == first.key
        assert len({result.key for result in results}) == 4

    def test_probe_finds_what_exists_and_nothing_else(self, case: SinkCase) -> None:
        created, nobody = create(case, "Probe me"), unused_correlation()
        found = probe(case, nobody, created.correlation)
        assert {correlation: hit.key for correlation, hit in found.items()} == {created.correlation: created.key}
        assert probe(case) == {}

    def test_probe_of_an_unreachable_system_is_a_retryable_error(self, case: SinkCase) -> None:
        with writing(case.connect_to_nowhere()) as sink, pytest.raises(RetryableError) as caught:
            sink.probe(case.stream, [unused_correlation()])
        assert_helpful(caught.value)


class TokenSuite:
    """The target refuses a write that overlooks somebody else's."""

    def test_an_outdated_token_is_stale_and_writes_nothing(self, case: SinkCase) -> None:
        created = create(case, "First")
        (theirs,) = write(case, Change(created.correlation, created.key, case.update_document("Theirs"), created.token))
        mark = f"Lost {unused_correlation()}"
        (ours,) = write(case, Change(created.correlation, created.key, case.update_document(mark), created.token))
        assert (theirs.outcome, ours.outcome) == ("written", "stale")
        assert mark not in texts_in(case)

    def test_the_token_of_a_write_serves_the_next(self, case: SinkCase) -> None:
        result = create(case, "Step 0")
        assert result.token
        for step in (1, 2, 3):
            change = Change(result.correlation, result.key, case.update_document(f"Step {step}"), result.token)
            (result,) = write(case, change)
            assert result.outcome == "written"
            assert result.token

    def test_a_probed_token_serves_the_next_write(self, case: SinkCase) -> None:
        created = create(case, "Probed")
        found = probe(case, created.correlation)[created.correlation]
        change = Change(created.correlation, found.key, case.update_document("After the probe"), found.token)
        (result,) = write(case, change)
        assert result.outcome == "written"
