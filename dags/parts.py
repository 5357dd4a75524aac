"""What the DAGs share: assets, the defaults of every task, and when a failed task is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Asset
from airflow.sdk.definitions.context import Context
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowRuntimeError

from hub.schedule.names import MASTER_POOL

START = datetime(2026, 1, 1, tzinfo=UTC)
MASTER = Asset("customer_master", uri="hub://master/parties")
_AIRFLOW_SECONDS = 15.0


def source_asset(system: str) -> Asset:
    """Give the asset that stands for a system's source records."""
    return Asset(f"source_{system}", uri=f"hub://source/{system}")


class RetryByKind(RetryPolicy):
    """Tries again what passes by itself, when the error says; what a person must mend fails at once."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,  # noqa: ARG002 - the interface is Airflow's
        max_tries: int,  # noqa: ARG002
        context: Context | None = None,  # noqa: ARG002
    ) -> RetryDecision:
        """Decide by the kind of error; see the base class."""
        wait = getattr(exception, "retry_after", None)
        if isinstance(exception, AirflowRuntimeError):  # Airflow itself did not answer the task
            wait = _AIRFLOW_SECONDS
        if wait is None:
            return RetryDecision.fail(reason=type(exception).__name__)
        return RetryDecision.retry(delay=timedelta(seconds=wait), reason=type(exception).__name__)


DEFAULTS: dict[str, Any] = {
    "pool": MASTER_POOL,
    "retries": 5,  # also for a task whose process was killed, of which no policy is asked
    "retry_delay": timedelta(seconds=15),
    "retry_policy": RetryByKind(),
}
"""Arguments of every task; what changes the master shares one pool of one slot."""
