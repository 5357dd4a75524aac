"""A mapping as a page for people: where every attribute comes from, what is left out, what is written back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from mappings.canonical import ENTITIES
from mappings.canonical.classes import data_classes
from mappings.language.document import Example, shape
from mappings.language.mapping import Mapping
from mappings.language.nodes import Call, Column, Comparison, Constant, Items, Node, Part, Variable
from mappings.language.probing import written
from mappings.language.program import Cell, EmitProgram, Program, Rule
from mappings.language.reference import table
from mappings.language.translating import Lookup
from mappings.language.types import Shape


def page(mapping: Mapping) -> str:
    """Write a mapping as a Markdown page; the same document always gives the same page."""
    program = mapping.program
    sections = [
        f"# {mapping.name}",
        _about(mapping),
        _section("Source", _source(mapping)),
        _section("Named values", _lets(program)),
        _section("Rules", _rules(program)),
        *(_section(f"{emit.entity}: {emit.record_type}", _emitted(mapping, emit)) for emit in program.emits),
        _section("Written back", _outbound(mapping)),
        _section("Code lists", _codes(program)),
        _section("Tests", _tests(mapping.document.tests)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def sources(program: Program, node: Node) -> list[str]:
    """List the source columns an expression reads, by way of lets too, e.g. ``name`` and ``phones[].value``."""
    found = dict.fromkeys(_sources(program, node))
    return [column for column in found if not any(other.startswith(f"{column}[].") for other in found)]


def _sources(program: Program, node: Node) -> Iterator[str]:
    for part in node.walk():
        match part:
            case Column(name=name):
                yield name
            case Part(record=record, name=name):
                yield f"{record.type.path}{name}"
            case Variable(name=name) if name in program.lets:
                yield from _sources(program, program.lets[name].node)


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _about(mapping: Mapping) -> str:
    remarks = [line.lstrip("# ") for line in mapping.text.partition("mapping:")[0].splitlines()]
    said = " ".join(line for line in remarks if line and not line.startswith("yaml-language-server:"))
    facts = f"Version {mapping.version} of the mapping of `{mapping.stream}` from `{mapping.system}`."
    return f"{said}\n\n{facts}" if said else facts


def _source(mapping: Mapping) -> str:
    source = mapping.document.source
    readers: dict[str, list[str]] = {}
    for cell in _written_cells(mapping):
        for column in sources(mapping.program, cell.node):
            readers.setdefault(column, []).append(_place(cell))
    rows = [
        (f"`{path}`", needed, ", ".join(dict.fromkeys(readers.get(path, ()))))
        for needed, declared in (("yes", source.requires), ("may be missing", source.optional))
        for path in _innermost(shape(declared))
    ]
    ignored = f"\n\nThere, and never read: {_listed(source.ignores)}." if source.ignores else ""
    return table(("column", "must be there", "read by"), rows) + ignored


def _innermost(columns: Shape, prefix: str = "") -> Iterator[str]:
    for name, inner in columns.items():
        if inner is None:
            yield f"{prefix}{name}"
        else:
            yield from _innermost(inner, f"{prefix}{name}[].")


def _written_cells(mapping: Mapping) -> Iterator[Cell]:
    """Give the cells that read the row and stand in the document, not what stands for the rest."""
    program = mapping.program
    emitted = (cell for emit in program.emits for cell in emit.cells)
    for cell in (*(rule.when for rule in (*program.rejects, *program.filters)), *emitted):
        if cell.path in mapping.located.places:
            yield cell


def _place(cell: Cell) -> str:
    """Name what a cell makes: an attribute, or a rule."""
    section, *steps = cell.path
    return str(steps[1]) if section == "emit" else str(section)


def _lets(program: Program) -> str:
    if not program.lets:
        return ""
    rows = ((f"`{let}`", _code(cell.node), _listed(sources(program, cell.node))) for let, cell in program.lets.items())
    return table(("name", "expression", "source columns"), rows)


def _rules(program: Program) -> str:
    rejects = (f"A row becomes a dead letter when {_rule(rule)}. {rule.remedy}." for rule in program.rejects)
    filters = (f"A row is left out when {_rule(rule)}." for rule in program.filters)
    return "\n".join(f"- {sentence}" for sentence in (*rejects, *filters))


def _rule(rule: Rule) -> str:
    return f"{_code(rule.when.node)}: {rule.because.rstrip('.')}"


def _emitted(mapping: Mapping, emit: EmitProgram) -> str:
    classes = data_classes(ENTITIES[emit.entity])
    rows = (
        (
            f"`{_place(cell)}`", str(classes.get(_place(cell), "")).replace("_", " "),
            _listed(sources(mapping.program, cell.node)), _code(cell.node),
        )
        for cell in emit.cells
        if cell.path in mapping.located.places
    )  # fmt: skip
    return table(("attribute", "data class", "source columns", "expression"), rows)


def _outbound(mapping: Mapping) -> str:
    rows = [
        (f"`{attribute}`", f"`{inner}`" if (inner := mapping.document.outbound[attribute].list) else "",
         f"`{field}`", "left empty" if cell is None else _code(cell.node))
        for attribute, values in mapping.program.outbound.items()
        for field, cell in values.items()
    ]  # fmt: skip
    return table(("golden attribute", "list", "field", "expression"), rows) if rows else ""


def _codes(program: Program) -> str:
    """List the codes that values are compared with, by what is compared."""
    codes: dict[str, dict[str, None]] = {}
    for cell in _all_cells(program):
        for part in cell.node.walk():
            if isinstance(part, Comparison) and part.operator in ("==", "!=", "in", "not in"):
                listed = part.right.items if isinstance(part.right, Items) else (part.right,)
                words = (str(item.value) for item in listed if isinstance(item, Constant))
                codes.setdefault(_code(part.left), {}).update(dict.fromkeys(words))
            elif isinstance(part, Call) and isinstance(part.function, Lookup):
                known = part.function.crosswalk
                words = (f"{row.code} → {row.word}" for row in known.rows)
                codes.setdefault(f"{_code(part.arguments[0])} by {known.reference}", {}).update(dict.fromkeys(words))
    rows = [(compared, _listed(words)) for compared, words in codes.items() if words]
    return table(("compared", "codes"), rows) if rows else ""


def _all_cells(program: Program) -> Iterator[Cell]:
    yield from program.lets.values()
    yield from (rule.when for rule in (*program.rejects, *program.filters))
    yield from (cell for emit in program.emits for cell in emit.cells)
    yield from (cell for values in program.outbound.values() for cell in values.values() if cell is not None)


def _tests(tests: Iterable[Example]) -> str:
    return "\n\n".join(
        f"{test.case}:\n\n```\ngiven  {_json(test.given)}\nexpect {_json(test.expect)}\n```" for test in tests
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _code(node: Node) -> str:
    return f"`{written(node)}`"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
