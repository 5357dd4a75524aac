"""The function catalogue: every function is documented by examples that run."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import pytest

from mappings import language
from mappings.language.catalogue import CATALOGUE
from mappings.language.reference import blank_call
from mappings.language.types import CONSTANTS

MODULES = [import_module(f"mappings.language.{found.name}") for found in iter_modules(language.__path__)]


@pytest.mark.parametrize("module", [m for m in MODULES if not hasattr(m, "__path__")], ids=lambda m: m.__name__)
def test_examples_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_function_has_an_example(name: str) -> None:
    assert ">>> " in CATALOGUE[name].doc
    assert f"{name}(" in CATALOGUE[name].doc


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_function_that_takes_a_blank_says_what_it_gives(name: str) -> None:
    said = re.sub(r">>> .*\n.*", "", CATALOGUE[name].doc)
    takes_blank = blank_call(CATALOGUE[name]) is not None
    assert not takes_blank or re.search("blank", said, re.IGNORECASE)


def test_a_constant_is_never_also_a_function() -> None:
    assert not set(CATALOGUE) & set(CONSTANTS)
