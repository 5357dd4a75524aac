"""The function catalogue: every function is documented by examples that run."""

from __future__ import annotations

import doctest

import pytest

from mappings.language import compiler, document, errors, functions, party_functions, types
from mappings.language.catalogue import CATALOGUE
from mappings.language.types import CONSTANTS


@pytest.mark.parametrize(
    "module", [functions, party_functions, types, errors, document, compiler], ids=lambda m: m.__name__
)
def test_examples_run(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.failed == 0


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_function_has_an_example(name: str) -> None:
    assert ">>> " in CATALOGUE[name].doc
    assert f"{name}(" in CATALOGUE[name].doc


def test_a_constant_is_never_also_a_function() -> None:
    assert not set(CATALOGUE) & set(CONSTANTS)
