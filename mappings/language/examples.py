"""Runs the given/expect tests that stand in a mapping document, and tries whether what it writes back comes home.

``expect`` is ``{reject: column or words of the message}``, ``{filter: words of the reason}``, ``{records: […]}``
or, for one record, any part of it: ``key``, ``record_type``, ``correlation``, ``token`` and the canonical payload.
Records match in part: keys that are not named may hold anything; lists must be complete.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

from mappings.canonical import CanonicalRecord, to_payload
from mappings.language.mapping import Mapping, compile_mapping
from mappings.language.outcome import Filtered, Mapped, Outcome, Rejected
from mappings.language.round_trips import round_trips


@dataclass(frozen=True, slots=True)
class TestFailure:
    """A test of a mapping document that fails.

    Args:
        case: name of the test; of a golden attribute that is written back and read again ``outbound.ATTRIBUTE``.
        line: its line in the document.
        where: place within the result, e.g. ``names.0.text``.
        expected: what the document expects there.
        actual: what came out.
    """

    __test__ = False  # not a pytest class, whatever its name

    case: str
    line: int
    where: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f'test "{self.case}" (line {self.line}): {self.where} should be {self.expected!r} but is {self.actual!r}'


def run_tests(mapping: Mapping) -> list[TestFailure]:
    """Run all tests of a mapping document, then its round trips, and list what fails."""
    compiled = compile_mapping(mapping)
    failures: list[TestFailure] = []
    for index, test in enumerate(mapping.document.tests):
        line = mapping.located.place(("tests", index)).line
        for where, expected, actual in _differences(test.expect, compiled.map(test.given, at=test.at)):
            failures.append(TestFailure(test.case, line, where, expected, actual))
    return failures + [
        TestFailure(f"outbound.{trip.attribute}", trip.line, "what is written back", trip.value, trip.reason)
        for trip in round_trips(mapping)
        if trip.reason
    ]


def describe(record: CanonicalRecord) -> dict[str, Any]:
    """Give all of a record that a test may expect: its identity and its payload."""
    identity = {
        "entity": record.entity,
        "record_type": record.record_type,
        "key": record.key,
        "correlation": record.correlation,
        "token": record.token,
    }
    return identity | to_payload(record)


def _differences(expect: MappingType[str, Any], outcome: Outcome) -> list[tuple[str, Any, Any]]:
    if isinstance(outcome, Rejected):
        told = f"{outcome.field}: {outcome.message}"
        return (
            [] if str(expect.get("reject", "\0")) in told else [("the outcome", _wanted(expect), f"rejected, {told}")]
        )
    if isinstance(outcome, Filtered):
        wanted = str(expect.get("filter", "\0"))
        return [] if wanted in outcome.reason else [("the outcome", _wanted(expect), f"filtered, {outcome.reason}")]
    return _record_differences(expect, outcome)


def _wanted(expect: MappingType[str, Any]) -> str:
    words = [f"{fate}ed, {expect[fate]}" for fate in ("reject", "filter") if fate in expect]
    return words[0] if words else "a record"


def _record_differences(expect: MappingType[str, Any], outcome: Mapped) -> list[tuple[str, Any, Any]]:
    actual = [describe(record) for record in outcome.records]
    if "reject" in expect or "filter" in expect:
        return [("the outcome", _wanted(expect), f"{len(actual)} record(s)")]
    if "records" in expect:
        return _compare("records", expect["records"], actual)
    return _compare("", dict(expect), actual[0])


def _compare(where: str, expected: Any, actual: Any) -> list[tuple[str, Any, Any]]:
    prefix = f"{where}." if where else ""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [d for key, value in expected.items() for d in _compare(f"{prefix}{key}", value, actual.get(key))]
    if isinstance(expected, list) and isinstance(actual, list | tuple) and len(expected) == len(actual):
        return [d for i, value in enumerate(expected) for d in _compare(f"{prefix}{i}", value, actual[i])]
    if isinstance(expected, list) and not expected and actual is None:
        return []  # the payload leaves empty lists out
    return [] if expected == actual else [(where, expected, actual)]
