"""A checked document: every expression typed, every name known, nothing declared in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mappings.language.clock import DECLARED_ZONE, zone_remedy
from mappings.language.crosswalks import Crosswalk
from mappings.language.document import Document, Emit, Expression, shape
from mappings.language.entities import DEFAULTS, FORMS, IDENTITY, OPTIONAL, REFERENCES
from mappings.language.errors import MappingError, Position, suggestion
from mappings.language.expressions import check
from mappings.language.extensions import Extension
from mappings.language.nodes import Call, Constant, Landed, Node, Variable
from mappings.language.scope import ExpressionError, Scope
from mappings.language.translating import Lookup
from mappings.language.types import BOOL, CONSTANTS, TEXT, Shape, Type
from mappings.language.yaml_positions import Located, Path
from mappings.normalize.dates import zone_names

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

_OF_A_ROW = {"reject", "filter", "records"}
_OF_A_RECORD = {"entity", "record_type", "references", "model"}
"""What a test may expect of a row, and of any record besides its identity and the attributes of its entity."""


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
    """What makes one canonical record.

    Args:
        entity: its canonical entity.
        record_type: kind of record within the system.
        identity: key, correlation and token.
        single: attributes of the content with one value; one that is not named and has no default is left out.
        elements: attributes of the content that are lists.
        references: other records it refers to.
    """

    entity: str
    record_type: str
    identity: Mapping[str, Cell]
    single: Mapping[str, Cell]
    elements: Mapping[str, tuple[Cell, ...]]
    references: tuple[Cell, ...]

    @property
    def cells(self) -> list[Cell]:
        """All expressions of the record."""
        lists = (*self.elements.values(), self.references)
        return [*self.identity.values(), *self.single.values(), *(cell for cells in lists for cell in cells)]

    @property
    def referred_systems(self) -> frozenset[str]:
        """Codes of the systems it refers to; a checked document writes them out."""
        named = (system for cell in self.references for system in _systems(cell.node))
        return frozenset(str(node.value) for node in named if isinstance(node, Constant))


@dataclass(frozen=True, slots=True)
class Program:
    """The checked document, as every compiler reads it.

    ``lookups`` are the functions bound to its crosswalks, by the names they have in the tree.
    """

    lets: Mapping[str, Cell]
    rejects: tuple[Rule, ...]
    filters: tuple[Rule, ...]
    emits: tuple[EmitProgram, ...]
    outbound: Mapping[str, Mapping[str, Cell | None]]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)

    @property
    def nodes(self) -> Iterator[Node]:
        """All parts of all expressions."""
        rules = (rule.when for rule in (*self.rejects, *self.filters))
        emitted = (cell for emit in self.emits for cell in emit.cells)
        written = (cell for values in self.outbound.values() for cell in values.values() if cell is not None)
        for cell in (*self.lets.values(), *rules, *emitted, *written):
            yield from cell.node.walk()

    def reached(self, node: Node, entered: set[str] | None = None) -> Iterator[Node]:
        """Yield the parts of an expression, and before each let those of the let, however often it is named only once.

        Args:
            node: the expression.
            entered: lets that have been gone through already; filled.
        """
        entered = set() if entered is None else entered
        for part in node.walk():
            if isinstance(part, Variable) and part.name in self.lets and part.name not in entered:
                entered.add(part.name)
                yield from self.reached(self.lets[part.name].node, entered)
            yield part

    @property
    def asks_when_landed(self) -> bool:
        """Whether the outcome depends on when the row landed."""
        return any(isinstance(node, Landed) for node in self.nodes)

    @property
    def extensions(self) -> Mapping[str, Extension]:
        """Functions of installed packages that it calls, by name."""
        called = (node.function for node in self.nodes if isinstance(node, Call))
        return {function.name: function for function in called if isinstance(function, Extension)}


def check_document(document: Document, located: Located, origin: str, crosswalks: Mapping[str, Crosswalk]) -> Program:
    """Type-check all expressions of a document.

    Args:
        document: its parts.
        located: where they stand.
        origin: its file or name, for errors.
        crosswalks: all there are, by their references.

    Raises:
        MappingError: the first thing that is wrong, with its place; the other wrong expressions are its ``others``.
    """
    check_ = _Check(document, located, origin, crosswalks)
    try:
        program = check_.program()
    except MappingError as error:
        check_.errors.append(error)
    if check_.errors:
        first, *others = check_.errors
        first.others = tuple(others)
        raise first from None
    return program


class _Check:
    def __init__(self, document: Document, located: Located, origin: str, crosswalks: Mapping[str, Crosswalk]) -> None:
        self._document = document
        self._located = located
        self._origin = origin
        source = document.source
        self._columns = shape([*source.requires, *source.optional])
        self.errors: list[MappingError] = []
        self._scope = Scope(self._columns, lets=document.let, zone=source.zone)
        self._scope.crosswalks = self._crosswalks(crosswalks)

    def program(self) -> Program:
        document = self._document
        self._demand_one_declaration()
        self._demand_zone()
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
        if not self.errors:  # a wrong expression uses what nobody can tell
            self._demand_use()
        program = Program(lets, rejects, filters, emits, outbound, self._scope.lookups)
        self._demand_times(program)
        self._demand_expectations(program)
        return program

    def _crosswalks(self, known: Mapping[str, Crosswalk]) -> dict[str, Crosswalk]:
        """Find the crosswalks the document names; one that does not exist is noted."""
        found: dict[str, Crosswalk] = {}
        for word, reference in self._document.crosswalks.items():
            path = ("crosswalks", word)
            if not word.isidentifier() or not word.isascii() or word in {*CONSTANTS, *self._document.let, "row"}:
                what = f'"{word}" cannot be the name of a crosswalk'
                self.errors.append(self._error(path, what, "Choose a free name of letters and _"))
            elif reference not in known:
                what = f'unknown crosswalk "{reference}"'
                self.errors.append(self._error(path, what, suggestion(reference, known)))
            else:
                found[word] = known[reference]
        self._scope.unknown |= self._document.crosswalks.keys() - found.keys()
        return found

    def _let(self, word: str, text: Expression) -> Cell:
        path = ("let", word)
        if not word.isidentifier() or not word.isascii() or word in CONSTANTS or word == "row":
            raise self._error(path, f'"{word}" cannot be the name of a let', "Choose a free name of letters and _")
        cell = self._cell(path, text, None)
        self._scope.variables[word] = cell.node.type
        return cell

    def _emit(self, index: int) -> EmitProgram:
        emit = self._document.emit[index]
        self._demand_form(emit, index)
        form = FORMS[emit.entity]
        single: dict[str, Cell] = {}
        for attribute, type_ in form.single.items():
            text = emit.attributes.get(attribute, DEFAULTS.get(type_.name))
            if text is not None and not isinstance(text, list):
                single[attribute] = self._cell(("emit", index, attribute), text, type_)
        return EmitProgram(
            emit.entity,
            emit.record_type,
            {a: self._cell(("emit", index, a), getattr(emit, a), type_) for a, type_ in IDENTITY.items()},
            single,
            {a: self._cells(index, a, emit.attributes.get(a, []), type_) for a, type_ in form.elements.items()},
            self._cells(index, "references", emit.references, REFERENCES),
        )

    def _cells(self, index: int, attribute: str, texts: Expression | list[Expression], type_: Type) -> tuple[Cell, ...]:
        listed = texts if isinstance(texts, list) else [texts]
        cells = tuple(self._cell(("emit", index, attribute, i), text, type_) for i, text in enumerate(listed))
        for cell in cells:
            if not all(isinstance(system, Constant) for system in _systems(cell.node)):
                raise self._error(cell.path, "the system of a reference is no fixed text", 'Write it out, e.g. "erp"')
        return cells

    def _demand_form(self, emit: Emit, index: int) -> None:
        """Demand that the emitted record says what its entity can be said to be, and nothing else."""
        path: Path = ("emit", index)
        form = FORMS.get(emit.entity)
        if form is None:
            raise self._error((*path, "entity"), f'unknown entity "{emit.entity}"', suggestion(emit.entity, FORMS))
        known = {*Emit.model_fields, *form.single, *form.elements}
        for attribute, texts in emit.attributes.items():
            if attribute not in known:
                raise self._error((*path, attribute), f'unknown key "{attribute}"', suggestion(attribute, known))
            if isinstance(texts, list) != (attribute in form.elements):
                wanted = "a list of expressions" if attribute in form.elements else "one expression"
                raise self._error(
                    (*path, attribute), f"emit.{index}.{attribute} has the wrong form", f"Expected: {wanted}"
                )
        needed = (a for a, type_ in form.single.items() if type_.name not in {*DEFAULTS, *OPTIONAL})
        for attribute in ("record_type", "key", *needed):
            if not getattr(emit, attribute, None) and attribute not in emit.attributes:
                raise self._error(path, f'emit.{index} lacks the key "{attribute}"', "Add it")

    def _outbound(self, attribute: str) -> dict[str, Cell | None]:
        path = ("outbound", attribute)
        if attribute not in GOLDEN:
            raise self._error(path, f'unknown golden attribute "{attribute}"', suggestion(attribute, GOLDEN))
        own = self._scope
        scope = Scope(
            None, {"value": GOLDEN[attribute]}, used=own.used, crosswalks=own.crosswalks, lookups=own.lookups,
            unknown=own.unknown, zone=own.zone,
        )  # fmt: skip
        return {
            name: None if text is None else self._cell((*path, "values", name), text, TEXT, scope)
            for name, text in self._document.outbound[attribute].values.items()
        }

    def _cell(self, path: Path, text: Expression, expected: Type | None, scope: Scope | None = None) -> Cell:
        """Check an expression; one that is wrong is noted, and what uses it is not held against anybody."""
        scope = scope or self._scope
        try:
            node = check(str(text), scope, expected)
        except ExpressionError as error:
            if scope.unknown.isdisjoint(re.findall(r"\w+", str(text))):
                self.errors.append(self._expression_error(path, error))
            node = Constant(expected or TEXT, None)
            if path[0] == "let":
                scope.unknown.add(str(path[1]))
        return Cell(path, self._located.place(path).line, node)

    def _expression_error(self, path: Path, error: ExpressionError) -> MappingError:
        place = self._located.place(path)
        if path in self._located.inline:
            place = Position(place.line, place.column + self._located.inline[path] + error.column)
        return MappingError(error.what, origin=self._origin, position=place, remedy=error.remedy)

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

    def _demand_zone(self) -> None:
        zone = self._document.source.zone
        if zone and zone not in zone_names():
            self.errors.append(self._error(("source", "zone"), f'unknown time zone "{zone}"', zone_remedy(zone)))

    def _demand_times(self, program: Program) -> None:
        """Demand that every test says when its row landed if the outcome depends on it."""
        for index, test in enumerate(self._document.tests if program.asks_when_landed else ()):
            if test.at is None:
                what = f'the mapping asks when a row landed, and the test "{test.case}" does not say'
                raise self._error(("tests", index), what, "Add it, e.g. at: 2026-11-01T08:00:00Z")

    def _demand_expectations(self, program: Program) -> None:
        """Demand that tests expect what can be there: an empty list of something misspelt would always be found."""
        forms = [FORMS[emit.entity] for emit in program.emits]
        known = {*_OF_A_RECORD, *IDENTITY, *(word for form in forms for word in (*form.single, *form.elements))}
        for index, test in enumerate(self._document.tests):
            told = test.expect.get("records")
            records = [(("records", i), one) for i, one in enumerate(told)] if isinstance(told, list) else []
            for place, record in [((), test.expect), *records]:
                for word in record if isinstance(record, dict) else ():
                    if word not in (known if place else known | _OF_A_ROW):
                        path = ("tests", index, "expect", *place, word)
                        raise self._error(path, f'unknown key "{word}"', suggestion(str(word), known))

    def _demand_use(self) -> None:
        if self._document.source.zone and DECLARED_ZONE not in self._scope.used:
            raise self._error(("source", "zone"), "the zone is declared and nothing asks for it", "Remove it")
        for word in self._document.let:
            if word not in self._scope.used:
                raise self._error(("let", word), f'the let "{word}" is never used', "Use it or remove it")
        for word in self._document.crosswalks:
            if word not in self._scope.used:
                raise self._error(("crosswalks", word), f'the crosswalk "{word}" is never used', "Use it or remove it")
        for path in _paths(self._columns):
            if path not in self._scope.read:
                remedy = "Remove it" if "[]" in path else "Move it to ignores"
                raise self._error(("source",), f'the column "{path}" is declared but never read', remedy)

    def _error(self, path: Path, what: str, remedy: str) -> MappingError:
        return MappingError(what, origin=self._origin, position=self._located.place(path), remedy=remedy)


def _systems(node: Node) -> Iterator[Node | None]:
    """Give what stands for the system in every reference of an expression."""
    for part in node.walk():
        if isinstance(part, Call) and part.function.name == "reference":
            yield part.argument("system")


def _paths(columns: Shape, prefix: str = "") -> list[str]:
    paths: list[str] = []
    for name, inner in columns.items():
        paths.append(f"{prefix}{name}")
        if inner is not None:
            paths.extend(_paths(inner, f"{prefix}{name}[]."))
    return paths
