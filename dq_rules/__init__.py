"""Quality rules as documents, checked by Great Expectations.

A document such as ``party.yaml`` lists rules with a severity: *block* stops the batch, *quarantine* holds the row,
*warn* is counted. :mod:`~dq_rules.rules` reads documents, :mod:`~dq_rules.rows` makes flat rows of canonical records,
:mod:`~dq_rules.gate` checks them, :mod:`~dq_rules.expectations` holds our own expectations.

May import: ``mappings.canonical`` and ``mappings.normalize``; pandas and great_expectations only late, inside
functions, since importing them costs seconds.
"""

from dq_rules.gate import Finding, GateResult, check
from dq_rules.rows import flatten
from dq_rules.rules import RuleError, RuleSet, load_rules, parse_rules

__all__ = ["Finding", "GateResult", "RuleError", "RuleSet", "check", "flatten", "load_rules", "parse_rules"]
