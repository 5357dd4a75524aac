"""All tables of the schema ``master``, wherever they are written down: importing this module has loaded them."""

from __future__ import annotations

from customer_master.store import decision_tables, work_tables
from customer_master.store.tables import metadata

__all__ = ["decision_tables", "metadata", "work_tables"]
