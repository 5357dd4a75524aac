"""Company identifiers with right check digits: Chinese ones, GLN, and those of some foreign countries.

The unified social credit code (GB 32100-2015) holds the old organisation code (GB 11714-1997) in its characters 9 to
17; the tax id used until 2015 is region (6) + organisation code (9), so characters 3 to 17.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from stdnum import ean
from stdnum.de import vat as de_vat
from stdnum.gb import vat as gb_vat
from stdnum.jp import cn as jp_corporate
from stdnum.kr import brn as kr_brn
from stdnum.sg import uen as sg_uen
from stdnum.tw import ubn as tw_ubn
from stdnum.us import ein as us_ein

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = [pow(3, i, 31) for i in range(17)]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(body: str) -> str:
    """Compute the check character of an organisation code (GB 11714, mod 11).

    Args:
        body: its first eight characters.

    >>> organisation_check("19220382")
    '1'
    """
    total = sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_check(body: str) -> str:
    """Compute the check character of a unified social credit code (GB 32100, mod 31).

    Args:
        body: its first seventeen characters.

    >>> uscc_check("91440300192203821")
    '6'
    """
    total = sum(_USCC_VALUE[c] * w for c, w in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def some_uscc(rng: Random, region_code: str, kind: str = "91") -> str:
    """Draw a valid code registered in a region; a third carries the ``MA`` organisation codes given out since 2015.

    Args:
        rng: source of chance.
        region_code: GB/T 2260 code of the registering office.
        kind: registering authority and type: 91 company, 92 individual business, 11 and 12 public body, 52 association.
    """
    if rng.random() < 0.35:
        body = "MA" + "".join(rng.choices(USCC_ALPHABET, k=6))
    else:
        body = f"{rng.randint(10_000_000, 79_999_999)}"
    stem = f"{kind}{region_code}{body}{organisation_check(body)}"
    return stem + uscc_check(stem)


def old_tax_id(uscc: str) -> str:
    """Give the 15-character tax id that preceded a unified code.

    >>> old_tax_id("914403001922038216")
    '440300192203821'
    """
    return uscc[2:17]


def is_uscc(text: str) -> bool:
    """Tell whether both check characters of an 18-character code are right.

    >>> is_uscc("914403001922038216"), is_uscc("123456789012345678"), is_uscc("000000000000000000")
    (True, False, False)
    """
    if len(text) != 18 or any(c not in _USCC_VALUE for c in text) or text[0] == "0":
        return False
    return uscc_check(text[:17]) == text[17] and organisation_check(text[8:16]) == text[16]


def identifier_key(text: str) -> str:
    """Reduce a written identifier to what equal companies share: the organisation code of a Chinese one.

    Returns:
        Nine-character organisation code, or a foreign number of at least seven digits as it stands; empty if the text
        is damaged, mistyped or a placeholder.

    >>> identifier_key("9144 0300 1922 038216"), identifier_key("440300192203821"), identifier_key("19220382-1")
    ('192203821', '192203821', '192203821')
    >>> identifier_key("123456789012345678"), identifier_key("无")
    ('', '')
    """
    code = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    if len(code) == 18:
        return code[8:17] if is_uscc(code) else ""
    organisation = code[6:] if len(code) == 15 and code[:6].isdigit() else code
    if (
        len(organisation) == 9
        and organisation[:8].isalnum()
        and organisation_check(organisation[:8]) == organisation[8]
    ):
        return organisation if len(set(organisation)) > 2 else ""
    foreign = code[:1].isalpha() and sum(c.isdigit() for c in code) >= 7
    return code if foreign and len(code) < 15 else ""


def mistype(rng: Random, code: str) -> str:
    """Make one typing error: a wrong character, or two neighbours swapped."""
    place = rng.randrange(3, len(code) - 1)
    if rng.random() < 0.5 and code[place] != code[place + 1]:
        return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    wrong = rng.choice([c for c in "0123456789" if c != code[place]])
    return code[:place] + wrong + code[place + 1 :]


def gln(serial: int) -> str:
    """Make a Chinese global location number (GS1 prefix 690 to 699).

    Args:
        serial: below 10 ** 10; different serials give different numbers.

    >>> gln(123)
    '6900000001233'
    """
    body = f"69{serial:010d}"
    return body + str(ean.calc_check_digit(body))


def foreign_identifier(rng: Random, country: str) -> str:
    """Draw a company number of a country behind the country's code; the check digit is right where one exists.

    >>> foreign_identifier(Random(1), "DE")[:2]
    'DE'
    """
    if country == "SG":
        body = f"{rng.randint(1990, 2023)}{rng.randint(0, 99_999):05d}"
        return "SG" + body + sg_uen.calc_local_company_check_digit(body)
    digits, is_valid = _FOREIGN.get(country, (8, _anything))
    while True:
        number = str(rng.randint(10 ** (digits - 1), 10**digits - 1))
        if is_valid(number):
            return country + number


def _anything(_: str) -> bool:
    return True


_FOREIGN: dict[str, tuple[int, Callable[[str], bool]]] = {
    "DE": (9, de_vat.is_valid),
    "GB": (9, gb_vat.is_valid),
    "JP": (13, jp_corporate.is_valid),
    "KR": (10, kr_brn.is_valid),
    "TW": (8, tw_ubn.is_valid),
    "US": (9, us_ein.is_valid),
}
