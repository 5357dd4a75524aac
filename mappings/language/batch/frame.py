"""Typed expressions evaluated over a frame: a column for every expression, and where it is in doubt.

A row is in doubt when a reader failed or a value has a form that the columns cannot hold. What is computed for such a
row means nothing: the row function maps it instead. A failure in a branch that a row does not take leaves no doubt.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from mappings.language.batch.arguments import Arguments, Native
from mappings.language.batch.distinct import Argument, call_distinct
from mappings.language.batch.elements import SCALARS, UnsupportedError, decoder, dtype_of
from mappings.language.batch.lists import ELEMENT, OWNER, list_of, only
from mappings.language.batch.native import NATIVE
from mappings.language.nodes import (
    Call,
    Choice,
    Column,
    Comparison,
    Comprehension,
    Concatenation,
    Constant,
    Items,
    Landed,
    Logic,
    Loop,
    Node,
    Not,
    Part,
    Variable,
)
from mappings.language.program import Cell
from mappings.language.types import BOOL, Type

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_UNREADABLE = (pl.List, pl.Array, pl.Struct, pl.Object)
"""Columns whose values no function reads as one value."""


@dataclass(slots=True)
class Evaluation:
    """Evaluates expressions over the rows of one frame.

    Args:
        frame: the rows; columns are added as they are computed.
        columns: source column → column of the frame; others are missing.
        lets: the document's lets, computed before the first expression that needs them.
        at: when the rows landed.
        numbers: numbers for new columns.
        variables: let or item → column of the frame.
        texts: source column → column with its text.
        shared: steps that several functions make of the same column → column of the frame.
        tidy: columns of the frame whose texts are known to be printable ASCII.
        doubts: where something is in doubt, so far.
        taken: the rows that take the branch being evaluated, ``None`` for all: no function is called for the others.
    """

    frame: pl.DataFrame
    columns: Mapping[str, str]
    lets: Mapping[str, Cell]
    at: datetime | None
    numbers: Iterator[int]
    variables: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    tidy: set[str] = field(default_factory=set)
    doubts: list[pl.Expr] = field(default_factory=list)
    taken: pl.Expr | None = None

    def cell(self, node: Node) -> pl.Expr:
        """Evaluate a whole expression of the document, and first what it needs, whatever branch needs it."""
        self.prepare(node)
        return self.keep(self.evaluate(node))

    def prepare(self, node: Node) -> None:
        """Compute the lets and the texts of columns that an expression needs."""
        for part in node.walk():
            if isinstance(part, Variable) and part.name in self.lets and part.name not in self.variables:
                self.variables[part.name] = self.cell(self.lets[part.name].node).meta.output_name()
            column = _column_read_as_text(part)
            if column is not None and column not in self.texts:
                self.texts[column] = self.keep(self._call(part)).meta.output_name()

    def evaluate(self, node: Node) -> pl.Expr:
        """Give the column of an expression.

        Raises:
            UnsupportedError: only the row function can evaluate it.
        """
        forms: dict[type[Node], Callable[[Any], pl.Expr]] = {
            Constant: self._constant,
            Column: self._column,
            Variable: self._variable,
            Landed: self._landed,
            Part: self._part,
            Call: self._call,
            Comparison: self._comparison,
            Logic: self._logic,
            Not: self._not,
            Choice: self._choice,
            Concatenation: self._concatenation,
            Items: self._items,
            Comprehension: self._comprehension,
        }
        form = forms.get(type(node))
        if form is None:
            raise UnsupportedError(f"no columns for a {type(node).__name__}")
        return form(node)

    def keep(self, column: pl.Expr | pl.Series) -> pl.Expr:
        """Compute a column now, so that whoever uses it twice does not compute it twice."""
        if isinstance(column, pl.Expr) and column.meta.is_column():
            return column
        name = f"@{next(self.numbers)}"
        values = self._series(column) if isinstance(column, pl.Expr) else column
        if len(values) != self.frame.height:  # what does not depend on the row has one value
            values = values.new_from_index(0, self.frame.height)
        self.frame = self.frame.hstack([values.alias(name)])
        return pl.col(name)

    def _keep_shared(self, name: str, column: pl.Expr) -> pl.Expr:
        if name not in self.shared:
            self.shared[name] = self.keep(column).meta.output_name()
        return pl.col(self.shared[name])

    def _series(self, column: pl.Expr) -> pl.Series:
        return self.frame.select(column.alias("@"))["@"]

    def doubtful(self) -> pl.Series:
        """Tell for every row whether it is in doubt."""
        doubts = pl.any_horizontal(self.doubts).fill_null(value=True) if self.doubts else pl.lit(value=False)
        return self.frame.with_columns(doubts.alias("@doubtful"))["@doubtful"]

    def _dtype(self, column: pl.Expr) -> pl.DataType:
        return self.frame.lazy().select(column.alias("@")).collect_schema()["@"]

    def _constant(self, node: Any) -> pl.Expr:
        value = node.value if isinstance(node.value, bool | int) else str(node.value)
        return pl.lit(value, dtype=dtype_of(node.type))

    def _column(self, node: Any) -> pl.Expr:
        column = self.columns.get(node.name)
        return pl.lit(None) if column is None else pl.col(column)

    def _variable(self, node: Any) -> pl.Expr:
        return pl.col(self.variables[node.name])

    def _landed(self, node: Any) -> pl.Expr:
        return pl.lit(self.at, dtype=dtype_of(node.type))

    def _part(self, node: Any) -> pl.Expr:
        record = self.evaluate(node.record)
        dtype = self._dtype(record)
        if not isinstance(dtype, pl.Struct):
            self.doubts.append(pl.lit(value=True))
            return pl.lit(None)
        self.doubts.append(record.is_null())
        return record.struct.field(node.name) if node.name in {f.name for f in dtype.fields} else pl.lit(None)

    def _call(self, node: Any) -> pl.Expr:
        column = _column_read_as_text(node)
        if column is not None and column in self.texts:
            return pl.col(self.texts[column])
        given = Arguments(node, self._given, self._dtype, self._keep_shared, self._series, self.tidy)
        build = NATIVE.get(node.function.name)
        constant = all(isinstance(argument, Constant) for argument in node.arguments)
        native = None if build is None or constant else build(given)
        if native is None:
            return self._called(node.function.call, self._arguments(given), node.function.returns)
        if native.covered is None:
            return self.keep(native.value)
        return self._call_uncovered(given, native, native.covered)

    def _given(self, argument: Node) -> pl.Expr:
        """Give the column of an argument; a constant needs none of its own."""
        column = self.evaluate(argument)
        return column if isinstance(argument, Constant) else self.keep(column)

    def _call_uncovered(self, given: Arguments, native: Native, covered: pl.Expr) -> pl.Expr:
        """Take the expression where it holds, and call the function for the other rows."""
        node, covered = given.node, self.keep(covered)
        dtype = dtype_of(node.function.returns)
        if not self._series(self._where_taken(~covered)).any():
            return self.keep(native.value.cast(dtype))
        values = self._called(node.function.call, self._arguments(given), node.function.returns, ~covered)
        return self.keep(pl.when(covered).then(native.value.cast(dtype)).otherwise(values))

    def _called(
        self,
        function: Callable[..., Any],
        arguments: list[Argument],
        type_: Type,
        where: pl.Expr | None = None,
    ) -> pl.Expr:
        """Call a Python function; where it fails is in doubt."""
        where = self.taken if where is None else self._where_taken(where)
        values, failed = call_distinct(self.frame, function, arguments, type_, where)
        if failed.any():
            self.doubts.append(self.keep(failed))
        return self.keep(values)

    def _where_taken(self, where: pl.Expr) -> pl.Expr:
        return where if self.taken is None else self.taken & where

    def _arguments(self, given: Arguments) -> list[Argument]:
        return [self._argument(given, index) for index in range(len(given.node.arguments))]

    def _argument(self, given: Arguments, index: int) -> Argument:
        """Give an argument as a Python function takes it; a list or record that nothing reads is in doubt."""
        node, keyword = given.node.arguments[index], given.node.keywords[index]
        if isinstance(node, Constant):
            return Argument(constant=node.value, keyword=keyword)
        column = given.column(keyword or given.node.function.parameters[index].name)
        dtype = self._dtype(column)
        if given.node.function.parameters[index].type.name == "raw" and isinstance(dtype, _UNREADABLE):
            self.doubts.append(column.is_not_null())
            return Argument(keyword=keyword)
        if dtype == pl.Null:
            return Argument(keyword=keyword)
        decode = None if node.type.name in ("raw", "record") else decoder(node.type)
        return Argument(column.meta.output_name(), decode=decode, keyword=keyword)

    def _comparison(self, node: Any) -> pl.Expr:
        if node.operator in ("in", "not in"):
            found = self._within(node.left, node.right)
            return found if node.operator == "in" else ~found
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if node.left.type.name == "decimal":
            return self._compare_decimals(node, left, right)
        if node.left.type.name not in SCALARS:
            raise UnsupportedError("elements are not compared in columns")
        if node.operator == "==":
            return left.eq_missing(right)
        if node.operator == "!=":
            return left.ne_missing(right)
        if node.left.type.name == "date":
            self.doubts.append(left.is_null() | right.is_null())
        compared: pl.Expr = _ORDER[node.operator](left, right)
        return compared

    def _compare_decimals(self, node: Comparison, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        decode = decoder(node.left.type)
        names = (self.keep(left).meta.output_name(), self.keep(right).meta.output_name())
        arguments = [Argument(name, decode=decode) for name in names]
        return self._called(_ORDER[node.operator], arguments, BOOL)

    def _within(self, left: Node, right: Node) -> pl.Expr:
        if SCALARS.get(left.type.name) not in (pl.String(), pl.Int64()) or left.type.name == "decimal":
            raise UnsupportedError(f"no columns for a {left.type} in a list")
        if isinstance(right, Items) and all(isinstance(item, Constant) for item in right.items):
            words = [item.value if isinstance(item.value, int) else str(item.value) for item in right.items]  # type: ignore[attr-defined]
            return self.evaluate(left).is_in(words)
        return self.keep(self.evaluate(right)).list.contains(self.keep(self.evaluate(left)))

    def _logic(self, node: Any) -> pl.Expr:
        joined = self.evaluate(node.parts[0])
        for part in node.parts[1:]:
            joined = self.keep(joined)
            other = self._under(joined if node.operator == "and" else ~joined, part)
            joined = joined & other if node.operator == "and" else joined | other
        return joined

    def _not(self, node: Any) -> pl.Expr:
        return ~self.evaluate(node.part)

    def _choice(self, node: Any) -> pl.Expr:
        condition = self.evaluate(node.condition)
        if not isinstance(node.yes, Constant):  # else it is asked for once, but for what stands in the last branch
            condition = self.keep(condition)
        yes, no = self._under(condition, node.yes), self._under(~condition, node.no)
        return pl.when(condition).then(yes).otherwise(no)

    def _under(self, condition: pl.Expr, node: Node) -> pl.Expr:
        """Evaluate a branch; what is in doubt there matters where the branch is taken."""
        if isinstance(node, Constant):
            return self._constant(node)
        doubts, taken = self.doubts, self.taken
        self.doubts, self.taken = [], self._where_taken(condition)
        column = self.evaluate(node)
        self.doubts, self.taken = [*doubts, *(condition & doubt for doubt in self.doubts)], taken
        return column

    def _concatenation(self, node: Any) -> pl.Expr:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        return pl.concat_list([left, right]) if node.type.many else pl.concat_str([left, right])

    def _items(self, node: Any) -> pl.Expr:
        if not node.items:
            return pl.lit(pl.Series([[]], dtype=dtype_of(node.type))).first()
        return pl.concat_list([self.keep(self.evaluate(item)) for item in node.items])

    def _comprehension(self, node: Any) -> pl.Expr:
        inner, owner, odd = self._opened()
        for position, loop in enumerate(node.loops):
            inner = inner.unrolled(node, position, owner, odd)
            for condition in loop.conditions:
                inner.demand(condition, owner, odd)
        element = inner.evaluate(node.element)
        inner.settle(owner, odd)
        elements = inner.frame.select(pl.col(owner).alias(OWNER), element.alias(ELEMENT))
        if node.element.type.many:
            elements = elements.explode(ELEMENT, keep_nulls=False)
        self._doubt_owners(odd)
        return self.keep(list_of(elements[ELEMENT], elements[OWNER], self.frame.height))

    def _opened(self) -> tuple[Evaluation, str, list[pl.Series]]:
        """Give an evaluation of the same rows, numbered, that can be unrolled."""
        owner = f"@{next(self.numbers)}"
        frame = self.frame.with_row_index(owner)
        return replace(self, frame=frame, variables=dict(self.variables), shared={}, doubts=[]), owner, []

    def unrolled(self, node: Comprehension, position: int, owner: str, odd: list[pl.Series]) -> Evaluation:
        """Give an evaluation with one row for every item of a loop, and only the columns the rest needs."""
        loop = node.loops[position]
        source = self.keep(self._list(loop.source))
        self.settle(owner, odd)
        item = f"@{next(self.numbers)}"
        rest = self._read([node.element, *_behind(node.loops, position)]) - {owner}
        frame = self.frame.select(owner, *rest, source.alias(item)).explode(item, keep_nulls=False)
        variables = {**self.variables, loop.variable: item}
        return replace(self, frame=frame, variables=variables, lets={}, shared={}, doubts=[], taken=None)

    def demand(self, condition: Node, owner: str, odd: list[pl.Series]) -> None:
        """Keep only the rows of which a condition holds."""
        wanted = self.keep(self.evaluate(condition))
        self.settle(owner, odd)
        self.frame = only(self.frame, self._series(wanted))

    def _list(self, node: Node) -> pl.Expr:
        column = self.evaluate(node)
        dtype = self._dtype(column)
        if isinstance(dtype, pl.List):
            return column
        self.doubts.append(column.is_not_null())
        return pl.lit(None, dtype=pl.List(pl.Null))

    def _read(self, nodes: list[Node]) -> set[str]:
        """List the columns of the frame that expressions read."""
        parts = [part for node in nodes for part in node.walk()]
        variables = {self.variables[p.name] for p in parts if isinstance(p, Variable) and p.name in self.variables}
        columns = {self.columns[p.name] for p in parts if isinstance(p, Column) and p.name in self.columns}
        texts = {self.texts[name] for name in map(_column_read_as_text, parts) if name in self.texts}
        return variables | columns | texts

    def settle(self, owner: str, odd: list[pl.Series]) -> None:
        """Note the owners of items that are in doubt."""
        if self.doubts:
            odd.append(self.frame[owner].filter(self.doubtful()))
            self.doubts = []

    def _doubt_owners(self, odd: list[pl.Series]) -> None:
        owners = pl.concat(odd) if odd else pl.Series(dtype=pl.UInt32)
        if len(owners):
            doubtful = np.zeros(self.frame.height, dtype=bool)
            doubtful[owners.to_numpy()] = True
            self.doubts.append(self.keep(pl.Series(doubtful)))


def _behind(loops: tuple[Loop, ...], position: int) -> Iterator[Node]:
    """Yield what is evaluated once the loop at a position is unrolled."""
    yield from loops[position].conditions
    for loop in loops[position + 1 :]:
        yield loop.source
        yield from loop.conditions


def _column_read_as_text(node: Node) -> str | None:
    if isinstance(node, Call) and node.function.name == "text" and isinstance(node.arguments[0], Column):
        return node.arguments[0].name
    return None
