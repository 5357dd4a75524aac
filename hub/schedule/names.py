"""Names by which the hub knows its DAGs and pools in Airflow."""

from __future__ import annotations

RESOLVE, PUBLISH, QUALITY = "resolve", "publish", "quality"
MASTER_POOL = "customer_master"
"""One slot: what changes the master runs one at a time."""


def source_dag(system: str) -> str:
    """Name the DAG of a source system."""
    return f"source__{system}"


def source_pool(system: str) -> str:
    """Name the pool of a source system; one slot: a system is read by one task at a time."""
    return f"source__{system}"
