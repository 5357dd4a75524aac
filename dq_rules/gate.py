"""The quality gate: rows in, findings out, by Great Expectations on pandas."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from dq_rules.rules import Rule, RuleError, RuleSet, Severity

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was broken.

    Args:
        rule: id of the rule.
        severity: ``block``, ``quarantine`` or ``warn``.
        column: column of the row it looks at, empty if none.
        message: what is wrong, English.
        message_zh: the same in Chinese.
        remedy: what to do about it, English.
        remedy_zh: the same in Chinese.
        count: rows concerned; 1 in a finding about one row.
    """

    rule: str
    severity: Severity
    column: str
    message: str
    message_zh: str
    remedy: str
    remedy_zh: str
    count: int


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says about a batch.

    Args:
        blocked: findings that stop the whole batch.
        quarantined: row number in the batch → why the row is held.
        warnings: findings that are only counted.
    """

    blocked: list[Finding] = field(default_factory=list)
    quarantined: dict[int, Finding] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)


def check(rules: RuleSet, rows: Sequence[Mapping[str, Any]]) -> GateResult:
    """Check a batch of flat rows, see :func:`dq_rules.rows.flatten`.

    An empty batch costs nothing; the first other one costs the import of Great Expectations, some seconds.

    Args:
        rules: the rules of the rows' entity.
        rows: rows of one batch, all with the same columns.

    Raises:
        RuleError: a rule names an unknown expectation or column, or arguments the expectation does not take.
    """
    result = GateResult()
    applicable = [rule for rule in rules.rules if rule.min_rows <= len(rows)]
    if not rows or not applicable:
        return result
    for rule, outcome in zip(applicable, _validate(rules, applicable, rows), strict=True):
        if outcome.exception_info and _raised(outcome.exception_info):
            raise _rule_error(rules, rule, f"cannot be checked on the columns {', '.join(rows[0])}")
        if outcome.success and rule.severity == "block":
            continue
        _report(result, rule, outcome.result)
    return result


def _report(result: GateResult, rule: Rule, details: Mapping[str, Any]) -> None:
    indexes: list[int] = details.get("unexpected_index_list") or []
    if rule.severity == "block":
        result.blocked.append(_finding(rule, details.get("unexpected_count", 0)))
    elif rule.severity == "warn" and indexes:
        result.warnings.append(_finding(rule, len(indexes)))
    elif rule.severity == "quarantine":
        for index in indexes:
            result.quarantined.setdefault(index, _finding(rule, 1))


def _finding(rule: Rule, count: int) -> Finding:
    column = str(rule.kwargs.get("column", ""))
    message, remedy = rule.message, rule.remedy
    return Finding(rule.id, rule.severity, column, message.en, message.zh, remedy.en, remedy.zh, count)


def _validate(
    rules: RuleSet, applicable: Sequence[Rule], rows: Sequence[Mapping[str, Any]]
) -> list[ExpectationValidationResult]:
    """Run the applicable rules on the rows; results come in their order."""
    batches = _batches()  # before pandas and expectations: it quietens what they import
    import pandas as pd  # noqa: PLC0415 - seconds
    from great_expectations import ExpectationSuite  # noqa: PLC0415 - seconds

    frame = pd.DataFrame.from_records([dict(row) for row in rows])
    suite = ExpectationSuite(name=rules.hash, expectations=[_expectation(rules, rule) for rule in applicable])
    validated = batches.get_batch(batch_parameters={"dataframe": frame}).validate(
        suite, result_format={"result_format": "COMPLETE"}
    )
    by_rule = {_rule_of(outcome): outcome for outcome in validated.results}
    return [by_rule[rule.id] for rule in applicable]


def _rule_of(outcome: ExpectationValidationResult) -> str:
    configuration = outcome.expectation_config
    return str((configuration.meta or {})["rule"]) if configuration else ""


def _expectation(rules: RuleSet, rule: Rule) -> Expectation:
    import great_expectations.expectations as core  # noqa: PLC0415 - seconds

    from dq_rules import expectations as own  # noqa: PLC0415 - seconds

    kind = getattr(own, rule.expectation, None) or getattr(core, rule.expectation, None)
    if kind is None:
        raise _rule_error(rules, rule, f'names the unknown expectation "{rule.expectation}"')
    try:
        expectation: Expectation = kind(**rule.kwargs, meta={"rule": rule.id})
    except (TypeError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise _rule_error(rules, rule, f"has arguments that {rule.expectation} does not take: {first_line}") from None
    return expectation


def _rule_error(rules: RuleSet, rule: Rule, what: str) -> RuleError:
    return RuleError(f'the rule "{rule.id}" {what}', origin=rules.origin, remedy="Correct its expectation and kwargs")


def _raised(exception_info: Mapping[str, Any]) -> bool:
    entries = [exception_info, *(v for v in exception_info.values() if isinstance(v, Mapping))]
    return any(entry.get("raised_exception") for entry in entries)


@cache
def _batches() -> BatchDefinition[Any]:
    """Set up Great Expectations once in a process: nothing on disk, no telemetry, no progress bars, no chatter."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx  # noqa: PLC0415 - seconds

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("batch")
    return asset.add_batch_definition_whole_dataframe("whole")
