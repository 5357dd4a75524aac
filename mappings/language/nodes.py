"""The typed tree of an expression: what the type checker makes and every compiler reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from mappings.language.catalogue import Function
from mappings.language.types import Type


@dataclass(frozen=True, slots=True)
class Node:
    """One typed part of an expression."""

    type: Type

    def children(self) -> Iterator[Node]:
        """Yield the parts this one is made of."""
        for f in fields(self):
            value = getattr(self, f.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Node):
                    yield part

    def walk(self) -> Iterator[Node]:
        """Yield this part and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A value that stands in the document."""

    value: Any


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column of the source record, ``row["…"]``."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """A let, an item of a comprehension, or the golden value of an outbound expression."""

    name: str


@dataclass(frozen=True, slots=True)
class Landed(Node):
    """``landed_at()``, an instant: when the batch of the row landed, the ``at`` with which a row is mapped."""


@dataclass(frozen=True, slots=True)
class Part(Node):
    """A value inside a record, ``item["…"]``."""

    record: Node
    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the catalogue with one argument for every parameter given."""

    function: Function
    arguments: tuple[Node, ...]
    keywords: tuple[str, ...]

    def argument(self, name: str) -> Node | None:
        """The argument given for a parameter, ``None`` if there is none."""
        names = (k or p.name for k, p in zip(self.keywords, self.function.parameters, strict=False))
        return dict(zip(names, self.arguments, strict=True)).get(name)


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``left operator right`` with ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in`` or ``not in``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``and`` or ``or`` of truth values."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite of a truth value."""

    part: Node


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """``yes if condition else no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Concatenation(Node):
    """Two texts or two lists one after the other."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written out; list items are joined into it."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """One ``for variable in source if condition`` of a comprehension."""

    variable: str
    source: Node
    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comprehension(Node):
    """``[element for … ]``; a list element is joined into the result."""

    element: Node
    loops: tuple[Loop, ...]
