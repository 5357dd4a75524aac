"""The customer master: resolved whenever a source has news, then published and measured."""

from __future__ import annotations

from airflow.sdk import DAG, AssetAny, task

from dags.parts import DEFAULTS, MASTER, START, source_asset
from hub.project import connections
from hub.schedule.names import PUBLISH, QUALITY, RESOLVE
from hub.settings import load

_sources = [source_asset(connection.connection) for connection in connections(load().project)[0]]

with DAG(
    RESOLVE,
    schedule=AssetAny(*_sources) if _sources else None,
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["master"],
    description="Decides who is who where something changed, and derives golden values",
) as resolve_dag:

    @task(outlets=[MASTER])
    def resolve() -> int:
        """Resolve and survive."""
        from hub.schedule import tasks  # noqa: PLC0415 - parsing stays cheap

        return tasks.resolve()

    resolve()

with DAG(
    PUBLISH,
    schedule=[MASTER],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["master"],
    description="Brings agreed facts into every target and reads back what was written",
) as publish_dag:

    @task
    def publish() -> int:
        """Publish, read back, record, resolve."""
        from hub.schedule import tasks  # noqa: PLC0415

        return tasks.publish()

    publish()

with DAG(
    QUALITY,
    schedule=[MASTER],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["master"],
    description="Draws up what the quality rules say about the records as they stand",
) as quality_dag:

    @task
    def quality() -> int:
        """Count, for every rule, the rows it concerns."""
        from hub.schedule import tasks  # noqa: PLC0415

        return tasks.quality()

    quality()
