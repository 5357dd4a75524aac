"""Expressions: a small part of Python's grammar, parsed with :mod:`ast` and checked against the types.

Grammar: text, numbers and constants; ``row["column"]`` and ``item["field"]``; names of lets; calls of functions;
``== != < <= > >= in not in``; ``and or not``; ``yes if condition else no``; ``+``; lists; comprehensions.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from inspect import getdoc
from typing import Any

from mappings.language import activity_functions, functions, inverses, parts_functions, party_functions  # noqa: F401 - they fill the catalogue
from mappings.language.catalogue import CATALOGUE, Function
from mappings.language.clock import DECLARED_ZONE, LANDED_AT, TODAY, ZONE, zone_remedy
from mappings.language.errors import suggestion
from mappings.language.extensions import ExtensionError, extension, extension_names
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
from mappings.language.scope import ExpressionError, Scope
from mappings.language.translating import CROSSWALK, Lookup, bound, closed_list, narrowed
from mappings.language.types import BOOL, CONSTANTS, QUOTED, RAW, TEXT, Shape, Type
from mappings.normalize.dates import zone_names

MAX_LENGTH = 4000
"""Characters of one expression; beyond that Python's own parser may run out of stack."""

MAX_DEPTH = 60
"""Parts of an expression inside one another; Python reads 200 brackets, and each part is written with up to three."""

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
    checker = _Checker(scope, text.split("\n"))
    node = checker.check(tree)
    return node if expected is None else checker.fit(node, expected, tree)


def grammar() -> list[str]:
    """Say what an expression may be made of: one sentence with examples for every form that is admitted."""
    return [getdoc(admit) or admit.__name__ for admit in _Checker(Scope(None), ()).admitted.values()]


class _Checker:
    """Walks a Python syntax tree, admits what the grammar has and gives everything its type."""

    def __init__(self, scope: Scope, lines: Sequence[str]) -> None:
        self._scope = scope
        self._lines = lines
        self._items: dict[str, Type] = {}
        self._depth = 0
        self.admitted: Mapping[type[ast.expr], Callable[[Any], Node]] = {
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
        admit = self.admitted.get(type(tree))
        if admit is None:
            raise self._error(
                tree, f"{type(tree).__name__} is not part of the language", "See the grammar of expressions"
            )
        if self._depth == MAX_DEPTH:
            raise self._error(tree, "the expression is nested too deeply", "Split it with let")
        self._depth += 1
        node = admit(tree)
        self._depth -= 1
        return node

    def fit(self, node: Node, expected: Type, tree: ast.expr) -> Node:
        """Make the node be of the expected type: a raw value is read as text, one element may stand for a list."""
        if node.type == RAW and expected.name == "text":
            node = Call(TEXT, CATALOGUE["text"], (node,), ("",))
        if not expected.many and closed_list(expected):
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
        """Read a quoted word, or what a crosswalk gives, as one of a closed list."""
        if isinstance(node, Choice) and isinstance(tree, ast.IfExp):
            yes, no = self._word(node.yes, expected, tree.body), self._word(node.no, expected, tree.orelse)
            return Choice(yes.type, node.condition, yes, no) if yes.type == no.type else node
        if isinstance(node, Call) and isinstance(node.function, Lookup) and node.type == TEXT:
            return self._narrowed(node, node.function, expected, tree)
        if not isinstance(node, Constant) or node.type != TEXT or expected.name not in QUOTED:
            return node
        words = [str(word) for word in QUOTED[expected.name]]
        if node.value not in words:
            raise self._error(tree, f'unknown {expected} "{node.value}"', suggestion(str(node.value), words))
        return Constant(expected, QUOTED[expected.name](node.value))

    def _narrowed(self, node: Call, lookup: Lookup, expected: Type, tree: ast.expr) -> Node:
        words = closed_list(expected)
        for row in lookup.crosswalk.rows:
            given = row.word if lookup.declared == "translate" else row.code
            if given not in words:
                what = f'"{given}" of the crosswalk {lookup.crosswalk.reference} is no {expected}'
                raise self._error(tree, what, suggestion(given, words))
        return replace(node, type=expected, function=self._noted(narrowed(lookup, expected)))

    def _noted(self, lookup: Lookup) -> Lookup:
        return self._scope.lookups.setdefault(lookup.name, lookup)

    def _error(self, tree: ast.AST, what: str, remedy: str) -> ExpressionError:
        line = getattr(tree, "lineno", 1) - 1
        offset = getattr(tree, "col_offset", 0)
        before = (("(" if line == 0 else "") + self._lines[min(line, len(self._lines) - 1)]).encode()[:offset]
        column = len(before.decode(errors="ignore")) - (1 if line == 0 else 0)
        return ExpressionError(what, remedy, line, max(column, 0))

    def _constant(self, tree: ast.Constant) -> Node:
        """A constant: text in quotes, a whole number, `true` or `false`: `"CN"`, `42`, `true`."""
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
        """A name: a let, an item of a comprehension, or a word of the language: `tidy`, `organisation`."""
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
        if word in self._scope.crosswalks:
            raise self._error(tree, f'"{word}" is a crosswalk', f"Look up in it: translate(value, {word})")
        if word == "row":
            raise self._error(tree, "a whole row is no value", 'Name a column: row["…"]')
        raise self._error(
            tree, f'unknown name "{word}"', suggestion(word, {*self._items, *self._scope.variables, *CONSTANTS})
        )

    def _subscript(self, tree: ast.Subscript) -> Node:
        """A column of the row, or a field of an item: `row["name"]`, `[p["value"] for p in row["phones"]]`."""
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
        """A call; optional arguments may be left out or named: `phones(tidy)`, `phones(tidy, country="DE")`."""
        word = tree.func.id if isinstance(tree.func, ast.Name) else ""
        function = self._function(word, tree)
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
            if parameter.type == CROSSWALK:
                function = self._bound(function, value)
                continue
            arguments.append(self.fit(self.check(value), parameter.type, value))
            keywords.append(keyword if len(keywords) >= len(placed) else "")
        self._demand_required(tree, self._function(word, tree), given)
        return self._timed(Call(function.returns, function, tuple(arguments), tuple(keywords)), tree)

    def _function(self, word: str, tree: ast.Call) -> Function:
        """Find a function of the catalogue or of an installed package."""
        if word in CATALOGUE:
            return CATALOGUE[word]
        try:
            found = extension(word)
        except ExtensionError as error:
            raise self._error(tree, error.what, error.remedy) from None
        if found is None:
            raise self._error(tree, f'unknown function "{word}"', suggestion(word, {*CATALOGUE, *extension_names()}))
        return found

    def _timed(self, call: Call, tree: ast.Call) -> Node:
        """Give a call what it takes without being told: the zone of the source, the instant at which the row landed."""
        if call.function in (LANDED_AT, TODAY):
            return self._landed(call.function, tree)
        if not any(p.name == ZONE for p in call.function.parameters):
            return call
        given = call.argument(ZONE)
        if isinstance(given, Constant) and given.value not in zone_names():
            place = next((k.value for k in tree.keywords if k.arg == ZONE), tree.args[-1] if tree.args else tree)
            raise self._error(place, f'unknown time zone "{given.value}"', zone_remedy(str(given.value)))
        if given is not None or not self._scope.zone:
            return call
        self._scope.used.add(DECLARED_ZONE)
        return replace(
            call, arguments=(*call.arguments, Constant(TEXT, self._scope.zone)), keywords=(*call.keywords, ZONE)
        )

    def _landed(self, function: Function, tree: ast.Call) -> Node:
        if self._scope.columns is None:
            raise self._error(tree, "what is written back has not landed", "Only expressions of a row may ask for it")
        landed = Landed(LANDED_AT.returns)
        if function == LANDED_AT:
            return landed
        if not self._scope.zone:
            raise self._error(tree, "a day is a day somewhere, and no time zone is declared", "Add source.zone")
        self._scope.used.add(DECLARED_ZONE)
        return Call(TODAY.returns, CATALOGUE["day_in"], (landed, Constant(TEXT, self._scope.zone)), ("", ""))

    def _bound(self, function: Function, tree: ast.expr) -> Lookup:
        """Bind a function to the crosswalk that its argument names."""
        local = tree.id if isinstance(tree, ast.Name) else ""
        if local not in self._scope.crosswalks:
            known = suggestion(local, self._scope.crosswalks)
            raise self._error(tree, f'unknown crosswalk "{local}"' if local else "this names no crosswalk", known)
        self._scope.used.add(local)
        return self._noted(bound(function, local, self._scope.crosswalks[local]))

    def _demand_required(self, tree: ast.expr, function: Function, given: set[str]) -> None:
        missing = [p.name for p in function.parameters if p.required and p.name not in given]
        if missing:
            raise self._error(tree, f'"{function.name}" lacks {", ".join(missing)}', f"Expected {function.usage}")

    def _compare(self, tree: ast.Compare) -> Node:
        """A comparison of two values with `==`, `!=`, `<`, `<=`, `>`, `>=`, `in` or `not in`: `tidy in ["A", "B"]`."""
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
        """Conditions joined by `and` or `or`: `blank(tidy) or tidy == "A"`."""
        parts = tuple(self.fit(self.check(value), BOOL, value) for value in tree.values)
        return Logic(BOOL, "and" if isinstance(tree.op, ast.And) else "or", parts)

    def _unary(self, tree: ast.UnaryOp) -> Node:
        """The opposite of a condition: `not blank(tidy)`."""
        if not isinstance(tree.op, ast.Not):
            raise self._error(tree, "only not stands before a value", "Expected not …")
        return Not(BOOL, self.fit(self.check(tree.operand), BOOL, tree.operand))

    def _choice(self, tree: ast.IfExp) -> Node:
        """One value or another: `tidy if has_han(tidy) else upper(tidy)`."""
        condition = self.fit(self.check(tree.test), BOOL, tree.test)
        yes, no = self.check(tree.body), self.check(tree.orelse)
        if RAW in (yes.type, no.type):
            yes, no = self.fit(yes, TEXT, tree.body), self.fit(no, TEXT, tree.orelse)
        if isinstance(yes, Items) and not yes.items:
            yes = self.fit(yes, no.type, tree.body)
        no = self.fit(no, yes.type, tree.orelse)
        return Choice(yes.type, condition, yes, no)

    def _add(self, tree: ast.BinOp) -> Node:
        """Texts, or lists, one after the other: `tidy + "-1"`, `["A"] + split(tidy, ";")`."""
        if not isinstance(tree.op, ast.Add):
            raise self._error(tree, "such arithmetic is not part of the language", "Expected +")
        left = self.check(tree.left)
        if left.type == RAW:
            left = self.fit(left, TEXT, tree.left)
        if left.type != TEXT and not (left.type.many and left.type.name != "raw"):
            raise self._error(tree.left, f"a {left.type} cannot be added to", "Expected text or a list")
        return Concatenation(left.type, left, self.fit(self.check(tree.right), left.type, tree.right))

    def _list(self, tree: ast.List) -> Node:
        """A list; lists in it are joined into it: `["A", tidy]`, `[phones(tidy), faxes(tidy)]`."""
        items = [self.check(item) for item in tree.elts]
        if not items:
            return Items(Type("nothing", many=True), ())
        items = [self.fit(n, TEXT, t) if n.type == RAW else n for n, t in zip(items, tree.elts, strict=True)]
        element = items[0].type.element
        for node, item in zip(items, tree.elts, strict=True):
            self.fit(node, Type(element.name, many=node.type.many), item)
        return Items(replace(element, many=True), tuple(items))

    def _comprehension(self, tree: ast.ListComp) -> Node:
        """A value for each item of a list: `[upper(p["value"]) for p in row["phones"] if p["kind"] == "tel"]`."""
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
        taken = {"row", *self._scope.variables, *self._scope.lets, *self._items, *CONSTANTS, *CATALOGUE}
        if word in taken or not word.isascii():
            raise self._error(generator.target, f'"{word}" is taken or not plain', "Choose another name")
        self._items[word] = source.type.element
        conditions = tuple(self.fit(self.check(test), BOOL, test) for test in generator.ifs)
        return Loop(source.type, word, source, conditions)
