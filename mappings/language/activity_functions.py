"""Catalogue functions that make the parts of interactions, cases, orders, holdings and consents."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from mappings.canonical import (
    Attachment,
    CaseState,
    Channel,
    ConsentState,
    Direction,
    Mention,
    MentionRole,
    OrderLine,
    PointKind,
    Step,
)
from mappings.language.catalogue import function
from mappings.language.party_functions import emails, phones
from mappings.normalize import dates
from mappings.normalize.errors import ValueReadError

_CHANNELS = {
    "电话": "call", "邮件": "email", "电子邮件": "email", "传真": "fax",
    "信函": "letter", "拜访": "visit", "网站": "web",
}  # fmt: skip
_CONSENTS = {"同意": "granted", "拒绝": "refused", "撤回": "withdrawn"}

_MOST_DIGITS, _MOST_WHOLE_DIGITS = 38, 18
"""Digits that every store and column can hold."""


@function
def instant(value: str, zone: str = "") -> datetime:
    """Read a point in time, in UTC; one without an offset needs the zone the source declares.

    >>> instant("2026-11-01 08:00:00", "Asia/Shanghai").isoformat()
    '2026-11-01T00:00:00+00:00'

    Raises:
        ValueReadError: the text is blank or no time that can be read, or there is no zone.
    """
    if not value:
        raise ValueReadError("there is no time", "")
    return dates.read_timestamp(value, zone=zone)


@function
def decimal(value: str) -> Decimal | None:
    """Read an exact number such as an amount of money, thousands grouped or not; blank is missing.

    A number reaches at most 38 digits to the left of its point and as many to the right.

    >>> decimal("12,345.60"), decimal("")
    (Decimal('12345.60'), None)

    Raises:
        ValueReadError: the text is no number.
    """
    if not value:
        return None
    try:
        number = Decimal(value.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueReadError("not a number", "") from None
    if not number.is_finite():
        raise ValueReadError("not a number", "")
    if max(number.adjusted(), -int(number.as_tuple().exponent)) > _MOST_DIGITS:  # 1E+999999999 would be written out
        raise ValueReadError("a number with too many digits", "")
    return number


@function
def whole(value: str) -> int:
    """Read a whole number of at most 18 digits; blank is 0.

    >>> whole("42"), whole("")
    (42, 0)

    Raises:
        ValueReadError: the text is no whole number, or one of more than 18 digits.
    """
    number = decimal(value) or Decimal(0)
    if number.adjusted() >= _MOST_WHOLE_DIGITS:
        raise ValueReadError("a number with too many digits", "")
    if number != int(number):
        raise ValueReadError("not a whole number", "")
    return int(number)


@function
def direction_of(value: str) -> Direction:
    """Read who turned to whom: inbound, outbound or internal.

    >>> direction_of("Inbound")
    <Direction.INBOUND: 'inbound'>

    Raises:
        ValueReadError: the text is blank or none of the three.
    """
    try:
        return Direction(value.lower())
    except ValueError:
        raise ValueReadError("not a direction (inbound, outbound, internal)", "") from None


@function
def channel_of(value: str) -> Channel:
    """Read how a contact takes place, in English or Chinese: call, email, fax, letter, visit or web.

    >>> channel_of("Fax"), channel_of("电话")
    (<Channel.FAX: 'fax'>, <Channel.CALL: 'call'>)

    Raises:
        ValueReadError: the text is blank or none of them.
    """
    try:
        return Channel(_CHANNELS.get(value, value.lower()))
    except ValueError:
        raise ValueReadError("not a channel (call, email, fax, letter, visit, web)", "") from None


@function
def consent_state(value: str) -> ConsentState:
    """Read what a person said about a purpose, in English or Chinese: granted, refused or withdrawn.

    >>> consent_state("Granted"), consent_state("撤回")
    (<ConsentState.GRANTED: 'granted'>, <ConsentState.WITHDRAWN: 'withdrawn'>)

    Raises:
        ValueReadError: the text is blank or none of the three; a consent is never guessed.
    """
    try:
        return ConsentState(_CONSENTS.get(value, value.lower()))
    except ValueError:
        raise ValueReadError("not a consent (granted, refused, withdrawn)", "") from None


@function
def case_state(value: str) -> CaseState:
    """Read the state of a case: reported, accepted, assigned or handled.

    >>> case_state("Assigned")
    <CaseState.ASSIGNED: 'assigned'>

    Raises:
        ValueReadError: the text is blank or none of the four.
    """
    try:
        return CaseState(value.lower())
    except ValueError:
        raise ValueReadError("not a state (reported, accepted, assigned, handled)", "") from None


@function
def phone_mentions(
    value: str, role: MentionRole, name: str = "", area: str = "", country: str = "CN"
) -> tuple[Mention, ...]:
    """Mention all telephone numbers of a cell; a bare local number needs an area code.

    A blank cell mentions none.

    >>> [m.value for m in phone_mentions("075526988888", MentionRole.CALLER)]
    ['+8675526988888']
    """
    return tuple(Mention(PointKind.PHONE, p.number, role, name) for p in phones(value, area, country))


@function
def email_mentions(value: str, role: MentionRole, name: str = "") -> tuple[Mention, ...]:
    """Mention all e-mail addresses of a cell; a blank one mentions none.

    >>> [m.value for m in email_mentions("Li@Huaqiang.example", MentionRole.SENDER, "李工")]
    ['li@huaqiang.example']
    """
    return tuple(Mention(PointKind.EMAIL, e.address, role, name) for e in emails(value))


@function
def attachment(name: str, media_type: str = "", size: int = 0, sha256: str = "") -> Attachment | None:
    """Refer to an attached file; where name and content are blank there is none.

    >>> attachment("offer.pdf", "application/pdf", 1024, "ab").name
    'offer.pdf'
    """
    return Attachment(name, media_type, size, sha256) if name or sha256 else None


@function
def step(state: CaseState, at: datetime, by: str = "") -> Step:
    """Say that a case entered a state; a blank author is nobody.

    >>> step(CaseState.REPORTED, instant("2026-11-01T08:00:00Z"), "王工").by
    '王工'
    """
    return Step(state, at, by)


@function
def order_line(
    item: str, description: str = "", quantity: Decimal | None = None, unit: str = "", price: Decimal | None = None
) -> OrderLine | None:
    """Make a line of an order; where item and description are blank there is none.

    >>> order_line("V-100", "球阀", decimal("2")).quantity
    Decimal('2')
    """
    return OrderLine(item, description, quantity, unit, price) if item or description else None
