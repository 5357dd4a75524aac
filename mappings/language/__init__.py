"""The mapping language: YAML documents that say how a source stream becomes canonical records, and back.

Read :mod:`~mappings.language.document` for the form, :mod:`~mappings.language.expressions` for the grammar,
:mod:`~mappings.language.functions` and :mod:`~mappings.language.party_functions` for the functions. A document is read
with positions, checked to a typed program and compiled to one Python function.

May import: ``mappings.canonical`` and ``mappings.normalize`` (nothing else of this project).
"""

from mappings.language.errors import MappingError, Position
from mappings.language.examples import TestFailure, run_tests
from mappings.language.mapping import (
    CompiledMapping,
    ContractBreach,
    Mapping,
    RenderedField,
    compile_mapping,
    load_mapping,
    parse_mapping,
)
from mappings.language.outcome import Filtered, Mapped, Outcome, Rejected

__all__ = [
    "CompiledMapping",
    "ContractBreach",
    "Filtered",
    "Mapped",
    "Mapping",
    "MappingError",
    "Outcome",
    "Position",
    "Rejected",
    "RenderedField",
    "TestFailure",
    "compile_mapping",
    "load_mapping",
    "parse_mapping",
    "run_tests",
]
