"""Whose records a reader sees: those of its organisational units; every read of the master passes a viewer.

A record is visible if its unit is one of the viewer's, a customer if any of its records is. Of a visible customer the
invisible records are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customer_master.store.tables import OPEN


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads.

    Args:
        user: who it is.
        units: organisational units whose records it sees; ``None``: all.
    """

    user: str
    units: frozenset[str] | None


EVERYTHING = Viewer("", None)
"""Sees all records: runs, the command line."""


def sql(alias: str) -> str:
    """Give the condition that a row of ``source_record`` is visible; :func:`args` has its parameters.

    Args:
        alias: name of the table in the statement, e.g. ``r``.
    """
    return f"(cast(:viewer_units as text[]) is null or {alias}.org_unit = any(cast(:viewer_units as text[])))"


def customer_sql(alias: str) -> str:
    """Give the condition that a row of ``party`` is visible; :func:`args` has its parameters.

    A customer without records (merged, split) is as visible as the records it had.

    Args:
        alias: name of the table in the statement, e.g. ``p``.
    """
    return _CUSTOMER.format(party=alias, visible=sql("seen_r"), open=OPEN)


def args(viewer: Viewer) -> dict[str, Any]:
    """Give the parameters of :func:`sql` and :func:`customer_sql`."""
    return {"viewer_units": None if viewer.units is None else sorted(viewer.units)}


_CUSTOMER = """(cast(:viewer_units as text[]) is null or exists (
  select 1 from master.membership seen_m join master.source_record seen_r on seen_r.id = seen_m.record_id
  where seen_m.party_id = {party}.id and {visible} and (seen_m.to_cs = {open} or not exists (
    select 1 from master.membership own_m where own_m.party_id = {party}.id and own_m.to_cs = {open}))))"""
