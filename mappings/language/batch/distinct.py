"""The general way to call a Python function over columns: once for every distinct tuple of arguments."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import polars as pl

from mappings.language.batch.elements import Decode, column_of
from mappings.language.types import Type

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call: a column, or one constant.

    Args:
        column: name of the column, empty for a constant.
        constant: its value, as the function takes it.
        decode: what turns a column's values into those the function takes.
        keyword: name under which the function takes it, empty by position.
    """

    column: str = ""
    constant: Any = None
    decode: Decode | None = None
    keyword: str = ""


def call_distinct(
    frame: pl.DataFrame,
    function: Callable[..., Any],
    arguments: Sequence[Argument],
    type_: Type,
    where: pl.Expr | None = None,
) -> tuple[pl.Series, pl.Series]:
    """Call a function for every row of a frame, once for equal arguments.

    Args:
        frame: the rows.
        function: the function.
        arguments: its arguments.
        type_: type of its results.
        where: rows it is called for, ``None`` for all.

    Returns:
        The results, and whether the function failed; a failed result is null. A row left out has those of a row with
        equal arguments, and if there is none, null.
    """
    columns = list(dict.fromkeys(a.column for a in arguments if a.column))
    if not columns:
        values, failed = _call(function, arguments, {}, 1, type_)
        return values.new_from_index(0, frame.height), failed.new_from_index(0, frame.height)
    given = frame.select(columns)
    keys = (given if where is None else given.filter(frame.select(where.alias("@where"))["@where"])).unique()
    lists = {column: keys[column].to_list() for column in columns}
    values, failed = _call(function, arguments, lists, keys.height, type_)
    found = keys.with_columns(values.alias("@value"), failed.alias("@failed"))
    joined = given.join(found, on=columns, how="left", nulls_equal=True, maintain_order="left")
    return joined["@value"], joined["@failed"].fill_null(value=False)


def _call(
    function: Callable[..., Any],
    arguments: Sequence[Argument],
    lists: dict[str, list[Any]],
    count: int,
    type_: Type,
) -> tuple[pl.Series, pl.Series]:
    taken = [_values(argument, lists, count) for argument in arguments]
    words = [argument.keyword for argument in arguments if argument.keyword]
    call = _by_keyword(function, words) if words else function
    results: list[Any] = []
    failed: list[bool] = []
    bounded = type_.name != "number"
    with _without_collector():
        for row in zip(*taken, strict=True) if taken else [()]:
            try:
                result = call(*row)
                wrong = not bounded and abs(result) > _LARGEST
            except Exception:  # noqa: BLE001 - the row function says what is wrong, in its own words
                result, wrong = None, True
            results.append(None if wrong else result)
            failed.append(wrong)
        return column_of(results, type_), pl.Series(failed, dtype=pl.Boolean)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector from going through results again and again: nothing here makes a cycle."""
    was_enabled = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if was_enabled:
            gc.enable()


def _values(argument: Argument, lists: dict[str, list[Any]], count: int) -> Any:
    if not argument.column:
        return repeat(argument.constant, count)
    values = lists[argument.column]
    return values if argument.decode is None else map(argument.decode, values)


def _by_keyword(function: Callable[..., Any], words: Sequence[str]) -> Callable[..., Any]:
    """Take the last values by their names; a function's keywords come after its positions."""

    def call(*values: Any) -> Any:
        placed = len(values) - len(words)
        return function(*values[:placed], **dict(zip(words, values[placed:], strict=True)))

    return call
