"""The closed catalogue of functions an expression may call.

A function's signature in the language is its Python signature, its documentation its docstring, its examples the
doctests there. Nothing else can be called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter as PythonParameter
from inspect import signature
from typing import Any, TypeVar, get_type_hints

from mappings.language.types import Type, type_of

Implementation = TypeVar("Implementation", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a catalogue function."""

    name: str
    type: Type
    required: bool


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language.

    Args:
        name: name in expressions.
        parameters: in order.
        returns: type of the result.
        call: implementation; total but for ``ValueReadError``, without side effects.
        doc: what it does, with executable examples.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type
    call: Callable[..., Any]
    doc: str

    @property
    def inverse(self) -> str:
        """Name of the function that writes what this one reads, so that it reads the same again; empty if none does."""
        return INVERSES.get(self.name, "")

    @property
    def usage(self) -> str:
        """The call as a person writes it, optional arguments in brackets."""
        words = (p.name if p.required else f"[{p.name}]" for p in self.parameters)
        return f"{self.name}({', '.join(words)})"


CATALOGUE: dict[str, Function] = {}
"""All functions by name; filled when :mod:`mappings.language.functions` is imported."""

INVERSES: dict[str, str] = {}
"""Reading function -> the function that writes; filled when :mod:`mappings.language.inverses` is imported."""


def function(implementation: Implementation) -> Implementation:
    """Register a Python function under its own name, typed by its annotations."""
    name, returns = implementation.__name__, type_of(get_type_hints(implementation)["return"])
    CATALOGUE[name] = Function(
        name, parameters_of(implementation), returns, implementation, implementation.__doc__ or ""
    )
    return implementation


def parameters_of(implementation: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Give the parameters of a Python function, typed by its annotations."""
    hints = get_type_hints(implementation)
    return tuple(
        Parameter(p.name, type_of(hints[p.name]), p.default is PythonParameter.empty)
        for p in signature(implementation).parameters.values()
    )
