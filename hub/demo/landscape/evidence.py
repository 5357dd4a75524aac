"""What two written records share besides a name, after a simple normalisation of our own.

This is the yardstick for fairness: records of one customer that share nothing but a name cannot be merged by rule.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from hub.demo.landscape.drafts import Draft
from hub.demo.landscape.geography import short_name
from hub.demo.landscape.identifiers import identifier_key

_PLACEHOLDER_PHONES = {
    "13800000000",
    "13800138000",
    "13888888888",
    "13000000000",
    "18888888888",
    "11111111111",
    "12345678901",
}
_PLACEHOLDER_MAILS = {"no@no.com", "none@none.com", "test@test.com", "123@qq.com", "noreply@company.com", "a@a.com"}
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|\*|(?<=\d{7})-(?=\d{1,4}$)).*$", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_HOUSE = re.compile(r"([^\d\s区县市镇道]{1,6}(?:路|街|大道|道))(\d+)号")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a record says about its customer besides the name, ready for comparison."""

    identifiers: frozenset[str]
    others: frozenset[str]

    def shares_identifier(self, other: Evidence) -> bool:
        """Tell whether both name the same organisation by a valid identifier."""
        return not self.identifiers.isdisjoint(other.identifiers)

    def shares_anything(self, other: Evidence) -> bool:
        """Tell whether both share an identifier, a phone, an e-mail address or a house."""
        return self.shares_identifier(other) or not self.others.isdisjoint(other.others)


def evidence(written: Draft) -> Evidence:
    """Collect the comparable values of a record as written."""
    codes = {identifier_key(text) for text in (written.identifier, written.tax_id)} - {""}
    phones = {
        n for text in (written.landline, written.mobile, written.fax) for n in phone_keys(text, area_code(written))
    }
    mails = {f"mail {m}" for m in mail_keys(written.email)}
    house = house_key(written.address.city, written.address.line)
    return Evidence(frozenset(codes), frozenset({f"phone {n}" for n in phones} | mails | ({house} if house else set())))


def area_code(written: Draft) -> str:
    """Area code of the city that the record's address names, empty if none is known."""
    home = written.customer.home
    return home.area_code if home and short_name(written.address.city) == home.short else ""


def phone_keys(text: str, local_area_code: str = "") -> set[str]:
    """Read the national numbers in a phone cell.

    Args:
        text: the cell as written, possibly with several numbers, labels, extensions.
        local_area_code: put before a number of seven or eight digits.

    >>> sorted(phone_keys("+86-755-26988431转8001"))
    ['75526988431']
    >>> sorted(phone_keys("26988431/13912345678", "0755"))
    ['13912345678', '75526988431']
    >>> phone_keys("13800138000"), phone_keys("无"), phone_keys("13912345678.0")
    (set(), set(), {'13912345678'})
    """
    folded = unicodedata.normalize("NFKC", text).removesuffix(".0")
    return {key for part in re.split(r"[/、;,]|或", folded) if (key := _phone_key(part, local_area_code))}


def _phone_key(part: str, local_area_code: str) -> str:
    if "E+" in part:
        return ""  # a spreadsheet has rounded it away
    digits = re.sub(r"\D", "", _EXTENSION.sub("", part.strip()))
    digits = digits.removeprefix("00")
    if digits.startswith("86") and len(digits) >= 12:
        digits = digits[2:]
    digits = digits.lstrip("0")
    if len(digits) in {7, 8} and local_area_code:
        digits = local_area_code.lstrip("0") + digits
    plausible = bool(_MOBILE.fullmatch(digits)) or 9 <= len(digits) <= 13
    return digits if plausible and digits not in _PLACEHOLDER_PHONES and len(set(digits[-7:])) > 1 else ""


def mail_keys(text: str) -> set[str]:
    """Read the addresses in a mail cell.

    >>> mail_keys("Info＠Hengrui．com")
    {'info@hengrui.com'}
    """
    folded = unicodedata.normalize("NFKC", text).lower().replace(" @ ", "@")
    return set(_MAIL.findall(folded)) - _PLACEHOLDER_MAILS


def house_key(city: str, line: str) -> str:
    """Reduce an address to city, road and house number; empty if it has none.

    >>> house_key("深圳市", "南山区科技路12号3幢")
    'house 深圳 科技路 12'
    """
    found = _HOUSE.search(unicodedata.normalize("NFKC", line))
    if found:
        return f"house {short_name(city)} {found[1]} {found[2]}"
    return f"house {city.lower()} {line.lower()}" if line.isascii() and any(c.isdigit() for c in line) else ""
