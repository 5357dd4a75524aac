"""What Airflow makes of the DAGs, printed as JSON; a process of its own, because Airflow is set up when imported."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse
from airflow.serialization.serialized_objects import DagSerialization

from dags.parts import RetryByKind
from hub.errors import BusyError, HubError

HEAVY = ("great_expectations", "pandas", "polars", "pyarrow", "hub.pipeline.sync", "zeep")


def bag(folder: str) -> DagBag:
    return DagBag(dag_folder=folder, bundle_path=Path(folder), bundle_name="dags-folder", safe_mode=False)


def serialised(found: DagBag) -> dict[str, Any]:
    return {name: DagSerialization.to_dict(dag) for name, dag in sorted(found.dags.items())}


def decisions() -> dict[str, tuple[str, float | None]]:
    """What becomes of a task that failed with each kind of error."""
    from hub.schedule.tasks import RunFailed  # noqa: PLC0415 - not before the DAGs were read: it is heavy

    errors = {
        "unreachable system": RunFailed("scm: connection refused.", 7, 30.0),
        "refused password": RunFailed("scm: refused.", 7, None),
        "busy master": BusyError("Another run", "Wait"),
        "missing document": HubError("No mapping", "Run: hub apply"),
        "Airflow does not answer": AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR)),
        "defect": ValueError("x"),
    }
    found = {}
    for name, error in errors.items():
        decision = RetryByKind().evaluate(error, 1, 5)
        found[name] = (decision.action.value, decision.retry_delay and decision.retry_delay.total_seconds())
    return found


def main() -> None:
    folder = sys.argv[1]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    first = bag(folder)
    seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    heavy = [name for name in HEAVY if name in sys.modules]
    dags = serialised(first)
    print(  # noqa: T201 - the test reads it
        "JSON",
        json.dumps(
            {
                "dags": dags,
                "same_again": dags == serialised(bag(folder)),
                "errors": {Path(name).name: trace for name, trace in first.import_errors.items()},
                "heavy": heavy,
                "decisions": decisions(),
                "parse_cpu_seconds": seconds,
            },
            default=str,
        ),
    )


if __name__ == "__main__":
    main()
