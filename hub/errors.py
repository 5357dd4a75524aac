"""The hub's own errors, by what the caller does next; connectors have theirs in :mod:`connectors.errors`."""

from __future__ import annotations


class HubError(Exception):
    """Something a person must mend: one sentence what and where, one what to do. Exit code 1."""

    exit_code = 1

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}")


class UsageError(HubError):
    """The call names something that does not exist. Exit code 2."""

    exit_code = 2


class BusyError(HubError):
    """Another run works on the same data; try again when it is through. Exit code 75, as in sysexits.h EX_TEMPFAIL."""

    exit_code = 75
    retry_after: float = 30.0
    """Seconds after which it may be worth a try, for whoever tries by itself."""
