"""Expressions: a small part of Python's grammar, parsed with :mod:`ast` and checked against the types.

Grammar: text, numbers and constants; ``row["column"]`` and ``item["field"]``; names of lets; calls of functions;
``== != < <= > >= in not in``; ``and or not``; ``yes if condition else no``; ``+``; lists; comprehensions.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mappings.language import activity_functions, functions, party_functions  # noqa: F401 - they fill the catalogue
from mappings.language.catalogue import CATALOGUE, Function
from mappings.language.errors import suggestion
from mappings.language.nodes import (
    Call,
    Choice,
    Column,
    Comparison,
    Comprehension,
    Concatenation,
    Constant,
    Items,
    Logic,
    Loop,
    Node,
    Not,
    Part,
    Variable,
)
from mappings.language.types import BOOL, CONSTANTS, QUOTED, RAW, TEXT, Shape, Type

MAX_LENGTH = 4000
"""Characters of one expression; beyond that Python's own parser may run out of stack."""

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ORDERED = frozenset({"text", "number", "date", "instant", "decimal"})


class ExpressionError(Exception):
    """An expression that is wrong at a place within its own text.

    Args:
        what: what is wrong.
        remedy: what was expected.
        line: line within the expression, the first is 0.
        column: character within that line, the first is 0.
    """

    def __init__(self, what: str, remedy: str, line: int = 0, column: int = 0) -> None:
        self.what, self.remedy, self.line, self.column = what, remedy, line, column
        super().__init__(f"{what}. {remedy}")


@dataclass(slots=True)
class Scope:
    """What an expression may name.

    Args:
        columns: the source contract; ``None`` where there is no row (outbound).
        variables: types of lets, or of the outbound value.
        read: paths of the source columns read so far, filled by checking.
        used: variables named so far, filled by checking.
        unknown: lets that are wrong themselves, so that nobody can tell what they are.
    """

    columns: Shape | None
    variables: dict[str, Type] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


def check(text: str, scope: Scope, expected: Type | None = None) -> Node:
    """Parse and type-check one expression.

    Args:
        text: the expression.
        scope: names it may use; what it reads is noted there.
        expected: type the result must have, ``None`` for any.

    Raises:
        ExpressionError: it is no expression of this language, or its types do not fit.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters", "Split it with let")
    if "\\" in text:
        raise ExpressionError(
            "a backslash is not part of the language", "Write the character itself", column=text.find("\\")
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # what Python merely doubts is no expression here
            tree = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as error:
        column = (error.offset or 1) - (2 if error.lineno in (None, 1) else 1)
        raise ExpressionError(
            "this is no expression", 'Expected e.g. name(row["column"])', (error.lineno or 1) - 1, max(column, 0)
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("this is no expression", 'Expected e.g. name(row["column"])') from None
    try:
        checker = _Checker(scope, text.split("\n"))
        node = checker.check(tree)
        return node if expected is None else checker.fit(node, expected, tree)
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply", "Split it with let") from None


class _Checker:
    """Walks a Python syntax tree, admits what the grammar has and gives everything its type."""

    def __init__(self, scope: Scope, lines: Sequence[str]) -> None:
        self._scope = scope
        self._lines = lines
        self._items: dict[str, Type] = {}
        self._admitted: Mapping[type[ast.expr], Callable[[Any], Node]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.Compare: self._compare,
            ast.BoolOp: self._logic,
            ast.UnaryOp: self._unary,
            ast.IfExp: self._choice,
            ast.BinOp: self._add,
            ast.List: self._list,
            ast.ListComp: self._comprehension,
        }

    def check(self, tree: ast.expr) -> Node:
        admit = self._admitted.get(type(tree))
        if admit is None:
            raise self._error(
                tree, f"{type(tree).__name__} is not part of the language", "See the grammar of expressions"
            )
        return admit(tree)

    def fit(self, node: Node, expected: Type, tree: ast.expr) -> Node:
        """Make the node be of the expected type: a raw value is read as text, one element may stand for a list."""
        if node.type == RAW and expected.name == "text":
            node = Call(TEXT, CATALOGUE["text"], (node,), ("",))
        if expected.name in QUOTED and not expected.many:
            node = self._word(node, expected, tree)
        readable = expected == RAW and (not node.type.many or node.type.name == "raw")
        if node.type == expected or readable:
            return node
        if expected.many and isinstance(node, Items) and not node.items:
            return Items(expected, ())
        if expected.many and node.type == expected.element:
            return Items(expected, (node,))
        raise self._error(tree, f"this is a {node.type}", f"Expected a {expected}")

    def _word(self, node: Node, expected: Type, tree: ast.expr) -> Node:
        """Read a quoted word as one of a closed list."""
        if isinstance(node, Choice) and isinstance(tree, ast.IfExp):
            yes, no = self._word(node.yes, expected, tree.body), self._word(node.no, expected, tree.orelse)
            return Choice(yes.type, node.condition, yes, no) if yes.type == no.type else node
        if not isinstance(node, Constant) or node.type != TEXT:
            return node
        words = [str(word) for word in QUOTED[expected.name]]
        if node.value not in words:
            raise self._error(tree, f'unknown {expected} "{node.value}"', suggestion(str(node.value), words))
        return Constant(expected, QUOTED[expected.name](node.value))

    def _error(self, tree: ast.AST, what: str, remedy: str) -> ExpressionError:
        line = getattr(tree, "lineno", 1) - 1
        offset = getattr(tree, "col_offset", 0)
        before = (("(" if line == 0 else "") + self._lines[min(line, len(self._lines) - 1)]).encode()[:offset]
        column = len(before.decode(errors="ignore")) - (1 if line == 0 else 0)
        return ExpressionError(what, remedy, line, max(column, 0))

    def _constant(self, tree: ast.Constant) -> Node:
        value = tree.value
        if isinstance(value, str) and value.isprintable():
            return Constant(TEXT, value)
        if isinstance(value, bool):
            return Constant(BOOL, value)
        if isinstance(value, int) and abs(value) < 10**15:
            return Constant(Type("number"), value)
        raise self._error(
            tree, "such a constant is not part of the language", "Expected text, a whole number, true or false"
        )

    def _name(self, tree: ast.Name) -> Node:
        word = tree.id
        if word in self._items:
            return Variable(self._items[word], word)
        if word in self._scope.variables:
            self._scope.used.add(word)
            return Variable(self._scope.variables[word], word)
        if word in CONSTANTS:
            value, type_ = CONSTANTS[word]
            return Constant(type_, value)
        if word in CATALOGUE:
            raise self._error(tree, f'"{word}" is a function', f"Call it: {CATALOGUE[word].usage}")
        if word == "row":
            raise self._error(tree, "a whole row is no value", 'Name a column: row["…"]')
        raise self._error(
            tree, f'unknown name "{word}"', suggestion(word, {*self._items, *self._scope.variables, *CONSTANTS})
        )

    def _subscript(self, tree: ast.Subscript) -> Node:
        key = tree.slice.value if isinstance(tree.slice, ast.Constant) else None
        if not isinstance(key, str):
            raise self._error(tree.slice, "a column is named by a text in quotes", 'Write row["column"]')
        if isinstance(tree.value, ast.Name) and tree.value.id == "row" and self._scope.columns is not None:
            return Column(self._column_type(tree, self._scope.columns, key, ""), key)
        record = self.check(tree.value)
        shape = record.type.shape
        if shape is None or record.type.many:
            raise self._error(tree.value, f"a {record.type} has no fields", "Only records have fields")
        return Part(self._column_type(tree, shape, key, record.type.path), record, key)

    def _column_type(self, tree: ast.Subscript, shape: Shape, key: str, path: str) -> Type:
        if key not in shape:
            raise self._error(tree.slice, f'unknown column "{path}{key}"', suggestion(key, shape))
        self._scope.read.add(f"{path}{key}")
        inner = shape[key]
        return RAW if inner is None else Type("raw", many=True, shape=inner, path=f"{path}{key}")

    def _call(self, tree: ast.Call) -> Node:
        word = tree.func.id if isinstance(tree.func, ast.Name) else ""
        function = CATALOGUE.get(word)
        if function is None:
            raise self._error(tree, f'unknown function "{word}"', suggestion(word, CATALOGUE))
        arguments: list[Node] = []
        keywords: list[str] = []
        given: set[str] = set()
        by_name = {p.name: p for p in function.parameters}
        placed: list[tuple[str, ast.expr]] = [(p.name, a) for p, a in zip(function.parameters, tree.args, strict=False)]
        if len(tree.args) > len(placed):
            raise self._error(
                tree.args[len(placed)], f'"{word}" takes {len(placed)} arguments', f"Expected {function.usage}"
            )
        for keyword, value in [*placed, *((k.arg or "**", k.value) for k in tree.keywords)]:
            parameter = by_name.get(keyword)
            if parameter is None or keyword in given:
                raise self._error(value, f'"{word}" takes no such argument', f"Expected {function.usage}")
            given.add(keyword)
            arguments.append(self.fit(self.check(value), parameter.type, value))
            keywords.append(keyword if len(keywords) >= len(placed) else "")
        self._demand_required(tree, function, given)
        return Call(function.returns, function, tuple(arguments), tuple(keywords))

    def _demand_required(self, tree: ast.expr, function: Function, given: set[str]) -> None:
        missing = [p.name for p in function.parameters if p.required and p.name not in given]
        if missing:
            raise self._error(tree, f'"{function.name}" lacks {", ".join(missing)}', f"Expected {function.usage}")

    def _compare(self, tree: ast.Compare) -> Node:
        if len(tree.ops) != 1 or type(tree.ops[0]) not in _COMPARISONS:
            raise self._error(
                tree, "such a comparison is not part of the language", "Compare two values, join with and"
            )
        operator = _COMPARISONS[type(tree.ops[0])]
        left, right = self.check(tree.left), self.check(tree.comparators[0])
        if left.type == RAW:
            left = self.fit(left, TEXT, tree.left)
        wanted = Type(left.type.name, many=operator in ("in", "not in"))
        if left.type.many or (operator[0] in "<>" and left.type.name not in _ORDERED):
            raise self._error(
                tree.left, f"a {left.type} cannot be compared so", f"Expected one of: {', '.join(sorted(_ORDERED))}"
            )
        return Comparison(BOOL, operator, left, self.fit(right, wanted, tree.comparators[0]))

    def _logic(self, tree: ast.BoolOp) -> Node:
        parts = tuple(self.fit(self.check(value), BOOL, value) for value in tree.values)
        return Logic(BOOL, "and" if isinstance(tree.op, ast.And) else "or", parts)

    def _unary(self, tree: ast.UnaryOp) -> Node:
        if not isinstance(tree.op, ast.Not):
            raise self._error(tree, "only not stands before a value", "Expected not …")
        return Not(BOOL, self.fit(self.check(tree.operand), BOOL, tree.operand))

    def _choice(self, tree: ast.IfExp) -> Node:
        condition = self.fit(self.check(tree.test), BOOL, tree.test)
        yes, no = self.check(tree.body), self.check(tree.orelse)
        if RAW in (yes.type, no.type):
            yes, no = self.fit(yes, TEXT, tree.body), self.fit(no, TEXT, tree.orelse)
        if isinstance(yes, Items) and not yes.items:
            yes = self.fit(yes, no.type, tree.body)
        no = self.fit(no, yes.type, tree.orelse)
        return Choice(yes.type, condition, yes, no)

    def _add(self, tree: ast.BinOp) -> Node:
        if not isinstance(tree.op, ast.Add):
            raise self._error(tree, "such arithmetic is not part of the language", "Expected +")
        left = self.check(tree.left)
        if left.type == RAW:
            left = self.fit(left, TEXT, tree.left)
        if left.type != TEXT and not (left.type.many and left.type.name != "raw"):
            raise self._error(tree.left, f"a {left.type} cannot be added to", "Expected text or a list")
        return Concatenation(left.type, left, self.fit(self.check(tree.right), left.type, tree.right))

    def _list(self, tree: ast.List) -> Node:
        items = [self.check(item) for item in tree.elts]
        if not items:
            return Items(Type("nothing", many=True), ())
        items = [self.fit(n, TEXT, t) if n.type == RAW else n for n, t in zip(items, tree.elts, strict=True)]
        element = items[0].type.element
        for node, item in zip(items, tree.elts, strict=True):
            self.fit(node, Type(element.name, many=node.type.many), item)
        return Items(replace(element, many=True), tuple(items))

    def _comprehension(self, tree: ast.ListComp) -> Node:
        outer = dict(self._items)
        loops = tuple(self._loop(generator) for generator in tree.generators)
        element = self.check(tree.elt)
        if element.type == RAW:
            element = self.fit(element, TEXT, tree.elt)
        self._items = outer
        return Comprehension(replace(element.type, many=True), element, loops)

    def _loop(self, generator: ast.comprehension) -> Loop:
        source = self.check(generator.iter)
        if not source.type.many:
            raise self._error(generator.iter, f"a {source.type} is no list", "Expected a list")
        if not isinstance(generator.target, ast.Name) or generator.is_async:
            raise self._error(generator.target, "one name stands after for", "Write [… for item in list]")
        word = generator.target.id
        if (
            word == "row"
            or word in {*self._scope.variables, *self._items, *CONSTANTS, *CATALOGUE}
            or not word.isascii()
        ):
            raise self._error(generator.target, f'"{word}" is taken or not plain', "Choose another name")
        self._items[word] = source.type.element
        conditions = tuple(self.fit(self.check(test), BOOL, test) for test in generator.ifs)
        return Loop(source.type, word, source, conditions)
