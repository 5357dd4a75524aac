"""Compiles a checked document to one Python function for single records.

The generated source is meant to be read, and no slower than what one would write by hand: one line for a column, a let
or a cell. Nothing is caught and nothing is noted while it runs; when a value cannot be read, the line number of the
failure tells which cell and which source columns it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import chain
from typing import Any

from mappings.canonical import ENTITIES, CanonicalRecord
from mappings.language.catalogue import CATALOGUE
from mappings.language.inlining import inlined
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
from mappings.language.opening import opened
from mappings.language.outcome import Filtered, Mapped, Outcome, Rejected
from mappings.language.program import Cell, EmitProgram, Program, Rule
from mappings.language.types import CONSTANTS, QUOTED
from mappings.normalize.errors import ValueReadError


@dataclass(frozen=True, slots=True)
class Compiled:
    """The generated function.

    Args:
        source: its Python source.
        filename: name of its frame in a traceback.
        fields: line of the source → source columns read there, joined by ``, ``.
        map_row: raw document, when it landed → outcome; raises when a value cannot be read.
        asks_when_landed: whether it cannot do without the latter.
        render: golden attribute → function from golden value to the system's fields.
    """

    source: str
    filename: str
    fields: Mapping[int, str]
    map_row: Callable[[Mapping[str, Any], datetime | None], Outcome]
    asks_when_landed: bool
    render: Mapping[str, Callable[[Any], dict[str, Any]]]


def compile_program(program: Program, name: str) -> Compiled:
    """Generate and load the Python function of a checked document.

    Args:
        program: the checked document.
        name: name of the mapping, for tracebacks.
    """
    return load_source(Writer(program), name, {})


def load_source(writer: Writer, name: str, names: Mapping[str, Any]) -> Compiled:
    """Have a program written as Python and load it.

    Args:
        writer: writes the source.
        name: name of the mapping, for tracebacks.
        names: what the source may use besides the language.
    """
    program = writer.program
    writer.write_map_row()
    for attribute, values in program.outbound.items():
        writer.write_render(attribute, values)
    source = "\n".join(writer.lines) + "\n"
    filename = f"<mapping {name}>"
    namespace = {**_namespace(program), **_without_key(writer), **names}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102 - our own output, printed from whitelisted nodes only
    render = {attribute: namespace[f"render_{attribute}"] for attribute in program.outbound}
    return Compiled(source, filename, writer.fields, namespace["map_row"], program.asks_when_landed, render)


def print_expression(node: Node, columns: Mapping[str, str]) -> str:
    """Print a typed expression as Python.

    Args:
        node: the expression.
        columns: local variable that holds each column already read as text.
    """
    return Printer(columns).print(node)


@dataclass(slots=True)
class Writer:
    """Writes the source; columns and lets are computed right before the first line that needs them."""

    program: Program
    lines: list[str] = field(default_factory=list)
    fields: dict[int, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    _lets: set[str] = field(default_factory=set)

    def write_map_row(self) -> None:
        """Write the function that maps a row."""
        program = self.program
        self._line("def map_row(row, _at):")
        self._line("    _get = row.get")
        for index, rule in enumerate(program.rejects):
            self._rule(rule, f"_reject_{index}")
        for index, rule in enumerate(program.filters):
            self._rule(rule, f"_filter_{index}")
        for index, emit in enumerate(program.emits):
            self._emit(index, emit)
        self._line("    outcome = _open_Mapped()")
        self._line(f"    outcome.records = ({''.join(f'record_{i}, ' for i in range(len(program.emits)))})")
        self._line("    outcome.__class__ = _Mapped")
        self._line("    return outcome")

    def write_render(self, attribute: str, values: Mapping[str, Cell | None]) -> None:
        """Write the function that puts a golden value into the system's own fields."""
        self._line("")
        self._line("")
        self._line(f"def render_{attribute}(let_value):")
        self._line("    return {")
        for name, cell in values.items():
            self._line(f"        {name!r}: {'None' if cell is None else print_expression(cell.node, {})},")
        self._line("    }")

    def _rule(self, rule: Rule, result: str) -> None:
        self._prepare(rule.when.node)
        self._line(f"    if {self._print(rule.when)}:", rule.when)
        self._line(f"        return {result}")

    def _emit(self, index: int, emit: EmitProgram) -> None:
        for cell in emit.cells:
            self._prepare(cell.node)
        self._line(f"    key = {self._print(emit.identity['key'])}", emit.identity["key"])
        self._line("    if not key:")
        self._line(f"        return _no_key_{index}")
        self._content(f"content_{index}", emit)
        self._record(f"record_{index}", f"content_{index}", emit)

    def _content(self, name: str, emit: EmitProgram) -> None:
        self._line(f"    {name} = _open_{emit.entity}()")
        for attribute, cell in emit.single.items():
            self._line(f"    {name}.{attribute} = {self._print(cell)}", cell)
        lists = {attribute: cells for attribute, cells in emit.elements.items() if cells}
        for attribute, cells in lists.items():
            self._elements(f"{name}.{attribute}", cells)
        self._close(name, emit.entity, {*emit.single, *lists})

    def _record(self, name: str, content: str, emit: EmitProgram) -> None:
        said = {"entity": repr(emit.entity), "record_type": repr(emit.record_type), "key": "key", "content": content}
        self._line(f"    {name} = _open_Record()")
        for attribute, value in said.items():
            self._line(f"    {name}.{attribute} = {value}")
        for attribute in ("correlation", "token"):
            cell = emit.identity[attribute]
            self._line(f"    {name}.{attribute} = {self._print(cell)}", cell)
        if emit.references:
            self._elements(f"{name}.references", emit.references)
        self._close(name, "Record", {*said, *emit.identity, *(["references"] if emit.references else [])})

    def _close(self, name: str, word: str, said: AbstractSet[str]) -> None:
        """Fill what the document says nothing of, and give an open value its true class."""
        for attribute in fields(_MADE[word]):
            if attribute.name not in said:
                self._line(f"    {name}.{attribute.name} = {attribute.default!r}")
        self._line(f"    {name}.__class__ = _{word}")

    def _elements(self, target: str, cells: Iterable[Cell]) -> None:
        """Write a list: on one line what is one list already, else a line for every part."""
        parts = [(part, cell) for cell in cells for part in _parts(cell.node)]
        if len(parts) == 1 and parts[0][0].type.many:
            self._line(f"    {target} = _distinct({self.expression(*parts[0])})", parts[0][1])
            return
        self._line(f"    {target} = _distinct((")
        for part, cell in parts:
            self._line(f"        {'*' if part.type.many else ''}{self.expression(part, cell)},", cell)
        self._line("    ))")

    def _prepare(self, node: Node) -> None:
        """Write the lines that read what an expression needs and nothing has read yet."""
        for part in node.walk():
            if isinstance(part, Variable) and part.name in self.program.lets and part.name not in self._lets:
                cell = self.program.lets[part.name]
                self._prepare(cell.node)
                self._lets.add(part.name)
                self._line(f"    let_{part.name} = {self._print(cell)}", cell)
            column = _read_as_text(part)
            if column is not None and column not in self.columns:
                self.columns[column] = f"c{len(self.columns)}"
                self._line(f"    {self.columns[column]} = text(_get({column!r}))")
                self.fields[len(self.lines)] = column

    def _print(self, cell: Cell) -> str:
        return self.expression(cell.node, cell)

    def expression(self, node: Node, cell: Cell) -> str:  # noqa: ARG002 - who watches a mapping asks whose it is
        """Print a cell's expression, or one part of it that stands in a list."""
        return print_expression(node, self.columns)

    def _line(self, text: str, cell: Cell | None = None) -> None:
        self.lines.append(text)
        if cell is not None:
            self.fields[len(self.lines)] = ", ".join(self.columns_of(cell.node))

    def columns_of(self, node: Node) -> list[str]:
        """List the source columns an expression reads, through lets too."""
        found = (part.name for part in self.program.reached(node) if isinstance(part, Column))
        return list(dict.fromkeys(found))


class Printer:
    """Prints typed nodes as Python, fully bracketed."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = columns
        self.forms: dict[type[Node], Callable[[Any], str]] = {
            Constant: self._constant,
            Column: lambda n: f"_get({n.name!r})",
            Variable: lambda n: f"let_{n.name}",
            Landed: lambda _: "_at",
            Part: lambda n: f"_part({self.print(n.record)}, {n.name!r})",
            Call: self._inlined,
            Comparison: lambda n: f"({self.print(n.left)} {n.operator} {self.print(n.right)})",
            Logic: lambda n: f"({f' {n.operator} '.join(self.print(p) for p in n.parts)})",
            Not: lambda n: f"(not {self.print(n.part)})",
            Choice: lambda n: f"({self.print(n.yes)} if {self.print(n.condition)} else {self.print(n.no)})",
            Concatenation: lambda n: f"({self.print(n.left)} + {self.print(n.right)})",
            Items: self._items,
            Comprehension: self._comprehension,
        }

    def print(self, node: Node) -> str:
        """Print a node."""
        column = _read_as_text(node)
        if column is not None and column in self._columns:
            return self._columns[column]
        return self.forms[type(node)](node)

    def _constant(self, node: Constant) -> str:
        word = str(node.value)
        if node.type.name in QUOTED:
            return f"_{node.type.name}_{word}"
        return (
            word if CONSTANTS.get(word, (None, None))[1] == node.type and node.type.name != "bool" else repr(node.value)
        )

    def _inlined(self, node: Call) -> str:
        names = (k or p.name for k, p in zip(node.keywords, node.function.parameters, strict=False))
        arguments = dict(zip(names, map(self.print, node.arguments), strict=True))
        return inlined(node.function.call, arguments) or self._call(node)

    def _call(self, node: Call) -> str:
        words = (
            f"{k}={self.print(a)}" if k else self.print(a) for k, a in zip(node.keywords, node.arguments, strict=True)
        )
        return f"{node.function.name}({', '.join(words)})"

    def _items(self, node: Items) -> str:
        parts = (f"*{self.print(item)}, " if item.type.many else f"{self.print(item)}, " for item in node.items)
        return f"({''.join(parts)})"

    def _comprehension(self, node: Comprehension) -> str:
        loops = " ".join(self._loop(loop) for loop in node.loops)
        return f"{'_flat' if node.element.type.many else 'tuple'}([{self.print(node.element)} {loops}])"

    def _loop(self, loop: Loop) -> str:
        source = self.print(loop.source)
        if loop.source.type.name == "raw":
            source = f"_each({source})"
        conditions = "".join(f" if {self.print(test)}" for test in loop.conditions)
        return f"for let_{loop.variable} in {source}{conditions}"


def _parts(node: Node) -> tuple[Node, ...]:
    """Give the parts of a list that is written out, else the list itself."""
    return node.items if isinstance(node, Items) else (node,)


def _read_as_text(node: Node) -> str | None:
    """Name the column if the node reads one as text."""
    if isinstance(node, Call) and node.function.name == "text" and isinstance(node.arguments[0], Column):
        return node.arguments[0].name
    return None


def _namespace(program: Program) -> dict[str, Any]:
    """Give the generated source exactly the names it may use."""
    outcomes: dict[str, Outcome] = {}
    for index, rule in enumerate(program.rejects):
        outcomes[f"_reject_{index}"] = Rejected("rule", rule.field, rule.because, rule.remedy)
    for index, rule in enumerate(program.filters):
        outcomes[f"_filter_{index}"] = Filtered(rule.because)
    return {
        "__builtins__": {"tuple": tuple},
        **{word: value for word, (value, _) in CONSTANTS.items()},
        **{name: function.call for name, function in {**CATALOGUE, **program.lookups, **program.extensions}.items()},
        **outcomes,
        **{f"_{word}": kind for word, kind in _MADE.items()},
        **_OPEN,
        **{f"_{name}_{word}": word for name, family in QUOTED.items() for word in family},
        "_distinct": _distinct,
        "_each": _each,
        "_part": _part,
        "_flat": _flat,
    }


def _without_key(writer: Writer) -> dict[str, Outcome]:
    """Say for every record what becomes of a row that has no key for it."""
    remedy = "Fill it in the source, or correct the key expression of the mapping"
    return {
        f"_no_key_{index}": Rejected(
            "no_key", ", ".join(writer.columns_of(emit.identity["key"].node)), "the record has no key", remedy
        )
        for index, emit in enumerate(writer.program.emits)
    }


_MADE: dict[str, type[Any]] = {"Mapped": Mapped, "Record": CanonicalRecord, **ENTITIES}
"""What a generated function makes: its own word for each, and the class."""

_OPEN = {f"_open_{word}": opened(kind) for word, kind in _MADE.items()}


def _distinct(elements: tuple[Any, ...]) -> tuple[Any, ...]:
    """Keep each element once, in order, and drop what is empty."""
    kept: list[Any] = []
    for element in elements:
        if element and element not in kept:
            kept.append(element)
    return tuple(kept)


def _flat(lists: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Join lists to one that can be read again, by another expression or by who explains it."""
    return tuple(chain.from_iterable(lists))


def _each(value: object) -> Iterable[object]:
    if value.__class__ is list or isinstance(value, list | tuple):  # what most are is known at once, here and below
        return value
    if value is None:
        return ()
    raise ValueReadError("a single value stands where a list is expected", "")


def _part(record: object, name: str) -> object:
    if record.__class__ is dict or isinstance(record, Mapping):
        return record.get(name)
    raise ValueReadError("a single value stands where a record is expected", "")
