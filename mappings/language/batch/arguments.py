"""What is said between a call of the language and the expression of polars that does the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from mappings.language.nodes import Call, Constant, Items, Node


@dataclass(frozen=True, slots=True)
class Native:
    """A call as an expression of polars.

    Args:
        value: the result.
        covered: where it holds; the function is called for the other rows. ``None`` if it holds everywhere.
    """

    value: pl.Expr
    covered: pl.Expr | None = None


@dataclass(slots=True)
class Arguments:
    """The arguments of a call, evaluated when asked for.

    Args:
        node: the call.
        evaluate: gives the column of an argument.
        dtype: tells the type of a column.
        keep: computes a column now, once for equal names.
        series: gives a column's values.
        tidy: columns whose texts are known to be printable ASCII; filled as they are found.
    """

    node: Call
    evaluate: Callable[[Node], pl.Expr]
    dtype: Callable[[pl.Expr], pl.DataType]
    keep: Callable[[str, pl.Expr], pl.Expr]
    series: Callable[[pl.Expr], pl.Series]
    tidy: set[str]
    _known: dict[str, pl.Expr] = field(default_factory=dict)

    def column(self, name: str, default: Any = None) -> pl.Expr:
        """Give the column of an argument, or the default if there is no such argument."""
        argument = self.node.argument(name)
        if argument is None:
            return pl.lit(default)
        if name not in self._known:
            self._known[name] = self.evaluate(argument)
        return self._known[name]

    def constant(self, name: str, default: str | None = None) -> str | None:
        """Give the text that stands for an argument, ``None`` if it is not written out."""
        argument = self.node.argument(name)
        if argument is None:
            return default
        return str(argument.value) if isinstance(argument, Constant) else None

    def parts(self, name: str) -> list[pl.Expr] | None:
        """Give the columns of a list that is written out value by value, ``None`` for any other."""
        argument = self.node.argument(name)
        if not isinstance(argument, Items) or any(item.type.many for item in argument.items):
            return None
        return [self.evaluate(item) for item in argument.items]


Builder = Callable[[Arguments], Native | None]
"""Makes the expression of a call; ``None``: these arguments have none."""
