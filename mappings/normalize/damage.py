"""What values suffer on their way, by spreadsheets, wrong encodings or masking, and what only fills a field."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from mappings.normalize.text import clean, fold, is_placeholder, looks_mojibake

_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|#{3,}")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,3}")
_ROUNDED = re.compile(r"\d{12,15}0{3}")
_FLOAT = re.compile(r"(\d{7,})\.0+")
_MASKED = re.compile(r"(?:\w[\w.-]*)?(?:\*{2,}|[xX]{4,}|＊{2,}|•{2,})[\w.@-]*|(?!某)[\u3400-\u9fff][*＊某]{1,2}")
_TEST = re.compile(
    r"(?:测试|試験|test|demo|dummy|sample|样例|示例)[\W\d_]*"
    r"(?:客户|(?:有限)?公司|用户|数据|账[号户]|记录|订单|customer|company|user|account|data|record|address)?[\W\d_]*"
    r"|test\d*@.*|.+[\W_](?:测试|test)[\W\d_]*"
)
_TEST_NAMES: Final = frozenset(
    {
        "johndoe",
        "janedoe",
        "foobar",
        "foo",
        "bar",
        "asdfgh",
        "qwertyuiop",
        "zhangsanlisi",
        "某某某",
        "张三李四",
        "aaa",
        "abc",
    }
)


class Damage(StrEnum):
    """What a value suffered."""

    NONE = ""
    SPREADSHEET_ERROR = "spreadsheet_error"
    """A formula failed, #REF!, or the column was too narrow, #####."""
    EXPONENT = "exponent"
    """A long number in scientific notation: its last digits are lost."""
    ROUNDED = "rounded"
    """A number of more than 15 digits, of which the last have become 0."""
    FLOAT = "float"
    """A number with a fraction it never had; :func:`undamaged` takes it off."""
    ENCODING = "encoding"
    """Decoded with the wrong encoding."""
    MASKED = "masked"
    """Hidden in part on purpose: 138****5678."""


def damage(text: str) -> Damage:
    """Tell how a value was damaged on its way.

    >>> [damage(t).value for t in ("9.14403E+17", "914403001922038000", "13812345678.0", "#REF!")]
    ['exponent', 'rounded', 'float', 'spreadsheet_error']
    >>> [damage(t).value for t in ("锟斤拷", "138****5678", "深圳", "13812345678", "Café", "")]
    ['encoding', 'masked', '', '', '', '']
    """
    if text.isascii() and text.isalnum() and not text.isdecimal():  # most words of most tables
        return Damage.NONE
    plain = unicodedata.normalize("NFKC", clean(text))
    for pattern, kind in _PATTERNS:
        if pattern.fullmatch(plain):
            return kind
    return Damage.ENCODING if looks_mojibake(text) else Damage.NONE


_PATTERNS: Final = (
    (_ERROR, Damage.SPREADSHEET_ERROR),
    (_EXPONENT, Damage.EXPONENT),
    (_ROUNDED, Damage.ROUNDED),
    (_FLOAT, Damage.FLOAT),
    (_MASKED, Damage.MASKED),
)


def undamaged(text: str) -> str:
    """Give a value as it was before its damage, ``""`` where that cannot be known.

    >>> undamaged("13812345678.0"), undamaged("9.14403E+17"), undamaged("深圳")
    ('13812345678', '', '深圳')
    """
    match damage(text):
        case Damage.NONE:
            return text
        case Damage.FLOAT:
            return clean(text).partition(".")[0]
        case _:
            return ""


class StandIn(StrEnum):
    """What stands where a value should be."""

    NONE = ""
    PLACEHOLDER = "placeholder"
    TEST = "test"


def stand_in(text: str, field: str = "any") -> StandIn:
    """Tell whether a text only fills a field, or belongs to a test record.

    Args:
        text: the value.
        field: what it should be, see :func:`~mappings.normalize.text.is_placeholder`.

    >>> [stand_in(t).value for t in ("暂无", "N/A", "测试客户", "test 001", "无锡", "Testarossa GmbH", "")]
    ['placeholder', 'placeholder', 'test', 'test', '', '', 'placeholder']
    >>> stand_in("13800138000", "phone").value, stand_in("John Doe", "name").value
    ('placeholder', 'test')
    """
    plain = unicodedata.normalize("NFKC", clean(text)).casefold()
    if _TEST.fullmatch(plain) or (field == "name" and fold(plain) in _TEST_NAMES):
        return StandIn.TEST
    return StandIn.PLACEHOLDER if is_placeholder(text, field) else StandIn.NONE


def informative(text: str, field: str = "any") -> str:
    """Give what a value says: without reparable damage, ``""`` where it is damaged beyond repair or only fills a field.

    >>> informative("13812345678.0", "phone"), informative("测试客户"), informative("王*"), informative(" 深圳 ")
    ('13812345678', '', '', ' 深圳 ')
    """
    return "" if stand_in(text, field) else undamaged(text)
