"""One DAG for every source system: pull, record, account."""

from __future__ import annotations

from airflow.sdk import DAG, TriggerRule, get_current_context, get_parsing_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dags.parts import DEFAULTS, START, source_asset
from hub.project import Connection, connections
from hub.schedule.cadence import cadence
from hub.schedule.names import source_dag, source_pool
from hub.settings import load


def source(connection: Connection) -> DAG:
    """Build the DAG of a system."""
    system = connection.connection
    with DAG(
        source_dag(system),
        schedule=cadence(connection.schedule),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["source", connection.kind],
        description=f"Pulls {system} ({connection.connector}), lands and records what it gives",
    ) as dag:

        @task(pool=source_pool(system))
        def pull() -> None:
            from hub.schedule import tasks  # noqa: PLC0415 - parsing stays cheap

            ti = get_current_context()["ti"]
            try:
                ti.xcom_push("run", tasks.pull(system))
            except tasks.RunFailed as failed:
                ti.xcom_push("run", failed.run_id)  # what landed before the failure is recorded all the same
                raise

        @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[source_asset(system)])
        def record() -> None:
            from hub.schedule import tasks  # noqa: PLC0415

            run = get_current_context()["ti"].xcom_pull(task_ids="pull", key="run")
            if run is None:
                raise AirflowSkipException(f"{system} was not pulled: the log of the task pull says why")
            tasks.record(system, run)

        @task(trigger_rule=TriggerRule.ALL_DONE, pool=source_pool(system))
        def account() -> None:
            from hub.schedule import tasks  # noqa: PLC0415

            run = get_current_context()["ti"].xcom_pull(task_ids="pull", key="run")
            if run is None:
                raise AirflowFailException(f"{system} was not pulled: the log of the task pull says why")
            tasks.check_account(run)

        pull() >> record() >> account()
    return dag


_wanted = get_parsing_context().dag_id
for _connection in connections(load().project)[0]:
    if _wanted in {None, source_dag(_connection.connection)}:
        globals()[source_dag(_connection.connection)] = source(_connection)
