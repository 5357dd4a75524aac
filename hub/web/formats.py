"""Times, numbers and stored values as a reader writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel.dates import format_date, format_datetime, get_timezone_gmt
from babel.numbers import format_currency, format_decimal

from hub.web.i18n import label, locale_of

ZONE_COOKIE = "hub_zone"


@dataclass(frozen=True, slots=True)
class Formats:
    """A reader's way to write.

    Args:
        language: ``zh`` or ``en``.
        zone: time zone in which instants are shown; their UTC is always beside them.
    """

    language: str
    zone: ZoneInfo

    def time(self, us: int) -> str:
        """Write an instant (UTC microseconds) as local time.

        >>> Formats("zh", zone("Asia/Shanghai")).time(1_795_572_377_000_000)
        '2026年11月25日 10:06'
        """
        return self.instant(datetime.fromtimestamp(us / 1e6, UTC))

    def instant(self, value: datetime | str) -> str:
        """Write an instant as local time, to the minute; seconds matter to machines only, who get UTC."""
        pattern = "y年M月d日 HH:mm" if self.language == "zh" else "d MMM y, HH:mm"
        return format_datetime(_moment(value), pattern, tzinfo=self.zone, locale=locale_of(self.language))

    def day(self, value: date | str) -> str:
        """Write a date; a date has no time zone."""
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return format_date(day, "long", locale=locale_of(self.language))

    def zone_name(self) -> str:
        """Name the time zone and its distance from UTC."""
        return f"{self.zone.key} ({get_timezone_gmt(datetime.now(UTC).astimezone(self.zone), 'iso8601')})"

    def number(self, value: float | Decimal) -> str:
        """Write a number.

        >>> Formats("en", zone("")).number(12345.5)
        '12,345.5'
        """
        return format_decimal(value, locale=locale_of(self.language))

    def bits(self, weight: float) -> str:
        """Write evidence in bits, always with its sign."""
        return format_decimal(weight, "+0.0;-0.0", locale=locale_of(self.language))

    def money(self, amount: object, currency: str) -> str:
        """Write an amount; one that is no number stays as it is.

        >>> Formats("en", zone("")).money("1200", "EUR"), Formats("en", zone("")).money("?", "EUR")
        ('€1,200.00', '? EUR')
        """
        try:
            return format_currency(Decimal(str(amount)), currency, locale=locale_of(self.language))
        except (InvalidOperation, ValueError):
            return f"{amount} {currency}"

    def duration(self, seconds: int) -> str:
        """Write a length of time as minutes and seconds.

        >>> Formats("en", zone("")).duration(185)
        '3:05'
        """
        return f"{seconds // 60}:{seconds % 60:02}"

    def value(self, value: Any) -> str:
        """Write a stored value in one line.

        >>> say = Formats("en", zone("")).value
        >>> say({"number": "+8675526988888", "extension": "12", "kind": "landline"}), say(["customer", "supplier"])
        ('+86 755 2698 8888 ext. 12 (landline)', 'customer, supplier')
        """
        match value:
            case None | "":
                return ""
            case bool():
                return label(self.language, "yes or no", str(value).lower())
            case Mapping():
                return self._element(value)
            case str():
                return value
            case Sequence():
                return ", ".join(self._code(v) if isinstance(v, str) else self.value(v) for v in value)
        return str(value)

    def _element(self, value: Mapping[str, Any]) -> str:
        if "number" in value and "extension" in value:
            return self._phone(value)
        if "text" in value and "region" in value:
            return " ".join(str(value[part]) for part in ("text", "postal_code", "country") if value.get(part))
        for main, aside in (("text", "type"), ("value", "type"), ("address", None)):
            if main in value:
                kind = self._code(value[aside]) if aside and value.get(aside) else ""
                return f"{value[main]} ({kind})" if kind else str(value[main])
        return ", ".join(self.value(part) for part in value.values() if part not in (None, "", [], {}))

    def _phone(self, value: Mapping[str, Any]) -> str:
        extension = f" {label(self.language, 'phone', 'extension')} {value['extension']}" if value["extension"] else ""
        kind = f" ({self._code(value['kind'])})" if value.get("kind") not in (None, "other") else ""
        return f"{phone(str(value['number']))}{extension}{kind}"

    def _code(self, code: str) -> str:
        return label(self.language, "value", code)


def phone(number: str) -> str:
    """Write a number in E.164 with the blanks of its country; what is none stays as it is.

    >>> phone("+8613912345678"), phone("ask at the gate")
    ('+86 139 1234 5678', 'ask at the gate')
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def zone(name: str) -> ZoneInfo:
    """Give the time zone that a browser names; UTC if there is none of that name."""
    try:
        return ZoneInfo(name) if name else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def utc(value: int | datetime | str) -> str:
    """Write an instant in UTC, for machines and for whoever compares logs."""
    moment = datetime.fromtimestamp(value / 1e6, UTC) if isinstance(value, int) else _moment(value)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
