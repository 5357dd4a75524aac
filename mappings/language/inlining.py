"""Writes what a simple function does where its call would stand: ``c1.upper()`` for ``upper(c1)``.

The form is taken from the function itself, whose body must be one expression over its parameters; so no second place
says what it does, and a call costs nothing beyond its work.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from inspect import getsource, signature
from types import FunctionType
from typing import Any


def inlined(call: Callable[..., Any], arguments: Mapping[str, str]) -> str | None:
    """Write a call without calling; what it gives, and what is raised in which order, stays the same.

    Args:
        call: the function.
        arguments: parameter -> its argument, as Python; at least those without default.

    Returns:
        ``None`` if it must be called: it has no form, or an argument would be asked twice, too late or not at all.

    >>> from mappings.language.functions import before, text, upper
    >>> inlined(before, {"value": "c1", "separator": "'-'"}), inlined(upper, {"value": "phone_text(c1, c2)"})
    ("c1.partition('-')[0]", 'phone_text(c1, c2).upper()')
    >>> inlined(text, {"value": "c1"}), inlined(before, {"value": "phone_text(c1, c2)", "separator": "c3"})
    (None, None)
    """
    form = _form(call)
    if form is None:
        return None
    defaults = {p.name: repr(p.default) for p in signature(call).parameters.values() if p.name not in arguments}
    given = {name: ast.parse(text, mode="eval").body for name, text in (defaults | dict(arguments)).items()}
    form = _Filled({name: one for name, one in given.items() if isinstance(one, ast.Constant)}).visit(deepcopy(form))
    used = Counter(node.id for node in ast.walk(form) if isinstance(node, ast.Name))
    if not all(_is_at_hand(one) or (used[name] == 1 and name == _asked_first(form)) for name, one in given.items()):
        return None
    written = ast.unparse(_Filled(given).visit(form))
    return written if isinstance(form, ast.Call | ast.Subscript) else f"({written})"


@cache
def _form(call: Callable[..., Any]) -> ast.expr | None:
    """Read the one expression a function consists of; one that is wrapped by another does more than its body says."""
    if not isinstance(call, FunctionType) or hasattr(call, "__wrapped__"):
        return None
    try:
        (definition,) = ast.parse(getsource(call)).body
    except (OSError, SyntaxError):  # no source beside the program, or written inside of something else
        return None
    match definition:
        case ast.FunctionDef(body=[ast.Expr(value=ast.Constant()), ast.Return(value=ast.expr() as form)]):
            names = [node for node in ast.walk(form) if isinstance(node, ast.Name)]
            own = {*signature(call).parameters, *(name.id for name in names if isinstance(name.ctx, ast.Store))}
            return form if own.issuperset(name.id for name in names) else None
        case _:
            return None


class _Filled(ast.NodeTransformer):
    """Puts arguments in the place of parameters; a choice by something constant is made."""

    def __init__(self, arguments: Mapping[str, ast.expr]) -> None:
        self._arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._arguments.get(node.id, node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node


def _is_at_hand(argument: ast.expr) -> bool:
    """Tell whether an argument can be asked any number of times, also never: a name, a constant, a list of such."""
    if isinstance(argument, ast.Tuple):
        return all(map(_is_at_hand, argument.elts))
    return isinstance(argument, ast.Name | ast.Constant)


def _asked_first(form: ast.expr) -> str:
    """Name the parameter that a form asks before anything else, always and once; empty if there is none."""
    match form:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner) | ast.IfExp(test=inner):
            return _asked_first(inner)
        case ast.BoolOp(values=[inner, *_]) | ast.Compare(left=inner):
            return _asked_first(inner)
        case _:
            return ""
