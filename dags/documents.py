"""Shows what is wrong with the project's connection documents as an import error of Airflow, beside the good DAGs."""

from __future__ import annotations

from hub.errors import HubError
from hub.project import connections
from hub.settings import load

_errors = connections(load().project)[1]
if _errors:
    raise HubError(" ".join(error.what + "." for error in _errors), "Mend the documents; the other DAGs go on")
