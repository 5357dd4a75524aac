"""Our own expectations. Importing this module imports Great Expectations: do it late."""

from __future__ import annotations

from typing import Any

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial

from mappings.normalize.identifiers import read_identifier


class ColumnValuesAreValidUscc(ColumnMapMetricProvider):
    """Which values are unified social credit codes that pass every check (GB 32100, GB 11714, GB/T 2260)."""

    condition_metric_name = "column_values.valid_uscc"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series[str], **_: Any) -> pd.Series[bool]:  # noqa: N805 - the decorator makes it a class method
        return column.map(is_valid_uscc)


class ExpectColumnValuesToBeValidUscc(ColumnMapExpectation):
    """Expect every value to be a valid unified social credit code; missing values are ignored."""

    map_metric = "column_values.valid_uscc"


def is_valid_uscc(value: str) -> bool:
    """Tell whether a text is a valid unified social credit code.

    >>> is_valid_uscc("914403001922038216"), is_valid_uscc("914403001922038217"), is_valid_uscc("000000000000000000")
    (True, False, False)
    """
    read = read_identifier(value, kind="cn_uscc")
    return read is not None and read.valid
