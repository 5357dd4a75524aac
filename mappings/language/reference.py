"""The reference of the language, written from the language itself: grammar, words, entities and every function.

Examples are those of the functions' docstrings, as far as the language can say them; what they give is computed here.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from doctest import DocTestParser
from enum import StrEnum
from inspect import Parameter as PythonParameter
from inspect import cleandoc, signature
from typing import Any

from mappings.canonical import ENTITIES
from mappings.canonical.classes import data_classes
from mappings.canonical.record import plain
from mappings.language.catalogue import CATALOGUE, Function, Parameter
from mappings.language.compiler import compile_program
from mappings.language.crosswalks import Crosswalk
from mappings.language.entities import DEFAULTS, FORMS, IDENTITY, OPTIONAL, REFERENCES
from mappings.language.expressions import check, grammar
from mappings.language.program import GOLDEN, Cell, Program
from mappings.language.scope import ExpressionError, Scope
from mappings.language.types import CONSTANTS, QUOTED, TEXT, Type
from mappings.normalize.errors import ValueReadError

GRAMMAR_SCOPE = Scope({"name": None, "phones": {"kind": None, "value": None}}, {"tidy": TEXT})
"""What the examples of the grammar may name."""

_ABOUT = """\
# Reference of the mapping language

中文摘要：本页由语言本身生成（`hub mapping docs --language`），列出语法、固定词、各实体的属性，
以及每个函数的签名、空值规则和可执行的例子。映射文档的写法见 [mapping.md](mapping.md)。

Written by `hub mapping docs --language` from the language itself; how a document is made of expressions is told in
[mapping.md](mapping.md)."""


def reference() -> str:
    """Write the whole reference as a Markdown page."""
    parts = [_ABOUT, _grammar(), _words(), _entities(), _types(), "## Functions"]
    listed: dict[str, list[Function]] = {}
    for function in CATALOGUE.values():
        listed.setdefault(_group(function), []).append(function)
    for title, members in listed.items():
        parts += [f"### {title}", *map(_function, members)]
    return "\n\n".join(parts) + "\n"


def examples(function: Function) -> Iterator[tuple[str, str]]:
    """Give the calls in a function's docstring that the language can say, as written there and in the language.

    Args:
        function: a function of the catalogue.

    Yields:
        The Python source of the call, and the expression.
    """
    scope = Scope(None, crosswalks=_crosswalks(function))
    for example in DocTestParser().get_examples(function.doc):
        for call in _calls(ast.parse(example.source), function.name):
            source = ast.unparse(call)
            expression = re.sub(r"'([^'\"]*)'", r'"\1"', ast.unparse(_Translator(function).visit(call)))
            with suppress(ExpressionError):  # Python can say more: a raw number, a fraction
                check(expression, scope)
                yield source, expression


def names_of(function: Function) -> dict[str, Any]:
    """Give the Python names that a function's examples may use: those of its module, and those they make themselves."""
    names = dict(vars(sys.modules[function.call.__module__]))
    for example in DocTestParser().get_examples(function.doc):
        if not isinstance(ast.parse(example.source).body[0], ast.Expr):
            exec(example.source, names)  # noqa: S102 - our own docstrings
    return names


def _crosswalks(function: Function) -> dict[str, Crosswalk]:
    return {name: value for name, value in names_of(function).items() if isinstance(value, Crosswalk)}


def blank_call(function: Function) -> str | None:
    """Write the call of a function with a blank leading value, ``None`` if it takes nothing that may be blank.

    >>> blank_call(CATALOGUE["join"]), blank_call(CATALOGUE["starts_with"])
    ('join([])', 'starts_with("", "x")')
    """
    needed = {p.name: p.type for p in function.parameters if p.required}
    leading = next((name for name in ("value", "key", *needed) if name in needed), None)
    if leading is None or _nothing(needed[leading]) is None:
        return None
    crosswalk = next(iter(_crosswalks(function)), None)
    others = {n: crosswalk if t.name == "crosswalk" else _something(t) for n, t in needed.items() if n != leading}
    if None in others.values():
        return None
    return f"{function.name}({', '.join(str(others.get(name, _nothing(type_))) for name, type_ in needed.items())})"


def evaluate(function: Function, expression: str) -> Any:
    """Check, compile and run an expression that reads no row, as an example of a function.

    Raises:
        ExpressionError: it is none.
        ValueReadError: a value in it cannot be read.
    """
    scope = Scope(None, crosswalks=_crosswalks(function))
    cell = Cell((), 1, check(expression, scope))
    program = Program({}, (), (), (), {"example": {"value": cell}}, scope.lookups)
    return compile_program(program, "example").render["example"](None)["value"]


def _gives(function: Function, expression: str) -> str:
    try:
        value = evaluate(function, expression)
    except ValueReadError as error:
        return f"rejects the row: {error.what}"
    return "nothing" if value is None else f"`{json.dumps(plain(value), ensure_ascii=False)}`"


def _grammar() -> str:
    said = (
        "A part of Python's grammar; nothing else is admitted. In the examples `name` and `phones: [kind, value]` are"
        " columns, and `tidy` is a let."
    )
    sentences = "\n".join(f"- {sentence}" for sentence in grammar())
    return f"## Grammar\n\n{said}\n\n{sentences}"


def _words() -> str:
    rows = [(name, ", ".join(f"`{word}`" for word in words)) for name, words in _families().items()]
    rows += [(name, ", ".join(f'`"{word}"`' for word in family)) for name, family in QUOTED.items()]
    said = "Words that stand for themselves; those in quotes are written in quotes, and checked all the same."
    return f"## Words\n\n{said}\n\n{table(('type', 'words'), rows)}"


def _families() -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    for word, (_, type_) in CONSTANTS.items():
        families.setdefault(type_.name, []).append(word)
    return families


def _entities() -> str:
    said = (
        "What a record in `emit` may say; every record also has `entity`, `record_type`, and the attributes of the"
        " record itself. The data class tells how carefully an attribute must be handled. Golden attributes that"
        f" `outbound` may write: {', '.join(f'`{name}`' for name in GOLDEN)}."
    )
    own = [(f"`{name}`", str(type_), "yes" if name == "key" else "", "") for name, type_ in IDENTITY.items()]
    own.append(("`references`", str(REFERENCES), "", ""))
    columns = ("attribute", "type", "must be there", "data class")
    parts = ["## Entities", said, "### The record itself", table(columns, own)]
    for entity in FORMS:
        parts += [f"### {entity}", table(columns, _attributes(entity))]
    return "\n\n".join(parts)


def _attributes(entity: str) -> Iterator[tuple[str, ...]]:
    form, classes = FORMS[entity], data_classes(ENTITIES[entity])
    for name, type_ in {**form.single, **form.elements}.items():
        needed = name in form.single and type_.name not in {*DEFAULTS, *OPTIONAL}
        yield f"`{name}`", str(type_), "yes" if needed else "", str(classes.get(name, "")).replace("_", " ")


def _types() -> str:
    said = "An expression has a type before it runs. A `raw` value is the source's; as text it is read."
    wanted: dict[str, set[str]] = {}
    for entity, form in FORMS.items():
        for attribute, type_ in {**form.single, **form.elements}.items():
            wanted.setdefault(type_.name, set()).add(f"{entity}.{attribute}")
    made: dict[str, list[str]] = {}
    for function in CATALOGUE.values():
        made.setdefault(function.returns.name, []).append(f"`{function.name}`")
    names = sorted({*made, *wanted, *_families(), *QUOTED, *(p.type.name for p in _parameters())})
    rows = ((n, ", ".join(made.get(n, ())), ", ".join(f"`{a}`" for a in sorted(wanted.get(n, ())))) for n in names)
    return f"## Types\n\n{said}\n\n{table(('type', 'made by', 'wanted by'), rows)}"


def _parameters() -> Iterator[Parameter]:
    for function in CATALOGUE.values():
        yield from function.parameters


def _group(function: Function) -> str:
    """Name the group of a function by the first sentence of its module."""
    sentence = (sys.modules[function.call.__module__].__doc__ or function.call.__module__).splitlines()[0]
    title = re.sub(r"^Catalogue functions (that |for )?", "", sentence).partition(";")[0].rstrip(".")
    return title[:1].upper() + title[1:]


def _function(function: Function) -> str:
    said, *failures = re.split(r"\n\s*Raises:\n", _prose(function.doc))
    parts = [f"#### `{function.usage}`", f"`{_typed(function)}`", said.strip()]
    parts += [f"Rejects the row when {failure.partition(':')[2].strip().rstrip('.')}." for failure in failures]
    parts.append(f"Inverse: `{function.inverse}`." if function.inverse else "Inverse: none.")
    blank = blank_call(function)
    shown = dict.fromkeys([*(e for _, e in examples(function)), *([blank] if blank else [])])
    rows = [(f"`{e}`", _gives(function, e)) for e in shown]
    parts.append(table(("expression", "gives"), rows) if rows else _in_python(function))
    return "\n\n".join(parts)


def _in_python(function: Function) -> str:
    """Show the examples of a function that asks the row, which no expression of an example has."""
    said = (f">>> {one.source}{one.want}" for one in DocTestParser().get_examples(function.doc))
    return f"In Python, given what the row brings:\n\n```python\n{''.join(said)}```"


def _prose(doc: str) -> str:
    """Give what a docstring says in words."""
    without = re.sub(r"^>>> .*(\n(?!\s*$).*)*", "", cleandoc(doc), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r":\w+:`(\w+)`", r"`\1`", without).replace("``", "`")).strip()


def _typed(function: Function) -> str:
    defaults = signature(function.call).parameters
    parts = [f"{p.name}: {p.type}{_default(defaults[p.name])}" for p in function.parameters]
    return f"{function.name}({', '.join(parts)}) → {function.returns}"


def _default(parameter: PythonParameter) -> str:
    value = parameter.default
    if value is parameter.empty:
        return ""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return f' = "{value}"'
    return " = nothing" if value is None else f" = {str(value).lower()}"


def _nothing(type_: Type) -> str | None:
    if type_.many:
        return "[]"
    return {"text": '""', "raw": '""', "date": 'date("")', "decimal": 'decimal("")'}.get(type_.name)


def _something(type_: Type) -> str | None:
    if type_.name in QUOTED:
        return f'"{next(iter(QUOTED[type_.name]))}"'
    return {"text": '"x"', "raw": '"x"', "number": "1", "bool": "true"}.get(type_.name)


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Give the outermost calls of a function, in order."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == name:
        yield tree
        return
    for child in ast.iter_child_nodes(tree):
        yield from _calls(child, name)


class _Translator(ast.NodeTransformer):
    """Says in the language what a docstring says in Python: lists for tuples, words for members of enumerations."""

    def __init__(self, function: Function) -> None:
        self._names: Mapping[str, Any] = vars(sys.modules[function.call.__module__])

    def visit_Tuple(self, tree: ast.Tuple) -> ast.AST:
        return ast.List([self.visit(item) for item in tree.elts], ast.Load())

    def visit_Constant(self, tree: ast.Constant) -> ast.AST:
        if tree.value is None:
            return ast.Constant("")
        return ast.Name(str(tree.value).lower()) if isinstance(tree.value, bool) else tree

    def visit_Attribute(self, tree: ast.Attribute) -> ast.AST:
        family = self._names.get(tree.value.id) if isinstance(tree.value, ast.Name) else None
        member = getattr(family, tree.attr, None)
        if not isinstance(member, StrEnum):
            return tree
        return ast.Constant(str(member)) if family in QUOTED.values() else ast.Name(str(member))


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    r"""Write a Markdown table.

    >>> print(table(("a", "b"), [("1", "x|y")]))
    | a | b |
    |---|---|
    | 1 | x\|y |
    """
    heads = list(columns)
    lines = [heads, *([_cell(value) for value in row] for row in rows)]
    head, *body = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([head, f"|{'---|' * len(heads)}", *body])


def _cell(value: str) -> str:
    return value.replace("\n", " ").replace("|", "\\|")
