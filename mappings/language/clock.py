"""Catalogue functions for points in time: when the batch landed, zones, serial days of spreadsheets.

There is no clock on the wall: what a mapping may know of the present is when its batch landed, so that a replay or a
rebuild gives what the first run gave.
"""

from __future__ import annotations

from datetime import UTC
from datetime import date as calendar_date
from datetime import datetime as moment

from mappings.language.catalogue import CATALOGUE, Function, function
from mappings.language.errors import nearest
from mappings.language.types import Type
from mappings.normalize import dates

ZONE = "zone"
"""Name of the parameters that take the IANA name of a time zone; left out, they take the one the source declares."""

DECLARED_ZONE = "source.zone"
"""What an expression uses that takes the declared one."""


def zone_remedy(word: str) -> str:
    """Say which time zone is meant by a name that is none.

    >>> zone_remedy("Asia/Shangai"), zone_remedy("?")
    ('Did you mean "Asia/Shanghai"?', 'Expected an IANA name, e.g. Asia/Shanghai')
    """
    near = nearest(word, dates.zone_names())
    return f'Did you mean "{near}"?' if near else "Expected an IANA name, e.g. Asia/Shanghai"


def landed_at(at: moment) -> moment:
    """Give the instant at which the batch of the row landed: the only present there is.

    >>> landed_at(moment(2026, 11, 1, 8, tzinfo=UTC)).isoformat()
    '2026-11-01T08:00:00+00:00'
    """
    return at


def today(at: moment, zone: str) -> calendar_date:
    """Give the day on which the batch of the row landed, in the zone that the source declares.

    >>> today(moment(2026, 11, 1, 20, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-11-02'
    """
    return day_in(landed_at(at), zone)


LANDED_AT = Function("landed_at", (), Type("instant"), landed_at, landed_at.__doc__ or "")
TODAY = Function("today", (), Type("date"), today, today.__doc__ or "")
CATALOGUE |= {declared.name: declared for declared in (LANDED_AT, TODAY)}


@function
def day_in(at: moment, zone: str = "") -> calendar_date:
    """Give the day on which an instant falls in a zone, that of the source unless told.

    >>> from mappings.language.activity_functions import instant
    >>> day_in(instant("2026-11-01T20:00:00Z"), "Asia/Shanghai").isoformat()
    '2026-11-02'

    Raises:
        ValueReadError: there is no zone, or none of that name.
    """
    return at.astimezone(dates.zone_named(zone)).date()


@function
def instant_text(value: moment, zone: str = "") -> str:
    """Write an instant as ISO 8601 with its offset, by the clocks of a zone or of the source's, else in UTC.

    >>> from mappings.language.activity_functions import instant
    >>> instant_text(instant("2026-11-01T00:00:00Z"), "Asia/Shanghai")
    '2026-11-01T08:00:00+08:00'

    Raises:
        ValueReadError: there is no zone of that name.
    """
    return value.astimezone(dates.zone_named(zone) if zone else UTC).isoformat()


@function
def excel_date(value: str) -> calendar_date | None:
    """Read the serial day of a spreadsheet (1900 system); blank and placeholder days are missing.

    >>> excel_date("45296").isoformat(), excel_date("")
    ('2024-01-05', None)

    Raises:
        ValueReadError: the text is no number of a day.
    """
    return dates.read_serial_date(value) if value else None


@function
def excel_date_text(value: calendar_date | None) -> str:
    """Write a day as the serial day of a spreadsheet (1900 system); a missing one is blank.

    >>> excel_date_text(excel_date("45296")), excel_date_text(excel_date(""))
    ('45296', '')
    """
    return str(dates.serial_of(value)) if value else ""


@function
def excel_instant(value: str, zone: str = "") -> moment:
    """Read the serial day and time of a spreadsheet by the clocks of a zone, that of the source unless told.

    Blank rejects the row.

    >>> excel_instant("45296.5", "Asia/Shanghai").isoformat()
    '2024-01-05T04:00:00+00:00'

    Raises:
        ValueReadError: the text is no number of a day, there is no zone, or the zone has left this time out.
    """
    return dates.read_serial_timestamp(value, zone=zone)
