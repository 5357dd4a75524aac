"""A function is called once for equal arguments; whatever it does, the process collects its garbage as before."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import polars as pl
import pytest

from mappings.language.batch.distinct import Argument, call_distinct
from mappings.language.types import TEXT

FRAME = pl.DataFrame({"a": ["x", "y", "x", None], "taken": [True, False, True, True]})


def call(function: Callable[[str], str], where: pl.Expr | None = None) -> tuple[list[str | None], list[bool]]:
    values, failed = call_distinct(FRAME, function, [Argument("a")], TEXT, where)
    return values.to_list(), failed.to_list()


@pytest.fixture(params=[True, False], ids=["collecting", "not collecting"])
def was_enabled(request: pytest.FixtureRequest) -> Iterator[bool]:
    """The collector as somebody has set it before."""
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_equal_arguments_are_asked_once_and_a_failure_is_told() -> None:
    asked = []

    def upper(value: str) -> str:
        asked.append(value)
        return value.upper()

    assert call(upper) == (["X", "Y", "X", None], [False, False, False, True])
    assert len(asked) == 3


def test_a_row_that_is_left_out_is_not_asked_for() -> None:
    asked = []

    def note(value: str) -> str:
        asked.append(value)
        return f"{value}!"

    assert call(note, pl.col("taken")) == (["x!", None, "x!", "None!"], [False] * 4)
    assert "y" not in asked


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_the_collector_is_as_before_after_an_interruption(was_enabled: bool, interruption: type[BaseException]) -> None:
    def interrupted(value: str) -> str:
        raise interruption

    with pytest.raises(interruption):
        call(interrupted)
    assert gc.isenabled() == was_enabled


def test_the_collector_is_as_before_after_a_failure(was_enabled: bool) -> None:
    def failing(value: str) -> str:
        raise RuntimeError

    assert call(failing)[1] == [True] * 4
    assert gc.isenabled() == was_enabled


@pytest.mark.usefixtures("was_enabled")
def test_a_call_within_a_call_does_not_start_the_collector_early() -> None:
    seen = []

    def nested(value: str) -> str:
        call(str)
        seen.append(gc.isenabled())
        return ""

    call(nested)
    assert seen == [False] * 3
