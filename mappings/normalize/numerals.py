"""Chinese numerals."""

from __future__ import annotations

from typing import Final

HAN_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")


def han_number(numeral: str) -> int:
    """Read a Chinese numeral below one hundred.

    >>> han_number("五"), han_number("十"), han_number("十二"), han_number("二十"), han_number("三十一")
    (5, 10, 12, 20, 31)
    """
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int(numeral.translate(HAN_DIGITS))
    return (int(tens.translate(HAN_DIGITS)) if tens else 1) * 10 + (int(ones.translate(HAN_DIGITS)) if ones else 0)
