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
from mappings.normalize.errors import ValueReadError

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


@pytest.mark.parametrize("text", ["1E+4000000", "1E-4000000", "0E+999999", "9" * 40, "0." + "1" * 40])
def test_a_number_that_no_column_holds_is_told_at_once_and_not_written_out(text: str) -> None:
    with pytest.raises(ValueReadError, match="too many digits"):
        CATALOGUE["decimal"].call(text)


def test_a_whole_number_has_at_most_eighteen_digits() -> None:
    assert CATALOGUE["whole"].call("9" * 18) == 10**18 - 1
    with pytest.raises(ValueReadError, match="too many digits"):
        CATALOGUE["whole"].call("1" + "0" * 18)
