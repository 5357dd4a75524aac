"""Where the language says that a document is wrong, and which of these places a test has come by."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from mappings.language.errors import MappingError
from mappings.language.scope import ExpressionError

LANGUAGE = Path(__file__).parents[2] / "mappings" / "language"
FILES_OF_THEIR_OWN = {"crosswalks.py"}
"""Modules that read other files than mapping documents; their mistakes have tables of their own."""
_SAYING = {"MappingError", "ExpressionError", "_error"}
_PASSING_ON = {"_error", "_expression_error", "_function"}

Site = tuple[str, int, int]
"""Module, first and last line of a statement that makes an error."""


def message_sites() -> set[Site]:
    """Find every statement of the language that makes an error of a document."""
    return {
        (path.name, statement.lineno, statement.end_lineno or statement.lineno)
        for path in LANGUAGE.glob("*.py")
        if path.name not in FILES_OF_THEIR_OWN
        for statement in _statements(ast.parse(path.read_text(encoding="utf-8")))
        if any(_says(node) for node in ast.walk(statement))
    }


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Give the innermost statements, but none of a function that only passes a message on."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef) and child.name in _PASSING_ON:
            continue
        if isinstance(child, ast.Raise | ast.Return | ast.Assign | ast.Expr):
            yield child
        else:
            yield from _statements(child)


def _says(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in _SAYING


@contextmanager
def sites_passed() -> Iterator[set[Site]]:
    """Note the statements of the language that make errors."""
    sites, passed = message_sites(), set[Site]()

    def note(made: Any, init: Any, *args: Any, **kwargs: Any) -> None:
        lines = set(_lines(sys._getframe(1)))
        passed.update(site for site in sites if any(n == site[0] and site[1] <= at <= site[2] for n, at in lines))
        init(made, *args, **kwargs)

    def noting(family: type[Exception]) -> Any:
        init = family.__init__
        return lambda made, *args, **kwargs: note(made, init, *args, **kwargs)

    with (
        patch.object(MappingError, "__init__", noting(MappingError)),
        patch.object(ExpressionError, "__init__", noting(ExpressionError)),
    ):
        yield passed


def _lines(frame: FrameType | None) -> Iterator[tuple[str, int]]:
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.parent == LANGUAGE:
            yield path.name, frame.f_lineno
        frame = frame.f_back
