"""Functions of installed packages, for what the language cannot say: called as ``ext_NAME``, opaque to everybody.

A package registers a Python function as ``NAME`` in the entry-point group ``customer_hub.functions``, annotated with
the types of the language. Like every function it must be total (but for ``ValueReadError``) and without side effects;
what it gives is checked. Mapping documents are known by their text, which does not cover what such a function does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from mappings.language.catalogue import Function, parameters_of
from mappings.language.types import type_of
from mappings.normalize.errors import ValueReadError

GROUP = "customer_hub.functions"
PREFIX = "ext_"
"""Begins the name of every such function, so that none can ever be in the way of one of the language."""


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
    if annotation is NoneType or annotation is bool or annotation is int:
        return type(value) is annotation
    return isinstance(value, annotation)
