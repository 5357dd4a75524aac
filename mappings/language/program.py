"""A checked document: every expression typed, every name known, nothing declared in vain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.language.document import Document, Expression, shape
from mappings.language.errors import MappingError, Position, suggestion
from mappings.language.expressions import ExpressionError, Scope, check
from mappings.language.nodes import Node
from mappings.language.types import BOOL, CONSTANTS, TEXT, Shape, Type
from mappings.language.yaml_positions import Located, Path

_ELEMENTS: dict[str, Type] = {
    "names": Type("name", many=True),
    "identifiers": Type("identifier", many=True),
    "addresses": Type("address", many=True),
    "phones": Type("phone", many=True),
    "emails": Type("email", many=True),
    "contacts": Type("text", many=True),
    "roles": Type("role", many=True),
    "references": Type("reference", many=True),
}
_SINGLE: dict[str, Type] = {
    "key": TEXT,
    "kind": Type("kind"),
    "correlation": TEXT,
    "token": TEXT,
    "active": BOOL,
}

GOLDEN: dict[str, Type] = {
    "name": TEXT,
    "english_name": TEXT,
    "short_name": TEXT,
    "uscc": TEXT,
    "email": TEXT,
    "phone": Type("record", shape={"number": None, "extension": None, "kind": None}),
    "address": Type("record", shape={"text": None, "country": None, "region": None, "postal_code": None}),
}
"""Golden attributes that may be written back, with their types."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One expression of the document, typed, with its place."""

    path: Path
    line: int
    node: Node


@dataclass(frozen=True, slots=True)
class Rule:
    """A reject or filter rule; ``field`` and ``remedy`` are empty for a filter."""

    when: Cell
    because: str
    field: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class EmitProgram:
    """What makes one canonical record."""

    entity: str
    record_type: str
    single: Mapping[str, Cell]
    elements: Mapping[str, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Program:
    """The checked document, as every compiler reads it."""

    lets: Mapping[str, Cell]
    rejects: tuple[Rule, ...]
    filters: tuple[Rule, ...]
    emits: tuple[EmitProgram, ...]
    outbound: Mapping[str, Mapping[str, Cell | None]]


def check_document(document: Document, located: Located, origin: str) -> Program:
    """Type-check all expressions of a document.

    Raises:
        MappingError: the first thing that is wrong, with its place.
    """
    return _Check(document, located, origin).program()


class _Check:
    def __init__(self, document: Document, located: Located, origin: str) -> None:
        self._document = document
        self._located = located
        self._origin = origin
        source = document.source
        self._columns = shape([*source.requires, *source.optional])
        self._scope = Scope(self._columns)

    def program(self) -> Program:
        document = self._document
        self._demand_one_declaration()
        lets = {word: self._let(word, text) for word, text in document.let.items()}
        rejects = tuple(
            Rule(self._cell(("reject", i, "when"), r.when, BOOL), r.because, self._field(i, r.field), r.remedy)
            for i, r in enumerate(document.reject)
        )
        filters = tuple(
            Rule(self._cell(("filter", i, "when"), rule.when, BOOL), rule.because)
            for i, rule in enumerate(document.filter)
        )
        emits = tuple(self._emit(index) for index in range(len(document.emit)))
        outbound = {attribute: self._outbound(attribute) for attribute in document.outbound}
        self._demand_use()
        return Program(lets, rejects, filters, emits, outbound)

    def _let(self, word: str, text: Expression) -> Cell:
        path = ("let", word)
        if not word.isidentifier() or not word.isascii() or word in CONSTANTS or word == "row":
            raise self._error(path, f'"{word}" cannot be the name of a let', "Choose a free name of letters and _")
        cell = self._cell(path, text, None)
        self._scope.variables[word] = cell.node.type
        return cell

    def _emit(self, index: int) -> EmitProgram:
        emit = self._document.emit[index]
        single = {a: self._cell(("emit", index, a), getattr(emit, a), type_) for a, type_ in _SINGLE.items()}
        elements = {
            attribute: tuple(
                self._cell(("emit", index, attribute, i), text, type_)
                for i, text in enumerate(getattr(emit, attribute))
            )
            for attribute, type_ in _ELEMENTS.items()
        }
        return EmitProgram(emit.entity, emit.record_type, single, elements)

    def _outbound(self, attribute: str) -> dict[str, Cell | None]:
        path = ("outbound", attribute)
        if attribute not in GOLDEN:
            raise self._error(path, f'unknown golden attribute "{attribute}"', suggestion(attribute, GOLDEN))
        scope = Scope(None, {"value": GOLDEN[attribute]})
        return {
            name: None if text is None else self._cell((*path, "values", name), text, TEXT, scope)
            for name, text in self._document.outbound[attribute].values.items()
        }

    def _cell(self, path: Path, text: Expression, expected: Type | None, scope: Scope | None = None) -> Cell:
        try:
            node = check(str(text), scope or self._scope, expected)
        except ExpressionError as error:
            place = self._located.place(path)
            if path in self._located.inline:
                place = Position(place.line, place.column + self._located.inline[path] + error.column)
            raise MappingError(error.what, origin=self._origin, position=place, remedy=error.remedy) from None
        return Cell(path, self._located.place(path).line, node)

    def _field(self, index: int, column: str) -> str:
        if column and column not in self._columns:
            raise self._error(
                ("reject", index, "field"), f'unknown column "{column}"', suggestion(column, self._columns)
            )
        return column

    def _demand_one_declaration(self) -> None:
        source = self._document.source
        ignored = set(source.ignores)
        twice = ignored & set(self._columns) or set(shape(source.requires)) & set(shape(source.optional))
        if twice:
            column = min(twice)
            raise self._error(("source",), f'the column "{column}" is declared twice', "Declare it once")

    def _demand_use(self) -> None:
        for word in self._document.let:
            if word not in self._scope.used:
                raise self._error(("let", word), f'the let "{word}" is never used', "Use it or remove it")
        for path in _paths(self._columns):
            if path not in self._scope.read:
                remedy = "Remove it" if "[]" in path else "Move it to ignores"
                raise self._error(("source",), f'the column "{path}" is declared but never read', remedy)

    def _error(self, path: Path, what: str, remedy: str) -> MappingError:
        return MappingError(what, origin=self._origin, position=self._located.place(path), remedy=remedy)


def _paths(columns: Shape, prefix: str = "") -> list[str]:
    paths: list[str] = []
    for name, inner in columns.items():
        paths.append(f"{prefix}{name}")
        if inner is not None:
            paths.extend(_paths(inner, f"{prefix}{name}[]."))
    return paths
