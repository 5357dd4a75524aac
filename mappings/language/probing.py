"""A mapping that tells what it does: what each expression gives, which branches are taken, which codes are met.

The same source as :mod:`~mappings.language.compiler` writes, with a note around every part that somebody may ask about.
It is for people who look at a few rows; runs use the bare one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mappings.language.compiler import Printer, Writer, load_source
from mappings.language.extensions import Extension
from mappings.language.mapping import CompiledMapping
from mappings.language.mapping import Mapping as MappingDocument
from mappings.language.nodes import (
    Call,
    Choice,
    Column,
    Comparison,
    Comprehension,
    Constant,
    Items,
    Landed,
    Loop,
    Node,
    Not,
    Part,
    Variable,
)
from mappings.language.outcome import Outcome
from mappings.language.program import Cell
from mappings.language.translating import Lookup
from mappings.language.types import QUOTED


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition: of a rule, of a choice, or of a comprehension.

    Args:
        line: of its expression in the document.
        text: the condition as its author may have written it.
    """

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a list that something is looked up in, or one code of a crosswalk, at the line that names it."""

    line: int
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one expression of the document, or one entry of a list of expressions, has given for a row."""

    cell: Cell
    text: str
    value: Any


class Probe:
    """A mapping under observation.

    Args:
        mapping: the mapping; whatever is mapped here is noted.
    """

    def __init__(self, mapping: MappingDocument) -> None:
        self.branches: dict[Branch, set[bool]] = {}
        """Condition -> the outcomes it has had."""
        self.codes: dict[Code, int] = {}
        """Code -> how often it was met."""
        self.told: list[Told] = []
        """What the expressions have given for the newest row, in the order they were asked."""
        self.located = mapping.located
        names: dict[str, Any] = {
            "_branch": self._branch, "_code": self._code, "_met": self._met, "_told": self._tell,
        }  # fmt: skip
        writer = _ProbingWriter(mapping.program, probe=self, names=names)
        self._compiled = CompiledMapping(mapping, load_source(writer, mapping.name, names))

    def map(self, row: Mapping[str, Any], at: datetime | None = None) -> Outcome:
        """Map a row as of :meth:`CompiledMapping.map`."""
        self.told.clear()
        return self._compiled.map(row, at=at)

    def _branch(self, branch: Branch, outcome: object) -> bool:
        self.branches[branch].add(bool(outcome))
        return bool(outcome)

    def _code(self, line: int, value: object, listed: tuple[object, ...]) -> bool:
        if found := value in listed:
            self._met(line, str(value))
        return found

    def _met(self, line: int, value: str) -> str:
        if (code := Code(line, value)) in self.codes:
            self.codes[code] += 1
        return value

    def _tell(self, cell: Cell, text: str, value: Any) -> Any:
        self.told.append(Told(cell, text, value))
        return value


def written(node: Node) -> str:
    """Write a checked expression as its author may have written it.

    >>> from mappings.language.expressions import check
    >>> from mappings.language.scope import Scope
    >>> written(check('upper(row["a"]) if not blank(row["a"]) else ""', Scope({"a": None})))
    'upper(row["a"]) if not blank(row["a"]) else ""'
    """
    text = _Author({}).print(node)
    return text[1:-1] if _is_bracketed(text) else text


_QUOTED = re.compile("\"[^\"]*\"|'[^']*'")


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _is_bracketed(text: str) -> bool:
    """Tell whether the first bracket closes at the end; those inside quoted text are none."""
    depth = 0
    for place, character in enumerate(_QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text)):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(text) - 1 and place > 0
    return False


class _Author(Printer):
    """Prints expressions in the language instead of in Python."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__(columns)
        self.forms |= {
            Call: self._author_call,
            Constant: lambda n: _quoted(n.value) if n.type.name in ("text", *QUOTED) else str(n.value).lower(),
            Column: lambda n: f"row[{_quoted(n.name)}]",
            Variable: lambda n: n.name,
            Landed: lambda _: "landed_at()",
            Part: lambda n: f"{self.print(n.record)}[{_quoted(n.name)}]",
            Not: lambda n: f"not {self.print(n.part)}",
            Items: lambda n: f"[{', '.join(map(self.print, n.items))}]",
            Comprehension: lambda n: f"[{self.print(n.element)} {' '.join(map(self._loop, n.loops))}]",
        }

    def _loop(self, loop: Loop) -> str:
        conditions = "".join(f" if {written(test)}" for test in loop.conditions)
        return f"for {loop.variable} in {self.print(loop.source)}{conditions}"

    def _author_call(self, node: Call) -> str:
        match node:
            case Call(function=Lookup(declared=word, local=crosswalk), arguments=(value,)):
                return f"{word}({self.print(value)}, {crosswalk})"
            case Call(function=Extension() as extension):
                return self._call(node).replace("(", f"[{extension.opaque}](", 1)
            case _:
                return self._call(node)

    def print(self, node: Node) -> str:
        match node:
            case Call(function=function, arguments=(value,)) if function.name == "text":
                return self.print(value)
            case _:
                return super().print(node)


class _ProbingPrinter(Printer):
    """Prints notes around conditions and looked up codes."""

    def __init__(self, columns: Mapping[str, str], writer: _ProbingWriter, cell: Cell) -> None:
        super().__init__(columns)
        self._writer, self._cell = writer, cell
        self.forms[Choice] = self._choice
        self.forms[Comparison] = self._comparison
        self.forms[Call] = self._noting_call

    def condition(self, node: Node) -> str:
        """Print a condition whose outcome is noted."""
        branch = Branch(self._cell.line, written(node))
        self._writer.probe.branches.setdefault(branch, set())
        return f"_branch({self._writer.named(branch)}, {self.print(node)})"

    def _choice(self, node: Choice) -> str:
        return f"({self.print(node.yes)} if {self.condition(node.condition)} else {self.print(node.no)})"

    def _comparison(self, node: Comparison) -> str:
        if node.operator not in ("in", "not in") or not isinstance(node.right, Items):
            return f"({self.print(node.left)} {node.operator} {self.print(node.right)})"
        for item in node.right.items:
            if isinstance(item, Constant):
                self._writer.probe.codes.setdefault(Code(self._cell.line, str(item.value)), 0)
        met = f"_code({self._cell.line}, {self.print(node.left)}, {self.print(node.right)})"
        return f"(not {met})" if node.operator == "not in" else met

    def _noting_call(self, node: Call) -> str:
        match node:
            case Call(function=Lookup(declared="translate") as lookup, arguments=(value,)):
                line = self._writer.probe.located.place(("crosswalks", lookup.local)).line
                for code in lookup.crosswalk.words:
                    self._writer.probe.codes.setdefault(Code(line, code), 0)
                return f"{lookup.name}(_met({line}, {self.print(value)}))"
            case _:
                return self._call(node)

    def _loop(self, loop: Loop) -> str:
        bare = super()._loop(Loop(loop.type, loop.variable, loop.source, ()))
        return bare + "".join(f" if {self.condition(test)}" for test in loop.conditions)


@dataclass(slots=True)
class _ProbingWriter(Writer):
    """Writes notes around every expression."""

    probe: Probe = field(kw_only=True)
    names: dict[str, Any] = field(kw_only=True)

    def expression(self, node: Node, cell: Cell) -> str:
        printer = _ProbingPrinter(self.columns, self, cell)
        printed = printer.condition(node) if cell.path[0] in ("reject", "filter") else printer.print(node)
        return f"_told({self.named(cell)}, {written(node)!r}, {printed})"

    def named(self, thing: object) -> str:
        """Give the source a name for a thing."""
        name = f"_noted_{len(self.names)}"
        self.names[name] = thing
        return name
