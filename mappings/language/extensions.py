"""Functions of installed packages, for what the language cannot say: called as ``ext_NAME``, opaque to everybody.

A package registers a Python function as ``NAME`` in the entry-point group ``customer_hub.functions``, annotated with
the types of the language. Like every function it must be total (but for ``ValueReadError``) and without side effects;
what it gives is checked. What it does may change with its package, and a mapping document is known by its text; so an
applied document ends with one comment line for each such function, with its types, package and version: another
version makes another document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from mappings.language.catalogue import Function, parameters_of
from mappings.language.types import type_of
from mappings.normalize.errors import ValueReadError

GROUP = "customer_hub.functions"
PREFIX = "ext_"
"""Begins the name of every such function, so that none can ever be in the way of one of the language."""

COMMENT = "# function: "
"""Begins the lines by which an applied document tells what its functions are; their names follow."""


class ExtensionError(Exception):
    """An installed function that cannot be used.

    Args:
        what: what is wrong.
        remedy: what its author must do.
    """

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}. {remedy}")


@dataclass(frozen=True, slots=True)
class Extension(Function):
    """A function of an installed package.

    Args:
        package: its distribution.
        version: the version that is installed.
    """

    package: str
    version: str

    @property
    def opaque(self) -> str:
        """What can be said of how it comes to its value."""
        return f"opaque: {self.package} {self.version}"

    @property
    def declaration(self) -> str:
        """Its types, package and version, e.g. ``ext_grade(value: text, [strict: bool]) -> text, acme 1.2``."""
        parameters = (f"{p.name}: {p.type}" if p.required else f"[{p.name}: {p.type}]" for p in self.parameters)
        return f"{self.name}({', '.join(parameters)}) -> {self.returns}, {self.package} {self.version}"


def extension_names() -> list[str]:
    """List the functions of installed packages, sorted."""
    return sorted(PREFIX + plugin.name for plugin in entry_points(group=GROUP))


def extension(name: str) -> Extension | None:
    """Find the function of an installed package, ``None`` if there is none of that name.

    Args:
        name: as in an expression, e.g. ``ext_credit_grade``.

    Raises:
        ExtensionError: it cannot be imported, two packages have it, or it is not annotated with types of the language.
    """
    found = entry_points(group=GROUP, name=name.removeprefix(PREFIX)) if name.startswith(PREFIX) else ()
    if not found:
        return None
    owners = sorted({_package(plugin)[0] for plugin in found})
    if len(owners) > 1:
        raise ExtensionError(f'several packages have a function "{name}": {", ".join(owners)}', "Remove all but one")
    return _loaded(name, next(iter(found)))


def bound(text: str) -> str:
    """Give a mapping document as it is applied: after the author's text, what its functions of packages are now.

    Args:
        text: the document; what stands there of an earlier applying is replaced.

    Raises:
        ExtensionError: one of the functions cannot be used.
    """
    authored = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(COMMENT + PREFIX))
    named = (extension(name) for name in sorted(set(re.findall(rf"\b{PREFIX}\w+", authored))))
    lines = [f"{COMMENT}{found.declaration}\n" for found in named if found is not None]
    return f"{authored.rstrip()}\n{''.join(lines)}" if lines else authored


def outdated(text: str) -> list[str]:
    """Say of which functions other versions are installed than a mapping document was applied with; one clause each.

    Args:
        text: the document as it was applied.

    Raises:
        ExtensionError: one of the functions cannot be used.
    """
    applied = [line.removeprefix(COMMENT) for line in text.splitlines() if line.startswith(COMMENT + PREFIX)]
    installed = {declaration: extension(declaration.partition("(")[0]) for declaration in applied}
    return [
        f"applied is {declaration}, and installed is {found.declaration if found else 'none'}"
        for declaration, found in installed.items()
        if found is None or found.declaration != declaration
    ]


@cache
def _loaded(name: str, plugin: EntryPoint) -> Extension:
    package, version = _package(plugin)
    said = f'the function "{name}" of {package} {version}'
    try:
        implementation = plugin.load()
    except (ImportError, AttributeError) as error:
        raise ExtensionError(f"{said} cannot be imported: {error}", "Install the package anew") from None
    try:
        parameters, gives = parameters_of(implementation), get_type_hints(implementation)["return"]
        returns = type_of(gives)
    except (TypeError, ValueError, KeyError, NameError, IndexError):
        remedy = "Annotate all parameters and the result, as in mappings/language/functions.py"
        raise ExtensionError(f"{said} is not annotated with types of the language", remedy) from None
    if any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in signature(implementation).parameters.values()):
        remedy = "Declare them without *, ** and /"
        raise ExtensionError(f"{said} has parameters that cannot be given by place and by name", remedy)
    doc = implementation.__doc__ or ""
    return Extension(name, parameters, returns, _checked(implementation, name, gives), doc, package, version)


def _package(plugin: EntryPoint) -> tuple[str, str]:
    return (plugin.dist.name, plugin.dist.version) if plugin.dist is not None else (plugin.module, "without version")


def _checked(implementation: Callable[..., Any], name: str, gives: Any) -> Callable[..., Any]:
    """Have a function hold the row when it gives something else than it says."""

    @wraps(implementation)
    def call(*arguments: Any, **named: Any) -> Any:
        value = implementation(*arguments, **named)
        if not _is(value, gives):
            raise ValueReadError(f"{name} gave something else than it says", "")
        return value

    return call


def _is(value: object, annotation: Any) -> bool:
    if isinstance(annotation, UnionType):
        return any(_is(value, one) for one in get_args(annotation))
    if get_origin(annotation) is tuple:
        return isinstance(value, tuple) and all(_is(one, get_args(annotation)[0]) for one in value)
    if annotation in (NoneType, bool, int, date):  # True is an int to Python, and an instant a date
        return type(value) is annotation and _is_exact(value)
    return isinstance(value, annotation) and _is_exact(value)


def _is_exact(value: object) -> bool:
    """Tell whether a value can be kept: a text is without NUL, an instant has an offset, a number fits."""
    match value:
        case str():
            return "\0" not in value
        case datetime():
            return value.tzinfo is not None
        case Decimal():
            return value.is_finite()
        case int():
            return abs(value) < 1 << 63
    return True
