"""Chinese numerals."""

from __future__ import annotations

from typing import Final

HAN_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}


def han_number(numeral: str) -> int:
    """Read a Chinese numeral below ten thousand, in words or digit by digit.

    >>> han_number("五"), han_number("十"), han_number("十二"), han_number("二十"), han_number("三十一")
    (5, 10, 12, 20, 31)
    >>> han_number("一百零八"), han_number("三千二百一十"), han_number("二〇八")
    (108, 3210, 208)
    """
    if not any(unit in numeral for unit in _UNITS):
        return int(numeral.translate(HAN_DIGITS))
    value, digit = 0, ""
    for character in numeral:
        if (unit := _UNITS.get(character)) is None:
            digit = character
        else:
            value += (int(digit.translate(HAN_DIGITS)) if digit else 1) * unit
            digit = ""
    return value + (int(digit.translate(HAN_DIGITS)) if digit else 0)
